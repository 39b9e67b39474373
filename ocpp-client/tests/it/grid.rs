//! Settings of grid support (block R).

use ocpp_client::hardware::HardwareEvent;
use ocpp_core::model::{
    Command, DerAlarm, DerControl, DerFilter, DerReport, DerScope, DerSetting, DerStartStop, Fact, Outcome,
    Verdict,
};
use ocpp_core::types::Json;

use crate::bench::{Bench, at};

fn control(id: &str, kind: &str, scope: DerScope, priority: u32, start: Option<(i64, u32)>) -> DerControl {
    let times = start
        .map_or(String::new(), |(from, lasts)| format!(r#","startTime":"{}","duration":{lasts}"#, at(from)));
    let values = format!(r#"{{"priority":{priority},"setpoint":1,"unit":"W"{times}}}"#);
    DerControl {
        id: id.into(),
        scope,
        kind: kind.into(),
        superseded: None,
        setting: DerSetting::FixedVar(Json::new(values).unwrap_or_else(|_| Json::string(""))),
    }
}

fn set(bench: &mut Bench, control: DerControl) -> (Verdict, Vec<String>) {
    match bench.order(&Command::SetDerControl(Box::new(control))) {
        Outcome::DerControl { verdict, superseded } => {
            (verdict, superseded.iter().map(ToString::to_string).collect())
        }
        other => panic!("{other:?}"),
    }
}

fn active(bench: &Bench) -> Vec<String> {
    bench.engine.active_controls().map(|control| control.id.to_string()).collect()
}

fn switches(bench: &mut Bench) -> Vec<(String, bool, Vec<String>)> {
    let of = |fact: Fact| match fact {
        Fact::DerStartStop(DerStartStop { id, started, superseded, .. }) => {
            Some((id.to_string(), started, superseded.iter().map(ToString::to_string).collect()))
        }
        _ => None,
    };
    bench.heard().into_iter().filter_map(of).collect()
}

use DerScope::{Default as Always, Scheduled};

#[test]
fn the_default_holds_while_nothing_is_scheduled() {
    let mut bench = Bench::new(1);
    assert_eq!(set(&mut bench, control("d", "FixedVar", Always, 5, None)), (Verdict::Accepted, vec![]));
    assert_eq!(set(&mut bench, control("s", "FixedVar", Scheduled, 5, Some((60, 120)))).0, Verdict::Accepted);
    assert_eq!(active(&bench), ["d"]);
    bench.pass(60);
    assert_eq!(switches(&mut bench), [("s".to_owned(), true, vec![])]);
    assert_eq!(active(&bench), ["s"]);
    bench.pass(120);
    assert_eq!(switches(&mut bench), [("s".to_owned(), false, vec![])]);
    assert_eq!(active(&bench), ["d"]);
}

#[test]
fn a_smaller_number_takes_the_place_of_a_greater_one() {
    let mut bench = Bench::new(1);
    set(&mut bench, control("a", "FixedVar", Always, 5, None));
    assert_eq!(
        set(&mut bench, control("b", "FixedVar", Always, 3, None)),
        (Verdict::Accepted, vec!["a".to_owned()])
    );
    assert_eq!(
        set(&mut bench, control("c", "FixedVar", Always, 9, None)),
        (Verdict::Accepted, vec!["c".to_owned()])
    );
    assert_eq!(active(&bench), ["b"]);
    set(&mut bench, control("s", "FixedVar", Scheduled, 5, Some((0, 600))));
    assert_eq!(switches(&mut bench).len(), 1);
    assert_eq!(
        set(&mut bench, control("t", "FixedVar", Scheduled, 1, Some((60, 60)))),
        (Verdict::Accepted, vec![])
    );
    assert_eq!(active(&bench), ["s"], "it goes on until the other begins (R04.FR.07)");
    bench.pass(60);
    assert_eq!(switches(&mut bench), [("t".to_owned(), true, vec!["s".to_owned()])]);
}

#[test]
fn settings_are_reported_cleared_and_outlive_a_restart() {
    let mut bench = Bench::new(1);
    assert_eq!(set(&mut bench, control("x", "HVMustTrip", Always, 1, None)).0, Verdict::NotSupported);
    for number in 0..12 {
        set(&mut bench, control(&format!("c{number}"), "FixedVar", Always, number, None));
    }
    set(&mut bench, control("v", "VoltVar", Scheduled, 1, Some((0, 600))));
    let mut bench = Bench::with_records(1, bench.kept.clone());
    let get = |filter| Command::GetDerControls { request: 8, filter };
    let part = |fact: Fact| match fact {
        Fact::DerReport(DerReport { request, more, controls }) => Some((request, more, controls.len())),
        _ => None,
    };
    bench.heard();
    assert_eq!(bench.verdict(&get(DerFilter::default())), Verdict::Accepted);
    let parts: Vec<_> = bench.heard().into_iter().filter_map(part).collect();
    assert_eq!(parts, [(8, true, 10), (8, false, 3)]);
    let of = |kind: &str| DerFilter { kind: Some(kind.into()), ..Default::default() };
    assert_eq!(bench.verdict(&get(of("FreqDroop"))), Verdict::NothingFits);
    assert_eq!(bench.verdict(&get(of("HVMustTrip"))), Verdict::NotSupported);
    let clear =
        |scope, id: Option<&str>| Command::ClearDerControls { scope, kind: None, id: id.map(Box::from) };
    assert_eq!(bench.verdict(&clear(Always, Some("v"))), Verdict::NothingFits);
    assert_eq!(bench.verdict(&clear(Scheduled, Some("v"))), Verdict::Accepted);
    assert_eq!(switches(&mut bench), [("v".to_owned(), false, vec![])]);
    assert_eq!(bench.verdict(&clear(Always, None)), Verdict::Accepted);
    assert_eq!(bench.verdict(&get(DerFilter::default())), Verdict::NothingFits);
}

#[test]
fn an_alarm_of_the_grid_is_told() {
    let mut bench = Bench::new(1);
    let alarm = DerAlarm {
        kind: "VoltVar".into(),
        fault: Some("OverVoltage".into()),
        ended: false,
        at: at(0),
        info: None,
    };
    bench.hardware(HardwareEvent::GridAlarm(alarm.clone()));
    assert!(bench.heard().contains(&Fact::DerAlarm(alarm)));
}
