//! Where reports learn what ports did.

use async_trait::async_trait;
use jiff::Timestamp;
use ocpp_core::model::StationId;

use crate::availability::{Course, History, PortOfHistory, Span};
use crate::domain::{Observation, SiteId};
use crate::store::ReadError;

/// A port and what it did.
#[derive(Debug, Clone)]
pub struct PortPast {
    /// The port.
    pub port: PortOfHistory,
    /// Its course, as far as the time that was asked for is over.
    pub course: Course,
}

/// What is known of the past of ports.
#[async_trait]
pub trait Past: Send + Sync {
    /// The courses of all ports of a site, or of all sites. What nobody observed is unknown.
    async fn courses(&self, site: Option<&SiteId>, window: Span) -> Result<Vec<PortPast>, ReadError>;

    /// What was heard of a station after a moment and may say something else of the window: it holds from a moment
    /// within it, or before it by as much as is believed of what comes late.
    async fn heard_after(
        &self,
        station: &StationId,
        window: Span,
        after: Timestamp,
    ) -> Result<Vec<Observation>, ReadError>;
}

#[async_trait]
impl Past for History {
    async fn courses(&self, site: Option<&SiteId>, window: Span) -> Result<Vec<PortPast>, ReadError> {
        let found = History::courses(self, site, window).await?;
        Ok(found.into_iter().map(|(port, course)| PortPast { port, course }).collect())
    }

    async fn heard_after(
        &self,
        station: &StationId,
        window: Span,
        after: Timestamp,
    ) -> Result<Vec<Observation>, ReadError> {
        let from = window.from().timestamp();
        let from = from.checked_sub(Observation::BELIEVED_FOR).unwrap_or(from);
        let all = self.store().observations(station, from, window.to().timestamp()).await?;
        Ok(all.into_iter().filter(|one| one.heard_at > after).collect())
    }
}
