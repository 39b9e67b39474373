//! The messages of OCPP 2.0.1, edition 3.
//!
//! | module | actions |
//! | --- | --- |
//! | `security` | [`SignCertificate`], [`CertificateSigned`], [`SecurityEventNotification`] |
//! | `provisioning` | [`BootNotification`], [`GetBaseReport`], [`GetReport`], [`GetVariables`], [`NotifyReport`], [`Reset`], [`SetNetworkProfile`], [`SetVariables`] |
//! | `authorization` | [`Authorize`], [`ClearCache`] |
//! | `local_auth_list` | [`GetLocalListVersion`], [`SendLocalList`] |
//! | `transactions` | [`TransactionEvent`], [`GetTransactionStatus`] |
//! | `remote_control` | [`RequestStartTransaction`], [`RequestStopTransaction`], [`TriggerMessage`], [`UnlockConnector`] |
//! | `availability` | [`ChangeAvailability`], [`StatusNotification`], [`Heartbeat`] |
//! | `reservation` | [`CancelReservation`], [`ReserveNow`], [`ReservationStatusUpdate`] |
//! | `tariff_and_cost` | [`CostUpdated`] |
//! | `metering` | [`MeterValues`] |
//! | `smart_charging` | [`SetChargingProfile`], [`GetChargingProfiles`], [`ClearChargingProfile`], [`ReportChargingProfiles`], [`GetCompositeSchedule`], [`NotifyChargingLimit`], [`ClearedChargingLimit`], [`NotifyEVChargingNeeds`], [`NotifyEVChargingSchedule`] |
//! | `firmware` | [`UpdateFirmware`], [`FirmwareStatusNotification`], [`PublishFirmware`], [`PublishFirmwareStatusNotification`], [`UnpublishFirmware`] |
//! | `certificates` | [`DeleteCertificate`], [`GetInstalledCertificateIds`], [`InstallCertificate`], [`Get15118EVCertificate`], [`GetCertificateStatus`] |
//! | `diagnostics` | [`GetLog`], [`LogStatusNotification`], [`CustomerInformation`], [`NotifyCustomerInformation`] |
//! | `monitoring` | [`SetMonitoringBase`], [`SetMonitoringLevel`], [`SetVariableMonitoring`], [`ClearVariableMonitoring`], [`GetMonitoringReport`], [`NotifyMonitoringReport`], [`NotifyEvent`] |
//! | `display` | [`SetDisplayMessage`], [`GetDisplayMessages`], [`ClearDisplayMessage`], [`NotifyDisplayMessages`] |
//! | `data_transfer` | [`DataTransfer`] |
//!
//! Types have the name of the specification without the suffix `Type` or `EnumType`; an enumeration whose name is
//! taken by a struct or an action gets `Kind`, a struct whose name is taken by an action keeps `Type`.

mod authorization;
mod availability;
mod certificates;
mod common;
mod common_metering;
mod common_schedules;
mod data_transfer;
mod diagnostics;
mod display;
mod firmware;
mod local_auth_list;
mod metering;
mod monitoring;
mod provisioning;
mod remote_control;
mod reservation;
mod security;
mod smart_charging;
mod tariff_and_cost;
mod transactions;

use crate::action::actions;

pub use authorization::*;
pub use availability::*;
pub use certificates::*;
pub use common::*;
pub use common_metering::*;
pub use common_schedules::*;
pub use data_transfer::*;
pub use diagnostics::*;
pub use display::*;
pub use firmware::*;
pub use local_auth_list::*;
pub use metering::*;
pub use monitoring::*;
pub use provisioning::*;
pub use remote_control::*;
pub use reservation::*;
pub use security::*;
pub use smart_charging::*;
pub use tariff_and_cost::*;
pub use transactions::*;

actions! {
    V201;
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
    /// The action `ClearCache`.
    ClearCache from_manager (ClearCacheRequest) -> ClearCacheResponse;
    /// The action `ClearChargingProfile`.
    ClearChargingProfile from_manager (ClearChargingProfileRequest) -> ClearChargingProfileResponse;
    /// The action `ClearDisplayMessage`.
    ClearDisplayMessage from_manager (ClearDisplayMessageRequest) -> ClearDisplayMessageResponse;
    /// The action `ClearVariableMonitoring`.
    ClearVariableMonitoring from_manager (ClearVariableMonitoringRequest) -> ClearVariableMonitoringResponse;
    /// The action `ClearedChargingLimit`.
    ClearedChargingLimit from_station (ClearedChargingLimitRequest) -> ClearedChargingLimitResponse;
    /// The action `CostUpdated`.
    CostUpdated from_manager (CostUpdatedRequest) -> CostUpdatedResponse;
    /// The action `CustomerInformation`.
    CustomerInformation from_manager (CustomerInformationRequest) -> CustomerInformationResponse;
    /// The action `DataTransfer`.
    DataTransfer from_both (DataTransferRequest) -> DataTransferResponse;
    /// The action `DeleteCertificate`.
    DeleteCertificate from_manager (DeleteCertificateRequest) -> DeleteCertificateResponse;
    /// The action `FirmwareStatusNotification`.
    FirmwareStatusNotification from_station (FirmwareStatusNotificationRequest) -> FirmwareStatusNotificationResponse;
    /// The action `Get15118EVCertificate`.
    Get15118EVCertificate from_station (Get15118EVCertificateRequest) -> Get15118EVCertificateResponse;
    /// The action `GetBaseReport`.
    GetBaseReport from_manager (GetBaseReportRequest) -> GetBaseReportResponse;
    /// The action `GetCertificateStatus`.
    GetCertificateStatus from_station (GetCertificateStatusRequest) -> GetCertificateStatusResponse;
    /// The action `GetChargingProfiles`.
    GetChargingProfiles from_manager (GetChargingProfilesRequest) -> GetChargingProfilesResponse;
    /// The action `GetCompositeSchedule`.
    GetCompositeSchedule from_manager (GetCompositeScheduleRequest) -> GetCompositeScheduleResponse;
    /// The action `GetDisplayMessages`.
    GetDisplayMessages from_manager (GetDisplayMessagesRequest) -> GetDisplayMessagesResponse;
    /// The action `GetInstalledCertificateIds`.
    GetInstalledCertificateIds from_manager (GetInstalledCertificateIdsRequest) -> GetInstalledCertificateIdsResponse;
    /// The action `GetLocalListVersion`.
    GetLocalListVersion from_manager (GetLocalListVersionRequest) -> GetLocalListVersionResponse;
    /// The action `GetLog`.
    GetLog from_manager (GetLogRequest) -> GetLogResponse;
    /// The action `GetMonitoringReport`.
    GetMonitoringReport from_manager (GetMonitoringReportRequest) -> GetMonitoringReportResponse;
    /// The action `GetReport`.
    GetReport from_manager (GetReportRequest) -> GetReportResponse;
    /// The action `GetTransactionStatus`.
    GetTransactionStatus from_manager (GetTransactionStatusRequest) -> GetTransactionStatusResponse;
    /// The action `GetVariables`.
    GetVariables from_manager (GetVariablesRequest) -> GetVariablesResponse;
    /// The action `Heartbeat`.
    Heartbeat from_station (HeartbeatRequest) -> HeartbeatResponse;
    /// The action `InstallCertificate`.
    InstallCertificate from_manager (InstallCertificateRequest) -> InstallCertificateResponse;
    /// The action `LogStatusNotification`.
    LogStatusNotification from_station (LogStatusNotificationRequest) -> LogStatusNotificationResponse;
    /// The action `MeterValues`.
    MeterValues from_station (MeterValuesRequest) -> MeterValuesResponse;
    /// The action `NotifyChargingLimit`.
    NotifyChargingLimit from_station (NotifyChargingLimitRequest) -> NotifyChargingLimitResponse;
    /// The action `NotifyCustomerInformation`.
    NotifyCustomerInformation from_station (NotifyCustomerInformationRequest) -> NotifyCustomerInformationResponse;
    /// The action `NotifyDisplayMessages`.
    NotifyDisplayMessages from_station (NotifyDisplayMessagesRequest) -> NotifyDisplayMessagesResponse;
    /// The action `NotifyEVChargingNeeds`.
    NotifyEVChargingNeeds from_station (NotifyEVChargingNeedsRequest) -> NotifyEVChargingNeedsResponse;
    /// The action `NotifyEVChargingSchedule`.
    NotifyEVChargingSchedule from_station (NotifyEVChargingScheduleRequest) -> NotifyEVChargingScheduleResponse;
    /// The action `NotifyEvent`.
    NotifyEvent from_station (NotifyEventRequest) -> NotifyEventResponse;
    /// The action `NotifyMonitoringReport`.
    NotifyMonitoringReport from_station (NotifyMonitoringReportRequest) -> NotifyMonitoringReportResponse;
    /// The action `NotifyReport`.
    NotifyReport from_station (NotifyReportRequest) -> NotifyReportResponse;
    /// The action `PublishFirmware`.
    PublishFirmware from_manager (PublishFirmwareRequest) -> PublishFirmwareResponse;
    /// The action `PublishFirmwareStatusNotification`.
    PublishFirmwareStatusNotification from_station (PublishFirmwareStatusNotificationRequest) -> PublishFirmwareStatusNotificationResponse;
    /// The action `ReportChargingProfiles`.
    ReportChargingProfiles from_station (ReportChargingProfilesRequest) -> ReportChargingProfilesResponse;
    /// The action `RequestStartTransaction`.
    RequestStartTransaction from_manager (RequestStartTransactionRequest) -> RequestStartTransactionResponse;
    /// The action `RequestStopTransaction`.
    RequestStopTransaction from_manager (RequestStopTransactionRequest) -> RequestStopTransactionResponse;
    /// The action `ReservationStatusUpdate`.
    ReservationStatusUpdate from_station (ReservationStatusUpdateRequest) -> ReservationStatusUpdateResponse;
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
    /// The action `SetDisplayMessage`.
    SetDisplayMessage from_manager (SetDisplayMessageRequest) -> SetDisplayMessageResponse;
    /// The action `SetMonitoringBase`.
    SetMonitoringBase from_manager (SetMonitoringBaseRequest) -> SetMonitoringBaseResponse;
    /// The action `SetMonitoringLevel`.
    SetMonitoringLevel from_manager (SetMonitoringLevelRequest) -> SetMonitoringLevelResponse;
    /// The action `SetNetworkProfile`.
    SetNetworkProfile from_manager (SetNetworkProfileRequest) -> SetNetworkProfileResponse;
    /// The action `SetVariableMonitoring`.
    SetVariableMonitoring from_manager (SetVariableMonitoringRequest) -> SetVariableMonitoringResponse;
    /// The action `SetVariables`.
    SetVariables from_manager (SetVariablesRequest) -> SetVariablesResponse;
    /// The action `SignCertificate`.
    SignCertificate from_station (SignCertificateRequest) -> SignCertificateResponse;
    /// The action `StatusNotification`.
    StatusNotification from_station (StatusNotificationRequest) -> StatusNotificationResponse;
    /// The action `TransactionEvent`.
    TransactionEvent from_station (TransactionEventRequest) -> TransactionEventResponse;
    /// The action `TriggerMessage`.
    TriggerMessage from_manager (TriggerMessageRequest) -> TriggerMessageResponse;
    /// The action `UnlockConnector`.
    UnlockConnector from_manager (UnlockConnectorRequest) -> UnlockConnectorResponse;
    /// The action `UnpublishFirmware`.
    UnpublishFirmware from_manager (UnpublishFirmwareRequest) -> UnpublishFirmwareResponse;
    /// The action `UpdateFirmware`.
    UpdateFirmware from_manager (UpdateFirmwareRequest) -> UpdateFirmwareResponse;
}
