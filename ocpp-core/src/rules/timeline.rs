//! What happened in a session, as far as it has a price.
//!
//! A [`Timeline`] takes energy registers, changes of activity and samples of power and current in any order
//! and keeps them by time. It judges nothing while it is filled: what a register that runs backwards means
//! is decided when it is read, so that a late one in between can still mend it.
//!
//! **Energy** is what the register rose since the session's first, spread evenly between two registers.
//! A register that is below an earlier one is left out and told by [`Timeline::findings`]; those outside the
//! session count as if they were at its start or end.
//!
//! **Charging time** is the time in [`Activity::Charging`]. **Idle time** begins when a transfer of energy
//! has ended: the vehicle takes none, or stays connected after charging. Before the first transfer nothing is
//! idle, and never while the station itself suspends ([`Activity::SuspendedEvse`]): that time has no price,
//! and the idle period goes on after it where it was. The next charging ends the idle period, so that every
//! period has its own grace.
//!
//! A time of which no activity is known is neither.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};

use super::tariff::EvseKind;
use crate::model::{ChargingState, PortStatus, Watts, Wh};

/// What happened in a session, as far as it has a price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timeline {
    start: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<Timestamp>,
    /// Since when the place was reserved for this session, when it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved_from: Option<Timestamp>,
    /// Which kind of EVSE it is at, when that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evse_kind: Option<EvseKind>,
    /// The brand of payment (`PaymentBrand` of the token's additional information).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_brand: Option<String>,
    /// The kind of payment (`PaymentRecognition` of the token's additional information).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_recognition: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "by_time")]
    registers: Vec<Timed<Wh>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "by_time")]
    activities: Vec<Timed<Activity>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "by_time")]
    power: Vec<Timed<Watts>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "by_time")]
    current: Vec<Timed<Decimal>>,
}

/// A value and when it was so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timed<T> {
    /// When.
    pub at: Timestamp,
    /// What.
    pub value: T,
}

/// What the vehicle and the station do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// Energy flows.
    Charging,
    /// The station offers energy, the vehicle takes none.
    SuspendedEv,
    /// The station offers no energy: nothing that the driver could change.
    SuspendedEvse,
    /// The vehicle is connected and no energy is offered: not yet, or no longer.
    Connected,
    /// The transfer is over, the vehicle still there (`Finishing` of OCPP 1.6).
    Finishing,
    /// No vehicle is connected, and the session goes on (`Idle` of OCPP 2.x).
    Disconnected,
}

impl From<ChargingState> for Activity {
    fn from(state: ChargingState) -> Activity {
        match state {
            ChargingState::Idle => Activity::Disconnected,
            ChargingState::EvConnected => Activity::Connected,
            ChargingState::Charging => Activity::Charging,
            ChargingState::SuspendedEv => Activity::SuspendedEv,
            ChargingState::SuspendedEvse => Activity::SuspendedEvse,
        }
    }
}

impl Activity {
    /// What a status of OCPP 1.6 says about a running session; `None` when it says nothing about it.
    #[must_use]
    pub const fn of_port(status: PortStatus) -> Option<Activity> {
        match status {
            PortStatus::Charging => Some(Activity::Charging),
            PortStatus::SuspendedEv => Some(Activity::SuspendedEv),
            // A fault is the station's: it offers no energy.
            PortStatus::SuspendedEvse | PortStatus::Faulted => Some(Activity::SuspendedEvse),
            PortStatus::Preparing => Some(Activity::Connected),
            PortStatus::Finishing => Some(Activity::Finishing),
            PortStatus::Available | PortStatus::Occupied | PortStatus::Reserved | PortStatus::Unavailable => {
                None
            }
        }
    }
}

/// What is odd about a timeline, and what was made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Oddity {
    /// A register below an earlier one; it was left out.
    RegisterRanBackwards {
        /// When it was read.
        at: Timestamp,
        /// What it said.
        register: Wh,
        /// The register before, which stands.
        before: Wh,
    },
    /// A register from outside the session; the one next to the session counts at its start or end, others
    /// do not count.
    RegisterOutside {
        /// When it was read.
        at: Timestamp,
        /// What it said.
        register: Wh,
    },
    /// The end is before the start; the session has no length.
    EndBeforeStart,
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Oddity::RegisterRanBackwards { at, register, before } => {
                write!(f, "the register of {at} ({register}) is below the one before ({before}); left out")
            }
            Oddity::RegisterOutside { at, register } => {
                write!(f, "the register of {at} ({register}) is from outside the session")
            }
            Oddity::EndBeforeStart => f.write_str("the session ends before it starts; it has no length"),
        }
    }
}

impl Timeline {
    /// A session that begins.
    #[must_use]
    pub const fn new(start: Timestamp) -> Timeline {
        Timeline {
            start,
            end: None,
            reserved_from: None,
            evse_kind: None,
            payment_brand: None,
            payment_recognition: None,
            registers: Vec::new(),
            activities: Vec::new(),
            power: Vec::new(),
            current: Vec::new(),
        }
    }

    /// When it began.
    #[must_use]
    pub const fn start(&self) -> Timestamp {
        self.start
    }

    /// When it ended, when it did.
    #[must_use]
    pub const fn end(&self) -> Option<Timestamp> {
        self.end
    }

    /// Begins it at another time, as when an earlier report comes late.
    pub const fn set_start(&mut self, start: Timestamp) {
        self.start = start;
    }

    /// Ends it: at the end of the transaction, or when the vehicle left if the time until then is to be
    /// priced.
    pub const fn set_end(&mut self, end: Timestamp) {
        self.end = Some(end);
    }

    /// The energy register at a moment. Of two at the same moment the later told wins.
    pub fn add_register(&mut self, at: Timestamp, register: Wh) {
        insert(&mut self.registers, at, register);
    }

    /// What the vehicle and the station do from a moment on. Of two at the same moment the later told wins.
    pub fn add_activity(&mut self, at: Timestamp, activity: Activity) {
        insert(&mut self.activities, at, activity);
    }

    /// The power from a moment on. Without any, the energy between two registers tells it.
    pub fn add_power(&mut self, at: Timestamp, power: Watts) {
        insert(&mut self.power, at, power);
    }

    /// The current over all phases in A from a moment on.
    pub fn add_current(&mut self, at: Timestamp, amperes: Decimal) {
        insert(&mut self.current, at, amperes);
    }

    /// The energy registers by time, all that were told.
    #[must_use]
    pub fn registers(&self) -> &[Timed<Wh>] {
        &self.registers
    }

    /// The activities by time.
    #[must_use]
    pub fn activities(&self) -> &[Timed<Activity>] {
        &self.activities
    }

    /// The samples of power by time.
    #[must_use]
    pub fn power(&self) -> &[Timed<Watts>] {
        &self.power
    }

    /// The samples of current by time, in A over all phases.
    #[must_use]
    pub fn current(&self) -> &[Timed<Decimal>] {
        &self.current
    }

    /// The energy of the session so far; `None` when it is beyond the range of [`Wh`].
    #[must_use]
    pub fn energy(&self) -> Option<Wh> {
        let curve = self.curve();
        match (curve.first(), curve.last()) {
            (Some(first), Some(last)) => last.value.since(first.value),
            _ => Some(Wh(0)),
        }
    }

    /// What is odd about it, by time.
    #[must_use]
    pub fn findings(&self) -> Vec<Oddity> {
        let mut found = Vec::new();
        if self.end.is_some_and(|end| end < self.start) {
            found.push(Oddity::EndBeforeStart);
        }
        let outside = |at: Timestamp| at < self.start || self.end.is_some_and(|end| at > end);
        found.extend(
            self.registers
                .iter()
                .filter(|register| outside(register.at))
                .map(|register| Oddity::RegisterOutside { at: register.at, register: register.value }),
        );
        let mut highest: Option<Wh> = None;
        for register in self.within() {
            match highest {
                Some(before) if register.value < before => found.push(Oddity::RegisterRanBackwards {
                    at: register.at,
                    register: register.value,
                    before,
                }),
                _ => highest = Some(register.value),
            }
        }
        found
    }

    /// The registers that count: within the session, never falling, strictly later each.
    pub(super) fn curve(&self) -> Vec<Timed<Wh>> {
        let mut curve: Vec<Timed<Wh>> = Vec::with_capacity(self.registers.len());
        for register in self.within() {
            if curve.last().is_none_or(|last| register.value >= last.value) {
                curve.push(register);
            }
        }
        curve
    }

    /// The registers within the session. One before the start stands at the start when none is there, one
    /// after the end at the end.
    fn within(&self) -> impl Iterator<Item = Timed<Wh>> {
        let end = self.end.map(|end| end.max(self.start));
        let first = self.registers.partition_point(|register| register.at < self.start);
        let past = match end {
            Some(end) => self.registers.partition_point(|register| register.at <= end).max(first),
            None => self.registers.len(),
        };
        let inside = self.registers.get(first..past).unwrap_or_default();
        let before = first.checked_sub(1).and_then(|index| self.registers.get(index));
        let before = before
            .filter(|_| inside.first().is_none_or(|register| register.at > self.start))
            .map(|register| Timed { at: self.start, value: register.value });
        let after = end.and_then(|end| {
            let last = inside.last().map(|register| register.at).or(before.map(|register| register.at));
            let free = last.is_none_or(|last| last < end);
            self.registers.get(past).filter(|_| free).map(|register| Timed { at: end, value: register.value })
        });
        before.into_iter().chain(inside.iter().copied()).chain(after)
    }
}

/// Puts a value at its time; at the end without a search, since most come in order.
fn insert<T>(list: &mut Vec<Timed<T>>, at: Timestamp, value: T) {
    if list.last().is_none_or(|last| last.at < at) {
        list.push(Timed { at, value });
        return;
    }
    match list.binary_search_by_key(&at, |entry| entry.at) {
        Ok(index) => list[index].value = value,
        Err(index) => list.insert(index, Timed { at, value }),
    }
}

/// What is read from outside is put in order, so that everything else may rely on it.
fn by_time<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<Timed<T>>, D::Error> {
    let told: Vec<Timed<T>> = Vec::deserialize(deserializer)?;
    let mut list = Vec::with_capacity(told.len());
    for Timed { at, value } in told {
        insert(&mut list, at, value);
    }
    Ok(list)
}
