//! The quarterly files of 23 CFR 680.112 against a checker that knows their published columns and rules and nothing of
//! how they are made.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{Measurand, Reading, Sample, SessionKey, StationId, StopReason, Wh};
use ocpp_server::availability::report::ev_chart::{EvChartFiles, EvChartSettings, file_names};
use ocpp_server::domain::{
    ExclusionPlace, ExclusionReason, Revision, SeenSteps, Session, SessionNumber, SessionReading,
    SessionStatus, StartKey,
};
use ocpp_server::register::ExclusionForm;
use ocpp_server::store::{Change, Unit};
use rust_decimal::Decimal;

use super::network::{CONNECTOR, Network, moment};

/// A file of EV-ChART, as it is read there.
struct File {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl File {
    fn read(text: &str, required: &[&str], optional: &[&str]) -> File {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let columns: Vec<String> = reader.headers().expect("columns").iter().map(str::to_owned).collect();
        for column in required {
            assert!(columns.iter().any(|one| one == column), "{column} is missing");
        }
        for column in &columns {
            assert!(
                required.contains(&column.as_str()) || optional.contains(&column.as_str()),
                "{column} is unknown"
            );
        }
        let rows =
            reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect();
        File { columns, rows }
    }

    fn get<'a>(&self, row: &'a [String], column: &str) -> &'a str {
        self.columns.iter().position(|one| one == column).map_or("", |index| &row[index])
    }

    /// The three ids, which stand in each row, and whether it says that there is nothing to report.
    fn is_empty(&self, row: &[String]) -> bool {
        for column in ["station_id", "network_provider", "port_id"] {
            let id = self.get(row, column);
            assert!(!id.is_empty(), "{column} is empty: {row:?}");
            assert!(
                column == "network_provider" || id.chars().count() <= 36,
                "{column} is too long: {row:?}"
            );
        }
        let rest: Vec<&String> = row[3..].iter().filter(|value| !value.is_empty()).collect();
        rest.is_empty()
    }

    fn unique(&self, key: &[&str]) {
        let mut seen = BTreeSet::new();
        for row in &self.rows {
            let key: Vec<&str> = key.iter().map(|column| self.get(row, column)).collect();
            assert!(seen.insert(key.clone()), "{key:?} stands there twice");
        }
    }
}

fn timestamp(text: &str) -> Timestamp {
    assert_eq!((text.len(), &text[19..]), (20, "Z"), "{text} is no time like 2024-01-01T00:00:00Z");
    text.parse().expect("a time")
}

/// A number with at most so many digits, two of them after the point.
fn decimal(text: &str, digits: usize) -> Decimal {
    let (whole, fraction) = text.split_once('.').expect("a point");
    assert!(fraction.len() <= 2 && whole.len() + 2 <= digits, "{text} is no decimal({digits},2)");
    let number: Decimal = text.parse().expect("a number");
    assert!(number >= Decimal::ZERO, "{text}");
    number
}

fn check_sessions(text: &str) -> File {
    let columns = [
        "station_id",
        "network_provider",
        "port_id",
        "session_id",
        "session_start",
        "session_end",
        "session_error",
        "energy_kwh",
        "power_kw",
        "payment_method",
    ];
    let file = File::read(text, &columns, &["charger_id", "connector_id", "error_other", "payment_other"]);
    file.unique(&["station_id", "port_id", "session_id"]);
    for row in file.rows.iter().filter(|row| !file.is_empty(row)) {
        let id = file.get(row, "session_id");
        assert!(!id.is_empty() && id.chars().count() <= 36);
        let (from, to) = (timestamp(file.get(row, "session_start")), timestamp(file.get(row, "session_end")));
        let long = to.duration_since(from);
        assert!(long > SignedDuration::ZERO && long <= SignedDuration::from_hours(24), "{row:?}");
        decimal(file.get(row, "energy_kwh"), 7);
        decimal(file.get(row, "power_kw"), 7);
        assert!(file.get(row, "session_error").len() <= 255 && file.get(row, "payment_method").len() <= 255);
    }
    file
}

fn check_uptime(text: &str) -> File {
    let columns = [
        "station_id",
        "network_provider",
        "port_id",
        "uptime_reporting_start",
        "uptime_reporting_end",
        "uptime",
        "total_outage",
        "total_outage_excl",
    ];
    let file = File::read(text, &columns, &[]);
    file.unique(&["station_id", "port_id", "uptime_reporting_start", "uptime_reporting_end"]);
    for row in file.rows.iter().filter(|row| !file.is_empty(row)) {
        assert!(
            timestamp(file.get(row, "uptime_reporting_start"))
                < timestamp(file.get(row, "uptime_reporting_end"))
        );
        let uptime = file.get(row, "uptime");
        assert!(uptime.is_empty() || decimal(uptime, 5) <= Decimal::ONE_HUNDRED);
        let outage = decimal(file.get(row, "total_outage"), 8);
        assert!(decimal(file.get(row, "total_outage_excl"), 8) <= outage);
    }
    file
}

fn check_outages(text: &str) -> File {
    let columns = ["station_id", "network_provider", "port_id", "outage_id", "outage_duration"];
    let optional = ["excluded_outage", "excluded_outage_reason", "excluded_outage_notes"];
    let file = File::read(text, &columns, &optional);
    file.unique(&["station_id", "port_id", "outage_id"]);
    for row in file.rows.iter().filter(|row| !file.is_empty(row)) {
        timestamp(file.get(row, "outage_id"));
        assert!(decimal(file.get(row, "outage_duration"), 8) >= Decimal::new(1, 2));
        let reason = file.get(row, "excluded_outage_reason");
        match file.get(row, "excluded_outage") {
            "TRUE" => assert!(["1", "2", "3", "4", "5", "6"].contains(&reason), "{row:?}"),
            "FALSE" => assert_eq!(reason, ""),
            other => panic!("{other:?} is neither TRUE nor FALSE"),
        }
        assert!(file.get(row, "excluded_outage_notes").chars().count() <= 255);
    }
    file
}

fn check(files: &EvChartFiles) -> (File, File, File) {
    (check_sessions(&files.sessions), check_uptime(&files.uptime), check_outages(&files.outages))
}

fn session(station: &str, number: i64, started: &str, minutes: i64) -> Session {
    let started_at = moment(started);
    let ended_at = started_at + SignedDuration::from_mins(minutes);
    Session {
        key: SessionKey::new(format!("{station}-{number}")),
        revision: Revision::default(),
        number: SessionNumber(number),
        station: StationId::new(station).expect("an identity"),
        start_key: StartKey(format!("start {number}")),
        place: Some(CONNECTOR),
        status: SessionStatus::Completed,
        id_token: None,
        started_at,
        ended_at: Some(ended_at),
        meter_start: Some(Wh(1_000)),
        meter_last: Some((ended_at, Wh(13_345))),
        power: None,
        state_of_charge: None,
        charging: None,
        stop_reason: Some(StopReason::LOCAL),
        last_report_at: ended_at,
        seen: SeenSteps::default(),
        doubts: Vec::new(),
        tariff: None,
        cost: None,
        payer: ocpp_server::domain::Payer::Account,
        updated_at: ended_at,
    }
}

async fn provider(network: &Network) {
    let settings = EvChartSettings { network_provider: "Example, Inc.".into(), ..EvChartSettings::default() };
    network.reports.set_ev_chart_settings(settings, None).await.expect("settings");
}

#[tokio::test]
async fn the_files_of_a_quarter_keep_to_their_columns_and_rules() {
    let network = Network::at("2026-10-05T00:00:00Z").await;
    provider(&network).await;
    network.port("CS1", None, "2024-01-01T00:00:00Z");
    network.port("CS2", None, "2026-05-01T00:00:00Z");
    network.down("CS1", "2026-07-10T00:00:00Z", 100);
    // Down across the beginning of the quarter: only what is in it stands in its file.
    network.down("CS2", "2026-06-30T23:00:00Z", 90);
    for (from, until, reason, evidence) in [
        (
            "2026-07-10T00:10:00Z",
            "2026-07-10T00:40:00Z",
            ExclusionReason::Utility,
            "a \"letter\",\nof two lines",
        ),
        ("2026-07-10T00:30:00Z", "2026-07-10T00:50:00Z", ExclusionReason::NaturalDisaster, "storm"),
    ] {
        let place = ExclusionPlace::Station(StationId::new("CS1").unwrap());
        let (from, until) = (moment(from), Some(moment(until)));
        network.enter(ExclusionForm { place, reason, from, until, evidence: evidence.to_owned() }).await;
    }
    let power = Sample::total(Measurand::POWER_IMPORT, Decimal::new(1_505, 1), "kW");
    let reading = Reading { at: moment("2026-08-01T08:10:00Z"), samples: vec![power] };
    let first = session("CS1", 2, "2026-08-01T08:00:00Z", 45);
    let broken = Session {
        stop_reason: Some(StopReason::POWER_LOSS),
        meter_last: None,
        ..session("CS1", 3, "2026-09-30T23:59:59Z", 10)
    };
    let changes = vec![
        Change::Session(session("CS1", 1, "2026-06-30T23:59:59Z", 45)),
        Change::Session(first.clone()),
        Change::Readings(first.key.clone(), vec![SessionReading { seq: None, reading, state: None }]),
        Change::Session(broken),
        Change::Session(session("CS1", 4, "2026-10-01T00:00:00Z", 45)),
        Change::Session(session("CS1", 5, "2026-08-02T00:00:00Z", 0)),
        Change::Session(session("CS1", 6, "2026-08-03T00:00:00Z", 24 * 60 + 1)),
    ];
    network.csms.commit(Unit { changes, ..Unit::default() }).await.unwrap();
    let files = network.reports.ev_chart("2026Q3".parse().unwrap(), None).await.unwrap();
    let (sessions, uptime, outages) = check(&files);

    assert_eq!(files.dropped_sessions, 2);
    let rows: Vec<String> = sessions.rows.iter().map(|row| row.join("|")).collect();
    assert_eq!(
        rows,
        [
            "CS2|Example, Inc.|1|||||||",
            "CS1|Example, Inc.|1|CS1-2|2026-08-01T08:00:00Z|2026-08-01T08:45:00Z|none|12.34|150.50|account",
            "CS1|Example, Inc.|1|CS1-3|2026-09-30T23:59:59Z|2026-10-01T00:09:59Z|PowerLoss|0.00|0.00|account",
        ]
    );
    assert_eq!(uptime.rows.len(), 6, "two ports, three months");
    let of = |station: &str| {
        uptime.rows.iter().filter(|row| row[0] == station).map(|row| row[3..].join("|")).collect()
    };
    let cs1: Vec<String> = of("CS1");
    assert_eq!(cs1[0], "2026-07-01T00:00:00Z|2026-08-01T00:00:00Z|99.98|100.00|40.00");
    let cs2: Vec<String> = of("CS2");
    assert_eq!(cs2[0], "2026-07-01T00:00:00Z|2026-08-01T00:00:00Z||90.00|0.00", "not in service for a year");
    let rows: Vec<String> = outages.rows.iter().map(|row| row.join("|")).collect();
    assert_eq!(
        rows,
        [
            "CS1|Example, Inc.|1|2026-07-10T00:00:00Z|10.00|FALSE||",
            "CS1|Example, Inc.|1|2026-07-10T00:10:00Z|30.00|TRUE|1|a \"letter\", of two lines",
            "CS1|Example, Inc.|1|2026-07-10T00:40:00Z|10.00|TRUE|5|storm",
            "CS1|Example, Inc.|1|2026-07-10T00:50:00Z|50.00|FALSE||",
            "CS2|Example, Inc.|1|2026-07-01T00:00:00Z|30.00|FALSE||",
        ]
    );
}

#[tokio::test]
async fn a_month_stands_in_the_file_as_it_was_submitted() {
    let network = Network::at("2026-08-02T00:00:00Z").await;
    provider(&network).await;
    network.port("CS1", None, "2024-01-01T00:00:00Z");
    let ask = ocpp_server::availability::report::Ask {
        formula: "us-680.116".to_owned(),
        period: "2026-07".parse().unwrap(),
        site: None,
    };
    network.reports.submit(&ask, "anna").await.unwrap();
    network.pass(SignedDuration::from_hours(24 * 65));
    network.down("CS1", "2026-07-10T00:00:00Z", 100);
    let files = network.reports.ev_chart("2026Q3".parse().unwrap(), None).await.unwrap();
    let (sessions, uptime, outages) = check(&files);
    let lost: Vec<&str> = uptime.rows.iter().map(|row| uptime.get(row, "total_outage")).collect();
    assert_eq!(lost, ["0.00", "100.00", "100.00"]);
    assert!(sessions.is_empty(&sessions.rows[0]), "nothing to report");
    assert_eq!(outages.rows.len(), 1);
}

#[tokio::test]
async fn nothing_to_report_is_said_with_ids_and_empty_fields() {
    let network = Network::at("2026-10-05T00:00:00Z").await;
    provider(&network).await;
    network.port("CS1", None, "2024-01-01T00:00:00Z");
    let files = network.reports.ev_chart("2026Q3".parse().unwrap(), None).await.unwrap();
    let (sessions, _, outages) = check(&files);
    for file in [sessions, outages] {
        assert_eq!(file.rows.len(), 1);
        assert!(file.is_empty(&file.rows[0]), "{:?}", file.rows);
    }
    assert_eq!(file_names("2026Q3".parse().unwrap())[2], "ev-chart-2026Q3-module-4-outages.csv");
}

#[tokio::test]
async fn what_cannot_be_filed_is_refused_with_a_sentence() {
    let network = Network::at("2026-11-05T00:00:00Z").await;
    let file = async |period: &str| {
        network
            .reports
            .ev_chart(period.parse().unwrap(), None)
            .await
            .map(drop)
            .map_err(|error| error.to_string())
    };
    assert_eq!(file("2026-10").await.unwrap_err(), "These files are of a quarter, such as 2026Q3.");
    assert_eq!(
        file("2026Q3").await.unwrap_err(),
        "The network provider is not set: it stands in every line of these files."
    );
    provider(&network).await;
    assert_eq!(file("2026Q4").await.unwrap_err(), "2026Q4 is not over yet.");
    let long = "A".repeat(40);
    network.port(&long, None, "2024-01-01T00:00:00Z");
    assert!(file("2026Q3").await.unwrap_err().contains("identity of more than 36 characters"));
    let mut settings = network.reports.ev_chart_settings().await.unwrap();
    settings.station_ids.insert(long.as_str().into(), "STATION-1".into());
    settings.excluded_outage_reasons.remove(&ExclusionReason::Utility);
    network.reports.set_ev_chart_settings(settings.clone(), None).await.unwrap();
    assert_eq!(file("2026Q3").await, Ok(()));
    // A reason without a code is not guessed.
    network.down(&long, "2026-08-01T00:00:00Z", 60);
    let place = ExclusionPlace::Station(StationId::new(long.as_str()).unwrap());
    let (from, until) = (moment("2026-08-01T00:00:00Z"), None);
    let evidence = "e".to_owned();
    network.enter(ExclusionForm { place, reason: ExclusionReason::Utility, from, until, evidence }).await;
    assert!(file("2026Q3").await.unwrap_err().starts_with("The reason utility has no code"));

    let stale =
        network.reports.set_ev_chart_settings(settings.clone(), Some(Revision(77))).await.unwrap_err();
    assert!(stale.to_string().starts_with("Somebody else has changed this"));
    for (change, sentence) in [
        (
            EvChartSettings {
                excluded_outage_reasons: [(ExclusionReason::Other, 7)].into(),
                ..settings.clone()
            },
            "The code of a reason that excuses an outage is 1 to 6.",
        ),
        (
            EvChartSettings {
                station_ids: [("A".into(), "1".into()), ("B".into(), "1".into())].into(),
                ..settings.clone()
            },
            "Two stations have the same published id.",
        ),
        (
            EvChartSettings { station_ids: [("A".into(), "".into())].into(), ..settings.clone() },
            "The published id of station A has 1 to 36 characters.",
        ),
        (
            EvChartSettings { network_provider: "x".repeat(256).into(), ..settings },
            "A text in these files has at most 255 characters of plain text.",
        ),
    ] {
        let refused = network.reports.set_ev_chart_settings(change, None).await.unwrap_err();
        assert_eq!(refused.to_string(), sentence);
    }
}
