//! Whether the manager can do its work, for operators and for whoever watches over it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

/// Something that an operator has to see to at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// Since when.
    pub since: Timestamp,
    /// What is wrong, what follows from it, and what to do.
    pub sentence: String,
}

/// Whether the manager can do its work. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Health(Arc<Mutex<Option<Alarm>>>);

impl Health {
    /// What an operator has to see to; empty when all is well.
    #[must_use]
    pub fn alarms(&self) -> Vec<Alarm> {
        self.store_alarm().clone().into_iter().collect()
    }

    /// Whether stations can be served.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.store_alarm().is_none()
    }

    /// The store failed. The first failure raises the alarm, the next ones change nothing.
    pub(crate) fn store_failed(&self, why: &str, now: Timestamp) {
        let mut alarm = self.store_alarm();
        if alarm.is_none() {
            let sentence = format!(
                "The database fails since {now}: {why}. Stations are turned away until it works again; they keep \
                 what they have to say. Make room on the disk, or see to the file."
            );
            tracing::error!("{sentence}");
            *alarm = Some(Alarm { since: now, sentence });
        }
    }

    /// The store works.
    pub(crate) fn store_works(&self, now: Timestamp) {
        if let Some(alarm) = self.store_alarm().take() {
            tracing::warn!("the database works again; it had failed from {} to {now}", alarm.since);
        }
    }

    fn store_alarm(&self) -> MutexGuard<'_, Option<Alarm>> {
        // An alarm is never left half-written, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
