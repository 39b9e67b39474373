//! `/api/v1/me`, `/api/v1/users` and `/api/v1/api-keys`.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use jiff::Timestamp;
use ocpp_server::access::Secret;
use ocpp_server::domain::{ApiKey, Scope, User};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Created, Order, keeping, page_of, segment};
use super::caller::Caller;
use super::problem::{Kind, Problem, WrongValue};
use super::request::{Body, Key, PageQuery, Params};
use super::views::List;
use crate::manager::App;

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(as = Scope, value_type = String, example = "stations:read", pattern = "^[a-z]+:[a-z]+$")]
pub(crate) struct ScopeName(Scope);

fn names(scopes: &BTreeSet<Scope>) -> Vec<ScopeName> {
    scopes.iter().copied().map(ScopeName).collect()
}

/// Who calls.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Me)]
pub(crate) struct MeView {
    /// The name of the key or the user.
    name: String,
    /// What they may do.
    scopes: Vec<ScopeName>,
}

/// Show who calls
#[utoipa::path(
    get, path = "/api/v1/me", tag = "access", operation_id = "getMe",
    security(("api_key" = [])),
    responses((status = 200, description = "Who calls and what they may do", body = MeView))
)]
pub(crate) async fn me(Extension(caller): Extension<Caller>) -> Json<MeView> {
    Json(MeView { scopes: names(&caller.identity.scopes), name: caller.identity.name })
}

/// Somebody who signs in on the page.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserView {
    /// The name to sign in with.
    name: String,
    /// What they may do.
    scopes: Vec<ScopeName>,
    /// When they were added.
    #[schema(value_type = String, format = DateTime)]
    added_at: Timestamp,
}

impl From<User> for UserView {
    fn from(user: User) -> UserView {
        UserView { scopes: names(&user.scopes), name: user.name, added_at: user.added_at }
    }
}

/// A user to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUserBody {
    /// The name to sign in with: letters, digits, `.`, `-`, `_` and `@`.
    #[schema(min_length = 1, max_length = 64, example = "alex")]
    name: String,
    /// The first password.
    #[schema(format = Password)]
    password: String,
    /// What they may do; no more than whoever adds them.
    #[schema(min_items = 1)]
    scopes: BTreeSet<ScopeName>,
}

/// A program's key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub(crate) struct ApiKeyView {
    /// Its name in lists; it is no secret.
    id: String,
    /// What people call it.
    #[schema(example = "billing")]
    name: String,
    /// What it may do.
    scopes: Vec<ScopeName>,
    /// When it ends; never when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    added_at: Timestamp,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Timestamp>,
}

impl From<ApiKey> for ApiKeyView {
    fn from(key: ApiKey) -> ApiKeyView {
        ApiKeyView {
            scopes: names(&key.scopes),
            id: key.id,
            name: key.name,
            expires_at: key.expires_at,
            added_at: key.added_at,
            revoked_at: key.revoked_at,
        }
    }
}

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewApiKeyBody {
    /// What people call it.
    #[schema(min_length = 1, max_length = 100, example = "billing")]
    name: String,
    /// What it may do; no more than whoever makes it.
    #[schema(min_items = 1)]
    scopes: BTreeSet<ScopeName>,
    /// When it ends; never when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// A key that was made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NewApiKey)]
pub(crate) struct NewApiKeyView {
    #[serde(flatten)]
    key: ApiKeyView,
    /// The key itself, which is shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "ocpp_23456789abcdefghijkmnpqrstuvwxyz")]
    secret: Option<String>,
}

/// List the users
///
/// In the order of their names.
#[utoipa::path(
    get, path = "/api/v1/users", tag = "access", operation_id = "listUsers",
    security(("api_key" = ["access:manage"])),
    params(PageQuery),
    responses(
        (status = 200, description = "A page of users", body = List<UserView>),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn users(
    State(app): State<App>,
    Params(query): Params<PageQuery>,
) -> Result<Json<List<UserView>>, Problem> {
    page_of(&app, query, Order::Ascending, |user: User| user.into()).await
}

/// Add a user
#[utoipa::path(
    post, path = "/api/v1/users", tag = "access", operation_id = "addUser",
    security(("api_key" = ["access:manage"])),
    request_body = NewUserBody,
    responses(
        (status = 201, description = "The user", body = UserView, headers(("Location" = String, description = "Its path"))),
        (status = 409, description = "There is one of this name already"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn add_user(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Body(body): Body<NewUserBody>,
) -> Result<Created<UserView>, Problem> {
    let scopes = granted(&caller, body.scopes)?;
    let user = app.gate.add_user(&body.name, Secret::new(body.password), scopes, app.csms.now()).await?;
    let location = format!("/api/v1/users/{}", segment(&user.name));
    Ok(Created { location, revision: None, body: user.into() })
}

/// Remove a user
///
/// Their sign-ins end at once.
#[utoipa::path(
    delete, path = "/api/v1/users/{name}", tag = "access", operation_id = "removeUser",
    security(("api_key" = ["access:manage"])),
    params(("name" = String, Path, description = "The user's name")),
    responses(
        (status = 204, description = "The user is removed"),
        (status = 404, description = "There is no such user"),
        (status = 409, description = "Nobody else may manage access"),
    )
)]
pub(crate) async fn remove_user(State(app): State<App>, Key(name): Key) -> Result<StatusCode, Problem> {
    app.gate.remove_user(&name, app.csms.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List the API keys
///
/// In the order in which they were made, those that are revoked, too.
#[utoipa::path(
    get, path = "/api/v1/api-keys", tag = "access", operation_id = "listApiKeys",
    security(("api_key" = ["access:manage"])),
    params(PageQuery),
    responses(
        (status = 200, description = "A page of keys", body = List<ApiKeyView>),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn keys(
    State(app): State<App>,
    Params(query): Params<PageQuery>,
) -> Result<Json<List<ApiKeyView>>, Problem> {
    page_of(&app, query, Order::Ascending, |key: ApiKey| key.into()).await
}

/// Make an API key
///
/// The key is shown this once: a repetition by `Idempotency-Key` is answered without it.
#[utoipa::path(
    post, path = "/api/v1/api-keys", tag = "access", operation_id = "addApiKey",
    security(("api_key" = ["access:manage"])),
    request_body = NewApiKeyBody,
    responses(
        (status = 201, description = "The key", body = NewApiKeyView, headers(("Location" = String, description = "Its path"))),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn add_key(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Body(body): Body<NewApiKeyBody>,
) -> Result<Response, Problem> {
    let now = app.csms.now();
    let name = body.name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(wrong("/name", "A key has a name of 1 to 100 characters without control characters."));
    }
    if body.expires_at.is_some_and(|expires_at| expires_at <= now) {
        return Err(wrong("/expires_at", "A key ends in the future: give a later moment, or none."));
    }
    let scopes = granted(&caller, body.scopes)?;
    let (key, secret) = app.gate.make_key(name, scopes, body.expires_at, now).await?;
    let location = format!("/api/v1/api-keys/{}", segment(&key.id));
    let without_secret = NewApiKeyView { key: key.clone().into(), secret: None };
    let body = NewApiKeyView { key: key.into(), secret: Some(secret.expose().to_owned()) };
    Ok(keeping(Created { location, revision: None, body }.into_response(), &without_secret))
}

/// Revoke an API key
///
/// It is void at once, and stays in the list.
#[utoipa::path(
    delete, path = "/api/v1/api-keys/{id}", tag = "access", operation_id = "revokeApiKey",
    security(("api_key" = ["access:manage"])),
    params(("id" = String, Path, description = "The key's id")),
    responses(
        (status = 204, description = "It is revoked"),
        (status = 404, description = "There is no such key"),
    )
)]
pub(crate) async fn revoke_key(State(app): State<App>, Key(id): Key) -> Result<StatusCode, Problem> {
    app.gate.revoke_key(&id, app.csms.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The scopes that a caller may give to others: some, and only those that they have.
fn granted(caller: &Caller, scopes: BTreeSet<ScopeName>) -> Result<BTreeSet<Scope>, Problem> {
    if scopes.is_empty() {
        return Err(wrong("/scopes", "At least one scope is needed."));
    }
    scopes.into_iter().map(|ScopeName(scope)| caller.need(scope).map(|()| scope)).collect()
}

fn wrong(pointer: &str, sentence: &str) -> Problem {
    let wrong = WrongValue { pointer: pointer.to_owned(), detail: sentence.to_owned() };
    Kind::Invalid.because(sentence).with_errors(vec![wrong])
}
