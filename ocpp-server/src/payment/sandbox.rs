//! The embedded gateway: no money moves, but everything else is as with a real one.
//!
//! It plays a service outside: it keeps its own books, in commits of its own, and knows nothing of payments
//! or sessions. What it holds is kept in the store, so that it outlives the manager as a real one would.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ocpp_core::model::Money;
use serde::{Deserialize, Serialize};

use super::{GatewayError, Hold, Instrument, PaymentGateway};
use crate::domain::{Revision, record};
use crate::store::{Change, CommitError, ReadError, Store, TypedRecords, Unit};

/// An instrument of the sandbox, by the way it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum SandboxInstrument {
    Succeeds,
    Declines,
    /// The hold is made, but its first answer gets lost.
    LosesAnswer,
    /// No hold is made and no answer comes.
    TimesOut,
}

impl SandboxInstrument {
    /// All of them.
    pub const ALL: [SandboxInstrument; 4] = [
        SandboxInstrument::Succeeds,
        SandboxInstrument::Declines,
        SandboxInstrument::LosesAnswer,
        SandboxInstrument::TimesOut,
    ];

    /// The name to pay with.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            SandboxInstrument::Succeeds => "succeeds",
            SandboxInstrument::Declines => "declines",
            SandboxInstrument::LosesAnswer => "loses-answer",
            SandboxInstrument::TimesOut => "times-out",
        }
    }

    /// What a driver sees.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            SandboxInstrument::Succeeds => "Test card 4242 (succeeds)",
            SandboxInstrument::Declines => "Test card 0002 (is declined)",
            SandboxInstrument::LosesAnswer => "Test card 0119 (the answer gets lost once)",
            SandboxInstrument::TimesOut => "Test card 0259 (never answers)",
        }
    }

    fn of(id: &str) -> Option<SandboxInstrument> {
        SandboxInstrument::ALL.into_iter().find(|instrument| instrument.id() == id)
    }
}

/// What the sandbox has in its books of one hold.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldOnRecord {
    /// The idempotency key that it was made with.
    pub key: String,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// What pays.
    pub instrument: String,
    /// What is held; nothing when the hold was released before it was made.
    pub amount: Option<Money>,
    /// How often the hold was asked for.
    pub asked: u32,
    /// What was captured, by the key it was captured with. More than one is a mistake of the caller, which
    /// the sandbox refuses.
    pub captured: BTreeMap<String, Money>,
    /// What was given back of it, by key.
    pub refunded: BTreeMap<String, Money>,
    /// Whether the hold, or what was not captured of it, was given back.
    pub released: bool,
}

record!(HoldOnRecord is SandboxHold, key |hold| hold.key.clone());

impl std::fmt::Debug for HoldOnRecord {
    /// Without the keys: they begin with those of payments.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HoldOnRecord")
            .field("instrument", &self.instrument)
            .field("amount", &self.amount)
            .field("captured", &self.captured.values().collect::<Vec<_>>())
            .field("refunded", &self.refunded.values().collect::<Vec<_>>())
            .field("released", &self.released)
            .finish_non_exhaustive()
    }
}

impl HoldOnRecord {
    fn new(key: &str, instrument: &str) -> HoldOnRecord {
        HoldOnRecord {
            key: key.to_owned(),
            revision: Revision::default(),
            instrument: instrument.to_owned(),
            amount: None,
            asked: 0,
            captured: BTreeMap::new(),
            refunded: BTreeMap::new(),
            released: false,
        }
    }
}

/// The embedded gateway.
pub struct Sandbox {
    store: Arc<dyn Store>,
    deadline: Duration,
}

/// How often to read again when two calls about one hold meet.
const MAX_CONFLICTS: usize = 5;

impl Sandbox {
    /// A sandbox that keeps its books in `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Sandbox {
        Sandbox { store, deadline: Duration::from_secs(3) }
    }

    /// The same with another deadline, after which a call without an answer counts as unclear.
    #[must_use]
    pub const fn with_deadline(mut self, deadline: Duration) -> Sandbox {
        self.deadline = deadline;
        self
    }

    /// Changes what the books say of a hold, and answers.
    async fn change<T>(
        &self,
        hold_key: &str,
        fresh: impl Fn() -> HoldOnRecord,
        decide: impl Fn(&mut HoldOnRecord) -> Result<T, GatewayError>,
    ) -> Result<T, GatewayError> {
        for _ in 0..MAX_CONFLICTS {
            let known: Option<HoldOnRecord> = self.store.get(hold_key).await.map_err(unclear_read)?;
            let before = known.clone();
            let mut hold = known.unwrap_or_else(&fresh);
            let answer = decide(&mut hold)?;
            if before.as_ref() == Some(&hold) {
                return Ok(answer);
            }
            let unit = Unit { changes: vec![Change::put(&hold)], ..Unit::default() };
            match self.store.commit(unit).await {
                Ok(_) => return Ok(answer),
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(GatewayError::Unclear(error.to_string())),
            }
        }
        Err(GatewayError::Unclear("its books kept changing".to_owned()))
    }

    /// A hold that has been made.
    async fn change_made<T>(
        &self,
        reference: &str,
        decide: impl Fn(&mut HoldOnRecord, Money) -> Result<T, GatewayError>,
    ) -> Result<T, GatewayError> {
        let key = reference.strip_prefix(REFERENCE_PREFIX).unwrap_or(reference);
        self.change(
            key,
            || HoldOnRecord::new(key, ""),
            |hold| match hold.amount {
                Some(amount) => decide(hold, amount),
                None => Err(GatewayError::Refused("There is no such hold.".to_owned())),
            },
        )
        .await
    }
}

/// What the references of the sandbox begin with.
const REFERENCE_PREFIX: &str = "sandbox:";

fn unclear_read(error: ReadError) -> GatewayError {
    GatewayError::Unclear(error.to_string())
}

#[async_trait]
impl PaymentGateway for Sandbox {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    fn instruments(&self) -> Vec<Instrument> {
        let shown = |instrument: SandboxInstrument| Instrument {
            id: instrument.id().to_owned(),
            label: instrument.label().to_owned(),
        };
        SandboxInstrument::ALL.into_iter().map(shown).collect()
    }

    async fn hold(&self, key: &str, instrument: &str, amount: Money) -> Result<Hold, GatewayError> {
        let kind = SandboxInstrument::of(instrument)
            .ok_or_else(|| GatewayError::Refused(format!("There is no test card {instrument:?}.")))?;
        match kind {
            SandboxInstrument::Declines => {
                return Err(GatewayError::Refused("The card was declined.".to_owned()));
            }
            SandboxInstrument::TimesOut => return std::future::pending().await,
            SandboxInstrument::Succeeds | SandboxInstrument::LosesAnswer => {}
        }
        let asked = self
            .change(
                key,
                || HoldOnRecord::new(key, instrument),
                |hold| {
                    if hold.released {
                        return Err(GatewayError::Refused("The hold was given back.".to_owned()));
                    }
                    if hold.amount.is_none() {
                        hold.amount = Some(amount);
                    }
                    hold.asked = hold.asked.saturating_add(1);
                    Ok(hold.asked)
                },
            )
            .await?;
        if kind == SandboxInstrument::LosesAnswer && asked == 1 {
            return std::future::pending().await;
        }
        let label = kind.label().split(" (").next().unwrap_or_default().to_owned();
        Ok(Hold { reference: format!("{REFERENCE_PREFIX}{key}"), label })
    }

    async fn capture(&self, key: &str, reference: &str, amount: Money) -> Result<(), GatewayError> {
        self.change_made(reference, |hold, held| {
            if hold.captured.contains_key(key) {
                return Ok(());
            }
            if hold.released || !hold.captured.is_empty() {
                return Err(GatewayError::Refused("The hold is used up.".to_owned()));
            }
            if amount.currency() != held.currency() || amount.amount() > held.amount() {
                return Err(GatewayError::Refused(format!("Only {held} is held, not {amount}.")));
            }
            hold.captured.insert(key.to_owned(), amount);
            Ok(())
        })
        .await
    }

    async fn release(&self, _: &str, hold_key: &str) -> Result<(), GatewayError> {
        self.change(
            hold_key,
            || HoldOnRecord::new(hold_key, ""),
            |hold| {
                if !hold.captured.is_empty() {
                    return Err(GatewayError::Refused("The hold was captured.".to_owned()));
                }
                hold.released = true;
                Ok(())
            },
        )
        .await
    }

    async fn refund(&self, key: &str, reference: &str, amount: Money) -> Result<(), GatewayError> {
        self.change_made(reference, |hold, _| {
            if hold.refunded.contains_key(key) {
                return Ok(());
            }
            let sum = |amounts: &BTreeMap<String, Money>| {
                amounts.values().map(|money| money.amount()).sum::<rust_decimal::Decimal>()
            };
            if sum(&hold.refunded) + amount.amount() > sum(&hold.captured) {
                return Err(GatewayError::Refused("That is more than was captured.".to_owned()));
            }
            hold.refunded.insert(key.to_owned(), amount);
            Ok(())
        })
        .await
    }

    fn deadline(&self) -> Duration {
        self.deadline
    }
}
