//! What of firmware, logs and certificates is not at its end, so that it is found without a look at all that
//! ever was.

use ocpp_core::model::StationId;
use serde::{Deserialize, Serialize};

use super::record::record;
use super::station::Revision;

/// What is not at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpkeepKind {
    /// An update of firmware.
    Update,
    /// A log that may still come, or whose file is to be removed one day.
    Log,
    /// A wish for a certificate.
    Signing,
}

/// Something that is not at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenUpkeep {
    /// What.
    pub kind: UpkeepKind,
    /// Whose.
    pub station: StationId,
    /// Its number among the station's.
    pub number: u64,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
}

record!(
    OpenUpkeep is OpenUpkeep,
    key |open| OpenUpkeep::key_of(open.kind, &open.station, open.number),
    owner |open| Some(open.station.to_string())
);

impl OpenUpkeep {
    /// The key of what is not at its end.
    #[must_use]
    pub fn key_of(kind: UpkeepKind, station: &StationId, number: u64) -> String {
        let kind = match kind {
            UpkeepKind::Update => "update",
            UpkeepKind::Log => "log",
            UpkeepKind::Signing => "signing",
        };
        format!("{kind}/{station}/{number:012}")
    }

    /// A mark for something new.
    #[must_use]
    pub fn new(kind: UpkeepKind, station: &StationId, number: u64) -> OpenUpkeep {
        OpenUpkeep { kind, station: station.clone(), number, revision: Revision::default() }
    }
}
