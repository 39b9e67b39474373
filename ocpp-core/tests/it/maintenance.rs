//! Firmware, logs, security events and certificates: from one end to the other and back, in every version.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use ocpp_core::dialect::{Manager, Memory, Reply, Station};
use ocpp_core::model::*;
use ocpp_core::types::Version;

const VERSIONS: [Version; 3] = [Version::V16, Version::V201, Version::V21];
const TWO: [Version; 2] = [Version::V201, Version::V21];
const AT: &str = "2026-03-02T08:00:00Z";

fn at() -> jiff::Timestamp {
    AT.parse().unwrap()
}

fn payload(reply: Reply) -> String {
    match reply {
        Reply::Payload(payload) => payload,
        Reply::NotSupported(why) => panic!("not supported: {why}"),
        Reply::Unsayable(cannot) => panic!("{cannot}"),
    }
}

/// The manager orders, the station hears and answers, the manager hears the outcome.
fn ordered(version: Version, command: &Command, outcome: &Outcome) -> (Command, Outcome, Box<str>) {
    let mut manager = Manager::new(version);
    let mut station = Station::new(version, Memory::default());
    let said = manager.order(command).unwrap_or_else(|error| panic!("{version}: {error}"));
    let heard = station.hear(&said.action, &said.payload).unwrap();
    assert!(heard.findings.is_empty(), "{version}: {:?}", heard.findings);
    let answer = payload(station.answer(&said.action, &heard.meaning, outcome));
    let back = manager.hear_outcome(command, &said.action, &answer).unwrap();
    assert!(back.findings.is_empty(), "{version}: {answer} {:?}", back.findings);
    (heard.meaning, back.meaning, said.action)
}

/// The station reports, the manager hears and answers, the station hears the answer.
fn reported(version: Version, fact: &Fact, answer: &Answer) -> (Fact, Answer, Box<str>) {
    let mut manager = Manager::new(version);
    let mut station = Station::new(version, Memory::default());
    let said = station.say(fact).unwrap().unwrap_or_else(|| panic!("{version}: {fact:?}"));
    let heard = manager.hear(&said.action, &said.payload).unwrap();
    assert!(heard.findings.is_empty(), "{version}: {:?}", heard.findings);
    let answer = payload(manager.answer(&said.action, &heard.meaning, answer));
    let back = station.hear_answer(fact, &said.action, &answer).unwrap();
    assert!(back.findings.is_empty(), "{version}: {answer} {:?}", back.findings);
    (heard.meaning, back.meaning, said.action)
}

fn refused(version: Version, command: &Command) -> String {
    Manager::new(version).order(command).unwrap_err().to_string()
}

fn signed_update() -> FirmwareUpdate {
    FirmwareUpdate {
        request: Some(7),
        location: "http://192.0.2.9/f/abc".into(),
        retrieve_at: at(),
        install_at: Some("2026-03-02T22:00:00Z".parse().unwrap()),
        signature: Some(FirmwareSignature { certificate: "PEM".into(), signature: "c2ln".into() }),
        retries: Some(3),
        retry_interval_s: Some(60),
    }
}

fn hash() -> CertificateHash {
    CertificateHash {
        algorithm: HashAlgorithm::Sha256,
        issuer_name: "a1".into(),
        issuer_key: "b2".into(),
        serial: "3c".into(),
    }
}

fn cause() -> Cause {
    Cause { code: "InternalError".into(), text: Some("the flash is full".into()) }
}

#[test]
fn an_update_of_firmware_is_understood_in_every_version() {
    let command = Command::UpdateFirmware(signed_update());
    for version in VERSIONS {
        for verdict in FirmwareVerdict::ALL {
            let outcome = Outcome::Firmware { verdict: *verdict, cause: None };
            let (heard, back, action) = ordered(version, &command, &outcome);
            assert_eq!((heard, back), (command.clone(), outcome), "{version}");
            let signed = if version == Version::V16 { "SignedUpdateFirmware" } else { "UpdateFirmware" };
            assert_eq!(&*action, signed);
        }
    }
    let explained = Outcome::Firmware { verdict: FirmwareVerdict::Rejected, cause: Some(cause()) };
    for version in TWO {
        assert_eq!(ordered(version, &command, &explained).1, explained);
    }
}

#[test]
fn a_plain_update_of_1_6_is_only_taken_note_of() {
    let update = FirmwareUpdate { request: Some(7), install_at: None, signature: None, ..signed_update() };
    let command = Command::UpdateFirmware(update.clone());
    let rejected = Outcome::Firmware { verdict: FirmwareVerdict::Rejected, cause: None };
    let (heard, back, action) = ordered(Version::V16, &command, &rejected);
    assert_eq!(&*action, "UpdateFirmware");
    assert_eq!(heard, Command::UpdateFirmware(FirmwareUpdate { request: None, ..update.clone() }));
    assert_eq!(back, Outcome::Firmware { verdict: FirmwareVerdict::Accepted, cause: None });

    let later = FirmwareUpdate { install_at: Some(at()), ..update.clone() };
    let sentence = refused(Version::V16, &Command::UpdateFirmware(later));
    assert!(sentence.contains("leave the time out, or sign it"), "{sentence}");
    let unnumbered = FirmwareUpdate { request: None, ..update };
    let sentence = refused(Version::V201, &Command::UpdateFirmware(unnumbered));
    assert!(sentence.contains("without a number"), "{sentence}");
}

#[test]
fn the_course_of_an_update_is_the_same_in_every_version() {
    for version in VERSIONS {
        for stage in FirmwareStage::ALL {
            let progress = FirmwareProgress { request: Some(7), stage: *stage, cause: None };
            let fact = Fact::Firmware(progress);
            assert_eq!(reported(version, &fact, &Answer::Noted).0, fact, "{version}");
        }
    }
    let why =
        FirmwareProgress { request: Some(7), stage: FirmwareStage::InstallationFailed, cause: Some(cause()) };
    let fact = Fact::Firmware(why.clone());
    assert_eq!(reported(Version::V21, &fact, &Answer::Noted).0, fact, "2.1 tells why");
    let unexplained = Fact::Firmware(FirmwareProgress { cause: None, ..why });
    assert_eq!(reported(Version::V201, &fact, &Answer::Noted).0, unexplained, "2.0.1 does not");
}

#[test]
fn without_a_number_1_6_says_what_it_has_words_for() {
    let mut said = Vec::new();
    for stage in FirmwareStage::ALL {
        let fact = Fact::Firmware(FirmwareProgress { request: None, stage: *stage, cause: None });
        if let Some(call) = Station::new(Version::V16, Memory::default()).say(&fact).unwrap() {
            assert_eq!(&*call.action, "FirmwareStatusNotification");
            let heard = Manager::new(Version::V16).hear(&call.action, &call.payload).unwrap().meaning;
            let Fact::Firmware(heard) = heard else { panic!("{heard:?}") };
            said.push((*stage, heard.stage));
        }
    }
    use FirmwareStage::*;
    let same = [Idle, Downloading, Downloaded, DownloadFailed, Installing, Installed, InstallationFailed];
    for (stage, heard) in &said {
        let expected = if same.contains(stage) { *stage } else { InstallationFailed };
        assert_eq!(*heard, expected);
    }
    assert_eq!(said.len(), same.len() + 2, "InvalidSignature and InstallVerificationFailed are failures");
}

#[test]
fn a_status_that_nobody_knows_is_passed_on_as_it_stands() {
    let payload = r#"{"status":"Meditating","requestId":7}"#;
    for version in TWO {
        for action in ["FirmwareStatusNotification", "LogStatusNotification"] {
            let heard = Manager::new(version).hear(action, payload).unwrap();
            let expected = Fact::Unmapped { action: action.into(), payload: payload.into() };
            assert_eq!(heard.meaning, expected);
            assert!(!heard.findings.is_empty(), "it is found, too");
        }
    }
}

#[test]
fn a_local_controller_offers_firmware_in_2_x_only() {
    let publish = Command::PublishFirmware(FirmwarePublication {
        request: 9,
        location: "http://192.0.2.9/f/abc".into(),
        checksum: "d41d8cd98f00b204e9800998ecf8427e".into(),
        retries: Some(1),
        retry_interval_s: None,
    });
    let unpublish = Command::UnpublishFirmware { checksum: "d41d8cd98f00b204e9800998ecf8427e".into() };
    for version in TWO {
        let taken = Outcome::Verdict(Verdict::Accepted);
        let (heard, back, _) = ordered(version, &publish, &taken);
        assert_eq!((heard, back), (publish.clone(), taken));
        for verdict in UnpublishVerdict::ALL {
            let outcome = Outcome::Unpublish(*verdict);
            let (heard, back, _) = ordered(version, &unpublish, &outcome);
            assert_eq!((heard, back), (unpublish.clone(), outcome));
        }
        for stage in PublicationStage::ALL {
            let published = *stage == PublicationStage::Published;
            let fact = Fact::Publication(PublicationProgress {
                request: Some(9),
                stage: *stage,
                locations: if published { vec!["http://10.0.0.1/fw".into()] } else { Vec::new() },
                cause: None,
            });
            assert_eq!(reported(version, &fact, &Answer::Noted).0, fact);
        }
    }
    assert!(refused(Version::V16, &publish).contains("let each station fetch it itself"));
    let crooked = Command::UnpublishFirmware { checksum: "d41d8cd98f00b204e9800998ecf8427é".into() };
    assert!(refused(Version::V201, &crooked).contains("no MD5"));
}

fn log_order(request: Option<i64>, log: LogKind) -> LogOrder {
    LogOrder {
        request,
        log,
        location: "http://192.0.2.9/u/abc".into(),
        from: Some(at()),
        until: None,
        retries: Some(2),
        retry_interval_s: Some(30),
    }
}

#[test]
fn a_log_is_ordered_in_every_version() {
    for version in VERSIONS {
        for log in [LogKind::Diagnostics, LogKind::Security] {
            let command = Command::GetLog(log_order(Some(3), log));
            for verdict in LogVerdict::ALL {
                let outcome = Outcome::Log { verdict: *verdict, file: Some("log.txt".into()), cause: None };
                let (heard, back, action) = ordered(version, &command, &outcome);
                assert_eq!((heard, back), (command.clone(), outcome));
                assert_eq!(&*action, "GetLog");
            }
        }
    }
    let collected = Command::GetLog(log_order(Some(3), LogKind::DataCollector));
    let outcome = Outcome::Log { verdict: LogVerdict::Accepted, file: None, cause: None };
    assert_eq!(ordered(Version::V21, &collected, &outcome).0, collected);
    for version in [Version::V16, Version::V201] {
        assert!(refused(version, &collected).contains("ask for its diagnostics"));
    }
}

#[test]
fn diagnostics_of_1_6_have_no_number() {
    let command = Command::GetLog(log_order(None, LogKind::Diagnostics));
    let outcome = Outcome::Log { verdict: LogVerdict::Accepted, file: Some("diag.zip".into()), cause: None };
    let (heard, back, action) = ordered(Version::V16, &command, &outcome);
    assert_eq!((heard, back, &*action), (command.clone(), outcome, "GetDiagnostics"));
    let nothing = Outcome::Log { verdict: LogVerdict::Rejected, file: None, cause: None };
    assert_eq!(ordered(Version::V16, &command, &nothing).1, nothing);
    let security = Command::GetLog(log_order(None, LogKind::Security));
    assert!(refused(Version::V16, &security).contains("without a number"));

    for (stage, heard_as) in [
        (LogStage::Idle, LogStage::Idle),
        (LogStage::Uploading, LogStage::Uploading),
        (LogStage::Uploaded, LogStage::Uploaded),
        (LogStage::PermissionDenied, LogStage::UploadFailure),
    ] {
        let fact = Fact::Log(LogProgress { request: None, stage, cause: None });
        let (heard, _, action) = reported(Version::V16, &fact, &Answer::Noted);
        assert_eq!(heard, Fact::Log(LogProgress { request: None, stage: heard_as, cause: None }));
        assert_eq!(&*action, "DiagnosticsStatusNotification");
    }
}

#[test]
fn the_course_of_an_upload_is_the_same_in_every_version() {
    for version in VERSIONS {
        for stage in LogStage::ALL {
            let fact = Fact::Log(LogProgress { request: Some(3), stage: *stage, cause: None });
            if version == Version::V16 && *stage == LogStage::AcceptedCanceled {
                assert_eq!(Station::new(version, Memory::default()).say(&fact), Ok(None), "no word for it");
                continue;
            }
            assert_eq!(reported(version, &fact, &Answer::Noted).0, fact, "{version}");
        }
    }
}

#[test]
fn security_events_are_heard_and_weighed() {
    for version in VERSIONS {
        let fact = Fact::Security(SecurityEvent {
            event: SecurityEventKind::TAMPER_DETECTION_ACTIVATED,
            at: at(),
            info: Some("door".into()),
        });
        assert_eq!(reported(version, &fact, &Answer::Noted).0, fact);
    }
    assert_eq!(SecurityEventKind::TAMPER_DETECTION_ACTIVATED.severity(), Severity::Critical);
    assert_eq!(SecurityEventKind::INVALID_MESSAGES.severity(), Severity::Notice);
    assert_eq!(SecurityEventKind::new("AcmeDoorOpened").severity(), Severity::Unlisted);
}

/// The specification's own list, where it is at hand.
#[test]
fn severities_are_those_of_the_specification() {
    let Ok(folder) = std::env::var("OCPP_OFFICIAL_SCHEMAS") else {
        eprintln!("not run: OCPP_OFFICIAL_SCHEMAS is not set");
        return;
    };
    for version in ["2.0.1", "2.1"] {
        let path = format!("{folder}/{version}/appendices/security_events.csv");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut seen = 0;
        for line in text.lines().skip(1) {
            let name = line.split(';').next().unwrap();
            let Some(critical) = line.rsplit(';').next().map(|word| word.trim() == "Yes") else { continue };
            let expected = if critical { Severity::Critical } else { Severity::Notice };
            assert_eq!(SecurityEventKind::new(name).severity(), expected, "{version}: {name}");
            seen += 1;
        }
        assert!(seen >= 20, "{version}: {seen}");
    }
}

#[test]
fn certificates_are_installed_listed_and_removed() {
    for version in VERSIONS {
        for usage in [CertificateUse::CsmsRoot, CertificateUse::ManufacturerRoot] {
            let install = Command::InstallCertificate(NewCertificate { usage, certificate: "PEM".into() });
            let list = Command::ListCertificates { uses: vec![usage] };
            for verdict in
                [CertificateVerdict::Accepted, CertificateVerdict::Rejected, CertificateVerdict::Failed]
            {
                let outcome = Outcome::Certificate { verdict, cause: None };
                let (heard, back, _) = ordered(version, &install, &outcome);
                assert_eq!((heard, back), (install.clone(), outcome));
            }
            let installed = InstalledCertificate { usage, hash: hash(), children: Vec::new() };
            for found in [vec![installed], Vec::new()] {
                let outcome = Outcome::Certificates(found);
                let (heard, back, _) = ordered(version, &list, &outcome);
                assert_eq!((heard, back), (list.clone(), outcome));
            }
        }
        let delete = Command::DeleteCertificate(hash());
        for verdict in
            [CertificateVerdict::Accepted, CertificateVerdict::NotFound, CertificateVerdict::Failed]
        {
            let outcome = Outcome::Certificate { verdict, cause: None };
            let (heard, back, _) = ordered(version, &delete, &outcome);
            assert_eq!((heard, back), (delete.clone(), outcome));
        }
    }
}

#[test]
fn each_version_refuses_the_uses_it_does_not_have() {
    let install = |usage| Command::InstallCertificate(NewCertificate { usage, certificate: "PEM".into() });
    assert!(refused(Version::V16, &install(CertificateUse::V2gRoot)).contains("csms_root"));
    assert!(refused(Version::V201, &install(CertificateUse::OemRoot)).contains("of this use"));
    assert!(refused(Version::V21, &install(CertificateUse::V2gChain)).contains("of this use"));
    assert!(Manager::new(Version::V21).order(&install(CertificateUse::OemRoot)).is_ok());
    let all = Command::ListCertificates { uses: Vec::new() };
    assert!(refused(Version::V16, &all).contains("one use at a time"));
    assert!(Manager::new(Version::V201).order(&all).is_ok());
    let chain = InstalledCertificate {
        usage: CertificateUse::V2gChain,
        hash: hash(),
        children: vec![hash(), hash()],
    };
    let outcome = Outcome::Certificates(vec![chain]);
    assert_eq!(ordered(Version::V201, &all, &outcome).1, outcome);
}

#[test]
fn a_certificate_is_wished_for_and_handed_over() {
    for version in VERSIONS {
        let plain = Fact::SignCertificate(SigningRequest {
            request: None,
            usage: None,
            csr: "CSR".into(),
            root: None,
        });
        for verdict in [Verdict::Accepted, Verdict::Rejected] {
            let answer = Answer::SignCertificate { verdict, cause: None };
            let (heard, back, _) = reported(version, &plain, &answer);
            assert_eq!((heard, back), (plain.clone(), answer));
        }
        let signed =
            Command::CertificateSigned(SignedCertificate { request: None, usage: None, chain: "PEM".into() });
        let outcome = Outcome::Certificate { verdict: CertificateVerdict::Rejected, cause: None };
        let (heard, back, _) = ordered(version, &signed, &outcome);
        assert_eq!((heard, back), (signed, outcome));
    }
    let numbered = SigningRequest {
        request: Some(4),
        usage: Some(SigningUse::V2g20),
        csr: "CSR".into(),
        root: Some(hash()),
    };
    let fact = Fact::SignCertificate(numbered);
    let answer = Answer::SignCertificate { verdict: Verdict::Rejected, cause: Some(cause()) };
    assert_eq!(reported(Version::V21, &fact, &answer), (fact, answer, "SignCertificate".into()));
    let handed = Command::CertificateSigned(SignedCertificate {
        request: Some(4),
        usage: Some(SigningUse::V2g),
        chain: "PEM".into(),
    });
    assert!(refused(Version::V201, &handed).contains("leave it out"));
    assert!(refused(Version::V16, &handed).contains("towards vehicles"));
    assert!(Manager::new(Version::V21).order(&handed).is_ok());
}

#[test]
fn vehicles_get_certificates_in_2_x() {
    for version in TWO {
        let fact = Fact::EvCertificate(EvCertificateRequest {
            schema: "urn:iso:15118:2:2013:MsgDef".into(),
            action: EvCertificateAction::Update,
            exi: "RVhJ".into(),
            max_chains: (version == Version::V21).then_some(2),
            first: if version == Version::V21 { vec!["DE8AA1".into()] } else { Vec::new() },
        });
        for failure in [None, Some(cause())] {
            let remaining = (version == Version::V21).then_some(1);
            let answer = Answer::EvCertificate(EvCertificate { exi: "RVhJ".into(), remaining, failure });
            let (heard, back, _) = reported(version, &fact, &answer);
            assert_eq!((heard, back), (fact.clone(), answer));
        }
        let fact =
            Fact::OcspStatus(OcspQuestion { certificate: hash(), responder: "http://ocsp.example/".into() });
        for answer in [OcspAnswer::Response("REVS".into()), OcspAnswer::Failed(Some(cause()))] {
            let answer = Answer::OcspStatus(answer);
            let (heard, back, _) = reported(version, &fact, &answer);
            assert_eq!((heard, back), (fact.clone(), answer));
        }
    }
    for version in TWO {
        let question = OcspQuestion { certificate: hash(), responder: "http://ocsp.example/".into() };
        for (chain, questions) in [(Some("PEM".into()), Vec::new()), (None, vec![question])] {
            let contract = Box::new(Contract { chain, questions });
            let id_token = IdToken::new("DE8AA1A2B3C4D5", TokenKind::EMAID);
            let fact = Fact::AuthorizeContract { id_token, contract };
            let word = Authorization::of(AuthorizationStatus::Invalid);
            let answer = Answer::AuthorizeContract { word, contract: ContractVerdict::CertificateRevoked };
            let (heard, back, _) = reported(version, &fact, &answer);
            assert_eq!((heard, back), (fact.clone(), answer));
            assert_eq!(Station::new(Version::V16, Memory::default()).say(&fact), Ok(None));
        }
    }
    let fact = Fact::Revocation(vec![RevocationQuestion {
        certificate: hash(),
        source: RevocationSource::Crl,
        urls: vec!["http://crl.example/".into()],
    }]);
    let answer = Answer::Revocation(vec![Revocation {
        certificate: hash(),
        source: RevocationSource::Crl,
        status: RevocationStatus::Revoked,
        next_update: at(),
    }]);
    let (heard, back, _) = reported(Version::V21, &fact, &answer);
    assert_eq!((heard, back), (fact.clone(), answer));
    assert_eq!(Station::new(Version::V201, Memory::default()).say(&fact), Ok(None));
}

#[test]
fn nobody_who_signs_refuses_in_words() {
    for version in VERSIONS {
        let wish = SigningRequest { request: None, usage: None, csr: "CSR".into(), root: None };
        let (_, back, _) = reported(version, &Fact::SignCertificate(wish), &Answer::Noted);
        assert_eq!(back, Answer::SignCertificate { verdict: Verdict::Rejected, cause: None });
    }
}

/// What REST, the command line and the database show.
#[test]
fn the_json_form_reads_well() {
    let command = Command::GetLog(log_order(Some(3), LogKind::Security));
    let json = serde_json::to_value(&command).unwrap();
    assert_eq!(
        json,
        serde_json::json!({"get_log": {
            "request": 3, "log": "security", "location": "http://192.0.2.9/u/abc",
            "from": "2026-03-02T08:00:00Z", "until": null, "retries": 2, "retry_interval_s": 30
        }})
    );
    let short = serde_json::json!({"get_log": {
        "log": "diagnostics", "location": "http://192.0.2.9/u/abc"
    }});
    let command: Command = serde_json::from_value(short).unwrap();
    assert!(matches!(command, Command::GetLog(LogOrder { request: None, retries: None, .. })));
    let update = serde_json::json!({"update_firmware": {
        "location": "http://192.0.2.9/f", "retrieve_at": AT
    }});
    assert!(serde_json::from_value::<Command>(update).is_ok());
}
