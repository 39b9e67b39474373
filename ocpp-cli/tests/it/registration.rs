//! Whether stations may work, as operators set it: REST, the page, the command, the setting.

use serde_json::{Value, json};

use super::api::{Program, manager};
use super::command_line::{ocpp, stderr, stdout};
use super::running::{Manager, Station, directory};

const BOOT: &str = r#"{"reason":"PowerUp","chargingStation":{"vendorName":"V","model":"M"}}"#;

async fn boot(station: &mut Station) -> Value {
    let boot = serde_json::from_str(BOOT).expect("JSON");
    station.result("BootNotification", boot).await["status"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_register_a_station() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let set = async |registration: &str| {
        program.put("stations/CS1/registration", &json!({"registration": registration})).await
    };
    let answer = set("pending").await;
    assert_eq!((answer.status, &answer.json["learns"]), (200, &json!("at_next_boot")), "{}", answer.text);
    assert!(answer.text.contains("not connected"), "{}", answer.text);
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    assert_eq!(boot(&mut station).await, "Pending");
    let shown = program.get("stations/CS1").await.json;
    assert_eq!((&shown["registration"], &shown["told_registration"]), (&json!("pending"), &json!("pending")));

    let (program_too, path) = (program.with_key(manager.key.as_deref()), "stations/CS1/registration");
    let accepted =
        tokio::spawn(async move { program_too.put(path, &json!({"registration": "accepted"})).await });
    let call = station.next().await;
    assert_eq!(
        (&call[2], &call[3]["requestedMessage"]),
        (&json!("TriggerMessage"), &json!("BootNotification"))
    );
    station.send(&json!([3, call[1], {"status": "Accepted"}]).to_string()).await;
    let accepted = accepted.await.expect("it ends");
    assert_eq!((accepted.status, &accepted.json["learns"]), (200, &json!("now")), "{}", accepted.text);
    let between = program.get("stations/CS1").await.json;
    assert_eq!(
        (&between["registration"], &between["told_registration"]),
        (&json!("accepted"), &json!("pending"))
    );
    assert_eq!(boot(&mut station).await, "Accepted");
    assert_eq!(set("accepted").await.json["learns"], "knows");

    let stale =
        program.request("PUT", path).header("if-match", "\"1\"").json(&json!({"registration": "rejected"}));
    assert_eq!(program.send("PUT", path, stale).await.status, 412);
    let wrong = set("maybe").await;
    assert_eq!(
        (wrong.status, &wrong.json["errors"][0]["pointer"]),
        (422, &json!("/registration")),
        "{}",
        wrong.text
    );
    let nobody = program.put("stations/NOBODY/registration", &json!({"registration": "pending"})).await;
    assert_eq!((nobody.status, nobody.kind()), (404, "not-found"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_registers_a_station() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--station", "CS1"]);
    let server = format!("http://{}", manager.http);
    let key = manager.key.clone().expect("a key");
    let run = |arguments: &[&str]| ocpp(&[arguments, &["--server", &server, "--api-key", &key]].concat());
    let done = run(&["station", "register", "CS1", "rejected"]);
    assert!(stdout(&done).contains("CS1 is rejected from its next boot on."), "{}", stderr(&done));
    let shown = stdout(&run(&["station", "show", "CS1"]));
    assert!(
        shown.lines().any(|line| line.starts_with("Registration") && line.ends_with("rejected")),
        "{shown}"
    );
    assert_eq!(run(&["station", "register", "CS1", "maybe"]).status.code(), Some(2));
    let nobody = run(&["station", "register", "NOBODY", "accepted"]);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(stderr(&nobody).contains("There is no station"), "{}", stderr(&nobody));
}

#[tokio::test(flavor = "multi_thread")]
async fn new_stations_wait_where_the_setting_says_so() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open", "--new-stations", "pending"]);
    let program = Program::of(&manager).await;
    let mut guest = manager.dial("GUEST", "ocpp2.0.1").await.expect("admitted");
    assert_eq!(boot(&mut guest).await, "Pending");
    let refused = program.put("stations/GUEST/registration", &json!({"registration": "accepted"})).await;
    assert_eq!((refused.status, refused.kind()), (409, "rule"), "{}", refused.text);
    assert!(refused.text.contains("add it first"), "{}", refused.text);
    let added = program.post("stations", &json!({"id": "GUEST"})).await;
    assert_eq!(added.status, 201, "{}", added.text);
    assert_eq!(program.get("stations/GUEST").await.json["registration"], "pending");

    // The page: what is set, what was told, and the button.
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let url = format!("http://{}/stations/GUEST", manager.http);
    let page = http.get(&url).send().await.expect("a page").text().await.expect("a page");
    assert!(
        page.contains("<dd id=\"registration\">pending</dd>") && page.contains("id=\"told\">pending"),
        "{page}"
    );
    let form = |word: &str| {
        http.post(format!("{url}/registration"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("registration={word}"))
    };
    let posted = tokio::spawn(form("accepted").send());
    let call = guest.next().await;
    assert_eq!(call[2], json!("TriggerMessage"));
    guest.send(&json!([3, call[1], {"status": "Accepted"}]).to_string()).await;
    let posted = posted.await.expect("it ends").expect("an answer").text().await.expect("a page");
    assert!(posted.contains("GUEST is accepted") && posted.contains("learns of it now"), "{posted}");
    assert_eq!(boot(&mut guest).await, "Accepted");
    assert_eq!(form("maybe").send().await.expect("an answer").status().as_u16(), 422);
    let forged = form("accepted").header("origin", "http://evil.example");
    assert_eq!(forged.send().await.expect("an answer").status().as_u16(), 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_tell_what_waits() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    let mut station = manager.dial("CS1", "ocpp1.6").await.expect("admitted");
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let url = format!("http://{}/metrics", manager.http);
    let figures = async || http.get(&url).send().await.expect("figures").text().await.expect("figures");
    let program = Program::of(&manager).await;
    let command = tokio::spawn(async move {
        program.post("stations/CS1/commands", &json!({"action": "ClearCache", "payload": {}})).await
    });
    let call = station.next().await;
    let now = figures().await;
    assert!(now.contains("ocpp_queued_calls{by=\"manager\"} 1\n"), "{now}");
    station.send(&json!([3, call[1], {"status": "Accepted"}]).to_string()).await;
    assert_eq!(command.await.expect("it ends").status, 200);
    let start = json!({"connectorId":1,"idTag":"abc","meterStart":0,"timestamp":"2026-11-01T10:00:00Z"});
    let number = station.result("StartTransaction", start).await["transactionId"].clone();
    let stop = json!({"transactionId":number,"meterStop":10,"timestamp":"2026-11-01T11:00:00Z"});
    station.result("StopTransaction", stop).await;
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        let now = figures().await;
        let is_done = [
            "ocpp_tasks_done_total 1\n",
            "ocpp_tasks_waiting 0\n",
            "ocpp_tasks_failed_total 0\n",
            "ocpp_queued_calls{by=\"manager\"} 0\n",
            "ocpp_queued_calls{by=\"station\"} 0\n",
        ];
        if is_done.iter().all(|figure| now.contains(figure)) {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "the receipt was issued: {now}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
