//! How long figures of the past take: `cargo bench -p ocpp-server --bench history`.
//!
//! 1,000 stations with two ports each and two years of an invented past (`availability::InventedLife::usual`: five vehicles
//! a day and port), in SQLite on the disk of the temporary directory, as the hourly work has left it. Wanted: the
//! heatmap of a site in under 100 ms, the uptime of all ports over twelve months in under 2 s. Making the past takes some
//! minutes; `OCPP_HISTORY_STATIONS=100` makes a smaller one.
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a benchmark reports by panicking and printing")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ocpp_core::model::{ConnectorId, EvseId, Place, PortStatus, StationId};
use ocpp_core::types::Version;
use ocpp_server::Csms;
use ocpp_server::availability::{Formula, History, InventedLife, Record, Span, UsedPlace, uptime};
use ocpp_server::domain::{
    Address, Connection, Epoch, Port, Publication, Revision, Site, SiteId, Station, StationEntry,
    StationLogin,
};
use ocpp_server::handle::Clock;
use ocpp_server::store::{Change, Sqlite, Store, Unit};

/// A clock that is set.
#[derive(Clone)]
struct Hand(Arc<AtomicI64>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).expect("a moment")
    }
}

const STATIONS_PER_SITE: usize = 20;
const RUNS: usize = 5;

fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn site(number: usize) -> SiteId {
    SiteId(format!("site-{number:03}"))
}

/// The entries of a station and what is known of it.
fn known(number: usize, since: Timestamp) -> Vec<Change> {
    let id = StationId::new(&format!("CS{number:04}")).expect("an identity");
    let entry = StationEntry {
        site: Some(site(number / STATIONS_PER_SITE)),
        ..StationEntry::new(id.clone(), StationLogin::Unproven, since)
    };
    let station = Station {
        id: id.clone(),
        revision: Revision::default(),
        epoch: Epoch::default(),
        version: Version::V201,
        connection: Connection::Offline { since },
        first_seen: since,
        last_seen: since,
        boot: None,
        booted_at: None,
        registration: None,
    };
    let port = |evse| {
        let place = Place::Connector(EvseId(evse), ConnectorId(1));
        let status = PortStatus::Available;
        Change::Port(id.clone(), Port { place, status, since, reported_at: since, fault: None })
    };
    vec![Change::put(&entry), Change::Station(station), port(1), port(2)]
}

async fn keep(csms: &Csms, changes: Vec<Change>) {
    csms.commit(Unit { changes, ..Unit::default() }).await.expect("it is kept");
}

/// Fills a store; tells how many status changes and other observations it holds.
async fn fill(csms: &Csms, stations: usize, window: Span) -> usize {
    let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
    let since = window.from().timestamp();
    let mut count = 0;
    for number in 0..stations {
        if number % STATIONS_PER_SITE == 0 {
            let site = Site {
                id: site(number / STATIONS_PER_SITE),
                revision: Revision::default(),
                name: format!("Site {number}"),
                address: Address::default(),
                coordinates: None,
                time_zone: "Europe/Berlin".to_owned(),
                power: None,
                tariff: None,
                public: Publication::default(),
                added_at: since,
            };
            keep(csms, vec![Change::put(&site)]).await;
        }
        keep(csms, known(number, since)).await;
        let id = StationId::new(&format!("CS{number:04}")).expect("an identity");
        let past = InventedLife::usual(number as u64, 2, berlin.clone()).past(window);
        count += past.observations.len();
        let changes = past.observations.into_iter().map(|one| Change::Observed(id.clone(), one)).collect();
        keep(csms, changes).await;
    }
    count
}

fn size(path: &Path) -> u64 {
    let of = |end: &str| std::fs::metadata(format!("{}{end}", path.display())).map_or(0, |file| file.len());
    of("") + of("-wal")
}

/// The least, the median and the greatest of some runs.
async fn told<T>(what: &str, wanted: &str, work: impl AsyncFn() -> T) {
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let begun = Instant::now();
        std::hint::black_box(work().await);
        times.push(begun.elapsed());
    }
    times.sort();
    println!(
        "{what:58} {:>9.1?} {:>9.1?} {:>9.1?}   wanted: {wanted}",
        times[0],
        times[RUNS / 2],
        times[RUNS - 1]
    );
}

#[tokio::main]
async fn main() {
    // `cargo test --benches` only asks whether it runs.
    let is_test = std::env::args().any(|word| word == "--test");
    let stations = std::env::var("OCPP_HISTORY_STATIONS").ok().and_then(|text| text.parse().ok());
    let stations: usize = stations.unwrap_or(if is_test { 2 } else { 1_000 });
    let window =
        Span::between(moment("2024-01-01T00:00:00Z"), moment("2026-01-01T00:00:00Z")).expect("a span");
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("ocpp.db");
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(&path).expect("a database"));
    let hand = Hand(Arc::new(AtomicI64::new(window.from().0)));
    let csms = Csms::builder_over(store).clock(hand.clone()).build().await.expect("a manager");
    let empty = size(&path);
    let count = fill(&csms, stations, window).await;
    let observed = size(&path) - empty;
    hand.0.store(window.to().0, Ordering::SeqCst);
    let history = History::new(csms.clone());
    let begun = Instant::now();
    let parts = history.settle(Duration::from_secs(100 * 365 * 86_400)).await.expect("it is settled");
    println!("{stations} stations, {count} observations, {:.1} bytes each", observed as f64 / count as f64);
    println!(
        "{parts} parts of courses in {:.1?}, {:.1} bytes each",
        begun.elapsed(),
        (size(&path) - empty - observed) as f64 / parts as f64
    );
    println!("{:58} {:>9} {:>9} {:>9}", "", "least", "median", "greatest");

    let year = Span::between(moment("2025-01-01T00:00:00Z"), moment("2026-01-01T00:00:00Z")).expect("a span");
    let quarter =
        Span::between(moment("2025-10-01T00:00:00Z"), moment("2026-01-01T00:00:00Z")).expect("a span");
    let place = UsedPlace::Site(site(0));
    told("heatmap of a site (20 stations), three months", "under 100 ms", async || {
        history.hours_of_week(&place, quarter).await.expect("hours")
    })
    .await;
    told("heatmap of a site (20 stations), twelve months", "under 100 ms", async || {
        history.hours_of_week(&place, year).await.expect("hours")
    })
    .await;
    let formula = Formula::of("us-680.116").expect("a formula");
    told("uptime of all ports, twelve months", "under 2 s", async || {
        let mut met = 0;
        for (port, course) in history.courses(None, year).await.expect("courses") {
            let record = Record {
                course: &course,
                in_service_since: port.in_service_since,
                in_service_until: port.in_service_until,
                excuses: &[],
                zone: &TimeZone::UTC,
            };
            met += usize::from(uptime(formula, year, &record).is_met == Some(true));
        }
        met
    })
    .await;
    let day = Span::between(moment("2025-12-31T00:00:00Z"), moment("2026-01-01T00:00:00Z")).expect("a span");
    told("courses of all ports, the last day", "(for the overview)", async || {
        history.courses(None, day).await.expect("courses").len()
    })
    .await;
    let id = StationId::new("CS0000").expect("an identity");
    told("course of a port, twelve months", "", async || {
        history.course(&id, EvseId(1), year).await.expect("a course").pieces().len()
    })
    .await;
}
