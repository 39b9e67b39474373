//! A payment from the driver's wish to the end: hold, start, charge, capture or release.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ocpp_core::model::{
    Command, EvseId, IdToken, Money, Outcome, Place, RemoteStart, SessionKey, StationId, StationTxRef,
    TokenKind, Verdict,
};
use ocpp_core::types::Version;
use uuid::Uuid;

use super::Processes;
use super::work::Next;
use crate::access::Secret;
use crate::command::OrderError;
use crate::domain::{
    Connection, Event, EventKind, Job, Payment, PaymentId, PaymentState, Revision, Session, SessionStatus,
    Task,
};
use crate::handle::PAYMENT_TOKEN_PREFIX;
use crate::payment::{GatewayError, within_deadline};
use crate::pricing::{Price, timeline_of};
use crate::session::CallFailure;
use crate::store::{Change, CommitError, ReadError, TypedRecords, Unit};

/// A driver's wish to charge and to pay for it.
#[derive(Debug, Clone)]
pub struct CheckoutRequest {
    /// Where.
    pub station: StationId,
    /// At which EVSE.
    pub evse: EvseId,
    /// What to pay with, as the gateway names it.
    pub instrument: String,
    /// The amount to hold.
    pub hold: Money,
    /// The same wish sent twice is one payment. Make a fresh one with [`CheckoutRequest::fresh_wish`] for
    /// every form that is shown.
    pub wish: Uuid,
}

impl CheckoutRequest {
    /// A wish that nobody had before: its time, and 74 random bits that nobody guesses.
    #[must_use]
    pub fn fresh_wish() -> Uuid {
        Uuid::now_v7()
    }
}

/// Why a driver cannot pay here now. The sentences are for the driver.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckoutError {
    /// There is no such place.
    #[error("There is no such charging point. Please check the code on the station.")]
    UnknownPlace,
    /// The station is not connected.
    #[error("This station is out of reach at the moment. Please use another one, or try again later.")]
    Offline,
    /// Somebody charges there, or is about to.
    #[error("This charging point is in use. Please choose a free one.")]
    InUse,
    /// Charging costs nothing here.
    #[error("Charging is free here: plug in and present your card.")]
    NothingToPay,
    /// No such instrument.
    #[error("Please choose how to pay.")]
    UnknownInstrument,
    /// The amount to hold is not positive, or of another currency.
    #[error("The amount to hold is not right. Please start again.")]
    BadAmount,
    /// The wish is none that this manager made.
    #[error("This form is not valid any more. Please scan the code again.")]
    StaleForm,
    /// The store failed.
    #[error("This does not work at the moment. Please try again later.")]
    Store(String),
}

impl From<ReadError> for CheckoutError {
    fn from(error: ReadError) -> CheckoutError {
        CheckoutError::Store(error.to_string())
    }
}

/// The parts of a token after its prefix: 75 bits.
const TOKEN_SIGNS: usize = 15;

/// Beginning a payment.
impl Processes {
    /// Notes that a driver wants to pay and charge. From here on it goes on by itself.
    ///
    /// # Errors
    /// [`CheckoutError`]; nothing was begun then.
    pub async fn check_out(&self, request: CheckoutRequest) -> Result<Payment, CheckoutError> {
        if request.wish.get_version_num() != 7 {
            return Err(CheckoutError::StaleForm);
        }
        let id = PaymentId(request.wish.to_string());
        if let Some(known) = self.csms.store().get::<Payment>(&id.0).await? {
            return Ok(known);
        }
        self.check_place(&request.station, request.evse).await?;
        let price = self.price_at(&request.station, request.evse).await?;
        let price = price.ok_or(CheckoutError::NothingToPay)?;
        let is_fine = request.hold.currency() == price.tariff.currency
            && request.hold.amount() > rust_decimal::Decimal::ZERO
            && request.hold == request.hold.rounded();
        if !is_fine {
            return Err(CheckoutError::BadAmount);
        }
        if !self.gateway.instruments().iter().any(|known| known.id == request.instrument) {
            return Err(CheckoutError::UnknownInstrument);
        }
        let now = self.csms.now();
        let payment = new_payment(id, request, self.gateway.name(), now)?;
        let task = Task::new(Job::Payment(payment.id.clone()), now);
        let changes = vec![Change::put(&payment), Change::put(&task)];
        match self.csms.commit(Unit { changes, events: vec![told(&payment)], ..Unit::default() }).await {
            Ok(()) => Ok(Payment { revision: Revision(1), ..payment }),
            // The same wish came twice at the same time.
            Err(CommitError::Conflict { .. }) => {
                let known: Option<Payment> = self.csms.store().get(&payment.id.0).await?;
                known.ok_or_else(|| CheckoutError::Store("the payment is gone".to_owned()))
            }
            Err(error) => Err(CheckoutError::Store(error.to_string())),
        }
    }

    async fn check_place(&self, station: &StationId, evse: EvseId) -> Result<(), CheckoutError> {
        let store = self.csms.store();
        let known = store.station(station).await?.ok_or(CheckoutError::UnknownPlace)?;
        if !matches!(known.connection, Connection::Online { .. })
            || !self.csms.stations().is_connected(station)
        {
            return Err(CheckoutError::Offline);
        }
        let ports = store.ports(station).await?;
        if evse.0 == 0 || !ports.iter().any(|port| port.place.evse() == Some(evse)) {
            return Err(CheckoutError::UnknownPlace);
        }
        let filter = crate::store::SessionFilter {
            station: Some(station.clone()),
            status: Some(SessionStatus::Active),
            token: None,
        };
        let running = store.sessions(filter, crate::store::Page { after: None, limit: 100 }).await?;
        if running.iter().any(|session| session.place.and_then(Place::evse) == Some(evse)) {
            return Err(CheckoutError::InUse);
        }
        Ok(())
    }

    /// The tariff of a session that would start at a place now; `None` when charging is free there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn price_at(&self, station: &StationId, evse: EvseId) -> Result<Option<Arc<Price>>, ReadError> {
        self.csms.pricing().at_start(station, Some(Place::Evse(evse)), self.csms.now()).await
    }
}

fn new_payment(
    id: PaymentId,
    request: CheckoutRequest,
    gateway: &str,
    now: Timestamp,
) -> Result<Payment, CheckoutError> {
    let signs = Secret::random(TOKEN_SIGNS).map_err(|error| CheckoutError::Store(error.to_string()))?;
    Ok(Payment {
        id,
        revision: Revision::default(),
        station: request.station,
        evse: request.evse,
        token: format!("{PAYMENT_TOKEN_PREFIX}{}", signs.expose().to_ascii_uppercase()),
        gateway: gateway.to_owned(),
        instrument: request.instrument,
        hold: request.hold,
        reference: None,
        state: PaymentState::Requested,
        session: None,
        stopped: None,
        requested_at: now,
        updated_at: now,
    })
}

fn told(payment: &Payment) -> Event {
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
            return self.drop_task(id).await;
        };
        if let Some(session) = &payment.session {
            self.charging.note(session, id);
        }
        match payment.state.clone() {
            PaymentState::Requested => self.hold(payment).await,
            PaymentState::Held => self.start_charging(payment).await,
            PaymentState::Starting { since } => self.await_session(payment, since).await,
            PaymentState::Charging => self.watch(payment).await,
            PaymentState::Capturing { amount } => self.capture(payment, amount).await,
            PaymentState::Releasing { reason } => self.release(payment, reason).await,
            PaymentState::Declined { .. } | PaymentState::Captured { .. } | PaymentState::Released { .. } => {
                if let Some(session) = &payment.session {
                    self.charging.forget(session);
                }
                self.drop_task(id).await
            }
        }
    }

    async fn hold(&self, payment: Payment) -> Result<Next, String> {
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
            Err(GatewayError::Unclear(why)) => {
                if self.is_over(payment.requested_at, self.settings.hold_within) {
                    let reason = "The payment service gave no answer. Nothing was charged.".to_owned();
                    return self.advance(payment, PaymentState::Releasing { reason }).await;
                }
                Ok(Next::Retry(why))
            }
        }
    }

    /// Tells the station to start. It is told once: a manager that was killed after telling it finds the
    /// payment in `Held` and tells it again, which a station that has begun answers as well.
    async fn start_charging(&self, payment: Payment) -> Result<Next, String> {
        let command = Command::RemoteStart(RemoteStart {
            id_token: IdToken::new(&payment.token, TokenKind::CENTRAL),
            evse: Some(payment.evse),
            remote_start: Some(start_number(&payment.id)),
        });
        let commands = self.csms.commands();
        let order =
            tokio::time::timeout(self.settings.start_within, commands.order(&payment.station, &command));
        let refusal = match order.await {
            Ok(Ok(
                Outcome::RemoteStart { verdict: Verdict::Accepted, .. } | Outcome::Verdict(Verdict::Accepted),
            )) => {
                let since = self.csms.now();
                return self.advance(payment, PaymentState::Starting { since }).await;
            }
            Ok(Ok(_)) => "The station refused to start.",
            Ok(Err(OrderError::Call(CallFailure::NotConnected))) => "The station is out of reach.",
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
        let Some(now_cost) = self.cost_at(session, self.csms.now()).await? else { return Ok(false) };
        let soon = later(self.csms.now(), LOOK_AHEAD);
        let soon_cost = self.projected(session, now_cost, soon).await?;
        Ok(soon_cost >= payment.hold.amount())
    }

    /// The cost at a later moment if energy goes on flowing as it did lately.
    async fn projected(
        &self,
        session: &Session,
        now_cost: Money,
        until: Timestamp,
    ) -> Result<rust_decimal::Decimal, String> {
        let elapsed = session.last_report_at.duration_since(session.started_at).as_secs();
        let ahead = until.duration_since(session.last_report_at).as_secs();
        if elapsed <= 0 || ahead <= 0 {
            return Ok(now_cost.amount());
        }
        let reported = session.cost.unwrap_or(now_cost).amount();
        let growth = reported
            .checked_mul(rust_decimal::Decimal::from(ahead))
            .and_then(|growth| growth.checked_div(rust_decimal::Decimal::from(elapsed)))
            .unwrap_or_default();
        Ok(now_cost.amount().max(reported.checked_add(growth).unwrap_or(reported)))
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
        let transaction = reference_of(session, version);
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
            Err(error) => Ok(Next::Retry(error.to_string())),
        }
    }

    /// Gives back a captured amount, in whole or in part; the same key does it once.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub async fn refund(&self, id: &PaymentId, amount: Money, key: &str) -> Result<Payment, RefundError> {
        let store = self.csms.store();
        let payment: Payment = store.get(&id.0).await?.ok_or(RefundError::Unknown)?;
        let PaymentState::Captured { amount: captured, refunded } = payment.state.clone() else {
            return Err(RefundError::NotCaptured);
        };
        let sum = refunded.plus(amount).map_err(|_| RefundError::BadAmount(captured))?;
        let is_fine = amount.amount() > rust_decimal::Decimal::ZERO
            && amount == amount.rounded()
            && sum.amount() <= captured.amount();
        if !is_fine {
            return Err(RefundError::BadAmount(captured));
        }
        let reference = payment.reference.clone().unwrap_or_default();
        let gateway_key = payment.idempotency_key(&format!("refund/{key}"));
        let gateway = &*self.gateway;
        within_deadline(gateway, gateway.refund(&gateway_key, &reference, amount))
            .await
            .map_err(RefundError::Gateway)?;
        let state = PaymentState::Captured { amount: captured, refunded: sum };
        let refunded = Payment { state, updated_at: self.csms.now(), ..payment };
        let unit = Unit {
            idempotency_key: Some(gateway_key),
            changes: vec![Change::put(&refunded)],
            events: vec![told(&refunded)],
            ..Unit::default()
        };
        match self.csms.commit(unit).await {
            Ok(()) => {}
            Err(error) => return Err(RefundError::Store(error.to_string())),
        }
        store.get(&id.0).await?.ok_or(RefundError::Unknown)
    }

    /// Keeps the next state of a payment. When somebody else changed it in between, the next step looks
    /// again.
    async fn advance(&self, payment: Payment, state: PaymentState) -> Result<Next, String> {
        let payment = Payment { state, updated_at: self.csms.now(), ..payment };
        let unit =
            Unit { changes: vec![Change::put(&payment)], events: vec![told(&payment)], ..Unit::default() };
        match self.csms.commit(unit).await {
            Ok(()) | Err(CommitError::Conflict { .. }) => Ok(Next::Again),
            Err(error) => Err(error.to_string()),
        }
    }

    async fn drop_task(&self, id: &PaymentId) -> Result<Next, String> {
        self.finish(&Job::Payment(id.clone()), Vec::new(), Vec::new()).await
    }

    /// Takes a task out, together with what completes it.
    pub(super) async fn finish(
        &self,
        job: &Job,
        mut changes: Vec<Change>,
        events: Vec<Event>,
    ) -> Result<Next, String> {
        let task: Option<Task> =
            self.csms.store().get(&Task::key_of(job)).await.map_err(|error| error.to_string())?;
        let Some(task) = task else { return Ok(Next::Done) };
        changes.push(Change::remove(&task));
        match self.csms.commit(Unit { changes, events, ..Unit::default() }).await {
            Ok(()) => Ok(Next::Done),
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

/// How often to look at a charging session that sends nothing.
const WATCH_EVERY: Duration = Duration::from_secs(30);
/// How far ahead the cost is looked at, because a command and the next reading take their time.
const LOOK_AHEAD: Duration = Duration::from_secs(30);

/// Why a refund was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefundError {
    /// No such payment.
    #[error("There is no such payment.")]
    Unknown,
    /// Nothing was captured.
    #[error("Nothing was captured on this payment, so nothing can be refunded.")]
    NotCaptured,
    /// More than was captured, nothing, or another currency.
    #[error("A refund is more than zero, in whole cents, and no more than what is left of {0}.")]
    BadAmount(Money),
    /// The gateway did not do it.
    #[error("{0}")]
    Gateway(GatewayError),
    /// The store failed.
    #[error("The database fails: {0}. Try again with the same key.")]
    Store(String),
}

impl From<ReadError> for RefundError {
    fn from(error: ReadError) -> RefundError {
        RefundError::Store(error.to_string())
    }
}

/// How the station knows the transaction of a session.
pub(super) fn reference_of(session: &Session, version: Version) -> StationTxRef {
    if version.is_2x() {
        StationTxRef::Named(session.start_key.0.as_str().into())
    } else {
        StationTxRef::Numbered(session.number.0)
    }
}

/// The number of the remote start, the same however often it is told: 31 bits of the payment's key.
fn start_number(id: &PaymentId) -> i64 {
    let uuid = Uuid::parse_str(&id.0).unwrap_or_default();
    i64::from((uuid.as_u128() as u32) & 0x7fff_ffff).max(1)
}

fn later(now: Timestamp, by: Duration) -> Timestamp {
    jiff::SignedDuration::try_from(by).ok().and_then(|by| now.checked_add(by).ok()).unwrap_or(now)
}
