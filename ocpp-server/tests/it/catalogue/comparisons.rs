//! Two stations side by side, and templates for stations of any version.

use ocpp_core::model::SettingChange;
use ocpp_core::types::Version;
use ocpp_server::catalogue::{Difference, NoCounterpart, Side, apply, compare};

use super::{change, setting};

fn side(version: Version, settings: &[SettingChange]) -> Side<'_> {
    Side { version, settings }
}

#[test]
fn two_stations_of_different_versions_are_compared_by_meaning() {
    let old = [
        change("HeartbeatInterval", "300"),
        change("LocalPreAuthorize", "TRUE"),
        change("MeterValuesSampledData", "SoC,Voltage"),
        change("ResetRetries", "3"),
        change("NumberOfConnectors", "2"),
        change("ConnectionTimeOut", "60"),
        change("AuthorizationKey", "6162636465666768696a6b6c6d6e6f70"),
    ];
    let new = [
        change("OCPPCommCtrlr.HeartbeatInterval", "0300"),
        change("AuthCtrlr.LocalPreAuthorize", "true"),
        change("SampledDataCtrlr.TxUpdatedMeasurands", "Voltage, SoC"),
        change("OCPPCommCtrlr.ResetRetries", "1"),
        change("SampledDataCtrlr.TxUpdatedInterval", "60"),
        change("SecurityCtrlr.BasicAuthPassword", "something else entirely"),
    ];
    let differences = compare(side(Version::V16, &old), side(Version::V201, &new));
    let [
        Difference::OnlyLeft { setting: left, value },
        Difference::OnlyRight { setting: right, value: theirs },
        Difference::Value { setting: both, left: ours, right: other },
        Difference::Incomparable(NoCounterpart::Setting { setting: alone, .. }),
    ] = &differences[..]
    else {
        panic!("{differences:#?}");
    };
    assert_eq!((left, &**value), (&setting("ConnectionTimeOut"), "60"));
    assert_eq!((right, &**theirs), (&setting("MeterValueSampleInterval"), "60"));
    assert_eq!((both, &**ours, &**other), (&setting("ResetRetries"), "3", "1"));
    assert_eq!(alone, &setting("NumberOfConnectors"));
}

#[test]
fn a_station_does_not_differ_from_itself_and_vendors_settings_are_compared_within_a_version() {
    let one = [change("AcmeCtrlr.Colour", "red"), change("TxCtrlr.TxStartPoint", "Authorized")];
    assert_eq!(compare(side(Version::V21, &one), side(Version::V21, &one)), []);
    let other = [change("acmectrlr.colour", "blue"), change("TxCtrlr.TxStartPoint", "Authorized")];
    let differences = compare(side(Version::V21, &one), side(Version::V21, &other));
    let [Difference::Value { left, right, .. }] = &differences[..] else { panic!("{differences:?}") };
    assert_eq!((&**left, &**right), ("red", "blue"));
}

#[test]
fn a_template_becomes_orders_of_each_version_and_says_what_cannot_be_said() {
    let template = [
        change("MeterValueSampleInterval", "60"),
        change("AuthCtrlr.LocalAuthorizeOffline", "true"),
        change("SmartChargingCtrlr.LimitChangeSignificance", "5"),
        change("SecurityProfile", "2"),
        change("MeterValuesSampledData", "SoC,RPM"),
        change("SampledDataCtrlr.TxUpdatedInterval", "30"),
    ];
    let old = apply(&template, Version::V16);
    assert_eq!(
        old.changes,
        [
            change("LocalAuthorizeOffline", "true"),
            change("SecurityProfile", "2"),
            change("MeterValuesSampledData", "SoC,RPM"),
            change("MeterValueSampleInterval", "30"), // The later line counts.
        ]
    );
    let why: Vec<_> = old.unsaid.iter().map(ToString::to_string).collect();
    assert_eq!(
        why,
        ["SmartChargingCtrlr.LimitChangeSignificance has no counterpart in OCPP 1.6: 1.6 has no key for it"]
    );
    let new = apply(&template, Version::V201);
    assert_eq!(
        new.changes,
        [
            change("AuthCtrlr.LocalAuthorizeOffline", "true"),
            change("SmartChargingCtrlr.LimitChangeSignificance", "5"),
            change("SampledDataCtrlr.TxUpdatedInterval", "30"),
        ]
    );
    let why: Vec<_> = new.unsaid.iter().map(ToString::to_string).collect();
    assert_eq!(
        why,
        [
            "SecurityProfile can only be read in OCPP 2.0.1",
            "the value of MeterValuesSampledData cannot be said in OCPP 2.0.1: RPM is not among the values that are \
             allowed",
        ]
    );
    assert_eq!(apply(&old.changes, Version::V16).changes, old.changes, "applying it again changes nothing");
}
