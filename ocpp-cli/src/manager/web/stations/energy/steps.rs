//! A composite schedule as steps over time: a drawing that needs no script, with a table behind it.

use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use ocpp_core::model::{Place, SchedulePeriod};
use ocpp_server::domain::ComposedSchedule;
use rust_decimal::prelude::ToPrimitive;

use crate::manager::web::words;

/// The drawing's size, in units of its own.
const WIDTH: f64 = 800.0;
const HEIGHT: f64 = 180.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 26.0;

/// What all profiles of a place allow together.
pub(super) fn drawing(told: &ComposedSchedule) -> Markup {
    let schedule = &told.schedule;
    let unit = schedule.unit.as_str();
    let place = match told.place {
        Place::Station => "the station".to_owned(),
        Place::Evse(evse) | Place::Connector(evse, _) => format!("EVSE {evse}"),
    };
    let limits: Vec<f64> = schedule.periods.iter().filter_map(limit_of).collect();
    let top = limits.iter().copied().fold(1.0, f64::max);
    html! {
        figure.chart.schedule {
            svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img"
                aria-label={ "What all profiles allow at " (place) " over time" } {
                path class="axes" fill="none" d=(format!("M{LEFT} {TOP}V{}H{}", HEIGHT - BOTTOM, WIDTH - RIGHT)) {}
                path class="limit" d=(outline(&schedule.periods, schedule.duration_s, top)) {}
                text x=(LEFT - 6.0) y=(TOP + 8.0) text-anchor="end" { (top) " " (unit) }
                text x=(LEFT - 6.0) y=(HEIGHT - BOTTOM) text-anchor="end" { "0" }
                text x=(LEFT) y=(HEIGHT - 8.0) { (words::clock(schedule.start)) }
                text x=(WIDTH - RIGHT) y=(HEIGHT - 8.0) text-anchor="end" { (words::clock(after(schedule.start, schedule.duration_s))) }
            }
            figcaption { "What all profiles allow at " (place) ", as the station said " (words::clock(told.at)) "." }
            details { summary { "The steps as a table" } (steps(schedule.start, &schedule.periods, unit)) }
        }
    }
}

fn steps(start: Timestamp, periods: &[SchedulePeriod], unit: &str) -> Markup {
    html! {
        table {
            thead { tr { th { "From" } th { "Limit" } th { "Phases" } } }
            tbody { @for period in periods { tr {
                td { (words::clock(after(start, period.start_s))) }
                td { @match period.limit { Some(limit) => { (limit) " " (unit) } None => "no limit" } }
                td { @if let Some(phases) = period.phases { (phases) } }
            } } }
        }
    }
}

fn limit_of(period: &SchedulePeriod) -> Option<f64> {
    period.limit.and_then(|limit| limit.to_f64())
}

/// The area under the limits, step by step; a step without a limit reaches the top.
fn outline(periods: &[SchedulePeriod], duration_s: u32, top: f64) -> String {
    let whole = f64::from(duration_s.max(1));
    let x = |second: u32| LEFT + f64::from(second).min(whole) / whole * (WIDTH - LEFT - RIGHT);
    let bottom = HEIGHT - BOTTOM;
    let y = |limit: f64| bottom - limit.clamp(0.0, top) / top * (bottom - TOP);
    let mut path = format!("M{LEFT} {bottom}");
    for period in periods {
        path.push_str(&format!("H{:.1}V{:.1}", x(period.start_s), y(limit_of(period).unwrap_or(top))));
    }
    path.push_str(&format!("H{:.1}V{bottom}Z", x(duration_s)));
    path
}

fn after(start: Timestamp, seconds: u32) -> Timestamp {
    start.checked_add(SignedDuration::from_secs(i64::from(seconds))).unwrap_or(start)
}
