//! Templates, drift, and bringing stations to what they should have.

use ocpp_core::types::Version;
use ocpp_server::domain::{Assertion, Revision, StationFilter};
use ocpp_server::maintenance::{DeviceError, DriftRow, TemplateForm};
use serde_json::json;

use super::{Settings, VERSIONS, change, with_settings};
use crate::world::station::Says;
use crate::world::{id, pass};

fn form(settings: &[(&str, &str)], assertion: Assertion) -> TemplateForm {
    TemplateForm {
        name: "Intervals".to_owned(),
        filter: StationFilter::default(),
        settings: settings.iter().map(|(name, value)| change(name, value)).collect(),
        assertion,
        rank: 0,
    }
}

fn stands(rows: &[DriftRow]) -> Vec<(&str, &str)> {
    rows.iter().map(|row| (row.template.0.as_str(), row.drift.name())).collect()
}

impl Settings {
    async fn drift(&self, station: &str) -> Vec<DriftRow> {
        self.desired.drift(&id(station)).await.unwrap().rows
    }

    async fn words(&self, station: &str) -> Vec<&'static str> {
        self.drift(station).await.iter().map(|row| row.drift.name()).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_drift_is_explained() {
    let it = Settings::new().await;
    let wanted = [
        ("HeartbeatInterval", "60"),
        ("OCPPCommCtrlr.RetryBackOffWaitMinimum", "5"),
        ("TxCtrlr.EVConnectionTimeOut", "30"),
        ("AuthCtrlr.Enabled", "false"),
        ("VendorCtrlr.Absent", "1"),
        ("LightIntensity", "50"),
        ("VendorCtrlr.Same", "yes"),
        ("VendorCtrlr.Fixed", "2"),
    ];
    it.desired.add("all", form(&wanted, Assertion::Report), "test").await.unwrap();
    let station = it.world.connect("CS", Version::V201).await;
    assert_eq!(it.words("CS").await[..2], ["never_reported", "never_reported"]);
    let device = with_settings(
        &station,
        &[
            ("OCPPCommCtrlr.HeartbeatInterval", "300"),
            ("OCPPCommCtrlr.RetryBackOffWaitMinimum", "5"),
            ("TxCtrlr.EVConnectionTimeOut", "60"),
            ("AuthCtrlr.Enabled", "true"),
            ("VendorCtrlr.Same", "yes"),
            ("VendorCtrlr.Fixed", "1"),
        ],
    );
    device.lock().unwrap().refuses.insert("TxCtrlr.EVConnectionTimeOut".to_owned());
    device.lock().unwrap().after_reboot.insert("AuthCtrlr.Enabled".to_owned(), None);
    let fixed = json!({
        "component": {"name": "VendorCtrlr"}, "variable": {"name": "Fixed"},
        "variableAttribute": [{"value": "1", "mutability": "ReadOnly"}]
    });
    super::reports::part(&station, &json!(1), 0, false, vec![fixed]).await;
    pass(10).await;
    assert_eq!(
        it.words("CS").await,
        ["differs", "none", "differs", "differs", "not_there", "not_in_version", "none", "read_only"],
        "it was looked at after it connected, and nothing was changed"
    );
    assert!(station.orders("SetVariables").is_empty());

    let drift = it.desired.assert(&id("CS"), "test").await.unwrap();
    let rows: Vec<_> = drift.rows.iter().map(|row| row.drift.name()).collect();
    assert_eq!(
        rows,
        ["none", "none", "refused", "reboot_needed", "not_there", "not_in_version", "none", "read_only"]
    );
    assert_eq!(drift.count(), 2, "what cannot be is no drift");
    let why: Vec<String> = drift.rows.iter().map(|row| row.drift.explanation()).collect();
    assert!(why[2].contains("told once") && why[2].contains("rejected (ReadOnly: not today)"), "{}", why[2]);
    assert!(why[3].contains("needs a restart"));
    assert!(why[5].contains("LightIntensity has no counterpart"), "{}", why[5]);
    assert!(why.iter().all(|why| why.ends_with('.')));

    // The restart brings the value, and the next look sees it.
    {
        let mut device = device.lock().unwrap();
        let later = device.after_reboot["AuthCtrlr.Enabled"].clone().unwrap();
        device.values.insert("AuthCtrlr.Enabled".to_owned(), later);
    }
    pass(120).await;
    station.boot().await;
    pass(10).await;
    assert_eq!(it.words("CS").await[3], "none");
}

#[tokio::test(start_paused = true)]
async fn stations_of_every_version_are_brought_back_by_themselves() {
    for version in VERSIONS {
        let it = Settings::new().await;
        it.desired.add("a", form(&[("TxUpdatedInterval", "60")], Assertion::Assert), "test").await.unwrap();
        let name =
            if version.is_2x() { "SampledDataCtrlr.TxUpdatedInterval" } else { "MeterValueSampleInterval" };
        let station = it.world.connect("CS", version).await;
        let device = with_settings(&station, &[(name, "300")]);
        pass(10).await;
        assert_eq!(device.lock().unwrap().values[name], "60", "{version}");
        assert_eq!(it.words("CS").await, ["none"]);

        // Somebody changes it at the station; after the next connection it is as it should be.
        device.lock().unwrap().values.insert(name.to_owned(), "10".to_owned());
        station.hang_up();
        pass(100).await;
        let station = it.world.connect_quietly("CS", version).await;
        let device = with_settings(&station, &[(name, "10")]);
        pass(10).await;
        assert_eq!(device.lock().unwrap().values[name], "60", "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_station_that_refuses_is_not_hammered() {
    let it = Settings::new().await;
    let name = "SampledDataCtrlr.TxUpdatedInterval";
    it.desired.add("a", form(&[(name, "60")], Assertion::Assert), "test").await.unwrap();
    let station = it.world.connect("CS", Version::V201).await;
    let device = with_settings(&station, &[(name, "300")]);
    device.lock().unwrap().refuses.insert(name.to_owned());
    for _ in 0..50 {
        station.boot().await;
        pass(600).await;
    }
    let tries = station.orders("SetVariables").len();
    assert_eq!(tries, 3, "in eight hours");
    assert_eq!(it.words("CS").await, ["refused"]);
    assert!(it.drift("CS").await[0].drift.explanation().contains("3 times"));

    // An operator who asks for it is obeyed; another value is another matter.
    it.desired.assert(&id("CS"), "test").await.unwrap();
    assert_eq!(station.orders("SetVariables").len(), 4);
    it.desired.change("a", None, form(&[(name, "30")], Assertion::Assert), "test").await.unwrap();
    device.lock().unwrap().refuses.clear();
    station.boot().await;
    pass(100).await;
    assert_eq!(it.words("CS").await, ["none"]);
}

#[tokio::test(start_paused = true)]
async fn a_line_that_breaks_all_the_time_is_no_reason_to_ask_all_the_time() {
    let it = Settings::new().await;
    let name = "SampledDataCtrlr.TxUpdatedInterval";
    it.desired.add("a", form(&[(name, "60")], Assertion::Report), "test").await.unwrap();
    let mut reads = 0;
    for _ in 0..60 {
        let station = it.world.connect_quietly("CS", Version::V201).await;
        with_settings(&station, &[(name, "300")]);
        pass(10).await;
        reads += station.orders("GetVariables").len();
        station.hang_up();
        pass(1).await;
    }
    assert!((1..=12).contains(&reads), "{reads} questions in eleven minutes");
}

#[tokio::test(start_paused = true)]
async fn a_silent_station_is_told_as_such() {
    let it = Settings::new().await;
    let name = "VendorCtrlr.A";
    it.desired.add("a", form(&[(name, "60")], Assertion::Report), "test").await.unwrap();
    let station = it.world.connect("CS", Version::V201).await;
    with_settings(&station, &[(name, "300")]);
    station.says("SetVariables", Says::Nothing);
    it.desired.assert(&id("CS"), "test").await.unwrap();
    assert_eq!(it.words("CS").await, ["not_answered"]);
}

#[tokio::test(start_paused = true)]
async fn filters_and_ranks_say_which_template_counts() {
    let it = Settings::new().await;
    let _one = it.world.connect("ONE", Version::V201).await;
    let _two = it.world.connect("TWO", Version::V16).await;
    let base = TemplateForm { rank: 1, ..form(&[("TxUpdatedInterval", "60")], Assertion::Report) };
    it.desired.add("base", base, "test").await.unwrap();
    let other = form(&[("MeterValueSampleInterval", "30"), ("HeartbeatInterval", "60")], Assertion::Report);
    it.desired.add("other", other, "test").await.unwrap();
    for station in ["ONE", "TWO"] {
        assert_eq!(
            stands(&it.drift(station).await),
            [("other", "never_reported"), ("base", "never_reported")],
            "{station}: of the same setting in two versions' words the higher rank counts"
        );
    }
    let only_two = StationFilter { stations: vec![id("TWO")], ..StationFilter::default() };
    let special =
        TemplateForm { filter: only_two, rank: 2, ..form(&[("TxUpdatedInterval", "5")], Assertion::Report) };
    it.desired.add("special", special, "test").await.unwrap();
    assert_eq!(it.drift("TWO").await.last().unwrap().template.0, "special");
    assert_eq!(it.drift("ONE").await.last().unwrap().template.0, "base");
    let maker = StationFilter { vendor: Some("v".to_owned()), ..StationFilter::default() };
    let page = ocpp_server::store::Page { after: None, limit: 10 };
    assert_eq!(it.desired.stations(&maker, page.clone()).await.unwrap(), [id("ONE"), id("TWO")]);
    let nobody = StationFilter { model: Some("another".to_owned()), ..StationFilter::default() };
    assert!(it.desired.stations(&nobody, page).await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn templates_are_checked() {
    let it = Settings::new().await;
    let refused = async |id: &str, form: TemplateForm| match it.desired.add(id, form, "test").await {
        Err(DeviceError::Invalid { pointer, sentence }) => (pointer, sentence),
        other => panic!("{other:?}"),
    };
    let good = || form(&[("HeartbeatInterval", "60")], Assertion::Report);
    assert_eq!(refused("No Good", good()).await.0, "/id");
    assert_eq!(refused("a", TemplateForm { name: " ".to_owned(), ..good() }).await.0, "/name");
    assert_eq!(refused("a", form(&[], Assertion::Report)).await.0, "/settings");
    let (pointer, sentence) = refused("a", form(&[("HeartbeatInterval", "often")], Assertion::Report)).await;
    assert_eq!(
        (&*pointer, &*sentence),
        ("/settings/0", "HeartbeatInterval cannot be \"often\": it is no integer.")
    );
    let (_, sentence) = refused("a", form(&[("AuthorizationKey", "hunter2")], Assertion::Report)).await;
    assert!(sentence.contains("is a secret") && !sentence.contains("hunter2"), "{sentence}");
    let (_, sentence) = refused("a", form(&[("NumberOfConnectors", "2")], Assertion::Report)).await;
    assert!(sentence.contains("can only be read"), "{sentence}");
    let twice = form(&[("HeartbeatInterval", "60"), ("heartbeatinterval", "70")], Assertion::Report);
    assert_eq!(refused("a", twice).await.0, "/settings/1");

    let kept = it.desired.add("a", good(), "test").await.unwrap();
    assert_eq!(it.desired.add("a", good(), "test").await, Err(DeviceError::Exists("a".to_owned())));
    let changed = it.desired.change("a", Some(kept.revision), good(), "test").await.unwrap();
    assert_eq!(changed.revision, Revision(2));
    let stale = it.desired.change("a", Some(kept.revision), good(), "test").await;
    assert_eq!(stale, Err(DeviceError::Conflict));
    it.desired.remove("a").await.unwrap();
    assert!(matches!(it.desired.template("a").await, Err(DeviceError::Unknown { .. })));
    assert!(matches!(it.desired.drift(&id("NOBODY")).await, Err(DeviceError::Unknown { .. })));
}
