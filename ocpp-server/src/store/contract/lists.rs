//! The order of lists, and their pages.

use ocpp_core::model::{ConnectorId, EvseId, IdToken, Place, TokenKind};

use super::keep;
use super::samples::{event, moment, port, reading, session, session_key, station, station_id, unit};
use crate::domain::{EventId, Session, SessionNumber, SessionStatus};
use crate::store::{Change, Page, SessionFilter, Store, Unit};

pub(super) async fn is_empty_at_first(store: &impl Store) {
    let everything = Page { after: None, limit: 10 };
    assert_eq!(store.stations(everything).await, Ok(vec![]), "an empty store has no stations");
    let everything = Page { after: None, limit: 10 };
    let sessions = store.sessions(SessionFilter::default(), everything).await;
    assert_eq!(sessions, Ok(vec![]), "an empty store has no sessions");
    assert_eq!(store.highest_number().await, Ok(None), "an empty store has given no number");
    assert_eq!(store.last_event().await, Ok(EventId(0)), "the last event of an empty store is 0");
    assert_eq!(store.events_after(EventId(0), 10).await, Ok(vec![]), "an empty store has no events");
    assert_eq!(store.refusals(10).await, Ok(vec![]), "an empty store has no refusals");
}

pub(super) async fn pages_stations(store: &impl Store) {
    for name in ["b", "a", "é", "B", "aa", "Z", "🔌"] {
        keep(store, unit(vec![Change::Station(station(name))])).await;
    }
    let mut after = None;
    let mut pages = Vec::new();
    loop {
        let page = store.stations(Page { after, limit: 3 }).await.expect("stations can be read");
        let names: Vec<_> = page.iter().map(|station| station.id.to_string()).collect();
        after = page.last().map(|station| station.id.clone());
        if names.is_empty() {
            break;
        }
        pages.push(names.join(" "));
    }
    assert_eq!(pages, ["B Z a", "aa b é", "🔌"], "stations are paged in the order of their identities");
    assert_eq!(store.stations(Page { after: None, limit: 0 }).await, Ok(vec![]), "a page of none is empty");
    let after = Some(station_id("az"));
    let page = store.stations(Page { after, limit: usize::MAX }).await.expect("stations can be read");
    assert_eq!(page.len(), 3, "a page goes on after a key that is not stored, and may be as long as can be");
}

pub(super) async fn orders_ports(store: &impl Store) {
    let connector = |evse, connector| Place::Connector(EvseId(evse), ConnectorId(connector));
    let places = [connector(2, 1), Place::Evse(EvseId(10)), connector(1, 2), Place::Station, connector(1, 1)];
    for place in places {
        keep(store, unit(vec![Change::Port(station_id("A"), port(place))])).await;
    }
    keep(store, unit(vec![Change::Port(station_id("B"), port(Place::Evse(EvseId(3))))])).await;
    let mut newer = port(connector(1, 1));
    newer.fault = None;
    newer.since = moment(99);
    keep(store, unit(vec![Change::Port(station_id("A"), newer.clone())])).await;

    let ports = store.ports(&station_id("A")).await.expect("ports can be read");
    let mut sorted = places;
    sorted.sort();
    assert_eq!(ports.iter().map(|port| port.place).collect::<Vec<_>>(), sorted, "ports are ordered by place");
    assert!(ports.contains(&newer), "the last write of a port holds");
}

pub(super) async fn pages_sessions(store: &impl Store) {
    for number in 1..=12 {
        let status = if number % 3 == 0 { SessionStatus::Completed } else { SessionStatus::Active };
        let name = if number % 2 == 0 { "even" } else { "odd" };
        keep(store, unit(vec![Change::Session(Session { status, ..session(name, number) })])).await;
    }
    let cases = [
        (None, None, None, 4, vec![12, 11, 10, 9]),
        (None, None, Some(9), 4, vec![8, 7, 6, 5]),
        (None, None, Some(2), 4, vec![1]),
        (None, None, Some(i64::MIN), 4, vec![]),
        (None, None, Some(i64::MAX), 1, vec![12]),
        (None, None, None, 0, vec![]),
        (Some("odd"), None, None, usize::MAX, vec![11, 9, 7, 5, 3, 1]),
        (Some("odd"), None, Some(7), 2, vec![5, 3]),
        (None, Some(SessionStatus::Completed), None, 9, vec![12, 9, 6, 3]),
        (None, Some(SessionStatus::Active), Some(10), 3, vec![8, 7, 5]),
        (Some("even"), Some(SessionStatus::Active), None, 9, vec![10, 8, 4, 2]),
        (Some("even"), Some(SessionStatus::Completed), Some(12), 9, vec![6]),
        (Some("nobody"), None, None, 9, vec![]),
    ];
    for (station, status, after, limit, expected) in cases {
        let filter = SessionFilter { station: station.map(station_id), status, token: None };
        let page = Page { after: after.map(SessionNumber), limit };
        let found = store.sessions(filter.clone(), page.clone()).await.expect("sessions can be read");
        let numbers: Vec<i64> = found.iter().map(|session| session.number.0).collect();
        assert_eq!(numbers, expected, "{filter:?} and {page:?} list sessions, the highest number first");
    }
    assert_eq!(store.highest_number().await, Ok(Some(SessionNumber(12))), "the highest number is known");
}

pub(super) async fn finds_sessions_of_tokens(store: &impl Store) {
    let tokens = [Some("04e1A2"), Some("04E1a2"), None, Some("04E1A2B3"), Some("säule"), Some("04e1a2")];
    for (number, token) in (1..).zip(tokens) {
        let status = if number == 6 { SessionStatus::Completed } else { SessionStatus::Active };
        let id_token = token.map(|token| IdToken::new(token, TokenKind::ISO14443));
        let name = if number % 2 == 0 { "even" } else { "odd" };
        keep(store, unit(vec![Change::Session(Session { status, id_token, ..session(name, number) })])).await;
    }
    let active = Some(SessionStatus::Active);
    let cases = [
        ("04E1A2", None, None, None, vec![6, 2, 1]),
        ("04E1A2", active, None, None, vec![2, 1]),
        ("04E1A2", Some(SessionStatus::Completed), None, None, vec![6]),
        ("04E1A2", active, Some("odd"), None, vec![1]),
        ("04E1A2", None, Some("even"), Some(6), vec![2]),
        ("04E1A2", None, None, Some(2), vec![1]),
        ("04E1A2", active, Some("nobody"), None, vec![]),
        ("04e1a2", None, None, None, vec![]),
        ("04E1A2B3", active, None, None, vec![4]),
        ("SäULE", active, None, None, vec![5]),
        ("SÄULE", active, None, None, vec![]),
        ("", None, None, None, vec![]),
    ];
    for (token, status, station, after, expected) in cases {
        let token = Some(token.to_owned());
        let filter = SessionFilter { station: station.map(station_id), status, token };
        let page = Page { after: after.map(SessionNumber), limit: 9 };
        let found = store.sessions(filter.clone(), page).await.expect("sessions can be read");
        let numbers: Vec<i64> = found.iter().map(|session| session.number.0).collect();
        assert_eq!(numbers, expected, "{filter:?} finds tokens in ASCII capitals");
    }
}

pub(super) async fn orders_readings(store: &impl Store) {
    let key = session_key("session-1");
    keep(store, unit(vec![Change::Session(session("A", 1))])).await;
    for at in [30, 10, -20, 20] {
        let change = Change::Readings(key.clone(), vec![reading(None, moment(at), "1")]);
        keep(store, unit(vec![change])).await;
    }
    keep(store, unit(vec![Change::Readings(session_key("other"), vec![reading(None, moment(0), "1")])]))
        .await;
    let times: Vec<_> = store
        .readings(&key)
        .await
        .expect("readings can be read")
        .iter()
        .map(|kept| kept.reading.at)
        .collect();
    assert_eq!(times, [-20, 10, 20, 30].map(moment), "readings are in the order of the station's time");
}

pub(super) async fn numbers_events(store: &impl Store) {
    for turn in 0..3 {
        let events = vec![event("A", &format!("{turn} first")), event("A", &format!("{turn} second"))];
        let told = keep(store, Unit { events: events.clone(), ..Unit::default() }).await;
        assert_eq!(
            told.iter().map(|told| &told.event).collect::<Vec<_>>(),
            events.iter().collect::<Vec<_>>()
        );
    }
    let all = store.events_after(EventId(0), usize::MAX).await.expect("events can be read");
    assert_eq!(all.len(), 6, "every event is in the outbox");
    assert!(all[0].id > EventId(0), "ids are from 1");
    assert!(all.is_sorted_by(|a, b| a.id < b.id), "ids ascend in the order of commits");
    assert_eq!(store.last_event().await, Ok(all[5].id), "the last event is the last of the outbox");
    let page = store.events_after(all[1].id, 2).await;
    assert_eq!(page, Ok(all[2..4].to_vec()), "the outbox is read on from any event");
    assert_eq!(store.events_after(all[5].id, 9).await, Ok(vec![]), "nothing comes after the last event");
    assert_eq!(store.events_after(EventId(u64::MAX), 9).await, Ok(vec![]), "nothing comes after the end");
}
