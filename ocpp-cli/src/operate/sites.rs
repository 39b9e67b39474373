//! `ocpp site`.

mod public;

use serde_json::{Value, json};

use super::Audience;
use super::args::{SiteAddArgs, SiteArgs, SiteCommand};
use super::client::{Client, part};
use super::table::{facts, table, text};
use crate::exit::Failure;

/// Runs a command about sites.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn run(args: SiteArgs) -> Result<(), Failure> {
    let (client, audience) = args.manager.resolve()?;
    match args.command {
        SiteCommand::List => {
            let sites = client.list("sites", "", usize::MAX).await?;
            audience.show(&Value::Array(sites), list)
        }
        SiteCommand::Show { id } => {
            let site = client.get(&format!("sites/{}", part(&id))).await?;
            audience.show(&site, show)
        }
        SiteCommand::Add(site) => add(&client, audience, &site).await,
        SiteCommand::Publish(args) => public::publish(&client, audience, &args).await,
        SiteCommand::Unpublish { id } => public::unpublish(&client, audience, &id).await,
        SiteCommand::Remove { id } => {
            client.delete(&format!("sites/{}", part(&id))).await?;
            audience.done(&format!("Site {id} is removed."))
        }
    }
}

async fn add(client: &Client, audience: Audience, site: &SiteAddArgs) -> Result<(), Failure> {
    let coordinates = site
        .latitude
        .zip(site.longitude)
        .map(|(latitude, longitude)| json!({"latitude": latitude, "longitude": longitude}));
    let body = json!({
        "name": site.name,
        "time_zone": site.time_zone,
        "address": {
            "street": site.street,
            "postal_code": site.postal_code,
            "city": site.city,
            "country": site.country,
        },
        "coordinates": coordinates,
        "power_w": site.power,
    });
    audience.show(&client.post("sites", &body).await?, show)
}

fn list(sites: &Value) -> String {
    let rows = sites.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|site| {
        let city = site.get("address").map(|address| text(address, "city")).unwrap_or_default();
        vec![text(site, "id"), text(site, "name"), city, text(site, "time_zone"), text(site, "tariff_id")]
    });
    let headings = ["ID", "NAME", "CITY", "TIME ZONE", "TARIFF"];
    table(
        &headings,
        rows.collect(),
        "There are no sites yet: add one with ocpp site add NAME --time-zone ZONE.",
    )
}

fn show(site: &Value) -> String {
    facts(&[
        ("Site", text(site, "id")),
        ("Name", text(site, "name")),
        ("Address", address(site.get("address").unwrap_or(&Value::Null))),
        ("Time zone", text(site, "time_zone")),
        ("Power", watts(site)),
        ("Tariff", text(site, "tariff_id")),
        ("Published", public::told(&site["public"])),
    ])
}

fn watts(site: &Value) -> String {
    let watts = text(site, "power_w");
    if watts.is_empty() { watts } else { format!("{watts} W") }
}

/// An address on one line.
pub(super) fn address(address: &Value) -> String {
    let city = format!("{} {}", text(address, "postal_code"), text(address, "city"));
    let parts = [text(address, "street"), city.trim().to_owned(), text(address, "country")];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}
