//! Control of distributed energy resources (block R).

use alloc::boxed::Box;

use crate::types::{DateTime, Integer, List, Number, Text};
use crate::{message, open_enum};

use super::common::{CustomData, DERControl, StatusInfo};

message! {
    /// Sent by the CSMS to install a grid support (DER) control on the station (R04).
    pub struct SetDERControlRequest = "SetDERControlRequest" {
        /// True for a default control, false for a scheduled one.
        required is_default: bool = "isDefault",
        /// Unique id of the control, such as a UUID; at most 36 characters.
        required control_id: Text<36> = "controlId",
        /// Kind of control, which also tells which settings field is filled in.
        required control_type: DERControl = "controlType",
        /// Curve of voltage, frequency or power, for curve-like control types.
        optional curve: DERCurve = "curve",
        /// Settings for going back into service after a trip; default controls only.
        optional enter_service: EnterService = "enterService",
        /// Fixed power factor while taking in active power.
        optional fixed_pf_absorb: FixedPF = "fixedPFAbsorb",
        /// Fixed power factor while feeding in active power.
        optional fixed_pf_inject: FixedPF = "fixedPFInject",
        /// Fixed reactive power setpoint.
        optional fixed_var: FixedVar = "fixedVar",
        /// Parameters that shift active power when grid frequency deviates.
        optional freq_droop: FreqDroop = "freqDroop",
        /// Default ramp rate settings; default controls only.
        optional gradient: Gradient = "gradient",
        /// Cap on discharge power as % of the rated capability.
        optional limit_max_discharge: LimitMaxDischarge = "limitMaxDischarge",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether it took the DER control (R04).
    pub struct SetDERControlResponse = "SetDERControlResponse" {
        /// Outcome of installing the control.
        required status: DERControlStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Ids of controls the new one overrules, at most 24.
        optional superseded_ids: List<Text<36>, 1, 24> = "supersededIds",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The request of [`GetDERControl`].
    pub struct GetDERControlRequest = "GetDERControlRequest" {
        /// The value of `requestId`.
        required request_id: i32 = "requestId",
        /// The value of `isDefault`.
        optional is_default: bool = "isDefault",
        /// The value of `controlType`.
        optional control_type: DERControl = "controlType",
        /// The value of `controlId`.
        optional control_id: Text<36> = "controlId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The answer to [`GetDERControl`].
    pub struct GetDERControlResponse = "GetDERControlResponse" {
        /// The value of `status`.
        required status: DERControlStatus = "status",
        /// The value of `statusInfo`.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to remove grid support (DER) settings (R04).
    pub struct ClearDERControlRequest = "ClearDERControlRequest" {
        /// True to remove default settings, false to remove scheduled ones.
        required is_default: bool = "isDefault",
        /// Kind of settings to remove; left out when `controlId` is given.
        optional control_type: DERControl = "controlType",
        /// One setting to remove, at most 36 characters; all of the kind when absent.
        optional control_id: Text<36> = "controlId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether the settings were removed (R04).
    pub struct ClearDERControlResponse = "ClearDERControlResponse" {
        /// Whether it worked; `NotFound` when nothing matched.
        required status: DERControlStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to deliver DER controls asked for with `GetDERControlRequest` (R04).
    pub struct ReportDERControlRequest = "ReportDERControlRequest" {
        /// Stored voltage, frequency and power curves, at most 24.
        optional curve: List<DERCurveGet, 1, 24> = "curve",
        /// Stored settings for reconnecting after a trip, at most 24.
        optional enter_service: List<EnterServiceGet, 1, 24> = "enterService",
        /// Stored fixed power factors for taking in active power, at most 24.
        optional fixed_pf_absorb: List<FixedPFGet, 1, 24> = "fixedPFAbsorb",
        /// Stored fixed power factors for feeding in active power, at most 24.
        optional fixed_pf_inject: List<FixedPFGet, 1, 24> = "fixedPFInject",
        /// Stored fixed reactive power settings, at most 24.
        optional fixed_var: List<FixedVarGet, 1, 24> = "fixedVar",
        /// Stored frequency droop settings, at most 24.
        optional freq_droop: List<FreqDroopGet, 1, 24> = "freqDroop",
        /// Stored ramp rate settings, at most 24.
        optional gradient: List<GradientGet, 1, 24> = "gradient",
        /// Stored caps on discharge power, at most 24.
        optional limit_max_discharge: List<LimitMaxDischargeGet, 1, 24> = "limitMaxDischarge",
        /// Repeats the id from the `GetDERControlRequest` that asked for this report.
        required request_id: i32 = "requestId",
        /// True when more parts of this report follow; false when absent.
        optional tbc: bool = "tbc",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm receipt of the DER control report; carries no data (R04).
    pub struct ReportDERControlResponse = "ReportDERControlResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The request of [`NotifyDERAlarm`].
    pub struct NotifyDERAlarmRequest = "NotifyDERAlarmRequest" {
        /// The value of `controlType`.
        required control_type: DERControl = "controlType",
        /// The value of `gridEventFault`.
        optional grid_event_fault: GridEventFault = "gridEventFault",
        /// The value of `alarmEnded`.
        optional alarm_ended: bool = "alarmEnded",
        /// The value of `timestamp`.
        required timestamp: DateTime = "timestamp",
        /// The value of `extraInfo`.
        optional extra_info: Text<200> = "extraInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The answer to [`NotifyDERAlarm`].
    pub struct NotifyDERAlarmResponse = "NotifyDERAlarmResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The request of [`NotifyDERStartStop`].
    pub struct NotifyDERStartStopRequest = "NotifyDERStartStopRequest" {
        /// The value of `controlId`.
        required control_id: Text<36> = "controlId",
        /// The value of `started`.
        required started: bool = "started",
        /// The value of `timestamp`.
        required timestamp: DateTime = "timestamp",
        /// The value of `supersededIds`.
        optional superseded_ids: List<Text<36>, 1, 24> = "supersededIds",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The answer to [`NotifyDERStartStop`].
    pub struct NotifyDERStartStopResponse = "NotifyDERStartStopResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A curve that says how the inverter reacts to grid voltage or frequency.
    pub struct DERCurve = "DERCurveType" {
        /// Points of the curve, 1 to 10.
        required curve_data: List<DERCurvePoints, 1, 10> = "curveData",
        /// When and how the inverter goes back to normal.
        optional hysteresis: Hysteresis = "hysteresis",
        /// Rank among settings; 0 is the highest.
        required priority: Integer<0> = "priority",
        /// More options, for `VoltVar` curves only.
        optional reactive_power_params: ReactivePowerParams = "reactivePowerParams",
        /// More options, for voltage curves only.
        optional voltage_params: VoltageParams = "voltageParams",
        /// Unit of the output values.
        required y_unit: DERUnit = "yUnit",
        /// Time in s to reach 90 % of a new target; 0 means no limit.
        optional response_time: Number = "responseTime",
        /// When the curve takes effect; absent only for default curves.
        optional start_time: DateTime = "startTime",
        /// How long the curve holds, in s; absent only for default curves.
        optional duration: Number = "duration",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// When and how the inverter may reconnect to the grid after a trip.
    pub struct EnterService = "EnterServiceType" {
        /// Rank among settings; 0 is the highest.
        required priority: Integer<0> = "priority",
        /// Grid voltage must be below this to reconnect.
        required high_voltage: Number = "highVoltage",
        /// Grid voltage must be above this to reconnect.
        required low_voltage: Number = "lowVoltage",
        /// Grid frequency must be below this to reconnect, in Hz.
        required high_freq: Number = "highFreq",
        /// Grid frequency must be above this to reconnect, in Hz.
        required low_freq: Number = "lowFreq",
        /// Wait before reconnecting, in s.
        optional delay: Number = "delay",
        /// Longest extra wait by chance before reconnecting, in s.
        optional random_delay: Number = "randomDelay",
        /// Time over which power rises after reconnecting, in s.
        optional ramp_rate: Number = "rampRate",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Part of a message.
    pub struct FixedPF = "FixedPFType" {
        /// The value of `priority`.
        required priority: Integer<0> = "priority",
        /// The value of `displacement`.
        required displacement: Number = "displacement",
        /// The value of `excitation`.
        required excitation: bool = "excitation",
        /// The value of `startTime`.
        optional start_time: DateTime = "startTime",
        /// The value of `duration`.
        optional duration: Number = "duration",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Part of a message.
    pub struct FixedVar = "FixedVarType" {
        /// The value of `priority`.
        required priority: Integer<0> = "priority",
        /// The value of `setpoint`.
        required setpoint: Number = "setpoint",
        /// The value of `unit`.
        required unit: DERUnit = "unit",
        /// The value of `startTime`.
        optional start_time: DateTime = "startTime",
        /// The value of `duration`.
        optional duration: Number = "duration",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Part of a message.
    pub struct FreqDroop = "FreqDroopType" {
        /// The value of `priority`.
        required priority: Integer<0> = "priority",
        /// The value of `overFreq`.
        required over_freq: Number = "overFreq",
        /// The value of `underFreq`.
        required under_freq: Number = "underFreq",
        /// The value of `overDroop`.
        required over_droop: Number = "overDroop",
        /// The value of `underDroop`.
        required under_droop: Number = "underDroop",
        /// The value of `responseTime`.
        required response_time: Number = "responseTime",
        /// The value of `startTime`.
        optional start_time: DateTime = "startTime",
        /// The value of `duration`.
        optional duration: Number = "duration",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Part of a message.
    pub struct Gradient = "GradientType" {
        /// The value of `priority`.
        required priority: Integer<0> = "priority",
        /// The value of `gradient`.
        required gradient: Number = "gradient",
        /// The value of `softGradient`.
        required soft_gradient: Number = "softGradient",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Part of a message.
    pub struct LimitMaxDischarge = "LimitMaxDischargeType" {
        /// The value of `priority`.
        required priority: Integer<0> = "priority",
        /// The value of `pctMaxDischargePower`.
        optional pct_max_discharge_power: Number = "pctMaxDischargePower",
        /// The value of `powerMonitoringMustTrip`.
        optional power_monitoring_must_trip: DERCurve = "powerMonitoringMustTrip",
        /// The value of `startTime`.
        optional start_time: DateTime = "startTime",
        /// The value of `duration`.
        optional duration: Number = "duration",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// One point of a grid support curve.
    pub struct DERCurvePoints = "DERCurvePointsType" {
        /// Input value, such as voltage or frequency, as the curve type says.
        required x: Number = "x",
        /// Output value in the curve's `yUnit`; a positive power factor takes in reactive power.
        required y: Number = "y",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Part of a message.
    pub struct Hysteresis = "HysteresisType" {
        /// The value of `hysteresisHigh`.
        optional hysteresis_high: Number = "hysteresisHigh",
        /// The value of `hysteresisLow`.
        optional hysteresis_low: Number = "hysteresisLow",
        /// The value of `hysteresisDelay`.
        optional hysteresis_delay: Number = "hysteresisDelay",
        /// The value of `hysteresisGradient`.
        optional hysteresis_gradient: Number = "hysteresisGradient",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Part of a message.
    pub struct ReactivePowerParams = "ReactivePowerParamsType" {
        /// The value of `vRef`.
        optional v_ref: Number = "vRef",
        /// The value of `autonomousVRefEnable`.
        optional autonomous_v_ref_enable: bool = "autonomousVRefEnable",
        /// The value of `autonomousVRefTimeConstant`.
        optional autonomous_v_ref_time_constant: Number = "autonomousVRefTimeConstant",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Overvoltage and fault ride-through settings that go with a DER curve.
    pub struct VoltageParams = "VoltageParamsType" {
        /// Threshold for the 10-minute mean voltage (EN 50549-1); staying above it trips the EV.
        optional hv10_min_mean_value: Number = "hv10MinMeanValue",
        /// Time the voltage may stay above `hv10MinMeanValue` before the EV must trip.
        optional hv10_min_mean_trip_delay: Number = "hv10MinMeanTripDelay",
        /// Power the EV must feed in during fault ride-through: active or reactive.
        optional power_during_cessation: PowerDuringCessation = "powerDuringCessation",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A grid support curve as it is stored on the station.
    pub struct DERCurveGet = "DERCurveGetType" {
        /// The curve with its points and options.
        required curve: DERCurve = "curve",
        /// Id of the curve setting, at most 36 characters.
        required id: Text<36> = "id",
        /// Which function the curve steers.
        required curve_type: DERControl = "curveType",
        /// True for a default curve, false for a scheduled one.
        required is_default: bool = "isDefault",
        /// True when a setting of higher priority takes its place.
        required is_superseded: bool = "isSuperseded",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A stored setting for reconnecting to the grid, with its id.
    pub struct EnterServiceGet = "EnterServiceGetType" {
        /// The reconnect limits and delays themselves.
        required enter_service: EnterService = "enterService",
        /// Id of the setting, at most 36 characters.
        required id: Text<36> = "id",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Part of a message.
    pub struct FixedPFGet = "FixedPFGetType" {
        /// The value of `fixedPF`.
        required fixed_pf: FixedPF = "fixedPF",
        /// The value of `id`.
        required id: Text<36> = "id",
        /// The value of `isDefault`.
        required is_default: bool = "isDefault",
        /// The value of `isSuperseded`.
        required is_superseded: bool = "isSuperseded",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Part of a message.
    pub struct FixedVarGet = "FixedVarGetType" {
        /// The value of `fixedVar`.
        required fixed_var: FixedVar = "fixedVar",
        /// The value of `id`.
        required id: Text<36> = "id",
        /// The value of `isDefault`.
        required is_default: bool = "isDefault",
        /// The value of `isSuperseded`.
        required is_superseded: bool = "isSuperseded",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Part of a message.
    pub struct FreqDroopGet = "FreqDroopGetType" {
        /// The value of `freqDroop`.
        required freq_droop: FreqDroop = "freqDroop",
        /// The value of `id`.
        required id: Text<36> = "id",
        /// The value of `isDefault`.
        required is_default: bool = "isDefault",
        /// The value of `isSuperseded`.
        required is_superseded: bool = "isSuperseded",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Part of a message.
    pub struct GradientGet = "GradientGetType" {
        /// The value of `gradient`.
        required gradient: Gradient = "gradient",
        /// The value of `id`.
        required id: Text<36> = "id",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Part of a message.
    pub struct LimitMaxDischargeGet = "LimitMaxDischargeGetType" {
        /// The value of `id`.
        required id: Text<36> = "id",
        /// The value of `isDefault`.
        required is_default: bool = "isDefault",
        /// The value of `isSuperseded`.
        required is_superseded: bool = "isSuperseded",
        /// The value of `limitMaxDischarge`.
        required limit_max_discharge: LimitMaxDischarge = "limitMaxDischarge",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of how an action on a grid support setting ended.
    pub enum DERControlStatus = "DERControlStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", NotSupported = "NotSupported", NotFound = "NotFound",
    }

    /// Choice of what the output of a grid support curve is a percentage of.
    pub enum DERUnit = "DERUnitEnumType" {
        NotApplicable = "Not_Applicable", PctMaxW = "PctMaxW", PctMaxVar = "PctMaxVar",
        PctWAvail = "PctWAvail", PctVarAvail = "PctVarAvail", PctEffectiveV = "PctEffectiveV",
    }

    /// One of the values that the specification names.
    pub enum PowerDuringCessation = "PowerDuringCessationEnumType" {
        Active = "Active", Reactive = "Reactive",
    }

    /// One of the values that the specification names.
    pub enum GridEventFault = "GridEventFaultEnumType" {
        CurrentImbalance = "CurrentImbalance", LocalEmergency = "LocalEmergency",
        LowInputPower = "LowInputPower", OverCurrent = "OverCurrent", OverFrequency = "OverFrequency",
        OverVoltage = "OverVoltage", PhaseRotation = "PhaseRotation", RemoteEmergency = "RemoteEmergency",
        UnderFrequency = "UnderFrequency", UnderVoltage = "UnderVoltage",
        VoltageImbalance = "VoltageImbalance",
    }
}
