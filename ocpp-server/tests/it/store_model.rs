//! The store in memory is the model of the one in SQLite: the same units give the same answers.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use ocpp_core::model::{ChargingState, ConnectorId, EvseId, Place};
use ocpp_server::domain::{
    Epoch, Event, EventId, KeptCourse, Observation, Observed, RecordKind, RefusalReason, Refused, Revision,
    Session, SessionNumber, SessionStatus, StartKey, Station, Stored,
};
use ocpp_server::store::contract::samples::{
    bare_session, event, moment, port, reading, record, removal, session, session_key, station, station_id,
    told_state,
};
use ocpp_server::store::{
    Change, Commit, KeyOrder, Memory, Page, RecordFilter, Records, SessionFilter, Sessions, Sqlite, Stations,
    Store, Unit,
};
use proptest::prelude::*;
use serde_json::json;

/// A change whose revision is still to be found.
#[derive(Debug, Clone)]
enum Draft {
    Station { name: u8, epoch: u64, guess: Guess },
    Port { name: u8, place: Place, at: i64 },
    Session { key: u8, number: i64, name: u8, start: u8, is_bare: bool, is_over: bool, guess: Guess },
    Readings { key: u8, values: Vec<(Option<u32>, i64, u32)> },
    Refusal { name: u8, is_token: bool, at: i64 },
    Settled { name: u8, is_token: bool },
    Observed { name: u8, place: Place, at: i64, late: i64, code: u8 },
    Course { name: u8, evse: u32, from: i64, until: i64 },
    Forget { name: u8, before: i64 },
    ForgetCourses { name: u8, after: i64 },
    Record { kind: u8, key: u8, owner: Option<u8>, is_removal: bool, guess: Guess },
}

/// Which revision the writer believes in.
#[derive(Debug, Clone, Copy)]
enum Guess {
    Right,
    TooHigh,
    New,
}

#[derive(Debug, Clone)]
struct UnitDraft {
    connection: Option<(u8, u64)>,
    key: Option<u8>,
    changes: Vec<Draft>,
    events: usize,
}

fn guess() -> impl Strategy<Value = Guess> {
    prop_oneof![12 => Just(Guess::Right), 1 => Just(Guess::TooHigh), 1 => Just(Guess::New)]
}

fn draft() -> impl Strategy<Value = Draft> {
    let place = (0..3_u32, 0..3_u32).prop_map(|(evse, connector)| match (evse, connector) {
        (0, _) => Place::Station,
        (evse, 0) => Place::Evse(EvseId(evse)),
        (evse, connector) => Place::Connector(EvseId(evse), ConnectorId(connector)),
    });
    let values = proptest::collection::vec((proptest::option::of(0..2_u32), 0..3_i64, 0..9_u32), 0..5);
    prop_oneof![
        (0..3_u8, 0..4_u64, guess()).prop_map(|(name, epoch, guess)| Draft::Station { name, epoch, guess }),
        (0..3_u8, place.clone(), 0..9_i64).prop_map(|(name, place, at)| Draft::Port { name, place, at }),
        (0..2_u8, place.clone(), 0..9_i64, 0..3_i64, 0..9_u8)
            .prop_map(|(name, place, at, late, code)| { Draft::Observed { name, place, at, late, code } }),
        (0..2_u8, 1..3_u32, 0..3_i64, 3..9_i64).prop_map(|(name, evse, from, until)| Draft::Course {
            name,
            evse,
            from,
            until
        }),
        (0..2_u8, 0..9_i64).prop_map(|(name, before)| Draft::Forget { name, before }),
        (0..2_u8, 0..9_i64).prop_map(|(name, after)| Draft::ForgetCourses { name, after }),
        (0..4_u8, 0..5_i64, 0..2_u8, 0..4_u8, any::<bool>(), any::<bool>(), guess()).prop_map(
            |(key, number, name, start, is_bare, is_over, guess)| {
                // Mostly a session keeps its number and start key.
                let (number, start) = if number == 0 { (1, start) } else { (i64::from(key) + 1, key) };
                Draft::Session { key, number, name, start, is_bare, is_over, guess }
            }
        ),
        (0..4_u8, values).prop_map(|(key, values)| Draft::Readings { key, values }),
        (0..3_u8, any::<bool>(), 0..9_i64).prop_map(|(name, is_token, at)| Draft::Refusal {
            name,
            is_token,
            at
        }),
        (0..3_u8, any::<bool>()).prop_map(|(name, is_token)| Draft::Settled { name, is_token }),
        (0..2_u8, 0..6_u8, proptest::option::of(0..2_u8), proptest::bool::weighted(0.3), guess()).prop_map(
            |(kind, key, owner, is_removal, guess)| Draft::Record { kind, key, owner, is_removal, guess }
        ),
    ]
}

fn unit_draft() -> impl Strategy<Value = UnitDraft> {
    let connection = proptest::option::of((0..3_u8, 0..4_u64));
    let key = proptest::option::weighted(0.3, 0..20_u8);
    (connection, key, proptest::collection::vec(draft(), 0..4), 0..3_usize)
        .prop_map(|(connection, key, changes, events)| UnitDraft { connection, key, changes, events })
}

fn name(name: u8) -> String {
    ["A", "B", "C"][usize::from(name)].to_owned()
}

/// Finds the revisions that a draft wants, in what the model has and what the unit has written before.
async fn finish(model: &Memory, draft: UnitDraft) -> Unit {
    let mut unit = Unit {
        connection: draft.connection.map(|(of, epoch)| (station_id(&name(of)), Epoch(epoch))),
        idempotency_key: draft.key.map(|key| format!("key {key}")),
        changes: Vec::new(),
        events: (0..draft.events).map(|at| event("A", &format!("{at}"))).collect::<Vec<Event>>(),
    };
    for change in draft.changes {
        let change = match change {
            Draft::Station { name: of, epoch, guess } => {
                let mut station = Station { epoch: Epoch(epoch), ..station(&name(of)) };
                let same =
                    |change: &&Change| matches!(change, Change::Station(other) if other.id == station.id);
                let before = unit.changes.iter().filter(same).count();
                let stored = read(model, &station).await;
                station.revision = guess.revision(stored, before);
                Change::Station(station)
            }
            Draft::Port { name: of, place, at } => {
                let mut port = port(place);
                port.since = moment(at);
                Change::Port(station_id(&name(of)), port)
            }
            Draft::Session { key, number, name: of, start, is_bare, is_over, guess } => {
                let sample = if is_bare { bare_session } else { session };
                let mut session = Session {
                    key: session_key(&format!("k{key}")),
                    start_key: StartKey(format!("s{start}")),
                    status: if is_over { SessionStatus::Completed } else { SessionStatus::Active },
                    ..sample(&name(of), number)
                };
                let same =
                    |change: &&Change| matches!(change, Change::Session(other) if other.key == session.key);
                let before = unit.changes.iter().filter(same).count();
                let stored = model.session(&session.key).await.unwrap();
                session.revision = guess.revision(stored.map(|stored| stored.revision), before);
                Change::Session(session)
            }
            Draft::Readings { key, values } => {
                let values = values.into_iter().map(|(seq, at, wh)| match wh {
                    0..3 => told_state(seq, moment(at), STATES[wh as usize]),
                    _ => reading(seq, moment(at), &format!("{wh}.0")),
                });
                Change::Readings(session_key(&format!("k{key}")), values.collect())
            }
            Draft::Observed { name: of, place, at, late, code } => {
                let what = Observed::of_code(code).unwrap();
                let observation = Observation { at: moment(at), heard_at: moment(at + late), place, what };
                Change::Observed(station_id(&name(of)), observation)
            }
            Draft::Course { name: of, evse, from, until } => Change::Course(KeptCourse {
                station: station_id(&name(of)),
                evse: EvseId(evse),
                from: moment(from),
                until: moment(until),
                packed: format!("{until}").into_bytes().into(),
                known: format!("{from}").into(),
            }),
            Draft::ForgetCourses { name: of, after } => {
                Change::ForgetCourses { station: station_id(&name(of)), after: moment(after) }
            }
            Draft::Forget { name: of, before } => {
                Change::ForgetObservations { station: station_id(&name(of)), before: moment(before) }
            }
            Draft::Settled { name: of, is_token } => Change::RefusalSettled(refused(of, is_token)),
            Draft::Record { kind, key, owner, is_removal, guess } => {
                let owner = owner.map(|owner| format!("owner {owner}"));
                let record = record(KINDS[usize::from(kind)], KEYS[usize::from(key)], owner.as_deref());
                let revision = record_revision(model, &unit, &record).await;
                let revision = guess.revision(Some(revision), 0);
                match is_removal {
                    true => removal(&record, revision.0),
                    false => Change::Record(Stored { revision, ..record }),
                }
            }
            Draft::Refusal { name: of, is_token, at } => Change::Refusal {
                refused: refused(of, is_token),
                reason: if at % 2 == 0 { RefusalReason::UnknownToken } else { RefusalReason::BadIdentity },
                address: format!("192.0.2.{at}"),
                at: moment(at),
            },
        };
        unit.changes.push(change);
    }
    unit
}

/// The revision that a record has after the changes of a unit so far.
async fn record_revision(model: &Memory, unit: &Unit, record: &Stored) -> Revision {
    let last = unit.changes.iter().rev().find_map(|change| match change {
        Change::Record(other) if (other.kind, &other.key) == (record.kind, &record.key) => Some(other),
        _ => None,
    });
    match last {
        Some(Stored { body: None, .. }) => Revision(0),
        Some(written) => Revision(written.revision.0 + 1),
        None => {
            let stored = model.record(record.kind, &record.key).await.unwrap();
            stored.map_or(Revision(0), |stored| stored.revision)
        }
    }
}

fn refused(of: u8, is_token: bool) -> Refused {
    match is_token {
        true => Refused::Token { station: station_id(&name(of)), token: name(of) },
        false => Refused::Station(name(of)),
    }
}

const STATES: [ChargingState; 3] =
    [ChargingState::EvConnected, ChargingState::Charging, ChargingState::SuspendedEv];
const KINDS: [RecordKind; 2] = [RecordKind::Token, RecordKind::Payment];
/// Keys whose order tells bytes from characters, case and UTF-16 units.
const KEYS: [&str; 6] = ["", "a", "Z", "é", "\u{ffff}", "\u{1f50c}"];

/// Every list and every single record, page by page and both ways.
async fn all_records(store: &impl Store) -> Vec<String> {
    let mut found = Vec::new();
    for kind in KINDS {
        for key in KEYS {
            found.push(shown(store.record(kind, key).await.unwrap().as_ref()));
            for owner in [None, Some("owner 0".to_owned())] {
                for order in [KeyOrder::Ascending, KeyOrder::Descending] {
                    let page = Page { after: Some(key.to_owned()), limit: 2 };
                    let filter = RecordFilter { kind, owner: owner.clone(), order, page };
                    found.extend(store.records(filter.clone()).await.unwrap().iter().map(shown));
                    let first = RecordFilter { page: Page { after: None, limit: 9 }, ..filter };
                    found.extend(store.records(first).await.unwrap().iter().map(shown));
                }
            }
        }
    }
    found
}

fn shown<'a>(record: impl Into<Option<&'a Stored>>) -> String {
    let parts = |record: &Stored| {
        let Stored { kind, key, owner, revision, body } = record;
        format!("{kind:?} {key:?} {owner:?} {revision:?} {body:?}")
    };
    record.into().map(parts).unwrap_or_default()
}

async fn read(model: &Memory, station: &Station) -> Option<Revision> {
    let stored = model.station(&station.id).await.unwrap();
    stored.map(|stored| stored.revision)
}

impl Guess {
    fn revision(self, stored: Option<Revision>, written_before: usize) -> Revision {
        let right = stored.unwrap_or_default().0 + written_before as u64;
        match self {
            Guess::Right => Revision(right),
            Guess::TooHigh => Revision(right + 1),
            Guess::New => Revision(0),
        }
    }
}

/// Every read there is, as JSON: it shows what equality of tokens leaves out.
async fn everything(store: &impl Store) -> serde_json::Value {
    let mut ports = Vec::new();
    for of in 0..3 {
        ports.push(store.ports(&station_id(&name(of))).await.unwrap());
    }
    let mut observations = Vec::new();
    let mut courses = Vec::new();
    for of in 0..2 {
        let station = station_id(&name(of));
        observations.push(store.observations(&station, moment(0), moment(9)).await.unwrap());
        observations.push(store.observations(&station, moment(2), moment(5)).await.unwrap());
        courses.push(format!("{:?}", store.courses(&station, moment(4)).await.unwrap()));
    }
    let mut sessions = Vec::new();
    for status in [None, Some(SessionStatus::Active), Some(SessionStatus::Completed)] {
        for station in [None, Some(station_id("A")), Some(station_id("B"))] {
            for after in [None, Some(SessionNumber(3))] {
                for token in [None, Some("04E1A2B3".to_owned())] {
                    let filter = SessionFilter { station: station.clone(), status, token };
                    sessions.push(store.sessions(filter, Page { after, limit: 2 }).await.unwrap());
                }
            }
        }
    }
    let mut keyed = Vec::new();
    let mut readings = Vec::new();
    let mut started = Vec::new();
    for key in 0..4 {
        let number = SessionNumber(key);
        let start = StartKey(format!("s{key}"));
        let key = session_key(&format!("k{key}"));
        keyed.push(store.session(&key).await.unwrap());
        keyed.push(store.session_by_number(number).await.unwrap());
        readings.push(store.readings(&key).await.unwrap());
        started.push(store.session_by_start(&station_id("A"), &start).await.unwrap());
    }
    json!({
        "stations": store.stations(Page { after: None, limit: 9 }).await.unwrap(),
        "ports": ports,
        "observations": observations,
        "courses": courses,
        "sessions": sessions,
        "keyed": keyed,
        "started": started,
        "readings": readings,
        "records": all_records(store).await,
        "highest": store.highest_number().await.unwrap(),
        "refusals": store.refusals(99).await.unwrap(),
        "events": store.events_after(EventId(0), 999).await.unwrap(),
        "last": store.last_event().await.unwrap(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_units_give_the_same_store(drafts in proptest::collection::vec(unit_draft(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("ocpp.db");
            let model = Memory::new();
            let sqlite = Sqlite::open(&path).unwrap();
            for draft in drafts {
                let unit = finish(&model, draft).await;
                let expected = model.commit(unit.clone()).await;
                let found = sqlite.commit(unit.clone()).await;
                assert_eq!(found, expected, "{unit:?}");
            }
            let expected = everything(&model).await;
            assert_eq!(everything(&sqlite).await, expected);
            drop(sqlite);
            let sqlite = Sqlite::open(&path).unwrap();
            assert_eq!(everything(&sqlite).await, expected, "after opening again");
        });
    }
}
