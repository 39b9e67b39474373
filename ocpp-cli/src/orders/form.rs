//! What an order asks for.

/// One thing that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    /// Nothing at all.
    Nothing,
    /// A text of at most so many characters.
    Text { max: Option<usize> },
    /// A moment in time (RFC 3339).
    Moment,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A whole number.
    Integer { min: i64, max: i64 },
    /// A number that JSON writes as text, so that it keeps its digits.
    Decimal,
    /// A number that JSON writes as a number.
    Number,
    /// Yes or no.
    Truth,
    /// One of several words.
    Choice(Vec<String>),
    /// Several things with names.
    Group(Vec<Member>),
    /// Several things in their order.
    Tuple(Vec<Input>),
    /// As many of the same as one likes.
    List(Box<Input>),
    /// One of several things.
    Either(Vec<Case>),
    /// Anything, as JSON.
    Json,
}

/// One thing of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    /// Its name in JSON.
    pub(crate) name: String,
    /// Whether it has to be there.
    pub(crate) required: bool,
    /// What it is.
    pub(crate) input: Input,
}

/// One of several things: in JSON its bare name where it has no content, otherwise `{"name": content}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Case {
    /// Its name.
    pub(crate) name: String,
    /// Its content.
    pub(crate) input: Input,
}

/// A name of JSON as words: `retry_interval_s` is "retry interval (s)", `reservationId` "reservation id".
pub(crate) fn words_of_name(name: &str) -> String {
    let (name, unit) = match name.rsplit_once('_') {
        Some((start, unit @ ("s" | "wh" | "kwh"))) => (start, Some(unit)),
        _ => (name, None),
    };
    let mut words = String::with_capacity(name.len() + 8);
    let mut before_is_lower = false;
    for letter in name.chars() {
        if letter == '_' {
            words.push(' ');
        } else if letter.is_ascii_uppercase() && before_is_lower {
            words.push(' ');
            words.push(letter.to_ascii_lowercase());
        } else {
            words.push(letter);
        }
        before_is_lower = letter.is_ascii_lowercase() || letter.is_ascii_digit();
    }
    if let Some(first) = words.get(..1).map(str::to_ascii_uppercase) {
        words.replace_range(..1, &first);
    }
    match unit {
        Some("s") => words + " (seconds)",
        Some("wh") => words + " (Wh)",
        Some("kwh") => words + " (kWh)",
        _ => words,
    }
}
