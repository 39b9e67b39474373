//! From what is written to what holds.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::ValueEnum;
use ocpp_core::types::Version;
use ocpp_server::access::Secret;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use super::args::{LoadArgs, Mix, Versions};
use super::station::Habit;
use crate::exit::Failure;

/// So many stations let the manager take its first steps (pages of its program, buffers, threads), which are
/// not what a further station costs.
const FORERUNNERS: u32 = 20;

/// The load that each subject gets.
pub(super) struct Plan {
    pub(super) stations: u32,
    pub(super) versions: Versions,
    pub(super) mix: Mix,
    pub(super) pace: Pace,
    pub(super) duration: Duration,
    pub(super) warm_up: Duration,
    /// Whether a manager that is started for this keeps a message log.
    pub(super) is_logged: bool,
    pub(super) connect_rate: Option<u32>,
    /// Whether stations offer to compress, and insist on it.
    pub(super) compresses: bool,
    /// How many of the stations misbehave, where they are to.
    misbehaving: u32,
    /// How they do, each in turn.
    habits: Vec<Habit>,
    /// How many handshakes may be under way at once.
    pub(super) connecting: u32,
    /// Where to dial from; empty leaves it to the system.
    sources: Vec<IpAddr>,
    pub(super) token: String,
    names: Names,
}

/// Whether stations behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manners {
    AllBehave,
    /// As many as the plan says do not.
    SomeMisbehave,
}

/// When a station calls again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// As soon as it is answered.
    ClosedLoop,
    /// Once in this time, answered or not; a call that is late counts its latency from when it was due.
    Every(Duration),
}

/// How stations are called, and how they prove it.
enum Names {
    Numbered { prefix: String, password_prefix: Option<Secret> },
    Listed(Vec<(String, Secret)>),
}

impl Plan {
    /// Resolves the arguments.
    ///
    /// # Errors
    /// [`Failure::Usage`] when they cannot hold together.
    pub(super) fn resolve(args: LoadArgs) -> Result<Plan, Failure> {
        check_token(&args.token)?;
        if args.misbehave.is_some() && args.mix.is_storm() {
            let sentence = "--misbehave: choose a mix in which stations call, as --mix sessions";
            return Err(Failure::Usage(sentence.to_owned()));
        }
        let names = match &args.key_file {
            Some(file) => Names::Listed(read_keys(file, args.stations)?),
            None => {
                check_identity("--id", &args.id)?;
                Names::Numbered { prefix: args.id, password_prefix: args.password_prefix }
            }
        };
        Ok(Plan {
            stations: args.stations,
            versions: args.version,
            mix: args.mix,
            pace: args.paced.map_or(Pace::ClosedLoop, Pace::Every),
            duration: args.duration,
            warm_up: args.warm_up,
            is_logged: !args.without_message_log,
            connect_rate: args.connect_rate,
            connecting: args.connecting,
            compresses: args.compress,
            habits: if args.misbehave_kind.is_empty() {
                Habit::value_variants().to_vec()
            } else {
                args.misbehave_kind
            },
            misbehaving: args.misbehave.map_or(0, |percent| (args.stations * percent).div_ceil(100)),
            sources: args.source.map(|sources| sources.0).unwrap_or_default(),
            token: args.token,
            names,
        })
    }

    /// The measurements to make of each subject, in this order.
    pub(super) const fn manners(&self) -> &'static [Manners] {
        if self.has_misbehaving() {
            &[Manners::AllBehave, Manners::SomeMisbehave]
        } else {
            &[Manners::AllBehave]
        }
    }

    /// Whether stations misbehave in one of the measurements.
    pub(super) const fn has_misbehaving(&self) -> bool {
        self.misbehaving > 0
    }

    /// How many stations misbehave.
    pub(super) const fn misbehaving(&self, manners: Manners) -> u32 {
        match manners {
            Manners::AllBehave => 0,
            Manners::SomeMisbehave => self.misbehaving,
        }
    }

    /// Which of the misbehaving a station is, if it is one; they are spread evenly.
    pub(super) fn misbehaves(&self, number: u32, manners: Manners) -> Option<u32> {
        let (all, bad) = (u64::from(self.stations), u64::from(self.misbehaving(manners)));
        let before = u64::from(number) * bad / all;
        let is_one = (u64::from(number) + 1) * bad / all > before;
        is_one.then_some(u32::try_from(before).unwrap_or(u32::MAX))
    }

    /// How the `nth` of the misbehaving does so.
    pub(super) fn habit(&self, nth: u32) -> Habit {
        self.habits[nth as usize % self.habits.len()]
    }

    /// The identity of a station; `number` counts from 0.
    pub(super) fn identity(&self, number: u32) -> String {
        match &self.names {
            Names::Numbered { prefix, .. } => format!("{prefix}-{}", number + 1),
            Names::Listed(keys) => keys.get(number as usize).map(|(id, _)| id.clone()).unwrap_or_default(),
        }
    }

    /// The value of a station's `Authorization` header, if it has a password.
    pub(super) fn authorization(&self, number: u32) -> Option<HeaderValue> {
        let identity = self.identity(number);
        let pair = match &self.names {
            Names::Numbered { password_prefix, .. } => {
                Secret::new(format!("{identity}:{}{}", password_prefix.as_ref()?.expose(), number + 1))
            }
            Names::Listed(keys) => {
                Secret::new(format!("{identity}:{}", keys.get(number as usize)?.1.expose()))
            }
        };
        let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair.expose()))).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// The version that a station speaks.
    pub(super) fn version(&self, number: u32) -> Version {
        match self.versions {
            Versions::V16 => Version::V16,
            Versions::V201 => Version::V201,
            Versions::V21 => Version::V21,
            Versions::Mixed => [Version::V16, Version::V201, Version::V21][number as usize % 3],
        }
    }

    /// Where a station dials from.
    pub(super) fn source(&self, number: u32) -> Option<IpAddr> {
        self.sources.get(number as usize % self.sources.len().max(1)).copied()
    }

    /// How many stations connect, boot and leave before anything is measured.
    pub(super) fn prepared(&self) -> u32 {
        if self.mix == Mix::Reconnect { self.stations } else { self.stations.min(FORERUNNERS) }
    }

    /// When station `number` may dial, counted from the first.
    pub(super) fn dials_after(&self, number: u32) -> Duration {
        self.connect_rate.map_or(Duration::ZERO, |rate| Duration::from_secs(1) * number / rate)
    }
}

/// A token goes into the frames as it stands.
fn check_token(token: &str) -> Result<(), Failure> {
    let plain = token.chars().all(|c| c.is_ascii_graphic() && c != '"' && c != '\\');
    if (1..=20).contains(&token.len()) && plain {
        return Ok(());
    }
    Err(Failure::Usage(
        "--token: 1 to 20 letters, digits and signs without quotes and backslashes".to_owned(),
    ))
}

/// An identity goes into the URL as it stands. With a number behind it, it has 48 characters at most
/// (2.x; B01 and the profile of OCPP-J).
fn check_identity(origin: &str, identity: &str) -> Result<(), Failure> {
    let plain = identity.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c));
    if (1..=40).contains(&identity.len()) && plain {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "{origin}: an identity here has 1 to 40 letters, digits and the signs - . _ ~, and {identity:?} has not"
    )))
}

fn read_keys(file: &Path, stations: u32) -> Result<Vec<(String, Secret)>, Failure> {
    let name = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::Usage(format!("the key file {name} cannot be read: {error}")))?;
    let mut keys = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        // What stands in the line is a secret, so only its number is told.
        let (identity, password) = line
            .split_once(',')
            .ok_or_else(|| Failure::Usage(format!("{name}, line {number}: write IDENTITY,PASSWORD")))?;
        check_identity(&format!("{name}, line {number}"), identity.trim())?;
        keys.push((identity.trim().to_owned(), Secret::new(password.trim())));
    }
    if keys.len() < stations as usize {
        let sentence =
            format!("the key file {name} has {} stations and --stations says {stations}", keys.len());
        return Err(Failure::Usage(sentence));
    }
    Ok(keys)
}
