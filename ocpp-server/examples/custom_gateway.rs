//! Paying through a provider of your own.
//!
//!     cargo run -p ocpp-server --example custom_gateway
//!
//! The provider here is a map in memory. With a real one, every method is one HTTP request that carries `key`
//! as its idempotency key; answers that do not come, or are not understood, are `GatewayError::Unclear`, and
//! the manager asks again with the same key.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use ocpp_core::model::{Currency, Money};
use ocpp_server::Csms;
use ocpp_server::payment::{GatewayError, Hold, Instrument, PaymentGateway};
use ocpp_server::process::{ProcessSettings, Processes};
use ocpp_server::store::Memory;
use tokio_util::sync::CancellationToken;

/// The provider's books: what is held under which key, and what was taken of it.
#[derive(Default)]
struct MyProvider(Mutex<HashMap<String, (Money, Option<Money>)>>);

impl MyProvider {
    fn books(&self) -> std::sync::MutexGuard<'_, HashMap<String, (Money, Option<Money>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl PaymentGateway for MyProvider {
    fn name(&self) -> &'static str {
        "my-provider"
    }

    fn instruments(&self) -> Vec<Instrument> {
        vec![Instrument { id: "card".to_owned(), label: "Card".to_owned() }]
    }

    async fn hold(&self, key: &str, _instrument: &str, amount: Money) -> Result<Hold, GatewayError> {
        self.books().entry(key.to_owned()).or_insert((amount, None));
        Ok(Hold { reference: key.to_owned(), label: "Card ending in 4242".to_owned() })
    }

    async fn capture(&self, _key: &str, reference: &str, amount: Money) -> Result<(), GatewayError> {
        match self.books().get_mut(reference) {
            Some((held, taken)) if amount.amount() <= held.amount() => {
                taken.get_or_insert(amount);
                Ok(())
            }
            _ => Err(GatewayError::Refused("Nothing like that is held.".to_owned())),
        }
    }

    async fn release(&self, _key: &str, hold_key: &str) -> Result<(), GatewayError> {
        self.books().remove(hold_key);
        Ok(())
    }

    async fn refund(&self, _key: &str, _reference: &str, _amount: Money) -> Result<(), GatewayError> {
        Err(GatewayError::Refused("Refunds are made by hand here.".to_owned()))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let csms = Csms::builder(Memory::new()).build().await?;
    let provider = Arc::new(MyProvider::default());
    let processes = Processes::new(csms.clone(), provider.clone(), ProcessSettings::default());

    // A manager serves stations beside its processes until it is told to stop.
    let shutdown = CancellationToken::new();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let stop = shutdown.clone();
    tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        stop.cancel();
    });
    tokio::join!(csms.serve(listener, shutdown.clone()), processes.run(shutdown));

    let ten = Money::from_minor(1000, Currency::EUR);
    let hold = provider.hold("some-key", "card", ten).await?;
    provider.capture("another-key", &hold.reference, Money::from_minor(734, Currency::EUR)).await?;
    eprintln!("{} took 7.34 of {ten} from the {}", provider.name(), hold.label);
    Ok(())
}
