//! Messages on the display (block O).

use crate::types::{DateTime, List, Text};
use crate::{message, open_enum};

use super::common::{Component, CustomData, MessageContent, StatusInfo};

message! {
    /// Sent by the CSMS to put a message on the station's display (O01, O02, O06).
    pub struct SetDisplayMessageRequest = "SetDisplayMessageRequest" {
        /// The message with its text, priority and display conditions.
        required message: MessageInfo = "message",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether it can show the message (O01).
    pub struct SetDisplayMessageResponse = "SetDisplayMessageResponse" {
        /// Whether the station is able to show the message.
        required status: DisplayMessageStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to get the messages set for the display (O03, O04).
    pub struct GetDisplayMessagesRequest = "GetDisplayMessagesRequest" {
        /// Ids of the messages to get; absent means all that fit.
        optional id: List<i32> = "id",
        /// Id that the answers repeat.
        required request_id: i32 = "requestId",
        /// Only messages of this priority.
        optional priority: MessagePriority = "priority",
        /// Only messages for this state of the station.
        optional state: MessageState = "state",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether any message fits (O03, O04).
    pub struct GetDisplayMessagesResponse = "GetDisplayMessagesResponse" {
        /// `Unknown` when no message fits.
        required status: GetDisplayMessagesStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to take a message off the display (O05).
    pub struct ClearDisplayMessageRequest = "ClearDisplayMessageRequest" {
        /// Id of the display message to remove.
        required id: i32 = "id",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether the message is gone (O05).
    pub struct ClearDisplayMessageResponse = "ClearDisplayMessageResponse" {
        /// `Unknown` when there is no message with this id.
        required status: ClearMessageStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station with messages set for the display (O03, O04).
    pub struct NotifyDisplayMessagesRequest = "NotifyDisplayMessagesRequest" {
        /// The messages.
        optional message_info: List<MessageInfo> = "messageInfo",
        /// Id of the request that asked for them.
        required request_id: i32 = "requestId",
        /// True when another part follows.
        optional tbc: bool = "tbc",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm receipt of the messages; carries no data (O03, O04).
    pub struct NotifyDisplayMessagesResponse = "NotifyDisplayMessagesResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A message for the display: what to show, when and where.
    pub struct MessageInfo = "MessageInfoType" {
        /// Component whose display is to show it; the main one when absent.
        optional display: Component = "display",
        /// Id of the message, 0 or higher.
        required id: i32 = "id",
        /// How the message ranks among others.
        required priority: MessagePriority = "priority",
        /// State of the station in which to show it; any when absent.
        optional state: MessageState = "state",
        /// Moment from which to show it; at once when absent.
        optional start_date_time: DateTime = "startDateTime",
        /// Moment at which the message is removed.
        optional end_date_time: DateTime = "endDateTime",
        /// Transaction during which to show it; the message is removed at its end.
        optional transaction_id: Text<36> = "transactionId",
        /// The text.
        required message: MessageContent = "message",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of whether a message can be shown and, if not, why.
    pub enum DisplayMessageStatus = "DisplayMessageStatusEnumType" {
        Accepted = "Accepted", NotSupportedMessageFormat = "NotSupportedMessageFormat",
        Rejected = "Rejected", NotSupportedPriority = "NotSupportedPriority",
        NotSupportedState = "NotSupportedState", UnknownTransaction = "UnknownTransaction",
    }

    /// Choice of how a display message ranks among others.
    pub enum MessagePriority = "MessagePriorityEnumType" {
        AlwaysFront = "AlwaysFront", InFront = "InFront", NormalCycle = "NormalCycle",
    }

    /// Choice of the states of a station in which a message is shown.
    pub enum MessageState = "MessageStateEnumType" {
        Charging = "Charging", Faulted = "Faulted", Idle = "Idle", Unavailable = "Unavailable",
    }

    /// Choice of whether any display message fits.
    pub enum GetDisplayMessagesStatus = "GetDisplayMessagesStatusEnumType" {
        Accepted = "Accepted", Unknown = "Unknown",
    }

    /// Choice of whether a display message could be removed.
    pub enum ClearMessageStatus = "ClearMessageStatusEnumType" {
        Accepted = "Accepted", Unknown = "Unknown",
    }
}
