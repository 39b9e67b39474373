//! The scope that each operation needs stands in the description of the interface and is enforced out of it:
//! what is described is what holds. An operation without a scope in its description is refused to everybody.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ocpp_server::domain::Scope;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};

use super::caller::Caller;
use super::problem::Kind;
use crate::manager::App;

/// The name of the security scheme under which operations say their scope.
pub(super) const API_KEY: &str = "api_key";

/// What an operation needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// To be known.
    Known,
    /// This scope.
    Scope(Scope),
}

/// What each operation needs, by path and method.
#[derive(Clone)]
pub(super) struct Needs(Arc<HashMap<(String, Method), Need>>);

impl Needs {
    /// Reads a description.
    pub(super) fn of(description: &OpenApi) -> Needs {
        let operations = description.paths.paths.iter().flat_map(|(path, item)| {
            operations_of(item).filter_map(|(method, operation)| {
                need_of(operation).map(|need| ((path.clone(), method), need))
            })
        });
        Needs(Arc::new(operations.collect()))
    }

    fn no_such_method(&self, path: &str) -> Response {
        let there = self.0.keys().filter(|(known, _)| known == path).map(|(_, method)| method.as_str());
        let mut there: Vec<&str> = there.collect();
        there.sort_unstable();
        let there = there.join(", ");
        let mut response = Kind::NotAllowedHere.because(format!("This path has {there}.")).into_response();
        if let Ok(there) = HeaderValue::from_str(&there) {
            response.headers_mut().insert(header::ALLOW, there);
        }
        response
    }
}

/// The operations of a path.
pub(super) fn operations_of(item: &PathItem) -> impl Iterator<Item = (Method, &Operation)> {
    [
        (Method::GET, &item.get),
        (Method::PUT, &item.put),
        (Method::POST, &item.post),
        (Method::DELETE, &item.delete),
        (Method::PATCH, &item.patch),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.as_ref().map(|operation| (method, operation)))
}

/// What an operation says that it needs.
pub(super) fn need_of(operation: &Operation) -> Option<Need> {
    let requirements = serde_json::to_value(operation.security.as_ref()?).ok()?;
    let scopes = requirements.as_array()?.iter().find_map(|requirement| requirement.get(API_KEY))?;
    match scopes.as_array()?.as_slice() {
        [] => Some(Need::Known),
        [scope] => Scope::from_name(scope.as_str()?).map(Need::Scope),
        _ => None,
    }
}

/// Lets a request through to its operation when the caller is known and may do it.
pub(super) async fn guard(
    State((app, needs)): State<(App, Needs)>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let caller = match Caller::from_request_parts(&mut parts, &app).await {
        Ok(caller) => caller,
        Err(problem) => return problem.into_response(),
    };
    let method = if parts.method == Method::HEAD { Method::GET } else { parts.method.clone() };
    let path = parts.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let path = path.unwrap_or_default();
    let allowed = match needs.0.get(&(path.clone(), method)).copied() {
        Some(Need::Known) => Ok(()),
        Some(Need::Scope(scope)) => caller.need(scope),
        None => return needs.no_such_method(&path),
    };
    if let Err(problem) = allowed {
        return problem.into_response();
    }
    parts.extensions.insert(caller);
    next.run(Request::from_parts(parts, body)).await
}
