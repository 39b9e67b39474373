//! Messages on the displays of stations (block O).

use alloc::boxed::Box;
use alloc::vec::Vec;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::identity::Place;
use super::name::closed_name;

closed_name! {
    /// How a message ranks among the others on a display.
    DisplayPriority {
        /// It alone is shown; a newer one takes its place (O01.FR.15, O01.FR.16).
        AlwaysFront = "AlwaysFront",
        /// Shown before the others, in turns with its like (O01.FR.13, O01.FR.14).
        InFront = "InFront",
        /// Shown in turns with the others (O01.FR.12).
        NormalCycle = "NormalCycle",
    }
}

closed_name! {
    /// The state of the station in which a message is shown.
    DisplayState {
        Charging = "Charging",
        Faulted = "Faulted",
        /// No transaction runs.
        Idle = "Idle",
        Unavailable = "Unavailable",
        /// Nothing flows in a transaction (2.1).
        Suspended = "Suspended",
        /// The vehicle gives power (2.1).
        Discharging = "Discharging",
    }
}

closed_name! {
    /// How a text is to be read.
    TextFormat {
        Ascii = "ASCII",
        Html = "HTML",
        /// The address of what is to be shown.
        Uri = "URI",
        Utf8 = "UTF8",
        /// The content of a QR code (2.1).
        QrCode = "QRCODE",
    }
}

/// A text for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisplayText {
    /// How it is to be read.
    pub format: TextFormat,
    /// Its language as a tag of RFC 5646, such as `en-US`, at most 8 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Box<str>>,
    /// The text, at most 512 characters (1,024 in 2.1).
    pub content: Box<str>,
}

/// Which of several displays is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisplayPart {
    /// The component's name, as a rule `DisplayMessageCtrlr` or `Display`.
    pub component: Box<str>,
    /// The component's instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<Box<str>>,
    /// The EVSE or connector that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// A message for a display.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisplayMessage {
    /// Its number, 0 or more; one with the number of another takes its place (O06).
    pub id: i64,
    /// How it ranks.
    pub priority: DisplayPriority,
    /// The state in which it is shown; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<DisplayState>,
    /// From when on it is shown; at once when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// When the station removes it (O01.FR.07).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The station's name of the transaction during which it is shown; the station removes it at its end (O02).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<Box<str>>,
    /// The display; the main one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<DisplayPart>,
    /// The text.
    pub text: DisplayText,
    /// The text in further languages, at most four (2.1).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub translations: Vec<DisplayText>,
}

/// Which messages are meant; all when nothing is said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DisplayFilter {
    /// Those of these numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<i64>,
    /// Those of this priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<DisplayPriority>,
    /// Those for this state of the station.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<DisplayState>,
}

closed_name! {
    /// What a station says to a message for its display.
    DisplayVerdict {
        Accepted = "Accepted",
        NotSupportedMessageFormat = "NotSupportedMessageFormat",
        /// It was refused, for instance because there are too many (O01.FR.11).
        Rejected = "Rejected",
        NotSupportedPriority = "NotSupportedPriority",
        NotSupportedState = "NotSupportedState",
        /// It does not know the transaction (O02.FR.01).
        UnknownTransaction = "UnknownTransaction",
        /// It does not know a language (2.1, O01.FR.18).
        LanguageNotSupported = "LanguageNotSupported",
    }
}

/// Messages that are set on a station, or a part of them (O03, O04).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisplayReport {
    /// The number of the order that asked for them.
    pub request: i32,
    /// Whether another part follows.
    pub more: bool,
    /// The messages.
    pub messages: Vec<DisplayMessage>,
}
