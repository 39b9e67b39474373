//! DATEX II version 3 for national access points (CEN/TS 16157-10): published sites as a table, their state as a
//! status publication.
//!
//! The order of elements is that of the published schemas (EnergyInfrastructure and Facilities 3.5); what the manager
//! does not know is left out, and nothing is made up for it.

mod rate;
mod status;
mod table;
mod xml;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;

use crate::manager::App;
use crate::manager::api::Problem;
use xml::Element;

/// The routes of both publications.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/public/v1/datex2/table.xml", get(table))
        .route("/public/v1/datex2/status.xml", get(status))
}

/// The id of the one table.
const TABLE: &str = "sites";

/// `GET /public/v1/datex2/table.xml`: what stays.
async fn table(State(app): State<App>) -> Result<Response, Problem> {
    let now = app.public.now(&app.csms).await?;
    Ok(answer(table::publication(&now, app.party.as_ref())))
}

/// `GET /public/v1/datex2/status.xml`: what changes.
async fn status(State(app): State<App>) -> Result<Response, Problem> {
    let now = app.public.now(&app.csms).await?;
    Ok(answer(status::publication(&now, app.party.as_ref())))
}

fn answer(publication: Element) -> Response {
    ([(header::CONTENT_TYPE, "application/xml; charset=utf-8")], publication.document()).into_response()
}

/// The payload with its namespaces, its time, and who made it.
fn payload(kind: &str, at: Timestamp, party: Option<&crate::settings::Party>) -> Element {
    let namespaces = [
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ("xmlns:com", "http://datex2.eu/schema/3/common"),
        ("xmlns:fac", "http://datex2.eu/schema/3/facilities"),
        ("xmlns:loc", "http://datex2.eu/schema/3/locationReferencing"),
        ("xmlns:locx", "http://datex2.eu/schema/3/locationExtension"),
        ("xmlns:egi", "http://datex2.eu/schema/3/energyInfrastructure"),
        ("xmlns:d2", "http://datex2.eu/schema/3/d2Payload"),
    ];
    let payload = namespaces
        .into_iter()
        .fold(Element::new("d2:payload"), |payload, (name, value)| payload.with(name, value))
        .with("xsi:type", kind)
        .with("lang", "en")
        .with("modelBaseVersion", "3");
    let creator = Element::new("com:publicationCreator")
        .text("com:country", party.map_or("XX", |party| &party.country).to_lowercase())
        .text("com:nationalIdentifier", party.map_or("unknown", |party| &party.id));
    payload.text("com:publicationTime", moment(at)).child(creator)
}

/// A moment to the second.
fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A text in a language.
fn multilingual(name: &str, text: &str) -> Element {
    let value = Element::new("com:value").with("lang", "en").content(text);
    Element::new(name).child(Element::new("com:values").child(value))
}
