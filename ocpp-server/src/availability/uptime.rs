//! Uptime: outages less what excuses them, by a formula.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use rust_decimal::Decimal;
use serde::Serialize;

use super::course::Course;
use super::formula::{Allowed, Formula, ShortService};
use super::span::{Second, Span, Spans};
use crate::domain::ExclusionReason;

/// A stretch of time that excuses outages, of one incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Excuse {
    /// When.
    pub span: Span,
    /// Why.
    pub reason: ExclusionReason,
}

/// The uptime of a port, with all that makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Uptime {
    /// The time that was asked for.
    pub window: Span,
    /// The part of it in which the port was in service.
    pub service: Option<Span>,
    /// When it did not count as up.
    pub outages: Spans,
    /// The part of the outages that is excused.
    pub excluded: Spans,
    /// The excused part by reason, as far as its limits allow; the same second may have two reasons.
    pub reasons: Vec<(ExclusionReason, Spans)>,
    /// The seconds that the formula divides by.
    pub divisor_s: i64,
    /// The uptime in percent, exact to ten digits; none where the formula says nothing.
    pub percent: Option<Decimal>,
    /// The same of the time that the window really has and the port was in service, for comparison.
    pub percent_of_service: Option<Decimal>,
    /// Whether the threshold is met; none where there is no figure.
    pub is_met: Option<bool>,
}

/// What a port's uptime is computed of.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// Its course; what lies outside is unknown.
    pub course: &'a Course,
    /// Since when it has been in service.
    pub in_service_since: Timestamp,
    /// Until when it was, if it is no longer.
    pub in_service_until: Option<Timestamp>,
    /// What excuses outages of it, one for each incident.
    pub excuses: &'a [Excuse],
    /// Where its years begin.
    pub zone: &'a TimeZone,
}

/// The uptime of a port in `window` by `formula`.
#[must_use]
pub fn uptime(formula: &Formula, window: Span, record: &Record<'_>) -> Uptime {
    let service = Span::new(
        window.from().max(Second::of(record.in_service_since)),
        record.in_service_until.map_or(window.to(), |until| window.to().min(Second::of(until))),
    );
    let up = record.course.spans(|piece| formula.is_up(piece.state));
    let known: Spans = record.course.span().into();
    let in_service = service.map_or_else(Spans::default, Spans::from);
    // What no course covers is unknown, which each formula maps as it does any other state.
    let beyond = in_service.difference(&known);
    let up = if formula.is_up(super::PortState::Unknown) { up.union(&beyond) } else { up };
    let outages = in_service.difference(&up);
    let reasons: Vec<_> = formula
        .exclusions
        .iter()
        .map(|allowed| (allowed.reason, excused(allowed, &outages, record)))
        .filter(|(_, spans)| !spans.is_empty())
        .collect();
    let excluded = reasons.iter().fold(Spans::default(), |all, (_, spans)| all.union(spans));
    let service_s = in_service.seconds();
    let divisor_s = formula.minutes_of_window.map_or(service_s, |minutes| i64::from(minutes) * 60);
    let down_s = outages.seconds() - excluded.seconds();
    let is_whole = service == Some(window);
    let is_silent = service_s == 0 || (formula.short_service == ShortService::Empty && !is_whole);
    let percent = if is_silent { None } else { percent(divisor_s, down_s) };
    Uptime {
        window,
        service,
        is_met: percent.map(|_| is_met(formula, divisor_s, down_s)),
        percent,
        percent_of_service: percent_of(service_s, down_s),
        outages,
        excluded,
        reasons,
        divisor_s,
    }
}

fn percent_of(whole_s: i64, down_s: i64) -> Option<Decimal> {
    if whole_s > 0 { percent(whole_s, down_s) } else { None }
}

/// `(whole − down) / whole`, in percent. An outage that is longer than the divisor of a rule is all of it.
fn percent(whole_s: i64, down_s: i64) -> Option<Decimal> {
    let up = Decimal::from(whole_s.saturating_sub(down_s).max(0));
    Some((up.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(Decimal::from(whole_s))?).round_dp(10))
}

/// Compares without dividing, so that exactly the threshold is exactly the threshold.
fn is_met(formula: &Formula, whole_s: i64, down_s: i64) -> bool {
    let up = Decimal::from(whole_s.saturating_sub(down_s).max(0)) * Decimal::ONE_HUNDRED;
    let wanted = formula.threshold.percent * Decimal::from(whole_s);
    if formula.threshold.must_exceed { up > wanted } else { up >= wanted }
}

/// The outages that one reason excuses, within its limits.
fn excused(allowed: &Allowed, outages: &Spans, record: &Record<'_>) -> Spans {
    let incidents = record.excuses.iter().filter(|excuse| excuse.reason == allowed.reason);
    let spans: Spans = incidents.filter_map(|excuse| shortened(excuse.span, allowed)).collect();
    let excused = outages.intersection(&spans);
    let Some(minutes) = allowed.minutes_per_year else { return excused };
    years(&excused, record.zone)
        .into_iter()
        .flat_map(|year| {
            let of_year = excused.intersection(&year.into());
            of_year.first(i64::from(minutes) * 60).as_slice().to_vec()
        })
        .collect()
}

/// An incident, as far as one may excuse.
fn shortened(incident: Span, allowed: &Allowed) -> Option<Span> {
    let until = allowed
        .minutes_per_incident
        .map_or(incident.to(), |minutes| incident.to().min(incident.from().plus(i64::from(minutes) * 60)));
    Span::new(incident.from(), until)
}

/// The calendar years that spans touch.
fn years(spans: &Spans, zone: &TimeZone) -> Vec<Span> {
    let (Some(first), Some(last)) = (spans.as_slice().first(), spans.as_slice().last()) else {
        return Vec::new();
    };
    let first = first.from().timestamp().to_zoned_datetime(zone.clone()).year();
    let last = last.to().timestamp().to_zoned_datetime(zone.clone()).year();
    (first..=last).filter_map(|year| year_of(year, zone)).collect()
}

fn year_of(year: i16, zone: &TimeZone) -> Option<Span> {
    let begins = Date::new(year, 1, 1).ok()?;
    days(begins, begins.checked_add(1.year()).ok()?, zone)
}

/// The time from the beginning of one day to that of another, in a zone.
#[must_use]
pub fn days(from: Date, to: Date, zone: &TimeZone) -> Option<Span> {
    let from = from.to_zoned_datetime(zone.clone()).ok()?.timestamp();
    let to = to.to_zoned_datetime(zone.clone()).ok()?.timestamp();
    Span::between(from, to)
}

/// What several ports reach together: all seconds of service, and those of them that were down.
#[must_use]
pub fn together<'a>(
    formula: &Formula,
    ports: impl IntoIterator<Item = &'a Uptime>,
) -> Option<(Decimal, bool)> {
    let (mut whole_s, mut down_s) = (0_i64, 0_i64);
    for port in ports {
        whole_s = whole_s.saturating_add(port.service.map_or(0, Span::seconds));
        let down = port.outages.seconds() - port.excluded.seconds();
        down_s = down_s.saturating_add(down);
    }
    Some((percent_of(whole_s, down_s)?, is_met(formula, whole_s, down_s)))
}
