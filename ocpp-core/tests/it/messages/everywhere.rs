//! Every way to deviate, at every place of every message.

use ocpp_core::inbound::{Finding, Rule};
use ocpp_core::message::{Object, Shape};
use ocpp_core::schema::Document;

use crate::payloads::{Source, Tree, round_trip};
use crate::schemas::{MESSAGES, all_documents, committed_schema, place};

/// A place in a message, as a path of names and indices.
struct Place {
    path: Vec<String>,
    shape: Shape,
    /// Whether it has to be there; `None` for an item of a list.
    required: Option<bool>,
}

/// A change to a payload and what is to be said of it.
struct Deviation {
    /// Where the finding is expected, below the changed place.
    below: &'static str,
    /// What stands there instead; `None` takes it away.
    value: Option<Tree>,
    rule: Rule,
}

fn with(value: Tree, rule: Rule) -> Deviation {
    Deviation { below: "", value: Some(value), rule }
}

fn places(tree: &Tree, shape: Shape, path: &[String], required: Option<bool>, found: &mut Vec<Place>) {
    found.push(Place { path: path.to_vec(), shape, required });
    let below = |part: &str| path.iter().cloned().chain([part.to_owned()]).collect::<Vec<_>>();
    match (shape, tree) {
        (Shape::Object(object), Tree::Object(members)) => {
            for member in object.members {
                let value = &members[member.name];
                places(value, *member.shape, &below(member.name), Some(member.required), found);
            }
        }
        (Shape::Array { items, .. }, Tree::Array(values)) => {
            for (index, value) in values.iter().enumerate() {
                places(value, *items, &below(&index.to_string()), None, found);
            }
        }
        _ => {}
    }
}

fn look_up<'a>(tree: &'a mut Tree, path: &[String]) -> &'a mut Tree {
    path.iter().fold(tree, |tree, part| match tree {
        Tree::Object(members) => members.get_mut(part).unwrap(),
        Tree::Array(items) => &mut items[part.parse::<usize>().unwrap()],
        other => panic!("{other:?} has no parts"),
    })
}

fn changed(full: &Tree, place: &Place, value: Option<Tree>) -> Tree {
    let mut tree = full.clone();
    match (value, place.path.split_last()) {
        (Some(value), _) => *look_up(&mut tree, &place.path) = value,
        (None, Some((name, parent))) => {
            let Tree::Object(members) = look_up(&mut tree, parent) else { panic!("no member to take away") };
            members.remove(name);
        }
        (None, None) => panic!("the root cannot be taken away"),
    }
    tree
}

fn deviations(place: &Place, now: &Tree) -> Vec<Deviation> {
    let mut deviations = of_presence(place);
    let number = || Tree::literal("5");
    match place.shape {
        Shape::Object(object) => deviations.extend(of_object(object, now, place.path.is_empty())),
        Shape::Enumeration(known) => {
            deviations.push(with(Tree::text("no such value"), Rule::NotInEnum(known.name)));
            deviations.push(with(Tree::text(""), Rule::NotInEnum(known.name)));
            deviations.push(with(number(), Rule::Type("a text")));
        }
        Shape::Text { max } => {
            deviations.push(with(number(), Rule::Type("a text")));
            for c in ["x", "é", "😀"].into_iter().filter(|_| max.is_some()) {
                let limit = max.unwrap();
                deviations
                    .push(with(Tree::Text(c.repeat(limit + 1)), Rule::TooLong { length: limit + 1, limit }));
            }
        }
        Shape::DateTime => {
            deviations.push(with(number(), Rule::Type("a text")));
            for text in
                ["", "2024-01-01", "2024-01-01T00:00:00", "2024-02-30T00:00:00Z", "2024-01-01 00:00:00Z"]
            {
                deviations.push(with(Tree::text(text), Rule::DateTime));
            }
        }
        Shape::Uri => deviations.push(with(number(), Rule::Type("a text"))),
        Shape::Integer { min, max } => deviations.extend(of_integer(min, max)),
        Shape::Number { min, max, .. } => deviations.extend(of_number(min, max)),
        Shape::Boolean => {
            deviations.push(with(Tree::text("true"), Rule::Type("true or false")));
            deviations.push(with(number(), Rule::Type("true or false")));
        }
        Shape::Array { min, max, .. } => deviations.extend(of_list(min, max, now)),
        Shape::Any => {}
    }
    deviations
}

fn expected_type(shape: Shape) -> &'static str {
    match shape {
        Shape::Object(_) => "an object",
        Shape::Enumeration(_) | Shape::Text { .. } | Shape::DateTime | Shape::Uri => "a text",
        Shape::Integer { .. } => "a whole number",
        Shape::Number { .. } => "a number",
        Shape::Boolean => "true or false",
        Shape::Array { .. } => "a list",
        Shape::Any => "a value",
    }
}

fn of_presence(place: &Place) -> Vec<Deviation> {
    let null = |rule| with(Tree::literal("null"), rule);
    match (place.required, place.shape) {
        _ if place.path.is_empty() => vec![null(Rule::NotAnObject)],
        (_, Shape::Any) => vec![],
        (Some(true), shape) => {
            let gone = Deviation { below: "", value: None, rule: Rule::Missing };
            vec![gone, null(Rule::Type(expected_type(shape)))]
        }
        (Some(false), _) => vec![null(Rule::Null)],
        (None, shape) => vec![null(Rule::Type(expected_type(shape)))],
    }
}

fn of_object(object: &Object, now: &Tree, root: bool) -> Vec<Deviation> {
    let Tree::Object(members) = now else { panic!("{now:?} is no object") };
    let wrong = if root { Rule::NotAnObject } else { Rule::Type("an object") };
    let mut deviations = vec![with(Tree::Array(vec![]), wrong.clone()), with(Tree::text("{}"), wrong)];
    if !object.open {
        let mut more = members.clone();
        more.insert("no such member".into(), Tree::read(r#"{"a":[1.50,null]}"#));
        deviations.push(Deviation {
            below: "/no such member",
            value: Some(Tree::Object(more)),
            rule: Rule::Unknown,
        });
    }
    deviations
}

fn of_integer(min: Option<i64>, max: Option<i64>) -> Vec<Deviation> {
    let wrong =
        ["1.5", "1.0", "1e0", "true"].map(|json| with(Tree::literal(json), Rule::Type("a whole number")));
    let far = [i64::from(i32::MIN) - 1, i64::from(i32::MAX) + 1, i64::MIN, i64::MAX];
    let outside = far.into_iter().chain(min.map(|min| min - 1)).chain(max.map(|max| max + 1));
    let outside = outside.map(|value| with(Tree::literal(&value.to_string()), Rule::Range { min, max }));
    wrong.into_iter().chain(outside).collect()
}

fn of_number(min: Option<i64>, max: Option<i64>) -> Vec<Deviation> {
    let wrong = [Tree::text("1.5"), Tree::literal("false")].map(|value| with(value, Rule::Type("a number")));
    let below =
        min.into_iter().flat_map(|min| [format!("{}", min - 1), format!("{}.999", min - 1), "-1e400".into()]);
    let above = max
        .into_iter()
        .flat_map(|max| [format!("{}", max + 1), format!("{max}.0000000000000000000000001"), "1e99".into()]);
    let outside = below.chain(above).map(|text| with(Tree::literal(&text), Rule::Range { min, max }));
    wrong.into_iter().chain(outside).collect()
}

fn of_list(min: Option<usize>, max: Option<usize>, now: &Tree) -> Vec<Deviation> {
    let Tree::Array(items) = now else { panic!("{now:?} is no list") };
    let wrong_count =
        |count: usize| Rule::Count { count, min: min.unwrap_or(0), max: max.unwrap_or(usize::MAX) };
    let of = |count: usize| with(Tree::Array(vec![items[0].clone(); count]), wrong_count(count));
    let wrong = with(Tree::literal("5"), Rule::Type("a list"));
    let few = min.filter(|min| *min > 0).map(|min| of(min - 1));
    [wrong].into_iter().chain(few).chain(max.map(|max| of(max + 1))).collect()
}

/// What is wrong with the way a deviation is told.
fn fault(document: &Document, payload: &Tree, finding: &Finding) -> Option<String> {
    let tolerated = matches!(finding.rule, Rule::Unknown | Rule::Null | Rule::NotInEnum(_));
    let findings = match round_trip(document, &payload.write()) {
        Ok((written, _)) if Tree::read(&written) != *payload => {
            return Some(format!("came back as {written}"));
        }
        Ok((_, findings)) if tolerated => findings,
        Err(rejected) if !tolerated && rejected.fault() == finding.rule.fault() => rejected.findings,
        other => return Some(format!("not as expected: {other:?}")),
    };
    (findings != [finding.clone()]).then(|| format!("{findings:?} instead of {finding:?}"))
}

#[test]
fn every_deviation_is_told_at_its_place() {
    let (mut messages, mut tried, mut faults) = (0, 0, Vec::new());
    for document in all_documents() {
        messages += 1;
        let schema = committed_schema(&document);
        let full = Source::new(&schema).full();
        let mut found = Vec::new();
        places(&full, document.shape, &[], None, &mut found);
        for changing in found {
            let pointer: String = changing.path.iter().map(|part| format!("/{part}")).collect();
            let now = look_up(&mut full.clone(), &changing.path).clone();
            for deviation in deviations(&changing, &now) {
                tried += 1;
                let finding =
                    Finding { pointer: format!("{pointer}{}", deviation.below), rule: deviation.rule };
                let payload = changed(&full, &changing, deviation.value);
                let fault = fault(&document, &payload, &finding);
                faults.extend(
                    fault.map(|fault| format!("{} at {}: {fault}", place(&document), finding.pointer)),
                );
            }
        }
    }
    println!("{tried} deviations of {messages} messages, {} told wrongly", faults.len());
    let shown: Vec<String> = faults.iter().take(30).cloned().collect();
    assert!(faults.is_empty(), "{} faults, the first of which are:\n{}", faults.len(), shown.join("\n"));
    assert_eq!(messages, MESSAGES);
}

#[test]
fn irregular_wire_names_stand_in_the_schemas_letter_by_letter() {
    let all: Vec<(String, String)> =
        all_documents().iter().map(|document| (place(document), document.schema().to_string())).collect();
    let expected = [
        ("2.1/SetChargingProfileRequest", "limit_L2"),
        ("2.1/SetChargingProfileRequest", "setpointReactive_L3"),
        ("2.1/SetDERControlRequest", "fixedPFAbsorb"),
        ("2.1/SetDERControlRequest", "fixedPFInject"),
        ("2.0.1/AuthorizeRequest", "responderURL"),
        ("2.1/AuthorizeRequest", "responderURL"),
        ("2.1/NotifySettlementRequest", "receiptUrl"),
        ("2.1/BatterySwapRequest", "soC"),
        ("1.6/StartTransaction", "idTag"),
    ];
    for (message, name) in expected {
        let (_, schema) = all.iter().find(|(place, _)| place == message).unwrap();
        assert!(schema.contains(&format!(r#""{name}":"#)), "{message} has no {name}");
    }
}
