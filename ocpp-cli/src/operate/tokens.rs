//! `ocpp token`.

use serde_json::{Map, Value, json};

use super::args::{TokenArgs, TokenCommand};
use super::client::{Client, part};
use super::table::{mark, moment, table, text};
use super::{Audience, read_file};
use crate::exit::Failure;

/// Runs a command about tokens.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn run(args: TokenArgs) -> Result<(), Failure> {
    let (client, audience) = args.manager.resolve()?;
    match args.command {
        TokenCommand::List => {
            let tokens = client.list("tokens", "", usize::MAX).await?;
            audience.show(&Value::Array(tokens), list)
        }
        TokenCommand::Add(token) => {
            let body = json!({
                "token": token.token,
                "kind": token.kind,
                "group": token.group,
                "holder": token.holder,
                "expires_at": token.expires_at,
                "max_concurrent": token.max_concurrent,
            });
            let added = client.post("tokens", &body).await?;
            audience.show(&added, |token| format!("Token {} may charge.", text(token, "token")))
        }
        TokenCommand::Block { token } => change(&client, audience, &token, Blocked::Yes).await,
        TokenCommand::Unblock { token } => change(&client, audience, &token, Blocked::No).await,
        TokenCommand::Remove { token } => {
            client.delete(&format!("tokens/{}", part(&token))).await?;
            audience.done(&format!("Token {token} is removed."))
        }
        TokenCommand::Import { file } => {
            let text = client.post_text("tokens/import", read_file(&file)?, "text/csv").await?;
            let done: Value = serde_json::from_str(&text)
                .map_err(|error| Failure::unavailable("the manager's answer cannot be understood", &error))?;
            audience.show(&done, imported)
        }
    }
}

/// Whether a token is to be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blocked {
    Yes,
    No,
}

/// The members of a token that a replacement carries.
const KEPT: [&str; 5] = ["kind", "group", "holder", "expires_at", "max_concurrent"];

async fn change(client: &Client, audience: Audience, token: &str, blocked: Blocked) -> Result<(), Failure> {
    let path = format!("tokens/{}", part(token));
    let read = client.get_tagged(&path).await?;
    let kept = KEPT.iter().filter_map(|name| Some(((*name).to_owned(), read.value.get(*name)?.clone())));
    let mut body: Map<String, Value> = kept.collect();
    body.insert("blocked".to_owned(), Value::from(blocked == Blocked::Yes));
    let changed = client.put(&path, read.tag, &Value::Object(body)).await?;
    audience.show(&changed, |token| {
        let word = if blocked == Blocked::Yes { "is blocked" } else { "may charge again" };
        format!("Token {} {word}.", text(token, "token"))
    })
}

fn list(tokens: &Value) -> String {
    let rows = tokens.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|token| {
        vec![
            text(token, "token"),
            text(token, "kind"),
            text(token, "holder"),
            text(token, "group"),
            mark(token, "blocked", "blocked"),
            moment(token, "expires_at"),
            text(token, "max_concurrent"),
        ]
    });
    let headings = ["TOKEN", "KIND", "HOLDER", "GROUP", "BLOCKED", "EXPIRES", "AT ONCE"];
    table(&headings, rows.collect(), "There are no tokens yet: add one with ocpp token add TOKEN.")
}

fn imported(done: &Value) -> String {
    format!("New tokens: {}. Changed tokens: {}.", text(done, "added"), text(done, "changed"))
}
