//! What operators change, and what they may not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use ocpp_server::domain::{RefusalReason, Refused, Revision, SiteId, StationEntry, Token};
use ocpp_server::register::{Imported, Login, RegisterError, SiteForm, StationForm, TariffForm, TokenForm};
use ocpp_server::store::{Change, Commit, Events, Refusals, TypedRecords, Unit};

use crate::world::{World, per_kwh};

fn tariff(id: &str, price: &str) -> TariffForm {
    TariffForm { name: format!("Tariff {id}"), tariff: per_kwh(id, price).into() }
}

fn berlin() -> SiteForm {
    SiteForm { name: "Harbour".to_owned(), time_zone: "Europe/Berlin".to_owned(), ..SiteForm::default() }
}

/// The pointers of what is wrong with a form.
fn flaws<T: std::fmt::Debug>(result: Result<T, RegisterError>) -> Vec<String> {
    match result {
        Err(RegisterError::Invalid(flaws)) => flaws.into_iter().map(|flaw| flaw.pointer).collect(),
        other => panic!("it is invalid, not {other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_tariff_that_was_assigned_is_only_succeeded() {
    let world = World::new().await;
    let register = world.register();
    register.draft_tariff(tariff("a", "0.50")).await.unwrap();
    let twice = register.draft_tariff(tariff("a", "0.60")).await;
    assert!(matches!(twice, Err(RegisterError::Exists { .. })), "{twice:?}");
    let changed = register.change_draft("a", tariff("a", "0.60"), Some(Revision(1))).await.unwrap();
    assert_eq!(changed.revision, Revision(2));
    let stale = register.change_draft("a", tariff("a", "0.70"), Some(Revision(1))).await;
    assert_eq!(stale.unwrap_err(), RegisterError::Conflict);
    assert_eq!(flaws(register.change_draft("a", tariff("b", "0.70"), None).await), ["/tariff/id"]);
    let early = register.succeed_tariff("a", tariff("b", "0.70")).await;
    assert!(matches!(early, Err(RegisterError::Forbidden(_))), "a draft is changed instead: {early:?}");

    let site = register.add_site(berlin()).await.unwrap();
    world.know("CS1").await;
    register.assign_to_site(&site.id.0, Some("a")).await.unwrap();
    register.assign_to_station("CS1", Some("a")).await.unwrap();
    for result in [
        register.change_draft("a", tariff("a", "0.10"), None).await.map(drop),
        register.remove_draft("a").await,
    ] {
        assert!(matches!(result, Err(RegisterError::Forbidden(_))), "{result:?}");
    }
    let new = register.succeed_tariff("a", tariff("b", "0.70")).await.unwrap();
    assert_eq!(new.predecessor.map(|id| id.0).as_deref(), Some("a"));
    let entry: StationEntry = world.store.get("CS1").await.unwrap().unwrap();
    assert_eq!(entry.tariff.map(|id| id.0).as_deref(), Some("b"), "whoever had the old one has the new one");
    let site: ocpp_server::domain::Site = world.store.get(&site.id.0).await.unwrap().unwrap();
    assert_eq!(site.tariff.map(|id| id.0).as_deref(), Some("b"));
    for result in [
        register.succeed_tariff("a", tariff("c", "0.80")).await.map(drop),
        register.assign_to_station("CS1", Some("a")).await.map(drop),
    ] {
        assert!(matches!(result, Err(RegisterError::Forbidden(_))), "it has a successor: {result:?}");
    }
    let known = register.succeed_tariff("b", tariff("a", "0.80")).await;
    assert!(matches!(known, Err(RegisterError::Exists { .. })), "{known:?}");
    let unknown = register.assign_to_station("CS1", Some("none")).await;
    assert!(matches!(unknown, Err(RegisterError::Unknown { .. })), "{unknown:?}");
    register.draft_tariff(tariff("d", "0.50")).await.unwrap();
    register.remove_draft("d").await.unwrap();
    let mut odd = tariff("x/y", "0.50");
    odd.name = " ".to_owned();
    assert_eq!(flaws(register.draft_tariff(odd).await), ["/name", "/tariff/id"]);
}

#[tokio::test(start_paused = true)]
async fn a_station_that_is_added_is_off_the_list_of_those_turned_away() {
    let world = World::new().await;
    let register = world.register();
    let refused = Refused::Station("CS9".to_owned());
    let change = Change::Refusal {
        refused,
        reason: RefusalReason::UnknownStation,
        address: "192.0.2.1".to_owned(),
        at: world.now(),
    };
    world.store.commit(Unit { changes: vec![change], ..Unit::default() }).await.unwrap();
    let site = register.add_site(berlin()).await.unwrap();
    let form = StationForm { site: Some(site.id.clone()), ..StationForm::default() };
    let new = register.add_station("CS9", Login::Key, form.clone()).await.unwrap();
    let key = new.key.unwrap();
    assert!((16..=20).contains(&key.expose().len()), "1.6 takes 16 to 20 bytes, 2.0.1 up to 40");
    assert!(world.store.refusals(9).await.unwrap().is_empty());
    let again = register.add_station("CS9", Login::Key, form).await;
    assert!(matches!(again, Err(RegisterError::Exists { .. })), "{again:?}");
    let nowhere = StationForm { site: Some(SiteId("none".to_owned())), ..StationForm::default() };
    assert_eq!(flaws(register.change_station("CS9", nowhere, None).await), ["/site"]);
    assert_eq!(flaws(register.add_station("a/b", Login::Key, StationForm::default()).await), ["/id"]);
    let held = register.remove_site(&site.id.0).await;
    assert!(matches!(held, Err(RegisterError::Forbidden(_))), "a station stands there: {held:?}");
    register.remove_station("CS9").await.unwrap();
    register.remove_site(&site.id.0).await.unwrap();
    let gone = register.remove_station("CS9").await;
    assert!(matches!(gone, Err(RegisterError::Unknown { .. })), "{gone:?}");
    let bad = SiteForm { time_zone: "Europe/Atlantis".to_owned(), ..SiteForm::default() };
    assert_eq!(flaws(register.add_site(bad).await), ["/name", "/time_zone"]);
}

#[tokio::test(start_paused = true)]
async fn tokens_come_one_by_one_or_as_a_file() {
    let world = World::new().await;
    let register = world.register();
    register.add_token("04aabb", TokenForm::default()).await.unwrap();
    let again = register.add_token("04AABB", TokenForm::default()).await;
    assert!(matches!(again, Err(RegisterError::Exists { .. })), "case does not count: {again:?}");
    for value in ["", " x", "pay123", "a\tb", &"x".repeat(256)] {
        assert_eq!(flaws(register.add_token(value, TokenForm::default()).await), ["/value"], "{value:?}");
    }
    let none = TokenForm { max_concurrent: Some(0), ..TokenForm::default() };
    assert_eq!(flaws(register.add_token("X", none).await), ["/max_concurrent"]);

    let csv = "token,kind,group,holder,expires_at,blocked,max_concurrent\n\
               04AABB,ISO14443,Fleet,Ada,2027-01-01T00:00:00Z,false,2\n\
               \"04,ccdd\",,,\"Söhne, Säule\",,true,\n";
    let imported = register.import_tokens(csv).await.unwrap().unwrap();
    assert_eq!(imported, Imported { added: 1, changed: 1 });
    let first: Token = world.store.get("04AABB").await.unwrap().unwrap();
    assert_eq!((first.group.as_deref(), first.max_concurrent), (Some("Fleet"), Some(2)));
    let second: Token = world.store.get("04,CCDD").await.unwrap().unwrap();
    assert!(second.blocked && second.holder.as_deref() == Some("Söhne, Säule"));
    let before = world.store.last_event().await.unwrap();
    for (csv, line) in [
        ("token\nA\nB\na\n", 4),
        ("token,blocked\nA,perhaps\n", 2),
        ("token,colour\nA,red\n", 2),
        ("token\nA\nPAY1\n", 3),
        ("token,expires_at\nA,tomorrow\n", 2),
    ] {
        let error = register.import_tokens(csv).await.unwrap().unwrap_err();
        assert_eq!(error.line, line, "{csv:?}: {error}");
    }
    assert_eq!(world.store.last_event().await.unwrap(), before, "nothing of them was imported");
    assert!(world.store.get::<Token>("A").await.unwrap().is_none());
    register.remove_token("04aabb").await.unwrap();
    let gone = register.change_token("04aabb", TokenForm::default(), None).await;
    assert!(matches!(gone, Err(RegisterError::Unknown { .. })), "{gone:?}");
}
