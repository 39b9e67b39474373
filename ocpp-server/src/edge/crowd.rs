//! How many connections come from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts the connections of each address.
#[derive(Debug, Clone, Default)]
pub(super) struct Crowd(Arc<Mutex<HashMap<IpAddr, usize>>>);

impl Crowd {
    /// Counts one more connection, until the ticket is dropped; `None` when the address has as many as it may
    /// have. Connections from this machine itself are not counted: there a proxy stands for everybody.
    pub(super) fn enter(&self, address: IpAddr, limit: usize) -> Option<Ticket> {
        let counted = address.to_canonical();
        if counted.is_loopback() {
            return Some(Ticket { crowd: self.clone(), counted: None });
        }
        let mut crowd = self.lock();
        let here = crowd.entry(counted).or_default();
        if *here >= limit {
            return None;
        }
        *here += 1;
        drop(crowd);
        Some(Ticket { crowd: self.clone(), counted: Some(counted) })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        // A count is never left half-changed, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that is counted as long as this lives.
#[derive(Debug)]
pub(super) struct Ticket {
    crowd: Crowd,
    counted: Option<IpAddr>,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let Some(address) = self.counted else { return };
        let mut crowd = self.crowd.lock();
        if let Some(here) = crowd.get_mut(&address) {
            *here -= 1;
            if *here == 0 {
                crowd.remove(&address);
            }
        }
    }
}
