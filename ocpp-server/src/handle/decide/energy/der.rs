//! Grid support (R04, R05).

use std::collections::BTreeMap;

use ocpp_core::model::{DerAlarm, DerReport, DerStartStop};

use super::{Advice, Decision, EnergyPart, StationState, kept, noted};
use crate::domain::{Asked, AskedReport, DerAlarms, InstalledDer, Record, Revision};
use crate::store::Change;

/// A part of a report: what it has is on the station; after the last part, what was asked for and did not come is not.
pub(super) fn reported(
    state: &StationState,
    report: &DerReport,
    (installed, asked): (&[InstalledDer], Option<&AskedReport>),
    advice: &Advice,
) -> Decision {
    let word = if report.more { "reported_in_part" } else { "reported" };
    let mut decision = noted(state, advice, EnergyPart::DerControl, report.request.to_string(), word);
    let mut told = BTreeMap::new();
    for control in &report.controls {
        let before = installed.iter().find(|known| known.control.id == control.id);
        let same = before.filter(|before| before.control.setting == control.setting);
        let known = InstalledDer {
            station: state.station.id.clone(),
            revision: before.map_or_else(Revision::default, |before| before.revision),
            control: control.clone(),
            by: same.and_then(|same| same.by.clone()),
            since: same.map_or(advice.now, |same| same.since),
            reported_at: Some(advice.now),
            started_at: same.and_then(|same| same.started_at),
            ended_at: same.and_then(|same| same.ended_at),
        };
        told.insert(known.key(), known);
    }
    if let Some(asked) = asked.filter(|asked| asked.request == report.request) {
        let mut seen = asked.seen.clone();
        seen.extend(told.keys().take(AskedReport::MAX_SEEN.saturating_sub(seen.len())).cloned());
        if report.more {
            decision.changes.push(Change::put(&AskedReport { seen, ..asked.clone() }));
        } else {
            decision.changes.push(Change::remove(asked));
            if let Asked::Der { filter } = &asked.asked {
                let missing = |known: &&InstalledDer| {
                    known.is_asked_by(filter)
                        && !told.contains_key(&known.key())
                        && !seen.contains(&known.key())
                };
                decision.changes.extend(installed.iter().filter(missing).map(Change::remove));
            }
        }
    }
    let room = InstalledDer::MAX_PER_STATION.saturating_sub(installed.len());
    let (before, new): (Vec<_>, Vec<_>) =
        told.values().partition(|known| known.revision != Revision::default());
    decision.changes.extend(before.into_iter().chain(new.into_iter().take(room)).map(Change::put));
    decision
}

pub(super) fn alarmed(
    state: &StationState,
    alarm: &DerAlarm,
    alarms: &DerAlarms,
    advice: &Advice,
) -> Decision {
    let mut alarms = alarms.clone();
    alarms.note(alarm);
    let word = if alarm.ended { "over" } else { "began" };
    kept(noted(state, advice, EnergyPart::DerAlarm, crate::domain::clipped(&alarm.kind), word), &alarms)
}

/// A scheduled setting that ended is gone from the station (R04.FR.10).
pub(super) fn turned(
    state: &StationState,
    told: &DerStartStop,
    known: Option<&InstalledDer>,
    advice: &Advice,
) -> Decision {
    let word = if told.started { "started" } else { "ended" };
    let decision = noted(state, advice, EnergyPart::DerControl, crate::domain::clipped(&told.id), word);
    let Some(known) = known else { return decision };
    let known = match told.started {
        true => InstalledDer { started_at: Some(told.at), ended_at: None, ..known.clone() },
        false => InstalledDer { ended_at: Some(told.at), ..known.clone() },
    };
    kept(decision, &known)
}
