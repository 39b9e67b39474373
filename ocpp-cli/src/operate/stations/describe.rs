//! `ocpp station describe`.

use serde_json::{Map, Value, json};

use super::super::Audience;
use super::super::args::DescribeArgs;
use super::super::client::{Client, part};
use super::super::table::{items, table, text};
use crate::exit::Failure;

/// Changes what is said of an EVSE and a connector; nobody's change in between is overwritten.
pub(super) async fn run(client: &Client, audience: Audience, args: &DescribeArgs) -> Result<(), Failure> {
    let path = format!("stations/{}", part(&args.id));
    let read = client.get_tagged(&path).await?;
    let said = ["name", "site_id", "power_w", "evses"];
    let mut body: Map<String, Value> =
        said.iter().filter_map(|name| Some(((*name).to_owned(), read.value.get(*name)?.clone()))).collect();
    let mut evses = items(&read.value, "evses").to_vec();
    let evse = numbered(&mut evses, args.evse);
    set(evse, "name", &args.name);
    set(evse, "evse_id", &args.evse_id);
    set(evse, "pull_through", &args.pull_through);
    if !args.restriction.is_empty() {
        evse["restrictions"] = json!(args.restriction);
    }
    let mut connectors = items(evse, "connectors").to_vec();
    let connector = numbered(&mut connectors, args.connector);
    set(connector, "kind", &args.kind);
    set(connector, "standard", &args.standard);
    set(connector, "format", &args.format);
    set(connector, "power_type", &args.power_type);
    set(connector, "max_voltage", &args.max_voltage);
    set(connector, "max_amperage", &args.max_amperage);
    set(connector, "power_w", &args.power);
    evse["connectors"] = Value::Array(connectors);
    body.insert("evses".to_owned(), Value::Array(evses));
    let kept = client.put(&path, read.tag, &Value::Object(body)).await?;
    audience.show(&kept, shown)
}

/// The one of this number, which is added where it is missing.
fn numbered(list: &mut Vec<Value>, number: u32) -> &mut Value {
    let at = list.iter().position(|item| item["id"] == number).unwrap_or_else(|| {
        list.push(json!({"id": number}));
        list.len() - 1
    });
    &mut list[at]
}

fn set<T: serde::Serialize>(object: &mut Value, member: &str, given: &Option<T>) {
    if let Some(given) = given {
        object[member] = json!(given);
    }
}

fn shown(station: &Value) -> String {
    let rows = items(station, "evses").iter().flat_map(|evse| {
        items(evse, "connectors").iter().map(|connector| {
            vec![
                text(evse, "id"),
                text(evse, "evse_id"),
                text(connector, "id"),
                text(connector, "kind"),
                text(connector, "standard"),
                text(connector, "max_voltage"),
                text(connector, "max_amperage"),
                text(connector, "power_w"),
            ]
        })
    });
    let headings = ["EVSE", "EVSE ID", "CONNECTOR", "KIND", "STANDARD", "V", "A", "W"];
    table(&headings, rows.collect(), "Nothing is said of its EVSEs.")
}
