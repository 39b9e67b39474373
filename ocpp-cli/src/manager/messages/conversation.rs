//! What a station and the manager said to each other: calls with their answers.

use std::collections::{HashMap, HashSet};

use ocpp_server::message_log::{
    Cursor, Entry, Found, Line, MessageLog, Missing, Order, Query, SearchError, Way,
};

/// How far beyond the ends of a page to look for the other half of a pair.
const BEYOND: usize = 100;

/// A part of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Turn {
    /// A call, and its answer as far as there is one in the log.
    #[allow(missing_docs)]
    Call { call: Entry, answer: Option<Entry> },
    /// A frame that calls nothing: a SEND, an answer to nothing that is in the log, what could not be read.
    Single(Entry),
    /// Frames are missing here.
    Gap(Missing),
}

/// A page of a conversation, the newest call first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conversation {
    pub(crate) turns: Vec<Turn>,
    /// Where to go on; `None` when everything was looked through.
    pub(crate) next: Option<Cursor>,
}

impl Conversation {
    /// Reads the page that a query asks for.
    pub(super) fn read(log: &MessageLog, query: &Query) -> Result<Conversation, SearchError> {
        let query = Query { order: Order::NewestFirst, ..query.clone() };
        let Found { lines, next } = log.search(&query)?;
        let beyond =
            |order, after| log.search(&Query { order, after: Some(after), limit: BEYOND, ..query.clone() });
        let newer = match (query.after, lines.first()) {
            (Some(_), Some(first)) => beyond(Order::OldestFirst, cursor_of(first))?.lines,
            _ => Vec::new(),
        };
        let older = match next {
            Some(next) => beyond(Order::NewestFirst, next)?.lines,
            None => Vec::new(),
        };
        Ok(Conversation { turns: paired(lines, newer, older), next })
    }
}

fn cursor_of(line: &Line) -> Cursor {
    match line {
        Line::Frame(entry) => entry.cursor,
        Line::Gap(missing) => missing.cursor,
    }
}

/// Which call: its id, and who called.
type Key = (String, Caller);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Caller {
    Station,
    Manager,
}

/// The part that a frame has in a pair.
enum Part {
    Call(Key),
    Answer(Key),
    None,
}

fn part_of(entry: &Entry) -> Part {
    let Some(id) = entry.id.clone() else { return Part::None };
    let (sender, receiver) = match entry.way {
        Way::FromStation => (Caller::Station, Caller::Manager),
        Way::ToStation => (Caller::Manager, Caller::Station),
    };
    match entry.kind {
        Some(2) => Part::Call((id, sender)),
        Some(3..=5) => Part::Answer((id, receiver)),
        _ => Part::None,
    }
}

/// Puts answers to their calls. `lines` has the newest first; `newer` and `older` are what lies beyond its ends.
/// An answer whose call is beyond is left to that page, and a call gets its answer from there.
fn paired(lines: Vec<Line>, newer: Vec<Line>, older: Vec<Line>) -> Vec<Turn> {
    let mut answers_beyond = HashMap::new();
    for entry in frames(newer) {
        if let Part::Answer(key) = part_of(&entry) {
            answers_beyond.entry(key).or_insert(entry);
        }
    }
    let calls_beyond: HashSet<Key> = frames(older)
        .filter_map(|entry| match part_of(&entry) {
            Part::Call(key) => Some(key),
            _ => None,
        })
        .collect();
    let mut turns: Vec<Option<Turn>> = Vec::with_capacity(lines.len());
    // Answers whose call is still to come, by their place among the turns.
    let mut open: HashMap<Key, usize> = HashMap::new();
    for line in lines {
        let entry = match line {
            Line::Gap(missing) => {
                turns.push(Some(Turn::Gap(missing)));
                continue;
            }
            Line::Frame(entry) => entry,
        };
        match part_of(&entry) {
            Part::Call(key) => {
                let here = open.remove(&key).and_then(|place| turns[place].take());
                let answer = match here {
                    Some(Turn::Single(answer)) => Some(answer),
                    _ => answers_beyond.remove(&key),
                };
                turns.push(Some(Turn::Call { call: entry, answer }));
            }
            Part::Answer(key) => {
                open.insert(key, turns.len());
                turns.push(Some(Turn::Single(entry)));
            }
            Part::None => turns.push(Some(Turn::Single(entry))),
        }
    }
    for (key, place) in open {
        if calls_beyond.contains(&key) {
            turns[place] = None;
        }
    }
    turns.into_iter().flatten().collect()
}

fn frames(lines: Vec<Line>) -> impl Iterator<Item = Entry> {
    lines.into_iter().filter_map(|line| match line {
        Line::Frame(entry) => Some(entry),
        Line::Gap(_) => None,
    })
}
