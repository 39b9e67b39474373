//! Forms: what was posted, what is wrong with it, and how it is shown again.
//!
//! A field has the name of its value in the register's form: `address/street` is `/address/street` there, so
//! that every flaw the register finds stands at its field.

use axum::extract::{Form as Body, FromRequest, FromRequestParts, Request};
use maud::{Markup, html};
use ocpp_server::domain::Revision;
use ocpp_server::register::{Flaw, RegisterError};

use super::refuse::Refuse;
use super::visitor::Visitor;
use crate::manager::App;

/// The fields of a form in the order of the page.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl From<Vec<(String, String)>> for Fields {
    fn from(fields: Vec<(String, String)>) -> Fields {
        Fields(fields)
    }
}

impl Fields {
    /// Fields with these values.
    pub(super) fn of<'n>(fields: impl IntoIterator<Item = (&'n str, String)>) -> Fields {
        Fields(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// The value of a field without spaces around; empty when there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    /// The same, when something was entered.
    pub(super) fn given(&self, name: &str) -> Option<String> {
        Some(self.get(name)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// The values of a field that stands in the form several times.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.trim())
    }

    /// Whether a box is ticked, one of those of this name and value.
    pub(super) fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|ticked| ticked == value)
    }

    /// What the form was filled from, so that nobody's change in between is overwritten.
    pub(super) fn seen(&self) -> Option<Revision> {
        self.get("seen").parse().ok().map(Revision)
    }

    /// Notes what the form is filled from.
    pub(super) fn fill_from(&mut self, revision: Revision) {
        self.push("seen", revision.0.to_string());
    }

    /// All fields with their values.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Replaces a value.
    pub(super) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|(known, _)| known != name);
        self.push(name, value);
    }

    /// Adds a value.
    pub(super) fn push(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((name.to_owned(), value.into()));
    }
}

/// A form that somebody who may be here has sent from one of their pages.
pub(super) struct Posted {
    pub(super) visitor: Visitor,
    pub(super) fields: Fields,
}

impl FromRequest<App> for Posted {
    type Rejection = Refuse;

    async fn from_request(request: Request, app: &App) -> Result<Posted, Refuse> {
        let (mut parts, body) = request.into_parts();
        let visitor = match Visitor::from_request_parts(&mut parts, app).await {
            // What was asked for is lost with the sign-in: it begins anew at the overview.
            Err(Refuse::SignIn { .. }) => return Err(Refuse::SignIn { then: None }),
            other => other?,
        };
        let fields = Fields::from_request(Request::from_parts(parts, body), app).await?;
        if visitor.made(fields.get("csrf")) { Ok(Posted { visitor, fields }) } else { Err(Refuse::Forged) }
    }
}

impl FromRequest<App> for Fields {
    type Rejection = Refuse;

    async fn from_request(request: Request, app: &App) -> Result<Fields, Refuse> {
        match Body::<Vec<(String, String)>>::from_request(request, app).await {
            Ok(Body(fields)) => Ok(Fields(fields)),
            Err(rejection) => Err(Refuse::BadForm(rejection.body_text())),
        }
    }
}

/// A form on its way: the values so far, and what is wrong with them.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) fields: Fields,
    pub(super) flaws: Vec<Flaw>,
}

impl Draft {
    /// With values, and nothing wrong yet.
    pub(super) fn of(fields: Fields) -> Draft {
        Draft { fields, flaws: Vec::new() }
    }

    /// The same with what the register finds wrong.
    ///
    /// # Errors
    /// What no other input would mend.
    pub(super) fn refused(mut self, error: RegisterError) -> Result<Draft, Refuse> {
        match error {
            RegisterError::Invalid(flaws) => self.flaws.extend(flaws),
            RegisterError::Exists { what, .. } => {
                let pointer = match what {
                    "token" => "/value",
                    "tariff" => "/tariff/id",
                    _ => "/id",
                };
                self.flaws.push(Flaw::at(pointer, error.to_string()));
            }
            RegisterError::Forbidden(_) | RegisterError::Conflict => {
                self.flaws.push(Flaw::at("", error.to_string()));
            }
            RegisterError::Unknown { .. } | RegisterError::Store(_) => return Err(error.into()),
        }
        Ok(self)
    }

    /// A number in a field, `None` when nothing was entered; what is no number is noted as a flaw.
    pub(super) fn number<T: std::str::FromStr>(&mut self, name: &str, what: &str) -> Option<T> {
        let text = self.fields.get(name).replace(',', ".");
        if text.is_empty() {
            return None;
        }
        let number = text.parse().ok();
        if number.is_none() {
            self.flaws.push(Flaw::at(&format!("/{name}"), format!("This is no {what}.")));
        }
        number
    }

    /// Whether nothing was found wrong so far.
    pub(super) fn is_fine(&self) -> bool {
        self.flaws.is_empty()
    }
}

/// A form as it is shown.
pub(super) struct Form<'f> {
    draft: &'f Draft,
    action: String,
    hidden: Markup,
    body: Vec<Markup>,
    shown: Vec<String>,
}

impl<'f> Form<'f> {
    /// A form of a visitor's page that posts to `action`.
    pub(super) fn new(visitor: &Visitor, action: impl Into<String>, draft: &'f Draft) -> Form<'f> {
        Form {
            draft,
            action: action.into(),
            hidden: visitor.csrf_field(),
            body: Vec::new(),
            shown: Vec::new(),
        }
    }

    /// A form for somebody who is not signed in.
    pub(super) fn public(action: impl Into<String>, draft: &'f Draft) -> Form<'f> {
        Form { draft, action: action.into(), hidden: html! {}, body: Vec::new(), shown: Vec::new() }
    }

    /// A field of one line.
    pub(super) fn line(self, name: &str, label: &str, hint: &str) -> Form<'f> {
        self.input(name, label, hint, "text", "off")
    }

    /// A field of a certain type, with what browsers may fill in.
    pub(super) fn input(
        self,
        name: &str,
        label: &str,
        hint: &str,
        kind: &str,
        autocomplete: &str,
    ) -> Form<'f> {
        let value = (kind != "password").then(|| self.draft.fields.get(name));
        let wrong = self.wrong(name);
        let markup = html! {
            label.field {
                span.label { (label) }
                input type=(kind) name=(name) value=[value] autocomplete=(autocomplete)
                    aria-invalid=[(!wrong.is_empty()).then_some("true")];
                (below(hint, &wrong))
            }
        };
        self.add(name, markup)
    }

    /// A field of several lines.
    pub(super) fn area(self, name: &str, label: &str, hint: &str, rows: u32) -> Form<'f> {
        let wrong = self.wrong(name);
        let markup = html! {
            label.field.wide {
                span.label { (label) }
                textarea name=(name) rows=(rows) spellcheck="false" { (self.draft.fields.get(name)) }
                (below(hint, &wrong))
            }
        };
        self.add(name, markup)
    }

    /// One of several values, each with what to show.
    pub(super) fn choice(self, name: &str, label: &str, options: &[(String, String)]) -> Form<'f> {
        let wrong = self.wrong(name);
        let chosen = self.draft.fields.get(name);
        let markup = html! {
            label.field {
                span.label { (label) }
                select name=(name) {
                    @for (value, text) in options { option value=(value) selected[value == chosen] { (text) } }
                }
                (below("", &wrong))
            }
        };
        self.add(name, markup)
    }

    /// A box to tick.
    pub(super) fn tick(self, name: &str, value: &str, label: &str) -> Form<'f> {
        let ticked = self.draft.fields.has(name, value);
        let markup = html! {
            label.tick { input type="checkbox" name=(name) value=(value) checked[ticked]; " " (label) }
        };
        self.add(name, markup)
    }

    /// A value that nobody sees.
    pub(super) fn hidden(mut self, name: &str, value: &str) -> Form<'f> {
        self.body.push(html! { input type="hidden" name=(name) value=(value); });
        self
    }

    /// What it was filled from.
    pub(super) fn filled(self) -> Form<'f> {
        let seen = self.draft.fields.get("seen").to_owned();
        self.hidden("seen", &seen)
    }

    /// Something of the page's own, which shows the flaws at `pointer` and below.
    pub(super) fn own(self, pointer: &str, markup: impl FnOnce(&Fields, Markup) -> Markup) -> Form<'f> {
        let flaws = self.draft.flaws.iter().filter(|flaw| flaw.pointer.starts_with(pointer));
        let wrong: Vec<&str> = flaws.map(|flaw| flaw.sentence.as_str()).collect();
        let markup = markup(&self.draft.fields, below("", &wrong));
        self.add(pointer.trim_start_matches('/'), markup)
    }

    fn add(mut self, name: &str, markup: Markup) -> Form<'f> {
        self.body.push(markup);
        self.shown.push(format!("/{name}"));
        self
    }

    fn wrong(&self, name: &str) -> Vec<&'f str> {
        let at = |flaw: &&Flaw| flaw.pointer.strip_prefix('/') == Some(name);
        self.draft.flaws.iter().filter(at).map(|flaw| flaw.sentence.as_str()).collect()
    }

    /// The whole of it; what is wrong at no field of it stands above them.
    pub(super) fn submit(self, label: &str) -> Markup {
        let elsewhere = |flaw: &&Flaw| {
            !self
                .shown
                .iter()
                .any(|shown| flaw.pointer == *shown || flaw.pointer.starts_with(&format!("{shown}/")))
        };
        let rest: Vec<&Flaw> = self.draft.flaws.iter().filter(elsewhere).collect();
        html! {
            form.fields method="post" action=(self.action) {
                (self.hidden)
                @for flaw in rest { p.wrong role="alert" { (flaw.sentence) } }
                @for markup in &self.body { (markup) }
                div.actions { button { (label) } }
            }
        }
    }
}

fn below(hint: &str, wrong: &[&str]) -> Markup {
    html! {
        @if !hint.is_empty() { span.hint { (hint) } }
        @for sentence in wrong { span.wrong role="alert" { (sentence) } }
    }
}

/// A form of one button.
pub(super) fn button(visitor: &Visitor, action: &str, label: &str) -> Markup {
    html! { form.inline method="post" action=(action) { (visitor.csrf_field()) button { (label) } } }
}

/// A button behind a line that has to be opened first, with what it would do.
pub(super) fn careful(visitor: &Visitor, action: &str, label: &str, what: &str) -> Markup {
    html! {
        details.careful {
            summary { (label) "…" }
            p { (what) }
            form.inline method="post" action=(action) { (visitor.csrf_field()) button.danger { (label) } }
        }
    }
}
