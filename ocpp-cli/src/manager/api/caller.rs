//! Who calls: the key of a program, the sign-in of a person, or anybody where no sign-in is needed.
//!
//! | by | how | against forged requests |
//! | --- | --- | --- |
//! | key | `Authorization: Bearer ocpp_…` | browsers never add it by themselves |
//! | sign-in | the cookie `ocpp_sign_in` | what changes something needs `X-CSRF-Token` (a form of a page: its field) |
//! | anybody | only at an open manager on loopback | `Host` is this machine, `Origin` is the page itself |

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use ocpp_server::access::{AccessError, Identity, Purpose, Secret};
use ocpp_server::domain::Scope;

use super::problem::{Kind, Problem};
use crate::manager::App;
use crate::manager::origin::{is_for_this_machine, is_from_own_page};

/// The cookie of a sign-in on the pages.
pub(crate) const SIGN_IN_COOKIE: &str = "ocpp_sign_in";
/// The header that carries the token against forged requests, for scripts of the pages.
const CSRF_HEADER: &str = "x-csrf-token";

/// Somebody who is known and calls.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// Who it is and what they may do.
    pub(crate) identity: Identity,
    /// The same for every request of one key or one user, and different between them; no secret.
    pub(crate) id: String,
}

impl Caller {
    /// What people call them.
    pub(crate) fn name(&self) -> &str {
        &self.identity.name
    }

    /// Whether they may do this.
    pub(crate) fn may(&self, scope: Scope) -> bool {
        self.identity.may(scope)
    }

    /// Lets them do this.
    ///
    /// # Errors
    /// A problem that names the missing scope.
    pub(crate) fn need(&self, scope: Scope) -> Result<(), Problem> {
        if self.may(scope) {
            return Ok(());
        }
        let detail = format!(
            "{:?} may not do this: it needs the scope {}. Use a key that has it.",
            self.identity.name,
            scope.name()
        );
        Err(Kind::MissingScope.because(detail))
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Caller, Problem> {
        if let Some(known) = parts.extensions.get::<Caller>() {
            return Ok(known.clone());
        }
        if let Some(value) = parts.headers.get(header::AUTHORIZATION) {
            let key = value.to_str().ok().and_then(bearer).ok_or_else(|| {
                let detail = "The header Authorization is to be Bearer and an API key: Bearer ocpp_….";
                Kind::NoKey.because(detail.to_owned())
            })?;
            return by_key(app, key, address_of(parts)).await;
        }
        if let Some(cookie) = sign_in_cookie(&parts.headers) {
            return by_cookie(app, &cookie, parts).await;
        }
        if app.needs_sign_in {
            let detail = "This needs an API key (Authorization: Bearer ocpp_…) or a sign-in on the page.";
            return Err(Kind::NoKey.because(detail.to_owned()));
        }
        anybody(parts)
    }
}

fn bearer(value: &str) -> Option<Secret> {
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Secret::new(key.trim()))
}

async fn by_key(app: &App, key: Secret, address: IpAddr) -> Result<Caller, Problem> {
    let known = app.gate.by_key(&key, address, app.csms.now()).await.map_err(refused)?;
    let identity = known.ok_or_else(|| {
        let detail = "This API key is unknown, expired or revoked: make a new one.";
        Kind::UnknownKey.because(detail.to_owned())
    })?;
    let digest = app.gate.pepper().digest(Purpose::ApiKey, key.expose().as_bytes());
    let id = format!("key:{}", digest.0.chars().take(32).collect::<String>());
    Ok(Caller { identity, id })
}

async fn by_cookie(app: &App, cookie: &Secret, parts: &Parts) -> Result<Caller, Problem> {
    let known = app.gate.by_cookie(cookie, app.csms.now()).await.map_err(refused)?;
    let identity = known.ok_or_else(|| {
        Kind::UnknownKey.because("This sign-in has ended: sign in again on the page.".to_owned())
    })?;
    if !parts.method.is_safe() {
        let token = parts.headers.get(CSRF_HEADER).and_then(|token| token.to_str().ok()).unwrap_or_default();
        if !app.gate.is_csrf(cookie, token) {
            let detail = "A request by cookie that changes something needs the header X-CSRF-Token with the \
                          token of the sign-in; programs use an API key instead.";
            return Err(Kind::Forged.because(detail.to_owned()));
        }
    }
    Ok(Caller { id: format!("user:{}", identity.name), identity })
}

/// Anybody at this machine, but no page of another host that a browser here happens to show.
fn anybody(parts: &Parts) -> Result<Caller, Problem> {
    let is_change = !parts.method.is_safe();
    if !is_for_this_machine(&parts.headers, &parts.uri) || (is_change && !is_from_own_page(&parts.headers)) {
        let detail = "Without a sign-in this manager answers its own machine only: call it as localhost or \
                      127.0.0.1, and not from a page of another host.";
        return Err(Kind::Forged.because(detail.to_owned()));
    }
    Ok(Caller { identity: Identity::anybody(), id: "anybody".to_owned() })
}

/// The cookie of a sign-in, when the request carries one.
pub(crate) fn sign_in_cookie(headers: &HeaderMap) -> Option<Secret> {
    let fields = headers.get_all(header::COOKIE).iter().filter_map(|field| field.to_str().ok());
    let mut cookies = fields.flat_map(|field| field.split(';')).filter_map(|cookie| cookie.split_once('='));
    cookies.find(|(name, _)| name.trim() == SIGN_IN_COOKIE).map(|(_, value)| Secret::new(value.trim()))
}

/// Where a request comes from.
pub(crate) fn address_of(parts: &Parts) -> IpAddr {
    let known = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    known.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip())
}

fn refused(error: AccessError) -> Problem {
    Problem::from(error)
}
