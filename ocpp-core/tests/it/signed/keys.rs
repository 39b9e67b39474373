//! Public keys in the forms in which they travel.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use ocpp_core::signed::{BadKey, Curve, PublicKey};
use proptest::prelude::*;

use super::vectors;

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn a_key_is_read_in_every_form() {
    let hex = &vectors()[0].key;
    let der = bytes(hex);
    let key = PublicKey::from_der(&der).unwrap();
    let spaced: String =
        hex.as_bytes().chunks(4).map(|four| format!("{} ", String::from_utf8_lossy(four))).collect();
    let forms = [
        STANDARD.encode(format!("oca:base16:asn1:{hex}")),
        STANDARD.encode(format!("oca:base16:asn1:0x{}", spaced.to_uppercase())),
        STANDARD.encode(format!("oca:base64:asn1:{}", STANDARD.encode(&der))),
        STANDARD_NO_PAD.encode(format!("oca:base64:asn1:{}", STANDARD_NO_PAD.encode(&der))),
        format!("oca:base16:asn1:{hex}"),
        hex.clone(),
        hex.to_uppercase(),
        format!("0x{hex}"),
        spaced,
        STANDARD.encode(&der),
        format!("\n{}\n", STANDARD.encode(&der)),
    ];
    for form in forms {
        assert_eq!(PublicKey::parse(&form), Ok(key.clone()), "{form}");
    }
    assert_eq!(PublicKey::from_point(Curve::Secp256r1, key.point()), Ok(key));
}

#[test]
fn what_is_no_key_is_told() {
    let vectors = vectors();
    let hex = &vectors[0].key;
    let unsupported = |name: &str| {
        let vector = vectors.iter().find(|vector| vector.curve == name).unwrap();
        PublicKey::parse(&vector.key).unwrap_err()
    };
    assert_eq!(unsupported("secp192r1"), BadKey::UnsupportedCurve(Curve::Secp192r1));
    assert_eq!(
        unsupported("brainpool384r1").to_string(),
        "unsupported curve brainpool384r1: secp256r1, secp256k1, secp384r1 and brainpool256r1 can be checked"
    );
    let mut off = hex.clone();
    off.replace_range(hex.len() - 1.., if hex.ends_with('0') { "1" } else { "0" });
    assert_eq!(PublicKey::parse(&off), Err(BadKey::NotOnCurve));
    // An RSA key: another algorithm in the structure.
    assert_eq!(PublicKey::parse("3012300d06092a864886f70d0101010500030100"), Err(BadKey::UnknownCurve));
    let cases = [
        ("", BadKey::Missing),
        ("  ", BadKey::Missing),
        ("oca:base32:asn1:00", BadKey::Form),
        ("oca:base16:pem:00", BadKey::Form),
        ("oca:base16:asn1", BadKey::Form),
        ("oca:base16:asn1:0", BadKey::Encoding),
        ("oca:base64:asn1:?", BadKey::Encoding),
        ("?", BadKey::Encoding),
        ("3000", BadKey::Structure),
        ("AAAA", BadKey::Structure),
    ];
    for (text, bad) in cases {
        assert_eq!(PublicKey::parse(text), Err(bad), "{text}");
    }
    assert_eq!(PublicKey::parse(&"00".repeat(3000)), Err(BadKey::TooLong));
}

proptest! {
    #[test]
    fn a_key_that_is_cut_off_or_changed_is_another_or_none(cut in 0usize..91, at in 0usize..91, bit in 0u8..8) {
        let der = bytes(&vectors()[0].key);
        prop_assert!(PublicKey::from_der(&der[..cut]).is_err());
        let mut changed = der.clone();
        changed[at] ^= 1 << bit;
        if let Ok(key) = PublicKey::from_der(&changed) {
            prop_assert_ne!(Ok(key), PublicKey::from_der(&der));
        }
    }

    #[test]
    fn any_text_is_a_key_or_not(text in "(oca:base(16|64):asn1:)?.{0,60}") {
        prop_assert!(PublicKey::parse(&text).is_err());
    }
}
