//! "Tell me when free": leaving an address, confirming by the link of the mail, forgetting.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use ocpp_server::domain::{MailAddress, Notice, NoticeState};
use ocpp_server::process::{NoticeError, NoticeWish};

use super::driver::{is_made_here, made_here};
use super::form::Fields;
use super::frame;
use super::refuse::Refuse;
use super::visitor::Address;
use crate::manager::App;
use crate::manager::public::{PortState, SiteNow};

/// The routes of these pages.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/places/{id}/notice", post(ask))
        .route("/notices/{id}/{code}", get(page).post(confirm))
        .route("/notices/{id}/{code}/forget", post(forget))
}

/// The form on the page of a site, where mails can be sent and something is in use.
pub(super) fn form(app: &App, site: &SiteNow) -> Markup {
    let is_full = site.evses.iter().any(|evse| evse.state.state == PortState::Occupied);
    if !app.processes.sends_mails() || !is_full {
        return html! {};
    }
    html! {
        section.card #notice {
            h2 { "Tell me when free" }
            form.fields method="post" action={ "/places/" (site.site.id.0) "/notice" } {
                (made_here(app, &site.site.id.0))
                label.field {
                    span.label { "Place" }
                    select name="evse" {
                        option value="" { "Any at this site" }
                        @for evse in site.evses.iter().filter(|evse| evse.state.state == PortState::Occupied) {
                            option value=(evse.uid) { (evse.name()) }
                        }
                    }
                }
                label.field {
                    span.label { "Mail address" }
                    input type="email" name="mail" autocomplete="email" maxlength="254" required;
                    span.hint { "You get a link to confirm, then one mail within 12 hours; then your address is erased." }
                }
                div.actions { button { "Tell me" } }
            }
        }
    }
}

/// `POST /places/{id}/notice`
async fn ask(
    State(app): State<App>,
    Address(address): Address,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Refuse> {
    if !is_made_here(&app, &id, fields.get("form")) {
        return Err(Refuse::Forged);
    }
    app.gate.wish_for_notice(address)?;
    let now = app.public.now(&app.csms).await?;
    let unknown = || Refuse::Nothing("There is no such site, or it is not published.".to_owned());
    let site = now.site(&id).ok_or_else(unknown)?;
    let mail = MailAddress::new(fields.get("mail")).map_err(|error| Refuse::BadForm(error.to_string()))?;
    let evse = match fields.get("evse") {
        "" => None,
        uid => Some(site.evses.iter().find(|evse| evse.uid == uid).ok_or_else(unknown)?),
    };
    let place = match evse {
        Some(evse) => format!("{}, {}", site.site.name, evse.name()),
        None => site.site.name.clone(),
    };
    let evse = evse.map(|evse| (evse.station.clone(), evse.entry.id));
    app.processes.ask_notice(NoticeWish { mail, site: site.site.id.clone(), evse, place }).await?;
    let body = html! {
        h1 { "Please look into your mail" }
        p { "If the address can be reached, a link to confirm is on its way to it. Nothing else is sent before you confirm." }
        p { a.button href={ "/places/" (id) } { "Back to the site" } }
    };
    Ok((StatusCode::ACCEPTED, frame::driver("Please look into your mail", html! {}, body)).into_response())
}

impl From<NoticeError> for Refuse {
    fn from(error: NoticeError) -> Refuse {
        match error {
            NoticeError::NoMailer | NoticeError::Over => Refuse::Nothing(error.to_string()),
            NoticeError::TooMany => Refuse::TooOften(error.to_string()),
            NoticeError::Store(_) => Refuse::Broken(error.to_string()),
        }
    }
}

/// `GET /notices/{id}/{code}`: nothing is changed by looking, as programs that read mails do.
async fn page(
    State(app): State<App>,
    Address(address): Address,
    Path((id, code)): Path<(String, String)>,
) -> Result<Markup, Refuse> {
    app.gate.look(address)?;
    let notice = app.processes.notice(&id, &code).await?;
    Ok(shown(&app, &notice, &code))
}

fn shown(app: &App, notice: &Notice, code: &str) -> Markup {
    let path = format!("/notices/{}/{code}", notice.id.0);
    let is_open = matches!(notice.state, NoticeState::Asked | NoticeState::Sent);
    let body = html! {
        h1 { (notice.place) }
        @if is_open {
            p { "Do you want to be told once by mail when a place is free here?" }
            form method="post" action=(path) { (made_here(app, &notice.id.0)) button.big { "Yes, tell me" } }
        } @else {
            p #waiting { "You are told as soon as a place is free, within 12 hours of your wish." }
        }
        form method="post" action={ (path) "/forget" } {
            (made_here(app, &notice.id.0))
            button.quiet { "No, erase my address" }
        }
    };
    frame::driver("Tell me when free", html! {}, body)
}

/// `POST /notices/{id}/{code}`
async fn confirm(
    State(app): State<App>,
    Address(address): Address,
    Path((id, code)): Path<(String, String)>,
    fields: Fields,
) -> Result<Markup, Refuse> {
    app.gate.look(address)?;
    if !is_made_here(&app, &id, fields.get("form")) {
        return Err(Refuse::Forged);
    }
    let notice = app.processes.confirm_notice(&id, &code).await?;
    Ok(shown(&app, &notice, &code))
}

/// `POST /notices/{id}/{code}/forget`
async fn forget(
    State(app): State<App>,
    Address(address): Address,
    Path((id, code)): Path<(String, String)>,
    fields: Fields,
) -> Result<Markup, Refuse> {
    app.gate.look(address)?;
    if !is_made_here(&app, &id, fields.get("form")) {
        return Err(Refuse::Forged);
    }
    app.processes.forget_notice(&id, &code).await?;
    let body = html! { h1 { "Your address is erased" } p { a.button href="/places" { "All sites" } } };
    Ok(frame::driver("Your address is erased", html! {}, body))
}
