//! What a session costs after a report, and who pays it.

use ocpp_core::rules::timeline::Timeline;

use super::Advice;
use crate::domain::{Doubt, EventKind, Payer, PaymentState, Session, SessionReading};
use crate::pricing::{add_to_timeline, timeline_of};
use crate::store::Change;

/// Prices the session with what the report added.
pub(super) fn take_cost(session: &mut Session, readings: &[SessionReading], advice: &Advice) {
    let Some(price) = &advice.price else {
        if session.tariff.is_some() {
            session.doubt(Doubt::NotPriced);
        }
        return;
    };
    let timeline = course(session, readings, advice);
    session.tariff = Some(price.id.clone());
    match price.total(&timeline, session.ended_at.unwrap_or(session.last_report_at)) {
        Some(total) => session.cost = Some(total),
        None => session.doubt(Doubt::NotPriced),
    }
}

/// The session's course with what the report added. Most reports come in order and are put at its end; what
/// comes late is put where it belongs, because of two values of the same moment the one told later holds.
fn course(session: &Session, readings: &[SessionReading], advice: &Advice) -> Timeline {
    if let Some(earlier) = &advice.reordered {
        let mut all = earlier.clone();
        all.extend(readings.iter().cloned());
        all.sort_by_key(|kept| (kept.reading.at.as_microsecond(), kept.seq));
        return timeline_of(session, &all);
    }
    let mut timeline = advice.timeline.clone().unwrap_or_else(|| Timeline::new(session.started_at));
    timeline.set_start(session.started_at);
    readings.iter().for_each(|reading| add_to_timeline(&mut timeline, reading));
    if let Some(end) = session.ended_at {
        timeline.set_end(end);
    }
    timeline
}

/// Settles who pays a session that has just got its token: a payment that lets it charge is taken, once.
pub(super) fn take_payer(session: &mut Session, advice: &Advice) -> Option<(Change, EventKind)> {
    let word = advice.authorization.as_ref()?;
    if !word.is_accepted() {
        session.payer = Payer::Nobody;
        session.doubt(Doubt::TokenNotAccepted);
        return None;
    }
    let mut payment = advice.payment.clone()?;
    let is_free = payment.session.is_none() && payment.state.lets_charge();
    if !is_free || payment.station != session.station {
        // Whoever accepted the token, no account stands behind that of a payment.
        session.payer = Payer::Nobody;
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
