//! Who may connect, and with which key.

use std::collections::{BTreeMap, BTreeSet};

use ocpp_core::model::{StationId, Watts};
use serde::{Deserialize, Serialize};

use super::publication::{check_bay, check_ratings};
use super::{Flaw, MAX_TOUCHED, Register, RegisterError, check_text, unless_flawed};
use crate::access::{Purpose, Secret};
use crate::domain::{EvseEntry, RecordKind, Refused, Revision, Site, SiteId, StationEntry, StationLogin};
use crate::store::{Change, RecordFilter, TypedRecords};

/// What an operator says of a station.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StationForm {
    /// What people call it, at most 100 characters.
    #[serde(default)]
    pub name: Option<String>,
    /// The site where it stands.
    #[serde(default)]
    pub site: Option<SiteId>,
    /// The most power that it delivers.
    #[serde(default)]
    pub power: Option<Watts>,
    /// Its EVSEs with their connectors.
    #[serde(default)]
    pub evses: Vec<EvseEntry>,
}

/// How a station is to prove who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Login {
    /// With a key that is generated for it (security profile 1 or 2).
    #[default]
    Key,
    /// Not at all (security profile 0): only where nobody else can reach the manager.
    Unproven,
}

/// A station that was added, or given a new key.
#[derive(Debug, Clone)]
pub struct NewStation {
    /// The station.
    pub entry: StationEntry,
    /// Its key, which is only ever seen here.
    pub key: Option<Secret>,
}

/// The signs of a station's key: 100 bits. 1.6 takes 16 to 20 bytes (AuthorizationKey), 2.0.1 16 to 40
/// characters (BasicAuthPassword).
const KEY_SIGNS: usize = 20;

impl StationForm {
    fn check(&self, flaws: &mut Vec<Flaw>) {
        check_text(flaws, "/name", self.name.as_deref().unwrap_or_default(), 100);
        if self.power.is_some_and(|power| power.0 < 0) {
            flaws.push(Flaw::at("/power", "A power is not negative."));
        }
        let (mut seen, mut ids) = (BTreeSet::new(), BTreeSet::new());
        for (index, evse) in self.evses.iter().enumerate() {
            let pointer = format!("/evses/{index}");
            if evse.id.0 == 0 || !seen.insert(evse.id) {
                flaws.push(Flaw::at(&format!("{pointer}/id"), "EVSEs are numbered from 1, each once."));
            }
            check_text(flaws, &format!("{pointer}/name"), evse.name.as_deref().unwrap_or_default(), 100);
            if evse.least_power.is_some_and(|power| power.0 < 0) {
                flaws.push(Flaw::at(&format!("{pointer}/least_power"), "A power is not negative."));
            }
            check_bay(flaws, &format!("{pointer}/evse_id"), &evse.bay, &mut ids);
            let mut connectors = BTreeSet::new();
            for (number, connector) in evse.connectors.iter().enumerate() {
                let pointer = format!("{pointer}/connectors/{number}");
                if connector.id.0 == 0 || !connectors.insert(connector.id) {
                    let sentence = "Connectors are numbered from 1 on each EVSE, each once.";
                    flaws.push(Flaw::at(&format!("{pointer}/id"), sentence));
                }
                let kind = connector.kind.as_deref().unwrap_or_default();
                check_text(flaws, &format!("{pointer}/kind"), kind, 20);
                check_ratings(flaws, &pointer, &connector.ratings);
            }
        }
    }

    fn fill(self, entry: StationEntry) -> StationEntry {
        let name = self.name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        StationEntry { name, site: self.site, power: self.power, evses: self.evses, ..entry }
    }
}

/// Stations.
impl Register {
    /// Adds a station, which may connect from now on. Whoever was turned away under its identity is off the
    /// list.
    ///
    /// # Errors
    /// [`RegisterError::Exists`], [`RegisterError::Invalid`].
    pub async fn add_station(
        &self,
        id: &str,
        login: Login,
        form: StationForm,
    ) -> Result<NewStation, RegisterError> {
        let mut flaws = Vec::new();
        let identity = StationId::new(id).map_err(|error| flaws.push(Flaw::at("/id", format!("{error}."))));
        form.check(&mut flaws);
        let (Ok(identity), true) = (identity, flaws.is_empty()) else {
            return Err(RegisterError::Invalid(flaws));
        };
        self.check_site(form.site.as_ref()).await?;
        self.check_evse_ids(&identity, &form.evses).await?;
        let (login, key) = self.new_login(login)?;
        let new = StationEntry {
            registration: self.newcomers,
            ..StationEntry::new(identity.clone(), login, self.now())
        };
        let entry = form.fill(new);
        let settled = Change::RefusalSettled(Refused::Station(identity.to_string()));
        match self.keep(entry, vec![settled]).await {
            Err(RegisterError::Conflict) => {
                Err(RegisterError::Exists { what: "station", id: identity.to_string() })
            }
            Err(error) => Err(error),
            Ok(entry) => Ok(NewStation { entry, key }),
        }
    }

    /// Changes what is said of a station.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`], [`RegisterError::Invalid`], [`RegisterError::Conflict`].
    pub async fn change_station(
        &self,
        id: &str,
        form: StationForm,
        seen: Option<Revision>,
    ) -> Result<StationEntry, RegisterError> {
        let mut flaws = Vec::new();
        form.check(&mut flaws);
        unless_flawed(flaws)?;
        let entry: StationEntry = self.need("station", id, seen).await?;
        self.check_site(form.site.as_ref()).await?;
        self.check_evse_ids(&entry.id, &form.evses).await?;
        self.keep(form.fill(entry), Vec::new()).await
    }

    /// Gives a station another login. With a new key the old one is void at once; the connection that it has
    /// stays until it ends.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`].
    pub async fn change_login(&self, id: &str, login: Login) -> Result<NewStation, RegisterError> {
        let mut entry: StationEntry = self.need("station", id, None).await?;
        let (login, key) = self.new_login(login)?;
        entry.login = login;
        let settled = Change::RefusalSettled(Refused::Station(id.to_owned()));
        Ok(NewStation { entry: self.keep(entry, vec![settled]).await?, key })
    }

    /// Removes a station from those that may connect. What happened at it is kept.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`].
    pub async fn remove_station(&self, id: &str) -> Result<(), RegisterError> {
        let entry: StationEntry = self.need("station", id, None).await?;
        self.commit(vec![Change::remove(&entry)]).await
    }

    fn new_login(&self, login: Login) -> Result<(StationLogin, Option<Secret>), RegisterError> {
        match login {
            Login::Unproven => Ok((StationLogin::Unproven, None)),
            Login::Key => {
                let key =
                    Secret::random(KEY_SIGNS).map_err(|error| RegisterError::Store(error.to_string()))?;
                let digest = self.pepper.digest(Purpose::StationKey, key.expose().as_bytes());
                Ok((StationLogin::Key(digest), Some(key)))
            }
        }
    }

    /// An EVSE id names one EVSE, whatever its station.
    async fn check_evse_ids(&self, station: &StationId, evses: &[EvseEntry]) -> Result<(), RegisterError> {
        if evses.iter().all(|evse| evse.bay.evse_id.is_none()) {
            return Ok(());
        }
        let all = RecordFilter::all(RecordKind::StationEntry, MAX_TOUCHED);
        let others: Vec<StationEntry> = self.csms.store().list(all).await?;
        let taken: BTreeMap<&str, &StationId> = others
            .iter()
            .filter(|other| other.id != *station)
            .flat_map(|other| {
                other.evses.iter().filter_map(|evse| Some((evse.bay.evse_id.as_deref()?, &other.id)))
            })
            .collect();
        let flaws = evses.iter().enumerate().filter_map(|(index, evse)| {
            let other = taken.get(evse.bay.evse_id.as_deref()?)?;
            let sentence = format!("Station {other} has an EVSE of this id already.");
            Some(Flaw::at(&format!("/evses/{index}/evse_id"), sentence))
        });
        unless_flawed(flaws.collect())
    }

    async fn check_site(&self, site: Option<&SiteId>) -> Result<(), RegisterError> {
        let Some(site) = site else { return Ok(()) };
        match self.csms.store().get::<Site>(&site.0).await? {
            Some(_) => Ok(()),
            None => Err(RegisterError::Invalid(vec![Flaw::at("/site", "There is no such site.")])),
        }
    }
}
