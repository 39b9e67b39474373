//! What requests carry: keys in paths, parameters, bodies, revisions. What is wrong with them is told as a
//! problem, never as plain text.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use ocpp_server::domain::Revision;
use ocpp_server::register::RegisterError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path as Place, Segment};
use utoipa::IntoParams;

use super::problem::{Kind, Problem, WrongValue};
use crate::manager::App;

/// The key in a path.
pub(crate) struct Key(pub(crate) String);

impl FromRequestParts<App> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Key, Problem> {
        let Path(key) = Path::<String>::from_request_parts(parts, app).await?;
        Ok(Key(key))
    }
}

/// The parameters after the question mark.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<App> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Params<T>, Problem> {
        let Query(query) = Query::<T>::from_request_parts(parts, app).await?;
        Ok(Params(query))
    }
}

/// Which page of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// The `next` of the page before.
    pub(crate) after: Option<String>,
    /// How many items at most, 1 to 1000; 100 unless said otherwise.
    #[param(minimum = 1, maximum = 1000)]
    pub(crate) limit: Option<usize>,
}

/// The number of items to show.
///
/// # Errors
/// A problem when it is out of its limits.
pub(super) fn limit_of(limit: Option<usize>) -> Result<usize, Problem> {
    let limit = limit.unwrap_or(100);
    if !(1..=1000).contains(&limit) {
        return Err(Problem::unprocessable(format!("limit is {limit}: choose 1 to 1000.")));
    }
    Ok(limit)
}

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Body<T>, Problem> {
        expect_type(request.headers(), "application/json")?;
        let bytes = bytes_of(request, app).await?;
        Ok(Body(read(&bytes)?))
    }
}

/// A CSV body.
pub(crate) struct Csv(pub(crate) String);

impl FromRequest<App> for Csv {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Csv, Problem> {
        expect_type(request.headers(), "text/csv")?;
        let bytes = bytes_of(request, app).await?;
        let text = String::from_utf8(bytes.into());
        text.map(Csv).map_err(|_| Kind::Malformed.because("The file is not UTF-8: save it as UTF-8."))
    }
}

async fn bytes_of(request: Request, app: &App) -> Result<Bytes, Problem> {
    Bytes::from_request(request, app).await.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(failure)
            if failure.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE =>
        {
            Kind::TooLarge.because("The body is larger than this operation takes: send less at a time.")
        }
        _ => Kind::Malformed.because("The body ended too early."),
    })
}

fn expect_type(headers: &HeaderMap, expected: &str) -> Result<(), Problem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    Err(Kind::MediaType.because(format!("This operation takes {expected}: set the header Content-Type.")))
}

/// Reads a body; every mistake is told with its place.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer_of(error.path());
        wrong(&error.into_inner(), pointer)
    })?;
    reader.end().map_err(|error| wrong(&error, String::new()))?;
    Ok(value)
}

fn wrong(error: &serde_json::Error, pointer: String) -> Problem {
    if !error.is_data() {
        return Kind::Malformed.because(format!("The body is no JSON: {error}."));
    }
    let sentence = format!("{error}.");
    let detail = format!("The body is wrong: {sentence}");
    Kind::Invalid.because(detail).with_errors(vec![WrongValue { pointer, detail: sentence }])
}

fn pointer_of(place: &Place) -> String {
    let mut pointer = String::new();
    for segment in place {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// The revision that a caller has seen, by `If-Match`.
pub(crate) struct IfMatch(pub(crate) Option<Revision>);

impl FromRequestParts<App> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<IfMatch, Problem> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(IfMatch(None)) };
        let value = value.to_str().unwrap_or_default().trim();
        if value == "*" {
            return Ok(IfMatch(None));
        }
        let quoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        match quoted.and_then(|text| text.parse().ok()) {
            Some(revision) => Ok(IfMatch(Some(Revision(revision)))),
            None => Err(Kind::Malformed.because("If-Match is to be the ETag of an answer, such as \"3\".")),
        }
    }
}

impl IfMatch {
    /// What the register says, in the words of `If-Match`.
    pub(super) fn judge<T>(&self, result: Result<T, RegisterError>) -> Result<T, Problem> {
        result.map_err(|error| match (error, self.0) {
            (RegisterError::Conflict, Some(_)) => Kind::StaleIfMatch
                .because("Somebody else has changed this since it was read: read it again and decide again."),
            (error, _) => error.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Problem, read};

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Outer {
        inner: Vec<Inner>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Inner {
        number: u32,
    }

    fn problem(text: &str) -> serde_json::Value {
        let problem: Problem =
            read::<Outer>(text.as_bytes()).err().unwrap_or_else(|| panic!("{text} is fine"));
        serde_json::to_value(problem).unwrap_or_default()
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        let wrong_type = problem(r#"{"inner":[{"number":1},{"number":"two"}]}"#);
        assert_eq!(wrong_type["errors"][0]["pointer"], "/inner/1/number");
        let unknown = problem(r#"{"inner":[{"number":1,"colour":2}]}"#);
        assert_eq!(unknown["errors"][0]["pointer"], "/inner/0/colour");
        assert!(unknown["detail"].as_str().is_some_and(|detail| detail.contains("colour")), "{unknown}");
        let missing = problem(r#"{"inner":[{}]}"#);
        assert_eq!(missing["errors"][0]["pointer"], "/inner/0");
        assert_eq!(problem(r#"{"inner":["#)["status"], 400);
        assert_eq!(problem(r#"{"inner":[]} {}"#)["status"], 400);
    }
}
