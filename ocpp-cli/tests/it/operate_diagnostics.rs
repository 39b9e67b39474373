//! Alarms, monitors, displays and customers on the command line.

use serde_json::{Value, json};

use super::command_line::{stderr, stdout};
use super::operator::Operator;
use super::running::{Manager, Station, directory};

/// Answers every order out of a list until the work is done.
async fn obeying<T>(station: &mut Station, answers: &[(&str, Value)], work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            call = station.next() => if call[0] == 2 {
                let answer = answers.iter().find(|(known, _)| call[2] == *known);
                let answer = answer.map_or_else(|| json!({}), |(_, answer)| answer.clone());
                station.send(&json!([3, call[1], answer]).to_string()).await;
            },
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn alarms_monitors_displays_and_customers_on_the_command_line() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--station", "CS1"]);
    let operator = Operator::of(&manager);
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    let boot = json!({"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "V"}});
    station.result("BootNotification", boot).await;
    assert!(operator.done(&["alarms", "list"]).await.contains("There are no such alarms"));
    let event = json!({
        "eventId": 1, "timestamp": "2026-11-01T10:00:00Z", "trigger": "Alerting", "actualValue": "71",
        "eventNotificationType": "HardWiredNotification",
        "component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Temperature"},
    });
    let told = json!({"generatedAt": "2026-11-01T10:00:00Z", "seqNo": 0, "eventData": [event]});
    station.result("NotifyEvent", told).await;
    assert!(operator.done(&["alarms", "events", "CS1"]).await.contains("EVSE 1.Temperature"));
    let listed =
        operator.done(&["alarms", "list", "--open", "--severity", "5", "--station", "CS1", "--json"]).await;
    let listed: Value = serde_json::from_str(&listed).expect("JSON");
    let name = listed[0]["id"].as_str().expect("a name").to_owned();
    assert!(operator.done(&["alarms", "list"]).await.contains("EVSE 1.Temperature is 71"));
    operator.done(&["alarms", "acknowledge", "CS1", &name]).await;
    assert!(operator.done(&["alarms", "list", "--open"]).await.contains("There are no such alarms"));
    operator.done(&["alarms", "remove", "CS1", &name]).await;
    let gone = operator.run(&["alarms", "remove", "CS1", &name]).await;
    assert_eq!((gone.status.code(), stderr(&gone).contains("There is no alarm")), (Some(1), true));

    let result = json!({
        "status": "Accepted", "id": 7, "type": "UpperThreshold", "severity": 4,
        "component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Temperature"},
    });
    let mut answers = vec![
        ("SetVariableMonitoring", json!({"setMonitoringResult": [result]})),
        ("ClearVariableMonitoring", json!({"clearMonitoringResult": [{"status": "NotFound", "id": 9}]})),
        ("GetMonitoringReport", json!({"status": "EmptyResultSet"})),
        ("SetDisplayMessage", json!({"status": "Accepted"})),
        ("GetDisplayMessages", json!({"status": "Unknown"})),
        ("ClearDisplayMessage", json!({"status": "Accepted"})),
        ("CustomerInformation", json!({"status": "Accepted"})),
    ];
    let file = data.path().join("monitors.json");
    let wanted = json!([{
        "setting": {"variable": {"component": "EVSE", "place": {"evse": 1}, "variable": "Temperature"}},
        "kind": "upper_threshold", "value": "70", "severity": 4,
    }]);
    std::fs::write(&file, wanted.to_string()).expect("a file");
    let path = file.to_str().expect("UTF-8").to_owned();
    let set = obeying(&mut station, &answers, operator.done(&["monitors", "set", "CS1", &path])).await;
    assert!(set.contains("EVSE 1.Temperature") && set.contains("set"), "{set}");
    assert!(operator.done(&["monitors", "list", "CS1"]).await.contains("UpperThreshold"));
    let clear = obeying(&mut station, &answers, operator.run(&["monitors", "clear", "CS1", "9"])).await;
    assert_eq!((clear.status.code(), stderr(&clear).contains("1 of them were not done")), (Some(1), true));
    let read = obeying(&mut station, &answers, operator.done(&["monitors", "read", "CS1"])).await;
    assert!(read.contains("No monitors"), "{read}");

    let shown = obeying(
        &mut station,
        &answers,
        operator.done(&["display", "show", "CS1", "Hello", "--state", "idle"]),
    )
    .await;
    assert_eq!(shown.trim(), "Message 1 is set.");
    assert!(operator.done(&["display", "list", "CS1"]).await.contains("Hello"));
    obeying(&mut station, &answers, operator.done(&["display", "clear", "CS1", "1"])).await;
    let read = obeying(&mut station, &answers, operator.done(&["display", "read", "CS1"])).await;
    assert!(read.contains("No messages"), "{read}");
    answers[3].1 = json!({"status": "NotSupportedState"});
    let refused = obeying(
        &mut station,
        &answers,
        operator.run(&["display", "show", "CS1", "Hello", "--state", "faulted"]),
    )
    .await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(stdout(&refused).contains("does not know this state"), "{}", stdout(&refused));

    let ask = ["customer", "ask", "CS1", "--token", "04AABBCC", "--report", "--clear"];
    assert!(obeying(&mut station, &answers, operator.done(&ask)).await.contains("accepted"));
    let piece =
        json!({"requestId": 1, "seqNo": 0, "generatedAt": "2026-11-01T10:00:00Z", "data": "on Monday"});
    station.result("NotifyCustomerInformation", piece).await;
    assert!(operator.done(&["customer", "show", "CS1", "1"]).await.contains("on Monday"));
    assert!(operator.done(&["customer", "list", "CS1"]).await.contains("04AABBCC"));
    operator.done(&["customer", "delete", "CS1", "1"]).await;
    assert!(operator.done(&["customer", "list", "CS1"]).await.contains("asked about nobody"));
}
