//! `/api/v1/stations/{id}/customer-requests`: what a station knows about a customer.

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use ocpp_core::model::{CertificateHash, CustomerReference, IdToken, TokenKind};
use ocpp_server::domain::{CustomerRequest, CustomerState};
use ocpp_server::maintenance::CustomerForm;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::{Created, keeping, segment};
use super::caller::Caller;
use super::problem::{Kind, Problem, WrongValue};
use super::request::{Body, Key};
use super::stations::identity;
use super::upkeep::Numbered;
use super::views::List;
use crate::manager::App;

/// A question about a customer, who is named in one of three ways.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCustomerRequest)]
pub(crate) struct CustomerBody {
    /// Whoever has this token.
    #[schema(max_length = 255)]
    token: Option<String>,
    /// What kind of token it is, by the name of OCPP 2.x; a card when absent.
    #[schema(example = "ISO14443")]
    token_kind: Option<String>,
    /// A name that station and manager have agreed on.
    #[schema(max_length = 64)]
    identifier: Option<String>,
    /// Whoever has this certificate: `{"algorithm": "sha256", "issuer_name", "issuer_key", "serial"}`, in hexadecimal.
    #[schema(value_type = Option<Object>)]
    certificate: Option<CertificateHash>,
    /// Whether the station is to report what it knows.
    #[serde(default)]
    report: bool,
    /// Whether it is to forget it.
    #[serde(default)]
    clear: bool,
}

impl CustomerBody {
    fn form(self) -> Result<CustomerForm, Problem> {
        let kind = self.token_kind.as_deref().map_or(TokenKind::ISO14443, TokenKind::new);
        let customer = match (self.token, self.identifier, self.certificate) {
            (Some(token), None, None) => CustomerReference::Token(IdToken::new(&token, kind)),
            (None, Some(name), None) => CustomerReference::Identifier(name.into()),
            (None, None, Some(hash)) => CustomerReference::Certificate(hash),
            _ => {
                let detail =
                    "Name the customer in exactly one way: token, identifier or certificate.".to_owned();
                let wrong = WrongValue { pointer: "/token".to_owned(), detail: detail.clone() };
                return Err(Kind::Invalid.because(detail).with_errors(vec![wrong]));
            }
        };
        Ok(CustomerForm { customer, report: self.report, clear: self.clear })
    }
}

/// A question about a customer, and what came of it.
#[derive(Serialize, ToSchema)]
#[schema(as = CustomerRequest)]
pub(crate) struct CustomerView {
    /// Its number among the station's.
    request: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    certificate: Option<Value>,
    report: bool,
    clear: bool,
    /// `asked`, `accepted` (it is awaited what the station tells), `told` or `failed`.
    state: &'static str,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// What the station told, joined; only of one question, not in the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// Whether the station told more than the 200 parts that are kept.
    cut: bool,
    /// What became of the customer's place in the station's local list.
    #[serde(skip_serializing_if = "Option::is_none")]
    local_list: Option<String>,
    /// Who asked.
    by: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// When all of this is deleted here.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

impl CustomerView {
    fn of(asked: &CustomerRequest) -> CustomerView {
        let (mut token, mut token_kind, mut identifier, mut certificate) = (None, None, None, None);
        match &asked.customer {
            CustomerReference::Token(of) => {
                (token, token_kind) = (Some(of.value.to_string()), Some(of.kind.to_string()));
            }
            CustomerReference::Identifier(name) => identifier = Some(name.to_string()),
            CustomerReference::Certificate(hash) => {
                certificate = Some(serde_json::to_value(hash).unwrap_or_default());
            }
        }
        CustomerView {
            request: asked.request,
            token,
            token_kind,
            identifier,
            certificate,
            report: asked.report,
            clear: asked.clear,
            state: asked.state.name(),
            reason: match &asked.state {
                CustomerState::Failed { why } => Some(why.clone()),
                _ => None,
            },
            text: None,
            cut: asked.cut,
            local_list: asked.local_list.clone(),
            by: asked.by.clone(),
            at: asked.at,
            expires_at: asked.expires_at,
        }
    }

    /// With what the station told.
    fn whole(asked: &CustomerRequest) -> CustomerView {
        let text = (!asked.parts.is_empty()).then(|| asked.text());
        CustomerView { text, ..CustomerView::of(asked) }
    }
}

/// List the questions about customers to a station
///
/// The latest 50, the last one first. They are personal data, and are deleted after some days
/// (`--customer-data-days`).
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/customer-requests", tag = "customers", operation_id = "listCustomerRequests",
    security(("api_key" = ["tokens:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses((status = 200, description = "The questions, without what was told", body = List<CustomerView>))
)]
pub(crate) async fn list(State(app): State<App>, Key(id): Key) -> Result<Json<List<CustomerView>>, Problem> {
    let asked = app.diagnostics.customer_requests(&identity(&id)?).await?;
    Ok(Json(List { items: asked.iter().map(CustomerView::of).collect(), next: None }))
}

/// Ask a station about a customer
///
/// It reports what it knows, forgets it, or both (2.x, N09, N10). What it tells comes in parts; `state` of the question
/// says when all of it is there. When it is to forget, the token is taken out of its local list, too.
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/customer-requests", tag = "customers", operation_id = "askAboutCustomer",
    security(("api_key" = ["tokens:write"])),
    params(("id" = String, Path, description = "The station's identity")),
    request_body = CustomerBody,
    responses(
        (status = 201, description = "The question, as far as it is", body = CustomerView, headers(
            ("Location" = String, description = "Its path"))),
        (status = 404, description = "There is no such station"),
        (status = 409, description = "The station is not connected, or its version cannot be asked"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn ask(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Key(id): Key,
    Body(body): Body<CustomerBody>,
) -> Result<Response, Problem> {
    let station = identity(&id)?;
    let asked = app.diagnostics.ask_about(&station, body.form()?, &caller.identity.name).await?;
    let location =
        format!("/api/v1/stations/{}/customer-requests/{}", segment(station.as_str()), asked.request);
    let created = Created { location, revision: None, body: CustomerView::whole(&asked) };
    // Answers are kept for repetitions: this one without whom it is about.
    let kept = serde_json::json!({"request": asked.request, "state": asked.state.name()});
    Ok(keeping(created.into_response(), &kept))
}

/// Show one question about a customer, with what was told
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/customer-requests/{number}", tag = "customers",
    operation_id = "getCustomerRequest",
    security(("api_key" = ["tokens:read"])),
    params(
        ("id" = String, Path, description = "The station's identity"),
        ("number" = u32, Path, description = "The number of the question"),
    ),
    responses(
        (status = 200, description = "The question", body = CustomerView),
        (status = 404, description = "There is no such question, or it was deleted"),
    )
)]
pub(crate) async fn one(State(app): State<App>, of: Numbered) -> Result<Json<CustomerView>, Problem> {
    let asked = app.diagnostics.customer_request(&of.station, number(&of)).await?;
    Ok(Json(CustomerView::whole(&asked)))
}

/// Delete a question about a customer, with what was told
#[utoipa::path(
    delete, path = "/api/v1/stations/{id}/customer-requests/{number}", tag = "customers",
    operation_id = "deleteCustomerRequest",
    security(("api_key" = ["tokens:write"])),
    params(
        ("id" = String, Path, description = "The station's identity"),
        ("number" = u32, Path, description = "The number of the question"),
    ),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "There is no such question"),
    )
)]
pub(crate) async fn remove(State(app): State<App>, of: Numbered) -> Result<StatusCode, Problem> {
    app.diagnostics.delete_customer_request(&of.station, number(&of)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A number beyond all of them is none of them.
fn number(of: &Numbered) -> i32 {
    i32::try_from(of.request).unwrap_or(0)
}
