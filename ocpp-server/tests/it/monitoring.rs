//! Monitors, events and alarms (N02 to N08).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod alarms;
mod events;
mod monitors;
mod reports;

use std::time::Duration;

use ocpp_core::model::{
    Command, EventSeverity, EvseId, MonitorKind, MonitorSetting, Outcome, Place, Setting,
};
use ocpp_core::types::Version;
use ocpp_server::command::desk::{NewOrder, WhenOffline};
use ocpp_server::domain::{Ending, OrderState};
use ocpp_server::maintenance::{Diagnostics, DiagnosticsSettings};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

pub(crate) use crate::world::station::{Says, Station};
pub(crate) use crate::world::{World, id, pass};

pub(crate) const TWO: [Version; 2] = [Version::V201, Version::V21];

/// A manager that looks after its stations.
pub(crate) struct Yard {
    pub(crate) world: World,
    pub(crate) diagnostics: Diagnostics,
}

impl Yard {
    pub(crate) async fn new() -> Yard {
        Yard::with(DiagnosticsSettings::default()).await
    }

    pub(crate) async fn with(settings: DiagnosticsSettings) -> Yard {
        let world = World::new().await;
        let diagnostics = Diagnostics::new(world.csms(), settings);
        let run = diagnostics.clone();
        tokio::spawn(async move { run.run(CancellationToken::new()).await });
        Yard { world, diagnostics }
    }

    /// What a station says to an order that anybody gives.
    pub(crate) async fn ordered(&self, station: &str, command: Command) -> Ending {
        let new = NewOrder { command, by: "a test".to_owned(), when_offline: WhenOffline::Refuse };
        let order = self.world.csms().desk().carry_out(&id(station), new).await.unwrap();
        // What follows from it is noted a moment later.
        pass(1).await;
        match order.state {
            OrderState::Ended { ending, .. } => ending,
            other => panic!("the order is {other:?}"),
        }
    }

    pub(crate) async fn outcome(&self, station: &str, command: Command) -> Outcome {
        match self.ordered(station, command).await {
            Ending::Answered { outcome } => outcome,
            other => panic!("the order ended {other:?}"),
        }
    }
}

/// Waits until a station has heard so many calls of an action; tells the last one.
pub(crate) async fn heard(station: &Station, action: &str, count: usize) -> Value {
    for _ in 0..2000 {
        let orders = station.orders(action);
        if orders.len() >= count {
            return orders[count - 1].clone();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{action} does not arrive {count} times");
}

pub(crate) fn variable(component: &str, evse: Option<u32>, variable: &str) -> Setting {
    Setting::Variable {
        component: component.into(),
        component_instance: None,
        place: evse.map(|evse| Place::Evse(EvseId(evse))),
        variable: variable.into(),
        variable_instance: None,
    }
}

/// A monitor of changes, as the test cases want them.
pub(crate) fn delta(evse: u32) -> MonitorSetting {
    MonitorSetting {
        setting: variable("EVSE", Some(evse), "AvailabilityState"),
        id: None,
        kind: MonitorKind::Delta,
        value: Decimal::ONE,
        severity: EventSeverity::INFORMATIONAL,
        in_transaction: false,
        stream: None,
    }
}

/// What a station says to a monitor of changes.
pub(crate) fn result(evse: u32, status: &str, number: Option<i64>) -> Value {
    let mut result = json!({
        "status": status, "type": "Delta", "severity": 8,
        "component": {"name": "EVSE", "evse": {"id": evse}}, "variable": {"name": "AvailabilityState"},
    });
    if let Some(number) = number {
        result["id"] = json!(number);
    }
    result
}

/// A station says how many monitors it takes in one message.
pub(crate) fn takes(station: &Station, items: u32, bytes: Option<u32>, message: &str) {
    let value = |name: &str, value: Option<u32>| match value {
        Some(value) => json!({
            "attributeStatus": "Accepted", "attributeValue": value.to_string(),
            "component": {"name": "MonitoringCtrlr"}, "variable": {"name": name, "instance": message},
        }),
        None => json!({
            "attributeStatus": "UnknownVariable",
            "component": {"name": "MonitoringCtrlr"}, "variable": {"name": name, "instance": message},
        }),
    };
    let told = json!({"getVariableResult": [value("ItemsPerMessage", Some(items)), value("BytesPerMessage", bytes)]});
    station.says("GetVariables", Says::Result(told));
}

/// An event of a station.
pub(crate) fn event(number: i64, at: &str, more: Value) -> Value {
    let mut event = json!({
        "eventId": number, "timestamp": at, "trigger": "Alerting", "actualValue": "71",
        "eventNotificationType": "CustomMonitor", "variableMonitoringId": 3,
        "component": {"name": "ChargingStation"}, "variable": {"name": "Temperature"},
    });
    for (name, value) in more.as_object().unwrap() {
        event[name] = value.clone();
    }
    event
}

/// A station reports events, and hears the empty answer that it is to hear (N07.FR.03, N08.FR.02).
pub(crate) async fn reports(station: &Station, events: Vec<Value>) {
    let payload = json!({"generatedAt": station.now(), "seqNo": 0, "eventData": events});
    assert_eq!(station.call("NotifyEvent", payload).await.unwrap(), json!({}));
}
