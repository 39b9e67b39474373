//! Events as they are shown, and who may see them.

use jiff::Timestamp;
use ocpp_core::model::{Cause, Place, Registration};
use ocpp_server::domain::{EnergyPart, EventKind, RecordKind, Refused, Scope, SessionReading, StoredEvent};
use serde::Serialize;
use utoipa::ToSchema;

use crate::manager::api::caller::Caller;
use crate::manager::api::views::{ReadingView, masked};

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub(crate) struct EventView {
    /// Its place in the order of commits.
    id: u64,
    /// When the manager learnt of it.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The station concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    station_id: Option<String>,
    /// What happened.
    #[serde(flatten)]
    what: What,
}

/// What happened.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = EventContent)]
#[allow(missing_docs)]
pub(crate) enum What {
    /// A station connected (`stations:read`).
    StationConnected { ocpp_version: &'static str, address: String },
    /// A station is gone (`stations:read`).
    StationDisconnected { reason: String },
    /// A station said that it started (`stations:read`).
    StationBooted {
        vendor: String,
        model: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        serial_number: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        firmware_version: Option<String>,
        /// `accepted`, `pending` or `rejected`.
        registration: &'static str,
    },
    /// The status of a place changed (`stations:read`).
    StatusChanged {
        /// The EVSE, 0 for the station as a whole.
        evse_id: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        connector_id: Option<u32>,
        status: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        error_code: Option<String>,
    },
    /// A session began (`sessions:read`).
    SessionStarted { session_id: String },
    /// Something of a session changed (`sessions:read`).
    SessionUpdated { session_id: String },
    /// A session ended (`sessions:read`).
    SessionEnded { session_id: String },
    /// Meter values outside any session (`stations:read`).
    MeterReported {
        /// The EVSE, 0 for the station as a whole.
        evse_id: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        connector_id: Option<u32>,
        readings: Vec<ReadingView>,
    },
    /// A message that the manager takes note of without acting on it (`stations:read`). Its payload may hold
    /// personal data and is shown to those with `tokens:read` only.
    MessageNoted {
        action: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<Object>)]
        payload: Option<serde_json::Value>,
    },
    /// The update of a station came one step further (`stations:read`).
    UpdateChanged {
        /// Its number among the station's.
        request: u32,
        /// `waiting`, `sent`, `running`, `installed`, `confirmed`, `failed`, `superseded` or `withdrawn`.
        state: String,
        /// The campaign that it is part of.
        #[serde(skip_serializing_if = "Option::is_none")]
        campaign_id: Option<String>,
    },
    /// A campaign came one step further (`stations:read`).
    CampaignChanged {
        campaign_id: String,
        /// `running`, `paused`, `aborted` or `ended`.
        state: String,
    },
    /// A log of a station came one step further (`stations:read`).
    LogChanged {
        /// Its number among the station's.
        request: u32,
        /// `sent`, `running`, `here`, `missing`, `failed`, `superseded` or `removed`.
        state: String,
    },
    /// A wish of a station for a certificate came one step further (`stations:read`).
    SigningChanged {
        /// Its number among the station's.
        number: u64,
        /// `asked`, `signed`, `used`, `failed` or `superseded`.
        state: String,
    },
    /// A reservation came one step further (`stations:read`).
    ReservationChanged {
        /// Its number among the station's.
        number: i64,
        /// `planned`, `sent`, `active`, `used`, `expired`, `no_transaction`, `removed`, `cancelled`, `refused` or
        /// `never_kept`.
        state: String,
    },
    /// What is known of a station's energy changed: a profile, a limit, the needs of a vehicle, grid support, a stream,
    /// a battery swap, a settlement (`stations:read`).
    EnergyChanged {
        /// `profile`, `limit`, `needs`, `ev_schedule`, `plan`, `priority`, `pull`, `composite`, `der_control`,
        /// `der_alarm`, `stream`, `battery_swap`, `settlement`, `vat_number` or `tariff`.
        part: String,
        /// Which one: its number or name, or the session.
        key: String,
        /// What happened, in a word, such as `set`, `reported`, `cleared` or `lifted`.
        state: String,
    },
    /// The local list of a station was chosen, sent, or not taken (`stations:read`).
    LocalListChanged {
        /// `never_sent`, `sent` or `failed`.
        state: String,
    },
    /// A report of a station on its settings came one step further (`stations:read`).
    ReportChanged {
        /// The report's number.
        number: u64,
        /// `awaited`, `arriving`, `complete`, `empty`, `refused` or `abandoned`.
        state: String,
        /// How many settings it had so far.
        settings: u32,
    },
    /// A station answered what was read or changed of its settings (`stations:read`).
    SettingsLearnt {
        /// How many settings.
        settings: u32,
    },
    /// What an operator wants of the availability of a place changed, or the station was told (`stations:read`).
    AvailabilityWished {
        /// The EVSE, 0 for the station as a whole.
        evse_id: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        connector_id: Option<u32>,
        /// `Operative` or `Inoperative`.
        availability: String,
    },
    /// A station told how far it is with its firmware (`stations:read`).
    FirmwareReported {
        /// The number of the update, where it has one.
        #[serde(skip_serializing_if = "Option::is_none")]
        request: Option<i64>,
        /// By the words of OCPP 2.x, such as `Installing`.
        stage: &'static str,
        /// Why, where it says so.
        #[serde(skip_serializing_if = "Option::is_none")]
        cause: Option<String>,
    },
    /// A local controller told how far it is with offering firmware (`stations:read`).
    PublicationReported {
        /// The number of the publication.
        #[serde(skip_serializing_if = "Option::is_none")]
        request: Option<i64>,
        /// By the words of OCPP 2.x, such as `Published`.
        stage: &'static str,
        /// Where stations can fetch the file.
        locations: Vec<String>,
    },
    /// A station told how far it is with uploading a log (`stations:read`).
    LogReported {
        /// The number of the order, where it has one.
        #[serde(skip_serializing_if = "Option::is_none")]
        request: Option<i64>,
        /// By the words of OCPP 2.x, such as `Uploading`.
        stage: &'static str,
    },
    /// Something happened on a station that matters for its security (`stations:read`).
    SecurityReported {
        /// By the list of the specification, or a maker's own.
        event: String,
        /// `critical`, `notice` or `unlisted`.
        #[schema(value_type = String)]
        severity: ocpp_core::model::Severity,
        /// When, by the station's clock.
        #[schema(value_type = String, format = DateTime)]
        happened_at: Timestamp,
        #[serde(skip_serializing_if = "Option::is_none")]
        info: Option<String>,
    },
    /// A station wants a certificate of its own signed (`stations:read`).
    SigningRequested {
        /// Which, where it says so.
        #[serde(skip_serializing_if = "Option::is_none", rename = "use")]
        usage: Option<&'static str>,
        /// Whether it will be signed.
        accepted: bool,
    },
    /// Somebody was turned away (`stations:read`); of tokens the last four signs, unless with `tokens:read`.
    Refused {
        /// `station` or `token`.
        kind: &'static str,
        who: String,
        #[schema(value_type = String)]
        reason: ocpp_server::domain::RefusalReason,
        advice: &'static str,
        address: String,
    },
    /// What operators keep was added or changed (the scope that reads it).
    RecordChanged {
        /// `site`, `station`, `token`, `tariff`, `firmware`, `user` or `api_key`.
        record: &'static str,
        /// Its key; left out for tokens.
        #[serde(skip_serializing_if = "Option::is_none")]
        key: Option<String>,
    },
    /// What operators keep was removed (the scope that reads it).
    RecordRemoved {
        /// `site`, `station`, `token`, `tariff`, `firmware`, `user` or `api_key`.
        record: &'static str,
        /// Its key; left out for tokens.
        #[serde(skip_serializing_if = "Option::is_none")]
        key: Option<String>,
    },
    /// Events of a station were kept under these numbers (`stations:read`).
    StationEvents { first: u64, last: u64 },
    /// An alarm was raised, cleared, acknowledged, or is gone (`stations:read`).
    AlarmChanged {
        /// Its name among the alarms of the station.
        alarm_id: String,
        /// `standing`, `cleared`, `happened`, `acknowledged` or `gone`.
        state: String,
        /// 0 (danger) to 9 (debug).
        severity: u8,
        text: String,
    },
    /// What is known of the station's monitors changed (`stations:read`).
    MonitorsChanged {
        /// `asked`, `being_told`, `told`, `set` or `removed`.
        state: String,
    },
    /// What is known of the station's display changed (`stations:read`).
    DisplayChanged {
        /// The message, where one is meant.
        #[serde(skip_serializing_if = "Option::is_none")]
        message_id: Option<i64>,
        /// Of a message `waiting`, `set`, `refused`, `lost` or `removed`; otherwise `asked`, `being_told` or `told`.
        state: String,
    },
    /// A question about a customer came one step further (`tokens:read`).
    CustomerRequestChanged {
        request: i32,
        /// `asked`, `accepted`, `told`, `failed` or `deleted`.
        state: String,
    },
    /// A payment came one step further (`payments:read`).
    PaymentChanged { payment_id: String, state: String },
    /// An order to a station came one step further (`stations:read`).
    OrderChanged {
        order_id: String,
        /// `waiting`, `sent` or `ended`.
        state: String,
        /// The bulk order that it is part of.
        #[serde(skip_serializing_if = "Option::is_none")]
        batch_id: Option<String>,
    },
    /// A bulk order came one step further (`stations:read`).
    BatchChanged {
        batch_id: String,
        /// `running`, `stopped` or `ended`.
        state: &'static str,
    },
    /// The receipt of a session was issued (`sessions:read`).
    ReceiptIssued { session_id: String, number: i64 },
}

impl EventView {
    /// The event as a caller may see it; `None` when they may not.
    pub(super) fn of(event: &StoredEvent, caller: &Caller) -> Option<EventView> {
        let what = shown(&event.event.kind, caller)?;
        Some(EventView {
            id: event.id.0,
            at: event.event.at,
            station_id: event.event.station.as_ref().map(ToString::to_string),
            what,
        })
    }
}

fn shown(kind: &EventKind, caller: &Caller) -> Option<What> {
    if !caller.may(scope_of(kind)?) {
        return None;
    }
    let sees_tokens = caller.may(Scope::TokensRead);
    Some(match kind {
        EventKind::StationConnected { version, address } => {
            What::StationConnected { ocpp_version: version.number(), address: address.clone() }
        }
        EventKind::StationDisconnected { reason } => What::StationDisconnected { reason: reason.clone() },
        EventKind::StationBooted { boot, registration } => What::StationBooted {
            vendor: boot.vendor.to_string(),
            model: boot.model.to_string(),
            serial_number: boot.serial.as_deref().map(str::to_owned),
            firmware_version: boot.firmware.as_deref().map(str::to_owned),
            registration: match registration {
                Registration::Accepted => "accepted",
                Registration::Pending => "pending",
                Registration::Rejected => "rejected",
            },
        },
        EventKind::StatusChanged { place, status, fault } => {
            let (evse_id, connector_id) = numbers(*place);
            let error_code = fault.as_ref().map(|fault| fault.code.to_string());
            What::StatusChanged { evse_id, connector_id, status: status.as_str(), error_code }
        }
        EventKind::SessionStarted { session } => What::SessionStarted { session_id: session.to_string() },
        EventKind::SessionUpdated { session } => What::SessionUpdated { session_id: session.to_string() },
        EventKind::SessionEnded { session } => What::SessionEnded { session_id: session.to_string() },
        EventKind::MeterReported { place, readings } => {
            let (evse_id, connector_id) = numbers(*place);
            let view = |reading| ReadingView::from(SessionReading { seq: None, reading, state: None });
            What::MeterReported {
                evse_id,
                connector_id,
                readings: readings.iter().cloned().map(view).collect(),
            }
        }
        EventKind::MessageNoted { action, payload } => What::MessageNoted {
            action: action.clone(),
            payload: sees_tokens.then(|| serde_json::from_str(payload).ok()).flatten(),
        },
        EventKind::UpdateChanged { request, state, campaign } => What::UpdateChanged {
            request: *request,
            state: state.clone(),
            campaign_id: campaign.as_ref().map(|campaign| campaign.0.clone()),
        },
        EventKind::CampaignChanged { campaign, state } => {
            What::CampaignChanged { campaign_id: campaign.0.clone(), state: state.clone() }
        }
        EventKind::LogChanged { request, state } => {
            What::LogChanged { request: *request, state: state.clone() }
        }
        EventKind::SigningChanged { number, state } => {
            What::SigningChanged { number: *number, state: state.clone() }
        }
        EventKind::ReservationChanged { number, state } => {
            What::ReservationChanged { number: *number, state: state.clone() }
        }
        EventKind::EnergyChanged { part, key, state } => {
            What::EnergyChanged { part: named(part), key: key.clone(), state: state.clone() }
        }
        EventKind::LocalListChanged { state } => What::LocalListChanged { state: state.clone() },
        EventKind::ReportChanged { number, state, settings } => {
            What::ReportChanged { number: *number, state: state.clone(), settings: *settings }
        }
        EventKind::SettingsLearnt { settings } => What::SettingsLearnt { settings: *settings },
        EventKind::AvailabilityWished { place, availability } => What::AvailabilityWished {
            evse_id: place.evse().map_or(0, |evse| evse.0),
            connector_id: place.connector().map(|connector| connector.0),
            availability: format!("{availability:?}"),
        },
        EventKind::FirmwareReported(progress) => What::FirmwareReported {
            request: progress.request,
            stage: progress.stage.as_str(),
            cause: progress.cause.as_ref().map(in_words),
        },
        EventKind::PublicationReported(progress) => What::PublicationReported {
            request: progress.request,
            stage: progress.stage.as_str(),
            locations: progress.locations.iter().map(ToString::to_string).collect(),
        },
        EventKind::LogReported(progress) => {
            What::LogReported { request: progress.request, stage: progress.stage.as_str() }
        }
        EventKind::StationEvents { first, last } => What::StationEvents { first: *first, last: *last },
        EventKind::AlarmChanged { alarm, state, severity, text } => What::AlarmChanged {
            alarm_id: alarm.rsplit('/').next().unwrap_or_default().to_owned(),
            state: state.clone(),
            severity: severity.number(),
            text: text.clone(),
        },
        EventKind::MonitorsChanged { state } => What::MonitorsChanged { state: state.clone() },
        EventKind::DisplayChanged { message, state } => {
            What::DisplayChanged { message_id: *message, state: state.clone() }
        }
        EventKind::CustomerRequestChanged { request, state } => {
            What::CustomerRequestChanged { request: *request, state: state.clone() }
        }
        EventKind::SecurityReported(event) => What::SecurityReported {
            event: event.event.to_string(),
            severity: event.event.severity(),
            happened_at: event.at,
            info: event.info.as_deref().map(str::to_owned),
        },
        EventKind::SigningRequested { usage, accepted } => {
            What::SigningRequested { usage: usage.map(|usage| usage.as_str()), accepted: *accepted }
        }
        EventKind::Refused { who, reason, address } => {
            let (kind, who) = match who {
                Refused::Station(identity) => ("station", identity.clone()),
                Refused::Token { token, .. } if sees_tokens => ("token", token.clone()),
                Refused::Token { token, .. } => ("token", masked(token)),
            };
            What::Refused { kind, who, reason: *reason, advice: reason.advice(), address: address.clone() }
        }
        EventKind::RecordChanged { record, key } => {
            What::RecordChanged { record: record_name(*record)?.0, key: key.clone() }
        }
        EventKind::RecordRemoved { record, key } => {
            What::RecordRemoved { record: record_name(*record)?.0, key: key.clone() }
        }
        EventKind::PaymentChanged { payment, state } => {
            What::PaymentChanged { payment_id: payment.0.clone(), state: state.clone() }
        }
        EventKind::OrderChanged { order, state, batch } => What::OrderChanged {
            order_id: order.to_string(),
            state: state.clone(),
            batch_id: batch.as_ref().map(ToString::to_string),
        },
        EventKind::BatchChanged { batch, state } => {
            What::BatchChanged { batch_id: batch.to_string(), state: state.name() }
        }
        EventKind::ReceiptIssued { session, number } => {
            What::ReceiptIssued { session_id: session.to_string(), number: number.0 }
        }
    })
}

/// The scope that an event needs; `None` for what is nobody's business.
fn scope_of(kind: &EventKind) -> Option<Scope> {
    match kind {
        EventKind::StationConnected { .. }
        | EventKind::StationDisconnected { .. }
        | EventKind::StationBooted { .. }
        | EventKind::StatusChanged { .. }
        | EventKind::MeterReported { .. }
        | EventKind::MessageNoted { .. }
        | EventKind::UpdateChanged { .. }
        | EventKind::CampaignChanged { .. }
        | EventKind::LogChanged { .. }
        | EventKind::SigningChanged { .. }
        | EventKind::ReservationChanged { .. }
        | EventKind::EnergyChanged { .. }
        | EventKind::LocalListChanged { .. }
        | EventKind::ReportChanged { .. }
        | EventKind::SettingsLearnt { .. }
        | EventKind::AvailabilityWished { .. }
        | EventKind::FirmwareReported(_)
        | EventKind::PublicationReported(_)
        | EventKind::LogReported(_)
        | EventKind::StationEvents { .. }
        | EventKind::AlarmChanged { .. }
        | EventKind::MonitorsChanged { .. }
        | EventKind::DisplayChanged { .. }
        | EventKind::SecurityReported(_)
        | EventKind::SigningRequested { .. }
        | EventKind::OrderChanged { .. }
        | EventKind::BatchChanged { .. }
        | EventKind::Refused { .. } => Some(Scope::StationsRead),
        EventKind::SessionStarted { .. }
        | EventKind::SessionUpdated { .. }
        | EventKind::SessionEnded { .. }
        | EventKind::ReceiptIssued { .. } => Some(Scope::SessionsRead),
        EventKind::CustomerRequestChanged { .. } => Some(Scope::TokensRead),
        EventKind::PaymentChanged { .. } => Some(Scope::PaymentsRead),
        EventKind::RecordChanged { record, .. } | EventKind::RecordRemoved { record, .. } => {
            record_name(*record).map(|(_, scope)| scope)
        }
    }
}

/// What operators call a record, and the scope that reads it; `None` for the manager's own ones.
const fn record_name(record: RecordKind) -> Option<(&'static str, Scope)> {
    match record {
        RecordKind::Site => Some(("site", Scope::StationsRead)),
        RecordKind::StationEntry => Some(("station", Scope::StationsRead)),
        RecordKind::Token => Some(("token", Scope::TokensRead)),
        RecordKind::Tariff => Some(("tariff", Scope::TariffsRead)),
        RecordKind::Firmware => Some(("firmware", Scope::StationsRead)),
        RecordKind::SettingTemplate => Some(("setting_template", Scope::StationsRead)),
        RecordKind::DefaultsTemplate => Some(("defaults_template", Scope::StationsRead)),
        RecordKind::User => Some(("user", Scope::AccessManage)),
        RecordKind::ApiKey => Some(("api_key", Scope::AccessManage)),
        _ => None,
    }
}

fn in_words(cause: &Cause) -> String {
    match &cause.text {
        Some(text) => format!("{}: {text}", cause.code),
        None => cause.code.to_string(),
    }
}

fn numbers(place: Place) -> (u32, Option<u32>) {
    (place.evse().map_or(0, |evse| evse.0), place.connector().map(|connector| connector.0))
}

/// The name that a plain value has in JSON.
fn named(part: &EnergyPart) -> String {
    match serde_json::to_value(part) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}
