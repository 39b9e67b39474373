//! The connections that read, each on a thread of its own, off the threads that must not wait.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::failure::sentence;
use crate::store::ReadError;

/// What a thread is to read. It gives the answer itself.
type Work = Box<dyn FnOnce(&Connection) + Send>;

/// A few threads that only read; whoever finds none idle waits. A thread that finds work when it is done with one goes
/// on with it, so that many reads at once cost no waking.
pub(super) struct Readers {
    queue: Arc<Queue>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    wake: Condvar,
}

#[derive(Default)]
struct Waiting {
    work: VecDeque<Work>,
    /// How many threads wait for work and were not woken.
    asleep: usize,
    closed: bool,
}

impl Readers {
    /// Starts a thread for each connection.
    pub(super) fn start(connections: Vec<Connection>) -> std::io::Result<Readers> {
        let mut readers = Readers { queue: Arc::default(), threads: Vec::new() };
        for connection in connections {
            let queue = Arc::clone(&readers.queue);
            let thread = std::thread::Builder::new().name("ocpp-read".to_owned());
            readers.threads.push(thread.spawn(move || queue.work_off(&connection))?);
        }
        Ok(readers)
    }

    /// Runs `work` on one of the threads.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, ReadError> {
        let (answer, answered) = oneshot::channel();
        let work = move |connection: &Connection| {
            // Whoever asked may be gone.
            let _ = answer.send(work(connection).map_err(|error| ReadError(sentence(&error))));
        };
        self.queue.push(Box::new(work))?;
        answered.await.unwrap_or_else(|_| Err(ReadError("a read was broken off: try again".to_owned())))
    }

    /// Waits for what was asked for, closes the connections and refuses further reads.
    pub(super) fn close(&mut self) {
        self.queue.lock().closed = true;
        self.queue.wake.notify_all();
        for thread in self.threads.drain(..) {
            // A panic of the thread has been reported by its hook.
            let _ = thread.join();
        }
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.close();
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Nothing is left half-changed, so a panic elsewhere does not spoil it.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, work: Work) -> Result<(), ReadError> {
        let mut waiting = self.lock();
        if waiting.closed {
            return Err(ReadError("it is being closed".to_owned()));
        }
        waiting.work.push_back(work);
        let wakes = waiting.asleep > 0;
        waiting.asleep = waiting.asleep.saturating_sub(1);
        drop(waiting);
        if wakes {
            self.wake.notify_one();
        }
        Ok(())
    }

    fn work_off(&self, connection: &Connection) {
        while let Some(work) = self.take() {
            // A panic would be our bug. Whoever waits learns of it by the dropped channel.
            let _ = catch_unwind(AssertUnwindSafe(|| work(connection)));
        }
    }

    /// The next piece of work; `None` when there will be no more.
    fn take(&self) -> Option<Work> {
        let mut waiting = self.lock();
        loop {
            if let Some(work) = waiting.work.pop_front() {
                return Some(work);
            }
            if waiting.closed {
                return None;
            }
            waiting.asleep += 1;
            waiting = self.wake.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
