//! What only 2.1 has words for: the ways into its blocks, and what it says more of charging profiles.

use super::{VERSION, battery, der, dynamic, settlement, stream, tariff_message, v2x, wire};
use crate::dialect::{CannotSay, Heard, Misheard, Payload, Reply, Said, later};
use crate::model::{Answer, Command, Fact, Outcome};

pub(super) use super::pricing::{dress_transaction, heard_pricing};
pub(super) use super::profile::{
    NO_PROFILE, complete_ev_schedule, complete_needs, composite, dress_ev_schedule, dress_limit, dress_needs,
    dress_profile, dress_schedule, local_generation, needs, period, read_period, read_profile, read_schedule,
};

/// The actions of stations that only 2.1 has.
pub(super) const FROM_STATION: &[&str] = &[
    "NotifyPriorityCharging",
    "PullDynamicScheduleUpdate",
    "ReportDERControl",
    "NotifyDERAlarm",
    "NotifyDERStartStop",
    "OpenPeriodicEventStream",
    "ClosePeriodicEventStream",
    "NotifyPeriodicEventStream",
    "BatterySwap",
    "NotifySettlement",
    "VatNumberValidation",
];
/// The actions of managers that only 2.1 has.
pub(super) const FROM_MANAGER: &[&str] = &[
    "UpdateDynamicSchedule",
    "UsePriorityCharging",
    "SetDefaultTariff",
    "GetTariffs",
    "ClearTariffs",
    "ChangeTransactionTariff",
    "SetDERControl",
    "GetDERControl",
    "ClearDERControl",
    "AFRRSignal",
    "NotifyAllowedEnergyTransfer",
    "AdjustPeriodicEventStream",
    "GetPeriodicEventStream",
    "RequestBatterySwap",
    "NotifyWebPaymentStarted",
];

/// The call that carries an order.
pub(super) fn order(command: &Command) -> Result<Said, CannotSay> {
    match command {
        Command::UpdateDynamicSchedule { .. } | Command::UsePriorityCharging { .. } => {
            dynamic::order(command)
        }
        Command::SetDefaultTariff { .. }
        | Command::GetTariffs { .. }
        | Command::ClearTariffs { .. }
        | Command::ChangeTransactionTariff { .. } => tariff_message::order(command),
        Command::SetDerControl(_) | Command::GetDerControls { .. } | Command::ClearDerControls { .. } => {
            der::order(command)
        }
        Command::AfrrSignal { .. } | Command::AllowEnergyTransfer { .. } => v2x::order(command),
        Command::AdjustStream { .. } | Command::GetStreams => stream::order(command),
        Command::RequestBatterySwap { .. } => battery::order(command),
        Command::WebPaymentStarted { .. } => settlement::order(command),
        other => Err(later::cannot(VERSION, other)),
    }
}

/// What a station's answer to an order means.
pub(super) fn hear_outcome(command: &Command, json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    match command {
        Command::UpdateDynamicSchedule { .. } | Command::UsePriorityCharging { .. } => {
            dynamic::hear_outcome(command, json)
        }
        Command::SetDefaultTariff { .. }
        | Command::GetTariffs { .. }
        | Command::ClearTariffs { .. }
        | Command::ChangeTransactionTariff { .. } => tariff_message::hear_outcome(command, json),
        Command::SetDerControl(_) | Command::GetDerControls { .. } | Command::ClearDerControls { .. } => {
            der::hear_outcome(command, json)
        }
        Command::AfrrSignal { .. } | Command::AllowEnergyTransfer { .. } => v2x::hear_outcome(command, json),
        Command::AdjustStream { .. } | Command::GetStreams => stream::hear_outcome(command, json),
        Command::RequestBatterySwap { .. } => battery::hear_outcome(json),
        Command::WebPaymentStarted { .. } => settlement::hear_outcome(json),
        _ => Ok(later::unheard()),
    }
}

/// What a station's call means.
pub(super) fn hear_fact(action: &str, json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    match action {
        "NotifyPriorityCharging" | "PullDynamicScheduleUpdate" => dynamic::hear_fact(action, json),
        "ReportDERControl" | "NotifyDERAlarm" | "NotifyDERStartStop" => der::hear_fact(action, json),
        "BatterySwap" => battery::hear_fact(action, json),
        "NotifySettlement" | "VatNumberValidation" => settlement::hear_fact(action, json),
        _ => stream::hear_fact(action, json),
    }
}

/// What answers a station's call.
pub(super) fn answer(fact: &Fact, answer: &Answer) -> Reply {
    match fact {
        Fact::PullSchedule { .. } => dynamic::answer(answer),
        Fact::StreamOpened(_) => stream::answer(answer),
        Fact::Settlement(_) | Fact::VatNumber(_) => settlement::answer(fact, answer),
        _ => Reply::Payload("{}".into()),
    }
}

/// The call that carries a fact.
pub(super) fn say(fact: &Fact) -> Option<Said> {
    match fact {
        Fact::PriorityCharging { .. } | Fact::PullSchedule { .. } => dynamic::say(fact),
        Fact::DerReport(_) | Fact::DerAlarm(_) | Fact::DerStartStop(_) => der::say(fact),
        Fact::StreamOpened(_) | Fact::StreamClosed { .. } | Fact::StreamValues(_) => stream::say(fact),
        Fact::BatterySwap(swap) => battery::say(swap),
        Fact::Settlement(_) | Fact::VatNumber(_) => settlement::say(fact),
        _ => None,
    }
}

/// What the manager's answer means.
pub(super) fn hear_answer(action: &str, json: Payload<'_>) -> Option<Result<Heard<Answer>, Misheard>> {
    Some(match action {
        "PullDynamicScheduleUpdate" => dynamic::hear_answer(json),
        "OpenPeriodicEventStream" => stream::hear_answer(json),
        "NotifySettlement" | "VatNumberValidation" => settlement::hear_answer(action, json),
        _ => return None,
    })
}

/// What a manager's call means.
pub(super) fn hear_command(action: &str, json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    match action {
        "UpdateDynamicSchedule" | "UsePriorityCharging" => dynamic::hear_command(action, json),
        "SetDefaultTariff" | "GetTariffs" | "ClearTariffs" | "ChangeTransactionTariff" => {
            tariff_message::hear_command(action, json)
        }
        "SetDERControl" | "GetDERControl" | "ClearDERControl" => der::hear_command(action, json),
        "AFRRSignal" | "NotifyAllowedEnergyTransfer" => v2x::hear_command(action, json),
        "RequestBatterySwap" => battery::hear_command(json),
        "NotifyWebPaymentStarted" => settlement::hear_command(json),
        _ => stream::hear_command(action, json),
    }
}

/// What answers a manager's call.
pub(super) fn answer_command(action: &str, outcome: &Outcome) -> Reply {
    match action {
        "UpdateDynamicSchedule" | "UsePriorityCharging" => dynamic::answer_command(action, outcome),
        "SetDefaultTariff" | "GetTariffs" | "ClearTariffs" | "ChangeTransactionTariff" => {
            tariff_message::answer_command(action, outcome)
        }
        "SetDERControl" | "GetDERControl" | "ClearDERControl" => der::answer_command(action, outcome),
        "AFRRSignal" | "NotifyAllowedEnergyTransfer" => v2x::answer_command(action, outcome),
        "AdjustPeriodicEventStream" | "GetPeriodicEventStream" => stream::answer_command(action, outcome),
        "RequestBatterySwap" => battery::answer_command(outcome),
        "NotifyWebPaymentStarted" if *outcome == accepted() => {
            crate::dialect::payload(&wire::NotifyWebPaymentStartedResponse::new())
        }
        _ => Reply::NotSupported("this station does not do that"),
    }
}

const fn accepted() -> Outcome {
    Outcome::Verdict(crate::model::Verdict::Accepted)
}

/// Whether a station takes an order, where it can only take or refuse it.
pub(super) fn is_accepted(outcome: &Outcome) -> bool {
    *outcome == accepted()
}

/// The status of most answers.
pub(super) fn generic(outcome: &Outcome) -> wire::GenericStatus {
    if is_accepted(outcome) { wire::GenericStatus::Accepted } else { wire::GenericStatus::Rejected }
}
