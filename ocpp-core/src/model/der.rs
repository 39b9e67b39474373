//! Control of distributed energy resources (OCPP 2.1, block R).

use alloc::boxed::Box;
use alloc::vec::Vec;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::types::Json;

/// Whether a setting always holds or for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DerScope {
    /// It holds unless a scheduled one takes its place.
    Default,
    /// It holds from its start for its duration.
    Scheduled,
}

/// A setting of grid support.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DerControl {
    /// Its name, unique on the station; at most 36 characters.
    pub id: Box<str>,
    /// Whether it always holds.
    pub scope: DerScope,
    /// What it controls, by the name of OCPP 2.1: `VoltVar`, `FreqDroop`, `LimitMaxDischarge` and so on.
    pub kind: Box<str>,
    /// Whether another of higher rank takes its place; said by stations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded: Option<bool>,
    /// The setting itself.
    pub setting: DerSetting,
}

/// The values of a setting, in the words of the type of OCPP 2.1 that is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DerSetting {
    /// `DERCurveType`, for all kinds that are curves.
    Curve(Json),
    /// `EnterServiceType`; default controls only.
    EnterService(Json),
    /// `FixedPFType`.
    FixedPfAbsorb(Json),
    /// `FixedPFType`.
    FixedPfInject(Json),
    /// `FixedVarType`.
    FixedVar(Json),
    /// `FreqDroopType`.
    FreqDroop(Json),
    /// `GradientType`; default controls only.
    Gradient(Json),
    /// `LimitMaxDischargeType`.
    LimitMaxDischarge(Json),
}

impl DerSetting {
    /// The values, in the words of OCPP 2.1.
    #[must_use]
    pub const fn values(&self) -> &Json {
        match self {
            DerSetting::Curve(values)
            | DerSetting::EnterService(values)
            | DerSetting::FixedPfAbsorb(values)
            | DerSetting::FixedPfInject(values)
            | DerSetting::FixedVar(values)
            | DerSetting::FreqDroop(values)
            | DerSetting::Gradient(values)
            | DerSetting::LimitMaxDischarge(values) => values,
        }
    }
}

/// Which settings are meant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DerFilter {
    /// Those that always hold, or those that hold for a time; both when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<DerScope>,
    /// Those of this kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Box<str>>,
    /// The one of this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
}

/// A part of the report on the settings of a station (R04).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DerReport {
    /// The number of the order that asked for it.
    pub request: i32,
    /// Whether more parts follow.
    pub more: bool,
    /// The settings.
    pub controls: Vec<DerControl>,
}

/// A setting of grid support reacts to the grid, or stops doing so (R05).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DerAlarm {
    /// The kind of the setting.
    pub kind: Box<str>,
    /// What is wrong in the grid, by the name of OCPP 2.1, such as `OverVoltage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Box<str>>,
    /// Whether it is over.
    pub ended: bool,
    /// When it began or ended.
    pub at: Timestamp,
    /// More words of the vehicle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info: Option<Box<str>>,
}

/// A scheduled setting begins or ends (R04).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DerStartStop {
    /// The name of the setting.
    pub id: Box<str>,
    /// Whether it began.
    pub started: bool,
    /// When.
    pub at: Timestamp,
    /// The settings whose place it takes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub superseded: Vec<Box<str>>,
}
