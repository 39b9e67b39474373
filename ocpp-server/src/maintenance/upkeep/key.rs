//! A new key for a station, told by OCPP (A01): nobody has to enter it, and the connection goes on.

use jiff::Timestamp;
use ocpp_core::model::{Command, Outcome, Setting, SettingChange, StationId, Verdict};
use ocpp_core::types::Version;

use super::{Upkeep, UpkeepError, unknown};
use crate::access::{Purpose, Secret};
use crate::command::OrderError;
use crate::domain::{
    Digest, EventKind, PendingKey, Record, RecordKind, Revision, StationEntry, StationLogin,
};
use crate::session::CallFailure;
use crate::store::{Change, TypedRecords, Unit};

/// What came of a new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRenewal {
    /// The station uses it from its next connection on, and the old one is void (A01.FR.03).
    Renewed,
    /// The station uses it after a restart; until it comes with it, both open.
    AtRestart,
    /// The station did not answer: whichever it comes with tells. Until then both open.
    Unsure,
}

/// The signs of a new key: as many as both versions take, 100 bits.
const SIGNS: usize = 20;

impl Upkeep {
    /// Gives a connected station a new key over its connection. Nobody sees it, and only its digest is kept.
    ///
    /// # Errors
    /// [`UpkeepError::Forbidden`] when the station refuses it: the old one goes on to hold (A01.FR.04).
    pub async fn renew_key(&self, station: &StationId) -> Result<KeyRenewal, UpkeepError> {
        let store = self.csms.store();
        if store.get::<StationEntry>(station.as_str()).await?.is_none() {
            return Err(unknown("station", station.as_str()));
        }
        let version = self.csms.stations().version(station).ok_or(UpkeepError::NotConnected)?;
        let key = Secret::random(SIGNS).map_err(|error| UpkeepError::Unavailable(error.to_string()))?;
        let digest = self.links.pepper().digest(Purpose::StationKey, key.expose().as_bytes());
        // It is kept before it is told: whatever comes of the order, the station is let in.
        self.keep_pending(station, &digest, self.now()).await?;
        let change = SettingChange::new(setting(version), value(version, &key));
        // Not by the desk, which writes orders down: the key would be in the database until the end of the order.
        let said = self.csms.commands().order(station, &Command::ChangeSettings(vec![change])).await;
        match said {
            Ok(Outcome::Settings(results)) => match results.first().map(|result| result.verdict) {
                Some(Verdict::Accepted) => {
                    self.take_key(station, digest).await?;
                    Ok(KeyRenewal::Renewed)
                }
                Some(Verdict::RebootRequired) => Ok(KeyRenewal::AtRestart),
                _ => self.keep_old(station, "The station refuses a new key").await,
            },
            Err(OrderError::Call(CallFailure::NoAnswer | CallFailure::Gone | CallFailure::BadAnswer(_))) => {
                Ok(KeyRenewal::Unsure)
            }
            Ok(_) => self.keep_old(station, "The station's answer is none to this").await,
            Err(error) => {
                self.keep_old(station, &format!("The station was not given a new key: {error}")).await
            }
        }
    }

    async fn keep_pending(
        &self,
        station: &StationId,
        key: &Digest,
        since: Timestamp,
    ) -> Result<(), UpkeepError> {
        let before: Option<PendingKey> = self.csms.store().get(station.as_str()).await?;
        let revision = before.map_or_else(Revision::default, |before| before.revision);
        let pending = PendingKey { station: station.clone(), revision, key: key.clone(), since };
        Ok(self.csms.commit(Unit { changes: vec![Change::put(&pending)], ..Unit::default() }).await?)
    }

    /// The new key is the only one.
    async fn take_key(&self, station: &StationId, key: Digest) -> Result<(), UpkeepError> {
        let pending: Option<PendingKey> = self.csms.store().get(station.as_str()).await?;
        self.change(station.as_str(), "station", |mut entry: StationEntry| {
            entry.login = StationLogin::Key(key.clone());
            let kind = EventKind::RecordChanged { record: RecordKind::StationEntry, key: Some(entry.key()) };
            let told = vec![self.event(station, kind)];
            Some((entry, pending.iter().map(Change::remove).collect(), told))
        })
        .await
        .map(drop)
    }

    async fn keep_old(&self, station: &StationId, why: &str) -> Result<KeyRenewal, UpkeepError> {
        if let Some(pending) = self.csms.store().get::<PendingKey>(station.as_str()).await? {
            self.csms.commit(Unit { changes: vec![Change::remove(&pending)], ..Unit::default() }).await?;
        }
        Err(UpkeepError::Forbidden(format!("{why}: the old one goes on to hold.")))
    }
}

fn setting(version: Version) -> Setting {
    match version {
        Version::V16 => Setting::Key("AuthorizationKey".into()),
        Version::V201 | Version::V21 => Setting::Variable {
            component: "SecurityCtrlr".into(),
            component_instance: None,
            place: None,
            variable: "BasicAuthPassword".into(),
            variable_instance: None,
        },
    }
}

/// 1.6 takes keys in hexadecimal digits.
fn value(version: Version, key: &Secret) -> String {
    match version {
        Version::V16 => key.expose().bytes().map(|byte| format!("{byte:02X}")).collect(),
        Version::V201 | Version::V21 => key.expose().to_owned(),
    }
}
