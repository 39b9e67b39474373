//! For whoever watches over the manager: whether it lives, whether it can do its work, and its own figures. No
//! sign-in is needed, and nothing is told that would need one: figures name actions and habits, no stations.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use super::App;

/// `/healthz`, `/readyz` and `/metrics`.
pub(super) fn router(app: App) -> Router {
    Router::new()
        .route("/healthz", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(app)
}

/// Whether stations can be served, and if not, why.
#[derive(Debug, Serialize)]
struct Readiness {
    ready: bool,
    alarms: Vec<String>,
}

async fn ready(State(app): State<App>) -> (StatusCode, Json<Readiness>) {
    let alarms: Vec<String> = app.csms.health().alarms().into_iter().map(|alarm| alarm.sentence).collect();
    let ready = app.csms.health().is_ready();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready, alarms }))
}

/// The figures in the text format of Prometheus.
async fn metrics(State(app): State<App>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.csms.metrics().render())
}
