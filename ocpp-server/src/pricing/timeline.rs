//! A session's timeline out of what its reports said.

use ocpp_core::model::Measurand;
use ocpp_core::rules::timeline::{Activity, Timeline};

use crate::domain::{Session, SessionReading};

/// The timeline of a session.
#[must_use]
pub fn timeline_of(session: &Session, readings: &[SessionReading]) -> Timeline {
    let mut timeline = Timeline::new(session.started_at);
    for reading in readings {
        add_to_timeline(&mut timeline, reading);
    }
    if let Some(end) = session.ended_at {
        timeline.set_end(end);
    }
    timeline
}

/// Adds what one report said.
pub fn add_to_timeline(timeline: &mut Timeline, reading: &SessionReading) {
    let at = reading.reading.at;
    if let Some(state) = reading.state {
        timeline.add_activity(at, Activity::from(state));
    }
    if let Some(register) = reading.reading.energy_register() {
        timeline.add_register(at, register);
    }
    if let Some(power) = reading.reading.power() {
        timeline.add_power(at, power);
    }
    let mut currents = reading
        .reading
        .samples
        .iter()
        .filter(|sample| sample.measurand == Measurand::CURRENT_IMPORT && sample.phase.is_none());
    if let Some(current) = currents.next().and_then(ocpp_core::model::Sample::base_value) {
        timeline.add_current(at, current);
    }
}
