//! Stations that answer orders on energy badly: the order has a defined end, and nothing is taken as known.

use std::time::Duration;

use ocpp_core::model::{
    Command, DerControl, DerScope, DerSetting, IdToken, ProfileClearing, ProfilePurpose, StreamPace,
    TokenKind,
};
use ocpp_core::types::{Json, Version};
use ocpp_server::domain::Ending;
use serde_json::json;

use super::{Bench, EVSE, profile, set};
use crate::world::id;
use crate::world::station::Says;

fn orders() -> Vec<(&'static str, Command)> {
    let control = DerControl {
        id: "c1".into(),
        scope: DerScope::Default,
        kind: "FixedPFInject".into(),
        superseded: None,
        setting: DerSetting::FixedPfInject(
            Json::new(r#"{"priority":1,"displacement":0.9,"excitation":true}"#.to_owned()).unwrap(),
        ),
    };
    let clearing = ProfileClearing { id: Some(5), ..ProfileClearing::default() };
    vec![
        ("SetChargingProfile", set(EVSE, profile(5, ProfilePurpose::TxDefault))),
        ("ClearChargingProfile", Command::ClearChargingProfiles(clearing)),
        ("GetCompositeSchedule", Command::GetCompositeSchedule { place: EVSE, duration_s: 60, unit: None }),
        ("SetDERControl", Command::SetDerControl(Box::new(control))),
        (
            "ClearDERControl",
            Command::ClearDerControls { scope: DerScope::Default, kind: None, id: Some("c1".into()) },
        ),
        (
            "AdjustPeriodicEventStream",
            Command::AdjustStream { id: 1, pace: StreamPace { interval_s: Some(5), values: None } },
        ),
        ("GetPeriodicEventStream", Command::GetStreams),
        (
            "RequestBatterySwap",
            Command::RequestBatterySwap { request: 1, id_token: IdToken::new("CARD", TokenKind::ISO14443) },
        ),
    ]
}

#[tokio::test(start_paused = true)]
async fn a_bad_answer_ends_the_order_and_nothing_is_known() {
    for (action, command) in orders() {
        for (says, how) in [
            (Says::Result(json!([])), "bad_answer"),
            (Says::Result(json!({"status": 5, "constantStreamData": 7})), "bad_answer"),
            (Says::Error("InternalError"), "refused"),
            (Says::Nothing, "no_answer"),
            (Says::Late(Duration::from_secs(400), json!({"status": "Accepted"})), "no_answer"),
        ] {
            let bench = Bench::new().await;
            let station = bench.station(Version::V21).await;
            station.says(action, says);
            let ending: Ending = bench.order(command.clone()).await.unwrap();
            let named = serde_json::to_value(&ending).unwrap()["how"].clone();
            assert_eq!(named, how, "{action}: {ending:?}");
            crate::world::pass(600).await;
            let station = id("CS1");
            assert_eq!(bench.ids().await, [0; 0], "{action}");
            assert_eq!(bench.energy.composites(&station).await.unwrap().len(), 0);
            assert_eq!(bench.energy.grid(&station).await.unwrap().0.len(), 0);
            assert_eq!(bench.energy.streams(&station).await.unwrap().len(), 0);
            assert_eq!(bench.energy.swaps(&station, 10).await.unwrap().len(), 0);
        }
    }
}
