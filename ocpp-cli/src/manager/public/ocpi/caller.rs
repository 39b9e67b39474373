//! Whose token a request carries.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ocpp_server::access::{AccessError, Secret};

use super::answer::Fault;
use crate::manager::App;
use crate::manager::api::address_of;
use crate::settings::Party;

/// A partner who calls, and the party that it calls.
pub(super) struct Caller {
    /// Its token.
    pub(super) token: Secret,
    /// The operator as OCPI names it.
    pub(super) party: Party,
}

impl FromRequestParts<App> for Caller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Caller, Fault> {
        let party = app.party.clone().ok_or_else(|| {
            Fault::off(
                "This manager has no OCPI party: its operator sets one with --ocpi-party, such as DE*ABC.",
            )
        })?;
        let token = token_of(parts).ok_or_else(|| {
            Fault::stranger(
                "Authorization is to be Token and the credentials token in base64: Token ZXhhbXBsZQ==.",
            )
        })?;
        match app.gate.by_partner_token(&token, address_of(parts)).await {
            Ok(Some(_)) => Ok(Caller { token, party }),
            Ok(None) => {
                Err(Fault::stranger("This token is unknown or revoked: ask the operator for a new one."))
            }
            Err(AccessError::TooManyAttempts) => {
                Err(Fault::too_many("Too many unknown tokens from this address: wait a minute."))
            }
            Err(error) => Err(Fault::unavailable(error.to_string())),
        }
    }
}

fn token_of(parts: &Parts) -> Option<Secret> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("token") || encoded.len() > 256 {
        return None;
    }
    let bytes = STANDARD.decode(encoded.trim()).ok()?;
    String::from_utf8(bytes).ok().map(Secret::new)
}
