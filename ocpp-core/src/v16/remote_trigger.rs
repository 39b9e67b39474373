//! The remote trigger profile.

use alloc::boxed::Box;

use crate::{message, open_enum};

message! {
    /// The request of [`TriggerMessage`].
    pub struct TriggerMessageRequest = "TriggerMessageRequest" {
        /// The value of `requestedMessage`.
        required requested_message: MessageTrigger = "requestedMessage",
        /// The value of `connectorId`.
        optional connector_id: i32 = "connectorId",
    }

    /// The answer to [`TriggerMessage`].
    pub struct TriggerMessageResponse = "TriggerMessageResponse" {
        /// The value of `status`.
        required status: TriggerMessageStatus = "status",
    }
}

open_enum! {
    /// One of the values that the specification names.
    pub enum MessageTrigger = "MessageTrigger" {
        BootNotification = "BootNotification",
        DiagnosticsStatusNotification = "DiagnosticsStatusNotification",
        FirmwareStatusNotification = "FirmwareStatusNotification", Heartbeat = "Heartbeat",
        MeterValues = "MeterValues", StatusNotification = "StatusNotification",
    }

    /// One of the values that the specification names.
    pub enum TriggerMessageStatus = "TriggerMessageStatus" {
        Accepted = "Accepted", Rejected = "Rejected", NotImplemented = "NotImplemented",
    }
}
