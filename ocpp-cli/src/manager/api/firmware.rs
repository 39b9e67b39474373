//! `/api/v1/firmware`, and the updates of stations.

use std::time::Duration;

use axum::Json;
use axum::body::Body as Content;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use ocpp_core::model::FirmwareSignature;
use ocpp_server::domain::{Firmware, FirmwareId, FirmwareSource, StationUpdate, UpdateState};
use ocpp_server::maintenance::{FirmwareForm, UpdateForm};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Created, Order, page_of, segment};
use super::caller::Caller;
use super::problem::Problem;
use super::request::{Body, Key, PageQuery, Params};
use super::stations::identity;
use super::upkeep::{Numbered, retries};
use super::views::List;
use crate::manager::App;

/// The signature of a maker over a firmware.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FirmwareSignature)]
pub(crate) struct SignatureView {
    /// The signer's certificate in PEM.
    #[schema(max_length = 5500)]
    certificate: String,
    /// The signature in Base64.
    #[schema(max_length = 800)]
    signature: String,
}

/// What is said of a firmware.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FirmwareBody {
    /// What people call it, and the name of the file.
    #[schema(min_length = 1, max_length = 100, example = "charger-2.4.1.bin")]
    name: String,
    /// What stations say of their firmware when they start with it. Without it any other version than before
    /// counts as installed.
    #[schema(max_length = 50, example = "2.4.1")]
    version: Option<String>,
    /// Where stations fetch it; without it the content is kept here, and put under `/content`.
    #[schema(max_length = 512, example = "https://files.example.com/charger-2.4.1.bin")]
    url: Option<String>,
    /// The maker's signature (L01); without it stations are told the plain update (L02).
    signature: Option<SignatureView>,
}

/// A firmware.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Firmware)]
pub(crate) struct FirmwareView {
    /// Its key.
    id: String,
    /// What people call it, and the name of the file.
    name: String,
    /// What stations say of their firmware when they start with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// `external`, `awaited` (its content has not come yet) or `kept`.
    source: &'static str,
    /// Where stations fetch it, of an external one.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// Its size in bytes, of one that is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    /// Its SHA-256 in hexadecimal, of one that is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    /// Its MD5 in hexadecimal, which local controllers want, of one that is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    md5: Option<String>,
    /// Whether the maker signed it.
    is_signed: bool,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    added_at: Timestamp,
}

impl From<Firmware> for FirmwareView {
    fn from(firmware: Firmware) -> FirmwareView {
        let (source, url, file) = match firmware.source {
            FirmwareSource::External { url } => ("external", Some(url), None),
            FirmwareSource::Awaited => ("awaited", None, None),
            FirmwareSource::Kept(file) => ("kept", None, Some(file)),
        };
        FirmwareView {
            id: firmware.id.0,
            name: firmware.name,
            version: firmware.version,
            source,
            url,
            size: file.as_ref().map(|file| file.size),
            sha256: file.as_ref().map(|file| file.sha256.clone()),
            md5: file.map(|file| file.md5),
            is_signed: firmware.signature.is_some(),
            added_at: firmware.added_at,
        }
    }
}

/// How a station is to be updated.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateBody {
    /// With which firmware.
    firmware_id: String,
    /// From when on it may be fetched; at once when absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    retrieve_at: Option<Timestamp>,
    /// From when on it may be installed; as soon as it is there when absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    install_at: Option<Timestamp>,
    /// How often the station tries again; it decides when absent.
    #[schema(maximum = 100)]
    retries: Option<u32>,
    /// Seconds between tries, together with `retries`.
    #[schema(minimum = 1, maximum = 86400)]
    retry_interval_s: Option<u32>,
    /// How long the station may take, and its being away be waited for, in hours; 48 unless said otherwise.
    #[schema(minimum = 1, maximum = 9600)]
    within_hours: Option<u32>,
}

/// Something that a station told of its update.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UpdateStep)]
pub(crate) struct StepView {
    /// When the manager heard it.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// By the words of OCPP 2.x.
    #[schema(example = "Installing")]
    stage: &'static str,
}

/// The update of a station.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StationUpdate)]
pub(crate) struct UpdateView {
    /// The station.
    pub(super) station_id: String,
    /// Its number among the station's.
    request: u32,
    /// With which firmware.
    firmware_id: String,
    /// `waiting` for the station, `sent`, `running`, `installed` as the station says, `confirmed` by its start
    /// with the new version, `failed`, `superseded` by a later one, or `withdrawn`.
    state: &'static str,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The version before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    version_before: Option<String>,
    /// The version that the station started with.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// What the station told.
    course: Vec<StepView>,
    /// How often it was ordered.
    attempts: u32,
    /// The campaign that it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign_id: Option<String>,
    /// Who wanted it.
    by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    ordered_at: Timestamp,
    /// Until when it waits for its end.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
}

impl From<StationUpdate> for UpdateView {
    fn from(update: StationUpdate) -> UpdateView {
        let state = update.state.name();
        let (reason, version) = match update.state {
            UpdateState::Failed { why } => (Some(why), None),
            UpdateState::Confirmed { version } => (None, version),
            _ => (None, None),
        };
        UpdateView {
            station_id: update.station.to_string(),
            request: update.request,
            firmware_id: update.firmware.0,
            state,
            reason,
            version_before: update.before,
            version,
            course: update
                .course
                .iter()
                .map(|step| StepView { at: step.at, stage: step.stage.as_str() })
                .collect(),
            attempts: update.attempts,
            campaign_id: update.campaign.map(|campaign| campaign.0),
            by: update.by,
            ordered_at: update.ordered_at,
            until: update.until,
        }
    }
}

/// The latest updates that are listed.
const LATEST: usize = 200;

/// List the firmware
///
/// In the order in which it was added.
#[utoipa::path(
    get, path = "/api/v1/firmware", tag = "firmware", operation_id = "listFirmware",
    security(("api_key" = ["stations:read"])),
    params(PageQuery),
    responses(
        (status = 200, description = "A page of firmware", body = List<FirmwareView>),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Params(query): Params<PageQuery>,
) -> Result<Json<List<FirmwareView>>, Problem> {
    page_of(&app, query, Order::Ascending, |firmware: Firmware| firmware.into()).await
}

/// Show one firmware
#[utoipa::path(
    get, path = "/api/v1/firmware/{id}", tag = "firmware", operation_id = "getFirmware",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "Its key")),
    responses(
        (status = 200, description = "The firmware", body = FirmwareView),
        (status = 404, description = "There is no such firmware"),
    )
)]
pub(crate) async fn one(State(app): State<App>, Key(id): Key) -> Result<Json<FirmwareView>, Problem> {
    Ok(Json(app.upkeep.firmware(&FirmwareId(id)).await?.into()))
}

/// Add a firmware
///
/// One with a `url` lies elsewhere. Otherwise its content is put under `/api/v1/firmware/{id}/content`.
#[utoipa::path(
    post, path = "/api/v1/firmware", tag = "firmware", operation_id = "addFirmware",
    security(("api_key" = ["stations:write"])),
    request_body = FirmwareBody,
    responses(
        (status = 201, description = "The firmware", body = FirmwareView, headers(
            ("Location" = String, description = "Its path"), ("ETag" = String, description = "Its revision"))),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn add(
    State(app): State<App>,
    Body(body): Body<FirmwareBody>,
) -> Result<Created<FirmwareView>, Problem> {
    let signature = body.signature.map(|signed| FirmwareSignature {
        certificate: signed.certificate.into(),
        signature: signed.signature.into(),
    });
    let form = FirmwareForm { name: body.name, version: body.version, url: body.url, signature };
    let firmware = app.upkeep.add_firmware(form).await?;
    let location = format!("/api/v1/firmware/{}", segment(&firmware.id.0));
    Ok(Created { location, revision: Some(firmware.revision), body: firmware.into() })
}

/// Put the content of a firmware
///
/// The body is the file. It never changes afterwards; it is kept whole or not at all.
#[utoipa::path(
    put, path = "/api/v1/firmware/{id}/content", tag = "firmware", operation_id = "putFirmwareContent",
    security(("api_key" = ["stations:write"])),
    params(("id" = String, Path, description = "Its key")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, description = "The firmware, with the size and digests of its content", body = FirmwareView),
        (status = 404, description = "There is no such firmware"),
        (status = 409, description = "Its content is there already"),
    )
)]
pub(crate) async fn content(
    State(app): State<App>,
    Key(id): Key,
    content: Content,
) -> Result<Json<FirmwareView>, Problem> {
    let kept = app.upkeep.take_firmware(&FirmwareId(id), content.into_data_stream()).await?;
    Ok(Json(kept.into()))
}

/// Remove a firmware
///
/// Updates with it that a station has not been told of fail.
#[utoipa::path(
    delete, path = "/api/v1/firmware/{id}", tag = "firmware", operation_id = "removeFirmware",
    security(("api_key" = ["stations:write"])),
    params(("id" = String, Path, description = "Its key")),
    responses(
        (status = 204, description = "It is removed"),
        (status = 404, description = "There is no such firmware"),
    )
)]
pub(crate) async fn remove(State(app): State<App>, Key(id): Key) -> Result<StatusCode, Problem> {
    app.upkeep.remove_firmware(&FirmwareId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List the updates of a station
///
/// The latest 200, the last one first.
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/updates", tag = "firmware", operation_id = "listUpdates",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses(
        (status = 200, description = "Its updates", body = List<UpdateView>),
        (status = 404, description = "There is no such station"),
    )
)]
pub(crate) async fn updates(State(app): State<App>, Key(id): Key) -> Result<Json<List<UpdateView>>, Problem> {
    let updates = app.upkeep.updates_of(&identity(&id)?, LATEST).await?;
    Ok(Json(List { items: updates.into_iter().map(Into::into).collect(), next: None }))
}

/// Update a station
///
/// It is told as soon as it is connected, and followed until it starts with the new version. A later update
/// takes the place of one that it is at, where the station can.
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/updates", tag = "firmware", operation_id = "updateStation",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The station's identity")),
    request_body = UpdateBody,
    responses(
        (status = 201, description = "The update", body = UpdateView, headers(
            ("Location" = String, description = "Its path"), ("ETag" = String, description = "Its revision"))),
        (status = 404, description = "There is no such station or firmware"),
        (status = 409, description = "The content of the firmware has not come yet"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn update(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Key(id): Key,
    Body(body): Body<UpdateBody>,
) -> Result<Created<UpdateView>, Problem> {
    let station = identity(&id)?;
    let form = UpdateForm {
        firmware: FirmwareId(body.firmware_id),
        retrieve_at: body.retrieve_at,
        install_at: body.install_at,
        retries: retries(body.retries, body.retry_interval_s)?,
        within: Duration::from_secs(u64::from(body.within_hours.unwrap_or(48)) * 3600),
    };
    let update = app.upkeep.update(&station, &form, &caller.identity.name).await?;
    let location = format!("/api/v1/stations/{}/updates/{}", segment(station.as_str()), update.request);
    Ok(Created { location, revision: Some(update.revision), body: update.into() })
}

/// Take an update back
///
/// Only as long as the station has not been told.
#[utoipa::path(
    delete, path = "/api/v1/stations/{id}/updates/{request}", tag = "firmware", operation_id = "withdrawUpdate",
    security(("api_key" = ["commands:send"])),
    params(
        ("id" = String, Path, description = "The station's identity"),
        ("request" = u32, Path, description = "The update's number"),
    ),
    responses(
        (status = 200, description = "The update", body = UpdateView),
        (status = 404, description = "There is no such update"),
        (status = 409, description = "The station was told"),
    )
)]
pub(crate) async fn withdraw(State(app): State<App>, of: Numbered) -> Result<Json<UpdateView>, Problem> {
    Ok(Json(app.upkeep.withdraw_update(&of.station, of.request).await?.into()))
}
