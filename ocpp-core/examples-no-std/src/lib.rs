//! What a microcontroller's firmware would link: OCPP without an operating system.
//!
//! The library has its own panic handler and its own allocator. If any crate below it used std, there would be
//! two panic handlers, and this would not compile.

#![no_std]

extern crate alloc;

use alloc::boxed::Box;
use alloc::string::String;
use core::panic::PanicInfo;
use core::time::Duration;

use ocpp_core::dialect::{Manager, Memory, Station};
use ocpp_core::inbound;
use ocpp_core::model::Fact;
use ocpp_core::rpc::{Config, Event, Peer, SequentialIds};
use ocpp_core::signed::{Curve, Ocmf, PublicKey, Unverified};
use ocpp_core::types::Version;
use ocpp_core::{v16, v21};
use static_alloc::Bump;

/// The heap: memory that is given out once. A real device brings an allocator that takes it back.
#[global_allocator]
static HEAP: Bump<[u8; 1 << 20]> = Bump::uninit();

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

/// Lets a station and a manager talk in every version. Returns 0, or the number of the step that went wrong.
#[unsafe(no_mangle)]
pub extern "C" fn ocpp_try() -> i32 {
    match messages()
        .and_then(|()| signature())
        .and_then(|()| Version::ALL.into_iter().try_for_each(heartbeat))
    {
        Ok(()) => 0,
        Err(step) => step,
    }
}

/// Reads and writes messages, those that are refused among them.
fn messages() -> Result<(), i32> {
    let text =
        r#"{"connectorId":1,"errorCode":"NoError","status":"Dreaming","timestamp":"2026-01-31T12:00:00Z"}"#;
    let status = inbound::read::<v16::StatusNotificationRequest>(text).map_err(|_| 1)?;
    if status.findings.len() != 1 || inbound::write(&status.value) != text {
        return Err(2);
    }
    match inbound::read::<v21::HeartbeatResponse>(r#"{"currentTime":"noon"}"#) {
        Err(rejected) if rejected.findings.len() == 1 => Ok(()),
        _ => Err(3),
    }
}

/// Checks a signature of a meter, which does not fit.
fn signature() -> Result<(), i32> {
    let set = r#"OCMF|{"RD":[{"TM":"2026-01-31T12:00:00,000+0100 S"}]}|{"SD":"3006020101020101"}"#;
    let set = Ocmf::parse(set).map_err(|_| 4)?;
    // The base point of the curve, as somebody's key.
    let point = [
        0x03, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2,
        0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96,
    ];
    let key = PublicKey::from_point(Curve::Secp256r1, &point).map_err(|_| 5)?;
    if set.verify(&key) == Err(Unverified::Mismatch) { Ok(()) } else { Err(6) }
}

/// A station's heartbeat goes through translation, frames and RPC to the manager.
fn heartbeat(version: Version) -> Result<(), i32> {
    let (mut station, mut manager) = (peer(version, "s")?, peer(version, "m")?);
    let said = Station::new(version, Memory::default()).say(&Fact::Heartbeat).ok().flatten().ok_or(11)?;
    station.call(String::from(said.action), said.payload).map_err(|_| 12)?;
    let text = station.poll_transmit(Duration::ZERO).ok_or(13)?;
    manager.handle_text(&text);
    let Some(Event::Call { action, payload, .. }) = manager.poll_event() else { return Err(14) };
    match Manager::new(version).hear(&action, &payload).map_err(|_| 15)?.meaning {
        Fact::Heartbeat => Ok(()),
        _ => Err(16),
    }
}

fn peer(version: Version, prefix: &str) -> Result<Peer, i32> {
    let ids = SequentialIds::new(prefix).map_err(|_| 10)?;
    Ok(Peer::new(version, Config::default(), Box::new(ids)))
}
