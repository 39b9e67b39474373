//! The station's own certificates: asked for, waited for, taken, renewed (A02, A03), and what responders say of them
//! (M06).

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{
    Cause, CertificateUse, CertificateVerdict, Fact, OcspAnswer, Outcome, SecurityEventKind,
    SignedCertificate, SigningRequest, SigningUse, Verdict,
};

use crate::engine::{Engine, Output};
use crate::hardware::{Actuation, Subject};

/// A certificate is renewed so long before its end (A03.FR.02), or halfway where it lives shorter than twice as long.
const RENEWED_BEFORE: Duration = Duration::from_secs(30 * 86_400);
/// How often responders are asked about the certificates towards vehicles.
const ASKED_EVERY: Duration = Duration::from_secs(86_400);

/// A request that waits for its certificate.
#[derive(Debug)]
struct Asked {
    wish: SigningRequest,
    again_at: Option<Duration>,
    repeats: u32,
}

#[derive(Debug, Default)]
pub(super) struct Work {
    asked: Option<Asked>,
    last_request: i64,
    last_usage: Option<SigningUse>,
    /// When a certificate is renewed, and which.
    renewals: Vec<(Duration, Option<SigningUse>)>,
    /// When responders are asked.
    responders_at: Option<Duration>,
    /// What a responder said last.
    responder_said: Option<OcspAnswer>,
    /// A certificate towards the manager was taken and is to be used.
    is_new: bool,
}

impl Work {
    pub(super) fn timeout(&self) -> Option<Duration> {
        let renewal = self.renewals.iter().map(|(at, _)| *at).min();
        let again = self.asked.as_ref().and_then(|asked| asked.again_at);
        [again, renewal, self.responders_at].into_iter().flatten().min()
    }
}

/// What the owner asks.
impl Engine {
    /// What a responder said last about a certificate of the station; none until one was asked (M06).
    #[must_use]
    pub const fn responder_said(&self) -> Option<&OcspAnswer> {
        self.upkeep.certificates.responder_said.as_ref()
    }
}

/// Asking.
impl Engine {
    /// Makes new keys and asks the manager to have them signed; a request that waits is given up for it.
    pub(super) fn ask_to_sign(&mut self, usage: Option<SigningUse>) {
        let organization = self.organization();
        let subject = Subject {
            organization: &organization,
            serial: self.config.boot.serial.as_deref().unwrap_or_default(),
        };
        let Some(keys) = self.upkeep.keys.as_deref_mut() else { return };
        let Some(csr) = keys.request(usage, subject) else { return };
        // A02.FR.27: under which root a certificate towards vehicles is wanted.
        let is_for_vehicles = matches!(usage, Some(SigningUse::V2g | SigningUse::V2g20));
        let mut roots = keys.installed().into_iter().filter(|one| one.usage == CertificateUse::V2gRoot);
        let root = roots.next().filter(|_| is_for_vehicles).map(|root| root.hash);
        let work = &mut self.upkeep.certificates;
        work.last_request += 1;
        work.last_usage = usage;
        let wish = SigningRequest { request: Some(work.last_request), usage, csr: csr.into(), root };
        work.asked = Some(Asked { wish: wish.clone(), again_at: None, repeats: 0 });
        work.renewals.retain(|(_, renewed)| *renewed != usage);
        self.queue.push(Fact::SignCertificate(wish));
    }

    /// The manager's word on a request: from now on it is waited for, or it is not (A02.FR.17).
    pub(in crate::engine) fn signing_word(&mut self, now: Duration, fact: &Fact, verdict: Verdict) {
        let Fact::SignCertificate(wish) = fact else { return };
        let wait = self.settings.signing_wait;
        let Some(asked) = self.upkeep.certificates.asked.as_mut().filter(|asked| asked.wish == *wish) else {
            return;
        };
        if verdict == Verdict::Accepted {
            asked.again_at = Some(now + wait.saturating_mul(1 << asked.repeats.min(10)));
        } else {
            self.upkeep.certificates.asked = None;
        }
    }

    pub(super) fn certificate_timeout(&mut self, now: Duration) {
        self.ask_again(now);
        let due = self.upkeep.certificates.renewals.iter().find(|(at, _)| *at <= now).copied();
        if let Some((_, usage)) = due {
            self.ask_to_sign(usage);
        }
        if self.upkeep.certificates.responders_at.is_some_and(|at| at <= now) {
            self.ask_responders(now);
        }
    }

    /// A02.FR.18, A02.FR.19: the same again, a few times, after twice the time.
    fn ask_again(&mut self, now: Duration) {
        let repeats = self.settings.signing_repeats;
        let Some(asked) = self.upkeep.certificates.asked.as_mut() else { return };
        if asked.again_at.is_none_or(|at| at > now) {
            return;
        }
        asked.again_at = None;
        asked.repeats += 1;
        if asked.repeats > repeats {
            self.upkeep.certificates.asked = None;
            return;
        }
        let wish = asked.wish.clone();
        self.queue.push(Fact::SignCertificate(wish));
    }

    /// The manager asks the responders for the station (M06).
    fn ask_responders(&mut self, now: Duration) {
        let questions = self.upkeep.keys.as_ref().map(|keys| keys.responders()).unwrap_or_default();
        self.upkeep.certificates.responders_at = (!questions.is_empty()).then(|| now + ASKED_EVERY);
        for question in questions {
            self.queue.push(Fact::OcspStatus(question));
        }
    }

    pub(in crate::engine) fn responder_word(&mut self, answer: OcspAnswer) {
        self.upkeep.certificates.responder_said = Some(answer);
    }
}

/// Taking.
impl Engine {
    /// The certificate comes: it is used when it is valid; otherwise it is thrown away, the manager is told twice, and
    /// nothing is asked for again (A02.FR.07, A02.FR.20).
    pub(super) fn certificate_signed(&mut self, now: Duration, signed: &SignedCertificate) -> Outcome {
        let at = self.clock.at(now);
        let work = &mut self.upkeep.certificates;
        let Some(keys) = self.upkeep.keys.as_deref_mut() else {
            return Outcome::Verdict(Verdict::NotSupported);
        };
        // A02.FR.26.
        if signed.request.is_some_and(|number| number != work.last_request) {
            let cause = Cause { code: "InvalidValue".into(), text: Some("nobody asked for this".into()) };
            return Outcome::Certificate { verdict: CertificateVerdict::Rejected, cause: Some(cause) };
        }
        work.asked = None;
        // Managers need not say which one it is (A02.FR.14), and those of 1.6 cannot: it is the one that was asked for.
        let usage = signed.usage.or(work.last_usage);
        if !keys.take(usage, &signed.chain, at) {
            self.raise(now, SecurityEventKind::INVALID_STATION_CERTIFICATE, None);
            return Outcome::Certificate { verdict: CertificateVerdict::Rejected, cause: None };
        }
        work.is_new = matches!(usage, None | Some(SigningUse::ChargingStation));
        if usage != Some(SigningUse::ChargingStation) {
            work.responders_at = Some(now);
        }
        let renewed_at = keys.expires(usage).map(|end| now + renewed_after(at, end));
        work.renewals.retain(|(_, renewed)| *renewed != usage);
        work.renewals.extend(renewed_at.map(|at| (at, usage)));
        Outcome::Certificate { verdict: CertificateVerdict::Accepted, cause: None }
    }

    /// A new certificate is used at once: the station comes back with it (A02.FR.08).
    pub(in crate::engine) fn use_new_certificate(&mut self) {
        if std::mem::take(&mut self.upkeep.certificates.is_new) {
            self.outputs.push_back(Output::Actuate(Actuation::Reconnect));
        }
    }
}

/// How long from now on a certificate that ends then is used before it is renewed.
fn renewed_after(now: Timestamp, end: Timestamp) -> Duration {
    let left: SignedDuration = end.duration_since(now);
    let left = Duration::try_from(left).unwrap_or_default();
    left.saturating_sub(RENEWED_BEFORE).max(left / 2)
}
