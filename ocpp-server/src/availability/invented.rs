//! An invented past of a station: for trying out, for measuring, and for the demonstration.
//!
//! The same seed gives the same past. It is told as a station of 2.x would have told it: connections, statuses and
//! sessions; and beside it stands what really happened, so that figures can be compared with the truth.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ocpp_core::model::{ChargingState, ConnectorId, EvseId, Place, PortStatus};

use super::span::{Second, Span, Spans};
use crate::domain::{ChargeAttempt, Observation, Observed};

/// How an invented station lives.
#[derive(Debug, Clone)]
pub struct InventedLife {
    /// What makes it different from others.
    pub seed: u64,
    /// How many ports it has.
    pub evses: u32,
    /// Where: more vehicles come by day and in the evening.
    pub zone: TimeZone,
    /// How many vehicles come to a port on a day, on average.
    pub visits_per_day: f64,
    /// How long they stay on average, in minutes.
    pub stay_minutes: f64,
    /// How many faults a port has in a year, on average, each of some hours.
    pub faults_per_year: f64,
    /// How often in a year the line of the station breaks, on average, for some hours.
    pub breaks_per_year: f64,
}

impl InventedLife {
    /// A station as most are: five vehicles a day, 45 minutes each; four faults and six breaks of the line in a year.
    #[must_use]
    pub const fn usual(seed: u64, evses: u32, zone: TimeZone) -> InventedLife {
        InventedLife {
            seed,
            evses,
            zone,
            visits_per_day: 5.0,
            stay_minutes: 45.0,
            faults_per_year: 4.0,
            breaks_per_year: 6.0,
        }
    }
}

/// The past of an invented station.
#[derive(Debug, Clone, Default)]
pub struct InventedPast {
    /// What was observed, in the order of time.
    pub observations: Vec<Observation>,
    /// When each port was out of order or its station offline: the truth.
    pub outages: Vec<(EvseId, Spans)>,
    /// The stays of vehicles, in the order of ports and time.
    pub visits: Vec<Visit>,
}

/// A vehicle that came and went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// At which port.
    pub evse: EvseId,
    /// When it stood there.
    pub span: Span,
    /// Until when it charged.
    pub charged_until: Second,
}

impl InventedLife {
    /// What happened at the station over `window`.
    #[must_use]
    pub fn past(&self, window: Span) -> InventedPast {
        let mut chance = Chance(self.seed);
        let mut past = InventedPast::default();
        let begin = window.from().timestamp();
        let online = Observation::new(begin, begin, Place::Station, Observed::Online);
        past.observations.push(online);
        let breaks = self.troubles(window, self.breaks_per_year, 3.0, &mut chance);
        for span in breaks.as_slice() {
            let (from, to) = (span.from().timestamp(), span.to().timestamp());
            past.observations.push(Observation {
                at: from,
                heard_at: from,
                place: Place::Station,
                what: Observed::Offline,
            });
            past.observations.push(Observation {
                at: to,
                heard_at: to,
                place: Place::Station,
                what: Observed::Online,
            });
        }
        for number in 1..=self.evses {
            let evse = EvseId(number);
            let faults = self.troubles(window, self.faults_per_year, 8.0, &mut chance);
            self.live(evse, window, (&faults, &breaks), &mut chance, &mut past);
            past.outages.push((evse, faults.union(&breaks)));
        }
        past.observations.sort_by_key(|one| (one.at, one.heard_at));
        past
    }

    /// Stretches of trouble, `per_year` of them, each of `hours` on average.
    fn troubles(&self, window: Span, per_year: f64, hours: f64, chance: &mut Chance) -> Spans {
        if per_year <= 0.0 {
            return Spans::default();
        }
        let mut found = Vec::new();
        let mut at = window.from();
        loop {
            at = at.plus(chance.wait(YEAR_S / per_year));
            let end = at.plus(chance.wait(hours * 3600.0).max(60)).min(window.to());
            let Some(span) = Span::new(at, end) else { break };
            found.push(span);
            at = end.plus(60);
        }
        found.into_iter().collect()
    }

    /// Vehicles come and go at a port; a fault ends a stay, and none begins in one, nor while the line is broken.
    fn live(
        &self,
        evse: EvseId,
        window: Span,
        (faults, breaks): (&Spans, &Spans),
        chance: &mut Chance,
        past: &mut InventedPast,
    ) {
        let place = Place::Connector(evse, ConnectorId(1));
        let mut told = Told { past, breaks, place };
        told.status(window.from(), PortStatus::Available);
        for fault in faults.as_slice() {
            told.status(fault.from(), PortStatus::Faulted);
            told.status(fault.to(), PortStatus::Available);
        }
        let closed = faults.union(breaks);
        if self.visits_per_day <= 0.0 {
            return;
        }
        let mut at = window.from();
        loop {
            // Waiting goes faster when many are about.
            at = at.plus(chance.wait(DAY_S / self.visits_per_day * 0.6));
            if at >= window.to() {
                return;
            }
            if !chance.happens(self.busyness(at)) {
                continue;
            }
            let stay = chance.wait(self.stay_minutes * 60.0).clamp(240, 12 * 3600);
            let end = at.plus(stay);
            let Some(span) = Span::new(at, end).filter(|span| span.to() < window.to()) else { continue };
            if !closed
                .intersection(
                    &Span::new(at.plus(-120), end.plus(120)).map_or_else(Spans::default, Spans::from),
                )
                .is_empty()
            {
                at = end;
                continue;
            }
            let charged_until = at.plus(60 + (stay - 120) * chance.within(55, 100) / 100);
            told.visit(evse, Visit { evse, span, charged_until });
            at = end.plus(60);
        }
    }

    /// How likely it is that somebody comes at a moment, against the busiest hour: little at night, most in the
    /// afternoon; less on Sundays.
    fn busyness(&self, at: Second) -> f64 {
        const BY_HOUR: [f64; 24] = [
            0.05, 0.04, 0.03, 0.03, 0.04, 0.08, 0.2, 0.45, 0.6, 0.55, 0.5, 0.6, 0.7, 0.65, 0.6, 0.7, 0.85,
            1.0, 0.95, 0.75, 0.5, 0.3, 0.2, 0.1,
        ];
        let local = at.timestamp().to_zoned_datetime(self.zone.clone());
        let hour = usize::from(local.hour().unsigned_abs());
        let day = if local.weekday() == jiff::civil::Weekday::Sunday { 0.7 } else { 1.0 };
        BY_HOUR.get(hour).copied().unwrap_or(0.5) * day
    }
}

const YEAR_S: f64 = 365.25 * 86_400.0;
const DAY_S: f64 = 86_400.0;

/// Puts down what a port tells.
struct Told<'a> {
    past: &'a mut InventedPast,
    breaks: &'a Spans,
    place: Place,
}

impl Told<'_> {
    fn status(&mut self, at: Second, status: PortStatus) {
        self.say(at, self.place, Observed::Status(status));
    }

    fn visit(&mut self, evse: EvseId, visit: Visit) {
        let port = Place::Evse(evse);
        let (from, to) = (visit.span.from(), visit.span.to());
        self.status(from, PortStatus::Occupied);
        self.say(from.plus(30), port, Observed::Session(Some(ChargingState::Charging)));
        self.say(visit.charged_until, port, Observed::Session(Some(ChargingState::SuspendedEv)));
        self.say(to.plus(-5), port, Observed::SessionEnded);
        self.say(to.plus(-5), port, Observed::Attempt(ChargeAttempt::Charged));
        self.status(to, PortStatus::Available);
        self.past.visits.push(visit);
    }

    /// What happens while the line is broken is heard when it is mended.
    fn say(&mut self, at: Second, place: Place, what: Observed) {
        let broken = self.breaks.as_slice().iter().find(|span| span.from() <= at && at < span.to());
        let heard = broken.map_or(at, |span| span.to());
        let (at, heard_at): (Timestamp, Timestamp) = (at.timestamp(), heard.timestamp());
        self.past.observations.push(Observation { at, heard_at, place, what });
    }
}

/// Chance that can be repeated (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Between 0 and 1, never 0.
    #[allow(clippy::cast_precision_loss, reason = "53 bits are enough for chance")]
    fn part(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 1.0) / (1_u64 << 53) as f64
    }

    fn happens(&mut self, likelihood: f64) -> bool {
        self.part() <= likelihood
    }

    fn within(&mut self, from: i64, to: i64) -> i64 {
        let width = to.saturating_sub(from).max(1).unsigned_abs();
        from.saturating_add(i64::try_from(self.next() % width).unwrap_or_default())
    }

    /// Seconds until something that happens once in `mean` seconds on average.
    #[allow(clippy::cast_possible_truncation, reason = "it is cut to what a span holds")]
    fn wait(&mut self, mean: f64) -> i64 {
        ((-self.part().ln() * mean).min(1e10) as i64).max(1)
    }
}
