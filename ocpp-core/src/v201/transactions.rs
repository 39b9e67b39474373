//! Transactions (block E).

use alloc::boxed::Box;

use crate::types::{DateTime, List, Number, Text};
use crate::{message, open_enum};

use super::common::{CustomData, EVSE, IdToken, IdTokenInfo, MessageContent};
use super::common_metering::{MeterValue};

message! {
    /// Sent by the Charging Station to report start, progress and end of a transaction (E01-E17).
    pub struct TransactionEventRequest = "TransactionEventRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Whether the transaction starts, goes on or ends with this event.
        required event_type: TransactionEventKind = "eventType",
        /// Meter readings belonging to the transaction, chosen by configuration per event type.
        optional meter_value: List<MeterValue> = "meterValue",
        /// Moment at which the event happened.
        required timestamp: DateTime = "timestamp",
        /// What made the station send this event.
        required trigger_reason: TriggerReason = "triggerReason",
        /// Counter, 0 or higher, that lets the CSMS notice missing messages.
        required seq_no: i32 = "seqNo",
        /// True when the event happened while the station was offline; false when absent.
        optional offline: bool = "offline",
        /// Count of phases in use, 0 to 3; sent whenever the station knows it.
        optional number_of_phases_used: i32 = "numberOfPhasesUsed",
        /// Highest current the connected cable allows, in A.
        optional cable_max_current: i32 = "cableMaxCurrent",
        /// Reservation used up by this transaction, 0 or higher.
        optional reservation_id: i32 = "reservationId",
        /// Id and state of the transaction.
        required transaction_info: Transaction = "transactionInfo",
        /// EVSE and connector in use.
        optional evse: EVSE = "evse",
        /// Token that starts or stops the transaction; sent once per authorization.
        optional id_token: IdToken = "idToken",
    }

    /// Sent by the CSMS to confirm a transaction event, with cost or authorization news (E01-E17).
    pub struct TransactionEventResponse = "TransactionEventResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Running or final cost with tax, in the configured currency; 0.00 means free.
        optional total_cost: Number = "totalCost",
        /// Temporary business priority from -9 to 9, default 0; higher goes first.
        optional charging_priority: i32 = "chargingPriority",
        /// Authorization result; required when the request carried a token.
        optional id_token_info: IdTokenInfo = "idTokenInfo",
        /// New message for the driver, such as changed tariff information.
        optional updated_personal_message: MessageContent = "updatedPersonalMessage",
    }

    /// The request of [`GetTransactionStatus`].
    pub struct GetTransactionStatusRequest = "GetTransactionStatusRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `transactionId`.
        optional transaction_id: Text<36> = "transactionId",
    }

    /// The answer to [`GetTransactionStatus`].
    pub struct GetTransactionStatusResponse = "GetTransactionStatusResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `ongoingIndicator`.
        optional ongoing_indicator: bool = "ongoingIndicator",
        /// The value of `messagesInQueue`.
        required messages_in_queue: bool = "messagesInQueue",
    }

    /// Id and present state of a transaction, sent with each event.
    pub struct Transaction = "TransactionType" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Id of the transaction, at most 36 characters.
        required transaction_id: Text<36> = "transactionId",
        /// Present charging state; required when it changed.
        optional charging_state: ChargingState = "chargingState",
        /// Time in s during which energy flowed to the EV.
        optional time_spent_charging: i32 = "timeSpentCharging",
        /// Why the transaction stopped; absent counts as `Local`.
        optional stopped_reason: Reason = "stoppedReason",
        /// Id of the remote start request that led to this transaction.
        optional remote_start_id: i32 = "remoteStartId",
    }
}

open_enum! {
    /// Choice of whether an event is the first, a middle or the last one.
    pub enum TransactionEventKind = "TransactionEventEnumType" {
        Ended = "Ended", Started = "Started", Updated = "Updated",
    }

    /// Choice of what made the station send a transaction event.
    pub enum TriggerReason = "TriggerReasonEnumType" {
        Authorized = "Authorized", CablePluggedIn = "CablePluggedIn",
        ChargingRateChanged = "ChargingRateChanged", ChargingStateChanged = "ChargingStateChanged",
        Deauthorized = "Deauthorized", EnergyLimitReached = "EnergyLimitReached",
        EVCommunicationLost = "EVCommunicationLost", EVConnectTimeout = "EVConnectTimeout",
        MeterValueClock = "MeterValueClock", MeterValuePeriodic = "MeterValuePeriodic",
        TimeLimitReached = "TimeLimitReached", Trigger = "Trigger", UnlockCommand = "UnlockCommand",
        StopAuthorized = "StopAuthorized", EVDeparted = "EVDeparted", EVDetected = "EVDetected",
        RemoteStop = "RemoteStop", RemoteStart = "RemoteStart", AbnormalCondition = "AbnormalCondition",
        SignedDataReceived = "SignedDataReceived", ResetCommand = "ResetCommand",
    }

    /// Choice of what goes on between EV and EVSE: energy flows, is paused, or none.
    pub enum ChargingState = "ChargingStateEnumType" {
        Charging = "Charging", EVConnected = "EVConnected", SuspendedEV = "SuspendedEV",
        SuspendedEVSE = "SuspendedEVSE", Idle = "Idle",
    }

    /// Choice of why a transaction was stopped, from user action to technical fault.
    pub enum Reason = "ReasonEnumType" {
        DeAuthorized = "DeAuthorized", EmergencyStop = "EmergencyStop",
        EnergyLimitReached = "EnergyLimitReached", EVDisconnected = "EVDisconnected",
        GroundFault = "GroundFault", ImmediateReset = "ImmediateReset", Local = "Local",
        LocalOutOfCredit = "LocalOutOfCredit", MasterPass = "MasterPass", Other = "Other",
        OvercurrentFault = "OvercurrentFault", PowerLoss = "PowerLoss", PowerQuality = "PowerQuality",
        Reboot = "Reboot", Remote = "Remote", SOCLimitReached = "SOCLimitReached",
        StoppedByEV = "StoppedByEV", TimeLimitReached = "TimeLimitReached", Timeout = "Timeout",
    }
}
