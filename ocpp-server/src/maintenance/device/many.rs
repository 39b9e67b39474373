//! Changing settings of many stations at once, each in the words of its version.

use futures_util::StreamExt;
use ocpp_core::model::{SettingChange, StationId};

use super::{DeviceError, DeviceModels, ItemResult};

/// How many stations may be changed by one operation; for more there are templates.
pub const MAX_STATIONS: usize = 200;
/// How many of them are at it at the same time.
const AT_ONCE: usize = 16;

impl DeviceModels {
    /// Changes settings of many stations, each named in the words of any version, and tells what became of each, in
    /// the order of the stations.
    ///
    /// # Errors
    /// When there are too many, or none; what goes wrong with one station is its own result.
    #[allow(clippy::type_complexity)] // A station with its results is all there is to it.
    pub async fn change_many(
        &self,
        stations: &[StationId],
        changes: &[SettingChange],
        by: &str,
    ) -> Result<Vec<(StationId, Result<Vec<ItemResult>, DeviceError>)>, DeviceError> {
        super::check_count(changes.len())?;
        if stations.is_empty() {
            return Err(DeviceError::invalid("/stations", "No station is chosen."));
        }
        if stations.len() > MAX_STATIONS {
            let sentence = format!(
                "{} stations are chosen, and {MAX_STATIONS} can be changed at once: choose fewer, or make a template.",
                stations.len()
            );
            return Err(DeviceError::invalid("/stations", sentence));
        }
        let each = stations.iter().cloned().map(|station| async move {
            let results = self.change(&station, changes, by).await;
            (station, results)
        });
        Ok(futures_util::stream::iter(each).buffered(AT_ONCE).collect().await)
    }
}
