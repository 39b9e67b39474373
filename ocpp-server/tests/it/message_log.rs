//! The message log through its public interface.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod faults;
mod files;
mod personal;
mod searching;

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use ocpp_core::model::StationId;
use ocpp_server::message_log::{Entry, Line, MessageLog, Missing, Order, PseudonymKey, Query, Settings, Way};

fn station(name: &str) -> StationId {
    StationId::new(name).unwrap()
}

/// Small segments, and a writer that does not dawdle.
fn settings() -> Settings {
    Settings {
        segment_bytes: 64 * 1024,
        flush_interval: Duration::from_millis(20),
        // The times of these tests lie in the past.
        max_age: Duration::from_secs(100 * 365 * 24 * 3600),
        ..Settings::new(PseudonymKey::derive(b"a key for tests"))
    }
}

fn open(directory: &Path) -> MessageLog {
    MessageLog::open(directory, settings()).unwrap()
}

fn time(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

/// Everything in the log, oldest first, page by page.
fn all(log: &MessageLog, query: &Query) -> Vec<Line> {
    let mut query = query.clone();
    let mut lines = Vec::new();
    loop {
        let found = log.search(&query).unwrap();
        lines.extend(found.lines);
        match found.next {
            Some(next) => query.after = Some(next),
            None => return lines,
        }
    }
}

fn oldest_first() -> Query {
    Query { order: Order::OldestFirst, ..Query::default() }
}

fn entries(log: &MessageLog) -> Vec<Entry> {
    let lines = all(log, &oldest_first()).into_iter();
    lines.filter_map(|line| if let Line::Frame(entry) = line { Some(entry) } else { None }).collect()
}

fn gaps(log: &MessageLog) -> Vec<Missing> {
    let lines = all(log, &oldest_first()).into_iter();
    lines.filter_map(|line| if let Line::Gap(gap) = line { Some(gap) } else { None }).collect()
}

/// All files of a directory that end so, oldest first.
fn files(directory: &Path, ending: &str) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|found| found == ending)).collect();
    files.sort();
    files
}

/// The text of all segments.
fn text(directory: &Path) -> String {
    files(directory, "jsonl").iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn a_line_is_what_the_documentation_says() {
    let directory = tempfile::tempdir().unwrap();
    let log = open(directory.path());
    let cs = station("CS \"1\"");
    log.note(&cs, time(0), Way::FromStation, "[2, \"a1\",\n\"Heartbeat\", {}]");
    log.note(&cs, time(1), Way::ToStation, r#"[3,"a1",{"currentTime":"2026-09-21T13:33:21Z"}]"#);
    log.note(&cs, time(2), Way::FromStation, r#"[2,"a2","StatusNotification",{"connectorId":1,"#);
    log.flush();
    let lines = concat!(
        r#"{"at":"2026-09-21T14:13:20.000000Z","station":"CS \"1\"","way":"in","type":2,"id":"a1","#,
        r#""action":"Heartbeat","size":26,"frame":[2, "a1", "Heartbeat", {}]}"#,
        "\n",
        r#"{"at":"2026-09-21T14:13:21.000000Z","station":"CS \"1\"","way":"out","type":3,"id":"a1","#,
        r#""action":"Heartbeat","size":47,"frame":[3,"a1",{"currentTime":"2026-09-21T13:33:21Z"}]}"#,
        "\n",
        r#"{"at":"2026-09-21T14:13:22.000000Z","station":"CS \"1\"","way":"in","type":2,"id":"a2","#,
        r#""action":"StatusNotification","size":46,"#,
        r#""frame":"[2,\"***\",\"StatusNotification\",{\"connectorId\":1,"}"#,
        "\n",
    );
    assert_eq!(text(directory.path()), lines);
    let found = entries(&log);
    assert_eq!(found.len(), 3);
    assert_eq!(found[0].station, "CS \"1\"");
    assert_eq!(found[0].way, Way::FromStation);
    assert_eq!((found[0].kind, found[0].id.as_deref(), found[0].size), (Some(2), Some("a1"), 26));
    assert_eq!(found[1].action.as_deref(), Some("Heartbeat"));
    assert_eq!(found[1].frame, r#"[3,"a1",{"currentTime":"2026-09-21T13:33:21Z"}]"#);
    assert_eq!(log.counts().written, 3);
}

#[test]
fn an_answer_has_the_action_of_the_call_that_went_the_other_way() {
    let directory = tempfile::tempdir().unwrap();
    let log = open(directory.path());
    let (one, two) = (station("one"), station("two"));
    log.note(&one, time(0), Way::FromStation, r#"[2,"7","Heartbeat",{}]"#);
    log.note(&two, time(0), Way::FromStation, r#"[2,"7","Authorize",{"idTag":"A"}]"#);
    log.note(&one, time(0), Way::ToStation, r#"[2,"7","Reset",{"type":"Soft"}]"#);
    for cs in [&one, &two] {
        log.note(cs, time(1), Way::ToStation, r#"[3,"7",{}]"#);
    }
    log.note(&one, time(2), Way::FromStation, r#"[4,"7","NotSupported","",{}]"#);
    log.note(&one, time(3), Way::FromStation, r#"[3,"8",{}]"#);
    log.flush();
    let actions: Vec<_> = entries(&log).into_iter().map(|entry| entry.action.unwrap_or_default()).collect();
    assert_eq!(actions, ["Heartbeat", "Authorize", "Reset", "Heartbeat", "Authorize", "Reset", ""]);
}

#[test]
fn a_thousand_stations_note_at_the_same_time() {
    let directory = tempfile::tempdir().unwrap();
    let log = MessageLog::open(
        directory.path(),
        Settings { segment_bytes: 1024 * 1024, queue_bytes: 64 * 1024 * 1024, ..settings() },
    )
    .unwrap();
    let (threads, stations, frames) = (8, 125, 20);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let log = log.clone();
            scope.spawn(move || {
                for frame in 0..frames {
                    for cs in 0..stations {
                        let cs = station(&format!("CS-{thread}-{cs}"));
                        let text = format!(r#"[2,"{frame}","Heartbeat",{{}}]"#);
                        log.note(&cs, time(frame), Way::FromStation, &text);
                    }
                }
            });
        }
    });
    log.flush();
    assert_eq!(log.counts().written, threads * stations * frames as u64);
    assert_eq!(log.counts().dropped, 0);
    for name in ["CS-0-0", "CS-3-77", "CS-7-124"] {
        let query = Query { station: Some(station(name)), ..oldest_first() };
        let ids: Vec<_> = all(&log, &query)
            .into_iter()
            .map(|line| if let Line::Frame(entry) = line { entry.id.unwrap() } else { panic!("a gap") })
            .collect();
        assert_eq!(ids, (0..frames).map(|frame| frame.to_string()).collect::<Vec<_>>());
    }
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let error = |settings| MessageLog::open(directory.path(), settings).unwrap_err().to_string();
    assert_eq!(
        error(Settings { segment_bytes: 10, ..settings() }),
        "the message log's segment_bytes is 10; it has to be 65536 or more"
    );
    assert_eq!(
        error(Settings { max_bytes: 65_535, ..settings() }),
        "the message log's max_bytes is 65535; it has to be 65536 or more"
    );
    assert!(error(Settings { queue_bytes: 0, ..settings() }).contains("queue_bytes is 0"));
    assert!(error(Settings { max_age: Duration::ZERO, ..settings() }).contains("max_age"));
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = MessageLog::open(&file, settings()).unwrap_err().to_string();
    assert!(error.starts_with("the directory of the message log, "), "{error}");
}

#[test]
fn the_key_is_shown_by_nothing() {
    assert_eq!(format!("{:?}", settings().key), "PseudonymKey(…)");
    assert!(format!("{:?}", settings()).contains("PseudonymKey(…)"));
}
