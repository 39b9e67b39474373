//! One order: how it went, what the station said, and the frames of it.

use std::convert::Infallible;

use async_stream::stream;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Redirect;
use axum::response::sse::{Event as Sse, KeepAlive, Sse as SseResponse};
use axum::routing::{get, post};
use futures_util::Stream;
use jiff::SignedDuration;
use maud::{Markup, html};
use ocpp_core::dialect::Manager;
use ocpp_core::model::Command;
use ocpp_server::command::desk::WithdrawError;
use ocpp_server::domain::{Ending, EventKind, OrderEntry, OrderId, OrderState, Scope};
use ocpp_server::message_log::Way;
use serde_json::Value;

use super::super::form::{self, Posted};
use super::super::frame::{self, Tab};
use super::super::refuse::Refuse;
use super::super::visitor::Visitor;
use super::super::{links, messages, words};
use super::{something_about, station};
use crate::manager::App;
use crate::manager::api::{shown_command, shown_ending};
use crate::manager::messages::{Filter, Turn};
use crate::manager::offers::title_of;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/orders/{id}", get(page))
        .route("/orders/{id}/live", get(live))
        .route("/orders/{id}/withdraw", post(withdraw))
}

async fn found(app: &App, id: &OrderId) -> Result<OrderEntry, Refuse> {
    let order = app.csms.desk().find(id).await?;
    order.ok_or_else(|| Refuse::Nothing("There is no such order, or it was forgotten.".to_owned()))
}

/// `GET /orders/{id}`
async fn page(visitor: Visitor, Path(id): Path<String>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let order = found(&visitor.app, &OrderId(id)).await?;
    let goes_on = !matches!(order.state, OrderState::Ended { .. });
    let title = title_of(&order.command);
    let body = html! {
        h2 { (title) ": " a href=(links::station(&order.station)) { (order.station) } }
        (part(&visitor, &order).await)
        p { a href={ (links::station(&order.station)) "/orders" } { "All orders of this station" } }
        @if goes_on { script src="/static/live.js" defer data-live={ "/orders/" (order.id) "/live" } {} }
    };
    Ok(frame::page(&visitor, Tab::Stations, &title, body))
}

/// What changes as it goes on.
async fn part(visitor: &Visitor, order: &OrderEntry) -> Markup {
    let conversation = conversation(visitor, order).await;
    html! {
        section #order aria-live="polite" {
            dl.facts {
                dt { "State" } dd { (station::state(order)) }
                @if let OrderState::Ended { at, ending } = &order.state {
                    dt { "What came of it" } dd { (ending.sentence()) }
                    dt { "Ended" } dd { (words::clock(*at)) }
                }
                dt { "Given" } dd { (words::clock(order.at)) " by " (order.by) }
                @if let Some(sent) = order.sent_at { dt { "Sent" } dd { (words::clock(sent)) } }
                @if let Some(until) = order.until { dt { "May wait until" } dd { (words::clock(until)) } }
                @if let Some(batch) = &order.batch { dt { "Part of" } dd { a href={ "/batches/" (batch) } { "a bulk order" } } }
                dt { "Order" } dd { code { (pretty(&shown_command(order.command.clone()))) } }
                @if let OrderState::Ended { ending: ending @ Ending::Answered { .. }, .. } = &order.state {
                    dt { "Answer" } dd { code { (pretty(&shown_ending(ending)["outcome"])) } }
                }
            }
            @if order.state == OrderState::Waiting && visitor.may(Scope::CommandsSend) {
                (form::button(visitor, &format!("/orders/{}/withdraw", order.id), "Take it back"))
            }
            (conversation)
        }
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// The frames of the order, where the message log is kept and whoever looks may see it.
async fn conversation(visitor: &Visitor, order: &OrderEntry) -> Markup {
    let turn = match order.sent_at {
        Some(_) if visitor.may(Scope::SessionsRead) => turn_of(visitor, order).await,
        _ => None,
    };
    html! { @if let Some(turn) = turn { h3 { "The conversation" } (messages::turns_table(&[turn])) } }
}

async fn turn_of(visitor: &Visitor, order: &OrderEntry) -> Option<Turn> {
    let sent = order.sent_at?;
    let end = match &order.state {
        OrderState::Ended { at, .. } => *at,
        _ => visitor.app.csms.now(),
    };
    let second = SignedDuration::from_secs(1);
    let filter = Filter {
        station: Some(order.station.to_string()),
        action: action_of(visitor, order),
        from: Some(sent.to_string()),
        to: Some(end.checked_add(second).ok()?.to_string()),
        ..Filter::default()
    };
    let messages = &visitor.app.messages;
    let found = messages.conversation(messages.query(&filter).ok()?).await.ok()?;
    // The newest stands first; the order was the first that was sent.
    found
        .turns
        .into_iter()
        .rev()
        .find(|turn| matches!(turn, Turn::Call { call, .. } if call.way == Way::ToStation))
}

/// The action that carried the order, as far as it can be told now.
fn action_of(visitor: &Visitor, order: &OrderEntry) -> Option<String> {
    if let Command::Unmapped { action, .. } = &order.command {
        return Some(action.to_string());
    }
    let version = visitor.app.csms.stations().version(&order.station)?;
    Manager::new(version).order(&order.command).ok().map(|said| said.action.to_string())
}

/// `GET /orders/{id}/live`: the part that changes, as it changes.
async fn live(
    visitor: Visitor,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<SseResponse<impl Stream<Item = Result<Sse, Infallible>>>, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let mut events = app.csms.bus().listen();
    let id = OrderId(id);
    let mut order = found(&app, &id).await?;
    let parts = stream! {
        loop {
            yield Ok(Sse::default().event("part").data(part(&visitor, &order).await.into_string()));
            if matches!(order.state, OrderState::Ended { .. }) {
                yield Ok(Sse::default().event("end").data("over"));
                break;
            }
            let concerns = |event: &ocpp_server::domain::StoredEvent| {
                matches!(&event.event.kind, EventKind::OrderChanged { order, .. } if *order == id)
            };
            if !something_about(&app, &mut events, concerns).await {
                break;
            }
            order = match found(&app, &id).await {
                Ok(order) => order,
                Err(_) => break,
            };
        }
    };
    Ok(SseResponse::new(parts).keep_alive(KeepAlive::default()))
}

/// `POST /orders/{id}/withdraw`
async fn withdraw(Path(id): Path<String>, Posted { visitor, .. }: Posted) -> Result<Redirect, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = OrderId(id);
    match visitor.app.csms.desk().withdraw(&id, &visitor.identity.name).await {
        Ok(_) | Err(WithdrawError::TooLate) => Ok(Redirect::to(&format!("/orders/{id}"))),
        Err(WithdrawError::NotKept(sentence)) => Err(Refuse::Broken(sentence)),
        Err(error) => Err(Refuse::Nothing(error.to_string())),
    }
}
