//! The course of a port against a look at each second alone.

use jiff::Timestamp;
use ocpp_core::model::{ChargingState, ConnectorId, EvseId, Place, PortStatus};
use ocpp_server::availability::{Course, PortKnown, PortState, Second, Span, course, in_order};
use ocpp_server::domain::{Observation, Observed};
use proptest::prelude::*;

const EVSE: EvseId = EvseId(1);
const END: i64 = 400;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a moment")
}

fn observed(second: i64, place: Place, what: Observed) -> Observation {
    Observation { at: at(second), heard_at: at(second), place, what }
}

fn connector(number: u32) -> Place {
    Place::Connector(EVSE, ConnectorId(number))
}

fn run(observations: &[Observation]) -> Course {
    course(Span::new(Second(0), Second(END)).expect("a span"), PortKnown::default(), EVSE, observations).0
}

fn states(course: &Course) -> Vec<(i64, i64, PortState)> {
    course.pieces().iter().map(|piece| (piece.span.from().0, piece.span.to().0, piece.state)).collect()
}

#[test]
fn a_port_is_unknown_until_it_is_heard_of_and_never_free_by_silence() {
    let said = [observed(100, Place::Station, Observed::Online)];
    assert_eq!(states(&run(&said)), [(0, END, PortState::Unknown)], "a line alone says nothing of a port");
    let said = [
        observed(100, Place::Station, Observed::Online),
        observed(110, connector(1), Observed::Status(PortStatus::Available)),
        observed(300, Place::Station, Observed::Offline),
    ];
    assert_eq!(
        states(&run(&said)),
        [(0, 110, PortState::Unknown), (110, 300, PortState::Available), (300, END, PortState::Offline)]
    );
}

#[test]
fn what_went_on_offline_is_told_behind_the_line() {
    let mut said = vec![
        observed(0, Place::Station, Observed::Online),
        observed(0, connector(1), Observed::Status(PortStatus::Available)),
        observed(100, Place::Station, Observed::Offline),
        observed(300, Place::Station, Observed::Online),
    ];
    let late = |second, what| Observation { heard_at: at(301), ..observed(second, Place::Evse(EVSE), what) };
    said.push(late(150, Observed::Session(Some(ChargingState::Charging))));
    said.push(late(250, Observed::SessionEnded));
    in_order(&mut said);
    let course = run(&said);
    let offline: Vec<_> = course
        .pieces()
        .iter()
        .filter(|piece| piece.state == PortState::Offline)
        .map(|piece| (piece.span.from().0, piece.span.to().0, piece.behind))
        .collect();
    assert_eq!(
        offline,
        [(100, 150, PortState::Available), (150, 250, PortState::Charging), (250, 300, PortState::Available)]
    );
    let believed: Vec<_> = said.iter().filter(|said| said.heard_at <= at(300)).cloned().collect();
    assert_eq!(
        states(&run(&believed)),
        [(0, 100, PortState::Available), (100, 300, PortState::Offline), (300, END, PortState::Available)],
        "what was believed at 300 can be made again"
    );
}

#[test]
fn twin_connectors_are_one_port() {
    let said = |one, other| {
        let said = [
            observed(0, Place::Station, Observed::Online),
            observed(0, connector(1), Observed::Status(one)),
            observed(0, connector(2), Observed::Status(other)),
        ];
        run(&said).pieces()[0].state
    };
    assert_eq!(said(PortStatus::Available, PortStatus::Faulted), PortState::Available);
    assert_eq!(said(PortStatus::Charging, PortStatus::Available), PortState::Charging);
    assert_eq!(said(PortStatus::Unavailable, PortStatus::Faulted), PortState::Faulted);
    assert_eq!(said(PortStatus::Occupied, PortStatus::Unavailable), PortState::Idle);
    assert_eq!(said(PortStatus::Reserved, PortStatus::Available), PortState::Reserved);
}

#[test]
fn a_port_out_of_use_by_order_is_so_only_when_it_is_empty() {
    let said = [
        observed(0, Place::Station, Observed::Online),
        observed(0, connector(1), Observed::Status(PortStatus::Charging)),
        observed(50, Place::Evse(EVSE), Observed::Closed),
        observed(100, connector(1), Observed::Status(PortStatus::Unavailable)),
        observed(150, connector(1), Observed::Status(PortStatus::Faulted)),
        observed(200, connector(1), Observed::Status(PortStatus::Unavailable)),
        observed(300, Place::Evse(EVSE), Observed::Opened),
    ];
    assert_eq!(
        states(&run(&said)),
        [
            (0, 100, PortState::Charging),
            (100, 150, PortState::Planned),
            (150, 200, PortState::Faulted),
            (200, 300, PortState::Planned),
            (300, END, PortState::Unavailable),
        ]
    );
}

#[test]
fn a_port_with_too_little_power_is_derated_free_and_charging() {
    let said = [
        observed(0, Place::Station, Observed::Online),
        observed(0, connector(1), Observed::Status(PortStatus::Available)),
        observed(50, Place::Evse(EVSE), Observed::Derated),
        observed(60, Place::Evse(EVSE), Observed::Session(Some(ChargingState::Charging))),
        observed(70, Place::Evse(EVSE), Observed::Session(Some(ChargingState::SuspendedEv))),
        observed(80, Place::Evse(EVSE), Observed::FullPower),
    ];
    assert_eq!(
        states(&run(&said)),
        [
            (0, 50, PortState::Available),
            (50, 60, PortState::Derated),
            (60, 70, PortState::Derated),
            (70, END, PortState::SuspendedEv),
        ]
    );
    let behind: Vec<_> = run(&said).pieces()[1..3].iter().map(|piece| piece.behind).collect();
    assert_eq!(behind, [PortState::Available, PortState::Charging]);
}

#[test]
fn a_vehicle_that_leaves_ends_what_was_known_of_its_session() {
    let said = [
        observed(0, Place::Station, Observed::Online),
        observed(0, connector(1), Observed::Status(PortStatus::Occupied)),
        observed(10, Place::Evse(EVSE), Observed::Session(Some(ChargingState::Charging))),
        observed(60, connector(1), Observed::Status(PortStatus::Available)),
    ];
    assert_eq!(
        states(&run(&said)),
        [(0, 10, PortState::Idle), (10, 60, PortState::Charging), (60, END, PortState::Available)],
        "the end of the session was never heard"
    );
    let said = [
        observed(0, Place::Station, Observed::Online),
        observed(0, connector(1), Observed::Status(PortStatus::Available)),
        observed(5, Place::Evse(EVSE), Observed::Session(None)),
        observed(10, connector(1), Observed::Status(PortStatus::Occupied)),
        observed(20, Place::Evse(EVSE), Observed::Session(Some(ChargingState::Charging))),
        observed(60, Place::Evse(EVSE), Observed::SessionEnded),
        observed(90, connector(1), Observed::Status(PortStatus::Available)),
        observed(95, connector(1), Observed::Status(PortStatus::Occupied)),
    ];
    assert_eq!(
        states(&run(&said)),
        [
            (0, 5, PortState::Available),
            (5, 20, PortState::Idle),
            (20, 60, PortState::Charging),
            (60, 90, PortState::Finishing),
            (90, 95, PortState::Available),
            (95, END, PortState::Idle),
        ]
    );
}

#[test]
fn in_1_6_the_status_says_what_the_energy_of_a_session_does() {
    let said = [
        observed(0, Place::Station, Observed::Online),
        observed(0, connector(1), Observed::Status(PortStatus::Preparing)),
        observed(10, connector(1), Observed::Session(None)),
        observed(12, connector(1), Observed::Status(PortStatus::Charging)),
        observed(50, connector(1), Observed::Status(PortStatus::SuspendedEv)),
        observed(60, connector(1), Observed::SessionEnded),
        observed(61, connector(1), Observed::Status(PortStatus::Finishing)),
        observed(70, connector(1), Observed::Status(PortStatus::Available)),
    ];
    assert_eq!(
        states(&run(&said)),
        [
            (0, 12, PortState::Idle),
            (12, 50, PortState::Charging),
            (50, 61, PortState::SuspendedEv),
            (61, 70, PortState::Finishing),
            (70, END, PortState::Available),
        ]
    );
}

#[test]
fn a_damaged_course_is_refused() {
    let span = Span::new(Second(0), Second(1_000)).unwrap();
    let packed = Course::unknown(span).packed();
    assert_eq!(Course::unpacked(span, &packed), Ok(Course::unknown(span)));
    let bad: &[&[u8]] = &[
        &[],
        &[0],
        &[15, 1],
        &[0, 0],
        &[0, 1],
        &[0, 128, 128],
        &[0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
    ];
    for bytes in bad {
        assert!(Course::unpacked(span, bytes).is_err(), "{bytes:?}");
    }
    let shorter = Span::new(Second(0), Second(999)).unwrap();
    assert!(Course::unpacked(shorter, &packed).is_err(), "it is longer than its span");
}

const STATUSES: [PortStatus; 10] = [
    PortStatus::Available,
    PortStatus::Preparing,
    PortStatus::Charging,
    PortStatus::SuspendedEvse,
    PortStatus::SuspendedEv,
    PortStatus::Finishing,
    PortStatus::Occupied,
    PortStatus::Reserved,
    PortStatus::Unavailable,
    PortStatus::Faulted,
];

fn any_observation() -> impl Strategy<Value = Observation> {
    let place = prop_oneof![
        Just(Place::Station),
        Just(Place::Evse(EVSE)),
        (1_u32..3).prop_map(connector),
        Just(Place::Connector(EvseId(2), ConnectorId(1))),
    ];
    let what = prop_oneof![
        4 => proptest::sample::select(&STATUSES[..]).prop_map(Observed::Status),
        2 => proptest::option::of(proptest::sample::select(vec![
            ChargingState::Charging,
            ChargingState::SuspendedEv,
            ChargingState::SuspendedEvse,
            ChargingState::EvConnected,
            ChargingState::Idle,
        ])).prop_map(Observed::Session),
        1 => Just(Observed::SessionEnded),
        2 => Just(Observed::Online),
        1 => Just(Observed::Offline),
        1 => Just(Observed::Unknown),
        1 => Just(Observed::Closed),
        1 => Just(Observed::Opened),
        1 => Just(Observed::Derated),
        1 => Just(Observed::FullPower),
    ];
    (-20_i64..END + 20, 0_i64..END + 20, place, what).prop_map(|(from, heard, place, what)| Observation {
        heard_at: at(heard),
        ..observed(from, place, what)
    })
}

/// The state in one second, by replaying everything up to it.
fn state_in(second: i64, observations: &[Observation]) -> (PortState, PortState) {
    let mut known = PortKnown::default();
    for said in observations.iter().filter(|said| said.at <= at(second)) {
        if said.place.evse().is_none_or(|evse| evse == EVSE) {
            known.take(said);
        }
    }
    (known.state(), known.behind())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_course_is_what_each_second_is(
        mut said in proptest::collection::vec(any_observation(), 0..40),
        cut in 1_i64..END,
    ) {
        in_order(&mut said);
        let course = run(&said);
        let mut next = 0;
        for piece in course.pieces() {
            prop_assert_eq!(piece.span.from().0, next, "without a gap");
            next = piece.span.to().0;
            for second in piece.span.from().0..piece.span.to().0 {
                prop_assert_eq!((piece.state, piece.behind), state_in(second, &said), "second {}", second);
            }
        }
        prop_assert_eq!(next, END);
        for pair in course.pieces().windows(2) {
            prop_assert_ne!((pair[0].state, pair[0].behind), (pair[1].state, pair[1].behind));
        }
        prop_assert_eq!(&Course::unpacked(course.span(), &course.packed()).unwrap(), &course);

        // Built in two parts, the second going on from what was known at the end of the first.
        let first = Span::new(Second(0), Second(cut)).unwrap();
        let second = Span::new(Second(cut), Second(END)).unwrap();
        let split = said.partition_point(|said| said.at < at(cut));
        let (before, known) = ocpp_server::availability::course(first, PortKnown::default(), EVSE, &said);
        let (after, _) = ocpp_server::availability::course(second, known, EVSE, &said[split..]);
        prop_assert_eq!(before.followed_by(&after).unwrap(), course.clone());

        let window = Span::new(Second(cut / 2), Second(END + 5)).unwrap();
        let part = course.within(window).unwrap();
        prop_assert_eq!(part.span(), Span::new(Second(cut / 2), Second(END)).unwrap());
        let all: i64 = part.pieces().iter().map(|piece| piece.span.seconds()).sum();
        prop_assert_eq!(all, END - cut / 2);
    }
}
