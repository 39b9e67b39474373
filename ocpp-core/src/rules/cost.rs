//! Tariff and timeline to lines, taxes and a total.
//!
//! [`cost`] is the one definition of what a session costs: for the live price, the receipt and the station.
//!
//! **Exact until the end.** Time is counted in nanoseconds, energy in billionths of a watt-hour, and amounts
//! are exact decimals, sixty-fold so that a price per minute needs no division. Energy is spread evenly
//! between two registers; where a price changes in between, the energy at that moment is cut down to the
//! billionth, which depends on the line between the registers alone. Hence a register more on that line
//! changes nothing. The one trace of the cut: an amount that would be half a unit exactly, out of energy
//! that is a fraction without end, is a hair below it and rounded down.
//!
//! **Rounded once.** The total with tax is rounded to the currency's smallest unit, half a unit up. It is
//! then shared out by largest remainder, first to net and taxes, then each of these to the lines: everything
//! adds up, and nothing is a full unit away from its exact value.

mod calendar;
mod curve;
mod limit;
mod offer;
mod periods;
mod plan;
mod settle;
mod walk;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::ControlFlow;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::tariff::{Component, Tariff, TaxRate, Unit};
use super::timeline::Timeline;
use crate::model::{Currency, Money, Wh};

pub use offer::{AHEAD_DAYS, next_change, offered_at};
pub use periods::{Period, periods};

/// What a session costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// The tariff that was used.
    pub tariff: String,
    /// The currency of every amount.
    pub currency: Currency,
    /// Whether a least or a most cost made it.
    pub kind: CostKind,
    /// What was used, priced or not.
    pub usage: Usage,
    /// What it consists of, in the order of a receipt.
    pub lines: Vec<Line>,
    /// The sum of the lines without tax.
    pub total_excl_tax: Money,
    /// The taxes of all lines by rate.
    pub taxes: Vec<TaxAmount>,
    /// The sum of the lines with tax: what is paid.
    pub total_incl_tax: Money,
}

/// Whether a least or a most cost made the total (`TariffCostEnumType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CostKind {
    /// The prices alone.
    Normal,
    /// Raised to the least cost at the end (I12.FR.38).
    Minimum,
    /// Stopped at the most cost (I12.FR.39).
    Maximum,
}

/// What was used (`TotalUsageType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Usage {
    /// In whole watt-hours, cut down.
    pub energy: Wh,
    /// Time in which energy flowed, in whole seconds, cut down.
    pub charging_seconds: i64,
    /// Idle time, in whole seconds, cut down.
    pub idle_seconds: i64,
    /// Time of the reservation until the start, in whole seconds, cut down.
    pub reservation_seconds: i64,
}

/// One line: one price of one component.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What is priced.
    pub component: Component,
    /// How much of it; none where a least or a most cost is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Quantity>,
    /// The price of one unit without tax, with all its digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<Money>,
    /// Without tax.
    pub net: Money,
    /// The taxes by rate, in the order of the tariff.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taxes: Vec<TaxAmount>,
    /// `net` and `taxes` together.
    pub gross: Money,
}

/// A quantity as it is shown: at most six digits after the point, while amounts come of the exact one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quantity {
    /// How many.
    pub value: Decimal,
    /// Of what.
    pub unit: Unit,
}

impl fmt::Display for Quantity {
    /// `12.345 kWh`, `35 min`, `1 ×`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.value, self.unit)
    }
}

/// The amount of one tax.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxAmount {
    /// Which tax.
    pub rate: TaxRate,
    /// How much.
    pub amount: Money,
}

/// A session cannot be priced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CostError {
    /// Amounts, energy or times are too large to be held exactly.
    #[error("the {0} of this session is too large to be priced")]
    Overflow(&'static str),
    /// The session is longer than [`LONGEST_DAYS`].
    #[error("the session is longer than {LONGEST_DAYS} days; end it, or mend its times, then price it")]
    TooLong,
}

/// The longest session that is priced, in days.
pub const LONGEST_DAYS: i64 = 3653;

/// What a session costs by a tariff, from its start until `until` or its end, whichever is earlier.
///
/// `zone` is the time zone of the place: times of day, weekdays and dates of conditions are in it, and follow
/// its changes of clock (I12.FR.37). `until` is now while the session runs; energy counts as far as registers
/// tell it, time as far as `until`. The least cost counts when the end is reached.
///
/// # Errors
/// [`CostError`] when something is too large to be held exactly, or the session too long. Never for what a
/// checked tariff and a real session hold.
///
/// ```
/// use jiff::{SignedDuration, Timestamp, tz::TimeZone};
/// use ocpp_core::model::{Currency, Wh};
/// use ocpp_core::rules::cost::{CostError, cost};
/// use ocpp_core::rules::tariff::{SimpleTariff, TaxRate};
/// use ocpp_core::rules::timeline::Timeline;
/// use rust_decimal::Decimal;
///
/// let tariff = SimpleTariff {
///     price_kwh: Some(Decimal::new(45, 2)),
///     tax: Some(TaxRate::on_price("VAT", 19.into())),
///     ..SimpleTariff::new("2026-1", Currency::EUR)
/// };
/// let (start, end) = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1));
/// let mut timeline = Timeline::new(start);
/// timeline.add_register(start, Wh(5_000));
/// timeline.add_register(end, Wh(15_000));
/// timeline.set_end(end);
///
/// let cost = cost(&tariff.into(), &timeline, &TimeZone::UTC, end)?;
/// assert_eq!(cost.total_excl_tax.to_string(), "4.50 EUR");
/// assert_eq!(cost.total_incl_tax.to_string(), "5.36 EUR");
/// # Ok::<(), CostError>(())
/// ```
pub fn cost(
    tariff: &Tariff,
    timeline: &Timeline,
    zone: &TimeZone,
    until: Timestamp,
) -> Result<Cost, CostError> {
    let plan = plan::Plan::new(tariff, timeline, zone, until)?;
    let mut used = settle::Used::at_start(&plan);
    walk::walk(&plan, |segment| {
        used.add(segment);
        ControlFlow::Continue(())
    });
    let mut bill = settle::Bill::of(&plan, &used)?;
    let kind = limit::apply(&plan, tariff, &mut bill)?;
    bill.settle(tariff, kind, used.usage())
}
