//! Transactions that the power fails in: they are ended when it is back (E08), or go on where a restart was ordered
//! that they outlive (B13).

use std::time::Duration;

use jiff::Timestamp;
use ocpp_core::model::{
    ChargingState, ClockOf, Connectivity, EvseId, IdToken, Measurand, Order, Reading, ReadingContext, Sample,
    StationTxRef, Step, StopReason, TransactionFact, Trigger, Wh,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::evse::Transaction;
use super::{Engine, Record};

/// A transaction that runs, as it was when it was last reported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunningTransaction {
    /// Where.
    pub evse: EvseId,
    /// The station's name of it.
    pub name: Box<str>,
    /// Who charges.
    pub token: IdToken,
    /// The group of the token.
    pub group: Option<IdToken>,
    /// The number of the next report.
    pub seq: u32,
    /// The register at its start.
    pub register_at_start: Wh,
    /// The register.
    pub register: Wh,
    /// From when energy could flow.
    pub began: Timestamp,
    /// When it was last reported.
    pub at: Timestamp,
    /// Whether it goes on after the restart that was ordered.
    pub resumes: bool,
}

impl Engine {
    /// Keeps what runs now.
    pub(super) fn keep_running(&mut self, now: Duration) {
        let at = self.clock.at(now);
        let kept = |evse: &super::evse::Evse| {
            let running = evse.transaction.as_ref()?;
            Some(RunningTransaction {
                evse: evse.id,
                name: running.name.as_str().into(),
                token: running.token.clone(),
                group: running.group.clone(),
                seq: running.seq(),
                register_at_start: running.register_at_start(),
                register: evse.register(),
                began: running.began,
                at,
                resumes: self.resets.resumes(evse.id),
            })
        };
        let running = self.evses.values().filter_map(kept).collect();
        self.keep(Record::Running(running));
    }

    /// What ran when the power failed.
    pub(super) fn restore_running(&mut self, running: Vec<RunningTransaction>) {
        let mut lost = Vec::new();
        for one in running {
            match self.evses.get_mut(&one.evse).filter(|_| one.resumes) {
                Some(evse) => {
                    evse.transaction = Some(Transaction::resumed(&one));
                    self.resets.resume_later(one.evse);
                }
                None => lost.push(ended_by_power_loss(&one)),
            }
        }
        if !lost.is_empty() {
            lost.into_iter().for_each(|fact| self.queue.push_transaction(Some(fact)));
            self.keep(Record::Running(Vec::new()));
        }
    }
}

/// The end of a transaction in which the power failed: at the last moment that is known.
fn ended_by_power_loss(lost: &RunningTransaction) -> TransactionFact {
    let mut sample = Sample::total(Measurand::ENERGY_IMPORT_REGISTER, Decimal::from(lost.register.0), "Wh");
    sample.context = ReadingContext::END;
    TransactionFact {
        transaction: StationTxRef::Named(lost.name.clone()),
        step: Step::Ended,
        order: Order::Seq(lost.seq),
        at: lost.at,
        clock: ClockOf::Station,
        trigger: Trigger::new("AbnormalCondition"),
        connectivity: Connectivity::Offline,
        place: Some(ocpp_core::model::Place::of(lost.evse.0, Some(1))),
        id_token: None,
        charging: Some(ChargingState::EvConnected),
        readings: vec![Reading { at: lost.at, samples: vec![sample] }],
        stop_reason: Some(StopReason::POWER_LOSS),
        reservation: None,
        remote_start: None,
        pricing: None,
    }
}
