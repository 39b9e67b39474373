//! Transactions (block E).

use crate::types::{DateTime, List, Number, Text};
use crate::{message, open_enum};

use super::common::{CustomData, EVSE, IdToken, IdTokenInfo, MessageContent};
use super::common_metering::MeterValue;

message! {
    /// Sent by the Charging Station to report start, progress and end of a transaction (E01-E15).
    pub struct TransactionEventRequest = "TransactionEventRequest" {
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
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm a transaction event, with cost or authorization news (E01-E15).
    pub struct TransactionEventResponse = "TransactionEventResponse" {
        /// Running or final cost with tax, in the configured currency; 0.00 means free.
        optional total_cost: Number = "totalCost",
        /// Temporary business priority from -9 to 9, default 0; higher goes first.
        optional charging_priority: i32 = "chargingPriority",
        /// Authorization result; required when the request carried a token.
        optional id_token_info: IdTokenInfo = "idTokenInfo",
        /// New message for the driver, such as changed tariff information.
        optional updated_personal_message: MessageContent = "updatedPersonalMessage",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to ask about a transaction, or about queued messages (E14).
    pub struct GetTransactionStatusRequest = "GetTransactionStatusRequest" {
        /// Transaction to ask about; absent asks about queued messages in general.
        optional transaction_id: Text<36> = "transactionId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station about the transaction and its queue (E14).
    pub struct GetTransactionStatusResponse = "GetTransactionStatusResponse" {
        /// Whether the transaction still runs; absent when none was asked about.
        optional ongoing_indicator: bool = "ongoingIndicator",
        /// Whether messages about transactions still wait to be sent.
        required messages_in_queue: bool = "messagesInQueue",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Id and present state of a transaction, sent with each event.
    pub struct Transaction = "TransactionType" {
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
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
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
