//! What stations have of charging profiles and limits, what vehicles want, and the blocks that only 2.1 has: grid
//! support, streams, battery swaps, settlements, tariffs on stations.
//!
//! Everything here is bounded for each station; what is beyond a bound is told as an event and not kept.

mod asked;
mod composite;
mod defaults;
mod der;
mod limit;
mod profile;
pub mod rules;
mod settlement;
mod stream;
mod swap;
mod tariffs;
mod vehicle;
mod within;

use serde::{Deserialize, Serialize};

pub use asked::{Asked, AskedReport};
pub use composite::ComposedSchedule;
pub use defaults::{
    DefaultAnswer, DefaultAttempt, DefaultsTemplate, StationDefaults, WantedDefault, WantedProfile,
    WantedTariff,
};
pub use der::{DerAlarms, DerAlert, DerGroup, InstalledDer};
pub use limit::ExternalLimit;
pub use profile::InstalledProfile;
pub use settlement::SettlementEntry;
pub use stream::{KeptStream, KeptValue};
pub use swap::{SwapEntry, SwapEvent, SwapWish};
pub use tariffs::{HeldTariff, StationTariffs};
pub use vehicle::{
    EnergyPlan, KeptEvSchedule, KeptNeeds, OpenPlan, PlanState, PriorityCharging, SessionEnergy,
};
pub use within::exceeds;

/// What of a station's energy changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum EnergyPart {
    Profile,
    Limit,
    Needs,
    EvSchedule,
    Plan,
    Priority,
    Pull,
    Composite,
    DerControl,
    DerAlarm,
    Stream,
    BatterySwap,
    Settlement,
    VatNumber,
    Tariff,
}

/// How many characters of a text of a station are kept.
const MAX_TEXT: usize = 300;

/// A text of a station, cut to what is kept.
pub(crate) fn clipped(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}
