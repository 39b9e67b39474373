//! `ocpp demo`: the manager together with a dozen emulated stations, to look at.

use std::sync::Arc;

use ocpp_core::types::Version;

use crate::cli::DemoArgs;
use crate::emulate::{StationPlan, emulate};
use crate::exit::Failure;
use crate::manager::{Manager, cancel_on_signal};
use crate::settings::{AdmissionSettings, ServeSettings};

/// The stations of the demonstration: identity, version, EVSEs.
const STATIONS: [(&str, Version, u32); 12] = [
    ("Harbour-01", Version::V201, 2),
    ("Harbour-02", Version::V201, 2),
    ("Harbour-03", Version::V21, 2),
    ("Harbour-04", Version::V21, 2),
    ("Station-Road-1", Version::V16, 1),
    ("Station-Road-2", Version::V16, 1),
    ("Station-Road-3", Version::V16, 2),
    ("Town-Hall-A", Version::V201, 1),
    ("Town-Hall-B", Version::V201, 1),
    ("Town-Hall-C", Version::V21, 1),
    ("Market-1", Version::V16, 2),
    ("Market-2", Version::V21, 2),
];

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
        admission: AdmissionSettings::Open,
        heartbeat_interval_s: 300,
    };
    let manager = Manager::start(&settings).await?;
    let app = manager.app.clone();
    eprintln!("Twelve emulated stations charge at {} times the speed of life.", args.speed);
    eprintln!("Watch them at {}/ and stop with Ctrl-C. Nothing is kept.", app.http_url);
    let shutdown = app.shutdown.clone();
    tokio::spawn(cancel_on_signal(shutdown.clone()));
    for (seed, (identity, version, evses)) in (1..).zip(STATIONS) {
        let plan = StationPlan {
            url: app.ocpp_url.trim_end_matches('/').to_owned(),
            identity: identity.to_owned(),
            version,
            password: None,
            tokens: (0..5).map(|n| format!("0A1B2C{:02X}", seed * 7 + n)).collect(),
            speed: args.speed,
            sessions: None,
            minutes: 25,
            meter_interval_s: 30,
            seed,
            evses,
        };
        let shutdown = shutdown.clone();
        tokio::spawn(async move { emulate(Arc::new(plan), shutdown).await });
    }
    manager.serve().await
}
