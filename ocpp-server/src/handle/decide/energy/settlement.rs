//! Payments that terminals settled (C19 to C22): the terminal has the money, so nothing is captured here as well.

use ocpp_core::model::{Answer, Settlement, SettlementStatus};

use super::{Advice, Decision, EnergyPart, StationState, event, kept, noted};
use crate::domain::{
    EventKind, Payment, PaymentState, Revision, SessionEnergy, SessionStatus, SettlementEntry,
};
use crate::handle::Settled;
use crate::store::Change;

/// How many references of a session are remembered.
const MAX_REFERENCES: usize = 16;

pub(super) fn decide(
    state: &StationState,
    told: &Settlement,
    settled: &Settled,
    advice: &Advice,
) -> Decision {
    let before = settled.before.as_ref();
    let (payment, is_doubled) = match &settled.payment {
        Some(payment) if told.status == SettlementStatus::Settled => release(payment, settled, advice),
        _ => (None, false),
    };
    let entry = SettlementEntry {
        station: state.station.id.clone(),
        revision: before.map_or_else(Revision::default, |before| before.revision),
        told: told.clone(),
        heard_at: advice.now,
        session: settled.session.as_ref().map(|session| session.key.clone()),
        payment: settled.payment.as_ref().map(|payment| payment.id.clone()),
        is_doubled: is_doubled || before.is_some_and(|before| before.is_doubled),
    };
    let word = match told.status {
        SettlementStatus::Settled if is_doubled => "settled_twice",
        SettlementStatus::Settled => "settled",
        SettlementStatus::Canceled => "canceled",
        SettlementStatus::Rejected => "rejected",
        SettlementStatus::Failed => "failed",
    };
    // The reference is worth something at the payment service: the session names it well enough.
    let key = entry.session.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut decision = kept(noted(state, advice, EnergyPart::Settlement, key, word), &entry);
    if let Some(payment) = payment {
        let (id, name) = (payment.id.clone(), payment.state.name().to_owned());
        decision.events.push(event(state, advice, EventKind::PaymentChanged { payment: id, state: name }));
        decision.changes.push(Change::put(&payment));
    }
    if let (Some(energy), SettlementStatus::Settled) = (noted_on(settled, told), told.status) {
        decision.changes.push(Change::put(&energy));
    }
    let receipt_id = settled.receipt.as_deref().map(Into::into);
    Decision { answer: Answer::Settlement { receipt_id, receipt_url: None }, ..decision }
}

/// Our own payment of the session is given back, unless its money is on its way already.
fn release(payment: &Payment, settled: &Settled, advice: &Advice) -> (Option<Payment>, bool) {
    let has_ended =
        settled.session.as_ref().is_some_and(|session| session.status == SessionStatus::Completed);
    match &payment.state {
        PaymentState::Capturing { .. } | PaymentState::Captured { .. } => (None, true),
        PaymentState::Charging if has_ended => {
            let reason = "The terminal at the station settled the session.".to_owned();
            let state = PaymentState::Releasing { reason };
            (Some(Payment { state, updated_at: advice.now, ..payment.clone() }), false)
        }
        // What still charges is looked at when it ends.
        _ => (None, false),
    }
}

fn noted_on(settled: &Settled, told: &Settlement) -> Option<SessionEnergy> {
    let session = settled.session.as_ref()?;
    let evse = session.place.and_then(ocpp_core::model::Place::evse);
    let fresh = || SessionEnergy::new(session.key.clone(), session.station.clone(), evse);
    let mut energy = settled.energy.clone().unwrap_or_else(fresh);
    if energy.settlements.contains(&told.reference) || energy.settlements.len() >= MAX_REFERENCES {
        return None;
    }
    energy.settlements.push(told.reference.clone());
    Some(energy)
}
