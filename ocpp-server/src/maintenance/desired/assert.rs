//! Bringing stations to what they should have.

use jiff::SignedDuration;
use ocpp_core::model::{AttributeKind, SettingAttribute, SettingChange, StationId, Verdict};

use super::{Desired, Drift, DriftRow, StationDrift};
use crate::domain::{Assertion, Attempt, Learnt, SettingTemplate};
use crate::maintenance::device::{DeviceError, ItemResult, ItemWord, MAX_ITEMS, key_of};

/// How often a value is tried by itself that the station does not come to have.
const MAX_TRIES: u32 = 3;
/// How long it is left alone in between.
const PAUSE: SignedDuration = SignedDuration::from_hours(1);
/// Who orders what is asserted by itself.
const BY: &str = "templates";

/// Who wants a station brought to what it should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose<'a> {
    /// Somebody: everything is tried.
    Operator(&'a str),
    /// The manager, after a connection or a restart: what a template wants asserted, a few times at most.
    Manager,
}

impl Desired {
    /// Reads what a station should have, and changes what is otherwise, of every template that is for it, however
    /// often it has refused before. Tells how it stands then.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub async fn assert(&self, station: &StationId, by: &str) -> Result<StationDrift, DeviceError> {
        self.bring(station, Whose::Operator(by)).await
    }

    /// The same by itself: templates that only report are read, not asserted.
    pub(super) async fn look_after(&self, station: &StationId) -> Result<StationDrift, DeviceError> {
        self.bring(station, Whose::Manager).await
    }

    async fn bring(&self, station: &StationId, whose: Whose<'_>) -> Result<StationDrift, DeviceError> {
        let before = self.drift(station).await?;
        if before.rows.is_empty() {
            return Ok(before);
        }
        let by = match whose {
            Whose::Operator(by) => by,
            Whose::Manager => BY,
        };
        self.read_wanted(&before, by).await?;
        let stands = self.drift(station).await?;
        let changes = self.to_change(&stands, whose).await?;
        for some in changes.chunks(MAX_ITEMS) {
            let results = self.devices.change(station, some, by).await?;
            self.note(station, some, &results).await?;
        }
        let after = self.drift(station).await?;
        self.forget(station, &after).await?;
        Ok(after)
    }

    async fn read_wanted(&self, drift: &StationDrift, by: &str) -> Result<(), DeviceError> {
        let wanted = drift.rows.iter().filter_map(|row| row.said.as_ref());
        let wanted: Vec<SettingAttribute> = wanted
            .map(|said| SettingAttribute { setting: said.setting.clone(), attribute: AttributeKind::Actual })
            .collect();
        for some in wanted.chunks(MAX_ITEMS) {
            let results = self.devices.read(&drift.station, some, by).await?;
            self.note_unknown(drift, &results).await?;
        }
        Ok(())
    }

    /// A setting that the station does not have is not tried.
    async fn note_unknown(&self, drift: &StationDrift, results: &[ItemResult]) -> Result<(), DeviceError> {
        let now = self.csms().now();
        let unknown = results.iter().filter_map(|result| {
            let ItemWord::Answered { verdict: verdict @ Verdict::Unknown, .. } = &result.word else {
                return None;
            };
            let key = key_of(result.said.as_ref()?);
            let wanted = drift.rows.iter().filter_map(|row| row.said.as_ref());
            let value = wanted.into_iter().find(|said| key_of(&said.setting) == key)?.value.clone();
            let said = verdict.word().to_owned();
            Some((key, Attempt { value, tries: MAX_TRIES, at: now, verdict: Some(*verdict), said }))
        });
        self.keep_attempts(&drift.station, unknown.collect()).await?;
        // One that it has after all, such as after an update of its firmware, is tried again.
        let there: Vec<String> = results
            .iter()
            .filter(|result| result.is_success())
            .filter_map(|result| Some(key_of(result.said.as_ref()?)))
            .collect();
        self.devices
            .learn(&drift.station, &[], Learnt::Read, |device| {
                device
                    .attempts
                    .retain(|key, attempt| attempt.verdict != Some(Verdict::Unknown) || !there.contains(key));
            })
            .await
    }

    async fn to_change(
        &self,
        stands: &StationDrift,
        whose: Whose<'_>,
    ) -> Result<Vec<SettingChange>, DeviceError> {
        let device = self.devices.device(&stands.station).await?;
        let attempts = device.map(|device| device.attempts).unwrap_or_default();
        let now = self.csms().now();
        let is_due = |row: &&DriftRow| {
            if !matches!(
                row.drift,
                Drift::Differs | Drift::NeverReported | Drift::Refused { .. } | Drift::NotAnswered { .. }
            ) {
                return false;
            }
            let Whose::Manager = whose else { return true };
            let said = row.said.as_ref();
            let tried = said
                .and_then(|said| attempts.get(&key_of(&said.setting)))
                .filter(|attempt| said.is_some_and(|said| said.value == attempt.value));
            row.assertion == Assertion::Assert
                && tried.is_none_or(|tried| tried.tries < MAX_TRIES && tried.at + PAUSE <= now)
        };
        Ok(stands.rows.iter().filter(is_due).filter_map(|row| row.said.clone()).collect())
    }

    /// Remembers what came of each.
    async fn note(
        &self,
        station: &StationId,
        changes: &[SettingChange],
        results: &[ItemResult],
    ) -> Result<(), DeviceError> {
        let now = self.csms().now();
        let attempt = |(change, result): (&SettingChange, &ItemResult)| {
            let (verdict, said) = match &result.word {
                ItemWord::Answered { verdict, cause, .. } => {
                    let why = cause.as_ref().map(|cause| match &cause.text {
                        Some(text) => format!(" ({}: {text})", cause.code),
                        None => format!(" ({})", cause.code),
                    });
                    (Some(*verdict), format!("{}{}", verdict.word(), why.unwrap_or_default()))
                }
                ItemWord::CannotSay { why } => (Some(Verdict::NotSupported), why.clone()),
                ItemWord::NotAnswered { why } => (None, why.clone()),
            };
            (
                key_of(&change.setting),
                Attempt { value: change.value.clone(), tries: 1, at: now, verdict, said },
            )
        };
        self.keep_attempts(station, changes.iter().zip(results).map(attempt).collect()).await
    }

    /// Counts attempts at the same value on.
    async fn keep_attempts(
        &self,
        station: &StationId,
        new: Vec<(String, Attempt)>,
    ) -> Result<(), DeviceError> {
        if new.is_empty() {
            return Ok(());
        }
        self.devices
            .learn(station, &[], Learnt::Read, |device| {
                for (key, attempt) in &new {
                    let before = device.attempts.get(key).filter(|before| before.value == attempt.value);
                    let tries = before.map_or(0, |before| before.tries).saturating_add(attempt.tries);
                    let attempt = Attempt { tries, ..attempt.clone() };
                    if device.attempts.len() < MAX_ATTEMPTS || device.attempts.contains_key(key) {
                        device.attempts.insert(key.clone(), attempt);
                    }
                }
            })
            .await
    }

    /// Forgets attempts at what nobody wants any more, and at what was reached and still is after it was read again.
    async fn forget(&self, station: &StationId, after: &StationDrift) -> Result<(), DeviceError> {
        let wanted: Vec<(String, &Drift)> = after
            .rows
            .iter()
            .filter_map(|row| Some((key_of(&row.said.as_ref()?.setting), &row.drift)))
            .collect();
        let device = self.devices.device(station).await?;
        let is_kept =
            |key: &String| wanted.iter().any(|(wanted, drift)| wanted == key && **drift != Drift::None);
        if device.is_none_or(|device| device.attempts.keys().all(is_kept)) {
            return Ok(());
        }
        self.devices
            .learn(station, &[], Learnt::Read, |device| device.attempts.retain(|key, _| is_kept(key)))
            .await
    }
}

/// How many attempts are remembered for a station at most.
const MAX_ATTEMPTS: usize = 5 * SettingTemplate::MAX_SETTINGS;
