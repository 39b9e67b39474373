//! Certificates over an authority of the test: A02, A03 and block M.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ocpp_core::model::*;
use ocpp_core::types::Version;
use ocpp_server::Csms;
use ocpp_server::access::Pepper;
use ocpp_server::domain::{Signing, SigningState};
use ocpp_server::handle::{CertificateAuthority, NotSigned};
use ocpp_server::maintenance::{Upkeep, UpkeepSettings};
use ocpp_server::store::{Memory, Store};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{Says, Station, VERSIONS, id, next_order, pass, upkeep_of};
use crate::world::{VirtualClock, attended};

/// An authority that signs whatever it is told to sign.
#[derive(Clone, Default)]
struct Ca(Arc<Mutex<Mood>>);

#[derive(Default)]
struct Mood {
    /// How often it cannot sign at this moment.
    later: u32,
    refuses: bool,
    signed: u32,
}

#[async_trait]
impl CertificateAuthority for Ca {
    async fn takes(&self, _: &StationId, wish: &SigningRequest) -> Result<(), Cause> {
        if wish.csr.starts_with("CSR") {
            return Ok(());
        }
        Err(Cause { code: "InvalidCSR".into(), text: None })
    }

    async fn sign(&self, station: &StationId, wish: &SigningRequest) -> Result<String, NotSigned> {
        let mut mood = self.0.lock().unwrap();
        if mood.refuses {
            return Err(NotSigned::Refused("the key is too short".to_owned()));
        }
        if mood.later > 0 {
            mood.later -= 1;
            return Err(NotSigned::Later("the vault is closed".to_owned()));
        }
        mood.signed += 1;
        Ok(format!("CHAIN for {station} of {}", wish.csr))
    }

    async fn ev_certificate(&self, _: &StationId, request: &EvCertificateRequest) -> Option<EvCertificate> {
        Some(EvCertificate { exi: format!("re:{}", request.exi).into(), remaining: None, failure: None })
    }

    async fn ocsp(&self, _: &StationId, question: &OcspQuestion) -> Option<OcspAnswer> {
        Some(match &*question.certificate.serial {
            "bad" => OcspAnswer::Failed(None),
            _ => OcspAnswer::Response("T0NTUA==".into()),
        })
    }

    async fn revocation(&self, _: &StationId, question: &RevocationQuestion) -> RevocationStatus {
        if &*question.certificate.serial == "dead" {
            RevocationStatus::Revoked
        } else {
            RevocationStatus::Good
        }
    }
}

struct Office {
    csms: Csms,
    upkeep: Upkeep,
    ca: Ca,
    station: Station,
    store: Arc<Memory>,
    clock: VirtualClock,
    _directory: tempfile::TempDir,
}

async fn office(version: Version) -> Office {
    let clock = VirtualClock::new("2026-03-02T08:00:00Z");
    let (store, ca) = (Arc::new(Memory::new()), Ca::default());
    let dynamic: Arc<dyn Store> = store.clone();
    let csms = Csms::builder_over(dynamic).clock(clock).certificates(ca.clone()).build().await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let pepper = Pepper::random().unwrap();
    let upkeep = upkeep_of(csms.clone(), &directory, pepper, UpkeepSettings::default());
    let (running, desk) = (upkeep.clone(), csms.desk().clone());
    tokio::spawn(async move { running.run(CancellationToken::new()).await });
    tokio::spawn(async move { desk.keep(&CancellationToken::new()).await });
    let station = attended(&csms, "CS1", version, clock).await;
    station.says("CertificateSigned", Says::Result(json!({"status": "Accepted"})));
    Office { csms, upkeep, ca, station, store, clock, _directory: directory }
}

impl Office {
    async fn wishes(&self, wish: Value) -> Value {
        self.station.call("SignCertificate", wish).await.unwrap()
    }

    async fn signings(&self) -> Vec<Signing> {
        self.upkeep.signings_of(&id("CS1")).await.unwrap()
    }

    async fn newest_in(&self, state: &str) -> Signing {
        for _ in 0..2000 {
            if let Some(newest) = self.signings().await.into_iter().next()
                && newest.state.name() == state
            {
                return newest;
            }
            pass(1).await;
        }
        panic!("never {state}: {:?}", self.signings().await);
    }
}

/// Triggered, asked, signed, handed over and used.
async fn renews(version: Version, trigger: TriggerKind, usage: Option<&str>) {
    let office = office(version).await;
    let action = if version == Version::V16 { "ExtendedTriggerMessage" } else { "TriggerMessage" };
    office.station.says(action, Says::Result(json!({"status": "Accepted"})));
    let order = Command::Trigger { message: trigger, place: None };
    let said = office.csms.commands().order(&id("CS1"), &order).await.unwrap();
    assert_eq!(said, Outcome::Verdict(Verdict::Accepted));
    let mut wish = json!({"csr": "CSR 1"});
    if let Some(usage) = usage {
        wish["certificateType"] = json!(usage);
    }
    assert_eq!(office.wishes(wish).await["status"], "Accepted", "A02.FR.04");
    let handed = next_order(&office.station, "CertificateSigned", 0).await;
    assert_eq!(handed["certificateChain"], "CHAIN for CS1 of CSR 1");
    assert_eq!(handed.get("certificateType").and_then(Value::as_str), usage);
    let signing = office.newest_in("used").await;
    assert_eq!(signing.wish.usage.map(SigningUse::as_str), usage);
    pass(600).await;
    assert_eq!(office.station.orders("CertificateSigned").len(), 1, "it is handed over once");
}

#[tokio::test(start_paused = true)]
async fn tc_a_11_csms() {
    renews(Version::V201, TriggerKind::StationCertificate, Some("ChargingStationCertificate")).await;
    renews(Version::V16, TriggerKind::StationCertificate, None).await;
}

#[tokio::test(start_paused = true)]
async fn tc_a_12_csms() {
    renews(Version::V201, TriggerKind::Other("SignV2GCertificate".into()), Some("V2GCertificate")).await;
}

#[tokio::test(start_paused = true)]
async fn tc_a_13_csms() {
    renews(Version::V201, TriggerKind::Other("SignCombinedCertificate".into()), None).await;
}

/// The station refuses the certificate that it is handed.
#[tokio::test(start_paused = true)]
async fn tc_a_14_csms() {
    let office = office(Version::V201).await;
    office.station.says("CertificateSigned", Says::Result(json!({"status": "Rejected"})));
    let wish = json!({"csr": "CSR 1", "certificateType": "ChargingStationCertificate"});
    assert_eq!(office.wishes(wish).await["status"], "Accepted");
    let signing = office.newest_in("failed").await;
    let why = "the station refused the certificate".to_owned();
    assert_eq!(signing.state, SigningState::Failed { why });
    pass(3600).await;
    assert_eq!(office.station.orders("CertificateSigned").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_number_of_a_wish_is_repeated_in_2_1() {
    let office = office(Version::V21).await;
    office.wishes(json!({"csr": "CSR 1", "requestId": 41})).await;
    let handed = next_order(&office.station, "CertificateSigned", 0).await;
    assert_eq!(handed["requestId"], 41);
}

#[tokio::test(start_paused = true)]
async fn a_wish_that_is_not_valid_is_refused_at_once() {
    for version in VERSIONS {
        let office = office(version).await;
        let answer = office.wishes(json!({"csr": "nonsense"})).await;
        assert_eq!(answer["status"], "Rejected");
        if version.is_2x() {
            assert_eq!(answer["statusInfo"]["reasonCode"], "InvalidCSR");
        }
        assert!(office.signings().await.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn an_authority_that_is_closed_is_asked_again() {
    let office = office(Version::V201).await;
    office.ca.0.lock().unwrap().later = 3;
    office.wishes(json!({"csr": "CSR 1"})).await;
    let signing = office.newest_in("used").await;
    assert_eq!(office.ca.0.lock().unwrap().signed, 1);
    let took = office.csms.now().duration_since(signing.asked_at).as_secs();
    assert!((70..120).contains(&took), "pauses grow: 10, 20 and 40 s, not {took} s");

    office.ca.0.lock().unwrap().refuses = true;
    office.wishes(json!({"csr": "CSR 2"})).await;
    let signing = office.newest_in("failed").await;
    let why = "the authority refused it: it is not signed: the key is too short".to_owned();
    let SigningState::Failed { why: told } = signing.state else { panic!() };
    assert!(told.contains("the key is too short"), "{told} / {why}");
}

/// A station that waits in vain asks again (A02.FR.18); another wish takes the place of the one before.
#[tokio::test(start_paused = true)]
async fn the_same_wish_again_is_one_and_another_takes_its_place() {
    let office = office(Version::V201).await;
    office.ca.0.lock().unwrap().later = 2;
    office.wishes(json!({"csr": "CSR 1"})).await;
    pass(5).await;
    office.wishes(json!({"csr": "CSR 1"})).await;
    pass(1).await;
    assert_eq!(office.signings().await.len(), 1);
    office.wishes(json!({"csr": "CSR 2"})).await;
    let signing = office.newest_in("used").await;
    assert_eq!(&*signing.wish.csr, "CSR 2");
    let before = office.signings().await.pop().unwrap();
    assert!(matches!(before.state, SigningState::Superseded | SigningState::Used { .. }), "{before:?}");
    let chains = office.station.orders("CertificateSigned");
    assert_eq!(chains.last().unwrap()["certificateChain"], "CHAIN for CS1 of CSR 2");
}

/// The station is gone when its certificate is signed: it gets it when it comes back.
#[tokio::test(start_paused = true)]
async fn a_certificate_waits_for_its_station() {
    let office = office(Version::V201).await;
    office.ca.0.lock().unwrap().later = 1;
    office.wishes(json!({"csr": "CSR 1"})).await;
    office.station.hang_up();
    pass(3600).await;
    assert_eq!(office.newest_in("signed").await.state.name(), "signed");
    let station = attended(&office.csms, "CS1", Version::V201, office.clock).await;
    station.says("CertificateSigned", Says::Result(json!({"status": "Accepted"})));
    let handed = next_order(&station, "CertificateSigned", 0).await;
    assert_eq!(handed["certificateChain"], "CHAIN for CS1 of CSR 1");
    office.newest_in("used").await;
}

#[tokio::test(start_paused = true)]
async fn many_wishes_keep_the_latest() {
    let office = office(Version::V201).await;
    for number in 0..30 {
        office.wishes(json!({"csr": format!("CSR {number}")})).await;
        office.newest_in("used").await;
        pass(5).await;
    }
    assert_eq!(office.signings().await.len(), 20);
    let _ = &office.store;
}

async fn installs(usage: CertificateUse, status: &str) -> Outcome {
    let office = office(Version::V201).await;
    office.station.says("InstallCertificate", Says::Result(json!({"status": status})));
    let order = Command::InstallCertificate(NewCertificate { usage, certificate: "PEM".into() });
    let said = office.csms.commands().order(&id("CS1"), &order).await.unwrap();
    let heard = office.station.orders("InstallCertificate").pop().unwrap();
    assert_eq!(heard, json!({"certificateType": usage.as_str(), "certificate": "PEM"}), "M05.FR.01");
    said
}

fn word(verdict: CertificateVerdict) -> Outcome {
    Outcome::Certificate { verdict, cause: None }
}

#[tokio::test(start_paused = true)]
async fn tc_m_01_csms() {
    assert_eq!(installs(CertificateUse::CsmsRoot, "Accepted").await, word(CertificateVerdict::Accepted));
}

#[tokio::test(start_paused = true)]
async fn tc_m_02_csms() {
    let said = installs(CertificateUse::ManufacturerRoot, "Accepted").await;
    assert_eq!(said, word(CertificateVerdict::Accepted));
}

#[tokio::test(start_paused = true)]
async fn tc_m_03_csms() {
    assert_eq!(installs(CertificateUse::V2gRoot, "Accepted").await, word(CertificateVerdict::Accepted));
}

#[tokio::test(start_paused = true)]
async fn tc_m_04_csms() {
    assert_eq!(installs(CertificateUse::MoRoot, "Accepted").await, word(CertificateVerdict::Accepted));
}

#[tokio::test(start_paused = true)]
async fn tc_m_05_csms() {
    assert_eq!(installs(CertificateUse::CsmsRoot, "Failed").await, word(CertificateVerdict::Failed));
}

fn hash_json(serial: &str) -> Value {
    json!({"hashAlgorithm": "SHA256", "issuerNameHash": "a1", "issuerKeyHash": "b2", "serialNumber": serial})
}

fn hash(serial: &str) -> CertificateHash {
    CertificateHash {
        algorithm: HashAlgorithm::Sha256,
        issuer_name: "a1".into(),
        issuer_key: "b2".into(),
        serial: serial.into(),
    }
}

async fn lists(uses: &[CertificateUse], found: &[CertificateUse]) {
    let office = office(Version::V201).await;
    let chains: Vec<Value> = found
        .iter()
        .map(|usage| json!({"certificateType": usage.as_str(), "certificateHashData": hash_json("1")}))
        .collect();
    let answer = if chains.is_empty() {
        json!({"status": "NotFound"})
    } else {
        json!({"status": "Accepted", "certificateHashDataChain": chains})
    };
    office.station.says("GetInstalledCertificateIds", Says::Result(answer));
    let order = Command::ListCertificates { uses: uses.to_vec() };
    let said = office.csms.commands().order(&id("CS1"), &order).await.unwrap();
    let heard = office.station.orders("GetInstalledCertificateIds").pop().unwrap();
    let words: Vec<&str> = uses.iter().map(|usage| usage.as_str()).collect();
    let expected = if words.is_empty() { json!({}) } else { json!({"certificateType": words}) };
    assert_eq!(heard, expected, "M03.FR.01");
    let installed = found.iter().map(|usage| InstalledCertificate {
        usage: *usage,
        hash: hash("1"),
        children: Vec::new(),
    });
    assert_eq!(said, Outcome::Certificates(installed.collect()));
}

#[tokio::test(start_paused = true)]
async fn tc_m_12_csms() {
    lists(&[CertificateUse::CsmsRoot], &[CertificateUse::CsmsRoot]).await;
}

#[tokio::test(start_paused = true)]
async fn tc_m_13_csms() {
    lists(&[CertificateUse::ManufacturerRoot], &[CertificateUse::ManufacturerRoot]).await;
}

#[tokio::test(start_paused = true)]
async fn tc_m_14_csms() {
    lists(&[CertificateUse::V2gRoot], &[CertificateUse::V2gRoot]).await;
}

#[tokio::test(start_paused = true)]
async fn tc_m_15_csms() {
    lists(&[CertificateUse::V2gChain], &[CertificateUse::V2gChain]).await;
}

#[tokio::test(start_paused = true)]
async fn tc_m_16_csms() {
    lists(&[CertificateUse::MoRoot], &[CertificateUse::MoRoot]).await;
}

#[tokio::test(start_paused = true)]
async fn tc_m_17_csms() {
    let both = [CertificateUse::CsmsRoot, CertificateUse::ManufacturerRoot];
    lists(&both, &both).await;
}

#[tokio::test(start_paused = true)]
async fn tc_m_18_csms() {
    let all = [
        CertificateUse::V2gRoot,
        CertificateUse::MoRoot,
        CertificateUse::CsmsRoot,
        CertificateUse::V2gChain,
        CertificateUse::ManufacturerRoot,
    ];
    lists(&[], &all).await;
}

#[tokio::test(start_paused = true)]
async fn tc_m_19_csms() {
    lists(&[CertificateUse::MoRoot], &[]).await;
}

#[tokio::test(start_paused = true)]
async fn the_list_of_a_station_is_read_and_kept() {
    for version in VERSIONS {
        let office = office(version).await;
        let answer = if version == Version::V16 {
            json!({"status": "Accepted", "certificateHashData": [hash_json("1")]})
        } else {
            json!({"status": "Accepted", "certificateHashDataChain": [
                {"certificateType": "CSMSRootCertificate", "certificateHashData": hash_json("1")},
                {"certificateType": "ManufacturerRootCertificate", "certificateHashData": hash_json("1")},
            ]})
        };
        office.station.says("GetInstalledCertificateIds", Says::Result(answer));
        for _ in 0..2 {
            let list = office.upkeep.read_certificates(&id("CS1"), "anna").await.unwrap();
            let uses: Vec<_> = list.installed.iter().map(|installed| installed.usage).collect();
            assert_eq!(uses, [CertificateUse::CsmsRoot, CertificateUse::ManufacturerRoot], "{version}");
        }
    }
}

async fn deletes(status: &str) -> Outcome {
    let office = office(Version::V201).await;
    office.station.says("DeleteCertificate", Says::Result(json!({"status": status})));
    let order = Command::DeleteCertificate(hash("7f"));
    let said = office.csms.commands().order(&id("CS1"), &order).await.unwrap();
    let heard = office.station.orders("DeleteCertificate").pop().unwrap();
    assert_eq!(heard, json!({"certificateHashData": hash_json("7f")}), "M04.FR.07");
    said
}

#[tokio::test(start_paused = true)]
async fn tc_m_20_csms() {
    assert_eq!(deletes("Accepted").await, word(CertificateVerdict::Accepted));
}

#[tokio::test(start_paused = true)]
async fn tc_m_21_csms() {
    assert_eq!(deletes("Failed").await, word(CertificateVerdict::Failed));
    assert_eq!(deletes("NotFound").await, word(CertificateVerdict::NotFound));
}

#[tokio::test(start_paused = true)]
async fn tc_m_24_csms() {
    let office = office(Version::V201).await;
    let mut question = hash_json("1");
    question["responderURL"] = json!("http://ocsp.example");
    let ask = json!({"ocspRequestData": question});
    let answer = office.station.call("GetCertificateStatus", ask).await.unwrap();
    assert_eq!(answer, json!({"status": "Accepted", "ocspResult": "T0NTUA=="}));
    let mut question = hash_json("bad");
    question["responderURL"] = json!("http://ocsp.example");
    let ask = json!({"ocspRequestData": question});
    let answer = office.station.call("GetCertificateStatus", ask).await.unwrap();
    assert_eq!(answer, json!({"status": "Failed"}), "M06.FR.04");
}

async fn vehicle(action: &str) {
    for version in [Version::V201, Version::V21] {
        let office = office(version).await;
        let ask = json!({"iso15118SchemaVersion": "urn:iso:15118:2:2013:MsgDef", "action": action, "exiRequest": "RVhJ"});
        let answer = office.station.call("Get15118EVCertificate", ask).await.unwrap();
        assert_eq!(answer, json!({"status": "Accepted", "exiResponse": "re:RVhJ"}));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_m_26_csms() {
    vehicle("Install").await;
}

#[tokio::test(start_paused = true)]
async fn tc_m_28_csms() {
    vehicle("Update").await;
}

#[tokio::test(start_paused = true)]
async fn revocations_are_told_in_2_1() {
    let office = office(Version::V21).await;
    let ask = |serial: &str| json!({"certificateHashData": hash_json(serial), "source": "CRL", "urls": ["http://crl.example"]});
    let question = json!({"certificateStatusRequests": [ask("1"), ask("dead")]});
    let answer = office.station.call("GetCertificateChainStatus", question).await.unwrap();
    let statuses: Vec<_> =
        answer["certificateStatus"].as_array().unwrap().iter().map(|found| found["status"].clone()).collect();
    assert_eq!(statuses, [json!("Good"), json!("Revoked")]);
}

/// Without an authority every question has an honest answer.
#[tokio::test(start_paused = true)]
async fn nobody_who_signs_says_so() {
    let world = crate::world::World::new().await;
    let station = world.connect("CS1", Version::V201).await;
    let answer = station.call("SignCertificate", json!({"csr": "CSR"})).await.unwrap();
    assert_eq!(answer["status"], "Rejected");
    assert_eq!(answer["statusInfo"]["additionalInfo"], "nobody here signs certificates");
    let mut question = hash_json("1");
    question["responderURL"] = json!("http://ocsp.example");
    let asked = station.call("GetCertificateStatus", json!({"ocspRequestData": question})).await;
    assert!(asked.unwrap_err().contains("NotSupported"));
}
