//! What only OCPP 2.1 has words for, and what to do instead before.

use alloc::vec::Vec;

use super::{CannotSay, Heard};
use crate::model::{Command, Outcome, Verdict};
use crate::types::Version;

/// That `version` cannot say an order which only 2.1 has.
pub(super) fn cannot(version: Version, command: &Command) -> CannotSay {
    CannotSay::new(
        version,
        match command {
            Command::GetChargingProfiles { .. } => {
                "to report the profiles on the station: ask for the composite schedule, or clear and set them anew"
            }
            Command::UpdateDynamicSchedule { .. } => "new values of a dynamic profile: set the profile anew",
            Command::UsePriorityCharging { .. } => {
                "priority charging: set a profile for the transaction, with more power"
            }
            Command::SetDefaultTariff { .. }
            | Command::GetTariffs { .. }
            | Command::ClearTariffs { .. }
            | Command::ChangeTransactionTariff { .. } => {
                "tariffs on the station: the manager computes costs, and shows them where the station can"
            }
            Command::SetDerControl(_) | Command::GetDerControls { .. } | Command::ClearDerControls { .. } => {
                "settings of grid support: limit the station with a charging profile"
            }
            Command::AfrrSignal { .. } | Command::AllowEnergyTransfer { .. } => {
                "power that flows back: limit the station with a charging profile"
            }
            Command::AdjustStream { .. } | Command::GetStreams => {
                "streams of values: have meter values sent more often"
            }
            Command::RequestBatterySwap { .. } => "the swapping of batteries",
            Command::WebPaymentStarted { .. } => "that a driver begins to pay on the web",
            _ => "this order",
        },
    )
}

/// What a station of an older version says to such an order: it was never sent.
pub(super) const fn unheard() -> Heard<Outcome> {
    Heard { meaning: Outcome::Verdict(Verdict::NotSupported), findings: Vec::new() }
}
