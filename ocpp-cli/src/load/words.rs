//! The texts of a station's calls. They are written as they go over the line, without building values first.

use std::fmt::Write;

use ocpp_core::types::Version;

/// What a station has to say, in whichever version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Say {
    Boot,
    Heartbeat,
    /// A vehicle is there.
    Occupied,
    Authorize,
    Start,
    /// The vehicle draws power.
    Charging,
    Meter,
    Stop,
    /// The vehicle is gone.
    Available,
}

/// An action that stations call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    BootNotification,
    Heartbeat,
    StatusNotification,
    Authorize,
    StartTransaction,
    MeterValues,
    StopTransaction,
    TransactionEvent,
}

impl Action {
    pub(super) const ALL: [Action; 8] = [
        Action::BootNotification,
        Action::Heartbeat,
        Action::StatusNotification,
        Action::Authorize,
        Action::StartTransaction,
        Action::MeterValues,
        Action::StopTransaction,
        Action::TransactionEvent,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Action::BootNotification => "BootNotification",
            Action::Heartbeat => "Heartbeat",
            Action::StatusNotification => "StatusNotification",
            Action::Authorize => "Authorize",
            Action::StartTransaction => "StartTransaction",
            Action::MeterValues => "MeterValues",
            Action::StopTransaction => "StopTransaction",
            Action::TransactionEvent => "TransactionEvent",
        }
    }
}

impl Say {
    /// How it is called in a version.
    pub(super) const fn action(self, version: Version) -> Action {
        match (self, version.is_2x()) {
            (Say::Boot, _) => Action::BootNotification,
            (Say::Heartbeat, _) => Action::Heartbeat,
            (Say::Authorize, _) => Action::Authorize,
            (Say::Occupied | Say::Available, _) | (Say::Charging, false) => Action::StatusNotification,
            (Say::Start, false) => Action::StartTransaction,
            (Say::Meter, false) => Action::MeterValues,
            (Say::Stop, false) => Action::StopTransaction,
            (Say::Start | Say::Charging | Say::Meter | Say::Stop, true) => Action::TransactionEvent,
        }
    }
}

/// What fills the texts in.
pub(super) struct Facts<'a> {
    /// The present moment, as it is written.
    pub(super) now: &'a str,
    pub(super) token: &'a str,
    /// The transaction: the station's text in 2.x, the manager's number in 1.6.
    pub(super) transaction: &'a str,
    /// The number of this report within the transaction (2.x).
    pub(super) seq: u32,
    pub(super) register_wh: u64,
}

/// Writes a payload behind what `out` holds.
pub(super) fn payload(version: Version, say: Say, facts: &Facts<'_>, out: &mut String) {
    let written = if version.is_2x() { payload_2x(say, facts, out) } else { payload_16(say, facts, out) };
    debug_assert!(written.is_ok(), "a text grows as needed");
}

fn payload_16(say: Say, facts: &Facts<'_>, out: &mut String) -> std::fmt::Result {
    let Facts { now, token, transaction, register_wh: wh, .. } = facts;
    let status = |out: &mut String, status: &str| {
        write!(out, r#"{{"connectorId":1,"errorCode":"NoError","status":"{status}","timestamp":"{now}"}}"#)
    };
    match say {
        Say::Boot => {
            let version = env!("CARGO_PKG_VERSION");
            write!(
                out,
                r#"{{"chargePointVendor":"ocpp","chargePointModel":"Load","firmwareVersion":"{version}"}}"#
            )
        }
        Say::Heartbeat => out.write_str("{}"),
        Say::Occupied => status(out, "Preparing"),
        Say::Charging => status(out, "Charging"),
        Say::Available => status(out, "Available"),
        Say::Authorize => write!(out, r#"{{"idTag":"{token}"}}"#),
        Say::Start => {
            write!(out, r#"{{"connectorId":1,"idTag":"{token}","meterStart":{wh},"timestamp":"{now}"}}"#)
        }
        Say::Meter => write!(
            out,
            r#"{{"connectorId":1,"transactionId":{transaction},"meterValue":[{{"timestamp":"{now}","sampledValue":[{{"value":"{wh}","context":"Sample.Periodic","measurand":"Energy.Active.Import.Register","unit":"Wh"}},{{"value":"11040","context":"Sample.Periodic","measurand":"Power.Active.Import","unit":"W"}},{{"value":"16.0","context":"Sample.Periodic","measurand":"Current.Import","phase":"L1","unit":"A"}},{{"value":"230.1","context":"Sample.Periodic","measurand":"Voltage","phase":"L1-N","unit":"V"}}]}}]}}"#
        ),
        Say::Stop => write!(
            out,
            r#"{{"transactionId":{transaction},"idTag":"{token}","meterStop":{wh},"timestamp":"{now}","reason":"Local"}}"#
        ),
    }
}

fn payload_2x(say: Say, facts: &Facts<'_>, out: &mut String) -> std::fmt::Result {
    let Facts { now, token, .. } = facts;
    let status = |out: &mut String, status: &str| {
        write!(out, r#"{{"timestamp":"{now}","connectorStatus":"{status}","evseId":1,"connectorId":1}}"#)
    };
    match say {
        Say::Boot => {
            let version = env!("CARGO_PKG_VERSION");
            write!(
                out,
                r#"{{"reason":"PowerUp","chargingStation":{{"model":"Load","vendorName":"ocpp","firmwareVersion":"{version}"}}}}"#
            )
        }
        Say::Heartbeat => out.write_str("{}"),
        Say::Occupied => status(out, "Occupied"),
        Say::Available => status(out, "Available"),
        Say::Authorize => write!(out, r#"{{"idToken":{{"idToken":"{token}","type":"Central"}}}}"#),
        Say::Start => {
            event(out, facts, "Started", "Authorized", r#""chargingState":"EVConnected""#)?;
            id_token(out, token)?;
            energy(out, facts, "Transaction.Begin")
        }
        Say::Charging => {
            event(out, facts, "Updated", "ChargingStateChanged", r#""chargingState":"Charging""#)?;
            out.write_str("}")
        }
        Say::Meter => {
            event(out, facts, "Updated", "MeterValuePeriodic", r#""chargingState":"Charging""#)?;
            sampled(out, facts)
        }
        Say::Stop => {
            event(
                out,
                facts,
                "Ended",
                "StopAuthorized",
                r#""chargingState":"EVConnected","stoppedReason":"Local""#,
            )?;
            id_token(out, token)?;
            energy(out, facts, "Transaction.End")
        }
    }
}

/// A transaction event up to where its token and meter values follow.
fn event(out: &mut String, facts: &Facts<'_>, kind: &str, trigger: &str, info: &str) -> std::fmt::Result {
    let Facts { now, transaction, seq, .. } = facts;
    write!(
        out,
        r#"{{"eventType":"{kind}","timestamp":"{now}","triggerReason":"{trigger}","seqNo":{seq},"transactionInfo":{{"transactionId":"{transaction}",{info}}},"evse":{{"id":1,"connectorId":1}}"#
    )
}

fn id_token(out: &mut String, token: &str) -> std::fmt::Result {
    write!(out, r#","idToken":{{"idToken":"{token}","type":"Central"}}"#)
}

/// The register alone, and the end of the event.
fn energy(out: &mut String, facts: &Facts<'_>, context: &str) -> std::fmt::Result {
    let Facts { now, register_wh, .. } = facts;
    write!(
        out,
        r#","meterValue":[{{"timestamp":"{now}","sampledValue":[{{"value":{register_wh},"context":"{context}","measurand":"Energy.Active.Import.Register","unitOfMeasure":{{"unit":"Wh"}}}}]}}]}}"#
    )
}

/// Register, power, current and voltage, and the end of the event.
fn sampled(out: &mut String, facts: &Facts<'_>) -> std::fmt::Result {
    let Facts { now, register_wh, .. } = facts;
    write!(
        out,
        r#","meterValue":[{{"timestamp":"{now}","sampledValue":[{{"value":{register_wh},"context":"Sample.Periodic","measurand":"Energy.Active.Import.Register","unitOfMeasure":{{"unit":"Wh"}}}},{{"value":11040,"context":"Sample.Periodic","measurand":"Power.Active.Import","unitOfMeasure":{{"unit":"W"}}}},{{"value":16.0,"context":"Sample.Periodic","measurand":"Current.Import","phase":"L1","unitOfMeasure":{{"unit":"A"}}}},{{"value":230.1,"context":"Sample.Periodic","measurand":"Voltage","phase":"L1-N","unitOfMeasure":{{"unit":"V"}}}}]}}]}}"#
    )
}
