//! What a station keeps about a customer (N09, N10). All of it is personal data: `Debug` shows none.

use alloc::boxed::Box;
use core::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::certificate::CertificateHash;
use super::name::closed_name;
use super::token::IdToken;

/// Who is meant.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerReference {
    /// Whoever has this token.
    Token(IdToken),
    /// Whoever has this certificate; the hashes are to be of the algorithm that it was installed with (N09.FR.08).
    Certificate(CertificateHash),
    /// A name that station and manager have agreed on, at most 64 characters.
    Identifier(Box<str>),
}

impl fmt::Debug for CustomerReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CustomerReference::Token(_) => "CustomerReference::Token(..)",
            CustomerReference::Certificate(_) => "CustomerReference::Certificate(..)",
            CustomerReference::Identifier(_) => "CustomerReference::Identifier(..)",
        })
    }
}

/// An order to report what is known about a customer, to forget it, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerQuestion {
    /// The manager's number of this order, which the reports repeat.
    pub request: i32,
    /// Who is meant. A manager has to say it; a station hears nobody when none or several are named, and answers
    /// [`CustomerVerdict::Invalid`] (N09.FR.09).
    pub customer: Option<CustomerReference>,
    /// Whether to report what is known.
    pub report: bool,
    /// Whether to forget it.
    pub clear: bool,
}

closed_name! {
    /// What a station says to such an order.
    CustomerVerdict {
        Accepted = "Accepted",
        /// It cannot do it now (N09.FR.03).
        Rejected = "Rejected",
        /// Nobody was named, or several (N09.FR.09).
        Invalid = "Invalid",
    }
}

/// A part of what a station knows about a customer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerPiece {
    /// The number of the order that asked for it.
    pub request: i32,
    /// Which part it is, from 0.
    pub seq: u32,
    /// Whether another part follows.
    pub more: bool,
    /// When it was made.
    pub at: Timestamp,
    /// The text, for people to read; at most 512 characters.
    pub data: Box<str>,
}

impl fmt::Debug for CustomerPiece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomerPiece")
            .field("request", &self.request)
            .field("seq", &self.seq)
            .field("more", &self.more)
            .field("characters", &self.data.chars().count())
            .finish_non_exhaustive()
    }
}
