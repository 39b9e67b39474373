//! Sessions: the list, one with its course and cost.

mod chart;
mod detail;

use axum::Router;
use axum::extract::Query;
use axum::routing::{get, post};
use maud::{Markup, html};
use ocpp_core::model::{Place, StationId};
use ocpp_server::domain::{Scope, Session, SessionNumber, SessionStatus};
use ocpp_server::store::{Page, SessionFilter};
use serde::Deserialize;

use super::frame::{self, Tab};
use super::links::{self, encoded};
use super::refuse::Refuse;
use super::visitor::Visitor;
use super::{parts, words};
use crate::manager::App;

/// The sessions of one page.
const LISTED: usize = 100;

/// The routes of these pages.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/sessions", get(list))
        .route("/sessions/{number}", get(detail::page))
        .route("/sessions/{number}/stop", post(detail::stop))
        .route("/sessions/{number}/unlock", post(detail::unlock))
}

/// Which sessions are listed.
#[derive(Debug, Default, Deserialize)]
struct Which {
    #[serde(default)]
    station: String,
    #[serde(default)]
    status: String,
    after: Option<i64>,
}

impl Which {
    fn filter(&self) -> SessionFilter {
        SessionFilter {
            station: StationId::new(self.station.trim()).ok(),
            status: match self.status.as_str() {
                "active" => Some(SessionStatus::Active),
                "completed" => Some(SessionStatus::Completed),
                _ => None,
            },
            token: None,
        }
    }
}

/// `GET /sessions`
async fn list(visitor: Visitor, Query(which): Query<Which>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::SessionsRead)?;
    let page = Page { after: which.after.map(SessionNumber), limit: LISTED + 1 };
    let mut sessions = visitor.app.csms.store().sessions(which.filter(), page).await?;
    let has_more = sessions.len() > LISTED;
    sessions.truncate(LISTED);
    let next = sessions.last().filter(|_| has_more).map(|session| session.number.0);
    let body = html! {
        h2 { "Sessions" }
        form.search method="get" action="/sessions" role="search" {
            input name="station" value=(which.station) placeholder="Station" aria-label="Station";
            select name="status" aria-label="State" {
                @for (value, text) in [("", "all"), ("active", "running"), ("completed", "ended")] {
                    option value=(value) selected[value == which.status] { (text) }
                }
            }
            button { "Show" }
        }
        (table(&sessions))
        @if let Some(next) = next {
            p { a href={ "/sessions?station=" (encoded(&which.station)) "&status=" (encoded(&which.status)) "&after=" (next) } { "Older sessions" } }
        }
    };
    Ok(frame::page(&visitor, Tab::Sessions, "Sessions", body))
}

/// Sessions, a row each.
pub(super) fn table(sessions: &[Session]) -> Markup {
    html! {
        @if sessions.is_empty() { p.empty { "No session." } } @else {
            div.scroll { table {
                thead { tr {
                    th { "No." } th { "Station" } th { "EVSE" } th { "Started" } th { "Duration" } th.number { "Energy" }
                    th.number { "Cost" } th { "State" }
                } }
                tbody { @for session in sessions { (row(session)) } }
            } }
        }
    }
}

fn row(session: &Session) -> Markup {
    let until = session.ended_at.unwrap_or(session.last_report_at);
    html! {
        tr {
            td { a href={ "/sessions/" (session.number.0) } { (session.number.0) } }
            td { a href=(links::station(&session.station)) { (session.station) } }
            td { @if let Some(evse) = session.place.and_then(Place::evse) { (evse) } }
            td { (words::clock(session.started_at)) }
            td { (words::between(session.started_at, until)) }
            td.number { (words::energy(session.energy())) }
            td.number { @if let Some(cost) = session.cost { (cost.rounded()) } }
            td {
                @match session.status {
                    SessionStatus::Active => span.state.online { "running" },
                    SessionStatus::Completed => @if let Some(reason) = &session.stop_reason { "ended: " (reason) } @else { "ended" },
                }
                (parts::doubts(session))
            }
        }
    }
}
