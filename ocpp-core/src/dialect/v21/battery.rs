//! Battery swapping (block S).

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::later::generic;
use super::{VERSION, wire, words};
use crate::dialect::two::{boxed, integer, unsigned};
use crate::dialect::{
    CannotSay, Heard, Misheard, Payload, Reply, Said, later, payload, read, read_fact, said, verdict,
};
use crate::model::{Battery, BatterySwap, Command, EvseId, Fact, Outcome, SwapStep};
use crate::types::{DateTime, List, Number, Text};

pub(super) fn order(command: &Command) -> Result<Said, CannotSay> {
    match command {
        Command::RequestBatterySwap { request, id_token } => {
            let token = words::whole_id_token(id_token)?;
            Ok(said("RequestBatterySwap", &wire::RequestBatterySwapRequest::new(token, *request)))
        }
        other => Err(later::cannot(VERSION, other)),
    }
}

pub(super) fn hear_outcome(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: wire::RequestBatterySwapResponse| Outcome::Verdict(verdict(r.status.as_str())))
}

pub(super) fn hear_fact(action: &str, json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    read_fact(action, json, |r: wire::BatterySwapRequest| {
        let battery = |told: &wire::BatteryData| {
            Some(Battery {
                evse: EvseId(unsigned(told.evse_id)),
                serial: boxed(&told.serial_number),
                charge: told.soc.decimal()?,
                health: told.soh.decimal()?,
                made_at: told.production_date.as_ref().map(DateTime::timestamp),
                info: told.vendor_info.as_deref().map(boxed),
            })
        };
        Some(Fact::BatterySwap(Box::new(BatterySwap {
            request: r.request_id,
            step: match r.event_type {
                wire::BatterySwapEvent::BatteryIn => SwapStep::In,
                wire::BatterySwapEvent::BatteryOut => SwapStep::Out,
                wire::BatterySwapEvent::BatteryOutTimeout => SwapStep::NotTaken,
                wire::BatterySwapEvent::Unlisted(_) => return None,
            },
            id_token: words::token(&r.id_token),
            batteries: r.battery_data.iter().map(battery).collect::<Option<_>>()?,
        })))
    })
}

pub(super) fn say(swap: &BatterySwap) -> Option<Said> {
    let battery = |battery: &Battery| {
        let mut told = wire::BatteryData::new(
            integer(battery.evse.0)?,
            Text::truncated(&battery.serial),
            Number::new(battery.charge).ok()?,
            Number::new(battery.health).ok()?,
        );
        told.production_date = battery.made_at.map(DateTime::new);
        told.vendor_info = battery.info.as_deref().map(Text::truncated);
        Some(told)
    };
    let batteries: Option<Vec<_>> = swap.batteries.iter().map(battery).collect();
    let step = match swap.step {
        SwapStep::In => wire::BatterySwapEvent::BatteryIn,
        SwapStep::Out => wire::BatterySwapEvent::BatteryOut,
        SwapStep::NotTaken => wire::BatterySwapEvent::BatteryOutTimeout,
    };
    let batteries = List::new(batteries?).ok()?;
    let token = words::id_token(&swap.id_token)?;
    Some(said("BatterySwap", &wire::BatterySwapRequest::new(batteries, step, token, swap.request)))
}

pub(super) fn hear_command(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: wire::RequestBatterySwapRequest| Command::RequestBatterySwap {
        request: r.request_id,
        id_token: words::token(&r.id_token),
    })
}

pub(super) fn answer_command(outcome: &Outcome) -> Reply {
    payload(&wire::RequestBatterySwapResponse::new(generic(outcome)))
}
