//! What happens at an emulated station: vehicles that come, charge and leave, and what goes wrong meanwhile.

use std::collections::BTreeSet;
use std::time::Duration;

use ocpp_client::driver::{Hardware, Until};
use ocpp_client::engine::Engine;
use ocpp_client::hardware::{Actuation, FaultState, HardwareEvent};
use ocpp_client::simulated::{Bay, Supply, Vehicle};
use ocpp_core::model::{EvseId, IdToken, Registration, TokenKind};
use ocpp_core::types::Version;

use super::extras::Scenery;
use super::mishaps::{Mishap, Mishaps};
use super::scenario::{Playing, Step};
use super::station::{StationPlan, Traffic};

/// What happens at a station: one visit after the other at each EVSE, or the steps of a scenario.
pub(super) struct Scene {
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
    /// The steps that are played in place of visits.
    playing: Option<Playing>,
    /// Where a scenario has let a session begin.
    begun: BTreeSet<EvseId>,
    mishaps: Mishaps,
    /// The connection is to be lost for so long.
    offline: Option<Duration>,
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
pub(super) const JOURNEY: Duration = Duration::from_secs(3);
/// How long it waits there until the manager starts its session.
const WAITS_FOR: Duration = Duration::from_secs(24 * 3600);

impl Scene {
    pub(super) fn new(plan: &StationPlan) -> Scene {
        let mut chance = Chance(plan.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let (supply, limit_w) =
            if plan.version == Version::V16 { (Supply::Ac, 11_000.0) } else { (Supply::Dc, 75_000.0) };
        let bays = (1..=plan.evses)
            .map(|id| {
                let register = (chance.next() * 900_000.0).floor();
                let first = plan.mishaps.pause(&mut chance, 2.0..10.0);
                let visit = match plan.traffic {
                    Traffic::Passing(_) => Visit::Away(first),
                    Traffic::Invited(_) => Visit::Away(Duration::MAX),
                    Traffic::Waiting => Visit::Arriving(first),
                };
                (EvseId(id), Bay::new(EvseId(id), supply, limit_w, register), visit, 0)
            })
            .collect();
        let playing = plan.scenario.as_ref().map(|scenario| scenario.play(chance.next()));
        Scene {
            bays,
            playing,
            begun: BTreeSet::new(),
            mishaps: Mishaps::new(plan.mishaps),
            offline: None,
            tokens: plan.tokens.clone(),
            sessions: plan.sessions,
            session_length: Duration::from_secs(u64::from(plan.minutes) * 60),
            chance,
            traffic: plan.traffic.clone(),
            scenery: Scenery::new(plan.extras.clone()),
            journey: JOURNEY * plan.speed,
        }
    }

    /// Whether the connection is to be lost now, or every EVSE has had its visits, every step was played, and all of it
    /// was told.
    pub(super) fn is_done(engine: &Engine, scene: &Scene) -> Until {
        if scene.offline.is_some() {
            return Until::Done;
        }
        if let Some(playing) = &scene.playing {
            let all_told = playing.is_over() && engine.waiting_facts() == 0;
            return if all_told { Until::Done } else { Until::GoOn };
        }
        let Some(wanted) = scene.sessions else { return Until::GoOn };
        let all = scene.bays.iter().all(|(_, _, _, visits)| *visits >= wanted);
        if all && engine.waiting_facts() == 0 { Until::Done } else { Until::GoOn }
    }
}

/// What is noticed.
impl Scene {
    /// How long the connection is to be lost, once.
    pub(super) fn lose_connection(&mut self) -> Option<Duration> {
        self.offline.take()
    }

    pub(super) fn chance(&mut self) -> f64 {
        self.chance.next()
    }

    fn bay(&mut self, evse: EvseId) -> Option<&mut Bay> {
        self.bays.iter_mut().find(|(id, ..)| *id == evse).map(|(_, bay, ..)| bay)
    }

    fn go_wrong(&mut self, now: Duration, noticed: &mut Vec<HardwareEvent>) {
        while let Some(mishap) = self.mishaps.next(now) {
            match mishap {
                Mishap::Fault(evse) => noticed.push(HardwareEvent::Fault(evse, FaultState::Faulted)),
                Mishap::Mend(evse) => noticed.push(HardwareEvent::Fault(evse, FaultState::Mended)),
                Mishap::Offline(lasts) => self.offline = Some(lasts),
            }
        }
    }

    /// The steps of the scenario whose time has come.
    fn play(&mut self, now: Duration, engine: &Engine, noticed: &mut Vec<HardwareEvent>) {
        while let Some(step) = self.playing.as_mut().and_then(|playing| playing.next(now)) {
            match step {
                Step::Plug(evse) => {
                    let vehicle = vehicle(&mut self.chance);
                    noticed.extend(self.bay(evse).into_iter().flat_map(|bay| bay.plug_in(vehicle.clone())));
                }
                Step::Unplug(evse) => {
                    noticed.extend(self.bay(evse).into_iter().flat_map(Bay::unplug));
                }
                Step::Token(evse, token) => {
                    let known = token.or_else(|| self.tokens.first().cloned()).unwrap_or_default();
                    let token = IdToken::new(&known, TokenKind::ISO14443);
                    noticed.push(HardwareEvent::TokenPresented(evse, token));
                }
                Step::Fault(evse) => noticed.push(HardwareEvent::Fault(evse, FaultState::Faulted)),
                Step::Mend(evse) => noticed.push(HardwareEvent::Fault(evse, FaultState::Mended)),
                Step::Suspend(evse) => noticed.push(HardwareEvent::Suspended(evse)),
                Step::Resume(evse) => noticed.push(HardwareEvent::Resumed(evse)),
                Step::Offline(lasts) => self.offline = Some(lasts),
            }
        }
        for (evse, ..) in &self.bays {
            if !engine.is_charging(*evse) {
                self.begun.remove(evse);
            } else if self.begun.insert(*evse) {
                noticed.extend(self.scenery.begins(*evse));
            }
        }
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
        if self.playing.is_some() {
            noticed.extend(self.bays.iter_mut().flat_map(|(_, bay, ..)| bay.advance(now)));
            if may_come {
                self.play(now, engine, &mut noticed);
            }
            return noticed;
        }
        self.go_wrong(now, &mut noticed);
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
                    if at <= now && more && may_come && !self.mishaps.is_faulted(*evse) {
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
                    self.mishaps.plan(*evse, now, length, &mut self.chance);
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
                    let pause = self.mishaps.habits().pause(&mut self.chance, 20.0..300.0);
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
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        #[allow(clippy::cast_precision_loss)] // 53 bits fit.
        let number = (self.0 >> 11) as f64;
        number / 9_007_199_254_740_992.0
    }
}
