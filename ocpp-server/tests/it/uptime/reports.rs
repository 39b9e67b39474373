//! Whole reports: what they say, what excuses, what is frozen and what amends it.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use ocpp_core::model::{EvseId, Place, StationId};
use ocpp_server::availability::report::{
    Ask, ExclusionChange, NoPeriod, Period, PeriodState, ReportError, Stretch, digest, figures_csv,
    outages_csv,
};
use ocpp_server::availability::{Formula, PortState};
use ocpp_server::domain::{ExclusionPlace, ExclusionReason, Observed, SiteId};
use ocpp_server::register::{ExclusionForm, ProfileForm, RegisterError};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::network::{CONNECTOR, FAULT, FREE, Network, moment};

fn ask(formula: &str, period: &str, site: Option<&SiteId>) -> Ask {
    Ask { formula: formula.to_owned(), period: period.parse().expect("a period"), site: site.cloned() }
}

fn form(place: ExclusionPlace, reason: ExclusionReason, from: &str, until: Option<&str>) -> ExclusionForm {
    ExclusionForm {
        place,
        reason,
        from: moment(from),
        until: until.map(moment),
        evidence: "Ticket 4711 of the grid operator".to_owned(),
    }
}

#[test]
fn periods_are_read_and_written() {
    for text in ["2026-10", "2026Q3", "2026", "2010-01", "2200Q4"] {
        assert_eq!(text.parse::<Period>().map(|period| period.to_string()), Ok(text.to_owned()));
    }
    for text in [
        "",
        "26",
        "2026-13",
        "2026-1",
        "2026Q5",
        "2026Q",
        "2026-10-01",
        "2009",
        "2201",
        "2026q3",
        "２０２６",
        "+026",
        "2026-+1",
    ] {
        assert_eq!(text.parse::<Period>(), Err(NoPeriod), "{text}");
    }
    let quarter: Period = "2026Q4".parse().unwrap();
    let months: Vec<String> = quarter.months().iter().map(ToString::to_string).collect();
    assert_eq!(months, ["2026-10", "2026-11", "2026-12"]);
    assert_eq!(quarter.before().to_string(), "2026Q3");
    assert_eq!("2026-01".parse::<Period>().unwrap().before().to_string(), "2025-12");
}

#[tokio::test]
async fn a_report_opens_down_to_the_intervals_that_make_it() {
    let network = Network::at("2026-11-02T00:00:00Z").await;
    let site = network.site("UTC").await;
    network.port("CS1", Some(&site), "2024-01-01T00:00:00Z");
    // Twenty thousand minutes down, first faulted and then offline, of which six thousand are excused.
    let start = moment("2026-03-01T00:00:00Z");
    network.says("CS1", start, CONNECTOR, FAULT);
    network.says("CS1", start + SignedDuration::from_mins(15_000), Place::Station, Observed::Offline);
    network.says("CS1", start + SignedDuration::from_mins(20_000), CONNECTOR, FREE);
    network.says("CS1", start + SignedDuration::from_mins(20_000), Place::Station, Observed::Online);
    let until = (start + SignedDuration::from_mins(6_000)).to_string();
    let grid = form(
        ExclusionPlace::Site(site.clone()),
        ExclusionReason::Utility,
        "2026-02-20T00:00:00Z",
        Some(&until),
    );
    let exclusion = network.register.enter_exclusion(grid, "anna").await.unwrap();

    let report = network.reports.compute(&ask("us-680.116", "2026-10", Some(&site))).await.unwrap();
    assert_eq!(report.preliminary_until, None);
    let [port] = report.ports.as_slice() else { panic!("{report:?}") };
    assert_eq!(port.percent.map(|it| it.round_dp(3)), Some("97.336".parse().unwrap()));
    assert_eq!((port.is_met, port.outage_s, port.excluded_s), (Some(true), 20_000 * 60, 6_000 * 60));
    assert_eq!(
        port.window,
        Stretch { from: moment("2025-11-01T00:00:00Z"), until: moment("2026-11-01T00:00:00Z") }
    );
    let [outage] = port.outages.as_slice() else { panic!("{port:?}") };
    let states: Vec<_> = outage.states.iter().map(|one| (one.state, one.when.seconds() / 60)).collect();
    assert_eq!(states, [(PortState::Faulted, 15_000), (PortState::Offline, 5_000)]);
    let [excused] = outage.excused.as_slice() else { panic!("{outage:?}") };
    assert_eq!(excused.exclusion.as_ref(), Some(&exclusion.id));
    assert_eq!((excused.when.from, excused.when.seconds()), (start, 6_000 * 60));
    assert_eq!((&*excused.evidence, &*excused.entered_by), ("Ticket 4711 of the grid operator", "anna"));
    let csv = outages_csv(&report);
    assert_eq!(csv.lines().count(), 4, "{csv}");
    assert!(figures_csv(&report).contains(",97.3363774"), "{}", figures_csv(&report));
}

#[tokio::test]
async fn exactly_97_percent_of_a_whole_report_fails_and_a_minute_less_passes() {
    for (down, is_met) in [(15_768, false), (15_767, true)] {
        let network = Network::at("2026-11-02T00:00:00Z").await;
        network.port("CS1", None, "2024-01-01T00:00:00Z");
        network.down("CS1", "2026-01-10T00:00:00Z", down);
        let report = network.reports.compute(&ask("us-680.116", "2026-10", None)).await.unwrap();
        assert_eq!(report.ports[0].is_met, Some(is_met), "{down}");
    }
}

#[tokio::test]
async fn the_twelve_months_over_29_february_are_divided_by_what_the_rule_says() {
    let network = Network::at("2024-03-02T00:00:00Z").await;
    network.port("CS1", None, "2022-01-01T00:00:00Z");
    network.down("CS1", "2024-02-29T00:00:00Z", 1_440);
    let report = network.reports.compute(&ask("us-680.116", "2024-02", None)).await.unwrap();
    let port = &report.ports[0];
    assert_eq!((port.window.seconds(), port.divisor_s), (366 * 86_400, 525_600 * 60));
    assert_eq!(port.outage_s, 86_400);
    assert!(port.percent < port.percent_of_service, "the true length is beside it");
}

#[tokio::test]
async fn months_begin_and_end_where_the_site_is() {
    let network = Network::at("2026-12-01T12:00:00Z").await;
    let site = network.site("Europe/Berlin").await;
    network.port("CS1", Some(&site), "2024-01-01T00:00:00Z");
    network.own_formula("sla", "calendar_month").await;
    let report = network.reports.compute(&ask("sla", "2026-10", Some(&site))).await.unwrap();
    let port = &report.ports[0];
    // Clocks went back on 25 October: the month has an hour more.
    assert_eq!(port.window.seconds(), 31 * 86_400 + 3_600);
    assert_eq!(port.window.from, moment("2026-09-30T22:00:00Z"));
    assert_eq!(port.percent, Some(Decimal::ONE_HUNDRED));
}

#[tokio::test]
async fn a_month_without_data_is_never_up_by_the_federal_rule_and_counts_for_in_the_united_kingdom() {
    let network = Network::at("2026-01-02T00:00:00Z").await;
    network.port("CS1", None, "2024-01-01T00:00:00Z");
    network.says("CS1", moment("2025-06-01T00:00:00Z"), Place::Station, Observed::Unknown);
    network.says("CS1", moment("2025-07-01T00:00:00Z"), Place::Station, Observed::Online);
    let us = network.reports.compute(&ask("us-680.116", "2025-12", None)).await.unwrap();
    assert_eq!(us.ports[0].outage_s, 30 * 86_400);
    assert_eq!(us.ports[0].outages[0].states[0].state, PortState::Unknown);
    assert_eq!(us.network, None, "the rule is about each port");
    let uk = network.reports.compute(&ask("uk-2023", "2025", None)).await.unwrap();
    assert_eq!(uk.network.map(|all| (all.percent, all.is_met)), Some((Decimal::ONE_HUNDRED, true)));
}

#[tokio::test]
async fn a_derated_port_and_vandalism_on_day_eleven_and_a_cap_inside_the_window() {
    let network = Network::at("2026-01-02T00:00:00Z").await;
    let site = network.site("UTC").await;
    network.station("CS1", &site).await;
    network.port("CS1", None, "2020-01-01T00:00:00Z");
    network.port("CS2", None, "2020-01-01T00:00:00Z");
    let day = 1_440;
    network.down("CS1", "2025-02-01T00:00:00Z", 11 * day);
    let broken = form(
        ExclusionPlace::Station(StationId::new("CS1").unwrap()),
        ExclusionReason::Vandalism,
        "2025-02-01T00:00:00Z",
        Some("2025-02-12T00:00:00Z"),
    );
    network.register.enter_exclusion(broken, "anna").await.unwrap();
    // Planned work across a new year: 72 hours of each calendar year are excused.
    network.down("CS1", "2025-12-20T00:00:00Z", 5_000);
    let work = form(
        ExclusionPlace::Station(StationId::new("CS1").unwrap()),
        ExclusionReason::ScheduledMaintenance,
        "2025-12-20T00:00:00Z",
        None,
    );
    network.register.enter_exclusion(work, "anna").await.unwrap();
    network.says("CS2", moment("2025-03-01T00:00:00Z"), CONNECTOR, Observed::Derated);
    network.says("CS2", moment("2025-03-02T00:00:00Z"), CONNECTOR, Observed::FullPower);
    let report = network.reports.compute(&ask("us-california", "2025-12", None)).await.unwrap();
    let [first, second] = report.ports.as_slice() else { panic!("{report:?}") };
    assert_eq!(first.outage_s - first.excluded_s, (day + 5_000 - 4_320) * 60);
    let last: Vec<i64> = first.outages.iter().map(|outage| outage.excluded_s / 60).collect();
    assert_eq!(last, [10 * day, 4_320]);
    assert_eq!(second.outages[0].states[0].state, PortState::Derated);
    assert_eq!(second.outage_s, 86_400);
}

#[tokio::test]
async fn a_period_that_is_not_over_is_preliminary_and_cannot_be_submitted() {
    let network = Network::at("2026-10-11T00:00:00Z").await;
    network.port("CS1", None, "2024-01-01T00:00:00Z");
    network.down("CS1", "2026-10-01T00:00:00Z", 1_440);
    network.own_formula("sla", "calendar_month").await;
    let report = network.reports.compute(&ask("sla", "2026-10", None)).await.unwrap();
    assert_eq!(report.preliminary_until, Some(moment("2026-10-11T00:00:00Z")));
    assert_eq!(report.ports[0].percent, Some(Decimal::from(90)), "of the ten days that have passed");
    let refused = network.reports.submit(&ask("sla", "2026-10", None), "anna").await.unwrap_err();
    assert_eq!(refused.to_string(), "2026-10 is not over yet: submit it afterwards.");
    for (formula, period, sentence) in [
        ("sla", "2026-11", "2026-11 has not begun: choose an earlier period."),
        ("sla", "2026Q3", "This formula looks at months: choose one, such as 2026-10."),
        ("uk-2023", "2026-10", "This formula looks at calendar years: choose one, such as 2026."),
        ("uk-2023", "2023", "uk-2023 holds from 2024-11-24 on: choose a later period."),
        (
            "us-680.116",
            "2026",
            "This formula looks at the twelve months up to the end of a month: choose a month, such as 2026-10.",
        ),
        ("nothing", "2026", "There is no formula \"nothing\"."),
    ] {
        let refused = network.reports.compute(&ask(formula, period, None)).await.unwrap_err();
        assert_eq!(refused.to_string(), sentence);
    }
    let nowhere = ask("sla", "2026-09", Some(&SiteId("nowhere".into())));
    assert!(matches!(
        network.reports.compute(&nowhere).await,
        Err(ReportError::Unknown { what: "site", .. })
    ));
}

#[tokio::test]
async fn what_was_submitted_is_frozen_and_later_data_amends_it() {
    let network = Network::at("2026-11-02T00:00:00Z").await;
    let site = network.site("UTC").await;
    network.station("CS1", &site).await;
    network.port("CS1", None, "2024-01-01T00:00:00Z");
    network.port("CS2", None, "2024-01-01T00:00:00Z");
    network.down("CS1", "2026-05-01T00:00:00Z", 20_000);
    network.own_formula("sla", "calendar_month").await;
    let ask = ask("us-680.116", "2026-10", None);
    let first = network.reports.submit(&ask, "anna").await.unwrap();
    assert!(first.is_intact());
    assert_eq!((first.number, first.report.ports[0].is_met), (0, Some(false)));
    assert_eq!(first.digest.len(), 64);
    let again = network.reports.submit(&ask, "anna").await.unwrap_err();
    assert!(again.to_string().contains("was submitted already, as us-680.116_2026-10_all_000"), "{again}");
    assert_eq!(network.reports.difference(&first.id).await.unwrap(), None);
    let nothing = network.reports.amend(&first.id, "anna").await.unwrap_err();
    assert_eq!(nothing.to_string(), "Nothing differs from what was submitted: there is nothing to amend.");

    // A station tells what it did while it was offline, and the grid operator's letter comes.
    network.pass(SignedDuration::from_hours(48));
    network.says("CS1", moment("2026-05-01T01:00:00Z"), CONNECTOR, FREE);
    network.says("CS1", moment("2026-05-01T02:00:00Z"), CONNECTOR, FAULT);
    let grid = form(
        ExclusionPlace::Port { station: StationId::new("CS1").unwrap(), evse: EvseId(1) },
        ExclusionReason::Utility,
        "2026-05-01T02:00:00Z",
        Some("2026-05-10T00:00:00Z"),
    );
    let grid = network.register.enter_exclusion(grid, "ben").await.unwrap();
    let amended = network.reports.amend(&first.id, "ben").await.unwrap();
    let why = amended.amends.clone().unwrap();
    assert_eq!((amended.number, &why.before), (1, &first.digest));
    let [port] = why.ports.as_slice() else { panic!("only CS1 differs: {why:?}") };
    assert_eq!(port.before.as_ref().map(|it| (it.outage_s, it.excluded_s)), Some((20_000 * 60, 0)));
    assert_eq!(port.now.as_ref().map(|it| it.outage_s), Some(19_940 * 60));
    assert_eq!(why.observations_heard, 2);
    assert!(why.observations.iter().all(|one| one.heard_at > first.submitted_at));
    assert_eq!(why.exclusions.len(), 1);
    assert_eq!((&why.exclusions[0].id, why.exclusions[0].change), (&grid.id, ExclusionChange::Entered));
    assert_eq!(amended.report.ports[0].is_met, Some(true));

    let kept = network.reports.submitted(&first.id).await.unwrap();
    assert_eq!((&kept.report, &kept.digest), (&first.report, &first.digest), "the first stays as it was");
    // The amendment is what the next one is held against, whichever of them is named.
    assert_eq!(network.reports.difference(&first.id).await.unwrap(), None);
    network.pass(SignedDuration::from_hours(1));
    network.register.withdraw_exclusion(&grid.id.0, "ben", None).await.unwrap();
    let next = network.reports.difference(&first.id).await.unwrap().unwrap();
    assert_eq!((&next.before, next.exclusions[0].change), (&amended.digest, ExclusionChange::Withdrawn));

    let lines = network.reports.periods("us-680.116", None, 3).await.unwrap();
    let states: Vec<_> = lines.iter().map(|line| (line.period.to_string(), line.state)).collect();
    assert_eq!(
        states,
        [
            ("2026-11".to_owned(), PeriodState::Open),
            ("2026-10".to_owned(), PeriodState::Amended),
            ("2026-09".to_owned(), PeriodState::Computed)
        ]
    );
    assert_eq!(lines[1].latest.as_deref(), Some("us-680.116_2026-10_all_001"));
}

#[tokio::test]
async fn a_formula_that_changes_leaves_what_was_submitted_by_it() {
    let network = Network::at("2026-11-02T00:00:00Z").await;
    network.port("CS1", None, "2024-01-01T00:00:00Z");
    network.down("CS1", "2026-10-03T00:00:00Z", 446);
    let formula = network.own_formula("sla", "calendar_month").await;
    let ask = ask("sla", "2026-10", None);
    let submitted = network.reports.submit(&ask, "anna").await.unwrap();
    assert_eq!((submitted.report.formula_version, submitted.report.ports[0].is_met), (Some(1), Some(true)));
    let mut stricter = formula.clone();
    stricter.threshold.percent = "99.9".parse().unwrap();
    let changed = network.register.change_formula("sla", stricter, "ben", None).await.unwrap();
    assert_eq!(changed.versions.len(), 2);
    assert_eq!(network.reports.difference(&submitted.id).await.unwrap(), None);
    let now = network.reports.compute(&ask).await.unwrap();
    assert_eq!((now.formula_version, now.ports[0].is_met), (Some(2), Some(false)));

    let same = network.register.add_formula(formula.clone(), "anna").await.unwrap_err();
    assert!(matches!(same, RegisterError::Exists { .. }));
    let built_in = Formula { id: "us-680.116".into(), ..formula.clone() };
    assert!(matches!(
        network.register.add_formula(built_in, "anna").await,
        Err(RegisterError::Exists { .. })
    ));
    let fixed = network.register.change_formula("us-680.116", formula.clone(), "anna", None).await;
    assert!(matches!(fixed, Err(RegisterError::Forbidden(_))));
    let nameless = Formula { name: " ".into(), id: "other".into(), ..formula };
    assert!(matches!(network.register.add_formula(nameless, "anna").await, Err(RegisterError::Invalid(_))));
}

#[tokio::test]
async fn exclusions_are_refused_with_one_sentence_each() {
    let network = Network::at("2026-11-02T00:00:00Z").await;
    let site = network.site("UTC").await;
    network.station("CS1", &site).await;
    let here = || ExclusionPlace::Site(site.clone());
    let cs1 = || StationId::new("CS1").unwrap();
    let unknown = StationId::new("CS9").unwrap();
    let early = "2026-10-01T00:00:00Z";
    let long = "x".repeat(2_001);
    let bad = [
        (here(), early, Some(early), "e", "An exclusion ends after it began."),
        (here(), early, Some("2026-09-01T00:00:00Z"), "e", "An exclusion ends after it began."),
        (
            here(),
            "2026-11-02T00:00:01Z",
            None,
            "e",
            "This lies in the future: enter an exclusion once it has begun.",
        ),
        (
            here(),
            early,
            Some("2026-11-02T00:00:01Z"),
            "e",
            "This lies in the future: leave the end out while it lasts, and enter it afterwards.",
        ),
        (
            here(),
            early,
            None,
            " \n",
            "Say what happened and how one knows: an exclusion without evidence proves nothing.",
        ),
        (here(), early, None, &long, "The evidence has more than 2000 characters."),
        (here(), early, None, "a\u{7}", "This has control characters: use plain text."),
        (ExclusionPlace::Site(SiteId("x".into())), early, None, "e", "There is no site \"x\"."),
        (ExclusionPlace::Station(unknown), early, None, "e", "There is no station \"CS9\"."),
        (
            ExclusionPlace::Port { station: cs1(), evse: EvseId(7) },
            early,
            None,
            "e",
            "Station CS1 has no EVSE 7.",
        ),
    ];
    for (place, from, until, evidence, sentence) in bad {
        let wrong = ExclusionForm {
            evidence: evidence.to_owned(),
            ..form(place, ExclusionReason::Utility, from, until)
        };
        let refused = network.register.enter_exclusion(wrong, "anna").await.unwrap_err();
        assert_eq!(refused.to_string(), sentence);
    }
    assert!(network.register.exclusions(&Default::default(), None, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn where_a_second_person_is_asked_for_nothing_is_excused_before() {
    let network = Network::at("2026-11-02T00:00:00Z").await;
    let site = network.site("UTC").await;
    network.station("CS1", &site).await;
    network.port("CS1", Some(&site), "2024-01-01T00:00:00Z");
    network.down("CS1", "2026-10-10T00:00:00Z", 600);
    let profile = ProfileForm { formulas: ["us-680.116".into()].into(), second_person: true };
    network.register.set_profile(&site.0, profile, None).await.unwrap();
    let wrong = ProfileForm { formulas: ["none".into()].into(), second_person: true };
    let wrong = network.register.set_profile(&site.0, wrong, None).await.unwrap_err();
    assert_eq!(wrong.to_string(), "There is no formula \"none\".");
    let place = ExclusionPlace::Port { station: StationId::new("CS1").unwrap(), evse: EvseId(1) };
    let entered = network
        .register
        .enter_exclusion(form(place, ExclusionReason::Vehicle, "2026-10-10T00:00:00Z", None), "Anna")
        .await
        .unwrap();
    assert!(entered.needs_second && !entered.is_in_force());
    let excluded = async || {
        let report = network.reports.compute(&ask("us-680.116", "2026-10", Some(&site))).await.unwrap();
        report.ports[0].excluded_s
    };
    assert_eq!(excluded().await, 0);
    let id = entered.id.0.to_string();
    let same = network.register.confirm_exclusion(&id, " anna ", None).await.unwrap_err();
    assert_eq!(same.to_string(), "Whoever entered an exclusion cannot confirm it: a second person has to.");
    let stale = network.register.confirm_exclusion(&id, "ben", Some(ocpp_server::domain::Revision(9))).await;
    assert_eq!(stale, Err(RegisterError::Conflict));
    network.register.confirm_exclusion(&id, "ben", None).await.unwrap();
    assert_eq!(excluded().await, 600 * 60);
    let twice = network.register.confirm_exclusion(&id, "carla", None).await.unwrap_err();
    assert_eq!(twice.to_string(), "ben has confirmed this exclusion already.");
    // It lasted; its end cuts it, and only once.
    network.register.end_exclusion(&id, moment("2026-10-10T01:00:00Z"), None).await.unwrap();
    assert_eq!(excluded().await, 60 * 60);
    let again = network.register.end_exclusion(&id, moment("2026-10-10T02:00:00Z"), None).await;
    assert!(matches!(again, Err(RegisterError::Forbidden(_))));
    network.register.withdraw_exclusion(&id, "ben", None).await.unwrap();
    assert_eq!(excluded().await, 0);
    assert!(matches!(
        network.register.withdraw_exclusion(&id, "x", None).await,
        Err(RegisterError::Forbidden(_))
    ));
    let listed = network.register.exclusions(&Default::default(), None, 10).await.unwrap();
    assert_eq!(listed.len(), 1, "it stays on record");
    assert_eq!(listed[0].withdrawn.as_ref().map(|(by, _)| &**by), Some("ben"));
}

#[tokio::test]
async fn exclusions_are_found_by_place_and_time() {
    use ocpp_server::register::ExclusionFilter;

    let network = Network::at("2026-11-02T00:00:00Z").await;
    let (here, there) = (network.site("UTC").await, network.site("UTC").await);
    network.station("CS1", &here).await;
    network.station("CS2", &there).await;
    let station = |id: &str| StationId::new(id).unwrap();
    for (place, from, until) in [
        (ExclusionPlace::Site(here.clone()), "2026-01-01T00:00:00Z", Some("2026-01-02T00:00:00Z")),
        (ExclusionPlace::Station(station("CS1")), "2026-02-01T00:00:00Z", None),
        (ExclusionPlace::Station(station("CS2")), "2026-03-01T00:00:00Z", Some("2026-03-02T00:00:00Z")),
    ] {
        let entered = form(place, ExclusionReason::Utility, from, until);
        network.register.enter_exclusion(entered, "anna").await.unwrap();
    }
    let count =
        async |filter: ExclusionFilter| network.register.exclusions(&filter, None, 10).await.unwrap().len();
    assert_eq!(count(ExclusionFilter::default()).await, 3);
    assert_eq!(count(ExclusionFilter { site: Some(here), ..Default::default() }).await, 2);
    assert_eq!(count(ExclusionFilter { site: Some(there), ..Default::default() }).await, 1);
    assert_eq!(count(ExclusionFilter { station: Some(station("CS1")), ..Default::default() }).await, 1);
    let march = ExclusionFilter {
        from: Some(moment("2026-03-01T00:00:00Z")),
        until: Some(moment("2026-04-01T00:00:00Z")),
        ..Default::default()
    };
    assert_eq!(count(march).await, 2, "the one that lasts, too");
    let first = network.register.exclusions(&ExclusionFilter::default(), None, 2).await.unwrap();
    let after = first.last().map(|one| one.id.0.to_string());
    assert_eq!(network.register.exclusions(&ExclusionFilter::default(), after, 2).await.unwrap().len(), 1);
}

#[test]
fn a_digest_is_of_what_is_said_and_nothing_else() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let network = Network::at("2026-11-02T00:00:00Z").await;
        network.port("CS1", None, "2024-01-01T00:00:00Z");
        network.down("CS1", "2026-10-10T00:00:00Z", 600);
        let report = network.reports.compute(&ask("us-680.116", "2026-10", None)).await.unwrap();
        let written = serde_json::to_string_pretty(&report).unwrap();
        let read = serde_json::from_str(&written).unwrap();
        assert_eq!((&report, digest(&report)), (&read, digest(&read)));
        let mut forged = read;
        forged.ports[0].outage_s -= 1;
        assert_ne!(digest(&report), digest(&forged));
    });
}

/// What one minute of a port is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Minute {
    Up,
    Faulted,
    Offline,
    Derated,
}

const LENGTH: i64 = 44_640; // the minutes of October

fn any_history() -> impl Strategy<Value = Vec<(i64, i64, u8)>> {
    proptest::collection::vec((0..LENGTH, 1_i64..9_000, 0_u8..3), 0..8)
}

fn any_exclusions() -> impl Strategy<Value = Vec<(i64, i64, bool, bool)>> {
    proptest::collection::vec((-3_000..LENGTH, 1_i64..9_000, any::<bool>(), any::<bool>()), 0..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_whole_report_is_what_counting_minutes_gives(
        histories in proptest::collection::vec(any_history(), 1..4),
        exclusions in any_exclusions(),
        service in 0..LENGTH,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let result: Result<(), TestCaseError> = runtime.block_on(async {
            let network = Network::at("2026-11-20T00:00:00Z").await;
            network.own_formula("sla", "calendar_month").await;
            let start = moment("2026-10-01T00:00:00Z");
            let at = |minute: i64| start + SignedDuration::from_mins(minute);
            let mut wanted = Vec::new();
            for (index, history) in histories.iter().enumerate() {
                // The first port came into service within the month.
                let since = if index == 0 { service } else { -100_000 };
                let name = format!("CS{index}");
                network.port(&name, None, &at(since).to_string());
                let minutes = minutes_of(history);
                let mut before = Minute::Up;
                for (minute, now) in (0_i64..).zip(&minutes) {
                    if *now != before {
                        tell(&network, &name, at(minute), before, *now);
                        before = *now;
                    }
                }
                wanted.push((since, minutes));
            }
            for &(from, length, all, allowed) in &exclusions {
                let reason = if allowed { ExclusionReason::Utility } else { ExclusionReason::Vehicle };
                let place = |index: usize| ExclusionPlace::Station(StationId::new(&format!("CS{index}")).unwrap());
                for index in 0..(if all { histories.len() } else { 1 }) {
                    let entered = ExclusionForm {
                        place: place(index),
                        reason,
                        from: at(from),
                        until: Some(at(from + length)),
                        evidence: "e".to_owned(),
                    };
                    network.enter(entered).await;
                }
            }
            let report = network.reports.compute(&ask("sla", "2026-10", None)).await.unwrap();
            prop_assert_eq!(report.ports.len(), wanted.len());
            let (mut whole, mut lost) = (0, 0);
            for (index, ((since, minutes), port)) in wanted.iter().zip(&report.ports).enumerate() {
                let in_service = |minute: i64| minute >= *since;
                let is_excused = |minute: i64| exclusions.iter().any(|&(from, length, all, allowed)| {
                    allowed && (all || index == 0) && (from..from + length).contains(&minute)
                });
                let down: Vec<i64> = (0_i64..).zip(minutes)
                    .filter(|(minute, state)| **state != Minute::Up && in_service(*minute))
                    .map(|(minute, _)| minute).collect();
                let excused = down.iter().filter(|minute| is_excused(**minute)).count() as i64;
                let served = (0..LENGTH).filter(|minute| in_service(*minute)).count() as i64;
                let down = down.len() as i64;
                prop_assert_eq!((port.outage_s, port.excluded_s), (down * 60, excused * 60));
                let sum: i64 = port.outages.iter().map(|outage| outage.when.seconds()).sum();
                prop_assert_eq!(sum, port.outage_s, "outages add up to the figure");
                for outage in &port.outages {
                    let states: i64 = outage.states.iter().map(|state| state.when.seconds()).sum();
                    prop_assert_eq!(states, outage.when.seconds(), "states add up to their outage");
                }
                let up = Decimal::from((served - down + excused) * 100) / Decimal::from(served);
                prop_assert_eq!(port.percent, Some(up.round_dp(10).normalize()));
                prop_assert_eq!(port.is_met, Some((served - down + excused) * 100 >= 99 * served));
                whole += served;
                lost += down - excused;
            }
            let network = report.network.unwrap();
            prop_assert_eq!(network.is_met, (whole - lost) * 100 >= 99 * whole);
            Ok(())
        });
        result?;
    }
}

fn minutes_of(history: &[(i64, i64, u8)]) -> Vec<Minute> {
    (0..LENGTH)
        .map(|minute| {
            let holds = |&&(from, length, _): &&(i64, i64, u8)| (from..from + length).contains(&minute);
            match history.iter().rfind(holds) {
                None => Minute::Up,
                Some((_, _, 0)) => Minute::Faulted,
                Some((_, _, 1)) => Minute::Offline,
                Some(_) => Minute::Derated,
            }
        })
        .collect()
}

fn tell(network: &Network, station: &str, at: Timestamp, before: Minute, now: Minute) {
    match before {
        Minute::Up => {}
        Minute::Faulted => network.says(station, at, CONNECTOR, FREE),
        Minute::Offline => network.says(station, at, Place::Station, Observed::Online),
        Minute::Derated => network.says(station, at, CONNECTOR, Observed::FullPower),
    }
    match now {
        Minute::Up => {}
        Minute::Faulted => network.says(station, at, CONNECTOR, FAULT),
        Minute::Offline => network.says(station, at, Place::Station, Observed::Offline),
        Minute::Derated => network.says(station, at, CONNECTOR, Observed::Derated),
    }
}

#[test]
fn twelve_months_end_with_the_month() {
    let period: Period = "2026-01".parse().unwrap();
    let window = period.window(ocpp_server::availability::WindowKind::Last12Months, &TimeZone::UTC).unwrap();
    assert_eq!(window.from().timestamp(), moment("2025-02-01T00:00:00Z"));
    assert_eq!(window.to().timestamp(), moment("2026-02-01T00:00:00Z"));
    assert_eq!(period.first().checked_add(1.month()).ok(), Some(period.after()));
}

#[tokio::test]
async fn outages_outside_the_published_hours_are_excused_by_themselves() {
    use ocpp_server::domain::{OpeningHours, Publication};
    use ocpp_server::register::SiteForm;

    let network = Network::at("2026-12-02T00:00:00Z").await;
    let hours = |published| {
        let weekly = OpeningHours::read_weekly("Mon-Fri 06:00-22:00").unwrap();
        let hours = OpeningHours { weekly, ..OpeningHours::default() };
        let public =
            Publication { published, hours, operator: Some("Operator".into()), ..Publication::default() };
        let address = ocpp_server::domain::Address {
            street: "Am Kai 12".into(),
            postal_code: "20457".into(),
            city: "Hamburg".into(),
            country: "DE".into(),
        };
        let coordinates =
            Some(ocpp_server::domain::Coordinates { latitude_e7: 535_441_000, longitude_e7: 99_936_000 });
        SiteForm {
            name: "Site".into(),
            address,
            coordinates,
            time_zone: "Europe/Berlin".into(),
            public,
            ..SiteForm::default()
        }
    };
    let site = network.register.add_site(hours(true)).await.expect("a site").id;
    network.port("CS1", Some(&site), "2024-01-01T00:00:00Z");
    // Down from Wednesday 20:00 until Thursday 08:00 in Berlin: two hours before closing, two after opening.
    network.down("CS1", "2026-03-04T19:00:00Z", 12 * 60);
    let report = network.reports.compute(&ask("us-680.116", "2026-11", None)).await.expect("a report");
    assert_eq!((report.ports[0].outage_s, report.ports[0].excluded_s), (12 * 3_600, 8 * 3_600));
    assert_eq!(report.ports[0].outages[0].excused[0].reason, ExclusionReason::OutsideHours);

    network.register.change_site(&site.0, hours(false), None).await.expect("it is changed");
    let report = network.reports.compute(&ask("us-680.116", "2026-11", None)).await.expect("a report");
    assert_eq!(report.ports[0].excluded_s, 0, "hours that nobody is told of excuse nothing");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_site_is_closed_when_it_is_not_open(
        from in 0_u32..(400 * 24 * 60),
        weekly in proptest::sample::select(vec![
            "24/7", "Mon-Fri 06:00-22:00", "Sat 08:00-24:00, Sun 00:00-02:30", "Mon 00:00-24:00, Wed 12:15-12:16",
        ]),
        zone in proptest::sample::select(vec!["UTC", "Europe/Berlin", "Australia/Lord_Howe"]),
        (closing, opening) in (0_i64..10_000, 0_i64..10_000),
    ) {
        use ocpp_server::availability::{Second, Span, closed};
        use ocpp_server::domain::{OpeningHours, Span as Hours};

        let begin = Second(moment("2026-01-01T00:00:00Z").as_second() + i64::from(from) * 60);
        let window = Span::new(begin, begin.plus(10_000 * 60)).expect("a span");
        let zone = TimeZone::get(zone).expect("a zone");
        let minute = |minute: i64| begin.plus(minute * 60).timestamp();
        let hours = OpeningHours {
            weekly: OpeningHours::read_weekly(weekly).expect("hours"),
            openings: vec![Hours { from: minute(opening), until: minute(opening + 300) }],
            closings: vec![Hours { from: minute(closing), until: minute(closing + 700) }],
        };
        let found = closed(&hours, window, &zone);
        let is_closed = |at: i64| found.as_slice().iter().any(|span| (span.from().0..span.to().0).contains(&at));
        for number in 0..10_000 {
            let at = minute(number);
            prop_assert_eq!(is_closed(at.as_second()), !hours.is_open(at, &zone), "{}", at);
        }
    }
}
