//! Choosing stations for bulk orders.

use ocpp_core::model::StationId;
use ocpp_server::domain::{SiteId, StationEntry, StationFilter};
use ocpp_server::maintenance::stations_of;
use ocpp_server::store::{ReadError, TypedRecords};
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

/// The stations that a choice is about, in the order of their identities. Stations that are named but are not known
/// yet can be waited for.
///
/// # Errors
/// When the store cannot be read.
pub(crate) async fn chosen(app: &App, choice: &Choice) -> Result<Vec<StationId>, ReadError> {
    let named = choice.ids.as_deref().map(|ids| ids.iter().filter_map(|id| StationId::new(id).ok()));
    let named: Option<Vec<StationId>> = named.map(Iterator::collect);
    // Names that no station can have select none.
    if named.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Vec::new());
    }
    let filter = StationFilter {
        stations: named.unwrap_or_default(),
        site: choice.site_id.clone().map(SiteId),
        vendor: choice.vendor.clone(),
        model: choice.model.clone(),
        firmware_version: choice.firmware_version.clone(),
        ocpp_version: choice.ocpp_version.clone(),
        connected: choice.connected,
    };
    let candidates = stations_of(&app.csms, &filter).await?;
    let mut chosen: Vec<StationId> = candidates.into_iter().map(|candidate| candidate.id).collect();
    if filter.is_by_name() {
        for id in &filter.stations {
            let entry: Option<StationEntry> = app.csms.store().get(id.as_str()).await?;
            let site = entry.and_then(|entry| entry.site);
            if filter.site.is_none() || site == filter.site {
                chosen.push(id.clone());
            }
        }
        chosen.sort();
        chosen.dedup();
    }
    Ok(chosen)
}
