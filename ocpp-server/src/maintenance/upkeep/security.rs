//! Alarms of security events (A04).

use ocpp_core::model::StationId;

use super::{Upkeep, UpkeepError, unknown};
use crate::domain::{EventKind, Record, RecordKind, SecurityAlarm};
use crate::store::{Change, TypedRecords, Unit};

impl Upkeep {
    /// Somebody has looked at the alarm of a station: it is gone until the next critical event. The events stay.
    ///
    /// # Errors
    /// [`UpkeepError::Unknown`] when there is none.
    pub async fn settle_alarm(&self, station: &StationId) -> Result<(), UpkeepError> {
        let alarm: Option<SecurityAlarm> = self.csms.store().get(station.as_str()).await?;
        let alarm = alarm.ok_or_else(|| unknown("security alarm", station.as_str()))?;
        let kind = EventKind::RecordRemoved { record: RecordKind::SecurityAlarm, key: Some(alarm.key()) };
        let events = vec![self.event(station, kind)];
        self.csms.commit(Unit { changes: vec![Change::remove(&alarm)], events, ..Unit::default() }).await?;
        Ok(())
    }
}
