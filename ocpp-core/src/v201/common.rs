//! Types that several blocks use.

use crate::types::{CiText, DateTime, List, Text};
use crate::{message, open_enum};

message! {
    /// A vendor's own data: whose it is, and any members that the vendor likes.
    pub struct CustomData = "CustomDataType" (open) {
        /// Whose data it is, at most 255 characters, such as a reversed domain name.
        required vendor_id: Text<255> = "vendorId",
    }

    /// Reason code and text that explain a status in a response.
    pub struct StatusInfo = "StatusInfoType" {
        /// Predefined reason code, at most 20 characters; upper or lower case is the same.
        required reason_code: Text<20> = "reasonCode",
        /// Free text with more detail, at most 512 characters.
        optional additional_info: Text<512> = "additionalInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Points at a component and, if wanted, one of its variables.
    pub struct ComponentVariable = "ComponentVariableType" {
        /// Part of the station that is meant.
        required component: Component = "component",
        /// The variable meant; all of the component when absent.
        optional variable: Variable = "variable",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A part of the station, real or logical, in the device model.
    pub struct Component = "ComponentType" {
        /// EVSE or connector the part sits in; the whole station when absent.
        optional evse: EVSE = "evse",
        /// Name of the part, best from the standard list; case is ignored, at most 50 characters.
        required name: CiText<50> = "name",
        /// Tells several parts of the same name apart, at most 50 characters.
        optional instance: CiText<50> = "instance",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Names a variable of a component.
    pub struct Variable = "VariableType" {
        /// Name of the variable, at most 50 characters; upper or lower case is the same.
        required name: CiText<50> = "name",
        /// Instance name when several exist, at most 50 characters; case does not matter.
        optional instance: CiText<50> = "instance",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Points at an EVSE of the station and, if wanted, one connector.
    pub struct EVSE = "EVSEType" {
        /// Number of the EVSE, counted from 1.
        required id: i32 = "id",
        /// Number of the connector at the EVSE; the EVSE as a whole when absent.
        optional connector_id: i32 = "connectorId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A token that names who wants to charge.
    pub struct IdToken = "IdTokenType" {
        /// Further identifiers for special authorization processes.
        optional additional_info: List<AdditionalInfo> = "additionalInfo",
        /// Identifier, at most 36 characters; case does not matter.
        required id_token: CiText<36> = "idToken",
        /// What kind of token it is.
        required kind: IdTokenKind = "type",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Hashes that name a certificate, and where to ask about it.
    pub struct OCSPRequestData = "OCSPRequestDataType" {
        /// Algorithm of both hashes.
        required hash_algorithm: HashAlgorithm = "hashAlgorithm",
        /// Hash of the issuer's name, at most 128 characters.
        required issuer_name_hash: Text<128> = "issuerNameHash",
        /// Hash of the issuer's public key, at most 128 characters.
        required issuer_key_hash: Text<128> = "issuerKeyHash",
        /// Serial number in hexadecimal, at most 40 characters.
        required serial_number: Text<40> = "serialNumber",
        /// URL of the OCSP responder, at most 512 characters.
        required responder_url: Text<512> = "responderURL",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// What the CSMS knows about a token.
    pub struct IdTokenInfo = "IdTokenInfoType" {
        /// Whether the token may charge, or why not.
        required status: AuthorizationStatus = "status",
        /// Moment from which the token is to be taken out of the cache.
        optional cache_expiry_date_time: DateTime = "cacheExpiryDateTime",
        /// Priority for business reasons, -9 to 9; higher goes first, 0 when absent.
        optional charging_priority: i32 = "chargingPriority",
        /// Language the driver likes best, as an RFC 5646 tag of at most 8 characters.
        optional language1: Text<8> = "language1",
        /// The only EVSEs the token may charge at; absent means all.
        optional evse_id: List<i32> = "evseId",
        /// Group of the token; members may stop each other's transactions.
        optional group_id_token: IdToken = "groupIdToken",
        /// Second best language; differs from the first and needs it.
        optional language2: Text<8> = "language2",
        /// Message for the driver, to be shown on the display.
        optional personal_message: MessageContent = "personalMessage",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// An extra identifier that goes along with an id token.
    pub struct AdditionalInfo = "AdditionalInfoType" {
        /// The extra identifier; case is ignored, at most 36 characters.
        required additional_id_token: CiText<36> = "additionalIdToken",
        /// Agreed name for the kind of identifier, at most 50 characters; unknown kinds may be ignored.
        required kind: Text<50> = "type",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A text to be shown, and how to read it.
    pub struct MessageContent = "MessageContentType" {
        /// How the text is to be read.
        required format: MessageFormat = "format",
        /// Language of the text, as an RFC 5646 tag of at most 8 characters.
        optional language: Text<8> = "language",
        /// The text, at most 512 characters.
        required content: Text<512> = "content",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Hashes and serial number that together point out one certificate.
    pub struct CertificateHashData = "CertificateHashDataType" {
        /// Hash function used for both hashes.
        required hash_algorithm: HashAlgorithm = "hashAlgorithm",
        /// Hash over the issuer's DER-encoded name, at most 128 characters.
        required issuer_name_hash: Text<128> = "issuerNameHash",
        /// Hash over the issuer's public key without DER tag and length.
        required issuer_key_hash: Text<128> = "issuerKeyHash",
        /// Serial number in hex without `0x` or leading zeroes, at most 40 characters.
        required serial_number: Text<40> = "serialNumber",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of whether a request is taken on.
    pub enum GenericStatus = "GenericStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected",
    }

    /// Choice of whether a report will be sent, or why not.
    pub enum GenericDeviceModelStatus = "GenericDeviceModelStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", NotSupported = "NotSupported",
        EmptyResultSet = "EmptyResultSet",
    }

    /// Choice of what kind of token it is.
    pub enum IdTokenKind = "IdTokenEnumType" {
        Central = "Central", EMAID = "eMAID", ISO14443 = "ISO14443", ISO15693 = "ISO15693",
        KeyCode = "KeyCode", Local = "Local", MacAddress = "MacAddress",
        NoAuthorization = "NoAuthorization",
    }

    /// Choice of the algorithm behind a hash.
    pub enum HashAlgorithm = "HashAlgorithmEnumType" {
        SHA256 = "SHA256", SHA384 = "SHA384", SHA512 = "SHA512",
    }

    /// Choice of whether a token may charge and, if not, why.
    pub enum AuthorizationStatus = "AuthorizationStatusEnumType" {
        Accepted = "Accepted", Blocked = "Blocked", ConcurrentTx = "ConcurrentTx", Expired = "Expired",
        Invalid = "Invalid", NoCredit = "NoCredit", NotAllowedTypeEVSE = "NotAllowedTypeEVSE",
        NotAtThisLocation = "NotAtThisLocation", NotAtThisTime = "NotAtThisTime", Unknown = "Unknown",
    }

    /// Choice of how the text of a message is to be read.
    pub enum MessageFormat = "MessageFormatEnumType" {
        ASCII = "ASCII", HTML = "HTML", URI = "URI", UTF8 = "UTF8",
    }
}
