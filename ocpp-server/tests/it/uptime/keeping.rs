//! The history of ports as the store keeps it, against what all observations together say.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{ChargingState, ConnectorId, EvseId, Place, PortStatus, StationId};
use ocpp_core::types::Version;
use ocpp_server::Csms;
use ocpp_server::availability::{
    Course, Formula, History, InventedLife, LEAST_OBSERVATIONS, PortKnown, PortState, Record, Second, Span,
    Spans, course, in_order, uptime,
};
use ocpp_server::domain::{
    Connection, Epoch, ManagerRun, Observation, Observed, Port, Revision, RunEnding, Station,
};
use ocpp_server::handle::Clock;
use ocpp_server::store::{Change, Commit, Histories, Memory, Store, Unit};
use proptest::prelude::*;

/// A clock that is set.
#[derive(Clone)]
struct Hand(Arc<AtomicI64>);

impl Hand {
    fn at(second: i64) -> Hand {
        Hand(Arc::new(AtomicI64::new(second)))
    }

    fn set(&self, second: i64) {
        self.0.store(second, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        at(self.0.load(Ordering::SeqCst))
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a moment")
}

fn begin() -> i64 {
    "2026-01-20T00:00:00Z".parse::<Timestamp>().expect("a moment").as_second()
}

fn id() -> StationId {
    StationId::new("A").expect("an identity")
}

const DAY: i64 = 86_400;
const PORTS: [EvseId; 2] = [EvseId(1), EvseId(2)];

/// A manager over `store` at a time that is set, which knows station A with two ports.
async fn manager(store: Arc<dyn Store>, clock: &Hand) -> Csms {
    let csms = Csms::builder_over(store).clock(clock.clone()).build().await.expect("a manager");
    let first_seen = at(begin());
    let station = Station {
        id: id(),
        revision: Revision::default(),
        epoch: Epoch::default(),
        version: Version::V201,
        connection: Connection::Offline { since: first_seen },
        first_seen,
        last_seen: first_seen,
        boot: None,
        booted_at: None,
        registration: None,
    };
    let port = |evse| {
        let place = Place::Connector(evse, ConnectorId(1));
        let status = PortStatus::Available;
        Change::Port(id(), Port { place, status, since: first_seen, reported_at: first_seen, fault: None })
    };
    let mut changes = vec![Change::Station(station)];
    changes.extend(PORTS.map(port));
    csms.commit(Unit { changes, ..Unit::default() }).await.expect("it is kept");
    csms
}

async fn observe(csms: &Csms, observations: &[Observation]) {
    let changes = observations.iter().map(|one| Change::Observed(id(), one.clone())).collect();
    csms.commit(Unit { changes, ..Unit::default() }).await.expect("it is kept");
}

fn any_what() -> impl Strategy<Value = Observed> {
    let charging = proptest::sample::select(vec![
        ChargingState::Charging,
        ChargingState::SuspendedEv,
        ChargingState::Idle,
    ]);
    prop_oneof![
        4 => proptest::sample::select(vec![
            PortStatus::Available, PortStatus::Charging, PortStatus::Occupied, PortStatus::Faulted,
        ]).prop_map(Observed::Status),
        2 => proptest::option::of(charging).prop_map(Observed::Session),
        1 => Just(Observed::SessionEnded),
        3 => Just(Observed::Online),
        1 => Just(Observed::Offline),
        1 => Just(Observed::Closed),
        1 => Just(Observed::Opened),
    ]
}

/// What is heard on a day: something of that day, or of one of the ninety before it.
fn any_heard() -> impl Strategy<Value = (i64, i64, u32, Observed)> {
    let late = prop_oneof![6 => 0..DAY, 1 => 0..60 * DAY];
    (0..DAY, late, 0_u32..3, any_what())
}

fn observation(day: i64, (second, late, port, what): (i64, i64, u32, Observed)) -> Observation {
    let heard = begin() + day * DAY + second;
    let place = match port {
        0 => Place::Station,
        port => Place::Connector(EvseId(port), ConnectorId(1)),
    };
    Observation { at: at((heard - late).max(begin())), heard_at: at(heard), place, what }
}

fn direct(window: Span, evse: EvseId, mut all: Vec<Observation>) -> Course {
    in_order(&mut all);
    let whole = Span::new(Second(begin().min(window.from().0)), window.to()).expect("a span");
    course(whole, PortKnown::default(), evse, &all).0.within(window).expect("a part")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_kept_is_what_all_observations_say(
        days in proptest::collection::vec(
            (proptest::collection::vec(any_heard(), 0..4), any::<bool>()), 1..80),
        windows in proptest::collection::vec((0..80_i64, 1..60_i64), 1..4),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let clock = Hand::at(begin());
            let csms = manager(Arc::new(Memory::new()), &clock).await;
            let history = History::new(csms.clone());
            let mut all = Vec::new();
            for (day, (heard, settles)) in (0..).zip(days) {
                let mut heard: Vec<_> = heard.into_iter().map(|one| observation(day, one)).collect();
                heard.sort_by_key(|one| one.heard_at);
                observe(&csms, &heard).await;
                all.extend(heard);
                clock.set(begin() + (day + 1) * DAY);
                if settles {
                    history.settle(Duration::ZERO).await.unwrap();
                }
            }
            let now = csms.now();
            for (from, days) in windows {
                let window = Span::new(Second(begin() + from * DAY / 2), Second(begin() + (from + days) * DAY / 2));
                let Some(window) = window.and_then(|window| {
                    Span::new(window.from(), window.to().min(Second::of(now)))
                }) else { continue };
                for evse in PORTS {
                    let found = history.course(&id(), evse, window).await.unwrap();
                    assert_eq!(found, direct(window, evse, all.clone()), "{window:?} of {evse:?}");
                    // What was believed half a day before the end.
                    let then = at(window.to().0 - DAY / 2);
                    let Some(earlier) = Span::new(window.from(), Second::of(then)) else { continue };
                    let believed = history.course_as_believed(&id(), evse, window, then).await.unwrap();
                    let heard = all.iter().filter(|one| one.heard_at <= then).cloned().collect();
                    assert_eq!(believed, direct(earlier, evse, heard), "believed");
                }
            }
        });
    }
}

#[tokio::test(start_paused = true)]
async fn observations_are_forgotten_only_when_their_course_is_kept() {
    let clock = Hand::at(begin());
    let store = Arc::new(Memory::new());
    let csms = manager(Arc::clone(&store) as Arc<dyn Store>, &clock).await;
    let history = History::new(csms.clone());
    let online = Observation::new(at(begin()), at(begin()), Place::Station, Observed::Online);
    let mut all = vec![online];
    for day in 0..700 {
        let status = if day % 7 == 0 { PortStatus::Faulted } else { PortStatus::Available };
        let moment = at(begin() + day * DAY);
        let place = Place::Connector(EvseId(1), ConnectorId(1));
        all.push(Observation::new(moment, moment, place, Observed::Status(status)));
    }
    observe(&csms, &all).await;
    let now = begin() + 700 * DAY;
    clock.set(now);
    let window = Span::new(Second(begin()), Second(now)).unwrap();
    let before = history.course(&id(), EvseId(1), window).await.unwrap();
    assert!(before.spans(|piece| piece.state == PortState::Faulted).seconds() >= 99 * DAY);

    // Less than sixteen months is sixteen months.
    history.settle(Duration::ZERO).await.unwrap();
    let left = store.observations(&id(), Timestamp::MIN, at(now)).await.unwrap();
    let horizon = at(now).checked_sub(LEAST_OBSERVATIONS).unwrap();
    assert!(left.len() < 520 && left.iter().all(|one| one.at >= horizon), "{} are left", left.len());
    assert_eq!(
        history.course(&id(), EvseId(1), window).await.unwrap(),
        before,
        "and nothing of the course is lost"
    );

    let longer = Duration::from_secs(20 * 365 * 86_400);
    observe(&csms, &all[..1]).await;
    history.settle(longer).await.unwrap();
    assert_eq!(store.observations(&id(), Timestamp::MIN, at(now)).await.unwrap().len(), left.len() + 1);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_was_there_to_see_is_unknown_for_every_port() {
    let clock = Hand::at(begin());
    let store = Arc::new(Memory::new());
    let csms = manager(Arc::clone(&store) as Arc<dyn Store>, &clock).await;
    let run = |from: i64, until: i64, revision| ManagerRun {
        started_at: at(begin() + from),
        revision: Revision(revision),
        alive_until: at(begin() + until),
        ending: RunEnding::None,
    };
    let runs = [run(0, 1_000, 1), run(1_500, 4_000, 0)];
    let changes = runs.iter().map(Change::put).collect();
    csms.commit(Unit { changes, ..Unit::default() }).await.unwrap();
    let moment = |second| at(begin() + second);
    let observed = |second, place, what| Observation::new(moment(second), moment(second), place, what);
    observe(
        &csms,
        &[
            observed(0, Place::Station, Observed::Online),
            observed(
                10,
                Place::Connector(EvseId(1), ConnectorId(1)),
                Observed::Status(PortStatus::Available),
            ),
            observed(10, Place::Connector(EvseId(2), ConnectorId(1)), Observed::Status(PortStatus::Faulted)),
            observed(900, Place::Station, Observed::Offline),
            observed(2_000, Place::Station, Observed::Online),
        ],
    )
    .await;
    clock.set(begin() + 4_000);
    let history = History::new(csms.clone());
    let window = Span::new(Second(begin()), Second(begin() + 4_000)).unwrap();
    let unknown: Spans = Span::new(Second(begin() + 1_000), Second(begin() + 1_500)).unwrap().into();
    for evse in PORTS {
        let course = history.course(&id(), evse, window).await.unwrap();
        let found =
            course.spans(|piece| piece.state == PortState::Unknown && piece.span.from().0 > begin() + 10);
        assert_eq!(found, unknown, "the station was offline before and after, and in between nobody knows");
        assert_eq!(course.spans(|piece| piece.state == PortState::Offline).seconds(), 600);
    }
    clock.set(begin() + 4_000 + 10 * DAY);
    let settled = history.settle(Duration::ZERO).await.unwrap();
    assert_eq!(settled, 2);
    let again = history.course(&id(), EvseId(1), window).await.unwrap();
    assert_eq!(again.spans(|piece| piece.state == PortState::Unknown).seconds(), 510);
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_status_change_takes_little_room() {
    use ocpp_server::store::Sqlite;

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ocpp.db");
    let sqlite = Arc::new(Sqlite::open(&path).unwrap());
    let station = StationId::new("DE-BERLIN-0123456789").unwrap();
    let size = || {
        let pages =
            |name: &str| std::fs::metadata(format!("{}{name}", path.display())).map_or(0, |file| file.len());
        pages("") + pages("-wal")
    };
    let before = size();
    for day in 0..100_i64 {
        let changes = (0..100).map(|nth| {
            let moment = at(begin() + day * DAY + nth * 864)
                .checked_add(SignedDuration::from_micros(123_456))
                .unwrap();
            let heard = moment.checked_add(SignedDuration::from_millis(321)).unwrap();
            let place = Place::Connector(EvseId(1), ConnectorId(2));
            let what = Observed::Status(PortStatus::Charging);
            Change::Observed(station.clone(), Observation { at: moment, heard_at: heard, place, what })
        });
        sqlite.commit(Unit { changes: changes.collect(), ..Unit::default() }).await.unwrap();
    }
    drop(sqlite);
    let each = (size() - before) as f64 / 10_000.0;
    assert!(each < 300.0, "{each} bytes for a status change");
}

#[tokio::test(start_paused = true)]
async fn a_year_of_known_outages_has_the_known_uptime() {
    let clock = Hand::at(begin());
    let csms = manager(Arc::new(Memory::new()), &clock).await;
    let history = History::new(csms.clone());
    let window = Span::new(Second(begin()), Second(begin() + 365 * DAY)).unwrap();
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    let past = InventedLife { faults_per_year: 20.0, ..InventedLife::usual(7, 2, zone.clone()) }.past(window);
    assert_eq!(
        past.observations,
        InventedLife { faults_per_year: 20.0, ..InventedLife::usual(7, 2, zone) }.past(window).observations
    );
    // It is heard day by day, and settled every other day.
    let mut heard = past.observations.clone();
    heard.sort_by_key(|one| one.heard_at);
    let mut heard = heard.as_slice();
    for day in 1..=366 {
        let until = heard.partition_point(|one| one.heard_at < at(begin() + day * DAY));
        observe(&csms, &heard[..until]).await;
        heard = &heard[until..];
        clock.set(begin() + day * DAY);
        if day % 2 == 0 {
            history.settle(Duration::ZERO).await.unwrap();
        }
    }
    assert!(heard.is_empty());
    let formula = Formula { minutes_of_window: None, ..Formula::of("us-680.116").unwrap().clone() };
    for (evse, truth) in &past.outages {
        let course = history.course(&id(), *evse, window).await.unwrap();
        let figure = uptime(
            &formula,
            window,
            &Record {
                course: &course,
                in_service_since: at(begin()),
                in_service_until: None,
                excuses: &[],
                zone: &jiff::tz::TimeZone::UTC,
            },
        );
        assert!(truth.seconds() > DAY, "there is something to find");
        assert_eq!(&figure.outages, truth, "{evse:?}: to the second");
        let stays: Vec<Span> =
            past.visits.iter().filter(|visit| visit.evse == *evse).map(|visit| visit.span).collect();
        let found = course.spans(|piece| piece.is_occupied());
        assert!(stays.len() > 300, "{}", stays.len());
        assert_eq!(found, stays.iter().copied().collect(), "{evse:?}: every vehicle");
    }
}
