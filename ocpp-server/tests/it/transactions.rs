//! Transactions as stations are set to start and stop them (E01 to E07), each row a test case by its id: whatever the
//! order, the manager answers every report and has one session with a beginning and an end.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use ocpp_core::model::{Command, StationTxRef};
use ocpp_core::types::Version;
use ocpp_server::command::desk::{NewOrder, WhenOffline};
use ocpp_server::domain::{OrderState, SessionStatus};
use serde_json::{Value, json};

use crate::world::station::Station;
use crate::world::{World, id, pass};

/// What the station does.
#[derive(Clone, Copy)]
enum Step {
    /// It asks about a token, which is accepted.
    Authorize,
    /// The state of its connector, by a status and by an event on the connector (B).
    Connector(&'static str),
    /// A report: kind, reason, state of charging, why it stopped.
    Report(&'static str, &'static str, Option<&'static str>, Option<&'static str>),
    /// The same with a token, and what the manager says of it.
    Token(&'static str, &'static str, Option<&'static str>, &'static str, &'static str),
    /// The manager orders the end.
    Stop,
}

use Step::{Authorize, Connector, Report, Stop, Token};

const CHARGING: Step = Report("Updated", "ChargingStateChanged", Some("Charging"), None);
const PLUGGED: Step = Report("Started", "CablePluggedIn", Some("EVConnected"), None);
const TAPPED: Step = Token("Updated", "Authorized", Some("EVConnected"), "CARD", "Accepted");
const STARTED: Step = Token("Started", "Authorized", None, "CARD", "Accepted");
const UNPLUGGED: Step = Report("Ended", "EVCommunicationLost", Some("Idle"), Some("EVDisconnected"));

/// Each case: its steps, and why its session ended; none while it runs.
const CASES: &[(&str, &[Step], Option<&str>)] = &[
    (
        "TC_E_01_CSMS",
        &[
            Authorize,
            Connector("Occupied"),
            Token("Started", "ChargingStateChanged", Some("SuspendedEVSE"), "CARD", "Accepted"),
            CHARGING,
        ],
        None,
    ),
    (
        "TC_E_02_CSMS",
        &[
            Authorize,
            Connector("Occupied"),
            Token("Started", "ChargingStateChanged", Some("Charging"), "CARD", "Accepted"),
        ],
        None,
    ),
    ("TC_E_03_CSMS", &[Connector("Occupied"), PLUGGED, Authorize, TAPPED, CHARGING], None),
    (
        "TC_E_04_CSMS",
        &[
            Authorize,
            STARTED,
            Connector("Occupied"),
            Report("Updated", "CablePluggedIn", Some("EVConnected"), None),
            CHARGING,
        ],
        None,
    ),
    (
        "TC_E_07_CSMS",
        &[STARTED, CHARGING, Report("Ended", "StopAuthorized", Some("EVConnected"), Some("Local"))],
        Some("Local"),
    ),
    (
        "TC_E_08_CSMS",
        &[STARTED, CHARGING, Report("Ended", "ChargingStateChanged", Some("EVConnected"), Some("Local"))],
        Some("Local"),
    ),
    ("TC_E_09_CSMS", &[Connector("Occupied"), PLUGGED], None),
    ("TC_E_10_CSMS", &[Authorize, STARTED], None),
    (
        "TC_E_11_CSMS",
        &[
            Authorize,
            Connector("Occupied"),
            Token("Started", "SignedDataReceived", Some("EVConnected"), "CARD", "Accepted"),
            CHARGING,
        ],
        None,
    ),
    ("TC_E_12_CSMS", &[Report("Started", "EVDetected", None, None)], None),
    ("TC_E_14_CSMS", &[STARTED, CHARGING, Connector("Available"), UNPLUGGED], Some("EVDisconnected")),
    (
        "TC_E_15_CSMS",
        &[STARTED, CHARGING, Report("Ended", "StopAuthorized", None, Some("Local"))],
        Some("Local"),
    ),
    (
        "TC_E_16_CSMS",
        &[
            Token("Started", "Authorized", None, "NOBODY", "Invalid"),
            Report("Ended", "Deauthorized", None, Some("DeAuthorized")),
        ],
        Some("DeAuthorized"),
    ),
    ("TC_E_17_CSMS", &[STARTED, CHARGING, UNPLUGGED], Some("EVDisconnected")),
    ("TC_E_19_CSMS", &[STARTED, CHARGING, Report("Ended", "EVDeparted", None, Some("Local"))], Some("Local")),
    ("TC_E_20_CSMS", &[STARTED, CHARGING, UNPLUGGED, Connector("Available")], Some("EVDisconnected")),
    (
        "TC_E_21_CSMS",
        &[STARTED, CHARGING, Stop, Report("Ended", "RemoteStop", Some("EVConnected"), Some("Remote"))],
        Some("Remote"),
    ),
    (
        "TC_E_22_CSMS",
        &[
            STARTED,
            CHARGING,
            Report("Ended", "ChargingStateChanged", Some("SuspendedEV"), Some("StoppedByEV")),
        ],
        Some("StoppedByEV"),
    ),
    (
        "TC_E_26_CSMS",
        &[
            STARTED,
            CHARGING,
            Report("Updated", "EVCommunicationLost", Some("Idle"), None),
            Connector("Available"),
            Report("Updated", "CablePluggedIn", Some("EVConnected"), None),
            CHARGING,
        ],
        None,
    ),
    (
        "TC_E_38_CSMS",
        &[
            Connector("Occupied"),
            PLUGGED,
            TAPPED,
            Report("Updated", "ChargingStateChanged", Some("SuspendedEV"), None),
        ],
        None,
    ),
    ("TC_E_39_CSMS", &[STARTED, Report("Ended", "EVConnectTimeout", None, Some("Timeout"))], Some("Timeout")),
];

/// A transaction of a station under test.
struct Run<'a> {
    case: &'a str,
    world: &'a World,
    station: &'a Station,
    name: String,
    seq: u32,
}

impl Run<'_> {
    async fn take(&mut self, step: Step) {
        // Reports of one moment could not be told apart in time.
        pass(1).await;
        match step {
            Authorize => {
                assert_eq!(self.station.authorize("CARD").await["status"], "Accepted", "{}", self.case)
            }
            Connector(status) => {
                self.station.status(1, status).await;
                let event = json!({
                    "generatedAt": self.station.now(), "seqNo": 0, "eventData": [{
                        "eventId": 1, "timestamp": self.station.now(), "trigger": "Delta", "actualValue": status,
                        "eventNotificationType": "HardWiredNotification",
                        "component": {"name": "Connector", "evse": {"id": 1, "connectorId": 1}},
                        "variable": {"name": "AvailabilityState"}
                    }]
                });
                assert_eq!(self.station.call("NotifyEvent", event).await, Ok(json!({})), "{}", self.case);
            }
            Report(kind, trigger, state, stopped) => {
                self.report(kind, trigger, state, stopped, None).await;
            }
            Token(kind, trigger, state, token, word) => {
                let answer = self.report(kind, trigger, state, None, Some(token)).await;
                assert_eq!(answer["idTokenInfo"]["status"], word, "{}: {answer}", self.case);
            }
            Stop => {
                let command = Command::RemoteStop(StationTxRef::Named(self.name.as_str().into()));
                let new = NewOrder { command, by: "anna".to_owned(), when_offline: WhenOffline::Refuse };
                let order = self.world.csms().desk().carry_out(&id("CS1"), new).await.unwrap();
                assert!(matches!(order.state, OrderState::Ended { .. }));
                assert_eq!(
                    self.station.stops_heard(),
                    [json!({"transactionId": self.name})],
                    "{}",
                    self.case
                );
            }
        }
    }

    async fn report(
        &mut self,
        kind: &str,
        trigger: &str,
        state: Option<&str>,
        stopped: Option<&str>,
        token: Option<&str>,
    ) -> Value {
        let mut event = json!({
            "eventType": kind, "triggerReason": trigger, "seqNo": self.seq, "timestamp": self.station.now(),
            "transactionInfo": {"transactionId": self.name}
        });
        if kind == "Started" {
            event["evse"] = json!({"id": 1, "connectorId": 1});
        }
        if let Some(state) = state {
            event["transactionInfo"]["chargingState"] = json!(state);
        }
        if let Some(stopped) = stopped {
            event["transactionInfo"]["stoppedReason"] = json!(stopped);
        }
        if let Some(token) = token {
            event["idToken"] = json!({"idToken": token, "type": "ISO14443"});
        }
        if trigger == "SignedDataReceived" {
            event["meterValue"] = json!([{"timestamp": self.station.now(), "sampledValue": [{
                "value": 0.0, "context": "Transaction.Begin",
                "signedMeterValue": {
                    "signedMeterData": "T0NNRg==", "signingMethod": "", "encodingMethod": "OCMF", "publicKey": ""
                }
            }]}]);
        }
        self.seq += 1;
        self.station.call("TransactionEvent", event).await.unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn tc_e_01_to_39_csms_transactions_start_and_stop_as_stations_are_set() {
    for (case, steps, stopped) in CASES {
        for version in [Version::V201, Version::V21] {
            let world = World::new().await;
            let station = world.connect("CS1", version).await;
            let name = case.to_lowercase().replace('_', "-");
            let mut run = Run { case, world: &world, station: &station, name, seq: 0 };
            for step in *steps {
                run.take(*step).await;
            }
            let sessions = world.sessions(None).await;
            assert_eq!(sessions.len(), 1, "{case} {version}: {sessions:?}");
            let session = &sessions[0];
            let wanted = if stopped.is_some() { SessionStatus::Completed } else { SessionStatus::Active };
            assert_eq!(session.status, wanted, "{case} {version}");
            let reason = session.stop_reason.as_ref().map(|reason| reason.as_str());
            assert_eq!(reason, *stopped, "{case} {version}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn tc_e_53_csms_each_transaction_counts_from_0() {
    for version in [Version::V201, Version::V21] {
        let world = World::new().await;
        let station = world.connect("CS1", version).await;
        for name in ["first", "second"] {
            let case = "TC_E_53_CSMS";
            let mut run = Run { case, world: &world, station: &station, name: name.to_owned(), seq: 0 };
            for step in [STARTED, CHARGING, UNPLUGGED] {
                run.take(step).await;
            }
        }
        let sessions = world.sessions(Some(SessionStatus::Completed)).await;
        assert_eq!(sessions.len(), 2, "{version}");
        assert!(sessions.iter().all(|session| !session.seen.has_gap() && session.seen.contains(0)));
    }
}

#[tokio::test(start_paused = true)]
async fn tc_g_20_csms_a_lock_that_fails_is_taken_note_of() {
    for version in [Version::V201, Version::V21] {
        let world = World::new().await;
        let station = world.connect("CS1", version).await;
        let event = json!({
            "generatedAt": station.now(), "seqNo": 0, "eventData": [{
                "eventId": 7, "timestamp": station.now(), "trigger": "Delta", "actualValue": "true",
                "eventNotificationType": "HardWiredNotification",
                "component": {"name": "ConnectorPlugRetentionLock", "evse": {"id": 1, "connectorId": 1}},
                "variable": {"name": "Problem"}
            }]
        });
        assert_eq!(station.call("NotifyEvent", event).await, Ok(json!({})), "{version}");
    }
}
