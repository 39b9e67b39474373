//! Tariffs on stations: what is installed, and what stations say to orders about it (2.1, I07 to I11).

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::identity::EvseId;

/// Whose tariff it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TariffKind {
    /// What holds for drivers without a tariff of their own.
    Default,
    /// A driver's own, which came with the answer to an authorization.
    Driver,
}

/// A tariff that a station has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalledTariff {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub kind: TariffKind,
    /// From when it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Timestamp>,
    /// The EVSEs that it is installed on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evses: Vec<EvseId>,
    /// How many tokens it belongs to, where it is a driver's.
    #[serde(default)]
    pub tokens: usize,
}

/// What a station says to a tariff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TariffWord {
    /// It holds from now on, or from its day.
    Accepted,
    /// Not, for a reason that the station keeps to itself.
    Rejected,
    /// It has more prices than the station can keep (`TariffCtrlr.MaxElements`).
    TooManyElements,
    /// It has a condition that the station cannot judge.
    ConditionNotSupported,
    /// There is another one of this id (I07.FR.16).
    DuplicateId,
    /// The transaction is not known (I11).
    NoTransaction,
    /// A running transaction keeps its currency (I11).
    NoCurrencyChange,
    /// There is no such tariff.
    NoTariff,
}

/// What became of one tariff that was to be removed (I10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TariffRemoval {
    /// Its id; none where the station had nothing to remove.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Whether it is gone.
    pub word: TariffWord,
}
