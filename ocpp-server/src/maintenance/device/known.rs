//! What is known of the settings of stations, with what the standard says of them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ocpp_core::model::{BootReason, Setting, SettingChange, StationId};
use ocpp_core::types::Version;

use super::{DeviceError, DeviceModels};
use crate::catalogue::{
    self, Blocks, Catalogue, Difference, Entry, Remark, Reported, Side, compare, name, review,
};
use crate::domain::{DevicePart, KnownSetting, Station, StationDevice, StationReport};
use crate::handle::device::parts_of;
use crate::handle::parts;
use crate::store::{Page, ReadError, TypedRecords};

/// Which settings of a station to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingFilter {
    /// Those with this in their name or meaning, in any case.
    pub text: Option<String>,
    /// Those of this component, in any case.
    pub component: Option<String>,
    /// Those that can be written (`true`), or not.
    pub writable: Option<bool>,
}

/// A setting of a station with what the standard says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct SettingRow {
    /// Its name, as [`catalogue::name`] writes it.
    pub name: String,
    /// What the station says.
    pub known: KnownSetting,
    /// What the standard says; none for a vendor's own.
    pub entry: Option<&'static Entry>,
    /// Whether the last full report had it no more.
    pub is_gone: bool,
    /// Whether a change waits for a restart.
    pub waits_for_reboot: bool,
}

impl SettingRow {
    /// Whether it can be written, as far as the station and the standard say.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        !self.known.is_read_only() && self.entry.is_none_or(|entry| entry.access.may_be_written())
    }

    fn fits(&self, filter: &SettingFilter) -> bool {
        let component = match &self.known.reported.setting {
            Setting::Key(_) => None,
            Setting::Variable { component, .. } => Some(&**component),
        };
        let has = |text: &str, wanted: &str| text.to_lowercase().contains(wanted);
        filter
            .component
            .as_deref()
            .is_none_or(|wanted| component.is_some_and(|component| component.eq_ignore_ascii_case(wanted)))
            && filter.writable.is_none_or(|wanted| wanted == self.is_writable())
            && filter.text.as_deref().is_none_or(|wanted| {
                let wanted = wanted.to_lowercase();
                has(&self.name, &wanted) || self.entry.is_some_and(|entry| has(entry.meaning, &wanted))
            })
    }
}

impl DeviceModels {
    /// The device model of a station as a whole; none when nothing is known of its settings. Settings that wait for a
    /// restart are those that still do.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub async fn device(&self, station: &StationId) -> Result<Option<StationDevice>, DeviceError> {
        let device: Option<StationDevice> = self.csms.store().get(station.as_str()).await?;
        let Some(mut device) = device else { return Ok(None) };
        if let Some(kept) = self.csms.store().station(station).await? {
            device.reboot_for.retain(|_, since| !has_restarted(&kept, *since));
        }
        Ok(Some(device))
    }

    /// Settings of a station in the order of their names; `page.after` is the name of the last one of the page before.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub async fn settings(
        &self,
        station: &StationId,
        filter: &SettingFilter,
        page: Page<String>,
    ) -> Result<Vec<SettingRow>, DeviceError> {
        let mut rows = self.rows(station).await?;
        rows.retain(|(_, row)| row.fits(filter));
        let start = match page.after.map(|after| after.to_ascii_lowercase()) {
            Some(after) => rows.partition_point(|(key, _)| *key <= after),
            None => 0,
        };
        Ok(rows.into_iter().skip(start).take(page.limit).map(|(_, row)| row).collect())
    }

    /// All settings of a station, by their names in lower case.
    pub(in crate::maintenance) async fn rows(
        &self,
        station: &StationId,
    ) -> Result<Vec<(String, SettingRow)>, DeviceError> {
        let version = self.version(station).await?;
        let catalogue = Catalogue::of(version);
        let device = self.device(station).await?;
        let full_since = device.as_ref().and_then(|device| device.full_since);
        let row = |known: KnownSetting| {
            let name = name(&known.reported.setting);
            let row = SettingRow {
                entry: catalogue.find(&known.reported.setting),
                is_gone: full_since.is_some_and(|since| known.at < since),
                waits_for_reboot: device.as_ref().is_some_and(|device| {
                    device.reboot_for.keys().any(|waiting| waiting.eq_ignore_ascii_case(&name))
                }),
                known,
                name,
            };
            (row.name.to_ascii_lowercase(), row)
        };
        let known = self.all_parts(station).await?.into_iter().flat_map(|part| part.settings);
        // A station that came back with another version does not have the settings of the old one.
        let mut rows: Vec<_> =
            known.filter(|known| is_of(&known.reported.setting, version)).map(row).collect();
        rows.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(rows)
    }

    async fn all_parts(&self, station: &StationId) -> Result<Vec<DevicePart>, ReadError> {
        let limit = usize::try_from(StationDevice::MAX_PARTS).unwrap_or(usize::MAX);
        self.csms.store().owned(station.as_str(), limit).await
    }

    /// The actual values of settings, as they are known.
    pub(super) async fn values(
        &self,
        station: &StationId,
        settings: &[Setting],
    ) -> Result<Vec<Option<Box<str>>>, DeviceError> {
        self.of_each(station, settings, |known| known.reported.actual().map(Box::from)).await
    }

    /// When settings were last told of.
    pub(super) async fn known_at(
        &self,
        station: &StationId,
        settings: &[Setting],
    ) -> Result<Vec<Option<Timestamp>>, DeviceError> {
        self.of_each(station, settings, |known| Some(known.at)).await
    }

    async fn of_each<T>(
        &self,
        station: &StationId,
        settings: &[Setting],
        what: impl Fn(&KnownSetting) -> Option<T>,
    ) -> Result<Vec<Option<T>>, DeviceError> {
        let parts = parts(&**self.csms.store(), station, &parts_of(settings.iter())).await?;
        let known = parts.iter().flat_map(|part| &part.settings);
        let known: BTreeMap<String, &KnownSetting> =
            known.map(|known| (key_of(&known.reported.setting), known)).collect();
        Ok(settings.iter().map(|setting| what(known.get(&key_of(setting))?)).collect())
    }

    /// What is worth knowing about what a station reports, beside what it should report: of the settings that are
    /// there, as of the last full report.
    ///
    /// # Errors
    /// [`DeviceError`]; among them that there is no full report yet.
    pub async fn review(&self, station: &StationId) -> Result<Vec<Remark>, DeviceError> {
        let version = self.version(station).await?;
        let device = self.device(station).await?;
        if device.and_then(|device| device.full_since).is_none() {
            return Err(DeviceError::unknown("full report of the settings of station", station.as_str()));
        }
        let rows = self.rows(station).await?;
        let there = rows.iter().filter(|(_, row)| !row.is_gone);
        let reported: Vec<Reported> = there.map(|(_, row)| Reported::from(&row.known.reported)).collect();
        Ok(review(version, &Blocks::seen_in(version, &reported), &reported))
    }

    /// In what two stations differ, as far as their settings are known.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub async fn compare(&self, left: &StationId, right: &StationId) -> Result<Vec<Difference>, DeviceError> {
        let (left_version, left) = (self.version(left).await?, self.actual_values(left).await?);
        let (right_version, right) = (self.version(right).await?, self.actual_values(right).await?);
        Ok(compare(
            Side { version: left_version, settings: &left },
            Side { version: right_version, settings: &right },
        ))
    }

    async fn actual_values(&self, station: &StationId) -> Result<Vec<SettingChange>, DeviceError> {
        let rows = self.rows(station).await?;
        let there = rows.into_iter().filter(|(_, row)| !row.is_gone);
        let value = |(_, row): (String, SettingRow)| {
            let setting = row.known.reported.setting.clone();
            row.known.reported.actual().map(|value| SettingChange::new(setting, value))
        };
        let values: Vec<SettingChange> = there.filter_map(value).collect();
        match values.is_empty() {
            true => Err(DeviceError::unknown("report of the settings of station", station.as_str())),
            false => Ok(values),
        }
    }

    /// The reports of a station, the latest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn reports(&self, station: &StationId) -> Result<Vec<StationReport>, DeviceError> {
        use crate::domain::RecordKind;
        use crate::store::RecordFilter;

        let limit = usize::try_from(StationReport::KEPT).unwrap_or(usize::MAX);
        let filter = RecordFilter::all(RecordKind::StationReport, limit).of(station.as_str()).descending();
        Ok(self.csms.store().list(filter).await?)
    }
}

/// Whether a station has restarted since a moment. A boot notification that the manager asked for is no restart.
fn has_restarted(station: &Station, since: Timestamp) -> bool {
    let reason = station.boot.as_ref().and_then(|boot| boot.reason.as_ref());
    station.booted_at.is_some_and(|booted| booted > since) && reason != Some(&BootReason::TRIGGERED)
}

pub(in crate::maintenance) fn is_of(setting: &Setting, version: Version) -> bool {
    matches!(setting, Setting::Key(_)) == (version == Version::V16)
}

/// The name of a setting, as it is looked up.
pub(in crate::maintenance) fn key_of(setting: &Setting) -> String {
    catalogue::name(setting).to_ascii_lowercase()
}
