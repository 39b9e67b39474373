//! `/p/{payment}`: what is going on and what to do next, until the receipt is there.

use std::convert::Infallible;
use std::time::Duration;

use async_stream::stream;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event as Sse, KeepAlive, Sse as SseResponse};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::Stream;
use maud::{Markup, html};
use ocpp_core::model::{ChargingState, Money};
use ocpp_server::Csms;
use ocpp_server::domain::{EventKind, Payment, PaymentState, Receipt, Session, SessionStatus, StoredEvent};
use ocpp_server::pricing::timeline_of;
use ocpp_server::process::ProcessSettings;
use ocpp_server::store::{ReadError, TypedRecords};
use tokio::sync::broadcast::error::RecvError;

use super::super::form::Fields;
use super::super::refuse::Refuse;
use super::super::{frame, links, receipts, stop, words};
use super::{is_made_here, made_here};
use crate::manager::App;

/// How often a page that waits for nothing in particular is rendered anew: time passes, and may cost.
const TICK: Duration = Duration::from_secs(5);
/// How often a browser without script asks again, in seconds.
const ASK_AGAIN_S: u32 = 5;

/// All that the page shows.
struct Shown {
    payment: Payment,
    session: Option<Session>,
    cost: Option<Money>,
    receipt: Option<Receipt>,
}

impl Shown {
    async fn read(app: &App, id: &str) -> Result<Shown, Refuse> {
        let store = app.csms.store();
        let payment: Option<Payment> = store.get(id).await?;
        let payment = payment.ok_or_else(|| {
            Refuse::Nothing("There is no such payment. Please scan the code on the station again.".to_owned())
        })?;
        let session = match &payment.session {
            Some(key) => store.session(key).await?,
            None => None,
        };
        let cost = match &session {
            Some(session) => cost_now(&app.csms, session).await?,
            None => None,
        };
        let receipt = receipts::of_payment(app, id).await?;
        Ok(Shown { payment, session, cost, receipt })
    }

    /// Whether nothing more will change on the page.
    fn is_over(&self) -> bool {
        self.payment.state.is_final() && (self.session.is_none() || self.receipt.is_some())
    }
}

/// What a session costs at this moment. A station whose clock is ahead has reported of later moments.
async fn cost_now(csms: &Csms, session: &Session) -> Result<Option<Money>, ReadError> {
    let Some(tariff) = &session.tariff else { return Ok(None) };
    let price = csms.pricing().of_session(&session.station, tariff).await?;
    let Some(price) = price else { return Ok(session.cost) };
    let readings = csms.store().readings(&session.key).await?;
    let until = session.ended_at.unwrap_or(csms.now().max(session.last_report_at));
    Ok(price.total(&timeline_of(session, &readings), until).or(session.cost))
}

/// `GET /p/{payment}`
pub(super) async fn page(State(app): State<App>, Path(id): Path<String>) -> Result<Markup, Refuse> {
    let shown = Shown::read(&app, &id).await?;
    Ok(whole(&app, &shown, None))
}

fn whole(app: &App, shown: &Shown, wrong: Option<&str>) -> Markup {
    let id = &shown.payment.id.0;
    let goes_on = !shown.is_over();
    let head = html! {
        @if goes_on { noscript { meta http-equiv="refresh" content=(ASK_AGAIN_S); } }
    };
    let body = html! {
        header {
            h1 { "Your charging session" }
            p.about { (shown.payment.station) " · EVSE " (shown.payment.evse) }
        }
        @if let Some(sentence) = wrong { p.wrong role="alert" { (sentence) } }
        (part(app, shown))
        p.hint { "Keep this page: it is the way to your session and your receipt." }
        @if goes_on { script src="/static/live.js" defer data-live={ "/p/" (id) "/live" } {} }
    };
    frame::driver("Your charging session", head, body)
}

/// What changes as it goes on.
fn part(app: &App, shown: &Shown) -> Markup {
    let payment = &shown.payment;
    html! {
        section #payment data-state=(payment.state.name()) aria-live="polite" {
            @match &payment.state {
                PaymentState::Requested => (said("Asking for your payment …", "This takes a few seconds.")),
                PaymentState::Declined { reason } => {
                    (said("Not paid", &format!("{} Nothing was charged.", why(reason))))
                    (again(payment))
                }
                PaymentState::Held => (said("Asking the station …", &format!("{} is held. The station is told to start.", payment.hold))),
                PaymentState::Starting { .. } => {
                    (said("Plug in now", &format!(
                        "{} is held and EVSE {} waits for you. Plug in within {} minutes; if nobody does, the amount is given back.",
                        payment.hold, payment.evse, plug_in_minutes()
                    )))
                }
                PaymentState::Charging => (charging(app, shown)),
                PaymentState::Capturing { .. } => {
                    (said("Charging has ended", "The payment is being settled. You can unplug."))
                    (figures(shown))
                }
                PaymentState::Captured { amount, refunded } => (thanks(shown, *amount, *refunded)),
                PaymentState::Releasing { reason } => {
                    (said("Not charged", &format!("{} The amount that was held is being given back; nothing was charged.", why(reason))))
                }
                PaymentState::Released { reason } => {
                    (said("Not charged", &format!("{} Nothing was charged, and nothing is held any more.", why(reason))))
                    @if shown.session.is_some() { (receipt_link(shown)) } @else { (again(payment)) }
                }
            }
        }
    }
}

/// A reason without the assurance that the page gives itself.
fn why(reason: &str) -> &str {
    reason.trim_end_matches("Nothing was charged.").trim_end()
}

fn plug_in_minutes() -> u64 {
    ProcessSettings::default().plug_in_within.as_secs() / 60
}

fn said(head: &str, sentence: &str) -> Markup {
    html! { h2 { (head) } p { (sentence) } }
}

fn again(payment: &Payment) -> Markup {
    html! { p { a.button href=(links::driver(&payment.station, payment.evse.0)) { "Try again" } } }
}

fn charging(app: &App, shown: &Shown) -> Markup {
    let session = shown.session.as_ref();
    let sentence = match session.and_then(|session| session.charging) {
        _ if shown.payment.stopped.is_some() => {
            "The amount that was held is used up: charging is being stopped."
        }
        Some(ChargingState::SuspendedEv) => {
            "Your vehicle takes no energy at the moment. Staying longer may cost idle time."
        }
        Some(ChargingState::SuspendedEvse) => "The station gives no energy at the moment.",
        _ => "Your vehicle charges. You can close this page and come back to it.",
    };
    let is_running = session.is_some_and(|session| session.status == SessionStatus::Active);
    html! {
        (said("Charging", sentence))
        (figures(shown))
        @if is_running {
            form method="post" action={ "/p/" (shown.payment.id.0) "/stop" } {
                (made_here(app, &shown.payment.id.0))
                button.big.danger { "Stop charging" }
            }
        }
    }
}

/// Energy, power, cost and time of the session so far.
fn figures(shown: &Shown) -> Markup {
    let Some(session) = &shown.session else { return html! {} };
    let until = session.ended_at.unwrap_or(session.last_report_at);
    html! {
        div.summary {
            (figure("energy", "energy", &words::energy(session.energy())))
            @if let Some(cost) = shown.cost { (figure("cost", "cost, with tax", &cost.rounded().to_string())) }
            @if let Some(power) = session.power.filter(|_| session.ended_at.is_none()) { (figure("power", "power", &words::power(power))) }
            (figure("duration", "duration", &words::between(session.started_at, until)))
            @if let Some(percent) = session.state_of_charge { (figure("charge", "state of charge", &format!("{} %", percent.get()))) }
        }
    }
}

fn figure(class: &str, name: &str, value: &str) -> Markup {
    html! { div.figure.(class) { strong { (value) } span { (name) } } }
}

fn thanks(shown: &Shown, amount: Money, refunded: Money) -> Markup {
    let rest = shown.payment.hold.minus(amount).ok().filter(|rest| !rest.is_zero());
    html! {
        h2 { "Thank you" }
        p {
            "You paid " strong { (amount) } "."
            @if let Some(rest) = rest { " The rest of the hold, " (rest) ", is given back." }
            @if !refunded.is_zero() { " " (refunded) " was refunded." }
            @if let Some(reason) = &shown.payment.stopped { " Charging was stopped: " (reason) }
        }
        (figures(shown))
        (receipt_link(shown))
    }
}

fn receipt_link(shown: &Shown) -> Markup {
    html! {
        @if shown.receipt.is_some() { p { a.button href={ "/r/" (shown.payment.id.0) } { "Your receipt" } } }
        @else { p { "Your receipt is being made …" } }
    }
}

/// `GET /p/{payment}/live`: the part of the page that changes, as it changes.
pub(super) async fn live(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<SseResponse<impl Stream<Item = Result<Sse, Infallible>>>, Refuse> {
    let mut events = app.csms.bus().listen();
    let mut shown = Shown::read(&app, &id).await?;
    let parts = stream! {
        loop {
            yield Ok(Sse::default().event("part").data(part(&app, &shown).into_string()));
            if shown.is_over() {
                yield Ok(Sse::default().event("end").data("over"));
                break;
            }
            let waited = tokio::time::timeout(TICK, async {
                loop {
                    match events.recv().await {
                        Ok(event) if concerns(&event, &shown.payment) => return true,
                        Ok(_) => {}
                        Err(RecvError::Lagged(_)) => return true,
                        Err(RecvError::Closed) => return false,
                    }
                }
            });
            let goes_on = tokio::select! {
                () = app.shutdown.cancelled() => false,
                waited = waited => waited.unwrap_or(true),
            };
            if !goes_on {
                break;
            }
            shown = match Shown::read(&app, &id).await {
                Ok(shown) => shown,
                Err(_) => break,
            };
        }
    };
    Ok(SseResponse::new(parts).keep_alive(KeepAlive::default()))
}

fn concerns(event: &StoredEvent, payment: &Payment) -> bool {
    match &event.event.kind {
        EventKind::PaymentChanged { payment: changed, .. } => *changed == payment.id,
        EventKind::SessionStarted { session }
        | EventKind::SessionUpdated { session }
        | EventKind::SessionEnded { session }
        | EventKind::ReceiptIssued { session, .. } => {
            payment.session.as_ref().is_none_or(|own| own == session)
        }
        _ => false,
    }
}

/// `POST /p/{payment}/stop`
pub(super) async fn stop(
    State(app): State<App>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Refuse> {
    let shown = Shown::read(&app, &id).await?;
    if !is_made_here(&app, &id, fields.get("form")) {
        return Err(Refuse::Forged);
    }
    let stopped = match &shown.session {
        Some(session) => stop::stop(&app.csms, session, "the driver").await,
        None => Ok(()),
    };
    match stopped {
        Ok(()) => Ok(Redirect::to(&format!("/p/{id}")).into_response()),
        Err(sentence) => Ok((StatusCode::CONFLICT, whole(&app, &shown, Some(sentence))).into_response()),
    }
}
