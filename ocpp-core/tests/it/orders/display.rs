//! Messages on displays (block O).

use ocpp_core::model::{
    Cause, Command, DisplayFilter, DisplayMessage, DisplayPart, DisplayPriority, DisplayReport, DisplayState,
    DisplayText, DisplayVerdict, EvseId, Fact, Outcome, Place, TextFormat, Verdict,
};
use ocpp_core::types::Version;

use super::{VERSIONS, answered, heard, reported, unsayable};

const TWO: [Version; 2] = [Version::V201, Version::V21];

fn text(content: &str) -> DisplayText {
    DisplayText { format: TextFormat::Utf8, language: Some("en-US".into()), content: content.into() }
}

fn message() -> DisplayMessage {
    DisplayMessage {
        id: 4,
        priority: DisplayPriority::InFront,
        state: Some(DisplayState::Charging),
        from: "2026-11-25T08:00:00Z".parse().ok(),
        until: "2026-11-26T08:00:00Z".parse().ok(),
        transaction: Some("T-1".into()),
        display: Some(DisplayPart {
            component: "Display".into(),
            instance: Some("2".into()),
            place: Some(Place::Evse(EvseId(1))),
        }),
        text: text("Half price until noon"),
        translations: Vec::new(),
    }
}

fn set(message: DisplayMessage) -> Command {
    Command::SetDisplayMessage(Box::new(message))
}

#[test]
fn orders_mean_the_same_at_the_other_end() {
    let plain = DisplayMessage {
        priority: DisplayPriority::AlwaysFront,
        state: None,
        from: None,
        until: None,
        transaction: None,
        display: None,
        ..message()
    };
    let filter = DisplayFilter {
        ids: vec![0, 4],
        priority: Some(DisplayPriority::NormalCycle),
        state: Some(DisplayState::Idle),
    };
    let orders = [
        set(message()),
        set(plain),
        Command::GetDisplayMessages { request: 2, filter: DisplayFilter::default() },
        Command::GetDisplayMessages { request: 2, filter },
        Command::ClearDisplayMessage { id: 4 },
    ];
    for version in TWO {
        for order in &orders {
            assert_eq!(&heard(version, order).1, order, "{version}");
        }
    }
    for order in &orders {
        assert!(unsayable(Version::V16, order).starts_with("messages on displays: it has none"));
    }
}

#[test]
fn every_answer_is_told_apart() {
    for version in TWO {
        for verdict in DisplayVerdict::ALL {
            if version == Version::V201 && *verdict == DisplayVerdict::LanguageNotSupported {
                continue;
            }
            let cause = Some(Cause { code: "Why".into(), text: Some("so".into()) });
            let outcome = Outcome::Display { verdict: *verdict, cause };
            assert_eq!(answered(version, &set(message()), &outcome), outcome, "{version}");
            assert_eq!(outcome.is_success(), *verdict == DisplayVerdict::Accepted);
        }
        let get = Command::GetDisplayMessages { request: 2, filter: DisplayFilter::default() };
        let clear = Command::ClearDisplayMessage { id: 4 };
        for verdict in [Verdict::Accepted, Verdict::NothingFits] {
            assert_eq!(answered(version, &get, &Outcome::Verdict(verdict)), Outcome::Verdict(verdict));
            assert_eq!(answered(version, &clear, &Outcome::Verdict(verdict)), Outcome::Verdict(verdict));
        }
    }
    let clear = Command::ClearDisplayMessage { id: 4 };
    let rejected = Outcome::Verdict(Verdict::Rejected);
    assert_eq!(answered(Version::V21, &clear, &rejected), rejected);
    assert_eq!(answered(Version::V201, &clear, &rejected), Outcome::Verdict(Verdict::NothingFits));
}

#[test]
fn what_only_21_has_is_refused_before() {
    let translated = set(DisplayMessage { translations: vec![text("Bis Mittag halber Preis")], ..message() });
    let suspended = set(DisplayMessage { state: Some(DisplayState::Suspended), ..message() });
    let discharging = set(DisplayMessage { state: Some(DisplayState::Discharging), ..message() });
    let code =
        DisplayText { format: TextFormat::QrCode, language: None, content: "https://e.example".into() };
    let code = set(DisplayMessage { text: code, ..message() });
    let long = set(DisplayMessage { text: text(&"x".repeat(513)), ..message() });
    for order in [&translated, &suspended, &discharging, &code, &long] {
        assert_eq!(&heard(Version::V21, order).1, order);
    }
    assert!(unsayable(Version::V201, &translated).contains("one message for each"));
    assert!(unsayable(Version::V201, &suspended).contains("say `charging`"));
    assert!(unsayable(Version::V201, &discharging).contains("say `charging`"));
    assert!(unsayable(Version::V201, &code).contains("QR code"));
    assert!(unsayable(Version::V201, &long).contains("512"));
    let many = set(DisplayMessage { translations: vec![text("x"); 5], ..message() });
    assert!(unsayable(Version::V21, &many).contains("five languages"));
    for version in TWO {
        let tongue = DisplayText { language: Some("much-too-long".into()), ..text("x") };
        assert!(
            unsayable(version, &set(DisplayMessage { text: tongue, ..message() })).contains("8 characters")
        );
        let far = DisplayMessage { id: -1 - (1 << 31), ..message() };
        assert!(unsayable(version, &set(far)).contains("31 bits"));
    }
}

#[test]
fn a_report_is_heard_whole() {
    for version in TWO {
        let report = DisplayReport { request: 2, more: true, messages: vec![message(), message()] };
        let fact = Fact::DisplayMessages(report);
        assert_eq!(reported(version, &fact), Some(fact), "{version}");
        let none = Fact::DisplayMessages(DisplayReport { request: 2, more: false, messages: Vec::new() });
        assert_eq!(reported(version, &none), Some(none), "{version}");
    }
    let report = DisplayReport { request: 2, more: true, messages: vec![message()] };
    assert_eq!(reported(Version::V16, &Fact::DisplayMessages(report)), None);
    assert_eq!(VERSIONS.len(), 3);
}
