//! The local authorization list (block D).

use crate::types::List;
use crate::{message, open_enum};

use super::common::{CustomData, IdToken, IdTokenInfo, StatusInfo};

message! {
    /// Sent by the CSMS to learn the version of the local list; carries no data (D02).
    pub struct GetLocalListVersionRequest = "GetLocalListVersionRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station with the version of its local list (D02).
    pub struct GetLocalListVersionResponse = "GetLocalListVersionResponse" {
        /// Version of the list; 0 when it is empty or there is none.
        required version_number: i32 = "versionNumber",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to replace or change the station's Local Authorization List (D01).
    pub struct SendLocalListRequest = "SendLocalListRequest" {
        /// Tokens to store, change or remove; absent in a full update empties the list.
        optional local_authorization_list: List<AuthorizationData> = "localAuthorizationList",
        /// Version the list has once this update has been applied.
        required version_number: i32 = "versionNumber",
        /// Whether the list is replaced in full or only changed in parts.
        required update_type: Update = "updateType",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether the list update worked (D01).
    pub struct SendLocalListResponse = "SendLocalListResponse" {
        /// Whether the station received and applied the update.
        required status: SendLocalListStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// One entry of the Local Authorization List: a token and what it may do.
    pub struct AuthorizationData = "AuthorizationData" {
        /// Token this entry is about.
        required id_token: IdToken = "idToken",
        /// Status of the token; leaving it out of a differential update deletes the entry.
        optional id_token_info: IdTokenInfo = "idTokenInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of whether a list update replaces everything or only changes parts.
    pub enum Update = "UpdateEnumType" {
        Differential = "Differential", Full = "Full",
    }

    /// Choice of how a list update ended: applied, failed, or version mismatch.
    pub enum SendLocalListStatus = "SendLocalListStatusEnumType" {
        Accepted = "Accepted", Failed = "Failed", VersionMismatch = "VersionMismatch",
    }
}
