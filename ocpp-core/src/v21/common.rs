//! Types that several blocks use.

use alloc::string::String;

use crate::types::{CiText, DateTime, Integer, List, Number, Text};
use crate::{message, open_enum};

use super::common_schedules::{Price, TaxRate};

message! {
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

    /// A vendor's own data: whose it is, and any members that the vendor likes.
    pub struct CustomData = "CustomDataType" (open) {
        /// Whose data it is, at most 255 characters, such as a reversed domain name.
        required vendor_id: Text<255> = "vendorId",
    }

    /// Reason code and text that explain a status in a response.
    pub struct StatusInfo = "StatusInfoType" {
        /// Predefined reason code, at most 20 characters; upper or lower case is the same.
        required reason_code: Text<20> = "reasonCode",
        /// Free text with more detail, at most 1024 characters.
        optional additional_info: Text<1024> = "additionalInfo",
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
        required id: Integer<0> = "id",
        /// Number of the connector at the EVSE; the EVSE as a whole when absent.
        optional connector_id: Integer<0> = "connectorId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A token that names who wants to charge.
    pub struct IdToken = "IdTokenType" {
        /// Further identifiers for special authorization processes.
        optional additional_info: List<AdditionalInfo> = "additionalInfo",
        /// Identifier, at most 255 characters; case does not matter.
        required id_token: CiText<255> = "idToken",
        /// What kind of token it is.
        required kind: Text<20> = "type",
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
        /// URL of the OCSP responder, at most 2000 characters.
        required responder_url: Text<2000> = "responderURL",
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
        /// Group of the token; members may stop each other's transactions.
        optional group_id_token: IdToken = "groupIdToken",
        /// Language the driver likes best, as an RFC 5646 tag of at most 8 characters.
        optional language1: Text<8> = "language1",
        /// Second best language; differs from the first and needs it.
        optional language2: Text<8> = "language2",
        /// The only EVSEs the token may charge at; absent means all.
        optional evse_id: List<Integer<0>> = "evseId",
        /// Message for the driver, to be shown on the display.
        optional personal_message: MessageContent = "personalMessage",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A full tariff that the Charging Station uses to work out costs itself.
    pub struct Tariff = "TariffType" {
        /// Unique id of the tariff, at most 60 characters.
        required tariff_id: Text<60> = "tariffId",
        /// Tariff text to show the driver, in up to ten languages.
        optional description: List<MessageContent, 1, 10> = "description",
        /// Three-letter ISO 4217 code of the currency.
        required currency: Text<3> = "currency",
        /// Prices for energy, per kWh.
        optional energy: TariffEnergy = "energy",
        /// Moment the tariff takes effect; at once when absent.
        optional valid_from: DateTime = "validFrom",
        /// Prices for time spent charging, per minute.
        optional charging_time: TariffTime = "chargingTime",
        /// Prices for time connected without charging, per minute.
        optional idle_time: TariffTime = "idleTime",
        /// Flat fees of the transaction.
        optional fixed_fee: TariffFixed = "fixedFee",
        /// Prices for reserved time, per minute.
        optional reservation_time: TariffTime = "reservationTime",
        /// Flat fees for making a reservation.
        optional reservation_fixed: TariffFixed = "reservationFixed",
        /// Least a transaction costs, given with tax, without tax or both.
        optional min_cost: Price = "minCost",
        /// Most a transaction costs, given with tax, without tax or both.
        optional max_cost: Price = "maxCost",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// An extra identifier that goes along with an id token.
    pub struct AdditionalInfo = "AdditionalInfoType" {
        /// The extra identifier; case is ignored, at most 255 characters.
        required additional_id_token: CiText<255> = "additionalIdToken",
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
        /// The text, at most 1024 characters.
        required content: Text<1024> = "content",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The energy part of a tariff: prices per kWh and their taxes.
    pub struct TariffEnergy = "TariffEnergyType" {
        /// Prices per kWh with their conditions, at least one.
        required prices: List<TariffEnergyPrice> = "prices",
        /// Taxes on energy, at most five; absent means no tax.
        optional tax_rates: List<TaxRate, 1, 5> = "taxRates",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A flat fee part of a tariff: fees and their taxes.
    pub struct TariffFixed = "TariffFixedType" {
        /// Flat fees with their conditions, at least one.
        required prices: List<TariffFixedPrice> = "prices",
        /// Taxes on the flat fees, at most five; absent means no tax.
        optional tax_rates: List<TaxRate, 1, 5> = "taxRates",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A time part of a tariff: prices per minute and their taxes.
    pub struct TariffTime = "TariffTimeType" {
        /// Prices per minute with their conditions, at least one.
        required prices: List<TariffTimePrice> = "prices",
        /// Taxes on time, at most five; absent means no tax.
        optional tax_rates: List<TaxRate, 1, 5> = "taxRates",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A price per kWh with the conditions it applies under.
    pub struct TariffEnergyPrice = "TariffEnergyPriceType" {
        /// Price per kWh, without tax.
        required price_kwh: Number = "priceKwh",
        /// When the price applies; always when absent.
        optional conditions: TariffConditions = "conditions",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A flat fee with the conditions it applies under.
    pub struct TariffFixedPrice = "TariffFixedPriceType" {
        /// When the fee applies; always when absent.
        optional conditions: TariffConditionsFixed = "conditions",
        /// Amount charged once, such as a start fee.
        required price_fixed: Number = "priceFixed",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A price per minute with the conditions it applies under.
    pub struct TariffTimePrice = "TariffTimePriceType" {
        /// Price per minute, without tax.
        required price_minute: Number = "priceMinute",
        /// When the price applies; always when absent.
        optional conditions: TariffConditions = "conditions",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Conditions that must all hold during a transaction for an energy or time price.
    pub struct TariffConditions = "TariffConditionsType" {
        /// Local time the price starts to apply, as `HH:MM` in 24-hour form.
        optional start_time_of_day: String = "startTimeOfDay",
        /// Local time the price ends, as `HH:MM`; earlier than start runs past midnight.
        optional end_time_of_day: String = "endTimeOfDay",
        /// Days of the week the price applies on, at most seven.
        optional day_of_week: List<DayOfWeek, 1, 7> = "dayOfWeek",
        /// First local date the price applies, as `YYYY-MM-DD`.
        optional valid_from_date: String = "validFromDate",
        /// Local date as `YYYY-MM-DD` from which the price no longer applies.
        optional valid_to_date: String = "validToDate",
        /// Restricts the price to AC or to DC EVSEs.
        optional evse_kind: EvseKind = "evseKind",
        /// Price applies once this much energy in Wh has been used.
        optional min_energy: Number = "minEnergy",
        /// Price applies until this much energy in Wh has been used.
        optional max_energy: Number = "maxEnergy",
        /// Price applies while current over all phases is at least this, in A.
        optional min_current: Number = "minCurrent",
        /// Price applies while current over all phases is below this, in A.
        optional max_current: Number = "maxCurrent",
        /// Price applies while power is at least this, in W.
        optional min_power: Number = "minPower",
        /// Price applies while power is below this, in W.
        optional max_power: Number = "maxPower",
        /// Price applies once the transaction has lasted this many s.
        optional min_time: i32 = "minTime",
        /// Price applies until the transaction has lasted this many s.
        optional max_time: i32 = "maxTime",
        /// Price applies once charging has lasted this many s.
        optional min_charging_time: i32 = "minChargingTime",
        /// Price applies until charging has lasted this many s.
        optional max_charging_time: i32 = "maxChargingTime",
        /// Price applies once the EV has been idle for this many s.
        optional min_idle_time: i32 = "minIdleTime",
        /// Price applies until the EV has been idle for this many s.
        optional max_idle_time: i32 = "maxIdleTime",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Conditions, checked at transaction start, that must all hold for a fixed price.
    pub struct TariffConditionsFixed = "TariffConditionsFixedType" {
        /// Local time the price starts to apply, as `HH:MM` in 24-hour form.
        optional start_time_of_day: String = "startTimeOfDay",
        /// Local time the price ends, as `HH:MM`; earlier than start runs past midnight.
        optional end_time_of_day: String = "endTimeOfDay",
        /// Days of the week the price applies on, at most seven.
        optional day_of_week: List<DayOfWeek, 1, 7> = "dayOfWeek",
        /// First local date the price applies, as `YYYY-MM-DD`.
        optional valid_from_date: String = "validFromDate",
        /// Local date as `YYYY-MM-DD` from which the price no longer applies.
        optional valid_to_date: String = "validToDate",
        /// Restricts the price to AC or to DC EVSEs.
        optional evse_kind: EvseKind = "evseKind",
        /// Restricts the price to one ad hoc payment brand, at most 20 characters.
        optional payment_brand: Text<20> = "paymentBrand",
        /// Restricts the price to one ad hoc payment type, such as debit; at most 20 characters.
        optional payment_recognition: Text<20> = "paymentRecognition",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// How often an event stream is sent.
    pub struct PeriodicEventStreamParams = "PeriodicEventStreamParamsType" {
        /// Time in s after which buffered values are sent.
        optional interval: Integer<0> = "interval",
        /// Number of values after which they are sent.
        optional values: Integer<0> = "values",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of whether a request is taken on.
    pub enum GenericStatus = "GenericStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected",
    }

    /// Choice of the algorithm behind a hash.
    pub enum HashAlgorithm = "HashAlgorithmEnumType" {
        SHA256 = "SHA256", SHA384 = "SHA384", SHA512 = "SHA512",
    }

    /// Choice of whether a report will be sent, or why not.
    pub enum GenericDeviceModelStatus = "GenericDeviceModelStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", NotSupported = "NotSupported",
        EmptyResultSet = "EmptyResultSet",
    }

    /// Choice of how energy flows: AC or DC, phases, one way or both ways.
    pub enum EnergyTransferMode = "EnergyTransferModeEnumType" {
        ACSinglePhase = "AC_single_phase", ACTwoPhase = "AC_two_phase", ACThreePhase = "AC_three_phase",
        DC = "DC", ACBPT = "AC_BPT", ACBPTDER = "AC_BPT_DER", ACDER = "AC_DER", DCBPT = "DC_BPT",
        DCACDP = "DC_ACDP", DCACDPBPT = "DC_ACDP_BPT", WPT = "WPT",
    }

    /// Choice of whether a token may charge and, if not, why.
    pub enum AuthorizationStatus = "AuthorizationStatusEnumType" {
        Accepted = "Accepted", Blocked = "Blocked", ConcurrentTx = "ConcurrentTx", Expired = "Expired",
        Invalid = "Invalid", NoCredit = "NoCredit", NotAllowedTypeEVSE = "NotAllowedTypeEVSE",
        NotAtThisLocation = "NotAtThisLocation", NotAtThisTime = "NotAtThisTime", Unknown = "Unknown",
    }

    /// Choice of how the text of a message is to be read.
    pub enum MessageFormat = "MessageFormatEnumType" {
        ASCII = "ASCII", HTML = "HTML", URI = "URI", UTF8 = "UTF8", QRCODE = "QRCODE",
    }

    /// Choice of weekday, for tariffs that depend on it.
    pub enum DayOfWeek = "DayOfWeekEnumType" {
        Monday = "Monday", Tuesday = "Tuesday", Wednesday = "Wednesday", Thursday = "Thursday",
        Friday = "Friday", Saturday = "Saturday", Sunday = "Sunday",
    }

    /// Choice of whether an EVSE gives AC or DC.
    pub enum EvseKind = "EvseKindEnumType" {
        AC = "AC", DC = "DC",
    }

    /// Choice of grid support function, such as a frequency or voltage curve.
    pub enum DERControl = "DERControlEnumType" {
        EnterService = "EnterService", FreqDroop = "FreqDroop", FreqWatt = "FreqWatt",
        FixedPFAbsorb = "FixedPFAbsorb", FixedPFInject = "FixedPFInject", FixedVar = "FixedVar",
        Gradients = "Gradients", HFMustTrip = "HFMustTrip", HFMayTrip = "HFMayTrip",
        HVMustTrip = "HVMustTrip", HVMomCess = "HVMomCess", HVMayTrip = "HVMayTrip",
        LimitMaxDischarge = "LimitMaxDischarge", LFMustTrip = "LFMustTrip", LVMustTrip = "LVMustTrip",
        LVMomCess = "LVMomCess", LVMayTrip = "LVMayTrip",
        PowerMonitoringMustTrip = "PowerMonitoringMustTrip", VoltVar = "VoltVar", VoltWatt = "VoltWatt",
        WattPF = "WattPF", WattVar = "WattVar",
    }
}
