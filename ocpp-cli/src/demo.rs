//! `ocpp demo`: the manager together with a dozen emulated stations at two sites, to look at.
//!
//! ```text
//! world      the sites, tariffs, tokens and stations that are there from the start
//! past       a year of history that is invented
//! drivers    people who pay, and whose vehicles come
//! ```

mod drivers;
mod past;
mod world;

use std::collections::BTreeMap;
use std::sync::Arc;

use ocpp_core::model::{Registration, StationId};
use ocpp_server::maintenance::RetentionSettings;

use crate::cli::DemoArgs;
use crate::emulate::{Extras, Guests, Habits, StationPlan, Traffic, emulate};
use crate::exit::Failure;
use crate::manager::{App, Manager, cancel_on_signal};
use crate::settings::{
    AdmissionSettings, HOLD, LogSettings, PaymentService, PaymentSettings, ServeSettings, ToleranceSettings,
};
use world::{STATIONS, Visitors};

/// How long vehicles stay, in minutes of the stations' time.
const STAYS: u32 = 25;
/// The same at the station that is free for whoever looks on, who has to find the button that stops it.
const STAYS_WITH_YOU: u32 = 180;

/// Where invited vehicles are announced, by station.
type GuestBook = BTreeMap<StationId, Arc<Guests>>;

/// Runs the demonstration until it is told to stop.
///
/// # Errors
/// When a port is taken or the temporary directory cannot be made.
pub(crate) async fn run(args: DemoArgs) -> Result<(), Failure> {
    let directory = tempfile::tempdir()
        .map_err(|error| Failure::unavailable("a temporary directory cannot be made", &error))?;
    let settings = ServeSettings {
        data: directory.path().to_owned(),
        ocpp_listen: args.ocpp_listen,
        http_listen: args.http_listen,
        files_url: None,
        admission: AdmissionSettings::Open,
        heartbeat_interval_s: 300,
        edge: ocpp_server::edge::EdgeSettings::default(),
        tolerance: ToleranceSettings::default(),
        message_log: LogSettings::usual(),
        retention: RetentionSettings::default(),
        newcomers: Registration::Accepted,
        keep_customers: std::time::Duration::from_secs(14 * 86_400),
        payments: PaymentSettings { service: PaymentService::Sandbox, hold: HOLD },
        party: None,
        mail: None,
    };
    let manager = Manager::start(&settings).await?;
    let app = manager.app.clone();
    world::make(&app.register)
        .await
        .map_err(|error| Failure::unavailable("the demonstration cannot be set up", &error))?;
    announce(&app, args.speed);
    tokio::spawn(cancel_on_signal(app.shutdown.clone()));
    tokio::spawn(past::invent(app.clone(), &STATIONS));
    let guests = start_stations(&app, args.speed);
    tokio::spawn(drivers::bring_guests(app.clone(), guests.clone()));
    tokio::spawn(drivers::come_and_go(app));
    manager.serve().await
}

fn announce(app: &App, speed: u32) {
    eprintln!("Twelve emulated stations at two sites charge at {speed} times the speed of life.");
    eprintln!("Watch them at     {}/", app.http_url);
    eprintln!("Be a driver at    {}/d/{}/1", app.http_url, world::FOR_YOU);
    eprintln!("A year of history is invented, for the charts at {}/usage", app.http_url);
    eprintln!("Programs ask at   {}/api/v1", app.http_url);
    eprintln!("Payments are by test cards: no money moves. Nothing is kept. Stop with Ctrl-C.");
}

fn start_stations(app: &App, speed: u32) -> GuestBook {
    let mut book = GuestBook::new();
    for (seed, station) in (1..).zip(STATIONS) {
        let guests = Arc::new(Guests::default());
        if let Ok(id) = StationId::new(station.identity) {
            book.insert(id, Arc::clone(&guests));
        }
        let plan = StationPlan {
            url: app.ocpp_url.trim_end_matches('/').to_owned(),
            identity: station.identity.to_owned(),
            version: station.version,
            password: None,
            tokens: (0..5).map(|n| world::tag(seed * 7 + n)).collect(),
            speed,
            sessions: None,
            minutes: if station.identity == world::FOR_YOU { STAYS_WITH_YOU } else { STAYS },
            meter_interval_s: 30,
            number: seed,
            seed,
            mishaps: Habits::default(),
            scenario: None,
            evses: station.evses,
            extras: Extras::default(),
            traffic: match station.visitors {
                Visitors::Anybody => Traffic::Passing(guests),
                Visitors::WhoPays => Traffic::Invited(guests),
            },
        };
        let shutdown = app.shutdown.clone();
        tokio::spawn(async move { emulate(Arc::new(plan), shutdown).await });
    }
    book
}
