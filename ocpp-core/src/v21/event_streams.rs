//! Periodic event streams (block N).

use crate::types::{DateTime, Integer, List, Number, Text};
use crate::message;

use super::common::{CustomData, GenericStatus, PeriodicEventStreamParams, StatusInfo};

message! {
    /// The request of [`OpenPeriodicEventStream`].
    pub struct OpenPeriodicEventStreamRequest = "OpenPeriodicEventStreamRequest" {
        /// The value of `constantStreamData`.
        required constant_stream_data: ConstantStreamData = "constantStreamData",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The answer to [`OpenPeriodicEventStream`].
    pub struct OpenPeriodicEventStreamResponse = "OpenPeriodicEventStreamResponse" {
        /// The value of `status`.
        required status: GenericStatus = "status",
        /// The value of `statusInfo`.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to end an event stream (N13).
    pub struct ClosePeriodicEventStreamRequest = "ClosePeriodicEventStreamRequest" {
        /// Id of the stream that ends.
        required id: Integer<0> = "id",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm the stream's end; carries no data (N13).
    pub struct ClosePeriodicEventStreamResponse = "ClosePeriodicEventStreamResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to change how often an event stream sends data (N14).
    pub struct AdjustPeriodicEventStreamRequest = "AdjustPeriodicEventStreamRequest" {
        /// Id of the stream to change.
        required id: Integer<0> = "id",
        /// New pace at which the stream sends its values.
        required params: PeriodicEventStreamParams = "params",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether the stream was changed (N14).
    pub struct AdjustPeriodicEventStreamResponse = "AdjustPeriodicEventStreamResponse" {
        /// Whether the new pace is in use.
        required status: GenericStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The request of [`GetPeriodicEventStream`].
    pub struct GetPeriodicEventStreamRequest = "GetPeriodicEventStreamRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The answer to [`GetPeriodicEventStream`].
    pub struct GetPeriodicEventStreamResponse = "GetPeriodicEventStreamResponse" {
        /// The value of `constantStreamData`.
        optional constant_stream_data: List<ConstantStreamData> = "constantStreamData",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The request of [`NotifyPeriodicEventStream`].
    pub struct NotifyPeriodicEventStreamRequest = "NotifyPeriodicEventStreamRequest" {
        /// The value of `data`.
        required data: List<StreamDataElement> = "data",
        /// The value of `id`.
        required id: Integer<0> = "id",
        /// The value of `pending`.
        required pending: Integer<0> = "pending",
        /// The value of `basetime`.
        required basetime: DateTime = "basetime",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A periodic event stream: which monitor feeds it and at which pace.
    pub struct ConstantStreamData = "ConstantStreamDataType" {
        /// Id of the stream, once per station.
        required id: Integer<0> = "id",
        /// How often and in what amounts the stream sends values.
        required params: PeriodicEventStreamParams = "params",
        /// Monitor whose values the stream carries.
        required variable_monitoring_id: Integer<0> = "variableMonitoringId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// One timed value of a periodic event stream.
    pub struct StreamDataElement = "StreamDataElementType" {
        /// Time offset added to the message's `basetime` to date the value; unit unstated.
        required t: Number = "t",
        /// The recorded value as text, at most 2500 characters.
        required v: Text<2500> = "v",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}
