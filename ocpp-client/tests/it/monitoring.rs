//! Monitors that fire, reports on them, and streams (block N).

use ocpp_client::hardware::{FaultState, HardwareEvent, Measurement};
use ocpp_core::model::{
    Answer, Command, EventSeverity, EventTrigger, EvseId, Fact, MonitorEvent, MonitorKind,
    MonitorRemovalVerdict, MonitorResult, MonitorSetting, MonitorVerdict, MonitoringBase,
    MonitoringCriterion, MonitoringReport, Outcome, Place, Setting, Stream, StreamPace, StreamValues,
    Verdict, Watts, Wh,
};
use rust_decimal::Decimal;

use crate::bench::Bench;
use crate::device::variable;

fn power() -> Setting {
    variable("EVSE", Some(Place::of(1, None)), "Power", "")
}

fn monitor(kind: MonitorKind, value: i64) -> MonitorSetting {
    MonitorSetting {
        setting: power(),
        id: None,
        kind,
        value: value.into(),
        severity: EventSeverity::ERROR,
        in_transaction: false,
        stream: None,
    }
}

fn set(bench: &mut Bench, wanted: MonitorSetting) -> MonitorResult {
    match bench.order(&Command::SetVariableMonitoring(vec![wanted])) {
        Outcome::Monitors(mut results) => results.remove(0),
        other => panic!("{other:?}"),
    }
}

fn draws(bench: &mut Bench, watts: i64) {
    let measurement = Measurement { register: Wh(0), power: Watts(watts), state_of_charge: None };
    bench.hardware(HardwareEvent::Measured(EvseId(1), measurement));
}

fn events(bench: &mut Bench) -> Vec<MonitorEvent> {
    let of = |fact: Fact| match fact {
        Fact::Events(report) => report.events,
        _ => Vec::new(),
    };
    bench.heard().into_iter().flat_map(of).collect()
}

#[test]
fn a_threshold_is_told_when_it_is_passed_and_when_all_is_well_again() {
    let mut bench = Bench::new(1);
    let id = set(&mut bench, monitor(MonitorKind::UpperThreshold, 10_000)).id;
    assert_eq!(id, Some(1));
    for watts in [5_000, 11_000, 12_000, 10_000, 9_000] {
        draws(&mut bench, watts);
    }
    let told = events(&mut bench);
    let words: Vec<_> =
        told.iter().map(|event| (&*event.value, event.trigger, event.cleared, event.monitor)).collect();
    assert_eq!(
        words,
        [("11000", EventTrigger::Alerting, false, Some(1)), ("10000", EventTrigger::Alerting, true, Some(1)),]
    );
    assert!(told[0].id < told[1].id);
    set(&mut bench, monitor(MonitorKind::LowerThreshold, 100));
    draws(&mut bench, 99);
    assert_eq!(events(&mut bench).len(), 1);
}

#[test]
fn a_change_is_counted_from_what_was_told_last() {
    let mut bench = Bench::new(1);
    draws(&mut bench, 1_000);
    set(&mut bench, monitor(MonitorKind::Delta, 500));
    for watts in [1_400, 1_501, 1_900, 2_002] {
        draws(&mut bench, watts);
    }
    let values: Vec<_> = events(&mut bench).iter().map(|event| event.value.to_string()).collect();
    assert_eq!(values, ["1501", "2002"]);
    let state = variable("Connector", Some(Place::of(1, Some(1))), "AvailabilityState", "");
    set(&mut bench, MonitorSetting { setting: state, ..monitor(MonitorKind::Delta, 1) });
    bench.plug(1);
    let told = events(&mut bench);
    assert!(told.iter().any(|event| &*event.value == "Occupied" && event.trigger == EventTrigger::Delta));
}

#[test]
fn what_reports_by_time_does_so_on_time() {
    let mut bench = Bench::new(1);
    set(&mut bench, monitor(MonitorKind::Periodic, 60));
    bench.pass(179);
    assert_eq!(events(&mut bench).len(), 2);
    let mut bench = Bench::new(1);
    bench.pass(100);
    set(&mut bench, monitor(MonitorKind::PeriodicClockAligned, 900));
    bench.pass(799);
    assert_eq!(events(&mut bench).len(), 0);
    bench.pass(1);
    let told = events(&mut bench);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].at.to_string(), "2026-03-02T08:15:00Z");
}

#[test]
fn only_while_a_transaction_runs_where_it_is_so_set() {
    let mut bench = Bench::new(1);
    set(&mut bench, MonitorSetting { in_transaction: true, ..monitor(MonitorKind::UpperThreshold, 10) });
    draws(&mut bench, 100);
    assert_eq!(events(&mut bench).len(), 0);
    draws(&mut bench, 0);
    bench.plug(1);
    bench.present(1, "A");
    bench.heard();
    draws(&mut bench, 100);
    let told = events(&mut bench);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].transaction.as_deref(), Some("TX1"));
}

#[test]
fn every_refusal_has_its_word() {
    let mut bench = Bench::new(1);
    let with = |setting: Setting| MonitorSetting { setting, ..monitor(MonitorKind::UpperThreshold, 1) };
    let cases = [
        (with(variable("NoCtrlr", None, "Power", "")), MonitorVerdict::UnknownComponent),
        (with(variable("EVSE", Some(Place::of(1, None)), "Colour", "")), MonitorVerdict::UnknownVariable),
        (with(variable("ChargingStation", None, "Model", "")), MonitorVerdict::UnsupportedMonitorType),
        (
            MonitorSetting { kind: MonitorKind::TargetDelta, ..monitor(MonitorKind::Delta, 1) },
            MonitorVerdict::UnsupportedMonitorType,
        ),
        (monitor(MonitorKind::Delta, -1), MonitorVerdict::Rejected),
        (monitor(MonitorKind::Periodic, 0), MonitorVerdict::Rejected),
        (MonitorSetting { id: Some(77), ..monitor(MonitorKind::Delta, 1) }, MonitorVerdict::Rejected),
        (monitor(MonitorKind::Delta, 1), MonitorVerdict::Accepted),
        (monitor(MonitorKind::Delta, 2), MonitorVerdict::Duplicate),
        (MonitorSetting { id: Some(1), ..monitor(MonitorKind::Delta, 3) }, MonitorVerdict::Accepted),
    ];
    for (wanted, verdict) in cases {
        assert_eq!(set(&mut bench, wanted.clone()).verdict, verdict, "{wanted:?}");
    }
}

fn monitors(bench: &mut Bench, criteria: &[MonitoringCriterion]) -> (Verdict, Vec<MonitoringReport>) {
    bench.heard();
    let order =
        Command::GetMonitoringReport { request: 4, criteria: criteria.to_vec(), variables: Vec::new() };
    let verdict = bench.verdict(&order);
    let part = |fact: Fact| match fact {
        Fact::MonitoringReport(report) => Some(report),
        _ => None,
    };
    (verdict, bench.heard().into_iter().filter_map(part).collect())
}

#[test]
fn monitors_are_reported_removed_and_outlive_a_restart() {
    let mut bench = Bench::new(1);
    set(&mut bench, monitor(MonitorKind::UpperThreshold, 10));
    set(&mut bench, monitor(MonitorKind::Periodic, 60));
    let (verdict, parts) = monitors(&mut bench, &[MonitoringCriterion::Threshold]);
    assert_eq!((verdict, parts.len()), (Verdict::Accepted, 1));
    assert_eq!(parts[0].monitors.len(), 1);
    assert_eq!(monitors(&mut bench, &[]).1[0].monitors.len(), 3, "with the one that the maker prepared");
    let mut again = Bench::with_records(1, bench.kept.clone());
    assert_eq!(monitors(&mut again, &[]).1[0].monitors.len(), 3);
    let cleared = again.order(&Command::ClearVariableMonitoring { ids: vec![1, 99, 1001] });
    let Outcome::MonitorsCleared(cleared) = cleared else { panic!("{cleared:?}") };
    let words: Vec<_> = cleared.iter().map(|one| one.verdict).collect();
    use MonitorRemovalVerdict::{Accepted, NotFound, Rejected};
    assert_eq!(words, [Accepted, NotFound, Rejected]);
    assert_eq!(again.verdict(&Command::SetMonitoringBase(MonitoringBase::HardWiredOnly)), Verdict::Accepted);
    assert_eq!(monitors(&mut again, &[]).0, Verdict::NothingFits);
    assert_eq!(again.verdict(&Command::SetMonitoringBase(MonitoringBase::FactoryDefault)), Verdict::Accepted);
    assert_eq!(monitors(&mut again, &[]).1[0].monitors.len(), 1);
}

#[test]
fn what_matters_less_is_not_told() {
    let mut bench = Bench::new(1);
    set(&mut bench, monitor(MonitorKind::Delta, 1));
    assert_eq!(bench.verdict(&Command::SetMonitoringLevel(EventSeverity::CRITICAL)), Verdict::Accepted);
    draws(&mut bench, 100);
    assert_eq!(events(&mut bench).len(), 0, "an error is less than critical");
    bench.hardware(HardwareEvent::Fault(EvseId(1), FaultState::Faulted));
    let told = events(&mut bench);
    assert_eq!(told.len(), 1, "a fault is critical");
    assert_eq!((&*told[0].value, told[0].severity), ("true", Some(EventSeverity::CRITICAL)));
}

#[test]
fn offline_only_what_matters_enough_waits() {
    let mut bench = Bench::new(1);
    set(&mut bench, monitor(MonitorKind::Delta, 1));
    let queuing = variable("MonitoringCtrlr", None, "OfflineQueuingSeverity", "");
    assert_eq!(crate::device::change(&mut bench, queuing, "3"), Verdict::Accepted);
    bench.disconnect();
    draws(&mut bench, 100);
    bench.hardware(HardwareEvent::Fault(EvseId(1), FaultState::Faulted));
    bench.connect();
    let values: Vec<_> = events(&mut bench).iter().map(|event| event.value.to_string()).collect();
    assert_eq!(values, ["true"]);
}

fn streams(bench: &mut Bench) -> Vec<StreamValues> {
    let of = |fact: Fact| match fact {
        Fact::StreamValues(values) => Some(values),
        _ => None,
    };
    bench.heard().into_iter().filter_map(of).collect()
}

fn takes_streams(fact: &Fact) -> Option<Answer> {
    matches!(fact, Fact::StreamOpened(_)).then_some(Answer::Verdict(Verdict::Accepted))
}

fn streamed(interval_s: Option<u32>, values: Option<u32>) -> MonitorSetting {
    MonitorSetting { stream: Some(StreamPace { interval_s, values }), ..monitor(MonitorKind::Periodic, 10) }
}

#[test]
fn a_stream_sends_at_its_pace() {
    let mut bench = Bench::new(1);
    bench.says = takes_streams;
    let id = set(&mut bench, streamed(Some(60), None)).id;
    let pace = StreamPace { interval_s: Some(60), values: None };
    let opened = Stream { id: 1, monitor: 1, pace };
    assert_eq!(id, Some(1));
    assert!(bench.heard().contains(&Fact::StreamOpened(opened)));
    assert_eq!(bench.order(&Command::GetStreams), Outcome::Streams(vec![opened]));
    bench.pass(125);
    let sent = streams(&mut bench);
    assert_eq!(sent.iter().map(|values| values.values.len()).collect::<Vec<_>>(), [6, 6]);
    let offsets: Vec<_> = sent[0].values.iter().map(|value| value.offset_s).collect();
    assert_eq!(offsets, [0, 10, 20, 30, 40, 50].map(Decimal::from), "the first is the base (N15.FR.09)");
    let faster = StreamPace { interval_s: None, values: Some(2) };
    assert_eq!(bench.verdict(&Command::AdjustStream { id: 1, pace: faster }), Verdict::Accepted);
    assert_eq!(bench.verdict(&Command::AdjustStream { id: 9, pace: faster }), Verdict::Rejected);
    assert_eq!(
        bench.verdict(&Command::AdjustStream { id: 1, pace: StreamPace::default() }),
        Verdict::Rejected
    );
    bench.pass(40);
    assert!(streams(&mut bench).iter().all(|values| values.values.len() == 2));
    bench.pass(10);
    bench.heard();
    bench.order(&Command::ClearVariableMonitoring { ids: vec![1] });
    let facts = bench.heard();
    assert!(matches!(facts.last(), Some(Fact::StreamClosed { id: 1 })), "{facts:?}");
    assert_eq!(bench.order(&Command::GetStreams), Outcome::Streams(vec![]));
}

#[test]
fn a_manager_that_wants_no_stream_gets_events() {
    let mut bench = Bench::new(1);
    bench.says = |fact| matches!(fact, Fact::StreamOpened(_)).then_some(Answer::Verdict(Verdict::Rejected));
    set(&mut bench, streamed(Some(60), None));
    bench.pass(60);
    assert_eq!(bench.order(&Command::GetStreams), Outcome::Streams(vec![]));
    let facts = bench.heard();
    assert!(facts.iter().any(|fact| matches!(fact, Fact::Events(_))));
    assert!(!facts.iter().any(|fact| matches!(fact, Fact::StreamValues(_))));
}
