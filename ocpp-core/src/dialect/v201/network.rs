//! Network profiles as OCPP 2.0.1 has them: with a version, without identity and password.

use alloc::string::ToString;

use super::{VERSION, wire};
use crate::dialect::CannotSay;
use crate::dialect::two::{exactly, integer};
use crate::model::NetworkProfile;
use crate::types::Text;

const fn cannot(what: &'static str) -> CannotSay {
    CannotSay::new(VERSION, what)
}

/// The connection of a profile, without its mobile and its private network.
pub(super) fn data(profile: &NetworkProfile) -> Result<wire::NetworkConnectionProfile, CannotSay> {
    if profile.identity.is_some() || profile.password.is_some() {
        return Err(cannot("an identity or a password of a network profile: change the password by itself"));
    }
    let version = profile.ocpp_version.as_deref().unwrap_or("OCPP20");
    Ok(wire::NetworkConnectionProfile::new(
        exactly(version).ok_or(cannot("this version of OCPP in a network profile: say OCPP20"))?,
        wire::OCPPTransport::JSON,
        Text::new(&profile.url).map_err(|_| cannot("an address of more than 512 characters"))?,
        integer(profile.message_timeout_s).ok_or(cannot("so long a time to wait for an answer"))?,
        i32::from(profile.security_profile),
        exactly(&profile.interface)
            .ok_or(cannot("this network interface: name one of Wired0 to Wired3, Wireless0 to Wireless3"))?,
    ))
}

/// A profile with what 2.0.1 alone has of it.
pub(super) fn complete(profile: NetworkProfile, data: &wire::NetworkConnectionProfile) -> NetworkProfile {
    NetworkProfile { ocpp_version: Some(data.ocpp_version.as_str().to_string().into()), ..profile }
}
