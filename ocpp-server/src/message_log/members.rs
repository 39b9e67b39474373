//! Which members of messages tell of a person or are secret, and why.
//!
//! The lists were made by looking through the official schemas of 1.6, its security extension, 2.0.1 and 2.1. A
//! test holds them against those files: every member that a schema names is either in [`PERSONAL`] or in
//! [`vocabulary::KEPT`](super::vocabulary::KEPT). Names are compared without regard to case, because a station
//! that writes `idtag` means a person all the same.

/// What becomes of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hide {
    /// It is replaced by a pseudonym: the same value has the same one.
    Pseudonym,
    /// It is replaced by `***`.
    Secret,
}

/// How the value of a member is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// It stays.
    Keep,
    /// It stays even inside of a personal object: it says of which kind the value beside it is.
    Kind,
    /// It is hidden, with everything inside of it.
    Hide(Hide),
    /// It names a setting, whose value may have to be hidden.
    SettingName,
    /// It is the value of a setting, hidden when the setting's name says so.
    Setting,
    /// It holds readings: `value` in it is a number, or a signed text that may name a person.
    Samples,
    /// It is a number, or else is hidden.
    Number,
    /// It is a vendor's own, as is everything whose name no specification has: a text is hidden unless it is JSON; in JSON, members that a specification knows are
    /// treated as everywhere, texts and longer numbers of all others are hidden.
    VendorText,
    /// It is free text: what was hidden elsewhere in the frame, or in the call that it answers, is hidden here.
    Text,
}

/// A personal member.
pub(super) struct Personal {
    /// Its name.
    pub name: &'static str,
    /// What becomes of its value.
    pub hide: Hide,
    /// Why.
    #[allow(dead_code, reason = "it is written for those who review the list")]
    pub why: &'static str,
}

const fn person(name: &'static str, why: &'static str) -> Personal {
    Personal { name, hide: Hide::Pseudonym, why }
}

const fn secret(name: &'static str, why: &'static str) -> Personal {
    Personal { name, hide: Hide::Secret, why }
}

/// Members of the official messages whose values are hidden wherever they stand.
pub(super) const PERSONAL: &[Personal] = &[
    person("idTag", "1.6: the card or contract of a driver"),
    person("parentIdTag", "1.6: the group that a driver belongs to"),
    person("idToken", "2.x: the card, contract (eMAID), vehicle (MAC address, VIN) or phone of a driver"),
    person("groupIdToken", "2.x: the group that a driver belongs to"),
    person("additionalIdToken", "2.x: a further identification of the same driver"),
    person("idTokens", "2.1 GetTariffs: the drivers to whom a tariff is assigned"),
    person("prioritizedEMAIDs", "2.1 Get15118EVCertificate: contracts of a driver"),
    person("customerIdentifier", "2.x CustomerInformation: whatever the operator calls a customer by"),
    person("customerCertificate", "2.x CustomerInformation: the hashes of a driver's contract certificate"),
    person("iso15118CertificateHashData", "2.x Authorize: the hashes of a driver's contract certificate"),
    person("certificate", "2.x Authorize: the contract certificate itself, whose subject is the eMAID"),
    person("ocspRequestData", "2.x GetCertificateStatus: asks for a driver's contract certificate"),
    person("certificateStatusRequests", "2.1 GetCertificateChainStatus: the same for a chain"),
    person(
        "certificateHashData",
        "2.1 GetCertificateChainStatus: the answer repeats the hashes of the contract",
    ),
    secret(
        "exiRequest",
        "2.x: an installation of a contract; has the vehicle's certificate and its contracts",
    ),
    secret("exiResponse", "2.x: the installed contract with its encrypted private key"),
    secret("ocspResult", "2.x: names the certificate of a driver; 18,000 characters of no use to a reader"),
    person("signedMeterData", "2.x: signed readings (OCMF) carry the identification of the driver"),
    person("evInverterSerialNumber", "2.1 NotifyEVChargingNeeds: identifies a vehicle"),
    secret("personalMessage", "2.x: a text for one driver, often with the name"),
    secret("personalMessageExtra", "2.1: the same in further languages"),
    secret("updatedPersonalMessage", "2.x: the same, later in the session"),
    secret("updatedPersonalMessageExtra", "2.1: the same in further languages"),
    person("pspRef", "2.1 NotifySettlement: the payment at its provider leads to the card holder"),
    person("receiptId", "2.1 NotifySettlement: leads to the payer"),
    secret("receiptUrl", "2.1 NotifySettlement: whoever has the address can read the receipt"),
    person("vatNumber", "2.1: the company, or the sole trader, who pays"),
    secret("vatCompany", "2.1 NotifySettlement: name and address of who pays"),
    secret("company", "2.1 VatNumberValidation: name and address of who pays"),
    secret("address1", "2.1: the street of who pays"),
    secret("address2", "2.1: the street of who pays"),
    secret("postalCode", "2.1: where who pays lives"),
    secret("city", "2.1: where who pays lives"),
    secret("basicAuthPassword", "2.1 SetNetworkProfile: the station's password"),
    secret("password", "2.x SetNetworkProfile: the password of the VPN"),
    secret("apnPassword", "2.x SetNetworkProfile: the password at the mobile operator"),
    secret("apnUserName", "2.x SetNetworkProfile: the account at the mobile operator"),
    secret("simPin", "2.x SetNetworkProfile: opens the SIM card"),
    secret("vpn", "2.x SetNetworkProfile: user, password and shared key of the VPN"),
];

/// Members that are kept, but not without a look at what they hold.
pub(super) const LOOKED_AT: &[(&str, Rule)] = &[
    ("type", Rule::Kind),
    ("hashAlgorithm", Rule::Kind),
    ("certificateType", Rule::Kind),
    ("key", Rule::SettingName),
    ("name", Rule::SettingName),
    ("value", Rule::Setting),
    ("attributeValue", Rule::Setting),
    ("actualValue", Rule::Setting),
    ("valuesList", Rule::Setting),
    ("sampledValue", Rule::Samples),
    ("v", Rule::Number),
    ("t", Rule::Number),
    ("x", Rule::Number),
    ("y", Rule::Number),
    ("data", Rule::VendorText),
    ("additionalInfo", Rule::Text),
    ("info", Rule::Text),
    ("statusInfo", Rule::Text),
    ("techInfo", Rule::Text),
    ("extraInfo", Rule::Text),
    ("vendorInfo", Rule::Text),
    ("vendorErrorCode", Rule::Text),
    ("failureReason", Rule::Text),
    ("content", Rule::Text),
    ("location", Rule::Text),
    ("remoteLocation", Rule::Text),
    ("ocppCsmsUrl", Rule::Text),
    ("responderURL", Rule::Text),
    ("server", Rule::Text),
    ("urls", Rule::Text),
    ("user", Rule::Hide(Hide::Secret)),
];

/// What makes a name secret that no specification has: a vendor's member, or a setting. Compared in lower case,
/// with `_`, `-`, `.` and blanks left out.
const SECRET_PARTS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "authorizationkey",
    "authkey",
    "privatekey",
    "sharedkey",
    "psk",
    "apikey",
    "vpnkey",
    "accesstoken",
    "bearer",
    "credential",
    "simpin",
    "pincode",
    "apnuser",
    "vpnuser",
    "sessionkey",
    "cvc",
];

/// What makes such a name personal.
const PERSONAL_PARTS: &[&str] = &[
    "idtag",
    "idtoken",
    "token",
    "emaid",
    "contractid",
    "contractcert",
    "evccid",
    "vehicleid",
    "vehiclecert",
    "masterpassgroup",
    "macaddress",
    "rfid",
    "cardnumber",
    "carduid",
    "cardid",
    "maskedpan",
    "licenseplate",
    "numberplate",
    "email",
    "phone",
    "msisdn",
    "firstname",
    "lastname",
    "fullname",
    "username",
    "customer",
    "driver",
    "iban",
];

/// Names that are personal or secret as a whole, but too short to look for inside of others.
const WHOLE_NAMES: &[(&str, Hide)] = &[
    ("pin", Hide::Secret),
    ("pw", Hide::Secret),
    ("pass", Hide::Secret),
    ("user", Hide::Secret),
    ("vin", Hide::Pseudonym),
    ("mac", Hide::Pseudonym),
    ("uid", Hide::Pseudonym),
    ("pan", Hide::Pseudonym),
    ("tag", Hide::Pseudonym),
    ("evid", Hide::Pseudonym),
];

/// What a name that no specification has (a vendor's member, or a setting) says of its value.
pub(super) fn by_name(name: &str) -> Option<Hide> {
    let bare: String = name
        .chars()
        .filter(|c| !matches!(c, '_' | '-' | '.' | ' '))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let has = |parts: &[&str]| parts.iter().any(|part| bare.contains(part));
    if has(SECRET_PARTS) {
        return Some(Hide::Secret);
    }
    // `SupportedIdTokenTypes`, `TokenType` and the like say what kinds there are, not who.
    if has(PERSONAL_PARTS) && !bare.contains("tokentype") {
        return Some(Hide::Pseudonym);
    }
    WHOLE_NAMES.iter().find(|(whole, _)| *whole == bare).map(|(_, hide)| *hide)
}
