//! `ocpp site publish` and `unpublish`.

use serde_json::{Value, json};

use super::super::Audience;
use super::super::args::PublishArgs;
use super::super::client::{Client, part};
use super::super::table::text;
use super::show;
use crate::exit::Failure;

/// Publishes a site with what is given and what was said of it before.
pub(super) async fn publish(client: &Client, audience: Audience, args: &PublishArgs) -> Result<(), Failure> {
    change(client, audience, &args.id, |public| {
        public["published"] = json!(true);
        for (member, given) in [
            ("operator", &args.operator),
            ("legal_name", &args.legal_name),
            ("helpline", &args.helpline),
            ("support_mail", &args.support_mail),
            ("access", &args.access),
        ] {
            if let Some(given) = given {
                public[member] = json!(given);
            }
        }
        if !args.payment.is_empty() {
            public["payment"] = json!(args.payment);
        }
        if let Some(weekly) = &args.hours {
            public["hours"]["weekly"] = json!(weekly);
        }
        for (member, given) in [("openings", &args.also_open), ("closings", &args.closed)] {
            if !given.is_empty() {
                public["hours"][member] = json!(given);
            }
        }
    })
    .await
}

/// Takes a site out of what the public sees.
pub(super) async fn unpublish(client: &Client, audience: Audience, id: &str) -> Result<(), Failure> {
    change(client, audience, id, |public| public["published"] = json!(false)).await
}

/// Nobody's change in between is overwritten.
async fn change(
    client: &Client,
    audience: Audience,
    id: &str,
    change: impl FnOnce(&mut Value),
) -> Result<(), Failure> {
    let path = format!("sites/{}", part(id));
    let read = client.get_tagged(&path).await?;
    let mut public = read.value["public"].clone();
    change(&mut public);
    let said = ["name", "address", "coordinates", "time_zone", "power_w"];
    let mut body: serde_json::Map<String, Value> =
        said.iter().filter_map(|name| Some(((*name).to_owned(), read.value.get(*name)?.clone()))).collect();
    body.insert("public".to_owned(), public);
    audience.show(&client.put(&path, read.tag, &Value::Object(body)).await?, show)
}

/// What the public is told, on one line.
pub(super) fn told(public: &Value) -> String {
    if public["published"] != true {
        return "no".to_owned();
    }
    let parts = [text(public, "operator"), text(public, "helpline")];
    let told: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("yes: {}", told.join(", "))
}
