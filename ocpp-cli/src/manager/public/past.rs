//! What a driver can expect of a site, out of its past eight weeks.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ocpp_server::Csms;
use ocpp_server::availability::{Course, History, Span};
use ocpp_server::domain::SiteId;
use ocpp_server::habits::{HOURS, Habits};
use ocpp_server::store::ReadError;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::now::{EvseNow, SiteNow};
use super::state::PortState;

/// How many weeks are looked back on.
pub(crate) const WEEKS: i64 = 8;
/// How long what came out is told again: the past changes slowly.
const KEPT: Duration = Duration::from_secs(15 * 60);
/// The most sites of which it is kept.
const MAX_KEPT: usize = 1000;

/// What came out of a site, and when.
type Kept = (Instant, Arc<Habits>);

/// The habits of sites, as they are asked for. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct Past(Arc<Mutex<HashMap<SiteId, Kept>>>);

impl Past {
    /// The habits of a site.
    pub(super) async fn of(&self, csms: &Csms, site: &SiteNow) -> Result<Arc<Habits>, ReadError> {
        // Who asks for the same at the same time waits for the one answer.
        let mut kept = self.0.lock().await;
        if let Some((at, habits)) = kept.get(&site.site.id)
            && at.elapsed() < KEPT
        {
            return Ok(Arc::clone(habits));
        }
        let now = csms.now();
        let begin = now.checked_sub(SignedDuration::from_hours(WEEKS * 7 * 24)).unwrap_or(Timestamp::MIN);
        let mut courses: Vec<Course> = Vec::new();
        if let Some(window) = Span::between(begin, now) {
            let history = History::new(csms.clone());
            for evse in &site.evses {
                courses.push(history.course(&evse.station, evse.entry.id, window).await?);
            }
        }
        let habits = Arc::new(Habits::of(&courses, &site.zone));
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        kept.insert(site.site.id.clone(), (Instant::now(), Arc::clone(&habits)));
        Ok(habits)
    }
}

/// How much longer an EVSE that is in use is likely to be so.
pub(crate) fn likely_rest(habits: &Habits, evse: &EvseNow, now: Timestamp) -> Option<SignedDuration> {
    if evse.state.state != PortState::Occupied {
        return None;
    }
    habits.likely_rest(now.duration_since(evse.state.since?))
}

/// How long until one of the EVSEs of a site is likely to be free; nothing when one is free.
pub(crate) fn likely_wait(habits: &Habits, site: &SiteNow, now: Timestamp) -> Option<SignedDuration> {
    if site.evses.iter().any(|evse| evse.state.state == PortState::Available) {
        return None;
    }
    site.evses.iter().filter_map(|evse| likely_rest(habits, evse, now)).min()
}

/// How full a site is at each hour of the week, Monday first; `None` when nothing is known of any hour.
pub(crate) fn week(habits: &Habits) -> Option<Vec<Vec<Option<u8>>>> {
    let hours: Vec<Option<u8>> = (0..HOURS).map(|hour| habits.occupied_percent(hour)).collect();
    hours.iter().any(Option::is_some).then(|| hours.chunks(24).map(<[Option<u8>]>::to_vec).collect())
}
