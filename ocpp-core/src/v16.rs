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
//!
//! Types that the schemas leave without a name have the one of the specification text. The suffix `EnumType` or
//! `Type` of the security extension's definitions is left out; an enumeration whose name is taken gets `Kind`.

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
    /// The action `Authorize`.
    Authorize from_station (AuthorizeRequest) -> AuthorizeResponse;
    /// The action `BootNotification`.
    BootNotification from_station (BootNotificationRequest) -> BootNotificationResponse;
    /// The action `CancelReservation`.
    CancelReservation from_manager (CancelReservationRequest) -> CancelReservationResponse;
    /// The action `CertificateSigned`.
    CertificateSigned from_manager (CertificateSignedRequest) -> CertificateSignedResponse;
    /// The action `ChangeAvailability`.
    ChangeAvailability from_manager (ChangeAvailabilityRequest) -> ChangeAvailabilityResponse;
    /// The action `ChangeConfiguration`.
    ChangeConfiguration from_manager (ChangeConfigurationRequest) -> ChangeConfigurationResponse;
    /// The action `ClearCache`.
    ClearCache from_manager (ClearCacheRequest) -> ClearCacheResponse;
    /// The action `ClearChargingProfile`.
    ClearChargingProfile from_manager (ClearChargingProfileRequest) -> ClearChargingProfileResponse;
    /// The action `DataTransfer`.
    DataTransfer from_both (DataTransferRequest) -> DataTransferResponse;
    /// The action `DeleteCertificate`.
    DeleteCertificate from_manager (DeleteCertificateRequest) -> DeleteCertificateResponse;
    /// The action `DiagnosticsStatusNotification`.
    DiagnosticsStatusNotification from_station (DiagnosticsStatusNotificationRequest) -> DiagnosticsStatusNotificationResponse;
    /// The action `ExtendedTriggerMessage`.
    ExtendedTriggerMessage from_manager (ExtendedTriggerMessageRequest) -> ExtendedTriggerMessageResponse;
    /// The action `FirmwareStatusNotification`.
    FirmwareStatusNotification from_station (FirmwareStatusNotificationRequest) -> FirmwareStatusNotificationResponse;
    /// The action `GetCompositeSchedule`.
    GetCompositeSchedule from_manager (GetCompositeScheduleRequest) -> GetCompositeScheduleResponse;
    /// The action `GetConfiguration`.
    GetConfiguration from_manager (GetConfigurationRequest) -> GetConfigurationResponse;
    /// The action `GetDiagnostics`.
    GetDiagnostics from_manager (GetDiagnosticsRequest) -> GetDiagnosticsResponse;
    /// The action `GetInstalledCertificateIds`.
    GetInstalledCertificateIds from_manager (GetInstalledCertificateIdsRequest) -> GetInstalledCertificateIdsResponse;
    /// The action `GetLocalListVersion`.
    GetLocalListVersion from_manager (GetLocalListVersionRequest) -> GetLocalListVersionResponse;
    /// The action `GetLog`.
    GetLog from_manager (GetLogRequest) -> GetLogResponse;
    /// The action `Heartbeat`.
    Heartbeat from_station (HeartbeatRequest) -> HeartbeatResponse;
    /// The action `InstallCertificate`.
    InstallCertificate from_manager (InstallCertificateRequest) -> InstallCertificateResponse;
    /// The action `LogStatusNotification`.
    LogStatusNotification from_station (LogStatusNotificationRequest) -> LogStatusNotificationResponse;
    /// The action `MeterValues`.
    MeterValues from_station (MeterValuesRequest) -> MeterValuesResponse;
    /// The action `RemoteStartTransaction`.
    RemoteStartTransaction from_manager (RemoteStartTransactionRequest) -> RemoteStartTransactionResponse;
    /// The action `RemoteStopTransaction`.
    RemoteStopTransaction from_manager (RemoteStopTransactionRequest) -> RemoteStopTransactionResponse;
    /// The action `ReserveNow`.
    ReserveNow from_manager (ReserveNowRequest) -> ReserveNowResponse;
    /// The action `Reset`.
    Reset from_manager (ResetRequest) -> ResetResponse;
    /// The action `SecurityEventNotification`.
    SecurityEventNotification from_station (SecurityEventNotificationRequest) -> SecurityEventNotificationResponse;
    /// The action `SendLocalList`.
    SendLocalList from_manager (SendLocalListRequest) -> SendLocalListResponse;
    /// The action `SetChargingProfile`.
    SetChargingProfile from_manager (SetChargingProfileRequest) -> SetChargingProfileResponse;
    /// The action `SignCertificate`.
    SignCertificate from_station (SignCertificateRequest) -> SignCertificateResponse;
    /// The action `SignedFirmwareStatusNotification`.
    SignedFirmwareStatusNotification from_station (SignedFirmwareStatusNotificationRequest) -> SignedFirmwareStatusNotificationResponse;
    /// The action `SignedUpdateFirmware`.
    SignedUpdateFirmware from_manager (SignedUpdateFirmwareRequest) -> SignedUpdateFirmwareResponse;
    /// The action `StartTransaction`.
    StartTransaction from_station (StartTransactionRequest) -> StartTransactionResponse;
    /// The action `StatusNotification`.
    StatusNotification from_station (StatusNotificationRequest) -> StatusNotificationResponse;
    /// The action `StopTransaction`.
    StopTransaction from_station (StopTransactionRequest) -> StopTransactionResponse;
    /// The action `TriggerMessage`.
    TriggerMessage from_manager (TriggerMessageRequest) -> TriggerMessageResponse;
    /// The action `UnlockConnector`.
    UnlockConnector from_manager (UnlockConnectorRequest) -> UnlockConnectorResponse;
    /// The action `UpdateFirmware`.
    UpdateFirmware from_manager (UpdateFirmwareRequest) -> UpdateFirmwareResponse;
}
