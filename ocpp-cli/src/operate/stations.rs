//! `ocpp station`.

mod describe;

use std::collections::HashMap;

use serde_json::{Value, json};

use super::args::{Registration, StationArgs, StationCommand};
use super::client::{Client, part};
use super::table::{facts, items, mark, moment, table, text};
use super::{Audience, print};
use crate::exit::Failure;

/// Runs a command about stations.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn run(args: StationArgs) -> Result<(), Failure> {
    let (client, audience) = args.manager.resolve()?;
    match args.command {
        StationCommand::List => list(&client, audience).await,
        StationCommand::Show { id } => show(&client, audience, &id).await,
        StationCommand::Add { id, name, site, unproven } => {
            let body = json!({"id": id, "login": login(unproven), "name": name, "site_id": site});
            audience.show(&client.post("stations", &body).await?, access)
        }
        StationCommand::Key { id, unproven } => {
            let body = json!({"login": login(unproven)});
            let path = format!("stations/{}/key", part(&id));
            audience.show(&client.post(&path, &body).await?, access)
        }
        StationCommand::Describe(args) => describe::run(&client, audience, &args).await,
        StationCommand::Remove { id } => {
            client.delete(&format!("stations/{}", part(&id))).await?;
            audience.done(&format!("Station {id} may not connect any more."))
        }
        StationCommand::Refused => {
            let refusals = client.list("refusals", "", usize::MAX).await?;
            audience.show(&Value::Array(refusals), refused)
        }
        StationCommand::Admit { id, unproven } => {
            let body = json!({"station_id": id, "login": login(unproven)});
            audience.show(&client.post("refusals/admit", &body).await?, access)
        }
        StationCommand::Register { id, registration } => {
            let registration = match registration {
                Registration::Accepted => "accepted",
                Registration::Pending => "pending",
                Registration::Rejected => "rejected",
            };
            let path = format!("stations/{}/registration", part(&id));
            let answer = client.put(&path, None, &json!({"registration": registration})).await?;
            audience.show(&answer, |answer| {
                format!("{id} is {registration} from its next boot on. {}", text(answer, "detail"))
            })
        }
        StationCommand::Send { id, action, payload } => send(&client, &id, &action, &payload).await,
    }
}

const fn login(unproven: bool) -> &'static str {
    if unproven { "unproven" } else { "key" }
}

async fn list(client: &Client, audience: Audience) -> Result<(), Failure> {
    let stations = client.list("stations", "", usize::MAX).await?;
    let sites = match audience {
        Audience::People => site_names(client).await?,
        Audience::Programs => HashMap::new(),
    };
    audience.show(&Value::Array(stations), |stations| {
        let rows = stations.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|station| {
            let site = text(station, "site_id");
            vec![
                text(station, "id"),
                text(station, "name"),
                sites.get(&site).cloned().unwrap_or(site),
                state(station).to_owned(),
                text(station, "ocpp_version"),
                model(station),
                text(station, "login"),
                moment(station, "last_seen"),
            ]
        });
        let headings = ["ID", "NAME", "SITE", "STATE", "OCPP", "MODEL", "LOGIN", "LAST SEEN"];
        table(&headings, rows.collect(), "There are no stations yet: add one with ocpp station add ID.")
    })
}

async fn site_names(client: &Client) -> Result<HashMap<String, String>, Failure> {
    let sites = client.list("sites", "", usize::MAX).await?;
    Ok(sites.iter().map(|site| (text(site, "id"), text(site, "name"))).collect())
}

async fn show(client: &Client, audience: Audience, id: &str) -> Result<(), Failure> {
    let station = client.get(&format!("stations/{}", part(id))).await?;
    audience.show(&station, |station| {
        let known = facts(&[
            ("Station", text(station, "id")),
            ("Name", text(station, "name")),
            ("Site", text(station, "site_id")),
            ("Tariff", text(station, "tariff_id")),
            ("State", state(station).to_owned()),
            ("Since", moment(station, "since")),
            ("OCPP", text(station, "ocpp_version")),
            ("Model", model(station)),
            ("Firmware", text(station, "firmware_version")),
            ("Address", text(station, "address")),
            ("Last seen", moment(station, "last_seen")),
            ("Login", text(station, "login")),
            ("Registration", text(station, "registration")),
            ("Told at its boot", text(station, "told_registration")),
        ]);
        let rows = items(station, "connectors").iter().map(|connector| {
            vec![
                text(connector, "evse_id"),
                text(connector, "connector_id"),
                text(connector, "status"),
                text(connector, "error_code"),
                moment(connector, "since"),
            ]
        });
        let headings = ["EVSE", "CONNECTOR", "STATUS", "ERROR", "SINCE"];
        format!("{known}\n\n{}", table(&headings, rows.collect(), "It has reported no connectors yet."))
    })
}

fn state(station: &Value) -> &'static str {
    match (mark(station, "online", "online").is_empty(), text(station, "since").is_empty()) {
        (false, _) => "online",
        (true, false) => "offline",
        (true, true) => "never seen",
    }
}

fn model(station: &Value) -> String {
    format!("{} {}", text(station, "vendor"), text(station, "model")).trim().to_owned()
}

/// What to enter in a station.
fn access(station: &Value) -> String {
    let known = facts(&[
        ("Station", text(station, "id")),
        ("URL", text(station, "url")),
        ("Key", text(station, "key")),
        ("Key in hex", text(station, "key_hex")),
    ]);
    let advice = if text(station, "key").is_empty() {
        "It has no key: whoever knows its identity is believed."
    } else {
        "Enter both in the station: the key is BasicAuthPassword in OCPP 2.x; OCPP 1.6 takes it as AuthorizationKey, \
         most stations in hex. It is not shown again."
    };
    format!("{known}\n\n{advice}")
}

fn refused(refusals: &Value) -> String {
    let rows = refusals.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|refusal| {
        let at = text(refusal, "station_id");
        let who = text(refusal, "who");
        vec![
            text(refusal, "kind"),
            if at.is_empty() { who } else { format!("{who} at {at}") },
            text(refusal, "address"),
            text(refusal, "count"),
            moment(refusal, "last"),
            text(refusal, "advice"),
        ]
    });
    let headings = ["KIND", "WHO", "ADDRESS", "COUNT", "LAST", "WHAT TO DO"];
    table(&headings, rows.collect(), "Nobody was turned away.")
}

/// The payload is not read here, so that its members keep their order and their text.
async fn send(client: &Client, id: &str, action: &str, payload: &str) -> Result<(), Failure> {
    let payload: Box<serde_json::value::RawValue> = serde_json::from_str(payload)
        .map_err(|error| Failure::Usage(format!("the payload is no JSON: {error}")))?;
    let action = Value::from(action);
    let body = format!("{{\"action\":{action},\"payload\":{payload}}}");
    let path = format!("stations/{}/commands", part(id));
    print(&client.post_text(&path, body, "application/json").await?)
}
