//! The manager that `ocpp serve` runs: stations at one address, people and programs at the other.

mod api;
mod choice;
mod files;
mod first_key;
mod health;
mod messages;
mod offers;
mod origin;
mod paper;
mod public;
mod smtp;
mod web;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ocpp_server::Csms;
use ocpp_server::access::{Gate, Pepper, Purpose};
use ocpp_server::availability::History;
use ocpp_server::availability::report::Reports;
use ocpp_server::edge::{EveryStation, StoredStations};
use ocpp_server::handle::{StoredBoots, StoredTokens};
use ocpp_server::maintenance::{
    Defaults, Desired, DeviceModels, Diagnostics, DiagnosticsSettings, Energy, Files, Links, Reservations,
    Retention, Upholding, Upkeep, UpkeepSettings,
};
use ocpp_server::message_log::{self, MessageLog, PseudonymKey};
use ocpp_server::metrics::Metrics;
use ocpp_server::payment::Sandbox;
use ocpp_server::pricing::StoredPricing;
use ocpp_server::process::{Mailing, ProcessSettings, Processes};
use ocpp_server::register::{Login, Register, RegisterError, StationForm, TokenForm};
use ocpp_server::store::{Sqlite, Store};
use tokio::net::{TcpListener, TcpSocket};
use tokio_util::sync::CancellationToken;

use crate::exit::Failure;
use crate::settings::{AdmissionSettings, LogSettings, Party, PaymentSettings, ServeSettings};
pub(crate) use first_key::make_key;
use messages::Messages;

/// The name of the database within the data directory.
const DATABASE: &str = "ocpp.db";
/// The name of the file with the key of digests, beside the database.
const PEPPER: &str = "ocpp.key";
/// The directory of firmware and logs of stations, beside the database.
const FILES: &str = "files";
/// The directory of the message log, beside the database.
const MESSAGES: &str = "messages";

/// Seconds until a station that may not work yet is to boot again.
const ASK_AGAIN_S: u32 = 60;

/// What pages and the REST interface work with. Clones are the same.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) csms: Csms,
    pub(crate) gate: Arc<Gate>,
    pub(crate) register: Register,
    pub(crate) processes: Processes,
    pub(crate) upkeep: Upkeep,
    pub(crate) reservations: Reservations,
    pub(crate) upholding: Upholding,
    pub(crate) devices: DeviceModels,
    pub(crate) desired: Desired,
    /// Charging profiles and tariffs that stations should have.
    pub(crate) defaults: Defaults,
    /// Alarms, monitors, displays, and what stations know about customers.
    pub(crate) diagnostics: Diagnostics,
    pub(crate) retention: Retention,
    /// What every port did.
    pub(crate) history: History,
    /// How long what was observed of ports is kept.
    pub(crate) keep_observations: Duration,
    /// Uptime reports.
    pub(crate) reports: Reports,
    /// Looks things up in the message log.
    pub(crate) messages: Messages,
    /// Whether every station and token is accepted: for trying out.
    pub(crate) is_open: bool,
    /// Whether people and programs have to say who they are: always, but for an open manager whose page can
    /// only be reached from its own machine.
    pub(crate) needs_sign_in: bool,
    /// How drivers pay on the spot.
    pub(crate) payments: PaymentSettings,
    /// Where stations dial, without the identity: `ws://HOST:PORT/ocpp/`.
    pub(crate) ocpp_url: Arc<str>,
    /// Where the pages are: `http://HOST:PORT`.
    pub(crate) http_url: Arc<str>,
    /// Who the operator is for partners; OCPI is off without it.
    pub(crate) party: Option<Party>,
    /// What everybody may see.
    pub(crate) public: public::Live,
    pub(crate) shutdown: CancellationToken,
}

impl axum::extract::FromRef<App> for Csms {
    fn from_ref(app: &App) -> Csms {
        app.csms.clone()
    }
}

/// Runs the manager until it is told to stop (Ctrl-C or SIGTERM).
///
/// # Errors
/// When a port is taken, the directory cannot be used or the database is damaged.
pub(crate) async fn run(settings: ServeSettings) -> Result<(), Failure> {
    let manager = Manager::start(&settings).await?;
    announce(&manager).await?;
    tokio::spawn(cancel_on_signal(manager.app.shutdown.clone()));
    // On a thread of the runtime, so that each event does not wake a thread of its own.
    let serving = tokio::spawn(manager.serve());
    serving.await.unwrap_or_else(|error| Err(Failure::unavailable("the manager broke off", &error)))
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
    pub(crate) app: App,
    stations: TcpListener,
    people: TcpListener,
}

impl Manager {
    /// Opens the database and both ports.
    ///
    /// # Errors
    /// One sentence about what is not to be had.
    pub(crate) async fn start(settings: &ServeSettings) -> Result<Manager, Failure> {
        let metrics = Metrics::new();
        let store = open_store(&settings.data, metrics.clone())?;
        let pepper = open_pepper(&settings.data)?;
        let log = open_log(settings, &pepper)?;
        let stations = listen(settings.ocpp_listen, "charging stations", "--ocpp-listen").await?;
        let people = listen(settings.http_listen, "the web page", "--http-listen").await?;
        let csms = build(&store, &pepper, settings, (metrics, log)).await?;
        let sandbox = Arc::new(Sandbox::new(Arc::clone(&store)));
        let ocpp = stations.local_addr().unwrap_or(settings.ocpp_listen);
        let http = people.local_addr().unwrap_or(settings.http_listen);
        let app = App {
            gate: Arc::new(Gate::new(store, csms.bus().clone(), pepper.clone())),
            upkeep: open_upkeep(settings, &csms, &pepper, http)?,
            reservations: Reservations::new(csms.clone()),
            upholding: Upholding::new(csms.clone()),
            devices: DeviceModels::new(csms.clone()),
            desired: Desired::new(csms.clone()),
            defaults: Defaults::new(csms.clone()),
            diagnostics: Diagnostics::new(csms.clone(), diagnostics_settings(settings)),
            retention: Retention::new(csms.clone(), settings.retention),
            history: History::new(csms.clone()),
            keep_observations: settings.retention.max_age,
            reports: Reports::new(csms.clone(), History::new(csms.clone())),
            register: Register::new(csms.clone(), pepper.clone()).newcomers(settings.newcomers),
            messages: Messages::new(csms.message_log().cloned()),
            processes: open_processes(settings, &csms, sandbox, &pepper)?,
            needs_sign_in: !(settings.admission == AdmissionSettings::Open && http.ip().is_loopback()),
            is_open: settings.admission == AdmissionSettings::Open,
            payments: settings.payments,
            ocpp_url: format!("ws://{ocpp}/ocpp/").into(),
            http_url: format!("http://{http}").into(),
            party: settings.party.clone(),
            public: public::Live::new(csms.now()),
            shutdown: CancellationToken::new(),
            csms,
        };
        make_known(&app.register, &settings.admission).await?;
        Ok(Manager { app, stations, people })
    }

    /// Serves until it is shut down, then lets every connection finish the call in hand.
    ///
    /// # Errors
    /// When the web server fails.
    pub(crate) async fn serve(self) -> Result<(), Failure> {
        let Manager { app, stations, people } = self;
        let shutdown = app.shutdown.clone();
        let router = web::router(app.clone())
            .merge(api::router(app.clone()))
            .merge(health::router(app.clone()))
            .merge(files::router(app.clone()))
            .merge(public::router(app.clone()));
        let router = router.into_make_service_with_connect_info::<SocketAddr>();
        let people = axum::serve(people, router).with_graceful_shutdown(shutdown.clone().cancelled_owned());
        let stations = app.csms.serve(stations, shutdown.clone());
        let energy = Energy::new(app.csms.clone());
        let work = async {
            tokio::join!(
                app.processes.run(shutdown.clone()),
                app.upkeep.run(shutdown.clone()),
                app.reservations.run(shutdown.clone()),
                app.upholding.run(shutdown.clone()),
                app.devices.run(shutdown.clone()),
                app.desired.run(shutdown.clone()),
                app.defaults.run(shutdown.clone()),
                app.diagnostics.run(shutdown.clone()),
                app.retention.run(shutdown.clone()),
                app.history.run(app.keep_observations, shutdown.clone()),
                energy.run(shutdown.clone()),
                public::tell_who_waits(app.clone(), shutdown.clone())
            )
        };
        let ((), _, people) = tokio::join!(stations, work, async {
            let result = people.await;
            shutdown.cancel();
            result
        });
        people.map_err(|error| Failure::unavailable("the web server failed", &error))
    }
}

async fn build(
    store: &Arc<dyn Store>,
    pepper: &Pepper,
    settings: &ServeSettings,
    (metrics, log): (Metrics, Option<MessageLog>),
) -> Result<Csms, Failure> {
    let builder = Csms::builder_over(Arc::clone(store)).metrics(metrics);
    let builder = match log {
        Some(log) => builder.message_log(log),
        None => builder,
    };
    let builder = builder
        .heartbeat_interval(settings.heartbeat_interval_s)
        .edge(settings.edge.clone())
        .tolerance(settings.tolerance.clone())
        .boots(StoredBoots::new(Arc::clone(store), ASK_AGAIN_S).for_unknown(settings.newcomers))
        .pricing(StoredPricing::new(Arc::clone(store)));
    let tokens = StoredTokens::new(Arc::clone(store));
    let builder = match &settings.admission {
        AdmissionSettings::Open => builder.admission(EveryStation).authorizer(tokens.accepting_unknown()),
        AdmissionSettings::Known { .. } => {
            builder.admission(StoredStations::new(Arc::clone(store), pepper.clone())).authorizer(tokens)
        }
    };
    builder.build().await.map_err(|error| Failure::unavailable("the manager cannot start", &error))
}

/// The stations and tokens of the settings, as far as they are not known yet.
async fn make_known(register: &Register, admission: &AdmissionSettings) -> Result<(), Failure> {
    let AdmissionSettings::Known { stations, tokens } = admission else { return Ok(()) };
    let known = |error: RegisterError| match error {
        RegisterError::Exists { .. } => Ok(()),
        RegisterError::Invalid(_) => Err(Failure::Usage(error.to_string())),
        _ => Err(Failure::unavailable("the manager cannot start", &error)),
    };
    for id in stations {
        let added = register.add_station(id.as_str(), Login::Unproven, StationForm::default()).await;
        added.map(drop).or_else(known)?;
    }
    for token in tokens {
        register.add_token(token, TokenForm::default()).await.map(drop).or_else(known)?;
    }
    Ok(())
}

/// Firmware and logs lie beside the database; stations fetch and upload them at the page's address, or at the one
/// that they are told.
fn open_upkeep(
    settings: &ServeSettings,
    csms: &Csms,
    pepper: &Pepper,
    http: SocketAddr,
) -> Result<Upkeep, Failure> {
    let directory = settings.data.join(FILES);
    let files = Files::open(&directory)
        .map_err(|error| Failure::unavailable(format!("the directory {}", directory.display()), &error))?;
    let base = settings.files_url.clone().unwrap_or_else(|| format!("http://{http}"));
    let links = Links::new(&base, pepper.clone());
    Ok(Upkeep::new(csms.clone(), files, links, UpkeepSettings::default()))
}

/// Payments and receipts; mails to drivers where there is a server for them.
fn open_processes(
    settings: &ServeSettings,
    csms: &Csms,
    gateway: Arc<Sandbox>,
    pepper: &Pepper,
) -> Result<Processes, Failure> {
    let processes = Processes::new(csms.clone(), gateway, ProcessSettings::default());
    let Some(mail) = &settings.mail else { return Ok(processes) };
    let mailer = Arc::new(smtp::Smtp::new(mail)?);
    Ok(processes.mailing(Mailing { mailer, base: mail.public_url.clone(), pepper: pepper.clone() }))
}

fn diagnostics_settings(settings: &ServeSettings) -> DiagnosticsSettings {
    DiagnosticsSettings { keep_customers: settings.keep_customers, ..DiagnosticsSettings::default() }
}

fn open_pepper(data: &Path) -> Result<Pepper, Failure> {
    let path = data.join(PEPPER);
    Pepper::load_or_create(&path)
        .map_err(|error| Failure::Unavailable(format!("{}: {error}", path.display())))
}

/// The message log lies beside the database. Its pseudonyms are made with a key that is made of the pepper.
fn open_log(settings: &ServeSettings, pepper: &Pepper) -> Result<Option<MessageLog>, Failure> {
    let LogSettings::On { max_age, max_bytes } = settings.message_log else { return Ok(None) };
    let directory = settings.data.join(MESSAGES);
    let key = pepper.digest(Purpose::Pseudonyms, b"message log");
    let key = PseudonymKey::derive(key.0.as_bytes());
    let settings = message_log::Settings { max_age, max_bytes, ..message_log::Settings::new(key) };
    let log = MessageLog::open(&directory, settings)
        .map_err(|error| Failure::unavailable(format!("the message log {}", directory.display()), &error))?;
    Ok(Some(log))
}

fn open_store(data: &Path, metrics: Metrics) -> Result<Arc<dyn Store>, Failure> {
    std::fs::create_dir_all(data).map_err(|error| {
        Failure::unavailable(format!("the data directory {} cannot be made", data.display()), &error)
    })?;
    let path = data.join(DATABASE);
    let store = Sqlite::open_counting(&path, metrics)
        .map_err(|error| Failure::Unavailable(format!("the database {}: {error}", path.display())))?;
    Ok(Arc::new(store))
}

/// How many connections may wait to be taken: stations of a whole network come back at once.
const BACKLOG: u32 = 4096;

fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A manager that is started again does not wait for the connections of the one before.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

async fn listen(address: SocketAddr, whom: &str, flag: &str) -> Result<TcpListener, Failure> {
    bind(address).map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => Failure::Unavailable(format!(
            "{address}, the address for {whom}, is taken by another program: stop it, or choose another with {flag}"
        )),
        _ => Failure::unavailable(
            format!("{address}, the address for {whom}, cannot be used (choose another with {flag})"),
            &error,
        ),
    })
}

/// Says where everything is. While there is no owner, that includes the link that makes one.
async fn announce(manager: &Manager) -> Result<(), Failure> {
    let app = &manager.app;
    eprintln!("Charging stations dial   {}<identity>", app.ocpp_url);
    eprintln!("Live page                {}/", app.http_url);
    eprintln!("REST interface           {}/api/v1 (described by /api/v1/openapi.json)", app.http_url);
    if app.is_open {
        eprintln!("Open, for trying out: every station and every token is accepted.");
    }
    if app.needs_sign_in {
        let link = app.gate.make_setup_link(app.csms.now()).await;
        match link.map_err(|error| Failure::unavailable("the manager cannot start", &error))? {
            Some(code) => {
                eprintln!("First start: make the owner with this link, valid for 30 minutes and once:");
                eprintln!("                         {}/setup/{}", app.http_url, code.expose());
            }
            None => eprintln!("Sign in                  {}/sign-in", app.http_url),
        }
    } else {
        eprintln!("No sign-in is needed: the page can be reached from this machine only.");
    }
    eprintln!("Stop with Ctrl-C.");
    Ok(())
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
