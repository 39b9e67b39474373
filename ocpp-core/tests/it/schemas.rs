//! The generated schemas: the files in `schemas/` are what the types say, and the types say what the official
//! schemas say.
//!
//! The official schemas are not part of this repository. `OCPP_OFFICIAL_SCHEMAS` names the directory that has
//! them as `1.6/schemas`, `1.6/schemas-security`, `2.0.1/schemas` and `2.1/schemas`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Once;

use ocpp_core::schema::{self, Document, schema_for};
use ocpp_core::types::Version;
use ocpp_core::{v16, v21, v201};
use serde_json::{Map, Value, json};

/// 78 of 1.6, 128 of 2.0.1, 181 of 2.1.
pub(crate) const MESSAGES: usize = 387;

pub(crate) fn all_documents() -> Vec<Document> {
    Version::ALL.into_iter().flat_map(schema::documents).collect()
}

/// Where a message is filed, below `schemas/` and in texts: `2.1/BatterySwapRequest`.
pub(crate) fn place(document: &Document) -> String {
    format!("{}/{}", document.version, document.file_stem())
}

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas")
}

/// Past what the test harness holds back, once.
static LOUD: Once = Once::new();

/// The directory of the official schemas, or a loud word that there is none.
#[allow(clippy::explicit_write)] // `eprintln` is what the harness holds back.
pub(crate) fn official() -> Option<PathBuf> {
    let root = std::env::var_os("OCPP_OFFICIAL_SCHEMAS").map(PathBuf::from);
    if root.is_none() {
        LOUD.call_once(|| {
            let line = "=".repeat(72);
            let what = "OCPP_OFFICIAL_SCHEMAS IS NOT SET: NOTHING IS COMPARED WITH OFFICIAL SCHEMAS.";
            let how = "Set it to the directory that has 1.6/schemas, 2.0.1/schemas and so on.";
            writeln!(std::io::stderr(), "\n{line}\n{what}\n{how}\n{line}").unwrap();
        });
    }
    root
}

fn official_folders(version: Version) -> &'static [&'static str] {
    match version {
        Version::V16 => &["schemas", "schemas-security"],
        Version::V201 | Version::V21 => &["schemas"],
    }
}

/// The official schema of a message.
pub(crate) fn official_schema(root: &Path, document: &Document) -> Option<Value> {
    let folder = root.join(document.version.number());
    let file = format!("{}.json", document.file_stem());
    let text = official_folders(document.version)
        .iter()
        .find_map(|name| fs::read_to_string(folder.join(name).join(&file)).ok())?;
    Some(serde_json::from_str(text.trim_start_matches('\u{feff}')).expect("an official schema is JSON"))
}

/// The schema of a message as it is committed.
pub(crate) fn committed_schema(document: &Document) -> Value {
    let path = committed().join(format!("{}.json", place(document)));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn json_files(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("cannot list {}: {error}", folder.display()))
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .collect()
}

fn written(document: &Document) -> String {
    let mut schema = document.schema();
    schema.sort_all_objects();
    serde_json::to_string_pretty(&schema).unwrap() + "\n"
}

#[test]
fn the_committed_schemas_are_what_the_types_say() {
    let write = std::env::var_os("OCPP_WRITE_SCHEMAS").is_some_and(|value| value == "1");
    let root = committed();
    let documents = all_documents();
    assert_eq!(documents.len(), MESSAGES);

    let mut stale = Vec::new();
    for document in &documents {
        let path = root.join(format!("{}.json", place(document)));
        let text = written(document);
        if fs::read_to_string(&path).is_ok_and(|known| known == text) {
            continue;
        }
        if write {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
        } else {
            stale.push(place(document));
        }
    }
    for version in Version::ALL {
        let known: BTreeSet<String> =
            schema::documents(version).map(|document| document.file_stem()).collect();
        let superfluous = json_files(&root.join(version.number()));
        stale
            .extend(superfluous.difference(&known).map(|name| format!("{version}/{name} (no such message)")));
    }
    assert!(
        stale.is_empty(),
        "schemas/ is not what the types say; run this test with OCPP_WRITE_SCHEMAS=1 and look at the \
         difference:\n{}",
        stale.join("\n")
    );
}

#[test]
fn the_generated_schemas_equal_the_official_ones_in_structure() {
    let Some(root) = official() else { return };
    let mut differences = Vec::new();
    let mut compared = 0;
    for version in Version::ALL {
        let ours: BTreeSet<String> =
            schema::documents(version).map(|document| document.file_stem()).collect();
        let theirs: BTreeSet<String> = official_folders(version)
            .iter()
            .flat_map(|folder| json_files(&root.join(version.number()).join(folder)))
            .collect();
        differences
            .extend(ours.symmetric_difference(&theirs).map(|name| format!("{version}/{name}: only one")));
    }
    for document in all_documents() {
        let Some(official) = official_schema(&root, &document) else { continue };
        compared += 1;
        let generated = document.schema();
        let place = place(&document);
        let (ours, theirs) = (structure(&generated, &generated), structure(&official, &official));
        compare(&place, &ours, &theirs, &mut differences);
    }
    println!("compared {compared} schemas with the official ones: {} differences", differences.len());
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
    assert_eq!(compared, MESSAGES);
}

/// A schema without what does not decide about validity, its references replaced by what they refer to.
fn structure(schema: &Value, root: &Value) -> Value {
    let Value::Object(keywords) = schema else { return schema.clone() };
    if let Some(Value::String(reference)) = keywords.get("$ref") {
        let target = root.pointer(reference.trim_start_matches('#')).expect("a reference has a target");
        return structure(target, root);
    }
    let is_object = keywords.get("type") == Some(&json!("object"));
    let mut kept = Map::new();
    for (keyword, value) in keywords {
        let value = match keyword.as_str() {
            "$schema" | "$id" | "id" | "title" | "description" | "comment" | "javaType" | "default"
            | "additionalItems" | "definitions" => continue,
            // Some official schemas have it at texts, too, where it means nothing.
            "additionalProperties" if !is_object => continue,
            "properties" => value
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, value)| (name.clone(), structure(value, root)))
                .collect(),
            "items" => structure(value, root),
            "required" | "enum" => sorted(value),
            "minimum" | "maximum" | "multipleOf" => json!(value.as_f64().unwrap()),
            // Everything else, known or not, has to be the same.
            _ => value.clone(),
        };
        kept.insert(keyword.clone(), value);
    }
    if is_object {
        kept.entry("properties").or_insert_with(|| json!({}));
    }
    kept.into()
}

fn sorted(values: &Value) -> Value {
    let mut values = values.as_array().unwrap().clone();
    values.sort_by_key(ToString::to_string);
    values.into()
}

fn compare(place: &str, ours: &Value, theirs: &Value, differences: &mut Vec<String>) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let names: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
            for name in names {
                let place = format!("{place}/{name}");
                match (ours.get(name), theirs.get(name)) {
                    (Some(ours), Some(theirs)) => compare(&place, ours, theirs, differences),
                    (Some(ours), None) => differences.push(format!("{place}: only ours has {ours}")),
                    (None, theirs) => {
                        differences.push(format!("{place}: only theirs has {}", theirs.unwrap()))
                    }
                }
            }
        }
        _ if ours == theirs => {}
        _ => differences.push(format!("{place}: ours is {ours}, theirs is {theirs}")),
    }
}

#[test]
fn the_comparison_sees_every_kind_of_difference() {
    let base = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["a", "b"],
        "properties": {
            "a": { "type": "string", "maxLength": 20 },
            "b": { "type": "array", "minItems": 1, "maxItems": 4, "items": { "$ref": "#/definitions/B" } },
            "c": { "type": "number", "minimum": 0.0, "maximum": 9, "multipleOf": 0.1 },
            "d": { "type": "string", "format": "date-time" },
        },
        "definitions": { "B": { "type": "string", "enum": ["x", "y"] } },
    });
    let changes = [
        ("/additionalProperties", json!(true)),
        ("/required", json!(["a"])),
        ("/properties/a/maxLength", json!(21)),
        ("/properties/a/type", json!("integer")),
        ("/properties/b/minItems", json!(0)),
        ("/properties/b/maxItems", json!(5)),
        ("/properties/c/minimum", json!(1)),
        ("/properties/c/maximum", json!(8)),
        ("/properties/c/multipleOf", json!(1)),
        ("/properties/d/format", json!("uri")),
        ("/definitions/B/enum", json!(["x", "z"])),
        ("/properties/d", json!({ "type": "string", "format": "date-time", "pattern": "^2" })),
    ];
    for (pointer, value) in changes {
        let mut changed = base.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        let mut differences = Vec::new();
        compare("", &structure(&base, &base), &structure(&changed, &changed), &mut differences);
        assert_eq!(differences.len(), 1, "{pointer}: {differences:?}");
    }
}

#[test]
fn nothing_is_nullable_and_every_name_is_the_official_one() {
    for document in all_documents() {
        let text = document.schema().to_string();
        assert!(!text.contains("null"), "{} mentions null", place(&document));
        for name in document.schema()["definitions"].as_object().into_iter().flat_map(Map::keys) {
            assert!(
                !name.ends_with(|c: char| c.is_ascii_digit()),
                "{}: {name} is numbered",
                place(&document)
            );
        }
    }
}

#[test]
fn schemars_makes_the_same_schema_of_a_type() {
    fn same<T: schema::JsonSchema + ocpp_core::message::Message>() {
        let generator = schemars::generate::SchemaSettings::draft07().into_generator();
        assert_eq!(generator.into_root_schema_for::<T>().to_value(), schema::document(T::NAME, &T::SHAPE));
    }
    same::<v16::StartTransactionRequest>();
    same::<v201::BootNotificationRequest>();
    same::<v21::SetChargingProfileRequest>();
    same::<v21::NotifyPeriodicEventStreamRequest>();
}

#[test]
fn a_document_of_two_versions_keeps_their_types_apart() {
    struct Both;

    impl schema::JsonSchema for Both {
        fn schema_name() -> std::borrow::Cow<'static, str> {
            "Both".into()
        }

        fn json_schema(generator: &mut schema::SchemaGenerator) -> schema::Schema {
            let old = generator.subschema_for::<v201::TransactionEventRequest>();
            let new = generator.subschema_for::<v21::TransactionEventRequest>();
            schemars::json_schema!({ "type": "object", "properties": { "old": old, "new": new } })
        }
    }

    let schema = schema_for!(Both);
    let reason = |version: &str| {
        let message = schema.pointer(&format!("/properties/{version}/$ref")).unwrap().as_str().unwrap();
        let place = format!("{}/properties/triggerReason/$ref", message.trim_start_matches('#'));
        let target = schema.pointer(&place).unwrap().as_str().unwrap();
        schema.pointer(target.trim_start_matches('#')).unwrap()["enum"].clone()
    };
    assert_eq!(reason("old"), json!(v201::TriggerReason::ALL));
    assert_eq!(reason("new"), json!(v21::TriggerReason::ALL));
}
