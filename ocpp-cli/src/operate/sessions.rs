//! `ocpp session`.

use serde_json::Value;

use super::args::{SessionArgs, SessionCommand, SessionOrderArgs, Status};
use super::client::part;
use super::sites::address;
use super::table::{amount, facts, items, kwh, moment, table, text};
use crate::exit::Failure;

/// Runs a command about sessions.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn run(args: SessionArgs) -> Result<(), Failure> {
    let (client, audience) = args.manager.resolve()?;
    match args.command {
        SessionCommand::List { station, status, token, limit } => {
            let status = status.map(|status| match status {
                Status::Active => "active".to_owned(),
                Status::Completed => "completed".to_owned(),
            });
            let filters = [("station", station), ("status", status), ("token", token)];
            let query: String = filters
                .into_iter()
                .filter_map(|(name, value)| Some(format!("&{name}={}", part(&value?))))
                .collect();
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let sessions = client.list("sessions", &query, limit).await?;
            audience.show(&Value::Array(sessions), list)
        }
        SessionCommand::Show { id } => {
            let session = client.get(&format!("sessions/{}", part(&id))).await?;
            audience.show(&session, show)
        }
        SessionCommand::Receipt { id } => {
            let receipt = client.get(&format!("sessions/{}/receipt", part(&id))).await?;
            audience.show(&receipt, receipt_text)
        }
        SessionCommand::Stop(order) => {
            let ended = client.post(&order_path("stop", &order), &Value::Null).await?;
            audience.show(&ended, order_text)
        }
        SessionCommand::Unlock(order) => {
            let ended = client.post(&order_path("unlock", &order), &Value::Null).await?;
            audience.show(&ended, order_text)
        }
    }
}

fn order_path(what: &str, order: &SessionOrderArgs) -> String {
    let until = order.wait_until.map(|until| format!("&wait_until={}", part(&until.to_string())));
    // One that may wait for its station is not waited for here.
    let wait = until.unwrap_or_else(|| "&wait=true".to_owned());
    format!("sessions/{}/{what}?{}", part(&order.id), wait.trim_start_matches('&'))
}

fn order_text(order: &Value) -> String {
    let (id, station) = (text(order, "id"), text(order, "station_id"));
    match text(order, "state").as_str() {
        "ended" => format!("{station}: {}.", text(order, "result")),
        state => format!("Order {id} to {station} is kept: {state}."),
    }
}

fn list(sessions: &Value) -> String {
    let rows = sessions.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|session| {
        vec![
            text(session, "number"),
            text(session, "station_id"),
            text(session, "evse_id"),
            text(session, "status"),
            text(session, "id_token"),
            moment(session, "started_at"),
            moment(session, "ended_at"),
            kwh(session, "energy_wh"),
            amount(session, "cost"),
        ]
    });
    let headings = ["NUMBER", "STATION", "EVSE", "STATUS", "TOKEN", "STARTED", "ENDED", "ENERGY", "COST"];
    table(&headings, rows.collect(), "There are no such sessions.")
}

fn show(session: &Value) -> String {
    let known = facts(&[
        ("Session", text(session, "number")),
        ("Station", text(session, "station_id")),
        ("EVSE", text(session, "evse_id")),
        ("Status", text(session, "status")),
        ("Token", text(session, "id_token")),
        ("Started", moment(session, "started_at")),
        ("Ended", moment(session, "ended_at")),
        ("Energy", kwh(session, "energy_wh")),
        ("Power", watts(session)),
        ("Paid by", text(session, "payer")),
        ("Tariff", text(session, "tariff_id")),
        ("Stopped by", text(session, "stop_reason")),
        ("Doubts", doubts(session)),
    ]);
    match session.get("live_cost") {
        Some(cost) => format!("{known}\n\n{}", cost_text(cost)),
        None => known,
    }
}

fn watts(session: &Value) -> String {
    let watts = text(session, "power_w");
    if watts.is_empty() { watts } else { format!("{watts} W") }
}

fn doubts(session: &Value) -> String {
    let doubts: Vec<&str> = items(session, "doubts").iter().filter_map(Value::as_str).collect();
    doubts.join(", ")
}

/// The lines of a cost, its taxes and its total.
fn cost_text(cost: &Value) -> String {
    let mut rows: Vec<Vec<String>> = items(cost, "lines")
        .iter()
        .map(|line| {
            let quantity = format!("{} {}", text(line, "quantity"), text(line, "unit"));
            vec![
                text(line, "text"),
                quantity.trim().to_owned(),
                amount(line, "unit_price"),
                amount(line, "net"),
            ]
        })
        .collect();
    let sum = |words: String, amount: String| vec![words, String::new(), String::new(), amount];
    rows.push(sum("Without tax".to_owned(), amount(cost, "total_excl_tax")));
    for tax in items(cost, "taxes") {
        rows.push(sum(format!("{} % {}", text(tax, "percent"), text(tax, "type")), amount(tax, "amount")));
    }
    rows.push(sum("Total".to_owned(), amount(cost, "total_incl_tax")));
    table(&["", "QUANTITY", "PRICE", "NET"], rows, "")
}

fn receipt_text(receipt: &Value) -> String {
    let mut known = facts(&[
        ("Receipt", text(receipt, "number")),
        ("Site", text(receipt, "site")),
        ("Address", address(receipt.get("address").unwrap_or(&Value::Null))),
        ("Station", text(receipt, "station_id")),
        ("EVSE", text(receipt, "evse_id")),
        ("Token", text(receipt, "token")),
        ("Started", moment(receipt, "started_at")),
        ("Ended", moment(receipt, "ended_at")),
        ("Energy", kwh(receipt, "energy_wh")),
        ("Tariff", text(receipt, "tariff_id")),
        ("Paid", paid(receipt.get("paid").unwrap_or(&Value::Null))),
    ]);
    for line in items(receipt, "prices").iter().filter_map(Value::as_str) {
        known.push_str(if known.contains("\n\n") { "\n" } else { "\n\n" });
        known.push_str(line);
    }
    match receipt.get("cost") {
        Some(cost) => format!("{known}\n\n{}", cost_text(cost)),
        None => known,
    }
}

fn paid(paid: &Value) -> String {
    let by =
        format!("{} by {} ({})", amount(paid, "captured"), text(paid, "instrument"), text(paid, "gateway"));
    match text(paid, "by").as_str() {
        "payment" => by,
        "partly" => format!("{by}; {} is open", amount(paid, "open")),
        "on_account" => "on the account of the token".to_owned(),
        "open" => format!("{} is open", amount(paid, "open")),
        "nothing" => "nothing was to be paid".to_owned(),
        other => other.to_owned(),
    }
}
