//! Profiles that are reported, limits of outside systems, and new values of dynamic profiles.

use std::collections::BTreeMap;

use ocpp_core::model::{Answer, ChargingLimit, Place, ProfileReport, ScheduleUpdate};

use super::{Advice, Decision, StationState, changed, event, kept, noted};
use crate::domain::{Asked, AskedReport, EnergyPart, ExternalLimit, InstalledProfile, Record, Revision};
use crate::store::Change;

/// A part of a report (K09): what it has is on the station. When the last part of what was asked for is here, what was
/// asked for and did not come is not on the station.
pub(super) fn reported(
    state: &StationState,
    report: &ProfileReport,
    (installed, asked): (&[InstalledProfile], Option<&AskedReport>),
    advice: &Advice,
) -> Decision {
    let word = if report.more { "reported_in_part" } else { "reported" };
    let mut decision = noted(state, advice, EnergyPart::Profile, report.request.to_string(), word);
    let mut told = BTreeMap::new();
    for profile in &report.profiles {
        let before = installed.iter().find(|known| known.profile.id == profile.id);
        let same = before.filter(|before| before.profile == *profile && before.is_at(report.place));
        let now_known = InstalledProfile {
            station: state.station.id.clone(),
            revision: before.map_or_else(Revision::default, |before| before.revision),
            place: report.place,
            source: report.source.chars().take(40).collect::<String>().into(),
            by: same.and_then(|same| same.by.clone()),
            since: same.map_or(advice.now, |same| same.since),
            reported_at: Some(advice.now),
            profile: profile.clone(),
        };
        told.insert(now_known.key(), now_known);
    }
    let mut gone: Vec<&InstalledProfile> = installed
        .iter()
        .filter(|known| known.is_over(advice.now) && !told.contains_key(&known.key()))
        .collect();
    if let Some(asked) = asked.filter(|asked| asked.request == report.request) {
        let mut seen = asked.seen.clone();
        seen.extend(told.keys().take(AskedReport::MAX_SEEN.saturating_sub(seen.len())).cloned());
        if report.more {
            decision.changes.push(Change::put(&AskedReport { seen, ..asked.clone() }));
        } else {
            decision.changes.push(Change::remove(asked));
            if let Asked::Profiles { place, filter } = &asked.asked {
                let missing = |known: &&InstalledProfile| {
                    known.is_asked_by(*place, filter)
                        && !known.is_over(advice.now)
                        && !told.contains_key(&known.key())
                        && !seen.contains(&known.key())
                };
                gone.extend(installed.iter().filter(missing));
            }
        }
    }
    let room = InstalledProfile::MAX_PER_STATION.saturating_sub(installed.len());
    let (before, new): (Vec<_>, Vec<_>) =
        told.values().partition(|known| known.revision != Revision::default());
    decision.changes.extend(before.into_iter().chain(new.into_iter().take(room)).map(Change::put));
    decision.changes.extend(gone.into_iter().map(Change::remove));
    decision
}

/// The transaction has ended, and its profiles with it.
pub(in crate::handle::decide) fn remove_leaving(
    state: &StationState,
    advice: &Advice,
    decision: &mut Decision,
) {
    // A report that is only answered again changes nothing.
    if decision.changes.is_empty() {
        return;
    }
    for known in &advice.leaving {
        let kind = changed(EnergyPart::Profile, known.profile.id.to_string(), "ended");
        decision.events.push(event(state, advice, kind));
        decision.changes.push(Change::remove(known));
    }
}

/// K11, K12.
pub(super) fn limited(
    state: &StationState,
    limit: &ChargingLimit,
    known: &[ExternalLimit],
    advice: &Advice,
) -> Decision {
    let mut decision = noted(state, advice, EnergyPart::Limit, name(limit.place, &limit.source), "set");
    let mut held = ExternalLimit {
        station: state.station.id.clone(),
        revision: Revision::default(),
        limit: limit.clone(),
        since: advice.now,
        cleared_at: None,
    };
    match known.iter().find(|before| before.key() == held.key()) {
        Some(before) => held.revision = before.revision,
        None if known.len() >= ExternalLimit::MAX_PER_STATION => {
            let lifted = known.iter().filter(|other| other.cleared_at.is_some());
            let Some(oldest) = lifted.min_by_key(|other| other.cleared_at) else { return decision };
            decision.changes.push(Change::remove(oldest));
        }
        None => {}
    }
    kept(decision, &held)
}

/// K13: at a place, or everywhere.
pub(super) fn limit_lifted(
    state: &StationState,
    place: Option<Place>,
    source: &str,
    known: &[ExternalLimit],
    advice: &Advice,
) -> Decision {
    let mut decision =
        noted(state, advice, EnergyPart::Limit, name(place.unwrap_or(Place::Station), source), "lifted");
    let lifted = known.iter().filter(|held| {
        held.cleared_at.is_none()
            && *held.limit.source == *source
            && place.is_none_or(|place| place.evse() == held.limit.place.evse())
    });
    let lifted = lifted.map(|held| ExternalLimit { cleared_at: Some(advice.now), ..held.clone() });
    decision.changes.extend(lifted.map(|held| Change::put(&held)));
    decision
}

/// K28: a dynamic profile that the manager has new values for.
pub(super) fn pulled(
    state: &StationState,
    profile: i32,
    update: Option<&(InstalledProfile, ScheduleUpdate)>,
    advice: &Advice,
) -> Decision {
    let Some((known, update)) = update else {
        let decision = noted(state, advice, EnergyPart::Pull, profile.to_string(), "refused");
        return Decision { answer: Answer::ScheduleUpdate(None), ..decision };
    };
    let mut known = known.clone();
    known.update(update, advice.now);
    let decision = kept(noted(state, advice, EnergyPart::Pull, profile.to_string(), "answered"), &known);
    Decision { answer: Answer::ScheduleUpdate(Some(Box::new(*update))), ..decision }
}

fn name(place: Place, source: &str) -> String {
    let source: String = source.chars().take(40).collect();
    match place.evse() {
        None => source,
        Some(evse) => format!("{source} at EVSE {evse}"),
    }
}
