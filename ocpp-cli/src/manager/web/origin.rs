//! Under which address the manager is seen, and whether a request really comes from its own pages.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::refuse::Refuse;
use crate::manager::App;

/// The address of the manager as a browser sees it, a proxy in between included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Base {
    /// `http` or `https`.
    pub(super) scheme: &'static str,
    /// Host and port, as the browser names them.
    pub(super) host: String,
}

impl Base {
    /// Out of the fields of a request. What a proxy says it forwards counts more than what it asked itself.
    pub(super) fn of(headers: &HeaderMap) -> Base {
        let forwarded = field(headers, "x-forwarded-host").map(first);
        let host = forwarded.or_else(|| field(headers, "host")).unwrap_or("localhost");
        let is_https = field(headers, "x-forwarded-proto").map(first) == Some("https");
        Base { scheme: if is_https { "https" } else { "http" }, host: host.to_owned() }
    }

    /// The host without its port.
    pub(super) fn host_name(&self) -> &str {
        name_of(&self.host)
    }
}

impl std::fmt::Display for Base {
    /// `https://HOST`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)
    }
}

/// Refuses what no page of this manager can have sent: a change that another page asks for, and, where no
/// sign-in is needed, everything under a name that is not this machine's own. (A page of another host can
/// let its own name lead here, and would be this page's equal: DNS rebinding.)
pub(super) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if !app.needs_sign_in && !is_loopback(name_of(field(headers, "host").unwrap_or_default())) {
        return Refuse::NotLoopback.into_response();
    }
    if !request.method().is_safe() && !is_from_own_page(headers) {
        return Refuse::Forged.into_response();
    }
    next.run(request).await
}

/// Whether a request comes from a page of this manager. Browsers say so in `Sec-Fetch-Site` where the
/// connection can be trusted, else in `Origin`; what says neither is no browser.
fn is_from_own_page(headers: &HeaderMap) -> bool {
    if let Some(site) = field(headers, "sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = field(headers, header::ORIGIN.as_str()) else { return true };
    let host = origin.split_once("://").map(|(_, host)| host);
    host.is_some()
        && (host == field(headers, "host") || host == field(headers, "x-forwarded-host").map(first))
}

fn field<'h>(headers: &'h HeaderMap, name: &'static str) -> Option<&'h str> {
    headers.get(HeaderName::from_static(name)).and_then(|value| value.to_str().ok())
}

/// The first of several proxies is the one that the browser asked.
fn first(list: &str) -> &str {
    list.split(',').next().unwrap_or_default().trim()
}

fn name_of(host: &str) -> &str {
    match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    }
}

fn is_loopback(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl<S: Sync> axum::extract::FromRequestParts<S> for Base {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        _: &S,
    ) -> Result<Base, Self::Rejection> {
        Ok(Base::of(&parts.headers))
    }
}
