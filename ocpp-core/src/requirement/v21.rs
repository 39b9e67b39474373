//! Rules of the text that came with OCPP 2.1.

use super::view::{View, broken};
use super::{Requirement, presence};

const LIMITS: [&str; 6] =
    ["limit", "limit_L2", "limit_L3", "dischargeLimit", "dischargeLimit_L2", "dischargeLimit_L3"];
const SETPOINTS: [&str; 6] = [
    "setpoint",
    "setpoint_L2",
    "setpoint_L3",
    "setpointReactive",
    "setpointReactive_L2",
    "setpointReactive_L3",
];

fn in_mode(o: &View<'_>, mode: &str) -> bool {
    o.says("operationMode", &[mode])
}

fn dynamic_periods(o: &View<'_>) -> usize {
    let schedules = o.items("chargingSchedule");
    schedules.iter().map(|schedule| schedule.count("chargingSchedulePeriod")).sum()
}

pub(super) const RULES: &[Requirement] = &[
    presence(
        "K15.FR.06",
        "ChargingNeedsType",
        "needs the AC, the DC or the V2X parameters, and no others",
        |o| {
            let kinds = ["acChargingParameters", "dcChargingParameters", "v2xChargingParameters"];
            broken(o.how_many(&kinds) != 1, "")
        },
    ),
    presence("K28.FR.01", "ChargingProfileType", "has one schedule with one period, being Dynamic", |o| {
        broken(o.says("chargingProfileKind", &["Dynamic"]) && dynamic_periods(o) != 1, "chargingSchedule")
    }),
    presence("K28.FR.04", "ChargingProfileType", "is only for a Dynamic profile", |o| {
        let dynamic = o.says("chargingProfileKind", &["Dynamic"]);
        broken(o.has("dynUpdateInterval") && !dynamic, "dynUpdateInterval")
    }),
    presence(
        "Q02.FR.02",
        "ChargingSchedulePeriodType",
        "has no discharge limit and no setpoint, being ChargingOnly",
        |o| {
            let discharge = ["dischargeLimit", "dischargeLimit_L2", "dischargeLimit_L3"];
            broken(in_mode(o, "ChargingOnly") && (o.has_any(&discharge) || o.has_any(&SETPOINTS)), "")
        },
    ),
    presence("Q03.FR.02", "ChargingSchedulePeriodType", "has no limits, being CentralSetpoint", |o| {
        broken(in_mode(o, "CentralSetpoint") && o.has_any(&LIMITS), "")
    }),
    presence(
        "Q08.FR.01",
        "ChargingSchedulePeriodType",
        "has no limits and no setpoints, being LocalFrequency",
        |o| broken(in_mode(o, "LocalFrequency") && (o.has_any(&LIMITS) || o.has_any(&SETPOINTS)), ""),
    ),
    presence(
        "Q08.FR.03",
        "ChargingSchedulePeriodType",
        "needs v2xBaseline and two points of v2xFreqWattCurve",
        |o| {
            let enough = o.has("v2xBaseline") && o.count("v2xFreqWattCurve") >= 2;
            broken(in_mode(o, "LocalFrequency") && !enough, "")
        },
    ),
    presence("Q10.FR.01", "ChargingSchedulePeriodType", "has no limits and no setpoints, being Idle", |o| {
        broken(in_mode(o, "Idle") && (o.has_any(&LIMITS) || o.has_any(&SETPOINTS)), "")
    }),
    presence("part 2, PriceType", "PriceType", "needs exclTax or inclTax", |o| {
        broken(!o.has_any(&["exclTax", "inclTax"]), "")
    }),
    presence("part 2, TotalPriceType", "TotalPriceType", "needs exclTax or inclTax", |o| {
        broken(!o.has_any(&["exclTax", "inclTax"]), "")
    }),
    presence("I12.FR.04", "CostDetailsType", "needs tariffId in each period", |o| {
        let lacking = o.items("chargingPeriods").iter().any(|period| !period.has("tariffId"));
        broken(lacking, "chargingPeriods")
    }),
    presence("part 2, VoltageParamsType", "VoltageParamsType", "goes with hv10MinMeanTripDelay", |o| {
        broken(o.has("hv10MinMeanValue") != o.has("hv10MinMeanTripDelay"), "")
    }),
];
