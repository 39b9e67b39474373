//! Control of distributed energy resources (block R).

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

    /// Sent by the CSMS to get the stored grid support (DER) settings (R04).
    pub struct GetDERControlRequest = "GetDERControlRequest" {
        /// Id that the reports repeat.
        required request_id: i32 = "requestId",
        /// True for default controls, false for scheduled ones; absent means both.
        optional is_default: bool = "isDefault",
        /// Kind of settings to get; left out when `controlId` is given.
        optional control_type: DERControl = "controlType",
        /// Id of the one setting to get, at most 36 characters; absent means all that fit.
        optional control_id: Text<36> = "controlId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether reports will follow (R04).
    pub struct GetDERControlResponse = "GetDERControlResponse" {
        /// Whether reports will follow; `NotFound` when no setting fits.
        required status: DERControlStatus = "status",
        /// Optional reason code and text that explain the status.
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

    /// Sent by the Charging Station when a grid support (DER) alarm begins or ends (R05).
    pub struct NotifyDERAlarmRequest = "NotifyDERAlarmRequest" {
        /// Kind of setting that raised the alarm.
        required control_type: DERControl = "controlType",
        /// Grid fault behind the alarm.
        optional grid_event_fault: GridEventFault = "gridEventFault",
        /// True when the alarm is over; absent or false when it begins.
        optional alarm_ended: bool = "alarmEnded",
        /// Moment at which the alarm began or ended.
        required timestamp: DateTime = "timestamp",
        /// Further words from the EV, at most 200 characters.
        optional extra_info: Text<200> = "extraInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm the alarm; carries no data (R05).
    pub struct NotifyDERAlarmResponse = "NotifyDERAlarmResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station when a scheduled DER setting begins or ends (R04).
    pub struct NotifyDERStartStopRequest = "NotifyDERStartStopRequest" {
        /// Id of the setting, at most 36 characters.
        required control_id: Text<36> = "controlId",
        /// True when it began, false when it ended.
        required started: bool = "started",
        /// Moment at which it began or ended.
        required timestamp: DateTime = "timestamp",
        /// Ids of the settings that it takes the place of, at most 24.
        optional superseded_ids: List<Text<36>, 1, 24> = "supersededIds",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm the event; carries no data (R04).
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

    /// A power factor that the inverter keeps at all times.
    pub struct FixedPF = "FixedPFType" {
        /// Rank of the setting; 0 is the highest.
        required priority: Integer<0> = "priority",
        /// Power factor, 0 to 1.
        required displacement: Number = "displacement",
        /// True to take in reactive power, false to feed it in.
        required excitation: bool = "excitation",
        /// Moment from which the setting counts; only for scheduled controls.
        optional start_time: DateTime = "startTime",
        /// How long the setting counts, in s; only for scheduled controls.
        optional duration: Number = "duration",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A reactive power that the inverter keeps at all times.
    pub struct FixedVar = "FixedVarType" {
        /// Rank of the setting; 0 is the highest.
        required priority: Integer<0> = "priority",
        /// Reactive power in percent, -100 to 100; below 0 while charging.
        required setpoint: Number = "setpoint",
        /// What the percentage is of.
        required unit: DERUnit = "unit",
        /// Moment from which the setting counts; only for scheduled controls.
        optional start_time: DateTime = "startTime",
        /// How long the setting counts, in s; only for scheduled controls.
        optional duration: Number = "duration",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// How active power follows a grid frequency that is too high or too low.
    pub struct FreqDroop = "FreqDroopType" {
        /// Rank of the setting; 0 is the highest.
        required priority: Integer<0> = "priority",
        /// Frequency in Hz above which power changes.
        required over_freq: Number = "overFreq",
        /// Frequency in Hz below which power changes.
        required under_freq: Number = "underFreq",
        /// Slope above that frequency, per unit.
        required over_droop: Number = "overDroop",
        /// Slope below that frequency, per unit.
        required under_droop: Number = "underDroop",
        /// Response time of the open loop, in s.
        required response_time: Number = "responseTime",
        /// Moment from which the setting counts; only for scheduled controls.
        optional start_time: DateTime = "startTime",
        /// How long the setting counts, in s; only for scheduled controls.
        optional duration: Number = "duration",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// How fast the output may rise.
    pub struct Gradient = "GradientType" {
        /// Rank of the setting; 0 is the highest.
        required priority: Integer<0> = "priority",
        /// Default ramp rate in s; 0 when there is none.
        required gradient: Number = "gradient",
        /// Ramp rate in s for a soft start; 0 when there is none.
        required soft_gradient: Number = "softGradient",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The most power that may be fed in.
    pub struct LimitMaxDischarge = "LimitMaxDischargeType" {
        /// Rank of the setting; 0 is the highest.
        required priority: Integer<0> = "priority",
        /// Limit in percent of the rated discharge power, 0 to 100.
        optional pct_max_discharge_power: Number = "pctMaxDischargePower",
        /// Curve that says when the EV has to trip once power exceeds the limit.
        optional power_monitoring_must_trip: DERCurve = "powerMonitoringMustTrip",
        /// Moment from which the setting counts; only for scheduled controls.
        optional start_time: DateTime = "startTime",
        /// How long the setting counts, in s; only for scheduled controls.
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

    /// When and how an inverter goes back to normal after a grid event.
    pub struct Hysteresis = "HysteresisType" {
        /// Upper bound of the normal range, in the unit of the curve's y axis.
        optional hysteresis_high: Number = "hysteresisHigh",
        /// Lower bound of the normal range, in the unit of the curve's y axis.
        optional hysteresis_low: Number = "hysteresisLow",
        /// Wait in s inside the normal range before going back.
        optional hysteresis_delay: Number = "hysteresisDelay",
        /// Ramp rate for going back, in percent per s.
        optional hysteresis_gradient: Number = "hysteresisGradient",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Settings of a curve that steers reactive power by voltage.
    pub struct ReactivePowerParams = "ReactivePowerParamsType" {
        /// Nominal AC voltage (rms) that shifts the points of the curve, in percent.
        optional v_ref: Number = "vRef",
        /// Whether the reference voltage adjusts itself.
        optional autonomous_v_ref_enable: bool = "autonomousVRefEnable",
        /// Time constant of that adjustment.
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

    /// A fixed power factor as it is stored on the station.
    pub struct FixedPFGet = "FixedPFGetType" {
        /// The setting itself.
        required fixed_pf: FixedPF = "fixedPF",
        /// Id of the setting, at most 36 characters.
        required id: Text<36> = "id",
        /// True for a default control, false for a scheduled one.
        required is_default: bool = "isDefault",
        /// True while another setting takes its place.
        required is_superseded: bool = "isSuperseded",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A fixed reactive power as it is stored on the station.
    pub struct FixedVarGet = "FixedVarGetType" {
        /// The setting itself.
        required fixed_var: FixedVar = "fixedVar",
        /// Id of the setting, at most 36 characters.
        required id: Text<36> = "id",
        /// True for a default control, false for a scheduled one.
        required is_default: bool = "isDefault",
        /// True while another setting takes its place.
        required is_superseded: bool = "isSuperseded",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A frequency droop as it is stored on the station.
    pub struct FreqDroopGet = "FreqDroopGetType" {
        /// The setting itself.
        required freq_droop: FreqDroop = "freqDroop",
        /// Id of the setting, at most 36 characters.
        required id: Text<36> = "id",
        /// True for a default control, false for a scheduled one.
        required is_default: bool = "isDefault",
        /// True while a setting of higher rank takes its place.
        required is_superseded: bool = "isSuperseded",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A ramp rate setting as it is stored on the station.
    pub struct GradientGet = "GradientGetType" {
        /// The setting itself.
        required gradient: Gradient = "gradient",
        /// Id of the setting, at most 36 characters.
        required id: Text<36> = "id",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A limit of discharging as it is stored on the station.
    pub struct LimitMaxDischargeGet = "LimitMaxDischargeGetType" {
        /// Id of the setting, at most 36 characters.
        required id: Text<36> = "id",
        /// True for a default control, false for a scheduled one.
        required is_default: bool = "isDefault",
        /// True while a setting of higher rank takes its place.
        required is_superseded: bool = "isSuperseded",
        /// The setting itself.
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

    /// Choice of what an EV feeds in while it rides through a grid fault.
    pub enum PowerDuringCessation = "PowerDuringCessationEnumType" {
        Active = "Active", Reactive = "Reactive",
    }

    /// Choice of grid faults behind an alarm.
    pub enum GridEventFault = "GridEventFaultEnumType" {
        CurrentImbalance = "CurrentImbalance", LocalEmergency = "LocalEmergency",
        LowInputPower = "LowInputPower", OverCurrent = "OverCurrent", OverFrequency = "OverFrequency",
        OverVoltage = "OverVoltage", PhaseRotation = "PhaseRotation", RemoteEmergency = "RemoteEmergency",
        UnderFrequency = "UnderFrequency", UnderVoltage = "UnderVoltage",
        VoltageImbalance = "VoltageImbalance",
    }
}
