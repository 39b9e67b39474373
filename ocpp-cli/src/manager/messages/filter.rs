//! Which lines of the message log are sought, as people and programs write it.

use jiff::Timestamp;
use ocpp_core::model::StationId;
use ocpp_core::{v16, v21, v201};
use ocpp_server::message_log::{Cursor, MAX_LIMIT, MessageLog, Order, Query, Way};

/// The longest text to search for, in bytes.
const MAX_TEXT: usize = 1000;
/// The longest action, in bytes.
const MAX_ACTION: usize = 510;

/// What is sought, as it was written. What is left out does not matter.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) station: Option<String>,
    pub(crate) action: Option<String>,
    pub(crate) way: Option<Way>,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    /// A part of the frame as it is stored.
    pub(crate) text: Option<String>,
    /// A card at hand, which is in the log by its pseudonym. Whoever may not see tokens may not ask for one.
    pub(crate) token: Option<String>,
    pub(crate) order: Order,
    pub(crate) after: Option<String>,
    pub(crate) limit: Option<usize>,
}

/// What is wrong with a filter, in a sentence that names it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct BadFilter(String);

impl Filter {
    /// What the log is asked for.
    pub(super) fn query(&self, log: &MessageLog) -> Result<Query, BadFilter> {
        let (from, to) = (moment("from", self.from.as_deref())?, moment("to", self.to.as_deref())?);
        if from.zip(to).is_some_and(|(from, to)| from >= to) {
            return Err(BadFilter("from has to be before to.".to_owned()));
        }
        let usual = Query::default();
        let limit = self.limit.unwrap_or(usual.limit);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(BadFilter(format!("limit is {limit}: choose 1 to {MAX_LIMIT}.")));
        }
        Ok(Query {
            station: self.station.as_deref().map(station).transpose()?,
            from,
            to,
            action: self.action.as_deref().map(action).transpose()?,
            way: self.way,
            text: self.text(log)?,
            order: self.order,
            limit,
            after: self.after.as_deref().map(cursor).transpose()?,
        })
    }

    fn text(&self, log: &MessageLog) -> Result<Option<String>, BadFilter> {
        let sentence = |sentence: &str| Err(BadFilter(sentence.to_owned()));
        match (&self.text, &self.token) {
            (Some(_), Some(_)) => sentence("text and token cannot be sought together: choose one of them."),
            (Some(text), None) if text.is_empty() => sentence("text is empty: leave it out."),
            (Some(text), None) if text.len() > MAX_TEXT => {
                sentence("text has more than 1000 bytes: search for a shorter part.")
            }
            (Some(text), None) => Ok(Some(text.clone())),
            (None, Some(token)) if token.trim().is_empty() || token.len() > 255 => {
                sentence("token is to be the value of a card, 1 to 255 characters.")
            }
            (None, Some(token)) => Ok(Some(log.pseudonym(token.trim()))),
            (None, None) => Ok(None),
        }
    }
}

/// The way of this name.
///
/// # Errors
/// [`BadFilter`] when there is none.
pub(crate) fn way_named(name: &str) -> Result<Way, BadFilter> {
    match name {
        "in" => Ok(Way::FromStation),
        "out" => Ok(Way::ToStation),
        other => {
            let sentence = format!("way is {:?}: choose in (from the station) or out (to it).", cut(other));
            Err(BadFilter(sentence))
        }
    }
}

/// The order of this name.
///
/// # Errors
/// [`BadFilter`] when there is none.
pub(crate) fn order_named(name: &str) -> Result<Order, BadFilter> {
    match name {
        "newest_first" => Ok(Order::NewestFirst),
        "oldest_first" => Ok(Order::OldestFirst),
        other => {
            let sentence = format!("order is {:?}: choose newest_first or oldest_first.", cut(other));
            Err(BadFilter(sentence))
        }
    }
}

fn station(text: &str) -> Result<StationId, BadFilter> {
    StationId::new(text).map_err(|error| BadFilter(format!("station: {error}.")))
}

fn moment(name: &str, text: Option<&str>) -> Result<Option<Timestamp>, BadFilter> {
    let Some(text) = text else { return Ok(None) };
    text.parse().map(Some).map_err(|_| {
        let shown = cut(text);
        BadFilter(format!("{name} is {shown:?}: write a time with its zone, such as 2026-11-25T08:00:00Z."))
    })
}

/// The action as OCPP spells it. One that no version has is sought as it stands, because stations send such.
fn action(text: &str) -> Result<String, BadFilter> {
    if text.is_empty() || text.len() > MAX_ACTION || text.chars().any(char::is_control) {
        let sentence = format!("action is {:?}: write one, such as Heartbeat.", cut(text));
        return Err(BadFilter(sentence));
    }
    let mut known = v16::ACTIONS.iter().chain(v201::ACTIONS).chain(v21::ACTIONS).map(|action| action.name);
    Ok(known.find(|known| known.eq_ignore_ascii_case(text)).unwrap_or(text).to_owned())
}

fn cursor(text: &str) -> Result<Cursor, BadFilter> {
    text.parse().map_err(|_| BadFilter("after is to be the next of the page before.".to_owned()))
}

fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}
