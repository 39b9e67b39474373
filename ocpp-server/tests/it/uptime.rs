//! Uptime: sets of time, courses of ports and figures, each against a count second by second or minute by minute
//! that was written for the test.

mod algebra;
mod ev_chart;
mod figures;
mod history;
mod keeping;
mod network;
mod reports;
mod usage;
mod wire;
mod year;
