//! The REST interface under `/api/v1`.
//!
//! ```text
//! describe     the description (OpenAPI 3.1) as a whole
//! guard        lets callers through to what their scopes cover, out of the description
//! caller       who calls
//! idempotency  what is sent twice is done once
//! request      keys, parameters, bodies, If-Match;  answer: pages, ETag, Location;  problem: what goes wrong
//! sites, stations, refusals, tokens, tariffs, sessions, payments, receipts, access, commands, events, messages
//! ```
//!
//! Lists come in pages: `limit` says how many, `after` continues with the `next` of the page before. What
//! goes wrong is told as problem details (RFC 9457).

mod access;
mod alarms;
mod answer;
mod availability;
mod batches;
mod caller;
mod campaigns;
mod commands;
mod customers;
mod defaults;
mod describe;
mod displays;
mod energy;
mod events;
mod exclusions;
mod firmware;
mod formulas;
mod guard;
mod idempotency;
mod local_lists;
mod logs;
mod messages;
mod money;
mod monitors;
mod order_kinds;
mod orders;
mod partners;
mod payments;
mod problem;
mod publication;
mod receipts;
mod refusals;
mod reports;
mod request;
mod reservations;
mod security;
mod sessions;
mod settings;
mod sites;
mod stations;
mod tariffs;
mod tokens;
mod upkeep;
mod usage;
mod views;

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Path};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, get};
use axum::{Extension, Json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::Config;

use super::App;
pub(crate) use caller::{SIGN_IN_COOKIE, address_of, sign_in_cookie};
use commands::Reservations;
pub(crate) use exclusions::{place_of, state_of as exclusion_state};
use guard::{Needs, guard};
use idempotency::{MAX_BODY, Running, replay};
pub(crate) use orders::{shown_command, shown_ending};
pub(crate) use problem::{Kind, Problem};
pub(crate) use reports::state_name as period_state;
pub(crate) use views::masked;

fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(describe::without_operations())
        .routes(routes!(sites::list, sites::add))
        .routes(routes!(sites::one, sites::replace, sites::remove))
        .routes(routes!(sites::assign))
        .routes(routes!(stations::list, stations::add))
        .routes(routes!(stations::one, stations::replace, stations::remove))
        .routes(routes!(stations::evses))
        .routes(routes!(stations::change_key))
        .routes(routes!(stations::register))
        .routes(routes!(stations::assign))
        .routes(routes!(commands::send))
        .routes(routes!(orders::list, orders::place))
        .routes(routes!(orders::one, orders::withdraw))
        .routes(routes!(order_kinds::list))
        .routes(routes!(order_kinds::of_station))
        .routes(routes!(batches::list, batches::place))
        .routes(routes!(batches::preview))
        .routes(routes!(batches::one))
        .routes(routes!(batches::items))
        .routes(routes!(batches::export))
        .routes(routes!(batches::stop))
        .routes(routes!(batches::retry))
        .routes(routes!(reservations::everywhere))
        .routes(routes!(reservations::list, reservations::make))
        .routes(routes!(reservations::one, reservations::cancel))
        .routes(routes!(settings::list))
        .routes(routes!(settings::device))
        .routes(routes!(settings::read))
        .routes(routes!(settings::change))
        .routes(routes!(settings::change_many))
        .routes(routes!(settings::reports, settings::ask))
        .routes(routes!(settings::review))
        .routes(routes!(settings::compare))
        .routes(routes!(settings::desired::list, settings::desired::add))
        .routes(routes!(settings::desired::one, settings::desired::replace, settings::desired::remove))
        .routes(routes!(settings::desired::drift))
        .routes(routes!(settings::desired::assert))
        .routes(routes!(settings::desired::list_drift))
        .routes(routes!(local_lists::show, local_lists::choose))
        .routes(routes!(local_lists::send))
        .routes(routes!(local_lists::drift))
        .routes(routes!(availability::show, availability::set))
        .routes(routes!(availability::reassert))
        .routes(routes!(usage::show))
        .routes(routes!(usage::export))
        .routes(routes!(usage::history))
        .routes(routes!(defaults::list, defaults::add))
        .routes(routes!(defaults::one, defaults::replace, defaults::remove))
        .routes(routes!(defaults::drift))
        .routes(routes!(defaults::assert))
        .routes(routes!(defaults::list_drift))
        .routes(routes!(energy::profiles))
        .routes(routes!(energy::limits))
        .routes(routes!(energy::composites, energy::compose))
        .routes(routes!(energy::grid))
        .routes(routes!(energy::streams))
        .routes(routes!(energy::swaps))
        .routes(routes!(energy::settlements))
        .routes(routes!(energy::tariffs))
        .routes(routes!(energy::of_session))
        .routes(routes!(firmware::list, firmware::add))
        .routes(routes!(firmware::one, firmware::remove))
        .routes(routes!(firmware::content))
        .routes(routes!(firmware::updates, firmware::update))
        .routes(routes!(firmware::withdraw))
        .routes(routes!(campaigns::list, campaigns::begin))
        .routes(routes!(campaigns::one))
        .routes(routes!(campaigns::pause))
        .routes(routes!(campaigns::resume))
        .routes(routes!(campaigns::abort))
        .routes(routes!(campaigns::retry))
        .routes(routes!(campaigns::stations))
        .routes(routes!(campaigns::export))
        .routes(routes!(logs::list, logs::order))
        .routes(routes!(logs::one, logs::remove))
        .routes(routes!(logs::content))
        .routes(routes!(alarms::list))
        .routes(routes!(alarms::acknowledge))
        .routes(routes!(alarms::remove))
        .routes(routes!(alarms::events))
        .routes(routes!(monitors::show, monitors::set))
        .routes(routes!(monitors::clear))
        .routes(routes!(monitors::read))
        .routes(routes!(displays::list, displays::set))
        .routes(routes!(displays::read))
        .routes(routes!(displays::clear))
        .routes(routes!(customers::list, customers::ask))
        .routes(routes!(customers::one, customers::remove))
        .routes(routes!(security::events))
        .routes(routes!(security::certificates, security::read_certificates))
        .routes(routes!(security::signings))
        .routes(routes!(security::renew_key))
        .routes(routes!(refusals::list))
        .routes(routes!(refusals::admit))
        .routes(routes!(tokens::list, tokens::add))
        .routes(routes!(tokens::import))
        .routes(routes!(tokens::one, tokens::replace, tokens::remove))
        .routes(routes!(tariffs::list, tariffs::draft))
        .routes(routes!(tariffs::one, tariffs::replace, tariffs::remove))
        .routes(routes!(tariffs::words))
        .routes(routes!(tariffs::succeed))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::one))
        .routes(routes!(sessions::readings))
        .routes(routes!(sessions::control::stop))
        .routes(routes!(sessions::control::unlock))
        .routes(routes!(sessions::receipt))
        .routes(routes!(payments::list))
        .routes(routes!(payments::one))
        .routes(routes!(payments::refund))
        .routes(routes!(receipts::list))
        .routes(routes!(receipts::one))
        .routes(routes!(access::me))
        .routes(routes!(access::users, access::add_user))
        .routes(routes!(access::remove_user))
        .routes(routes!(access::keys, access::add_key))
        .routes(routes!(access::revoke_key))
        .routes(routes!(exclusions::list, exclusions::enter))
        .routes(routes!(exclusions::one))
        .routes(routes!(exclusions::confirm))
        .routes(routes!(exclusions::end))
        .routes(routes!(exclusions::withdraw))
        .routes(routes!(formulas::list, formulas::add))
        .routes(routes!(formulas::one, formulas::change))
        .routes(routes!(formulas::profile, formulas::set_profile))
        .routes(routes!(formulas::service, formulas::set_service))
        .routes(routes!(reports::compute))
        .routes(routes!(reports::figures))
        .routes(routes!(reports::outages))
        .routes(routes!(reports::print))
        .routes(routes!(reports::print_submitted))
        .routes(routes!(reports::periods))
        .routes(routes!(reports::submit))
        .routes(routes!(reports::submitted))
        .routes(routes!(reports::difference))
        .routes(routes!(reports::amend))
        .routes(routes!(reports::ev_chart::settings, reports::ev_chart::set_settings))
        .routes(routes!(reports::ev_chart::file))
        .routes(routes!(partners::list, partners::add))
        .routes(routes!(partners::revoke))
        .routes(routes!(events::follow))
        .routes(routes!(messages::list))
        .routes(routes!(messages::export))
}

/// The operations, and their description as a whole.
fn described() -> (axum::Router<App>, utoipa::openapi::OpenApi) {
    let (router, mut description) = operations().split_for_parts();
    describe::complete(&mut description);
    (router, description)
}

/// The routes of the interface. Old answers to requests with an `Idempotency-Key` are thrown away from here
/// on, until the manager stops.
pub(crate) fn router(app: App) -> axum::Router {
    tokio::spawn(idempotency::forget_old(app.clone()));
    let (router, description) = described();
    let needs = Needs::of(&description);
    router
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(Extension(Reservations::starting(app.csms.now())))
        // The last layer is the first to see a request: who calls comes before everything else.
        .route_layer(from_fn_with_state((app.clone(), Running::default()), replay))
        .route_layer(from_fn_with_state((app.clone(), needs), guard))
        .route("/api/v1/openapi.json", get(move || async move { Json(description) }))
        .route("/api/v1/problems/{kind}", get(explain))
        .merge(swagger())
        .route("/api/{*rest}", any(unknown))
        .layer(map_response(with_fields))
        .with_state(app)
}

/// The page that shows the description and tries operations out. All of it is in the binary.
fn swagger() -> axum::Router<App> {
    // Without this the page would show the description's address to another host for checking.
    let config = Config::new(["/api/v1/openapi.json"]).validator_url("none").persist_authorization(false);
    let config = Arc::new(config);
    let file = move |path: String| {
        let config = Arc::clone(&config);
        async move { swagger_file(&path, config) }
    };
    let index = file.clone();
    axum::Router::new()
        .route("/api/v1/docs", get(async || Redirect::permanent("/api/v1/docs/")))
        .route("/api/v1/docs/", get(move || index(String::new())))
        .route("/api/v1/docs/{*path}", get(move |Path(path): Path<String>| file(path)))
}

fn swagger_file(path: &str, config: Arc<Config<'static>>) -> Response {
    match utoipa_swagger_ui::serve(path, config) {
        Ok(Some(file)) => {
            ([(header::CONTENT_TYPE, file.content_type)], file.bytes.into_owned()).into_response()
        }
        Ok(None) => Problem::not_found(format!("There is no {path:?} here.")).into_response(),
        Err(error) => {
            tracing::error!(%error, "the page of the description cannot be shown");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The description of the interface as JSON text.
pub(crate) fn openapi_json() -> String {
    let (_, description) = described();
    description.to_pretty_json().unwrap_or_else(|error| format!("{{\"error\": \"{error}\"}}"))
}

async fn unknown(uri: Uri) -> Problem {
    Problem::not_found(format!(
        "There is nothing at {}; /api/v1/openapi.json lists what there is.",
        uri.path()
    ))
}

/// What a kind of problem means, for whoever follows the `type` of one.
async fn explain(Path(name): Path<String>) -> Response {
    match Kind::ALL.into_iter().find(|kind| kind.name() == name) {
        Some(kind) => kind.explanation().into_response(),
        None => Problem::not_found(format!("There is no kind of problem {name:?}.")).into_response(),
    }
}

/// Answers are not kept by anybody on the way, are what they say they are, and load nothing from elsewhere.
async fn with_fields(mut response: Response) -> Response {
    let policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                  frame-ancestors 'none'; base-uri 'none'";
    let fields = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    for (name, value) in fields {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
