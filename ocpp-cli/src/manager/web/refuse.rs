//! What is shown instead of a page.

use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use ocpp_server::access::AccessError;
use ocpp_server::domain::Scope;
use ocpp_server::maintenance::DiagnosticsError;
use ocpp_server::register::RegisterError;
use ocpp_server::store::ReadError;

use super::frame;
use super::links::encoded;
use super::visitor::Visitor;

/// Why there is no page.
pub(super) enum Refuse {
    /// Nobody is signed in; where to go after that.
    SignIn { then: Option<String> },
    /// Somebody may not do this.
    Scope(Box<Visitor>, Scope),
    /// The form is not one of this visitor's pages.
    Forged,
    /// Asked under another name than this machine's own.
    NotLoopback,
    /// There is no such thing.
    Nothing(String),
    /// A form that no page has sent.
    BadForm(String),
    /// They ask too often.
    TooOften(String),
    /// The store failed.
    Broken(String),
}

impl From<ReadError> for Refuse {
    fn from(error: ReadError) -> Refuse {
        tracing::error!(%error, "a page could not be rendered");
        Refuse::Broken(error.to_string())
    }
}

impl From<DiagnosticsError> for Refuse {
    fn from(error: DiagnosticsError) -> Refuse {
        match error {
            DiagnosticsError::Unknown { .. } => Refuse::Nothing(error.to_string()),
            DiagnosticsError::Store(_) => Refuse::Broken(error.to_string()),
            other => Refuse::BadForm(other.to_string()),
        }
    }
}

impl From<AccessError> for Refuse {
    fn from(error: AccessError) -> Refuse {
        match error {
            AccessError::TooManyAttempts => Refuse::TooOften(error.to_string()),
            other => Refuse::Broken(other.to_string()),
        }
    }
}

impl From<RegisterError> for Refuse {
    fn from(error: RegisterError) -> Refuse {
        match error {
            RegisterError::Unknown { .. } => Refuse::Nothing(error.to_string()),
            RegisterError::Store(_) => Refuse::Broken(error.to_string()),
            other => Refuse::BadForm(other.to_string()),
        }
    }
}

impl IntoResponse for Refuse {
    fn into_response(self) -> Response {
        let (status, title, sentence) = match self {
            Refuse::SignIn { then } => return to_sign_in(then.as_deref()),
            Refuse::Scope(visitor, scope) => return missing_scope(&visitor, scope),
            Refuse::Forged => (
                StatusCode::FORBIDDEN,
                "Not done",
                "This form was not sent from a page of this manager for this sign-in, so nothing was done. \
                 Go back, load the page again and repeat it."
                    .to_owned(),
            ),
            Refuse::NotLoopback => (
                StatusCode::FORBIDDEN,
                "Only from this machine",
                "This manager needs no sign-in and therefore answers only to its own machine, under \
                 localhost or 127.0.0.1. Start it without --open to let others in."
                    .to_owned(),
            ),
            Refuse::Nothing(sentence) => (StatusCode::NOT_FOUND, "Nothing here", sentence),
            Refuse::BadForm(sentence) => (StatusCode::UNPROCESSABLE_ENTITY, "Not done", sentence),
            Refuse::TooOften(sentence) => (StatusCode::TOO_MANY_REQUESTS, "Too often", sentence),
            Refuse::Broken(sentence) => (StatusCode::SERVICE_UNAVAILABLE, "Not now", sentence),
        };
        (status, note(title, &sentence)).into_response()
    }
}

fn note(title: &str, sentence: &str) -> Markup {
    frame::plain(title, html! { h2 { (title) } p { (sentence) } p { a href="/" { "To the overview" } } })
}

fn to_sign_in(then: Option<&str>) -> Response {
    match then.filter(|path| *path != "/") {
        Some(path) => Redirect::to(&format!("/sign-in?then={}", encoded(path))).into_response(),
        None => Redirect::to("/sign-in").into_response(),
    }
}

fn missing_scope(visitor: &Visitor, scope: Scope) -> Response {
    let body = html! {
        h2 { "Not allowed" }
        p {
            (visitor.identity.name) " may not do this: the right " code { (scope.name()) } " is missing. "
            "Ask somebody who manages access."
        }
    };
    (StatusCode::FORBIDDEN, frame::page(visitor, frame::Tab::None, "Not allowed", body)).into_response()
}

/// Any address where there is nothing.
pub(super) async fn nothing(uri: Uri) -> Refuse {
    Refuse::Nothing(format!("There is nothing at {}.", uri.path()))
}
