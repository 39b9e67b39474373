//! The REST interface under `/api/v1`, read-only.
//!
//! Lists come in pages: `limit` says how many, `after` continues with the `next` of the page before. What
//! goes wrong is told as problem details (RFC 9457).

mod caller;
mod guard;
mod problem;
mod sessions;
mod stations;
mod views;

use axum::Json;
use axum::extract::Path;
use axum::http::Uri;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::App;
pub(crate) use caller::{CSRF_HEADER, Caller, SIGN_IN_COOKIE, address_of, is_from_here, sign_in_cookie};
use guard::{Needs, guard};
use problem::{Kind, Problem};
pub(crate) use views::{ConnectorView, RefusalView, SessionView, StationView};

/// The description of the interface as a whole.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "ocpp manager",
        description = "Stations, charging sessions and refusals of an OCPP charging-station manager.",
        license(name = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "stations", description = "Charging stations and their connectors"),
        (name = "sessions", description = "Charging sessions and their meter values"),
    )
)]
struct Description;

fn described() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(stations::list))
        .routes(routes!(stations::one))
        .routes(routes!(stations::refusals))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::one))
        .routes(routes!(sessions::readings))
}

/// The routes of the interface.
pub(crate) fn router(app: App) -> axum::Router {
    let (router, description) = described().split_for_parts();
    let guard = from_fn_with_state((app.clone(), Needs::of(&description)), guard);
    router
        .route_layer(guard)
        .route("/api/v1/openapi.json", get(move || async move { Json(description) }))
        .route("/api/v1/problems/{kind}", get(explain))
        .route("/api/{*rest}", any(unknown))
        .with_state(app)
}

/// The description of the interface as JSON text.
pub(crate) fn openapi_json() -> String {
    let description = described().into_openapi();
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
