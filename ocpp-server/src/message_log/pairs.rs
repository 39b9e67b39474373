//! Which call an answer belongs to.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use super::Way;

/// How many calls are remembered in each of two halves: when the young half is full, the old one is forgotten.
const HALF: usize = 16 * 1024;

/// A call that waits for its answer.
#[derive(Debug, Default)]
pub(super) struct Called {
    /// Its action, as it stands in JSON with quotes.
    pub action: Box<str>,
    /// What was hidden in it, to be hidden in the answer's free texts, too.
    pub hidden: Vec<Box<str>>,
}

/// The calls of the last while. Keyed by a hash under a random key; two calls with the same hash are as unlikely
/// as they are harmless.
pub(super) struct Pairs {
    hasher: RandomState,
    young: HashMap<u64, Called>,
    old: HashMap<u64, Called>,
}

impl Pairs {
    pub(super) fn new() -> Pairs {
        Pairs { hasher: RandomState::new(), young: HashMap::new(), old: HashMap::new() }
    }

    pub(super) fn called(&mut self, station: &str, way: Way, id: &str, call: Called) {
        if self.young.len() >= HALF {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(self.key(station, way, id), call);
    }

    /// The call that an answer with this id belongs to; it is forgotten.
    pub(super) fn answered(&mut self, station: &str, way: Way, id: &str) -> Option<Called> {
        let key = self.key(station, way.back(), id);
        self.young.remove(&key).or_else(|| self.old.remove(&key))
    }

    fn key(&self, station: &str, way: Way, id: &str) -> u64 {
        self.hasher.hash_one((station, way, id))
    }
}
