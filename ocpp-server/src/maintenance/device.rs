//! The device model of stations (block B): what is known of their settings, reading and changing them in as many
//! messages as a station needs, and reports.
//!
//! What a station says is kept, whoever asked: answers here, reports when they arrive (`handle`). Passwords are
//! never kept.

mod known;
mod learn;
mod many;
mod report;
mod split;

use std::collections::VecDeque;

use jiff::Timestamp;
use ocpp_core::dialect::Manager;
use ocpp_core::model::{
    AttributeKind, Cause, Command, Outcome, Scope, Setting, SettingAttribute, SettingChange, SettingResult,
    StationId, Verdict,
};
use ocpp_core::types::Version;

pub(super) use known::key_of;
pub use known::{SettingFilter, SettingRow};
pub use many::MAX_STATIONS;
pub use report::Ask;

use super::giving::{Given, give};
use crate::Csms;
use crate::catalogue::{NoCounterpart, name, translate};
use crate::store::{CommitError, ReadError};
use split::{Limits, Message};

/// How many settings may be read or changed by one operation.
pub const MAX_ITEMS: usize = 1_000;

/// Why something was not done. The sentences are for operators.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// There is no such thing.
    #[error("There is no {what} {id:?}.")]
    #[allow(missing_docs)]
    Unknown { what: &'static str, id: String },
    /// A value is wrong.
    #[error("{sentence}")]
    #[allow(missing_docs)]
    Invalid { pointer: String, sentence: String },
    /// There is one already.
    #[error("There is a template {0:?} already.")]
    Exists(String),
    /// The station is not connected.
    #[error("The station is not connected: try again when it is.")]
    NotConnected,
    /// Somebody else changed it in the meantime.
    #[error("Somebody else has changed this in the meantime: try again.")]
    Conflict,
    /// The store failed.
    #[error("The database fails: {0}. Try again later.")]
    Store(String),
}

impl DeviceError {
    pub(super) fn unknown(what: &'static str, id: &str) -> DeviceError {
        DeviceError::Unknown { what, id: id.chars().take(64).collect() }
    }

    pub(super) fn invalid(pointer: impl Into<String>, sentence: impl Into<String>) -> DeviceError {
        DeviceError::Invalid { pointer: pointer.into(), sentence: sentence.into() }
    }
}

impl From<ReadError> for DeviceError {
    fn from(error: ReadError) -> DeviceError {
        DeviceError::Store(error.to_string())
    }
}

impl From<CommitError> for DeviceError {
    fn from(error: CommitError) -> DeviceError {
        match error {
            CommitError::Conflict { .. } => DeviceError::Conflict,
            other => DeviceError::Store(other.to_string()),
        }
    }
}

/// What became of one setting that was to be read or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemResult {
    /// The setting, as it was asked for.
    pub asked: Setting,
    /// Its name in the words of the station's version, where it has one.
    pub said: Option<Setting>,
    /// Which of its values.
    pub attribute: AttributeKind,
    /// What became of it.
    pub word: ItemWord,
}

impl ItemResult {
    /// Whether the station did what was asked, now or after a restart.
    #[must_use]
    pub fn is_success(&self) -> bool {
        matches!(&self.word, ItemWord::Answered { verdict, .. } if verdict.is_success())
    }
}

/// What became of one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemWord {
    /// The station's word on it, with the value where it was read.
    #[allow(missing_docs)]
    Answered { verdict: Verdict, value: Option<Box<str>>, cause: Option<Cause> },
    /// It cannot be said to this station; nothing was sent.
    #[allow(missing_docs)]
    CannotSay { why: String },
    /// The station gave no answer to it.
    #[allow(missing_docs)]
    NotAnswered { why: String },
}

/// The settings of a manager's stations. Clones are the same.
#[derive(Clone)]
pub struct DeviceModels {
    pub(super) csms: Csms,
}

/// One setting of an operation on its way.
struct Item {
    asked: Setting,
    said: Setting,
    attribute: AttributeKind,
    /// The new value of one that is changed.
    value: Option<Box<str>>,
}

impl DeviceModels {
    /// The settings of the stations of a manager.
    #[must_use]
    pub const fn new(csms: Csms) -> DeviceModels {
        DeviceModels { csms }
    }

    /// Reads settings, named in the words of any version, in as many messages as the station needs (B06). What it
    /// says is kept. There is a result for each, in the same order.
    ///
    /// # Errors
    /// [`DeviceError`]; what was read until then is kept.
    pub async fn read(
        &self,
        station: &StationId,
        wanted: &[SettingAttribute],
        by: &str,
    ) -> Result<Vec<ItemResult>, DeviceError> {
        check_count(wanted.len())?;
        let version = self.connected_version(station)?;
        let said = wanted.iter().map(|one| {
            let change =
                SettingChange { attribute: one.attribute, ..SettingChange::new(one.setting.clone(), "") };
            (&one.setting, one.attribute, None, in_words_of(&change, version))
        });
        self.carry_out(station, version, Message::Read, said, by).await
    }

    /// Changes settings, named in the words of any version, in as many messages as the station needs (B05). What it
    /// takes is kept, and what needs a restart is remembered until it boots. There is a result for each, in the
    /// same order.
    ///
    /// # Errors
    /// [`DeviceError`]; what was changed until then is kept.
    pub async fn change(
        &self,
        station: &StationId,
        changes: &[SettingChange],
        by: &str,
    ) -> Result<Vec<ItemResult>, DeviceError> {
        check_count(changes.len())?;
        let version = self.connected_version(station)?;
        let said = changes.iter().map(|change| {
            (&change.setting, change.attribute, Some(&change.value), in_words_of(change, version))
        });
        self.carry_out(station, version, Message::Change, said, by).await
    }

    /// Sends what can be said, and puts the results in the order of what was asked.
    async fn carry_out<'a>(
        &self,
        station: &StationId,
        version: Version,
        message: Message,
        said: impl Iterator<
            Item = (&'a Setting, AttributeKind, Option<&'a Box<str>>, Result<SettingChange, NoCounterpart>),
        >,
        by: &str,
    ) -> Result<Vec<ItemResult>, DeviceError> {
        let mut results: Vec<Option<ItemResult>> = Vec::new();
        let mut items = Vec::new();
        for (asked, attribute, value, said) in said {
            match said {
                Ok(said) => {
                    let value = value.map(|_| said.value);
                    let item = Item { asked: asked.clone(), said: said.setting, attribute, value };
                    match Manager::new(version).order(&message.of([&item])) {
                        Ok(_) => {
                            items.push((results.len(), item));
                            results.push(None);
                        }
                        Err(why) => results.push(Some(cannot_say(item.asked, attribute, why.to_string()))),
                    }
                }
                Err(why) => results.push(Some(cannot_say(asked.clone(), attribute, why.to_string()))),
            }
        }
        let limits = self.limits(station, version, message, items.len()).await?;
        Run { devices: self, station, message, by, limits, refused_alone: 0 }
            .all(items, &mut results)
            .await?;
        Ok(results.into_iter().flatten().collect())
    }

    fn connected_version(&self, station: &StationId) -> Result<Version, DeviceError> {
        self.csms.stations().version(station).ok_or(DeviceError::NotConnected)
    }

    /// The version that a station speaks, or spoke last.
    pub(super) async fn version(&self, station: &StationId) -> Result<Version, DeviceError> {
        if let Some(version) = self.csms.stations().version(station) {
            return Ok(version);
        }
        let kept = self.csms.store().station(station).await?;
        kept.map(|kept| kept.version).ok_or_else(|| DeviceError::unknown("station", station.as_str()))
    }

    fn now(&self) -> Timestamp {
        self.csms.now()
    }
}

/// How many settings in a row a station may refuse, each by itself, before it is left alone.
const MAX_REFUSED_ALONE: u32 = 3;

/// An operation under way.
struct Run<'a> {
    devices: &'a DeviceModels,
    station: &'a StationId,
    message: Message,
    by: &'a str,
    limits: Limits,
    /// How many settings in a row were refused that were alone in their message.
    refused_alone: u32,
}

/// What follows from one message.
enum Next {
    /// These are done.
    Done,
    /// These have to be sent in smaller messages.
    Again(Vec<(usize, Item)>),
    /// The station is to be left alone.
    GiveUp(String),
}

impl Run<'_> {
    async fn all(
        mut self,
        items: Vec<(usize, Item)>,
        results: &mut [Option<ItemResult>],
    ) -> Result<(), DeviceError> {
        let mut rest: VecDeque<(usize, Item)> = items.into();
        while !rest.is_empty() {
            let batch = self.limits.take(&mut rest);
            match self.one(batch, results).await? {
                Next::Done => {}
                Next::Again(batch) => batch.into_iter().rev().for_each(|item| rest.push_front(item)),
                Next::GiveUp(why) => {
                    rest.drain(..).for_each(|(at, item)| put(results, at, not_answered(item, &why)));
                }
            }
        }
        Ok(())
    }

    async fn one(
        &mut self,
        batch: Vec<(usize, Item)>,
        results: &mut [Option<ItemResult>],
    ) -> Result<Next, DeviceError> {
        let command = self.message.of(batch.iter().map(|(_, item)| item));
        let given = give(&self.devices.csms, self.station, command, self.by).await;
        match &given {
            Given::Answered(Outcome::Settings(told)) => {
                self.refused_alone = 0;
                self.devices.learn_answer(self.station, self.message, &batch, told).await?;
                batch.into_iter().for_each(|(at, item)| put(results, at, answered(item, told)));
                return Ok(Next::Done);
            }
            Given::NotConnected if results.iter().all(Option::is_none) => {
                return Err(DeviceError::NotConnected);
            }
            // It takes less at once than it says, if it says anything (B05.FR.11, B06.FR.16).
            Given::Refused(_) if batch.len() > 1 => {
                self.limits.halve(batch.len());
                return Ok(Next::Again(batch));
            }
            Given::Refused(_) => self.refused_alone += 1,
            _ => {}
        }
        let why = given.why();
        batch.into_iter().for_each(|(at, item)| put(results, at, not_answered(item, &why)));
        // One that is refused says nothing of the next ones; silence does.
        let goes_on = match given {
            Given::Refused(_) => self.refused_alone < MAX_REFUSED_ALONE,
            Given::Answered(_) => true,
            Given::NotConnected | Given::Unclear(_) => false,
        };
        Ok(if goes_on { Next::Done } else { Next::GiveUp(why) })
    }
}

impl Message {
    /// The order that reads or changes these.
    fn of<'a>(self, items: impl IntoIterator<Item = &'a Item>) -> Command {
        match self {
            Message::Read => {
                let these = items
                    .into_iter()
                    .map(|item| SettingAttribute { setting: item.said.clone(), attribute: item.attribute });
                Command::ReadSettings(Scope::Attributes(these.collect()))
            }
            Message::Change => {
                let changes = items.into_iter().map(|item| SettingChange {
                    setting: item.said.clone(),
                    attribute: item.attribute,
                    value: item.value.clone().unwrap_or_default(),
                });
                Command::ChangeSettings(changes.collect())
            }
        }
    }
}

fn cannot_say(asked: Setting, attribute: AttributeKind, why: String) -> ItemResult {
    ItemResult { asked, said: None, attribute, word: ItemWord::CannotSay { why } }
}

/// A change in the words of a version. A vendor's own setting is known to nobody, so it is said as it stands where
/// the version has settings of its form.
pub(super) fn in_words_of(change: &SettingChange, version: Version) -> Result<SettingChange, NoCounterpart> {
    let translated = translate(change, version);
    match (&translated, &change.setting) {
        (Err(NoCounterpart::Setting { .. }), Setting::Variable { .. }) if version.is_2x() => {
            Ok(change.clone())
        }
        _ => translated,
    }
}

fn check_count(count: usize) -> Result<(), DeviceError> {
    match count {
        0 => Err(DeviceError::invalid("/settings", "Name at least one setting.")),
        1..=MAX_ITEMS => Ok(()),
        _ => Err(DeviceError::invalid("/settings", format!("Name at most {MAX_ITEMS} settings at once."))),
    }
}

fn put(results: &mut [Option<ItemResult>], at: usize, result: ItemResult) {
    if let Some(place) = results.get_mut(at) {
        *place = Some(result);
    }
}

/// What the station said of an item; stations exist that leave some out.
fn answered(item: Item, told: &[SettingResult]) -> ItemResult {
    let of_item = |result: &&SettingResult| is_about(result, &item);
    match told.iter().find(of_item) {
        Some(result) => {
            let (verdict, cause) = (result.verdict, result.cause.clone());
            let value = result.value.clone().filter(|_| item.value.is_none());
            let value = if item.said.is_secret() { value.map(|_| Box::from("***")) } else { value };
            let word = ItemWord::Answered { verdict, value, cause };
            ItemResult { asked: item.asked, said: Some(item.said), attribute: item.attribute, word }
        }
        None => not_answered(item, "the station answered, but not to this"),
    }
}

fn is_about(result: &SettingResult, item: &Item) -> bool {
    result.attribute == item.attribute && name(&result.setting).eq_ignore_ascii_case(&name(&item.said))
}

fn not_answered(item: Item, why: &str) -> ItemResult {
    let word = ItemWord::NotAnswered { why: why.to_owned() };
    ItemResult { asked: item.asked, said: Some(item.said), attribute: item.attribute, word }
}
