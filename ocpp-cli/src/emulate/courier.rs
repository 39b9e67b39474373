//! Files of an emulated station, over real HTTP.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use futures_util::StreamExt;
use ocpp_client::driver::Courier;
use ocpp_client::hardware::{Errand, ErrandFailure, ErrandResult, ErrandToken, FetchedFirmware};

/// How long a file may take.
const WITHIN: Duration = Duration::from_secs(600);
/// The most that is fetched: a firmware is read and thrown away.
const MAX_FETCHED: u64 = 1 << 30;

/// Fetches and uploads in tasks of its own. It has no maker's keys: the signature of a firmware is taken for right.
pub(super) struct HttpCourier {
    http: reqwest::Client,
    done: Sender<(ErrandToken, ErrandResult)>,
    ended: Receiver<(ErrandToken, ErrandResult)>,
}

impl HttpCourier {
    pub(super) fn new() -> HttpCourier {
        let (done, ended) = channel();
        let http = reqwest::Client::builder().timeout(WITHIN).build().unwrap_or_default();
        HttpCourier { http, done, ended }
    }
}

impl Courier for HttpCourier {
    fn begin(&mut self, errand: Errand) {
        let (http, done) = (self.http.clone(), self.done.clone());
        tokio::spawn(async move {
            let ended = match errand {
                Errand::Fetch { token, url, .. } => (token, fetch(&http, &url).await),
                Errand::Upload { token, url, name, content } => {
                    (token, upload(&http, &url, &name, content).await)
                }
            };
            // The station may be gone.
            let _ = done.send(ended);
        });
    }

    fn ended(&mut self) -> Vec<(ErrandToken, ErrandResult)> {
        self.ended.try_iter().collect()
    }
}

/// Reads the whole file. Its version is what its name says between the last `-` and the ending, else its size.
async fn fetch(http: &reqwest::Client, url: &str) -> ErrandResult {
    let response = match http.get(url).send().await {
        Ok(response) if response.status().is_success() => response,
        Ok(response) => return ErrandResult::Failed(failure(response.status())),
        Err(error) => return ErrandResult::Failed(unsent(&error)),
    };
    let mut size = 0_u64;
    let mut content = response.bytes_stream();
    while let Some(piece) = content.next().await {
        let Ok(piece) = piece else { return ErrandResult::Failed(ErrandFailure::Unreachable) };
        size = size.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if size > MAX_FETCHED {
            return ErrandResult::Failed(ErrandFailure::BadMessage);
        }
    }
    let version = version_in(url).unwrap_or_else(|| format!("{size} bytes"));
    ErrandResult::Fetched(FetchedFirmware { version: version.into(), is_authentic: true })
}

async fn upload(http: &reqwest::Client, url: &str, name: &str, content: Vec<u8>) -> ErrandResult {
    let request = http
        .put(url)
        .header("content-type", "application/octet-stream")
        .header("content-disposition", format!("attachment; filename=\"{name}\""))
        .body(content);
    match request.send().await {
        Ok(response) if response.status().is_success() => ErrandResult::Uploaded,
        Ok(response) => ErrandResult::Failed(failure(response.status())),
        Err(error) => ErrandResult::Failed(unsent(&error)),
    }
}

fn failure(status: reqwest::StatusCode) -> ErrandFailure {
    match status.as_u16() {
        401 | 403 | 404 | 409 | 410 => ErrandFailure::Denied,
        405 | 501 => ErrandFailure::NotSupported,
        400..=499 => ErrandFailure::BadMessage,
        _ => ErrandFailure::Unreachable,
    }
}

fn unsent(error: &reqwest::Error) -> ErrandFailure {
    // Such as ftp://, which nobody here speaks.
    if error.is_builder() { ErrandFailure::NotSupported } else { ErrandFailure::Unreachable }
}

/// The version in `fw-2.4.1.bin`.
fn version_in(url: &str) -> Option<String> {
    let name = url.split(['?', '#']).next()?.rsplit('/').next()?;
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let version = stem.rsplit_once('-')?.1;
    let is_version = version.starts_with(|sign: char| sign.is_ascii_digit()) && version.len() <= 50;
    is_version.then(|| version.to_owned())
}
