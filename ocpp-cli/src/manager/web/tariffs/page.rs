//! The page of a tariff.

use axum::extract::Path;
use maud::{Markup, html};
use ocpp_core::rules::tariff::in_words;
use ocpp_server::domain::{RecordKind, Scope, Site, StationEntry, TariffEntry};
use ocpp_server::store::{RecordFilter, TypedRecords};

use super::super::frame::{self, Tab};
use super::super::refuse::Refuse;
use super::super::visitor::Visitor;
use super::super::{form, links, words};
use super::{link, prices, state_of};

/// The most sites and stations that are looked through.
const LOOKED_AT: usize = 10_000;

/// `GET /tariffs/{id}`
pub(super) async fn page(visitor: Visitor, Path(id): Path<String>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::TariffsRead)?;
    let entry = find(&visitor, &id).await?;
    let json = serde_json::to_string_pretty(&entry.tariff).unwrap_or_default();
    let body = html! {
        div.heading { h2 { (entry.name) } (state_of(&entry)) }
        p.about {
            (entry.id.0) " · drafted " (words::clock(entry.added_at))
            @if let Some(since) = entry.published_at { " · in use since " (words::clock(since)) }
        }
        (prices(&in_words(&entry.tariff)))
        @if let Some(id) = &entry.predecessor { p { "It took the place of " a href=(link(id)) { (id.0) } "." } }
        @if let Some(id) = &entry.successor { p { a href=(link(id)) { (id.0) } " took its place." } }
        (holds_at(&visitor, &entry).await?)
        @if visitor.may(Scope::TariffsWrite) { (actions(&visitor, &entry)) }
        details { summary { "As JSON, in the structure of OCPP 2.1" } pre.example { (json) } }
    };
    Ok(frame::page(&visitor, Tab::Tariffs, &entry.name, body))
}

/// The tariff of an address.
pub(super) async fn find(visitor: &Visitor, id: &str) -> Result<TariffEntry, Refuse> {
    let entry: Option<TariffEntry> = visitor.app.csms.store().get(id).await?;
    entry.ok_or_else(|| Refuse::Nothing("There is no such tariff.".to_owned()))
}

async fn holds_at(visitor: &Visitor, entry: &TariffEntry) -> Result<Markup, Refuse> {
    let store = visitor.app.csms.store();
    let mut sites: Vec<Site> = store.list(RecordFilter::all(RecordKind::Site, LOOKED_AT)).await?;
    let mut stations: Vec<StationEntry> =
        store.list(RecordFilter::all(RecordKind::StationEntry, LOOKED_AT)).await?;
    sites.retain(|site| site.tariff.as_ref() == Some(&entry.id));
    stations.retain(|station| station.tariff.as_ref() == Some(&entry.id));
    Ok(html! {
        @if sites.is_empty() && stations.is_empty() {
            p { "It is assigned nowhere. Assign it on the page of a " a href="/sites" { "site" } " or a "
                a href="/stations" { "station" } "." }
        } @else {
            p {
                "It holds at "
                @for site in &sites { a href={ "/sites/" (site.id.0) } { (site.name) } " " }
                @for station in &stations { a href=(links::station(&station.id)) { (station.id) } " " }
            }
        }
    })
}

fn actions(visitor: &Visitor, entry: &TariffEntry) -> Markup {
    let path = link(&entry.id);
    html! {
        @if entry.successor.is_none() && entry.published_at.is_some() {
            p { a.button href={ (path) "/succeed" } { "Put another in its place" } }
        } @else if entry.published_at.is_none() {
            p { a.button href={ (path) "/change" } { "Change the draft" } }
            (form::careful(visitor, &format!("{path}/remove"), "Remove the draft", "It was never used."))
        }
    }
}
