//! What a site tells the public, as a part of its form.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use ocpp_server::domain::{
    AccessType, OpeningHours, PaymentWay, Publication, Site, Span, StationEntry, WeeklyHours,
};
use ocpp_server::pricing::zone_of;
use ocpp_server::register::Flaw;

use super::super::form::{Draft, Fields, Form};

/// The fields of the form.
pub(super) fn fields(form: Form<'_>) -> Form<'_> {
    let access: Vec<(String, String)> = AccessType::ALL
        .iter()
        .map(|access| (access.as_str().to_owned(), access.phrase().to_owned()))
        .collect();
    form.own("/public/published", |fields, wrong| {
        html! {
            fieldset.wide {
                legend { "For drivers and partners" }
                label.tick {
                    input type="checkbox" name="public/published" value="yes" checked[fields.has("public/published", "yes")];
                    " Publish this site: its places, their status and prices can be seen by everybody"
                }
                (wrong)
            }
        }
    })
    .line("public/operator", "Operator", "The name that drivers know.")
    .line("public/legal_name", "Company", "The legal name of the operator.")
    .line("public/helpline", "Helpline", "The number that drivers call, such as +49 40 123456.")
    .line("public/support_mail", "Mail for drivers", "")
    .choice("public/access", "Who may charge", &access)
    .line("public/hours/weekly", "Opening hours", "24/7, or such as Mon-Fri 06:00-22:00, Sat 08:00-20:00.")
    .area("public/hours/openings", "Open besides", "A line each, in the time of the site: 2026-12-24 08:00 / 2026-12-24 20:00.", 2)
    .area("public/hours/closings", "Closed all the same", "A line each, in the time of the site: 2026-12-24 14:00 / 2026-12-27 00:00.", 2)
    .own("/public/payment", payment)
}

fn payment(fields: &Fields, wrong: Markup) -> Markup {
    html! {
        fieldset.wide.days {
            legend { "Drivers can pay by" }
            @for way in PaymentWay::ALL {
                label.tick {
                    input type="checkbox" name="public/payment" value=(way.as_str()) checked[fields.has("public/payment", way.as_str())];
                    " " (way.phrase())
                }
            }
            (wrong)
        }
    }
}

/// What was entered.
pub(super) fn read(draft: &mut Draft) -> Publication {
    let zone = zone_of_form(draft);
    let hours = OpeningHours {
        weekly: weekly(draft),
        openings: spans(draft, "public/hours/openings", &zone),
        closings: spans(draft, "public/hours/closings", &zone),
    };
    let fields = &draft.fields;
    Publication {
        published: fields.has("public/published", "yes"),
        operator: fields.given("public/operator"),
        legal_name: fields.given("public/legal_name"),
        helpline: fields.given("public/helpline"),
        support_mail: fields.given("public/support_mail"),
        hours,
        access: AccessType::named(fields.get("public/access")).unwrap_or_default(),
        payment: fields.all("public/payment").filter_map(PaymentWay::named).collect(),
    }
}

/// A zone that does not exist is told at its own field.
fn zone_of_form(draft: &Draft) -> TimeZone {
    TimeZone::get(draft.fields.get("time_zone")).unwrap_or(TimeZone::UTC)
}

fn weekly(draft: &mut Draft) -> Option<Vec<WeeklyHours>> {
    OpeningHours::read_weekly(draft.fields.get("public/hours/weekly")).unwrap_or_else(|error| {
        draft.flaws.push(Flaw::at("/public/hours/weekly", error.to_string()));
        None
    })
}

fn spans(draft: &mut Draft, name: &str, zone: &TimeZone) -> Vec<Span> {
    let lines: Vec<String> = draft.fields.get(name).lines().map(|line| line.trim().to_owned()).collect();
    let mut spans = Vec::new();
    for line in lines.iter().filter(|line| !line.is_empty()) {
        match span(line, zone) {
            Some(span) => spans.push(span),
            None => {
                let line: String = line.chars().take(60).collect();
                let sentence =
                    format!("{line:?} is no span: write it such as 2026-12-24 14:00 / 2026-12-27 00:00.");
                draft.flaws.push(Flaw::at(&format!("/{name}"), sentence));
            }
        }
    }
    spans
}

fn span(line: &str, zone: &TimeZone) -> Option<Span> {
    let moment = |text: &str| -> Option<Timestamp> {
        let text = text.trim();
        text.parse().ok().or_else(|| {
            let local: DateTime = text.replacen(' ', "T", 1).parse().ok()?;
            zone.to_timestamp(local).ok()
        })
    };
    let (from, until) = line.split_once('/')?;
    Some(Span { from: moment(from)?, until: moment(until)? })
}

/// The fields of the form out of what is known.
pub(super) fn fill(fields: &mut Fields, site: &Site) {
    let public = &site.public;
    let zone = zone_of(&site.time_zone);
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    if public.published {
        fields.push("public/published", "yes");
    }
    fields.push("public/operator", text(&public.operator));
    fields.push("public/legal_name", text(&public.legal_name));
    fields.push("public/helpline", text(&public.helpline));
    fields.push("public/support_mail", text(&public.support_mail));
    fields.push("public/access", public.access.as_str());
    fields.push("public/hours/weekly", public.hours.weekly_text());
    fields.push("public/hours/openings", lines(&public.hours.openings, &zone));
    fields.push("public/hours/closings", lines(&public.hours.closings, &zone));
    public.payment.iter().for_each(|way| fields.push("public/payment", way.as_str()));
}

fn lines(spans: &[Span], zone: &TimeZone) -> String {
    let local = |at: Timestamp| zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string();
    let shown = spans.iter().map(|span| format!("{} / {}", local(span.from), local(span.until)));
    shown.collect::<Vec<_>>().join("\n")
}

/// Whether it is published, where it can be seen, and what partners miss.
pub(super) fn shown(site: &Site, stations: &[StationEntry]) -> Markup {
    if !site.public.published {
        return html! { p.note #published { "Not published: drivers find its places only by the code on the station." } };
    }
    let gaps: Vec<String> = stations.iter().flat_map(gaps).collect();
    html! {
        p.note #published { "Published: " a href={ "/places/" (site.id.0) } { "what drivers see" } "." }
        @if !gaps.is_empty() {
            details {
                summary { "Partners miss " (gaps.len()) " connectors" }
                p { "They cannot be given out by OCPI until their station says more of them." }
                ul { @for gap in &gaps { li { (gap) } } }
            }
        }
    }
}

fn gaps(entry: &StationEntry) -> Vec<String> {
    if entry.evses.is_empty() {
        return vec![format!("{}: no EVSEs are described", entry.id)];
    }
    let connectors = entry.evses.iter().flat_map(|evse| evse.connectors.iter().map(move |plug| (evse, plug)));
    let gaps = connectors.filter_map(|(evse, plug)| {
        let missing = plug.offer(evse).missing();
        let which = format!("{}, EVSE {}, connector {}", entry.id, evse.id, plug.id);
        (!missing.is_empty()).then(|| format!("{which}: {}", missing.join(", ")))
    });
    gaps.collect()
}
