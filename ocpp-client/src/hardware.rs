//! What a station's engine hears of its hardware, and what it orders from it.

use jiff::Timestamp;
use ocpp_core::model::{
    Battery, CertificateHash, CertificateUse, CertificateVerdict, ChargingLimit, ChargingNeeds, DerAlarm,
    EvCertificateRequest, EvseId, FirmwareSignature, IdToken, InstalledCertificate, OcspQuestion, Percent,
    Place, RevocationQuestion, Settlement, SigningUse, VatQuestion, Watts, Wh,
};

/// Something that the hardware noticed.
#[derive(Debug, Clone, PartialEq)]
pub enum HardwareEvent {
    /// A vehicle was plugged in.
    Plugged(EvseId),
    /// The vehicle went away.
    Unplugged(EvseId),
    /// A driver presented a token at an EVSE.
    TokenPresented(EvseId, IdToken),
    /// Something broke, or was mended.
    Fault(EvseId, FaultState),
    /// The vehicle takes no energy at present.
    Suspended(EvseId),
    /// The vehicle takes energy again.
    Resumed(EvseId),
    /// The meter was read.
    Measured(EvseId, Measurement),
    /// A vehicle told over ISO 15118 what it needs (K15).
    VehicleAsks(Box<ChargingNeeds>),
    /// A vehicle wants its contract certificate (2.x, M01, M02).
    ContractWanted(Box<EvCertificateRequest>),
    /// Whether the certificates of a vehicle were revoked is to be asked (2.1, M07), one to four.
    VehicleCertificates(Vec<RevocationQuestion>),
    /// Another system than the manager set a limit: the site's energy management, the grid's operator (K12).
    LimitSet(Box<ChargingLimit>),
    /// It lifted its limit (K13).
    LimitLifted(Place, Box<str>),
    /// A driver chose at the station whether to charge with priority (2.1, K22).
    PriorityChosen(EvseId, Priority),
    /// Something is wrong in the grid, or in order again (2.1, R05).
    GridAlarm(DerAlarm),
    /// A driver put batteries into the rack (2.1, S03).
    BatteriesIn(Vec<Battery>),
    /// The rack offers these batteries to the driver.
    BatteriesOffered(Vec<Battery>),
    /// The driver took batteries out.
    BatteriesOut(Vec<Battery>),
    /// A terminal at the station settled a payment, or tried to (2.1, C19 to C22).
    Settled(Box<Settlement>),
    /// A driver typed in a VAT number (2.1, C18).
    VatTyped(VatQuestion),
}

/// Whether a driver wants to charge with priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Priority {
    Wanted,
    NotWanted,
}

/// Whether an EVSE has a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultState {
    /// It has one.
    Faulted,
    /// It has none any more.
    Mended,
}

/// What a meter shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measurement {
    /// The energy register, which only counts up.
    pub register: Wh,
    /// The power drawn.
    pub power: Watts,
    /// The vehicle's state of charge, where the station learns it.
    pub state_of_charge: Option<Percent>,
}

/// Something that the hardware is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actuation {
    /// Lock the cable and let energy flow.
    AllowCharging(EvseId),
    /// Stop the flow of energy and unlock the cable.
    StopCharging(EvseId),
    /// Let no more power flow than this, until another limit is said or charging stops.
    Limit(EvseId, Watts),
    /// Unlock the cable.
    Unlock(EvseId),
    /// Restart one EVSE.
    RestartEvse(EvseId),
    /// Open the slots of the rack for a driver's batteries.
    OpenSlots,
    /// Offer as many full batteries as were put in.
    OfferBatteries,
    /// Close the slots: the swap is over.
    CloseSlots,
    /// End the connection and come back, with what is new for it ([`Engine::password`](crate::engine::Engine::password)).
    Reconnect,
    /// Restart the station, and connect by [`Engine::network_profile`](crate::engine::Engine::network_profile).
    Restart,
}

/// Names an errand that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ErrandToken(pub u64);

/// A file to be fetched or brought, as a rule over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Errand {
    /// Fetch a firmware, and check its signature where there is one.
    #[allow(missing_docs)]
    Fetch { token: ErrandToken, url: Box<str>, signature: Option<FirmwareSignature> },
    /// Upload a file (PUT).
    #[allow(missing_docs)]
    Upload { token: ErrandToken, url: Box<str>, name: Box<str>, content: Vec<u8> },
}

/// What came of an errand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrandResult {
    /// The firmware is here.
    Fetched(FetchedFirmware),
    /// The file was taken.
    Uploaded,
    /// It failed, and may be tried again.
    Failed(ErrandFailure),
}

/// A firmware that was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedFirmware {
    /// The version that it says of itself.
    pub version: Box<str>,
    /// Whether its signature is the one that was ordered; firmware without a signature is taken for what it is.
    pub is_authentic: bool,
}

/// Why an errand failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrandFailure {
    /// Nobody answers there, or the line broke.
    Unreachable,
    /// The other side does not allow it.
    Denied,
    /// The other side does not understand it.
    BadMessage,
    /// This cannot be done this way.
    NotSupported,
}

/// Whom a certificate of the station names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject<'a> {
    /// The operator (`OrganizationName`, `CpoName`); empty while nobody has set it.
    pub organization: &'a str,
    /// The station's serial number; empty where it has none.
    pub serial: &'a str,
}

/// The station's keys and certificates. Private keys never leave whoever implements it.
///
/// What is said of time is the station's own idea of it.
pub trait Keys: Send {
    /// Makes a new pair of keys, and the request to have it signed (PKCS#10 in PEM); `None` when it cannot.
    fn request(&mut self, usage: Option<SigningUse>, subject: Subject<'_>) -> Option<String>;

    /// Takes the certificate that was signed for the last request of this use; `false` when it is not valid.
    fn take(&mut self, usage: Option<SigningUse>, chain: &str, at: Timestamp) -> bool;

    /// Installs a root.
    fn install(&mut self, usage: CertificateUse, certificate: &str, at: Timestamp) -> CertificateVerdict;

    /// Removes a certificate.
    fn remove(&mut self, certificate: &CertificateHash) -> CertificateVerdict;

    /// The certificates that are installed.
    fn installed(&self) -> Vec<InstalledCertificate>;

    /// Until when the station's own certificate of this use is valid; `None` where it has none.
    fn expires(&self, usage: Option<SigningUse>) -> Option<Timestamp> {
        let _ = usage;
        None
    }

    /// The certificates towards vehicles that name a responder, which is to be asked about them (M06).
    fn responders(&self) -> Vec<OcspQuestion> {
        Vec::new()
    }
}
