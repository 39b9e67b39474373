//! Reservations (block H).

use ocpp_core::model::{
    Command, EvseId, Fact, IdToken, Outcome, ReservationEnding, Reserve, TokenKind, Verdict,
};
use ocpp_core::types::Version;

use super::{VERSIONS, answered, heard, reported, unsayable};

fn reserve() -> Reserve {
    Reserve {
        id: 7,
        evse: Some(EvseId(2)),
        connector_type: None,
        id_token: IdToken::new("04AABB", TokenKind::ISO14443),
        group: Some(IdToken::new("FLEET", TokenKind::ISO14443)),
        expires_at: "2026-03-02T09:00:00Z".parse().unwrap_or_default(),
    }
}

#[test]
fn a_reservation_means_the_same_at_the_other_end() {
    for version in VERSIONS {
        for evse in [None, Some(EvseId(1))] {
            let command = Command::Reserve(Reserve { evse, ..reserve() });
            assert_eq!(heard(version, &command), ("ReserveNow".to_owned(), command));
        }
        let verdicts =
            [Verdict::Accepted, Verdict::Occupied, Verdict::Faulted, Verdict::Unavailable, Verdict::Rejected];
        for verdict in verdicts {
            let outcome = Outcome::Verdict(verdict);
            assert_eq!(answered(version, &Command::Reserve(reserve()), &outcome), outcome, "{version}");
        }
        let cancel = Command::CancelReservation { id: 7 };
        assert_eq!(heard(version, &cancel).1, cancel);
        for verdict in [Verdict::Accepted, Verdict::Rejected] {
            let outcome = Outcome::Verdict(verdict);
            assert_eq!(answered(version, &cancel, &outcome), outcome, "{version}");
        }
    }
}

#[test]
fn a_kind_of_connector_is_said_where_the_version_has_words_for_it() {
    let of_kind =
        |kind: &str| Command::Reserve(Reserve { evse: None, connector_type: Some(kind.into()), ..reserve() });
    assert!(unsayable(Version::V16, &of_kind("cCCS2")).contains("name the connector"));
    for version in [Version::V201, Version::V21] {
        assert_eq!(heard(version, &of_kind("cCCS2")).1, of_kind("cCCS2"));
    }
    assert!(unsayable(Version::V201, &of_kind("cMCS")).contains("this kind of connector"));
    assert_eq!(heard(Version::V21, &of_kind("cMCS")).1, of_kind("cMCS"), "2.1 leaves the names open");
    assert!(
        unsayable(Version::V21, &of_kind("a name of more than 20 characters")).contains("kind of connector")
    );
}

#[test]
fn numbers_and_tokens_that_do_not_fit_are_refused() {
    for version in VERSIONS {
        for id in [-1, 2_147_483_648] {
            assert!(
                unsayable(version, &Command::Reserve(Reserve { id, ..reserve() })).contains("this number")
            );
            assert!(unsayable(version, &Command::CancelReservation { id }).contains("this number"));
        }
    }
    let token = IdToken::new(&"X".repeat(21), TokenKind::ISO14443);
    let group = Reserve { group: Some(token.clone()), ..reserve() };
    assert!(unsayable(Version::V16, &Command::Reserve(group)).contains("20 characters"));
    assert!(
        unsayable(Version::V16, &Command::Reserve(Reserve { id_token: token, ..reserve() })).contains("20")
    );
}

#[test]
fn the_end_of_a_reservation_is_told_as_far_as_the_version_can() {
    let ended = |how| Fact::ReservationEnded { id: 7, how };
    for how in [ReservationEnding::Expired, ReservationEnding::Removed] {
        assert_eq!(reported(Version::V16, &ended(how)), None);
        assert_eq!(reported(Version::V201, &ended(how)), Some(ended(how)));
        assert_eq!(reported(Version::V21, &ended(how)), Some(ended(how)));
    }
    let unused = ended(ReservationEnding::NoTransaction);
    assert_eq!(reported(Version::V201, &unused), None, "only 2.1 has a word for it");
    assert_eq!(reported(Version::V21, &unused), Some(unused));
}
