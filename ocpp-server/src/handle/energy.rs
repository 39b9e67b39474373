//! What is read before a decision on energy, and who is asked.

use jiff::Timestamp;
use ocpp_core::model::{
    EvseId, Fact, Place, ProfileKind, ScheduleUpdate, Settlement, StationId, StationTxRef, Step, VatAnswer,
};

use super::planner::{self, NeedsPlan, NeedsQuestion};
use super::{HandleError, Hooks, StationState};
use crate::domain::{
    AskedReport, DerAlarms, ExternalLimit, InstalledDer, InstalledProfile, KeptStream, OpenPlan, Payer,
    Payment, Receipt, RecordKind, Session, SessionEnergy, SettlementEntry, StartKey, SwapEntry, exceeds,
};
use crate::store::{ReadError, RecordFilter, Store, TypedRecords};

/// What is known of a fact on energy.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub enum EnergyKnown {
    /// The profiles on the station, and the report on them that was asked for.
    Profiles { installed: Vec<InstalledProfile>, asked: Option<Box<AskedReport>> },
    /// The limits of outside systems.
    Limits(Vec<ExternalLimit>),
    /// The session of a vehicle, and the word on what it wants.
    Needs { at: Box<SessionAt>, plan: NeedsPlan },
    /// The session of a vehicle, and why its own schedule is not accepted.
    EvSchedule { at: Box<SessionAt>, refused: Option<String> },
    /// The session that is named.
    Priority(Box<SessionAt>),
    /// A fact about a session that is not known.
    NoSession,
    /// The dynamic profile that is asked for, with its new values.
    Pull(Option<Box<(InstalledProfile, ScheduleUpdate)>>),
    /// The settings of grid support, and the report on them that was asked for.
    Der { installed: Vec<InstalledDer>, asked: Option<Box<AskedReport>> },
    /// What the grid did before.
    DerAlarms(Box<DerAlarms>),
    /// One setting of grid support.
    DerControl(Option<Box<InstalledDer>>),
    /// The streams of the station.
    Streams(Vec<KeptStream>),
    /// One stream.
    Stream(Option<Box<KeptStream>>),
    /// A swap, and the one that makes room for a new one.
    Swap { swap: Option<Box<SwapEntry>>, oldest: Option<Box<SwapEntry>> },
    /// What a settlement belongs to.
    Settlement(Box<Settled>),
    /// The word on a VAT number.
    Vat(VatAnswer),
}

/// A session with what is known of its energy.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct SessionAt {
    pub session: Session,
    pub energy: SessionEnergy,
    /// The mark of its open plan.
    pub open: Option<OpenPlan>,
}

/// What a settlement belongs to.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs)]
pub struct Settled {
    pub before: Option<SettlementEntry>,
    pub session: Option<Session>,
    pub energy: Option<SessionEnergy>,
    pub payment: Option<Payment>,
    pub receipt: Option<String>,
}

/// Reads what the decision on a fact on energy needs; `None` when the fact is no such thing.
pub(super) async fn known(
    store: &dyn Store,
    hooks: &Hooks,
    state: &StationState,
    fact: &Fact,
    now: Timestamp,
) -> Result<Option<EnergyKnown>, HandleError> {
    let station = &state.station.id;
    Ok(Some(match fact {
        Fact::ChargingProfiles(_) => EnergyKnown::Profiles {
            installed: profiles(store, station).await?,
            asked: asked(store, station, AskedReport::PROFILES).await?,
        },
        Fact::ChargingLimit(_) | Fact::ChargingLimitCleared { .. } => {
            EnergyKnown::Limits(store.owned(station.as_str(), ExternalLimit::MAX_PER_STATION).await?)
        }
        Fact::ChargingNeeds(needs) => match session_at(store, state, needs.evse).await? {
            None => EnergyKnown::NoSession,
            Some(at) => {
                let installed = profiles(store, station).await?;
                let question = NeedsQuestion {
                    station,
                    needs,
                    session: &at.session,
                    installed: &installed,
                    round: 0,
                    now,
                };
                let plan = planner::plan(&*hooks.planner, &question).await;
                EnergyKnown::Needs { at: Box::new(at), plan }
            }
        },
        Fact::EvSchedule(schedule) => match session_at(store, state, schedule.evse).await? {
            None => EnergyKnown::NoSession,
            Some(at) => {
                let installed = profiles(store, station).await?;
                let names = names_of(&at.session);
                let of_it = installed.iter().filter(|known| names.iter().any(|name| known.is_for(name)));
                let strongest = of_it.max_by_key(|known| known.profile.stack_level);
                let refused = match strongest.and_then(|known| exceeds(schedule, &known.profile)) {
                    Some(why) => Some(why),
                    None => planner::objection(&*hooks.planner, station, schedule).await,
                };
                EnergyKnown::EvSchedule { at: Box::new(at), refused }
            }
        },
        Fact::PriorityCharging { transaction, .. } => match named(store, station, transaction).await? {
            None => EnergyKnown::NoSession,
            Some(session) => EnergyKnown::Priority(Box::new(with_energy(store, session).await?)),
        },
        Fact::PullSchedule { profile } => {
            let installed: Option<InstalledProfile> =
                store.get(&InstalledProfile::key_of(station, *profile)).await?;
            // K28.FR.12.
            let dynamic = installed.filter(|known| known.profile.kind == ProfileKind::Dynamic);
            let update = match &dynamic {
                Some(known) => planner::pull(&*hooks.planner, station, *profile, Some(known)).await,
                None => None,
            };
            EnergyKnown::Pull(dynamic.zip(update).map(Box::new))
        }
        Fact::DerReport(_) => EnergyKnown::Der {
            installed: store.owned(station.as_str(), InstalledDer::MAX_PER_STATION).await?,
            asked: asked(store, station, AskedReport::DER).await?,
        },
        Fact::DerAlarm(_) => {
            let alarms: Option<DerAlarms> = store.get(station.as_str()).await?;
            EnergyKnown::DerAlarms(Box::new(alarms.unwrap_or_else(|| DerAlarms::new(station.clone()))))
        }
        Fact::DerStartStop(told) => {
            EnergyKnown::DerControl(store.get(&InstalledDer::key_of(station, &told.id)).await?.map(Box::new))
        }
        Fact::StreamOpened(_) => {
            EnergyKnown::Streams(store.owned(station.as_str(), KeptStream::MAX_PER_STATION).await?)
        }
        Fact::StreamClosed { id } => {
            EnergyKnown::Stream(store.get(&KeptStream::key_of(station, *id)).await?.map(Box::new))
        }
        Fact::StreamValues(told) => {
            EnergyKnown::Stream(store.get(&KeptStream::key_of(station, told.id)).await?.map(Box::new))
        }
        Fact::BatterySwap(told) => swap(store, station, told.request).await?,
        Fact::Settlement(told) => EnergyKnown::Settlement(Box::new(settled(store, station, told).await?)),
        Fact::VatNumber(question) => {
            EnergyKnown::Vat(planner::vat(&*hooks.vat_register, station, question).await)
        }
        _ => return Ok(None),
    }))
}

/// The profiles of a station, as far as is known.
pub(crate) async fn profiles(
    store: &dyn Store,
    station: &StationId,
) -> Result<Vec<InstalledProfile>, ReadError> {
    store.owned(station.as_str(), InstalledProfile::MAX_PER_STATION).await
}

async fn asked(
    store: &dyn Store,
    station: &StationId,
    kind: &str,
) -> Result<Option<Box<AskedReport>>, ReadError> {
    Ok(store.get(&AskedReport::key_of(station, kind)).await?.map(Box::new))
}

/// The profiles that go with the end of a transaction (K01: a profile of a transaction ends with it).
pub(super) async fn leaving(
    store: &dyn Store,
    station: &StationId,
    fact: &Fact,
    session: Option<&Session>,
) -> Result<Vec<InstalledProfile>, ReadError> {
    let Fact::Transaction(report) = fact else { return Ok(Vec::new()) };
    if report.step != Step::Ended {
        return Ok(Vec::new());
    }
    let mut installed = profiles(store, station).await?;
    let (names, place) = match session {
        Some(session) => (names_of(session).to_vec(), session.place),
        None => (vec![report.transaction.clone()], report.place),
    };
    installed.retain(|known| known.ends_with(&names, place));
    Ok(installed)
}

/// How a session's station may name it.
pub(crate) fn names_of(session: &Session) -> [StationTxRef; 2] {
    [StationTxRef::Numbered(session.number.0), StationTxRef::Named(session.start_key.0.as_str().into())]
}

/// The session that runs at an EVSE; of several the latest.
async fn session_at(
    store: &dyn Store,
    state: &StationState,
    evse: EvseId,
) -> Result<Option<SessionAt>, ReadError> {
    let here = state.running.values().filter(|session| session.place.and_then(Place::evse) == Some(evse));
    match here.max_by_key(|session| session.number.0) {
        Some(session) => Ok(Some(with_energy(store, session.clone()).await?)),
        None => Ok(None),
    }
}

async fn with_energy(store: &dyn Store, session: Session) -> Result<SessionAt, ReadError> {
    let energy: Option<SessionEnergy> = store.get(session.key.as_str()).await?;
    let open: Option<OpenPlan> = store.get(session.key.as_str()).await?;
    let evse = session.place.and_then(Place::evse);
    let energy =
        energy.unwrap_or_else(|| SessionEnergy::new(session.key.clone(), session.station.clone(), evse));
    Ok(SessionAt { session, energy, open })
}

/// The session that a station names.
pub(crate) async fn named(
    store: &dyn Store,
    station: &StationId,
    transaction: &StationTxRef,
) -> Result<Option<Session>, ReadError> {
    Ok(match transaction {
        StationTxRef::Named(name) => store.session_by_start(station, &StartKey(name.to_string())).await?,
        StationTxRef::Numbered(number) => {
            let session = store.session_by_number(crate::domain::SessionNumber(*number)).await?;
            session.filter(|session| session.station == *station)
        }
        StationTxRef::Unassigned | StationTxRef::Unknown => None,
    })
}

async fn swap(store: &dyn Store, station: &StationId, request: i32) -> Result<EnergyKnown, ReadError> {
    let swap: Option<SwapEntry> = store.get(&SwapEntry::key_of(station, request)).await?;
    let oldest = if swap.is_none() { oldest_swap(store, station).await? } else { None };
    Ok(EnergyKnown::Swap { swap: swap.map(Box::new), oldest: oldest.map(Box::new) })
}

/// The swap of a station that makes room for another one.
pub(crate) async fn oldest_swap(
    store: &dyn Store,
    station: &StationId,
) -> Result<Option<SwapEntry>, ReadError> {
    let filter = RecordFilter::all(RecordKind::BatterySwap, SwapEntry::MAX_PER_STATION).of(station.as_str());
    let swaps: Vec<SwapEntry> = store.list(filter).await?;
    let is_full = swaps.len() >= SwapEntry::MAX_PER_STATION;
    Ok(swaps.into_iter().next().filter(|_| is_full))
}

async fn settled(store: &dyn Store, station: &StationId, told: &Settlement) -> Result<Settled, ReadError> {
    let before = store.get(&SettlementEntry::key_of(station, &told.reference)).await?;
    let session = match &told.transaction {
        Some(transaction) => named(store, station, transaction).await?,
        None => None,
    };
    let Some(session) = session else { return Ok(Settled { before, ..Settled::default() }) };
    let energy = store.get::<SessionEnergy>(session.key.as_str()).await?;
    let payment = match &session.payer {
        Payer::Payment(id) => store.get::<Payment>(&id.0).await?,
        _ => None,
    };
    let receipt: Option<Receipt> = store.get(&Receipt::key_of(session.number)).await?;
    let receipt = receipt.map(|receipt| receipt.number.0.to_string());
    Ok(Settled { before, session: Some(session), energy, payment, receipt })
}
