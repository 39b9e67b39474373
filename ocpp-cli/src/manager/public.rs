//! What everybody may see of published sites, without an account.
//!
//! ```text
//! now     all of it at one moment      state   whether one can charge      price   what it costs now and next
//! past    what can be expected
//! json    /public/v1 for programs        ocpi    /ocpi for partners with a token       datex   /public/v1/datex2
//! ```
//!
//! The pages for drivers are among the pages. Nothing here tells of sessions, vehicles or persons, nor of sites that
//! are not published.

mod datex;
mod json;
mod notices;
mod now;
mod ocpi;
mod past;
mod price;
mod state;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use tower_http::compression::CompressionLayer;

use super::App;
use super::api::{Kind, address_of};
pub(crate) use notices::run as tell_who_waits;
pub(crate) use now::{EvseNow, Live, Now, SiteNow};
pub(crate) use past::{WEEKS, likely_rest, likely_wait, week};
pub(crate) use state::PortState;

/// The largest answer that gets an entity tag.
const MAX_TAGGED: usize = 64 * 1024 * 1024;

/// The routes for programs.
pub(super) fn router(app: App) -> Router {
    Router::new()
        .merge(json::routes())
        .merge(datex::routes())
        .layer(from_fn(tagged))
        .layer(from_fn_with_state(app.clone(), bounded))
        .layer(from_fn(for_every_origin))
        // Partners' systems are bounded by their tokens, and are no pages.
        .merge(ocpi::routes())
        .layer(CompressionLayer::new())
        .with_state(app)
}

/// Pages of others may ask, too: there is nothing here that an account would open.
async fn for_every_origin(request: Request, next: Next) -> Response {
    let mut response = if request.method() == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    let fields = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, OPTIONS"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "If-None-Match"),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, "ETag, Retry-After"),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    for (name, value) in fields {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// One address asks so often and no more.
async fn bounded(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if app.gate.look(address_of(&parts)).is_err() {
        let problem = Kind::TooManyRequests
            .because("More than 600 requests a minute from this address: wait a little.");
        let wait = [(header::RETRY_AFTER, HeaderValue::from_static("10"))];
        return (wait, problem).into_response();
    }
    next.run(Request::from_parts(parts, body)).await
}

/// Answers carry an entity tag, and whoever has what is asked for is told so in a few bytes. The status is at most
/// ten seconds old wherever it is kept on the way.
async fn tagged(request: Request, next: Next) -> Response {
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_TAGGED).await else {
        return Kind::Unavailable.because("The answer is too large.").into_response();
    };
    let digest: String = Sha256::digest(&bytes).iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    // The compressed answer has the same meaning: the tag is weak.
    let tag = format!("W/\"{digest}\"");
    let is_known = known.as_ref().and_then(|known| known.to_str().ok()).is_some_and(|known| {
        known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag.trim_start_matches("W/"))
    });
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, tag);
    }
    parts.headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("public, max-age=5"));
    if is_known {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}
