//! Provisioning: boot, settings, reports, reset (block B).

use crate::types::{DateTime, List, Number, Text};
use crate::{message, open_enum};

use super::common::{
    Component, ComponentVariable, CustomData, GenericDeviceModelStatus, StatusInfo, Variable,
};

message! {
    /// Sent by the Charging Station after starting up to register at the CSMS (B01).
    pub struct BootNotificationRequest = "BootNotificationRequest" {
        /// Who the station is: model, vendor, serial number, firmware.
        required charging_station: ChargingStation = "chargingStation",
        /// What made the station start up or send this.
        required reason: BootReason = "reason",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to accept, park or refuse a station that started (B01).
    pub struct BootNotificationResponse = "BootNotificationResponse" {
        /// Time at the CSMS, which the station can set its clock by.
        required current_time: DateTime = "currentTime",
        /// Heartbeat pace in s when accepted, else the least wait in s before trying again.
        required interval: i32 = "interval",
        /// Whether the station is registered; before `Accepted` it must not send other requests on its own.
        required status: RegistrationStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to get one of the predefined reports on variables (B07).
    pub struct GetBaseReportRequest = "GetBaseReportRequest" {
        /// Id that the parts of the report repeat.
        required request_id: i32 = "requestId",
        /// Which predefined report to send.
        required report_base: ReportBase = "reportBase",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether the report will come (B07).
    pub struct GetBaseReportResponse = "GetBaseReportResponse" {
        /// Whether the report will come; it follows in messages of its own.
        required status: GenericDeviceModelStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to get a report on chosen components and variables (B08).
    pub struct GetReportRequest = "GetReportRequest" {
        /// Components and variables to report; absent means all.
        optional component_variable: List<ComponentVariable> = "componentVariable",
        /// Id that the parts of the report repeat.
        required request_id: i32 = "requestId",
        /// States that the components have to be in, at most four.
        optional component_criteria: List<ComponentCriterion, 1, 4> = "componentCriteria",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether the report will come (B08).
    pub struct GetReportResponse = "GetReportResponse" {
        /// Whether the report will come, or why not.
        required status: GenericDeviceModelStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to read one or more variables (B06).
    pub struct GetVariablesRequest = "GetVariablesRequest" {
        /// Variables to read, at least one.
        required get_variable_data: List<GetVariableData> = "getVariableData",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station with the value of each variable (B06).
    pub struct GetVariablesResponse = "GetVariablesResponse" {
        /// Outcome for each variable, in the order of the request.
        required get_variable_result: List<GetVariableResult> = "getVariableResult",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station with a part of a report on variables (B07, B08).
    pub struct NotifyReportRequest = "NotifyReportRequest" {
        /// Id of the request that asked for the report.
        required request_id: i32 = "requestId",
        /// Moment the message was made.
        required generated_at: DateTime = "generatedAt",
        /// Variables with their attributes and characteristics.
        optional report_data: List<ReportData> = "reportData",
        /// True when another part follows.
        optional tbc: bool = "tbc",
        /// Number of the part; the first is 0.
        required seq_no: i32 = "seqNo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to confirm the part; carries no data (B07, B08).
    pub struct NotifyReportResponse = "NotifyReportResponse" {
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to restart the Charging Station or one EVSE (B11, B12).
    pub struct ResetRequest = "ResetRequest" {
        /// Whether to reset now, when idle, or now with resuming transactions.
        required kind: ResetKind = "type",
        /// EVSE to reset; absent resets the whole station.
        optional evse_id: i32 = "evseId",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether and when it will reset (B11, B12).
    pub struct ResetResponse = "ResetResponse" {
        /// Whether the reset happens now, later or not at all.
        required status: ResetStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to store a network connection profile on the station (B09).
    pub struct SetNetworkProfileRequest = "SetNetworkProfileRequest" {
        /// Number of the slot the profile is stored in.
        required configuration_slot: i32 = "configurationSlot",
        /// Connection settings to store, such as URL, transport and security profile.
        required connection_data: NetworkConnectionProfile = "connectionData",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station to say whether it stored the network profile (B09).
    pub struct SetNetworkProfileResponse = "SetNetworkProfileResponse" {
        /// Whether the profile was stored, refused or failed.
        required status: SetNetworkProfileStatus = "status",
        /// Optional reason code and text that explain the status.
        optional status_info: StatusInfo = "statusInfo",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the CSMS to write one or more variables of the station (B05).
    pub struct SetVariablesRequest = "SetVariablesRequest" {
        /// Values to write, at least one.
        required set_variable_data: List<SetVariableData> = "setVariableData",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Sent by the Charging Station with the outcome for each written variable (B05).
    pub struct SetVariablesResponse = "SetVariablesResponse" {
        /// One result for each requested variable.
        required set_variable_result: List<SetVariableResult> = "setVariableResult",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Who a charging station is: maker, model, firmware, modem.
    pub struct ChargingStation = "ChargingStationType" {
        /// Serial number given by the maker, at most 25 characters.
        optional serial_number: Text<25> = "serialNumber",
        /// Model name, at most 20 characters.
        required model: Text<20> = "model",
        /// SIM data of the station's modem, if it has one.
        optional modem: Modem = "modem",
        /// Name of the maker, at most 50 characters.
        required vendor_name: Text<50> = "vendorName",
        /// Firmware the station runs, at most 50 characters.
        optional firmware_version: Text<50> = "firmwareVersion",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// The modem of the station.
    pub struct Modem = "ModemType" {
        /// ICCID of the SIM card, at most 20 characters.
        optional iccid: Text<20> = "iccid",
        /// IMSI of the SIM card, at most 20 characters.
        optional imsi: Text<20> = "imsi",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// A variable to read.
    pub struct GetVariableData = "GetVariableDataType" {
        /// Which attribute to read; the actual value when absent.
        optional attribute_type: Attribute = "attributeType",
        /// Component that has the variable.
        required component: Component = "component",
        /// The variable.
        required variable: Variable = "variable",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Outcome of reading one variable.
    pub struct GetVariableResult = "GetVariableResultType" {
        /// Optional reason code and text that explain the status.
        optional attribute_status_info: StatusInfo = "attributeStatusInfo",
        /// Whether the variable could be read, or why not.
        required attribute_status: GetVariableStatus = "attributeStatus",
        /// Which attribute was read; the actual value when absent.
        optional attribute_type: Attribute = "attributeType",
        /// Value as text, at most 2500 characters; absent when it could not be read.
        optional attribute_value: Text<2500> = "attributeValue",
        /// Component that has the variable.
        required component: Component = "component",
        /// The variable.
        required variable: Variable = "variable",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// One line of a device model report: a variable of a component with its values.
    pub struct ReportData = "ReportDataType" {
        /// Component the variable belongs to.
        required component: Component = "component",
        /// Variable the line reports on.
        required variable: Variable = "variable",
        /// Attributes with their values, one to four.
        required variable_attribute: List<VariableAttribute, 1, 4> = "variableAttribute",
        /// Fixed properties of the variable, such as unit, type and limits.
        optional variable_characteristics: VariableCharacteristics = "variableCharacteristics",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// One attribute of a variable with its value and access rights.
    pub struct VariableAttribute = "VariableAttributeType" {
        /// Which attribute this is; `Actual` when absent.
        optional kind: Attribute = "type",
        /// Value as text, at most 2500 characters; only `WriteOnly` attributes may leave it out.
        optional value: Text<2500> = "value",
        /// Whether the value can be read, written or both; `ReadWrite` when absent.
        optional mutability: Mutability = "mutability",
        /// True when the value survives a reboot or power loss; false when absent.
        optional persistent: bool = "persistent",
        /// True when the station never changes the value at runtime; false when absent.
        optional constant: bool = "constant",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Fixed, read-only properties of a variable.
    pub struct VariableCharacteristics = "VariableCharacteristicsType" {
        /// Unit of the value, at most 16 characters; required if it has one.
        optional unit: Text<16> = "unit",
        /// Data type of the value.
        required data_type: Data = "dataType",
        /// Lowest value the variable can take.
        optional min_limit: Number = "minLimit",
        /// Highest value the variable can take; for text and lists the greatest length.
        optional max_limit: Number = "maxLimit",
        /// Comma-separated allowed values; required for option, member and sequence lists.
        optional values_list: Text<1000> = "valuesList",
        /// True when monitors can be set on the variable.
        required supports_monitoring: bool = "supportsMonitoring",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// How the station is to reach the CSMS.
    pub struct NetworkConnectionProfile = "NetworkConnectionProfileType" {
        /// Access point of the mobile network, when one is used.
        optional apn: APN = "apn",
        /// OCPP version; the one in use comes from the WebSocket handshake.
        required ocpp_version: OCPPVersion = "ocppVersion",
        /// Transport of OCPP; only `JSON` exists in 2.x.
        required ocpp_transport: OCPPTransport = "ocppTransport",
        /// URL of the CSMS without the station's identity, at most 512 characters.
        required ocpp_csms_url: Text<512> = "ocppCsmsUrl",
        /// Wait in s for an answer before a message counts as lost.
        required message_timeout: i32 = "messageTimeout",
        /// Security profile to use, 0 to 3.
        required security_profile: i32 = "securityProfile",
        /// Network interface to use.
        required ocpp_interface: OCPPInterface = "ocppInterface",
        /// Settings of the VPN, when one is used.
        optional vpn: VPN = "vpn",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Settings to get online over a mobile network.
    pub struct APN = "APNType" {
        /// Address of the access point, at most 512 characters.
        required apn: Text<512> = "apn",
        /// User name for the access point, at most 20 characters.
        optional apn_user_name: Text<20> = "apnUserName",
        /// Password for the access point, at most 20 characters.
        optional apn_password: Text<20> = "apnPassword",
        /// PIN that unlocks the SIM card.
        optional sim_pin: i32 = "simPin",
        /// Operator to use first: country code then network code, like `20404`; at most 6 characters.
        optional preferred_network: Text<6> = "preferredNetwork",
        /// True to stay offline rather than use another operator; false when absent.
        optional use_only_preferred_network: bool = "useOnlyPreferredNetwork",
        /// How the modem logs in at the access point.
        required apn_authentication: APNAuthentication = "apnAuthentication",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Settings for reaching the CSMS through a VPN.
    pub struct VPN = "VPNType" {
        /// Address of the VPN server, at most 512 characters.
        required server: Text<512> = "server",
        /// User name for the VPN, at most 20 characters.
        required user: Text<20> = "user",
        /// Group name for the VPN, at most 20 characters.
        optional group: Text<20> = "group",
        /// Password for the VPN, at most 20 characters.
        required password: Text<20> = "password",
        /// Shared secret of the VPN, at most 255 characters.
        required key: Text<255> = "key",
        /// VPN protocol to use.
        required kind: VPNKind = "type",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// One variable value to write, with the component it belongs to.
    pub struct SetVariableData = "SetVariableDataType" {
        /// Attribute to write; `Actual` when absent.
        optional attribute_type: Attribute = "attributeType",
        /// Value to write, at most 1000 characters; may be empty.
        required attribute_value: Text<1000> = "attributeValue",
        /// Component that holds the variable.
        required component: Component = "component",
        /// Variable whose value is written.
        required variable: Variable = "variable",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }

    /// Outcome of writing one variable.
    pub struct SetVariableResult = "SetVariableResultType" {
        /// Attribute the result is about; `Actual` when absent.
        optional attribute_type: Attribute = "attributeType",
        /// Whether the value was written, or why not.
        required attribute_status: SetVariableStatus = "attributeStatus",
        /// Optional reason code and text that explain the status.
        optional attribute_status_info: StatusInfo = "attributeStatusInfo",
        /// Component the result is about.
        required component: Component = "component",
        /// Variable the result is about.
        required variable: Variable = "variable",
        /// Data of a vendor's own.
        optional custom_data: CustomData = "customData",
    }
}

open_enum! {
    /// Choice of what caused the station to boot.
    pub enum BootReason = "BootReasonEnumType" {
        ApplicationReset = "ApplicationReset", FirmwareUpdate = "FirmwareUpdate",
        LocalReset = "LocalReset", PowerUp = "PowerUp", RemoteReset = "RemoteReset",
        ScheduledReset = "ScheduledReset", Triggered = "Triggered", Unknown = "Unknown",
        Watchdog = "Watchdog",
    }

    /// Choice of how the CSMS treats a booting station: registered, to wait, or refused.
    pub enum RegistrationStatus = "RegistrationStatusEnumType" {
        Accepted = "Accepted", Pending = "Pending", Rejected = "Rejected",
    }

    /// Choice of which predefined device model report the CSMS wants.
    pub enum ReportBase = "ReportBaseEnumType" {
        ConfigurationInventory = "ConfigurationInventory", FullInventory = "FullInventory",
        SummaryInventory = "SummaryInventory",
    }

    /// Choice of which components a custom report should list, by their state.
    pub enum ComponentCriterion = "ComponentCriterionEnumType" {
        Active = "Active", Available = "Available", Enabled = "Enabled", Problem = "Problem",
    }

    /// Choice of which value of a variable is meant; the actual one when absent.
    pub enum Attribute = "AttributeEnumType" {
        Actual = "Actual", Target = "Target", MinSet = "MinSet", MaxSet = "MaxSet",
    }

    /// Choice of whether a variable could be read, or why not.
    pub enum GetVariableStatus = "GetVariableStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", UnknownComponent = "UnknownComponent",
        UnknownVariable = "UnknownVariable", NotSupportedAttributeType = "NotSupportedAttributeType",
    }

    /// Choice of whether a variable can be read, written or both.
    pub enum Mutability = "MutabilityEnumType" {
        ReadOnly = "ReadOnly", WriteOnly = "WriteOnly", ReadWrite = "ReadWrite",
    }

    /// Choice of data type of a variable, such as integer or a list of options.
    pub enum Data = "DataEnumType" {
        String = "string", Decimal = "decimal", Integer = "integer", DateTime = "dateTime",
        Boolean = "boolean", OptionList = "OptionList", SequenceList = "SequenceList",
        MemberList = "MemberList",
    }

    /// Choice of when to reset and whether running transactions resume afterwards.
    pub enum ResetKind = "ResetEnumType" {
        Immediate = "Immediate", OnIdle = "OnIdle",
    }

    /// Choice of whether a reset is accepted, refused or planned for later.
    pub enum ResetStatus = "ResetStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", Scheduled = "Scheduled",
    }

    /// Choice of how storing a network profile ended.
    pub enum SetNetworkProfileStatus = "SetNetworkProfileStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", Failed = "Failed",
    }

    /// Choice of the network interface to use.
    pub enum OCPPInterface = "OCPPInterfaceEnumType" {
        Wired0 = "Wired0", Wired1 = "Wired1", Wired2 = "Wired2", Wired3 = "Wired3",
        Wireless0 = "Wireless0", Wireless1 = "Wireless1", Wireless2 = "Wireless2", Wireless3 = "Wireless3",
    }

    /// Choice of the transport of OCPP.
    pub enum OCPPTransport = "OCPPTransportEnumType" {
        JSON = "JSON", SOAP = "SOAP",
    }

    /// Choice of the OCPP version of a connection.
    pub enum OCPPVersion = "OCPPVersionEnumType" {
        OCPP12 = "OCPP12", OCPP15 = "OCPP15", OCPP16 = "OCPP16", OCPP20 = "OCPP20",
    }

    /// Choice of how the modem logs in at the mobile access point.
    pub enum APNAuthentication = "APNAuthenticationEnumType" {
        CHAP = "CHAP", NONE = "NONE", PAP = "PAP", AUTO = "AUTO",
    }

    /// Choice of the VPN protocol.
    pub enum VPNKind = "VPNEnumType" {
        IKEv2 = "IKEv2", IPSec = "IPSec", L2TP = "L2TP", PPTP = "PPTP",
    }

    /// Choice of how writing a variable ended: done, done after reboot, or refused.
    pub enum SetVariableStatus = "SetVariableStatusEnumType" {
        Accepted = "Accepted", Rejected = "Rejected", UnknownComponent = "UnknownComponent",
        UnknownVariable = "UnknownVariable", NotSupportedAttributeType = "NotSupportedAttributeType",
        RebootRequired = "RebootRequired",
    }
}
