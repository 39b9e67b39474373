//! Wrapping the handling of calls: authentication, tracing, metrics, rewriting, answers of your own.
//!
//! A [`Middleware`] gets every call of every station before it is understood, with the way on as [`Next`]. It
//! can look, change the call, change the answer, or answer itself.
//!
//! ```
//! use async_trait::async_trait;
//! use ocpp_server::handle::HandleError;
//! use ocpp_server::session::{Answered, Call, Middleware, Next};
//!
//! /// Answers a vendor's own DataTransfer, and passes everything else on.
//! struct Greeting;
//!
//! #[async_trait]
//! impl Middleware for Greeting {
//!     async fn handle(&self, call: Call<'_>, next: Next<'_>) -> Result<Answered, HandleError> {
//!         if call.action == "DataTransfer" && call.payload.contains("com.example.greeting") {
//!             return Ok(Ok(r#"{"status":"Accepted","data":"hello"}"#.to_owned()));
//!         }
//!         next.run(call).await
//!     }
//! }
//! # let _ = ocpp_server::Csms::builder(ocpp_server::store::Memory::new()).layer(Greeting);
//! ```
//!
//! The rule that an answer leaves only after the commit that covers it holds for what the manager itself
//! answers; a middleware that answers alone has to keep what it acknowledges.

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;
use ocpp_core::model::StationId;
use ocpp_core::types::Version;
use ocpp_core::wire::CallError;

use crate::handle::HandleError;

/// A call of a station, or a message that it sent without waiting for an answer (SEND of 2.1).
#[derive(Debug, Clone)]
pub struct Call<'a> {
    /// Who calls.
    pub station: &'a StationId,
    /// What it speaks.
    pub version: Version,
    /// Where it dials from.
    pub address: Cow<'a, str>,
    /// The action.
    pub action: Cow<'a, str>,
    /// The payload as the text of a JSON object.
    pub payload: Cow<'a, str>,
}

/// What answers a call: the payload of a CALLRESULT as the text of a JSON object, or a CALLERROR.
pub type Answered = Result<String, CallError>;

/// Wraps the handling of calls. Layers are called in the order in which they were added.
#[async_trait]
pub trait Middleware: Send + Sync {
    /// Handles a call, alone or with what comes next.
    ///
    /// # Errors
    /// [`HandleError`] ends the connection without an answer, so that the station keeps its message.
    async fn handle(&self, call: Call<'_>, next: Next<'_>) -> Result<Answered, HandleError>;
}

/// What handles a call when no layer is left.
#[async_trait]
pub(super) trait Core: Send {
    async fn answer(&mut self, call: Call<'_>) -> Result<Answered, HandleError>;
}

/// The way on: the layers that come next, and the manager itself at the end.
pub struct Next<'a> {
    layers: &'a [Arc<dyn Middleware>],
    core: &'a mut dyn Core,
}

impl<'a> Next<'a> {
    pub(super) fn new(layers: &'a [Arc<dyn Middleware>], core: &'a mut dyn Core) -> Next<'a> {
        Next { layers, core }
    }

    /// Passes a call on and waits for its answer.
    ///
    /// # Errors
    /// [`HandleError`]: pass it on.
    pub async fn run(self, call: Call<'_>) -> Result<Answered, HandleError> {
        match self.layers.split_first() {
            Some((layer, layers)) => layer.handle(call, Next { layers, core: self.core }).await,
            None => self.core.answer(call).await,
        }
    }
}
