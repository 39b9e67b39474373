//! Limits that others than the manager set: the site's energy management, the grid's operator (K11 to K14).

use std::time::Duration;

use ocpp_core::model::{
    ChargingLimit, ChargingProfile, Fact, Place, ProfileKind, ProfilePurpose, Step, Trigger,
};

use super::Engine;
use super::charging_profile::InstalledProfile;

/// Profiles of others have numbers from here on, so that they are none of the manager's (K01.FR.22).
const FIRST_NUMBER: i32 = -1;

/// A limit of another system.
#[derive(Debug)]
pub(super) struct OutsideLimit {
    pub(super) source: Box<str>,
    pub(super) installed: InstalledProfile,
}

impl Engine {
    /// An outside system has set a limit, or told of power that the site makes: it holds at once, and the manager
    /// hears of it (K12.FR.01, K27).
    pub(super) fn limit_set(&mut self, now: Duration, limit: ChargingLimit) {
        let known = limit.place.evse().is_none_or(|evse| self.evses.contains_key(&evse));
        let Some(schedule) = limit.schedules.first().filter(|_| known) else { return };
        let purpose = match limit.local_generation {
            Some(true) => ProfilePurpose::LocalGeneration,
            _ => ProfilePurpose::ExternalConstraints,
        };
        let mut schedule = schedule.clone();
        schedule.start = schedule.start.or(Some(self.clock.at(now)));
        let profile = ChargingProfile {
            id: FIRST_NUMBER,
            purpose,
            kind: ProfileKind::Absolute,
            stack_level: 0,
            recurrency: None,
            valid_from: None,
            valid_to: None,
            transaction: None,
            schedules: vec![schedule],
            extras: Default::default(),
        };
        let installed = InstalledProfile { place: limit.place, profile };
        let source = limit.source.clone();
        self.profiles.outside.retain(|held| held.source != source || held.installed.place != limit.place);
        self.profiles.outside.push(OutsideLimit { source, installed });
        let place = limit.place;
        self.queue.push(Fact::ChargingLimit(limit));
        self.rate_changed(now, place);
    }

    /// K13.
    pub(super) fn limit_lifted(&mut self, now: Duration, place: Place, source: &str) {
        let before = self.profiles.outside.len();
        let is_it = |held: &OutsideLimit| *held.source == *source && held.installed.place == place;
        self.profiles.outside.retain(|held| !is_it(held));
        if self.profiles.outside.len() == before {
            return;
        }
        let source = source.into();
        self.queue.push(Fact::ChargingLimitCleared { place: Some(place), source });
        self.rate_changed(now, place);
    }

    /// The transactions that it touches say so (K12.FR.03, K13.FR.03).
    fn rate_changed(&mut self, now: Duration, place: Place) {
        self.obey_profiles(now);
        let meant: Vec<_> = self
            .evses
            .keys()
            .copied()
            .filter(|evse| self.is_charging(*evse) && place.evse().is_none_or(|wanted| wanted == *evse))
            .collect();
        for evse in meant {
            self.report_step(now, evse, Step::Updated, Trigger::new("ChargingRateChanged"), None);
        }
    }
}
