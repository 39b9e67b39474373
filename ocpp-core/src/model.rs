//! What happened, in words that belong to no single version of OCPP.
//!
//! A station's message becomes a [`Fact`], the manager's reply an [`Answer`]; an order of the manager is a
//! [`Command`], what the station says to it an [`Outcome`]. The same types serve both ends: `dialect` turns
//! them into the messages of a version and back. What a version can say and these types cannot is carried
//! as [`Fact::Unmapped`] and [`Command::Unmapped`], never dropped.
//!
//! | file | holds |
//! | --- | --- |
//! | `identity` | stations, places on them, session keys |
//! | `quantity` | energy, power, percentages |
//! | `token` | what a driver presents, and what the manager thinks of it |
//! | `reading` | meter values |
//! | `status` | the state of a port |
//! | `transaction` | the course of a charging session |
//! | `local_list` | the tokens that a station decides on by itself |
//! | `reservation` | keeping a place free |
//! | `fact` | everything a station can report, and the answers |
//! | `command` | everything a manager can order, and the outcomes |

mod command;
mod fact;
mod identity;
mod local_list;
mod money;
mod name;
mod quantity;
mod reading;
mod reservation;
mod status;
mod token;
mod transaction;

pub use command::{
    Availability, Command, Outcome, RemoteStart, ResetKind, Scope, Setting, SettingChange, SettingResult,
    TriggerKind, Verdict,
};
pub use fact::{
    Answer, Boot, BootReason, Fact, MeterReport, Registration, Transfer, TransferAnswer, TransferStatus,
};
pub use identity::{ConnectorId, EvseId, InvalidStationId, Place, SessionKey, StationId};
pub use local_list::{HeldList, ListUpdateKind, LocalListEntry, LocalListUpdate};
pub use money::{Currency, Money, MoneyError, UnknownCurrency};
pub use quantity::{Percent, Watts, Wh};
pub use reading::{Location, Measurand, Phase, Reading, ReadingContext, Sample, SampleValue};
pub use reservation::{ReservationEnding, Reserve};
pub use status::{PortFault, PortStatus, StatusReport};
pub use token::{Authorization, AuthorizationStatus, IdToken, TokenKind};
pub use transaction::{
    ChargingState, Connectivity, Order, StationTxRef, Step, StopReason, TransactionFact, Trigger,
};
