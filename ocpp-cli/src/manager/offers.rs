//! What a station can be ordered: by the version that it speaks, by what it reported of itself, and by what it said to
//! orders. Whatever speaks against an order, it can be given.

mod reported;

use std::collections::BTreeMap;

use jiff::Timestamp;
use ocpp_core::model::{Command, StationId};
use ocpp_core::types::Version;
use ocpp_server::domain::{Ending, OrderEntry, OrderState};
use ocpp_server::store::ReadError;

use super::App;
use crate::orders::{self, Words, words_of};
use reported::ReportedFeatures;

/// How many of the latest orders are looked through for what a station has said of itself.
const LOOKED_THROUGH: usize = 200;

/// An order of the model, and whether a station can be given it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    /// Its name in JSON.
    pub(crate) name: &'static str,
    /// What people call it.
    pub(crate) title: String,
    /// Why the station cannot do it; `None` when nothing speaks against it.
    pub(crate) why_not: Option<String>,
}

/// What is known of a station that matters for its orders.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Knowledge {
    /// The version that it speaks, or spoke last.
    pub(crate) version: Option<Version>,
    /// Orders that it answered by saying that it has no such thing, with when and how.
    refused: BTreeMap<String, String>,
    /// What it reported of the parts of OCPP that it has.
    reported: ReportedFeatures,
}

impl Knowledge {
    /// Reads what is known of a station.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn of(app: &App, station: &StationId) -> Result<Knowledge, ReadError> {
        let known = app.csms.store().station(station).await?;
        let version = app.csms.stations().version(station).or(known.map(|station| station.version));
        let latest = app.csms.desk().orders(station, None, LOOKED_THROUGH).await?;
        let reported = ReportedFeatures::of(app, station, version).await?;
        Ok(Knowledge { version, refused: refused(&latest), reported })
    }

    /// All orders of the model, with what speaks against each.
    pub(crate) fn offers(&self) -> Vec<Offer> {
        let offer =
            |name: &&'static str| Offer { name, title: Words::title_of(name), why_not: self.why_not(name) };
        orders::names().iter().map(offer).collect()
    }

    /// Why the station cannot be given an order of the model.
    pub(crate) fn why_not(&self, name: &str) -> Option<String> {
        let by_version = self.version.and_then(|version| orders::can_say(version, name).err());
        by_version
            .or_else(|| self.refused.get(name).cloned())
            .or_else(|| self.reported.why_not(words_of(name).feature))
    }
}

/// The orders to which the latest word of the station was that it does not know or support them.
fn refused(latest_first: &[OrderEntry]) -> BTreeMap<String, String> {
    let mut said: BTreeMap<String, Option<String>> = BTreeMap::new();
    for order in latest_first {
        if let OrderState::Ended { at, ending } = &order.state {
            let word = match ending {
                Ending::Refused { code, .. } if is_lack(code) => Some(sentence(*at, code)),
                Ending::Answered { .. } => None,
                _ => continue,
            };
            said.entry(name_of(&order.command)).or_insert(word);
        }
    }
    said.into_iter().filter_map(|(name, word)| Some((name, word?))).collect()
}

fn is_lack(code: &str) -> bool {
    matches!(code, "NotImplemented" | "NotSupported")
}

fn sentence(at: Timestamp, code: &str) -> String {
    format!("the station said {code} to this on {}", at.strftime("%Y-%m-%d"))
}

/// The name of an order: of the model, or the action.
pub(crate) fn name_of(command: &Command) -> String {
    if let Command::Unmapped { action, .. } = command {
        return action.to_string();
    }
    let json = serde_json::to_value(command).unwrap_or_default();
    orders::parts_of(&json).map(|(name, _)| name.to_owned()).unwrap_or_default()
}

/// What people call an order.
pub(crate) fn title_of(command: &Command) -> String {
    match command {
        Command::Unmapped { action, .. } => action.to_string(),
        command => Words::title_of(&name_of(command)),
    }
}
