//! The REST interface as the commands use it.

use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderValue, IF_MATCH};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;

use crate::exit::Failure;

/// Longer than the manager waits for a station.
const TIMEOUT: Duration = Duration::from_secs(60);
/// For an answer that may take as long as it takes.
const FOREVER: Duration = Duration::from_secs(7 * 24 * 3600);
/// The most items of one page.
const PAGE: usize = 1000;
/// What stands in a part of a URL as it is.
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A key as a part of a URL.
pub(super) fn part(text: &str) -> String {
    utf8_percent_encode(text, PART).to_string()
}

/// A manager to ask.
pub(super) struct Client {
    http: reqwest::Client,
    server: String,
    has_key: bool,
    authorization: Option<HeaderValue>,
}

/// What was read, with its entity tag.
pub(super) struct Read {
    pub(super) value: Value,
    pub(super) tag: Option<HeaderValue>,
}

/// An answer that is read piece by piece.
pub(super) struct Pieces<'a> {
    client: &'a Client,
    response: Response,
}

impl Client {
    /// A client of the manager at `server`.
    ///
    /// # Errors
    /// [`Failure::Usage`] when the address or the key is none.
    pub(super) fn new(server: &str, key: Option<&str>) -> Result<Client, Failure> {
        let server = server.trim_end_matches('/');
        if server.starts_with("https://") {
            let sentence = format!("--server {server}: https:// is not supported yet, use http://");
            return Err(Failure::Usage(sentence));
        }
        let is_fine =
            server.strip_prefix("http://").is_some_and(|rest| !rest.is_empty() && !rest.contains('/'))
                && reqwest::Url::parse(server).is_ok();
        if !is_fine {
            return Err(Failure::Usage(format!("--server {server}: use http://HOST:PORT")));
        }
        let key = key.map(str::trim).filter(|key| !key.is_empty());
        let authorization = key.map(|key| HeaderValue::from_str(&format!("Bearer {key}"))).transpose();
        let mut authorization = authorization.map_err(|_| {
            Failure::Usage("the API key has characters that no key has: copy it again".to_owned())
        })?;
        if let Some(value) = &mut authorization {
            value.set_sensitive(true);
        }
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("ocpp/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| Failure::unavailable("the HTTP client cannot start", &error))?;
        Ok(Client { http, server: server.to_owned(), has_key: authorization.is_some(), authorization })
    }

    /// Reads what is at a path below `/api/v1`.
    pub(super) async fn get(&self, path: &str) -> Result<Value, Failure> {
        json(self.send(self.request(Method::GET, path)).await?).await
    }

    /// Reads what is at a path piece by piece, however long it takes.
    pub(super) async fn stream(&self, path: &str) -> Result<Pieces<'_>, Failure> {
        let request = self.request(Method::GET, path).timeout(FOREVER);
        Ok(Pieces { client: self, response: self.send(request).await? })
    }

    /// The same with its entity tag.
    pub(super) async fn get_tagged(&self, path: &str) -> Result<Read, Failure> {
        let response = self.send(self.request(Method::GET, path)).await?;
        let tag = response.headers().get(ETAG).cloned();
        Ok(Read { value: json(response).await?, tag })
    }

    /// All items of a list, or `max` at most. `query` is what stands after the question mark.
    pub(super) async fn list(&self, path: &str, query: &str, max: usize) -> Result<Vec<Value>, Failure> {
        let mut items: Vec<Value> = Vec::new();
        let mut after: Option<String> = None;
        while items.len() < max {
            let limit = PAGE.min(max - items.len());
            let cursor = after.map(|after| format!("&after={}", part(&after))).unwrap_or_default();
            let mut page = self.get(&format!("{path}?limit={limit}{query}{cursor}")).await?;
            if let Some(Value::Array(more)) = page.get_mut("items").map(Value::take) {
                items.extend(more);
            }
            match page.get("next").and_then(Value::as_str) {
                Some(next) => after = Some(next.to_owned()),
                None => break,
            }
        }
        Ok(items)
    }

    /// Sends a new thing; the request is done once, however often the network makes it be sent.
    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let key = uuid::Uuid::new_v4().to_string();
        let request = self.request(Method::POST, path).header("Idempotency-Key", key).json(body);
        json(self.send(request).await?).await
    }

    /// The same with a body whose text reaches the manager as it stands.
    pub(super) async fn post_raw(&self, path: &str, body: String) -> Result<Value, Failure> {
        let key = uuid::Uuid::new_v4().to_string();
        let request = self.request(Method::POST, path).header("Idempotency-Key", key);
        json(self.send(request.header(CONTENT_TYPE, "application/json").body(body)).await?).await
    }

    /// Sends JSON text as it stands, and gives the answer back as it stands.
    pub(super) async fn post_text(
        &self,
        path: &str,
        body: String,
        content_type: &'static str,
    ) -> Result<String, Failure> {
        let request = self.request(Method::POST, path).header(CONTENT_TYPE, content_type).body(body);
        let response = self.send(request).await?;
        response.text().await.map_err(|error| self.broken(&error))
    }

    /// Replaces a thing, unless somebody else has changed it since it was read.
    pub(super) async fn put(
        &self,
        path: &str,
        tag: Option<HeaderValue>,
        body: &Value,
    ) -> Result<Value, Failure> {
        let mut request = self.request(Method::PUT, path).json(body);
        if let Some(tag) = tag {
            request = request.header(IF_MATCH, tag);
        }
        json(self.send(request).await?).await
    }

    /// Sends a file, however long it takes. It is read as it is sent.
    pub(super) async fn put_file(&self, path: &str, file: &std::path::Path) -> Result<Value, Failure> {
        use std::io::Read;

        let cannot =
            |error: std::io::Error| Failure::Usage(format!("{} cannot be read: {error}", file.display()));
        let mut source = std::fs::File::open(file).map_err(cannot)?;
        let pieces = async_stream::stream! {
            loop {
                let mut piece = vec![0; 64 * 1024];
                match source.read(&mut piece) {
                    Ok(0) => return,
                    Ok(read) => {
                        piece.truncate(read);
                        yield Ok(piece);
                    }
                    Err(error) => {
                        yield Err(error);
                        return;
                    }
                }
            }
        };
        let body = reqwest::Body::wrap_stream(pieces);
        let request = self.request(Method::PUT, path).timeout(FOREVER);
        json(self.send(request.header(CONTENT_TYPE, "application/octet-stream").body(body)).await?).await
    }

    /// Removes a thing.
    pub(super) async fn delete(&self, path: &str) -> Result<(), Failure> {
        self.send(self.request(Method::DELETE, path)).await.map(drop)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}/api/v1/{path}", self.server));
        match &self.authorization {
            Some(value) => request.header(AUTHORIZATION, value.clone()),
            None => request,
        }
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let response = request.send().await.map_err(|error| self.broken(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let problem: Value = response.json().await.unwrap_or_default();
        Err(self.refused(status, &problem))
    }

    fn broken(&self, error: &reqwest::Error) -> Failure {
        let server = &self.server;
        if error.is_connect() {
            let sentence = format!(
                "the manager at {server} cannot be reached: start it with ocpp serve, or choose another with --server"
            );
            return Failure::Unavailable(sentence);
        }
        if error.is_timeout() {
            return Failure::Unavailable(format!("the manager at {server} did not answer in time"));
        }
        Failure::Unavailable(format!("the manager at {server} gave no usable answer: {}", root(error)))
    }

    /// What the manager refuses, in its own words where it has some.
    fn refused(&self, status: StatusCode, problem: &Value) -> Failure {
        let detail = problem.get("detail").and_then(Value::as_str);
        let Some(detail) = detail else {
            let sentence =
                format!("{} answered with status {status}, and not as a manager does", self.server);
            return Failure::Unavailable(sentence);
        };
        match status {
            StatusCode::UNAUTHORIZED if !self.has_key => Failure::Usage(
                "the manager wants an API key: give one with --api-key or OCPP_API_KEY (make the first one with \
                 ocpp key create --data DIR, or on the page)"
                    .to_owned(),
            ),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Failure::Usage(format!("the manager refuses the API key: {detail}"))
            }
            StatusCode::UNPROCESSABLE_ENTITY => Failure::Unmet(with_errors(detail, problem)),
            _ if status.is_server_error() => Failure::Unavailable(detail.to_owned()),
            _ => Failure::Unmet(detail.to_owned()),
        }
    }
}

impl Pieces<'_> {
    /// The next piece; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let piece = self.response.chunk().await.map_err(|error| self.client.broken(&error))?;
        Ok(piece.map(Into::into))
    }
}

/// A detail, and which members it is about.
fn with_errors(detail: &str, problem: &Value) -> String {
    let errors = problem.get("errors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let places: Vec<&str> = errors
        .iter()
        .filter_map(|error| error.get("pointer").and_then(Value::as_str))
        .filter(|pointer| pointer.len() > 1)
        .collect();
    if places.is_empty() { detail.to_owned() } else { format!("{detail} ({})", places.join(", ")) }
}

async fn json(response: Response) -> Result<Value, Failure> {
    if response.status() == StatusCode::NO_CONTENT {
        return Ok(Value::Null);
    }
    response.json().await.map_err(|error| {
        Failure::Unavailable(format!("the manager's answer cannot be understood: {}", root(&error)))
    })
}

/// The innermost reason, which is the one that helps.
fn root(error: &dyn std::error::Error) -> String {
    let mut reason = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    reason.to_string()
}
