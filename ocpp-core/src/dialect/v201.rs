//! OCPP 2.0.1.

super::two::dialect_of_2x!(V201, v201, {
    "Get15118EVCertificate" | "GetCertificateStatus" => Courtesy::NotProvided,
    "NotifyEVChargingNeeds" => Courtesy::Payload(r#"{"status":"Rejected"}"#),
});
