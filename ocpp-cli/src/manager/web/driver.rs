//! The driver's pages: what it costs here, paying and starting, what is going on, stopping.
//!
//! Drivers do not sign in. The page of a charging point is for everybody; the page of a payment is for
//! whoever knows its key, which is random and told to nobody but the one who pays.

mod checkout;
mod payment;
mod point;

use axum::Router;
use axum::routing::{get, post};
use maud::{Markup, html};
use ocpp_core::model::{Currency, Money};
use ocpp_server::access::Secret;

use crate::manager::App;

/// The routes of these pages.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/d/{station}/{evse}", get(point::page).post(checkout::pay))
        .route("/p/{payment}", get(payment::page))
        .route("/p/{payment}/live", get(payment::live))
        .route("/p/{payment}/stop", post(payment::stop))
}

/// What is held before a session. What it does not cost is given back at its end, and a session whose hold is
/// used up is stopped.
fn hold_in(app: &App, currency: Currency) -> Money {
    Money::new(app.payments.hold, currency).rounded()
}

/// The hidden field that shows that a form comes from a page of this manager, for drivers, who have no
/// sign-in. `what` is the wish or the payment that the form is about.
pub(super) fn made_here(app: &App, what: &str) -> Markup {
    html! { input type="hidden" name="form" value=(app.gate.csrf(&subject(what)).expose()); }
}

pub(super) fn is_made_here(app: &App, what: &str, token: &str) -> bool {
    app.gate.is_csrf(&subject(what), token)
}

/// No cookie has a space in it, so that no token of a driver's form is one of a sign-in.
fn subject(what: &str) -> Secret {
    Secret::new(format!("driver {what}"))
}
