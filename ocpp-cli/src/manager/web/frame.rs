//! What is around every page.

use maud::{DOCTYPE, Markup, html};
use ocpp_server::domain::Scope;

use super::visitor::Visitor;

/// A page of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    /// None of them.
    None,
    Overview,
    Stations,
    Alarms,
    Reservations,
    TurnedAway,
    Sites,
    Usage,
    Uptime,
    Firmware,
    Orders,
    Settings,
    Tokens,
    Tariffs,
    Sessions,
    Payments,
    Receipts,
    Messages,
    Access,
    Partners,
}

/// The pages of the navigation, and what one needs to see each.
const TABS: [(Tab, &str, &str, &[Scope]); 19] = [
    (Tab::Overview, "/", "Overview", &[Scope::StationsRead]),
    (Tab::Stations, "/stations", "Stations", &[Scope::StationsRead]),
    (Tab::Alarms, "/alarms", "Alarms", &[Scope::StationsRead]),
    (Tab::Reservations, "/reservations", "Reservations", &[Scope::StationsRead]),
    (Tab::TurnedAway, "/turned-away", "Turned away", &[Scope::StationsRead]),
    (Tab::Sites, "/sites", "Sites", &[Scope::StationsRead]),
    (Tab::Usage, "/usage", "Usage", &[Scope::StationsRead]),
    (Tab::Uptime, "/uptime", "Uptime", &[Scope::StationsRead]),
    (Tab::Firmware, "/firmware", "Firmware", &[Scope::StationsRead]),
    (Tab::Orders, "/batches", "Bulk orders", &[Scope::StationsRead]),
    (Tab::Settings, "/settings", "Settings", &[Scope::StationsRead]),
    (Tab::Tokens, "/tokens", "Tokens", &[Scope::TokensRead]),
    (Tab::Tariffs, "/tariffs", "Tariffs", &[Scope::TariffsRead]),
    (Tab::Sessions, "/sessions", "Sessions", &[Scope::SessionsRead]),
    (Tab::Payments, "/payments", "Payments", &[Scope::PaymentsRead]),
    (Tab::Receipts, "/receipts", "Receipts", &[Scope::SessionsRead]),
    (Tab::Messages, "/messages", "Messages", &[Scope::StationsRead, Scope::SessionsRead]),
    (Tab::Access, "/access", "Access", &[Scope::AccessManage]),
    (Tab::Partners, "/partners", "Partners", &[Scope::AccessManage]),
];

/// A page of the operator.
pub(super) fn page(visitor: &Visitor, tab: Tab, title: &str, body: Markup) -> Markup {
    let top = html! {
        header.top {
            h1 { a href="/" { "ocpp" } }
            p.connection #connection role="status" {}
            (who(visitor))
        }
        nav aria-label="Pages" {
            @for (page, path, name, scopes) in TABS {
                @if scopes.iter().all(|scope| visitor.may(*scope)) { a href=(path) aria-current=[(page == tab).then_some("page")] { (name) } }
            }
        }
    };
    let body = html! {
        @for alarm in visitor.app.csms.health().alarms() {
            p.banner.alarm role="alert" { (alarm.sentence) }
        }
        @if !visitor.app.needs_sign_in {
            p.banner role="note" {
                "Open, for trying out: every station and every token is accepted, and nobody has to sign in."
            }
        } @else if visitor.app.is_open {
            p.banner role="note" { "Open, for trying out: every station and every token is accepted." }
        }
        (body)
    };
    document(title, html! {}, top, body)
}

fn who(visitor: &Visitor) -> Markup {
    html! {
        @if visitor.is_signed_in() {
            form.who method="post" action="/sign-out" {
                (visitor.csrf_field())
                span { (visitor.identity.name) }
                button.quiet { "Sign out" }
            }
        }
    }
}

/// A page for anybody, without navigation.
pub(super) fn plain(title: &str, body: Markup) -> Markup {
    let top = html! { header.top { h1 { a href="/" { "ocpp" } } } };
    document(title, html! {}, top, html! { div.narrow { (body) } })
}

/// A page of the driver: one column, made for a phone. `head` is for the page alone.
pub(super) fn driver(title: &str, head: Markup, body: Markup) -> Markup {
    document(title, head, html! {}, html! { div.driver { (body) } })
}

fn document(title: &str, head: Markup, top: Markup, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · ocpp" }
                link rel="icon" href="/static/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/static/style.css";
                (head)
            }
            body {
                (top)
                main { (body) }
            }
        }
    }
}
