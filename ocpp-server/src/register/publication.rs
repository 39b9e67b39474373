//! Whether what is to be told to the public can be told.

use std::collections::BTreeSet;

use super::{Flaw, check_text};
use crate::domain::{Bay, MailAddress, OpeningHours, Publication, Ratings, Span, is_evse_id};

/// The most hours of a week, and the most exceptions of each kind.
const MAX_HOURS: usize = 100;

pub(super) fn check_publication(flaws: &mut Vec<Flaw>, public: &Publication) {
    let texts = [("/public/operator", &public.operator), ("/public/legal_name", &public.legal_name)];
    for (pointer, text) in texts {
        check_text(flaws, pointer, text.as_deref().unwrap_or_default(), 100);
    }
    if public.helpline.as_deref().is_some_and(|number| !is_phone(number)) {
        let sentence = "This is no telephone number: write it such as +49 40 123456.";
        flaws.push(Flaw::at("/public/helpline", sentence));
    }
    if public.support_mail.as_deref().is_some_and(|mail| MailAddress::new(mail).is_err()) {
        let sentence = "This is no mail address: write it such as help@example.com.";
        flaws.push(Flaw::at("/public/support_mail", sentence));
    }
    if public.published && public.operator.as_deref().is_none_or(|name| name.trim().is_empty()) {
        let sentence = "A published site tells the name of its operator.";
        flaws.push(Flaw::at("/public/operator", sentence));
    }
    check_hours(flaws, &public.hours);
}

fn check_hours(flaws: &mut Vec<Flaw>, hours: &OpeningHours) {
    let weekly = hours.weekly.as_deref();
    let pointer = "/public/hours/weekly";
    match weekly {
        Some([]) => flaws
            .push(Flaw::at(pointer, "Without any hours it is never open: leave them out for day and night.")),
        Some(weekly) if weekly.len() > MAX_HOURS => {
            flaws.push(Flaw::at(pointer, format!("There are more than {MAX_HOURS} opening hours.")));
        }
        Some(weekly) if weekly.iter().any(|hours| hours.minutes().is_empty()) => {
            let sentence =
                "Opening hours end after they begin, on the same day; write those past midnight as two days.";
            flaws.push(Flaw::at(pointer, sentence));
        }
        Some(weekly) if overlap(weekly) => {
            flaws.push(Flaw::at(pointer, "Two opening hours of a day overlap."))
        }
        _ => {}
    }
    check_spans(flaws, "/public/hours/openings", &hours.openings);
    check_spans(flaws, "/public/hours/closings", &hours.closings);
}

fn overlap(weekly: &[crate::domain::WeeklyHours]) -> bool {
    let mut sorted = weekly.to_vec();
    sorted.sort_unstable();
    sorted
        .windows(2)
        .any(|pair| pair[0].day == pair[1].day && pair[1].minutes().start < pair[0].minutes().end)
}

fn check_spans(flaws: &mut Vec<Flaw>, pointer: &str, spans: &[Span]) {
    if spans.len() > MAX_HOURS {
        flaws.push(Flaw::at(pointer, format!("There are more than {MAX_HOURS} exceptions.")));
    }
    if spans.iter().any(|span| span.from >= span.until) {
        flaws.push(Flaw::at(pointer, "An exception ends after it begins."));
    }
}

pub(super) fn check_bay(flaws: &mut Vec<Flaw>, pointer: &str, bay: &Bay, seen: &mut BTreeSet<String>) {
    let Some(id) = &bay.evse_id else { return };
    if !is_evse_id(id) {
        let sentence = "This is no EVSE id: write country, operator, E and a number, such as DE*ABC*E123.";
        flaws.push(Flaw::at(pointer, sentence));
    } else if !seen.insert(id.clone()) {
        flaws.push(Flaw::at(pointer, "Each EVSE has an id of its own."));
    }
}

pub(super) fn check_ratings(flaws: &mut Vec<Flaw>, pointer: &str, ratings: &Ratings) {
    if ratings.max_voltage.is_some_and(|volts| !(1..=2000).contains(&volts)) {
        flaws.push(Flaw::at(&format!("{pointer}/max_voltage"), "A voltage is 1 to 2000 V."));
    }
    if ratings.max_amperage.is_some_and(|amperes| !(1..=5000).contains(&amperes)) {
        flaws.push(Flaw::at(&format!("{pointer}/max_amperage"), "A current is 1 to 5000 A."));
    }
}

fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let fits = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '/' | '.');
    (3..=20).contains(&digits) && text.len() <= 30 && text.strip_prefix('+').unwrap_or(text).chars().all(fits)
}
