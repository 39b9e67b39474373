//! Human passwords.

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::access::Secret;
use crate::domain::PasswordHash;

/// The fewest characters of a password.
pub(super) const MIN_CHARS: usize = 10;
/// The most bytes of a password: hashing more would only cost time.
pub(super) const MAX_BYTES: usize = 1024;

/// A password that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short.
    #[error("the password is too short: use at least {MIN_CHARS} characters")]
    TooShort,
    /// Too long.
    #[error("the password is too long: use at most {MAX_BYTES} bytes")]
    TooLong,
    /// The name and the password are the same.
    #[error("the password must not be the name")]
    SameAsName,
    /// Our fault.
    #[error("the password cannot be hashed: {0}")]
    Hash(String),
}

/// argon2id with 19 MiB, 2 passes, 1 lane: what OWASP recommends at least.
fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

/// Hashes a password. It takes tens of milliseconds of one core: call it where that does not hold up others.
///
/// # Errors
/// [`PasswordError`] says what a better password has.
pub fn hash(name: &str, password: &Secret) -> Result<PasswordHash, PasswordError> {
    let text = password.expose();
    if text.chars().count() < MIN_CHARS {
        return Err(PasswordError::TooShort);
    }
    if text.len() > MAX_BYTES {
        return Err(PasswordError::TooLong);
    }
    if text.eq_ignore_ascii_case(name) {
        return Err(PasswordError::SameAsName);
    }
    let hash =
        argon2().hash_password(text.as_bytes()).map_err(|error| PasswordError::Hash(error.to_string()))?;
    Ok(PasswordHash(hash.to_string()))
}

/// Whether a password is the one of `hash`. Without a hash the same time is spent, so that nobody learns
/// which names exist.
#[must_use]
pub fn verify(hash: Option<&PasswordHash>, password: &Secret) -> bool {
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let text = hash.map_or(NOBODY, |hash| &hash.0);
    let Ok(parsed) = argon2::password_hash::phc::PasswordHash::new(text) else { return false };
    let bytes = password.expose().as_bytes();
    let is_right = bytes.len() <= MAX_BYTES && argon2().verify_password(bytes, &parsed).is_ok();
    is_right && hash.is_some()
}
