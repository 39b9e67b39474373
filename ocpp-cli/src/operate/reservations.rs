//! `ocpp reservation`.

use serde_json::{Value, json};

use super::Audience;
use super::args::{ReservationArgs, ReservationCommand};
use super::client::part;
use super::table::{mark, moment, table, text};
use crate::exit::Failure;

/// Runs a command about reservations.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn run(args: ReservationArgs) -> Result<(), Failure> {
    let (client, audience): (_, Audience) = args.manager.resolve()?;
    match args.command {
        ReservationCommand::List { station } => {
            let held = match station {
                Some(station) => {
                    let path = format!("stations/{}/reservations", part(&station));
                    client.list(&path, "", usize::MAX).await?
                }
                None => client.list("reservations", "&open=true", usize::MAX).await?,
            };
            audience.show(&Value::Array(held), list)
        }
        ReservationCommand::Make(wish) => {
            let body = json!({
                "number": wish.number,
                "evse_id": wish.evse,
                "connector_type": wish.connector_type,
                "token": wish.token,
                "group": wish.group,
                "from": wish.from,
                "until": wish.until,
            });
            let path = format!("stations/{}/reservations", part(&wish.station));
            let made = client.post(&path, &body).await?;
            audience.show(&made, told)
        }
        ReservationCommand::Cancel { station, number } => {
            client.delete(&format!("stations/{}/reservations/{number}", part(&station))).await?;
            audience.done(&format!("Reservation {number} is cancelled."))
        }
    }
}

fn told(made: &Value) -> String {
    let reason = text(made, "reason");
    let why = if reason.is_empty() || reason == "-" { String::new() } else { format!(": {reason}") };
    format!("Reservation {} is {}{why}.", text(made, "number"), text(made, "state"))
}

fn list(held: &Value) -> String {
    let rows = held.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|held| {
        vec![
            text(held, "station_id"),
            text(held, "number"),
            text(held, "evse_id"),
            text(held, "token"),
            moment(held, "from"),
            moment(held, "until"),
            text(held, "state"),
            mark(held, "no_show", "no-show"),
            text(held, "reason"),
        ]
    });
    let headings = ["STATION", "NUMBER", "EVSE", "TOKEN", "FROM", "UNTIL", "STATE", "NO-SHOW", "WHY"];
    table(&headings, rows.collect(), "There are no reservations: make one with ocpp reservation make.")
}
