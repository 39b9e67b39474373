//! Pseudonyms: the same person has the same one, and nobody gets from it to the person without the key.

use std::collections::HashMap;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The key of the pseudonyms. Who has it and a list of cards can tell which card is behind a pseudonym; without it
/// nobody can. With another key the same person gets another pseudonym.
#[derive(Clone)]
pub struct PseudonymKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PseudonymKey(…)")
    }
}

impl PseudonymKey {
    /// A key made out of a secret that is at hand, for instance a digest of the manager's
    /// [`Pepper`](crate::access::Pepper). The secret should have 32 random bytes or more.
    #[must_use]
    pub fn derive(secret: &[u8]) -> PseudonymKey {
        let mut hash = Sha256::new_with_prefix(b"message log pseudonyms\0");
        Digest::update(&mut hash, secret);
        PseudonymKey(Zeroizing::new(hash.finalize().into()))
    }
}

/// `~` and 16 hexadecimal digits: 17 characters, so that it fits where an idTag of 1.6 (20) fits. With a million
/// persons the chance that any two share one is 1 to 37 million.
pub(super) type Pseudonym = [u8; 17];

/// How many values are remembered with their pseudonyms.
const REMEMBERED: usize = 4096;
/// Longer values (certificates) are not worth remembering.
const REMEMBERED_BYTES: usize = 64;

/// Makes pseudonyms.
pub(super) struct Pseudonyms {
    mac: Hmac<Sha256>,
    recent: HashMap<Box<str>, Pseudonym>,
}

impl Pseudonyms {
    pub(super) fn new(key: &PseudonymKey) -> Pseudonyms {
        let mut block = Zeroizing::new([0; 64]);
        block[..32].copy_from_slice(&*key.0);
        Pseudonyms { mac: <Hmac<Sha256> as KeyInit>::new((&*block).into()), recent: HashMap::new() }
    }

    /// The pseudonym of a value. Upper and lower case are the same, as they are in identifiers of OCPP.
    pub(super) fn of(&mut self, value: &str) -> Pseudonym {
        if let Some(known) = self.recent.get(value) {
            return *known;
        }
        let lower = Zeroizing::new(value.to_ascii_lowercase());
        let mut mac = self.mac.clone();
        Mac::update(&mut mac, lower.as_bytes());
        let digest = mac.finalize().into_bytes();
        let mut pseudonym = [b'~'; 17];
        for (pair, byte) in pseudonym[1..].chunks_exact_mut(2).zip(&digest) {
            pair[0] = HEX[usize::from(byte >> 4)];
            pair[1] = HEX[usize::from(byte & 15)];
        }
        if value.len() <= REMEMBERED_BYTES {
            if self.recent.len() >= REMEMBERED {
                self.recent.clear();
            }
            self.recent.insert(value.into(), pseudonym);
        }
        pseudonym
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";
