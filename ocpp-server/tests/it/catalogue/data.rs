//! The data: every line is read, everything has a meaning, and nothing official is missing.

use std::collections::BTreeSet;
use std::path::Path;

use ocpp_core::types::Version;
use ocpp_server::catalogue::{Block, Catalogue, DataType, Required, no_counterpart, pairs, profiles};

use super::{entry, sample, setting};

const DEVICE_MODEL: &str = include_str!("../../../src/catalogue/device_model.txt");
const KEYS: &str = include_str!("../../../src/catalogue/keys.txt");

#[test]
fn every_line_of_the_data_is_read() {
    let lines = |text: &'static str| {
        text.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '@', '['])).count()
    };
    let known: BTreeSet<_> = [Version::V201, Version::V21]
        .into_iter()
        .flat_map(|version| Catalogue::of(version).entries())
        .map(|entry| (entry.name(), entry.versions))
        .collect();
    assert_eq!(known.len(), lines(DEVICE_MODEL));
    assert_eq!(Catalogue::of(Version::V16).entries().len(), lines(KEYS));
    let size = DEVICE_MODEL.len() + KEYS.len();
    assert!(size < 100_000, "the data has {size} bytes");
}

#[test]
fn everything_has_a_short_meaning_of_one_sentence() {
    let sentence = |name: &str, meaning: &str| {
        assert!(
            meaning.ends_with('.') && meaning.len() <= 120 && !meaning.contains(". "),
            "{name}: {meaning}"
        );
    };
    for version in Version::ALL {
        let catalogue = Catalogue::of(version);
        assert_eq!(catalogue.version(), version);
        catalogue.components().iter().for_each(|component| sentence(component.name, component.meaning));
        catalogue.entries().iter().for_each(|entry| sentence(&entry.name(), entry.meaning));
    }
    profiles().for_each(|(name, meaning)| sentence(name, meaning));
}

#[test]
fn nothing_stands_twice_and_everything_is_found_by_its_name() {
    for version in Version::ALL {
        let catalogue = Catalogue::of(version);
        let mut names = BTreeSet::new();
        for entry in catalogue.entries() {
            let name = entry.name();
            assert!(names.insert(name.to_lowercase()), "{version}: {name} stands twice");
            assert_eq!(catalogue.find(&setting(&name.to_uppercase())), Some(entry), "{version}: {name}");
            assert_eq!(entry.flaw_of(&sample(entry)), None, "{version}: {name}");
            let component = entry.component.map(|component| catalogue.component(component));
            assert_ne!(component, Some(None), "{version}: {name} has no component");
        }
    }
}

#[test]
fn conditions_name_variables_that_exist() {
    let mut conditions = 0;
    for version in [Version::V201, Version::V21] {
        for entry in Catalogue::of(version).entries() {
            let Required::When { variable, instance, .. } = entry.required else { continue };
            let instance = instance.map(|instance| format!("[{instance}]")).unwrap_or_default();
            let name = format!("{}.{variable}{instance}", entry.component.unwrap_or_default());
            assert_eq!(super::entry(version, &name).variable, variable);
            conditions += 1;
        }
    }
    assert_eq!(conditions, 10);
}

#[test]
fn a_variable_tells_its_type_unit_values_and_need() {
    let heartbeat = entry(Version::V201, "OCPPCommCtrlr.HeartbeatInterval");
    assert_eq!(
        (heartbeat.data_type, heartbeat.unit, heartbeat.limits.least),
        (DataType::Integer, "s", Some(1))
    );
    assert_eq!(heartbeat.required, Required::No);
    let measurands = entry(Version::V201, "SampledDataCtrlr.TxUpdatedMeasurands");
    assert!(measurands.values.allow("SoC") && !measurands.values.allow("Display.PresentSOC"));
    assert!(entry(Version::V21, "SampledDataCtrlr.TxUpdatedMeasurands").values.allow("Display.PresentSOC"));
    assert_eq!(entry(Version::V201, "SecurityCtrlr.BasicAuthPassword").limits.most, Some(40));
    assert_eq!(entry(Version::V21, "SecurityCtrlr.BasicAuthPassword").limits.most, Some(64));
    // Of one phase, and of a component that the standard gives no variables of its own.
    assert_eq!(entry(Version::V201, "ElectricalFeed.ACVoltage[L1]").unit, "V");
    assert_eq!(Catalogue::of(Version::V201).find(&setting("AcmeCtrlr.Colour")), None);
    assert_eq!(Catalogue::of(Version::V201).find(&setting("TxCtrlr.SupportedLimits")), None);
    assert_eq!(entry(Version::V16, "LocalAuthListEnabled").block, Block::LocalAuthList);
}

#[test]
fn every_key_has_its_variable_or_a_reason_why_not() {
    let keys: BTreeSet<_> = Catalogue::of(Version::V16).entries().iter().map(|key| key.variable).collect();
    let paired = pairs().iter().map(|pair| pair.key);
    let told: Vec<_> = paired.chain(no_counterpart().iter().map(|(key, _)| *key)).collect();
    assert_eq!(told.iter().copied().collect::<BTreeSet<_>>(), keys);
    assert_eq!(told.len(), keys.len(), "a key is named twice");
    let variables: BTreeSet<_> =
        pairs().iter().map(|pair| (pair.component, pair.variable, pair.instance)).collect();
    assert_eq!(variables.len(), pairs().len(), "a variable is named twice");
    for (pair, version) in pairs().iter().flat_map(|pair| [(pair, Version::V201), (pair, Version::V21)]) {
        let found = Catalogue::of(version).entries().iter().find(|entry| {
            (entry.component, entry.variable, entry.instance)
                == (Some(pair.component), pair.variable, pair.instance)
        });
        assert!(found.is_some(), "{}.{} is no variable of {version}", pair.component, pair.variable);
    }
}

/// Where the appendix and the specification's own chapter disagree, the chapter counts.
const CHAPTER_COUNTS: [&str; 4] = [
    "OCPPCommCtrlr.ActiveNetworkProfile",
    "OCPPCommCtrlr.NetworkConfigurationPriority",
    "V2XChargingCtrlr.LocalFrequencyUpdateThreshold",
    "WebPaymentsCtrlr.TOTPVersion",
];

#[test]
fn nothing_of_the_official_appendices_is_missing() {
    let Some(folder) = std::env::var_os("OCPP_OFFICIAL_SCHEMAS") else {
        eprintln!("not run: OCPP_OFFICIAL_SCHEMAS does not name the folder of the official files");
        return;
    };
    for (version, rows) in [(Version::V201, 249), (Version::V21, 430)] {
        let file = Path::new(&folder).join(version.number()).join("appendices/dm_components_vars.csv");
        let bytes = std::fs::read(file).expect("the appendix");
        let mut reader =
            csv::ReaderBuilder::new().delimiter(b';').flexible(true).from_reader(bytes.as_slice());
        let mut seen = 0;
        for row in reader.byte_records() {
            let row = row.expect("a row");
            let field = |at| String::from_utf8_lossy(row.get(at).unwrap_or_default()).trim().to_owned();
            let (component, variable, instance) = (field(0), field(1), field(2));
            if variable.is_empty() || !field(3).chars().all(char::is_alphanumeric) || row.len() < 6 {
                continue;
            }
            seen += 1;
            let component = if component == "<generic>" { "*".to_owned() } else { component };
            // The appendix writes attributes as `ACCurrent.min/maxSet`.
            let variable = variable.split('.').next().unwrap_or_default();
            let instance = if instance.is_empty() { instance } else { format!("[{instance}]") };
            let name = format!("{component}.{variable}{instance}");
            let entry = Catalogue::of(version).find(&setting(&name));
            let entry = entry.unwrap_or_else(|| panic!("{version}: {name} is missing"));
            assert!(
                entry.component.is_some_and(|own| own.eq_ignore_ascii_case(&component)),
                "{version}: {name}"
            );
            let declared = DataType::named(&field(4));
            if let Some(declared) = declared.filter(|_| !CHAPTER_COUNTS.contains(&name.as_str())) {
                assert_eq!(entry.data_type, declared, "{version}: {name}");
            }
        }
        assert!(seen >= rows, "{version}: only {seen} rows were read");
    }
}
