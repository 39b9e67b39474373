//! Messages of vendors, both ways, and additions of vendors (block P).

use ocpp_core::model::{Command, Outcome, Transfer, TransferAnswer, TransferStatus};
use ocpp_core::types::Version;
use ocpp_server::domain::Ending;
use serde_json::json;

use super::{Bench, VERSIONS};
use crate::world::station::Says;

fn transfer(version: Version) -> serde_json::Value {
    let data = if version.is_2x() { json!({"a": 1}) } else { json!("text") };
    json!({"vendorId": "com.example", "messageId": "hello", "data": data})
}

#[tokio::test(start_paused = true)]
async fn tc_p_02_csms_a_message_of_an_unknown_vendor() {
    for version in VERSIONS {
        let bench = Bench::new().await;
        let station = bench.station(version).await;
        let answer = station.call("DataTransfer", transfer(version)).await.unwrap();
        // In 1.6 it is UnknownVendorId, in 2.x UnknownVendorId as well (P02.FR.06).
        assert_eq!(answer["status"], "UnknownVendorId", "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_p_03_csms_additions_of_vendors_are_taken() {
    for version in [Version::V201, Version::V21] {
        let bench = Bench::new().await;
        let station = bench.station(version).await;
        let status = json!({
            "timestamp": station.now(), "connectorStatus": "Occupied", "evseId": 1, "connectorId": 1,
            "customData": {"vendorId": "com.example", "anything": {"deep": [1, 2]}}
        });
        assert_eq!(station.call("StatusNotification", status).await.unwrap(), json!({}), "{version}");
        let port = bench.csms.store().ports(&crate::world::id("CS1")).await.unwrap().pop().unwrap();
        assert_eq!(port.status, ocpp_core::model::PortStatus::Occupied);
    }
}

/// TC_P_01 is a station's case: every word that it may say is understood.
#[tokio::test(start_paused = true)]
async fn p01_every_answer_of_a_station_to_a_message_of_a_vendor_is_understood() {
    for version in VERSIONS {
        let bench = Bench::new().await;
        let station = bench.station(version).await;
        let order = Command::Transfer(Transfer {
            vendor: "com.example".into(),
            message: Some("hello".into()),
            data: None,
        });
        for (word, status) in [
            ("Accepted", TransferStatus::Accepted),
            ("Rejected", TransferStatus::Rejected),
            ("UnknownMessageId", TransferStatus::UnknownMessage),
            ("UnknownVendorId", TransferStatus::UnknownVendor),
        ] {
            station.says("DataTransfer", Says::Result(json!({ "status": word })));
            let outcome = Outcome::Transfer(TransferAnswer { status, data: None });
            assert_eq!(bench.order(order.clone()).await.unwrap(), Ending::Answered { outcome }, "{version}");
        }
        let heard = station.orders("DataTransfer").pop().unwrap();
        assert_eq!((&heard["vendorId"], &heard["messageId"]), (&json!("com.example"), &json!("hello")));
    }
}
