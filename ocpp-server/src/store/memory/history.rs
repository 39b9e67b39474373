//! The past of ports, in memory.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use ocpp_core::model::{EvseId, StationId};

use crate::domain::{KeptCourse, Observation};

/// Of each station what was observed, and the courses that are kept.
#[derive(Default)]
pub(super) struct History {
    observations: HashMap<StationId, Vec<Observation>>,
    courses: HashMap<StationId, BTreeMap<(EvseId, Timestamp), KeptCourse>>,
}

impl History {
    pub(super) fn observe(&mut self, station: StationId, observation: Observation) {
        self.forget_courses(&station, observation.at);
        let kept = self.observations.entry(station).or_default();
        let order = |one: &Observation| (one.at, one.heard_at);
        let place = kept.partition_point(|before| order(before) <= order(&observation));
        kept.insert(place, observation);
    }

    pub(super) fn keep(&mut self, course: KeptCourse) {
        let of_station = self.courses.entry(course.station.clone()).or_default();
        of_station.insert((course.evse, course.from), course);
    }

    pub(super) fn forget_courses(&mut self, station: &StationId, after: Timestamp) {
        if let Some(courses) = self.courses.get_mut(station) {
            courses.retain(|_, course| course.until <= after);
        }
    }

    pub(super) fn forget(&mut self, station: &StationId, before: Timestamp) {
        if let Some(kept) = self.observations.get_mut(station) {
            kept.retain(|observation| observation.at >= before);
        }
    }

    pub(super) fn observations(
        &self,
        station: &StationId,
        from: Timestamp,
        to: Timestamp,
    ) -> Vec<Observation> {
        let kept = self.observations.get(station).map_or(&[][..], Vec::as_slice);
        let (first, last) =
            (kept.partition_point(|one| one.at < from), kept.partition_point(|one| one.at < to));
        kept.get(first..last).unwrap_or_default().to_vec()
    }

    pub(super) fn courses(&self, station: &StationId, after: Timestamp) -> Vec<KeptCourse> {
        let kept = self.courses.get(station).into_iter().flat_map(BTreeMap::values);
        kept.filter(|course| course.until > after).cloned().collect()
    }
}
