//! Remote control (block F), the state of transactions (E14).

use ocpp_client::hardware::Actuation;
use ocpp_core::model::{
    Authorization, AuthorizationStatus, Command, EvseId, Fact, IdToken, Outcome, Place, RemoteStart, Setting,
    SettingChange, StationTxRef, StopReason, TriggerKind, Verdict,
};

use crate::bench::{Bench, card, connector, questions};

fn start(evse: Option<u32>) -> Command {
    let evse = evse.map(EvseId);
    Command::RemoteStart(RemoteStart {
        id_token: card("A"),
        group: None,
        evse,
        remote_start: Some(9),
        profile: None,
    })
}

fn trigger(message: TriggerKind, place: Option<Place>) -> Command {
    Command::Trigger { message, place }
}

#[test]
fn the_station_chooses_the_place_where_a_vehicle_waits() {
    let mut bench = Bench::new(3);
    bench.plug(2);
    bench.heard();
    assert_eq!(bench.verdict(&start(None)), Verdict::Accepted);
    assert!(bench.is_charging(2), "F01");
    assert_eq!(bench.starts()[0].remote_start, Some(9), "F02.FR.01");
    assert_eq!(bench.verdict(&start(Some(2))), Verdict::Rejected, "it is in use");
    assert_eq!(bench.verdict(&start(Some(4))), Verdict::Rejected, "there is no such EVSE");
}

#[test]
fn a_driver_who_does_not_plug_in_loses_the_start() {
    let mut bench = Bench::new(1);
    assert_eq!(bench.verdict(&start(None)), Verdict::Accepted, "F02");
    bench.pass(121);
    bench.plug(1);
    assert!(!bench.is_charging(1), "F02.FR.07");
}

#[test]
fn the_token_of_a_remote_start_is_authorized_where_that_is_set() {
    fn nobody(_: &IdToken) -> Authorization {
        Authorization::of(AuthorizationStatus::Invalid)
    }
    let mut bench = Bench::new(1);
    bench.words = nobody;
    let setting = Setting::Key("AuthorizeRemoteTxRequests".into());
    bench.order(&Command::ChangeSettings(vec![SettingChange::new(setting, "true")]));
    bench.plug(1);
    bench.heard();
    assert_eq!(bench.verdict(&start(None)), Verdict::Accepted);
    assert_eq!(questions(&bench.heard()), 1, "F01.FR.01");
    assert!(!bench.is_charging(1));
    bench.words = crate::bench::everybody;
    bench.order(&start(None));
    assert!(bench.is_charging(1));
    assert_eq!(bench.starts()[0].remote_start, Some(9));
}

#[test]
fn a_transaction_is_stopped_by_its_name_and_told_of() {
    let mut bench = Bench::new(1);
    bench.plug(1);
    bench.present(1, "A");
    let named = |name: &str| StationTxRef::Named(name.into());
    let ask = |bench: &mut Bench, transaction| bench.order(&Command::ReadTransaction { transaction });
    let ongoing = Outcome::Transaction { ongoing: Some(true), reports_wait: false };
    assert_eq!(ask(&mut bench, Some(named("TX1"))), ongoing);
    assert_eq!(bench.verdict(&Command::RemoteStop(named("TX2"))), Verdict::Rejected, "F03.FR.08");
    assert_eq!(bench.verdict(&Command::RemoteStop(named("TX1"))), Verdict::Accepted, "F03.FR.07");
    assert_eq!(bench.engine.finished_sessions()[0].reason, StopReason::REMOTE);
    let over = Outcome::Transaction { ongoing: Some(false), reports_wait: false };
    assert_eq!(ask(&mut bench, Some(named("TX1"))), over);
    // What happens without a connection waits.
    bench.disconnect();
    bench.present(1, "A");
    bench.present(1, "A");
    let waits = Outcome::Transaction { ongoing: Some(false), reports_wait: true };
    assert_eq!(ask(&mut bench, Some(named("TX2"))), waits);
    assert_eq!(ask(&mut bench, None), Outcome::Transaction { ongoing: None, reports_wait: true });
    assert_eq!(ask(&mut bench, Some(named("TX1"))), over);
}

#[test]
fn a_lock_is_opened_unless_a_transaction_runs() {
    let mut bench = Bench::new(1);
    assert_eq!(bench.verdict(&Command::Unlock(connector(1))), Verdict::Accepted, "F05.FR.06");
    assert!(bench.actuated.contains(&Actuation::Unlock(EvseId(1))));
    for place in [connector(2), Place::of(1, Some(2)), Place::Station] {
        assert_eq!(bench.verdict(&Command::Unlock(place)), Verdict::Unknown, "F05.FR.03");
    }
    bench.plug(1);
    bench.present(1, "A");
    bench.actuated.clear();
    assert_eq!(bench.verdict(&Command::Unlock(connector(1))), Verdict::Occupied, "F05.FR.02");
    assert_eq!(bench.actuated, []);
}

#[test]
fn every_message_that_is_accepted_is_sent() {
    let mut bench = Bench::new(2);
    bench.plug(1);
    bench.present(1, "A");
    type Expected = fn(&Fact) -> bool;
    let names: [(TriggerKind, Option<Place>, Expected); 8] = [
        (TriggerKind::Heartbeat, None, |fact| matches!(fact, Fact::Heartbeat)),
        (
            TriggerKind::Status,
            Some(connector(2)),
            |fact| matches!(fact, Fact::Status(s) if s.place == connector(2)),
        ),
        (TriggerKind::Meter, Some(Place::Evse(EvseId(1))), |fact| matches!(fact, Fact::Meter(_))),
        (TriggerKind::Transaction, None, |fact| matches!(fact, Fact::Transaction(_))),
        (TriggerKind::Firmware, None, |fact| is_idle(fact, "FirmwareStatusNotification")),
        (TriggerKind::SignedFirmware, None, |fact| is_idle(fact, "SignedFirmwareStatusNotification")),
        (TriggerKind::Log, None, |fact| is_idle(fact, "LogStatusNotification")),
        (TriggerKind::Diagnostics, None, |fact| is_idle(fact, "DiagnosticsStatusNotification")),
    ];
    for (message, place, is_wanted) in names {
        bench.heard();
        assert_eq!(bench.verdict(&trigger(message.clone(), place)), Verdict::Accepted, "{message:?}");
        let heard = bench.heard();
        assert!(heard.len() == 1 && is_wanted(&heard[0]), "{message:?}: {heard:?}");
    }
    for (message, verdict) in [
        (TriggerKind::Boot, Verdict::Rejected),
        (TriggerKind::Custom("X".into()), Verdict::NotSupported),
        (TriggerKind::Other("SignV2GCertificate".into()), Verdict::NotSupported),
    ] {
        assert_eq!(bench.verdict(&trigger(message, None)), verdict, "F06.FR.17, F06.FR.08");
        assert_eq!(bench.heard(), []);
    }
    assert_eq!(
        bench.verdict(&trigger(TriggerKind::Transaction, Some(Place::Evse(EvseId(2))))),
        Verdict::Rejected
    );
    assert_eq!(bench.verdict(&trigger(TriggerKind::Status, Some(connector(3)))), Verdict::Rejected);
}

fn is_idle(fact: &Fact, name: &str) -> bool {
    matches!(fact, Fact::Unmapped { action, payload } if **action == *name && payload.contains("Idle"))
}
