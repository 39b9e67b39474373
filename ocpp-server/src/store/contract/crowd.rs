//! Many writers at once.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::keep;
use super::samples::{event, moment, reading, record, removal, session, station, station_id, unit};
use crate::domain::{Epoch, EventId, RecordKind, Revision, Session, SessionNumber, Station, Stored};
use crate::store::{Change, CommitError, Committed, Store, Unit};

/// How many write at the same time.
const CROWD: usize = 40;
/// How many units each of them commits.
const TURNS: usize = 10;

pub(super) async fn keeps_each_unit_of_a_crowd_once<S: Store>(store: Arc<S>) {
    let mut crowd = JoinSet::new();
    for member in 0..CROWD {
        let store = Arc::clone(&store);
        crowd.spawn(async move { work(&*store, member).await });
    }
    let mut told: Vec<EventId> = crowd.join_all().await.into_iter().flatten().collect();
    told.sort();

    let events = store.events_after(EventId(0), usize::MAX).await.expect("events can be read");
    assert_eq!(events.len(), CROWD * TURNS, "each unit of a crowd is kept once");
    assert!(events.is_sorted_by(|a, b| a.id < b.id), "ids of a crowd's events ascend");
    let stored: Vec<_> = events.iter().map(|event| event.id).collect();
    assert_eq!(told, stored, "the ids that commits returned are those of the outbox");
    for member in 0..CROWD {
        let key = session(&name(member), member as i64).key;
        let kept = store.session(&key).await.expect("sessions can be read").expect("the session is kept");
        assert_eq!(kept.revision, Revision(TURNS as u64), "each write of a crowd counts once");
        let readings = store.readings(&key).await.expect("readings can be read");
        assert_eq!(readings.len(), TURNS, "each reading of a crowd is kept once");
    }
}

fn name(member: usize) -> String {
    format!("station {member}")
}

/// One station's connection that writes a session, turn by turn.
async fn work(store: &impl Store, member: usize) -> Vec<EventId> {
    let name = name(member);
    keep(store, unit(vec![Change::Station(station(&name))])).await;
    let mut ids = Vec::new();
    for turn in 0..TURNS {
        let session = Session { revision: Revision(turn as u64), ..session(&name, member as i64) };
        let key = session.key.clone();
        let readings = vec![reading(Some(turn as u32), moment(turn as i64), "1")];
        let turn = Unit {
            connection: Some((station_id(&name), Epoch(1))),
            idempotency_key: None,
            changes: vec![Change::Session(session), Change::Readings(key.clone(), readings)],
            events: vec![event(&name, key.as_str())],
        };
        ids.extend(keep(store, turn).await.iter().map(|event| event.id));
        let kept = store.readings(&key).await.expect("readings can be read");
        assert_eq!(kept.len(), ids.len(), "what was committed can be read at once");
    }
    ids
}

pub(super) async fn lets_one_of_a_crowd_win<S: Store>(store: Arc<S>) {
    let open = |_| Unit {
        connection: Some((station_id("A"), Epoch(1))),
        events: vec![event("A", "opened")],
        ..unit(vec![Change::Station(Station { epoch: Epoch(1), ..station("A") })])
    };
    let results = all_at_once(&store, open).await;
    let won = results.iter().filter(|result| result.is_ok()).count();
    let lost = results.iter().filter(|result| matches!(result, Err(CommitError::Conflict { .. }))).count();
    assert_eq!(
        (won, lost),
        (1, CROWD - 1),
        "of those who write one revision one wins, the others have a conflict"
    );

    let start = |member: usize| {
        let session = Session { number: SessionNumber(77), ..session("A", member as i64) };
        Unit { events: vec![event("A", "started")], ..unit(vec![Change::Session(session)]) }
    };
    let results = all_at_once(&store, start).await;
    let won = results.iter().filter(|result| result.is_ok()).count();
    let taken = Err(CommitError::SessionTaken(SessionNumber(77)));
    let lost = results.iter().filter(|result| **result == taken).count();
    assert_eq!((won, lost), (1, CROWD - 1), "of those who take one number one gets it");

    let events = store.events_after(EventId(0), usize::MAX).await.expect("events can be read");
    assert_eq!(events.len(), 2, "those who lose tell nothing");
}

pub(super) async fn keeps_each_write_of_a_record_once<S: Store>(store: Arc<S>) {
    let write = |revision: u64| {
        let record = record(RecordKind::Payment, "p", Some("owner"));
        Unit {
            events: vec![event("A", "x")],
            ..unit(vec![Change::Record(Stored { revision: Revision(revision), ..record })])
        }
    };
    for revision in 0..3 {
        let results = all_at_once(&store, |_| write(revision)).await;
        let won = results.iter().filter(|result| result.is_ok()).count();
        assert_eq!(won, 1, "of those who write one revision of a record one wins");
    }
    let kept = store.record(RecordKind::Payment, "p").await.expect("records can be read");
    assert_eq!(kept.map(|kept| kept.revision), Some(Revision(3)), "and it counts once");
    let removals =
        all_at_once(&store, |_| unit(vec![removal(&record(RecordKind::Payment, "p", None), 3)])).await;
    let won = removals.iter().filter(|result| result.is_ok()).count();
    assert_eq!(won, 1, "of those who remove one record one does");
    let events = store.events_after(EventId(0), usize::MAX).await.expect("events can be read");
    assert_eq!(events.len(), 3, "those who lose tell nothing");
}

pub(super) async fn applies_a_key_of_a_crowd_once<S: Store>(store: Arc<S>) {
    let keyed = |member: usize| Unit {
        idempotency_key: Some("the key".to_owned()),
        ..unit(vec![Change::Session(session("A", member as i64))])
    };
    let results = all_at_once(&store, keyed).await;
    let repeated = results.iter().filter(|result| **result == Ok(Committed::Repeated)).count();
    let new = results.iter().filter(|result| matches!(result, Ok(Committed::New(_)))).count();
    assert_eq!((new, repeated), (1, CROWD - 1), "of those who use one key one is kept, the others repeat it");
}

async fn all_at_once<S: Store>(
    store: &Arc<S>,
    unit: impl Fn(usize) -> Unit,
) -> Vec<Result<Committed, CommitError>> {
    let mut crowd = JoinSet::new();
    for unit in (0..CROWD).map(unit) {
        let store = Arc::clone(store);
        crowd.spawn(async move { store.commit(unit).await });
    }
    crowd.join_all().await
}
