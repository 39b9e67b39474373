//! The plans that vehicles were promised: made, sent as profiles of their transactions, and made anew where a vehicle
//! strays (K15.FR.07, K15.FR.13).

use std::time::Duration;

use futures_util::StreamExt;
use jiff::SignedDuration;
use ocpp_core::model::Command;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::Energy;
use crate::domain::{
    EnergyPart, EnergyPlan, Event, EventKind, OpenPlan, PlanState, RecordKind, Session, SessionEnergy,
    SessionStatus, StoredEvent,
};
use crate::handle::{NeedsPlan, NeedsQuestion, installed_profiles, plan_place, plan_profile};
use crate::maintenance::giving::{Given, give};
use crate::store::{Change, CommitError, ReadError, RecordFilter, TypedRecords, Unit};

/// Who gives the orders.
const BY: &str = "energy plans";
/// How many open plans are read at a time, and looked after at the same time.
const PAGE: usize = 500;
const AT_A_TIME: usize = 64;
/// How often to look for what nobody told of.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// How long a plan may wait for its station; the vehicle has given up by then (K15.FR.08).
const PATIENCE: SignedDuration = SignedDuration::from_secs(120);

impl Energy {
    /// Sends vehicles what they were promised, until `shutdown`.
    pub async fn run(&self, shutdown: CancellationToken) {
        let mut events = self.csms.bus().listen();
        loop {
            let more = self.look().await;
            let again = tokio::time::sleep(if more { Duration::from_millis(10) } else { LOOK_EVERY });
            tokio::pin!(again);
            loop {
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    () = &mut again => break,
                    event = events.recv() => match event {
                        Ok(event) if is_open_plan(&event) => break,
                        Ok(_) => {}
                        Err(RecvError::Lagged(_)) => break,
                        Err(RecvError::Closed) => return,
                    },
                }
            }
        }
    }

    /// Does the next step of each open plan; whether there is more to do at once.
    async fn look(&self) -> bool {
        let open: Vec<OpenPlan> =
            match self.csms.store().list(RecordFilter::all(RecordKind::OpenPlan, PAGE)).await {
                Ok(open) => open,
                Err(error) => {
                    tracing::error!(%error, "open plans cannot be read; it is tried again");
                    return false;
                }
            };
        let steps = futures_util::stream::iter(open).map(|open| async move {
            match self.step(&open).await {
                Ok(more) => more,
                Err(error) => {
                    tracing::error!(session = %open.session, error, "a plan is tried again");
                    false
                }
            }
        });
        steps.buffer_unordered(AT_A_TIME).fold(false, |any, more| async move { any || more }).await
    }

    async fn step(&self, open: &OpenPlan) -> Result<bool, String> {
        let read = |error: ReadError| error.to_string();
        let session = self.csms.store().session(&open.session).await.map_err(read)?;
        let energy = self.of_session(&open.session).await.map_err(read)?;
        let Some((session, energy, plan)) = session.zip(energy).and_then(|(session, energy)| {
            let plan = energy.plan.clone().filter(|plan| plan.state.is_open())?;
            Some((session, energy, plan))
        }) else {
            return self.keep(vec![Change::remove(open)], Vec::new()).await;
        };
        let next = match &plan.state {
            _ if session.status == SessionStatus::Completed => self.failed("the session has ended"),
            PlanState::Wanted => self.planned(&session, &energy, &plan).await.map_err(read)?,
            PlanState::Ready { profile } => {
                let place = energy.needs.as_ref().map(|kept| plan_place(&kept.needs));
                let Some(place) = place else {
                    return self.end(open, energy, plan, self.failed("no needs")).await;
                };
                let command = Command::SetChargingProfile { place, profile: profile.clone() };
                match give(&self.csms, &session.station, command, BY).await {
                    Given::Answered(outcome) if outcome.is_success() => {
                        PlanState::Sent { at: self.csms.now(), profile: profile.id }
                    }
                    Given::Answered(outcome) => self.failed(&outcome.word()),
                    Given::NotConnected if !self.is_late(&plan) => return Ok(false),
                    Given::NotConnected => self.failed("the station did not come back in time"),
                    Given::Refused(why) | Given::Unclear(why) => self.failed(&why),
                }
            }
            PlanState::Sent { .. } | PlanState::Failed { .. } => return Ok(false),
        };
        self.end(open, energy, plan, next).await
    }

    fn is_late(&self, plan: &EnergyPlan) -> bool {
        self.csms.now().duration_since(plan.since) > PATIENCE
    }

    fn failed(&self, why: &str) -> PlanState {
        PlanState::Failed { at: self.csms.now(), why: why.to_owned() }
    }

    /// Asks the planner.
    async fn planned(
        &self,
        session: &Session,
        energy: &SessionEnergy,
        plan: &EnergyPlan,
    ) -> Result<PlanState, ReadError> {
        let Some(kept) = &energy.needs else { return Ok(self.failed("the vehicle asked for nothing")) };
        let installed = installed_profiles(&**self.csms.store(), &session.station).await?;
        let question = NeedsQuestion {
            station: &session.station,
            needs: &kept.needs,
            session,
            installed: &installed,
            round: plan.round,
            now: self.csms.now(),
        };
        let planner = self.csms.planner();
        let word = tokio::time::timeout(planner.later_deadline(), planner.plan_later(&question)).await;
        Ok(match word {
            Ok(Some(NeedsPlan::Schedules(schedules))) => {
                let profile = plan_profile(session, &kept.needs, &schedules);
                PlanState::Ready { profile: Box::new(profile) }
            }
            Ok(_) => self.failed("the planner has none"),
            Err(_elapsed) => self.failed("the planner took too long"),
        })
    }

    /// Keeps how far a plan is; when it is done, its mark goes.
    async fn end(
        &self,
        open: &OpenPlan,
        energy: SessionEnergy,
        plan: EnergyPlan,
        next: PlanState,
    ) -> Result<bool, String> {
        let is_open = next.is_open();
        let kind = EventKind::EnergyChanged {
            part: EnergyPart::Plan,
            key: energy.session.to_string(),
            state: next.name().to_owned(),
        };
        let event = Event { at: self.csms.now(), station: Some(energy.station.clone()), kind };
        let energy = SessionEnergy { plan: Some(EnergyPlan { state: next, ..plan }), ..energy };
        let mut changes = vec![Change::put(&energy)];
        if !is_open {
            changes.push(Change::remove(open));
        }
        self.keep(changes, vec![event]).await?;
        Ok(is_open)
    }

    /// What somebody else changed meanwhile is looked at again.
    async fn keep(&self, changes: Vec<Change>, events: Vec<Event>) -> Result<bool, String> {
        match self.csms.commit(Unit { changes, events, ..Unit::default() }).await {
            Ok(()) => Ok(false),
            Err(CommitError::Conflict { .. }) => Ok(true),
            Err(error) => Err(error.to_string()),
        }
    }
}

fn is_open_plan(event: &StoredEvent) -> bool {
    match &event.event.kind {
        EventKind::EnergyChanged { part: EnergyPart::Plan, state, .. } => {
            matches!(state.as_str(), "wanted" | "ready")
        }
        _ => false,
    }
}
