//! What the station knows about a customer (N09, N10).

use ocpp_core::model::{
    Command, CustomerPiece, CustomerQuestion, CustomerReference, CustomerVerdict, Fact, Outcome,
};

use crate::bench::{Bench, card, questions};

fn ask(
    bench: &mut Bench,
    customer: Option<CustomerReference>,
    report: bool,
    clear: bool,
) -> (CustomerVerdict, Vec<CustomerPiece>) {
    bench.heard();
    let question = CustomerQuestion { request: 6, customer, report, clear };
    let verdict = match bench.order(&Command::CustomerInformation(Box::new(question))) {
        Outcome::CustomerInformation { verdict, .. } => verdict,
        other => panic!("{other:?}"),
    };
    let piece = |fact: Fact| match fact {
        Fact::CustomerInformation(piece) => Some(piece),
        _ => None,
    };
    (verdict, bench.heard().into_iter().filter_map(piece).collect())
}

fn of(token: &str) -> Option<CustomerReference> {
    Some(CustomerReference::Token(card(token)))
}

#[test]
fn what_is_known_is_told_and_forgotten() {
    let mut bench = Bench::new(1);
    bench.present(1, "A");
    bench.pass(121);
    let (verdict, pieces) = ask(&mut bench, of("A"), true, false);
    assert_eq!(verdict, CustomerVerdict::Accepted);
    assert!(pieces[0].data.contains("Accepted") && !pieces[0].more && pieces[0].request == 6);
    let (_, pieces) = ask(&mut bench, of("A"), true, true);
    assert!(pieces[0].data.contains("forgotten"), "{}", pieces[0].data);
    let (_, pieces) = ask(&mut bench, of("A"), true, false);
    assert_eq!(&*pieces[0].data, "Nothing is known about this customer.");
    bench.heard();
    bench.present(1, "A");
    assert_eq!(questions(&bench.heard()), 1, "the cache has forgotten the token");
}

#[test]
fn what_makes_no_sense_or_cannot_be_done_now_is_refused() {
    let mut bench = Bench::new(1);
    assert_eq!(ask(&mut bench, None, true, false), (CustomerVerdict::Invalid, vec![]));
    assert_eq!(ask(&mut bench, of("A"), false, false), (CustomerVerdict::Rejected, vec![]));
    bench.plug(1);
    bench.present(1, "A");
    assert_eq!(ask(&mut bench, of("A"), false, true), (CustomerVerdict::Rejected, vec![]));
    let (_, pieces) = ask(&mut bench, of("A"), true, false);
    assert!(pieces[0].data.contains("TX1"), "{}", pieces[0].data);
}
