//! All that the public may see at one moment: the published sites with the state and price of every place.
//!
//! It is put together when somebody asks and kept for a moment, so that many who ask cost no more than one. What
//! differs from the moment before is noted with its time: partners ask for what has changed.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ocpp_core::model::{EvseId, Place, StationId};
use ocpp_core::rules::tariff::EvseKind;
use ocpp_server::Csms;
use ocpp_server::domain::{
    ConnectorEntry, EvseEntry, Offer, PowerType, RecordKind, Session, SessionStatus, Site, StationEntry,
    TariffEntry,
};
use ocpp_server::habits::Habits;
use ocpp_server::pricing::zone_of;
use ocpp_server::store::{Page, ReadError, RecordFilter, SessionFilter, TypedRecords};
use sha2::{Digest, Sha256};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::past::Past;
use super::price::{Offered, Prices};
use super::state::{StateNow, Told};

/// How long what was put together is shown again.
const KEPT: Duration = Duration::from_secs(2);
/// The most sites, and the most stations of one, that are shown.
const MAX_SITES: usize = 10_000;
const MAX_STATIONS: usize = 1000;
/// How many browsers may watch a page at the same time.
const MAX_WATCHERS: usize = 2000;
/// How many sessions are read at a time.
const SESSIONS: usize = 1000;

/// What the public sees, put together as it is asked for. Clones are the same.
#[derive(Clone)]
pub(crate) struct Live {
    kept: Arc<Mutex<Kept>>,
    watchers: Arc<Semaphore>,
    past: Past,
}

struct Kept {
    now: Option<(Instant, Arc<Now>)>,
    /// What each thing looked like, and since when; nothing before the first look.
    seen: Option<HashMap<String, (u64, Timestamp)>>,
    /// Before it nothing is remembered: what a partner has seen from an earlier run counts as changed.
    since: Timestamp,
}

/// All that the public may see.
pub(crate) struct Now {
    pub(crate) at: Timestamp,
    /// In the order in which they were added.
    pub(crate) sites: Vec<SiteNow>,
    /// The tariffs at their places, and when each was changed.
    pub(crate) tariffs: Vec<(TariffEntry, Timestamp)>,
}

/// A published site.
pub(crate) struct SiteNow {
    pub(crate) site: Site,
    pub(crate) zone: TimeZone,
    pub(crate) is_open: bool,
    pub(crate) evses: Vec<EvseNow>,
    pub(crate) changed_at: Timestamp,
}

/// An EVSE at a published site.
pub(crate) struct EvseNow {
    /// Its key for the public, of 32 signs; it never changes.
    pub(crate) uid: String,
    pub(crate) station: StationId,
    pub(crate) station_name: Option<String>,
    pub(crate) entry: EvseEntry,
    pub(crate) state: StateNow,
    pub(crate) price: Option<Offered>,
    /// When what it costs was changed.
    pub(crate) price_changed_at: Timestamp,
    /// The tariffs that hold now and later.
    pub(crate) tariffs: Vec<String>,
    pub(crate) connectors: Vec<ConnectorNow>,
    pub(crate) changed_at: Timestamp,
}

/// A connector at a published site.
pub(crate) struct ConnectorNow {
    pub(crate) entry: ConnectorEntry,
    pub(crate) offer: Offer,
    pub(crate) state: StateNow,
    pub(crate) changed_at: Timestamp,
}

impl EvseNow {
    /// What is written on it, or its number.
    pub(crate) fn name(&self) -> String {
        let station = self.station_name.clone().unwrap_or_else(|| self.station.to_string());
        let evse = self.entry.name.clone().unwrap_or_else(|| self.entry.id.to_string());
        format!("{station} · {evse}")
    }

    /// The most power of its connectors in W.
    pub(crate) fn power(&self) -> Option<i64> {
        let of_connectors = self.connectors.iter().filter_map(|connector| connector.offer.power);
        of_connectors.map(|power| power.0).max().or(self.entry.power.map(|power| power.0))
    }
}

impl Now {
    /// The site of this key, when it is published.
    pub(crate) fn site(&self, id: &str) -> Option<&SiteNow> {
        self.sites.iter().find(|site| site.site.id.0 == id)
    }
}

impl Live {
    /// Nothing is put together yet.
    pub(crate) fn new(since: Timestamp) -> Live {
        Live {
            kept: Arc::new(Mutex::new(Kept { now: None, seen: None, since })),
            watchers: Arc::new(Semaphore::new(MAX_WATCHERS)),
            past: Past::default(),
        }
    }

    /// A place among those who watch, until it is given back; `None` when there is none.
    pub(crate) fn watch(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.watchers).try_acquire_owned().ok()
    }

    /// What can be expected of a site by its past eight weeks, at most a quarter of an hour old.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn habits(&self, csms: &Csms, site: &SiteNow) -> Result<Arc<Habits>, ReadError> {
        self.past.of(csms, site).await
    }

    /// What the public may see, at most two seconds old.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn now(&self, csms: &Csms) -> Result<Arc<Now>, ReadError> {
        let mut kept = self.kept.lock().await;
        if let Some((at, now)) = &kept.now
            && at.elapsed() < KEPT
        {
            return Ok(Arc::clone(now));
        }
        let mut now = read(csms).await?;
        kept.stamp(&mut now);
        let now = Arc::new(now);
        kept.now = Some((Instant::now(), Arc::clone(&now)));
        Ok(now)
    }
}

impl Kept {
    /// Notes what has changed, and says when each thing did. An EVSE has changed when one of its connectors has, a site
    /// when one of its EVSEs has.
    fn stamp(&mut self, now: &mut Now) {
        let at = now.at;
        let mut present: HashMap<String, (u64, Timestamp)> = HashMap::new();
        let mut note = |key: String, looks: u64| {
            let stamped = match self.seen.as_ref().map(|seen| seen.get(&key)) {
                None => (looks, self.since),
                Some(Some((before, since))) if *before == looks => (looks, *since),
                Some(_) => (looks, at),
            };
            present.insert(key, stamped);
            stamped.1
        };
        for site in &mut now.sites {
            let mut latest = Timestamp::MIN;
            for evse in &mut site.evses {
                for connector in &mut evse.connectors {
                    let looks = looks_of(&(&connector.entry, connector.state.state.as_str(), &evse.tariffs));
                    connector.changed_at = note(format!("{}/{}", evse.uid, connector.entry.id), looks);
                }
                let costs = looks_of(&evse.price.as_ref().map(|price| &price.now));
                evse.price_changed_at = note(format!("{} costs", evse.uid), costs);
                let own =
                    looks_of(&(&evse.entry, evse.state.state.as_str(), &evse.station_name, &evse.tariffs));
                let of_connectors = evse.connectors.iter().map(|connector| connector.changed_at);
                evse.changed_at = of_connectors.fold(note(evse.uid.clone(), own), Timestamp::max);
                latest = latest.max(evse.changed_at);
            }
            let uids: Vec<&str> = site.evses.iter().map(|evse| evse.uid.as_str()).collect();
            let own = looks_of(&(&site.site, uids));
            site.changed_at = note(format!("site {}", site.site.id.0), own).max(latest);
        }
        for (tariff, changed_at) in &mut now.tariffs {
            *changed_at = note(format!("tariff {}", tariff.id.0), looks_of(&tariff.tariff));
        }
        self.seen = Some(present);
    }
}

/// A number that differs when what is shown of it differs.
fn looks_of<T: serde::Serialize>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(value).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}

async fn read(csms: &Csms) -> Result<Now, ReadError> {
    let (store, at) = (csms.store(), csms.now());
    let all: Vec<Site> = store.list(RecordFilter::all(RecordKind::Site, MAX_SITES)).await?;
    let published: Vec<Site> = all.into_iter().filter(|site| site.public.published).collect();
    let running = if published.is_empty() { HashMap::new() } else { running(csms).await? };
    let mut prices = Prices::new(&**store, at);
    let mut sites = Vec::new();
    for site in published {
        let zone = zone_of(&site.time_zone);
        let entries: Vec<StationEntry> = store.owned(&site.id.0, MAX_STATIONS).await?;
        let mut evses = Vec::new();
        for entry in &entries {
            let sessions = running.get(&entry.id).map(Vec::as_slice).unwrap_or_default();
            evses.extend(station(csms, (&site, &zone), entry, sessions, &mut prices).await?);
        }
        let is_open = site.public.hours.is_open(at, &zone);
        sites.push(SiteNow { site, zone, is_open, evses, changed_at: at });
    }
    let tariffs = prices.read().into_iter().map(|tariff| (tariff, at)).collect();
    Ok(Now { at, sites, tariffs })
}

/// Where vehicles charge at this moment.
async fn running(csms: &Csms) -> Result<HashMap<StationId, Vec<(EvseId, Timestamp)>>, ReadError> {
    let mut running: HashMap<StationId, Vec<(EvseId, Timestamp)>> = HashMap::new();
    let mut after = None;
    loop {
        let filter = SessionFilter { status: Some(SessionStatus::Active), ..SessionFilter::default() };
        let page: Vec<Session> = csms.store().sessions(filter, Page { after, limit: SESSIONS }).await?;
        for session in &page {
            if let Some(evse) = session.place.and_then(Place::evse) {
                running.entry(session.station.clone()).or_default().push((evse, session.started_at));
            }
        }
        match page.last() {
            Some(last) if page.len() == SESSIONS => after = Some(last.number),
            _ => return Ok(running),
        }
    }
}

async fn station(
    csms: &Csms,
    (site, zone): (&Site, &TimeZone),
    entry: &StationEntry,
    sessions: &[(EvseId, Timestamp)],
    prices: &mut Prices<'_>,
) -> Result<Vec<EvseNow>, ReadError> {
    let station = csms.store().station(&entry.id).await?;
    let ports = csms.store().ports(&entry.id).await?;
    let told = Told {
        entry,
        station: station.as_ref(),
        is_connected: csms.stations().is_connected(&entry.id),
        ports: &ports,
        sessions,
    };
    let assigned = entry.tariff.as_ref().or(site.tariff.as_ref());
    let mut evses = Vec::new();
    for evse in &entry.evses {
        let connectors: Vec<ConnectorNow> =
            evse.connectors.iter().map(|plug| connector(&told, evse, plug)).collect();
        let (mut price, mut tariffs) = (None, Vec::new());
        if let Some(assigned) = assigned {
            price = prices.offered(assigned, kind_of(&connectors), (&site.time_zone, zone)).await?;
            tariffs = prices.course(assigned).await?.into_iter().rev().map(|tariff| tariff.id.0).collect();
        }
        evses.push(EvseNow {
            uid: uid_of(&entry.id, evse.id),
            station: entry.id.clone(),
            station_name: entry.name.clone(),
            state: told.evse(evse.id),
            entry: evse.clone(),
            price,
            price_changed_at: csms.now(),
            tariffs,
            connectors,
            changed_at: csms.now(),
        });
    }
    Ok(evses)
}

fn connector(told: &Told<'_>, evse: &EvseEntry, plug: &ConnectorEntry) -> ConnectorNow {
    ConnectorNow {
        offer: plug.offer(evse),
        state: told.connector(evse.id, plug.id),
        entry: plug.clone(),
        changed_at: Timestamp::MIN,
    }
}

/// AC or DC, where all connectors are of one kind.
fn kind_of(connectors: &[ConnectorNow]) -> Option<EvseKind> {
    let mut kinds = connectors.iter().map(|connector| {
        let kind = |power_type| if power_type == PowerType::Dc { EvseKind::Dc } else { EvseKind::Ac };
        connector.offer.power_type.map(kind)
    });
    let first = kinds.next()??;
    kinds.all(|kind| kind == Some(first)).then_some(first)
}

/// A key that tells nothing of the station's own identity, which may be what it signs in with.
fn uid_of(station: &StationId, evse: EvseId) -> String {
    let digest = Sha256::digest(format!("{station}\n{evse}").as_bytes());
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
