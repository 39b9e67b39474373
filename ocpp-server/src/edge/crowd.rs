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

#[cfg(test)]
mod tests {
    use super::Crowd;

    /// Tests run on one machine, whose own addresses are not counted: this rule cannot be seen from outside.
    #[test]
    fn an_address_has_so_many_connections_and_no_more() {
        let crowd = Crowd::default();
        let address = "192.0.2.1".parse().expect("an address");
        let mapped = "::ffff:192.0.2.1".parse().expect("an address");
        let other = "2001:db8::1".parse().expect("an address");
        let first = crowd.enter(address, 2).expect("room");
        let second = crowd.enter(mapped, 2).expect("room");
        assert!(crowd.enter(address, 2).is_none());
        assert!(crowd.enter(other, 2).is_some(), "others are not concerned");
        drop(first);
        let third = crowd.enter(address, 2).expect("room again");
        drop((second, third));
        assert!(crowd.lock().is_empty(), "who is gone is forgotten");
        let own: Vec<_> = (0..10).map(|_| crowd.enter("127.0.0.1".parse().expect("an address"), 1)).collect();
        assert!(own.iter().all(Option::is_some));
    }
}
