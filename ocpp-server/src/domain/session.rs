//! Charging sessions.

use jiff::Timestamp;
use ocpp_core::model::{
    ChargingState, IdToken, Money, Percent, Place, Reading, SessionKey, StationId, StationTxRef, StopReason,
    Watts, Wh,
};
use ocpp_core::types::Version;
use serde::{Deserialize, Serialize};

use super::payment::PaymentId;
use super::station::Revision;
use super::tariff::TariffId;

/// The manager's number of a session, which is the `transactionId` of OCPP 1.6. Counted from 1 over all
/// stations, never used twice; 1.6 can say numbers up to 2,147,483,647.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionNumber(pub i64);

/// What makes a start the same start when it is sent again, so that it is answered again and never doubled:
/// the station's own transaction id in 2.x, else the place, time, token and meter value of the start.
/// Unique within its station.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StartKey(pub String);

/// Whether a session still runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum SessionStatus {
    Active,
    Completed,
}

/// What is doubtful about a session. It never keeps the station from getting its answer (E02).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// Something of it was reported although its start never was.
    StartMissing,
    /// The token that started it was not accepted.
    TokenNotAccepted,
    /// The energy register at the start was not reported.
    MeterStartMissing,
    /// The energy register ran backwards.
    MeterBackwards,
    /// Reports of it are missing: the station's count has gaps.
    StepsMissing,
    /// A report came after the end.
    ReportAfterEnd,
    /// A report of it gave no time: the moment when it was received stands in its place.
    TimeMissing,
    /// The tariff that prices it is gone, or its cost is beyond what can be computed.
    NotPriced,
}

/// Which of the station's counted reports have arrived, as closed ranges in ascending order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SeenSteps(Vec<(u32, u32)>);

impl SeenSteps {
    /// Whether report `seq` has arrived.
    #[must_use]
    pub fn contains(&self, seq: u32) -> bool {
        self.0.iter().any(|&(first, last)| first <= seq && seq <= last)
    }

    /// The highest report that has arrived.
    #[must_use]
    pub fn highest(&self) -> Option<u32> {
        self.0.last().map(|&(_, last)| last)
    }

    /// Notes that report `seq` has arrived.
    pub fn insert(&mut self, seq: u32) {
        if self.contains(seq) {
            return;
        }
        let at = self.0.partition_point(|&(first, _)| first < seq);
        self.0.insert(at, (seq, seq));
        self.join_neighbours();
    }

    /// Whether a report between the first and the last is missing.
    #[must_use]
    pub fn has_gap(&self) -> bool {
        self.0.len() > 1
    }

    fn join_neighbours(&mut self) {
        self.0.dedup_by(|next, previous| {
            let adjoins = previous.1.checked_add(1) == Some(next.0);
            if adjoins {
                previous.1 = next.1;
            }
            adjoins
        });
    }
}

/// Who pays for a session.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payer {
    /// The account of the token that started it.
    #[default]
    Account,
    /// A payment made for this session.
    Payment(PaymentId),
    /// Nobody: its token was not accepted, and it charged all the same.
    Nobody,
}

/// A charging session, the same whatever version the station speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Our key of it.
    pub key: SessionKey,
    /// How often this value was written.
    pub revision: Revision,
    /// Our number of it.
    pub number: SessionNumber,
    /// Where it takes place.
    pub station: StationId,
    /// What makes its start the same when sent again.
    pub start_key: StartKey,
    /// EVSE and connector, as far as the station has said.
    pub place: Option<Place>,
    /// Whether it runs.
    pub status: SessionStatus,
    /// Who started it.
    pub id_token: Option<IdToken>,
    /// When it began, by the station's clock.
    pub started_at: Timestamp,
    /// When it ended, by the station's clock.
    pub ended_at: Option<Timestamp>,
    /// The energy register at the start.
    pub meter_start: Option<Wh>,
    /// The latest energy register, and when it was read.
    pub meter_last: Option<(Timestamp, Wh)>,
    /// The latest power drawn.
    pub power: Option<Watts>,
    /// The latest state of charge.
    pub state_of_charge: Option<Percent>,
    /// What the energy is doing.
    pub charging: Option<ChargingState>,
    /// Why it ended.
    pub stop_reason: Option<StopReason>,
    /// The latest moment that a report of it tells of, by the station's clock.
    pub last_report_at: Timestamp,
    /// Which counted reports have arrived (2.x).
    pub seen: SeenSteps,
    /// What is doubtful about it, each once, in the order found.
    pub doubts: Vec<Doubt>,
    /// The tariff that prices it, fixed at its start; none when nothing is to be paid.
    pub tariff: Option<TariffId>,
    /// What it costs so far with taxes, as of the latest report.
    pub cost: Option<Money>,
    /// Who pays.
    pub payer: Payer,
    /// When the manager last heard of it.
    pub updated_at: Timestamp,
}

impl Session {
    /// The energy delivered so far: the latest register less the one at the start. Zero as long as either
    /// is unknown or the register ran backwards (which is flagged in `doubts`).
    #[must_use]
    pub fn energy(&self) -> Wh {
        let (Some(start), Some((_, last))) = (self.meter_start, self.meter_last) else { return Wh(0) };
        last.since(start).filter(|energy| energy.0 >= 0).unwrap_or_default()
    }

    /// How its station knows it: by the name that it gave itself in 2.x, by our number in 1.6.
    #[must_use]
    pub fn transaction(&self, version: Version) -> StationTxRef {
        if version.is_2x() {
            StationTxRef::Named(self.start_key.0.as_str().into())
        } else {
            StationTxRef::Numbered(self.number.0)
        }
    }

    /// Notes a doubt, once.
    pub fn doubt(&mut self, doubt: Doubt) {
        if !self.doubts.contains(&doubt) {
            self.doubts.push(doubt);
        }
    }
}

/// What a session's report said of one moment: meter values, the state of charging, or both. Kept once for
/// each station time, report and position. Together they are the session's timeline, out of which its cost
/// can be computed again at any time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionReading {
    /// The report that carried it, where the station counts them.
    pub seq: Option<u32>,
    /// The values with the station's time; without samples when only the state was told.
    pub reading: Reading,
    /// What the energy does from this moment on, where it was told.
    pub state: Option<ChargingState>,
}
