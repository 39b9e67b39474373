//! Reservations of OCPP 2.x (block H), over the types of the version that includes it.

use super::wire;
use super::{VERSION, words};
use crate::dialect::two::{self, Wording, integer};
use crate::dialect::{CannotSay, Heard, Misheard, Payload, Reply, Said, payload, read, said, verdict};
use crate::model::{Command, EvseId, Fact, Outcome, ReservationEnding, Reserve, Verdict};
use crate::types::DateTime;

const TOO_BIG: &str = "a reservation with this number: it goes from 0 to 2147483647";

pub(super) fn order_reserve(reserve: &Reserve) -> Result<Said, CannotSay> {
    let cannot = |what| CannotSay::new(VERSION, what);
    let id = number(reserve.id).ok_or_else(|| cannot(TOO_BIG))?;
    let expiry = DateTime::new(reserve.expires_at);
    let mut request = wire::ReserveNowRequest::new(id, expiry, words::whole_id_token(&reserve.id_token)?);
    if let Some(kind) = reserve.connector_type.as_deref() {
        request.connector_type = Some(connector_type(kind)?);
    }
    if let Some(evse) = reserve.evse {
        request.evse_id = Some(integer(evse.0).ok_or_else(|| cannot("a place with such a number"))?);
    }
    request.group_id_token = reserve.group.as_ref().map(words::whole_id_token).transpose()?;
    Ok(said("ReserveNow", &request))
}

/// 2.0.1 lists the kinds of connectors, 2.1 takes any of up to 20 characters.
fn connector_type<T: Wording>(kind: &str) -> Result<T, CannotSay> {
    T::exactly(kind)
        .ok_or(CannotSay::new(VERSION, "this kind of connector: use one of its names, such as cCCS2"))
}

/// A number of the model as an id; `None` where it does not fit.
fn number<T: TryFrom<i32>>(id: i64) -> Option<T> {
    if id < 0 { None } else { integer(id) }
}

pub(super) fn order_cancel(id: i64) -> Result<Said, CannotSay> {
    let id = number(id).ok_or(CannotSay::new(VERSION, TOO_BIG))?;
    Ok(said("CancelReservation", &wire::CancelReservationRequest::new(id)))
}

pub(super) fn hear_reserved(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: wire::ReserveNowResponse| Outcome::Verdict(verdict(r.status.as_str())))
}

pub(super) fn hear_cancelled(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: wire::CancelReservationResponse| Outcome::Verdict(verdict(r.status.as_str())))
}

/// A word that no version lists says at least that the reservation is no more.
pub(super) fn hear_ended(json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    read(json, |r: wire::ReservationStatusUpdateRequest| Fact::ReservationEnded {
        id: two::counted(r.reservation_id),
        how: match r.reservation_update_status.as_str() {
            "Expired" => ReservationEnding::Expired,
            "NoTransaction" => ReservationEnding::NoTransaction,
            _ => ReservationEnding::Removed,
        },
    })
}

/// What only a later version has a word for is not said.
pub(super) fn say_ended(id: i64, how: ReservationEnding) -> Option<Said> {
    let word = match how {
        ReservationEnding::Expired => "Expired",
        ReservationEnding::Removed => "Removed",
        ReservationEnding::NoTransaction => "NoTransaction",
    };
    let status = two::exactly::<wire::ReservationUpdateStatus>(word)?;
    Some(said("ReservationStatusUpdate", &wire::ReservationStatusUpdateRequest::new(number(id)?, status)))
}

pub(super) fn hear_reserve(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: wire::ReserveNowRequest| {
        Command::Reserve(Reserve {
            id: two::counted(r.id),
            evse: r.evse_id.map(|id| EvseId(two::unsigned(id))),
            connector_type: r.connector_type.as_ref().map(|kind| two::boxed(kind.as_str())),
            id_token: words::token(&r.id_token),
            group: r.group_id_token.as_ref().map(words::token),
            expires_at: r.expiry_date_time.timestamp(),
        })
    })
}

pub(super) fn hear_cancel(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: wire::CancelReservationRequest| Command::CancelReservation {
        id: two::counted(r.reservation_id),
    })
}

pub(super) fn answer_reserve(verdict: Verdict) -> Reply {
    if verdict == Verdict::NotSupported {
        return Reply::NotSupported("this station takes no reservations");
    }
    payload(&wire::ReserveNowResponse::new(match verdict {
        Verdict::Accepted => wire::ReserveNowStatus::Accepted,
        Verdict::Occupied => wire::ReserveNowStatus::Occupied,
        Verdict::Faulted => wire::ReserveNowStatus::Faulted,
        Verdict::Unavailable => wire::ReserveNowStatus::Unavailable,
        _ => wire::ReserveNowStatus::Rejected,
    }))
}

pub(super) fn answer_cancel(verdict: Verdict) -> Reply {
    if verdict == Verdict::NotSupported {
        return Reply::NotSupported("this station takes no reservations");
    }
    payload(&wire::CancelReservationResponse::new(if verdict == Verdict::Accepted {
        wire::CancelReservationStatus::Accepted
    } else {
        wire::CancelReservationStatus::Rejected
    }))
}
