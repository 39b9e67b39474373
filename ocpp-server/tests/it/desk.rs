//! Orders that are kept: each has an end, one at a time for each station, and many at once.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use std::time::Duration;

use ocpp_core::model::{Command, Outcome, ResetKind, Setting, SettingChange, Verdict};
use ocpp_core::types::Version;
use ocpp_server::command::desk::{MAX_OPEN, NewBatch, NewOrder, PlaceError, WhenOffline, WithdrawError};
use ocpp_server::domain::{
    BatchItem, BatchState, Ending, OpenOrder, OrderEntry, OrderId, OrderState, RecordKind,
};
use serde_json::json;

use crate::world::station::{Says, Station};
use crate::world::{World, id, pass};

fn clear_cache(when_offline: WhenOffline) -> NewOrder {
    NewOrder { command: Command::ClearCache, by: "anna".to_owned(), when_offline }
}

/// An order that waits for its station so many seconds.
fn waiting(world: &World, seconds: i64) -> NewOrder {
    clear_cache(until(world, seconds))
}

fn until(world: &World, seconds: i64) -> WhenOffline {
    WhenOffline::WaitUntil(world.now().checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap())
}

fn ending(order: &OrderEntry) -> &Ending {
    match &order.state {
        OrderState::Ended { ending, .. } => ending,
        other => panic!("the order is {other:?}"),
    }
}

async fn ended(world: &World, order: &OrderId) -> Ending {
    let desk = world.csms().desk().clone();
    let waits = tokio::time::timeout(Duration::from_secs(3600), desk.ended(order)).await;
    ending(&waits.expect("the order ends").unwrap().unwrap()).clone()
}

async fn carried(world: &World, station: &str, command: Command) -> Ending {
    let new = NewOrder { command, by: "anna".to_owned(), when_offline: WhenOffline::Refuse };
    let order = world.csms().desk().carry_out(&id(station), new).await.unwrap();
    assert_eq!(world.all::<OpenOrder>().await, [], "an order that has ended is not open");
    ending(&order).clone()
}

async fn station(world: &World, name: &str, version: Version) -> Station {
    let station = world.connect(name, version).await;
    for action in ["ClearCache", "Reset", "TriggerMessage"] {
        station.says(action, Says::Result(json!({"status": "Accepted"})));
    }
    station
}

const ALL: [Version; 3] = [Version::V16, Version::V201, Version::V21];

#[tokio::test(start_paused = true)]
async fn every_end_of_an_order_is_kept() {
    for version in ALL {
        let world = World::new().await;
        let station = station(&world, "CS", version).await;
        let accepted = carried(&world, "CS", Command::ClearCache).await;
        assert_eq!(accepted, Ending::Answered { outcome: Outcome::Verdict(Verdict::Accepted) });
        assert!(accepted.is_success());

        station.says("ClearCache", Says::Result(json!({"status": "Rejected"})));
        let rejected = carried(&world, "CS", Command::ClearCache).await;
        assert_eq!(rejected.sentence(), "rejected");
        assert!(!rejected.is_success());

        station.says("ClearCache", Says::Error("NotSupported"));
        let refused = carried(&world, "CS", Command::ClearCache).await;
        assert_eq!(refused.sentence(), "refused (NotSupported): so it says");

        station.says("ClearCache", Says::Result(json!({"status": 7})));
        let misheard = carried(&world, "CS", Command::ClearCache).await;
        assert!(matches!(misheard, Ending::BadAnswer { .. }), "{misheard:?}");

        station.says("ClearCache", Says::Nothing);
        let silent = carried(&world, "CS", Command::ClearCache).await;
        assert!(matches!(silent, Ending::NoAnswer { .. }), "{silent:?}");

        station.says("ClearCache", Says::Late(Duration::from_secs(300), json!({"status": "Accepted"})));
        let late = carried(&world, "CS", Command::ClearCache).await;
        assert!(matches!(late, Ending::NoAnswer { .. }), "{late:?}");
        pass(600).await;

        station.says("ClearCache", Says::Result(json!({"status": "Accepted"})));
        assert!(
            carried(&world, "CS", Command::ClearCache).await.is_success(),
            "a late answer confuses nobody"
        );
        let kept = world.csms().desk().orders(&id("CS"), None, 100).await.unwrap();
        assert_eq!(kept.len(), 7);
        assert!(kept.iter().all(|order| order.by == "anna"));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_known_to_fail_is_refused_at_once() {
    let world = World::new().await;
    let desk = world.csms().desk().clone();
    let refused = desk.place(&id("CS"), clear_cache(WhenOffline::Refuse)).await;
    assert_eq!(refused, Err(PlaceError::NotConnected));
    let over = desk.place(&id("CS"), waiting(&world, -1)).await;
    assert!(matches!(over, Err(PlaceError::TooLate(_))), "{over:?}");
    let _station = station(&world, "CS", Version::V16).await;
    let evse = Command::Reset { kind: ResetKind::Immediate, evse: Some(ocpp_core::model::EvseId(1)) };
    let new = NewOrder { command: evse, ..clear_cache(WhenOffline::Refuse) };
    let refused = desk.place(&id("CS"), new).await;
    assert!(matches!(refused, Err(PlaceError::CannotSay(_))), "{refused:?}");
    assert_eq!(world.all::<OrderEntry>().await, [], "nothing of it is kept");
}

#[tokio::test(start_paused = true)]
async fn an_order_waits_for_its_station_or_expires() {
    for version in ALL {
        let world = World::new().await;
        let desk = world.csms().desk().clone();
        let waits = desk.place(&id("CS"), waiting(&world, 3600)).await.unwrap();
        let expires = desk.place(&id("CS"), waiting(&world, 60)).await.unwrap();
        let withdrawn = desk.place(&id("CS"), waiting(&world, 3600)).await.unwrap();
        pass(120).await;
        assert_eq!(ended(&world, &expires).await, Ending::Expired);
        desk.withdraw(&withdrawn, "bert").await.unwrap();
        assert_eq!(ended(&world, &withdrawn).await, Ending::Withdrawn { by: "bert".to_owned() });
        assert_eq!(desk.withdraw(&withdrawn, "bert").await, Err(WithdrawError::TooLate));
        assert_eq!(desk.withdraw(&OrderId("no".to_owned()), "bert").await, Err(WithdrawError::Unknown));

        let station = station(&world, "CS", version).await;
        assert!(ended(&world, &waits).await.is_success());
        let heard: Vec<_> = station.all_orders().into_iter().map(|(action, _)| action).collect();
        assert_eq!(heard, ["ClearCache"], "only the one that waited was sent");
    }
}

#[tokio::test(start_paused = true)]
async fn a_station_has_one_order_in_hand() {
    let world = World::new().await;
    let station = station(&world, "CS", Version::V201).await;
    station.says("ClearCache", Says::Late(Duration::from_secs(10), json!({"status": "Accepted"})));
    let desk = world.csms().desk().clone();
    let mut orders = Vec::new();
    for _ in 0..3 {
        orders.push(desk.place(&id("CS"), clear_cache(WhenOffline::Refuse)).await.unwrap());
    }
    for (heard, order) in (1..).zip(&orders) {
        pass(5).await;
        assert_eq!(station.orders("ClearCache").len(), heard);
        assert!(ended(&world, order).await.is_success());
    }
}

#[tokio::test(start_paused = true)]
async fn too_many_orders_for_one_station_are_refused() {
    let world = World::new().await;
    let desk = world.csms().desk().clone();
    for _ in 0..MAX_OPEN {
        desk.place(&id("CS"), waiting(&world, 60)).await.unwrap();
    }
    assert_eq!(desk.place(&id("CS"), waiting(&world, 60)).await, Err(PlaceError::TooMany));
    pass(61).await;
    assert!(desk.place(&id("CS"), waiting(&world, 60)).await.is_ok(), "those that expired make room");
}

#[tokio::test(start_paused = true)]
async fn a_killed_manager_sends_nothing_twice_and_forgets_nothing() {
    let world = World::new().await;
    let first = station(&world, "CS", Version::V21).await;
    first.says("ClearCache", Says::Nothing);
    let desk = world.csms().desk().clone();
    let sent = desk.place(&id("CS"), waiting(&world, 3600)).await.unwrap();
    let behind = desk.place(&id("CS"), waiting(&world, 3600)).await.unwrap();
    pass(1).await;
    assert_eq!(first.orders("ClearCache").len(), 1);
    world.kill();
    world.start().await;
    assert!(matches!(ended(&world, &sent).await, Ending::NoAnswer { .. }));
    let second = station(&world, "CS", Version::V21).await;
    assert!(ended(&world, &behind).await.is_success());
    assert_eq!(second.orders("ClearCache").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn passwords_are_forgotten_when_the_order_has_ended() {
    let world = World::new().await;
    let station = station(&world, "CS", Version::V16).await;
    station.says("ChangeConfiguration", Says::Result(json!({"status": "Accepted"})));
    let change = SettingChange::new(Setting::Key("AuthorizationKey".into()), "hunter2hunter2");
    assert!(!format!("{change:?}").contains("hunter2"));
    let wanted = Command::ChangeSettings(vec![change]);
    assert!(carried(&world, "CS", wanted).await.is_success());
    assert_eq!(station.orders("ChangeConfiguration")[0]["value"], "hunter2hunter2");
    let kept = world.stored(RecordKind::Order).await;
    assert!(kept.iter().all(|stored| !stored.body.as_deref().unwrap().contains("hunter2")));
}

#[tokio::test(start_paused = true)]
async fn credentials_in_addresses_are_forgotten_when_the_order_has_ended() {
    let world = World::new().await;
    let station = station(&world, "CS", Version::V201).await;
    station.says("GetLog", Says::Result(json!({"status": "Accepted"})));
    let address = "ftp://anna:hunter2@files.example.com/logs/";
    let typed: Command = serde_json::from_value(json!({"get_log": {
        "request": 7, "log": "security", "location": address, "from": null, "until": null, "retries": null,
        "retry_interval_s": null
    }}))
    .unwrap();
    let payload = json!({"logType": "SecurityLog", "requestId": 8, "log": {"remoteLocation": address}});
    let raw = Command::Unmapped { action: "GetLog".into(), payload: payload.to_string() };
    for (count, command) in (1..).zip([typed, raw]) {
        assert!(carried(&world, "CS", command).await.is_success());
        let heard = station.orders("GetLog");
        assert_eq!((heard.len(), &heard[count - 1]["log"]["remoteLocation"]), (count, &json!(address)));
    }
    let kept = world.stored(RecordKind::Order).await;
    assert_eq!(kept.len(), 2);
    assert!(kept.iter().all(|stored| !stored.body.as_deref().unwrap().contains("hunter2")));
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("CS{number:03}")).collect()
}

fn batch(world: &World, names: &[String], at_once: u32) -> NewBatch {
    NewBatch {
        name: "caches".to_owned(),
        command: Command::ClearCache,
        by: "anna".to_owned(),
        when_offline: until(world, 3600),
        at_once,
        stations: names.iter().map(|name| id(name)).collect(),
    }
}

async fn batch_in(world: &World, batch: &ocpp_server::domain::BatchId, state: BatchState) {
    for _ in 0..10_000 {
        let now = world.csms().desk().batch(batch).await.unwrap().unwrap().state;
        if now == state {
            return;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    panic!("the bulk order is never {state:?}");
}

#[tokio::test(start_paused = true)]
async fn a_bulk_order_reaches_everyone_so_many_at_a_time() {
    let world = World::new().await;
    let names = names(25);
    let mut stations = Vec::new();
    for (number, name) in names.iter().enumerate().take(20) {
        let station = station(&world, name, ALL[number % 3]).await;
        station.says("ClearCache", Says::Late(Duration::from_secs(10), json!({"status": "Accepted"})));
        stations.push(station);
    }
    stations[3].says("ClearCache", Says::Error("NotSupported"));
    let desk = world.csms().desk().clone();
    let batch = desk.place_batch(batch(&world, &names, 4)).await.unwrap();
    pass(1).await;
    let heard = || stations.iter().map(|station| station.orders("ClearCache").len()).sum::<usize>();
    assert!(heard() <= 5, "four at a time, and one refused at once: {}", heard());
    pass(120).await;
    let counts = desk.counts(&batch).await.unwrap();
    assert_eq!((counts.succeeded, counts.failed, counts.open, counts.not_begun), (19, 1, 5, 0));
    for name in &names[20..] {
        stations.push(station(&world, name, Version::V201).await);
    }
    batch_in(&world, &batch, BatchState::Ended).await;
    let counts = desk.counts(&batch).await.unwrap();
    assert_eq!((counts.succeeded, counts.failed), (24, 1));

    stations[3].says("ClearCache", Says::Result(json!({"status": "Accepted"})));
    desk.retry_batch(&batch).await.unwrap();
    batch_in(&world, &batch, BatchState::Ended).await;
    assert_eq!(desk.counts(&batch).await.unwrap().succeeded, 25);
    let heard: Vec<_> = stations.iter().map(|station| station.orders("ClearCache").len()).collect();
    assert_eq!(heard.iter().sum::<usize>(), 26, "only the one that failed was asked again: {heard:?}");
}

#[tokio::test(start_paused = true)]
async fn a_bulk_order_outlives_the_manager_and_can_be_stopped() {
    let world = World::new().await;
    let names = names(12);
    let mut stations = Vec::new();
    for name in &names {
        let station = station(&world, name, Version::V201).await;
        station.says("ClearCache", Says::Late(Duration::from_secs(10), json!({"status": "Accepted"})));
        stations.push(station);
    }
    let order = world.csms().desk().place_batch(batch(&world, &names, 2)).await.unwrap();
    pass(15).await;
    world.kill();
    world.start().await;
    for name in &names {
        let station = station(&world, name, Version::V201).await;
        station.says("ClearCache", Says::Late(Duration::from_secs(10), json!({"status": "Accepted"})));
        stations.push(station);
    }
    pass(15).await;
    let desk = world.csms().desk().clone();
    desk.stop_batch(&order, "bert").await.unwrap();
    pass(60).await;
    let items: Vec<BatchItem> = desk.items(&order, None, 100).await.unwrap();
    let counts = desk.counts(&order).await.unwrap();
    assert_eq!((counts.open, counts.succeeded + counts.failed + counts.not_begun), (0, 12), "{items:#?}");
    let texts = items.iter().filter_map(|item| item.result.as_ref()).map(|result| result.text.as_str());
    let sent = texts.filter(|text| *text == "accepted" || text.starts_with("no answer")).count();
    assert!((4..=8).contains(&sent), "two at a time, half of the time: {items:#?}");
    let heard: usize = stations.iter().map(|station| station.orders("ClearCache").len()).sum();
    assert_eq!(heard, sent, "nobody is asked twice, and those taken back were never asked");
}

#[tokio::test(start_paused = true)]
async fn a_station_that_restarts_under_an_order_gives_no_answer_and_gets_the_next() {
    for version in ALL {
        let world = World::new().await;
        let first = station(&world, "CS", version).await;
        first.says("ClearCache", Says::Nothing);
        let desk = world.csms().desk().clone();
        let cut_off = desk.place(&id("CS"), waiting(&world, 3600)).await.unwrap();
        let next = desk.place(&id("CS"), waiting(&world, 3600)).await.unwrap();
        pass(1).await;
        first.hang_up();
        let cut_off = ended(&world, &cut_off).await;
        assert!(cut_off.sentence().contains("connection ended"), "{cut_off:?}");
        pass(30).await;
        let second = station(&world, "CS", version).await;
        assert!(ended(&world, &next).await.is_success());
        assert_eq!(second.orders("ClearCache").len(), 1, "what was sent is not sent again by itself");
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_for_another_version_than_comes_is_not_sent() {
    let world = World::new().await;
    let desk = world.csms().desk().clone();
    let evse = Command::Reset { kind: ResetKind::Immediate, evse: Some(ocpp_core::model::EvseId(1)) };
    let for_2x = desk.place(&id("CS"), NewOrder { command: evse, ..waiting(&world, 3600) }).await.unwrap();
    let payload = r#"{"evseId":0}"#.to_owned();
    let tariffs = Command::Unmapped { action: "GetTariffs".into(), payload };
    let for_21 = desk.place(&id("CS"), NewOrder { command: tariffs, ..waiting(&world, 3600) }).await.unwrap();
    let station = station(&world, "CS", Version::V16).await;
    assert!(matches!(ended(&world, &for_2x).await, Ending::CannotSay { .. }));
    assert!(matches!(ended(&world, &for_21).await, Ending::CannotSay { .. }));
    assert_eq!(station.all_orders().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_busy_station_decides_itself() {
    let world = World::new().await;
    let station = station(&world, "CS", Version::V201).await;
    let _charge = station.start(1, "CARD", 0).await;
    station.says("Reset", Says::Result(json!({"status": "Scheduled"})));
    let reset = Command::Reset { kind: ResetKind::OnIdle, evse: None };
    let ending = carried(&world, "CS", reset).await;
    assert_eq!(ending, Ending::Answered { outcome: Outcome::Verdict(Verdict::Scheduled) });
    assert!(ending.is_success());
}

#[tokio::test(start_paused = true)]
async fn passwords_of_a_bulk_order_are_forgotten_and_never_replaced_by_stars() {
    let world = World::new().await;
    let names = names(2);
    let first = station(&world, &names[0], Version::V16).await;
    let second = station(&world, &names[1], Version::V201).await;
    first.says("ChangeConfiguration", Says::Result(json!({"status": "Accepted"})));
    let payload = r#"{"value":"hunter2hunter2","key":"AuthorizationKey"}"#;
    let command = Command::Unmapped { action: "ChangeConfiguration".into(), payload: payload.to_owned() };
    let desk = world.csms().desk().clone();
    let order = desk.place_batch(NewBatch { command, ..batch(&world, &names, 2) }).await.unwrap();
    assert_eq!(desk.retry_batch(&order).await, Err(WithdrawError::Running));
    batch_in(&world, &order, BatchState::Ended).await;
    assert_eq!(first.orders("ChangeConfiguration")[0]["value"], "hunter2hunter2");
    for kind in [RecordKind::Batch, RecordKind::Order] {
        let kept = world.stored(kind).await;
        assert!(kept.iter().all(|stored| !stored.body.as_deref().unwrap().contains("hunter2")), "{kind:?}");
    }
    assert_eq!(desk.retry_batch(&order).await, Err(WithdrawError::Forgotten));
    assert_eq!(desk.stop_batch(&order, "bert").await, Err(WithdrawError::NotRunning));
    assert_eq!(second.all_orders().len(), 0, "its version has no such action");

    // What has no secret is kept as it was written, and can be given again.
    let payload = r#"{"type":"Soft"}"#;
    let command = Command::Unmapped { action: "Reset".into(), payload: payload.to_owned() };
    let plain =
        desk.place_batch(NewBatch { command: command.clone(), ..batch(&world, &names, 2) }).await.unwrap();
    batch_in(&world, &plain, BatchState::Ended).await;
    assert_eq!(desk.batch(&plain).await.unwrap().unwrap().command, command);
    assert_eq!(desk.retry_batch(&plain).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn orders_that_a_restart_finds_count_once() {
    let world = World::new().await;
    let desk = world.csms().desk().clone();
    for _ in 0..MAX_OPEN {
        desk.place(&id("CS"), waiting(&world, 3600)).await.unwrap();
    }
    world.kill();
    world.start().await;
    pass(1).await;
    let desk = world.csms().desk().clone();
    assert_eq!(desk.place(&id("CS"), waiting(&world, 3600)).await, Err(PlaceError::TooMany));
    let station = station(&world, "CS", Version::V201).await;
    pass(60).await;
    assert_eq!(station.orders("ClearCache").len(), MAX_OPEN);
    for _ in 0..MAX_OPEN {
        desk.place(&id("CS"), waiting(&world, 3600)).await.unwrap();
    }
}
