//! What a session costs.

mod check;
mod cost;
mod examples;
mod local_time;
mod money;
mod oracle;
mod properties;
mod samples;
mod timeline;
mod words;
