//! The parts of the protocol that a station may leave out.

use std::collections::BTreeSet;

use ocpp_core::model::Setting;
use ocpp_core::types::Version;

use super::report::Reported;

/// A part of the protocol: a functional block of 2.x, a feature profile of 1.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Block {
    /// What every station has.
    Core,
    AuthorizationCache,
    LocalAuthList,
    Reservation,
    SmartCharging,
    FirmwareManagement,
    RemoteTrigger,
    /// 1.6: the security extension. Part of the core in 2.x.
    Security,
    /// ISO 15118 and Plug & Charge.
    PlugAndCharge,
    TariffAndCost,
    DisplayMessage,
    Monitoring,
    /// Energy in both directions.
    V2x,
    /// Grid control of an inverter.
    DerControl,
    BatterySwap,
    PaymentTerminal,
    WebPayment,
    /// Sensors and other hardware, none of which has to be there.
    Hardware,
}

impl Block {
    /// The block that the variables of a component of 2.x belong to.
    #[must_use]
    pub fn of_component(component: &str) -> Block {
        const BLOCKS: &[(&str, Block)] = &[
            ("AlignedDataCtrlr", Block::Core),
            ("AuthCtrlr", Block::Core),
            ("ChargingStation", Block::Core),
            ("ClockCtrlr", Block::Core),
            ("Connector", Block::Core),
            ("DeviceDataCtrlr", Block::Core),
            ("EVSE", Block::Core),
            ("NetworkConfiguration", Block::Core),
            ("OCPPCommCtrlr", Block::Core),
            ("SampledDataCtrlr", Block::Core),
            ("SecurityCtrlr", Block::Core),
            ("TxCtrlr", Block::Core),
            ("AuthCacheCtrlr", Block::AuthorizationCache),
            ("LocalAuthListCtrlr", Block::LocalAuthList),
            ("ReservationCtrlr", Block::Reservation),
            ("SmartChargingCtrlr", Block::SmartCharging),
            ("ISO15118Ctrlr", Block::PlugAndCharge),
            ("TariffCostCtrlr", Block::TariffAndCost),
            ("DisplayMessageCtrlr", Block::DisplayMessage),
            ("MonitoringCtrlr", Block::Monitoring),
            ("V2XChargingCtrlr", Block::V2x),
            ("DCDERCtrlr", Block::DerControl),
            ("ACDERCtrlr", Block::DerControl),
            ("BatterySwapCtrlr", Block::BatterySwap),
            ("PaymentCtrlr", Block::PaymentTerminal),
            ("WebPaymentsCtrlr", Block::WebPayment),
        ];
        let found = BLOCKS.iter().find(|(name, _)| name.eq_ignore_ascii_case(component));
        found.map_or(Block::Hardware, |(_, block)| *block)
    }

    /// The block that a feature profile of 1.6 is, by its name in `SupportedFeatureProfiles`.
    #[must_use]
    pub fn of_profile(profile: &str) -> Option<Block> {
        const PROFILES: [(&str, Block); 8] = [
            ("Core", Block::Core),
            ("FirmwareManagement", Block::FirmwareManagement),
            ("LocalAuthListManagement", Block::LocalAuthList),
            ("Reservation", Block::Reservation),
            ("SmartCharging", Block::SmartCharging),
            ("RemoteTrigger", Block::RemoteTrigger),
            ("Security", Block::Security),
            ("PlugAndCharge", Block::PlugAndCharge),
        ];
        PROFILES.iter().find(|(name, _)| name.eq_ignore_ascii_case(profile)).map(|(_, block)| *block)
    }
}

/// The blocks that a station has. [`Block::Core`] is always among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocks(BTreeSet<Block>);

impl Blocks {
    /// The core and these.
    pub fn new(blocks: impl IntoIterator<Item = Block>) -> Blocks {
        let mut blocks: BTreeSet<Block> = blocks.into_iter().collect();
        blocks.insert(Block::Core);
        Blocks(blocks)
    }

    /// What a report shows. In 2.x a block is there when its component is reported and is not said to be
    /// unavailable; in 1.6 when `SupportedFeatureProfiles` names it.
    pub fn seen_in<'a>(version: Version, reported: impl IntoIterator<Item = &'a Reported>) -> Blocks {
        let (mut seen, mut absent) = (BTreeSet::new(), BTreeSet::new());
        for one in reported {
            match &one.setting {
                Setting::Variable { component, variable, .. } if version.is_2x() => {
                    let block = Block::of_component(component);
                    seen.insert(block);
                    if variable.eq_ignore_ascii_case("Available") && one.is_false() {
                        absent.insert(block);
                    }
                }
                Setting::Key(key) if key.eq_ignore_ascii_case("SupportedFeatureProfiles") => {
                    let profiles = one.actual().unwrap_or_default().split(',');
                    seen.extend(profiles.filter_map(|profile| Block::of_profile(profile.trim())));
                }
                _ => {}
            }
        }
        // One of the two halves may be missing: what the other needs is said by conditions.
        absent.remove(&Block::TariffAndCost);
        Blocks::new(seen.difference(&absent).copied())
    }

    /// Whether this block is there.
    #[must_use]
    pub fn have(&self, block: Block) -> bool {
        self.0.contains(&block)
    }

    /// The blocks, in their order.
    pub fn iter(&self) -> impl Iterator<Item = Block> {
        self.0.iter().copied()
    }
}
