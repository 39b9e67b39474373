//! Under which address the manager is seen, and whether a request comes from its own pages: what the pages and the
//! REST interface both go by.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, Uri, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::App;

/// All but what RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text as one segment of a path, or as a value of a query.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// The address of the manager as a browser sees it, a proxy in between included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base {
    /// `http` or `https`.
    pub(crate) scheme: &'static str,
    /// Host and port, as the browser names them.
    pub(crate) host: String,
}

impl Base {
    /// Out of the fields of a request. What a proxy says it forwards counts more than what it asked itself.
    pub(crate) fn of(headers: &HeaderMap) -> Base {
        let forwarded = field(headers, "x-forwarded-host").map(first);
        let host = forwarded.or_else(|| field(headers, "host")).unwrap_or("localhost");
        let is_https = field(headers, "x-forwarded-proto").map(first) == Some("https");
        Base { scheme: if is_https { "https" } else { "http" }, host: host.to_owned() }
    }

    /// The host without its port.
    pub(crate) fn host_name(&self) -> &str {
        name_of(&self.host)
    }

    /// Where a station dials. When the manager listens on every address of its machine, the host is the one under
    /// which the operator sees it.
    pub(crate) fn dial(&self, app: &App, id: &str) -> String {
        let name = self.host_name();
        let host = if name.contains(':') { format!("[{name}]") } else { name.to_owned() };
        let url = format!("{}{}", app.ocpp_url, encoded(id));
        ["//0.0.0.0:", "//[::]:"]
            .into_iter()
            .fold(url, |url, any| url.replacen(any, &format!("//{host}:"), 1))
    }
}

impl std::fmt::Display for Base {
    /// `https://HOST`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)
    }
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

/// Whether a request asks for this machine by a name that belongs to it. (A page of another host can let its own
/// name lead here, and would be the manager's own page's equal: DNS rebinding.)
pub(crate) fn is_for_this_machine(headers: &HeaderMap, uri: &Uri) -> bool {
    let host = field(headers, "host").or_else(|| uri.authority().map(|authority| authority.as_str()));
    host.is_some_and(|host| is_loopback(name_of(host)))
}

/// Whether a request comes from a page of this manager. Browsers say so in `Sec-Fetch-Site` where the
/// connection can be trusted, else in `Origin`; what says neither is no browser.
pub(crate) fn is_from_own_page(headers: &HeaderMap) -> bool {
    if let Some(site) = field(headers, "sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    if !headers.contains_key(header::ORIGIN) {
        return true;
    }
    let Some((_, origin)) =
        field(headers, header::ORIGIN.as_str()).and_then(|origin| origin.split_once("://"))
    else {
        return false;
    };
    [field(headers, "host"), field(headers, "x-forwarded-host").map(first)]
        .into_iter()
        .flatten()
        .any(|host| host.eq_ignore_ascii_case(origin))
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
