//! Holding, capturing and giving back money: what a payment gateway does.
//!
//! Implement [`PaymentGateway`] to pay through a provider of your own. [`Sandbox`] is the embedded one, with
//! instruments that succeed, decline and time out. `examples/custom_gateway.rs` is a whole one to begin with.
//!
//! Every call carries an idempotency key. A gateway does the same thing once, however often it is asked with
//! the same key, and answers the same: a call whose answer got lost is repeated until it is answered.

mod sandbox;

use std::time::Duration;

use async_trait::async_trait;
use ocpp_core::model::Money;

pub use sandbox::{HoldOnRecord, Sandbox, SandboxInstrument};

/// What a driver can choose to pay with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instrument {
    /// The name to pass to [`PaymentGateway::hold`].
    pub id: String,
    /// What to show to the driver.
    pub label: String,
}

/// An amount that the gateway holds.
#[derive(Clone, PartialEq, Eq)]
pub struct Hold {
    /// The gateway's reference, for everything that follows.
    pub reference: String,
    /// What the driver pays with, as it may be shown on a receipt.
    pub label: String,
}

impl std::fmt::Debug for Hold {
    /// Without the reference, which may be worth something at the gateway.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hold").field("label", &self.label).finish_non_exhaustive()
    }
}

/// Why a gateway did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// It refuses, and will refuse again. The sentence is for the driver.
    #[error("{0}")]
    Refused(String),
    /// Nobody knows whether it was done: ask again with the same key.
    #[error("the payment service gave no clear answer: {0}")]
    Unclear(String),
}

/// Holds, captures, releases and refunds money. Amounts are rounded to what the currency has.
#[async_trait]
pub trait PaymentGateway: Send + Sync {
    /// Its name, which payments keep.
    fn name(&self) -> &'static str;

    /// What a driver can choose from, when the choice is made on our page.
    fn instruments(&self) -> Vec<Instrument>;

    /// Holds an amount.
    ///
    /// # Errors
    /// [`GatewayError`].
    async fn hold(&self, key: &str, instrument: &str, amount: Money) -> Result<Hold, GatewayError>;

    /// Takes part of a hold, or all of it, and gives back the rest.
    ///
    /// # Errors
    /// [`GatewayError`].
    async fn capture(&self, key: &str, reference: &str, amount: Money) -> Result<(), GatewayError>;

    /// Gives back a hold. It is named by the key it was made with, because its reference may never have
    /// arrived; one that was never made, or is given back already, counts as given back.
    ///
    /// # Errors
    /// [`GatewayError`].
    async fn release(&self, key: &str, hold_key: &str) -> Result<(), GatewayError>;

    /// Gives back what was captured, in whole or in part.
    ///
    /// # Errors
    /// [`GatewayError`].
    async fn refund(&self, key: &str, reference: &str, amount: Money) -> Result<(), GatewayError>;

    /// How long to wait for an answer before the call counts as unclear.
    fn deadline(&self) -> Duration {
        Duration::from_secs(10)
    }
}

/// Calls a gateway within its deadline.
///
/// # Errors
/// What the gateway says; [`GatewayError::Unclear`] when it says nothing in time.
pub async fn within_deadline<T>(
    gateway: &dyn PaymentGateway,
    call: impl Future<Output = Result<T, GatewayError>>,
) -> Result<T, GatewayError> {
    match tokio::time::timeout(gateway.deadline(), call).await {
        Ok(result) => result,
        Err(_elapsed) => Err(GatewayError::Unclear("no answer in time".to_owned())),
    }
}
