//! OCPI 2.2.1 for partners who pull: Locations and Tariffs, as their sender.
//!
//! ```text
//! answer     the envelope, pages            caller      whose token it is
//! locations  sites, EVSEs, connectors       tariffs     what it costs, as far as OCPI can say it
//! ```
//!
//! Tokens are given out by the operator: there is no registration over the wire.

mod answer;
mod caller;
mod locations;
mod tariffs;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;

use crate::manager::App;
use crate::manager::origin::Base;
use answer::{Answer, Fault};
use caller::Caller;

/// The routes under `/ocpi`.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/ocpi/versions", get(versions))
        .route("/ocpi/2.2.1", get(endpoints))
        .route("/ocpi/2.2.1/credentials", get(credentials).fallback(registered))
        .route("/ocpi/2.2.1/locations", get(locations::list))
        .route("/ocpi/2.2.1/locations/{location}", get(locations::location))
        .route("/ocpi/2.2.1/locations/{location}/{evse}", get(locations::evse))
        .route("/ocpi/2.2.1/locations/{location}/{evse}/{connector}", get(locations::connector))
        .route("/ocpi/2.2.1/tariffs", get(tariffs::list))
        .route("/ocpi/{*rest}", axum::routing::any(nothing))
        .layer(from_fn(with_ids))
}

/// Every answer carries the ids of its request.
async fn with_ids(request: Request<axum::body::Body>, next: Next) -> Response {
    let names = ["x-request-id", "x-correlation-id"].map(HeaderName::from_static);
    let ids = names.map(|name| request.headers().get(&name).cloned().map(|value| (name, value)));
    let mut response = next.run(request).await;
    response.headers_mut().extend(ids.into_iter().flatten());
    response
}

#[derive(Debug, Serialize)]
struct Version {
    version: &'static str,
    url: String,
}

/// `GET /ocpi/versions`
async fn versions(_: Caller, base: Base) -> Answer<Vec<Version>> {
    Answer::of(vec![Version { version: "2.2.1", url: format!("{base}/ocpi/2.2.1") }])
}

#[derive(Debug, Serialize)]
struct Details {
    version: &'static str,
    endpoints: Vec<Endpoint>,
}

#[derive(Debug, Serialize)]
struct Endpoint {
    identifier: &'static str,
    role: &'static str,
    url: String,
}

/// `GET /ocpi/2.2.1`
async fn endpoints(_: Caller, base: Base) -> Answer<Details> {
    let endpoint = |identifier: &'static str| Endpoint {
        identifier,
        role: "SENDER",
        url: format!("{base}/ocpi/2.2.1/{identifier}"),
    };
    let endpoints = ["credentials", "locations", "tariffs"].map(endpoint).into();
    Answer::of(Details { version: "2.2.1", endpoints })
}

#[derive(Debug, Serialize)]
struct Credentials {
    token: String,
    url: String,
    roles: Vec<Role>,
}

#[derive(Debug, Serialize)]
struct Role {
    role: &'static str,
    business_details: Business,
    party_id: String,
    country_code: String,
}

#[derive(Debug, Serialize)]
struct Business {
    name: String,
}

/// `GET /ocpi/2.2.1/credentials`: whom the token was given by. The token is that of the request.
async fn credentials(
    State(app): State<App>,
    caller: Caller,
    base: Base,
) -> Result<Answer<Credentials>, Fault> {
    let now = app.public.now(&app.csms).await?;
    let operator = now.sites.first().and_then(|site| site.site.public.operator.clone());
    let name = operator.unwrap_or_else(|| format!("{}*{}", caller.party.country, caller.party.id));
    let role = Role {
        role: "CPO",
        business_details: Business { name },
        party_id: caller.party.id.clone(),
        country_code: caller.party.country.clone(),
    };
    let token = caller.token.expose().to_owned();
    Ok(Answer::of(Credentials { token, url: format!("{base}/ocpi/versions"), roles: vec![role] }))
}

/// A partner that has a token is registered already, and its operator alone ends that (7.2.2 to 7.2.4 of OCPI).
async fn registered(_: Caller) -> Fault {
    Fault::method("Tokens are given out and revoked by the operator; a partner cannot register over OCPI.")
}

async fn nothing(_: Caller) -> Fault {
    Fault::missing(2003, "There is nothing at this path; /ocpi/2.2.1 lists what there is.")
}
