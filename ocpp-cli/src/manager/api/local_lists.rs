//! `/api/v1/stations/{id}/local-list`.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use ocpp_core::model::ListUpdateKind;
use ocpp_server::domain::{ListChoice, ListState};
use ocpp_server::maintenance::{ListError, ListReport, LocalLists};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::{Kind, Problem};
use super::request::{Body, Key};
use super::stations::identity;
use crate::manager::App;

/// Which tokens a station decides on by itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LocalListChoice)]
pub(crate) enum ChoiceView {
    /// All that the manager knows.
    All,
    /// Those of one group.
    Group(String),
    /// None.
    Nothing,
}

impl From<ChoiceView> for ListChoice {
    fn from(choice: ChoiceView) -> ListChoice {
        match choice {
            ChoiceView::All => ListChoice::All,
            ChoiceView::Group(group) => ListChoice::Group(group),
            ChoiceView::Nothing => ListChoice::Nothing,
        }
    }
}

/// A choice.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChoiceBody {
    /// Which tokens: `"all"`, `"nothing"` or `{"group": "NAME"}`.
    tokens: ChoiceView,
}

/// The local list of a station.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LocalList)]
pub(crate) struct ListView {
    /// Which tokens it is to have.
    tokens: ChoiceView,
    /// The version that the station took last; absent when that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
    /// How many tokens that version has.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
    /// How many tokens of the choice have no place in it.
    left_out: u64,
    /// Whether the station has what it is to have: not after a token was added, changed, blocked or removed.
    current: bool,
    /// `never_sent`, `sent` or `failed`.
    state: &'static str,
    /// When that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl From<ListReport> for ListView {
    fn from(ListReport { list, is_current }: ListReport) -> ListView {
        let (state, at, reason) = match list.state {
            ListState::NeverSent => ("never_sent", None, None),
            ListState::Sent { at } => ("sent", Some(at), None),
            ListState::Failed { at, why } => ("failed", Some(at), Some(why)),
        };
        ListView {
            tokens: match list.choice {
                ListChoice::All => ChoiceView::All,
                ListChoice::Group(group) => ChoiceView::Group(group),
                ListChoice::Nothing => ChoiceView::Nothing,
            },
            version: list.held.as_ref().map(|held| held.version),
            count: list.held.as_ref().map(|held| held.tokens.len()),
            left_out: list.left_out,
            current: is_current,
            state,
            at,
            reason,
        }
    }
}

/// What became of sending a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LocalListSent)]
pub(crate) struct SentView {
    /// The version that the station has now.
    version: u32,
    /// How many messages it took; 0 when the station had the list already.
    messages: usize,
    /// `full` or `differential`.
    kind: &'static str,
    /// How many tokens have no place in it.
    left_out: u64,
}

impl From<ListError> for Problem {
    fn from(error: ListError) -> Problem {
        let detail = error.to_string();
        match error {
            ListError::UnknownStation(_) | ListError::NotChosen => Kind::NotFound.because(detail),
            ListError::NotConnected => Kind::NotConnected.because(detail),
            ListError::NotTaken(_) => Kind::BadAnswer.because(detail),
            ListError::Busy => Kind::Changed.because(detail),
            ListError::Store(_) => {
                tracing::error!(error = detail, "a request could not be answered");
                Kind::Unavailable.because(detail)
            }
        }
    }
}

async fn report(app: &App, id: &str) -> Result<Json<ListView>, Problem> {
    let report = LocalLists::new(app.csms.clone()).report(&identity(id)?).await?;
    Ok(Json(report.ok_or(ListError::NotChosen)?.into()))
}

/// Show the local list of a station
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/local-list", tag = "local lists", operation_id = "getLocalList",
    security(("api_key" = ["stations:read"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses(
        (status = 200, description = "How it stands", body = ListView),
        (status = 404, description = "None was chosen for this station"),
    )
)]
pub(crate) async fn show(State(app): State<App>, Key(id): Key) -> Result<Json<ListView>, Problem> {
    report(&app, &id).await
}

/// Choose the local list of a station
///
/// Nothing is sent by this.
#[utoipa::path(
    put, path = "/api/v1/stations/{id}/local-list", tag = "local lists", operation_id = "chooseLocalList",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The station's identity")),
    request_body = ChoiceBody,
    responses(
        (status = 200, description = "How it stands", body = ListView),
        (status = 404, description = "There is no such station"),
        (status = 409, description = "The list is being sent at this moment"),
    )
)]
pub(crate) async fn choose(
    State(app): State<App>,
    Key(id): Key,
    Body(body): Body<ChoiceBody>,
) -> Result<Json<ListView>, Problem> {
    LocalLists::new(app.csms.clone()).choose(&identity(&id)?, body.tokens.into()).await?;
    report(&app, &id).await
}

/// Send a station its local list
///
/// The difference where the station has what it took last, all of it otherwise, in pieces that it can take.
#[utoipa::path(
    post, path = "/api/v1/stations/{id}/local-list/send", tag = "local lists", operation_id = "sendLocalList",
    security(("api_key" = ["commands:send"])),
    params(("id" = String, Path, description = "The station's identity")),
    responses(
        (status = 200, description = "The station has it", body = SentView),
        (status = 404, description = "None was chosen for this station"),
        (status = 409, description = "The station is not connected, or the list is being sent at this moment"),
        (status = 502, description = "The station did not take it"),
    )
)]
pub(crate) async fn send(State(app): State<App>, Key(id): Key) -> Result<Json<SentView>, Problem> {
    let sent = LocalLists::new(app.csms.clone()).send(&identity(&id)?).await?;
    Ok(Json(SentView {
        version: sent.version,
        messages: sent.messages,
        kind: match sent.kind {
            ListUpdateKind::Full => "full",
            ListUpdateKind::Differential => "differential",
        },
        left_out: sent.left_out,
    }))
}
