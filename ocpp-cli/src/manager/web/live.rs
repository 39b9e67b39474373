//! `/live`: what changed, as rendered parts of the page.
//!
//! Each message is an event `part` whose data is HTML: one element with an id, which takes the place of the
//! element with that id, or is added to the stations when it is new. Changes within a quarter of a second
//! are sent together, so that a busy network costs a listener no more than four renderings a second.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use async_stream::stream;
use axum::extract::{Query, State};
use axum::response::sse::{Event as Sse, KeepAlive, Sse as SseResponse};
use futures_util::Stream;
use maud::Markup;
use ocpp_core::model::StationId;
use ocpp_server::domain::{Scope, StoredEvent};
use ocpp_server::store::ReadError;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use super::overview::At;
use super::parts;
use super::refuse::Refuse;
use super::visitor::Visitor;
use crate::manager::App;

/// How long changes are collected before they are sent.
const COLLECT: Duration = Duration::from_millis(250);

/// How long a listener is believed to be who signed in; browsers connect again by themselves.
const KNOWN_FOR: Duration = Duration::from_secs(900);

/// `GET /live`
pub(super) async fn stream(
    visitor: Visitor,
    State(app): State<App>,
    Query(at): Query<At>,
) -> Result<SseResponse<impl Stream<Item = Result<Sse, Infallible>>>, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let until = tokio::time::Instant::now() + KNOWN_FOR;
    let mut events = app.csms.bus().listen();
    let parts = stream! {
        loop {
            let changed = tokio::select! {
                () = app.shutdown.cancelled() => break,
                () = tokio::time::sleep_until(until) => break,
                changed = Changed::next(&mut events) => changed,
            };
            let Some(changed) = changed else { break };
            match changed.render(&visitor, &at).await {
                Ok(parts) => for part in parts {
                    yield Ok(Sse::default().event("part").data(part.into_string()));
                },
                Err(error) => {
                    tracing::error!(%error, "a part of the page could not be rendered");
                    break;
                }
            }
        }
    };
    Ok(SseResponse::new(parts).keep_alive(KeepAlive::default()))
}

/// What changed within a quarter of a second.
enum Changed {
    /// These stations.
    Stations(BTreeSet<StationId>),
    /// More than this listener could follow: everything.
    Everything,
}

impl Changed {
    /// Waits for a change and collects those that follow at once; `None` when the manager ends.
    async fn next(events: &mut Receiver<Arc<StoredEvent>>) -> Option<Changed> {
        let mut stations = BTreeSet::new();
        match events.recv().await {
            Ok(event) => stations.extend(event.event.station.clone()),
            Err(RecvError::Lagged(_)) => return Some(Changed::Everything),
            Err(RecvError::Closed) => return None,
        }
        tokio::time::sleep(COLLECT).await;
        loop {
            match events.try_recv() {
                Ok(event) => stations.extend(event.event.station.clone()),
                Err(TryRecvError::Lagged(_)) => return Some(Changed::Everything),
                Err(TryRecvError::Empty | TryRecvError::Closed) => return Some(Changed::Stations(stations)),
            }
        }
    }

    async fn render(&self, visitor: &Visitor, at: &At) -> Result<Vec<Markup>, ReadError> {
        let csms = &visitor.app.csms;
        let overview = parts::Overview::read(csms, at).await?;
        let mut rendered = Vec::new();
        match self {
            Changed::Everything => rendered.push(overview.stations()),
            Changed::Stations(stations) => {
                for station in stations {
                    rendered.extend(parts::station_card(csms, station, at).await?);
                }
            }
        }
        rendered.extend([overview.summary(), overview.refusals()]);
        if visitor.may(Scope::SessionsRead) {
            rendered.push(overview.sessions());
        }
        Ok(rendered)
    }
}
