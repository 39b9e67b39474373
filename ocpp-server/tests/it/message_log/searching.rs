//! Searches compared with looking at everything, and cursors that last.

use std::io::Read;

use ocpp_server::message_log::{Cursor, Entry, InvalidCursor, Line, MessageLog, Order, Query, Settings, Way};
use proptest::prelude::*;

use super::{all, entries, oldest_first, open, settings, station, text, time};

const STATIONS: [&str; 4] = ["a", "b", "ab", "a \"b\""];
const ACTIONS: [&str; 3] = ["Heartbeat", "MeterValues", "BootNotification"];

#[derive(Debug, Clone)]
struct Noted {
    station: usize,
    action: usize,
    second: i64,
    out: bool,
    padding: usize,
}

fn noted() -> impl Strategy<Value = Noted> {
    (0..STATIONS.len(), 0..ACTIONS.len(), 0..100_i64, any::<bool>(), 0..3000_usize)
        .prop_map(|(station, action, second, out, padding)| Noted { station, action, second, out, padding })
}

fn query() -> impl Strategy<Value = Query> {
    let time = || proptest::option::of((0..100_i64).prop_map(time));
    (
        proptest::option::of((0..STATIONS.len()).prop_map(|index| station(STATIONS[index]))),
        (time(), time()),
        proptest::option::of((0..ACTIONS.len()).prop_map(|index| ACTIONS[index].to_owned())),
        proptest::option::of(any::<bool>()),
        proptest::option::of((0..200_usize).prop_map(|number| format!("\"n\":{number}7"))),
        any::<bool>(),
        1..20_usize,
    )
        .prop_map(|(station, (from, to), action, way, text, newest, limit)| Query {
            station,
            from,
            to,
            action,
            way: way.map(way_of),
            text,
            order: if newest { Order::NewestFirst } else { Order::OldestFirst },
            limit,
            after: None,
        })
}

fn way_of(out: bool) -> Way {
    if out { Way::ToStation } else { Way::FromStation }
}

fn wanted(query: &Query, entry: &Entry) -> bool {
    query.station.as_ref().is_none_or(|station| station.as_str() == entry.station)
        && query.from.is_none_or(|from| entry.at >= from)
        && query.to.is_none_or(|to| entry.at < to)
        && query.action.as_ref().is_none_or(|action| Some(action) == entry.action.as_ref())
        && query.way.is_none_or(|way| way == entry.way)
        && query.text.as_ref().is_none_or(|text| entry.frame.contains(text))
}

fn write(log: &MessageLog, frames: &[Noted], first: usize) {
    for (number, frame) in frames.iter().enumerate() {
        let number = first + number;
        let blanks = " ".repeat(frame.padding);
        let text = format!(r#"[2,"{number}","{}",{{"n":{number}7{blanks}}}]"#, ACTIONS[frame.action]);
        log.note(&station(STATIONS[frame.station]), time(frame.second), way_of(frame.out), &text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_search_finds_what_looking_at_everything_finds(
        runs in proptest::collection::vec(proptest::collection::vec(noted(), 1..80), 1..4),
        queries in proptest::collection::vec(query(), 8),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let mut log = open(directory.path());
        let mut first = 0;
        for frames in &runs {
            drop(log);
            log = open(directory.path());
            write(&log, frames, first);
            first += frames.len();
        }
        log.flush();
        let everything = entries(&log);
        prop_assert_eq!(everything.len(), first);
        for query in queries {
            let mut expected: Vec<_> =
                everything.iter().filter(|entry| wanted(&query, entry)).cloned().map(Line::Frame).collect();
            if query.order == Order::NewestFirst {
                expected.reverse();
            }
            prop_assert_eq!(all(&log, &query), expected);
        }
    }
}

#[test]
fn a_cursor_lasts_while_the_log_grows_and_is_pruned() {
    let directory = tempfile::tempdir().unwrap();
    let log = MessageLog::open(directory.path(), Settings { max_bytes: 300 * 1024, ..settings() }).unwrap();
    let note = |from: i64, to: i64| {
        for second in from..to {
            log.note(&station("a"), time(second), Way::FromStation, &format!(r#"[2,"{second}","X",{{}}]"#));
        }
        log.flush();
    };
    note(0, 1000);
    let mut forward = oldest_first();
    let mut backward = Query::default();
    let (mut seen_forward, mut seen_backward) = (Vec::new(), Vec::new());
    for round in 0..60 {
        for (query, seen) in [(&mut forward, &mut seen_forward), (&mut backward, &mut seen_backward)] {
            let found = log.search(query).unwrap();
            for line in found.lines {
                let Line::Frame(entry) = line else { panic!("nothing is missing") };
                seen.push(entry.id.unwrap().parse::<i64>().unwrap());
            }
            query.after = found.next.or(query.after);
        }
        note(1000 + round * 200, 1200 + round * 200);
    }
    assert!(seen_forward.windows(2).all(|pair| pair[0] < pair[1]), "each once, in order");
    assert_eq!(seen_backward, (0..1000).rev().take(seen_backward.len()).collect::<Vec<_>>());
    assert!(seen_forward.len() > 2000 && seen_backward.len() > 100);
    // What was pruned is passed over.
    forward.after = Some("0-0".parse().unwrap());
    let oldest = log.search(&forward).unwrap();
    assert_eq!(oldest.lines.len(), 100);
}

#[test]
fn a_cursor_is_written_and_read() {
    for text in ["1790000000000000-0", "-5-12"] {
        assert_eq!(text.parse::<Cursor>().unwrap().to_string(), text);
    }
    for text in ["", "-", "1", "1-", "a-1", "1-b", "1-2-"] {
        assert_eq!(text.parse::<Cursor>(), Err(InvalidCursor), "{text}");
    }
}

#[test]
fn an_export_is_the_lines_themselves() {
    let directory = tempfile::tempdir().unwrap();
    let log = open(directory.path());
    for second in 0..3000 {
        let name = if second % 3 == 0 { "a" } else { "b" };
        log.note(&station(name), time(second), Way::FromStation, &format!(r#"[2,"{second}","X",{{}}]"#));
    }
    log.flush();
    let mut exported = String::new();
    log.export(&oldest_first()).read_to_string(&mut exported).unwrap();
    assert_eq!(exported, text(directory.path()));
    exported.clear();
    let query = Query { station: Some(station("a")), limit: 1, ..oldest_first() };
    log.export(&query).read_to_string(&mut exported).unwrap();
    assert_eq!(exported.lines().count(), 1000);
    assert!(exported.lines().all(|line| line.contains(r#""station":"a""#)));
}
