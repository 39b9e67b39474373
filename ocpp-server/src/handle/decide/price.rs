//! What a session costs after a report, and who pays it.

use ocpp_core::model::Money;
use ocpp_core::rules::timeline::Timeline;

use super::Advice;
use crate::domain::{Doubt, EventKind, Payer, PaymentState, Session, SessionReading};
use crate::pricing::add_to_timeline;
use crate::store::Change;

/// Prices the session with what the report added.
pub(super) fn take_cost(session: &mut Session, readings: &[SessionReading], advice: &Advice) {
    let Some(price) = &advice.price else {
        if session.tariff.is_some() {
            session.doubt(Doubt::NotPriced);
        }
        return;
    };
    let mut timeline = advice.timeline.clone().unwrap_or_else(|| Timeline::new(session.started_at));
    timeline.set_start(session.started_at);
    readings.iter().for_each(|reading| add_to_timeline(&mut timeline, reading));
    if let Some(end) = session.ended_at {
        timeline.set_end(end);
    }
    session.tariff = Some(price.id.clone());
    match price.total(&timeline, session.ended_at.unwrap_or(session.last_report_at)) {
        Some(total) => session.cost = Some(total),
        None => session.doubt(Doubt::NotPriced),
    }
}

/// What a station is told of the cost (2.x).
pub(super) fn told_cost(session: &Session) -> Option<Money> {
    session.cost
}

/// Settles who pays a session that has just got its token: a payment that lets it charge is taken, once.
pub(super) fn take_payer(session: &mut Session, advice: &Advice) -> Option<(Change, EventKind)> {
    let word = advice.authorization.as_ref()?;
    if !word.is_accepted() {
        session.payer = Payer::Nobody;
        return None;
    }
    let mut payment = advice.payment.clone()?;
    if payment.session.is_some() || !payment.state.lets_charge() {
        return None;
    }
    session.payer = Payer::Payment(payment.id.clone());
    payment.session = Some(session.key.clone());
    payment.state = PaymentState::Charging;
    payment.updated_at = advice.now;
    let told =
        EventKind::PaymentChanged { payment: payment.id.clone(), state: payment.state.name().to_owned() };
    Some((Change::put(&payment), told))
}
