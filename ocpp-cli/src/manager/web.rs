//! The pages: for operators behind a sign-in, for drivers by a code on the station.
//!
//! ```text
//! visitor    who looks, and what they may do           sign_in   the first start, signing in and out
//! origin     whose request it is                       form      fields, flaws, forms
//! refuse     what is shown instead of a page           frame     what is around every page
//! overview   everything at this moment (parts, live)   driver    the driver's pages
//! places     published sites for everybody
//! orders: what stations are ordered, one and many; alarms: what is wrong at them; desired: templates of settings;
//! defaults: of charging profiles and tariffs;
//! stations, reservations, turned_away, sites, usage, uptime, firmware, tokens, tariffs, sessions, payments, receipts,
//! messages, access: the
//! operator's pages
//! ```
//!
//! Every page is whole without script. Where something goes on by itself, a few lines of script put the parts
//! in place that the server renders anew and sends as server-sent events. Nothing is loaded from another host.

mod access;
mod alarms;
mod defaults;
mod desired;
mod driver;
mod firmware;
mod form;
mod frame;
mod links;
mod live;
mod messages;
mod notices;
mod orders;
mod origin;
mod overview;
mod partners;
mod parts;
mod payments;
mod places;
mod receipts;
mod refuse;
mod reservations;
mod sessions;
mod sign_in;
mod sites;
mod stations;
mod stop;
mod tariffs;
mod tokens;
mod turned_away;
mod uptime;
mod usage;
mod visitor;
mod words;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::compression::CompressionLayer;

use super::App;

/// The routes of the pages.
pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/", get(overview::index))
        .route("/live", get(live::stream))
        .merge(entrance())
        .merge(stations::routes())
        .merge(reservations::routes())
        .merge(turned_away::routes())
        .merge(sites::routes())
        .merge(usage::routes())
        .merge(uptime::routes())
        .merge(alarms::routes())
        .merge(firmware::routes())
        .merge(orders::routes())
        .merge(desired::routes())
        .merge(defaults::routes())
        .merge(tokens::routes())
        .merge(tariffs::routes())
        .merge(sessions::routes())
        .merge(payments::routes())
        .merge(receipts::routes())
        .merge(messages::routes())
        .merge(access::routes())
        .merge(partners::routes())
        .merge(driver::routes())
        .merge(places::routes())
        .merge(notices::routes())
        .merge(assets())
        .fallback(refuse::nothing)
        .layer(from_fn_with_state(app.clone(), origin::guard))
        .layer(map_response(with_security_fields))
        .layer(CompressionLayer::new())
        .with_state(app)
}

fn entrance() -> Router<App> {
    Router::new()
        .route("/setup/{code}", get(sign_in::setup).post(sign_in::make_owner))
        .route("/sign-in", get(sign_in::sign_in_page).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
}

fn assets() -> Router<App> {
    Router::new()
        .route("/static/style.css", asset("text/css; charset=utf-8", include_str!("web/style.css")))
        .route("/static/live.js", asset("text/javascript; charset=utf-8", include_str!("web/live.js")))
        .route("/static/orders.js", asset("text/javascript; charset=utf-8", include_str!("web/orders.js")))
        .route("/static/file.js", asset("text/javascript; charset=utf-8", include_str!("web/file.js")))
        .route("/static/icon.svg", asset("image/svg+xml", include_str!("web/icon.svg")))
}

fn asset(content_type: &'static str, text: &'static str) -> axum::routing::MethodRouter<App> {
    get(async move || {
        ([(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "no-cache")], text).into_response()
    })
}

/// Only what comes from here is loaded and run, forms go nowhere else, no other page may frame this one, and
/// nothing of it is kept by browsers on shared machines.
async fn with_security_fields(mut response: Response) -> Response {
    let fields = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    let headers = response.headers_mut();
    for (name, value) in fields {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
