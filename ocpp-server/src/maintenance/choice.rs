//! Choosing stations for what is done to many.

use std::cmp::Ordering;
use std::collections::VecDeque;

use ocpp_core::model::StationId;

use crate::Csms;
use crate::domain::{RecordKind, Station, StationEntry, StationFilter};
use crate::store::{Page, ReadError, RecordFilter, TypedRecords};

/// How many stations are read at a time.
const PAGE: usize = 500;

/// A station that something could be done to.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its identity.
    pub id: StationId,
    /// What the operator says of it; `None` when nobody has added it.
    pub entry: Option<StationEntry>,
    /// What is seen of it; `None` when it has never connected.
    pub station: Option<Station>,
}

impl Candidate {
    /// The version of its firmware, as it said when it last started.
    #[must_use]
    pub fn firmware_version(&self) -> Option<&str> {
        self.station.as_ref()?.boot.as_ref()?.firmware.as_deref()
    }
}

/// The stations that a filter selects, in the order of their identities: those that were added, and those that have
/// connected.
///
/// # Errors
/// When the store cannot be read.
pub async fn stations_of(csms: &Csms, filter: &StationFilter) -> Result<Vec<Candidate>, ReadError> {
    let mut chosen = Vec::new();
    let mut all = Candidates::new(csms);
    while let Some(candidate) = all.next().await? {
        let is_connected = csms.stations().is_connected(&candidate.id);
        let (entry, station) = (candidate.entry.as_ref(), candidate.station.as_ref());
        if filter.is_met_by(&candidate.id, entry, station, is_connected) {
            chosen.push(candidate);
        }
    }
    Ok(chosen)
}

/// All stations, a page at a time.
struct Candidates<'a> {
    csms: &'a Csms,
    entries: VecDeque<StationEntry>,
    next_entry: Option<Option<String>>,
    stations: VecDeque<Station>,
    next_station: Option<Option<StationId>>,
}

impl<'a> Candidates<'a> {
    fn new(csms: &'a Csms) -> Candidates<'a> {
        let (entries, stations) = (VecDeque::new(), VecDeque::new());
        Candidates { csms, entries, next_entry: Some(None), stations, next_station: Some(None) }
    }

    async fn next(&mut self) -> Result<Option<Candidate>, ReadError> {
        self.read_on().await?;
        let order = match (self.entries.front(), self.stations.front()) {
            (None, None) => return Ok(None),
            (Some(entry), Some(station)) => entry.id.cmp(&station.id),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
        };
        let entry = if order.is_le() { self.entries.pop_front() } else { None };
        let station = if order.is_ge() { self.stations.pop_front() } else { None };
        let id = entry.as_ref().map(|entry| &entry.id).or(station.as_ref().map(|station| &station.id));
        Ok(id.cloned().map(|id| Candidate { id, entry, station }))
    }

    async fn read_on(&mut self) -> Result<(), ReadError> {
        if self.entries.is_empty()
            && let Some(after) = self.next_entry.take()
        {
            let filter = RecordFilter::all(RecordKind::StationEntry, PAGE).after(after);
            self.entries = self.csms.store().list::<StationEntry>(filter).await?.into();
            self.next_entry = self.entries.back().map(|entry| Some(entry.id.to_string()));
        }
        if self.stations.is_empty()
            && let Some(after) = self.next_station.take()
        {
            self.stations = self.csms.store().stations(Page { after, limit: PAGE }).await?.into();
            self.next_station = self.stations.back().map(|station| Some(station.id.clone()));
        }
        Ok(())
    }
}
