//! Full queues, full disks, directories that go away: the manager goes on and the log says what is missing.

use std::time::{Duration, Instant};

use ocpp_server::message_log::{GapReason, MessageLog, Settings, Way};

use super::{entries, gaps, open, settings, station, time};

const FRAME: &str = r#"[2,"1","Heartbeat",{}]"#;

/// Notes a frame every few milliseconds until `done`, for ten seconds at most.
fn note_until(log: &MessageLog, done: impl Fn(&MessageLog) -> bool) -> u64 {
    let start = Instant::now();
    let mut noted = 0;
    while !done(log) {
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", log.counts());
        log.note(&station("a"), time(0), Way::FromStation, FRAME);
        noted += 1;
        log.flush();
        std::thread::sleep(Duration::from_millis(5));
    }
    noted
}

#[test]
fn what_does_not_fit_into_the_queue_is_counted_and_the_log_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let log = MessageLog::open(directory.path(), Settings { queue_bytes: 64 * 1024, ..settings() }).unwrap();
    let huge = format!(r#"[2,"1","DataTransfer",{{"data":"{}"}}]"#, "x".repeat(70_000));
    log.note(&station("a"), time(0), Way::FromStation, FRAME);
    log.note(&station("a"), time(1), Way::FromStation, &huge);
    log.note(&station("a"), time(2), Way::FromStation, &huge);
    log.note(&station("a"), time(3), Way::FromStation, FRAME);
    log.flush();
    assert_eq!((log.counts().written, log.counts().dropped), (2, 2));
    let gaps = gaps(&log);
    assert_eq!(gaps.iter().map(|gap| gap.frames).sum::<u64>(), 2);
    assert_eq!(gaps.iter().map(|gap| gap.bytes).sum::<u64>(), 2 * huge.len() as u64);
    assert_eq!(gaps[0].reason, GapReason::QueueFull);
    assert_eq!(gaps[0].since, time(1));
    assert_eq!(entries(&log).len(), 2);
}

#[test]
fn a_directory_that_is_deleted_is_made_again() {
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("log");
    let log = open(&directory);
    for _ in 0..5 {
        log.note(&station("a"), time(0), Way::FromStation, FRAME);
    }
    log.flush();
    std::fs::remove_dir_all(&directory).unwrap();
    let noted = note_until(&log, |log| log.counts().lost > 0 && !log.counts().failing);
    let gaps = gaps(&log);
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0].reason, GapReason::FilesGone);
    assert_eq!(gaps[0].frames, log.counts().lost);
    assert_eq!(entries(&log).len() as u64 + gaps[0].frames, 5 + noted);
}

#[test]
fn a_directory_that_cannot_be_written_is_waited_for() {
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("log");
    let log = open(&directory);
    std::fs::remove_dir_all(&directory).unwrap();
    // A file in its place refuses everybody, the superuser, too.
    std::fs::write(&directory, "").unwrap();
    let lost = note_until(&log, |log| log.counts().lost >= 10);
    assert!(log.counts().failing);
    assert_eq!(log.counts().written, 0);
    std::fs::remove_file(&directory).unwrap();
    let noted = note_until(&log, |log| log.counts().written > 0 && !log.counts().failing);
    let gaps = gaps(&log);
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0].reason, GapReason::WriteFailed);
    assert_eq!(entries(&log).len() as u64 + gaps[0].frames, lost + noted);
}

/// `OCPP_SMALL_DISK` is a directory on a file system of a few megabytes, for instance
/// `mount -t tmpfs -o size=2m tmpfs DIR`.
#[test]
fn a_full_disk_is_waited_for() {
    let Ok(disk) = std::env::var("OCPP_SMALL_DISK") else {
        eprintln!("not run: OCPP_SMALL_DISK names no directory on a small file system");
        return;
    };
    let disk = std::path::Path::new(&disk);
    let directory = disk.join("log");
    let ballast = disk.join("ballast");
    let log = open(&directory);
    log.note(&station("a"), time(0), Way::FromStation, FRAME);
    log.flush();
    let mut full = std::fs::File::create(&ballast).unwrap();
    while std::io::Write::write_all(&mut full, &[b'x'; 4096]).is_ok() {}
    drop(full);
    let before = 1 + note_until(&log, |log| log.counts().lost >= 3);
    std::fs::remove_file(&ballast).unwrap();
    let after = note_until(&log, |log| !log.counts().failing);
    let gaps = gaps(&log);
    assert!(gaps.iter().all(|gap| gap.reason == GapReason::WriteFailed), "{gaps:?}");
    let missing: u64 = gaps.iter().map(|gap| gap.frames).sum();
    assert_eq!(missing, log.counts().lost);
    assert_eq!(entries(&log).len() as u64 + missing, before + after);
    drop(log);
    std::fs::remove_dir_all(&directory).unwrap();
}
