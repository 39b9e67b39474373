//! A gateway outside the manager that fails in every way there is, and watches what it is asked.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use ocpp_core::model::Money;
use ocpp_server::payment::{GatewayError, Hold, Instrument, PaymentGateway};

/// How the gateway takes its next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Fine,
    /// A hold is refused, for ever; anything else is fine.
    Declines,
    /// It is not done, and an error comes.
    FailsBefore,
    /// It is done, and an error comes.
    FailsAfter,
    /// It is not done, and no answer comes.
    HangsBefore,
    /// It is done, and no answer comes.
    HangsAfter,
    /// It is done, and the answer takes nearly as long as it may.
    IsSlow,
}

impl Mood {
    pub(crate) const ALL: [Mood; 7] = [
        Mood::Fine,
        Mood::Declines,
        Mood::FailsBefore,
        Mood::FailsAfter,
        Mood::HangsBefore,
        Mood::HangsAfter,
        Mood::IsSlow,
    ];
}

/// What the gateway knows of one hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct Book {
    pub(crate) amount: Option<Money>,
    pub(crate) declined: bool,
    pub(crate) captures: BTreeMap<String, Money>,
    pub(crate) refunds: BTreeMap<String, Money>,
    pub(crate) released: bool,
}

#[derive(Default)]
struct Books {
    holds: BTreeMap<String, Book>,
    moods: VecDeque<Mood>,
    complaints: Vec<String>,
    calls: usize,
}

/// The gateway.
#[derive(Default)]
pub(crate) struct Moody(Mutex<Books>);

impl Moody {
    pub(crate) fn will_be(&self, mood: Mood) {
        self.0.lock().unwrap().moods.push_back(mood);
    }

    pub(crate) fn calm_down(&self) {
        self.0.lock().unwrap().moods.clear();
    }

    pub(crate) fn books(&self) -> BTreeMap<String, Book> {
        self.0.lock().unwrap().holds.clone()
    }

    /// What it was asked that nobody may ask.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.0.lock().unwrap().complaints.clone()
    }

    pub(crate) fn calls(&self) -> usize {
        self.0.lock().unwrap().calls
    }

    /// Does something, as well as the mood allows.
    async fn act<T>(
        &self,
        what: impl FnOnce(&mut Books, Mood) -> Result<T, GatewayError>,
    ) -> Result<T, GatewayError> {
        let (mood, result) = {
            let mut books = self.0.lock().unwrap();
            books.calls += 1;
            let mood = books.moods.pop_front().unwrap_or(Mood::Fine);
            let is_done = !matches!(mood, Mood::FailsBefore | Mood::HangsBefore);
            (mood, is_done.then(|| what(&mut books, mood)))
        };
        match (mood, result) {
            (Mood::HangsBefore | Mood::HangsAfter, _) => std::future::pending().await,
            (Mood::FailsAfter, _) | (_, None) => Err(GatewayError::Unclear("the line is bad".to_owned())),
            (Mood::IsSlow, Some(result)) => {
                tokio::time::sleep(self.deadline() - Duration::from_millis(1)).await;
                result
            }
            (_, Some(result)) => result,
        }
    }
}

fn refused(why: &str) -> GatewayError {
    GatewayError::Refused(why.to_owned())
}

#[async_trait]
impl PaymentGateway for Moody {
    fn name(&self) -> &'static str {
        "moody"
    }

    fn instruments(&self) -> Vec<Instrument> {
        vec![Instrument { id: "card".to_owned(), label: "Card".to_owned() }]
    }

    async fn hold(&self, key: &str, _: &str, amount: Money) -> Result<Hold, GatewayError> {
        self.act(|books, mood| {
            let book = books.holds.entry(key.to_owned()).or_default();
            if book.released {
                return Err(refused("given back"));
            }
            if book.declined || mood == Mood::Declines && book.amount.is_none() {
                book.declined = true;
                return Err(refused("declined"));
            }
            if book.amount.is_some_and(|held| held != amount) {
                books.complaints.push(format!("hold {key} was asked for with another amount"));
                return Err(refused("another amount"));
            }
            book.amount = Some(amount);
            Ok(Hold { reference: key.to_owned(), label: "Card".to_owned() })
        })
        .await
    }

    async fn capture(&self, key: &str, reference: &str, amount: Money) -> Result<(), GatewayError> {
        self.act(|books, _| {
            let book = books.holds.entry(reference.to_owned()).or_default();
            let is_same = book.captures.get(key) == Some(&amount);
            let fits = book.amount.is_some_and(|held| amount.amount() <= held.amount());
            if is_same {
                return Ok(());
            }
            if book.released || !book.captures.is_empty() || !fits || amount.is_zero() {
                books.complaints.push(format!("capture {key} of {amount} has no hold of its own"));
                return Err(refused("no such hold"));
            }
            book.captures.insert(key.to_owned(), amount);
            Ok(())
        })
        .await
    }

    async fn release(&self, _: &str, hold_key: &str) -> Result<(), GatewayError> {
        self.act(|books, _| {
            let book = books.holds.entry(hold_key.to_owned()).or_default();
            if !book.captures.is_empty() {
                books.complaints.push(format!("{hold_key} is released after its capture"));
                return Err(refused("captured"));
            }
            book.released = true;
            Ok(())
        })
        .await
    }

    async fn refund(&self, key: &str, reference: &str, amount: Money) -> Result<(), GatewayError> {
        self.act(|books, mood| {
            let book = books.holds.entry(reference.to_owned()).or_default();
            if book.refunds.contains_key(key) {
                return Ok(());
            }
            if mood == Mood::Declines {
                return Err(refused("no refunds today"));
            }
            let sum = |of: &BTreeMap<String, Money>| {
                of.values().map(|money| money.amount()).sum::<rust_decimal::Decimal>()
            };
            if sum(&book.refunds) + amount.amount() > sum(&book.captures) {
                books.complaints.push(format!("refund {key} is more than was captured"));
                return Err(refused("too much"));
            }
            book.refunds.insert(key.to_owned(), amount);
            Ok(())
        })
        .await
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(3)
    }
}
