//! The REST interface under `/api/v1`, read-only.
//!
//! Lists come in pages: `limit` says how many, `after` continues with the `next` of the page before. What
//! goes wrong is told as problem details (RFC 9457).

mod problem;
mod sessions;
mod stations;
mod views;

use axum::Json;
use axum::http::Uri;
use axum::routing::get;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::App;
use problem::Problem;
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
    router
        .route("/api/v1/openapi.json", get(move || async move { Json(description) }))
        .route("/api/{*rest}", get(unknown))
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
