//! Certificates of vehicles, which the station passes on over ISO 15118 (M01, M02, M07). It understands none of them.

use ocpp_core::model::{EvCertificate, EvCertificateRequest, Fact, Revocation, RevocationQuestion};

use super::Engine;

/// The most certificates that one question is about.
const MAX_QUESTIONS: usize = 4;

/// What the manager said.
#[derive(Debug, Default)]
pub(super) struct Contracts {
    installed: Option<EvCertificate>,
    found: Vec<Revocation>,
}

impl Engine {
    /// A vehicle wants its contract certificate.
    pub(super) fn contract_wanted(&mut self, request: EvCertificateRequest) {
        self.contracts.installed = None;
        self.queue.push(Fact::EvCertificate(request));
    }

    pub(super) fn contract_word(&mut self, certificate: EvCertificate) {
        self.contracts.installed = Some(certificate);
    }

    /// Whether certificates of a vehicle were revoked is asked.
    pub(super) fn ask_revocations(&mut self, mut questions: Vec<RevocationQuestion>) {
        questions.truncate(MAX_QUESTIONS);
        self.contracts.found.clear();
        if !questions.is_empty() {
            self.queue.push(Fact::Revocation(questions));
        }
    }

    pub(super) fn revocation_word(&mut self, found: Vec<Revocation>) {
        self.contracts.found = found;
    }

    /// What the vehicle that asked last for its contract is to be given; none until the manager has answered.
    #[must_use]
    pub const fn contract_answer(&self) -> Option<&EvCertificate> {
        self.contracts.installed.as_ref()
    }

    /// What the manager found of the certificates that were asked about last; empty until it has answered.
    #[must_use]
    pub fn revocations(&self) -> &[Revocation] {
        &self.contracts.found
    }
}
