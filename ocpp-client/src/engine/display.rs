//! Messages on the display: kept, ranked, shown in their state and their time (block O).

use std::collections::BTreeMap;
use std::time::Duration;

use ocpp_core::model::{
    ChargingState, DisplayFilter, DisplayMessage, DisplayPriority, DisplayReport, DisplayState, DisplayText,
    DisplayVerdict, Fact, Outcome, TextFormat, Verdict,
};

use super::device::table::LANGUAGES;
use super::{Engine, Record};

/// How many messages the display keeps (`DisplayMessageCtrlr.DisplayMessages`).
const MAX_MESSAGES: usize = 32;
/// How many messages one report has.
const PER_MESSAGE: usize = 10;

/// The messages by their numbers.
pub(super) type Messages = BTreeMap<i64, DisplayMessage>;

/// Orders.
impl Engine {
    /// O01, O02; one with the number of another takes its place (O06).
    pub(super) fn set_message(&mut self, now: Duration, message: &DisplayMessage) -> Outcome {
        let verdict = self.can_show(now, message);
        if verdict == DisplayVerdict::Accepted {
            if message.priority == DisplayPriority::AlwaysFront {
                // A newer one takes the place of the one in front (O01.FR.16).
                self.display.retain(|_, known| known.priority != DisplayPriority::AlwaysFront);
            }
            self.display.insert(message.id, message.clone());
            self.keep_display();
        }
        Outcome::Display { verdict, cause: None }
    }

    fn can_show(&self, now: Duration, message: &DisplayMessage) -> DisplayVerdict {
        let texts = || std::iter::once(&message.text).chain(&message.translations);
        if texts().any(|text| text.format == TextFormat::Html) {
            return DisplayVerdict::NotSupportedMessageFormat; // O01.FR.04
        }
        if message.state == Some(DisplayState::Discharging) {
            return DisplayVerdict::NotSupportedState;
        }
        if message.transaction.as_deref().is_some_and(|name| self.evse_of_transaction(name).is_none()) {
            return DisplayVerdict::UnknownTransaction; // O02.FR.01
        }
        if !texts().all(is_known_language) {
            return DisplayVerdict::LanguageNotSupported; // O01.FR.18
        }
        let is_ours = message.display.as_ref().is_none_or(|part| {
            ["Display", "DisplayMessageCtrlr"].iter().any(|name| part.component.eq_ignore_ascii_case(name))
                && part.place.is_none_or(|place| self.has_place(place))
        });
        let is_over = message.until.is_some_and(|until| until <= self.clock.at(now));
        let has_room = self.display.len() < MAX_MESSAGES || self.display.contains_key(&message.id);
        // O01.FR.11.
        if is_ours && !is_over && has_room { DisplayVerdict::Accepted } else { DisplayVerdict::Rejected }
    }

    /// O05.
    pub(super) fn clear_message(&mut self, id: i64) -> Outcome {
        if self.display.remove(&id).is_none() {
            return Outcome::Verdict(Verdict::Unknown); // O05.FR.02
        }
        self.keep_display();
        Outcome::Verdict(Verdict::Accepted)
    }

    /// O03, O04: whether there is something to report.
    pub(super) fn has_messages(&self, filter: &DisplayFilter) -> Outcome {
        let any = self.display.values().any(|message| fits(message, filter));
        Outcome::Verdict(if any { Verdict::Accepted } else { Verdict::Unknown })
    }

    pub(super) fn report_messages(&mut self, request: i32, filter: &DisplayFilter) {
        let messages: Vec<_> =
            self.display.values().filter(|message| fits(message, filter)).cloned().collect();
        let count = messages.chunks(PER_MESSAGE).len();
        for (index, piece) in messages.chunks(PER_MESSAGE).enumerate() {
            let more = index + 1 < count;
            self.queue.push(Fact::DisplayMessages(DisplayReport { request, more, messages: piece.to_vec() }));
        }
    }

    fn keep_display(&mut self) {
        self.keep(Record::Display(self.display.values().cloned().collect()));
    }
}

/// Showing.
impl Engine {
    /// The messages that the display shows now; several take turns.
    #[must_use]
    pub fn shown_messages(&self, now: Duration) -> Vec<&DisplayMessage> {
        let time = self.clock.at(now);
        let is_due = |message: &&DisplayMessage| {
            message.from.is_none_or(|from| from <= time)
                && message.until.is_none_or(|until| time < until)
                && message.state.is_none_or(|state| self.is_in(state))
        };
        let due: Vec<_> = self.display.values().filter(is_due).collect();
        let of = |priority| {
            let ranked: Vec<_> = due.iter().copied().filter(|message| message.priority == priority).collect();
            Some(ranked).filter(|ranked| !ranked.is_empty())
        };
        of(DisplayPriority::AlwaysFront)
            .or_else(|| of(DisplayPriority::InFront))
            .or_else(|| of(DisplayPriority::NormalCycle))
            .unwrap_or_default()
    }

    fn is_in(&self, state: DisplayState) -> bool {
        let charging = |wanted: ChargingState| {
            self.evses
                .values()
                .filter_map(|evse| evse.transaction.as_ref())
                .any(|running| running.charging() == wanted)
        };
        let mut evses = self.evses.values();
        match state {
            DisplayState::Charging => charging(ChargingState::Charging),
            DisplayState::Suspended => {
                charging(ChargingState::SuspendedEv) || charging(ChargingState::SuspendedEvse)
            }
            DisplayState::Faulted => evses.any(|evse| evse.is_faulted),
            DisplayState::Idle => evses.all(|evse| evse.transaction.is_none()),
            DisplayState::Unavailable => evses.all(|evse| !self.is_operative(evse.id)),
            DisplayState::Discharging => false,
        }
    }

    /// What is over is gone (O01.FR.07).
    pub(super) fn expire_messages(&mut self, now: Duration) {
        let time = self.clock.at(now);
        self.drop_messages(|message| message.until.is_some_and(|until| until <= time));
    }

    /// The messages of a transaction go with it (O02.FR.02).
    pub(super) fn forget_messages_of(&mut self, transaction: &str) {
        self.drop_messages(|message| message.transaction.as_deref() == Some(transaction));
    }

    fn drop_messages(&mut self, is_gone: impl Fn(&DisplayMessage) -> bool) {
        let before = self.display.len();
        self.display.retain(|_, message| !is_gone(message));
        if self.display.len() != before {
            self.keep_display();
        }
    }

    /// When the next message is over.
    pub(super) fn message_ends_at(&self) -> Option<Duration> {
        self.display.values().filter_map(|message| message.until).map(|until| self.clock.when(until)).min()
    }
}

fn is_known_language(text: &DisplayText) -> bool {
    let Some(language) = text.language.as_deref() else { return true };
    let primary = language.split('-').next().unwrap_or_default();
    LANGUAGES.iter().any(|known| primary.eq_ignore_ascii_case(known))
}

fn fits(message: &DisplayMessage, filter: &DisplayFilter) -> bool {
    (filter.ids.is_empty() || filter.ids.contains(&message.id))
        && filter.priority.is_none_or(|priority| priority == message.priority)
        && filter.state.is_none_or(|state| Some(state) == message.state)
}
