//! What the fuzz targets do with their bytes. Each takes any bytes, and panics when something is not as it has to
//! be.

mod seeds;

pub use seeds::{Seed, seeds};

use ocpp_core::dialect::{Manager, Memory, Reply, Station};
use ocpp_core::inbound::{Finding, Policy, text_findings};
use ocpp_core::model::{Answer, Command, Fact, Outcome, Verdict};
use ocpp_core::quirk::Quirks;
use ocpp_core::wire::{Frame, Version};
use ocpp_core::{v16, v21, v201};

/// Reads a frame in every version; what is written or answered must be readable again.
pub fn frame(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    for version in Version::ALL {
        let written = match Frame::parse(text, version) {
            Ok(parsed) => Some(parsed.frame.encode(version)),
            Err(bad) => bad.answer(version).map(|answer| answer.encode(version)),
        };
        if let Some(written) = written {
            assert!(Frame::parse(&written, version).is_ok(), "unreadable: {written}");
        }
    }
}

/// Reads the payload of a frame as the message that it names, in every version: a call by its action, an answer
/// by the action that stands as its id.
pub fn messages(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    for version in Version::ALL {
        match Frame::parse(text, version).map(|parsed| parsed.frame) {
            Ok(Frame::Call { action, payload, .. } | Frame::Send { action, payload, .. }) => {
                message(version, Part::Request, &action, &payload);
            }
            Ok(Frame::CallResult { id, payload }) => {
                message(version, Part::Response, id.as_str(), &payload);
            }
            _ => {}
        }
    }
}

/// Reads a payload as the message of its first line (`1.6 BootNotification request`); what follows need not be
/// JSON.
pub fn repair(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    let Some((head, payload)) = text.split_once('\n') else { return };
    let mut words = head.split(' ');
    let (Some(version), Some(action), Some(part)) = (words.next(), words.next(), words.next()) else {
        return;
    };
    let Ok(version) = version.parse() else { return };
    let part = if part == "response" { Part::Response } else { Part::Request };
    message(version, part, action, payload);
}

/// Lets a frame's payload mean something, and says it again: what one end says, the other end hears.
pub fn dialect(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    for version in Version::ALL {
        match Frame::parse(text, version).map(|parsed| parsed.frame) {
            Ok(Frame::Call { action, payload, .. } | Frame::Send { action, payload, .. }) => {
                fact(version, &action, &payload);
                command(version, &action, &payload);
            }
            Ok(Frame::CallResult { id, payload }) => answers(version, id.as_str(), &payload),
            _ => {}
        }
    }
}

#[derive(Clone, Copy)]
enum Part {
    Request,
    Response,
}

fn message(version: Version, part: Part, action: &str, payload: &str) {
    looks_agree(version, part, action, payload);
    match (version, part) {
        (Version::V16, Part::Request) => read::<v16::Request>(version, action, payload),
        (Version::V16, Part::Response) => read::<v16::Response>(version, action, payload),
        (Version::V201, Part::Request) => read::<v201::Request>(version, action, payload),
        (Version::V201, Part::Response) => read::<v201::Response>(version, action, payload),
        (Version::V21, Part::Request) => read::<v21::Request>(version, action, payload),
        (Version::V21, Part::Response) => read::<v21::Response>(version, action, payload),
    }
}

/// What reading tells of the rules of the text, which it asks of the value first, is what a walk over the whole
/// text tells.
fn looks_agree(version: Version, part: Part, action: &str, payload: &str) {
    let (actions, findings): (_, fn(&str, &str, Policy) -> Option<Vec<Finding>>) = match (version, part) {
        (Version::V16, Part::Request) => (v16::ACTIONS, findings_of::<v16::Request>),
        (Version::V16, Part::Response) => (v16::ACTIONS, findings_of::<v16::Response>),
        (Version::V201, Part::Request) => (v201::ACTIONS, findings_of::<v201::Request>),
        (Version::V201, Part::Response) => (v201::ACTIONS, findings_of::<v201::Response>),
        (Version::V21, Part::Request) => (v21::ACTIONS, findings_of::<v21::Request>),
        (Version::V21, Part::Response) => (v21::ACTIONS, findings_of::<v21::Response>),
    };
    let Some(action) = actions.iter().find(|known| known.name == action) else { return };
    let shape = match part {
        Part::Request => Some(action.request),
        Part::Response => action.response,
    };
    let Some(shape) = shape else { return };
    // What deviates from its schema is mended first, so that there is another text to walk over.
    if findings(action.name, payload, Policy::default()).is_some_and(|findings| findings.is_empty()) {
        let told = findings(action.name, payload, Policy::of(version));
        let all = text_findings(version, &shape, payload, Quirks::all());
        assert!(told.as_ref() == Some(&all), "{told:?} and {all:?} of {payload}");
    }
}

fn findings_of<M: Messages>(action: &str, payload: &str, policy: Policy) -> Option<Vec<Finding>> {
    M::read(action, payload, policy).map(|(_, findings)| findings)
}

/// The requests or the responses of a version.
trait Messages: Sized + PartialEq + core::fmt::Debug {
    fn read(action: &str, json: &str, policy: Policy) -> Option<(Self, Vec<Finding>)>;
    fn write(&self) -> String;
}

macro_rules! messages {
    ($($version:ident::$part:ident),*) => {$(
        impl Messages for $version::$part {
            fn read(action: &str, json: &str, policy: Policy) -> Option<(Self, Vec<Finding>)> {
                $version::$part::parse_by(action, json, policy).ok().map(|read| (read.value, read.findings))
            }

            fn write(&self) -> String {
                self.to_json()
            }
        }
    )*};
}

messages!(v16::Request, v16::Response, v201::Request, v201::Response, v21::Request, v21::Response);

/// What is read is written and read as the same; what is read strictly is read tolerantly as the same.
fn read<M: Messages>(version: Version, action: &str, payload: &str) {
    let tolerant = Policy::of(version);
    let read = M::read(action, payload, tolerant);
    if let Some((value, _)) = &read {
        let written = value.write();
        let again = M::read(action, &written, tolerant);
        assert_eq!(again.as_ref().map(|(again, _)| again), Some(value), "{payload} came back as {written}");
    }
    if let Some((strict, findings)) = M::read(action, payload, tolerant.with_quirks(Quirks::strict())) {
        assert!(findings.iter().all(Finding::is_tolerated), "{findings:?}");
        let tolerant = read.map(|(value, _)| value);
        assert_eq!(tolerant, Some(strict), "{payload} is read in two ways");
    }
}

fn fact(version: Version, action: &str, payload: &str) {
    let mut manager = Manager::new(version);
    let Ok(heard) = manager.hear(action, payload) else { return };
    for answer in
        [Answer::Noted, Answer::Transaction { number: Some(7), authorization: None, total_cost: None }]
    {
        if let Reply::Payload(payload) = manager.answer(action, &heard.meaning, &answer) {
            let _ = Station::new(version, Memory::default()).hear_answer(&heard.meaning, action, &payload);
        }
    }
    for other in Version::ALL {
        let Ok(Some(said)) = Station::new(other, Memory::default()).say(&heard.meaning) else { continue };
        // What has no counterpart keeps its action, which the other version may not have.
        let unmapped = matches!(heard.meaning, Fact::Unmapped { .. });
        let again = Manager::new(other).with_quirks(Quirks::strict()).hear(&said.action, &said.payload);
        assert!(again.is_ok() || unmapped && other != version, "{other}: {said:?} is not heard: {again:?}");
    }
}

fn command(version: Version, action: &str, payload: &str) {
    let mut station = Station::new(version, Memory::default());
    let Ok(heard) = station.hear(action, payload) else { return };
    for outcome in [Outcome::Verdict(Verdict::Accepted), Outcome::Verdict(Verdict::Unknown)] {
        if let Reply::Payload(payload) = station.answer(action, &heard.meaning, &outcome) {
            let heard = Manager::new(version).hear_outcome(&heard.meaning, action, &payload);
            assert!(heard.is_ok(), "{action}: {payload} is not heard: {heard:?}");
        }
    }
    for other in Version::ALL {
        let Ok(said) = Manager::new(other).order(&heard.meaning) else { continue };
        let again = Station::new(other, Memory::default()).hear(&said.action, &said.payload);
        let unmapped = matches!(heard.meaning, Command::Unmapped { .. });
        assert!(again.is_ok() || unmapped && other != version, "{other}: {said:?} is not heard: {again:?}");
    }
}

fn answers(version: Version, action: &str, payload: &str) {
    let unmapped = Command::Unmapped { action: action.into(), payload: "{}".into() };
    for command in [unmapped, Command::ClearCache, Command::ReadSettings(ocpp_core::model::Scope::All)] {
        let _ = Manager::new(version).hear_outcome(&command, action, payload);
    }
    let fact = Fact::Unmapped { action: action.into(), payload: "{}".into() };
    for fact in [fact, Fact::Heartbeat] {
        let _ = Station::new(version, Memory::default()).hear_answer(&fact, action, payload);
    }
}
