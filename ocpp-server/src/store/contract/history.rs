//! What is promised of the past of ports.

use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{ChargingState, ConnectorId, EvseId, Place, PortStatus, StationId};

use super::keep;
use super::samples::{moment, station_id, unit};
use crate::domain::{KeptCourse, Observation, Observed};
use crate::store::{Change, Store};

fn observed(seconds: i64, late_s: i64, place: Place, what: Observed) -> Observation {
    let at = moment(seconds);
    let heard_at = at.checked_add(SignedDuration::from_secs(late_s)).expect("a moment in range");
    Observation { at, heard_at, place, what }
}

fn course(station: &StationId, evse: u32, from: i64, until: i64) -> KeptCourse {
    KeptCourse {
        station: station.clone(),
        evse: EvseId(evse),
        from: moment(from),
        until: moment(until),
        packed: [0, 255, 39, 128].into(),
        known: format!("{{\"of\": \"{from} é\"}}").into(),
    }
}

async fn observations(store: &impl Store, station: &StationId, from: i64, to: i64) -> Vec<Observation> {
    store.observations(station, moment(from), moment(to)).await.expect("observations can be read")
}

async fn courses(store: &impl Store, station: &StationId, after: i64) -> Vec<KeptCourse> {
    store.courses(station, moment(after)).await.expect("courses can be read")
}

pub(super) async fn keeps_observations(store: &impl Store) {
    let (one, other) = (station_id("one"), station_id("other"));
    assert_eq!(observations(store, &one, 0, 99).await, [], "an empty store has observed nothing");
    let port = Place::Connector(EvseId(2), ConnectorId(1));
    let all = [
        observed(10, 0, Place::Station, Observed::Online),
        observed(10, 0, port, Observed::Status(PortStatus::Available)),
        observed(10, 0, port, Observed::Status(PortStatus::Available)),
        observed(10, 5, Place::Evse(EvseId(2)), Observed::Session(Some(ChargingState::SuspendedEv))),
        observed(11, 0, Place::Evse(EvseId(2)), Observed::SessionEnded),
        observed(12, -1, Place::Station, Observed::Offline),
    ];
    let change = |at: usize| Change::Observed(one.clone(), all[at].clone());
    // Out of order, in several units; those that are the same in all but their content in their order.
    keep(store, unit(vec![change(5), change(3), change(4)])).await;
    keep(store, unit(vec![change(0), change(1)])).await;
    keep(store, unit(vec![change(2)])).await;
    let told = "observations come back as they were kept, in the order of time, hearing and keeping";
    assert_eq!(observations(store, &one, 0, 99).await, all, "{told}");
    assert_eq!(observations(store, &one, 10, 11).await, all[..4], "from a moment on until before another");
    assert_eq!(observations(store, &other, 0, 99).await, [], "each station has its own");

    let forget = Change::ForgetObservations { station: one.clone(), before: moment(11) };
    keep(store, unit(vec![forget])).await;
    assert_eq!(observations(store, &one, 0, 99).await, all[4..], "what is forgotten is gone, the rest stays");
}

pub(super) async fn keeps_courses(store: &impl Store) {
    let (one, other) = (station_id("one"), station_id("other"));
    assert_eq!(courses(store, &one, 0).await, [], "an empty store has no courses");
    let kept = [course(&one, 1, 0, 50), course(&one, 1, 50, 80), course(&one, 2, 0, 50)];
    let foreign = course(&other, 1, 0, 80);
    let mut changes: Vec<_> = kept.iter().rev().cloned().map(Change::Course).collect();
    changes.push(Change::Course(foreign.clone()));
    keep(store, unit(changes)).await;
    assert_eq!(courses(store, &one, 0).await, kept, "courses come in the order of ports and time");
    assert_eq!(courses(store, &one, 50).await, kept[1..2], "only those that end later");

    let longer = course(&one, 2, 0, 60);
    keep(store, unit(vec![Change::Course(longer.clone())])).await;
    let expected = [kept[0].clone(), kept[1].clone(), longer.clone()];
    assert_eq!(courses(store, &one, 0).await, expected, "one from the same moment on takes its place");

    let late =
        |seconds| Change::Observed(one.clone(), observed(seconds, 99, Place::Station, Observed::Online));
    keep(store, unit(vec![late(60)])).await;
    let expected = [kept[0].clone(), longer];
    assert_eq!(courses(store, &one, 0).await, expected, "an observation removes what is no longer true");
    keep(store, unit(vec![late(49)])).await;
    assert_eq!(courses(store, &one, 0).await, [], "whatever its port");
    assert_eq!(courses(store, &other, 0).await, [foreign], "only of its station");
    let both = [course(&one, 1, 0, 50), course(&one, 1, 50, 80)];
    keep(store, unit(both.iter().cloned().map(Change::Course).collect())).await;
    keep(store, unit(vec![Change::ForgetCourses { station: one.clone(), after: moment(50) }])).await;
    assert_eq!(courses(store, &one, 0).await, both[..1], "what ends after a moment can be removed");
    let earliest: Timestamp = moment(0);
    let forget = Change::ForgetObservations { station: other.clone(), before: moment(99) };
    keep(store, unit(vec![forget])).await;
    let stays = store.courses(&other, earliest).await.expect("courses can be read");
    assert_eq!(stays.len(), 1, "courses stay when observations are forgotten");
}
