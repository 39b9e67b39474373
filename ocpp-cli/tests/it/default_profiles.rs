//! Charging profiles and tariffs that stations should have: over REST, on the pages, on the command line.

use serde_json::{Value, json};

use super::api::Program;
use super::browser::Browser;
use super::command_line::stderr;
use super::operator::Operator;
use super::running::{Manager, Station, directory};

async fn booted(manager: &Manager) -> Station {
    let mut station = manager.dial("CS1", "ocpp1.6").await.expect("admitted");
    station.result("BootNotification", json!({"chargePointVendor": "V", "chargePointModel": "M"})).await;
    station
}

/// Takes one order, and tells it.
async fn takes(station: &mut Station, word: &str) -> Value {
    let call = station.next().await;
    station.send(&json!([3, call[1], {"status": word}]).to_string()).await;
    call
}

fn profile(number: i32) -> Value {
    json!({"id": number, "purpose": "tx_default", "kind": "relative", "stack_level": 0,
        "schedules": [{"unit": "A", "periods": [{"start_s": 0, "limit": "16"}]}]})
}

#[tokio::test(flavor = "multi_thread")]
async fn templates_of_profiles_are_kept_and_drift_is_shown_and_asserted_over_rest() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--station", "CS1"]);
    let program = Program::of(&manager).await;
    let template = json!({
        "name": "Limits", "filter": {"vendor": "v"}, "profiles": [{"evse_id": 2, "profile": profile(7)}]
    });
    let added = program.post("default-templates", &json!({"id": "depot", "template": template})).await;
    assert_eq!(
        (added.status, added.header("location")),
        (201, "/api/v1/default-templates/depot"),
        "{}",
        added.text
    );
    assert_eq!(
        (&added.json["profiles"][0]["evse_id"], &added.json["assertion"]),
        (&json!(2), &json!("report"))
    );
    let again = program.post("default-templates", &json!({"id": "depot", "template": template})).await;
    assert_eq!((again.status, again.kind()), (409, "exists"));
    let unread = json!({"id": "a", "template": {"name": "A", "profiles": [{"profile": {"id": 1}}]}});
    let unread = program.post("default-templates", &unread).await;
    assert_eq!(
        (unread.status, &unread.json["errors"][0]["pointer"]),
        (422, &json!("/profiles/0/profile")),
        "{}",
        unread.text
    );
    let absent = json!({"id": "a", "template": {"name": "A", "tariffs": [{"tariff_id": "NONE"}]}});
    let absent = program.post("default-templates", &absent).await;
    assert_eq!((absent.status, &absent.json["errors"][0]["pointer"]), (422, &json!("/tariffs/0")));

    let mut station = booted(&manager).await;
    let drift = program.get("stations/CS1/defaults").await;
    assert_eq!(
        (&drift.json["drifting"], &drift.json["defaults"][0]["drift"], &drift.json["defaults"][0]["what"]),
        (&json!(1), &json!("missing"), &json!("profile 7")),
        "{}",
        drift.text
    );
    assert_eq!(program.get("defaults").await.json["items"][0]["station_id"], "CS1");
    let nothing = json!({});
    let (asserted, call) =
        tokio::join!(program.post("stations/CS1/defaults/assert", &nothing), takes(&mut station, "Accepted"));
    assert_eq!((asserted.status, &asserted.json["drifting"]), (200, &json!(0)), "{}", asserted.text);
    assert_eq!((&call[2], &call[3]["connectorId"]), (&json!("SetChargingProfile"), &json!(2)));
    let orders = program.get("stations/CS1/orders").await;
    assert!(orders.text.contains("set_charging_profile"), "{}", orders.text);

    let stale = program.request("PUT", "default-templates/depot").header("if-match", "\"9\"").json(&template);
    let stale = program.send("PUT", "default-templates/depot", stale).await;
    assert_eq!((stale.status, stale.kind()), (412, "stale-if-match"));
    let changed = program.put("default-templates/depot", &template).await;
    assert_eq!((changed.status, &changed.json["revision"]), (200, &json!(2)), "{}", changed.text);
    assert_eq!(program.get("default-templates").await.json["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(program.delete("default-templates/depot").await.status, 204);
    assert_eq!(program.get("default-templates/depot").await.status, 404);
    let left = program.get("stations/CS1/defaults").await;
    assert_eq!(left.json["defaults"][0]["drift"], "unwanted", "{}", left.text);
    assert_eq!(program.get("stations/NOBODY/defaults").await.status, 404);
    drop(station);
    let mut gone = program.post("stations/CS1/defaults/assert", &nothing).await;
    for _ in 0..100 {
        if gone.status == 409 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        gone = program.post("stations/CS1/defaults/assert", &nothing).await;
    }
    assert_eq!((gone.status, gone.kind()), (409, "not-connected"), "{}", gone.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_says_on_the_pages_which_profiles_stations_should_have() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    let browser = Browser::of(&manager);
    let mut station = booted(&manager).await;
    assert!(browser.open("/settings").await.contains("href=\"/defaults\""));
    assert!(browser.open("/defaults").await.contains("No template yet."));
    let wanted = json!([{"profile": profile(7)}]).to_string();
    for (profiles, tariffs, sentence) in [
        ("none", "", "The profiles cannot be read"),
        ("", "", "at least one profile or tariff"),
        ("", "DAY", "There is no tariff"),
        ("", "DAY@x", "write ID or ID@EVSE"),
    ] {
        let fields = [("id", "depot"), ("name", "Limits"), ("profiles", profiles), ("tariffs", tariffs)];
        let (status, page) = browser.send("/defaults", &fields).await;
        assert!(status == 422 && page.contains(sentence), "{sentence}: {page}");
    }
    let fields = [("id", "depot"), ("name", "Limits"), ("profiles", &*wanted), ("assertion", "report")];
    let (status, page) = browser.send("/defaults", &fields).await;
    assert!(status == 200 && page.contains("profile 7") && page.contains("1 of 1"), "{page}");
    let page = browser.open("/stations/CS1").await;
    assert!(page.contains("Profiles and tariffs that it should have"), "{page}");
    assert!(page.contains("The station does not have it, as far as is known"), "{page}");
    let ((status, page), call) =
        tokio::join!(browser.send("/stations/CS1/defaults/assert", &[]), takes(&mut station, "Accepted"));
    assert_eq!((status, &call[2]), (200, &json!("SetChargingProfile")));
    assert!(page.contains("It is as it should be."), "{page}");

    let page = browser.open("/defaults/depot").await;
    assert!(page.contains("&quot;tx_default&quot;"), "{page}");
    let changed = [("name", "Better"), ("profiles", &*wanted), ("seen", "1"), ("assertion", "assert")];
    let (status, page) = browser.send("/defaults/depot", &changed).await;
    assert!(status == 200 && page.contains("Better") && page.contains("mended"), "{page}");
    let (status, _) = browser.send("/defaults/depot", &changed).await;
    assert_eq!(status, 422, "it was changed since it was read");
    let (_, page) = browser.send("/defaults/depot/remove", &[]).await;
    assert!(page.contains("No template yet."), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn default_profiles_on_the_command_line() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--station", "CS1"]);
    let operator = Operator::of(&manager);
    let mut station = booted(&manager).await;
    let file = data.path().join("night.json");
    std::fs::write(&file, profile(7).to_string()).expect("a file");
    let file = format!("@2={}", file.display());
    assert!(operator.done(&["profiles", "template", "list"]).await.contains("There are no templates"));
    let whom = operator.run(&["profiles", "template", "add", "depot", &file]).await;
    assert!(stderr(&whom).contains("say which stations"), "{}", stderr(&whom));
    let wrong = operator.run(&["profiles", "template", "add", "depot", "--all", "@x=a.json"]).await;
    assert!(stderr(&wrong).contains("@EVSE=FILE"), "{}", stderr(&wrong));
    let added = operator.done(&["profiles", "template", "add", "depot", "--all", &file]).await;
    assert!(added.contains("profile 7") && added.contains("tx_default"), "{added}");
    assert!(operator.done(&["profiles", "template", "show", "depot"]).await.contains("profile 7"));
    assert!(operator.done(&["profiles", "drift"]).await.contains("CS1"));
    assert!(operator.done(&["profiles", "drift", "CS1"]).await.contains("missing"));
    let refused = async {
        takes(&mut station, "Rejected").await;
    };
    let (unmet, ()) = tokio::join!(operator.run(&["profiles", "assert", "CS1"]), refused);
    assert_eq!(unmet.status.code(), Some(1));
    assert!(stderr(&unmet).contains("not as its templates want it"), "{}", stderr(&unmet));
    let (asserted, _) =
        tokio::join!(operator.done(&["profiles", "assert", "CS1"]), takes(&mut station, "Accepted"));
    assert!(asserted.contains("It is as it should be"), "{asserted}");
    operator
        .done(&["profiles", "template", "change", "depot", "--station", "CS1", "--rank", "3", &file])
        .await;
    operator.done(&["profiles", "template", "remove", "depot"]).await;
    assert!(operator.done(&["profiles", "drift", "CS1"]).await.contains("unwanted"));
}
