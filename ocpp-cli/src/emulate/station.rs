//! One emulated station: its vehicle comes, charges and leaves, again and again.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::courier::HttpCourier;
use super::extras::{Extras, Scenery};
use super::keys::Safe;
use jiff::Timestamp;
use ocpp_client::driver::{Driver, End, Forgetful, Hardware, Pace, Until};
use ocpp_client::engine::{Config, Engine, Equipment, Inverter, Terminal, WebPayments};
use ocpp_client::hardware::{Actuation, HardwareEvent};
use ocpp_client::simulated::{Bay, Supply, Vehicle};
use ocpp_client::transport::{Dial, back_off, connect};
use ocpp_core::model::{Boot, BootReason, EvseId, IdToken, Registration, StopReason, TokenKind, Watts};
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
    /// Makes the station's vehicles and pauses; the same seed, the same station.
    pub(crate) seed: u64,
    pub(crate) evses: u32,
    /// What it has and does beside sessions.
    pub(crate) extras: Extras,
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

    fn comes_to(&self, evse: EvseId) -> bool {
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
    let Some(sessions) = plan.sessions else { return Duration::MAX };
    // A visit lasts a little longer than its session, and the next vehicle comes after a pause.
    let each = Duration::from_secs(u64::from(plan.minutes) * 60 + 600);
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
                    End::Done => return,
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
        let chance = driver.hardware.chance.next();
        // The wait is the station's, so it passes as fast as the rest of its life.
        driver.wait_offline(back_off(failed, chance) / plan.speed.min(10)).await;
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
    for session in finished.iter().filter(|session| session.reason == StopReason::DE_AUTHORIZED) {
        problems.push(format!("the manager did not accept the token of session {}", session.name));
    }
    let sessions = u32::try_from(accepted).unwrap_or(u32::MAX);
    if let Some(wanted) = plan.sessions.map(|each| each * plan.evses)
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
            serial: Some(format!("EM{:06}", plan.seed).into()),
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

/// What happens at a station: one visit after the other at each EVSE.
struct Scene {
    /// Each EVSE with its meter, where the visit stands, and how many visits are over.
    bays: Vec<(EvseId, Bay, Visit, u32)>,
    tokens: Vec<String>,
    sessions: Option<u32>,
    session_length: Duration,
    chance: Chance,
    traffic: Traffic,
    scenery: Scenery,
    /// How long an invited vehicle takes to come, in the station's time.
    journey: Duration,
}

/// Where a visit stands.
#[derive(Debug, Clone, Copy)]
enum Visit {
    /// The next vehicle comes at this time.
    Away(Duration),
    /// The vehicle is plugged in; the driver presents a token at this time.
    Plugged(Duration),
    /// The token was presented; charging is to begin before this time.
    Presented(Duration),
    /// It charges until this time.
    Charging(Duration),
    /// An invited vehicle is plugged in at this time.
    Arriving(Duration),
    /// It is plugged in; the manager is to have started its session before this time.
    Arrived(Duration),
    /// It charges, and is unplugged at this time.
    Hosted(Duration),
    /// It is over, and the vehicle leaves at this time.
    Leaving(Duration),
}

/// How long the manager may take to allow charging, in the station's time at least.
const ALLOWED_WITHIN: Duration = Duration::from_secs(600);
/// How long an invited vehicle takes to come, on the wall clock, so that a person can see it.
const JOURNEY: Duration = Duration::from_secs(3);
/// How long it waits there until the manager starts its session.
const WAITS_FOR: Duration = Duration::from_secs(24 * 3600);

impl Scene {
    fn new(plan: &StationPlan) -> Scene {
        let mut chance = Chance(plan.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let (supply, limit_w) =
            if plan.version == Version::V16 { (Supply::Ac, 11_000.0) } else { (Supply::Dc, 75_000.0) };
        let bays = (1..=plan.evses)
            .map(|id| {
                let register = (chance.next() * 900_000.0).floor();
                let first = Duration::from_secs_f64(2.0 + chance.next() * 8.0);
                let visit = match plan.traffic {
                    Traffic::Passing(_) => Visit::Away(first),
                    Traffic::Invited(_) => Visit::Away(Duration::MAX),
                    Traffic::Waiting => Visit::Arriving(first),
                };
                (EvseId(id), Bay::new(EvseId(id), supply, limit_w, register), visit, 0)
            })
            .collect();
        Scene {
            bays,
            tokens: plan.tokens.clone(),
            sessions: plan.sessions,
            session_length: Duration::from_secs(u64::from(plan.minutes) * 60),
            chance,
            traffic: plan.traffic.clone(),
            scenery: Scenery::new(plan.extras.clone()),
            journey: JOURNEY * plan.speed,
        }
    }

    /// Whether every EVSE has had its visits and all of it was told.
    fn is_done(engine: &Engine, scene: &Scene) -> Until {
        let Some(wanted) = scene.sessions else { return Until::GoOn };
        let all = scene.bays.iter().all(|(_, _, _, visits)| *visits >= wanted);
        if all && engine.waiting_facts() == 0 { Until::Done } else { Until::GoOn }
    }
}

impl Hardware for Scene {
    fn actuate(&mut self, actuation: Actuation) {
        for (_, bay, ..) in &mut self.bays {
            bay.actuate(actuation);
        }
        self.scenery.actuate(actuation);
    }

    fn advance(&mut self, now: Duration, engine: &Engine) -> Vec<HardwareEvent> {
        let mut noticed = Vec::new();
        let may_come = engine.registration() == Some(Registration::Accepted);
        let anybody_charges = self.bays.iter().any(|(evse, ..)| engine.is_charging(*evse));
        noticed.extend(self.scenery.advance(now, anybody_charges));
        for (evse, bay, visit, visits) in &mut self.bays {
            noticed.extend(bay.advance(now));
            let ended = engine.finished_sessions().iter().filter(|session| session.evse == *evse).count();
            let token = || {
                let tag =
                    self.tokens.get(ended % self.tokens.len().max(1)).map_or("EMULATED1", String::as_str);
                IdToken::new(tag, TokenKind::ISO14443)
            };
            let charging = engine.is_charging(*evse);
            match *visit {
                Visit::Away(_) if self.traffic.brings(*evse) => *visit = Visit::Arriving(now + self.journey),
                Visit::Arriving(at) if at <= now && may_come => {
                    noticed.extend(bay.plug_in(vehicle(&mut self.chance)));
                    *visit = Visit::Arrived(now + WAITS_FOR);
                }
                Visit::Arrived(_) if charging => {
                    noticed.extend(self.scenery.begins(*evse));
                    *visit = Visit::Hosted(now + self.session_length);
                }
                Visit::Arrived(until) | Visit::Hosted(until) if until <= now => *visit = Visit::Leaving(now),
                Visit::Hosted(_) if !charging => *visit = Visit::Leaving(now + Duration::from_secs(10)),
                Visit::Away(at) => {
                    let more =
                        self.sessions.is_none_or(|wanted| u32::try_from(ended).unwrap_or(u32::MAX) < wanted);
                    if at <= now && more && may_come {
                        noticed.extend(bay.plug_in(vehicle(&mut self.chance)));
                        *visit = Visit::Plugged(now + Duration::from_secs(5));
                    }
                }
                Visit::Plugged(at) if at <= now => {
                    noticed.push(bay.present(token()));
                    *visit = Visit::Presented(now + ALLOWED_WITHIN);
                }
                Visit::Presented(_) if charging => {
                    let length = if self.sessions.is_some() {
                        self.session_length
                    } else {
                        self.session_length.mul_f64(0.5 + self.chance.next())
                    };
                    noticed.extend(self.scenery.begins(*evse));
                    *visit = Visit::Charging(now + length);
                }
                Visit::Presented(until) if until <= now => {
                    *visit = Visit::Leaving(now);
                }
                Visit::Charging(_) if !charging => *visit = Visit::Leaving(now + Duration::from_secs(10)),
                Visit::Charging(until) if until <= now => {
                    noticed.push(bay.present(token()));
                    *visit = Visit::Leaving(now + Duration::from_secs(10));
                }
                Visit::Leaving(at) if at <= now => {
                    noticed.extend(bay.unplug());
                    *visits += 1;
                    let pause = Duration::from_secs_f64(20.0 + self.chance.next() * 280.0);
                    *visit = match self.traffic {
                        Traffic::Passing(_) => Visit::Away(now + pause),
                        Traffic::Invited(_) => Visit::Away(Duration::MAX),
                        Traffic::Waiting => Visit::Arriving(now + pause),
                    };
                }
                _ => {}
            }
        }
        noticed
    }
}

impl Traffic {
    /// Whether somebody who was invited comes to an EVSE now.
    fn brings(&self, evse: EvseId) -> bool {
        match self {
            Traffic::Passing(guests) | Traffic::Invited(guests) => guests.comes_to(evse),
            Traffic::Waiting => false,
        }
    }
}

fn vehicle(chance: &mut Chance) -> Vehicle {
    Vehicle {
        capacity_wh: 40_000.0 + (chance.next() * 45.0).floor() * 1000.0,
        charge_percent: 12.0 + chance.next() * 55.0,
        target_percent: 90.0 + chance.next() * 9.0,
        max_power_w: 7_400.0 + (chance.next() * 6.0).floor() * 16_000.0,
    }
}

/// Numbers from 0 to 1 that only look like chance (xorshift), so that a seed gives the same station again.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        #[allow(clippy::cast_precision_loss)] // 53 bits fit.
        let number = (self.0 >> 11) as f64;
        number / 9_007_199_254_740_992.0
    }
}
