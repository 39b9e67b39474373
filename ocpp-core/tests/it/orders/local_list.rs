//! Local lists (block D).

use std::num::NonZeroU32;

use ocpp_core::dialect::Manager;
use ocpp_core::model::{
    Authorization, AuthorizationStatus, Command, HeldList, IdToken, ListUpdateKind, LocalListEntry,
    LocalListUpdate, Outcome, TokenKind, Verdict,
};
use ocpp_core::types::Version;

use super::{VERSIONS, answered, heard, unsayable};

fn version(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

fn entry(token: &str, status: Option<AuthorizationStatus>) -> LocalListEntry {
    let authorization = status.map(|status| Authorization {
        status,
        cache_until: "2026-12-31T22:00:00Z".parse().ok(),
        group: Some(IdToken::new("FLEET", TokenKind::ISO14443)),
    });
    LocalListEntry { id_token: IdToken::new(token, TokenKind::ISO14443), authorization }
}

fn update(kind: ListUpdateKind, entries: Vec<LocalListEntry>) -> Command {
    Command::SendLocalList(LocalListUpdate { version: version(7), kind, entries })
}

#[test]
fn an_update_means_the_same_at_the_other_end() {
    let accepted = Some(AuthorizationStatus::Accepted);
    let full = update(
        ListUpdateKind::Full,
        vec![entry("04AABB", accepted), entry("04CC", Some(AuthorizationStatus::Blocked))],
    );
    let changes = update(ListUpdateKind::Differential, vec![entry("04AABB", accepted), entry("04CC", None)]);
    let emptied = update(ListUpdateKind::Full, Vec::new());
    for version in VERSIONS {
        for command in [&full, &changes, &emptied] {
            let (action, meaning) = heard(version, command);
            assert_eq!((action.as_str(), &meaning), ("SendLocalList", command), "{version}");
        }
        for verdict in [Verdict::Accepted, Verdict::Failed, Verdict::VersionMismatch] {
            assert_eq!(answered(version, &full, &Outcome::Verdict(verdict)), Outcome::Verdict(verdict));
        }
    }
    let not_supported = Outcome::Verdict(Verdict::NotSupported);
    assert_eq!(answered(Version::V16, &full, &not_supported), not_supported, "only 1.6 has a word for it");
}

#[test]
fn the_version_of_a_list_is_told_apart_from_none() {
    for version_of_ocpp in VERSIONS {
        for held in
            [HeldList::Nothing, HeldList::Version(version(1)), HeldList::Version(version(2_147_483_647))]
        {
            let outcome = Outcome::LocalList(held);
            assert_eq!(answered(version_of_ocpp, &Command::ReadLocalListVersion, &outcome), outcome);
        }
    }
    let none = Outcome::LocalList(HeldList::NotSupported);
    assert_eq!(answered(Version::V16, &Command::ReadLocalListVersion, &none), none);
    let nothing = Outcome::LocalList(HeldList::Nothing);
    assert_eq!(answered(Version::V201, &Command::ReadLocalListVersion, &none), nothing, "D02.FR.03");
}

#[test]
fn what_cannot_be_said_is_refused_and_never_cut_short() {
    let accepted = Some(AuthorizationStatus::Accepted);
    let long = "X".repeat(21);
    let list = |token: &str| update(ListUpdateKind::Full, vec![entry(token, accepted)]);
    assert_eq!(unsayable(Version::V16, &list(&long)), "a token of more than 20 characters");
    assert_eq!(heard(Version::V201, &list(&long)).1, list(&long));
    let sentence = unsayable(Version::V201, &list(&"X".repeat(37)));
    assert!(sentence.starts_with("a token that is too long"), "{sentence}");
    assert_eq!(heard(Version::V21, &list(&"X".repeat(37))).1, list(&"X".repeat(37)));
    let late =
        LocalListUpdate { version: version(2_147_483_648), kind: ListUpdateKind::Full, entries: Vec::new() };
    for version in VERSIONS {
        let why = unsayable(version, &Command::SendLocalList(late.clone()));
        assert!(why.contains("start again at 1"), "{why}");
        // A token that stands in it twice (D01.FR.06), one of a full list without a word on it.
        let twice = update(ListUpdateKind::Full, vec![entry("04AA", accepted), entry("04aa", accepted)]);
        assert!(unsayable(version, &twice).contains("has a token twice"));
        assert!(
            unsayable(version, &update(ListUpdateKind::Full, vec![entry("04AA", None)]))
                .contains("full list")
        );
    }
}

#[test]
fn a_list_without_a_version_is_no_order_at_all() {
    let json = r#"{"version": 0, "kind": "full", "entries": []}"#;
    assert!(serde_json::from_str::<LocalListUpdate>(json).is_err(), "D01.FR.18");
    let told = r#"{"versionNumber": 0, "updateType": "Full"}"#;
    let mut station = ocpp_core::dialect::Station::new(Version::V201, Default::default());
    let heard = station.hear("SendLocalList", told).unwrap_or_else(|error| panic!("{error}"));
    assert!(matches!(heard.meaning, Command::Unmapped { .. }), "for the station to refuse");
}

#[test]
fn an_answer_of_the_wrong_type_is_refused() {
    for version in VERSIONS {
        let mut manager = Manager::new(version);
        let misheard = manager.hear_outcome(
            &Command::ReadLocalListVersion,
            "GetLocalListVersion",
            r#"{"status":"Accepted"}"#,
        );
        assert!(misheard.is_err(), "{version}");
    }
}
