//! Meter values (block J) and costs that drivers are shown (block I).

use ocpp_core::model::{Measurand, Place, SampleValue};
use ocpp_core::rules::tariff::SimpleTariff;
use ocpp_core::types::Version;
use ocpp_server::domain::{EventKind, Session};
use ocpp_server::store::Sessions;
use serde_json::{Value, json};

use crate::world::station::Station;
use crate::world::{World, pass, per_kwh};

const TWO: [Version; 2] = [Version::V201, Version::V21];

fn values(station: &Station, context: &str, wh: i64) -> Value {
    json!([{"timestamp": station.now(), "sampledValue": [
        {"value": wh, "context": context, "measurand": "Energy.Active.Import.Register",
            "unitOfMeasure": {"unit": "Wh"}},
        {"value": 7400, "context": context, "measurand": "Power.Active.Import", "unitOfMeasure": {"unit": "W"}}
    ]}])
}

#[tokio::test(start_paused = true)]
async fn tc_j_01_csms_values_outside_a_transaction_are_told() {
    for version in TWO {
        let world = World::new().await;
        let mut events = world.csms().bus().listen();
        let station = world.connect("CS", version).await;
        let payload = json!({"evseId": 1, "meterValue": values(&station, "Sample.Clock", 1234)});
        assert_eq!(station.call("MeterValues", payload).await.unwrap(), json!({}));
        let mut told = None;
        while let Ok(event) = events.try_recv() {
            if let EventKind::MeterReported { place, readings } = &event.event.kind {
                told = Some((*place, readings.clone()));
            }
        }
        let (place, readings) = told.unwrap();
        assert_eq!(place, Place::of(1, None), "{version}");
        assert_eq!(readings[0].energy_register().map(|register| register.0), Some(1234));
        assert!(world.sessions(None).await.is_empty());
    }
}

/// A transaction with one event whose values are these; the session.
async fn reported(version: Version, kind: &str, context: &str) -> (World, Session) {
    let world = World::new().await;
    let station = world.connect("CS", version).await;
    let mut charge = station.start(1, "CARD", 1000).await;
    pass(60).await;
    charge.seq += 1;
    let (action, mut event) = match kind {
        "Ended" => station.ended(&charge, 1500),
        _ => station.updated(&charge, 1500, Some("Charging")),
    };
    event["meterValue"] = values(&station, context, 1500);
    event["triggerReason"] =
        json!(if context == "Sample.Clock" { "MeterValueClock" } else { "MeterValuePeriodic" });
    station.call(action, event).await.unwrap();
    let session = world.session(1).await;
    assert_eq!(session.meter_start.map(|register| register.0), Some(1000));
    assert_eq!(session.meter_last.map(|(_, register)| register.0), Some(1500), "{version} {kind}");
    (world, session)
}

#[tokio::test(start_paused = true)]
async fn tc_j_02_csms_clock_aligned_values_in_a_transaction() {
    for version in TWO {
        let (_, session) = reported(version, "Updated", "Sample.Clock").await;
        assert_eq!(session.power.map(|power| power.0), Some(7400));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_j_03_csms_clock_aligned_values_at_the_end() {
    for version in TWO {
        let (world, session) = reported(version, "Ended", "Sample.Clock").await;
        assert!(session.ended_at.is_some());
        assert!(world.store.readings(&session.key).await.unwrap().len() >= 2);
    }
}

/// A signed value in a report, as it is kept.
async fn signed(kind: &str, context: &str) {
    for version in TWO {
        let world = World::new().await;
        let station = world.connect("CS", version).await;
        let mut charge = station.start(1, "CARD", 1000).await;
        charge.seq += 1;
        let (action, mut event) = match kind {
            "Ended" => station.ended(&charge, 1500),
            _ => station.updated(&charge, 1500, Some("Charging")),
        };
        event["meterValue"] = values(&station, context, 1500);
        event["meterValue"][0]["sampledValue"][0]["signedMeterValue"] = json!({
            "signedMeterData": "T0NNRg==", "signingMethod": "ECDSA-secp256r1-SHA256",
            "encodingMethod": "OCMF", "publicKey": "b3Blbg=="
        });
        station.call(action, event).await.unwrap();
        let session = world.session(1).await;
        let kept = world.store.readings(&session.key).await.unwrap();
        let sample = kept
            .iter()
            .flat_map(|kept| &kept.reading.samples)
            .find(|sample| sample.signed.is_some())
            .unwrap();
        assert_eq!(sample.measurand, Measurand::ENERGY_IMPORT_REGISTER, "{version}");
        assert!(matches!(&sample.value, SampleValue::Number(value) if *value == 1500.into()));
        let data: Value = serde_json::from_str(sample.signed.as_ref().unwrap()).unwrap();
        assert_eq!(data["signedMeterData"], "T0NNRg==");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_j_04_csms_signed_clock_aligned_values_are_kept_as_they_are() {
    signed("Updated", "Sample.Clock").await;
}

#[tokio::test(start_paused = true)]
async fn tc_j_07_csms_values_at_the_start() {
    for version in TWO {
        let world = World::new().await;
        let station = world.connect("CS", version).await;
        station.start(1, "CARD", 4321).await;
        let session = world.session(1).await;
        assert_eq!(session.meter_start.map(|register| register.0), Some(4321), "{version}");
        assert_eq!(session.place, Some(Place::of(1, Some(1))));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_j_08_csms_the_values_of_the_begin_come_with_the_evse() {
    for version in TWO {
        let world = World::new().await;
        let station = world.connect("CS", version).await;
        let event = |seq: u32, kind: &str| {
            json!({"eventType": kind, "timestamp": station.now(), "triggerReason": "Authorized", "seqNo": seq,
                "transactionInfo": {"transactionId": "TX"}, "idToken": {"idToken": "CARD", "type": "ISO14443"}})
        };
        station.call("TransactionEvent", event(0, "Started")).await.unwrap();
        assert_eq!(world.session(1).await.meter_start, None);
        let mut known = event(1, "Updated");
        known["evse"] = json!({"id": 1, "connectorId": 1});
        known["meterValue"] = values(&station, "Transaction.Begin", 777);
        station.call("TransactionEvent", known).await.unwrap();
        let session = world.session(1).await;
        assert_eq!(session.meter_start.map(|register| register.0), Some(777), "{version}");
        assert_eq!(session.place, Some(Place::of(1, Some(1))));
        assert_eq!(session.doubts, []);
    }
}

#[tokio::test(start_paused = true)]
async fn tc_j_09_csms_sampled_values_in_a_transaction() {
    for version in TWO {
        reported(version, "Updated", "Sample.Periodic").await;
    }
}

#[tokio::test(start_paused = true)]
async fn tc_j_10_csms_sampled_values_at_the_end() {
    for version in TWO {
        reported(version, "Ended", "Transaction.End").await;
    }
}

#[tokio::test(start_paused = true)]
async fn tc_j_11_csms_signed_sampled_values_are_kept_as_they_are() {
    signed("Ended", "Transaction.End").await;
}

#[tokio::test(start_paused = true)]
async fn tc_i_01_csms_the_running_cost_is_shown() {
    for version in TWO {
        let world = World::new().await;
        // A minute costs as well, so that the cost goes on between reports.
        let tariff =
            SimpleTariff { price_charging_minute: Some("0.10".parse().unwrap()), ..per_kwh("T", "0.50") };
        world.price("CS", tariff).await;
        let station = world.connect("CS", version).await;
        let mut charge = station.start(1, "CARD", 0).await;
        pass(60).await;
        let answer = station.meter(&mut charge, 2000).await;
        assert_eq!(answer["totalCost"].as_f64(), Some(1.1), "{version}");
        pass(120).await;
        let shown = station.orders("CostUpdated");
        let last = shown.last().unwrap();
        assert_eq!(last["transactionId"], json!(charge.name));
        assert!(last["totalCost"].as_f64().is_some_and(|cost| cost > 1.1), "{last}");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_i_02_csms_the_final_cost_is_in_the_answer_to_the_end() {
    for version in TWO {
        let world = World::new().await;
        world.price("CS", per_kwh("T", "0.50")).await;
        let station = world.connect("CS", version).await;
        let mut charge = station.start(1, "CARD", 0).await;
        let answer = station.stop(&mut charge, 3000).await;
        assert_eq!(answer["totalCost"].as_f64(), Some(1.5), "{version}");
    }
}
