//! Dynamic profiles and priority charging (K21, K22, K28).

use alloc::boxed::Box;

use super::later::is_accepted;
use super::profile::{read_update, update};
use super::{VERSION, wire};
use crate::dialect::two::boxed;
use crate::dialect::{
    CannotSay, Heard, Misheard, Payload, Reply, Said, later, payload, read, read_command, said, verdict,
};
use crate::model::{Answer, Command, Fact, Outcome, StationTxRef, Verdict};
use crate::types::Text;

pub(super) fn order(command: &Command) -> Result<Said, CannotSay> {
    Ok(match command {
        Command::UpdateDynamicSchedule { profile, update: values } => {
            let values = update(values).map_err(|what| CannotSay::new(VERSION, what))?;
            said("UpdateDynamicSchedule", &wire::UpdateDynamicScheduleRequest::new(*profile, values))
        }
        Command::UsePriorityCharging { transaction, activate } => {
            let name = transaction_id(transaction)?;
            said("UsePriorityCharging", &wire::UsePriorityChargingRequest::new(name, *activate))
        }
        other => return Err(later::cannot(VERSION, other)),
    })
}

/// The station's name of a transaction.
pub(super) fn transaction_id(transaction: &StationTxRef) -> Result<Text<36>, CannotSay> {
    let cannot = |what| CannotSay::new(VERSION, what);
    match transaction {
        StationTxRef::Named(name) => {
            Text::new(name).map_err(|_| cannot("a transaction id of more than 36 characters"))
        }
        _ => Err(cannot("a transaction without the station's id of it")),
    }
}

pub(super) fn hear_outcome(command: &Command, json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    match command {
        Command::UsePriorityCharging { .. } => {
            read(json, |r: wire::UsePriorityChargingResponse| Outcome::Verdict(verdict(r.status.as_str())))
        }
        _ => {
            read(json, |r: wire::UpdateDynamicScheduleResponse| Outcome::Verdict(verdict(r.status.as_str())))
        }
    }
}

pub(super) fn hear_fact(action: &str, json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    match action {
        "NotifyPriorityCharging" => {
            read(json, |r: wire::NotifyPriorityChargingRequest| Fact::PriorityCharging {
                transaction: StationTxRef::Named(boxed(&r.transaction_id)),
                activated: r.activated,
            })
        }
        _ => read(json, |r: wire::PullDynamicScheduleUpdateRequest| Fact::PullSchedule {
            profile: r.charging_profile_id,
        }),
    }
}

pub(super) fn answer(answer: &Answer) -> Reply {
    let values = match answer {
        Answer::ScheduleUpdate(Some(values)) => update(values).ok(),
        _ => None,
    };
    let accepted = wire::ChargingProfileStatus::Accepted;
    let status = if values.is_some() { accepted } else { wire::ChargingProfileStatus::Rejected };
    let mut response = wire::PullDynamicScheduleUpdateResponse::new(status);
    response.schedule_update = values;
    payload(&response)
}

pub(super) fn say(fact: &Fact) -> Option<Said> {
    Some(match fact {
        Fact::PriorityCharging { transaction, activated } => {
            let name = transaction_id(transaction).ok()?;
            said("NotifyPriorityCharging", &wire::NotifyPriorityChargingRequest::new(name, *activated))
        }
        Fact::PullSchedule { profile } => {
            said("PullDynamicScheduleUpdate", &wire::PullDynamicScheduleUpdateRequest::new(*profile))
        }
        _ => return None,
    })
}

pub(super) fn hear_answer(json: Payload<'_>) -> Result<Heard<Answer>, Misheard> {
    read(json, |r: wire::PullDynamicScheduleUpdateResponse| {
        let accepted = r.status == wire::ChargingProfileStatus::Accepted;
        let values = r.schedule_update.as_ref().filter(|_| accepted).and_then(read_update);
        Answer::ScheduleUpdate(values.map(Box::new))
    })
}

pub(super) fn hear_command(action: &str, json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    match action {
        "UsePriorityCharging" => {
            read(json, |r: wire::UsePriorityChargingRequest| Command::UsePriorityCharging {
                transaction: StationTxRef::Named(boxed(&r.transaction_id)),
                activate: r.activate,
            })
        }
        _ => read_command(action, json, |r: wire::UpdateDynamicScheduleRequest| {
            let update = read_update(&r.schedule_update)?;
            Some(Command::UpdateDynamicSchedule { profile: r.charging_profile_id, update })
        }),
    }
}

pub(super) fn answer_command(action: &str, outcome: &Outcome) -> Reply {
    if action == "UsePriorityCharging" {
        return payload(&wire::UsePriorityChargingResponse::new(match outcome {
            Outcome::Verdict(Verdict::Accepted) => wire::PriorityChargingStatus::Accepted,
            Outcome::Verdict(Verdict::NothingFits) => wire::PriorityChargingStatus::NoProfile,
            _ => wire::PriorityChargingStatus::Rejected,
        }));
    }
    payload(&wire::UpdateDynamicScheduleResponse::new(if is_accepted(outcome) {
        wire::ChargingProfileStatus::Accepted
    } else {
        wire::ChargingProfileStatus::Rejected
    }))
}
