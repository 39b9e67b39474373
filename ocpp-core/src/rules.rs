//! What is decided by rule alone: what a session costs.
//!
//! Everything here is pure: values in, values out, no clock, no floating point, no panic on any input.
//!
//! | file | holds |
//! | --- | --- |
//! | `tariff` | the tariff in the structure of OCPP 2.1, its check, its plain words |
//! | `timeline` | what happened in a session, as far as it has a price |
//! | `cost` | tariff and timeline to lines, taxes and a total |
//! | `schedule` | charging profiles to what they allow together |
//!
//! The ways in:
//!
//! ```text
//! tariff::Tariff                    serde; a REST body
//! tariff::Tariff::from(SimpleTariff)
//! tariff::Tariff::check(&self) -> Vec<tariff::Problem>
//! tariff::in_words(&Tariff) -> Vec<String>
//!
//! timeline::Timeline::new(start: Timestamp) -> Timeline          serde; kept with a session
//! timeline::Timeline::add_register(&mut self, at, Wh)
//! timeline::Timeline::add_activity(&mut self, at, Activity)      Activity::from(ChargingState), of_port(PortStatus)
//! timeline::Timeline::add_power(&mut self, at, Watts), add_current(&mut self, at, Decimal)
//! timeline::Timeline::set_end(&mut self, at)
//! timeline::Timeline::findings(&self) -> Vec<timeline::Oddity>
//!
//! cost::cost(&Tariff, &Timeline, &jiff::tz::TimeZone, until: Timestamp) -> Result<cost::Cost, cost::CostError>
//! cost::periods(&Tariff, &Timeline, &jiff::tz::TimeZone, until: Timestamp) -> Result<Vec<cost::Period>, CostError>
//!
//! schedule::composite(&[schedule::Installed], &schedule::Course, from, duration_s, RateUnit) -> CompositeSchedule
//! schedule::limit_w(&[schedule::Installed], &schedule::Course, at) -> Decimal
//! ```

pub mod cost;
pub mod schedule;
pub mod tariff;
pub mod timeline;
