//! One order on its way: written down as sent, sent, and written down with its end.

use std::time::Duration;

use ocpp_core::model::{Availability, Command};
use ocpp_core::wire::CallError;

use super::energy::Effects;
use super::{Inner, KEPT_ENDED, PlaceError, locked, told};
use crate::command::OrderError;
use crate::domain::{
    BatchItem, Ending, ItemResult, Observation, Observed, OpenOrder, OrderEntry, OrderId, OrderState,
    RecordKind,
};
use crate::session::CallFailure;
use crate::store::{Change, CommitError, RecordFilter, TypedRecords, Unit};

/// How often the end of an order is tried to be kept, and how long to wait in between.
const ATTEMPTS: u32 = 60;
const PAUSE: Duration = Duration::from_secs(1);

/// What became of an order's turn.
pub(super) enum Turn {
    /// It has ended (or is not there any more).
    Ended,
    /// The station is not connected, and the order waits for it.
    Waits,
}

impl Inner {
    /// Gives an order to its station, unless it has ended in the meantime.
    pub(super) async fn carry(&self, id: &OrderId) -> Turn {
        let order = match self.handler.store().get::<OrderEntry>(&id.0).await {
            Ok(Some(order)) if order.state == OrderState::Waiting => order,
            Ok(_) => return Turn::Ended,
            Err(error) => {
                tracing::error!(order = %id, %error, "an order cannot be read; it is tried again");
                tokio::time::sleep(PAUSE).await;
                return Turn::Waits;
            }
        };
        if order.until.is_some_and(|until| until <= self.handler.now()) {
            return self.end_surely(order, Ending::Expired).await;
        }
        let Some(version) = self.stations.version(&order.station) else {
            return self.wait_or_end(order).await;
        };
        // What is known of the station may have changed since the order was given.
        match self.check_rules(&order.station, &order.command).await {
            Ok(Ok(())) => {}
            Ok(Err(broken)) => {
                return self.end_surely(order, Ending::NotAllowed { why: broken.to_string() }).await;
            }
            Err(error) => {
                tracing::error!(order = %id, %error, "what is known of a station cannot be read; it is tried again");
                tokio::time::sleep(PAUSE).await;
                return Turn::Waits;
            }
        }
        // The station may have come with another version than it had when the order was given.
        match self.check(&order.station, version, &order.command) {
            Ok(()) => {}
            Err(PlaceError::NotAllowed(error)) => {
                return self.end_surely(order, Ending::NotAllowed { why: error.to_string() }).await;
            }
            Err(error) => return self.end_surely(order, Ending::CannotSay { why: error.to_string() }).await,
        }
        let order = match self.send_off(order).await {
            Ok(order) => order,
            // Somebody took it back, or the store fails: it stays as it is.
            Err(CommitError::Conflict { .. }) => return Turn::Ended,
            Err(error) => {
                tracing::error!(order = %id, %error, "an order cannot be noted as sent; it is tried again");
                tokio::time::sleep(PAUSE).await;
                return Turn::Waits;
            }
        };
        match self.commands.order(&order.station, &order.command).await {
            Err(OrderError::Call(CallFailure::NotConnected | CallFailure::Busy)) => {
                self.take_back(order).await
            }
            result => {
                let version = self.stations.version(&order.station);
                self.end_surely(order, ending_of(result, version)).await
            }
        }
    }

    /// Notes that the order is on its way.
    async fn send_off(&self, order: OrderEntry) -> Result<OrderEntry, CommitError> {
        let now = self.handler.now();
        if let Some(asking) = self.asking(&order).await? {
            let unit = Unit { changes: vec![asking], ..Unit::default() };
            // Without it, what the report lacks is not taken as gone: a report that is heard meanwhile may win.
            if let Err(error) = self.handler.commit(unit).await {
                tracing::warn!(order = %order.id, %error, "which report was asked for is not noted");
            }
        }
        let order = OrderEntry { state: OrderState::Sent { at: now }, sent_at: Some(now), ..order };
        self.keep_entry(order, now).await
    }

    /// Nothing was sent after all.
    async fn take_back(&self, order: OrderEntry) -> Turn {
        let now = self.handler.now();
        let order = OrderEntry { state: OrderState::Waiting, sent_at: None, ..order };
        match self.keep_entry(order, now).await {
            Ok(order) => {
                // A line that is busy is left in peace for a moment.
                tokio::time::sleep(PAUSE).await;
                self.wait_or_end(order).await
            }
            Err(error) => {
                tracing::error!(%error, "an order that was not sent cannot be noted as such");
                Turn::Ended
            }
        }
    }

    async fn keep_entry(&self, order: OrderEntry, now: jiff::Timestamp) -> Result<OrderEntry, CommitError> {
        let unit =
            Unit { changes: vec![Change::put(&order)], events: vec![told(&order, now)], ..Unit::default() };
        self.handler.commit(unit).await?;
        Ok(OrderEntry { revision: order.revision.next(), ..order })
    }

    async fn wait_or_end(&self, order: OrderEntry) -> Turn {
        match order.until {
            Some(_) => Turn::Waits,
            None => self.end_surely(order, Ending::NotConnected).await,
        }
    }

    /// Ends an order, however long the store takes to work again. When even that fails, the next start of the
    /// manager ends it without an answer.
    pub(super) async fn end_surely(&self, mut order: OrderEntry, ending: Ending) -> Turn {
        for _ in 0..ATTEMPTS {
            match self.end(order.clone(), ending.clone()).await {
                Ok(_) => return Turn::Ended,
                Err(CommitError::Conflict { .. }) => match self.handler.store().get(&order.id.0).await {
                    Ok(Some(now)) => order = now,
                    Ok(None) => return Turn::Ended,
                    Err(_) => {}
                },
                Err(error) => {
                    tracing::error!(order = %order.id, %error, "the end of an order cannot be kept")
                }
            }
            if matches!(order.state, OrderState::Ended { .. }) {
                return Turn::Ended;
            }
            tokio::time::sleep(PAUSE).await;
        }
        Turn::Ended
    }

    /// Keeps the end of an order, without the secrets that it carried, and tells whoever waits for it.
    pub(super) async fn end(&self, order: OrderEntry, ending: Ending) -> Result<OrderEntry, CommitError> {
        let now = self.handler.now();
        let effects = match &ending {
            Ending::Answered { outcome } => self.effects(&order, outcome).await?,
            _ => Effects::default(),
        };
        let result = ItemResult { succeeded: ending.is_success(), text: clip(ending.sentence()), at: now };
        let ending = match ending {
            Ending::Answered { outcome } => Ending::Answered { outcome: outcome.without_secrets() },
            other => other,
        };
        let command = order.command.clone().without_secrets();
        let order = OrderEntry { command, state: OrderState::Ended { at: now, ending }, ..order };
        let mut changes = vec![Change::put(&order)];
        changes.extend(result.succeeded.then(|| observed(&order, now)).flatten());
        changes.extend(self.open_record(&order).await?);
        changes.extend(self.item_of(&order, result).await?);
        changes.extend(effects.changes);
        let events = effects.events.into_iter().chain([told(&order, now)]).collect();
        let unit = Unit { changes, events, ..Unit::default() };
        self.handler.commit(unit).await?;
        self.count_out(&order.station);
        for tell in locked(&self.waiting).remove(&order.id).unwrap_or_default() {
            let _ = tell.send(order.clone());
        }
        self.forget_old(&order).await;
        Ok(OrderEntry { revision: order.revision.next(), ..order })
    }

    async fn open_record(&self, order: &OrderEntry) -> Result<Option<Change>, CommitError> {
        let open = self.handler.store().get::<OpenOrder>(&order.id.0).await;
        let open = open.map_err(|error| CommitError::Unavailable(error.to_string()))?;
        Ok(open.as_ref().map(Change::remove))
    }

    /// The part of the bulk order that this order is, with its result.
    async fn item_of(&self, order: &OrderEntry, result: ItemResult) -> Result<Option<Change>, CommitError> {
        let Some(batch) = &order.batch else { return Ok(None) };
        let key = BatchItem::key_of(batch, &order.station);
        let item = self.handler.store().get::<BatchItem>(&key).await;
        let item = item.map_err(|error| CommitError::Unavailable(error.to_string()))?;
        // A later attempt has its own order.
        let item = item.filter(|item| item.order.as_ref() == Some(&order.id));
        Ok(item.map(|item| Change::put(&BatchItem { result: Some(result), ..item })))
    }

    /// Now and then, forgets the oldest orders of a station.
    async fn forget_old(&self, order: &OrderEntry) {
        let is_time = order.id.0.bytes().last().is_some_and(|byte| byte == b'0');
        if !is_time {
            return;
        }
        let filter = RecordFilter::all(RecordKind::Order, KEPT_ENDED + FORGET_AT_ONCE)
            .of(order.station.as_str())
            .descending();
        let Ok(orders) = self.handler.store().list::<OrderEntry>(filter).await else { return };
        let old = orders.iter().skip(KEPT_ENDED).filter(|old| matches!(old.state, OrderState::Ended { .. }));
        let changes: Vec<Change> = old.map(Change::remove).collect();
        // What is not forgotten now is forgotten later.
        let _ = self.handler.commit(Unit { changes, ..Unit::default() }).await;
    }
}

/// A place that its station agrees to take out of use, or back: it is so from now on, or from the end of its session.
fn observed(order: &OrderEntry, now: jiff::Timestamp) -> Option<Change> {
    let Command::SetAvailability { place, availability } = &order.command else { return None };
    let what = match availability {
        Availability::Inoperative => Observed::Closed,
        Availability::Operative => Observed::Opened,
    };
    Some(Change::Observed(order.station.clone(), Observation::new(now, now, *place, what)))
}

/// How many old orders are forgotten in one go.
const FORGET_AT_ONCE: usize = 100;

fn clip(text: String) -> String {
    text.chars().take(300).collect()
}

fn ending_of(
    result: Result<ocpp_core::model::Outcome, OrderError>,
    version: Option<ocpp_core::types::Version>,
) -> Ending {
    let failure = match result {
        Ok(outcome) => return Ending::Answered { outcome },
        Err(OrderError::CannotSay(error)) => return Ending::CannotSay { why: error.to_string() },
        Err(OrderError::NotAllowed(error)) => return Ending::NotAllowed { why: error.to_string() },
        Err(OrderError::Call(failure)) => failure,
    };
    match failure {
        CallFailure::Refused(CallError { code, description, .. }) => {
            let code = version.map_or_else(|| format!("{code:?}"), |version| code.as_str(version).to_owned());
            Ending::Refused { code, description: clip(description) }
        }
        CallFailure::BadAnswer(why) => Ending::BadAnswer { why: clip(why) },
        other => Ending::NoAnswer { why: other.to_string() },
    }
}
