//! Authorization of tokens (block C).

use crate::types::{List, Text};
use crate::{message, open_enum};

use super::common::{CustomData, IdToken, IdTokenInfo, OCSPRequestData, StatusInfo};

message! {
    /// Sent by the Charging Station to ask whether an id token may charge (C01).
    pub struct AuthorizeRequest = "AuthorizeRequest" {
        /// Token the driver showed or the EV presented.
        required id_token: IdToken = "idToken",
        /// EV certificate chain in PEM, leaf first and no root, for checking by the CSMS.
        optional certificate: Text<5500> = "certificate",
        /// Hashes for an OCSP check of the EV contract certificate chain, at most 4.
        optional iso15118_certificate_hash_data: List<OCSPRequestData, 1, 4> = "iso15118CertificateHashData",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to say whether the token may charge (C01).
    pub struct AuthorizeResponse = "AuthorizeResponse" {
        /// Status of the token; only `Accepted` allows charging.
        required id_token_info: IdTokenInfo = "idTokenInfo",
        /// Outcome of the contract certificate check, when a certificate was given.
        optional certificate_status: AuthorizeCertificateStatus = "certificateStatus",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to empty the Authorization Cache; carries no data (C11).
    pub struct ClearCacheRequest = "ClearCacheRequest" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether its cache is empty now (C11).
    pub struct ClearCacheResponse = "ClearCacheResponse" {
        /// `Rejected` when the cache is off or could not be emptied.
        required status: ClearCacheStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of how the check of an EV contract certificate ended.
    pub enum AuthorizeCertificateStatus = "AuthorizeCertificateStatusEnumType" {
        Accepted = "Accepted", SignatureError = "SignatureError",
        CertificateExpired = "CertificateExpired", CertificateRevoked = "CertificateRevoked",
        NoCertificateAvailable = "NoCertificateAvailable", CertChainError = "CertChainError",
        ContractCancelled = "ContractCancelled",
    }

    /// Choice of whether the station emptied its cache.
    pub enum ClearCacheStatus = "ClearCacheStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected",
    }
}
