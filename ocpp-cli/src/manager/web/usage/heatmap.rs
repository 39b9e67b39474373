//! The hours of the week as a drawing, with the table behind it.

use std::fmt::Write as _;

use maud::{Markup, PreEscaped, html};
use ocpp_server::availability::UsageFigures;
use ocpp_server::availability::usage::HourUse;

use super::percent;

/// A cell and what is around the drawing, in units of its own.
const WIDE: usize = 30;
const HIGH: usize = 24;
const LEFT: usize = 44;
const TOP: usize = 20;
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// The drawing, and its table.
pub(super) fn of(figures: &UsageFigures) -> Markup {
    html! {
        div.scroll { (drawing(&figures.usage.hours)) }
        details { summary { "The same as a table" } (table(figures)) }
    }
}

fn drawing(hours: &[HourUse]) -> Markup {
    let (width, height) = (LEFT + 24 * WIDE, TOP + 7 * HIGH);
    let mut cells = String::new();
    for (index, hour) in hours.iter().enumerate() {
        let (day, of_day) = (index / 24, index % 24);
        let (x, y) = (LEFT + of_day * WIDE, TOP + day * HIGH);
        let said = percent(hour.occupancy_permille());
        let name = DAYS.get(day).copied().unwrap_or_default();
        // Text and titles say what the colour does, to whoever cannot see it.
        let _ = match hour.occupancy_permille() {
            Some(permille) => write!(
                cells,
                r#"<rect class="cell" x="{x}" y="{y}" width="{}" height="{}" fill-opacity="{}.{:02}"><title>{name} {of_day}:00: {said}</title></rect>"#,
                WIDE - 1,
                HIGH - 1,
                permille.min(1000) / 1000,
                permille.min(1000) % 1000 / 10
            ),
            None => write!(
                cells,
                r#"<rect class="nothing" x="{x}" y="{y}" width="{}" height="{}"><title>{name} {of_day}:00: unknown</title></rect>"#,
                WIDE - 1,
                HIGH - 1
            ),
        };
    }
    html! {
        svg.heatmap viewBox={ "0 0 " (width) " " (height) } role="img" aria-label="Occupancy by hour of the week" {
            @for hour in (0..24).step_by(3) { text x=(LEFT + hour * WIDE) y=(TOP - 6) { (hour) } }
            @for (day, name) in DAYS.iter().enumerate() { text x="0" y=(TOP + day * HIGH + HIGH * 2 / 3) { (name) } }
            (PreEscaped(cells))
        }
    }
}

fn table(figures: &UsageFigures) -> Markup {
    html! {
        div.scroll { table {
            thead { tr { th { "Hour" } @for day in DAYS { th { (day) } } } }
            tbody {
                @for of_day in 0..24 {
                    tr {
                        th { (of_day) }
                        @for day in 0..7 {
                            td.number { @if let Some(hour) = figures.usage.hours.get(day * 24 + of_day) { (percent(hour.occupancy_permille())) } }
                        }
                    }
                }
            }
        } }
    }
}
