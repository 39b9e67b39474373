//! From quantities to amounts, and from exact amounts to what is paid.

use alloc::vec;
use alloc::vec::Vec;

use rust_decimal::Decimal;

use super::curve::NANO;
use super::plan::{Plan, Priced};
use super::walk::{Mode, Segment};
use super::{Cost, CostError, CostKind, Line, Quantity, TaxAmount, Usage};
use crate::model::{Currency, Money, Wh};
use crate::rules::tariff::{Component, Tariff, TaxRate, Unit, tax_shares};

/// How much was used at each price: nWh, ns or pieces.
pub(super) struct Used {
    /// In the order of the plan's components and their elements.
    quantities: Vec<Vec<i64>>,
    energy_part: Option<usize>,
    charging_part: Option<usize>,
    idle_part: Option<usize>,
    energy: i64,
    charging: i64,
    idle: i64,
    reserved: i64,
}

impl Used {
    /// What is owed when a session starts: the fixed fee and the reservation.
    pub(super) fn at_start(plan: &Plan<'_>) -> Used {
        let quantities = plan.components.iter().map(|priced| match priced.component {
            Component::FixedFee | Component::ReservationFixed => vec![1; priced.elements.len()],
            Component::ReservationTime => vec![plan.reserved; priced.elements.len()],
            _ => vec![0; priced.elements.len()],
        });
        let part = |component| plan.component(component).map(|(index, _)| index);
        Used {
            quantities: quantities.collect(),
            energy_part: part(Component::Energy),
            charging_part: part(Component::ChargingTime),
            idle_part: part(Component::IdleTime),
            energy: 0,
            charging: 0,
            idle: 0,
            reserved: plan.reserved,
        }
    }

    /// Adds a step. Sums stay within 64 bits, as energy and length of the whole session do.
    pub(super) fn add(&mut self, segment: &Segment) {
        let length = segment.to - segment.from;
        self.energy += segment.energy;
        self.count(self.energy_part, segment.energy_price, segment.energy);
        match segment.mode {
            Mode::Charging => {
                self.charging += length;
                self.count(self.charging_part, segment.time_price, length);
            }
            Mode::Idle => {
                self.idle += length;
                self.count(self.idle_part, segment.time_price, length);
            }
            Mode::Neither => {}
        }
    }

    fn count(&mut self, part: Option<usize>, element: Option<usize>, quantity: i64) {
        let (Some(part), Some(element)) = (part, element) else { return };
        if let Some(sum) = self.quantities.get_mut(part).and_then(|part| part.get_mut(element)) {
            *sum += quantity;
        }
    }

    pub(super) const fn usage(&self) -> Usage {
        Usage {
            energy: Wh(self.energy / NANO),
            charging_seconds: self.charging / NANO,
            idle_seconds: self.idle / NANO,
            reservation_seconds: self.reserved / NANO,
        }
    }
}

/// An exact amount sixty-fold, so that a price per minute times seconds needs no division.
pub(super) type Sixty = Decimal;

/// Exact amounts by tax.
pub(super) type Taxes<'t> = Vec<(&'t TaxRate, Sixty)>;

/// How many times the amount a [`Sixty`] is.
pub(super) const SIXTY: Decimal = Decimal::from_parts(60, 0, 0, false, 0);

/// The exact lines of a session.
pub(super) struct Bill<'t> {
    pub(super) lines: Vec<Exact<'t>>,
}

/// One exact line.
pub(super) struct Exact<'t> {
    component: Component,
    quantity: Option<Quantity>,
    unit_price: Option<Decimal>,
    pub(super) net: Sixty,
    pub(super) taxes: Taxes<'t>,
}

impl<'t> Exact<'t> {
    /// A line without quantity, to reach a least or a most cost.
    pub(super) const fn adjustment(component: Component, net: Sixty, taxes: Taxes<'t>) -> Exact<'t> {
        Exact { component, quantity: None, unit_price: None, net, taxes }
    }
}

/// How much each of some taxes is of a price.
pub(super) fn shares(rates: &[TaxRate]) -> Result<Vec<(&TaxRate, Decimal)>, CostError> {
    let shares = tax_shares(rates).ok_or(TOO_LARGE)?;
    Ok(rates.iter().zip(shares).collect())
}

pub(super) const TOO_LARGE: CostError = CostError::Overflow("cost");

pub(super) fn add(a: Decimal, b: Decimal) -> Result<Decimal, CostError> {
    a.checked_add(b).ok_or(TOO_LARGE)
}

pub(super) fn sub(a: Decimal, b: Decimal) -> Result<Decimal, CostError> {
    a.checked_sub(b).ok_or(TOO_LARGE)
}

pub(super) fn mul(a: Decimal, b: Decimal) -> Result<Decimal, CostError> {
    a.checked_mul(b).ok_or(TOO_LARGE)
}

/// `quantity` (nWh, ns or pieces) times the price of its unit.
pub(super) fn amount(unit: Unit, quantity: i64, price: Decimal) -> Result<Sixty, CostError> {
    let units = match unit {
        // 10⁹ nWh × 10³ are a kWh.
        Unit::Kwh => Decimal::from_i128_with_scale(i128::from(quantity) * 60, 12),
        // Nanoseconds to seconds; a minute has sixty of them.
        Unit::Minute => Decimal::new(quantity, 9),
        Unit::Piece => mul(quantity.into(), SIXTY)?,
    };
    mul(units, price)
}

fn shown(unit: Unit, quantity: i64) -> Option<Quantity> {
    let value = match unit {
        Unit::Kwh => Decimal::new(quantity, 12),
        Unit::Minute => Decimal::new(quantity, 9).checked_div(SIXTY)?,
        Unit::Piece => quantity.into(),
    };
    Some(Quantity { value: value.round_dp(6).normalize(), unit })
}

impl<'t> Bill<'t> {
    /// The lines of what was used; a price that was never used has none.
    pub(super) fn of(plan: &Plan<'t>, used: &Used) -> Result<Bill<'t>, CostError> {
        let mut lines = Vec::new();
        for (priced, quantities) in plan.components.iter().zip(&used.quantities) {
            component_lines(&mut lines, priced, quantities)?;
        }
        Ok(Bill { lines })
    }

    /// The sum of all lines: net, and each tax by its rate.
    pub(super) fn columns(&self) -> Result<(Sixty, Taxes<'t>), CostError> {
        let mut net = Decimal::ZERO;
        let mut taxes: Taxes<'t> = Vec::new();
        for line in &self.lines {
            net = add(net, line.net)?;
            for &(rate, tax) in &line.taxes {
                add_tax(&mut taxes, rate, tax)?;
            }
        }
        Ok((net, taxes))
    }

    /// Rounds once, so that everything adds up.
    pub(super) fn settle(self, tariff: &Tariff, kind: CostKind, usage: Usage) -> Result<Cost, CostError> {
        let currency = tariff.currency;
        let (net, taxes) = self.columns()?;
        let exact: Vec<Sixty> = core::iter::once(net).chain(taxes.iter().map(|(_, tax)| *tax)).collect();
        let mut gross = Decimal::ZERO;
        for &column in &exact {
            gross = add(gross, column)?;
        }
        let total = Units::of(gross, currency)?.nearest();
        let columns = share_out(total, &exact, currency)?;
        let nets: Vec<Sixty> = self.lines.iter().map(|line| line.net).collect();
        let line_nets = share_out(columns[0], &nets, currency)?;
        let mut line_taxes: Vec<Vec<TaxAmount>> = self.lines.iter().map(|_| Vec::new()).collect();
        for ((rate, _), &column) in taxes.iter().zip(&columns[1..]) {
            let (of, cells): (Vec<usize>, Vec<Sixty>) = self.cells(rate).unzip();
            for (index, units) in of.into_iter().zip(share_out(column, &cells, currency)?) {
                let amount = Money::from_minor(units, currency);
                line_taxes[index].push(TaxAmount { rate: (*rate).clone(), amount });
            }
        }
        let tax_totals = taxes.iter().zip(&columns[1..]).map(|((rate, _), &units)| TaxAmount {
            rate: (*rate).clone(),
            amount: Money::from_minor(units, currency),
        });
        let lines = self.lines.into_iter().zip(line_nets).zip(line_taxes);
        Ok(Cost {
            tariff: tariff.id.clone(),
            currency,
            kind,
            usage,
            total_excl_tax: Money::from_minor(columns[0], currency),
            taxes: tax_totals.collect(),
            total_incl_tax: Money::from_minor(total, currency),
            lines: lines
                .map(|((exact, net), taxes)| line(exact, net, taxes, currency))
                .collect::<Result<_, _>>()?,
        })
    }

    /// The lines that have a tax, and how much.
    fn cells(&self, of: &TaxRate) -> impl Iterator<Item = (usize, Sixty)> {
        self.lines.iter().enumerate().filter_map(move |(index, line)| {
            line.taxes.iter().find(|(rate, _)| *rate == of).map(|(_, tax)| (index, *tax))
        })
    }
}

pub(super) fn add_tax<'t>(taxes: &mut Taxes<'t>, rate: &'t TaxRate, tax: Sixty) -> Result<(), CostError> {
    match taxes.iter_mut().find(|(known, _)| *known == rate) {
        Some((_, sum)) => *sum = add(*sum, tax)?,
        None => taxes.push((rate, tax)),
    }
    Ok(())
}

fn component_lines<'t>(
    lines: &mut Vec<Exact<'t>>,
    priced: &Priced<'t>,
    quantities: &[i64],
) -> Result<(), CostError> {
    let shares = shares(priced.tax_rates)?;
    let unit = priced.component.unit();
    let mut by_price: Vec<(Decimal, i64)> = Vec::new();
    for (element, &quantity) in priced.elements.iter().zip(quantities).filter(|(_, quantity)| **quantity > 0)
    {
        match by_price.iter_mut().find(|(price, _)| *price == element.price) {
            Some((_, sum)) => *sum += quantity,
            None => by_price.push((element.price, quantity)),
        }
    }
    for (price, quantity) in by_price {
        let net = amount(unit, quantity, price)?;
        let mut taxes = Vec::with_capacity(shares.len());
        for (rate, share) in &shares {
            add_tax(&mut taxes, rate, mul(net, *share)?)?;
        }
        lines.push(Exact {
            component: priced.component,
            quantity: shown(unit, quantity),
            unit_price: Some(price),
            net,
            taxes,
        });
    }
    Ok(())
}

fn line(exact: Exact<'_>, net: i64, taxes: Vec<TaxAmount>, currency: Currency) -> Result<Line, CostError> {
    let net = Money::from_minor(net, currency);
    let mut gross = net;
    for tax in &taxes {
        gross = gross.plus(tax.amount).map_err(|_| TOO_LARGE)?;
    }
    let unit_price = exact.unit_price.map(|price| Money::new(price, currency).trimmed());
    Ok(Line { component: exact.component, quantity: exact.quantity, unit_price, net, taxes, gross })
}

/// An exact amount in the smallest unit of a currency.
struct Units {
    /// The whole units below it.
    whole: i64,
    /// What is left, sixty-fold: from 0 to below 60.
    rest: Decimal,
}

impl Units {
    fn of(amount: Sixty, currency: Currency) -> Result<Units, CostError> {
        let scaled = mul(amount, Decimal::from(10_u32.pow(currency.minor_digits())))?;
        let mut whole = scaled.checked_div(SIXTY).ok_or(TOO_LARGE)?.floor();
        // The quotient may be rounded; the rest is not.
        let mut rest = sub(scaled, mul(whole, SIXTY)?)?;
        if rest.is_sign_negative() && !rest.is_zero() {
            (whole, rest) = (sub(whole, Decimal::ONE)?, add(rest, SIXTY)?);
        }
        let whole = rust_decimal::prelude::ToPrimitive::to_i64(&whole).ok_or(TOO_LARGE)?;
        Ok(Units { whole, rest })
    }

    /// Half a unit goes away from zero.
    fn nearest(&self) -> i64 {
        let twice = self.rest + self.rest;
        let up = if self.whole < 0 { twice > SIXTY } else { twice >= SIXTY };
        self.whole + i64::from(up)
    }
}

/// Shares `total` out to `parts` in whole units by largest remainder; of equal ones the first.
///
/// `total` is the sum of the parts rounded up or down, so that none gets more than a unit beyond what it has.
fn share_out(total: i64, parts: &[Sixty], currency: Currency) -> Result<Vec<i64>, CostError> {
    let exact: Vec<Units> = parts.iter().map(|part| Units::of(*part, currency)).collect::<Result<_, _>>()?;
    let mut shares: Vec<i64> = exact.iter().map(|units| units.whole).collect();
    let given = shares.iter().try_fold(0_i64, |sum, share| sum.checked_add(*share)).ok_or(TOO_LARGE)?;
    let missing = usize::try_from(total.checked_sub(given).ok_or(TOO_LARGE)?).unwrap_or(0);
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|a, b| exact[*b].rest.cmp(&exact[*a].rest));
    for index in order.into_iter().take(missing) {
        shares[index] += 1;
    }
    Ok(shares)
}
