//! The message log as operators and programs reach it: REST, the page, the command.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::api::{Answer, Program};
use super::command_line::{ocpp, stderr, stdout};
use super::running::{Manager, Station, directory};

/// A manager with a key, and a station that has booted, shown a card and sent heartbeats.
async fn talked(data: &std::path::Path, heartbeats: usize) -> (Manager, Program, Station) {
    let manager = Manager::start(data, &["--station", "CS1,CS2"]);
    let program = Program::of(&manager).await;
    let mut station = manager.dial("CS1", "ocpp1.6").await.expect("admitted");
    station.result("BootNotification", json!({"chargePointVendor": "V", "chargePointModel": "M"})).await;
    station.result("Authorize", json!({"idTag": "04E8A1B2"})).await;
    for _ in 0..heartbeats {
        station.result("Heartbeat", json!({})).await;
    }
    (manager, program, station)
}

fn items(answer: &Answer) -> &[Value] {
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json["items"].as_array().expect("a list")
}

fn member(items: &[Value], name: &str) -> Vec<String> {
    items.iter().map(|item| item[name].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_found_by_every_filter() {
    let data = directory();
    let (manager, program, _station) = talked(data.path(), 3).await;
    let mut other = manager.dial("CS2", "ocpp2.0.1").await.expect("admitted");
    other.result("Heartbeat", json!({})).await;

    let all = program.get("messages").await;
    assert_eq!(items(&all).len(), 12, "{}", all.text);
    assert_eq!(items(&all)[0]["station"], "CS2", "the newest first");
    assert!(!all.text.contains("04E8A1B2"), "{}", all.text);

    let of_one = program.get("messages?station=CS2&order=oldest_first").await;
    assert_eq!(member(items(&of_one), "way"), ["in", "out"]);
    assert_eq!(items(&of_one)[0]["frame"], json!([2, "call-1", "Heartbeat", {}]));
    let heartbeats = program.get("messages?action=heartbeat&station=CS1&way=out").await;
    assert_eq!(items(&heartbeats).len(), 3, "{}", heartbeats.text);
    assert!(items(&heartbeats).iter().all(|item| item["type"] == 3 && item["action"] == "Heartbeat"));
    for card in ["04E8A1B2", "04e8a1b2"] {
        let by_card = program.get(&format!("messages?token={card}")).await;
        assert_eq!(member(items(&by_card), "action"), ["Authorize"], "{}", by_card.text);
    }
    let pseudonym =
        items(&program.get("messages?action=Authorize&way=in").await)[0]["frame"][3]["idTag"].clone();
    let text = program.get(&format!("messages?text={}", pseudonym.as_str().expect("a pseudonym"))).await;
    assert_eq!(items(&text).len(), 1, "{}", text.text);
    let at = items(&all)[6]["at"].as_str().expect("a time").to_owned();
    let (before, since) =
        (program.get(&format!("messages?to={at}")).await, program.get(&format!("messages?from={at}")).await);
    assert_eq!((items(&before).len(), items(&since).len()), (5, 7));

    let mut seen = Vec::new();
    let mut path = "messages?limit=5".to_owned();
    loop {
        let page = program.get(&path).await;
        seen.extend(member(items(&page), "cursor"));
        let Some(next) = page.json["next"].as_str() else { break };
        path = format!("messages?limit=5&after={next}");
    }
    assert_eq!(seen, member(items(&all), "cursor"), "pages leave nothing out, and nothing is there twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_filters_are_refused_with_a_sentence() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--station", "CS1"]);
    let program = Program::of(&manager).await;
    for (query, sentence) in [
        ("from=yesterday", "from is \"yesterday\": write a time with its zone"),
        ("to=2026-11-25T08:00:00", "to is \"2026-11-25T08:00:00\": write a time with its zone"),
        ("from=2026-11-25T08:00:00Z&to=2026-11-25T08:00:00Z", "from has to be before to"),
        ("way=sideways", "way is \"sideways\": choose in"),
        ("order=random", "choose newest_first or oldest_first"),
        ("station=", "station: "),
        ("action=", "action is \"\""),
        ("text=", "text is empty"),
        ("text=a&token=b", "choose one of them"),
        ("token=", "1 to 255 characters"),
        ("colour=red", "colour"),
    ] {
        for path in ["messages", "messages/export"] {
            let answer = program.get(&format!("{path}?{query}")).await;
            assert_eq!((answer.status, answer.kind()), (422, "invalid"), "{path}?{query}: {}", answer.text);
            assert!(
                answer.json["detail"].as_str().is_some_and(|detail| detail.contains(sentence)),
                "{}",
                answer.text
            );
        }
    }
    for (query, sentence) in [
        ("after=here", "next of the page before"),
        ("limit=0", "choose 1 to 1000"),
        ("limit=1001", "choose 1 to 1000"),
    ] {
        let answer = program.get(&format!("messages?{query}")).await;
        assert_eq!(answer.status, 422, "{query}");
        assert!(
            answer.json["detail"].as_str().is_some_and(|detail| detail.contains(sentence)),
            "{}",
            answer.text
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_see_sessions_or_tokens_sees_no_messages_of_them() {
    let data = directory();
    let (_manager, program, _station) = talked(data.path(), 0).await;
    let with = async |scopes: Value| {
        let key = program.post("api-keys", &json!({"name": scopes.to_string(), "scopes": scopes})).await;
        program.with_key(key.json["secret"].as_str())
    };
    let stations = with(json!(["stations:read"])).await;
    for path in ["messages", "messages/export"] {
        let refused = stations.get(path).await;
        assert_eq!((refused.status, refused.kind()), (403, "missing-scope"), "{}", refused.text);
        assert!(refused.text.contains("sessions:read"), "{}", refused.text);
    }
    let both = with(json!(["stations:read", "sessions:read"])).await;
    assert_eq!(both.get("messages").await.status, 200);
    assert!(both.get("messages?token=04E8A1B2").await.text.contains("tokens:read"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_the_log_line_by_line() {
    let data = directory();
    let (_manager, program, _station) = talked(data.path(), 400).await;
    let export = program.get("messages/export").await;
    assert_eq!((export.status, export.header("content-type")), (200, "application/x-ndjson"));
    let mut files: Vec<_> = std::fs::read_dir(data.path().join("messages"))
        .expect("the log's directory")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .collect();
    files.sort();
    let kept: String = files.iter().map(|file| std::fs::read_to_string(file).expect("a file")).collect();
    assert_eq!(export.text.lines().count(), 804);
    assert_eq!(export.text, kept, "as it is in the files");
    let newest = program.get("messages/export?order=newest_first&action=Authorize").await;
    assert_eq!(newest.text.lines().count(), 2);
    assert!(
        newest.text.starts_with("{\"at\":") && newest.text.contains("\"way\":\"out\""),
        "{}",
        newest.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_off_is_told_and_a_small_one_is_bounded() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--station", "CS1", "--message-log", "false"]);
    let program = Program::of(&manager).await;
    for path in ["messages", "messages/export"] {
        let answer = program.get(path).await;
        assert_eq!((answer.status, answer.kind()), (404, "not-found"));
        assert!(answer.text.contains("--message-log=true"), "{}", answer.text);
    }
    for (flag, value, sentence) in [
        ("--message-log-days", "0", "choose 1 to 3650 days"),
        ("--message-log-bytes", "1000", "choose 16777216 to"),
    ] {
        let output = ocpp(&["serve", "--data", "/nonexistent/x", flag, value]);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains(sentence), "{}", stderr(&output));
    }
}

/// The page of an open manager, which nobody signs in to.
async fn page(manager: &Manager, path: &str) -> String {
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let answer = http.get(format!("http://{}{path}", manager.http)).send().await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 200, "{path}");
    answer.text().await.expect("a page")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_lines_and_conversations() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    let mut station = manager.dial("CS%201", "ocpp1.6").await.expect("admitted");
    station.result("Authorize", json!({"idTag": "04E8A1B2"})).await;
    for _ in 0..75 {
        station.result("Heartbeat", json!({})).await;
    }
    station.call("Nonsense", json!({"<b>": 1})).await;

    let lines = page(&manager, "/messages?station=CS+1&action=authorize").await;
    assert!(lines.contains("<td>in call</td>") && lines.contains("<td>out answer</td>"), "{lines}");
    assert!(lines.contains("idTag") && lines.contains("~") && !lines.contains("04E8A1B2"), "{lines}");
    let first = page(&manager, "/messages").await;
    assert!(first.contains("Older messages") && first.contains("/stations/CS%201/messages"), "{first}");
    assert!(!first.contains("<b>"), "what stations send is text");
    for (query, sentence) in
        [("way=up", "choose in"), ("from=then", "write a time"), ("from=2026-01-01T00:00", "Older")]
    {
        let page = page(&manager, &format!("/messages?{query}")).await;
        assert!(page.contains(sentence), "{query}: {page}");
    }
    assert!(page(&manager, "/stations/CS%201").await.contains("/stations/CS%201/messages"));

    // 77 calls and as many answers, 100 lines on a page: every call is there once, with its answer.
    let newest = page(&manager, "/stations/CS%201/messages").await;
    let older = newest.split("href=\"").find(|part| part.contains("after=")).expect("a link to older ones");
    let older = older.split('"').next().unwrap_or_default().replace("&amp;", "&");
    let oldest = page(&manager, &older).await;
    assert!(newest.contains("Nonsense") && newest.contains("refused"), "{newest}");
    assert!(oldest.contains("Authorize") && !oldest.contains("after="), "{oldest}");
    let count = |what: &str| newest.matches(what).count() + oldest.matches(what).count();
    assert_eq!((count("<td>station</td>"), count(" ms</span>"), count("no answer")), (77, 77, 0));

    let off = directory();
    let off = Manager::start(off.path(), &["--open", "--message-log", "false"]);
    assert!(page(&off, "/messages").await.contains("keeps no message log"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_shows_follows_and_exports() {
    let data = directory();
    let (manager, _program, mut station) = talked(data.path(), 2).await;
    let server = format!("http://{}", manager.http);
    let key = manager.key.clone().expect("a key");
    let access = ["--server", &server, "--api-key", &key];
    let run = |arguments: &[&str]| ocpp(&[&["messages"], arguments, &access].concat());

    let table = stdout(&run(&["--station", "CS1", "--action", "Heartbeat"]));
    assert!(table.starts_with("AT"), "{table}");
    assert_eq!(table.lines().count(), 5, "{table}");
    assert!(
        table.lines().nth(1).is_some_and(|line| line.contains("call") && line.contains("[2,\"call-3\"")),
        "{table}"
    );
    let latest = stdout(&run(&["--limit", "1", "--json"]));
    let latest: Value = serde_json::from_str(&latest).expect("one line of JSON");
    assert_eq!((&latest["way"], &latest["action"]), (&json!("out"), &json!("Heartbeat")));
    let export = stdout(&run(&["--export", "--way", "in"]));
    assert_eq!(export.lines().count(), 4, "{export}");
    assert!(
        export.lines().all(|line| serde_json::from_str::<Value>(line).is_ok_and(|line| line["way"] == "in"))
    );
    assert!(stdout(&run(&["--station", "CS2"])).contains("There are no such messages"));
    let wrong = run(&["--text", ""]);
    assert_eq!(wrong.status.code(), Some(1), "{}", stderr(&wrong));
    assert!(stderr(&wrong).contains("text is empty"), "{}", stderr(&wrong));
    assert_eq!(run(&["--follow", "--export"]).status.code(), Some(2));

    let mut child = Command::new(env!("CARGO_BIN_EXE_ocpp"))
        .args(["messages", "--follow", "--json", "--limit", "1", "--action", "StatusNotification"])
        .args(access)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let (send, seen) = std::sync::mpsc::channel();
    std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| send.send(line)));
    let mut ways = Vec::new();
    // The station goes on reporting until the command, which takes its time to start, has seen enough.
    for _ in 0..100 {
        let status = json!({"connectorId": 1, "errorCode": "NoError", "status": "Available"});
        station.result("StatusNotification", status).await;
        while let Ok(line) = seen.recv_timeout(std::time::Duration::from_millis(200)) {
            let line: Value = serde_json::from_str(&line).expect("JSON");
            ways.push(line["way"].as_str().expect("a way").to_owned());
        }
        if ways.len() >= 6 {
            break;
        }
    }
    child.kill().expect("it is stopped");
    child.wait().expect("it ends");
    // The newest line comes first, alone; all that follow are there, in order.
    assert!(ways.len() >= 6 && ways.windows(2).all(|pair| pair[0] != pair[1]), "{ways:?}");
}
