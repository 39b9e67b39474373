//! Whether an order was taken, and what to say of it.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;

use serde_json::Value;

use super::{Outcome, Verdict};
use crate::model::tariff::TariffWord;
use crate::model::{
    CertificateVerdict, CustomerVerdict, DisplayVerdict, HeldList, MonitorRemoval, MonitorRemovalVerdict,
    MonitorVerdict, TransferStatus, UnpublishVerdict,
};

impl Verdict {
    /// Whether the station does what was asked, now or later.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self, Verdict::Accepted | Verdict::Scheduled | Verdict::RebootRequired)
    }

    /// What the station said, in plain words.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Verdict::Accepted => "accepted",
            Verdict::Rejected => "rejected",
            Verdict::Scheduled => "accepted for when the running transaction ends",
            Verdict::NotSupported => "the station cannot do this",
            Verdict::Unknown => "the station does not know what this is about",
            Verdict::RebootRequired => "accepted; it takes effect after a restart",
            Verdict::Failed => "the station tried and failed",
            Verdict::Occupied => "the place is in use",
            Verdict::Faulted => "the place has a fault",
            Verdict::Unavailable => "the place is out of use",
            Verdict::NothingFits => "the station has nothing of the kind",
            Verdict::VersionMismatch => {
                "the station has another version of the list and needs the whole of it"
            }
        }
    }
}

impl Outcome {
    /// Whether the station does what was asked, all of it, now or later.
    #[must_use]
    pub fn is_success(&self) -> bool {
        match self {
            Outcome::Verdict(verdict) | Outcome::RemoteStart { verdict, .. } => verdict.is_success(),
            Outcome::Settings(results) => results.iter().all(|result| result.verdict.is_success()),
            Outcome::LocalList(held) => *held != HeldList::NotSupported,
            Outcome::Transaction { .. } | Outcome::Certificates(_) => true,
            Outcome::CompositeSchedule { verdict, .. } | Outcome::DerControl { verdict, .. } => {
                verdict.is_success()
            }
            Outcome::Tariff(word) => *word == TariffWord::Accepted,
            // That there is none is an answer, too.
            Outcome::Tariffs { verdict, .. } => verdict.is_success() || *verdict == Verdict::NothingFits,
            Outcome::TariffsCleared(removals) => {
                removals.iter().all(|removal| removal.word == TariffWord::Accepted)
            }
            Outcome::Streams(_) => true,
            Outcome::Firmware { verdict, .. } => verdict.is_accepted(),
            Outcome::Unpublish(verdict) => *verdict == UnpublishVerdict::Unpublished,
            Outcome::Log { verdict, .. } => verdict.is_accepted(),
            Outcome::Monitors(results) => {
                results.iter().all(|result| result.verdict == MonitorVerdict::Accepted)
            }
            Outcome::MonitorsCleared(removals) => {
                removals.iter().all(|removal| removal.verdict == MonitorRemovalVerdict::Accepted)
            }
            Outcome::Display { verdict, .. } => *verdict == DisplayVerdict::Accepted,
            Outcome::CustomerInformation { verdict, .. } => *verdict == CustomerVerdict::Accepted,
            Outcome::Certificate { verdict, .. } => *verdict == CertificateVerdict::Accepted,
            Outcome::Transfer(answer) => answer.status == TransferStatus::Accepted,
            Outcome::Raw(payload) => {
                status_of(payload).is_none_or(|status| !REFUSALS.contains(&status.as_str()))
            }
        }
    }

    /// What the station said, as a short sentence without a full stop.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Outcome::Verdict(verdict) | Outcome::RemoteStart { verdict, .. } => verdict.word().to_owned(),
            Outcome::Settings(results) => {
                let taken = results.iter().filter(|result| result.verdict.is_success()).count();
                match results.iter().find(|result| !result.verdict.is_success()) {
                    Some(refused) if results.len() == 1 => refused.verdict.word().to_owned(),
                    _ => format!("{taken} of {} settings", results.len()),
                }
            }
            Outcome::LocalList(HeldList::NotSupported) => "the station keeps no lists".to_owned(),
            Outcome::LocalList(HeldList::Nothing) => "the station has no list".to_owned(),
            Outcome::LocalList(HeldList::Version(version)) => format!("the station has version {version}"),
            Outcome::Transaction { ongoing: Some(true), .. } => "the transaction runs".to_owned(),
            Outcome::Transaction { ongoing: Some(false), .. } => "the transaction has ended".to_owned(),
            Outcome::Transaction { ongoing: None, reports_wait } => {
                if *reports_wait { "reports wait to be sent" } else { "no report waits to be sent" }
                    .to_owned()
            }
            Outcome::CompositeSchedule { verdict, .. } | Outcome::DerControl { verdict, .. } => {
                verdict.word().to_owned()
            }
            Outcome::Tariff(word) => words_of(&format!("{word:?}")),
            Outcome::Tariffs { verdict, tariffs } if verdict.is_success() => {
                format!("{} tariffs", tariffs.len())
            }
            Outcome::Tariffs { verdict, .. } => verdict.word().to_owned(),
            Outcome::TariffsCleared(removals) => {
                let gone = removals.iter().filter(|removal| removal.word == TariffWord::Accepted).count();
                format!("{gone} of {} tariffs removed", removals.len())
            }
            Outcome::Streams(streams) => format!("{} streams", streams.len()),
            Outcome::Firmware { verdict, .. } => words_of(verdict.as_str()),
            Outcome::Unpublish(verdict) => words_of(verdict.as_str()),
            Outcome::Log { verdict, .. } => words_of(verdict.as_str()),
            Outcome::Monitors(results) => {
                let taken =
                    results.iter().filter(|result| result.verdict == MonitorVerdict::Accepted).count();
                match &results[..] {
                    [only] => words_of(only.verdict.as_str()),
                    _ => format!("{taken} of {} monitors set", results.len()),
                }
            }
            Outcome::MonitorsCleared(removals) => {
                let gone = |removal: &&MonitorRemoval| removal.verdict == MonitorRemovalVerdict::Accepted;
                match &removals[..] {
                    [only] => words_of(only.verdict.as_str()),
                    _ => format!(
                        "{} of {} monitors removed",
                        removals.iter().filter(gone).count(),
                        removals.len()
                    ),
                }
            }
            Outcome::Display { verdict, .. } => words_of(verdict.as_str()),
            Outcome::CustomerInformation { verdict, .. } => words_of(verdict.as_str()),
            Outcome::Certificate { verdict, .. } => words_of(verdict.as_str()),
            Outcome::Certificates(certificates) => format!("{} certificates", certificates.len()),
            Outcome::Transfer(answer) => match answer.status {
                TransferStatus::Accepted => "accepted",
                TransferStatus::Rejected => "rejected",
                TransferStatus::UnknownMessage => "the station does not know this message of the vendor",
                TransferStatus::UnknownVendor => "the station does not know this vendor",
            }
            .to_owned(),
            Outcome::Raw(payload) => status_of(payload).unwrap_or_else(|| "answered".to_owned()),
        }
    }
}

/// A name of OCPP as words: `AcceptedCanceled` is "accepted canceled".
fn words_of(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

/// Words of `status` by which the versions refuse something.
const REFUSALS: [&str; 17] = [
    "Rejected",
    "Failed",
    "NotSupported",
    "NotImplemented",
    "NotFound",
    "Unknown",
    "UnknownConnector",
    "UnknownMessageId",
    "UnknownVendorId",
    "UnlockFailed",
    "VersionMismatch",
    "Faulted",
    "Occupied",
    "Unavailable",
    "NotSupportedMessageFormat",
    "UnknownTransaction",
    "NoTransaction",
];

/// The `status` that most answers have.
fn status_of(payload: &str) -> Option<String> {
    let value: Value = serde_json::from_str(payload).ok()?;
    value.get("status").and_then(Value::as_str).map(ToOwned::to_owned)
}
