//! Messages on the display (block O).

use ocpp_core::model::{
    Command, DisplayFilter, DisplayMessage, DisplayPriority, DisplayReport, DisplayState, DisplayText,
    DisplayVerdict, Fact, Outcome, TextFormat, Verdict,
};

use crate::bench::{Bench, at};

fn message(id: i64, priority: DisplayPriority) -> DisplayMessage {
    DisplayMessage {
        id,
        priority,
        state: None,
        from: None,
        until: None,
        transaction: None,
        display: None,
        text: DisplayText { format: TextFormat::Utf8, language: None, content: format!("text {id}").into() },
        translations: Vec::new(),
    }
}

fn set(bench: &mut Bench, message: DisplayMessage) -> DisplayVerdict {
    match bench.order(&Command::SetDisplayMessage(Box::new(message))) {
        Outcome::Display { verdict, .. } => verdict,
        other => panic!("{other:?}"),
    }
}

fn shown(bench: &Bench) -> Vec<i64> {
    bench.engine.shown_messages(bench.now).iter().map(|message| message.id).collect()
}

fn report(bench: &mut Bench, filter: DisplayFilter) -> (Verdict, Vec<DisplayReport>) {
    bench.heard();
    let verdict = bench.verdict(&Command::GetDisplayMessages { request: 5, filter });
    let part = |fact: Fact| match fact {
        Fact::DisplayMessages(report) => Some(report),
        _ => None,
    };
    (verdict, bench.heard().into_iter().filter_map(part).collect())
}

use DisplayPriority::{AlwaysFront, InFront, NormalCycle};

#[test]
fn the_highest_rank_is_shown_and_a_newer_one_in_front_takes_the_place() {
    let mut bench = Bench::new(1);
    for (id, priority) in
        [(1, NormalCycle), (2, NormalCycle), (3, InFront), (4, AlwaysFront), (5, AlwaysFront)]
    {
        assert_eq!(set(&mut bench, message(id, priority)), DisplayVerdict::Accepted);
    }
    assert_eq!(shown(&bench), [5]);
    for (id, left) in [(5, vec![3]), (3, vec![1, 2])] {
        assert_eq!(bench.verdict(&Command::ClearDisplayMessage { id }), Verdict::Accepted);
        assert_eq!(shown(&bench), left);
    }
    assert_eq!(bench.verdict(&Command::ClearDisplayMessage { id: 4 }), Verdict::Unknown);
}

#[test]
fn a_message_has_its_time_its_state_and_its_transaction() {
    let mut bench = Bench::new(1);
    set(&mut bench, DisplayMessage { from: Some(at(60)), until: Some(at(120)), ..message(1, NormalCycle) });
    set(&mut bench, DisplayMessage { state: Some(DisplayState::Charging), ..message(2, NormalCycle) });
    assert_eq!(shown(&bench), [0_i64; 0]);
    bench.pass(60);
    assert_eq!(shown(&bench), [1]);
    bench.pass(60);
    assert_eq!(
        report(&mut bench, DisplayFilter::default()).1[0].messages.len(),
        1,
        "it was removed (O01.FR.07)"
    );
    let own = |name: &str| DisplayMessage { transaction: Some(name.into()), ..message(3, NormalCycle) };
    assert_eq!(set(&mut bench, own("TX1")), DisplayVerdict::UnknownTransaction);
    bench.plug(1);
    bench.present(1, "A");
    assert_eq!(set(&mut bench, own("TX1")), DisplayVerdict::Accepted);
    assert_eq!(shown(&bench), [2, 3]);
    bench.present(1, "A");
    assert_eq!(report(&mut bench, DisplayFilter { ids: vec![3], ..Default::default() }).0, Verdict::Unknown);
}

#[test]
fn what_cannot_be_shown_is_refused_with_the_reason() {
    let mut bench = Bench::new(1);
    let text = |format, language: Option<&str>| DisplayText {
        format,
        language: language.map(Box::from),
        content: "x".into(),
    };
    let with = |text| DisplayMessage { text, ..message(1, NormalCycle) };
    let cases = [
        (with(text(TextFormat::Html, None)), DisplayVerdict::NotSupportedMessageFormat),
        (with(text(TextFormat::Utf8, Some("ja-JP"))), DisplayVerdict::LanguageNotSupported),
        (with(text(TextFormat::Utf8, Some("de-AT"))), DisplayVerdict::Accepted),
        (
            DisplayMessage { state: Some(DisplayState::Discharging), ..message(1, NormalCycle) },
            DisplayVerdict::NotSupportedState,
        ),
        (DisplayMessage { until: Some(at(0)), ..message(1, NormalCycle) }, DisplayVerdict::Rejected),
    ];
    for (message, verdict) in cases {
        assert_eq!(set(&mut bench, message.clone()), verdict, "{message:?}");
    }
    for id in 2..=32 {
        assert_eq!(set(&mut bench, message(id, NormalCycle)), DisplayVerdict::Accepted);
    }
    assert_eq!(set(&mut bench, message(33, NormalCycle)), DisplayVerdict::Rejected, "it is full (O01.FR.11)");
    assert_eq!(set(&mut bench, message(32, InFront)), DisplayVerdict::Accepted, "one takes another's place");
}

#[test]
fn messages_are_reported_in_parts_and_outlive_a_restart() {
    let mut bench = Bench::new(1);
    for id in 1..=12 {
        set(&mut bench, message(id, if id > 10 { InFront } else { NormalCycle }));
    }
    let mut bench = Bench::with_records(1, bench.kept.clone());
    let (verdict, parts) = report(&mut bench, DisplayFilter::default());
    assert_eq!(verdict, Verdict::Accepted);
    let told: Vec<_> = parts.iter().map(|part| (part.request, part.more, part.messages.len())).collect();
    assert_eq!(told, [(5, true, 10), (5, false, 2)]);
    let front = DisplayFilter { priority: Some(InFront), ..Default::default() };
    assert_eq!(report(&mut bench, front).1[0].messages.len(), 2);
}
