//! Bidirectional power transfer (block Q).

use alloc::vec::Vec;

use super::dynamic::transaction_id;
use super::later::generic;
use super::{VERSION, wire};
use crate::dialect::two::{boxed, exactly};
use crate::dialect::{CannotSay, Heard, Misheard, Payload, Reply, Said, later, payload, read, said, verdict};
use crate::model::{Command, Outcome, StationTxRef};
use crate::types::{DateTime, List};

pub(super) fn order(command: &Command) -> Result<Said, CannotSay> {
    let cannot = |what| CannotSay::new(VERSION, what);
    Ok(match command {
        Command::AfrrSignal { at, signal } => {
            said("AFRRSignal", &wire::AFRRSignalRequest::new(DateTime::new(*at), *signal))
        }
        Command::AllowEnergyTransfer { transaction, modes } => {
            let modes: Option<Vec<wire::EnergyTransferMode>> =
                modes.iter().map(|mode| exactly(mode)).collect();
            let modes = modes.ok_or_else(|| cannot("a way of energy transfer that it does not list"))?;
            let modes = List::new(modes).map_err(|_| cannot("that no way of energy transfer is allowed"))?;
            let call = wire::NotifyAllowedEnergyTransferRequest::new(transaction_id(transaction)?, modes);
            said("NotifyAllowedEnergyTransfer", &call)
        }
        other => return Err(later::cannot(VERSION, other)),
    })
}

pub(super) fn hear_outcome(command: &Command, json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    match command {
        Command::AfrrSignal { .. } => {
            read(json, |r: wire::AFRRSignalResponse| Outcome::Verdict(verdict(r.status.as_str())))
        }
        _ => read(json, |r: wire::NotifyAllowedEnergyTransferResponse| {
            Outcome::Verdict(verdict(r.status.as_str()))
        }),
    }
}

pub(super) fn hear_command(action: &str, json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    match action {
        "AFRRSignal" => read(json, |r: wire::AFRRSignalRequest| Command::AfrrSignal {
            at: r.timestamp.timestamp(),
            signal: r.signal,
        }),
        _ => read(json, |r: wire::NotifyAllowedEnergyTransferRequest| Command::AllowEnergyTransfer {
            transaction: StationTxRef::Named(boxed(&r.transaction_id)),
            modes: r.allowed_energy_transfer.iter().map(|mode| boxed(mode.as_str())).collect(),
        }),
    }
}

pub(super) fn answer_command(action: &str, outcome: &Outcome) -> Reply {
    if action == "AFRRSignal" {
        return payload(&wire::AFRRSignalResponse::new(generic(outcome)));
    }
    payload(&wire::NotifyAllowedEnergyTransferResponse::new(wire::NotifyAllowedEnergyTransferStatus::from(
        generic(outcome).as_str(),
    )))
}
