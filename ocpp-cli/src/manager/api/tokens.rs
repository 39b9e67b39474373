//! `/api/v1/tokens`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use ocpp_core::model::TokenKind;
use ocpp_server::domain::Token;
use ocpp_server::register::TokenForm;
use ocpp_server::store::TypedRecords;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Created, Order, Tagged, page_of, segment};
use super::problem::{Kind, Problem};
use super::request::{Body, Csv, IfMatch, Key, PageQuery, Params};
use super::views::List;
use crate::manager::App;

/// What is said of a token.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TokenBody {
    /// What kind of identification it is, by the names of OCPP 2.x; any kind when empty.
    #[schema(max_length = 20, example = "ISO14443")]
    kind: String,
    /// Tokens of one group may stop each other's sessions.
    #[schema(max_length = 20)]
    group: Option<String>,
    /// Who holds it.
    #[schema(max_length = 200)]
    holder: Option<String>,
    /// No longer valid from here on.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// Not to be accepted.
    blocked: bool,
    /// How many sessions it may have at a time; no limit when absent.
    #[schema(minimum = 1)]
    max_concurrent: Option<u32>,
}

impl From<TokenBody> for TokenForm {
    fn from(body: TokenBody) -> TokenForm {
        TokenForm {
            kind: TokenKind::new(&body.kind),
            group: body.group,
            holder: body.holder,
            expires_at: body.expires_at,
            blocked: body.blocked,
            max_concurrent: body.max_concurrent,
        }
    }
}

/// A token to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTokenBody {
    /// Its value, compared without regard to ASCII case.
    #[schema(min_length = 1, max_length = 255, example = "04A1B2C3D4E5F6")]
    token: String,
    /// What kind of identification it is, by the names of OCPP 2.x; any kind when empty.
    #[serde(default)]
    #[schema(max_length = 20, example = "ISO14443")]
    kind: String,
    /// Tokens of one group may stop each other's sessions.
    #[serde(default)]
    #[schema(max_length = 20)]
    group: Option<String>,
    /// Who holds it.
    #[serde(default)]
    #[schema(max_length = 200)]
    holder: Option<String>,
    /// No longer valid from here on.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// Not to be accepted.
    #[serde(default)]
    blocked: bool,
    /// How many sessions it may have at a time; no limit when absent.
    #[serde(default)]
    #[schema(minimum = 1)]
    max_concurrent: Option<u32>,
}

impl NewTokenBody {
    fn split(self) -> (String, TokenForm) {
        let NewTokenBody { token, kind, group, holder, expires_at, blocked, max_concurrent } = self;
        (token, TokenBody { kind, group, holder, expires_at, blocked, max_concurrent }.into())
    }
}

/// A token that may charge.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
pub(crate) struct TokenView {
    /// Its value as it was written.
    #[schema(example = "04A1B2C3D4E5F6")]
    token: String,
    /// What kind of identification it is; any kind when empty.
    kind: String,
    /// Tokens of one group may stop each other's sessions.
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    /// Who holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<String>,
    /// No longer valid from here on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// Not to be accepted.
    blocked: bool,
    /// How many sessions it may have at a time; no limit when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_concurrent: Option<u32>,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    added_at: Timestamp,
    /// How often it was written; `ETag` and `If-Match` carry it.
    revision: u64,
}

impl From<Token> for TokenView {
    fn from(token: Token) -> TokenView {
        TokenView {
            revision: token.revision.0,
            token: token.value,
            kind: token.kind.as_str().to_owned(),
            group: token.group,
            holder: token.holder,
            expires_at: token.expires_at,
            blocked: token.blocked,
            max_concurrent: token.max_concurrent,
            added_at: token.added_at,
        }
    }
}

/// What an import did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Imported)]
pub(crate) struct ImportedView {
    /// Tokens that are new.
    added: usize,
    /// Tokens that were known and are changed.
    changed: usize,
}

/// List the tokens
///
/// In the order of their values in capitals.
#[utoipa::path(
    get, path = "/api/v1/tokens", tag = "tokens", operation_id = "listTokens",
    security(("api_key" = ["tokens:read"])),
    params(PageQuery),
    responses(
        (status = 200, description = "A page of tokens", body = List<TokenView>),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Params(query): Params<PageQuery>,
) -> Result<Json<List<TokenView>>, Problem> {
    page_of(&app, query, Order::Ascending, |token: Token| token.into()).await
}

/// Show one token
#[utoipa::path(
    get, path = "/api/v1/tokens/{token}", tag = "tokens", operation_id = "getToken",
    security(("api_key" = ["tokens:read"])),
    params(("token" = String, Path, description = "The token's value")),
    responses(
        (status = 200, description = "The token", body = TokenView, headers(("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such token"),
    )
)]
pub(crate) async fn one(State(app): State<App>, Key(value): Key) -> Result<Tagged<TokenView>, Problem> {
    let token: Option<Token> = app.csms.store().get(&value.to_ascii_uppercase()).await?;
    let token = token.ok_or_else(|| Problem::not_found(format!("There is no token {value:?}.")))?;
    Ok(token.into())
}

/// Add a token
#[utoipa::path(
    post, path = "/api/v1/tokens", tag = "tokens", operation_id = "addToken",
    security(("api_key" = ["tokens:write"])),
    request_body = NewTokenBody,
    responses(
        (status = 201, description = "The token", body = TokenView, headers(
            ("Location" = String, description = "Its path"), ("ETag" = String, description = "Its revision"))),
        (status = 409, description = "There is one of this value already"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn add(
    State(app): State<App>,
    Body(body): Body<NewTokenBody>,
) -> Result<Created<TokenView>, Problem> {
    let (value, form) = body.split();
    let token = app.register.add_token(&value, form).await?;
    let location = format!("/api/v1/tokens/{}", segment(&token.value));
    Ok(Created { location, revision: Some(token.revision), body: token.into() })
}

/// Replace what is said of a token
#[utoipa::path(
    put, path = "/api/v1/tokens/{token}", tag = "tokens", operation_id = "replaceToken",
    security(("api_key" = ["tokens:write"])),
    params(
        ("token" = String, Path, description = "The token's value"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the token as it was read"),
    ),
    request_body = TokenBody,
    responses(
        (status = 200, description = "The token", body = TokenView, headers(("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such token"),
        (status = 412, description = "It has changed since it was read"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn replace(
    State(app): State<App>,
    Key(value): Key,
    seen: IfMatch,
    Body(body): Body<TokenBody>,
) -> Result<Tagged<TokenView>, Problem> {
    let token = seen.judge(app.register.change_token(&value, body.into(), seen.0).await)?;
    Ok(token.into())
}

/// Remove a token
#[utoipa::path(
    delete, path = "/api/v1/tokens/{token}", tag = "tokens", operation_id = "removeToken",
    security(("api_key" = ["tokens:write"])),
    params(("token" = String, Path, description = "The token's value")),
    responses(
        (status = 204, description = "It is removed"),
        (status = 404, description = "There is no such token"),
    )
)]
pub(crate) async fn remove(State(app): State<App>, Key(value): Key) -> Result<StatusCode, Problem> {
    app.register.remove_token(&value).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Import tokens
///
/// A CSV file in UTF-8 whose first line names its columns: `token`, and any of `kind`, `group`, `holder`,
/// `expires_at`, `blocked` (`true` or `false`) and `max_concurrent`. At most 10,000 tokens at a time. All of
/// the file is imported, or nothing: then the problem names the first line that is wrong.
#[utoipa::path(
    post, path = "/api/v1/tokens/import", tag = "tokens", operation_id = "importTokens",
    security(("api_key" = ["tokens:write"])),
    request_body(content = String, content_type = "text/csv", example = "token,holder\n04A1B2C3D4E5F6,A driver\n"),
    responses(
        (status = 200, description = "What it did", body = ImportedView),
        (status = 409, description = "Somebody else changed one of the tokens in the meantime"),
        (status = 422, description = "A line is wrong"),
    )
)]
pub(crate) async fn import(State(app): State<App>, Csv(text): Csv) -> Result<Json<ImportedView>, Problem> {
    match app.register.import_tokens(&text).await? {
        Ok(done) => Ok(Json(ImportedView { added: done.added, changed: done.changed })),
        Err(error) => Err(Kind::Invalid.because(error.to_string()).at_line(error.line)),
    }
}
