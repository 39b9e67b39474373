//! The server's figures.

use std::time::Duration;

use ocpp_core::types::Version;
use ocpp_server::metrics::{Caller, Handshake, Metrics, Outcome};

/// The page without the lines whose figure is 0.
fn page(metrics: &Metrics) -> String {
    let text = metrics.render();
    text.lines()
        .filter(|line| !line.ends_with(" 0") && !line.starts_with('#'))
        .map(|line| format!("{line}\n"))
        .collect()
}

#[test]
fn what_was_counted_is_shown() {
    let metrics = Metrics::new();
    metrics.connection_opened(Version::V16);
    metrics.connection_opened(Version::V21);
    metrics.connection_opened(Version::V21);
    metrics.connection_closed(Version::V16);
    metrics.handshake(Handshake::Accepted);
    metrics.handshake(Handshake::TooSlow);
    metrics.call(Caller::Station, "Heartbeat", Outcome::Answered, Duration::from_micros(1500));
    metrics.call(Caller::Station, "Heartbeat", Outcome::Answered, Duration::from_secs(20));
    metrics.call(Caller::Manager, "Reset", Outcome::TimedOut, Duration::from_millis(500));
    let _held = [metrics.queued(Caller::Station), metrics.queued(Caller::Station)];
    drop(metrics.queued(Caller::Manager));
    metrics.commit(5, Duration::from_millis(2));
    metrics.store_error();
    metrics.finding("long \"id\"\\");
    metrics.tasks_waiting(4);
    metrics.task_done();
    metrics.task_failed();
    let expected = r#"ocpp_connections{version="2.1"} 2
ocpp_handshakes_total{outcome="accepted"} 1
ocpp_handshakes_total{outcome="too_slow"} 1
ocpp_calls_total{by="station",action="Heartbeat",outcome="answered"} 2
ocpp_calls_total{by="manager",action="Reset",outcome="timed_out"} 1
ocpp_call_seconds_bucket{by="station",action="Heartbeat",le="0.0025"} 1
ocpp_call_seconds_bucket{by="station",action="Heartbeat",le="0.005"} 1
ocpp_call_seconds_bucket{by="station",action="Heartbeat",le="0.01"} 1
ocpp_call_seconds_bucket{by="station",action="Heartbeat",le="0.025"} 1
ocpp_call_seconds_bucket{by="station",action="Heartbeat",le="0.05"} 1
ocpp_call_seconds_bucket{by="station",action="Heartbeat",le="0.1"} 1
ocpp_call_seconds_bucket{by="station",action="Heartbeat",le="0.25"} 1
ocpp_call_seconds_bucket{by="station",action="Heartbeat",le="0.5"} 1
ocpp_call_seconds_bucket{by="station",action="Heartbeat",le="1"} 1
ocpp_call_seconds_bucket{by="station",action="Heartbeat",le="10"} 1
ocpp_call_seconds_bucket{by="station",action="Heartbeat",le="+Inf"} 2
ocpp_call_seconds_sum{by="station",action="Heartbeat"} 20.0015
ocpp_call_seconds_count{by="station",action="Heartbeat"} 2
ocpp_call_seconds_bucket{by="manager",action="Reset",le="0.5"} 1
ocpp_call_seconds_bucket{by="manager",action="Reset",le="1"} 1
ocpp_call_seconds_bucket{by="manager",action="Reset",le="10"} 1
ocpp_call_seconds_bucket{by="manager",action="Reset",le="+Inf"} 1
ocpp_call_seconds_sum{by="manager",action="Reset"} 0.5
ocpp_call_seconds_count{by="manager",action="Reset"} 1
ocpp_queued_calls{by="station"} 2
ocpp_commit_seconds_bucket{le="0.0025"} 1
ocpp_commit_seconds_bucket{le="0.005"} 1
ocpp_commit_seconds_bucket{le="0.01"} 1
ocpp_commit_seconds_bucket{le="0.025"} 1
ocpp_commit_seconds_bucket{le="0.05"} 1
ocpp_commit_seconds_bucket{le="0.1"} 1
ocpp_commit_seconds_bucket{le="0.25"} 1
ocpp_commit_seconds_bucket{le="0.5"} 1
ocpp_commit_seconds_bucket{le="1"} 1
ocpp_commit_seconds_bucket{le="10"} 1
ocpp_commit_seconds_bucket{le="+Inf"} 1
ocpp_commit_seconds_sum 0.002
ocpp_commit_seconds_count 1
ocpp_commit_units_bucket{le="8"} 1
ocpp_commit_units_bucket{le="16"} 1
ocpp_commit_units_bucket{le="32"} 1
ocpp_commit_units_bucket{le="64"} 1
ocpp_commit_units_bucket{le="128"} 1
ocpp_commit_units_bucket{le="256"} 1
ocpp_commit_units_bucket{le="512"} 1
ocpp_commit_units_bucket{le="1024"} 1
ocpp_commit_units_bucket{le="2048"} 1
ocpp_commit_units_bucket{le="+Inf"} 1
ocpp_commit_units_sum 5
ocpp_commit_units_count 1
ocpp_store_errors_total 1
ocpp_findings_total{name="long \"id\"\\"} 1
ocpp_tasks_waiting 4
ocpp_tasks_done_total 1
ocpp_tasks_failed_total 1
"#;
    assert_eq!(page(&metrics), expected);
}

#[test]
fn every_family_says_once_what_it_is() {
    let text = Metrics::new().render();
    let families: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let mut once = families.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(families.len(), once.len());
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        assert!(families.iter().any(|family| line.starts_with(family)), "{line}");
    }
}

#[test]
fn labels_are_bounded() {
    let metrics = Metrics::new();
    for number in 0..1000 {
        metrics.call(Caller::Station, &format!("Made{number}Up"), Outcome::Refused, Duration::ZERO);
        metrics.finding(&format!("finding {number}"));
    }
    let text = page(&metrics);
    assert!(text.contains("ocpp_calls_total{by=\"station\",action=\"other\",outcome=\"refused\"} 1000\n"));
    assert!(text.contains("ocpp_findings_total{name=\"other\"} 900\n"));
    assert_eq!(text.lines().filter(|line| line.starts_with("ocpp_findings_total")).count(), 101);
}

#[test]
fn many_threads_count_and_nothing_is_missed() {
    let metrics = Metrics::new();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..1000 {
                    metrics.call(Caller::Station, "Heartbeat", Outcome::Answered, Duration::from_millis(1));
                    metrics.finding("a");
                }
            });
        }
    });
    let text = page(&metrics);
    assert!(text.contains("ocpp_call_seconds_count{by=\"station\",action=\"Heartbeat\"} 8000\n"));
    assert!(text.contains("ocpp_call_seconds_sum{by=\"station\",action=\"Heartbeat\"} 8\n"));
    assert!(text.contains("ocpp_findings_total{name=\"a\"} 8000\n"));
}

#[test]
fn a_message_log_is_watched() {
    use ocpp_server::message_log::{MessageLog, PseudonymKey, Settings, Way};
    let directory = tempfile::tempdir().unwrap();
    let log = MessageLog::open(directory.path(), Settings::new(PseudonymKey::derive(b"key"))).unwrap();
    let metrics = Metrics::new();
    assert!(!metrics.render().contains("message_log"));
    metrics.watch(log.clone());
    let station = ocpp_core::model::StationId::new("a").unwrap();
    log.note(&station, jiff::Timestamp::now(), Way::FromStation, "[3,\"1\",{}]");
    log.flush();
    let text = metrics.render();
    assert!(text.contains("ocpp_message_log_frames_total 1\n"), "{text}");
    assert!(text.contains("ocpp_message_log_failing 0\n"));
    assert!(text.contains(&format!("ocpp_message_log_disk_bytes {}\n", log.disk_bytes())));
}
