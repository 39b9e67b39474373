//! The orders of a station: what it was ordered, what it can be ordered, giving it an order.

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use maud::{Markup, html};
use ocpp_core::model::StationId;
use ocpp_server::command::desk::NewOrder;
use ocpp_server::domain::{Ending, OrderEntry, OrderId, OrderState, Scope};
use serde::Deserialize;

use super::super::form::{Draft, Posted};
use super::super::frame::{self, Tab};
use super::super::links::{self, encoded};
use super::super::refuse::Refuse;
use super::super::visitor::Visitor;
use super::super::words;
use super::draft::{Kind, form, patience, refused, wants_more};
use crate::manager::App;
use crate::manager::offers::{Knowledge, Offer, title_of};
use crate::orders::{actions_of, words_of};

/// The latest orders on the page of a station.
const LATEST: usize = 8;
/// The orders on a page of their own.
const LISTED: usize = 100;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/stations/{id}/orders", get(list).post(give))
        .route("/stations/{id}/orders/new", get(new))
}

fn identity(text: &str) -> Result<StationId, Refuse> {
    StationId::new(text).map_err(|_| Refuse::Nothing("There is no such station.".to_owned()))
}

/// The part of the page of a station.
pub(in super::super) async fn section(visitor: &Visitor, id: &StationId) -> Result<Markup, Refuse> {
    let orders = visitor.app.csms.desk().orders(id, None, LATEST).await?;
    let path = format!("{}/orders", links::station(id));
    Ok(html! {
        h3 { "Orders" }
        @if orders.is_empty() { p.empty { "It was ordered nothing yet." } } @else {
            (table(&orders))
            p { a href=(path) { "All its orders" } }
        }
        @if visitor.may(Scope::CommandsSend) {
            p { a.button href={ (path) "/new" } { "Give an order" } }
        }
    })
}

/// Orders as they went.
pub(super) fn table(orders: &[OrderEntry]) -> Markup {
    html! {
        div.scroll { table.orders {
            thead { tr { th { "Given" } th { "What" } th { "By" } th { "State" } th { "What came of it" } } }
            tbody { @for order in orders {
                tr {
                    td { (words::clock(order.at)) }
                    td { a href={ "/orders/" (order.id) } { (title_of(&order.command)) } }
                    td { (order.by) }
                    td { (state(order)) }
                    td { (result(order)) }
                }
            } }
        } }
    }
}

/// How far an order is.
pub(super) fn state(order: &OrderEntry) -> Markup {
    html! {
        @match &order.state {
            OrderState::Waiting => span.state.unseen { "waiting" },
            OrderState::Sent { .. } => span.state.online { "sent" },
            OrderState::Ended { ending, .. } if ending.is_success() => span.state.online { "done" },
            OrderState::Ended { .. } => span.state.offline { "not done" },
        }
    }
}

fn result(order: &OrderEntry) -> String {
    match &order.state {
        OrderState::Ended { ending, .. } => Ending::sentence(ending),
        _ => String::new(),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct From {
    after: String,
}

/// `GET /stations/{id}/orders`
async fn list(visitor: Visitor, Path(id): Path<String>, Query(from): Query<From>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let id = identity(&id)?;
    let before = Some(from.after).filter(|after| !after.is_empty()).map(OrderId);
    let mut orders = visitor.app.csms.desk().orders(&id, before.as_ref(), LISTED + 1).await?;
    let has_more = orders.len() > LISTED;
    orders.truncate(LISTED);
    let next = orders.last().filter(|_| has_more).map(|order| order.id.clone());
    let path = format!("{}/orders", links::station(&id));
    let body = html! {
        div.heading {
            h2 { "Orders of " a href=(links::station(&id)) { (id) } }
            @if visitor.may(Scope::CommandsSend) { a.button href={ (path) "/new" } { "Give an order" } }
        }
        @if orders.is_empty() { p.empty { "It was ordered nothing yet." } } @else { (table(&orders)) }
        @if let Some(next) = next { p { a href={ (path) "?after=" (encoded(&next.0)) } { "Older orders" } } }
    };
    Ok(frame::page(&visitor, Tab::Stations, &format!("Orders of {id}"), body))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Which {
    order: String,
    action: String,
}

/// `GET /stations/{id}/orders/new`
async fn new(visitor: Visitor, Path(id): Path<String>, Query(which): Query<Which>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = identity(&id)?;
    let known = Knowledge::of(&visitor.app, &id).await?;
    if which.order.is_empty() && which.action.is_empty() {
        return Ok(choose(&visitor, &id, &known));
    }
    let kind = Kind::named(&which.order, &which.action, known.version)?;
    let mut draft = Draft::default();
    kind.fill(&mut draft, visitor.app.csms.now());
    Ok(page(&visitor, &id, &kind, &draft, &known))
}

fn choose(visitor: &Visitor, id: &StationId, known: &Knowledge) -> Markup {
    let path = format!("{}/orders/new", links::station(id));
    let (can, cannot): (Vec<Offer>, Vec<Offer>) =
        known.offers().into_iter().partition(|offer| offer.why_not.is_none());
    let body = html! {
        h2 { "Give " a href=(links::station(id)) { (id) } " an order" }
        @match known.version {
            Some(version) => p.about { "It speaks OCPP " (version.number()) "." },
            None => p.about { "It has not connected yet, so nobody knows what it can do." },
        }
        ul.offers { @for offer in &can {
            li { a href={ (path) "?order=" (offer.name) } { (offer.title) } " " span.weak { (words_of(offer.name).about) } }
        } }
        @if !cannot.is_empty() {
            details {
                summary { "What it cannot do (" (cannot.len()) ")" }
                ul.offers { @for offer in &cannot {
                    li.greyed { a href={ (path) "?order=" (offer.name) } { (offer.title) } " " span.weak { (offer.why_not.as_deref().unwrap_or_default()) } }
                } }
            }
        }
        @if let Some(version) = known.version {
            details {
                summary { "As OCPP " (version.number()) " spells it" }
                ul.offers { @for form in actions_of(version) {
                    li {
                        a href={ (path) "?action=" (form.name()) } { (form.name()) }
                        @if let Some(why) = known.why_not(form.name()) { " " span.weak { (why) } }
                    }
                } }
            }
        }
    };
    frame::page(visitor, Tab::Stations, "Give an order", body)
}

fn page(visitor: &Visitor, id: &StationId, kind: &Kind, draft: &Draft, known: &Knowledge) -> Markup {
    let path = format!("{}/orders", links::station(id));
    let doubt = match kind {
        Kind::Model { name, .. } | Kind::Action { name, .. } => known.why_not(name),
    };
    let about = match kind {
        Kind::Model { name, .. } => words_of(name).about,
        Kind::Action { .. } => "As OCPP spells it.",
    };
    let body = html! {
        h2 { (kind.title()) ": " a href=(links::station(id)) { (id) } }
        p.about { (about) " " a href={ (path) "/new" } { "Another order" } }
        @if let Some(why) = doubt { p.note { "It may not work: " (why) "." } }
        (form(visitor, &path, kind, draft, html! {}, "Give the order"))
    };
    frame::page(visitor, Tab::Stations, &kind.title(), body)
}

/// `POST /stations/{id}/orders`
async fn give(Path(id): Path<String>, Posted { visitor, fields }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = identity(&id)?;
    let known = Knowledge::of(&visitor.app, &id).await?;
    let kind = Kind::named(fields.get("order"), fields.get("action"), known.version)?;
    let mut draft = Draft::of(fields);
    if wants_more(&mut draft) {
        return Ok(page(&visitor, &id, &kind, &draft, &known).into_response());
    }
    let when_offline = patience(&mut draft, visitor.app.csms.now());
    if let Some(command) = kind.command(&mut draft) {
        let new = NewOrder { command, by: visitor.identity.name.clone(), when_offline };
        match visitor.app.csms.desk().place(&id, new).await {
            Ok(order) => return Ok(Redirect::to(&format!("/orders/{order}")).into_response()),
            Err(error) => refused(&mut draft, error)?,
        }
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&visitor, &id, &kind, &draft, &known)).into_response())
}
