//! Everything a station can report, and the manager's answers.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::battery::BatterySwap;
use super::certificate::{
    Contract, ContractVerdict, EvCertificate, EvCertificateRequest, OcspAnswer, OcspQuestion, Revocation,
    RevocationQuestion, SigningRequest,
};
use super::charging_profile::{
    ChargingLimit, ChargingNeeds, EvSchedule, NeedsWord, ProfileReport, ScheduleUpdate,
};
use super::command::Verdict;
use super::customer::CustomerPiece;
use super::der::{DerAlarm, DerReport, DerStartStop};
use super::device::DeviceReport;
use super::display::DisplayReport;
use super::firmware::{Cause, FirmwareProgress, PublicationProgress};
use super::identity::Place;
use super::logs::LogProgress;
use super::monitoring::{EventReport, MonitoringReport};
use super::name::open_name;
use super::reading::Reading;
use super::reservation::ReservationEnding;
use super::security::SecurityEvent;
use super::settlement::{Settlement, VatAnswer, VatQuestion};
use super::status::StatusReport;
use super::stream::{Stream, StreamValues};
use super::token::{Authorization, IdToken};
use super::transaction::{ClockOf, StationTxRef, TransactionFact};

/// What a station reports.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// It started and asks whether it may work.
    Boot(Boot),
    /// It lives.
    Heartbeat,
    /// The state of a place on it.
    Status(StatusReport),
    /// A driver asks to charge.
    Authorize(IdToken),
    /// A driver asks to charge by the contract of the vehicle (2.x, C07).
    #[allow(missing_docs)]
    AuthorizeContract { id_token: IdToken, contract: Box<Contract> },
    /// Part of a transaction.
    Transaction(Box<TransactionFact>),
    /// Meter values that are not part of a transaction's own report.
    Meter(MeterReport),
    /// A reservation ended without being used (2.x, H04).
    #[allow(missing_docs)]
    ReservationEnded { id: i64, how: ReservationEnding },
    /// A part of a report on its settings (2.x, B07, B08).
    Report(DeviceReport),
    /// How far it is with its firmware.
    Firmware(FirmwareProgress),
    /// How far a local controller is with offering firmware.
    Publication(PublicationProgress),
    /// How far it is with uploading a log.
    Log(LogProgress),
    /// A part of a report on monitors (2.x, N02).
    MonitoringReport(MonitoringReport),
    /// Events that it noticed (2.x, N07, N08).
    Events(EventReport),
    /// Messages that are set for its display (2.x, O03, O04).
    DisplayMessages(DisplayReport),
    /// A part of what it knows about a customer (2.x, N09, N10).
    CustomerInformation(CustomerPiece),
    /// Something happened that matters for security.
    Security(SecurityEvent),
    /// It wants a certificate of its own signed.
    SignCertificate(SigningRequest),
    /// A vehicle wants its contract certificate.
    EvCertificate(EvCertificateRequest),
    /// It asks what an OCSP responder says of a certificate.
    OcspStatus(OcspQuestion),
    /// It asks whether certificates were revoked (2.1), one to four.
    Revocation(Vec<RevocationQuestion>),
    /// A part of the report on charging profiles (2.x, K09).
    ChargingProfiles(ProfileReport),
    /// An outside system set a limit (2.x, K11, K12).
    ChargingLimit(ChargingLimit),
    /// An outside system lifted its limit (2.x, K13).
    #[allow(missing_docs)]
    ChargingLimitCleared { place: Option<Place>, source: Box<str> },
    /// What a vehicle asks for (2.x, K15).
    ChargingNeeds(Box<ChargingNeeds>),
    /// What a vehicle means to draw (2.x, K15).
    EvSchedule(Box<EvSchedule>),
    /// Priority charging was switched at the station (2.1, K22).
    #[allow(missing_docs)]
    PriorityCharging { transaction: StationTxRef, activated: bool },
    /// The station asks for new values of a dynamic profile (2.1, K28).
    #[allow(missing_docs)]
    PullSchedule { profile: i32 },
    /// A part of the report on settings of grid support (2.1, R04).
    DerReport(DerReport),
    /// A setting of grid support reacts to the grid, or stops doing so (2.1, R05).
    DerAlarm(DerAlarm),
    /// A scheduled setting of grid support begins or ends (2.1, R04).
    DerStartStop(DerStartStop),
    /// The station wants to send values of a monitor on and on (2.1, N11).
    StreamOpened(Stream),
    /// It sends them no longer (2.1, N13).
    #[allow(missing_docs)]
    StreamClosed { id: u32 },
    /// Values of a stream; never answered (2.1, N15).
    StreamValues(StreamValues),
    /// Batteries were moved (2.1, S03).
    BatterySwap(Box<BatterySwap>),
    /// A payment was settled at the station, or was to be (2.1, C19 to C22).
    Settlement(Box<Settlement>),
    /// A driver typed in a VAT number (2.1, C18).
    VatNumber(VatQuestion),
    /// A vendor's own message.
    Transfer(Transfer),
    /// A legal message that has no counterpart here: its action and its payload as raw JSON.
    #[allow(missing_docs)]
    Unmapped { action: Box<str>, payload: String },
}

/// Stands for a time that a station had to give and left empty (the habit `empty-time`): the first moment of 1970,
/// where a clock that nobody set begins, too. [`Fact::received_at`] puts a better one in its place.
pub const NO_TIME: Timestamp = Timestamp::UNIX_EPOCH;

impl Fact {
    /// The same, with the manager's time of receipt wherever the station gave none; readings without a time take
    /// that of their report, where it has one.
    #[must_use]
    pub fn received_at(&self, now: Timestamp) -> Cow<'_, Fact> {
        if !self.lacks_time() {
            return Cow::Borrowed(self);
        }
        let mut fact = self.clone();
        match &mut fact {
            Fact::Status(report) => report.at = Some(now),
            Fact::Transaction(report) => {
                if report.at == NO_TIME {
                    (report.at, report.clock) = (now, ClockOf::Manager);
                }
                let at = report.at;
                report.readings.iter_mut().for_each(|reading| reading.receive_at(at));
            }
            Fact::Meter(report) => report.readings.iter_mut().for_each(|reading| reading.receive_at(now)),
            Fact::Report(report) => report.at = now,
            Fact::MonitoringReport(report) => report.at = now,
            Fact::Events(report) => {
                report.at = if report.at == NO_TIME { now } else { report.at };
                let undated = report.events.iter_mut().filter(|event| event.at == NO_TIME);
                undated.for_each(|event| event.at = report.at);
            }
            Fact::CustomerInformation(piece) => piece.at = now,
            _ => {}
        }
        Cow::Owned(fact)
    }

    fn lacks_time(&self) -> bool {
        let lack = |readings: &[Reading]| readings.iter().any(|reading| reading.at == NO_TIME);
        match self {
            Fact::Status(report) => report.at == Some(NO_TIME),
            Fact::Transaction(report) => report.at == NO_TIME || lack(&report.readings),
            Fact::Meter(report) => lack(&report.readings),
            Fact::Report(report) => report.at == NO_TIME,
            Fact::MonitoringReport(report) => report.at == NO_TIME,
            Fact::Events(report) => {
                report.at == NO_TIME || report.events.iter().any(|event| event.at == NO_TIME)
            }
            Fact::CustomerInformation(piece) => piece.at == NO_TIME,
            _ => false,
        }
    }
}

/// A station that started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boot {
    /// Who built it; may be empty, as some stations send it.
    pub vendor: Box<str>,
    /// The model; may be empty.
    pub model: Box<str>,
    /// The serial number of the station.
    pub serial: Option<Box<str>>,
    /// The version of its firmware.
    pub firmware: Option<Box<str>>,
    /// The SIM card's number.
    pub iccid: Option<Box<str>>,
    /// The subscriber number of the SIM card.
    pub imsi: Option<Box<str>>,
    /// The kind of the main meter.
    pub meter_type: Option<Box<str>>,
    /// The serial number of the main meter.
    pub meter_serial: Option<Box<str>>,
    /// Why it started; OCPP 1.6 does not say.
    pub reason: Option<BootReason>,
}

open_name! {
    /// Why a station started, by the names of OCPP 2.x.
    BootReason {
        /// Power came on.
        POWER_UP = "PowerUp",
        /// The manager ordered a reset.
        REMOTE_RESET = "RemoteReset",
        /// The watchdog restarted it.
        WATCHDOG = "Watchdog",
        /// New firmware was installed.
        FIRMWARE_UPDATE = "FirmwareUpdate",
        /// The manager asked for this message.
        TRIGGERED = "Triggered",
    }
}

/// Meter values outside a transaction's own report: every `MeterValues` message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeterReport {
    /// Where they were taken.
    pub place: Place,
    /// The transaction they belong to, where the message says so (OCPP 1.6).
    pub transaction: StationTxRef,
    /// The values.
    pub readings: Vec<Reading>,
}

/// A vendor's own message, either way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Who defined it.
    pub vendor: Box<str>,
    /// Which of the vendor's messages.
    pub message: Option<Box<str>>,
    /// Its content as raw JSON.
    pub data: Option<String>,
}

/// Whether a station may work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Registration {
    Accepted,
    /// The manager wants to configure it first (B02).
    Pending,
    /// Not now; ask again after the interval (B03).
    Rejected,
}

/// What happened to a vendor's own message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum TransferStatus {
    Accepted,
    Rejected,
    UnknownMessage,
    UnknownVendor,
}

/// The answer to a vendor's own message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferAnswer {
    /// What happened to it.
    pub status: TransferStatus,
    /// Content as raw JSON.
    pub data: Option<String>,
}

/// The manager's answer to a [`Fact`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// To [`Fact::Boot`].
    Boot {
        /// Whether it may work.
        registration: Registration,
        /// The manager's clock.
        now: Timestamp,
        /// Accepted: seconds between heartbeats. Otherwise: seconds until the next boot notification.
        interval_s: u32,
    },
    /// To [`Fact::Heartbeat`].
    Heartbeat {
        /// The manager's clock.
        now: Timestamp,
    },
    /// To [`Fact::Authorize`].
    Authorize(Authorization),
    /// To [`Fact::AuthorizeContract`].
    #[allow(missing_docs)]
    AuthorizeContract { word: Authorization, contract: ContractVerdict },
    /// To [`Fact::Transaction`].
    Transaction {
        /// The number that the manager gave the transaction (OCPP 1.6 needs it in the answer to a start).
        number: Option<i64>,
        /// The word on the token, where the report carried one.
        authorization: Option<Authorization>,
        /// What the transaction costs so far with taxes, in the currency set on the station (2.x).
        total_cost: Option<Decimal>,
    },
    /// To [`Fact::SignCertificate`]: whether it will be signed; the certificate comes in an order of its own.
    #[allow(missing_docs)]
    SignCertificate { verdict: Verdict, cause: Option<Cause> },
    /// To [`Fact::EvCertificate`].
    EvCertificate(EvCertificate),
    /// To [`Fact::OcspStatus`].
    OcspStatus(OcspAnswer),
    /// To [`Fact::Revocation`], one for each question.
    Revocation(Vec<Revocation>),
    /// To [`Fact::StreamOpened`] and [`Fact::EvSchedule`].
    Verdict(Verdict),
    /// To [`Fact::ChargingNeeds`].
    ChargingNeeds(NeedsWord),
    /// To [`Fact::PullSchedule`]: the new values; refused when there are none.
    ScheduleUpdate(Option<Box<ScheduleUpdate>>),
    /// To [`Fact::Settlement`]: the receipt that the manager made, if it did.
    #[allow(missing_docs)]
    Settlement { receipt_id: Option<Box<str>>, receipt_url: Option<Box<str>> },
    /// To [`Fact::VatNumber`].
    VatNumber(VatAnswer),
    /// To [`Fact::Transfer`].
    Transfer(TransferAnswer),
    /// To everything that is merely taken note of.
    Noted,
}
