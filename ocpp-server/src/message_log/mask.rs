//! Frames that are no JSON. Nobody can tell what in them is personal, so that only their skeleton is kept: brackets,
//! names of members and of actions, and everything else as `***`. That shows what is wrong with the frame.

use ocpp_core::{v16, v21, v201};

use super::names::Names;

/// What stays readable in a masked frame.
pub(super) struct Vocabulary {
    actions: std::collections::HashSet<&'static str>,
}

/// More of a broken frame is of no use to anybody.
const MAX_BYTES: usize = 16 * 1024;

impl Vocabulary {
    pub(super) fn new() -> Vocabulary {
        let all = v16::ACTIONS.iter().chain(v201::ACTIONS).chain(v21::ACTIONS);
        Vocabulary { actions: all.map(|action| action.name).collect() }
    }

    /// Appends the masked frame as a JSON string.
    pub(super) fn mask(&self, names: &Names, frame: &str, out: &mut Vec<u8>) {
        out.push(b'"');
        let end = frame.floor_char_boundary(MAX_BYTES);
        let mut rest = &frame[..end];
        while let Some(first) = rest.bytes().next() {
            let length = rest.bytes().take_while(|byte| !is_mark(*byte)).count();
            if length > 0 {
                let (word, behind) = rest.split_at(length);
                out.extend_from_slice(if self.keeps(names, word) { word.as_bytes() } else { b"***" });
                rest = behind;
                continue;
            }
            match first {
                b'"' => out.extend_from_slice(b"\\\""),
                b'\n' | b'\r' | b'\t' => out.push(b' '),
                mark => out.push(mark),
            }
            rest = &rest[1..];
        }
        if end < frame.len() {
            out.extend_from_slice("…".as_bytes());
        }
        out.push(b'"');
    }

    fn keeps(&self, names: &Names, word: &str) -> bool {
        let one_digit = word.len() == 1 && word.as_bytes()[0].is_ascii_digit();
        one_digit
            || matches!(word, "true" | "false" | "null")
            || names.knows(word.as_bytes())
            || self.actions.contains(word)
    }
}

/// The signs that JSON is made of; words stand between them.
const fn is_mark(byte: u8) -> bool {
    matches!(byte, b'[' | b']' | b'{' | b'}' | b',' | b':' | b'"' | b' ' | b'\n' | b'\r' | b'\t')
}
