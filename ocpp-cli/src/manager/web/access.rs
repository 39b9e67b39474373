//! Access: users who sign in, keys of programs.

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use ocpp_server::access::{AccessError, Secret};
use ocpp_server::domain::{ApiKey, RecordKind, Scope, User};
use ocpp_server::register::Flaw;
use ocpp_server::store::{RecordFilter, TypedRecords};

use super::form::{self, Draft, Fields, Form, Posted};
use super::frame::{self, Tab};
use super::links::encoded;
use super::refuse::Refuse;
use super::tokens::moment;
use super::visitor::Visitor;
use super::words;
use crate::manager::App;

/// The most users and keys that are listed.
const LISTED: usize = 1000;

/// The routes of this page.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/access", get(page))
        .route("/access/users", post(add_user))
        .route("/access/users/{name}/remove", post(remove_user))
        .route("/access/keys", post(make_key))
        .route("/access/keys/{id}/revoke", post(revoke_key))
}

/// `GET /access`
async fn page(visitor: Visitor) -> Result<Markup, Refuse> {
    visitor.needs(Scope::AccessManage)?;
    rendered(&visitor, &all_scopes(), &Draft::default()).await
}

/// A new user may do everything unless boxes are taken away.
fn all_scopes() -> Draft {
    let mut fields = Fields::default();
    Scope::ALL.iter().for_each(|scope| fields.push("scope", scope.name()));
    Draft::of(fields)
}

async fn rendered(visitor: &Visitor, user: &Draft, key: &Draft) -> Result<Markup, Refuse> {
    let store = visitor.app.csms.store();
    let users: Vec<User> = store.list(RecordFilter::all(RecordKind::User, LISTED)).await?;
    let keys: Vec<ApiKey> = store.list(RecordFilter::all(RecordKind::ApiKey, LISTED).descending()).await?;
    let body = html! {
        h2 { "Users" }
        @if users.is_empty() { p.empty { "Nobody: this manager needs no sign-in." } }
        ul.cards { @for user in &users { (user_card(visitor, user)) } }
        details open[!user.is_fine()] { summary { "Add a user" } (user_form(visitor, user)) }
        h2 { "API keys" }
        @if keys.is_empty() { p.empty { "No program has a key." } }
        ul.cards { @for key in &keys { (key_card(visitor, key)) } }
        details open[!key.is_fine()] { summary { "Make a key" } (key_form(visitor, key)) }
    };
    Ok(frame::page(visitor, Tab::Access, "Access", body))
}

fn user_card(visitor: &Visitor, user: &User) -> Markup {
    html! {
        li.card {
            h3 { (user.name) }
            p.about { "added " (words::clock(user.added_at)) " · " (rights(&user.scopes)) }
            (form::careful(visitor, &format!("/access/users/{}/remove", encoded(&user.name)), "Remove",
                "The user is signed out everywhere and cannot sign in any more."))
        }
    }
}

fn rights(scopes: &BTreeSet<Scope>) -> String {
    if scopes.len() == Scope::ALL.len() {
        return "may do everything".to_owned();
    }
    scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(", ")
}

fn user_form(visitor: &Visitor, draft: &Draft) -> Markup {
    let form = Form::new(visitor, "/access/users", draft)
        .input("name", "Name", "Letters, digits, dots, hyphens.", "text", "off")
        .input(
            "password",
            "Password",
            "At least 10 characters. Tell it to the user.",
            "password",
            "new-password",
        );
    scopes(form).submit("Add the user")
}

fn scopes(form: Form<'_>) -> Form<'_> {
    form.own("/scopes", |fields, wrong| {
        html! {
            fieldset.wide.days {
                legend { "May" }
                @for name in Scope::ALL.map(Scope::name) {
                    label.tick { input type="checkbox" name="scope" value=(name) checked[fields.has("scope", name)]; " " (name) }
                }
                (wrong)
            }
        }
    })
}

fn key_card(visitor: &Visitor, key: &ApiKey) -> Markup {
    html! {
        li.card {
            h3 {
                (key.name)
                @if key.revoked_at.is_some() { " " span.state.offline { "revoked" } }
                @else if key.expires_at.is_some_and(|end| end <= visitor.app.csms.now()) { " " span.state.offline { "expired" } }
            }
            p.about {
                "made " (words::clock(key.added_at))
                @if let Some(end) = key.expires_at { " · valid until " (words::clock(end)) }
                " · " (rights(&key.scopes))
            }
            @if key.revoked_at.is_none() {
                (form::careful(visitor, &format!("/access/keys/{}/revoke", encoded(&key.id)), "Revoke",
                    "Programs that have it are refused from then on."))
            }
        }
    }
}

fn key_form(visitor: &Visitor, draft: &Draft) -> Markup {
    let form = Form::new(visitor, "/access/keys", draft).line("name", "Name", "Which program has it.").input(
        "expires_at",
        "Valid until",
        "In the manager's time zone; for ever when empty.",
        "datetime-local",
        "off",
    );
    scopes(form).submit("Make the key")
}

fn chosen(draft: &mut Draft) -> BTreeSet<Scope> {
    let scopes: BTreeSet<Scope> = draft.fields.all("scope").filter_map(Scope::from_name).collect();
    if scopes.is_empty() {
        draft.flaws.push(Flaw::at("/scopes", "Choose at least one right."));
    }
    scopes
}

/// `POST /access/users`
async fn add_user(Posted { visitor, fields }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::AccessManage)?;
    let (name, password) = (fields.get("name").to_owned(), Secret::new(fields.get("password")));
    let mut draft = Draft::of(fields);
    let scopes = chosen(&mut draft);
    if draft.is_fine() {
        let app = &visitor.app;
        match app.gate.add_user(&name, password, scopes, app.csms.now()).await {
            Ok(_) => return Ok(Redirect::to("/access").into_response()),
            Err(error @ (AccessError::BadName(_) | AccessError::NameTaken(_))) => {
                draft.flaws.push(Flaw::at("/name", error.to_string()));
            }
            Err(AccessError::Password(error)) => draft.flaws.push(Flaw::at("/password", format!("{error}."))),
            Err(error) => return Err(error.into()),
        }
    }
    let page = rendered(&visitor, &draft, &Draft::default()).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `POST /access/users/{name}/remove`
async fn remove_user(Path(name): Path<String>, Posted { visitor, .. }: Posted) -> Result<Redirect, Refuse> {
    visitor.needs(Scope::AccessManage)?;
    match visitor.app.gate.remove_user(&name, visitor.app.csms.now()).await {
        Ok(()) => Ok(Redirect::to("/access")),
        Err(error @ AccessError::LastOwner) => Err(Refuse::BadForm(error.to_string())),
        Err(error @ AccessError::Unknown(_)) => Err(Refuse::Nothing(error.to_string())),
        Err(error) => Err(error.into()),
    }
}

/// `POST /access/keys`
async fn make_key(Posted { visitor, fields }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::AccessManage)?;
    let mut draft = Draft::of(fields);
    let name = draft.fields.get("name").to_owned();
    if name.is_empty() || name.chars().count() > 100 {
        draft.flaws.push(Flaw::at("/name", "A name has 1 to 100 characters."));
    }
    let scopes = chosen(&mut draft);
    let expires_at = moment(&mut draft, "expires_at");
    if !draft.is_fine() {
        let page = rendered(&visitor, &all_scopes(), &draft).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let app = &visitor.app;
    let (key, secret) = app.gate.make_key(&name, scopes, expires_at, app.csms.now()).await?;
    let body = html! {
        h2 { "The key of " (key.name) }
        p { code #key { (secret.expose()) } }
        p.note { "It is shown this once. Programs send it as " code { "Authorization: Bearer …" } "." }
        p { a.button href="/access" { "Back" } }
    };
    Ok(frame::page(&visitor, Tab::Access, "A new key", body).into_response())
}

/// `POST /access/keys/{id}/revoke`
async fn revoke_key(Path(id): Path<String>, Posted { visitor, .. }: Posted) -> Result<Redirect, Refuse> {
    visitor.needs(Scope::AccessManage)?;
    match visitor.app.gate.revoke_key(&id, visitor.app.csms.now()).await {
        Ok(_) => Ok(Redirect::to("/access")),
        Err(error @ AccessError::Unknown(_)) => Err(Refuse::Nothing(error.to_string())),
        Err(error) => Err(error.into()),
    }
}
