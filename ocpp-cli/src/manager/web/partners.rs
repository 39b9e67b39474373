//! Partners: other companies whose systems read what is published.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use ocpp_server::access::AccessError;
use ocpp_server::domain::{Partner, RecordKind, Scope};
use ocpp_server::register::Flaw;
use ocpp_server::store::{RecordFilter, TypedRecords};

use super::form::{self, Draft, Form, Posted};
use super::frame::{self, Tab};
use super::links::encoded;
use super::refuse::Refuse;
use super::visitor::Visitor;
use super::words;
use crate::manager::App;

/// The most partners that are listed.
const LISTED: usize = 1000;

/// The routes of this page.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/partners", get(page).post(add)).route("/partners/{id}/revoke", post(revoke))
}

/// `GET /partners`
async fn page(visitor: Visitor) -> Result<Markup, Refuse> {
    visitor.needs(Scope::AccessManage)?;
    rendered(&visitor, &Draft::default()).await
}

async fn rendered(visitor: &Visitor, draft: &Draft) -> Result<Markup, Refuse> {
    let newest = RecordFilter::all(RecordKind::Partner, LISTED).descending();
    let partners: Vec<Partner> = visitor.app.csms.store().list(newest).await?;
    let body = html! {
        h2 { "Partners" }
        p { "Their systems read published sites and tariffs by OCPI 2.2.1, with a token each." }
        @match &visitor.app.party {
            Some(party) => p.note { "They call " code { (visitor.base) "/ocpi/versions" } "; the operator is " (party.country) "*" (party.id) "." },
            None => p.weak { "OCPI is off: start the manager with " code { "--ocpi-party" } ", such as DE*ABC." },
        }
        @if partners.is_empty() { p.empty { "No partner has a token." } }
        ul.cards { @for partner in &partners { (card(visitor, partner)) } }
        details open[!draft.is_fine()] {
            summary { "Add a partner" }
            (Form::new(visitor, "/partners", draft).line("name", "Name", "Which company has the token.").submit("Add the partner"))
        }
    };
    Ok(frame::page(visitor, Tab::Partners, "Partners", body))
}

fn card(visitor: &Visitor, partner: &Partner) -> Markup {
    html! {
        li.card {
            h3 { (partner.name) @if partner.revoked_at.is_some() { " " span.state.offline { "revoked" } } }
            p.about { "added " (words::clock(partner.added_at)) }
            @if partner.revoked_at.is_none() {
                (form::careful(visitor, &format!("/partners/{}/revoke", encoded(&partner.id)), "Revoke",
                    "Its systems are refused from then on."))
            }
        }
    }
}

/// `POST /partners`
async fn add(Posted { visitor, fields }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::AccessManage)?;
    let name = fields.get("name").to_owned();
    match visitor.app.gate.add_partner(&name, visitor.app.csms.now()).await {
        Ok((partner, token)) => {
            let body = html! {
                h2 { "The token of " (partner.name) }
                p { code #key { (token.expose()) } }
                p.note {
                    "It is shown this once. The partner sends it in base64: " code { "Authorization: Token …" } "."
                }
                p { a.button href="/partners" { "Back" } }
            };
            Ok(frame::page(&visitor, Tab::Partners, "A new partner", body).into_response())
        }
        Err(error @ AccessError::BadPartner(_)) => {
            let mut draft = Draft::of(fields);
            draft.flaws.push(Flaw::at("/name", error.to_string()));
            let page = rendered(&visitor, &draft).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /partners/{id}/revoke`
async fn revoke(Path(id): Path<String>, Posted { visitor, .. }: Posted) -> Result<Redirect, Refuse> {
    visitor.needs(Scope::AccessManage)?;
    match visitor.app.gate.revoke_partner(&id, visitor.app.csms.now()).await {
        Ok(_) => Ok(Redirect::to("/partners")),
        Err(error @ AccessError::Unknown(_)) => Err(Refuse::Nothing(error.to_string())),
        Err(error) => Err(error.into()),
    }
}
