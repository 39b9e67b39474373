//! Receipts: what was charged, what it costs, how it was paid.

use jiff::Timestamp;
use ocpp_core::model::{EvseId, Money, SessionKey, StationId, Wh};
use ocpp_core::rules::cost::Cost;
use serde::{Deserialize, Serialize};

use super::payment::PaymentId;
use super::place::Address;
use super::record::record;
use super::session::SessionNumber;
use super::station::Revision;
use super::tariff::TariffId;

/// How a session was paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Paid {
    /// Captured from a hold.
    #[allow(missing_docs)]
    Payment { payment: PaymentId, gateway: String, instrument: String, captured: Money },
    /// It cost more than was held; what is above the hold is open.
    #[allow(missing_docs)]
    Partly { payment: PaymentId, gateway: String, instrument: String, captured: Money, open: Money },
    /// On the account of the token.
    OnAccount,
    /// By nobody: its token was not accepted, and it charged all the same.
    #[allow(missing_docs)]
    Open { open: Money },
    /// Nothing was to be paid.
    Nothing,
}

/// A receipt. There is exactly one for each session that ended, and it never changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// The number of the session, which is the number of the receipt.
    pub number: SessionNumber,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// The session.
    pub session: SessionKey,
    /// Where.
    pub station: StationId,
    /// At which EVSE.
    pub evse: Option<EvseId>,
    /// The name of the site.
    pub site: Option<String>,
    /// The address of the site.
    pub address: Option<Address>,
    /// The time zone in which its times are to be shown.
    pub time_zone: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// The energy register at the start.
    pub meter_start: Option<Wh>,
    /// The energy register at the end.
    pub meter_end: Option<Wh>,
    /// What was delivered.
    pub energy: Wh,
    /// The tariff that priced it.
    pub tariff: Option<TariffId>,
    /// The tariff in plain words.
    pub prices: Vec<String>,
    /// The cost line by line; none when no tariff priced it.
    pub cost: Option<Cost>,
    /// Who started it, as much as a receipt shows of a token.
    pub token: Option<String>,
    /// How it was paid.
    pub paid: Paid,
    /// When it was issued.
    pub issued_at: Timestamp,
}

record!(
    Receipt is Receipt,
    key |receipt| Receipt::key_of(receipt.number),
    owner |receipt| Some(receipt.session.to_string())
);

impl Receipt {
    /// The key of the receipt of a session: its number with leading zeros, so that keys sort as numbers.
    #[must_use]
    pub fn key_of(number: SessionNumber) -> String {
        format!("{:019}", number.0)
    }
}
