//! Certificates: those of stations, of roots, of contracts and vehicles (A02, A03, M).
//!
//! Nothing here is secret: private keys never leave the station.

use alloc::boxed::Box;
use alloc::vec::Vec;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::firmware::Cause;
use super::name::closed_name;

closed_name! {
    /// What a certificate on a station is used for.
    CertificateUse {
        V2gRoot = "V2GRootCertificate",
        /// Of the mobility operators, whose contracts vehicles hold.
        MoRoot = "MORootCertificate",
        /// Of the manager.
        CsmsRoot = "CSMSRootCertificate",
        /// The station's own towards vehicles; it can be listed, but not installed.
        V2gChain = "V2GCertificateChain",
        /// Of the station's maker, for firmware.
        ManufacturerRoot = "ManufacturerRootCertificate",
        /// Of the makers of vehicles (2.1).
        OemRoot = "OEMRootCertificate",
    }
}

closed_name! {
    /// Which of a station's own certificates is to be signed.
    SigningUse {
        /// Towards the manager.
        ChargingStation = "ChargingStationCertificate",
        /// Towards vehicles (ISO 15118-2).
        V2g = "V2GCertificate",
        /// Towards vehicles (ISO 15118-20; 2.1).
        V2g20 = "V2G20Certificate",
    }
}

closed_name! {
    /// The algorithm of hashes that name a certificate.
    HashAlgorithm {
        Sha256 = "SHA256",
        Sha384 = "SHA384",
        Sha512 = "SHA512",
    }
}

/// What names a certificate without giving it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CertificateHash {
    /// The algorithm of both hashes.
    pub algorithm: HashAlgorithm,
    /// The hash of the issuer's name, in hexadecimal, at most 128 characters.
    pub issuer_name: Box<str>,
    /// The hash of the issuer's public key, in hexadecimal, at most 128 characters.
    pub issuer_key: Box<str>,
    /// The serial number in hexadecimal, without leading zeros, at most 40 characters.
    pub serial: Box<str>,
}

/// A certificate on a station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalledCertificate {
    /// What it is used for.
    #[serde(rename = "use")]
    pub usage: CertificateUse,
    /// Its name.
    pub hash: CertificateHash,
    /// The names of those below it in its chain, at most four.
    pub children: Vec<CertificateHash>,
}

/// A root certificate to be installed (M05).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCertificate {
    /// What it is used for.
    #[serde(rename = "use")]
    pub usage: CertificateUse,
    /// The certificate in PEM, at most 5,500 characters (10,000 in 2.1).
    pub certificate: Box<str>,
}

/// A signed certificate for a station (A02, A03).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedCertificate {
    /// The number of the station's request (2.1).
    pub request: Option<i64>,
    /// Which of the station's certificates; both when absent. 1.6 knows only the one towards the manager.
    #[serde(rename = "use")]
    pub usage: Option<SigningUse>,
    /// The certificate and those that signed it in PEM, the station's first, at most 10,000 characters.
    pub chain: Box<str>,
}

closed_name! {
    /// What a station says to an order about a certificate.
    CertificateVerdict {
        Accepted = "Accepted",
        /// The certificate is not valid, or not allowed.
        Rejected = "Rejected",
        /// It is valid, but could not be installed or removed.
        Failed = "Failed",
        /// There is no such certificate.
        NotFound = "NotFound",
    }
}

/// A station's wish to have a certificate signed (A02, A03).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningRequest {
    /// The station's number of this wish, which the signed certificate repeats (2.1).
    pub request: Option<i64>,
    /// Which of its certificates; both when absent.
    #[serde(rename = "use")]
    pub usage: Option<SigningUse>,
    /// The request: PKCS#10 in PEM, at most 5,500 characters.
    pub csr: Box<str>,
    /// The root under which it wants to be signed (2.1).
    pub root: Option<CertificateHash>,
}

closed_name! {
    /// What a vehicle wants of its contract certificate.
    EvCertificateAction {
        Install = "Install",
        Update = "Update",
    }
}

/// A vehicle's wish for its contract certificate, passed on by the station (M01, M02).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvCertificateRequest {
    /// The version of the ISO 15118 schema between vehicle and station, at most 50 characters.
    pub schema: Box<str>,
    /// A new certificate, or one in place of another.
    pub action: EvCertificateAction,
    /// The vehicle's message: EXI in Base64, at most 5,600 characters (11,000 in 2.1).
    pub exi: Box<str>,
    /// How many contracts it takes at most (2.1).
    pub max_chains: Option<u32>,
    /// Contracts to put first, at most eight (2.1).
    pub first: Vec<Box<str>>,
}

/// The answer to a vehicle's wish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvCertificate {
    /// The answer for the vehicle: EXI in Base64, at most 5,600 characters (17,000 in 2.1). The vehicle is told
    /// in it, too, when nobody could answer.
    pub exi: Box<str>,
    /// How many contracts are left to fetch (2.1).
    pub remaining: Option<u32>,
    /// Why there is none; absent when there is one.
    pub failure: Option<Cause>,
}

/// A station's question what an OCSP responder says of a certificate (M06).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OcspQuestion {
    /// Which certificate.
    pub certificate: CertificateHash,
    /// Where the responder is: a URL, at most 512 characters (2,000 in 2.1).
    pub responder: Box<str>,
}

/// What a responder says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OcspAnswer {
    /// The OCSP response: DER in Base64, at most 5,500 characters (18,000 in 2.1).
    Response(Box<str>),
    /// It could not be had.
    Failed(Option<Cause>),
}

/// A driver's contract, as the vehicle shows it (C07): the chain itself, or what a responder is to be asked about it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Contract {
    /// The chain in PEM, the contract's own certificate first, at most 5,500 characters (10,000 in 2.1): the station
    /// leaves it to the manager to judge it.
    pub chain: Option<Box<str>>,
    /// The certificates of a chain that the station has judged, at most four: whether they were revoked is left.
    pub questions: Vec<OcspQuestion>,
}

closed_name! {
    /// What came of judging the certificates of a contract.
    ContractVerdict {
        Accepted = "Accepted",
        SignatureError = "SignatureError",
        CertificateExpired = "CertificateExpired",
        CertificateRevoked = "CertificateRevoked",
        NoCertificateAvailable = "NoCertificateAvailable",
        /// The chain is not valid, or nobody could judge it (C07.FR.17).
        CertChainError = "CertChainError",
        /// The certificates are in order, but the contract is not accepted (C07.FR.13).
        ContractCancelled = "ContractCancelled",
    }
}

closed_name! {
    /// Where it is told whether a certificate was revoked.
    RevocationSource {
        Crl = "CRL",
        Ocsp = "OCSP",
    }
}

closed_name! {
    /// Whether a certificate was revoked.
    RevocationStatus {
        Good = "Good",
        Revoked = "Revoked",
        /// The source does not know it.
        Unknown = "Unknown",
        /// The source could not be asked.
        Failed = "Failed",
    }
}

/// A station's question whether a vehicle's certificate was revoked (M07 of 2.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevocationQuestion {
    /// Which certificate.
    pub certificate: CertificateHash,
    /// Where to look.
    pub source: RevocationSource,
    /// The addresses of the source, one to five.
    pub urls: Vec<Box<str>>,
}

/// Whether a vehicle's certificate was revoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// Which certificate.
    pub certificate: CertificateHash,
    /// Where it was looked up.
    pub source: RevocationSource,
    /// What came of it.
    pub status: RevocationStatus,
    /// Until when this may be kept.
    pub next_update: Timestamp,
}
