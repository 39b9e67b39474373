//! Reports of stations, good ones and bad ones.

use ocpp_core::model::{Place, Setting};
use ocpp_core::types::Version;
use ocpp_server::catalogue::{
    Access, Attribute, AttributeKind, Block, Blocks, Catalogue, Characteristics, DataType, Entry, Mutability,
    Remark, Reported, Required, profiles, review,
};

use super::{sample, setting};

fn offered(entry: &Entry) -> Mutability {
    match entry.access {
        Access::ReadOnly | Access::Open => Mutability::ReadOnly,
        Access::WriteOnly => Mutability::WriteOnly,
        Access::ReadWrite | Access::MakersChoice => Mutability::ReadWrite,
    }
}

/// A station that reports everything that its blocks require, and nothing else: two EVSEs with a connector each.
fn good_station(version: Version, blocks: &[Block]) -> Vec<Reported> {
    let has = |entry: &&Entry| {
        entry.required == Required::Yes && (entry.block == Block::Core || blocks.contains(&entry.block))
    };
    let mut report = Vec::new();
    for entry in Catalogue::of(version).entries().iter().filter(has) {
        let value = (!entry.secret).then(|| sample(entry));
        let value =
            if entry.variable == "SupportedFeatureProfiles" { Some(profiles_of(blocks)) } else { value };
        let places = match entry.component {
            Some("EVSE" | "V2XChargingCtrlr" | "DCDERCtrlr") => vec![Place::of(1, None), Place::of(2, None)],
            Some("Connector") => vec![Place::of(1, Some(1)), Place::of(2, Some(1))],
            _ => vec![Place::Station],
        };
        for at in places {
            let mut setting = setting(&entry.name());
            if let Setting::Variable { place, component_instance, .. } = &mut setting {
                *place = Some(at).filter(|at| *at != Place::Station);
                *component_instance = (entry.component == Some("NetworkConfiguration")).then(|| "1".into());
            }
            report.push(Reported::new(setting, value.as_deref(), offered(entry)));
        }
    }
    report
}

fn profiles_of(blocks: &[Block]) -> String {
    let known = profiles().map(|(name, _)| name).filter(|name| !["Security", "PlugAndCharge"].contains(name));
    let has = |name: &&str| {
        Block::of_profile(name).is_some_and(|block| block == Block::Core || blocks.contains(&block))
    };
    known.filter(has).collect::<Vec<_>>().join(",")
}

const OPTIONAL: [Block; 11] = [
    Block::LocalAuthList,
    Block::SmartCharging,
    Block::PlugAndCharge,
    Block::TariffAndCost,
    Block::DisplayMessage,
    Block::Monitoring,
    Block::V2x,
    Block::DerControl,
    Block::PaymentTerminal,
    Block::WebPayment,
    Block::Reservation,
];

/// What the report itself says of the blocks is what it is reviewed by.
fn remarks(version: Version, report: &[Reported]) -> Vec<Remark> {
    review(version, &Blocks::seen_in(version, report), report)
}

fn texts(version: Version, report: &[Reported]) -> Vec<String> {
    remarks(version, report).iter().map(ToString::to_string).collect()
}

fn without(report: &[Reported], name: &str) -> Vec<Reported> {
    let gone = setting(name);
    let left: Vec<_> = report.iter().filter(|one| one.setting != gone).cloned().collect();
    assert_eq!(left.len() + 1, report.len(), "{name} was reported");
    left
}

fn replaced(report: &[Reported], name: &str, value: &str, mutability: Mutability) -> Vec<Reported> {
    let mut report = without(report, name);
    report.push(Reported::new(setting(name), Some(value), mutability));
    report
}

#[test]
fn a_station_that_reports_what_it_should_gets_no_remarks() {
    for version in Version::ALL {
        assert_eq!(texts(version, &good_station(version, &[])), [""; 0], "{version}");
        let full = good_station(version, &OPTIONAL);
        assert_eq!(texts(version, &full), [""; 0], "{version}");
    }
}

#[test]
fn each_required_setting_is_missed_when_it_is_not_there() {
    for version in Version::ALL {
        let full = good_station(version, &OPTIONAL);
        for gone in &full {
            if gone.setting == setting("SupportedFeatureProfiles") {
                continue; // Without it nobody knows which keys are required.
            }
            let left: Vec<_> = full.iter().filter(|one| *one != gone).cloned().collect();
            let missed = remarks(version, &left);
            let was_the_last = match &missed[..] {
                [Remark::MissingComponent { required, .. }] => *required == 1,
                [] => {
                    // With its only variable a whole optional component is gone.
                    let Setting::Variable { component, .. } = &gone.setting else {
                        panic!("{gone:?} is not missed")
                    };
                    ["ACDERCtrlr", "ISO15118Ctrlr"].contains(&&**component)
                }
                _ => false,
            };
            assert!(
                missed == [Remark::Missing(gone.setting.clone())] || was_the_last,
                "{version}: {missed:?}"
            );
        }
    }
}

#[test]
fn a_block_that_the_station_does_not_have_requires_nothing() {
    let mut report = good_station(Version::V201, &[]);
    assert!(!Blocks::seen_in(Version::V201, &report).have(Block::LocalAuthList));
    let off = Reported::new(setting("LocalAuthListCtrlr.Available"), Some("false"), Mutability::ReadOnly);
    report.push(off.clone());
    assert_eq!(texts(Version::V201, &report), [""; 0]);
    // The operator knows better: it has to be there.
    let told = Blocks::new([Block::SmartCharging]);
    let missing = review(Version::V201, &told, &report);
    assert_eq!(missing, [Remark::MissingComponent { component: "SmartChargingCtrlr", required: 5 }]);
    let on = Reported::new(off.setting.clone(), Some("true"), Mutability::ReadOnly);
    report.retain(|one| *one != off);
    report.push(on);
    assert_eq!(
        texts(Version::V201, &report),
        [
            "LocalAuthListCtrlr.BytesPerMessage has to be there and is missing",
            "LocalAuthListCtrlr.Entries has to be there and is missing",
            "LocalAuthListCtrlr.ItemsPerMessage has to be there and is missing",
        ]
    );
}

#[test]
fn what_is_required_under_a_condition_is_missed_when_it_is_met() {
    let mut report = good_station(Version::V21, &[Block::TariffAndCost, Block::V2x]);
    let cost = setting("TariffCostCtrlr.Available[Cost]");
    report.push(Reported::new(cost, Some("true"), Mutability::ReadOnly));
    assert_eq!(
        texts(Version::V21, &report),
        [
            "TariffCostCtrlr.Enabled[Cost] has to be there and is missing",
            "TariffCostCtrlr.Interval[Cost] has to be there and is missing",
        ]
    );
    let report = good_station(Version::V21, &[Block::V2x]);
    let report = replaced(
        &report,
        "V2XChargingCtrlr.SupportedOperationModes @2",
        "ChargingOnly,LocalFrequency",
        Mutability::ReadOnly,
    );
    assert_eq!(
        texts(Version::V21, &report),
        ["V2XChargingCtrlr.LocalFrequencyUpdateThreshold @2 has to be there and is missing"]
    );
}

#[test]
fn each_evse_has_to_have_what_an_evse_has_to_have() {
    let report = without(&good_station(Version::V201, &[]), "EVSE.Power @2");
    assert_eq!(texts(Version::V201, &report), ["EVSE.Power @2 has to be there and is missing"]);
    // A controller needs it once for the station, though an EVSE may report a part of it, too.
    let mut report = good_station(Version::V201, &[Block::SmartCharging]);
    let at_evse = setting("SmartChargingCtrlr.ACPhaseSwitchingSupported @1");
    report.push(Reported::new(at_evse, Some("true"), Mutability::ReadOnly));
    assert_eq!(texts(Version::V201, &report), [""; 0]);
}

#[test]
fn values_that_cannot_be_are_told() {
    let good = good_station(Version::V201, &[]);
    for (name, value, expected) in [
        ("OCPPCommCtrlr.OfflineThreshold", "soon", "is \"soon\": it is no integer"),
        ("OCPPCommCtrlr.ResetRetries", "-1", "is \"-1\": the least is 0"),
        ("SecurityCtrlr.SecurityProfile", "4", "is \"4\": the most is 3"),
        ("AuthCtrlr.LocalPreAuthorize", "1", "is \"1\": it is no boolean"),
        ("ClockCtrlr.DateTime", "yesterday", "is \"yesterday\": it is no dateTime"),
        ("TxCtrlr.TxStartPoint", "EVConnected,Paid", "Paid is not among the values that are allowed"),
        (
            "SampledDataCtrlr.TxUpdatedMeasurands",
            "Voltage.L1",
            "Voltage.L1 is not among the values that are allowed",
        ),
    ] {
        let entry = super::entry(Version::V201, name);
        let texts = texts(Version::V201, &replaced(&good, name, value, offered(entry)));
        let [text] = &texts[..] else { panic!("{name}: {texts:?}") };
        assert!(text.starts_with(name) && text.ends_with(expected), "{text}");
    }
    // An empty value is one that is not known, and a measurand of 1.6 may name its phase.
    let empty = replaced(&good, "SecurityCtrlr.OrganizationName", "", Mutability::ReadWrite);
    assert_eq!(texts(Version::V201, &empty), [""; 0]);
    let old = good_station(Version::V16, &[]);
    let phases = replaced(&old, "MeterValuesSampledData", "Voltage.L1-N, SoC", Mutability::ReadWrite);
    assert_eq!(texts(Version::V16, &phases), [""; 0]);
}

#[test]
fn a_value_is_held_against_what_the_station_declares_itself() {
    let name = "OCPPCommCtrlr.NetworkConfigurationPriority";
    let mut report = good_station(Version::V201, &[]);
    let one = report.iter_mut().find(|one| one.setting == setting(name)).expect("it is required");
    one.characteristics = Some(Characteristics {
        data_type: Some(DataType::String),
        unit: None,
        min_limit: None,
        max_limit: None,
        values: Some("0, 2".into()),
    });
    assert_eq!(
        texts(Version::V201, &report),
        [
            format!("{name} is declared as string and is SequenceList in the standard"),
            format!("{name} is \"1\": 1 is not among the values that are allowed"),
        ]
    );
}

#[test]
fn how_a_setting_is_offered_is_told() {
    let good = good_station(Version::V201, &[]);
    let fixed = replaced(&good, "SampledDataCtrlr.TxUpdatedInterval", "60", Mutability::ReadOnly);
    assert_eq!(
        texts(Version::V201, &fixed),
        ["SampledDataCtrlr.TxUpdatedInterval can only be read, but has to be writable"]
    );
    let open = replaced(&good, "EVSE.Power @1", "0", Mutability::ReadWrite);
    assert_eq!(
        texts(Version::V201, &open),
        ["EVSE.Power @1 can be written, but is one that can only be read"]
    );
    // The maker's choice.
    let choice = replaced(&good, "TxCtrlr.TxStartPoint", "EVConnected", Mutability::ReadOnly);
    assert_eq!(texts(Version::V201, &choice), [""; 0]);
}

#[test]
fn a_secret_that_is_told_is_told_without_showing_it() {
    let mut report = good_station(Version::V201, &[]);
    let name = "SecurityCtrlr.BasicAuthPassword";
    report.push(Reported::new(setting(name), Some("hunter2hunter2hunter2"), Mutability::WriteOnly));
    let remarks = remarks(Version::V201, &report);
    assert_eq!(remarks, [Remark::SecretShown(setting(name))]);
    assert!(!format!("{remarks:?} {report:?}").contains("hunter2"));
}

#[test]
fn a_vendors_own_settings_are_no_fault() {
    let mut report = good_station(Version::V201, &[]);
    report.push(Reported::new(setting("AcmeCtrlr.Colour"), Some("red"), Mutability::ReadWrite));
    report.push(Reported::new(setting("TxCtrlr.AcmeGrace"), Some("5"), Mutability::ReadWrite));
    let seen = remarks(Version::V201, &report);
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|remark| matches!(remark, Remark::Unknown(_)) && !remark.is_fault()));
    assert_eq!(seen[0].to_string(), "AcmeCtrlr.Colour is not of the standard: a vendor's own");
}

/// What a charge point of 1.6 answers to `GetConfiguration`, with the faults that are seen in the field.
#[test]
fn a_charge_point_of_1_6_is_reviewed_by_its_feature_profiles() {
    let key = |name: &str, value: &str, mutability| Reported::new(setting(name), Some(value), mutability);
    let mut report = good_station(Version::V16, &[Block::SmartCharging]);
    report.retain(|one| one.setting != setting("ChargeProfileMaxStackLevel"));
    let mut report =
        replaced(&report, "SupportedFeatureProfiles", "Core, SmartCharging", Mutability::ReadOnly);
    report.push(key("freevend", "0", Mutability::ReadWrite));
    report.push(key("WebSocketPingInterval", "20s", Mutability::ReadWrite));
    assert_eq!(
        texts(Version::V16, &report),
        [
            "freevend is not of the standard: a vendor's own",
            "WebSocketPingInterval is \"20s\": it is no integer",
            "ChargeProfileMaxStackLevel has to be there and is missing",
        ]
    );
}

#[test]
fn a_report_of_target_and_limits_is_read_as_well() {
    let mut report = good_station(Version::V201, &[]);
    let attribute =
        |kind, value: &str| Attribute { kind, value: Some(value.into()), mutability: Mutability::ReadOnly };
    report.push(Reported {
        setting: setting("AirCoolingSystem.FanSpeed @1"),
        attributes: vec![attribute(AttributeKind::Actual, "900.5"), attribute(AttributeKind::MaxSet, "fast")],
        characteristics: None,
    });
    assert_eq!(texts(Version::V201, &report), ["AirCoolingSystem.FanSpeed @1 is \"fast\": it is no decimal"]);
}
