//! The messages that are measured.

use std::fmt::Write as _;

pub(crate) fn boot_notification() -> String {
    concat!(
        r#"{"chargingStation":{"serialNumber":"SN-2024-000117","model":"Model S3-X","#,
        r#""modem":{"iccid":"89310410106543789301","imsi":"310410123456789"},"#,
        r#""vendorName":"A Vendor of Stations","firmwareVersion":"3.14.15-rc2"},"reason":"PowerUp"}"#
    )
    .to_owned()
}

pub(crate) fn meter_values() -> String {
    format!(r#"{{"evseId":1,"meterValue":[{}]}}"#, meter_value())
}

pub(crate) fn transaction_event() -> String {
    let meter_value = meter_value();
    format!(
        concat!(
            r#"{{"eventType":"Updated","meterValue":[{}],"timestamp":"2026-01-31T12:00:00.123Z","#,
            r#""triggerReason":"MeterValuePeriodic","seqNo":17,"offline":false,"numberOfPhasesUsed":3,"#,
            r#""transactionInfo":{{"transactionId":"b7e1c2a4-0d6c-4f0e-9f1a-6f0a3d5e7c21","#,
            r#""chargingState":"Charging","timeSpentCharging":905}},"evse":{{"id":1,"connectorId":1}},"#,
            r#""idToken":{{"idToken":"04A1B2C3D4E5F6","type":"ISO14443"}}}}"#
        ),
        meter_value
    )
}

/// Six samples of one moment.
fn meter_value() -> String {
    concat!(
        r#"{"sampledValue":["#,
        r#"{"value":1234567.8,"context":"Sample.Periodic","measurand":"Energy.Active.Import.Register","location":"Outlet","unitOfMeasure":{"unit":"Wh"}},"#,
        r#"{"value":11036.4,"context":"Sample.Periodic","measurand":"Power.Active.Import","location":"Outlet","unitOfMeasure":{"unit":"W"}},"#,
        r#"{"value":15.98,"context":"Sample.Periodic","measurand":"Current.Import","phase":"L1","location":"Outlet","unitOfMeasure":{"unit":"A"}},"#,
        r#"{"value":16.02,"context":"Sample.Periodic","measurand":"Current.Import","phase":"L2","location":"Outlet","unitOfMeasure":{"unit":"A"}},"#,
        r#"{"value":230.1,"context":"Sample.Periodic","measurand":"Voltage","phase":"L1-N","location":"Outlet","unitOfMeasure":{"unit":"V"}},"#,
        r#"{"value":63.5,"context":"Sample.Periodic","measurand":"SoC","location":"EV","unitOfMeasure":{"unit":"Percent"}}"#,
        r#"],"timestamp":"2026-01-31T12:00:00.123Z"}"#
    )
    .to_owned()
}

/// A report of 100 variables.
pub(crate) fn notify_report() -> String {
    let mut json = String::from(r#"{"requestId":42,"generatedAt":"2026-01-31T12:00:00Z","reportData":["#);
    for n in 0..100 {
        let separator = if n == 0 { "" } else { "," };
        let _ = write!(
            json,
            concat!(
                r#"{}{{"component":{{"evse":{{"id":1,"connectorId":1}},"name":"Connector{}"}},"#,
                r#""variable":{{"name":"AvailabilityState"}},"variableAttribute":[{{"type":"Actual","#,
                r#""value":"Available","mutability":"ReadOnly","persistent":true,"constant":false}}],"#,
                r#""variableCharacteristics":{{"dataType":"OptionList","#,
                r#""valuesList":"Available,Occupied,Reserved,Unavailable,Faulted","supportsMonitoring":true}}}}"#
            ),
            separator, n
        );
    }
    json.push_str(r#"],"tbc":true,"seqNo":0}"#);
    json
}
