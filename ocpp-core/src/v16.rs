//! The messages of OCPP 1.6 (JSON) with its security extension.
//!
//! | module | actions |
//! | --- | --- |
//! | `core` | [`Authorize`], [`BootNotification`], [`ChangeAvailability`], [`ChangeConfiguration`], [`ClearCache`], [`DataTransfer`], [`GetConfiguration`], [`Heartbeat`], [`MeterValues`], [`RemoteStartTransaction`], [`RemoteStopTransaction`], [`Reset`], [`StartTransaction`], [`StatusNotification`], [`StopTransaction`], [`UnlockConnector`] |
//! | `firmware` | [`DiagnosticsStatusNotification`], [`FirmwareStatusNotification`], [`GetDiagnostics`], [`UpdateFirmware`] |
//! | `local_auth_list` | [`GetLocalListVersion`], [`SendLocalList`] |
//! | `reservation` | [`CancelReservation`], [`ReserveNow`] |
//! | `smart_charging` | [`ClearChargingProfile`], [`GetCompositeSchedule`], [`SetChargingProfile`] |
//! | `remote_trigger` | [`TriggerMessage`] |
//! | `security` | [`CertificateSigned`], [`DeleteCertificate`], [`ExtendedTriggerMessage`], [`GetInstalledCertificateIds`], [`GetLog`], [`InstallCertificate`], [`LogStatusNotification`], [`SecurityEventNotification`], [`SignCertificate`], [`SignedFirmwareStatusNotification`], [`SignedUpdateFirmware`] |
//! | `common` | types that several profiles use |
//!
//! Types that the schemas leave without a name have the one of the specification text. The suffix `EnumType` or
//! `Type` of the security extension's definitions is left out; an enumeration whose name is taken gets `Kind`.
//!
//! What stands in parentheses is the section of the specification (4.1), or the use case of the security
//! whitepaper (A02).

mod common;
mod core;
mod firmware;
mod local_auth_list;
mod remote_trigger;
mod reservation;
mod security;
mod smart_charging;

use crate::action::actions;

pub use common::*;
pub use core::*;
pub use firmware::*;
pub use local_auth_list::*;
pub use remote_trigger::*;
pub use reservation::*;
pub use security::*;
pub use smart_charging::*;

actions! {
    V16;
    /// Lets the Charge Point ask whether an identifier may charge (4.1).
    Authorize from_station (AuthorizeRequest) -> AuthorizeResponse;
    /// Lets the Charge Point ask to be let in after each start (4.2).
    BootNotification from_station (BootNotificationRequest) -> BootNotificationResponse;
    /// Lets the Central System drop a reservation (5.1).
    CancelReservation from_manager (CancelReservationRequest) -> CancelReservationResponse;
    /// Lets the Central System send the signed certificate of the Charge Point (A02, A03).
    CertificateSigned from_manager (CertificateSignedRequest) -> CertificateSignedResponse;
    /// Lets the Central System put a connector in or out of service (5.2).
    ChangeAvailability from_manager (ChangeAvailabilityRequest) -> ChangeAvailabilityResponse;
    /// Lets the Central System set one configuration key (5.3).
    ChangeConfiguration from_manager (ChangeConfigurationRequest) -> ChangeConfigurationResponse;
    /// Lets the Central System empty the authorization cache (5.4).
    ClearCache from_manager (ClearCacheRequest) -> ClearCacheResponse;
    /// Lets the Central System remove charging profiles that fit all criteria given (5.5).
    ClearChargingProfile from_manager (ClearChargingProfileRequest) -> ClearChargingProfileResponse;
    /// Lets either side say what OCPP has no message for (4.3, 5.6).
    DataTransfer from_both (DataTransferRequest) -> DataTransferResponse;
    /// Lets the Central System remove a certificate from the Charge Point (M04).
    DeleteCertificate from_manager (DeleteCertificateRequest) -> DeleteCertificateResponse;
    /// Lets the Charge Point tell about the progress of a diagnostics upload (4.4).
    DiagnosticsStatusNotification from_station (DiagnosticsStatusNotificationRequest) -> DiagnosticsStatusNotificationResponse;
    /// Lets the Central System have a message sent now, those of security included (A02, L01, N01).
    ExtendedTriggerMessage from_manager (ExtendedTriggerMessageRequest) -> ExtendedTriggerMessageResponse;
    /// Lets the Charge Point tell about the progress of a firmware update (4.5).
    FirmwareStatusNotification from_station (FirmwareStatusNotificationRequest) -> FirmwareStatusNotificationResponse;
    /// Lets the Central System learn what all profiles together allow (5.7).
    GetCompositeSchedule from_manager (GetCompositeScheduleRequest) -> GetCompositeScheduleResponse;
    /// Lets the Central System read configuration keys (5.8).
    GetConfiguration from_manager (GetConfigurationRequest) -> GetConfigurationResponse;
    /// Lets the Central System have diagnostics uploaded (5.9).
    GetDiagnostics from_manager (GetDiagnosticsRequest) -> GetDiagnosticsResponse;
    /// Lets the Central System list the installed root certificates (M03).
    GetInstalledCertificateIds from_manager (GetInstalledCertificateIdsRequest) -> GetInstalledCertificateIdsResponse;
    /// Lets the Central System learn the version of the local list (5.10).
    GetLocalListVersion from_manager (GetLocalListVersionRequest) -> GetLocalListVersionResponse;
    /// Lets the Central System have a log uploaded (N01).
    GetLog from_manager (GetLogRequest) -> GetLogResponse;
    /// Lets the Charge Point show that it is there (4.6).
    Heartbeat from_station (HeartbeatRequest) -> HeartbeatResponse;
    /// Lets the Central System add a root certificate (M05).
    InstallCertificate from_manager (InstallCertificateRequest) -> InstallCertificateResponse;
    /// Lets the Charge Point tell about the progress of a log upload (N01).
    LogStatusNotification from_station (LogStatusNotificationRequest) -> LogStatusNotificationResponse;
    /// Lets the Charge Point send readings of its meters (4.7).
    MeterValues from_station (MeterValuesRequest) -> MeterValuesResponse;
    /// Lets the Central System start charging from afar (5.11).
    RemoteStartTransaction from_manager (RemoteStartTransactionRequest) -> RemoteStartTransactionResponse;
    /// Lets the Central System stop a transaction from afar (5.12).
    RemoteStopTransaction from_manager (RemoteStopTransactionRequest) -> RemoteStopTransactionResponse;
    /// Lets the Central System keep a connector free for someone (5.13).
    ReserveNow from_manager (ReserveNowRequest) -> ReserveNowResponse;
    /// Lets the Central System restart the Charge Point (5.14).
    Reset from_manager (ResetRequest) -> ResetResponse;
    /// Lets the Charge Point tell when something happened that matters for security (A04).
    SecurityEventNotification from_station (SecurityEventNotificationRequest) -> SecurityEventNotificationResponse;
    /// Lets the Central System replace or change the local authorization list (5.15).
    SendLocalList from_manager (SendLocalListRequest) -> SendLocalListResponse;
    /// Lets the Central System install a charging profile (5.16).
    SetChargingProfile from_manager (SetChargingProfileRequest) -> SetChargingProfileResponse;
    /// Lets the Charge Point have its new certificate signed (A02, A03).
    SignCertificate from_station (SignCertificateRequest) -> SignCertificateResponse;
    /// Lets the Charge Point tell about the progress of a signed firmware update (L01).
    SignedFirmwareStatusNotification from_station (SignedFirmwareStatusNotificationRequest) -> SignedFirmwareStatusNotificationResponse;
    /// Lets the Central System have signed firmware installed (L01).
    SignedUpdateFirmware from_manager (SignedUpdateFirmwareRequest) -> SignedUpdateFirmwareResponse;
    /// Lets the Charge Point tell when a transaction has begun, now or while offline (4.8).
    StartTransaction from_station (StartTransactionRequest) -> StartTransactionResponse;
    /// Lets the Charge Point tell when the state of a connector changes or an error occurs (4.9).
    StatusNotification from_station (StatusNotificationRequest) -> StatusNotificationResponse;
    /// Lets the Charge Point tell when a transaction has ended, now or while offline (4.10).
    StopTransaction from_station (StopTransactionRequest) -> StopTransactionResponse;
    /// Lets the Central System have a message sent now (5.17).
    TriggerMessage from_manager (TriggerMessageRequest) -> TriggerMessageResponse;
    /// Lets the Central System free a cable that is stuck (5.18).
    UnlockConnector from_manager (UnlockConnectorRequest) -> UnlockConnectorResponse;
    /// Lets the Central System have new firmware installed (5.19).
    UpdateFirmware from_manager (UpdateFirmwareRequest) -> UpdateFirmwareResponse;
}
