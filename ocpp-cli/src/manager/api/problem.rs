//! What goes wrong, as problem details (RFC 9457).

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ocpp_server::access::AccessError;
use ocpp_server::register::{Flaw, RegisterError};
use ocpp_server::store::{CommitError, ReadError};
use serde::Serialize;
use utoipa::ToSchema;

/// Where the kinds of problems are explained.
const EXPLAINED_AT: &str = "/api/v1/problems/";

/// The kinds of problems: each has a name, an HTTP status and a title that never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Malformed,
    NoKey,
    UnknownKey,
    MissingScope,
    Forged,
    NotFound,
    NotAllowedHere,
    Exists,
    Rule,
    Changed,
    StaleIfMatch,
    KeyInUse,
    NotConnected,
    TooLarge,
    MediaType,
    Invalid,
    KeyReused,
    TooManyAttempts,
    TooManyRequests,
    BadAnswer,
    Unavailable,
    Busy,
    NoAnswer,
}

impl Kind {
    /// All of them, for their explanations.
    pub(crate) const ALL: [Kind; 23] = [
        Kind::Malformed,
        Kind::NoKey,
        Kind::UnknownKey,
        Kind::MissingScope,
        Kind::Forged,
        Kind::NotFound,
        Kind::NotAllowedHere,
        Kind::Exists,
        Kind::Rule,
        Kind::Changed,
        Kind::StaleIfMatch,
        Kind::KeyInUse,
        Kind::NotConnected,
        Kind::TooLarge,
        Kind::MediaType,
        Kind::Invalid,
        Kind::KeyReused,
        Kind::TooManyAttempts,
        Kind::TooManyRequests,
        Kind::BadAnswer,
        Kind::Unavailable,
        Kind::Busy,
        Kind::NoAnswer,
    ];

    /// The last part of its `type`, its HTTP status and its title.
    const fn parts(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Kind::Malformed => ("malformed", StatusCode::BAD_REQUEST, "The request cannot be read"),
            Kind::NoKey => ("no-key", StatusCode::UNAUTHORIZED, "An API key is needed"),
            Kind::UnknownKey => ("unknown-key", StatusCode::UNAUTHORIZED, "The key is not valid"),
            Kind::MissingScope => ("missing-scope", StatusCode::FORBIDDEN, "The key may not do this"),
            Kind::Forged => ("forged", StatusCode::FORBIDDEN, "The request may be forged"),
            Kind::NotFound => ("not-found", StatusCode::NOT_FOUND, "There is no such thing"),
            Kind::NotAllowedHere => {
                ("method", StatusCode::METHOD_NOT_ALLOWED, "This path has no such method")
            }
            Kind::Exists => ("exists", StatusCode::CONFLICT, "There is one already"),
            Kind::Rule => ("rule", StatusCode::CONFLICT, "Its present state does not allow this"),
            Kind::Changed => ("changed", StatusCode::CONFLICT, "Somebody else has changed it"),
            Kind::StaleIfMatch => {
                ("stale-if-match", StatusCode::PRECONDITION_FAILED, "It has changed since it was read")
            }
            Kind::KeyInUse => {
                ("request-running", StatusCode::CONFLICT, "The same request is being worked on")
            }
            Kind::NotConnected => ("not-connected", StatusCode::CONFLICT, "The station is not connected"),
            Kind::TooLarge => ("too-large", StatusCode::PAYLOAD_TOO_LARGE, "The body is too large"),
            Kind::MediaType => {
                ("media-type", StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body is of another type")
            }
            Kind::Invalid => ("invalid", StatusCode::UNPROCESSABLE_ENTITY, "A value is wrong"),
            Kind::KeyReused => (
                "idempotency-key-reused",
                StatusCode::UNPROCESSABLE_ENTITY,
                "The Idempotency-Key belongs to another request",
            ),
            Kind::TooManyAttempts => {
                ("too-many-attempts", StatusCode::TOO_MANY_REQUESTS, "Too many attempts with unknown keys")
            }
            Kind::TooManyRequests => {
                ("too-many-requests", StatusCode::TOO_MANY_REQUESTS, "This address asks too often")
            }
            Kind::BadAnswer => {
                ("bad-answer", StatusCode::BAD_GATEWAY, "The other side gave no usable answer")
            }
            Kind::Unavailable => {
                ("unavailable", StatusCode::SERVICE_UNAVAILABLE, "The manager cannot do this at present")
            }
            Kind::Busy => ("busy", StatusCode::SERVICE_UNAVAILABLE, "Too many calls wait for the station"),
            Kind::NoAnswer => ("no-answer", StatusCode::GATEWAY_TIMEOUT, "The other side did not answer"),
        }
    }

    /// The last part of its `type`.
    pub(crate) const fn name(self) -> &'static str {
        self.parts().0
    }

    /// Its explanation for whoever follows its `type`.
    pub(crate) fn explanation(self) -> String {
        let (name, status, title) = self.parts();
        format!("{name}\n\n{title}. Answered with HTTP status {}.\nSee docs/rest.md.\n", status.as_u16())
    }

    /// A problem of this kind.
    pub(crate) fn because(self, detail: impl Into<String>) -> Problem {
        let (name, status, title) = self.parts();
        Problem {
            kind: format!("{EXPLAINED_AT}{name}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
            line: None,
        }
    }
}

/// Problem details (RFC 9457): what went wrong with a request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// The kind of problem; its explanation is found there.
    #[serde(rename = "type")]
    #[schema(example = "/api/v1/problems/not-found")]
    kind: String,
    /// The same for all problems of one kind.
    #[schema(example = "There is no such thing")]
    title: String,
    /// The HTTP status.
    #[schema(example = 404)]
    status: u16,
    /// What went wrong this time, and what to do.
    #[schema(example = "There is no station \"CS001\".")]
    detail: String,
    /// Every wrong value of the body, where values are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<WrongValue>,
    /// The first wrong line of a file, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
}

/// A wrong value of the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct WrongValue {
    /// Where it is, as a JSON pointer (RFC 6901).
    #[schema(example = "/time_zone")]
    pub(crate) pointer: String,
    /// What is wrong with it, and what would be right.
    pub(crate) detail: String,
}

impl Problem {
    /// There is no such thing.
    pub(crate) fn not_found(detail: impl Into<String>) -> Problem {
        Kind::NotFound.because(detail)
    }

    /// A value is wrong.
    pub(crate) fn unprocessable(detail: impl Into<String>) -> Problem {
        Kind::Invalid.because(detail)
    }

    /// The same with the line of a file that is wrong.
    pub(crate) fn at_line(mut self, line: u64) -> Problem {
        self.line = Some(line);
        self
    }

    /// The same with the values that are wrong.
    pub(crate) fn with_errors(mut self, errors: Vec<WrongValue>) -> Problem {
        self.errors = errors;
        self
    }
}

/// Where a value of a form stands in the body: bodies name units, and what is an id.
fn in_body(pointer: &str) -> String {
    let name = |segment: &str| match segment {
        "power" => "power_w".to_owned(),
        "site" => "site_id".to_owned(),
        "value" => "token".to_owned(),
        other => other.to_owned(),
    };
    pointer.split('/').map(name).collect::<Vec<_>>().join("/")
}

fn failed(error: impl std::fmt::Display) -> Problem {
    tracing::error!(%error, "a request could not be answered");
    Kind::Unavailable.because(format!("{error}. Try again later."))
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Problem {
        failed(error)
    }
}

impl From<CommitError> for Problem {
    fn from(error: CommitError) -> Problem {
        match error {
            CommitError::Conflict { .. } => RegisterError::Conflict.into(),
            other => failed(other),
        }
    }
}

impl From<RegisterError> for Problem {
    fn from(error: RegisterError) -> Problem {
        let detail = error.to_string();
        match error {
            RegisterError::Unknown { .. } => Kind::NotFound.because(detail),
            RegisterError::Exists { .. } => Kind::Exists.because(detail),
            RegisterError::Invalid(flaws) => {
                let wrong =
                    |flaw: Flaw| WrongValue { pointer: in_body(&flaw.pointer), detail: flaw.sentence };
                Kind::Invalid.because(detail).with_errors(flaws.into_iter().map(wrong).collect())
            }
            RegisterError::Forbidden(_) => Kind::Rule.because(detail),
            RegisterError::Conflict => Kind::Changed.because(detail),
            RegisterError::Store(_) => {
                tracing::error!(%error, "a request could not be answered");
                Kind::Unavailable.because(detail)
            }
        }
    }
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Problem {
        let kind = match error {
            AccessError::TooManyAttempts => Kind::TooManyAttempts,
            AccessError::WrongPassword => Kind::UnknownKey,
            AccessError::Unknown(_) => Kind::NotFound,
            AccessError::NameTaken(_) => Kind::Exists,
            AccessError::LastOwner | AccessError::LinkExpired | AccessError::AlreadySetUp => Kind::Rule,
            AccessError::BadName(_) | AccessError::BadPartner(_) | AccessError::Password(_) => Kind::Invalid,
            AccessError::Store(_) => {
                tracing::error!(%error, "a request could not be answered");
                Kind::Unavailable
            }
        };
        let problem = kind.because(error.to_string());
        let pointer = match error {
            AccessError::BadName(_) | AccessError::BadPartner(_) => "/name",
            AccessError::Password(_) => "/password",
            _ => return problem,
        };
        let wrong = WrongValue { pointer: pointer.to_owned(), detail: error.to_string() };
        problem.with_errors(vec![wrong])
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Problem {
        Problem::unprocessable(rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Problem {
        Problem::not_found(rejection.body_text())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            StatusCode::TOO_MANY_REQUESTS => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            }
            _ => {}
        }
        response
    }
}
