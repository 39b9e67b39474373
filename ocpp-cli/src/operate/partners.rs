//! `ocpp partners`.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::args::ManagerArgs;
use super::client::part;
use super::table::{moment, table, text};
use super::{Audience, print};
use crate::exit::Failure;

/// `ocpp partners`.
#[derive(Debug, Args)]
pub(crate) struct PartnerArgs {
    #[command(flatten)]
    manager: ManagerArgs,
    #[command(subcommand)]
    command: PartnerCommand,
}

#[derive(Debug, Subcommand)]
enum PartnerCommand {
    /// List the partners
    List,
    /// Add a partner: prints its token for OCPI, this once
    Add {
        /// What people call it
        name: String,
    },
    /// Revoke the token of a partner; it is void at once
    Revoke {
        /// The partner's id, as the list shows it
        id: String,
    },
}

/// Runs a command about partners.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn run(args: PartnerArgs) -> Result<(), Failure> {
    let (client, audience): (_, Audience) = args.manager.resolve()?;
    match args.command {
        PartnerCommand::List => {
            let partners = client.list("partners", "", usize::MAX).await?;
            audience.show(&Value::Array(partners), list)
        }
        PartnerCommand::Add { name } => {
            let made = client.post("partners", &json!({ "name": name })).await?;
            shown_once(audience, &made)
        }
        PartnerCommand::Revoke { id } => {
            client.delete(&format!("partners/{}", part(&id))).await?;
            audience.done(&format!("The token of partner {id} is void."))
        }
    }
}

/// The token alone on standard output, so that a script can take it.
fn shown_once(audience: Audience, made: &Value) -> Result<(), Failure> {
    match audience {
        Audience::Programs => audience.show(made, |_| String::new()),
        Audience::People => {
            eprintln!("The token of {:?} is shown this once; it is sent in base64:", text(made, "name"));
            print(&text(made, "token"))
        }
    }
}

fn list(partners: &Value) -> String {
    let rows = partners.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|partner| {
        let state = if moment(partner, "revoked_at").is_empty() { "" } else { "revoked" };
        vec![text(partner, "id"), text(partner, "name"), state.to_owned(), moment(partner, "added_at")]
    });
    let headings = ["ID", "NAME", "STATE", "ADDED"];
    table(&headings, rows.collect(), "There are no partners yet: add one with ocpp partners add NAME.")
}
