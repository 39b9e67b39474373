//! The local authorization list profile.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::types::CiText;
use crate::{message, open_enum};

use super::common::{IdTagInfo};

message! {
    /// The request of [`GetLocalListVersion`].
    pub struct GetLocalListVersionRequest = "GetLocalListVersionRequest" {
    }

    /// The answer to [`GetLocalListVersion`].
    pub struct GetLocalListVersionResponse = "GetLocalListVersionResponse" {
        /// The value of `listVersion`.
        required list_version: i32 = "listVersion",
    }

    /// The request of [`SendLocalList`].
    pub struct SendLocalListRequest = "SendLocalListRequest" {
        /// The value of `listVersion`.
        required list_version: i32 = "listVersion",
        /// The value of `localAuthorizationList`.
        optional local_authorization_list: Vec<AuthorizationData> = "localAuthorizationList",
        /// The value of `updateType`.
        required update_type: UpdateType = "updateType",
    }

    /// The answer to [`SendLocalList`].
    pub struct SendLocalListResponse = "SendLocalListResponse" {
        /// The value of `status`.
        required status: UpdateStatus = "status",
    }

    /// Part of a message.
    pub struct AuthorizationData = "AuthorizationData" {
        /// The value of `idTag`.
        required id_tag: CiText<20> = "idTag",
        /// The value of `idTagInfo`.
        optional id_tag_info: IdTagInfo = "idTagInfo",
    }
}

open_enum! {
    /// One of the values that the specification names.
    pub enum UpdateType = "UpdateType" {
        Differential = "Differential", Full = "Full",
    }

    /// One of the values that the specification names.
    pub enum UpdateStatus = "UpdateStatus" {
        Accepted = "Accepted", Failed = "Failed", NotSupported = "NotSupported",
        VersionMismatch = "VersionMismatch",
    }
}
