//! Firmware, logs, security events and certificates.
//!
//! ```text
//! firmware     fetched, checked, installed between transactions, used after a restart (L01, L02)
//! logs         written together and uploaded (N01)
//! certificate  requests to sign, roots (A02, A03, M03 to M05)
//! ```
//! Files are fetched and brought by whoever runs the engine ([`Output::Carry`]).

mod certificate;
mod firmware;
mod logs;

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;
use ocpp_core::model::{
    CertificateUse, CertificateVerdict, Command, Fact, Outcome, SecurityEvent, SecurityEventKind, SigningUse,
    TriggerKind, UnpublishVerdict, Verdict,
};

pub use firmware::PendingFirmware;

use super::{Engine, Output, PersistToken, Record};
use crate::hardware::{Errand, ErrandResult, ErrandToken, Keys};

/// The security events that the security log has; the oldest make room.
const SECURITY_LOG: usize = 200;
/// The security events that may wait to be said; more are only in the log.
const MAX_WAITING: usize = 100;
/// The pause between tries when the manager leaves it to the station.
const PAUSE: Duration = Duration::from_secs(30);
/// The tries when the manager leaves it to the station.
const TRIES: u32 = 3;

/// What is under way.
#[derive(Default)]
pub(super) struct Upkeep {
    firmware: firmware::Work,
    logs: logs::Work,
    certificates: certificate::Work,
    keys: Option<Box<dyn Keys>>,
    events: VecDeque<SecurityEvent>,
    last_errand: u64,
}

impl Upkeep {
    pub(super) fn timeout(&self) -> Option<Duration> {
        [self.firmware.timeout(), self.logs.timeout(), self.certificates.timeout()]
            .into_iter()
            .flatten()
            .min()
    }
}

/// What the owner wants.
impl Engine {
    /// Gives the station keys and certificates; without them it refuses what is about them.
    pub fn set_keys(&mut self, keys: Box<dyn Keys>) {
        self.upkeep.keys = Some(keys);
    }

    /// Something happened that matters for security: it is written into the security log, and told to the
    /// manager until the manager has heard it (A04.FR.02).
    pub fn raise(&mut self, now: Duration, event: SecurityEventKind, info: Option<&str>) {
        self.raise_quietly(now, event, info);
        self.pump(now);
    }

    /// The same in the middle of something.
    pub(super) fn raise_quietly(&mut self, now: Duration, event: SecurityEventKind, info: Option<&str>) {
        let event = SecurityEvent { event, at: self.clock.at(now), info: info.map(Into::into) };
        if self.upkeep.events.len() >= SECURITY_LOG {
            self.upkeep.events.pop_front();
        }
        self.upkeep.events.push_back(event.clone());
        if self.queue.count(|fact| matches!(fact, Fact::Security(_))) < MAX_WAITING {
            self.queue.push(Fact::Security(event));
        }
    }

    /// The security log, the oldest event first.
    pub fn security_log(&self) -> impl Iterator<Item = &SecurityEvent> {
        self.upkeep.events.iter()
    }

    /// The version of the firmware that runs.
    #[must_use]
    pub fn firmware(&self) -> Option<&str> {
        self.config.boot.firmware.as_deref()
    }
}

/// What happened.
impl Engine {
    /// An errand has ended.
    pub fn handle_errand(&mut self, now: Duration, token: ErrandToken, result: ErrandResult) {
        if !self.firmware_errand(now, token, &result) {
            self.log_errand(now, token, &result);
        }
        self.pump(now);
    }

    pub(super) fn upkeep_timeout(&mut self, now: Duration) {
        self.firmware_timeout(now);
        self.log_timeout(now);
        self.certificate_timeout(now);
    }

    /// Does what a command of these blocks orders.
    pub(super) fn obey_upkeep(&mut self, now: Duration, command: &Command) -> Outcome {
        match command {
            Command::UpdateFirmware(update) => self.update_firmware(now, update),
            Command::GetLog(order) => self.upload_log(now, order),
            Command::InstallCertificate(new) => {
                let at = self.clock.at(now);
                self.certificate_word(|keys| keys.install(new.usage, &new.certificate, at))
            }
            Command::DeleteCertificate(hash) => self.certificate_word(|keys| keys.remove(hash)),
            Command::ListCertificates { uses } => {
                let installed = self.upkeep.keys.as_ref().map(|keys| keys.installed()).unwrap_or_default();
                let is_wanted = |usage: CertificateUse| uses.is_empty() || uses.contains(&usage);
                let wanted = installed.into_iter().filter(|installed| is_wanted(installed.usage));
                Outcome::Certificates(wanted.collect())
            }
            Command::CertificateSigned(signed) => self.certificate_signed(now, signed),
            // It is no local controller: it takes no file for others (L03.FR.05), and has none (L04.FR.03).
            Command::PublishFirmware(_) => Outcome::Verdict(Verdict::Rejected),
            Command::UnpublishFirmware { .. } => Outcome::Unpublish(UnpublishVerdict::NoFirmware),
            _ => Outcome::Verdict(Verdict::NotSupported),
        }
    }

    fn certificate_word(&mut self, word: impl FnOnce(&mut dyn Keys) -> CertificateVerdict) -> Outcome {
        match self.upkeep.keys.as_deref_mut() {
            Some(keys) => Outcome::Certificate { verdict: word(keys), cause: None },
            None => Outcome::Verdict(Verdict::NotSupported),
        }
    }

    /// Whether a request to sign can be sent now.
    pub(super) fn can_sign(&self, message: &TriggerKind) -> Verdict {
        if signing_use(message).is_some() && self.upkeep.keys.is_some() {
            Verdict::Accepted
        } else {
            Verdict::NotSupported
        }
    }

    pub(super) fn sign_when_triggered(&mut self, message: &TriggerKind) {
        if let Some(usage) = signing_use(message) {
            self.ask_to_sign(usage);
        }
    }

    /// Whether the EVSEs are closed until new firmware is installed (L01.FR.07).
    pub(super) const fn is_closed_for_firmware(&self) -> bool {
        self.upkeep.firmware.closes
    }

    /// How many certificates are installed.
    pub(super) fn installed_certificates(&self) -> usize {
        self.upkeep.keys.as_ref().map_or(0, |keys| keys.installed().len())
    }

    fn send_errand(&mut self, errand: impl FnOnce(ErrandToken) -> Errand) -> ErrandToken {
        self.upkeep.last_errand += 1;
        let token = ErrandToken(self.upkeep.last_errand);
        self.outputs.push_back(Output::Carry(errand(token)));
        token
    }

    fn keep_firmware(&mut self, pending: Option<PendingFirmware>) {
        // Nothing waits for it: a start without it only forgets the update.
        self.outputs.push_back(Output::Persist(Record::Firmware(pending.map(Box::new)), PersistToken(0)));
    }

    /// How long it is until a moment of the day.
    fn until(&self, now: Duration, moment: Timestamp) -> Duration {
        Duration::try_from(moment.duration_since(self.clock.at(now))).unwrap_or_default()
    }
}

/// Which certificate a trigger is about: 2.x knows three, 1.6 one.
fn signing_use(message: &TriggerKind) -> Option<Option<SigningUse>> {
    match message {
        TriggerKind::StationCertificate => Some(Some(SigningUse::ChargingStation)),
        TriggerKind::Other(name) => match &**name {
            "SignV2GCertificate" => Some(Some(SigningUse::V2g)),
            "SignV2G20Certificate" => Some(Some(SigningUse::V2g20)),
            "SignCombinedCertificate" => Some(None),
            _ => None,
        },
        _ => None,
    }
}

/// The tries and the pause that an order names, or the station's own.
fn patience(retries: Option<u32>, pause_s: Option<u32>) -> (u32, Duration) {
    let pause = pause_s.map_or(PAUSE, |seconds| Duration::from_secs(u64::from(seconds.clamp(1, 86_400))));
    (retries.unwrap_or(TRIES).min(100), pause)
}

/// What is said of an upload or update is said in this order, whatever happens to the line in between.
pub(super) const fn is_kept(fact: &Fact) -> bool {
    matches!(fact, Fact::Security(_) | Fact::Firmware(_) | Fact::Log(_))
}
