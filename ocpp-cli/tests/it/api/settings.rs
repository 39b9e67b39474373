//! Settings of stations, their reports and templates over REST.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Program, manager};
use crate::running::{Manager, Station, directory};

async fn booted(manager: &Manager) -> Station {
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    let boot = json!({"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "V"}});
    assert_eq!(station.result("BootNotification", boot).await["status"], "Accepted");
    station
}

/// Answers the next order with what is made of it.
async fn obeys(station: &mut Station, make: impl Fn(&Value) -> Value) -> (String, Value) {
    let call = station.next().await;
    assert_eq!(call[0], 2, "{call}");
    station.send(&json!([3, call[1], make(&call[3])]).to_string()).await;
    (call[2].as_str().expect("an action").to_owned(), call[3].clone())
}

fn values(payload: &Value, value: &str) -> Value {
    let result = |item: &Value| {
        let mut result = item.clone();
        result["attributeStatus"] = json!("Accepted");
        result["attributeValue"] = json!(value);
        result
    };
    let asked = payload["getVariableData"].as_array().expect("variables");
    json!({"getVariableResult": asked.iter().map(result).collect::<Vec<_>>()})
}

fn set(payload: &Value, status: &str) -> Value {
    let result = |item: &Value| json!({"component": item["component"], "variable": item["variable"], "attributeStatus": status});
    let asked = payload["setVariableData"].as_array().expect("variables");
    json!({"setVariableResult": asked.iter().map(result).collect::<Vec<_>>()})
}

fn row(component: &str, variable: &str, value: &str) -> Value {
    json!({
        "component": {"name": component}, "variable": {"name": variable},
        "variableAttribute": [{"value": value}],
        "variableCharacteristics": {"dataType": "integer", "unit": "s", "maxLimit": 900, "supportsMonitoring": true}
    })
}

/// Asks until something holds.
async fn until(program: &Program, path: &str, holds: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..200 {
        let answer = program.get(path).await;
        if holds(&answer.json) {
            return answer.json;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never: {}", program.get(path).await.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_reported_read_changed_and_reviewed() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let mut station = booted(&manager).await;
    let nothing = program.get("stations/CS1/device-model").await;
    assert_eq!((nothing.status, nothing.kind()), (404, "not-found"));
    assert_eq!(program.get("stations/CS1/settings/review").await.status, 404);

    let ask = json!({});
    let (asked, (action, order)) = tokio::join!(
        program.post("stations/CS1/settings/reports", &ask),
        obeys(&mut station, |_| json!({"status": "Accepted"}))
    );
    assert_eq!((asked.status, &asked.json["state"]), (202, &json!("awaited")), "{}", asked.text);
    assert_eq!((&*action, &order["reportBase"]), ("GetBaseReport", &json!("FullInventory")));
    let part = |seq: u32, more: bool, rows: Vec<Value>| {
        json!({
            "requestId": order["requestId"], "seqNo": seq, "tbc": more, "generatedAt": "2026-03-02T08:00:00Z",
            "reportData": rows
        })
    };
    station.result("NotifyReport", part(1, false, vec![row("VendorCtrlr", "Own", "7")])).await;
    let reports = program.get("stations/CS1/settings/reports").await;
    assert_eq!(
        (&reports.json["items"][0]["state"], &reports.json["items"][0]["missing_parts"]),
        (&json!("arriving"), &json!([0]))
    );
    let first = vec![
        row("SampledDataCtrlr", "TxUpdatedInterval", "300"),
        row("OCPPCommCtrlr", "HeartbeatInterval", "x"),
    ];
    station.result("NotifyReport", part(0, true, first)).await;
    let reports = program.get("stations/CS1/settings/reports").await;
    assert_eq!(reports.json["items"][0]["state"], "complete");

    let listed = program.get("stations/CS1/settings?limit=2").await;
    let names = |answer: &Value| -> Vec<String> {
        let items = answer["items"].as_array().expect("settings");
        items.iter().map(|item| item["name"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(
        names(&listed.json),
        ["OCPPCommCtrlr.HeartbeatInterval", "SampledDataCtrlr.TxUpdatedInterval"]
    );
    assert_eq!(listed.json["next"], "SampledDataCtrlr.TxUpdatedInterval");
    let more = program.get("stations/CS1/settings?limit=2&after=SampledDataCtrlr.TxUpdatedInterval").await;
    assert_eq!((names(&more.json), &more.json["next"]), (vec!["VendorCtrlr.Own".to_owned()], &Value::Null));
    let interval = &program.get("stations/CS1/settings?component=SampledDataCtrlr").await.json["items"][0];
    assert_eq!(
        (&interval["value"], &interval["unit"], &interval["maximum"], &interval["writable"]),
        (&json!("300"), &json!("s"), &json!("900"), &json!(true))
    );
    assert!(interval["meaning"].as_str().is_some_and(|meaning| !meaning.is_empty()));
    assert_eq!(program.get("stations/CS1/device-model").await.json["settings"], 3);
    let review = program.get("stations/CS1/settings/review").await;
    let remarks = review.json["remarks"].as_array().expect("remarks");
    assert!(
        remarks.iter().any(|remark| remark["kind"] == "value" && remark["fault"] == true),
        "{}",
        review.text
    );
    assert!(remarks.iter().any(|remark| remark["kind"] == "unknown" && remark["fault"] == false));

    // One name for every version, and a result for each.
    let body = json!({"names": ["TxUpdatedInterval"]});
    let (read, _) = tokio::join!(
        program.post("stations/CS1/settings/read", &body),
        obeys(&mut station, |payload| values(payload, "60"))
    );
    assert_eq!(read.json["results"][0]["value"], "60", "{}", read.text);
    assert_eq!(read.json["results"][0]["said_as"], "SampledDataCtrlr.TxUpdatedInterval");
    let body = json!({"settings": [{"name": "MeterValueSampleInterval", "value": "30"}, {"name": "LightIntensity", "value": "1"}]});
    let (changed, (action, order)) = tokio::join!(
        program.post("stations/CS1/settings/change", &body),
        obeys(&mut station, |payload| set(payload, "RebootRequired"))
    );
    assert_eq!((&*action, &order["setVariableData"][0]["attributeValue"]), ("SetVariables", &json!("30")));
    let words: Vec<&Value> =
        changed.json["results"].as_array().expect("results").iter().map(|result| &result["result"]).collect();
    assert_eq!(words, ["reboot_required", "cannot_say"], "{}", changed.text);
    let device = program.get("stations/CS1/device-model").await;
    assert_eq!(device.json["reboot_needed_for"], json!(["SampledDataCtrlr.TxUpdatedInterval"]));

    // What is wrong is told with its place.
    let wrong = program.post("stations/CS1/settings/read", &json!({"names": ["A", "B["]})).await;
    assert_eq!(
        (wrong.status, &wrong.json["errors"][0]["pointer"]),
        (422, &json!("/names/1")),
        "{}",
        wrong.text
    );
    let none = program.post("stations/CS1/settings/change", &json!({"settings": []})).await;
    assert_eq!((none.status, &none.json["errors"][0]["pointer"]), (422, &json!("/settings")));
    let absent = program.post("stations/CS2/settings/read", &json!({"names": ["A"]})).await;
    assert_eq!((absent.status, absent.kind()), (409, "not-connected"));
    let both =
        program.post("stations/CS1/settings/reports", &json!({"kind": "full", "names": ["EVSE"]})).await;
    assert_eq!(both.status, 422);
    let nobody = json!({"filter": {"vendor": "another"}, "settings": [{"name": "A", "value": "1"}]});
    assert_eq!(program.post("settings/change", &nobody).await.status, 422);

    // Chosen states and parts.
    let chosen = json!({"criteria": ["problem"], "names": ["EVSE @1", "Connector.Available @1/1"]});
    let (asked, (_, order)) = tokio::join!(
        program.post("stations/CS1/settings/reports", &chosen),
        obeys(&mut station, |_| json!({"status": "EmptyResultSet"}))
    );
    assert_eq!(asked.json["state"], "empty", "{}", asked.text);
    assert_eq!(order["componentVariable"][0], json!({"component": {"name": "EVSE", "evse": {"id": 1}}}));
    assert_eq!(order["componentVariable"][1]["variable"]["name"], "Available");

    let compared = program.get("stations/CS1/settings/compare?with=CS1").await;
    assert_eq!(compared.json["items"], json!([]));
    assert_eq!(program.get("stations/CS1/settings/compare?with=CS9").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn templates_are_kept_and_drift_is_shown_and_asserted() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let template = json!({
        "name": "Intervals", "filter": {"vendor": "v"},
        "settings": [{"name": "TxUpdatedInterval", "value": "60"}, {"name": "LightIntensity", "value": "50"}]
    });
    let added = program.post("setting-templates", &json!({"id": "intervals", "template": template})).await;
    assert_eq!(
        (added.status, added.header("location")),
        (201, "/api/v1/setting-templates/intervals"),
        "{}",
        added.text
    );
    assert_eq!(added.json["settings"][0]["name"], "SampledDataCtrlr.TxUpdatedInterval");
    let again = program.post("setting-templates", &json!({"id": "intervals", "template": template})).await;
    assert_eq!((again.status, again.kind()), (409, "exists"));
    let secret = json!({"id": "s", "template": {"name": "S", "settings": [{"name": "AuthorizationKey", "value": "hunter2"}]}});
    let secret = program.post("setting-templates", &secret).await;
    assert_eq!((secret.status, &secret.json["errors"][0]["pointer"]), (422, &json!("/settings/0")));
    assert!(!secret.text.contains("hunter2"));

    let mut station = booted(&manager).await;
    // After a connection it is looked at by itself, and with a template that only reports nothing is changed.
    let (action, _) = obeys(&mut station, |payload| values(payload, "300")).await;
    assert_eq!(action, "GetVariables");
    let drift =
        until(&program, "stations/CS1/drift", |drift| drift["settings"][0]["drift"] == "differs").await;
    assert_eq!((&drift["drifting"], &drift["settings"][0]["value"]), (&json!(1), &json!("300")));
    assert_eq!(drift["settings"][1]["drift"], "not_in_version");
    let all = program.get("drift").await;
    assert_eq!(all.json["items"][0]["station_id"], "CS1", "{}", all.text);

    let nothing = json!({});
    let (asserted, ()) = tokio::join!(program.post("stations/CS1/drift/assert", &nothing), async {
        obeys(&mut station, |payload| values(payload, "300")).await;
        let (action, _) = obeys(&mut station, |payload| set(payload, "Accepted")).await;
        assert_eq!(action, "SetVariables");
    });
    assert_eq!((asserted.status, &asserted.json["drifting"]), (200, &json!(0)), "{}", asserted.text);

    let stale =
        program.request("PUT", "setting-templates/intervals").header("if-match", "\"9\"").json(&template);
    let stale = program.send("PUT", "setting-templates/intervals", stale).await;
    assert_eq!((stale.status, stale.kind()), (412, "stale-if-match"));
    let changed = program.put("setting-templates/intervals", &template).await;
    assert_eq!((changed.status, &changed.json["revision"]), (200, &json!(2)), "{}", changed.text);
    assert_eq!(program.get("setting-templates").await.json["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(program.delete("setting-templates/intervals").await.status, 204);
    assert_eq!(program.get("setting-templates/intervals").await.status, 404);
    assert_eq!(program.get("stations/CS1/drift").await.json["settings"], json!([]));
    assert_eq!(program.get("stations/NOBODY/drift").await.status, 404);
}
