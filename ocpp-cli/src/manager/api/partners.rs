//! `/api/v1/partners`: other companies whose systems read what is published.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use ocpp_server::domain::Partner;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Created, Order, keeping, page_of, segment};
use super::problem::Problem;
use super::request::{Body, Key, PageQuery, Params};
use super::views::List;
use crate::manager::App;

/// A partner.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Partner)]
pub(crate) struct PartnerView {
    /// Its name in lists; it is no secret.
    id: String,
    /// What people call it.
    #[schema(example = "Roaming hub")]
    name: String,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    added_at: Timestamp,
    /// When its token was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Timestamp>,
}

impl From<Partner> for PartnerView {
    fn from(partner: Partner) -> PartnerView {
        let Partner { id, name, added_at, revoked_at, .. } = partner;
        PartnerView { id, name, added_at, revoked_at }
    }
}

/// A partner to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPartnerBody {
    /// What people call it.
    #[schema(min_length = 1, max_length = 100, example = "Roaming hub")]
    name: String,
}

/// A partner that was added.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NewPartner)]
pub(crate) struct NewPartnerView {
    #[serde(flatten)]
    partner: PartnerView,
    /// Its credentials token for OCPI, which is shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

/// List the partners
///
/// In the order in which they were added, those whose token is revoked, too.
#[utoipa::path(
    get, path = "/api/v1/partners", tag = "access", operation_id = "listPartners",
    security(("api_key" = ["access:manage"])),
    params(PageQuery),
    responses(
        (status = 200, description = "A page of partners", body = List<PartnerView>),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Params(query): Params<PageQuery>,
) -> Result<Json<List<PartnerView>>, Problem> {
    page_of(&app, query, Order::Ascending, |partner: Partner| partner.into()).await
}

/// Add a partner
///
/// It may read what is published by OCPI. Its token is shown this once: a repetition by `Idempotency-Key` is answered
/// without it.
#[utoipa::path(
    post, path = "/api/v1/partners", tag = "access", operation_id = "addPartner",
    security(("api_key" = ["access:manage"])),
    request_body = NewPartnerBody,
    responses(
        (status = 201, description = "The partner", body = NewPartnerView, headers(("Location" = String, description = "Its path"))),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn add(
    State(app): State<App>,
    Body(body): Body<NewPartnerBody>,
) -> Result<Response, Problem> {
    let (partner, token) = app.gate.add_partner(&body.name, app.csms.now()).await?;
    let location = format!("/api/v1/partners/{}", segment(&partner.id));
    let without_token = NewPartnerView { partner: partner.clone().into(), token: None };
    let body = NewPartnerView { partner: partner.into(), token: Some(token.expose().to_owned()) };
    Ok(keeping(Created { location, revision: None, body }.into_response(), &without_token))
}

/// Revoke the token of a partner
///
/// It is void at once; the partner stays in the list.
#[utoipa::path(
    delete, path = "/api/v1/partners/{id}", tag = "access", operation_id = "revokePartner",
    security(("api_key" = ["access:manage"])),
    params(("id" = String, Path, description = "The partner's id")),
    responses(
        (status = 204, description = "Its token is revoked"),
        (status = 404, description = "There is no such partner"),
    )
)]
pub(crate) async fn revoke(State(app): State<App>, Key(id): Key) -> Result<StatusCode, Problem> {
    app.gate.revoke_partner(&id, app.csms.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
