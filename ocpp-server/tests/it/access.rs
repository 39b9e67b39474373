//! Who may come in: the first owner, sign-ins, keys of programs, and the file that digests are made with.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use ocpp_server::access::{AccessError, Gate, Pepper, PepperError, Purpose, Secret};
use ocpp_server::bus::Bus;
use ocpp_server::domain::{RecordKind, Scope};
use ocpp_server::store::{Events, Memory, RecordFilter, Records};

fn now() -> Timestamp {
    "2026-03-02T08:00:00Z".parse().unwrap()
}

fn after(minutes: i64) -> Timestamp {
    now().checked_add(SignedDuration::from_mins(minutes)).unwrap()
}

/// Every test dials from addresses of its own.
fn from(last: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, last))
}

fn secret(text: &str) -> Secret {
    Secret::new(text)
}

fn gate() -> (Arc<Memory>, Gate) {
    let store = Arc::new(Memory::new());
    let gate = Gate::new(store.clone(), Bus::default(), Pepper::random().unwrap());
    (store, gate)
}

const PASSWORD: &str = "correct horse battery";

async fn with_owner() -> (Arc<Memory>, Gate) {
    let (store, gate) = gate();
    let code = gate.make_setup_link(now()).await.unwrap().unwrap();
    gate.make_owner(&code, "Ada", secret(PASSWORD), from(200), now()).await.unwrap();
    (store, gate)
}

#[tokio::test]
async fn a_setup_link_makes_one_owner() {
    let (_, gate) = gate();
    assert!(!gate.is_set_up().await.unwrap());
    let code = gate.make_setup_link(now()).await.unwrap().unwrap();
    assert_eq!(code.expose().len(), 32);
    assert!(gate.check_setup_link(&code, from(1), now()).await.is_ok(), "looking does not use it up");
    let wrong = gate.check_setup_link(&secret("guessed"), from(1), now()).await;
    assert!(matches!(wrong, Err(AccessError::LinkExpired)), "{wrong:?}");

    let weak = gate.make_owner(&code, "Ada", secret("short"), from(2), now()).await;
    assert!(matches!(weak, Err(AccessError::Password(_))), "{weak:?}");
    let same = gate.make_owner(&code, "long.enough", secret("LONG.enough"), from(2), now()).await;
    assert!(matches!(same, Err(AccessError::Password(_))), "{same:?}");
    for name in ["", " ", "a b", "a/b", &"x".repeat(65)] {
        let bad = gate.make_owner(&code, name, secret(PASSWORD), from(3), now()).await;
        assert!(matches!(bad, Err(AccessError::BadName(_))), "{name:?}");
    }
    let owner = gate.make_owner(&code, " Ada ", secret(PASSWORD), from(4), now()).await.unwrap();
    assert_eq!(owner.identity.name, "ada");
    assert!(Scope::ALL.into_iter().all(|scope| owner.identity.may(scope)));
    assert_eq!(gate.by_cookie(&owner.cookie, now()).await.unwrap().unwrap().name, "ada", "signed in at once");

    assert!(gate.is_set_up().await.unwrap());
    assert_eq!(gate.make_setup_link(now()).await.unwrap(), None, "no link while there is an owner");
    let used = gate.make_owner(&code, "eve", secret(PASSWORD), from(5), now()).await;
    assert!(matches!(used, Err(AccessError::AlreadySetUp)), "{used:?}");
}

#[tokio::test]
async fn a_setup_link_ends_after_half_an_hour_or_with_a_newer_one() {
    let (_, gate) = gate();
    let old = gate.make_setup_link(now()).await.unwrap().unwrap();
    let valid = gate.check_setup_link(&old, from(1), after(29)).await;
    assert!(valid.is_ok());
    let expired = gate.check_setup_link(&old, from(1), after(30)).await;
    assert!(matches!(expired, Err(AccessError::LinkExpired)), "{expired:?}");
    let new = gate.make_setup_link(after(1)).await.unwrap().unwrap();
    let void = gate.make_owner(&old, "ada", secret(PASSWORD), from(1), after(2)).await;
    assert!(matches!(void, Err(AccessError::LinkExpired)), "{void:?}");
    assert!(gate.make_owner(&new, "ada", secret(PASSWORD), from(1), after(2)).await.is_ok());
}

#[tokio::test]
async fn of_two_who_use_a_link_at_once_one_becomes_owner() {
    let (store, gate) = gate();
    let code = gate.make_setup_link(now()).await.unwrap().unwrap();
    let (one, two) = tokio::join!(
        gate.make_owner(&code, "one", secret(PASSWORD), from(1), now()),
        gate.make_owner(&code, "two", secret(PASSWORD), from(2), now())
    );
    assert!(one.is_ok() != two.is_ok());
    let error = one.and(two).unwrap_err();
    assert!(matches!(error, AccessError::LinkExpired), "{error:?}");
    assert_eq!(store.records(RecordFilter::all(RecordKind::User, 9)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn signing_in_takes_name_and_password() {
    let (store, gate) = with_owner().await;
    let signed_in = gate.sign_in(" ADA ", secret(PASSWORD), from(1), now()).await.unwrap();
    let who = gate.by_cookie(&signed_in.cookie, now()).await.unwrap().unwrap();
    assert_eq!(who, signed_in.identity);
    for (name, password) in [
        ("ada", "correct horse batterx"),
        ("ada", "Correct horse battery"),
        ("ada", ""),
        ("nobody", PASSWORD),
        ("", ""),
    ] {
        let wrong = gate.sign_in(name, secret(password), from(2), now()).await;
        assert!(
            matches!(wrong, Err(AccessError::WrongPassword)),
            "{name:?} gives the same answer: {wrong:?}"
        );
    }
    let long = gate.sign_in("ada", secret(&"x".repeat(2000)), from(3), now()).await;
    assert!(matches!(long, Err(AccessError::WrongPassword)));
    gate.sign_out(&signed_in.cookie, now()).await.unwrap();
    assert_eq!(gate.by_cookie(&signed_in.cookie, now()).await.unwrap(), None);
    gate.sign_out(&signed_in.cookie, now()).await.unwrap();
    assert_eq!(gate.by_cookie(&secret("made-up"), now()).await.unwrap(), None);
    assert!(store.last_event().await.unwrap().0 > 0);
}

#[tokio::test]
async fn a_sign_in_ends_and_is_cleared_away() {
    let (store, gate) = with_owner().await;
    let first = gate.sign_in("ada", secret(PASSWORD), from(1), now()).await.unwrap();
    assert_eq!(first.expires_at, after(12 * 60));
    assert!(gate.by_cookie(&first.cookie, after(12 * 60 - 1)).await.unwrap().is_some());
    assert!(gate.by_cookie(&first.cookie, after(12 * 60)).await.unwrap().is_none());
    let both = tokio::join!(
        gate.sign_in("ada", secret(PASSWORD), from(1), after(12 * 60)),
        gate.sign_in("ada", secret(PASSWORD), from(1), after(12 * 60))
    );
    assert!(both.0.is_ok() && both.1.is_ok(), "clearing away stops nobody: {both:?}");
    let left = store.records(RecordFilter::all(RecordKind::SignIn, 9)).await.unwrap();
    assert_eq!(left.len(), 2, "the two that have just begun");
}

#[tokio::test]
async fn attempts_are_limited_for_each_address() {
    let (_, gate) = with_owner().await;
    for _ in 0..9 {
        assert_eq!(gate.by_key(&secret("ocpp_guess"), from(1), now()).await.unwrap(), None);
    }
    let wrong = gate.sign_in("ada", secret("wrong wrong wrong"), from(1), now()).await;
    assert!(matches!(wrong, Err(AccessError::WrongPassword)), "the tenth attempt: {wrong:?}");
    let barred = gate.sign_in("ada", secret(PASSWORD), from(1), now()).await;
    assert!(matches!(barred, Err(AccessError::TooManyAttempts)), "even with the right password: {barred:?}");
    let key = gate.by_key(&secret("ocpp_guess"), from(1), now()).await;
    assert!(matches!(key, Err(AccessError::TooManyAttempts)), "for keys, too: {key:?}");
    let link = gate.check_setup_link(&secret("guess"), from(1), now()).await;
    assert!(matches!(link, Err(AccessError::TooManyAttempts)), "and for links: {link:?}");
    assert!(gate.sign_in("ada", secret(PASSWORD), from(2), now()).await.is_ok(), "others are not barred");
    let v6: IpAddr = "2001:db8::1".parse().unwrap();
    assert!(gate.sign_in("ada", secret(PASSWORD), v6, now()).await.is_ok());
}

#[tokio::test]
async fn forms_carry_the_token_of_their_sign_in() {
    let (_, gate) = with_owner().await;
    let one = gate.sign_in("ada", secret(PASSWORD), from(1), now()).await.unwrap().cookie;
    let two = gate.sign_in("ada", secret(PASSWORD), from(1), now()).await.unwrap().cookie;
    let token = gate.csrf(&one);
    assert!(gate.is_csrf(&one, token.expose()));
    assert!(!gate.is_csrf(&two, token.expose()), "that of another sign-in does not do");
    for wrong in ["", "0", "zz", &token.expose()[2..], one.expose(), &token.expose().replace('0', "+")] {
        let is_other = wrong != token.expose();
        assert!(!gate.is_csrf(&one, wrong) || !is_other, "{wrong}");
    }
}

#[tokio::test]
async fn keys_have_scopes_an_end_and_can_be_revoked() {
    let (store, gate) = with_owner().await;
    let scopes: BTreeSet<Scope> = [Scope::StationsRead, Scope::SessionsRead].into();
    let (key, text) = gate.make_key("billing", scopes.clone(), Some(after(60)), now()).await.unwrap();
    assert!(text.expose().starts_with("ocpp_") && text.expose().len() == 37);
    let who = gate.by_key(&text, from(1), now()).await.unwrap().unwrap();
    assert_eq!((who.name.as_str(), &who.scopes), ("billing", &scopes));
    assert!(who.may(Scope::StationsRead) && !who.may(Scope::StationsWrite));
    assert!(gate.by_key(&text, from(1), after(59)).await.unwrap().is_some());
    assert!(gate.by_key(&text, from(1), after(60)).await.unwrap().is_none(), "it has ended");

    let (endless, endless_text) = gate.make_key("x", scopes, None, now()).await.unwrap();
    assert!(gate.by_key(&endless_text, from(2), after(1_000_000)).await.unwrap().is_some());
    let revoked = gate.revoke_key(&endless.id, after(5)).await.unwrap();
    assert_eq!(revoked.revoked_at, Some(after(5)));
    assert!(gate.by_key(&endless_text, from(2), after(6)).await.unwrap().is_none());
    assert_eq!(gate.revoke_key(&endless.id, after(9)).await.unwrap().revoked_at, Some(after(5)));
    assert!(matches!(gate.revoke_key("none", now()).await, Err(AccessError::Unknown(_))));
    assert!(
        gate.by_key(&secret(&key.digest.0), from(3), now()).await.unwrap().is_none(),
        "a digest is no key"
    );
    assert_eq!(store.records(RecordFilter::all(RecordKind::ApiKey, 9)).await.unwrap().len(), 2);
    let mut barred = 0;
    for _ in 0..20 {
        barred += usize::from(gate.by_key(&secret("ocpp_no"), from(4), now()).await.is_err());
    }
    assert_eq!(barred, 10);
    let known = gate.by_key(&text, from(4), now()).await;
    assert!(known.unwrap().is_some(), "a key that is known works from there all the same");
}

#[tokio::test]
async fn the_last_owner_stays() {
    let (_, gate) = with_owner().await;
    let last = gate.remove_user("ada", now()).await;
    assert!(matches!(last, Err(AccessError::LastOwner)), "{last:?}");
    gate.add_user("bob", secret(PASSWORD), Scope::ALL.into(), now()).await.unwrap();
    let taken = gate.add_user("BOB", secret(PASSWORD), Scope::ALL.into(), now()).await;
    assert!(matches!(taken, Err(AccessError::NameTaken(_))), "{taken:?}");
    gate.add_user("eve", secret(PASSWORD), [Scope::StationsRead].into(), now()).await.unwrap();
    let cookie = gate.sign_in("bob", secret(PASSWORD), from(1), now()).await.unwrap().cookie;
    let both = tokio::join!(gate.remove_user("ada", now()), gate.remove_user("bob", now()));
    assert!(both.0.is_ok() != both.1.is_ok(), "of two who remove each other one stays: {both:?}");
    let is_bob_gone = both.1.is_ok();
    assert_eq!(gate.by_cookie(&cookie, now()).await.unwrap().is_none(), is_bob_gone);
    assert!(matches!(gate.remove_user("nobody", now()).await, Err(AccessError::Unknown(_))));
    gate.remove_user("eve", now()).await.unwrap();
}

#[test]
fn digests_are_for_one_purpose_and_one_manager() {
    let (one, two) = (Pepper::random().unwrap(), Pepper::random().unwrap());
    let digest = one.digest(Purpose::ApiKey, b"secret");
    assert!(one.matches(Purpose::ApiKey, b"secret", &digest));
    assert!(!one.matches(Purpose::Cookie, b"secret", &digest));
    assert!(!one.matches(Purpose::ApiKey, b"secres", &digest));
    assert!(!two.matches(Purpose::ApiKey, b"secret", &digest));
    assert_ne!(one.digest(Purpose::Cookie, b"secret"), digest);
    assert_eq!(digest.0.len(), 64);
}

#[test]
fn the_key_file_is_made_once_and_never_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ocpp.key");
    let made = Pepper::load_or_create(&path).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(bytes.len(), 32);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let read = Pepper::load_or_create(&path).unwrap();
    assert_eq!(read.digest(Purpose::ApiKey, b"x"), made.digest(Purpose::ApiKey, b"x"));
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1, "no draft is left");

    for length in [0, 16, 31, 33, 100] {
        std::fs::write(&path, vec![7; length]).unwrap();
        let error = Pepper::load_or_create(&path).unwrap_err();
        assert!(matches!(error, PepperError::Length(found) if found == length.min(64)), "{error}");
        assert_eq!(std::fs::read(&path).unwrap().len(), length, "it is left as it was");
    }
    let missing = directory.path().join("missing").join("ocpp.key");
    assert!(matches!(Pepper::load_or_create(&missing), Err(PepperError::Io(_))));
    assert!(matches!(Pepper::load_or_create(directory.path()), Err(PepperError::Io(_))));
}

#[test]
fn managers_that_start_at_once_have_one_key() {
    for _ in 0..20 {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ocpp.key");
        let digests: BTreeSet<String> = std::thread::scope(|scope| {
            let start =
                |_| scope.spawn(|| Pepper::load_or_create(&path).unwrap().digest(Purpose::ApiKey, b"x").0);
            let threads: Vec<_> = (0..8).map(start).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(digests.len(), 1);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1, "no draft is left");
    }
}

#[test]
fn generated_secrets_are_long_and_of_plain_signs() {
    let mut seen = BTreeSet::new();
    for _ in 0..200 {
        let secret = Secret::random(20).unwrap();
        assert_eq!(secret.expose().len(), 20);
        assert!(secret.expose().bytes().all(|sign| b"23456789abcdefghijkmnpqrstuvwxyz".contains(&sign)));
        assert!(seen.insert(secret.expose().to_owned()));
    }
    assert_eq!(Secret::new("a"), Secret::new("a"));
    assert_ne!(Secret::new("a"), Secret::new("b"));
    assert_ne!(Secret::new("a"), Secret::new("ab"));
}
