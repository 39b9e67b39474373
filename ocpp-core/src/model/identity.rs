//! Who and where: stations, the places on them, and the keys of sessions.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

/// The identity of a charging station: the last segment of the URL that it dials, percent-decoded.
///
/// OCPP 2.x allows 48 characters; stations with longer ones exist, so the limit here is
/// [`StationId::MAX_CHARS`]. Identities are compared as they stand, with their case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct StationId(Box<str>);

impl StationId {
    /// The longest identity that is accepted, in characters.
    pub const MAX_CHARS: usize = 255;

    /// Accepts an identity of 1 to 255 characters without control characters or `/`. `.` and `..` are none: in
    /// the path of a URL they mean a directory.
    ///
    /// # Errors
    /// [`InvalidStationId`] says what is wrong with the text.
    pub fn new(text: &str) -> Result<StationId, InvalidStationId> {
        if text.is_empty() {
            return Err(InvalidStationId::Empty);
        }
        if text.chars().count() > Self::MAX_CHARS {
            return Err(InvalidStationId::TooLong);
        }
        if matches!(text, "." | "..") || text.chars().any(|c| c.is_control() || c == '/') {
            return Err(InvalidStationId::Forbidden);
        }
        Ok(StationId(text.into()))
    }

    /// The identity as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for StationId {
    type Err = InvalidStationId;

    fn from_str(text: &str) -> Result<StationId, InvalidStationId> {
        StationId::new(text)
    }
}

impl TryFrom<String> for StationId {
    type Error = InvalidStationId;

    fn try_from(text: String) -> Result<StationId, InvalidStationId> {
        StationId::new(&text)
    }
}

/// Why a text cannot be the identity of a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidStationId {
    /// There is no text.
    #[error("a station's identity cannot be empty: let the station dial ws://HOST:PORT/ocpp/<identity>")]
    Empty,
    /// More than [`StationId::MAX_CHARS`] characters.
    #[error("a station's identity has at most 255 characters")]
    TooLong,
    /// A control character or a slash, what is no text at all, `.` or `..`.
    #[error("a station's identity is text without control characters and '/', and not '.' or '..'")]
    Forbidden,
}

/// The number of an EVSE on its station, from 1. In OCPP 1.6 each connector counts as one EVSE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EvseId(pub u32);

impl fmt::Display for EvseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The number of a connector on its EVSE, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnectorId(pub u32);

impl fmt::Display for ConnectorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A place on a station: all of it, one EVSE, or one connector of an EVSE.
///
/// OCPP 1.6 knows connectors only: its connector 0 is the station, its connector `n` is
/// `Connector(n, 1)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The station as a whole.
    Station,
    /// One EVSE with all its connectors.
    Evse(EvseId),
    /// One connector.
    Connector(EvseId, ConnectorId),
}

impl Place {
    /// The place that OCPP 2.x writes as an EVSE id and an optional connector id; EVSE 0 is the station.
    #[must_use]
    pub const fn of(evse: u32, connector: Option<u32>) -> Place {
        match (evse, connector) {
            (0, _) => Place::Station,
            (evse, Some(connector)) if connector > 0 => {
                Place::Connector(EvseId(evse), ConnectorId(connector))
            }
            (evse, _) => Place::Evse(EvseId(evse)),
        }
    }

    /// The place of connector `connector` of OCPP 1.6.
    #[must_use]
    pub const fn of_v16(connector: u32) -> Place {
        if connector == 0 { Place::Station } else { Place::Connector(EvseId(connector), ConnectorId(1)) }
    }

    /// The EVSE of this place, unless it is the whole station.
    #[must_use]
    pub const fn evse(self) -> Option<EvseId> {
        match self {
            Place::Station => None,
            Place::Evse(evse) | Place::Connector(evse, _) => Some(evse),
        }
    }

    /// The connector of this place, where one is named.
    #[must_use]
    pub const fn connector(self) -> Option<ConnectorId> {
        match self {
            Place::Connector(_, connector) => Some(connector),
            Place::Station | Place::Evse(_) => None,
        }
    }
}

/// Our own key of a charging session, the same whatever version the station speaks: a UUID in text form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionKey(Box<str>);

impl SessionKey {
    /// A key made elsewhere, by whoever supplies randomness.
    #[must_use]
    pub fn new(text: impl Into<Box<str>>) -> SessionKey {
        SessionKey(text.into())
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
