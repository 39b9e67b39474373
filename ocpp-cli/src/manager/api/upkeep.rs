//! What firmware, campaigns, logs, security events and certificates have in common.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use ocpp_core::model::StationId;
use ocpp_server::maintenance::UpkeepError;

use super::problem::{Kind, Problem, WrongValue};
use super::stations::identity;
use crate::manager::App;

impl From<UpkeepError> for Problem {
    fn from(error: UpkeepError) -> Problem {
        let detail = error.to_string();
        match error {
            UpkeepError::Unknown { .. } => Kind::NotFound.because(detail),
            UpkeepError::Invalid { pointer, sentence } => {
                let wrong = WrongValue { pointer: pointer.to_owned(), detail: sentence };
                Kind::Invalid.because(detail).with_errors(vec![wrong])
            }
            UpkeepError::Forbidden(_) => Kind::Rule.because(detail),
            UpkeepError::NotConnected => Kind::NotConnected.because(detail),
            UpkeepError::Conflict => Kind::Changed.because(detail),
            UpkeepError::TooLarge(_) => Kind::TooLarge.because(detail),
            UpkeepError::Unavailable(_) => {
                tracing::error!(error = detail, "a request could not be answered");
                Kind::Unavailable.because(detail)
            }
        }
    }
}

/// A station and the number of something of it, in a path.
pub(crate) struct Numbered {
    pub(crate) station: StationId,
    pub(crate) request: u32,
}

impl FromRequestParts<App> for Numbered {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Numbered, Problem> {
        let Path((station, request)) = Path::<(String, String)>::from_request_parts(parts, app).await?;
        let number = request.parse();
        let missing = |_| Problem::not_found(format!("There is no number {request:?} of this station."));
        Ok(Numbered { station: identity(&station)?, request: number.map_err(missing)? })
    }
}

/// How often a station tries again, and with what pause.
///
/// # Errors
/// A problem when only one of them is there, or one is out of its limits.
pub(super) fn retries(retries: Option<u32>, interval_s: Option<u32>) -> Result<Option<(u32, u32)>, Problem> {
    match (retries, interval_s) {
        (None, None) => Ok(None),
        (Some(retries @ 0..=100), Some(interval @ 1..=86_400)) => Ok(Some((retries, interval))),
        _ => {
            let detail =
                "retries (0 to 100) and retry_interval_s (1 to 86400) are given together.".to_owned();
            let wrong = WrongValue { pointer: "/retries".to_owned(), detail: detail.clone() };
            Err(Kind::Invalid.because(detail).with_errors(vec![wrong]))
        }
    }
}
