//! How long a report of a priced session takes: `cargo bench -p ocpp-server --bench handle`.
//!
//! The whole session is priced anew with every report, out of its timeline in memory, so that a report takes
//! longer the more there were before. What that comes to is seen here: with 1,000 readings, copying the
//! timeline has to stay below 50 µs.
#![allow(clippy::expect_used, reason = "a benchmark reports by panicking")]

use std::sync::Arc;

use async_trait::async_trait;
use divan::{Bencher, black_box};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{
    ChargingState, ClockOf, Connectivity, Currency, EvseId, Fact, Measurand, Order, Place, Reading, Sample,
    StationId, StationTxRef, Step, TransactionFact, Trigger, Watts, Wh,
};
use ocpp_core::rules::tariff::{SimpleTariff, TaxRate};
use ocpp_core::rules::timeline::{Activity, Timeline};
use ocpp_server::bus::Bus;
use ocpp_server::domain::{Connection, Station, TariffId};
use ocpp_server::handle::{AcceptBoots, EveryToken, Handler, Hooks, NoAuthority, StationState, SystemClock};
use ocpp_server::pricing::{Price, Pricing};
use ocpp_server::store::{Change, Commit, Memory, ReadError, Unit};

fn main() {
    divan::main();
}

fn moment(minute: usize) -> Timestamp {
    let start: Timestamp = "2026-03-02T08:00:00Z".parse().expect("a moment");
    let minutes = i64::try_from(minute).expect("few");
    start.checked_add(SignedDuration::from_mins(minutes)).expect("a moment in range")
}

struct OnePrice(Arc<Price>);

#[async_trait]
impl Pricing for OnePrice {
    async fn at_start(
        &self,
        _: &StationId,
        _: Option<Place>,
        _: Timestamp,
    ) -> Result<Option<Arc<Price>>, ReadError> {
        Ok(Some(Arc::clone(&self.0)))
    }

    async fn of_session(&self, _: &StationId, _: &TariffId) -> Result<Option<Arc<Price>>, ReadError> {
        Ok(Some(Arc::clone(&self.0)))
    }
}

fn price() -> Arc<Price> {
    let tariff = SimpleTariff {
        price_kwh: Some("0.45".parse().expect("a price")),
        price_idle_minute: Some("0.10".parse().expect("a price")),
        tax: Some(TaxRate::on_price("VAT", 19.into())),
        ..SimpleTariff::new("t", Currency::EUR)
    };
    Arc::new(Price { id: TariffId("t".to_owned()), tariff: tariff.into(), zone: TimeZone::UTC })
}

fn fact(seq: usize) -> Fact {
    let at = moment(seq);
    let energy = Sample::total(Measurand::ENERGY_IMPORT_REGISTER, (seq * 100).into(), "Wh");
    let power = Sample::total(Measurand::POWER_IMPORT, 6000.into(), "W");
    Fact::Transaction(Box::new(TransactionFact {
        transaction: StationTxRef::Named("tx".into()),
        step: if seq == 0 { Step::Started } else { Step::Updated },
        order: Order::Seq(u32::try_from(seq).expect("few")),
        at,
        clock: ClockOf::Station,
        trigger: Trigger::METER_VALUE_PERIODIC,
        connectivity: Connectivity::Online,
        place: Some(Place::Evse(EvseId(1))),
        id_token: None,
        charging: Some(ChargingState::Charging),
        readings: vec![Reading { at, samples: vec![energy, power] }],
        stop_reason: None,
        reservation: None,
        remote_start: None,
        pricing: None,
    }))
}

/// A station and its handler, after so many reports.
async fn after(reports: usize) -> (Handler, StationState) {
    let store = Arc::new(Memory::new());
    let station = Station {
        id: StationId::new("CS1").expect("an identity"),
        revision: Default::default(),
        epoch: Default::default(),
        version: ocpp_core::types::Version::V201,
        connection: Connection::Offline { since: moment(0) },
        first_seen: moment(0),
        last_seen: moment(0),
        boot: None,
        booted_at: None,
        registration: None,
    };
    let unit = Unit { changes: vec![Change::Station(station.clone())], ..Unit::default() };
    store.commit(unit).await.expect("it is kept");
    let hooks = Hooks {
        planner: Arc::new(ocpp_server::handle::Unplanned),
        vat_register: Arc::new(ocpp_server::handle::NoVatRegister),
        authorizer: Arc::new(EveryToken),
        pricing: Arc::new(OnePrice(price())),
        boots: Arc::new(AcceptBoots),
        authority: Arc::new(NoAuthority),
    };
    let handler = Handler::new(store.clone(), hooks, Arc::new(SystemClock), Bus::default(), 300).await;
    let handler = handler.expect("the store can be read");
    let loaded = StationState::load(&*store, &station.id).await.expect("the store can be read");
    let mut state = loaded.expect("the station is kept");
    for seq in 0..reports {
        handler.handle(&mut state, "", &fact(seq)).await.expect("it is kept");
    }
    (handler, state)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// One more report of a session that has had so many.
#[divan::bench(args = [10, 100, 1000, 5000], sample_count = 20, sample_size = 5)]
fn report(bencher: Bencher<'_, '_>, before: usize) {
    let runtime = runtime();
    let (handler, mut state) = runtime.block_on(after(before));
    let mut seq = before;
    bencher.bench_local(|| {
        seq += 1;
        runtime.block_on(handler.handle(&mut state, "", &fact(seq))).expect("it is kept")
    });
}

/// Copying the timeline of a session with so many readings, which every report does.
#[divan::bench(args = [10, 100, 1000, 5000])]
fn copy_of_timeline(bencher: Bencher<'_, '_>, readings: usize) {
    let mut timeline = Timeline::new(moment(0));
    for minute in 0..readings {
        let energy = i64::try_from(minute * 100).expect("few");
        timeline.add_register(moment(minute), Wh(energy));
        timeline.add_power(moment(minute), Watts(6000));
        timeline.add_activity(moment(minute), Activity::Charging);
    }
    bencher.bench_local(|| black_box(&timeline).clone());
}
