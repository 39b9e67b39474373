//! Firmware and campaigns, logs, security events and certificates, in virtual time.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod campaign;
mod certificate;
mod firmware;
mod key;
mod logs;
mod security;

use std::sync::Mutex;
use std::time::Duration;

use ocpp_core::model::{FirmwareSignature, StationId};
use ocpp_core::types::Version;
use ocpp_server::Csms;
use ocpp_server::access::Pepper;
use ocpp_server::domain::{Firmware, FirmwareId, OpenUpkeep, StationUpdate};
use ocpp_server::maintenance::{Files, FirmwareForm, Links, UpdateForm, Upkeep, UpkeepSettings};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

use crate::world::station::{Says, Station};
use crate::world::{World, id, pass};

const VERSIONS: [Version; 3] = [Version::V16, Version::V201, Version::V21];
/// Where stations reach the manager, as far as they are told.
const BASE: &str = "http://manager.example:8080";

/// A manager with its upkeep, which can be killed and started again.
struct Yard {
    world: World,
    directory: TempDir,
    settings: UpkeepSettings,
    running: Mutex<Option<AbortHandle>>,
}

fn upkeep_of(csms: Csms, directory: &TempDir, pepper: Pepper, settings: UpkeepSettings) -> Upkeep {
    let files = Files::open(directory.path()).unwrap();
    Upkeep::new(csms, files, Links::new(BASE, pepper), settings)
}

impl Yard {
    async fn new() -> Yard {
        Yard::with(UpkeepSettings::default()).await
    }

    async fn with(settings: UpkeepSettings) -> Yard {
        let directory = tempfile::tempdir().unwrap();
        let yard = Yard { world: World::new().await, directory, settings, running: Mutex::default() };
        yard.run();
        yard
    }

    fn upkeep(&self) -> Upkeep {
        upkeep_of(self.world.csms(), &self.directory, self.world.pepper.clone(), self.settings)
    }

    fn run(&self) {
        let upkeep = self.upkeep();
        let task = tokio::spawn(async move { upkeep.run(CancellationToken::new()).await });
        *self.running.lock().unwrap() = Some(task.abort_handle());
    }

    /// Ends the manager as a kill does, and starts another one over what is left.
    async fn restart(&self) {
        if let Some(task) = self.running.lock().unwrap().take() {
            task.abort();
        }
        self.world.kill();
        self.world.start().await;
        self.run();
    }

    /// A firmware that lies elsewhere.
    async fn firmware(&self, version: Option<&str>, signature: Option<FirmwareSignature>) -> Firmware {
        let form = FirmwareForm {
            name: "fw.bin".to_owned(),
            version: version.map(str::to_owned),
            url: Some("https://files.example/fw.bin".to_owned()),
            signature,
        };
        self.upkeep().add_firmware(form).await.unwrap()
    }

    async fn update(&self, station: &str, firmware: &Firmware) -> u32 {
        self.upkeep().update(&id(station), &wish(&firmware.id), "anna").await.unwrap().request
    }

    async fn update_of(&self, station: &str, request: u32) -> StationUpdate {
        use ocpp_server::store::TypedRecords;

        let key = StationUpdate::key_of(&id(station), request);
        self.world.store.get(&key).await.unwrap().unwrap()
    }

    /// Lets time pass until an update is in this state.
    async fn update_in(&self, station: &str, request: u32, state: &str) -> StationUpdate {
        for _ in 0..20_000 {
            let update = self.update_of(station, request).await;
            if update.state.name() == state {
                return update;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        panic!("the update is {:?} and never {state}", self.update_of(station, request).await);
    }

    /// Lets time pass until nothing is left to do.
    async fn nothing_open(&self) {
        for _ in 0..200 {
            if self.world.all::<OpenUpkeep>().await.is_empty() {
                return;
            }
            pass(1).await;
        }
        panic!("something is left: {:?}", self.world.all::<OpenUpkeep>().await);
    }
}

fn wish(firmware: &FirmwareId) -> UpdateForm {
    UpdateForm {
        firmware: firmware.clone(),
        retrieve_at: None,
        install_at: None,
        retries: Some((3, 60)),
        within: Duration::from_secs(48 * 3600),
    }
}

fn signature() -> FirmwareSignature {
    FirmwareSignature { certificate: "-----BEGIN CERTIFICATE-----".into(), signature: "c2ln".into() }
}

/// What a station says to orders of firmware, by the name of the action in its version.
fn takes_updates(station: &Station, status: &str) {
    for action in ["UpdateFirmware", "SignedUpdateFirmware"] {
        let answer = if station.version == Version::V16 && action == "UpdateFirmware" {
            json!({})
        } else {
            json!({"status": status})
        };
        station.says(action, Says::Result(answer));
    }
}

/// Waits for the next order of an action beyond those before.
async fn next_order(station: &Station, action: &str, before: usize) -> Value {
    for _ in 0..20_000 {
        if let Some(order) = station.orders(action).get(before) {
            return order.clone();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no {action} arrives at {}", station.name);
}

/// A station tells how far it is.
async fn tells(station: &Station, request: Option<i64>, stage: &str) {
    let signed = station.version == Version::V16 && request.is_some();
    let action = if signed { "SignedFirmwareStatusNotification" } else { "FirmwareStatusNotification" };
    let payload = match request {
        Some(request) => json!({"status": stage, "requestId": request}),
        None => json!({"status": stage}),
    };
    station.call(action, payload).await.unwrap();
}

/// A station starts with a version of its firmware.
async fn boots(station: &Station, firmware: &str) {
    let payload = if station.is_2x() {
        json!({"reason": "FirmwareUpdate", "chargingStation": {
            "model": "M", "vendorName": "V", "firmwareVersion": firmware
        }})
    } else {
        json!({"chargePointVendor": "V", "chargePointModel": "M", "firmwareVersion": firmware})
    };
    let answer = station.call("BootNotification", payload).await.unwrap();
    assert_eq!(answer["status"], "Accepted");
}

fn identity(name: &str) -> StationId {
    id(name)
}
