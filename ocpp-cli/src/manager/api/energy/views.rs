//! What is known of a station's energy, as it is shown.

use jiff::Timestamp;
use ocpp_core::model::{Place, SettlementStatus};
use ocpp_server::domain::{
    ComposedSchedule, DerAlarms, DerAlert, ExternalLimit, HeldTariff, InstalledDer, InstalledProfile,
    KeptStream, SessionEnergy, SettlementEntry, StationTariffs, SwapEntry,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::manager::api::views::masked;

/// A value of the model in its JSON form, which orders have as well.
fn plain(value: &impl Serialize) -> Value {
    // Made of texts and numbers, they always have one.
    serde_json::to_value(value).unwrap_or_default()
}

fn evse_of(place: Place) -> u32 {
    place.evse().map_or(0, |evse| evse.0)
}

/// A charging profile on a station.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InstalledProfile)]
pub(crate) struct ProfileView {
    /// Its number on the station.
    id: i32,
    /// The EVSE, 0 for the station as a whole.
    evse_id: u32,
    /// Who set it: `CSO` is this manager, others are such as `EMS` or `SO`.
    source: String,
    /// Who ordered it here; absent where it was only reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// When the station last reported it.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reported_at: Option<Timestamp>,
    /// The profile, as the order `set_charging_profile` has it.
    #[schema(value_type = Object)]
    profile: Value,
}

impl From<InstalledProfile> for ProfileView {
    fn from(known: InstalledProfile) -> ProfileView {
        ProfileView {
            id: known.profile.id,
            evse_id: evse_of(known.place),
            source: known.source.into(),
            by: known.by,
            since: known.since,
            reported_at: known.reported_at,
            profile: plain(&known.profile),
        }
    }
}

/// A limit of an outside system.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExternalLimit)]
pub(crate) struct LimitView {
    /// The EVSE, 0 for the station as a whole.
    evse_id: u32,
    /// Who set it, such as `EMS` or `SO`.
    source: String,
    /// Whether the grid depends on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    grid_critical: Option<bool>,
    /// Whether it is power that the site makes itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    local_generation: Option<bool>,
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// When it was lifted; absent as long as it holds.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    lifted_at: Option<Timestamp>,
    /// The limits over time, where the station told them.
    #[schema(value_type = Vec<Object>)]
    schedules: Value,
}

impl From<ExternalLimit> for LimitView {
    fn from(known: ExternalLimit) -> LimitView {
        LimitView {
            evse_id: evse_of(known.limit.place),
            source: known.limit.source.to_string(),
            grid_critical: known.limit.grid_critical,
            local_generation: known.limit.local_generation,
            since: known.since,
            lifted_at: known.cleared_at,
            schedules: plain(&known.limit.schedules),
        }
    }
}

/// What all profiles of a place allow together.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CompositeSchedule)]
pub(crate) struct CompositeView {
    /// The EVSE, 0 for the station as a whole.
    evse_id: u32,
    /// When the station said so.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// From when it counts.
    #[schema(value_type = String, format = DateTime)]
    start: Timestamp,
    /// How long it is, in seconds.
    duration_s: u32,
    /// `W` or `A`.
    unit: &'static str,
    /// The steps, each with `start_s` and `limit`.
    #[schema(value_type = Vec<Object>)]
    periods: Value,
}

impl From<ComposedSchedule> for CompositeView {
    fn from(told: ComposedSchedule) -> CompositeView {
        CompositeView {
            evse_id: evse_of(told.place),
            at: told.at,
            start: told.schedule.start,
            duration_s: told.schedule.duration_s,
            unit: told.schedule.unit.as_str(),
            periods: plain(&told.schedule.periods),
        }
    }
}

/// Grid support on a station.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GridSupport)]
pub(crate) struct GridView {
    /// The settings.
    controls: Vec<ControlView>,
    /// Reactions to the grid that have begun and not ended.
    standing: Vec<AlertView>,
    /// The latest 50 that are over.
    over: Vec<AlertView>,
}

/// A setting of grid support.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GridControl)]
pub(crate) struct ControlView {
    /// Who ordered it here; absent where it was only reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reported_at: Option<Timestamp>,
    /// When a scheduled one last began.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<Timestamp>,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
    /// The setting, as the order `set_der_control` has it.
    #[schema(value_type = Object)]
    control: Value,
}

/// A reaction to the grid.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GridAlert)]
pub(crate) struct AlertView {
    /// The kind of the setting, such as `FreqDroop`.
    kind: String,
    /// What is wrong in the grid, such as `OverFrequency`.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    info: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    began_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
}

impl From<DerAlert> for AlertView {
    fn from(alert: DerAlert) -> AlertView {
        let DerAlert { kind, fault, info, began_at, ended_at } = alert;
        AlertView { kind, fault, info, began_at, ended_at }
    }
}

impl From<InstalledDer> for ControlView {
    fn from(known: InstalledDer) -> ControlView {
        ControlView {
            control: plain(&known.control),
            by: known.by,
            since: known.since,
            reported_at: known.reported_at,
            started_at: known.started_at,
            ended_at: known.ended_at,
        }
    }
}

impl From<(Vec<InstalledDer>, DerAlarms)> for GridView {
    fn from((controls, alarms): (Vec<InstalledDer>, DerAlarms)) -> GridView {
        GridView {
            controls: controls.into_iter().map(Into::into).collect(),
            standing: alarms.standing.into_iter().map(Into::into).collect(),
            over: alarms.over.into_iter().rev().map(Into::into).collect(),
        }
    }
}

/// A periodic event stream.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventStream)]
pub(crate) struct StreamView {
    /// Its number on the station.
    id: u32,
    /// The monitor whose values it carries.
    monitor: u32,
    /// Seconds after which it sends.
    #[serde(skip_serializing_if = "Option::is_none")]
    interval_s: Option<u32>,
    /// So many values after which it sends.
    #[serde(skip_serializing_if = "Option::is_none")]
    values_each: Option<u32>,
    #[schema(value_type = String, format = DateTime)]
    opened_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<Timestamp>,
    /// How many values have come.
    received: u64,
    /// How many waited at the station when it last sent.
    pending: u32,
    /// Whether more waited than the time before: give it a faster pace.
    falling_behind: bool,
    /// The latest 100 values, the newest last.
    values: Vec<StreamValueView>,
}

/// A value of a stream.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StreamValue)]
pub(crate) struct StreamValueView {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    value: String,
}

impl From<KeptStream> for StreamView {
    fn from(stream: KeptStream) -> StreamView {
        StreamView {
            id: stream.id,
            monitor: stream.monitor,
            interval_s: stream.pace.interval_s,
            values_each: stream.pace.values,
            opened_at: stream.opened_at,
            closed_at: stream.closed_at,
            received: stream.received,
            pending: stream.pending,
            falling_behind: stream.is_falling_behind,
            values: stream
                .values
                .into_iter()
                .map(|kept| StreamValueView { at: kept.at, value: kept.value })
                .collect(),
        }
    }
}

/// A battery swap.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatterySwap)]
pub(crate) struct SwapView {
    /// Its number.
    request: i32,
    /// `wished`, `in` (the old ones are in), `done` or `not_taken`.
    state: &'static str,
    /// Who ordered it, where an order began it.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// The driver's token.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// What the station told, the latest last.
    events: Vec<SwapEventView>,
}

/// Batteries that were moved.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SwapEvent)]
pub(crate) struct SwapEventView {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `in`, `out` or `not_taken`.
    #[schema(value_type = String)]
    step: Value,
    /// Each with `evse`, `serial`, `charge` and `health` in percent.
    #[schema(value_type = Vec<Object>)]
    batteries: Value,
}

impl SwapView {
    /// The same with a token that is not shown.
    pub(crate) fn masked(self) -> SwapView {
        SwapView { token: self.token.as_deref().map(masked), ..self }
    }
}

impl From<SwapEntry> for SwapView {
    fn from(swap: SwapEntry) -> SwapView {
        SwapView {
            request: swap.request,
            state: swap.state(),
            by: swap.wished.as_ref().map(|wish| wish.by.clone()),
            token: swap.token.as_ref().map(|token| token.value.to_string()),
            events: swap
                .events
                .iter()
                .map(|event| SwapEventView {
                    at: event.at,
                    step: plain(&event.step),
                    batteries: plain(&event.batteries),
                })
                .collect(),
        }
    }
}

/// A payment that a terminal settled.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Settlement)]
pub(crate) struct SettlementView {
    /// The payment service's name of it.
    reference: String,
    /// `settled`, `canceled`, `rejected` or `failed`.
    status: &'static str,
    /// How much, in the currency of the station.
    #[schema(value_type = String)]
    amount: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
    /// Our own payment of the same session.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_id: Option<String>,
    /// Whether our payment was captured as well: give it back.
    paid_twice: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt_url: Option<String>,
}

impl From<SettlementEntry> for SettlementView {
    fn from(entry: SettlementEntry) -> SettlementView {
        SettlementView {
            reference: entry.told.reference.to_string(),
            status: match entry.told.status {
                SettlementStatus::Settled => "settled",
                SettlementStatus::Canceled => "canceled",
                SettlementStatus::Rejected => "rejected",
                SettlementStatus::Failed => "failed",
            },
            amount: entry.told.amount.to_string(),
            at: entry.told.at,
            session_id: entry.session.map(|session| session.to_string()),
            payment_id: entry.payment.map(|payment| payment.0),
            paid_twice: entry.is_doubled,
            receipt_id: entry.told.receipt_id.as_deref().map(str::to_owned),
            receipt_url: entry.told.receipt_url.as_deref().map(str::to_owned),
        }
    }
}

/// The tariffs on a station.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StationTariffs)]
pub(crate) struct TariffsView {
    /// When the station last told all of them.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    told_at: Option<Timestamp>,
    tariffs: Vec<HeldTariffView>,
}

/// A tariff on a station.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HeldTariff)]
pub(crate) struct HeldTariffView {
    id: String,
    /// `default` (for drivers without their own) or `driver`.
    #[schema(value_type = String)]
    kind: Value,
    /// The EVSEs that it is installed on; all when empty.
    evse_ids: Vec<u32>,
    /// From when it holds.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_from: Option<Timestamp>,
    /// Who set it here; absent where it was only reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
}

impl From<HeldTariff> for HeldTariffView {
    fn from(held: HeldTariff) -> HeldTariffView {
        HeldTariffView {
            kind: plain(&held.installed.kind),
            evse_ids: held.installed.evses.iter().map(|evse| evse.0).collect(),
            valid_from: held.installed.valid_from,
            id: held.installed.id,
            by: held.by,
            since: held.since,
        }
    }
}

impl From<StationTariffs> for TariffsView {
    fn from(held: StationTariffs) -> TariffsView {
        let tariffs = held.tariffs.into_iter().map(Into::into).collect();
        TariffsView { told_at: held.told_at, tariffs }
    }
}

/// What a vehicle asked for in a session, and what it was given.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SessionEnergy)]
pub(crate) struct SessionEnergyView {
    session_id: String,
    station_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    evse_id: Option<u32>,
    /// What it asked for, how often, and what it was told.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    needs: Option<Value>,
    /// What is done about it: `state` is `wanted`, `ready`, `sent` or `failed` (with `why`).
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<Value>,
    /// What the vehicle means to draw, and why that was `refused`, if it was.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule: Option<Value>,
    /// Priority charging, once it was switched.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<Value>,
}

impl From<SessionEnergy> for SessionEnergyView {
    fn from(known: SessionEnergy) -> SessionEnergyView {
        SessionEnergyView {
            session_id: known.session.to_string(),
            station_id: known.station.to_string(),
            evse_id: known.evse.map(|evse| evse.0),
            needs: known.needs.as_ref().map(plain),
            plan: known.plan.as_ref().map(plain),
            schedule: known.schedule.as_ref().map(plain),
            priority: known.priority.as_ref().map(plain),
        }
    }
}
