//! Changing a station: what is said of it, its login, its tariff.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use ocpp_core::model::{ConnectorId, EvseId, Watts};
use ocpp_server::domain::{ConnectorEntry, EvseEntry, Ratings, Scope, SiteId};
use ocpp_server::register::{Flaw, Login, StationForm};
use rust_decimal::Decimal;

use super::super::form::{Draft, Fields, Posted};
use super::super::frame::{self, Tab};
use super::super::links::{self, encoded};
use super::super::refuse::Refuse;
use super::super::words;
use super::{detail, identity, key_shown};

mod public;

fn back(id: &str) -> Response {
    Redirect::to(&format!("/stations/{}", encoded(id))).into_response()
}

/// `POST /stations/{id}`
pub(super) async fn change(
    Path(id): Path<String>,
    Posted { visitor, fields }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let mut draft = Draft::of(fields);
    let form = read(&mut draft);
    if draft.is_fine() {
        match visitor.app.register.change_station(&id, form, draft.fields.seen()).await {
            Ok(_) => return Ok(back(&id)),
            Err(error) => draft = draft.refused(error)?,
        }
    }
    let page = detail::with_draft(&visitor, &identity(&id)?, Some(draft)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `POST /stations/{id}/key`
pub(super) async fn key(Path(id): Path<String>, Posted { visitor, .. }: Posted) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let new = visitor.app.register.change_login(&id, Login::Key).await?;
    Ok(key_shown(&visitor, &new))
}

/// `POST /stations/{id}/open`
pub(super) async fn open(Path(id): Path<String>, Posted { visitor, .. }: Posted) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let new = visitor.app.register.change_login(&id, Login::Unproven).await?;
    Ok(key_shown(&visitor, &new))
}

/// `POST /stations/{id}/tariff`
pub(super) async fn tariff(
    Path(id): Path<String>,
    Posted { visitor, fields }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::TariffsWrite)?;
    let tariff = fields.given("tariff");
    visitor.app.register.assign_to_station(&id, tariff.as_deref()).await?;
    Ok(back(&id))
}

/// `POST /stations/{id}/registration`
pub(super) async fn registration(
    Path(id): Path<String>,
    Posted { visitor, fields }: Posted,
) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let registration = words::registration_named(fields.get("registration"))
        .ok_or_else(|| Refuse::BadForm("Choose accepted, pending or rejected.".to_owned()))?;
    let set = visitor.app.register.set_registration(&id, registration, None).await?;
    let station = &set.entry.id;
    let body = html! {
        h2 { (station) " is " (words::registration(registration)) }
        p.note { (set.learns) }
        p { a.button href=(links::station(station)) { "To the station" } }
    };
    Ok(frame::page(&visitor, Tab::Stations, "Registration", body))
}

/// `POST /stations/{id}/remove`
pub(super) async fn remove(
    Path(id): Path<String>,
    Posted { visitor, .. }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    visitor.app.register.remove_station(&id).await?;
    Ok(Redirect::to("/stations").into_response())
}

fn read(draft: &mut Draft) -> StationForm {
    StationForm {
        name: draft.fields.given("name"),
        site: draft.fields.given("site").map(SiteId),
        power: kilowatts(draft, "power"),
        evses: evses(draft),
    }
}

/// A power that was entered in kilowatts.
pub(in super::super) fn kilowatts(draft: &mut Draft, name: &str) -> Option<Watts> {
    let entered: Decimal = draft.number(name, "power in kW, such as 22 or 7.4")?;
    entered.checked_mul(Decimal::ONE_THOUSAND).and_then(Watts::from_decimal)
}

/// The rows of the table of connectors, those without an EVSE left out.
fn evses(draft: &mut Draft) -> Vec<EvseEntry> {
    let fields = draft.fields.clone();
    let mut evses: Vec<EvseEntry> = Vec::new();
    for (row, id) in fields.all("evse").enumerate().filter(|(_, id)| !id.is_empty()) {
        let cell = |name: &str| fields.all(name).nth(row).unwrap_or_default().to_owned();
        let id = EvseId(cell_number(draft, id, "number of an EVSE").unwrap_or(0));
        let name = Some(cell("evse_name")).filter(|name| !name.is_empty());
        let power = cell_power(draft, &cell("evse_power"));
        let least_power = cell_power(draft, &cell("evse_least_power"));
        let ratings = public::ratings(draft, cell);
        let connector =
            connector(draft, (&cell("connector"), cell("kind"), &cell("connector_power")), ratings);
        let bay = public::bay(draft, cell);
        match evses.iter_mut().find(|known| known.id == id) {
            Some(known) => {
                known.name = known.name.take().or(name);
                known.power = known.power.or(power);
                known.least_power = known.least_power.or(least_power);
                public::join(&mut known.bay, bay);
                known.connectors.extend(connector);
            }
            None => {
                let connectors = Vec::from_iter(connector);
                evses.push(EvseEntry { id, name, power, least_power, bay, connectors });
            }
        }
    }
    evses
}

/// A connector of a row; none where nothing is said of one. One without a number is the first.
fn connector(
    draft: &mut Draft,
    (id, kind, power): (&str, String, &str),
    ratings: Ratings,
) -> Option<ConnectorEntry> {
    if id.is_empty() && kind.is_empty() && power.is_empty() && ratings == Ratings::default() {
        return None;
    }
    Some(ConnectorEntry {
        id: ConnectorId(cell_number(draft, id, "number of a connector").unwrap_or(1)),
        kind: Some(kind).filter(|kind| !kind.is_empty()),
        power: cell_power(draft, power),
        ratings,
    })
}

fn cell_power(draft: &mut Draft, text: &str) -> Option<Watts> {
    let entered: Decimal = cell_number(draft, text, "power in kW")?;
    entered.checked_mul(Decimal::ONE_THOUSAND).and_then(Watts::from_decimal)
}

fn cell_number<T: std::str::FromStr>(draft: &mut Draft, text: &str, what: &str) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    let number = text.replace(',', ".").parse().ok();
    if number.is_none() {
        let shown: String = text.chars().take(20).collect();
        draft.flaws.push(Flaw::at("/evses", format!("{shown:?} is no {what}.")));
    }
    number
}

/// The fields of the form out of what is known.
pub(super) fn fields_of(entry: &ocpp_server::domain::StationEntry) -> Fields {
    let mut fields = Fields::of([
        ("name", entry.name.clone().unwrap_or_default()),
        ("site", entry.site.as_ref().map(|site| site.0.clone()).unwrap_or_default()),
        ("power", entry.power.map(in_kilowatts).unwrap_or_default()),
    ]);
    fields.fill_from(entry.revision);
    for evse in &entry.evses {
        // An EVSE without connectors has a row, too.
        let connectors = evse.connectors.iter().map(Some);
        let rows: Vec<_> = if evse.connectors.is_empty() { vec![None] } else { connectors.collect() };
        for connector in rows {
            fields.push("evse", evse.id.to_string());
            fields.push("evse_name", evse.name.clone().unwrap_or_default());
            fields.push("evse_power", evse.power.map(in_kilowatts).unwrap_or_default());
            fields.push("evse_least_power", evse.least_power.map(in_kilowatts).unwrap_or_default());
            fields.push("connector", connector.map(|connector| connector.id.to_string()).unwrap_or_default());
            fields.push("kind", connector.and_then(|connector| connector.kind.clone()).unwrap_or_default());
            let power = connector.and_then(|connector| connector.power);
            fields.push("connector_power", power.map(in_kilowatts).unwrap_or_default());
            public::fill(&mut fields, evse, connector);
        }
    }
    fields
}

/// A power as it is entered.
pub(in super::super) fn in_kilowatts(power: Watts) -> String {
    Decimal::new(power.0, 3).normalize().to_string()
}
