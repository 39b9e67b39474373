//! What happened, in words that belong to no single version of OCPP.
//!
//! A station's message becomes a [`Fact`], the manager's reply an [`Answer`]; an order of the manager is a
//! [`Command`], what the station says to it an [`Outcome`]. The same types serve both ends: `dialect` turns
//! them into the messages of a version and back. What a version can say and these types cannot is carried
//! as [`Fact::Unmapped`] and [`Command::Unmapped`], never dropped.
//!
//! | file | holds |
//! | --- | --- |
//! | `identity` | stations, places on them, session keys |
//! | `quantity` | energy, power, percentages |
//! | `token` | what a driver presents, and what the manager thinks of it |
//! | `reading` | meter values |
//! | `status` | the state of a port |
//! | `transaction` | the course of a charging session |
//! | `local_list` | the tokens that a station decides on by itself |
//! | `reservation` | keeping a place free |
//! | `device` | what a station reports of its settings, and how it is to reach the manager |
//! | `firmware` | firmware to fetch and install, and how far it is |
//! | `logs` | logs to upload, and how far that is |
//! | `monitoring` | monitors on variables, and the events that they report |
//! | `display` | messages on displays |
//! | `customer` | what a station keeps about a customer |
//! | `security` | what matters for a station's security |
//! | `certificate` | certificates of stations, roots and vehicles |
//! | `charging_profile` | what may flow when |
//! | `tariff` | prices in the structure of 2.1, and tariffs on stations |
//! | `der` | grid support |
//! | `stream` | values of monitors that are sent on and on |
//! | `battery` | batteries that are swapped |
//! | `settlement` | payments that a station's terminal settled |
//! | `fact` | everything a station can report, and the answers |
//! | `command` | everything a manager can order, and the outcomes |

mod battery;
mod certificate;
mod charging_profile;
mod command;
mod customer;
mod der;
mod device;
mod display;
mod fact;
mod firmware;
mod identity;
mod local_list;
mod logs;
mod money;
mod monitoring;
mod name;
mod quantity;
mod reading;
mod reservation;
mod security;
mod settlement;
mod status;
mod stream;
pub mod tariff;
mod token;
mod transaction;

pub use battery::{Battery, BatterySwap, SwapStep};
pub use certificate::{
    CertificateHash, CertificateUse, CertificateVerdict, Contract, ContractVerdict, EvCertificate,
    EvCertificateAction, EvCertificateRequest, HashAlgorithm, InstalledCertificate, NewCertificate,
    OcspAnswer, OcspQuestion, Revocation, RevocationQuestion, RevocationSource, RevocationStatus,
    SignedCertificate, SigningRequest, SigningUse,
};
pub use charging_profile::{
    ChargingLimit, ChargingNeeds, ChargingProfile, ChargingSchedule, CompositeSchedule, EvSchedule, FreqWatt,
    LimitAtSoc, NeedsWord, PeriodExtras, ProfileClearing, ProfileExtras, ProfileFilter, ProfileKind,
    ProfilePurpose, ProfileReport, RateUnit, Rates, Recurrency, ScheduleExtras, SchedulePeriod,
    ScheduleUpdate, SignalWatt,
};
pub use command::{
    Availability, Command, Outcome, RemoteStart, ResetKind, Scope, Setting, SettingAttribute, SettingChange,
    SettingResult, TriggerKind, Verdict,
};
pub use customer::{CustomerPiece, CustomerQuestion, CustomerReference, CustomerVerdict};
pub use der::{DerAlarm, DerControl, DerFilter, DerReport, DerScope, DerSetting, DerStartStop};
pub use device::{
    AccessPoint, AttributeKind, Characteristics, Criterion, DeviceReport, Mutability, NetworkProfile,
    PrivateNetwork, ReportKind, ReportSubject, ReportedAttribute, ReportedSetting,
};
pub use display::{
    DisplayFilter, DisplayMessage, DisplayPart, DisplayPriority, DisplayReport, DisplayState, DisplayText,
    DisplayVerdict, TextFormat,
};
pub use fact::{
    Answer, Boot, BootReason, Fact, MeterReport, NO_TIME, Registration, Transfer, TransferAnswer,
    TransferStatus,
};
pub use firmware::{
    Cause, FirmwareProgress, FirmwarePublication, FirmwareSignature, FirmwareStage, FirmwareUpdate,
    FirmwareVerdict, PublicationProgress, PublicationStage, UnpublishVerdict,
};
pub use identity::{ConnectorId, EvseId, InvalidStationId, Place, SessionKey, StationId};
pub use local_list::{HeldList, ListUpdateKind, LocalListEntry, LocalListUpdate};
pub use logs::{LogKind, LogOrder, LogProgress, LogStage, LogVerdict};
pub use money::{Currency, Money, MoneyError, UnknownCurrency};
pub use monitoring::{
    EventReport, EventSeverity, EventTrigger, InstalledMonitor, MonitorEvent, MonitorKind, MonitorOrigin,
    MonitorRemoval, MonitorRemovalVerdict, MonitorResult, MonitorSetting, MonitorVerdict, MonitoringBase,
    MonitoringCriterion, MonitoringReport, NoSeverity,
};
pub use quantity::{Percent, Watts, Wh};
pub use reading::{Location, Measurand, Phase, Reading, ReadingContext, Sample, SampleValue};
pub use reservation::{ReservationEnding, Reserve};
pub use security::{SecurityEvent, SecurityEventKind, Severity};
pub use settlement::{Company, Settlement, SettlementStatus, VatAnswer, VatQuestion};
pub use status::{PortFault, PortStatus, StatusReport};
pub use stream::{Stream, StreamPace, StreamValue, StreamValues};
pub use token::{Authorization, AuthorizationStatus, IdToken, TokenKind};
pub use transaction::{
    ChargingState, ClockOf, Connectivity, Order, Pricing, StationTxRef, Step, StopReason, TransactionFact,
    Trigger,
};
