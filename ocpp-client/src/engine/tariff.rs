//! Tariffs: kept for each EVSE, used by the transactions that start there, and what those cost (block I).

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ocpp_core::model::tariff::{InstalledTariff, Tariff, TariffKind, TariffRemoval, TariffWord};
use ocpp_core::model::{
    ChargingState, EvseId, Money, Outcome, Place, Pricing, Reading, StationTxRef, Step, Trigger, Verdict,
};
use ocpp_core::rules::cost::{Cost, CostKind, Usage, cost};
use ocpp_core::rules::timeline::Timeline;
use ocpp_core::types::Json;
use serde::{Deserialize, Serialize};

use super::{Engine, Record};

/// The most prices of a tariff (`TariffCostCtrlr.MaxElements`).
const MAX_ELEMENTS: usize = 100;
/// The most tariffs of an EVSE: the one that holds, and those that will.
const MAX_PER_EVSE: usize = 8;
/// The most moments of a session that are kept for its price.
const MAX_MOMENTS: usize = 4096;

/// A tariff and the EVSE that it is installed on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DefaultTariff {
    /// The EVSE.
    pub evse: EvseId,
    /// What holds there for drivers without a tariff of their own.
    pub tariff: Tariff,
}

/// What a transaction is priced by.
#[derive(Debug)]
pub(super) struct Priced {
    pub(super) tariff: Tariff,
    timeline: Timeline,
    /// What was due by the tariffs before this one: a change counts from its moment on (I11.FR.08).
    before: Option<Totals>,
    moments: usize,
    /// Whether the manager has heard which tariff it is.
    is_told: bool,
}

/// What is due without and with taxes.
#[derive(Debug, Clone, Copy)]
struct Totals {
    excl_tax: Money,
    incl_tax: Money,
}

impl Priced {
    fn new(tariff: Tariff, start: Timestamp) -> Priced {
        Priced { tariff, timeline: Timeline::new(start), before: None, moments: 0, is_told: false }
    }

    fn cost(&self, until: Timestamp) -> Option<Cost> {
        cost(&self.tariff, &self.timeline, &TimeZone::UTC, until).ok()
    }

    fn totals(&self, cost: &Cost) -> Option<Totals> {
        let Some(before) = self.before else {
            return Some(Totals { excl_tax: cost.total_excl_tax, incl_tax: cost.total_incl_tax });
        };
        let excl_tax = before.excl_tax.plus(cost.total_excl_tax).ok()?;
        Some(Totals { excl_tax, incl_tax: before.incl_tax.plus(cost.total_incl_tax).ok()? })
    }

    fn total(&self, until: Timestamp) -> Option<Totals> {
        self.totals(&self.cost(until)?)
    }

    /// `CostDetailsType` of 2.1; times and energy are of the tariff that holds now.
    fn details(&self, until: Timestamp) -> Option<Json> {
        let cost = self.cost(until)?;
        let totals = self.totals(&cost)?;
        let kind = match cost.kind {
            CostKind::Normal => "NormalCost",
            CostKind::Minimum => "MinCost",
            CostKind::Maximum => "MaxCost",
        };
        let Usage { energy, charging_seconds, idle_seconds, .. } = cost.usage;
        let (currency, excl, incl) =
            (cost.currency.as_str(), totals.excl_tax.amount(), totals.incl_tax.amount());
        let text = format!(
            r#"{{"totalCost":{{"currency":"{currency}","typeOfCost":"{kind}","total":{{"exclTax":{excl},"inclTax":{incl}}}}},"totalUsage":{{"energy":{},"chargingTime":{charging_seconds},"idleTime":{idle_seconds}}}}}"#,
            energy.0
        );
        Json::new(text).ok()
    }
}

/// Orders.
impl Engine {
    /// I07.
    pub(super) fn set_default_tariff(&mut self, now: Duration, place: Place, tariff: &Tariff) -> Outcome {
        let word = self.can_set_tariff(place, tariff);
        if word == TariffWord::Accepted {
            let time = self.clock.at(now);
            let evses: Vec<_> = self.evses_of(place);
            for evse in evses {
                self.tariffs.push(DefaultTariff { evse, tariff: tariff.clone() });
                self.drop_outdated(evse, time);
            }
            self.keep_tariffs();
        }
        Outcome::Tariff(word)
    }

    fn can_set_tariff(&self, place: Place, tariff: &Tariff) -> TariffWord {
        if elements(tariff) > MAX_ELEMENTS {
            return TariffWord::TooManyElements; // I07.FR.02
        }
        if self.tariffs.iter().any(|known| known.tariff.id == tariff.id) {
            return TariffWord::DuplicateId; // I07.FR.04
        }
        let evses = self.evses_of(place);
        let is_full =
            |evse: &EvseId| self.tariffs.iter().filter(|known| known.evse == *evse).count() >= MAX_PER_EVSE;
        let fits = !evses.is_empty() && !evses.iter().any(is_full) && tariff.check().is_empty();
        if fits { TariffWord::Accepted } else { TariffWord::Rejected } // I07.FR.05, I07.FR.06
    }

    /// I09. A tariff of a running transaction is told even after it was removed as a default.
    pub(super) fn installed_tariffs(&self, place: Place) -> Outcome {
        let evses = self.evses_of(place);
        let mut told: Vec<InstalledTariff> = Vec::new();
        let mut tell = |tariff: &Tariff, kind: TariffKind, evse: EvseId| match told
            .iter_mut()
            .find(|known| known.id == tariff.id)
        {
            Some(known) if known.evses.contains(&evse) => {}
            Some(known) => known.evses.push(evse),
            None => told.push(InstalledTariff {
                id: tariff.id.clone(),
                kind,
                valid_from: tariff.valid_from,
                evses: vec![evse],
                tokens: 0,
            }),
        };
        for known in self.tariffs.iter().filter(|known| evses.contains(&known.evse)) {
            tell(&known.tariff, TariffKind::Default, known.evse);
        }
        for evse in self.evses.values().filter(|evse| evses.contains(&evse.id)) {
            if let Some(priced) = evse.transaction.as_ref().and_then(|running| running.priced.as_ref()) {
                tell(&priced.tariff, TariffKind::Driver, evse.id); // I09.FR.06
            }
        }
        let verdict = if told.is_empty() { Verdict::NothingFits } else { Verdict::Accepted };
        Outcome::Tariffs { verdict, tariffs: told }
    }

    /// I10. A running transaction goes on with the tariff that it has (I10.FR.07).
    pub(super) fn clear_tariffs(&mut self, ids: &[Box<str>], place: Option<Place>) -> Outcome {
        let evses = place.map(|place| self.evses_of(place));
        let is_meant = |known: &DefaultTariff| {
            (ids.is_empty() || ids.iter().any(|id| **id == *known.tariff.id))
                && evses.as_ref().is_none_or(|evses| evses.contains(&known.evse))
        };
        let mut gone: Vec<Box<str>> = Vec::new();
        for known in self.tariffs.iter().filter(|known| is_meant(known)) {
            if !gone.iter().any(|id| **id == *known.tariff.id) {
                gone.push(known.tariff.id.as_str().into());
            }
        }
        self.tariffs.retain(|known| !is_meant(known));
        if gone.is_empty() && ids.is_empty() {
            return Outcome::TariffsCleared(vec![TariffRemoval { id: None, word: TariffWord::NoTariff }]);
        }
        let missing: Vec<_> = ids.iter().filter(|id| !gone.contains(id)).cloned().collect();
        self.keep_tariffs();
        let removal = |word| move |id| TariffRemoval { id: Some(id), word };
        let gone = gone.into_iter().map(removal(TariffWord::Accepted));
        let missing = missing.into_iter().map(removal(TariffWord::NoTariff));
        Outcome::TariffsCleared(gone.chain(missing).collect())
    }

    /// I11.
    pub(super) fn can_change_tariff(&self, transaction: &StationTxRef, tariff: &Tariff) -> Outcome {
        let running = match transaction {
            StationTxRef::Named(name) => self.evse_of_transaction(name),
            _ => None,
        };
        let word = match running {
            _ if elements(tariff) > MAX_ELEMENTS => TariffWord::TooManyElements,
            None => TariffWord::NoTransaction,
            Some(evse) if self.priced(evse).is_some_and(|now| now.tariff.currency != tariff.currency) => {
                TariffWord::NoCurrencyChange
            }
            Some(_) if !tariff.check().is_empty() => TariffWord::Rejected,
            Some(_) => TariffWord::Accepted,
        };
        Outcome::Tariff(word)
    }

    /// The new tariff counts from now on, and the manager hears so (I11.FR.07, I11.FR.08).
    pub(super) fn change_tariff(&mut self, now: Duration, transaction: &StationTxRef, tariff: &Tariff) {
        if self.can_change_tariff(transaction, tariff) != Outcome::Tariff(TariffWord::Accepted) {
            return;
        }
        let StationTxRef::Named(name) = transaction else { return };
        let Some(id) = self.evse_of_transaction(name) else { return };
        let at = self.clock.at(now);
        let before = self.priced(id).and_then(|priced| priced.total(at));
        let Some(evse) = self.evses.get_mut(&id) else { return };
        let register = evse.register();
        let Some(running) = evse.transaction.as_mut() else { return };
        let mut priced = Priced { before, ..Priced::new(tariff.clone(), at) };
        priced.timeline.add_register(at, register);
        priced.timeline.add_activity(at, running.charging().into());
        running.priced = Some(priced);
        self.report_step(now, id, Step::Updated, Trigger::new("TariffChanged"), None);
    }

    fn evses_of(&self, place: Place) -> Vec<EvseId> {
        let meant = |evse: &EvseId| place.evse().is_none_or(|wanted| wanted == *evse);
        self.evses.keys().copied().filter(meant).collect()
    }

    fn keep_tariffs(&mut self) {
        self.keep(Record::Tariffs(self.tariffs.clone()));
    }
}

/// Prices.
impl Engine {
    /// What a running transaction costs so far, with taxes; none where it has no tariff or cannot be priced.
    #[must_use]
    pub fn cost(&self, now: Duration, evse: EvseId) -> Option<Money> {
        self.priced(evse)?.total(self.clock.at(now)).map(|totals| totals.incl_tax)
    }

    /// The tariff that a running transaction is priced by.
    #[must_use]
    pub fn tariff(&self, evse: EvseId) -> Option<&Tariff> {
        self.priced(evse).map(|priced| &priced.tariff)
    }

    fn priced(&self, evse: EvseId) -> Option<&Priced> {
        self.evses.get(&evse)?.transaction.as_ref()?.priced.as_ref()
    }

    /// What a report says of the price: the tariff once (I07.FR.32), what it came to at the end (I12.FR.01).
    pub(super) fn pricing(&mut self, now: Duration, evse: EvseId, step: Step) -> Option<Pricing> {
        let at = self.clock.at(now);
        let running = self.evses.get_mut(&evse)?.transaction.as_mut()?;
        let priced = running.priced.as_mut()?;
        let is_new = !std::mem::replace(&mut priced.is_told, true);
        let tariff = is_new.then(|| priced.tariff.id.as_str().into());
        let cost = (step == Step::Ended).then(|| priced.details(at)).flatten();
        (tariff.is_some() || cost.is_some()).then_some(Pricing { tariff, cost })
    }

    /// The tariff that a transaction that starts now gets (I07.FR.14, I07.FR.19).
    pub(super) fn price(&mut self, now: Duration, evse: EvseId) -> Option<Priced> {
        let at = self.clock.at(now);
        self.drop_outdated(evse, at);
        let valid = self
            .tariffs
            .iter()
            .find(|known| known.evse == evse && known.tariff.valid_from.is_none_or(|from| from <= at));
        valid.map(|known| Priced::new(known.tariff.clone(), at))
    }

    /// A tariff that has become valid takes the place of the one before (I07.FR.20 to I07.FR.22).
    fn drop_outdated(&mut self, evse: EvseId, now: Timestamp) {
        let begins = |known: &DefaultTariff| known.tariff.valid_from;
        let is_valid =
            |known: &DefaultTariff| known.evse == evse && begins(known).is_none_or(|from| from <= now);
        // Of those that are valid, the one that became so last; among equals, the one that came last.
        let newest = (0..self.tariffs.len())
            .filter(|at| is_valid(&self.tariffs[*at]))
            .max_by_key(|at| (begins(&self.tariffs[*at]), *at));
        let mut at = 0;
        self.tariffs.retain(|known| {
            let stays = !is_valid(known) || Some(at) == newest;
            at += 1;
            stays
        });
    }

    /// What a report on a transaction says is part of its price.
    pub(super) fn count_for_price(
        &mut self,
        evse: EvseId,
        at: Timestamp,
        charging: ChargingState,
        reading: Option<&Reading>,
    ) {
        let Some(running) = self.evses.get_mut(&evse).and_then(|evse| evse.transaction.as_mut()) else {
            return;
        };
        let Some(priced) = running.priced.as_mut() else { return };
        if priced.moments >= MAX_MOMENTS {
            return;
        }
        priced.moments += 1;
        priced.timeline.add_activity(at, charging.into());
        if let Some(register) = reading.and_then(Reading::energy_register) {
            priced.timeline.add_register(at, register);
        }
        if let Some(power) = reading.and_then(Reading::power) {
            priced.timeline.add_power(at, power);
        }
    }
}

/// Every price counts.
fn elements(tariff: &Tariff) -> usize {
    let times = [&tariff.charging_time, &tariff.idle_time, &tariff.reservation_time];
    let fixed = [&tariff.fixed_fee, &tariff.reservation_fixed];
    tariff.energy.as_ref().map_or(0, |energy| energy.prices.len())
        + times.into_iter().flatten().map(|prices| prices.prices.len()).sum::<usize>()
        + fixed.into_iter().flatten().map(|prices| prices.prices.len()).sum::<usize>()
}
