//! Schemas of the objects of OCPI 2.2.1 that are given out, written by hand from the tables of the specification.
//! Nothing that is not in a table is allowed.

use serde_json::{Value, json};

/// Fails when a value is not what OCPI has under this name.
pub(super) fn hold(name: &str, value: &Value) {
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": format!("#/$defs/{name}"),
        "$defs": definitions(),
    });
    let validator = jsonschema::validator_for(&whole).expect("a schema");
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{name}: {errors:?} in {value}");
}

/// An object whose members in `needed` have to be there.
fn object(needed: &[&str], members: Value) -> Value {
    json!({"type": "object", "required": needed, "properties": members, "additionalProperties": false})
}

fn text(most: u32) -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": most, "pattern": "^[^\\n\\r]*$"})
}

/// A case-insensitive text: printable ASCII.
fn ci(most: u32) -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": most, "pattern": "^[ -~]*$"})
}

fn list(of: &str, least: u32) -> Value {
    json!({"type": "array", "minItems": least, "items": {"$ref": format!("#/$defs/{of}")}})
}

fn the(of: &str) -> Value {
    json!({"$ref": format!("#/$defs/{of}")})
}

fn number() -> Value {
    json!({"type": "number"})
}

fn whole() -> Value {
    json!({"type": "integer", "minimum": 0})
}

fn definitions() -> Value {
    let mut all = serde_json::Map::new();
    for part in [basics(), versions(), places(), prices()] {
        all.extend(part.as_object().expect("definitions").clone());
    }
    Value::Object(all)
}

fn basics() -> Value {
    json!({
        "moment": {"type": "string", "maxLength": 25, "pattern": "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z?$"},
        "time": {"type": "string", "pattern": "^([0-1][0-9]|2[0-3]):[0-5][0-9]$"},
        "date": {"type": "string", "pattern": "^([12][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"},
        "url": {"type": "string", "maxLength": 255, "pattern": "^https?://"},
        "business": object(&["name"], json!({"name": text(100)})),
        "envelope": object(&["status_code", "timestamp"], json!({
            "data": {}, "status_code": {"type": "integer", "minimum": 1000, "maximum": 3999},
            "status_message": {"type": "string"}, "timestamp": the("moment"),
        })),
    })
}

fn versions() -> Value {
    json!({
        "version": object(&["version", "url"], json!({"version": {"const": "2.2.1"}, "url": the("url")})),
        "version_details": object(&["version", "endpoints"], json!({
            "version": {"const": "2.2.1"}, "endpoints": list("endpoint", 1),
        })),
        "endpoint": object(&["identifier", "role", "url"], json!({
            "identifier": {"enum": ["cdrs", "chargingprofiles", "commands", "credentials", "hubclientinfo", "locations", "sessions", "tariffs", "tokens"]},
            "role": {"enum": ["SENDER", "RECEIVER"]}, "url": the("url"),
        })),
        "credentials": object(&["token", "url", "roles"], json!({
            "token": ci(64), "url": the("url"), "roles": list("role", 1),
        })),
        "role": object(&["role", "business_details", "party_id", "country_code"], json!({
            "role": {"const": "CPO"}, "business_details": the("business"), "party_id": ci(3), "country_code": ci(2),
        })),
    })
}

fn places() -> Value {
    json!({
        "location": object(
            &["country_code", "party_id", "id", "publish", "address", "city", "country", "coordinates", "time_zone", "last_updated"],
            json!({
                "country_code": ci(2), "party_id": ci(3), "id": ci(36), "publish": {"type": "boolean"}, "name": text(255),
                "address": text(45), "city": text(45), "postal_code": text(10), "state": text(20),
                "country": {"type": "string", "pattern": "^[A-Z]{3}$"}, "coordinates": the("coordinates"),
                "evses": list("evse", 1), "operator": the("business"), "suboperator": the("business"), "owner": the("business"),
                "time_zone": text(255), "opening_times": the("hours"), "last_updated": the("moment"),
            }),
        ),
        "coordinates": object(&["latitude", "longitude"], json!({
            "latitude": {"type": "string", "maxLength": 10, "pattern": "^-?[0-9]{1,2}\\.[0-9]{5,7}$"},
            "longitude": {"type": "string", "maxLength": 11, "pattern": "^-?[0-9]{1,3}\\.[0-9]{5,7}$"},
        })),
        "evse": object(&["uid", "status", "connectors", "last_updated"], json!({
            "uid": ci(36), "evse_id": ci(48),
            "status": {"enum": ["AVAILABLE", "BLOCKED", "CHARGING", "INOPERATIVE", "OUTOFORDER", "PLANNED", "REMOVED", "RESERVED", "UNKNOWN"]},
            "capabilities": {"type": "array", "items": {"enum": [
                "CHARGING_PROFILE_CAPABLE", "CHARGING_PREFERENCES_CAPABLE", "CHIP_CARD_SUPPORT", "CONTACTLESS_CARD_SUPPORT",
                "CREDIT_CARD_PAYABLE", "DEBIT_CARD_PAYABLE", "PED_TERMINAL", "REMOTE_START_STOP_CAPABLE", "RESERVABLE",
                "RFID_READER", "START_SESSION_CONNECTOR_REQUIRED", "TOKEN_GROUP_CAPABLE", "UNLOCK_CAPABLE"]}},
            "connectors": list("connector", 1), "floor_level": text(4), "physical_reference": text(16),
            "parking_restrictions": {"type": "array", "items": {"enum": ["EV_ONLY", "PLUGGED", "DISABLED", "CUSTOMERS", "MOTORCYCLES"]}},
            "last_updated": the("moment"),
        })),
        "connector": object(
            &["id", "standard", "format", "power_type", "max_voltage", "max_amperage", "last_updated"],
            json!({
                "id": ci(36),
                "standard": {"enum": ["CHADEMO", "CHAOJI", "DOMESTIC_A", "DOMESTIC_B", "DOMESTIC_C", "DOMESTIC_D", "DOMESTIC_E",
                    "DOMESTIC_F", "DOMESTIC_G", "DOMESTIC_H", "DOMESTIC_I", "DOMESTIC_J", "DOMESTIC_K", "DOMESTIC_L", "DOMESTIC_M",
                    "DOMESTIC_N", "DOMESTIC_O", "GBT_AC", "GBT_DC", "IEC_60309_2_single_16", "IEC_60309_2_three_16",
                    "IEC_60309_2_three_32", "IEC_60309_2_three_64", "IEC_62196_T1", "IEC_62196_T1_COMBO", "IEC_62196_T2",
                    "IEC_62196_T2_COMBO", "IEC_62196_T3A", "IEC_62196_T3C", "NEMA_5_20", "NEMA_6_30", "NEMA_6_50", "NEMA_10_30",
                    "NEMA_10_50", "NEMA_14_30", "NEMA_14_50", "PANTOGRAPH_BOTTOM_UP", "PANTOGRAPH_TOP_DOWN", "TESLA_R", "TESLA_S"]},
                "format": {"enum": ["SOCKET", "CABLE"]},
                "power_type": {"enum": ["AC_1_PHASE", "AC_2_PHASE", "AC_2_PHASE_SPLIT", "AC_3_PHASE", "DC"]},
                "max_voltage": whole(), "max_amperage": whole(), "max_electric_power": whole(),
                "tariff_ids": {"type": "array", "items": ci(36)}, "terms_and_conditions": the("url"), "last_updated": the("moment"),
            }),
        ),
        "hours": object(&["twentyfourseven"], json!({
            "twentyfourseven": {"type": "boolean"}, "regular_hours": list("regular_hours", 1),
            "exceptional_openings": list("period", 1), "exceptional_closings": list("period", 1),
        })),
        "regular_hours": object(&["weekday", "period_begin", "period_end"], json!({
            "weekday": {"type": "integer", "minimum": 1, "maximum": 7}, "period_begin": the("time"), "period_end": the("time"),
        })),
        "period": object(&["period_begin", "period_end"], json!({"period_begin": the("moment"), "period_end": the("moment")})),
    })
}

fn prices() -> Value {
    json!({
        "tariff": object(&["country_code", "party_id", "id", "currency", "elements", "last_updated"], json!({
            "country_code": ci(2), "party_id": ci(3), "id": ci(36), "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
            "type": {"enum": ["AD_HOC_PAYMENT", "PROFILE_CHEAP", "PROFILE_FAST", "PROFILE_GREEN", "REGULAR"]},
            "tariff_alt_text": list("display_text", 1), "tariff_alt_url": the("url"),
            "min_price": the("price"), "max_price": the("price"), "elements": list("element", 1),
            "start_date_time": the("moment"), "end_date_time": the("moment"), "last_updated": the("moment"),
        })),
        "display_text": object(&["language", "text"], json!({
            "language": {"type": "string", "pattern": "^[a-z]{2}$"}, "text": text(512),
        })),
        "price": object(&["excl_vat"], json!({"excl_vat": number(), "incl_vat": number()})),
        "element": object(&["price_components"], json!({
            "price_components": list("component", 1), "restrictions": the("restrictions"),
        })),
        "component": object(&["type", "price", "step_size"], json!({
            "type": {"enum": ["ENERGY", "FLAT", "PARKING_TIME", "TIME"]}, "price": number(), "vat": number(), "step_size": whole(),
        })),
        "restrictions": object(&[], json!({
            "start_time": the("time"), "end_time": the("time"), "start_date": the("date"), "end_date": the("date"),
            "min_kwh": number(), "max_kwh": number(), "min_current": number(), "max_current": number(),
            "min_power": number(), "max_power": number(), "min_duration": whole(), "max_duration": whole(),
            "day_of_week": {"type": "array", "items": {"enum": ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]}},
            "reservation": {"enum": ["RESERVATION", "RESERVATION_EXPIRES"]},
        })),
    })
}
