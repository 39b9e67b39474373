//! OCPP 2.1: the sources of [`two`](super::two) over its types.

use super::two::Courtesy;
use crate::types::Version;
use crate::v21 as wire;

#[path = "two/manager.rs"]
pub(super) mod manager;
#[path = "two/station.rs"]
pub(super) mod station;
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
