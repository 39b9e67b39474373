//! What is wrong with a tariff.

mod conditions;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Component, Limit, Part, Tariff, TaxRate, Unit};

/// The most digits after the point that a price has.
const PRICE_DIGITS: u32 = 6;
/// The most digits after the point that a tax in percent has.
const TAX_DIGITS: u32 = 4;
/// The most prices of a component: what a person can still read, and a station hold.
const MOST_PRICES: usize = 100;
/// A price from here on is a slip of the hand, in any currency.
const PRICE_BOUND: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

/// One thing that is wrong with a tariff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where, as a JSON pointer (RFC 6901), such as `/energy/prices/0/price_kwh`.
    pub pointer: String,
    /// What is wrong, and what to write instead.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.message)
    }
}

impl Tariff {
    /// Everything that is wrong with it; a tariff without problems can price every real session.
    ///
    /// What no `Tariff` can hold is told when it is read: an unknown currency, a time of day or a date that
    /// does not exist, a member of an unknown name.
    #[must_use]
    pub fn check(&self) -> Vec<Problem> {
        let mut problems = Problems::default();
        problems.length("/id", &self.id, 60);
        self.check_descriptions(&mut problems);
        for part in self.parts() {
            problems.part(&part);
        }
        for (pointer, limit) in [("/min_cost", &self.min_cost), ("/max_cost", &self.max_cost)] {
            if let Some(limit) = limit {
                problems.limit(pointer, limit);
            }
        }
        self.check_limits_against_each_other(&mut problems);
        problems.found
    }

    fn check_descriptions(&self, problems: &mut Problems) {
        if self.description.len() > 10 {
            problems.add("/description", format!("{} texts; at most ten are shown", self.description.len()));
        }
        for (index, description) in self.description.iter().enumerate() {
            problems.length(&format!("/description/{index}/text"), &description.text, 1024);
            if let Some(language) = &description.language {
                problems.length(&format!("/description/{index}/language"), language, 8);
            }
        }
    }

    fn check_limits_against_each_other(&self, problems: &mut Problems) {
        let (Some(min), Some(max)) = (&self.min_cost, &self.max_cost) else { return };
        // What is not less without tax is not less with it.
        for (member, min, max) in [
            ("excl_tax", min.excl_tax, max.excl_tax),
            ("incl_tax", min.incl_tax, max.incl_tax),
            ("incl_tax", min.excl_tax, max.incl_tax),
        ] {
            if let (Some(min), Some(max)) = (min, max)
                && max < min
            {
                let message = format!("the maximum cost ({max}) is below the minimum cost ({min})");
                problems.add(&format!("/max_cost/{member}"), message);
            }
        }
    }
}

#[derive(Default)]
struct Problems {
    found: Vec<Problem>,
}

impl Problems {
    fn add(&mut self, pointer: &str, message: impl Into<String>) {
        self.found.push(Problem { pointer: pointer.into(), message: message.into() });
    }

    /// A text of 1 to `most` characters.
    fn length(&mut self, pointer: &str, text: &str, most: usize) {
        let length = text.chars().count();
        if text.trim().is_empty() {
            self.add(pointer, "is empty; write a text");
        } else if length > most {
            self.add(pointer, format!("has {length} characters; at most {most} are allowed"));
        }
    }

    fn part(&mut self, part: &Part<'_>) {
        let name = part.component.as_str();
        if part.prices.is_empty() {
            self.add(
                &format!("/{name}/prices"),
                format!("has no price; write at least one, or leave out {name}"),
            );
        }
        let member = match part.component {
            Component::Energy => "price_kwh",
            Component::FixedFee | Component::ReservationFixed => "price_fixed",
            _ => "price_minute",
        };
        for (index, (price, conditions)) in part.prices.iter().enumerate() {
            let pointer = format!("/{name}/prices/{index}");
            let price_pointer = format!("{pointer}/{member}");
            self.amount(&price_pointer, *price);
            match part.component.unit() {
                Unit::Minute => self.digits_of_minute(&price_pointer, *price),
                _ => self.digits(&price_pointer, *price, PRICE_DIGITS),
            }
            self.conditions(&format!("{pointer}/conditions"), conditions, part.component);
        }
        if part.prices.len() > MOST_PRICES {
            let message = format!("{} prices; at most {MOST_PRICES} are allowed", part.prices.len());
            self.add(&format!("/{name}/prices"), message);
        } else {
            self.never_reached(part);
        }
        self.tax_rates(&format!("/{name}/tax_rates"), part.tax_rates);
    }

    fn amount(&mut self, pointer: &str, amount: Decimal) {
        if amount.is_sign_negative() && !amount.is_zero() {
            self.add(pointer, format!("{amount} is negative; write 0 or more"));
        } else if amount >= PRICE_BOUND {
            self.add(pointer, format!("{amount} is too large; write less than {PRICE_BOUND}"));
        }
    }

    /// A price for an hour seldom is one for a minute that comes to an end.
    fn digits_of_minute(&mut self, pointer: &str, price: Decimal) {
        let has = price.normalize().scale();
        if has > PRICE_DIGITS {
            let rounded = price.round_dp(PRICE_DIGITS).normalize();
            let message = format!(
                "has {has} digits after the point; at most {PRICE_DIGITS} are allowed: write a price for an \
                 hour as its sixtieth, rounded as you mean to charge it, such as {rounded}"
            );
            self.add(pointer, message);
        }
    }

    fn digits(&mut self, pointer: &str, number: Decimal, digits: u32) {
        let has = number.normalize().scale();
        if has > digits {
            self.add(pointer, format!("has {has} digits after the point; at most {digits} are allowed"));
        }
    }

    fn tax_rates(&mut self, pointer: &str, rates: &[TaxRate]) {
        if rates.len() > 5 {
            self.add(pointer, format!("{} taxes; at most five are allowed", rates.len()));
        }
        for (index, rate) in rates.iter().enumerate() {
            let pointer = format!("{pointer}/{index}");
            self.length(&format!("{pointer}/type"), &rate.kind, 20);
            let tax = format!("{pointer}/tax");
            if rate.tax.is_sign_negative() || rate.tax > Decimal::ONE_HUNDRED {
                self.add(&tax, format!("{} is no tax in percent; write 0 to 100", rate.tax));
            }
            self.digits(&tax, rate.tax, TAX_DIGITS);
            if rate.stack > 4 {
                let message = format!("{} is too high; five taxes need the levels 0 to 4", rate.stack);
                self.add(&format!("{pointer}/stack"), message);
            }
            let same = |other: &&TaxRate| other.kind == rate.kind && other.stack == rate.stack;
            if rates.iter().take(index).any(|other| same(&other)) {
                self.add(&pointer, format!("{:?} is there twice; write each tax once", rate.kind));
            }
        }
    }

    fn limit(&mut self, pointer: &str, limit: &Limit) {
        let Limit { excl_tax, incl_tax, tax_rates } = limit;
        if excl_tax.is_none() && incl_tax.is_none() {
            self.add(pointer, "says no amount; write excl_tax, incl_tax or both");
        }
        for (member, amount) in [("excl_tax", excl_tax), ("incl_tax", incl_tax)] {
            if let Some(amount) = amount {
                self.amount(&format!("{pointer}/{member}"), *amount);
                self.digits(&format!("{pointer}/{member}"), *amount, PRICE_DIGITS);
            }
        }
        if let (Some(excl), Some(incl)) = (excl_tax, incl_tax)
            && incl < excl
        {
            let message = format!("{incl} with tax is less than {excl} without");
            self.add(&format!("{pointer}/incl_tax"), message);
        }
        self.tax_rates(&format!("{pointer}/tax_rates"), tax_rates);
    }
}
