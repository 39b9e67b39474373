//! What is wrong with a tariff.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::Tariff;

/// One thing that is wrong with a tariff.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// Where, as a JSON pointer (RFC 6901), such as `/energy/prices/0/price_kwh`.
    pub pointer: String,
    /// What is wrong, and what to write instead.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.message)
    }
}

impl Tariff {
    /// Everything that is wrong with it; a tariff without problems can price a session.
    #[must_use]
    pub fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for part in self.parts() {
            for (index, (price, _)) in part.prices.iter().enumerate() {
                if price.is_sign_negative() && !price.is_zero() {
                    let pointer = alloc::format!("/{}/prices/{index}", part.component.as_str());
                    problems.push(Problem { pointer, message: "a price is not negative".into() });
                }
            }
        }
        problems
    }
}
