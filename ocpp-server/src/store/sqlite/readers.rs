//! The connections that read, off the threads that must not wait.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::failure::sentence;
use crate::store::ReadError;

/// A few connections that only read; whoever finds none idle waits.
pub(super) struct Readers {
    /// `None` once closed.
    connections: Vec<Mutex<Option<Connection>>>,
    /// One for each connection.
    places: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(connections: Vec<Connection>) -> Readers {
        let places = Arc::new(Semaphore::new(connections.len()));
        Readers { connections: connections.into_iter().map(|one| Mutex::new(Some(one))).collect(), places }
    }

    /// Runs `work` on a thread for blocking work.
    pub(super) async fn read<T: Send + 'static>(
        self: &Arc<Readers>,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, ReadError> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| closed())?;
        let readers = Arc::clone(self);
        let reading = tokio::task::spawn_blocking(move || {
            let _place = place;
            let idle = readers.idle().ok_or_else(closed)?;
            let connection = idle.as_ref().ok_or_else(closed)?;
            work(connection).map_err(|error| ReadError(sentence(&error)))
        });
        reading.await.unwrap_or_else(|_| Err(ReadError("a read was broken off: try again".to_owned())))
    }

    /// Waits for the reads that are under way, closes the connections and refuses further reads.
    pub(super) fn close(&self) {
        self.places.close();
        for connection in &self.connections {
            *connection.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    /// A connection that nobody uses. Whoever has a place finds one.
    fn idle(&self) -> Option<MutexGuard<'_, Option<Connection>>> {
        self.connections.iter().find_map(|connection| match connection.try_lock() {
            Ok(idle) => Some(idle),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        })
    }
}

fn closed() -> ReadError {
    ReadError("it is being closed".to_owned())
}
