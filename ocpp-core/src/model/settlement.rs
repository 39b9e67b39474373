//! Payments that a terminal at the station settled, and what belongs to them (OCPP 2.1, C18 to C25).

use alloc::boxed::Box;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::transaction::StationTxRef;
use crate::model::EvseId;

/// A payment that was settled at the station, or was to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settlement {
    /// The transaction that it is for; none when it never began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<StationTxRef>,
    /// The payment service's name of it.
    pub reference: Box<str>,
    /// How it ended.
    pub status: SettlementStatus,
    /// More words of the terminal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info: Option<Box<str>>,
    /// How much, in the currency of the station.
    pub amount: Decimal,
    /// When.
    pub at: Timestamp,
    /// The name of the receipt that the terminal made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt_id: Option<Box<str>>,
    /// Where that receipt is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt_url: Option<Box<str>>,
    /// The company that the receipt is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<Company>,
    /// Its VAT number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_number: Option<Box<str>>,
}

/// How a settlement ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum SettlementStatus {
    Settled,
    Canceled,
    /// The payment service refused it.
    Rejected,
    /// The payment service could not be reached.
    Failed,
}

/// Who a receipt is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Company {
    pub name: Box<str>,
    pub address1: Box<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address2: Option<Box<str>>,
    pub city: Box<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<Box<str>>,
    pub country: Box<str>,
}

/// A VAT number that a driver typed in (C18).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VatQuestion {
    /// The number.
    pub number: Box<str>,
    /// The EVSE that it is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evse: Option<EvseId>,
}

/// What the manager says of a VAT number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VatAnswer {
    /// Whether it is good.
    pub accepted: bool,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<Company>,
}
