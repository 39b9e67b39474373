//! Load: what it refuses, that it counts what goes wrong, and that its sessions are the manager's.

use std::collections::BTreeMap;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

mod rogue;

use super::command_line::ocpp;
use super::running::{Manager, directory};

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs a load with `--json`; the exit code and the figures.
fn load(arguments: &[&str]) -> (Option<i32>, Value) {
    let output = ocpp(&[&["load", "--json"], arguments].concat());
    let figures = serde_json::from_slice(&output.stdout);
    (
        output.status.code(),
        figures.unwrap_or_else(|error| panic!("{arguments:?}: {error}: {}", stderr(&output))),
    )
}

/// A short measurement of so many stations.
fn short<'a>(stations: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["--stations", stations, "--warm-up", "100ms", "--duration", "1s"], more].concat()
}

#[test]
fn help_is_as_documented() {
    insta::assert_snapshot!("help", String::from_utf8_lossy(&ocpp(&["load", "--help"]).stdout));
}

/// Each wrong input: its arguments, the exit code, and what the sentence says.
#[test]
fn wrong_input_is_refused_with_one_sentence() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let keys = directory.path().join("keys");
    std::fs::write(&keys, "CS1,secret-1\nCS2;secret-2\n").expect("a file");
    let keys = keys.to_str().expect("UTF-8");
    let here = "ws://127.0.0.1:1/ocpp";
    let cases: &[(&[&str], i32, &str)] = &[
        (&[], 2, "say what to load"),
        (&["--url", "http://127.0.0.1:1/ocpp"], 2, "use ws://HOST:PORT/ocpp"),
        (&["--url", "wss://127.0.0.1:1/ocpp"], 2, "wss:// is not supported"),
        (&["--url", "ws://192.0.2.1:9000/ocpp"], 2, "--i-own-this-server"),
        (&["--url", here], 3, "127.0.0.1:1 cannot be reached"),
        (&["--url", here, "--serve"], 2, "cannot be used with"),
        (&["--url", here, "--pid", "4194304"], 3, "there is no such process"),
        (&["--serve", "--pid", "1"], 2, "cannot be used with"),
        (&["--floor", "--without-message-log"], 2, "--serve"),
        (&["--floor", "--stations", "0"], 2, "0 is not in 1..=100000"),
        (&["--floor", "--version", "1.5"], 2, "invalid value '1.5'"),
        (&["--floor", "--duration", "0s"], 2, "write more than nothing"),
        (&["--floor", "--duration", "25h"], 2, "the longest time is 24h"),
        (&["--floor", "--duration", "soon"], 2, "write it as 500ms, 30s or 5m"),
        (&["--floor", "--source", "127.0.0.9-127.0.0.2"], 2, "the first address comes before the last"),
        (&["--floor", "--source", "127.0.0.0-127.255.0.0"], 2, "at most 1024 addresses"),
        (&["--floor", "--source", "localhost"], 2, "is no IPv4 address"),
        (&["--floor", "--token", "012345678901234567890"], 2, "1 to 20 letters"),
        (&["--floor", "--token", "a\"b"], 2, "without quotes"),
        (&["--serve", "--misbehave", "0%"], 2, "write 1% to 90%"),
        (&["--floor", "--misbehave", "5%"], 2, "cannot be used with"),
        (&["--serve", "--misbehave-kind", "huge"], 2, "--misbehave"),
        (&["--serve", "--misbehave", "5%", "--misbehave-kind", "rude"], 2, "invalid value 'rude'"),
        (&["--floor-server", "127.0.0.1:0", "/nonexistent", "deeply"], 2, "an address, a directory and"),
        (&["--serve", "--misbehave", "5%", "--mix", "connect"], 2, "choose a mix in which stations call"),
        (&["--floor", "--compress"], 2, "cannot be used with"),
        (&["--floor", "--id", "a b"], 2, "an identity here has"),
        (&["--floor", "--key-file", "/nonexistent"], 2, "cannot be read"),
        (&["--floor", "--key-file", keys, "--stations", "2"], 2, "line 2: write IDENTITY,PASSWORD"),
        (&["--floor-server", "127.0.0.1:0", "--floor"], 2, "cannot be used with"),
        (&["--floor-server", "here"], 2, "is no address"),
        (&["--floor-server", "127.0.0.1:0", "/nonexistent"], 3, "where the floor keeps what it hears"),
    ];
    for (arguments, code, sentence) in cases {
        let output = ocpp(&[&["load"], *arguments].concat());
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}: {text}");
        assert!(text.contains(sentence), "{arguments:?}: {text}");
        assert!(!text.contains("panicked") && !text.contains("secret-"), "{arguments:?}: {text}");
    }
}

fn manager(data: &tempfile::TempDir) -> Manager {
    Manager::start_that_tells(data.path(), &["--open"], "ocpp_server=debug")
}

/// How many sessions a manager has, by status.
fn sessions_of(manager: &Manager) -> BTreeMap<String, u64> {
    let mut by_status = BTreeMap::new();
    let mut path = "/api/v1/sessions?limit=200".to_owned();
    loop {
        let (_, page) = manager.get(&path);
        for session in page["items"].as_array().expect("a list") {
            *by_status.entry(session["status"].as_str().expect("a status").to_owned()).or_default() += 1;
        }
        let Some(next) = page["next"].as_str() else { return by_status };
        path = format!("/api/v1/sessions?limit=200&after={next}");
    }
}

#[test]
fn every_mix_of_every_version_runs_without_an_error_and_its_sessions_are_the_managers() {
    let data = directory();
    let manager = manager(&data);
    let (mut started, mut calls) = (0, 0);
    for mix in ["heartbeat", "metering", "sessions", "connect", "reconnect"] {
        let runs: Vec<_> = std::thread::scope(|scope| {
            let manager = &manager;
            let loads = ["1.6", "2.0.1", "2.1", "mixed"]
                .map(|version| scope.spawn(move || faultless(manager, mix, version)));
            loads.into_iter().map(|load| load.join().expect("a load")).collect()
        });
        for run in runs {
            started += run["sessions"]["started"].as_u64().expect("a number");
            calls += run["calls"]["count"].as_u64().expect("a number");
            assert_eq!(run["calls"]["count"] == 0, mix == "reconnect", "{run}");
        }
    }
    assert!(started > 0 && calls > 0, "{started} sessions, {calls} calls");
    assert_eq!(sessions_of(&manager), BTreeMap::from([("completed".to_owned(), started)]));
    let log = manager.log();
    let complaint = log.lines().find(|line| {
        ["tolerated", "refused", "could not be read", "ERROR", "WARN"].iter().any(|word| line.contains(word))
    });
    assert_eq!(complaint, None, "the manager has something to say about the frames");
    assert!(log.contains("connected"), "the log is kept");
}

/// Runs a load that has to be without an error; its figures.
fn faultless(manager: &Manager, mix: &str, version: &str) -> Value {
    let (pid, id) = (manager.pid().to_string(), format!("{mix}-{version}"));
    let target = ["--url", &manager.ocpp, "--pid", &pid, "--id", &id, "--mix", mix, "--version", version];
    let (code, figures) = load(&short("20", &target));
    let run = &figures["runs"][0];
    assert_eq!((code, &run["errors_total"]), (Some(0), &0.into()), "{id}: {figures}");
    assert_eq!(run["connects"]["arrived"], 20, "{id}: {figures}");
    assert_eq!(run["sessions"]["started"], run["sessions"]["completed"], "{id}: {figures}");
    if cfg!(target_os = "linux") {
        assert_eq!(run["server"]["pid"], manager.pid(), "{id}: {figures}");
        assert!(run["server"]["resident_kb_connected"].as_u64() > Some(0), "{id}: {figures}");
    }
    run.clone()
}

#[test]
fn paced_stations_call_as_often_as_they_are_to() {
    let data = directory();
    let manager = manager(&data);
    let target =
        ["--url", &manager.ocpp, "--mix", "heartbeat", "--paced", "250ms", "--source", "127.0.0.2-127.0.0.4"];
    let (code, figures) = load(&short("20", &target));
    let run = &figures["runs"][0];
    assert_eq!(code, Some(0), "{figures}");
    // Four calls a second of 20 stations, with room for late ones of a busy machine; a closed loop makes
    // thousands.
    let count = run["calls"]["count"].as_u64().expect("a number");
    assert!((1..=300).contains(&count), "{figures}");
    assert_eq!(run["paced_ms"], 250);
    assert_eq!(run["server"], Value::Null, "nobody said which process it is");
}

#[test]
fn the_floor_and_a_manager_are_told_side_by_side() {
    let (code, figures) = load(&short("20", &["--floor", "--serve"]));
    assert_eq!(code, Some(0), "{figures}");
    insta::assert_snapshot!("json", shape(&figures, ""));
    assert!(figures["runs"][0]["calls"]["count"].as_u64() > Some(0), "{figures}");
    let (code, figures) = load(&short("20", &["--floor", "--durable-floor", "--understanding-floor"]));
    assert_eq!(code, Some(0), "{figures}");
    assert_eq!(figures["runs"][1]["subject"], "durable_floor");
    assert!(figures["runs"][1]["sessions"]["completed"].as_u64() > Some(0), "{figures}");
    assert!(figures["ratio_of_durable_floor"].is_object() && figures["ratio"].is_null(), "{figures}");
    assert_eq!(figures["runs"][2]["subject"], "understanding_floor");
    assert!(figures["runs"][2]["sessions"]["completed"].as_u64() > Some(0), "{figures}");
    assert!(figures["ratio_of_understanding_floor"].is_object(), "{figures}");
    let output = ocpp(&[&["load"], &short("20", &["--floor", "--mix", "heartbeat"])[..]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    for words in ["floor at ws://127.0.0.1:", "20 of 20 in", "Heartbeat", "errors      none"] {
        assert!(table.contains(words), "{words}: {table}");
    }
}

/// The good ones meet no error, whatever seven bad ones of seven kinds do.
#[test]
fn what_some_do_to_the_others_is_told() {
    let usual = ["--serve", "--paced", "100ms", "--misbehave", "20%"];
    let (code, figures) = load(&short("35", &usual));
    assert_eq!(code, Some(0), "{figures}");
    let [all, some] = [&figures["runs"][0], &figures["runs"][1]];
    assert_eq!((&all["misbehaving"], &some["misbehaving"]), (&0.into(), &7.into()), "{figures}");
    assert_eq!(all["misdeeds"], serde_json::json!({}));
    let misdeeds = some["misdeeds"].as_object().expect("an object");
    assert_eq!(misdeeds.len(), 7, "each kind did what it was told to: {misdeeds:?}");
    assert!(figures["fairness"]["latency_p99"].as_f64() > Some(0.0), "{figures}");

    let only = [&usual[..], &["--misbehave-kind", "huge,reconnects"]].concat();
    let (code, figures) = load(&short("10", &only));
    assert_eq!(code, Some(0), "{figures}");
    let misdeeds = figures["runs"][1]["misdeeds"].as_object().expect("an object");
    let kinds: Vec<_> = misdeeds.keys().map(String::as_str).collect();
    assert_eq!(kinds, ["connections that break off at once", "messages of a megabyte"]);
}

#[test]
fn stations_that_compress_say_the_same_with_fewer_bytes() {
    let data = directory();
    let manager = manager(&data);
    let bytes = |id, more: &[&str]| {
        let (code, figures) = load(&short("6", &[&["--url", &manager.ocpp, "--id", id], more].concat()));
        assert_eq!(code, Some(0), "{figures}");
        let run = &figures["runs"][0];
        assert_eq!(run["compressed"], !more.is_empty());
        run["traffic"]["bytes_per_call"].as_f64().expect("a number")
    };
    let (plain, compressed) = (bytes("PLAIN", &[]), bytes("DEFLATES", &["--compress"]));
    assert!(compressed < plain * 0.8, "{compressed} of {plain} bytes a call");
}

/// It tries again and again, so it is stopped.
#[cfg(unix)]
#[test]
fn a_manager_that_declines_to_compress_is_an_error() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open", "--compression", "false"]);
    let child = Command::new(env!("CARGO_BIN_EXE_ocpp"))
        .args(["load", "--json", "--stations", "1", "--compress", "--url", &manager.ocpp])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the load starts");
    std::thread::sleep(std::time::Duration::from_secs(3));
    let told = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(told.success());
    let output = child.wait_with_output().expect("its end");
    assert_eq!(output.status.code(), Some(1));
    let figures: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let errors = &figures["runs"][0]["errors"];
    assert!(errors["the handshake was completed without compression"].as_u64() > Some(0), "{errors}");
}

/// The names and types of all members, without what changes from run to run: quantities, and which actions
/// there was time for.
fn shape(value: &Value, path: &str) -> String {
    match value {
        Value::Object(members) if members.is_empty() => format!("{path} {{}}\n"),
        Value::Object(members) if path.ends_with(".by_action") => {
            members.values().map(|value| shape(value, &format!("{path}.ACTION"))).next().unwrap_or_default()
        }
        Value::Object(members) => {
            members.iter().map(|(name, value)| shape(value, &format!("{path}.{name}"))).collect()
        }
        Value::Array(items) => items.iter().map(|item| shape(item, &format!("{path}[]"))).collect(),
        Value::String(_) => format!("{path} text\n"),
        // A quantity that is too small to be told is null.
        Value::Number(_) | Value::Null => format!("{path} number or null\n"),
        Value::Bool(_) => format!("{path} true or false\n"),
    }
}

#[cfg(unix)]
#[test]
fn too_few_open_files_are_told_beforehand_and_a_low_soft_limit_is_raised() {
    let limited = |limits: &str, stations: &str| {
        let script = format!(
            "{limits} && exec {} load --floor --stations {stations} --warm-up 0s --duration 100ms",
            env!("CARGO_BIN_EXE_ocpp")
        );
        Command::new("sh").args(["-c", &script]).output().expect("a shell")
    };
    let refused = limited("ulimit -n 300", "400");
    assert_eq!(refused.status.code(), Some(3), "{}", stderr(&refused));
    assert!(stderr(&refused).contains("ulimit -n 500"), "{}", stderr(&refused));
    let raised = limited("ulimit -Sn 100", "200");
    assert!(raised.status.success(), "{}", stderr(&raised));
}

#[cfg(unix)]
#[test]
fn a_load_that_is_stopped_finishes_its_sessions_and_tells_what_it_has() {
    let data = directory();
    let manager = manager(&data);
    let child = Command::new(env!("CARGO_BIN_EXE_ocpp"))
        .args([
            "load",
            "--json",
            "--stations",
            "10",
            "--duration",
            "10m",
            "--warm-up",
            "0s",
            "--url",
            &manager.ocpp,
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the load starts");
    while manager.get("/api/v1/sessions?limit=1").1["items"].as_array().is_none_or(Vec::is_empty) {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let told = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(told.success());
    let output = child.wait_with_output().expect("its end");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let figures: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let sessions = &figures["runs"][0]["sessions"];
    assert_eq!(sessions["started"], sessions["completed"], "{figures}");
    let completed = sessions["completed"].as_u64().expect("a number");
    assert_eq!(sessions_of(&manager), BTreeMap::from([("completed".to_owned(), completed)]));
}
