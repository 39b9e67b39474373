//! The form of a type, learnt from how it is read.
//!
//! A type that can be deserialized asks for what it needs: a struct for its fields by their names, an enumeration
//! for one of its variants. Here it is given something that fits, again and again with other variants, until all of
//! it has been asked for. So a form has just the members that the type has, and cannot be out of date.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess,
    SeqAccess, VariantAccess, Visitor,
};
use serde_json::Error;

use super::form::{Case, Input, Member};

/// Texts to try, with what a type that takes none before it asks for.
const SAMPLES: [(&str, Input); 7] = [
    ("A1", Input::Text { max: None }),
    ("2026-03-02T09:00:00Z", Input::Moment),
    ("2026-03-02", Input::Date),
    ("09:00", Input::Time),
    ("EUR", Input::Text { max: None }),
    ("1", Input::Decimal),
    ("0A0B", Input::Text { max: None }),
];

/// How often a type is read at most: more than any type of the model needs.
const MAX_READS: usize = 20_000;

/// The name by which a type asks for JSON as it is written.
const RAW_JSON: &str = "$serde_json::private::RawValue";

/// The names of the variants of an enumeration.
pub(super) fn names<T: DeserializeOwned>() -> &'static [&'static str] {
    struct Names(RefCell<&'static [&'static str]>);

    impl<'de> Deserializer<'de> for &Names {
        type Error = Error;

        fn deserialize_enum<V: Visitor<'de>>(
            self,
            _: &'static str,
            variants: &'static [&'static str],
            _: V,
        ) -> Result<V::Value, Error> {
            *self.0.borrow_mut() = variants;
            Err(Error::custom("that is all"))
        }

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
            Err(Error::custom("not an enumeration"))
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
            unit_struct newtype_struct seq tuple tuple_struct map struct identifier ignored_any
        }
    }

    let names = Names(RefCell::new(&[]));
    let _ = T::deserialize(&names);
    names.0.into_inner()
}

/// The content of a variant of an enumeration.
pub(super) fn case<T: DeserializeOwned>(variant: usize) -> Input {
    let name = names::<T>().get(variant).copied().unwrap_or_default();
    let mut learnt = Learnt::default();
    let root = Choices::from([(String::new(), variant)]);
    // What asks for things that nobody can guess is left to JSON.
    if learnt.explore::<T>(root).is_err() {
        return Input::Json;
    }
    learnt.input(&format!("/{name}"))
}

/// Which variant of the enumeration at a place to give; the first where nothing is said.
type Choices = BTreeMap<String, usize>;

/// What was asked for at a place.
#[derive(Debug, Clone)]
enum Node {
    Leaf(Input),
    Group(&'static [&'static str]),
    Tuple(usize),
    List,
    Either(&'static [&'static str]),
}

/// All that was learnt, by place: names, numbers and variants after slashes.
#[derive(Default)]
struct Learnt {
    nodes: BTreeMap<String, Node>,
    /// What may be left out.
    optional: BTreeSet<String>,
    /// With which choices a place was come upon.
    seen_with: BTreeMap<String, Choices>,
    /// Which sample the text at a place is.
    texts: BTreeMap<String, usize>,
    reads: usize,
}

impl Learnt {
    /// Reads the type until every variant at every place was read.
    fn explore<T: DeserializeOwned>(&mut self, root: Choices) -> Result<(), Error> {
        let mut todo = vec![root];
        while let Some(choices) = todo.pop() {
            let known: BTreeSet<String> = self.nodes.keys().cloned().collect();
            self.read::<T>(&choices)?;
            for (place, node) in self.nodes.iter().filter(|(place, _)| !known.contains(*place)) {
                self.seen_with.entry(place.clone()).or_insert_with(|| choices.clone());
                if let Node::Either(variants) = node
                    && !choices.contains_key(place)
                {
                    todo.extend((1..variants.len()).map(|other| {
                        let mut choices = choices.clone();
                        choices.insert(place.clone(), other);
                        choices
                    }));
                }
            }
        }
        self.leave_out::<T>();
        Ok(())
    }

    /// Reads the type with other texts until it takes them.
    fn read<T: DeserializeOwned>(&mut self, choices: &Choices) -> Result<(), Error> {
        loop {
            self.reads += 1;
            let run = Run::new(self, choices, None);
            let Err(error) = T::deserialize(run.root()) else { return Ok(()) };
            let Some(text) = run.last_text.into_inner() else { return Err(error) };
            let next = self.texts.get(&text).copied().unwrap_or_default() + 1;
            if next >= SAMPLES.len() || self.reads > MAX_READS {
                return Err(error);
            }
            self.texts.insert(text, next);
        }
    }

    /// Finds what else may be left out: members with a value of their own.
    fn leave_out<T: DeserializeOwned>(&mut self) {
        let groups: Vec<(String, &[&str])> = self
            .nodes
            .iter()
            .filter_map(|(place, node)| match node {
                Node::Group(fields) => Some((place.clone(), *fields)),
                _ => None,
            })
            .collect();
        for (place, fields) in groups {
            let Some(choices) = self.seen_with.get(&place).cloned() else { continue };
            for field in fields {
                let member = format!("{place}/{field}");
                if self.optional.contains(&member) {
                    continue;
                }
                let run = Run::new(self, &choices, Some(member.clone()));
                if T::deserialize(run.root()).is_ok() {
                    self.optional.insert(member);
                }
            }
        }
    }

    fn input(&self, place: &str) -> Input {
        match self.nodes.get(place) {
            None => Input::Nothing,
            Some(Node::Leaf(Input::Text { .. })) => {
                SAMPLES[self.texts.get(place).copied().unwrap_or_default()].1.clone()
            }
            Some(Node::Leaf(input)) => input.clone(),
            Some(Node::List) => Input::List(Box::new(self.input(&format!("{place}/0")))),
            Some(Node::Tuple(count)) => {
                Input::Tuple((0..*count).map(|part| self.input(&format!("{place}/{part}"))).collect())
            }
            Some(Node::Group(fields)) => {
                let member = |field: &&str| {
                    let place = format!("{place}/{field}");
                    Member {
                        name: (*field).to_owned(),
                        required: !self.optional.contains(&place),
                        input: self.input(&place),
                    }
                };
                Input::Group(fields.iter().map(member).collect())
            }
            Some(Node::Either(variants)) => {
                let case = |name: &&str| Case {
                    name: (*name).to_owned(),
                    input: self.input(&format!("{place}/{name}")),
                };
                let cases: Vec<Case> = variants.iter().map(case).collect();
                if cases.iter().all(|case| case.input == Input::Nothing) {
                    return Input::Choice(cases.into_iter().map(|case| case.name).collect());
                }
                Input::Either(cases)
            }
        }
    }
}

/// One reading of the type.
struct Run<'a> {
    learnt: RefCell<&'a mut Learnt>,
    choices: &'a Choices,
    left_out: Option<String>,
    last_text: RefCell<Option<String>>,
}

impl<'a> Run<'a> {
    fn new(learnt: &'a mut Learnt, choices: &'a Choices, left_out: Option<String>) -> Run<'a> {
        Run { learnt: RefCell::new(learnt), choices, left_out, last_text: RefCell::default() }
    }

    fn root(&self) -> At<'_, 'a> {
        At { run: self, place: String::new() }
    }
}

/// A place in the type that is read.
struct At<'r, 'a> {
    run: &'r Run<'a>,
    place: String,
}

impl<'r, 'a> At<'r, 'a> {
    fn below(&self, name: &str) -> At<'r, 'a> {
        At { run: self.run, place: format!("{}/{name}", self.place) }
    }

    fn note(&self, node: Node) {
        self.run.learnt.borrow_mut().nodes.entry(self.place.clone()).or_insert(node);
    }

    fn whole_number(&self, min: i64, max: i64) {
        self.note(Node::Leaf(Input::Integer { min, max }));
    }

    fn text(&self) -> &'static str {
        self.note(Node::Leaf(Input::Text { max: None }));
        *self.run.last_text.borrow_mut() = Some(self.place.clone());
        let sample = self.run.learnt.borrow().texts.get(&self.place).copied().unwrap_or_default();
        SAMPLES[sample].0
    }
}

macro_rules! whole_numbers {
    ($($method:ident $visit:ident $min:expr, $max:expr;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.whole_number($min, $max);
            visitor.$visit(1)
        }
    )*};
}

impl<'de> Deserializer<'de> for At<'_, '_> {
    type Error = Error;

    whole_numbers! {
        deserialize_i8 visit_i8 i8::MIN.into(), i8::MAX.into();
        deserialize_i16 visit_i16 i16::MIN.into(), i16::MAX.into();
        deserialize_i32 visit_i32 i32::MIN.into(), i32::MAX.into();
        deserialize_i64 visit_i64 i64::MIN, i64::MAX;
        deserialize_u8 visit_u8 0, u8::MAX.into();
        deserialize_u16 visit_u16 0, u16::MAX.into();
        deserialize_u32 visit_u32 0, u32::MAX.into();
        deserialize_u64 visit_u64 0, i64::MAX;
    }

    /// Numbers with all their digits are read from whatever comes.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.note(Node::Leaf(Input::Decimal));
        visitor.visit_str("1")
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.note(Node::Leaf(Input::Truth));
        visitor.visit_bool(true)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.note(Node::Leaf(Input::Number));
        visitor.visit_f64(1.0)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.note(Node::Leaf(Input::Text { max: Some(1) }));
        visitor.visit_char('A')
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str(self.text())
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str(self.text())
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.note(Node::Leaf(Input::Json));
        visitor.visit_bytes(&[])
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.run.learnt.borrow_mut().optional.insert(self.place.clone());
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.note(Node::Leaf(Input::Nothing));
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == RAW_JSON {
            self.note(Node::Leaf(Input::Json));
            return visitor.visit_map(RawJson { is_given: false });
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.note(Node::List);
        visitor.visit_seq(Items { at: self, next: 0, count: 1 })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.note(Node::Tuple(len));
        visitor.visit_seq(Items { at: self, next: 0, count: len })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.note(Node::Leaf(Input::Json));
        visitor.visit_map(Fields { at: self, fields: &[], next: 0 })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.note(Node::Group(fields));
        visitor.visit_map(Fields { at: self, fields, next: 0 })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.note(Node::Either(variants));
        let chosen = self.run.choices.get(&self.place).copied().unwrap_or_default();
        let name = variants.get(chosen).copied().unwrap_or_default();
        visitor.visit_enum(Variant { content: self.below(name), name })
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}

struct Items<'r, 'a> {
    at: At<'r, 'a>,
    next: usize,
    count: usize,
}

impl<'de> SeqAccess<'de> for Items<'_, '_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        if self.next >= self.count {
            return Ok(None);
        }
        let item = self.at.below(&self.next.to_string());
        self.next += 1;
        seed.deserialize(item).map(Some)
    }
}

struct Fields<'r, 'a> {
    at: At<'r, 'a>,
    fields: &'static [&'static str],
    next: usize,
}

impl<'de> MapAccess<'de> for Fields<'_, '_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        while let Some(field) = self.fields.get(self.next) {
            self.next += 1;
            if self.at.run.left_out.as_deref() != Some(&*self.at.below(field).place) {
                let name: StrDeserializer<'_, Error> = (*field).into_deserializer();
                return seed.deserialize(name).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let field = self.next.checked_sub(1).and_then(|last| self.fields.get(last));
        seed.deserialize(self.at.below(field.copied().unwrap_or_default()))
    }
}

struct Variant<'r, 'a> {
    content: At<'r, 'a>,
    name: &'static str,
}

impl<'de, 'r, 'a> EnumAccess<'de> for Variant<'r, 'a> {
    type Error = Error;
    type Variant = At<'r, 'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, At<'r, 'a>), Error> {
        let name: StrDeserializer<'_, Error> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self.content))
    }
}

impl<'de> VariantAccess<'de> for At<'_, '_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        self.note(Node::Leaf(Input::Nothing));
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_struct("", fields, visitor)
    }
}

/// An empty object, as JSON that is kept as it is written.
struct RawJson {
    is_given: bool,
}

impl<'de> MapAccess<'de> for RawJson {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        if std::mem::replace(&mut self.is_given, true) {
            return Ok(None);
        }
        let name: StrDeserializer<'_, Error> = RAW_JSON.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let text: serde::de::value::StringDeserializer<Error> = "{}".to_owned().into_deserializer();
        seed.deserialize(text)
    }
}
