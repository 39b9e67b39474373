//! A certificate as it came, and what can be read of it.

use std::fmt::Write as _;

use jiff::Timestamp;
use ocpp_core::model::{CertificateHash, HashAlgorithm};
use sha2::{Digest as _, Sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::pem::Pem;
use x509_parser::prelude::FromDer as _;
use x509_parser::time::ASN1Time;

/// A certificate that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Certificate(Vec<u8>);

/// The certificates of a PEM text, one to `most`; `None` when one cannot be read.
pub(super) fn chain_of(text: &str, most: usize) -> Option<Vec<Certificate>> {
    let chain: Vec<Certificate> = Pem::iter_from_buffer(text.as_bytes())
        .take(most + 1)
        .map(|pem| pem.ok().filter(|pem| pem.label == "CERTIFICATE").map(|pem| Certificate(pem.contents)))
        .collect::<Option<_>>()?;
    let is_readable = (1..=most).contains(&chain.len()) && chain.iter().all(|one| one.read().is_some());
    is_readable.then_some(chain)
}

/// Whether both name the same certificate; hexadecimal digits are the same in either case.
pub(super) fn is_same(one: &CertificateHash, other: &CertificateHash) -> bool {
    one.algorithm == other.algorithm
        && one.issuer_name.eq_ignore_ascii_case(&other.issuer_name)
        && one.issuer_key.eq_ignore_ascii_case(&other.issuer_key)
        && one.serial.eq_ignore_ascii_case(other.serial.trim_start_matches('0'))
}

impl Certificate {
    fn read(&self) -> Option<X509Certificate<'_>> {
        X509Certificate::from_der(&self.0).ok().map(|(_, certificate)| certificate)
    }

    fn is(&self, so: impl FnOnce(&X509Certificate<'_>) -> bool) -> bool {
        self.read().is_some_and(|certificate| so(&certificate))
    }

    pub(super) fn has_key(&self, key: &[u8]) -> bool {
        self.is(|one| *one.public_key().subject_public_key.data == *key)
    }

    /// Whether its subject is this station of this operator.
    pub(super) fn names(&self, organization: &str, serial: &str) -> bool {
        self.is(|one| {
            let subject = one.subject();
            let is_serial = subject.iter_common_name().any(|name| name.as_str() == Ok(serial));
            let mut operators = subject.iter_organization();
            is_serial && (organization.is_empty() || operators.any(|name| name.as_str() == Ok(organization)))
        })
    }

    pub(super) fn is_valid_at(&self, at: Timestamp) -> bool {
        let Ok(at) = ASN1Time::from_timestamp(at.as_second()) else { return false };
        self.is(|one| one.validity().is_valid_at(at))
    }

    pub(super) fn is_signed_by(&self, issuer: &Certificate) -> bool {
        let Some(issuer) = issuer.read() else { return false };
        self.is(|one| {
            one.issuer() == issuer.subject() && one.verify_signature(Some(issuer.public_key())).is_ok()
        })
    }

    /// Whether it is the root of a hierarchy.
    pub(super) fn is_root(&self) -> bool {
        self.is(|one| one.is_ca()) && self.is_signed_by(self)
    }

    pub(super) fn expires(&self) -> Option<Timestamp> {
        let end = self.read()?.validity().not_after.timestamp();
        Timestamp::from_second(end).ok()
    }

    /// What names it, given the certificate that signed it.
    pub(super) fn hash(&self, issuer: &Certificate) -> Option<CertificateHash> {
        let (one, issuer) = (self.read()?, issuer.read()?);
        Some(CertificateHash {
            algorithm: HashAlgorithm::Sha256,
            issuer_name: hex(&Sha256::digest(one.issuer().as_raw())).into(),
            issuer_key: hex(&Sha256::digest(&issuer.public_key().subject_public_key.data)).into(),
            serial: hex(one.raw_serial()).trim_start_matches('0').into(),
        })
    }

    /// Where it is told whether it was revoked.
    pub(super) fn responder(&self) -> Option<String> {
        let certificate = self.read()?;
        let access = certificate.extensions().iter().find_map(|one| match one.parsed_extension() {
            ParsedExtension::AuthorityInfoAccess(access) => Some(access),
            _ => None,
        })?;
        let is_ocsp = |id: String| id == "1.3.6.1.5.5.7.48.1";
        let named = access.accessdescs.iter().find(|one| is_ocsp(one.access_method.to_id_string()))?;
        match &named.access_location {
            GeneralName::URI(url) => Some((*url).to_owned()),
            _ => None,
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
