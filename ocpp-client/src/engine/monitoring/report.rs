//! Reports on monitors (N02).

use std::time::Duration;

use ocpp_core::model::{
    Fact, InstalledMonitor, MonitorKind, MonitoringCriterion, MonitoringReport, Outcome, ReportSubject,
    Verdict,
};

use crate::engine::Engine;
use crate::engine::device::{is_about_setting, table::MAX_ITEMS};

/// How many monitors one message reports.
const PER_MESSAGE: usize = 20;

impl Engine {
    /// Whether there is something to report (N02.FR.10).
    pub(in crate::engine) fn has_monitors(
        &self,
        criteria: &[MonitoringCriterion],
        variables: &[ReportSubject],
    ) -> Outcome {
        if variables.len() > MAX_ITEMS {
            return Outcome::Verdict(Verdict::Rejected);
        }
        let empty = self.wanted_monitors(criteria, variables).is_empty();
        Outcome::Verdict(if empty { Verdict::NothingFits } else { Verdict::Accepted })
    }

    pub(in crate::engine) fn report_monitors(
        &mut self,
        now: Duration,
        request: i32,
        criteria: &[MonitoringCriterion],
        variables: &[ReportSubject],
    ) {
        if variables.len() > MAX_ITEMS {
            return;
        }
        let monitors = self.wanted_monitors(criteria, variables);
        let at = self.clock.at(now);
        let count = monitors.chunks(PER_MESSAGE).len();
        for (seq, piece) in (0..).zip(monitors.chunks(PER_MESSAGE)) {
            let more = (seq as usize) + 1 < count;
            let report = MonitoringReport { request, seq, more, at, monitors: piece.to_vec() };
            self.queue.push(Fact::MonitoringReport(report));
        }
    }

    fn wanted_monitors(
        &self,
        criteria: &[MonitoringCriterion],
        variables: &[ReportSubject],
    ) -> Vec<InstalledMonitor> {
        let is_kind = |monitor: &InstalledMonitor| {
            criteria.is_empty() || criteria.iter().any(|one| is_of(*one, monitor.kind))
        };
        let is_variable = |monitor: &InstalledMonitor| {
            variables.is_empty() || variables.iter().any(|one| is_about_setting(one, &monitor.setting, self))
        };
        let known = self.monitoring.kept.monitors.iter().map(|known| &known.monitor);
        known.filter(|monitor| is_kind(monitor) && is_variable(monitor)).cloned().collect()
    }
}

/// N02.FR.12 to N02.FR.14.
const fn is_of(criterion: MonitoringCriterion, kind: MonitorKind) -> bool {
    match criterion {
        MonitoringCriterion::Threshold => {
            matches!(kind, MonitorKind::UpperThreshold | MonitorKind::LowerThreshold)
        }
        MonitoringCriterion::Delta => {
            matches!(kind, MonitorKind::Delta | MonitorKind::TargetDelta | MonitorKind::TargetDeltaRelative)
        }
        MonitoringCriterion::Periodic => {
            matches!(kind, MonitorKind::Periodic | MonitorKind::PeriodicClockAligned)
        }
    }
}
