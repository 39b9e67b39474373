//! Stations that come back are told again what is wanted of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use ocpp_core::model::{Availability, Place};
use ocpp_core::types::Version;
use ocpp_server::domain::ListChoice;
use ocpp_server::maintenance::{Availabilities, ListError, LocalLists, Upholding};
use ocpp_server::register::TokenForm;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::world::station::{Says, Station};
use crate::world::{World, id, pass};

const VERSIONS: [Version; 3] = [Version::V16, Version::V201, Version::V21];

async fn world() -> World {
    let world = World::new().await;
    let upholding = Upholding::new(world.csms());
    tokio::spawn(async move { upholding.run(CancellationToken::new()).await });
    world
}

/// A station that has a list of this version and takes another one, or not.
async fn connected(world: &World, version: Version, held: i64, word: &str) -> Station {
    let station = world.connect("CS1", version).await;
    let member = if station.is_2x() { "versionNumber" } else { "listVersion" };
    station.says("GetLocalListVersion", Says::Result(json!({ member: held })));
    station.says("SendLocalList", Says::Result(json!({ "status": word })));
    station
}

async fn back(world: &World, before: Station, version: Version, held: i64, word: &str) -> Station {
    before.hang_up();
    pass(1).await;
    connected(world, version, held, word).await
}

#[tokio::test(start_paused = true)]
async fn a_list_is_sent_again_when_a_token_is_changed_and_only_then() {
    for version in VERSIONS {
        let world = world().await;
        let station = connected(&world, version, 0, "Accepted").await;
        let lists = LocalLists::new(world.csms());
        lists.choose(&id("CS1"), ListChoice::All).await.unwrap();
        pass(300).await;
        assert!(
            station.orders("SendLocalList").is_empty(),
            "{version}: whoever chooses a list sends it first"
        );
        lists.send(&id("CS1")).await.unwrap();
        pass(300).await;
        assert_eq!(station.orders("SendLocalList").len(), 1, "{version}: it is as it should be");

        station.says(
            "GetLocalListVersion",
            Says::Result(json!({ if station.is_2x() { "versionNumber" } else { "listVersion" }: 1 })),
        );
        for token in ["NEW1", "NEW2", "NEW3"] {
            world.register().add_token(token, TokenForm::default()).await.unwrap();
        }
        pass(300).await;
        let sent = station.orders("SendLocalList");
        assert_eq!(sent.len(), 2, "{version}: three changes are one message");
        assert_eq!(sent[1]["updateType"], "Differential");
        assert!(lists.report(&id("CS1")).await.unwrap().unwrap().is_current);
    }
}

#[tokio::test(start_paused = true)]
async fn a_station_that_was_away_gets_its_list_when_it_comes_back() {
    for version in VERSIONS {
        let world = world().await;
        let station = connected(&world, version, 0, "Accepted").await;
        let lists = LocalLists::new(world.csms());
        lists.choose(&id("CS1"), ListChoice::All).await.unwrap();
        lists.send(&id("CS1")).await.unwrap();
        station.hang_up();
        pass(1).await;
        world.register().add_token("NEW", TokenForm::default()).await.unwrap();
        pass(600).await;
        let station = connected(&world, version, 1, "Accepted").await;
        pass(100).await;
        assert_eq!(station.orders("SendLocalList").len(), 1, "{version}");
        let station = back(&world, station, version, 2, "Accepted").await;
        pass(300).await;
        assert!(station.orders("SendLocalList").is_empty(), "{version}: it has it");
    }
}

#[tokio::test(start_paused = true)]
async fn a_station_that_refuses_is_not_asked_at_every_return() {
    for version in VERSIONS {
        let world = world().await;
        let mut station = connected(&world, version, 0, "Failed").await;
        let lists = LocalLists::new(world.csms());
        lists.choose(&id("CS1"), ListChoice::All).await.unwrap();
        assert!(matches!(lists.send(&id("CS1")).await, Err(ListError::NotTaken(_))));
        let mut asked = 0;
        for _ in 0..20 {
            station = back(&world, station, version, 0, "Failed").await;
            pass(120).await;
            asked += station.orders("SendLocalList").len();
        }
        assert_eq!(asked, 0, "{version}: it has said so within the hour");
        pass(3600).await;
        let station = back(&world, station, version, 0, "Accepted").await;
        pass(120).await;
        assert_eq!(station.orders("SendLocalList").len(), 1, "{version}: then it is tried again");
        assert!(lists.report(&id("CS1")).await.unwrap().unwrap().is_current);
    }
}

#[tokio::test(start_paused = true)]
async fn a_place_that_was_closed_while_its_station_was_away_is_closed_when_it_comes_back() {
    for version in VERSIONS {
        let world = world().await;
        let station = world.connect("CS1", version).await;
        station.status(1, "Available").await;
        station.hang_up();
        pass(1).await;
        let places = Availabilities::new(world.csms());
        let place = Place::of(1, Some(1));
        let wish = places.wish(&id("CS1"), place, Availability::Inoperative, "anna").await.unwrap();
        assert!(!wish.taken, "{version}");

        let station = world.connect("CS1", version).await;
        station.says("ChangeAvailability", Says::Result(json!({"status": "Accepted"})));
        pass(100).await;
        assert_eq!(station.orders("ChangeAvailability").len(), 1, "{version}");
        station.status(1, "Unavailable").await;

        // It restarts and has forgotten.
        station.hang_up();
        pass(1).await;
        let station = world.connect("CS1", version).await;
        station.says("ChangeAvailability", Says::Result(json!({"status": "Accepted"})));
        station.status(1, "Available").await;
        pass(100).await;
        assert_eq!(station.orders("ChangeAvailability").len(), 1, "{version}");
        station.status(1, "Unavailable").await;
        station.hang_up();
        pass(1).await;
        let station = world.connect_quietly("CS1", version).await;
        pass(300).await;
        assert!(station.orders("ChangeAvailability").is_empty(), "{version}: it is as it should be");
    }
}
