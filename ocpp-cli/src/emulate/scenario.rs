//! Scenarios: what happens at a station, step by step, read from a TOML file.
//!
//! ```toml
//! spread = "30m"           # each station begins at a moment of its own within this time
//! repeat = 2               # how often the steps are played
//!
//! [[step]]
//! at = "10s"               # after the beginning, in the station's time
//! do = "charge"            # plug, token, for so long, token, unplug
//! for = "20m"
//!
//! [[step]]
//! at = "5m"
//! do = "offline"
//! for = "3m"
//! ```

use std::path::Path;
use std::time::Duration;

use jiff::SignedDuration;
use ocpp_core::model::EvseId;
use serde::Deserialize;

use crate::exit::Failure;

/// The most steps, and the most EVSEs that they are about.
const MAX_STEPS: usize = 10_000;
const MAX_EVSES: u32 = 32;
/// The longest time that anything lasts.
const LONGEST: Duration = Duration::from_secs(7 * 86_400);
/// How long a driver takes between plugging in and presenting a token, and between stopping and leaving.
const HESITATES: Duration = Duration::from_secs(5);
/// The pause between one playing and the next.
const PAUSE: Duration = Duration::from_secs(60);

/// What happens at a station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scenario {
    /// In the order of their times.
    steps: Vec<(Duration, Step)>,
    /// Each station begins within this time.
    spread: Duration,
}

/// Something that happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Plug(EvseId),
    /// Where no token is named, the one that the station was started with.
    Token(EvseId, Option<String>),
    Fault(EvseId),
    Mend(EvseId),
    /// The vehicle takes no energy, or takes it again.
    Suspend(EvseId),
    Resume(EvseId),
    Unplug(EvseId),
    /// The connection is lost for so long.
    Offline(Duration),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    spread: Option<String>,
    repeat: Option<u32>,
    #[serde(default)]
    step: Vec<Written>,
}

/// A step as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    at: String,
    #[serde(rename = "do")]
    what: What,
    evse: Option<u32>,
    token: Option<String>,
    #[serde(rename = "for")]
    lasts: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum What {
    Plug,
    Token,
    Charge,
    Fault,
    Mend,
    Suspend,
    Resume,
    Offline,
    Unplug,
}

impl Scenario {
    /// Reads a file; a token may have so many characters.
    ///
    /// # Errors
    /// [`Failure::Usage`] says what is wrong where.
    pub(super) fn read(path: &Path, longest_token: usize) -> Result<Scenario, Failure> {
        let wrong = |what: String| Failure::Usage(format!("the scenario {} {what}", path.display()));
        let text =
            std::fs::read_to_string(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
        let file: File = toml::from_str(&text)
            .map_err(|error| wrong(format!("is wrong: {}", error.to_string().trim_end())))?;
        file.scenario(longest_token).map_err(|what| wrong(format!("is wrong: {what}")))
    }

    /// How many EVSEs its station has.
    pub(super) fn evses(&self) -> u32 {
        let of = |step: &Step| match step {
            Step::Plug(evse)
            | Step::Token(evse, _)
            | Step::Fault(evse)
            | Step::Mend(evse)
            | Step::Suspend(evse)
            | Step::Resume(evse)
            | Step::Unplug(evse) => evse.0,
            Step::Offline(_) => 1,
        };
        self.steps.iter().map(|(_, step)| of(step)).max().unwrap_or(1)
    }

    /// How long a station takes at most from its beginning to the last step.
    pub(super) fn length(&self) -> Duration {
        let last = self.steps.iter().map(|(at, step)| match step {
            Step::Offline(lasts) => *at + *lasts,
            _ => *at,
        });
        self.spread + last.max().unwrap_or_default()
    }

    /// The same for a station that begins at `share` (0 to 1) of the time within which all begin.
    pub(super) fn play(&self, share: f64) -> Playing {
        let steps = self.steps.iter().cloned().collect();
        Playing { begins_after: self.spread.mul_f64(share.clamp(0.0, 1.0)), began: None, steps }
    }
}

impl File {
    fn scenario(&self, longest_token: usize) -> Result<Scenario, String> {
        if self.step.is_empty() {
            return Err("it has no [[step]]".to_owned());
        }
        let repeat = self.repeat.unwrap_or(1);
        if !(1..=1000).contains(&repeat) {
            return Err("repeat is 1 to 1000".to_owned());
        }
        let mut once = Vec::new();
        for (written, number) in self.step.iter().zip(1..) {
            once.extend(written.steps(longest_token).map_err(|what| format!("step {number}: {what}"))?);
        }
        if once.len() * repeat as usize > MAX_STEPS {
            return Err(format!("it has more than {MAX_STEPS} steps"));
        }
        once.sort_by_key(|(at, _)| *at);
        let spread = self.spread.as_deref().map_or(Ok(Duration::ZERO), |text| time("spread", text))?;
        let round = once.last().map_or(Duration::ZERO, |(at, _)| *at) + PAUSE;
        let later =
            |round_number: u32| once.iter().map(move |(at, step)| (*at + round * round_number, step.clone()));
        Ok(Scenario { steps: (0..repeat).flat_map(later).collect(), spread })
    }
}

impl Written {
    fn steps(&self, longest_token: usize) -> Result<Vec<(Duration, Step)>, String> {
        let at = time("at", &self.at)?;
        let evse = self.evse.unwrap_or(1);
        if !(1..=MAX_EVSES).contains(&evse) {
            return Err(format!("evse is 1 to {MAX_EVSES}"));
        }
        let evse = EvseId(evse);
        let lasts = self.lasts.as_deref().map(|text| time("for", text)).transpose()?;
        let is_lasting = matches!(self.what, What::Charge | What::Offline);
        if lasts.is_some() != is_lasting {
            return Err(if is_lasting {
                "it needs for = \"10m\" or the like"
            } else {
                "for belongs to charge and offline"
            }
            .to_owned());
        }
        let lasts = lasts.unwrap_or_default();
        if let Some(token) = &self.token {
            if !matches!(self.what, What::Token | What::Charge) {
                return Err("token belongs to token and charge".to_owned());
            }
            if !(1..=longest_token).contains(&token.chars().count()) {
                return Err(format!("a token has 1 to {longest_token} characters"));
            }
        }
        let token = || Step::Token(evse, self.token.clone());
        let stops = at + HESITATES + lasts;
        Ok(match self.what {
            What::Plug => vec![(at, Step::Plug(evse))],
            What::Token => vec![(at, token())],
            What::Charge => vec![
                (at, Step::Plug(evse)),
                (at + HESITATES, token()),
                (stops, token()),
                (stops + HESITATES, Step::Unplug(evse)),
            ],
            What::Fault => vec![(at, Step::Fault(evse))],
            What::Mend => vec![(at, Step::Mend(evse))],
            What::Suspend => vec![(at, Step::Suspend(evse))],
            What::Resume => vec![(at, Step::Resume(evse))],
            What::Unplug => vec![(at, Step::Unplug(evse))],
            What::Offline => vec![(at, Step::Offline(lasts))],
        })
    }
}

/// A time such as `90s`, `10m` or `1h 30m`.
fn time(name: &str, text: &str) -> Result<Duration, String> {
    let read = text.parse::<SignedDuration>().ok().and_then(|time| Duration::try_from(time).ok());
    read.filter(|time| *time <= LONGEST)
        .ok_or_else(|| format!("{name} = {text:?} is no time up to 7 days: write 90s, 10m or 1h 30m"))
}

/// A scenario at a station.
#[derive(Debug, Clone)]
pub(super) struct Playing {
    begins_after: Duration,
    began: Option<Duration>,
    steps: std::collections::VecDeque<(Duration, Step)>,
}

impl Playing {
    /// The next step whose time has come; the time begins with the first look.
    pub(super) fn next(&mut self, now: Duration) -> Option<Step> {
        let began = *self.began.get_or_insert(now + self.begins_after);
        self.steps.pop_front_if(|(at, _)| began + *at <= now).map(|(_, step)| step)
    }

    pub(super) fn is_over(&self) -> bool {
        self.steps.is_empty()
    }
}
