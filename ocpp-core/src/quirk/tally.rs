//! How often each habit was seen.

use alloc::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::list::Quirk;

/// How often each habit was seen; keep one for each station. It is as large as the number of habits that the
/// station has.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tally(BTreeMap<Quirk, u64>);

impl Tally {
    /// Counts a habit once more.
    pub fn note(&mut self, quirk: Quirk) {
        self.add(quirk, 1);
    }

    /// How often it was seen.
    #[must_use]
    pub fn count(&self, quirk: Quirk) -> u64 {
        self.0.get(&quirk).copied().unwrap_or(0)
    }

    /// Those that were seen, with their counts.
    pub fn iter(&self) -> impl Iterator<Item = (Quirk, u64)> {
        self.0.iter().map(|(quirk, count)| (*quirk, *count))
    }

    /// Whether none was seen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the counts of another tally.
    pub fn merge(&mut self, other: &Tally) {
        for (quirk, count) in other.iter() {
            self.add(quirk, count);
        }
    }

    fn add(&mut self, quirk: Quirk, times: u64) {
        let count = self.0.entry(quirk).or_insert(0);
        *count = count.saturating_add(times);
    }
}

impl Extend<Quirk> for Tally {
    fn extend<I: IntoIterator<Item = Quirk>>(&mut self, quirks: I) {
        quirks.into_iter().for_each(|quirk| self.note(quirk));
    }
}
