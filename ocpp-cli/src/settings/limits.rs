//! How connections of stations are watched and held in bounds: flags, variables, the table `[limits]` of the
//! settings file.

use std::time::Duration;

use clap::Args;
use ocpp_server::edge::{Compression, EdgeSettings};
use ocpp_server::session::SessionSettings;
use serde::Deserialize;

use crate::exit::Failure;

/// How many seconds' worth of messages a station may send at once.
const BURST_SECONDS: u32 = 50;

/// The limits as they are written; what is left out has its usual value.
#[derive(Debug, Clone, Copy, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LimitArgs {
    /// Seconds within which a station whose line is dead is seen to be gone [default: 30]
    #[arg(long, value_name = "SECONDS", env = "OCPP_GONE_WITHIN")]
    gone_within: Option<u64>,
    /// Messages that a station may send in a second in the long run; beyond, it is read later [default: 20]
    #[arg(long, value_name = "NUMBER", env = "OCPP_MESSAGES_PER_SECOND")]
    messages_per_second: Option<u32>,
    /// The longest message of a station in bytes, after decompression [default: 1048576]
    #[arg(long, value_name = "BYTES", env = "OCPP_MAX_MESSAGE_BYTES")]
    max_message_bytes: Option<usize>,
    /// Connections that one address may have, this machine's own not counted [default: 1000]
    #[arg(long, value_name = "NUMBER", env = "OCPP_MAX_CONNECTIONS_PER_ADDRESS")]
    max_connections_per_address: Option<usize>,
    /// Seconds that a station may take for its handshake [default: 10]
    #[arg(long, value_name = "SECONDS", env = "OCPP_HANDSHAKE_WITHIN")]
    handshake_within: Option<u64>,
    /// Compress for stations that offer it (permessage-deflate) [default: true]
    #[arg(long, value_name = "BOOL", env = "OCPP_COMPRESSION")]
    compression: Option<bool>,
}

impl LimitArgs {
    /// These, and where they say nothing, those of the file.
    pub(crate) fn over(self, file: LimitArgs) -> LimitArgs {
        LimitArgs {
            gone_within: self.gone_within.or(file.gone_within),
            messages_per_second: self.messages_per_second.or(file.messages_per_second),
            max_message_bytes: self.max_message_bytes.or(file.max_message_bytes),
            max_connections_per_address: self
                .max_connections_per_address
                .or(file.max_connections_per_address),
            handshake_within: self.handshake_within.or(file.handshake_within),
            compression: self.compression.or(file.compression),
        }
    }

    /// What holds.
    ///
    /// # Errors
    /// [`Failure::Usage`] names the value that is out of its bounds, and the bounds.
    pub(crate) fn resolve(self) -> Result<EdgeSettings, Failure> {
        let usual = EdgeSettings::default();
        let seconds = |name, value: Option<u64>, usual: Duration| {
            within(name, value.unwrap_or(usual.as_secs()), 1, 3600, "seconds").map(Duration::from_secs)
        };
        let rate = self.messages_per_second.unwrap_or(usual.session.messages_per_second);
        let rate = within("messages-per-second", rate, 1, 1_000_000, "messages")?;
        let bytes = self.max_message_bytes.unwrap_or(usual.max_message_bytes);
        let connections = self.max_connections_per_address.unwrap_or(usual.max_connections_per_address);
        Ok(EdgeSettings {
            handshake_deadline: seconds("handshake-within", self.handshake_within, usual.handshake_deadline)?,
            max_message_bytes: within("max-message-bytes", bytes, 4096, 256 * 1024 * 1024, "bytes")?,
            max_connections_per_address: within(
                "max-connections-per-address",
                connections,
                1,
                1_000_000,
                "connections",
            )?,
            compression: match self.compression {
                Some(false) => Compression::Never,
                Some(true) | None => Compression::WhenOffered,
            },
            session: SessionSettings {
                gone_within: seconds("gone-within", self.gone_within, usual.session.gone_within)?,
                messages_per_second: rate,
                burst: rate.saturating_mul(BURST_SECONDS),
                ..usual.session
            },
        })
    }
}

pub(super) fn within<T: PartialOrd + std::fmt::Display>(
    name: &str,
    value: T,
    min: T,
    max: T,
    unit: &str,
) -> Result<T, Failure> {
    if value < min || value > max {
        return Err(Failure::Usage(format!("{name} is {value}: choose {min} to {max} {unit}")));
    }
    Ok(value)
}
