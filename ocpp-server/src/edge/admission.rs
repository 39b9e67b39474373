//! Which stations may connect.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use ocpp_core::model::StationId;
use zeroize::Zeroizing;

use crate::access::{Pepper, Purpose, from_hex};
use crate::domain::{Digest, PendingKey, RefusalReason, StationEntry, StationLogin};
use crate::store::{Change, ReadError, Store, TypedRecords, Unit};

/// A station at the door.
#[derive(Clone)]
pub struct Knock {
    /// Who it says it is.
    pub station: StationId,
    /// The password that it sent (HTTP Basic), as bytes: stations of 1.6 send any.
    pub password: Option<Zeroizing<Vec<u8>>>,
    /// Whose password it says that is.
    pub user_name: UserName,
    /// Where it dials from.
    pub address: IpAddr,
}

/// The user name of HTTP Basic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UserName {
    /// The station's identity, as it has to be (A00.FR.204), or one that is tolerated in its place; also where there is
    /// none because there is no password.
    #[default]
    Identity,
    /// Another one.
    Other,
}

impl std::fmt::Debug for Knock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Knock")
            .field("station", &self.station)
            .field("has_password", &self.password.is_some())
            .field("address", &self.address)
            .finish()
    }
}

/// Why a station is not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotAdmitted {
    /// For a reason that is listed for the operator. The station gets HTTP 404 when it is unknown, else 401.
    Refused(RefusalReason),
    /// Nobody can say at this moment; the station gets HTTP 503 and comes back.
    Unavailable(String),
}

impl From<ReadError> for NotAdmitted {
    fn from(error: ReadError) -> NotAdmitted {
        NotAdmitted::Unavailable(error.to_string())
    }
}

/// Says whether a station may connect. Implement it to ask a system of your own.
#[async_trait]
pub trait Admission: Send + Sync {
    /// Admits the station or says why not.
    ///
    /// # Errors
    /// [`NotAdmitted`].
    async fn admit(&self, knock: &Knock) -> Result<(), NotAdmitted>;
}

/// Admits every station: for trying out.
#[derive(Debug, Clone, Copy, Default)]
pub struct EveryStation;

#[async_trait]
impl Admission for EveryStation {
    async fn admit(&self, _: &Knock) -> Result<(), NotAdmitted> {
        Ok(())
    }
}

/// Admits a fixed set of stations, whatever their passwords.
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
    async fn admit(&self, knock: &Knock) -> Result<(), NotAdmitted> {
        if self.0.contains(&knock.station) {
            Ok(())
        } else {
            Err(NotAdmitted::Refused(RefusalReason::UnknownStation))
        }
    }
}

/// Admits the stations of the store's [`StationEntry`] records, each by the login that it has there.
pub struct StoredStations {
    store: Arc<dyn Store>,
    pepper: Pepper,
}

impl StoredStations {
    /// Reads `store`; keys of stations are compared by digests made with `pepper`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, pepper: Pepper) -> StoredStations {
        StoredStations { store, pepper }
    }

    /// The key may come as it was given out, or as the hexadecimal digits that stations of 1.6 are
    /// configured with (`AuthorizationKey`) and some send undecoded.
    fn is_key(&self, password: &[u8], key: &Digest) -> bool {
        let matches = |bytes: &[u8]| self.pepper.matches(Purpose::StationKey, bytes, key);
        matches(password) || from_hex(password).is_some_and(|bytes| matches(&bytes))
    }

    /// Whether the station comes with the key that it was given last: then it is the only one from here on (A01).
    async fn is_pending_key(&self, knock: &Knock, password: &[u8]) -> Result<bool, ReadError> {
        let pending: Option<PendingKey> = self.store.get(knock.station.as_str()).await?;
        let Some(pending) = pending.filter(|pending| self.is_key(password, &pending.key)) else {
            return Ok(false);
        };
        if let Some(mut entry) = self.store.get::<StationEntry>(knock.station.as_str()).await? {
            entry.login = StationLogin::Key(pending.key.clone());
            let changes = vec![Change::put(&entry), Change::remove(&pending)];
            if let Err(error) = self.store.commit(Unit { changes, ..Unit::default() }).await {
                tracing::warn!(station = %knock.station, %error, "its old key goes on to open for now");
            }
        }
        Ok(true)
    }
}

#[async_trait]
impl Admission for StoredStations {
    async fn admit(&self, knock: &Knock) -> Result<(), NotAdmitted> {
        let entry: Option<StationEntry> = self.store.get(knock.station.as_str()).await?;
        let refused = |reason| Err(NotAdmitted::Refused(reason));
        match (entry.map(|entry| entry.login), &knock.password) {
            (None, _) => refused(RefusalReason::UnknownStation),
            (Some(StationLogin::Unproven), _) => Ok(()),
            (Some(StationLogin::Key(_)), None) => refused(RefusalReason::NoPassword),
            (Some(StationLogin::Key(_)), Some(_)) if knock.user_name == UserName::Other => {
                refused(RefusalReason::OtherUserName)
            }
            (Some(StationLogin::Key(key)), Some(password)) if self.is_key(password, &key) => Ok(()),
            (Some(StationLogin::Key(_)), Some(password)) => {
                if self.is_pending_key(knock, password).await? {
                    Ok(())
                } else {
                    refused(RefusalReason::WrongPassword)
                }
            }
        }
    }
}
