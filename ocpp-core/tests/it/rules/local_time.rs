//! Conditions in the local time of the place, changes of the clock and all.

use jiff::tz::TimeZone;
use ocpp_core::model::Wh;
use ocpp_core::rules::cost::{cost, periods};
use ocpp_core::rules::tariff::Tariff;
use ocpp_core::rules::timeline::Timeline;

use super::cost::{lines, tariff};
use super::timeline::at;

fn central_europe() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("a zone")
}

/// 1 kWh each hour, priced at 1 a kWh where `conditions` hold and at 0 elsewhere: the hours that they hold.
fn hours(conditions: &str, start: &str, end: &str) -> String {
    let tariff = tariff(&format!(
        r#"{{"id":"t","currency":"EUR","energy":{{"prices":[{{"price_kwh":"1","conditions":{conditions}}}]}}}}"#
    ));
    let (start, end) = (at(start), at(end));
    let mut timeline = Timeline::new(start);
    timeline.add_register(start, Wh(0));
    timeline.add_register(end, Wh((end.as_second() - start.as_second()) * 10 / 36));
    timeline.set_end(end);
    let cost = cost(&tariff, &timeline, &central_europe(), end).expect("a cost");
    cost.lines
        .first()
        .and_then(|line| line.quantity)
        .map_or("0".into(), |quantity| quantity.value.to_string())
}

#[test]
fn a_time_of_day_holds_up_to_its_end_every_day() {
    let conditions = r#"{"start_time_of_day":"08:00","end_time_of_day":"20:00"}"#;
    // In June local time is two hours ahead.
    assert_eq!(hours(conditions, "2026-06-10T05:30:00Z", "2026-06-10T07:00:00Z"), "1");
    assert_eq!(hours(conditions, "2026-06-10T17:00:00Z", "2026-06-10T19:00:00Z"), "1");
    assert_eq!(hours(conditions, "2026-06-10T00:00:00Z", "2026-06-13T00:00:00Z"), "36");
    assert_eq!(hours(conditions, "2026-01-10T00:00:00Z", "2026-01-10T07:30:00Z"), "0.5", "in winter one");
}

#[test]
fn a_time_of_day_may_go_over_midnight() {
    let conditions = r#"{"start_time_of_day":"22:00","end_time_of_day":"06:00"}"#;
    assert_eq!(hours(conditions, "2026-06-10T19:00:00Z", "2026-06-11T07:00:00Z"), "8");
    assert_eq!(hours(conditions, "2026-06-10T10:00:00Z", "2026-06-13T10:00:00Z"), "24");
}

#[test]
fn midnight_as_an_end_is_the_end_of_the_day() {
    let evening = r#"{"start_time_of_day":"20:00","end_time_of_day":"00:00"}"#;
    assert_eq!(hours(evening, "2026-06-10T00:00:00Z", "2026-06-11T00:00:00Z"), "4");
    let all_day = r#"{"start_time_of_day":"00:00","end_time_of_day":"00:00"}"#;
    assert_eq!(hours(all_day, "2026-06-10T00:00:00Z", "2026-06-11T00:00:00Z"), "24");
    let from = r#"{"start_time_of_day":"20:00"}"#;
    assert_eq!(hours(from, "2026-06-10T00:00:00Z", "2026-06-11T00:00:00Z"), "4");
    let to = r#"{"end_time_of_day":"06:00"}"#;
    assert_eq!(hours(to, "2026-06-10T00:00:00Z", "2026-06-11T00:00:00Z"), "6");
}

#[test]
fn weekdays_and_dates_are_local_ones() {
    // 2026-06-12 is a Friday; local midnight is 22:00 UTC of the day before.
    let friday = r#"{"day_of_week":["Friday"]}"#;
    assert_eq!(hours(friday, "2026-06-11T00:00:00Z", "2026-06-15T00:00:00Z"), "24");
    assert_eq!(hours(friday, "2026-06-11T21:00:00Z", "2026-06-11T23:00:00Z"), "1");
    let night = r#"{"day_of_week":["Friday"],"start_time_of_day":"22:00","end_time_of_day":"06:00"}"#;
    assert_eq!(hours(night, "2026-06-11T00:00:00Z", "2026-06-15T00:00:00Z"), "8", "of Friday alone");
    let dates = r#"{"valid_from_date":"2026-06-12","valid_to_date":"2026-06-14"}"#;
    assert_eq!(
        hours(dates, "2026-06-01T00:00:00Z", "2026-06-20T00:00:00Z"),
        "48",
        "the last day is exclusive"
    );
}

#[test]
fn in_spring_an_hour_of_the_night_is_missing() {
    // 2026-03-29: 02:00 becomes 03:00 at 01:00 UTC.
    let (start, end) = ("2026-03-28T20:00:00Z", "2026-03-29T10:00:00Z");
    assert_eq!(hours(r#"{"start_time_of_day":"02:00","end_time_of_day":"03:00"}"#, start, end), "0");
    assert_eq!(hours(r#"{"start_time_of_day":"01:30","end_time_of_day":"02:30"}"#, start, end), "0.5");
    assert_eq!(hours(r#"{"start_time_of_day":"02:30","end_time_of_day":"03:30"}"#, start, end), "0.5");
    assert_eq!(hours(r#"{"start_time_of_day":"22:00","end_time_of_day":"06:00"}"#, start, end), "7");
    assert_eq!(hours(r#"{"day_of_week":["Sunday"]}"#, "2026-03-28T00:00:00Z", "2026-03-30T00:00:00Z"), "23");
}

#[test]
fn in_autumn_an_hour_of_the_night_comes_twice() {
    // 2026-10-25: 03:00 becomes 02:00 at 01:00 UTC.
    let (start, end) = ("2026-10-24T20:00:00Z", "2026-10-25T10:00:00Z");
    assert_eq!(hours(r#"{"start_time_of_day":"02:00","end_time_of_day":"03:00"}"#, start, end), "2");
    assert_eq!(hours(r#"{"start_time_of_day":"02:00","end_time_of_day":"02:30"}"#, start, end), "1");
    assert_eq!(hours(r#"{"start_time_of_day":"22:00","end_time_of_day":"06:00"}"#, start, end), "9");
    assert_eq!(hours(r#"{"day_of_week":["Sunday"]}"#, "2026-10-24T00:00:00Z", "2026-10-27T00:00:00Z"), "25");
}

/// The remark of I12.FR.37: a price that ended at 02:30 holds again when the clock goes back to 02:00.
#[test]
fn a_price_that_ended_comes_back_when_the_clock_goes_back() {
    let tariff = tariff(
        r#"{"id":"t","currency":"EUR","energy":{"prices":[
            {"price_kwh":"1","conditions":{"start_time_of_day":"00:00","end_time_of_day":"02:30"}},
            {"price_kwh":"2"}]}}"#,
    );
    let (start, end) = (at("2026-10-25T00:00:00Z"), at("2026-10-25T02:00:00Z"));
    let mut timeline = Timeline::new(start);
    timeline.add_register(start, Wh(0));
    timeline.add_register(end, Wh(2_000));
    timeline.set_end(end);
    let periods = periods(&tariff, &timeline, &central_europe(), end).expect("periods");
    let starts: Vec<String> = periods.iter().map(|period| period.start.to_string()).collect();
    assert_eq!(
        starts,
        ["2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z"]
    );
    let cost = cost(&tariff, &timeline, &central_europe(), end).expect("a cost");
    assert_eq!(lines(&cost), ["energy: 1 kWh at 1.00 EUR = 1.00", "energy: 1 kWh at 2.00 EUR = 2.00"]);
}

#[test]
fn a_start_within_a_second_keeps_the_minutes_of_the_clock() {
    let conditions = r#"{"start_time_of_day":"12:00","end_time_of_day":"12:01"}"#;
    let tariff: Tariff = tariff(&format!(
        r#"{{"id":"t","currency":"EUR","charging_time":{{"prices":[{{"price_minute":"1","conditions":{conditions}}}]}}}}"#
    ));
    let mut timeline = Timeline::new(at("2026-06-10T09:59:59.4Z"));
    timeline.add_activity(timeline.start(), ocpp_core::rules::timeline::Activity::Charging);
    timeline.set_end(at("2026-06-10T10:05:00.123Z"));
    let cost = cost(&tariff, &timeline, &central_europe(), at("2026-06-10T10:05:00.123Z")).expect("a cost");
    assert_eq!(lines(&cost), ["charging_time: 1 min at 1.00 EUR = 1.00"]);
}
