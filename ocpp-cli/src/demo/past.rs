//! A year that never was: so that every chart of the demonstration shows something from the start.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::StationId;
use ocpp_server::availability::{InventedLife, Span};
use ocpp_server::domain::{Service, StationEntry};
use ocpp_server::store::{Change, CommitError, ReadError, TypedRecords, Unit};

use super::world::Station;
use crate::manager::App;

/// How far the invented past goes back, and where the real one begins.
const YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);
const BEFORE_NOW: SignedDuration = SignedDuration::from_mins(5);
/// How much is kept in one go.
const AT_ONCE: usize = 2_000;

/// Why the past could not be invented.
#[derive(Debug, thiserror::Error)]
pub(super) enum PastError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Write(#[from] CommitError),
}

/// Gives all stations a past, and works out their courses.
pub(super) async fn invent(app: App, stations: &[Station]) {
    for (seed, station) in (1..).zip(stations) {
        let Ok(id) = StationId::new(station.identity) else { continue };
        if let Err(error) = invent_one(&app, &id, station.evses, seed).await {
            tracing::warn!(%error, station = %id, "the past of a station cannot be invented");
        }
    }
    if let Err(error) = app.history.settle(Duration::MAX).await {
        tracing::warn!(%error, "history of ports");
    }
}

async fn invent_one(app: &App, id: &StationId, evses: u32, seed: u64) -> Result<(), PastError> {
    let now = app.csms.now();
    let since = now.checked_sub(YEAR).unwrap_or(Timestamp::MIN);
    let until = now.checked_sub(BEFORE_NOW).unwrap_or(now);
    let Some(window) = Span::between(since, until) else { return Ok(()) };
    if let Some(entry) = app.csms.store().get::<StationEntry>(id.as_str()).await? {
        let service = Service { since: Some(since), until: None };
        keep(app, vec![Change::put(&StationEntry { service, ..entry })]).await?;
    }
    let zone = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
    let past = InventedLife::usual(seed, evses, zone).past(window);
    let observations = past.observations.into_iter().filter(|one| one.heard_at < until);
    let mut changes: Vec<Change> = observations.map(|one| Change::Observed(id.clone(), one)).collect();
    while !changes.is_empty() {
        let rest = changes.split_off(changes.len().min(AT_ONCE));
        keep(app, changes).await?;
        changes = rest;
    }
    Ok(())
}

async fn keep(app: &App, changes: Vec<Change>) -> Result<(), CommitError> {
    app.csms.commit(Unit { changes, ..Unit::default() }).await
}
