//! Tariffs: drafted, assigned, succeeded.

mod page;
mod simple;
mod write;

use axum::Router;
use axum::routing::{get, post};
use maud::{Markup, html};
use ocpp_core::rules::tariff::in_words;
use ocpp_server::domain::{RecordKind, Scope, Site, TariffEntry, TariffId};
use ocpp_server::store::{ReadError, RecordFilter, TypedRecords};

use super::frame::{self, Tab};
use super::links::encoded;
use super::refuse::Refuse;
use super::visitor::Visitor;
use crate::manager::App;

/// The most tariffs that are listed.
const LISTED: usize = 1000;

/// The routes of these pages.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/tariffs", get(list).post(write::draft))
        .route("/tariffs/add", get(write::draft_page))
        .route("/tariffs/{id}", get(page::page))
        .route("/tariffs/{id}/change", get(write::change_page).post(write::change))
        .route("/tariffs/{id}/succeed", get(write::succeed_page).post(write::succeed))
        .route("/tariffs/{id}/remove", post(write::remove))
}

/// `GET /tariffs`
async fn list(visitor: Visitor) -> Result<Markup, Refuse> {
    visitor.needs(Scope::TariffsRead)?;
    let tariffs = all(&visitor.app).await?;
    let body = html! {
        div.heading {
            h2 { "Tariffs" }
            @if visitor.may(Scope::TariffsWrite) { a.button href="/tariffs/add" { "Draft a tariff" } }
        }
        @if tariffs.is_empty() {
            p.empty { "No tariff yet: charging is free. Draft one, then assign it to a site or a station." }
        }
        ul.cards {
            @for entry in &tariffs {
                li.card {
                    h3 { a href=(link(&entry.id)) { (entry.name) } " " (state_of(entry)) }
                    p.about { (entry.id.0) }
                    (prices(&in_words(&entry.tariff)))
                }
            }
        }
    };
    Ok(frame::page(&visitor, Tab::Tariffs, "Tariffs", body))
}

async fn all(app: &App) -> Result<Vec<TariffEntry>, ReadError> {
    app.csms.store().list(RecordFilter::all(RecordKind::Tariff, LISTED)).await
}

/// `/tariffs/…`
pub(super) fn link(id: &TariffId) -> String {
    format!("/tariffs/{}", encoded(&id.0))
}

/// Prices in plain words, a line each.
pub(super) fn prices(lines: &[String]) -> Markup {
    html! { ul.prices { @for line in lines { li { (line) } } } }
}

fn state_of(entry: &TariffEntry) -> Markup {
    html! {
        @if entry.successor.is_some() { span.state.unseen { "succeeded" } }
        @else if entry.published_at.is_some() { span.state.online { "in use" } }
        @else { span.state.draft { "draft" } }
    }
}

/// Which tariff holds at a site or a station, and the choice of another. A station without one has that of
/// its site.
pub(super) async fn assignment(
    visitor: &Visitor,
    action: &str,
    current: Option<&TariffId>,
    of_site: Option<&Site>,
) -> Result<Markup, Refuse> {
    if !visitor.may(Scope::TariffsRead) {
        return Ok(html! {});
    }
    let inherited = of_site.and_then(|site| site.tariff.as_ref());
    let tariffs = all(&visitor.app).await?;
    let holds = current.or(inherited).and_then(|id| tariffs.iter().find(|entry| entry.id == *id));
    Ok(html! {
        section.card {
            h3 { "Price" }
            @match holds {
                Some(entry) => {
                    p { a href=(link(&entry.id)) { (entry.name) } @if current.is_none() { " (of the site)" } }
                    (prices(&in_words(&entry.tariff)))
                }
                None => p { "Charging is free: no tariff is assigned." },
            }
            @if visitor.may(Scope::TariffsWrite) { (chooser(visitor, action, current, of_site, &tariffs)) }
        }
    })
}

fn chooser(
    visitor: &Visitor,
    action: &str,
    current: Option<&TariffId>,
    of_site: Option<&Site>,
    tariffs: &[TariffEntry],
) -> Markup {
    let none = if of_site.is_some() { "that of the site" } else { "none: free" };
    html! {
        form.inline method="post" action=(action) {
            (visitor.csrf_field())
            select name="tariff" aria-label="Tariff" {
                option value="" selected[current.is_none()] { (none) }
                @for entry in tariffs.iter().filter(|entry| entry.successor.is_none()) {
                    option value=(entry.id.0) selected[current == Some(&entry.id)] { (entry.name) " (" (entry.id.0) ")" }
                }
            }
            button { "Assign" }
        }
        p.hint { "Sessions that run keep their tariff. A tariff that was assigned once does not change any more." }
    }
}
