//! The door: stations dial in, are admitted or turned away, and get a session of their own.

mod admission;
mod attempts;
mod crowd;
#[cfg(feature = "deflate")]
mod deflate;
mod handshake;
mod listener;

pub use admission::{Admission, EveryStation, Knock, KnownStations, NotAdmitted, StoredStations, UserName};
pub use handshake::{Handshake, HandshakeError, Offer};
pub use listener::{Compression, EdgeSettings};
pub(crate) use listener::{Edge, serve};
