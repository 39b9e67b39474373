//! `/api/v1/payments`.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use jiff::Timestamp;
use ocpp_core::model::Money;
use ocpp_server::domain::{Payment, PaymentId, PaymentState};
use ocpp_server::payment::GatewayError;
use ocpp_server::process::RefundError;
use ocpp_server::store::TypedRecords;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Order, page_of};
use super::idempotency::key_of;
use super::money::MoneyView;
use super::problem::{Kind, Problem, WrongValue};
use super::request::{Body, Key, PageQuery, Params};
use super::views::List;
use crate::manager::App;

/// A payment for one session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Payment)]
pub(crate) struct PaymentView {
    /// Its key.
    id: String,
    /// Where the driver wants to charge.
    #[schema(example = "CS001")]
    station_id: String,
    /// At which EVSE.
    evse_id: u32,
    /// Which gateway holds the money.
    #[schema(example = "sandbox")]
    gateway: String,
    /// What the driver pays with, as the gateway names it.
    instrument: String,
    /// The amount that is held.
    hold: MoneyView,
    /// How far it has come: `requested`, `held`, `starting`, `charging`, `capturing`, `captured`, `declined`,
    /// `releasing` or `released`.
    #[schema(example = "captured")]
    state: &'static str,
    /// Why it was declined or released.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// What is or was captured.
    #[serde(skip_serializing_if = "Option::is_none")]
    captured: Option<MoneyView>,
    /// What of it was given back.
    #[serde(skip_serializing_if = "Option::is_none")]
    refunded: Option<MoneyView>,
    /// The session that charges on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
    /// Why the manager told the station to stop, when it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped: Option<String>,
    /// When the driver asked for it.
    #[schema(value_type = String, format = DateTime)]
    requested_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// How often it was written.
    revision: u64,
}

impl From<Payment> for PaymentView {
    fn from(payment: Payment) -> PaymentView {
        let (mut reason, mut captured, mut refunded) = (None, None, None);
        match &payment.state {
            PaymentState::Declined { reason: why }
            | PaymentState::Releasing { reason: why }
            | PaymentState::Released { reason: why } => reason = Some(why.clone()),
            PaymentState::Capturing { amount } => captured = Some((*amount).into()),
            PaymentState::Captured { amount, refunded: back } => {
                captured = Some((*amount).into());
                refunded = Some((*back).into());
            }
            PaymentState::Requested
            | PaymentState::Held
            | PaymentState::Starting { .. }
            | PaymentState::Charging => {}
        }
        PaymentView {
            state: payment.state.name(),
            revision: payment.revision.0,
            id: payment.id.0,
            station_id: payment.station.to_string(),
            evse_id: payment.evse.0,
            gateway: payment.gateway,
            instrument: payment.instrument,
            hold: payment.hold.into(),
            reason,
            captured,
            refunded,
            session_id: payment.session.map(|session| session.to_string()),
            stopped: payment.stopped,
            requested_at: payment.requested_at,
            updated_at: payment.updated_at,
        }
    }
}

/// What to give back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefundBody {
    /// How much of what was captured.
    #[schema(value_type = MoneyView)]
    amount: Money,
}

/// List the payments
///
/// The newest first.
#[utoipa::path(
    get, path = "/api/v1/payments", tag = "payments", operation_id = "listPayments",
    security(("api_key" = ["payments:read"])),
    params(PageQuery),
    responses(
        (status = 200, description = "A page of payments", body = List<PaymentView>),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Params(query): Params<PageQuery>,
) -> Result<Json<List<PaymentView>>, Problem> {
    page_of(&app, query, Order::NewestFirst, |payment: Payment| payment.into()).await
}

/// Show one payment
#[utoipa::path(
    get, path = "/api/v1/payments/{id}", tag = "payments", operation_id = "getPayment",
    security(("api_key" = ["payments:read"])),
    params(("id" = String, Path, description = "The payment's key")),
    responses(
        (status = 200, description = "The payment", body = PaymentView),
        (status = 404, description = "There is no such payment"),
    )
)]
pub(crate) async fn one(State(app): State<App>, Key(id): Key) -> Result<Json<PaymentView>, Problem> {
    let payment: Option<Payment> = app.csms.store().get(&id).await?;
    let payment = payment.ok_or_else(|| Problem::not_found(format!("There is no payment {id:?}.")))?;
    Ok(Json(payment.into()))
}

/// Refund a payment
///
/// Gives back what was captured, in whole or in part. The same `Idempotency-Key` does it once, whenever it
/// comes again.
#[utoipa::path(
    post, path = "/api/v1/payments/{id}/refunds", tag = "payments", operation_id = "refundPayment",
    security(("api_key" = ["payments:refund"])),
    params(
        ("id" = String, Path, description = "The payment's key"),
        ("Idempotency-Key" = String, Header, description = "Names this refund, 1 to 255 printable characters of ASCII; needed here"),
    ),
    request_body = RefundBody,
    responses(
        (status = 200, description = "The payment", body = PaymentView),
        (status = 400, description = "The Idempotency-Key is missing"),
        (status = 404, description = "There is no such payment"),
        (status = 409, description = "Nothing was captured on it"),
        (status = 422, description = "The amount is wrong, or the gateway refuses"),
        (status = 504, description = "The gateway gave no clear answer: ask again with the same key"),
    )
)]
pub(crate) async fn refund(
    State(app): State<App>,
    Key(id): Key,
    headers: HeaderMap,
    Body(body): Body<RefundBody>,
) -> Result<Json<PaymentView>, Problem> {
    let key = key_of(&headers)?.ok_or_else(|| {
        Kind::Malformed.because("A refund needs the header Idempotency-Key, so that it is made once.")
    })?;
    let refunded = app.processes.refund(&PaymentId(id), body.amount, &key).await;
    Ok(Json(refunded.map_err(refused)?.into()))
}

fn refused(error: RefundError) -> Problem {
    let detail = error.to_string();
    match error {
        RefundError::Unknown => Kind::NotFound.because(detail),
        RefundError::NotCaptured => Kind::Rule.because(detail),
        RefundError::BadAmount(_) => {
            let wrong = WrongValue { pointer: "/amount".to_owned(), detail: detail.clone() };
            Kind::Invalid.because(detail).with_errors(vec![wrong])
        }
        RefundError::Gateway(GatewayError::Refused(_)) => Kind::Invalid.because(detail),
        RefundError::Gateway(GatewayError::Unclear(_)) => Kind::NoAnswer.because(detail),
        RefundError::Store(_) => Kind::Unavailable.because(detail),
    }
}
