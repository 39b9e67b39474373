//! What was learnt of the availability of a place, and when.

use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{ChargingState, EvseId, Place, PortStatus, StationId};
use serde::{Deserialize, Serialize};

use super::station::Connection;

/// One thing that was learnt of a place on a station. It is kept as it was learnt and never changed: what comes late
/// stands beside what was believed before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// From when on it holds, by the station's clock where the station told it.
    pub at: Timestamp,
    /// When the manager learnt it.
    pub heard_at: Timestamp,
    /// Where.
    pub place: Place,
    /// What.
    pub what: Observed,
}

impl Observation {
    /// How long after it happened a thing is believed to have happened when the station says so. What is older, or in
    /// the future, was told by a clock that is wrong: it counts from when it was heard.
    pub const BELIEVED_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

    /// What was learnt at `heard_at` of a thing that was so since `at`.
    #[must_use]
    pub fn new(at: Timestamp, heard_at: Timestamp, place: Place, what: Observed) -> Observation {
        let late = heard_at.duration_since(at);
        let is_believed = late >= SignedDuration::ZERO && late <= Observation::BELIEVED_FOR;
        Observation { at: if is_believed { at } else { heard_at }, heard_at, place, what }
    }

    /// What a connection that was opened or ended says of the station.
    #[must_use]
    pub fn of_connection(connection: &Connection, heard_at: Timestamp) -> Observation {
        let (at, what) = match connection {
            Connection::Online { since, .. } => (*since, Observed::Online),
            Connection::Offline { since } => (*since, Observed::Offline),
            Connection::Unknown { since } => (*since, Observed::Unknown),
        };
        // By the manager's own clock, whatever that says.
        Observation { at, heard_at, place: Place::Station, what }
    }
}

/// What was learnt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Observed {
    /// The station said in which state the place is.
    Status(PortStatus),
    /// A session runs here, and this is what its energy does; none said yet at its start.
    Session(Option<ChargingState>),
    /// The session that ran here is over.
    SessionEnded,
    /// The station is connected.
    Online,
    /// The station is not connected: since its last sign of life.
    Offline,
    /// The manager was not there to know.
    Unknown,
    /// The operator takes the place out of use.
    Closed,
    /// The operator gives the place back to use.
    Opened,
    /// The place offers less power than it has to.
    Derated,
    /// The place offers the power that it has to.
    FullPower,
    /// Somebody tried to charge here, and this came of it. It says nothing of the state of the place.
    Attempt(ChargeAttempt),
}

/// What came of somebody's attempt to charge: a charge, or what kept it from becoming one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeAttempt {
    /// Energy flowed.
    Charged,
    /// The payment was declined, or nobody knows what became of it.
    Payment,
    /// The token was not accepted.
    Authorization,
    /// No vehicle was plugged in.
    Plug,
    /// The vehicle took nothing.
    Vehicle,
    /// The power failed.
    Power,
    /// The station did not start, gave nothing, or broke off.
    Station,
}

impl ChargeAttempt {
    /// All of them, in the order of their codes.
    pub const ALL: [ChargeAttempt; 7] = [
        ChargeAttempt::Charged,
        ChargeAttempt::Payment,
        ChargeAttempt::Authorization,
        ChargeAttempt::Plug,
        ChargeAttempt::Vehicle,
        ChargeAttempt::Power,
        ChargeAttempt::Station,
    ];

    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ChargeAttempt::Charged => "charged",
            ChargeAttempt::Payment => "payment",
            ChargeAttempt::Authorization => "authorization",
            ChargeAttempt::Plug => "plug",
            ChargeAttempt::Vehicle => "vehicle",
            ChargeAttempt::Power => "power",
            ChargeAttempt::Station => "station",
        }
    }
}

/// The status of each code, which never changes.
const STATUSES: [PortStatus; 10] = [
    PortStatus::Available,
    PortStatus::Preparing,
    PortStatus::Charging,
    PortStatus::SuspendedEvse,
    PortStatus::SuspendedEv,
    PortStatus::Finishing,
    PortStatus::Reserved,
    PortStatus::Unavailable,
    PortStatus::Faulted,
    PortStatus::Occupied,
];
/// The state of charging of each code, which never changes.
const CHARGING: [ChargingState; 5] = [
    ChargingState::Charging,
    ChargingState::SuspendedEv,
    ChargingState::SuspendedEvse,
    ChargingState::EvConnected,
    ChargingState::Idle,
];
/// All else, by code.
const OTHERS: [Observed; 9] = [
    Observed::Session(None),
    Observed::SessionEnded,
    Observed::Online,
    Observed::Offline,
    Observed::Unknown,
    Observed::Closed,
    Observed::Opened,
    Observed::Derated,
    Observed::FullPower,
];
const FIRST_CHARGING: u8 = 32;
const FIRST_OTHER: u8 = 64;
const FIRST_ATTEMPT: u8 = 96;

impl Observed {
    /// The number under which a store may keep it; it never changes.
    #[must_use]
    pub fn code(self) -> u8 {
        let position = |found: Option<usize>| u8::try_from(found.unwrap_or_default()).unwrap_or_default();
        match self {
            Observed::Status(status) => position(STATUSES.iter().position(|one| *one == status)),
            Observed::Session(Some(charging)) => {
                FIRST_CHARGING + position(CHARGING.iter().position(|one| *one == charging))
            }
            Observed::Attempt(attempt) => FIRST_ATTEMPT + attempt as u8,
            other => FIRST_OTHER + position(OTHERS.iter().position(|one| *one == other)),
        }
    }

    /// What a number stands for, unless for nothing.
    #[must_use]
    pub fn of_code(code: u8) -> Option<Observed> {
        let at = |first: u8| usize::from(code - first);
        match code {
            FIRST_ATTEMPT.. => {
                ChargeAttempt::ALL.get(at(FIRST_ATTEMPT)).map(|attempt| Observed::Attempt(*attempt))
            }
            FIRST_OTHER.. => OTHERS.get(at(FIRST_OTHER)).copied(),
            FIRST_CHARGING.. => {
                CHARGING.get(at(FIRST_CHARGING)).map(|charging| Observed::Session(Some(*charging)))
            }
            _ => STATUSES.get(usize::from(code)).map(|status| Observed::Status(*status)),
        }
    }
}

/// A part of the course of a port that has been worked out of observations, kept so that years need not be worked out
/// anew. It can always be made again as long as its observations are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCourse {
    /// The station.
    pub station: StationId,
    /// The port.
    pub evse: EvseId,
    /// From when on: the beginning of a month, in UTC.
    pub from: Timestamp,
    /// Until when; within the same month, or the beginning of the next.
    pub until: Timestamp,
    /// The course, packed.
    pub packed: Box<[u8]>,
    /// What is known of the port at its end, as JSON: the next part goes on from it.
    pub known: Box<str>,
}
