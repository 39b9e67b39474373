//! Looking things up in the message log, for the page and for programs.

mod conversation;
mod filter;

use std::io::{self, Read};
use std::sync::Arc;

use futures_util::Stream;
use ocpp_server::message_log::{Export, Found, MessageLog, Query};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

pub(crate) use conversation::{Conversation, Turn};
pub(crate) use filter::{BadFilter, Filter, order_named, way_named};

/// A search occupies a thread and reads up to 256 MiB: so many run at a time, the others wait.
const SEARCHES: usize = 2;
/// Exports read the whole log, as fast as their readers take it: so many run at a time.
const EXPORTS: usize = 2;
/// An export is sent in pieces of this size.
const PIECE_BYTES: usize = 64 * 1024;
/// How many pieces may wait for a slow reader.
const PIECES: usize = 4;

/// The message log, as far as there is one. Clones are the same.
#[derive(Clone)]
pub(crate) struct Messages {
    log: Option<MessageLog>,
    searches: Arc<Semaphore>,
    exports: Arc<Semaphore>,
}

/// Why nothing was found.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LookupError {
    /// There is no log.
    #[error("This manager keeps no message log: start it with --message-log=true to have one.")]
    Off,
    /// The filter makes no sense.
    #[error(transparent)]
    Filter(#[from] BadFilter),
    /// As many exports as may run are running.
    #[error("Two exports of the message log are running: wait until one of them has ended.")]
    Busy,
    /// The log cannot be read.
    #[error("The message log cannot be read: {0}. Try again later.")]
    Unreadable(String),
}

impl Messages {
    /// Looks into this log.
    pub(crate) fn new(log: Option<MessageLog>) -> Messages {
        Messages {
            log,
            searches: Arc::new(Semaphore::new(SEARCHES)),
            exports: Arc::new(Semaphore::new(EXPORTS)),
        }
    }

    /// What a filter asks for.
    ///
    /// # Errors
    /// [`LookupError::Off`], [`LookupError::Filter`].
    pub(crate) fn query(&self, filter: &Filter) -> Result<Query, LookupError> {
        Ok(filter.query(self.log()?)?)
    }

    /// A page of lines, with what was noted up to now.
    ///
    /// # Errors
    /// [`LookupError`].
    pub(crate) async fn search(&self, query: Query) -> Result<Found, LookupError> {
        self.look(move |log| {
            log.flush();
            log.search(&query)
        })
        .await
    }

    /// A page of what a station and the manager said to each other, the newest call first. It is cut at calls: an
    /// answer stands with its call, whichever page its line is on.
    ///
    /// # Errors
    /// [`LookupError`].
    pub(crate) async fn conversation(&self, query: Query) -> Result<Conversation, LookupError> {
        self.look(move |log| {
            log.flush();
            Conversation::read(log, &query)
        })
        .await
    }

    /// Every line as it is in the log, read as fast as somebody takes it. It ends early, with an error, when the
    /// log cannot be read or the manager stops.
    ///
    /// # Errors
    /// [`LookupError::Off`], [`LookupError::Busy`].
    pub(crate) fn export(
        &self,
        query: &Query,
        shutdown: CancellationToken,
    ) -> Result<impl Stream<Item = io::Result<Vec<u8>>> + use<>, LookupError> {
        let log = self.log()?.clone();
        let permit = Arc::clone(&self.exports).try_acquire_owned().map_err(|_| LookupError::Busy)?;
        let (pieces, mut sent) = mpsc::channel(PIECES);
        let query = query.clone();
        tokio::task::spawn_blocking(move || {
            log.flush();
            send_pieces(log.export(&query), &pieces);
            drop(permit);
        });
        Ok(async_stream::stream! {
            loop {
                let piece = tokio::select! {
                    () = shutdown.cancelled() => Some(Err(io::Error::other("the manager stops"))),
                    piece = sent.recv() => piece,
                };
                let Some(piece) = piece else { return };
                let is_last = piece.is_err();
                yield piece;
                if is_last {
                    return;
                }
            }
        })
    }

    fn log(&self) -> Result<&MessageLog, LookupError> {
        self.log.as_ref().ok_or(LookupError::Off)
    }

    /// Looks something up on a thread that may block.
    async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&MessageLog) -> Result<T, ocpp_server::message_log::SearchError> + Send + 'static,
    ) -> Result<T, LookupError> {
        let unreadable = |error: &dyn std::error::Error| {
            tracing::error!(%error, "the message log cannot be searched");
            LookupError::Unreadable(error.to_string())
        };
        let log = self.log()?.clone();
        let permit = Arc::clone(&self.searches).acquire_owned().await.map_err(|error| unreadable(&error))?;
        let found = tokio::task::spawn_blocking(move || {
            let found = look(&log);
            drop(permit);
            found
        });
        found.await.map_err(|error| unreadable(&error))?.map_err(|error| unreadable(&error))
    }
}

/// Sends an export until it ends or nobody takes it any more.
fn send_pieces(mut export: Export, pieces: &mpsc::Sender<io::Result<Vec<u8>>>) {
    loop {
        let mut piece = Vec::with_capacity(PIECE_BYTES);
        let read = export.by_ref().take(PIECE_BYTES as u64).read_to_end(&mut piece);
        let sent = match read {
            Ok(0) => return,
            Ok(_) => pieces.blocking_send(Ok(piece)),
            Err(error) => {
                tracing::error!(%error, "an export of the message log ends early");
                let _ = pieces.blocking_send(Err(error));
                return;
            }
        };
        if sent.is_err() {
            return;
        }
    }
}
