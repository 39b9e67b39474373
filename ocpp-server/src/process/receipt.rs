//! Receipts: one for each session that ended, issued when it is known how it was paid.

use jiff::Timestamp;
use ocpp_core::model::{Money, Place, SessionKey};
use ocpp_core::rules::cost::Cost;
use ocpp_core::rules::tariff::in_words;

use super::Processes;
use super::work::Next;
use crate::domain::{
    Event, EventKind, Job, Paid, Payer, Payment, PaymentState, Receipt, Revision, Session, SessionStatus,
    Site,
};
use crate::pricing::{Price, timeline_of, whereabouts};
use crate::store::{Change, ReadError, TypedRecords};

/// How long to wait for a payment that is not at its end, when nothing wakes us.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_secs(10);

impl Processes {
    /// Issues the receipt of a session.
    pub(super) async fn step_receipt(&self, key: &SessionKey) -> Next {
        match self.try_step_receipt(key).await {
            Ok(next) => next,
            Err(error) => Next::Retry(error),
        }
    }

    async fn try_step_receipt(&self, key: &SessionKey) -> Result<Next, String> {
        let read = |error: ReadError| error.to_string();
        let store = self.csms.store();
        let job = Job::Receipt(key.clone());
        let session = store.session(key).await.map_err(read)?;
        let Some(session) = session.filter(|session| session.status == SessionStatus::Completed) else {
            tracing::error!(session = %key, "a session without an end was to get its receipt");
            return self.finish(&job, Vec::new(), Vec::new()).await;
        };
        let payment = match &session.payer {
            Payer::Payment(id) => store.get::<Payment>(&id.0).await.map_err(read)?,
            Payer::Account | Payer::Nobody => None,
        };
        if payment.as_ref().is_some_and(|payment| !payment.state.is_decided()) {
            return Ok(Next::Wait(LOOK_EVERY));
        }
        let now = self.csms.now();
        let receipt = self.receipt(&session, payment.as_ref(), now).await.map_err(read)?;
        let kind = EventKind::ReceiptIssued { session: session.key.clone(), number: session.number };
        let event = Event { at: now, station: Some(session.station.clone()), kind };
        let next = self.finish(&job, vec![Change::put(&receipt)], vec![event]).await?;
        // Hardly ever is it there already, so that is looked up only when it cannot be written.
        if matches!(next, Next::Again)
            && store.get::<Receipt>(&Receipt::key_of(session.number)).await.map_err(read)?.is_some()
        {
            return self.finish(&job, Vec::new(), Vec::new()).await;
        }
        Ok(next)
    }

    async fn receipt(
        &self,
        session: &Session,
        payment: Option<&Payment>,
        now: Timestamp,
    ) -> Result<Receipt, ReadError> {
        let until = session.ended_at.unwrap_or(session.last_report_at);
        let (price, cost) = cost_of(self, session, until).await?;
        let (_, site) = whereabouts(&**self.csms.store(), &session.station).await?;
        let total = cost.as_ref().map(|cost| cost.total_incl_tax);
        Ok(Receipt {
            paid: how_paid(session, payment, total),
            ..preview(session, site, price.as_deref(), cost, now)
        })
    }
}

/// The price and the cost of a session until a moment.
async fn cost_of(
    processes: &Processes,
    session: &Session,
    until: Timestamp,
) -> Result<(Option<std::sync::Arc<Price>>, Option<Cost>), ReadError> {
    let Some(tariff) = &session.tariff else { return Ok((None, None)) };
    let price = processes.csms.pricing().of_session(&session.station, tariff).await?;
    let readings = processes.csms.store().readings(&session.key).await?;
    let timeline = timeline_of(session, &readings);
    let cost = price.as_ref().and_then(|price| price.cost(&timeline, until).ok());
    Ok((price, cost))
}

/// The receipt of a session as it would be now, without how it was paid.
#[must_use]
pub fn preview(
    session: &Session,
    site: Option<Site>,
    price: Option<&Price>,
    cost: Option<Cost>,
    now: Timestamp,
) -> Receipt {
    let (name, address, time_zone) = match site {
        Some(site) => (Some(site.name), Some(site.address), site.time_zone),
        None => (None, None, "UTC".to_owned()),
    };
    Receipt {
        number: session.number,
        revision: Revision::default(),
        session: session.key.clone(),
        station: session.station.clone(),
        evse: session.place.and_then(Place::evse),
        site: name,
        address,
        time_zone,
        started_at: session.started_at,
        ended_at: session.ended_at.unwrap_or(session.last_report_at),
        meter_start: session.meter_start,
        meter_end: session.meter_last.map(|(_, register)| register),
        energy: session.energy(),
        tariff: session.tariff.clone(),
        prices: price.map(|price| in_words(&price.tariff)).unwrap_or_default(),
        cost,
        token: shown_token(session),
        paid: Paid::Nothing,
        issued_at: now,
    }
}

/// The last four signs of a token: enough for its holder to know it again.
fn shown_token(session: &Session) -> Option<String> {
    if matches!(session.payer, Payer::Payment(_)) {
        return None;
    }
    let value = &session.id_token.as_ref()?.value;
    let signs: Vec<char> = value.chars().collect();
    let tail: String = signs[signs.len().saturating_sub(4)..].iter().collect();
    (!tail.is_empty()).then(|| format!("…{tail}"))
}

fn how_paid(session: &Session, payment: Option<&Payment>, total: Option<Money>) -> Paid {
    let Some(total) = total.filter(|total| !total.is_zero()) else { return Paid::Nothing };
    match (&session.payer, payment) {
        (Payer::Account, _) if session.id_token.is_some() => Paid::OnAccount,
        (Payer::Account | Payer::Nobody, _) | (Payer::Payment(_), None) => Paid::Open { open: total },
        (Payer::Payment(_), Some(payment)) => paid_by(payment, total),
    }
}

fn paid_by(payment: &Payment, total: Money) -> Paid {
    let PaymentState::Captured { amount, .. } = &payment.state else { return Paid::Open { open: total } };
    let (id, gateway, instrument) = (payment.id.clone(), payment.gateway.clone(), payment.instrument.clone());
    match total.minus(*amount) {
        Ok(open) if open.amount() > rust_decimal::Decimal::ZERO => {
            Paid::Partly { payment: id, gateway, instrument, captured: *amount, open }
        }
        _ => Paid::Payment { payment: id, gateway, instrument, captured: *amount },
    }
}
