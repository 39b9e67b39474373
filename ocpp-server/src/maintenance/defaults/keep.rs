//! Looking after stations by itself when they connect or restart.

use ocpp_core::model::StationId;
use tokio_util::sync::CancellationToken;

use super::Defaults;
use crate::domain::{Event, StationFilter};
use crate::maintenance::attend::{Attendant, Calls, attend};
use crate::maintenance::choice::stations_of;
use crate::maintenance::device::DeviceError;

impl Defaults {
    /// Looks after every station that connects or restarts, until `shutdown`: reads which profiles and tariffs it has,
    /// and asserts what is to be asserted. A station is attended to once a minute at most, sixteen at a time.
    pub async fn run(&self, shutdown: CancellationToken) {
        attend(&self.csms, self, shutdown).await;
    }
}

impl Attendant for Defaults {
    fn called_by(&self, event: &Event) -> Calls {
        Calls::of_return(event)
    }

    /// Those that are connected.
    async fn everyone(&self) -> Vec<StationId> {
        let connected = StationFilter { connected: Some(true), ..StationFilter::default() };
        match stations_of(&self.csms, &connected).await {
            Ok(everyone) => everyone.into_iter().map(|candidate| candidate.id).collect(),
            Err(error) => {
                tracing::warn!(%error, "which stations are connected cannot be read: they are looked after at the next return");
                Vec::new()
            }
        }
    }

    async fn attend(&self, station: StationId) {
        match self.look_after(&station).await {
            Ok(drift) if drift.count() > 0 => {
                tracing::info!(%station, things = drift.count(), "a station drifts from its templates of profiles and tariffs");
            }
            Ok(_) | Err(DeviceError::NotConnected | DeviceError::Unknown { .. }) => {}
            Err(error) => tracing::warn!(%station, %error, "a station is not looked after"),
        }
    }
}
