//! Everything a manager can order, and what stations say to it.

mod secrecy;
mod success;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::certificate::{
    CertificateHash, CertificateUse, CertificateVerdict, InstalledCertificate, NewCertificate,
    SignedCertificate,
};
use super::charging_profile::{
    ChargingProfile, CompositeSchedule, ProfileClearing, ProfileFilter, RateUnit, ScheduleUpdate,
};
use super::customer::{CustomerQuestion, CustomerVerdict};
use super::der::{DerControl, DerFilter, DerScope};
use super::device::{AttributeKind, Criterion, NetworkProfile, ReportKind, ReportSubject};
use super::display::{DisplayFilter, DisplayMessage, DisplayVerdict};
use super::fact::{Transfer, TransferAnswer};
use super::firmware::{Cause, FirmwarePublication, FirmwareUpdate, FirmwareVerdict, UnpublishVerdict};
use super::identity::{EvseId, Place};
use super::local_list::{HeldList, LocalListUpdate};
use super::logs::{LogOrder, LogVerdict};
use super::monitoring::{
    EventSeverity, MonitorRemoval, MonitorResult, MonitorSetting, MonitoringBase, MonitoringCriterion,
};
use super::reservation::Reserve;
use super::stream::{Stream, StreamPace};
use super::tariff::{InstalledTariff, Tariff, TariffRemoval, TariffWord};
use super::token::IdToken;
use super::transaction::StationTxRef;

/// What a manager orders.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Start a transaction.
    RemoteStart(RemoteStart),
    /// Stop a transaction.
    RemoteStop(StationTxRef),
    /// Send a message now.
    #[allow(missing_docs)]
    Trigger { message: TriggerKind, place: Option<Place> },
    /// Restart.
    #[allow(missing_docs)]
    Reset { kind: ResetKind, evse: Option<EvseId> },
    /// Change whether a place may be used.
    #[allow(missing_docs)]
    SetAvailability { place: Place, availability: Availability },
    /// Unlock a connector.
    Unlock(Place),
    /// Install a charging profile: at the station as a whole, or at an EVSE (K01).
    #[allow(missing_docs)]
    SetChargingProfile { place: Place, profile: Box<ChargingProfile> },
    /// Report the profiles that fit; the reports carry this number (2.x, K09).
    #[allow(missing_docs)]
    GetChargingProfiles { request: i32, place: Option<Place>, filter: ProfileFilter },
    /// Remove profiles (K10).
    ClearChargingProfiles(ProfileClearing),
    /// Tell what all profiles allow together, from now on (K08).
    #[allow(missing_docs)]
    GetCompositeSchedule { place: Place, duration_s: u32, unit: Option<RateUnit> },
    /// New values for a dynamic profile (2.1, K28).
    #[allow(missing_docs)]
    UpdateDynamicSchedule { profile: i32, update: ScheduleUpdate },
    /// Switch priority charging for a transaction (2.1, K21).
    #[allow(missing_docs)]
    UsePriorityCharging { transaction: StationTxRef, activate: bool },
    /// Install the tariff that holds for drivers without their own; `station` means every EVSE (2.1, I07).
    #[allow(missing_docs)]
    SetDefaultTariff { place: Place, tariff: Box<Tariff> },
    /// Tell which tariffs are installed; `station` means every EVSE (2.1, I09).
    #[allow(missing_docs)]
    GetTariffs { place: Place },
    /// Remove tariffs: these, or all when none is named; everywhere when no place is (2.1, I10).
    #[allow(missing_docs)]
    ClearTariffs { ids: Vec<Box<str>>, place: Option<Place> },
    /// Give a running transaction another tariff (2.1, I11).
    #[allow(missing_docs)]
    ChangeTransactionTariff { transaction: StationTxRef, tariff: Box<Tariff> },
    /// Install a setting of grid support (2.1, R04).
    SetDerControl(Box<DerControl>),
    /// Report the settings of grid support that fit; the reports carry this number (2.1, R04).
    #[allow(missing_docs)]
    GetDerControls { request: i32, filter: DerFilter },
    /// Remove settings of grid support: of this scope, and of this kind or name (2.1, R04).
    #[allow(missing_docs)]
    ClearDerControls { scope: DerScope, kind: Option<Box<str>>, id: Option<Box<str>> },
    /// The signal of the grid's frequency restoration (2.1, Q08).
    #[allow(missing_docs)]
    AfrrSignal { at: Timestamp, signal: i32 },
    /// Tell which ways of energy transfer a transaction may use, by their names in 2.1 (Q02).
    #[allow(missing_docs)]
    AllowEnergyTransfer { transaction: StationTxRef, modes: Vec<Box<str>> },
    /// Change how often a stream sends (2.1, N14).
    #[allow(missing_docs)]
    AdjustStream { id: u32, pace: StreamPace },
    /// Tell which streams are open (2.1, N12).
    GetStreams,
    /// Let a driver swap batteries; the station's reports carry this number (2.1, S02).
    #[allow(missing_docs)]
    RequestBatterySwap { request: i32, id_token: IdToken },
    /// A driver begins to pay on the web; after so many seconds nothing is to be expected any more (2.1, C25).
    #[allow(missing_docs)]
    WebPaymentStarted { evse: Option<EvseId>, timeout_s: u32 },
    /// Forget cached authorizations.
    ClearCache,
    /// Replace or change the list of tokens that the station decides on by itself (D01).
    SendLocalList(LocalListUpdate),
    /// Tell which version of that list it has (D02).
    ReadLocalListVersion,
    /// Keep a place free for a driver (H01).
    Reserve(Reserve),
    /// Give a reserved place free again (H02).
    #[allow(missing_docs)]
    CancelReservation { id: i64 },
    /// Tell whether a transaction still runs, and whether reports on it wait to be sent; without a transaction,
    /// whether reports on any wait (2.x, E14).
    #[allow(missing_docs)]
    ReadTransaction { transaction: Option<StationTxRef> },
    /// Tell the values of settings.
    ReadSettings(Scope),
    /// Change settings.
    ChangeSettings(Vec<SettingChange>),
    /// Report settings; the reports carry this number (2.x, B07).
    #[allow(missing_docs)]
    ReportBase { request: i32, kind: ReportKind },
    /// Report settings of components that are in one of these states, and of these alone; whatever is left empty
    /// limits nothing. The reports carry this number (2.x, B08).
    #[allow(missing_docs)]
    Report {
        request: i32,
        #[serde(default)]
        criteria: Vec<Criterion>,
        #[serde(default)]
        settings: Vec<ReportSubject>,
    },
    /// Keep a way to reach a manager (2.x, B09).
    SetNetworkProfile(Box<NetworkProfile>),
    /// Show the driver what a transaction costs so far, with taxes (2.x, I02).
    #[allow(missing_docs)]
    ShowCost { transaction: StationTxRef, total: Decimal },
    /// Fetch firmware and install it.
    UpdateFirmware(FirmwareUpdate),
    /// A local controller: offer firmware in its network (2.x).
    PublishFirmware(FirmwarePublication),
    /// A local controller: offer the file of this MD5 no longer (2.x).
    #[allow(missing_docs)]
    UnpublishFirmware { checksum: Box<str> },
    /// Upload a log.
    GetLog(LogOrder),
    /// Activate a set of monitors that the maker prepared (2.x, N03).
    SetMonitoringBase(MonitoringBase),
    /// Report events that matter at least so much: of this number or a smaller one (2.x, N05).
    SetMonitoringLevel(EventSeverity),
    /// Set monitors on variables (2.x, N04).
    SetVariableMonitoring(Vec<MonitorSetting>),
    /// Remove monitors, by the station's numbers of them (2.x, N06).
    #[allow(missing_docs)]
    ClearVariableMonitoring { ids: Vec<i64> },
    /// Report monitors of these kinds, and on these variables alone; whatever is left empty limits nothing. The
    /// reports carry this number (2.x, N02).
    #[allow(missing_docs)]
    GetMonitoringReport {
        request: i32,
        #[serde(default)]
        criteria: Vec<MonitoringCriterion>,
        #[serde(default)]
        variables: Vec<ReportSubject>,
    },
    /// Show a message on the display (2.x, O01, O02, O06).
    SetDisplayMessage(Box<DisplayMessage>),
    /// Report the messages that are set for the display; the reports carry this number (2.x, O03, O04).
    #[allow(missing_docs)]
    GetDisplayMessages {
        request: i32,
        #[serde(default)]
        filter: DisplayFilter,
    },
    /// Take a message off the display (2.x, O05).
    #[allow(missing_docs)]
    ClearDisplayMessage { id: i64 },
    /// Report what is known about a customer, forget it, or both (2.x, N09, N10).
    CustomerInformation(Box<CustomerQuestion>),
    /// Install a root certificate.
    InstallCertificate(NewCertificate),
    /// Remove a certificate.
    DeleteCertificate(CertificateHash),
    /// Tell which certificates are installed: of these uses, of all when none is named (1.6: exactly one).
    #[allow(missing_docs)]
    ListCertificates { uses: Vec<CertificateUse> },
    /// Use a certificate that was signed for the station.
    CertificateSigned(SignedCertificate),
    /// A vendor's own message.
    Transfer(Transfer),
    /// A legal message that has no counterpart here: its action and its payload as raw JSON.
    #[allow(missing_docs)]
    Unmapped { action: Box<str>, payload: String },
}

/// An order to start a transaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RemoteStart {
    /// Who pays.
    pub id_token: IdToken,
    /// The group that the token belongs to (2.x); 1.6 cannot say it, and the station learns it at the start.
    #[serde(default)]
    pub group: Option<IdToken>,
    /// Where; the station chooses when nothing is said.
    pub evse: Option<EvseId>,
    /// The manager's number of this order, which the transaction will carry (2.x).
    pub remote_start: Option<i64>,
    /// What the transaction may draw: a profile of the purpose `tx` that names none (K05; 3.13 of 1.6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Box<ChargingProfile>>,
}

/// A message that a station can be asked to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum TriggerKind {
    Boot,
    Heartbeat,
    Status,
    Meter,
    /// 2.x: an update of the running transaction.
    Transaction,
    /// How far an update of the firmware is.
    Firmware,
    /// 1.6: how far a signed update of the firmware is; in 2.x the same as `Firmware`.
    SignedFirmware,
    /// How far the upload of a log is.
    Log,
    /// 1.6: how far the upload of diagnostics is.
    Diagnostics,
    /// A request to sign a new certificate of the station.
    StationCertificate,
    /// Any other, by the name that the version has for it, such as `SignV2GCertificate`.
    Other(Box<str>),
    /// 2.1: one of the vendor's own, by the vendor's name of it (`CustomTrigger`).
    Custom(Box<str>),
}

/// How to restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum ResetKind {
    /// Stop transactions first and restart at once (1.6: Hard, 2.x: Immediate).
    Immediate,
    /// 1.6: stop transactions properly, then restart (Soft).
    Graceful,
    /// 2.x: when no transaction runs any more (OnIdle).
    OnIdle,
    /// 2.1: at once, and go on with the transactions afterwards (ImmediateAndResume).
    ImmediateAndResume,
}

/// Whether a place may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Availability {
    Operative,
    Inoperative,
}

/// The address of a setting: a variable of the device model (2.x) or a configuration key (1.6).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// A configuration key of OCPP 1.6.
    Key(Box<str>),
    /// A variable of a component of OCPP 2.x.
    Variable {
        /// The component's name.
        component: Box<str>,
        /// The component's instance.
        component_instance: Option<Box<str>>,
        /// The EVSE or connector that the component belongs to.
        place: Option<Place>,
        /// The variable's name.
        variable: Box<str>,
        /// The variable's instance.
        variable_instance: Option<Box<str>>,
    },
}

/// Which settings to tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All of them (1.6: no key named).
    All,
    /// The actual values of these.
    These(Vec<Setting>),
    /// These values of these (2.x; in 1.6 every value is an actual one).
    Attributes(Vec<SettingAttribute>),
}

/// One of the values of a setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingAttribute {
    /// Which setting.
    pub setting: Setting,
    /// Which of its values.
    #[serde(default = "AttributeKind::actual")]
    pub attribute: AttributeKind,
}

/// A new value for a setting.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingChange {
    /// Which setting.
    pub setting: Setting,
    /// Which of its values (2.x).
    #[serde(default = "AttributeKind::actual", skip_serializing_if = "AttributeKind::is_actual")]
    pub attribute: AttributeKind,
    /// Its new value, at most 2,500 characters (2.0.1: 1,000; 1.6: 500).
    pub value: Box<str>,
}

impl SettingChange {
    /// A new actual value for a setting.
    #[must_use]
    pub fn new(setting: Setting, value: impl Into<Box<str>>) -> SettingChange {
        SettingChange { setting, attribute: AttributeKind::Actual, value: value.into() }
    }
}

/// What a station says to an order that it can only take or refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Verdict {
    Accepted,
    Rejected,
    /// It will be done when a running transaction ends.
    Scheduled,
    /// The station cannot do this.
    NotSupported,
    /// There is nothing on the station that fits: no profile, tariff or setting.
    NothingFits,
    /// 2.x: the setting or place is not known.
    Unknown,
    /// It takes effect after a restart.
    RebootRequired,
    /// It was tried and did not work: an unlock that did not open the lock, a list that could not be kept.
    Failed,
    /// The place is in use: an unlock or a reservation comes too late.
    Occupied,
    /// The place has a fault.
    Faulted,
    /// The place is out of use.
    Unavailable,
    /// The changes do not fit the list that the station has: it needs the whole list.
    VersionMismatch,
}

/// What became of one setting.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingResult {
    /// Which setting.
    pub setting: Setting,
    /// Which of its values (2.x).
    #[serde(default = "AttributeKind::actual", skip_serializing_if = "AttributeKind::is_actual")]
    pub attribute: AttributeKind,
    /// Whether it was read or changed.
    pub verdict: Verdict,
    /// Its value, when it was read and has one.
    pub value: Option<Box<str>>,
    /// Whether it can only be read (1.6).
    pub read_only: Option<bool>,
    /// Why, as far as the station says (2.x).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
}

impl SettingResult {
    /// What became of the actual value of a setting.
    #[must_use]
    pub fn new(setting: Setting, verdict: Verdict, value: Option<Box<str>>) -> SettingResult {
        let attribute = AttributeKind::Actual;
        SettingResult { setting, attribute, verdict, value, read_only: None, cause: None }
    }
}

/// What a station says to a [`Command`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Taken or refused.
    Verdict(Verdict),
    /// To a remote start: with the transaction, if one was running already (2.x).
    #[allow(missing_docs)]
    RemoteStart { verdict: Verdict, transaction: Option<StationTxRef> },
    /// To the question for the version of the local list.
    LocalList(HeldList),
    /// To the question for a transaction: whether it runs, where it was named, and whether reports wait.
    #[allow(missing_docs)]
    Transaction { ongoing: Option<bool>, reports_wait: bool },
    /// To reading or changing settings, one for each.
    Settings(Vec<SettingResult>),
    /// To an update of firmware.
    #[allow(missing_docs)]
    Firmware { verdict: FirmwareVerdict, cause: Option<Cause> },
    /// To offering firmware no longer.
    Unpublish(UnpublishVerdict),
    /// To uploading a log: with the name of the file, where there is one.
    #[allow(missing_docs)]
    Log { verdict: LogVerdict, file: Option<Box<str>>, cause: Option<Cause> },
    /// To setting monitors, one for each.
    Monitors(Vec<MonitorResult>),
    /// To removing monitors, one for each.
    MonitorsCleared(Vec<MonitorRemoval>),
    /// To a message for the display.
    #[allow(missing_docs)]
    Display { verdict: DisplayVerdict, cause: Option<Cause> },
    /// To an order about a customer.
    #[allow(missing_docs)]
    CustomerInformation { verdict: CustomerVerdict, cause: Option<Cause> },
    /// To installing or removing a certificate, and to one that was signed.
    #[allow(missing_docs)]
    Certificate { verdict: CertificateVerdict, cause: Option<Cause> },
    /// To listing certificates; none when there is none of these uses.
    Certificates(Vec<InstalledCertificate>),
    /// To asking what all profiles allow together.
    #[allow(missing_docs)]
    CompositeSchedule { verdict: Verdict, schedule: Option<Box<CompositeSchedule>> },
    /// To a tariff that was to hold.
    Tariff(TariffWord),
    /// To asking which tariffs are installed.
    #[allow(missing_docs)]
    Tariffs { verdict: Verdict, tariffs: Vec<InstalledTariff> },
    /// To removing tariffs, one for each.
    TariffsCleared(Vec<TariffRemoval>),
    /// To a setting of grid support: with the names of those whose place it takes.
    #[allow(missing_docs)]
    DerControl { verdict: Verdict, superseded: Vec<Box<str>> },
    /// To asking which streams are open.
    Streams(Vec<Stream>),
    /// To a vendor's own message.
    Transfer(TransferAnswer),
    /// To [`Command::Unmapped`]: the payload of the answer as raw JSON.
    Raw(String),
}
