//! Reports on charging profiles, limits, grid support, streams, batteries and settlements: they are told in the words
//! of the model, with the name that the action has.

use ocpp_core::model::{Answer, Fact};

use super::super::state::StationState;
use super::{Advice, Decision, event};
use crate::domain::EventKind;

/// Notes such a report. What the station asks for in it is answered by what its action has for "not here".
pub(super) fn decide(state: &StationState, fact: &Fact, advice: &Advice) -> Decision {
    let Some(action) = action_of(fact) else { return Decision::just(Answer::Noted) };
    // Facts are plain data, which always has a JSON form.
    let payload = serde_json::to_string(fact).unwrap_or_default();
    let kind = EventKind::MessageNoted { action: action.to_owned(), payload };
    Decision { events: vec![event(state, advice, kind)], ..Decision::just(Answer::Noted) }
}

const fn action_of(fact: &Fact) -> Option<&'static str> {
    Some(match fact {
        Fact::ChargingProfiles(_) => "ReportChargingProfiles",
        Fact::ChargingLimit(_) => "NotifyChargingLimit",
        Fact::ChargingLimitCleared { .. } => "ClearedChargingLimit",
        Fact::ChargingNeeds(_) => "NotifyEVChargingNeeds",
        Fact::EvSchedule(_) => "NotifyEVChargingSchedule",
        Fact::PriorityCharging { .. } => "NotifyPriorityCharging",
        Fact::PullSchedule { .. } => "PullDynamicScheduleUpdate",
        Fact::DerReport(_) => "ReportDERControl",
        Fact::DerAlarm(_) => "NotifyDERAlarm",
        Fact::DerStartStop(_) => "NotifyDERStartStop",
        Fact::StreamOpened(_) => "OpenPeriodicEventStream",
        Fact::StreamClosed { .. } => "ClosePeriodicEventStream",
        Fact::StreamValues(_) => "NotifyPeriodicEventStream",
        Fact::BatterySwap(_) => "BatterySwap",
        Fact::Settlement(_) => "NotifySettlement",
        Fact::VatNumber(_) => "VatNumberValidation",
        _ => return None,
    })
}
