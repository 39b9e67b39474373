//! Who may look and act: the first owner, users with passwords, programs with keys.
//!
//! ```text
//! secret     generated secrets, and the keyed digests that are kept of them
//! password   human passwords as argon2id hashes
//! gate       setting up, signing in and out, keys: everything that changes who is known
//! ```
//!
//! No secret is kept. A password is hashed with argon2id, which is slow on purpose; everything generated here
//! (cookies, API keys, keys of stations) has 100 bits or more and is kept as a keyed digest, which is fast, so
//! that ten thousand stations can reconnect at once. The key of these digests is in a file of its own, so
//! that a copy of the database alone proves nothing.

mod gate;
mod password;
mod secret;

pub use gate::{AccessError, Gate, Identity, SignedIn};
pub use password::{PasswordError, hash, verify};
pub(crate) use secret::from_hex;
pub use secret::{Pepper, PepperError, Purpose, Secret};
