//! Stretches of time, and sets of them.
//!
//! History counts in whole seconds: every moment is cut to its second before it is compared, so that the same
//! minutes come out whether they are added up from raw observations or from what was rolled up.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A second of the Unix time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Second(pub i64);

impl Second {
    /// The second that a moment is in.
    #[must_use]
    pub fn of(at: Timestamp) -> Second {
        // `as_second` rounds towards zero; before 1970 that is one second too late.
        let cut = at.as_second();
        Second(if at.subsec_nanosecond() < 0 { cut - 1 } else { cut })
    }

    /// The beginning of this second; at the ends of time, the nearest moment that there is.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        let limit = if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Timestamp::from_second(self.0).unwrap_or(limit)
    }

    /// This many seconds later.
    #[must_use]
    pub const fn plus(self, seconds: i64) -> Second {
        Second(self.0.saturating_add(seconds))
    }
}

/// A stretch of time: from its first second up to, and without, its last. It is never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    from: Second,
    to: Second,
}

impl Span {
    /// The time from `from` until `to`; none when that is no time at all.
    #[must_use]
    pub fn new(from: Second, to: Second) -> Option<Span> {
        (from < to).then_some(Span { from, to })
    }

    /// The same of two moments.
    #[must_use]
    pub fn between(from: Timestamp, to: Timestamp) -> Option<Span> {
        Span::new(Second::of(from), Second::of(to))
    }

    /// Its first second.
    #[must_use]
    pub const fn from(self) -> Second {
        self.from
    }

    /// The second after its last.
    #[must_use]
    pub const fn to(self) -> Second {
        self.to
    }

    /// How many seconds it has, at least one.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.to.0.saturating_sub(self.from.0)
    }

    /// What both have in common.
    #[must_use]
    pub fn intersection(self, other: Span) -> Option<Span> {
        Span::new(self.from.max(other.from), self.to.min(other.to))
    }
}

/// A set of seconds, as spans in ascending order that neither meet nor touch.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Spans(Vec<Span>);

impl Spans {
    /// Its spans in ascending order.
    #[must_use]
    pub fn as_slice(&self) -> &[Span] {
        &self.0
    }

    /// Whether it has no second.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many seconds it has.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        self.0.iter().fold(0, |sum, span| sum.saturating_add(span.seconds()))
    }

    /// The seconds that are in both.
    #[must_use]
    pub fn intersection(&self, other: &Spans) -> Spans {
        let (mut found, mut mine, mut theirs) = (Vec::new(), self.0.iter(), other.0.iter());
        let (mut a, mut b) = (mine.next(), theirs.next());
        while let (Some(one), Some(two)) = (a, b) {
            found.extend(one.intersection(*two));
            if one.to <= two.to {
                a = mine.next();
            } else {
                b = theirs.next();
            }
        }
        Spans(found)
    }

    /// The seconds that are in either.
    #[must_use]
    pub fn union(&self, other: &Spans) -> Spans {
        self.0.iter().chain(&other.0).copied().collect()
    }

    /// The seconds that are in this set and not in the other.
    #[must_use]
    pub fn difference(&self, other: &Spans) -> Spans {
        let mut found = Vec::new();
        let mut taken = other.0.iter().peekable();
        for span in &self.0 {
            let mut from = span.from;
            while taken.next_if(|taken| taken.to <= from).is_some() {}
            let mut ahead = taken.clone();
            while let Some(hole) = ahead.next_if(|hole| hole.from < span.to) {
                found.extend(Span::new(from, hole.from));
                from = from.max(hole.to);
            }
            found.extend(Span::new(from, span.to));
        }
        Spans(found)
    }

    /// Its first `seconds` seconds, across the gaps between its spans.
    #[must_use]
    pub fn first(&self, seconds: i64) -> Spans {
        let mut left = seconds;
        let mut found = Vec::new();
        for span in &self.0 {
            if left <= 0 {
                break;
            }
            let to = span.to.min(span.from.plus(left));
            found.extend(Span::new(span.from, to));
            left = left.saturating_sub(span.seconds());
        }
        Spans(found)
    }
}

impl From<Span> for Spans {
    fn from(span: Span) -> Spans {
        Spans(vec![span])
    }
}

impl FromIterator<Span> for Spans {
    /// The seconds that are in any of the spans, which may come in any order and overlap.
    fn from_iter<I: IntoIterator<Item = Span>>(spans: I) -> Spans {
        let mut spans: Vec<Span> = spans.into_iter().collect();
        spans.sort_unstable();
        spans.dedup_by(|next, before| {
            let joins = next.from <= before.to;
            if joins {
                before.to = before.to.max(next.to);
            }
            joins
        });
        Spans(spans)
    }
}
