//! What holds for every tariff and every session.

use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{Money, Wh};
use ocpp_core::rules::cost::{Cost, CostKind, Quantity, cost, periods};
use ocpp_core::rules::tariff::{Component, Tariff};
use ocpp_core::rules::timeline::{Activity, Timeline};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use rust_decimal::Decimal;

use super::oracle::{Fraction, Session, evaluate, rate_name, whole};
use super::samples::{Grid, case, session, tariff, zone};

fn price(tariff: &Tariff, session: &Session) -> Cost {
    cost(tariff, &session.timeline(), &zone(), session.at(session.until)).expect("within bounds")
}

fn units_of(cost: &Cost) -> i128 {
    10_i128.pow(cost.currency.minor_digits())
}

fn units(money: Money) -> i128 {
    i128::from(money.to_minor().expect("small"))
}

/// Within a unit of what is exact: a share by largest remainder is one of the two neighbours.
fn near(money: Money, exact: Fraction, units_each: i128) -> bool {
    let off = Fraction::new(units(money), 1).minus(exact.times(Fraction::new(units_each, 1)));
    let one = Fraction::new(1, 1);
    off.less(one) && Fraction::ZERO.minus(off).less(one)
}

/// Half a unit that was missed by less than a millionth of one: where a price changes between two registers,
/// energy is cut down to the billionth of a watt-hour.
fn half_missed(total: i128, exact: Fraction, units_each: i128) -> bool {
    let half = Fraction::new(total * 2 + 1, 2);
    let beyond = exact.times(Fraction::new(units_each, 1)).minus(half);
    !beyond.less(Fraction::ZERO) && beyond.less(Fraction::new(1, 1_000_000))
}

fn add_up(cost: &Cost) -> Result<(), TestCaseError> {
    let sum = |amounts: &mut dyn Iterator<Item = Money>| amounts.map(|m| m.amount()).sum::<Decimal>();
    let lines = &cost.lines;
    prop_assert_eq!(sum(&mut lines.iter().map(|line| line.net)), cost.total_excl_tax.amount());
    prop_assert_eq!(sum(&mut lines.iter().map(|line| line.gross)), cost.total_incl_tax.amount());
    for line in lines {
        let taxes = sum(&mut line.taxes.iter().map(|tax| tax.amount));
        prop_assert_eq!(line.net.amount() + taxes, line.gross.amount());
    }
    for total in &cost.taxes {
        let of_rate = lines.iter().flat_map(|line| &line.taxes).filter(|tax| tax.rate == total.rate);
        prop_assert_eq!(sum(&mut of_rate.map(|tax| tax.amount)), total.amount.amount());
    }
    let rated = |cost: &Cost, tax: &ocpp_core::rules::cost::TaxAmount| {
        cost.taxes.iter().any(|total| total.rate == tax.rate)
    };
    prop_assert!(lines.iter().flat_map(|line| &line.taxes).all(|tax| rated(cost, tax)));
    let taxes = sum(&mut cost.taxes.iter().map(|tax| tax.amount));
    prop_assert_eq!(cost.total_excl_tax.amount() + taxes, cost.total_incl_tax.amount());
    let amounts = lines.iter().flat_map(|line| [line.net, line.gross]).chain([cost.total_incl_tax]);
    for money in amounts {
        prop_assert_eq!(money.currency(), cost.currency);
        prop_assert_eq!(money.rounded(), money);
    }
    Ok(())
}

fn quantity(cost: &Cost, component: Component, price: Decimal) -> Option<Quantity> {
    let of_price = |line: &&ocpp_core::rules::cost::Line| {
        line.component == component && line.unit_price.is_some_and(|unit| unit.amount() == price)
    };
    cost.lines.iter().find(of_price).and_then(|line| line.quantity)
}

fn as_the_oracle_says(tariff: &Tariff, session: &Session) -> Result<(), TestCaseError> {
    let (found, cost) = (evaluate(tariff, session, &zone()), price(tariff, session));
    let parts = units_of(&cost);
    let (total, gross) = (units(cost.total_incl_tax), found.gross());
    let agrees = total == gross.rounded(parts) || half_missed(total, gross, parts);
    prop_assert!(agrees, "{:?}\n{:?}", found, cost);
    prop_assert!(near(cost.total_excl_tax, found.net, parts));
    for tax in &cost.taxes {
        let exact = found.taxes.get(&rate_name(&tax.rate)).copied().unwrap_or(Fraction::ZERO);
        prop_assert!(near(tax.amount, exact, parts), "{:?} {:?} {:?}", tax, exact, cost);
    }
    prop_assert_eq!(i128::from(cost.usage.energy.0), found.energy_wh.floor());
    prop_assert_eq!(i128::from(cost.usage.charging_seconds), found.charging_ns / 1_000_000_000);
    prop_assert_eq!(i128::from(cost.usage.idle_seconds), found.idle_ns / 1_000_000_000);
    for (&(component, price), &exact) in &found.quantities {
        if exact == Fraction::ZERO {
            continue;
        }
        let shown = quantity(&cost, component, price);
        prop_assert!(shown.is_some(), "{component:?} at {price} is missing in {cost:?}");
        let shown = Fraction::of(shown.expect("checked").value);
        let off = shown.minus(exact);
        let least = Fraction::new(1, 1_000_000);
        prop_assert!(off.less(least) && Fraction::ZERO.minus(off).less(least), "{component:?} at {price}");
    }
    add_up(&cost)
}

/// Any register on the way from one to another, where it is a whole watt-hour at a whole nanosecond. Both are
/// within the session: one from after the end stands at the end.
fn split(timeline: &Timeline, which: usize, share: u32) -> Option<(Timestamp, Wh)> {
    let registers = timeline.registers();
    let index = which % registers.len().saturating_sub(1).max(1);
    let (from, to) = (registers.get(index)?, registers.get(index + 1)?);
    if timeline.end().is_some_and(|end| to.at > end) {
        return None;
    }
    let (rise, length) =
        (i128::from(to.value.0 - from.value.0), to.at.as_nanosecond() - from.at.as_nanosecond());
    let gained = rise * i128::from(share) / i128::from(u32::MAX);
    let after =
        if rise == 0 { length * i128::from(share) / i128::from(u32::MAX) } else { gained * length / rise };
    let exact = rise == 0 || gained * length % rise == 0;
    let at = from.at + SignedDuration::from_nanos(i64::try_from(after).expect("short"));
    exact.then(|| (at, Wh(from.value.0 + i64::try_from(gained).expect("small"))))
}

/// A session without any grid: registers at odd nanoseconds, every whole watt-hour at a whole nanosecond.
fn uneven() -> impl Strategy<Value = (Tariff, Timeline, Timestamp)> {
    let grid = Grid { tick_ns: 1_000_000_000, grain_wh: 7, seconds: 1 };
    let rises = vec((0_i64..2000, 1_i64..9_999_999_999), 1..20);
    (tariff(grid), session(grid), rises, 0_i64..400_000_000, 0_i64..9_000_000_000_000).prop_map(
        |(mut tariff, mut session, rises, first, until)| {
            // Limits that no register ever is on.
            for price in tariff.energy.iter_mut().flat_map(|energy| &mut energy.prices) {
                let odd = Decimal::new(123, 3);
                price.conditions.min_energy = price.conditions.min_energy.map(|wh| wh + odd);
                price.conditions.max_energy = price.conditions.max_energy.map(|wh| wh + odd + odd);
            }
            session.registers.clear();
            let mut timeline = session.timeline();
            let (mut at, mut wh) = (session.start + SignedDuration::from_nanos(first), 1_000);
            timeline.add_register(at, Wh(wh));
            for (rise, each) in rises {
                wh += rise;
                at += SignedDuration::from_nanos(each * rise.max(1));
                timeline.add_register(at, Wh(wh));
            }
            let until = session.start + SignedDuration::from_nanos(until);
            (tariff, timeline, until)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    /// The oracle goes through the session tick by tick and comes to the same cent.
    #[test]
    fn agrees_with_the_oracle((tariff, session) in case()) {
        as_the_oracle_says(&tariff, &session)?;
    }

    /// A register more on the line between two others changes nothing at all.
    #[test]
    fn splitting_anywhere_changes_nothing(
        (tariff, timeline, until) in uneven(),
        splits in vec((any::<usize>(), any::<u32>()), 1..6),
    ) {
        let whole = cost(&tariff, &timeline, &zone(), until).expect("within bounds");
        let mut more = timeline.clone();
        for (which, share) in splits {
            if let Some((at, register)) = split(&more, which, share) {
                more.add_register(at, register);
            }
            prop_assert_eq!(&cost(&tariff, &more, &zone(), until).expect("within bounds"), &whole);
        }
        add_up(&whole)?;
    }

    /// What comes late is put in its place.
    #[test]
    fn the_order_of_arrival_does_not_matter(
        (tariff, session) in case(),
        order in vec(any::<u64>(), 64),
    ) {
        let in_order = session.timeline();
        let mut shuffled = Session { registers: vec![], activities: vec![], ..session.clone() }.timeline();
        let mut registers = session.registers.clone();
        registers.sort_by_key(|(tick, _)| order[usize::try_from(*tick).expect("positive") % order.len()]);
        for (tick, wh) in registers {
            shuffled.add_register(session.at(tick), Wh(wh));
        }
        for &(tick, activity) in session.activities.iter().rev() {
            shuffled.add_activity(session.at(tick), activity);
        }
        prop_assert_eq!(&shuffled, &in_order);
        let at = session.at(session.until);
        prop_assert_eq!(cost(&tariff, &shuffled, &zone(), at), cost(&tariff, &in_order, &zone(), at));
    }

    /// The periods of a session hold all of its energy and time.
    #[test]
    fn periods_add_up((tariff, session) in case()) {
        let (timeline, until) = (session.timeline(), session.at(session.until));
        let usage = cost(&tariff, &timeline, &zone(), until).expect("within bounds").usage;
        let periods = periods(&tariff, &timeline, &zone(), until).expect("within bounds");
        let sum = |of: fn(&ocpp_core::rules::cost::Period) -> Decimal| periods.iter().map(of).sum::<Decimal>();
        prop_assert_eq!(whole(sum(|p| p.energy).floor()), i128::from(usage.energy.0));
        prop_assert_eq!(whole(sum(|p| p.charging_seconds).floor()), i128::from(usage.charging_seconds));
        prop_assert_eq!(whole(sum(|p| p.idle_seconds).floor()), i128::from(usage.idle_seconds));
        prop_assert!(periods.windows(2).all(|pair| pair[0].start <= pair[1].start));
        prop_assert_eq!(periods.first().map(|period| period.start), Some(session.start));
    }

    /// Time that goes on never makes a session cheaper, until its end.
    #[test]
    fn cost_never_falls((tariff, session) in case(), earlier in 0_i64..1000) {
        let earlier = Session { until: earlier.min(session.until), ..session.clone() };
        let (before, after) = (price(&tariff, &earlier), price(&tariff, &session));
        prop_assert!(before.total_incl_tax.amount() <= after.total_incl_tax.amount());
    }

    /// While the station itself suspends, time costs nothing.
    #[test]
    fn suspended_by_the_station_is_free((tariff, session) in case()) {
        let session = Session { activities: vec![(0, Activity::Charging), (1, Activity::SuspendedEvse)], ..session };
        let cost = price(&tariff, &session);
        prop_assert_eq!(cost.usage.idle_seconds, 0);
        let time = |line: &&ocpp_core::rules::cost::Line| line.component == Component::IdleTime;
        prop_assert!(cost.lines.iter().find(time).is_none());
    }

    /// Neither the least nor the most cost is passed by.
    #[test]
    fn limits_hold((tariff, session) in case()) {
        let cost = price(&tariff, &session);
        let above = |limit: Option<Decimal>, total: Money| {
            limit.is_some_and(|limit| total.amount() > Money::new(limit, cost.currency).rounded().amount())
        };
        // A least cost above the most cost is refused by the check of a tariff.
        if let (Some(most), true) = (&tariff.max_cost, cost.kind != CostKind::Minimum) {
            prop_assert!(!above(most.incl_tax, cost.total_incl_tax));
        }
        if let (Some(least), true) = (&tariff.min_cost, cost.kind == CostKind::Minimum) {
            let reached = |limit: Option<Decimal>, total: Money| {
                limit.is_none_or(|limit| total.amount() >= Money::new(limit, cost.currency).rounded().amount())
            };
            prop_assert!(reached(least.incl_tax, cost.total_incl_tax));
        }
    }

    /// What is written is read again, and prices the same.
    #[test]
    fn json_keeps_everything((tariff, session) in case()) {
        let timeline = session.timeline();
        let json = serde_json::to_string(&timeline).expect("written");
        prop_assert_eq!(&serde_json::from_str::<Timeline>(&json).expect("read"), &timeline);
        let json = serde_json::to_string(&tariff).expect("written");
        prop_assert_eq!(&serde_json::from_str::<Tariff>(&json).expect("read"), &tariff);
        let cost = price(&tariff, &session);
        let json = serde_json::to_string(&cost).expect("written");
        prop_assert_eq!(serde_json::from_str::<Cost>(&json).expect("read"), cost);
    }
}

/// The random samples are worth something: every rule is at work in many of them.
#[test]
fn samples_reach_every_rule() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut reached = std::collections::BTreeMap::<&str, u32>::new();
    for _ in 0..400 {
        let (tariff, session) = case().new_tree(&mut runner).expect("a case").current();
        let cost = price(&tariff, &session);
        let lines = |component| cost.lines.iter().filter(|line| line.component == component).count();
        let facts = [
            ("something to pay", !cost.total_incl_tax.is_zero()),
            ("two prices of energy", lines(Component::Energy) > 1),
            ("two prices of charging time", lines(Component::ChargingTime) > 1),
            ("idle time", lines(Component::IdleTime) > 0),
            ("two prices of idle time", lines(Component::IdleTime) > 1),
            ("a fixed fee", lines(Component::FixedFee) > 0),
            ("a reservation", lines(Component::ReservationTime) > 0),
            ("the least cost", cost.kind == CostKind::Minimum),
            ("the most cost", cost.kind == CostKind::Maximum),
            ("three taxes", cost.taxes.len() > 2),
            ("many lines", cost.lines.len() > 4),
        ];
        for (fact, holds) in facts {
            *reached.entry(fact).or_default() += u32::from(holds);
        }
    }
    assert!(reached.values().all(|count| *count >= 8), "{reached:?}");
}

/// Anything at all is priced or refused, and nothing panics.
#[test]
fn extreme_values_are_refused_or_priced() {
    let mut tariff = Tariff::free("extreme", "EUR".parse().expect("known"));
    tariff.energy = Some(ocpp_core::rules::tariff::EnergyPrices {
        prices: vec![ocpp_core::rules::tariff::EnergyPrice {
            price_kwh: Decimal::MAX,
            conditions: Default::default(),
        }],
        tax_rates: vec![],
    });
    let times = [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX];
    for start in times {
        for end in times {
            for register in [i64::MIN, -1, 0, 1, i64::MAX] {
                let mut timeline = Timeline::new(start);
                timeline.add_register(start, Wh(0));
                timeline.add_register(end, Wh(register));
                timeline.add_activity(end, Activity::Charging);
                timeline.set_end(end);
                timeline.reserved_from = Some(Timestamp::MIN);
                let _ = timeline.findings();
                let _ = timeline.energy();
                let _ = cost(&tariff, &timeline, &zone(), Timestamp::MAX);
                let _ = periods(&tariff, &timeline, &zone(), Timestamp::MAX);
            }
        }
    }
}

/// More by `PROPTEST_CASES`.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(300)
}
