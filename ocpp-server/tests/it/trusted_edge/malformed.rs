//! What no station should send, by tables: each row is the bytes and what is expected, and after each row another
//! station is served as ever.

mod frames;
mod handshakes;
mod line;
mod texts;

pub(super) use line::text;

use std::time::Duration;

use serde_json::json;

use super::Manager;
use super::station::Station;

/// A station that does nothing wrong, on one connection from the first row to the last.
struct Good(Station);

impl Good {
    async fn dial(manager: &Manager) -> Good {
        let mut station = Station::dial(manager, "GOOD", "ocpp1.6").await;
        station.boot_16().await;
        Good(station)
    }

    async fn is_served(&mut self, after: &str) {
        let served = tokio::time::timeout(Duration::from_secs(5), self.0.result("Heartbeat", json!({})));
        assert!(served.await.is_ok(), "{after}: another station is not served any more");
    }
}

/// All that is wrong, so that one run tells of every row.
#[derive(Default)]
struct Verdict {
    rows: usize,
    wrong: Vec<String>,
}

impl Verdict {
    fn row<T: PartialEq + std::fmt::Debug>(&mut self, name: &str, heard: &T, expected: &T) {
        self.rows += 1;
        if heard != expected {
            self.wrong.push(format!("{name}: expected {expected:?}, but {heard:?}"));
        }
    }

    fn pass(self, at_least: usize) {
        assert!(
            self.wrong.is_empty(),
            "{} of {} rows:\n{}",
            self.wrong.len(),
            self.rows,
            self.wrong.join("\n")
        );
        assert!(self.rows >= at_least, "only {} rows", self.rows);
    }
}
