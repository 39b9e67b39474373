//! What every port did at every moment, and the figures that come of it.
//!
//! ```
//! use jiff::tz::TimeZone;
//! use ocpp_server::availability::{Course, Excuse, Formula, Record, Span, uptime};
//! use ocpp_server::domain::ExclusionReason;
//!
//! let window = Span::between("2025-01-01T00:00:00Z".parse()?, "2026-01-01T00:00:00Z".parse()?).unwrap();
//! let storm = Span::between("2025-01-01T00:00:00Z".parse()?, "2025-12-01T00:00:00Z".parse()?).unwrap();
//! let formula = Formula::of("us-680.116").unwrap();
//!
//! // A port of which nothing was ever heard was never up; a storm excuses what it covers.
//! let figure = uptime(formula, window, &Record {
//!     course: &Course::unknown(window),
//!     in_service_since: "2024-05-01T00:00:00Z".parse()?,
//!     in_service_until: None,
//!     excuses: &[Excuse { span: storm, reason: ExclusionReason::NaturalDisaster }],
//!     zone: &TimeZone::UTC,
//! });
//! assert_eq!(figure.outages.seconds(), 365 * 86_400);
//! assert_eq!(figure.excluded.seconds(), 334 * 86_400);
//! assert_eq!(figure.is_met, Some(false));
//! # Ok::<(), jiff::Error>(())
//! ```
//!
//! | question | answer |
//! | --- | --- |
//! | What is known of a port at a moment? | [`PortKnown`] takes in observations |
//! | What did it do, second by second? | [`course`] makes a [`Course`] of observations |
//! | Which part of it was an outage, and is it excused? | [`uptime`], by a [`Formula`] |
//! | How do two years of a station look, for trying out? | [`InventedLife`] |
//! | How much is it used, and when? | [`usage`] |
//! | What do all ports reach together? | [`together`] |
//! | What is reported, submitted and amended? | [`report::Reports`] |
//!
//! Observations are kept as they were learnt ([`Observation`](crate::domain::Observation)), each with the time from
//! which it holds and the time when it was heard. A course is made of them, so that what comes late corrects the
//! past, and what was believed on a certain day can be made again by leaving out what was heard after it.

mod course;
mod formula;
mod history;
mod invented;
mod opening;
mod own_formula;
mod port;
pub mod report;
mod span;
mod state;
mod uptime;
pub mod usage;

pub use course::{Course, DamagedCourse, Piece};
pub use formula::{Allowed, Formula, InvalidFormula, Scope, ShortService, Threshold, WindowKind};
pub use history::{
    Attempts, Charged, History, HistoryError, LEAST_OBSERVATIONS, PortOfHistory, UsageFigures, UsedPlace,
};
pub use invented::{InventedLife, InventedPast, Visit};
pub use opening::closed;
pub use own_formula::{FormulaVersion, OwnFormula, formula_of, formulas};
pub use port::{PortKnown, course, in_order};
pub use span::{Second, Span, Spans};
pub use state::PortState;
pub use uptime::{Excuse, Record, Uptime, days, together, uptime};
