//! How ports are used: a heatmap of the week, figures, attempts; and what each port did.

mod heatmap;
pub(super) mod strip;

use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use ocpp_core::model::StationId;
use ocpp_server::availability::{Attempts, Course, PortOfHistory, PortState, Span, UsageFigures, UsedPlace};
use ocpp_server::domain::{ChargeAttempt, RecordKind, Scope, Site, SiteId};
use ocpp_server::store::{RecordFilter, TypedRecords};
use serde::Deserialize;

use super::frame::{self, Tab};
use super::links::{self, encoded};
use super::refuse::Refuse;
use super::visitor::Visitor;
use super::words;
use crate::manager::App;

/// The most sites to choose from.
const MAX_SITES: usize = 1000;
/// The most stretches of a port that are listed; the REST interface has all of them.
const MAX_LISTED: usize = 500;

/// The routes of these pages.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/usage", get(page)).route("/stations/{id}/history", get(history))
}

/// What to show.
#[derive(Debug, Default, Deserialize)]
struct Which {
    #[serde(default)]
    site: String,
    #[serde(default)]
    weeks: String,
}

/// How many weeks back one can look, with what each is called.
const WEEKS: [(i64, &str); 4] = [
    (1, "The last week"),
    (4, "The last four weeks"),
    (13, "The last thirteen weeks"),
    (52, "The last year"),
];

/// The window of a number of weeks until now.
fn window(app: &App, weeks: &str, usual: i64) -> Result<Span, Refuse> {
    let weeks =
        weeks.parse().ok().filter(|weeks| WEEKS.iter().any(|(known, _)| known == weeks)).unwrap_or(usual);
    let now = app.csms.now();
    let from = now.checked_sub(SignedDuration::from_hours(weeks * 7 * 24)).unwrap_or(Timestamp::MIN);
    Span::between(from, now).ok_or_else(|| Refuse::BadForm("The clock of the manager is wrong.".to_owned()))
}

fn weeks_choice(chosen: &str, usual: i64) -> Markup {
    let chosen = chosen.parse().unwrap_or(usual);
    html! {
        select name="weeks" aria-label="When" {
            @for (weeks, text) in WEEKS { option value=(weeks) selected[weeks == chosen] { (text) } }
        }
    }
}

/// `GET /usage`
async fn page(visitor: Visitor, Query(which): Query<Which>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let sites: Vec<Site> =
        visitor.app.csms.store().list(RecordFilter::all(RecordKind::Site, MAX_SITES)).await?;
    let place = match which.site.as_str() {
        "" => UsedPlace::Everywhere,
        site => UsedPlace::Site(SiteId(site.to_owned())),
    };
    let figures = visitor.app.history.usage(&place, window(&visitor.app, &which.weeks, 4)?).await?;
    let csv = format!(
        "/api/v1/usage.csv?from={}&to={}{}",
        encoded(&figures.window.from().timestamp().to_string()),
        encoded(&figures.window.to().timestamp().to_string()),
        if which.site.is_empty() { String::new() } else { format!("&site_id={}", encoded(&which.site)) }
    );
    let body = html! {
        h2 { "Usage" }
        form.search method="get" action="/usage" {
            select name="site" aria-label="Where" {
                option value="" selected[which.site.is_empty()] { "All sites" }
                @for site in &sites { option value=(site.id.0) selected[site.id.0 == which.site] { (site.name) } }
            }
            (weeks_choice(&which.weeks, 4))
            button { "Show" }
        }
        (summary(&figures))
        h3 { "Hours of the week" }
        p.note {
            "Which part of the time that ports could be used a vehicle stood there, by the clock of "
            (figures.zone.iana_name().unwrap_or("UTC")) ". A stay of three hours fills three hours."
        }
        (heatmap::of(&figures))
        p { a href=(csv) { "The hours as CSV" } }
        h3 { "Attempts to charge" }
        (attempts(&figures))
        h3 { "What ports were" }
        (states(&figures))
    };
    Ok(frame::page(&visitor, Tab::Usage, "Usage", body))
}

fn summary(figures: &UsageFigures) -> Markup {
    let usage = &figures.usage;
    let charging_s = usage.hours.iter().map(|hour| hour.charging_s).sum();
    let full_s: i64 = figures.full_s.iter().sum();
    let idle: i64 = usage.stays.iter().map(|stay| stay.idle_after_s).sum();
    let mean_idle =
        i64::try_from(usage.stays.len()).ok().filter(|stays| *stays > 0).map(|stays| idle / stays);
    html! {
        dl.facts {
            dt { "Ports" } dd { (usage.ports) }
            dt { "Occupied" } dd { (percent(usage.occupancy_permille())) " of the time" }
            dt { "Energy" }
            dd {
                (words::energy(figures.charged.energy)) " in " (figures.charged.sessions) @if figures.charged.sessions == 1 { " session" } @else { " sessions" }
                @if let Some(part) = figures.charged.energy_permille(figures.window) {
                    ", " (percent(Some(part))) " of what the ports could have given"
                }
            }
            @if let Some(part) = figures.charged.power_permille(charging_s, usage.ports) {
                dt { "Power" } dd { (percent(Some(part))) " of the most that the ports have, while energy flowed" }
            }
            @if let (Some(half), Some(long)) = (usage.stay_percentile(50), usage.stay_percentile(90)) {
                dt { "Stays" }
                dd { (usage.stays.len()) ": half of them up to " (words::length(half)) ", nine of ten up to " (words::length(long)) }
            }
            @if let Some(idle) = mean_idle { dt { "Idle" } dd { (words::length(idle)) " after charging, on average" } }
            dt { "Full" } dd { @if full_s == 0 { "never" } @else { (words::length(full_s)) " without a free port" } }
            @if let Some(lost) = figures.turned_away {
                dt { "Turned away" } dd { "about " (format!("{lost:.0}")) " drivers found no free port (an estimate)" }
            }
        }
    }
}

fn attempts(figures: &UsageFigures) -> Markup {
    let all = figures.all_attempts();
    if all.count() == 0 {
        return html! { p.empty { "Nobody has tried to charge in this time." } };
    }
    let cells = |attempts: &Attempts| {
        html! {
            td.number { (percent(attempts.success_permille())) }
            @for attempt in ChargeAttempt::ALL {
                td.number { (attempts.0.get(&attempt).copied().unwrap_or_default()) }
            }
        }
    };
    html! {
        div.scroll { table {
            thead { tr {
                th { "Port" } th { "Led to a charge" }
                @for attempt in ChargeAttempt::ALL { th { (word(attempt)) } }
            } }
            tbody {
                tr { th { "All" } (cells(&all)) }
                @for ((station, evse), attempts) in &figures.attempts {
                    tr {
                        td {
                            a href=(links::station(station)) { (station) }
                            @match evse { Some(evse) => { " · EVSE " (evse) } None => { " · before a port was chosen" } }
                        }
                        (cells(attempts))
                    }
                }
            }
        } }
    }
}

/// What came of an attempt, as a heading.
const fn word(attempt: ChargeAttempt) -> &'static str {
    match attempt {
        ChargeAttempt::Charged => "Charged",
        ChargeAttempt::Payment => "Not paid",
        ChargeAttempt::Authorization => "Token refused",
        ChargeAttempt::Plug => "Not plugged in",
        ChargeAttempt::Vehicle => "Vehicle took nothing",
        ChargeAttempt::Power => "Power failed",
        ChargeAttempt::Station => "Station failed",
    }
}

fn states(figures: &UsageFigures) -> Markup {
    let all: i64 = figures.usage.states.values().sum();
    html! {
        div.scroll { table {
            thead { tr { th { "State" } th { "Time, all ports together" } th { "Part" } } }
            tbody {
                @for (state, seconds) in &figures.usage.states {
                    tr {
                        td { (strip::word(*state)) }
                        td.number { (words::length(*seconds)) }
                        td.number { (percent(u32::try_from(seconds * 1000 / all.max(1)).ok())) }
                    }
                }
            }
        } }
    }
}

fn percent(permille: Option<u32>) -> String {
    permille.map_or_else(|| "–".to_owned(), |permille| format!("{}.{} %", permille / 10, permille % 10))
}

/// The last week of the ports of a station, on its page.
pub(super) async fn section(visitor: &Visitor, station: &StationId) -> Result<Markup, Refuse> {
    let window = window(&visitor.app, "", 1)?;
    let courses = courses(visitor, station, window).await?;
    Ok(html! {
        @if !courses.is_empty() {
            h3 { "The last week" }
            (strips(&courses))
            p { a href={ (links::station(station)) "/history" } { "What its ports did" } }
        }
    })
}

async fn courses(
    visitor: &Visitor,
    station: &StationId,
    window: Span,
) -> Result<Vec<(PortOfHistory, Course)>, Refuse> {
    let mut found = Vec::new();
    for port in visitor.app.history.ports_of_station(station).await? {
        let course = visitor.app.history.course(station, port.evse, window).await?;
        found.push((port, course));
    }
    Ok(found)
}

fn strips(courses: &[(PortOfHistory, Course)]) -> Markup {
    html! {
        dl.strips {
            @for (port, course) in courses {
                dt { "EVSE " (port.evse) } dd { (strip::of(course)) }
            }
        }
        (strip::legend())
    }
}

/// `GET /stations/{id}/history`
async fn history(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(which): Query<Which>,
) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let nothing = || Refuse::Nothing(format!("There is no station {id:?}."));
    let station = StationId::new(&id).map_err(|_| nothing())?;
    let courses = courses(&visitor, &station, window(&visitor.app, &which.weeks, 1)?).await?;
    if courses.is_empty() {
        return Err(Refuse::Nothing(format!("Nothing is known of the ports of station {id:?} yet.")));
    }
    let body = html! {
        h2 { "What the ports of " a href=(links::station(&station)) { (station) } " did" }
        form.search method="get" action={ (links::station(&station)) "/history" } {
            (weeks_choice(&which.weeks, 1))
            button { "Show" }
        }
        (strips(&courses))
        @for (port, course) in &courses {
            h3 { "EVSE " (port.evse) }
            (pieces(course))
        }
    };
    Ok(frame::page(&visitor, Tab::Stations, "History", body))
}

/// The stretches of a course, the latest first.
fn pieces(course: &Course) -> Markup {
    let all = course.pieces();
    html! {
        @if all.len() > MAX_LISTED {
            p.note { "The latest " (MAX_LISTED) " of " (all.len()) " stretches; the REST interface has all of them." }
        }
        div.scroll { table {
            thead { tr { th { "From" } th { "Until" } th { "Length" } th { "State" } } }
            tbody {
                @for piece in all.iter().rev().take(MAX_LISTED) {
                    tr {
                        td { (words::clock(piece.span.from().timestamp())) }
                        td { (words::clock(piece.span.to().timestamp())) }
                        td { (words::length(piece.span.seconds())) }
                        td {
                            (strip::word(piece.state))
                            @if piece.behind != piece.state && piece.behind != PortState::Unknown {
                                span.about { " (" (strip::word(piece.behind)) ")" }
                            }
                        }
                    }
                }
            }
        } }
    }
}
