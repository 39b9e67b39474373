//! Security: the station's own certificate, and security events (block A).

use crate::types::{DateTime, Text};
use crate::{message, open_enum};

use super::common::{CertificateHashData, CustomData, GenericStatus, StatusInfo};

message! {
    /// Sent by the Charging Station to have a new certificate signed (A02, A03).
    pub struct SignCertificateRequest = "SignCertificateRequest" {
        /// Certificate signing request, RFC 2986 in PEM form, at most 5500 characters.
        required csr: Text<5500> = "csr",
        /// Use of the certificate; absent means both CSMS and ISO 15118 connections.
        optional certificate_type: CertificateSigningUse = "certificateType",
        /// Hash of the root certificate that tells which PKI should sign.
        optional hash_root_certificate: CertificateHashData = "hashRootCertificate",
        /// Id the CSMS repeats in `CertificateSignedRequest` to match the two.
        optional request_id: i32 = "requestId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to say whether it handles the signing request (A02, A03).
    pub struct SignCertificateResponse = "SignCertificateResponse" {
        /// Whether the CSMS can process the signing request.
        required status: GenericStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to hand over the certificate the station had signed (A02).
    pub struct CertificateSignedRequest = "CertificateSignedRequest" {
        /// Signed certificate and its sub CAs in PEM, leaf first, at most 10000 characters.
        required certificate_chain: Text<10000> = "certificateChain",
        /// What the certificate is for; both CSMS and EV connections when absent.
        optional certificate_type: CertificateSigningUse = "certificateType",
        /// Repeats the id from the `SignCertificateRequest`.
        optional request_id: i32 = "requestId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether it took the new certificate (A02).
    pub struct CertificateSignedResponse = "CertificateSignedResponse" {
        /// `Rejected` when the certificate is not valid for the station.
        required status: CertificateSignedStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to report a security event to the CSMS (A04).
    pub struct SecurityEventNotificationRequest = "SecurityEventNotificationRequest" {
        /// Name of the event from the security events list, at most 50 characters.
        required kind: Text<50> = "type",
        /// Moment at which the event happened.
        required timestamp: DateTime = "timestamp",
        /// Further technical detail, at most 255 characters.
        optional tech_info: Text<255> = "techInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm the security event; carries no data (A04).
    pub struct SecurityEventNotificationResponse = "SecurityEventNotificationResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of which connection a signed certificate is for: CSMS or EV.
    pub enum CertificateSigningUse = "CertificateSigningUseEnumType" {
        ChargingStationCertificate = "ChargingStationCertificate", V2GCertificate = "V2GCertificate",
        V2G20Certificate = "V2G20Certificate",
    }

    /// Choice of whether the station took the signed certificate.
    pub enum CertificateSignedStatus = "CertificateSignedStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected",
    }
}
