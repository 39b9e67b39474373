//! What an emulated station has and does beside sessions: vehicles that tell their needs, a limit of the site, a
//! rack for batteries.

use std::time::Duration;

use ocpp_client::hardware::{Actuation, HardwareEvent};
use ocpp_core::model::{
    Battery, ChargingLimit, ChargingNeeds, ChargingSchedule, EvCertificateAction, EvCertificateRequest,
    EvseId, Place, RateUnit, SchedulePeriod,
};
use ocpp_core::types::Json;
use rust_decimal::Decimal;

/// What a station has and does beside sessions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extras {
    /// Vehicles tell over ISO 15118 what they need.
    pub(crate) vehicle_needs: bool,
    /// Vehicles ask over ISO 15118 for the certificate of their contract.
    pub(crate) contracts: bool,
    /// While vehicles charge, the site's energy management allows no more than so many watts.
    pub(crate) site_limit_w: Option<u32>,
    /// The slots of the rack for batteries.
    pub(crate) battery_slots: u32,
}

/// How long a driver takes to move batteries.
const MOVES_FOR: Duration = Duration::from_secs(10);
/// Who sets the limit of the site, by the names of OCPP.
const SOURCE: &str = "EMS";

/// The extras of a station at work.
#[derive(Debug, Default)]
pub(super) struct Scenery {
    extras: Extras,
    is_limited: bool,
    /// What the driver of a swap does next, and when.
    swap: Option<(Duration, Hand)>,
    swaps: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hand {
    /// The slots were opened: the clock starts at the next look.
    Opened,
    PutsIn,
    Offered,
    TakesOut,
}

impl Scenery {
    pub(super) fn new(extras: Extras) -> Scenery {
        Scenery { extras, ..Scenery::default() }
    }

    pub(super) fn actuate(&mut self, actuation: Actuation) {
        match actuation {
            Actuation::OpenSlots => self.swap = Some((Duration::ZERO, Hand::Opened)),
            Actuation::OfferBatteries => self.swap = Some((Duration::ZERO, Hand::Offered)),
            Actuation::CloseSlots => self.swap = None,
            _ => {}
        }
    }

    /// A vehicle has begun to charge.
    pub(super) fn begins(&self, evse: EvseId) -> impl Iterator<Item = HardwareEvent> + use<> {
        let contract =
            self.extras.contracts.then(|| HardwareEvent::ContractWanted(Box::new(contract_request())));
        let needs = self.extras.vehicle_needs.then(|| HardwareEvent::VehicleAsks(Box::new(needs(evse))));
        contract.into_iter().chain(needs)
    }

    /// What is noticed as time passes.
    pub(super) fn advance(&mut self, now: Duration, anybody_charges: bool) -> Vec<HardwareEvent> {
        let mut noticed = self.limit(anybody_charges);
        let slot = |number: u32| EvseId(number.min(self.extras.battery_slots.max(1)));
        match self.swap {
            Some((_, Hand::Opened)) => self.swap = Some((now + MOVES_FOR, Hand::PutsIn)),
            Some((_, Hand::Offered)) => {
                noticed.push(HardwareEvent::BatteriesOffered(vec![battery(slot(2), "F", self.swaps, 98)]));
                self.swap = Some((now + MOVES_FOR, Hand::TakesOut));
            }
            Some((at, Hand::PutsIn)) if at <= now => {
                self.swap = None;
                noticed.push(HardwareEvent::BatteriesIn(vec![battery(slot(1), "E", self.swaps, 14)]));
            }
            Some((at, Hand::TakesOut)) if at <= now => {
                self.swap = None;
                noticed.push(HardwareEvent::BatteriesOut(vec![battery(slot(2), "F", self.swaps, 98)]));
                self.swaps += 1;
            }
            _ => {}
        }
        noticed
    }

    /// The limit comes with the first vehicle that charges and goes with the last.
    fn limit(&mut self, anybody_charges: bool) -> Vec<HardwareEvent> {
        let Some(watts) = self.extras.site_limit_w.filter(|_| anybody_charges != self.is_limited) else {
            return Vec::new();
        };
        self.is_limited = anybody_charges;
        if !anybody_charges {
            return vec![HardwareEvent::LimitLifted(Place::Station, SOURCE.into())];
        }
        let schedule = ChargingSchedule {
            id: 1,
            start: None,
            duration_s: None,
            unit: RateUnit::W,
            min_rate: None,
            periods: vec![SchedulePeriod::limited(0, watts.into())],
            sales_tariff: None,
            extras: Default::default(),
        };
        vec![HardwareEvent::LimitSet(Box::new(ChargingLimit {
            place: Place::Station,
            source: SOURCE.into(),
            grid_critical: Some(false),
            local_generation: None,
            schedules: vec![schedule],
        }))]
    }
}

/// A direct-current vehicle that wants 20 kWh.
fn needs(evse: EvseId) -> ChargingNeeds {
    let details = r#"{"requestedEnergyTransfer":"DC","dcChargingParameters":
        {"evMaxCurrent":200,"evMaxVoltage":800,"energyAmount":20000}}"#;
    ChargingNeeds {
        evse,
        max_periods: Some(24),
        at: None,
        transfer: "DC".into(),
        departure: None,
        energy_wh: Some(Decimal::from(20_000)),
        details: Json::new(details.to_owned()).unwrap_or_else(|_| Json::string("")),
    }
}

/// A vehicle's wish to have its contract installed. What the vehicle itself would say is made up: nobody but a contract
/// pool could read it.
fn contract_request() -> EvCertificateRequest {
    EvCertificateRequest {
        schema: "urn:iso:15118:2:2013:MsgDef".into(),
        action: EvCertificateAction::Install,
        exi: "gJgCAAAAZW11bGF0ZWQ=".into(),
        max_chains: None,
        first: Vec::new(),
    }
}

fn battery(evse: EvseId, kind: &str, swap: u32, charge: i64) -> Battery {
    Battery {
        evse,
        serial: format!("{kind}{swap:06}").into(),
        charge: charge.into(),
        health: 96.into(),
        made_at: None,
        info: None,
    }
}
