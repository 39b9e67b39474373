//! OCPP 2.1: the sources of [`two`](super::two) over its types.

use super::CannotSay;
use super::two::{self, Courtesy};
use crate::types::{Text, Version};
use crate::v21 as wire;

mod battery;
#[path = "two/certificate.rs"]
mod certificate;
#[path = "two/charging_profile.rs"]
mod charging_profile;
#[path = "two/contract.rs"]
mod contract;
#[path = "two/customer.rs"]
mod customer;
mod der;
#[path = "two/device.rs"]
mod device;
#[path = "two/display.rs"]
mod display;
mod dynamic;
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
mod pricing;
mod profile;
#[path = "two/remote.rs"]
mod remote;
#[path = "two/reservation.rs"]
mod reservation;
#[path = "two/security.rs"]
mod security;
mod settlement;
#[path = "two/station.rs"]
pub(super) mod station;
mod stream;
mod tariff_message;
mod v2x;
#[path = "two/words.rs"]
mod words;

const VERSION: Version = Version::V21;

fn courtesy(action: &str) -> Courtesy {
    match action {
        "Get15118EVCertificate"
        | "GetCertificateStatus"
        | "GetCertificateChainStatus"
        | "VatNumberValidation" => Courtesy::NotProvided,
        "NotifyEVChargingNeeds" => Courtesy::Payload(r#"{"status":"NoChargingProfile"}"#),
        "OpenPeriodicEventStream" | "PullDynamicScheduleUpdate" => {
            Courtesy::Payload(r#"{"status":"Rejected"}"#)
        }
        _ => Courtesy::of_both(action),
    }
}

fn name_custom_trigger(request: &mut wire::TriggerMessageRequest, name: &str) -> Result<(), CannotSay> {
    let name = Text::new(name)
        .map_err(|_| CannotSay::new(VERSION, "a custom trigger with a name of more than 50 characters"))?;
    request.custom_trigger = Some(name);
    Ok(())
}

/// The name of a custom trigger; one without a name is told by its kind.
fn custom_trigger(request: &wire::TriggerMessageRequest) -> Option<alloc::boxed::Box<str>> {
    match request.requested_message {
        wire::MessageTrigger::CustomTrigger => request.custom_trigger.as_deref().map(Into::into),
        _ => None,
    }
}

fn max_elements(form: &wire::VariableCharacteristics) -> Option<u32> {
    form.max_elements.map(two::unsigned)
}

fn set_max_elements(form: &mut wire::VariableCharacteristics, most: Option<u32>) {
    form.max_elements = most.and_then(two::integer);
}
