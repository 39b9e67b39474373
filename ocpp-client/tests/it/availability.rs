//! Places in and out of use (block G).

use ocpp_client::hardware::HardwareEvent;
use ocpp_core::model::{Availability, Command, EvseId, Place, PortStatus, Verdict};

use crate::bench::{Bench, connector};

fn set(bench: &mut Bench, place: Place, availability: Availability) -> Verdict {
    bench.verdict(&Command::SetAvailability { place, availability })
}

use Availability::{Inoperative, Operative};

#[test]
fn a_place_is_closed_and_opened_at_every_level() {
    for place in [connector(1), Place::Evse(EvseId(1)), Place::Station] {
        let mut bench = Bench::new(2);
        bench.heard();
        let concerned: Vec<u32> = if place == Place::Station { vec![1, 2] } else { vec![1] };
        let told = |status| concerned.iter().map(|evse| (*evse, status)).collect::<Vec<_>>();
        assert_eq!(set(&mut bench, place, Inoperative), Verdict::Accepted);
        assert_eq!(bench.statuses(), told(PortStatus::Unavailable), "G03.FR.04, G04.FR.05");
        assert_eq!(set(&mut bench, place, Inoperative), Verdict::Accepted, "G03.FR.03");
        assert_eq!(bench.statuses(), []);
        bench.plug(1);
        bench.present(1, "A");
        assert!(!bench.is_charging(1));
        bench.hardware(HardwareEvent::Unplugged(EvseId(1)));
        assert_eq!(set(&mut bench, place, Operative), Verdict::Accepted);
        assert_eq!(bench.statuses(), told(PortStatus::Available), "{place:?}");
    }
    let mut bench = Bench::new(1);
    for place in [Place::Evse(EvseId(2)), Place::of(1, Some(2))] {
        assert_eq!(set(&mut bench, place, Inoperative), Verdict::Rejected, "{place:?} does not exist");
    }
}

#[test]
fn a_running_transaction_is_waited_for() {
    for place in [connector(1), Place::Evse(EvseId(1)), Place::Station] {
        let mut bench = Bench::new(1);
        bench.plug(1);
        bench.present(1, "A");
        bench.heard();
        assert_eq!(set(&mut bench, place, Inoperative), Verdict::Scheduled, "G03.FR.05, G04.FR.06");
        assert_eq!(bench.statuses(), []);
        bench.present(1, "A");
        assert_eq!(bench.statuses(), [(1, PortStatus::Unavailable)]);
    }
    // Taken back before it took effect.
    let mut bench = Bench::new(1);
    bench.plug(1);
    bench.present(1, "A");
    set(&mut bench, Place::Station, Inoperative);
    assert_eq!(set(&mut bench, Place::Station, Operative), Verdict::Accepted);
    bench.heard();
    bench.present(1, "A");
    assert_eq!(bench.statuses(), [(1, PortStatus::Finishing)]);
}

#[test]
fn a_station_that_is_opened_shows_what_was_set_before() {
    let mut bench = Bench::new(2);
    set(&mut bench, connector(1), Inoperative);
    set(&mut bench, Place::Station, Inoperative);
    bench.heard();
    set(&mut bench, Place::Station, Operative);
    assert_eq!(bench.statuses(), [(2, PortStatus::Available)], "G04.FR.08");
    let mut again = Bench::with_records(2, bench.kept);
    let told = again.statuses();
    assert_eq!(told, [(1, PortStatus::Unavailable), (2, PortStatus::Available)], "G03.FR.08");
}
