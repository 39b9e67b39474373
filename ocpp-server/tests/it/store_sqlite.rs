//! The embedded database as a file: what outlives what, and what is said of files that cannot be used.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use futures_util::future::join_all;
use ocpp_core::model::{Place, TokenKind, Watts, Wh};
use ocpp_server::domain::{
    Epoch, Event, EventId, EventKind, Payer, RecordKind, RefusalReason, Refused, Revision, Session,
    SessionNumber, SessionStatus, Station, StoredEvent, TariffId, Token,
};
use ocpp_server::store::contract::samples::{
    event, moment, port, reading, record, refusal, session, session_key, station, station_id, unit,
};
use ocpp_server::store::{
    Change, Commit, CommitError, Committed, Events, OpenError, Page, Records, Refusals, SessionFilter,
    Sessions, Sqlite, Stations, Unit,
};
use tempfile::TempDir;

/// A directory that goes away at the end, and a path for a database in it.
fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ocpp.db");
    (directory, path)
}

/// The sentence about a file that must not open.
#[track_caller]
fn refused(path: &Path) -> String {
    match Sqlite::open(path) {
        Ok(_) => panic!("{} opened", path.display()),
        Err(error) => error.to_string(),
    }
}

/// A unit that writes something everywhere.
fn everything(number: i64) -> Unit {
    let name = format!("station {number}");
    let session = session(&name, number);
    let readings = (0..5).map(|at| reading(Some(at), moment(at.into()), "12.50")).collect();
    Unit {
        connection: None,
        idempotency_key: Some(format!("key {number}")),
        changes: vec![
            Change::Station(station(&name)),
            Change::Port(station_id(&name), port(Place::Station)),
            Change::Readings(session.key.clone(), readings),
            Change::Session(session),
            refusal("nobody", number),
        ],
        events: vec![event(&name, &format!("session-{number}"))],
    }
}

/// All that can be read of what `everything` writes.
async fn contents(store: &Sqlite) -> String {
    let stations = store.stations(Page { after: None, limit: 1000 }).await.unwrap();
    let sessions = store.sessions(SessionFilter::default(), Page { after: None, limit: 1000 }).await.unwrap();
    let mut ports = Vec::new();
    for station in &stations {
        ports.push(store.ports(&station.id).await.unwrap());
    }
    let mut readings = Vec::new();
    for session in &sessions {
        readings.push(store.readings(&session.key).await.unwrap());
    }
    let refusals = store.refusals(1000).await.unwrap();
    let events = store.events_after(EventId(0), 1000).await.unwrap();
    format!("{stations:?}\n{ports:?}\n{sessions:?}\n{readings:?}\n{refusals:?}\n{events:?}")
}

async fn filled(path: &Path, units: i64) -> String {
    let store = Sqlite::open(path).unwrap();
    for number in 1..=units {
        assert!(matches!(store.commit(everything(number)).await, Ok(Committed::New(_))));
    }
    contents(&store).await
}

#[tokio::test]
async fn what_was_kept_is_there_after_opening_again() {
    let (_directory, path) = place();
    let before = filled(&path, 3).await;
    let store = Sqlite::open(&path).unwrap();
    assert_eq!(contents(&store).await, before);

    assert_eq!(store.commit(everything(1)).await, Ok(Committed::Repeated));
    let next = Session { revision: Revision(1), ..session("station 1", 1) };
    let next =
        Unit { events: vec![event("A", "x")], ..unit(vec![Change::Session(next), refusal("nobody", 9)]) };
    let Ok(Committed::New(events)) = store.commit(next).await else { panic!("the revision is kept, too") };
    assert_eq!(events[0].id, EventId(4));
    assert_eq!(store.refusals(1).await.unwrap()[0].count, 4);
    assert_eq!(store.highest_number().await, Ok(Some(SessionNumber(3))));
}

/// What a process that is killed leaves is the files as they are at that moment.
#[tokio::test]
async fn what_was_acknowledged_is_there_after_the_process_was_killed() {
    let (directory, path) = place();
    let store = Sqlite::open(&path).unwrap();
    for number in 1..=20 {
        store.commit(everything(number)).await.unwrap();
        let moment = directory.path().join(format!("killed {number}"));
        fs::create_dir(&moment).unwrap();
        for file in ["ocpp.db", "ocpp.db-wal"] {
            fs::copy(directory.path().join(file), moment.join(file)).unwrap();
        }
        let survivor = Sqlite::open(&moment.join("ocpp.db")).unwrap();
        assert_eq!(survivor.last_event().await, Ok(EventId(number as u64)));
        assert_eq!(contents(&survivor).await, contents(&store).await);
    }
}

#[tokio::test]
async fn units_that_wait_together_share_a_transaction() {
    let (_directory, path) = place();
    let store = Sqlite::open(&path).unwrap();
    let results = join_all((1..=200).map(|number| store.commit(everything(number)))).await;
    assert!(results.iter().all(|result| matches!(result, Ok(Committed::New(_)))));
    let statistics = store.statistics();
    assert_eq!(statistics.units, 200);
    assert!(statistics.transactions <= 100, "{statistics:?}");
}

#[tokio::test]
async fn refused_units_do_not_spoil_those_beside_them() {
    let (_directory, path) = place();
    let store = Sqlite::open(&path).unwrap();
    let units = (1..=100).map(|number| {
        let mut unit = everything(number);
        if number % 2 == 0 {
            let wrong = Station { revision: Revision(7), ..station("wrong") };
            unit.changes.push(Change::Station(wrong));
        }
        store.commit(unit)
    });
    let results = join_all(units).await;
    for (result, number) in results.iter().zip(1..) {
        assert_eq!(result.is_ok(), number % 2 == 1, "unit {number}: {result:?}");
    }
    let events = store.events_after(EventId(0), 1000).await.unwrap();
    let ids: Vec<u64> = events.iter().map(|event| event.id.0).collect();
    assert_eq!(ids, (1..=50).collect::<Vec<_>>(), "refused units leave no gaps");
    assert_eq!(store.refusals(9).await.unwrap()[0].count, 50);
}

fn huge(number: i64) -> Unit {
    let mut unit = everything(number);
    let kind = EventKind::MessageNoted { action: "DataTransfer".to_owned(), payload: "x".repeat(1_000_000) };
    unit.events[0].kind = kind;
    unit
}

#[tokio::test]
async fn a_full_disk_refuses_what_has_no_room_and_nothing_else() {
    let (_directory, path) = place();
    let store = Sqlite::open(&path).unwrap();
    store.commit(everything(1)).await.unwrap();
    store.commit(unit(vec![Change::Station(station("busy"))])).await.unwrap();
    let before = contents(&store).await;
    store.limit_size(Some(0)).await.unwrap();

    let refused = store.commit(huge(2)).await;
    let Err(CommitError::Unavailable(sentence)) = &refused else { panic!("there is no room: {refused:?}") };
    assert!(sentence.starts_with("the disk is full"), "{sentence}");
    assert_eq!(contents(&store).await, before, "nothing is lost and nothing half written");

    // In one group: updates that need no more room, and one unit that does.
    let updates = (1..=30).map(|revision| {
        store.commit(unit(vec![Change::Station(Station { revision: Revision(revision), ..station("busy") })]))
    });
    let (updated, refused) = tokio::join!(join_all(updates), store.commit(huge(3)));
    assert!(matches!(refused, Err(CommitError::Unavailable(_))), "{refused:?}");
    assert!(updated.iter().all(Result::is_ok), "{updated:?}");
    assert_eq!(store.session_by_number(SessionNumber(3)).await, Ok(None));

    store.limit_size(None).await.unwrap();
    let Ok(Committed::New(events)) = store.commit(huge(3)).await else { panic!("there is room again") };
    assert_eq!(events[0].id, EventId(2), "what was refused has used no id");
    drop(store);
    let store = Sqlite::open(&path).unwrap();
    let busy = store.station(&station_id("busy")).await.unwrap().unwrap();
    assert_eq!(busy.revision, Revision(31));
    assert!(store.session(&session_key("session-3")).await.unwrap().is_some());
}

#[tokio::test]
async fn dropping_it_waits_for_what_was_sent() {
    let (_directory, path) = place();
    let store = Sqlite::open(&path).unwrap();
    {
        let mut commit = Box::pin(store.commit(everything(1)));
        // Sent by its first poll; whoever waited for the answer goes away.
        let _ = futures_util::poll!(commit.as_mut());
    }
    drop(store);
    let store = Sqlite::open(&path).unwrap();
    assert_eq!(store.last_event().await, Ok(EventId(1)));
}

#[tokio::test]
async fn personal_data_is_in_named_columns_only() {
    let (_directory, path) = place();
    let store = Sqlite::open(&path).unwrap();
    let who = Refused::Token { station: station_id("A"), token: "04E1A2B3".to_owned() };
    let reason = RefusalReason::UnknownToken;
    let change =
        Change::Refusal { refused: who.clone(), reason, address: "192.0.2.1".to_owned(), at: moment(0) };
    let mut told = event("A", "x");
    told.kind = EventKind::Refused { who, reason, address: "192.0.2.1".to_owned() };
    let mut noted = event("A", "x");
    let payload = "{\"idToken\":\"04E1A2B3\"}".to_owned();
    noted.kind = EventKind::MessageNoted { action: "NotifyEvent".to_owned(), payload };
    let events = vec![told, noted];
    let token = Token { group: None, ..Token::new("04e1a2b3", TokenKind::ISO14443, moment(0)) };
    let changes = vec![change, Change::Session(session("A", 1)), Change::put(&token)];
    store.commit(Unit { events: events.clone(), ..unit(changes) }).await.unwrap();
    let stored = store.events_after(EventId(0), 9).await.unwrap();
    assert_eq!(stored.into_iter().map(|StoredEvent { event, .. }| event).collect::<Vec<_>>(), events);
    drop(store);
    assert_eq!(
        columns_with(&path, "04E1A2B3"),
        ["personal.content", "records.body", "records.key", "refusals.token", "sessions.id_token"]
    );
}

/// The columns of all tables in which a text stands, without regard to case.
fn columns_with(path: &Path, text: &str) -> Vec<String> {
    let db = rusqlite::Connection::open(path).unwrap();
    let mut columns = db
        .prepare(
            "SELECT tables.name, columns.name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
             WHERE tables.type = 'table' ORDER BY 1, 2",
        )
        .unwrap();
    let columns: Vec<(String, String)> = columns
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let holds = |table: &str, column: &str| -> i64 {
        let sql = format!("SELECT count(*) FROM \"{table}\" WHERE \"{column}\" LIKE '%{text}%'");
        db.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    let found = columns.into_iter().filter(|(table, column)| holds(table, column) > 0);
    found.map(|(table, column)| format!("{table}.{column}")).collect()
}

#[tokio::test]
async fn no_two_share_one_database() {
    let (directory, path) = place();
    let store = Sqlite::open(&path).unwrap();
    let expected =
        "it is in use by another process: stop the other manager, or choose another data directory";
    assert_eq!(refused(&path), expected);
    #[cfg(unix)]
    {
        let link = directory.path().join("link.db");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert_eq!(refused(&link), expected, "another way to the same file");
    }
    store.commit(everything(1)).await.unwrap();
    drop(store);
    let store = Sqlite::open(&path).unwrap();
    assert_eq!(store.last_event().await, Ok(EventId(1)));
    drop(directory);
}

#[test]
fn a_place_that_cannot_be_used_is_named() {
    let (directory, path) = place();
    let missing = directory.path().join("missing").join("ocpp.db");
    assert!(refused(&missing).starts_with("its directory cannot be used"), "{}", refused(&missing));
    let expected = "there is a directory or a device of this name: move it away, or choose another place";
    assert_eq!(refused(directory.path()), expected);
    assert_eq!(refused(Path::new("/dev/null")), expected);
    fs::write(&path, "").unwrap();
    let beneath_a_file = path.join("ocpp.db");
    assert!(refused(&beneath_a_file).starts_with("its directory cannot be used"));
    assert!(Sqlite::open(&path).is_ok(), "an empty file is an empty database");
}

#[cfg(unix)]
#[test]
fn a_directory_without_permission_is_named() {
    use std::os::unix::fs::PermissionsExt;

    let (directory, path) = place();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o500)).unwrap();
    // An administrator may write everywhere.
    let is_barred = fs::write(directory.path().join("probe"), "").is_err();
    let opened = Sqlite::open(&path);
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(opened.is_err(), is_barred);
    if let Err(error) = opened {
        assert!(matches!(error, OpenError::Unusable(_)), "{error}");
    }
}

#[tokio::test]
async fn files_of_others_are_left_alone() {
    let (_directory, path) = place();
    fs::write(&path, "Dear diary, today the charger was free.\n".repeat(100)).unwrap();
    let expected =
        "it is not a database, or its beginning is damaged: restore it from a backup, or move it away";
    assert_eq!(refused(&path), expected);
    fs::remove_file(&path).unwrap();

    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE songs (title TEXT)").unwrap();
    let before = fs::read(&path).unwrap();
    assert_eq!(refused(&path), "it is the database of another program: choose another place");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    let (_directory, path) = place();
    filled(&path, 1).await;
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(&path).unwrap();
    let expected = "it was made by a newer version of this program (format 99, known here are those up to 6): update the program";
    assert_eq!(refused(&path), expected);
    assert_eq!(fs::read(&path).unwrap(), before);
}

/// A database as the first version of this program made it, with a session and its meter values.
fn database_of_format_1(path: &Path) {
    let db = rusqlite::Connection::open(path).unwrap();
    db.execute_batch(include_str!("../../src/store/sqlite/migrations/01_first.sql")).unwrap();
    db.execute_batch(
        r#"PRAGMA user_version = 1;
        INSERT INTO stations VALUES ('A', 4, 2, '2.0.1', 0, 1767225600000000, NULL, 1767225600000000,
            1767225600000000, NULL, NULL, 'Accepted');
        INSERT INTO sessions VALUES (7, 'key-7', 3, 'A', 'start-7', NULL, 'active', '04e1A2', 'ISO14443',
            1767225600123456, NULL, 100, 1767225660000000, 250, NULL, 80, 'Charging', NULL, 1767225660000000,
            '[[0,2]]', '[]', 1767225661000000);
        INSERT INTO sessions VALUES (6, 'key-6', 9, 'A', 'start-6', NULL, 'completed', NULL, NULL,
            1767225500000000, 1767225590000000, NULL, NULL, NULL, NULL, NULL, NULL, 'Local', 1767225590000000,
            '[]', '["start_missing"]', 1767225591000000);
        INSERT INTO readings VALUES ('key-7', 1767225660000000, 2, 0,
            '{"at":"2026-01-01T00:01:00Z","samples":[]}');
        INSERT INTO refusals VALUES (1, 'station', 'B', '', 'unknown_station', '192.0.2.1', 3, 1, 2);
        INSERT INTO outbox VALUES (41, 1767225660000000, 'A',
            '{"kind":"session_updated","session":"key-7"}', NULL);
        INSERT INTO applied_keys VALUES (1, 'used');"#,
    )
    .unwrap();
}

#[tokio::test]
async fn a_database_of_format_1_keeps_its_sessions() {
    let (_directory, path) = place();
    database_of_format_1(&path);
    let store = Sqlite::open(&path).unwrap();
    let running = store.session(&session_key("key-7")).await.unwrap().unwrap();
    assert_eq!((running.number, running.revision), (SessionNumber(7), Revision(3)));
    assert_eq!((running.meter_start, running.energy()), (Some(Wh(100)), Wh(150)));
    assert_eq!((&running.tariff, running.cost, &running.payer), (&None, None, &Payer::Account));
    let of_token = SessionFilter { token: Some("04E1A2".to_owned()), ..SessionFilter::default() };
    let found = store.sessions(of_token, Page { after: None, limit: 9 }).await.unwrap();
    assert_eq!(found.iter().map(|session| session.number.0).collect::<Vec<_>>(), [7]);
    let ended = store.session_by_number(SessionNumber(6)).await.unwrap().unwrap();
    assert_eq!(ended.payer, Payer::Account);
    let readings = store.readings(&running.key).await.unwrap();
    assert_eq!((readings.len(), readings[0].seq, readings[0].state), (1, Some(2), None));
    assert_eq!(store.refusals(9).await.unwrap()[0].count, 3);
    assert_eq!(store.last_event().await, Ok(EventId(41)));

    let priced = Session { tariff: Some(TariffId("t".to_owned())), ..running };
    let site = record(RecordKind::Site, "s", None);
    let mut repeated = reading(Some(2), moment(0), "1");
    repeated.reading.at = "2026-01-01T00:01:00Z".parse().unwrap();
    let values = vec![repeated, reading(Some(3), moment(61), "3"), reading(Some(1), moment(50), "2")];
    let values = Change::Readings(session_key("key-7"), values);
    let unit = Unit {
        idempotency_key: Some("fresh".to_owned()),
        changes: vec![Change::Session(priced), values, Change::Record(site)],
        events: vec![event("A", "key-7")],
        connection: Some((station_id("A"), Epoch(2))),
    };
    let again = Unit { idempotency_key: Some("used".to_owned()), ..unit.clone() };
    assert_eq!(store.commit(again).await, Ok(Committed::Repeated));
    let Ok(Committed::New(events)) = store.commit(unit).await else { panic!("it is written on") };
    assert_eq!(events[0].id, EventId(42));
    drop(store);
    let store = Sqlite::open(&path).unwrap();
    let kept = store.session(&session_key("key-7")).await.unwrap().unwrap();
    assert_eq!((kept.revision, &kept.tariff), (Revision(4), &Some(TariffId("t".to_owned()))));
    let values = store.readings(&kept.key).await.unwrap();
    let told = "values of both forms are in the order of time, and what was there is not there again";
    assert_eq!(
        values.iter().map(|value| value.seq).collect::<Vec<_>>(),
        [Some(1), Some(2), Some(3)],
        "{told}"
    );
    assert!(values[1].reading.samples.is_empty(), "the first one holds");
    let events = store.events_after(EventId(0), 9).await.unwrap();
    let ids: Vec<_> = events.iter().map(|event| event.id.0).collect();
    assert_eq!(ids, [41, 42], "events of both forms are in one order");
    assert_eq!(store.events_after(EventId(41), 9).await.unwrap().len(), 1);
    assert!(store.record(RecordKind::Site, "s").await.unwrap().is_some());
}

/// Events of the earlier form are rows of their own with what is personal beside it, those of the present one stand
/// together; whoever reads on from any event does not notice.
#[tokio::test]
async fn events_of_both_forms_are_read_in_one_order() {
    let (_directory, path) = place();
    database_of_format_1(&path);
    let token = |token: &str| EventKind::Refused {
        who: Refused::Token { station: station_id("A"), token: token.to_owned() },
        reason: RefusalReason::UnknownToken,
        address: "192.0.2.1".to_owned(),
    };
    let noted = |payload: &str| EventKind::MessageNoted {
        action: "SecurityEvent".into(),
        payload: payload.to_owned(),
    };
    let db = rusqlite::Connection::open(&path).unwrap();
    // Ids of the earlier form have gaps where a transaction was given up.
    for (id, kind, personal) in [(43, token(""), "OLD-TOKEN"), (44, noted(""), "[\"old\"]")] {
        let kind = serde_json::to_string(&kind).unwrap();
        let values = rusqlite::params![id, 1_767_225_660_000_000_i64, "A", kind, personal];
        db.execute("INSERT INTO outbox VALUES (?1, ?2, ?3, ?4, ?5)", values).unwrap();
    }
    drop(db);

    let store = Sqlite::open(&path).unwrap();
    let at = |kind: EventKind| Event { kind, ..event("A", "x") };
    for round in 0..3 {
        let units = (0..3).map(|unit| {
            let events =
                vec![event("A", "key-7"), at(token(&format!("T{round}-{unit}"))), at(noted("[\"new\"]"))];
            store.commit(Unit { events, ..Unit::default() })
        });
        assert!(join_all(units).await.iter().all(Result::is_ok));
    }
    drop(store);
    let store = Sqlite::open(&path).unwrap();
    let all = store.events_after(EventId(0), 1000).await.unwrap();
    let ids: Vec<u64> = all.iter().map(|stored| stored.id.0).collect();
    assert_eq!(ids, [41].into_iter().chain(43..=44 + 27).collect::<Vec<_>>());
    assert_eq!(all[1].event.kind, token("OLD-TOKEN"));
    assert_eq!(all[2].event.kind, noted("[\"old\"]"));
    assert_eq!(all[4].event.kind, token("T0-0"));
    assert_eq!(all[29].event.kind, noted("[\"new\"]"));
    for after in 0..=72 {
        let rest: Vec<_> = all.iter().filter(|stored| stored.id.0 > after).cloned().collect();
        for limit in 0..=31 {
            let page = store.events_after(EventId(after), limit).await.unwrap();
            assert_eq!(page, rest[..limit.min(rest.len())], "{limit} after {after}");
        }
    }
}

/// Who has cleared the earlier form away goes on counting where it ended.
#[tokio::test]
async fn event_ids_go_on_after_the_earlier_form_was_cleared_away() {
    let (_directory, path) = place();
    database_of_format_1(&path);
    rusqlite::Connection::open(&path).unwrap().execute("DELETE FROM outbox", []).unwrap();
    let store = Sqlite::open(&path).unwrap();
    assert_eq!(store.last_event().await, Ok(EventId(41)));
    let unit = Unit { events: vec![event("A", "key-7")], ..Unit::default() };
    let Ok(Committed::New(events)) = store.commit(unit).await else { panic!("it is written on") };
    assert_eq!(events[0].id, EventId(42));
}

#[tokio::test]
async fn what_a_report_changes_outlives_the_process_and_is_found_everywhere() {
    let (_directory, path) = place();
    let store = Sqlite::open(&path).unwrap();
    let first = session("A", 1);
    let write = async |store: &Sqlite, session: &Session| {
        store.commit(unit(vec![Change::Session(session.clone())])).await.map(|_| ())
    };
    write(&store, &first).await.unwrap();
    let reported = Session { revision: Revision(1), power: Some(Watts(7)), ..first.clone() };
    write(&store, &reported).await.unwrap();
    drop(store);

    let store = Sqlite::open(&path).unwrap();
    let kept = Session { revision: Revision(2), ..reported.clone() };
    assert_eq!(store.session(&first.key).await, Ok(Some(kept.clone())));
    assert_eq!(store.session_by_number(first.number).await, Ok(Some(kept.clone())));
    assert_eq!(store.session_by_start(&first.station, &first.start_key).await, Ok(Some(kept.clone())));
    let all = store.sessions(SessionFilter::default(), Page { after: None, limit: 9 }).await;
    assert_eq!(all, Ok(vec![kept.clone()]));
    let stale = write(&store, &reported).await;
    assert!(matches!(stale, Err(CommitError::Conflict { stored: Revision(2), .. })), "{stale:?}");

    let ended = Session { status: SessionStatus::Completed, power: None, ..kept };
    write(&store, &ended).await.unwrap();
    let ended = Session { revision: Revision(3), ..ended };
    drop(store);
    let store = Sqlite::open(&path).unwrap();
    assert_eq!(store.session(&first.key).await, Ok(Some(ended)), "an end takes the place of the reports");
}

#[tokio::test]
async fn a_damaged_database_is_recognised() {
    let (_directory, path) = place();
    filled(&path, 60).await;
    let sound = fs::read(&path).unwrap();
    let pages = sound.len() / 4096;
    assert!(pages > 20, "{pages} pages");

    let mut damaged = sound.clone();
    damaged[pages / 3 * 4096..pages / 2 * 4096].fill(0xA5);
    fs::write(&path, damaged).unwrap();
    let sentence = refused(&path);
    assert!(
        sentence.starts_with("it is damaged (") && sentence.ends_with("to begin with an empty one"),
        "{sentence}"
    );
    assert!(!sentence.contains('\n'), "{sentence}");

    for length in [512, 4000, sound.len() / 2, sound.len() - 4096] {
        fs::write(&path, &sound[..length]).unwrap();
        assert!(refused(&path).starts_with("it is damaged ("), "{length} bytes are left");
    }
    let no_database =
        "it is not a database, or its beginning is damaged: restore it from a backup, or move it away";
    for length in [1, 17, 99, 511] {
        fs::write(&path, &sound[..length]).unwrap();
        assert_eq!(refused(&path), no_database, "{length} bytes are left");
    }
    let mut beheaded = sound.clone();
    beheaded[..100].fill(0);
    fs::write(&path, beheaded).unwrap();
    assert_eq!(refused(&path), no_database);

    fs::write(&path, &sound).unwrap();
    assert!(Sqlite::open(&path).is_ok());
}

/// Damage anywhere is found when the file is opened, or when what it struck is read, or strikes nothing; it
/// never brings the process down.
#[tokio::test]
async fn damage_anywhere_is_survived() {
    let (_directory, path) = place();
    filled(&path, 40).await;
    let sound = fs::read(&path).unwrap();
    let mut found = 0;
    for start in (0..sound.len()).step_by(4096 + 1777) {
        let mut damaged = sound.clone();
        let end = (start + 600).min(damaged.len());
        for (byte, noise) in damaged[start..end].iter_mut().zip((0..=u8::MAX).rev().cycle()) {
            *byte ^= noise;
        }
        fs::write(&path, damaged).unwrap();
        match Sqlite::open(&path) {
            Err(_) => found += 1,
            Ok(store) => {
                let page = || Page { after: None, limit: 1000 };
                let _ = store.stations(page()).await;
                let _ = store.sessions(SessionFilter::default(), Page { after: None, limit: 1000 }).await;
                let _ = store.ports(&station_id("station 7")).await;
                let _ = store.readings(&session_key("session-7")).await;
                let _ = store.refusals(1000).await;
                let _ = store.events_after(EventId(0), 1000).await;
                let _ = store.commit(everything(1000)).await;
            }
        }
    }
    assert!(found > 0);
}

#[tokio::test]
async fn a_row_that_cannot_be_understood_is_an_error_of_its_read() {
    let (_directory, path) = place();
    filled(&path, 2).await;
    let db = rusqlite::Connection::open(&path).unwrap();
    db.execute("UPDATE sessions SET charging = 'Levitating' WHERE number = 1", []).unwrap();
    drop(db);
    let store = Sqlite::open(&path).unwrap();
    let sentence = store.session_by_number(SessionNumber(1)).await.unwrap_err().to_string();
    assert!(
        sentence.starts_with("the database cannot be read: a row holds what cannot be understood"),
        "{sentence}"
    );
    assert!(!sentence.contains("Levitating"), "stored values stay out of sentences");
    assert!(store.session_by_number(SessionNumber(2)).await.unwrap().is_some());
}
