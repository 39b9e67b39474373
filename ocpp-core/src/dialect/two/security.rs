//! Security events in OCPP 2.x, for both ends (A04).

use super::wire;
use crate::dialect::two::boxed;
use crate::dialect::{Heard, Misheard, Payload, Said, read, said};
use crate::model::*;
use crate::types::{DateTime, Text};

pub(super) fn say(event: &SecurityEvent) -> Said {
    let kind = Text::truncated(event.event.as_str());
    let mut call = wire::SecurityEventNotificationRequest::new(kind, DateTime::new(event.at));
    call.tech_info = event.info.as_deref().map(Text::truncated);
    said("SecurityEventNotification", &call)
}

pub(super) fn hear(json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    read(json, |r: wire::SecurityEventNotificationRequest| {
        Fact::Security(SecurityEvent {
            event: SecurityEventKind::new(&r.kind),
            at: r.timestamp.timestamp(),
            info: r.tech_info.as_deref().map(boxed),
        })
    })
}
