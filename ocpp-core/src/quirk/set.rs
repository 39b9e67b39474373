//! Which habits are tolerated.

use alloc::boxed::Box;
use core::fmt;
use core::str::FromStr;

use super::list::Quirk;

/// Which habits are tolerated. The default is all of them.
///
/// As text it is a list: `all` or `strict`, then names to add, or to take away with a `-` before them.
///
/// ```
/// use ocpp_core::quirk::{Quirk, Quirks};
///
/// let quirks: Quirks = "all,-unknown-member".parse()?;
/// assert!(!quirks.contains(Quirk::UnknownMember) && quirks.contains(Quirk::ShortOffset));
/// assert_eq!(Quirks::strict().with(Quirk::ShortOffset).to_string(), "strict,short-offset");
/// # Ok::<(), ocpp_core::quirk::UnknownQuirk>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quirks(u64);

/// A text names no habit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no name of a quirk: use all, strict, or the names in docs/quirks.md")]
pub struct UnknownQuirk(Box<str>);

impl UnknownQuirk {
    pub(super) fn new(text: &str) -> UnknownQuirk {
        UnknownQuirk(text.chars().take(64).collect())
    }
}

impl Quirks {
    /// Everything is tolerated, and told.
    #[must_use]
    pub const fn all() -> Quirks {
        Quirks(u64::MAX >> (64 - Quirk::ALL.len()))
    }

    /// Nothing is tolerated: what breaks a rule is refused.
    #[must_use]
    pub const fn strict() -> Quirks {
        Quirks(0)
    }

    /// These and `quirk`.
    #[must_use]
    pub const fn with(self, quirk: Quirk) -> Quirks {
        Quirks(self.0 | quirk.bit())
    }

    /// These without `quirk`.
    #[must_use]
    pub const fn without(self, quirk: Quirk) -> Quirks {
        Quirks(self.0 & !quirk.bit())
    }

    /// Whether `quirk` is tolerated. One that breaks no rule always is.
    #[must_use]
    pub const fn contains(self, quirk: Quirk) -> bool {
        self.0 & quirk.bit() != 0 || !quirk.is_breach()
    }

    /// Those that were named, in their order.
    pub fn iter(self) -> impl Iterator<Item = Quirk> {
        Quirk::ALL.iter().copied().filter(move |quirk| self.0 & quirk.bit() != 0)
    }
}

impl Default for Quirks {
    fn default() -> Quirks {
        Quirks::all()
    }
}

impl FromIterator<Quirk> for Quirks {
    fn from_iter<I: IntoIterator<Item = Quirk>>(quirks: I) -> Quirks {
        quirks.into_iter().fold(Quirks::strict(), Quirks::with)
    }
}

impl fmt::Display for Quirks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = self.iter().count();
        if named > Quirk::ALL.len() / 2 {
            f.write_str("all")?;
            Quirk::ALL.iter().filter(|quirk| self.0 & quirk.bit() == 0).try_for_each(|q| write!(f, ",-{q}"))
        } else {
            f.write_str("strict")?;
            self.iter().try_for_each(|quirk| write!(f, ",{quirk}"))
        }
    }
}

impl fmt::Debug for Quirks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Quirks {
    type Err = UnknownQuirk;

    fn from_str(text: &str) -> Result<Quirks, UnknownQuirk> {
        text.split(',').map(str::trim).filter(|word| !word.is_empty()).try_fold(
            Quirks::strict(),
            |set, word| {
                Ok(match (word, word.strip_prefix('-')) {
                    ("all", _) => Quirks::all(),
                    ("strict", _) => Quirks::strict(),
                    (_, Some(name)) => set.without(name.parse()?),
                    (name, None) => set.with(name.parse()?),
                })
            },
        )
    }
}

impl serde::Serialize for Quirks {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Quirks {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Quirks, D::Error> {
        let text = <alloc::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
