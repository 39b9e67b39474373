//! What a campaign does next: pure, out of how far its stations are.

use crate::domain::{Campaign, CampaignState, CampaignTarget, TargetState};

/// A station of a campaign as it stands.
pub(super) struct Standing {
    pub(super) target: CampaignTarget,
    pub(super) seen: Seen,
}

/// What matters of a station at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seen {
    /// It is connected, and its hour has come.
    Ready,
    /// It is not connected.
    Away,
    /// It is at it, or its hour has not come.
    Busy,
    /// Its update has ended.
    Ended(TargetState),
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    Note(CampaignTarget, TargetState),
    Tell(CampaignTarget),
    NextWave(u32),
    Pause(String),
    End,
}

/// What is to be done next.
///
/// A wave is over when none of its stations is at it or could be: stations that are not connected do not hold it
/// up, once at least one station of it has its result. Those that come later are told when they come.
pub(super) fn next(campaign: &Campaign, standings: &[Standing]) -> Vec<Action> {
    let ended = standings.iter().filter_map(|standing| match &standing.seen {
        Seen::Ended(state) => Some(Action::Note(standing.target.clone(), state.clone())),
        _ => None,
    });
    let mut actions: Vec<Action> = ended.collect();
    if campaign.state == CampaignState::Aborted {
        return actions;
    }
    if standings.iter().all(|standing| is_over(state_of(standing))) {
        actions.push(Action::End);
        return actions;
    }
    if campaign.state != CampaignState::Running {
        return actions;
    }
    let failures = count(standings, |state| matches!(state, TargetState::Failed { .. }));
    if failures.saturating_sub(campaign.forgiven) > campaign.plan.max_failures {
        actions.push(Action::Pause(format!("it failed at {failures} stations")));
        return actions;
    }
    let wave = wave_now(campaign, standings);
    if wave != campaign.wave {
        actions.push(Action::NextWave(wave));
    }
    let busy = count(standings, |state| matches!(state, TargetState::Updating { .. }));
    let free = campaign.plan.at_once.saturating_sub(busy);
    let ready = standings.iter().filter(|standing| {
        standing.seen == Seen::Ready
            && standing.target.state == TargetState::Waiting
            && standing.target.wave <= wave
    });
    let told = ready.take(usize::try_from(free).unwrap_or(usize::MAX));
    actions.extend(told.map(|standing| Action::Tell(standing.target.clone())));
    actions
}

/// The wave that is under way, after those that are over.
fn wave_now(campaign: &Campaign, standings: &[Standing]) -> u32 {
    let mut wave = campaign.wave;
    while wave.saturating_add(1) < campaign.waves {
        let here = || standings.iter().filter(|standing| standing.target.wave == wave);
        let has_result = here().any(|standing| is_over(state_of(standing)));
        let holds = |standing: &Standing| {
            let is_away = standing.target.state == TargetState::Waiting && standing.seen == Seen::Away;
            !is_over(state_of(standing)) && !is_away
        };
        if !has_result || here().any(holds) {
            break;
        }
        wave += 1;
    }
    wave
}

fn state_of(standing: &Standing) -> &TargetState {
    match &standing.seen {
        Seen::Ended(state) => state,
        _ => &standing.target.state,
    }
}

const fn is_over(state: &TargetState) -> bool {
    matches!(state, TargetState::Done { .. } | TargetState::Failed { .. } | TargetState::Skipped)
}

fn count(standings: &[Standing], is_meant: impl Fn(&TargetState) -> bool) -> u32 {
    let count = standings.iter().filter(|standing| is_meant(state_of(standing))).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}
