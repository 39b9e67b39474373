//! Two peers over a bad network: texts are lost, late, doubled and overtaken, on one virtual clock.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ocpp_core::rpc::{CallToken, Config, Ending, Event, Peer, ReplyToken, SequentialIds};
use ocpp_core::wire::{CallError, ErrorCode, Frame, MessageId, MessageType, Version};
use proptest::prelude::*;

const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// How often a call that timed out is made again under its id.
const RETRIES: u32 = 3;

/// How bad the network is; chances in percent.
#[derive(Debug, Clone, Copy)]
struct Weather {
    loss: u32,
    doubled: u32,
    garbled: u32,
    /// How many calls the application refuses.
    refused: u32,
    /// The longest delay; more than the time-out makes answers late.
    max_delay_ms: u64,
    /// The longest time that the application takes for an answer.
    max_work_ms: u64,
}

/// SplitMix64: the whole storm follows from one seed.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    fn percent(&mut self, chance: u32) -> bool {
        self.below(100) < u64::from(chance)
    }
}

/// What happens at an instant.
enum Happening {
    /// A text arrives at this end.
    Arrives { at: usize, text: String },
    /// The application of this end has its answer.
    Answers { at: usize, token: ReplyToken, action: String, id: MessageId },
    /// The application of this end makes a call.
    Calls { at: usize },
    /// The application of this end makes a call again that timed out.
    CallsAgain { at: usize, id: MessageId, tries: u32 },
}

/// One end with what the test knows about it, kept apart from what the peer itself believes.
struct End {
    peer: Peer,
    made: BTreeSet<CallToken>,
    endings: BTreeMap<CallToken, Ending>,
    /// Ids of the calls seen on the wire, in order, with the time.
    sent: Vec<(Duration, String)>,
    /// Every moment at which a call ended, in order.
    ended_at: Vec<Duration>,
    serving: Option<ReplyToken>,
    served: usize,
    /// How many messages the application had to say, retries not counted.
    messages: usize,
    /// How often each call has been made, by its token.
    tries: BTreeMap<CallToken, u32>,
    /// What was done, by the id of the call: the application remembers, so that a retry does nothing twice.
    done: BTreeMap<String, Result<String, CallError>>,
    /// The ids of the calls that were answered with a result; a refusal may come from the other peer itself.
    answered: BTreeSet<String>,
}

struct Storm {
    dice: Dice,
    weather: Weather,
    version: Version,
    now: Duration,
    ends: [End; 2],
    /// Sorted by time, then by the order of scheduling.
    agenda: BTreeMap<(Duration, u64), Happening>,
    scheduled: u64,
}

impl Storm {
    fn new(seed: u64, version: Version, weather: Weather, calls: usize) -> Storm {
        let config = Config { call_timeout: CALL_TIMEOUT, ..Config::default() };
        // Both ends count from 1, so that the ids of the two directions are equal: the hard case.
        let end = || End {
            peer: Peer::new(version, config, Box::new(SequentialIds::new("").unwrap())),
            made: BTreeSet::new(),
            endings: BTreeMap::new(),
            sent: Vec::new(),
            ended_at: Vec::new(),
            serving: None,
            served: 0,
            messages: 0,
            tries: BTreeMap::new(),
            done: BTreeMap::new(),
            answered: BTreeSet::new(),
        };
        let mut storm = Storm {
            dice: Dice(seed),
            weather,
            version,
            now: Duration::ZERO,
            ends: [end(), end()],
            agenda: BTreeMap::new(),
            scheduled: 0,
        };
        for at in [0, 1] {
            for _ in 0..calls {
                let when = Duration::from_millis(storm.dice.below(120_000));
                storm.schedule(when, Happening::Calls { at });
            }
        }
        storm
    }

    fn schedule(&mut self, when: Duration, happening: Happening) {
        self.scheduled += 1;
        self.agenda.insert((when, self.scheduled), happening);
    }

    fn run(&mut self) {
        loop {
            let agenda = self.agenda.first_key_value().map(|((when, _), _)| *when);
            let timers = self.ends.iter().filter_map(|end| end.peer.poll_timeout()).min();
            let Some(next) = agenda.into_iter().chain(timers).min() else { return };
            self.now = self.now.max(next);
            if agenda == Some(next) {
                let (_, happening) = self.agenda.pop_first().unwrap();
                self.happen(happening);
            } else {
                for end in &mut self.ends {
                    end.peer.handle_timeout(self.now);
                }
            }
            for at in [0, 1] {
                self.drain(at);
            }
        }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Arrives { at, text } => self.ends[at].peer.handle_text(&text),
            Happening::Calls { at } => {
                let end = &mut self.ends[at];
                if let Ok(token) = end.peer.call("DataTransfer", r#"{"vendorId":"x"}"#.to_owned()) {
                    assert!(end.made.insert(token), "a token came twice");
                    end.messages += 1;
                    end.tries.insert(token, 1);
                }
            }
            Happening::CallsAgain { at, id, tries } => {
                let end = &mut self.ends[at];
                if let Ok(token) = end.peer.call_again(id, "DataTransfer", r#"{"vendorId":"x"}"#.to_owned()) {
                    assert!(end.made.insert(token), "a token came twice");
                    end.tries.insert(token, tries);
                }
            }
            Happening::Answers { at, token, action, id } => {
                let answer = if self.dice.percent(self.weather.refused) {
                    Err(CallError::new(ErrorCode::InternalError, action))
                } else {
                    Ok("{}".to_owned())
                };
                let end = &mut self.ends[at];
                assert_eq!(end.serving.take(), Some(token));
                end.served += 1;
                let answer = end.done.entry(id.to_string()).or_insert(answer).clone();
                end.peer.reply(token, answer).unwrap();
            }
        }
    }

    fn drain(&mut self, at: usize) {
        while let Some(event) = self.ends[at].peer.poll_event() {
            self.note(at, event);
        }
        while let Some(text) = self.ends[at].peer.poll_transmit(self.now) {
            let parsed = Frame::parse(&text, self.version).unwrap();
            assert_eq!(parsed.quirks, [], "{text}");
            if parsed.frame.message_type() == MessageType::Call {
                let id = parsed.frame.id().to_string();
                self.ends[at].sent.push((self.now, id));
            }
            self.carry(1 - at, text);
        }
    }

    fn note(&mut self, at: usize, event: Event) {
        let (now, end) = (self.now, &mut self.ends[at]);
        match event {
            Event::Call { token, action, id, .. } => {
                assert_eq!(end.serving.replace(token), None, "two calls were given out at once");
                let when = now + Duration::from_millis(self.dice.below(self.weather.max_work_ms));
                self.schedule(when, Happening::Answers { at, token, action, id });
            }
            Event::Ended { token, ending } => {
                assert!(end.made.contains(&token), "a call ended that nobody made");
                let id = end.peer.id_of(token).unwrap().clone();
                let tries = end.tries[&token];
                let is_lost = matches!(ending, Ending::TimedOut | Ending::BadAnswer(_));
                if matches!(ending, Ending::Result { .. }) {
                    end.answered.insert(id.to_string());
                }
                assert!(end.endings.insert(token, ending).is_none(), "a call ended twice");
                end.ended_at.push(now);
                if is_lost && tries <= RETRIES {
                    let when = now + Duration::from_millis(self.dice.below(10_000));
                    self.schedule(when, Happening::CallsAgain { at, id, tries: tries + 1 });
                }
            }
            _ => {}
        }
    }

    /// The network: it loses, doubles, garbles and delays, so that later texts overtake earlier ones.
    fn carry(&mut self, at: usize, text: String) {
        let copies = 1 + u32::from(self.dice.percent(self.weather.doubled));
        for _ in 0..copies {
            if self.dice.percent(self.weather.loss) {
                continue;
            }
            let mut text = text.clone();
            if self.dice.percent(self.weather.garbled) {
                text.truncate(self.dice.below(text.len() as u64) as usize);
            }
            let when = self.now + Duration::from_millis(self.dice.below(self.weather.max_delay_ms));
            self.schedule(when, Happening::Arrives { at, text });
        }
    }

    /// What must hold in any weather.
    fn check(&self) {
        for end in &self.ends {
            assert!(end.peer.is_idle(), "{:?}", end.peer);
            let ended: BTreeSet<CallToken> = end.endings.keys().copied().collect();
            assert_eq!(ended, end.made, "every call ends");
            assert_eq!(end.sent.len(), end.made.len(), "every call was sent once");
            let ids: BTreeSet<&String> = end.sent.iter().map(|(_, id)| id).collect();
            assert_eq!(ids.len(), end.messages, "ids are new, but for retries");
            // Never two outstanding: the n-th call ended before the next one was sent.
            for (over, (next, id)) in end.ended_at.iter().zip(end.sent.iter().skip(1)) {
                assert!(
                    over <= next,
                    "{id} was sent at {next:?}, before the end of its predecessor at {over:?}"
                );
            }
            for (over, (sent, id)) in end.ended_at.iter().zip(&end.sent) {
                assert!(*over <= *sent + CALL_TIMEOUT, "{id} outlived its time");
            }
        }
    }

    /// What was answered was done, and once: the other end's memory has it under the id.
    fn check_effects(&self) {
        for at in [0, 1] {
            for id in &self.ends[at].answered {
                assert!(self.ends[1 - at].done.contains_key(id), "{id} was answered and not done");
            }
        }
    }

    /// How many messages of both ends were answered in the end.
    fn answered(&self) -> usize {
        self.ends.iter().map(|end| end.answered.len()).sum()
    }

    fn count(&self, is: impl Fn(&Ending) -> bool) -> usize {
        self.ends.iter().flat_map(|end| end.endings.values()).filter(|ending| is(ending)).count()
    }
}

fn weather() -> impl Strategy<Value = Weather> {
    (0u32..60, 0u32..60, 0u32..30, 1u64..90_000, 1u64..20_000).prop_map(
        |(loss, doubled, garbled, max_delay_ms, max_work_ms)| Weather {
            loss,
            doubled,
            garbled,
            refused: 20,
            max_delay_ms,
            max_work_ms,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn every_call_ends_exactly_once_in_any_weather(
        seed in any::<u64>(),
        version in proptest::sample::select(Version::ALL.to_vec()),
        weather in weather(),
        calls in 1usize..60,
    ) {
        let mut storm = Storm::new(seed, version, weather, calls);
        storm.run();
        storm.check();
        storm.check_effects();
    }
}

#[test]
fn retries_bring_through_what_a_bad_network_loses() {
    let lossy =
        Weather { loss: 30, doubled: 10, garbled: 0, refused: 0, max_delay_ms: 5_000, max_work_ms: 1_000 };
    for version in Version::ALL {
        let mut storm = Storm::new(11, version, lossy, 60);
        storm.run();
        storm.check();
        storm.check_effects();
        let first_tries: usize = storm.ends.iter().map(|end| end.messages).sum();
        let answered_at_once = storm
            .ends
            .iter()
            .flat_map(|end| end.endings.iter().map(|(token, ending)| (end.tries[token], ending)))
            .filter(|(tries, ending)| *tries == 1 && !matches!(ending, Ending::TimedOut))
            .count();
        // Half of the first tries lose one way or the other; four tries lose 7 %.
        assert!(answered_at_once < first_tries * 7 / 10, "{answered_at_once} of {first_tries}");
        assert!(storm.answered() > first_tries * 8 / 10, "{} of {first_tries}", storm.answered());
    }
}

#[test]
fn in_fine_weather_every_call_is_answered() {
    let fine = Weather { loss: 0, doubled: 0, garbled: 0, refused: 20, max_delay_ms: 100, max_work_ms: 100 };
    let mut storm = Storm::new(1, Version::V201, fine, 60);
    storm.run();
    storm.check();
    assert_eq!(storm.count(|ending| matches!(ending, Ending::Result { .. } | Ending::Error(_))), 120);
    assert_eq!(storm.ends[0].served + storm.ends[1].served, 120);
}

#[test]
fn the_storm_reaches_every_ending() {
    let foul =
        Weather { loss: 20, doubled: 20, garbled: 20, refused: 20, max_delay_ms: 20_000, max_work_ms: 5_000 };
    let mut storm = Storm::new(7, Version::V21, foul, 60);
    storm.run();
    storm.check();
    assert!(storm.count(|ending| matches!(ending, Ending::Result { .. })) > 0);
    assert!(storm.count(|ending| matches!(ending, Ending::Error(_))) > 0);
    assert!(storm.count(|ending| matches!(ending, Ending::BadAnswer(_))) > 0);
    assert!(storm.count(|ending| matches!(ending, Ending::TimedOut)) > 0);
}

#[test]
fn the_same_seed_gives_the_same_storm() {
    let foul =
        Weather { loss: 20, doubled: 20, garbled: 20, refused: 20, max_delay_ms: 50_000, max_work_ms: 5_000 };
    let run = || {
        let mut storm = Storm::new(42, Version::V16, foul, 40);
        storm.run();
        storm.ends.map(|end| (end.sent, end.endings))
    };
    assert_eq!(run(), run());
}
