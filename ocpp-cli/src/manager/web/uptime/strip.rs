//! The course of a port as a strip: up, outage, excused, unknown or offline.

use std::fmt::Write as _;

use maud::{Markup, PreEscaped, html};
use ocpp_server::availability::PortState;
use ocpp_server::availability::report::{PortReport, Stretch};

/// How wide and high a strip is, in its own units.
const WIDTH: i64 = 600;
const HEIGHT: i64 = 18;

/// The strip of a port; the table beside it says the same in numbers.
pub(super) fn of(port: &PortReport) -> Markup {
    let whole = port.window;
    let mut rects = String::new();
    let mut draw = |when: Stretch, class: &str| {
        let at = |moment: jiff::Timestamp| {
            let part = moment.as_second() - whole.from.as_second();
            (part * WIDTH * 10 / whole.seconds().max(1)).clamp(0, WIDTH * 10)
        };
        let (from, to) = (at(when.from), at(when.until));
        // What is shorter than a line is drawn as one, so that no outage is invisible.
        let wide = (to - from).max(5);
        let _ = write!(
            rects,
            r#"<rect class="{class}" x="{}.{}" y="0" width="{}.{}" height="{HEIGHT}"/>"#,
            from / 10,
            from % 10,
            wide / 10,
            wide % 10
        );
    };
    draw(port.service, "up");
    for outage in &port.outages {
        for state in &outage.states {
            let is_dark = matches!(state.state, PortState::Unknown | PortState::Offline);
            draw(state.when, if is_dark { "dark" } else { "down" });
        }
        for excused in &outage.excused {
            draw(excused.when, "excused");
        }
    }
    let label = format!("Course of {}: {} outages", port.name(), port.outages.len());
    html! {
        svg.strip viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } preserveAspectRatio="none" role="img" aria-label=(label) {
            (PreEscaped(rects))
        }
    }
}

/// What the colours mean.
pub(super) fn legend() -> Markup {
    html! {
        p.legend {
            span.up { "up" } " " span.down { "outage" } " " span.dark { "outage: unknown or offline" } " "
            span.excused { "excused" }
        }
    }
}
