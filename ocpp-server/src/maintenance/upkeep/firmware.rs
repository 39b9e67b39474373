//! Firmware, and the update of one station with it (L01, L02).

use std::time::Duration;

use futures_util::{Stream, StreamExt};
use jiff::Timestamp;
use ocpp_core::model::{Cause, Command, FirmwareSignature, FirmwareVerdict, Outcome, StationId};
use uuid::Uuid;

use super::{Upkeep, UpkeepError, after, invalid, pause, unknown};
use crate::domain::{
    CampaignId, Event, EventKind, Firmware, FirmwareId, FirmwareSource, OpenUpkeep, Record, RecordKind,
    Revision, StationUpdate, UpdateState, UpkeepKind,
};
use crate::maintenance::giving::{Told, tell};
use crate::store::{Change, CommitError, RecordFilter, TypedRecords, Unit};

/// What is said of a firmware.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FirmwareForm {
    /// What people call it, and the name of the file; at most 100 characters.
    pub name: String,
    /// What stations say of their firmware when they start with it; at most 50 characters.
    pub version: Option<String>,
    /// Where stations fetch it, at most 512 characters; absent when the manager is to keep it.
    pub url: Option<String>,
    /// The maker's signature.
    pub signature: Option<FirmwareSignature>,
}

impl FirmwareForm {
    fn check(&self) -> Result<(), UpkeepError> {
        let is_text = |text: &str, max: usize| {
            !text.trim().is_empty() && text.chars().count() <= max && !text.chars().any(char::is_control)
        };
        if !is_text(&self.name, 100) {
            return Err(invalid("/name", "A name of 1 to 100 characters is needed."));
        }
        if self.version.as_deref().is_some_and(|version| !is_text(version, 50)) {
            return Err(invalid("/version", "A version has 1 to 50 characters, as stations say it."));
        }
        if self.url.as_deref().is_some_and(|url| !is_text(url, 512) || !url.contains("://")) {
            return Err(invalid(
                "/url",
                "The URL has at most 512 characters, such as https://example.com/fw.bin.",
            ));
        }
        if let Some(signature) = &self.signature {
            if signature.certificate.is_empty() || signature.certificate.chars().count() > 5500 {
                return Err(invalid(
                    "/signature/certificate",
                    "The certificate is PEM of 1 to 5,500 characters.",
                ));
            }
            if signature.signature.is_empty() || signature.signature.chars().count() > 800 {
                return Err(invalid(
                    "/signature/signature",
                    "The signature is Base64 of 1 to 800 characters.",
                ));
            }
        }
        Ok(())
    }
}

/// How one station is to be updated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateForm {
    /// With what.
    pub firmware: FirmwareId,
    /// From when on it may be fetched; at once when absent.
    pub retrieve_at: Option<Timestamp>,
    /// From when on it may be installed; as soon as it is there when absent. The update of 1.6 without signature
    /// cannot say it.
    pub install_at: Option<Timestamp>,
    /// How often the station tries again, and with what pause in seconds; it decides when absent.
    pub retries: Option<(u32, u32)>,
    /// How long the station may take until it starts with the new version, from its coming on.
    pub within: Duration,
}

/// The longest that an update may wait and take.
const MAX_WITHIN: Duration = Duration::from_secs(400 * 86_400);
/// The first number of a station's updates.
const FIRST: u32 = 1;
/// How many of a station's updates are looked at.
const LATEST: usize = 100;
/// How soon to look at an update again whose station may not be told anything.
const ASK_AGAIN: Duration = Duration::from_secs(60);

/// Firmware.
impl Upkeep {
    /// Adds a firmware: one that lies elsewhere, or one whose content is still to come
    /// ([`Upkeep::take_firmware`]).
    ///
    /// # Errors
    /// [`UpkeepError::Invalid`].
    pub async fn add_firmware(&self, form: FirmwareForm) -> Result<Firmware, UpkeepError> {
        form.check()?;
        let firmware = Firmware {
            id: FirmwareId(Uuid::now_v7().to_string()),
            revision: Revision::default(),
            name: form.name.trim().to_owned(),
            version: form.version,
            source: match form.url {
                Some(url) => FirmwareSource::External { url },
                None => FirmwareSource::Awaited,
            },
            signature: form.signature,
            added_at: self.now(),
        };
        self.keep_firmware(firmware).await
    }

    async fn keep_firmware(&self, firmware: Firmware) -> Result<Firmware, UpkeepError> {
        let kind = EventKind::RecordChanged { record: RecordKind::Firmware, key: Some(firmware.key()) };
        let events = vec![Event { at: self.now(), station: None, kind }];
        self.csms.commit(Unit { changes: vec![Change::put(&firmware)], events, ..Unit::default() }).await?;
        let revision = firmware.revision.next();
        Ok(firmware.at_revision(revision))
    }

    /// Takes the content of a firmware that is awaited.
    ///
    /// # Errors
    /// [`UpkeepError`]; nothing of it is kept then.
    pub async fn take_firmware<B: AsRef<[u8]>, E>(
        &self,
        id: &FirmwareId,
        content: impl Stream<Item = Result<B, E>>,
    ) -> Result<Firmware, UpkeepError> {
        let mut firmware = self.firmware(id).await?;
        if firmware.source != FirmwareSource::Awaited {
            return Err(UpkeepError::Forbidden(
                "Its content never changes: add another firmware.".to_owned(),
            ));
        }
        let key = file_key(id);
        if !self.uploading().insert(key.clone()) {
            return Err(UpkeepError::Conflict);
        }
        let kept = self.take(&key, self.settings.max_firmware, content).await;
        self.uploading().remove(&key);
        firmware.source = FirmwareSource::Kept(kept?);
        self.keep_firmware(firmware).await
    }

    /// Writes what comes into the file of a key.
    pub(super) async fn take<B: AsRef<[u8]>, E>(
        &self,
        key: &str,
        limit: u64,
        content: impl Stream<Item = Result<B, E>>,
    ) -> Result<crate::domain::KeptFile, super::FilesError> {
        let mut draft = self.files.begin(key, limit)?;
        let mut content = std::pin::pin!(content);
        while let Some(piece) = content.next().await {
            let piece = piece.map_err(|_| super::FilesError::BrokenOff)?;
            draft.write(piece.as_ref())?;
        }
        draft.finish(self.now()).await
    }

    /// Removes a firmware with its file. Updates that are under way fail when their station comes for it.
    ///
    /// # Errors
    /// [`UpkeepError`].
    pub async fn remove_firmware(&self, id: &FirmwareId) -> Result<(), UpkeepError> {
        let firmware = self.firmware(id).await?;
        let kind = EventKind::RecordRemoved { record: RecordKind::Firmware, key: Some(firmware.key()) };
        let events = vec![Event { at: self.now(), station: None, kind }];
        self.csms
            .commit(Unit { changes: vec![Change::remove(&firmware)], events, ..Unit::default() })
            .await?;
        self.files.remove(&file_key(id)).map_err(|error| UpkeepError::Unavailable(error.to_string()))
    }

    /// A firmware.
    ///
    /// # Errors
    /// [`UpkeepError::Unknown`].
    pub async fn firmware(&self, id: &FirmwareId) -> Result<Firmware, UpkeepError> {
        self.csms.store().get::<Firmware>(&id.0).await?.ok_or_else(|| unknown("firmware", &id.0))
    }

    /// The file of a firmware for a station that comes with an address out of an order; `None` when the address
    /// does not hold, or there is no file.
    ///
    /// # Errors
    /// When it cannot be looked up.
    pub async fn fetched_firmware(
        &self,
        id: &FirmwareId,
        seal: &super::Seal,
    ) -> Result<Option<(Firmware, std::path::PathBuf)>, UpkeepError> {
        if !self.links.opens_firmware(id, seal, self.now()) {
            return Ok(None);
        }
        let Some(firmware) = self.csms.store().get::<Firmware>(&id.0).await? else { return Ok(None) };
        let is_kept = matches!(firmware.source, FirmwareSource::Kept(_));
        Ok(is_kept.then(|| (firmware, self.files.path_of(&file_key(id)))))
    }

    /// Where a firmware is fetched until a moment.
    ///
    /// # Errors
    /// [`UpkeepError::Forbidden`] when its content has not come yet.
    pub fn location_of(&self, firmware: &Firmware, until: Timestamp) -> Result<String, UpkeepError> {
        match &firmware.source {
            FirmwareSource::External { url } => Ok(url.clone()),
            FirmwareSource::Kept(_) => Ok(self.links.firmware(&firmware.id, &firmware.name, until)),
            FirmwareSource::Awaited => {
                Err(UpkeepError::Forbidden("The content of this firmware has not come yet.".to_owned()))
            }
        }
    }
}

fn file_key(id: &FirmwareId) -> String {
    format!("firmware/{}", id.0)
}

/// Updates.
impl Upkeep {
    /// Begins the update of a station. It is told as soon as it is connected; a later update takes the place of
    /// one that it is at.
    ///
    /// # Errors
    /// [`UpkeepError`].
    pub async fn update(
        &self,
        station: &StationId,
        form: &UpdateForm,
        by: &str,
    ) -> Result<StationUpdate, UpkeepError> {
        self.begin_update(station, form, by, None, |_| Vec::new()).await
    }

    /// Begins an update, and keeps more in the same unit.
    pub(super) async fn begin_update(
        &self,
        station: &StationId,
        form: &UpdateForm,
        by: &str,
        campaign: Option<&CampaignId>,
        more: impl Fn(u32) -> Vec<Change>,
    ) -> Result<StationUpdate, UpkeepError> {
        let firmware = self.firmware(&form.firmware).await?;
        let now = self.now();
        self.location_of(&firmware, now)?;
        if form.within.is_zero() || form.within > MAX_WITHIN {
            return Err(invalid("/within_hours", "An update may take from an hour to 400 days."));
        }
        if let (Some(retrieve), Some(install)) = (form.retrieve_at, form.install_at)
            && install < retrieve
        {
            return Err(invalid("/install_at", "It cannot be installed before it is fetched."));
        }
        let kept = self.csms.store().station(station).await?;
        if kept.is_none()
            && self.csms.store().get::<crate::domain::StationEntry>(station.as_str()).await?.is_none()
        {
            return Err(unknown("station", station.as_str()));
        }
        let latest = form.retrieve_at.unwrap_or(now).max(form.install_at.unwrap_or(now)).max(now);
        for _ in 0..super::MAX_CONFLICTS {
            let newest = self.updates_of(station, 1).await?;
            let request = newest.first().map_or(FIRST, |newest| newest.request.saturating_add(1));
            let update = StationUpdate {
                station: station.clone(),
                request,
                revision: Revision::default(),
                firmware: firmware.id.clone(),
                retrieve_at: form.retrieve_at,
                install_at: form.install_at,
                retries: form.retries,
                expected: firmware.version.clone(),
                before: kept
                    .as_ref()
                    .and_then(|kept| kept.boot.as_ref()?.firmware.as_deref().map(Into::into)),
                state: UpdateState::Waiting,
                course: Vec::new(),
                booted: None,
                attempts: 0,
                look_at: now,
                campaign: campaign.cloned(),
                by: by.to_owned(),
                ordered_at: now,
                until: after(latest, form.within),
            };
            let open = OpenUpkeep::new(UpkeepKind::Update, station, u64::from(request));
            let mut changes = vec![Change::put(&update), Change::put(&open)];
            changes.extend(more(request));
            let events = vec![self.event(station, changed(&update))];
            match self.csms.commit(Unit { changes, events, ..Unit::default() }).await {
                Ok(()) => return Ok(StationUpdate { revision: Revision(1), ..update }),
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(UpkeepError::Conflict)
    }

    /// Takes back an update that the station has not been told of.
    ///
    /// # Errors
    /// [`UpkeepError::Forbidden`] when it was told.
    pub async fn withdraw_update(
        &self,
        station: &StationId,
        request: u32,
    ) -> Result<StationUpdate, UpkeepError> {
        let update = self
            .change_update(station, request, |update| {
                (update.state == UpdateState::Waiting)
                    .then(|| update.state = UpdateState::Withdrawn)
                    .is_some()
            })
            .await?;
        if update.state == UpdateState::Withdrawn {
            return Ok(update);
        }
        let sentence = "The station was told already: a later update takes its place, where the station can.";
        Err(UpkeepError::Forbidden(sentence.to_owned()))
    }

    /// The latest updates of a station, the last one first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn updates_of(
        &self,
        station: &StationId,
        limit: usize,
    ) -> Result<Vec<StationUpdate>, UpkeepError> {
        let filter = RecordFilter::all(RecordKind::StationUpdate, limit).of(station.as_str()).descending();
        Ok(self.csms.store().list(filter).await?)
    }

    pub(super) async fn change_update(
        &self,
        station: &StationId,
        request: u32,
        change: impl Fn(&mut StationUpdate) -> bool,
    ) -> Result<StationUpdate, UpkeepError> {
        let key = StationUpdate::key_of(station, request);
        self.change(&key, "update", |mut update: StationUpdate| {
            let before = update.state.clone();
            if !change(&mut update) {
                return None;
            }
            let told = (update.state != before).then(|| self.event(station, changed(&update)));
            Some((update, Vec::new(), told.into_iter().collect()))
        })
        .await
    }

    /// Goes on with an update; tells when to look at it again, `None` when it is at its end.
    pub(super) async fn step_update(
        &self,
        station: &StationId,
        request: u32,
    ) -> Result<Option<Timestamp>, UpkeepError> {
        let key = StationUpdate::key_of(station, request);
        let Some(update) = self.csms.store().get::<StationUpdate>(&key).await? else { return Ok(None) };
        let now = self.now();
        if update.state.is_end() {
            return Ok(None);
        }
        if now >= update.until {
            let why = match update.state {
                UpdateState::Waiting => "the station did not come in time",
                UpdateState::Sent => "the station never said what became of it",
                UpdateState::Installed => "it says that it is installed, but never started with it",
                _ => "it did not end in time",
            };
            self.fail_update(station, request, why.to_owned()).await?;
            return Ok(None);
        }
        match update.state {
            UpdateState::Waiting if update.look_at > now => Ok(Some(update.look_at.min(update.until))),
            UpdateState::Waiting => self.tell_update(update).await,
            UpdateState::Sent if update.look_at > now => Ok(Some(update.look_at.min(update.until))),
            UpdateState::Sent if update.attempts < self.settings.attempts => {
                // Nothing was heard of it: it is said again, with the same number.
                let again = self.change_update(station, request, |update| {
                    (update.state == UpdateState::Sent).then(|| update.state = UpdateState::Waiting).is_some()
                });
                again.await?;
                Ok(Some(now))
            }
            UpdateState::Sent => {
                self.fail_update(station, request, "the station does not answer".to_owned()).await?;
                Ok(None)
            }
            _ => Ok(Some(update.until)),
        }
    }

    /// Tells the station, when it is there.
    async fn tell_update(&self, update: StationUpdate) -> Result<Option<Timestamp>, UpkeepError> {
        let (station, request) = (update.station.clone(), update.request);
        if !self.csms.stations().is_connected(&station) {
            return Ok(Some(update.until));
        }
        let firmware = match self.firmware(&update.firmware).await {
            Ok(firmware) => firmware,
            Err(UpkeepError::Unknown { .. }) => {
                self.fail_update(&station, request, "the firmware was removed".to_owned()).await?;
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let location = match self.location_of(&firmware, update.until) {
            Ok(location) => location,
            Err(error) => {
                self.fail_update(&station, request, error.to_string()).await?;
                return Ok(None);
            }
        };
        let now = self.now();
        let look_at = after(now, self.settings.answer_within);
        let sent = self
            .change_update(&station, request, |update| {
                if update.state != UpdateState::Waiting {
                    return false;
                }
                update.state = UpdateState::Sent;
                update.attempts = update.attempts.saturating_add(1);
                update.look_at = look_at;
                true
            })
            .await?;
        if sent.state != UpdateState::Sent {
            return Ok(Some(now));
        }
        let command = Command::UpdateFirmware(sent.order(&location, firmware.signature, now));
        let said = tell(&self.csms, &station, command, &sent.by).await;
        self.note_answer(&sent, said).await
    }

    /// What the station said to the order.
    async fn note_answer(
        &self,
        update: &StationUpdate,
        said: Told,
    ) -> Result<Option<Timestamp>, UpkeepError> {
        let (station, request) = (&update.station, update.request);
        let wait = |time| Ok(Some(after(self.now(), time)));
        match said {
            Told::Said(Outcome::Firmware { verdict, cause: _ }) if verdict.is_accepted() => {
                // The station may have told more already.
                self.change_update(station, request, |update| {
                    (update.state == UpdateState::Sent).then(|| update.state = UpdateState::Running).is_some()
                })
                .await?;
                self.supersede_before(station, request).await?;
                Ok(Some(update.until))
            }
            Told::Said(Outcome::Firmware { verdict, cause }) => {
                self.fail_update(station, request, refusal_in_words(verdict, cause.as_ref())).await?;
                Ok(None)
            }
            Told::Said(_) => {
                self.fail_update(station, request, "the station's answer is none to an update".to_owned())
                    .await?;
                Ok(None)
            }
            Told::Impossible(why) => {
                self.fail_update(station, request, why).await?;
                Ok(None)
            }
            Told::Refused(why) => {
                self.fail_update(station, request, format!("the station's answer: {why}")).await?;
                Ok(None)
            }
            Told::Forbidden(_) => {
                self.untell(station, request, after(self.now(), ASK_AGAIN)).await?;
                wait(ASK_AGAIN)
            }
            Told::NotConnected | Told::NotKept(_) => {
                let time = pause(self.settings.retry_after, update.attempts);
                self.untell(station, request, after(self.now(), time)).await?;
                wait(time)
            }
            Told::Unclear(_) => wait(self.settings.answer_within),
        }
    }

    /// Nothing was sent: it waits again, and this attempt does not count.
    async fn untell(&self, station: &StationId, request: u32, look_at: Timestamp) -> Result<(), UpkeepError> {
        self.change_update(station, request, |update| {
            if update.state != UpdateState::Sent {
                return false;
            }
            update.state = UpdateState::Waiting;
            update.attempts = update.attempts.saturating_sub(1);
            update.look_at = look_at;
            true
        })
        .await
        .map(drop)
    }

    pub(super) async fn fail_update(
        &self,
        station: &StationId,
        request: u32,
        why: String,
    ) -> Result<(), UpkeepError> {
        self.change_update(station, request, |update| {
            let open = !update.state.is_end();
            if open {
                update.state = UpdateState::Failed { why: why.clone() };
            }
            open
        })
        .await
        .map(drop)
    }

    /// A station is at one update only: the ones before give way to the one that it agreed to.
    async fn supersede_before(&self, station: &StationId, request: u32) -> Result<(), UpkeepError> {
        for before in self.updates_of(station, LATEST).await? {
            if before.request < request && !before.state.is_end() {
                self.change_update(station, before.request, |update| {
                    (!update.state.is_end()).then(|| update.state = UpdateState::Superseded).is_some()
                })
                .await?;
            }
        }
        Ok(())
    }
}

fn changed(update: &StationUpdate) -> EventKind {
    EventKind::UpdateChanged {
        request: update.request,
        state: update.state.name().to_owned(),
        campaign: update.campaign.clone(),
    }
}

fn refusal_in_words(verdict: FirmwareVerdict, cause: Option<&Cause>) -> String {
    let what = match verdict {
        FirmwareVerdict::InvalidCertificate => "the station does not trust the signer's certificate",
        FirmwareVerdict::RevokedCertificate => "the signer's certificate was revoked",
        _ => "the station refused the update",
    };
    match cause {
        Some(Cause { code, text: Some(text) }) => format!("{what} ({code}: {text})"),
        Some(Cause { code, text: None }) => format!("{what} ({code})"),
        None => what.to_owned(),
    }
}
