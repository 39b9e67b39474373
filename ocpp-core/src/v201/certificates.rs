//! Certificates of roots, contracts and vehicles (block M).

use alloc::boxed::Box;

use crate::types::{List, Text};
use crate::{message, open_enum};

use super::common::{CertificateHashData, CustomData, OCSPRequestData, StatusInfo};

message! {
    /// Sent by the CSMS to remove a certificate from the station (M04).
    pub struct DeleteCertificateRequest = "DeleteCertificateRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Hashes that identify the certificate to remove.
        required certificate_hash_data: CertificateHashData = "certificateHashData",
    }

    /// Sent by the Charging Station to say whether the certificate is gone (M04).
    pub struct DeleteCertificateResponse = "DeleteCertificateResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// `Failed` also when the station keeps it, such as the last of its type.
        required status: DeleteCertificateStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
    }

    /// The request of [`GetInstalledCertificateIds`].
    pub struct GetInstalledCertificateIdsRequest = "GetInstalledCertificateIdsRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `certificateType`.
        optional certificate_type: List<GetCertificateIdUse> = "certificateType",
    }

    /// The answer to [`GetInstalledCertificateIds`].
    pub struct GetInstalledCertificateIdsResponse = "GetInstalledCertificateIdsResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `status`.
        required status: GetInstalledCertificateStatus = "status",
        /// The value of `statusInfo`.
        optional status_info: StatusInfo = "statusInfo",
        /// The value of `certificateHashDataChain`.
        optional certificate_hash_data_chain: List<CertificateHashDataChain> = "certificateHashDataChain",
    }

    /// The request of [`InstallCertificate`].
    pub struct InstallCertificateRequest = "InstallCertificateRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `certificateType`.
        required certificate_type: InstallCertificateUse = "certificateType",
        /// The value of `certificate`.
        required certificate: Text<5500> = "certificate",
    }

    /// The answer to [`InstallCertificate`].
    pub struct InstallCertificateResponse = "InstallCertificateResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `status`.
        required status: InstallCertificateStatus = "status",
        /// The value of `statusInfo`.
        optional status_info: StatusInfo = "statusInfo",
    }

    /// The request of [`Get15118EVCertificate`].
    pub struct Get15118EVCertificateRequest = "Get15118EVCertificateRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `iso15118SchemaVersion`.
        required iso15118_schema_version: Text<50> = "iso15118SchemaVersion",
        /// The value of `action`.
        required action: CertificateAction = "action",
        /// The value of `exiRequest`.
        required exi_request: Text<5600> = "exiRequest",
    }

    /// The answer to [`Get15118EVCertificate`].
    pub struct Get15118EVCertificateResponse = "Get15118EVCertificateResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `status`.
        required status: Iso15118EVCertificateStatus = "status",
        /// The value of `statusInfo`.
        optional status_info: StatusInfo = "statusInfo",
        /// The value of `exiResponse`.
        required exi_response: Text<5600> = "exiResponse",
    }

    /// The request of [`GetCertificateStatus`].
    pub struct GetCertificateStatusRequest = "GetCertificateStatusRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `ocspRequestData`.
        required ocsp_request_data: OCSPRequestData = "ocspRequestData",
    }

    /// The answer to [`GetCertificateStatus`].
    pub struct GetCertificateStatusResponse = "GetCertificateStatusResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `status`.
        required status: GetCertificateStatusKind = "status",
        /// The value of `statusInfo`.
        optional status_info: StatusInfo = "statusInfo",
        /// The value of `ocspResult`.
        optional ocsp_result: Text<5500> = "ocspResult",
    }

    /// A certificate on the station, with the ones below it, told by hashes.
    pub struct CertificateHashDataChain = "CertificateHashDataChainType" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Hashes that identify the certificate itself.
        required certificate_hash_data: CertificateHashData = "certificateHashData",
        /// What the certificate is used for.
        required certificate_type: GetCertificateIdUse = "certificateType",
        /// Hashes of the certificates below it in the chain, at most 4.
        optional child_certificate_hash_data: List<CertificateHashData, 1, 4> = "childCertificateHashData",
    }
}

open_enum! {
    /// Choice of whether a certificate was removed, kept or not found.
    pub enum DeleteCertificateStatus = "DeleteCertificateStatusEnumType" {
        Accepted = "Accepted", Failed = "Failed", NotFound = "NotFound",
    }

    /// One of the values that the specification names.
    pub enum GetCertificateIdUse = "GetCertificateIdUseEnumType" {
        V2GRootCertificate = "V2GRootCertificate", MORootCertificate = "MORootCertificate",
        CSMSRootCertificate = "CSMSRootCertificate", V2GCertificateChain = "V2GCertificateChain",
        ManufacturerRootCertificate = "ManufacturerRootCertificate",
    }

    /// One of the values that the specification names.
    pub enum GetInstalledCertificateStatus = "GetInstalledCertificateStatusEnumType" {
        Accepted = "Accepted", NotFound = "NotFound",
    }

    /// One of the values that the specification names.
    pub enum InstallCertificateUse = "InstallCertificateUseEnumType" {
        V2GRootCertificate = "V2GRootCertificate", MORootCertificate = "MORootCertificate",
        CSMSRootCertificate = "CSMSRootCertificate",
        ManufacturerRootCertificate = "ManufacturerRootCertificate",
    }

    /// One of the values that the specification names.
    pub enum InstallCertificateStatus = "InstallCertificateStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", Failed = "Failed",
    }

    /// Choice of whether an EV contract certificate is new or replaces one.
    pub enum CertificateAction = "CertificateActionEnumType" {
        Install = "Install", Update = "Update",
    }

    /// One of the values that the specification names.
    pub enum Iso15118EVCertificateStatus = "Iso15118EVCertificateStatusEnumType" {
        Accepted = "Accepted", Failed = "Failed",
    }

    /// One of the values that the specification names.
    pub enum GetCertificateStatusKind = "GetCertificateStatusEnumType" {
        Accepted = "Accepted", Failed = "Failed",
    }
}
