//! Which stations may connect.

use std::collections::BTreeSet;

use async_trait::async_trait;
use ocpp_core::model::StationId;

use crate::domain::RefusalReason;

/// Says whether a station may connect. Implement it to ask a system of your own.
#[async_trait]
pub trait Admission: Send + Sync {
    /// Admits the station or says why not.
    ///
    /// # Errors
    /// The reason, which is listed for the operator; the station gets HTTP 404.
    async fn admit(&self, station: &StationId) -> Result<(), RefusalReason>;
}

/// Admits every station: for trying out.
#[derive(Debug, Clone, Copy, Default)]
pub struct EveryStation;

#[async_trait]
impl Admission for EveryStation {
    async fn admit(&self, _: &StationId) -> Result<(), RefusalReason> {
        Ok(())
    }
}

/// Admits a fixed set of stations.
#[derive(Debug, Clone, Default)]
pub struct KnownStations(BTreeSet<StationId>);

impl KnownStations {
    /// Knows these stations.
    pub fn new(stations: impl IntoIterator<Item = StationId>) -> KnownStations {
        KnownStations(stations.into_iter().collect())
    }
}

#[async_trait]
impl Admission for KnownStations {
    async fn admit(&self, station: &StationId) -> Result<(), RefusalReason> {
        if self.0.contains(station) { Ok(()) } else { Err(RefusalReason::UnknownStation) }
    }
}
