//! Whether a vehicle's own schedule stays within what it was given (K15.FR.11, K15.FR.12).

use jiff::Timestamp;
use ocpp_core::model::{ChargingProfile, ChargingSchedule, EvSchedule};
use rust_decimal::Decimal;

/// Why a vehicle's schedule is more than the profile of its transaction allows; `None` where it is not, or where the
/// two cannot be compared: in other units, without a start that is known, or with a schedule that was not offered.
#[must_use]
pub fn exceeds(drawn: &EvSchedule, profile: &ChargingProfile) -> Option<String> {
    let chosen = drawn.selected.and_then(|id| i32::try_from(id).ok());
    let offered = match chosen {
        Some(id) => profile.schedules.iter().find(|schedule| schedule.id == id),
        // Without a choice it may follow any of them; the most generous moment of each counts.
        None if profile.schedules.len() == 1 => profile.schedules.first(),
        None => None,
    }?;
    if offered.unit != drawn.schedule.unit {
        return None;
    }
    let start = offered.start.unwrap_or(drawn.start);
    let moments = drawn.schedule.periods.iter().map(|period| i64::from(period.start_s));
    // What was allowed may fall while the vehicle's step goes on.
    let shift = start.duration_since(drawn.start).as_secs();
    let turns = offered.periods.iter().map(|period| i64::from(period.start_s).saturating_add(shift));
    let mut seconds: Vec<i64> = moments.chain(turns).filter(|second| *second >= 0).collect();
    seconds.sort_unstable();
    seconds.dedup();
    seconds.into_iter().find_map(|second| {
        let wanted = limit_at(&drawn.schedule, second)?;
        let allowed = limit_at(offered, second - shift)?;
        (wanted > allowed).then(|| {
            let unit = offered.unit.as_str();
            format!(
                "{wanted} {unit} are more than the {allowed} {unit} that are allowed {}",
                at(drawn.start, second)
            )
        })
    })
}

fn at(start: Timestamp, second: i64) -> String {
    let at = start.checked_add(jiff::SignedDuration::from_secs(second)).unwrap_or(start);
    format!("at {at}")
}

/// The limit of a schedule so many seconds after its start; `None` outside of it and where a step has none.
fn limit_at(schedule: &ChargingSchedule, second: i64) -> Option<Decimal> {
    if second < 0 || schedule.duration_s.is_some_and(|duration| second >= i64::from(duration)) {
        return None;
    }
    let period = schedule.periods.iter().rev().find(|period| i64::from(period.start_s) <= second)?;
    period.limit
}
