//! One emulated station: its vehicle comes, charges and leaves, again and again.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::courier::HttpCourier;
use super::extras::Extras;
use super::keys::Safe;
use super::mishaps::Habits;
use super::scenario::Scenario;
use super::scene::{JOURNEY, Scene};
use jiff::Timestamp;
use ocpp_client::driver::{Driver, End, Forgetful, Pace};
use ocpp_client::engine::{Config, Engine, Equipment, Inverter, Terminal, WebPayments};
use ocpp_client::transport::{Dial, connect};
use ocpp_core::model::{Boot, BootReason, EvseId, Registration, StopReason, Watts};
use ocpp_core::types::Version;
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// What a station is to do.
#[derive(Clone)]
pub(crate) struct StationPlan {
    pub(crate) url: String,
    pub(crate) identity: String,
    pub(crate) version: Version,
    pub(crate) password: Option<Vec<u8>>,
    /// Presented in turn.
    pub(crate) tokens: Vec<String>,
    pub(crate) speed: u32,
    /// How many sessions at each EVSE; `None` goes on until it is told to stop.
    pub(crate) sessions: Option<u32>,
    pub(crate) minutes: u32,
    pub(crate) meter_interval_s: u32,
    /// Its number in its fleet, which its serial number tells.
    pub(crate) number: u64,
    /// Makes the station's vehicles and pauses; the same seed, the same station.
    pub(crate) seed: u64,
    pub(crate) evses: u32,
    /// What it has and does beside sessions.
    pub(crate) extras: Extras,
    /// How regularly vehicles come, and what goes wrong.
    pub(crate) mishaps: Habits,
    /// What happens in place of visits.
    pub(crate) scenario: Option<Scenario>,
    /// Which vehicles come.
    pub(crate) traffic: Traffic,
}

/// Which vehicles come to a station.
#[derive(Clone)]
pub(crate) enum Traffic {
    /// One after the other, whose drivers present a token; besides, those who are invited.
    Passing(Arc<Guests>),
    /// Only those who are invited.
    Invited(Arc<Guests>),
    /// One that is plugged in at once and waits until the manager starts the session.
    Waiting,
}

/// The EVSEs at which a vehicle is expected, because somebody has paid there.
#[derive(Debug, Default)]
pub(crate) struct Guests(Mutex<BTreeSet<EvseId>>);

impl Guests {
    /// Lets a vehicle come.
    pub(crate) fn invite(&self, evse: EvseId) {
        self.lock().insert(evse);
    }

    pub(super) fn comes_to(&self, evse: EvseId) -> bool {
        self.lock().remove(&evse)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<EvseId>> {
        // The set is whole whatever panicked elsewhere.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What became of a station.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Emulated {
    pub(crate) identity: String,
    /// Sessions that were completed and accepted.
    pub(crate) sessions: u32,
    pub(crate) energy_wh: i64,
    /// What went wrong, as sentences; empty when all was well.
    pub(crate) problems: Vec<String>,
}

/// Attempts to connect before a station with a number of sessions gives up.
const MAX_ATTEMPTS: u32 = 5;
/// How much longer than its sessions a station may take, in wall-clock time.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs a station until its sessions are done or `shutdown`.
pub(crate) async fn emulate(plan: Arc<StationPlan>, shutdown: CancellationToken) -> Emulated {
    let pace = Pace::new(plan.speed);
    let mut engine = Engine::new(config(&plan), Box::new(|| Uuid::new_v4().to_string()));
    engine.set_keys(Box::new(Safe::default()));
    let driver = Driver::new(engine, Scene::new(&plan), Forgetful, pace, plan.version);
    let mut driver = driver.with_courier(Box::new(HttpCourier::new()));
    let mut problems = Vec::new();
    let allowed = allowed(&plan);
    let work = work(&plan, &mut driver, &mut problems);
    tokio::select! {
        () = shutdown.cancelled() => problems.push("it was told to stop before its sessions were done".to_owned()),
        result = tokio::time::timeout(allowed, work) => {
            if result.is_err() {
                problems.push(format!("its sessions were not done within {} s", allowed.as_secs()));
            }
        }
    }
    conclude(&plan, &driver, problems)
}

/// How long a station may take, in wall-clock time; one without a number of sessions works on.
fn allowed(plan: &StationPlan) -> Duration {
    if let Some(scenario) = &plan.scenario {
        return scenario.length() / plan.speed + PATIENCE;
    }
    let Some(sessions) = plan.sessions else { return Duration::MAX };
    // A visit lasts a little longer than its session, and the next vehicle comes after a pause.
    let each = Duration::from_secs(u64::from(plan.minutes) * 60 + 600) + plan.mishaps.longest();
    each.saturating_mul(sessions) / plan.speed + PATIENCE
}

/// Connects, works, and comes back after every interruption.
async fn work(plan: &StationPlan, driver: &mut Driver<Scene, Forgetful>, problems: &mut Vec<String>) {
    let mut failed = 0;
    loop {
        match connect(&dial(plan, &driver.engine)).await {
            Ok(socket) => {
                failed = 0;
                match driver.run(socket, Scene::is_done).await {
                    End::Done => match driver.hardware.lose_connection() {
                        Some(lasts) => {
                            driver.wait_offline(lasts / plan.speed).await;
                            continue;
                        }
                        None => return,
                    },
                    End::Restart => {}
                    End::Lost(reason) => tracing::info!(station = plan.identity, reason, "connection lost"),
                }
            }
            Err(error) => {
                failed += 1;
                driver.engine.handle_unreachable();
                if error.is_final() || plan.sessions.is_some() && failed >= MAX_ATTEMPTS {
                    problems.push(error.to_string());
                    return;
                }
                tracing::info!(station = plan.identity, %error, "not connected");
            }
        }
        let chance = driver.hardware.chance();
        // The wait is the station's, so it passes as fast as the rest of its life.
        let wait = driver.engine.back_off(failed, chance);
        driver.wait_offline(wait / plan.speed.min(10)).await;
    }
}

/// Where to, and as whom: what the manager has set for the connection goes before what the station was started with.
fn dial(plan: &StationPlan, engine: &Engine) -> Dial {
    let network = engine.network_profile();
    let own = network.and_then(|profile| profile.password.as_deref()).or_else(|| engine.password());
    Dial {
        url: network.map_or_else(|| plan.url.clone(), |profile| profile.url.to_string()),
        identity: network
            .and_then(|profile| profile.identity.as_deref())
            .unwrap_or(&plan.identity)
            .to_owned(),
        version: plan.version,
        password: own.map(|password| password.as_bytes().to_vec()).or_else(|| plan.password.clone()),
    }
}

fn conclude(plan: &StationPlan, driver: &Driver<Scene, Forgetful>, mut problems: Vec<String>) -> Emulated {
    let finished = driver.engine.finished_sessions();
    let is_well = |reason: &StopReason| match plan.traffic {
        _ if plan.scenario.is_some() => true,
        _ if plan.mishaps.faults > 0 && reason.as_str() == "GroundFault" => true,
        Traffic::Waiting => *reason != StopReason::DE_AUTHORIZED,
        Traffic::Passing(_) | Traffic::Invited(_) => *reason == StopReason::LOCAL,
    };
    let accepted = finished.iter().filter(|session| is_well(&session.reason)).count();
    match driver.engine.registration() {
        Some(Registration::Accepted) => {}
        Some(other) => problems.push(format!("the manager answered its boot notification with {other:?}")),
        None if problems.is_empty() => {
            problems.push("the manager never answered its boot notification".to_owned())
        }
        None => {}
    }
    // A scenario may be about a token that is refused.
    let is_refused = |reason: &StopReason| plan.scenario.is_none() && *reason == StopReason::DE_AUTHORIZED;
    for session in finished.iter().filter(|session| is_refused(&session.reason)) {
        problems.push(format!("the manager did not accept the token of session {}", session.name));
    }
    let sessions = u32::try_from(accepted).unwrap_or(u32::MAX);
    let wanted = plan.sessions.filter(|_| plan.scenario.is_none());
    if let Some(wanted) = wanted.map(|each| each * plan.evses)
        && sessions < wanted
    {
        problems.push(format!(
            "{sessions} of {wanted} sessions were completed; was the token accepted by the manager?"
        ));
    }
    problems.extend(driver.failures().iter().cloned());
    let energy_wh = finished.iter().map(|session| session.energy.0).sum();
    Emulated { identity: plan.identity.clone(), sessions, energy_wh, problems }
}

fn config(plan: &StationPlan) -> Config {
    Config {
        boot: Boot {
            vendor: "ocpp".into(),
            model: if plan.version == Version::V16 { "Emulated AC" } else { "Emulated DC" }.into(),
            serial: Some(format!("EM{:06}", plan.number).into()),
            firmware: Some(env!("CARGO_PKG_VERSION").into()),
            iccid: None,
            imsi: None,
            meter_type: None,
            meter_serial: None,
            reason: Some(BootReason::POWER_UP),
        },
        evses: plan.evses,
        connector_type: Some(if plan.version == Version::V16 { "sType2" } else { "cCCS2" }.into()),
        // An invited vehicle comes on the wall clock, however fast the station's time runs.
        connection_timeout: Duration::from_secs(180).max(2 * JOURNEY * plan.speed),
        meter_interval: Duration::from_secs(u64::from(plan.meter_interval_s)),
        voltage: 230,
        phases: 3,
        max_power: Watts(if plan.version == Version::V16 { 11_000 } else { 75_000 }),
        clock: Timestamp::now(),
        equipment: equipment(plan),
    }
}

/// What only 2.1 has words for is only in stations of 2.1.
fn equipment(plan: &StationPlan) -> Equipment {
    let battery_slots = plan.extras.battery_slots;
    match plan.version {
        Version::V16 | Version::V201 => Equipment { battery_slots, ..Equipment::default() },
        Version::V21 => Equipment {
            battery_slots,
            inverter: Inverter::Dc,
            terminal: Terminal::Installed,
            web_payments: WebPayments::Offered,
        },
    }
}
