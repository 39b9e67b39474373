//! What a session costs.

#![allow(clippy::expect_used)]

mod check;
mod cost;
mod examples;
mod local_time;
mod money;
mod offer;
mod oracle;
mod properties;
mod samples;
mod schedule;
mod timeline;
mod words;
