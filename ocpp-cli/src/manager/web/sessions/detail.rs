//! The page of a session: what happened, what was drawn, what it costs.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use ocpp_core::model::{Command, Place};
use ocpp_server::command::desk::{NewOrder, WhenOffline};
use ocpp_server::domain::{
    OrderState, Payer, Receipt, Scope, Session, SessionNumber, SessionReading, SessionStatus,
};
use ocpp_server::pricing::{timeline_of, whereabouts, zone_of};
use ocpp_server::process::preview;
use ocpp_server::store::TypedRecords;

use super::super::form::{self, Posted};
use super::super::frame::{self, Tab};
use super::super::refuse::Refuse;
use super::super::stop;
use super::super::visitor::Visitor;
use super::super::{links, parts, receipts, tariffs, words};
use super::chart;

/// `GET /sessions/{number}`
pub(super) async fn page(visitor: Visitor, Path(number): Path<i64>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::SessionsRead)?;
    let session = find(&visitor, number).await?;
    let store = visitor.app.csms.store();
    let readings = store.readings(&session.key).await?;
    let (_, site) = whereabouts(&**store, &session.station).await?;
    let zone = zone_of(site.as_ref().map_or("UTC", |site| &site.time_zone));
    let is_running = session.status == SessionStatus::Active;
    let body = html! {
        div.heading {
            h2 { "Session " (session.number.0) }
            @if is_running { span.state.online { "running" } }
        }
        (facts(&session, &zone))
        @if is_running && visitor.may(Scope::CommandsSend) {
            (form::button(&visitor, &format!("/sessions/{number}/stop"), "Stop"))
        }
        @if session.place.is_some_and(|place| place != Place::Station) && visitor.may(Scope::CommandsSend) {
            (form::button(&visitor, &format!("/sessions/{number}/unlock"), "Unlock its connector"))
        }
        (chart::power_and_energy(&session, &readings, &zone))
        (cost(&visitor, &session, site, &readings).await?)
    };
    Ok(frame::page(&visitor, Tab::Sessions, &format!("Session {number}"), body))
}

async fn find(visitor: &Visitor, number: i64) -> Result<Session, Refuse> {
    let session = visitor.app.csms.store().session_by_number(SessionNumber(number)).await?;
    session.ok_or_else(|| Refuse::Nothing(format!("There is no session {number}.")))
}

fn facts(session: &Session, zone: &jiff::tz::TimeZone) -> Markup {
    html! {
        dl.facts {
            dt { "Station" }
            dd {
                a href=(links::station(&session.station)) { (session.station) }
                @if let Some(evse) = session.place.and_then(Place::evse) { ", EVSE " (evse) }
            }
            dt { "Began" } dd { (words::date_in(session.started_at, zone)) }
            @if let Some(end) = session.ended_at { dt { "Ended" } dd { (words::date_in(end, zone)) } }
            @if let Some(reason) = &session.stop_reason { dt { "Ended by" } dd { (reason) } }
            dt { "Energy" } dd { (words::energy(session.energy())) }
            @if let Some(power) = session.power { dt { "Power" } dd { (words::power(power)) } }
            @if let Some(percent) = session.state_of_charge { dt { "State of charge" } dd { (percent.get()) " %" } }
            @if let Some(token) = &session.id_token {
                dt { "Token" } dd { code { (token.value) } }
            }
            dt { "Who pays" }
            dd {
                @match &session.payer {
                    Payer::Account => "the account of the token",
                    Payer::Payment(id) => a href={ "/payments/" (id.0) } { "a payment" },
                    Payer::Nobody => "nobody: its token was not accepted",
                }
            }
            @if !session.doubts.is_empty() { dt { "Doubts" } dd { (parts::doubts(session)) } }
        }
    }
}

/// The receipt when there is one, else what it would be at this moment.
async fn cost(
    visitor: &Visitor,
    session: &Session,
    site: Option<ocpp_server::domain::Site>,
    readings: &[SessionReading],
) -> Result<Markup, Refuse> {
    let csms = &visitor.app.csms;
    let key = Receipt::key_of(session.number);
    if let Some(receipt) = csms.store().get::<Receipt>(&key).await? {
        return Ok(html! {
            h3 { "Cost" }
            (receipts::lines(&receipt))
            p { a href={ "/r/" (receipt.number.0) } { "Receipt " (receipt.number.0) } }
        });
    }
    let Some(tariff) = &session.tariff else { return Ok(html! { p { "Nothing is to be paid for it." } }) };
    let price = csms.pricing().of_session(&session.station, tariff).await?;
    let cost = price.as_ref().and_then(|price| price.cost(&timeline_of(session, readings), csms.now()).ok());
    let receipt = preview(session, site, price.as_deref(), cost, csms.now());
    Ok(html! { h3 { "Cost so far" } (tariffs::prices(&receipt.prices)) (receipts::lines(&receipt)) })
}

/// `POST /sessions/{number}/stop`
pub(super) async fn stop(
    Path(number): Path<i64>,
    Posted { visitor, .. }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let session = find(&visitor, number).await?;
    match stop::stop(&visitor.app.csms, &session, &visitor.identity.name).await {
        Ok(()) => Ok(Redirect::to(&format!("/sessions/{number}")).into_response()),
        Err(sentence) => Err(Refuse::BadForm(sentence.to_owned())),
    }
}

/// `POST /sessions/{number}/unlock`
pub(super) async fn unlock(
    Path(number): Path<i64>,
    Posted { visitor, .. }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let session = find(&visitor, number).await?;
    let Some(place) = session.place.filter(|place| *place != Place::Station) else {
        return Err(Refuse::BadForm("Its station did not tell at which EVSE this session was.".to_owned()));
    };
    let by = visitor.identity.name.clone();
    let order = NewOrder { command: Command::Unlock(place), by, when_offline: WhenOffline::Refuse };
    let order = visitor.app.csms.desk().carry_out(&session.station, order).await;
    let order = order.map_err(|error| Refuse::BadForm(format!("The connector is not unlocked: {error}.")))?;
    match order.state {
        OrderState::Ended { ending, .. } if !ending.is_success() => {
            Err(Refuse::BadForm(format!("The connector is not unlocked: {}.", ending.sentence())))
        }
        _ => Ok(Redirect::to(&format!("/sessions/{number}")).into_response()),
    }
}
