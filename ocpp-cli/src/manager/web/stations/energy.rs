//! Charging profiles on the page of a station: what is installed, what they allow together, setting and removing.

mod steps;

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use ocpp_core::model::{ChargingProfile, Command, Place, ProfileClearing, StationId};
use ocpp_server::command::desk::{NewOrder, WhenOffline};
use ocpp_server::domain::{Ending, ExternalLimit, InstalledProfile, OrderState, Scope};
use ocpp_server::maintenance::{Energy, EnergyError};

use super::super::form::{self, Draft, Form, Posted};
use super::super::links;
use super::super::refuse::Refuse;
use super::super::visitor::Visitor;
use super::super::words;
use super::identity;

/// A day is asked for.
const DURATION_S: u32 = 86_400;

/// The part of the page; nothing is shown to whoever may only look where nothing is known.
pub(super) async fn section(visitor: &Visitor, id: &StationId) -> Result<Markup, Refuse> {
    let energy = Energy::new(visitor.app.csms.clone());
    let installed = energy.profiles(id).await?;
    let limits = energy.limits(id).await?;
    let composites = energy.composites(id).await?;
    let may_order = visitor.may(Scope::CommandsSend);
    if !may_order && installed.is_empty() && limits.is_empty() && composites.is_empty() {
        return Ok(html! {});
    }
    Ok(html! {
        h3 #profiles { "Charging profiles" }
        @if installed.is_empty() { p.empty { "None are known." } } @else { (table(visitor, id, &installed)) }
        @for limit in limits.iter().filter(|limit| limit.cleared_at.is_none()) { (limit_line(limit)) }
        @for composed in &composites { (steps::drawing(composed)) }
        @if may_order { (ask_form(visitor, id)) (set_form(visitor, id)) }
    })
}

fn place_in_words(place: Place) -> String {
    place.evse().map_or_else(|| "the station".to_owned(), |evse| format!("EVSE {evse}"))
}

fn table(visitor: &Visitor, id: &StationId, installed: &[InstalledProfile]) -> Markup {
    html! {
        div.scroll { table {
            thead { tr {
                th { "Number" } th { "Where" } th { "Purpose" } th { "Level" } th { "Set by" } th { "Since" }
                th { "Valid until" } th {}
            } }
            tbody { @for known in installed { tr {
                td { (known.profile.id) }
                td { (place_in_words(known.place)) }
                td { (known.profile.purpose.as_str()) }
                td { (known.profile.stack_level) }
                td { (known.by.as_deref().unwrap_or(&known.source)) }
                td { (words::clock(known.since)) }
                td { @if let Some(until) = known.profile.valid_to { (words::clock(until)) } }
                td { @if visitor.may(Scope::CommandsSend) {
                    (form::button(visitor, &format!("{}/profiles/{}/clear", links::station(id), known.profile.id), "Remove"))
                } }
            } } }
        } }
    }
}

fn limit_line(known: &ExternalLimit) -> Markup {
    html! {
        p {
            "A limit of " strong { (known.limit.source) } " holds for " (place_in_words(known.limit.place))
            " since " (words::clock(known.since))
            @if known.limit.grid_critical == Some(true) { ", and the grid depends on it" }
            "."
        }
    }
}

fn ask_form(visitor: &Visitor, id: &StationId) -> Markup {
    let draft = Draft::default();
    let form = Form::new(visitor, format!("{}/composite", links::station(id)), &draft)
        .line("evse", "EVSE", "empty: the station as a whole")
        .submit("Ask");
    html! { details { summary { "Ask what all of them allow together" } (form) } }
}

fn set_form(visitor: &Visitor, id: &StationId) -> Markup {
    let draft = Draft::default();
    let hint =
        "in JSON, as the REST interface shows it; one of the same number takes the place of the old one";
    let form = Form::new(visitor, format!("{}/profiles", links::station(id)), &draft)
        .line("evse", "EVSE", "empty: the station as a whole")
        .area("profile", "Profile", hint, 12)
        .submit("Set it");
    html! { details { summary { "Set a profile" } (form) } }
}

fn back(id: &StationId) -> Response {
    Redirect::to(&format!("{}#profiles", links::station(id))).into_response()
}

/// The place that a form names.
fn place_of(text: &str) -> Result<Place, Refuse> {
    if text.trim().is_empty() {
        return Ok(Place::Station);
    }
    match text.trim().parse::<u32>() {
        Ok(evse @ 1..) => Ok(Place::of(evse, None)),
        _ => Err(Refuse::BadForm("An EVSE is a number from 1 on.".to_owned())),
    }
}

/// Gives an order and waits for its end.
async fn order(visitor: &Visitor, id: &StationId, command: Command) -> Result<(), Refuse> {
    let by = visitor.identity.name.clone();
    let new = NewOrder { command, by, when_offline: WhenOffline::Refuse };
    let refused =
        |error: ocpp_server::command::desk::PlaceError| Refuse::BadForm(format!("Not ordered: {error}."));
    let order = visitor.app.csms.desk().carry_out(id, new).await.map_err(refused)?;
    match order.state {
        OrderState::Ended { ending, .. } if ending.is_success() => Ok(()),
        OrderState::Ended { ending, .. } => Err(unmet(&ending)),
        _ => Err(Refuse::BadForm("The order has no end yet.".to_owned())),
    }
}

fn unmet(ending: &Ending) -> Refuse {
    Refuse::BadForm(format!("The station did not take it: {}.", ending.sentence()))
}

/// `POST /stations/{id}/profiles`
pub(super) async fn set(
    Path(id): Path<String>,
    Posted { visitor, fields }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = identity(&id)?;
    let profile: ChargingProfile = serde_json::from_str(fields.get("profile"))
        .map_err(|error| Refuse::BadForm(format!("The profile cannot be read: {error}.")))?;
    let place = place_of(fields.get("evse"))?;
    order(&visitor, &id, Command::SetChargingProfile { place, profile: Box::new(profile) }).await?;
    Ok(back(&id))
}

/// `POST /stations/{id}/profiles/{profile}/clear`
pub(super) async fn clear(
    Path((id, profile)): Path<(String, i32)>,
    Posted { visitor, .. }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = identity(&id)?;
    let clearing = ProfileClearing { id: Some(profile), ..ProfileClearing::default() };
    order(&visitor, &id, Command::ClearChargingProfiles(clearing)).await?;
    Ok(back(&id))
}

/// `POST /stations/{id}/composite`
pub(super) async fn compose(
    Path(id): Path<String>,
    Posted { visitor, fields }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = identity(&id)?;
    let place = place_of(fields.get("evse"))?;
    let by = visitor.identity.name.clone();
    let energy = Energy::new(visitor.app.csms.clone());
    energy.compose(&id, place, DURATION_S, None, &by).await?;
    Ok(back(&id))
}

impl From<EnergyError> for Refuse {
    fn from(error: EnergyError) -> Refuse {
        match error {
            EnergyError::UnknownStation(_) => Refuse::Nothing(error.to_string()),
            EnergyError::Store(_) => Refuse::Broken(error.to_string()),
            EnergyError::NotConnected | EnergyError::NotTold(_) => Refuse::BadForm(error.to_string()),
        }
    }
}
