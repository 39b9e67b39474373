//! A vendor's own action, and a vendor's own data inside a standard message, without a change to this crate.
//!
//! ```sh
//! cargo run -p ocpp-core --example vendor_extension
//! ```
//!
//! The vendor ACME has stations that watch the temperature of their cables. They tell it in `customData` of the
//! meter values, and call an action of their own when a cable gets too hot.

#![allow(clippy::print_stdout, clippy::expect_used)]

use std::time::Duration;

use ocpp_core::action::{Action, Call, FromStation};
use ocpp_core::inbound::{self, Inbound, Rejected};
use ocpp_core::message::Message;
use ocpp_core::rpc::{Config, Ending, Event, Peer, SequentialIds};
use ocpp_core::types::{DateTime, Number, Text, Version};
use ocpp_core::wire::{CallError, ErrorCode};
use ocpp_core::{message, open_enum, v201};

// 1. The messages. Limits stand in the types; wire names are written out.
message! {
    /// Tells that a cable is too hot.
    pub struct CableAlarm = "CableAlarmRequest" {
        /// Which EVSE has the cable.
        required evse_id: i32 = "evseId",
        /// The temperature in degrees Celsius.
        required celsius: Number = "celsius",
        /// When it was measured.
        required timestamp: DateTime = "timestamp",
        /// Data of another vendor's own.
        optional custom_data: v201::CustomData = "customData",
    }

    /// What to do about it.
    pub struct CableAlarmResponse = "CableAlarmResponse" {
        /// What to do about it.
        required verdict: CableVerdict = "verdict",
    }

    /// What ACME puts into `customData` of meter values; other vendors' members stay beside it.
    pub struct CableData = "CustomDataType" (open) {
        /// Always `com.acme`.
        required vendor_id: Text<255> = "vendorId",
        /// The temperature in degrees Celsius.
        optional celsius: Number = "celsius",
    }
}

open_enum! {
    /// What to do about a hot cable.
    pub enum CableVerdict = "CableVerdictEnumType" { GoOn = "GoOn", Stop = "Stop" }
}

// 2. The action: its name, who sends it, and what answers it.
#[derive(Clone, Copy)]
struct AcmeCableAlarm;

impl Action for AcmeCableAlarm {
    const NAME: &'static str = "AcmeCableAlarm";
    const VERSION: Version = Version::V201;
    type Request = CableAlarm;
}

impl FromStation for AcmeCableAlarm {}

impl Call for AcmeCableAlarm {
    type Response = CableAlarmResponse;
}

// 3. Calls and handlers for any action, the vendor's and the standard's alike.

/// Calls an action that stations may call. Another one does not compile.
fn call<A: Call + FromStation>(peer: &mut Peer, _: A, request: &A::Request) {
    peer.call(A::NAME, inbound::write(request)).expect("an open connection");
}

/// What the manager knows how to serve.
fn serve(action: &str, payload: &str) -> Result<String, CallError> {
    match action {
        AcmeCableAlarm::NAME => answer(AcmeCableAlarm, payload, |alarm| {
            let hot = alarm.celsius.decimal().is_none_or(|celsius| celsius > 90.into());
            CableAlarmResponse::new(if hot { CableVerdict::Stop } else { CableVerdict::GoOn })
        }),
        v201::MeterValues::NAME => answer(v201::MeterValues, payload, |report| {
            let data = report.meter_value.iter().find_map(|value| value.custom_data.as_ref());
            let cable = data.and_then(cable_data).and_then(|cable| cable.celsius);
            println!(
                "cable at {}",
                cable.map_or_else(|| "an unknown temperature".into(), |c| format!("{c} °C"))
            );
            v201::MeterValuesResponse::new()
        }),
        other => Err(CallError::new(ErrorCode::NotImplemented, format!("there is no action {other:?} here"))),
    }
}

fn answer<A: Call>(
    _: A,
    payload: &str,
    serve: impl FnOnce(A::Request) -> A::Response,
) -> Result<String, CallError> {
    match inbound::read::<A::Request>(payload) {
        Ok(request) => Ok(inbound::write(&serve(request.value))),
        Err(rejected) => Err(CallError::new(ErrorCode::PropertyConstraintViolation, rejected.to_string())),
    }
}

/// ACME's data out of a `customData`, unless it is another vendor's.
fn cable_data(data: &v201::CustomData) -> Option<CableData> {
    (&*data.vendor_id == "com.acme").then(|| typed(data).ok()).flatten().map(|read| read.value)
}

/// A part of a message as another type that has the same JSON.
fn typed<T: Message>(part: &impl Message) -> Result<Inbound<T>, Rejected> {
    inbound::read(&inbound::write(part))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let peer = |prefix| -> Result<Peer, Box<dyn std::error::Error>> {
        Ok(Peer::new(Version::V201, Config::default(), Box::new(SequentialIds::new(prefix)?)))
    };
    let (mut station, mut manager) = (peer("s")?, peer("m")?);

    // The action goes over the wire like any other.
    let at: DateTime = "2026-01-31T12:00:00Z".parse()?;
    call(&mut station, AcmeCableAlarm, &CableAlarm::new(1, Number::from(95), at.clone()));
    let response: CableAlarmResponse = exchange(&mut station, &mut manager)?;
    assert_eq!(response.verdict, CableVerdict::Stop);

    // The typed data stand in a message of the standard, which stays legal.
    let mut cable = CableData::new("com.acme".try_into()?);
    cable.celsius = Some(Number::from(41));
    let sample = v201::SampledValue::new(Number::from(2935));
    let mut value = v201::MeterValue::new(vec![sample].try_into()?, at);
    value.custom_data = Some(typed::<v201::CustomData>(&cable)?.value);
    let report = v201::MeterValuesRequest::new(1, vec![value].try_into()?);
    let json = inbound::write(&report);
    assert!(json.contains(r#""customData":{"vendorId":"com.acme","celsius":41}"#), "{json}");
    assert!(inbound::read::<v201::MeterValuesRequest>(&json)?.findings.is_empty());
    call(&mut station, v201::MeterValues, &report);
    let _: v201::MeterValuesResponse = exchange(&mut station, &mut manager)?;

    // Another vendor's data are told apart.
    let foreign = v201::CustomData::new("org.example".try_into()?);
    assert_eq!(cable_data(&foreign), None);
    println!("all as it should be");
    Ok(())
}

/// Carries one call to the manager and its answer back.
fn exchange<T: Message>(station: &mut Peer, manager: &mut Peer) -> Result<T, Box<dyn std::error::Error>> {
    let now = Duration::ZERO;
    manager.handle_text(&station.poll_transmit(now).ok_or("nothing to send")?);
    let Some(Event::Call { token, action, payload, .. }) = manager.poll_event() else {
        return Err("no call arrived".into());
    };
    manager.reply(token, serve(&action, &payload))?;
    station.handle_text(&manager.poll_transmit(now).ok_or("nothing to answer")?);
    match station.poll_event() {
        Some(Event::Ended { ending: Ending::Result { payload, .. }, .. }) => {
            Ok(inbound::read(&payload)?.value)
        }
        other => Err(format!("no answer, but {other:?}").into()),
    }
}
