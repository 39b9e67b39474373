//! Charging profiles, limits, vehicles' needs (blocks J and K), data transfer (P), costs (I), and the blocks of 2.1.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod bad_answers;
mod limits;
mod meter;
mod only_21;
mod profiles;
mod reports;
mod rules;
mod settlement;
mod told_limits;
mod transfer;
mod vehicles;

use std::sync::Arc;

use ocpp_core::model::{
    ChargingProfile, ChargingSchedule, Command, EvseId, Outcome, Place, ProfileExtras, ProfileKind,
    ProfilePurpose, RateUnit, ScheduleExtras, SchedulePeriod, Verdict,
};
use ocpp_core::types::Version;
use ocpp_server::Csms;
use ocpp_server::command::desk::{NewOrder, PlaceError, WhenOffline};
use ocpp_server::domain::{Ending, InstalledProfile, OrderState};
use ocpp_server::handle::{EnergyPlanner, Unplanned, VatRegister};
use ocpp_server::maintenance::Energy;
use ocpp_server::store::{Memory, Store};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::world::station::{Says, Station};
use crate::world::{VirtualClock, attended, id};

pub(super) const VERSIONS: [Version; 3] = [Version::V16, Version::V201, Version::V21];
pub(super) const EVSE: Place = Place::Evse(EvseId(1));

/// A manager with one station.
pub(super) struct Bench {
    pub(super) csms: Csms,
    pub(super) energy: Energy,
    pub(super) clock: VirtualClock,
}

impl Bench {
    pub(super) async fn new() -> Bench {
        Bench::with(Unplanned, None::<ocpp_server::handle::NoVatRegister>).await
    }

    pub(super) async fn with(
        planner: impl EnergyPlanner + 'static,
        register: Option<impl VatRegister + 'static>,
    ) -> Bench {
        let clock = VirtualClock::new("2026-03-02T08:00:00Z");
        let store: Arc<dyn Store> = Arc::new(Memory::new());
        let builder = Csms::builder_over(store).clock(clock).planner(planner);
        let builder = match register {
            Some(register) => builder.vat_register(register),
            None => builder,
        };
        let csms = builder.build().await.unwrap();
        let energy = Energy::new(csms.clone());
        let (desk, run) = (csms.desk().clone(), energy.clone());
        tokio::spawn(async move { desk.keep(&CancellationToken::new()).await });
        tokio::spawn(async move { run.run(CancellationToken::new()).await });
        Bench { csms, energy, clock }
    }

    /// A station that takes every order on energy.
    pub(super) async fn station(&self, version: Version) -> Station {
        let station = attended(&self.csms, "CS1", version, self.clock).await;
        for action in ["SetChargingProfile", "ClearChargingProfile", "GetChargingProfiles"] {
            station.says(action, says("Accepted"));
        }
        station
    }

    /// Gives an order; how it ended, or why it was not taken.
    pub(super) async fn order(&self, command: Command) -> Result<Ending, PlaceError> {
        let new = NewOrder { command, by: "anna".to_owned(), when_offline: WhenOffline::Refuse };
        match self.csms.desk().carry_out(&id("CS1"), new).await?.state {
            OrderState::Ended { ending, .. } => Ok(ending),
            other => panic!("{other:?}"),
        }
    }

    /// Gives an order that the station takes.
    pub(super) async fn ordered(&self, command: Command) {
        let ending = self.order(command).await.unwrap();
        assert!(ending.is_success(), "{ending:?}");
    }

    /// Why an order is not given.
    pub(super) async fn refused(&self, command: Command) -> String {
        match self.order(command).await {
            Err(error @ PlaceError::AgainstRule(_)) => error.to_string(),
            other => panic!("{other:?}"),
        }
    }

    pub(super) async fn installed(&self) -> Vec<InstalledProfile> {
        self.energy.profiles(&id("CS1")).await.unwrap()
    }

    /// The numbers of the profiles that are known.
    pub(super) async fn ids(&self) -> Vec<i32> {
        self.installed().await.into_iter().map(|known| known.profile.id).collect()
    }
}

pub(super) fn says(status: &str) -> Says {
    Says::Result(json!({ "status": status }))
}

pub(super) fn verdict(ending: &Ending) -> Verdict {
    match ending {
        Ending::Answered { outcome: Outcome::Verdict(verdict) } => *verdict,
        other => panic!("{other:?}"),
    }
}

/// 16 A in a profile of this number.
pub(crate) fn profile(number: i32, purpose: ProfilePurpose) -> ChargingProfile {
    ChargingProfile {
        id: number,
        purpose,
        kind: ProfileKind::Absolute,
        stack_level: 0,
        recurrency: None,
        valid_from: None,
        valid_to: None,
        transaction: None,
        schedules: vec![schedule()],
        extras: ProfileExtras::default(),
    }
}

pub(crate) fn schedule() -> ChargingSchedule {
    ChargingSchedule {
        id: 1,
        start: Some("2026-03-02T08:00:00Z".parse().unwrap()),
        duration_s: Some(86_400),
        unit: RateUnit::A,
        min_rate: None,
        periods: vec![SchedulePeriod::limited(0, 16.into()), SchedulePeriod::limited(3600, 8.into())],
        sales_tariff: None,
        extras: ScheduleExtras::default(),
    }
}

pub(super) fn set(place: Place, profile: ChargingProfile) -> Command {
    Command::SetChargingProfile { place, profile: Box::new(profile) }
}

/// The profile in a payload of SetChargingProfile, whatever the version calls it.
pub(crate) fn profile_in(station: &Station, payload: &Value) -> Value {
    payload[if station.is_2x() { "chargingProfile" } else { "csChargingProfiles" }].clone()
}

/// The number of a profile in a payload of SetChargingProfile.
pub(crate) fn number_in(station: &Station, payload: &Value) -> i64 {
    let profile = profile_in(station, payload);
    profile[if station.is_2x() { "id" } else { "chargingProfileId" }].as_i64().unwrap()
}
