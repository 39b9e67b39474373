//! `/api/v1/refusals`.

use std::cmp::Reverse;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Extension, Json};
use ocpp_server::domain::{Refusal, RefusalReason, Refused, Scope, StationEntry};
use ocpp_server::register::StationForm;
use ocpp_server::store::{MAX_REFUSALS, TypedRecords};
use serde::Deserialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::problem::{Kind, Problem};
use super::request::{Body, PageQuery, Params, limit_of};
use super::stations::{LoginBody, StationAccess, created};
use super::views::{List, RefusalView, masked};
use crate::manager::App;

/// List who was turned away
///
/// Stations at the door and tokens at stations, the latest first. Whoever may not see tokens sees the last
/// four signs of them.
#[utoipa::path(
    get, path = "/api/v1/refusals", tag = "refusals", operation_id = "listRefusals",
    security(("api_key" = ["stations:read"])),
    params(PageQuery),
    responses(
        (status = 200, description = "Who was turned away", body = List<RefusalView>),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Params(query): Params<PageQuery>,
) -> Result<Json<List<RefusalView>>, Problem> {
    let limit = limit_of(query.limit)?;
    let after = query.after.as_deref().map(Cursor::read).transpose()?;
    let mut refusals = app.csms.store().refusals(MAX_REFUSALS).await?;
    let place = |refusal: &Refusal| (Reverse(refusal.last), refusal.refused.clone(), refusal.reason);
    refusals.sort_by_cached_key(place);
    let start = after.map_or(0, |cursor| cursor.place_in(&refusals));
    let end = refusals.len().min(start.saturating_add(limit));
    let next = (end < refusals.len()).then(|| Cursor::behind(&refusals[..end]).write());
    let may_see_tokens = caller.may(Scope::TokensRead);
    let view = |refusal: Refusal| {
        let view = RefusalView::from(refusal);
        if may_see_tokens || view.kind != "token" {
            view
        } else {
            RefusalView { who: masked(&view.who), ..view }
        }
    };
    let items = refusals.drain(start..end).map(view).collect();
    Ok(Json(List { items, next }))
}

/// Where a page ended: the moment of its last item, and how many items of that moment were shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cursor {
    micros: i64,
    shown: usize,
}

impl Cursor {
    fn read(text: &str) -> Result<Cursor, Problem> {
        let parts = text.split_once('.').and_then(|(micros, shown)| {
            Some(Cursor { micros: micros.parse().ok()?, shown: shown.parse().ok()? })
        });
        parts.ok_or_else(|| Problem::unprocessable("after is to be the next of the page before."))
    }

    fn write(self) -> String {
        format!("{}.{}", self.micros, self.shown)
    }

    /// The end of what was shown.
    fn behind(shown: &[Refusal]) -> Cursor {
        let micros = shown.last().map_or(0, |last| last.last.as_microsecond());
        let same = shown.iter().rev().take_while(|refusal| refusal.last.as_microsecond() == micros);
        Cursor { micros, shown: same.count() }
    }

    /// The index of the first item behind it, in a list with the latest first.
    fn place_in(self, refusals: &[Refusal]) -> usize {
        let first = refusals.partition_point(|refusal| refusal.last.as_microsecond() > self.micros);
        let same =
            refusals[first..].iter().take_while(|refusal| refusal.last.as_microsecond() == self.micros);
        first + same.count().min(self.shown)
    }
}

/// Who is to be admitted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AdmitBody {
    /// The identity under which the station was turned away.
    #[schema(example = "CS001")]
    station_id: String,
    /// How it is to prove who it is.
    #[serde(default)]
    login: LoginBody,
}

/// Admit a station that was turned away
///
/// An unknown station is added; one that is known is given a new key. Its refusals are off the list.
#[utoipa::path(
    post, path = "/api/v1/refusals/admit", tag = "refusals", operation_id = "admitStation",
    security(("api_key" = ["stations:write"])),
    request_body = AdmitBody,
    responses(
        (status = 201, description = "What to enter in the station", body = StationAccess, headers(("Location" = String, description = "Its path"))),
        (status = 404, description = "No station of this identity was turned away"),
        (status = 409, description = "It cannot be admitted as it is"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(crate) async fn admit(
    State(app): State<App>,
    headers: HeaderMap,
    Body(body): Body<AdmitBody>,
) -> Result<Response, Problem> {
    let id = body.station_id;
    let refusals = app.csms.store().refusals(MAX_REFUSALS).await?;
    let is_it = |refused: &Refused| matches!(refused, Refused::Station(identity) if *identity == id);
    let reason = refusals.iter().find(|refusal| is_it(&refusal.refused)).map(|refusal| refusal.reason);
    match reason {
        None => return Err(Problem::not_found(format!("No station {id:?} was turned away."))),
        Some(reason @ (RefusalReason::BadIdentity | RefusalReason::NoCommonVersion)) => {
            return Err(Kind::Rule.because(reason.advice()));
        }
        Some(_) => {}
    }
    let known: Option<StationEntry> = app.csms.store().get(&id).await?;
    let login = body.login.into();
    let station = match known {
        Some(_) => app.register.change_login(&id, login).await?,
        None => app.register.add_station(&id, login, StationForm::default()).await?,
    };
    Ok(created(&app, &headers, &station))
}
