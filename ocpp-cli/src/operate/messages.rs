//! `ocpp messages`.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::Value;

use super::Audience;
use super::args::{MessageArgs, Way};
use super::client::{Client, part};
use super::table::{table, text};
use crate::exit::Failure;

/// How often to look for new messages.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How much of a frame people see.
const SHOWN: usize = 160;

/// Shows messages.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn run(args: MessageArgs) -> Result<(), Failure> {
    let (client, audience) = args.manager.resolve()?;
    let query = query(&args);
    if args.export {
        return export(&client, &query).await;
    }
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    let mut latest = client.list("messages", &query, limit).await?;
    let last = latest.first().map(|message| text(message, "cursor"));
    latest.reverse();
    let shown = if args.follow || audience == Audience::Programs {
        show_lines(audience, &latest)
    } else {
        let headings = ["AT", "STATION", "WAY", "TYPE", "ACTION", "FRAME"];
        let rows = latest.iter().map(|message| columns(message).into()).collect();
        let table = table(&headings, rows, "There are no such messages.");
        writeln!(io::stdout(), "{table}")
    };
    match shown {
        Ok(()) if args.follow => follow(&client, audience, &query, last).await,
        other => ended(other),
    }
}

fn query(args: &MessageArgs) -> String {
    let way = args.way.map(|way| match way {
        Way::In => "in".to_owned(),
        Way::Out => "out".to_owned(),
    });
    let filters = [
        ("station", args.station.clone()),
        ("action", args.action.clone()),
        ("way", way),
        ("from", args.from.map(|from| from.to_string())),
        ("to", args.to.map(|to| to.to_string())),
        ("text", args.text.clone()),
        ("token", args.token.clone()),
    ];
    let given = filters.into_iter().filter_map(|(name, value)| Some(format!("&{name}={}", part(&value?))));
    given.collect()
}

/// Shows what comes, until it is told to stop or nobody reads any more.
async fn follow(
    client: &Client,
    audience: Audience,
    query: &str,
    mut last: Option<String>,
) -> Result<(), Failure> {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let after = last.as_deref().map(|last| format!("&after={}", part(last))).unwrap_or_default();
        let path = format!("messages?limit=1000&order=oldest_first{query}{after}");
        let page = client.get(&path).await?;
        let messages = page.get("items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if let Err(error) = show_lines(audience, messages) {
            return ended(Err(error));
        }
        let seen = messages.last().map(|message| text(message, "cursor"));
        let next = page.get("next").and_then(Value::as_str).map(str::to_owned);
        last = next.or(seen).or(last);
    }
}

/// Prints the whole log as it comes.
async fn export(client: &Client, query: &str) -> Result<(), Failure> {
    let query = query.strip_prefix('&').map(|query| format!("?{query}")).unwrap_or_default();
    let mut pieces = client.stream(&format!("messages/export{query}")).await?;
    let mut out = io::stdout().lock();
    while let Some(piece) = pieces.next().await? {
        if let Err(error) = out.write_all(&piece) {
            return ended(Err(error));
        }
    }
    ended(out.flush())
}

fn show_lines(audience: Audience, messages: &[Value]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for message in messages {
        match audience {
            Audience::Programs => writeln!(out, "{message}")?,
            Audience::People => {
                let [at, station, way, _, action, frame] = columns(message);
                writeln!(out, "{at}  {station}  {way:3}  {action}  {frame}")?;
            }
        }
    }
    out.flush()
}

/// What a table shows of a message.
fn columns(message: &Value) -> [String; 6] {
    let gap = text(message, "gap");
    if !gap.is_empty() {
        let frames = format!("{} frames are missing ({gap})", text(message, "frames"));
        return [at(message), String::new(), String::new(), String::new(), String::new(), frames];
    }
    let kind = match text(message, "type").as_str() {
        "2" => "call",
        "3" => "result",
        "4" | "5" => "error",
        "6" => "send",
        _ => "unreadable",
    };
    [
        at(message),
        text(message, "station"),
        text(message, "way"),
        kind.to_owned(),
        text(message, "action"),
        shortened(&text(message, "frame")),
    ]
}

/// A moment to the millisecond.
fn at(message: &Value) -> String {
    let text = text(message, "at");
    match text.trim_end_matches('Z').split_once('T') {
        Some((date, time)) => format!("{date} {:0<12}Z", cut(&padded(time), 12)),
        None => text,
    }
}

fn padded(time: &str) -> String {
    if time.contains('.') { time.to_owned() } else { format!("{time}.") }
}

fn cut(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

fn shortened(frame: &str) -> String {
    let start = cut(frame, SHOWN);
    if start.len() < frame.len() { format!("{start}…") } else { start }
}

/// Whoever reads has seen enough when the pipe breaks, as `head` does.
fn ended(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| Failure::unavailable("standard output cannot be written", &error)),
    }
}
