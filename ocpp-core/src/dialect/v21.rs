//! OCPP 2.1.

super::two::dialect_of_2x!(V21, v21, {
    "Get15118EVCertificate" | "GetCertificateStatus" | "GetCertificateChainStatus" | "VatNumberValidation" => {
        Courtesy::NotProvided
    }
    "NotifyEVChargingNeeds" => Courtesy::Payload(r#"{"status":"NoChargingProfile"}"#),
    "OpenPeriodicEventStream" | "PullDynamicScheduleUpdate" => Courtesy::Payload(r#"{"status":"Rejected"}"#),
});
