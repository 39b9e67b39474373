//! Ways to reach a manager: kept in slots, tried in an order, used from the next start on (B09, B10).

use std::collections::BTreeMap;

use ocpp_core::model::{NetworkProfile, Outcome, Verdict};
use serde::{Deserialize, Serialize};

use super::live::Line;
use super::table::SLOTS;
use crate::engine::{Engine, Record};

/// How often a slot is tried before the next one is (`NetworkProfileConnectionAttempts`).
const ATTEMPTS: u32 = 3;

/// The network profiles of a station.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Networks {
    /// The profiles by their slots.
    pub profiles: BTreeMap<i32, NetworkProfile>,
    /// The slots in the order in which they are tried; empty while the station knows its first manager alone.
    pub priority: Vec<i32>,
    /// The slot that is used; none is the manager that the station was built for.
    pub active: Option<i32>,
    /// How often connecting has failed in a row.
    #[serde(skip)]
    failed: u32,
}

impl Networks {
    pub(in crate::engine) fn priority(&self) -> String {
        let slots: Vec<_> = self.priority.iter().map(ToString::to_string).collect();
        slots.join(",")
    }

    pub(in crate::engine) fn active_slot(&self) -> i32 {
        self.active.unwrap_or_default()
    }

    pub(in crate::engine) fn security_profile(&self) -> u8 {
        self.active_profile().map_or(1, |profile| profile.security_profile)
    }

    /// What a slot shows of its profile; an empty one shows nothing, and that nothing is switched on.
    pub(in crate::engine) fn shows(&self, slot: i32, line: Line) -> String {
        let profile = self.profiles.get(&slot);
        let text = |of: fn(&NetworkProfile) -> String| profile.map(of).unwrap_or_default();
        match line {
            Line::Url => text(|profile| profile.url.to_string()),
            Line::Interface => profile.map_or("Any", |profile| &profile.interface).to_owned(),
            Line::Password => String::new(),
            Line::Transport => "JSON".to_owned(),
            // It counts for nothing: what is agreed on when connecting does.
            Line::Version => {
                profile.and_then(|profile| profile.ocpp_version.as_deref()).unwrap_or("OCPP201").to_owned()
            }
            Line::Timeout => profile.map_or(0, |profile| profile.message_timeout_s).to_string(),
            Line::Security => profile.map_or(0, |profile| profile.security_profile).to_string(),
            Line::Identity => text(|profile| profile.identity.as_deref().unwrap_or_default().to_owned()),
            // B09.FR.11.
            Line::Vpn => profile.is_some_and(|profile| profile.vpn.is_some()).to_string(),
            Line::Apn => profile.is_some_and(|profile| profile.apn.is_some()).to_string(),
        }
    }

    /// Whether there is a profile in the slot, which has this password now.
    pub(in crate::engine) fn set_password(&mut self, slot: i32, password: &str) -> bool {
        let profile = self.profiles.get_mut(&slot);
        profile.map(|profile| profile.password = Some(password.into())).is_some()
    }

    fn active_profile(&self) -> Option<&NetworkProfile> {
        self.profiles.get(&self.active?)
    }
}

impl Engine {
    /// The way to the manager that is to be used; none is the one that the station was built for.
    #[must_use]
    pub fn network_profile(&self) -> Option<&NetworkProfile> {
        self.network.active_profile()
    }

    /// Connecting failed: after some tries the next slot is the one to use, and after the last the first again
    /// (B10.FR.03, B10.FR.08).
    pub fn handle_unreachable(&mut self) {
        self.network.failed += 1;
        if self.network.failed < ATTEMPTS || self.network.priority.is_empty() {
            return;
        }
        self.network.failed = 0;
        let slots = &self.network.priority;
        let at = slots.iter().position(|slot| Some(*slot) == self.network.active);
        let next = at.map_or(0, |at| (at + 1) % slots.len());
        self.network.active = slots.get(next).copied();
        self.keep_network();
    }

    /// Connecting succeeded.
    pub(in crate::engine) fn reached(&mut self) {
        self.network.failed = 0;
    }

    /// A restart begins with the first slot (B10.FR.04).
    pub(in crate::engine) fn adopt_network(&mut self) {
        if self.network.active != self.network.priority.first().copied() {
            self.network.active = self.network.priority.first().copied();
            self.keep_network();
        }
    }

    /// B09.
    pub(in crate::engine) fn set_network_profile(&mut self, profile: &NetworkProfile) -> Outcome {
        let is_slot = SLOTS.iter().any(|slot| *slot == profile.slot.to_string()); // B09.FR.05
        let url = profile.url.to_ascii_lowercase();
        let is_secure = url.starts_with("wss://");
        let fits = match profile.security_profile {
            1 => is_secure || url.starts_with("ws://"),
            2 | 3 => is_secure,
            _ => false,
        };
        // B09.FR.04.
        let is_weaker = profile.security_profile < self.network.security_profile();
        // What is in use is not changed under the line.
        let in_use = self.network.active == Some(profile.slot);
        if !is_slot || !fits || is_weaker || in_use || url.len() < "ws://h".len() {
            return Outcome::Verdict(Verdict::Rejected); // B09.FR.02
        }
        self.network.profiles.insert(profile.slot, profile.clone());
        self.keep_network();
        Outcome::Verdict(Verdict::Accepted)
    }

    /// Every slot has to hold a profile (B10.FR.02).
    pub(super) fn set_network_priority(&mut self, value: &str) -> bool {
        let slots: Option<Vec<i32>> = value.split(',').map(|slot| slot.trim().parse().ok()).collect();
        let known = |slots: &Vec<i32>| slots.iter().all(|slot| self.network.profiles.contains_key(slot));
        let Some(slots) = slots.filter(known) else { return false };
        self.network.priority = slots;
        self.keep_network();
        true
    }

    fn keep_network(&mut self) {
        self.keep(Record::Networks(Box::new(self.network.clone())));
    }
}
