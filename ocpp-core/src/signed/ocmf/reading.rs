//! The readings of a meter.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::BadOcmf;
use super::members::Members;
use crate::types::Number;

/// One reading. A member that is left out has the value of the reading before it in the same data set, and that
/// value stands here.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// When (TM).
    pub time: ReadingTime,
    /// Why; `None` outside of transactions (TX).
    pub reason: Option<Reason>,
    /// The value with all its digits (RV).
    pub value: Option<Number>,
    /// The register by its OBIS code (RI).
    pub register: Option<Box<str>>,
    /// The unit of the value (RU).
    pub unit: Option<Unit>,
    /// `AC` or `DC` (RT).
    pub current: Option<Box<str>>,
    /// The loss that was taken off the value already, in its unit (CL).
    pub cumulated_loss: Option<Number>,
    /// What must not be billed any more (EF).
    pub errors: ErrorFlags,
    /// The state of the meter (ST).
    pub status: Option<MeterStatus>,
}

impl Eq for Reading {}

impl Reading {
    /// The value in watt-hours, when it is an energy that can be calculated with.
    #[must_use]
    pub fn watt_hours(&self) -> Option<Decimal> {
        let value = self.value.as_ref()?.decimal()?;
        match self.unit.as_ref()? {
            Unit::WattHours => Some(value),
            Unit::KilowattHours => value.checked_mul(Decimal::ONE_THOUSAND),
            Unit::Other(_) => None,
        }
    }
}

/// The time of a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingTime {
    /// The moment.
    pub at: Timestamp,
    /// The moment as the meter wrote it, in its own offset.
    pub text: Box<str>,
    /// What the clock is worth.
    pub clock: Clock,
}

/// What the clock of a reading is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Clock {
    /// Not said, or not known (`U`).
    Unknown,
    /// For information only (`I`).
    Informative,
    /// Synchronised (`S`).
    Synchronised,
    /// The length of time is exact, the moment is not (`R`).
    Relative,
}

impl Clock {
    /// Whether time may be billed by it.
    #[must_use]
    pub const fn is_billable(self) -> bool {
        matches!(self, Clock::Synchronised | Clock::Relative)
    }
}

/// Why a reading was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The transaction begins (`B`).
    Begin,
    /// It goes on (`C`).
    Charging,
    /// An error: from here on nothing may be billed (`X`).
    Exception,
    /// It ended (`E`).
    End,
    /// It was ended at the station (`L`).
    EndedLocally,
    /// It was ended from afar (`R`).
    EndedRemotely,
    /// It was ended by an error (`A`).
    Aborted,
    /// It was ended by a power failure (`P`).
    PowerFailure,
    /// It rests (`S`).
    Suspended,
    /// The tariff changes (`T`).
    TariffChange,
}

impl Reason {
    /// Whether the transaction is over.
    #[must_use]
    pub const fn is_end(self) -> bool {
        matches!(
            self,
            Reason::End
                | Reason::EndedLocally
                | Reason::EndedRemotely
                | Reason::Aborted
                | Reason::PowerFailure
        )
    }
}

/// The unit of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// `kWh`.
    KilowattHours,
    /// `Wh`.
    WattHours,
    /// Any other: not an energy.
    Other(Box<str>),
}

/// What must not be billed any more because of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ErrorFlags {
    /// The energy (`E`), or something that OCMF has no letter for.
    pub energy: bool,
    /// The time (`t`), or something that OCMF has no letter for.
    pub time: bool,
}

impl ErrorFlags {
    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        !self.energy && !self.time
    }
}

/// The state of a meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MeterStatus {
    /// It works (`G`).
    Good,
    /// It is not there (`N`).
    NotPresent,
    /// It did not answer in time (`T`).
    Timeout,
    /// It is disconnected (`D`).
    Disconnected,
    /// It was there and is no more (`R`).
    NotFound,
    /// It was tampered with (`M`).
    Manipulated,
    /// It was replaced (`X`).
    Exchanged,
    /// It does not fit the component that signs (`I`).
    Incompatible,
    /// The value is out of its range (`O`).
    OutOfRange,
    /// The value is a substitute (`S`).
    Substitute,
    /// Another error (`E`), or a letter that OCMF does not have.
    OtherError,
    /// The register was not read properly (`F`).
    ReadError,
}

impl fmt::Display for MeterStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MeterStatus::Good => "works",
            MeterStatus::NotPresent => "is not present",
            MeterStatus::Timeout => "did not answer in time",
            MeterStatus::Disconnected => "was disconnected",
            MeterStatus::NotFound => "is not found any more",
            MeterStatus::Manipulated => "was manipulated",
            MeterStatus::Exchanged => "was exchanged",
            MeterStatus::Incompatible => "is incompatible",
            MeterStatus::OutOfRange => "read a value out of range",
            MeterStatus::Substitute => "gave a substitute value",
            MeterStatus::OtherError => "has an error",
            MeterStatus::ReadError => "did not read its register",
        })
    }
}

/// Reads one reading; `before` is the one before it.
pub(super) fn read(members: &Members<'_>, before: Option<&Reading>) -> Result<Reading, BadOcmf> {
    let time = match members.text("TM")? {
        Some(text) => read_time(&text)
            .ok_or_else(|| members.wrong("TM", "a time such as 2018-07-24T13:22:04,000+0200 S"))?,
        None => before.map(|before| before.time.clone()).ok_or_else(|| members.missing("TM"))?,
    };
    let reason = match members.text("TX")? {
        Some(text) => {
            Some(read_reason(&text).ok_or_else(|| members.wrong("TX", "one of B C X E L R A P S T"))?)
        }
        None => before.and_then(|before| before.reason),
    };
    Ok(Reading {
        time,
        reason,
        value: members.number("RV")?.or_else(|| before.and_then(|before| before.value.clone())),
        register: members.boxed("RI")?.or_else(|| before.and_then(|before| before.register.clone())),
        unit: members
            .text("RU")?
            .map(|text| read_unit(&text))
            .or_else(|| before.and_then(|before| before.unit.clone())),
        current: members.boxed("RT")?.or_else(|| before.and_then(|before| before.current.clone())),
        cumulated_loss: members
            .number("CL")?
            .or_else(|| before.and_then(|before| before.cumulated_loss.clone())),
        errors: members
            .text("EF")?
            .map(|text| read_errors(&text))
            .or_else(|| before.map(|before| before.errors))
            .unwrap_or_default(),
        status: members
            .text("ST")?
            .map(|text| read_status(&text))
            .or_else(|| before.and_then(|before| before.status)),
    })
}

/// `2018-07-24T13:22:04,000+0200 S`; a point for the comma and a colon in the offset are read, too.
fn read_time(text: &str) -> Option<ReadingTime> {
    let (moment, clock) = match text.rsplit_once(' ') {
        Some((moment, clock)) => (moment, clock),
        None => (text, ""),
    };
    let clock = match clock {
        "I" => Clock::Informative,
        "S" => Clock::Synchronised,
        "R" => Clock::Relative,
        "U" | "" => Clock::Unknown,
        _ => return None,
    };
    let mut iso: String = moment.replace(',', ".");
    let digits = iso.len().checked_sub(4)?;
    if iso.get(digits..).is_some_and(|offset| offset.bytes().all(|byte| byte.is_ascii_digit()))
        && iso.get(..digits).is_some_and(|rest| rest.ends_with(['+', '-']))
    {
        iso.insert(digits + 2, ':');
    }
    let at = iso.parse::<crate::types::DateTime>().ok()?.timestamp();
    Some(ReadingTime { at, text: moment.into(), clock })
}

fn read_reason(text: &str) -> Option<Reason> {
    Some(match text {
        "B" => Reason::Begin,
        "C" => Reason::Charging,
        "X" => Reason::Exception,
        "E" => Reason::End,
        "L" => Reason::EndedLocally,
        "R" => Reason::EndedRemotely,
        "A" => Reason::Aborted,
        "P" => Reason::PowerFailure,
        "S" => Reason::Suspended,
        "T" => Reason::TariffChange,
        _ => return None,
    })
}

fn read_unit(text: &str) -> Unit {
    match text {
        "kWh" => Unit::KilowattHours,
        "Wh" => Unit::WattHours,
        other => Unit::Other(other.into()),
    }
}

/// What nobody knows the meaning of, is not to be billed.
fn read_errors(text: &str) -> ErrorFlags {
    let unknown = text.chars().any(|c| !matches!(c, 'E' | 't' | ' '));
    ErrorFlags { energy: unknown || text.contains('E'), time: unknown || text.contains('t') }
}

fn read_status(text: &str) -> MeterStatus {
    match text {
        "G" => MeterStatus::Good,
        "N" => MeterStatus::NotPresent,
        "T" => MeterStatus::Timeout,
        "D" => MeterStatus::Disconnected,
        "R" => MeterStatus::NotFound,
        "M" => MeterStatus::Manipulated,
        "X" => MeterStatus::Exchanged,
        "I" => MeterStatus::Incompatible,
        "O" => MeterStatus::OutOfRange,
        "S" => MeterStatus::Substitute,
        "F" => MeterStatus::ReadError,
        _ => MeterStatus::OtherError,
    }
}
