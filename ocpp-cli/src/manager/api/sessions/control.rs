//! Orders that are given by a session: its station and its place are looked up.

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use ocpp_core::model::{Command, Place};
use ocpp_server::command::desk::{NewOrder, WhenOffline};
use ocpp_server::domain::{Session, SessionStatus};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::caller::Caller;
use super::super::orders::{OrderView, placed};
use super::super::problem::{Kind, Problem};
use super::super::request::{Key, Params};
use super::find;
use crate::manager::App;

/// How long to wait, for the station and for the end.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ControlQuery {
    /// `true` waits for the end of the order, at most 55 seconds.
    wait: Option<bool>,
    /// Until when the order may wait for a station that is not connected. Without it the order is refused then.
    #[param(value_type = Option<String>, format = DateTime)]
    wait_until: Option<Timestamp>,
}

/// Stop a session
///
/// An order to its station, which is kept and will have an end. That the station took it does not say that the session
/// has ended: the session tells when it has.
#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/stop", tag = "sessions", operation_id = "stopSession",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The session's key, or its number"), ControlQuery),
    responses(
        (status = 200, description = "The order has ended", body = OrderView),
        (status = 202, description = "The order is kept and goes its way", body = OrderView),
        (status = 404, description = "There is no such session"),
        (status = 409, description = "The session has ended, or its station is not connected and the order is not to wait; nothing is kept"),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn stop(
    State(app): State<App>,
    caller: Caller,
    Key(id): Key,
    Params(query): Params<ControlQuery>,
) -> Result<Response, Problem> {
    let session = find(&app, &id).await?;
    if session.status == SessionStatus::Completed {
        return Err(Kind::Rule.because(format!("Session {} has ended already.", session.number.0)));
    }
    let connected = app.csms.stations().version(&session.station);
    let version = match connected {
        Some(version) => version,
        None => match app.csms.store().station(&session.station).await? {
            Some(station) => station.version,
            None => {
                return Err(Problem::not_found(format!(
                    "There is no station {:?}.",
                    session.station.as_str()
                )));
            }
        },
    };
    let command = Command::RemoteStop(session.transaction(version));
    order(&app, &caller, &session, command, query).await
}

/// Unlock the connector of a session
///
/// For a cable that is stuck: an order to its station, which is kept and will have an end. A station refuses it while
/// the session runs.
#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/unlock", tag = "sessions", operation_id = "unlockSession",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The session's key, or its number"), ControlQuery),
    responses(
        (status = 200, description = "The order has ended", body = OrderView),
        (status = 202, description = "The order is kept and goes its way", body = OrderView),
        (status = 404, description = "There is no such session"),
        (status = 409, description = "The session does not tell where it was, or its station is not connected and the order is not to wait; nothing is kept"),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn unlock(
    State(app): State<App>,
    caller: Caller,
    Key(id): Key,
    Params(query): Params<ControlQuery>,
) -> Result<Response, Problem> {
    let session = find(&app, &id).await?;
    let Some(place @ (Place::Evse(_) | Place::Connector(..))) = session.place else {
        let sentence =
            "Its station did not tell at which EVSE this session was: unlock the connector by an order.";
        return Err(Kind::Rule.because(sentence));
    };
    order(&app, &caller, &session, Command::Unlock(place), query).await
}

async fn order(
    app: &App,
    caller: &Caller,
    session: &Session,
    command: Command,
    query: ControlQuery,
) -> Result<Response, Problem> {
    let when_offline = query.wait_until.map_or(WhenOffline::Refuse, WhenOffline::WaitUntil);
    let new = NewOrder { command, by: caller.name().to_owned(), when_offline };
    placed(app, &session.station, new, query.wait).await
}
