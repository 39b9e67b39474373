//! Keeping what stations answer.

use jiff::Timestamp;
use ocpp_core::model::{Command, Outcome, Setting, SettingResult, StationId, Verdict};

use super::split::Message;
use super::{DeviceError, DeviceModels, Item, is_about};
use crate::catalogue::name;
use crate::domain::{Ending, Event, EventKind, Learnt, OrderId, OrderState, StationDevice};
use crate::handle::device::{learn_values, parts_of};
use crate::handle::parts;
use crate::store::{Change, CommitError, TypedRecords, Unit};

/// How often to decide anew when somebody else changed the device model in the meantime.
const MAX_CONFLICTS: usize = 10;

impl DeviceModels {
    /// Keeps what was read.
    pub(super) async fn learn_read(
        &self,
        station: &StationId,
        told: &[SettingResult],
    ) -> Result<(), DeviceError> {
        self.learn(station, told, Learnt::Read, |_| {}).await
    }

    /// Keeps what an answer tells: values that were read; new values that were taken, and those that need a restart.
    pub(super) async fn learn_answer(
        &self,
        station: &StationId,
        message: Message,
        batch: &[(usize, Item)],
        told: &[SettingResult],
    ) -> Result<(), DeviceError> {
        if message == Message::Read {
            return self.learn_read(station, told).await;
        }
        let mut taken = Vec::new();
        let (mut at_once, mut after_reboot) = (Vec::new(), Vec::new());
        for (_, item) in batch {
            let Some(result) = told.iter().find(|result| is_about(result, item)) else { continue };
            match result.verdict {
                Verdict::Accepted => {
                    taken.push(SettingResult { value: item.value.clone(), ..result.clone() });
                    at_once.push(name(&item.said));
                }
                Verdict::RebootRequired => after_reboot.push(name(&item.said)),
                _ => {}
            }
        }
        let now = self.now();
        self.learn(station, &taken, Learnt::Changed, |device| {
            device.reboot_for.retain(|name, _| !at_once.contains(name));
            for name in &after_reboot {
                if device.reboot_for.len() < StationDevice::MAX_REBOOTS {
                    device.reboot_for.insert(name.clone(), now);
                }
            }
        })
        .await
    }

    /// Keeps what a station said to an order that was placed elsewhere. What was learnt since it was sent is newer, or
    /// the same.
    pub(super) async fn learn_order(&self, id: &OrderId) -> Result<(), DeviceError> {
        let Some(order) = self.csms.desk().find(id).await? else { return Ok(()) };
        let OrderState::Ended { ending: Ending::Answered { outcome: Outcome::Settings(told) }, .. } =
            &order.state
        else {
            return Ok(());
        };
        let settings: Vec<Setting> = told.iter().map(|result| result.setting.clone()).collect();
        let known = self.known_at(&order.station, &settings).await?;
        let is_news = |at: &Option<Timestamp>| at.is_none_or(|at| at < order.at);
        let news: Vec<SettingResult> =
            told.iter().zip(&known).filter(|(_, at)| is_news(at)).map(|(result, _)| result.clone()).collect();
        match &order.command {
            _ if news.is_empty() => Ok(()),
            Command::ReadSettings(_) => self.learn_read(&order.station, &news).await,
            Command::ChangeSettings(changes) => {
                let batch: Vec<(usize, Item)> = changes
                    .iter()
                    .map(|change| {
                        let (asked, value) = (change.setting.clone(), Some(change.value.clone()));
                        (0, Item { said: asked.clone(), asked, attribute: change.attribute, value })
                    })
                    .collect();
                self.learn_answer(&order.station, Message::Change, &batch, &news).await
            }
            _ => Ok(()),
        }
    }

    /// Keeps values, and changes the device model as a whole.
    pub(in crate::maintenance) async fn learn(
        &self,
        station: &StationId,
        told: &[SettingResult],
        learnt: Learnt,
        change: impl Fn(&mut StationDevice),
    ) -> Result<(), DeviceError> {
        let store = self.csms.store();
        let names = parts_of(told.iter().map(|result| &result.setting));
        for _ in 0..MAX_CONFLICTS {
            let before: Option<StationDevice> = store.get(station.as_str()).await?;
            let mut device = before.clone().unwrap_or_else(|| StationDevice::new(station.clone()));
            let known = parts(&**store, station, &names).await?;
            let learned = learn_values(&mut device, &known, told, self.now(), learnt);
            change(&mut device);
            let mut changes: Vec<Change> = learned.parts.iter().map(Change::put).collect();
            if before.as_ref() != Some(&device) {
                changes.push(Change::put(&device));
            }
            if changes.is_empty() {
                return Ok(());
            }
            let settings = u32::try_from(told.len()).unwrap_or(u32::MAX);
            let kind = EventKind::SettingsLearnt { settings };
            let events = vec![Event { at: self.now(), station: Some(station.clone()), kind }];
            match self.csms.commit(Unit { changes, events, ..Unit::default() }).await {
                Err(CommitError::Conflict { .. }) => {}
                done => return Ok(done?),
            }
        }
        Err(DeviceError::Conflict)
    }
}
