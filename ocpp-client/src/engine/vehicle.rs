//! What vehicles ask for over ISO 15118, and what they are told (K15 to K18, Q01, Q02).

use std::time::Duration;

use ocpp_core::model::{
    ChargingNeeds, ChargingSchedule, EvSchedule, EvseId, Fact, NeedsWord, Outcome, Place, RateUnit,
    StationTxRef, StopReason, Trigger, Verdict,
};
use ocpp_core::rules::schedule;
use ocpp_core::types::Json;

use super::Engine;

/// How far ahead a vehicle plans when it does not say when it leaves, in seconds.
const PLANS_AHEAD_S: u32 = 8 * 3600;

impl Engine {
    /// A vehicle has told what it needs (K15.FR.01).
    pub(super) fn vehicle_asks(&mut self, now: Duration, mut needs: ChargingNeeds) {
        let offline = !self.online;
        needs.at = offline.then(|| self.clock.at(now));
        if let Some(evse) = self.evses.get_mut(&needs.evse) {
            evse.needs = Some(needs.clone());
            self.queue.push(Fact::ChargingNeeds(Box::new(needs)));
        }
    }

    /// A vehicle whose way of energy transfer is refused cannot charge (Q01.FR.06), but 2.0.1 says the same of
    /// needs that make no sense, so that nothing ends but in the middle of negotiations about 2.1's own ways.
    pub(super) fn needs_word(&mut self, now: Duration, needs: &ChargingNeeds, word: NeedsWord) {
        let is_bidirectional = needs.transfer.contains("BPT") || needs.transfer.contains("DER");
        if word == NeedsWord::Rejected && is_bidirectional {
            let reason = StopReason::new("ReqEnergyTransferRejected");
            self.end_transaction(now, needs.evse, reason, Trigger::new("AbnormalCondition"), None);
        }
    }

    /// After a profile for its transaction was set, the vehicle plans by it and says so (K15.FR.07 to K15.FR.10).
    pub(super) fn vehicle_plans(&mut self, now: Duration, place: Place) {
        let meant = |evse: &EvseId| place.evse().is_none_or(|wanted| wanted == *evse);
        let evses: Vec<_> =
            self.evses.keys().copied().filter(|evse| meant(evse) && self.is_charging(*evse)).collect();
        for evse in evses {
            let Some(needs) = self.evses.get(&evse).and_then(|evse| evse.needs.as_ref()) else { continue };
            let start = self.clock.at(now);
            let ahead = needs.departure.map(|leaves| leaves.duration_since(start).as_secs());
            let ahead = ahead.and_then(|seconds| u32::try_from(seconds).ok()).filter(|seconds| *seconds > 0);
            let most = needs.max_periods.map_or(usize::MAX, |most| most as usize);
            let course = self.course(Place::Evse(evse));
            let lasts = ahead.unwrap_or(PLANS_AHEAD_S);
            let plan = schedule::composite(&self.installed(), &course, start, lasts, RateUnit::W);
            let schedule = ChargingSchedule {
                id: 1,
                start: Some(plan.start),
                duration_s: Some(plan.duration_s),
                unit: RateUnit::W,
                min_rate: None,
                periods: plan.periods.into_iter().take(most.max(1)).collect(),
                sales_tariff: None,
                extras: Default::default(),
            };
            let start = plan.start;
            let told = EvSchedule { evse, start, schedule, selected: None, tolerance_accepted: None };
            self.queue.push(Fact::EvSchedule(Box::new(told)));
        }
    }

    /// Q02: whether the vehicle can be asked to change its way of energy transfer.
    pub(super) fn can_allow_transfer(&self, transaction: &StationTxRef, modes: &[Box<str>]) -> Outcome {
        let evse = self.evse_named(transaction).and_then(|evse| self.evses.get(&evse));
        let can = evse.is_some_and(|evse| evse.needs.is_some()) && !modes.is_empty();
        Outcome::Verdict(if can { Verdict::Accepted } else { Verdict::Rejected })
    }

    /// A vehicle that uses none of these ways takes the first of them and tells its needs anew.
    pub(super) fn allow_transfer(&mut self, now: Duration, transaction: &StationTxRef, modes: &[Box<str>]) {
        let Some(evse) = self.evse_named(transaction) else { return };
        let needs = self.evses.get(&evse).and_then(|evse| evse.needs.clone());
        let (Some(mut needs), Some(first)) = (needs, modes.first()) else { return };
        if modes.contains(&needs.transfer) {
            return;
        }
        needs.transfer = first.clone();
        if let Some(details) = with_transfer(&needs.details, first) {
            needs.details = details;
        }
        self.vehicle_asks(now, needs);
    }
}

/// The vehicle's own words with another way of energy transfer.
fn with_transfer(details: &Json, transfer: &str) -> Option<Json> {
    let mut value: serde_json::Value = serde_json::from_str(details.as_str()).ok()?;
    value.as_object_mut()?.insert("requestedEnergyTransfer".to_owned(), transfer.into());
    Json::new(value.to_string()).ok()
}
