//! What an operator has to prove about a site.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::place::SiteId;
use super::record::record;
use super::station::Revision;

/// Which rules of uptime hold at a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteProfile {
    /// The site.
    pub site: SiteId,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// The ids of the formulas by which its uptime is reported.
    #[serde(default)]
    pub formulas: BTreeSet<Box<str>>,
    /// Whether exclusions at its ports need a second person.
    #[serde(default)]
    pub second_person: bool,
}

record!(SiteProfile is SiteProfile, key |profile| profile.site.0.clone());

impl SiteProfile {
    /// The profile of a site of which nothing was said.
    #[must_use]
    pub const fn of(site: SiteId) -> SiteProfile {
        SiteProfile { site, revision: Revision(0), formulas: BTreeSet::new(), second_person: false }
    }
}
