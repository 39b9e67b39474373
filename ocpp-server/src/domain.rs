//! What the manager knows: stations, ports, sessions, refusals, and the events that tell of changes.
//!
//! These are plain values. Who may change them, and how, is decided in `handle`; how they are kept, in
//! `store`.

mod event;
mod refusal;
mod session;
mod station;

pub use event::{Event, EventId, EventKind, StoredEvent};
pub use refusal::{Refusal, RefusalReason, Refused};
pub use session::{Doubt, SeenSteps, Session, SessionNumber, SessionReading, SessionStatus, StartKey};
pub use station::{Connection, Epoch, Port, Revision, Station};
