//! `/api/v1/events`: what happens, as server-sent events out of the outbox.

mod views;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Extension, FromRequestParts, State};
use axum::http::request::Parts;
use axum::response::sse::{Event as Message, KeepAlive, Sse};
use futures_util::Stream;
use ocpp_server::domain::{EventId, EventKind, RecordKind, StoredEvent};
use serde::Deserialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use utoipa::IntoParams;

use super::caller::Caller;
use super::problem::Problem;
use super::request::Params;
use crate::manager::App;
pub(super) use views::EventView;

/// How many events are read from the outbox in one go.
const BATCH: usize = 256;
/// How often a comment shows that the line is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often to look whether the caller may still listen; a key that is revoked is noticed at once.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// Where to begin.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventQuery {
    /// The id of the last event that was seen; 0 begins with the first one. `Last-Event-ID` wins over it.
    after: Option<u64>,
}

/// Follow what happens
///
/// Server-sent events out of the outbox: `id` is the place of an event in the order of commits, `data` the
/// event as JSON. Without `Last-Event-ID` or `after` the stream begins now; with one of them it goes on where
/// it ended, with nothing left out and nothing twice. Comments show that the line is alive. Events that the
/// caller's scopes do not cover are left out.
#[utoipa::path(
    get, path = "/api/v1/events", tag = "events", operation_id = "followEvents",
    security(("api_key" = [])),
    params(EventQuery, ("Last-Event-ID" = Option<u64>, Header, description = "The id of the last event that was seen")),
    responses(
        (status = 200, description = "The stream; `data` of each event is of this form", content((EventView = "text/event-stream"))),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn follow(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Params(query): Params<EventQuery>,
    parts: Parts,
) -> Result<Sse<impl Stream<Item = Result<Message, Infallible>>>, Problem> {
    // Listening begins before the outbox is read, so that nothing falls in between.
    let live = app.csms.bus().listen();
    let last = app.csms.store().last_event().await?;
    let after = match last_event_id(&parts)?.or(query.after) {
        Some(after) if after > last.0 => {
            let detail = format!("There is no event {after} yet, the last one is {}: begin anew.", last.0);
            return Err(Problem::unprocessable(detail));
        }
        Some(after) => EventId(after),
        None => last,
    };
    let feed = Feed { app, caller, parts: without_caller(parts), live, after };
    Ok(Sse::new(feed.messages()).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

fn last_event_id(parts: &Parts) -> Result<Option<u64>, Problem> {
    let Some(value) = parts.headers.get("last-event-id") else { return Ok(None) };
    let id = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    id.map(Some).ok_or_else(|| Problem::unprocessable("Last-Event-ID is to be the id of an event."))
}

/// The request without what was found out about its caller, which is to be found out again.
fn without_caller(mut parts: Parts) -> Parts {
    parts.extensions.remove::<Caller>();
    parts
}

/// The events of one caller.
struct Feed {
    app: App,
    caller: Caller,
    parts: Parts,
    live: Receiver<Arc<StoredEvent>>,
    after: EventId,
}

/// What wakes a feed.
enum Wake {
    Heard(Result<Arc<StoredEvent>, RecvError>),
    LookAgain,
    Shutdown,
}

impl Feed {
    fn messages(mut self) -> impl Stream<Item = Result<Message, Infallible>> {
        async_stream::stream! {
            let mut look_again = tokio::time::interval(LOOK_AGAIN);
            loop {
                // First what the outbox has, then what comes.
                loop {
                    let Ok(missed) = self.app.csms.store().events_after(self.after, BATCH).await else { return };
                    let is_last = missed.len() < BATCH;
                    for event in missed {
                        if let Some(message) = self.message(&event) {
                            yield Ok(message);
                        }
                    }
                    if is_last {
                        break;
                    }
                }
                loop {
                    let wake = tokio::select! {
                        () = self.app.shutdown.cancelled() => Wake::Shutdown,
                        _ = look_again.tick() => Wake::LookAgain,
                        heard = self.live.recv() => Wake::Heard(heard),
                    };
                    match wake {
                        Wake::Shutdown | Wake::Heard(Err(RecvError::Closed)) => return,
                        Wake::LookAgain => {
                            if !self.may_still_listen().await {
                                return;
                            }
                        }
                        Wake::Heard(Err(RecvError::Lagged(_))) => break,
                        Wake::Heard(Ok(event)) if event.id <= self.after => {}
                        Wake::Heard(Ok(event)) if event.id.0 > self.after.0.saturating_add(1) => break,
                        Wake::Heard(Ok(event)) => {
                            if concerns_access(&event) && !self.may_still_listen().await {
                                return;
                            }
                            if let Some(message) = self.message(&event) {
                                yield Ok(message);
                            }
                        }
                    }
                }
            }
        }
    }

    /// The message about an event, where the caller may see it; from here on the event counts as seen.
    fn message(&mut self, event: &StoredEvent) -> Option<Message> {
        self.after = event.id;
        let view = EventView::of(event, &self.caller)?;
        Message::default().id(event.id.0.to_string()).json_data(view).ok()
    }

    async fn may_still_listen(&mut self) -> bool {
        match Caller::from_request_parts(&mut self.parts.clone(), &self.app).await {
            Ok(caller) => {
                self.caller = caller;
                true
            }
            Err(_) => false,
        }
    }
}

fn concerns_access(event: &StoredEvent) -> bool {
    let (EventKind::RecordChanged { record, .. } | EventKind::RecordRemoved { record, .. }) =
        &event.event.kind
    else {
        return false;
    };
    matches!(record, RecordKind::ApiKey | RecordKind::User)
}
