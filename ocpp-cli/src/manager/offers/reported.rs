//! What a station reported of the parts of OCPP that it has: `SupportedFeatureProfiles` of 1.6, and in 2.x `Available`
//! and `Enabled` of the components that speak of them.

use std::collections::BTreeMap;

use ocpp_core::model::{Setting, StationId};
use ocpp_core::types::Version;
use ocpp_server::domain::{DevicePart, KnownSetting, StationDevice};
use ocpp_server::store::{ReadError, TypedRecords};

use crate::manager::App;
use crate::orders::Feature;

/// The key of 1.6 that lists feature profiles.
const PROFILES: &str = "SupportedFeatureProfiles";

/// What a station reported of the parts of OCPP that it has.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ReportedFeatures {
    /// 1.6: the feature profiles that it lists.
    profiles: Option<Vec<String>>,
    /// 2.x: what it said of the components that speak of features, by their names.
    components: BTreeMap<&'static str, Vec<KnownSetting>>,
    /// Whether it has told all its settings.
    has_told_all: bool,
}

impl ReportedFeatures {
    /// Reads what a station reported; nothing where it is not known which version it speaks.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(super) async fn of(
        app: &App,
        station: &StationId,
        version: Option<Version>,
    ) -> Result<ReportedFeatures, ReadError> {
        let store = app.csms.store();
        let device: Option<StationDevice> = store.get(station.as_str()).await?;
        let Some(device) = device else { return Ok(ReportedFeatures::default()) };
        // What the last full report had no more is gone.
        let is_there = |known: &KnownSetting| device.full_since.is_none_or(|since| known.at >= since);
        let part = async |part: &str| {
            let kept: Option<DevicePart> = store.get(&DevicePart::key_of(station, part)).await?;
            let mut settings = kept.map(|kept| kept.settings).unwrap_or_default();
            settings.retain(is_there);
            Ok::<_, ReadError>(settings)
        };
        let mut reported =
            ReportedFeatures { has_told_all: device.full_since.is_some(), ..ReportedFeatures::default() };
        match version {
            None => {}
            Some(Version::V16) => {
                let keys = part("").await?;
                let key = keys.iter().find(|known| is_key(&known.reported.setting, PROFILES));
                reported.profiles = key
                    .and_then(|known| known.reported.actual())
                    .map(|listed| listed.split(',').map(|profile| profile.trim().to_owned()).collect());
            }
            Some(_) => {
                for component in Feature::ALL.iter().flat_map(|feature| feature.components()) {
                    let settings = part(&component.to_ascii_lowercase()).await?;
                    reported.components.insert(component, settings);
                }
            }
        }
        Ok(reported)
    }

    /// Why the station cannot do what needs a feature, by what it said of itself.
    pub(super) fn why_not(&self, feature: Feature) -> Option<String> {
        self.not_listed(feature).or_else(|| self.not_there(feature))
    }

    fn not_listed(&self, feature: Feature) -> Option<String> {
        let (listed, profile) = (self.profiles.as_ref()?, feature.profile()?);
        if listed.iter().any(|listed| listed.eq_ignore_ascii_case(profile)) {
            return None;
        }
        let listed: String = listed.join(",").chars().take(100).collect();
        Some(format!("the station does not list the feature profile {profile} ({PROFILES} is {listed})"))
    }

    /// Of several components one is enough.
    fn not_there(&self, feature: Feature) -> Option<String> {
        if self.components.is_empty() {
            return None;
        }
        let mut why = None;
        for component in feature.components() {
            let objection = self.objection(component, feature.instance())?;
            why = why.or(Some(objection));
        }
        why
    }

    fn objection(&self, component: &str, instance: Option<&str>) -> Option<String> {
        let told = self.components.get(component).map(Vec::as_slice).unwrap_or_default();
        if told.is_empty() {
            return self.has_told_all.then(|| format!("the station reports no {component}"));
        }
        let is_false = |variable: &str| {
            let of = told.iter().filter(|known| is_variable(&known.reported.setting, variable, instance));
            let mut values = of.filter_map(|known| known.reported.actual());
            values.any(|value| value.eq_ignore_ascii_case("false"))
        };
        let named = |variable: &str| match instance {
            Some(instance) => format!("{component}.{variable}[{instance}]"),
            None => format!("{component}.{variable}"),
        };
        if is_false("Available") {
            return Some(format!(
                "the station says that it has no such thing ({} is false)",
                named("Available")
            ));
        }
        if is_false("Enabled") {
            return Some(format!("it is switched off at the station ({} is false)", named("Enabled")));
        }
        None
    }
}

fn is_key(setting: &Setting, name: &str) -> bool {
    matches!(setting, Setting::Key(key) if key.eq_ignore_ascii_case(name))
}

/// Whether a setting is this variable; one without an instance speaks of all of them.
fn is_variable(setting: &Setting, name: &str, instance: Option<&str>) -> bool {
    let Setting::Variable { variable, variable_instance, .. } = setting else { return false };
    let is_of = match (variable_instance.as_deref(), instance) {
        (Some(told), Some(wanted)) => told.eq_ignore_ascii_case(wanted),
        (None, _) => true,
        (Some(_), None) => false,
    };
    variable.eq_ignore_ascii_case(name) && is_of
}
