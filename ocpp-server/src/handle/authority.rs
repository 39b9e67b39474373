//! Who signs certificates, and who answers for those of others (A02, A03, M).

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use ocpp_core::model::{
    Cause, Contract, ContractVerdict, EvCertificate, EvCertificateRequest, IdToken, OcspAnswer, OcspQuestion,
    Revocation, RevocationQuestion, RevocationStatus, SigningRequest, StationId,
};

/// Why a certificate was not signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// It will not be.
    #[error("it is not signed: {0}")]
    Refused(String),
    /// Not at this moment: it is tried again.
    #[error("it cannot be signed at this moment: {0}")]
    Later(String),
}

/// Signs certificates of stations, and answers what stations ask about others. Implement it over a PKI of your
/// own. What is not implemented is refused.
#[async_trait]
pub trait CertificateAuthority: Send + Sync {
    /// Whether a wish of a station will be signed, as far as can be said at once. The station is told so; the
    /// certificate follows in a message of its own (A02.FR.04).
    ///
    /// # Errors
    /// Why it will not be.
    async fn takes(&self, station: &StationId, wish: &SigningRequest) -> Result<(), Cause> {
        let _ = (station, wish);
        Err(Cause { code: "NoCertificate".into(), text: Some("nobody here signs certificates".into()) })
    }

    /// Signs a wish that was taken: the certificate and those that signed it in PEM, the station's first. It may
    /// be asked again for the same wish, after an interruption.
    ///
    /// # Errors
    /// [`NotSigned`].
    async fn sign(&self, station: &StationId, wish: &SigningRequest) -> Result<String, NotSigned> {
        let _ = (station, wish);
        Err(NotSigned::Refused("nobody here signs certificates".to_owned()))
    }

    /// A vehicle's contract certificate (M01, M02); `None` when nobody here provides any.
    async fn ev_certificate(
        &self,
        station: &StationId,
        request: &EvCertificateRequest,
    ) -> Option<EvCertificate> {
        let _ = (station, request);
        None
    }

    /// What the OCSP responder of a certificate says (M06); `None` when nobody here asks any.
    async fn ocsp(&self, station: &StationId, question: &OcspQuestion) -> Option<OcspAnswer> {
        let _ = (station, question);
        None
    }

    /// Whether a vehicle's certificate was revoked (M07).
    async fn revocation(&self, station: &StationId, question: &RevocationQuestion) -> RevocationStatus {
        let _ = (station, question);
        RevocationStatus::Failed
    }

    /// Whether the certificates of a driver's contract are in order: signed by a root that you trust, within their
    /// time, and not revoked by the word of a responder, asked now or lately (C07.FR.05). A station that has judged the
    /// chain itself asks for the last of these only. Whether the contract may charge is for the authorizer.
    ///
    /// Nobody judges them unless this is implemented, and then no contract is accepted (C07.FR.17).
    async fn contract(
        &self,
        station: &StationId,
        id_token: &IdToken,
        contract: &Contract,
    ) -> ContractVerdict {
        let _ = (station, id_token, contract);
        ContractVerdict::CertChainError
    }

    /// Until when the word on a revocation holds, from `now`.
    fn revocation_holds(&self, now: Timestamp) -> Timestamp {
        now
    }

    /// How long to wait for a word that a station waits for.
    fn deadline(&self) -> Duration {
        Duration::from_secs(10)
    }
}

/// Refuses everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoAuthority;

#[async_trait]
impl CertificateAuthority for NoAuthority {}

/// The word on a wish to be signed, within the deadline.
pub(super) async fn takes(
    authority: &dyn CertificateAuthority,
    station: &StationId,
    wish: &SigningRequest,
) -> Result<(), Cause> {
    let word = tokio::time::timeout(authority.deadline(), authority.takes(station, wish)).await;
    word.unwrap_or_else(|_elapsed| Err(late("the authority gave no word in time")))
}

/// The answer to a vehicle, within the deadline.
pub(super) async fn ev_certificate(
    authority: &dyn CertificateAuthority,
    station: &StationId,
    request: &EvCertificateRequest,
) -> Option<EvCertificate> {
    tokio::time::timeout(authority.deadline(), authority.ev_certificate(station, request))
        .await
        .ok()
        .flatten()
}

/// The word of a responder, within the deadline.
pub(super) async fn ocsp(
    authority: &dyn CertificateAuthority,
    station: &StationId,
    question: &OcspQuestion,
) -> Option<OcspAnswer> {
    let answer = tokio::time::timeout(authority.deadline(), authority.ocsp(station, question)).await;
    answer
        .unwrap_or_else(|_elapsed| Some(OcspAnswer::Failed(Some(late("the responder gave no word in time")))))
}

/// The verdict on a contract, within the deadline.
pub(super) async fn contract(
    authority: &dyn CertificateAuthority,
    station: &StationId,
    id_token: &IdToken,
    contract: &Contract,
) -> ContractVerdict {
    let judged =
        tokio::time::timeout(authority.deadline(), authority.contract(station, id_token, contract)).await;
    judged.unwrap_or_else(|_elapsed| {
        tracing::warn!(%station, "the authority gave no word on a contract in time: it is not accepted");
        ContractVerdict::CertChainError
    })
}

/// The word on each certificate, all within one deadline.
pub(super) async fn revocations(
    authority: &dyn CertificateAuthority,
    station: &StationId,
    questions: &[RevocationQuestion],
    now: Timestamp,
) -> Vec<Revocation> {
    let ask = |question: RevocationQuestion| async move {
        let asked = authority.revocation(station, &question);
        let word = tokio::time::timeout(authority.deadline(), asked).await;
        Revocation {
            certificate: question.certificate.clone(),
            source: question.source,
            status: word.unwrap_or(RevocationStatus::Failed),
            next_update: authority.revocation_holds(now),
        }
    };
    futures_util::future::join_all(questions.iter().cloned().map(ask)).await
}

fn late(text: &str) -> Cause {
    Cause { code: "Timeout".into(), text: Some(text.into()) }
}
