//! Groups, master passes and contracts (C07, C09, C12, C13, C16), by the ids of their test cases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ocpp_core::model::{Contract, ContractVerdict, IdToken, StationId};
use ocpp_core::types::Version;
use ocpp_server::Csms;
use ocpp_server::domain::SessionStatus;
use ocpp_server::handle::{Authorizer, CertificateAuthority, KnownTokens};
use ocpp_server::register::TokenForm;
use ocpp_server::store::Memory;
use serde_json::{Value, json};

use crate::world::station::{Charge, Station};
use crate::world::{VirtualClock, World, attended, pass};

const VERSIONS: [Version; 2] = [Version::V201, Version::V21];

async fn of_group(world: &World, token: &str, group: &str) {
    let form = TokenForm { group: Some(group.to_owned()), ..TokenForm::default() };
    world.register().add_token(token, form).await.unwrap();
}

/// A report with a token within a transaction that was begun by another message.
async fn tap(station: &Station, charge: &mut Charge, kind: &str, trigger: &str, token: &str) -> Value {
    pass(1).await;
    charge.seq += 1;
    let mut event = json!({
        "eventType": kind, "triggerReason": trigger, "seqNo": charge.seq, "timestamp": station.now(),
        "transactionInfo": {"transactionId": charge.name}, "idToken": {"idToken": token, "type": "ISO14443"}
    });
    if kind == "Ended" {
        event["transactionInfo"]["stoppedReason"] = json!("MasterPass");
    }
    let answer = station.call("TransactionEvent", event).await.unwrap();
    answer["idTokenInfo"].clone()
}

fn is_of(word: &Value, group: &str) -> bool {
    word["status"] == "Accepted" && word["groupIdToken"]["idToken"] == group
}

#[tokio::test(start_paused = true)]
async fn tc_c_08_csms_and_tc_c_20_csms_a_token_from_the_cache_is_judged_again() {
    for version in VERSIONS {
        for (token, status) in [("CARD", "Accepted"), ("NOBODY", "Invalid")] {
            let world = World::new().await;
            let station = world.connect("CS1", version).await;
            let mut charge = station.try_start(1, None, 0).await.unwrap();
            let word = tap(&station, &mut charge, "Updated", "Authorized", token).await;
            assert_eq!(word["status"], status, "{version}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn tc_c_39_csms_tc_c_40_csms_and_tc_c_43_csms_one_of_a_group_ends_what_another_began() {
    for version in VERSIONS {
        for asks in [true, false] {
            let world = World::new().await;
            of_group(&world, "HERS", "FAMILY").await;
            of_group(&world, "HIS", "FAMILY").await;
            let station = world.connect("CS1", version).await;
            if asks {
                assert!(is_of(&station.authorize("HIS").await, "FAMILY"), "{version}");
            }
            let mut charge = station.try_start(1, Some("HERS"), 0).await.unwrap();
            assert!(is_of(&charge.answer["idTokenInfo"], "FAMILY"), "{version}: {}", charge.answer);
            if asks {
                assert!(is_of(&station.authorize("HIS").await, "FAMILY"), "{version}");
            }
            let word = tap(&station, &mut charge, "Updated", "StopAuthorized", "HIS").await;
            assert!(is_of(&word, "FAMILY"), "{version}: {word}");
            station.stop(&mut charge, 100).await;
            let session = world.session(1).await;
            assert_eq!(session.status, SessionStatus::Completed);
            assert_eq!(session.id_token.map(|token| token.canonical().to_string()), Some("HERS".to_owned()));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn tc_c_47_csms_tc_c_48_csms_and_tc_c_49_csms_a_master_pass_ends_the_sessions_of_others() {
    for version in VERSIONS {
        for ended in [&[0, 1][..], &[1]] {
            let world = World::new().await;
            of_group(&world, "GUARD", "MASTER").await;
            let station = world.connect("CS1", version).await;
            let mut charges = [station.start(1, "CARD", 0).await, station.start(2, "CARD", 0).await];
            assert!(is_of(&station.authorize("GUARD").await, "MASTER"), "{version}");
            for &which in ended {
                let word = tap(&station, &mut charges[which], "Ended", "StopAuthorized", "GUARD").await;
                assert!(is_of(&word, "MASTER"), "{version}: {word}");
            }
            let sessions = world.sessions(Some(SessionStatus::Completed)).await;
            assert_eq!(sessions.len(), ended.len(), "{version}");
            for session in sessions {
                assert_eq!(
                    session.id_token.map(|token| token.canonical().to_string()),
                    Some("CARD".to_owned())
                );
                assert_eq!(
                    session.stop_reason.map(|reason| reason.as_str().to_owned()),
                    Some("MasterPass".to_owned())
                );
            }
        }
    }
}

/// Judges every contract the same way, after a while.
struct Judge {
    verdict: ContractVerdict,
    takes: Duration,
    asked_of: ContractForm,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ContractForm {
    Hashes,
    Chain,
}

#[async_trait]
impl CertificateAuthority for Judge {
    async fn contract(&self, _: &StationId, token: &IdToken, contract: &Contract) -> ContractVerdict {
        assert_eq!(&*token.value, "DE8AA1A2B3C4D5");
        match self.asked_of {
            ContractForm::Hashes => {
                assert_eq!(contract.chain, None);
                assert_eq!(&*contract.questions[0].responder, "http://ocsp.example/");
            }
            ContractForm::Chain => assert_eq!(contract.chain.as_deref(), Some("the chain in PEM")),
        }
        tokio::time::sleep(self.takes).await;
        self.verdict
    }
}

async fn ask(version: Version, authority: Judge, tokens: impl Authorizer + 'static) -> Value {
    let form = authority.asked_of;
    let clock = VirtualClock::new("2026-03-02T08:00:00Z");
    let builder = Csms::builder_over(Arc::new(Memory::new())).clock(clock).authorizer(tokens);
    let csms = builder.certificates(authority).build().await.unwrap();
    let station = attended(&csms, "CS1", version, clock).await;
    let mut payload = json!({"idToken": {"idToken": "DE8AA1A2B3C4D5", "type": "eMAID"}});
    match form {
        ContractForm::Hashes => {
            payload["iso15118CertificateHashData"] = json!([{
                "hashAlgorithm": "SHA256", "issuerNameHash": "a1", "issuerKeyHash": "b2", "serialNumber": "c3",
                "responderURL": "http://ocsp.example/"
            }]);
        }
        ContractForm::Chain => payload["certificate"] = json!("the chain in PEM"),
    }
    station.call("Authorize", payload).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn tc_c_50_csms_tc_c_51_csms_and_tc_c_52_csms_contracts_are_judged_with_their_tokens() {
    use ContractVerdict as Verdict;

    let known = || KnownTokens::new(["DE8AA1A2B3C4D5"]);
    let cases = [
        (Verdict::Accepted, true, "Accepted", "Accepted"),
        (Verdict::Accepted, false, "ContractCancelled", "Invalid"),
        (Verdict::CertificateExpired, true, "CertificateExpired", "Expired"),
        (Verdict::CertificateRevoked, true, "CertificateRevoked", "Invalid"),
        (Verdict::CertChainError, true, "CertChainError", "Invalid"),
    ];
    for version in VERSIONS {
        for form in [ContractForm::Hashes, ContractForm::Chain] {
            for (verdict, is_known, certificate, token) in cases {
                let judge = Judge { verdict, takes: Duration::ZERO, asked_of: form };
                let tokens = if is_known { known() } else { KnownTokens::default() };
                let answer = ask(version, judge, tokens).await;
                assert_eq!(answer["certificateStatus"], certificate, "{version}: {answer}");
                assert_eq!(answer["idTokenInfo"]["status"], token, "{version}: {answer}");
            }
            let slow = Judge { verdict: Verdict::Accepted, takes: Duration::from_secs(60), asked_of: form };
            let answer = ask(version, slow, known()).await;
            assert_eq!(
                answer["certificateStatus"], "CertChainError",
                "{version}: nobody could judge it in time"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_contract_that_nobody_judges_is_not_accepted() {
    for version in VERSIONS {
        let world = World::new().await;
        let station = world.connect("CS1", version).await;
        let payload = json!({"idToken": {"idToken": "CARD", "type": "eMAID"}, "certificate": "PEM"});
        let answer = station.call("Authorize", payload).await.unwrap();
        assert_eq!(answer["certificateStatus"], "CertChainError", "{answer}");
        assert_eq!(answer["idTokenInfo"]["status"], "Invalid");
        let plain = json!({"idToken": {"idToken": "CARD", "type": "eMAID"}});
        let answer = station.call("Authorize", plain).await.unwrap();
        assert_eq!(
            answer,
            json!({"idTokenInfo": {"status": "Accepted"}}),
            "without a certificate it is a token"
        );
    }
}
