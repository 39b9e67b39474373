//! What a station said that it can take of charging profiles, out of what is kept of its settings.

use ocpp_core::model::{Place, RateUnit, Setting, StationId};
use ocpp_core::types::Version;

use super::Inner;
use crate::domain::profile_rules::{LimitNames, ProfileLimits};
use crate::domain::{DevicePart, KnownSetting};
use crate::store::{ReadError, TypedRecords};

/// The component that speaks of charging profiles in 2.x.
const COMPONENT: &str = "smartchargingctrlr";

impl Inner {
    /// What a station can take at a place; what it never told limits nothing.
    pub(super) async fn profile_limits(
        &self,
        station: &StationId,
        place: Place,
    ) -> Result<ProfileLimits, ReadError> {
        let store = self.handler.store();
        let version = match self.stations.version(station) {
            Some(version) => Some(version),
            None => store.station(station).await?.map(|kept| kept.version),
        };
        let part = async |part: String| {
            let kept: Option<DevicePart> = store.get(&DevicePart::key_of(station, &part)).await?;
            Ok::<_, ReadError>(kept.map(|kept| kept.settings).unwrap_or_default())
        };
        match version {
            None => Ok(ProfileLimits::default()),
            Some(Version::V16) => Ok(of_keys(&Told(part(String::new()).await?))),
            Some(_) => {
                // What an EVSE says of itself counts there.
                let mut told = match place.evse() {
                    Some(evse) => part(format!("{COMPONENT}@{evse}")).await?,
                    None => Vec::new(),
                };
                told.extend(part(COMPONENT.to_owned()).await?);
                Ok(of_variables(&Told(told)))
            }
        }
    }
}

/// Settings that a station told, those that count more first.
struct Told(Vec<KnownSetting>);

impl Told {
    fn find(&self, name: &str, instance: Option<&str>) -> Option<&KnownSetting> {
        self.0.iter().find(|known| match &known.reported.setting {
            Setting::Key(key) => key.eq_ignore_ascii_case(name),
            Setting::Variable { variable, variable_instance, .. } => {
                variable.eq_ignore_ascii_case(name)
                    && instance.is_none_or(|wanted| {
                        variable_instance.as_deref().is_some_and(|told| told.eq_ignore_ascii_case(wanted))
                    })
            }
        })
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.find(name, None)?.reported.actual().map(str::trim)
    }

    /// A number; what is none limits nothing.
    fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.value(name)?.parse().ok()
    }

    /// The units of a list; a list without any known one limits nothing.
    fn units(&self, name: &str, words: [(&str, RateUnit); 2]) -> Option<Vec<RateUnit>> {
        let listed = self.value(name)?.split(',').filter_map(|word| {
            words.iter().find(|(known, _)| known.eq_ignore_ascii_case(word.trim())).map(|(_, unit)| *unit)
        });
        let units: Vec<RateUnit> = listed.collect();
        (!units.is_empty()).then_some(units)
    }
}

/// 1.6, 9.4.
fn of_keys(told: &Told) -> ProfileLimits {
    ProfileLimits {
        names: LimitNames::V16,
        max_stack_level: told.number("ChargeProfileMaxStackLevel"),
        max_periods: told.number("ChargingScheduleMaxPeriods"),
        units: told.units(
            "ChargingScheduleAllowedChargingRateUnit",
            [("Current", RateUnit::A), ("Power", RateUnit::W)],
        ),
        max_profiles: told.number("MaxChargingProfilesInstalled"),
        max_external_id: None,
        is_off: false,
    }
}

/// The variables of `SmartChargingCtrlr`.
fn of_variables(told: &Told) -> ProfileLimits {
    // How many there are is its value; how many there may be is the limit of its form.
    let entries = told.find("Entries", Some("ChargingProfiles"));
    let room = entries.and_then(|known| known.reported.characteristics.as_ref()?.max_limit);
    ProfileLimits {
        names: LimitNames::V2X,
        max_stack_level: told.number("ProfileStackLevel"),
        max_periods: told.number("PeriodsPerSchedule"),
        units: told.units("RateUnit", [("A", RateUnit::A), ("W", RateUnit::W)]),
        max_profiles: room.and_then(|room| room.normalize().to_string().parse().ok()),
        max_external_id: told.number("MaxExternalConstraintsId"),
        is_off: told.value("Enabled").is_some_and(|enabled| enabled.eq_ignore_ascii_case("false")),
    }
}
