//! Telling stations of 2.x what a session costs between their own reports (I02): idle time costs although
//! nothing is reported.

use std::collections::{HashMap, HashSet};

use futures_util::StreamExt;
use ocpp_core::model::{Command, Money, SessionKey};
use tokio_util::sync::CancellationToken;

use super::Processes;
use crate::domain::{Session, SessionStatus};
use crate::store::{Page, SessionFilter};

/// The most running sessions that are looked at in one round.
const MAX_SESSIONS: usize = 10_000;

/// How many stations are told at the same time: one that does not answer must not hold up the others.
const AT_A_TIME: usize = 64;

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
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = self.show_all(&mut shown) => {}
            }
        }
    }

    async fn show_all(&self, shown: &mut HashMap<SessionKey, Money>) {
        let filter = SessionFilter { station: None, status: Some(SessionStatus::Active), token: None };
        let page = Page { after: None, limit: MAX_SESSIONS };
        let running = match self.csms.store().sessions(filter, page).await {
            Ok(running) => running,
            Err(error) => return tracing::warn!(%error, "costs cannot be shown at the moment"),
        };
        let known: HashSet<&SessionKey> = running.iter().map(|session| &session.key).collect();
        shown.retain(|key, _| known.contains(key));
        let before = &*shown;
        let priced = running.iter().filter(|session| session.tariff.is_some());
        let shows: Vec<_> =
            priced.map(|session| self.show_cost(session, before.get(&session.key).copied())).collect();
        let told = futures_util::stream::iter(shows)
            .buffer_unordered(AT_A_TIME)
            .filter_map(std::future::ready)
            .collect::<Vec<_>>()
            .await;
        shown.extend(told);
    }

    /// Shows the cost of one session, when it is another than was shown before, and tells what is shown now.
    async fn show_cost(&self, session: &Session, shown: Option<Money>) -> Option<(SessionKey, Money)> {
        let version = self.csms.stations().version(&session.station).filter(|version| version.is_2x())?;
        let cost = match self.cost_at(session, self.station_time(session)).await {
            Ok(cost) => cost?.rounded(),
            Err(error) => {
                tracing::warn!(%error, "a cost cannot be shown");
                return None;
            }
        };
        if shown.or(session.cost.map(Money::rounded)) == Some(cost) {
            return None;
        }
        let transaction = session.transaction(version);
        let command = Command::ShowCost { transaction, total: cost.amount() };
        if let Err(error) = self.csms.commands().order(&session.station, &command).await {
            // Many stations have no display; they are asked again when the cost has changed.
            tracing::debug!(station = %session.station, %error, "a station did not take the cost");
        }
        Some((session.key.clone(), cost))
    }
}
