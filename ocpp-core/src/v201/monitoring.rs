//! Monitoring of variables, and events (block N).

use crate::types::{DateTime, List, Number, Text};
use crate::{message, open_enum};

use super::common::{
    Component, ComponentVariable, CustomData, GenericDeviceModelStatus, GenericStatus, StatusInfo, Variable,
};

message! {
    /// Sent by the CSMS to switch on a predefined set of monitors (N03).
    pub struct SetMonitoringBaseRequest = "SetMonitoringBaseRequest" {
        /// Which predefined set of monitors to activate.
        required monitoring_base: MonitoringBase = "monitoringBase",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether it applied the monitoring base (N03).
    pub struct SetMonitoringBaseResponse = "SetMonitoringBaseResponse" {
        /// Whether the station accepts the monitoring base.
        required status: GenericDeviceModelStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to filter which events the station reports by severity (N05).
    pub struct SetMonitoringLevelRequest = "SetMonitoringLevelRequest" {
        /// Highest severity number still reported, 0 to 9; 0 is the most severe.
        required severity: i32 = "severity",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether it took the new level (N05).
    pub struct SetMonitoringLevelResponse = "SetMonitoringLevelResponse" {
        /// Whether the station accepts the severity level.
        required status: GenericStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to set up monitors on variables (N04).
    pub struct SetVariableMonitoringRequest = "SetVariableMonitoringRequest" {
        /// Monitors to set up or replace, at least one.
        required set_monitoring_data: List<SetMonitoringData> = "setMonitoringData",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station with the outcome for each monitor (N04).
    pub struct SetVariableMonitoringResponse = "SetVariableMonitoringResponse" {
        /// One result for each requested monitor.
        required set_monitoring_result: List<SetMonitoringResult> = "setMonitoringResult",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to remove monitors from variables (N06).
    pub struct ClearVariableMonitoringRequest = "ClearVariableMonitoringRequest" {
        /// Monitors to remove, at least one.
        required id: List<i32> = "id",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station with the outcome for each monitor (N06).
    pub struct ClearVariableMonitoringResponse = "ClearVariableMonitoringResponse" {
        /// Outcomes, one per monitor asked for.
        required clear_monitoring_result: List<ClearMonitoringResult> = "clearMonitoringResult",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to get the monitors that are set (N02).
    pub struct GetMonitoringReportRequest = "GetMonitoringReportRequest" {
        /// Components and variables to report; absent means all.
        optional component_variable: List<ComponentVariable> = "componentVariable",
        /// Id that the parts of the report repeat.
        required request_id: i32 = "requestId",
        /// Kinds of monitors to report, at most three; absent means all.
        optional monitoring_criteria: List<MonitoringCriterion, 1, 3> = "monitoringCriteria",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether the report will come (N02).
    pub struct GetMonitoringReportResponse = "GetMonitoringReportResponse" {
        /// Whether the report will come, or why not.
        required status: GenericDeviceModelStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station with a part of the report on monitors (N02).
    pub struct NotifyMonitoringReportRequest = "NotifyMonitoringReportRequest" {
        /// Monitors, by variable.
        optional monitor: List<MonitoringData> = "monitor",
        /// Id of the request that asked for the report.
        required request_id: i32 = "requestId",
        /// True when another part follows.
        optional tbc: bool = "tbc",
        /// Number of the part; the first is 0.
        required seq_no: i32 = "seqNo",
        /// Moment the message was made.
        required generated_at: DateTime = "generatedAt",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm the part; carries no data (N02).
    pub struct NotifyMonitoringReportResponse = "NotifyMonitoringReportResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station when monitors have something to tell (N07, N08).
    pub struct NotifyEventRequest = "NotifyEventRequest" {
        /// Moment the message was made.
        required generated_at: DateTime = "generatedAt",
        /// True when another part follows.
        optional tbc: bool = "tbc",
        /// Number of the part; the first is 0.
        required seq_no: i32 = "seqNo",
        /// The events, at least one.
        required event_data: List<EventData> = "eventData",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm the events; carries no data (N07, N08).
    pub struct NotifyEventResponse = "NotifyEventResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// One monitor to set up on a variable, or to replace.
    pub struct SetMonitoringData = "SetMonitoringDataType" {
        /// Id of the monitor to replace, 0 or higher; leave out for a new one.
        optional id: i32 = "id",
        /// True to watch only during a transaction on the component; false when absent.
        optional transaction: bool = "transaction",
        /// Threshold or delta to watch for; for periodic types the interval in s.
        required value: Number = "value",
        /// Kind of monitor, such as upper threshold, delta or periodic.
        required kind: Monitor = "type",
        /// Severity of events from this monitor, 0 (danger) to 9 (debug).
        required severity: i32 = "severity",
        /// Component that holds the variable to watch.
        required component: Component = "component",
        /// Variable the monitor should watch.
        required variable: Variable = "variable",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Outcome of setting up one monitor.
    pub struct SetMonitoringResult = "SetMonitoringResultType" {
        /// Id the station gave the monitor; present only when the status is `Accepted`.
        optional id: i32 = "id",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Whether this monitor was set, or why not.
        required status: SetMonitoringStatus = "status",
        /// Kind of monitor the result is about.
        required kind: Monitor = "type",
        /// Component the result is about.
        required component: Component = "component",
        /// Variable the result is about.
        required variable: Variable = "variable",
        /// Severity of events from this monitor, 0 (danger) to 9 (debug).
        required severity: i32 = "severity",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Outcome for one monitor that was to be removed.
    pub struct ClearMonitoringResult = "ClearMonitoringResultType" {
        /// Whether the monitor is gone; `Rejected` for ones that cannot be removed.
        required status: ClearMonitoringStatus = "status",
        /// Monitor the outcome is for.
        required id: i32 = "id",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The monitors of one variable.
    pub struct MonitoringData = "MonitoringDataType" {
        /// Component that has the variable.
        required component: Component = "component",
        /// The variable.
        required variable: Variable = "variable",
        /// Monitors on the variable, at least one.
        required variable_monitoring: List<VariableMonitoring> = "variableMonitoring",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A monitor that is set on a variable.
    pub struct VariableMonitoring = "VariableMonitoringType" {
        /// Id of the monitor, 0 or higher.
        required id: i32 = "id",
        /// True when the monitor only works during a transaction on the component.
        required transaction: bool = "transaction",
        /// Threshold or delta watched for; for periodic types the interval in s.
        required value: Number = "value",
        /// Kind of monitor, such as upper threshold, delta or periodic.
        required kind: Monitor = "type",
        /// Severity of events from this monitor, 0 (danger) to 9 (debug).
        required severity: i32 = "severity",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// One event about a variable, such as a crossed limit or a fault.
    pub struct EventData = "EventDataType" {
        /// Id of the event, which later events can name as cause.
        required event_id: i32 = "eventId",
        /// When the event was reported.
        required timestamp: DateTime = "timestamp",
        /// What set off the event, such as a crossed limit.
        required trigger: EventTrigger = "trigger",
        /// Id of the event that led to this one.
        optional cause: i32 = "cause",
        /// Value of the variable at that time, at most 2500 characters.
        required actual_value: Text<2500> = "actualValue",
        /// Error code from the component, at most 50 characters.
        optional tech_code: Text<50> = "techCode",
        /// Technical details from the component, at most 500 characters.
        optional tech_info: Text<500> = "techInfo",
        /// True when the situation is back to normal.
        optional cleared: bool = "cleared",
        /// Transaction the event has to do with, at most 36 characters.
        optional transaction_id: Text<36> = "transactionId",
        /// Component the event is about.
        required component: Component = "component",
        /// Monitor that noticed the event.
        optional variable_monitoring_id: i32 = "variableMonitoringId",
        /// Whether a set, built-in or preset monitor reported it.
        required event_notification_type: EventNotification = "eventNotificationType",
        /// Variable the event is about.
        required variable: Variable = "variable",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of the predefined sets of monitors.
    pub enum MonitoringBase = "MonitoringBaseEnumType" {
        All = "All", FactoryDefault = "FactoryDefault", HardWiredOnly = "HardWiredOnly",
    }

    /// Choice of what a monitor watches for: threshold, change or clock.
    pub enum Monitor = "MonitorEnumType" {
        UpperThreshold = "UpperThreshold", LowerThreshold = "LowerThreshold", Delta = "Delta",
        Periodic = "Periodic", PeriodicClockAligned = "PeriodicClockAligned",
    }

    /// Choice of how setting a monitor ended: set, or why it was refused.
    pub enum SetMonitoringStatus = "SetMonitoringStatusEnumType" {
        Accepted = "Accepted", UnknownComponent = "UnknownComponent", UnknownVariable = "UnknownVariable",
        UnsupportedMonitorType = "UnsupportedMonitorType", Rejected = "Rejected", Duplicate = "Duplicate",
    }

    /// Choice of whether a monitor was removed, kept or not found.
    pub enum ClearMonitoringStatus = "ClearMonitoringStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", NotFound = "NotFound",
    }

    /// Choice of the kinds of monitors to report.
    pub enum MonitoringCriterion = "MonitoringCriterionEnumType" {
        ThresholdMonitoring = "ThresholdMonitoring", DeltaMonitoring = "DeltaMonitoring",
        PeriodicMonitoring = "PeriodicMonitoring",
    }

    /// Choice of where a monitor comes from: hard-wired, preconfigured or custom.
    pub enum EventNotification = "EventNotificationEnumType" {
        HardWiredNotification = "HardWiredNotification", HardWiredMonitor = "HardWiredMonitor",
        PreconfiguredMonitor = "PreconfiguredMonitor", CustomMonitor = "CustomMonitor",
    }

    /// Choice of what made the station send an event: alert, change or clock.
    pub enum EventTrigger = "EventTriggerEnumType" {
        Alerting = "Alerting", Delta = "Delta", Periodic = "Periodic",
    }
}
