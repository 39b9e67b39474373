//! Who may charge: local list, cache, the manager (blocks C and D).

use std::num::NonZeroU32;

use ocpp_client::engine::Record;
use ocpp_core::model::{
    Authorization, AuthorizationStatus, Command, HeldList, IdToken, ListUpdateKind, LocalListEntry,
    LocalListUpdate, Outcome, Setting, SettingChange, Verdict,
};

use crate::bench::{Bench, at, card, questions};

fn nobody(_: &IdToken) -> Authorization {
    Authorization::of(AuthorizationStatus::Invalid)
}

fn entry(token: &str, status: Option<AuthorizationStatus>) -> LocalListEntry {
    LocalListEntry { id_token: card(token), authorization: status.map(Authorization::of) }
}

fn update(version: u32, kind: ListUpdateKind, entries: Vec<LocalListEntry>) -> Command {
    let version = NonZeroU32::new(version).unwrap_or(NonZeroU32::MIN);
    Command::SendLocalList(LocalListUpdate { version, kind, entries })
}

fn held(bench: &mut Bench) -> Option<u32> {
    match bench.order(&Command::ReadLocalListVersion) {
        Outcome::LocalList(HeldList::Version(version)) => Some(version.get()),
        Outcome::LocalList(HeldList::Nothing) => None,
        other => panic!("{other:?}"),
    }
}

fn set(bench: &mut Bench, key: &str, value: &str) {
    let change = SettingChange::new(Setting::Key(key.into()), value);
    match bench.order(&Command::ChangeSettings(vec![change])) {
        Outcome::Settings(results) => assert_eq!(results[0].verdict, Verdict::Accepted, "{key}"),
        other => panic!("{other:?}"),
    }
}

const ACCEPTED: Option<AuthorizationStatus> = Some(AuthorizationStatus::Accepted);

#[test]
fn a_list_is_replaced_changed_and_emptied() {
    use ListUpdateKind::{Differential, Full};
    let mut bench = Bench::new(1);
    assert_eq!(held(&mut bench), None, "D02.FR.02");
    assert_eq!(
        bench.verdict(&update(1, Full, vec![entry("A", ACCEPTED), entry("B", ACCEPTED)])),
        Verdict::Accepted
    );
    assert_eq!(
        bench.verdict(&update(2, Differential, vec![entry("A", None), entry("C", ACCEPTED)])),
        Verdict::Accepted
    );
    assert_eq!(held(&mut bench), Some(2));
    for version in [1, 2] {
        let old = update(version, Differential, vec![entry("D", ACCEPTED)]);
        assert_eq!(bench.verdict(&old), Verdict::VersionMismatch, "changes of an older list");
    }
    assert_eq!(bench.verdict(&update(3, Differential, Vec::new())), Verdict::Accepted, "D01.FR.05");
    let twice = update(4, Full, vec![entry("a", ACCEPTED), entry("A", ACCEPTED)]);
    assert_eq!(bench.verdict(&twice), Verdict::Failed, "D01.FR.06");
    let many = (0..101).map(|number| entry(&format!("T{number}"), ACCEPTED)).collect();
    assert_eq!(bench.verdict(&update(4, Full, many)), Verdict::Failed, "more than ItemsPerMessage");
    assert_eq!(held(&mut bench), Some(3));

    bench.disconnect();
    for (token, charges) in [("A", false), ("B", true), ("c", true)] {
        bench.plug(1);
        bench.present(1, token);
        assert_eq!(bench.is_charging(1), charges, "{token}");
        bench.hardware(ocpp_client::hardware::HardwareEvent::Unplugged(ocpp_core::model::EvseId(1)));
    }
    bench.connect();
    assert_eq!(bench.verdict(&update(9, Full, Vec::new())), Verdict::Accepted, "D01.FR.04");
    assert_eq!(held(&mut bench), Some(9));
}

#[test]
fn a_list_is_kept_over_a_restart_and_may_be_switched_off() {
    let mut bench = Bench::new(1);
    bench.order(&update(5, ListUpdateKind::Full, vec![entry("A", ACCEPTED)]));
    let mut again = Bench::with_records(1, bench.kept);
    assert_eq!(held(&mut again), Some(5), "D01.FR.10");
    set(&mut again, "LocalAuthListEnabled", "false");
    assert_eq!(held(&mut again), None, "D02.FR.03");
    assert_eq!(again.verdict(&update(6, ListUpdateKind::Full, Vec::new())), Verdict::Failed);
    again.disconnect();
    again.plug(1);
    again.present(1, "A");
    assert!(!again.is_charging(1));
}

#[test]
fn a_listed_token_is_accepted_without_asking_where_that_is_set() {
    let mut bench = Bench::new(1);
    bench.words = nobody;
    bench.order(&update(
        1,
        ListUpdateKind::Full,
        vec![entry("A", ACCEPTED), entry("B", Some(AuthorizationStatus::Blocked))],
    ));
    bench.plug(1);
    bench.heard();
    bench.present(1, "A");
    assert_eq!(questions(&bench.heard()), 1, "LocalPreAuthorize is off");
    assert!(!bench.is_charging(1));
    set(&mut bench, "LocalPreAuthorize", "true");
    bench.words = crate::bench::everybody;
    bench.present(1, "B");
    assert_eq!(questions(&bench.heard()), 1, "C14.FR.03: one that is not accepted is asked for");
    bench.hardware(ocpp_client::hardware::HardwareEvent::Unplugged(ocpp_core::model::EvseId(1)));
    bench.plug(1);
    bench.heard();
    bench.present(1, "A");
    assert_eq!(questions(&bench.heard()), 0, "C14.FR.02");
    assert!(bench.is_charging(1));
}

#[test]
fn an_expired_entry_is_no_entry() {
    let mut bench = Bench::new(1);
    let mut listed = entry("A", ACCEPTED);
    if let Some(word) = &mut listed.authorization {
        word.cache_until = Some(at(600));
    }
    bench.order(&update(1, ListUpdateKind::Full, vec![listed]));
    bench.disconnect();
    bench.plug(1);
    bench.pass(600);
    bench.present(1, "A");
    assert!(!bench.is_charging(1), "C13.FR.05");
}

#[test]
fn the_cache_knows_what_the_manager_said_until_it_is_cleared() {
    let mut bench = Bench::new(1);
    bench.plug(1);
    bench.present(1, "A");
    bench.present(1, "A");
    bench.hardware(ocpp_client::hardware::HardwareEvent::Unplugged(ocpp_core::model::EvseId(1)));
    bench.disconnect();
    bench.plug(1);
    bench.present(1, "Z");
    assert!(!bench.is_charging(1), "C15: nobody knows it");
    bench.present(1, "A");
    assert!(bench.is_charging(1), "C12");
    bench.present(1, "A");
    bench.connect();
    let kept = bench.kept.clone();
    assert_eq!(bench.verdict(&Command::ClearCache), Verdict::Accepted, "C11.FR.03");
    bench.disconnect();
    bench.present(1, "A");
    assert!(!bench.is_charging(1));
    set_offline_unknown(&mut bench);
    bench.present(1, "Z");
    assert!(bench.is_charging(1), "OfflineTxForUnknownId");

    let mut again = Bench::with_records(1, kept);
    set(&mut again, "AuthorizationCacheEnabled", "false");
    assert_eq!(again.verdict(&Command::ClearCache), Verdict::Rejected, "C11.FR.04");
    set(&mut again, "AuthorizationCacheEnabled", "true");
    again.disconnect();
    again.plug(1);
    again.present(1, "A");
    assert!(again.is_charging(1), "C10.FR.02: it outlives a restart");
}

fn set_offline_unknown(bench: &mut Bench) {
    bench.connect();
    set(bench, "AllowOfflineTxForUnknownId", "true");
    bench.disconnect();
}

#[test]
fn the_list_goes_before_the_cache() {
    let mut bench = Bench::new(1);
    bench.plug(1);
    bench.present(1, "A");
    bench.present(1, "A");
    bench.hardware(ocpp_client::hardware::HardwareEvent::Unplugged(ocpp_core::model::EvseId(1)));
    bench.order(&update(1, ListUpdateKind::Full, vec![entry("A", Some(AuthorizationStatus::Blocked))]));
    bench.disconnect();
    bench.plug(1);
    bench.present(1, "A");
    assert!(!bench.is_charging(1), "C13.FR.01");
}

#[test]
fn a_full_cache_forgets_refusals_first_and_then_the_oldest() {
    fn words(token: &IdToken) -> Authorization {
        let refused = token.value.starts_with("BAD");
        Authorization::of(if refused { AuthorizationStatus::Blocked } else { AuthorizationStatus::Accepted })
    }
    let mut bench = Bench::new(1);
    bench.words = words;
    bench.present(1, "BAD");
    for number in 0..256 {
        bench.present(1, &format!("T{number}"));
        bench.pass(121);
    }
    let cache = bench.kept.iter().rev().find_map(|record| match record {
        Record::Cache(cache) => Some(format!("{cache:?}")),
        _ => None,
    });
    let cache = cache.unwrap_or_default();
    assert!(!cache.contains("\"BAD\""), "C10.FR.07");
    assert!(cache.contains("\"T0\""));
    bench.present(1, "ONE-MORE");
    let newest = format!("{:?}", bench.kept.last());
    assert!(!newest.contains("\"T0\"") && newest.contains("\"ONE-MORE\""));
}
