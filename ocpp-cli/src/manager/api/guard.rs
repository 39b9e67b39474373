//! The scope that each operation needs stands in the description of the interface and is enforced out of it:
//! what is described is what holds. An operation without a scope in its description is refused to everybody.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::Method;
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
    let need = path.and_then(|path| needs.0.get(&(path, method)).copied());
    let allowed =
        match need {
            Some(Need::Known) => Ok(()),
            Some(Need::Scope(scope)) => caller.need(scope),
            // The router answers with 405 by itself what is asked with a method that the path does not have.
            None => Err(Kind::NotAllowedHere
                .because("This path has no such method; /api/v1/openapi.json lists them.")),
        };
    if let Err(problem) = allowed {
        return problem.into_response();
    }
    parts.extensions.insert(caller);
    next.run(Request::from_parts(parts, body)).await
}
