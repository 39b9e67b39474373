//! Who plans what vehicles get (K15 to K18, K28), and who knows VAT numbers (C18).

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use ocpp_core::model::{
    ChargingNeeds, ChargingSchedule, EvSchedule, NeedsWord, ScheduleUpdate, StationId, VatAnswer, VatQuestion,
};

use crate::domain::{InstalledProfile, Session};

/// What a vehicle asks for.
#[derive(Debug, Clone, Copy)]
pub struct NeedsQuestion<'a> {
    /// At which station.
    pub station: &'a StationId,
    /// Its words: where it is, how much it wants until when, how many steps it can take.
    pub needs: &'a ChargingNeeds,
    /// The session that runs there.
    pub session: &'a Session,
    /// The profiles that are known to be installed on the station.
    pub installed: &'a [InstalledProfile],
    /// How often it was planned for this vehicle before: its own schedule was not within the last plan.
    pub round: u32,
    /// The manager's clock.
    pub now: Timestamp,
}

/// The word on the needs of a vehicle.
#[derive(Debug, Clone, PartialEq)]
pub enum NeedsPlan {
    /// These schedules, one to three; the vehicle chooses. The manager sends them as a profile of the running
    /// transaction (K15.FR.07), cut to as many steps as the vehicle can take.
    Schedules(Vec<ChargingSchedule>),
    /// Later: [`EnergyPlanner::plan_later`] is asked (K15.FR.05).
    Processing,
    /// None: what holds without one is good enough (K18.FR.04; `Rejected` before 2.1, K15.FR.04).
    NoSchedule,
    /// The way of energy transfer is not accepted (Q01.FR.04).
    Rejected,
}

impl NeedsPlan {
    /// What the vehicle is told.
    #[must_use]
    pub const fn word(&self) -> NeedsWord {
        match self {
            NeedsPlan::Schedules(_) => NeedsWord::Accepted,
            NeedsPlan::Processing => NeedsWord::Processing,
            NeedsPlan::NoSchedule => NeedsWord::NoProfile,
            NeedsPlan::Rejected => NeedsWord::Rejected,
        }
    }
}

/// Plans what vehicles get. What is not implemented is refused: a vehicle then charges by the profiles that hold
/// anyway.
///
/// ```
/// use async_trait::async_trait;
/// use ocpp_core::model::{ChargingSchedule, RateUnit, ScheduleExtras, SchedulePeriod};
/// use ocpp_server::handle::{EnergyPlanner, NeedsPlan, NeedsQuestion};
///
/// /// 11 kW for everybody.
/// struct ElevenKilowatts;
///
/// #[async_trait]
/// impl EnergyPlanner for ElevenKilowatts {
///     async fn plan(&self, question: &NeedsQuestion<'_>) -> Option<NeedsPlan> {
///         Some(NeedsPlan::Schedules(vec![ChargingSchedule {
///             id: 1,
///             start: Some(question.now),
///             duration_s: None,
///             unit: RateUnit::W,
///             min_rate: None,
///             periods: vec![SchedulePeriod::limited(0, 11_000.into())],
///             sales_tariff: None,
///             extras: ScheduleExtras::default(),
///         }]))
///     }
/// }
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let csms = ocpp_server::Csms::builder(ocpp_server::store::Memory::new()).planner(ElevenKilowatts).build().await?;
/// # Ok(())
/// # }
/// ```
#[async_trait]
pub trait EnergyPlanner: Send + Sync {
    /// The word on what a vehicle asks for, while its station waits. `None` when nobody can say at this moment: the
    /// fallback holds.
    async fn plan(&self, question: &NeedsQuestion<'_>) -> Option<NeedsPlan>;

    /// The plan that was promised by [`NeedsPlan::Processing`], or a new one for a vehicle that strayed from the last
    /// (K15.FR.13). `None`, or another promise: there is none.
    async fn plan_later(&self, question: &NeedsQuestion<'_>) -> Option<NeedsPlan> {
        self.plan(question).await
    }

    /// New values of a dynamic profile, for a station that asks for them (K28). `None`: there are none, and the
    /// station is refused.
    async fn pull(
        &self,
        station: &StationId,
        profile: i32,
        installed: Option<&InstalledProfile>,
    ) -> Option<ScheduleUpdate> {
        let _ = (station, profile, installed);
        None
    }

    /// Why a vehicle's own schedule is not accepted although it is within what it was given; `None` when it is.
    async fn objection(&self, station: &StationId, schedule: &EvSchedule) -> Option<String> {
        let _ = (station, schedule);
        None
    }

    /// How long to wait while a station waits.
    fn deadline(&self) -> Duration {
        Duration::from_secs(5)
    }

    /// How long to wait for a plan that was promised; vehicles give up after a minute (K15.FR.08).
    fn later_deadline(&self) -> Duration {
        Duration::from_secs(50)
    }

    /// The word when none came in time.
    fn fallback(&self) -> NeedsPlan {
        NeedsPlan::NoSchedule
    }
}

/// Nobody plans: vehicles charge by the profiles that hold anyway.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unplanned;

#[async_trait]
impl EnergyPlanner for Unplanned {
    async fn plan(&self, _: &NeedsQuestion<'_>) -> Option<NeedsPlan> {
        Some(NeedsPlan::NoSchedule)
    }
}

/// Knows whose VAT numbers are. Implement it to ask a register.
///
/// ```
/// use async_trait::async_trait;
/// use ocpp_core::model::{StationId, VatAnswer, VatQuestion};
/// use ocpp_server::handle::VatRegister;
///
/// /// Accepts what looks like a number of Germany.
/// struct LooksGerman;
///
/// #[async_trait]
/// impl VatRegister for LooksGerman {
///     async fn check(&self, _: &StationId, question: &VatQuestion) -> Option<VatAnswer> {
///         let digits = question.number.strip_prefix("DE").unwrap_or_default();
///         let accepted = digits.len() == 9 && digits.bytes().all(|digit| digit.is_ascii_digit());
///         Some(VatAnswer { accepted, company: None })
///     }
/// }
/// ```
#[async_trait]
pub trait VatRegister: Send + Sync {
    /// Whether a number is good, and whose it is. `None` when nobody can say: it is refused, and the driver goes on
    /// without an invoice for a company.
    async fn check(&self, station: &StationId, question: &VatQuestion) -> Option<VatAnswer>;

    /// How long to wait for the word.
    fn deadline(&self) -> Duration {
        Duration::from_secs(10)
    }
}

/// Knows no numbers: every one is refused.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoVatRegister;

#[async_trait]
impl VatRegister for NoVatRegister {
    async fn check(&self, _: &StationId, _: &VatQuestion) -> Option<VatAnswer> {
        None
    }
}

/// The word on needs, within the deadline.
pub(super) async fn plan(planner: &dyn EnergyPlanner, question: &NeedsQuestion<'_>) -> NeedsPlan {
    let word = tokio::time::timeout(planner.deadline(), planner.plan(question)).await;
    word.ok().flatten().unwrap_or_else(|| {
        tracing::warn!(station = %question.station, "the planner gave no word in time, its fallback holds");
        planner.fallback()
    })
}

/// New values for a dynamic profile, within the deadline.
pub(super) async fn pull(
    planner: &dyn EnergyPlanner,
    station: &StationId,
    profile: i32,
    installed: Option<&InstalledProfile>,
) -> Option<ScheduleUpdate> {
    tokio::time::timeout(planner.deadline(), planner.pull(station, profile, installed)).await.ok().flatten()
}

/// What the planner has against a schedule, within the deadline; nothing when it does not say.
pub(super) async fn objection(
    planner: &dyn EnergyPlanner,
    station: &StationId,
    schedule: &EvSchedule,
) -> Option<String> {
    tokio::time::timeout(planner.deadline(), planner.objection(station, schedule)).await.ok().flatten()
}

/// The word on a VAT number, within the deadline.
pub(super) async fn vat(
    register: &dyn VatRegister,
    station: &StationId,
    question: &VatQuestion,
) -> VatAnswer {
    let word = tokio::time::timeout(register.deadline(), register.check(station, question)).await;
    word.ok().flatten().unwrap_or(VatAnswer { accepted: false, company: None })
}
