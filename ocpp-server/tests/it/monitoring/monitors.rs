//! Setting and removing monitors (N03 to N06).

use std::time::Duration;

use ocpp_core::model::{
    Command, EventSeverity, MonitorKind, MonitorRemoval, MonitorRemovalVerdict, MonitorSetting,
    MonitoringBase, Outcome, Setting, Verdict,
};
use ocpp_core::types::Version;
use ocpp_server::domain::Ending;
use ocpp_server::maintenance::DiagnosticsError;
use serde_json::json;

use super::{Says, TWO, Yard, delta, heard, id, result, takes, variable};

fn accepted() -> Says {
    Says::Result(json!({"status": "Accepted"}))
}

#[tokio::test(start_paused = true)]
async fn tc_n_05_csms() {
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        station.says("SetMonitoringBase", accepted());
        for (base, word) in [
            (MonitoringBase::All, "All"),
            (MonitoringBase::FactoryDefault, "FactoryDefault"),
            (MonitoringBase::HardWiredOnly, "HardWiredOnly"),
        ] {
            let outcome = yard.outcome("CS1", Command::SetMonitoringBase(base)).await;
            assert_eq!(outcome, Outcome::Verdict(Verdict::Accepted));
            assert_eq!(station.orders("SetMonitoringBase").pop().unwrap(), json!({"monitoringBase": word}));
            let known = yard.diagnostics.monitors(&id("CS1")).await.unwrap().unwrap();
            assert_eq!(known.base, Some(base), "{version}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn tc_n_08_csms() {
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        let answer = json!({"setMonitoringResult": [result(1, "Accepted", Some(17))]});
        station.says("SetVariableMonitoring", Says::Result(answer));
        let items = yard.diagnostics.set_monitors(&id("CS1"), vec![delta(1)], "ada").await.unwrap();
        assert_eq!((items[0].done, items[0].id, items[0].said.as_str()), (true, Some(17), "set"));
        let order = json!({"setMonitoringData": [{
            "value": 1, "type": "Delta", "severity": 8,
            "component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "AvailabilityState"},
        }]});
        assert_eq!(station.orders("SetVariableMonitoring"), [order], "{version}");
        let known = yard.diagnostics.monitors(&id("CS1")).await.unwrap().unwrap();
        assert_eq!((known.monitors.len(), known.monitors[0].what.id), (1, 17));
        assert!(known.monitors[0].set_here);
    }
}

#[tokio::test(start_paused = true)]
async fn tc_n_09_csms() {
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        let of_station =
            MonitorSetting { setting: variable("ChargingStation", None, "AvailabilityState"), ..delta(1) };
        // In another order than they were asked for.
        let of_station_result = json!({
            "status": "Accepted", "id": 18, "type": "Delta", "severity": 8,
            "component": {"name": "ChargingStation"}, "variable": {"name": "AvailabilityState"},
        });
        let answer = json!({"setMonitoringResult": [of_station_result, result(1, "Accepted", Some(17))]});
        station.says("SetVariableMonitoring", Says::Result(answer));
        let wanted = vec![delta(1), of_station];
        let items = yard.diagnostics.set_monitors(&id("CS1"), wanted, "ada").await.unwrap();
        assert_eq!(items.iter().map(|item| item.id).collect::<Vec<_>>(), [Some(17), Some(18)], "{version}");
        let order = station.orders("SetVariableMonitoring").pop().unwrap();
        assert_eq!(order["setMonitoringData"].as_array().unwrap().len(), 2);
        assert_eq!(order["setMonitoringData"][1]["component"]["name"], "ChargingStation");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_n_16_csms() {
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        station.says("SetMonitoringLevel", accepted());
        let outcome = yard.outcome("CS1", Command::SetMonitoringLevel(EventSeverity::ERROR)).await;
        assert_eq!(outcome, Outcome::Verdict(Verdict::Accepted));
        assert_eq!(station.orders("SetMonitoringLevel"), [json!({"severity": 4})], "{version}");
        let known = yard.diagnostics.monitors(&id("CS1")).await.unwrap().unwrap();
        assert_eq!(known.level, Some(EventSeverity::ERROR));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_n_17_csms() {
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        station.says("SetMonitoringLevel", Says::Result(json!({"status": "Rejected"})));
        let outcome = yard.outcome("CS1", Command::SetMonitoringLevel(EventSeverity::ERROR)).await;
        assert_eq!(outcome, Outcome::Verdict(Verdict::Rejected), "{version}");
        assert_eq!(yard.diagnostics.monitors(&id("CS1")).await.unwrap(), None, "nothing is known of it");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_n_18_csms() {
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        takes(&station, 2, None, "ClearVariableMonitoring");
        let answer = json!({"clearMonitoringResult": [{"status": "NotFound", "id": 1}]});
        station.says("ClearVariableMonitoring", Says::Result(answer));
        let ids = vec![1, 2, 3, 4, 5];
        let items = yard.diagnostics.clear_monitors(&id("CS1"), ids, "ada").await.unwrap();
        let asked = station.orders("GetVariables").pop().unwrap();
        let asked = &asked["getVariableData"][0];
        assert_eq!(asked["component"]["name"], "MonitoringCtrlr");
        assert_eq!(
            asked["variable"],
            json!({"name": "ItemsPerMessage", "instance": "ClearVariableMonitoring"})
        );
        let sent: Vec<_> =
            station.orders("ClearVariableMonitoring").into_iter().map(|order| order["id"].clone()).collect();
        assert_eq!(sent, [json!([1, 2]), json!([3, 4]), json!([5])], "{version}");
        assert_eq!(items.len(), 5);
        assert_eq!(items[0].said, "the station has no such monitor");
        assert_eq!(items[4].said, "the station answered, and said nothing about this one");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_n_44_csms() {
    for version in TWO {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", version).await;
        let answer = json!({"clearMonitoringResult": [{"status": "Rejected", "id": 4}]});
        station.says("ClearVariableMonitoring", Says::Result(answer));
        let outcome = yard.outcome("CS1", Command::ClearVariableMonitoring { ids: vec![4] }).await;
        let removal = MonitorRemoval { id: 4, verdict: MonitorRemovalVerdict::Rejected, cause: None };
        assert_eq!(outcome, Outcome::MonitorsCleared(vec![removal]), "{version}");
        assert!(!outcome.is_success());
        let items = yard.diagnostics.clear_monitors(&id("CS1"), vec![4], "ada").await.unwrap();
        assert_eq!((items[0].done, items[0].said.as_str()), (false, "it cannot be removed"));
    }
}

#[tokio::test(start_paused = true)]
async fn monitors_are_set_in_pieces_that_the_station_takes() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    takes(&station, 2, None, "SetVariableMonitoring");
    station.says("SetVariableMonitoring", Says::Error("InternalError"));
    let wanted: Vec<_> = (1..=5).map(delta).collect();
    let items = yard.diagnostics.set_monitors(&id("CS1"), wanted.clone(), "ada").await.unwrap();
    let sizes = |station: &super::Station| -> Vec<usize> {
        let orders = station.orders("SetVariableMonitoring");
        orders.iter().map(|order| order["setMonitoringData"].as_array().unwrap().len()).collect()
    };
    assert_eq!(sizes(&station), [2, 2, 1]);
    assert!(items.iter().all(|item| !item.done && item.said.contains("InternalError")), "{items:?}");
    // By bytes: a message of two monitors has about 400.
    let station = yard.world.connect("CS2", Version::V201).await;
    takes(&station, 100, Some(450), "SetVariableMonitoring");
    station.says("SetVariableMonitoring", Says::Error("InternalError"));
    yard.diagnostics.set_monitors(&id("CS2"), wanted, "ada").await.unwrap();
    assert_eq!(sizes(&station), [2, 2, 1]);
    let longest = station.orders("SetVariableMonitoring").iter().map(|order| order.to_string().len()).max();
    assert!(longest.is_some_and(|longest| longest <= 450), "{longest:?}");
}

#[tokio::test(start_paused = true)]
async fn bad_answers_have_defined_results() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    let one = json!({"setMonitoringResult": [result(2, "Accepted", Some(5))]});
    for (says, said) in [
        (Says::Error("NotSupported"), "NotSupported"),
        (Says::Result(json!({"status": "Accepted"})), "the answer cannot be understood"),
        (Says::Result(json!({"setMonitoringResult": []})), "the answer cannot be understood"),
        (Says::Nothing, "no answer"),
        (Says::Late(Duration::from_secs(400), one.clone()), "no answer"),
        (Says::Result(one), "said nothing about this one"),
    ] {
        station.says("SetVariableMonitoring", says.clone());
        let items = yard.diagnostics.set_monitors(&id("CS1"), vec![delta(1)], "ada").await.unwrap();
        assert!(!items[0].done && items[0].said.contains(said), "{says:?}: {:?}", items[0]);
    }
    assert!(
        yard.diagnostics.monitors(&id("CS1")).await.unwrap().is_none_or(|known| known.monitors.is_empty())
    );
}

#[tokio::test(start_paused = true)]
async fn each_refusal_is_told_and_what_cannot_be_said_is_not_sent() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    let statuses = ["UnknownComponent", "UnknownVariable", "UnsupportedMonitorType", "Rejected", "Duplicate"];
    let results: Vec<_> = (1..).zip(statuses).map(|(evse, status)| result(evse, status, None)).collect();
    station.says("SetVariableMonitoring", Says::Result(json!({"setMonitoringResult": results})));
    let target = MonitorSetting { kind: MonitorKind::TargetDelta, ..delta(1) };
    let key = MonitorSetting { setting: Setting::Key("HeartbeatInterval".into()), ..delta(1) };
    let mut wanted: Vec<_> = (1..=5).map(delta).collect();
    wanted.extend([target.clone(), key]);
    let items = yard.diagnostics.set_monitors(&id("CS1"), wanted, "ada").await.unwrap();
    let said: Vec<_> = items.iter().map(|item| item.said.as_str()).collect();
    assert_eq!(said[0], "the station has no such component");
    assert_eq!(said[1], "the component has no such variable");
    assert_eq!(said[2], "the variable cannot be watched for this");
    assert_eq!(said[3], "rejected");
    assert!(said[4].contains("already"), "{}", said[4]);
    assert!(said[5].contains("watch for changes"), "{}", said[5]);
    assert!(said[6].contains("name a component"), "{}", said[6]);
    assert_eq!(
        heard(&station, "SetVariableMonitoring", 1).await["setMonitoringData"].as_array().unwrap().len(),
        5
    );
    let error = yard.diagnostics.set_monitors(&id("CS1"), vec![target], "ada").await.unwrap_err();
    assert!(matches!(error, DiagnosticsError::CannotSay(_)), "{error}");
}

#[tokio::test(start_paused = true)]
async fn stations_that_cannot_are_told_apart() {
    let yard = Yard::new().await;
    let old = yard.world.connect("OLD", Version::V16).await;
    let error = yard.diagnostics.set_monitors(&id("OLD"), vec![delta(1)], "ada").await.unwrap_err();
    assert!(error.to_string().contains("lists those as alarms"), "{error}");
    assert!(old.orders("SetVariableMonitoring").is_empty());
    yard.world.know("AWAY").await;
    let away = yard.diagnostics.set_monitors(&id("AWAY"), vec![delta(1)], "ada").await;
    assert_eq!(away, Err(DiagnosticsError::NotConnected));
    let nobody = yard.diagnostics.clear_monitors(&id("NOBODY"), vec![1], "ada").await;
    assert!(matches!(nobody, Err(DiagnosticsError::Unknown { .. })));
    let nothing = yard.diagnostics.set_monitors(&id("OLD"), Vec::new(), "ada").await;
    assert!(matches!(nothing, Err(DiagnosticsError::Invalid { .. })));
    let many = yard.diagnostics.clear_monitors(&id("OLD"), vec![1; 1001], "ada").await;
    assert!(matches!(many, Err(DiagnosticsError::Invalid { .. })));
}

/// What anybody orders is known afterwards, by whatever way it was ordered.
#[tokio::test(start_paused = true)]
async fn the_orders_of_others_are_noted() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V21).await;
    let both =
        json!({"setMonitoringResult": [result(1, "Accepted", Some(5)), result(2, "Accepted", Some(6))]});
    station.says("SetVariableMonitoring", Says::Result(both));
    yard.outcome("CS1", Command::SetVariableMonitoring(vec![delta(1), delta(2)])).await;
    let known = async || yard.diagnostics.monitors(&id("CS1")).await.unwrap().unwrap();
    assert_eq!(known().await.monitors.len(), 2);
    let gone = json!({"clearMonitoringResult": [{"status": "Accepted", "id": 5}]});
    station.says("ClearVariableMonitoring", Says::Result(gone));
    yard.outcome("CS1", Command::ClearVariableMonitoring { ids: vec![5] }).await;
    assert_eq!(known().await.monitors.iter().map(|kept| kept.what.id).collect::<Vec<_>>(), [6]);
    // The maker's own set, and nothing else (N03.FR.04).
    station.says("SetMonitoringBase", accepted());
    yard.outcome("CS1", Command::SetMonitoringBase(MonitoringBase::All)).await;
    assert_eq!(known().await.monitors.len(), 1, "N03.FR.03");
    yard.outcome("CS1", Command::SetMonitoringBase(MonitoringBase::FactoryDefault)).await;
    assert!(known().await.monitors.is_empty(), "N03.FR.04");
    station.says("SetMonitoringBase", Says::Result(json!({"status": "EmptyResultSet"})));
    let ending = yard.ordered("CS1", Command::SetMonitoringBase(MonitoringBase::All)).await;
    assert_eq!(ending, Ending::Answered { outcome: Outcome::Verdict(Verdict::NothingFits) });
}
