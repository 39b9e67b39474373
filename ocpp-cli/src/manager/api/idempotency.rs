//! Requests that are sent twice: the header `Idempotency-Key` names a POST, and whoever sends it again with
//! the same key is answered as the first time, without anything being done again.
//!
//! Keys belong to their caller. An answer is kept when the request did what it was to do; a refusal did
//! nothing, so that it may be corrected and sent again under the same key. What is shown only once, such as
//! a new key of a station, is not kept. Answers are kept for a day.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use ocpp_server::domain::{Record, RecordKind, Reply, Revision};
use ocpp_server::store::{Change, CommitError, RecordFilter, TypedRecords, Unit};
use sha2::{Digest, Sha256};

use super::answer::WithoutSecret;
use super::caller::Caller;
use super::problem::{Kind, Problem};
use crate::manager::App;

/// The header that names a request.
const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// The header of an answer that was given before.
const REPLAYED: &str = "idempotency-replayed";
/// How long an answer is kept.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How often old answers are thrown away.
const CLEAN_EVERY: Duration = Duration::from_secs(3600);
/// How many are looked at in one go.
const BATCH: usize = 500;
/// The largest body of any operation, and of an answer that is kept.
pub(super) const MAX_BODY: usize = 4 * 1024 * 1024;

/// The requests with a key that are being worked on.
#[derive(Debug, Clone, Default)]
pub(super) struct Running(Arc<Mutex<HashSet<String>>>);

/// A request that is being worked on, until this is dropped.
struct Claim {
    running: Running,
    key: String,
}

impl Running {
    fn claim(&self, key: &str) -> Option<Claim> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.insert(key.to_owned()).then(|| Claim { running: self.clone(), key: key.to_owned() })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // The set is whole whatever panicked elsewhere.
        self.running.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

/// The key of a request, when it has one.
///
/// # Errors
/// A problem when it is none that can be used.
pub(super) fn key_of(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let key = value.to_str().unwrap_or_default();
    let is_fine = (1..=255).contains(&key.len()) && key.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if !is_fine {
        return Err(Kind::Malformed.because(
            "The Idempotency-Key is to be 1 to 255 printable characters of ASCII, such as a UUID.",
        ));
    }
    Ok(Some(key.to_owned()))
}

/// Answers a POST that came before as it was answered then.
pub(super) async fn replay(
    State((app, running)): State<(App, Running)>,
    request: Request,
    next: Next,
) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    match key_of(request.headers()) {
        Ok(None) => next.run(request).await,
        Ok(Some(key)) => {
            once(&app, &running, &key, request, next).await.unwrap_or_else(|problem| problem.into_response())
        }
        Err(problem) => problem.into_response(),
    }
}

async fn once(
    app: &App,
    running: &Running,
    key: &str,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY)
        .await
        .map_err(|_| Kind::TooLarge.because("The body is larger than this operation takes."))?;
    let caller = parts.extensions.get::<Caller>().map(|caller| caller.id.clone()).unwrap_or_default();
    let key = digest(&[caller.as_bytes(), key.as_bytes()]);
    let asked = digest(&[parts.method.as_str().as_bytes(), parts.uri.to_string().as_bytes(), &body]);
    let claim = running.claim(&key).ok_or_else(|| {
        Kind::KeyInUse
            .because("A request with this Idempotency-Key is being worked on: ask again in a moment.")
    })?;
    if let Some(reply) = known(app, &key).await? {
        return if reply.request == asked {
            Ok(again(reply))
        } else {
            Err(Kind::KeyReused.because(
                "This Idempotency-Key was used for another request: take a fresh key for every request.",
            ))
        };
    }
    // The work goes on and is kept although the caller may have hung up: that is what the key is for.
    let app = app.clone();
    let request = Request::from_parts(parts, Body::from(body));
    let done = tokio::spawn(async move {
        let response = next.run(request).await;
        let response = keep(&app, key, asked, response).await;
        drop(claim);
        response
    });
    done.await
        .map_err(|_| Kind::Unavailable.because("The request was broken off: ask again with the same key."))
}

/// The answer that is kept under a key, unless it is too old.
async fn known(app: &App, key: &str) -> Result<Option<Reply>, Problem> {
    let reply: Option<Reply> = app.csms.store().get(key).await?;
    let now = app.csms.now();
    Ok(reply.filter(|reply| !is_old(reply, now)))
}

fn is_old(reply: &Reply, now: Timestamp) -> bool {
    now.duration_since(reply.at) > KEPT_FOR
}

fn again(reply: Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    let mut response = (status, reply.body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

/// Keeps the answer of a request that did what it was to do.
async fn keep(app: &App, key: String, request: String, response: Response) -> Response {
    if !response.status().is_success() {
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return Kind::Unavailable.because("The answer is too large to be kept.").into_response();
    };
    let kept = match parts.extensions.get::<WithoutSecret>() {
        Some(WithoutSecret(kept)) => kept.clone(),
        None => String::from_utf8_lossy(&body).into_owned(),
    };
    if let Err(error) = write(app, &key, request, parts.status, kept).await {
        // What was asked for is done; a repetition may do it again, and that is better than to deny it.
        tracing::error!(%error, "an answer could not be kept for its Idempotency-Key");
    }
    Response::from_parts(parts, Body::from(body))
}

async fn write(
    app: &App,
    key: &str,
    request: String,
    status: StatusCode,
    body: String,
) -> Result<(), CommitError> {
    let unreadable = |error: ocpp_server::store::ReadError| CommitError::Unavailable(error.to_string());
    let before: Option<Reply> = app.csms.store().get(key).await.map_err(unreadable)?;
    let reply = Reply {
        key: key.to_owned(),
        revision: before.map_or(Revision(0), |before| before.revision()),
        request,
        status: status.as_u16(),
        body,
        at: app.csms.now(),
    };
    app.csms.commit(Unit { changes: vec![Change::put(&reply)], ..Unit::default() }).await
}

/// Throws away old answers until the manager stops.
pub(super) async fn forget_old(app: App) {
    let mut round = tokio::time::interval(CLEAN_EVERY);
    loop {
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            _ = round.tick() => {}
        }
        if let Err(error) = forget_those_before(&app, app.csms.now()).await {
            tracing::warn!(error, "old answers could not be thrown away");
        }
    }
}

async fn forget_those_before(app: &App, now: Timestamp) -> Result<(), String> {
    let mut after = None;
    loop {
        let filter = RecordFilter::all(RecordKind::Reply, BATCH).after(after);
        let replies: Vec<Reply> = app.csms.store().list(filter).await.map_err(|error| error.to_string())?;
        let Some(last) = replies.last() else { return Ok(()) };
        after = Some(last.key());
        let old: Vec<Change> =
            replies.iter().filter(|reply| is_old(reply, now)).map(Change::remove).collect();
        if !old.is_empty() {
            let unit = Unit { changes: old, ..Unit::default() };
            app.csms.commit(unit).await.map_err(|error| error.to_string())?;
        }
    }
}

fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
