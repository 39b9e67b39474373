//! Adding a station, and showing its key, once.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use ocpp_server::access::Secret;
use ocpp_server::domain::{Scope, SiteId};
use ocpp_server::register::{NewStation, StationForm};
use serde::Deserialize;

use super::super::form::{Draft, Fields, Form, Posted};
use super::super::frame::{self, Tab};
use super::super::links;
use super::super::refuse::Refuse;
use super::super::visitor::Visitor;
use super::{login_named, site_options};

/// What is known of the station before the form is filled.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Suggested {
    #[serde(default)]
    id: String,
}

/// `GET /stations/add`
pub(super) async fn page(visitor: Visitor, Query(suggested): Query<Suggested>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let draft = Draft::of(Fields::of([("id", suggested.id), ("login", "key".to_owned())]));
    form(&visitor, &draft).await
}

/// `POST /stations`
pub(super) async fn add(Posted { visitor, fields }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::StationsWrite)?;
    let station = StationForm {
        name: fields.given("name"),
        site: fields.given("site").map(SiteId),
        ..StationForm::default()
    };
    let login = login_named(fields.get("login"));
    match visitor.app.register.add_station(fields.get("id"), login, station).await {
        Ok(new) => Ok(key_shown(&visitor, &new).into_response()),
        Err(error) => {
            let draft = Draft::of(fields).refused(error)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, form(&visitor, &draft).await?).into_response())
        }
    }
}

async fn form(visitor: &Visitor, draft: &Draft) -> Result<Markup, Refuse> {
    let logins = [
        ("key".to_owned(), "With a key that is made for it".to_owned()),
        (
            "unproven".to_owned(),
            "Without a password (weaker: whoever knows the identity is believed)".to_owned(),
        ),
    ];
    let form = Form::new(visitor, "/stations", draft)
        .line("id", "Identity", "As it stands in the station: the last part of the address that it dials.")
        .line("name", "Name", "What people call it; may stay empty.")
        .choice("site", "Site", &site_options(&visitor.app).await?)
        .choice("login", "How it proves who it is", &logins)
        .submit("Add the station");
    Ok(frame::page(visitor, Tab::Stations, "Add a station", html! { h2 { "Add a station" } (form) }))
}

/// What to enter in a station that was added or given a new login. Its key is never shown again.
pub(in super::super) fn key_shown(visitor: &Visitor, new: &NewStation) -> Markup {
    let id = &new.entry.id;
    let body = html! {
        h2 { (id) " may connect" }
        p { "Enter this in the station:" }
        dl.facts {
            dt { "Address (URL)" }
            dd { code #url { (visitor.base.dial(&visitor.app, id.as_str())) } }
            @if let Some(key) = &new.key { (key_facts(key)) } @else {
                dt { "Password" } dd { "none: it is believed to be " (id) " without proof" }
            }
        }
        @if new.key.is_some() {
            p.note { "The key is shown this once. When it gets lost, give the station a new one on its page." }
        }
        p.note {
            "Some stations want the address without the identity, and add it by themselves. With a proxy in "
            "front that does TLS, the address begins with " code { "wss://" } " and has the proxy's name."
        }
        p { a.button href=(links::station(id)) { "To the station" } }
    };
    frame::page(visitor, Tab::Stations, "A station may connect", body)
}

fn key_facts(key: &Secret) -> Markup {
    let hexadecimal: String = key.expose().bytes().map(|byte| format!("{byte:02X}")).collect();
    html! {
        dt { "Security profile" } dd { "1 (2 with TLS)" }
        dt { "Key (BasicAuthPassword of 2.0.1 and 2.1, AuthorizationKey of 1.6)" }
        dd { code #key { (key.expose()) } }
        dt { "The same in hexadecimal digits, where a station of 1.6 wants its AuthorizationKey so" }
        dd { code { (hexadecimal) } }
    }
}
