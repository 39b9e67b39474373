//! Certificates of roots, contracts and vehicles (block M).

use alloc::boxed::Box;

use crate::types::{DateTime, Integer, List, Text};
use crate::{message, open_enum};

use super::common::{CertificateHashData, CustomData, OCSPRequestData, StatusInfo};

message! {
    /// Sent by the CSMS to remove a certificate from the station (M04).
    pub struct DeleteCertificateRequest = "DeleteCertificateRequest" {
        /// Hashes that identify the certificate to remove.
        required certificate_hash_data: CertificateHashData = "certificateHashData",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether the certificate is gone (M04).
    pub struct DeleteCertificateResponse = "DeleteCertificateResponse" {
        /// `Failed` also when the station keeps it, such as the last of its type.
        required status: DeleteCertificateStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The request of [`GetInstalledCertificateIds`].
    pub struct GetInstalledCertificateIdsRequest = "GetInstalledCertificateIdsRequest" {
        /// The value of `certificateType`.
        optional certificate_type: List<GetCertificateIdUse> = "certificateType",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The answer to [`GetInstalledCertificateIds`].
    pub struct GetInstalledCertificateIdsResponse = "GetInstalledCertificateIdsResponse" {
        /// The value of `status`.
        required status: GetInstalledCertificateStatus = "status",
        /// The value of `statusInfo`.
        optional status_info: StatusInfo = "statusInfo",
        /// The value of `certificateHashDataChain`.
        optional certificate_hash_data_chain: List<CertificateHashDataChain> = "certificateHashDataChain",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The request of [`InstallCertificate`].
    pub struct InstallCertificateRequest = "InstallCertificateRequest" {
        /// The value of `certificateType`.
        required certificate_type: InstallCertificateUse = "certificateType",
        /// The value of `certificate`.
        required certificate: Text<10000> = "certificate",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The answer to [`InstallCertificate`].
    pub struct InstallCertificateResponse = "InstallCertificateResponse" {
        /// The value of `status`.
        required status: InstallCertificateStatus = "status",
        /// The value of `statusInfo`.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The request of [`Get15118EVCertificate`].
    pub struct Get15118EVCertificateRequest = "Get15118EVCertificateRequest" {
        /// The value of `iso15118SchemaVersion`.
        required iso15118_schema_version: Text<50> = "iso15118SchemaVersion",
        /// The value of `action`.
        required action: CertificateAction = "action",
        /// The value of `exiRequest`.
        required exi_request: Text<11000> = "exiRequest",
        /// The value of `maximumContractCertificateChains`.
        optional maximum_contract_certificate_chains: Integer<0> = "maximumContractCertificateChains",
        /// The value of `prioritizedEMAIDs`.
        optional prioritized_emaids: List<Text<255>, 1, 8> = "prioritizedEMAIDs",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The answer to [`Get15118EVCertificate`].
    pub struct Get15118EVCertificateResponse = "Get15118EVCertificateResponse" {
        /// The value of `status`.
        required status: Iso15118EVCertificateStatus = "status",
        /// The value of `statusInfo`.
        optional status_info: StatusInfo = "statusInfo",
        /// The value of `exiResponse`.
        required exi_response: Text<17000> = "exiResponse",
        /// The value of `remainingContracts`.
        optional remaining_contracts: Integer<0> = "remainingContracts",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The request of [`GetCertificateStatus`].
    pub struct GetCertificateStatusRequest = "GetCertificateStatusRequest" {
        /// The value of `ocspRequestData`.
        required ocsp_request_data: OCSPRequestData = "ocspRequestData",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The answer to [`GetCertificateStatus`].
    pub struct GetCertificateStatusResponse = "GetCertificateStatusResponse" {
        /// The value of `status`.
        required status: GetCertificateStatusKind = "status",
        /// The value of `statusInfo`.
        optional status_info: StatusInfo = "statusInfo",
        /// The value of `ocspResult`.
        optional ocsp_result: Text<18000> = "ocspResult",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The request of [`GetCertificateChainStatus`].
    pub struct GetCertificateChainStatusRequest = "GetCertificateChainStatusRequest" {
        /// The value of `certificateStatusRequests`.
        required certificate_status_requests: List<CertificateStatusRequestInfo, 1, 4> = "certificateStatusRequests",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The answer to [`GetCertificateChainStatus`].
    pub struct GetCertificateChainStatusResponse = "GetCertificateChainStatusResponse" {
        /// The value of `certificateStatus`.
        required certificate_status: List<CertificateStatus, 1, 4> = "certificateStatus",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A certificate on the station, with the ones below it, told by hashes.
    pub struct CertificateHashDataChain = "CertificateHashDataChainType" {
        /// Hashes that identify the certificate itself.
        required certificate_hash_data: CertificateHashData = "certificateHashData",
        /// What the certificate is used for.
        required certificate_type: GetCertificateIdUse = "certificateType",
        /// Hashes of the certificates below it in the chain, at most 4.
        optional child_certificate_hash_data: List<CertificateHashData, 1, 4> = "childCertificateHashData",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A certificate whose revocation is to be checked, and where.
    pub struct CertificateStatusRequestInfo = "CertificateStatusRequestInfoType" {
        /// Hashes that identify the certificate to check.
        required certificate_hash_data: CertificateHashData = "certificateHashData",
        /// Whether to ask an OCSP server or read a revocation list.
        required source: CertificateStatusSource = "source",
        /// Where to find the OCSP server or revocation list, 1 to 5 addresses.
        required urls: List<Text<2000>, 1, 5> = "urls",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Outcome of the revocation check of one certificate.
    pub struct CertificateStatus = "CertificateStatusType" {
        /// Hashes that identify the certificate that was checked.
        required certificate_hash_data: CertificateHashData = "certificateHashData",
        /// Where the outcome was found: OCSP or CRL.
        required source: CertificateStatusSource = "source",
        /// Whether the certificate is good, revoked or not known.
        required status: CertificateStatusKind = "status",
        /// Until when the outcome may be kept before checking again.
        required next_update: DateTime = "nextUpdate",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
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
        OEMRootCertificate = "OEMRootCertificate",
    }

    /// One of the values that the specification names.
    pub enum GetInstalledCertificateStatus = "GetInstalledCertificateStatusEnumType" {
        Accepted = "Accepted", NotFound = "NotFound",
    }

    /// One of the values that the specification names.
    pub enum InstallCertificateUse = "InstallCertificateUseEnumType" {
        V2GRootCertificate = "V2GRootCertificate", MORootCertificate = "MORootCertificate",
        ManufacturerRootCertificate = "ManufacturerRootCertificate",
        CSMSRootCertificate = "CSMSRootCertificate", OEMRootCertificate = "OEMRootCertificate",
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

    /// Choice of where revocation data comes from: OCSP or a revocation list (CRL).
    pub enum CertificateStatusSource = "CertificateStatusSourceEnumType" {
        CRL = "CRL", OCSP = "OCSP",
    }

    /// Choice of whether a certificate is still good, as far as could be found out.
    pub enum CertificateStatusKind = "CertificateStatusEnumType" {
        Good = "Good", Revoked = "Revoked", Unknown = "Unknown", Failed = "Failed",
    }
}
