//! Monitors and events (block N).

use ocpp_core::dialect::{Manager, Memory, Reply, Station};
use ocpp_core::model::{
    Cause, Command, EventReport, EventSeverity, EventTrigger, EvseId, Fact, InstalledMonitor, MonitorEvent,
    MonitorKind, MonitorOrigin, MonitorRemoval, MonitorRemovalVerdict, MonitorResult, MonitorSetting,
    MonitorVerdict, MonitoringBase, MonitoringCriterion, MonitoringReport, NO_TIME, Outcome, Place,
    ReportSubject, Setting, StreamPace, Verdict,
};
use ocpp_core::types::Version;
use rust_decimal::Decimal;

use super::{VERSIONS, answered, heard, reported, unsayable};

const TWO: [Version; 2] = [Version::V201, Version::V21];

fn availability(evse: u32) -> Setting {
    Setting::Variable {
        component: "EVSE".into(),
        component_instance: None,
        place: Some(Place::Evse(EvseId(evse))),
        variable: "AvailabilityState".into(),
        variable_instance: None,
    }
}

fn delta(evse: u32) -> MonitorSetting {
    MonitorSetting {
        setting: availability(evse),
        id: None,
        kind: MonitorKind::Delta,
        value: Decimal::ONE,
        severity: EventSeverity::INFORMATIONAL,
        in_transaction: false,
        stream: None,
    }
}

fn subject(variable: Option<&str>) -> ReportSubject {
    ReportSubject {
        component: "EVSE".into(),
        component_instance: Some("x".into()),
        place: Some(Place::Evse(EvseId(1))),
        variable: variable.map(Into::into),
        variable_instance: variable.map(Into::into),
    }
}

#[test]
fn orders_mean_the_same_at_the_other_end() {
    let replaced = MonitorSetting { id: Some(7), in_transaction: true, ..delta(2) };
    let orders = [
        Command::SetMonitoringBase(MonitoringBase::All),
        Command::SetMonitoringBase(MonitoringBase::FactoryDefault),
        Command::SetMonitoringBase(MonitoringBase::HardWiredOnly),
        Command::SetMonitoringLevel(EventSeverity::ERROR),
        Command::SetVariableMonitoring(vec![delta(1), replaced]),
        Command::ClearVariableMonitoring { ids: vec![0, 7, 2_147_483_647] },
        Command::GetMonitoringReport { request: 3, criteria: Vec::new(), variables: Vec::new() },
        Command::GetMonitoringReport {
            request: 3,
            criteria: MonitoringCriterion::ALL.to_vec(),
            variables: vec![subject(None), subject(Some("Power"))],
        },
    ];
    for version in TWO {
        for order in &orders {
            assert_eq!(&heard(version, order).1, order, "{version}");
        }
    }
    for order in &orders {
        let sentence = unsayable(Version::V16, order);
        assert!(sentence.contains("lists those as alarms"), "{sentence}");
    }
}

#[test]
fn each_monitor_is_answered_on_its_own() {
    let order = Command::SetVariableMonitoring(vec![delta(1), delta(2)]);
    let result = |evse, verdict, id| MonitorResult {
        setting: availability(evse),
        kind: MonitorKind::Delta,
        severity: EventSeverity::INFORMATIONAL,
        verdict,
        id,
        cause: Some(Cause { code: "Why".into(), text: None }),
    };
    for version in TWO {
        for verdict in MonitorVerdict::ALL {
            let id = (*verdict == MonitorVerdict::Accepted).then_some(9);
            let outcome = Outcome::Monitors(vec![
                result(1, MonitorVerdict::Accepted, Some(8)),
                result(2, *verdict, id),
            ]);
            assert_eq!(answered(version, &order, &outcome), outcome, "{version}");
            assert_eq!(outcome.is_success(), *verdict == MonitorVerdict::Accepted);
        }
        let clear = Command::ClearVariableMonitoring { ids: vec![8] };
        for verdict in MonitorRemovalVerdict::ALL {
            let outcome =
                Outcome::MonitorsCleared(vec![MonitorRemoval { id: 8, verdict: *verdict, cause: None }]);
            assert_eq!(answered(version, &clear, &outcome), outcome, "{version}");
            assert_eq!(outcome.is_success(), *verdict == MonitorRemovalVerdict::Accepted);
        }
        let report = Command::GetMonitoringReport { request: 3, criteria: Vec::new(), variables: Vec::new() };
        let base = Command::SetMonitoringBase(MonitoringBase::All);
        for verdict in [Verdict::Accepted, Verdict::Rejected, Verdict::NotSupported, Verdict::NothingFits] {
            let outcome = Outcome::Verdict(verdict);
            assert_eq!(answered(version, &report, &outcome), outcome, "{version}");
            assert_eq!(answered(version, &base, &outcome), outcome, "{version}");
        }
        let level = Command::SetMonitoringLevel(EventSeverity::ERROR);
        for verdict in [Verdict::Accepted, Verdict::Rejected] {
            assert_eq!(answered(version, &level, &Outcome::Verdict(verdict)), Outcome::Verdict(verdict));
        }
    }
}

#[test]
fn what_only_21_has_is_refused_before() {
    let target =
        Command::SetVariableMonitoring(vec![MonitorSetting { kind: MonitorKind::TargetDelta, ..delta(1) }]);
    let stream = Command::SetVariableMonitoring(vec![MonitorSetting {
        stream: Some(StreamPace { interval_s: Some(5), values: None }),
        ..delta(1)
    }]);
    for order in [&target, &stream] {
        assert_eq!(&heard(Version::V21, order).1, order);
    }
    assert!(unsayable(Version::V201, &target).contains("watch for changes"));
    assert!(unsayable(Version::V201, &stream).contains("leave the stream out"));
    for version in TWO {
        let key = MonitorSetting { setting: Setting::Key("HeartbeatInterval".into()), ..delta(1) };
        assert!(unsayable(version, &Command::SetVariableMonitoring(vec![key])).contains("name a component"));
        assert!(unsayable(version, &Command::SetVariableMonitoring(Vec::new())).contains("at least one"));
        let far = Command::ClearVariableMonitoring { ids: vec![1 << 31] };
        assert!(unsayable(version, &far).contains("31 bits"));
    }
}

fn installed(id: i64, evse: u32, origin: Option<MonitorOrigin>) -> InstalledMonitor {
    InstalledMonitor {
        setting: availability(evse),
        id,
        kind: MonitorKind::Delta,
        value: Decimal::new(15, 1),
        severity: EventSeverity::WARNING,
        in_transaction: id == 2,
        origin,
    }
}

#[test]
fn a_report_on_monitors_is_heard_whole() {
    for version in TWO {
        let origin = (version == Version::V21).then_some(MonitorOrigin::HardWiredMonitor);
        let report = MonitoringReport {
            request: 3,
            seq: 1,
            more: true,
            at: "2026-11-25T08:00:00Z".parse().unwrap(),
            monitors: vec![installed(1, 1, origin), installed(2, 1, origin), installed(3, 2, origin)],
        };
        let fact = Fact::MonitoringReport(report.clone());
        assert_eq!(reported(version, &fact), Some(fact), "{version}");
        let last = Fact::MonitoringReport(MonitoringReport { more: false, monitors: Vec::new(), ..report });
        assert_eq!(reported(version, &last), Some(last), "{version}");
    }
}

fn event(version: Version) -> MonitorEvent {
    MonitorEvent {
        id: 17,
        at: "2026-11-25T08:00:00Z".parse().unwrap(),
        trigger: EventTrigger::Alerting,
        cause: Some(16),
        value: "".into(),
        tech_code: Some("0x3f".into()),
        tech_info: Some("contactor".into()),
        cleared: true,
        transaction: Some("T-1".into()),
        setting: availability(1),
        monitor: Some(3),
        origin: MonitorOrigin::CustomMonitor,
        severity: (version == Version::V21).then_some(EventSeverity::CRITICAL),
    }
}

#[test]
fn events_are_heard_with_all_that_they_say() {
    for version in TWO {
        let plain = MonitorEvent {
            cause: None,
            tech_code: None,
            tech_info: None,
            cleared: false,
            transaction: None,
            monitor: None,
            origin: MonitorOrigin::HardWiredNotification,
            severity: None,
            trigger: EventTrigger::Periodic,
            ..event(version)
        };
        let events = vec![event(version), plain];
        let at = "2026-11-25T08:00:01Z".parse().unwrap();
        let fact = Fact::Events(EventReport { at, seq: 0, more: true, events });
        assert_eq!(reported(version, &fact), Some(fact), "{version}");
    }
    let at = "2026-11-25T08:00:01Z".parse().unwrap();
    let severe = Fact::Events(EventReport { at, seq: 0, more: false, events: vec![event(Version::V21)] });
    let Some(Fact::Events(heard)) = reported(Version::V201, &severe) else { panic!("nothing") };
    assert_eq!(heard.events[0].severity, None, "2.0.1 leaves it to the monitor");
    assert_eq!(reported(Version::V16, &severe), None);
}

#[test]
fn an_event_of_a_monitor_names_it() {
    for version in TWO {
        let nameless = MonitorEvent { monitor: None, ..event(version) };
        let fact = Fact::Events(EventReport { at: NO_TIME, seq: 0, more: false, events: vec![nameless] });
        let cannot = Station::new(version, Memory::default()).say(&fact).unwrap_err();
        assert!(
            cannot.what.contains("N07.FR.06") || cannot.what.contains("variableMonitoringId"),
            "{cannot}"
        );
    }
}

#[test]
fn a_severity_out_of_range_is_for_the_station_to_refuse() {
    for version in TWO {
        let mut station = Station::new(version, Memory::default());
        let heard = station.hear("SetMonitoringLevel", r#"{"severity":10}"#).unwrap();
        assert!(matches!(heard.meaning, Command::Unmapped { .. }), "N05.FR.02");
        let answer =
            station.answer("SetMonitoringLevel", &heard.meaning, &Outcome::Verdict(Verdict::Rejected));
        assert_eq!(answer, Reply::Payload(r#"{"status":"Rejected"}"#.into()));
    }
    assert!(serde_json::from_str::<Command>(r#"{"set_monitoring_level": 10}"#).is_err());
}

#[test]
fn an_event_without_a_time_gets_that_of_its_receipt() {
    let now: jiff::Timestamp = "2026-11-25T08:00:01Z".parse().unwrap();
    let undated = MonitorEvent { at: NO_TIME, ..event(Version::V21) };
    let report = EventReport { at: NO_TIME, seq: 0, more: false, events: vec![undated, event(Version::V21)] };
    let fact = Fact::Events(report);
    let Fact::Events(dated) = fact.received_at(now).into_owned() else { panic!("another fact") };
    assert_eq!((dated.at, dated.events[0].at), (now, now));
    assert_eq!(dated.events[1].at, event(Version::V21).at);
}

#[test]
fn an_answer_of_the_wrong_type_is_refused() {
    for version in TWO {
        let mut manager = Manager::new(version);
        let order = Command::SetVariableMonitoring(vec![delta(1)]);
        for payload in [r#"{"status":"Accepted"}"#, r#"{"setMonitoringResult":[]}"#, "[]", "null"] {
            let misheard = manager.hear_outcome(&order, "SetVariableMonitoring", payload);
            assert!(misheard.is_err(), "{version}: {payload}");
        }
    }
    assert_eq!(VERSIONS.len(), 3);
}
