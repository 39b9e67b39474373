//! What of a payload may stand in an error or a log.

use alloc::string::String;

use super::finding::Shown;
use crate::message::Shape;

/// The most characters of a value that are shown.
const MAX_SHOWN: usize = 60;

/// Texts without a secret or a person in them: what the station is made of, and numbers that stand as text.
/// Every other text is hidden.
const HARMLESS: &[&str] = &[
    "chargeBoxSerialNumber",
    "chargePointModel",
    "chargePointSerialNumber",
    "chargePointVendor",
    "firmwareVersion",
    "meterSerialNumber",
    "meterType",
    "model",
    "serialNumber",
    "unit",
    "vendorErrorCode",
    "vendorId",
    "vendorName",
];

/// Enumerations, times and numbers that tell of a person.
const PERSONAL: &[&str] = &["idToken", "idTag", "parentIdTag", "totalCost", "settlementAmount"];

fn is_numeric(json: &str) -> bool {
    let bare = json.trim_matches('"');
    !json.starts_with('"')
        || bare.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b)) && bare.len() < 12
}

/// The value of a member, as far as it may be shown.
pub(super) fn shown(json: &str, shape: &Shape, member: &str) -> Shown {
    let harmless = match shape {
        Shape::Enumeration(_) | Shape::DateTime => !PERSONAL.contains(&member),
        // A text in the place of a number may be a token that went astray.
        Shape::Integer { .. } | Shape::Number { .. } | Shape::Boolean => {
            !PERSONAL.contains(&member) && is_numeric(json)
        }
        Shape::Text { .. } => HARMLESS.contains(&member),
        Shape::Object(_) | Shape::Array { .. } | Shape::Uri | Shape::Any => false,
    };
    let scalar = !json.starts_with(['{', '[']);
    if !(harmless && scalar) {
        return Shown::Hidden;
    }
    let mut chars = json.chars();
    let mut short: String = chars.by_ref().take(MAX_SHOWN).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    Shown::Json(short.into())
}
