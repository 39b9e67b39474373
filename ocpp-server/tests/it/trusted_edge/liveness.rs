//! Who is online.

use std::time::Duration;

use futures_util::StreamExt;
use ocpp_server::domain::Connection;
use serde_json::json;

use super::station::Station;
use super::{Manager, is_offline, is_online};

/// Its system answers for it, but it says nothing and answers no ping: it is online until its heartbeat is
/// overdue, and offline since it was last heard.
#[tokio::test]
async fn a_station_that_hangs_is_online_until_its_heartbeat_is_overdue() {
    let manager = Manager::start().await;
    let mut station = Station::dial(&manager, "HANGS", "ocpp1.6").await;
    station.boot_16().await;
    let booted = manager.csms.now();
    // Nobody reads the socket from here on, so that no ping is answered.
    tokio::time::sleep(Duration::from_millis(800)).await;
    assert!(is_online(&manager.kept("HANGS").await.connection), "its heartbeat is not overdue yet");
    let connection = manager.until("HANGS", "offline", is_offline).await;
    let Connection::Offline { since } = connection else { panic!("{connection:?}") };
    let missed = since.duration_since(booted).as_millis();
    assert!(missed.abs() < 500, "the outage begins with the last sign of life, not {missed} ms after it");
}

#[tokio::test]
async fn a_station_that_only_answers_pings_stays_online() {
    let manager = Manager::start().await;
    let mut station = Station::dial(&manager, "PONGS", "ocpp1.6").await;
    station.boot_16().await;
    let reads = tokio::spawn(async move { while station.socket.next().await.is_some() {} });
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(is_online(&manager.kept("PONGS").await.connection));
    reads.abort();
    manager.until("PONGS", "offline", is_offline).await;
}

/// A station that never answers a ping but speaks is online: EN+ and EVduty are such.
#[tokio::test]
async fn a_station_that_speaks_needs_no_pongs() {
    let manager = Manager::start().await;
    let mut station = Station::dial(&manager, "SPEAKS", "ocpp1.6").await;
    station.boot_16().await;
    for _ in 0..8 {
        station.result("Heartbeat", json!({})).await;
        tokio::time::sleep(Duration::from_millis(400)).await;
        assert!(is_online(&manager.kept("SPEAKS").await.connection));
    }
}

#[tokio::test]
async fn a_station_that_breaks_off_is_offline_at_once() {
    let manager = Manager::start().await;
    let station = Station::dial(&manager, "BREAKS", "ocpp1.6").await;
    drop(station);
    manager.until("BREAKS", "offline", is_offline).await;
}
