//! Giving back what was captured. A refund is noted before the gateway is asked, so that a manager that is
//! killed in between goes on with it.

use ocpp_core::model::Money;

use super::Processes;
use super::payment::told;
use super::work::Next;
use crate::domain::{Job, Payment, PaymentId, PaymentState, Refund, RefundState, Task};
use crate::payment::{GatewayError, within_deadline};
use crate::store::{Change, CommitError, ReadError, TypedRecords, Unit};

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

/// How often to decide again when somebody else changes the payment in the meantime.
const MAX_CONFLICTS: usize = 5;

impl Processes {
    /// Gives back a captured amount, in whole or in part; the same key does it once. When the gateway gives no
    /// clear answer it is asked again until it does, and the same key tells how that went.
    ///
    /// # Errors
    /// [`RefundError`], sentences for the operator.
    pub async fn refund(&self, id: &PaymentId, amount: Money, key: &str) -> Result<Payment, RefundError> {
        let mut payment = self.request_refund(id, amount, key).await?;
        for _ in 0..MAX_CONFLICTS {
            match payment.refunds.get(key).map(|refund| &refund.state) {
                Some(RefundState::Done) => return Ok(payment),
                Some(RefundState::Refused { reason }) => {
                    return Err(RefundError::Gateway(GatewayError::Refused(reason.clone())));
                }
                Some(RefundState::Requested) | None => {}
            }
            self.carry_out(payment, key).await?;
            payment = self.csms.store().get(&id.0).await?.ok_or(RefundError::Unknown)?;
        }
        Err(RefundError::Store("the payment kept changing".to_owned()))
    }

    /// Notes a refund, unless it is noted already.
    async fn request_refund(&self, id: &PaymentId, amount: Money, key: &str) -> Result<Payment, RefundError> {
        for _ in 0..MAX_CONFLICTS {
            let payment: Payment = self.csms.store().get(&id.0).await?.ok_or(RefundError::Unknown)?;
            let PaymentState::Captured { amount: captured, .. } = &payment.state else {
                return Err(RefundError::NotCaptured);
            };
            match payment.refunds.get(key) {
                Some(known) if known.amount == amount => return Ok(payment),
                Some(known) => {
                    let sentence = format!("This key stands for a refund of {} already.", known.amount);
                    return Err(RefundError::Gateway(GatewayError::Refused(sentence)));
                }
                None => {}
            }
            if !is_refundable(&payment, *captured, amount) {
                return Err(RefundError::BadAmount(*captured));
            }
            if let Some(noted) = self.note_refund(payment, amount, key).await? {
                return Ok(noted);
            }
        }
        Err(RefundError::Store("the payment kept changing".to_owned()))
    }

    /// Keeps a refund together with the task to do it; `None` when the payment was changed in the meantime.
    async fn note_refund(
        &self,
        mut payment: Payment,
        amount: Money,
        key: &str,
    ) -> Result<Option<Payment>, RefundError> {
        let job = Job::Payment(payment.id.clone());
        let known: Option<Task> = self.csms.store().get(&Task::key_of(&job)).await?;
        let task = known.unwrap_or_else(|| Task::new(job, self.csms.now()));
        payment.refunds.insert(key.to_owned(), Refund { amount, state: RefundState::Requested });
        payment.updated_at = self.csms.now();
        let changes = vec![Change::put(&payment), Change::put(&task)];
        let unit = Unit { changes, events: vec![told(&payment)], ..Unit::default() };
        match self.csms.commit(unit).await {
            Ok(()) => Ok(Some(Payment { revision: payment.revision.next(), ..payment })),
            Err(CommitError::Conflict { .. }) => Ok(None),
            Err(error) => Err(RefundError::Store(error.to_string())),
        }
    }

    /// Does the next refund that is noted.
    pub(super) async fn refund_next(&self, payment: Payment) -> Result<Next, String> {
        let Some(key) = next_refund(&payment).map(str::to_owned) else { return Ok(Next::Again) };
        match self.carry_out(payment, &key).await {
            Ok(()) => Ok(Next::Again),
            Err(error) => Ok(Next::Retry(error.to_string())),
        }
    }

    /// Asks the gateway for a refund and keeps what it says. When somebody else has kept it already, that
    /// holds.
    async fn carry_out(&self, mut payment: Payment, key: &str) -> Result<(), RefundError> {
        let Some(refund) = payment.refunds.get(key).cloned() else { return Ok(()) };
        let reference = payment.reference.clone().unwrap_or_default();
        let gateway = &*self.gateway;
        let gateway_key = payment.idempotency_key(&format!("refund/{key}"));
        let call = gateway.refund(&gateway_key, &reference, refund.amount);
        let state = match within_deadline(gateway, call).await {
            Ok(()) => RefundState::Done,
            Err(GatewayError::Refused(reason)) => RefundState::Refused { reason },
            Err(error) => return Err(RefundError::Gateway(error)),
        };
        if let (RefundState::Done, PaymentState::Captured { refunded, .. }) = (&state, &mut payment.state) {
            *refunded = refunded.plus(refund.amount).unwrap_or(*refunded);
        }
        payment.refunds.insert(key.to_owned(), Refund { state, ..refund });
        payment.updated_at = self.csms.now();
        let unit =
            Unit { changes: vec![Change::put(&payment)], events: vec![told(&payment)], ..Unit::default() };
        match self.csms.commit(unit).await {
            Ok(()) | Err(CommitError::Conflict { .. }) => Ok(()),
            Err(error) => Err(RefundError::Store(error.to_string())),
        }
    }
}

/// The key of the next refund that the gateway is to do.
pub(super) fn next_refund(payment: &Payment) -> Option<&str> {
    let open = |(_, refund): &(&String, &Refund)| refund.state == RefundState::Requested;
    payment.refunds.iter().find(open).map(|(key, _)| key.as_str())
}

/// Whether so much is left of what was captured.
fn is_refundable(payment: &Payment, captured: Money, amount: Money) -> bool {
    let taken =
        payment.refunds.values().filter(|refund| !matches!(refund.state, RefundState::Refused { .. }));
    let sum = taken.map(|refund| refund.amount).try_fold(amount, Money::plus);
    amount.amount() > rust_decimal::Decimal::ZERO
        && amount == amount.rounded()
        && sum.is_ok_and(|sum| sum.currency() == captured.currency() && sum.amount() <= captured.amount())
}
