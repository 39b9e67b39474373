//! Periodic event streams (block N, N11 to N15).

use super::later::generic;
use super::{VERSION, wire};
use crate::dialect::two::{boxed, integer, unsigned};
use crate::dialect::{
    CannotSay, Heard, Misheard, Payload, Reply, Said, later, payload, read, read_fact, said, verdict,
};
use crate::model::{Answer, Command, Fact, Outcome, Stream, StreamPace, StreamValue, StreamValues, Verdict};
use crate::types::{DateTime, List, Number, Text};

pub(super) fn pace(pace: StreamPace) -> wire::PeriodicEventStreamParams {
    let mut said = wire::PeriodicEventStreamParams::new();
    said.interval = pace.interval_s.and_then(integer);
    said.values = pace.values.and_then(integer);
    said
}

pub(super) fn read_pace(said: &wire::PeriodicEventStreamParams) -> StreamPace {
    StreamPace { interval_s: said.interval.map(unsigned), values: said.values.map(unsigned) }
}

fn stream(stream: &Stream) -> Option<wire::ConstantStreamData> {
    Some(wire::ConstantStreamData::new(integer(stream.id)?, pace(stream.pace), integer(stream.monitor)?))
}

fn read_stream(said: &wire::ConstantStreamData) -> Stream {
    Stream {
        id: unsigned(said.id),
        monitor: unsigned(said.variable_monitoring_id),
        pace: read_pace(&said.params),
    }
}

pub(super) fn order(command: &Command) -> Result<Said, CannotSay> {
    Ok(match command {
        Command::AdjustStream { id, pace: wanted } => {
            let id = integer(*id).ok_or_else(|| CannotSay::new(VERSION, "a stream of this number"))?;
            said("AdjustPeriodicEventStream", &wire::AdjustPeriodicEventStreamRequest::new(id, pace(*wanted)))
        }
        Command::GetStreams => said("GetPeriodicEventStream", &wire::GetPeriodicEventStreamRequest::new()),
        other => return Err(later::cannot(VERSION, other)),
    })
}

pub(super) fn hear_outcome(command: &Command, json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    match command {
        Command::GetStreams => read(json, |r: wire::GetPeriodicEventStreamResponse| {
            let streams = r.constant_stream_data.as_deref().unwrap_or_default();
            Outcome::Streams(streams.iter().map(read_stream).collect())
        }),
        _ => read(json, |r: wire::AdjustPeriodicEventStreamResponse| {
            Outcome::Verdict(verdict(r.status.as_str()))
        }),
    }
}

pub(super) fn hear_fact(action: &str, json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    match action {
        "OpenPeriodicEventStream" => read(json, |r: wire::OpenPeriodicEventStreamRequest| {
            Fact::StreamOpened(read_stream(&r.constant_stream_data))
        }),
        "ClosePeriodicEventStream" => {
            read(json, |r: wire::ClosePeriodicEventStreamRequest| Fact::StreamClosed { id: unsigned(r.id) })
        }
        _ => read_fact(action, json, |r: wire::NotifyPeriodicEventStreamRequest| {
            let value = |value: &wire::StreamDataElement| {
                Some(StreamValue { offset_s: value.t.decimal()?, value: boxed(&value.v) })
            };
            Some(Fact::StreamValues(StreamValues {
                id: unsigned(r.id),
                pending: unsigned(r.pending),
                base: r.basetime.timestamp(),
                values: r.data.iter().map(value).collect::<Option<_>>()?,
            }))
        }),
    }
}

pub(super) fn answer(answer: &Answer) -> Reply {
    let accepted = *answer == Answer::Verdict(Verdict::Accepted);
    let status = if accepted { wire::GenericStatus::Accepted } else { wire::GenericStatus::Rejected };
    payload(&wire::OpenPeriodicEventStreamResponse::new(status))
}

pub(super) fn say(fact: &Fact) -> Option<Said> {
    Some(match fact {
        Fact::StreamOpened(opened) => {
            said("OpenPeriodicEventStream", &wire::OpenPeriodicEventStreamRequest::new(stream(opened)?))
        }
        Fact::StreamClosed { id } => {
            said("ClosePeriodicEventStream", &wire::ClosePeriodicEventStreamRequest::new(integer(*id)?))
        }
        Fact::StreamValues(told) => {
            let value = |value: &StreamValue| {
                wire::StreamDataElement::new(Number::from(value.offset_s), Text::truncated(&value.value))
            };
            let call = wire::NotifyPeriodicEventStreamRequest::new(
                List::new(told.values.iter().map(value).collect()).ok()?,
                integer(told.id)?,
                integer(told.pending)?,
                DateTime::new(told.base),
            );
            said("NotifyPeriodicEventStream", &call)
        }
        _ => return None,
    })
}

pub(super) fn hear_answer(json: Payload<'_>) -> Result<Heard<Answer>, Misheard> {
    read(json, |r: wire::OpenPeriodicEventStreamResponse| Answer::Verdict(verdict(r.status.as_str())))
}

pub(super) fn hear_command(action: &str, json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    match action {
        "AdjustPeriodicEventStream" => read(json, |r: wire::AdjustPeriodicEventStreamRequest| {
            Command::AdjustStream { id: unsigned(r.id), pace: read_pace(&r.params) }
        }),
        _ => read(json, |_: wire::GetPeriodicEventStreamRequest| Command::GetStreams),
    }
}

pub(super) fn answer_command(action: &str, outcome: &Outcome) -> Reply {
    match (action, outcome) {
        ("GetPeriodicEventStream", Outcome::Streams(streams)) => {
            let mut response = wire::GetPeriodicEventStreamResponse::new();
            response.constant_stream_data = List::new(streams.iter().filter_map(stream).collect()).ok();
            payload(&response)
        }
        ("AdjustPeriodicEventStream", outcome) => {
            payload(&wire::AdjustPeriodicEventStreamResponse::new(generic(outcome)))
        }
        _ => Reply::NotSupported("this station has no streams"),
    }
}
