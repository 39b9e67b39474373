//! The course of a port: which state it was in, second by second, without a gap.

use serde::{Deserialize, Serialize};

use super::span::{Second, Span, Spans};
use super::state::PortState;

/// A stretch of a port's course.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// When.
    pub span: Span,
    /// In which state it was.
    pub state: PortState,
    /// What it did behind a state that hides it: a session that went on while the station was offline, told
    /// afterwards, or one at a port that is derated. The same as `state` otherwise.
    pub behind: PortState,
}

impl Piece {
    /// Whether a vehicle was known to stand there.
    #[must_use]
    pub const fn is_occupied(&self) -> bool {
        self.seen().is_occupied()
    }

    /// What was seen of it at the time: what a derated port did, and the state of any other.
    #[must_use]
    pub const fn seen(&self) -> PortState {
        match self.state {
            PortState::Derated => self.behind,
            state => state,
        }
    }
}

/// The course of one port over a span, gap-free: each second of the span is in exactly one piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    span: Span,
    pieces: Vec<Piece>,
}

/// Why bytes are no course.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the kept course of a port is damaged: build it again from what was observed")]
pub struct DamagedCourse;

impl Course {
    /// Begins a course at `span`'s first second with this state.
    pub(super) fn builder(span: Span) -> Builder {
        Builder { span, begun: span.from(), state: None, pieces: Vec::new() }
    }

    /// The course of a port of which nothing is known.
    #[must_use]
    pub fn unknown(span: Span) -> Course {
        let (state, behind) = (PortState::Unknown, PortState::Unknown);
        Course { span, pieces: vec![Piece { span, state, behind }] }
    }

    /// The time it covers.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.span
    }

    /// Its pieces, in order, without gaps; neighbours differ.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The seconds in which `wanted` holds of a piece.
    #[must_use]
    pub fn spans(&self, wanted: impl Fn(&Piece) -> bool) -> Spans {
        self.pieces.iter().filter(|piece| wanted(piece)).map(|piece| piece.span).collect()
    }

    /// The part of it that is in `window`; none when they have nothing in common.
    #[must_use]
    pub fn within(&self, window: Span) -> Option<Course> {
        let span = self.span.intersection(window)?;
        let pieces = self
            .pieces
            .iter()
            .filter_map(|piece| Some(Piece { span: piece.span.intersection(span)?, ..*piece }))
            .collect();
        Some(Course { span, pieces })
    }

    /// Its part in `window`, with what it does not reach as unknown.
    pub(super) fn covering(self, window: Span) -> Option<Course> {
        let part = self.within(window)?;
        let before = Span::new(window.from(), part.span.from());
        let part = match before {
            Some(before) => Course::unknown(before).followed_by(&part)?,
            None => part,
        };
        match Span::new(part.span.to(), window.to()) {
            Some(after) => part.followed_by(&Course::unknown(after)),
            None => Some(part),
        }
    }

    /// The same, but that nobody knows in which state the port was in some spans.
    pub(super) fn unknown_in(self, absent: &Spans) -> Course {
        if absent.intersection(&self.span.into()).is_empty() {
            return self;
        }
        let mut builder = Course::builder(self.span);
        let mut absent = absent.as_slice().iter().peekable();
        for piece in self.pieces {
            let mut from = piece.span.from();
            while let Some(gap) = absent.peek().filter(|gap| gap.from() < piece.span.to()) {
                if gap.to() > from {
                    if gap.from() > from {
                        builder.change(from, piece.state, piece.behind);
                    }
                    builder.change(gap.from().max(from), PortState::Unknown, piece.behind);
                    from = gap.to();
                }
                if gap.to() > piece.span.to() {
                    break;
                }
                absent.next();
            }
            if from < piece.span.to() {
                builder.change(from, piece.state, piece.behind);
            }
        }
        builder.end()
    }

    /// This course and the one that follows it at once; none when it does not.
    #[must_use]
    pub fn followed_by(mut self, next: &Course) -> Option<Course> {
        let span =
            Span::new(self.span.from(), next.span.to()).filter(|_| self.span.to() == next.span.from())?;
        self.span = span;
        for piece in &next.pieces {
            match self.pieces.last_mut() {
                Some(last) if (last.state, last.behind) == (piece.state, piece.behind) => {
                    last.span = Span::new(last.span.from(), piece.span.to())?;
                }
                _ => self.pieces.push(*piece),
            }
        }
        Some(self)
    }

    /// The course in bytes: for each piece its state and its seconds. About three bytes a piece.
    #[must_use]
    pub fn packed(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.pieces.len() * 3);
        for piece in &self.pieces {
            bytes.push(piece.state.code() | (piece.behind.code() << 4));
            push_number(&mut bytes, piece.span.seconds());
        }
        bytes
    }

    /// Reads what [`packed`](Course::packed) has written of a course over `span`.
    ///
    /// # Errors
    /// [`DamagedCourse`] unless the pieces fill the span exactly.
    pub fn unpacked(span: Span, mut bytes: &[u8]) -> Result<Course, DamagedCourse> {
        let mut pieces = Vec::with_capacity(bytes.len() / 3);
        let mut from = span.from();
        while let Some((&states, rest)) = bytes.split_first() {
            let state = PortState::of_code(states & 15).ok_or(DamagedCourse)?;
            let behind = PortState::of_code(states >> 4).ok_or(DamagedCourse)?;
            let (seconds, rest) = take_number(rest).ok_or(DamagedCourse)?;
            let piece = Span::new(from, from.plus(seconds)).ok_or(DamagedCourse)?;
            pieces.push(Piece { span: piece, state, behind });
            from = piece.to();
            bytes = rest;
        }
        if from == span.to() { Ok(Course { span, pieces }) } else { Err(DamagedCourse) }
    }
}

/// Builds a course by changes in the order of time.
pub(super) struct Builder {
    span: Span,
    begun: Second,
    state: Option<(PortState, PortState)>,
    pieces: Vec<Piece>,
}

impl Builder {
    /// From `at` on, the port is in this state. Moments before the span count as its beginning; one that lies
    /// before the last change counts as the same moment.
    pub(super) fn change(&mut self, at: Second, state: PortState, behind: PortState) {
        if self.state == Some((state, behind)) {
            return;
        }
        self.close(at.min(self.span.to()));
        self.state = Some((state, behind));
    }

    /// The course, when nothing more changes until the end of the span.
    pub(super) fn end(mut self) -> Course {
        self.close(self.span.to());
        Course { span: self.span, pieces: self.pieces }
    }

    fn close(&mut self, at: Second) {
        let Some(span) = Span::new(self.begun, at) else { return };
        let (state, behind) = self.state.unwrap_or((PortState::Unknown, PortState::Unknown));
        match self.pieces.last_mut() {
            Some(last) if (last.state, last.behind) == (state, behind) => {
                last.span = Span::new(last.span.from(), at).unwrap_or(last.span);
            }
            _ => self.pieces.push(Piece { span, state, behind }),
        }
        self.begun = at;
    }
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
fn push_number(bytes: &mut Vec<u8>, number: i64) {
    let mut left = number.unsigned_abs();
    while left > 127 {
        bytes.push((left & 127) as u8 | 128);
        left >>= 7;
    }
    bytes.push(left as u8);
}

fn take_number(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let mut number: u64 = 0;
    for (index, &byte) in bytes.iter().enumerate().take(9) {
        number |= u64::from(byte & 127) << (7 * index);
        if byte < 128 {
            return Some((i64::try_from(number).ok()?, &bytes[index + 1..]));
        }
    }
    None
}
