//! Tokens: who may charge.

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use ocpp_core::model::{IdToken, TokenKind};
use ocpp_server::domain::{RecordKind, Scope, Token};
use ocpp_server::register::{Flaw, TokenForm};
use ocpp_server::store::{RecordFilter, TypedRecords};
use serde::Deserialize;

use super::form::{self, Draft, Fields, Form, Posted};
use super::frame::{self, Tab};
use super::links::encoded;
use super::refuse::Refuse;
use super::visitor::Visitor;
use super::words;
use crate::manager::App;

/// The most tokens on one page.
const LISTED: usize = 500;
/// The kinds to choose from.
const KINDS: [TokenKind; 8] = [
    TokenKind::UNSPECIFIED,
    TokenKind::ISO14443,
    TokenKind::ISO15693,
    TokenKind::EMAID,
    TokenKind::KEY_CODE,
    TokenKind::LOCAL,
    TokenKind::MAC_ADDRESS,
    TokenKind::CENTRAL,
];

/// The routes of these pages.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/tokens", get(list).post(add))
        .route("/tokens/add", get(add_page))
        .route("/tokens/import", get(import_page).post(import))
        .route("/tokens/{value}", get(page).post(change))
        .route("/tokens/{value}/block", post(block))
        .route("/tokens/{value}/unblock", post(unblock))
        .route("/tokens/{value}/remove", post(remove))
}

#[derive(Debug, Default, Deserialize)]
struct Which {
    #[serde(default)]
    after: String,
    #[serde(default)]
    value: String,
}

/// `GET /tokens`
async fn list(visitor: Visitor, Query(which): Query<Which>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::TokensRead)?;
    let from = Some(which.after).filter(|after| !after.is_empty());
    let filter = RecordFilter::all(RecordKind::Token, LISTED + 1).after(from);
    let mut tokens: Vec<Token> = visitor.app.csms.store().list(filter).await?;
    let has_more = tokens.len() > LISTED;
    tokens.truncate(LISTED);
    let next = tokens.last().filter(|_| has_more).map(|token| canonical(&token.value));
    let body = html! {
        div.heading {
            h2 { "Tokens" }
            @if visitor.may(Scope::TokensWrite) {
                a.button href="/tokens/add" { "Add a token" }
                a.button href="/tokens/import" { "Import" }
            }
        }
        @if tokens.is_empty() { p.empty { "No token is known yet." } } @else {
            div.scroll { table {
                thead { tr { th { "Token" } th { "Kind" } th { "Holder" } th { "Group" } th { "State" } th { "At a time" } } }
                tbody { @for token in &tokens { (row(&visitor, token)) } }
            } }
        }
        @if let Some(next) = next { p { a href={ "/tokens?after=" (encoded(&next)) } { "More tokens" } } }
    };
    Ok(frame::page(&visitor, Tab::Tokens, "Tokens", body))
}

fn row(visitor: &Visitor, token: &Token) -> Markup {
    html! {
        tr {
            td { a href={ "/tokens/" (encoded(&token.value)) } { code { (token.value) } } }
            td { (kind_name(&token.kind)) }
            td { @if let Some(holder) = &token.holder { (holder) } }
            td { @if let Some(group) = &token.group { (group) } }
            td { (state_of(token, visitor.app.csms.now())) }
            td { @match token.max_concurrent { Some(most) => (most), None => "any number" } }
        }
    }
}

fn state_of(token: &Token, now: Timestamp) -> Markup {
    html! {
        @if token.blocked { span.state.offline { "blocked" } }
        @else if let Some(end) = token.expires_at {
            @if end <= now { span.state.offline { "expired" } } @else { span.state.online { "valid" } " until " (words::clock(end)) }
        } @else { span.state.online { "valid" } }
    }
}

fn kind_name(kind: &TokenKind) -> &str {
    if *kind == TokenKind::UNSPECIFIED { "any" } else { kind.as_str() }
}

fn canonical(value: &str) -> String {
    IdToken::new(value, TokenKind::UNSPECIFIED).canonical().into()
}

/// `GET /tokens/add`
async fn add_page(visitor: Visitor, Query(which): Query<Which>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::TokensWrite)?;
    Ok(add_form(&visitor, &Draft::of(Fields::of([("value", which.value)]))))
}

fn add_form(visitor: &Visitor, draft: &Draft) -> Markup {
    let form = Form::new(visitor, "/tokens", draft).line(
        "value",
        "Token",
        "The card's number in hexadecimal digits, or the code, as stations send it.",
    );
    let body = html! { h2 { "Add a token" } (said(form).submit("Add the token")) };
    frame::page(visitor, Tab::Tokens, "Add a token", body)
}

/// What can be said of a token.
fn said(form: Form<'_>) -> Form<'_> {
    let kinds: Vec<_> =
        KINDS.iter().map(|kind| (kind.as_str().to_owned(), kind_name(kind).to_owned())).collect();
    form.choice("kind", "Kind", &kinds)
        .line("holder", "Holder", "")
        .line("group", "Group", "Tokens of one group may stop each other's sessions; at most 20 characters.")
        .input(
            "expires_at",
            "Expires",
            "In the manager's time zone; never when empty.",
            "datetime-local",
            "off",
        )
        .line("max_concurrent", "Sessions at a time", "Any number when empty.")
        .tick("blocked", "true", "Blocked: not to be accepted")
}

fn read(draft: &mut Draft) -> TokenForm {
    TokenForm {
        kind: TokenKind::new(draft.fields.get("kind")),
        group: draft.fields.given("group"),
        holder: draft.fields.given("holder"),
        expires_at: moment(draft, "expires_at"),
        blocked: draft.fields.has("blocked", "true"),
        max_concurrent: draft.number("max_concurrent", "whole number"),
    }
}

/// A date and time in the manager's own zone, as browsers send it.
pub(super) fn moment(draft: &mut Draft, name: &str) -> Option<Timestamp> {
    let text = draft.fields.get(name);
    if text.is_empty() {
        return None;
    }
    let moment = text
        .parse::<jiff::civil::DateTime>()
        .ok()
        .and_then(|local| TimeZone::system().to_timestamp(local).ok());
    if moment.is_none() {
        draft
            .flaws
            .push(Flaw::at(&format!("/{name}"), "This is no date and time, such as 2027-01-31T12:00."));
    }
    moment
}

fn fields_of(token: &Token) -> Fields {
    let expires = token
        .expires_at
        .map(|end| TimeZone::system().to_datetime(end).strftime("%Y-%m-%dT%H:%M").to_string());
    let mut fields = Fields::of([
        ("kind", token.kind.as_str().to_owned()),
        ("holder", token.holder.clone().unwrap_or_default()),
        ("group", token.group.clone().unwrap_or_default()),
        ("expires_at", expires.unwrap_or_default()),
        ("max_concurrent", token.max_concurrent.map(|most| most.to_string()).unwrap_or_default()),
    ]);
    fields.fill_from(token.revision);
    if token.blocked {
        fields.push("blocked", "true");
    }
    fields
}

/// `POST /tokens`
async fn add(Posted { visitor, fields }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::TokensWrite)?;
    let mut draft = Draft::of(fields);
    let form = read(&mut draft);
    if draft.is_fine() {
        match visitor.app.register.add_token(draft.fields.get("value"), form).await {
            Ok(_) => return Ok(Redirect::to("/tokens").into_response()),
            Err(error) => draft = draft.refused(error)?,
        }
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, add_form(&visitor, &draft)).into_response())
}

/// `GET /tokens/{value}`
async fn page(visitor: Visitor, Path(value): Path<String>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::TokensRead)?;
    let token = find(&visitor, &value).await?;
    Ok(token_page(&visitor, &token, &Draft::of(fields_of(&token))))
}

async fn find(visitor: &Visitor, value: &str) -> Result<Token, Refuse> {
    let token: Option<Token> = visitor.app.csms.store().get(&canonical(value)).await?;
    token.ok_or_else(|| Refuse::Nothing("There is no such token.".to_owned()))
}

fn token_page(visitor: &Visitor, token: &Token, draft: &Draft) -> Markup {
    let path = format!("/tokens/{}", encoded(&token.value));
    let body = html! {
        div.heading { h2 { "Token " code { (token.value) } } (state_of(token, visitor.app.csms.now())) }
        p.about { "Added " (words::clock(token.added_at)) }
        @if visitor.may(Scope::TokensWrite) {
            @if token.blocked { (form::button(visitor, &format!("{path}/unblock"), "Unblock")) }
            @else { (form::button(visitor, &format!("{path}/block"), "Block")) }
            (said(Form::new(visitor, path.as_str(), draft)).filled().submit("Save"))
            (form::careful(visitor, &format!("{path}/remove"), "Remove", "It may not charge any more. Its sessions are kept."))
        }
    };
    frame::page(visitor, Tab::Tokens, "Token", body)
}

/// `POST /tokens/{value}`
async fn change(Path(value): Path<String>, Posted { visitor, fields }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::TokensWrite)?;
    let mut draft = Draft::of(fields);
    let form = read(&mut draft);
    if draft.is_fine() {
        match visitor.app.register.change_token(&value, form, draft.fields.seen()).await {
            Ok(_) => return Ok(Redirect::to("/tokens").into_response()),
            Err(error) => draft = draft.refused(error)?,
        }
    }
    let token = find(&visitor, &value).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, token_page(&visitor, &token, &draft)).into_response())
}

/// `POST /tokens/{value}/block`
async fn block(Path(value): Path<String>, posted: Posted) -> Result<Redirect, Refuse> {
    set_blocked(&value, posted, Blocked::Yes).await
}

/// `POST /tokens/{value}/unblock`
async fn unblock(Path(value): Path<String>, posted: Posted) -> Result<Redirect, Refuse> {
    set_blocked(&value, posted, Blocked::No).await
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blocked {
    Yes,
    No,
}

async fn set_blocked(
    value: &str,
    Posted { visitor, .. }: Posted,
    blocked: Blocked,
) -> Result<Redirect, Refuse> {
    visitor.needs(Scope::TokensWrite)?;
    let token = find(&visitor, value).await?;
    let form = TokenForm {
        kind: token.kind,
        group: token.group,
        holder: token.holder,
        expires_at: token.expires_at,
        blocked: blocked == Blocked::Yes,
        max_concurrent: token.max_concurrent,
    };
    visitor.app.register.change_token(value, form, Some(token.revision)).await?;
    Ok(Redirect::to(&format!("/tokens/{}", encoded(value))))
}

/// `POST /tokens/{value}/remove`
async fn remove(Path(value): Path<String>, Posted { visitor, .. }: Posted) -> Result<Redirect, Refuse> {
    visitor.needs(Scope::TokensWrite)?;
    visitor.app.register.remove_token(&value).await?;
    Ok(Redirect::to("/tokens"))
}

/// `GET /tokens/import`
async fn import_page(visitor: Visitor) -> Result<Markup, Refuse> {
    visitor.needs(Scope::TokensWrite)?;
    Ok(import_form(&visitor, &Draft::default(), html! {}))
}

fn import_form(visitor: &Visitor, draft: &Draft, done: Markup) -> Markup {
    let form = Form::new(visitor, "/tokens/import", draft)
        .own("/file", |_, _| {
            html! {
                label.field.wide #choose-file hidden {
                    span.label { "A file" }
                    input type="file" accept=".csv,text/csv" data-into="csv";
                }
            }
        })
        .area("csv", "The lines", "", 12)
        .submit("Import");
    let body = html! {
        h2 { "Import tokens" }
        (done)
        p {
            "Comma-separated values; the first line names the columns: " code { "token" } " and any of "
            code { "kind, group, holder, expires_at, blocked, max_concurrent" }
            ". Tokens that are known are changed. All lines are imported, or none."
        }
        pre.example { "token,holder,group,expires_at,blocked\n04A1B2C3D4E5F6,Ada Example,FLEET-7,2027-12-31T23:59:59Z,false" }
        (form)
        script src="/static/file.js" defer {}
    };
    frame::page(visitor, Tab::Tokens, "Import tokens", body)
}

/// `POST /tokens/import`
async fn import(Posted { visitor, fields }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::TokensWrite)?;
    let mut draft = Draft::of(fields);
    // Browsers send a field's lines with CR LF, after which lines would be counted one too few.
    let lines = draft.fields.get("csv").replace("\r\n", "\n");
    let result = match visitor.app.register.import_tokens(&lines).await {
        Ok(result) => result,
        Err(error) => {
            draft = draft.refused(error)?;
            return Ok(
                (StatusCode::UNPROCESSABLE_ENTITY, import_form(&visitor, &draft, html! {})).into_response()
            );
        }
    };
    match result {
        Ok(imported) => {
            let done = html! {
                p.done role="status" { (imported.added) " tokens were added and " (imported.changed) " changed. "
                    a href="/tokens" { "To the tokens" } }
            };
            Ok(import_form(&visitor, &Draft::default(), done).into_response())
        }
        Err(error) => {
            draft.flaws.push(Flaw::at("/csv", format!("{error} Nothing was imported.")));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, import_form(&visitor, &draft, html! {})).into_response())
        }
    }
}
