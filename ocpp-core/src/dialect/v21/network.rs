//! Network profiles as OCPP 2.1 has them: with identity and password.

use alloc::string::ToString;

use super::{VERSION, wire};
use crate::dialect::CannotSay;
use crate::dialect::two::{boxed, exactly, integer};
use crate::model::NetworkProfile;
use crate::types::Text;

const fn cannot(what: &'static str) -> CannotSay {
    CannotSay::new(VERSION, what)
}

/// The connection of a profile, without its mobile and its private network.
pub(super) fn data(profile: &NetworkProfile) -> Result<wire::NetworkConnectionProfile, CannotSay> {
    let mut data = wire::NetworkConnectionProfile::new(
        exactly(&profile.interface).ok_or(cannot(
            "this network interface: name one of Wired0 to Wired3, Wireless0 to Wireless3, or Any",
        ))?,
        wire::OCPPTransport::JSON,
        integer(profile.message_timeout_s).ok_or(cannot("so long a time to wait for an answer"))?,
        Text::new(&profile.url).map_err(|_| cannot("an address of more than 2,000 characters"))?,
        integer(u32::from(profile.security_profile)).ok_or(cannot("this security profile"))?,
    );
    let version = profile.ocpp_version.as_deref();
    data.ocpp_version = version
        .map(|version| {
            exactly(version).ok_or(cannot("this version of OCPP in a network profile: leave it out"))
        })
        .transpose()?;
    let long = |_| cannot("an identity of more than 48 characters, or a password of more than 64");
    data.identity = profile.identity.as_deref().map(Text::new).transpose().map_err(long)?;
    data.basic_auth_password = profile.password.as_deref().map(Text::new).transpose().map_err(long)?;
    Ok(data)
}

/// A profile with what 2.1 alone has of it.
pub(super) fn complete(profile: NetworkProfile, data: &wire::NetworkConnectionProfile) -> NetworkProfile {
    NetworkProfile {
        ocpp_version: data.ocpp_version.as_ref().map(|version| version.as_str().to_string().into()),
        identity: data.identity.as_deref().map(boxed),
        password: data.basic_auth_password.as_deref().map(boxed),
        ..profile
    }
}
