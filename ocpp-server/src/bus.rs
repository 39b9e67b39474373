//! Telling the rest of the process what was committed, in the order of commits.

use std::sync::Arc;

use tokio::sync::broadcast;

use crate::domain::StoredEvent;

/// How many events a listener may lag behind before it has to read the outbox instead.
const BACKLOG: usize = 4096;

/// Carries committed events to any number of listeners in this process.
#[derive(Debug, Clone)]
pub struct Bus(broadcast::Sender<Arc<StoredEvent>>);

impl Default for Bus {
    fn default() -> Bus {
        Bus(broadcast::Sender::new(BACKLOG))
    }
}

impl Bus {
    /// Passes events on. Without listeners they are only in the outbox.
    pub fn publish(&self, events: Vec<Arc<StoredEvent>>) {
        for event in events {
            // An error means that nobody listens, which is fine.
            let _ = self.0.send(event);
        }
    }

    /// Listens from now on. A listener that lags more than 4,096 events behind is told so by
    /// [`broadcast::error::RecvError::Lagged`], and finds what it missed in the store's outbox.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Arc<StoredEvent>> {
        self.0.subscribe()
    }
}
