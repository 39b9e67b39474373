//! Which settings of two versions mean the same, and how a value of one is written in the other.

use std::borrow::Cow;

use ocpp_core::model::{AttributeKind, Place, Setting, SettingChange};
use ocpp_core::types::Version;

use super::judge::{Flaw, items};
use super::{Catalogue, DataType, name, station_variable};

/// How a value of 1.6 becomes one of 2.x and comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// The same type in both: written plainly, then held against the other version's entry.
    Plain,
    /// 1.6 says `Current` and `Power`, 2.x `A` and `W`.
    RateUnits,
    /// 1.6 has the bytes of the password as hexadecimal digits, 2.x the password.
    Password,
}

/// A configuration key of 1.6 and the variable of 2.x that means the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The key.
    pub key: &'static str,
    /// The component of the variable.
    pub component: &'static str,
    /// The variable.
    pub variable: &'static str,
    /// The variable's instance.
    pub instance: Option<&'static str>,
    form: Form,
}

impl Pair {
    /// What is done with the value, in a few words; nothing if it is written the same in both.
    #[must_use]
    pub const fn conversion(&self) -> &'static str {
        match self.form {
            Form::Plain => "",
            Form::RateUnits => "Current = A, Power = W",
            Form::Password => "hexadecimal digits of the password's bytes",
        }
    }
}

const fn pair(key: &'static str, component: &'static str, variable: &'static str) -> Pair {
    Pair { key, component, variable, instance: None, form: Form::Plain }
}

const fn of_instance(key: &'static str, component: &'static str, at: (&'static str, &'static str)) -> Pair {
    Pair { key, component, variable: at.0, instance: Some(at.1), form: Form::Plain }
}

const PAIRS: &[Pair] = &[
    pair("AdditionalRootCertificateCheck", "SecurityCtrlr", "AdditionalRootCertificateCheck"),
    pair("AllowOfflineTxForUnknownId", "AuthCtrlr", "OfflineTxForUnknownIdEnabled"),
    pair("AuthorizationCacheEnabled", "AuthCacheCtrlr", "Enabled"),
    Pair { form: Form::Password, ..pair("AuthorizationKey", "SecurityCtrlr", "BasicAuthPassword") },
    pair("AuthorizeRemoteTxRequests", "AuthCtrlr", "AuthorizeRemoteStart"),
    pair("CentralContractValidationAllowed", "ISO15118Ctrlr", "CentralContractValidationAllowed"),
    pair("CertSigningRepeatTimes", "SecurityCtrlr", "CertSigningRepeatTimes"),
    pair("CertSigningWaitMinimum", "SecurityCtrlr", "CertSigningWaitMinimum"),
    pair("CertificateSignedMaxChainSize", "SecurityCtrlr", "MaxCertificateChainSize"),
    pair("ChargeProfileMaxStackLevel", "SmartChargingCtrlr", "ProfileStackLevel"),
    Pair {
        form: Form::RateUnits,
        ..pair("ChargingScheduleAllowedChargingRateUnit", "SmartChargingCtrlr", "RateUnit")
    },
    pair("ChargingScheduleMaxPeriods", "SmartChargingCtrlr", "PeriodsPerSchedule"),
    pair("ClockAlignedDataInterval", "AlignedDataCtrlr", "Interval"),
    pair("ConnectionTimeOut", "TxCtrlr", "EVConnectionTimeOut"),
    pair("ConnectorSwitch3to1PhaseSupported", "SmartChargingCtrlr", "Phases3to1"),
    pair("ContractValidationOffline", "ISO15118Ctrlr", "ContractValidationOffline"),
    pair("CpoName", "SecurityCtrlr", "OrganizationName"),
    of_instance("GetConfigurationMaxKeys", "DeviceDataCtrlr", ("ItemsPerMessage", "GetVariables")),
    pair("HeartbeatInterval", "OCPPCommCtrlr", "HeartbeatInterval"),
    pair("ISO15118PnCEnabled", "ISO15118Ctrlr", "PnCEnabled"),
    pair("LocalAuthListEnabled", "LocalAuthListCtrlr", "Enabled"),
    pair("LocalAuthorizeOffline", "AuthCtrlr", "LocalAuthorizeOffline"),
    pair("LocalPreAuthorize", "AuthCtrlr", "LocalPreAuthorize"),
    pair("MaxEnergyOnInvalidId", "TxCtrlr", "MaxEnergyOnInvalidId"),
    of_instance("MessageTimeout", "OCPPCommCtrlr", ("MessageTimeout", "Default")),
    pair("MeterValueSampleInterval", "SampledDataCtrlr", "TxUpdatedInterval"),
    pair("MeterValuesAlignedData", "AlignedDataCtrlr", "Measurands"),
    pair("MeterValuesSampledData", "SampledDataCtrlr", "TxUpdatedMeasurands"),
    pair("ReserveConnectorZeroSupported", "ReservationCtrlr", "NonEvseSpecific"),
    pair("ResetRetries", "OCPPCommCtrlr", "ResetRetries"),
    pair("SecurityProfile", "SecurityCtrlr", "SecurityProfile"),
    pair("SendLocalListMaxLength", "LocalAuthListCtrlr", "ItemsPerMessage"),
    pair("StopTransactionOnEVSideDisconnect", "TxCtrlr", "StopTxOnEVSideDisconnect"),
    pair("StopTransactionOnInvalidId", "TxCtrlr", "StopTxOnInvalidId"),
    pair("StopTxnAlignedData", "AlignedDataCtrlr", "TxEndedMeasurands"),
    pair("StopTxnSampledData", "SampledDataCtrlr", "TxEndedMeasurands"),
    pair("SupportedFileTransferProtocols", "OCPPCommCtrlr", "FileTransferProtocols"),
    of_instance("TransactionMessageAttempts", "OCPPCommCtrlr", ("MessageAttempts", "TransactionEvent")),
    of_instance(
        "TransactionMessageRetryInterval",
        "OCPPCommCtrlr",
        ("MessageAttemptInterval", "TransactionEvent"),
    ),
    pair("UnlockConnectorOnEVSideDisconnect", "OCPPCommCtrlr", "UnlockOnEVSideDisconnect"),
    pair("WebSocketPingInterval", "OCPPCommCtrlr", "WebSocketPingInterval"),
];

const LENGTH_OF_A_LIST: &str = "2.x limits the list by maxLimit of the list's own variable";
const ROOM: &str = "2.x tells it as maxLimit of the variable that counts the entries";

/// The keys of 1.6 that have no variable of the same meaning, and why.
const ALONE: &[(&str, &str)] = &[
    ("BlinkRepeat", "2.x has no variable for it"),
    ("CertificateStoreMaxLength", ROOM),
    ("ConnectorPhaseRotation", "2.x has a variable PhaseRotation at each connector"),
    ("ConnectorPhaseRotationMaxLength", LENGTH_OF_A_LIST),
    ("LightIntensity", "2.x has no variable for it"),
    ("LocalAuthListMaxLength", ROOM),
    ("MaxChargingProfilesInstalled", ROOM),
    ("MeterValuesAlignedDataMaxLength", LENGTH_OF_A_LIST),
    ("MeterValuesSampledDataMaxLength", LENGTH_OF_A_LIST),
    ("MinimumStatusDuration", "2.x leaves it to the maker which component has it"),
    ("NumberOfConnectors", "2.x reports every connector as a component"),
    ("StopTransactionMaxMeterValues", "2.x has no variable for it"),
    ("StopTxnAlignedDataMaxLength", LENGTH_OF_A_LIST),
    ("StopTxnSampledDataMaxLength", LENGTH_OF_A_LIST),
    ("SupportedFeatureProfiles", "2.x has a variable Available at the controller of each block"),
    ("SupportedFeatureProfilesMaxLength", LENGTH_OF_A_LIST),
];

/// The keys of 1.6 and the variables of 2.x that mean the same, by key.
#[must_use]
pub fn pairs() -> &'static [Pair] {
    PAIRS
}

/// The keys of 1.6 that nothing in 2.x is the same as, and why.
#[must_use]
pub fn no_counterpart() -> &'static [(&'static str, &'static str)] {
    ALONE
}

/// Why a setting or its value cannot be said in another version. It never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoCounterpart {
    /// Nothing there means the same.
    #[error("{} has no counterpart in OCPP {version}: {why}", name(setting))]
    #[allow(missing_docs)]
    Setting { setting: Setting, version: Version, why: &'static str },
    /// The setting is known there, but not with this value.
    #[error("the value of {} cannot be said in OCPP {version}: {flaw}", name(setting))]
    #[allow(missing_docs)]
    Value { setting: Setting, version: Version, flaw: Flaw },
    /// The password cannot be written as that version wants it.
    #[error("the password of {} cannot be said in OCPP {version}: {why}", name(setting))]
    #[allow(missing_docs)]
    Password { setting: Setting, version: Version, why: &'static str },
    /// It can only be read there.
    #[error("{} can only be read in OCPP {version}", name(setting))]
    #[allow(missing_docs)]
    ReadOnly { setting: Setting, version: Version },
}

/// The setting of another version that means the same; the setting itself if that version has it.
///
/// Keys of 1.6 belong to the station as a whole: a variable of one EVSE has no key. What the standard does not
/// know has no counterpart, but for a key in 1.6 itself.
#[must_use]
pub fn same_as(setting: &Setting, version: Version) -> Option<Setting> {
    counterpart(setting, version).ok().map(|(setting, _)| setting.into_owned())
}

/// An order to change a setting, in the words of another version.
///
/// # Errors
/// [`NoCounterpart`] says what cannot be said there.
pub fn translate(change: &SettingChange, version: Version) -> Result<SettingChange, NoCounterpart> {
    let (setting, form) = counterpart(&change.setting, version)?;
    if version == Version::V16 && change.attribute != AttributeKind::Actual {
        let why = "a key has an actual value alone";
        return Err(NoCounterpart::Setting { setting: change.setting.clone(), version, why });
    }
    let Some(form) = form else {
        return checked(change, setting.into_owned(), change.value.clone(), version);
    };
    let value = match form {
        Form::Plain => plain(&change.value, &setting, version),
        Form::RateUnits => rate_units(&change.value, version),
        Form::Password => password(&change.value, version).map_err(|why| NoCounterpart::Password {
            setting: change.setting.clone(),
            version,
            why,
        })?,
    };
    checked(change, setting.into_owned(), value.into_boxed_str(), version)
}

/// The setting there, and how values are converted if the two versions write differently.
fn counterpart(setting: &Setting, to: Version) -> Result<(Cow<'_, Setting>, Option<Form>), NoCounterpart> {
    let none = |why| NoCounterpart::Setting { setting: setting.clone(), version: to, why };
    match (setting, to) {
        (Setting::Key(_), Version::V16) => Ok((Cow::Borrowed(setting), None)),
        (Setting::Key(key), _) => {
            let Some(pair) = PAIRS.iter().find(|pair| pair.key.eq_ignore_ascii_case(key)) else {
                let alone = ALONE.iter().find(|(alone, _)| alone.eq_ignore_ascii_case(key));
                return Err(none(alone.map_or("it is a vendor's own key", |(_, why)| why)));
            };
            let there = station_variable(pair.component, pair.variable, pair.instance);
            Ok((Cow::Owned(there), Some(pair.form)))
        }
        (Setting::Variable { component_instance, place, .. }, Version::V16) => {
            if component_instance.is_some() || place.is_some_and(|place| place != Place::Station) {
                return Err(none("keys of 1.6 are those of the whole station"));
            }
            let pair = PAIRS.iter().find(|pair| pair.is(setting));
            let pair = pair.ok_or_else(|| none("1.6 has no key for it"))?;
            Ok((Cow::Owned(Setting::Key(pair.key.into())), Some(pair.form)))
        }
        (Setting::Variable { .. }, _) => match Catalogue::of(to).find_exactly(setting) {
            Some(_) => Ok((Cow::Borrowed(setting), None)),
            None => Err(none("that version has no such variable")),
        },
    }
}

impl Pair {
    fn is(&self, setting: &Setting) -> bool {
        let Setting::Variable { component, variable, variable_instance, .. } = setting else { return false };
        let same_instance = match (self.instance, variable_instance.as_deref()) {
            (None, None) => true,
            (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
            _ => false,
        };
        same_instance
            && component.eq_ignore_ascii_case(self.component)
            && variable.eq_ignore_ascii_case(self.variable)
    }
}

/// Holds a value against what the other version knows of its setting. Secrets have limits alone, so that no flaw of
/// theirs shows them.
fn checked(
    change: &SettingChange,
    setting: Setting,
    value: Box<str>,
    version: Version,
) -> Result<SettingChange, NoCounterpart> {
    let entry = Catalogue::of(version).find(&setting);
    match entry.and_then(|entry| entry.flaw_of(&value)) {
        Some(flaw) => Err(NoCounterpart::Value { setting: change.setting.clone(), version, flaw }),
        None => Ok(SettingChange { setting, attribute: change.attribute, value }),
    }
}

/// The value as it is written by the book: truth in lower case, lists without blanks and in the spelling of the
/// standard.
fn plain(value: &str, setting: &Setting, version: Version) -> String {
    let Some(entry) = Catalogue::of(version).find(setting) else { return value.to_owned() };
    match entry.data_type {
        DataType::Boolean => value.trim().to_ascii_lowercase(),
        DataType::Integer => value.trim().parse::<i64>().map_or_else(|_| value.to_owned(), |n| n.to_string()),
        form if form.is_list() => {
            let spelt = |item| {
                let known = entry.values.iter().find(|known| known.eq_ignore_ascii_case(item));
                known.map_or(item, |known| known)
            };
            items(value).map(spelt).collect::<Vec<_>>().join(",")
        }
        _ => value.to_owned(),
    }
}

fn rate_units(value: &str, to: Version) -> String {
    const NAMES: [(&str, &str); 2] = [("Current", "A"), ("Power", "W")];
    let there = |item: &str| match to {
        Version::V16 => NAMES.iter().find(|(_, unit)| unit.eq_ignore_ascii_case(item)).map(|(name, _)| *name),
        _ => NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(item)).map(|(_, unit)| *unit),
    };
    items(value).map(|item| there(item).unwrap_or(item)).collect::<Vec<_>>().join(",")
}

/// A00.FR.205 (1.6): at most 20 bytes as hexadecimal digits, at least 16; A00.FR.204 (2.x): at least 16 characters.
fn password(value: &str, to: Version) -> Result<String, &'static str> {
    if to == Version::V16 {
        return match value.len() {
            0..16 => Err("it has less than 16 characters"),
            16..=20 => Ok(value.bytes().map(|byte| format!("{byte:02x}")).collect()),
            _ => Err("it is longer than the 20 bytes that a key of 1.6 can hold"),
        };
    }
    let bytes = from_hex(value).ok_or("it is not written as hexadecimal digits")?;
    let text = String::from_utf8(bytes).map_err(|_| "its bytes are no text")?;
    if text.chars().any(char::is_control) {
        return Err("its bytes are no text");
    }
    match text.chars().count() {
        0..16 => Err("it has less than 16 characters"),
        16..=40 => Ok(text),
        _ => Err("it has more than 40 characters"),
    }
}

fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, []) = digits.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect()
}
