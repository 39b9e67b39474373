//! Swapping batteries: empty ones in, full ones out (block S).

use std::time::Duration;

use ocpp_core::model::{Battery, BatterySwap, Fact, IdToken, Outcome, SwapStep, Verdict};

use super::{Engine, Output};
use crate::hardware::Actuation;

/// How long a driver has to put batteries in (`BatterySwapCtrlr.Timeout`, instance `In`).
const PUT_IN_WITHIN: Duration = Duration::from_secs(120);
/// How long to take the others out (instance `Out`).
const TAKE_OUT_WITHIN: Duration = Duration::from_secs(120);

/// A swap that is under way.
#[derive(Debug)]
pub(super) struct Swap {
    request: i32,
    token: IdToken,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// Slots are open for the driver's batteries.
    PutIn { until: Duration },
    /// Full ones are offered.
    TakeOut { until: Duration, offered: Vec<Battery> },
}

impl Swap {
    pub(super) const fn timeout(&self) -> Duration {
        match self.stage {
            Stage::PutIn { until } | Stage::TakeOut { until, .. } => until,
        }
    }
}

impl Engine {
    /// S02.FR.01, S02.FR.04: one at a time, where there is a rack.
    pub(super) fn request_swap(&mut self, now: Duration, request: i32, token: &IdToken) -> Outcome {
        if self.config.equipment.battery_slots == 0 || self.swap.is_some() {
            return Outcome::Verdict(Verdict::Rejected);
        }
        let stage = Stage::PutIn { until: now + PUT_IN_WITHIN };
        self.swap = Some(Swap { request, token: token.clone(), stage });
        self.outputs.push_back(Output::Actuate(Actuation::OpenSlots));
        Outcome::Verdict(Verdict::Accepted)
    }

    /// Batteries were put in (S03.FR.01); as many full ones are offered.
    pub(super) fn batteries_in(&mut self, now: Duration, batteries: Vec<Battery>) {
        let Some(swap) = self.swap.as_mut() else { return };
        if !matches!(swap.stage, Stage::PutIn { .. }) || batteries.is_empty() {
            return;
        }
        swap.stage = Stage::TakeOut { until: now + TAKE_OUT_WITHIN, offered: Vec::new() };
        self.say_swap(SwapStep::In, batteries);
        self.outputs.push_back(Output::Actuate(Actuation::OfferBatteries));
    }

    /// The rack tells which batteries it offers.
    pub(super) fn batteries_offered(&mut self, batteries: Vec<Battery>) {
        if let Some(Swap { stage: Stage::TakeOut { offered, .. }, .. }) = self.swap.as_mut() {
            *offered = batteries;
        }
    }

    /// Batteries were taken out (S03.FR.03).
    pub(super) fn batteries_out(&mut self, batteries: Vec<Battery>) {
        if matches!(&self.swap, Some(Swap { stage: Stage::TakeOut { .. }, .. })) && !batteries.is_empty() {
            self.say_swap(SwapStep::Out, batteries);
            self.swap = None;
        }
    }

    /// A driver who puts nothing in loses the right to it without a word (S02.FR.05); one who takes nothing out is
    /// told of (S03.FR.06).
    pub(super) fn lapse_swap(&mut self, now: Duration) {
        if self.swap.as_ref().is_none_or(|swap| swap.timeout() > now) {
            return;
        }
        if let Some(Swap { stage: Stage::TakeOut { offered, .. }, .. }) = self.swap.as_mut() {
            let offered = std::mem::take(offered);
            if !offered.is_empty() {
                self.say_swap(SwapStep::NotTaken, offered);
            }
        }
        self.swap = None;
        self.outputs.push_back(Output::Actuate(Actuation::CloseSlots));
    }

    fn say_swap(&mut self, step: SwapStep, batteries: Vec<Battery>) {
        let Some(Swap { request, token, .. }) = &self.swap else { return };
        let (request, id_token) = (*request, token.clone());
        self.queue.push(Fact::BatterySwap(Box::new(BatterySwap { request, step, id_token, batteries })));
    }
}
