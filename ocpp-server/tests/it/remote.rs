//! Remote control (block F) and the state of transactions (E14), by kept orders.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use ocpp_core::model::{
    Command, EvseId, IdToken, Outcome, Place, RemoteStart, StationTxRef, TokenKind, TriggerKind, Verdict,
};
use ocpp_core::types::Version;
use ocpp_server::command::desk::{NewOrder, WhenOffline};
use ocpp_server::domain::{Ending, OrderState};
use serde_json::json;

use crate::world::station::Says;
use crate::world::{World, id};

const VERSIONS: [Version; 3] = [Version::V16, Version::V201, Version::V21];

async fn ordered(world: &World, command: Command) -> Ending {
    let new = NewOrder { command, by: "anna".to_owned(), when_offline: WhenOffline::Refuse };
    match world.csms().desk().carry_out(&id("CS1"), new).await.unwrap().state {
        OrderState::Ended { ending, .. } => ending,
        other => panic!("{other:?}"),
    }
}

fn answered(verdict: Verdict) -> Ending {
    Ending::Answered { outcome: Outcome::Verdict(verdict) }
}

#[tokio::test(start_paused = true)]
async fn tc_f_01_to_04_csms_a_remote_start_is_ordered_and_linked_to_its_session() {
    for version in VERSIONS {
        let world = World::new().await;
        let station = world.connect("CS1", version).await;
        let start = Command::RemoteStart(RemoteStart {
            id_token: IdToken::new("CARD", TokenKind::ISO14443),
            group: None,
            evse: Some(EvseId(1)),
            remote_start: Some(7),
            profile: None,
        });
        let taken = Outcome::RemoteStart { verdict: Verdict::Accepted, transaction: None };
        assert_eq!(ordered(&world, start).await, Ending::Answered { outcome: taken }, "{version}");
        assert_eq!(station.started_token().as_deref(), Some("CARD"));
        if station.is_2x() {
            assert_eq!(station.starts_heard()[0]["remoteStartId"], 7);
        }
        // The driver comes, and is authorized again by the report (F01.FR.03).
        assert_eq!(station.authorize("CARD").await["status"], "Accepted");
        let mut charge = station.start(1, "CARD", 100).await;
        assert_eq!(world.session(1).await.id_token, Some(IdToken::new("CARD", TokenKind::CENTRAL)));
        station.stop(&mut charge, 200).await;
    }
}

#[tokio::test(start_paused = true)]
async fn tc_f_06_csms_a_lock_is_opened_or_in_use() {
    for version in VERSIONS {
        let world = World::new().await;
        let station = world.connect("CS1", version).await;
        let unlock = || Command::Unlock(Place::of(1, Some(1)));
        let mut words = vec![("Unlocked", Verdict::Accepted), ("UnlockFailed", Verdict::Failed)];
        if station.is_2x() {
            words.push(("OngoingAuthorizedTransaction", Verdict::Occupied));
            words.push(("UnknownConnector", Verdict::Unknown));
        } else {
            words.push(("NotSupported", Verdict::NotSupported));
        }
        for (word, verdict) in words {
            station.says("UnlockConnector", Says::Result(json!({ "status": word })));
            assert_eq!(ordered(&world, unlock()).await, answered(verdict), "{version}");
        }
        let expected =
            if station.is_2x() { json!({"evseId": 1, "connectorId": 1}) } else { json!({"connectorId": 1}) };
        assert_eq!(station.orders("UnlockConnector")[0], expected);
    }
}

#[tokio::test(start_paused = true)]
async fn tc_f_11_to_27_csms_messages_are_triggered() {
    let kinds = [
        (TriggerKind::Meter, Some(Place::Evse(EvseId(1))), "MeterValues"),
        (TriggerKind::Meter, None, "MeterValues"),
        (TriggerKind::Transaction, Some(Place::Evse(EvseId(1))), "TransactionEvent"),
        (TriggerKind::Transaction, None, "TransactionEvent"),
        (TriggerKind::Log, None, "LogStatusNotification"),
        (TriggerKind::Firmware, None, "FirmwareStatusNotification"),
        (TriggerKind::Heartbeat, None, "Heartbeat"),
        (TriggerKind::Status, Some(Place::of(1, Some(1))), "StatusNotification"),
    ];
    for version in VERSIONS {
        let world = World::new().await;
        let station = world.connect("CS1", version).await;
        for (message, place, name) in &kinds {
            let extended = !station.is_2x() && *message == TriggerKind::Log;
            let action = if extended { "ExtendedTriggerMessage" } else { "TriggerMessage" };
            // 1.6 tells of transactions by meter values.
            let name = if station.is_2x() || *name != "TransactionEvent" { *name } else { "MeterValues" };
            for (word, verdict) in [
                ("Accepted", Verdict::Accepted),
                ("Rejected", Verdict::Rejected),
                ("NotImplemented", Verdict::NotSupported),
            ] {
                station.says(action, Says::Result(json!({ "status": word })));
                let trigger = Command::Trigger { message: message.clone(), place: *place };
                assert_eq!(ordered(&world, trigger).await, answered(verdict), "{version} {name} {word}");
            }
            let order = station.orders(action).pop().unwrap();
            assert_eq!(order["requestedMessage"], name, "{version}");
            let named = if station.is_2x() { &order["evse"]["id"] } else { &order["connectorId"] };
            assert_eq!(named.as_i64(), place.map(|_| 1), "{version} {name}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn tc_e_29_to_34_csms_the_state_of_a_transaction_is_asked() {
    for version in [Version::V201, Version::V21] {
        let world = World::new().await;
        let station = world.connect("CS1", version).await;
        let named = || Some(StationTxRef::Named("TX1".into()));
        let cases = [
            (named(), Some(true), true),
            (named(), Some(true), false),
            (named(), Some(false), true),
            (None, None, true),
            (None, None, false),
        ];
        for (transaction, ongoing, reports_wait) in cases {
            let mut told = json!({ "messagesInQueue": reports_wait });
            if let Some(ongoing) = ongoing {
                told["ongoingIndicator"] = json!(ongoing);
            }
            station.says("GetTransactionStatus", Says::Result(told));
            let asks = transaction.is_some();
            let ending = ordered(&world, Command::ReadTransaction { transaction }).await;
            let outcome = Outcome::Transaction { ongoing, reports_wait };
            assert_eq!(ending, Ending::Answered { outcome }, "{version}");
            let order = station.orders("GetTransactionStatus").pop().unwrap();
            assert_eq!(order.get("transactionId").is_some(), asks);
        }
        station.says("GetTransactionStatus", Says::Result(json!({})));
        let ending = ordered(&world, Command::ReadTransaction { transaction: None }).await;
        assert!(matches!(ending, Ending::BadAnswer { .. }), "{ending:?}");
    }
}
