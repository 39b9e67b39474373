//! Which habits of stations are tolerated: `strict`, or `CS001=all,-unknown-member` for one station.

use std::collections::HashMap;
use std::str::FromStr;

use ocpp_core::model::StationId;
use ocpp_core::quirk::{Quirk, Quirks};
use ocpp_server::session::{Tolerance, USUALLY_TOLERATED};

use super::station;
use crate::exit::Failure;

/// How alike a name has to be to be offered in the place of an unknown one, from 0 to 1.
const ALIKE: f64 = 0.7;
/// How many names are offered at most.
const OFFERED: usize = 3;

/// What is tolerated of each station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ToleranceSettings {
    of_others: Quirks,
    of_named: HashMap<StationId, Quirks>,
}

impl Default for ToleranceSettings {
    fn default() -> ToleranceSettings {
        ToleranceSettings { of_others: USUALLY_TOLERATED, of_named: HashMap::new() }
    }
}

impl Tolerance for ToleranceSettings {
    fn quirks(&self, station: &StationId) -> Quirks {
        self.of_named.get(station).copied().unwrap_or(self.of_others)
    }
}

impl ToleranceSettings {
    /// Reads what is written, one text for all stations and one for each station that is named.
    ///
    /// # Errors
    /// [`Failure::Usage`] when a text names no habit, or two texts are about the same stations.
    pub(crate) fn resolve(texts: &[String]) -> Result<ToleranceSettings, Failure> {
        let mut settings = ToleranceSettings::default();
        let mut of_others = None;
        for text in texts {
            // Identities may have this sign, names of habits have not.
            let (named, quirks) = match text.rsplit_once('=') {
                Some((id, quirks)) => (Some(station(id)?), quirks_of(text, quirks)?),
                None => (None, quirks_of(text, text)?),
            };
            let before = match &named {
                Some(id) => settings.of_named.insert(id.clone(), quirks),
                None => of_others.replace(quirks),
            };
            if before.is_some() {
                let whom = named.map_or_else(|| "all stations".to_owned(), |id| format!("station {id}"));
                return Err(Failure::Usage(format!("tolerate says two things of {whom}: say it once")));
            }
        }
        settings.of_others = of_others.unwrap_or(USUALLY_TOLERATED);
        Ok(settings)
    }
}

fn quirks_of(text: &str, quirks: &str) -> Result<Quirks, Failure> {
    let mut words = quirks.split(',').map(str::trim);
    // Without a beginning nobody could tell what a habit is taken away from.
    if !matches!(words.next(), Some("all" | "strict")) {
        let sentence = format!(
            "tolerate {text:?}: write [STATION=], then all or strict, then habits to add, or with a - before them to \
             take away, such as all,-unknown-member"
        );
        return Err(Failure::Usage(sentence));
    }
    for word in words {
        let name = word.strip_prefix('-').unwrap_or(word);
        if Quirk::from_str(name).is_err() {
            return Err(Failure::Usage(format!("tolerate {text:?}: {}", no_habit(name))));
        }
    }
    quirks.parse().map_err(|error| Failure::Usage(format!("tolerate {text:?}: {error}")))
}

/// The sentence about a name that no habit has, with the names that are like it.
fn no_habit(name: &str) -> String {
    let likeness = |quirk: &Quirk| strsim::jaro_winkler(name, quirk.name());
    let mut alike: Vec<&Quirk> = Quirk::ALL.iter().filter(|quirk| likeness(quirk) >= ALIKE).collect();
    alike.sort_by(|one, other| likeness(other).total_cmp(&likeness(one)));
    let alike: Vec<&str> = alike.into_iter().take(OFFERED).map(|quirk| quirk.name()).collect();
    match &alike[..] {
        [] => format!("{name:?} is no habit; docs/quirks.md has their names"),
        names => format!("{name:?} is no habit; did you mean {}?", names.join(" or ")),
    }
}
