//! What a port did, as a strip: one colour for each kind of state.

use std::fmt::Write as _;

use maud::{Markup, PreEscaped, html};
use ocpp_server::availability::{Course, PortState};

/// The size of a strip, in units of its own.
const WIDTH: i64 = 6000;
const HEIGHT: i64 = 180;

/// The strip; the page of the history says the same in words.
pub(in super::super) fn of(course: &Course) -> Markup {
    let (from, whole) = (course.span().from().0, course.span().seconds().max(1));
    let mut rects = String::new();
    let mut end = 0;
    for piece in course.pieces() {
        let at = (piece.span.from().0 - from) * WIDTH / whole;
        let to = (piece.span.to().0 - from) * WIDTH / whole;
        // Of what cannot be seen at this size only trouble is drawn, a little wider than it is.
        let is_trouble = matches!(kind(piece.state), "down" | "dark");
        let wide = if is_trouble { (to - at).max(8) } else { to - at };
        if wide == 0 || (to <= end && !is_trouble) {
            continue;
        }
        let _ = write!(
            rects,
            r#"<rect class="{}" x="{at}" width="{wide}" height="{HEIGHT}"/>"#,
            kind(piece.state)
        );
        end = to;
    }
    html! {
        svg.strip viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } preserveAspectRatio="none" role="img" aria-label="What it did" {
            (PreEscaped(rects))
        }
    }
}

/// What the colours mean.
pub(in super::super) fn legend() -> Markup {
    html! {
        p.legend {
            span.up { "free" } " " span.charging { "charging" } " " span.excused { "occupied or reserved" } " "
            span.down { "out of order or of use" } " " span.dark { "offline or unknown" }
        }
    }
}

const fn kind(state: PortState) -> &'static str {
    match state {
        PortState::Available => "up",
        PortState::Charging => "charging",
        PortState::SuspendedEv
        | PortState::SuspendedEvse
        | PortState::Idle
        | PortState::Finishing
        | PortState::Reserved => "excused",
        PortState::Planned | PortState::Unavailable | PortState::Faulted | PortState::Derated => "down",
        PortState::Unknown | PortState::Offline => "dark",
    }
}

/// A state in words.
pub(in super::super) const fn word(state: PortState) -> &'static str {
    match state {
        PortState::Unknown => "unknown",
        PortState::Offline => "offline",
        PortState::Available => "free",
        PortState::Charging => "charging",
        PortState::SuspendedEv => "vehicle takes nothing",
        PortState::SuspendedEvse => "station gives nothing",
        PortState::Idle => "occupied",
        PortState::Finishing => "finishing",
        PortState::Reserved => "reserved",
        PortState::Planned => "out of use by order",
        PortState::Unavailable => "unavailable",
        PortState::Faulted => "faulted",
        PortState::Derated => "too little power",
    }
}
