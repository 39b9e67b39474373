//! Transactions (block E).

use crate::types::{DateTime, Integer, List, Number, Text};
use crate::{message, open_enum};

use super::common::{CustomData, EVSE, IdToken, IdTokenInfo, MessageContent};
use super::common_metering::MeterValue;
use super::common_schedules::{OperationMode, Price};

message! {
    /// Sent by the Charging Station to report start, progress and end of a transaction (E01-E17).
    pub struct TransactionEventRequest = "TransactionEventRequest" {
        /// Cost as worked out by the station under local cost calculation (I12).
        optional cost_details: CostDetails = "costDetails",
        /// Whether the transaction starts, goes on or ends with this event.
        required event_type: TransactionEventKind = "eventType",
        /// Meter readings belonging to the transaction, chosen by configuration per event type.
        optional meter_value: List<MeterValue> = "meterValue",
        /// Moment at which the event happened.
        required timestamp: DateTime = "timestamp",
        /// What made the station send this event.
        required trigger_reason: TriggerReason = "triggerReason",
        /// Counter, 0 or higher, that lets the CSMS notice missing messages.
        required seq_no: Integer<0> = "seqNo",
        /// True when the event happened while the station was offline; false when absent.
        optional offline: bool = "offline",
        /// Count of phases in use, 0 to 3; sent whenever the station knows it.
        optional number_of_phases_used: Integer<0, 3> = "numberOfPhasesUsed",
        /// Highest current the connected cable allows, in A.
        optional cable_max_current: i32 = "cableMaxCurrent",
        /// Reservation used up by this transaction, 0 or higher.
        optional reservation_id: Integer<0> = "reservationId",
        /// How far the EV's battery is preconditioned; `Unknown` when absent.
        optional preconditioning_status: PreconditioningStatus = "preconditioningStatus",
        /// True when the EVSE electronics sleep during this transaction; false when absent.
        optional evse_sleep: bool = "evseSleep",
        /// Id and state of the transaction.
        required transaction_info: Transaction = "transactionInfo",
        /// EVSE and connector in use.
        optional evse: EVSE = "evse",
        /// Token that starts or stops the transaction; sent once per authorization.
        optional id_token: IdToken = "idToken",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm a transaction event, with cost or authorization news (E01-E17).
    pub struct TransactionEventResponse = "TransactionEventResponse" {
        /// Running or final cost with tax, in the configured currency; 0.00 means free.
        optional total_cost: Number = "totalCost",
        /// Temporary business priority from -9 to 9, default 0; higher goes first.
        optional charging_priority: i32 = "chargingPriority",
        /// Authorization result; required when the request carried a token.
        optional id_token_info: IdTokenInfo = "idTokenInfo",
        /// Limit on cost, energy, time or SoC to apply to the transaction.
        optional transaction_limit: TransactionLimit = "transactionLimit",
        /// New message for the driver, such as changed tariff information.
        optional updated_personal_message: MessageContent = "updatedPersonalMessage",
        /// The driver message in up to four further languages.
        optional updated_personal_message_extra: List<MessageContent, 1, 4> = "updatedPersonalMessageExtra",
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

    /// Cost of a transaction as the station worked it out from the tariff.
    pub struct CostDetails = "CostDetailsType" {
        /// Parts of the transaction with their usage; reservation time is not among them.
        optional charging_periods: List<ChargingPeriod> = "chargingPeriods",
        /// Cost so far, split by kind.
        required total_cost: TotalCost = "totalCost",
        /// Energy and times the cost is based on.
        required total_usage: TotalUsage = "totalUsage",
        /// True when the station could not work out the cost.
        optional failure_to_calculate: bool = "failureToCalculate",
        /// Why the cost is missing, for people, at most 500 characters.
        optional failure_reason: Text<500> = "failureReason",
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
        /// Operation mode now in effect for the transaction.
        optional operation_mode: OperationMode = "operationMode",
        /// Id of the tariff in use, at most 60 characters.
        optional tariff_id: Text<60> = "tariffId",
        /// Limit on cost, energy, time or SoC in force.
        optional transaction_limit: TransactionLimit = "transactionLimit",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Bounds on a transaction by cost, energy, time or state of charge (E16).
    pub struct TransactionLimit = "TransactionLimitType" {
        /// Highest allowed cost, in the currency of the tariff.
        optional max_cost: Number = "maxCost",
        /// Most energy to charge, in Wh.
        optional max_energy: Number = "maxEnergy",
        /// Longest duration from start to end, in s.
        optional max_time: i32 = "maxTime",
        /// Highest state of charge of the EV, 0 to 100 %.
        optional max_soc: Integer<0, 100> = "maxSoC",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A part of a transaction with its usage, for cost calculation.
    pub struct ChargingPeriod = "ChargingPeriodType" {
        /// Amounts used in this period, by kind.
        optional dimensions: List<CostDimension> = "dimensions",
        /// Tariff the cost was worked out with, at most 60 characters.
        optional tariff_id: Text<60> = "tariffId",
        /// Begin of the period; it lasts until the next one or the session's end.
        required start_period: DateTime = "startPeriod",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Running or final cost of a transaction, split by kind.
    pub struct TotalCost = "TotalCostType" {
        /// Three-letter ISO 4217 code of the currency.
        required currency: Text<3> = "currency",
        /// Whether the total is the normal, the minimum or the maximum cost.
        required type_of_cost: TariffCost = "typeOfCost",
        /// Sum of the flat fees, apart from reservation fees.
        optional fixed: Price = "fixed",
        /// Sum of the costs for energy.
        optional energy: Price = "energy",
        /// Sum of the costs for time spent charging.
        optional charging_time: Price = "chargingTime",
        /// Sum of the costs for idle time.
        optional idle_time: Price = "idleTime",
        /// Sum of the costs for reserved time.
        optional reservation_time: Price = "reservationTime",
        /// Sum of the flat fees for the reservation.
        optional reservation_fixed: Price = "reservationFixed",
        /// Sum of all cost parts, with and without tax.
        required total: TotalPrice = "total",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Energy and time used by a transaction, as counted for its cost.
    pub struct TotalUsage = "TotalUsageType" {
        /// Energy used in total, in Wh as the specification's examples show.
        required energy: Number = "energy",
        /// Length of the charging session in s, pauses included by the schema text.
        required charging_time: i32 = "chargingTime",
        /// Time in s during which no energy flowed.
        required idle_time: i32 = "idleTime",
        /// Time reserved, in s.
        optional reservation_time: i32 = "reservationTime",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// How much of one thing was used in a charging period.
    pub struct CostDimension = "CostDimensionType" {
        /// What was used, such as `Energy` or `ChargingTime`.
        required kind: CostDimensionKind = "type",
        /// Amount used, in Wh, A, W or s as the kind demands.
        required volume: Number = "volume",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A total with tax, without tax, or both.
    pub struct TotalPrice = "TotalPriceType" {
        /// Total without tax; may be absent if `inclTax` is given.
        optional excl_tax: Number = "exclTax",
        /// Total with tax; may be absent if `exclTax` is given.
        optional incl_tax: Number = "inclTax",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of whether the battery is warm enough to charge well.
    pub enum PreconditioningStatus = "PreconditioningStatusEnumType" {
        Unknown = "Unknown", Ready = "Ready", NotReady = "NotReady", Preconditioning = "Preconditioning",
    }

    /// Choice of whether an event is the first, a middle or the last one.
    pub enum TransactionEventKind = "TransactionEventEnumType" {
        Ended = "Ended", Started = "Started", Updated = "Updated",
    }

    /// Choice of what made the station send a transaction event.
    pub enum TriggerReason = "TriggerReasonEnumType" {
        AbnormalCondition = "AbnormalCondition", Authorized = "Authorized",
        CablePluggedIn = "CablePluggedIn", ChargingRateChanged = "ChargingRateChanged",
        ChargingStateChanged = "ChargingStateChanged", CostLimitReached = "CostLimitReached",
        Deauthorized = "Deauthorized", EnergyLimitReached = "EnergyLimitReached",
        EVCommunicationLost = "EVCommunicationLost", EVConnectTimeout = "EVConnectTimeout",
        EVDeparted = "EVDeparted", EVDetected = "EVDetected", LimitSet = "LimitSet",
        MeterValueClock = "MeterValueClock", MeterValuePeriodic = "MeterValuePeriodic",
        OperationModeChanged = "OperationModeChanged", RemoteStart = "RemoteStart",
        RemoteStop = "RemoteStop", ResetCommand = "ResetCommand", RunningCost = "RunningCost",
        SignedDataReceived = "SignedDataReceived", SoCLimitReached = "SoCLimitReached",
        StopAuthorized = "StopAuthorized", TariffChanged = "TariffChanged",
        TariffNotAccepted = "TariffNotAccepted", TimeLimitReached = "TimeLimitReached",
        Trigger = "Trigger", TxResumed = "TxResumed", UnlockCommand = "UnlockCommand",
    }

    /// Choice of what goes on between EV and EVSE: energy flows, is paused, or none.
    pub enum ChargingState = "ChargingStateEnumType" {
        EVConnected = "EVConnected", Charging = "Charging", SuspendedEV = "SuspendedEV",
        SuspendedEVSE = "SuspendedEVSE", Idle = "Idle",
    }

    /// Choice of why a transaction was stopped, from user action to technical fault.
    pub enum Reason = "ReasonEnumType" {
        DeAuthorized = "DeAuthorized", EmergencyStop = "EmergencyStop",
        EnergyLimitReached = "EnergyLimitReached", EVDisconnected = "EVDisconnected",
        GroundFault = "GroundFault", ImmediateReset = "ImmediateReset", MasterPass = "MasterPass",
        Local = "Local", LocalOutOfCredit = "LocalOutOfCredit", Other = "Other",
        OvercurrentFault = "OvercurrentFault", PowerLoss = "PowerLoss", PowerQuality = "PowerQuality",
        Reboot = "Reboot", Remote = "Remote", SOCLimitReached = "SOCLimitReached",
        StoppedByEV = "StoppedByEV", TimeLimitReached = "TimeLimitReached", Timeout = "Timeout",
        ReqEnergyTransferRejected = "ReqEnergyTransferRejected",
    }

    /// Choice of whether a total is the normal cost or was set by a bound.
    pub enum TariffCost = "TariffCostEnumType" {
        NormalCost = "NormalCost", MinCost = "MinCost", MaxCost = "MaxCost",
    }

    /// Choice of what was used: energy (Wh), current (A), power (W) or time (s).
    pub enum CostDimensionKind = "CostDimensionEnumType" {
        Energy = "Energy", MaxCurrent = "MaxCurrent", MinCurrent = "MinCurrent", MaxPower = "MaxPower",
        MinPower = "MinPower", IdleTIme = "IdleTIme", ChargingTime = "ChargingTime",
    }
}
