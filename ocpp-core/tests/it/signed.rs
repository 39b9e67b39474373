//! Signed meter values: what is read, what is proven, and what may be billed.
//!
//! `signed/openssl.json` holds data sets that OpenSSL signed, on each curve; nothing of this crate had a part in
//! them. Data sets that tests make up are signed here.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod billing;
mod carriage;
mod keys;

use ocpp_core::signed::{BadOcmf, Clock, Curve, MeterStatus, Ocmf, PublicKey, Reason, Unit, Unverified};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey};
use proptest::prelude::*;
use serde::Deserialize;

/// Data sets of one curve by OpenSSL. Those of secp256k1 have their second number in the upper half.
#[derive(Deserialize)]
pub(crate) struct Vector {
    curve: String,
    key: String,
    hex: String,
    base64: String,
    unnamed: String,
    begin: String,
    charging: String,
    end: String,
}

pub(crate) fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("signed/openssl.json")).unwrap()
}

/// A key made up for tests; OpenSSL's are in the vectors.
fn signing_key() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).unwrap()
}

pub(crate) fn test_key() -> PublicKey {
    let point = signing_key().verifying_key().to_sec1_point(false);
    PublicKey::from_point(Curve::Secp256r1, point.as_bytes()).unwrap()
}

/// A data set of this payload, properly signed with the key made up for tests.
pub(crate) fn signed(payload: &str) -> Ocmf {
    let signature: DerSignature = signing_key().sign(payload.as_bytes());
    let digits: String = signature.as_bytes().iter().map(|byte| format!("{byte:02X}")).collect();
    Ocmf::parse(&format!(r#"OCMF|{payload}|{{"SD":"{digits}"}}"#)).unwrap()
}

fn bad(payload: &str) -> BadOcmf {
    Ocmf::parse(&format!(r#"OCMF|{payload}|{{"SD":"00"}}"#)).unwrap_err()
}

const SUPPORTED: [&str; 4] = ["secp256r1", "secp256k1", "secp384r1", "brainpool256r1"];

#[test]
fn signatures_by_openssl_are_verified_on_the_supported_curves_only() {
    for vector in vectors() {
        let Ok(key) = PublicKey::parse(&vector.key) else {
            assert!(!SUPPORTED.contains(&vector.curve.as_str()), "{}", vector.curve);
            let other = test_key();
            let curve = Curve::from_name(&vector.curve).unwrap();
            let refused = Ocmf::parse(&vector.hex).unwrap().verify(&other);
            assert_eq!(refused, Err(Unverified::UnsupportedCurve(curve)));
            continue;
        };
        assert!(SUPPORTED.contains(&vector.curve.as_str()), "{}", vector.curve);
        assert_eq!(key.curve().name(), vector.curve);
        for text in [&vector.hex, &vector.base64, &vector.begin, &vector.charging, &vector.end] {
            assert_eq!(Ocmf::parse(text).unwrap().verify(&key), Ok(()), "{}", vector.curve);
        }
        let unnamed = Ocmf::parse(&vector.unnamed).unwrap().verify(&key);
        let expected = match key.curve() {
            Curve::Secp256r1 => Ok(()),
            key => Err(Unverified::OtherCurve { signature: Curve::Secp256r1, key }),
        };
        assert_eq!(unnamed, expected);
    }
}

#[test]
fn no_flipped_bit_is_verified() {
    for vector in vectors().iter().filter(|vector| SUPPORTED.contains(&vector.curve.as_str())) {
        let key = PublicKey::parse(&vector.key).unwrap();
        let original = Ocmf::parse(&vector.begin).unwrap();
        let mut changed = 0;
        // Every byte on the curve whose arithmetic is fastest, a sample on the others.
        let step = if vector.curve == "secp256k1" { 1 } else { 7 };
        for (index, bit) in (0..vector.begin.len()).step_by(step).zip((0..8).cycle()) {
            let mut bytes = vector.begin.clone().into_bytes();
            bytes[index] ^= 1 << bit;
            let Ok(text) = String::from_utf8(bytes) else { continue };
            let Ok(set) = Ocmf::parse(&text) else { continue };
            // The case of a hexadecimal digit, or of the algorithm's name, is no content.
            let same = set.signed_bytes() == original.signed_bytes() && set.signature == original.signature;
            assert_eq!(set.verify(&key).is_ok(), same, "{} bit {bit} of byte {index}", vector.curve);
            changed += usize::from(!same);
        }
        assert!(changed > 100 / step, "{} of {} had to be verified", changed, vector.curve);
    }
}

#[test]
fn the_key_of_another_meter_verifies_nothing() {
    let vectors = vectors();
    let set = Ocmf::parse(&vectors[0].hex).unwrap();
    assert_eq!(set.verify(&test_key()), Err(Unverified::Mismatch));
    let other_curve = PublicKey::parse(&vectors[1].key).unwrap();
    assert!(matches!(set.verify(&other_curve), Err(Unverified::OtherCurve { .. })));
}

#[test]
fn the_exact_bytes_are_signed() {
    let payload = "{ \"RD\" :[ {\"TM\":\"2018-07-24T13:22:04,000+0200 S\"} ]\r\n}";
    let set = signed(payload);
    assert_eq!(set.signed_bytes(), payload.as_bytes());
    assert_eq!(set.verify(&test_key()), Ok(()));
    let text = set.as_str().replace(" :[", ":[");
    assert_eq!(Ocmf::parse(&text).unwrap().verify(&test_key()), Err(Unverified::Mismatch));
    let around = format!("\n {}\r\n", set.as_str());
    assert_eq!(Ocmf::parse(&around).unwrap().verify(&test_key()), Ok(()));
}

#[test]
fn what_cannot_be_a_signature_is_told() {
    let set = |signature: &str| {
        Ocmf::parse(&format!(r#"OCMF|{{"RD":[{{"TM":"2018-07-24T13:22:04,000+0200 S"}}]}}|{signature}"#))
    };
    assert_eq!(set(r#"{"SD":"00"}"#).unwrap().verify(&test_key()), Err(Unverified::Malformed));
    assert_eq!(set(r#"{"SD":"3006020100020100"}"#).unwrap().verify(&test_key()), Err(Unverified::Malformed));
    assert_eq!(
        set(r#"{"SA":"RSA-2048","SD":"00"}"#).unwrap().verify(&test_key()),
        Err(Unverified::UnsupportedAlgorithm("RSA-2048".into()))
    );
    assert_eq!(
        set(r#"{"SA":"ECDSA-secp256r1-SHA512","SD":"00"}"#).unwrap().verify(&test_key()),
        Err(Unverified::UnsupportedAlgorithm("ECDSA-secp256r1-SHA512".into()))
    );
    let sentences = [
        (r#"{}"#, "SD of the signature is missing"),
        (r#"{"SD":"0"}"#, "SD of the signature has to be hexadecimal digits"),
        (r#"{"SD":"é"}"#, "SD of the signature has to be hexadecimal digits"),
        (r#"{"SE":"base64","SD":"?"}"#, "SD of the signature has to be base 64"),
        (r#"{"SE":"base32","SD":"00"}"#, "SE of the signature has to be hex or base64"),
        (r#"{"SM":"text/plain","SD":"00"}"#, "SM of the signature has to be application/x-der"),
        (r#"{"SD":"00","SD":"01"}"#, "SD of the signature stands there twice"),
        (r#"[]"#, "the signature is no JSON object"),
    ];
    for (signature, sentence) in sentences {
        assert_eq!(set(signature).unwrap_err().to_string(), sentence);
    }
}

#[test]
fn what_is_no_data_set_is_refused_in_one_sentence() {
    let cases = [
        ("", "the text does not begin with OCMF|"),
        ("ocmf|{}|{}", "the text does not begin with OCMF|"),
        ("OCMF|{}", "the text has 2 sections instead of OCMF|payload|signature"),
        ("OCMF|{}|{}|3059", "the text has 4 sections instead of OCMF|payload|signature"),
        ("OCMF|no|{}", "the payload is no JSON object"),
    ];
    for (text, sentence) in cases {
        assert_eq!(Ocmf::parse(text).unwrap_err().to_string(), sentence);
    }
    let long = format!("OCMF|{}|{{}}", " ".repeat(Ocmf::MAX_BYTES));
    assert!(matches!(Ocmf::parse(&long), Err(BadOcmf::TooLong(_))));
    let cases = [
        (r#"{}"#, "RD of the payload is missing"),
        (r#"{"RD":[]}"#, "RD of the payload is missing"),
        (r#"{"RD":[1]}"#, "RD[0] is no JSON object"),
        (r#"{"RD":[{}]}"#, "TM of RD[0] is missing"),
        (r#"{"RD":{},"MS":[]}"#, "MS of the payload has to be a text"),
        (r#"{"PG":"17","RD":[]}"#, "PG of the payload has to be T or F with a number, such as T17"),
        (r#"{"PG":"T-17","RD":[]}"#, "PG of the payload has to be T or F with a number, such as T17"),
        (
            r#"{"PG":"T99999999999999999999","RD":[]}"#,
            "PG of the payload has to be T or F with a number, such as T17",
        ),
        (r#"{"LC":{"LR":"much"},"RD":[]}"#, "LR of LC of the payload has to be a number"),
        (
            r#"{"RD":[{"TM":"yesterday"}]}"#,
            "TM of RD[0] has to be a time such as 2018-07-24T13:22:04,000+0200 S",
        ),
        (
            r#"{"RD":[{"TM":"2018-07-24T13:22:04,000+0200 S"},{"TX":"Q"}]}"#,
            "TX of RD[1] has to be one of B C X E L R A P S T",
        ),
        (
            r#"{"RD":[{"TM":"2018-07-24T13:22:04,000+0200 S","RV":1,"RV":2}]}"#,
            "RV of RD[0] stands there twice",
        ),
    ];
    for (payload, sentence) in cases {
        assert_eq!(bad(payload).to_string(), sentence, "{payload}");
    }
}

#[test]
fn all_members_are_read() {
    let set = signed(concat!(
        r#"{"FV":"1.2","GI":"ABL","GS":8088,"GV":"1.4","PG":"F12345","MV":"Phoenix","MM":"EEM","MS":"BQ27","MF":"1.0","#,
        r#""IS":true,"IL":"VERIFIED","IF":["RFID_PLAIN"],"IT":"ISO14443","ID":"1F2D","TT":"Tariff 1","CCV":"9","#,
        r#""LC":{"LN":"cable","LI":1,"LR":2.50,"LU":"mOhm"},"CT":"EVSEID","CI":"DE*1","XY":{"own":1},"#,
        r#""RD":[{"TM":"2018-07-24T13:22:04,000+0200 R","TX":"B","RV":"2935.600","RI":"1-b:1.8.0","RU":"kWh","#,
        r#""RT":"DC","CL":0.50,"EF":"Et","ST":"M"}]}"#
    ));
    let payload = &set.payload;
    assert_eq!(payload.format_version.as_deref(), Some("1.2"));
    assert_eq!(payload.gateway.serial.as_deref(), Some("8088"));
    assert_eq!(payload.pagination.unwrap().to_string(), "F12345");
    let user = payload.user.as_ref().unwrap();
    assert_eq!((user.assigned, user.kind.as_deref()), (Some(true), Some("ISO14443")));
    assert_eq!(user.tariff.as_deref(), Some("Tariff 1"));
    assert_eq!(payload.controller_version.as_deref(), Some("9"));
    let loss = payload.cable_loss.as_ref().unwrap();
    assert_eq!(loss.resistance.as_ref().unwrap().to_string(), "2.50");
    assert_eq!(payload.charge_point.as_ref().unwrap().identification.as_deref(), Some("DE*1"));
    let reading = &payload.readings[0];
    assert_eq!((reading.time.clock, &*reading.time.text), (Clock::Relative, "2018-07-24T13:22:04,000+0200"));
    assert_eq!(reading.time.at.to_string(), "2018-07-24T11:22:04Z");
    assert_eq!(reading.value.as_ref().unwrap().to_string(), "2935.600");
    assert_eq!(reading.watt_hours().unwrap().to_string(), "2935600.000");
    assert_eq!(reading.cumulated_loss.as_ref().unwrap().to_string(), "0.50");
    assert!(reading.errors.energy && reading.errors.time);
    assert_eq!(reading.status, Some(MeterStatus::Manipulated));
    assert!(!format!("{set:?}").contains("1F2D"), "the identification stays out of logs");
}

#[test]
fn readings_inherit_from_the_one_before_in_their_set() {
    let set = signed(concat!(
        r#"{"RD":[{"TM":"2018-07-24T13:22:04,000+0200 S","TX":"B","RV":1.0,"RI":"1-b:1.8.0","RU":"Wh","EF":"E","ST":"T"},"#,
        r#"{"TM":"2018-07-24T13:23:04,000+0200 S","TX":"C","RV":2.00},"#,
        r#"{"TM":"2018-07-24T13:24:04,000+0200 I","RV":3.0,"EF":"","ST":"G"},{"TX":"E","RU":"kWh"}]}"#
    ));
    let [first, second, third, last] = &set.payload.readings[..] else { panic!() };
    assert_eq!((second.reason, third.reason), (Some(Reason::Charging), Some(Reason::Charging)));
    assert_eq!((&second.register, &last.register), (&first.register, &first.register));
    assert_eq!((second.status, second.errors.energy), (Some(MeterStatus::Timeout), true));
    assert_eq!((third.status, third.errors.is_empty()), (Some(MeterStatus::Good), true));
    assert_eq!((last.status, last.time.clock), (Some(MeterStatus::Good), Clock::Informative));
    assert_eq!((&last.value, &last.unit), (&third.value, &Some(Unit::KilowattHours)));
}

proptest! {
    #[test]
    fn a_data_set_that_is_cut_off_is_no_data_set(length in 0usize..2000, which in 0usize..6) {
        let vector = &vectors()[which];
        let text: String = vector.hex.chars().take(length).collect();
        prop_assert_eq!(Ocmf::parse(&text).is_ok(), text.len() == vector.hex.len());
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(OCMF\\|)?.{0,80}(\\|\\{\"SD\":\"[0-9a-f]{0,40}\"\\})?") {
        if let Ok(set) = Ocmf::parse(&text) {
            prop_assert!(set.verify(&test_key()).is_err());
        }
    }

    #[test]
    fn any_signature_is_verified_or_not(
        bytes in prop::collection::vec(any::<u8>(), 0..120), curve in prop::sample::select(&SUPPORTED)
    ) {
        let vector = vectors().into_iter().find(|vector| vector.curve == curve).unwrap();
        let key = PublicKey::parse(&vector.key).unwrap();
        let mut set = Ocmf::parse(&vector.hex).unwrap();
        // What looks like a signature gets further than what does not.
        let mut der = vec![0x30, u8::try_from(bytes.len() + 2).unwrap(), 0x02, 0x20];
        der.extend(&bytes);
        set.signature.der = der;
        prop_assert!(set.verify(&key).is_err());
        set.signature.der = bytes;
        prop_assert!(set.verify(&key).is_err());
    }
}
