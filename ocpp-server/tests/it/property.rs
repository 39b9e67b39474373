//! Whatever stations, gateway and manager do to each other: every hold is captured once or given back, and
//! every session that ended has its receipt.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use ocpp_core::model::{EvseId, Money};
use ocpp_core::rules::tariff::SimpleTariff;
use ocpp_core::types::Version;
use ocpp_server::domain::{Paid, Payer, Payment, PaymentState, Receipt, SessionStatus, Task};
use ocpp_server::payment::PaymentGateway;
use ocpp_server::store::Memory;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::world::gateway::{Mood, Moody};
use crate::world::station::{Charge, Manners, Station};
use crate::world::{World, eur, pass, per_kwh};

/// What happens next.
#[derive(Debug, Clone)]
enum Step {
    /// A driver wants to pay this many tenths.
    Wish {
        station: usize,
        evse: u32,
        tenths: i64,
    },
    /// A driver wants to pay, waits and plugs in.
    Visit {
        station: usize,
        evse: u32,
        tenths: i64,
        waits: u64,
    },
    /// A vehicle is plugged in, and charges with the token of the last remote start, or with a card.
    PlugIn {
        station: usize,
        evse: u32,
    },
    Charge {
        station: usize,
        evse: u32,
        wh: i64,
    },
    Leave {
        station: usize,
        evse: u32,
    },
    Pass {
        seconds: u64,
    },
    HangUp {
        station: usize,
    },
    DialIn {
        station: usize,
    },
    Kill {
        seconds: u64,
    },
    Mood(Mood),
    Manners {
        station: usize,
        manners: Manners,
    },
    Refund {
        tenths: i64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let place = || (0..2_usize, 1..3_u32);
    prop_oneof![
        2 => (place(), 1..60_i64).prop_map(|((station, evse), tenths)| Step::Wish { station, evse, tenths }),
        5 => (place(), 1..60_i64, 0..9_u64)
            .prop_map(|((station, evse), tenths, waits)| Step::Visit { station, evse, tenths, waits }),
        3 => place().prop_map(|(station, evse)| Step::PlugIn { station, evse }),
        4 => (place(), 0..4000_i64).prop_map(|((station, evse), wh)| Step::Charge { station, evse, wh }),
        3 => place().prop_map(|(station, evse)| Step::Leave { station, evse }),
        5 => prop_oneof![3 => 0..3_u64, 3 => 3..70_u64, 1 => 70..400_u64].prop_map(|seconds| Step::Pass { seconds }),
        1 => (0..2_usize).prop_map(|station| Step::HangUp { station }),
        3 => (0..2_usize).prop_map(|station| Step::DialIn { station }),
        2 => (0..90_u64).prop_map(|seconds| Step::Kill { seconds }),
        3 => proptest::sample::select(Mood::ALL.to_vec()).prop_map(Step::Mood),
        2 => (0..2_usize, proptest::sample::select(MANNERS.to_vec()))
            .prop_map(|(station, manners)| Step::Manners { station, manners }),
        2 => (1..20_i64).prop_map(|tenths| Step::Refund { tenths }),
    ]
}

/// Mostly a station does as it is told.
const MANNERS: [Manners; 4] = [Manners::Accepts, Manners::Accepts, Manners::Rejects, Manners::IsSilent];

/// A station that keeps what it has to say until it is acknowledged.
struct Player {
    name: String,
    version: Version,
    line: Station,
    queue: VecDeque<(u32, &'static str, Value)>,
    /// The transaction at each EVSE, with its register.
    running: BTreeMap<u32, (Charge, i64)>,
    /// The tokens of remote starts that were accepted, by EVSE.
    allowed: BTreeMap<u32, String>,
    starts_seen: usize,
}

impl Player {
    async fn new(world: &World, name: &str, version: Version) -> Player {
        let tariff = SimpleTariff {
            price_charging_minute: Some("0.02".parse().unwrap()),
            price_idle_minute: Some("0.05".parse().unwrap()),
            fixed_fee: (name == "CS0").then(|| "0.30".parse().unwrap()),
            tax: Some(ocpp_core::rules::tariff::TaxRate::on_price("VAT", 19.into())),
            ..per_kwh(&format!("t-{name}"), "0.50")
        };
        world.price(name, tariff).await;
        let line = world.connect(name, version).await;
        let (queue, running) = (VecDeque::new(), BTreeMap::new());
        let (name, allowed) = (name.to_owned(), BTreeMap::new());
        Player { name, version, line, queue, running, allowed, starts_seen: 0 }
    }

    fn note_starts(&mut self) {
        for start in self.line.starts_heard().into_iter().skip(self.starts_seen) {
            self.starts_seen += 1;
            let (evse, token) = match self.version {
                Version::V16 => (&start["connectorId"], &start["idTag"]),
                _ => (&start["evseId"], &start["idToken"]["idToken"]),
            };
            self.allowed.insert(evse.as_u64().unwrap() as u32, token.as_str().unwrap().to_owned());
        }
    }

    async fn plug_in(&mut self, evse: u32) {
        self.note_starts();
        if self.running.contains_key(&evse) {
            return;
        }
        let token = self.allowed.remove(&evse).unwrap_or_else(|| "CARD".to_owned());
        let charge = Charge {
            evse,
            name: format!("{}-{evse}-{}", self.name, self.line.now()),
            number: 0,
            seq: 0,
            token: Some(token),
            answer: Value::Null,
        };
        let (action, payload) = self.line.started(&charge, 100);
        self.queue.push_back((evse, action, payload));
        self.running.insert(evse, (charge, 100));
        self.flush().await;
    }

    async fn charge(&mut self, evse: u32, wh: i64) {
        let Some((charge, register)) = self.running.get_mut(&evse) else { return };
        (charge.seq, *register) = (charge.seq + 1, *register + wh);
        let (action, payload) = self.line.updated(charge, *register, Some("Charging"));
        self.queue.push_back((evse, action, payload));
        self.flush().await;
    }

    async fn leave(&mut self, evse: u32) {
        // Without its number a transaction of 1.6 cannot end.
        self.flush().await;
        let is_unnamed = |charge: &Charge| self.version == Version::V16 && charge.number == 0;
        if self.running.get(&evse).is_none_or(|(charge, _)| is_unnamed(charge)) {
            return;
        }
        let Some((mut charge, register)) = self.running.remove(&evse) else { return };
        charge.seq += 1;
        let (action, payload) = self.line.ended(&charge, register);
        self.queue.push_back((evse, action, payload));
        self.flush().await;
    }

    /// Says what it has to say, in order, until the line breaks.
    async fn flush(&mut self) {
        while let Some((evse, action, payload)) = self.queue.front() {
            let mut payload = payload.clone();
            let number = self.running.get(evse).map_or(0, |(charge, _)| charge.number);
            if payload.get("transactionId").is_some_and(|id| *id == 0) {
                payload["transactionId"] = number.into();
            }
            let Ok(answer) = self.line.call(action, payload).await else { return };
            if let (Some(number), Some((charge, _))) =
                (answer["transactionId"].as_i64(), self.running.get_mut(evse))
            {
                charge.number = number;
            }
            self.queue.pop_front();
        }
    }

    async fn dial_in(&mut self, world: &World) {
        self.note_starts();
        self.line.hang_up();
        self.line = world.connect(&self.name, self.version).await;
        self.starts_seen = 0;
        self.flush().await;
    }
}

async fn play(steps: Vec<Step>) -> World {
    let moody = Arc::new(Moody::default());
    let gateway: Arc<dyn PaymentGateway> = moody.clone();
    let world = World::over(Arc::new(Memory::new()), gateway).await;
    let mut players =
        [Player::new(&world, "CS0", Version::V201).await, Player::new(&world, "CS1", Version::V16).await];
    for step in steps {
        match step {
            Step::Wish { station, evse, tenths } => want(&world, &players[station], evse, tenths).await,
            Step::Visit { station, evse, tenths, waits } => {
                want(&world, &players[station], evse, tenths).await;
                pass(waits).await;
                players[station].plug_in(evse).await;
            }
            Step::PlugIn { station, evse } => players[station].plug_in(evse).await,
            Step::Charge { station, evse, wh } => players[station].charge(evse, wh).await,
            Step::Leave { station, evse } => players[station].leave(evse).await,
            Step::Pass { seconds } => pass(seconds).await,
            Step::HangUp { station } => players[station].line.hang_up(),
            Step::DialIn { station } => players[station].dial_in(&world).await,
            Step::Kill { seconds } => {
                world.kill();
                pass(seconds).await;
                world.start().await;
            }
            Step::Mood(mood) => moody.will_be(mood),
            Step::Manners { station, manners } => players[station].line.take_starts(manners),
            Step::Refund { tenths } => {
                let payments = world.all::<Payment>().await;
                let paid = payments
                    .into_iter()
                    .rfind(|payment| matches!(payment.state, PaymentState::Captured { .. }));
                if let Some(payment) = paid {
                    let amount = Money::from_minor(tenths * 10, eur("0").currency());
                    let _ = world.processes().refund(&payment.id, amount, &tenths.to_string()).await;
                }
            }
        }
        pass(1).await;
    }
    // Everybody comes to an end.
    moody.calm_down();
    for player in &mut players {
        player.dial_in(&world).await;
        for evse in [1, 2] {
            pass(1).await;
            player.leave(evse).await;
        }
        assert!(player.queue.is_empty() && player.running.is_empty(), "{} has said all", player.name);
    }
    for _ in 0..120 {
        if world.all::<Task>().await.is_empty() {
            break;
        }
        pass(10).await;
    }
    settle_up(&world, &moody).await;
    world
}

async fn want(world: &World, player: &Player, evse: u32, tenths: i64) {
    let mut wish = world.wish(&player.name, "card", "1.00");
    wish.evse = EvseId(evse);
    wish.hold = Money::from_minor(tenths * 10, eur("0").currency());
    // Many wishes cannot be met; the ways of saying so have tests of their own.
    let _ = world.processes().check_out(wish).await;
}

async fn settle_up(world: &World, moody: &Moody) {
    assert_eq!(world.all::<Task>().await, [], "nothing is left to be done");
    assert_eq!(moody.complaints(), [""; 0]);
    let payments = world.all::<Payment>().await;
    let mut books = moody.books();
    for payment in &payments {
        let book = books.remove(&format!("{}/hold", payment.id.0)).unwrap_or_default();
        match &payment.state {
            PaymentState::Captured { amount, refunded } => {
                assert_eq!(book.captures.values().collect::<Vec<_>>(), [amount], "captured once");
                assert!(!book.released, "and not given back");
                assert!(amount.amount() <= payment.hold.amount(), "no more than was held");
                let sum = book.refunds.values().map(|refund| refund.amount()).sum();
                assert_eq!(refunded.amount(), sum, "refunds are those of the gateway");
            }
            PaymentState::Released { .. } => {
                assert!(book.released && book.captures.is_empty(), "{payment:?}: {book:?}");
            }
            PaymentState::Declined { .. } => assert!(book.declined && book.amount.is_none(), "{book:?}"),
            other => panic!("a payment is not at its end: {other:?}"),
        }
    }
    assert!(books.is_empty(), "the gateway holds nothing that nobody knows of: {books:?}");

    let receipts = world.all::<Receipt>().await;
    let sessions = world.sessions(None).await;
    assert_eq!(receipts.len(), sessions.len(), "every session has one receipt");
    for session in sessions {
        assert_eq!(session.status, SessionStatus::Completed);
        let receipt = receipts.iter().find(|receipt| receipt.session == session.key).unwrap();
        assert_eq!(receipt.number, session.number);
        let cost = receipt.cost.as_ref().unwrap();
        let lines = cost.lines.iter().map(|line| line.gross.amount());
        let gross: rust_decimal::Decimal = lines.sum();
        assert_eq!(gross, cost.total_incl_tax.amount(), "the lines add up");
        assert_eq!(session.cost, Some(cost.total_incl_tax), "what was told live is what is paid");
        let paid = match (&session.payer, &receipt.paid) {
            (Payer::Payment(id), Paid::Payment { payment, captured, .. }) if id == payment => *captured,
            (Payer::Payment(id), Paid::Partly { payment, captured, open, .. }) if id == payment => {
                captured.plus(*open).unwrap()
            }
            (Payer::Account, Paid::OnAccount) => continue,
            (Payer::Nobody, Paid::Open { open }) => *open,
            (_, Paid::Nothing) => Money::zero(cost.currency),
            (payer, paid) => panic!("{payer:?} pays {paid:?}"),
        };
        assert_eq!(paid.amount(), cost.total_incl_tax.amount(), "what is paid and open is the total");
    }
    let paying = payments.iter().filter_map(|payment| payment.session.as_ref());
    let mut paying: Vec<_> = paying.map(|session| session.to_string()).collect();
    let count = paying.len();
    paying.sort();
    paying.dedup();
    assert_eq!(paying.len(), count, "no session is paid twice");
}

/// What the cases came to, so that a run that never got anywhere is no proof.
#[derive(Debug, Default)]
struct Tally {
    captured: usize,
    released: usize,
    declined: usize,
    refunded: usize,
    partly: usize,
    unpaid: usize,
}

impl Tally {
    async fn count(&mut self, world: &World) {
        for payment in world.all::<Payment>().await {
            match payment.state {
                PaymentState::Captured { refunded, .. } => {
                    self.captured += 1;
                    self.refunded += usize::from(!refunded.is_zero());
                }
                PaymentState::Released { .. } => self.released += 1,
                _ => self.declined += 1,
            }
        }
        for receipt in world.all::<Receipt>().await {
            self.partly += usize::from(matches!(receipt.paid, Paid::Partly { .. }));
            self.unpaid += usize::from(matches!(receipt.paid, Paid::Open { .. }));
        }
    }
}

const CASES: u32 = 500;

#[test]
fn every_hold_is_captured_once_or_given_back() {
    let config = ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() };
    let tally = RefCell::new(Tally::default());
    let steps = proptest::collection::vec(step(), 1..60);
    let result = TestRunner::new(config).run(&steps, |steps| {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let world = runtime.block_on(play(steps));
        runtime.block_on(tally.borrow_mut().count(&world));
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let tally = tally.into_inner();
    let all = [tally.captured, tally.released, tally.declined, tally.refunded, tally.partly, tally.unpaid];
    assert!(all.into_iter().all(|count| count > 0), "every end was reached: {tally:?}");
    assert!(tally.captured >= 200 && tally.released >= 200, "{tally:?}");
}
