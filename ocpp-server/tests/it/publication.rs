//! What sites tell the public: hours, ids, plugs, and records from before.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ocpp_core::model::{ConnectorId, EvseId, Watts};
use ocpp_server::domain::{
    AccessType, Bay, ConnectorEntry, EvseEntry, OpeningHours, PowerType, Publication, Ratings, Site, Span,
    StationEntry, alpha_3, is_evse_id,
};
use proptest::prelude::*;

#[test]
fn records_from_before_still_read() {
    let site = r#"{"id":"1","name":"A","address":{"street":"","postal_code":"","city":"","country":""},
        "coordinates":null,"time_zone":"UTC","power":null,"tariff":null,"added_at":"2026-01-01T00:00:00Z"}"#;
    let site: Site = serde_json::from_str(site).expect("a site");
    assert_eq!(site.public, Publication::default());
    assert!(!site.public.published);
    assert_eq!(site.public.access, AccessType::Public);
    let station = r#"{"id":"CS1","name":null,"site":null,"tariff":null,"login":"unproven","power":null,
        "evses":[{"id":1,"name":null,"power":null,"connectors":[{"id":1,"kind":"sType2","power":11000}]}],
        "added_at":"2026-01-01T00:00:00Z"}"#;
    let station: StationEntry = serde_json::from_str(station).expect("a station");
    assert_eq!(station.evses[0].bay, Bay::default());
    assert_eq!(station.evses[0].connectors[0].ratings, Ratings::default());
}

#[test]
fn evse_ids_are_those_of_emi3() {
    for fine in ["DE*ABC*E1", "DEABCE1", "FR*A1B*E12*3", "DE*ABC*EE"] {
        assert!(is_evse_id(fine), "{fine}");
    }
    let long = format!("DE*ABC*E{}", "1".repeat(32));
    for wrong in [
        "",
        "DE",
        "DE*ABC",
        "DE*ABC*1",
        "de*abc*e1",
        "D1*ABC*E1",
        "DE*AB*E1",
        "DE*ABC*E",
        "DE*ABC*E*1",
        "DE*ABC*Eä",
        &long,
    ] {
        assert!(!is_evse_id(wrong), "{wrong}");
    }
    assert_eq!((alpha_3("DE"), alpha_3("XX")), (Some("DEU"), None));
}

fn offer(kind: &str, power: i64, ratings: Ratings) -> ocpp_server::domain::Offer {
    let plug = ConnectorEntry {
        id: ConnectorId(1),
        kind: Some(kind.to_owned()),
        power: Some(Watts(power)),
        ratings,
    };
    let evse = EvseEntry {
        id: EvseId(1),
        name: None,
        power: None,
        least_power: None,
        bay: Bay::default(),
        connectors: Vec::new(),
    };
    plug.offer(&evse)
}

#[test]
fn what_is_not_said_of_a_plug_follows_from_its_kind_where_it_can() {
    let socket = offer("sType2", 22_000, Ratings::default());
    assert_eq!(socket.missing(), Vec::<&str>::new());
    assert_eq!((socket.max_voltage, socket.max_amperage), (Some(230), Some(32)));
    let one_phase =
        offer("sType2", 7_400, Ratings { power_type: Some(PowerType::Ac1Phase), ..Ratings::default() });
    assert_eq!(one_phase.max_amperage, Some(32));
    // What DC gives at which voltage nobody can guess.
    assert_eq!(offer("cCCS2", 150_000, Ratings::default()).missing(), ["voltage", "current"]);
    assert_eq!(offer("unheard-of", 1, Ratings::default()).missing().len(), 5);
}

#[test]
fn a_site_is_open_by_its_own_clock_and_its_exceptions() {
    let zone = TimeZone::get("Europe/Berlin").expect("a zone");
    let at = |text: &str| text.parse::<Timestamp>().expect("a moment");
    let weekly = OpeningHours::read_weekly("Mon-Fri 06:00-22:00, Sun 00:00-24:00").expect("hours");
    let span = |from: &str, until: &str| Span { from: at(from), until: at(until) };
    let hours = OpeningHours {
        weekly,
        openings: vec![span("2026-06-06T10:00:00Z", "2026-06-06T12:00:00Z")],
        closings: vec![span("2026-06-05T10:00:00Z", "2026-06-05T12:00:00Z")],
    };
    // A Friday in summer: 06:00 in Berlin is 04:00 UTC.
    for (moment, open) in [
        ("2026-06-05T03:59:59Z", false),
        ("2026-06-05T04:00:00Z", true),
        ("2026-06-05T10:00:00Z", false),
        ("2026-06-05T12:00:00Z", true),
        ("2026-06-05T20:00:00Z", false),
        ("2026-06-06T09:59:59Z", false),
        ("2026-06-06T11:00:00Z", true),
        ("2026-06-06T22:00:00Z", true),
        ("2026-06-07T21:59:59Z", true),
        // In winter it is an hour later.
        ("2026-12-04T04:00:00Z", false),
        ("2026-12-04T05:00:00Z", true),
    ] {
        assert_eq!(hours.is_open(at(moment), &zone), open, "{moment}");
    }
    assert!(OpeningHours::default().is_open(at("2026-06-05T03:00:00Z"), &zone));
    for wrong in ["Mon", "Mon 6-22", "Someday 06:00-22:00", "Fri-Mon 06:00-22:00", "Mon 06:00-25:00"] {
        let refused = OpeningHours::read_weekly(wrong).expect_err(wrong).to_string();
        assert!(refused.contains(wrong) && refused.contains("24/7"), "{refused}");
    }
}

proptest! {
    #[test]
    fn hours_are_read_as_they_are_written(rows in proptest::collection::vec((0usize..7, 0u16..1439, 1u16..300), 1..8)) {
        let parts: Vec<String> = rows.iter().map(|(day, from, length)| {
            let until = (from + length).min(1440);
            let day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][*day];
            format!("{day} {:02}:{:02}-{:02}:{:02}", from / 60, from % 60, until / 60, until % 60)
        }).collect();
        let weekly = OpeningHours::read_weekly(&parts.join(", ")).expect("hours");
        let hours = OpeningHours { weekly: weekly.clone(), ..OpeningHours::default() };
        prop_assert_eq!(OpeningHours::read_weekly(&hours.weekly_text()).expect("its own text"), weekly);
    }
}
