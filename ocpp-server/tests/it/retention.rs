//! What is over is forgotten after a time and beyond a number, in every store.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{Command, IdToken, LogKind, StationId, TokenKind};
use ocpp_server::Csms;
use ocpp_server::domain::{
    Batch, BatchId, BatchItem, BatchState, Campaign, CampaignId, CampaignPlan, CampaignState, CampaignTarget,
    Ending, FirmwareId, LogState, OrderEntry, OrderId, OrderState, RecordKind, Reservation, ReservationEnd,
    ReservationState, Revision, StationFilter, StationLog, TargetState,
};
use ocpp_server::maintenance::{Retention, RetentionSettings};
use ocpp_server::store::{Change, Memory, RecordFilter, Sqlite, Store, Unit};

const DAY: i64 = 24 * 3600;

fn now() -> Timestamp {
    Timestamp::now()
}

fn days_ago(days: i64) -> Timestamp {
    now() - SignedDuration::from_secs(days * DAY)
}

fn station(name: &str) -> StationId {
    StationId::new(name).unwrap()
}

fn reservation(at: &str, number: i64, over: Option<Timestamp>) -> Change {
    let state = match over {
        Some(at) => ReservationState::Ended { at, how: ReservationEnd::Expired },
        None => ReservationState::Sent,
    };
    Change::put(&Reservation {
        station: station(at),
        number,
        revision: Revision::default(),
        evse: None,
        connector_type: None,
        token: IdToken::new("04AA", TokenKind::ISO14443),
        group: None,
        from: days_ago(900),
        until: days_ago(899),
        by: "test".to_owned(),
        made_at: days_ago(900),
        state,
    })
}

fn order(name: &str, state: OrderState) -> Change {
    Change::put(&OrderEntry {
        id: OrderId(name.to_owned()),
        revision: Revision::default(),
        station: station("CS1"),
        command: Command::ClearCache,
        by: "test".to_owned(),
        at: days_ago(900),
        until: None,
        batch: None,
        sent_at: None,
        state,
    })
}

fn batch(name: &str, state: BatchState, at: Timestamp) -> Vec<Change> {
    let id = BatchId(name.to_owned());
    let item = |station: String| {
        let station = StationId::new(&station).unwrap();
        Change::put(&BatchItem {
            batch: id.clone(),
            revision: Revision::default(),
            station,
            order: None,
            result: None,
        })
    };
    let mut changes: Vec<Change> = (0..450).map(|number| item(format!("CS{number}"))).collect();
    changes.push(Change::put(&Batch {
        id: id.clone(),
        revision: Revision::default(),
        name: name.to_owned(),
        command: Command::ClearCache,
        is_incomplete: false,
        by: "test".to_owned(),
        at,
        until: None,
        at_once: 1,
        stations: 450,
        state,
    }));
    changes
}

fn log(at: &str, request: u32, state: LogState) -> Change {
    Change::put(&StationLog {
        station: station(at),
        request,
        revision: Revision::default(),
        log: LogKind::Diagnostics,
        state,
        stage: None,
        file_name: None,
        file: None,
        by: "test".to_owned(),
        ordered_at: days_ago(900),
        until: days_ago(899),
        kept_until: days_ago(870),
    })
}

async fn keys(store: &dyn Store, kind: RecordKind) -> Vec<String> {
    let kept = store.records(RecordFilter::all(kind, 10_000)).await.unwrap();
    kept.into_iter().map(|stored| stored.key).map(String::from).collect()
}

/// Memory and SQLite, each with a manager over it.
async fn in_every_store(changes: Vec<Change>) -> Vec<(Arc<dyn Store>, Csms, tempfile::TempDir)> {
    let mut all = Vec::new();
    for name in ["memory", "sqlite"] {
        let directory = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = match name {
            "memory" => Arc::new(Memory::new()),
            _ => Arc::new(Sqlite::open(&directory.path().join("ocpp.db")).unwrap()),
        };
        let csms = Csms::builder_over(Arc::clone(&store)).build().await.unwrap();
        for changes in changes.chunks(300) {
            csms.commit(Unit { changes: changes.to_vec(), ..Unit::default() }).await.unwrap();
        }
        all.push((store, csms, directory));
    }
    all
}

fn settings(days: u64, max_count: usize) -> RetentionSettings {
    RetentionSettings { max_age: Duration::from_secs(days * 24 * 3600), max_count }
}

#[tokio::test]
async fn what_was_over_for_long_is_forgotten_and_what_is_not_over_stays() {
    let ended = |days| OrderState::Ended { at: days_ago(days), ending: Ending::Expired };
    let mut changes = vec![
        order("a", ended(101)),
        order("b", ended(99)),
        order("c", OrderState::Waiting),
        order("d", OrderState::Sent { at: days_ago(800) }),
        reservation("CS1", 1, Some(days_ago(101))),
        reservation("CS1", 2, None),
        reservation("CS1", 3, Some(days_ago(99))),
        reservation("CS2", 1, Some(days_ago(500))),
        log("CS1", 1, LogState::Removed),
        log("CS1", 2, LogState::Here),
        log("CS1", 3, LogState::Running),
        log("CS1", 4, LogState::Superseded),
    ];
    changes.extend(batch("old", BatchState::Ended, days_ago(101)));
    changes.extend(batch("runs", BatchState::Running, days_ago(101)));
    changes.extend(batch("young", BatchState::Stopped, days_ago(99)));
    for (store, csms, _directory) in in_every_store(changes).await {
        let retention = Retention::new(csms, settings(100, 1000));
        assert_eq!(
            retention.sweep().await.unwrap(),
            3 + 451,
            "one of each, and a bulk order with its results"
        );
        assert_eq!(keys(&*store, RecordKind::Order).await, ["b", "c", "d"]);
        let reservations = keys(&*store, RecordKind::Reservation).await;
        let key = |at: &str, number| Reservation::key_of(&station(at), number);
        assert_eq!(
            reservations,
            [key("CS1", 2), key("CS1", 3), key("CS2", 1)],
            "the latest of a station stays"
        );
        let logs: Vec<String> = (2..=4).map(|request| StationLog::key_of(&station("CS1"), request)).collect();
        assert_eq!(
            keys(&*store, RecordKind::StationLog).await,
            logs,
            "one with its file stays, and the latest"
        );
        assert_eq!(keys(&*store, RecordKind::Batch).await, ["runs", "young"]);
        assert_eq!(keys(&*store, RecordKind::BatchItem).await.len(), 900);
        assert_eq!(retention.sweep().await.unwrap(), 0, "again there is nothing to do");
    }
}

#[tokio::test]
async fn the_latest_of_each_station_are_kept_and_the_rest_is_forgotten() {
    let mut changes = Vec::new();
    // More than one page for the first station, so that its count goes on from page to page.
    changes.extend((1..=450).map(|number| reservation("CS1", number, Some(days_ago(1)))));
    changes.push(reservation("CS1", 451, None));
    changes.extend((1..=3).map(|number| reservation("CS2", number, Some(days_ago(1)))));
    for (store, csms, _directory) in in_every_store(changes).await {
        let forgotten = Retention::new(csms, settings(100, 300)).sweep().await.unwrap();
        assert_eq!(forgotten, 151);
        let kept = keys(&*store, RecordKind::Reservation).await;
        assert_eq!(kept.len(), 303);
        assert_eq!(kept[0], Reservation::key_of(&station("CS1"), 152), "the oldest went");
        assert!(kept.contains(&Reservation::key_of(&station("CS2"), 1)), "each station counts for itself");
    }
}

fn campaign(name: &str, state: CampaignState, target: TargetState, days: i64) -> Vec<Change> {
    let id = CampaignId(name.to_owned());
    let part = |number: usize| {
        Change::put(&CampaignTarget {
            campaign: id.clone(),
            revision: Revision::default(),
            station: station(&format!("CS{number}")),
            wave: 0,
            state: if number == 250 { target.clone() } else { TargetState::Skipped },
            at: if number == 250 { days_ago(days) } else { days_ago(400) },
        })
    };
    let mut changes: Vec<Change> = (0..300).map(part).collect();
    changes.push(Change::put(&Campaign {
        id: id.clone(),
        revision: Revision::default(),
        name: name.to_owned(),
        firmware: FirmwareId("f".to_owned()),
        filter: StationFilter::default(),
        plan: CampaignPlan {
            waves: Vec::new(),
            at_once: 1,
            window: None,
            max_failures: 0,
            hours_each: 1,
            retries: None,
        },
        state,
        wave: 0,
        waves: 1,
        stations: 300,
        forgiven: 0,
        by: "test".to_owned(),
        began_at: days_ago(400),
    }));
    changes
}

#[tokio::test]
async fn campaigns_are_forgotten_with_the_parts_of_their_stations_when_the_last_of_them_is_over_for_long() {
    let done = TargetState::Done { version: None };
    let updating = TargetState::Updating { request: 1 };
    let mut changes = campaign("a-ended", CampaignState::Ended, done.clone(), 101);
    changes.extend(campaign("b-ended-lately", CampaignState::Ended, done.clone(), 99));
    changes.extend(campaign("c-aborted", CampaignState::Aborted, TargetState::Skipped, 101));
    changes.extend(campaign("d-aborted-and-at-it", CampaignState::Aborted, updating, 101));
    changes.extend(campaign("e-runs", CampaignState::Running, done, 101));
    for (store, csms, _directory) in in_every_store(changes).await {
        let retention = Retention::new(csms, settings(100, 1000));
        assert_eq!(retention.sweep().await.unwrap(), 602, "two campaigns with 300 stations each");
        assert_eq!(
            keys(&*store, RecordKind::Campaign).await,
            ["b-ended-lately", "d-aborted-and-at-it", "e-runs"]
        );
        assert_eq!(keys(&*store, RecordKind::CampaignTarget).await.len(), 900);
        assert_eq!(retention.sweep().await.unwrap(), 0, "again there is nothing to do");
    }
}
