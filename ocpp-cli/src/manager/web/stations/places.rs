//! Which places are in use, who has reserved them, and the list of tokens: parts of the page of a station.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::SignedDuration;
use maud::{Markup, html};
use ocpp_core::model::{Availability, ConnectorId, EvseId, IdToken, Place, StationId, TokenKind};
use ocpp_server::domain::{ListChoice, ListState, Port, Reservation, ReservationState, Scope};
use ocpp_server::maintenance::{
    Availabilities, AvailabilityError, ListError, ListReport, LocalLists, ReservationForm, WishReport,
};

use super::super::form::{self, Draft, Form, Posted};
use super::super::links;
use super::super::refuse::Refuse;
use super::super::visitor::Visitor;
use super::super::words;
use super::identity;

/// How many reservations that are over are shown.
const LATEST: usize = 20;
/// How long a place can be kept from this page.
const HOURS: [i64; 5] = [1, 2, 4, 8, 24];

/// The parts of the page.
pub(super) async fn section(visitor: &Visitor, id: &StationId, ports: &[Port]) -> Result<Markup, Refuse> {
    let csms = &visitor.app.csms;
    let wishes = Availabilities::new(csms.clone()).report(id).await?;
    let reserved = visitor.app.reservations.of_station(id, LATEST).await?;
    let list = LocalLists::new(csms.clone()).report(id).await?;
    let may_order = visitor.may(Scope::CommandsSend);
    Ok(html! {
        h3 { "In use and out of use" }
        @for report in &wishes { (wish_line(report)) }
        @if may_order {
            @if wishes.iter().any(|report| report.is_contradicted || !report.wish.taken) {
                (form::button(visitor, &format!("{}/availability/assert", links::station(id)), "Tell it again"))
            }
            (wish_form(visitor, id, ports))
        }
        h3 { "Reservations" }
        @for held in &reserved { (reserved_line(visitor, held)) }
        @if may_order { (reserve_form(visitor, id, ports)) }
        h3 { "Local list" }
        (list_line(list.as_ref()))
        @if may_order { (list_form(visitor, id, list.as_ref())) }
    })
}

fn named(place: Place) -> String {
    match place {
        Place::Station => "The whole station".to_owned(),
        Place::Evse(evse) => format!("EVSE {evse}"),
        Place::Connector(evse, connector) => format!("EVSE {evse}, connector {connector}"),
    }
}

fn wish_line(WishReport { wish, is_contradicted }: &WishReport) -> Markup {
    let wanted = if wish.availability == Availability::Operative { "in use" } else { "out of use" };
    html! {
        p {
            (named(wish.place)) " is to be " strong { (wanted) } ", " (words::clock(wish.at)) " by " (wish.by)
            @if let Some(said) = &wish.said { "; the station: " (said) }
            "."
            @if *is_contradicted { " " span.doubt { "it reports otherwise" } }
        }
    }
}

/// The places of a station as options of a form, `-` for the station and `1.2` for a connector.
fn options(ports: &[Port]) -> Vec<(String, String)> {
    let mut places = vec![Place::Station];
    for port in ports {
        places.extend(port.place.evse().map(Place::Evse));
        places.push(port.place);
    }
    places.sort_unstable();
    places.dedup();
    places.into_iter().map(|place| (written(place), named(place))).collect()
}

fn written(place: Place) -> String {
    match place {
        Place::Station => "-".to_owned(),
        Place::Evse(evse) => evse.to_string(),
        Place::Connector(evse, connector) => format!("{evse}.{connector}"),
    }
}

fn read(text: &str) -> Result<Place, Refuse> {
    let number = |text: &str| text.parse::<u32>().ok().filter(|number| *number > 0);
    let place = match text.split_once('.') {
        _ if text == "-" => Some(Place::Station),
        None => number(text).map(|evse| Place::Evse(EvseId(evse))),
        Some((evse, connector)) => {
            let (evse, connector) = (number(evse), number(connector));
            evse.zip(connector)
                .map(|(evse, connector)| Place::Connector(EvseId(evse), ConnectorId(connector)))
        }
    };
    place.ok_or_else(|| Refuse::BadForm("Choose a place of the station.".to_owned()))
}

fn wish_form(visitor: &Visitor, id: &StationId, ports: &[Port]) -> Markup {
    let draft = Draft::default();
    let wanted = [("open", "in use"), ("close", "out of use, after a running session")];
    let wanted: Vec<_> = wanted.iter().map(|(word, name)| ((*word).to_owned(), (*name).to_owned())).collect();
    let form = Form::new(visitor, format!("{}/availability", links::station(id)), &draft)
        .choice("place", "Place", &options(ports))
        .choice("wanted", "Is to be", &wanted)
        .submit("Tell the station");
    html! { details { summary { "Put into use, or out of use" } (form) } }
}

fn reserved_line(visitor: &Visitor, held: &Reservation) -> Markup {
    let action = format!("{}/reservations/{}/cancel", links::station(&held.station), held.number);
    html! {
        p {
            "Reservation " (held.number) " for "
            @if visitor.may(Scope::TokensRead) { (held.token.value) } @else { "a driver" }
            ", " @match held.evse { Some(evse) => { "EVSE " (evse) } None => "any EVSE" }
            ", " (words::clock(held.from)) " to " (words::clock(held.until)) ": " strong { (held.state.name()) }
            @if let ReservationState::Planned { why: Some(why) } = &held.state { ", " (why) }
            @if held.is_no_show() { " " span.doubt { "no-show" } }
            @if held.is_open() && visitor.may(Scope::CommandsSend) { " " (form::button(visitor, &action, "Cancel it")) }
        }
    }
}

fn reserve_form(visitor: &Visitor, id: &StationId, ports: &[Port]) -> Markup {
    let draft = Draft::default();
    let mut places = vec![("-".to_owned(), "Any EVSE".to_owned())];
    let mut evses: Vec<EvseId> = ports.iter().filter_map(|port| port.place.evse()).collect();
    evses.sort_unstable();
    evses.dedup();
    places.extend(evses.into_iter().map(|evse| (evse.to_string(), format!("EVSE {evse}"))));
    let hours = HOURS.map(|hours| (hours.to_string(), format!("{hours} h")));
    let form = Form::new(visitor, format!("{}/reservations", links::station(id)), &draft)
        .line("token", "For the token", "from now on; ocpp reservation make can begin later")
        .choice("evse", "Where", &places)
        .choice("hours", "For", &hours)
        .submit("Reserve");
    html! { details { summary { "Reserve a place" } (form) } }
}

fn list_line(report: Option<&ListReport>) -> Markup {
    let Some(ListReport { list, is_current }) = report else {
        return html! { p.about { "No list is chosen: the station asks about every token." } };
    };
    html! {
        p {
            @match &list.choice {
                ListChoice::All => "All known tokens",
                ListChoice::Group(group) => { "The tokens of " (group) }
                ListChoice::Nothing => "No tokens",
            }
            ": "
            @match &list.state {
                ListState::NeverSent => strong { "never sent" },
                ListState::Sent { at } => { strong { "sent" } " " (words::clock(*at)) }
                ListState::Failed { at, why } => { strong { "not taken" } " " (words::clock(*at)) ", " (why) }
            }
            @if let Some(held) = &list.held { ", version " (held.version) " with " (held.tokens.len()) " tokens" }
            @if list.left_out > 0 { ", no place for " (list.left_out) }
            "."
            @if !is_current && list.held.is_some() { " " span.doubt { "tokens were changed since" } }
        }
    }
}

fn list_form(visitor: &Visitor, id: &StationId, report: Option<&ListReport>) -> Markup {
    let draft = Draft::default();
    let path = format!("{}/local-list", links::station(id));
    let choices = [("all", "all known tokens"), ("group", "those of the group"), ("nothing", "none")];
    let choices: Vec<_> =
        choices.iter().map(|(word, name)| ((*word).to_owned(), (*name).to_owned())).collect();
    let form = Form::new(visitor, path.clone(), &draft)
        .choice("tokens", "Tokens", &choices)
        .line("group", "Group", "where you choose one")
        .submit("Choose and send");
    html! {
        @if report.is_some() { (form::button(visitor, &format!("{path}/send"), "Send it")) }
        details { summary { "Choose the list" } (form) }
    }
}

fn back(id: &StationId) -> Response {
    Redirect::to(&links::station(id)).into_response()
}

impl From<AvailabilityError> for Refuse {
    fn from(error: AvailabilityError) -> Refuse {
        match error {
            AvailabilityError::UnknownStation(_) => Refuse::Nothing(error.to_string()),
            AvailabilityError::Store(_) => Refuse::Broken(error.to_string()),
            other => Refuse::BadForm(other.to_string()),
        }
    }
}

impl From<ListError> for Refuse {
    fn from(error: ListError) -> Refuse {
        match error {
            ListError::UnknownStation(_) => Refuse::Nothing(error.to_string()),
            ListError::Store(_) => Refuse::Broken(error.to_string()),
            other => Refuse::BadForm(other.to_string()),
        }
    }
}

/// `POST /stations/{id}/availability`
pub(super) async fn wish(
    Path(id): Path<String>,
    Posted { visitor, fields }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = identity(&id)?;
    let place = read(fields.get("place"))?;
    let availability = match fields.get("wanted") {
        "open" => Availability::Operative,
        "close" => Availability::Inoperative,
        _ => return Err(Refuse::BadForm("Choose whether it is to be in use.".to_owned())),
    };
    let places = Availabilities::new(visitor.app.csms.clone());
    places.wish(&id, place, availability, &visitor.identity.name).await?;
    Ok(back(&id))
}

/// `POST /stations/{id}/availability/assert`
pub(super) async fn assert(
    Path(id): Path<String>,
    Posted { visitor, .. }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = identity(&id)?;
    Availabilities::new(visitor.app.csms.clone()).reassert(&id).await?;
    Ok(back(&id))
}

/// `POST /stations/{id}/reservations`
pub(super) async fn reserve(
    Path(id): Path<String>,
    Posted { visitor, fields }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = identity(&id)?;
    let evse = match read(fields.get("evse"))? {
        Place::Evse(evse) => Some(evse),
        _ => None,
    };
    let hours = fields.get("hours").parse().ok().filter(|hours| HOURS.contains(hours));
    let hours = hours.ok_or_else(|| Refuse::BadForm("Choose for how long.".to_owned()))?;
    let token =
        fields.given("token").ok_or_else(|| Refuse::BadForm("Enter the driver's token.".to_owned()))?;
    let form = ReservationForm {
        number: None,
        evse,
        connector_type: None,
        token: IdToken::new(&token, TokenKind::ISO14443),
        group: None,
        from: None,
        until: visitor.app.csms.now() + SignedDuration::from_hours(hours),
    };
    let made = visitor.app.reservations.make(&id, form, &visitor.identity.name).await;
    made.map_err(|error| Refuse::BadForm(error.to_string()))?;
    Ok(back(&id))
}

/// `POST /stations/{id}/reservations/{number}/cancel`
pub(super) async fn cancel(
    Path((id, number)): Path<(String, i64)>,
    Posted { visitor, .. }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = identity(&id)?;
    let cancelled = visitor.app.reservations.cancel(&id, number, &visitor.identity.name).await;
    cancelled.map_err(|error| Refuse::BadForm(error.to_string()))?;
    Ok(back(&id))
}

/// `POST /stations/{id}/local-list`
pub(super) async fn choose(
    Path(id): Path<String>,
    Posted { visitor, fields }: Posted,
) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = identity(&id)?;
    let choice = match (fields.get("tokens"), fields.given("group")) {
        ("all", _) => ListChoice::All,
        ("nothing", _) => ListChoice::Nothing,
        ("group", Some(group)) => ListChoice::Group(group),
        _ => return Err(Refuse::BadForm("Choose the tokens; a group needs its name.".to_owned())),
    };
    let lists = LocalLists::new(visitor.app.csms.clone());
    lists.choose(&id, choice).await?;
    match lists.send(&id).await {
        // It is sent when somebody presses the button again.
        Ok(_) | Err(ListError::NotConnected) => Ok(back(&id)),
        Err(error) => Err(error.into()),
    }
}

/// `POST /stations/{id}/local-list/send`
pub(super) async fn send(Path(id): Path<String>, Posted { visitor, .. }: Posted) -> Result<Response, Refuse> {
    visitor.needs(Scope::CommandsSend)?;
    let id = identity(&id)?;
    LocalLists::new(visitor.app.csms.clone()).send(&id).await?;
    Ok(back(&id))
}
