//! The keys and certificates of an emulated station: real pairs of keys on P-256 and real X.509, in memory alone.
//!
//! The station dials `ws://`, so that its certificate is taken, listed and renewed, but shown to nobody.

mod certificate;

use jiff::Timestamp;
use ocpp_client::hardware::{Keys, Subject};
use ocpp_core::model::{
    CertificateHash, CertificateUse, CertificateVerdict, InstalledCertificate, OcspQuestion, SigningUse,
};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};

use certificate::{Certificate, chain_of};

/// The most roots and chains that are installed (`CertificateEntries`).
const MAX_ENTRIES: usize = 20;
/// The most certificates in a chain.
const MAX_CHAIN: usize = 5;
/// What a station without a serial number is called.
const NAMELESS: &str = "emulated";

/// The keys of a station.
#[derive(Default)]
pub(crate) struct Safe {
    pending: Vec<Pending>,
    own: Vec<Own>,
    roots: Vec<Root>,
}

/// A pair of keys whose certificate is waited for.
struct Pending {
    usage: Option<SigningUse>,
    keys: KeyPair,
    organization: String,
    serial: String,
}

/// A certificate of the station's own.
struct Own {
    usage: SigningUse,
    /// The station's own first.
    chain: Vec<Certificate>,
}

struct Root {
    usage: CertificateUse,
    certificate: Certificate,
}

impl Safe {
    /// Whether a chain is right for what was asked: the keys and the subject, the time, every signature, and its end in
    /// a root that is installed for this use, where there is any (A02.FR.06).
    fn is_right(&self, pending: &Pending, chain: &[Certificate], at: Timestamp) -> bool {
        let Some(leaf) = chain.first() else { return false };
        let signed = chain.windows(2).all(|pair| matches!(pair, [one, issuer] if one.is_signed_by(issuer)));
        leaf.has_key(pending.keys.public_key_raw())
            && leaf.names(&pending.organization, &pending.serial)
            && chain.iter().all(|one| one.is_valid_at(at))
            && signed
            && chain.last().is_some_and(|last| self.is_rooted(last, pending.usage))
    }

    fn is_rooted(&self, last: &Certificate, usage: Option<SigningUse>) -> bool {
        let root = match usage {
            None | Some(SigningUse::ChargingStation) => CertificateUse::CsmsRoot,
            Some(SigningUse::V2g | SigningUse::V2g20) => CertificateUse::V2gRoot,
        };
        let mut trusted = self.roots.iter().filter(|known| known.usage == root).peekable();
        trusted.peek().is_none()
            || trusted.any(|known| known.certificate == *last || last.is_signed_by(&known.certificate))
    }

    /// The chains towards vehicles, each certificate with its name.
    fn chains(&self) -> impl Iterator<Item = (&Own, Vec<CertificateHash>)> {
        let for_vehicles = self.own.iter().filter(|own| own.usage != SigningUse::ChargingStation);
        for_vehicles.map(|own| (own, self.hashes(&own.chain)))
    }

    /// The names of the certificates of a chain, as far as their issuers are known.
    fn hashes(&self, chain: &[Certificate]) -> Vec<CertificateHash> {
        let issuer = |at: usize, one: &Certificate| {
            let below = chain.get(at + 1).into_iter();
            let known = below.chain(self.roots.iter().map(|root| &root.certificate)).chain([one]);
            known.into_iter().find(|issuer| one.is_signed_by(issuer)).and_then(|issuer| one.hash(issuer))
        };
        chain.iter().enumerate().filter_map(|(at, one)| issuer(at, one)).collect()
    }
}

impl Keys for Safe {
    fn request(&mut self, usage: Option<SigningUse>, subject: Subject<'_>) -> Option<String> {
        let serial = if subject.serial.is_empty() { NAMELESS } else { subject.serial };
        let mut name = DistinguishedName::new();
        name.push(DnType::CommonName, serial);
        if !subject.organization.is_empty() {
            name.push(DnType::OrganizationName, subject.organization);
        }
        let mut parameters = CertificateParams::new(Vec::new()).ok()?;
        parameters.distinguished_name = name;
        let keys = KeyPair::generate().ok()?;
        let request = parameters.serialize_request(&keys).ok()?.pem().ok()?;
        self.pending.retain(|pending| pending.usage != usage);
        let (organization, serial) = (subject.organization.to_owned(), serial.to_owned());
        self.pending.push(Pending { usage, keys, organization, serial });
        Some(request)
    }

    fn take(&mut self, usage: Option<SigningUse>, chain: &str, at: Timestamp) -> bool {
        let Some(chain) = chain_of(chain, MAX_CHAIN) else { return false };
        let known = self.own.iter().find(|own| Some(own.usage) == usage || usage.is_none());
        if known.is_some_and(|own| own.chain == chain) {
            return true; // It was handed over twice.
        }
        let is_it = |pending: &Pending| pending.usage == usage && self.is_right(pending, &chain, at);
        let Some(place) = self.pending.iter().position(is_it) else { return false };
        self.pending.swap_remove(place);
        // 1.6, and a combined certificate of 2.x, serve both (A02.FR.13).
        let uses = match usage {
            Some(usage) => vec![usage],
            None => vec![SigningUse::ChargingStation, SigningUse::V2g],
        };
        self.own.retain(|own| !uses.contains(&own.usage));
        self.own.extend(uses.into_iter().map(|usage| Own { usage, chain: chain.clone() }));
        true
    }

    fn install(&mut self, usage: CertificateUse, certificate: &str, at: Timestamp) -> CertificateVerdict {
        let certificate = chain_of(certificate, 1).and_then(|mut chain| chain.pop());
        let is_right = |one: &Certificate| one.is_root() && one.is_valid_at(at);
        let Some(certificate) = certificate.filter(is_right) else { return CertificateVerdict::Rejected };
        // M05.FR.17: the same one again takes its own place.
        self.roots.retain(|root| root.usage != usage || root.certificate != certificate);
        if self.roots.len() + self.chains().count() >= MAX_ENTRIES {
            return CertificateVerdict::Rejected; // M05.FR.06
        }
        self.roots.push(Root { usage, certificate });
        CertificateVerdict::Accepted
    }

    fn remove(&mut self, certificate: &CertificateHash) -> CertificateVerdict {
        let is_it = |hash: &CertificateHash| certificate::is_same(hash, certificate);
        let towards_manager = self.own.iter().filter(|own| own.usage == SigningUse::ChargingStation);
        if towards_manager
            .flat_map(|own| self.hashes(&own.chain).into_iter().take(1))
            .any(|hash| is_it(&hash))
        {
            return CertificateVerdict::Failed; // M04.FR.06
        }
        let before = self.roots.len() + self.own.len();
        let gone: Vec<SigningUse> =
            self.chains().filter(|(_, hashes)| hashes.iter().any(is_it)).map(|(own, _)| own.usage).collect();
        self.own.retain(|own| !gone.contains(&own.usage));
        self.roots.retain(|root| !root.certificate.hash(&root.certificate).is_some_and(|hash| is_it(&hash)));
        let is_gone = self.roots.len() + self.own.len() < before;
        if is_gone { CertificateVerdict::Accepted } else { CertificateVerdict::NotFound }
    }

    fn installed(&self) -> Vec<InstalledCertificate> {
        let named = |root: &Root| {
            let hash = root.certificate.hash(&root.certificate)?;
            Some(InstalledCertificate { usage: root.usage, hash, children: Vec::new() })
        };
        // M03.FR.05: the certificates above the station's own are its children.
        let chains = self.chains().filter_map(|(_, hashes)| {
            let mut hashes = hashes.into_iter();
            let hash = hashes.next()?;
            let children = hashes.take(MAX_CHAIN - 1).collect();
            Some(InstalledCertificate { usage: CertificateUse::V2gChain, hash, children })
        });
        self.roots.iter().filter_map(named).chain(chains).collect()
    }

    fn expires(&self, usage: Option<SigningUse>) -> Option<Timestamp> {
        let usage = usage.unwrap_or(SigningUse::ChargingStation);
        self.own.iter().find(|own| own.usage == usage)?.chain.first()?.expires()
    }

    fn responders(&self) -> Vec<OcspQuestion> {
        let questions = |(own, hashes): (&Own, Vec<CertificateHash>)| {
            let named = own.chain.iter().zip(hashes);
            let asked = named.filter_map(|(one, certificate)| {
                let responder = one.responder()?.into();
                Some(OcspQuestion { certificate, responder })
            });
            asked.collect::<Vec<_>>()
        };
        self.chains().flat_map(questions).collect()
    }
}
