//! The manager that `ocpp serve` runs: stations at one address, people and programs at the other.

mod api;
mod web;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use ocpp_server::Csms;
use ocpp_server::edge::{EveryStation, KnownStations};
use ocpp_server::handle::{EveryToken, KnownTokens};
use ocpp_server::store::{Sqlite, Store};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::exit::Failure;
use crate::settings::{AdmissionSettings, ServeSettings};

/// The name of the database within the data directory.
const DATABASE: &str = "ocpp.db";

/// Runs the manager until it is told to stop (Ctrl-C or SIGTERM).
///
/// # Errors
/// When a port is taken, the directory cannot be used or the database is damaged.
pub(crate) async fn run(settings: ServeSettings) -> Result<(), Failure> {
    let manager = Manager::start(&settings).await?;
    announce(&manager, &settings);
    let shutdown = CancellationToken::new();
    tokio::spawn(cancel_on_signal(shutdown.clone()));
    manager.serve(shutdown).await
}

/// Prints the description of the REST interface.
///
/// # Errors
/// When standard output cannot be written.
pub(crate) fn print_openapi() -> Result<(), Failure> {
    use std::io::Write;

    let text = api::openapi_json();
    writeln!(std::io::stdout(), "{text}")
        .map_err(|error| Failure::unavailable("standard output cannot be written", &error))
}

/// A manager whose ports are open and whose database is at hand.
pub(crate) struct Manager {
    csms: Csms,
    stations: TcpListener,
    people: TcpListener,
    is_open: bool,
}

impl Manager {
    /// Opens the database and both ports.
    ///
    /// # Errors
    /// One sentence about what is not to be had.
    pub(crate) async fn start(settings: &ServeSettings) -> Result<Manager, Failure> {
        let store = open_store(&settings.data)?;
        let stations = listen(settings.ocpp_listen, "charging stations", "--ocpp-listen").await?;
        let people = listen(settings.http_listen, "the web page", "--http-listen").await?;
        let builder = Csms::builder_over(store).heartbeat_interval(settings.heartbeat_interval_s);
        let builder = match &settings.admission {
            AdmissionSettings::Open => builder.admission(EveryStation).authorizer(EveryToken),
            AdmissionSettings::Known { stations, tokens } => builder
                .admission(KnownStations::new(stations.iter().cloned()))
                .authorizer(KnownTokens::new(tokens.iter().map(String::as_str))),
        };
        let csms = builder
            .build()
            .await
            .map_err(|error| Failure::unavailable("the manager cannot start", &error))?;
        let is_open = settings.admission == AdmissionSettings::Open;
        Ok(Manager { csms, stations, people, is_open })
    }

    /// The address for charging stations.
    pub(crate) fn ocpp_address(&self) -> Option<SocketAddr> {
        self.stations.local_addr().ok()
    }

    /// The address of the page.
    pub(crate) fn http_address(&self) -> Option<SocketAddr> {
        self.people.local_addr().ok()
    }

    /// Serves until `shutdown`, then lets every connection finish the call in hand.
    ///
    /// # Errors
    /// When the web server fails.
    pub(crate) async fn serve(self, shutdown: CancellationToken) -> Result<(), Failure> {
        let shown = Arc::new(web::Shown {
            csms: self.csms.clone(),
            is_open: self.is_open,
            shutdown: shutdown.clone(),
        });
        let router = web::router(Arc::clone(&shown)).merge(api::router(self.csms.clone()));
        let stations = self.csms.serve(self.stations, shutdown.clone());
        let people =
            axum::serve(self.people, router).with_graceful_shutdown(shutdown.clone().cancelled_owned());
        let ((), people) = tokio::join!(stations, async {
            let result = people.await;
            shutdown.cancel();
            result
        });
        people.map_err(|error| Failure::unavailable("the web server failed", &error))
    }
}

fn open_store(data: &Path) -> Result<Arc<dyn Store>, Failure> {
    std::fs::create_dir_all(data).map_err(|error| {
        Failure::unavailable(format!("the data directory {} cannot be made", data.display()), &error)
    })?;
    let path = data.join(DATABASE);
    let store = Sqlite::open(&path)
        .map_err(|error| Failure::Unavailable(format!("the database {}: {error}", path.display())))?;
    Ok(Arc::new(store))
}

async fn listen(address: SocketAddr, whom: &str, flag: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => Failure::Unavailable(format!(
            "{address}, the address for {whom}, is taken by another program: stop it, or choose another with {flag}"
        )),
        _ => Failure::unavailable(
            format!("{address}, the address for {whom}, cannot be used (choose another with {flag})"),
            &error,
        ),
    })
}

fn announce(manager: &Manager, settings: &ServeSettings) {
    let ocpp = manager.ocpp_address().unwrap_or(settings.ocpp_listen);
    let http = manager.http_address().unwrap_or(settings.http_listen);
    eprintln!("Charging stations dial   ws://{ocpp}/ocpp/<identity>");
    eprintln!("Live page                http://{http}/");
    eprintln!("REST interface           http://{http}/api/v1 (described by /api/v1/openapi.json)");
    eprintln!("Database                 {}", settings.data.join(DATABASE).display());
    match &settings.admission {
        AdmissionSettings::Open => {
            eprintln!("Open, for trying out: every station and every token is accepted.")
        }
        AdmissionSettings::Known { stations, tokens } => eprintln!(
            "{} stations and {} tokens are known; others are refused and listed on the page.",
            stations.len(),
            tokens.len()
        ),
    }
    eprintln!("Stop with Ctrl-C.");
}

/// Cancels when the process is told to stop.
pub(crate) async fn cancel_on_signal(shutdown: CancellationToken) {
    stop_signal().await;
    shutdown.cancel();
}

#[cfg(unix)]
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};

    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        },
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

#[cfg(not(unix))]
async fn stop_signal() {
    let _ = tokio::signal::ctrl_c().await;
}
