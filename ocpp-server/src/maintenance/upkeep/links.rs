//! Addresses under which stations fetch firmware and upload logs.
//!
//! An address carries its time and a keyed digest of what it is for: nobody guesses it, it holds for one thing
//! until one moment, and nothing of it has to be kept.

use std::sync::Arc;

use jiff::Timestamp;
use ocpp_core::model::StationId;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::access::{Pepper, Purpose};
use crate::domain::{Digest, FirmwareId};

/// What stands in a path segment as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Makes addresses, and checks them.
#[derive(Clone)]
pub struct Links {
    base: Arc<str>,
    pepper: Pepper,
}

impl std::fmt::Debug for Links {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Links({})", self.base)
    }
}

/// The part of an address that proves it, as it came.
#[derive(Clone, PartialEq, Eq)]
pub struct Seal(String);

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal(…)")
    }
}

impl Seal {
    /// Takes a text that came from outside.
    #[must_use]
    pub fn new(text: &str) -> Seal {
        Seal(text.to_owned())
    }
}

impl Links {
    /// Addresses under `base`, where stations reach the manager: `http://HOST:PORT`.
    #[must_use]
    pub fn new(base: &str, pepper: Pepper) -> Links {
        Links { base: base.trim_end_matches('/').into(), pepper }
    }

    /// Where a station fetches a firmware until a moment; it ends in the name of the file, which some stations
    /// look at.
    #[must_use]
    pub fn firmware(&self, id: &FirmwareId, name: &str, until: Timestamp) -> String {
        let seal = self.seal(Purpose::FirmwareLink, &id.0, until);
        format!("{}/files/firmware/{}/{seal}/{}", self.base, id.0, utf8_percent_encode(name, SEGMENT))
    }

    /// Where a station uploads a log until a moment.
    #[must_use]
    pub fn upload(&self, station: &StationId, request: u32, until: Timestamp) -> String {
        let seal = self.seal(Purpose::UploadLink, &what_uploaded(station, request), until);
        let station = utf8_percent_encode(station.as_str(), SEGMENT);
        format!("{}/files/logs/{station}/{request}/{seal}", self.base)
    }

    /// Whether an address of a firmware holds at this moment.
    #[must_use]
    pub fn opens_firmware(&self, id: &FirmwareId, seal: &Seal, now: Timestamp) -> bool {
        self.opens(Purpose::FirmwareLink, &id.0, seal, now)
    }

    /// Whether an address for an upload holds at this moment.
    #[must_use]
    pub fn opens_upload(&self, station: &StationId, request: u32, seal: &Seal, now: Timestamp) -> bool {
        self.opens(Purpose::UploadLink, &what_uploaded(station, request), seal, now)
    }

    pub(super) const fn pepper(&self) -> &Pepper {
        &self.pepper
    }

    fn seal(&self, purpose: Purpose, what: &str, until: Timestamp) -> String {
        // Rounded up: an address never ends before what it is for.
        let until = until.as_second().saturating_add(1);
        let Digest(digest) = self.pepper.digest(purpose, format!("{what} {until}").as_bytes());
        format!("{until}-{digest}")
    }

    fn opens(&self, purpose: Purpose, what: &str, seal: &Seal, now: Timestamp) -> bool {
        let Some((until, digest)) = seal.0.split_once('-') else { return false };
        let Ok(until) = until.parse::<i64>() else { return false };
        let secret = format!("{what} {until}");
        self.pepper.matches(purpose, secret.as_bytes(), &Digest(digest.to_owned())) && now.as_second() < until
    }
}

fn what_uploaded(station: &StationId, request: u32) -> String {
    format!("{station}/{request}")
}
