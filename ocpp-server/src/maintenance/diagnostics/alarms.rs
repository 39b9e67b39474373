//! The list of alarms, and the history of events.

use ocpp_core::model::{EventSeverity, StationId};

use super::{Diagnostics, DiagnosticsError, unknown};
use crate::domain::{Alarm, AlarmState, Event, EventKind, KeptEvent, Record, RecordKind};
use crate::store::{Change, ReadError, RecordFilter, TypedRecords, Unit};

/// How many records to read at a time.
const PAGE: usize = 500;
/// The most records that one look at a list reads.
const MAX_READ: usize = 100_000;

/// Which alarms to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AlarmFilter {
    /// Those of this station.
    pub station: Option<StationId>,
    /// Those that matter at least so much.
    pub severity: Option<EventSeverity>,
    /// Those in this state: `standing`, `cleared` or `happened`.
    pub state: Option<String>,
    /// Those of this kind: `variable`, `fault`, `security` or `more`.
    pub kind: Option<String>,
    /// Those that somebody has, or nobody has, looked at.
    pub acknowledged: Option<bool>,
}

impl AlarmFilter {
    fn lets(&self, alarm: &Alarm) -> bool {
        self.severity.is_none_or(|least| alarm.severity <= least)
            && self.state.as_ref().is_none_or(|state| alarm.state.name() == state)
            && self.kind.as_ref().is_none_or(|kind| alarm.subject.kind() == kind)
            && self.acknowledged.is_none_or(|wanted| alarm.acknowledged.is_some() == wanted)
    }
}

/// Which events of a station to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventFilter {
    /// Those that matter at least so much.
    pub severity: Option<EventSeverity>,
    /// Those of this monitor.
    pub monitor: Option<i64>,
}

impl Diagnostics {
    /// Alarms in the order of their stations, after a key; `limit` at most. With the last of them the list goes on.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn alarms(
        &self,
        filter: &AlarmFilter,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<Alarm>, ReadError> {
        let records = RecordFilter::all(RecordKind::Alarm, PAGE);
        let records = match &filter.station {
            Some(station) => records.of(station.as_str()),
            None => records,
        };
        self.some_of(records, after, limit, |alarm| filter.lets(alarm)).await
    }

    /// Events of a station, the last one first, before a key; `limit` at most.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn events(
        &self,
        station: &StationId,
        filter: &EventFilter,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<KeptEvent>, ReadError> {
        let records = RecordFilter::all(RecordKind::StationEvent, PAGE).of(station.as_str()).descending();
        let lets = |kept: &KeptEvent| {
            filter.severity.is_none_or(|least| kept.severity <= least)
                && filter.monitor.is_none_or(|monitor| kept.what.monitor == Some(monitor))
        };
        self.some_of(records, after, limit, lets).await
    }

    /// Reads on until there are enough records that fit.
    async fn some_of<R: Record>(
        &self,
        filter: RecordFilter,
        mut after: Option<String>,
        limit: usize,
        lets: impl Fn(&R) -> bool,
    ) -> Result<Vec<R>, ReadError> {
        let mut found = Vec::new();
        for _ in 0..MAX_READ / PAGE {
            let page: Vec<R> = self.csms.store().list(filter.clone().after(after.take())).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.key());
            let is_last = page.len() < PAGE;
            found.extend(page.into_iter().filter(|record| lets(record)).take(limit - found.len()));
            if is_last || found.len() >= limit {
                break;
            }
        }
        Ok(found)
    }

    /// Somebody has looked at an alarm. One that stands is marked; of one whose cause is gone nothing is left.
    ///
    /// # Errors
    /// [`DiagnosticsError::Unknown`] when there is none of this name.
    pub async fn acknowledge(
        &self,
        station: &StationId,
        name: &str,
        by: &str,
    ) -> Result<Option<Alarm>, DiagnosticsError> {
        let alarm = self.alarm(station, name).await?;
        let left = alarm.clone().acknowledge(by, self.csms.now());
        match &left {
            Some(left) => self.write(Change::put(left), left, "acknowledged").await?,
            None => self.write(Change::remove(&alarm), &alarm, "gone").await?,
        }
        Ok(left.map(|left| Alarm { revision: left.revision.next(), ..left }))
    }

    /// Removes an alarm that the station never clears, although it stands. The next report raises it again.
    ///
    /// # Errors
    /// [`DiagnosticsError::Unknown`] when there is none of this name.
    pub async fn dismiss(&self, station: &StationId, name: &str) -> Result<(), DiagnosticsError> {
        let alarm = self.alarm(station, name).await?;
        self.write(Change::remove(&alarm), &alarm, "gone").await
    }

    async fn alarm(&self, station: &StationId, name: &str) -> Result<Alarm, DiagnosticsError> {
        let alarm: Option<Alarm> = self.csms.store().get(&Alarm::key_of(station, name)).await?;
        alarm.ok_or_else(|| unknown("alarm", name))
    }

    async fn write(&self, change: Change, alarm: &Alarm, state: &str) -> Result<(), DiagnosticsError> {
        let kind = EventKind::AlarmChanged {
            alarm: alarm.key(),
            state: state.to_owned(),
            severity: alarm.severity,
            text: alarm.text.clone(),
        };
        let event = Event { at: self.csms.now(), station: Some(alarm.station.clone()), kind };
        let unit = Unit { changes: vec![change], events: vec![event], ..Unit::default() };
        Ok(self.csms.commit(unit).await?)
    }

    /// How many alarms nobody has looked at, as far as one look finds them, and the worst of them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn open_alarms(&self) -> Result<(usize, Option<EventSeverity>), ReadError> {
        let filter = AlarmFilter { acknowledged: Some(false), ..AlarmFilter::default() };
        let open = self.alarms(&filter, None, 1000).await?;
        let standing = open.iter().filter(|alarm| alarm.state == AlarmState::Standing);
        Ok((open.len(), standing.map(|alarm| alarm.severity).min()))
    }
}
