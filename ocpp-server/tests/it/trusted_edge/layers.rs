//! Layers around the handling of calls.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ocpp_core::wire::{CallError, ErrorCode};
use ocpp_server::Csms;
use ocpp_server::handle::HandleError;
use ocpp_server::session::{Answered, Call, Middleware, Next};
use ocpp_server::store::Memory;
use serde_json::json;

use super::station::Station;
use super::{Manager, quick};

/// Writes down what passes it, both ways.
struct Diary(&'static str, Arc<Mutex<Vec<String>>>);

#[async_trait]
impl Middleware for Diary {
    async fn handle(&self, call: Call<'_>, next: Next<'_>) -> Result<Answered, HandleError> {
        let action = call.action.to_string();
        self.1.lock().expect("a diary").push(format!("{} > {action}", self.0));
        let answer = next.run(call).await;
        self.1.lock().expect("a diary").push(format!("{} < {action}", self.0));
        answer
    }
}

/// Mends what a vendor spells wrong, and refuses what it does not want.
struct Rewrite;

#[async_trait]
impl Middleware for Rewrite {
    async fn handle(&self, mut call: Call<'_>, next: Next<'_>) -> Result<Answered, HandleError> {
        if call.action == "Hartbeat" {
            call.action = "Heartbeat".into();
        }
        if call.action == "DataTransfer" {
            return Ok(Err(CallError::new(ErrorCode::NotSupported, "not here")));
        }
        next.run(call).await
    }
}

#[tokio::test]
async fn layers_see_calls_in_order_and_answers_in_reverse() {
    let diary = Arc::new(Mutex::new(Vec::new()));
    let builder = quick(Csms::builder(Memory::new()))
        .layer(Diary("outer", Arc::clone(&diary)))
        .layer(Rewrite)
        .layer(Diary("inner", Arc::clone(&diary)));
    let manager = Manager::of(builder).await;
    let mut station = Station::dial(&manager, "LAYERS", "ocpp1.6").await;
    station.result("Hartbeat", json!({})).await;
    assert_eq!(station.refusal("DataTransfer", json!({"vendorId": "x"})).await, "NotSupported");
    let diary = diary.lock().expect("a diary").clone();
    let expected = [
        "outer > Hartbeat",
        "inner > Heartbeat",
        "inner < Heartbeat",
        "outer < Hartbeat",
        "outer > DataTransfer",
        "outer < DataTransfer",
    ];
    assert_eq!(diary, expected);
}
