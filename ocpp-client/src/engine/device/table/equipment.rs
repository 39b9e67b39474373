//! The components that a station has by its [`Equipment`](crate::engine::Equipment), all of them of 2.1: a payment
//! terminal, codes to pay on the web, inverters.

use super::Form::{Flag, Number, One, Several, Text, Whole};
use super::Source::{Fixed, Kept, Shows};
use super::{At, Form, Live, ReadOnly, ReadWrite, Row, Source, WriteOnly, row};
use crate::engine::grid::KINDS;

/// How vehicles and station pass energy to each other.
const TRANSFERS: &[&str] = &["DC", "DC_BPT"];
/// What a charging profile can ask for.
const MODES: &[&str] = &["Idle", "ChargingOnly", "CentralSetpoint", "CentralFrequency"];
/// What the terminal tells of a card.
const DETAILS: &[&str] = &["PspRef", "PaymentBrand", "ReadingMethod", "CardLast4Digits"];

const fn terminal(variable: &'static str, form: Form, source: Source) -> Row {
    row("PaymentCtrlr", (variable, ""), "", ReadOnly, form, source)
}

const fn payment(variable: &'static str, form: Form, initial: &'static str) -> Row {
    row("PaymentCtrlr", (variable, ""), "", ReadWrite, form, Kept(initial))
}

const fn merchant(instance: &'static str, initial: &'static str) -> Row {
    row("PaymentCtrlr", ("Merchant", instance), "", ReadWrite, Text(200), Kept(initial))
}

const fn web(variable: &'static str, form: Form, initial: &'static str) -> Row {
    row("WebPaymentsCtrlr", (variable, ""), "", ReadWrite, form, Kept(initial))
}

const fn inverter(variable: &'static str, form: Form, source: Source) -> Row {
    Row { at: At::EachEvse, ..row("DCDERCtrlr", (variable, ""), "", ReadOnly, form, source) }
}

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    // The terminal (C18 to C24).
    payment("Enabled", Flag, "true"),
    terminal("Problem", Flag, Fixed("false")),
    terminal("Connected", Flag, Fixed("true")),
    payment("AuthorizeDirectPayment", Flag, "true"),
    payment("AuthorizationAmount", Number(""), "60"),
    payment("PaymentDetails", Several(DETAILS), "PspRef,PaymentBrand"),
    payment("SettlementByCSMS", Flag, "false"),
    payment("ReceiptServerUrl", Text(500), ""),
    payment("ReceiptByCSMS", Flag, "true"),
    merchant("Id", ""),
    merchant("TaxId", ""),
    merchant("Name", ""),
    merchant("Address", ""),
    merchant("City", ""),
    terminal("TerminalID", Text(50), Shows(Live::Serial)),
    terminal("PaymentServiceProvider", Text(50), Fixed("emulated")),
    terminal("VendorName", Text(50), Shows(Live::Vendor)),
    terminal("Model", Text(50), Fixed("Emulated terminal")),
    terminal("SerialNumber", Text(50), Shows(Live::Serial)),
    terminal("FirmwareVersion", Text(50), Shows(Live::Firmware)),
    terminal("IMSI", Text(20), Fixed("")),
    terminal("ICCID", Text(20), Fixed("")),
    // Codes that change with the time (C25).
    web("URLTemplate", Text(500), ""),
    row("WebPaymentsCtrlr", ("URLParameters", ""), "", ReadOnly, Several(&["maxtime", "maxenergy", "maxcost"]), Fixed("")),
    web("TOTPVersion", One(&["v1"]), "v1"),
    web("ValidityTime", Whole(6, 3600, "s"), "30"),
    row("WebPaymentsCtrlr", ("SharedSecret", ""), "", WriteOnly, Text(500), Kept("")),
    web("Length", Whole(6, 100, ""), "8"),
    row("WebPaymentsCtrlr", ("QRCodeQuality", ""), "", ReadOnly, One(&["Low", "Medium", "Quartile", "High"]), Fixed("Medium")),
    // The inverter of each EVSE (R01.FR.01).
    inverter("Enabled", Flag, Fixed("true")),
    inverter("MaxW", Number("W"), Shows(Live::MaxPower)),
    inverter("OverExcitedW", Number("W"), Shows(Live::MaxPower)),
    inverter("OverExcitedPF", Number(""), Fixed("0.9")),
    inverter("UnderExcitedW", Number("W"), Shows(Live::MaxPower)),
    inverter("UnderExcitedPF", Number(""), Fixed("0.9")),
    inverter("MaxVA", Number("VA"), Shows(Live::MaxPower)),
    inverter("MaxVar", Number("var"), Shows(Live::MaxReactive)),
    inverter("MaxVarNeg", Number("var"), Shows(Live::MaxReactive)),
    inverter("MaxChargeRateW", Number("W"), Shows(Live::MaxPower)),
    inverter("MaxChargeRateVA", Number("VA"), Shows(Live::MaxPower)),
    inverter("VNom", Number("V"), Shows(Live::Voltage)),
    inverter("ModesSupported", Several(KINDS), Shows(Live::DerKinds)),
    inverter("InverterManufacturer", Text(50), Shows(Live::Vendor)),
    inverter("InverterModel", Text(50), Fixed("Emulated inverter")),
    inverter("InverterSerialNumber", Text(50), Shows(Live::Serial)),
    inverter("InverterSwVersion", Text(50), Shows(Live::Firmware)),
    inverter("InverterHwVersion", Text(50), Fixed("1")),
    inverter("ReactiveSusceptance", Number("s"), Fixed("0")),
    Row { at: At::EachEvse, ..row("ACDERCtrlr", ("ModesSupported", ""), "", ReadOnly, Several(KINDS), Shows(Live::DerKinds)) },
    // Energy from vehicles (block Q).
    Row { at: At::EachEvse, ..row("V2XChargingCtrlr", ("Enabled", ""), "", ReadWrite, Flag, Kept("true")) },
    Row { at: At::EachEvse, ..row("V2XChargingCtrlr", ("SupportedEnergyTransferModes", ""), "", ReadOnly, Several(TRANSFERS), Fixed("DC,DC_BPT")) },
    Row { at: At::EachEvse, ..row("V2XChargingCtrlr", ("SupportedOperationModes", ""), "", ReadOnly, Several(MODES), Fixed("Idle,ChargingOnly,CentralSetpoint,CentralFrequency")) },
];
