//! Power and energy of a session over time, as a drawing that needs no script.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, PreEscaped, html};
use ocpp_core::model::{Watts, Wh};
use ocpp_server::domain::{Session, SessionReading};

use super::super::words;

/// The drawing's size, in units of its own.
const WIDTH: f64 = 800.0;
const HEIGHT: f64 = 240.0;
/// What is left of the drawing on each side for its scales.
const LEFT: f64 = 62.0;
const RIGHT: f64 = 74.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 26.0;
/// The most points of a line: more cannot be seen.
const MAX_POINTS: usize = 800;

/// One moment of a line.
type Point = (Timestamp, f64);

/// The drawing; nothing when too little was measured.
pub(super) fn power_and_energy(session: &Session, readings: &[SessionReading], zone: &TimeZone) -> Markup {
    let power: Vec<Point> = readings
        .iter()
        .filter_map(|reading| Some((reading.reading.at, number(reading.reading.power()?.0))))
        .collect();
    let start = session.meter_start.unwrap_or_default();
    let energy: Vec<Point> = readings
        .iter()
        .filter_map(|reading| {
            let since = reading.reading.energy_register()?.since(start)?;
            Some((reading.reading.at, number(since.0.max(0))))
        })
        .collect();
    let moments = || power.iter().chain(&energy).map(|(at, _)| *at);
    let (Some(first), Some(last)) = (moments().min(), moments().max()) else { return html! {} };
    if first == last {
        return html! {};
    }
    let scale = Scale { first, last };
    html! {
        figure.chart {
            svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label="Power and energy over time" {
                (frame(&scale, zone))
                (scale.line(&energy, top_of(&energy), "energy"))
                (scale.line(&power, top_of(&power), "power"))
                (axis(top_of(&power), Side::Left))
                (axis(top_of(&energy), Side::Right))
            }
            figcaption { span.power { "power" } " · " span.energy { "energy" } }
        }
    }
}

#[allow(clippy::cast_precision_loss)] // For a drawing.
fn number(of: i64) -> f64 {
    of as f64
}

fn top_of(points: &[Point]) -> f64 {
    points.iter().map(|(_, value)| *value).fold(1.0, f64::max) * 1.05
}

struct Scale {
    first: Timestamp,
    last: Timestamp,
}

impl Scale {
    fn x(&self, at: Timestamp) -> f64 {
        let whole = self.last.duration_since(self.first).as_secs_f64();
        LEFT + at.duration_since(self.first).as_secs_f64() / whole * (WIDTH - LEFT - RIGHT)
    }

    fn line(&self, points: &[Point], top: f64, class: &str) -> Markup {
        let every = points.len().div_ceil(MAX_POINTS).max(1);
        let drawn =
            points.iter().enumerate().filter(|(index, _)| index % every == 0 || index + 1 == points.len());
        let path: String =
            drawn.map(|(_, (at, value))| format!("{:.1},{:.1} ", self.x(*at), y(*value, top))).collect();
        html! { polyline class=(class) points=(path.trim_end()) fill="none" {} }
    }
}

fn y(value: f64, top: f64) -> f64 {
    HEIGHT - BOTTOM - value.max(0.0) / top * (HEIGHT - TOP - BOTTOM)
}

fn frame(scale: &Scale, zone: &TimeZone) -> Markup {
    let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    let time = |at: Timestamp| zone.to_datetime(at).strftime("%H:%M").to_string();
    html! {
        (PreEscaped(format!("<path class=\"axes\" d=\"M{LEFT} {TOP}V{bottom}H{right}V{TOP}\" fill=\"none\"/>")))
        text x=(LEFT) y=(HEIGHT - 8.0) { (time(scale.first)) }
        text x=(right) y=(HEIGHT - 8.0) text-anchor="end" { (time(scale.last)) }
    }
}

#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

/// The half and the whole of a scale in figures.
#[allow(clippy::cast_possible_truncation)] // Readings fit.
fn axis(top: f64, side: Side) -> Markup {
    let said = |value: f64| match side {
        Side::Left => words::power(Watts(value as i64)),
        Side::Right => words::energy(Wh(value as i64)),
    };
    let (x, anchor, class) = match side {
        Side::Left => (LEFT - 6.0, "end", "power"),
        Side::Right => (WIDTH - RIGHT + 6.0, "start", "energy"),
    };
    html! {
        @for value in [top / 1.05, top / 2.1] {
            text class=(class) x=(x) y=(y(value, top) + 4.0) text-anchor=(anchor) { (said(value)) }
        }
    }
}
