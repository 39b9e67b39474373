//! How much a station takes in one message.

use std::collections::VecDeque;

use ocpp_core::model::{Command, Outcome, Scope, Setting, StationId, Verdict};
use ocpp_core::types::Version;

use super::{DeviceError, DeviceModels, Item};
use crate::catalogue::name;
use crate::maintenance::giving::{Given, give};

/// The message that settings are read or changed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Message {
    Read,
    Change,
}

/// How many settings go into one message of a station that does not say how many it takes.
const USUAL_ITEMS: usize = 20;
/// What a message takes without its settings, in bytes.
const MESSAGE_BYTES: usize = 100;
/// What a setting takes without its names and value, in bytes.
const ITEM_BYTES: usize = 170;
/// Who asks.
const BY: &str = "settings";

/// How much goes into one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    items: usize,
    bytes: Option<usize>,
}

impl Limits {
    /// The settings of the next message, at least one.
    pub(super) fn take(&self, rest: &mut VecDeque<(usize, Item)>) -> Vec<(usize, Item)> {
        let mut bytes = MESSAGE_BYTES;
        let mut taken = Vec::new();
        while taken.len() < self.items
            && let Some((_, item)) = rest.front()
        {
            bytes += size_of(item);
            if !taken.is_empty() && self.bytes.is_some_and(|most| bytes > most) {
                break;
            }
            taken.extend(rest.pop_front());
        }
        taken
    }

    /// After a message of so many settings was refused.
    pub(super) fn halve(&mut self, tried: usize) {
        self.items = (tried / 2).max(1);
    }
}

/// What a setting takes of a message, in bytes, at most: a character outside of ASCII, or a quotation mark, may be
/// written as an escape.
fn size_of(item: &Item) -> usize {
    let value = item.value.as_deref().map_or(0, |value| value.len() * 2);
    ITEM_BYTES + name(&item.said).len() + value
}

impl DeviceModels {
    /// What the station says that it takes: what it reported, and otherwise what it answers when it is asked.
    pub(super) async fn limits(
        &self,
        station: &StationId,
        version: Version,
        message: Message,
        count: usize,
    ) -> Result<Limits, DeviceError> {
        if version == Version::V16 {
            let items = match message {
                Message::Change => 1,
                Message::Read if count < 2 => 1,
                Message::Read => {
                    let most = Setting::Key("GetConfigurationMaxKeys".into());
                    self.numbers(station, &[most]).await?[0].unwrap_or(USUAL_ITEMS)
                }
            };
            return Ok(Limits { items, bytes: None });
        }
        if count < 2 {
            return Ok(Limits { items: 1, bytes: None });
        }
        let action = match message {
            Message::Read => "GetVariables",
            Message::Change => "SetVariables",
        };
        let of = |variable: &str| Setting::Variable {
            component: "DeviceDataCtrlr".into(),
            component_instance: None,
            place: None,
            variable: variable.into(),
            variable_instance: Some(action.into()),
        };
        let told = self.numbers(station, &[of("ItemsPerMessage"), of("BytesPerMessage")]).await?;
        Ok(Limits { items: told[0].unwrap_or(USUAL_ITEMS), bytes: told[1] })
    }

    /// The values of settings that are numbers above 0, as they are known; what is not known is asked for.
    async fn numbers<const N: usize>(
        &self,
        station: &StationId,
        settings: &[Setting; N],
    ) -> Result<[Option<usize>; N], DeviceError> {
        let known = self.values(station, settings).await?;
        let mut numbers = [None; N];
        for (number, value) in numbers.iter_mut().zip(&known) {
            *number = value.as_deref().and_then(number_of);
        }
        if numbers[0].is_some() {
            return Ok(numbers);
        }
        let command = Command::ReadSettings(Scope::These(settings.to_vec()));
        // Stations exist that do not answer this: what is usual holds.
        let Given::Answered(Outcome::Settings(told)) = give(&self.csms, station, command, BY).await else {
            return Ok(numbers);
        };
        self.learn_read(station, &told).await?;
        for (number, setting) in numbers.iter_mut().zip(settings) {
            let wanted = name(setting);
            let told = told.iter().find(|result| name(&result.setting).eq_ignore_ascii_case(&wanted));
            let value = told.filter(|result| result.verdict == Verdict::Accepted);
            *number = value.and_then(|result| result.value.as_deref()).and_then(number_of);
        }
        Ok(numbers)
    }
}

fn number_of(text: &str) -> Option<usize> {
    text.trim().parse().ok().filter(|number| *number > 0)
}
