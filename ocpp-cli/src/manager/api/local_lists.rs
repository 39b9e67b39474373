//! `/api/v1/stations/{id}/local-list`.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use ocpp_core::model::ListUpdateKind;
use ocpp_server::domain::{ListChoice, ListState};
use ocpp_server::maintenance::{ListError, ListReport, LocalLists, TokenDrift};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::cut;
use super::problem::{Kind, Problem};
use super::request::{Body, Key, PageQuery, Params, limit_of};
use super::stations::identity;
use super::views::List;
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

/// A token on which a station decides otherwise than it should.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LocalListDrift)]
pub(crate) struct DriftView {
    /// The token.
    token: String,
    /// What the station has on it; absent when it has nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "accepted")]
    has: Option<String>,
    /// What it should have; absent when it should not have the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "blocked")]
    wanted: Option<String>,
    /// What that means, for people.
    explanation: &'static str,
}

impl From<TokenDrift> for DriftView {
    fn from(drift: TokenDrift) -> DriftView {
        let explanation = drift.why();
        DriftView { token: drift.token, has: drift.has, wanted: drift.wanted, explanation }
    }
}

/// List where the local list of a station is not what it should be
///
/// Out of what the manager knows that the station took; the station is not asked. Empty when it has what it should
/// have.
#[utoipa::path(
    get, path = "/api/v1/stations/{id}/local-list/drift", tag = "local lists", operation_id = "listLocalListDrift",
    security(("api_key" = ["tokens:read"])),
    params(("id" = String, Path, description = "The station's identity"), PageQuery),
    responses(
        (status = 200, description = "A page of tokens", body = List<DriftView>),
        (status = 404, description = "None was chosen for this station"),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn drift(
    State(app): State<App>,
    Key(id): Key,
    Params(query): Params<PageQuery>,
) -> Result<Json<List<DriftView>>, Problem> {
    let limit = limit_of(query.limit)?;
    let mut drift = LocalLists::new(app.csms.clone()).drift(&identity(&id)?).await?;
    if let Some(after) = query.after {
        drift.retain(|drift| drift.token > after);
    }
    drift.truncate(limit + 1);
    Ok(Json(cut(drift, limit, |drift| drift.token.clone())))
}
