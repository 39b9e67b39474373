//! Logs in OCPP 2.x, for both ends (N01).

use super::firmware::{cause, status_info};
use super::{VERSION, maintenance, wire};
use crate::dialect::two::{boxed, counted, integer, listed, unsigned};
use crate::dialect::{CannotSay, Heard, Misheard, Payload, Reply, Said, payload, read, said};
use crate::message::Field;
use crate::model::*;
use crate::types::{DateTime, Text};

/// The manager orders a log.
pub(super) fn order(order: &LogOrder) -> Result<Said, CannotSay> {
    let cannot = |what| CannotSay::new(VERSION, what);
    let request = order.request.and_then(integer);
    let request = request.ok_or_else(|| cannot("an order of a log without a number of 32 bits"))?;
    let location = Text::new(&order.location).map_err(|_| cannot("so long an address to upload to"))?;
    let kind = wire::Log::from(order.log.as_str());
    if !kind.conforms() {
        return Err(cannot("a log of the data collector: ask for its diagnostics"));
    }
    let mut log = wire::LogParameters::new(location);
    log.oldest_timestamp = order.from.map(DateTime::new);
    log.latest_timestamp = order.until.map(DateTime::new);
    let mut call = wire::GetLogRequest::new(log, kind, request);
    call.retries = order.retries.and_then(integer);
    call.retry_interval = order.retry_interval_s.and_then(integer);
    Ok(said("GetLog", &call))
}

/// The station hears it.
pub(super) fn hear(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: wire::GetLogRequest| match LogKind::from_word(r.log_type.as_str()) {
        Some(log) => Command::GetLog(LogOrder {
            request: Some(counted(r.request_id)),
            log,
            location: boxed(&r.log.remote_location),
            from: r.log.oldest_timestamp.as_ref().map(DateTime::timestamp),
            until: r.log.latest_timestamp.as_ref().map(DateTime::timestamp),
            retries: r.retries.map(unsigned),
            retry_interval_s: r.retry_interval.map(unsigned),
        }),
        None => Command::Unmapped { action: "GetLog".into(), payload: json.text.into() },
    })
}

pub(super) fn answer(word: LogVerdict, file: Option<&str>, why: Option<&Cause>) -> Reply {
    let mut response = wire::GetLogResponse::new(wire::LogStatus::from(word.as_str()));
    response.filename = file.map(Text::truncated);
    response.status_info = why.map(status_info);
    payload(&response)
}

pub(super) fn hear_outcome(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: wire::GetLogResponse| Outcome::Log {
        verdict: LogVerdict::from_word(r.status.as_str()).unwrap_or(LogVerdict::Rejected),
        file: r.filename.as_deref().map(boxed),
        cause: r.status_info.as_ref().map(cause),
    })
}

/// The station tells how far it is.
pub(super) fn say_progress(progress: &LogProgress) -> Said {
    let status = listed(progress.stage.as_str(), wire::UploadLogStatus::UploadFailure);
    let mut call = wire::LogStatusNotificationRequest::new(status);
    call.request_id = progress.request.and_then(integer);
    maintenance::explain_log(&mut call, progress.cause.as_ref());
    said("LogStatusNotification", &call)
}

pub(super) fn hear_progress(json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    read(json, |r: wire::LogStatusNotificationRequest| match LogStage::from_word(r.status.as_str()) {
        Some(stage) => Fact::Log(LogProgress {
            request: r.request_id.map(counted),
            stage,
            cause: maintenance::log_cause(&r),
        }),
        None => Fact::Unmapped { action: "LogStatusNotification".into(), payload: json.text.into() },
    })
}
