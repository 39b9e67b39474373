//! What an order asks for, as fields of a form.
//!
//! A field has the name of its value: `c/profile/id` is `/c/profile/id` in a flaw. Of what is one of several, all
//! cases stand in the page, and a few lines of script hide those that were not chosen. How many items a list has is
//! in a field that begins with `#`.

use maud::{Markup, html};

use super::super::form::Draft;
use crate::orders::{Input, Member, words_of_name};

/// The most items of a list in a form.
pub(super) const MAX_ITEMS: usize = 50;

/// The name of the field that says how many items a list has.
pub(super) fn count_of(name: &str) -> String {
    format!("#{name}")
}

/// Whether the items of a list are written one on each line.
pub(super) const fn is_in_lines(item: &Input) -> bool {
    matches!(item, Input::Text { .. } | Input::Integer { .. } | Input::Decimal | Input::Number)
}

/// The fields of what is asked for, without a frame around them where it is a group.
pub(super) fn of_order(draft: &Draft, input: &Input, name: &str) -> Markup {
    match input {
        Input::Nothing => html! { p.note.wide { "There is nothing to say beside it." } },
        Input::Group(members) => html! { @for member in members { (of_member(draft, member, name)) } },
        other => {
            let last = match other {
                Input::Choice(_) | Input::Either(_) => "Which",
                Input::List(_) => "Items",
                _ => "Value",
            };
            field(draft, other, name, last, true)
        }
    }
}

fn of_member(draft: &Draft, member: &Member, parent: &str) -> Markup {
    let name = format!("{parent}/{}", member.name);
    field(draft, &member.input, &name, &words_of_name(&member.name), member.required)
}

fn field(draft: &Draft, input: &Input, name: &str, label: &str, required: bool) -> Markup {
    match input {
        Input::Nothing => html! {},
        Input::Group(members) => group(
            draft,
            name,
            label,
            required,
            html! {
                @for member in members { (of_member(draft, member, name)) }
            },
        ),
        Input::Tuple(parts) => group(
            draft,
            name,
            label,
            required,
            html! {
                @for (place, part) in parts.iter().enumerate() {
                    (field(draft, part, &format!("{name}/{place}"), part_label(label, place), true))
                }
            },
        ),
        Input::List(item) => match &**item {
            item if is_in_lines(item) => lines(draft, name, label, required),
            Input::Choice(words) => boxes(draft, name, label, words),
            item => rows(draft, name, label, required, item),
        },
        Input::Either(cases) => group(
            draft,
            name,
            label,
            required,
            html! {
                (labelled(draft, name, "Which", required, "", html! {
                    select name=(name) data-cases=(name) {
                        (nothing_chosen(required))
                        @for case in cases {
                            option value=(case.name) selected[draft.fields.get(name) == case.name] { (words_of_name(&case.name)) }
                        }
                    }
                }))
                @for case in cases.iter().filter(|case| case.input != Input::Nothing) {
                    div.case data-of=(name) data-case=(case.name) {
                        (field(draft, &case.input, &format!("{name}/{}", case.name), &words_of_name(&case.name), false))
                    }
                }
            },
        ),
        single => labelled(draft, name, label, required, hint(single), one(draft, single, name)),
    }
}

/// What the parts of a place are called: an EVSE and its connector.
fn part_label(label: &str, place: usize) -> &'static str {
    match (label, place) {
        ("Connector", 0) => "EVSE",
        ("Connector", 1) => "Connector",
        (_, 0) => "First",
        _ => "Next",
    }
}

fn hint(input: &Input) -> &'static str {
    match input {
        Input::Moment => "By the clock of the manager.",
        Input::Date => "",
        Input::Json => "As JSON.",
        _ => "",
    }
}

/// The control of one value.
fn one(draft: &Draft, input: &Input, name: &str) -> Markup {
    let value = draft.fields.get(name);
    let wrong = (!wrong(draft, name).is_empty()).then_some("true");
    html! {
        @match input {
            Input::Choice(words) => select name=(name) {
                (nothing_chosen(false))
                @for word in words { option value=(word) selected[value == word] { (words_of_name(word)) } }
            },
            Input::Truth => select name=(name) {
                (nothing_chosen(false))
                @for (word, text) in [("true", "yes"), ("false", "no")] { option value=(word) selected[value == word] { (text) } }
            },
            Input::Moment => input type="datetime-local" step="1" name=(name) value=(value) aria-invalid=[wrong];,
            Input::Date => input type="date" name=(name) value=(value) aria-invalid=[wrong];,
            Input::Time => input type="time" name=(name) value=(value) aria-invalid=[wrong];,
            Input::Integer { .. } => input inputmode="numeric" name=(name) value=(value) autocomplete="off" aria-invalid=[wrong];,
            Input::Decimal | Input::Number => input inputmode="decimal" name=(name) value=(value) autocomplete="off" aria-invalid=[wrong];,
            Input::Text { max } if is_long(name, *max) => textarea name=(name) rows="4" spellcheck="false" { (value) },
            Input::Json => textarea name=(name) rows="4" spellcheck="false" { (value) },
            Input::Text { max } => input type="text" name=(name) value=(value) maxlength=[*max] autocomplete="off" aria-invalid=[wrong];,
            Input::Nothing | Input::Group(_) | Input::Tuple(_) | Input::List(_) | Input::Either(_) => {}
        }
    }
}

/// Certificates and the like have several lines.
fn is_long(name: &str, max: Option<usize>) -> bool {
    let last = name.rsplit('/').next().unwrap_or_default();
    let has_lines = ["certificate", "certificateChain", "chain", "content", "signingCertificate", "data"];
    max.is_some_and(|max| max > 600) || has_lines.contains(&last)
}

fn nothing_chosen(required: bool) -> Markup {
    html! { option value="" { @if required { "choose" } @else { "" } } }
}

fn labelled(draft: &Draft, name: &str, label: &str, required: bool, hint: &str, control: Markup) -> Markup {
    html! {
        label.field {
            span.label { (label) @if required { span.needed title="needed" { " *" } } }
            (control)
            @if !hint.is_empty() { span.hint { (hint) } }
            (flaws(draft, name))
        }
    }
}

fn group(draft: &Draft, name: &str, label: &str, required: bool, inner: Markup) -> Markup {
    let has_flaws = draft.flaws.iter().any(|flaw| flaw.pointer.starts_with(&format!("/{name}")));
    html! {
        @if required {
            fieldset.wide { legend { (label) } div.inner { (inner) } }
        } @else {
            details.wide open[has_flaws || super::entered::is_given(&draft.fields, name)] {
                summary { (label) }
                div.inner { (inner) }
            }
        }
    }
}

/// Values one on each line.
fn lines(draft: &Draft, name: &str, label: &str, required: bool) -> Markup {
    labelled(
        draft,
        name,
        label,
        required,
        "One on each line.",
        html! {
            textarea name=(name) rows="3" spellcheck="false" { (draft.fields.get(name)) }
        },
    )
}

fn boxes(draft: &Draft, name: &str, label: &str, words: &[String]) -> Markup {
    html! {
        fieldset { legend { (label) }
            @for word in words {
                label.tick { input type="checkbox" name=(name) value=(word) checked[draft.fields.has(name, word)]; " " (words_of_name(word)) }
            }
            (flaws(draft, name))
        }
    }
}

fn rows(draft: &Draft, name: &str, label: &str, required: bool, item: &Input) -> Markup {
    let count = super::entered::count(&draft.fields, name).max(usize::from(required));
    html! {
        fieldset.wide {
            legend { (label) }
            input type="hidden" name=(count_of(name)) value=(count);
            @for place in 0..count {
                div.item { (field(draft, item, &format!("{name}/{place}"), &format!("{}", place + 1), place == 0 && required)) }
            }
            (flaws(draft, name))
            @if count < MAX_ITEMS { button.quiet name="more" value=(name) { @if count == 0 { "Add one" } @else { "One more" } } }
        }
    }
}

fn wrong<'d>(draft: &'d Draft, name: &str) -> Vec<&'d str> {
    let at = |flaw: &&ocpp_server::register::Flaw| flaw.pointer.strip_prefix('/') == Some(name);
    draft.flaws.iter().filter(at).map(|flaw| flaw.sentence.as_str()).collect()
}

fn flaws(draft: &Draft, name: &str) -> Markup {
    html! { @for sentence in wrong(draft, name) { span.wrong role="alert" { (sentence) } } }
}
