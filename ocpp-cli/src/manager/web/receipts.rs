//! Receipts: the list for operators; one as a page, on paper or as JSON, for whoever may see it.
//!
//! A receipt of a payment can be seen by whoever knows the payment's key, which is random and only ever told
//! to its driver. By its number it is for operators who may see sessions.

use axum::Router;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use maud::{Markup, html};
use ocpp_core::model::Money;
use ocpp_server::domain::{Address, Paid, Payment, Receipt, RecordKind, Scope, SessionNumber};
use ocpp_server::pricing::zone_of;
use ocpp_server::store::{RecordFilter, TypedRecords};
use serde::Deserialize;

use super::frame::{self, Tab};
use super::refuse::Refuse;
use super::visitor::Visitor;
use super::{tariffs, words};
use crate::manager::App;

/// The receipts of one page.
const LISTED: usize = 100;

/// The routes of these pages.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/receipts", get(list)).route("/r/{key}", get(one))
}

#[derive(Debug, Default, Deserialize)]
struct Which {
    after: Option<i64>,
}

/// `GET /receipts`
async fn list(visitor: Visitor, Query(which): Query<Which>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::SessionsRead)?;
    let after = which.after.map(|number| Receipt::key_of(SessionNumber(number)));
    let filter = RecordFilter::all(RecordKind::Receipt, LISTED + 1).after(after).descending();
    let mut receipts: Vec<Receipt> = visitor.app.csms.store().list(filter).await?;
    let has_more = receipts.len() > LISTED;
    receipts.truncate(LISTED);
    let next = receipts.last().filter(|_| has_more).map(|receipt| receipt.number.0);
    let body = html! {
        h2 { "Receipts" }
        @if receipts.is_empty() { p.empty { "No receipt yet: each session that ends gets one." } } @else {
            div.scroll { table {
                thead { tr { th { "No." } th { "Ended" } th { "Station" } th { "Site" } th.number { "Energy" } th.number { "Total" } th { "Paid" } } }
                tbody { @for receipt in &receipts { (row(receipt)) } }
            } }
        }
        @if let Some(next) = next { p { a href={ "/receipts?after=" (next) } { "Older receipts" } } }
    };
    Ok(frame::page(&visitor, Tab::Receipts, "Receipts", body))
}

fn row(receipt: &Receipt) -> Markup {
    html! {
        tr {
            td { a href={ "/r/" (receipt.number.0) } { (receipt.number.0) } }
            td { (words::clock_in(receipt.ended_at, &zone_of(&receipt.time_zone))) }
            td { (receipt.station) }
            td { @if let Some(site) = &receipt.site { (site) } }
            td.number { (words::energy(receipt.energy)) }
            td.number { @if let Some(cost) = &receipt.cost { (cost.total_incl_tax) } }
            td { (briefly(&receipt.paid)) }
        }
    }
}

fn briefly(paid: &Paid) -> &'static str {
    match paid {
        Paid::Payment { .. } => "by payment",
        Paid::Partly { .. } => "in part",
        Paid::OnAccount => "on account",
        Paid::Open { .. } => "open",
        Paid::Nothing => "nothing to pay",
    }
}

/// `GET /r/{key}`, as a page or, by `Accept` or `.json`, as JSON.
async fn one(State(app): State<App>, Path(key): Path<String>, mut parts: Parts) -> Result<Response, Refuse> {
    let (key, wants_json) = match key.strip_suffix(".json") {
        Some(key) => (key, true),
        None => (key.as_str(), accepts_json(&parts.headers)),
    };
    let receipt = match key.parse() {
        Ok(number) => {
            Visitor::from_request_parts(&mut parts, &app).await?.needs(Scope::SessionsRead)?;
            by_number(&app, SessionNumber(number)).await?
        }
        Err(_) => of_payment(&app, key).await?,
    };
    match receipt {
        Some(receipt) if wants_json => Ok(Json(receipt).into_response()),
        Some(receipt) => Ok(page(&receipt, key).into_response()),
        None => Err(Refuse::Nothing(
            "There is no such receipt, or not yet: it is issued when the session has ended and is paid."
                .to_owned(),
        )),
    }
}

fn accepts_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    accept.contains("application/json") && !accept.contains("text/html")
}

async fn by_number(app: &App, number: SessionNumber) -> Result<Option<Receipt>, Refuse> {
    Ok(app.csms.store().get(&Receipt::key_of(number)).await?)
}

/// The receipt of the session that a payment paid for.
pub(super) async fn of_payment(app: &App, id: &str) -> Result<Option<Receipt>, Refuse> {
    let store = app.csms.store();
    let payment: Option<Payment> = store.get(id).await?;
    let Some(session) = payment.and_then(|payment| payment.session) else { return Ok(None) };
    match store.session(&session).await? {
        Some(session) => by_number(app, session.number).await,
        None => Ok(None),
    }
}

fn page(receipt: &Receipt, key: &str) -> Markup {
    let zone = zone_of(&receipt.time_zone);
    let body = html! {
        article.receipt {
            header {
                h2 { "Receipt " (receipt.number.0) }
                @if let Some(site) = &receipt.site { p { strong { (site) } @if let Some(address) = &receipt.address { (lines_of(address)) } } }
            }
            dl.facts {
                dt { "Station" } dd { (receipt.station) @if let Some(evse) = receipt.evse { ", EVSE " (evse) } }
                dt { "Began" } dd { (words::date_in(receipt.started_at, &zone)) }
                dt { "Ended" } dd { (words::date_in(receipt.ended_at, &zone)) }
                @if let Some(start) = receipt.meter_start { dt { "Meter at the start" } dd { (words::register(start)) } }
                @if let Some(end) = receipt.meter_end { dt { "Meter at the end" } dd { (words::register(end)) } }
                dt { "Energy" } dd { (words::register(receipt.energy)) }
                @if let Some(token) = &receipt.token { dt { "Token" } dd { (token) } }
            }
            @if !receipt.prices.is_empty() { h3 { "Prices" } (tariffs::prices(&receipt.prices)) }
            (lines(receipt))
            (how_paid(&receipt.paid))
            p.about {
                "Issued " (words::date_in(receipt.issued_at, &zone)) ". Times are those of " (receipt.time_zone) "."
            }
        }
        p.screen { a href={ "/r/" (key) ".json" } { "This receipt as JSON" } }
    };
    frame::driver(&format!("Receipt {}", receipt.number.0), html! {}, body)
}

fn lines_of(address: &Address) -> Markup {
    let Address { street, postal_code, city, country } = address;
    let town = format!("{postal_code} {city}");
    html! {
        @for line in [street.as_str(), town.trim(), country].into_iter().filter(|line| !line.is_empty()) { br; (line) }
    }
}

/// What it costs line by line, the taxes by rate, the total.
pub(super) fn lines(receipt: &Receipt) -> Markup {
    let Some(cost) = &receipt.cost else {
        return html! { p { "No tariff priced this session: nothing is to be paid." } };
    };
    let amount = |money: Money| without_currency(money.rounded());
    html! {
        div.scroll { table.cost {
            caption { "Amounts in " (cost.currency) }
            thead { tr { th { "For" } th.number { "Quantity" } th.number { "Each" } th.number { "Net" } th.number { "Tax" } th.number { "Gross" } } }
            tbody {
                @for line in &cost.lines {
                    tr {
                        td { (line.component) }
                        td.number { @if let Some(quantity) = &line.quantity { (quantity) } }
                        td.number { @if let Some(price) = line.unit_price { (without_currency(price)) } }
                        td.number { (amount(line.net)) }
                        td.number { @for tax in &line.taxes { (amount(tax.amount)) " " } }
                        td.number data-gross=(line.gross.amount()) { (amount(line.gross)) }
                    }
                }
            }
            tfoot {
                tr { td colspan="5" { "Net" } td.number data-net=(cost.total_excl_tax.amount()) { (amount(cost.total_excl_tax)) } }
                @for tax in &cost.taxes {
                    tr { td colspan="5" { (tax.rate) } td.number data-tax=(tax.amount.amount()) { (amount(tax.amount)) } }
                }
                tr.total { td colspan="5" { "Total" } td.number data-total=(cost.total_incl_tax.amount()) { (cost.total_incl_tax) } }
            }
        } }
    }
}

/// The digits of an amount, where its currency stands above.
fn without_currency(money: Money) -> String {
    let shown = money.to_string();
    shown.split_once(' ').map_or(shown.clone(), |(digits, _)| digits.to_owned())
}

fn how_paid(paid: &Paid) -> Markup {
    html! {
        p.paid {
            @match paid {
                Paid::Payment { instrument, captured, .. } => { (captured) " paid with " (instrument) "." }
                Paid::Partly { instrument, captured, open, .. } => {
                    (captured) " paid with " (instrument) "; " (open) " is above what was held and stays open."
                }
                Paid::OnAccount => "On the account of the token.",
                Paid::Open { open } => { (open) " is not paid." }
                Paid::Nothing => "Nothing is to be paid.",
            }
        }
    }
}
