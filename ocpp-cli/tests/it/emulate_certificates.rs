//! Certificates of emulated stations, signed for real by an authority behind a manager (A02, A03, block M).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use ocpp_core::model::*;
use ocpp_server::Csms;
use ocpp_server::access::Pepper;
use ocpp_server::edge::EveryStation;
use ocpp_server::handle::{CertificateAuthority, NotSigned};
use ocpp_server::maintenance::{Files, Links, Upkeep, UpkeepSettings};
use ocpp_server::store::{Memory, Store};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, CertifiedIssuer, CustomExtension,
    DnType, IsCa, KeyPair,
};
use tokio_util::sync::CancellationToken;

use super::emulator::Emulator;
use super::running::directory;

const RESPONDER: &[u8] = b"http://responder.example/";

/// An authority with a root of its own.
#[derive(Clone)]
struct Ca {
    root: Arc<CertifiedIssuer<'static, KeyPair>>,
    heard: Arc<Mutex<Heard>>,
}

#[derive(Default)]
struct Heard {
    subjects: BTreeMap<String, String>,
    ocsp: Vec<OcspQuestion>,
    contracts: Vec<EvCertificateRequest>,
}

/// Where it is told whether a certificate was revoked: one `AccessDescription` with the responder's URI.
fn access_to_responder() -> CustomExtension {
    let oid = [0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01];
    let length = u8::try_from(RESPONDER.len()).expect("short");
    let inner = [&oid[..], &[0x86, length], RESPONDER].concat();
    let within = u8::try_from(inner.len()).expect("short");
    let content = [&[0x30, within + 2, 0x30, within], &inner[..]].concat();
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], content)
}

impl Ca {
    fn new(name: &str) -> Ca {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let keys = KeyPair::generate().expect("keys");
        let root = CertifiedIssuer::self_signed(parameters, keys).expect("a root");
        Ca { root: Arc::new(root), heard: Arc::default() }
    }

    fn signed(&self, csr: &str) -> String {
        let mut request =
            CertificateSigningRequestParams::from_pem(csr).expect("a request with a right signature");
        request.params.custom_extensions = vec![access_to_responder()];
        let certificate = request.signed_by(&self.root).expect("a certificate");
        format!("{}{}", certificate.pem(), self.root.pem())
    }
}

#[async_trait]
impl CertificateAuthority for Ca {
    async fn takes(&self, _: &StationId, _: &SigningRequest) -> Result<(), Cause> {
        Ok(())
    }

    async fn sign(&self, station: &StationId, wish: &SigningRequest) -> Result<String, NotSigned> {
        let request = CertificateSigningRequestParams::from_pem(&wish.csr);
        let request = request.map_err(|error| NotSigned::Refused(error.to_string()))?;
        let name = |kind: DnType| match request.params.distinguished_name.get(&kind) {
            Some(rcgen::DnValue::Utf8String(name)) => name.clone(),
            other => format!("{other:?}"),
        };
        let subject = format!("{}/{}", name(DnType::OrganizationName), name(DnType::CommonName));
        self.heard.lock().expect("whole").subjects.insert(station.to_string(), subject);
        Ok(self.signed(&wish.csr))
    }

    async fn ocsp(&self, _: &StationId, question: &OcspQuestion) -> Option<OcspAnswer> {
        self.heard.lock().expect("whole").ocsp.push(question.clone());
        Some(OcspAnswer::Response("T0NTUA==".into()))
    }

    async fn ev_certificate(&self, _: &StationId, request: &EvCertificateRequest) -> Option<EvCertificate> {
        self.heard.lock().expect("whole").contracts.push(request.clone());
        Some(EvCertificate { exi: "cmU=".into(), remaining: None, failure: None })
    }
}

/// A manager with this authority, in the test's own process.
struct Office {
    csms: Csms,
    upkeep: Upkeep,
    ca: Ca,
    url: String,
    shutdown: CancellationToken,
    _files: tempfile::TempDir,
}

impl Drop for Office {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

impl Office {
    async fn open() -> Office {
        let (store, ca): (Arc<dyn Store>, Ca) = (Arc::new(Memory::new()), Ca::new("Operator's root"));
        let builder = Csms::builder_over(store).admission(EveryStation).certificates(ca.clone());
        let csms = builder.build().await.expect("a manager");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("ws://{}/ocpp", listener.local_addr().expect("its address"));
        let files = directory();
        let links = Links::new("http://127.0.0.1:1", Pepper::random().expect("chance"));
        let kept = Files::open(files.path()).expect("a directory");
        let upkeep = Upkeep::new(csms.clone(), kept, links, UpkeepSettings::default());
        let shutdown = CancellationToken::new();
        let (serving, stop) = (csms.clone(), shutdown.clone());
        tokio::spawn(async move { serving.serve(listener, stop).await });
        let (running, stop) = (upkeep.clone(), shutdown.clone());
        tokio::spawn(async move { running.run(stop).await });
        Office { csms, upkeep, ca, url, shutdown, _files: files }
    }

    /// What a station answers, as soon as it is there.
    async fn order(&self, station: &StationId, command: &Command) -> Outcome {
        for _ in 0..300 {
            if let Ok(outcome) = self.csms.commands().order(station, command).await {
                return outcome;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{station} never answered {command:?}");
    }

    async fn word(&self, station: &StationId, command: &Command) -> CertificateVerdict {
        match self.order(station, command).await {
            Outcome::Certificate { verdict, .. } => verdict,
            other => panic!("{other:?}"),
        }
    }

    async fn listed(&self, station: &StationId, usage: CertificateUse) -> Vec<InstalledCertificate> {
        match self.order(station, &Command::ListCertificates { uses: vec![usage] }).await {
            Outcome::Certificates(installed) => installed,
            other => panic!("{other:?}"),
        }
    }

    /// Triggers a renewal, and waits until that many certificates of the station are used.
    async fn renews(&self, station: &StationId, message: TriggerKind, count: usize) {
        let trigger = Command::Trigger { message, place: None };
        assert_eq!(self.order(station, &trigger).await, Outcome::Verdict(Verdict::Accepted));
        for _ in 0..300 {
            let signings = self.upkeep.signings_of(station).await.expect("the store");
            if signings.iter().filter(|signing| signing.state.name() == "used").count() == count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{station}: {:?}", self.upkeep.signings_of(station).await);
    }
}

fn id(text: &str) -> StationId {
    StationId::new(text).expect("an identity")
}

fn install(usage: CertificateUse, ca: &Ca) -> Command {
    Command::InstallCertificate(NewCertificate { usage, certificate: ca.root.pem().into() })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_certificate_of_a_station_of_every_version_is_renewed() {
    let office = Office::open().await;
    for version in ["1.6", "2.0.1", "2.1"] {
        let station = id(&format!("E{version}"));
        let _running = Emulator::waiting(&office.url, station.as_str(), version, &[]);
        let root = install(CertificateUse::CsmsRoot, &office.ca);
        assert_eq!(office.word(&station, &root).await, CertificateVerdict::Accepted, "{version}");
        assert_eq!(office.word(&station, &root).await, CertificateVerdict::Accepted, "{version}: M05.FR.17");
        let operator = match version {
            "1.6" => Setting::Key("CpoName".into()),
            _ => Setting::Variable {
                component: "SecurityCtrlr".into(),
                component_instance: None,
                place: None,
                variable: "OrganizationName".into(),
                variable_instance: None,
            },
        };
        office
            .order(&station, &Command::ChangeSettings(vec![SettingChange::new(operator, "Grid & Co")]))
            .await;
        office.renews(&station, TriggerKind::StationCertificate, 1).await;
        let subject = office.ca.heard.lock().expect("whole").subjects[station.as_str()].clone();
        assert_eq!(subject, "Grid & Co/EM000001", "{version}");
        // It has come back with its new certificate (A02.FR.08), and still has its root.
        let roots = office.listed(&station, CertificateUse::CsmsRoot).await;
        assert_eq!(roots.len(), 1, "{version}");
        office.renews(&station, TriggerKind::StationCertificate, 2).await;

        let stranger = Ca::new("Stranger");
        let csr = CertificateParams::default().serialize_request(&KeyPair::generate().expect("keys"));
        let chain = stranger.signed(&csr.expect("a request").pem().expect("PEM"));
        let foreign = SignedCertificate { request: None, usage: None, chain: chain.into() };
        let said = office.word(&station, &Command::CertificateSigned(foreign)).await;
        assert_eq!(said, CertificateVerdict::Rejected, "{version}: A02.FR.07");

        let no_certificate = NewCertificate { usage: CertificateUse::CsmsRoot, certificate: "no PEM".into() };
        let said = office.word(&station, &Command::InstallCertificate(no_certificate)).await;
        assert_eq!(said, CertificateVerdict::Rejected, "{version}: M05.FR.07");
        let delete = Command::DeleteCertificate(roots[0].hash.clone());
        assert_eq!(
            office.word(&station, &delete).await,
            CertificateVerdict::Accepted,
            "{version}: M04.FR.02"
        );
        assert_eq!(
            office.word(&station, &delete).await,
            CertificateVerdict::NotFound,
            "{version}: M04.FR.04"
        );
        assert!(office.listed(&station, CertificateUse::CsmsRoot).await.is_empty(), "{version}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_towards_vehicles_are_signed_listed_and_asked_about() {
    let office = Office::open().await;
    for version in ["2.0.1", "2.1"] {
        let station = id(&format!("V{version}"));
        let _running = Emulator::waiting(&office.url, station.as_str(), version, &[]);
        office.word(&station, &install(CertificateUse::V2gRoot, &office.ca)).await;
        office.renews(&station, TriggerKind::Other("SignV2GCertificate".into()), 1).await;
        let chains = office.listed(&station, CertificateUse::V2gChain).await;
        assert_eq!((chains.len(), chains[0].children.len()), (1, 1), "{version}: M03.FR.05");
        let asked = |office: &Office| {
            let heard = office.ca.heard.lock().expect("whole");
            heard.ocsp.iter().any(|question| question.certificate == chains[0].hash)
        };
        for _ in 0..100 {
            if asked(&office) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert!(asked(&office), "{version}: M06");
        let delete = Command::DeleteCertificate(chains[0].hash.clone());
        assert_eq!(office.word(&station, &delete).await, CertificateVerdict::Accepted, "{version}");
        assert!(office.listed(&station, CertificateUse::V2gChain).await.is_empty(), "{version}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn vehicles_ask_for_the_certificate_of_their_contract() {
    let office = Office::open().await;
    for (count, version) in ["2.0.1", "2.1"].into_iter().enumerate() {
        let url = office.url.clone();
        let ran = tokio::task::spawn_blocking(move || {
            let ends = ["--speed", "300", "--minutes", "1", "--contracts"];
            let whom = ["emulate", "--url", &url, "--id", version, "--version", version];
            super::command_line::ocpp(&[&whom[..], &ends].concat())
        });
        drop(ran.await.expect("it ends"));
        let heard = office.ca.heard.lock().expect("whole");
        assert_eq!(heard.contracts.len(), count + 1, "{version}: M01");
        assert_eq!(heard.contracts[count].action, EvCertificateAction::Install);
    }
}
