//! What an engine gives: records to be kept, things to be done and said.

use ocpp_core::model::{DisplayMessage, Fact, Outcome, Place, Reserve};
use serde::{Deserialize, Serialize};

use super::{
    Cache, ChangedSettings, DefaultTariff, FactToken, InstalledProfile, KeptControl, LocalList, Monitors,
    Networks, PendingFirmware, RunningTransaction,
};
use crate::hardware::{Actuation, Errand};

/// What has to outlive a restart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Record {
    /// A report that has to be said until it is answered.
    #[allow(missing_docs)]
    Waiting { number: u64, fact: Box<Fact> },
    /// The report of this number was answered and can be forgotten.
    #[allow(missing_docs)]
    Answered { number: u64 },
    /// The tokens that the station decides on by itself, as they are now (D01.FR.10).
    LocalList(LocalList),
    /// What the manager said of tokens, as it is now (C10.FR.02).
    Cache(Cache),
    /// The places that are kept free, as they are now.
    Reservations(Vec<Reserve>),
    /// The places that are out of use by order, as they are now (G03.FR.08).
    Inoperative(Vec<Place>),
    /// The charging profiles, as they are now (K01.FR.27).
    ChargingProfiles(Vec<InstalledProfile>),
    /// The transactions that run, as they are now (E08).
    Running(Vec<RunningTransaction>),
    /// The settings that were changed, as they are now (B05.FR.10).
    Settings(ChangedSettings),
    /// The ways to reach a manager, as they are now (B09.FR.01).
    Networks(Box<Networks>),
    /// The monitors, as they are now (N04.FR.19).
    Monitors(Box<Monitors>),
    /// The messages for the display, as they are now.
    Display(Vec<DisplayMessage>),
    /// The tariffs of the EVSEs, as they are now (I07.FR.13).
    Tariffs(Vec<DefaultTariff>),
    /// The settings of grid support, as they are now.
    GridControls(Vec<KeptControl>),
    /// The update of the firmware that is under way; none when there is none any more.
    Firmware(Option<Box<PendingFirmware>>),
}

/// Names a record on its way to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersistToken(pub(super) u64);

/// Names a command that waits for its outcome. The caller chooses the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandToken(pub u64);

/// Something to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Keep a record, then call [`Engine::handle_persisted`](super::Engine::handle_persisted).
    Persist(Record, PersistToken),
    /// Tell the hardware.
    Actuate(Actuation),
    /// Say a fact, then call [`Engine::handle_answer`](super::Engine::handle_answer) or [`Engine::handle_failure`](super::Engine::handle_failure).
    Say(FactToken, Box<Fact>),
    /// Fetch or upload a file, then call [`Engine::handle_errand`](super::Engine::handle_errand).
    Carry(Errand),
    /// Answer a command.
    Reply(CommandToken, Outcome),
}

/// Why a fact got no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The manager refused the message.
    #[error("the manager refused the message: {0}")]
    Refused(String),
    /// No answer came in time.
    #[error("the manager did not answer in time")]
    TimedOut,
}
