//! Signed values in the messages of each version.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ocpp_core::dialect::Manager;
use ocpp_core::inbound;
use ocpp_core::model::{Fact, Sample};
use ocpp_core::signed::{Algorithm, BadKey, BadSignedValue, Curve, PublicKey, SignedValue, Unverified};
use ocpp_core::types::Version;
use ocpp_core::{v16, v21, v201};
use serde_json::json;

use super::vectors;

/// The object with a data set by OpenSSL on secp256k1, and its key.
fn object() -> (serde_json::Value, PublicKey) {
    let vector = &vectors()[1];
    let key = STANDARD.encode(format!("oca:base16:asn1:{}", vector.key));
    let object = json!({
        "signedMeterData": STANDARD.encode(&vector.hex), "signingMethod": "", "encodingMethod": "OCMF", "publicKey": key,
    });
    (object, PublicKey::parse(&vector.key).unwrap())
}

fn samples(version: Version, action: &str, payload: &serde_json::Value) -> Vec<Sample> {
    let heard = Manager::new(version).hear(action, &payload.to_string()).unwrap();
    let readings = match heard.meaning {
        Fact::Transaction(fact) => fact.readings,
        Fact::Meter(report) => report.readings,
        other => panic!("{other:?}"),
    };
    readings.into_iter().flat_map(|reading| reading.samples).collect()
}

fn proves(signed: Result<SignedValue, BadSignedValue>, key: &PublicKey) {
    let signed = signed.unwrap();
    assert_eq!((signed.encoding(), signed.signing_method()), (Some("OCMF"), None));
    assert_eq!(signed.public_key().as_ref(), Ok(key));
    assert_eq!(signed.ocmf().unwrap().verify(key), Ok(()));
    assert!(!format!("{signed:?}").contains("04A1"), "the data stay out of logs");
}

#[test]
fn version_1_6_carries_the_object_as_text() {
    let (object, key) = object();
    let payload = json!({
        "meterStop": 108_814, "timestamp": "2026-01-31T12:00:00Z", "transactionId": 1745,
        "transactionData": [{ "timestamp": "2026-01-31T12:00:00Z", "sampledValue": [
            { "value": "108814", "context": "Transaction.End" },
            { "format": "SignedData", "value": object.to_string(), "context": "Transaction.End" },
        ] }],
    });
    let stop = inbound::read::<v16::StopTransactionRequest>(&payload.to_string()).unwrap().value;
    let sampled = &stop.transaction_data.as_ref().unwrap()[0].sampled_value;
    assert!(SignedValue::of_v16(&sampled[0]).is_none());
    proves(SignedValue::of_v16(&sampled[1]).unwrap(), &key);

    let signed: Vec<_> = samples(Version::V16, "StopTransaction", &payload)
        .iter()
        .filter_map(SignedValue::of_sample)
        .collect();
    assert_eq!(signed.len(), 1);
    signed.into_iter().for_each(|signed| proves(signed, &key));
}

#[test]
fn versions_2_carry_the_object() {
    let (object, key) = object();
    let payload = json!({
        "eventType": "Ended", "timestamp": "2026-01-31T12:00:00Z", "triggerReason": "StopAuthorized", "seqNo": 2,
        "transactionInfo": { "transactionId": "T1" },
        "meterValue": [{ "timestamp": "2026-01-31T12:00:00Z", "sampledValue": [
            { "value": 108.814, "context": "Transaction.End", "signedMeterValue": object },
            { "value": 16 },
        ] }],
    });
    let text = payload.to_string();
    let old = inbound::read::<v201::TransactionEventRequest>(&text).unwrap().value;
    let old = &old.meter_value.as_ref().unwrap()[0].sampled_value;
    proves(SignedValue::of_v201(&old[0]).unwrap(), &key);
    assert!(SignedValue::of_v201(&old[1]).is_none());
    let new = inbound::read::<v21::TransactionEventRequest>(&text).unwrap().value;
    let new = &new.meter_value.as_ref().unwrap()[0].sampled_value;
    proves(SignedValue::of_v21(&new[0]).unwrap(), &key);
    assert!(SignedValue::of_v21(&new[1]).is_none());
    for version in [Version::V201, Version::V21] {
        let signed: Vec<_> = samples(version, "TransactionEvent", &payload)
            .iter()
            .filter_map(SignedValue::of_sample)
            .collect();
        assert_eq!(signed.len(), 1);
        signed.into_iter().for_each(|signed| proves(signed, &key));
    }
}

#[test]
fn older_stations_send_the_data_set_alone() {
    let vector = &vectors()[0];
    let key = PublicKey::parse(&vector.key).unwrap();
    let digits: String = vector.hex.bytes().map(|byte| format!("{byte:02x}")).collect();
    let in_object = json!({ "signedMeterData": vector.hex, "encodingMethod": "ocmf" }).to_string();
    for text in [&vector.hex, &digits, &in_object] {
        let signed = SignedValue::parse(text).unwrap();
        assert_eq!(signed.data(), vector.hex);
        assert_eq!(signed.public_key(), Err(BadKey::Missing));
        assert_eq!(signed.ocmf().unwrap().verify(&key), Ok(()));
    }
}

#[test]
fn the_signing_method_of_the_message_holds_where_the_data_tell_none() {
    let vector = vectors().into_iter().find(|vector| vector.curve == "secp384r1").unwrap();
    let key = PublicKey::parse(&vector.key).unwrap();
    let carried = |data: &str, method: &str| {
        let object = json!({
            "signedMeterData": STANDARD.encode(data), "signingMethod": method, "encodingMethod": "OCMF",
        });
        SignedValue::parse(&object.to_string()).unwrap()
    };
    let signed = carried(&vector.unnamed, "ECDSA-secp384r1-SHA256");
    assert_eq!(signed.signing_method(), Some(&Algorithm::EcdsaSha256(Curve::Secp384r1)));
    assert_eq!(signed.ocmf().unwrap().verify(&key), Ok(()));
    let signed = carried(&vector.hex, "ECDSA-secp256r1-SHA256");
    assert_eq!(signed.ocmf().unwrap().verify(&key), Ok(()), "what the data say comes first");
    let signed = carried(&vector.unnamed, "");
    assert!(matches!(signed.ocmf().unwrap().verify(&key), Err(Unverified::OtherCurve { .. })));
}

#[test]
fn what_carries_nothing_readable_is_told() {
    let cases = [
        ("", "the value is neither a signedMeterValue object nor a data set of OCMF"),
        ("108814", "the value is neither a signedMeterValue object nor a data set of OCMF"),
        ("{}", "the value is neither a signedMeterValue object nor a data set of OCMF"),
        (r#"{"signedMeterData":"?"}"#, "signedMeterData is no base 64 of a text"),
        (r#"{"signedMeterData":"/w=="}"#, "signedMeterData is no base 64 of a text"),
    ];
    for (text, sentence) in cases {
        assert_eq!(SignedValue::parse(text).unwrap_err().to_string(), sentence, "{text}");
    }
    let edl = SignedValue::parse(r#"{"signedMeterData":"MDE=","encodingMethod":"EDL"}"#).unwrap();
    assert_eq!(edl.data(), "01");
    assert_eq!(edl.ocmf(), Err(BadSignedValue::UnsupportedEncoding("EDL".into())));
}
