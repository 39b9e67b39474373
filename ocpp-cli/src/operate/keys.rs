//! `ocpp key`.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use ocpp_server::domain::Scope;
use serde_json::{Value, json};

use super::args::{KeyArgs, KeyCommand};
use super::client::part;
use super::table::{items, moment, table, text};
use super::{Audience, print};
use crate::exit::Failure;
use crate::manager;

/// Runs a command about API keys.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn run(args: KeyArgs) -> Result<(), Failure> {
    match args.command {
        KeyCommand::List => {
            let (client, audience) = args.manager.resolve()?;
            let keys = client.list("api-keys", "", usize::MAX).await?;
            audience.show(&Value::Array(keys), list)
        }
        KeyCommand::Create { name, scopes, expires_at, data } => {
            let scopes = resolve(&scopes)?;
            let (client, audience) = args.manager.resolve()?;
            match data {
                Some(data) => create_in(&data, audience, &name, scopes, expires_at).await,
                None => {
                    let names: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
                    let body = json!({"name": name, "scopes": names, "expires_at": expires_at});
                    shown_once(audience, &client.post("api-keys", &body).await?)
                }
            }
        }
        KeyCommand::Revoke { id } => {
            let (client, audience) = args.manager.resolve()?;
            client.delete(&format!("api-keys/{}", part(&id))).await?;
            audience.done(&format!("The key {id} is void."))
        }
    }
}

fn resolve(names: &[String]) -> Result<BTreeSet<Scope>, Failure> {
    let mut scopes = BTreeSet::new();
    for name in names {
        match (name.as_str(), Scope::from_name(name)) {
            ("all", _) => scopes.extend(Scope::ALL),
            (_, Some(scope)) => {
                scopes.insert(scope);
            }
            (_, None) => {
                let known = Scope::ALL.map(Scope::name).join(", ");
                return Err(Failure::Usage(format!("{name:?} is no scope; there are: {known}; or all")));
            }
        }
    }
    Ok(scopes)
}

/// Makes a key in the database itself, which no manager may have open.
async fn create_in(
    data: &Path,
    audience: Audience,
    name: &str,
    scopes: BTreeSet<Scope>,
    expires_at: Option<Timestamp>,
) -> Result<(), Failure> {
    let (key, secret) = manager::make_key(data, name, scopes, expires_at).await?;
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.name()).collect();
    let made = json!({
        "id": key.id,
        "name": key.name,
        "scopes": scopes,
        "expires_at": key.expires_at,
        "added_at": key.added_at,
        "secret": secret.expose(),
    });
    shown_once(audience, &made)
}

/// The key alone on standard output, so that a script can take it.
fn shown_once(audience: Audience, made: &Value) -> Result<(), Failure> {
    match audience {
        Audience::Programs => audience.show(made, |_| String::new()),
        Audience::People => {
            eprintln!("The key {:?} is shown this once; give it as OCPP_API_KEY:", text(made, "name"));
            print(&text(made, "secret"))
        }
    }
}

fn list(keys: &Value) -> String {
    let rows = keys.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|key| {
        let scopes: Vec<&str> = items(key, "scopes").iter().filter_map(Value::as_str).collect();
        let state = if moment(key, "revoked_at").is_empty() { "" } else { "revoked" };
        let scopes = if scopes.len() == Scope::ALL.len() { "all".to_owned() } else { scopes.join(" ") };
        vec![text(key, "id"), text(key, "name"), state.to_owned(), moment(key, "expires_at"), scopes]
    });
    let headings = ["ID", "NAME", "STATE", "EXPIRES", "SCOPES"];
    table(
        &headings,
        rows.collect(),
        "There are no keys yet: make one with ocpp key create NAME --scope SCOPE.",
    )
}
