//! When a site is closed by the hours that it publishes.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::span::{Span, Spans};
use crate::domain::OpeningHours;

/// The parts of `window` in which a site with these hours is closed, `zone` being the site's. A day has its hours by the
/// clock, also when clocks are changed.
#[must_use]
pub fn closed(hours: &OpeningHours, window: Span, zone: &TimeZone) -> Spans {
    let whole: Spans = window.into();
    let spans = |all: &[crate::domain::Span]| -> Spans {
        all.iter().filter_map(|one| Span::between(one.from, one.until)).collect()
    };
    let open = weekly(hours, window, zone).unwrap_or_else(|| whole.clone());
    let open = open.union(&spans(&hours.openings)).difference(&spans(&hours.closings));
    whole.difference(&open)
}

/// When it is open every week; none for day and night.
fn weekly(hours: &OpeningHours, window: Span, zone: &TimeZone) -> Option<Spans> {
    let weekly = hours.weekly.as_ref()?;
    let (first, last) = (window.from().timestamp(), window.to().timestamp());
    let mut day = zone.to_datetime(first).date();
    let mut open = Vec::new();
    while begin_of(day, 0, zone).is_some_and(|begin| begin < last) {
        let weekday = usize::from(day.weekday().to_monday_zero_offset().unsigned_abs());
        for hours in weekly.iter().filter(|hours| hours.day as usize == weekday) {
            let minutes = hours.minutes();
            let (from, until) = (begin_of(day, minutes.start, zone), begin_of(day, minutes.end, zone));
            open.extend(from.zip(until).and_then(|(from, until)| Span::between(from, until)));
        }
        day = day.checked_add(1.day()).ok()?;
    }
    Some(open.into_iter().collect())
}

/// A minute of a day, which may be its end.
fn begin_of(day: jiff::civil::Date, minute: u16, zone: &TimeZone) -> Option<Timestamp> {
    let (day, minute) = if minute >= 24 * 60 { (day.checked_add(1.day()).ok()?, 0) } else { (day, minute) };
    let hour = i8::try_from(minute / 60).ok()?;
    let local = day.at(hour, i8::try_from(minute % 60).ok()?, 0, 0);
    local.to_zoned_datetime(zone.clone()).ok().map(|zoned| zoned.timestamp())
}
