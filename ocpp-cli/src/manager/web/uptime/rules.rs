//! By which rules uptime is reported: all formulas, an operator's own ones, and which of them hold at a site.

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use ocpp_server::availability::{Formula, formulas};
use ocpp_server::domain::{Scope, Site, SiteProfile};
use ocpp_server::register::{Flaw, ProfileForm};
use ocpp_server::store::TypedRecords;

use super::sites;
use crate::manager::App;
use crate::manager::web::form::{Draft, Fields, Form, Posted};
use crate::manager::web::frame::{self, Tab};
use crate::manager::web::links::encoded;
use crate::manager::web::refuse::Refuse;
use crate::manager::web::visitor::Visitor;
use crate::manager::web::words;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/uptime/rules", get(page).post(keep))
        .route("/uptime/rules/sites/{id}", post(set_profile))
}

/// `GET /uptime/rules`
async fn page(visitor: Visitor) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let example = Formula::of("us-california").map(|formula| Formula {
        id: "contract-1".into(),
        name: "A contract".into(),
        source: "Contract of 2026-01-01, section 4".into(),
        ..formula.clone()
    });
    let text = serde_json::to_string_pretty(&example).unwrap_or_default();
    shown(&visitor, &Draft::of(Fields::of([("formula", text)]))).await
}

async fn shown(visitor: &Visitor, draft: &Draft) -> Result<Markup, Refuse> {
    let all = formulas(visitor.app.csms.store().as_ref()).await?;
    let sites = sites(visitor).await?;
    let body = html! {
        div.heading { h2 { "Rules of uptime" } a.button href="/uptime" { "Uptime" } }
        div.scroll { table {
            thead { tr { th { "Formula" } th { "Name" } th { "Of" } th { "Window" } th { "Asks for" } th { "Written in" } } }
            tbody { @for (formula, version) in &all { (row(formula, *version)) } }
        } }
        @if visitor.may(Scope::StationsWrite) {
            section.card {
                h3 { "A formula of your own" }
                p.about { "One with an id that is known becomes its next version. What was submitted stays as it was." }
                (Form::new(visitor, "/uptime/rules", draft)
                    .area("formula", "Formula", "As JSON, by the members of the REST interface.", 24)
                    .submit("Keep it"))
            }
        }
        @for site in &sites { (profile(visitor, site, &all).await?) }
    };
    Ok(frame::page(visitor, Tab::Uptime, "Rules of uptime", body))
}

fn row(formula: &Formula, version: Option<u32>) -> Markup {
    html! {
        tr {
            td { code { (formula.id) } }
            td { (formula.name) @if let Some(version) = version { ", version " (version) } }
            td { (words::spelled(&formula.scope)) }
            td { (words::spelled(&formula.window)) }
            td { @if formula.threshold.must_exceed { "more than " } @else { "at least " } (formula.threshold.percent) " %" }
            td { (formula.source) }
        }
    }
}

async fn profile(visitor: &Visitor, site: &Site, all: &[(Formula, Option<u32>)]) -> Result<Markup, Refuse> {
    let known: Option<SiteProfile> = visitor.app.csms.store().get(&site.id.0).await?;
    let known = known.unwrap_or_else(|| SiteProfile::of(site.id.clone()));
    let mut fields = Fields::default();
    fields.fill_from(known.revision);
    for id in &known.formulas {
        fields.push("formulas", id.to_string());
    }
    if known.second_person {
        fields.push("second_person", "true");
    }
    let draft = Draft::of(fields);
    Ok(html! {
        section.card {
            h3 { (site.name) }
            p { @for id in &known.formulas {
                a href={ "/uptime?formula=" (encoded(id)) "&site=" (encoded(&site.id.0)) } { (id) } " "
            } @if known.formulas.is_empty() { span.empty { "No formula holds here yet." } } }
            @if visitor.may(Scope::StationsWrite) {
                (all.iter().fold(
                    Form::new(visitor, format!("/uptime/rules/sites/{}", encoded(&site.id.0)), &draft),
                    |form, (formula, _)| form.tick("formulas", &formula.id, &formula.name),
                ).tick("second_person", "true", "Exclusions need a second person").filled().submit("Save"))
            }
        }
    })
}

/// `POST /uptime/rules`
async fn keep(Posted { visitor, fields }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let mut draft = Draft::of(fields);
    let formula: Option<Formula> = match serde_json::from_str(draft.fields.get("formula")) {
        Ok(formula) => Some(formula),
        Err(error) => {
            draft.flaws.push(Flaw::at("/formula", format!("This is no formula: {error}.")));
            None
        }
    };
    if let Some(formula) = formula {
        let store = visitor.app.csms.store();
        let id = formula.id.to_string();
        let is_known = store.get::<ocpp_server::availability::OwnFormula>(&id).await?.is_some();
        let who = &visitor.identity.name;
        let kept = if is_known {
            visitor.app.register.change_formula(&id, formula, who, None).await
        } else {
            visitor.app.register.add_formula(formula, who).await
        };
        match kept {
            Ok(_) => return Ok(Redirect::to("/uptime/rules").into_response()),
            Err(error) => draft = draft.refused(error)?,
        }
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&visitor, &draft).await?).into_response())
}

/// `POST /uptime/rules/sites/{id}`
async fn set_profile(Path(id): Path<String>, Posted { visitor, fields }: Posted) -> Result<Redirect, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let formulas: BTreeSet<Box<str>> = fields.all("formulas").map(Into::into).collect();
    let form = ProfileForm { formulas, second_person: fields.has("second_person", "true") };
    visitor.app.register.set_profile(&id, form, fields.seen()).await?;
    Ok(Redirect::to("/uptime/rules"))
}
