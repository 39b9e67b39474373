//! Each pair of a key and a variable, in both directions.

use std::collections::BTreeSet;

use ocpp_core::types::Version;
use ocpp_server::catalogue::{Catalogue, NoCounterpart, name, no_counterpart, pairs, same_as, translate};
use proptest::prelude::*;

use super::{change, setting};

/// Key, its value, variable, its value.
const TABLE: &[(&str, &str, &str, &str)] = &[
    ("AdditionalRootCertificateCheck", "true", "SecurityCtrlr.AdditionalRootCertificateCheck", "true"),
    ("AllowOfflineTxForUnknownId", "false", "AuthCtrlr.OfflineTxForUnknownIdEnabled", "false"),
    ("AuthorizationCacheEnabled", "true", "AuthCacheCtrlr.Enabled", "true"),
    (
        "AuthorizationKey",
        "6162636465666768696a6b6c6d6e6f70",
        "SecurityCtrlr.BasicAuthPassword",
        "abcdefghijklmnop",
    ),
    ("AuthorizeRemoteTxRequests", "false", "AuthCtrlr.AuthorizeRemoteStart", "false"),
    ("CentralContractValidationAllowed", "true", "ISO15118Ctrlr.CentralContractValidationAllowed", "true"),
    ("CertSigningRepeatTimes", "3", "SecurityCtrlr.CertSigningRepeatTimes", "3"),
    ("CertSigningWaitMinimum", "30", "SecurityCtrlr.CertSigningWaitMinimum", "30"),
    ("CertificateSignedMaxChainSize", "10000", "SecurityCtrlr.MaxCertificateChainSize", "10000"),
    ("ChargeProfileMaxStackLevel", "8", "SmartChargingCtrlr.ProfileStackLevel", "8"),
    ("ChargingScheduleAllowedChargingRateUnit", "Current,Power", "SmartChargingCtrlr.RateUnit", "A,W"),
    ("ChargingScheduleMaxPeriods", "24", "SmartChargingCtrlr.PeriodsPerSchedule", "24"),
    ("ClockAlignedDataInterval", "900", "AlignedDataCtrlr.Interval", "900"),
    ("ConnectionTimeOut", "60", "TxCtrlr.EVConnectionTimeOut", "60"),
    ("ConnectorSwitch3to1PhaseSupported", "true", "SmartChargingCtrlr.Phases3to1", "true"),
    ("ContractValidationOffline", "true", "ISO15118Ctrlr.ContractValidationOffline", "true"),
    ("CpoName", "Stadtwerke", "SecurityCtrlr.OrganizationName", "Stadtwerke"),
    ("GetConfigurationMaxKeys", "50", "DeviceDataCtrlr.ItemsPerMessage[GetVariables]", "50"),
    ("HeartbeatInterval", "300", "OCPPCommCtrlr.HeartbeatInterval", "300"),
    ("ISO15118PnCEnabled", "true", "ISO15118Ctrlr.PnCEnabled", "true"),
    ("LocalAuthListEnabled", "true", "LocalAuthListCtrlr.Enabled", "true"),
    ("LocalAuthorizeOffline", "true", "AuthCtrlr.LocalAuthorizeOffline", "true"),
    ("LocalPreAuthorize", "false", "AuthCtrlr.LocalPreAuthorize", "false"),
    ("MaxEnergyOnInvalidId", "0", "TxCtrlr.MaxEnergyOnInvalidId", "0"),
    ("MessageTimeout", "30", "OCPPCommCtrlr.MessageTimeout[Default]", "30"),
    ("MeterValueSampleInterval", "60", "SampledDataCtrlr.TxUpdatedInterval", "60"),
    ("MeterValuesAlignedData", "Voltage", "AlignedDataCtrlr.Measurands", "Voltage"),
    (
        "MeterValuesSampledData",
        "Energy.Active.Import.Register,SoC",
        "SampledDataCtrlr.TxUpdatedMeasurands",
        "Energy.Active.Import.Register,SoC",
    ),
    ("ReserveConnectorZeroSupported", "true", "ReservationCtrlr.NonEvseSpecific", "true"),
    ("ResetRetries", "1", "OCPPCommCtrlr.ResetRetries", "1"),
    ("SecurityProfile", "2", "SecurityCtrlr.SecurityProfile", "2"),
    ("SendLocalListMaxLength", "100", "LocalAuthListCtrlr.ItemsPerMessage", "100"),
    ("StopTransactionOnEVSideDisconnect", "true", "TxCtrlr.StopTxOnEVSideDisconnect", "true"),
    ("StopTransactionOnInvalidId", "true", "TxCtrlr.StopTxOnInvalidId", "true"),
    ("StopTxnAlignedData", "", "AlignedDataCtrlr.TxEndedMeasurands", ""),
    (
        "StopTxnSampledData",
        "Energy.Active.Import.Register",
        "SampledDataCtrlr.TxEndedMeasurands",
        "Energy.Active.Import.Register",
    ),
    ("SupportedFileTransferProtocols", "FTP,HTTPS", "OCPPCommCtrlr.FileTransferProtocols", "FTP,HTTPS"),
    ("TransactionMessageAttempts", "5", "OCPPCommCtrlr.MessageAttempts[TransactionEvent]", "5"),
    ("TransactionMessageRetryInterval", "60", "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]", "60"),
    ("UnlockConnectorOnEVSideDisconnect", "true", "OCPPCommCtrlr.UnlockOnEVSideDisconnect", "true"),
    ("WebSocketPingInterval", "20", "OCPPCommCtrlr.WebSocketPingInterval", "20"),
];

#[test]
fn each_pair_is_translated_both_ways() {
    let told: BTreeSet<_> = TABLE.iter().map(|row| row.0).collect();
    assert_eq!(told, pairs().iter().map(|pair| pair.key).collect(), "the table has every pair");
    for (key, old, variable, new) in TABLE {
        for version in [Version::V201, Version::V21] {
            assert_eq!(same_as(&setting(key), version), Some(setting(variable)));
            assert_eq!(same_as(&setting(variable), Version::V16), Some(setting(key)));
            assert_eq!(translate(&change(key, old), version), Ok(change(variable, new)), "{key}");
            assert_eq!(translate(&change(variable, new), Version::V16), Ok(change(key, old)), "{variable}");
        }
    }
}

#[test]
fn what_has_no_counterpart_says_why() {
    for (key, why) in no_counterpart() {
        assert_eq!(same_as(&setting(key), Version::V21), None);
        let refused = translate(&change(key, "1"), Version::V21).expect_err("no counterpart");
        assert_eq!(refused.to_string(), format!("{key} has no counterpart in OCPP 2.1: {why}"));
    }
    let refused = |name: &str, version| translate(&change(name, "1"), version).expect_err("none").to_string();
    assert_eq!(
        refused("AcmeBlinkMode", Version::V201),
        "AcmeBlinkMode has no counterpart in OCPP 2.0.1: it is a vendor's own key"
    );
    assert_eq!(
        refused("TxCtrlr.TxStartPoint", Version::V16),
        "TxCtrlr.TxStartPoint has no counterpart in OCPP 1.6: 1.6 has no key for it"
    );
    assert_eq!(
        refused("AuthCacheCtrlr.Enabled @2", Version::V16),
        "AuthCacheCtrlr.Enabled @2 has no counterpart in OCPP 1.6: keys of 1.6 are those of the whole station"
    );
    assert_eq!(same_as(&setting("TxCtrlr.SupportedLimits"), Version::V201), None);
    assert_eq!(same_as(&setting("TariffCostCtrlr.TariffFallbackMessage[en]"), Version::V201), None);
    assert_eq!(same_as(&setting("AcmeCtrlr.Enabled"), Version::V21), None, "nobody knows the component");
    let own = setting("AcmeBlinkMode");
    assert_eq!(same_as(&own, Version::V16), Some(own));
    let voltage = setting("ElectricalFeed.ACVoltage");
    assert_eq!(same_as(&voltage, Version::V21), Some(voltage));
}

#[test]
fn a_value_that_cannot_be_said_is_refused() {
    let refused = |name: &str, value: &str, version| {
        translate(&change(name, value), version).expect_err("a value that cannot be said").to_string()
    };
    let ending = "cannot be said in OCPP";
    assert_eq!(
        refused("HeartbeatInterval", "0", Version::V201),
        format!("the value of HeartbeatInterval {ending} 2.0.1: the least is 1")
    );
    assert_eq!(
        refused("MeterValuesSampledData", "SoC,Temperature", Version::V201),
        format!(
            "the value of MeterValuesSampledData {ending} 2.0.1: Temperature is not among the values that are allowed"
        )
    );
    assert!(refused("MeterValuesSampledData", "Voltage.L1", Version::V21).contains("Voltage.L1"));
    assert_eq!(
        refused("SampledDataCtrlr.TxUpdatedMeasurands", "Display.InletHot", Version::V201),
        format!(
            "the value of SampledDataCtrlr.TxUpdatedMeasurands {ending} 2.0.1: Display.InletHot is not among the \
             values that are allowed"
        )
    );
    assert_eq!(
        refused("ResetRetries", "often", Version::V21),
        format!("the value of ResetRetries {ending} 2.1: it is no integer")
    );
}

#[test]
fn a_password_is_never_shown_when_it_is_refused() {
    let secret = "correct horse battery staple";
    for (name, value, version) in [
        ("SecurityCtrlr.BasicAuthPassword", secret, Version::V16),
        ("SecurityCtrlr.BasicAuthPassword", "short", Version::V21),
        ("AuthorizationKey", secret, Version::V201),
        ("AuthorizationKey", "ff00ff00ff00ff00ff00ff00ff00ff00", Version::V201),
    ] {
        let refused = translate(&change(name, value), version).expect_err("no such password there");
        assert!(matches!(refused, NoCounterpart::Password { .. } | NoCounterpart::Value { .. }));
        assert!(!format!("{refused} {refused:?}").contains(value), "{refused}");
    }
}

#[test]
fn spelling_is_mended_on_the_way() {
    let into =
        |name: &str, value: &str| translate(&change(name, value), Version::V21).expect("a counterpart").value;
    assert_eq!(&*into("LOCALPREAUTHORIZE", "TRUE"), "true");
    assert_eq!(&*into("HeartbeatInterval", " 0300 "), "300");
    assert_eq!(&*into("MeterValuesSampledData", "soc, Voltage ,"), "SoC,Voltage");
    assert_eq!(
        name(&same_as(&setting("localpreauthorize"), Version::V201).expect("it")),
        "AuthCtrlr.LocalPreAuthorize"
    );
}

/// A value that both versions can say, as the book writes it.
fn value_of(pair: usize) -> BoxedStrategy<(usize, String)> {
    let key = pairs()[pair].key;
    let entry = Catalogue::of(Version::V16).key(key).expect("a key");
    let list = |values: Vec<&'static str>| {
        let most = values.len();
        proptest::sample::subsequence(values, 0..=most).prop_shuffle().prop_map(|list| list.join(",")).boxed()
    };
    let value = match entry.data_type.name() {
        "boolean" => any::<bool>().prop_map(|truth| truth.to_string()).boxed(),
        "integer" => {
            let most = entry.limits.most.unwrap_or(1_000_000);
            (1..=most).prop_map(|number| number.to_string()).boxed()
        }
        "string" if entry.secret => {
            "[ -~]{16,20}".prop_map(|text| text.bytes().map(|byte| format!("{byte:02x}")).collect()).boxed()
        }
        "string" => "[ -~äß€]{1,60}".boxed(),
        _ => {
            let there =
                Catalogue::of(Version::V201).variable(pairs()[pair].component, pairs()[pair].variable);
            let there = there.expect("a variable").values;
            let both = entry.values.iter().filter(|value| there.allow(value) || key.ends_with("RateUnit"));
            list(both.collect())
        }
    };
    value.prop_map(move |value| (pair, value)).boxed()
}

proptest! {
    #[test]
    fn there_and_back_is_the_same((pair, value) in (0..pairs().len()).prop_flat_map(value_of)) {
        let old = change(pairs()[pair].key, &value);
        for version in [Version::V201, Version::V21] {
            let new = translate(&old, version).expect("both can say it");
            prop_assert_eq!(translate(&new, Version::V16), Ok(old.clone()));
            let other = if version == Version::V201 { Version::V21 } else { Version::V201 };
            prop_assert_eq!(translate(&new, other), Ok(new));
        }
    }

    #[test]
    fn any_names_and_values_are_answered(name in "\\PC{0,40}", value in "\\PC{0,60}") {
        for version in Version::ALL {
            for name in [name.as_str(), "AuthorizationKey", "MeterValuesSampledData", "SecurityCtrlr.BasicAuthPassword"] {
                let _ = translate(&change(name, &value), version);
            }
        }
    }
}
