//! Orders on energy: what the rules do not let out, and what is known of a station once it took one.

use ocpp_core::model::tariff::{InstalledTariff, TariffKind, TariffWord};
use ocpp_core::model::{
    ChargingProfile, Command, IdToken, Outcome, Place, ProfilePurpose, StationId, StationTxRef, Verdict,
};

use super::Inner;
use crate::domain::profile_rules::{self, BrokenRule, Surroundings};
use crate::domain::{
    Asked, AskedReport, ComposedSchedule, DerGroup, EnergyPart, Event, EventKind, HeldTariff, InstalledDer,
    InstalledProfile, KeptStream, OrderEntry, PriorityCharging, Record, Revision, SessionEnergy,
    SessionStatus, StationTariffs, SwapEntry, SwapWish,
};
use crate::handle::{Question, installed_profiles, named_session, names_of, oldest_swap};
use crate::store::{Change, Page, ReadError, SessionFilter, TypedRecords};

/// How many running sessions of a station are looked at.
const MAX_RUNNING: usize = 256;

/// What an order changes of what is known, and what is told of it.
#[derive(Default)]
pub(super) struct Effects {
    pub(super) changes: Vec<Change>,
    pub(super) events: Vec<Event>,
}

impl Inner {
    /// Which rule an order would break, where it is one on energy.
    pub(super) async fn check_rules(
        &self,
        station: &StationId,
        command: &Command,
    ) -> Result<Result<(), BrokenRule>, ReadError> {
        let store = &**self.handler.store();
        Ok(match command {
            Command::SetChargingProfile { place, profile } => {
                let limits = self.profile_limits(station, *place).await?;
                let installed = installed_profiles(store, station).await?;
                let running = match profile.purpose {
                    ProfilePurpose::Tx => self.running_at(station, *place).await?,
                    _ => Vec::new(),
                };
                let around = Surroundings {
                    installed: &installed,
                    limits: &limits,
                    running: &running,
                    now: self.handler.now(),
                };
                profile_rules::check_set(*place, profile, &around)
            }
            Command::RemoteStart(start) => match &start.profile {
                Some(profile) => {
                    let place = start.evse.map_or(Place::Station, Place::Evse);
                    profile_rules::check_start(profile, &self.profile_limits(station, place).await?)
                }
                None => Ok(()),
            },
            Command::GetChargingProfiles { filter, .. } => profile_rules::check_filter(filter),
            Command::ClearChargingProfiles(clearing) => profile_rules::check_clearing(clearing),
            Command::RequestBatterySwap { id_token, .. } => self.check_swap(station, id_token).await,
            _ => Ok(()),
        })
    }

    async fn running_at(&self, station: &StationId, place: Place) -> Result<Vec<StationTxRef>, ReadError> {
        let filter = SessionFilter {
            station: Some(station.clone()),
            status: Some(SessionStatus::Active),
            token: None,
        };
        let page = Page { after: None, limit: MAX_RUNNING };
        let sessions = self.handler.store().sessions(filter, page).await?;
        let here = sessions.iter().filter(|session| {
            session.place.is_none_or(|known| known.evse().is_none() || known.evse() == place.evse())
        });
        Ok(here.flat_map(names_of).collect())
    }

    /// S02.FR.03.
    async fn check_swap(&self, station: &StationId, token: &IdToken) -> Result<(), BrokenRule> {
        let now = self.handler.now();
        let question = Question { station, place: None, token, session: None, now };
        let authorizer = self.handler.authorizer();
        let word = tokio::time::timeout(authorizer.deadline(), authorizer.authorize(&question)).await;
        match word.ok().flatten() {
            Some(word) if word.is_accepted() => Ok(()),
            _ => Err(BrokenRule {
                requirement: "S02.FR.03",
                sentence: "the token is not authorized, so it may not swap batteries".to_owned(),
            }),
        }
    }

    /// What is to be known when an order goes out: which report its answer begins.
    pub(super) async fn asking(&self, order: &OrderEntry) -> Result<Option<Change>, ReadError> {
        let (request, asked) = match &order.command {
            Command::GetChargingProfiles { request, place, filter } => {
                (*request, Asked::Profiles { place: *place, filter: filter.clone() })
            }
            Command::GetDerControls { request, filter } => (*request, Asked::Der { filter: filter.clone() }),
            _ => return Ok(None),
        };
        let before = self.asked(&order.station, asked.kind()).await?;
        Ok(Some(Change::put(&AskedReport {
            station: order.station.clone(),
            revision: before.map_or_else(Revision::default, |before| before.revision),
            request,
            asked,
            at: self.handler.now(),
            seen: Vec::new(),
        })))
    }

    async fn asked(&self, station: &StationId, kind: &str) -> Result<Option<AskedReport>, ReadError> {
        self.handler.store().get(&AskedReport::key_of(station, kind)).await
    }

    /// What a station's answer to an order tells of its energy.
    pub(super) async fn effects(&self, order: &OrderEntry, outcome: &Outcome) -> Result<Effects, ReadError> {
        let mut effects = Effects::default();
        let accepted = *outcome == Outcome::Verdict(Verdict::Accepted);
        let nothing = *outcome == Outcome::Verdict(Verdict::NothingFits);
        match (&order.command, outcome) {
            (Command::SetChargingProfile { place, profile }, _) if accepted => {
                self.profile_set(order, *place, profile, &mut effects).await?;
            }
            (Command::RemoteStart(start), Outcome::RemoteStart { verdict: Verdict::Accepted, .. }) => {
                if let Some(profile) = &start.profile {
                    let place = start.evse.map_or(Place::Station, Place::Evse);
                    self.profile_set(order, place, profile, &mut effects).await?;
                }
            }
            (Command::ClearChargingProfiles(clearing), _) if accepted || nothing => {
                let installed = installed_profiles(&**self.handler.store(), &order.station).await?;
                let gone = installed.iter().filter(|known| known.is_cleared_by(clearing));
                self.profiles_gone(order, gone, &mut effects);
            }
            (Command::GetChargingProfiles { place, filter, request }, _) if !accepted => {
                if nothing {
                    let installed = installed_profiles(&**self.handler.store(), &order.station).await?;
                    let gone = installed.iter().filter(|known| known.is_asked_by(*place, filter));
                    self.profiles_gone(order, gone, &mut effects);
                }
                self.asked_in_vain(order, AskedReport::PROFILES, *request, &mut effects).await?;
            }
            (Command::GetCompositeSchedule { place, .. }, Outcome::CompositeSchedule { schedule, .. }) => {
                if let Some(schedule) = schedule {
                    self.composed(order, *place, schedule, &mut effects).await?;
                }
            }
            (Command::UpdateDynamicSchedule { profile, update }, _) if accepted => {
                let key = InstalledProfile::key_of(&order.station, *profile);
                if let Some(mut known) = self.handler.store().get::<InstalledProfile>(&key).await? {
                    known.update(update, self.handler.now());
                    effects.changes.push(Change::put(&known));
                    self.tell(order, EnergyPart::Profile, profile.to_string(), "updated", &mut effects);
                }
            }
            (Command::UsePriorityCharging { transaction, activate }, _) if accepted => {
                self.prioritised(order, transaction, *activate, &mut effects).await?;
            }
            _ => self.later_effects(order, outcome, &mut effects).await?,
        }
        Ok(effects)
    }

    /// Those of blocks that only 2.1 has.
    async fn later_effects(
        &self,
        order: &OrderEntry,
        outcome: &Outcome,
        effects: &mut Effects,
    ) -> Result<(), ReadError> {
        let nothing = *outcome == Outcome::Verdict(Verdict::NothingFits);
        let accepted = *outcome == Outcome::Verdict(Verdict::Accepted);
        match (&order.command, outcome) {
            (
                Command::SetDerControl(control),
                Outcome::DerControl { verdict: Verdict::Accepted, superseded },
            ) => {
                let controls = self.der_controls(&order.station).await?;
                let before = controls.iter().find(|known| known.control.id == control.id);
                if before.is_some() || controls.len() < InstalledDer::MAX_PER_STATION {
                    effects.changes.push(Change::put(&InstalledDer {
                        station: order.station.clone(),
                        revision: before.map_or_else(Revision::default, |before| before.revision),
                        control: (**control).clone(),
                        by: Some(order.by.clone()),
                        since: self.handler.now(),
                        reported_at: None,
                        started_at: None,
                        ended_at: None,
                    }));
                }
                let loses = |known: &&InstalledDer| {
                    superseded.contains(&known.control.id) && known.control.id != control.id
                };
                effects.changes.extend(controls.iter().filter(loses).map(|known| {
                    let mut known = known.clone();
                    known.control.superseded = Some(true);
                    Change::put(&known)
                }));
                self.tell(order, EnergyPart::DerControl, control.id.to_string(), "set", effects);
            }
            (Command::ClearDerControls { scope, kind, id }, _) if accepted || nothing => {
                let group = match (id, kind) {
                    (Some(id), _) => DerGroup::Id(id),
                    (None, Some(kind)) => DerGroup::Kind(kind),
                    (None, None) => DerGroup::All,
                };
                let controls = self.der_controls(&order.station).await?;
                let gone = controls.iter().filter(|known| known.is_cleared_by(*scope, &group));
                effects.changes.extend(gone.map(Change::remove));
                self.tell(order, EnergyPart::DerControl, String::new(), "cleared", effects);
            }
            (Command::GetDerControls { request, filter }, _) if !accepted => {
                if nothing {
                    let controls = self.der_controls(&order.station).await?;
                    let gone = controls.iter().filter(|known| known.is_asked_by(filter));
                    effects.changes.extend(gone.map(Change::remove));
                }
                self.asked_in_vain(order, AskedReport::DER, *request, effects).await?;
            }
            (Command::AdjustStream { id, pace }, _) if accepted => {
                let key = KeptStream::key_of(&order.station, *id);
                if let Some(known) = self.handler.store().get::<KeptStream>(&key).await? {
                    effects.changes.push(Change::put(&KeptStream { pace: *pace, ..known }));
                    self.tell(order, EnergyPart::Stream, id.to_string(), "adjusted", effects);
                }
            }
            (Command::GetStreams, Outcome::Streams(open)) => self.streams_told(order, open, effects).await?,
            (Command::RequestBatterySwap { request, .. }, _) if accepted => {
                self.swap_wished(order, *request, effects).await?;
            }
            _ => self.tariff_effects(order, outcome, effects).await?,
        }
        Ok(())
    }

    async fn tariff_effects(
        &self,
        order: &OrderEntry,
        outcome: &Outcome,
        effects: &mut Effects,
    ) -> Result<(), ReadError> {
        let is_of_tariffs = matches!(
            order.command,
            Command::SetDefaultTariff { .. } | Command::GetTariffs { .. } | Command::ClearTariffs { .. }
        );
        if !is_of_tariffs {
            return Ok(());
        }
        let held: Option<StationTariffs> = self.handler.store().get(order.station.as_str()).await?;
        let mut held = held.unwrap_or_else(|| StationTariffs::new(order.station.clone()));
        let now = self.handler.now();
        let (key, word) = match (&order.command, outcome) {
            (Command::SetDefaultTariff { place, tariff }, Outcome::Tariff(TariffWord::Accepted)) => {
                let installed = InstalledTariff {
                    id: tariff.id.clone(),
                    kind: TariffKind::Default,
                    valid_from: tariff.valid_from,
                    evses: place.evse().into_iter().collect(),
                    tokens: 0,
                };
                held.set(HeldTariff { installed, by: Some(order.by.clone()), since: now }, *place);
                (tariff.id.clone(), "set")
            }
            (Command::GetTariffs { place }, Outcome::Tariffs { verdict, tariffs })
                if outcome.is_success() || *verdict == Verdict::NothingFits =>
            {
                held.told(tariffs, *place, now);
                (String::new(), "told")
            }
            (Command::ClearTariffs { .. }, Outcome::TariffsCleared(removals)) => {
                let is_gone = |word: TariffWord| matches!(word, TariffWord::Accepted | TariffWord::NoTariff);
                held.tariffs.retain(|tariff| {
                    !removals.iter().any(|removal| {
                        is_gone(removal.word) && removal.id.as_deref() == Some(&*tariff.installed.id)
                    })
                });
                (String::new(), "cleared")
            }
            _ => return Ok(()),
        };
        effects.changes.push(Change::put(&held));
        self.tell(order, EnergyPart::Tariff, key, word, effects);
        Ok(())
    }

    async fn profile_set(
        &self,
        order: &OrderEntry,
        place: Place,
        profile: &ChargingProfile,
        effects: &mut Effects,
    ) -> Result<(), ReadError> {
        let now = self.handler.now();
        let installed = installed_profiles(&**self.handler.store(), &order.station).await?;
        let before = installed.iter().find(|known| known.profile.id == profile.id);
        let over = installed.iter().filter(|known| known.is_over(now) && known.profile.id != profile.id);
        effects.changes.extend(over.map(Change::remove));
        if before.is_none() && installed.len() >= InstalledProfile::MAX_PER_STATION {
            self.tell(order, EnergyPart::Profile, profile.id.to_string(), "not_kept", effects);
            return Ok(());
        }
        effects.changes.push(Change::put(&InstalledProfile {
            station: order.station.clone(),
            revision: before.map_or_else(Revision::default, |before| before.revision),
            place,
            source: InstalledProfile::OURS.into(),
            by: Some(order.by.clone()),
            since: now,
            reported_at: None,
            profile: profile.clone(),
        }));
        self.tell(order, EnergyPart::Profile, profile.id.to_string(), "set", effects);
        Ok(())
    }

    fn profiles_gone<'a>(
        &self,
        order: &OrderEntry,
        gone: impl Iterator<Item = &'a InstalledProfile>,
        effects: &mut Effects,
    ) {
        for known in gone {
            effects.changes.push(Change::remove(known));
            self.tell(order, EnergyPart::Profile, known.profile.id.to_string(), "cleared", effects);
        }
    }

    /// No report follows.
    async fn asked_in_vain(
        &self,
        order: &OrderEntry,
        kind: &str,
        request: i32,
        effects: &mut Effects,
    ) -> Result<(), ReadError> {
        let asked = self.asked(&order.station, kind).await?;
        effects.changes.extend(asked.filter(|asked| asked.request == request).as_ref().map(Change::remove));
        Ok(())
    }

    async fn composed(
        &self,
        order: &OrderEntry,
        place: Place,
        schedule: &ocpp_core::model::CompositeSchedule,
        effects: &mut Effects,
    ) -> Result<(), ReadError> {
        let limit = ComposedSchedule::MAX_PER_STATION;
        let known: Vec<ComposedSchedule> = self.handler.store().owned(order.station.as_str(), limit).await?;
        let mut composed = ComposedSchedule {
            station: order.station.clone(),
            place,
            revision: Revision::default(),
            at: self.handler.now(),
            schedule: schedule.clone(),
        };
        match known.iter().find(|before| before.key() == composed.key()) {
            Some(before) => composed.revision = before.revision,
            None if known.len() >= limit => return Ok(()),
            None => {}
        }
        effects.changes.push(Change::put(&composed));
        let evse = place.evse().map_or_else(|| "0".to_owned(), |evse| evse.to_string());
        self.tell(order, EnergyPart::Composite, evse, "told", effects);
        Ok(())
    }

    async fn prioritised(
        &self,
        order: &OrderEntry,
        transaction: &StationTxRef,
        active: bool,
        effects: &mut Effects,
    ) -> Result<(), ReadError> {
        let store = &**self.handler.store();
        let Some(session) = named_session(store, &order.station, transaction).await? else { return Ok(()) };
        let energy: Option<SessionEnergy> = store.get(session.key.as_str()).await?;
        let evse = session.place.and_then(Place::evse);
        let mut energy =
            energy.unwrap_or_else(|| SessionEnergy::new(session.key.clone(), session.station.clone(), evse));
        energy.priority = Some(PriorityCharging { active, since: self.handler.now(), at_station: false });
        effects.changes.push(Change::put(&energy));
        let word = if active { "on" } else { "off" };
        self.tell(order, EnergyPart::Priority, session.key.to_string(), word, effects);
        Ok(())
    }

    async fn der_controls(&self, station: &StationId) -> Result<Vec<InstalledDer>, ReadError> {
        self.handler.store().owned(station.as_str(), InstalledDer::MAX_PER_STATION).await
    }

    /// N12: those that are open, and no others.
    async fn streams_told(
        &self,
        order: &OrderEntry,
        open: &[ocpp_core::model::Stream],
        effects: &mut Effects,
    ) -> Result<(), ReadError> {
        let now = self.handler.now();
        let limit = KeptStream::MAX_PER_STATION;
        let known: Vec<KeptStream> = self.handler.store().owned(order.station.as_str(), limit).await?;
        let is_open = |stream: &&KeptStream| open.iter().any(|told| told.id == stream.id);
        for stream in known.iter().filter(|stream| stream.closed_at.is_none() && !is_open(stream)) {
            effects.changes.push(Change::put(&KeptStream { closed_at: Some(now), ..stream.clone() }));
        }
        let mut room = limit.saturating_sub(known.len());
        for told in open {
            let kept = match known.iter().find(|stream| stream.id == told.id) {
                Some(stream) => {
                    KeptStream { pace: told.pace, monitor: told.monitor, closed_at: None, ..stream.clone() }
                }
                None if room == 0 => continue,
                None => {
                    room -= 1;
                    KeptStream::opened(order.station.clone(), told, now)
                }
            };
            effects.changes.push(Change::put(&kept));
        }
        self.tell(order, EnergyPart::Stream, String::new(), "told", effects);
        Ok(())
    }

    async fn swap_wished(
        &self,
        order: &OrderEntry,
        request: i32,
        effects: &mut Effects,
    ) -> Result<(), ReadError> {
        let store = &**self.handler.store();
        let before: Option<SwapEntry> = store.get(&SwapEntry::key_of(&order.station, request)).await?;
        if before.is_none() {
            effects.changes.extend(oldest_swap(store, &order.station).await?.as_ref().map(Change::remove));
        }
        let mut swap = before.unwrap_or_else(|| SwapEntry::new(order.station.clone(), request));
        swap.wished = Some(SwapWish { by: order.by.clone(), at: order.at });
        effects.changes.push(Change::put(&swap));
        self.tell(order, EnergyPart::BatterySwap, request.to_string(), swap.state(), effects);
        Ok(())
    }

    fn tell(&self, order: &OrderEntry, part: EnergyPart, key: String, state: &str, effects: &mut Effects) {
        let kind = EventKind::EnergyChanged { part, key, state: state.to_owned() };
        effects.events.push(Event { at: self.handler.now(), station: Some(order.station.clone()), kind });
    }
}
