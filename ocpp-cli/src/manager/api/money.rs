//! Amounts, costs and receipts as they are shown.

use jiff::Timestamp;
use ocpp_core::model::Money;
use ocpp_core::rules::cost::{Cost, CostKind, Line, TaxAmount};
use ocpp_server::domain::{Paid, Receipt};
use serde::Serialize;
use utoipa::ToSchema;

use super::sites::AddressView;

/// An exact amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Money)]
pub(crate) struct MoneyView {
    /// In units of the currency, as a decimal text.
    #[schema(example = "12.34", pattern = r"^-?[0-9]+(\.[0-9]+)?$")]
    amount: String,
    /// ISO 4217.
    #[schema(example = "EUR")]
    currency: String,
}

impl From<Money> for MoneyView {
    fn from(money: Money) -> MoneyView {
        MoneyView { amount: money.amount().to_string(), currency: money.currency().to_string() }
    }
}

/// The amount of one tax.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TaxAmount)]
pub(crate) struct TaxAmountView {
    /// Which tax.
    #[serde(rename = "type")]
    #[schema(example = "VAT")]
    kind: String,
    /// Percent, as a decimal text.
    #[schema(example = "19")]
    percent: String,
    /// How much.
    amount: MoneyView,
}

impl From<TaxAmount> for TaxAmountView {
    fn from(tax: TaxAmount) -> TaxAmountView {
        TaxAmountView {
            kind: tax.rate.kind,
            percent: tax.rate.tax.normalize().to_string(),
            amount: tax.amount.into(),
        }
    }
}

/// One line of a cost: one price of one component.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CostLine)]
pub(crate) struct LineView {
    /// What is priced, by the name of the member of the tariff.
    #[schema(example = "energy")]
    component: &'static str,
    /// The same in plain words.
    #[schema(example = "Energy")]
    text: String,
    /// How much of it, as a decimal text; absent where a least or a most cost is reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "12.345")]
    quantity: Option<String>,
    /// Of what: `kWh`, `min` or `×`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "kWh")]
    unit: Option<String>,
    /// The price of one unit without tax, with all its digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_price: Option<MoneyView>,
    /// Without tax.
    net: MoneyView,
    /// The taxes by rate.
    taxes: Vec<TaxAmountView>,
    /// `net` and `taxes` together.
    gross: MoneyView,
}

impl From<Line> for LineView {
    fn from(line: Line) -> LineView {
        LineView {
            component: line.component.as_str(),
            text: line.component.to_string(),
            quantity: line.quantity.map(|quantity| quantity.value.normalize().to_string()),
            unit: line.quantity.map(|quantity| quantity.unit.to_string()),
            unit_price: line.unit_price.map(Into::into),
            net: line.net.into(),
            taxes: line.taxes.into_iter().map(Into::into).collect(),
            gross: line.gross.into(),
        }
    }
}

/// What a session costs, line by line. Everything adds up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Cost)]
pub(crate) struct CostView {
    /// The tariff that was used.
    tariff_id: String,
    /// `normal`, or whether a least (`minimum`) or a most cost (`maximum`) made it.
    kind: &'static str,
    /// Energy in whole Wh.
    energy_wh: i64,
    /// Time in which energy flowed, in whole seconds.
    charging_s: i64,
    /// Idle time in whole seconds.
    idle_s: i64,
    /// What it consists of.
    lines: Vec<LineView>,
    /// The sum of the lines without tax.
    total_excl_tax: MoneyView,
    /// The taxes of all lines by rate.
    taxes: Vec<TaxAmountView>,
    /// The sum of the lines with tax: what is paid.
    total_incl_tax: MoneyView,
}

impl From<Cost> for CostView {
    fn from(cost: Cost) -> CostView {
        CostView {
            tariff_id: cost.tariff,
            kind: match cost.kind {
                CostKind::Normal => "normal",
                CostKind::Minimum => "minimum",
                CostKind::Maximum => "maximum",
            },
            energy_wh: cost.usage.energy.0,
            charging_s: cost.usage.charging_seconds,
            idle_s: cost.usage.idle_seconds,
            lines: cost.lines.into_iter().map(Into::into).collect(),
            total_excl_tax: cost.total_excl_tax.into(),
            taxes: cost.taxes.into_iter().map(Into::into).collect(),
            total_incl_tax: cost.total_incl_tax.into(),
        }
    }
}

/// How a session was paid.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "by", rename_all = "snake_case")]
#[schema(as = Paid)]
pub(crate) enum PaidView {
    /// Captured from a hold.
    #[allow(missing_docs)]
    Payment { gateway: String, instrument: String, captured: MoneyView },
    /// It cost more than was held; what is above the hold is open.
    #[allow(missing_docs)]
    Partly { gateway: String, instrument: String, captured: MoneyView, open: MoneyView },
    /// On the account of the token.
    OnAccount,
    /// By nobody so far.
    #[allow(missing_docs)]
    Open { open: MoneyView },
    /// Nothing was to be paid.
    Nothing,
}

impl From<Paid> for PaidView {
    fn from(paid: Paid) -> PaidView {
        match paid {
            Paid::Payment { gateway, instrument, captured, .. } => {
                PaidView::Payment { gateway, instrument, captured: captured.into() }
            }
            Paid::Partly { gateway, instrument, captured, open, .. } => {
                PaidView::Partly { gateway, instrument, captured: captured.into(), open: open.into() }
            }
            Paid::OnAccount => PaidView::OnAccount,
            Paid::Open { open } => PaidView::Open { open: open.into() },
            Paid::Nothing => PaidView::Nothing,
        }
    }
}

/// A receipt. There is one for each session that ended, and it never changes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Receipt)]
pub(crate) struct ReceiptView {
    /// Its number, which is the number of the session.
    number: i64,
    /// The session.
    session_id: String,
    /// Where.
    station_id: String,
    /// At which EVSE.
    #[serde(skip_serializing_if = "Option::is_none")]
    evse_id: Option<u32>,
    /// The name of the site.
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<String>,
    /// The address of the site.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<AddressView>,
    /// The time zone in which its times are to be shown.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    /// When it ended.
    #[schema(value_type = String, format = DateTime)]
    ended_at: Timestamp,
    /// The energy register at the start in Wh.
    #[serde(skip_serializing_if = "Option::is_none")]
    meter_start_wh: Option<i64>,
    /// The energy register at the end in Wh.
    #[serde(skip_serializing_if = "Option::is_none")]
    meter_end_wh: Option<i64>,
    /// What was delivered in Wh.
    energy_wh: i64,
    /// The tariff that priced it.
    #[serde(skip_serializing_if = "Option::is_none")]
    tariff_id: Option<String>,
    /// The tariff in plain words.
    prices: Vec<String>,
    /// The cost line by line; absent when no tariff priced it.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<CostView>,
    /// Who started it, as much as a receipt shows of a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "…E5F6")]
    token: Option<String>,
    /// How it was paid.
    paid: PaidView,
    /// When it was issued.
    #[schema(value_type = String, format = DateTime)]
    issued_at: Timestamp,
}

impl From<Receipt> for ReceiptView {
    fn from(receipt: Receipt) -> ReceiptView {
        ReceiptView {
            number: receipt.number.0,
            session_id: receipt.session.to_string(),
            station_id: receipt.station.to_string(),
            evse_id: receipt.evse.map(|evse| evse.0),
            site: receipt.site,
            address: receipt.address.map(Into::into),
            time_zone: receipt.time_zone,
            started_at: receipt.started_at,
            ended_at: receipt.ended_at,
            meter_start_wh: receipt.meter_start.map(|register| register.0),
            meter_end_wh: receipt.meter_end.map(|register| register.0),
            energy_wh: receipt.energy.0,
            tariff_id: receipt.tariff.map(|tariff| tariff.0),
            prices: receipt.prices,
            cost: receipt.cost.map(Into::into),
            token: receipt.token,
            paid: receipt.paid.into(),
            issued_at: receipt.issued_at,
        }
    }
}
