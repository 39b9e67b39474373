//! Records: the values that operators and processes keep, found by kind and key.
//!
//! Stations, ports, sessions and their readings have tables of their own because stations write them all the
//! time. Everything else (sites, tokens, tariffs, payments, receipts, users and the like) is written seldom
//! and read by key or by owner; a store keeps each as a text under its kind and key, with a revision that a
//! write has to name. A store needs to know nothing of what is in them.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::station::Revision;

/// What a record is. The names are part of the database and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum RecordKind {
    Site,
    StationEntry,
    Token,
    Tariff,
    Payment,
    Receipt,
    User,
    SignIn,
    SetupLink,
    ApiKey,
    Task,
    Reply,
    SandboxHold,
    ManagerRun,
    EvseClaim,
    Exclusion,
    SiteProfile,
    OwnFormula,
    UptimeReport,
    EvChart,
    Firmware,
    StationUpdate,
    Campaign,
    CampaignTarget,
    StationLog,
    SecurityEvent,
    Alarm,
    StationEvent,
    StationMonitors,
    StationDisplay,
    CustomerRequest,
    Signing,
    StationCertificates,
    OpenUpkeep,
    PendingKey,
    Order,
    OpenOrder,
    Batch,
    BatchItem,
    Reservation,
    StationList,
    StationDevice,
    DevicePart,
    StationReport,
    SettingTemplate,
    DefaultsTemplate,
    StationDefaults,
    AvailabilityWish,
    InstalledProfile,
    ExternalLimit,
    SessionEnergy,
    OpenPlan,
    InstalledDer,
    DerAlarms,
    Stream,
    BatterySwap,
    Settlement,
    StationTariffs,
    CompositeSchedule,
    AskedReport,
    Partner,
    Notice,
}

/// A value that is kept as a record.
pub trait Record: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// What it is.
    const KIND: RecordKind;

    /// Its key, unique among records of its kind. Lists are in the order of keys, byte by byte.
    fn key(&self) -> String;

    /// Whom it belongs to, as a second way to find it: the site of a station, the token of a payment.
    fn owner(&self) -> Option<String> {
        None
    }

    /// The revision it was read with; 0 when it was never stored.
    fn revision(&self) -> Revision;

    /// The same with another revision.
    #[must_use]
    fn at_revision(self, revision: Revision) -> Self;
}

/// Gives a struct with a field `revision` its place among the records.
macro_rules! record {
    ($name:ident is $kind:ident, key $key:expr $(, owner $owner:expr)?) => {
        impl $crate::domain::Record for $name {
            const KIND: $crate::domain::RecordKind = $crate::domain::RecordKind::$kind;

            fn key(&self) -> String {
                let key: fn(&$name) -> String = $key;
                key(self)
            }

            $(fn owner(&self) -> Option<String> {
                let owner: fn(&$name) -> Option<String> = $owner;
                owner(self)
            })?

            fn revision(&self) -> $crate::domain::Revision {
                self.revision
            }

            fn at_revision(mut self, revision: $crate::domain::Revision) -> $name {
                self.revision = revision;
                self
            }
        }
    };
}

pub(crate) use record;

/// A record as a store keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct Stored {
    /// What it is.
    pub kind: RecordKind,
    /// Its key.
    pub key: Box<str>,
    /// Whom it belongs to.
    pub owner: Option<Box<str>>,
    /// In a write the revision that is expected, 0 for a record that must not exist yet; read back, the
    /// revision that it has.
    pub revision: Revision,
    /// Its content as JSON text; `None` in a write removes the record.
    pub body: Option<Box<str>>,
}

impl std::fmt::Debug for Stored {
    /// Without the body: records hold personal data and digests of secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stored")
            .field("kind", &self.kind)
            .field("key", &format_args!("{} bytes", self.key.len()))
            .field("revision", &self.revision)
            .field("removed", &self.body.is_none())
            .finish_non_exhaustive()
    }
}

impl Stored {
    /// A record to be written.
    #[must_use]
    pub fn of<R: Record>(record: &R) -> Stored {
        // Records are plain structs with text keys, which always have a JSON form.
        let body = serde_json::to_string(record).unwrap_or_default();
        Stored { body: Some(body.into()), ..Stored::removal(record) }
    }

    /// A record to be removed.
    #[must_use]
    pub fn removal<R: Record>(record: &R) -> Stored {
        Stored {
            kind: R::KIND,
            key: record.key().into(),
            owner: record.owner().map(Into::into),
            revision: record.revision(),
            body: None,
        }
    }

    /// The value of a record that was read.
    ///
    /// # Errors
    /// A sentence when it is of another kind, removed, or was written in a form that is not understood.
    pub fn value<R: Record>(&self) -> Result<R, String> {
        if self.kind != R::KIND {
            return Err(format!("a record is {:?} where {:?} was expected", self.kind, R::KIND));
        }
        let body = self.body.as_deref().unwrap_or_default();
        let value: R = serde_json::from_str(body)
            .map_err(|error| format!("a record of kind {:?} cannot be understood: {error}", self.kind))?;
        Ok(value.at_revision(self.revision))
    }
}
