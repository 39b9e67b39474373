//! Who was turned away, with what to change; one click admits a station.

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use ocpp_core::model::StationId;
use ocpp_server::domain::{Refusal, RefusalReason, Refused, Scope};
use ocpp_server::register::{RegisterError, StationForm};

use super::form::Posted;
use super::frame::{self, Tab};
use super::links::{self, encoded};
use super::refuse::Refuse;
use super::stations::{key_shown, login_named};
use super::visitor::Visitor;
use super::words;
use crate::manager::App;

/// The latest refusals that are listed.
const LISTED: usize = 500;

/// The routes of this page.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/turned-away", get(list)).route("/turned-away/admit", post(admit))
}

/// `GET /turned-away`
async fn list(visitor: Visitor) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let refusals = visitor.app.csms.store().refusals(LISTED).await?;
    let body = html! {
        h2 { "Turned away" }
        @if refusals.is_empty() { p.empty { "Nobody was turned away." } }
        ul.cards { @for refusal in &refusals { (item(&visitor, refusal)) } }
    };
    Ok(frame::page(&visitor, Tab::TurnedAway, "Turned away", body))
}

fn item(visitor: &Visitor, refusal: &Refusal) -> Markup {
    html! {
        li.card {
            h3 {
                @match &refusal.refused {
                    Refused::Station(identity) => { "Station " (identity) }
                    Refused::Token { station, token } => { "Token " (token) " at " (station) }
                }
            }
            p.about {
                (words::spelled(&refusal.reason)) " · from " (refusal.address) " · " (refusal.count)
                (if refusal.count == 1 { " attempt" } else { " attempts" })
                " · first " (words::clock(refusal.first)) " · last " (words::clock(refusal.last))
            }
            p { (refusal.reason.advice()) }
            @match &refusal.refused {
                Refused::Station(identity) => (help_station(visitor, identity, refusal.reason)),
                Refused::Token { token, .. } => (help_token(visitor, token, refusal.reason)),
            }
        }
    }
}

fn help_station(visitor: &Visitor, identity: &str, reason: RefusalReason) -> Markup {
    let Ok(id) = StationId::new(identity) else { return html! {} };
    html! {
        @if visitor.may(Scope::StationsWrite) {
            @match reason {
                RefusalReason::UnknownStation => div.actions {
                    (admission(visitor, identity, "key", "Admit with a key", ""))
                    (admission(visitor, identity, "unproven", "Admit without a password", "quiet"))
                    span.weak { "Without a password whoever knows the identity is believed." }
                },
                RefusalReason::NoPassword | RefusalReason::WrongPassword | RefusalReason::OtherUserName => p {
                    a href=(links::station(&id)) { "To the station, to give it a new key" }
                },
                _ => {},
            }
        }
    }
}

fn admission(visitor: &Visitor, identity: &str, login: &str, label: &str, class: &str) -> Markup {
    html! {
        form.inline method="post" action="/turned-away/admit" {
            (visitor.csrf_field())
            input type="hidden" name="id" value=(identity);
            input type="hidden" name="login" value=(login);
            button class=(class) { (label) }
        }
    }
}

fn help_token(visitor: &Visitor, token: &str, reason: RefusalReason) -> Markup {
    html! {
        @if visitor.may(Scope::TokensWrite) {
            @match reason {
                RefusalReason::UnknownToken => p {
                    a href={ "/tokens/add?value=" (encoded(token)) } { "Add this token" }
                },
                RefusalReason::BlockedToken | RefusalReason::ExpiredToken | RefusalReason::ConcurrentToken => p {
                    a href={ "/tokens/" (encoded(token)) } { "To the token" }
                },
                _ => {},
            }
        }
    }
}

/// `POST /turned-away/admit`
async fn admit(Posted { visitor, fields }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let (id, login) = (fields.get("id"), login_named(fields.get("login")));
    let added = visitor.app.register.add_station(id, login, StationForm::default()).await;
    match added {
        Ok(new) => Ok(key_shown(&visitor, &new).into_response()),
        // Somebody was faster.
        Err(RegisterError::Exists { .. }) => {
            Ok(axum::response::Redirect::to(&format!("/stations/{}", encoded(id))).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
