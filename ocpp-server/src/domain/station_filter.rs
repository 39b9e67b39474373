//! Which stations something is for.

use ocpp_core::model::StationId;
use serde::{Deserialize, Serialize};

use super::place::{SiteId, StationEntry};
use super::station::Station;

/// Which stations: those of which all that is said holds. Nothing said means all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StationFilter {
    /// These stations only, by their identities.
    pub stations: Vec<StationId>,
    /// Those at this site.
    pub site: Option<SiteId>,
    /// Those of this maker, as they said when they last started; capital letters do not matter.
    pub vendor: Option<String>,
    /// Those of this model.
    pub model: Option<String>,
    /// Those that last started with this version.
    pub firmware_version: Option<String>,
    /// Those that spoke this version of OCPP when they last connected: `1.6`, `2.0.1` or `2.1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ocpp_version: Option<String>,
    /// Those that are connected, or those that are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connected: Option<bool>,
}

impl StationFilter {
    /// Whether it selects a station, by what is known of it.
    #[must_use]
    pub fn is_met_by(
        &self,
        id: &StationId,
        entry: Option<&StationEntry>,
        station: Option<&Station>,
        is_connected: bool,
    ) -> bool {
        let boot = station.and_then(|station| station.boot.as_ref());
        let same = |wanted: &Option<String>, told: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| told.is_some_and(|told| told.eq_ignore_ascii_case(wanted)))
        };
        (self.stations.is_empty() || self.stations.contains(id))
            && self.site.as_ref().is_none_or(|site| entry.and_then(|entry| entry.site.as_ref()) == Some(site))
            && same(&self.vendor, boot.map(|boot| &*boot.vendor))
            && same(&self.model, boot.map(|boot| &*boot.model))
            && same(&self.firmware_version, boot.and_then(|boot| boot.firmware.as_deref()))
            && same(&self.ocpp_version, station.map(|station| station.version.number()))
            && self.connected.is_none_or(|wanted| wanted == is_connected)
    }

    /// Whether it selects by nothing but identities and a site: what can be said of stations that have never
    /// connected.
    #[must_use]
    pub const fn is_by_name(&self) -> bool {
        self.vendor.is_none()
            && self.model.is_none()
            && self.firmware_version.is_none()
            && self.ocpp_version.is_none()
            && self.connected.is_none()
    }
}
