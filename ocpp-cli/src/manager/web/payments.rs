//! Payments: the list, one with its course, giving money back.

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use ocpp_core::model::Money;
use ocpp_server::domain::{Payment, PaymentId, PaymentState, RecordKind, Scope};
use ocpp_server::process::RefundError;
use ocpp_server::register::Flaw;
use ocpp_server::store::{RecordFilter, TypedRecords};
use serde::Deserialize;
use uuid::Uuid;

use super::form::{Draft, Fields, Form, Posted};
use super::frame::{self, Tab};
use super::refuse::Refuse;
use super::visitor::Visitor;
use super::{links, words};
use crate::manager::App;

/// The payments of one page.
const LISTED: usize = 100;

/// The routes of these pages.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/payments", get(list))
        .route("/payments/{id}", get(page))
        .route("/payments/{id}/refund", post(refund))
}

#[derive(Debug, Default, Deserialize)]
struct Which {
    after: Option<String>,
}

/// `GET /payments`
async fn list(visitor: Visitor, Query(which): Query<Which>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::PaymentsRead)?;
    let filter = RecordFilter::all(RecordKind::Payment, LISTED + 1).after(which.after).descending();
    let mut payments: Vec<Payment> = visitor.app.csms.store().list(filter).await?;
    let has_more = payments.len() > LISTED;
    payments.truncate(LISTED);
    let next = payments.last().filter(|_| has_more).map(|payment| payment.id.0.clone());
    let body = html! {
        h2 { "Payments" }
        @if payments.is_empty() { p.empty { "No payment yet. Drivers pay on the page that the code on an EVSE leads to." } } @else {
            div.scroll { table {
                thead { tr { th { "Asked" } th { "Station" } th { "Pays with" } th.number { "Held" } th { "State" } th.number { "Captured" } th.number { "Refunded" } } }
                tbody { @for payment in &payments { (row(&visitor, payment)) } }
            } }
        }
        @if let Some(next) = next { p { a href={ "/payments?after=" (next) } { "Older payments" } } }
    };
    Ok(frame::page(&visitor, Tab::Payments, "Payments", body))
}

fn row(visitor: &Visitor, payment: &Payment) -> Markup {
    let (captured, refunded) = amounts(payment);
    html! {
        tr {
            td { a href={ "/payments/" (payment.id.0) } { (words::clock(payment.requested_at)) } }
            td { a href=(links::station(&payment.station)) { (payment.station) } " / " (payment.evse) }
            td { (instrument(visitor, payment)) }
            td.number { (payment.hold) }
            td { (state_of(payment)) }
            td.number { @if let Some(amount) = captured { (amount) } }
            td.number { @if let Some(amount) = refunded.filter(|amount| !amount.is_zero()) { (amount) } }
        }
    }
}

/// What it is paid with, in the words of the gateway. Until the hold is made a payment has its name only.
fn instrument(visitor: &Visitor, payment: &Payment) -> String {
    let known = visitor.app.processes.gateway().instruments();
    let label = known.into_iter().find(|known| known.id == payment.instrument).map(|known| known.label);
    label.unwrap_or_else(|| payment.instrument.clone())
}

fn amounts(payment: &Payment) -> (Option<Money>, Option<Money>) {
    match &payment.state {
        PaymentState::Captured { amount, refunded } => (Some(*amount), Some(*refunded)),
        _ => (None, None),
    }
}

fn state_of(payment: &Payment) -> Markup {
    let class = match &payment.state {
        PaymentState::Captured { .. } => "online",
        PaymentState::Declined { .. } => "offline",
        PaymentState::Released { .. } | PaymentState::Releasing { .. } => "unseen",
        _ => "draft",
    };
    html! { span.state.(class) { (payment.state.name()) } }
}

/// `GET /payments/{id}`
async fn page(visitor: Visitor, Path(id): Path<String>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::PaymentsRead)?;
    let payment = find(&visitor, &id).await?;
    let draft = Draft::of(first_refund(&payment));
    with_refund(&visitor, &payment, &draft).await
}

async fn find(visitor: &Visitor, id: &str) -> Result<Payment, Refuse> {
    let payment: Option<Payment> = visitor.app.csms.store().get(id).await?;
    payment.ok_or_else(|| Refuse::Nothing("There is no such payment.".to_owned()))
}

/// All that is left to be refunded, under a key that makes this form refund once.
fn first_refund(payment: &Payment) -> Fields {
    let left = match amounts(payment) {
        (Some(captured), Some(refunded)) => captured.minus(refunded).ok(),
        _ => None,
    };
    let amount = left.map(|left| left.amount().to_string()).unwrap_or_default();
    Fields::of([("amount", amount), ("key", Uuid::now_v7().to_string())])
}

async fn with_refund(visitor: &Visitor, payment: &Payment, draft: &Draft) -> Result<Markup, Refuse> {
    let session = match &payment.session {
        Some(key) => visitor.app.csms.store().session(key).await?,
        None => None,
    };
    let (captured, refunded) = amounts(payment);
    let body = html! {
        div.heading { h2 { "Payment" } (state_of(payment)) }
        dl.facts {
            dt { "Asked" } dd { (words::clock(payment.requested_at)) }
            dt { "Station" } dd { a href=(links::station(&payment.station)) { (payment.station) } ", EVSE " (payment.evse) }
            dt { "Pays with" } dd { (instrument(visitor, payment)) " by " (payment.gateway) }
            dt { "Held" } dd { (payment.hold) }
            @if let PaymentState::Declined { reason } | PaymentState::Releasing { reason } | PaymentState::Released { reason } = &payment.state {
                dt { "Because" } dd { (reason) }
            }
            @if let Some(captured) = captured { dt { "Captured" } dd { (captured) } }
            @if let Some(refunded) = refunded.filter(|amount| !amount.is_zero()) { dt { "Refunded" } dd { (refunded) } }
            @if let Some(reason) = &payment.stopped { dt { "Stopped by the manager" } dd { (reason) } }
            @if let Some(session) = &session {
                dt { "Session" } dd { a href={ "/sessions/" (session.number.0) } { (session.number.0) } }
            }
            dt { "Last change" } dd { (words::clock(payment.updated_at)) }
            dt { "Driver's page" } dd { a href={ "/p/" (payment.id.0) } { "as the driver sees it" } }
        }
        @if captured.is_some() && captured != refunded && visitor.may(Scope::PaymentsRefund) {
            h3 { "Refund" }
            (Form::new(visitor, format!("/payments/{}/refund", payment.id.0), draft)
                .hidden("key", draft.fields.get("key"))
                .line("amount", "Amount", "All that is left, or part of it.")
                .submit("Give it back"))
        }
    };
    Ok(frame::page(visitor, Tab::Payments, "Payment", body))
}

/// `POST /payments/{id}/refund`
async fn refund(Path(id): Path<String>, Posted { visitor, fields }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::PaymentsRefund)?;
    let payment = find(&visitor, &id).await?;
    let mut draft = Draft::of(fields);
    let amount = draft.number("amount", "amount, such as 4.20");
    if let Some(amount) = amount {
        let amount = Money::new(amount, payment.hold.currency());
        let key = draft.fields.get("key").to_owned();
        match visitor.app.processes.refund(&PaymentId(id.clone()), amount, &key).await {
            Ok(_) => return Ok(Redirect::to(&format!("/payments/{id}")).into_response()),
            Err(RefundError::Store(error)) => return Err(Refuse::Broken(error)),
            Err(error) => draft.flaws.push(Flaw::at("/amount", error.to_string())),
        }
    } else if draft.is_fine() {
        draft.flaws.push(Flaw::at("/amount", "How much is to be given back?"));
    }
    let page = with_refund(&visitor, &payment, &draft).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
