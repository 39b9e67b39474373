//! Periodic event streams (block N).

use crate::message;
use crate::types::{DateTime, Integer, List, Number, Text};

use super::common::{CustomData, GenericStatus, PeriodicEventStreamParams, StatusInfo};

message! {
    /// Sent by the Charging Station to open an event stream (N11).
    pub struct OpenPeriodicEventStreamRequest = "OpenPeriodicEventStreamRequest" {
        /// What stays the same in the stream: id, monitor and pace.
        required constant_stream_data: ConstantStreamData = "constantStreamData",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to say whether the stream may be opened (N11).
    pub struct OpenPeriodicEventStreamResponse = "OpenPeriodicEventStreamResponse" {
        /// Whether the stream may be opened.
        required status: GenericStatus = "status",
        /// Optional reason code and text that explain the status.
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

    /// Sent by the CSMS to list the open event streams; carries no data (N12).
    pub struct GetPeriodicEventStreamRequest = "GetPeriodicEventStreamRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station with its open event streams (N12).
    pub struct GetPeriodicEventStreamResponse = "GetPeriodicEventStreamResponse" {
        /// What stays the same in each stream; absent when none is open.
        optional constant_stream_data: List<ConstantStreamData> = "constantStreamData",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station with buffered values of an event stream; never answered (N15).
    pub struct NotifyPeriodicEventStreamRequest = "NotifyPeriodicEventStreamRequest" {
        /// Values with their times, at least one.
        required data: List<StreamDataElement> = "data",
        /// Id of the stream, 0 or higher.
        required id: Integer<0> = "id",
        /// How many values still wait to be sent.
        required pending: Integer<0> = "pending",
        /// Moment from which the times of the values count.
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
