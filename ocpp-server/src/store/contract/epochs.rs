//! Which connection may write.

use super::samples::{event, port, session, station, station_id, unit};
use super::{keep, refuse};
use crate::domain::{Epoch, Revision, Station};
use crate::store::{Change, CommitError, Store, Unit};
use ocpp_core::model::Place;

/// A unit of connection `epoch` of station A.
fn of(epoch: u64, changes: Vec<Change>) -> Unit {
    Unit { connection: Some((station_id("A"), Epoch(epoch))), ..unit(changes) }
}

fn stale() -> CommitError {
    CommitError::StaleConnection { station: station_id("A") }
}

pub(super) async fn refuses_stale_connections(store: &impl Store) {
    let port = Change::Port(station_id("A"), port(Place::Station));
    let unknown = refuse(store, of(3, vec![port.clone()])).await;
    assert_eq!(unknown, stale(), "a station that is not stored has epoch 0");
    keep(store, unit(vec![Change::Station(Station { epoch: Epoch(3), ..station("A") })])).await;
    keep(store, of(3, vec![port.clone()])).await;
    for epoch in [0, 2, 4, u64::MAX] {
        let refused = Unit { events: vec![event("A", "x")], ..of(epoch, vec![port.clone()]) };
        assert_eq!(refuse(store, refused).await, stale(), "epoch {epoch} may not write while 3 is valid");
    }
    keep(store, of(3, vec![Change::Session(session("A", 1))])).await;
    let other = Unit { connection: Some((station_id("B"), Epoch(0))), ..unit(vec![port]) };
    keep(store, other).await;
}

pub(super) async fn opens_connections(store: &impl Store) {
    let at = |revision: u64, epoch: u64| {
        let station = Station { revision: Revision(revision), epoch: Epoch(epoch), ..station("A") };
        Change::Station(station)
    };
    keep(store, of(1, vec![at(0, 1)])).await;
    keep(store, of(2, vec![at(1, 2), Change::Session(session("A", 1))])).await;

    let race = refuse(store, of(2, vec![at(1, 2)])).await;
    assert!(matches!(race, CommitError::Conflict { .. }), "of two that open at once one wins, not {race:?}");
    let late = refuse(store, of(1, vec![at(2, 1)])).await;
    assert_eq!(late, stale(), "an old connection cannot lower the epoch");
    let bystander = Change::Station(Station { epoch: Epoch(3), ..station("B") });
    let unraised = refuse(store, of(3, vec![bystander])).await;
    assert_eq!(unraised, stale(), "only the station's own change raises its epoch");
    let elsewhere = refuse(store, of(4, vec![at(2, 3)])).await;
    assert_eq!(elsewhere, stale(), "the unit carries the epoch that it raises to");

    keep(store, of(5, vec![at(2, 5)])).await;
    let stored = store.station(&station_id("A")).await.expect("stations can be read");
    let stored = stored.map(|station| (station.revision, station.epoch));
    assert_eq!(stored, Some((Revision(3), Epoch(5))), "an opened connection has its epoch");
    assert_eq!(refuse(store, of(2, vec![])).await, stale(), "a unit without changes is checked, too");
}
