//! Certificates of a station: asked for, taken, renewed, installed, asked about (A02, A03, block M).

use jiff::{SignedDuration, Timestamp};
use ocpp_client::hardware::{HardwareEvent, Keys, Subject};
use ocpp_core::model::*;

use super::Bench;

/// Keys of a test.
#[derive(Default)]
pub(crate) struct Vault {
    roots: Vec<InstalledCertificate>,
    expires: Option<Timestamp>,
}

fn hash(serial: &str) -> CertificateHash {
    CertificateHash {
        algorithm: HashAlgorithm::Sha256,
        issuer_name: "a1".into(),
        issuer_key: "b2".into(),
        serial: serial.into(),
    }
}

impl Keys for Vault {
    fn request(&mut self, usage: Option<SigningUse>, subject: Subject<'_>) -> Option<String> {
        Some(format!("CSR for {usage:?} of {}/{}", subject.organization, subject.serial))
    }

    fn take(&mut self, _: Option<SigningUse>, chain: &str, at: Timestamp) -> bool {
        // It lives for so many days.
        let days = chain.strip_prefix("GOOD ").and_then(|days| days.parse::<i64>().ok());
        self.expires = days.map(|days| at + SignedDuration::from_hours(24 * days));
        chain.starts_with("GOOD")
    }

    fn install(&mut self, usage: CertificateUse, certificate: &str, _: Timestamp) -> CertificateVerdict {
        if certificate == "BAD" {
            return CertificateVerdict::Rejected;
        }
        self.roots.push(InstalledCertificate { usage, hash: hash(certificate), children: Vec::new() });
        CertificateVerdict::Accepted
    }

    fn remove(&mut self, certificate: &CertificateHash) -> CertificateVerdict {
        let before = self.roots.len();
        self.roots.retain(|root| root.hash != *certificate);
        if self.roots.len() < before { CertificateVerdict::Accepted } else { CertificateVerdict::NotFound }
    }

    fn installed(&self) -> Vec<InstalledCertificate> {
        self.roots.clone()
    }

    fn expires(&self, _: Option<SigningUse>) -> Option<Timestamp> {
        self.expires
    }

    fn responders(&self) -> Vec<OcspQuestion> {
        vec![OcspQuestion { certificate: hash("7"), responder: "http://responder/".into() }]
    }
}

fn wishes(bench: &Bench) -> Vec<SigningRequest> {
    let wish = |fact: &Fact| match fact {
        Fact::SignCertificate(wish) => Some(wish.clone()),
        _ => None,
    };
    bench.said.iter().filter_map(wish).collect()
}

fn signed(chain: &str) -> Command {
    Command::CertificateSigned(SignedCertificate { request: None, usage: None, chain: chain.into() })
}

fn word(verdict: CertificateVerdict) -> Outcome {
    Outcome::Certificate { verdict, cause: None }
}

#[test]
fn a_certificate_is_asked_for_taken_or_refused() {
    let mut bench = Bench::new();
    let trigger = Command::Trigger { message: TriggerKind::StationCertificate, place: None };
    assert_eq!(bench.order(&trigger), Outcome::Verdict(Verdict::NotSupported), "it has no keys");
    bench.engine.set_keys(Box::new(Vault::default()));
    assert_eq!(bench.order(&trigger), Outcome::Verdict(Verdict::Accepted));
    assert_eq!(wishes(&bench).len(), 1);
    bench.pass(59);
    assert_eq!(wishes(&bench).len(), 1);
    bench.pass(2);
    assert_eq!(wishes(&bench).len(), 2, "A02.FR.18: it asks again after a minute");
    bench.pass(118);
    assert_eq!(wishes(&bench).len(), 2, "A02.FR.19: and waits twice as long");
    bench.pass(3);
    assert_eq!(wishes(&bench).len(), 3);
    let stray = SignedCertificate { request: Some(77), usage: None, chain: "GOOD".into() };
    let Outcome::Certificate { verdict, .. } = bench.order(&Command::CertificateSigned(stray)) else {
        panic!()
    };
    assert_eq!(verdict, CertificateVerdict::Rejected, "A02.FR.26");
    assert_eq!(bench.order(&signed("WRONG")), word(CertificateVerdict::Rejected));
    assert_eq!(bench.events(), ["InvalidChargingStationCertificate"], "A02.FR.07");
    bench.pass(3600);
    assert_eq!(wishes(&bench).len(), 3, "A02.FR.20: it does not ask again by itself");
    assert_eq!(bench.reconnects, 0);
    assert_eq!(bench.order(&signed("GOOD")), word(CertificateVerdict::Accepted));
    assert_eq!(bench.reconnects, 1, "A02.FR.08");
    bench.pass(3600);
    assert_eq!(wishes(&bench).len(), 3, "it has one");
}

#[test]
fn a_certificate_is_renewed_before_its_end() {
    let mut bench = Bench::new();
    bench.engine.set_keys(Box::new(Vault::default()));
    bench.order(&Command::ChangeSettings(vec![SettingChange::new(
        Setting::Key("CpoName".into()),
        "Grid & Co",
    )]));
    bench.order(&Command::Trigger { message: TriggerKind::StationCertificate, place: None });
    assert_eq!(&*wishes(&bench)[0].csr, "CSR for Some(ChargingStation) of Grid & Co/S1");
    let for_station = |days: u32| {
        let usage = Some(SigningUse::ChargingStation);
        Command::CertificateSigned(SignedCertificate {
            request: None,
            usage,
            chain: format!("GOOD {days}").into(),
        })
    };
    let day = 86_400;
    assert_eq!(bench.order(&for_station(90)), word(CertificateVerdict::Accepted));
    bench.pass(60 * day - 60);
    assert_eq!(wishes(&bench).len(), 1);
    bench.pass(61);
    assert_eq!(wishes(&bench).len(), 2, "A03.FR.02: a month before");
    assert_ne!(wishes(&bench)[0].request, wishes(&bench)[1].request);
    bench.order(&for_station(10));
    bench.pass(5 * day - 60);
    assert_eq!(wishes(&bench).len(), 2);
    bench.pass(61);
    assert_eq!(wishes(&bench).len(), 3, "a short one is renewed halfway");
}

#[test]
fn responders_are_asked_about_the_certificates_towards_vehicles() {
    let mut bench = Bench::new();
    bench.engine.set_keys(Box::new(Vault::default()));
    let asked = |bench: &Bench| bench.said.iter().filter(|fact| matches!(fact, Fact::OcspStatus(_))).count();
    let root = NewCertificate { usage: CertificateUse::V2gRoot, certificate: "9".into() };
    bench.order(&Command::InstallCertificate(root));
    bench.order(&Command::Trigger { message: TriggerKind::Other("SignV2GCertificate".into()), place: None });
    assert_eq!(wishes(&bench)[0].root, Some(hash("9")), "A02.FR.27");
    let usage = Some(SigningUse::V2g);
    let signed = SignedCertificate { request: None, usage, chain: "GOOD 500".into() };
    bench.order(&Command::CertificateSigned(signed));
    bench.pass(1);
    assert_eq!((asked(&bench), bench.reconnects), (1, 0), "M06; the line to the manager is not concerned");
    assert_eq!(bench.engine.responder_said(), Some(&OcspAnswer::Response("T0s=".into())));
    bench.pass(2 * 86_400);
    assert_eq!(asked(&bench), 3, "once a day");
}

#[test]
fn the_certificates_of_vehicles_are_passed_on() {
    let mut bench = Bench::new();
    let request = EvCertificateRequest {
        schema: "urn:iso:15118:2:2013:MsgDef".into(),
        action: EvCertificateAction::Install,
        exi: "gJ==".into(),
        max_chains: None,
        first: Vec::new(),
    };
    bench.hardware(HardwareEvent::ContractWanted(Box::new(request.clone())));
    assert!(bench.said.contains(&Fact::EvCertificate(request)));
    assert_eq!(bench.engine.contract_answer().map(|answer| &*answer.exi), Some("re:gJ=="));
    let question = RevocationQuestion {
        certificate: hash("5"),
        source: RevocationSource::Crl,
        urls: vec!["http://lists/".into()],
    };
    bench.hardware(HardwareEvent::VehicleCertificates(vec![question; 6]));
    let asked = bench.said.iter().find_map(|fact| match fact {
        Fact::Revocation(questions) => Some(questions.len()),
        _ => None,
    });
    assert_eq!(asked, Some(4), "no more than four at once");
    assert_eq!(bench.engine.revocations()[0].status, RevocationStatus::Good);
}

#[test]
fn a_wish_that_is_refused_is_not_repeated() {
    let mut bench = Bench::new();
    bench.engine.set_keys(Box::new(Vault::default()));
    bench.signs = Verdict::Rejected;
    let trigger =
        Command::Trigger { message: TriggerKind::Other("SignCombinedCertificate".into()), place: None };
    bench.order(&trigger);
    bench.pass(3600);
    let wishes: Vec<_> = bench.said.iter().filter(|fact| matches!(fact, Fact::SignCertificate(_))).collect();
    assert_eq!(wishes.len(), 1);
}

#[test]
fn roots_are_installed_listed_and_removed() {
    let mut bench = Bench::new();
    bench.engine.set_keys(Box::new(Vault::default()));
    let install = |usage, certificate: &str| {
        Command::InstallCertificate(NewCertificate { usage, certificate: certificate.into() })
    };
    assert_eq!(bench.order(&install(CertificateUse::CsmsRoot, "1")), word(CertificateVerdict::Accepted));
    assert_eq!(bench.order(&install(CertificateUse::V2gRoot, "2")), word(CertificateVerdict::Accepted));
    assert_eq!(bench.order(&install(CertificateUse::V2gRoot, "BAD")), word(CertificateVerdict::Rejected));
    let list = |uses: &[CertificateUse]| Command::ListCertificates { uses: uses.to_vec() };
    let Outcome::Certificates(all) = bench.order(&list(&[])) else { panic!() };
    assert_eq!(all.len(), 2);
    let Outcome::Certificates(some) = bench.order(&list(&[CertificateUse::V2gRoot])) else { panic!() };
    assert_eq!(some[0].hash, hash("2"));
    let delete = Command::DeleteCertificate(hash("2"));
    assert_eq!(bench.order(&delete), word(CertificateVerdict::Accepted));
    assert_eq!(bench.order(&delete), word(CertificateVerdict::NotFound));
    assert_eq!(
        bench.order(&Command::UnpublishFirmware { checksum: "0".into() }),
        Outcome::Unpublish(UnpublishVerdict::NoFirmware),
        "L04.FR.03"
    );
}
