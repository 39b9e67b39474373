//! Places that are kept free (block H).

use ocpp_client::hardware::{FaultState, HardwareEvent};
use ocpp_core::model::{
    Authorization, AuthorizationStatus, Availability, Command, EvseId, Fact, IdToken, Outcome, Place,
    PortStatus, RemoteStart, ReservationEnding, Reserve, Setting, Verdict,
};

use crate::bench::{Bench, at, card, connector};

fn reserve(id: i64, evse: Option<u32>, token: &str) -> Reserve {
    Reserve {
        id,
        evse: evse.map(EvseId),
        connector_type: None,
        id_token: card(token),
        group: None,
        expires_at: at(600),
    }
}

fn make(bench: &mut Bench, id: i64, evse: Option<u32>, token: &str) -> Verdict {
    bench.verdict(&Command::Reserve(reserve(id, evse, token)))
}

fn ended(facts: &[Fact]) -> Vec<(i64, ReservationEnding)> {
    let ended = |fact: &Fact| match fact {
        Fact::ReservationEnded { id, how } => Some((*id, *how)),
        _ => None,
    };
    facts.iter().filter_map(ended).collect()
}

#[test]
fn a_reserved_place_is_shown_and_kept_for_its_driver() {
    let mut bench = Bench::new(2);
    bench.heard();
    assert_eq!(make(&mut bench, 7, Some(1), "A"), Verdict::Accepted, "H01.FR.23");
    assert_eq!(bench.statuses(), [(1, PortStatus::Reserved)]);
    bench.plug(1);
    assert_eq!(bench.statuses(), [], "G03.FR.09: it stays reserved until its driver comes");
    bench.present(1, "B");
    assert!(!bench.is_charging(1), "it is kept for somebody else");
    bench.present(1, "a");
    assert!(bench.is_charging(1), "H03.FR.01");
    let starts = bench.starts();
    assert_eq!(starts.len(), 1);
    assert_eq!(starts[0].reservation, Some(7), "H01.FR.15");
    bench.pass(3600);
    assert_eq!(ended(&bench.heard()), [], "it was used up");
}

#[test]
fn others_of_the_group_may_use_it_too() {
    fn words(token: &IdToken) -> Authorization {
        let group = (*token.value == *"B").then(|| card("FLEET"));
        Authorization { group, ..Authorization::of(AuthorizationStatus::Accepted) }
    }
    let mut bench = Bench::new(1);
    bench.words = words;
    let of_group = Reserve { group: Some(card("FLEET")), ..reserve(7, Some(1), "A") };
    assert_eq!(bench.verdict(&Command::Reserve(of_group)), Verdict::Accepted);
    bench.plug(1);
    bench.present(1, "C");
    assert!(!bench.is_charging(1));
    bench.present(1, "B");
    assert!(bench.is_charging(1), "H03.FR.04");
}

#[test]
fn a_place_that_cannot_be_reserved_is_refused_with_the_reason() {
    let mut bench = Bench::new(2);
    assert_eq!(make(&mut bench, 1, Some(3), "A"), Verdict::Rejected, "there is no such EVSE");
    let late = Reserve { expires_at: at(0), ..reserve(1, Some(1), "A") };
    assert_eq!(bench.verdict(&Command::Reserve(late)), Verdict::Rejected, "it is over already");
    bench.plug(1);
    assert_eq!(make(&mut bench, 1, Some(1), "A"), Verdict::Occupied, "H01.FR.11");
    bench.hardware(HardwareEvent::Unplugged(EvseId(1)));
    bench.hardware(HardwareEvent::Fault(EvseId(1), FaultState::Faulted));
    assert_eq!(make(&mut bench, 1, Some(1), "A"), Verdict::Faulted, "H01.FR.12");
    bench.hardware(HardwareEvent::Fault(EvseId(1), FaultState::Mended));
    close(&mut bench, connector(1));
    assert_eq!(make(&mut bench, 1, Some(1), "A"), Verdict::Unavailable, "H01.FR.14");
    assert_eq!(make(&mut bench, 1, Some(2), "A"), Verdict::Accepted);
    assert_eq!(make(&mut bench, 2, Some(2), "B"), Verdict::Occupied, "it is reserved already");
    let other_kind = Reserve { connector_type: Some("cType2".into()), ..reserve(3, None, "A") };
    assert_eq!(
        bench.verdict(&Command::Reserve(other_kind)),
        Verdict::Rejected,
        "no EVSE has such a connector"
    );
}

fn close(bench: &mut Bench, place: Place) -> Verdict {
    bench.verdict(&Command::SetAvailability { place, availability: Availability::Inoperative })
}

#[test]
fn as_many_places_stay_free_as_are_reserved_without_a_name() {
    let mut bench = Bench::new(2);
    bench.heard();
    let of_kind = Reserve { connector_type: Some("cCCS2".into()), ..reserve(1, None, "A") };
    assert_eq!(bench.verdict(&Command::Reserve(of_kind)), Verdict::Accepted, "H01.FR.06");
    assert_eq!(bench.statuses(), [], "one more is free");
    bench.plug(2);
    bench.present(2, "B");
    assert!(bench.is_charging(2));
    let told = bench.statuses();
    assert!(told.contains(&(1, PortStatus::Reserved)), "H01.FR.20: {told:?}");
    assert_eq!(make(&mut bench, 2, None, "C"), Verdict::Occupied);
    assert_eq!(make(&mut bench, 2, Some(1), "C"), Verdict::Occupied, "H01.FR.07");
    bench.present(1, "C");
    bench.plug(1);
    assert!(!bench.is_charging(1));
    bench.present(1, "A");
    assert!(bench.is_charging(1), "H03.FR.03");
    assert_eq!(bench.starts()[0].reservation, Some(1));
}

#[test]
fn a_reservation_is_replaced_by_its_number_and_cancelled() {
    let mut bench = Bench::new(2);
    make(&mut bench, 7, Some(1), "A");
    bench.heard();
    assert_eq!(make(&mut bench, 7, Some(2), "A"), Verdict::Accepted, "H01.FR.02");
    assert_eq!(bench.statuses(), [(1, PortStatus::Available), (2, PortStatus::Reserved)]);
    bench.plug(1);
    assert_eq!(make(&mut bench, 7, Some(1), "A"), Verdict::Occupied);
    bench.heard();
    assert_eq!(bench.verdict(&Command::CancelReservation { id: 8 }), Verdict::Rejected, "H02.FR.01");
    assert_eq!(bench.verdict(&Command::CancelReservation { id: 7 }), Verdict::Accepted, "it was as it was");
    assert_eq!(bench.statuses(), [(2, PortStatus::Available)], "H02.FR.02");
}

#[test]
fn a_reservation_that_nobody_uses_expires() {
    let mut bench = Bench::new(1);
    make(&mut bench, 7, Some(1), "A");
    bench.heard();
    bench.pass(599);
    assert_eq!(bench.heard(), []);
    bench.pass(1);
    let heard = bench.heard();
    assert_eq!(ended(&heard), [(7, ReservationEnding::Expired)], "H04.FR.01");
    assert!(heard.iter().any(|fact| matches!(fact, Fact::Status(s) if s.status == PortStatus::Available)));
    // Without a connection it is told afterwards.
    let later = Reserve { expires_at: at(1200), ..reserve(8, Some(1), "A") };
    bench.verdict(&Command::Reserve(later));
    bench.disconnect();
    bench.pass(700);
    bench.connect();
    assert_eq!(ended(&bench.heard()), [(8, ReservationEnding::Expired)]);
}

#[test]
fn a_place_that_breaks_or_is_closed_loses_its_reservation() {
    let mut bench = Bench::new(2);
    make(&mut bench, 7, Some(1), "A");
    make(&mut bench, 8, Some(2), "A");
    bench.heard();
    bench.hardware(HardwareEvent::Fault(EvseId(1), FaultState::Faulted));
    assert_eq!(ended(&bench.heard()), [(7, ReservationEnding::Removed)], "H01.FR.16");
    close(&mut bench, Place::Station);
    assert_eq!(ended(&bench.heard()), [(8, ReservationEnding::Removed)], "H01.FR.17");
}

#[test]
fn a_driver_who_comes_and_does_not_plug_in_is_told_of() {
    let mut bench = Bench::new(1);
    make(&mut bench, 7, Some(1), "A");
    bench.present(1, "A");
    assert!(bench.statuses().contains(&(1, PortStatus::Preparing)), "H03.FR.10");
    bench.pass(119);
    assert_eq!(ended(&bench.heard()), []);
    bench.pass(1);
    let heard = bench.heard();
    assert_eq!(ended(&heard), [(7, ReservationEnding::NoTransaction)], "H03.FR.11");
    assert!(heard.iter().any(|fact| matches!(fact, Fact::Status(s) if s.status == PortStatus::Available)));
}

#[test]
fn a_remote_start_uses_the_reservation_of_its_token_only() {
    let start = |token: &str| {
        Command::RemoteStart(RemoteStart {
            id_token: card(token),
            group: None,
            evse: None,
            remote_start: Some(5),
            profile: None,
        })
    };
    let mut bench = Bench::new(1);
    make(&mut bench, 7, Some(1), "A");
    assert_eq!(bench.verdict(&start("B")), Verdict::Rejected);
    assert_eq!(bench.verdict(&start("A")), Verdict::Accepted);
    bench.plug(1);
    let starts = bench.starts();
    assert_eq!((starts[0].reservation, starts[0].remote_start), (Some(7), Some(5)), "F02.FR.06");
}

#[test]
fn reservations_outlive_a_restart_and_say_what_is_supported() {
    let mut bench = Bench::new(1);
    make(&mut bench, 7, Some(1), "A");
    let mut again = Bench::with_records(1, bench.kept);
    assert_eq!(again.statuses(), [(1, PortStatus::Reserved)]);
    let asked = ocpp_core::model::Scope::These(vec![Setting::Key("ReserveConnectorZeroSupported".into())]);
    match again.order(&Command::ReadSettings(asked)) {
        Outcome::Settings(results) => assert_eq!(results[0].value.as_deref(), Some("true")),
        other => panic!("{other:?}"),
    }
}
