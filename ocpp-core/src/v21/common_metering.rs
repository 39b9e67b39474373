//! Meter values, which several blocks use.

use crate::types::{DateTime, List, Number, Text};
use crate::{message, open_enum};

use super::common::CustomData;

message! {
    /// Readings of one moment.
    pub struct MeterValue = "MeterValueType" {
        /// Readings of that moment, at least one.
        required sampled_value: List<SampledValue> = "sampledValue",
        /// Moment of the readings.
        required timestamp: DateTime = "timestamp",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// One measured value; with no other field set it is imported active energy in Wh.
    pub struct SampledValue = "SampledValueType" {
        /// The reading, in the unit and scale given by `unitOfMeasure` (Wh when absent).
        required value: Number = "value",
        /// Quantity measured; `Energy.Active.Import.Register` when absent.
        optional measurand: Measurand = "measurand",
        /// What prompted the reading; `Sample.Periodic` when absent.
        optional context: ReadingContext = "context",
        /// Phase or phase pair measured; absent means a value over all phases.
        optional phase: Phase = "phase",
        /// Where the value was measured; `Outlet` when absent.
        optional location: Location = "location",
        /// The reading as signed by the meter, for billing proof.
        optional signed_meter_value: SignedMeterValue = "signedMeterValue",
        /// Unit and power of ten of the value; plain Wh when absent.
        optional unit_of_measure: UnitOfMeasure = "unitOfMeasure",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A meter reading with the meter's digital signature.
    pub struct SignedMeterValue = "SignedMeterValueType" {
        /// Base64 of the signed meter data, at most 32768 characters.
        required signed_meter_data: Text<32768> = "signedMeterData",
        /// Signature method, at most 50 characters; not needed when already in the data.
        optional signing_method: Text<50> = "signingMethod",
        /// Format of the meter data, such as `OCMF` or `EDL`, at most 50 characters.
        required encoding_method: Text<50> = "encodingMethod",
        /// Base64 of the meter's public key, sent as `PublicKeyWithSignedMeterValue` demands; at most 2500
        /// characters.
        optional public_key: Text<2500> = "publicKey",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Unit of a value with a power of ten.
    pub struct UnitOfMeasure = "UnitOfMeasureType" {
        /// Unit name, at most 20 characters; `Wh` when absent for energy.
        optional unit: Text<20> = "unit",
        /// Exponent to base 10 applied to the value; 0 when absent.
        optional multiplier: i32 = "multiplier",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of where in the station, cable or vehicle it was measured.
    pub enum Location = "LocationEnumType" {
        Body = "Body", Cable = "Cable", EV = "EV", Inlet = "Inlet", Outlet = "Outlet",
        Upstream = "Upstream",
    }

    /// Choice of what was measured.
    pub enum Measurand = "MeasurandEnumType" {
        CurrentExport = "Current.Export", CurrentExportOffered = "Current.Export.Offered",
        CurrentExportMinimum = "Current.Export.Minimum", CurrentImport = "Current.Import",
        CurrentImportOffered = "Current.Import.Offered", CurrentImportMinimum = "Current.Import.Minimum",
        CurrentOffered = "Current.Offered", DisplayPresentSOC = "Display.PresentSOC",
        DisplayMinimumSOC = "Display.MinimumSOC", DisplayTargetSOC = "Display.TargetSOC",
        DisplayMaximumSOC = "Display.MaximumSOC",
        DisplayRemainingTimeToMinimumSOC = "Display.RemainingTimeToMinimumSOC",
        DisplayRemainingTimeToTargetSOC = "Display.RemainingTimeToTargetSOC",
        DisplayRemainingTimeToMaximumSOC = "Display.RemainingTimeToMaximumSOC",
        DisplayChargingComplete = "Display.ChargingComplete",
        DisplayBatteryEnergyCapacity = "Display.BatteryEnergyCapacity",
        DisplayInletHot = "Display.InletHot", EnergyActiveExportInterval = "Energy.Active.Export.Interval",
        EnergyActiveExportRegister = "Energy.Active.Export.Register",
        EnergyActiveImportInterval = "Energy.Active.Import.Interval",
        EnergyActiveImportRegister = "Energy.Active.Import.Register",
        EnergyActiveImportCableLoss = "Energy.Active.Import.CableLoss",
        EnergyActiveImportLocalGenerationRegister = "Energy.Active.Import.LocalGeneration.Register",
        EnergyActiveNet = "Energy.Active.Net",
        EnergyActiveSetpointInterval = "Energy.Active.Setpoint.Interval",
        EnergyApparentExport = "Energy.Apparent.Export", EnergyApparentImport = "Energy.Apparent.Import",
        EnergyApparentNet = "Energy.Apparent.Net",
        EnergyReactiveExportInterval = "Energy.Reactive.Export.Interval",
        EnergyReactiveExportRegister = "Energy.Reactive.Export.Register",
        EnergyReactiveImportInterval = "Energy.Reactive.Import.Interval",
        EnergyReactiveImportRegister = "Energy.Reactive.Import.Register",
        EnergyReactiveNet = "Energy.Reactive.Net", EnergyRequestTarget = "EnergyRequest.Target",
        EnergyRequestMinimum = "EnergyRequest.Minimum", EnergyRequestMaximum = "EnergyRequest.Maximum",
        EnergyRequestMinimumV2X = "EnergyRequest.Minimum.V2X",
        EnergyRequestMaximumV2X = "EnergyRequest.Maximum.V2X", EnergyRequestBulk = "EnergyRequest.Bulk",
        Frequency = "Frequency", PowerActiveExport = "Power.Active.Export",
        PowerActiveImport = "Power.Active.Import", PowerActiveSetpoint = "Power.Active.Setpoint",
        PowerActiveResidual = "Power.Active.Residual", PowerExportMinimum = "Power.Export.Minimum",
        PowerExportOffered = "Power.Export.Offered", PowerFactor = "Power.Factor",
        PowerImportOffered = "Power.Import.Offered", PowerImportMinimum = "Power.Import.Minimum",
        PowerOffered = "Power.Offered", PowerReactiveExport = "Power.Reactive.Export",
        PowerReactiveImport = "Power.Reactive.Import", SoC = "SoC", Voltage = "Voltage",
        VoltageMinimum = "Voltage.Minimum", VoltageMaximum = "Voltage.Maximum",
    }

    /// Choice of the phase or pair of conductors that was measured.
    pub enum Phase = "PhaseEnumType" {
        L1 = "L1", L2 = "L2", L3 = "L3", N = "N", L1N = "L1-N", L2N = "L2-N", L3N = "L3-N", L1L2 = "L1-L2",
        L2L3 = "L2-L3", L3L1 = "L3-L1",
    }

    /// Choice of what prompted a meter reading, such as transaction start, clock or periodic sample.
    pub enum ReadingContext = "ReadingContextEnumType" {
        InterruptionBegin = "Interruption.Begin", InterruptionEnd = "Interruption.End", Other = "Other",
        SampleClock = "Sample.Clock", SamplePeriodic = "Sample.Periodic",
        TransactionBegin = "Transaction.Begin", TransactionEnd = "Transaction.End", Trigger = "Trigger",
    }
}
