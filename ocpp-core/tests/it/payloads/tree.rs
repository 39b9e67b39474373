//! JSON with its numbers as they are written.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// A JSON value. Numbers and literals are text, so that two trees are equal only when every digit is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tree {
    Object(BTreeMap<String, Tree>),
    Array(Vec<Tree>),
    Text(String),
    /// A number, `true`, `false` or `null`.
    Literal(String),
}

impl Tree {
    pub(crate) fn text(text: &str) -> Tree {
        Tree::Text(text.to_owned())
    }

    pub(crate) fn literal(text: &str) -> Tree {
        Tree::Literal(text.to_owned())
    }

    /// Reads a JSON text; a member that stands twice is an error.
    pub(crate) fn read(json: &str) -> Tree {
        let json = json.trim_ascii();
        match json.as_bytes()[0] {
            b'{' => Tree::Object(serde_json::from_str::<Members<'_>>(json).unwrap().0),
            b'[' => {
                let items: Vec<&RawValue> = serde_json::from_str(json).unwrap();
                Tree::Array(items.into_iter().map(|item| Tree::read(item.get())).collect())
            }
            b'"' => Tree::Text(serde_json::from_str(json).unwrap()),
            _ => Tree::literal(json),
        }
    }

    pub(crate) fn write(&self) -> String {
        let mut json = String::new();
        self.write_to(&mut json);
        json
    }

    fn write_to(&self, json: &mut String) {
        match self {
            Tree::Object(members) => list(json, ['{', '}'], members, |json, (name, value)| {
                json.push_str(&quoted(name));
                json.push(':');
                value.write_to(json);
            }),
            Tree::Array(items) => list(json, ['[', ']'], items, |json, item| item.write_to(json)),
            Tree::Text(text) => json.push_str(&quoted(text)),
            Tree::Literal(text) => json.push_str(text),
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn list<I: IntoIterator>(
    json: &mut String,
    [open, close]: [char; 2],
    items: I,
    write: impl Fn(&mut String, I::Item),
) {
    json.push(open);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        write(json, item);
    }
    json.push(close);
}

struct Members<'a>(BTreeMap<String, Tree>, std::marker::PhantomData<&'a ()>);

impl<'de> serde::Deserialize<'de> for Members<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> serde::de::Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                    if members.insert(name, Tree::read(value.get())).is_some() {
                        return Err(serde::de::Error::custom("a member stands twice"));
                    }
                }
                Ok(Members(members, std::marker::PhantomData))
            }
        }

        deserializer.deserialize_map(MembersVisitor)
    }
}
