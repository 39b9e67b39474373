//! The station's own certificates: asked for, waited for, taken (A02, A03).

use std::time::Duration;

use ocpp_core::model::{
    CertificateVerdict, Fact, Outcome, SecurityEventKind, SignedCertificate, SigningRequest, SigningUse,
    Verdict,
};

use crate::engine::Engine;

/// How long to wait for the signed certificate before it is asked for again; it doubles (CertSigningWaitMinimum).
const WAITS_FOR: Duration = Duration::from_secs(60);
/// How often it is asked for again (CertSigningRepeatTimes).
const REPEATS: u32 = 3;

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
}

impl Work {
    pub(super) fn timeout(&self) -> Option<Duration> {
        self.asked.as_ref()?.again_at
    }
}

impl Engine {
    /// Makes new keys and asks the manager to have them signed; a request that waits is given up for it.
    pub(super) fn ask_to_sign(&mut self, usage: Option<SigningUse>) {
        let Some(csr) = self.upkeep.keys.as_deref_mut().and_then(|keys| keys.request(usage)) else { return };
        let work = &mut self.upkeep.certificates;
        work.last_request += 1;
        let wish = SigningRequest { request: Some(work.last_request), usage, csr: csr.into(), root: None };
        work.asked = Some(Asked { wish: wish.clone(), again_at: None, repeats: 0 });
        self.queue.push(Fact::SignCertificate(wish));
    }

    /// The manager's word on a request: from now on it is waited for, or it is not (A02.FR.17).
    pub(in crate::engine) fn signing_word(&mut self, now: Duration, fact: &Fact, verdict: Verdict) {
        let Fact::SignCertificate(wish) = fact else { return };
        let Some(asked) = self.upkeep.certificates.asked.as_mut().filter(|asked| asked.wish == *wish) else {
            return;
        };
        if verdict == Verdict::Accepted {
            asked.again_at = Some(now + WAITS_FOR.saturating_mul(1 << asked.repeats.min(10)));
        } else {
            self.upkeep.certificates.asked = None;
        }
    }

    pub(super) fn certificate_timeout(&mut self, now: Duration) {
        let Some(asked) = self.upkeep.certificates.asked.as_mut() else { return };
        if asked.again_at.is_none_or(|at| at > now) {
            return;
        }
        // A02.FR.18, A02.FR.19: the same again, a few times.
        asked.again_at = None;
        asked.repeats += 1;
        if asked.repeats > REPEATS {
            self.upkeep.certificates.asked = None;
            return;
        }
        let wish = asked.wish.clone();
        self.queue.push(Fact::SignCertificate(wish));
    }

    /// The certificate comes: it is used when it is valid; otherwise the manager is told twice (A02.FR.06).
    pub(super) fn certificate_signed(&mut self, now: Duration, signed: &SignedCertificate) -> Outcome {
        let Some(keys) = self.upkeep.keys.as_deref_mut() else {
            return Outcome::Verdict(Verdict::NotSupported);
        };
        if keys.take(signed.usage, &signed.chain) {
            self.upkeep.certificates.asked = None;
            return Outcome::Certificate { verdict: CertificateVerdict::Accepted, cause: None };
        }
        self.raise(now, SecurityEventKind::INVALID_STATION_CERTIFICATE, None);
        Outcome::Certificate { verdict: CertificateVerdict::Rejected, cause: None }
    }
}
