//! What a station keeps about a customer (N09, N10).

use ocpp_core::dialect::{Memory, Station};
use ocpp_core::model::{
    Cause, CertificateHash, Command, CustomerPiece, CustomerQuestion, CustomerReference, CustomerVerdict,
    Fact, HashAlgorithm, IdToken, Outcome, TokenKind,
};
use ocpp_core::types::Version;

use super::{answered, heard, reported, unsayable};

const TWO: [Version; 2] = [Version::V201, Version::V21];

fn ask(customer: Option<CustomerReference>, report: bool, clear: bool) -> Command {
    Command::CustomerInformation(Box::new(CustomerQuestion { request: 5, customer, report, clear }))
}

fn token() -> CustomerReference {
    CustomerReference::Token(IdToken::new("04AABBCC", TokenKind::ISO14443))
}

#[test]
fn a_customer_is_named_in_three_ways() {
    let hash = CertificateHash {
        algorithm: HashAlgorithm::Sha384,
        issuer_name: "aa".into(),
        issuer_key: "bb".into(),
        serial: "1f".into(),
    };
    let identifier = CustomerReference::Identifier("C-1071".into());
    for version in TWO {
        for customer in [token(), CustomerReference::Certificate(hash.clone()), identifier.clone()] {
            for (report, clear) in [(true, false), (false, true), (true, true)] {
                let order = ask(Some(customer.clone()), report, clear);
                assert_eq!(heard(version, &order).1, order, "{version}");
            }
        }
        for verdict in CustomerVerdict::ALL {
            let cause = Some(Cause { code: "Why".into(), text: None });
            let outcome = Outcome::CustomerInformation { verdict: *verdict, cause };
            assert_eq!(answered(version, &ask(Some(token()), true, false), &outcome), outcome, "{version}");
        }
    }
}

#[test]
fn nobody_and_nothing_are_no_order() {
    for version in TWO {
        assert!(unsayable(version, &ask(None, true, false)).contains("about nobody"), "N09.FR.04");
        assert!(unsayable(version, &ask(Some(token()), false, false)).contains("neither"), "N09.FR.07");
        let long = CustomerReference::Identifier("x".repeat(65).into());
        assert!(unsayable(version, &ask(Some(long), true, false)).contains("64 characters"));
    }
    let order = ask(Some(token()), false, true);
    assert!(unsayable(Version::V16, &order).contains("send its local list anew without the token"));
}

#[test]
fn a_station_hears_nobody_when_several_are_named() {
    let both = r#"{"requestId":5,"report":true,"clear":false,"customerIdentifier":"C-1",
        "idToken":{"idToken":"04AA","type":"ISO14443"}}"#;
    let none = r#"{"requestId":5,"report":true,"clear":false}"#;
    for version in TWO {
        for payload in [both, none] {
            let heard =
                Station::new(version, Memory::default()).hear("CustomerInformation", payload).unwrap();
            let Command::CustomerInformation(question) = heard.meaning else { panic!("another order") };
            assert_eq!(question.customer, None, "{version}: to be answered Invalid (N09.FR.09)");
        }
    }
}

#[test]
fn the_pieces_are_heard_and_shown_to_nobody() {
    let piece = CustomerPiece {
        request: 5,
        seq: 2,
        more: true,
        at: "2026-11-25T08:00:00Z".parse().unwrap(),
        data: "04AABBCC charged on Monday".into(),
    };
    let fact = Fact::CustomerInformation(piece);
    for version in TWO {
        assert_eq!(reported(version, &fact), Some(fact.clone()), "{version}");
    }
    assert!(!format!("{fact:?}").contains("04AABBCC"));
    let named = ask(Some(CustomerReference::Identifier("C-1071".into())), true, true);
    assert!(!format!("{named:?} {:?}", ask(Some(token()), true, true)).contains("C-1071"));
    assert!(!format!("{:?}", ask(Some(token()), true, true)).contains("04AABBCC"));
}
