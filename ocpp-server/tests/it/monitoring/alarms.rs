//! Alarms: one list for all versions.

use ocpp_core::model::EventSeverity;
use ocpp_core::types::Version;
use ocpp_server::domain::{Alarm, EventKind};
use ocpp_server::maintenance::{AlarmFilter, DiagnosticsError};
use serde_json::{Value, json};

use super::{Says, Station, TWO, Yard, delta, event, id, pass, reports, result};

async fn alarms(yard: &Yard) -> Vec<Alarm> {
    yard.diagnostics.alarms(&AlarmFilter::default(), None, 1000).await.unwrap()
}

fn states(alarms: &[Alarm]) -> Vec<&'static str> {
    alarms.iter().map(|alarm| alarm.state.name()).collect()
}

#[tokio::test(start_paused = true)]
async fn an_alarm_stands_until_the_station_clears_it() {
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        let hot = json!({"techCode": "T7", "techInfo": "fan"});
        reports(&station, vec![event(1, &station.now(), hot)]).await;
        let found = alarms(&yard).await;
        assert_eq!(states(&found), ["standing"], "{version}");
        assert_eq!(found[0].text, "ChargingStation.Temperature is 71");
        assert_eq!(found[0].detail.as_deref(), Some("code T7, fan"));
        assert_eq!((found[0].count, found[0].event), (1, Some(1)));
        pass(1).await;
        reports(&station, vec![event(2, &station.now(), json!({"actualValue": "80"}))]).await;
        assert_eq!(alarms(&yard).await[0].count, 2, "the same alarm");
        pass(1).await;
        reports(&station, vec![event(3, &station.now(), json!({"cleared": true}))]).await;
        let found = alarms(&yard).await;
        assert_eq!(states(&found), ["cleared"], "it stays until somebody has looked at it");
        let left = yard.diagnostics.acknowledge(&id("CS1"), &found[0].name(), "ada").await.unwrap();
        assert_eq!(left, None);
        assert!(alarms(&yard).await.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn an_alarm_that_was_looked_at_goes_when_it_is_cleared() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    reports(&station, vec![event(1, &station.now(), json!({}))]).await;
    let name = alarms(&yard).await[0].name();
    let marked = yard.diagnostics.acknowledge(&id("CS1"), &name, "ada").await.unwrap().unwrap();
    assert_eq!(marked.acknowledged.as_ref().unwrap().by, "ada");
    pass(1).await;
    reports(&station, vec![event(2, &station.now(), json!({}))]).await;
    assert!(alarms(&yard).await[0].acknowledged.is_some(), "it stood all the time");
    pass(1).await;
    reports(&station, vec![event(3, &station.now(), json!({"cleared": true}))]).await;
    assert!(alarms(&yard).await.is_empty());
    let again = yard.diagnostics.acknowledge(&id("CS1"), &name, "ada").await;
    assert!(matches!(again, Err(DiagnosticsError::Unknown { .. })));
    // Cleared and raised in one message: it is a new one, and nobody has looked at it.
    let at = station.now();
    reports(&station, vec![event(4, &at, json!({}))]).await;
    yard.diagnostics.acknowledge(&id("CS1"), &name, "ada").await.unwrap();
    pass(1).await;
    let at = station.now();
    reports(&station, vec![event(5, &at, json!({"cleared": true})), event(6, &at, json!({}))]).await;
    let found = alarms(&yard).await;
    assert_eq!((states(&found), found[0].acknowledged.clone()), (vec!["standing"], None));
    yard.diagnostics.dismiss(&id("CS1"), &name).await.unwrap();
    assert!(alarms(&yard).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_matters_little_or_has_no_end_raises_none() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V21).await;
    for (number, more) in (1..).zip([
        json!({"severity": 7}),
        json!({"severity": 9}),
        json!({"severity": 0, "trigger": "Delta"}),
        json!({"severity": 0, "trigger": "Periodic"}),
        json!({"severity": 0, "cleared": true}),
    ]) {
        reports(&station, vec![event(number, &station.now(), more)]).await;
    }
    assert!(alarms(&yard).await.is_empty());
    reports(&station, vec![event(9, &station.now(), json!({"severity": 6}))]).await;
    assert_eq!(alarms(&yard).await[0].severity, EventSeverity::WARNING);
}

async fn faults(station: &Station, evse: u32, code: &str, more: Value) {
    let status = if code == "NoError" { "Available" } else { "Faulted" };
    let mut payload =
        json!({"connectorId": evse, "errorCode": code, "status": status, "timestamp": station.now()});
    for (name, value) in more.as_object().unwrap() {
        payload[name] = value.clone();
    }
    station.call("StatusNotification", payload).await.unwrap();
    pass(1).await;
}

#[tokio::test(start_paused = true)]
async fn error_codes_of_16_are_alarms_of_the_same_list() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V16).await;
    let more = json!({"vendorId": "Acme", "vendorErrorCode": "E17", "info": "relay"});
    faults(&station, 1, "GroundFailure", more).await;
    faults(&station, 2, "WeakSignal", json!({})).await;
    faults(&station, 0, "OtherError", json!({})).await;
    let found = alarms(&yard).await;
    let mut told: Vec<_> = found.iter().map(|alarm| (alarm.text.as_str(), alarm.severity)).collect();
    told.sort_unstable();
    let expected = [
        ("Connector 1/1 reports GroundFailure", EventSeverity::CRITICAL),
        ("Connector 2/1 reports WeakSignal", EventSeverity::WARNING),
        ("The station reports OtherError", EventSeverity::ERROR),
    ];
    assert_eq!(told, expected);
    let ground = found.iter().find(|alarm| alarm.text.contains("Ground")).unwrap();
    assert_eq!(ground.detail.as_deref(), Some("code E17 of Acme, relay"));
    faults(&station, 1, "NoError", json!({})).await;
    faults(&station, 2, "NoError", json!({})).await;
    let mut left = states(&alarms(&yard).await);
    left.sort_unstable();
    assert_eq!(left, ["cleared", "cleared", "standing"]);
}

#[tokio::test(start_paused = true)]
async fn a_faulted_connector_of_any_version_is_an_alarm() {
    for version in Version::ALL {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        station.status(1, "Faulted").await;
        let found = alarms(&yard).await;
        assert_eq!((states(&found), found[0].subject.kind()), (vec!["standing"], "fault"), "{version}");
        pass(1).await;
        station.status(1, "Available").await;
        assert_eq!(states(&alarms(&yard).await), ["cleared"], "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn critical_security_events_are_alarms_of_the_same_list() {
    for version in Version::ALL {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        for info in ["door", "lid"] {
            let what =
                json!({"type": "TamperDetectionActivated", "timestamp": station.now(), "techInfo": info});
            station.call("SecurityEventNotification", what).await.unwrap();
            pass(1).await;
        }
        let found = alarms(&yard).await;
        assert_eq!(states(&found), ["happened"], "{version}");
        assert_eq!((found[0].count, found[0].detail.as_deref()), (2, Some("lid")));
        assert_eq!(found[0].severity, EventSeverity::CRITICAL);
        assert_eq!(yard.diagnostics.acknowledge(&id("CS1"), &found[0].name(), "ada").await, Ok(None));
        assert!(alarms(&yard).await.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn the_list_is_filtered_and_paged() {
    let yard = Yard::new().await;
    for name in ["CS1", "CS2", "CS3"] {
        let station = yard.world.connect(name, Version::V21).await;
        let two = vec![
            event(1, &station.now(), json!({"severity": 2})),
            event(2, &station.now(), json!({"severity": 6, "variable": {"name": "Humidity"}})),
        ];
        reports(&station, two).await;
    }
    let list = async |filter: AlarmFilter| yard.diagnostics.alarms(&filter, None, 1000).await.unwrap();
    assert_eq!(list(AlarmFilter::default()).await.len(), 6);
    let severe = AlarmFilter { severity: Some(EventSeverity::CRITICAL), ..AlarmFilter::default() };
    assert_eq!(list(severe).await.len(), 3);
    let one = AlarmFilter { station: Some(id("CS2")), ..AlarmFilter::default() };
    assert_eq!(list(one.clone()).await.len(), 2);
    let name = list(one).await[0].name();
    yard.diagnostics.acknowledge(&id("CS2"), &name, "ada").await.unwrap();
    let seen = |acknowledged| AlarmFilter { acknowledged: Some(acknowledged), ..AlarmFilter::default() };
    assert_eq!((list(seen(true)).await.len(), list(seen(false)).await.len()), (1, 5));
    let cleared = AlarmFilter { state: Some("cleared".to_owned()), ..AlarmFilter::default() };
    assert!(list(cleared).await.is_empty());
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = yard.diagnostics.alarms(&AlarmFilter::default(), after.take(), 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(ocpp_server::domain::Record::key(last));
        found.extend(page);
    }
    assert_eq!(found.len(), 6);
    assert_eq!(yard.diagnostics.open_alarms().await.unwrap(), (5, Some(EventSeverity::SYSTEM_FAILURE)));
}

#[tokio::test(start_paused = true)]
async fn a_station_has_a_hundred_alarms_and_no_more() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    let at = station.now();
    let named = |n: i64| json!({"variable": {"name": format!("V{n}")}});
    let many: Vec<_> = (0..130).map(|n| event(n, &at, named(n))).collect();
    reports(&station, many).await;
    let found = alarms(&yard).await;
    assert_eq!(found.len(), 101);
    let more = found.iter().find(|alarm| alarm.subject.kind() == "more").unwrap();
    assert_eq!(more.count, 30);
    // What is in order again makes room.
    pass(1).await;
    let mut over = named(0);
    over["cleared"] = json!(true);
    reports(&station, vec![event(200, &station.now(), over), event(201, &station.now(), named(500))]).await;
    assert!(alarms(&yard).await.iter().any(|alarm| alarm.text.contains("V500")));
}

/// An alarm is told when it is raised or cleared, not each time that it is counted.
#[tokio::test(start_paused = true)]
async fn changes_of_alarms_are_told() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    let mut told = yard.world.csms().bus().listen();
    for number in 1..=5 {
        reports(&station, vec![event(number, &station.now(), json!({}))]).await;
        pass(1).await;
    }
    reports(&station, vec![event(9, &station.now(), json!({"cleared": true}))]).await;
    let mut states = Vec::new();
    while let Ok(event) = told.try_recv() {
        if let EventKind::AlarmChanged { state, .. } = &event.event.kind {
            states.push(state.clone());
        }
    }
    assert_eq!(states, ["standing", "cleared"]);
    let set = json!({"setMonitoringResult": [result(1, "Accepted", Some(3))]});
    station.says("SetVariableMonitoring", Says::Result(set));
    yard.diagnostics.set_monitors(&id("CS1"), vec![delta(1)], "ada").await.unwrap();
}
