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
//! | `smart_charging` | [`SetChargingProfile`], [`GetChargingProfiles`], [`ClearChargingProfile`], [`ReportChargingProfiles`], [`GetCompositeSchedule`], [`NotifyChargingLimit`], [`ClearedChargingLimit`] |
//! | `ev_charging` | [`NotifyEVChargingNeeds`], [`NotifyEVChargingSchedule`] |
//! | `firmware` | [`UpdateFirmware`], [`FirmwareStatusNotification`], [`PublishFirmware`], [`PublishFirmwareStatusNotification`], [`UnpublishFirmware`] |
//! | `certificates` | [`DeleteCertificate`], [`GetInstalledCertificateIds`], [`InstallCertificate`], [`Get15118EVCertificate`], [`GetCertificateStatus`] |
//! | `diagnostics` | [`GetLog`], [`LogStatusNotification`], [`CustomerInformation`], [`NotifyCustomerInformation`] |
//! | `monitoring` | [`SetMonitoringBase`], [`SetMonitoringLevel`], [`SetVariableMonitoring`], [`ClearVariableMonitoring`], [`GetMonitoringReport`], [`NotifyMonitoringReport`], [`NotifyEvent`] |
//! | `display` | [`SetDisplayMessage`], [`GetDisplayMessages`], [`ClearDisplayMessage`], [`NotifyDisplayMessages`] |
//! | `data_transfer` | [`DataTransfer`] |
//! | `common`, `common_metering`, `common_schedules` | types that several blocks use |
//!
//! Types have the name of the specification without the suffix `Type` or `EnumType`; an enumeration whose name is
//! taken by a struct or an action gets `Kind`, a struct whose name is taken by an action keeps `Type`.
//!
//! What stands in parentheses is the use case of part 2 of the specification (B01).

mod authorization;
mod availability;
mod certificates;
mod common;
mod common_metering;
mod common_schedules;
mod data_transfer;
mod diagnostics;
mod display;
mod ev_charging;
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
pub use ev_charging::*;
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
    /// Lets the Charging Station ask whether an id token may charge (C01).
    Authorize from_station (AuthorizeRequest) -> AuthorizeResponse;
    /// Lets the Charging Station register at the CSMS after starting up (B01).
    BootNotification from_station (BootNotificationRequest) -> BootNotificationResponse;
    /// Lets the CSMS drop a reservation (H02).
    CancelReservation from_manager (CancelReservationRequest) -> CancelReservationResponse;
    /// Lets the CSMS hand over the certificate the station had signed (A02).
    CertificateSigned from_manager (CertificateSignedRequest) -> CertificateSignedResponse;
    /// Lets the CSMS put a station, EVSE or connector in or out of service (G03, G04).
    ChangeAvailability from_manager (ChangeAvailabilityRequest) -> ChangeAvailabilityResponse;
    /// Lets the CSMS empty the Authorization Cache (C11).
    ClearCache from_manager (ClearCacheRequest) -> ClearCacheResponse;
    /// Lets the CSMS remove one or several charging profiles (K10).
    ClearChargingProfile from_manager (ClearChargingProfileRequest) -> ClearChargingProfileResponse;
    /// Lets the CSMS take a message off the display (O05).
    ClearDisplayMessage from_manager (ClearDisplayMessageRequest) -> ClearDisplayMessageResponse;
    /// Lets the CSMS remove monitors from variables (N06).
    ClearVariableMonitoring from_manager (ClearVariableMonitoringRequest) -> ClearVariableMonitoringResponse;
    /// Lets the Charging Station tell when an outside charging limit is lifted (K13).
    ClearedChargingLimit from_station (ClearedChargingLimitRequest) -> ClearedChargingLimitResponse;
    /// Lets the CSMS have the station show the running cost (I02).
    CostUpdated from_manager (CostUpdatedRequest) -> CostUpdatedResponse;
    /// Lets the CSMS read or wipe data about a customer (N09, N10).
    CustomerInformation from_manager (CustomerInformationRequest) -> CustomerInformationResponse;
    /// Lets either side pass vendor data OCPP has no message for (P01, P02).
    DataTransfer from_both (DataTransferRequest) -> DataTransferResponse;
    /// Lets the CSMS remove a certificate from the station (M04).
    DeleteCertificate from_manager (DeleteCertificateRequest) -> DeleteCertificateResponse;
    /// Lets the Charging Station tell about the progress of a firmware update (L01, L02).
    FirmwareStatusNotification from_station (FirmwareStatusNotificationRequest) -> FirmwareStatusNotificationResponse;
    /// Lets the Charging Station fetch or renew contract certificates for an EV (M01, M02).
    Get15118EVCertificate from_station (Get15118EVCertificateRequest) -> Get15118EVCertificateResponse;
    /// Lets the CSMS get one of the predefined reports on variables (B07).
    GetBaseReport from_manager (GetBaseReportRequest) -> GetBaseReportResponse;
    /// Lets the Charging Station get the OCSP status of its V2G certificate (M06).
    GetCertificateStatus from_station (GetCertificateStatusRequest) -> GetCertificateStatusResponse;
    /// Lets the CSMS get the installed charging profiles (K09).
    GetChargingProfiles from_manager (GetChargingProfilesRequest) -> GetChargingProfilesResponse;
    /// Lets the CSMS learn what all profiles together allow (K08).
    GetCompositeSchedule from_manager (GetCompositeScheduleRequest) -> GetCompositeScheduleResponse;
    /// Lets the CSMS get the messages set for the display (O03, O04).
    GetDisplayMessages from_manager (GetDisplayMessagesRequest) -> GetDisplayMessagesResponse;
    /// Lets the CSMS list the certificates on the station (M03).
    GetInstalledCertificateIds from_manager (GetInstalledCertificateIdsRequest) -> GetInstalledCertificateIdsResponse;
    /// Lets the CSMS learn the version of the local list (D02).
    GetLocalListVersion from_manager (GetLocalListVersionRequest) -> GetLocalListVersionResponse;
    /// Lets the CSMS have a log uploaded (N01).
    GetLog from_manager (GetLogRequest) -> GetLogResponse;
    /// Lets the CSMS get the monitors that are set (N02).
    GetMonitoringReport from_manager (GetMonitoringReportRequest) -> GetMonitoringReportResponse;
    /// Lets the CSMS get a report on chosen components and variables (B08).
    GetReport from_manager (GetReportRequest) -> GetReportResponse;
    /// Lets the CSMS ask about a transaction, or about queued messages (E14).
    GetTransactionStatus from_manager (GetTransactionStatusRequest) -> GetTransactionStatusResponse;
    /// Lets the CSMS read one or more variables (B06).
    GetVariables from_manager (GetVariablesRequest) -> GetVariablesResponse;
    /// Lets the Charging Station show that it is there (G02).
    Heartbeat from_station (HeartbeatRequest) -> HeartbeatResponse;
    /// Lets the CSMS add a root certificate (M05).
    InstallCertificate from_manager (InstallCertificateRequest) -> InstallCertificateResponse;
    /// Lets the Charging Station tell about the progress of a log upload (N01).
    LogStatusNotification from_station (LogStatusNotificationRequest) -> LogStatusNotificationResponse;
    /// Lets the Charging Station send readings outside of transactions (J01).
    MeterValues from_station (MeterValuesRequest) -> MeterValuesResponse;
    /// Lets the Charging Station tell when an outside system sets a charging limit (K11, K12).
    NotifyChargingLimit from_station (NotifyChargingLimitRequest) -> NotifyChargingLimitResponse;
    /// Lets the Charging Station send a part of the data about a customer (N09).
    NotifyCustomerInformation from_station (NotifyCustomerInformationRequest) -> NotifyCustomerInformationResponse;
    /// Lets the Charging Station send messages set for the display (O03, O04).
    NotifyDisplayMessages from_station (NotifyDisplayMessagesRequest) -> NotifyDisplayMessagesResponse;
    /// Lets the Charging Station send what an EV asked for over ISO 15118 (K15).
    NotifyEVChargingNeeds from_station (NotifyEVChargingNeedsRequest) -> NotifyEVChargingNeedsResponse;
    /// Lets the Charging Station send the schedule an EV made for itself (K15).
    NotifyEVChargingSchedule from_station (NotifyEVChargingScheduleRequest) -> NotifyEVChargingScheduleResponse;
    /// Lets the Charging Station tell when monitors have something to tell (N07, N08).
    NotifyEvent from_station (NotifyEventRequest) -> NotifyEventResponse;
    /// Lets the Charging Station send a part of the report on monitors (N02).
    NotifyMonitoringReport from_station (NotifyMonitoringReportRequest) -> NotifyMonitoringReportResponse;
    /// Lets the Charging Station send a part of a report on variables (B07, B08).
    NotifyReport from_station (NotifyReportRequest) -> NotifyReportResponse;
    /// Lets the CSMS offer firmware on its own network (L03).
    PublishFirmware from_manager (PublishFirmwareRequest) -> PublishFirmwareResponse;
    /// Lets the Charging Station tell about the progress of publishing firmware (L03).
    PublishFirmwareStatusNotification from_station (PublishFirmwareStatusNotificationRequest) -> PublishFirmwareStatusNotificationResponse;
    /// Lets the Charging Station deliver the charging profiles the CSMS asked for (K09).
    ReportChargingProfiles from_station (ReportChargingProfilesRequest) -> ReportChargingProfilesResponse;
    /// Lets the CSMS start a transaction remotely, for instance from an app (F01, F02).
    RequestStartTransaction from_manager (RequestStartTransactionRequest) -> RequestStartTransactionResponse;
    /// Lets the CSMS stop a running transaction remotely (F03).
    RequestStopTransaction from_manager (RequestStopTransactionRequest) -> RequestStopTransactionResponse;
    /// Lets the Charging Station tell when a reservation expires, is removed or goes unused (H04).
    ReservationStatusUpdate from_station (ReservationStatusUpdateRequest) -> ReservationStatusUpdateResponse;
    /// Lets the CSMS keep an EVSE free for one driver (H01).
    ReserveNow from_manager (ReserveNowRequest) -> ReserveNowResponse;
    /// Lets the CSMS restart the Charging Station or one EVSE (B11, B12).
    Reset from_manager (ResetRequest) -> ResetResponse;
    /// Lets the Charging Station report a security event to the CSMS (A04).
    SecurityEventNotification from_station (SecurityEventNotificationRequest) -> SecurityEventNotificationResponse;
    /// Lets the CSMS replace or change the station's Local Authorization List (D01).
    SendLocalList from_manager (SendLocalListRequest) -> SendLocalListResponse;
    /// Lets the CSMS install a charging profile on the Charging Station (K01).
    SetChargingProfile from_manager (SetChargingProfileRequest) -> SetChargingProfileResponse;
    /// Lets the CSMS put a message on the station's display (O01, O02, O06).
    SetDisplayMessage from_manager (SetDisplayMessageRequest) -> SetDisplayMessageResponse;
    /// Lets the CSMS switch on a predefined set of monitors (N03).
    SetMonitoringBase from_manager (SetMonitoringBaseRequest) -> SetMonitoringBaseResponse;
    /// Lets the CSMS filter which events the station reports by severity (N05).
    SetMonitoringLevel from_manager (SetMonitoringLevelRequest) -> SetMonitoringLevelResponse;
    /// Lets the CSMS store a network connection profile on the station (B09).
    SetNetworkProfile from_manager (SetNetworkProfileRequest) -> SetNetworkProfileResponse;
    /// Lets the CSMS set up monitors on variables (N04).
    SetVariableMonitoring from_manager (SetVariableMonitoringRequest) -> SetVariableMonitoringResponse;
    /// Lets the CSMS write one or more variables of the station (B05).
    SetVariables from_manager (SetVariablesRequest) -> SetVariablesResponse;
    /// Lets the Charging Station have a new certificate signed (A02, A03).
    SignCertificate from_station (SignCertificateRequest) -> SignCertificateResponse;
    /// Lets the Charging Station tell when the state of a connector changes (G01).
    StatusNotification from_station (StatusNotificationRequest) -> StatusNotificationResponse;
    /// Lets the Charging Station report start, progress and end of a transaction (E01-E15).
    TransactionEvent from_station (TransactionEventRequest) -> TransactionEventResponse;
    /// Lets the CSMS make the station send a certain message (F06).
    TriggerMessage from_manager (TriggerMessageRequest) -> TriggerMessageResponse;
    /// Lets the CSMS unlock a connector remotely (F05).
    UnlockConnector from_manager (UnlockConnectorRequest) -> UnlockConnectorResponse;
    /// Lets the CSMS make a Local Controller stop offering a firmware file (L04).
    UnpublishFirmware from_manager (UnpublishFirmwareRequest) -> UnpublishFirmwareResponse;
    /// Lets the CSMS have new firmware fetched and installed (L01, L02).
    UpdateFirmware from_manager (UpdateFirmwareRequest) -> UpdateFirmwareResponse;
}
