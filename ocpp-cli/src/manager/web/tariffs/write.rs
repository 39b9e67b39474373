//! Drafting a tariff, changing a draft, putting another in the place of one that is in use: by the form of
//! the simple tariff, or as JSON for everything that OCPP 2.1 has.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use ocpp_core::rules::tariff::Tariff;
use ocpp_server::domain::{Scope, TariffEntry};
use ocpp_server::register::{Flaw, RegisterError, TariffForm};
use serde::Deserialize;

use super::super::form::{Draft, Fields, Form, Posted};
use super::super::frame::{self, Tab};
use super::super::refuse::Refuse;
use super::super::visitor::Visitor;
use super::page::find;
use super::{link, simple};

/// How the tariff is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum By {
    #[default]
    Form,
    Json,
}

impl By {
    fn of(fields: &Fields) -> By {
        if fields.get("by") == "json" { By::Json } else { By::Form }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct How {
    #[serde(default)]
    by: By,
}

/// What is done with the tariff that is written.
enum Purpose {
    Draft,
    Change(Box<TariffEntry>),
    Succeed(Box<TariffEntry>),
}

impl Purpose {
    fn action(&self) -> String {
        match self {
            Purpose::Draft => "/tariffs".to_owned(),
            Purpose::Change(entry) => format!("{}/change", link(&entry.id)),
            Purpose::Succeed(entry) => format!("{}/succeed", link(&entry.id)),
        }
    }

    fn here(&self) -> String {
        match self {
            Purpose::Draft => "/tariffs/add".to_owned(),
            other => other.action(),
        }
    }

    fn title(&self) -> String {
        match self {
            Purpose::Draft => "Draft a tariff".to_owned(),
            Purpose::Change(entry) => format!("Change {}", entry.name),
            Purpose::Succeed(entry) => format!("Put another in the place of {}", entry.name),
        }
    }

    fn model(&self) -> Option<&TariffEntry> {
        match self {
            Purpose::Draft => None,
            Purpose::Change(entry) | Purpose::Succeed(entry) => Some(entry),
        }
    }

    /// A draft keeps its id; a successor has one of its own.
    fn id(&self) -> String {
        match self {
            Purpose::Draft => String::new(),
            Purpose::Change(entry) => entry.id.0.clone(),
            Purpose::Succeed(entry) => next_id(&entry.id.0),
        }
    }
}

/// `2026-1` → `2026-2`, `night` → `night-2`
fn next_id(id: &str) -> String {
    match id.rsplit_once('-').and_then(|(stem, number)| Some((stem, number.parse::<u32>().ok()?))) {
        Some((stem, number)) => format!("{stem}-{}", number.saturating_add(1)),
        None => format!("{id}-2"),
    }
}

/// `GET /tariffs/add`
pub(super) async fn draft_page(visitor: Visitor, Query(How { by }): Query<How>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::TariffsWrite)?;
    Ok(written(&visitor, &Purpose::Draft, by, None))
}

/// `GET /tariffs/{id}/change`
pub(super) async fn change_page(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(How { by }): Query<How>,
) -> Result<Markup, Refuse> {
    visitor.needs(Scope::TariffsWrite)?;
    let purpose = Purpose::Change(Box::new(find(&visitor, &id).await?));
    Ok(written(&visitor, &purpose, by, None))
}

/// `GET /tariffs/{id}/succeed`
pub(super) async fn succeed_page(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(How { by }): Query<How>,
) -> Result<Markup, Refuse> {
    visitor.needs(Scope::TariffsWrite)?;
    let purpose = Purpose::Succeed(Box::new(find(&visitor, &id).await?));
    Ok(written(&visitor, &purpose, by, None))
}

/// `POST /tariffs`
pub(super) async fn draft(posted: Posted) -> Result<Response, Refuse> {
    keep(posted, Purpose::Draft).await
}

/// `POST /tariffs/{id}/change`
pub(super) async fn change(Path(id): Path<String>, posted: Posted) -> Result<Response, Refuse> {
    let entry = find(&posted.visitor, &id).await?;
    keep(posted, Purpose::Change(Box::new(entry))).await
}

/// `POST /tariffs/{id}/succeed`
pub(super) async fn succeed(Path(id): Path<String>, posted: Posted) -> Result<Response, Refuse> {
    let entry = find(&posted.visitor, &id).await?;
    keep(posted, Purpose::Succeed(Box::new(entry))).await
}

/// `POST /tariffs/{id}/remove`
pub(super) async fn remove(
    Path(id): Path<String>,
    Posted { visitor, .. }: Posted,
) -> Result<Redirect, Refuse> {
    visitor.needs(Scope::TariffsWrite)?;
    visitor.app.register.remove_draft(&id).await?;
    Ok(Redirect::to("/tariffs"))
}

async fn keep(Posted { visitor, fields }: Posted, purpose: Purpose) -> Result<Response, Refuse> {
    visitor.needs(Scope::TariffsWrite)?;
    let by = By::of(&fields);
    let mut draft = Draft::of(fields);
    if let Some(form) = read(&mut draft, by) {
        let register = &visitor.app.register;
        let kept = match &purpose {
            Purpose::Draft => register.draft_tariff(form).await,
            Purpose::Change(entry) => register.change_draft(&entry.id.0, form, Some(entry.revision)).await,
            Purpose::Succeed(entry) => register.succeed_tariff(&entry.id.0, form).await,
        };
        match kept {
            Ok(entry) => return Ok(Redirect::to(&link(&entry.id)).into_response()),
            Err(error) => draft = refused(draft, error, by)?,
        }
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, written(&visitor, &purpose, by, Some(draft))).into_response())
}

/// The flaws of a tariff stand at the text it was written in, those of its components at the form's prices.
fn refused(draft: Draft, error: RegisterError, by: By) -> Result<Draft, Refuse> {
    let mut draft = draft.refused(error)?;
    for flaw in draft.flaws.iter_mut().filter(|flaw| flaw.pointer.starts_with("/tariff/")) {
        if flaw.pointer == "/tariff/id" && by == By::Form {
            continue;
        }
        flaw.pointer = match (by, flaw.pointer.as_str()) {
            (By::Json, pointer) => {
                flaw.sentence = format!("{}: {}", pointer.trim_start_matches("/tariff"), flaw.sentence);
                "/json".to_owned()
            }
            (By::Form, pointer) if pointer.contains("tax") => "/tax".to_owned(),
            (By::Form, pointer) if pointer.starts_with("/tariff/energy") => "/price_kwh".to_owned(),
            (By::Form, pointer) if pointer.starts_with("/tariff/charging_time") => {
                "/price_charging_minute".to_owned()
            }
            (By::Form, pointer) if pointer.starts_with("/tariff/idle_time") => {
                "/price_idle_minute".to_owned()
            }
            (By::Form, pointer) if pointer.starts_with("/tariff/fixed_fee") => "/fixed_fee".to_owned(),
            (By::Form, pointer) => pointer.to_owned(),
        };
    }
    Ok(draft)
}

fn read(draft: &mut Draft, by: By) -> Option<TariffForm> {
    let id = draft.fields.get("tariff/id").to_owned();
    let tariff = match by {
        By::Form => simple::read(draft, &id)?,
        By::Json => match serde_json::from_str::<Tariff>(draft.fields.get("json")) {
            Ok(tariff) => tariff,
            Err(error) => {
                draft.flaws.push(Flaw::at("/json", format!("This is no tariff: {error}.")));
                return None;
            }
        },
    };
    Some(TariffForm { name: draft.fields.get("name").to_owned(), tariff })
}

fn written(visitor: &Visitor, purpose: &Purpose, by: By, draft: Option<Draft>) -> Markup {
    let title = purpose.title();
    // What the form cannot say is changed as JSON.
    let by = match (&draft, purpose.model()) {
        (None, Some(entry)) if simple::fields_of(&entry.tariff).is_none() => By::Json,
        _ => by,
    };
    let draft = draft.unwrap_or_else(|| Draft::of(first_fields(purpose, by)));
    let form = Form::new(visitor, purpose.action(), &draft).line("name", "Name", "What operators call it.");
    let form = match by {
        By::Form => {
            let hint = "It names these prices for ever: letters, digits, dots, hyphens.";
            simple::fields(form.hidden("by", "form").line("tariff/id", "Id", hint))
        }
        By::Json => form.hidden("by", "json").area(
            "json",
            "The tariff",
            "In the structure of OCPP 2.1 (block I), its names in snake case.",
            24,
        ),
    };
    let body = html! {
        h2 { (title) }
        p {
            @match by {
                By::Form => { "All that OCPP 2.1 knows can be written " a href={ (purpose.here()) "?by=json" } { "as JSON" } "." },
                By::Json => { "Most tariffs are easier written " a href={ (purpose.here()) "?by=form" } { "by the form" } "." },
            }
        }
        (form.submit(if matches!(purpose, Purpose::Succeed(_)) { "Put it in its place" } else { "Keep the draft" }))
    };
    frame::page(visitor, Tab::Tariffs, &title, body)
}

fn first_fields(purpose: &Purpose, by: By) -> Fields {
    let model = purpose.model();
    let mut fields = match (by, model) {
        (By::Form, Some(entry)) => simple::fields_of(&entry.tariff).unwrap_or_default(),
        (By::Form, None) => Fields::of([("currency", "EUR".to_owned()), ("tax_kind", "VAT".to_owned())]),
        (By::Json, Some(entry)) => {
            let tariff = Tariff { id: purpose.id(), ..entry.tariff.clone() };
            Fields::of([("json", serde_json::to_string_pretty(&tariff).unwrap_or_default())])
        }
        (By::Json, None) => Fields::of([("json", EXAMPLE.to_owned())]),
    };
    fields.push("name", model.map(|entry| entry.name.clone()).unwrap_or_default());
    fields.push("tariff/id", purpose.id());
    fields
}

/// Where to begin.
const EXAMPLE: &str = r#"{
  "id": "2027-1",
  "currency": "EUR",
  "energy": {
    "prices": [
      { "price_kwh": "0.35", "conditions": { "start_time_of_day": "22:00", "end_time_of_day": "06:00" } },
      { "price_kwh": "0.45" }
    ],
    "tax_rates": [{ "type": "VAT", "tax": "19" }]
  }
}"#;
