//! Which tariff prices a session, and what it is told to cost.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use jiff::tz::TimeZone;
use ocpp_core::model::Currency;
use ocpp_core::rules::cost::cost;
use ocpp_core::rules::tariff::{SimpleTariff, TaxRate, Variant};
use ocpp_core::types::Version;
use ocpp_server::domain::{Doubt, Paid, SessionStatus};
use ocpp_server::handle::StationState;
use ocpp_server::pricing::timeline_of;
use ocpp_server::register::{SiteForm, StationForm};
use ocpp_server::store::{Sessions, Store};
use serde_json::json;

use crate::world::{World, eur, id, pass, per_kwh};

const VERSIONS: [Version; 3] = [Version::V16, Version::V201, Version::V21];

async fn site(world: &World, zone: &str) -> String {
    let form = SiteForm { name: "Site".to_owned(), time_zone: zone.to_owned(), ..SiteForm::default() };
    world.register().add_site(form).await.unwrap().id.0
}

async fn stands_at(world: &World, station: &str, site: &str) {
    world.know(station).await;
    let form =
        StationForm { site: Some(ocpp_server::domain::SiteId(site.to_owned())), ..StationForm::default() };
    world.register().change_station(station, form, None).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_tariff_at_the_start_prices_the_whole_session() {
    for version in VERSIONS {
        let world = World::new().await;
        world.price("CS1", per_kwh("first", "0.50")).await;
        let station = world.connect("CS1", version).await;
        let mut charge = station.start(1, "CARD", 0).await;
        pass(60).await;
        world.price("CS1", per_kwh("second", "9.00")).await;
        station.meter(&mut charge, 2000).await;
        let running = world.session(1).await;
        assert_eq!((running.tariff.unwrap().0.as_str(), running.cost), ("first", Some(eur("1.00"))));
        let mut next = station.start(2, "CARD", 0).await;
        station.stop(&mut charge, 4000).await;
        station.stop(&mut next, 1000).await;
        assert_eq!(world.receipt(1).await.cost.unwrap().total_incl_tax, eur("2.00"), "{version}");
        let receipt = world.receipt(2).await;
        assert_eq!(receipt.cost.unwrap().total_incl_tax, eur("9.00"), "{version}");
        assert_eq!(receipt.paid, Paid::OnAccount);
        assert_eq!(receipt.token.as_deref(), Some("…CARD"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_station_s_tariff_goes_before_its_site_s_and_without_any_it_is_free() {
    let world = World::new().await;
    let site = site(&world, "UTC").await;
    for station in ["own", "site", "moved"] {
        stands_at(&world, station, &site).await;
    }
    world.know("free").await;
    world.draft(&per_kwh("of-site", "1.00").into()).await;
    world.register().assign_to_site(&site, Some("of-site")).await.unwrap();
    world.draft(&per_kwh("of-station", "2.00").into()).await;
    world.register().assign_to_station("own", Some("of-station")).await.unwrap();
    for (name, tariff, total) in [
        ("own", Some("of-station"), Some(eur("2.00"))),
        ("site", Some("of-site"), Some(eur("1.00"))),
        ("free", None, None),
        ("unknown", None, None),
    ] {
        let station = world.connect(name, Version::V201).await;
        let mut charge = station.start(1, "CARD", 0).await;
        let told = station.stop(&mut charge, 1000).await;
        let session = world.sessions(Some(SessionStatus::Completed)).await.remove(0);
        assert_eq!(session.tariff.map(|id| id.0).as_deref(), tariff, "{name}");
        assert_eq!(session.cost, total, "{name}");
        assert_eq!(told["totalCost"].as_f64(), total.map(|total| total.to_minor().unwrap() as f64 / 100.0));
        let receipt = world.receipt(session.number.0).await;
        assert_eq!(receipt.cost.is_some(), total.is_some(), "{name}");
        assert_eq!(receipt.paid, if total.is_some() { Paid::OnAccount } else { Paid::Nothing }, "{name}");
        assert_eq!(receipt.energy.0, 1000);
    }
}

#[tokio::test(start_paused = true)]
async fn times_of_day_are_those_of_the_site() {
    // It is 08:00 in UTC, 09:00 in Berlin and 17:00 in Tokyo.
    for (zone, total) in [("UTC", "1.00"), ("Europe/Berlin", "3.00"), ("Asia/Tokyo", "1.00")] {
        let world = World::new().await;
        let site = site(&world, zone).await;
        stands_at(&world, "CS1", &site).await;
        let nine_to_ten = Variant {
            start_time_of_day: Some("09:00".parse().unwrap()),
            end_time_of_day: Some("10:00".parse().unwrap()),
            price_kwh: Some("3.00".parse().unwrap()),
            ..Variant::default()
        };
        let tariff = SimpleTariff { variants: vec![nine_to_ten], ..per_kwh("t", "1.00") };
        world.draft(&tariff.into()).await;
        world.register().assign_to_site(&site, Some("t")).await.unwrap();
        let station = world.connect("CS1", Version::V16).await;
        let mut charge = station.start(1, "CARD", 0).await;
        pass(600).await;
        station.stop(&mut charge, 1000).await;
        let receipt = world.receipt(1).await;
        assert_eq!(receipt.cost.unwrap().total_incl_tax, eur(total), "{zone}");
        assert_eq!(receipt.time_zone, zone);
    }
}

#[tokio::test(start_paused = true)]
async fn stations_of_2_x_are_told_the_cost_with_every_report() {
    for version in [Version::V201, Version::V21] {
        let world = World::new().await;
        let tariff = SimpleTariff { tax: Some(TaxRate::on_price("VAT", 20.into())), ..per_kwh("t", "0.50") };
        world.price("CS1", tariff).await;
        let station = world.connect("CS1", version).await;
        let mut charge = station.start(1, "CARD", 1000).await;
        assert_eq!(charge.answer["totalCost"].as_f64(), Some(0.0), "{version}");
        pass(60).await;
        assert_eq!(station.meter(&mut charge, 2000).await["totalCost"].as_f64(), Some(0.6));
        pass(60).await;
        assert_eq!(station.meter(&mut charge, 2333).await["totalCost"].as_f64(), Some(0.8), "0.7998");
        assert_eq!(station.stop(&mut charge, 11_000).await["totalCost"].as_f64(), Some(6.0), "{version}");
    }
    let world = World::new().await;
    world.price("CS1", per_kwh("t", "0.50")).await;
    let station = world.connect("CS1", Version::V16).await;
    let mut charge = station.start(1, "CARD", 1000).await;
    assert_eq!(station.stop(&mut charge, 3000).await, json!({}), "1.6 has no word for it");
    assert_eq!(world.session(1).await.cost, Some(eur("1.00")));
}

#[tokio::test(start_paused = true)]
async fn idle_time_shows_on_the_display_although_nothing_is_reported() {
    let world = World::new().await;
    let tariff = SimpleTariff {
        price_idle_minute: Some("0.10".parse().unwrap()),
        idle_grace_minutes: 5,
        ..per_kwh("t", "0.50")
    };
    world.price("CS1", tariff.clone()).await;
    world.price("CS2", tariff).await;
    let station = world.connect("CS1", Version::V21).await;
    let silent = world.connect("CS2", Version::V16).await;
    let mut charge = station.start(1, "CARD", 0).await;
    let mut other = silent.start(1, "CARD", 0).await;
    silent.status(1, "Charging").await;
    pass(600).await;
    station.report(&mut charge, 10_000, Some("SuspendedEV")).await;
    silent.report(&mut other, 10_000, Some("SuspendedEV")).await;
    assert!(station.orders("CostUpdated").is_empty(), "what it was told itself needs no telling");
    pass(290).await;
    assert!(station.orders("CostUpdated").is_empty(), "the grace is free");
    pass(340).await;
    let told = station.orders("CostUpdated");
    let costs: Vec<f64> = told.iter().map(|told| told["totalCost"].as_f64().unwrap()).collect();
    assert!((5..=6).contains(&costs.len()) && costs.is_sorted(), "once a minute: {costs:?}");
    assert!(costs[0] > 5.0 && costs[0] <= 5.2, "{costs:?}");
    assert!(told.iter().all(|told| told["transactionId"] == charge.name.as_str()));
    assert!(silent.orders("CostUpdated").is_empty(), "1.6 has no word for it");

    // 630 s after the suspension, 300 of them free: 5.5 minutes.
    station.stop(&mut charge, 10_000).await;
    silent.stop(&mut other, 10_000).await;
    for number in [1, 2] {
        let receipt = world.receipt(number).await;
        assert_eq!(receipt.cost.unwrap().total_incl_tax, eur("5.55"), "session {number}");
    }
    let before = station.orders("CostUpdated").len();
    pass(300).await;
    assert_eq!(station.orders("CostUpdated").len(), before, "the session is over");
}

/// A station without a display says nothing for as long as a call may take, and nobody waits for it.
#[tokio::test(start_paused = true)]
async fn a_station_that_does_not_answer_holds_up_no_display() {
    let world = World::new().await;
    let tariff =
        SimpleTariff { price_charging_minute: Some("0.10".parse().unwrap()), ..per_kwh("t", "0.50") };
    let mut stations = Vec::new();
    for number in 0..12 {
        let name = format!("CS{number}");
        world.price(&name, tariff.clone()).await;
        let station = world.connect(&name, Version::V201).await;
        station.start(1, "CARD", 0).await;
        // Sessions are looked at from the latest to the first.
        if number > 0 {
            station.show_nothing();
        }
        stations.push(station);
    }
    pass(200).await;
    let told = stations[0].orders("CostUpdated").len();
    assert!((3..=4).contains(&told), "told {told} times in 200 s");
    let begun = world.now();
    world.shut_down().await;
    assert!(world.now().duration_since(begun).as_secs() <= 10, "nor does the end wait for them");
}

/// In 1.6 the connector's status is the only word on idle time, also when it comes before the start.
#[tokio::test(start_paused = true)]
async fn idle_time_of_1_6_comes_from_the_status() {
    let by_time = SimpleTariff {
        price_charging_minute: Some("1.00".parse().unwrap()),
        price_idle_minute: Some("0.01".parse().unwrap()),
        ..SimpleTariff::new("t", Currency::EUR)
    };
    for status_first in [false, true] {
        let world = World::new().await;
        world.price("CS1", by_time.clone()).await;
        let station = world.connect("CS1", Version::V16).await;
        station.status(1, "Preparing").await;
        if status_first {
            station.status(1, "Charging").await;
        }
        let mut charge = station.start(1, "CARD", 0).await;
        if !status_first {
            // In the same moment as the start, which must not swallow it.
            station.status(1, "Charging").await;
        }
        pass(600).await;
        station.status(1, "SuspendedEV").await;
        pass(300).await;
        station.status(1, "Faulted").await;
        pass(120).await;
        station.status(1, "SuspendedEV").await;
        pass(60).await;
        station.status(1, "Charging").await;
        pass(60).await;
        station.status(1, "Finishing").await;
        pass(180).await;
        station.stop(&mut charge, 5000).await;
        let usage = world.receipt(1).await.cost.unwrap();
        // Idle are 300 + 60 + 181 s; a fault is the station's.
        assert_eq!(usage.usage.charging_seconds, 660, "status first: {status_first}");
        assert_eq!(usage.usage.idle_seconds, 541, "status first: {status_first}");
        assert_eq!(usage.total_incl_tax, eur("11.09"));
    }
}

/// What is told live is what is computed out of all that is kept.
async fn check_sum(world: &World, station: &str) {
    let state = StationState::load(&*world.store, &id(station)).await.unwrap().unwrap();
    for session in world.sessions(None).await {
        let readings = world.store.readings(&session.key).await.unwrap();
        let timeline = timeline_of(&session, &readings);
        if let Some(loaded) = state.timelines.get(&session.key) {
            assert_eq!(*loaded, timeline);
        }
        let entry: ocpp_server::domain::TariffEntry = {
            use ocpp_server::store::TypedRecords;
            world.store.get(&session.tariff.clone().unwrap().0).await.unwrap().unwrap()
        };
        let until = session.ended_at.unwrap_or(session.last_report_at);
        let whole = cost(&entry.tariff, &timeline, &TimeZone::UTC, until).unwrap();
        assert_eq!(session.cost, Some(whole.total_incl_tax), "session {}", session.number.0);
    }
}

#[tokio::test(start_paused = true)]
async fn the_cost_is_the_same_after_reconnecting_and_restarting() {
    let tariff = SimpleTariff {
        price_charging_minute: Some("0.07".parse().unwrap()),
        price_idle_minute: Some("0.03".parse().unwrap()),
        fixed_fee: Some("0.35".parse().unwrap()),
        ..per_kwh("t", "0.37")
    };
    for version in VERSIONS {
        let mut totals = Vec::new();
        for breaks in [0, 1, 2] {
            let world = World::new().await;
            world.price("CS1", tariff.clone()).await;
            let mut station = world.connect("CS1", version).await;
            station.status(1, "Charging").await;
            let mut charge = station.start(1, "CARD", 777).await;
            for step in 1..=12_i64 {
                pass(47).await;
                let state = if step % 4 == 3 { "SuspendedEV" } else { "Charging" };
                station.report(&mut charge, 777 + step * 613, Some(state)).await;
                check_sum(&world, "CS1").await;
                if step % 3 == 0 && breaks > 0 {
                    station.hang_up();
                    if breaks == 2 {
                        world.kill();
                        world.start().await;
                    }
                    station = world.connect_quietly("CS1", version).await;
                }
            }
            station.stop(&mut charge, 9001).await;
            check_sum(&world, "CS1").await;
            totals.push(world.receipt(1).await.cost.unwrap().total_incl_tax);
        }
        assert!(totals.iter().all(|total| *total == totals[0]), "{version}: {totals:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn reports_out_of_order_cost_the_same() {
    let tariff =
        SimpleTariff { price_charging_minute: Some("0.07".parse().unwrap()), ..per_kwh("t", "0.37") };
    let mut totals = Vec::new();
    for order in [[0, 1, 2, 3, 4, 5], [5, 0, 3, 2, 4, 1], [1, 0, 3, 2, 5, 4], [0, 5, 4, 3, 2, 1]] {
        let world = World::new().await;
        world.price("CS1", tariff.clone()).await;
        let station = world.connect("CS1", Version::V201).await;
        let mut charge = station.start(1, "CARD", 0).await;
        let mut messages = Vec::new();
        for step in 1..=6_i64 {
            // Two reports each share a moment, and the later one holds.
            pass(if step % 2 == 1 { 100 } else { 0 }).await;
            charge.seq += 1;
            let state = if step == 6 { "SuspendedEV" } else { "Charging" };
            messages.push(station.updated(&charge, step * 500, Some(state)));
        }
        for index in order {
            let (action, payload) = messages[index].clone();
            station.call(action, payload).await.unwrap();
            check_sum(&world, "CS1").await;
        }
        charge.seq += 1;
        station.stop(&mut charge, 3200).await;
        check_sum(&world, "CS1").await;
        totals.push(world.receipt(1).await.cost.unwrap().total_incl_tax);
    }
    assert!(totals.iter().all(|total| *total == totals[0]), "{totals:?}");
}

#[tokio::test(start_paused = true)]
async fn what_comes_after_the_end_changes_no_receipt() {
    let world = World::new().await;
    world.price("CS1", per_kwh("t", "0.50")).await;
    let station = world.connect("CS1", Version::V201).await;
    let mut charge = station.start(1, "CARD", 0).await;
    pass(60).await;
    charge.seq += 1;
    let late = station.updated(&charge, 1000, Some("Charging"));
    pass(60).await;
    station.stop(&mut charge, 2000).await;
    let receipt = world.receipt(1).await;
    station.call(late.0, late.1).await.unwrap();
    pass(60).await;
    charge.seq += 1;
    let beyond = station.updated(&charge, 9000, Some("Charging"));
    station.call(beyond.0, beyond.1).await.unwrap();
    pass(60).await;
    check_sum(&world, "CS1").await;
    let session = world.session(1).await;
    assert!(session.doubts.contains(&Doubt::ReportAfterEnd), "{:?}", session.doubts);
    assert_eq!(session.cost, Some(eur("1.00")), "energy after the end is not of this session");
    assert_eq!(session.status, SessionStatus::Completed);
    let again = world.receipt(1).await;
    assert_eq!((receipt.cost, receipt.revision), (again.cost, again.revision));
}

/// A tariff that is gone, or a cost beyond all numbers, never keeps the station from its answer.
#[tokio::test(start_paused = true)]
async fn a_session_that_cannot_be_priced_is_answered() {
    use ocpp_server::domain::TariffEntry;
    use ocpp_server::store::{Change, Commit, TypedRecords, Unit};

    let world = World::new().await;
    world.price("CS1", per_kwh("t", "0.50")).await;
    let station = world.connect("CS1", Version::V201).await;
    let mut charge = station.start(1, "CARD", 0).await;
    let entry: TariffEntry = world.store.get("t").await.unwrap().unwrap();
    world.store.commit(Unit { changes: vec![Change::remove(&entry)], ..Unit::default() }).await.unwrap();
    world.kill();
    world.start().await;
    let station = world.connect("CS1", station.version).await;
    station.meter(&mut charge, 1000).await;
    station.stop(&mut charge, 2000).await;
    let session = world.session(1).await;
    assert!(session.doubts.contains(&Doubt::NotPriced));
    assert_eq!(world.receipt(1).await.cost, None);
    let _: &dyn Store = &*world.store;
}

/// Succession with notice: the tariff before holds until its successor comes into force.
#[tokio::test(start_paused = true)]
async fn a_tariff_that_is_not_in_force_yet_leaves_its_place_to_the_one_before() {
    let world = World::new().await;
    world.price("CS1", per_kwh("old", "0.50")).await;
    let station = world.connect("CS1", Version::V201).await;
    let mut tariff = ocpp_core::rules::tariff::Tariff::from(per_kwh("new", "9.00"));
    tariff.valid_from = Some(world.now().checked_add(jiff::SignedDuration::from_hours(1)).unwrap());
    let form = ocpp_server::register::TariffForm { name: "new".to_owned(), tariff };
    world.register().succeed_tariff("old", form).await.unwrap();
    let mut before = station.start(1, "CARD", 0).await;
    station.stop(&mut before, 1000).await;
    assert_eq!(world.receipt(1).await.cost.unwrap().total_incl_tax, eur("0.50"));
    pass(2 * 3600).await;
    let mut after = station.start(1, "CARD", 0).await;
    station.stop(&mut after, 1000).await;
    assert_eq!(world.receipt(2).await.cost.unwrap().total_incl_tax, eur("9.00"));
}
