//! Who looks at a page, and what they may see and do there.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use maud::{Markup, html};
use ocpp_server::access::{Identity, Secret};
use ocpp_server::domain::Scope;

use super::refuse::Refuse;
use crate::manager::App;
use crate::manager::api::{address_of, sign_in_cookie};
use crate::manager::origin::Base;

/// Somebody who is signed in, or anybody where no sign-in is needed.
#[derive(Clone)]
pub(super) struct Visitor {
    pub(super) app: App,
    pub(super) identity: Identity,
    /// Where the manager is as this visitor sees it.
    pub(super) base: Base,
    cookie: Option<Secret>,
}

impl Visitor {
    /// Lets on whoever may do this.
    ///
    /// # Errors
    /// [`Refuse::Scope`] to everybody else.
    pub(super) fn needs(&self, scope: Scope) -> Result<(), Refuse> {
        if self.may(scope) { Ok(()) } else { Err(Refuse::Scope(Box::new(self.clone()), scope)) }
    }

    /// Whether this visitor may do this.
    pub(super) fn may(&self, scope: Scope) -> bool {
        self.identity.may(scope)
    }

    /// Whether this visitor has signed in, so that signing out makes sense.
    pub(super) fn is_signed_in(&self) -> bool {
        self.cookie.is_some()
    }

    /// The hidden field that every form of somebody signed in carries against forged requests.
    pub(super) fn csrf_field(&self) -> Markup {
        html! {
            @if let Some(cookie) = &self.cookie {
                input type="hidden" name="csrf" value=(self.app.gate.csrf(cookie).expose());
            }
        }
    }

    /// Whether a form was made for this visitor.
    pub(super) fn made(&self, csrf: &str) -> bool {
        self.cookie.as_ref().is_none_or(|cookie| self.app.gate.is_csrf(cookie, csrf))
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Refuse;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Visitor, Refuse> {
        let base = Base::of(&parts.headers);
        if !app.needs_sign_in {
            return Ok(Visitor { app: app.clone(), identity: Identity::anybody(), base, cookie: None });
        }
        let sign_in = || Refuse::SignIn { then: parts.uri.path_and_query().map(ToString::to_string) };
        let cookie = sign_in_cookie(&parts.headers).ok_or_else(sign_in)?;
        let identity = app.gate.by_cookie(&cookie, app.csms.now()).await?.ok_or_else(sign_in)?;
        Ok(Visitor { app: app.clone(), identity, base, cookie: Some(cookie) })
    }
}

/// Where a request comes from, for counting attempts.
pub(super) struct Address(pub(super) IpAddr);

impl<S: Sync> FromRequestParts<S> for Address {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Address, Self::Rejection> {
        Ok(Address(address_of(parts)))
    }
}
