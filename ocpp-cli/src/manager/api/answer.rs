//! What answers carry: pages of lists, entity tags, places of what was made.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ocpp_server::domain::{Record, Revision};
use ocpp_server::store::{RecordFilter, TypedRecords};
use serde::Serialize;

use super::problem::Problem;
use super::request::{PageQuery, limit_of};
use super::views::List;
use crate::manager::App;
pub(super) use crate::manager::origin::encoded as segment;

/// In which order a list comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Ascending,
    NewestFirst,
}

/// A page of records in the order of their keys.
///
/// # Errors
/// When a parameter is out of its limits or the store cannot be read.
pub(super) async fn page_of<R: Record, V: utoipa::ToSchema>(
    app: &App,
    query: PageQuery,
    order: Order,
    view: impl Fn(R) -> V,
) -> Result<Json<List<V>>, Problem> {
    let limit = limit_of(query.limit)?;
    let filter = RecordFilter::all(R::KIND, limit + 1).after(query.after);
    let filter = if order == Order::NewestFirst { filter.descending() } else { filter };
    let records: Vec<R> = app.csms.store().list(filter).await?;
    let (records, next) = page_and_next(records, limit, Record::key);
    Ok(Json(List { items: records.into_iter().map(view).collect(), next }))
}

/// A page of what was read one item beyond its end, as it is shown.
pub(super) fn cut<T, V: From<T> + utoipa::ToSchema>(
    items: Vec<T>,
    limit: usize,
    key: impl Fn(&T) -> String,
) -> List<V> {
    let (items, next) = page_and_next(items, limit, key);
    List { items: items.into_iter().map(V::from).collect(), next }
}

/// Cuts what was read one item beyond the end of a page, and tells after which key the next one begins.
fn page_and_next<T>(mut items: Vec<T>, limit: usize, key: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
    let has_more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| has_more).map(key);
    (items, next)
}

/// The record of a key.
///
/// # Errors
/// A problem that names `what` is not there.
pub(super) async fn record_of<R: Record>(app: &App, what: &str, key: &str) -> Result<R, Problem> {
    let record: Option<R> = app.csms.store().get(key).await?;
    record.ok_or_else(|| Problem::not_found(format!("There is no {what} {key:?}.")))
}

/// An answer with the revision of what it shows, as its entity tag.
pub(crate) struct Tagged<T>(pub(crate) Revision, pub(crate) T);

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        with_tag(Json(self.1).into_response(), self.0)
    }
}

impl<R: Record + Into<V>, V> From<R> for Tagged<V> {
    /// A record as it is shown.
    fn from(record: R) -> Tagged<V> {
        Tagged(record.revision(), record.into())
    }
}

/// Something that was made: where it is, its revision, and what it is.
pub(crate) struct Created<T> {
    pub(crate) location: String,
    pub(crate) revision: Option<Revision>,
    pub(crate) body: T,
}

impl<V> Created<V> {
    /// A record that was made in a collection, as it is shown.
    pub(super) fn record<R: Record + Into<V>>(collection: &str, record: R) -> Created<V> {
        let location = format!("/api/v1/{collection}/{}", segment(&record.key()));
        Created { location, revision: Some(record.revision()), body: record.into() }
    }
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let mut response = (StatusCode::CREATED, Json(self.body)).into_response();
        if let Ok(location) = HeaderValue::from_str(&self.location) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        match self.revision {
            Some(revision) => with_tag(response, revision),
            None => response,
        }
    }
}

fn with_tag(mut response: Response, revision: Revision) -> Response {
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", revision.0)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// An answer that carries a secret, which is shown once: a repetition of the request is answered with what
/// is kept of it, which is everything else.
#[derive(Debug, Clone)]
pub(crate) struct WithoutSecret(pub(crate) String);

/// Notes what of an answer may be kept.
pub(crate) fn keeping<T: Serialize>(mut response: Response, without_secret: &T) -> Response {
    let kept = serde_json::to_string(without_secret).unwrap_or_default();
    response.extensions_mut().insert(WithoutSecret(kept));
    response
}
