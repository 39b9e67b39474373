//! Payments that terminals settle (C19 to C22), and VAT numbers (C18): nobody pays twice.

use async_trait::async_trait;
use ocpp_core::model::{Company, StationId, VatAnswer, VatQuestion};
use ocpp_core::types::Version;
use ocpp_server::domain::{Payment, SettlementEntry};
use ocpp_server::handle::{Unplanned, VatRegister};
use ocpp_server::maintenance::Energy;
use serde_json::json;

use super::Bench;
use crate::world::station::{Charge, Station};
use crate::world::{World, eur, id, pass, per_kwh};

async fn settle(station: &Station, charge: Option<&Charge>, status: &str) -> serde_json::Value {
    let mut told = json!({
        "pspRef": "PSP1", "status": status, "settlementAmount": 5.25, "settlementTime": station.now()
    });
    if let Some(charge) = charge {
        told["transactionId"] = json!(charge.name);
    }
    station.call("NotifySettlement", told).await.unwrap()
}

async fn settlements(world: &World) -> Vec<SettlementEntry> {
    Energy::new(world.csms()).settlements(&id("CS"), None, 10).await.unwrap()
}

async fn paid(world: &World, station: &Station) -> (ocpp_server::domain::PaymentId, Charge) {
    let before = station.starts_heard().len();
    let payment = world.pay("CS", "succeeds", "20.00").await.unwrap();
    let token = station.next_start(before).await;
    let charge = station.start(1, &token, 0).await;
    (payment, charge)
}

#[tokio::test(start_paused = true)]
async fn c21_a_settlement_belongs_to_its_session_and_is_kept_once() {
    let world = World::new().await;
    let station = world.connect("CS", Version::V21).await;
    let mut charge = station.start(1, "CARD", 0).await;
    station.stop(&mut charge, 10_000).await;
    settle(&station, Some(&charge), "Failed").await;
    pass(10).await;
    settle(&station, Some(&charge), "Settled").await;
    settle(&station, Some(&charge), "Settled").await;
    let known = settlements(&world).await;
    assert_eq!(known.len(), 1);
    assert_eq!(known[0].told.amount, "5.25".parse().unwrap());
    let session = world.session(1).await;
    assert_eq!(known[0].session.as_ref(), Some(&session.key));
    assert!(!known[0].is_doubled && known[0].payment.is_none());
    let energy = Energy::new(world.csms()).of_session(&session.key).await.unwrap().unwrap();
    assert_eq!(energy.settlements, ["PSP1".into()]);
}

#[tokio::test(start_paused = true)]
async fn c21_a_receipt_of_ours_is_named_in_the_answer() {
    let world = World::new().await;
    world.price("CS", per_kwh("T", "0.50")).await;
    let station = world.connect("CS", Version::V21).await;
    let mut charge = station.start(1, "CARD", 0).await;
    station.stop(&mut charge, 10_000).await;
    let receipt = world.receipt(1).await;
    let answer = settle(&station, Some(&charge), "Settled").await;
    assert_eq!(answer["receiptId"], json!(receipt.number.0.to_string()));
}

#[tokio::test(start_paused = true)]
async fn c20_what_was_canceled_is_known_and_belongs_to_no_session() {
    let world = World::new().await;
    let station = world.connect("CS", Version::V21).await;
    settle(&station, None, "Canceled").await;
    let known = settlements(&world).await;
    assert_eq!((known.len(), &known[0].session), (1, &None));
}

#[tokio::test(start_paused = true)]
async fn a_session_that_the_terminal_settled_is_not_captured_as_well() {
    let world = World::new().await;
    world.price("CS", per_kwh("T", "0.50")).await;
    let station = world.connect("CS", Version::V21).await;
    let (payment, mut charge) = paid(&world, &station).await;
    // It settles while the session still runs: what counts is looked at when it ends.
    settle(&station, Some(&charge), "Settled").await;
    assert_eq!(world.payment(&payment).await.state.name(), "charging");
    station.stop(&mut charge, 10_000).await;
    let released = world.payment_in(&payment, "released").await;
    assert!(format!("{:?}", released.state).contains("terminal"), "{:?}", released.state);
    assert_eq!(crate::world::captured(&released), None);
    assert!(!settlements(&world).await[0].is_doubled);
}

#[tokio::test(start_paused = true)]
async fn a_settlement_after_the_capture_is_told_as_paid_twice() {
    let world = World::new().await;
    world.price("CS", per_kwh("T", "0.50")).await;
    let station = world.connect("CS", Version::V21).await;
    let (payment, mut charge) = paid(&world, &station).await;
    station.stop(&mut charge, 10_000).await;
    let captured: Payment = world.payment_in(&payment, "captured").await;
    assert_eq!(crate::world::captured(&captured), Some(eur("5.00")));
    settle(&station, Some(&charge), "Settled").await;
    let known = settlements(&world).await;
    assert!(known[0].is_doubled);
    assert_eq!(known[0].payment.as_ref(), Some(&payment));
    // It was captured once, and stays so until somebody gives it back.
    assert_eq!(world.payment(&payment).await.state, captured.state);
}

struct Register;

#[async_trait]
impl VatRegister for Register {
    async fn check(&self, _: &StationId, question: &VatQuestion) -> Option<VatAnswer> {
        if &*question.number == "SLOW" {
            pass(60).await;
        }
        let company = Company {
            name: "ACME".into(),
            address1: "Street 1".into(),
            address2: None,
            city: "Town".into(),
            postal_code: None,
            country: "DE".into(),
        };
        let accepted = &*question.number == "DE123456789";
        Some(VatAnswer { accepted, company: accepted.then_some(company) })
    }
}

#[tokio::test(start_paused = true)]
async fn c18_a_vat_number_is_looked_up_by_the_hook() {
    let bench = Bench::with(Unplanned, Some(Register)).await;
    let station = bench.station(Version::V21).await;
    let ask = |number: &str| station.call("VatNumberValidation", json!({"vatNumber": number, "evseId": 1}));
    let answer = ask("DE123456789").await.unwrap();
    assert_eq!((&answer["status"], &answer["evseId"]), (&json!("Accepted"), &json!(1)));
    assert_eq!(answer["company"]["name"], "ACME");
    assert_eq!(ask("DE1").await.unwrap()["status"], "Rejected");
    // Without a word in time it is refused.
    assert_eq!(ask("SLOW").await.unwrap()["status"], "Rejected");
    // Nobody knows numbers unless there is a hook.
    let bench = Bench::new().await;
    let station = bench.station(Version::V21).await;
    let answer = station.call("VatNumberValidation", json!({"vatNumber": "DE123456789"})).await.unwrap();
    assert_eq!(answer["status"], "Rejected");
}
