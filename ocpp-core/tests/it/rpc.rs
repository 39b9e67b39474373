//! The peer: order, time-outs, duplicates, refusals, and the end of a connection.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use ocpp_core::quirk::{Quirk, Quirks};
use ocpp_core::rpc::{
    CallToken, Config, Ending, Event, Peer, Receipt, Refused, ReplyToken, SequentialIds, StaleReply,
    StrayAnswer,
};
use ocpp_core::wire::{BadFrameKind, CallError, ErrorCode, MessageId, Version};

const START: Duration = Duration::ZERO;

fn peer(version: Version) -> Peer {
    peer_with(version, Config::default())
}

fn peer_with(version: Version, config: Config) -> Peer {
    Peer::new(version, config, Box::new(SequentialIds::new("").unwrap()))
}

fn after(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn call(peer: &mut Peer) -> CallToken {
    peer.call("Heartbeat", "{}".to_owned()).unwrap()
}

fn id(text: &str) -> MessageId {
    MessageId::new(text).unwrap()
}

/// The events that are unread, but for the word that calls are pipelined.
fn events(peer: &mut Peer) -> Vec<Event> {
    let pipelined = |event: &Event| matches!(event, Event::Tolerated { quirks, .. } if quirks[..] == [Quirk::PipelinedCall]);
    std::iter::from_fn(|| peer.poll_event()).filter(|event| !pipelined(event)).collect()
}

/// The only unread event.
fn event(peer: &mut Peer) -> Event {
    let mut all = events(peer);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

/// The texts that are unsent.
fn texts(peer: &mut Peer) -> Vec<String> {
    std::iter::from_fn(|| peer.poll_transmit(START)).collect()
}

/// Feeds a call and takes the token of its event.
fn take_call(peer: &mut Peer) -> ReplyToken {
    match event(peer) {
        Event::Call { token, .. } => token,
        other => panic!("no call: {other:?}"),
    }
}

fn ended(token: CallToken, ending: Ending) -> Event {
    Event::Ended { token, ending }
}

fn result(number: &str, payload: &str) -> Ending {
    Ending::Result { id: id(number), payload: payload.to_owned() }
}

#[test]
fn an_idle_peer_is_small() {
    assert!(size_of::<Peer>() <= 312, "{} bytes", size_of::<Peer>());
}

#[test]
fn a_call_is_sent_and_answered() {
    let mut peer = peer(Version::V16);
    let token = peer.call("Authorize", r#"{"idTag":"X"}"#.to_owned()).unwrap();
    assert_eq!(texts(&mut peer), [r#"[2,"1","Authorize",{"idTag":"X"}]"#]);
    peer.handle_text(r#"[3,"1",{"value":2935.600}]"#);
    assert_eq!(event(&mut peer), ended(token, result("1", r#"{"value":2935.600}"#)));
    assert!(peer.is_idle());
}

#[test]
fn a_refused_call_ends_with_the_error() {
    let mut peer = peer(Version::V16);
    let token = call(&mut peer);
    texts(&mut peer);
    peer.handle_text(r#"[4,"1","OccurenceConstraintViolation","no","why"]"#);
    let error = CallError {
        code: ErrorCode::OccurrenceConstraintViolation,
        description: "no".to_owned(),
        details: r#""why""#.to_owned(),
    };
    assert_eq!(
        events(&mut peer),
        [
            Event::Tolerated { id: id("1"), quirks: vec![Quirk::DetailsNotObject] },
            ended(token, Ending::Error(error))
        ]
    );
}

#[test]
fn further_calls_wait_for_the_answer_and_then_go_in_order() {
    let mut peer = peer(Version::V201);
    let tokens = [call(&mut peer), call(&mut peer), call(&mut peer)];
    assert_eq!(peer.waiting_calls(), 3);
    for (number, token) in tokens.into_iter().enumerate() {
        let number = (number + 1).to_string();
        assert_eq!(texts(&mut peer), [format!(r#"[2,"{number}","Heartbeat",{{}}]"#)]);
        assert_eq!(texts(&mut peer), [""; 0]);
        peer.handle_text(&format!(r#"[3,"{number}",{{}}]"#));
        assert_eq!(event(&mut peer), ended(token, result(&number, "{}")));
    }
    assert!(peer.is_idle());
}

#[test]
fn the_queue_of_calls_is_bounded() {
    let mut peer = peer_with(Version::V16, Config { max_waiting_calls: 2, ..Config::default() });
    call(&mut peer);
    texts(&mut peer);
    call(&mut peer);
    call(&mut peer);
    assert_eq!(peer.call("Heartbeat", "{}".to_owned()), Err(Refused::QueueFull));
    peer.handle_text(r#"[3,"1",{}]"#);
    texts(&mut peer);
    call(&mut peer);
}

#[test]
fn the_time_out_runs_from_the_moment_of_sending() {
    let mut peer = peer(Version::V16);
    let first = call(&mut peer);
    let second = call(&mut peer);
    assert_eq!(peer.poll_timeout(), None);
    assert!(peer.poll_transmit(after(100)).is_some());
    assert_eq!(peer.poll_timeout(), Some(after(130)));
    peer.handle_timeout(after(129));
    assert_eq!(events(&mut peer), []);
    peer.handle_timeout(after(130));
    assert_eq!(event(&mut peer), ended(first, Ending::TimedOut));
    assert_eq!(peer.poll_timeout(), None);
    assert!(peer.poll_transmit(after(140)).is_some());
    assert_eq!(peer.poll_timeout(), Some(after(170)));
    peer.handle_text(r#"[3,"2",{}]"#);
    assert_eq!(event(&mut peer), ended(second, result("2", "{}")));
    assert_eq!(peer.poll_timeout(), None);
}

#[test]
fn a_time_out_beyond_the_end_of_time_is_never() {
    let config = Config { call_timeout: Duration::MAX, ..Config::default() };
    let mut peer = peer_with(Version::V16, config);
    call(&mut peer);
    assert!(peer.poll_transmit(after(1)).is_some());
    assert_eq!(peer.poll_timeout(), Some(Duration::MAX));
}

#[test]
fn late_duplicate_and_unknown_answers_are_reported_and_change_nothing() {
    let mut peer = peer(Version::V201);
    let first = call(&mut peer);
    texts(&mut peer);
    peer.handle_timeout(after(30));
    assert_eq!(event(&mut peer), ended(first, Ending::TimedOut));
    let second = call(&mut peer);
    texts(&mut peer);

    let stray = |number, stray| Event::Stray { id: id(number), stray };
    peer.handle_text(r#"[3,"1",{}]"#);
    assert_eq!(event(&mut peer), stray("1", StrayAnswer::Late(first)));
    peer.handle_text(r#"[4,"1","InternalError","",{}]"#);
    assert_eq!(event(&mut peer), stray("1", StrayAnswer::Duplicate(first)));
    peer.handle_text(r#"[3,"17",{}]"#);
    assert_eq!(event(&mut peer), stray("17", StrayAnswer::Unknown));

    peer.handle_text(r#"[3,"2",{}]"#);
    assert_eq!(event(&mut peer), ended(second, result("2", "{}")));
    peer.handle_text(r#"[3,"2",{}]"#);
    assert_eq!(event(&mut peer), stray("2", StrayAnswer::Duplicate(second)));
    assert_eq!(texts(&mut peer), [""; 0]);
}

#[test]
fn calls_may_cross() {
    let mut peer = peer(Version::V16);
    let ours = call(&mut peer);
    assert_eq!(texts(&mut peer).len(), 1);
    // Both sides count from 1: the ids of the two directions have nothing to do with each other.
    peer.handle_text(r#"[2,"1","Reset",{"type":"Soft"}]"#);
    let theirs = take_call(&mut peer);
    peer.reply(theirs, Ok(r#"{"status":"Accepted"}"#.to_owned())).unwrap();
    assert_eq!(texts(&mut peer), [r#"[3,"1",{"status":"Accepted"}]"#]);
    peer.handle_text(r#"[3,"1",{}]"#);
    assert_eq!(event(&mut peer), ended(ours, result("1", "{}")));
}

#[test]
fn pipelined_calls_are_served_in_order_one_at_a_time() {
    let mut peer = peer(Version::V16);
    for number in ["a", "b", "c"] {
        peer.handle_text(&format!(r#"[2,"{number}","Heartbeat",{{"n":"{number}"}}]"#));
    }
    for number in ["a", "b", "c"] {
        let Event::Call { token, id, action, payload, receipt } = event(&mut peer) else { panic!("no call") };
        assert_eq!((id.as_str(), &*action), (number, "Heartbeat"));
        assert_eq!((payload, receipt), (format!(r#"{{"n":"{number}"}}"#), Receipt::First));
        peer.reply(token, Ok("{}".to_owned())).unwrap();
        assert_eq!(texts(&mut peer), [format!(r#"[3,"{number}",{{}}]"#)]);
    }
    assert!(peer.is_idle());
}

#[test]
fn too_many_pipelined_calls_are_refused() {
    let mut peer = peer_with(Version::V16, Config { max_waiting_requests: 1, ..Config::default() });
    peer.handle_text(r#"[2,"a","Heartbeat",{}]"#);
    let served = take_call(&mut peer);
    assert!(!peer.is_congested());
    peer.handle_text(r#"[2,"b","Heartbeat",{}]"#);
    assert!(peer.is_congested());
    peer.handle_text(r#"[2,"c","Heartbeat",{}]"#);
    assert_eq!(event(&mut peer), Event::Overflow { id: id("c") });
    let refusals = texts(&mut peer);
    assert_eq!(refusals.len(), 1);
    assert!(refusals[0].starts_with(r#"[4,"c","InternalError","#), "{refusals:?}");
    peer.reply(served, Ok("{}".to_owned())).unwrap();
    assert!(!peer.is_congested());
    assert!(matches!(event(&mut peer), Event::Call { id, .. } if id.as_str() == "b"));
}

#[test]
fn a_repeated_call_is_marked_and_answered_once_per_receipt() {
    let mut peer = peer(Version::V16);
    let start = r#"[2,"a","StartTransaction",{}]"#;
    peer.handle_text(start);
    peer.handle_text(start);
    let first = take_call(&mut peer);
    peer.reply(first, Ok(r#"{"transactionId":1}"#.to_owned())).unwrap();
    let Event::Call { token, receipt, .. } = event(&mut peer) else { panic!("no call") };
    assert_eq!(receipt, Receipt::Repeated);
    peer.reply(token, Ok(r#"{"transactionId":1}"#.to_owned())).unwrap();
    assert_eq!(texts(&mut peer), [r#"[3,"a",{"transactionId":1}]"#; 2]);

    // The answer was lost on the way: the station makes the call again.
    peer.handle_text(start);
    assert!(matches!(event(&mut peer), Event::Call { receipt: Receipt::AnsweredBefore, .. }));
}

#[test]
fn a_second_reply_is_stale() {
    let mut peer = peer(Version::V16);
    peer.handle_text(r#"[2,"a","Heartbeat",{}]"#);
    let token = take_call(&mut peer);
    let error = CallError::new(ErrorCode::FormatViolation, "broken");
    peer.reply(token, Err(error.clone())).unwrap();
    assert_eq!(peer.reply(token, Err(error)), Err(StaleReply));
    assert_eq!(texts(&mut peer), [r#"[4,"a","FormationViolation","broken",{}]"#]);
}

#[test]
fn a_call_error_to_an_answer_is_harmless_in_1_6() {
    let mut peer = peer(Version::V16);
    peer.handle_text(r#"[2,"a","Heartbeat",{}]"#);
    let token = take_call(&mut peer);
    peer.reply(token, Ok("{}".to_owned())).unwrap();
    let ours = call(&mut peer);
    texts(&mut peer);
    peer.handle_text(r#"[4,"a","GenericError","what?",{}]"#);
    let error = CallError::new(ErrorCode::GenericError, "what?");
    assert_eq!(
        events(&mut peer),
        [
            Event::Tolerated { id: id("a"), quirks: vec![Quirk::ErrorToResult] },
            Event::ResultRejected { id: id("a"), error }
        ]
    );
    peer.handle_text(r#"[3,"1",{}]"#);
    assert_eq!(event(&mut peer), ended(ours, result("1", "{}")));
    assert_eq!(texts(&mut peer), [""; 0]);

    let mut strict = peer_with(Version::V16, Config { quirks: Quirks::strict(), ..Config::default() });
    strict.handle_text(r#"[2,"a","Heartbeat",{}]"#);
    let token = take_call(&mut strict);
    strict.reply(token, Ok("{}".to_owned())).unwrap();
    strict.handle_text(r#"[4,"a","GenericError","what?",{}]"#);
    assert_eq!(event(&mut strict), Event::Stray { id: id("a"), stray: StrayAnswer::Unknown });
}

#[test]
fn pipelined_calls_are_told_and_served_even_by_a_strict_peer() {
    for quirks in [Quirks::all(), Quirks::strict()] {
        let mut peer = peer_with(Version::V201, Config { quirks, ..Config::default() });
        peer.handle_text(r#"[2,"a","Heartbeat",{}]"#);
        peer.handle_text(r#"[2,"b","Heartbeat",{}]"#);
        let mut told = std::iter::from_fn(|| peer.poll_event());
        let Some(Event::Call { token, .. }) = told.next() else { panic!("no call") };
        let expected = Event::Tolerated { id: id("b"), quirks: vec![Quirk::PipelinedCall] };
        assert_eq!(told.next(), Some(expected));
        peer.reply(token, Ok("{}".to_owned())).unwrap();
        assert!(matches!(event(&mut peer), Event::Call { id, .. } if id.as_str() == "b"));
    }
}

#[test]
fn a_call_is_made_again_under_its_id() {
    let mut peer = peer(Version::V21);
    let first = call(&mut peer);
    assert_eq!(texts(&mut peer), [r#"[2,"1","Heartbeat",{}]"#]);
    let old = peer.id_of(first).unwrap().clone();
    assert_eq!(peer.call_again(old.clone(), "Heartbeat", "{}".to_owned()), Err(Refused::IdInUse));
    peer.handle_timeout(after(30));
    assert_eq!(event(&mut peer), ended(first, Ending::TimedOut));
    assert_eq!(peer.id_of(first), Some(&old));

    let second = peer.call_again(old.clone(), "Heartbeat", "{}".to_owned()).unwrap();
    assert_eq!(peer.call_again(old.clone(), "Heartbeat", "{}".to_owned()), Err(Refused::IdInUse));
    assert_eq!(texts(&mut peer), [r#"[2,"1","Heartbeat",{}]"#]);
    // The late answer to the first try answers the second: it is the same message.
    peer.handle_text(r#"[3,"1",{"n":1}]"#);
    assert_eq!(event(&mut peer), ended(second, result("1", r#"{"n":1}"#)));
    peer.handle_text(r#"[3,"1",{"n":1}]"#);
    assert_eq!(event(&mut peer), Event::Stray { id: id("1"), stray: StrayAnswer::Duplicate(second) });
}

#[test]
fn a_call_is_made_again_on_the_next_connection() {
    let mut before = peer(Version::V21);
    let lost = call(&mut before);
    texts(&mut before);
    before.handle_closed();
    assert_eq!(event(&mut before), ended(lost, Ending::ClosedUnanswered));
    let old = before.id_of(lost).unwrap().clone();

    let mut after_it = peer(Version::V21);
    after_it.call_again(old, "Heartbeat", "{}".to_owned()).unwrap();
    assert_eq!(texts(&mut after_it), [r#"[2,"1","Heartbeat",{}]"#]);
}

#[test]
fn minus_one_ends_no_call_in_1_6_either() {
    let mut peer = peer(Version::V16);
    let ours = call(&mut peer);
    texts(&mut peer);
    peer.handle_text(r#"[4,"-1","GenericError","unreadable",{}]"#);
    assert!(matches!(event(&mut peer), Event::Unaddressed { .. }));
    peer.handle_text(r#"[3,"1",{}]"#);
    assert_eq!(event(&mut peer), ended(ours, result("1", "{}")));
}

#[test]
fn unknown_message_types_end_no_call() {
    for (version, answers) in [(Version::V16, 0), (Version::V201, 1), (Version::V21, 1)] {
        let mut peer = peer(version);
        let ours = call(&mut peer);
        texts(&mut peer);
        peer.handle_text(r#"[8,"1",{}]"#);
        assert!(matches!(event(&mut peer), Event::BadFrame(_)));
        let sent = texts(&mut peer);
        assert_eq!(sent.len(), answers, "{version}: {sent:?}");
        assert!(sent.iter().all(|text| text.starts_with(r#"[4,"1","MessageTypeNotSupported","#)));
        peer.handle_text(r#"[3,"1",{}]"#);
        assert_eq!(event(&mut peer), ended(ours, result("1", "{}")));
    }
}

#[test]
fn an_error_without_an_address_ends_no_call() {
    let mut peer = peer(Version::V201);
    call(&mut peer);
    texts(&mut peer);
    peer.handle_text(r#"[4,"-1","RpcFrameworkError","unreadable",{}]"#);
    let error = CallError::new(ErrorCode::RpcFrameworkError, "unreadable");
    assert_eq!(event(&mut peer), Event::Unaddressed { error });
    assert!(peer.poll_timeout().is_some());
}

#[test]
fn sends_need_no_turn_and_no_answer() {
    let mut peer = peer(Version::V21);
    call(&mut peer);
    texts(&mut peer);
    let sent = peer.send("NotifyPeriodicEventStream", r#"{"id":1}"#).unwrap();
    assert_eq!(texts(&mut peer), [r#"[6,"2","NotifyPeriodicEventStream",{"id":1}]"#]);
    assert_eq!(sent, id("2"));
    peer.handle_text(r#"[6,"x","NotifyPeriodicEventStream",{}]"#);
    let expected =
        Event::Send { id: id("x"), action: "NotifyPeriodicEventStream".to_owned(), payload: "{}".to_owned() };
    assert_eq!(event(&mut peer), expected);
    assert_eq!(texts(&mut peer), [""; 0]);
}

#[test]
fn sends_are_bounded() {
    let mut peer = peer_with(Version::V21, Config { max_waiting_calls: 3, ..Config::default() });
    for _ in 0..3 {
        peer.send("Stream", "{}").unwrap();
    }
    assert_eq!(peer.send("Stream", "{}"), Err(Refused::QueueFull));
    assert_eq!(texts(&mut peer).len(), 3);
}

#[test]
fn answers_can_be_rejected_since_2_1() {
    let error = CallError::new(ErrorCode::TypeConstraintViolation, "no");
    let mut new = peer(Version::V21);
    call(&mut new);
    texts(&mut new);
    new.handle_text(r#"[3,"1",{"x":1}]"#);
    let Event::Ended { ending: Ending::Result { id, .. }, .. } = event(&mut new) else { panic!("no result") };
    new.reject_result(&id, error.clone()).unwrap();
    assert_eq!(texts(&mut new), [r#"[5,"1","TypeConstraintViolation","no",{}]"#]);
    new.handle_text(r#"[5,"b","TypeConstraintViolation","no",{}]"#);
    assert!(matches!(event(&mut new), Event::ResultRejected { id, .. } if id.as_str() == "b"));

    for version in [Version::V16, Version::V201] {
        let mut old = peer(version);
        assert_eq!(old.reject_result(&id, error.clone()), Err(Refused::NotInVersion(version)));
        assert_eq!(old.send("Stream", "{}"), Err(Refused::NotInVersion(version)));
        assert_eq!(texts(&mut old), [""; 0]);
    }
}

#[test]
fn a_broken_answer_ends_its_call_and_no_other() {
    for (version, expected) in [(Version::V16, 0), (Version::V201, 0), (Version::V21, 1)] {
        let mut peer = peer(version);
        let token = call(&mut peer);
        texts(&mut peer);
        peer.handle_text(r#"[3,"other",[]]"#);
        assert!(matches!(event(&mut peer), Event::BadFrame(_)));
        assert_eq!(texts(&mut peer), [""; 0]);
        peer.handle_text(r#"[3,"1",[]]"#);
        let Event::Ended { token: over, ending: Ending::BadAnswer(bad) } = event(&mut peer) else {
            panic!("not ended")
        };
        assert_eq!((over, bad.kind), (token, BadFrameKind::BadPayload));
        let answers = texts(&mut peer);
        assert_eq!(answers.len(), expected, "{answers:?}");
        assert!(answers.iter().all(|text| text.starts_with(r#"[5,"1","FormatViolation","#)));
    }
}

#[test]
fn unreadable_frames_are_reported_and_answered_as_the_version_says() {
    for (version, answer) in [(Version::V16, None), (Version::V201, Some(r#"[4,"-1","RpcFrameworkError","#))]
    {
        let mut peer = peer(version);
        peer.handle_text("what?");
        assert!(matches!(event(&mut peer), Event::BadFrame(_)));
        let sent = texts(&mut peer);
        assert_eq!(sent.len(), usize::from(answer.is_some()));
        assert!(sent.iter().all(|text| answer.is_some_and(|start| text.starts_with(start))), "{sent:?}");
    }
}

#[test]
fn two_peers_that_send_garbage_do_not_answer_each_other_for_ever() {
    let (mut a, mut b) = (peer(Version::V21), peer(Version::V21));
    a.handle_text("garbage");
    let text = a.poll_transmit(START).unwrap();
    b.handle_text(&text);
    assert_eq!(b.poll_transmit(START), None);
}

#[test]
fn a_flood_of_garbage_is_bounded() {
    let mut peer = peer_with(Version::V201, Config { max_waiting_calls: 5, ..Config::default() });
    for _ in 0..10_000 {
        peer.handle_text("garbage");
    }
    assert_eq!(texts(&mut peer).len(), 5);
    assert!(events(&mut peer).len() <= 256);
}

#[test]
fn a_strict_peer_refuses_what_a_lenient_one_tolerates() {
    let text = r#"[2,"a","Heartbeat",null]"#;
    let mut lenient = peer(Version::V16);
    lenient.handle_text(text);
    let read = events(&mut lenient);
    assert!(matches!(&read[..], [Event::Tolerated { .. }, Event::Call { payload, .. }] if payload == "{}"));

    let mut strict = peer_with(Version::V16, Config { quirks: Quirks::strict(), ..Config::default() });
    strict.handle_text(text);
    assert!(matches!(event(&mut strict), Event::BadFrame(_)));
    assert!(texts(&mut strict)[0].starts_with(r#"[4,"a","FormationViolation","#));
}

#[test]
fn a_closed_connection_ends_every_call_and_refuses_further_ones() {
    let mut peer = peer(Version::V21);
    let sent = call(&mut peer);
    texts(&mut peer);
    let waiting = call(&mut peer);
    peer.handle_text(r#"[2,"a","Heartbeat",{}]"#);
    let served = take_call(&mut peer);
    peer.handle_text(r#"[2,"b","Heartbeat",{}]"#);
    peer.handle_closed();
    assert_eq!(
        events(&mut peer),
        [ended(sent, Ending::ClosedUnanswered), ended(waiting, Ending::ClosedUnsent)]
    );
    assert_eq!(peer.reply(served, Ok("{}".to_owned())), Err(StaleReply));
    assert_eq!(peer.call("Heartbeat", "{}".to_owned()), Err(Refused::Closed));
    assert_eq!(peer.send("Stream", "{}"), Err(Refused::Closed));
    peer.handle_text(r#"[2,"c","Heartbeat",{}]"#);
    peer.handle_timeout(after(1000));
    assert!(peer.is_idle());
    peer.handle_closed();
    assert_eq!((events(&mut peer), texts(&mut peer)), (vec![], vec![]));
}

#[test]
fn ids_come_from_the_caller() {
    let mut given = ["x", "y"].into_iter();
    let ids = move || MessageId::new(given.next().unwrap()).unwrap();
    let mut peer = Peer::new(Version::V16, Config::default(), Box::new(ids));
    call(&mut peer);
    assert_eq!(texts(&mut peer), [r#"[2,"x","Heartbeat",{}]"#]);
    assert!(SequentialIds::new("0123456789abcdef").is_ok());
    assert!(SequentialIds::new("0123456789abcdefg").is_err());
}

#[test]
fn debug_output_shows_no_payload() {
    let mut peer = peer(Version::V16);
    peer.call("Authorize", r#"{"idTag":"SECRET"}"#.to_owned()).unwrap();
    peer.handle_text(r#"[2,"a","Authorize",{"idTag":"SECRET"}]"#);
    assert!(!format!("{peer:?}").contains("SECRET"));
}
