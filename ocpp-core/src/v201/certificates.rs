//! Certificates of roots, contracts and vehicles (block M).

use crate::types::{List, Text};
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
        /// Certificate in PEM, at most 5500 characters.
        required certificate: Text<5500> = "certificate",
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
        /// The EV's request as EXI in Base64, at most 5600 characters.
        required exi_request: Text<5600> = "exiRequest",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS with the certificates for the EV (M01, M02).
    pub struct Get15118EVCertificateResponse = "Get15118EVCertificateResponse" {
        /// Whether the request could be handled.
        required status: Iso15118EVCertificateStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// The response for the EV as EXI in Base64, at most 5600 characters.
        required exi_response: Text<5600> = "exiResponse",
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
        /// OCSP response, DER in Base64; at most 5500 characters.
        optional ocsp_result: Text<5500> = "ocspResult",
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
    }

    /// Choice of whether any certificate of the kind was found.
    pub enum GetInstalledCertificateStatus = "GetInstalledCertificateStatusEnumType" {
        Accepted = "Accepted", NotFound = "NotFound",
    }

    /// Choice of what a root certificate is used for.
    pub enum InstallCertificateUse = "InstallCertificateUseEnumType" {
        V2GRootCertificate = "V2GRootCertificate", MORootCertificate = "MORootCertificate",
        CSMSRootCertificate = "CSMSRootCertificate",
        ManufacturerRootCertificate = "ManufacturerRootCertificate",
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
}
