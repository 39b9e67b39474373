//! Firmware: what there is, adding and uploading it, and campaigns.

mod campaign;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Multipart, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use ocpp_core::model::FirmwareSignature;
use ocpp_server::domain::{Campaign, Firmware, FirmwareId, FirmwareSource, RecordKind, Scope};
use ocpp_server::maintenance::{FirmwareForm, UpkeepError};
use ocpp_server::register::Flaw;
use ocpp_server::store::{RecordFilter, TypedRecords};

use super::form::{self, Draft, Fields, Form, Posted};
use super::frame::{self, Tab};
use super::refuse::Refuse;
use super::visitor::Visitor;
use super::words;
use crate::manager::App;

/// The most firmware and campaigns that are listed.
pub(super) const MAX_LISTED: usize = 200;

/// The routes of these pages.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/firmware", get(page).post(add))
        // Files have a limit of their own.
        .route("/firmware/{id}/content", post(content).layer(DefaultBodyLimit::disable()))
        .route("/firmware/{id}/remove", post(remove))
        .merge(campaign::routes())
}

impl From<UpkeepError> for Refuse {
    fn from(error: UpkeepError) -> Refuse {
        match error {
            UpkeepError::Unknown { .. } => Refuse::Nothing(error.to_string()),
            UpkeepError::Unavailable(_) => Refuse::Broken(error.to_string()),
            other => Refuse::BadForm(other.to_string()),
        }
    }
}

/// A draft with what is wrong with it.
///
/// # Errors
/// What no other input would mend.
pub(super) fn refused(mut draft: Draft, error: UpkeepError) -> Result<Draft, Refuse> {
    match error {
        UpkeepError::Invalid { pointer, sentence } => draft.flaws.push(Flaw::at(pointer, sentence)),
        UpkeepError::Unknown { .. } | UpkeepError::Unavailable(_) => return Err(error.into()),
        other => draft.flaws.push(Flaw::at("", other.to_string())),
    }
    Ok(draft)
}

/// `GET /firmware`
async fn page(visitor: Visitor) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    with_draft(&visitor, None).await
}

async fn with_draft(visitor: &Visitor, draft: Option<Draft>) -> Result<Markup, Refuse> {
    let store = visitor.app.csms.store();
    let firmware: Vec<Firmware> =
        store.list(RecordFilter::all(RecordKind::Firmware, MAX_LISTED).descending()).await?;
    let campaigns: Vec<Campaign> =
        store.list(RecordFilter::all(RecordKind::Campaign, MAX_LISTED).descending()).await?;
    let is_refused = draft.is_some();
    let draft = draft.unwrap_or_default();
    let body = html! {
        h2 { "Firmware" }
        @if firmware.is_empty() {
            p.empty { "No firmware yet. Add one, and update a station on its page, or many of them by a campaign." }
        } @else {
            div.scroll { table {
                thead { tr { th { "Name" } th { "Version" } th { "Where" } th { "Signed" } th { "Added" } th {} } }
                tbody { @for firmware in &firmware { (row(visitor, firmware)) } }
            } }
        }
        @if visitor.may(Scope::StationsWrite) {
            details open[is_refused] { summary { "Add firmware" } (add_form(visitor, &draft)) }
        }
        div.heading {
            h2 { "Campaigns" }
            @if visitor.may(Scope::CommandsSend) && !firmware.is_empty() {
                a.button href="/campaigns/add" { "Begin a campaign" }
            }
        }
        @if campaigns.is_empty() {
            p.empty { "No campaign yet." }
        } @else {
            div.scroll { table {
                thead { tr { th { "Campaign" } th { "State" } th { "Wave" } th { "Stations" } th { "Begun" } } }
                tbody { @for campaign in &campaigns { (campaign::row(campaign)) } }
            } }
        }
    };
    Ok(frame::page(visitor, Tab::Firmware, "Firmware", body))
}

fn row(visitor: &Visitor, firmware: &Firmware) -> Markup {
    let path = format!("/firmware/{}", firmware.id.0);
    html! {
        tr {
            td { (firmware.name) }
            td { @if let Some(version) = &firmware.version { (version) } }
            td { @match &firmware.source {
                FirmwareSource::External { url } => (url),
                FirmwareSource::Kept(file) => { "here, " (file.size) " bytes" br; code.weak { "SHA-256 " (file.sha256) } }
                FirmwareSource::Awaited if visitor.may(Scope::StationsWrite) => (upload(visitor, &path)),
                FirmwareSource::Awaited => "its content has not come yet",
            } }
            td { @if firmware.signature.is_some() { "yes" } @else { "no" } }
            td { (words::clock(firmware.added_at)) }
            td { @if visitor.may(Scope::StationsWrite) {
                (form::careful(visitor, &format!("{path}/remove"), "Remove",
                    "Stations that have not fetched it cannot any more: their updates fail."))
            } }
        }
    }
}

fn upload(visitor: &Visitor, path: &str) -> Markup {
    html! {
        form.inline method="post" action={ (path) "/content" } enctype="multipart/form-data" {
            (visitor.csrf_field())
            input type="file" name="file" required aria-label="The file";
            button { "Upload" }
        }
    }
}

fn add_form(visitor: &Visitor, draft: &Draft) -> Markup {
    Form::new(visitor, "/firmware", draft)
        .line("name", "Name", "What people call it, and the name of the file.")
        .line("version", "Version", "What stations say of their firmware when they start with it.")
        .line("url", "URL", "Where stations fetch it. Empty: it is uploaded here.")
        .area("signature/certificate", "Certificate of the signer", "PEM; only for signed firmware.", 4)
        .area("signature/signature", "Signature", "Base64.", 2)
        .submit("Add it")
}

/// `POST /firmware`
async fn add(Posted { visitor, fields }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let mut draft = Draft::of(fields);
    let given = |name: &str| draft.fields.given(name);
    let signature = match (given("signature/certificate"), given("signature/signature")) {
        (Some(certificate), Some(signature)) => {
            Some(FirmwareSignature { certificate: certificate.into(), signature: signature.into() })
        }
        (None, None) => None,
        _ => {
            let sentence = "A certificate and a signature go together.";
            draft.flaws.push(Flaw::at("/signature/signature", sentence));
            None
        }
    };
    if draft.is_fine() {
        let form = FirmwareForm {
            name: draft.fields.get("name").to_owned(),
            version: draft.fields.given("version"),
            url: draft.fields.given("url"),
            signature,
        };
        match visitor.app.upkeep.add_firmware(form).await {
            Ok(_) => return Ok(Redirect::to("/firmware").into_response()),
            Err(error) => draft = refused(draft, error)?,
        }
    }
    let page = with_draft(&visitor, Some(draft)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `POST /firmware/{id}/content`: a form with the token against forged requests before the file.
async fn content(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refuse> {
    let (mut parts, body) = request.into_parts();
    let visitor = Visitor::from_request_parts(&mut parts, &app).await?;
    visitor.needs(Scope::StationsWrite)?;
    let bad = |error: &dyn std::fmt::Display| Refuse::BadForm(error.to_string());
    let mut form =
        Multipart::from_request(Request::from_parts(parts, body), &app).await.map_err(|error| bad(&error))?;
    let mut csrf = String::new();
    while let Some(field) = form.next_field().await.map_err(|error| bad(&error))? {
        match field.name() {
            Some("csrf") => csrf = field.text().await.map_err(|error| bad(&error))?,
            Some("file") if visitor.made(&csrf) => {
                visitor.app.upkeep.take_firmware(&FirmwareId(id), field).await?;
                return Ok(Redirect::to("/firmware").into_response());
            }
            Some("file") => return Err(Refuse::Forged),
            _ => {}
        }
    }
    Err(Refuse::BadForm("There is no file in the form.".to_owned()))
}

/// `POST /firmware/{id}/remove`
async fn remove(Path(id): Path<String>, Posted { visitor, .. }: Posted) -> Result<Redirect, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    visitor.app.upkeep.remove_firmware(&FirmwareId(id)).await?;
    Ok(Redirect::to("/firmware"))
}

/// The firmware that stations can be updated with, to choose from.
pub(super) async fn options(app: &App) -> Result<Vec<(String, String)>, Refuse> {
    let filter = RecordFilter::all(RecordKind::Firmware, MAX_LISTED).descending();
    let firmware: Vec<Firmware> = app.csms.store().list(filter).await?;
    let ready = firmware.into_iter().filter(|firmware| firmware.source != FirmwareSource::Awaited);
    let named = |firmware: Firmware| match &firmware.version {
        Some(version) => (firmware.id.0.clone(), format!("{} ({version})", firmware.name)),
        None => (firmware.id.0, firmware.name),
    };
    Ok(ready.map(named).collect())
}

/// The values of a form that begins something with firmware.
pub(super) fn chosen(fields: &Fields) -> FirmwareId {
    FirmwareId(fields.get("firmware").to_owned())
}
