//! `POST /d/{station}/{evse}`: the driver pays.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use ocpp_server::process::{CheckoutError, CheckoutRequest};
use uuid::Uuid;

use super::super::form::Fields;
use super::super::refuse::Refuse;
use super::super::visitor::Address;
use super::point::Point;
use super::{hold_in, is_made_here};
use crate::manager::App;
use crate::settings::PaymentService;

/// Begins a payment, which goes on by itself, and shows it.
pub(super) async fn pay(
    State(app): State<App>,
    Address(address): Address,
    Path((station, evse)): Path<(String, u32)>,
    fields: Fields,
) -> Result<Response, Refuse> {
    let point = Point::read(&app, &station, evse).await?;
    if app.payments.service == PaymentService::None {
        let sentence = "Paying here is not possible. Please present your card at the station.";
        return Ok((StatusCode::CONFLICT, point.page(&app, Some(sentence))).into_response());
    }
    if app.gate.wish_to_pay(address).is_err() {
        let sentence = "Too many payments were begun from here. Please wait a minute.";
        return Ok((StatusCode::TOO_MANY_REQUESTS, point.page(&app, Some(sentence))).into_response());
    }
    match begin(&app, &point, &fields).await {
        Ok(payment) => Ok(Redirect::to(&format!("/p/{payment}")).into_response()),
        Err(error) => {
            let status = match error {
                CheckoutError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
                CheckoutError::Offline | CheckoutError::InUse => StatusCode::CONFLICT,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            Ok((status, point.page(&app, Some(&error.to_string()))).into_response())
        }
    }
}

async fn begin(app: &App, point: &Point, fields: &Fields) -> Result<String, CheckoutError> {
    let wish = fields.get("wish");
    if !is_made_here(app, wish, fields.get("form")) {
        return Err(CheckoutError::StaleForm);
    }
    let wish: Uuid = wish.parse().map_err(|_| CheckoutError::StaleForm)?;
    let price = point.price.as_ref().ok_or(CheckoutError::NothingToPay)?;
    let request = CheckoutRequest {
        station: point.station.clone(),
        evse: point.evse,
        instrument: fields.get("instrument").to_owned(),
        hold: hold_in(app, price.tariff.currency),
        wish,
    };
    Ok(app.processes.check_out(request).await?.id.0)
}
