//! Logs in OCPP 1.6, for both ends: `GetDiagnostics`, and `GetLog` of the security extension.

use crate::dialect::{CannotSay, Heard, Misheard, Payload, Reply, Said, payload, read, said};
use crate::model::*;
use crate::types::{DateTime, Text, Uri, Version};
use crate::v16;

fn cannot(what: &'static str) -> CannotSay {
    CannotSay::new(Version::V16, what)
}

fn small(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn counted(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

/// The manager orders a log: with a number by `GetLog`, without one by `GetDiagnostics`.
pub(super) fn order(order: &LogOrder) -> Result<Said, CannotSay> {
    let kind = match order.log {
        LogKind::Diagnostics => v16::Log::DiagnosticsLog,
        LogKind::Security => v16::Log::SecurityLog,
        LogKind::DataCollector => return Err(cannot("a log of the data collector: ask for its diagnostics")),
    };
    let Some(request) = order.request else {
        if order.log != LogKind::Diagnostics {
            return Err(cannot("an order of a security log without a number"));
        }
        return Ok(diagnostics(order));
    };
    let request = i32::try_from(request).map_err(|_| cannot("a number of more than 32 bits"))?;
    let location = Text::new(&order.location);
    let location = location.map_err(|_| cannot("an address to upload to of more than 512 characters"))?;
    let mut log = v16::LogParameters::new(location);
    log.oldest_timestamp = order.from.map(DateTime::new);
    log.latest_timestamp = order.until.map(DateTime::new);
    let mut call = v16::GetLogRequest::new(log, kind, request);
    call.retries = order.retries.map(small);
    call.retry_interval = order.retry_interval_s.map(small);
    Ok(said("GetLog", &call))
}

fn diagnostics(order: &LogOrder) -> Said {
    let mut call = v16::GetDiagnosticsRequest::new(Uri::new(&order.location));
    call.retries = order.retries.map(small);
    call.retry_interval = order.retry_interval_s.map(small);
    call.start_time = order.from.map(DateTime::new);
    call.stop_time = order.until.map(DateTime::new);
    said("GetDiagnostics", &call)
}

pub(super) fn hear_diagnostics(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: v16::GetDiagnosticsRequest| {
        Command::GetLog(LogOrder {
            request: None,
            log: LogKind::Diagnostics,
            location: r.location.as_str().into(),
            from: r.start_time.as_ref().map(DateTime::timestamp),
            until: r.stop_time.as_ref().map(DateTime::timestamp),
            retries: r.retries.map(counted),
            retry_interval_s: r.retry_interval.map(counted),
        })
    })
}

pub(super) fn hear_log(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: v16::GetLogRequest| match LogKind::from_word(r.log_type.as_str()) {
        Some(log) => Command::GetLog(LogOrder {
            request: Some(i64::from(r.request_id)),
            log,
            location: r.log.remote_location.as_str().into(),
            from: r.log.oldest_timestamp.as_ref().map(DateTime::timestamp),
            until: r.log.latest_timestamp.as_ref().map(DateTime::timestamp),
            retries: r.retries.map(counted),
            retry_interval_s: r.retry_interval.map(counted),
        }),
        None => Command::Unmapped { action: "GetLog".into(), payload: json.text.into() },
    })
}

/// `GetDiagnostics` is answered with the name of the file, or without one when there is nothing (5.9).
pub(super) fn answer(action: &str, word: LogVerdict, file: Option<&str>) -> Reply {
    let file = file.map(Text::truncated);
    if action == "GetDiagnostics" {
        let mut response = v16::GetDiagnosticsResponse::new();
        response.file_name = file.filter(|_| word.is_accepted());
        return payload(&response);
    }
    let mut response = v16::GetLogResponse::new(v16::LogStatus::from(word.as_str()));
    response.filename = file;
    payload(&response)
}

pub(super) fn hear_outcome(order: &LogOrder, json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    let name = |file: Option<Text<255>>| file.map(|file| file.as_str().into());
    if order.request.is_none() {
        return read(json, |r: v16::GetDiagnosticsResponse| {
            let file = r.file_name.filter(|file| !file.is_empty());
            let verdict = if file.is_some() { LogVerdict::Accepted } else { LogVerdict::Rejected };
            Outcome::Log { verdict, file: name(file), cause: None }
        });
    }
    read(json, |r: v16::GetLogResponse| Outcome::Log {
        verdict: LogVerdict::from_word(r.status.as_str()).unwrap_or(LogVerdict::Rejected),
        file: name(r.filename),
        cause: None,
    })
}

/// Progress with a number belongs to `GetLog`, other progress to `GetDiagnostics`.
pub(super) fn say_progress(progress: &LogProgress) -> Option<Said> {
    if let Some(request) = progress.request.and_then(|number| i32::try_from(number).ok()) {
        // The extension has no word for an upload that was given up.
        if progress.stage == LogStage::AcceptedCanceled {
            return None;
        }
        let status = v16::UploadLogStatus::from(progress.stage.as_str());
        let mut call = v16::LogStatusNotificationRequest::new(status);
        call.request_id = Some(request);
        return Some(said("LogStatusNotification", &call));
    }
    let status = match progress.stage {
        LogStage::Idle => v16::DiagnosticsStatus::Idle,
        LogStage::Uploading => v16::DiagnosticsStatus::Uploading,
        LogStage::Uploaded => v16::DiagnosticsStatus::Uploaded,
        LogStage::AcceptedCanceled => return None,
        _ => v16::DiagnosticsStatus::UploadFailed,
    };
    Some(said("DiagnosticsStatusNotification", &v16::DiagnosticsStatusNotificationRequest::new(status)))
}

pub(super) fn hear_diagnostics_progress(json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    read(json, |r: v16::DiagnosticsStatusNotificationRequest| {
        let status = match r.status.as_str() {
            "UploadFailed" => "UploadFailure",
            other => other,
        };
        progress("DiagnosticsStatusNotification", status, None, json)
    })
}

pub(super) fn hear_log_progress(json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    read(json, |r: v16::LogStatusNotificationRequest| {
        progress("LogStatusNotification", r.status.as_str(), r.request_id.map(i64::from), json)
    })
}

fn progress(action: &str, status: &str, request: Option<i64>, json: Payload<'_>) -> Fact {
    match LogStage::from_word(status) {
        Some(stage) => Fact::Log(LogProgress { request, stage, cause: None }),
        None => Fact::Unmapped { action: action.into(), payload: json.text.into() },
    }
}
