//! A driver's wish to pay and charge becomes a payment.

use std::sync::Arc;

use jiff::Timestamp;
use ocpp_core::model::{EvseId, Money, Place, StationId};
use uuid::Uuid;

use super::Processes;
use super::payment::told;
use crate::access::Secret;
use crate::domain::{
    Connection, EvseClaim, Job, Payment, PaymentId, PaymentState, Revision, SessionStatus, Task,
};
use crate::handle::PAYMENT_TOKEN_PREFIX;
use crate::pricing::Price;
use crate::store::{Change, CommitError, Page, ReadError, SessionFilter, TypedRecords, Unit};

/// A driver's wish to charge and to pay for it.
#[derive(Clone)]
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

impl std::fmt::Debug for CheckoutRequest {
    /// Without the wish: whoever knows it may follow the payment.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckoutRequest")
            .field("station", &self.station)
            .field("evse", &self.evse)
            .field("instrument", &self.instrument)
            .field("hold", &self.hold)
            .finish_non_exhaustive()
    }
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

/// The signs of a token after its prefix: 75 bits.
const TOKEN_SIGNS: usize = 15;
/// How often to look again when several drivers want the same place at the same time.
const MAX_CONFLICTS: usize = 5;

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
        let payment = new_payment(id, request, self.gateway.name(), self.csms.now())?;
        for _ in 0..MAX_CONFLICTS {
            match self.begin(&payment).await {
                Ok(Some(begun)) => return Ok(begun),
                Ok(None) => {}
                // Unless it is the same wish that was faster.
                Err(CheckoutError::InUse) => break,
                Err(error) => return Err(error),
            }
        }
        self.csms.store().get(&payment.id.0).await?.ok_or(CheckoutError::InUse)
    }

    /// Keeps a payment and its claim on the EVSE; `None` when somebody else was faster.
    async fn begin(&self, payment: &Payment) -> Result<Option<Payment>, CheckoutError> {
        let claim = EvseClaim {
            station: payment.station.clone(),
            evse: payment.evse,
            revision: self.free_claim(&payment.station, payment.evse).await?,
            payment: payment.id.clone(),
        };
        let task = Task::new(Job::Payment(payment.id.clone()), payment.requested_at);
        let changes = vec![Change::put(payment), Change::put(&claim), Change::put(&task)];
        match self.csms.commit(Unit { changes, events: vec![told(payment)], ..Unit::default() }).await {
            Ok(()) => Ok(Some(Payment { revision: Revision(1), ..payment.clone() })),
            // The same wish came twice at the same time, or another driver's for the same place.
            Err(CommitError::Conflict { .. }) => Ok(self.csms.store().get(&payment.id.0).await?),
            Err(error) => Err(CheckoutError::Store(error.to_string())),
        }
    }

    /// The revision of the claim on an EVSE that no driver's payment has at this moment.
    async fn free_claim(&self, station: &StationId, evse: EvseId) -> Result<Revision, CheckoutError> {
        let store = self.csms.store();
        let claim: Option<EvseClaim> = store.get(&EvseClaim::key_of(station, evse)).await?;
        let Some(claim) = claim else { return Ok(Revision::default()) };
        let payment: Option<Payment> = store.get(&claim.payment.0).await?;
        match payment {
            Some(payment) if payment.state.occupies() => Err(CheckoutError::InUse),
            _ => Ok(claim.revision),
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
        let filter = SessionFilter {
            station: Some(station.clone()),
            status: Some(SessionStatus::Active),
            token: None,
        };
        let running = store.sessions(filter, Page { after: None, limit: 100 }).await?;
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
        refunds: std::collections::BTreeMap::new(),
        stopped: None,
        requested_at: now,
        updated_at: now,
    })
}
