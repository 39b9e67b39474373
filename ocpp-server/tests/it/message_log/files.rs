//! Segments on the disk: rotation, retention, what a killed manager leaves.

use std::io::Write;
use std::time::Duration;

use ocpp_server::message_log::{MessageLog, Query, Settings, Way};

use super::{all, entries, files, oldest_first, open, settings, station, text, time};

const FRAME: &str = r#"[2,"1","Heartbeat",{}]"#;

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("log");
    let log = open(&directory);
    log.note(&station("a"), time(0), Way::FromStation, FRAME);
    drop(log);
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    assert_eq!(mode(&files(&directory, "jsonl")[0]), 0o600);
    assert_eq!(mode(&files(&directory, "index")[0]), 0o600);
}

#[test]
fn a_torn_line_is_cut_off_and_everything_before_it_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let log = open(directory.path());
    for second in 0..10 {
        log.note(&station("a"), time(second), Way::FromStation, FRAME);
    }
    drop(log);
    let whole = text(directory.path());
    let segment = &files(directory.path(), "jsonl")[0];
    // A manager that was killed wrote no index, and half a line.
    std::fs::remove_file(&files(directory.path(), "index")[0]).unwrap();
    for torn in [1, 30, 70] {
        let line = whole.lines().next().unwrap();
        let mut file = std::fs::OpenOptions::new().append(true).open(segment).unwrap();
        file.write_all(&line.as_bytes()[..torn]).unwrap();
        let log = open(directory.path());
        assert_eq!(text(directory.path()), whole);
        assert_eq!(entries(&log).len(), 10);
        let query = Query { station: Some(station("a")), ..oldest_first() };
        assert_eq!(all(&log, &query).len(), 10);
        drop(log);
        std::fs::remove_file(&files(directory.path(), "index")[0]).unwrap();
    }
}

#[test]
fn a_segment_with_nothing_but_half_a_line_is_removed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("20260921T141320.000000Z.jsonl");
    std::fs::write(&path, "{\"at\":\"2026-").unwrap();
    let log = open(directory.path());
    assert!(!path.exists());
    assert_eq!(entries(&log), []);
}

#[test]
fn files_of_others_are_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let names = ["notes.txt", "x.jsonl", "2026.jsonl", "20269921T141320.000000Z.jsonl", "ü.jsonl"];
    for name in names {
        std::fs::write(directory.path().join(name), "mine, without a line break").unwrap();
    }
    let log = MessageLog::open(directory.path(), Settings { max_bytes: 64 * 1024, ..settings() }).unwrap();
    for second in 0..4000 {
        log.note(&station("a"), time(second), Way::FromStation, FRAME);
    }
    drop(log);
    for name in names {
        let content = std::fs::read_to_string(directory.path().join(name)).unwrap();
        assert_eq!(content, "mine, without a line break");
    }
}

#[test]
fn segments_are_named_by_their_first_moment_and_end_when_they_are_full() {
    let directory = tempfile::tempdir().unwrap();
    let log = open(directory.path());
    for second in 0..2000 {
        log.note(&station("a"), time(second), Way::FromStation, FRAME);
    }
    drop(log);
    let segments = files(directory.path(), "jsonl");
    assert!(segments.len() >= 3, "{segments:?}");
    assert_eq!(segments[0].file_name().unwrap(), "20260921T141320.000000Z.jsonl");
    for segment in &segments {
        assert!(std::fs::metadata(segment).unwrap().len() < 64 * 1024 + 200);
        let content = std::fs::read_to_string(segment).unwrap();
        let at = content.get(7..26).unwrap().replace(['-', ':'], "");
        assert!(segment.file_name().unwrap().to_str().unwrap().starts_with(&at));
    }
}

#[test]
fn the_oldest_segments_go_when_there_is_too_much() {
    let directory = tempfile::tempdir().unwrap();
    let small = Settings { max_bytes: 200 * 1024, ..settings() };
    let log = MessageLog::open(directory.path(), small.clone()).unwrap();
    for second in 0..20_000 {
        log.note(&station("a"), time(second), Way::FromStation, FRAME);
        if second % 500 == 0 {
            log.flush();
            assert!(log.disk_bytes() <= 200 * 1024 + 65 * 1024, "{}", log.disk_bytes());
        }
    }
    log.flush();
    let kept = entries(&log);
    assert_eq!(kept.last().unwrap().at, time(19_999));
    assert!(kept.first().unwrap().at > time(10_000));
    let seconds = kept.windows(2).all(|pair| pair[1].at.as_second() == pair[0].at.as_second() + 1);
    assert!(seconds, "something is missing in between");
    let on_disk: u64 = ["jsonl", "index"]
        .iter()
        .flat_map(|ending| files(directory.path(), ending))
        .map(|path| std::fs::metadata(path).unwrap().len())
        .sum();
    assert_eq!(on_disk, log.disk_bytes());
    drop(log);
    // Also when the log is opened with less room than before.
    let log = MessageLog::open(directory.path(), Settings { max_bytes: 64 * 1024, ..small }).unwrap();
    assert!(log.disk_bytes() <= 64 * 1024);
}

#[test]
fn what_is_too_old_goes() {
    let directory = tempfile::tempdir().unwrap();
    let now = jiff::Timestamp::now();
    let log = open(directory.path());
    let old = now - jiff::SignedDuration::from_hours(3);
    log.note(&station("a"), old, Way::FromStation, FRAME);
    drop(log);
    let log = open(directory.path());
    log.note(&station("a"), now, Way::FromStation, FRAME);
    drop(log);
    let hour = Settings { max_age: Duration::from_secs(3600), ..settings() };
    let log = MessageLog::open(directory.path(), hour).unwrap();
    let kept = entries(&log);
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].at.as_second(), now.as_second());
}

#[test]
fn a_clock_that_is_set_back_spoils_nothing() {
    let directory = tempfile::tempdir().unwrap();
    for start in [5000, 4000, 3000] {
        let log = open(directory.path());
        log.note(&station("a"), time(start), Way::FromStation, FRAME);
        drop(log);
    }
    let log = open(directory.path());
    let times: Vec<_> = entries(&log).iter().map(|entry| entry.at).collect();
    assert_eq!(times, [time(5000), time(4000), time(3000)]);
    let early = Query { from: Some(time(3000)), to: Some(time(4000)), ..oldest_first() };
    assert_eq!(all(&log, &early).len(), 1);
}
