//! What 2.1 says more of charging profiles than 2.0.1.

use alloc::vec::Vec;

use serde::de::DeserializeOwned;

use super::wire;
use crate::dialect::two::{boxed, integer, unsigned};
use crate::message::Message;
use crate::model::*;
use crate::types::{DateTime, Integer, Json, List, Number, Text};

/// The word for that no profile will follow.
pub(super) const NO_PROFILE: &str = "NoChargingProfile";

pub(super) fn dress_profile(
    said: &mut wire::ChargingProfile,
    extras: &ProfileExtras,
) -> Result<(), &'static str> {
    said.max_offline_duration = extras.max_offline_s.and_then(integer);
    said.invalid_after_offline_duration = extras.invalid_after_offline;
    said.dyn_update_interval = extras.update_interval_s.and_then(integer);
    said.dyn_update_time = extras.updated_at.map(DateTime::new);
    said.price_schedule_signature =
        text(extras.price_signature.as_deref(), "a signature of more than 256 characters")?;
    Ok(())
}

pub(super) fn read_profile(said: &wire::ChargingProfile) -> ProfileExtras {
    ProfileExtras {
        max_offline_s: said.max_offline_duration.map(unsigned),
        invalid_after_offline: said.invalid_after_offline_duration,
        update_interval_s: said.dyn_update_interval.map(unsigned),
        updated_at: said.dyn_update_time.as_ref().map(DateTime::timestamp),
        price_signature: said.price_schedule_signature.as_deref().map(boxed),
    }
}

pub(super) fn dress_schedule(
    said: &mut wire::ChargingSchedule,
    extras: &ScheduleExtras,
) -> Result<(), &'static str> {
    if let Some(LimitAtSoc { soc, limit }) = extras.limit_at_soc {
        let soc = Integer::new(i32::from(soc)).map_err(|_| "a state of charge above 100 %")?;
        said.limit_at_soc = Some(wire::LimitAtSoC::new(soc, number(limit)?));
    }
    said.power_tolerance = extras.power_tolerance.map(Number::from);
    said.use_local_time = extras.use_local_time;
    said.randomized_delay = extras.randomized_delay_s.and_then(integer);
    said.signature_id = extras.signature_id.and_then(integer);
    said.digest_value = text(extras.digest.as_deref(), "a digest of more than 88 characters")?;
    said.absolute_price_schedule =
        parsed(extras.absolute_prices.as_ref(), "a price schedule that is not as its schema has it")?;
    said.price_level_schedule =
        parsed(extras.price_levels.as_ref(), "price levels that are not as their schema has them")?;
    Ok(())
}

pub(super) fn read_schedule(said: &wire::ChargingSchedule) -> ScheduleExtras {
    ScheduleExtras {
        limit_at_soc: said.limit_at_soc.as_ref().and_then(|at| {
            Some(LimitAtSoc { soc: u8::try_from(at.soc.get()).ok()?, limit: at.limit.decimal()? })
        }),
        power_tolerance: said.power_tolerance.as_ref().and_then(Number::decimal),
        use_local_time: said.use_local_time,
        randomized_delay_s: said.randomized_delay.map(unsigned),
        signature_id: said.signature_id.map(unsigned),
        digest: said.digest_value.as_deref().map(boxed),
        absolute_prices: said.absolute_price_schedule.as_ref().and_then(json),
        price_levels: said.price_level_schedule.as_ref().and_then(json),
    }
}

pub(super) fn period(period: &SchedulePeriod) -> Result<wire::ChargingSchedulePeriod, &'static str> {
    let start = integer(period.start_s).ok_or("a step that begins so late")?;
    let mut said = wire::ChargingSchedulePeriod::new(start);
    said.limit = period.limit.map(number).transpose()?;
    said.number_phases = period.phases.and_then(integer);
    said.phase_to_use = period.phase_to_use.and_then(integer);
    let PeriodExtras { rates, preconditioning, evse_sleep, v2x_baseline, operation_mode, .. } =
        &period.extras;
    said.limit_l2 = rates.limit_l2.map(number).transpose()?;
    said.limit_l3 = rates.limit_l3.map(number).transpose()?;
    said.discharge_limit = rates.discharge_limit.map(number).transpose()?;
    said.discharge_limit_l2 = rates.discharge_limit_l2.map(number).transpose()?;
    said.discharge_limit_l3 = rates.discharge_limit_l3.map(number).transpose()?;
    said.setpoint = rates.setpoint.map(number).transpose()?;
    said.setpoint_l2 = rates.setpoint_l2.map(number).transpose()?;
    said.setpoint_l3 = rates.setpoint_l3.map(number).transpose()?;
    said.setpoint_reactive = rates.setpoint_reactive.map(number).transpose()?;
    said.setpoint_reactive_l2 = rates.setpoint_reactive_l2.map(number).transpose()?;
    said.setpoint_reactive_l3 = rates.setpoint_reactive_l3.map(number).transpose()?;
    said.preconditioning_request = *preconditioning;
    said.evse_sleep = *evse_sleep;
    said.v2x_baseline = v2x_baseline.map(number).transpose()?;
    said.operation_mode = operation_mode.as_deref().map(wire::OperationMode::from);
    said.v2x_freq_watt_curve = freq_curve(&period.extras.freq_watt_curve)?;
    said.v2x_signal_watt_curve = signal_curve(&period.extras.signal_watt_curve)?;
    Ok(said)
}

fn freq_curve(points: &[FreqWatt]) -> Result<Option<List<wire::V2XFreqWattPoint, 1, 20>>, &'static str> {
    let point = |at: &FreqWatt| Ok(wire::V2XFreqWattPoint::new(number(at.frequency)?, number(at.power)?));
    let points: Result<Vec<_>, &'static str> = points.iter().map(point).collect();
    curve(points?)
}

fn signal_curve(
    points: &[SignalWatt],
) -> Result<Option<List<wire::V2XSignalWattPoint, 1, 20>>, &'static str> {
    let point = |at: &SignalWatt| Ok(wire::V2XSignalWattPoint::new(at.signal, number(at.power)?));
    let points: Result<Vec<_>, &'static str> = points.iter().map(point).collect();
    curve(points?)
}

fn curve<T>(points: Vec<T>) -> Result<Option<List<T, 1, 20>>, &'static str> {
    if points.is_empty() {
        return Ok(None);
    }
    List::new(points).map(Some).map_err(|_| "a curve of more than 20 points")
}

pub(super) fn read_period(said: &wire::ChargingSchedulePeriod) -> Option<SchedulePeriod> {
    let freq = said.v2x_freq_watt_curve.iter().flat_map(|curve| curve.iter());
    let signal = said.v2x_signal_watt_curve.iter().flat_map(|curve| curve.iter());
    Some(SchedulePeriod {
        start_s: unsigned(said.start_period),
        limit: decimal(said.limit.as_ref())?,
        phases: said.number_phases.and_then(|phases| u8::try_from(phases.get()).ok()),
        phase_to_use: said.phase_to_use.and_then(|phase| u8::try_from(phase.get()).ok()),
        extras: PeriodExtras {
            rates: Rates {
                limit_l2: decimal(said.limit_l2.as_ref())?,
                limit_l3: decimal(said.limit_l3.as_ref())?,
                discharge_limit: decimal(said.discharge_limit.as_ref())?,
                discharge_limit_l2: decimal(said.discharge_limit_l2.as_ref())?,
                discharge_limit_l3: decimal(said.discharge_limit_l3.as_ref())?,
                setpoint: decimal(said.setpoint.as_ref())?,
                setpoint_l2: decimal(said.setpoint_l2.as_ref())?,
                setpoint_l3: decimal(said.setpoint_l3.as_ref())?,
                setpoint_reactive: decimal(said.setpoint_reactive.as_ref())?,
                setpoint_reactive_l2: decimal(said.setpoint_reactive_l2.as_ref())?,
                setpoint_reactive_l3: decimal(said.setpoint_reactive_l3.as_ref())?,
            },
            preconditioning: said.preconditioning_request,
            evse_sleep: said.evse_sleep,
            v2x_baseline: decimal(said.v2x_baseline.as_ref())?,
            operation_mode: said.operation_mode.as_ref().map(|mode| boxed(mode.as_str())),
            freq_watt_curve: freq
                .map(|at| Some(FreqWatt { frequency: at.frequency.decimal()?, power: at.power.decimal()? }))
                .collect::<Option<_>>()?,
            signal_watt_curve: signal
                .map(|at| Some(SignalWatt { signal: at.signal, power: at.power.decimal()? }))
                .collect::<Option<_>>()?,
        },
    })
}

pub(super) fn update(update: &ScheduleUpdate) -> Result<wire::ChargingScheduleUpdate, &'static str> {
    let rates = &update.rates;
    let mut said = wire::ChargingScheduleUpdate::new();
    said.limit = update.limit.map(number).transpose()?;
    said.limit_l2 = rates.limit_l2.map(number).transpose()?;
    said.limit_l3 = rates.limit_l3.map(number).transpose()?;
    said.discharge_limit = rates.discharge_limit.map(number).transpose()?;
    said.discharge_limit_l2 = rates.discharge_limit_l2.map(number).transpose()?;
    said.discharge_limit_l3 = rates.discharge_limit_l3.map(number).transpose()?;
    said.setpoint = rates.setpoint.map(number).transpose()?;
    said.setpoint_l2 = rates.setpoint_l2.map(number).transpose()?;
    said.setpoint_l3 = rates.setpoint_l3.map(number).transpose()?;
    said.setpoint_reactive = rates.setpoint_reactive.map(number).transpose()?;
    said.setpoint_reactive_l2 = rates.setpoint_reactive_l2.map(number).transpose()?;
    said.setpoint_reactive_l3 = rates.setpoint_reactive_l3.map(number).transpose()?;
    Ok(said)
}

pub(super) fn read_update(said: &wire::ChargingScheduleUpdate) -> Option<ScheduleUpdate> {
    Some(ScheduleUpdate {
        limit: decimal(said.limit.as_ref())?,
        rates: Rates {
            limit_l2: decimal(said.limit_l2.as_ref())?,
            limit_l3: decimal(said.limit_l3.as_ref())?,
            discharge_limit: decimal(said.discharge_limit.as_ref())?,
            discharge_limit_l2: decimal(said.discharge_limit_l2.as_ref())?,
            discharge_limit_l3: decimal(said.discharge_limit_l3.as_ref())?,
            setpoint: decimal(said.setpoint.as_ref())?,
            setpoint_l2: decimal(said.setpoint_l2.as_ref())?,
            setpoint_l3: decimal(said.setpoint_l3.as_ref())?,
            setpoint_reactive: decimal(said.setpoint_reactive.as_ref())?,
            setpoint_reactive_l2: decimal(said.setpoint_reactive_l2.as_ref())?,
            setpoint_reactive_l3: decimal(said.setpoint_reactive_l3.as_ref())?,
        },
    })
}

/// A value as 2.1 may say it: six digits after the point, never more than what was meant (part 2, 2.1.4).
fn number<const MIN: i64, const MAX: i64>(
    value: rust_decimal::Decimal,
) -> Result<Number<MIN, MAX>, &'static str> {
    Number::truncated(value, 6).map_err(|_| "a discharge limit above 0")
}

/// `None` for a number that no decimal can hold: the step then has no meaning here.
#[allow(clippy::option_option)]
fn decimal<const MIN: i64, const MAX: i64>(
    said: Option<&Number<MIN, MAX>>,
) -> Option<Option<rust_decimal::Decimal>> {
    crate::dialect::optional(said, Number::decimal)
}

fn text<const MAX: usize>(
    value: Option<&str>,
    what: &'static str,
) -> Result<Option<Text<MAX>>, &'static str> {
    value.map(|value| Text::new(value).map_err(|_| what)).transpose()
}

fn parsed<T: DeserializeOwned>(value: Option<&Json>, what: &'static str) -> Result<Option<T>, &'static str> {
    value.map(|value| serde_json::from_str(value.as_str()).map_err(|_| what)).transpose()
}

pub(super) fn json<T: Message>(value: &T) -> Option<Json> {
    Json::new(crate::inbound::write(value)).ok()
}

pub(super) fn composite(
    evse: Integer<0>,
    duration: i32,
    start: DateTime,
    unit: wire::ChargingRateUnit,
    periods: List<wire::ChargingSchedulePeriod>,
) -> wire::CompositeSchedule {
    wire::CompositeSchedule::new(evse, duration, start, unit, periods)
}

pub(super) fn local_generation(limit: &wire::ChargingLimit) -> Option<bool> {
    limit.is_local_generation
}

pub(super) fn dress_limit(said: &mut wire::ChargingLimit, local_generation: Option<bool>) {
    said.is_local_generation = local_generation;
}

pub(super) fn needs(evse: Integer<1>, needs: wire::ChargingNeeds) -> wire::NotifyEVChargingNeedsRequest {
    wire::NotifyEVChargingNeedsRequest::new(evse, needs)
}

/// The energy that a vehicle asks for, and when its wishes came in.
pub(super) fn complete_needs(request: &wire::NotifyEVChargingNeedsRequest, needs: &mut ChargingNeeds) {
    let asked = &request.charging_needs;
    let ac = asked.ac_charging_parameters.as_ref().map(|ac| &ac.energy_amount);
    let dc = asked.dc_charging_parameters.as_ref().and_then(|dc| dc.energy_amount.as_ref());
    let v2x = asked.v2x_charging_parameters.as_ref().and_then(|v2x| v2x.ev_target_energy_request.as_ref());
    needs.energy_wh = ac.or(dc).or(v2x).and_then(Number::decimal);
    needs.at = request.timestamp.as_ref().map(DateTime::timestamp);
}

pub(super) fn dress_needs(said: &mut wire::NotifyEVChargingNeedsRequest, needs: &ChargingNeeds) {
    said.timestamp = needs.at.map(DateTime::new);
}

pub(super) fn complete_ev_schedule(request: &wire::NotifyEVChargingScheduleRequest, told: &mut EvSchedule) {
    told.selected = request.selected_charging_schedule_id.map(unsigned);
    told.tolerance_accepted = request.power_tolerance_acceptance;
}

pub(super) fn dress_ev_schedule(said: &mut wire::NotifyEVChargingScheduleRequest, told: &EvSchedule) {
    said.selected_charging_schedule_id = told.selected.and_then(integer);
    said.power_tolerance_acceptance = told.tolerance_accepted;
}
