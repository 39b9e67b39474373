//! A payment from the hold to the end: start, charge, capture or release.

use std::time::Duration;

use jiff::Timestamp;
use ocpp_core::model::{
    ChargingState, Command, IdToken, Money, Outcome, Place, RemoteStart, SessionKey, TokenKind, Verdict, Wh,
};
use ocpp_core::rules::timeline::Timeline;
use uuid::Uuid;

use super::Processes;
use super::work::Next;
use crate::command::OrderError;
use crate::domain::{
    ChargeAttempt, Event, EventKind, Job, Observation, Observed, Payment, PaymentId, PaymentState, Session,
    SessionEnergy, SessionStatus, Task,
};
use crate::payment::{GatewayError, within_deadline};
use crate::pricing::timeline_of;
use crate::session::CallFailure;
use crate::store::{Change, CommitError, ReadError, TypedRecords, Unit};

pub(super) fn told(payment: &Payment) -> Event {
    let kind =
        EventKind::PaymentChanged { payment: payment.id.clone(), state: payment.state.name().to_owned() };
    Event { at: payment.updated_at, station: Some(payment.station.clone()), kind }
}

/// The steps of a payment.
impl Processes {
    /// Does the next step of a payment.
    pub(super) async fn step_payment(&self, id: &PaymentId) -> Next {
        match self.try_step_payment(id).await {
            Ok(next) => next,
            Err(error) => Next::Retry(error),
        }
    }

    async fn try_step_payment(&self, id: &PaymentId) -> Result<Next, String> {
        let store = self.csms.store();
        let payment: Option<Payment> = store.get(&id.0).await.map_err(|error| error.to_string())?;
        let Some(payment) = payment else {
            tracing::error!(payment = ?id, "a payment is gone, its task goes too");
            return self.finish(&Job::Payment(id.clone()), Vec::new(), Vec::new()).await;
        };
        if let (Some(session), false) = (&payment.session, payment.state.is_final()) {
            self.charging.note(session, id);
        }
        match payment.state.clone() {
            PaymentState::Requested => self.hold(payment).await,
            PaymentState::Held => self.start_charging(payment).await,
            PaymentState::Starting { since } => self.await_session(payment, since).await,
            PaymentState::Charging => self.watch(payment).await,
            PaymentState::Capturing { amount } => self.capture(payment, amount).await,
            PaymentState::Releasing { reason } => self.release(payment, reason).await,
            PaymentState::Captured { .. } if super::refund::next_refund(&payment).is_some() => {
                self.refund_next(payment).await
            }
            PaymentState::Declined { .. } | PaymentState::Captured { .. } | PaymentState::Released { .. } => {
                self.drop_task(&payment).await
            }
        }
    }

    async fn hold(&self, payment: Payment) -> Result<Next, String> {
        if self.is_over(payment.requested_at, self.settings.hold_within) {
            let reason = "The payment service gave no answer. Nothing was charged.".to_owned();
            return self.advance(payment, PaymentState::Releasing { reason }).await;
        }
        let gateway = &*self.gateway;
        let key = payment.idempotency_key("hold");
        let call = gateway.hold(&key, &payment.instrument, payment.hold);
        match within_deadline(gateway, call).await {
            Ok(hold) => {
                let payment = Payment { reference: Some(hold.reference), instrument: hold.label, ..payment };
                self.advance(payment, PaymentState::Held).await
            }
            Err(GatewayError::Refused(reason)) => {
                self.advance(payment, PaymentState::Declined { reason }).await
            }
            Err(GatewayError::Unclear(why)) => Ok(Next::Retry(why)),
        }
    }

    /// Tells the station to start. It is told once: a manager that was killed after telling it finds the
    /// payment in `Held` and tells it again, which a station that has begun answers as well.
    async fn start_charging(&self, payment: Payment) -> Result<Next, String> {
        let held_at = payment.updated_at;
        if self.is_over(held_at, self.settings.start_within) {
            return self.release_unless_begun(payment, "The station could not be started in time.").await;
        }
        let command = Command::RemoteStart(RemoteStart {
            id_token: IdToken::new(&payment.token, TokenKind::CENTRAL),
            group: None,
            evse: Some(payment.evse),
            remote_start: Some(start_number(&payment.id)),
            profile: None,
        });
        let commands = self.csms.commands();
        let left = self.left(held_at, self.settings.start_within);
        let order = tokio::time::timeout(left, commands.order(&payment.station, &command));
        let refusal = match order.await {
            Ok(Ok(
                Outcome::RemoteStart { verdict: Verdict::Accepted, .. } | Outcome::Verdict(Verdict::Accepted),
            )) => {
                let since = self.csms.now();
                return self.advance(payment, PaymentState::Starting { since }).await;
            }
            Ok(Ok(_)) => "The station refused to start.",
            // Nothing was sent; a station that has just lost its connection comes back.
            Ok(Err(OrderError::Call(CallFailure::NotConnected | CallFailure::Busy))) => {
                let left = self.left(held_at, self.settings.start_within);
                return Ok(Next::Wait(left.min(self.settings.retry_after)));
            }
            Ok(Err(_)) => "The station could not be started.",
            Err(_elapsed) => "The station did not answer.",
        };
        self.release_unless_begun(payment, refusal).await
    }

    async fn await_session(&self, payment: Payment, since: Timestamp) -> Result<Next, String> {
        if self.is_over(since, self.settings.plug_in_within) {
            return self.release_unless_begun(payment, "No vehicle was plugged in in time.").await;
        }
        Ok(Next::Wait(self.left(since, self.settings.plug_in_within)))
    }

    /// Gives the hold back. A session that began in the meantime has changed the payment, so that this is
    /// refused, and the next step finds it charging.
    async fn release_unless_begun(&self, payment: Payment, reason: &str) -> Result<Next, String> {
        self.advance(payment, PaymentState::Releasing { reason: reason.to_owned() }).await
    }

    /// Follows the session: stops it when the hold is used up, and settles when it has ended.
    async fn watch(&self, payment: Payment) -> Result<Next, String> {
        let key = payment.session.clone().ok_or("a charging payment without a session")?;
        let session = self.session(&key).await?;
        if session.status == SessionStatus::Completed {
            return self.settle(payment, &session).await;
        }
        if payment.stopped.is_none() && self.is_used_up(&payment, &session).await? {
            return self.stop(payment, &session).await;
        }
        Ok(Next::Wait(WATCH_EVERY))
    }

    async fn session(&self, key: &SessionKey) -> Result<Session, String> {
        let session = self.csms.store().session(key).await.map_err(|error| error.to_string())?;
        session.ok_or_else(|| format!("session {key} is gone"))
    }

    /// Whether what the session costs by now, or will before the next look, reaches the hold.
    async fn is_used_up(&self, payment: &Payment, session: &Session) -> Result<bool, String> {
        let Some(tariff) = &session.tariff else { return Ok(false) };
        let read = |error: ReadError| error.to_string();
        let price = self.csms.pricing().of_session(&session.station, tariff).await.map_err(read)?;
        let Some(price) = price else { return Ok(false) };
        let readings = self.csms.store().readings(&session.key).await.map_err(read)?;
        let soon = later(self.station_time(session), LOOK_AHEAD);
        let timeline = projected(session, timeline_of(session, &readings), soon);
        Ok(price.total(&timeline, soon).is_some_and(|total| total.amount() >= payment.hold.amount()))
    }

    /// What the station's clock says by now, whichever time it is set to: the moment that it last told of,
    /// and what has passed since that was heard.
    pub(super) fn station_time(&self, session: &Session) -> Timestamp {
        let passed = self.csms.now().duration_since(session.updated_at);
        session.last_report_at.checked_add(passed).unwrap_or(session.last_report_at)
    }

    /// What a session costs until a moment, out of all that is kept of it.
    pub(super) async fn cost_at(&self, session: &Session, until: Timestamp) -> Result<Option<Money>, String> {
        let Some(tariff) = &session.tariff else { return Ok(None) };
        let read = |error: ReadError| error.to_string();
        let price = self.csms.pricing().of_session(&session.station, tariff).await.map_err(read)?;
        let Some(price) = price else { return Ok(session.cost) };
        let readings = self.csms.store().readings(&session.key).await.map_err(read)?;
        let until = session.ended_at.unwrap_or(until).max(session.started_at);
        Ok(price.total(&timeline_of(session, &readings), until).or(session.cost))
    }

    async fn stop(&self, payment: Payment, session: &Session) -> Result<Next, String> {
        let Some(version) = self.csms.stations().version(&payment.station) else {
            return Ok(Next::Retry(
                "the station of a session whose hold is used up is out of reach".to_owned(),
            ));
        };
        let transaction = session.transaction(version);
        let order = self.csms.commands().order(&payment.station, &Command::RemoteStop(transaction)).await;
        match order {
            Ok(Outcome::Verdict(Verdict::Accepted)) => {
                let reason = "The amount that was held is used up.".to_owned();
                let state = payment.state.clone();
                self.advance(Payment { stopped: Some(reason), ..payment }, state).await
            }
            Ok(_) => {
                Ok(Next::Retry("the station refused to stop a session whose hold is used up".to_owned()))
            }
            Err(error) => Ok(Next::Retry(error.to_string())),
        }
    }

    /// Captures what the session cost, but no more than was held; nothing means giving the hold back.
    async fn settle(&self, payment: Payment, session: &Session) -> Result<Next, String> {
        let energy: Option<SessionEnergy> = self
            .csms
            .store()
            .get(session.key.as_str())
            .await
            .map_err(|error: ReadError| error.to_string())?;
        if energy.is_some_and(|energy| !energy.settlements.is_empty()) {
            // C21: the terminal has the money.
            let reason = "The terminal at the station settled the session.".to_owned();
            return self.advance(payment, PaymentState::Releasing { reason }).await;
        }
        let cost = self.cost_at(session, session.last_report_at).await?;
        let amount = cost.map_or_else(|| Money::zero(payment.hold.currency()), Money::rounded);
        if amount.amount() <= rust_decimal::Decimal::ZERO {
            let reason = "The session cost nothing.".to_owned();
            return self.advance(payment, PaymentState::Releasing { reason }).await;
        }
        let amount = if amount.amount() > payment.hold.amount() { payment.hold } else { amount };
        self.advance(payment, PaymentState::Capturing { amount }).await
    }

    async fn capture(&self, payment: Payment, amount: Money) -> Result<Next, String> {
        let reference = payment.reference.clone().ok_or("a hold without a reference")?;
        let key = payment.idempotency_key("capture");
        let gateway = &*self.gateway;
        match within_deadline(gateway, gateway.capture(&key, &reference, amount)).await {
            Ok(()) => {
                let refunded = Money::zero(amount.currency());
                self.advance(payment, PaymentState::Captured { amount, refunded }).await
            }
            Err(GatewayError::Refused(reason)) => {
                tracing::error!(payment = ?payment.id, %reason, "a capture was refused: the session stays unpaid");
                self.advance(payment, PaymentState::Releasing { reason }).await
            }
            Err(GatewayError::Unclear(why)) => Ok(Next::Retry(why)),
        }
    }

    async fn release(&self, payment: Payment, reason: String) -> Result<Next, String> {
        let (key, hold) = (payment.idempotency_key("release"), payment.idempotency_key("hold"));
        let gateway = &*self.gateway;
        match within_deadline(gateway, gateway.release(&key, &hold)).await {
            Ok(()) => self.advance(payment, PaymentState::Released { reason }).await,
            // Refused or unclear: it is asked again until it is done, at growing intervals.
            Err(error) => Ok(Next::Retry(error.to_string())),
        }
    }

    /// Keeps the next state of a payment. When somebody else changed it in between, the next step looks
    /// again.
    pub(super) async fn advance(&self, payment: Payment, state: PaymentState) -> Result<Next, String> {
        let attempt = failed_attempt(&payment, &state);
        let payment = Payment { state, updated_at: self.csms.now(), ..payment };
        let mut changes = vec![Change::put(&payment)];
        changes.extend(attempt.map(|attempt| {
            let (now, place) = (payment.updated_at, Place::Evse(payment.evse));
            let observation = Observation::new(now, now, place, Observed::Attempt(attempt));
            Change::Observed(payment.station.clone(), observation)
        }));
        let unit = Unit { changes, events: vec![told(&payment)], ..Unit::default() };
        match self.csms.commit(unit).await {
            Ok(()) | Err(CommitError::Conflict { .. }) => Ok(Next::Again),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Takes the task of a payment out that is at its end. A refund that is asked for at this moment writes
    /// the task, too, so that this is refused and looked at again.
    async fn drop_task(&self, seen: &Payment) -> Result<Next, String> {
        let job = Job::Payment(seen.id.clone());
        let task = self.task(&job).await?;
        let payment: Option<Payment> =
            self.csms.store().get(&seen.id.0).await.map_err(|error| error.to_string())?;
        match (task, payment) {
            (Some(_), Some(payment)) if payment.revision != seen.revision => Ok(Next::Again),
            (Some(task), _) => self.finish_task(task, Vec::new(), Vec::new()).await,
            (None, _) => Ok(Next::Done),
        }
    }

    /// Takes a task out, together with what completes it.
    pub(super) async fn finish(
        &self,
        job: &Job,
        changes: Vec<Change>,
        events: Vec<Event>,
    ) -> Result<Next, String> {
        match self.task(job).await? {
            Some(task) => self.finish_task(task, changes, events).await,
            None => Ok(Next::Done),
        }
    }

    async fn task(&self, job: &Job) -> Result<Option<Task>, String> {
        self.csms.store().get(&Task::key_of(job)).await.map_err(|error| error.to_string())
    }

    async fn finish_task(
        &self,
        task: Task,
        mut changes: Vec<Change>,
        events: Vec<Event>,
    ) -> Result<Next, String> {
        changes.push(Change::remove(&task));
        match self.csms.commit(Unit { changes, events, ..Unit::default() }).await {
            Ok(()) => {
                self.csms.metrics().task_done();
                Ok(Next::Done)
            }
            Err(CommitError::Conflict { .. }) => Ok(Next::Again),
            Err(error) => Err(error.to_string()),
        }
    }

    fn is_over(&self, since: Timestamp, within: Duration) -> bool {
        self.left(since, within).is_zero()
    }

    fn left(&self, since: Timestamp, within: Duration) -> Duration {
        let passed = Duration::try_from(self.csms.now().duration_since(since)).unwrap_or_default();
        within.saturating_sub(passed)
    }
}

/// What kept a driver's attempt from becoming a charge, when its payment ends without a session.
fn failed_attempt(payment: &Payment, next: &PaymentState) -> Option<ChargeAttempt> {
    if payment.session.is_some() {
        return None;
    }
    match (&payment.state, next) {
        (PaymentState::Requested, PaymentState::Declined { .. } | PaymentState::Releasing { .. }) => {
            Some(ChargeAttempt::Payment)
        }
        (PaymentState::Held, PaymentState::Releasing { .. }) => Some(ChargeAttempt::Station),
        (PaymentState::Starting { .. }, PaymentState::Releasing { .. }) => Some(ChargeAttempt::Plug),
        _ => None,
    }
}

/// How often to look at a charging session that sends nothing.
const WATCH_EVERY: Duration = Duration::from_secs(30);
/// How far ahead the cost is looked at, because a command and the next reading take their time.
const LOOK_AHEAD: Duration = Duration::from_secs(30);

/// The number of the remote start, the same however often it is told: 31 bits of the payment's key.
fn start_number(id: &PaymentId) -> i64 {
    let uuid = Uuid::parse_str(&id.0).unwrap_or_default();
    i64::from((uuid.as_u128() as u32) & 0x7fff_ffff).max(1)
}

fn later(now: Timestamp, by: Duration) -> Timestamp {
    jiff::SignedDuration::try_from(by).ok().and_then(|by| now.checked_add(by).ok()).unwrap_or(now)
}

/// The course of a session if its energy goes on flowing as it did lately.
fn projected(session: &Session, mut timeline: Timeline, until: Timestamp) -> Timeline {
    let is_flowing = session.charging.is_none_or(|state| state == ChargingState::Charging);
    let Some((last, rate)) = is_flowing.then(|| rate_of(session, &timeline)).flatten() else {
        return timeline;
    };
    let ahead = i128::from(until.duration_since(last.0).as_secs().max(0));
    let energy = i64::try_from(rate * ahead / 3600).unwrap_or(0);
    if let (1.., Some(register)) = (energy, last.1.0.checked_add(energy)) {
        timeline.add_register(until, Wh(register));
    }
    timeline
}

/// The last register, and how much energy flows after it, in W: as the station says, or else as between its
/// last two registers.
fn rate_of(session: &Session, timeline: &Timeline) -> Option<((Timestamp, Wh), i128)> {
    let registers = timeline.registers();
    let last = registers.last()?;
    let rate = match (session.power, registers) {
        (Some(power), _) => i128::from(power.0),
        (None, [.., before, last]) => {
            let seconds = i128::from(last.at.duration_since(before.at).as_secs().max(1));
            i128::from(last.value.0.saturating_sub(before.value.0)) * 3600 / seconds
        }
        (None, _) => return None,
    };
    Some(((last.at, last.value), rate.max(0)))
}
