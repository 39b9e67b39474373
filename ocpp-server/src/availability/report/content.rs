//! What a report says: of each port its figures, and the intervals that make them.

use jiff::Timestamp;
use ocpp_core::model::{EvseId, StationId};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::period::Period;
use crate::availability::{Formula, PortState, Span};
use crate::domain::{ExclusionId, ExclusionReason, SiteId};

/// The uptime of ports in a period by a formula.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The formula as it was.
    pub formula: Formula,
    /// Which version of it, where it is an operator's own.
    pub formula_version: Option<u32>,
    /// Which time.
    pub period: Period,
    /// The site; all sites without one.
    pub site: Option<SiteId>,
    /// When it was computed.
    pub computed_at: Timestamp,
    /// Until when there are figures, when the period is not over: then they are of what has passed, divided by that.
    pub preliminary_until: Option<Timestamp>,
    /// The ports that were in service, in the order of their stations.
    pub ports: Vec<PortReport>,
    /// What they reach together, where that is what the formula asks for.
    pub network: Option<NetworkFigure>,
}

/// The uptime of all ports together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkFigure {
    /// In percent.
    pub percent: Decimal,
    /// Whether the threshold is met.
    pub is_met: bool,
}

/// The uptime of one port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortReport {
    /// Its station.
    pub station: StationId,
    /// Which EVSE of it.
    pub evse: EvseId,
    /// Where it is.
    pub site: Option<SiteId>,
    /// The time zone in which its months begin.
    pub time_zone: Box<str>,
    /// The time that was looked at.
    pub window: Stretch,
    /// The part of it in which the port was in service.
    pub service: Stretch,
    /// The uptime in percent; none where the formula says nothing.
    pub percent: Option<Decimal>,
    /// The same of the time that the window really has and the port was in service.
    pub percent_of_service: Option<Decimal>,
    /// Whether the threshold is met.
    pub is_met: Option<bool>,
    /// The seconds that the formula divides by.
    pub divisor_s: i64,
    /// The seconds of all outages.
    pub outage_s: i64,
    /// The seconds of them that are excused.
    pub excluded_s: i64,
    /// The outages.
    pub outages: Vec<Outage>,
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stretch {
    /// Its first moment.
    pub from: Timestamp,
    /// The moment after its last.
    pub until: Timestamp,
}

/// An outage without a gap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// When it was.
    #[serde(flatten)]
    pub when: Stretch,
    /// The seconds of it that are excused.
    pub excluded_s: i64,
    /// The states that make it, in order.
    pub states: Vec<StateStretch>,
    /// What excuses it, as far as the formula lets it.
    pub excused: Vec<Excused>,
}

/// A stretch in one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateStretch {
    /// When.
    #[serde(flatten)]
    pub when: Stretch,
    /// What counts.
    pub state: PortState,
    /// What the port did behind it, told afterwards.
    pub behind: PortState,
}

/// A stretch of an outage that is excused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excused {
    /// When.
    #[serde(flatten)]
    pub when: Stretch,
    /// Why.
    pub reason: ExclusionReason,
    /// The exclusion; none for the opening hours of a site.
    pub exclusion: Option<ExclusionId>,
    /// What happened and how one knows.
    pub evidence: Box<str>,
    /// Who entered it.
    pub entered_by: Box<str>,
    /// The second person.
    pub confirmed_by: Option<Box<str>>,
}

impl Stretch {
    /// How many seconds it has.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.until.as_second() - self.from.as_second()
    }
}

impl From<Span> for Stretch {
    fn from(span: Span) -> Stretch {
        Stretch { from: span.from().timestamp(), until: span.to().timestamp() }
    }
}

impl PortReport {
    /// `STATION/EVSE`
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}/{}", self.station, self.evse)
    }
}

/// Seconds as minutes with two digits after the point.
#[must_use]
pub fn minutes(seconds: i64) -> String {
    let mut minutes = (Decimal::from(seconds) / Decimal::from(60)).round_dp(2);
    minutes.rescale(2);
    minutes.to_string()
}

/// A figure with this many digits after the point, cut off and not rounded: what is below a threshold never reads as
/// if it reached it.
#[must_use]
pub fn shown(percent: Decimal, digits: u32) -> String {
    let mut shown = percent.trunc_with_scale(digits);
    shown.rescale(digits);
    shown.to_string()
}

/// The SHA-256 of a report's canonical JSON, in hexadecimal digits: without spaces, members in the order of their
/// names.
#[must_use]
pub fn digest(report: &Report) -> String {
    let value = serde_json::to_value(report).unwrap_or_default();
    let mut text = String::new();
    write_canonical(&value, &mut text);
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn write_canonical(value: &serde_json::Value, text: &mut String) {
    use serde_json::Value;

    match value {
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort_unstable();
            text.push('{');
            for (index, name) in names.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write_canonical(&members[name], text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_canonical(item, text);
            }
            text.push(']');
        }
        plain => text.push_str(&plain.to_string()),
    }
}
