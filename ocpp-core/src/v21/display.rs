//! Messages on the display (block O).

use alloc::boxed::Box;

use crate::types::{DateTime, Integer, List, Text};
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

    /// The request of [`GetDisplayMessages`].
    pub struct GetDisplayMessagesRequest = "GetDisplayMessagesRequest" {
        /// The value of `id`.
        optional id: List<Integer<0>> = "id",
        /// The value of `requestId`.
        required request_id: i32 = "requestId",
        /// The value of `priority`.
        optional priority: MessagePriority = "priority",
        /// The value of `state`.
        optional state: MessageState = "state",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The answer to [`GetDisplayMessages`].
    pub struct GetDisplayMessagesResponse = "GetDisplayMessagesResponse" {
        /// The value of `status`.
        required status: GetDisplayMessagesStatus = "status",
        /// The value of `statusInfo`.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to take a message off the display (O05).
    pub struct ClearDisplayMessageRequest = "ClearDisplayMessageRequest" {
        /// Id of the display message to remove.
        required id: Integer<0> = "id",
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

    /// The request of [`NotifyDisplayMessages`].
    pub struct NotifyDisplayMessagesRequest = "NotifyDisplayMessagesRequest" {
        /// The value of `messageInfo`.
        optional message_info: List<MessageInfo> = "messageInfo",
        /// The value of `requestId`.
        required request_id: i32 = "requestId",
        /// The value of `tbc`.
        optional tbc: bool = "tbc",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The answer to [`NotifyDisplayMessages`].
    pub struct NotifyDisplayMessagesResponse = "NotifyDisplayMessagesResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Part of a message.
    pub struct MessageInfo = "MessageInfoType" {
        /// The value of `display`.
        optional display: Component = "display",
        /// The value of `id`.
        required id: Integer<0> = "id",
        /// The value of `priority`.
        required priority: MessagePriority = "priority",
        /// The value of `state`.
        optional state: MessageState = "state",
        /// The value of `startDateTime`.
        optional start_date_time: DateTime = "startDateTime",
        /// The value of `endDateTime`.
        optional end_date_time: DateTime = "endDateTime",
        /// The value of `transactionId`.
        optional transaction_id: Text<36> = "transactionId",
        /// The value of `message`.
        required message: MessageContent = "message",
        /// The value of `messageExtra`.
        optional message_extra: List<MessageContent, 1, 4> = "messageExtra",
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
        LanguageNotSupported = "LanguageNotSupported",
    }

    /// One of the values that the specification names.
    pub enum MessagePriority = "MessagePriorityEnumType" {
        AlwaysFront = "AlwaysFront", InFront = "InFront", NormalCycle = "NormalCycle",
    }

    /// One of the values that the specification names.
    pub enum MessageState = "MessageStateEnumType" {
        Charging = "Charging", Faulted = "Faulted", Idle = "Idle", Unavailable = "Unavailable",
        Suspended = "Suspended", Discharging = "Discharging",
    }

    /// One of the values that the specification names.
    pub enum GetDisplayMessagesStatus = "GetDisplayMessagesStatusEnumType" {
        Accepted = "Accepted", Unknown = "Unknown",
    }

    /// Choice of whether a display message could be removed.
    pub enum ClearMessageStatus = "ClearMessageStatusEnumType" {
        Accepted = "Accepted", Unknown = "Unknown", Rejected = "Rejected",
    }
}
