//! Profiles are set, replaced and removed (K01, K05, K10), and what is known follows.

use ocpp_core::model::{
    ChargingProfile, Command, EvseId, IdToken, Place, ProfileClearing, ProfileKind, ProfilePurpose,
    Recurrency, RemoteStart, TokenKind, Verdict,
};
use ocpp_core::types::Version;
use serde_json::json;

use super::{Bench, EVSE, VERSIONS, number_in, profile, profile_in, says, set, verdict};
use crate::world::station::Says;

#[tokio::test(start_paused = true)]
async fn tc_k_01_csms_a_default_profile_for_an_evse() {
    for version in VERSIONS {
        let bench = Bench::new().await;
        let station = bench.station(version).await;
        let wanted = ChargingProfile {
            valid_from: Some("2026-03-02T00:00:00Z".parse().unwrap()),
            valid_to: Some("2026-04-02T00:00:00Z".parse().unwrap()),
            ..profile(5, ProfilePurpose::TxDefault)
        };
        bench.ordered(set(EVSE, wanted.clone())).await;
        let order = station.orders("SetChargingProfile").pop().unwrap();
        let place = &order[if station.is_2x() { "evseId" } else { "connectorId" }];
        assert_eq!((number_in(&station, &order), place.as_i64()), (5, Some(1)), "{version}");
        let said = profile_in(&station, &order);
        assert_eq!(said["validFrom"], "2026-03-02T00:00:00Z");
        assert_eq!(said["chargingProfilePurpose"], "TxDefaultProfile");
        let known = bench.installed().await.pop().unwrap();
        assert_eq!((known.place, &known.profile), (EVSE, &wanted), "{version}");
        assert_eq!((&*known.source, known.by.as_deref()), ("CSO", Some("anna")));
        assert_eq!(known.reported_at, None);
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_03_csms_the_most_that_the_station_draws() {
    for version in VERSIONS {
        let bench = Bench::new().await;
        let station = bench.station(version).await;
        bench.ordered(set(Place::Station, profile(6, ProfilePurpose::StationMax))).await;
        let order = station.orders("SetChargingProfile").pop().unwrap();
        let place = &order[if station.is_2x() { "evseId" } else { "connectorId" }];
        assert_eq!(place.as_i64(), Some(0));
        let purpose = if station.is_2x() { "ChargingStationMaxProfile" } else { "ChargePointMaxProfile" };
        assert_eq!(profile_in(&station, &order)["chargingProfilePurpose"], purpose, "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_04_csms_a_profile_of_the_same_number_takes_the_place_of_the_old_one() {
    for version in VERSIONS {
        let bench = Bench::new().await;
        let station = bench.station(version).await;
        let mut wanted = profile(5, ProfilePurpose::TxDefault);
        bench.ordered(set(EVSE, wanted.clone())).await;
        wanted.schedules[0].periods[0].limit = Some(6.into());
        bench.ordered(set(EVSE, wanted.clone())).await;
        assert_eq!(station.orders("SetChargingProfile").len(), 2);
        let known = bench.installed().await;
        assert_eq!(known.len(), 1, "{version}");
        assert_eq!(known[0].profile, wanted);
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_05_csms_a_profile_is_removed_by_its_number() {
    for version in VERSIONS {
        let bench = Bench::new().await;
        let station = bench.station(version).await;
        for number in [5, 6] {
            let level = u32::try_from(number).unwrap();
            let wanted = ChargingProfile { stack_level: level, ..profile(number, ProfilePurpose::TxDefault) };
            bench.ordered(set(EVSE, wanted)).await;
        }
        let clearing = ProfileClearing { id: Some(5), ..ProfileClearing::default() };
        bench.ordered(Command::ClearChargingProfiles(clearing)).await;
        let order = station.orders("ClearChargingProfile").pop().unwrap();
        assert_eq!(order[if station.is_2x() { "chargingProfileId" } else { "id" }], 5, "{version}");
        assert_eq!(bench.ids().await, [6]);
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_06_csms_profiles_are_removed_by_purpose_and_level() {
    for version in VERSIONS {
        let bench = Bench::new().await;
        let station = bench.station(version).await;
        bench.ordered(set(EVSE, profile(5, ProfilePurpose::TxDefault))).await;
        bench.ordered(set(Place::Station, profile(6, ProfilePurpose::StationMax))).await;
        let clearing = ProfileClearing {
            purpose: Some(ProfilePurpose::TxDefault),
            stack_level: Some(0),
            ..ProfileClearing::default()
        };
        bench.ordered(Command::ClearChargingProfiles(clearing)).await;
        let order = station.orders("ClearChargingProfile").pop().unwrap();
        let criteria = if station.is_2x() { order["chargingProfileCriteria"].clone() } else { order };
        assert_eq!(criteria["chargingProfilePurpose"], "TxDefaultProfile", "{version}");
        assert_eq!(criteria["stackLevel"], 0);
        assert_eq!(bench.ids().await, [6]);
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_08_csms_there_is_nothing_to_remove() {
    for version in VERSIONS {
        let bench = Bench::new().await;
        let station = bench.station(version).await;
        bench.ordered(set(EVSE, profile(5, ProfilePurpose::TxDefault))).await;
        station.says("ClearChargingProfile", says("Unknown"));
        let clearing = ProfileClearing { id: Some(5), ..ProfileClearing::default() };
        let ending = bench.order(Command::ClearChargingProfiles(clearing)).await.unwrap();
        assert_eq!(verdict(&ending), Verdict::NothingFits, "{version}");
        // The station says that it has it no longer.
        assert_eq!(bench.ids().await, [0; 0]);
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_10_csms_a_default_profile_for_all_evses() {
    for version in VERSIONS {
        let bench = Bench::new().await;
        let station = bench.station(version).await;
        bench.ordered(set(Place::Station, profile(5, ProfilePurpose::TxDefault))).await;
        let order = station.orders("SetChargingProfile").pop().unwrap();
        assert_eq!(order[if station.is_2x() { "evseId" } else { "connectorId" }], 0, "{version}");
        assert_eq!(bench.installed().await[0].place, Place::Station);
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_15_csms_the_station_has_no_smart_charging() {
    for version in VERSIONS {
        let bench = Bench::new().await;
        let station = bench.station(version).await;
        station.says("SetChargingProfile", Says::Error("NotSupported"));
        let ending = bench.order(set(EVSE, profile(5, ProfilePurpose::TxDefault))).await.unwrap();
        assert!(ending.sentence().contains("refused (NotSupported)"), "{ending:?}");
        assert_eq!(bench.ids().await, [0; 0], "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_19_csms_a_profile_that_recurs_daily() {
    for version in VERSIONS {
        let bench = Bench::new().await;
        let station = bench.station(version).await;
        let wanted = ChargingProfile {
            kind: ProfileKind::Recurring,
            recurrency: Some(Recurrency::Daily),
            ..profile(5, ProfilePurpose::TxDefault)
        };
        bench.ordered(set(EVSE, wanted)).await;
        let said = profile_in(&station, &station.orders("SetChargingProfile")[0]);
        assert_eq!(
            (&said["chargingProfileKind"], &said["recurrencyKind"]),
            (&json!("Recurring"), &json!("Daily"))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_37_csms_a_remote_start_with_a_profile() {
    for version in VERSIONS {
        let bench = Bench::new().await;
        let station = bench.station(version).await;
        let start = |wanted: ChargingProfile| {
            Command::RemoteStart(RemoteStart {
                id_token: IdToken::new("CARD", TokenKind::ISO14443),
                group: None,
                evse: Some(EvseId(1)),
                remote_start: Some(1),
                profile: Some(Box::new(wanted)),
            })
        };
        let refusal = bench.refused(start(profile(5, ProfilePurpose::TxDefault))).await;
        assert!(refusal.contains("K05.FR.02"), "{refusal}");
        bench.ordered(start(profile(5, ProfilePurpose::Tx))).await;
        let said = station.starts_heard().pop().unwrap()["chargingProfile"].clone();
        assert_eq!(said["chargingProfilePurpose"], "TxProfile", "{version}");
        assert_eq!(bench.ids().await, [5]);
        // It ends with the first transaction at its EVSE.
        let mut charge = station.start(1, "CARD", 0).await;
        assert_eq!(bench.ids().await, [5]);
        station.stop(&mut charge, 10).await;
        assert_eq!(bench.ids().await, [0; 0], "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_60_csms_a_profile_of_a_running_transaction_ends_with_it() {
    for version in VERSIONS {
        let bench = Bench::new().await;
        let station = bench.station(version).await;
        let mut charge = station.start(1, "CARD", 0).await;
        let mut other = station.start(2, "CARD", 0).await;
        let name = |charge: &crate::world::station::Charge| match version {
            Version::V16 => ocpp_core::model::StationTxRef::Numbered(charge.number),
            _ => ocpp_core::model::StationTxRef::Named(charge.name.as_str().into()),
        };
        let mut wanted = ChargingProfile {
            kind: ProfileKind::Relative,
            transaction: Some(name(&charge)),
            ..profile(5, ProfilePurpose::Tx)
        };
        wanted.schedules[0].start = None;
        bench.ordered(set(EVSE, wanted)).await;
        let said = profile_in(&station, &station.orders("SetChargingProfile")[0]);
        let named = match version {
            Version::V16 => json!(charge.number),
            _ => json!(charge.name),
        };
        assert_eq!((&said["transactionId"], &said["chargingProfileKind"]), (&named, &json!("Relative")));
        station.stop(&mut other, 10).await;
        assert_eq!(bench.ids().await, [5]);
        station.stop(&mut charge, 10).await;
        assert_eq!(bench.ids().await, [0; 0], "{version}");
        // The end told again changes nothing.
        let (action, payload) = station.ended(&charge, 10);
        station.call(action, payload).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn tc_k_70_csms_profiles_on_two_stack_levels() {
    for version in VERSIONS {
        let bench = Bench::new().await;
        let station = bench.station(version).await;
        for (number, level) in [(5, 0), (6, 1)] {
            let wanted = ChargingProfile { stack_level: level, ..profile(number, ProfilePurpose::TxDefault) };
            bench.ordered(set(EVSE, wanted)).await;
        }
        assert_eq!(station.orders("SetChargingProfile").len(), 2);
        assert_eq!(bench.ids().await, [5, 6], "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_has_expired_is_known_no_longer() {
    let bench = Bench::new().await;
    let _station = bench.station(Version::V201).await;
    let until = |text: &str| ChargingProfile {
        valid_to: Some(text.parse().unwrap()),
        ..profile(5, ProfilePurpose::TxDefault)
    };
    bench.ordered(set(EVSE, until("2026-03-02T09:00:00Z"))).await;
    assert_eq!(bench.ids().await, [5]);
    crate::world::pass(3601).await;
    assert_eq!(bench.ids().await, [0; 0]);
    // Another number of the same level stands in nobody's way now.
    bench.ordered(set(EVSE, profile(6, ProfilePurpose::TxDefault))).await;
    assert_eq!(bench.ids().await, [6]);
}
