//! Whether a station may work: what an operator sets, and when the station learns of it (B01 to B03).

use std::time::Duration;

use ocpp_core::model::{Command, Outcome, Registration, StationId, TriggerKind, Verdict};
use ocpp_core::types::Version;

use super::{Register, RegisterError};
use crate::command::{NotAllowed, OrderError};
use crate::domain::{Revision, StationEntry};
use crate::session::CallFailure;

/// How long to wait for what a station says when it is asked to boot.
const ASK_WITHIN: Duration = Duration::from_secs(5);

/// A station whose registration was set.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The station as the operator knows it now.
    pub entry: StationEntry,
    /// When the station learns of it.
    pub learns: Learns,
}

/// When a station learns of its registration. It is only ever told so as the answer to its BootNotification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learns {
    /// It was told so when it last booted.
    Knows,
    /// It was asked to send a BootNotification (TriggerMessage), and agreed.
    Now,
    /// When it boots the next time.
    AtNextBoot(NotAsked),
}

/// Why a station does not boot at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAsked {
    /// It is not connected.
    NotConnected,
    /// It was rejected, and is left alone until its interval is over (B03.FR.03).
    Rejected,
    /// It was accepted, and 2.x lets it send another BootNotification only after a restart (F06.FR.17).
    Accepted,
    /// It does not want to, or cannot.
    Refused,
    /// It did not answer in time.
    Silent,
}

impl std::fmt::Display for Learns {
    /// One sentence.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Learns::Knows => "The station was told so when it last booted.",
            Learns::Now => "The station was asked to boot, and learns of it now.",
            Learns::AtNextBoot(NotAsked::NotConnected) => {
                "The station is not connected: it learns of it when it boots."
            }
            Learns::AtNextBoot(NotAsked::Rejected) => {
                "The station was rejected and is left alone: it learns of it when it asks again by itself."
            }
            Learns::AtNextBoot(NotAsked::Accepted) => {
                "The station was accepted and works until it boots again: reset it if it is to learn of it now."
            }
            Learns::AtNextBoot(NotAsked::Refused) => {
                "The station was asked to boot and refused: it learns of it when it boots by itself."
            }
            Learns::AtNextBoot(NotAsked::Silent) => {
                "The station was asked to boot and has not answered: it learns of it when it boots."
            }
        })
    }
}

/// Registration.
impl Register {
    /// Sets whether a station may work. Stations learn of it when they boot; one that is connected and was told
    /// something else is asked to boot at once where its version lets it.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`], [`RegisterError::Conflict`]; [`RegisterError::Forbidden`] for a station that is
    /// only seen because the manager is open.
    pub async fn set_registration(
        &self,
        id: &str,
        registration: Registration,
        seen: Option<Revision>,
    ) -> Result<Registered, RegisterError> {
        let mut entry = self.entry_to_register(id, seen).await?;
        if entry.registration != registration {
            entry.registration = registration;
            entry = self.keep(entry, Vec::new()).await?;
        }
        let learns = self.tell(&entry.id, registration).await?;
        Ok(Registered { entry, learns })
    }

    async fn entry_to_register(
        &self,
        id: &str,
        seen: Option<Revision>,
    ) -> Result<StationEntry, RegisterError> {
        let missing = match self.need("station", id, seen).await {
            Err(missing @ RegisterError::Unknown { .. }) => missing,
            other => return other,
        };
        let is_seen = match StationId::new(id) {
            Ok(identity) => self.csms.store().station(&identity).await?.is_some(),
            Err(_) => false,
        };
        Err(if is_seen {
            let sentence = format!("Nobody has added the station {id:?}: add it first.");
            RegisterError::Forbidden(sentence)
        } else {
            missing
        })
    }

    async fn tell(&self, id: &StationId, registration: Registration) -> Result<Learns, RegisterError> {
        let Some(version) = self.csms.stations().version(id) else {
            let known = self.csms.store().station(id).await?.and_then(|station| station.registration);
            let knows = known == Some(registration);
            return Ok(if knows { Learns::Knows } else { Learns::AtNextBoot(NotAsked::NotConnected) });
        };
        let told = self.csms.stations().registration(id);
        if told == Some(registration) {
            return Ok(Learns::Knows);
        }
        if told == Some(Registration::Accepted) && version != Version::V16 {
            return Ok(Learns::AtNextBoot(NotAsked::Accepted));
        }
        Ok(match self.ask_to_boot(id).await {
            Ok(()) => Learns::Now,
            Err(why) => Learns::AtNextBoot(why),
        })
    }

    async fn ask_to_boot(&self, id: &StationId) -> Result<(), NotAsked> {
        let commands = self.csms.commands();
        let trigger = Command::Trigger { message: TriggerKind::Boot, place: None };
        let outcome = tokio::time::timeout(ASK_WITHIN, commands.order(id, &trigger)).await;
        match outcome {
            Ok(Ok(Outcome::Verdict(Verdict::Accepted))) => Ok(()),
            Ok(Err(OrderError::NotAllowed(NotAllowed::Rejected))) => Err(NotAsked::Rejected),
            Ok(Err(OrderError::Call(CallFailure::NotConnected | CallFailure::Gone))) => {
                Err(NotAsked::NotConnected)
            }
            Err(_) | Ok(Err(OrderError::Call(CallFailure::NoAnswer))) => Err(NotAsked::Silent),
            Ok(_) => Err(NotAsked::Refused),
        }
    }
}
