//! The live page: stations, connectors and sessions, brought up to date without reload.
//!
//! The page is rendered here, whole at first and in parts later: when something is committed, the parts that
//! it concerns are rendered anew and sent as server-sent events, and a few lines of script put them in
//! place. Nothing is loaded from another host.

mod live;
mod page;
mod parts;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::App;

/// The routes of the page.
pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/", get(page::index))
        .route("/live", get(live::stream))
        .route(
            "/static/style.css",
            get(async || asset("text/css; charset=utf-8", include_str!("web/style.css"))),
        )
        .route(
            "/static/live.js",
            get(async || asset("text/javascript; charset=utf-8", include_str!("web/live.js"))),
        )
        .fallback(async || (StatusCode::NOT_FOUND, page::nothing_here()))
        .layer(map_response(with_security_fields))
        .with_state(app)
}

fn asset(content_type: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "no-cache")], text).into_response()
}

/// Only what comes from here is loaded and run, and no other page may frame this one.
async fn with_security_fields(mut response: Response) -> Response {
    let fields = [
        (header::CONTENT_SECURITY_POLICY, "default-src 'self'; frame-ancestors 'none'; base-uri 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in fields {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
