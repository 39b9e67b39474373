//! Reservations of all stations.

use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use ocpp_core::model::StationId;
use ocpp_server::domain::{Reservation, Scope};
use ocpp_server::maintenance::{ReservationError, WhichReservations};
use serde::Deserialize;

use super::form::Posted;
use super::frame::{self, Tab};
use super::links::{self, encoded};
use super::refuse::Refuse;
use super::visitor::Visitor;
use super::{form, words};
use crate::manager::App;
use crate::manager::api::masked;

/// The reservations of one page.
const LISTED: usize = 100;

/// The routes of these pages.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/reservations", get(list))
        .route("/reservations/{station}/{number}/cancel", post(cancel))
}

/// Which reservations are listed.
#[derive(Debug, Default, Deserialize)]
struct Which {
    #[serde(default)]
    over: String,
    #[serde(default)]
    after: String,
}

/// `GET /reservations`
async fn list(visitor: Visitor, Query(which): Query<Which>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let wanted = if which.over == "too" { WhichReservations::All } else { WhichReservations::Open };
    let after = Some(which.after).filter(|after| !after.is_empty());
    let (held, next) = visitor.app.reservations.everywhere(wanted, after, LISTED).await?;
    let body = html! {
        h2 { "Reservations" }
        form.search method="get" action="/reservations" role="search" {
            select name="over" aria-label="Which" {
                @for (value, text) in [("", "those that are not over"), ("too", "all")] {
                    option value=(value) selected[value == which.over] { (text) }
                }
            }
            button { "Show" }
        }
        @if held.is_empty() { p.empty { "No reservation. A place is reserved on the page of its station." } }
        @else { (table(&visitor, &held)) }
        @if let Some(next) = next {
            p { a href={ "/reservations?over=" (encoded(&which.over)) "&after=" (encoded(&next)) } { "More reservations" } }
        }
    };
    Ok(frame::page(&visitor, Tab::Reservations, "Reservations", body))
}

/// Reservations, a row each.
fn table(visitor: &Visitor, held: &[Reservation]) -> Markup {
    html! {
        div.scroll { table {
            thead { tr {
                th { "Station" } th { "No." } th { "EVSE" } th { "Token" } th { "From" } th { "Until" } th { "State" } th { "By" } th { "" }
            } }
            tbody { @for held in held { (row(visitor, held)) } }
        } }
    }
}

fn row(visitor: &Visitor, held: &Reservation) -> Markup {
    let token: &str = &held.token.value;
    let shown = if visitor.may(Scope::TokensRead) { token.to_owned() } else { masked(token) };
    let cancel = format!("/reservations/{}/{}/cancel", encoded(held.station.as_str()), held.number);
    html! {
        tr {
            td { a href=(links::station(&held.station)) { (held.station) } }
            td { (held.number) }
            td {
                @if let Some(evse) = held.evse { (evse) } @else { "any" }
                @if let Some(kind) = &held.connector_type { " with " (kind) }
            }
            td { code { (shown) } }
            td { (words::clock(held.from)) }
            td { (words::clock(held.until)) }
            td {
                (held.state.name().replace('_', " "))
                @if let Some(why) = held.state.why() { ": " (why) }
                @if held.is_no_show() { " " span.doubt { "no-show" } }
            }
            td { (held.by) }
            td { @if held.is_open() && visitor.may(Scope::CommandsSend) { (form::button(visitor, &cancel, "Cancel")) } }
        }
    }
}

/// `POST /reservations/{station}/{number}/cancel`
async fn cancel(
    Path((station, number)): Path<(String, i64)>,
    Posted { visitor, .. }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let nothing = |_| Refuse::Nothing("There is no such station.".to_owned());
    let station = StationId::new(&station).map_err(nothing)?;
    match visitor.app.reservations.cancel(&station, number, &visitor.identity.name).await {
        Ok(_) => Ok(Redirect::to("/reservations").into_response()),
        Err(error @ ReservationError::Unknown { .. }) => Err(Refuse::Nothing(error.to_string())),
        Err(error @ ReservationError::Store(_)) => Err(Refuse::Broken(error.to_string())),
        Err(error) => Err(Refuse::BadForm(error.to_string())),
    }
}
