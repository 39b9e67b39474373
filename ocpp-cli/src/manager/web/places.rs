//! `/places`: the published sites for drivers, without an account.

use std::convert::Infallible;
use std::time::Duration;

use async_stream::stream;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event as Sse, KeepAlive, Sse as SseResponse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::SignedDuration;
use maud::{Markup, html};
use ocpp_server::domain::Address as Postal;
use ocpp_server::habits::Habits;

use super::refuse::Refuse;
use super::visitor::Address;
use super::{frame, links, notices, tariffs, words};
use crate::manager::App;
use crate::manager::public::{EvseNow, Now, PortState, SiteNow, WEEKS, likely_rest, likely_wait, week};

/// How often a page that is watched is looked at anew.
const TICK: Duration = Duration::from_secs(3);
/// The days of the week as a table has them.
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// How often a browser without script asks again, in seconds.
const ASK_AGAIN_S: u32 = 15;

/// The routes of these pages.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/places", get(list))
        .route("/places/live", get(list_live))
        .route("/places/{id}", get(page))
        .route("/places/{id}/live", get(live))
}

/// `GET /places`
async fn list(State(app): State<App>, Address(address): Address) -> Result<Markup, Refuse> {
    app.gate.look(address)?;
    let now = app.public.now(&app.csms).await?;
    let body = html! {
        header { h1 { "Where to charge" } }
        (sites(&now))
        script src="/static/live.js" defer data-live="/places/live" {}
    };
    Ok(frame::driver("Where to charge", ask_again(), body))
}

fn ask_again() -> Markup {
    html! { noscript { meta http-equiv="refresh" content=(ASK_AGAIN_S); } }
}

fn sites(now: &Now) -> Markup {
    html! {
        section #places aria-live="polite" {
            @if now.sites.is_empty() { p.empty { "No site is published here." } }
            @for site in &now.sites {
                article.card {
                    h2 { a href={ "/places/" (site.site.id.0) } { (site.site.name) } }
                    p.about { (address(&site.site.address)) }
                    p { (counts(site)) @if !site.is_open { " " span.chip.out { "Closed now" } } }
                    p.about { (plugs(site)) }
                }
            }
        }
    }
}

fn address(address: &Postal) -> String {
    let town = format!("{} {}", address.postal_code, address.city);
    let parts = [address.street.as_str(), town.trim(), &address.country];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn counts(site: &SiteNow) -> Markup {
    let free = site.evses.iter().filter(|evse| evse.state.state == PortState::Available).count();
    let class = if free > 0 { "free" } else { "busy" };
    html! {
        @if site.evses.is_empty() { span.chip.out { "No charging points are described" } }
        @else { span.chip.(class) { (free) " of " (site.evses.len()) " free" } }
    }
}

/// The kinds of plugs with the most power of each.
fn plugs(site: &SiteNow) -> String {
    let mut kinds: Vec<(&'static str, i64)> = Vec::new();
    for connector in site.evses.iter().flat_map(|evse| &evse.connectors) {
        let Some(standard) = connector.offer.standard else { continue };
        let power = connector.offer.power.map_or(0, |power| power.0);
        match kinds.iter_mut().find(|(name, _)| *name == standard.phrase()) {
            Some((_, most)) => *most = power.max(*most),
            None => kinds.push((standard.phrase(), power)),
        }
    }
    let shown = kinds.into_iter().map(|(name, power)| {
        if power > 0 { format!("{name} up to {}", kilowatts(power)) } else { name.to_owned() }
    });
    shown.collect::<Vec<_>>().join(" · ")
}

fn kilowatts(watts: i64) -> String {
    format!("{} kW", rust_decimal::Decimal::new(watts, 3).normalize())
}

/// `GET /places/{id}`
async fn page(
    State(app): State<App>,
    Address(caller): Address,
    Path(id): Path<String>,
) -> Result<Markup, Refuse> {
    app.gate.look(caller)?;
    let now = app.public.now(&app.csms).await?;
    let site = now.site(&id).ok_or_else(unknown)?;
    let habits = app.public.habits(&app.csms, site).await?;
    let body = html! {
        header {
            p { a href="/places" { "All sites" } }
            h1 { (site.site.name) }
            p.about { (address(&site.site.address)) }
        }
        (part(site, &now, &habits))
        (notices::form(&app, site))
        (popular(site, &now, &habits))
        (about(site))
        script src="/static/live.js" defer data-live={ "/places/" (id) "/live" } {}
    };
    Ok(frame::driver(&site.site.name, ask_again(), body))
}

fn unknown() -> Refuse {
    Refuse::Nothing("There is no such site, or it is not published.".to_owned())
}

/// What changes: states and prices.
fn part(site: &SiteNow, now: &Now, habits: &Habits) -> Markup {
    html! {
        section #places aria-live="polite" {
            p { (counts(site)) @if !site.is_open { " " span.chip.out { "Closed now" } } }
            @if let Some(wait) = likely_wait(habits, site, now.at) { p { "One is likely to be free in about " (about_minutes(wait)) "." } }
            @for evse in &site.evses { (evse_card(evse, site, (now, habits))) }
        }
    }
}

/// To five minutes, which is as exact as it can be.
fn about_minutes(rest: SignedDuration) -> String {
    words::length((rest.as_secs() + 150).div_euclid(300).max(1) * 300)
}

/// How full it is on this day of the week, hour by hour, and the whole week behind it.
fn popular(site: &SiteNow, now: &Now, habits: &Habits) -> Markup {
    let Some(week) = week(habits) else { return html! {} };
    let local = site.zone.to_datetime(now.at);
    let today = usize::try_from(local.weekday().to_monday_zero_offset()).unwrap_or(0);
    let percent =
        |percent: Option<u8>| percent.map_or_else(|| "–".to_owned(), |percent| format!("{percent} %"));
    html! {
        section.card {
            h2 { "Popular times" }
            p.about { "How much of its places was in use in the last " (WEEKS) " weeks." }
            @if let Some(hours) = week.get(today) {
                table {
                    caption { "Today" }
                    tbody {
                        @for (hour, full) in hours.iter().enumerate() {
                            @if let Some(full) = full {
                                tr { th scope="row" { (format!("{hour:02}:00")) } td { meter min="0" max="100" value=(full) {} " " (full) " %" } }
                            }
                        }
                    }
                }
            }
            details {
                summary { "The whole week" }
                div.scroll { table {
                    thead { tr { th scope="col" { "Hour" } @for day in DAYS { th scope="col" { (day) } } } }
                    tbody {
                        @for hour in 0..24 {
                            tr {
                                th scope="row" { (format!("{hour:02}:00")) }
                                @for day in &week { td { (percent(day.get(hour).copied().flatten())) } }
                            }
                        }
                    }
                } }
            }
        }
    }
}

fn evse_card(evse: &EvseNow, site: &SiteNow, (now, habits): (&Now, &Habits)) -> Markup {
    let state = evse.state.state;
    html! {
        article.card data-evse=(evse.uid) data-state=(state.as_str()) {
            h2 { (evse.name()) @if let Some(id) = &evse.entry.bay.evse_id { " " span.about { (id) } } }
            p {
                span.chip.(class_of(state)) { (state.phrase()) }
                @if let Some(since) = evse.state.since { " " span.about { "since " (words::clock_in(since, &site.zone)) } }
                @if let Some(rest) = likely_rest(habits, evse, now.at) { " " span.about { "likely free in about " (about_minutes(rest)) } }
            }
            @if !evse.connectors.is_empty() {
                ul.prices {
                    @for connector in &evse.connectors {
                        li {
                            @match connector.offer.standard {
                                Some(standard) => (standard.phrase()),
                                None => { "Connector " (connector.entry.id) }
                            }
                            @if let Some(format) = connector.offer.format { ", " (format.phrase().to_lowercase()) }
                            @if let Some(power) = connector.offer.power { ", " (kilowatts(power.0)) }
                            @if evse.connectors.len() > 1 { ": " (connector.state.state.phrase().to_lowercase()) }
                        }
                    }
                }
            }
            @match &evse.price {
                Some(price) => {
                    (tariffs::prices(&price.words()))
                    @if let Some(change) = price.change_in_words(&site.zone, now.at) { p.hint { (change) } }
                }
                None => p { "Charging is free here." }
            }
            @for restriction in &evse.entry.bay.restrictions { p.about { (restriction.phrase()) } }
            @if evse.entry.bay.pull_through { p.about { "With a trailer: drive through" } }
            p { a.button href=(links::driver(&evse.station, evse.entry.id.0)) { "Charge here" } }
        }
    }
}

const fn class_of(state: PortState) -> &'static str {
    match state {
        PortState::Available => "free",
        PortState::Occupied | PortState::Reserved => "busy",
        PortState::Faulted => "faulted",
        PortState::Unavailable | PortState::Unknown => "out",
    }
}

/// What stays: hours, paying, whom to call.
fn about(site: &SiteNow) -> Markup {
    let public = &site.site.public;
    let payment: Vec<&str> = public.payment.iter().map(|way| way.phrase()).collect();
    html! {
        section.card {
            h2 { "About this site" }
            dl.facts {
                dt { "Open" }
                dd { @if public.hours.weekly.is_none() { "day and night" } @else { (public.hours.weekly_text()) } }
                @for (name, spans) in [("Open besides", &public.hours.openings), ("Closed", &public.hours.closings)] {
                    @for span in spans {
                        dt { (name) } dd { (words::clock_in(span.from, &site.zone)) " to " (words::clock_in(span.until, &site.zone)) }
                    }
                }
                dt { "For" } dd { (public.access.phrase()) }
                @if !payment.is_empty() { dt { "Pay by" } dd { (payment.join(", ")) } }
                @if let Some(operator) = &public.operator { dt { "Operator" } dd { (operator) @if let Some(legal) = &public.legal_name { " (" (legal) ")" } } }
                @if let Some(number) = &public.helpline { dt { "Help" } dd { a href={ "tel:" (number.replace(' ', "")) } { (number) } } }
                @if let Some(mail) = &public.support_mail { dt { "Mail" } dd { a href={ "mailto:" (mail) } { (mail) } } }
                @if let Some(at) = site.site.coordinates {
                    dt { "Position" }
                    dd { a href={ "geo:" (degrees(at.latitude_e7)) "," (degrees(at.longitude_e7)) } { (degrees(at.latitude_e7)) ", " (degrees(at.longitude_e7)) } }
                }
            }
        }
    }
}

fn degrees(e7: i32) -> rust_decimal::Decimal {
    rust_decimal::Decimal::new(i64::from(e7), 7).normalize()
}

/// `GET /places/live`
async fn list_live(State(app): State<App>, Address(caller): Address) -> Result<Response, Refuse> {
    app.gate.look(caller)?;
    Ok(watched(app, |now| Some(sites(now).into_string())))
}

/// `GET /places/{id}/live`: the part of the page that changes, as it changes.
async fn live(
    State(app): State<App>,
    Address(caller): Address,
    Path(id): Path<String>,
) -> Result<Response, Refuse> {
    app.gate.look(caller)?;
    let now = app.public.now(&app.csms).await?;
    let habits = app.public.habits(&app.csms, now.site(&id).ok_or_else(unknown)?).await?;
    Ok(watched(app, move |now| now.site(&id).map(|site| part(site, now, &habits).into_string())))
}

/// Sends a part whenever it looks otherwise, until it is gone or the manager stops.
fn watched(app: App, render: impl Fn(&Now) -> Option<String> + Send + 'static) -> Response {
    let Some(place) = app.public.watch() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "Too many watch at the moment: load the page again.\n")
            .into_response();
    };
    let parts = stream! {
        let _place = place;
        let mut last = String::new();
        while let Ok(now) = app.public.now(&app.csms).await {
            let Some(part) = render(&now) else { break };
            if part != last {
                yield Ok::<_, Infallible>(Sse::default().event("part").data(part.clone()));
                last = part;
            }
            tokio::select! {
                () = app.shutdown.cancelled() => break,
                () = tokio::time::sleep(TICK) => {}
            }
        }
    };
    SseResponse::new(parts).keep_alive(KeepAlive::default()).into_response()
}
