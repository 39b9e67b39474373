//! The text format of Prometheus.

use std::fmt::{Display, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};

use super::figures::{BOUNDS, Histogram};

/// A page of figures. Writing to a `String` cannot fail, which is why results are let go here.
#[derive(Default)]
pub(super) struct Page(String);

impl Page {
    /// Says what the samples that follow are.
    pub(super) fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    pub(super) fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        for (index, (label, value)) in labels.iter().enumerate() {
            let _ = write!(self.0, "{}{label}=\"", if index == 0 { '{' } else { ',' });
            self.push_escaped(value);
            self.0.push('"');
        }
        if !labels.is_empty() {
            self.0.push('}');
        }
        let _ = writeln!(self.0, " {value}");
    }

    fn push_escaped(&mut self, value: &str) {
        for c in value.chars() {
            match c {
                '\\' => self.0.push_str("\\\\"),
                '"' => self.0.push_str("\\\""),
                '\n' => self.0.push_str("\\n"),
                c => self.0.push(c),
            }
        }
    }

    /// A counter without labels, with what it is.
    pub(super) fn counter(&mut self, name: &str, help: &str, count: &AtomicU64) {
        self.family(name, "counter", help);
        self.sample(name, &[], count.load(Ordering::Relaxed));
    }

    pub(super) fn histogram(
        &mut self,
        name: &str,
        labels: &[(&str, &str)],
        bounds: &[f64; BOUNDS],
        histogram: &Histogram,
    ) {
        let cumulative = histogram.cumulative();
        let bucket = format!("{name}_bucket");
        let bounds = bounds.iter().map(f64::to_string).chain(std::iter::once("+Inf".to_owned()));
        for (bound, count) in bounds.zip(cumulative) {
            let mut labels = labels.to_vec();
            labels.push(("le", &bound));
            self.sample(&bucket, &labels, count);
        }
        self.sample(&format!("{name}_sum"), labels, histogram.sum());
        self.sample(&format!("{name}_count"), labels, cumulative[BOUNDS]);
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}
