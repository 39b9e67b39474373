//! Keeping a place free for a driver (block H).

use alloc::boxed::Box;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::identity::EvseId;
use super::token::IdToken;

/// An order to keep a place free (H01). One with the id of a reservation that the station has takes its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reserve {
    /// The manager's number of it, from 0 to 2,147,483,647, which the transaction that uses it will carry.
    pub id: i64,
    /// Where; any EVSE when nothing is said (1.6: connector 0, where the station supports it).
    pub evse: Option<EvseId>,
    /// Only places with such a connector, by the name of OCPP, such as `cCCS2`; 1.6 cannot say it.
    pub connector_type: Option<Box<str>>,
    /// For whom.
    pub id_token: IdToken,
    /// Others of this group may use it, too.
    pub group: Option<IdToken>,
    /// When it lapses.
    pub expires_at: Timestamp,
}

/// Why a station dropped a reservation by itself (H04).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReservationEnding {
    /// Nobody came in time.
    Expired,
    /// The station could not keep it, for instance because of a fault.
    Removed,
    /// 2.1: the driver came, and no transaction followed (H03.FR.11).
    NoTransaction,
}
