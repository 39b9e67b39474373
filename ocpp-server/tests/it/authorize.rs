//! Who may charge, in the words of every version.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use ocpp_core::model::{Authorization, AuthorizationStatus, IdToken, TokenKind};
use ocpp_core::types::Version;
use ocpp_server::Csms;
use ocpp_server::domain::{Doubt, Payer, RefusalReason, Refused};
use ocpp_server::handle::{Authorizer, Question};
use ocpp_server::register::TokenForm;
use ocpp_server::store::{Memory, Refusals};

use crate::world::{VirtualClock, World, attended, id, pass};

const VERSIONS: [Version; 3] = [Version::V16, Version::V201, Version::V21];

async fn add(world: &World, value: &str, form: TokenForm) {
    world.register().add_token(value, form).await.unwrap();
}

fn at(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

#[tokio::test(start_paused = true)]
async fn every_status_is_said_in_every_version() {
    for version in VERSIONS {
        let world = World::new().await;
        let expiry = at("2026-03-02T09:00:00Z");
        let fleet = TokenForm { group: Some("Fleet".to_owned()), expires_at: expiry, ..TokenForm::default() };
        add(&world, "04aabb", fleet).await;
        add(&world, "BLOCKED", TokenForm { blocked: true, ..TokenForm::default() }).await;
        let old = TokenForm { expires_at: at("2026-03-02T08:00:00Z"), ..TokenForm::default() };
        add(&world, "OLD", old).await;
        let station = world.connect("CS1", version).await;

        let word = station.authorize("04AABB").await;
        assert_eq!(word["status"], "Accepted", "{version}: case does not count");
        let (group, until) = if station.is_2x() {
            (&word["groupIdToken"]["idToken"], &word["cacheExpiryDateTime"])
        } else {
            (&word["parentIdTag"], &word["expiryDate"])
        };
        assert_eq!(group, "Fleet", "{version}: {word}");
        let until: Timestamp = until.as_str().unwrap().parse().unwrap();
        assert_eq!(Some(until), expiry, "{version}");
        for (token, status) in [("BLOCKED", "Blocked"), ("OLD", "Expired"), ("NOBODY", "Invalid")] {
            assert_eq!(station.authorize(token).await["status"], status, "{version}");
        }
        pass(3600).await;
        assert_eq!(station.authorize("04aabb").await["status"], "Expired", "{version}: from its expiry on");

        let refusals = world.store.refusals(10).await.unwrap();
        let reason = |token: &str| {
            let who = Refused::Token { station: id("CS1"), token: token.to_owned() };
            refusals.iter().find(|refusal| refusal.refused == who).map(|refusal| refusal.reason)
        };
        assert_eq!(reason("BLOCKED"), Some(RefusalReason::BlockedToken));
        assert_eq!(reason("OLD"), Some(RefusalReason::ExpiredToken));
        assert_eq!(reason("NOBODY"), Some(RefusalReason::UnknownToken));
        assert_eq!(reason("04AABB"), Some(RefusalReason::ExpiredToken));
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_has_no_more_sessions_than_it_may() {
    for version in VERSIONS {
        for limit in [1, 2] {
            let world = World::new().await;
            add(&world, "ONE", TokenForm { max_concurrent: Some(limit), ..TokenForm::default() }).await;
            let here = world.connect("CS1", version).await;
            let there = world.connect("CS2", Version::V201).await;
            let info = if here.is_2x() { "idTokenInfo" } else { "idTagInfo" };

            let mut first = here.start(1, "one", 0).await;
            assert_eq!(first.answer[info]["status"], "Accepted", "{version}");
            let word = there.authorize("ONE").await;
            let expected = if limit == 1 { "ConcurrentTx" } else { "Accepted" };
            assert_eq!(word["status"], expected, "{version}, limit {limit}: across stations");
            // The same start sent again is the same session.
            let (action, payload) = here.started(&first, 0);
            let again = here.call(action, payload.clone()).await.unwrap();
            assert_eq!(again[info]["status"], "Accepted", "{version}: it does not count itself");

            let mut second = there.start(1, "One", 0).await;
            assert_eq!(second.answer["idTokenInfo"]["status"], expected, "{version}, limit {limit}");
            let session = world.session(2).await;
            assert_eq!(session.doubts.contains(&Doubt::TokenNotAccepted), limit == 1);
            assert_eq!(session.payer == Payer::Nobody, limit == 1);
            assert_eq!(here.authorize("ONE").await["status"], "ConcurrentTx", "{version}, limit {limit}");
            let refusals = world.store.refusals(10).await.unwrap();
            assert!(refusals.iter().all(|refusal| refusal.reason == RefusalReason::ConcurrentToken));

            there.stop(&mut second, 100).await;
            here.stop(&mut first, 100).await;
            assert_eq!(here.authorize("ONE").await["status"], "Accepted", "{version}: it is free again");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_is_of_its_kind() {
    let world = World::new().await;
    add(&world, "UID", TokenForm { kind: TokenKind::ISO14443, ..TokenForm::default() }).await;
    add(&world, "ANY", TokenForm::default()).await;
    let station = world.connect("CS1", Version::V201).await;
    assert_eq!(station.authorize_kind("UID", "ISO14443").await["status"], "Accepted");
    assert_eq!(station.authorize_kind("UID", "KeyCode").await["status"], "Invalid", "a code is no card");
    assert_eq!(station.authorize_kind("ANY", "KeyCode").await["status"], "Accepted");
    let old = world.connect("CS2", Version::V16).await;
    assert_eq!(old.authorize("UID").await["status"], "Accepted", "1.6 tells no kinds apart");
}

/// An outside system that takes its time.
struct Slow {
    takes: Duration,
    fallback: AuthorizationStatus,
    says: Option<AuthorizationStatus>,
}

#[async_trait]
impl Authorizer for Slow {
    async fn authorize(&self, question: &Question<'_>) -> Option<Authorization> {
        assert_eq!(*question.token, IdToken::new("CARD", TokenKind::UNSPECIFIED));
        tokio::time::sleep(self.takes).await;
        self.says.map(Authorization::of)
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(2)
    }

    fn fallback(&self) -> AuthorizationStatus {
        self.fallback
    }
}

#[tokio::test(start_paused = true)]
async fn an_outside_system_has_a_deadline_and_a_fallback() {
    use AuthorizationStatus::{Accepted, Blocked, Invalid, NoCredit};

    let cases = [
        (1, Some(Accepted), Invalid, "Accepted", 1),
        (3, Some(Accepted), Invalid, "Invalid", 2),
        (3, Some(Blocked), Accepted, "Accepted", 2),
        (1, None, Blocked, "Blocked", 1),
        (0, Some(NoCredit), Accepted, "NoCredit", 0),
    ];
    for version in VERSIONS {
        for (takes, says, fallback, expected, waited) in cases {
            // Of the states that only 2.x has, 1.6 can say that they are none of its own.
            let expected =
                if version == Version::V16 && says == Some(NoCredit) { "Invalid" } else { expected };
            let clock = VirtualClock::new("2026-03-02T08:00:00Z");
            let authorizer = Slow { takes: Duration::from_secs(takes), fallback, says };
            let store = Arc::new(Memory::new());
            let csms = Csms::builder_over(store).clock(clock).authorizer(authorizer).build().await.unwrap();
            let station = attended(&csms, "CS1", version, clock).await;
            let asked = tokio::time::Instant::now();
            assert_eq!(station.authorize("card").await["status"], expected, "{version} {takes} {says:?}");
            assert_eq!(asked.elapsed().as_secs(), waited, "{version} {takes} {says:?}");
        }
    }
}
