//! The versions of OCPP that this workspace speaks.

use core::fmt;
use core::str::FromStr;

/// A version of OCPP, each with a wire format of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// OCPP 1.6 (JSON) with its security extension.
    V16,
    /// OCPP 2.0.1, edition 3.
    V201,
    /// OCPP 2.1, edition 1.
    V21,
}

impl Version {
    /// All versions, oldest first.
    pub const ALL: [Version; 3] = [Version::V16, Version::V201, Version::V21];

    /// The name to offer and accept as `Sec-WebSocket-Protocol`.
    #[must_use]
    pub const fn subprotocol(self) -> &'static str {
        match self {
            Version::V16 => "ocpp1.6",
            Version::V201 => "ocpp2.0.1",
            Version::V21 => "ocpp2.1",
        }
    }

    /// The version that a WebSocket sub-protocol names; names are compared without regard to case.
    #[must_use]
    pub fn from_subprotocol(name: &str) -> Option<Version> {
        Version::ALL.into_iter().find(|version| name.eq_ignore_ascii_case(version.subprotocol()))
    }

    /// The number as people write it: `1.6`, `2.0.1`, `2.1`.
    #[must_use]
    pub const fn number(self) -> &'static str {
        match self {
            Version::V16 => "1.6",
            Version::V201 => "2.0.1",
            Version::V21 => "2.1",
        }
    }

    /// Whether this build has the messages of the version: the features `v16`, `v201` and `v21`. Frames and RPC
    /// know every version.
    #[must_use]
    pub const fn is_built(self) -> bool {
        match self {
            Version::V16 => cfg!(feature = "v16"),
            Version::V201 => cfg!(feature = "v201"),
            Version::V21 => cfg!(feature = "v21"),
        }
    }

    /// Whether this is one of the 2.x versions, which share the device model and `TransactionEvent`.
    #[must_use]
    pub const fn is_2x(self) -> bool {
        !matches!(self, Version::V16)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.number())
    }
}

/// A text that names no version of OCPP which this workspace speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a version of OCPP known here: use 1.6, 2.0.1 or 2.1")]
pub struct UnknownVersion;

impl FromStr for Version {
    type Err = UnknownVersion;

    fn from_str(text: &str) -> Result<Version, UnknownVersion> {
        Version::ALL.into_iter().find(|version| version.number() == text).ok_or(UnknownVersion)
    }
}

impl serde::Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.number())
    }
}

impl<'de> serde::Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Version, D::Error> {
        let text = <alloc::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
