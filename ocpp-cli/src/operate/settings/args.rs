//! The command line of `ocpp settings`, as it is written.

use clap::{Args, Subcommand, ValueEnum};

use crate::operate::args::ManagerArgs;

/// `ocpp settings`.
#[derive(Debug, Args)]
pub(crate) struct SettingArgs {
    #[command(flatten)]
    pub(super) manager: ManagerArgs,
    #[command(subcommand)]
    pub(super) command: SettingCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum SettingCommand {
    /// List what is known of the settings of a station
    List {
        /// The station's identity
        station: String,
        /// Only those with this in their name or meaning
        #[arg(long)]
        text: Option<String>,
        /// Only those of this component (OCPP 2.x)
        #[arg(long)]
        component: Option<String>,
        /// Only those that can be written
        #[arg(long)]
        writable: bool,
    },
    /// Read settings of a station now
    Get {
        /// The station's identity
        station: String,
        /// Their names, in the words of any version: TxUpdatedInterval, or with an instance and a place
        #[arg(required = true)]
        names: Vec<String>,
        /// Which of their values (OCPP 2.x)
        #[arg(long)]
        attribute: Option<Attribute>,
    },
    /// Change settings, of one station or of many of any version
    Set {
        #[command(flatten)]
        stations: Stations,
        /// New values, such as TxUpdatedInterval=60
        #[arg(required = true, value_name = "NAME=VALUE", value_parser = assignment)]
        values: Vec<(String, String)>,
    },
    /// Have a station report its settings, and wait until all of it is there
    Report {
        /// The station's identity
        station: String,
        /// Which report
        #[arg(long, value_enum, conflicts_with_all = ["states", "names"])]
        kind: Option<Kind>,
        /// Only components in one of these states (OCPP 2.x); may be given several times
        #[arg(long = "state", value_name = "STATE", value_delimiter = ',')]
        states: Vec<State>,
        /// Only these components or variables, such as EVSE or EVSE.Power (OCPP 2.x); may be given several times
        #[arg(long = "name", value_name = "NAME")]
        names: Vec<String>,
    },
    /// List the reports of a station, the latest first
    Reports {
        /// The station's identity
        station: String,
    },
    /// Compare what a station reports with what the standard wants
    Review {
        /// The station's identity
        station: String,
    },
    /// Compare the settings of two stations
    Compare {
        /// The station's identity
        station: String,
        /// The other one's
        other: String,
    },
    /// Keep templates: values that stations should have
    Template {
        #[command(subcommand)]
        command: TemplateCommand,
    },
    /// Show how stations drift from their templates
    Drift {
        /// One station, with every setting that it should have; all stations when left out
        station: Option<String>,
    },
    /// Bring a station to what its templates want
    Assert {
        /// The station's identity
        station: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum TemplateCommand {
    /// List the templates
    List,
    /// Show one template
    Show {
        /// Its id
        id: String,
    },
    /// Add a template
    Add(TemplateArgs),
    /// Change a template: all of it
    Change(TemplateArgs),
    /// Remove a template; what stations have stays
    Remove {
        /// Its id
        id: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct TemplateArgs {
    /// Its id: lower-case letters, digits and hyphens
    pub(super) id: String,
    /// What people call it; its id when left out
    #[arg(long)]
    pub(super) name: Option<String>,
    #[command(flatten)]
    pub(super) stations: Stations,
    /// Change what is otherwise after every connection and restart, a few times at most; without it drift is told only
    #[arg(long)]
    pub(super) assert: bool,
    /// Of two templates that want the same setting the one of the higher rank counts
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    pub(super) rank: i32,
    /// The values, such as TxUpdatedInterval=60
    #[arg(required = true, value_name = "NAME=VALUE", value_parser = assignment)]
    pub(super) values: Vec<(String, String)>,
}

/// Which stations: those of which all that is said holds.
#[derive(Debug, Args)]
pub(crate) struct Stations {
    /// This station; may be given several times
    #[arg(long = "station", value_name = "ID", value_delimiter = ',')]
    pub(crate) stations: Vec<String>,
    /// Those at this site
    #[arg(long, value_name = "ID")]
    pub(crate) site: Option<String>,
    /// Those of this maker
    #[arg(long)]
    pub(crate) vendor: Option<String>,
    /// Those of this model
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// Those that last started with this firmware
    #[arg(long, value_name = "VERSION")]
    pub(crate) firmware: Option<String>,
    /// Those that speak this version of OCPP: 1.6, 2.0.1 or 2.1
    #[arg(long, value_name = "VERSION")]
    pub(crate) ocpp_version: Option<String>,
    /// All of them
    #[arg(long, conflicts_with_all = ["stations", "site", "vendor", "model", "firmware", "ocpp_version"])]
    pub(crate) all: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Attribute {
    Actual,
    Target,
    MinSet,
    MaxSet,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Kind {
    /// Everything
    Full,
    /// What can be written
    Configuration,
    /// What an operator has to know
    Summary,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum State {
    Active,
    Available,
    Enabled,
    Problem,
}

impl Attribute {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Attribute::Actual => "actual",
            Attribute::Target => "target",
            Attribute::MinSet => "min_set",
            Attribute::MaxSet => "max_set",
        }
    }
}

impl Kind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Kind::Full => "full",
            Kind::Configuration => "configuration",
            Kind::Summary => "summary",
        }
    }
}

impl State {
    pub(super) const fn name(self) -> &'static str {
        match self {
            State::Active => "active",
            State::Available => "available",
            State::Enabled => "enabled",
            State::Problem => "problem",
        }
    }
}

fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err("a value is written as NAME=VALUE, such as TxUpdatedInterval=60".to_owned()),
    }
}
