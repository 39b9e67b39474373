//! A year of a network of twenty sites over the wire, on a virtual clock, with a manager that is killed now and then: the
//! uptime is what is known to have happened, to the second.
#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use ocpp_core::model::{EvseId, StationId};
use ocpp_core::types::Version;
use ocpp_server::Csms;
use ocpp_server::access::Pepper;
use ocpp_server::availability::{
    Formula, History, InventedLife, Record, Second, Span, Spans, together, uptime,
};
use ocpp_server::domain::{ManagerRun, RecordKind};
use ocpp_server::edge::EdgeSettings;
use ocpp_server::handle::Clock;
use ocpp_server::register::{Login, Register, SiteForm, StationForm};
use ocpp_server::session::{SessionSettings, Visit};
use ocpp_server::store::{Memory, RecordFilter, Store, TypedRecords};
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_util::sync::CancellationToken;

use crate::world::VirtualClock;
use crate::world::station::Station;

const SITES: u64 = 20;
const DAY: i64 = 86_400;
const PORTS: [u32; 2] = [1, 2];
/// After so many days each the manager is killed, and comes back after so many minutes.
const KILLS: [(i64, i64); 5] = [(40, 3), (97, 45), (171, 11), (250, 7 * 60), (333, 1)];
/// How long a station takes to come back when the manager is there again.
const COMES_BACK_S: i64 = 40;

/// What happens, in the order of time; what is over comes before what begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    ManagerStarts,
    LineMended(usize),
    Fault { station: usize, evse: u32, begins: bool },
    LineBreaks(usize),
    ManagerKilled,
}

/// A station with what is true of it.
struct Played {
    id: String,
    version: Version,
    line: Option<Station>,
    is_broken: bool,
    faulted: BTreeMap<u32, bool>,
    /// When its line was down, for whatever reason but the manager: the truth.
    breaks: Spans,
    faults: BTreeMap<u32, Spans>,
}

struct Network {
    store: Arc<Memory>,
    clock: VirtualClock,
    manager: Option<(Csms, Vec<JoinHandle<()>>)>,
    stations: Vec<Played>,
}

impl Network {
    async fn start_manager(&mut self) {
        let session =
            SessionSettings { gone_within: Duration::from_secs(64 * 3600), ..SessionSettings::default() };
        let csms = Csms::builder_over(Arc::clone(&self.store) as Arc<dyn Store>)
            .clock(self.clock)
            .edge(EdgeSettings { session, ..EdgeSettings::default() })
            .heartbeat_interval(400 * 86_400)
            .mark_every(Duration::from_secs(600))
            .build()
            .await
            .unwrap();
        let watched = csms.clone();
        let watch = tokio::spawn(async move { watched.keep_watch(&CancellationToken::new()).await });
        self.manager = Some((csms, vec![watch]));
    }

    /// As a kill does it: nothing is finished, every connection breaks.
    fn kill_manager(&mut self) {
        let (_, tasks) = self.manager.take().unwrap();
        tasks.iter().for_each(JoinHandle::abort);
        self.stations.iter_mut().for_each(|station| station.line = None);
    }

    /// A station dials in and says how its ports are.
    async fn connect(&mut self, index: usize) {
        let Some((csms, tasks)) = &mut self.manager else { return };
        let station = &mut self.stations[index];
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let socket = WebSocketStream::from_raw_socket(theirs, Role::Server, None).await;
        let visit = Visit {
            station: StationId::new(&station.id).unwrap(),
            version: station.version,
            address: "192.0.2.1:1".to_owned(),
        };
        let csms = csms.clone();
        tasks.push(tokio::spawn(async move { csms.attend(visit, socket, CancellationToken::new()).await }));
        let socket = WebSocketStream::from_raw_socket(ours, Role::Client, None).await;
        let line = Station::new(&station.id, station.version, socket, self.clock);
        line.boot().await;
        for (evse, is_faulted) in &station.faulted {
            line.status(*evse, if *is_faulted { "Faulted" } else { "Available" }).await;
        }
        station.line = Some(line);
    }

    async fn happens(&mut self, event: Event) {
        match event {
            Event::ManagerStarts => {
                self.start_manager().await;
                tokio::time::sleep(Duration::from_secs(u64::try_from(COMES_BACK_S).unwrap())).await;
                for index in 0..self.stations.len() {
                    if !self.stations[index].is_broken {
                        self.connect(index).await;
                    }
                }
            }
            Event::ManagerKilled => self.kill_manager(),
            Event::LineBreaks(index) => {
                let station = &mut self.stations[index];
                station.is_broken = true;
                if let Some(line) = station.line.take() {
                    line.call("Heartbeat", serde_json::json!({})).await.unwrap();
                    line.hang_up();
                }
            }
            Event::LineMended(index) => {
                self.stations[index].is_broken = false;
                self.connect(index).await;
            }
            Event::Fault { station, evse, begins } => {
                let station = &mut self.stations[station];
                station.faulted.insert(evse, begins);
                if let Some(line) = &station.line {
                    line.status(evse, if begins { "Faulted" } else { "Available" }).await;
                }
            }
        }
    }
}

/// Stations with a year of troubles, none of them within two hours of a kill, and what happens when.
fn script(window: Span) -> (Vec<Played>, Vec<(Second, Event)>) {
    let mut events = Vec::new();
    let kills = KILLS.map(|(day, minutes)| {
        let at = window.from().plus(day * DAY + 4_321);
        Span::new(at, at.plus(minutes * 60)).unwrap()
    });
    for kill in kills {
        events.push((kill.from(), Event::ManagerKilled));
        events.push((kill.to(), Event::ManagerStarts));
    }
    let near: Spans =
        kills.iter().filter_map(|kill| Span::new(kill.from().plus(-7_200), kill.to().plus(7_200))).collect();
    let played = (0..SITES).map(|number| {
        let life = InventedLife {
            visits_per_day: 0.0,
            faults_per_year: 9.0,
            ..InventedLife::usual(number + 1, 2, TimeZone::UTC)
        };
        let station = usize::try_from(number).unwrap();
        let apart = |spans: &Spans| -> Spans {
            spans
                .as_slice()
                .iter()
                .copied()
                .filter(|span| near.intersection(&(*span).into()).is_empty())
                .collect()
        };
        // Lines break without faults here, so that both can be told apart.
        let broken = InventedLife { faults_per_year: 0.0, ..life.clone() }.past(window);
        let breaks = apart(&broken.outages[0].1);
        let faulty = InventedLife { breaks_per_year: 0.0, seed: life.seed + 1_000, ..life }.past(window);
        let mut faults = BTreeMap::new();
        for (EvseId(evse), spans) in faulty.outages {
            let spans = apart(&spans);
            for span in spans.as_slice() {
                events.push((span.from(), Event::Fault { station, evse, begins: true }));
                events.push((span.to(), Event::Fault { station, evse, begins: false }));
            }
            faults.insert(evse, spans);
        }
        for span in breaks.as_slice() {
            events.push((span.from(), Event::LineBreaks(station)));
            events.push((span.to(), Event::LineMended(station)));
        }
        Played {
            id: format!("SITE-{number:02}"),
            version: [Version::V16, Version::V201, Version::V21][station % 3],
            line: None,
            is_broken: false,
            faulted: PORTS.map(|evse| (evse, false)).into(),
            breaks,
            faults,
        }
    });
    let played = played.collect();
    events.retain(|(at, _)| *at < window.to());
    events.sort();
    (played, events)
}

#[tokio::test(start_paused = true)]
async fn a_year_of_twenty_sites_has_the_uptime_that_is_known_to_be_true() {
    let clock = VirtualClock::new("2025-01-01T00:00:00Z");
    let begin = Second::of(clock.now());
    let window = Span::new(begin.plus(3_600), begin.plus(365 * DAY)).unwrap();
    let (stations, events) = script(window);
    let mut network = Network { store: Arc::default(), clock, manager: None, stations };
    network.start_manager().await;
    let csms = network.manager.as_ref().unwrap().0.clone();
    let register = Register::new(csms, Pepper::random().unwrap());
    for index in 0..network.stations.len() {
        let form = SiteForm { name: format!("Site {index}"), time_zone: "UTC".into(), ..SiteForm::default() };
        let site = Some(register.add_site(form).await.unwrap().id);
        let form = StationForm { site, ..StationForm::default() };
        register.add_station(&network.stations[index].id, Login::Unproven, form).await.unwrap();
        network.connect(index).await;
    }
    let mut settled_at = begin;
    for (at, event) in events {
        let now = Second::of(clock.now());
        tokio::time::sleep(Duration::from_secs(u64::try_from((at.0 - now.0).max(0)).unwrap())).await;
        network.happens(event).await;
        if let (true, Some((csms, _))) = (at.0 - settled_at.0 > 10 * DAY, &network.manager) {
            History::new(csms.clone()).settle(Duration::ZERO).await.unwrap();
            settled_at = at;
        }
    }
    let left = window.to().0 - Second::of(clock.now()).0;
    tokio::time::sleep(Duration::from_secs(u64::try_from(left).unwrap())).await;
    judge(&network, window).await;
}

/// Compares what the history says with what is true.
async fn judge(network: &Network, window: Span) {
    let (csms, _) = network.manager.as_ref().unwrap();
    let history = History::new(csms.clone());
    // Each run was there until its last mark; stations are back a while after the next one began.
    let runs: Vec<ManagerRun> =
        network.store.list(RecordFilter::all(RecordKind::ManagerRun, 99)).await.unwrap();
    assert_eq!(runs.len(), KILLS.len() + 1);
    let gone: Spans = runs
        .windows(2)
        .filter_map(|pair| {
            let back = Second::of(pair[1].started_at).plus(COMES_BACK_S);
            Span::new(Second::of(pair[0].alive_until), back)
        })
        .collect();
    for ((_, minutes), span) in KILLS.iter().zip(gone.as_slice()) {
        let most = minutes * 60 + 600 + COMES_BACK_S;
        assert!((minutes * 60..=most).contains(&span.seconds()), "{span:?} for {minutes} minutes");
    }
    let us = Formula { minutes_of_window: None, ..Formula::of("us-680.116").unwrap().clone() };
    let uk = Formula::of("uk-2023").unwrap();
    let (mut figures, mut down, mut whole) = (Vec::new(), 0, 0);
    for station in &network.stations {
        for evse in PORTS {
            let id = StationId::new(&station.id).unwrap();
            let course = history.course(&id, EvseId(evse), window).await.unwrap();
            let record = Record {
                course: &course,
                in_service_since: window.from().timestamp(),
                in_service_until: None,
                excuses: &[],
                zone: &TimeZone::UTC,
            };
            let within = |spans: &Spans| spans.intersection(&window.into());
            let dark = within(&station.breaks.union(&gone));
            let faults = within(&station.faults[&evse]);
            let figure = uptime(&us, window, &record);
            assert_eq!(figure.outages, dark.union(&faults), "{id} {evse} by 23 CFR 680.116");
            let figure = uptime(uk, window, &record);
            assert_eq!(figure.outages, faults.difference(&dark), "{id} {evse} by the British rule");
            down += figure.outages.seconds();
            whole += window.seconds();
            figures.push(figure);
        }
    }
    assert!(down > 100 * 3_600, "there is something to find: {down} s");
    let (percent, _) = together(uk, &figures).unwrap();
    let known = rust_decimal::Decimal::from((whole - down) * 100) / rust_decimal::Decimal::from(whole);
    assert_eq!(percent, known.round_dp(10));
}
