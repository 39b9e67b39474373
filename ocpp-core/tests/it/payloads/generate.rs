//! Payloads out of a JSON schema, without a look at the types.

use std::collections::BTreeMap;

use serde_json::Value;

use super::tree::Tree;

/// Items of the largest list, where the schema allows as many.
const MANY: usize = 5;
/// Length of a text without a limit.
const LONG: usize = 3000;

const DATE_TIMES: &[&str] = &[
    "2024-02-29T23:59:59Z",
    "2024-02-29t23:59:59z",
    "2024-02-29T23:59:59+00:00",
    "2024-02-29T23:59:59-00:00",
    "2024-02-29T23:59:59+14:00",
    "2024-02-29T23:59:59-11:30",
    "2024-02-29T23:59:59.1Z",
    "2024-02-29T23:59:59.12Z",
    "2024-02-29T23:59:59.123Z",
    "2024-02-29T23:59:59.100Z",
    "2024-02-29T23:59:59.1234Z",
    "2024-02-29T23:59:59.12345+02:00",
    "2024-02-29T23:59:59.123456Z",
    "2024-02-29T23:59:59.1234567Z",
    "2024-02-29T23:59:59.12345678-05:00",
    "2024-02-29T23:59:59.123456789Z",
    "2024-02-29T23:59:59.000000000z",
    "1970-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-30T00:00:00Z",
    "2016-12-31T23:59:60Z",
];

const INTEGERS: &[i64] = &[i32::MIN as i64, -1, 0, 1, i32::MAX as i64];

const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "0.0",
    "-0.0",
    "1",
    "1.0",
    "0.1",
    "0.30000000000000004",
    "21.4",
    "99.99",
    "2935.600",
    "1e3",
    "1E3",
    "1.50e+2",
    "25e-1",
    "-12.5",
    "79228162514264337593543950335",
    "-79228162514264337593543950335",
    "7.9228162514264337593543950335",
    "0.0000000000000000000000000001",
    "-0.0000000000000000000000000001",
    // More than a Decimal holds; kept all the same.
    "79228162514264337593543950336",
    "1e400",
    "-1e400",
    "1e-400",
    "3.14159265358979323846264338327950288419716939937510",
];

const ANYTHING: &[&str] =
    &["null", "true", "0.10", "\"text\"", "[]", "[1,2.50,[null]]", "{}", r#"{"a":{"b":[1e2]},"c":null}"#];

/// A schema, and the document in which its references lead somewhere.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    schema: &'a Value,
    root: &'a Value,
}

impl<'a> Source<'a> {
    pub(crate) fn new(root: &'a Value) -> Source<'a> {
        Source { schema: root, root }
    }

    fn at(self, schema: &'a Value) -> Source<'a> {
        match schema.get("$ref").and_then(Value::as_str) {
            Some(place) => self.at(self.root.pointer(place.trim_start_matches('#')).unwrap()),
            None => Source { schema, root: self.root },
        }
    }

    fn limit(self, keyword: &str) -> Option<f64> {
        self.schema.get(keyword).map(|limit| limit.as_f64().unwrap())
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn count(self, keyword: &str) -> Option<usize> {
        self.limit(keyword).map(|count| count as usize)
    }

    fn kind(self) -> Option<&'a str> {
        self.schema.get("type").and_then(Value::as_str)
    }

    fn members(self) -> impl Iterator<Item = (&'a String, Source<'a>, bool)> {
        let required = self.schema.get("required").and_then(Value::as_array);
        let members = self.schema.get("properties").and_then(Value::as_object);
        members.into_iter().flatten().map(move |(name, schema)| {
            let required = required.is_some_and(|names| names.iter().any(|known| known == name));
            (name, self.at(schema), required)
        })
    }

    fn items(self) -> Source<'a> {
        self.at(&self.schema["items"])
    }

    /// What is required and no more.
    pub(crate) fn minimal(self) -> Tree {
        self.build(&|source| source.count("minItems").unwrap_or(0), false)
    }

    /// Every member, every list with one item.
    pub(crate) fn full(self) -> Tree {
        self.build(&|_| 1, true)
    }

    /// Every member, every list with as many items as it may have, up to five.
    pub(crate) fn largest(self) -> Tree {
        self.build(&|source| source.count("maxItems").unwrap_or(MANY).min(MANY), true)
    }

    fn build(self, count: &dyn Fn(Source<'_>) -> usize, all: bool) -> Tree {
        match self.kind() {
            Some("object") => Tree::Object(
                self.members()
                    .filter(|(_, _, required)| all || *required)
                    .map(|(name, member, _)| (name.clone(), member.build(count, all)))
                    .collect(),
            ),
            Some("array") => Tree::Array((0..count(self)).map(|_| self.items().build(count, all)).collect()),
            _ => self.leaves().swap_remove(0),
        }
    }

    /// For every place in the message and every value that matters there, a payload that has it, and else only
    /// what is required.
    pub(crate) fn variants(self) -> Vec<Tree> {
        match self.kind() {
            Some("object") => self.object_variants(),
            Some("array") => self.array_variants(),
            _ => self.leaves(),
        }
    }

    fn object_variants(self) -> Vec<Tree> {
        let Tree::Object(minimal) = self.minimal() else { return Vec::new() };
        let with = |name: &String, value: Tree| {
            let mut members: BTreeMap<String, Tree> = minimal.clone();
            members.insert(name.clone(), value);
            Tree::Object(members)
        };
        self.members()
            .flat_map(|(name, member, _)| member.variants().into_iter().map(move |value| (name, value)))
            .map(|(name, value)| with(name, value))
            .collect()
    }

    fn array_variants(self) -> Vec<Tree> {
        let least = self.count("minItems").unwrap_or(0);
        let most = self.count("maxItems").unwrap_or(MANY);
        let item = self.items().minimal();
        let mut variants: Vec<Tree> =
            [least, most].into_iter().map(|count| Tree::Array(vec![item.clone(); count])).collect();
        for value in self.items().variants() {
            let mut items = vec![item.clone(); least.saturating_sub(1)];
            items.push(value);
            variants.push(Tree::Array(items));
        }
        variants
    }

    /// Values of a schema that is no object and no list; the first is an ordinary one.
    fn leaves(self) -> Vec<Tree> {
        if let Some(values) = self.schema.get("enum").and_then(Value::as_array) {
            return values.iter().map(|value| Tree::text(value.as_str().unwrap())).collect();
        }
        let texts = |texts: &[&str]| texts.iter().map(|text| Tree::text(text)).collect();
        match (self.kind(), self.schema.get("format").and_then(Value::as_str)) {
            (Some("string"), Some("date-time")) => texts(DATE_TIMES),
            (Some("string"), Some("uri")) => {
                texts(&["ftp://files.example/logs/a%20b?c=d", "https://b.example"])
            }
            (Some("string"), None) => texts_up_to(self.count("maxLength").unwrap_or(LONG)),
            (Some("integer"), None) => self.integers(),
            (Some("number"), None) => self.numbers(),
            (Some("boolean"), None) => vec![Tree::literal("true"), Tree::literal("false")],
            (None, None) => ANYTHING.iter().map(|json| Tree::read(json)).collect(),
            (kind, format) => panic!("no values for the type {kind:?} with the format {format:?}"),
        }
    }

    fn within(self, value: f64) -> bool {
        self.limit("minimum").is_none_or(|min| value >= min)
            && self.limit("maximum").is_none_or(|max| value <= max)
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    fn integers(self) -> Vec<Tree> {
        let bounds = ["minimum", "maximum"].into_iter().filter_map(|keyword| self.limit(keyword));
        let extremes = INTEGERS.iter().copied().filter(|value| self.within(*value as f64));
        bounds
            .map(|bound| bound as i64)
            .chain(extremes)
            .map(|value| Tree::literal(&value.to_string()))
            .collect()
    }

    fn numbers(self) -> Vec<Tree> {
        let bounds = ["minimum", "maximum"].into_iter().filter_map(|keyword| self.limit(keyword));
        let extremes = NUMBERS.iter().filter(|text| self.within(text.parse().unwrap()));
        bounds
            .map(|bound| bound.to_string())
            .chain(extremes.map(ToString::to_string))
            .map(|text| Tree::literal(&text))
            .collect()
    }
}

/// Texts of the greatest length in characters of one to four bytes, and one of characters that JSON escapes.
fn texts_up_to(length: usize) -> Vec<Tree> {
    let short: String = "Texas".chars().take(length).collect();
    let long = ['a', 'é', '😀', '\u{1}', '"'].into_iter().map(|c| Tree::Text(c.to_string().repeat(length)));
    [Tree::Text(short), Tree::text("")].into_iter().chain(long).collect()
}
