//! The envelope of every answer, pages, and what goes wrong.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use ocpp_server::store::ReadError;
use serde::{Deserialize, Serialize};

use crate::manager::origin::{Base, encoded};

/// What was asked for, in its envelope.
pub(super) struct Answer<T> {
    data: T,
    fields: HeaderMap,
}

impl<T> Answer<T> {
    pub(super) fn of(data: T) -> Answer<T> {
        Answer { data, fields: HeaderMap::new() }
    }
}

#[derive(Serialize)]
struct Envelope<T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<T>,
    status_code: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_message: Option<String>,
    timestamp: String,
}

/// A moment as OCPI writes it: at most 25 signs, in UTC.
pub(super) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A moment cut to the second, which is what partners compare.
pub(super) fn second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// Answers to partners are kept by nobody on the way.
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-store");

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        let timestamp = moment(Timestamp::now());
        let envelope = Envelope { data: Some(self.data), status_code: 1000, status_message: None, timestamp };
        let mut response = (self.fields, Json(envelope)).into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, PRIVATE);
        response
    }
}

/// What goes wrong, with the status of HTTP and that of OCPI.
pub(super) struct Fault {
    http: StatusCode,
    code: u32,
    sentence: String,
}

impl Fault {
    fn new(http: StatusCode, code: u32, sentence: impl Into<String>) -> Fault {
        Fault { http, code, sentence: sentence.into() }
    }

    /// The object is not there.
    pub(super) fn missing(code: u32, sentence: &str) -> Fault {
        Fault::new(StatusCode::NOT_FOUND, code, sentence)
    }

    /// A parameter is wrong.
    pub(super) fn parameter(sentence: impl Into<String>) -> Fault {
        Fault::new(StatusCode::BAD_REQUEST, 2001, sentence)
    }

    /// Nobody knows the token.
    pub(super) fn stranger(sentence: &str) -> Fault {
        Fault::new(StatusCode::UNAUTHORIZED, 2000, sentence)
    }

    /// Too many tries.
    pub(super) fn too_many(sentence: &str) -> Fault {
        Fault::new(StatusCode::TOO_MANY_REQUESTS, 2000, sentence)
    }

    /// The path has no such method.
    pub(super) fn method(sentence: &str) -> Fault {
        Fault::new(StatusCode::METHOD_NOT_ALLOWED, 2000, sentence)
    }

    /// The manager is not set up for partners.
    pub(super) fn off(sentence: &str) -> Fault {
        Fault::new(StatusCode::NOT_FOUND, 3000, sentence)
    }

    /// The manager cannot do it at present.
    pub(super) fn unavailable(sentence: impl Into<String>) -> Fault {
        Fault::new(StatusCode::SERVICE_UNAVAILABLE, 3000, sentence)
    }
}

impl From<ReadError> for Fault {
    fn from(error: ReadError) -> Fault {
        Fault::unavailable(format!("The database fails: {error}. Try again later."))
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let envelope: Envelope<()> = Envelope {
            data: None,
            status_code: self.code,
            status_message: Some(self.sentence),
            timestamp: moment(Timestamp::now()),
        };
        let mut response = (self.http, Json(envelope)).into_response();
        let fields = response.headers_mut();
        fields.insert(header::CACHE_CONTROL, PRIVATE);
        if self.http == StatusCode::UNAUTHORIZED {
            fields.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Token"));
        }
        response
    }
}

/// The most objects of a page, and how many unless something else is asked for.
const MAX_LIMIT: usize = 100;

/// Which part of a list is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Wanted {
    date_from: Option<String>,
    date_to: Option<String>,
    offset: Option<usize>,
    limit: Option<usize>,
}

impl<S: Send + Sync> FromRequestParts<S> for Wanted {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Wanted, Fault> {
        let query: Result<Query<Wanted>, QueryRejection> = Query::from_request_parts(parts, state).await;
        query.map(|Query(wanted)| wanted).map_err(|error| Fault::parameter(format!("{}.", error.body_text())))
    }
}

/// A date and time of OCPI: in UTC, whether it says so or not.
fn read_moment(name: &str, text: Option<&String>) -> Result<Option<Timestamp>, Fault> {
    let Some(text) = text else { return Ok(None) };
    let wrong = || Fault::parameter(format!("{name} is no date and time, such as 2026-11-25T12:00:00Z."));
    let has_zone = text.ends_with('Z') || text.rfind(['+', '-']).is_some_and(|at| at > 10);
    let text = if has_zone { text.clone() } else { format!("{text}Z") };
    text.parse().map(Some).map_err(|_| wrong())
}

impl Wanted {
    /// The page of those that were changed in the wanted time, `date_from` inclusive and `date_to` exclusive.
    pub(super) fn page<T, V>(
        &self,
        base: &Base,
        path: &str,
        all: impl Iterator<Item = (Timestamp, T)>,
        view: impl Fn(T) -> V,
    ) -> Result<Answer<Vec<V>>, Fault> {
        let from = read_moment("date_from", self.date_from.as_ref())?;
        let to = read_moment("date_to", self.date_to.as_ref())?;
        let limit = match self.limit {
            Some(0) => return Err(Fault::parameter("limit is at least 1.")),
            other => other.unwrap_or(MAX_LIMIT).min(MAX_LIMIT),
        };
        let offset = self.offset.unwrap_or(0);
        let fits = |at: Timestamp| {
            let at = second(at);
            from.is_none_or(|from| at >= second(from)) && to.is_none_or(|to| at < to)
        };
        let fitting: Vec<T> = all.filter(|(at, _)| fits(*at)).map(|(_, item)| item).collect();
        let total = fitting.len();
        let mut answer = Answer::of(fitting.into_iter().skip(offset).take(limit).map(view).collect());
        let mut field = |name: &'static str, value: String| {
            if let Ok(value) = HeaderValue::from_str(&value) {
                answer.fields.insert(HeaderName::from_static(name), value);
            }
        };
        field("x-total-count", total.to_string());
        field("x-limit", MAX_LIMIT.to_string());
        let next = offset.saturating_add(limit);
        if next < total {
            field(
                "link",
                format!("<{base}{path}?offset={next}&limit={limit}{}>; rel=\"next\"", self.dates()),
            );
        }
        Ok(answer)
    }

    fn dates(&self) -> String {
        [("date_from", &self.date_from), ("date_to", &self.date_to)]
            .into_iter()
            .filter_map(|(name, value)| Some(format!("&{name}={}", encoded(value.as_deref()?))))
            .collect()
    }
}
