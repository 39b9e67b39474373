//! What one unit does, and what it does not do.

use ocpp_core::model::{ChargingState, EvseId, Place, Registration};

use super::samples::{
    bare_session, event, moment, port, reading, refusal, session, session_key, station, station_id,
    told_state, unit,
};
use super::{keep, refuse};
use crate::domain::{
    Connection, Epoch, Event, EventId, EventKind, RefusalReason, Refused, Revision, Session, SessionNumber,
    SessionReading, SessionStatus, StartKey, Station,
};
use crate::store::{Change, CommitError, Committed, MAX_REFUSALS, Store, Unit};

pub(super) async fn keeps_everything(store: &impl Store) {
    let station = station("A ü");
    let port = port(Place::Evse(EvseId(1)));
    let session = session("A ü", 1);
    let bare = bare_session("A ü", 2);
    let readings = vec![
        reading(Some(3), moment(0), "2935.600"),
        SessionReading { state: Some(ChargingState::Idle), ..reading(Some(3), moment(0), "7") },
        reading(None, moment(1), "-0.00"),
        told_state(None, moment(2), ChargingState::SuspendedEvse),
    ];
    let event = Event { at: moment(9), station: None, kind: refused_token() };
    let noted =
        EventKind::MessageNoted { action: "NotifyEvent".to_owned(), payload: "{\"a\": 1.50}".to_owned() };
    let noted = Event { at: moment(9), station: Some(station.id.clone()), kind: noted };
    let changes = vec![
        Change::Station(station.clone()),
        Change::Port(station.id.clone(), port.clone()),
        Change::Session(session.clone()),
        Change::Session(bare.clone()),
        Change::Readings(session.key.clone(), readings.clone()),
    ];
    let events = vec![event.clone(), noted.clone()];
    let told = keep(store, Unit { changes, events: events.clone(), ..Unit::default() }).await;

    let first = Revision(1);
    let kept = Station { revision: first, ..station.clone() };
    assert_eq!(store.station(&station.id).await, Ok(Some(kept)), "a station is read as it was written");
    assert_eq!(store.ports(&station.id).await, Ok(vec![port]), "a port is read as it was written");
    let kept = store.session(&session.key).await.expect("sessions can be read").expect("the session is kept");
    let token = kept.id_token.as_ref().map(|token| (&*token.value, token.kind.as_str()));
    assert_eq!(token, Some(("04e1a2B3", "ISO14443")), "a token keeps its case and kind");
    assert_eq!(kept, Session { revision: first, ..session.clone() }, "a session is read as it was written");
    let cost = kept.cost.map(|cost| cost.amount().to_string());
    assert_eq!(cost.as_deref(), Some("12.3450"), "a cost keeps all its digits");
    let kept = store.session(&bare.key).await;
    assert_eq!(kept, Ok(Some(Session { revision: first, ..bare })), "what is unknown stays unknown");
    let kept = store.readings(&session.key).await.expect("readings can be read");
    assert_eq!(kept, readings, "meter values are read as they were written");
    assert_eq!(format!("{kept:?}"), format!("{readings:?}"), "meter values keep all their digits");
    let stored = store.events_after(EventId(0), 10).await.expect("events can be read");
    assert_eq!(
        stored.iter().map(|stored| &stored.event).collect::<Vec<_>>(),
        events.iter().collect::<Vec<_>>()
    );
    let told: Vec<_> = told.iter().map(|told| (**told).clone()).collect();
    assert_eq!(told, stored, "the commit returns the events as they are in the outbox");
}

fn refused_token() -> EventKind {
    EventKind::Refused {
        who: Refused::Token { station: station_id("A ü"), token: "CAFE".to_owned() },
        reason: RefusalReason::UnknownToken,
        address: "192.0.2.9".to_owned(),
    }
}

pub(super) async fn keeps_all_or_nothing(store: &impl Store) {
    let wrong = Session { revision: Revision(4), ..session("A", 1) };
    let changes = vec![
        Change::Station(station("A")),
        Change::Port(station_id("A"), port(Place::Station)),
        Change::Session(session("A", 2)),
        Change::Readings(session_key("session-2"), vec![reading(None, moment(0), "1")]),
        refusal("B", 0),
        Change::Session(wrong),
    ];
    let key = Some("all or nothing".to_owned());
    let refused =
        Unit { idempotency_key: key.clone(), changes, events: vec![event("A", "x")], connection: None };
    refuse(store, refused.clone()).await;

    let nothing = "a refused unit leaves nothing";
    assert_eq!(store.station(&station_id("A")).await, Ok(None), "{nothing}: no station");
    assert_eq!(store.ports(&station_id("A")).await, Ok(vec![]), "{nothing}: no port");
    assert_eq!(store.session(&session_key("session-2")).await, Ok(None), "{nothing}: no session");
    assert_eq!(store.session_by_number(SessionNumber(2)).await, Ok(None), "{nothing}: no number");
    assert_eq!(store.readings(&session_key("session-2")).await, Ok(vec![]), "{nothing}: no reading");
    assert_eq!(store.refusals(10).await, Ok(vec![]), "{nothing}: no refusal");
    assert_eq!(store.events_after(EventId(0), 10).await, Ok(vec![]), "{nothing}: no event");
    assert_eq!(store.last_event().await, Ok(EventId(0)), "{nothing}: no id of an event");

    let mut corrected = refused;
    corrected.changes.pop();
    keep(store, corrected).await;
    let last = store.last_event().await.expect("the last event can be read");
    let events = store.events_after(EventId(0), 10).await.expect("events can be read");
    assert_eq!(events.iter().map(|event| event.id).collect::<Vec<_>>(), [last], "{nothing}: its key is free");
}

pub(super) async fn compares_revisions(store: &impl Store) {
    let mut station = station("A");
    keep(store, unit(vec![Change::Station(station.clone())])).await;
    let again = refuse(store, unit(vec![Change::Station(station.clone())])).await;
    assert_conflict(&again, Revision(0), Revision(1));

    station.revision = Revision(1);
    station.registration = Some(Registration::Accepted);
    let session = session("A", 1);
    let written_thrice = (0..3).map(|revision| {
        let status = if revision == 2 { SessionStatus::Completed } else { SessionStatus::Active };
        Change::Session(Session { revision: Revision(revision), status, ..session.clone() })
    });
    let changes = std::iter::once(Change::Station(station.clone())).chain(written_thrice).collect();
    keep(store, unit(changes)).await;
    let stored =
        store.station(&station.id).await.expect("stations can be read").expect("the station is kept");
    assert_eq!(
        (stored.revision, stored.registration),
        (Revision(2), station.registration),
        "each write counts"
    );
    let stored =
        store.session(&session.key).await.expect("sessions can be read").expect("the session is kept");
    let expected = (Revision(3), SessionStatus::Completed);
    assert_eq!(
        (stored.revision, stored.status),
        expected,
        "changes apply in order, each seeing the ones before"
    );

    for (revision, stored) in [(0, 3), (2, 3), (4, 3)] {
        let change = Change::Session(Session { revision: Revision(revision), ..session.clone() });
        assert_conflict(&refuse(store, unit(vec![change])).await, Revision(revision), Revision(stored));
    }
    let unknown = Session { revision: Revision(1), ..self::session("A", 9) };
    let error = refuse(store, unit(vec![Change::Session(unknown)])).await;
    assert_conflict(&error, Revision(1), Revision(0));

    let offline = Connection::Offline { since: moment(70) };
    let second = Station { revision: Revision(2), connection: offline.clone(), boot: None, ..station };
    keep(store, unit(vec![Change::Station(second.clone())])).await;
    let kept = Station { revision: Revision(3), ..second };
    assert_eq!(
        store.station(&kept.id).await,
        Ok(Some(kept.clone())),
        "a write replaces every part of the value"
    );
    let third = Station { connection: Connection::Unknown { since: moment(71) }, ..kept };
    keep(store, unit(vec![Change::Station(third.clone())])).await;
    let kept = Station { revision: Revision(4), ..third };
    assert_eq!(
        store.station(&kept.id).await,
        Ok(Some(kept.clone())),
        "nobody knows whether a station is there, and that is kept"
    );
}

fn assert_conflict(error: &CommitError, expected: Revision, stored: Revision) {
    let told = match error {
        CommitError::Conflict { expected, stored, .. } => Some((*expected, *stored)),
        _ => None,
    };
    assert_eq!(
        told,
        Some((expected, stored)),
        "a wrong revision is a conflict that tells both, not {error:?}"
    );
}

pub(super) async fn repeats_nothing(store: &impl Store) {
    let keyed = |key: &str, session: Session| Unit {
        idempotency_key: Some(key.to_owned()),
        changes: vec![Change::Session(session)],
        events: vec![event("A", "x")],
        connection: None,
    };
    keep(store, keyed("one", session("A", 1))).await;
    let again = store.commit(keyed("one", session("A", 1))).await;
    assert_eq!(
        again,
        Ok(Committed::Repeated),
        "a unit of a kept key is a repetition, whatever its revisions"
    );
    let other = store.commit(keyed("one", session("A", 2))).await;
    assert_eq!(other, Ok(Committed::Repeated), "the key alone makes a unit a repetition");
    let stale = Unit { connection: Some((station_id("A"), Epoch(9))), ..keyed("one", session("A", 3)) };
    assert_eq!(store.commit(stale).await, Ok(Committed::Repeated), "a repetition is one on any connection");
    assert_eq!(store.session_by_number(SessionNumber(2)).await, Ok(None), "a repetition writes nothing");
    let events = store.events_after(EventId(0), 10).await.expect("events can be read");
    assert_eq!(events.len(), 1, "a repetition tells nothing");

    let empty = Unit { idempotency_key: Some("two".to_owned()), ..Unit::default() };
    keep(store, empty.clone()).await;
    assert_eq!(store.commit(empty).await, Ok(Committed::Repeated), "a key is kept even without changes");
    assert_eq!(store.commit(Unit::default()).await, Ok(Committed::New(vec![])), "an empty unit is kept");
}

pub(super) async fn gives_back_what_it_keeps(store: &impl Store) {
    let changes = vec![Change::Session(session("A", 1)), Change::Session(session("A", 2))];
    let unit = Unit { idempotency_key: Some("k".to_owned()), ..unit(changes.clone()) };
    let (committed, back) = store.commit_and_return(unit.clone()).await.expect("it is kept");
    assert!(matches!(committed, Committed::New(_)), "it is kept as by a commit");
    assert_eq!(back, changes, "what was written is given back as it was given, in its order");
    assert_eq!(store.commit(unit.clone()).await, Ok(Committed::Repeated), "it was kept, with its key");
    let again = Unit { idempotency_key: None, ..unit };
    assert_eq!(
        store.commit_and_return(again.clone()).await.map(drop),
        store.commit(again).await.map(drop),
        "what is refused is refused for the same reason"
    );
}

pub(super) async fn gives_numbers_and_starts_once(store: &impl Store) {
    keep(store, unit(vec![Change::Session(session("A", 1))])).await;
    let taken = CommitError::SessionTaken(SessionNumber(1));
    let number =
        Session { start_key: StartKey("other".to_owned()), key: session_key("other"), ..session("B", 1) };
    let number = unit(vec![Change::Session(number)]);
    assert_eq!(refuse(store, number).await, taken, "a number is given once, over all stations");
    let start = Session { start_key: StartKey("start-1".to_owned()), ..session("A", 2) };
    let start = unit(vec![Change::Session(start)]);
    let taken = CommitError::SessionTaken(SessionNumber(2));
    assert_eq!(refuse(store, start).await, taken, "a start key is used once at a station");

    let elsewhere = Session { start_key: StartKey("start-1".to_owned()), ..session("B", 2) };
    keep(store, unit(vec![Change::Session(elsewhere.clone())])).await;
    let found = store.session_by_start(&station_id("B"), &elsewhere.start_key).await;
    let kept = Session { revision: Revision(1), ..elsewhere };
    assert_eq!(found, Ok(Some(kept)), "another station may use the same start key");

    let twins = vec![
        Change::Session(session("C", 7)),
        Change::Session(Session {
            key: session_key("twin"),
            start_key: StartKey("twin".to_owned()),
            ..session("C", 7)
        }),
    ];
    let taken = CommitError::SessionTaken(SessionNumber(7));
    assert_eq!(refuse(store, unit(twins)).await, taken, "two sessions of one unit cannot share a number");

    let moved = Session { revision: Revision(1), number: SessionNumber(5), ..session("A", 1) };
    keep(store, unit(vec![Change::Session(moved)])).await;
    assert_eq!(store.session_by_number(SessionNumber(1)).await, Ok(None), "a session has one number");
    let onto = Session { revision: Revision(2), number: SessionNumber(2), ..session("A", 1) };
    let taken = CommitError::SessionTaken(SessionNumber(2));
    assert_eq!(
        refuse(store, unit(vec![Change::Session(onto)])).await,
        taken,
        "no session takes another's number"
    );
    let stays = store.session_by_number(SessionNumber(5)).await.expect("sessions can be read");
    assert_eq!(stays.map(|session| session.key), Some(session_key("session-1")));
}

pub(super) async fn keeps_a_reading_once(store: &impl Store) {
    let key = session_key("session-1");
    let (now, later) = (moment(0), moment(1));
    let first = vec![
        reading(Some(1), now, "1"),
        reading(Some(1), now, "2"),
        reading(Some(1), later, "3"),
        reading(None, now, "4"),
    ];
    keep(store, unit(vec![Change::Session(session("A", 1)), Change::Readings(key.clone(), first.clone())]))
        .await;
    keep(store, unit(vec![Change::Readings(key.clone(), first)])).await;
    let next = vec![reading(Some(2), now, "5"), reading(Some(1), now, "6")];
    let more = vec![reading(Some(1), now, "7"), reading(Some(1), now, "8")];
    let both = vec![Change::Readings(key.clone(), next), Change::Readings(key.clone(), more)];
    keep(store, unit(both)).await;

    let kept = store.readings(&key).await.expect("readings can be read");
    let values: Vec<_> =
        kept.iter().map(|kept| kept.reading.energy_register().map(|energy| energy.0)).collect();
    // 6 and 7 are at positions that 1 and 2 have; 8 is at a new one, because positions count over the unit.
    let expected = [4, 1, 2, 8, 5, 3].map(Some);
    assert_eq!(values, expected, "a value of the same time, report and position is kept once, the first one");
}

pub(super) async fn keeps_what_is_not_counted(store: &impl Store) {
    let key = session_key("session-1");
    let now = moment(0);
    let states = [ChargingState::EvConnected, ChargingState::Charging];
    let [connected, charging] = states.map(|state| told_state(None, now, state));
    let readings = |values: Vec<SessionReading>| unit(vec![Change::Readings(key.clone(), values)]);
    keep(store, readings(vec![reading(None, now, "5"), connected.clone()])).await;
    keep(store, readings(vec![charging.clone()])).await;
    keep(store, readings(vec![reading(None, now, "4"), reading(None, moment(-1), "1")])).await;
    // The same report sent again.
    keep(store, readings(vec![reading(None, now, "5"), connected.clone()])).await;
    keep(store, readings(vec![charging.clone()])).await;
    let expected = vec![
        reading(None, moment(-1), "1"),
        reading(None, now, "5"),
        connected,
        charging,
        reading(None, now, "4"),
    ];
    let kept = store.readings(&key).await;
    let told = "values of reports that are not counted are kept in the order of their arrival, each once";
    assert_eq!(kept, Ok(expected), "{told}");
}

pub(super) async fn counts_refusals(store: &impl Store) {
    keep(store, unit(vec![refusal("A", 0), refusal("B", 1)])).await;
    let moved = Change::Refusal {
        refused: Refused::Station("A".to_owned()),
        reason: RefusalReason::UnknownStation,
        address: "198.51.100.1".to_owned(),
        at: moment(5),
    };
    let other_reason = Change::Refusal {
        refused: Refused::Station("A".to_owned()),
        reason: RefusalReason::NoCommonVersion,
        address: "192.0.2.8".to_owned(),
        at: moment(4),
    };
    let token = Refused::Token { station: station_id("A"), token: "CAFE".to_owned() };
    let token = Change::Refusal {
        refused: token,
        reason: RefusalReason::UnknownToken,
        address: String::new(),
        at: moment(3),
    };
    keep(store, unit(vec![moved, other_reason, token])).await;

    let refusals = store.refusals(10).await.expect("refusals can be read");
    let told: Vec<_> = refusals.iter().map(|refusal| (refusal.reason, refusal.count)).collect();
    let expected = [
        (RefusalReason::UnknownStation, 2),
        (RefusalReason::NoCommonVersion, 1),
        (RefusalReason::UnknownToken, 1),
        (RefusalReason::UnknownStation, 1),
    ];
    assert_eq!(told, expected, "refusals are counted for each who and why, and listed latest first");
    let first = &refusals[0];
    assert_eq!((first.first, first.last), (moment(0), moment(5)), "a refusal has its first and last time");
    assert_eq!(first.address, "198.51.100.1", "a refusal has the address of its last time");
    let who = Refused::Token { station: station_id("A"), token: "CAFE".to_owned() };
    assert_eq!(refusals[2].refused, who, "a refused token is kept");
    assert_eq!(
        store.refusals(1).await,
        Ok(refusals[..1].to_vec()),
        "no more refusals are read than asked for"
    );
}

pub(super) async fn bounds_refusals(store: &impl Store) {
    const TOO_MANY: usize = MAX_REFUSALS + 3;
    let flood = (0..TOO_MANY).map(|at| refusal(&format!("intruder {at}"), at as i64)).collect();
    keep(store, unit(flood)).await;
    let refusals = store.refusals(usize::MAX).await.expect("refusals can be read");
    assert_eq!(refusals.len(), MAX_REFUSALS, "refusals are bounded");
    let oldest = refusals.last().map(|refusal| refusal.refused.clone());
    assert_eq!(oldest, Some(Refused::Station("intruder 3".to_owned())), "the oldest refusals are dropped");
}
