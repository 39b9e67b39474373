//! Settings of stations (block B): reading, changing, reports, and what stations should have.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod cases;
mod desired;
mod items;
mod reports;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use ocpp_core::model::{AttributeKind, SettingAttribute, SettingChange};
use ocpp_core::types::Version;
use ocpp_server::catalogue::named;
use ocpp_server::maintenance::{Desired, DeviceModels, ItemResult, ItemWord};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::world::World;
use crate::world::station::{Says, Station};

const VERSIONS: [Version; 3] = [Version::V16, Version::V201, Version::V21];
const TWO: [Version; 2] = [Version::V201, Version::V21];

/// What a station has, by the names of its version.
#[derive(Debug, Default)]
struct Device {
    values: BTreeMap<String, String>,
    /// Settings that it refuses to change.
    refuses: BTreeSet<String>,
    /// Settings whose new values hold after a restart, and those values.
    after_reboot: BTreeMap<String, Option<String>>,
    /// How many settings it takes in one message.
    at_most: usize,
}

type Shared = Arc<Mutex<Device>>;

/// A station whose settings can be read and changed.
fn with_settings(station: &Station, values: &[(&str, &str)]) -> Shared {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let device =
        Arc::new(Mutex::new(Device { values: values.collect(), at_most: 1000, ..Device::default() }));
    let says = |action: &str, make: fn(&mut Device, &Value) -> Says| {
        let device = Arc::clone(&device);
        station.says(action, Says::made(move |payload| make(&mut device.lock().unwrap(), payload)));
    };
    says("GetVariables", read_variables);
    says("SetVariables", set_variables);
    says("GetConfiguration", read_keys);
    says("ChangeConfiguration", change_key);
    device
}

fn name_of(item: &Value) -> String {
    let instance = item["variable"]["instance"].as_str().map(|instance| format!("[{instance}]"));
    let place = item["component"]["evse"]["id"].as_i64().map(|evse| format!(" @{evse}"));
    format!(
        "{}.{}{}{}",
        item["component"]["name"].as_str().unwrap(),
        item["variable"]["name"].as_str().unwrap(),
        instance.unwrap_or_default(),
        place.unwrap_or_default()
    )
}

fn read_variables(device: &mut Device, payload: &Value) -> Says {
    let asked = payload["getVariableData"].as_array().unwrap();
    if asked.len() > device.at_most {
        return Says::Error("OccurrenceConstraintViolation");
    }
    let result = |item: &Value| {
        let mut result = item.clone();
        match device.values.get(&name_of(item)) {
            Some(value) => {
                result["attributeStatus"] = json!("Accepted");
                result["attributeValue"] = json!(value);
            }
            None => result["attributeStatus"] = json!("UnknownVariable"),
        }
        result
    };
    Says::Result(json!({"getVariableResult": asked.iter().map(result).collect::<Vec<_>>()}))
}

fn set_variables(device: &mut Device, payload: &Value) -> Says {
    let asked = payload["setVariableData"].as_array().unwrap();
    if asked.len() > device.at_most {
        return Says::Error("OccurrenceConstraintViolation");
    }
    let results: Vec<Value> = asked
        .iter()
        .map(|item| {
            let status = set(device, &name_of(item), item["attributeValue"].as_str().unwrap());
            let mut result = json!({
                "component": item["component"], "variable": item["variable"], "attributeStatus": status
            });
            if let Some(attribute) = item.get("attributeType") {
                result["attributeType"] = attribute.clone();
            }
            if status == "Rejected" {
                result["attributeStatusInfo"] =
                    json!({"reasonCode": "ReadOnly", "additionalInfo": "not today"});
            }
            result
        })
        .collect();
    Says::Result(json!({ "setVariableResult": results }))
}

fn set(device: &mut Device, name: &str, value: &str) -> &'static str {
    if !device.values.contains_key(name) {
        return "UnknownVariable";
    }
    if device.refuses.contains(name) {
        return "Rejected";
    }
    if let Some(later) = device.after_reboot.get_mut(name) {
        *later = Some(value.to_owned());
        return "RebootRequired";
    }
    device.values.insert(name.to_owned(), value.to_owned());
    "Accepted"
}

fn read_keys(device: &mut Device, payload: &Value) -> Says {
    let asked: Vec<String> = match payload["key"].as_array() {
        Some(keys) => keys.iter().map(|key| key.as_str().unwrap().to_owned()).collect(),
        None => device.values.keys().cloned().collect(),
    };
    if asked.len() > device.at_most {
        return Says::Error("OccurenceConstraintViolation");
    }
    let (known, unknown): (Vec<_>, Vec<_>) =
        asked.into_iter().partition(|key| device.values.contains_key(key));
    let known: Vec<Value> = known
        .iter()
        .map(|key| json!({"key": key, "readonly": device.refuses.contains(key), "value": device.values[key]}))
        .collect();
    Says::Result(json!({"configurationKey": known, "unknownKey": unknown}))
}

fn change_key(device: &mut Device, payload: &Value) -> Says {
    let key = payload["key"].as_str().unwrap();
    let status = match set(device, key, payload["value"].as_str().unwrap()) {
        "UnknownVariable" => "NotSupported",
        status => status,
    };
    Says::Result(json!({ "status": status }))
}

/// The manager with its service of settings, and of templates, running.
struct Settings {
    world: World,
    devices: DeviceModels,
    desired: Desired,
}

impl Settings {
    async fn new() -> Settings {
        let world = World::new().await;
        let (devices, desired) = (DeviceModels::new(world.csms()), Desired::new(world.csms()));
        let run = (devices.clone(), desired.clone());
        tokio::spawn(async move {
            let shutdown = CancellationToken::new();
            tokio::join!(run.0.run(shutdown.clone()), run.1.run(shutdown));
        });
        // Both listen before anything happens.
        tokio::task::yield_now().await;
        Settings { world, devices, desired }
    }
}

fn change(name: &str, value: &str) -> SettingChange {
    SettingChange::new(named(name).unwrap(), value)
}

fn wanted(name: &str) -> SettingAttribute {
    SettingAttribute { setting: named(name).unwrap(), attribute: AttributeKind::Actual }
}

/// What became of each, in a word: the value or the verdict.
fn words(results: &[ItemResult]) -> Vec<String> {
    results
        .iter()
        .map(|result| match &result.word {
            ItemWord::Answered { value: Some(value), .. } => value.to_string(),
            ItemWord::Answered { verdict, .. } => format!("{verdict:?}"),
            ItemWord::CannotSay { .. } => "cannot say".to_owned(),
            ItemWord::NotAnswered { why } => why.clone(),
        })
        .collect()
}
