//! The remote trigger profile.

use crate::{message, open_enum};

message! {
    /// Sent by the Central System to have a message sent now (5.17).
    pub struct TriggerMessageRequest = "TriggerMessageRequest" {
        /// Message to send.
        required requested_message: MessageTrigger = "requestedMessage",
        /// Connector the message is about, above 0; all of them when absent.
        optional connector_id: i32 = "connectorId",
    }

    /// Sent by the Charge Point to say whether it will send the message (5.17).
    pub struct TriggerMessageResponse = "TriggerMessageResponse" {
        /// Whether the message will be sent.
        required status: TriggerMessageStatus = "status",
    }
}

open_enum! {
    /// Choice of messages that the Central System can have sent.
    pub enum MessageTrigger = "MessageTrigger" {
        BootNotification = "BootNotification",
        DiagnosticsStatusNotification = "DiagnosticsStatusNotification",
        FirmwareStatusNotification = "FirmwareStatusNotification", Heartbeat = "Heartbeat",
        MeterValues = "MeterValues", StatusNotification = "StatusNotification",
    }

    /// Choice of whether a message that was asked for will be sent.
    pub enum TriggerMessageStatus = "TriggerMessageStatus" {
        Accepted = "Accepted", Rejected = "Rejected", NotImplemented = "NotImplemented",
    }
}
