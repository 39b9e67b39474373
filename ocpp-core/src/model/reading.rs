//! Meter values.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::name::open_name;
use super::quantity::{Percent, Watts, Wh};

open_name! {
    /// What was measured.
    Measurand {
        /// The energy register that most stations bill by, always counting up.
        ENERGY_IMPORT_REGISTER = "Energy.Active.Import.Register",
        /// Power drawn by the vehicle at this moment.
        POWER_IMPORT = "Power.Active.Import",
        /// Power that the vehicle may draw at most.
        POWER_OFFERED = "Power.Offered",
        /// Current drawn by the vehicle.
        CURRENT_IMPORT = "Current.Import",
        /// Voltage at the outlet.
        VOLTAGE = "Voltage",
        /// State of charge of the vehicle in percent.
        SOC = "SoC",
    }
}

impl Measurand {
    /// The unit that is meant when a sample names none; empty where nothing is usual.
    #[must_use]
    pub fn usual_unit(&self) -> &'static str {
        match self.as_str().split('.').next().unwrap_or_default() {
            "Energy" => "Wh",
            "Power" => "W",
            "Current" => "A",
            "Voltage" => "V",
            "SoC" => "Percent",
            _ => "",
        }
    }
}

open_name! {
    /// Why a value was taken.
    ReadingContext {
        /// At the start of a transaction.
        BEGIN = "Transaction.Begin",
        /// At the end of a transaction.
        END = "Transaction.End",
        /// At an interval since the session began.
        PERIODIC = "Sample.Periodic",
        /// At a moment aligned to the clock.
        CLOCK = "Sample.Clock",
        /// Because the manager asked.
        TRIGGER = "Trigger",
    }
}

open_name! {
    /// Where a value was taken.
    Location {
        /// At the vehicle's side of the station; what is meant when nothing is said.
        OUTLET = "Outlet",
        /// At the grid's side.
        INLET = "Inlet",
        /// In the vehicle.
        EV = "EV",
        /// Inside the station.
        BODY = "Body",
        /// In the cable.
        CABLE = "Cable",
    }
}

open_name! {
    /// The phase or pair of phases of a value; none means the total.
    Phase {
        /// First phase.
        L1 = "L1",
        /// Second phase.
        L2 = "L2",
        /// Third phase.
        L3 = "L3",
        /// First phase against neutral.
        L1_N = "L1-N",
        /// Second phase against neutral.
        L2_N = "L2-N",
        /// Third phase against neutral.
        L3_N = "L3-N",
    }
}

/// The value of one sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SampleValue {
    /// A number, with all its digits.
    Number(Decimal),
    /// What is no number: a signed data set of OCPP 1.6, or a text that could not be read.
    Text(Box<str>),
}

/// One measured value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// The value in `unit` times ten to the power of `multiplier`.
    pub value: SampleValue,
    /// What was measured.
    pub measurand: Measurand,
    /// Why it was taken.
    pub context: ReadingContext,
    /// Where it was taken.
    pub location: Location,
    /// The phase; `None` is the total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// The unit as said, or the one that holds when nothing is said (`Wh`).
    pub unit: Box<str>,
    /// Power of ten of the value; always 0 in OCPP 1.6.
    #[serde(default)]
    pub multiplier: i32,
    /// The signed data set of OCPP 2.x as raw JSON, kept for verification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<String>,
}

impl Sample {
    /// A total taken at the outlet at an interval.
    #[must_use]
    pub fn total(measurand: Measurand, value: Decimal, unit: &str) -> Sample {
        Sample {
            value: SampleValue::Number(value),
            measurand,
            context: ReadingContext::PERIODIC,
            location: Location::OUTLET,
            phase: None,
            unit: unit.into(),
            multiplier: 0,
            signed: None,
        }
    }

    /// The value in the unit without prefix (`Wh`, `W`, `A`, `V`, `Percent`), the multiplier applied.
    /// `None` when it is no number or too large.
    #[must_use]
    pub fn base_value(&self) -> Option<Decimal> {
        let SampleValue::Number(value) = &self.value else { return None };
        let kilo = if self.unit.starts_with('k') { 3 } else { 0 };
        scale(*value, self.multiplier.checked_add(kilo)?)
    }

    fn is_total_of(&self, measurand: &Measurand) -> bool {
        self.measurand == *measurand && self.phase.is_none()
    }
}

/// `value × 10^power`, `None` when Decimal cannot hold it.
fn scale(value: Decimal, power: i32) -> Option<Decimal> {
    let factor =
        (0..power.unsigned_abs()).try_fold(Decimal::ONE, |product, _| product.checked_mul(Decimal::TEN))?;
    if power >= 0 { value.checked_mul(factor) } else { value.checked_div(factor) }
}

/// Values that were taken at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// When, by the station's clock, or [`NO_TIME`](super::NO_TIME).
    pub at: Timestamp,
    /// What was measured, in the order of the message.
    pub samples: Vec<Sample>,
}

impl Reading {
    pub(super) fn receive_at(&mut self, now: Timestamp) {
        if self.at == super::NO_TIME {
            self.at = now;
        }
    }

    /// The energy register in Wh: the total at the outlet, or at any other place when there is none there.
    #[must_use]
    pub fn energy_register(&self) -> Option<Wh> {
        self.total(&Measurand::ENERGY_IMPORT_REGISTER).and_then(Wh::from_decimal)
    }

    /// The power drawn in W: the total, or the sum of the phases.
    #[must_use]
    pub fn power(&self) -> Option<Watts> {
        self.total(&Measurand::POWER_IMPORT)
            .or_else(|| self.sum_of_phases(&Measurand::POWER_IMPORT))
            .and_then(Watts::from_decimal)
    }

    /// The power in W that the vehicle may draw at most: the total, or the sum of the phases.
    #[must_use]
    pub fn offered_power(&self) -> Option<Watts> {
        self.total(&Measurand::POWER_OFFERED)
            .or_else(|| self.sum_of_phases(&Measurand::POWER_OFFERED))
            .and_then(Watts::from_decimal)
    }

    /// The vehicle's state of charge.
    #[must_use]
    pub fn state_of_charge(&self) -> Option<Percent> {
        self.total(&Measurand::SOC).and_then(Percent::from_decimal)
    }

    fn total(&self, measurand: &Measurand) -> Option<Decimal> {
        let mut totals = self.samples.iter().filter(|sample| sample.is_total_of(measurand));
        let first = totals.next()?;
        let at_outlet =
            core::iter::once(first).chain(totals).find(|sample| sample.location == Location::OUTLET);
        at_outlet.unwrap_or(first).base_value()
    }

    fn sum_of_phases(&self, measurand: &Measurand) -> Option<Decimal> {
        let phases = [&Phase::L1, &Phase::L2, &Phase::L3, &Phase::L1_N, &Phase::L2_N, &Phase::L3_N];
        self.samples
            .iter()
            .filter(|sample| sample.measurand == *measurand)
            .filter(|sample| sample.phase.as_ref().is_some_and(|phase| phases.contains(&phase)))
            .map(Sample::base_value)
            .try_fold(None, |sum: Option<Decimal>, value| {
                Some(Some(sum.unwrap_or_default().checked_add(value?)?))
            })?
    }
}
