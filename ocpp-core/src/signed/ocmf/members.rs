//! The members of a JSON object, each read as what it has to be.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::value::RawValue;

use super::BadOcmf;
use crate::message::{BorrowedText, Members as RawMembers};
use crate::types::Number;

/// The members of an object as they stand there, and where the object stands.
pub(super) struct Members<'a> {
    place: String,
    members: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> Members<'a> {
    /// Reads an object. A member that stands twice means two things, so that nothing can be billed by it.
    pub(super) fn read(json: &'a str, place: &str) -> Result<Members<'a>, BadOcmf> {
        let RawMembers(members) = serde_json::from_str(json).map_err(|_| BadOcmf::NotJson(place.into()))?;
        let read = Members { place: place.into(), members };
        for (index, (name, _)) in read.members.iter().enumerate() {
            if read.members[..index].iter().any(|(before, _)| before == name) {
                // The name comes from outside and goes into logs.
                let short: String = name.chars().take(32).collect();
                return Err(BadOcmf::Duplicate(read.at(&short)));
            }
        }
        Ok(read)
    }

    /// The member's JSON; `null` counts as absent.
    pub(super) fn raw(&self, name: &str) -> Option<&'a str> {
        let found = self.members.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.get()).filter(|json| *json != "null")
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<Cow<'a, str>>, BadOcmf> {
        let read = |json| serde_json::from_str::<BorrowedText<'a>>(json).map(BorrowedText::into_inner);
        self.raw(name).map(read).transpose().map_err(|_| self.wrong(name, "a text"))
    }

    pub(super) fn boxed(&self, name: &str) -> Result<Option<Box<str>>, BadOcmf> {
        Ok(self.text(name)?.map(|text| text.into_owned().into_boxed_str()))
    }

    /// A text, or a number that should have been one: serial numbers are written that way, too.
    pub(super) fn word(&self, name: &str) -> Result<Option<Box<str>>, BadOcmf> {
        match self.raw(name) {
            Some(json) if json.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => Ok(Some(json.into())),
            _ => self.boxed(name),
        }
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, BadOcmf> {
        self.raw(name).map(serde_json::from_str).transpose().map_err(|_| self.wrong(name, "true or false"))
    }

    /// A number with all its digits. Meters exist that put it in quotes.
    pub(super) fn number(&self, name: &str) -> Result<Option<Number>, BadOcmf> {
        let Some(json) = self.raw(name) else { return Ok(None) };
        let wrong = || self.wrong(name, "a number");
        let text = if json.starts_with('"') { self.text(name)?.unwrap_or_default() } else { json.into() };
        serde_json::from_str(text.trim()).map(Some).map_err(|_| wrong())
    }

    pub(super) fn list(&self, name: &str) -> Result<Vec<&'a RawValue>, BadOcmf> {
        let Some(json) = self.raw(name) else { return Ok(Vec::new()) };
        serde_json::from_str(json).map_err(|_| self.wrong(name, "a list"))
    }

    pub(super) fn object(&self, name: &str) -> Result<Option<Members<'a>>, BadOcmf> {
        self.raw(name).map(|json| Members::read(json, &self.at(name))).transpose()
    }

    pub(super) fn wrong(&self, name: &str, expected: &'static str) -> BadOcmf {
        BadOcmf::Wrong(self.at(name), expected)
    }

    pub(super) fn missing(&self, name: &str) -> BadOcmf {
        BadOcmf::Missing(self.at(name))
    }

    fn at(&self, name: &str) -> String {
        format!("{name} of {}", self.place)
    }
}
