//! Telling stations of 2.x what a session costs between their own reports (I02): idle time costs although
//! nothing is reported.

use std::collections::HashMap;

use ocpp_core::model::{Command, Money, SessionKey};
use tokio_util::sync::CancellationToken;

use super::Processes;
use super::payment::reference_of;
use crate::domain::{Session, SessionStatus};
use crate::store::{Page, SessionFilter};

/// The most running sessions that are looked at in one round.
const MAX_SESSIONS: usize = 10_000;

impl Processes {
    /// Sends CostUpdated to whoever shows a cost that has changed, until `shutdown`.
    pub(super) async fn show_costs(&self, shutdown: &CancellationToken) {
        let mut round = tokio::time::interval(self.settings.cost_display_every);
        round.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut shown: HashMap<SessionKey, Money> = HashMap::new();
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                _ = round.tick() => {}
            }
            let filter = SessionFilter { station: None, status: Some(SessionStatus::Active), token: None };
            let page = Page { after: None, limit: MAX_SESSIONS };
            match self.csms.store().sessions(filter, page).await {
                Ok(running) => {
                    shown.retain(|key, _| running.iter().any(|session| session.key == *key));
                    for session in running.iter().filter(|session| session.tariff.is_some()) {
                        self.show_cost(session, &mut shown).await;
                    }
                }
                Err(error) => tracing::warn!(%error, "costs cannot be shown at the moment"),
            }
        }
    }

    async fn show_cost(&self, session: &Session, shown: &mut HashMap<SessionKey, Money>) {
        let version = self.csms.stations().version(&session.station).filter(|version| version.is_2x());
        let Some(version) = version else { return };
        let cost = match self.cost_at(session, self.csms.now()).await {
            Ok(Some(cost)) => cost.rounded(),
            Ok(None) => return,
            Err(error) => return tracing::warn!(%error, "a cost cannot be shown"),
        };
        let told = shown.get(&session.key).copied().or(session.cost.map(Money::rounded));
        if told == Some(cost) {
            return;
        }
        let transaction = reference_of(session, version);
        let command = Command::ShowCost { transaction, total: cost.amount() };
        match self.csms.commands().order(&session.station, &command).await {
            Ok(_) => {
                shown.insert(session.key.clone(), cost);
            }
            Err(error) => {
                // Many stations have no display; they are asked again when the cost has changed.
                shown.insert(session.key.clone(), cost);
                tracing::debug!(station = %session.station, %error, "a station did not take the cost");
            }
        }
    }
}
