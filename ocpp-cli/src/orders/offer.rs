//! Which version has words for an order.

use ocpp_core::dialect::Manager;
use ocpp_core::model::Command;
use ocpp_core::types::Version;

use super::words::words_of;

/// All versions.
pub(crate) const VERSIONS: [Version; 3] = [Version::V16, Version::V201, Version::V21];

/// The version of a number such as `2.0.1`.
pub(crate) fn version_of(number: &str) -> Option<Version> {
    VERSIONS.into_iter().find(|version| version.number() == number)
}

/// Whether a version can say an order of the model: whether it has words for one of its examples.
///
/// # Errors
/// Why not, as a sentence without a full stop.
pub(crate) fn can_say(version: Version, order: &str) -> Result<(), String> {
    let mut why = None;
    for command in
        words_of(order).examples.iter().filter_map(|text| serde_json::from_str::<Command>(text).ok())
    {
        match Manager::new(version).order(&command) {
            Ok(_) => return Ok(()),
            Err(error) => why = why.or(Some(error.to_string())),
        }
    }
    // An order without an example is tried out at the station.
    why.map_or(Ok(()), Err)
}
