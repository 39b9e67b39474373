//! What runs over several commits: payments from the hold to the capture, receipts, the cost on displays, mails to
//! drivers who wait for a place.
//!
//! What has to be done is kept as a [`Task`](crate::domain::Task) in the unit that makes it necessary, and
//! taken out in the unit that completes it. [`Processes::run`] works tasks off, several at a time, each one
//! alone; a manager that is killed goes on with those that are left. Every step reads what is kept, does one
//! thing outside under an idempotency key, and keeps what came of it, so that repeating it does no harm.

mod checkout;
mod display;
mod notice;
mod payment;
mod receipt;
mod refund;
mod work;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ocpp_core::model::SessionKey;
use tokio_util::sync::CancellationToken;

pub use checkout::{CheckoutError, CheckoutRequest};
pub use notice::{Mail, Mailer, Mailing, NoticeError, NoticeWish};
pub use receipt::preview;
pub use refund::RefundError;

use crate::Csms;
use crate::domain::PaymentId;
use crate::payment::PaymentGateway;

/// How long the parts of a payment may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProcessSettings {
    /// How long a driver has to plug in after the station agreed to start.
    pub plug_in_within: Duration,
    /// How long to keep asking a gateway whether a hold was made, before it is given back.
    pub hold_within: Duration,
    /// How long a station may take to agree to a start (F01, F02), or to come back before it.
    pub start_within: Duration,
    /// The first pause before something is tried again; it doubles up to a minute.
    pub retry_after: Duration,
    /// How often running sessions of 2.x are told their cost between their own reports (I02).
    pub cost_display_every: Duration,
}

impl Default for ProcessSettings {
    fn default() -> ProcessSettings {
        ProcessSettings {
            plug_in_within: Duration::from_secs(180),
            hold_within: Duration::from_secs(60),
            start_within: Duration::from_secs(35),
            retry_after: Duration::from_secs(1),
            cost_display_every: Duration::from_secs(60),
        }
    }
}

/// Runs what runs over several commits.
#[derive(Clone)]
pub struct Processes {
    csms: Csms,
    gateway: Arc<dyn PaymentGateway>,
    settings: ProcessSettings,
    charging: Arc<Charging>,
    mailing: Option<Mailing>,
}

/// Which payments charge which sessions, so that a report of a session wakes its payment only.
#[derive(Default)]
struct Charging(Mutex<HashMap<SessionKey, PaymentId>>);

impl Charging {
    fn note(&self, session: &SessionKey, payment: &PaymentId) {
        self.lock().insert(session.clone(), payment.clone());
    }

    /// Forgets a payment that is at its end, and tells which session charged on it.
    fn forget(&self, payment: &PaymentId) -> Option<SessionKey> {
        let mut charging = self.lock();
        let session = charging.iter().find(|(_, held)| *held == payment).map(|(session, _)| session.clone());
        if let Some(session) = &session {
            charging.remove(session);
        }
        session
    }

    fn payment_of(&self, session: &SessionKey) -> Option<PaymentId> {
        self.lock().get(session).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionKey, PaymentId>> {
        // The map is whole whatever panicked elsewhere.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Processes {
    /// Processes of a manager, paying through one gateway.
    #[must_use]
    pub fn new(csms: Csms, gateway: Arc<dyn PaymentGateway>, settings: ProcessSettings) -> Processes {
        Processes { csms, gateway, settings, charging: Arc::default(), mailing: None }
    }

    /// The same, telling drivers by mail when a place is free.
    #[must_use]
    pub fn mailing(self, mailing: Mailing) -> Processes {
        Processes { mailing: Some(mailing), ..self }
    }

    /// The gateway.
    #[must_use]
    pub fn gateway(&self) -> &Arc<dyn PaymentGateway> {
        &self.gateway
    }

    /// Works until `shutdown`.
    pub async fn run(&self, shutdown: CancellationToken) {
        tokio::join!(self.work(&shutdown), self.show_costs(&shutdown));
    }
}
