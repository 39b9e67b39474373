//! Looks whether those who wait for a place can be told.

use std::time::Duration;

use ocpp_server::domain::{Notice, NoticeState};
use tokio_util::sync::CancellationToken;

use super::now::Now;
use super::state::PortState;
use crate::manager::App;

/// How often it is looked at.
const EVERY: Duration = Duration::from_secs(5);

/// Looks until `shutdown`. Notices that are over are erased.
pub(crate) async fn run(app: App, shutdown: CancellationToken) {
    if !app.processes.sends_mails() {
        return;
    }
    while tokio::time::timeout(EVERY, shutdown.cancelled()).await.is_err() {
        if let Err(error) = look(&app).await {
            tracing::warn!(%error, "those who wait for a place could not be looked at; it is tried again");
        }
    }
}

async fn look(app: &App) -> Result<(), String> {
    let notices = app.processes.notices().await.map_err(|error| error.to_string())?;
    if notices.is_empty() {
        return Ok(());
    }
    let now = app.public.now(&app.csms).await.map_err(|error| error.to_string())?;
    for notice in &notices {
        let done = if app.csms.now() >= notice.expires_at {
            app.processes.erase_notice(notice).await
        } else if notice.state == NoticeState::Confirmed && is_free(&now, notice) {
            app.processes.notice_due(notice).await
        } else {
            Ok(())
        };
        // Whoever changed it meanwhile has done what was to be done, or it is looked at again.
        if let Err(error) = done {
            tracing::debug!(%error, "a notice was changed meanwhile");
        }
    }
    Ok(())
}

fn is_free(now: &Now, notice: &Notice) -> bool {
    let Some(site) = now.site(&notice.site.0) else { return false };
    site.evses.iter().any(|evse| {
        let is_meant = notice
            .evse
            .as_ref()
            .is_none_or(|(station, number)| *station == evse.station && *number == evse.entry.id);
        is_meant && evse.state.state == PortState::Available
    })
}
