//! Drivers of the demonstration: they pay as people do on the driver's page, and their vehicles come.

use std::time::Duration;

use ocpp_core::model::{Currency, EvseId, Money, StationId};
use ocpp_server::domain::{EventKind, Payment};
use ocpp_server::payment::SandboxInstrument;
use ocpp_server::process::CheckoutRequest;
use ocpp_server::store::TypedRecords;
use tokio::sync::broadcast::error::RecvError;

use super::GuestBook;
use super::world::{FOR_YOU, STATIONS, Visitors};
use crate::manager::App;

/// How long the stations have to connect before the first driver comes.
const FIRST_AFTER: Duration = Duration::from_secs(5);
/// How often somebody comes.
const COMES_EVERY: Duration = Duration::from_secs(12);
/// Every so many drivers one has a card that is declined.
const DECLINED: usize = 5;

/// Lets a vehicle come wherever somebody has paid and the station waits: those of the demonstration, and
/// whoever looks at it and pays on the driver's page.
pub(super) async fn bring_guests(app: App, guests: GuestBook) {
    let mut events = app.csms.bus().listen();
    loop {
        let event = match events.recv().await {
            Ok(event) => event,
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return,
        };
        let EventKind::PaymentChanged { payment, state } = &event.event.kind else { continue };
        if state != "starting" {
            continue;
        }
        if let Ok(Some(payment)) = app.csms.store().get::<Payment>(&payment.0).await
            && let Some(guests) = guests.get(&payment.station)
        {
            guests.invite(payment.evse);
        }
    }
}

/// Drivers come one after the other until the manager ends.
pub(super) async fn come_and_go(app: App) {
    tokio::time::sleep(FIRST_AFTER).await;
    let places: Vec<(&str, u32)> = STATIONS
        .iter()
        .filter(|station| station.visitors == Visitors::WhoPays && station.identity != FOR_YOU)
        .flat_map(|station| (1..=station.evses).map(|evse| (station.identity, evse)))
        .collect();
    for (number, place) in (1..).zip(places.iter().cycle()) {
        let (station, evse) = *place;
        let instrument =
            if number % DECLINED == 0 { SandboxInstrument::Declines } else { SandboxInstrument::Succeeds };
        pay(&app, station, EvseId(evse), instrument).await;
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            () = tokio::time::sleep(COMES_EVERY) => {}
        }
    }
}

/// One driver pays. A place that is taken is left to whoever has it.
async fn pay(app: &App, station: &str, evse: EvseId, instrument: SandboxInstrument) {
    let Ok(station) = StationId::new(station) else { return };
    let request = CheckoutRequest {
        station,
        evse,
        instrument: instrument.id().to_owned(),
        hold: Money::from_minor(5000, Currency::EUR),
        wish: CheckoutRequest::fresh_wish(),
    };
    if let Err(error) = app.processes.check_out(request).await {
        tracing::debug!(%error, "a driver of the demonstration goes elsewhere");
    }
}
