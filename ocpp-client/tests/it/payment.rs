//! Payments at the station and on the web, VAT numbers, batteries (C18 to C25, block S).

use ocpp_client::hardware::{Actuation, HardwareEvent};
use ocpp_core::model::{
    Answer, Battery, Command, EvseId, Fact, Settlement, SettlementStatus, StationTxRef, SwapStep, VatAnswer,
    VatQuestion, Verdict,
};
use rust_decimal::Decimal;

use crate::bench::{Bench, at, card};

#[test]
fn a_settlement_is_told_until_it_was_heard() {
    let mut bench = Bench::new(1);
    bench.says = |fact| {
        let receipt_url = Some("https://example.com/receipt".into());
        matches!(fact, Fact::Settlement(_)).then_some(Answer::Settlement { receipt_id: None, receipt_url })
    };
    bench.disconnect();
    let settlement = Settlement {
        transaction: Some(StationTxRef::Named("TX1".into())),
        reference: "PSP-1".into(),
        status: SettlementStatus::Settled,
        info: None,
        amount: Decimal::new(1234, 2),
        at: at(0),
        receipt_id: None,
        receipt_url: None,
        company: None,
        vat_number: None,
    };
    bench.hardware(HardwareEvent::Settled(Box::new(settlement.clone())));
    let mut again = Bench::with_records(1, bench.kept.clone());
    assert!(again.heard().contains(&Fact::Settlement(Box::new(settlement.clone()))), "it outlives the power");
    bench.connect();
    assert!(bench.heard().contains(&Fact::Settlement(Box::new(settlement))));
    assert_eq!(bench.engine.receipt_url(), Some("https://example.com/receipt"));
}

#[test]
fn a_vat_number_is_asked_about() {
    let mut bench = Bench::new(1);
    bench.says = |fact| {
        matches!(fact, Fact::VatNumber(_))
            .then_some(Answer::VatNumber(VatAnswer { accepted: true, company: None }))
    };
    assert_eq!(bench.engine.vat_answer(), None);
    bench.hardware(HardwareEvent::VatTyped(VatQuestion { number: "ATU1".into(), evse: Some(EvseId(1)) }));
    assert_eq!(bench.engine.vat_answer().map(|answer| answer.accepted), Some(true));
}

#[test]
fn a_payment_on_the_web_is_waited_for_as_long_as_it_was_said() {
    let mut bench = Bench::new(2);
    let started = |evse: u32| Command::WebPaymentStarted { evse: Some(EvseId(evse)), timeout_s: 60 };
    assert_eq!(bench.verdict(&started(9)), Verdict::Rejected);
    assert_eq!(bench.verdict(&started(1)), Verdict::Accepted);
    let waits = |bench: &Bench, evse| bench.engine.awaits_web_payment(bench.now, EvseId(evse));
    assert!(waits(&bench, 1) && !waits(&bench, 2));
    bench.pass(60);
    assert!(!waits(&bench, 1));
    bench.verdict(&started(1));
    bench.plug(1);
    bench.present(1, "A");
    assert!(!waits(&bench, 1), "the driver has begun");
}

fn battery(slot: u32, serial: &str, charge: i64) -> Battery {
    Battery {
        evse: EvseId(slot),
        serial: serial.into(),
        charge: charge.into(),
        health: 95.into(),
        made_at: None,
        info: None,
    }
}

fn swaps(bench: &mut Bench) -> Vec<(i32, SwapStep, String)> {
    let of = |fact: Fact| match fact {
        Fact::BatterySwap(swap) => Some((swap.request, swap.step, swap.batteries[0].serial.to_string())),
        _ => None,
    };
    bench.heard().into_iter().filter_map(of).collect()
}

#[test]
fn batteries_are_swapped_or_left() {
    let mut bench = Bench::new(1);
    let order = |request| Command::RequestBatterySwap { request, id_token: card("A") };
    assert_eq!(bench.verdict(&order(7)), Verdict::Accepted);
    assert_eq!(bench.verdict(&order(8)), Verdict::Rejected, "one at a time");
    assert!(bench.actuated.contains(&Actuation::OpenSlots));
    bench.hardware(HardwareEvent::BatteriesIn(vec![battery(1, "empty", 12)]));
    bench.hardware(HardwareEvent::BatteriesOffered(vec![battery(2, "full", 98)]));
    bench.hardware(HardwareEvent::BatteriesOut(vec![battery(2, "full", 98)]));
    let both = [(7, SwapStep::In, "empty".to_owned()), (7, SwapStep::Out, "full".to_owned())];
    assert_eq!(swaps(&mut bench), both);
    assert_eq!(bench.verdict(&order(9)), Verdict::Accepted);
    bench.pass(120);
    assert_eq!(swaps(&mut bench), [], "who puts nothing in is not told of (S02.FR.05)");
    bench.verdict(&order(10));
    bench.hardware(HardwareEvent::BatteriesIn(vec![battery(1, "empty", 12)]));
    bench.hardware(HardwareEvent::BatteriesOffered(vec![battery(2, "full", 98)]));
    bench.pass(120);
    assert_eq!(swaps(&mut bench)[1], (10, SwapStep::NotTaken, "full".to_owned()), "S03.FR.06");
}
