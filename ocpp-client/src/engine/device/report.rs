//! Reports on the device model (B07, B08).

use std::time::Duration;

use ocpp_core::model::{
    AttributeKind, Characteristics, Criterion, DeviceReport, EvseId, Fact, Mutability, Outcome, Place,
    ReportKind, ReportSubject, ReportedAttribute, ReportedSetting, Setting, Verdict,
};
use rust_decimal::Decimal;

use super::live::Live;
use super::same;
use super::table::{Access, At, Form, MAX_ITEMS, Row, Source};
use crate::engine::Engine;

/// How many variables one message reports.
const PER_MESSAGE: usize = 20;
/// The variables that tell how a component is (B07.FR.09).
const CONDITION: [&str; 4] = ["Available", "AvailabilityState", "Enabled", "Problem"];
/// The components that a summary is about.
const PHYSICAL: [&str; 3] = ["ChargingStation", "EVSE", "Connector"];

/// A row at one of its places.
type Instance = (&'static Row, Option<EvseId>);

impl Engine {
    /// B07.
    pub(in crate::engine) fn can_report_base(&self) -> Outcome {
        Outcome::Verdict(Verdict::Accepted)
    }

    pub(in crate::engine) fn report_base(&mut self, now: Duration, request: i32, kind: ReportKind) {
        let rows = self.instances().filter(|(row, _)| match kind {
            ReportKind::Configuration => row.access != Access::ReadOnly,
            ReportKind::Full => true,
            ReportKind::Summary => PHYSICAL.contains(&row.component) && CONDITION.contains(&row.variable),
        });
        let rows: Vec<_> = rows.collect();
        self.report_rows(now, request, &rows);
    }

    /// B08: whether something fits.
    pub(in crate::engine) fn can_report(
        &self,
        now: Duration,
        criteria: &[Criterion],
        subjects: &[ReportSubject],
    ) -> Outcome {
        if subjects.len() > MAX_ITEMS {
            return Outcome::Verdict(Verdict::Rejected); // B08.FR.17
        }
        let empty = self.wanted(now, criteria, subjects).is_empty();
        Outcome::Verdict(if empty { Verdict::NothingFits } else { Verdict::Accepted }) // B08.FR.15
    }

    pub(in crate::engine) fn report(
        &mut self,
        now: Duration,
        request: i32,
        criteria: &[Criterion],
        subjects: &[ReportSubject],
    ) {
        if subjects.len() <= MAX_ITEMS {
            let rows = self.wanted(now, criteria, subjects);
            self.report_rows(now, request, &rows);
        }
    }

    fn wanted(&self, now: Duration, criteria: &[Criterion], subjects: &[ReportSubject]) -> Vec<Instance> {
        let is_subject = |(row, evse): &Instance| {
            subjects.is_empty() || subjects.iter().any(|subject| is_about(subject, row, *evse))
        };
        // B08.FR.13.
        let is_so = |(row, evse): &Instance| {
            criteria.is_empty() || criteria.iter().any(|one| self.component_is(now, *one, row, *evse))
        };
        self.instances().filter(|one| is_subject(one) && is_so(one)).collect()
    }

    /// B08.FR.07 to B08.FR.10.
    fn component_is(&self, now: Duration, criterion: Criterion, of: &Row, evse: Option<EvseId>) -> bool {
        let mut rows = self.rows().filter(|row| {
            (row.component, row.component_instance, row.at) == (of.component, of.component_instance, of.at)
        });
        match rows.find(|row| row.variable == criterion.as_str() && row.instance.is_empty()) {
            Some(row) => self.value_of(now, row, evse) == "true",
            None => criterion != Criterion::Problem,
        }
    }

    /// Every variable of 2.x at each of its places.
    fn instances(&self) -> impl Iterator<Item = Instance> + '_ {
        let places = |row: &'static Row| {
            let evses: Vec<_> = match row.at {
                At::Station => vec![None],
                At::EachEvse | At::EachConnector => self.evses.keys().copied().map(Some).collect(),
            };
            evses.into_iter().map(move |evse| (row, evse))
        };
        self.rows().filter(|row| !row.component.is_empty()).flat_map(places)
    }

    fn report_rows(&mut self, now: Duration, request: i32, rows: &[Instance]) {
        let settings: Vec<_> = rows.iter().map(|(row, evse)| self.reported(now, row, *evse)).collect();
        let at = self.clock.at(now);
        let count = settings.chunks(PER_MESSAGE).len();
        for (seq, piece) in (0..).zip(settings.chunks(PER_MESSAGE)) {
            let more = (seq as usize) + 1 < count;
            self.queue.push(Fact::Report(DeviceReport { request, seq, more, at, settings: piece.to_vec() }));
        }
    }

    fn reported(&self, now: Duration, row: &Row, evse: Option<EvseId>) -> ReportedSetting {
        let is_told = row.access != Access::WriteOnly;
        let attribute = ReportedAttribute {
            kind: AttributeKind::Actual,
            value: is_told.then(|| self.value_of(now, row, evse).into_boxed_str()),
            mutability: match row.access {
                Access::ReadOnly => Mutability::ReadOnly,
                Access::ReadWrite | Access::AfterRestart => Mutability::ReadWrite,
                Access::WriteOnly => Mutability::WriteOnly,
            },
            persistent: !matches!(row.source, Source::Shows(_)),
            constant: matches!(row.source, Source::Fixed(_)),
        };
        let characteristics = Some(self.characteristics(row));
        ReportedSetting { setting: row.setting(evse), attributes: vec![attribute], characteristics }
    }

    fn characteristics(&self, row: &Row) -> Characteristics {
        let mut told = Characteristics {
            data_type: row.form.data_type().into(),
            unit: row.form.unit().map(Box::from),
            min_limit: None,
            max_limit: None,
            max_elements: None,
            values: None,
            monitored: row.can_be_monitored(),
        };
        match row.form {
            Form::Whole(least, most, _) => {
                (told.min_limit, told.max_limit) = (Some(least.into()), Some(most.into()));
            }
            Form::Text(most) => told.max_limit = Some(most.into()),
            Form::One(values) | Form::Several(values) | Form::Sequence(values) => {
                told.values = Some(values.join(",").into())
            }
            Form::Flag | Form::Number(_) | Form::Moment => {}
        }
        if matches!(row.source, Source::Shows(Live::Power)) {
            told.max_limit = Some(Decimal::from(self.config.max_power.0));
        }
        told
    }
}

/// B08.FR.20 to B08.FR.25: what is not named limits nothing.
pub(in crate::engine) fn is_about(subject: &ReportSubject, row: &Row, evse: Option<EvseId>) -> bool {
    let instance = |wanted: &Option<Box<str>>| {
        wanted.as_deref().is_none_or(|wanted| wanted.is_empty() || same(wanted, row.instance))
    };
    let place = match subject.place {
        None | Some(Place::Station) => true,
        Some(Place::Evse(wanted)) => evse == Some(wanted),
        Some(Place::Connector(wanted, _)) => evse == Some(wanted) && row.at == At::EachConnector,
    };
    let is_variable = subject.variable.as_deref().is_none_or(|wanted| same(wanted, row.variable));
    // A component without an instance is named by that alone; one with several by each or all of them.
    let is_instance = subject
        .component_instance
        .as_deref()
        .is_none_or(|wanted| wanted.is_empty() || same(wanted, row.component_instance));
    same(&subject.component, row.component)
        && is_instance
        && place
        && is_variable
        && (subject.variable.is_none() || instance(&subject.variable_instance))
}

/// The same for a setting that is known.
pub(in crate::engine) fn is_about_setting(
    subject: &ReportSubject,
    setting: &Setting,
    engine: &Engine,
) -> bool {
    match engine.find(setting) {
        super::Found::Row(row, evse) => is_about(subject, row, evse),
        super::Found::NoComponent | super::Found::NoVariable => false,
    }
}

impl Row {
    /// The time of day changes all the time; a password is nobody's business.
    pub(in crate::engine) fn can_be_monitored(&self) -> bool {
        !matches!(self.form, Form::Moment) && self.access != Access::WriteOnly
    }
}

impl Form {
    const fn data_type(self) -> &'static str {
        match self {
            Form::Flag => "boolean",
            Form::Whole(..) => "integer",
            Form::Number(_) => "decimal",
            Form::Text(_) => "string",
            Form::Moment => "dateTime",
            Form::One(_) => "OptionList",
            Form::Several(_) => "MemberList",
            Form::Sequence(_) => "SequenceList",
        }
    }

    fn unit(self) -> Option<&'static str> {
        match self {
            Form::Whole(_, _, unit) | Form::Number(unit) => Some(unit).filter(|unit| !unit.is_empty()),
            _ => None,
        }
    }
}
