//! Between the messages of a version and the [`model`](crate::model): one translator for each end.
//!
//! [`Manager`] is the CSMS's end, [`Station`] the charging station's. Both are sans-IO: they take and give
//! the action and the JSON payload of calls; frames, ids and time-outs belong to [`rpc`](crate::rpc). This is
//! the only place that knows two versions.
//!
//! ```text
//!  station                                                   manager
//!  Fact    ── Station::say ──►  action, payload  ── Manager::hear ──►  Fact
//!  Answer  ◄─ Station::hear_answer ── payload ◄── Manager::answer ───  Answer
//!  Command ◄─ Station::hear ──  action, payload  ◄── Manager::order ── Command
//!  Outcome ── Station::answer ──►  payload  ── Manager::hear_outcome ─► Outcome
//! ```
//!
//! OCPP 1.6 needs memory at the station's end: a transaction gets its number from the manager, so the
//! station's own name of it has to be kept beside that number. [`Station::memory`] gives it to whoever
//! persists the station's state.
//!
//! What is said keeps to the schema and to the rules of the text of the version, whatever the facts: what a version
//! cannot say is left out where a message can do without it, and otherwise nothing is said but [`CannotSay`].
//!
//! Both ends know the versions that this build has (features `v16`, `v201`, `v21`); of another one they hear
//! nothing but [`Misheard::NotBuilt`].

// Without any version there is nobody to call what the versions have in common.
#![cfg_attr(not(any(feature = "v16", feature = "v201", feature = "v21")), allow(dead_code, unused))]

mod later;
#[cfg(any(feature = "v201", feature = "v21"))]
mod two;
#[cfg(feature = "v16")]
mod v16;
#[cfg(feature = "v201")]
mod v201;
#[cfg(feature = "v21")]
mod v21;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::action::{ActionInfo, Direction, ParseError};
use crate::inbound::{Finding, Policy, Rejected, violations, write};
use crate::message::{Message, Shape};
use crate::model::{Answer, Command, Fact, HeldList, Outcome, TransferStatus, Verdict};
use crate::quirk::Quirks;
use crate::types::Version;

/// Chooses by the version, among those that this build has.
macro_rules! by_version {
    ($version:expr, {
        v16 => $v16:expr, v201 => $v201:expr, v21 => $v21:expr, other($other:ident) => $absent:expr,
    }) => {
        match $version {
            #[cfg(feature = "v16")]
            Version::V16 => $v16,
            #[cfg(feature = "v201")]
            Version::V201 => $v201,
            #[cfg(feature = "v21")]
            Version::V21 => $v21,
            #[allow(unreachable_patterns, unused_variables)] // In a build with all versions.
            $other => $absent,
        }
    };
}

/// What a call means, and what was tolerated in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard<T> {
    /// The meaning.
    pub meaning: T,
    /// What was not as the version's schema and text have it, each with the habit that explains it.
    pub findings: Vec<Finding>,
}

/// Why a call or an answer has no meaning.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Misheard {
    /// The version has no such action: answer NotImplemented.
    #[error("OCPP {version} has no action {action:?}")]
    #[allow(missing_docs)]
    UnknownAction { version: Version, action: String },
    /// The action goes the other way: answer NotSupported.
    #[error("{action} is not sent in this direction in OCPP {version}")]
    #[allow(missing_docs)]
    WrongDirection { version: Version, action: String },
    /// The payload is not what the action's schema says.
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// This build does not have the version: it has to be compiled with the feature of that version.
    #[error("this build does not have OCPP {0}: turn on its feature of ocpp-core")]
    NotBuilt(Version),
}

/// A call to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The action.
    pub action: Box<str>,
    /// The payload as JSON.
    pub payload: String,
}

/// What to answer to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A CALLRESULT with this payload.
    Payload(String),
    /// A CALLERROR NotSupported with this description.
    NotSupported(&'static str),
    /// The answer would break the rules of the version, so it is not given: a CALLERROR InternalError. What is made
    /// of the model never comes to this; raw JSON may.
    Unsayable(CannotSay),
}

/// The version has no words for this, or the words would break its rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("OCPP {version} cannot say this: {what}")]
pub struct CannotSay {
    /// The version.
    pub version: Version,
    /// What cannot be said, and what to do instead where there is something.
    pub what: Cow<'static, str>,
}

impl CannotSay {
    const fn new(version: Version, what: &'static str) -> CannotSay {
        CannotSay { version, what: Cow::Borrowed(what) }
    }
}

/// What a station has to remember between messages: the numbers of its transactions (OCPP 1.6), and the
/// status last said of each place, so that 2.x does not repeat `Occupied`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Memory {
    /// The number that the manager gave to each running transaction, by the station's own name of it.
    pub numbers: BTreeMap<Box<str>, i64>,
    /// The status last said of each place, as `evse/connector`.
    pub said: BTreeMap<Box<str>, Box<str>>,
}

/// The manager's end.
#[derive(Debug, Clone)]
pub struct Manager {
    version: Version,
    quirks: Quirks,
}

impl Manager {
    /// The end of a manager that speaks `version` and tolerates every habit.
    #[must_use]
    pub const fn new(version: Version) -> Manager {
        Manager { version, quirks: Quirks::all() }
    }

    /// The same with other habits tolerated: what a station is allowed.
    #[must_use]
    pub const fn with_quirks(self, quirks: Quirks) -> Manager {
        Manager { quirks, ..self }
    }

    const fn told<'a>(&self, text: &'a str) -> Payload<'a> {
        Payload { text, policy: Policy::of(self.version).with_quirks(self.quirks) }
    }

    /// The version that is spoken.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// What a station's CALL (or SEND) means.
    ///
    /// # Errors
    /// [`Misheard`] when the version has no such action from stations, or the payload breaks its schema.
    pub fn hear(&mut self, action: &str, payload: &str) -> Result<Heard<Fact>, Misheard> {
        by_version!(self.version, {
            v16 => v16::manager::hear(action, self.told(payload)),
            v201 => v201::manager::hear(action, self.told(payload)),
            v21 => v21::manager::hear(action, self.told(payload)),
            other(version) => Err(Misheard::NotBuilt(version)),
        })
    }

    /// What answers the call `action` that meant `fact`. [`Answer::Noted`] is put in the words that are
    /// honest for the action: an empty confirmation where there is nothing to decide, a refusal where the
    /// station asks for something that nobody here provides.
    #[must_use]
    pub fn answer(&mut self, action: &str, fact: &Fact, answer: &Answer) -> Reply {
        let reply = by_version!(self.version, {
            v16 => v16::manager::answer(action, fact, answer),
            v201 => v201::manager::answer(action, fact, answer),
            v21 => v21::manager::answer(action, fact, answer),
            other(version) => Reply::NotSupported("this build does not have this version of OCPP"),
        });
        checked_reply(self.version, action, reply)
    }

    /// The call that carries `command`.
    ///
    /// # Errors
    /// [`CannotSay`] when the version has no words for it, and when the message breaks the schema or the text
    /// of the version: what a station would be right to refuse is not sent.
    pub fn order(&mut self, command: &Command) -> Result<Said, CannotSay> {
        let said = by_version!(self.version, {
            v16 => v16::manager::order(command),
            v201 => v201::manager::order(command),
            v21 => v21::manager::order(command),
            other(version) => Err(CannotSay::new(version, "this build does not have it: turn on its feature of ocpp-core")),
        })?;
        checked(self.version, said, Direction::FromManager)
    }

    /// What a station's answer to `command` means; `action` is the one that [`Manager::order`] chose.
    ///
    /// # Errors
    /// [`Misheard::Rejected`] when the payload breaks the schema of the response.
    pub fn hear_outcome(
        &mut self,
        command: &Command,
        action: &str,
        payload: &str,
    ) -> Result<Heard<Outcome>, Misheard> {
        by_version!(self.version, {
            v16 => v16::manager::hear_outcome(command, action, self.told(payload)),
            v201 => v201::manager::hear_outcome(command, action, self.told(payload)),
            v21 => v21::manager::hear_outcome(command, action, self.told(payload)),
            other(version) => Err(Misheard::NotBuilt(version)),
        })
    }
}

/// The charging station's end.
#[derive(Debug, Clone)]
pub struct Station {
    version: Version,
    quirks: Quirks,
    memory: Memory,
}

impl Station {
    /// The end of a station that speaks `version`, remembers `memory` and tolerates every habit.
    #[must_use]
    pub const fn new(version: Version, memory: Memory) -> Station {
        Station { version, quirks: Quirks::all(), memory }
    }

    /// The same with other habits tolerated: what a manager is allowed.
    #[must_use]
    pub fn with_quirks(self, quirks: Quirks) -> Station {
        Station { quirks, ..self }
    }

    const fn told<'a>(&self, text: &'a str) -> Payload<'a> {
        Payload { text, policy: Policy::of(self.version).with_quirks(self.quirks) }
    }

    /// The version that is spoken.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// What has to outlive a restart.
    #[must_use]
    pub const fn memory(&self) -> &Memory {
        &self.memory
    }

    /// The call that carries `fact`, at the moment when it is sent (not when it is queued: the number of a
    /// transaction may only become known in between). `None` when the version says nothing at this point, as
    /// 1.6 of a change of the charging state, or 2.x of a port that is still occupied.
    ///
    /// # Errors
    /// [`CannotSay`] when the fact cannot be told without breaking the schema or the text of the version, such as
    /// a token with characters that identifiers do not have. It never can: saying it later is no use.
    pub fn say(&mut self, fact: &Fact) -> Result<Option<Said>, CannotSay> {
        let said = by_version!(self.version, {
            v16 => v16::station::say(&mut self.memory, fact),
            v201 => v201::station::say(&mut self.memory, fact),
            v21 => v21::station::say(&mut self.memory, fact),
            other(version) => Ok(None),
        })?;
        said.map(|said| checked(self.version, said, Direction::FromStation)).transpose()
    }

    /// What the manager's answer to the call that carried `fact` means.
    ///
    /// # Errors
    /// [`Misheard::Rejected`] when the payload breaks the schema of the response.
    pub fn hear_answer(
        &mut self,
        fact: &Fact,
        action: &str,
        payload: &str,
    ) -> Result<Heard<Answer>, Misheard> {
        let told = self.told(payload);
        by_version!(self.version, {
            v16 => v16::station::hear_answer(&mut self.memory, fact, action, told),
            v201 => v201::station::hear_answer(fact, action, told),
            v21 => v21::station::hear_answer(fact, action, told),
            other(version) => Err(Misheard::NotBuilt(version)),
        })
    }

    /// What a manager's CALL means.
    ///
    /// # Errors
    /// [`Misheard`] when the version has no such action from managers, or the payload breaks its schema.
    pub fn hear(&mut self, action: &str, payload: &str) -> Result<Heard<Command>, Misheard> {
        by_version!(self.version, {
            v16 => v16::station::hear(&self.memory, action, self.told(payload)),
            v201 => v201::station::hear(action, self.told(payload)),
            v21 => v21::station::hear(action, self.told(payload)),
            other(version) => Err(Misheard::NotBuilt(version)),
        })
    }

    /// What answers the call `action` that meant `command`.
    #[must_use]
    pub fn answer(&mut self, action: &str, command: &Command, outcome: &Outcome) -> Reply {
        let reply = by_version!(self.version, {
            v16 => v16::station::answer(action, command, outcome),
            v201 => v201::station::answer(action, command, outcome),
            v21 => v21::station::answer(action, command, outcome),
            other(version) => Reply::NotSupported("this build does not have this version of OCPP"),
        });
        checked_reply(self.version, action, reply)
    }
}

/// A payload as it came, and how strictly it is read.
#[derive(Clone, Copy)]
struct Payload<'a> {
    text: &'a str,
    policy: Policy,
}

/// Reads a payload and says what it means.
fn read<T: Message, M>(json: Payload<'_>, meaning: impl FnOnce(T) -> M) -> Result<Heard<M>, Misheard> {
    let inbound = crate::inbound::read_by::<T>(json.text, json.policy)?;
    Ok(Heard { meaning: meaning(inbound.value), findings: inbound.findings })
}

/// The same for a call of a station with values that may have no meaning here: then it is carried as it came.
#[cfg(any(feature = "v201", feature = "v21"))]
fn read_fact<T: Message>(
    action: &str,
    json: Payload<'_>,
    meaning: impl FnOnce(T) -> Option<Fact>,
) -> Result<Heard<Fact>, Misheard> {
    let Heard { meaning, findings } = read(json, meaning)?;
    let unmapped = || Fact::Unmapped { action: action.into(), payload: json.text.into() };
    Ok(Heard { meaning: meaning.unwrap_or_else(unmapped), findings })
}

/// The same for a call of a manager.
fn read_command<T: Message>(
    action: &str,
    json: Payload<'_>,
    meaning: impl FnOnce(T) -> Option<Command>,
) -> Result<Heard<Command>, Misheard> {
    let Heard { meaning, findings } = read(json, meaning)?;
    let unmapped = || Command::Unmapped { action: action.into(), payload: json.text.into() };
    Ok(Heard { meaning: meaning.unwrap_or_else(unmapped), findings })
}

/// An optional value with a meaning; `None` when it is there and has none.
#[allow(clippy::option_option)]
fn optional<T, M>(value: Option<&T>, meaning: impl FnOnce(&T) -> Option<M>) -> Option<Option<M>> {
    value.map_or(Some(None), |value| meaning(value).map(Some))
}

fn said<T: Message>(action: &str, request: &T) -> Said {
    Said { action: action.into(), payload: write(request) }
}

fn payload<T: Message>(response: &T) -> Reply {
    Reply::Payload(write(response))
}

/// A call that keeps to the rules of its version. An action that the version does not have is a vendor's own:
/// there is no rule to check it by.
fn checked(version: Version, said: Said, from: Direction) -> Result<Said, CannotSay> {
    let Some(action) = actions(version).iter().find(|known| known.name == &*said.action) else {
        return Ok(said);
    };
    if action.direction != Direction::Both && action.direction != from {
        let others = if from == Direction::FromManager { "stations" } else { "managers" };
        let what = alloc::format!("only {others} send {}", action.name);
        return Err(CannotSay { version, what: what.into() });
    }
    check(version, &action.request, &said.payload).map(|()| said)
}

/// An answer that keeps to the rules of its version.
fn checked_reply(version: Version, action: &str, reply: Reply) -> Reply {
    let known = actions(version).iter().find(|known| known.name == action);
    match (&reply, known.and_then(|known| known.response)) {
        (Reply::Payload(json), Some(shape)) => match check(version, &shape, json) {
            Ok(()) => reply,
            Err(cannot) => Reply::Unsayable(cannot),
        },
        _ => reply,
    }
}

fn check(version: Version, shape: &Shape, json: &str) -> Result<(), CannotSay> {
    let sentence = Rejected { findings: violations(version, shape, json) }.to_string();
    if sentence.is_empty() { Ok(()) } else { Err(CannotSay { version, what: sentence.into() }) }
}

const fn actions(version: Version) -> &'static [ActionInfo] {
    by_version!(version, {
        v16 => crate::v16::ACTIONS,
        v201 => crate::v201::ACTIONS,
        v21 => crate::v21::ACTIONS,
        other(_version) => &[],
    })
}

fn short(name: &str) -> String {
    name.chars().take(64).collect()
}

/// Checks that the version has an action, and that it goes this way.
fn check_action(
    version: Version,
    actions: &[ActionInfo],
    name: &str,
    goes_this_way: impl Fn(Direction) -> bool,
) -> Result<(), Misheard> {
    match actions.iter().find(|known| known.name == name) {
        Some(known) if goes_this_way(known.direction) => Ok(()),
        Some(_) => Err(Misheard::WrongDirection { version, action: name.into() }),
        // Names come from outside and go into messages and logs.
        None => Err(Misheard::UnknownAction { version, action: short(name) }),
    }
}

impl From<ParseError> for Misheard {
    fn from(error: ParseError) -> Misheard {
        match error {
            ParseError::Rejected(rejected) => Misheard::Rejected(rejected),
            // The action has been looked up before; what has no payload of this kind goes the other way.
            ParseError::UnknownAction(action) => Misheard::WrongDirection { version: Version::V21, action },
        }
    }
}

fn transfer_status(status: &str) -> TransferStatus {
    match status {
        "Accepted" => TransferStatus::Accepted,
        "UnknownMessageId" => TransferStatus::UnknownMessage,
        "UnknownVendorId" => TransferStatus::UnknownVendor,
        _ => TransferStatus::Rejected,
    }
}

/// A status of any response, as far as its word tells; what is unknown counts as a refusal.
fn verdict(status: &str) -> Verdict {
    match status {
        "Accepted" | "Unlocked" => Verdict::Accepted,
        "Scheduled" => Verdict::Scheduled,
        "NotSupported" | "NotImplemented" | "NotSupportedAttributeType" => Verdict::NotSupported,
        "NoProfiles" | "NoProfile" | "NoTariff" | "NotFound" | "EmptyResultSet" => Verdict::NothingFits,
        "RebootRequired" => Verdict::RebootRequired,
        "UnlockFailed" | "Failed" => Verdict::Failed,
        "Occupied" | "OngoingAuthorizedTransaction" => Verdict::Occupied,
        "Faulted" => Verdict::Faulted,
        "Unavailable" => Verdict::Unavailable,
        "VersionMismatch" => Verdict::VersionMismatch,
        "UnknownComponent" | "UnknownVariable" | "UnknownConnector" => Verdict::Unknown,
        _ => Verdict::Rejected,
    }
}

/// A version of a local list; 0 and below are none.
fn list_version(number: i32) -> Option<NonZeroU32> {
    NonZeroU32::new(u32::try_from(number).ok()?)
}

/// What a station says of its local list; a number below 0 means `negative`.
fn held_list(number: i32, negative: HeldList) -> HeldList {
    match list_version(number) {
        Some(version) => HeldList::Version(version),
        None if number < 0 => negative,
        None => HeldList::Nothing,
    }
}
