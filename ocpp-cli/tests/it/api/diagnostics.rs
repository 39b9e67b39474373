//! Alarms, events, monitors, messages on displays and questions about customers over REST.

use serde_json::{Value, json};

use super::manager;
use crate::running::{Manager, Station, directory};

/// Answers the orders that come, whatever they are, as long as something else goes on.
async fn obeying<T>(
    station: &mut Station,
    answers: &[(&str, Value)],
    work: impl Future<Output = T>,
) -> (T, Vec<Value>) {
    tokio::pin!(work);
    let mut heard = Vec::new();
    loop {
        tokio::select! {
            done = &mut work => return (done, heard),
            call = station.next() => {
                if call[0] != 2 {
                    continue;
                }
                let action = call[2].as_str().expect("an action");
                let answer = answers.iter().find(|(known, _)| *known == action);
                let answer = answer.map_or_else(|| json!({}), |(_, answer)| answer.clone());
                station.send(&json!([3, call[1], answer]).to_string()).await;
                heard.push(call);
            }
        }
    }
}

async fn booted(manager: &Manager) -> Station {
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    let boot = json!({"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "V"}});
    assert_eq!(station.result("BootNotification", boot).await["status"], "Accepted");
    station
}

fn event(number: i64, more: &Value) -> Value {
    let mut event = json!({
        "eventId": number, "timestamp": "2026-11-01T10:00:00Z", "trigger": "Alerting", "actualValue": "71",
        "eventNotificationType": "HardWiredNotification",
        "component": {"name": "ChargingStation"}, "variable": {"name": "Temperature"},
    });
    for (name, value) in more.as_object().expect("members") {
        event[name] = value.clone();
    }
    event
}

async fn reports(station: &mut Station, events: Value) {
    let payload = json!({"generatedAt": "2026-11-01T10:00:00Z", "seqNo": 0, "eventData": events});
    assert_eq!(station.result("NotifyEvent", payload).await, json!({}));
}

fn wrong(answer: &super::Answer) -> (u16, &str) {
    (answer.status, answer.json["errors"][0]["pointer"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn alarms_and_events_are_listed_and_looked_at() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let mut station = booted(&manager).await;
    let hot = event(1, &json!({"techInfo": "fan"}));
    let led =
        event(2, &json!({"cause": 1, "variable": {"name": "Power"}, "timestamp": "2026-11-01T10:00:01Z"}));
    reports(&mut station, json!([hot, led])).await;
    let alarms = program.get("alarms?severity=5&state=standing&acknowledged=false&limit=1").await;
    assert_eq!(alarms.json["items"].as_array().map(Vec::len), Some(1), "{}", alarms.text);
    let next = alarms.json["next"].as_str().expect("another page");
    let rest = program.get(&format!("alarms?after={next}")).await;
    assert_eq!(rest.json["items"].as_array().map(Vec::len), Some(1), "{}", rest.text);
    let all = program.get("alarms?station_id=CS1&kind=variable").await;
    let of = |text: &str| {
        let items = all.json["items"].as_array().expect("alarms");
        items.iter().find(|alarm| alarm["text"] == text).cloned().expect("the alarm")
    };
    let alarm = of("ChargingStation.Temperature is 71");
    assert_eq!((&alarm["severity"], &alarm["severity_name"]), (&json!(5), &json!("alert")));
    assert_eq!(alarm["variable"]["variable"]["variable"], "Temperature");
    assert_eq!(of("ChargingStation.Power is 71")["cause_event_id"], 1);
    let path = format!("stations/CS1/alarms/{}", alarm["id"].as_str().expect("a name"));
    let seen = program.post(&format!("{path}/acknowledge"), &json!({})).await;
    assert_eq!((seen.status, seen.json["acknowledged_by"].is_string()), (200, true), "{}", seen.text);
    assert_eq!(program.delete(&path).await.status, 204);
    assert_eq!(program.delete(&path).await.status, 404);
    for query in ["severity=10", "state=odd", "kind=odd", "limit=0", "colour=red"] {
        assert_eq!(program.get(&format!("alarms?{query}")).await.status / 100, 4, "{query}");
    }
    let events = program.get("stations/CS1/events?limit=1").await;
    assert_eq!(events.json["items"][0]["caused_by"], 1, "{}", events.text);
    let next = events.json["next"].as_str().expect("another page");
    let older = program.get(&format!("stations/CS1/events?after={next}")).await;
    assert_eq!(older.json["items"][0]["tech_info"], "fan");
    assert_eq!(program.get("stations/CS1/events?severity=3").await.json["items"], json!([]));
}

#[tokio::test]
async fn monitors_are_set_read_and_removed() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let mut station = booted(&manager).await;
    assert_eq!(program.get("stations/CS1/monitors").await.json["items"], json!([]));
    let of =
        json!({"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "AvailabilityState"}});
    let mut result = json!({"status": "Accepted", "id": 7, "type": "Delta", "severity": 8});
    for (name, value) in of.as_object().expect("members") {
        result[name] = value.clone();
    }
    let answers = [
        ("SetVariableMonitoring", json!({"setMonitoringResult": [result]})),
        ("ClearVariableMonitoring", json!({"clearMonitoringResult": [{"status": "Accepted", "id": 7}]})),
        ("GetMonitoringReport", json!({"status": "EmptyResultSet"})),
    ];
    let monitor = json!({
        "setting": {"variable": {"component": "EVSE", "place": {"evse": 1}, "variable": "AvailabilityState"}},
        "kind": "delta", "value": "1", "severity": 8,
    });
    let body = json!({"monitors": [monitor]});
    let (set, heard) = obeying(&mut station, &answers, program.post("stations/CS1/monitors", &body)).await;
    assert_eq!(
        (&set.json["items"][0]["id"], &set.json["items"][0]["done"]),
        (&json!(7), &json!(true)),
        "{}",
        set.text
    );
    assert!(heard.iter().any(|call| call[2] == "SetVariableMonitoring"));
    let known = program.get("stations/CS1/monitors").await;
    assert_eq!(known.json["items"][0]["kind"], "Delta");
    assert_eq!(known.json["items"][0]["set_here"], true);
    let ids = json!({"ids": [7]});
    let (gone, _) = obeying(&mut station, &answers, program.post("stations/CS1/monitors/clear", &ids)).await;
    assert_eq!(gone.json["items"][0]["said"], "removed", "{}", gone.text);
    let nothing = json!({});
    let (read, _) =
        obeying(&mut station, &answers, program.post("stations/CS1/monitors/read", &nothing)).await;
    assert_eq!((read.status, read.json["told_at"].is_string()), (200, true), "{}", read.text);
    let odd = json!({"monitors": [{"setting": {"key": "x"}, "kind": "odd", "value": "1", "severity": 8}]});
    assert_eq!(wrong(&program.post("stations/CS1/monitors", &odd).await), (422, "/monitors/0/kind"));
    assert_eq!(
        wrong(&program.post("stations/CS1/monitors", &json!({"monitors": []})).await),
        (422, "/monitors")
    );
    let unknown = program.post("stations/CS9/monitors/clear", &ids).await;
    assert_eq!((unknown.status, unknown.kind()), (404, "not-found"));
}

#[tokio::test]
async fn messages_are_shown_on_displays() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let mut station = booted(&manager).await;
    let answers = [
        ("SetDisplayMessage", json!({"status": "Accepted"})),
        ("ClearDisplayMessage", json!({"status": "Accepted"})),
        ("GetDisplayMessages", json!({"status": "Unknown"})),
    ];
    let path = "stations/CS1/display-messages";
    let body = json!({"text": {"content": "Hello", "language": "en"}, "state": "idle", "keep": true});
    let (set, heard) = obeying(&mut station, &answers, program.post(path, &body)).await;
    assert_eq!((set.status, &set.json["standing"]), (201, &json!("set")), "{}", set.text);
    assert_eq!(set.header("location"), "/api/v1/stations/CS1/display-messages/1");
    assert_eq!(heard[0][3]["message"]["state"], "Idle");
    assert_eq!(program.get(path).await.json["items"][0]["text"]["content"], "Hello");
    let nothing = json!({});
    let (read, _) = obeying(&mut station, &answers, program.post(&format!("{path}/read"), &nothing)).await;
    assert_eq!(read.json["items"][0]["standing"], "lost", "{}", read.text);
    let (gone, _) = obeying(&mut station, &answers, program.delete(&format!("{path}/1"))).await;
    assert_eq!(gone.status, 204);
    assert_eq!(wrong(&program.post(path, &json!({"text": {"content": ""}})).await), (422, "/text"));
    assert_eq!(
        wrong(&program.post(path, &json!({"text": {"content": "x"}, "priority": "odd"})).await),
        (422, "/priority")
    );
    let late = json!({"text": {"content": "x"}, "state": "suspended"});
    let late = program.post(path, &late).await;
    assert_eq!((late.status, late.kind()), (409, "rule"), "{}", late.text);
}

#[tokio::test]
async fn customers_are_asked_about_and_what_was_told_is_for_those_who_may_see_it() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let mut station = booted(&manager).await;
    let answers = [("CustomerInformation", json!({"status": "Accepted"}))];
    let path = "stations/CS1/customer-requests";
    let body = json!({"token": "04AABBCC", "report": true});
    let (asked, heard) = obeying(&mut station, &answers, program.post(path, &body)).await;
    assert_eq!((asked.status, &asked.json["state"]), (201, &json!("accepted")), "{}", asked.text);
    assert_eq!(heard[0][3]["idToken"]["idToken"], "04AABBCC");
    let piece =
        json!({"requestId": 1, "seqNo": 0, "generatedAt": "2026-11-01T10:00:00Z", "data": "on Monday"});
    station.result("NotifyCustomerInformation", piece).await;
    let told = program.get(&format!("{path}/1")).await;
    assert_eq!((&told.json["state"], &told.json["text"]), (&json!("told"), &json!("on Monday")));
    let list = program.get(path).await;
    assert!(list.json["items"][0]["text"].is_null(), "{}", list.text);
    let orders = program.get("stations/CS1/orders").await;
    assert!(!orders.text.contains("04AABBCC"), "{}", orders.text);
    assert_eq!(program.delete(&format!("{path}/1")).await.status, 204);
    assert_eq!(program.get(&format!("{path}/1")).await.status, 404);
    for (body, pointer) in [
        (json!({"report": true}), "/token"),
        (json!({"token": "A", "identifier": "B", "report": true}), "/token"),
        (json!({"token": "A"}), "/report"),
    ] {
        assert_eq!(wrong(&program.post(path, &body).await), (422, pointer), "{body}");
    }
}
