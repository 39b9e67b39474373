//! The page as a whole.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::parts;
use crate::manager::App;

/// `/`: everything as it is at this moment, and the script that keeps it so.
pub(super) async fn index(State(app): State<App>) -> Response {
    let overview = match parts::Overview::read(&app.csms).await {
        Ok(overview) => overview,
        Err(error) => {
            tracing::error!(%error, "the page could not be rendered");
            return (StatusCode::SERVICE_UNAVAILABLE, frame("Not now", sentence(&error.to_string())))
                .into_response();
        }
    };
    let body = html! {
        @if app.is_open {
            p.banner role="note" {
                "Open, for trying out: every station and every token is accepted."
            }
        }
        (overview.summary())
        (overview.stations())
        (overview.sessions())
        (overview.refusals())
        script src="/static/live.js" defer {}
    };
    frame("Stations", body).into_response()
}

/// What is shown at any other address.
pub(super) fn nothing_here() -> Markup {
    frame(
        "Nothing here",
        html! { p { "There is nothing at this address. " a href="/" { "To the stations" } } },
    )
}

fn sentence(text: &str) -> Markup {
    html! { p { (text) } }
}

fn frame(title: &str, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · ocpp" }
                link rel="stylesheet" href="/static/style.css";
            }
            body {
                header.top {
                    h1 { a href="/" { "ocpp" } }
                    p.connection #connection role="status" { "live" }
                }
                main { (body) }
            }
        }
    }
}
