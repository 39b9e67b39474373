//! From a station's fact to what is kept and what is answered.
//!
//! ```text
//! ask     who may charge, who pays, which tariff? (hooks, each with a deadline and a fallback)
//! decide  state + fact → changes + answer      pure: no clock, no store, no sockets
//! commit  all changes or none
//! ```
//! Only then does the answer go back to the caller, which sends it.

mod ask;
mod authority;
mod decide;
pub(crate) mod device;
mod energy;
mod known;
mod planner;
mod registration;
mod state;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use ocpp_core::model::{Answer, EvseId, Fact, SessionKey, StationId, StationTxRef, Watts};
use ocpp_core::rules::timeline::Timeline;
use uuid::Uuid;

pub use ask::{Authorizer, EveryToken, KnownTokens, PAYMENT_TOKEN_PREFIX, Question, StoredTokens};
pub use authority::{CertificateAuthority, NoAuthority, NotSigned};
pub use decide::{Advice, Decision, decide};
pub(crate) use decide::{plan_place, plan_profile};
pub use energy::{EnergyKnown, SessionAt, Settled};
pub(crate) use energy::{named as named_session, names_of, oldest_swap, profiles as installed_profiles};
pub use known::Known;
pub(crate) use known::parts;
pub use planner::{EnergyPlanner, NeedsPlan, NeedsQuestion, NoVatRegister, Unplanned, VatRegister};
pub use registration::{AcceptBoots, BootPolicy, BootWord, StoredBoots};
pub use state::StationState;

use crate::bus::Bus;
use crate::domain::{Payer, Payment, Session, SessionNumber, SessionReading, StationEntry};
use crate::health::Health;
use crate::pricing::{Price, Pricing, timeline_of};
use crate::store::{Change, CommitError, Committed, ReadError, Store, TypedRecords, Unit};

/// Where the time comes from. Tests bring their own.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The clock of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Why a fact got no answer. The connection is to be closed: the station keeps its message and comes back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandleError {
    /// A newer connection of the station has taken over.
    #[error("a newer connection of this station has taken over")]
    TakenOver,
    /// The store failed.
    #[error("what the station said could not be kept, so it is not acknowledged: {0}")]
    NotKept(String),
}

impl From<ReadError> for HandleError {
    fn from(error: ReadError) -> HandleError {
        HandleError::NotKept(error.to_string())
    }
}

impl From<CommitError> for HandleError {
    fn from(error: CommitError) -> HandleError {
        match error {
            CommitError::StaleConnection { .. } => HandleError::TakenOver,
            other => HandleError::NotKept(other.to_string()),
        }
    }
}

/// What all stations share while their facts are handled.
pub struct Handler {
    store: Arc<dyn Store>,
    hooks: Hooks,
    clock: Arc<dyn Clock>,
    bus: Bus,
    health: Health,
    heartbeat_interval_s: u32,
    next_number: AtomicI64,
}

/// Who is asked while a fact is handled.
#[derive(Clone)]
pub struct Hooks {
    /// Who may charge.
    pub authorizer: Arc<dyn Authorizer>,
    /// Which tariff prices a session.
    pub pricing: Arc<dyn Pricing>,
    /// Whether a station that boots may work.
    pub boots: Arc<dyn BootPolicy>,
    /// Who signs certificates.
    pub authority: Arc<dyn CertificateAuthority>,
    /// Who plans what vehicles get.
    pub planner: Arc<dyn EnergyPlanner>,
    /// Who knows VAT numbers.
    pub vat_register: Arc<dyn VatRegister>,
}

/// Where to look for the session of a fact. A start mostly has none: that it was sent again is told by the
/// store, which has every start key once, so that the usual start needs no look into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    WhereItMustBe,
    Everywhere,
}

/// How often a fact is decided anew when somebody else changed a value in the meantime.
const MAX_CONFLICTS: usize = 5;

impl Handler {
    /// A handler over `store`; session numbers continue after the highest that is stored.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn new(
        store: Arc<dyn Store>,
        hooks: Hooks,
        clock: Arc<dyn Clock>,
        bus: Bus,
        heartbeat_interval_s: u32,
    ) -> Result<Handler, ReadError> {
        let highest = store.highest_number().await?.map_or(0, |number| number.0);
        let next_number = AtomicI64::new(highest.saturating_add(1));
        let health = Health::default();
        Ok(Handler { store, hooks, clock, bus, health, heartbeat_interval_s, next_number })
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Seconds between the heartbeats that stations are told to send.
    #[must_use]
    pub const fn heartbeat_interval_s(&self) -> u32 {
        self.heartbeat_interval_s
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Whether the store works.
    #[must_use]
    pub const fn health(&self) -> &Health {
        &self.health
    }

    /// Who signs certificates.
    #[must_use]
    pub fn authority(&self) -> &Arc<dyn CertificateAuthority> {
        &self.hooks.authority
    }

    /// Who plans what vehicles get.
    #[must_use]
    pub fn planner(&self) -> &Arc<dyn EnergyPlanner> {
        &self.hooks.planner
    }

    /// Who may charge.
    #[must_use]
    pub fn authorizer(&self) -> &Arc<dyn Authorizer> {
        &self.hooks.authorizer
    }

    /// Which tariff prices a session.
    #[must_use]
    pub fn pricing(&self) -> &Arc<dyn Pricing> {
        &self.hooks.pricing
    }

    /// Handles one fact: when this returns an answer, everything that it acknowledges is kept.
    ///
    /// # Errors
    /// [`HandleError`]; nothing is acknowledged then.
    pub async fn handle(
        &self,
        state: &mut StationState,
        address: &str,
        fact: &Fact,
    ) -> Result<Answer, HandleError> {
        let fact = &*fact.received_at(self.now());
        let mut last = None;
        let mut look = Look::WhereItMustBe;
        for _ in 0..MAX_CONFLICTS {
            let advice = self.advice(state, address, fact, look).await?;
            let decision = decide(state, fact, &advice);
            let unit = Unit {
                connection: Some((state.station.id.clone(), state.station.epoch)),
                idempotency_key: None,
                changes: decision.changes,
                events: decision.events,
            };
            match self.commit_and_return(unit).await {
                Ok(changes) => {
                    state.apply(changes);
                    if let (Some(_), Some(session)) = (&advice.reordered, &advice.session) {
                        state.recall(&*self.store, &session.key).await;
                    }
                    return Ok(decision.answer);
                }
                Err(CommitError::Conflict { what, .. }) => {
                    tracing::debug!(%what, "deciding again after a conflict");
                    last = Some(what);
                    *state = StationState::reload(&*self.store, &state.station.id).await?;
                }
                Err(CommitError::SessionTaken(_)) => {
                    look = Look::Everywhere;
                    last = Some("session number".to_owned());
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(HandleError::NotKept(format!("{} kept changing", last.unwrap_or_default())))
    }

    /// Keeps a unit and tells the world of its events.
    ///
    /// # Errors
    /// [`CommitError`]; nothing of it is kept then.
    pub async fn commit(&self, unit: Unit) -> Result<(), CommitError> {
        self.commit_and_return(unit).await.map(drop)
    }

    /// The same, giving back what was written.
    async fn commit_and_return(&self, unit: Unit) -> Result<Vec<Change>, CommitError> {
        if unit.is_empty() {
            return Ok(Vec::new());
        }
        match self.store.commit_and_return(unit).await {
            Ok((committed, changes)) => {
                if !self.health.is_ready() {
                    self.health.store_works(self.now());
                }
                if let Committed::New(events) = committed {
                    self.bus.publish(events);
                }
                Ok(changes)
            }
            Err(error) => {
                if let CommitError::Unavailable(why) = &error {
                    self.health.store_failed(why, self.now());
                }
                Err(error)
            }
        }
    }

    /// Collects what the decision needs and the station's state does not hold.
    async fn advice(
        &self,
        state: &StationState,
        address: &str,
        fact: &Fact,
        look: Look,
    ) -> Result<Advice, HandleError> {
        let now = self.clock.now();
        let session = self.session_of(state, fact, look).await?;
        let token = decide::token_of(fact);
        let authorization = match token {
            Some(token) => {
                let question = Question {
                    station: &state.station.id,
                    place: decide::place_of(fact),
                    token,
                    session: session.as_ref().map(|session| &session.key),
                    now,
                };
                Some(ask::authorize(&*self.hooks.authorizer, &question).await)
            }
            None => None,
        };
        let opens = session.is_none() && decide::may_open_session(fact);
        let (fresh_key, fresh_number) =
            if opens { self.fresh() } else { (SessionKey::new(""), SessionNumber(0)) };
        Ok(Advice {
            now,
            heartbeat_interval_s: self.heartbeat_interval_s,
            address: address.to_owned(),
            authorization,
            boot: match fact {
                Fact::Boot(boot) => registration::register(&*self.hooks.boots, &state.station.id, boot).await,
                _ => BootWord::ACCEPTED,
            },
            payment: self.payment_of(session.as_ref(), fact).await?,
            price: self.price_of(state, session.as_ref(), fact).await?,
            timeline: self.timeline_of(state, session.as_ref()).await?,
            reordered: self.reordered(session.as_ref(), fact).await?,
            known: match energy::known(&*self.store, &self.hooks, state, fact, now).await? {
                Some(known) => Known::Energy(Box::new(known)),
                None => known::known(&*self.store, &*self.hooks.authority, state, fact, now).await?,
            },
            least_power: match decide::offers_power_at(fact, session.as_ref()) {
                Some(evse) => self.least_power(&state.station.id, evse).await?,
                None => None,
            },
            leaving: energy::leaving(&*self.store, &state.station.id, fact, session.as_ref()).await?,
            session,
            fresh_key,
            fresh_number,
        })
    }

    /// The power that a port has to offer at least.
    async fn least_power(&self, station: &StationId, evse: EvseId) -> Result<Option<Watts>, HandleError> {
        let entry: Option<StationEntry> = self.store.get(station.as_str()).await?;
        let port = entry.into_iter().flat_map(|entry| entry.evses).find(|entry| entry.id == evse);
        Ok(port.and_then(|port| port.least_power))
    }

    /// A key and a number that no session has.
    fn fresh(&self) -> (SessionKey, SessionNumber) {
        let number = self.next_number.fetch_add(1, Ordering::Relaxed);
        (SessionKey::new(Uuid::now_v7().to_string()), SessionNumber(number))
    }

    /// The payment that a session is to charge on, as long as it has none.
    async fn payment_of(
        &self,
        session: Option<&Session>,
        fact: &Fact,
    ) -> Result<Option<Payment>, HandleError> {
        let is_paid = session.is_some_and(|session| matches!(session.payer, Payer::Payment(_)));
        match decide::token_of(fact) {
            Some(token) if decide::may_open_session(fact) && !is_paid => {
                Ok(ask::payment_of(&*self.store, token).await?)
            }
            _ => Ok(None),
        }
    }

    /// The tariff of the session that a fact is about or opens.
    async fn price_of(
        &self,
        state: &StationState,
        session: Option<&Session>,
        fact: &Fact,
    ) -> Result<Option<Arc<Price>>, HandleError> {
        let station = &state.station.id;
        Ok(match session {
            None if decide::may_open_session(fact) => {
                let place = decide::place_of(fact);
                self.hooks.pricing.at_start(station, place, self.clock.now()).await?
            }
            None => None,
            Some(session) => match &session.tariff {
                Some(tariff) => self.hooks.pricing.of_session(station, tariff).await?,
                None => None,
            },
        })
    }

    /// All that was said of a priced session, where a counted report comes after a later one.
    async fn reordered(
        &self,
        session: Option<&Session>,
        fact: &Fact,
    ) -> Result<Option<Vec<SessionReading>>, HandleError> {
        match session {
            Some(session) if session.tariff.is_some() && decide::comes_late(session, fact) => {
                Ok(Some(self.store.readings(&session.key).await?))
            }
            _ => Ok(None),
        }
    }

    /// What is known of the session's course before this fact.
    async fn timeline_of(
        &self,
        state: &StationState,
        session: Option<&Session>,
    ) -> Result<Option<Timeline>, HandleError> {
        let Some(session) = session.filter(|session| session.tariff.is_some()) else { return Ok(None) };
        if let Some(timeline) = state.timelines.get(&session.key) {
            return Ok(Some(timeline.clone()));
        }
        let readings = self.store.readings(&session.key).await?;
        Ok(Some(timeline_of(session, &readings)))
    }

    /// The session that a fact is about: a running one from the state, else from the store.
    async fn session_of(
        &self,
        state: &StationState,
        fact: &Fact,
        look: Look,
    ) -> Result<Option<Session>, HandleError> {
        if let Some(session) = state.session_of(fact) {
            return Ok(Some(session.clone()));
        }
        if let Some(StationTxRef::Numbered(number)) = decide::reference_of(fact) {
            let session = self.store.session_by_number(SessionNumber(*number)).await?;
            if let Some(session) = session.filter(|session| session.station == state.station.id) {
                return Ok(Some(session));
            }
        }
        match decide::start_key_of(fact) {
            Some(_) if look == Look::WhereItMustBe && decide::is_start(fact) => Ok(None),
            Some(key) => Ok(self.store.session_by_start(&state.station.id, &key).await?),
            None => Ok(None),
        }
    }
}
