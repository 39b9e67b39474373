//! Charging profiles and tariffs that stations should have: templates, drift, assertion.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use std::sync::{Arc, Mutex};

use ocpp_core::model::{ChargingProfile, Command, Place, ProfilePurpose};
use ocpp_core::types::Version;
use ocpp_server::command::desk::{NewOrder, WhenOffline};
use ocpp_server::domain::{
    Assertion, Revision, SiteId, StationFilter, TariffEntry, TariffId, WantedProfile, WantedTariff,
};
use ocpp_server::maintenance::{Defaults, DefaultsForm, DeviceError};
use ocpp_server::register::{SiteForm, StationForm};
use ocpp_server::store::TypedRecords;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::energy::{number_in, profile, profile_in};
use crate::world::station::{Says, Station};
use crate::world::{World, id, pass, per_kwh};

const VERSIONS: [Version; 3] = [Version::V16, Version::V201, Version::V21];

/// What a station has: profiles by their numbers as they were set, tariffs by their ids and EVSEs.
#[derive(Debug, Default)]
struct Device {
    profiles: Vec<(u32, Value)>,
    tariffs: Vec<(String, u32)>,
}

type Shared = Arc<Mutex<Device>>;
/// How a station makes an answer of a payload.
type Make = Box<dyn Fn(&mut Device, &Value) -> Value + Send + Sync>;

/// A station that keeps what it is sent and reports it when it is asked.
fn keeps(station: &Station) -> Shared {
    let device = Shared::default();
    let two = station.is_2x();
    let says = |action: &str, make: Make| {
        let device = Arc::clone(&device);
        let answer = move |payload: &Value| Says::Result(make(&mut device.lock().unwrap(), payload));
        station.says(action, Says::made(answer));
    };
    let number = move |profile: &Value| profile[if two { "id" } else { "chargingProfileId" }].clone();
    let of_station = station.clone();
    says(
        "SetChargingProfile",
        Box::new(move |device, payload| {
            let profile = profile_in(&of_station, payload);
            let place = payload[if two { "evseId" } else { "connectorId" }].as_u64().unwrap();
            device.profiles.retain(|(_, known)| number(known) != number(&profile));
            device.profiles.push((u32::try_from(place).unwrap(), profile));
            json!({"status": "Accepted"})
        }),
    );
    says(
        "ClearChargingProfile",
        Box::new(move |device, payload| {
            let wanted = &payload[if two { "chargingProfileId" } else { "id" }];
            device.profiles.retain(|(_, known)| number(known) != *wanted);
            json!({"status": "Accepted"})
        }),
    );
    let reports = station.clone();
    says(
        "GetChargingProfiles",
        Box::new(move |device, payload| {
            if device.profiles.is_empty() {
                return json!({"status": "NoProfiles"});
            }
            let (request, parts) = (payload["requestId"].clone(), device.profiles.clone());
            let reports = reports.clone();
            tokio::spawn(async move {
                pass(1).await;
                let count = parts.len();
                for (at, (place, profile)) in parts.into_iter().enumerate() {
                    let part = json!({
                        "requestId": request, "chargingLimitSource": "CSO", "evseId": place,
                        "chargingProfile": [profile], "tbc": at + 1 < count
                    });
                    reports.call("ReportChargingProfiles", part).await.unwrap();
                }
            });
            json!({"status": "Accepted"})
        }),
    );
    says(
        "SetDefaultTariff",
        Box::new(|device, payload| {
            let place = u32::try_from(payload["evseId"].as_u64().unwrap()).unwrap();
            device.tariffs.retain(|(_, other)| *other != place && place != 0);
            device.tariffs.push((payload["tariff"]["tariffId"].as_str().unwrap().to_owned(), place));
            json!({"status": "Accepted"})
        }),
    );
    says(
        "ClearTariffs",
        Box::new(|device, payload| {
            let wanted = payload["tariffIds"].as_array().unwrap().clone();
            device.tariffs.retain(|(id, _)| !wanted.contains(&json!(id)));
            let gone = wanted.iter().map(|id| json!({"tariffId": id, "status": "Accepted"}));
            json!({"clearTariffsResult": gone.collect::<Vec<_>>()})
        }),
    );
    says(
        "GetTariffs",
        Box::new(|device, _| {
            if device.tariffs.is_empty() {
                return json!({"status": "NoTariff"});
            }
            let told = device.tariffs.iter().map(|(id, evse)| {
                let evses = if *evse == 0 { vec![1, 2] } else { vec![*evse] };
                json!({"tariffId": id, "tariffKind": "DefaultTariff", "evseIds": evses})
            });
            json!({"status": "Accepted", "tariffAssignments": told.collect::<Vec<_>>()})
        }),
    );
    device
}

struct Bench {
    world: World,
    defaults: Defaults,
}

impl Bench {
    async fn new() -> Bench {
        let world = World::new().await;
        let defaults = Defaults::new(world.csms());
        let run = defaults.clone();
        tokio::spawn(async move { run.run(CancellationToken::new()).await });
        tokio::task::yield_now().await;
        Bench { world, defaults }
    }

    async fn words(&self) -> Vec<(String, &'static str)> {
        let drift = self.defaults.drift(&id("CS1")).await.unwrap();
        drift.rows.iter().map(|row| (row.wanted.key(), row.drift.name())).collect()
    }

    async fn word(&self) -> &'static str {
        let words = self.words().await;
        assert_eq!(words.len(), 1, "{words:?}");
        words[0].1
    }

    async fn back(&self, before: Station, version: Version) -> Station {
        before.hang_up();
        pass(100).await;
        self.world.connect("CS1", version).await
    }
}

fn most(number: i32) -> WantedProfile {
    let profile = ChargingProfile { valid_to: None, ..profile(number, ProfilePurpose::StationMax) };
    WantedProfile { place: Place::Station, profile }
}

fn form(profiles: Vec<WantedProfile>, assertion: Assertion) -> DefaultsForm {
    DefaultsForm {
        name: "Limits of the depot".to_owned(),
        filter: StationFilter::default(),
        profiles,
        tariffs: Vec::new(),
        assertion,
        rank: 0,
    }
}

fn priced(tariffs: &[(&str, Place)], assertion: Assertion) -> DefaultsForm {
    let tariffs = tariffs
        .iter()
        .map(|(tariff, place)| WantedTariff { place: *place, tariff: TariffId((*tariff).to_owned()) });
    DefaultsForm { tariffs: tariffs.collect(), ..form(Vec::new(), assertion) }
}

#[tokio::test(start_paused = true)]
async fn a_default_profile_is_set_after_a_connection_and_again_when_it_is_gone() {
    for version in VERSIONS {
        let bench = Bench::new().await;
        bench.defaults.add("depot", form(vec![most(7)], Assertion::Assert), "anna").await.unwrap();
        let station = bench.world.connect("CS1", version).await;
        let device = keeps(&station);
        assert_eq!(bench.word().await, "missing", "{version}");
        pass(30).await;
        assert_eq!(bench.word().await, "none", "{version}");
        let sent = station.orders("SetChargingProfile");
        assert_eq!(sent.len(), 1, "{version}");
        assert_eq!(number_in(&station, &sent[0]), 7);
        let purpose = &profile_in(&station, &sent[0])["chargingProfilePurpose"];
        let name = if version.is_2x() { "ChargingStationMaxProfile" } else { "ChargePointMaxProfile" };
        assert_eq!(purpose, name);
        let orders = bench.world.csms().desk().orders(&id("CS1"), None, 10).await.unwrap();
        let set = orders.iter().find(|order| matches!(order.command, Command::SetChargingProfile { .. }));
        assert_eq!(set.unwrap().by, "templates");
        assert_eq!(device.lock().unwrap().profiles.len(), 1);

        // A station that still has it is left alone; one that lost it gets it again.
        let station = bench.back(station, version).await;
        let now = keeps(&station);
        now.lock().unwrap().profiles = device.lock().unwrap().profiles.clone();
        pass(30).await;
        assert!(station.orders("SetChargingProfile").is_empty(), "{version}");
        if version.is_2x() {
            let station = bench.back(station, version).await;
            keeps(&station);
            pass(30).await;
            assert_eq!(station.orders("SetChargingProfile").len(), 1, "{version}: it has lost it");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn drift_of_profiles_is_told_explained_and_asserted_by_hand() {
    for version in [Version::V201, Version::V21] {
        let bench = Bench::new().await;
        let station = bench.world.connect("CS1", version).await;
        let device = keeps(&station);
        bench.defaults.add("depot", form(vec![most(7)], Assertion::Report), "anna").await.unwrap();
        let drift = bench.defaults.assert(&id("CS1"), "anna").await.unwrap();
        assert_eq!(drift.count(), 0, "{drift:?}");

        // Somebody at the station makes it another one.
        device.lock().unwrap().profiles[0].1["chargingSchedule"][0]["chargingSchedulePeriod"][0]["limit"] =
            json!(32);
        let station = bench.back(station, version).await;
        let changed = keeps(&station);
        changed.lock().unwrap().profiles = device.lock().unwrap().profiles.clone();
        pass(30).await;
        assert!(station.orders("SetChargingProfile").is_empty(), "it only reports");
        let drift = bench.defaults.drift(&id("CS1")).await.unwrap();
        assert_eq!(drift.rows[0].drift.name(), "differs");
        assert_eq!(
            drift.rows[0].drift.explanation(),
            "The station has another profile of this number: assert the template."
        );
        assert_eq!(bench.defaults.assert(&id("CS1"), "anna").await.unwrap().count(), 0);
        assert_eq!(station.orders("SetChargingProfile").len(), 1);

        // What no template wants any more is removed, and nothing else.
        let new = NewOrder {
            command: Command::SetChargingProfile {
                place: Place::of(1, None),
                profile: Box::new(profile(90, ProfilePurpose::TxDefault)),
            },
            by: "anna".to_owned(),
            when_offline: WhenOffline::Refuse,
        };
        bench.world.csms().desk().carry_out(&id("CS1"), new).await.unwrap();
        bench.defaults.change("depot", None, form(vec![most(8)], Assertion::Report), "anna").await.unwrap();
        assert_eq!(
            bench.words().await,
            [("profile 8".to_owned(), "missing"), ("profile 7".to_owned(), "unwanted")]
        );
        let after = bench.defaults.assert(&id("CS1"), "anna").await.unwrap();
        assert_eq!(after.count(), 0, "{after:?}");
        assert_eq!(station.orders("ClearChargingProfile").len(), 1);
        let left: Vec<Value> =
            changed.lock().unwrap().profiles.iter().map(|(_, profile)| profile["id"].clone()).collect();
        assert_eq!(left, [json!(90), json!(8)], "{version}");
        bench.defaults.remove("depot").await.unwrap();
        assert_eq!(bench.words().await, [("profile 8".to_owned(), "unwanted")]);
        assert!(bench.defaults.assert(&id("CS1"), "anna").await.unwrap().rows.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_station_that_refuses_is_not_hammered_and_one_that_may_not_be_told_is_explained() {
    let bench = Bench::new().await;
    bench.defaults.add("depot", form(vec![most(7)], Assertion::Assert), "anna").await.unwrap();
    let station = bench.world.connect("CS1", Version::V201).await;
    keeps(&station);
    station.says("SetChargingProfile", Says::Result(json!({"status": "Rejected"})));
    for _ in 0..30 {
        station.boot().await;
        pass(600).await;
    }
    assert_eq!(station.orders("SetChargingProfile").len(), 3, "in five hours");
    let why = bench.defaults.drift(&id("CS1")).await.unwrap().rows[0].drift.explanation();
    assert!(why.contains("told 3 times") && why.contains("refused"), "{why}");
    // An operator who asks for it is obeyed.
    station.says("SetChargingProfile", Says::Error("InternalError"));
    let drift = bench.defaults.assert(&id("CS1"), "anna").await.unwrap();
    assert_eq!((station.orders("SetChargingProfile").len(), drift.count()), (4, 1));
    station.says("SetChargingProfile", Says::Nothing);
    let drift = bench.defaults.assert(&id("CS1"), "anna").await.unwrap();
    assert_eq!(drift.rows[0].drift.name(), "not_answered");

    // What a rule of the specification forbids is not sent, and the rule is the explanation.
    keeps(&station);
    let other = NewOrder {
        command: Command::SetChargingProfile { place: Place::Station, profile: Box::new(most(1).profile) },
        by: "anna".to_owned(),
        when_offline: WhenOffline::Refuse,
    };
    bench.world.csms().desk().carry_out(&id("CS1"), other).await.unwrap();
    let sent = station.orders("SetChargingProfile").len();
    let drift = bench.defaults.assert(&id("CS1"), "anna").await.unwrap();
    let why = drift.rows[0].drift.explanation();
    assert!(why.contains("K01.FR.06"), "{why}");
    assert_eq!(station.orders("SetChargingProfile").len(), sent);
}

#[tokio::test(start_paused = true)]
async fn default_tariffs_are_set_read_and_removed_on_stations_that_can_have_them() {
    let bench = Bench::new().await;
    for tariff in ["DAY", "FAST", "NEXT"] {
        bench.world.draft(&per_kwh(tariff, "0.50").into()).await;
    }
    let both = [("DAY", Place::Station), ("FAST", Place::of(2, None))];
    bench.defaults.add("prices", priced(&both, Assertion::Assert), "anna").await.unwrap();
    let published: TariffEntry = bench.world.store.get("DAY").await.unwrap().unwrap();
    assert!(published.published_at.is_some(), "what stations have never changes");
    let station = bench.world.connect("CS1", Version::V21).await;
    let device = keeps(&station);
    pass(30).await;
    assert_eq!(
        bench.words().await,
        [("tariff DAY".to_owned(), "none"), ("tariff FAST at EVSE 2".to_owned(), "none")]
    );
    let held = device.lock().unwrap().tariffs.clone();
    assert_eq!(held, [("DAY".to_owned(), 0), ("FAST".to_owned(), 2)], "the whole station comes first");

    // Somebody puts another one there.
    device.lock().unwrap().tariffs[0].0 = "ELSE".to_owned();
    station.boot().await;
    pass(90).await;
    assert!(device.lock().unwrap().tariffs.contains(&("DAY".to_owned(), 0)), "it is mended by itself");
    bench
        .defaults
        .change("prices", None, priced(&[("NEXT", Place::Station)], Assertion::Assert), "anna")
        .await
        .unwrap();
    let drift = bench.defaults.assert(&id("CS1"), "anna").await.unwrap();
    assert_eq!(drift.count(), 0, "{drift:?}");
    assert_eq!(device.lock().unwrap().tariffs, [("NEXT".to_owned(), 0)]);
}

#[tokio::test(start_paused = true)]
async fn a_version_without_tariffs_is_told_as_such_and_asked_nothing() {
    for version in [Version::V16, Version::V201] {
        let bench = Bench::new().await;
        bench.world.draft(&per_kwh("DAY", "0.50").into()).await;
        let form = priced(&[("DAY", Place::Station)], Assertion::Assert);
        bench.defaults.add("prices", form, "anna").await.unwrap();
        let station = bench.world.connect("CS1", version).await;
        pass(60).await;
        let drift = bench.defaults.drift(&id("CS1")).await.unwrap();
        assert_eq!((drift.rows[0].drift.name(), drift.count()), ("not_in_version", 0), "{version}");
        assert!(station.orders("SetDefaultTariff").is_empty() && station.orders("GetTariffs").is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn sites_and_ranks_say_what_counts() {
    let bench = Bench::new().await;
    bench.world.know("CS1").await;
    let site: SiteForm =
        serde_json::from_value(json!({"name": "Depot", "time_zone": "Europe/Vienna"})).unwrap();
    let depot = bench.world.register().add_site(site).await.unwrap().id;
    let entry = StationForm { site: Some(depot.clone()), ..StationForm::default() };
    bench.world.register().change_station("CS1", entry, None).await.unwrap();
    let _station = bench.world.connect("CS1", Version::V201).await;
    bench.defaults.add("all", form(vec![most(1)], Assertion::Report), "anna").await.unwrap();
    let site = StationFilter { site: Some(depot), ..StationFilter::default() };
    let elsewhere = StationFilter { site: Some(SiteId("other".to_owned())), ..StationFilter::default() };
    let here = DefaultsForm { filter: site, rank: 1, ..form(vec![most(2)], Assertion::Report) };
    bench.defaults.add("depot", here, "anna").await.unwrap();
    let there = DefaultsForm { filter: elsewhere, rank: 9, ..form(vec![most(3)], Assertion::Report) };
    bench.defaults.add("other", there, "anna").await.unwrap();
    assert_eq!(bench.words().await, [("profile 2".to_owned(), "missing")]);
}

#[tokio::test(start_paused = true)]
async fn templates_of_profiles_and_tariffs_are_checked() {
    let bench = Bench::new().await;
    let refused = async |id: &str, form: DefaultsForm| match bench.defaults.add(id, form, "anna").await {
        Err(DeviceError::Invalid { pointer, sentence }) => (pointer, sentence),
        other => panic!("{other:?}"),
    };
    let good = || form(vec![most(7)], Assertion::Report);
    assert_eq!(refused("No Good", good()).await.0, "/id");
    assert_eq!(refused("a", DefaultsForm { name: " ".to_owned(), ..good() }).await.0, "/name");
    assert_eq!(refused("a", form(vec![], Assertion::Report)).await.0, "/profiles");
    let mut tx = most(7);
    tx.profile.purpose = ProfilePurpose::Tx;
    let (pointer, sentence) = refused("a", form(vec![tx], Assertion::Report)).await;
    assert!(pointer == "/profiles/0" && sentence.contains("tx_default"), "{sentence}");
    let at_evse = WantedProfile { place: Place::of(1, None), ..most(7) };
    let (_, sentence) = refused("a", form(vec![at_evse], Assertion::Report)).await;
    assert!(sentence.contains("K04.FR.03"), "{sentence}");
    assert_eq!(refused("a", form(vec![most(7), most(8)], Assertion::Report)).await.0, "/profiles/1");
    let (pointer, sentence) = refused("a", priced(&[("NONE", Place::Station)], Assertion::Report)).await;
    assert_eq!((&*pointer, &*sentence), ("/tariffs/0", "There is no tariff \"NONE\"."));

    let kept = bench.defaults.add("a", good(), "anna").await.unwrap();
    assert_eq!(bench.defaults.add("a", good(), "anna").await, Err(DeviceError::Exists("a".to_owned())));
    let changed = bench.defaults.change("a", Some(kept.revision), good(), "anna").await.unwrap();
    assert_eq!(changed.revision, Revision(2));
    let stale = bench.defaults.change("a", Some(kept.revision), good(), "anna").await;
    assert_eq!(stale, Err(DeviceError::Conflict));
    assert!(matches!(bench.defaults.drift(&id("NOBODY")).await, Err(DeviceError::Unknown { .. })));
    let station = bench.world.connect("CS1", Version::V16).await;
    station.hang_up();
    pass(10).await;
    assert_eq!(bench.defaults.assert(&id("CS1"), "anna").await, Err(DeviceError::NotConnected));
}
