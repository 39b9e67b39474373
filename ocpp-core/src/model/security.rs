//! What a station reports because it matters for its security (A04).

use alloc::boxed::Box;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::name::open_name;

/// Something that happened on a station and matters for its security.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityEvent {
    /// What happened, at most 50 characters.
    pub event: SecurityEventKind,
    /// When, by the station's clock.
    pub at: Timestamp,
    /// More about it, at most 255 characters.
    pub info: Option<Box<str>>,
}

open_name! {
    /// What happened, by the list of the specification (part 2, appendix 1); makers have events of their own.
    SecurityEventKind {
        /// Its firmware was updated.
        FIRMWARE_UPDATED = "FirmwareUpdated",
        /// The manager refused the station's credentials.
        FAILED_TO_AUTHENTICATE_AT_CSMS = "FailedToAuthenticateAtCsms",
        /// The station refused the manager's credentials.
        CSMS_FAILED_TO_AUTHENTICATE = "CsmsFailedToAuthenticate",
        /// Its clock was changed by more than a little.
        SETTING_SYSTEM_TIME = "SettingSystemTime",
        /// It started.
        STARTUP_OF_THE_DEVICE = "StartupOfTheDevice",
        /// It was restarted.
        RESET_OR_REBOOT = "ResetOrReboot",
        /// Its security log was emptied.
        SECURITY_LOG_WAS_CLEARED = "SecurityLogWasCleared",
        /// Keys, or the security profile, were changed.
        RECONFIGURATION_OF_SECURITY_PARAMETERS = "ReconfigurationOfSecurityParameters",
        /// Its memory is nearly full.
        MEMORY_EXHAUSTION = "MemoryExhaustion",
        /// It was sent what is no message of OCPP.
        INVALID_MESSAGES = "InvalidMessages",
        /// It was sent a message a second time by somebody who should not.
        ATTEMPTED_REPLAY_ATTACKS = "AttemptedReplayAttacks",
        /// Somebody opened it.
        TAMPER_DETECTION_ACTIVATED = "TamperDetectionActivated",
        /// The signature of a firmware is not valid.
        INVALID_FIRMWARE_SIGNATURE = "InvalidFirmwareSignature",
        /// The certificate of who signed a firmware is not valid.
        INVALID_FIRMWARE_SIGNING_CERTIFICATE = "InvalidFirmwareSigningCertificate",
        /// The manager's certificate is not valid.
        INVALID_CSMS_CERTIFICATE = "InvalidCsmsCertificate",
        /// The certificate that the manager sent for the station is not valid.
        INVALID_STATION_CERTIFICATE = "InvalidChargingStationCertificate",
        /// The same by its name in 1.6.
        INVALID_CHARGE_POINT_CERTIFICATE = "InvalidChargePointCertificate",
        /// The manager offers only a TLS version that is too old.
        INVALID_TLS_VERSION = "InvalidTLSVersion",
        /// The manager offers only cipher suites that are not allowed.
        INVALID_TLS_CIPHER_SUITE = "InvalidTLSCipherSuite",
        /// The new certificate of the station did not work, and it went back to the one before (2.1).
        DISCARDED_RENEWED_CLIENT_CERTIFICATE = "DiscardedRenewedClientCertificate",
        /// Somebody signed in for maintenance.
        MAINTENANCE_LOGIN_ACCEPTED = "MaintenanceLoginAccepted",
        /// Somebody failed to sign in for maintenance.
        MAINTENANCE_LOGIN_FAILED = "MaintenanceLoginFailed",
    }
}

/// How much a security event matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The specification lists it and does not call it critical.
    Notice,
    /// A maker's own event: how much it matters is not known.
    Unlisted,
    /// The specification calls it critical: stations have to send it (A04.FR.01).
    Critical,
}

impl SecurityEventKind {
    /// How much it matters, by the list of the specification.
    #[must_use]
    pub fn severity(&self) -> Severity {
        const NOTICES: [SecurityEventKind; 5] = [
            SecurityEventKind::FAILED_TO_AUTHENTICATE_AT_CSMS,
            SecurityEventKind::CSMS_FAILED_TO_AUTHENTICATE,
            SecurityEventKind::RECONFIGURATION_OF_SECURITY_PARAMETERS,
            SecurityEventKind::INVALID_MESSAGES,
            SecurityEventKind::ATTEMPTED_REPLAY_ATTACKS,
        ];
        const CRITICAL: [SecurityEventKind; 17] = [
            SecurityEventKind::FIRMWARE_UPDATED,
            SecurityEventKind::SETTING_SYSTEM_TIME,
            SecurityEventKind::STARTUP_OF_THE_DEVICE,
            SecurityEventKind::RESET_OR_REBOOT,
            SecurityEventKind::SECURITY_LOG_WAS_CLEARED,
            SecurityEventKind::MEMORY_EXHAUSTION,
            SecurityEventKind::TAMPER_DETECTION_ACTIVATED,
            SecurityEventKind::INVALID_FIRMWARE_SIGNATURE,
            SecurityEventKind::INVALID_FIRMWARE_SIGNING_CERTIFICATE,
            SecurityEventKind::INVALID_CSMS_CERTIFICATE,
            SecurityEventKind::INVALID_STATION_CERTIFICATE,
            SecurityEventKind::INVALID_CHARGE_POINT_CERTIFICATE,
            SecurityEventKind::INVALID_TLS_VERSION,
            SecurityEventKind::INVALID_TLS_CIPHER_SUITE,
            SecurityEventKind::DISCARDED_RENEWED_CLIENT_CERTIFICATE,
            SecurityEventKind::MAINTENANCE_LOGIN_ACCEPTED,
            SecurityEventKind::MAINTENANCE_LOGIN_FAILED,
        ];
        if CRITICAL.contains(self) {
            Severity::Critical
        } else if NOTICES.contains(self) {
            Severity::Notice
        } else {
            Severity::Unlisted
        }
    }
}
