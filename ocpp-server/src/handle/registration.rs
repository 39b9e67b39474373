//! Whether a station that boots may work (B01 to B03).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ocpp_core::model::{Boot, Registration, StationId};

use crate::domain::StationEntry;
use crate::store::{Store, TypedRecords};

/// The word on a station that boots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BootWord {
    /// Whether it may work.
    pub registration: Registration,
    /// For a station that may not work yet: seconds until it is to boot again (B02.FR.08, B03.FR.06).
    pub retry_s: u32,
}

impl BootWord {
    /// It may work.
    pub const ACCEPTED: BootWord = BootWord { registration: Registration::Accepted, retry_s: 0 };
}

/// Says whether a station that boots may work. Implement it to ask a system of your own.
///
/// A station that is `Pending` can be configured, but sends nothing of its own and is given no remote start or
/// stop; one that is `Rejected` is left alone until it boots again. The word belongs to the station, not to
/// its connection: a station that reconnects without booting has the word of its last boot.
#[async_trait]
pub trait BootPolicy: Send + Sync {
    /// The word on `station`; `None` when nobody can say at this moment: then it is `Pending`.
    async fn register(&self, station: &StationId, boot: &Boot) -> Option<BootWord>;

    /// How long to wait for the word.
    fn deadline(&self) -> Duration {
        Duration::from_secs(5)
    }
}

/// How long a station waits before it asks again, when nobody could say.
const ASK_AGAIN_S: u32 = 30;

/// Asks `policy`, within its deadline.
pub(super) async fn register(policy: &dyn BootPolicy, station: &StationId, boot: &Boot) -> BootWord {
    let word = tokio::time::timeout(policy.deadline(), policy.register(station, boot)).await;
    word.ok().flatten().unwrap_or_else(|| {
        tracing::warn!(%station, "nobody says whether a station may work, it has to ask again");
        BootWord { registration: Registration::Pending, retry_s: ASK_AGAIN_S }
    })
}

/// Every station may work.
#[derive(Debug, Clone, Copy, Default)]
pub struct AcceptBoots;

#[async_trait]
impl BootPolicy for AcceptBoots {
    async fn register(&self, _: &StationId, _: &Boot) -> Option<BootWord> {
        Some(BootWord::ACCEPTED)
    }
}

/// What the operator has set in the station's [`StationEntry`]; stations without one may work, unless
/// [`for_unknown`](StoredBoots::for_unknown) says otherwise.
pub struct StoredBoots {
    store: Arc<dyn Store>,
    retry_s: u32,
    unknown: Registration,
}

impl StoredBoots {
    /// Reads `store`; stations that may not work ask again after `retry_s` seconds.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, retry_s: u32) -> StoredBoots {
        StoredBoots { store, retry_s, unknown: Registration::Accepted }
    }

    /// What stations are told that nobody has added; they come only where everybody is admitted.
    #[must_use]
    pub fn for_unknown(self, registration: Registration) -> StoredBoots {
        StoredBoots { unknown: registration, ..self }
    }
}

#[async_trait]
impl BootPolicy for StoredBoots {
    async fn register(&self, station: &StationId, _: &Boot) -> Option<BootWord> {
        match self.store.get::<StationEntry>(station.as_str()).await {
            Ok(entry) => {
                let registration = entry.map_or(self.unknown, |entry| entry.registration);
                Some(BootWord { registration, retry_s: self.retry_s })
            }
            Err(error) => {
                tracing::error!(%station, %error, "a station cannot be looked up");
                None
            }
        }
    }
}
