//! The settings that a manager can read and change, by their names in 1.6 and in 2.x.

use std::time::Duration;

use ocpp_core::model::{AttributeKind, Setting, SettingChange, SettingResult, Verdict};

use Access::{ReadOnly, ReadWrite};

/// What can be set.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) heartbeat_interval: Duration,
    pub(super) meter_interval: Duration,
    /// How long a driver who may charge has to plug in.
    pub(super) connection_timeout: Duration,
    /// Whether the local list counts.
    pub(super) local_list: bool,
    /// The most tokens that the local list holds.
    pub(super) list_max_entries: usize,
    /// The most tokens in one update of it.
    pub(super) list_items_per_message: usize,
    /// Whether what the manager said of tokens is remembered.
    pub(super) cache: bool,
    /// Whether a token that is known is accepted without asking while connected.
    pub(super) local_pre_authorize: bool,
    /// Whether a token that is known is accepted while not connected.
    pub(super) local_authorize_offline: bool,
    /// Whether a token that nobody knows is accepted while not connected.
    pub(super) offline_unknown: bool,
    /// Whether the token of a remote start is authorized first.
    pub(super) authorize_remote_start: bool,
    /// Whether places can be reserved.
    pub(super) reservations: bool,
    /// Whether a place can be reserved without saying which.
    pub(super) reserve_unspecified: bool,
}

/// A setting's names: the key of 1.6, the component and variable of 2.x, and whether it can only be read.
struct Name {
    key: &'static str,
    component: &'static str,
    variable: &'static str,
    access: Access,
    field: Field,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    ReadOnly,
    ReadWrite,
}

#[derive(Clone, Copy)]
enum Field {
    HeartbeatInterval,
    MeterInterval,
    ConnectionTimeout,
    LocalList,
    ListMaxEntries,
    ListItemsPerMessage,
    Cache,
    LocalPreAuthorize,
    LocalAuthorizeOffline,
    OfflineUnknown,
    AuthorizeRemoteStart,
    ReserveUnspecified,
    /// What has nothing in common but its place in the list.
    Connectors,
    Profiles,
}

/// The settings.
#[rustfmt::skip]
const NAMES: [Name; 14] = [
    Name { key: "HeartbeatInterval", component: "OCPPCommCtrlr", variable: "HeartbeatInterval", access: ReadWrite, field: Field::HeartbeatInterval },
    Name { key: "MeterValueSampleInterval", component: "SampledDataCtrlr", variable: "TxUpdatedInterval", access: ReadWrite, field: Field::MeterInterval },
    Name { key: "ConnectionTimeOut", component: "TxCtrlr", variable: "EVConnectionTimeOut", access: ReadWrite, field: Field::ConnectionTimeout },
    Name { key: "LocalAuthListEnabled", component: "LocalAuthListCtrlr", variable: "Enabled", access: ReadWrite, field: Field::LocalList },
    Name { key: "LocalAuthListMaxLength", component: "LocalAuthListCtrlr", variable: "Entries", access: ReadOnly, field: Field::ListMaxEntries },
    Name { key: "SendLocalListMaxLength", component: "LocalAuthListCtrlr", variable: "ItemsPerMessage", access: ReadOnly, field: Field::ListItemsPerMessage },
    Name { key: "AuthorizationCacheEnabled", component: "AuthCacheCtrlr", variable: "Enabled", access: ReadWrite, field: Field::Cache },
    Name { key: "LocalPreAuthorize", component: "AuthCtrlr", variable: "LocalPreAuthorize", access: ReadWrite, field: Field::LocalPreAuthorize },
    Name { key: "LocalAuthorizeOffline", component: "AuthCtrlr", variable: "LocalAuthorizeOffline", access: ReadWrite, field: Field::LocalAuthorizeOffline },
    Name { key: "AllowOfflineTxForUnknownId", component: "AuthCtrlr", variable: "OfflineTxForUnknownIdEnabled", access: ReadWrite, field: Field::OfflineUnknown },
    Name { key: "AuthorizeRemoteTxRequests", component: "AuthCtrlr", variable: "AuthorizeRemoteStart", access: ReadWrite, field: Field::AuthorizeRemoteStart },
    Name { key: "ReserveConnectorZeroSupported", component: "ReservationCtrlr", variable: "NonEvseSpecific", access: ReadOnly, field: Field::ReserveUnspecified },
    Name { key: "NumberOfConnectors", component: "ChargingStation", variable: "SupplyPhases", access: ReadOnly, field: Field::Connectors },
    Name { key: "SupportedFeatureProfiles", component: "ReservationCtrlr", variable: "Enabled", access: ReadOnly, field: Field::Profiles },
];

/// What the station can do in 1.6.
const PROFILES: &str = "Core,LocalAuthListManagement,Reservation,RemoteTrigger";

impl Settings {
    pub(super) fn new(meter_interval: Duration, connection_timeout: Duration) -> Settings {
        Settings {
            heartbeat_interval: Duration::from_secs(300),
            meter_interval,
            connection_timeout,
            local_list: true,
            list_max_entries: 1000,
            list_items_per_message: 100,
            cache: true,
            local_pre_authorize: false,
            local_authorize_offline: true,
            offline_unknown: false,
            authorize_remote_start: false,
            reservations: true,
            reserve_unspecified: true,
        }
    }

    pub(super) fn all(&self, evses: u32) -> Vec<SettingResult> {
        NAMES.iter().map(|name| self.read(&Setting::Key(name.key.into()), evses)).collect()
    }

    pub(super) fn read(&self, setting: &Setting, evses: u32) -> SettingResult {
        let result = |verdict, value: Option<String>, read_only| SettingResult {
            read_only,
            ..SettingResult::new(setting.clone(), verdict, value.map(String::into_boxed_str))
        };
        let Some(name) = named(setting) else { return result(Verdict::Unknown, None, None) };
        let is_key = matches!(setting, Setting::Key(_));
        let value = match name.field {
            Field::HeartbeatInterval => self.heartbeat_interval.as_secs().to_string(),
            Field::MeterInterval => self.meter_interval.as_secs().to_string(),
            Field::ConnectionTimeout => self.connection_timeout.as_secs().to_string(),
            Field::LocalList => self.local_list.to_string(),
            Field::ListMaxEntries => self.list_max_entries.to_string(),
            Field::ListItemsPerMessage => self.list_items_per_message.to_string(),
            Field::Cache => self.cache.to_string(),
            Field::LocalPreAuthorize => self.local_pre_authorize.to_string(),
            Field::LocalAuthorizeOffline => self.local_authorize_offline.to_string(),
            Field::OfflineUnknown => self.offline_unknown.to_string(),
            Field::AuthorizeRemoteStart => self.authorize_remote_start.to_string(),
            Field::ReserveUnspecified => self.reserve_unspecified.to_string(),
            Field::Connectors if is_key => evses.to_string(),
            Field::Connectors => "3".to_owned(),
            Field::Profiles if is_key => PROFILES.to_owned(),
            Field::Profiles => self.reservations.to_string(),
        };
        result(Verdict::Accepted, Some(value), Some(name.access == ReadOnly))
    }

    pub(super) fn change(&mut self, change: &SettingChange) -> SettingResult {
        let verdict = match named(&change.setting) {
            _ if change.attribute != AttributeKind::Actual => Verdict::NotSupported,
            None => Verdict::Unknown,
            Some(name) if name.access == ReadOnly => Verdict::Rejected,
            Some(name) => {
                if self.set(name.field, &change.value).is_some() {
                    Verdict::Accepted
                } else {
                    Verdict::Rejected
                }
            }
        };
        let attribute = change.attribute;
        SettingResult { attribute, ..SettingResult::new(change.setting.clone(), verdict, None) }
    }

    /// Takes a value over; `None` when it is no value of the setting.
    fn set(&mut self, field: Field, value: &str) -> Option<()> {
        let seconds = || value.parse().ok().filter(|s| (1..=86_400).contains(s)).map(Duration::from_secs);
        let flag = || value.to_ascii_lowercase().parse().ok();
        match field {
            Field::HeartbeatInterval => self.heartbeat_interval = seconds()?,
            Field::MeterInterval => self.meter_interval = seconds()?,
            Field::ConnectionTimeout => self.connection_timeout = seconds()?,
            Field::LocalList => self.local_list = flag()?,
            Field::Cache => self.cache = flag()?,
            Field::LocalPreAuthorize => self.local_pre_authorize = flag()?,
            Field::LocalAuthorizeOffline => self.local_authorize_offline = flag()?,
            Field::OfflineUnknown => self.offline_unknown = flag()?,
            Field::AuthorizeRemoteStart => self.authorize_remote_start = flag()?,
            Field::ListMaxEntries
            | Field::ListItemsPerMessage
            | Field::ReserveUnspecified
            | Field::Connectors
            | Field::Profiles => return None,
        }
        Some(())
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
