//! A key that is made without a running manager: the first one, before anybody could sign in.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use ocpp_server::access::{Gate, Secret};
use ocpp_server::bus::Bus;
use ocpp_server::domain::{ApiKey, Scope};

use super::{open_pepper, open_store};
use crate::exit::Failure;
use ocpp_server::metrics::Metrics;

/// Makes an API key in a data directory, which is made when it is missing.
///
/// # Errors
/// [`Failure::Usage`] when the name or the moment cannot be used, [`Failure::Unavailable`] when a manager has
/// the directory open or it cannot be used.
pub(crate) async fn make_key(
    data: &Path,
    name: &str,
    scopes: BTreeSet<Scope>,
    expires_at: Option<Timestamp>,
) -> Result<(ApiKey, Secret), Failure> {
    let now = Timestamp::now();
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        let sentence = "a key has a name of 1 to 100 characters without control characters";
        return Err(Failure::Usage(sentence.to_owned()));
    }
    if expires_at.is_some_and(|expires_at| expires_at <= now) {
        return Err(Failure::Usage("a key ends in the future: give a later --expires-at".to_owned()));
    }
    let store = open_store(data, Metrics::default())?;
    let gate = Gate::new(store, Bus::default(), open_pepper(data)?);
    let made = gate.make_key(name, scopes, expires_at, now).await;
    made.map_err(|error| Failure::unavailable("the key cannot be made", &error))
}
