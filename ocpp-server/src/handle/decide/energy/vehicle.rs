//! What vehicles need and plan (K15 to K18), and priority charging (K22).

use ocpp_core::model::{
    Answer, ChargingNeeds, ChargingProfile, ChargingSchedule, EvSchedule, Fact, NeedsWord, Place,
    ProfileExtras, ProfileKind, ProfilePurpose, StationTxRef, Verdict,
};

use super::{Advice, Decision, EnergyPart, StationState, changed, event, kept, noted};
use crate::domain::{
    EnergyPlan, KeptEvSchedule, KeptNeeds, OpenPlan, PlanState, PriorityCharging, Revision, Session,
    SessionEnergy,
};
use crate::handle::{NeedsPlan, SessionAt};
use crate::store::Change;

/// How often a vehicle that strays from its plan gets a new one.
const MAX_ROUNDS: u32 = 3;

/// The vehicle is answered, and what it was promised is sent afterwards (K15.FR.07).
pub(super) fn asks(
    state: &StationState,
    needs: &ChargingNeeds,
    at: &SessionAt,
    plan: &NeedsPlan,
    advice: &Advice,
) -> Decision {
    let mut energy = at.energy.clone();
    let times = energy.needs.as_ref().map_or(0, |before| before.times).saturating_add(1);
    let word = plan.word();
    energy.needs = Some(KeptNeeds { needs: needs.clone(), at: advice.now, word, times });
    let next = match plan {
        NeedsPlan::Schedules(schedules) => {
            let profile = profile_of(&at.session, needs, schedules);
            Some(PlanState::Ready { profile: Box::new(profile) })
        }
        NeedsPlan::Processing => Some(PlanState::Wanted),
        NeedsPlan::NoSchedule | NeedsPlan::Rejected => None,
    };
    let decision = noted(state, advice, EnergyPart::Needs, at.session.key.to_string(), name_of(word));
    let decision = match next {
        Some(next) => with_plan(state, &mut energy, at, (0, next), decision, advice),
        None => decision,
    };
    Decision { answer: Answer::ChargingNeeds(word), ..kept(decision, &energy) }
}

/// A schedule that is more than what was given is refused, and a new plan is made (K15.FR.12, K15.FR.13).
pub(super) fn plans(
    state: &StationState,
    schedule: &EvSchedule,
    at: &SessionAt,
    refused: Option<&str>,
    advice: &Advice,
) -> Decision {
    let mut energy = at.energy.clone();
    energy.schedule = Some(KeptEvSchedule {
        schedule: schedule.clone(),
        at: advice.now,
        refused: refused.map(crate::domain::clipped),
    });
    let (verdict, word) =
        if refused.is_some() { (Verdict::Rejected, "refused") } else { (Verdict::Accepted, "accepted") };
    let decision = noted(state, advice, EnergyPart::EvSchedule, at.session.key.to_string(), word);
    let round = energy.plan.as_ref().map_or(0, |plan| plan.round).saturating_add(1);
    let again = refused.is_some() && energy.needs.is_some() && round <= MAX_ROUNDS;
    let decision = match again {
        true => with_plan(state, &mut energy, at, (round, PlanState::Wanted), decision, advice),
        false => decision,
    };
    Decision { answer: Answer::Verdict(verdict), ..kept(decision, &energy) }
}

fn with_plan(
    state: &StationState,
    energy: &mut SessionEnergy,
    at: &SessionAt,
    (round, next): (u32, PlanState),
    mut decision: Decision,
    advice: &Advice,
) -> Decision {
    let kind = changed(EnergyPart::Plan, at.session.key.to_string(), next.name());
    decision.events.push(event(state, advice, kind));
    energy.plan = Some(EnergyPlan { since: advice.now, round, state: next });
    if at.open.is_none() {
        let open = OpenPlan {
            session: at.session.key.clone(),
            revision: Revision::default(),
            station: at.session.station.clone(),
        };
        decision.changes.push(Change::put(&open));
    }
    decision
}

/// K22.
pub(super) fn has_priority(state: &StationState, active: bool, at: &SessionAt, advice: &Advice) -> Decision {
    let mut energy = at.energy.clone();
    energy.priority = Some(PriorityCharging { active, since: advice.now, at_station: true });
    let word = if active { "on" } else { "off" };
    kept(noted(state, advice, EnergyPart::Priority, at.session.key.to_string(), word), &energy)
}

/// Nothing can be planned for a vehicle without a session: a profile needs its transaction. A schedule that cannot be
/// compared with anything is accepted.
pub(super) fn without_session(state: &StationState, fact: &Fact, advice: &Advice) -> Decision {
    let (part, answer) = match fact {
        Fact::ChargingNeeds(_) => (EnergyPart::Needs, Answer::ChargingNeeds(NeedsWord::NoProfile)),
        Fact::EvSchedule(_) => (EnergyPart::EvSchedule, Answer::Verdict(Verdict::Accepted)),
        _ => (EnergyPart::Priority, Answer::Noted),
    };
    Decision { answer, ..noted(state, advice, part, String::new(), "without_session") }
}

const fn name_of(word: NeedsWord) -> &'static str {
    match word {
        NeedsWord::Accepted => "accepted",
        NeedsWord::Rejected => "rejected",
        NeedsWord::Processing => "processing",
        NeedsWord::NoProfile => "no_profile",
    }
}

/// The number of the profile that is made for a session's vehicle, and its stack level.
const PLAN_LEVEL: u32 = 0;

/// The profile of the running transaction that gives a vehicle these schedules, no longer than it can take.
pub(crate) fn profile_of(
    session: &Session,
    needs: &ChargingNeeds,
    schedules: &[ChargingSchedule],
) -> ChargingProfile {
    let most = needs.max_periods.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX).max(1);
    let schedules: Vec<ChargingSchedule> = schedules
        .iter()
        .take(3)
        .map(|schedule| ChargingSchedule {
            periods: schedule.periods.iter().take(most).cloned().collect(),
            ..schedule.clone()
        })
        .collect();
    let is_relative = schedules.iter().all(|schedule| schedule.start.is_none());
    ChargingProfile {
        // Once in a session, and the same when it is planned anew, so that the new one takes its place (K01.FR.05).
        id: plan_number(session),
        purpose: ProfilePurpose::Tx,
        kind: if is_relative { ProfileKind::Relative } else { ProfileKind::Absolute },
        stack_level: PLAN_LEVEL,
        recurrency: None,
        valid_from: None,
        valid_to: None,
        transaction: Some(StationTxRef::Named(session.start_key.0.as_str().into())),
        schedules,
        extras: ProfileExtras::default(),
    }
}

/// Numbers from 1,000,000,000 on are those of plans.
fn plan_number(session: &Session) -> i32 {
    let number = i32::try_from(session.number.0.rem_euclid(1_000_000_000)).unwrap_or(0);
    1_000_000_000_i32.saturating_add(number)
}

/// The EVSE that a plan is for.
pub(crate) fn place_of(needs: &ChargingNeeds) -> Place {
    Place::Evse(needs.evse)
}
