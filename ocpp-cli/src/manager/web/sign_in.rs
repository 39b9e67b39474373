//! The first start, signing in and out.

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use maud::{Markup, html};
use ocpp_server::access::{AccessError, Secret, SignedIn};
use ocpp_server::register::Flaw;
use serde::Deserialize;

use super::form::{Draft, Fields, Form, Posted};
use super::frame;
use super::links::encoded;
use super::refuse::Refuse;
use super::visitor::Address;
use crate::manager::App;
use crate::manager::api::{SIGN_IN_COOKIE, sign_in_cookie};
use crate::manager::origin::Base;

/// Where to go after signing in.
#[derive(Debug, Deserialize)]
pub(super) struct Then {
    #[serde(default)]
    then: String,
}

/// `GET /setup/{code}`: who the owner is to be.
pub(super) async fn setup(
    State(app): State<App>,
    Address(address): Address,
    Path(code): Path<String>,
) -> Response {
    match app.gate.check_setup_link(&Secret::new(code.as_str()), address, app.csms.now()).await {
        Ok(_) => setup_page(&code, &Draft::default()).into_response(),
        Err(error) => setup_refused(error),
    }
}

/// `POST /setup/{code}`: makes the owner, who is signed in at once.
pub(super) async fn make_owner(
    State(app): State<App>,
    Address(address): Address,
    Path(code): Path<String>,
    base: Base,
    fields: Fields,
) -> Response {
    let (name, password) = (fields.get("name").to_owned(), Secret::new(fields.get("password")));
    let mut draft = Draft::of(fields);
    if draft.fields.get("password") != draft.fields.get("again") {
        draft.flaws.push(Flaw::at("/again", "The two passwords are not the same."));
        return (StatusCode::UNPROCESSABLE_ENTITY, setup_page(&code, &draft)).into_response();
    }
    let now = app.csms.now();
    match app.gate.make_owner(&Secret::new(code.as_str()), &name, password, address, now).await {
        Ok(signed_in) => welcome(&signed_in, &base, now, "/"),
        Err(error @ AccessError::BadName(_)) => {
            draft.flaws.push(Flaw::at("/name", error.to_string()));
            (StatusCode::UNPROCESSABLE_ENTITY, setup_page(&code, &draft)).into_response()
        }
        Err(AccessError::Password(error)) => {
            draft.flaws.push(Flaw::at("/password", sentence(&error.to_string())));
            (StatusCode::UNPROCESSABLE_ENTITY, setup_page(&code, &draft)).into_response()
        }
        Err(error) => setup_refused(error),
    }
}

fn setup_page(code: &str, draft: &Draft) -> Markup {
    let form = Form::public(format!("/setup/{}", encoded(code)), draft)
        .input("name", "Name", "To sign in with: letters, digits, dots, hyphens.", "text", "username")
        .input("password", "Password", "At least 10 characters.", "password", "new-password")
        .input("again", "The password again", "", "password", "new-password")
        .submit("Become the owner");
    let body = html! {
        h2 { "First start" }
        p { "This link makes the owner of this manager, once. The owner may do everything and lets others in." }
        (form)
    };
    frame::plain("First start", body)
}

fn setup_refused(error: AccessError) -> Response {
    let (status, title) = match error {
        AccessError::TooManyAttempts => (StatusCode::TOO_MANY_REQUESTS, "Too many attempts"),
        AccessError::AlreadySetUp => (StatusCode::GONE, "There is an owner"),
        AccessError::LinkExpired => (StatusCode::GONE, "Not valid any more"),
        other => return Refuse::from(other).into_response(),
    };
    let body = html! { h2 { (title) } p { (error.to_string()) } p { a href="/sign-in" { "Sign in" } } };
    (status, frame::plain(title, body)).into_response()
}

/// `GET /sign-in`
pub(super) async fn sign_in_page(
    State(app): State<App>,
    Query(Then { then }): Query<Then>,
) -> Result<Response, Refuse> {
    if !app.needs_sign_in {
        return Ok(Redirect::to("/").into_response());
    }
    if !app.gate.is_set_up().await? {
        let body = html! {
            h2 { "First start" }
            p {
                "This manager has no owner yet. Open the link that " code { "ocpp serve" } " printed when it "
                "started; it is valid for 30 minutes, and a restart prints a new one."
            }
        };
        return Ok(frame::plain("First start", body).into_response());
    }
    Ok(sign_in_form(&Draft::of(Fields::of([("then", then)]))).into_response())
}

fn sign_in_form(draft: &Draft) -> Markup {
    let form = Form::public("/sign-in", draft)
        .hidden("then", draft.fields.get("then"))
        .input("name", "Name", "", "text", "username")
        .input("password", "Password", "", "password", "current-password")
        .submit("Sign in");
    frame::plain("Sign in", html! { h2 { "Sign in" } (form) })
}

/// `POST /sign-in`
pub(super) async fn sign_in(
    State(app): State<App>,
    Address(address): Address,
    base: Base,
    fields: Fields,
) -> Response {
    let now = app.csms.now();
    let password = Secret::new(fields.get("password"));
    let then = fields.get("then").to_owned();
    let error = match app.gate.sign_in(fields.get("name"), password, address, now).await {
        Ok(signed_in) => return welcome(&signed_in, &base, now, &then),
        Err(error) => error,
    };
    let status = match error {
        AccessError::WrongPassword => StatusCode::UNAUTHORIZED,
        AccessError::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
        other => return Refuse::from(other).into_response(),
    };
    let mut draft = Draft::of(fields);
    draft.flaws.push(Flaw::at("", error.to_string()));
    (status, sign_in_form(&draft)).into_response()
}

/// `POST /sign-out`
pub(super) async fn sign_out(
    State(app): State<App>,
    headers: axum::http::HeaderMap,
    Posted { visitor, .. }: Posted,
) -> Result<Response, Refuse> {
    if let Some(cookie) = sign_in_cookie(&headers) {
        app.gate.sign_out(&cookie, app.csms.now()).await?;
    }
    let gone = set_cookie("", 0, &visitor.base);
    Ok(([(header::SET_COOKIE, gone)], Redirect::to("/sign-in")).into_response())
}

fn welcome(signed_in: &SignedIn, base: &Base, now: Timestamp, then: &str) -> Response {
    let seconds = signed_in.expires_at.duration_since(now).as_secs();
    let cookie = set_cookie(signed_in.cookie.expose(), seconds, base);
    let to = if is_local(then) { then } else { "/" };
    ([(header::SET_COOKIE, cookie)], Redirect::to(to)).into_response()
}

fn set_cookie(value: &str, seconds: i64, base: &Base) -> String {
    let secure = if base.scheme == "https" { "; Secure" } else { "" };
    format!("{SIGN_IN_COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}

/// Whether an address is a path of this manager, and not another host in disguise.
fn is_local(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && path.chars().all(|c| c.is_ascii_graphic() && c != '\\')
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), chars.as_str().trim_end_matches('.')),
        None => String::new(),
    }
}
