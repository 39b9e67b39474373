//! `/files`: where stations fetch firmware and upload logs, at addresses that only their orders tell them.

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use ocpp_core::model::StationId;
use ocpp_server::domain::{FirmwareId, StationLog};
use ocpp_server::maintenance::{Seal, Upload, UploadRefused};
use tower_http::services::ServeFile;

use super::App;

pub(super) fn router(app: App) -> Router {
    let upload = put(upload).post(upload_posted);
    Router::new()
        .route("/files/firmware/{id}/{seal}/{name}", get(firmware))
        .route("/files/logs/{station}/{request}/{seal}", upload.clone())
        // Some stations take the address for a folder, and add the name of their file.
        .route("/files/logs/{station}/{request}/{seal}/{*name}", upload)
        // Files have limits of their own.
        .layer(DefaultBodyLimit::disable())
        .with_state(app)
}

/// `GET /files/firmware/{id}/{seal}/{name}`: the whole file, or the ranges that a station asks for after its
/// line broke.
async fn firmware(
    State(app): State<App>,
    Path((id, seal, _)): Path<(String, String, String)>,
    request: Request,
) -> Response {
    let found = app.upkeep.fetched_firmware(&FirmwareId(id), &Seal::new(&seal)).await;
    let path = match found {
        Ok(Some((_, path))) => path,
        Ok(None) => {
            return (StatusCode::NOT_FOUND, "There is no such file, or not any more.\n").into_response();
        }
        Err(error) => {
            tracing::error!(%error, "a firmware cannot be given");
            return (StatusCode::SERVICE_UNAVAILABLE, "Try again later.\n").into_response();
        }
    };
    match ServeFile::new(path).try_call(request).await {
        Ok(response) => response.map(Body::new),
        Err(error) => {
            tracing::error!(%error, "a firmware cannot be read");
            (StatusCode::SERVICE_UNAVAILABLE, "Try again later.\n").into_response()
        }
    }
}

/// The parts of the address of an upload.
#[derive(Debug, serde::Deserialize)]
struct Place {
    station: String,
    request: u32,
    seal: String,
    name: Option<String>,
}

impl Place {
    fn upload(self, headers: &HeaderMap) -> Option<Upload> {
        let told = headers.get(header::CONTENT_DISPOSITION).and_then(|value| value.to_str().ok());
        Some(Upload {
            station: StationId::new(&self.station).ok()?,
            request: self.request,
            seal: Seal::new(&self.seal),
            file_name: told.and_then(file_name).or(self.name),
        })
    }
}

/// The name in `attachment; filename="log.gz"`.
fn file_name(disposition: &str) -> Option<String> {
    let parts = disposition.split(';').map(str::trim);
    let name = parts.into_iter().find_map(|part| part.strip_prefix("filename="))?;
    Some(name.trim_matches('"').to_owned())
}

/// `PUT`: the body is the file.
async fn upload(State(app): State<App>, Path(place): Path<Place>, request: Request) -> Response {
    let Some(upload) = place.upload(request.headers()) else { return answer(Err(UploadRefused::BadAddress)) };
    let content = request.into_body().into_data_stream();
    in_time(&app, app.upkeep.take_log(&upload, content)).await
}

/// `POST`: the body is the file, or a form with the file in it (N01.FR.18, N01.FR.19).
async fn upload_posted(State(app): State<App>, Path(place): Path<Place>, request: Request) -> Response {
    let Some(mut upload) = place.upload(request.headers()) else {
        return answer(Err(UploadRefused::BadAddress));
    };
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !content_type.is_some_and(|content_type| content_type.starts_with("multipart/form-data")) {
        let content = request.into_body().into_data_stream();
        return in_time(&app, app.upkeep.take_log(&upload, content)).await;
    }
    let Ok(mut form) = Multipart::from_request(request, &app).await else {
        return (StatusCode::BAD_REQUEST, "The form cannot be read.\n").into_response();
    };
    in_time(&app, async {
        loop {
            match form.next_field().await {
                Ok(Some(field)) if field.file_name().is_some() => {
                    upload.file_name = field.file_name().map(str::to_owned);
                    return app.upkeep.take_log(&upload, field).await;
                }
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => return Err(UploadRefused::BrokenOff),
            }
        }
    })
    .await
}

async fn in_time(app: &App, taking: impl Future<Output = Result<StationLog, UploadRefused>>) -> Response {
    let within = app.upkeep.settings().upload_within;
    answer(tokio::time::timeout(within, taking).await.unwrap_or(Err(UploadRefused::BrokenOff)))
}

fn answer(taken: Result<StationLog, UploadRefused>) -> Response {
    let refused = match taken {
        Ok(_) => return StatusCode::CREATED.into_response(),
        Err(refused) => refused,
    };
    let status = match refused {
        UploadRefused::BadAddress => StatusCode::NOT_FOUND,
        UploadRefused::Taken => StatusCode::CONFLICT,
        UploadRefused::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        UploadRefused::BrokenOff => StatusCode::BAD_REQUEST,
        UploadRefused::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, format!("{refused}\n")).into_response()
}
