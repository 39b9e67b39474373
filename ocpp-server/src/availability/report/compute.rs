//! Computing what a report says of a port.

use jiff::tz::TimeZone;

use super::content::{Excused, Outage, PortReport, StateStretch};
use super::past::PortPast;
use crate::availability::{Course, Excuse, Formula, PortState, Record, Second, Span, Spans, Uptime, uptime};
use crate::domain::{Exclusion, ExclusionReason};

/// What may excuse outages of a port.
pub(super) struct Excuses<'a> {
    /// The exclusions in force that hold for it.
    pub(super) exclusions: Vec<&'a Exclusion>,
    /// When its site is closed by its published hours.
    pub(super) closed: Spans,
}

/// What the report says of a port, and its figure; none when the port was not in service in the window.
pub(super) fn port_report(
    formula: &Formula,
    window: Span,
    past: &PortPast,
    zone: (&str, &TimeZone),
    excuses: &Excuses<'_>,
) -> Option<(PortReport, Uptime)> {
    let all = excuses.all(window.to());
    let record = Record {
        course: &past.course,
        in_service_since: past.port.in_service_since,
        in_service_until: past.port.in_service_until,
        excuses: &all,
        zone: zone.1,
    };
    let figure = uptime(formula, window, &record);
    let service = figure.service?;
    let outages = figure.outages.as_slice().iter();
    let outages = outages.map(|span| outage(*span, &past.course, &figure, excuses, window.to())).collect();
    let report = PortReport {
        station: past.port.station.clone(),
        evse: past.port.evse,
        site: past.port.site.clone(),
        time_zone: zone.0.into(),
        window: window.into(),
        service: service.into(),
        percent: figure.percent.map(|percent| percent.normalize()),
        percent_of_service: figure.percent_of_service.map(|percent| percent.normalize()),
        is_met: figure.is_met,
        divisor_s: figure.divisor_s,
        outage_s: figure.outages.seconds(),
        excluded_s: figure.excluded.seconds(),
        outages,
    };
    Some((report, figure))
}

impl Excuses<'_> {
    fn all(&self, end: Second) -> Vec<Excuse> {
        let entered = self
            .exclusions
            .iter()
            .filter_map(|one| Some(Excuse { span: span_of(one, end)?, reason: one.reason }));
        let closed = self.closed.as_slice().iter();
        let closed = closed.map(|span| Excuse { span: *span, reason: ExclusionReason::OutsideHours });
        entered.chain(closed).collect()
    }
}

/// The time of an exclusion; one that lasts goes on to the end of what is looked at.
fn span_of(exclusion: &Exclusion, end: Second) -> Option<Span> {
    let until = exclusion.until.map_or(end, Second::of);
    Span::new(Second::of(exclusion.from), until)
}

fn outage(span: Span, course: &Course, figure: &Uptime, excuses: &Excuses<'_>, end: Second) -> Outage {
    let whole = Spans::from(span);
    let mut excused = Vec::new();
    for (reason, spans) in &figure.reasons {
        let counted = spans.intersection(&whole);
        for exclusion in excuses.exclusions.iter().filter(|one| one.reason == *reason) {
            let Some(of_it) = span_of(exclusion, end) else { continue };
            let counted = counted.intersection(&of_it.into());
            excused.extend(counted.as_slice().iter().map(|span| Excused {
                when: (*span).into(),
                reason: *reason,
                exclusion: Some(exclusion.id.clone()),
                evidence: exclusion.evidence.clone(),
                entered_by: exclusion.entered_by.clone(),
                confirmed_by: exclusion.confirmed_by.clone(),
            }));
        }
        if *reason == ExclusionReason::OutsideHours {
            let counted = counted.intersection(&excuses.closed);
            excused.extend(counted.as_slice().iter().map(|span| Excused {
                when: (*span).into(),
                reason: *reason,
                exclusion: None,
                evidence: "The published opening hours of the site.".into(),
                entered_by: "".into(),
                confirmed_by: None,
            }));
        }
    }
    excused.sort_by_key(|one| (one.when, one.reason));
    Outage {
        when: span.into(),
        excluded_s: figure.excluded.intersection(&whole).seconds(),
        states: states(span, course),
        excused,
    }
}

/// The states of a stretch; what no course covers is unknown.
fn states(span: Span, course: &Course) -> Vec<StateStretch> {
    let mut states: Vec<StateStretch> = course
        .within(span)
        .iter()
        .flat_map(|part| part.pieces().to_vec())
        .map(|piece| StateStretch { when: piece.span.into(), state: piece.state, behind: piece.behind })
        .collect();
    let beyond = Spans::from(span).difference(&course.span().into());
    states.extend(beyond.as_slice().iter().map(|span| StateStretch {
        when: (*span).into(),
        state: PortState::Unknown,
        behind: PortState::Unknown,
    }));
    states.sort_by_key(|stretch| stretch.when);
    states
}
