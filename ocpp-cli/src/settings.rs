//! From what is written (flags, variables, a file) to what holds. Flags win over `OCPP_*` variables, these
//! over the file, the file over the defaults.

mod limits;
mod mail;
mod messages;
mod party;
mod retention;
mod tolerance;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;
pub(crate) use limits::LimitArgs;
pub(crate) use mail::{MailArgs, MailSecurity, MailSettings};
pub(crate) use messages::{LogArgs, LogSettings};
use ocpp_core::model::{Registration, StationId};
use ocpp_server::edge::EdgeSettings;
use ocpp_server::maintenance::RetentionSettings;
pub(crate) use party::Party;
pub(crate) use retention::RetentionArgs;
use rust_decimal::Decimal;
use serde::Deserialize;
pub(crate) use tolerance::ToleranceSettings;

use crate::cli::ServeArgs;
use crate::exit::Failure;

/// How the manager is to run.
#[derive(Debug, Clone)]
pub(crate) struct ServeSettings {
    pub(crate) data: PathBuf,
    pub(crate) ocpp_listen: SocketAddr,
    pub(crate) http_listen: SocketAddr,
    /// Where stations reach `http_listen`, to fetch firmware and upload logs.
    pub(crate) files_url: Option<String>,
    pub(crate) admission: AdmissionSettings,
    pub(crate) heartbeat_interval_s: u32,
    pub(crate) edge: EdgeSettings,
    pub(crate) tolerance: ToleranceSettings,
    pub(crate) message_log: LogSettings,
    /// How long what is over is kept.
    pub(crate) retention: RetentionSettings,
    /// What stations are told that nobody has said anything about.
    pub(crate) newcomers: Registration,
    pub(crate) payments: PaymentSettings,
    /// How long what stations tell about customers is kept.
    pub(crate) keep_customers: Duration,
    /// Who the operator is for partners; OCPI is off without it.
    pub(crate) party: Option<Party>,
    /// How mails are sent to drivers who wait for a place; none are without it.
    pub(crate) mail: Option<MailSettings>,
}

/// How drivers pay on the spot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PaymentSettings {
    pub(crate) service: PaymentService,
    /// What is held before a session, in the currency of its tariff; more than zero.
    pub(crate) hold: Decimal,
}

/// Through which service drivers pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PaymentService {
    /// None: the driver's page shows the price, and who charges has a token.
    None,
    /// The embedded one, whose cards are for tests.
    Sandbox,
}

/// The usual hold.
pub(crate) const HOLD: Decimal = Decimal::from_parts(50, 0, 0, false, 0);
/// The highest hold.
const MAX_HOLD: Decimal = Decimal::from_parts(100_000, 0, 0, false, 0);

/// What stations are told when they boot, until an operator says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NewStations {
    /// They may work
    Accepted,
    /// They can be configured, and wait
    Pending,
}

/// Who may connect and charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AdmissionSettings {
    /// Everybody: for trying out.
    Open,
    /// These stations and these tokens.
    #[allow(missing_docs)]
    Known { stations: Vec<StationId>, tokens: Vec<String> },
}

/// The settings file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    data: Option<PathBuf>,
    ocpp_listen: Option<SocketAddr>,
    http_listen: Option<SocketAddr>,
    files_url: Option<String>,
    open: Option<bool>,
    stations: Option<Vec<String>>,
    tokens: Option<Vec<String>>,
    heartbeat_interval: Option<u32>,
    message_log: Option<bool>,
    message_log_days: Option<u64>,
    message_log_bytes: Option<u64>,
    keep_days: Option<u64>,
    keep_count: Option<u64>,
    new_stations: Option<NewStations>,
    sandbox: Option<bool>,
    hold: Option<Decimal>,
    customer_data_days: Option<u64>,
    ocpi_party: Option<String>,
    public_url: Option<String>,
    smtp: Option<MailArgs>,
    tolerate: Option<Vec<String>>,
    limits: Option<LimitArgs>,
}

impl ServeSettings {
    /// Resolves the arguments of `ocpp serve`.
    ///
    /// # Errors
    /// [`Failure::Usage`] when the file cannot be read or a value is out of its limits.
    pub(crate) fn resolve(args: ServeArgs) -> Result<ServeSettings, Failure> {
        let file = args.config.as_deref().map_or_else(|| Ok(File::default()), read_file)?;
        let listed = |flags: Vec<String>, file: Option<Vec<String>>| {
            if flags.is_empty() { file.unwrap_or_default() } else { flags }
        };
        let open = args.open.or(file.open).unwrap_or(false);
        let admission = if open {
            AdmissionSettings::Open
        } else {
            let stations = listed(args.stations, file.stations);
            AdmissionSettings::Known {
                stations: stations.iter().map(|id| station(id)).collect::<Result<_, _>>()?,
                tokens: listed(args.tokens, file.tokens),
            }
        };
        let heartbeat_interval_s = args.heartbeat_interval.or(file.heartbeat_interval).unwrap_or(300);
        if !(1..=86_400).contains(&heartbeat_interval_s) {
            let sentence = format!("heartbeat-interval is {heartbeat_interval_s}: choose 1 to 86400 seconds");
            return Err(Failure::Usage(sentence));
        }
        let log_in_file = LogArgs {
            message_log: file.message_log,
            message_log_days: file.message_log_days,
            message_log_bytes: file.message_log_bytes,
        };
        let kept_in_file = RetentionArgs { keep_days: file.keep_days, keep_count: file.keep_count };
        Ok(ServeSettings {
            data: args.data.or(file.data).unwrap_or_else(|| PathBuf::from("ocpp-data")),
            ocpp_listen: args.ocpp_listen.or(file.ocpp_listen).unwrap_or(loopback(9000)),
            http_listen: args.http_listen.or(file.http_listen).unwrap_or(loopback(8080)),
            files_url: web_url("files-url", args.files_url.or(file.files_url))?,
            admission,
            heartbeat_interval_s,
            payments: payments(args.sandbox.or(file.sandbox).unwrap_or(open), args.hold.or(file.hold))?,
            message_log: args.message_log.over(log_in_file).resolve()?,
            retention: args.retention.over(kept_in_file).resolve()?,
            newcomers: match args.new_stations.or(file.new_stations) {
                Some(NewStations::Pending) => Registration::Pending,
                Some(NewStations::Accepted) | None => Registration::Accepted,
            },
            keep_customers: keep_customers(args.customer_data_days.or(file.customer_data_days))?,
            mail: args
                .mail
                .over(file.smtp.unwrap_or_default())
                .resolve(web_url("public-url", args.public_url.or(file.public_url))?)?,
            party: party(args.ocpi_party.or(file.ocpi_party))?,
            tolerance: ToleranceSettings::resolve(&listed(args.tolerate, file.tolerate))?,
            edge: args.limits.over(file.limits.unwrap_or_default()).resolve()?,
        })
    }
}

fn web_url(name: &str, url: Option<String>) -> Result<Option<String>, Failure> {
    let is_fine = |url: &String| {
        let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
        url.len() <= 200 && host.is_some_and(|host| !host.is_empty() && !host.contains(['?', '#', ' ']))
    };
    match url {
        Some(url) if !is_fine(&url) => Err(Failure::Usage(format!(
            "{name} is {url:?}: it is to be like https://manager.example.com:8080"
        ))),
        url => Ok(url),
    }
}

fn party(text: Option<String>) -> Result<Option<Party>, Failure> {
    let party = text.map(|text| text.parse::<Party>()).transpose();
    party.map_err(|sentence| Failure::Usage(format!("ocpi-party: {sentence}")))
}

fn keep_customers(days: Option<u64>) -> Result<Duration, Failure> {
    match days.unwrap_or(14) {
        days @ 1..=3650 => Ok(Duration::from_secs(days * 86_400)),
        days => Err(Failure::Usage(format!("customer-data-days is {days}: choose 1 to 3650 days"))),
    }
}

fn payments(sandbox: bool, hold: Option<Decimal>) -> Result<PaymentSettings, Failure> {
    let hold = hold.unwrap_or(HOLD);
    if hold <= Decimal::ZERO || hold > MAX_HOLD || hold.scale() > 2 {
        let sentence =
            format!("hold is {hold}: choose more than 0, at most {MAX_HOLD}, with at most 2 decimals");
        return Err(Failure::Usage(sentence));
    }
    let service = if sandbox { PaymentService::Sandbox } else { PaymentService::None };
    Ok(PaymentSettings { service, hold })
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

fn station(id: &str) -> Result<StationId, Failure> {
    StationId::new(id).map_err(|error| Failure::Usage(format!("station {id:?}: {error}")))
}

fn read_file(path: &Path) -> Result<File, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::Usage(format!("the settings file {} cannot be read: {error}", path.display()))
    })?;
    toml::from_str(&text).map_err(|error| {
        Failure::Usage(format!(
            "the settings file {} is wrong: {}",
            path.display(),
            error.to_string().trim_end()
        ))
    })
}
