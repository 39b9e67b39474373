//! A plausible vehicle and meter: power tapers over the state of charge, energy is the integral of power.

use std::time::Duration;

use ocpp_core::model::{EvseId, IdToken, Percent, Watts, Wh};

use crate::hardware::{Actuation, HardwareEvent, Measurement};

/// How power reaches the vehicle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supply {
    /// Alternating current: the vehicle's own charger limits it, and the station does not learn the state of
    /// charge.
    Ac,
    /// Direct current: the station learns the state of charge.
    Dc,
}

/// A vehicle.
#[derive(Debug, Clone)]
pub struct Vehicle {
    /// The battery's capacity in Wh.
    pub capacity_wh: f64,
    /// The state of charge in percent when it arrives.
    pub charge_percent: f64,
    /// The state of charge at which it stops taking energy.
    pub target_percent: f64,
    /// The most power that it takes in W.
    pub max_power_w: f64,
}

/// Above this state of charge the power falls.
const TAPER_FROM_PERCENT: f64 = 80.0;
/// The share of the full power that is left at 100 %.
const TAPER_TO: f64 = 0.08;
/// How long a vehicle takes to reach full power.
const RAMP_S: f64 = 20.0;
/// The step of the integration.
const STEP: Duration = Duration::from_secs(1);

impl Vehicle {
    /// The power that it takes at its state of charge, in W: constant to 80 %, then falling in a straight
    /// line; zero at the target.
    #[must_use]
    pub fn power_w(&self) -> f64 {
        if self.charge_percent >= self.target_percent {
            return 0.0;
        }
        let beyond = (self.charge_percent - TAPER_FROM_PERCENT).max(0.0) / (100.0 - TAPER_FROM_PERCENT);
        self.max_power_w * (1.0 - beyond.min(1.0) * (1.0 - TAPER_TO))
    }
}

/// One EVSE with its meter, and the vehicle at it.
#[derive(Debug, Clone)]
pub struct Bay {
    evse: EvseId,
    supply: Supply,
    limit_w: f64,
    /// What the engine allows at present, where it says so.
    allowed_w: Option<f64>,
    /// Energy that has ever flowed, in Wh.
    register_wh: f64,
    power_w: f64,
    vehicle: Option<Vehicle>,
    flowing_for: Option<Duration>,
    is_full: bool,
    now: Duration,
}

impl Bay {
    /// An EVSE whose meter shows `register_wh`, and which gives at most `limit_w`.
    #[must_use]
    pub fn new(evse: EvseId, supply: Supply, limit_w: f64, register_wh: f64) -> Bay {
        Bay {
            evse,
            supply,
            limit_w,
            allowed_w: None,
            register_wh,
            power_w: 0.0,
            vehicle: None,
            flowing_for: None,
            is_full: false,
            now: Duration::ZERO,
        }
    }

    /// A vehicle arrives and is plugged in.
    pub fn plug_in(&mut self, vehicle: Vehicle) -> [HardwareEvent; 2] {
        self.vehicle = Some(vehicle);
        self.is_full = false;
        [self.measured(), HardwareEvent::Plugged(self.evse)]
    }

    /// The vehicle leaves.
    pub fn unplug(&mut self) -> [HardwareEvent; 2] {
        self.stop();
        let measured = self.measured();
        self.vehicle = None;
        [measured, HardwareEvent::Unplugged(self.evse)]
    }

    /// A driver presents a token.
    #[must_use]
    pub fn present(&self, token: IdToken) -> HardwareEvent {
        HardwareEvent::TokenPresented(self.evse, token)
    }

    /// Does what the engine orders, as far as it concerns this EVSE.
    pub fn actuate(&mut self, actuation: Actuation) {
        match actuation {
            Actuation::AllowCharging(evse) if evse == self.evse && self.vehicle.is_some() => {
                self.flowing_for = Some(Duration::ZERO);
            }
            #[allow(clippy::cast_precision_loss)] // No station has a limit of 2^52 W.
            Actuation::Limit(evse, limit) if evse == self.evse => self.allowed_w = Some(limit.0 as f64),
            Actuation::StopCharging(evse) | Actuation::RestartEvse(evse) if evse == self.evse => self.stop(),
            Actuation::Restart => self.stop(),
            _ => {}
        }
    }

    /// Lets time pass until `now` and tells what was noticed.
    pub fn advance(&mut self, now: Duration) -> Vec<HardwareEvent> {
        while self.now < now {
            let step = STEP.min(now - self.now);
            self.step(step);
            self.now += step;
        }
        let mut noticed = vec![self.measured()];
        let has_stopped =
            self.flowing_for.is_some() && self.vehicle.as_ref().is_some_and(|v| v.power_w() <= 0.0);
        if has_stopped && !self.is_full {
            self.is_full = true;
            noticed.push(HardwareEvent::Suspended(self.evse));
        }
        noticed
    }

    /// What the meter shows.
    #[must_use]
    pub fn measurement(&self) -> Measurement {
        #[allow(clippy::cast_possible_truncation)] // A register of 2^63 Wh takes longer than the universe.
        let (register, power) = (self.register_wh.floor() as i64, self.power_w.round() as i64);
        Measurement { register: Wh(register), power: Watts(power), state_of_charge: self.state_of_charge() }
    }

    fn measured(&self) -> HardwareEvent {
        HardwareEvent::Measured(self.evse, self.measurement())
    }

    fn state_of_charge(&self) -> Option<Percent> {
        let vehicle = self.vehicle.as_ref().filter(|_| self.supply == Supply::Dc)?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Clamped to 0..=100.
        Percent::new(vehicle.charge_percent.clamp(0.0, 100.0).floor() as u8)
    }

    fn step(&mut self, step: Duration) {
        let (Some(vehicle), Some(flowing)) = (&mut self.vehicle, &mut self.flowing_for) else {
            self.power_w = 0.0;
            return;
        };
        *flowing += step;
        let ramp = (flowing.as_secs_f64() / RAMP_S).min(1.0);
        let power = vehicle.power_w().min(self.limit_w).min(self.allowed_w.unwrap_or(f64::INFINITY)) * ramp;
        // The mean of the powers at both ends of the step.
        let energy_wh = (self.power_w + power) / 2.0 * step.as_secs_f64() / 3600.0;
        self.power_w = power;
        self.register_wh += energy_wh;
        vehicle.charge_percent += energy_wh / vehicle.capacity_wh * 100.0;
    }

    fn stop(&mut self) {
        self.flowing_for = None;
        self.allowed_w = None;
        self.power_w = 0.0;
    }
}
