//! The components that a station has by its equipment and by its slots for network profiles (B09, C18, C25, Q, R01).

use ocpp_client::engine::{CommandToken, Engine, Equipment, Output};
use ocpp_core::model::{
    Command, EvseId, Mutability, NetworkProfile, Outcome, Place, ReportKind, ReportSubject, Scope, Setting,
    Verdict,
};

use crate::bench::{Bench, config};
use crate::device::{change, holds, name, network, read, report, rows, variable};

const PER_SLOT: usize = 10;

fn in_slot(slot: &str, variable: &str) -> Setting {
    Setting::Variable {
        component: "NetworkConfiguration".into(),
        component_instance: Some(slot.into()),
        place: None,
        variable: variable.into(),
        variable_instance: None,
    }
}

fn about(component: &str, instance: Option<&str>) -> Command {
    let subject = ReportSubject {
        component: component.into(),
        component_instance: instance.map(Box::from),
        place: None,
        variable: None,
        variable_instance: None,
    };
    Command::Report { request: 5, criteria: Vec::new(), settings: vec![subject] }
}

#[test]
fn each_slot_shows_its_network_profile() {
    let mut bench = Bench::new(1);
    assert_eq!(read(&mut bench, in_slot("2", "OcppCsmsUrl")), holds(""), "B09.FR.08: an empty slot is there");
    let profile = NetworkProfile { identity: Some("OTHER".into()), ..network(2, "wss://a.example/ocpp", 2) };
    let set = Command::SetNetworkProfile(Box::new(profile));
    assert_eq!(bench.verdict(&set), Verdict::Accepted);
    for (variable, value) in [
        ("OcppCsmsUrl", "wss://a.example/ocpp"),
        ("OcppInterface", "Wired0"),
        ("OcppTransport", "JSON"),
        ("MessageTimeout", "30"),
        ("SecurityProfile", "2"),
        ("Identity", "OTHER"),
        ("VpnEnabled", "false"),
        ("ApnEnabled", "false"),
    ] {
        assert_eq!(
            read(&mut bench, in_slot("2", variable)),
            holds(value),
            "{variable} (B09.FR.09, B09.FR.11)"
        );
    }
    let password = "0123456789abcdef";
    assert_eq!(change(&mut bench, in_slot("2", "BasicAuthPassword"), "short"), Verdict::Rejected);
    assert_eq!(
        change(&mut bench, in_slot("1", "BasicAuthPassword"), password),
        Verdict::Rejected,
        "it is empty"
    );
    assert_eq!(change(&mut bench, in_slot("2", "BasicAuthPassword"), password), Verdict::Accepted);
    assert_eq!(read(&mut bench, in_slot("2", "BasicAuthPassword")).0, Verdict::Rejected, "it is never told");
    assert_eq!(bench.engine.password(), None, "the station's own is another one");
    assert!(!format!("{:?}", bench.kept).contains(password), "no password in debug output");
    assert_eq!(read(&mut bench, in_slot("1", "OcppCsmsUrl")), holds(""), "the other slots are as they were");
    assert_eq!(change(&mut bench, in_slot("2", "OcppCsmsUrl"), "ws://b"), Verdict::Rejected);
    assert_eq!(
        read(&mut bench, in_slot("9", "OcppCsmsUrl")).0,
        Verdict::NotSupported,
        "there is no such slot"
    );
    let unnamed = variable("NetworkConfiguration", None, "OcppCsmsUrl", "");
    assert_eq!(read(&mut bench, unnamed).0, Verdict::NotSupported, "it has to be said which slot");
    assert_eq!(rows(&report(&mut bench, &about("NetworkConfiguration", None)).1).len(), 3 * PER_SLOT);
    let (_, parts) = report(&mut bench, &about("NetworkConfiguration", Some("2")));
    assert_eq!(rows(&parts).len(), PER_SLOT);
    assert_eq!(name(&rows(&parts)[0].setting), "NetworkConfiguration#2.OcppCsmsUrl[]");
}

/// What the appendices of 2.1 call required of these components.
const REQUIRED: &[(&str, &[&str])] = &[
    (
        "DCDERCtrlr@2",
        &[
            "MaxW",
            "OverExcitedW",
            "OverExcitedPF",
            "UnderExcitedW",
            "UnderExcitedPF",
            "MaxVA",
            "MaxVar",
            "MaxVarNeg",
            "MaxChargeRateW",
            "MaxChargeRateVA",
            "ModesSupported",
            "InverterManufacturer",
            "InverterModel",
            "InverterSwVersion",
            "InverterHwVersion",
            "ReactiveSusceptance",
        ],
    ),
    ("V2XChargingCtrlr@1", &["Enabled", "SupportedEnergyTransferModes", "SupportedOperationModes"]),
    (
        "PaymentCtrlr",
        &[
            "Enabled",
            "Problem",
            "AuthorizeDirectPayment",
            "AuthorizationAmount",
            "PaymentDetails",
            "SettlementByCSMS",
            "ReceiptServerUrl",
            "ReceiptByCSMS",
            "TerminalID",
            "PaymentServiceProvider",
            "VendorName",
            "Model",
            "SerialNumber",
            "FirmwareVersion",
            "IMSI",
            "ICCID",
            "Connected",
        ],
    ),
    ("WebPaymentsCtrlr", &["URLTemplate", "TOTPVersion", "ValidityTime", "SharedSecret", "Length"]),
];

#[test]
fn the_equipment_shows_every_variable_that_is_required() {
    let mut bench = Bench::new(2);
    let (_, parts) = report(&mut bench, &Command::ReportBase { request: 1, kind: ReportKind::Full });
    let names: Vec<String> = rows(&parts).iter().map(|row| name(&row.setting)).collect();
    for (component, variables) in REQUIRED {
        for variable in *variables {
            let wanted = format!("{component}.{variable}[]");
            assert!(names.contains(&wanted), "{wanted} is not reported");
        }
    }
    for instance in ["Id", "TaxId", "Name", "Address", "City"] {
        assert!(names.contains(&format!("PaymentCtrlr.Merchant[{instance}]")), "{instance}");
    }
    let secret = rows(&parts).into_iter().find(|row| name(&row.setting).contains("SharedSecret"));
    let secret = secret.map(|row| (row.attributes[0].mutability, row.actual().is_some()));
    assert_eq!(secret, Some((Mutability::WriteOnly, false)), "a secret is never told");
    assert!(!names.iter().any(|name| name.starts_with("ACDERCtrlr")), "its inverters are its own");
}

#[test]
fn what_is_kept_of_an_evse_or_instance_is_its_own() {
    let mut bench = Bench::new(2);
    let v2x = |evse: u32| variable("V2XChargingCtrlr", Some(Place::Evse(EvseId(evse))), "Enabled", "");
    assert_eq!(change(&mut bench, v2x(1), "false"), Verdict::Accepted);
    assert_eq!((read(&mut bench, v2x(1)), read(&mut bench, v2x(2))), (holds("false"), holds("true")));
    let merchant = |instance: &str| variable("PaymentCtrlr", None, "Merchant", instance);
    assert_eq!(change(&mut bench, merchant("City"), "Graz"), Verdict::Accepted);
    assert_eq!(
        (read(&mut bench, merchant("City")), read(&mut bench, merchant("Name"))),
        (holds("Graz"), holds(""))
    );
    let mut again = Bench::with_records(2, bench.kept.clone());
    assert_eq!(
        (read(&mut again, v2x(1)), read(&mut again, merchant("City"))),
        (holds("false"), holds("Graz"))
    );
    assert_eq!(change(&mut bench, variable("WebPaymentsCtrlr", None, "Length", ""), "5"), Verdict::Rejected);
}

#[test]
fn a_station_without_the_equipment_has_none_of_its_components() {
    let plain = ocpp_client::engine::Config { equipment: Equipment::default(), ..config(1) };
    let mut engine = Engine::new(plain, Box::new(|| "TX".to_owned()));
    for (component, variables) in REQUIRED {
        let (component, place) = match component.split_once('@') {
            Some((component, _)) => (component, Some(Place::Evse(EvseId(1)))),
            None => (*component, None),
        };
        let scope = Scope::These(vec![variable(component, place, variables[0], "")]);
        engine.handle_command(std::time::Duration::ZERO, CommandToken(1), &Command::ReadSettings(scope));
        let results = std::iter::from_fn(|| engine.poll_output()).find_map(|output| match output {
            Output::Reply(_, Outcome::Settings(results)) => Some(results),
            _ => None,
        });
        let verdict = results.map(|results| results[0].verdict);
        assert_eq!(verdict, Some(Verdict::NotSupported), "{component}");
    }
}

#[test]
fn a_station_comes_back_by_its_settings() {
    let mut bench = Bench::new(1);
    for (name, value) in
        [("RetryBackOffWaitMinimum", "4"), ("RetryBackOffRandomRange", "6"), ("RetryBackOffRepeatTimes", "2")]
    {
        assert_eq!(change(&mut bench, variable("OCPPCommCtrlr", None, name, ""), value), Verdict::Accepted);
    }
    let waits: Vec<u64> = (0..5).map(|failed| bench.engine.back_off(failed, 0.5).as_secs()).collect();
    assert_eq!(waits, [7, 11, 19, 19, 19], "doubled twice, and half of the range by chance");
    assert_eq!(bench.engine.ping_interval(), None);
    change(&mut bench, variable("OCPPCommCtrlr", None, "WebSocketPingInterval", ""), "45");
    assert_eq!(bench.engine.ping_interval(), Some(std::time::Duration::from_secs(45)));
}
