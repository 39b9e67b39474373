//! Certificates of roots, contracts and vehicles (block M).

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

    /// Sent by the CSMS to list the certificates on the station (M03).
    pub struct GetInstalledCertificateIdsRequest = "GetInstalledCertificateIdsRequest" {
        /// Kinds of certificates to list; absent means all.
        optional certificate_type: List<GetCertificateIdUse> = "certificateType",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station with the hashes of its certificates (M03).
    pub struct GetInstalledCertificateIdsResponse = "GetInstalledCertificateIdsResponse" {
        /// `NotFound` when there is no certificate of these kinds.
        required status: GetInstalledCertificateStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Hashes of each certificate, with those of its chain.
        optional certificate_hash_data_chain: List<CertificateHashDataChain> = "certificateHashDataChain",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to add a root certificate (M05).
    pub struct InstallCertificateRequest = "InstallCertificateRequest" {
        /// What the certificate is used for.
        required certificate_type: InstallCertificateUse = "certificateType",
        /// Certificate in PEM, at most 10000 characters.
        required certificate: Text<10000> = "certificate",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether the certificate is installed (M05).
    pub struct InstallCertificateResponse = "InstallCertificateResponse" {
        /// Whether the certificate is installed; `Rejected` when it is not valid.
        required status: InstallCertificateStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to fetch or renew contract certificates for an EV (M01, M02).
    pub struct Get15118EVCertificateRequest = "Get15118EVCertificateRequest" {
        /// Schema in use between EV and station, at most 50 characters; tells how to read the EXI.
        required iso15118_schema_version: Text<50> = "iso15118SchemaVersion",
        /// Whether the certificate is installed or renewed.
        required action: CertificateAction = "action",
        /// The EV's request as EXI in Base64, at most 11000 characters.
        required exi_request: Text<11000> = "exiRequest",
        /// How many contracts the EV takes at most; for ISO 15118-20 only.
        optional maximum_contract_certificate_chains: Integer<0> = "maximumContractCertificateChains",
        /// Contracts to put first, at most eight; for ISO 15118-20 only.
        optional prioritized_emaids: List<Text<255>, 1, 8> = "prioritizedEMAIDs",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS with the certificates for the EV (M01, M02).
    pub struct Get15118EVCertificateResponse = "Get15118EVCertificateResponse" {
        /// Whether the request could be handled.
        required status: Iso15118EVCertificateStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// The response for the EV as EXI in Base64, at most 17000 characters.
        required exi_response: Text<17000> = "exiResponse",
        /// How many contracts are left to fetch with further requests.
        optional remaining_contracts: Integer<0> = "remainingContracts",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to get the OCSP status of its V2G certificate (M06).
    pub struct GetCertificateStatusRequest = "GetCertificateStatusRequest" {
        /// What names the certificate to check.
        required ocsp_request_data: OCSPRequestData = "ocspRequestData",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS with the OCSP status (M06).
    pub struct GetCertificateStatusResponse = "GetCertificateStatusResponse" {
        /// Whether the status could be fetched.
        required status: GetCertificateStatusKind = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// OCSP response, DER in Base64; at most 18000 characters.
        optional ocsp_result: Text<18000> = "ocspResult",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to have certificates of an EV checked for revocation (M07).
    pub struct GetCertificateChainStatusRequest = "GetCertificateChainStatusRequest" {
        /// Certificates to check, at most four.
        required certificate_status_requests: List<CertificateStatusRequestInfo, 1, 4> = "certificateStatusRequests",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS with the outcome of each check (M07).
    pub struct GetCertificateChainStatusResponse = "GetCertificateChainStatusResponse" {
        /// Outcome for each certificate, at most four.
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

    /// Choice of the kinds of certificates that can be listed.
    pub enum GetCertificateIdUse = "GetCertificateIdUseEnumType" {
        V2GRootCertificate = "V2GRootCertificate", MORootCertificate = "MORootCertificate",
        CSMSRootCertificate = "CSMSRootCertificate", V2GCertificateChain = "V2GCertificateChain",
        ManufacturerRootCertificate = "ManufacturerRootCertificate",
        OEMRootCertificate = "OEMRootCertificate",
    }

    /// Choice of whether any certificate of the kind was found.
    pub enum GetInstalledCertificateStatus = "GetInstalledCertificateStatusEnumType" {
        Accepted = "Accepted", NotFound = "NotFound",
    }

    /// Choice of what a root certificate is used for.
    pub enum InstallCertificateUse = "InstallCertificateUseEnumType" {
        V2GRootCertificate = "V2GRootCertificate", MORootCertificate = "MORootCertificate",
        ManufacturerRootCertificate = "ManufacturerRootCertificate",
        CSMSRootCertificate = "CSMSRootCertificate", OEMRootCertificate = "OEMRootCertificate",
    }

    /// Choice of how the installation of a certificate ended.
    pub enum InstallCertificateStatus = "InstallCertificateStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", Failed = "Failed",
    }

    /// Choice of whether an EV contract certificate is new or replaces one.
    pub enum CertificateAction = "CertificateActionEnumType" {
        Install = "Install", Update = "Update",
    }

    /// Choice of whether a certificate request of an EV could be handled.
    pub enum Iso15118EVCertificateStatus = "Iso15118EVCertificateStatusEnumType" {
        Accepted = "Accepted", Failed = "Failed",
    }

    /// Choice of whether the OCSP status could be fetched.
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
