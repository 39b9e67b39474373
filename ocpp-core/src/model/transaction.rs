//! The course of a charging session, as a station tells it.

use alloc::boxed::Box;
use alloc::vec::Vec;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::identity::Place;
use super::name::open_name;
use super::reading::Reading;
use super::token::IdToken;
use crate::types::Json;

/// How a station names a transaction.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StationTxRef {
    /// The station's own name for it (OCPP 2.x, or the engine of a station of any version).
    Named(Box<str>),
    /// The number that the manager gave it (OCPP 1.6).
    Numbered(i64),
    /// Not named yet: a start of OCPP 1.6, which asks the manager for a number.
    Unassigned,
    /// Not said: meter values of OCPP 1.6 outside or beside a transaction.
    Unknown,
}

/// Which part of a transaction a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Step {
    Started,
    Updated,
    Ended,
}

/// What puts the reports of a transaction in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The station counts them (`seqNo` of OCPP 2.x).
    Seq(u32),
    /// Nothing but the order in which they arrive (OCPP 1.6).
    Arrival,
}

/// Whose clock a time is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockOf {
    /// The station's, as it has to be.
    #[default]
    Station,
    /// The manager's, when it received the report: the station gave no time.
    Manager,
}

/// Whether the station was connected when it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Connectivity {
    Online,
    /// Reported afterwards: `offline` of OCPP 2.x.
    Offline,
}

/// What the energy is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum ChargingState {
    Idle,
    EvConnected,
    Charging,
    SuspendedEv,
    SuspendedEvse,
}

open_name! {
    /// Why a report was sent, by the names of OCPP 2.x.
    Trigger {
        /// The driver was authorized.
        AUTHORIZED = "Authorized",
        /// The cable was plugged in.
        CABLE_PLUGGED_IN = "CablePluggedIn",
        /// The charging state changed.
        CHARGING_STATE_CHANGED = "ChargingStateChanged",
        /// The vehicle went away.
        EV_DEPARTED = "EVDeparted",
        /// A meter value was due.
        METER_VALUE_PERIODIC = "MeterValuePeriodic",
        /// The manager started it.
        REMOTE_START = "RemoteStart",
        /// The manager stopped it.
        REMOTE_STOP = "RemoteStop",
        /// The driver stopped it with the token.
        STOP_AUTHORIZED = "StopAuthorized",
        /// The manager's answer took the token's right away.
        DEAUTHORIZED = "Deauthorized",
        /// The manager asked for a report.
        TRIGGER = "Trigger",
        /// The station restarted.
        RESET_COMMAND = "ResetCommand",
    }
}

open_name! {
    /// Why a transaction ended, by the names of OCPP 2.x (those of 1.6 are the same where they exist).
    StopReason {
        /// The manager's answer took the token's right away.
        DE_AUTHORIZED = "DeAuthorized",
        /// The emergency button.
        EMERGENCY_STOP = "EmergencyStop",
        /// The vehicle went away.
        EV_DISCONNECTED = "EVDisconnected",
        /// The driver stopped it at the station.
        LOCAL = "Local",
        /// The power failed.
        POWER_LOSS = "PowerLoss",
        /// The station restarted.
        REBOOT = "Reboot",
        /// The manager stopped it.
        REMOTE = "Remote",
        /// The vehicle ended it.
        STOPPED_BY_EV = "StoppedByEV",
        /// Anything else.
        OTHER = "Other",
    }
}

/// One report on a transaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TransactionFact {
    /// Which transaction.
    pub transaction: StationTxRef,
    /// Which part of it.
    pub step: Step,
    /// Its place among the reports of this transaction.
    pub order: Order,
    /// When it happened, or [`NO_TIME`](super::NO_TIME).
    pub at: Timestamp,
    /// Whose clock says so.
    #[serde(default)]
    pub clock: ClockOf,
    /// Why it is reported.
    pub trigger: Trigger,
    /// Whether it is reported as it happens.
    pub connectivity: Connectivity,
    /// Where; stations of 2.x say it once.
    pub place: Option<Place>,
    /// Who charges, or who stopped it.
    pub id_token: Option<IdToken>,
    /// What the energy is doing.
    pub charging: Option<ChargingState>,
    /// Meter values, in the order of the message.
    pub readings: Vec<Reading>,
    /// Why it ended.
    pub stop_reason: Option<StopReason>,
    /// The reservation that this transaction uses.
    pub reservation: Option<i64>,
    /// The manager's number of the remote start that caused it (2.x).
    pub remote_start: Option<i64>,
    /// What the station says of its price (2.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pricing: Option<Box<Pricing>>,
}

/// What a station that computes prices itself says of the price of a transaction (2.1, I07, I11, I12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pricing {
    /// The tariff that it is priced by; said when it begins to count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tariff: Option<Box<str>>,
    /// What it has cost, in the words of OCPP 2.1 (`CostDetailsType`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Json>,
}
