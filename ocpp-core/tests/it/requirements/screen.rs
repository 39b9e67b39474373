//! Reading looks at the value first, and at the text only where a rule may be broken: both have to agree.

use std::sync::LazyLock;

use ocpp_core::inbound::{Policy, text_findings};
use ocpp_core::message::Shape;
use ocpp_core::quirk::Quirks;
use ocpp_core::schema::{Document, Role};
use proptest::prelude::*;
use proptest::sample::Index;

use super::{actions, cases, shape};
use crate::payloads::{Source, Tree, round_trip_by};
use crate::schemas::{all_documents, committed_schema};

/// What reading tells of a payload that keeps to its schema is what a look at its whole text tells; `None` for
/// a payload that does not.
fn breaches_of(document: &Document, json: &str) -> Option<usize> {
    let schema_only = round_trip_by(document, json, Policy::default()).ok()?;
    if !schema_only.1.is_empty() {
        return None;
    }
    let (_, told, _) = round_trip_by(document, json, Policy::of(document.version)).unwrap();
    let all = text_findings(document.version, &document.shape, json, Quirks::all());
    assert_eq!(told, all, "{} {}: {json}", document.version, document.action);
    Some(told.len())
}

#[test]
fn what_the_text_breaks_is_seen_in_the_value() {
    for case in cases::ALL {
        for version in case.versions {
            let action = actions(*version).iter().find(|action| action.name == case.action).unwrap();
            let role = match case.part {
                cases::Part::Request => Role::Request,
                cases::Part::Response => Role::Response,
            };
            let document =
                Document { version: *version, action: action.name, role, shape: shape(*version, case) };
            assert!(breaches_of(&document, case.broken) > Some(0), "{}", case.broken);
            assert_eq!(breaches_of(&document, case.kept), Some(0), "{}", case.kept);
        }
    }
}

/// Values that rules may be about.
fn values(shape: &Shape, now: &Tree) -> Vec<Tree> {
    let texts = |texts: &[&str]| texts.iter().map(|text| Tree::text(text)).collect();
    let literals = |literals: &[&str]| literals.iter().map(|literal| Tree::literal(literal)).collect();
    match shape {
        Shape::Enumeration(known) => texts(known.values),
        Shape::Text { .. } | Shape::Uri => texts(&["", "A", "a b", "\u{e9}", "*-_=:+|@."]),
        Shape::DateTime => texts(&[
            "1970-01-01T00:00:00Z",
            "1970-06-01T00:00:00.12+02:00",
            "1969-12-31T23:00:00-05:00",
            "2024-01-01T00:00:00.1234Z",
            "2024-01-01T00:00:00.1234567Z",
            "2024-01-01T00:00:00.123Z",
        ]),
        Shape::Integer { .. } => literals(&["-1", "0", "1", "2"]),
        Shape::Number { .. } => literals(&["0", "0.1234567", "0.25", "1.100000000", "1e-7", "12e-1", "1E2"]),
        Shape::Array { .. } => match now {
            Tree::Array(items) if !items.is_empty() => {
                let twice = items.iter().cloned().chain(items.first().cloned()).collect();
                vec![Tree::Array(vec![]), Tree::Array(twice)]
            }
            _ => vec![],
        },
        Shape::Any => literals(&["null", "1"]),
        Shape::Object(_) | Shape::Boolean => vec![],
    }
}

/// Changes one place of a payload, or takes a member away; where `path` leads nowhere nothing changes.
fn change(tree: &mut Tree, shape: &Shape, path: &mut impl Iterator<Item = Index>) {
    let Some(step) = path.next() else { return };
    match (shape, &mut *tree) {
        (Shape::Object(object), Tree::Object(members)) if !object.members.is_empty() => {
            let member = &object.members[step.index(object.members.len())];
            let Some(value) = members.get_mut(member.name) else { return };
            match path.next() {
                Some(what) if what.index(8) == 0 => drop(members.remove(member.name)),
                Some(_) => change(value, member.shape, path),
                None => {}
            }
        }
        (Shape::Array { items, .. }, Tree::Array(values)) if !values.is_empty() && step.index(4) > 0 => {
            let index = step.index(values.len());
            change(&mut values[index], items, path);
        }
        _ => {
            let others = values(shape, tree);
            if !others.is_empty() {
                *tree = step.get(&others).clone();
            }
        }
    }
}

/// Two payloads of every message.
static PAYLOADS: LazyLock<Vec<(Document, Tree)>> = LazyLock::new(|| {
    let of = |document: Document| {
        let schema = committed_schema(&document);
        let source = Source::new(&schema);
        [source.full(), source.largest()].map(|payload| (document.clone(), payload))
    };
    all_documents().into_iter().flat_map(of).collect()
});

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    /// Any change to any message.
    #[test]
    fn the_look_at_the_value_and_the_look_at_the_text_agree(
        changes in prop::collection::vec(prop::collection::vec(any::<Index>(), 24), 1..12),
    ) {
        let (mut read, mut broken) = (0, 0);
        for (document, payload) in PAYLOADS.iter() {
            let mut payload = payload.clone();
            for path in &changes {
                let before = payload.clone();
                change(&mut payload, &document.shape, &mut path.iter().copied());
                match breaches_of(document, &payload.write()) {
                    Some(breaches) => {
                        read += 1;
                        broken += usize::from(breaches > 0);
                    }
                    // Such a change breaks the schema: the next one starts from what did not.
                    None => payload = before,
                }
            }
        }
        prop_assert!(broken > 0 && broken < read, "{broken} of {read}");
    }
}
