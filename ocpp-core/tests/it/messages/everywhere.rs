//! Every way to deviate, at every place of every message.

use ocpp_core::inbound::{Finding, Policy, Rule};
use ocpp_core::message::{Object, Shape};
use ocpp_core::quirk::Quirks;
use ocpp_core::schema::Document;

use crate::payloads::{Source, Tree, round_trip, round_trip_by};
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

/// What is to be told of a deviation.
struct Expected {
    pointer: String,
    rule: Rule,
}

impl Expected {
    fn is_all_of(&self, findings: &[Finding]) -> bool {
        matches!(findings, [only] if only.pointer == self.pointer && only.rule == self.rule)
    }
}

/// What is wrong with the way a deviation is refused where nothing is tolerated.
fn fault_of_strict(document: &Document, json: &str, expected: &Expected) -> Option<String> {
    let strict = Policy::default().with_quirks(Quirks::strict());
    match round_trip_by(document, json, strict) {
        Err(rejected) if !expected.is_all_of(&rejected.findings) => {
            Some(format!("strictly {:?} instead of {}", rejected.findings, expected.rule))
        }
        Err(rejected) if rejected.fault() != expected.rule.fault() => {
            Some(format!("strictly refused as {:?}", rejected.fault()))
        }
        Err(_) => None,
        Ok(_) => Some("not refused".into()),
    }
}

/// What is wrong with the way a deviation is told where all habits are tolerated, and whether it was.
fn fault_of_tolerant(document: &Document, payload: &Tree, expected: &Expected) -> (Option<String>, bool) {
    let keeps = matches!(expected.rule, Rule::Unknown | Rule::Null | Rule::NotInEnum(_));
    let json = payload.write();
    let (written, findings, raw) = match round_trip(document, &json) {
        Ok(read) => read,
        Err(rejected) if !keeps && expected.is_all_of(&rejected.findings) => return (None, false),
        Err(rejected) => return (Some(format!("refused: {rejected}")), false),
    };
    let fault = if keeps && Tree::read(&written) != *payload {
        Some(format!("came back as {written}"))
    } else if !expected.is_all_of(&findings) || !findings.iter().all(Finding::is_tolerated) {
        Some(format!("{findings:?} instead of {}", expected.rule))
    } else if raw.as_deref() != Some(&*json) {
        Some(format!("the text as it came is not kept but {raw:?}"))
    } else if !keeps && round_trip(document, &written).is_ok_and(|(_, findings, _)| !findings.is_empty()) {
        Some(format!("mended into {written}, which deviates again"))
    } else {
        None
    };
    (fault, true)
}

#[test]
fn every_deviation_is_told_at_its_place() {
    let (mut messages, mut tried, mut tolerated, mut faults) = (0, 0, 0, Vec::new());
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
                let expected =
                    Expected { pointer: format!("{pointer}{}", deviation.below), rule: deviation.rule };
                let payload = changed(&full, &changing, deviation.value);
                let (fault, read) = fault_of_tolerant(&document, &payload, &expected);
                tolerated += usize::from(read);
                let strict = fault_of_strict(&document, &payload.write(), &expected);
                let told = fault.into_iter().chain(strict);
                faults.extend(
                    told.map(|fault| format!("{} at {}: {fault}", place(&document), expected.pointer)),
                );
            }
        }
    }
    println!(
        "{tried} deviations of {messages} messages: {tolerated} tolerated and told, the rest refused; \
         {} told wrongly",
        faults.len()
    );
    let shown: Vec<String> = faults.iter().take(30).cloned().collect();
    assert!(faults.is_empty(), "{} faults, the first of which are:\n{}", faults.len(), shown.join("\n"));
    assert_eq!(messages, MESSAGES);
    assert!(tolerated > tried / 10 && tolerated < tried, "{tolerated} of {tried}");
}

/// How much was added to a payload.
#[derive(Debug, Default)]
struct Added {
    unknown_members: usize,
    unlisted_values: usize,
    numbers: usize,
    custom_data: usize,
}

/// The payload with all that others may add: a member that no schema names in every object, a value that no
/// schema lists for every enumeration, zeros and sizes that no machine type holds in every number.
fn crowded(tree: &Tree, shape: Shape, added: &mut Added) -> Tree {
    match (shape, tree) {
        (Shape::Object(object), Tree::Object(members)) => {
            let member = |name: &String| object.members.iter().find(|member| member.name == name);
            let mut more: std::collections::BTreeMap<String, Tree> = members
                .iter()
                .map(|(name, value)| {
                    let shape = member(name).map_or(Shape::Any, |member| *member.shape);
                    (name.clone(), crowded(value, shape, added))
                })
                .collect();
            let vendors = r#"{"deep":[{"er":[1.500,1e400,null]}],"\u00e9\/":"\ud83d\ude00"}"#;
            more.insert("x-vendor ~/".into(), Tree::read(vendors));
            added.unknown_members += 1;
            added.custom_data += usize::from(object.open);
            Tree::Object(more)
        }
        (Shape::Array { items, .. }, Tree::Array(values)) => {
            Tree::Array(values.iter().map(|value| crowded(value, *items, added)).collect())
        }
        (Shape::Enumeration(_), _) => {
            added.unlisted_values += 1;
            Tree::text("Sunspots, \"again\"")
        }
        (Shape::Number { min, max, .. }, _) => {
            added.numbers += 1;
            let digits = ["1e400", "2935.600", "0.30000000000000000000000000000000000000001"];
            let bounded = if max == Some(0) { "-0.000" } else { "1.000" };
            let free = min.is_none() && max.is_none();
            Tree::literal(if free { digits[added.numbers % 3] } else { bounded })
        }
        _ => tree.clone(),
    }
}

#[test]
fn nothing_that_others_add_is_lost_in_any_message() {
    let (mut messages, mut added) = (0, Added::default());
    for document in all_documents() {
        messages += 1;
        let schema = committed_schema(&document);
        for payload in [Source::new(&schema).full(), Source::new(&schema).largest()] {
            let payload = crowded(&payload, document.shape, &mut added);
            let json = payload.write();
            let (written, findings, raw) = round_trip(&document, &json).unwrap();
            assert_eq!(Tree::read(&written), payload, "{}", place(&document));
            assert_eq!(raw.as_deref(), Some(&*json), "{}", place(&document));
            assert!(!findings.is_empty() && findings.iter().all(Finding::is_tolerated));
        }
    }
    println!("{messages} messages kept all of {added:?}");
    assert_eq!(messages, MESSAGES);
    assert!(added.unknown_members > 3000 && added.unlisted_values > 500, "{added:?}");
    assert!(added.numbers > 500 && added.custom_data > 1000, "{added:?}");
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
