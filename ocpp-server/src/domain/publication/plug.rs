//! What a connector offers: its plug, and how much flows through it.

use ocpp_core::model::Watts;
use serde::{Deserialize, Serialize};

use super::super::place::{ConnectorEntry, EvseEntry};
use super::words;

words! {
    /// The standard of a plug (`ConnectorType` of OCPI 2.2.1).
    PlugStandard {
        Chademo "CHADEMO" "CHAdeMO",
        Chaoji "CHAOJI" "ChaoJi",
        DomesticA "DOMESTIC_A" "Household socket A",
        DomesticB "DOMESTIC_B" "Household socket B",
        DomesticC "DOMESTIC_C" "Household socket C",
        DomesticD "DOMESTIC_D" "Household socket D",
        DomesticE "DOMESTIC_E" "Household socket E",
        DomesticF "DOMESTIC_F" "Household socket F (Schuko)",
        DomesticG "DOMESTIC_G" "Household socket G",
        DomesticH "DOMESTIC_H" "Household socket H",
        DomesticI "DOMESTIC_I" "Household socket I",
        DomesticJ "DOMESTIC_J" "Household socket J",
        DomesticK "DOMESTIC_K" "Household socket K",
        DomesticL "DOMESTIC_L" "Household socket L",
        DomesticM "DOMESTIC_M" "Household socket M",
        DomesticN "DOMESTIC_N" "Household socket N",
        DomesticO "DOMESTIC_O" "Household socket O",
        GbtAc "GBT_AC" "GB/T AC",
        GbtDc "GBT_DC" "GB/T DC",
        Iec60309Single16 "IEC_60309_2_single_16" "CEE blue 16 A",
        Iec60309Three16 "IEC_60309_2_three_16" "CEE red 16 A",
        Iec60309Three32 "IEC_60309_2_three_32" "CEE red 32 A",
        Iec60309Three64 "IEC_60309_2_three_64" "CEE red 64 A",
        Type1 "IEC_62196_T1" "Type 1",
        Type1Combo "IEC_62196_T1_COMBO" "CCS 1",
        Type2 "IEC_62196_T2" "Type 2",
        Type2Combo "IEC_62196_T2_COMBO" "CCS 2",
        Type3A "IEC_62196_T3A" "Type 3A",
        Type3C "IEC_62196_T3C" "Type 3C",
        Nema520 "NEMA_5_20" "NEMA 5-20",
        Nema630 "NEMA_6_30" "NEMA 6-30",
        Nema650 "NEMA_6_50" "NEMA 6-50",
        Nema1030 "NEMA_10_30" "NEMA 10-30",
        Nema1050 "NEMA_10_50" "NEMA 10-50",
        Nema1430 "NEMA_14_30" "NEMA 14-30",
        Nema1450 "NEMA_14_50" "NEMA 14-50",
        PantographBottomUp "PANTOGRAPH_BOTTOM_UP" "Pantograph from below",
        PantographTopDown "PANTOGRAPH_TOP_DOWN" "Pantograph from above",
        TeslaRoadster "TESLA_R" "Tesla Roadster",
        TeslaModelS "TESLA_S" "Tesla (NACS)",
    }
}

words! {
    /// Whether there is a cable (`ConnectorFormat` of OCPI).
    ConnectorFormat {
        Socket "SOCKET" "Socket",
        Cable "CABLE" "Cable",
    }
}

words! {
    /// The kind of current (`PowerType` of OCPI).
    PowerType {
        Ac1Phase "AC_1_PHASE" "AC, one phase",
        Ac2Phase "AC_2_PHASE" "AC, two phases",
        Ac2PhaseSplit "AC_2_PHASE_SPLIT" "AC, split phase",
        Ac3Phase "AC_3_PHASE" "AC, three phases",
        Dc "DC" "DC",
    }
}

impl PowerType {
    /// The phases that carry current.
    #[must_use]
    pub const fn phases(self) -> u32 {
        match self {
            PowerType::Ac3Phase => 3,
            PowerType::Ac2Phase | PowerType::Ac2PhaseSplit => 2,
            PowerType::Ac1Phase | PowerType::Dc => 1,
        }
    }
}

/// What the operator says of a plug beyond its kind. What is not said follows from the kind and the power where
/// it can ([`ConnectorEntry::offer`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Ratings {
    /// Its standard.
    pub standard: Option<PlugStandard>,
    /// Socket or cable.
    pub format: Option<ConnectorFormat>,
    /// The kind of current.
    pub power_type: Option<PowerType>,
    /// The highest voltage in V: between phase and neutral for AC.
    pub max_voltage: Option<u32>,
    /// The highest current in A, on each phase for AC.
    pub max_amperage: Option<u32>,
}

/// What is known of a plug in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Offer {
    pub standard: Option<PlugStandard>,
    pub format: Option<ConnectorFormat>,
    pub power_type: Option<PowerType>,
    pub max_voltage: Option<u32>,
    pub max_amperage: Option<u32>,
    pub power: Option<Watts>,
}

impl Offer {
    /// What partners need and is not known.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let known = [
            (self.standard.is_some(), "standard"),
            (self.format.is_some(), "format"),
            (self.power_type.is_some(), "kind of current"),
            (self.max_voltage.is_some(), "voltage"),
            (self.max_amperage.is_some(), "current"),
        ];
        known.into_iter().filter(|(known, _)| !known).map(|(_, name)| name).collect()
    }
}

/// The voltage between phase and neutral in most of the world.
const MAINS: u32 = 230;

impl ConnectorEntry {
    /// What it offers: what the operator says, else what follows from the kind of plug by the names of OCPP. AC
    /// has 230 V unless something else is said, and the current that makes its power.
    #[must_use]
    pub fn offer(&self, evse: &EvseEntry) -> Offer {
        let by_kind = self.kind.as_deref().and_then(by_kind);
        let power_type = self.ratings.power_type.or(by_kind.map(|(_, _, power_type)| power_type));
        let power = self.power.or(evse.power);
        let is_ac = power_type.is_some_and(|power_type| power_type != PowerType::Dc);
        let max_voltage = self.ratings.max_voltage.or(is_ac.then_some(MAINS));
        let by_power = || {
            let volts = i64::from(max_voltage?) * i64::from(power_type.filter(|_| is_ac)?.phases());
            let amperes = (power?.0 + volts / 2).checked_div(volts)?;
            u32::try_from(amperes).ok().filter(|amperes| *amperes > 0)
        };
        Offer {
            standard: self.ratings.standard.or(by_kind.map(|(standard, _, _)| standard)),
            format: self.ratings.format.or(by_kind.map(|(_, format, _)| format)),
            power_type,
            max_voltage,
            max_amperage: self.ratings.max_amperage.or_else(by_power),
            power,
        }
    }
}

/// What a kind of plug says by its name in OCPP (`ConnectorEnumType`): `c` is a cable, `s` a socket.
fn by_kind(kind: &str) -> Option<(PlugStandard, ConnectorFormat, PowerType)> {
    use ConnectorFormat::{Cable, Socket};
    use PowerType::{Ac1Phase, Ac3Phase, Dc};

    Some(match kind {
        "cCCS1" => (PlugStandard::Type1Combo, Cable, Dc),
        "cCCS2" => (PlugStandard::Type2Combo, Cable, Dc),
        "cG105" => (PlugStandard::Chademo, Cable, Dc),
        "cChaoJi" => (PlugStandard::Chaoji, Cable, Dc),
        "cGBT" | "cGBT-DC" => (PlugStandard::GbtDc, Cable, Dc),
        "cTesla" | "cNACS" | "cNACS-CCS1" => (PlugStandard::TeslaModelS, Cable, Dc),
        "cType1" => (PlugStandard::Type1, Cable, Ac1Phase),
        "cType2" => (PlugStandard::Type2, Cable, Ac3Phase),
        "sType2" => (PlugStandard::Type2, Socket, Ac3Phase),
        "sType3" => (PlugStandard::Type3C, Socket, Ac3Phase),
        "s309-1P-16A" => (PlugStandard::Iec60309Single16, Socket, Ac1Phase),
        "s309-3P-16A" => (PlugStandard::Iec60309Three16, Socket, Ac3Phase),
        "s309-3P-32A" => (PlugStandard::Iec60309Three32, Socket, Ac3Phase),
        "sBS1361" => (PlugStandard::DomesticG, Socket, Ac1Phase),
        "sCEE-7-7" => (PlugStandard::DomesticF, Socket, Ac1Phase),
        "Pan" => (PlugStandard::PantographTopDown, Cable, Dc),
        _ => return None,
    })
}
