//! Reservations of OCPP 1.6: of one connector, or of any by connector 0.

use super::words;
use crate::dialect::{CannotSay, Heard, Misheard, Payload, Reply, Said, payload, read, said, verdict};
use crate::model::{Command, Outcome, Reserve, Verdict};
use crate::types::{DateTime, Version};
use crate::v16;

fn cannot(what: &'static str) -> CannotSay {
    CannotSay::new(Version::V16, what)
}

fn number(id: i64) -> Result<i32, CannotSay> {
    let id = i32::try_from(id).ok().filter(|id| *id >= 0);
    id.ok_or_else(|| cannot("a reservation with this number: it goes from 0 to 2147483647"))
}

pub(super) fn order_reserve(reserve: &Reserve) -> Result<Said, CannotSay> {
    if reserve.connector_type.is_some() {
        return Err(cannot("to reserve a kind of connector: name the connector"));
    }
    let connector = match reserve.evse {
        Some(evse) => i32::try_from(evse.0).map_err(|_| cannot("a place with such a number"))?,
        None => 0,
    };
    let mut request = v16::ReserveNowRequest::new(
        connector,
        DateTime::new(reserve.expires_at),
        words::whole_id_tag(&reserve.id_token)?,
        number(reserve.id)?,
    );
    request.parent_id_tag = reserve.group.as_ref().map(words::whole_id_tag).transpose()?;
    Ok(said("ReserveNow", &request))
}

pub(super) fn order_cancel(id: i64) -> Result<Said, CannotSay> {
    Ok(said("CancelReservation", &v16::CancelReservationRequest::new(number(id)?)))
}

pub(super) fn hear_reserved(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: v16::ReserveNowResponse| Outcome::Verdict(verdict(r.status.as_str())))
}

pub(super) fn hear_cancelled(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: v16::CancelReservationResponse| Outcome::Verdict(verdict(r.status.as_str())))
}

pub(super) fn hear_reserve(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: v16::ReserveNowRequest| {
        Command::Reserve(Reserve {
            id: i64::from(r.reservation_id),
            evse: words::place(r.connector_id).evse(),
            connector_type: None,
            id_token: words::token(&r.id_tag),
            group: r.parent_id_tag.as_deref().map(words::token),
            expires_at: r.expiry_date.timestamp(),
        })
    })
}

pub(super) fn hear_cancel(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: v16::CancelReservationRequest| Command::CancelReservation {
        id: i64::from(r.reservation_id),
    })
}

pub(super) fn answer_reserve(verdict: Verdict) -> Reply {
    if verdict == Verdict::NotSupported {
        return Reply::NotSupported("this station takes no reservations");
    }
    payload(&v16::ReserveNowResponse::new(match verdict {
        Verdict::Accepted => v16::ReservationStatus::Accepted,
        Verdict::Occupied => v16::ReservationStatus::Occupied,
        Verdict::Faulted => v16::ReservationStatus::Faulted,
        Verdict::Unavailable => v16::ReservationStatus::Unavailable,
        _ => v16::ReservationStatus::Rejected,
    }))
}

pub(super) fn answer_cancel(verdict: Verdict) -> Reply {
    if verdict == Verdict::NotSupported {
        return Reply::NotSupported("this station takes no reservations");
    }
    payload(&v16::CancelReservationResponse::new(if verdict == Verdict::Accepted {
        v16::CancelReservationStatus::Accepted
    } else {
        v16::CancelReservationStatus::Rejected
    }))
}
