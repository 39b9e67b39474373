//! The least and the most that a session costs.

use alloc::vec::Vec;
use core::ops::ControlFlow;

use rust_decimal::Decimal;

use super::plan::Plan;
use super::settle::{Bill, Exact, SIXTY, Sixty, Taxes, add, add_tax, amount, mul, shares, sub};
use super::walk::{Mode, Segment, walk};
use super::{CostError, CostKind};
use crate::rules::tariff::{Component, Limit, Tariff, TaxRate};

/// Adds the line that keeps the total within the limits, and says which limit it was.
pub(super) fn apply<'t>(
    plan: &Plan<'t>,
    tariff: &'t Tariff,
    bill: &mut Bill<'t>,
) -> Result<CostKind, CostError> {
    if let Some(line) = above(plan, tariff, bill)? {
        bill.lines.push(line);
        return Ok(CostKind::Maximum);
    }
    if plan.ended
        && let Some(line) = below(tariff, bill)?
    {
        bill.lines.push(line);
        return Ok(CostKind::Minimum);
    }
    Ok(CostKind::Normal)
}

fn sum(net: Sixty, taxes: &[(&TaxRate, Sixty)]) -> Result<Sixty, CostError> {
    taxes.iter().try_fold(net, |sum, (_, tax)| add(sum, *tax))
}

/// What is missing to the least cost, with the taxes that the limit names (I12.FR.38).
///
/// Where both limits are named, the line is large enough for both.
fn below<'t>(tariff: &'t Tariff, bill: &Bill<'t>) -> Result<Option<Exact<'t>>, CostError> {
    let Some(limit) = &tariff.min_cost else { return Ok(None) };
    let (net, taxes) = bill.columns()?;
    let shares = shares(&limit.tax_rates)?;
    let with_tax = shares.iter().try_fold(Decimal::ONE, |sum, (_, share)| add(sum, *share))?;
    let missing = |limit: Option<Decimal>, has: Sixty| -> Result<Sixty, CostError> {
        let missing = limit.map_or(Ok(Decimal::ZERO), |limit| sub(mul(limit, SIXTY)?, has));
        Ok(missing?.max(Decimal::ZERO))
    };
    let by_net = missing(limit.excl_tax, net)?;
    let by_gross = missing(limit.incl_tax, sum(net, &taxes)?)?;
    if by_net.is_zero() && by_gross.is_zero() {
        return Ok(None);
    }
    let net_decides = mul(by_net, with_tax)? >= by_gross;
    let mut added = Vec::with_capacity(shares.len());
    for (rate, share) in shares {
        let tax = if net_decides {
            mul(by_net, share)?
        } else {
            mul(by_gross, share)?.checked_div(with_tax).ok_or(super::settle::TOO_LARGE)?
        };
        add_tax(&mut added, rate, tax)?;
    }
    let net = if net_decides { by_net } else { sub(by_gross, sum(Decimal::ZERO, &added)?)? };
    Ok(Some(Exact::adjustment(Component::MinCost, net, added)))
}

/// What is beyond the most cost: amounts and taxes stay as they were when it was reached (I12.FR.39).
fn above<'t>(plan: &Plan<'t>, tariff: &Tariff, bill: &Bill<'t>) -> Result<Option<Exact<'t>>, CostError> {
    let Some(limit) = &tariff.max_cost else { return Ok(None) };
    let (net, taxes) = bill.columns()?;
    if share_within(limit, net, sum(net, &taxes)?, Decimal::ZERO, Decimal::ZERO)? >= Decimal::ONE {
        return Ok(None);
    }
    let frozen = Frozen::of(plan, limit)?;
    let taken = taxes
        .iter()
        .map(|(rate, tax)| {
            let kept =
                frozen.taxes.iter().find(|(known, _)| known == rate).map_or(Decimal::ZERO, |(_, t)| *t);
            Ok((*rate, sub(kept, *tax)?))
        })
        .collect::<Result<_, CostError>>()?;
    Ok(Some(Exact::adjustment(Component::MaxCost, sub(frozen.net, net)?, taken)))
}

/// Which share of `net` and `gross` fits below the limit on top of what is there; 1 when all of it does.
fn share_within(
    limit: &Limit,
    net: Sixty,
    gross: Sixty,
    net_before: Sixty,
    gross_before: Sixty,
) -> Result<Decimal, CostError> {
    let mut share = Decimal::ONE;
    for (limit, adds, before) in [(limit.excl_tax, net, net_before), (limit.incl_tax, gross, gross_before)] {
        let Some(limit) = limit else { continue };
        let room = sub(mul(limit, SIXTY)?, before)?.max(Decimal::ZERO);
        if adds > room {
            share = share.min(room.checked_div(adds).unwrap_or(Decimal::ZERO));
        }
    }
    Ok(share)
}

/// The sums at the moment at which the most cost was reached.
struct Frozen<'t> {
    net: Sixty,
    taxes: Taxes<'t>,
    full: bool,
}

/// One thing that is paid for within a step.
struct Charge<'t> {
    net: Sixty,
    taxes: Taxes<'t>,
}

impl<'t> Frozen<'t> {
    fn of(plan: &Plan<'t>, limit: &Limit) -> Result<Frozen<'t>, CostError> {
        let shares =
            plan.components.iter().map(|priced| shares(priced.tax_rates)).collect::<Result<Vec<_>, _>>()?;
        let charge = |component: Component, element: Option<usize>, quantity: i64| {
            let Some((index, priced)) = plan.component(component) else { return Ok(None) };
            let Some(element) = element.and_then(|element| priced.elements.get(element)) else {
                return Ok(None);
            };
            let net = amount(component.unit(), quantity, element.price)?;
            let taxes = shares[index].iter().map(|(rate, share)| Ok((*rate, mul(net, *share)?)));
            Ok(Some(Charge { net, taxes: taxes.collect::<Result<_, CostError>>()? }))
        };
        let mut frozen = Frozen { net: Decimal::ZERO, taxes: Vec::new(), full: false };
        for (component, quantity) in [
            (Component::FixedFee, 1),
            (Component::ReservationFixed, 1),
            (Component::ReservationTime, plan.reserved),
        ] {
            frozen.add(limit, charge(component, Some(0), quantity)?)?;
        }
        let mut failed = Ok(());
        walk(plan, |segment: &Segment| {
            let step = || {
                let energy = charge(Component::Energy, segment.energy_price, segment.energy)?;
                let time = match segment.mode {
                    Mode::Charging => Component::ChargingTime,
                    Mode::Idle => Component::IdleTime,
                    Mode::Neither => return Ok([energy, None]),
                };
                Ok([energy, charge(time, segment.time_price, segment.to - segment.from)?])
            };
            failed = step().and_then(|charges| frozen.add(limit, charges.into_iter().flatten()));
            if failed.is_err() || frozen.full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        failed.map(|()| frozen)
    }

    /// Adds what happens together, as far as the limit allows.
    fn add(&mut self, limit: &Limit, charges: impl IntoIterator<Item = Charge<'t>>) -> Result<(), CostError> {
        if self.full {
            return Ok(());
        }
        let (mut net, mut taxes) = (Decimal::ZERO, Vec::new());
        for charge in charges {
            net = add(net, charge.net)?;
            for (rate, tax) in charge.taxes {
                add_tax(&mut taxes, rate, tax)?;
            }
        }
        let before = sum(self.net, &self.taxes)?;
        let share = share_within(limit, net, sum(net, &taxes)?, self.net, before)?;
        for (rate, tax) in taxes {
            add_tax(&mut self.taxes, rate, mul(tax, share)?)?;
        }
        self.net = add(self.net, mul(net, share)?)?;
        self.full = share < Decimal::ONE;
        if self.full { self.hit(limit) } else { Ok(()) }
    }

    /// A share may be a fraction without end: the sums are put exactly onto the limit that was reached.
    fn hit(&mut self, limit: &Limit) -> Result<(), CostError> {
        for (_, tax) in &mut self.taxes {
            *tax = tax.round_dp(12);
        }
        self.net = self.net.round_dp(12);
        let taxes = sum(Decimal::ZERO, &self.taxes)?;
        let rounding = Decimal::new(1, 9);
        for (limit, net_at_limit) in [(limit.excl_tax, Decimal::ZERO), (limit.incl_tax, taxes)] {
            let Some(limit) = limit else { continue };
            let exact = sub(mul(limit, SIXTY)?, net_at_limit)?;
            if sub(exact, self.net)?.abs() < rounding {
                self.net = exact;
                break;
            }
        }
        Ok(())
    }
}
