//! What is kept of a session, and what is odd about it.

use jiff::Timestamp;
use ocpp_core::model::{ChargingState, PortStatus, Wh};
use ocpp_core::rules::timeline::{Activity, Oddity, Timeline};

pub(super) fn at(text: &str) -> Timestamp {
    let date = if text.contains('T') { text.to_owned() } else { format!("2026-06-10T{text}:00Z") };
    date.parse().expect("a time")
}

fn wh(timeline: &Timeline) -> i64 {
    timeline.energy().expect("within bounds").0
}

#[test]
fn registers_are_kept_by_time_and_the_later_told_wins() {
    let mut timeline = Timeline::new(at("10:00"));
    for (time, register) in [("11:00", 5_000), ("10:00", 1_000), ("10:30", 2_000), ("10:30", 3_000)] {
        timeline.add_register(at(time), Wh(register));
    }
    let kept: Vec<_> = timeline.registers().iter().map(|register| (register.at, register.value.0)).collect();
    assert_eq!(kept, [(at("10:00"), 1_000), (at("10:30"), 3_000), (at("11:00"), 5_000)]);
    assert_eq!(wh(&timeline), 4_000);
    assert!(timeline.findings().is_empty());
}

#[test]
fn a_register_that_runs_backwards_is_left_out_and_told() {
    let mut timeline = Timeline::new(at("10:00"));
    for (time, register) in [("10:00", 1_000), ("10:20", 3_000), ("10:40", 2_500), ("11:00", 4_000)] {
        timeline.add_register(at(time), Wh(register));
    }
    assert_eq!(wh(&timeline), 3_000);
    let odd = Oddity::RegisterRanBackwards { at: at("10:40"), register: Wh(2_500), before: Wh(3_000) };
    assert_eq!(timeline.findings(), [odd]);
    insta::assert_snapshot!(
        odd,
        @"the register of 2026-06-10T10:40:00Z (2500 Wh) is below the one before (3000 Wh); left out"
    );
}

#[test]
fn registers_next_to_the_session_stand_at_its_start_and_end() {
    let mut timeline = Timeline::new(at("10:00"));
    for (time, register) in
        [("09:00", 100), ("09:59", 1_000), ("10:30", 2_000), ("11:01", 3_000), ("12:00", 9_000)]
    {
        timeline.add_register(at(time), Wh(register));
    }
    timeline.set_end(at("11:00"));
    assert_eq!(wh(&timeline), 2_000);
    assert_eq!(timeline.findings().len(), 4, "each is told");

    timeline.add_register(at("10:00"), Wh(1_200));
    timeline.add_register(at("11:00"), Wh(2_900));
    assert_eq!(wh(&timeline), 1_700, "what is at the very start and end goes before");
}

#[test]
fn a_session_that_ends_before_it_starts_has_no_length() {
    let mut timeline = Timeline::new(at("10:00"));
    timeline.add_register(at("10:00"), Wh(1_000));
    timeline.add_register(at("11:00"), Wh(2_000));
    timeline.set_end(at("09:00"));
    assert_eq!(timeline.findings().first(), Some(&Oddity::EndBeforeStart));
    assert_eq!(wh(&timeline), 0);
}

#[test]
fn nothing_measured_is_no_energy() {
    let mut timeline = Timeline::new(at("10:00"));
    assert_eq!(wh(&timeline), 0);
    timeline.add_register(at("10:00"), Wh(1_000));
    assert_eq!(wh(&timeline), 0);
    timeline.add_register(at("10:01"), Wh(i64::MIN));
    assert_eq!(wh(&timeline), 0);
    timeline.set_start(at("10:01"));
    timeline.add_register(at("10:02"), Wh(i64::MAX));
    assert_eq!(timeline.energy(), None, "beyond what watt-hours can say");
}

#[test]
fn activities_come_from_both_versions() {
    assert_eq!(Activity::from(ChargingState::EvConnected), Activity::Connected);
    assert_eq!(Activity::from(ChargingState::Idle), Activity::Disconnected);
    assert_eq!(Activity::from(ChargingState::SuspendedEvse), Activity::SuspendedEvse);
    assert_eq!(Activity::of_port(PortStatus::Finishing), Some(Activity::Finishing));
    assert_eq!(Activity::of_port(PortStatus::Faulted), Some(Activity::SuspendedEvse));
    assert_eq!(Activity::of_port(PortStatus::Available), None);
}

#[test]
fn json_is_put_in_order_and_refuses_what_it_does_not_know() {
    let json = r#"{"start":"2026-06-10T10:00:00Z","registers":[
        {"at":"2026-06-10T11:00:00Z","value":2000},
        {"at":"2026-06-10T10:00:00Z","value":1000},
        {"at":"2026-06-10T11:00:00Z","value":3000}]}"#;
    let timeline: Timeline = serde_json::from_str(json).expect("read");
    assert_eq!(wh(&timeline), 2_000);
    let written = serde_json::to_string(&timeline).expect("written");
    assert_eq!(
        written,
        r#"{"start":"2026-06-10T10:00:00Z","registers":[{"at":"2026-06-10T10:00:00Z","value":1000},{"at":"2026-06-10T11:00:00Z","value":3000}]}"#
    );
    let unknown = r#"{"start":"2026-06-10T10:00:00Z","stop":"2026-06-10T10:00:00Z"}"#;
    assert!(serde_json::from_str::<Timeline>(unknown).is_err());
}
