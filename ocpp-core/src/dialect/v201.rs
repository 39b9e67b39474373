//! OCPP 2.0.1: the sources of [`two`](super::two) over its types.

use super::CannotSay;
use super::two::Courtesy;
use crate::types::Version;
use crate::v201 as wire;

#[path = "two/certificate.rs"]
mod certificate;
#[path = "two/charging_profile.rs"]
mod charging_profile;
#[path = "two/contract.rs"]
mod contract;
#[path = "two/customer.rs"]
mod customer;
#[path = "two/device.rs"]
mod device;
#[path = "two/display.rs"]
mod display;
mod extras;
#[path = "two/firmware.rs"]
mod firmware;
mod later;
#[path = "two/local_list.rs"]
mod local_list;
#[path = "two/logs.rs"]
mod logs;
mod maintenance;
#[path = "two/manager.rs"]
pub(super) mod manager;
#[path = "two/monitoring.rs"]
mod monitoring;
mod network;
#[path = "two/remote.rs"]
mod remote;
#[path = "two/reservation.rs"]
mod reservation;
#[path = "two/security.rs"]
mod security;
#[path = "two/station.rs"]
pub(super) mod station;
#[path = "two/words.rs"]
mod words;

const VERSION: Version = Version::V201;

fn courtesy(action: &str) -> Courtesy {
    match action {
        "Get15118EVCertificate" | "GetCertificateStatus" => Courtesy::NotProvided,
        "NotifyEVChargingNeeds" => Courtesy::Payload(r#"{"status":"Rejected"}"#),
        _ => Courtesy::of_both(action),
    }
}

/// There are no custom triggers, so nobody names one.
fn name_custom_trigger(_: &mut wire::TriggerMessageRequest, _: &str) -> Result<(), CannotSay> {
    Ok(())
}

fn custom_trigger(_: &wire::TriggerMessageRequest) -> Option<alloc::boxed::Box<str>> {
    None
}

/// 2.0.1 does not bound the items of a list.
const fn max_elements(_: &wire::VariableCharacteristics) -> Option<u32> {
    None
}

const fn set_max_elements(_: &mut wire::VariableCharacteristics, _: Option<u32>) {}
