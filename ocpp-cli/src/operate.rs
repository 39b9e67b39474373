//! The commands that operate a manager over its REST interface: tables for people, `--json` for programs.
//!
//! ```text
//! args      the command line as it is written
//! client    the REST interface: who calls, what goes wrong
//! table     tables and lists of facts for people
//! order_words  orders by name, with options made from their forms
//! orders, batches, stations, settings, sites, tokens, tariffs, sessions, reservations, places (lists, availability),
//!           diagnostics (alarms, monitors, displays, customers), firmware (campaigns, logs), messages, usage (and history), keys,
//!           exclusions, formulas, reports, partners: what the commands do
//! ```

mod args;
mod batches;
mod client;
mod diagnostics;
mod exclusions;
mod firmware;
mod formulas;
mod keys;
mod messages;
mod order_words;
mod orders;
mod partners;
mod places;
mod profiles;
mod reports;
mod reservations;
mod sessions;
mod settings;
mod sites;
mod stations;
mod table;
mod tariffs;
mod tokens;
mod usage;

use std::io::{Read, Write};
use std::path::Path;

use serde_json::Value;

pub(crate) use args::{
    KeyArgs, MessageArgs, ReservationArgs, SessionArgs, SiteArgs, StationArgs, TariffArgs, TokenArgs,
};
pub(crate) use batches::{BatchArgs, run as batch};
pub(crate) use diagnostics::{
    AlarmArgs, CustomerArgs, DisplayArgs, MonitorArgs, alarms, customer, display, monitors,
};
pub(crate) use exclusions::{ExclusionArgs, run as exclusions};
pub(crate) use firmware::{CampaignArgs, FirmwareArgs, LogArgs, campaign, firmware, log};
pub(crate) use formulas::{FormulaArgs, run as formulas};
pub(crate) use keys::run as key;
pub(crate) use messages::run as messages;
pub(crate) use orders::{CommandArgs, OrdersArgs, command, run as orders};
pub(crate) use partners::{PartnerArgs, run as partners};
pub(crate) use places::{AvailabilityArgs, LocalListArgs, availability, local_list};
pub(crate) use profiles::{ProfilesArgs, run as profiles};
pub(crate) use reports::{ReportArgs, run as report};
pub(crate) use reservations::run as reservation;
pub(crate) use sessions::run as session;
pub(crate) use settings::{SettingArgs, run as settings};
pub(crate) use sites::run as site;
pub(crate) use stations::run as station;
pub(crate) use tariffs::run as tariff;
pub(crate) use tokens::run as token;
pub(crate) use usage::{HistoryArgs, UsageArgs, history, usage};

use crate::exit::Failure;

/// For whom a command answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    People,
    Programs,
}

impl Audience {
    /// Shows an answer: the JSON as it came for programs, and the text for people.
    fn show(self, answer: &Value, text: impl FnOnce(&Value) -> String) -> Result<(), Failure> {
        match self {
            Audience::Programs => {
                let json = serde_json::to_string_pretty(answer)
                    .map_err(|error| Failure::unavailable("the answer cannot be shown", &error))?;
                print(&json)
            }
            Audience::People => print(&text(answer)),
        }
    }

    /// Says that something is done, to people; programs see it by the exit code.
    fn done(self, sentence: &str) -> Result<(), Failure> {
        match self {
            Audience::Programs => Ok(()),
            Audience::People => print(sentence),
        }
    }
}

fn print(text: &str) -> Result<(), Failure> {
    let written = writeln!(std::io::stdout(), "{}", text.trim_end());
    match written {
        // Whoever reads has seen enough, as `head` does.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| Failure::unavailable("standard output cannot be written", &error)),
    }
}

/// The largest file that is read.
const MAX_FILE: u64 = 4 * 1024 * 1024;

/// A file of the operator, or standard input for `-`.
fn read_file(path: &Path) -> Result<String, Failure> {
    let cannot =
        |error: std::io::Error| Failure::Usage(format!("{} cannot be read: {error}", path.display()));
    let mut text = String::new();
    if path == Path::new("-") {
        std::io::stdin().take(MAX_FILE + 1).read_to_string(&mut text).map_err(cannot)?;
    } else {
        let file = std::fs::File::open(path).map_err(cannot)?;
        file.take(MAX_FILE + 1).read_to_string(&mut text).map_err(cannot)?;
    }
    if text.len() as u64 > MAX_FILE {
        return Err(Failure::Usage(format!("{} has more than 4 MiB", path.display())));
    }
    Ok(text)
}
