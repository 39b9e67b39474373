//! When a price holds.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// When a price holds; all that is set has to be true (`TariffConditionsType`, `TariffConditionsFixedType`).
///
/// Times of day, weekdays and dates are those of the station's place, summer time or not (I12.FR.37).
/// A least value is inclusive, a most value exclusive. What is not known (no power measured, no payment
/// brand said) makes a condition on it false.
///
/// Payment brand and recognition belong to fixed prices alone; energy, power, current and durations to all
/// but fixed prices. [`Tariff::check`](super::Tariff::check) says so.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Conditions {
    /// From this time of day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time_of_day: Option<TimeOfDay>,
    /// Until before this time of day; before the start it is one of the next day, `00:00` is the day's end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time_of_day: Option<TimeOfDay>,
    /// On these days; on every day when empty. A night belongs to the day of each moment, not to the day
    /// on which it began.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub day_of_week: Vec<DayOfWeek>,
    /// From this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from_date: Option<Date>,
    /// Until before this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to_date: Option<Date>,
    /// At this kind of EVSE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evse_kind: Option<EvseKind>,
    /// For this brand of payment, such as `VISA`, in any case of letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_brand: Option<String>,
    /// For this kind of payment, such as `CC` or `Debit`, in any case of letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_recognition: Option<String>,
    /// From this energy of the session, in Wh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_energy: Option<Decimal>,
    /// Below this energy of the session, in Wh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_energy: Option<Decimal>,
    /// While this current or more flows, in A over all phases.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_current: Option<Decimal>,
    /// While less than this current flows, in A over all phases.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_current: Option<Decimal>,
    /// While this power or more is drawn, in W.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_power: Option<Decimal>,
    /// While less than this power is drawn, in W.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_power: Option<Decimal>,
    /// From this age of the session, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_time: Option<u32>,
    /// Below this age of the session, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_time: Option<u32>,
    /// From this charging time of the session, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_charging_time: Option<u32>,
    /// Below this charging time of the session, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_charging_time: Option<u32>,
    /// From this length of the present idle period, in seconds: the grace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_idle_time: Option<u32>,
    /// Below this length of the present idle period, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_idle_time: Option<u32>,
}

impl Conditions {
    /// Whether nothing is asked for, so that the price always holds.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Conditions::default()
    }
}

/// A minute of the day, `00:00` to `23:59`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u16);

/// A text is no time of day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no time of day; write 00:00 to 23:59, the end of the day as 00:00")]
pub struct NotATimeOfDay(pub String);

impl TimeOfDay {
    /// Midnight: the start of the day, and as an end its end.
    pub const MIDNIGHT: TimeOfDay = TimeOfDay(0);

    /// `None` unless `hour` is below 24 and `minute` below 60.
    #[must_use]
    pub const fn new(hour: u8, minute: u8) -> Option<TimeOfDay> {
        if hour < 24 && minute < 60 { Some(TimeOfDay(hour as u16 * 60 + minute as u16)) } else { None }
    }

    /// Minutes since midnight.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl FromStr for TimeOfDay {
    type Err = NotATimeOfDay;

    fn from_str(text: &str) -> Result<TimeOfDay, NotATimeOfDay> {
        let parse = || {
            let [h1, h2, b':', m1, m2] = *text.as_bytes() else { return None };
            let digit = |byte: u8| byte.is_ascii_digit().then(|| byte - b'0');
            TimeOfDay::new(digit(h1)? * 10 + digit(h2)?, digit(m1)? * 10 + digit(m2)?)
        };
        parse().ok_or_else(|| NotATimeOfDay(text.chars().take(20).collect()))
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl fmt::Debug for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<TimeOfDay, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum DayOfWeek {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl DayOfWeek {
    /// All seven.
    pub const ALL: [DayOfWeek; 7] = [
        DayOfWeek::Monday,
        DayOfWeek::Tuesday,
        DayOfWeek::Wednesday,
        DayOfWeek::Thursday,
        DayOfWeek::Friday,
        DayOfWeek::Saturday,
        DayOfWeek::Sunday,
    ];
    /// Monday to Friday.
    pub const WEEKDAYS: [DayOfWeek; 5] =
        [DayOfWeek::Monday, DayOfWeek::Tuesday, DayOfWeek::Wednesday, DayOfWeek::Thursday, DayOfWeek::Friday];
    /// Saturday and Sunday.
    pub const WEEKEND: [DayOfWeek; 2] = [DayOfWeek::Saturday, DayOfWeek::Sunday];
}

/// How an EVSE gives energy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum EvseKind {
    #[serde(rename = "AC")]
    Ac,
    #[serde(rename = "DC")]
    Dc,
}

impl fmt::Display for EvseKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            EvseKind::Ac => "AC",
            EvseKind::Dc => "DC",
        })
    }
}
