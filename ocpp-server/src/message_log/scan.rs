//! Reads a frame as JSON, once, and copies it with what is personal replaced.
//!
//! This is a reader of its own because it stands in the way of every frame: it checks the JSON, finds the head of
//! the frame and rewrites values in one pass, without building anything. What it does not understand it refuses
//! ([`Broken`]), and the frame is then [masked](super::mask).

mod json;

use std::ops::Range;

use super::members::{Hide, Rule};
use super::names::Names;
use super::pseudonym::{Pseudonym, Pseudonyms};
use super::text;

/// Deeper nesting than this is refused; the deepest official message has 11 levels.
const MAX_DEPTH: u8 = 64;
/// JSON in a text in JSON: more levels of that than anybody needs.
const MAX_TEXTS: u8 = 4;
/// How many hidden values of a frame are looked for in its free texts.
const MAX_HIDDEN: usize = 8;
/// A vendor's numbers with more signs are hidden.
const MAX_VENDOR_DIGITS: usize = 6;
/// Shorter values would be found in every text.
const MIN_HIDDEN_CHARS: usize = 4;

/// The text is no JSON, or nested too deep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken;

/// The first elements of a frame, as far as they could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// The message type, 2 to 6.
    pub kind: Option<u8>,
    /// Where the id stands, with its quotes.
    pub id: Option<Range<usize>>,
    /// Where the action stands, with its quotes.
    pub action: Option<Range<usize>>,
}

/// What a pass found that another pass has to know.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Values that were hidden, at most [`MAX_HIDDEN`].
    pub hidden: Vec<Box<str>>,
    /// There were more.
    pub more_hidden: bool,
    /// Objects that tell of a setting whose value has to be hidden.
    settings: Vec<(usize, Hide)>,
    /// There is free text in which a hidden value could be repeated.
    free_text: bool,
}

impl Findings {
    fn note(&mut self, value: &str) {
        if value.chars().nth(MIN_HIDDEN_CHARS - 1).is_none()
            || self.hidden.iter().any(|known| **known == *value)
        {
            return;
        }
        if self.hidden.len() < MAX_HIDDEN {
            self.hidden.push(value.into());
        } else {
            self.more_hidden = true;
        }
    }
}

/// What is known before a pass.
#[derive(Clone, Copy, Default)]
struct Known<'k> {
    /// To be hidden in free texts, too.
    hidden: &'k [Box<str>],
    /// There are more of those than are listed: free texts are hidden as a whole.
    more_hidden: bool,
    settings: &'k [(usize, Hide)],
}

/// What scanning needs and keeps between frames.
pub(super) struct Tools {
    pub names: Names,
    pub pseudonyms: Pseudonyms,
}

/// Appends the frame with what is personal replaced. `called` are the values that were hidden in the call that
/// this frame answers.
///
/// A second pass is made when the first one finds the name of a secret setting, whose value may stand before the
/// name, or free text beside hidden values.
pub(super) fn frame(
    tools: &mut Tools,
    source: &str,
    called: &[Box<str>],
    out: &mut Vec<u8>,
    head: &mut Head,
) -> Result<Findings, Broken> {
    twice(tools, source, called, out, 0, |scan| scan.frame(head))
}

fn twice(
    tools: &mut Tools,
    source: &str,
    called: &[Box<str>],
    out: &mut Vec<u8>,
    texts: u8,
    mut read: impl FnMut(&mut Scan<'_, '_>) -> Result<(), Broken>,
) -> Result<Findings, Broken> {
    let start = out.len();
    let known = Known { hidden: called, ..Known::default() };
    let findings = once(tools, source, known, out, texts, &mut read)?;
    let repeated = findings.free_text && !findings.hidden.is_empty();
    if findings.settings.is_empty() && !repeated {
        return Ok(findings);
    }
    out.truncate(start);
    let hidden: Vec<Box<str>> = called.iter().chain(&findings.hidden).cloned().collect();
    let known = Known { hidden: &hidden, more_hidden: findings.more_hidden, settings: &findings.settings };
    once(tools, source, known, out, texts, &mut read)?;
    Ok(findings)
}

fn once(
    tools: &mut Tools,
    source: &str,
    known: Known<'_>,
    out: &mut Vec<u8>,
    texts: u8,
    read: &mut impl FnMut(&mut Scan<'_, '_>) -> Result<(), Broken>,
) -> Result<Findings, Broken> {
    let mut scan = Scan {
        source,
        bytes: source.as_bytes(),
        at: 0,
        copied: 0,
        out,
        tools,
        known,
        findings: Findings::default(),
        is_of_a_customer: false,
        texts,
    };
    read(&mut scan)?;
    scan.blanks();
    if scan.at != scan.bytes.len() {
        return Err(Broken);
    }
    scan.copy_to(scan.bytes.len());
    Ok(scan.findings)
}

/// Whether a call is about what a station knows of a customer. However it is written: `data` in it is nothing but that.
fn is_of_a_customer(action: &str) -> bool {
    text::unescaped(action).eq_ignore_ascii_case("NotifyCustomerInformation")
}

/// Where a value stands, as far as that decides about it.
#[derive(Clone, Copy)]
struct Place {
    depth: u8,
    /// Inside of a personal member.
    hide: Option<Hide>,
    /// Inside of a setting that is to be hidden.
    setting: Option<Hide>,
    /// Inside of readings.
    samples: bool,
    /// Inside of what a vendor defined.
    vendor: bool,
    /// The object that tells of one setting: an entry of a list, or else the whole payload.
    entry: Entry,
}

#[derive(Clone, Copy)]
enum Entry {
    None,
    Payload(usize),
    Listed(usize),
}

impl Place {
    const TOP: Place =
        Place { depth: 0, hide: None, setting: None, samples: false, vendor: false, entry: Entry::None };
}

/// A string in the source, quotes included.
#[derive(Clone, Copy)]
struct Quoted {
    start: usize,
    end: usize,
    escaped: bool,
}

impl Quoted {
    fn inner(self) -> Range<usize> {
        self.start + 1..self.end - 1
    }
}

struct Scan<'a, 's> {
    source: &'a str,
    bytes: &'a [u8],
    /// What is read next.
    at: usize,
    /// Up to where the source was copied.
    copied: usize,
    out: &'s mut Vec<u8>,
    tools: &'s mut Tools,
    known: Known<'s>,
    findings: Findings,
    /// Everything that no specification names tells of a customer.
    is_of_a_customer: bool,
    /// In how many texts this JSON stands.
    texts: u8,
}

impl Scan<'_, '_> {
    /// `[type, "id", "action", {…}]` and its kin. What is no such array is read as any value.
    fn frame(&mut self, head: &mut Head) -> Result<(), Broken> {
        self.blanks();
        if self.peek() != Some(b'[') {
            return self.value(Rule::Text, Place::TOP);
        }
        self.at += 1;
        let place = Place { depth: 1, ..Place::TOP };
        let mut index = 0;
        if self.ends(b']') {
            return Ok(());
        }
        loop {
            self.blanks();
            let start = self.at;
            let text = self.peek() == Some(b'"');
            let is_call = matches!(head.kind, Some(2 | 6));
            let rule = match (index, head.kind) {
                (1, Some(2..=6)) => Rule::Keep,
                (2, Some(2 | 4 | 5 | 6)) => Rule::Keep,
                _ => Rule::Text,
            };
            self.value(rule, place)?;
            match index {
                0 => head.kind = type_of(&self.bytes[start..self.at]),
                1 if text && head.kind.is_some() => head.id = Some(start..self.at),
                2 if text && is_call => {
                    head.action = Some(start..self.at);
                    self.is_of_a_customer = is_of_a_customer(&self.source[start + 1..self.at - 1]);
                }
                _ => {}
            }
            index += 1;
            if self.next_or(b']')? {
                return Ok(());
            }
        }
    }

    #[inline]
    fn value(&mut self, rule: Rule, place: Place) -> Result<(), Broken> {
        match self.peek() {
            Some(b'"') => {
                let quoted = self.quoted()?;
                self.text(quoted, rule, place);
                Ok(())
            }
            Some(b'{') => self.object(rule, place),
            Some(b'[') => self.array(rule, place),
            Some(b'-' | b'0'..=b'9') => self.number(rule, place),
            Some(b't') => self.literal(b"true"),
            Some(b'f') => self.literal(b"false"),
            Some(b'n') => self.literal(b"null"),
            _ => Err(Broken),
        }
    }

    /// Where the members of an object or the elements of an array stand.
    fn inside(rule: Rule, place: Place) -> Result<Place, Broken> {
        let mut inside = Place { depth: place.depth + 1, ..place };
        if inside.depth > MAX_DEPTH {
            return Err(Broken);
        }
        match rule {
            Rule::Hide(hide) if inside.hide.is_none() => inside.hide = Some(hide),
            Rule::Samples => inside.samples = true,
            Rule::VendorText => inside.vendor = true,
            _ => {}
        }
        Ok(inside)
    }

    fn object(&mut self, rule: Rule, place: Place) -> Result<(), Broken> {
        let start = self.at;
        let mut inside = Self::inside(rule, place)?;
        if matches!(inside.entry, Entry::None) {
            inside.entry = Entry::Payload(start);
        }
        if let Some((_, hide)) = self.known.settings.iter().find(|(entry, _)| *entry == start) {
            inside.setting = Some(*hide);
        }
        self.at += 1;
        if self.ends(b'}') {
            return Ok(());
        }
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                return Err(Broken);
            }
            let name = self.quoted()?;
            self.blanks();
            self.expect(b':')?;
            self.blanks();
            let rule = self.rule(name);
            self.value(rule, inside)?;
            if self.next_or(b'}')? {
                return Ok(());
            }
        }
    }

    fn array(&mut self, rule: Rule, place: Place) -> Result<(), Broken> {
        let inside = Self::inside(rule, place)?;
        self.at += 1;
        if self.ends(b']') {
            return Ok(());
        }
        loop {
            self.blanks();
            let mut element = inside;
            if let (Entry::Payload(_), Some(b'{')) = (inside.entry, self.peek()) {
                element.entry = Entry::Listed(self.at);
            }
            self.value(rule, element)?;
            if self.next_or(b']')? {
                return Ok(());
            }
        }
    }

    fn number(&mut self, rule: Rule, place: Place) -> Result<(), Broken> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        let whole = self.digits()?;
        if whole > 1 && self.bytes[self.at - whole] == b'0' {
            return Err(Broken);
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        let hide = match (place.hide, rule) {
            (Some(hide), _) | (None, Rule::Hide(hide)) => Some(hide),
            (None, Rule::Setting) => place.setting,
            // A longer number may be that of a card or a phone.
            (None, Rule::VendorText | Rule::Text) if place.vendor || rule == Rule::VendorText => {
                (self.at - start > MAX_VENDOR_DIGITS).then_some(Hide::Secret)
            }
            _ => None,
        };
        if let Some(hide) = hide {
            let source = self.source;
            self.hide_value(start..self.at, &source[start..self.at], hide);
        }
        Ok(())
    }

    #[inline]
    fn rule(&self, name: Quoted) -> Rule {
        let rule = if name.escaped {
            let plain = text::unescaped(&self.source[name.inner()]);
            self.tools.names.rule(plain.as_bytes())
        } else {
            self.tools.names.rule(&self.bytes[name.inner()])
        };
        match rule {
            // A vendor's words on a person may use any name that a specification has for something else.
            Rule::VendorText if self.is_of_a_customer => Rule::Hide(Hide::Secret),
            rule => rule,
        }
    }

    /// Decides about a string.
    #[inline]
    fn text(&mut self, quoted: Quoted, rule: Rule, place: Place) {
        let hide = match (place.hide, rule) {
            (_, Rule::Kind) => None,
            (Some(hide), _) | (None, Rule::Hide(hide)) => Some(hide),
            (None, Rule::Setting) if place.setting.is_some() => place.setting,
            // Nobody but the vendor knows what it means.
            (None, Rule::Text | Rule::SettingName) if place.vendor => Some(Hide::Secret),
            (None, Rule::Setting) if place.vendor && !place.samples => Some(Hide::Secret),
            _ => None,
        };
        if let Some(hide) = hide {
            return self.hide(quoted, hide);
        }
        match rule {
            Rule::Keep | Rule::Kind | Rule::Hide(_) | Rule::Samples if !quoted.escaped => {}
            Rule::Setting if place.samples => self.reading(quoted),
            // Where the meter is; elsewhere a location is an address.
            Rule::Text if place.samples && !quoted.escaped => {}
            Rule::Number => self.reading(quoted),
            Rule::SettingName => self.setting_name(quoted, place),
            Rule::VendorText => self.vendor_text(quoted),
            _ => self.free_text(quoted),
        }
    }

    /// A reading is a number; a signed one may name the driver.
    fn reading(&mut self, quoted: Quoted) {
        let inner = &self.bytes[quoted.inner()];
        let number = inner.len() <= 40
            && inner.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
        if !number {
            self.hide(quoted, Hide::Pseudonym);
        }
    }

    fn setting_name(&mut self, quoted: Quoted, place: Place) {
        let (Entry::Payload(entry) | Entry::Listed(entry)) = place.entry else { return };
        if let Some(hide) = Names::setting(&text::unescaped(&self.source[quoted.inner()])) {
            self.findings.settings.push((entry, hide));
        }
    }

    fn vendor_text(&mut self, quoted: Quoted) {
        let place = Place { vendor: true, ..Place::TOP };
        if quoted.end - quoted.start > 2 && !self.json_in(quoted, place) {
            self.hide(quoted, Hide::Secret);
        }
    }

    fn free_text(&mut self, quoted: Quoted) {
        self.findings.free_text = true;
        if quoted.escaped && self.bytes[quoted.inner()].contains(&b'"') {
            if !self.json_in(quoted, Place::TOP) {
                self.hide(quoted, Hide::Secret);
            }
            return;
        }
        if self.known.more_hidden {
            return self.hide(quoted, Hide::Secret);
        }
        let source = self.source;
        let inner = &source[quoted.inner()];
        if self.known.hidden.is_empty() && !text::may_have_address(inner) {
            return;
        }
        let mut plain = text::without_credentials(text::unescaped(inner));
        for value in self.known.hidden {
            let pseudonym = self.tools.pseudonyms.of(value);
            plain = text::replaced(plain, value, as_text(&pseudonym));
        }
        if let std::borrow::Cow::Owned(changed) = plain {
            self.replace(quoted.start..quoted.end, |out| text::push_quoted(out, &changed));
        }
    }

    /// JSON in a text: the same rules hold inside. `false` when the text is none.
    fn json_in(&mut self, quoted: Quoted, place: Place) -> bool {
        let source = self.source;
        let plain = text::unescaped(&source[quoted.inner()]);
        if !plain.trim_start().starts_with(['{', '[']) || self.texts == MAX_TEXTS {
            return false;
        }
        let mut inner = Vec::with_capacity(plain.len());
        let read = |scan: &mut Scan<'_, '_>| {
            scan.blanks();
            scan.value(Rule::Text, place)
        };
        let hidden = self.known.hidden;
        let Ok(found) = twice(self.tools, &plain, hidden, &mut inner, self.texts + 1, read) else {
            return false;
        };
        for value in &found.hidden {
            self.findings.note(value);
        }
        // Scanning copies whole characters only.
        let Ok(inner) = String::from_utf8(inner) else { return false };
        self.replace(quoted.start..quoted.end, |out| text::push_quoted(out, &inner));
        true
    }

    fn hide(&mut self, quoted: Quoted, hide: Hide) {
        let source = self.source;
        let inner = quoted.inner();
        if inner.is_empty() {
            return;
        }
        if quoted.escaped {
            let plain = text::unescaped(&source[inner]);
            self.hide_value(quoted.start..quoted.end, &plain, hide);
        } else {
            self.hide_value(quoted.start..quoted.end, &source[inner], hide);
        }
    }

    fn hide_value(&mut self, range: Range<usize>, value: &str, hide: Hide) {
        self.findings.note(value);
        match hide {
            Hide::Secret => self.replace(range, |out| out.extend_from_slice(b"\"***\"")),
            Hide::Pseudonym => {
                let pseudonym = self.tools.pseudonyms.of(value);
                self.replace(range, |out| {
                    out.push(b'"');
                    out.extend_from_slice(&pseudonym);
                    out.push(b'"');
                });
            }
        }
    }

    fn replace(&mut self, range: Range<usize>, write: impl FnOnce(&mut Vec<u8>)) {
        self.copy_to(range.start);
        write(self.out);
        self.copied = range.end;
    }

    fn copy_to(&mut self, end: usize) {
        self.out.extend_from_slice(&self.bytes[self.copied..end]);
        self.copied = end;
    }
}

fn type_of(number: &[u8]) -> Option<u8> {
    match number {
        [digit @ b'2'..=b'6'] => Some(digit - b'0'),
        _ => None,
    }
}

fn as_text(pseudonym: &Pseudonym) -> &str {
    // It is made of ASCII only.
    std::str::from_utf8(pseudonym).unwrap_or("***")
}

/// The id, with its quotes, of a frame that looks like an answer (types 3, 4 and 5).
pub(super) fn answer_to(frame: &str) -> Option<&str> {
    let rest = frame.trim_start().strip_prefix('[')?.trim_start().strip_prefix(['3', '4', '5'])?;
    let rest = rest.trim_start().strip_prefix(',')?.trim_start();
    let bytes = rest.as_bytes();
    if bytes.first() != Some(&b'"') {
        return None;
    }
    let mut end = 1;
    loop {
        match bytes.get(end)? {
            b'"' => return Some(&rest[..=end]),
            _ if end > 512 => return None,
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
}
