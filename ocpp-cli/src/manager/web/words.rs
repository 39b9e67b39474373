//! Quantities and times as people read them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use ocpp_core::model::{Registration, Watts, Wh};

/// `12.34 kWh`
pub(super) fn energy(energy: Wh) -> String {
    let Wh(wh) = energy;
    format!("{}{}.{:02} kWh", sign(wh), wh.abs() / 1000, wh.abs() % 1000 / 10)
}

/// `11.0 kW`
pub(super) fn power(power: Watts) -> String {
    let Watts(watts) = power;
    format!("{}{}.{} kW", sign(watts), watts.abs() / 1000, watts.abs() % 1000 / 100)
}

fn sign(number: i64) -> &'static str {
    if number < 0 { "−" } else { "" }
}

/// `2 h 05 min`
pub(super) fn length(seconds: i64) -> String {
    match seconds {
        ..0 => "unknown".to_owned(),
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// How long it was from one moment to another.
pub(super) fn between(start: Timestamp, end: Timestamp) -> String {
    length(end.duration_since(start).as_secs())
}

/// A moment in the manager's own time zone.
pub(super) fn clock(at: Timestamp) -> Markup {
    clock_in(at, &TimeZone::system())
}

/// A moment in a time zone.
pub(super) fn clock_in(at: Timestamp, zone: &TimeZone) -> Markup {
    html! { time datetime=(at) { (zone.to_datetime(at).strftime("%d %b %H:%M:%S")) } }
}

/// A moment with its year and the zone's name, for papers.
pub(super) fn date_in(at: Timestamp, zone: &TimeZone) -> Markup {
    html! { time datetime=(at) { (at.to_zoned_datetime(zone.clone()).strftime("%d %B %Y, %H:%M:%S %Z")) } }
}

/// Whether a station may work, in a word.
pub(super) const fn registration(registration: Registration) -> &'static str {
    match registration {
        Registration::Accepted => "accepted",
        Registration::Pending => "pending",
        Registration::Rejected => "rejected",
    }
}

/// The registration of a word.
pub(super) fn registration_named(word: &str) -> Option<Registration> {
    [Registration::Accepted, Registration::Pending, Registration::Rejected]
        .into_iter()
        .find(|known| registration(*known) == word)
}

/// A word of the code, such as `start_missing`, as words.
pub(super) fn spelled<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name.replace('_', " "),
        _ => String::new(),
    }
}

/// `1234.567 kWh`, with all that a meter shows.
pub(super) fn register(register: Wh) -> String {
    let Wh(wh) = register;
    format!("{}{}.{:03} kWh", sign(wh), wh.abs() / 1000, wh.abs() % 1000)
}
