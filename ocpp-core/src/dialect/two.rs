//! What OCPP 2.0.1 and 2.1 have in common: the same messages and members, in types of their own.
//!
//! [`dialect_of_2x`] writes the translators of a version over that version's types. What needs no types of a
//! version is here as plain functions.

use alloc::boxed::Box;
use alloc::string::String;

use crate::model::{AuthorizationStatus, ChargingState, Place, PortStatus};
use crate::types::Text;

/// What to answer to a message that is merely taken note of.
pub(super) enum Courtesy {
    /// Nothing is decided: an empty confirmation.
    Empty,
    /// The station asks for something that is refused.
    Payload(&'static str),
    /// The station asks for something that nobody here provides.
    NotProvided,
}

/// A member that is an enumeration in one version and a bounded text in the other.
pub(super) trait Wording {
    fn word(text: &str) -> Self;
}

impl<const MAX: usize> Wording for Text<MAX> {
    fn word(text: &str) -> Self {
        Text::truncated(text)
    }
}

#[cfg(feature = "v201")]
impl Wording for crate::v201::IdTokenKind {
    fn word(text: &str) -> Self {
        Self::from(text)
    }
}

/// A number of the model as the version's integer; what does not fit, which no station has, becomes the
/// nearest that does.
pub(super) fn integer<T: TryFrom<i32>>(value: impl TryInto<i32>) -> Option<T> {
    T::try_from(value.try_into().ok()?).ok()
}

pub(super) fn unsigned(value: impl Into<i32>) -> u32 {
    u32::try_from(value.into()).unwrap_or(0)
}

pub(super) fn evse_of(place: Place) -> u32 {
    place.evse().map_or(0, |evse| evse.0)
}

pub(super) fn connector_of(place: Place) -> Option<u32> {
    place.connector().map(|connector| connector.0)
}

pub(super) fn charging_state(text: &str) -> Option<ChargingState> {
    Some(match text {
        "Charging" => ChargingState::Charging,
        "EVConnected" => ChargingState::EvConnected,
        "SuspendedEV" => ChargingState::SuspendedEv,
        "SuspendedEVSE" => ChargingState::SuspendedEvse,
        "Idle" => ChargingState::Idle,
        _ => return None,
    })
}

pub(super) fn charging_state_word(state: ChargingState) -> &'static str {
    match state {
        ChargingState::Charging => "Charging",
        ChargingState::EvConnected => "EVConnected",
        ChargingState::SuspendedEv => "SuspendedEV",
        ChargingState::SuspendedEvse => "SuspendedEVSE",
        ChargingState::Idle => "Idle",
    }
}

/// A state that nobody knows is surely not free for a driver.
pub(super) fn port_status(text: &str) -> PortStatus {
    match text {
        "Available" => PortStatus::Available,
        "Occupied" => PortStatus::Occupied,
        "Reserved" => PortStatus::Reserved,
        "Faulted" => PortStatus::Faulted,
        _ => PortStatus::Unavailable,
    }
}

/// 2.x knows one state for everything that keeps a connector in use.
pub(super) fn port_status_word(status: PortStatus) -> &'static str {
    match status {
        PortStatus::Available => "Available",
        PortStatus::Reserved => "Reserved",
        PortStatus::Unavailable => "Unavailable",
        PortStatus::Faulted => "Faulted",
        PortStatus::Preparing
        | PortStatus::Charging
        | PortStatus::SuspendedEvse
        | PortStatus::SuspendedEv
        | PortStatus::Finishing
        | PortStatus::Occupied => "Occupied",
    }
}

/// The word of 2.x for a status that is remembered by its name.
pub(super) fn word_of_name(name: &str) -> &str {
    match name {
        "Available" | "Reserved" | "Unavailable" | "Faulted" => name,
        _ => "Occupied",
    }
}

pub(super) fn authorization_status(text: &str) -> AuthorizationStatus {
    match text {
        "Accepted" => AuthorizationStatus::Accepted,
        "Blocked" => AuthorizationStatus::Blocked,
        "ConcurrentTx" => AuthorizationStatus::ConcurrentTx,
        "Expired" => AuthorizationStatus::Expired,
        "NoCredit" => AuthorizationStatus::NoCredit,
        "NotAllowedTypeEVSE" => AuthorizationStatus::NotAllowedTypeEvse,
        "NotAtThisLocation" => AuthorizationStatus::NotAtThisLocation,
        "NotAtThisTime" => AuthorizationStatus::NotAtThisTime,
        "Unknown" => AuthorizationStatus::Unknown,
        _ => AuthorizationStatus::Invalid,
    }
}

pub(super) fn authorization_word(status: AuthorizationStatus) -> &'static str {
    match status {
        AuthorizationStatus::Accepted => "Accepted",
        AuthorizationStatus::Blocked => "Blocked",
        AuthorizationStatus::Expired => "Expired",
        AuthorizationStatus::Invalid => "Invalid",
        AuthorizationStatus::ConcurrentTx => "ConcurrentTx",
        AuthorizationStatus::NoCredit => "NoCredit",
        AuthorizationStatus::NotAllowedTypeEvse => "NotAllowedTypeEVSE",
        AuthorizationStatus::NotAtThisLocation => "NotAtThisLocation",
        AuthorizationStatus::NotAtThisTime => "NotAtThisTime",
        AuthorizationStatus::Unknown => "Unknown",
    }
}

/// A word of the model as the version's enumeration; what the version does not list becomes `instead`.
pub(super) fn listed<T: crate::message::Field + for<'a> From<&'a str>>(word: &str, instead: T) -> T {
    let value = T::from(word);
    if value.conforms() { value } else { instead }
}

pub(super) fn boxed(text: &str) -> Box<str> {
    text.into()
}

/// A port's place as the key under which the status last said of it is remembered.
pub(super) fn place_key(place: Place) -> Box<str> {
    let key: String = alloc::format!("{}/{}", evse_of(place), connector_of(place).unwrap_or(0));
    key.into_boxed_str()
}

/// Writes the translators of a 2.x version: its name, its module of types, and the honest answers to messages
/// that are merely taken note of, where an empty confirmation is none.
macro_rules! dialect_of_2x {
    ($version:ident, $v:ident, { $($courtesies:tt)* }) => {
        pub(super) mod manager {
            use alloc::string::ToString;

            use super::words;
            use crate::dialect::two::{self, Courtesy, boxed, integer, unsigned};
            use crate::dialect::{CannotSay, Heard, Misheard, Payload, Reply, Said, check_action, payload, read, said, verdict};
            use crate::model::*;
            use crate::types::{DateTime, Json, List, Number, Text, Version};
            use crate::$v as wire;

            /// What a station's call means.
            pub(in crate::dialect) fn hear(action: &str, json: Payload<'_>) -> Result<Heard<Fact>, Misheard> {
                match action {
                    "BootNotification" => read(json, |r: wire::BootNotificationRequest| Fact::Boot(boot(&r))),
                    "Heartbeat" => read(json, |_: wire::HeartbeatRequest| Fact::Heartbeat),
                    "StatusNotification" => {
                        read(json, |r: wire::StatusNotificationRequest| Fact::Status(status(&r)))
                    }
                    "Authorize" => {
                        read(json, |r: wire::AuthorizeRequest| Fact::Authorize(words::token(&r.id_token)))
                    }
                    "TransactionEvent" => read(json, |r: wire::TransactionEventRequest| transaction(&r)),
                    "MeterValues" => read(json, |r: wire::MeterValuesRequest| {
                        Fact::Meter(MeterReport {
                            place: Place::of(unsigned(r.evse_id), None),
                            transaction: StationTxRef::Unknown,
                            readings: words::readings(&r.meter_value),
                        })
                    }),
                    "DataTransfer" => {
                        read(json, |r: wire::DataTransferRequest| Fact::Transfer(words::transfer(&r)))
                    }
                    other => {
                        check_action(Version::$version, wire::ACTIONS, other, crate::action::Direction::from_station)?;
                        let inbound = wire::Request::parse_by(other, json.text, json.policy)?;
                        let meaning = Fact::Unmapped { action: other.into(), payload: json.text.into() };
                        Ok(Heard { meaning, findings: inbound.findings })
                    }
                }
            }

            fn boot(request: &wire::BootNotificationRequest) -> Boot {
                let station = &request.charging_station;
                let modem = station.modem.as_ref();
                Boot {
                    vendor: boxed(&station.vendor_name),
                    model: boxed(&station.model),
                    serial: station.serial_number.as_deref().map(boxed),
                    firmware: station.firmware_version.as_deref().map(boxed),
                    iccid: modem.and_then(|modem| modem.iccid.as_deref()).map(boxed),
                    imsi: modem.and_then(|modem| modem.imsi.as_deref()).map(boxed),
                    meter_type: None,
                    meter_serial: None,
                    reason: Some(BootReason::new(request.reason.as_str())),
                }
            }

            fn status(request: &wire::StatusNotificationRequest) -> StatusReport {
                StatusReport {
                    place: Place::of(unsigned(request.evse_id), Some(unsigned(request.connector_id))),
                    status: two::port_status(request.connector_status.as_str()),
                    at: Some(request.timestamp.timestamp()),
                    fault: None,
                }
            }

            fn transaction(request: &wire::TransactionEventRequest) -> Fact {
                let info = &request.transaction_info;
                Fact::Transaction(alloc::boxed::Box::new(TransactionFact {
                    transaction: StationTxRef::Named(boxed(&info.transaction_id)),
                    step: match &request.event_type {
                        wire::TransactionEventKind::Started => Step::Started,
                        wire::TransactionEventKind::Ended => Step::Ended,
                        wire::TransactionEventKind::Updated | wire::TransactionEventKind::Unlisted(_) => {
                            Step::Updated
                        }
                    },
                    order: Order::Seq(unsigned(request.seq_no)),
                    at: request.timestamp.timestamp(),
                    trigger: Trigger::new(request.trigger_reason.as_str()),
                    connectivity: match request.offline {
                        Some(true) => Connectivity::Offline,
                        Some(false) | None => Connectivity::Online,
                    },
                    place: request.evse.as_ref().map(words::place),
                    id_token: request.id_token.as_ref().map(words::token),
                    charging: info.charging_state.as_ref().and_then(|state| two::charging_state(state.as_str())),
                    readings: words::readings(request.meter_value.as_deref().unwrap_or_default()),
                    stop_reason: info.stopped_reason.as_ref().map(|reason| StopReason::new(reason.as_str())),
                    reservation: request.reservation_id.map(|id| i64::from(i32::from(id))),
                    remote_start: info.remote_start_id.map(|id| i64::from(i32::from(id))),
                }))
            }

            /// What answers a station's call.
            pub(in crate::dialect) fn answer(action: &str, _fact: &Fact, answer: &Answer) -> Reply {
                match answer {
                    Answer::Boot { registration, now, interval_s } => {
                        let status = match registration {
                            Registration::Accepted => wire::RegistrationStatus::Accepted,
                            Registration::Pending => wire::RegistrationStatus::Pending,
                            Registration::Rejected => wire::RegistrationStatus::Rejected,
                        };
                        let interval = i32::try_from(*interval_s).unwrap_or(i32::MAX);
                        payload(&wire::BootNotificationResponse::new(DateTime::new(*now), interval, status))
                    }
                    Answer::Heartbeat { now } => payload(&wire::HeartbeatResponse::new(DateTime::new(*now))),
                    Answer::Authorize(word) => payload(&wire::AuthorizeResponse::new(words::id_token_info(word))),
                    Answer::Transaction { authorization, total_cost, .. } => {
                        let mut response = wire::TransactionEventResponse::new();
                        response.total_cost = total_cost.map(Number::from);
                        response.id_token_info = authorization.as_ref().map(words::id_token_info);
                        payload(&response)
                    }
                    Answer::Transfer(answer) => payload(&words::transfer_response(answer)),
                    Answer::Noted => match courtesy(action) {
                        Courtesy::Empty => Reply::Payload("{}".to_string()),
                        Courtesy::Payload(json) => Reply::Payload(json.to_string()),
                        Courtesy::NotProvided => Reply::NotSupported("nobody here provides this"),
                    },
                }
            }

            fn courtesy(action: &str) -> Courtesy {
                match action {
                    "NotifyEVChargingSchedule" => Courtesy::Payload(r#"{"status":"Accepted"}"#),
                    "SignCertificate" => Courtesy::Payload(r#"{"status":"Rejected"}"#),
                    $($courtesies)*
                    _ => Courtesy::Empty,
                }
            }

            /// The call that carries an order.
            pub(in crate::dialect) fn order(command: &Command) -> Result<Said, CannotSay> {
                let cannot = |what| CannotSay::new(Version::$version, what);
                Ok(match command {
                    Command::RemoteStart(start) => {
                        let number = integer(start.remote_start.unwrap_or(0))
                            .ok_or_else(|| cannot("a remote start number of more than 32 bits"))?;
                        let mut request =
                            wire::RequestStartTransactionRequest::new(words::id_token(&start.id_token), number);
                        request.evse_id = start.evse.and_then(|evse| integer(evse.0));
                        said("RequestStartTransaction", &request)
                    }
                    Command::RemoteStop(StationTxRef::Named(name)) => {
                        let name = Text::new(name).map_err(|_| cannot("a transaction id of more than 36 characters"))?;
                        said("RequestStopTransaction", &wire::RequestStopTransactionRequest::new(name))
                    }
                    Command::RemoteStop(_) => return Err(cannot("to stop a transaction without the station's id of it")),
                    Command::Trigger { message, place } => {
                        let message = match message {
                            TriggerKind::Boot => wire::MessageTrigger::BootNotification,
                            TriggerKind::Heartbeat => wire::MessageTrigger::Heartbeat,
                            TriggerKind::Status => wire::MessageTrigger::StatusNotification,
                            TriggerKind::Meter => wire::MessageTrigger::MeterValues,
                            TriggerKind::Transaction => wire::MessageTrigger::TransactionEvent,
                            TriggerKind::Other(name) => wire::MessageTrigger::from(&**name),
                        };
                        let mut request = wire::TriggerMessageRequest::new(message);
                        request.evse = place.and_then(words::evse);
                        said("TriggerMessage", &request)
                    }
                    Command::Reset { kind, evse } => {
                        let kind = match kind {
                            ResetKind::Immediate => wire::ResetKind::Immediate,
                            ResetKind::Graceful | ResetKind::OnIdle => wire::ResetKind::OnIdle,
                        };
                        let mut request = wire::ResetRequest::new(kind);
                        request.evse_id = evse.and_then(|evse| integer(evse.0));
                        said("Reset", &request)
                    }
                    Command::SetAvailability { place, availability } => {
                        let status = match availability {
                            Availability::Operative => wire::OperationalStatus::Operative,
                            Availability::Inoperative => wire::OperationalStatus::Inoperative,
                        };
                        let mut request = wire::ChangeAvailabilityRequest::new(status);
                        request.evse = words::evse(*place);
                        said("ChangeAvailability", &request)
                    }
                    Command::Unlock(place) => {
                        let evse = integer(two::evse_of(*place));
                        let connector = integer(two::connector_of(*place).unwrap_or(1));
                        let (Some(evse), Some(connector)) = (evse, connector) else {
                            return Err(cannot("a place with such a number"));
                        };
                        said("UnlockConnector", &wire::UnlockConnectorRequest::new(evse, connector))
                    }
                    Command::ClearCache => said("ClearCache", &wire::ClearCacheRequest::new()),
                    Command::ReadSettings(Scope::All) => {
                        return Err(cannot("to read all variables at once: ask for a base report"));
                    }
                    Command::ReadSettings(Scope::These(settings)) => {
                        let variables: Option<alloc::vec::Vec<_>> = settings.iter().map(words::get_variable).collect();
                        let variables = variables.and_then(|variables| List::new(variables).ok());
                        let variables = variables.ok_or_else(|| cannot("configuration keys: name variables"))?;
                        said("GetVariables", &wire::GetVariablesRequest::new(variables))
                    }
                    Command::ChangeSettings(changes) => {
                        let variables: Option<alloc::vec::Vec<_>> = changes.iter().map(words::set_variable).collect();
                        let variables = variables.and_then(|variables| List::new(variables).ok());
                        let variables = variables.ok_or_else(|| cannot("configuration keys: name variables"))?;
                        said("SetVariables", &wire::SetVariablesRequest::new(variables))
                    }
                    Command::ShowCost { transaction: StationTxRef::Named(name), total } => {
                        let name = Text::new(name).map_err(|_| cannot("a transaction id of more than 36 characters"))?;
                        said("CostUpdated", &wire::CostUpdatedRequest::new(Number::from(*total), name))
                    }
                    Command::ShowCost { .. } => {
                        return Err(cannot("the cost of a transaction without the station's id of it"));
                    }
                    Command::Transfer(transfer) => said("DataTransfer", &words::transfer_request(transfer)),
                    Command::Unmapped { action, payload } => {
                        Said { action: action.clone(), payload: payload.clone() }
                    }
                })
            }

            /// What a station's answer to an order means.
            pub(in crate::dialect) fn hear_outcome(
                command: &Command,
                action: &str,
                json: Payload<'_>,
            ) -> Result<Heard<Outcome>, Misheard> {
                match command {
                    Command::RemoteStart(_) => read(json, |r: wire::RequestStartTransactionResponse| {
                        let transaction = r.transaction_id.as_deref().map(|name| StationTxRef::Named(boxed(name)));
                        Outcome::RemoteStart { verdict: verdict(r.status.as_str()), transaction }
                    }),
                    Command::RemoteStop(_) => read(json, |r: wire::RequestStopTransactionResponse| {
                        Outcome::Verdict(verdict(r.status.as_str()))
                    }),
                    Command::Trigger { .. } => read(json, |r: wire::TriggerMessageResponse| {
                        Outcome::Verdict(verdict(r.status.as_str()))
                    }),
                    Command::Reset { .. } => {
                        read(json, |r: wire::ResetResponse| Outcome::Verdict(verdict(r.status.as_str())))
                    }
                    Command::SetAvailability { .. } => read(json, |r: wire::ChangeAvailabilityResponse| {
                        Outcome::Verdict(verdict(r.status.as_str()))
                    }),
                    Command::Unlock(_) => read(json, |r: wire::UnlockConnectorResponse| {
                        Outcome::Verdict(verdict(r.status.as_str()))
                    }),
                    Command::ClearCache => {
                        read(json, |r: wire::ClearCacheResponse| Outcome::Verdict(verdict(r.status.as_str())))
                    }
                    Command::ReadSettings(_) => read(json, |r: wire::GetVariablesResponse| {
                        let result = |result: &wire::GetVariableResult| SettingResult {
                            setting: words::setting(&result.component, &result.variable),
                            verdict: verdict(result.attribute_status.as_str()),
                            value: result.attribute_value.as_deref().map(boxed),
                            read_only: None,
                        };
                        Outcome::Settings(r.get_variable_result.iter().map(result).collect())
                    }),
                    Command::ChangeSettings(_) => read(json, |r: wire::SetVariablesResponse| {
                        let result = |result: &wire::SetVariableResult| SettingResult {
                            setting: words::setting(&result.component, &result.variable),
                            verdict: verdict(result.attribute_status.as_str()),
                            value: None,
                            read_only: None,
                        };
                        Outcome::Settings(r.set_variable_result.iter().map(result).collect())
                    }),
                    Command::ShowCost { .. } => {
                        read(json, |_: wire::CostUpdatedResponse| Outcome::Verdict(Verdict::Accepted))
                    }
                    Command::Transfer(_) => read(json, |r: wire::DataTransferResponse| {
                        Outcome::Transfer(TransferAnswer {
                            status: crate::dialect::transfer_status(r.status.as_str()),
                            data: r.data.as_ref().map(Json::as_str).map(ToString::to_string),
                        })
                    }),
                    Command::Unmapped { .. } => {
                        let inbound = wire::Response::parse_by(action, json.text, json.policy)?;
                        Ok(Heard { meaning: Outcome::Raw(json.text.into()), findings: inbound.findings })
                    }
                }
            }
        }

        pub(super) mod station {
            use alloc::string::ToString;
            use alloc::vec::Vec;

            use super::words;
            use crate::dialect::two::{self, boxed, integer, unsigned};
            use crate::dialect::{Heard, Memory, Misheard, Payload, Reply, Said, check_action, payload, read, said};
            use crate::model::*;
            use crate::types::{DateTime, Json, List, Number, Text, Version};
            use crate::$v as wire;

            /// The call that carries a fact.
            pub(in crate::dialect) fn say(memory: &mut Memory, fact: &Fact) -> Option<Said> {
                Some(match fact {
                    Fact::Boot(boot) => said("BootNotification", &boot_notification(boot)),
                    Fact::Heartbeat => said("Heartbeat", &wire::HeartbeatRequest::new()),
                    Fact::Status(report) => return status(memory, report),
                    Fact::Authorize(token) => {
                        said("Authorize", &wire::AuthorizeRequest::new(words::id_token(token)))
                    }
                    Fact::Transaction(fact) => said("TransactionEvent", &transaction(fact)?),
                    Fact::Meter(report) => {
                        let values = List::new(words::meter_values(&report.readings)).ok()?;
                        let evse = integer(two::evse_of(report.place))?;
                        said("MeterValues", &wire::MeterValuesRequest::new(evse, values))
                    }
                    Fact::Transfer(transfer) => said("DataTransfer", &words::transfer_request(transfer)),
                    Fact::Unmapped { action, payload } => {
                        Said { action: action.clone(), payload: payload.clone() }
                    }
                })
            }

            fn boot_notification(boot: &Boot) -> wire::BootNotificationRequest {
                let mut station = wire::ChargingStation::new(Text::truncated(&boot.model), Text::truncated(&boot.vendor));
                station.serial_number = boot.serial.as_deref().map(Text::truncated);
                station.firmware_version = boot.firmware.as_deref().map(Text::truncated);
                if boot.iccid.is_some() || boot.imsi.is_some() {
                    let mut modem = wire::Modem::new();
                    modem.iccid = boot.iccid.as_deref().map(Text::truncated);
                    modem.imsi = boot.imsi.as_deref().map(Text::truncated);
                    station.modem = Some(modem);
                }
                let reason = boot.reason.as_ref().unwrap_or(&BootReason::POWER_UP);
                let reason = two::listed(reason.as_str(), wire::BootReason::Unknown);
                wire::BootNotificationRequest::new(station, reason)
            }

            /// A status is said of connectors only. A change that 2.x has no word for is not said; the same
            /// status said again, as after a trigger, is.
            fn status(memory: &mut Memory, report: &StatusReport) -> Option<Said> {
                let connector = two::connector_of(report.place)?;
                let word = two::port_status_word(report.status);
                let key = two::place_key(report.place);
                let last = memory.said.insert(key, report.status.as_str().into());
                if last.is_some_and(|last| *last != *report.status.as_str() && two::word_of_name(&last) == word) {
                    return None;
                }
                let at = report.at.unwrap_or_default();
                Some(said(
                    "StatusNotification",
                    &wire::StatusNotificationRequest::new(
                        DateTime::new(at),
                        wire::ConnectorStatus::from(word),
                        integer(two::evse_of(report.place))?,
                        integer(connector)?,
                    ),
                ))
            }

            fn transaction(fact: &TransactionFact) -> Option<wire::TransactionEventRequest> {
                let StationTxRef::Named(name) = &fact.transaction else { return None };
                let mut info = wire::Transaction::new(Text::truncated(name));
                info.charging_state = fact.charging.map(|state| {
                    wire::ChargingState::from(two::charging_state_word(state))
                });
                info.stopped_reason =
                    fact.stop_reason.as_ref().map(|reason| two::listed(reason.as_str(), wire::Reason::Other));
                info.remote_start_id = fact.remote_start.and_then(integer);
                let step = match fact.step {
                    Step::Started => wire::TransactionEventKind::Started,
                    Step::Updated => wire::TransactionEventKind::Updated,
                    Step::Ended => wire::TransactionEventKind::Ended,
                };
                let trigger = two::listed(fact.trigger.as_str(), wire::TriggerReason::AbnormalCondition);
                let seq = match fact.order {
                    Order::Seq(seq) => integer(seq)?,
                    Order::Arrival => integer(0_u32)?,
                };
                let mut request =
                    wire::TransactionEventRequest::new(step, DateTime::new(fact.at), trigger, seq, info);
                request.offline = (fact.connectivity == Connectivity::Offline).then_some(true);
                request.evse = fact.place.and_then(words::evse);
                request.id_token = fact.id_token.as_ref().map(words::id_token);
                request.meter_value = List::new(words::meter_values(&fact.readings)).ok();
                request.reservation_id = fact.reservation.and_then(integer);
                Some(request)
            }

            /// What the manager's answer means.
            pub(in crate::dialect) fn hear_answer(
                _fact: &Fact,
                action: &str,
                json: Payload<'_>,
            ) -> Result<Heard<Answer>, Misheard> {
                match action {
                    "BootNotification" => read(json, |r: wire::BootNotificationResponse| Answer::Boot {
                        registration: match r.status {
                            wire::RegistrationStatus::Accepted => Registration::Accepted,
                            wire::RegistrationStatus::Pending => Registration::Pending,
                            _ => Registration::Rejected,
                        },
                        now: r.current_time.timestamp(),
                        interval_s: unsigned(r.interval),
                    }),
                    "Heartbeat" => read(json, |r: wire::HeartbeatResponse| Answer::Heartbeat {
                        now: r.current_time.timestamp(),
                    }),
                    "Authorize" => read(json, |r: wire::AuthorizeResponse| {
                        Answer::Authorize(words::authorization(&r.id_token_info))
                    }),
                    "TransactionEvent" => read(json, |r: wire::TransactionEventResponse| Answer::Transaction {
                        number: None,
                        authorization: r.id_token_info.as_ref().map(words::authorization),
                        total_cost: r.total_cost.as_ref().and_then(Number::decimal),
                    }),
                    "DataTransfer" => read(json, |r: wire::DataTransferResponse| {
                        Answer::Transfer(TransferAnswer {
                            status: crate::dialect::transfer_status(r.status.as_str()),
                            data: r.data.as_ref().map(Json::as_str).map(ToString::to_string),
                        })
                    }),
                    other => {
                        let inbound = wire::Response::parse_by(other, json.text, json.policy)?;
                        Ok(Heard { meaning: Answer::Noted, findings: inbound.findings })
                    }
                }
            }

            /// What a manager's call means.
            pub(in crate::dialect) fn hear(action: &str, json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
                match action {
                    "RequestStartTransaction" => read(json, |r: wire::RequestStartTransactionRequest| {
                        Command::RemoteStart(RemoteStart {
                            id_token: words::token(&r.id_token),
                            evse: r.evse_id.map(|id| EvseId(unsigned(id))),
                            remote_start: Some(i64::from(i32::from(r.remote_start_id))),
                        })
                    }),
                    "RequestStopTransaction" => read(json, |r: wire::RequestStopTransactionRequest| {
                        Command::RemoteStop(StationTxRef::Named(boxed(&r.transaction_id)))
                    }),
                    "TriggerMessage" => read(json, |r: wire::TriggerMessageRequest| Command::Trigger {
                        message: match &r.requested_message {
                            wire::MessageTrigger::BootNotification => TriggerKind::Boot,
                            wire::MessageTrigger::Heartbeat => TriggerKind::Heartbeat,
                            wire::MessageTrigger::StatusNotification => TriggerKind::Status,
                            wire::MessageTrigger::MeterValues => TriggerKind::Meter,
                            wire::MessageTrigger::TransactionEvent => TriggerKind::Transaction,
                            other => TriggerKind::Other(other.as_str().into()),
                        },
                        place: r.evse.as_ref().map(words::place),
                    }),
                    "Reset" => read(json, |r: wire::ResetRequest| Command::Reset {
                        kind: match r.kind {
                            wire::ResetKind::OnIdle => ResetKind::OnIdle,
                            _ => ResetKind::Immediate,
                        },
                        evse: r.evse_id.map(|id| EvseId(unsigned(id))),
                    }),
                    "ChangeAvailability" => read(json, |r: wire::ChangeAvailabilityRequest| {
                        let operative = r.operational_status == wire::OperationalStatus::Operative;
                        Command::SetAvailability {
                            place: r.evse.as_ref().map_or(Place::Station, words::place),
                            availability: if operative { Availability::Operative } else { Availability::Inoperative },
                        }
                    }),
                    "UnlockConnector" => read(json, |r: wire::UnlockConnectorRequest| {
                        Command::Unlock(Place::of(unsigned(r.evse_id), Some(unsigned(r.connector_id))))
                    }),
                    "ClearCache" => read(json, |_: wire::ClearCacheRequest| Command::ClearCache),
                    "GetVariables" => read(json, |r: wire::GetVariablesRequest| {
                        let wanted = r.get_variable_data.iter();
                        let settings = wanted.map(|wanted| words::setting(&wanted.component, &wanted.variable));
                        Command::ReadSettings(Scope::These(settings.collect()))
                    }),
                    "SetVariables" => read(json, |r: wire::SetVariablesRequest| {
                        let change = |change: &wire::SetVariableData| SettingChange {
                            setting: words::setting(&change.component, &change.variable),
                            value: boxed(&change.attribute_value),
                        };
                        Command::ChangeSettings(r.set_variable_data.iter().map(change).collect())
                    }),
                    "CostUpdated" => {
                        // A cost that no Decimal can hold is nothing that a driver can be shown.
                        let request = read(json, |r: wire::CostUpdatedRequest| r)?;
                        let transaction = StationTxRef::Named(boxed(&request.meaning.transaction_id));
                        let meaning = match request.meaning.total_cost.decimal() {
                            Some(total) => Command::ShowCost { transaction, total },
                            None => Command::Unmapped { action: action.into(), payload: json.text.into() },
                        };
                        Ok(Heard { meaning, findings: request.findings })
                    }
                    "DataTransfer" => {
                        read(json, |r: wire::DataTransferRequest| Command::Transfer(words::transfer(&r)))
                    }
                    other => {
                        check_action(Version::$version, wire::ACTIONS, other, crate::action::Direction::from_manager)?;
                        let inbound = wire::Request::parse_by(other, json.text, json.policy)?;
                        let meaning = Command::Unmapped { action: other.into(), payload: json.text.into() };
                        Ok(Heard { meaning, findings: inbound.findings })
                    }
                }
            }

            /// What answers a manager's call.
            pub(in crate::dialect) fn answer(action: &str, command: &Command, outcome: &Outcome) -> Reply {
                let (verdict, transaction) = match outcome {
                    Outcome::Raw(json) => return Reply::Payload(json.clone()),
                    Outcome::Settings(results) => return settings(command, results),
                    Outcome::Transfer(answer) => return payload(&words::transfer_response(answer)),
                    Outcome::Verdict(verdict) => (*verdict, None),
                    Outcome::RemoteStart { verdict, transaction } => (*verdict, transaction.as_ref()),
                };
                let accepted = verdict == Verdict::Accepted;
                let taken = || {
                    if accepted { wire::RequestStartStopStatus::Accepted } else { wire::RequestStartStopStatus::Rejected }
                };
                match action {
                    "RequestStartTransaction" => {
                        let mut response = wire::RequestStartTransactionResponse::new(taken());
                        if let Some(StationTxRef::Named(name)) = transaction {
                            response.transaction_id = Some(Text::truncated(name));
                        }
                        payload(&response)
                    }
                    "RequestStopTransaction" => payload(&wire::RequestStopTransactionResponse::new(taken())),
                    "TriggerMessage" => payload(&wire::TriggerMessageResponse::new(match verdict {
                        Verdict::Accepted => wire::TriggerMessageStatus::Accepted,
                        Verdict::NotSupported => wire::TriggerMessageStatus::NotImplemented,
                        _ => wire::TriggerMessageStatus::Rejected,
                    })),
                    "Reset" => payload(&wire::ResetResponse::new(match verdict {
                        Verdict::Accepted => wire::ResetStatus::Accepted,
                        Verdict::Scheduled => wire::ResetStatus::Scheduled,
                        _ => wire::ResetStatus::Rejected,
                    })),
                    "ChangeAvailability" => payload(&wire::ChangeAvailabilityResponse::new(match verdict {
                        Verdict::Accepted => wire::ChangeAvailabilityStatus::Accepted,
                        Verdict::Scheduled => wire::ChangeAvailabilityStatus::Scheduled,
                        _ => wire::ChangeAvailabilityStatus::Rejected,
                    })),
                    "UnlockConnector" => payload(&wire::UnlockConnectorResponse::new(match verdict {
                        Verdict::Accepted => wire::UnlockStatus::Unlocked,
                        Verdict::Unknown => wire::UnlockStatus::UnknownConnector,
                        Verdict::Rejected => wire::UnlockStatus::OngoingAuthorizedTransaction,
                        _ => wire::UnlockStatus::UnlockFailed,
                    })),
                    "CostUpdated" if accepted => payload(&wire::CostUpdatedResponse::new()),
                    "ClearCache" => payload(&wire::ClearCacheResponse::new(if accepted {
                        wire::ClearCacheStatus::Accepted
                    } else {
                        wire::ClearCacheStatus::Rejected
                    })),
                    _ => Reply::NotSupported("this station does not do that"),
                }
            }

            fn settings(command: &Command, results: &[SettingResult]) -> Reply {
                if let Command::ChangeSettings(_) = command {
                    let results: Vec<_> = results.iter().filter_map(words::set_result).collect();
                    return match List::new(results) {
                        Ok(results) => payload(&wire::SetVariablesResponse::new(results)),
                        Err(_) => Reply::NotSupported("this station has no such variables"),
                    };
                }
                let results: Vec<_> = results.iter().filter_map(words::get_result).collect();
                match List::new(results) {
                    Ok(results) => payload(&wire::GetVariablesResponse::new(results)),
                    Err(_) => Reply::NotSupported("this station has no such variables"),
                }
            }
        }

        mod words {
            use alloc::boxed::Box;
            use alloc::string::ToString;
            use alloc::vec::Vec;

            use crate::dialect::two::{self, Wording, boxed, integer, unsigned};
            use crate::model::*;
            use crate::types::{CiText, DateTime, Json, List, Number, Text};
            use crate::$v as wire;

            pub(super) fn place(evse: &wire::EVSE) -> Place {
                Place::of(unsigned(evse.id), evse.connector_id.map(unsigned))
            }

            /// The station as a whole is said by leaving the EVSE out.
            pub(super) fn evse(place: Place) -> Option<wire::EVSE> {
                let mut evse = wire::EVSE::new(integer(place.evse()?.0)?);
                evse.connector_id = two::connector_of(place).and_then(integer);
                Some(evse)
            }

            pub(super) fn token(token: &wire::IdToken) -> IdToken {
                IdToken::new(&token.id_token, TokenKind::new(token.kind.as_str()))
            }

            /// A token whose kind is not known, as those of 1.6, is a card for 2.x.
            pub(super) fn id_token(token: &IdToken) -> wire::IdToken {
                let kind = if token.kind == TokenKind::UNSPECIFIED { &TokenKind::ISO14443 } else { &token.kind };
                wire::IdToken::new(CiText::truncated(&token.value), Wording::word(kind.as_str()))
            }

            pub(super) fn authorization(info: &wire::IdTokenInfo) -> Authorization {
                Authorization {
                    status: two::authorization_status(info.status.as_str()),
                    cache_until: info.cache_expiry_date_time.as_ref().map(DateTime::timestamp),
                    group: info.group_id_token.as_ref().map(token),
                }
            }

            pub(super) fn id_token_info(word: &Authorization) -> wire::IdTokenInfo {
                let status = wire::AuthorizationStatus::from(two::authorization_word(word.status));
                let mut info = wire::IdTokenInfo::new(status);
                info.cache_expiry_date_time = word.cache_until.map(DateTime::new);
                info.group_id_token = word.group.as_ref().map(id_token);
                info
            }

            pub(super) fn readings(values: &[wire::MeterValue]) -> Vec<Reading> {
                let reading = |value: &wire::MeterValue| Reading {
                    at: value.timestamp.timestamp(),
                    samples: value.sampled_value.iter().map(sample).collect(),
                };
                values.iter().map(reading).collect()
            }

            fn sample(value: &wire::SampledValue) -> Sample {
                let measurand =
                    value.measurand.as_ref().map_or(Measurand::ENERGY_IMPORT_REGISTER, |m| Measurand::new(m.as_str()));
                let unit = value.unit_of_measure.as_ref();
                let name = unit.and_then(|unit| unit.unit.as_deref());
                Sample {
                    value: match value.value.decimal() {
                        Some(number) => SampleValue::Number(number),
                        None => SampleValue::Text(value.value.to_string().into()),
                    },
                    context: value.context.as_ref().map_or(ReadingContext::PERIODIC, |c| ReadingContext::new(c.as_str())),
                    location: value.location.as_ref().map_or(Location::OUTLET, |l| Location::new(l.as_str())),
                    phase: value.phase.as_ref().map(|phase| Phase::new(phase.as_str())),
                    unit: name.unwrap_or_else(|| measurand.usual_unit()).into(),
                    multiplier: unit.and_then(|unit| unit.multiplier).unwrap_or(0),
                    signed: value.signed_meter_value.as_ref().map(crate::inbound::write),
                    measurand,
                }
            }

            /// Readings without a sample cannot be said and are left out.
            pub(super) fn meter_values(readings: &[Reading]) -> Vec<wire::MeterValue> {
                readings
                    .iter()
                    .filter_map(|reading| {
                        let samples: Vec<_> = reading.samples.iter().filter_map(sampled_value).collect();
                        Some(wire::MeterValue::new(List::new(samples).ok()?, DateTime::new(reading.at)))
                    })
                    .collect()
            }

            fn sampled_value(sample: &Sample) -> Option<wire::SampledValue> {
                let SampleValue::Number(number) = &sample.value else { return None };
                let mut value = wire::SampledValue::new(Number::from(*number));
                value.measurand = Some(wire::Measurand::from(sample.measurand.as_str()));
                value.context = Some(wire::ReadingContext::from(sample.context.as_str()));
                value.location = Some(wire::Location::from(sample.location.as_str()));
                value.phase = sample.phase.as_ref().map(|phase| wire::Phase::from(phase.as_str()));
                if !sample.unit.is_empty() || sample.multiplier != 0 {
                    let mut unit = wire::UnitOfMeasure::new();
                    unit.unit = (!sample.unit.is_empty()).then(|| Text::truncated(&sample.unit));
                    unit.multiplier = (sample.multiplier != 0).then_some(sample.multiplier);
                    value.unit_of_measure = Some(unit);
                }
                value.signed_meter_value = sample.signed.as_deref().and_then(|json| serde_json::from_str(json).ok());
                Some(value)
            }

            pub(super) fn transfer(request: &wire::DataTransferRequest) -> Transfer {
                Transfer {
                    vendor: boxed(&request.vendor_id),
                    message: request.message_id.as_deref().map(boxed),
                    data: request.data.as_ref().map(Json::as_str).map(ToString::to_string),
                }
            }

            pub(super) fn transfer_request(transfer: &Transfer) -> wire::DataTransferRequest {
                let mut request = wire::DataTransferRequest::new(Text::truncated(&transfer.vendor));
                request.message_id = transfer.message.as_deref().map(Text::truncated);
                request.data = transfer.data.clone().and_then(|json| Json::new(json).ok());
                request
            }

            pub(super) fn transfer_response(answer: &TransferAnswer) -> wire::DataTransferResponse {
                let mut response = wire::DataTransferResponse::new(match answer.status {
                    TransferStatus::Accepted => wire::DataTransferStatus::Accepted,
                    TransferStatus::Rejected => wire::DataTransferStatus::Rejected,
                    TransferStatus::UnknownMessage => wire::DataTransferStatus::UnknownMessageId,
                    TransferStatus::UnknownVendor => wire::DataTransferStatus::UnknownVendorId,
                });
                response.data = answer.data.clone().and_then(|json| Json::new(json).ok());
                response
            }

            pub(super) fn setting(component: &wire::Component, variable: &wire::Variable) -> Setting {
                Setting::Variable {
                    component: boxed(&component.name),
                    component_instance: component.instance.as_deref().map(boxed),
                    place: component.evse.as_ref().map(place),
                    variable: boxed(&variable.name),
                    variable_instance: variable.instance.as_deref().map(boxed),
                }
            }

            /// `None` for a configuration key of 1.6, and for names that are too long to say.
            fn address(setting: &Setting) -> Option<(wire::Component, wire::Variable)> {
                let Setting::Variable { component, component_instance, place, variable, variable_instance } = setting
                else {
                    return None;
                };
                let instance = |text: &Option<Box<str>>| text.as_deref().map(CiText::truncated);
                let mut component = wire::Component::new(CiText::new(component).ok()?);
                component.instance = instance(component_instance);
                component.evse = place.and_then(evse);
                let mut variable = wire::Variable::new(CiText::new(variable).ok()?);
                variable.instance = instance(variable_instance);
                Some((component, variable))
            }

            pub(super) fn get_variable(setting: &Setting) -> Option<wire::GetVariableData> {
                let (component, variable) = address(setting)?;
                Some(wire::GetVariableData::new(component, variable))
            }

            pub(super) fn set_variable(change: &SettingChange) -> Option<wire::SetVariableData> {
                let (component, variable) = address(&change.setting)?;
                Some(wire::SetVariableData::new(Text::new(&change.value).ok()?, component, variable))
            }

            pub(super) fn get_result(result: &SettingResult) -> Option<wire::GetVariableResult> {
                let (component, variable) = address(&result.setting)?;
                let status = match result.verdict {
                    Verdict::Accepted => wire::GetVariableStatus::Accepted,
                    Verdict::Unknown => wire::GetVariableStatus::UnknownVariable,
                    Verdict::NotSupported => wire::GetVariableStatus::UnknownComponent,
                    _ => wire::GetVariableStatus::Rejected,
                };
                let mut answer = wire::GetVariableResult::new(status, component, variable);
                answer.attribute_value = result.value.as_deref().map(Text::truncated);
                Some(answer)
            }

            pub(super) fn set_result(result: &SettingResult) -> Option<wire::SetVariableResult> {
                let (component, variable) = address(&result.setting)?;
                let status = match result.verdict {
                    Verdict::Accepted => wire::SetVariableStatus::Accepted,
                    Verdict::RebootRequired => wire::SetVariableStatus::RebootRequired,
                    Verdict::Unknown => wire::SetVariableStatus::UnknownVariable,
                    Verdict::NotSupported => wire::SetVariableStatus::UnknownComponent,
                    _ => wire::SetVariableStatus::Rejected,
                };
                Some(wire::SetVariableResult::new(status, component, variable))
            }
        }
    };
}

pub(super) use dialect_of_2x;
