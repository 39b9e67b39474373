//! The codes that drivers scan, to print and stick on the EVSEs.

use axum::extract::Path;
use maud::{Markup, PreEscaped, html};
use ocpp_core::model::StationId;
use ocpp_server::domain::{Scope, StationEntry};
use ocpp_server::store::TypedRecords;
use qrcode::{Color, EcLevel, QrCode};

use super::super::frame::{self, Tab};
use super::super::links;
use super::super::refuse::Refuse;
use super::super::visitor::Visitor;
use super::identity;

/// The light border around a code, in modules (ISO/IEC 18004 wants four).
const QUIET: usize = 4;

/// `GET /stations/{id}/codes`
pub(super) async fn page(visitor: Visitor, Path(id): Path<String>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let id = identity(&id)?;
    let evses = evses_of(&visitor, &id).await?;
    let body = html! {
        div.heading.screen { h2 { "Codes of " (id) } }
        p.note.screen {
            "The codes lead to " code { (visitor.base.to_string()) } ", the address under which you see this page. "
            "Open it under the address that drivers can reach, then print it."
        }
        @if evses.is_empty() {
            p.empty { "Its EVSEs are not known yet: let it connect, or enter them on its page." }
        }
        div.codes {
            @for (evse, name) in &evses {
                @let address = format!("{}{}", visitor.base, links::driver(&id, *evse));
                figure {
                    (code(&address))
                    figcaption {
                        strong { (id) " · " @match name { Some(name) => (name), None => { "EVSE " (evse) } } }
                        a href=(links::driver(&id, *evse)) { (address) }
                    }
                }
            }
        }
    };
    Ok(frame::page(&visitor, Tab::Stations, "Codes for drivers", body))
}

/// The EVSEs that the operator has entered, else those that the station has reported.
async fn evses_of(visitor: &Visitor, id: &StationId) -> Result<Vec<(u32, Option<String>)>, Refuse> {
    let store = visitor.app.csms.store();
    let entry: Option<StationEntry> = store.get(id.as_str()).await?;
    let entered = entry.map(|entry| entry.evses).unwrap_or_default();
    if !entered.is_empty() {
        return Ok(entered.into_iter().map(|evse| (evse.id.0, evse.name)).collect());
    }
    let mut reported: Vec<u32> =
        store.ports(id).await?.iter().filter_map(|port| port.place.evse()).map(|evse| evse.0).collect();
    reported.sort_unstable();
    reported.dedup();
    Ok(reported.into_iter().map(|evse| (evse, None)).collect())
}

/// A code as a picture of squares.
fn code(text: &str) -> Markup {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else {
        return html! { p.wrong { "This address is too long for a code." } };
    };
    let (width, colors) = (code.width(), code.to_colors());
    let dark = colors.iter().enumerate().filter(|(_, color)| **color == Color::Dark);
    let path: String = dark
        .map(|(index, _)| format!("M{} {}h1v1h-1z", index % width + QUIET, index / width + QUIET))
        .collect();
    let side = width + 2 * QUIET;
    PreEscaped(format!(
        "<svg class=\"code\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\" role=\"img\" \
         aria-label=\"QR code\"><rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/>\
         <path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}
