//! The settings that a manager can read and change, by their names in 1.6 and in 2.x.

use std::time::Duration;

use ocpp_core::model::{Setting, SettingChange, SettingResult, Verdict};

/// What can be set.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) heartbeat_interval: Duration,
    pub(super) meter_interval: Duration,
}

/// A setting's names: the key of 1.6, the component and variable of 2.x, and whether it can only be read.
struct Name {
    key: &'static str,
    component: &'static str,
    variable: &'static str,
    access: Access,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    ReadOnly,
    ReadWrite,
}

const NAMES: [Name; 4] = [
    Name {
        key: "HeartbeatInterval",
        component: "OCPPCommCtrlr",
        variable: "HeartbeatInterval",
        access: Access::ReadWrite,
    },
    Name {
        key: "MeterValueSampleInterval",
        component: "SampledDataCtrlr",
        variable: "TxUpdatedInterval",
        access: Access::ReadWrite,
    },
    Name {
        key: "NumberOfConnectors",
        component: "ChargingStation",
        variable: "SupplyPhases",
        access: Access::ReadOnly,
    },
    Name {
        key: "SupportedFeatureProfiles",
        component: "AuthCtrlr",
        variable: "Enabled",
        access: Access::ReadOnly,
    },
];

impl Settings {
    pub(super) fn new(meter_interval: Duration) -> Settings {
        Settings { heartbeat_interval: Duration::from_secs(300), meter_interval }
    }

    pub(super) fn all(&self, evses: u32) -> Vec<SettingResult> {
        NAMES.iter().map(|name| self.read(&Setting::Key(name.key.into()), evses)).collect()
    }

    pub(super) fn read(&self, setting: &Setting, evses: u32) -> SettingResult {
        let result = |verdict, value: Option<String>, read_only| SettingResult {
            setting: setting.clone(),
            verdict,
            value: value.map(String::into_boxed_str),
            read_only,
        };
        let Some(name) = named(setting) else { return result(Verdict::Unknown, None, None) };
        let is_key = matches!(setting, Setting::Key(_));
        let value = match name.key {
            "HeartbeatInterval" => self.heartbeat_interval.as_secs().to_string(),
            "MeterValueSampleInterval" => self.meter_interval.as_secs().to_string(),
            "NumberOfConnectors" if is_key => evses.to_string(),
            "NumberOfConnectors" => "3".to_owned(),
            _ if is_key => "Core".to_owned(),
            _ => "true".to_owned(),
        };
        result(Verdict::Accepted, Some(value), Some(name.access == Access::ReadOnly))
    }

    pub(super) fn change(&mut self, change: &SettingChange) -> SettingResult {
        let verdict = match named(&change.setting) {
            None => Verdict::Unknown,
            Some(name) if name.access == Access::ReadOnly => Verdict::Rejected,
            Some(name) => match change.value.parse::<u64>() {
                Ok(seconds @ 1..=86_400) => {
                    let interval = Duration::from_secs(seconds);
                    match name.key {
                        "HeartbeatInterval" => self.heartbeat_interval = interval,
                        _ => self.meter_interval = interval,
                    }
                    Verdict::Accepted
                }
                _ => Verdict::Rejected,
            },
        };
        SettingResult { setting: change.setting.clone(), verdict, value: None, read_only: None }
    }
}

/// Names are compared without regard to case, as identifiers are in both versions.
fn named(setting: &Setting) -> Option<&'static Name> {
    NAMES.iter().find(|name| match setting {
        Setting::Key(key) => key.eq_ignore_ascii_case(name.key),
        Setting::Variable { component, variable, .. } => {
            component.eq_ignore_ascii_case(name.component) && variable.eq_ignore_ascii_case(name.variable)
        }
    })
}
