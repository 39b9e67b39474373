//! What a station says next, and whether it was answered rightly.

use std::time::Instant;

use jiff::Timestamp;
use ocpp_core::types::Version;

use super::answer::{number_of, text_of};
use super::args::Mix;
use super::words::{self, Facts, Say};

/// A whole session.
const SESSION: &[Say] = &[
    Say::Occupied,
    Say::Authorize,
    Say::Start,
    Say::Charging,
    Say::Meter,
    Say::Meter,
    Say::Meter,
    Say::Meter,
    Say::Stop,
    Say::Available,
];
const HEARTBEAT: &[Say] = &[Say::Heartbeat];
/// Its last step is said again and again.
const METERING: &[Say] = &[Say::Occupied, Say::Authorize, Say::Start, Say::Charging, Say::Meter];
/// What the vehicle draws.
const POWER_W: u64 = 11_040;

/// Whether a station goes on or comes to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    GoOn,
    /// The session in hand is stopped, nothing else is begun.
    WindUp,
}

/// What an answer means for the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Fine,
    SessionStarted,
    SessionCompleted,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Flaw {
    /// A member that has to be there is missing or of another type.
    Incomplete,
    /// It says no, with this word.
    NotAccepted(String),
}

pub(super) struct Script {
    version: Version,
    mix: Mix,
    /// The index of the next step.
    at: usize,
    is_occupied: bool,
    transaction: Transaction,
    meter: Meter,
    token: Box<str>,
    /// Distinguishes the transactions of this run and station from all others.
    name: Box<str>,
    sessions: u32,
}

/// The transaction in hand.
#[derive(Default)]
struct Transaction {
    is_open: bool,
    reference: String,
    next_seq: u32,
}

/// A register that rises as time passes, by one watt-hour at least each time that it is read.
struct Meter {
    register_wh: u64,
    read_at: Instant,
}

impl Meter {
    fn read(&mut self) -> u64 {
        let passed = u64::try_from(self.read_at.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.read_at = Instant::now();
        let risen = passed.saturating_mul(POWER_W) / 3_600_000;
        self.register_wh = self.register_wh.saturating_add(risen.max(1));
        self.register_wh
    }
}

impl Script {
    /// `name` has 24 characters at most: a transaction id has 36.
    pub(super) fn new(version: Version, mix: Mix, token: &str, name: String, register_wh: u64) -> Script {
        Script {
            version,
            mix,
            at: 0,
            is_occupied: false,
            transaction: Transaction::default(),
            meter: Meter { register_wh, read_at: Instant::now() },
            token: token.into(),
            name: name.into(),
            sessions: 0,
        }
    }

    const fn steps(&self) -> &'static [Say] {
        match self.mix {
            Mix::Sessions => SESSION,
            Mix::Metering => METERING,
            Mix::Heartbeat | Mix::Connect | Mix::Reconnect => HEARTBEAT,
        }
    }

    /// The next thing to say; nothing when the station has come to its end.
    pub(super) fn next(&mut self, course: Course) -> Option<Say> {
        match course {
            Course::WindUp if self.transaction.is_open => Some(Say::Stop),
            Course::WindUp => self.is_occupied.then_some(Say::Available),
            Course::GoOn => {
                let steps = self.steps();
                let say = steps[self.at];
                let first_again = if self.mix == Mix::Metering { steps.len() - 1 } else { 0 };
                self.at = if self.at + 1 == steps.len() { first_again } else { self.at + 1 };
                Some(say)
            }
        }
    }

    /// Writes the payload of what is said behind what `out` holds.
    pub(super) fn write(&mut self, say: Say, out: &mut String) {
        if say == Say::Start {
            self.sessions += 1;
            self.transaction = Transaction::default();
            if self.version.is_2x() {
                self.transaction.reference = format!("{}-{}", self.name, self.sessions);
            }
        }
        let facts = Facts {
            now: &format!("{:.3}", Timestamp::now()),
            token: &self.token,
            transaction: &self.transaction.reference,
            seq: self.transaction.next_seq,
            register_wh: if matches!(say, Say::Start | Say::Meter | Say::Stop) {
                self.meter.read()
            } else {
                self.meter.register_wh
            },
        };
        words::payload(self.version, say, &facts, out);
        if matches!(say, Say::Start | Say::Charging | Say::Meter | Say::Stop) {
            self.transaction.next_seq += 1;
        }
    }

    /// Notes what an answer says, and checks it. A session that was not started is not gone on with.
    pub(super) fn heard(&mut self, say: Say, payload: &str) -> (Outcome, Result<(), Flaw>) {
        let is_2x = self.version.is_2x();
        match say {
            Say::Boot | Say::Authorize => (Outcome::Fine, accepted(payload, Status::Needed)),
            Say::Charging | Say::Meter => (Outcome::Fine, accepted(payload, Status::IfSaid)),
            Say::Heartbeat => {
                let time = text_of(payload, "\"currentTime\"");
                (Outcome::Fine, time.map(drop).ok_or(Flaw::Incomplete))
            }
            Say::Occupied | Say::Available => {
                self.is_occupied = say == Say::Occupied;
                (Outcome::Fine, Ok(()))
            }
            Say::Start if is_2x => {
                self.transaction.is_open = true;
                (Outcome::SessionStarted, accepted(payload, Status::IfSaid))
            }
            Say::Start => match number_of(payload, "\"transactionId\"") {
                Some(number) => {
                    number.clone_into(&mut self.transaction.reference);
                    self.transaction.is_open = true;
                    (Outcome::SessionStarted, accepted(payload, Status::Needed))
                }
                None => {
                    self.refused(say);
                    (Outcome::Fine, Err(Flaw::Incomplete))
                }
            },
            Say::Stop => {
                self.transaction.is_open = false;
                (Outcome::SessionCompleted, accepted(payload, Status::IfSaid))
            }
        }
    }

    /// A call was answered with an error. Without its start a session cannot go on; the next one begins.
    pub(super) fn refused(&mut self, say: Say) {
        match say {
            Say::Start => self.at = 0,
            Say::Stop => self.transaction.is_open = false,
            Say::Available => self.is_occupied = false,
            _ => {}
        }
    }
}

/// Whether an answer has to have a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Needed,
    IfSaid,
}

fn accepted(payload: &str, status: Status) -> Result<(), Flaw> {
    match text_of(payload, "\"status\"") {
        Some("Accepted") => Ok(()),
        Some(other) => Err(Flaw::NotAccepted(other.chars().take(40).collect())),
        None if status == Status::IfSaid => Ok(()),
        None => Err(Flaw::Incomplete),
    }
}
