//! Events (N07, N08).

use std::time::Duration;

use ocpp_core::model::{EventSeverity, EventTrigger, PortStatus};
use ocpp_core::types::Version;
use ocpp_server::domain::KeptEvent;
use ocpp_server::maintenance::{DiagnosticsSettings, EventFilter};
use ocpp_server::store::Stations;
use serde_json::json;

use super::{Says, TWO, Yard, delta, event, id, pass, reports, result};

async fn events(yard: &Yard) -> Vec<KeptEvent> {
    let mut events = yard.diagnostics.events(&id("CS1"), &EventFilter::default(), None, 2000).await.unwrap();
    events.reverse();
    events
}

/// Named in part 5 without a text of its own: an alert is answered.
#[tokio::test(start_paused = true)]
async fn tc_n_21_csms() {
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        reports(&station, vec![event(1, &station.now(), json!({}))]).await;
        assert_eq!(events(&yard).await.len(), 1, "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_n_24_csms() {
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        reports(&station, vec![event(1, &station.now(), json!({"trigger": "Periodic"}))]).await;
        assert_eq!(events(&yard).await[0].what.trigger, EventTrigger::Periodic, "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_n_48_csms() {
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        reports(&station, vec![event(1, &station.now(), json!({"actualValue": ""}))]).await;
        assert_eq!(&*events(&yard).await[0].what.value, "", "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_n_49_csms() {
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        // The manager never heard of what is over: it bears it (N07, remark).
        reports(&station, vec![event(1, &station.now(), json!({"cleared": true}))]).await;
        assert!(events(&yard).await[0].what.cleared, "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_n_50_csms() {
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        for number in 1..=3 {
            reports(&station, vec![event(number, &station.now(), json!({"trigger": "Periodic"}))]).await;
            pass(60).await;
        }
        assert_eq!(events(&yard).await.len(), 3, "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_that_is_sent_again_is_none_more() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    let (at, later) = (station.now(), "2026-03-02T09:00:00Z");
    for _ in 0..3 {
        reports(&station, vec![event(1, &at, json!({})), event(2, &at, json!({}))]).await;
    }
    assert_eq!(events(&yard).await.len(), 2);
    // The same number at another time is another event: stations begin to count anew.
    reports(&station, vec![event(1, later, json!({}))]).await;
    assert_eq!(events(&yard).await.iter().map(|kept| kept.number).collect::<Vec<_>>(), [1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn what_led_to_an_event_is_linked() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V21).await;
    reports(&station, vec![event(40, &station.now(), json!({"techCode": "F1"}))]).await;
    let at = station.now();
    let led = vec![
        event(41, &at, json!({"cause": 40, "variable": {"name": "Current"}})),
        event(42, &at, json!({"cause": 41})),
        event(43, &at, json!({"cause": 999})),
    ];
    reports(&station, led).await;
    let causes: Vec<_> = events(&yard).await.iter().map(|kept| kept.caused_by).collect();
    assert_eq!(causes, [None, Some(1), Some(2), None]);
}

#[tokio::test(start_paused = true)]
async fn an_event_matters_as_it_says_or_as_its_monitor_does() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    let set = json!({"setMonitoringResult": [result(1, "Accepted", Some(3))]});
    station.says("SetVariableMonitoring", Says::Result(set));
    yard.diagnostics.set_monitors(&id("CS1"), vec![delta(1)], "ada").await.unwrap();
    reports(&station, vec![event(1, &station.now(), json!({}))]).await;
    reports(&station, vec![event(2, &station.now(), json!({"variableMonitoringId": 99}))]).await;
    let said: Vec<_> = events(&yard).await.iter().map(|kept| kept.severity).collect();
    assert_eq!(said, [EventSeverity::INFORMATIONAL, KeptEvent::UNSAID]);
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V21).await;
    reports(&station, vec![event(1, &station.now(), json!({"severity": 2}))]).await;
    assert_eq!(events(&yard).await[0].severity, EventSeverity::SYSTEM_FAILURE);
    let severe = EventFilter { severity: Some(EventSeverity::DANGER), ..EventFilter::default() };
    assert!(yard.diagnostics.events(&id("CS1"), &severe, None, 10).await.unwrap().is_empty());
    let of_monitor = EventFilter { monitor: Some(3), ..EventFilter::default() };
    assert_eq!(yard.diagnostics.events(&id("CS1"), &of_monitor, None, 10).await.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_events_is_bounded() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    let mut number = 0;
    for _ in 0..12 {
        let at = station.now();
        let storm: Vec<_> = (0..150)
            .map(|_| {
                number += 1;
                event(number, &at, json!({"variable": {"name": format!("V{}", number % 250)}}))
            })
            .collect();
        reports(&station, storm).await;
        pass(1).await;
    }
    let kept = events(&yard).await;
    assert_eq!(kept.len(), 1000);
    assert_eq!((kept[0].number, kept[999].number), (801, 1800));
    assert_eq!(kept[999].what.id, 1800, "the latest");
    let one_message: Vec<_> = (0..220).map(|n| event(5000 + n, &station.now(), json!({}))).collect();
    reports(&station, one_message).await;
    let kept = events(&yard).await;
    assert_eq!((kept.len(), kept[999].what.id), (1000, 5219));
    assert_eq!(kept[999].number, 2000, "200 of one message");
}

#[tokio::test(start_paused = true)]
async fn events_are_forgotten_when_they_are_too_old() {
    let keep_events = Duration::from_secs(7 * 86_400);
    let yard = Yard::with(DiagnosticsSettings { keep_events, ..DiagnosticsSettings::default() }).await;
    let station = yard.world.connect("CS1", Version::V201).await;
    let many: Vec<_> = (1..=3).map(|n| event(n, &station.now(), json!({"trigger": "Delta"}))).collect();
    reports(&station, many).await;
    station.hang_up();
    pass(4 * 86_400).await;
    let station = yard.world.connect("CS1", Version::V201).await;
    reports(&station, vec![event(4, &station.now(), json!({"trigger": "Delta"}))]).await;
    station.hang_up();
    pass(4 * 86_400).await;
    assert_eq!(events(&yard).await.iter().map(|kept| kept.what.id).collect::<Vec<_>>(), [4]);
}

/// G01: a station of 2.x may tell the status of a connector by an event.
#[tokio::test(start_paused = true)]
async fn the_availability_of_a_connector_is_its_status() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V21).await;
    for (number, word) in (1..).zip(["Occupied", "Faulted", "Available"]) {
        pass(1).await;
        let of_connector = json!({
            "trigger": "Delta", "actualValue": word, "eventNotificationType": "HardWiredNotification",
            "component": {"name": "Connector", "evse": {"id": 2, "connectorId": 1}},
            "variable": {"name": "AvailabilityState"},
        });
        reports(&station, vec![event(number, &station.now(), of_connector)]).await;
        let ports = yard.world.store.ports(&id("CS1")).await.unwrap();
        let port = ports.iter().find(|port| port.place.evse().is_some_and(|evse| evse.0 == 2)).unwrap();
        assert_eq!(port.status.as_str(), word);
        let alarms = yard.diagnostics.alarms(&Default::default(), None, 10).await.unwrap();
        assert_eq!(
            alarms.iter().filter(|alarm| alarm.state.name() == "standing").count(),
            usize::from(port.status == PortStatus::Faulted)
        );
    }
}
