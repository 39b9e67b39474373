//! Security events in OCPP 1.6 with its security extension, for both ends (A04).

use crate::dialect::{Heard, Misheard, Payload, Said, read, said};
use crate::model::*;
use crate::types::{DateTime, Text};
use crate::v16;

pub(super) fn say(event: &SecurityEvent) -> Said {
    let kind = Text::truncated(event.event.as_str());
    let mut call = v16::SecurityEventNotificationRequest::new(kind, DateTime::new(event.at));
    call.tech_info = event.info.as_deref().map(Text::truncated);
    said("SecurityEventNotification", &call)
}

pub(super) fn hear(json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
    read(json, |r: v16::SecurityEventNotificationRequest| {
        Fact::Security(SecurityEvent {
            event: SecurityEventKind::new(&r.kind),
            at: r.timestamp.timestamp(),
            info: r.tech_info.as_deref().map(Into::into),
        })
    })
}
