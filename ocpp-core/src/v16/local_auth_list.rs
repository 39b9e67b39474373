//! The local authorization list profile.

use alloc::vec::Vec;

use crate::types::CiText;
use crate::{message, open_enum};

use super::common::IdTagInfo;

message! {
    /// Sent by the Central System to learn the version of the local list; carries no data (5.10).
    pub struct GetLocalListVersionRequest = "GetLocalListVersionRequest" {}

    /// Sent by the Charge Point with the version of its local list (5.10).
    pub struct GetLocalListVersionResponse = "GetLocalListVersionResponse" {
        /// Version of the list; 0 when it is empty, -1 when there is no support for lists.
        required list_version: i32 = "listVersion",
    }

    /// Sent by the Central System to replace or change the local authorization list (5.15).
    pub struct SendLocalListRequest = "SendLocalListRequest" {
        /// Version that the list has after the change.
        required list_version: i32 = "listVersion",
        /// Entries of the new list, or the ones to add, change and remove.
        optional local_authorization_list: Vec<AuthorizationData> = "localAuthorizationList",
        /// Whether the entries replace the list or change it.
        required update_type: UpdateType = "updateType",
    }

    /// Sent by the Charge Point to say whether it took the list (5.15).
    pub struct SendLocalListResponse = "SendLocalListResponse" {
        /// Whether the list was taken; `VersionMismatch` asks for a full one.
        required status: UpdateStatus = "status",
    }

    /// Entries of the new list, or the ones to add, change and remove.
    pub struct AuthorizationData = "AuthorizationData" {
        /// Identifier of the entry.
        required id_tag: CiText<20> = "idTag",
        /// What is known of it; absent in a differential update to remove the entry.
        optional id_tag_info: IdTagInfo = "idTagInfo",
    }
}

open_enum! {
    /// Choice of whether a list replaces the old one or changes it.
    pub enum UpdateType = "UpdateType" {
        Differential = "Differential", Full = "Full",
    }

    /// Choice of what became of an update of the local list.
    pub enum UpdateStatus = "UpdateStatus" {
        Accepted = "Accepted", Failed = "Failed", NotSupported = "NotSupported",
        VersionMismatch = "VersionMismatch",
    }
}
