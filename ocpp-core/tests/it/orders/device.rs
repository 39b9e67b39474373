//! Settings, reports on them, resets and network profiles (block B).

use ocpp_core::dialect::{Manager, Memory, Reply, Station};
use ocpp_core::model::{
    AccessPoint, AttributeKind, Cause, Characteristics, Command, Criterion, DeviceReport, EvseId, Fact,
    Mutability, NetworkProfile, Outcome, Place, PrivateNetwork, ReportKind, ReportSubject, ReportedAttribute,
    ReportedSetting, ResetKind, Scope, Setting, SettingAttribute, SettingChange, SettingResult, Verdict,
};
use ocpp_core::types::Version;

use super::{VERSIONS, answered, heard, reported, unsayable};

const TWO: [Version; 2] = [Version::V201, Version::V21];

fn variable(component: &str, variable: &str) -> Setting {
    Setting::Variable {
        component: component.into(),
        component_instance: None,
        place: None,
        variable: variable.into(),
        variable_instance: None,
    }
}

fn at_evse() -> Setting {
    Setting::Variable {
        component: "Connector".into(),
        component_instance: Some("left".into()),
        place: Some(Place::of(2, Some(1))),
        variable: "Current".into(),
        variable_instance: Some("L1".into()),
    }
}

#[test]
fn settings_are_read_and_changed_in_the_words_of_every_version() {
    let key = Setting::Key("HeartbeatInterval".into());
    let read = Command::ReadSettings(Scope::These(vec![key.clone()]));
    assert_eq!(heard(Version::V16, &read), ("GetConfiguration".to_owned(), read.clone()));
    let change = Command::ChangeSettings(vec![SettingChange::new(key, "60")]);
    assert_eq!(heard(Version::V16, &change), ("ChangeConfiguration".to_owned(), change.clone()));
    for version in TWO {
        assert!(unsayable(version, &read).contains("name variables"));
        assert!(unsayable(version, &change).contains("name variables"));
        let these = vec![variable("OCPPCommCtrlr", "HeartbeatInterval"), at_evse()];
        let read = Command::ReadSettings(Scope::These(these.clone()));
        assert_eq!(heard(version, &read), ("GetVariables".to_owned(), read.clone()));
        assert!(unsayable(Version::V16, &read).contains("name keys"));
        let changes = these.into_iter().map(|setting| SettingChange::new(setting, "60")).collect();
        let change = Command::ChangeSettings(changes);
        assert_eq!(heard(version, &change), ("SetVariables".to_owned(), change.clone()));
        assert!(unsayable(version, &Command::ReadSettings(Scope::All)).contains("base report"));
        assert!(unsayable(version, &Command::ReadSettings(Scope::These(vec![]))).contains("at least one"));
    }
}

#[test]
fn a_value_that_a_version_cannot_hold_is_not_cut_off() {
    let of = |length: usize| {
        Command::ChangeSettings(vec![SettingChange::new(variable("A", "B"), "x".repeat(length))])
    };
    assert!(unsayable(Version::V201, &of(1_001)).contains("1,000 characters"));
    assert_eq!(heard(Version::V21, &of(1_001)).1, of(1_001));
    assert!(unsayable(Version::V21, &of(2_501)).contains("2,500 characters"));
    let key = SettingChange::new(Setting::Key("K".into()), "x".repeat(501));
    assert!(unsayable(Version::V16, &Command::ChangeSettings(vec![key])).contains("500 characters"));
}

#[test]
fn each_attribute_is_read_and_changed_by_itself() {
    let these: Vec<SettingAttribute> = AttributeKind::ALL
        .iter()
        .map(|kind| SettingAttribute { setting: at_evse(), attribute: *kind })
        .collect();
    let read = Command::ReadSettings(Scope::Attributes(these));
    let target = SettingChange { attribute: AttributeKind::Target, ..SettingChange::new(at_evse(), "16") };
    let change = Command::ChangeSettings(vec![target.clone()]);
    for version in TWO {
        assert_eq!(heard(version, &read).1, read);
        assert_eq!(heard(version, &change).1, change);
        let results = vec![
            SettingResult::new(at_evse(), Verdict::Accepted, Some("10".into())),
            SettingResult {
                attribute: AttributeKind::MaxSet,
                cause: Some(Cause { code: "NoMaxSet".into(), text: Some("there is none".into()) }),
                ..SettingResult::new(at_evse(), Verdict::NotSupported, None)
            },
            SettingResult::new(at_evse(), Verdict::Rejected, None),
            SettingResult::new(at_evse(), Verdict::Unknown, None),
        ];
        let outcome = Outcome::Settings(results);
        assert_eq!(answered(version, &read, &outcome), outcome, "{version}: each as it was said");
        let results = [Verdict::Accepted, Verdict::RebootRequired, Verdict::NotSupported, Verdict::Rejected]
            .map(|verdict| SettingResult {
                attribute: AttributeKind::Target,
                ..SettingResult::new(at_evse(), verdict, None)
            });
        let outcome = Outcome::Settings(results.to_vec());
        assert_eq!(answered(version, &change, &outcome), outcome, "{version}");
    }
    let key = |attribute| SettingAttribute { setting: Setting::Key("K".into()), attribute };
    let read = |attribute| Command::ReadSettings(Scope::Attributes(vec![key(attribute)]));
    assert!(unsayable(Version::V16, &read(AttributeKind::Target)).contains("actual value alone"));
    assert_eq!(
        heard(Version::V16, &read(AttributeKind::Actual)).1,
        Command::ReadSettings(Scope::These(vec![Setting::Key("K".into())]))
    );
}

#[test]
fn reports_are_asked_for_in_both_ways() {
    let subject = ReportSubject {
        component: "EVSE".into(),
        component_instance: None,
        place: Some(Place::of(1, None)),
        variable: None,
        variable_instance: None,
    };
    let one = ReportSubject {
        variable: Some("Power".into()),
        variable_instance: Some("x".into()),
        ..subject.clone()
    };
    let all = Command::Report { request: 7, criteria: vec![], settings: vec![] };
    let some =
        Command::Report { request: 7, criteria: Criterion::ALL.to_vec(), settings: vec![subject, one] };
    for version in TWO {
        for kind in ReportKind::ALL {
            let command = Command::ReportBase { request: 7, kind: *kind };
            assert_eq!(heard(version, &command), ("GetBaseReport".to_owned(), command.clone()));
            for verdict in [Verdict::Accepted, Verdict::Rejected, Verdict::NotSupported, Verdict::NothingFits]
            {
                let outcome = Outcome::Verdict(verdict);
                assert_eq!(answered(version, &command, &outcome), outcome, "{version}");
                assert_eq!(answered(version, &all, &outcome), outcome, "{version}");
            }
        }
        assert_eq!(heard(version, &all), ("GetReport".to_owned(), all.clone()));
        assert_eq!(heard(version, &some).1, some);
        let five = Command::Report { request: 7, criteria: vec![Criterion::Active; 5], settings: vec![] };
        assert!(unsayable(version, &five).contains("four states"));
    }
    let base = Command::ReportBase { request: 7, kind: ReportKind::Full };
    assert!(unsayable(Version::V16, &base).contains("read all keys"));
    assert!(unsayable(Version::V16, &all).contains("read all keys"));
}

#[test]
fn a_report_means_the_same_at_the_other_end() {
    let form = Characteristics {
        data_type: "OptionList".into(),
        unit: Some("A".into()),
        min_limit: Some("0.5".parse().unwrap()),
        max_limit: Some("32".parse().unwrap()),
        max_elements: None,
        values: Some("a,b".into()),
        monitored: true,
    };
    let attribute = |kind, value: Option<&str>, mutability| ReportedAttribute {
        kind,
        value: value.map(Box::from),
        mutability,
        persistent: kind == AttributeKind::Actual,
        constant: kind == AttributeKind::MaxSet,
    };
    let report = DeviceReport {
        request: 7,
        seq: 3,
        more: true,
        at: "2026-03-02T09:00:00Z".parse().unwrap(),
        settings: vec![
            ReportedSetting {
                setting: at_evse(),
                attributes: vec![
                    attribute(AttributeKind::Actual, Some("a"), Mutability::ReadOnly),
                    attribute(AttributeKind::Target, Some(""), Mutability::ReadWrite),
                    attribute(AttributeKind::MaxSet, None, Mutability::WriteOnly),
                ],
                characteristics: Some(form.clone()),
            },
            ReportedSetting::new(variable("A", "B"), Some("1"), Mutability::ReadWrite),
        ],
    };
    let fact = Fact::Report(report.clone());
    assert_eq!(reported(Version::V16, &fact), None, "1.6 has no words for it");
    for version in TWO {
        assert_eq!(reported(version, &fact), Some(fact.clone()), "{version}");
    }
    let empty = Fact::Report(DeviceReport { more: false, settings: vec![], ..report.clone() });
    assert_eq!(reported(Version::V201, &empty), Some(empty.clone()));

    let mut most = report;
    most.settings[0].characteristics = Some(Characteristics { max_elements: Some(4), ..form });
    assert_eq!(reported(Version::V21, &Fact::Report(most.clone())), Some(Fact::Report(most.clone())));
    let Some(Fact::Report(heard)) = reported(Version::V201, &Fact::Report(most)) else { panic!("nothing") };
    let form = heard.settings[0].characteristics.clone();
    assert_eq!(form.unwrap().max_elements, None, "2.0.1 has no such member");
}

#[test]
fn resets_are_said_as_far_as_the_version_can() {
    for version in TWO {
        for (kind, evse) in [(ResetKind::Immediate, None), (ResetKind::OnIdle, Some(EvseId(2)))] {
            let command = Command::Reset { kind, evse };
            assert_eq!(heard(version, &command).1, command);
        }
    }
    let resume = Command::Reset { kind: ResetKind::ImmediateAndResume, evse: None };
    assert_eq!(heard(Version::V21, &resume).1, resume);
    assert!(unsayable(Version::V201, &resume).contains("OnIdle"));
    assert!(unsayable(Version::V16, &resume).contains("gracefully"));
}

fn profile() -> NetworkProfile {
    NetworkProfile {
        slot: 1,
        url: "wss://manager.example/ocpp".into(),
        interface: "Wireless0".into(),
        security_profile: 2,
        message_timeout_s: 30,
        ocpp_version: Some("OCPP20".into()),
        identity: None,
        password: None,
        apn: Some(AccessPoint {
            apn: "internet".into(),
            user: Some("apn-user".into()),
            password: Some("hunter2-apn".into()),
            sim_pin: Some(4711),
            preferred_network: Some("20404".into()),
            only_preferred_network: true,
            authentication: "CHAP".into(),
        }),
        vpn: Some(PrivateNetwork {
            server: "vpn.example".into(),
            user: "vpn-user".into(),
            group: Some("stations".into()),
            password: "hunter2-vpn".into(),
            key: "hunter2-key".into(),
            kind: "IKEv2".into(),
        }),
    }
}

#[test]
fn a_network_profile_means_the_same_at_the_other_end() {
    let command = Command::SetNetworkProfile(Box::new(profile()));
    for version in TWO {
        assert_eq!(heard(version, &command), ("SetNetworkProfile".to_owned(), command.clone()));
        for verdict in [Verdict::Accepted, Verdict::Rejected, Verdict::Failed] {
            let outcome = Outcome::Verdict(verdict);
            assert_eq!(answered(version, &command, &outcome), outcome);
        }
        let other = NetworkProfile { interface: "Carrier".into(), ..profile() };
        let other = Command::SetNetworkProfile(Box::new(other));
        assert!(unsayable(version, &other).contains("Wired0"));
    }
    assert!(unsayable(Version::V16, &command).contains("at the station itself"));
    let own = NetworkProfile {
        identity: Some("CS-7".into()),
        password: Some("hunter2-own".into()),
        ocpp_version: None,
        ..profile()
    };
    let own = Command::SetNetworkProfile(Box::new(own));
    assert_eq!(heard(Version::V21, &own).1, own);
    assert!(unsayable(Version::V201, &own).contains("password by itself"));
}

#[test]
fn secrets_of_settings_and_profiles_are_not_shown() {
    let own = NetworkProfile { password: Some("hunter2-own".into()), ..profile() };
    let command = Command::SetNetworkProfile(Box::new(own));
    let shown = format!("{command:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("4711") && !shown.contains("-user"), "{shown}");
    let kept = serde_json::to_string(&command.without_secrets()).unwrap();
    assert!(!kept.contains("hunter2") && !kept.contains("4711") && !kept.contains("-user"), "{kept}");
    assert!(kept.contains("wss://manager.example/ocpp") && kept.contains("vpn.example"));

    let secret = variable("SecurityCtrlr", "BasicAuthPassword");
    let result = SettingResult::new(secret.clone(), Verdict::Accepted, Some("hunter2".into()));
    let change = SettingChange::new(secret.clone(), "hunter2");
    let row = ReportedSetting::new(secret, Some("hunter2"), Mutability::WriteOnly);
    let shown = format!("{result:?} {change:?} {row:?} {:?}", row.clone().without_secrets().actual());
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn the_order_is_json_that_people_can_write() {
    let read = |json: &str| serde_json::from_str::<Command>(json).unwrap();
    assert_eq!(
        read(r#"{"report_base":{"request":7,"kind":"full"}}"#),
        Command::ReportBase { request: 7, kind: ReportKind::Full }
    );
    assert_eq!(
        read(r#"{"report":{"request":7,"criteria":["problem"]}}"#),
        Command::Report { request: 7, criteria: vec![Criterion::Problem], settings: vec![] }
    );
    assert_eq!(
        read(r#"{"change_settings":[{"setting":{"key":"A"},"value":"1"}]}"#),
        Command::ChangeSettings(vec![SettingChange::new(Setting::Key("A".into()), "1")])
    );
    assert!(matches!(
        read(
            r#"{"set_network_profile":{"slot":1,"url":"wss://a","interface":"Wired0","security_profile":2,
            "message_timeout_s":30}}"#
        ),
        Command::SetNetworkProfile(_)
    ));
}

#[test]
fn a_station_that_does_not_know_settings_says_so() {
    for version in VERSIONS {
        let setting = match version {
            Version::V16 => Setting::Key("A".into()),
            _ => variable("A", "B"),
        };
        let command = Command::ChangeSettings(vec![SettingChange::new(setting, "1")]);
        let said = Manager::new(version).order(&command).unwrap();
        let reply = Station::new(version, Memory::default()).answer(
            &said.action,
            &command,
            &Outcome::Verdict(Verdict::NotSupported),
        );
        assert!(matches!(reply, Reply::NotSupported(_)), "{version}: {reply:?}");
    }
}
