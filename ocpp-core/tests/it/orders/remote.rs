//! Remote control (block F), the state of transactions (E14).

use ocpp_core::model::{
    Availability, Command, EvseId, IdToken, Outcome, Place, RemoteStart, StationTxRef, TokenKind,
    TriggerKind, Verdict,
};
use ocpp_core::types::Version;

use super::{VERSIONS, answered, heard, unsayable};

fn trigger(message: TriggerKind) -> Command {
    Command::Trigger { message, place: Some(Place::of(1, Some(1))) }
}

#[test]
fn a_remote_start_names_the_group_where_it_can() {
    let start = RemoteStart {
        id_token: IdToken::new("04AABB", TokenKind::ISO14443),
        group: Some(IdToken::new("FLEET", TokenKind::ISO14443)),
        evse: Some(EvseId(2)),
        remote_start: Some(12),
        profile: None,
    };
    for version in [Version::V201, Version::V21] {
        assert_eq!(
            heard(version, &Command::RemoteStart(start.clone())).1,
            Command::RemoteStart(start.clone())
        );
    }
    let heard_by_16 = Command::RemoteStart(RemoteStart { group: None, remote_start: None, ..start.clone() });
    assert_eq!(heard(Version::V16, &Command::RemoteStart(start.clone())).1, heard_by_16);
    let long = RemoteStart { id_token: IdToken::new(&"X".repeat(21), TokenKind::ISO14443), ..start };
    assert!(unsayable(Version::V16, &Command::RemoteStart(long)).contains("20 characters"));
}

#[test]
fn what_can_be_triggered_is_triggered_by_the_action_that_has_it() {
    let everywhere = [TriggerKind::Boot, TriggerKind::Heartbeat, TriggerKind::Status, TriggerKind::Meter];
    for version in VERSIONS {
        for kind in everywhere.clone().into_iter().chain([TriggerKind::Firmware]) {
            assert_eq!(heard(version, &trigger(kind.clone())), ("TriggerMessage".into(), trigger(kind)));
        }
        for kind in [TriggerKind::Log, TriggerKind::StationCertificate] {
            let action = if version.is_2x() { "TriggerMessage" } else { "ExtendedTriggerMessage" };
            assert_eq!(heard(version, &trigger(kind.clone())), (action.into(), trigger(kind.clone())));
            for verdict in [Verdict::Accepted, Verdict::Rejected, Verdict::NotSupported] {
                let outcome = Outcome::Verdict(verdict);
                assert_eq!(answered(version, &trigger(kind.clone()), &outcome), outcome);
            }
        }
    }
    let signed = trigger(TriggerKind::SignedFirmware);
    assert_eq!(heard(Version::V16, &signed), ("ExtendedTriggerMessage".into(), signed.clone()));
    assert_eq!(heard(Version::V201, &signed).1, trigger(TriggerKind::Firmware));
    let diagnostics = trigger(TriggerKind::Diagnostics);
    assert_eq!(heard(Version::V16, &diagnostics), ("TriggerMessage".into(), diagnostics.clone()));
    assert!(unsayable(Version::V21, &diagnostics).contains("ask for that of a log"));
}

#[test]
fn messages_of_one_version_are_refused_by_the_others() {
    let v2g = trigger(TriggerKind::Other("SignV2GCertificate".into()));
    let v2g20 = trigger(TriggerKind::Other("SignV2G20Certificate".into()));
    let custom = trigger(TriggerKind::Custom("Self-test".into()));
    assert_eq!(heard(Version::V201, &v2g).1, v2g);
    assert_eq!(heard(Version::V21, &v2g20).1, v2g20);
    assert_eq!(heard(Version::V21, &custom).1, custom);
    assert!(unsayable(Version::V201, &v2g20).contains("does not list it"));
    assert!(unsayable(Version::V16, &v2g).contains("does not list it"));
    assert!(unsayable(Version::V201, &custom).contains("only 2.1"));
    assert!(unsayable(Version::V16, &custom).contains("only 2.1"));
    assert!(unsayable(Version::V21, &trigger(TriggerKind::Custom("x".repeat(51).into()))).contains("50"));
}

#[test]
fn a_status_of_2x_is_triggered_of_one_connector_only() {
    let of_all = Command::Trigger { message: TriggerKind::Status, place: None };
    assert_eq!(heard(Version::V16, &of_all).1, of_all);
    for version in [Version::V201, Version::V21] {
        assert!(unsayable(version, &of_all).contains("F06.FR.13"), "{}", unsayable(version, &of_all));
    }
}

#[test]
fn an_unlock_names_one_connector_and_hears_that_it_is_in_use() {
    for version in VERSIONS {
        let unlock = Command::Unlock(Place::of(2, Some(1)));
        assert_eq!(heard(version, &unlock).1, unlock);
        assert!(unsayable(version, &Command::Unlock(Place::Station)).contains("whole station"));
        for verdict in [Verdict::Accepted, Verdict::Failed] {
            let outcome = Outcome::Verdict(verdict);
            assert_eq!(answered(version, &unlock, &outcome), outcome);
        }
    }
    for version in [Version::V201, Version::V21] {
        for verdict in [Verdict::Occupied, Verdict::Unknown] {
            let outcome = Outcome::Verdict(verdict);
            assert_eq!(answered(version, &Command::Unlock(Place::of(2, Some(1))), &outcome), outcome);
        }
    }
}

#[test]
fn a_second_connector_of_an_evse_is_unknown_to_16() {
    let place = Place::of(1, Some(2));
    let close = Command::SetAvailability { place, availability: Availability::Inoperative };
    for command in [&close, &Command::Unlock(place)] {
        assert!(unsayable(Version::V16, command).contains("each connector is an EVSE"));
        assert_eq!(&heard(Version::V201, command).1, command);
    }
}

#[test]
fn the_state_of_a_transaction_is_asked_in_2x() {
    let named = Command::ReadTransaction { transaction: Some(StationTxRef::Named("TX1".into())) };
    let of_any = Command::ReadTransaction { transaction: None };
    for version in [Version::V201, Version::V21] {
        for (command, ongoing) in [(&named, Some(true)), (&named, Some(false)), (&of_any, None)] {
            assert_eq!(&heard(version, command).1, command);
            let outcome = Outcome::Transaction { ongoing, reports_wait: true };
            assert_eq!(answered(version, command, &outcome), outcome);
        }
        let numbered = Command::ReadTransaction { transaction: Some(StationTxRef::Numbered(3)) };
        assert!(unsayable(version, &numbered).contains("the station's id"));
    }
    assert!(unsayable(Version::V16, &named).contains("look at its session"));
}
