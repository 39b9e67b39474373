//! From the name of a member to the rule for its value, fast.

use super::members::{Hide, LOOKED_AT, PERSONAL, Rule, by_name};
use super::vocabulary::KEPT;

/// A power of two, three times as many as there are names.
const SLOTS: usize = 2048;

/// All names that the specifications have, in a hash table of their own: a lookup takes a few nanoseconds, which
/// counts because a frame has hundreds of members.
pub(super) struct Names {
    slots: Vec<Option<(Ends, &'static [u8], Rule)>>,
}

impl Names {
    pub(super) fn new() -> Names {
        let mut names = Names { slots: vec![None; SLOTS] };
        for personal in PERSONAL {
            names.insert(personal.name, Rule::Hide(personal.hide));
        }
        for (name, rule) in LOOKED_AT {
            names.insert(name, *rule);
        }
        for name in KEPT.split_ascii_whitespace() {
            names.insert(name, Rule::Keep);
        }
        names
    }

    fn insert(&mut self, name: &'static str, rule: Rule) {
        let ends = Ends::of(name.as_bytes());
        let mut slot = ends.slot();
        while self.slots[slot].is_some() {
            slot = (slot + 1) % SLOTS;
        }
        self.slots[slot] = Some((ends, name.as_bytes(), rule));
    }

    /// The rule for a name. One that no specification has is a vendor's own, if it does not say itself what is behind
    /// it.
    pub(super) fn rule(&self, name: &[u8]) -> Rule {
        self.exact(name).unwrap_or_else(|| self.unknown(name))
    }

    /// Whether a specification has the name.
    pub(super) fn knows(&self, name: &[u8]) -> bool {
        self.exact(name).is_some()
    }

    #[inline]
    fn exact(&self, name: &[u8]) -> Option<Rule> {
        let ends = Ends::of(name);
        let mut slot = ends.slot();
        while let Some((known, whole, rule)) = &self.slots[slot] {
            // The ends are all of a name of up to 16 bytes.
            if *known == ends && (name.len() <= 16 || *whole == name) {
                return Some(*rule);
            }
            slot = (slot + 1) % SLOTS;
        }
        None
    }

    #[cold]
    fn unknown(&self, name: &[u8]) -> Rule {
        let in_other_case = PERSONAL.iter().find(|p| p.name.as_bytes().eq_ignore_ascii_case(name));
        if let Some(personal) = in_other_case {
            return Rule::Hide(personal.hide);
        }
        let looked_at = LOOKED_AT.iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name));
        if let Some((_, rule)) = looked_at {
            return *rule;
        }
        by_name(&String::from_utf8_lossy(name)).map_or(Rule::VendorText, Rule::Hide)
    }

    /// What the name of a setting says of its value.
    pub(super) fn setting(name: &str) -> Option<Hide> {
        by_name(name)
    }
}

/// The first and last bytes of a name, and its length.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Ends {
    first: u64,
    last: u64,
    length: usize,
}

impl Ends {
    #[inline]
    fn of(name: &[u8]) -> Ends {
        let (first, last) = match (name.first_chunk::<8>(), name.last_chunk::<8>()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => match (name.first_chunk::<4>(), name.last_chunk::<4>()) {
                (Some(first), Some(last)) => {
                    (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)))
                }
                _ => (name.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)), 0),
            },
        };
        Ends { first, last, length: name.len() }
    }

    #[inline]
    fn slot(self) -> usize {
        let mixed =
            (self.first ^ self.last.rotate_left(29) ^ self.length as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 53) as usize % SLOTS
    }
}
