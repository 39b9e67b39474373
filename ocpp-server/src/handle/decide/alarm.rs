//! Raising and clearing alarms.

use std::collections::BTreeMap;

use ocpp_core::model::EventSeverity;

use super::{Advice, Decision, event};
use crate::domain::{Alarm, AlarmState, AlarmSubject, EventKind, Record, Revision};
use crate::handle::StationState;
use crate::store::Change;

/// What is wrong.
pub(super) struct Wrong {
    pub(super) subject: AlarmSubject,
    pub(super) severity: EventSeverity,
    pub(super) text: String,
    pub(super) detail: Option<String>,
    pub(super) event: Option<i64>,
    pub(super) cause: Option<i64>,
    /// How the alarm stands from now on.
    pub(super) state: AlarmState,
}

/// The alarms of a station while something is decided.
pub(super) struct Board<'a> {
    state: &'a StationState,
    advice: &'a Advice,
    before: BTreeMap<String, Alarm>,
    now: BTreeMap<String, Alarm>,
}

impl<'a> Board<'a> {
    pub(super) fn new(state: &'a StationState, advice: &'a Advice, known: &[Alarm]) -> Board<'a> {
        let before: BTreeMap<_, _> = known.iter().map(|alarm| (alarm.name(), alarm.clone())).collect();
        Board { state, advice, now: before.clone(), before }
    }

    /// Raises the alarm about something, or counts it once more. What stood all the time stays acknowledged.
    pub(super) fn raise(&mut self, wrong: Wrong) {
        let name = wrong.subject.name();
        if !self.now.contains_key(&name) && !self.has_room() {
            return self.raise_more();
        }
        let before = self.now.get(&name);
        let alarm = Alarm {
            station: self.state.station.id.clone(),
            subject: wrong.subject,
            revision: self.stored(&name),
            severity: wrong.severity,
            text: clip(&wrong.text),
            detail: wrong.detail.as_deref().map(clip),
            count: before.map_or(1, |alarm| alarm.count.saturating_add(1)),
            since: before.map_or(self.advice.now, |alarm| alarm.since),
            last_at: self.advice.now,
            event: wrong.event,
            cause: wrong.cause,
            acknowledged: before
                .filter(|alarm| alarm.state == AlarmState::Standing)
                .and_then(|alarm| alarm.acknowledged.clone()),
            state: wrong.state,
        };
        self.now.insert(name, alarm);
    }

    /// The revision that the store has of an alarm: it may be cleared and raised in one message.
    fn stored(&self, name: &str) -> Revision {
        self.before.get(name).map_or_else(Revision::default, |alarm| alarm.revision)
    }

    /// What an alarm is about is in order again.
    pub(super) fn clear(&mut self, subject: &AlarmSubject) {
        let name = subject.name();
        let Some(alarm) = self.now.remove(&name) else { return };
        if let Some(alarm) = alarm.clear(self.advice.now) {
            self.now.insert(name, alarm);
        }
    }

    /// Makes room: the oldest one that is in order again goes.
    fn has_room(&mut self) -> bool {
        let mut listed = self.now.iter().filter(|(_, alarm)| alarm.subject != AlarmSubject::More);
        if listed.clone().count() < Alarm::MAX_PER_STATION {
            return true;
        }
        let over = listed.by_ref().filter(|(_, alarm)| alarm.state != AlarmState::Standing);
        let oldest = over.min_by_key(|(_, alarm)| alarm.last_at).map(|(name, _)| name.clone());
        oldest.is_some_and(|name| self.now.remove(&name).is_some())
    }

    /// Says that there are more than are listed.
    fn raise_more(&mut self) {
        let name = AlarmSubject::More.name();
        let before = self.now.get(&name);
        let alarm = Alarm {
            station: self.state.station.id.clone(),
            subject: AlarmSubject::More,
            revision: self.stored(&name),
            severity: EventSeverity::ERROR,
            text: format!("The station has more than {} alarms: look at its events", Alarm::MAX_PER_STATION),
            detail: None,
            count: before.map_or(1, |alarm| alarm.count.saturating_add(1)),
            since: before.map_or(self.advice.now, |alarm| alarm.since),
            last_at: self.advice.now,
            event: None,
            cause: None,
            acknowledged: None,
            state: AlarmState::Happened,
        };
        self.now.insert(name, alarm);
    }

    /// Writes down what changed. An alarm that is merely counted once more is not told again.
    pub(super) fn finish(self, decision: &mut Decision) {
        let gone = self.before.iter().filter(|(name, _)| !self.now.contains_key(*name));
        for (_, alarm) in gone {
            decision.changes.push(Change::remove(alarm));
            decision.events.push(event(self.state, self.advice, told(alarm, "gone")));
        }
        for (name, alarm) in &self.now {
            let before = self.before.get(name);
            if before == Some(alarm) {
                continue;
            }
            decision.changes.push(Change::put(alarm));
            let stood = before.is_some_and(|before| {
                before.state.name() == alarm.state.name() && before.severity == alarm.severity
            });
            if !stood {
                decision.events.push(event(self.state, self.advice, told(alarm, alarm.state.name())));
            }
        }
    }
}

pub(super) fn told(alarm: &Alarm, state: &str) -> EventKind {
    EventKind::AlarmChanged {
        alarm: alarm.key(),
        state: state.to_owned(),
        severity: alarm.severity,
        text: alarm.text.clone(),
    }
}

/// Texts of stations are bounded by their messages, and by what a line of a list can show.
fn clip(text: &str) -> String {
    text.chars().take(600).collect()
}
