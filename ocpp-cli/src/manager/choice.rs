//! Choosing stations for what is done to many.

use ocpp_core::model::StationId;
use ocpp_server::domain::{RecordKind, SiteId, Station, StationEntry};
use ocpp_server::store::{Page, ReadError, RecordFilter, TypedRecords};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::App;

/// Which stations: every one that all given conditions hold for. Without any condition, all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Choice {
    /// These, by their identities.
    pub(crate) ids: Option<Vec<String>>,
    /// Those at this site.
    pub(crate) site_id: Option<String>,
    /// Those of this vendor, in any case.
    pub(crate) vendor: Option<String>,
    /// Those of this model, in any case.
    pub(crate) model: Option<String>,
    /// Those that reported this firmware.
    pub(crate) firmware_version: Option<String>,
    /// Those that speak this version: `1.6`, `2.0.1` or `2.1`.
    pub(crate) ocpp_version: Option<String>,
    /// Those that are connected (`true`) or not (`false`).
    pub(crate) connected: Option<bool>,
}

/// How many stations are read at a time.
const PAGE: usize = 500;

/// The stations that a choice is about, in the order of their identities.
///
/// # Errors
/// When the store cannot be read.
pub(crate) async fn stations_of(app: &App, choice: &Choice) -> Result<Vec<StationId>, ReadError> {
    let at_site = match &choice.site_id {
        Some(site) => Some(entries_of(app, site).await?),
        None => None,
    };
    let mut chosen = Vec::new();
    let mut after: Option<StationId> = None;
    loop {
        let page = app.csms.store().stations(Page { after, limit: PAGE }).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id.clone());
        let fits = |station: &Station| {
            choice.fits(app, station) && at_site.as_ref().is_none_or(|there| there.contains(&station.id))
        };
        chosen.extend(page.into_iter().filter(fits).map(|station| station.id));
    }
    if let Some(named) = choice.only_named() {
        // Stations that were named but have never connected can be waited for.
        chosen.extend(named.filter(|id| at_site.as_ref().is_none_or(|there| there.contains(id))));
        chosen.sort();
        chosen.dedup();
    }
    Ok(chosen)
}

async fn entries_of(app: &App, site: &str) -> Result<Vec<StationId>, ReadError> {
    let site = SiteId(site.to_owned());
    let mut there = Vec::new();
    let mut after = None;
    loop {
        let filter = RecordFilter::all(RecordKind::StationEntry, PAGE).after(after.take());
        let page: Vec<StationEntry> = app.csms.store().list(filter).await?;
        let Some(last) = page.last() else { return Ok(there) };
        after = Some(last.id.to_string());
        there.extend(
            page.into_iter().filter(|entry| entry.site.as_ref() == Some(&site)).map(|entry| entry.id),
        );
    }
}

impl Choice {
    fn fits(&self, app: &App, station: &Station) -> bool {
        let boot = station.boot.as_ref();
        let says = |wanted: &Option<String>, said: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| said.is_some_and(|said| said.eq_ignore_ascii_case(wanted)))
        };
        self.ids.as_ref().is_none_or(|ids| ids.iter().any(|id| id == station.id.as_str()))
            && says(&self.vendor, boot.map(|boot| &*boot.vendor))
            && says(&self.model, boot.map(|boot| &*boot.model))
            && says(&self.firmware_version, boot.and_then(|boot| boot.firmware.as_deref()))
            && says(&self.ocpp_version, Some(station.version.number()))
            && self.connected.is_none_or(|wanted| wanted == app.csms.stations().is_connected(&station.id))
    }

    /// The named stations, where nothing but their names (and their site) is asked for.
    fn only_named(&self) -> Option<impl Iterator<Item = StationId> + '_> {
        let is_bare = self.vendor.is_none()
            && self.model.is_none()
            && self.firmware_version.is_none()
            && self.ocpp_version.is_none()
            && self.connected.is_none();
        let ids = self.ids.as_ref().filter(|_| is_bare)?;
        Some(ids.iter().filter_map(|id| StationId::new(id).ok()))
    }
}
