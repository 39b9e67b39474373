//! The commands over REST: what they print, and how they end.

use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use super::command_line::{ocpp, stderr, stdout};
use super::running::{Manager, directory};

/// Runs commands against a manager.
struct Operator<'a> {
    manager: &'a Manager,
}

impl Operator<'_> {
    fn run(&self, arguments: &[&str]) -> Output {
        let server = format!("http://{}", self.manager.http);
        let key = self.manager.key.as_deref().unwrap_or_default();
        ocpp(&[arguments, &["--server", &server, "--api-key", key]].concat())
    }

    /// What a command prints when it does what it is to do.
    fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
        stdout(&output)
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.done(&[arguments, &["--json"]].concat())).expect("JSON")
    }

    /// The sentence with which a command fails.
    fn fails(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
        let sentence = stderr(&output);
        assert_eq!(sentence.trim().lines().count(), 1, "{sentence}");
        sentence
    }
}

fn write(directory: &Path, name: &str, text: &str) -> String {
    let path = directory.join(name);
    std::fs::write(&path, text).expect("a file");
    path.to_str().expect("UTF-8").to_owned()
}

/// Replaces what differs from run to run by signs of the same length.
fn steady(text: &str, changing: &[&str]) -> String {
    let mut text = text.to_owned();
    for value in changing.iter().filter(|value| !value.is_empty()) {
        text = text.replace(value, &"#".repeat(value.len()));
    }
    let mut chars: Vec<char> = text.chars().collect();
    for start in 0..chars.len().saturating_sub(19) {
        let moment: String = chars[start..start + 20].iter().collect();
        let shape: String = moment.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        if shape == "0000-00-00 00:00:00Z" && !moment.starts_with("2026-11-01") {
            chars[start..start + 20].copy_from_slice(&"YYYY-MM-DD hh:mm:ssZ".chars().collect::<Vec<_>>());
        }
    }
    chars.into_iter().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_print_tables_for_people() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--station", "CS1"]);
    let operator = Operator { manager: &manager };
    let mut seen = Vec::new();
    let mut note = |title: &str, text: &str| seen.push(format!("== {title}\n{}", text.trim_end()));

    note("no stations at a site", &operator.done(&["site", "list"]));
    let site =
        operator.json(&["site", "add", "Town hall", "--time-zone", "Europe/Berlin", "--city", "Springfield"]);
    let site = site["id"].as_str().expect("a key").to_owned();
    note("sites", &operator.done(&["site", "list"]));
    note("site", &operator.done(&["site", "show", &site]));
    let added = operator.json(&["station", "add", "CS2", "--name", "Left", "--site", &site]);
    let (key, hex) = (added["key"].as_str().expect("a key"), added["key_hex"].as_str().expect("hex"));
    let rekeyed = operator.done(&["station", "key", "CS2"]);
    let new: Vec<&str> = rekeyed
        .lines()
        .filter_map(|line| line.split_whitespace().nth(if line.starts_with("Key in") { 3 } else { 1 }))
        .collect();
    note("a new key", &rekeyed);
    note("a station without key", &operator.done(&["station", "add", "CS3", "--unproven"]));

    let mut station = manager.dial("CS1", "ocpp1.6").await.expect("admitted");
    station.result("BootNotification", json!({"chargePointVendor": "V", "chargePointModel": "M"})).await;
    let status =
        json!({"connectorId":1,"errorCode":"NoError","status":"Charging","timestamp":"2026-11-01T10:00:00Z"});
    station.result("StatusNotification", status).await;
    assert!(manager.dial("STRANGER", "ocpp1.6").await.is_err());
    note("stations", &operator.done(&["station", "list"]));
    note("station", &operator.done(&["station", "show", "CS1"]));
    note("refused", &operator.done(&["station", "refused"]));

    note("token", &operator.done(&["token", "add", "04A1", "--holder", "Ann", "--kind", "ISO14443"]));
    note("blocked", &operator.done(&["token", "block", "04a1"]));
    let csv = write(data.path(), "tokens.csv", "token,holder\n04B2,Bob\n04A1,Anne\n");
    note("imported", &operator.done(&["token", "import", &csv]));
    note("tokens", &operator.done(&["token", "list"]));

    let tariff = |id: &str| {
        json!({"name": "Standard", "tariff": {"id": id, "currency": "EUR", "energy": {"prices": [{"price_kwh": "0.40"}],
            "tax_rates": [{"type": "VAT", "tax": "20"}]}}})
        .to_string()
    };
    let (first, second) =
        (write(data.path(), "1.json", &tariff("t1")), write(data.path(), "2.json", &tariff("t2")));
    note("drafted", &operator.done(&["tariff", "add", &first]));
    note("assigned", &operator.done(&["tariff", "assign", "t1", "--station", "CS1"]));
    note("succeeded", &operator.done(&["tariff", "succeed", "t1", &second]));
    note("tariffs", &operator.done(&["tariff", "list"]));
    note("tariff", &operator.done(&["tariff", "show", "t2"]));

    let start = json!({"connectorId":1,"idTag":"04B2","meterStart":1000,"timestamp":"2026-11-01T10:00:00Z"});
    let number = station.result("StartTransaction", start).await["transactionId"].clone();
    let stop = json!({"transactionId":number,"meterStop":6000,"timestamp":"2026-11-01T11:00:00Z"});
    station.result("StopTransaction", stop).await;
    for _ in 0..100 {
        if operator.run(&["session", "receipt", "1"]).status.success() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    note("sessions", &operator.done(&["session", "list", "--status", "completed"]));
    note("session", &operator.done(&["session", "show", "1"]));
    note("receipt", &operator.done(&["session", "receipt", "1"]));

    let keys = operator.json(&["key", "list"]);
    note("keys", &operator.done(&["key", "list"]));
    let id = keys[0]["id"].as_str().expect("an id");
    let port = manager.ocpp.rsplit(':').next().and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let address =
        operator.json(&["station", "show", "CS1"])["address"].as_str().expect("an address").to_owned();
    let refused =
        operator.json(&["station", "refused"])[0]["address"].as_str().expect("an address").to_owned();
    let changing =
        [&[site.as_str(), key, hex, id, address.as_str(), refused.as_str()][..], &new[2..4]].concat();
    let text = steady(&seen.join("\n\n"), &changing).replace(port, "PORT");
    insta::assert_snapshot!("operate", text);
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_fail_in_one_sentence() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--station", "CS1"]);
    let operator = Operator { manager: &manager };
    assert!(operator.fails(&["station", "add", "CS1"], 1).contains("already"));
    assert!(operator.fails(&["station", "show", "NOBODY"], 1).contains("There is no station"));
    assert!(operator.fails(&["station", "send", "CS1", "Reset"], 1).contains("not connected"));
    assert!(operator.fails(&["site", "add", "S", "--time-zone", "Mars/Base"], 1).contains("/time_zone"));
    assert!(operator.fails(&["session", "receipt", "7"], 1).contains("There is no session"));
    let csv = write(data.path(), "tokens.csv", "token,blocked\nA,maybe\n");
    assert!(operator.fails(&["token", "import", &csv], 1).contains("Line 2"));
    let server = format!("http://{}", manager.http);
    let no_key = ocpp(&["station", "list", "--server", &server]);
    assert_eq!(no_key.status.code(), Some(2));
    assert!(stderr(&no_key).contains("OCPP_API_KEY"), "{}", stderr(&no_key));
    let wrong = ocpp(&["station", "list", "--server", &server, "--api-key", "ocpp_wrong"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(stderr(&wrong).contains("refuses the API key"), "{}", stderr(&wrong));
    let small = operator.json(&["key", "create", "small", "--scope", "tokens:read"]);
    let small = small["secret"].as_str().expect("a key");
    let missing = ocpp(&["station", "list", "--server", &server, "--api-key", small]);
    assert!(stderr(&missing).contains("stations:read"), "{}", stderr(&missing));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_is_sent_with_its_members_in_order() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--station", "CS1"]);
    let mut station = manager.dial("CS1", "ocpp1.6").await.expect("admitted");
    let server = format!("http://{}", manager.http);
    let key = manager.key.clone().expect("a key");
    let sent = tokio::task::spawn_blocking(move || {
        let payload = r#"{"type":"Soft"}"#;
        ocpp(&["station", "send", "CS1", "Reset", payload, "--server", &server, "--api-key", &key])
    });
    let call = station.next().await;
    assert_eq!((&call[2], &call[3]), (&json!("Reset"), &json!({"type": "Soft"})));
    station.send(&json!([3, call[1], {"status": "Accepted"}]).to_string()).await;
    let output = sent.await.expect("it ran");
    assert_eq!(stdout(&output).trim(), r#"{"result":{"status":"Accepted"}}"#, "{}", stderr(&output));
}
