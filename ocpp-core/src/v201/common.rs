//! Types that several blocks use.

use alloc::boxed::Box;

use crate::types::{CiText, DateTime, List, Text};
use crate::{message, open_enum};

message! {
    /// Part of a message.
    pub struct CustomData = "CustomDataType" (open) {
        /// The value of `vendorId`.
        required vendor_id: Text<255> = "vendorId",
    }

    /// Reason code and text that explain a status in a response.
    pub struct StatusInfo = "StatusInfoType" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Predefined reason code, at most 20 characters; upper or lower case is the same.
        required reason_code: Text<20> = "reasonCode",
        /// Free text with more detail, at most 1024 characters.
        optional additional_info: Text<512> = "additionalInfo",
    }

    /// Points at a component and, if wanted, one of its variables.
    pub struct ComponentVariable = "ComponentVariableType" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Part of the station that is meant.
        required component: Component = "component",
        /// The variable meant; all of the component when absent.
        optional variable: Variable = "variable",
    }

    /// A part of the station, real or logical, in the device model.
    pub struct Component = "ComponentType" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// EVSE or connector the part sits in; the whole station when absent.
        optional evse: EVSE = "evse",
        /// Name of the part, best from the standard list; case is ignored, at most 50 characters.
        required name: CiText<50> = "name",
        /// Tells several parts of the same name apart, at most 50 characters.
        optional instance: CiText<50> = "instance",
    }

    /// Names a variable of a component.
    pub struct Variable = "VariableType" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Name of the variable, at most 50 characters; upper or lower case is the same.
        required name: CiText<50> = "name",
        /// Instance name when several exist, at most 50 characters; case does not matter.
        optional instance: CiText<50> = "instance",
    }

    /// Points at an EVSE of the station and, if wanted, one connector.
    pub struct EVSE = "EVSEType" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Number of the EVSE, counted from 1.
        required id: i32 = "id",
        /// Number of the connector at the EVSE; the EVSE as a whole when absent.
        optional connector_id: i32 = "connectorId",
    }

    /// Part of a message.
    pub struct IdToken = "IdTokenType" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `additionalInfo`.
        optional additional_info: List<AdditionalInfo> = "additionalInfo",
        /// The value of `idToken`.
        required id_token: CiText<36> = "idToken",
        /// The value of `type`.
        required kind: IdTokenKind = "type",
    }

    /// Part of a message.
    pub struct OCSPRequestData = "OCSPRequestDataType" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `hashAlgorithm`.
        required hash_algorithm: HashAlgorithm = "hashAlgorithm",
        /// The value of `issuerNameHash`.
        required issuer_name_hash: Text<128> = "issuerNameHash",
        /// The value of `issuerKeyHash`.
        required issuer_key_hash: Text<128> = "issuerKeyHash",
        /// The value of `serialNumber`.
        required serial_number: Text<40> = "serialNumber",
        /// The value of `responderURL`.
        required responder_url: Text<512> = "responderURL",
    }

    /// Part of a message.
    pub struct IdTokenInfo = "IdTokenInfoType" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `status`.
        required status: AuthorizationStatus = "status",
        /// The value of `cacheExpiryDateTime`.
        optional cache_expiry_date_time: DateTime = "cacheExpiryDateTime",
        /// The value of `chargingPriority`.
        optional charging_priority: i32 = "chargingPriority",
        /// The value of `language1`.
        optional language1: Text<8> = "language1",
        /// The value of `evseId`.
        optional evse_id: List<i32> = "evseId",
        /// The value of `groupIdToken`.
        optional group_id_token: IdToken = "groupIdToken",
        /// The value of `language2`.
        optional language2: Text<8> = "language2",
        /// The value of `personalMessage`.
        optional personal_message: MessageContent = "personalMessage",
    }

    /// An extra identifier that goes along with an id token.
    pub struct AdditionalInfo = "AdditionalInfoType" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The extra identifier; case is ignored, at most 255 characters (36 in 2.0.1).
        required additional_id_token: CiText<36> = "additionalIdToken",
        /// Agreed name for the kind of identifier, at most 50 characters; unknown kinds may be ignored.
        required kind: Text<50> = "type",
    }

    /// Part of a message.
    pub struct MessageContent = "MessageContentType" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// The value of `format`.
        required format: MessageFormat = "format",
        /// The value of `language`.
        optional language: Text<8> = "language",
        /// The value of `content`.
        required content: Text<512> = "content",
    }

    /// Hashes and serial number that together point out one certificate.
    pub struct CertificateHashData = "CertificateHashDataType" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
        /// Hash function used for both hashes.
        required hash_algorithm: HashAlgorithm = "hashAlgorithm",
        /// Hash over the issuer's DER-encoded name, at most 128 characters.
        required issuer_name_hash: Text<128> = "issuerNameHash",
        /// Hash over the issuer's public key without DER tag and length.
        required issuer_key_hash: Text<128> = "issuerKeyHash",
        /// Serial number in hex without `0x` or leading zeroes, at most 40 characters.
        required serial_number: Text<40> = "serialNumber",
    }
}

open_enum! {
    /// One of the values that the specification names.
    pub enum GenericStatus = "GenericStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected",
    }

    /// One of the values that the specification names.
    pub enum GenericDeviceModelStatus = "GenericDeviceModelStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", NotSupported = "NotSupported",
        EmptyResultSet = "EmptyResultSet",
    }

    /// One of the values that the specification names.
    pub enum IdTokenKind = "IdTokenEnumType" {
        Central = "Central", EMAID = "eMAID", ISO14443 = "ISO14443", ISO15693 = "ISO15693",
        KeyCode = "KeyCode", Local = "Local", MacAddress = "MacAddress",
        NoAuthorization = "NoAuthorization",
    }

    /// One of the values that the specification names.
    pub enum HashAlgorithm = "HashAlgorithmEnumType" {
        SHA256 = "SHA256", SHA384 = "SHA384", SHA512 = "SHA512",
    }

    /// Choice of whether a token may charge and, if not, why.
    pub enum AuthorizationStatus = "AuthorizationStatusEnumType" {
        Accepted = "Accepted", Blocked = "Blocked", ConcurrentTx = "ConcurrentTx", Expired = "Expired",
        Invalid = "Invalid", NoCredit = "NoCredit", NotAllowedTypeEVSE = "NotAllowedTypeEVSE",
        NotAtThisLocation = "NotAtThisLocation", NotAtThisTime = "NotAtThisTime", Unknown = "Unknown",
    }

    /// One of the values that the specification names.
    pub enum MessageFormat = "MessageFormatEnumType" {
        ASCII = "ASCII", HTML = "HTML", URI = "URI", UTF8 = "UTF8",
    }
}
