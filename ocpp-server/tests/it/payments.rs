//! Payments from the hold to the capture, in virtual time.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use std::sync::Arc;

use ocpp_core::model::Money;
use ocpp_core::types::Version;
use ocpp_server::domain::{
    Doubt, EventKind, Paid, Payer, Payment, PaymentId, PaymentState, RecordKind, SessionStatus, Task,
};
use ocpp_server::payment::{HoldOnRecord, PaymentGateway};
use ocpp_server::process::{CheckoutError, CheckoutRequest, RefundError};
use ocpp_server::store::{Memory, TypedRecords};

use crate::world::gateway::{Mood, Moody};
use crate::world::station::{Manners, Station};
use crate::world::{World, captured, eur, pass, per_kwh};

const VERSIONS: [Version; 3] = [Version::V16, Version::V201, Version::V21];

/// A manager with one station where a kilowatt-hour costs 0.50 EUR.
async fn at_station(version: Version) -> (World, Station) {
    let world = World::new().await;
    world.price("CS1", per_kwh("t", "0.50")).await;
    let station = world.connect("CS1", version).await;
    (world, station)
}

async fn with_moody() -> (World, Station, Arc<Moody>) {
    let moody = Arc::new(Moody::default());
    let gateway: Arc<dyn PaymentGateway> = moody.clone();
    let world = World::over(Arc::new(Memory::new()), gateway).await;
    world.price("CS1", per_kwh("t", "0.50")).await;
    let station = world.connect("CS1", Version::V201).await;
    (world, station, moody)
}

async fn hold(world: &World, payment: &PaymentId) -> HoldOnRecord {
    world.store.get::<HoldOnRecord>(&format!("{}/hold", payment.0)).await.unwrap().unwrap()
}

async fn no_tasks(world: &World) {
    for _ in 0..600 {
        if world.all::<Task>().await.is_empty() {
            return;
        }
        pass(1).await;
    }
    panic!("tasks are left: {:?}", world.all::<Task>().await);
}

#[tokio::test(start_paused = true)]
async fn a_driver_pays_what_the_session_costs() {
    for version in VERSIONS {
        let (world, station) = at_station(version).await;
        let id = world.pay("CS1", "succeeds", "20.00").await.unwrap();
        let token = station.next_start(0).await;
        assert!(token.len() <= 20 && token.starts_with("PAY"), "1.6 can say it");
        world.payment_in(&id, "starting").await;
        pass(60).await;
        let mut charge = station.start(1, &token, 1000).await;
        let charging = world.payment_in(&id, "charging").await;
        assert_eq!(charging.session, Some(world.session(1).await.key));
        pass(600).await;
        station.meter(&mut charge, 5000).await;
        pass(600).await;
        station.stop(&mut charge, 11_000).await;
        let ended = world.now();

        let paid = world.payment_in(&id, "captured").await;
        assert_eq!(captured(&paid), Some(eur("5.00")), "{version}: 10 kWh");
        let receipt = world.receipt(1).await;
        let took = world.now().duration_since(ended).as_secs();
        assert!(took <= 1, "{version}: the receipt is there at once, not after {took} s");
        assert_eq!(receipt.cost.as_ref().unwrap().total_incl_tax, eur("5.00"));
        assert_eq!(receipt.token, None, "the token of a payment is not shown");
        let Paid::Payment { payment, captured, instrument, .. } = receipt.paid else { panic!("{receipt:?}") };
        assert_eq!((payment, captured), (id.clone(), eur("5.00")));
        assert_eq!(instrument, "Test card 4242");
        no_tasks(&world).await;
        let hold = hold(&world, &id).await;
        assert_eq!(hold.amount, Some(eur("20.00")));
        assert_eq!(hold.captured.values().collect::<Vec<_>>(), [&eur("5.00")]);
        assert_eq!(world.session(1).await.payer, Payer::Payment(id));
        assert_eq!(station.starts_heard().len(), 1, "the station is told once");
    }
}

#[tokio::test(start_paused = true)]
async fn a_declined_card_starts_nothing() {
    let (world, station) = at_station(Version::V201).await;
    let id = world.pay("CS1", "declines", "20.00").await.unwrap();
    let payment = world.payment_in(&id, "declined").await;
    assert_eq!(payment.state, PaymentState::Declined { reason: "The card was declined.".to_owned() });
    no_tasks(&world).await;
    assert!(station.starts_heard().is_empty());
    assert!(world.stored(RecordKind::SandboxHold).await.is_empty());
    assert!(world.pay("CS1", "succeeds", "20.00").await.is_ok(), "the place is free again");
}

#[tokio::test(start_paused = true)]
async fn a_hold_whose_answer_is_lost_is_made_once() {
    let (world, station) = at_station(Version::V16).await;
    let id = world.pay("CS1", "loses-answer", "20.00").await.unwrap();
    let token = station.next_start(0).await;
    let mut charge = station.start(1, &token, 0).await;
    pass(600).await;
    station.stop(&mut charge, 2000).await;
    world.payment_in(&id, "captured").await;
    let holds = world.all::<HoldOnRecord>().await;
    assert_eq!(holds.len(), 1);
    assert_eq!(holds[0].asked, 2, "it was asked for again");
    assert_eq!(holds[0].captured.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_never_answers_charges_nothing() {
    let (world, station) = at_station(Version::V201).await;
    let asked_at = world.now();
    let id = world.pay("CS1", "times-out", "20.00").await.unwrap();
    let payment = world.payment_in(&id, "released").await;
    let took = world.now().duration_since(asked_at).as_secs();
    assert!((60..130).contains(&took), "given up after a minute, not after {took} s");
    let PaymentState::Released { reason } = &payment.state else { panic!("{payment:?}") };
    assert_eq!(reason, "The payment service gave no answer. Nothing was charged.");
    assert!(station.starts_heard().is_empty());
    let hold = hold(&world, &id).await;
    assert!(hold.released && hold.captured.is_empty() && hold.amount.is_none());
    no_tasks(&world).await;
}

#[tokio::test(start_paused = true)]
async fn a_station_that_does_not_start_costs_nothing() {
    for (manners, expected) in [
        (Manners::Rejects, "The station refused to start."),
        (Manners::IsSilent, "The station did not answer."),
    ] {
        let (world, station) = at_station(Version::V201).await;
        station.take_starts(manners);
        let begun = world.now();
        let id = world.pay("CS1", "succeeds", "20.00").await.unwrap();
        let payment = world.payment_in(&id, "released").await;
        let PaymentState::Released { reason } = &payment.state else { panic!("{payment:?}") };
        assert!(reason == expected || reason == "The station could not be started.", "{manners:?}: {reason}");
        let took = world.now().duration_since(begun).as_secs();
        assert!(took <= 36, "{manners:?}: released after {took} s");
        assert!(hold(&world, &id).await.released);
        assert_eq!(station.starts_heard().len(), 1);
    }
}

/// A session that begins while the manager is about to give up is charged, not given back.
#[tokio::test(start_paused = true)]
async fn a_session_that_begins_wins_over_giving_up() {
    for version in VERSIONS {
        let (world, station) = at_station(version).await;
        station.take_starts(Manners::IsSilent);
        let id = world.pay("CS1", "succeeds", "20.00").await.unwrap();
        let token = station.next_start(0).await;
        pass(1).await;
        let mut charge = station.start(1, &token, 0).await;
        pass(120).await;
        assert_eq!(
            world.payment(&id).await.state.name(),
            "charging",
            "{version}: the start was never answered"
        );
        station.stop(&mut charge, 4000).await;
        assert_eq!(captured(&world.payment_in(&id, "captured").await), Some(eur("2.00")), "{version}");

        station.take_starts(Manners::Accepts);
        let id = world.pay("CS1", "succeeds", "20.00").await.unwrap();
        let token = station.next_start(1).await;
        let since = world.payment_in(&id, "starting").await.updated_at;
        let left = world.clock.until(since, 180);
        tokio::time::sleep(left - std::time::Duration::from_millis(5)).await;
        let mut charge = station.start(1, &token, 0).await;
        assert_eq!(
            world.payment_in(&id, "charging").await.state.name(),
            "charging",
            "{version}: just in time"
        );
        pass(60).await;
        station.stop(&mut charge, 4000).await;
        assert_eq!(captured(&world.payment_in(&id, "captured").await), Some(eur("2.00")), "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_station_that_loses_its_connection_may_come_back() {
    let (world, station) = at_station(Version::V201).await;
    let wish = world.wish("CS1", "loses-answer", "20.00");
    let id = world.processes().check_out(wish).await.unwrap().id;
    pass(1).await;
    station.hang_up();
    world.payment_in(&id, "held").await;
    pass(10).await;
    assert_eq!(world.payment(&id).await.state.name(), "held");
    let station = world.connect("CS1", Version::V201).await;
    let token = station.next_start(0).await;
    let mut charge = station.start(1, &token, 0).await;
    station.stop(&mut charge, 1000).await;
    assert_eq!(captured(&world.payment_in(&id, "captured").await), Some(eur("0.50")));

    let id = world.pay("CS1", "loses-answer", "20.00").await.unwrap();
    station.hang_up();
    let held = world.payment_in(&id, "held").await;
    let payment = world.payment_in(&id, "released").await;
    let took = payment.updated_at.duration_since(held.updated_at).as_secs();
    assert!((34..45).contains(&took), "a station that stays away is waited for 35 s, not {took} s");
}

#[tokio::test(start_paused = true)]
async fn nobody_plugs_in() {
    for version in VERSIONS {
        let (world, station) = at_station(version).await;
        let id = world.pay("CS1", "succeeds", "20.00").await.unwrap();
        let token = station.next_start(0).await;
        let since = world.payment_in(&id, "starting").await.updated_at;
        let payment = world.payment_in(&id, "released").await;
        let took = payment.updated_at.duration_since(since).as_secs();
        assert!((179..=182).contains(&took), "{version}: released after {took} s");
        assert!(hold(&world, &id).await.released);

        // The driver comes too late: the token is refused, and nothing is charged whatever the station does.
        let charge = station.try_start(1, Some(&token), 0).await;
        let mut charge = charge.unwrap();
        let info = if station.is_2x() { "idTokenInfo" } else { "idTagInfo" };
        assert_eq!(charge.answer[info]["status"], "Invalid", "{version}");
        pass(600).await;
        station.stop(&mut charge, 4000).await;
        let session = world.session(1).await;
        assert_eq!(session.payer, Payer::Nobody);
        assert!(session.doubts.contains(&Doubt::TokenNotAccepted));
        assert_eq!(world.receipt(1).await.paid, Paid::Open { open: eur("2.00") });
        assert_eq!(world.payment(&id).await.state.name(), "released");
        assert!(hold(&world, &id).await.captured.is_empty());
        no_tasks(&world).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_hold_that_is_used_up_stops_the_session_once() {
    for version in VERSIONS {
        let (world, station) = at_station(version).await;
        let id = world.pay("CS1", "succeeds", "5.00").await.unwrap();
        let token = station.next_start(0).await;
        let mut charge = station.start(1, &token, 0).await;
        // 60 kW: half an euro a minute.
        for minute in 1..=8 {
            pass(60).await;
            station.meter(&mut charge, minute * 1000).await;
        }
        pass(5).await;
        assert!(station.stops_heard().is_empty(), "{version}: 4.00 of 5.00 EUR, and 0.25 more in 30 s");
        for minute in 9..=12 {
            pass(60).await;
            station.meter(&mut charge, minute * 1000).await;
        }
        assert_eq!(station.stops_heard().len(), 1, "{version}: it is told once");
        let stop = station.stops_heard().remove(0);
        let expected = if station.is_2x() { charge.name.clone() } else { charge.number.to_string() };
        assert_eq!(stop["transactionId"].to_string().trim_matches('"'), expected);
        let reason = world.payment(&id).await.stopped;
        assert_eq!(reason.as_deref(), Some("The amount that was held is used up."));
        station.stop(&mut charge, 13_000).await;
        assert_eq!(
            captured(&world.payment_in(&id, "captured").await),
            Some(eur("5.00")),
            "no more than held"
        );
        let Paid::Partly { captured, open, .. } = world.receipt(1).await.paid else { panic!("{version}") };
        assert_eq!((captured, open), (eur("5.00"), eur("1.50")));
    }
}

#[tokio::test(start_paused = true)]
async fn a_hold_that_suffices_is_not_stopped() {
    let (world, station) = at_station(Version::V201).await;
    let tariff = ocpp_core::rules::tariff::SimpleTariff {
        fixed_fee: Some("1.00".parse().unwrap()),
        ..per_kwh("with-fee", "0.50")
    };
    world.price("CS1", tariff).await;
    let id = world.pay("CS1", "succeeds", "5.00").await.unwrap();
    let token = station.next_start(0).await;
    let mut charge = station.start(1, &token, 0).await;
    // The fee is due at once: it must not be taken for a price that goes on like that.
    for second in 1..=20 {
        pass(1).await;
        station.meter(&mut charge, second).await;
    }
    assert!(station.stops_heard().is_empty(), "1.01 of 5.00 EUR");
    pass(100).await;
    station.stop(&mut charge, 7990).await;
    assert_eq!(captured(&world.payment_in(&id, "captured").await), Some(eur("5.00")));
    assert!(matches!(world.receipt(1).await.paid, Paid::Payment { .. }));
}

/// The clock of a station is not the manager's: a cost must not come of their difference.
#[tokio::test(start_paused = true)]
async fn a_station_with_a_wrong_clock_is_not_stopped() {
    let world = World::new().await;
    let tariff = ocpp_core::rules::tariff::SimpleTariff {
        price_charging_minute: Some("0.10".parse().unwrap()),
        ..per_kwh("by-time", "0.01")
    };
    world.price("CS1", tariff).await;
    let mut station = world.connect("CS1", Version::V201).await;
    station.clock = crate::world::VirtualClock::new("2026-03-01T08:00:00Z");
    let id = world.pay("CS1", "succeeds", "5.00").await.unwrap();
    let token = station.next_start(0).await;
    let mut charge = station.start(1, &token, 0).await;
    for minute in 1..=10 {
        pass(60).await;
        station.meter(&mut charge, minute * 100).await;
    }
    assert!(station.stops_heard().is_empty(), "ten minutes cost 1.01 EUR, a day of them does not count");
    station.stop(&mut charge, 1000).await;
    assert_eq!(captured(&world.payment_in(&id, "captured").await), Some(eur("1.01")));
}

#[tokio::test(start_paused = true)]
async fn a_station_that_does_not_stop_is_told_again() {
    let (world, station) = at_station(Version::V201).await;
    station.take_stops(Manners::Rejects);
    let id = world.pay("CS1", "succeeds", "1.00").await.unwrap();
    let token = station.next_start(0).await;
    let mut charge = station.start(1, &token, 0).await;
    pass(60).await;
    station.meter(&mut charge, 2500).await;
    pass(120).await;
    let told = station.stops_heard().len();
    assert!((3..20).contains(&told), "told {told} times");
    station.take_stops(Manners::Accepts);
    pass(120).await;
    let told = station.stops_heard().len();
    pass(600).await;
    assert_eq!(station.stops_heard().len(), told, "no more once it has agreed");
    station.stop(&mut charge, 3000).await;
    assert_eq!(captured(&world.payment_in(&id, "captured").await), Some(eur("1.00")));
}

#[tokio::test(start_paused = true)]
async fn a_session_that_costs_nothing_gives_the_hold_back() {
    let (world, station) = at_station(Version::V201).await;
    let id = world.pay("CS1", "succeeds", "5.00").await.unwrap();
    let token = station.next_start(0).await;
    let mut charge = station.start(1, &token, 700).await;
    station.stop(&mut charge, 700).await;
    world.payment_in(&id, "released").await;
    assert_eq!(world.receipt(1).await.paid, Paid::Nothing);
    assert!(hold(&world, &id).await.released);
    no_tasks(&world).await;
}

#[tokio::test(start_paused = true)]
async fn of_two_drivers_at_one_place_one_may_pay() {
    let (world, station) = at_station(Version::V201).await;
    let wishes = [world.wish("CS1", "succeeds", "5.00"), world.wish("CS1", "succeeds", "7.00")];
    let processes = world.processes();
    let [first, second] = wishes.clone().map(|wish| processes.check_out(wish));
    let (first, second) = tokio::join!(first, second);
    assert!(first.is_ok() != second.is_ok(), "{first:?} and {second:?}");
    assert!([&first, &second].into_iter().any(|result| matches!(result, Err(CheckoutError::InUse))));
    let winner = first.or(second).unwrap();
    for _ in 0..5 {
        assert_eq!(world.pay("CS1", "succeeds", "9.00").await, Err(CheckoutError::InUse), "in every state");
        pass(1).await;
    }
    let mut other = world.wish("CS1", "succeeds", "9.00");
    other.evse = ocpp_core::model::EvseId(2);
    assert!(world.processes().check_out(other).await.is_ok(), "the place beside it is free");
    let token = winner.token.clone();
    let mut charge = station.start(1, &token, 0).await;
    assert_eq!(world.pay("CS1", "succeeds", "9.00").await, Err(CheckoutError::InUse), "a session runs");
    station.stop(&mut charge, 1000).await;
    world.payment_in(&winner.id, "captured").await;
    assert!(world.pay("CS1", "succeeds", "9.00").await.is_ok(), "the next one may");
}

#[tokio::test(start_paused = true)]
async fn one_wish_is_one_payment() {
    let (world, station) = at_station(Version::V201).await;
    let wish = world.wish("CS1", "succeeds", "5.00");
    let processes = world.processes();
    let all = (0..10).map(|_| processes.check_out(wish.clone()));
    let all = futures_util::future::join_all(all).await;
    let ids: Vec<_> = all.into_iter().map(|payment| payment.unwrap().id).collect();
    assert!(ids.iter().all(|id| *id == ids[0]));
    let token = station.next_start(0).await;
    let mut charge = station.start(1, &token, 0).await;
    assert_eq!(processes.check_out(wish.clone()).await.unwrap().state.name(), "charging");
    station.stop(&mut charge, 1000).await;
    world.payment_in(&ids[0], "captured").await;
    assert_eq!(processes.check_out(wish).await.unwrap().state.name(), "captured", "even when it is over");
    assert_eq!(world.all::<Payment>().await.len(), 1);
    assert_eq!(world.all::<HoldOnRecord>().await.len(), 1);
    assert_eq!(station.starts_heard().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_paid_is_refused_with_a_sentence() {
    let (world, station) = at_station(Version::V201).await;
    let good = world.wish("CS1", "succeeds", "5.00");
    let wish = |change: &dyn Fn(&mut CheckoutRequest)| {
        let mut wish = CheckoutRequest { wish: CheckoutRequest::fresh_wish(), ..good.clone() };
        change(&mut wish);
        wish
    };
    let yen = Money::from_minor(500, "JPY".parse().unwrap());
    let cases: Vec<(CheckoutRequest, CheckoutError)> = vec![
        (wish(&|wish| wish.station = crate::world::id("nobody")), CheckoutError::UnknownPlace),
        (wish(&|wish| wish.evse.0 = 0), CheckoutError::UnknownPlace),
        (wish(&|wish| wish.evse.0 = 3), CheckoutError::UnknownPlace),
        (wish(&|wish| wish.hold = eur("0")), CheckoutError::BadAmount),
        (wish(&|wish| wish.hold = eur("-5.00")), CheckoutError::BadAmount),
        (wish(&|wish| wish.hold = eur("5.001")), CheckoutError::BadAmount),
        (wish(&|wish| wish.hold = yen), CheckoutError::BadAmount),
        (wish(&|wish| wish.instrument = "cash".to_owned()), CheckoutError::UnknownInstrument),
        (wish(&|wish| wish.wish = uuid::Uuid::nil()), CheckoutError::StaleForm),
    ];
    for (wish, expected) in cases {
        let shown = format!("{wish:?}");
        assert_eq!(world.processes().check_out(wish).await.unwrap_err(), expected, "{shown}");
    }
    world.register().assign_to_station("CS1", None).await.unwrap();
    let free = world.processes().check_out(wish(&|_| {})).await;
    assert_eq!(free.unwrap_err(), CheckoutError::NothingToPay);
    world.register().assign_to_station("CS1", Some("t")).await.unwrap();
    station.hang_up();
    pass(1).await;
    assert_eq!(world.processes().check_out(wish(&|_| {})).await.unwrap_err(), CheckoutError::Offline);
    assert!(world.all::<Payment>().await.is_empty(), "nothing was begun");
    assert!(world.all::<Task>().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_payment_is_for_its_own_station() {
    let (world, station) = at_station(Version::V201).await;
    world.price("CS2", per_kwh("t", "0.50")).await;
    let other = world.connect("CS2", Version::V16).await;
    let id = world.pay("CS1", "succeeds", "5.00").await.unwrap();
    let token = station.next_start(0).await;
    assert_eq!(other.authorize(&token).await["status"], "Invalid");
    let mut elsewhere = other.start(1, &token, 0).await;
    assert_eq!(elsewhere.answer["idTagInfo"]["status"], "Invalid");
    other.stop(&mut elsewhere, 9000).await;
    assert_eq!(world.payment(&id).await.session, None);
    assert_eq!(world.receipt(1).await.paid, Paid::Open { open: eur("4.50") });
    let mut here = station.start(1, &token, 0).await;
    assert_eq!(station.authorize(&token).await["status"], "Invalid", "it is for one session");
    station.stop(&mut here, 1000).await;
    assert_eq!(captured(&world.payment_in(&id, "captured").await), Some(eur("0.50")));
}

#[tokio::test(start_paused = true)]
async fn refunds_are_made_once_each_and_never_beyond_the_capture() {
    let (world, station) = at_station(Version::V201).await;
    let id = world.pay("CS1", "succeeds", "20.00").await.unwrap();
    assert_eq!(world.processes().refund(&id, eur("1.00"), "early").await, Err(RefundError::NotCaptured));
    let token = station.next_start(0).await;
    let mut charge = station.start(1, &token, 0).await;
    station.stop(&mut charge, 20_000).await;
    world.payment_in(&id, "captured").await;
    let processes = world.processes();
    let refunded = |payment: &Payment| match payment.state {
        PaymentState::Captured { refunded, .. } => refunded,
        _ => panic!("{payment:?}"),
    };
    assert_eq!(refunded(&processes.refund(&id, eur("4.00"), "a").await.unwrap()), eur("4.00"));
    assert_eq!(refunded(&processes.refund(&id, eur("4.00"), "a").await.unwrap()), eur("4.00"), "once");
    let other = processes.refund(&id, eur("5.00"), "a").await;
    assert!(matches!(other, Err(RefundError::Gateway(_))), "{other:?}");
    for amount in ["6.01", "0", "-1.00", "0.001"] {
        let result = processes.refund(&id, eur(amount), amount).await;
        assert_eq!(result, Err(RefundError::BadAmount(eur("10.00"))), "{amount}");
    }
    let yen = Money::from_minor(1, "JPY".parse().unwrap());
    assert_eq!(processes.refund(&id, yen, "y").await, Err(RefundError::BadAmount(eur("10.00"))));
    let both = tokio::join!(processes.refund(&id, eur("6.00"), "b"), processes.refund(&id, eur("6.00"), "b"));
    assert_eq!((refunded(&both.0.unwrap()), refunded(&both.1.unwrap())), (eur("10.00"), eur("10.00")));
    assert_eq!(
        refunded(&processes.refund(&id, eur("6.00"), "b").await.unwrap()),
        eur("10.00"),
        "full, again"
    );
    let unknown = PaymentId("nothing".to_owned());
    assert_eq!(processes.refund(&unknown, eur("1.00"), "c").await, Err(RefundError::Unknown));
    let hold = hold(&world, &id).await;
    assert_eq!(hold.refunded.values().collect::<Vec<_>>(), [&eur("4.00"), &eur("6.00")]);
    no_tasks(&world).await;
}

#[tokio::test(start_paused = true)]
async fn a_refund_without_an_answer_is_made_all_the_same() {
    let (world, station, moody) = with_moody().await;
    let id = world.pay("CS1", "card", "20.00").await.unwrap();
    let token = station.next_start(0).await;
    let mut charge = station.start(1, &token, 0).await;
    station.stop(&mut charge, 20_000).await;
    world.payment_in(&id, "captured").await;
    no_tasks(&world).await;
    moody.will_be(Mood::HangsAfter);
    moody.will_be(Mood::HangsBefore);
    let lost = world.processes().refund(&id, eur("3.00"), "k").await;
    assert!(matches!(lost, Err(RefundError::Gateway(_))), "{lost:?}");
    world.kill();
    world.start().await;
    no_tasks(&world).await;
    let payment = world.processes().refund(&id, eur("3.00"), "k").await.unwrap();
    assert_eq!(payment.state, PaymentState::Captured { amount: eur("10.00"), refunded: eur("3.00") });
    moody.will_be(Mood::Declines);
    let refused = world.processes().refund(&id, eur("7.00"), "l").await;
    assert!(matches!(refused, Err(RefundError::Gateway(_))), "{refused:?}");
    let payment = world.processes().refund(&id, eur("7.00"), "m").await.unwrap();
    let all = PaymentState::Captured { amount: eur("10.00"), refunded: eur("10.00") };
    assert_eq!(payment.state, all, "what was refused does not count");
    assert_eq!(moody.books().values().map(|book| book.refunds.len()).collect::<Vec<_>>(), [2]);
    assert!(moody.complaints().is_empty(), "{:?}", moody.complaints());
}

/// Every state that a payment can be found in by a manager that was killed.
#[tokio::test(start_paused = true)]
async fn a_manager_that_is_killed_goes_on_where_it_was() {
    for state in ["requested", "held", "starting", "charging", "capturing", "releasing"] {
        let (world, station, moody) = with_moody().await;
        let before = |mood: Mood| {
            // A gateway that hangs keeps the payment in the state before its answer.
            (0..2).for_each(|_| moody.will_be(mood));
        };
        if state == "requested" {
            before(Mood::HangsAfter);
        }
        if state == "held" {
            station.take_starts(Manners::IsSilent);
        }
        let id = world.pay("CS1", "card", "20.00").await.unwrap();
        let mut charge = None;
        if ["charging", "capturing", "releasing"].contains(&state) {
            let token = station.next_start(0).await;
            let mut begun = station.start(1, &token, 0).await;
            if state != "charging" {
                before(Mood::HangsAfter);
                let energy = if state == "capturing" { 4000 } else { 0 };
                station.stop(&mut begun, energy).await;
            }
            charge = Some(begun);
        }
        world.payment_in(&id, state).await;
        pass(1).await;
        world.kill();
        pass(5).await;
        world.start().await;
        let station = world.connect("CS1", Version::V201).await;
        match (state, charge) {
            ("capturing", _) => drop(world.payment_in(&id, "captured").await),
            ("releasing", _) => drop(world.payment_in(&id, "released").await),
            (_, Some(mut charge)) => {
                pass(60).await;
                station.stop(&mut charge, 4000).await;
            }
            _ => {
                let token = match state {
                    "starting" => world.payment(&id).await.token,
                    _ => station.next_start(0).await,
                };
                let mut charge = station.start(1, &token, 0).await;
                pass(60).await;
                station.stop(&mut charge, 4000).await;
            }
        }
        let paid = if state == "releasing" { None } else { Some(eur("2.00")) };
        let last = if state == "releasing" { "released" } else { "captured" };
        assert_eq!(captured(&world.payment_in(&id, last).await), paid, "killed while {state}");
        world.receipt(1).await;
        no_tasks(&world).await;
        let books: Vec<_> = moody.books().into_values().collect();
        assert_eq!(books.len(), 1, "killed while {state}");
        assert_eq!(books[0].captures.values().copied().next(), paid, "killed while {state}");
        assert!(moody.complaints().is_empty(), "killed while {state}: {:?}", moody.complaints());
    }
}

/// A driver who asked an hour ago is not there any more.
#[tokio::test(start_paused = true)]
async fn a_manager_that_comes_back_late_starts_nothing() {
    for state in ["requested", "held", "starting"] {
        let (world, station, moody) = with_moody().await;
        if state == "requested" {
            (0..3).for_each(|_| moody.will_be(Mood::HangsAfter));
        }
        if state == "held" {
            station.take_starts(Manners::IsSilent);
        }
        let id = world.pay("CS1", "card", "20.00").await.unwrap();
        world.payment_in(&id, state).await;
        pass(1).await;
        world.kill();
        pass(3600).await;
        world.start().await;
        let station = world.connect("CS1", Version::V201).await;
        world.payment_in(&id, "released").await;
        pass(60).await;
        assert!(station.starts_heard().is_empty(), "nobody is there to charge: {state}");
        let books: Vec<_> = moody.books().into_values().collect();
        assert!(books.iter().all(|book| book.released && book.captures.is_empty()), "{state}: {books:?}");
        no_tasks(&world).await;
    }
}

#[tokio::test(start_paused = true)]
async fn every_mood_of_the_gateway_is_borne() {
    for at in 0..3 {
        for mood in Mood::ALL {
            let (world, station, moody) = with_moody().await;
            // The hold, the capture, and once more the capture.
            (0..at).for_each(|_| moody.will_be(Mood::Fine));
            (0..3).for_each(|_| moody.will_be(mood));
            let id = world.pay("CS1", "card", "20.00").await.unwrap();
            if at == 0 && mood == Mood::Declines {
                world.payment_in(&id, "declined").await;
                continue;
            }
            let token = station.next_start(0).await;
            let mut charge = station.start(1, &token, 0).await;
            pass(60).await;
            station.stop(&mut charge, 4000).await;
            assert_eq!(captured(&world.payment_in(&id, "captured").await), Some(eur("2.00")), "{mood:?}");
            let books: Vec<_> = moody.books().into_values().collect();
            assert_eq!(books[0].captures.len(), 1, "{mood:?}");
            assert!(moody.complaints().is_empty(), "{mood:?}: {:?}", moody.complaints());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_manager_that_shuts_down_leaves_what_is_to_be_done() {
    let (world, station, moody) = with_moody().await;
    let id = world.pay("CS1", "card", "20.00").await.unwrap();
    let token = station.next_start(0).await;
    let mut charge = station.start(1, &token, 0).await;
    (0..50).for_each(|_| moody.will_be(Mood::FailsBefore));
    station.stop(&mut charge, 4000).await;
    world.payment_in(&id, "capturing").await;
    pass(30).await;
    let begun = world.now();
    world.shut_down().await;
    assert!(world.now().duration_since(begun).as_secs() <= 10, "a step that waits is not waited for");
    assert_eq!(world.all::<Task>().await.len(), 2, "the payment and the receipt");
    moody.calm_down();
    world.start().await;
    world.payment_in(&id, "captured").await;
    world.receipt(1).await;
    no_tasks(&world).await;
}

/// A gateway that fails for an hour is asked ever more seldom, and the database is left alone meanwhile.
#[tokio::test(start_paused = true)]
async fn trying_again_is_no_busy_loop() {
    use ocpp_server::store::Events;

    let (world, station, moody) = with_moody().await;
    let id = world.pay("CS1", "card", "20.00").await.unwrap();
    let token = station.next_start(0).await;
    let mut charge = station.start(1, &token, 0).await;
    (0..10_000).for_each(|_| moody.will_be(Mood::FailsBefore));
    station.stop(&mut charge, 4000).await;
    world.payment_in(&id, "capturing").await;
    pass(1).await;
    let (calls, events) = (moody.calls(), world.store.last_event().await.unwrap());
    pass(3600).await;
    let calls = moody.calls() - calls;
    assert!((55..70).contains(&calls), "{calls} calls in an hour");
    assert_eq!(world.store.last_event().await.unwrap(), events, "nothing is written");
    let figures = || world.csms().metrics().render();
    let failed =
        figures().lines().find_map(|line| line.strip_prefix("ocpp_tasks_failed_total ")?.parse().ok());
    assert!(failed.is_some_and(|failed: usize| failed >= calls), "{calls} calls failed: {failed:?}");
    assert!(figures().contains("ocpp_tasks_waiting 2\n") && figures().contains("ocpp_tasks_done_total 0\n"));
    moody.calm_down();
    world.payment_in(&id, "captured").await;
    no_tasks(&world).await;
    pass(1).await;
    assert!(figures().contains("ocpp_tasks_waiting 0\n"), "{}", figures());
    assert!(figures().contains("ocpp_tasks_done_total 2\n"), "the payment and the receipt: {}", figures());
}

/// Whoever listens to the bus and lags behind misses events; what they told of is done all the same.
#[tokio::test(start_paused = true)]
async fn a_flood_of_events_hides_nothing() {
    use ocpp_server::domain::Event;
    use ocpp_server::store::Unit;

    let (world, station) = at_station(Version::V201).await;
    let noted = EventKind::MessageNoted { action: "NotifyEvent".to_owned(), payload: "{}".to_owned() };
    let event = Event { at: world.now(), station: None, kind: noted };
    let flood = || Unit { events: vec![event.clone(); 5000], ..Unit::default() };
    let csms = world.csms();
    // Past the first look for what is to be done; the next one is half a minute away.
    pass(1).await;
    let (id, flooded) = tokio::join!(world.pay("CS1", "succeeds", "20.00"), csms.commit(flood()));
    flooded.unwrap();
    let id = id.unwrap();
    world.payment_in(&id, "starting").await;
    let token = station.started_token().unwrap();
    let asked = world.payment(&id).await.requested_at;
    assert!(world.now().duration_since(asked).as_secs() <= 1, "it is begun at once");
    let mut charge = station.start(1, &token, 0).await;
    let stop = async {
        station.stop(&mut charge, 4000).await;
        csms.commit(flood()).await
    };
    stop.await.unwrap();
    let ended = world.now();
    world.payment_in(&id, "captured").await;
    world.receipt(1).await;
    assert!(world.now().duration_since(ended).as_secs() <= 1, "and ended at once");
}

#[tokio::test(start_paused = true)]
async fn many_sessions_at_once_each_get_their_receipt() {
    let world = World::new().await;
    let mut stations = Vec::new();
    for number in 0..40 {
        let name = format!("CS{number}");
        world.price(&name, per_kwh("t", "0.50")).await;
        stations.push(world.connect(&name, VERSIONS[number % 3]).await);
    }
    let mut payments = Vec::new();
    for station in &stations {
        payments.push(world.pay(&station.name, "succeeds", "20.00").await.unwrap());
    }
    let mut charges = Vec::new();
    for station in &stations {
        let token = station.next_start(0).await;
        charges.push(station.start(1, &token, 0).await);
    }
    pass(300).await;
    for (station, charge) in stations.iter().zip(&mut charges) {
        station.stop(charge, 3000).await;
    }
    for payment in &payments {
        assert_eq!(captured(&world.payment_in(payment, "captured").await), Some(eur("1.50")));
    }
    for session in world.sessions(Some(SessionStatus::Completed)).await {
        world.receipt(session.number.0).await;
    }
    no_tasks(&world).await;
    let issued = {
        use ocpp_server::store::Events;
        let events = world.store.events_after(Default::default(), 100_000).await.unwrap();
        events.iter().filter(|stored| matches!(stored.event.kind, EventKind::ReceiptIssued { .. })).count()
    };
    assert_eq!(issued, 40, "each once");
}
