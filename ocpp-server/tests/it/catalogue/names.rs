//! Names of settings as people write them.

use ocpp_core::model::{Place, Setting};
use ocpp_core::types::Version;
use ocpp_server::catalogue::{Catalogue, name, named};
use proptest::prelude::*;

#[test]
fn every_setting_of_the_standard_is_found_by_its_name() {
    for version in [Version::V16, Version::V201, Version::V21] {
        for entry in Catalogue::of(version).entries().iter().filter(|entry| entry.component != Some("*")) {
            let setting = named(&entry.name()).expect("a name");
            assert_eq!(name(&setting), entry.name());
            assert!(Catalogue::of(version).find(&setting).is_some(), "{}", entry.name());
        }
    }
}

#[test]
fn one_word_is_enough_where_it_is_clear() {
    let is = |word: &str| name(&named(word).expect("a name"));
    assert_eq!(is("HeartbeatInterval"), "HeartbeatInterval", "a key of 1.6");
    assert_eq!(
        is("txupdatedinterval"),
        "SampledDataCtrlr.TxUpdatedInterval",
        "a variable of that name alone"
    );
    assert_eq!(is("Enabled"), "Enabled", "many components have it");
    assert_eq!(is(" VendorKey "), "VendorKey", "a vendor's own key");
}

#[test]
fn instances_and_places_are_read() {
    let setting = named("Connector[left].Current[L1.N] @2/1").expect("a name");
    let expected = Setting::Variable {
        component: "Connector".into(),
        component_instance: Some("left".into()),
        place: Some(Place::of(2, Some(1))),
        variable: "Current".into(),
        variable_instance: Some("L1.N".into()),
    };
    assert_eq!(setting, expected);
    for bad in [
        "", " ", ".", "A.", ".B", "A[.B", "A[].B", "A.B[x", "A.B @0", "A.B @x", "A.B @1/0", "A B", "A[x]",
        "A\u{0}.B",
    ] {
        let error = named(bad).expect_err(bad).to_string();
        assert!(error.contains("is no name of a setting"), "{error}");
    }
}

proptest! {
    #[test]
    fn a_name_that_is_written_is_read(
        component in "[A-Za-z0-9_-]{1,20}", instance in proptest::option::of("[A-Za-z0-9.@|-]{1,10}"),
        variable in "[A-Za-z0-9.@_-]{1,20}", evse in 0_u32..9, connector in 0_u32..9,
    ) {
        let setting = Setting::Variable {
            component: component.into(),
            component_instance: instance.clone().map(Into::into),
            place: (evse > 0).then(|| Place::of(evse, Some(connector))),
            variable: variable.into(),
            variable_instance: instance.map(Into::into),
        };
        prop_assert_eq!(named(&name(&setting)), Ok(setting));
    }

    #[test]
    fn any_text_is_a_name_or_not(text in "\\PC{0,40}") {
        if let Ok(setting) = named(&text) {
            prop_assert!(!name(&setting).is_empty());
        }
    }
}
