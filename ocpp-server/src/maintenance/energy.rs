//! Energy of stations: what is known of it, the question what all profiles allow together, and the plans that vehicles
//! were promised.

mod plans;

use ocpp_core::model::{Command, Outcome, Place, RateUnit, SessionKey, StationId};

use super::giving::{Given, give};
use crate::Csms;
use crate::domain::{
    ComposedSchedule, DerAlarms, ExternalLimit, InstalledDer, InstalledProfile, KeptStream, RecordKind,
    SessionEnergy, SettlementEntry, StationTariffs, SwapEntry,
};
use crate::handle::installed_profiles;
use crate::store::{ReadError, RecordFilter, TypedRecords};

/// Why a station did not tell its schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnergyError {
    /// Nobody knows the station.
    #[error("There is no station {0:?}.")]
    UnknownStation(String),
    /// It is not connected.
    #[error("The station is not connected: try again when it is.")]
    NotConnected,
    /// It did not answer with a schedule.
    #[error("The station did not tell its schedule: {0}.")]
    NotTold(String),
    /// The store failed.
    #[error("The database fails: {0}. Try again later.")]
    Store(String),
}

impl From<ReadError> for EnergyError {
    fn from(error: ReadError) -> EnergyError {
        EnergyError::Store(error.to_string())
    }
}

/// The energy of a manager's stations. Clones are the same.
#[derive(Clone)]
pub struct Energy {
    csms: Csms,
}

impl Energy {
    /// The energy of the stations of a manager.
    #[must_use]
    pub const fn new(csms: Csms) -> Energy {
        Energy { csms }
    }

    /// The profiles on a station as far as is known, those that still count or will, by their numbers.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn profiles(&self, station: &StationId) -> Result<Vec<InstalledProfile>, ReadError> {
        let now = self.csms.now();
        let mut installed = installed_profiles(&**self.csms.store(), station).await?;
        installed.retain(|known| !known.is_over(now));
        Ok(installed)
    }

    /// The limits that outside systems set on a station; lifted ones are there until others take their place.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn limits(&self, station: &StationId) -> Result<Vec<ExternalLimit>, ReadError> {
        self.csms.store().owned(station.as_str(), ExternalLimit::MAX_PER_STATION).await
    }

    /// What a station last said that all profiles allow together, by place.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn composites(&self, station: &StationId) -> Result<Vec<ComposedSchedule>, ReadError> {
        self.csms.store().owned(station.as_str(), ComposedSchedule::MAX_PER_STATION).await
    }

    /// The settings of grid support on a station, and what the grid did.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn grid(&self, station: &StationId) -> Result<(Vec<InstalledDer>, DerAlarms), ReadError> {
        let controls = self.csms.store().owned(station.as_str(), InstalledDer::MAX_PER_STATION).await?;
        let alarms: Option<DerAlarms> = self.csms.store().get(station.as_str()).await?;
        Ok((controls, alarms.unwrap_or_else(|| DerAlarms::new(station.clone()))))
    }

    /// The streams of a station, open and closed.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn streams(&self, station: &StationId) -> Result<Vec<KeptStream>, ReadError> {
        self.csms.store().owned(station.as_str(), KeptStream::MAX_PER_STATION).await
    }

    /// The battery swaps of a station, the highest number first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn swaps(&self, station: &StationId, limit: usize) -> Result<Vec<SwapEntry>, ReadError> {
        let filter = RecordFilter::all(RecordKind::BatterySwap, limit).of(station.as_str()).descending();
        self.csms.store().list(filter).await
    }

    /// What terminals at a station settled, after this key.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn settlements(
        &self,
        station: &StationId,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<SettlementEntry>, ReadError> {
        let filter = RecordFilter::all(RecordKind::Settlement, limit).of(station.as_str()).after(after);
        self.csms.store().list(filter).await
    }

    /// The tariffs on a station.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn tariffs(&self, station: &StationId) -> Result<StationTariffs, ReadError> {
        let held: Option<StationTariffs> = self.csms.store().get(station.as_str()).await?;
        Ok(held.unwrap_or_else(|| StationTariffs::new(station.clone())))
    }

    /// What is known of the energy of a session beyond its meter values.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn of_session(&self, session: &SessionKey) -> Result<Option<SessionEnergy>, ReadError> {
        self.csms.store().get(session.as_str()).await
    }

    /// Asks a station what all its profiles allow together from now on (K08); the answer is kept.
    ///
    /// # Errors
    /// [`EnergyError`].
    pub async fn compose(
        &self,
        station: &StationId,
        place: Place,
        duration_s: u32,
        unit: Option<RateUnit>,
        by: &str,
    ) -> Result<ComposedSchedule, EnergyError> {
        if self.csms.store().station(station).await?.is_none() {
            return Err(EnergyError::UnknownStation(station.to_string()));
        }
        let command = Command::GetCompositeSchedule { place, duration_s, unit };
        match give(&self.csms, station, command, by).await {
            Given::Answered(Outcome::CompositeSchedule { schedule: Some(schedule), .. }) => {
                Ok(ComposedSchedule {
                    station: station.clone(),
                    place,
                    revision: Default::default(),
                    at: self.csms.now(),
                    schedule: *schedule,
                })
            }
            Given::Answered(outcome) => Err(EnergyError::NotTold(outcome.word())),
            Given::NotConnected => Err(EnergyError::NotConnected),
            Given::Refused(why) | Given::Unclear(why) => Err(EnergyError::NotTold(why)),
        }
    }
}
