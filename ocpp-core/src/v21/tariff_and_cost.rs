//! Tariff, cost and payment (block I).

use crate::types::{DateTime, Integer, List, Number, Text};
use crate::{message, open_enum};

use super::common::{CustomData, GenericStatus, StatusInfo, Tariff};

message! {
    /// Sent by the CSMS to have the station show the running cost (I02).
    pub struct CostUpdatedRequest = "CostUpdatedRequest" {
        /// Cost so far with taxes, in the currency set on the station.
        required total_cost: Number = "totalCost",
        /// Transaction the cost is for, at most 36 characters.
        required transaction_id: Text<36> = "transactionId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to confirm the running cost; carries no data (I02).
    pub struct CostUpdatedResponse = "CostUpdatedResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to install a default tariff for local cost calculation (I07).
    pub struct SetDefaultTariffRequest = "SetDefaultTariffRequest" {
        /// EVSE the tariff is for; 0 installs it on every EVSE.
        required evse_id: Integer<0> = "evseId",
        /// The tariff to install; it survives a restart.
        required tariff: Tariff = "tariff",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether it stored the default tariff (I07).
    pub struct SetDefaultTariffResponse = "SetDefaultTariffResponse" {
        /// Whether the tariff was stored, or why it was refused.
        required status: TariffSetStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to list the tariffs on the station (I09).
    pub struct GetTariffsRequest = "GetTariffsRequest" {
        /// EVSE whose tariffs to list; 0 means all EVSEs.
        required evse_id: Integer<0> = "evseId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station with the tariffs it has (I09).
    pub struct GetTariffsResponse = "GetTariffsResponse" {
        /// Whether the request was understood, and any tariff found.
        required status: TariffGetStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// The tariffs, with the EVSEs or tokens that they are tied to.
        optional tariff_assignments: List<TariffAssignment> = "tariffAssignments",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to remove tariffs from the station (I10).
    pub struct ClearTariffsRequest = "ClearTariffsRequest" {
        /// Tariffs to remove; all of them when absent.
        optional tariff_ids: List<Text<60>> = "tariffIds",
        /// Only remove tariffs at this EVSE; everywhere when absent.
        optional evse_id: Integer<0> = "evseId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station with the outcome for each tariff (I10).
    pub struct ClearTariffsResponse = "ClearTariffsResponse" {
        /// Outcomes, one per tariff, at least one.
        required clear_tariffs_result: List<ClearTariffsResult> = "clearTariffsResult",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to give a running transaction another tariff (I11).
    pub struct ChangeTransactionTariffRequest = "ChangeTransactionTariffRequest" {
        /// Tariff to use from now on.
        required tariff: Tariff = "tariff",
        /// Transaction that gets the tariff, at most 36 characters.
        required transaction_id: Text<36> = "transactionId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether it uses the new tariff (I11).
    pub struct ChangeTransactionTariffResponse = "ChangeTransactionTariffResponse" {
        /// Whether the tariff was changed, and what stood in the way if not.
        required status: TariffChangeStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station when a payment terminal settled a payment, or failed to (C19, C20, C21,
    /// C22).
    pub struct NotifySettlementRequest = "NotifySettlementRequest" {
        /// Transaction that was paid, at most 36 characters; absent when it never began.
        optional transaction_id: Text<36> = "transactionId",
        /// Reference of the payment service, at most 255 characters; also the token.
        required psp_ref: Text<255> = "pspRef",
        /// How the settlement ended.
        required status: PaymentStatus = "status",
        /// Further words from the terminal, at most 500 characters.
        optional status_info: Text<500> = "statusInfo",
        /// Amount that was settled or was to be, in the currency of the station.
        required settlement_amount: Number = "settlementAmount",
        /// Moment of the settlement.
        required settlement_time: DateTime = "settlementTime",
        /// Id of the receipt when terminal or station made one, at most 50 characters.
        optional receipt_id: Text<50> = "receiptId",
        /// URL of the receipt when terminal or station made one, at most 2000 characters.
        optional receipt_url: Text<2000> = "receiptUrl",
        /// Company to be named on the receipt.
        optional vat_company: Address = "vatCompany",
        /// VAT number of that company, at most 20 characters.
        optional vat_number: Text<20> = "vatNumber",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm the settlement, with a receipt if it makes one (C19, C20, C21, C22).
    pub struct NotifySettlementResponse = "NotifySettlementResponse" {
        /// URL of the receipt, at most 2000 characters; the station can show it as a QR code.
        optional receipt_url: Text<2000> = "receiptUrl",
        /// Id of the receipt, at most 50 characters.
        optional receipt_id: Text<50> = "receiptId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS when a driver begins to pay on the web (C25).
    pub struct NotifyWebPaymentStartedRequest = "NotifyWebPaymentStartedRequest" {
        /// EVSE that the driver wants to charge at.
        required evse_id: Integer<0> = "evseId",
        /// Time in s after which no result is to be expected any more.
        required timeout: i32 = "timeout",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to confirm the notice; carries no data (C25).
    pub struct NotifyWebPaymentStartedResponse = "NotifyWebPaymentStartedResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to check a VAT number entered by the driver (C18).
    pub struct VatNumberValidationRequest = "VatNumberValidationRequest" {
        /// VAT number to check, at most 20 characters.
        required vat_number: Text<20> = "vatNumber",
        /// EVSE the check is made for, 0 or higher.
        optional evse_id: Integer<0> = "evseId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS with the outcome of the VAT number check (C18).
    pub struct VatNumberValidationResponse = "VatNumberValidationResponse" {
        /// Address of the company that holds the VAT number.
        optional company: Address = "company",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// The checked VAT number, at most 20 characters.
        required vat_number: Text<20> = "vatNumber",
        /// EVSE the check was made for, 0 or higher.
        optional evse_id: Integer<0> = "evseId",
        /// Whether the VAT number was accepted.
        required status: GenericStatus = "status",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Tells which EVSEs or tokens an installed tariff is tied to.
    pub struct TariffAssignment = "TariffAssignmentType" {
        /// Id of the tariff, at most 60 characters.
        required tariff_id: Text<60> = "tariffId",
        /// Whether it is a default tariff or a driver's own.
        required tariff_kind: TariffKind = "tariffKind",
        /// Moment from which the tariff takes effect.
        optional valid_from: DateTime = "validFrom",
        /// EVSEs the tariff is installed on.
        optional evse_ids: List<Integer<0>> = "evseIds",
        /// Tokens the tariff belongs to, for driver tariffs.
        optional id_tokens: List<Text<255>> = "idTokens",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Outcome for one tariff that was to be removed.
    pub struct ClearTariffsResult = "ClearTariffsResultType" {
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Tariff the outcome is for; absent when none was found.
        optional tariff_id: Text<60> = "tariffId",
        /// Whether the tariff is gone; `NoTariff` when there was none.
        required status: TariffClearStatus = "status",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A postal address, for instance for an invoice.
    pub struct Address = "AddressType" {
        /// Person or company at this address, at most 50 characters.
        required name: Text<50> = "name",
        /// First address line, at most 100 characters.
        required address1: Text<100> = "address1",
        /// Second address line, at most 100 characters.
        optional address2: Text<100> = "address2",
        /// Town or city, at most 100 characters.
        required city: Text<100> = "city",
        /// Postcode, at most 20 characters.
        optional postal_code: Text<20> = "postalCode",
        /// Country by name, at most 50 characters.
        required country: Text<50> = "country",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of how installing a default tariff ended: stored, or why not.
    pub enum TariffSetStatus = "TariffSetStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", TooManyElements = "TooManyElements",
        ConditionNotSupported = "ConditionNotSupported", DuplicateTariffId = "DuplicateTariffId",
    }

    /// Choice of how asking for the installed tariffs ended.
    pub enum TariffGetStatus = "TariffGetStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", NoTariff = "NoTariff",
    }

    /// Choice of whether a tariff is the default or belongs to a driver.
    pub enum TariffKind = "TariffKindEnumType" {
        DefaultTariff = "DefaultTariff", DriverTariff = "DriverTariff",
    }

    /// Choice of how clearing a tariff ended.
    pub enum TariffClearStatus = "TariffClearStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", NoTariff = "NoTariff",
    }

    /// Choice of how changing a transaction's tariff ended.
    pub enum TariffChangeStatus = "TariffChangeStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", TooManyElements = "TooManyElements",
        ConditionNotSupported = "ConditionNotSupported", TxNotFound = "TxNotFound",
        NoCurrencyChange = "NoCurrencyChange",
    }

    /// Choice of how the settlement of a payment ended.
    pub enum PaymentStatus = "PaymentStatusEnumType" {
        Settled = "Settled", Canceled = "Canceled", Rejected = "Rejected", Failed = "Failed",
    }
}
