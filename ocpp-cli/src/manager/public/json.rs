//! `/public/v1/sites`: published sites as JSON.

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use jiff::{SignedDuration, Timestamp};
use ocpp_core::rules::tariff::Tariff;
use ocpp_server::domain::{AccessType, OpeningHours, ParkingRestriction, PaymentWay};
use ocpp_server::habits::Habits;
use serde::{Deserialize, Serialize};

use super::now::{ConnectorNow, EvseNow, SiteNow};
use super::past::{WEEKS, likely_rest, likely_wait, week};
use super::price::Offered;
use super::state::PortState;
use crate::manager::App;
use crate::manager::api::{Kind, Problem};
use crate::manager::origin::{Base, encoded};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/public/v1/sites", get(list)).route("/public/v1/sites/{id}", get(one))
}

/// The most sites of one answer, and how many unless something else is asked for.
const MAX_SITES: usize = 500;
const SITES: usize = 100;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    limit: Option<usize>,
    after: Option<String>,
}

#[derive(Debug, Serialize)]
struct SiteList {
    items: Vec<SiteInList>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Debug, Serialize)]
struct SiteInList {
    #[serde(flatten)]
    about: About,
    evses: Counts,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_power_w: Option<i64>,
}

/// How many EVSEs are in which state.
#[derive(Debug, Default, Serialize)]
struct Counts {
    total: usize,
    available: usize,
    occupied: usize,
    reserved: usize,
    unavailable: usize,
    faulted: usize,
    unknown: usize,
}

/// Where a site is, and who runs it.
#[derive(Debug, Serialize)]
struct About {
    id: String,
    name: String,
    address: AddressNow,
    #[serde(skip_serializing_if = "Option::is_none")]
    coordinates: Option<CoordinatesNow>,
    time_zone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    operator: Option<String>,
    open_now: bool,
    changed_at: Timestamp,
    url: String,
    page: String,
}

#[derive(Debug, Serialize)]
struct AddressNow {
    street: String,
    postal_code: String,
    city: String,
    country: String,
}

#[derive(Debug, Serialize)]
struct CoordinatesNow {
    latitude: f64,
    longitude: f64,
}

#[derive(Debug, Serialize)]
struct SiteDetail {
    #[serde(flatten)]
    about: About,
    #[serde(skip_serializing_if = "Option::is_none")]
    legal_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    helpline: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    support_mail: Option<String>,
    access: AccessType,
    payment: Vec<PaymentWay>,
    always_open: bool,
    hours: OpeningHours,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_free_in_s: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    popular_times: Option<PopularTimes>,
    evses: Vec<EvseDetail>,
}

/// How full a site is at each hour of the week.
#[derive(Debug, Serialize)]
struct PopularTimes {
    weeks: i64,
    occupied_percent: Vec<Vec<Option<u8>>>,
}

#[derive(Debug, Serialize)]
struct EvseDetail {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    evse_id: Option<String>,
    name: String,
    status: PortState,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_free_in_s: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_power_w: Option<i64>,
    restrictions: Vec<ParkingRestriction>,
    pull_through: bool,
    connectors: Vec<ConnectorDetail>,
    price: PriceDetail,
    changed_at: Timestamp,
    pay_url: String,
}

#[derive(Debug, Serialize)]
struct ConnectorDetail {
    id: u32,
    status: PortState,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    standard: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    power_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_voltage: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_amperage: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_power_w: Option<i64>,
}

/// What charging costs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
enum PriceDetail {
    Free,
    Tariff {
        currency: String,
        words: Vec<String>,
        now: Box<Tariff>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next: Option<Box<NextPrice>>,
    },
}

#[derive(Debug, Serialize)]
struct NextPrice {
    at: Timestamp,
    local_time: String,
    text: String,
    tariff: Tariff,
}

/// `GET /public/v1/sites`
async fn list(
    State(app): State<App>,
    base: Base,
    query: Result<Query<ListQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<SiteList>, Problem> {
    let Query(query) = query.map_err(|error| Kind::Invalid.because(format!("{}.", error.body_text())))?;
    let limit = query.limit.unwrap_or(SITES);
    if !(1..=MAX_SITES).contains(&limit) {
        return Err(Kind::Invalid.because(format!("limit is 1 to {MAX_SITES}.")));
    }
    let now = app.public.now(&app.csms).await?;
    let after = query.after.unwrap_or_default();
    let mut rest = now.sites.iter().filter(|site| site.site.id.0 > after);
    let items: Vec<SiteInList> = rest.by_ref().take(limit).map(|site| in_list(site, &base)).collect();
    let next = rest.next().and_then(|_| items.last()).map(|last| last.about.id.clone());
    Ok(Json(SiteList { items, next }))
}

/// `GET /public/v1/sites/{id}`
async fn one(
    State(app): State<App>,
    base: Base,
    Path(id): Path<String>,
) -> Result<Json<SiteDetail>, Problem> {
    let now = app.public.now(&app.csms).await?;
    let missing = || Kind::NotFound.because("There is no published site of this id.");
    let site = now.site(&id).ok_or_else(missing)?;
    let habits = app.public.habits(&app.csms, site).await?;
    Ok(Json(detail(site, now.at, &habits, &base)))
}

fn in_list(site: &SiteNow, base: &Base) -> SiteInList {
    let count = |state| site.evses.iter().filter(|evse| evse.state.state == state).count();
    SiteInList {
        about: about(site, base),
        evses: Counts {
            total: site.evses.len(),
            available: count(PortState::Available),
            occupied: count(PortState::Occupied),
            reserved: count(PortState::Reserved),
            unavailable: count(PortState::Unavailable),
            faulted: count(PortState::Faulted),
            unknown: count(PortState::Unknown),
        },
        max_power_w: site.evses.iter().filter_map(EvseNow::power).max(),
    }
}

fn about(now: &SiteNow, base: &Base) -> About {
    let site = &now.site;
    let degrees = |e7: i32| f64::from(e7) / 1e7;
    let address = site.address.clone();
    About {
        id: site.id.0.clone(),
        name: site.name.clone(),
        address: AddressNow {
            street: address.street,
            postal_code: address.postal_code,
            city: address.city,
            country: address.country,
        },
        coordinates: site.coordinates.map(|at| CoordinatesNow {
            latitude: degrees(at.latitude_e7),
            longitude: degrees(at.longitude_e7),
        }),
        time_zone: site.time_zone.clone(),
        operator: site.public.operator.clone(),
        open_now: now.is_open,
        changed_at: now.changed_at,
        url: format!("{base}/public/v1/sites/{}", site.id.0),
        page: format!("{base}/places/{}", site.id.0),
    }
}

fn detail(now: &SiteNow, at: Timestamp, habits: &Habits, base: &Base) -> SiteDetail {
    let public = now.site.public.clone();
    SiteDetail {
        about: about(now, base),
        legal_name: public.legal_name,
        helpline: public.helpline,
        support_mail: public.support_mail,
        access: public.access,
        payment: public.payment.into_iter().collect(),
        always_open: public.hours.weekly.is_none(),
        hours: public.hours,
        expected_free_in_s: likely_wait(habits, now, at).map(rounded),
        popular_times: week(habits).map(|occupied_percent| PopularTimes { weeks: WEEKS, occupied_percent }),
        evses: now.evses.iter().map(|evse| evse_detail(evse, now, at, habits, base)).collect(),
    }
}

/// Whole minutes: it is a likelihood, and answers stay the same for a while.
fn rounded(rest: SignedDuration) -> i64 {
    rest.as_secs().div_euclid(60).max(1) * 60
}

fn evse_detail(evse: &EvseNow, site: &SiteNow, at: Timestamp, habits: &Habits, base: &Base) -> EvseDetail {
    EvseDetail {
        id: evse.uid.clone(),
        evse_id: evse.entry.bay.evse_id.clone(),
        name: evse.name(),
        status: evse.state.state,
        since: evse.state.since,
        expected_free_in_s: likely_rest(habits, evse, at).map(rounded),
        max_power_w: evse.power(),
        restrictions: evse.entry.bay.restrictions.iter().copied().collect(),
        pull_through: evse.entry.bay.pull_through,
        connectors: evse.connectors.iter().map(connector_detail).collect(),
        price: evse.price.as_ref().map_or(PriceDetail::Free, |price| price_detail(price, site, at)),
        changed_at: evse.changed_at,
        pay_url: format!("{base}/d/{}/{}", encoded(evse.station.as_str()), evse.entry.id),
    }
}

fn connector_detail(connector: &ConnectorNow) -> ConnectorDetail {
    let offer = &connector.offer;
    ConnectorDetail {
        id: connector.entry.id.0,
        status: connector.state.state,
        since: connector.state.since,
        standard: offer.standard.map(|standard| standard.as_str()),
        format: offer.format.map(|format| format.as_str()),
        power_type: offer.power_type.map(|power_type| power_type.as_str()),
        max_voltage: offer.max_voltage,
        max_amperage: offer.max_amperage,
        max_power_w: offer.power.map(|power| power.0),
    }
}

fn price_detail(price: &Offered, site: &SiteNow, at: Timestamp) -> PriceDetail {
    let next = price.next.as_ref().map(|(change, tariff)| NextPrice {
        at: *change,
        local_time: site.zone.to_datetime(*change).strftime("%Y-%m-%dT%H:%M").to_string(),
        text: price.change_in_words(&site.zone, at).unwrap_or_default(),
        tariff: tariff.clone(),
    });
    PriceDetail::Tariff {
        currency: price.now.currency.to_string(),
        words: price.words(),
        now: Box::new(price.now.clone()),
        next: next.map(Box::new),
    }
}
