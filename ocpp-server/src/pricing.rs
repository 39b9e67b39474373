//! What a session costs: which tariff prices it, and what it says so far.
//!
//! The tariff that holds at the start prices the whole session. The cost itself is computed by
//! [`ocpp_core::rules::cost`], for the live price, the answer to the station and the receipt alike.

mod timeline;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ocpp_core::model::{Money, Place, StationId};
use ocpp_core::rules::cost::{Cost, CostError, cost};
use ocpp_core::rules::tariff::Tariff;
use ocpp_core::rules::timeline::Timeline;

pub use timeline::{add_to_timeline, timeline_of};

use crate::domain::{Site, StationEntry, TariffEntry, TariffId};
use crate::store::{ReadError, Store, TypedRecords};

/// A tariff, and the zone in which its times of day hold.
#[derive(Debug, Clone)]
pub struct Price {
    /// The tariff's key.
    pub id: TariffId,
    /// What it says.
    pub tariff: Tariff,
    /// The zone of the site.
    pub zone: TimeZone,
}

impl Price {
    /// What a session costs until a moment, or to its end when that is earlier.
    ///
    /// # Errors
    /// When the amounts are beyond what can be computed exactly.
    pub fn cost(&self, timeline: &Timeline, until: Timestamp) -> Result<Cost, CostError> {
        cost(&self.tariff, timeline, &self.zone, until)
    }

    /// The same in one amount with taxes; `None` when it cannot be computed.
    #[must_use]
    pub fn total(&self, timeline: &Timeline, until: Timestamp) -> Option<Money> {
        self.cost(timeline, until).ok().map(|cost| cost.total_incl_tax)
    }
}

/// Says which tariff prices a session. Implement it to ask a system of your own.
#[async_trait]
pub trait Pricing: Send + Sync {
    /// The tariff of a session that starts now; `None` when charging is free there.
    ///
    /// # Errors
    /// When it cannot be read.
    async fn at_start(
        &self,
        station: &StationId,
        place: Option<Place>,
        now: Timestamp,
    ) -> Result<Option<Arc<Price>>, ReadError>;

    /// The tariff of a session that has begun; `None` when it is gone.
    ///
    /// # Errors
    /// When it cannot be read.
    async fn of_session(
        &self,
        station: &StationId,
        tariff: &TariffId,
    ) -> Result<Option<Arc<Price>>, ReadError>;
}

/// Charging is free.
#[derive(Debug, Clone, Copy, Default)]
pub struct Free;

#[async_trait]
impl Pricing for Free {
    async fn at_start(
        &self,
        _: &StationId,
        _: Option<Place>,
        _: Timestamp,
    ) -> Result<Option<Arc<Price>>, ReadError> {
        Ok(None)
    }

    async fn of_session(&self, _: &StationId, _: &TariffId) -> Result<Option<Arc<Price>>, ReadError> {
        Ok(None)
    }
}

/// The most prices that are remembered.
const REMEMBERED: usize = 1000;

/// The tariffs of the store: the station's own, else its site's.
pub struct StoredPricing {
    store: Arc<dyn Store>,
    /// A tariff never changes once it is assigned, so that it is read once for each zone.
    remembered: Mutex<HashMap<(TariffId, String), Arc<Price>>>,
}

impl StoredPricing {
    /// Reads `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> StoredPricing {
        StoredPricing { store, remembered: Mutex::new(HashMap::new()) }
    }

    async fn price(&self, id: &TariffId, zone: &str) -> Result<Option<Arc<Price>>, ReadError> {
        let key = (id.clone(), zone.to_owned());
        if let Some(price) = self.remembered().get(&key) {
            return Ok(Some(Arc::clone(price)));
        }
        let Some(entry) = self.store.get::<TariffEntry>(&id.0).await? else { return Ok(None) };
        let zone = zone_of(zone);
        let price = Arc::new(Price { id: id.clone(), tariff: entry.tariff, zone });
        if entry.published_at.is_some() {
            let mut remembered = self.remembered();
            if remembered.len() >= REMEMBERED {
                remembered.clear();
            }
            remembered.insert(key, Arc::clone(&price));
        }
        Ok(Some(price))
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, HashMap<(TariffId, String), Arc<Price>>> {
        // The map is whole whatever panicked elsewhere.
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Pricing for StoredPricing {
    async fn at_start(
        &self,
        station: &StationId,
        _: Option<Place>,
        now: Timestamp,
    ) -> Result<Option<Arc<Price>>, ReadError> {
        let (entry, site) = whereabouts(&*self.store, station).await?;
        let zone = site.as_ref().map_or("UTC", |site| &site.time_zone);
        let own = entry.and_then(|entry| entry.tariff);
        let mut wanted = own.or_else(|| site.as_ref().and_then(|site| site.tariff.clone()));
        // A tariff that is not in force yet leaves its place to the one before it.
        while let Some(id) = wanted {
            let Some(price) = self.price(&id, zone).await? else { return Ok(None) };
            if price.tariff.valid_from.is_none_or(|from| from <= now) {
                return Ok(Some(price));
            }
            let entry: Option<TariffEntry> = self.store.get(&id.0).await?;
            wanted = entry.and_then(|entry| entry.predecessor);
        }
        Ok(None)
    }

    async fn of_session(
        &self,
        station: &StationId,
        tariff: &TariffId,
    ) -> Result<Option<Arc<Price>>, ReadError> {
        let (_, site) = whereabouts(&*self.store, station).await?;
        self.price(tariff, site.as_ref().map_or("UTC", |site| &site.time_zone)).await
    }
}

/// What the operator says of a station, and the site where it stands.
///
/// # Errors
/// When it cannot be read.
pub async fn whereabouts(
    store: &dyn Store,
    station: &StationId,
) -> Result<(Option<StationEntry>, Option<Site>), ReadError> {
    let entry: Option<StationEntry> = store.get(station.as_str()).await?;
    let site = match entry.as_ref().and_then(|entry| entry.site.as_ref()) {
        Some(site) => store.get::<Site>(&site.0).await?,
        None => None,
    };
    Ok((entry, site))
}

/// The zone of this name. Sites are only kept with names that exist; should one vanish from the time zone
/// database, UTC holds.
#[must_use]
pub fn zone_of(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or_else(|error| {
        tracing::error!(zone = name, %error, "a time zone is not known, UTC holds instead");
        TimeZone::UTC
    })
}
