//! Orders of a manager and what stations report, there and back in the words of every version.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod addresses;
mod charging_profile;
mod customer;
mod device;
mod display;
mod local_list;
mod monitoring;
mod only_21;
mod remote;
mod reservation;

use ocpp_core::dialect::{CannotSay, Manager, Memory, Reply, Station};
use ocpp_core::model::{Command, Fact, Outcome};
use ocpp_core::types::Version;

/// The versions, the oldest first.
pub(crate) const VERSIONS: [Version; 3] = [Version::V16, Version::V201, Version::V21];

/// An order as the station hears it, and the action that carried it.
pub(crate) fn heard(version: Version, command: &Command) -> (String, Command) {
    let said = Manager::new(version).order(command).unwrap_or_else(|error| panic!("{version}: {error}"));
    let mut station = Station::new(version, Memory::default());
    let heard =
        station.hear(&said.action, &said.payload).unwrap_or_else(|error| panic!("{version}: {error}"));
    assert_eq!(heard.findings, [], "{version}: {}", said.payload);
    (said.action.to_string(), heard.meaning)
}

/// Why a version cannot say an order.
pub(crate) fn unsayable(version: Version, command: &Command) -> String {
    match Manager::new(version).order(command) {
        Err(CannotSay { what, .. }) => what.into_owned(),
        Ok(said) => panic!("{version} says {} {}", said.action, said.payload),
    }
}

/// An outcome as the manager hears it.
pub(crate) fn answered(version: Version, command: &Command, outcome: &Outcome) -> Outcome {
    let mut manager = Manager::new(version);
    let said = manager.order(command).unwrap_or_else(|error| panic!("{version}: {error}"));
    let mut station = Station::new(version, Memory::default());
    let Reply::Payload(payload) = station.answer(&said.action, command, outcome) else {
        panic!("{version}: {} is not answered", said.action);
    };
    let heard = manager.hear_outcome(command, &said.action, &payload);
    let heard = heard.unwrap_or_else(|error| panic!("{version}: {error}"));
    assert_eq!(heard.findings, [], "{version}: {payload}");
    heard.meaning
}

/// A fact as the manager hears it; `None` when the version does not say it.
pub(crate) fn reported(version: Version, fact: &Fact) -> Option<Fact> {
    let said = Station::new(version, Memory::default()).say(fact).ok().flatten()?;
    let heard = Manager::new(version).hear(&said.action, &said.payload);
    let heard = heard.unwrap_or_else(|error| panic!("{version}: {error}"));
    assert_eq!(heard.findings, [], "{version}: {}", said.payload);
    Some(heard.meaning)
}
