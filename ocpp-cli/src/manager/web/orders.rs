//! Orders: what a station was ordered and what came of it, giving it one, and the same to many.
//!
//! ```text
//! station   the list of a station, what it can be ordered, giving an order
//! one       an order with the conversation about it
//! bulk      bulk orders: choosing, following, trying again
//! draft     an order on its way: which, what it asks for, what was entered
//! inputs    what an order asks for as fields           entered   fields as JSON again
//! ```

mod bulk;
mod draft;
mod entered;
mod inputs;
mod one;
mod station;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use ocpp_server::domain::StoredEvent;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use crate::manager::App;

pub(super) use station::section;

/// The routes of these pages.
pub(super) fn routes() -> Router<App> {
    station::routes().merge(one::routes()).merge(bulk::routes())
}

/// How long changes are collected before a part is sent anew.
const COLLECT: Duration = Duration::from_millis(250);

/// Waits until something happens that a part shows, and for what follows at once; `false` when the manager ends.
async fn something_about(
    app: &App,
    events: &mut Receiver<Arc<StoredEvent>>,
    concerns: impl Fn(&StoredEvent) -> bool,
) -> bool {
    let first = async {
        loop {
            match events.recv().await {
                Ok(event) if concerns(&event) => return true,
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => return true,
                Err(RecvError::Closed) => return false,
            }
        }
    };
    let goes_on = tokio::select! {
        () = app.shutdown.cancelled() => false,
        goes_on = first => goes_on,
    };
    if goes_on {
        tokio::time::sleep(COLLECT).await;
        while let Ok(_) | Err(TryRecvError::Lagged(_)) = events.try_recv() {}
    }
    goes_on
}
