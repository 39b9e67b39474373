//! Reading and changing settings: splitting, a result for each, and bad answers.

use std::time::Duration;

use ocpp_core::model::{AttributeKind, Command, SettingChange, Verdict};
use ocpp_core::types::Version;
use ocpp_server::command::desk::{NewOrder, WhenOffline};
use ocpp_server::maintenance::{DeviceError, ItemWord, SettingFilter};
use ocpp_server::store::Page;
use serde_json::json;

use super::{Settings, TWO, VERSIONS, change, named, wanted, with_settings, words};
use crate::world::station::Says;
use crate::world::{id, pass};

/// So many settings of a vendor, by the names of a version.
fn many(version: Version, count: usize) -> Vec<(String, String)> {
    let name = |number| match version {
        Version::V16 => format!("Vendor{number:03}"),
        _ => format!("VendorCtrlr.Vendor{number:03}"),
    };
    (0..count).map(|number| (name(number), number.to_string())).collect()
}

fn as_pairs(settings: &[(String, String)]) -> Vec<(&str, &str)> {
    settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[tokio::test(start_paused = true)]
async fn the_station_says_how_much_it_takes_at_once() {
    for version in VERSIONS {
        let it = Settings::new().await;
        let station = it.world.connect("CS", version).await;
        let settings = many(version, 25);
        let limit = match version {
            Version::V16 => ("GetConfigurationMaxKeys".to_owned(), "10".to_owned()),
            _ => ("DeviceDataCtrlr.ItemsPerMessage[GetVariables]".to_owned(), "10".to_owned()),
        };
        let device = with_settings(&station, &as_pairs(&[&settings[..], &[limit]].concat()));
        device.lock().unwrap().at_most = 10;
        let names: Vec<_> = settings.iter().map(|(name, _)| wanted(name)).collect();
        let read = it.devices.read(&id("CS"), &names, "test").await.unwrap();
        let values: Vec<String> = settings.iter().map(|(_, value)| value.clone()).collect();
        assert_eq!(words(&read), values, "{version}: each in its place");
        let action = if version.is_2x() { "GetVariables" } else { "GetConfiguration" };
        let sizes: Vec<usize> = station
            .orders(action)
            .iter()
            .map(|order| {
                order[if version.is_2x() { "getVariableData" } else { "key" }].as_array().unwrap().len()
            })
            .collect();
        let asked_for_limit = if version.is_2x() { 2 } else { 1 };
        assert_eq!(sizes, [asked_for_limit, 10, 10, 5], "{version}");

        // Now it is known, and not asked for again.
        it.devices.read(&id("CS"), &names[..12], "test").await.unwrap();
        assert_eq!(station.orders(action).len(), 4 + 2, "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn changes_are_split_by_number_and_by_bytes() {
    for version in TWO {
        let it = Settings::new().await;
        let station = it.world.connect("CS", version).await;
        let settings = many(version, 7);
        let limits = [
            ("DeviceDataCtrlr.ItemsPerMessage[SetVariables]".to_owned(), "3".to_owned()),
            ("DeviceDataCtrlr.BytesPerMessage[SetVariables]".to_owned(), "1500".to_owned()),
        ];
        with_settings(&station, &as_pairs(&[&settings[..], &limits].concat()));
        let short: Vec<SettingChange> = settings.iter().map(|(name, _)| change(name, "x")).collect();
        let done = it.devices.change(&id("CS"), &short, "test").await.unwrap();
        assert_eq!(words(&done), vec!["Accepted"; 7]);
        let size = |order: &serde_json::Value| order["setVariableData"].as_array().unwrap().len();
        let sizes: Vec<usize> = station.orders("SetVariables").iter().map(size).collect();
        assert_eq!(sizes, [3, 3, 1], "{version}: as many as it takes");

        let long: Vec<SettingChange> =
            settings.iter().map(|(name, _)| change(name, &"y".repeat(500))).collect();
        it.devices.change(&id("CS"), &long, "test").await.unwrap();
        let orders = station.orders("SetVariables");
        assert!(orders[3..].iter().all(|order| order.to_string().len() <= 1500), "{version}: in bytes, too");
        assert_eq!(orders[3..].iter().map(size).sum::<usize>(), 7);
    }
}

#[tokio::test(start_paused = true)]
async fn a_station_that_takes_less_than_is_usual_gets_less() {
    for version in TWO {
        let it = Settings::new().await;
        let station = it.world.connect("CS", version).await;
        let settings = many(version, 9);
        let device = with_settings(&station, &as_pairs(&settings));
        device.lock().unwrap().at_most = 4;
        let names: Vec<_> = settings.iter().map(|(name, _)| wanted(name)).collect();
        let read = it.devices.read(&id("CS"), &names, "test").await.unwrap();
        assert_eq!(words(&read), (0..9).map(|number| number.to_string()).collect::<Vec<_>>());
        let orders = station.orders("GetVariables").len();
        assert!(orders <= 8, "{version}: {orders} messages");
    }
}

#[tokio::test(start_paused = true)]
async fn every_setting_has_a_result_of_its_own() {
    let it = Settings::new().await;
    let station = it.world.connect("CS", Version::V201).await;
    let device = with_settings(
        &station,
        &[
            ("OCPPCommCtrlr.HeartbeatInterval", "300"),
            ("TxCtrlr.EVConnectionTimeOut", "60"),
            ("AuthCtrlr.Enabled", "true"),
        ],
    );
    device.lock().unwrap().refuses.insert("TxCtrlr.EVConnectionTimeOut".to_owned());
    device.lock().unwrap().after_reboot.insert("AuthCtrlr.Enabled".to_owned(), None);
    let changes = [
        change("HeartbeatInterval", "60"),
        change("TxCtrlr.EVConnectionTimeOut", "30"),
        change("LightIntensity", "50"),
        change("AuthCtrlr.Enabled", "false"),
        change("VendorCtrlr.Nothing", "1"),
        change("HeartbeatInterval", "soon"),
    ];
    let done = it.devices.change(&id("CS"), &changes, "test").await.unwrap();
    assert_eq!(
        words(&done),
        ["Accepted", "Rejected", "cannot say", "RebootRequired", "Unknown", "cannot say"]
    );
    let ItemWord::Answered { cause: Some(cause), .. } = &done[1].word else { panic!("{:?}", done[1]) };
    assert_eq!((&*cause.code, cause.text.as_deref()), ("ReadOnly", Some("not today")));
    let ItemWord::CannotSay { why } = &done[2].word else { panic!("{:?}", done[2]) };
    assert!(why.contains("LightIntensity has no counterpart in OCPP 2.0.1"), "{why}");

    // What was taken is known, what needs a restart is remembered until the station boots.
    let page = Page { after: None, limit: 10 };
    let rows = it.devices.settings(&id("CS"), &SettingFilter::default(), page).await.unwrap();
    let known: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.known.reported.actual())).collect();
    assert_eq!(known, [("OCPPCommCtrlr.HeartbeatInterval", Some("60"))]);
    let waiting = async || -> Vec<String> {
        let device = it.devices.device(&id("CS")).await.unwrap().unwrap();
        device.reboot_for.into_keys().collect()
    };
    assert_eq!(waiting().await, ["AuthCtrlr.Enabled"]);
    pass(1).await;
    let triggered = json!({"reason": "Triggered", "chargingStation": {"model": "M", "vendorName": "V"}});
    station.call("BootNotification", triggered).await.unwrap();
    assert_eq!(waiting().await, ["AuthCtrlr.Enabled"], "that was no restart");
    station.boot().await;
    pass(1).await;
    assert!(waiting().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn one_name_is_the_right_setting_of_every_version() {
    let it = Settings::new().await;
    let names = |version: Version| match version {
        Version::V16 => "MeterValueSampleInterval",
        _ => "SampledDataCtrlr.TxUpdatedInterval",
    };
    let mut stations = Vec::new();
    for number in 0..40 {
        let version = VERSIONS[number % 3];
        let station = it.world.connect(&format!("CS{number:02}"), version).await;
        let device = with_settings(&station, &[(names(version), "300")]);
        stations.push((station, device));
    }
    let ids: Vec<_> = stations.iter().map(|(station, _)| id(&station.name)).collect();
    let done = it.devices.change_many(&ids, &[change("TxUpdatedInterval", "60")], "test").await.unwrap();
    assert_eq!(done.len(), 40);
    for ((station, device), (who, result)) in stations.iter().zip(&done) {
        assert_eq!(
            (who.as_str(), words(result.as_ref().unwrap())),
            (&*station.name, vec!["Accepted".to_owned()])
        );
        assert_eq!(device.lock().unwrap().values[names(station.version)], "60", "{}", station.version);
    }
    let nobody = it.devices.change_many(&[], &[change("TxUpdatedInterval", "60")], "test").await;
    assert!(matches!(nobody, Err(DeviceError::Invalid { .. })));
    let absent = it.devices.change_many(&[id("GONE")], &[change("TxUpdatedInterval", "60")], "test").await;
    assert_eq!(absent.unwrap()[0].1, Err(DeviceError::NotConnected));
}

#[tokio::test(start_paused = true)]
async fn every_attribute_is_read_by_itself() {
    let it = Settings::new().await;
    let station = it.world.connect("CS", Version::V21).await;
    station.says(
        "GetVariables",
        Says::made(|payload| {
            let result = |item: &serde_json::Value| {
                let mut result = item.clone();
                let kind = item["attributeType"].as_str().unwrap_or("Actual").to_owned();
                result["attributeStatus"] =
                    json!(if kind == "MinSet" { "NotSupportedAttributeType" } else { "Accepted" });
                if kind != "MinSet" {
                    result["attributeValue"] = json!(kind);
                }
                result
            };
            let asked = payload["getVariableData"].as_array().unwrap();
            Says::Result(json!({"getVariableResult": asked.iter().map(result).collect::<Vec<_>>()}))
        }),
    );
    let setting = named("EVSE.Power @1").unwrap();
    let all = AttributeKind::ALL
        .iter()
        .map(|kind| ocpp_core::model::SettingAttribute { setting: setting.clone(), attribute: *kind });
    let read = it.devices.read(&id("CS"), &all.collect::<Vec<_>>(), "test").await.unwrap();
    assert_eq!(words(&read), ["Actual", "Target", "NotSupported", "MaxSet"]);
    let page = Page { after: None, limit: 10 };
    let rows = it.devices.settings(&id("CS"), &SettingFilter::default(), page).await.unwrap();
    let row = rows.iter().find(|row| row.name == "EVSE.Power @1").unwrap();
    let kinds: Vec<_> = row.known.reported.attributes.iter().map(|attribute| attribute.kind).collect();
    assert_eq!(kinds, [AttributeKind::Actual, AttributeKind::Target, AttributeKind::MaxSet]);
}

#[tokio::test(start_paused = true)]
async fn bad_answers_have_defined_results() {
    for version in VERSIONS {
        let it = Settings::new().await;
        let station = it.world.connect("CS", version).await;
        let action = if version.is_2x() { "SetVariables" } else { "ChangeConfiguration" };
        let name = if version.is_2x() { "VendorCtrlr.A" } else { "A" };
        let two = [change(name, "1"), change(&format!("{name}2"), "1")];
        let result = async || words(&it.devices.change(&id("CS"), &two, "test").await.unwrap());

        station.says(action, Says::Result(json!({"status": 7, "setVariableResult": "none"})));
        let wrong = result().await;
        assert!(wrong.iter().all(|word| word.contains("cannot be understood")), "{version}: {wrong:?}");

        station.says(action, Says::Error("InternalError"));
        let refused = result().await;
        assert!(refused.iter().all(|word| word.contains("InternalError")), "{version}: {refused:?}");

        let late = json!({"status": "Accepted", "setVariableResult": []});
        station.says(action, Says::Late(Duration::from_secs(600), late));
        let late = result().await;
        assert!(late.iter().all(|word| word.contains("no answer")), "{version}: {late:?}");

        station.says(action, Says::Nothing);
        let orders = station.orders(action).len();
        let silent = result().await;
        assert!(silent.iter().all(|word| word.contains("no answer")), "{version}: {silent:?}");
        assert_eq!(station.orders(action).len(), orders + 1, "a station that is silent is left alone");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_leaves_settings_out_or_is_about_others_is_told() {
    let it = Settings::new().await;
    let station = it.world.connect("CS", Version::V201).await;
    let one = json!({
        "component": {"name": "VendorCtrlr"}, "variable": {"name": "B"},
        "attributeStatus": "Accepted", "attributeValue": "2"
    });
    station.says("GetVariables", Says::Result(json!({"getVariableResult": [one]})));
    let read = it.devices.read(&id("CS"), &[wanted("VendorCtrlr.A"), wanted("vendorctrlr.b")], "test").await;
    assert_eq!(words(&read.unwrap()), ["the station answered, but not to this", "2"]);
}

#[tokio::test(start_paused = true)]
async fn a_station_that_refuses_everything_is_left_alone_soon() {
    let it = Settings::new().await;
    let station = it.world.connect("CS", Version::V201).await;
    station.says("GetVariables", Says::Error("NotImplemented"));
    let names: Vec<_> = many(Version::V201, 100).iter().map(|(name, _)| wanted(name)).collect();
    let read = it.devices.read(&id("CS"), &names, "test").await.unwrap();
    assert_eq!(read.len(), 100);
    assert!(words(&read).iter().all(|word| word.contains("NotImplemented")));
    let orders = station.orders("GetVariables").len();
    assert!(orders <= 10, "{orders} messages");
}

#[tokio::test(start_paused = true)]
async fn passwords_are_changed_and_never_kept() {
    let it = Settings::new().await;
    let station = it.world.connect("CS", Version::V21).await;
    with_settings(&station, &[("SecurityCtrlr.BasicAuthPassword", "hunter2-old-password")]);
    let new = change("SecurityCtrlr.BasicAuthPassword", "hunter2-new-password");
    assert_eq!(words(&it.devices.change(&id("CS"), &[new], "test").await.unwrap()), ["Accepted"]);
    let sent = station.orders("SetVariables").pop().unwrap();
    assert_eq!(sent["setVariableData"][0]["attributeValue"], "hunter2-new-password");
    let read =
        it.devices.read(&id("CS"), &[wanted("SecurityCtrlr.BasicAuthPassword")], "test").await.unwrap();
    assert_eq!(words(&read), ["***"]);
    for kind in [ocpp_server::domain::RecordKind::DevicePart, ocpp_server::domain::RecordKind::Order] {
        let kept = it.world.stored(kind).await;
        assert!(!kept.is_empty());
        assert!(kept.iter().all(|stored| !stored.body.as_deref().unwrap().contains("hunter2")), "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_others_read_and_change_is_learnt_too() {
    let it = Settings::new().await;
    let station = it.world.connect("CS", Version::V201).await;
    with_settings(&station, &[("VendorCtrlr.A", "1")]);
    let order = Command::ChangeSettings(vec![change("VendorCtrlr.A", "2")]);
    let new = NewOrder { command: order, by: "somebody".to_owned(), when_offline: WhenOffline::Refuse };
    it.world.csms().desk().carry_out(&id("CS"), new).await.unwrap();
    pass(1).await;
    let page = Page { after: None, limit: 10 };
    let rows = it.devices.settings(&id("CS"), &SettingFilter::default(), page).await.unwrap();
    assert_eq!(rows[0].known.reported.actual(), Some("2"));
}

#[tokio::test(start_paused = true)]
async fn too_much_and_nothing_are_refused() {
    let it = Settings::new().await;
    let station = it.world.connect("CS", Version::V201).await;
    let none = it.devices.read(&id("CS"), &[], "test").await;
    assert!(matches!(none, Err(DeviceError::Invalid { .. })));
    let names: Vec<_> = many(Version::V201, 1001).iter().map(|(name, _)| wanted(name)).collect();
    assert!(matches!(it.devices.read(&id("CS"), &names, "test").await, Err(DeviceError::Invalid { .. })));
    assert_eq!(it.devices.read(&id("NOBODY"), &names[..1], "test").await, Err(DeviceError::NotConnected));
    // What does not fit its version is told before anything is sent, and the others are done.
    with_settings(&station, &[("VendorCtrlr.A", "1")]);
    let changes = [change("VendorCtrlr.A", &"x".repeat(1_001)), change("VendorCtrlr.A", "2")];
    let done = it.devices.change(&id("CS"), &changes, "test").await.unwrap();
    assert_eq!(words(&done), ["cannot say", "Accepted"]);
    assert!(matches!(&done[1].word, ItemWord::Answered { verdict: Verdict::Accepted, .. }));
}
