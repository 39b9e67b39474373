//! The device model: read, changed, reported; keys of 1.6 as views of the same values; network profiles (block B).

use ocpp_client::engine::Record;
use ocpp_client::hardware::Actuation;
use ocpp_core::model::Outcome;
use ocpp_core::model::{
    AttributeKind, Command, Criterion, DeviceReport, Fact, Mutability, NetworkProfile, Place, ReadingContext,
    ReportKind, ReportSubject, ReportedSetting, ResetKind, Scope, Setting, SettingAttribute, SettingChange,
    SettingResult, Verdict,
};

use crate::bench::Bench;

pub(crate) fn key(name: &str) -> Setting {
    Setting::Key(name.into())
}

pub(crate) fn variable(component: &str, place: Option<Place>, variable: &str, instance: &str) -> Setting {
    Setting::Variable {
        component: component.into(),
        component_instance: None,
        place,
        variable: variable.into(),
        variable_instance: (!instance.is_empty()).then(|| instance.into()),
    }
}

fn results(bench: &mut Bench, command: &Command) -> Vec<SettingResult> {
    match bench.order(command) {
        Outcome::Settings(results) => results,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn read(bench: &mut Bench, setting: Setting) -> (Verdict, String) {
    let read = results(bench, &Command::ReadSettings(Scope::These(vec![setting])));
    (read[0].verdict, read[0].value.as_deref().unwrap_or_default().to_owned())
}

pub(crate) fn change(bench: &mut Bench, setting: Setting, value: &str) -> Verdict {
    let change = SettingChange::new(setting, value);
    results(bench, &Command::ChangeSettings(vec![change]))[0].verdict
}

pub(crate) fn holds(value: &str) -> (Verdict, String) {
    (Verdict::Accepted, value.to_owned())
}

/// The parts of the report that follows an order.
pub(crate) fn report(bench: &mut Bench, command: &Command) -> (Verdict, Vec<DeviceReport>) {
    bench.heard();
    let verdict = bench.verdict(command);
    let part = |fact: Fact| match fact {
        Fact::Report(report) => Some(report),
        _ => None,
    };
    (verdict, bench.heard().into_iter().filter_map(part).collect())
}

pub(crate) fn name(setting: &Setting) -> String {
    match setting {
        Setting::Variable { component, component_instance, variable, variable_instance, place } => {
            let evse =
                place.and_then(|place| place.evse()).map_or(String::new(), |evse| format!("@{}", evse.0));
            let which = component_instance.as_deref().map_or(String::new(), |which| format!("#{which}"));
            let instance = variable_instance.as_deref().unwrap_or_default();
            format!("{component}{which}{evse}.{variable}[{instance}]")
        }
        Setting::Key(key) => key.to_string(),
    }
}

pub(crate) fn rows(parts: &[DeviceReport]) -> Vec<&ReportedSetting> {
    parts.iter().flat_map(|part| &part.settings).collect()
}

#[test]
fn what_means_the_same_is_one_value() {
    let mut bench = Bench::new(1);
    assert_eq!(change(&mut bench, key("heartbeatinterval"), "77"), Verdict::Accepted);
    assert_eq!(read(&mut bench, variable("ocppcommctrlr", None, "HeartbeatInterval", "")), holds("77"));
    let attempts = variable("OCPPCommCtrlr", None, "MessageAttempts", "TransactionEvent");
    assert_eq!(change(&mut bench, attempts, "5"), Verdict::Accepted);
    assert_eq!(read(&mut bench, key("TransactionMessageAttempts")), holds("5"));
}

#[test]
fn what_only_one_version_has_stands_alone() {
    let mut bench = Bench::new(2);
    assert_eq!(read(&mut bench, key("NumberOfConnectors")), holds("2"));
    assert_eq!(read(&mut bench, variable("ChargingStation", None, "SupplyPhases", "")), holds("3"));
    assert_eq!(read(&mut bench, key("LocalAuthListMaxLength")), holds("1000"));
    assert_eq!(read(&mut bench, variable("LocalAuthListCtrlr", None, "Entries", "")), holds("0"));
}

#[test]
fn a_place_and_an_instance_are_part_of_the_name() {
    let mut bench = Bench::new(2);
    let power = |place| variable("EVSE", place, "Power", "");
    assert_eq!(read(&mut bench, power(Some(Place::of(2, None)))), holds("0"));
    assert_eq!(read(&mut bench, power(Some(Place::of(3, None)))).0, Verdict::NotSupported, "no such EVSE");
    assert_eq!(read(&mut bench, power(None)).0, Verdict::NotSupported, "an EVSE is somewhere");
    let attempts = |instance| variable("OCPPCommCtrlr", None, "MessageAttempts", instance);
    assert_eq!(
        read(&mut bench, attempts("")).0,
        Verdict::Unknown,
        "there is none without an instance (B06.FR.15)"
    );
    assert_eq!(read(&mut bench, attempts("TransactionEvent")).0, Verdict::Accepted);
}

#[test]
fn every_refusal_has_its_word() {
    let mut bench = Bench::new(1);
    let heartbeat = || variable("OCPPCommCtrlr", None, "HeartbeatInterval", "");
    let cases = [
        (variable("NoCtrlr", None, "Enabled", ""), "true", Verdict::NotSupported),
        (variable("AuthCtrlr", None, "Colour", ""), "true", Verdict::Unknown),
        (variable("ChargingStation", None, "SupplyPhases", ""), "1", Verdict::Rejected),
        (variable("AuthCtrlr", None, "LocalPreAuthorize", ""), "maybe", Verdict::Rejected),
        (heartbeat(), "0", Verdict::Rejected),
        (heartbeat(), "86401", Verdict::Rejected),
        (key("MeterValuesSampledData"), "Voltage,Colour", Verdict::Rejected),
        (key("MeterValuesSampledData"), "Voltage,SoC", Verdict::Accepted),
        (variable("SecurityCtrlr", None, "BasicAuthPassword", ""), "short", Verdict::Rejected),
    ];
    for (setting, value, verdict) in cases {
        assert_eq!(change(&mut bench, setting.clone(), value), verdict, "{} := {value}", name(&setting));
    }
    let target = SettingAttribute { setting: heartbeat(), attribute: AttributeKind::Target };
    let read = results(&mut bench, &Command::ReadSettings(Scope::Attributes(vec![target])));
    assert_eq!((read[0].verdict, read[0].attribute), (Verdict::NotSupported, AttributeKind::Target));
    let many = vec![heartbeat(); 51];
    let read = results(&mut bench, &Command::ReadSettings(Scope::These(many)));
    assert_eq!(read.len(), 51);
    assert!(read.iter().all(|one| one.verdict == Verdict::Rejected && one.value.is_none()));
}

#[test]
fn a_password_is_used_at_once_and_never_told() {
    let mut bench = Bench::new(1);
    let password = "0123456789abcdef";
    for setting in [key("AuthorizationKey"), variable("SecurityCtrlr", None, "BasicAuthPassword", "")] {
        assert_eq!(change(&mut bench, setting.clone(), password), Verdict::Accepted);
        assert_eq!(read(&mut bench, setting).0, Verdict::Rejected);
    }
    assert_eq!(bench.engine.password(), Some(password));
    assert!(bench.actuated.contains(&Actuation::Reconnect));
    assert!(!format!("{:?}", bench.kept).contains(password), "no password in debug output");
    let records = bench.kept.clone();
    assert_eq!(Bench::with_records(1, records).engine.password(), Some(password));
}

#[test]
fn changes_outlive_a_restart() {
    let mut bench = Bench::new(1);
    change(&mut bench, key("ConnectionTimeOut"), "33");
    change(&mut bench, key("CpoName"), "Operator");
    assert!(bench.kept.iter().any(|record| matches!(record, Record::Settings(_))));
    let mut again = Bench::with_records(1, bench.kept.clone());
    assert_eq!(read(&mut again, key("ConnectionTimeOut")), holds("33"));
    assert_eq!(read(&mut again, variable("SecurityCtrlr", None, "OrganizationName", "")), holds("Operator"));
}

#[test]
fn the_full_report_comes_in_parts_with_every_required_variable() {
    let mut bench = Bench::new(2);
    let (verdict, parts) = report(&mut bench, &Command::ReportBase { request: 7, kind: ReportKind::Full });
    assert_eq!(verdict, Verdict::Accepted);
    assert!(parts.len() > 3 && parts.iter().all(|part| part.request == 7 && part.settings.len() <= 20));
    assert!(parts.iter().enumerate().all(|(at, part)| part.seq as usize == at));
    let more: Vec<bool> = parts.iter().map(|part| part.more).collect();
    assert_eq!(more.iter().filter(|more| !**more).count(), 1);
    assert_eq!(more.last(), Some(&false));
    let names: Vec<String> = rows(&parts).iter().map(|row| name(&row.setting)).collect();
    // What the appendices of 2.0.1 call required, of what the station implements.
    for required in [
        "AlignedDataCtrlr.Interval[]",
        "AlignedDataCtrlr.Measurands[]",
        "AlignedDataCtrlr.TxEndedInterval[]",
        "AlignedDataCtrlr.TxEndedMeasurands[]",
        "AuthCtrlr.AuthorizeRemoteStart[]",
        "AuthCtrlr.LocalAuthorizeOffline[]",
        "AuthCtrlr.LocalPreAuthorize[]",
        "ChargingStation.AvailabilityState[]",
        "ChargingStation.Available[]",
        "ChargingStation.SupplyPhases[]",
        "ClockCtrlr.DateTime[]",
        "ClockCtrlr.TimeSource[]",
        "Connector@2.Available[]",
        "Connector@2.ConnectorType[]",
        "Connector@2.SupplyPhases[]",
        "DeviceDataCtrlr.BytesPerMessage[GetReport]",
        "DeviceDataCtrlr.BytesPerMessage[GetVariables]",
        "DeviceDataCtrlr.BytesPerMessage[SetVariables]",
        "DeviceDataCtrlr.ItemsPerMessage[GetReport]",
        "DeviceDataCtrlr.ItemsPerMessage[GetVariables]",
        "DeviceDataCtrlr.ItemsPerMessage[SetVariables]",
        "DisplayMessageCtrlr.DisplayMessages[]",
        "DisplayMessageCtrlr.SupportedFormats[]",
        "DisplayMessageCtrlr.SupportedPriorities[]",
        "EVSE@1.AvailabilityState[]",
        "EVSE@1.Available[]",
        "EVSE@1.Power[]",
        "EVSE@1.SupplyPhases[]",
        "ISO15118Ctrlr.ContractValidationOffline[]",
        "LocalAuthListCtrlr.BytesPerMessage[]",
        "LocalAuthListCtrlr.Entries[]",
        "LocalAuthListCtrlr.ItemsPerMessage[]",
        "MonitoringCtrlr.BytesPerMessage[SetVariableMonitoring]",
        "MonitoringCtrlr.ItemsPerMessage[SetVariableMonitoring]",
        "OCPPCommCtrlr.FileTransferProtocols[]",
        "OCPPCommCtrlr.MessageTimeout[Default]",
        "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]",
        "OCPPCommCtrlr.MessageAttempts[TransactionEvent]",
        "OCPPCommCtrlr.NetworkConfigurationPriority[]",
        "OCPPCommCtrlr.NetworkProfileConnectionAttempts[]",
        "OCPPCommCtrlr.OfflineThreshold[]",
        "OCPPCommCtrlr.ResetRetries[]",
        "OCPPCommCtrlr.UnlockOnEVSideDisconnect[]",
        "SampledDataCtrlr.TxEndedInterval[]",
        "SampledDataCtrlr.TxEndedMeasurands[]",
        "SampledDataCtrlr.TxStartedMeasurands[]",
        "SampledDataCtrlr.TxUpdatedInterval[]",
        "SampledDataCtrlr.TxUpdatedMeasurands[]",
        "SecurityCtrlr.CertificateEntries[]",
        "SecurityCtrlr.OrganizationName[]",
        "SecurityCtrlr.SecurityProfile[]",
        "SmartChargingCtrlr.Entries[ChargingProfiles]",
        "SmartChargingCtrlr.LimitChangeSignificance[]",
        "SmartChargingCtrlr.PeriodsPerSchedule[]",
        "SmartChargingCtrlr.ProfileStackLevel[]",
        "SmartChargingCtrlr.RateUnit[]",
        "TariffCostCtrlr.Currency[]",
        "TariffCostCtrlr.TariffFallbackMessage[]",
        "TariffCostCtrlr.TotalCostFallbackMessage[]",
        "TxCtrlr.EVConnectionTimeOut[]",
        "TxCtrlr.StopTxOnEVSideDisconnect[]",
        "TxCtrlr.StopTxOnInvalidId[]",
        "TxCtrlr.TxStartPoint[]",
        "TxCtrlr.TxStopPoint[]",
    ] {
        assert!(names.iter().any(|name| name == required), "{required} is not reported");
    }
    let twice: Vec<_> =
        names.iter().filter(|name| names.iter().filter(|other| other == name).count() > 1).collect();
    assert!(twice.len() <= 2 * 4, "only EVSE and connector share names: {twice:?}");
}

#[test]
fn the_other_reports_are_cuts_of_it() {
    let mut bench = Bench::new(1);
    let (_, parts) = report(&mut bench, &Command::ReportBase { request: 1, kind: ReportKind::Configuration });
    assert!(!parts.is_empty());
    for row in rows(&parts) {
        assert_ne!(row.attributes[0].mutability, Mutability::ReadOnly, "{}", name(&row.setting));
        assert!(row.characteristics.is_some());
    }
    let is_secret = |row: &&&ReportedSetting| name(&row.setting).contains("BasicAuthPassword");
    assert!(rows(&parts).iter().find(is_secret).is_some_and(|row| row.actual().is_none()));
    let (_, parts) = report(&mut bench, &Command::ReportBase { request: 2, kind: ReportKind::Summary });
    let names: Vec<_> = rows(&parts).iter().map(|row| name(&row.setting)).collect();
    assert!(names.contains(&"EVSE@1.Problem[]".to_owned()) && names.len() < 20, "{names:?}");
}

#[test]
fn a_report_is_limited_by_names_and_states() {
    let mut bench = Bench::new(2);
    let about = |component: &str, place, variable: Option<&str>| ReportSubject {
        component: component.into(),
        component_instance: None,
        place,
        variable: variable.map(Box::from),
        variable_instance: None,
    };
    let order = |criteria: Vec<Criterion>, settings| Command::Report { request: 3, criteria, settings };
    let (_, parts) = report(&mut bench, &order(vec![], vec![about("EVSE", None, Some("Power"))]));
    assert_eq!(rows(&parts).len(), 2, "of every EVSE (B08.FR.23)");
    let items = about("DeviceDataCtrlr", None, Some("ItemsPerMessage"));
    let (_, parts) = report(&mut bench, &order(vec![], vec![items]));
    assert_eq!(rows(&parts).len(), 3, "every instance (B08.FR.21)");
    let (verdict, parts) = report(&mut bench, &order(vec![Criterion::Problem], vec![]));
    assert_eq!((verdict, parts.len()), (Verdict::NothingFits, 0));
    bench.hardware(ocpp_client::hardware::HardwareEvent::Fault(
        ocpp_core::model::EvseId(2),
        ocpp_client::hardware::FaultState::Faulted,
    ));
    let (verdict, parts) =
        report(&mut bench, &order(vec![Criterion::Problem], vec![about("EVSE", None, None)]));
    assert_eq!(verdict, Verdict::Accepted);
    assert!(rows(&parts).iter().all(|row| name(&row.setting).starts_with("EVSE@2.")));
    let (verdict, _) = report(&mut bench, &order(vec![], vec![about("NoCtrlr", None, None)]));
    assert_eq!(verdict, Verdict::NothingFits);
}

pub(crate) fn network(slot: i32, url: &str, security_profile: u8) -> NetworkProfile {
    NetworkProfile {
        slot,
        url: url.into(),
        interface: "Wired0".into(),
        security_profile,
        message_timeout_s: 30,
        ocpp_version: None,
        identity: None,
        password: None,
        apn: None,
        vpn: None,
    }
}

#[test]
fn network_profiles_are_kept_and_used_after_a_restart() {
    let mut bench = Bench::new(1);
    let set = |profile| Command::SetNetworkProfile(Box::new(profile));
    for bad in
        [network(9, "wss://a.example/ocpp", 2), network(1, "http://a.example", 1), network(1, "ws://a", 2)]
    {
        assert_eq!(bench.verdict(&set(bad.clone())), Verdict::Rejected, "{bad:?}");
    }
    assert_eq!(bench.verdict(&set(network(1, "wss://a.example/ocpp", 2))), Verdict::Accepted);
    let priority = || variable("OCPPCommCtrlr", None, "NetworkConfigurationPriority", "");
    assert_eq!(change(&mut bench, priority(), "1,2"), Verdict::Rejected, "slot 2 is empty (B10.FR.02)");
    assert_eq!(bench.verdict(&set(network(2, "wss://b.example/ocpp", 2))), Verdict::Accepted);
    assert_eq!(change(&mut bench, priority(), "2,1"), Verdict::RebootRequired);
    assert!(bench.engine.network_profile().is_none(), "not before the restart");
    bench.verdict(&Command::Reset { kind: ResetKind::Immediate, evse: None });
    let used = |bench: &Bench| bench.engine.network_profile().map(|profile| profile.slot);
    assert_eq!(used(&bench), Some(2));
    for slot in [2, 2, 1, 1, 1, 2] {
        bench.engine.handle_unreachable();
        assert_eq!(used(&bench), Some(slot), "three tries each (B10.FR.03)");
    }
    assert_eq!(used(&Bench::with_records(1, bench.kept.clone())), Some(2), "it outlives the power");
    assert_eq!(bench.verdict(&set(network(2, "wss://c.example/ocpp", 2))), Verdict::Rejected, "it is in use");
    assert_eq!(
        bench.verdict(&set(network(3, "ws://c.example/ocpp", 1))),
        Verdict::Rejected,
        "weaker (B09.FR.04)"
    );
}

#[test]
fn every_evse_is_metered_by_the_clock() {
    let mut bench = Bench::new(2);
    bench.plug(1);
    bench.present(1, "A");
    bench.plug(2);
    bench.heard();
    assert_eq!(change(&mut bench, key("ClockAlignedDataInterval"), "900"), Verdict::Accepted);
    bench.pass(1800);
    let facts = bench.heard();
    let idle =
        facts.iter().filter(|fact| matches!(fact, Fact::Meter(report) if report.place == Place::of(2, None)));
    assert_eq!(idle.count(), 2);
    let of_session: Vec<_> = facts
        .iter()
        .filter_map(|fact| match fact {
            Fact::Transaction(fact) => fact.readings.first(),
            _ => None,
        })
        .filter(|reading| reading.samples[0].context == ReadingContext::CLOCK)
        .collect();
    assert_eq!(of_session.len(), 2);
}
