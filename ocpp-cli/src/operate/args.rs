//! The command line of the commands over REST, as it is written.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use ocpp_server::domain::{OpeningHours, Span, WeeklyHours};

use super::Audience;
use super::client::Client;
use crate::exit::Failure;

/// Which manager, and how to answer.
#[derive(Debug, Args)]
pub(crate) struct ManagerArgs {
    /// The manager's address
    #[arg(
        long,
        value_name = "URL",
        env = "OCPP_SERVER",
        default_value = "http://127.0.0.1:8080",
        global = true
    )]
    server: String,
    /// API key; the variable keeps it out of the list of processes
    #[arg(long, value_name = "KEY", env = "OCPP_API_KEY", hide_env_values = true, global = true)]
    api_key: Option<String>,
    /// Print the answer as JSON, for programs
    #[arg(long, global = true)]
    json: bool,
}

impl ManagerArgs {
    /// The manager to ask, and for whom.
    ///
    /// # Errors
    /// [`Failure::Usage`] when the address or the key is none.
    pub(super) fn resolve(&self) -> Result<(Client, Audience), Failure> {
        let audience = if self.json { Audience::Programs } else { Audience::People };
        Ok((Client::new(&self.server, self.api_key.as_deref())?, audience))
    }
}

/// `ocpp station`.
#[derive(Debug, Args)]
pub(crate) struct StationArgs {
    #[command(flatten)]
    pub(super) manager: ManagerArgs,
    #[command(subcommand)]
    pub(super) command: StationCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum StationCommand {
    /// List the stations
    List,
    /// Show one station with its EVSEs
    Show {
        /// The station's identity
        id: String,
    },
    /// Add a station: prints the URL and the key to enter in it
    Add {
        /// The station's identity
        id: String,
        /// What people call it
        #[arg(long)]
        name: Option<String>,
        /// The key of the site where it stands
        #[arg(long, value_name = "ID")]
        site: Option<String>,
        /// Without a key: only where nobody else can reach the manager
        #[arg(long)]
        unproven: bool,
    },
    /// Give a station a new key; the old one is void at once
    Key {
        /// The station's identity
        id: String,
        /// Take the key away: only where nobody else can reach the manager
        #[arg(long)]
        unproven: bool,
    },
    /// Say what drivers and partners are told of an EVSE and a connector of it
    Describe(Box<DescribeArgs>),
    /// Remove a station: it may not connect any more
    Remove {
        /// The station's identity
        id: String,
    },
    /// List who was turned away, why, and what to do
    Refused,
    /// Admit a station that was turned away: prints the URL and the key to enter in it
    Admit {
        /// The identity under which it was turned away
        id: String,
        /// Without a key: only where nobody else can reach the manager
        #[arg(long)]
        unproven: bool,
    },
    /// Say whether a station may work; it learns of it when it boots, and is asked to where its version lets it
    Register {
        /// The station's identity
        id: String,
        /// What it is told when it boots
        registration: Registration,
    },
    /// Send a command as OCPP spells it: prints what the station said
    Send {
        /// The station's identity
        id: String,
        /// The action, such as TriggerMessage
        action: String,
        /// The payload as JSON text; members keep their order
        #[arg(default_value = "{}")]
        payload: String,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Registration {
    /// It may work
    Accepted,
    /// It can be configured, and waits
    Pending,
    /// It is left alone until it asks again
    Rejected,
}

/// `ocpp site`.
#[derive(Debug, Args)]
pub(crate) struct SiteArgs {
    #[command(flatten)]
    pub(super) manager: ManagerArgs,
    #[command(subcommand)]
    pub(super) command: SiteCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum SiteCommand {
    /// List the sites
    List,
    /// Show one site
    Show {
        /// The site's key
        id: String,
    },
    /// Add a site: prints its key
    Add(Box<SiteAddArgs>),
    /// Publish a site: everybody sees its places, their status and prices
    Publish(Box<PublishArgs>),
    /// Take a site out of what the public sees; what was said of it is kept
    Unpublish {
        /// The site's key
        id: String,
    },
    /// Remove a site where no station stands
    Remove {
        /// The site's key
        id: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct SiteAddArgs {
    /// What people call it
    pub(super) name: String,
    /// Its time zone by its IANA name, such as Europe/Berlin: prices by time of day hold in it
    #[arg(long, value_name = "ZONE")]
    pub(super) time_zone: String,
    /// Street and house number
    #[arg(long, default_value = "")]
    pub(super) street: String,
    /// Postal code
    #[arg(long, default_value = "")]
    pub(super) postal_code: String,
    /// City
    #[arg(long, default_value = "")]
    pub(super) city: String,
    /// Country, two capital letters
    #[arg(long, default_value = "")]
    pub(super) country: String,
    /// Degrees, north is positive
    #[arg(long, requires = "longitude", allow_negative_numbers = true)]
    pub(super) latitude: Option<f64>,
    /// Degrees, east is positive
    #[arg(long, requires = "latitude", allow_negative_numbers = true)]
    pub(super) longitude: Option<f64>,
    /// The power of its grid connection in W
    #[arg(long, value_name = "WATTS")]
    pub(super) power: Option<i64>,
}

/// What a site tells the public; what is left out stays as it was.
#[derive(Debug, Args)]
pub(super) struct PublishArgs {
    /// The site's key
    pub(super) id: String,
    /// The name under which drivers know the operator
    #[arg(long, value_name = "NAME")]
    pub(super) operator: Option<String>,
    /// The name of the company that answers for it
    #[arg(long, value_name = "NAME")]
    pub(super) legal_name: Option<String>,
    /// The number that drivers call
    #[arg(long, value_name = "NUMBER")]
    pub(super) helpline: Option<String>,
    /// Where drivers write to
    #[arg(long, value_name = "ADDRESS")]
    pub(super) support_mail: Option<String>,
    /// 24/7, or days and times such as "Mon-Fri 06:00-22:00, Sat 08:00-20:00"
    #[arg(long, value_name = "HOURS", value_parser = OpeningHours::read_weekly)]
    pub(super) hours: Option<Weekly>,
    /// When it is open besides: two moments such as 2026-12-24T08:00Z/2026-12-24T20:00Z; may be given several times
    #[arg(long, value_name = "FROM/UNTIL")]
    pub(super) also_open: Vec<Span>,
    /// When it is closed all the same; may be given several times
    #[arg(long, value_name = "FROM/UNTIL")]
    pub(super) closed: Vec<Span>,
    /// Who may charge: public, customers or restricted
    #[arg(long, value_name = "WORD")]
    pub(super) access: Option<String>,
    /// How one can pay: contactless, chip_card, qr_code, app, rfid, plug_and_charge, phone or cash; may be given several
    /// times
    #[arg(long, value_name = "WORD")]
    pub(super) payment: Vec<String>,
}

/// The hours of every week; day and night when there are none.
pub(super) type Weekly = Option<Vec<WeeklyHours>>;

/// What is said of an EVSE and one of its connectors; what is left out stays as it was.
#[derive(Debug, Args)]
pub(super) struct DescribeArgs {
    /// The station's identity
    pub(super) id: String,
    /// The number of the EVSE on the station, from 1; it is added when it is new
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) evse: u32,
    /// What is written on it
    #[arg(long)]
    pub(super) name: Option<String>,
    /// Its public id, such as DE*ABC*E123
    #[arg(long, value_name = "ID")]
    pub(super) evse_id: Option<String>,
    /// Who may stand there: ev_only, plugged, disabled, customers or motorcycles; may be given several times
    #[arg(long, value_name = "WORD")]
    pub(super) restriction: Vec<String>,
    /// Whether a vehicle with a trailer can drive through
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub(super) pull_through: Option<bool>,
    /// The number of the connector on the EVSE; it is added when it is new
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) connector: u32,
    /// The kind of plug by the names of OCPP, such as cCCS2
    #[arg(long)]
    pub(super) kind: Option<String>,
    /// The standard of the plug by the names of OCPI, such as IEC_62196_T2_COMBO; it follows from the kind
    #[arg(long, value_name = "WORD")]
    pub(super) standard: Option<String>,
    /// SOCKET or CABLE; it follows from the kind
    #[arg(long, value_name = "WORD")]
    pub(super) format: Option<String>,
    /// AC_1_PHASE, AC_2_PHASE, AC_2_PHASE_SPLIT, AC_3_PHASE or DC; it follows from the kind
    #[arg(long, value_name = "WORD")]
    pub(super) power_type: Option<String>,
    /// The highest voltage in V, between phase and neutral for AC
    #[arg(long, value_name = "VOLTS")]
    pub(super) max_voltage: Option<u32>,
    /// The highest current in A, on each phase for AC
    #[arg(long, value_name = "AMPERES")]
    pub(super) max_amperage: Option<u32>,
    /// The most power that the connector delivers in W
    #[arg(long, value_name = "WATTS")]
    pub(super) power: Option<i64>,
}

/// `ocpp token`.
#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    #[command(flatten)]
    pub(super) manager: ManagerArgs,
    #[command(subcommand)]
    pub(super) command: TokenCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// List the tokens
    List,
    /// Add a token: it may charge
    Add(TokenAddArgs),
    /// Block a token
    Block {
        /// The token's value
        token: String,
    },
    /// Accept a blocked token again
    Unblock {
        /// The token's value
        token: String,
    },
    /// Remove a token
    Remove {
        /// The token's value
        token: String,
    },
    /// Import tokens out of a CSV file: all of it, or nothing
    Import {
        /// The file; - reads standard input. Its first line names the columns: token, and any of kind, group,
        /// holder, expires_at, blocked and max_concurrent
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(super) struct TokenAddArgs {
    /// The token's value, such as the UID of a card
    pub(super) token: String,
    /// What kind it is, by the names of OCPP 2.x; any kind when left out
    #[arg(long, default_value = "")]
    pub(super) kind: String,
    /// Tokens of one group may stop each other's sessions
    #[arg(long)]
    pub(super) group: Option<String>,
    /// Who holds it
    #[arg(long)]
    pub(super) holder: Option<String>,
    /// Valid before this moment, such as 2027-01-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(super) expires_at: Option<jiff::Timestamp>,
    /// How many sessions it may have at a time
    #[arg(long, value_name = "NUMBER")]
    pub(super) max_concurrent: Option<u32>,
}

/// `ocpp tariff`.
#[derive(Debug, Args)]
pub(crate) struct TariffArgs {
    #[command(flatten)]
    pub(super) manager: ManagerArgs,
    #[command(subcommand)]
    pub(super) command: TariffCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum TariffCommand {
    /// List the tariffs
    List,
    /// Show a tariff in plain words
    Show {
        /// The tariff's key
        id: String,
    },
    /// Draft a tariff; it prices nothing until it is assigned
    Add {
        /// The file (JSON: {"name": …, "tariff": {…}}); - reads standard input
        file: PathBuf,
    },
    /// Put another tariff in the place of one that is in use
    Succeed {
        /// The key of the tariff whose place it takes
        id: String,
        /// The file (JSON: {"name": …, "tariff": {…}}); - reads standard input
        file: PathBuf,
    },
    /// Assign a tariff to a site or a station, for sessions that start from now on
    Assign {
        /// The tariff's key; left out, the tariff is taken away
        id: Option<String>,
        /// The key of the site
        #[arg(long, value_name = "ID", conflicts_with = "station", required_unless_present = "station")]
        site: Option<String>,
        /// The identity of the station
        #[arg(long, value_name = "ID")]
        station: Option<String>,
    },
    /// Remove a draft
    Remove {
        /// The tariff's key
        id: String,
    },
}

/// `ocpp session`.
#[derive(Debug, Args)]
pub(crate) struct SessionArgs {
    #[command(flatten)]
    pub(super) manager: ManagerArgs,
    #[command(subcommand)]
    pub(super) command: SessionCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum SessionCommand {
    /// List the sessions, the newest first
    List {
        /// Only those at this station
        #[arg(long, value_name = "ID")]
        station: Option<String>,
        /// Only those in this state
        #[arg(long)]
        status: Option<Status>,
        /// Only those started by this token
        #[arg(long)]
        token: Option<String>,
        /// How many at most
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        limit: u32,
    },
    /// Show one session with what it costs at this moment
    Show {
        /// The session's number, or its key
        id: String,
    },
    /// Show the receipt of a session
    Receipt {
        /// The session's number, or its key
        id: String,
    },
    /// Stop a session: an order to its station, which is kept
    Stop(SessionOrderArgs),
    /// Unlock the connector of a session, for a cable that is stuck
    Unlock(SessionOrderArgs),
}

#[derive(Debug, Args)]
pub(super) struct SessionOrderArgs {
    /// The session's number, or its key
    pub(super) id: String,
    /// Until when the order waits for a station that is not connected, such as 2027-01-01T12:00:00Z; refused then when
    /// left out
    #[arg(long, value_name = "TIME")]
    pub(super) wait_until: Option<jiff::Timestamp>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Status {
    Active,
    Completed,
}

/// `ocpp messages`.
#[derive(Debug, Args)]
pub(crate) struct MessageArgs {
    #[command(flatten)]
    pub(super) manager: ManagerArgs,
    /// Only those of this station
    #[arg(long, value_name = "ID")]
    pub(super) station: Option<String>,
    /// Only those of this action, such as TransactionEvent; answers to it included
    #[arg(long)]
    pub(super) action: Option<String>,
    /// Only those that went this way: in from the station, out to it
    #[arg(long)]
    pub(super) way: Option<Way>,
    /// Not before this moment, such as 2026-11-25T08:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(super) from: Option<jiff::Timestamp>,
    /// Before this moment
    #[arg(long, value_name = "TIME")]
    pub(super) to: Option<jiff::Timestamp>,
    /// Only those whose frame has this text, in this spelling
    #[arg(long)]
    pub(super) text: Option<String>,
    /// Only those that name this token, which is in the log by its pseudonym
    #[arg(long, conflicts_with = "text")]
    pub(super) token: Option<String>,
    /// How many at most: the newest
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(super) limit: u32,
    /// Go on with what comes, until it is stopped
    #[arg(long, conflicts_with = "to")]
    pub(super) follow: bool,
    /// All of them as JSON lines, the oldest first, as they are in the log
    #[arg(long, conflicts_with_all = ["follow", "limit"])]
    pub(super) export: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Way {
    In,
    Out,
}

/// `ocpp key`.
#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    #[command(flatten)]
    pub(super) manager: ManagerArgs,
    #[command(subcommand)]
    pub(super) command: KeyCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// List the API keys
    List,
    /// Make an API key: prints it, this once
    Create {
        /// What people call it
        name: String,
        /// What it may do, such as stations:read; may be given several times; `all` is everything
        #[arg(long = "scope", value_name = "SCOPE", required = true, value_delimiter = ',')]
        scopes: Vec<String>,
        /// Valid before this moment, such as 2027-01-01T00:00:00Z
        #[arg(long, value_name = "TIME")]
        expires_at: Option<jiff::Timestamp>,
        /// Make it in this data directory instead of asking the manager, which has to be stopped: for the first key
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
    /// Revoke an API key; it is void at once
    Revoke {
        /// The key's id, as the list shows it
        id: String,
    },
}

/// `ocpp reservation`.
#[derive(Debug, Args)]
pub(crate) struct ReservationArgs {
    #[command(flatten)]
    pub(super) manager: ManagerArgs,
    #[command(subcommand)]
    pub(super) command: ReservationCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum ReservationCommand {
    /// List the reservations of a station, the latest first, or those of all stations that are not over
    List {
        /// The station's identity; all stations when left out
        station: Option<String>,
    },
    /// Reserve a place, at once or for later
    Make(ReservationMakeArgs),
    /// Cancel a reservation
    Cancel {
        /// The station's identity
        station: String,
        /// The number of the reservation
        number: u32,
    },
}

#[derive(Debug, Args)]
pub(super) struct ReservationMakeArgs {
    /// The station's identity
    pub(super) station: String,
    /// The token of its driver
    pub(super) token: String,
    /// When it lapses, such as 2027-01-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(super) until: jiff::Timestamp,
    /// When it begins; at once when left out
    #[arg(long, value_name = "TIME")]
    pub(super) from: Option<jiff::Timestamp>,
    /// Where; any EVSE when left out
    #[arg(long, value_name = "NUMBER")]
    pub(super) evse: Option<u32>,
    /// Only where there is such a connector (OCPP 2.x), such as cCCS2
    #[arg(long, value_name = "KIND")]
    pub(super) connector_type: Option<String>,
    /// Tokens of this group may use it, too
    #[arg(long)]
    pub(super) group: Option<String>,
    /// The number of an open reservation that this one replaces
    #[arg(long)]
    pub(super) number: Option<i64>,
}
