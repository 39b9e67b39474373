//! What goes wrong, as problem details (RFC 9457).

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ocpp_server::store::ReadError;
use serde::Serialize;
use utoipa::ToSchema;

/// Problem details (RFC 9457): what went wrong with a request.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// The HTTP status.
    #[schema(example = 404)]
    status: u16,
    /// The kind of problem, the same for all of its kind.
    #[schema(example = "Not Found")]
    title: String,
    /// One sentence: what went wrong, and what to do.
    detail: String,
}

impl Problem {
    fn new(status: StatusCode, detail: String) -> Problem {
        let title = status.canonical_reason().unwrap_or_default().to_owned();
        Problem { status: status.as_u16(), title, detail }
    }

    pub(crate) fn not_found(detail: String) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, detail)
    }

    pub(crate) fn unprocessable(detail: String) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Problem {
        tracing::error!(%error, "a request could not be answered");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, format!("{error}. Try again later."))
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Problem {
        Problem::unprocessable(rejection.body_text())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}
