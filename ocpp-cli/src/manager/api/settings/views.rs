//! Settings, reports and results as they are shown.

use jiff::Timestamp;
use ocpp_core::model::{AttributeKind, Criterion, ReportKind, ReportedAttribute, StationId, Verdict};
use ocpp_server::catalogue::{Difference, Entry, Remark, name};
use ocpp_server::domain::{Learnt, ReportScope, ReportState, StationDevice, StationReport};
use ocpp_server::maintenance::{DeviceError, ItemResult, ItemWord, SettingRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Makes an enumeration of the interface out of one of the model with the same values.
macro_rules! mirror {
    ($(#[$doc:meta])* $name:ident as $shown:ident mirrors $model:ident { $($value:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        #[schema(as = $shown)]
        pub(crate) enum $name {
            $($value),*
        }

        impl From<$name> for $model {
            fn from(value: $name) -> $model {
                match value {
                    $($name::$value => $model::$value),*
                }
            }
        }
    };
}

mirror! {
    /// Which of the values of a variable; in 1.6 there is the actual one alone.
    AttributeName as SettingAttributeKind mirrors AttributeKind { Actual, Target, MinSet, MaxSet }
}
mirror! {
    /// A report that the specification lays down.
    ReportKindName as SettingReportKind mirrors ReportKind { Configuration, Full, Summary }
}
mirror! {
    /// A state of components.
    CriterionName as ComponentState mirrors Criterion { Active, Available, Enabled, Problem }
}

/// One value of a setting.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SettingAttribute)]
pub(crate) struct AttributeView {
    /// `actual`, `target`, `min_set` or `max_set`.
    kind: &'static str,
    /// The value; absent when it is not told, stars for a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// `read_only`, `read_write` or `write_only`.
    mutability: &'static str,
    /// Whether it outlives a restart, as the station says.
    persistent: bool,
    /// Whether the station never changes it by itself, as it says.
    constant: bool,
}

impl From<&ReportedAttribute> for AttributeView {
    fn from(attribute: &ReportedAttribute) -> AttributeView {
        AttributeView {
            kind: kind_name(attribute.kind),
            value: attribute.value.as_deref().map(str::to_owned),
            mutability: match attribute.mutability {
                ocpp_core::model::Mutability::ReadOnly => "read_only",
                ocpp_core::model::Mutability::ReadWrite => "read_write",
                ocpp_core::model::Mutability::WriteOnly => "write_only",
            },
            persistent: attribute.persistent,
            constant: attribute.constant,
        }
    }
}

const fn kind_name(kind: AttributeKind) -> &'static str {
    match kind {
        AttributeKind::Actual => "actual",
        AttributeKind::Target => "target",
        AttributeKind::MinSet => "min_set",
        AttributeKind::MaxSet => "max_set",
    }
}

/// A setting of a station.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Setting)]
pub(crate) struct SettingView {
    /// Its name: a key of 1.6, or component and variable of 2.x.
    #[schema(example = "SampledDataCtrlr.TxUpdatedInterval")]
    name: String,
    /// Its actual value.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// Every value that it has.
    attributes: Vec<AttributeView>,
    /// Its type, by its name in 2.x, as the station or else the standard has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    data_type: Option<String>,
    /// Its unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    /// The least number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    minimum: Option<String>,
    /// The greatest number, or the greatest number of characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    maximum: Option<String>,
    /// The values that are allowed, where they are laid down.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<String>,
    /// Whether it can be written, as far as station and standard say.
    writable: bool,
    /// What it means; absent for what the standard does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    meaning: Option<&'static str>,
    /// How it came to be known: `reported`, `read` or `changed`.
    learnt: &'static str,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Whether the last full report had it no more.
    gone: bool,
    /// Whether a new value waits for a restart.
    reboot_needed: bool,
}

impl From<SettingRow> for SettingView {
    fn from(row: SettingRow) -> SettingView {
        let writable = row.is_writable();
        let reported = &row.known.reported;
        let form = reported.characteristics.as_ref();
        let standard = |what: fn(&Entry) -> Option<String>| row.entry.and_then(what);
        let own_values = form.and_then(|form| form.values.as_deref());
        let values: Vec<String> = match own_values {
            Some(values) => values.split(',').map(|value| value.trim().to_owned()).collect(),
            None => {
                row.entry.map(|entry| entry.values.iter().map(str::to_owned).collect()).unwrap_or_default()
            }
        };
        SettingView {
            value: reported.actual().map(str::to_owned),
            attributes: reported.attributes.iter().map(AttributeView::from).collect(),
            data_type: form
                .map(|form| form.data_type.to_string())
                .or_else(|| standard(|entry| Some(entry.data_type.name().to_owned()))),
            unit: form
                .and_then(|form| form.unit.as_deref().map(str::to_owned))
                .or_else(|| standard(|entry| (!entry.unit.is_empty()).then(|| entry.unit.to_owned()))),
            minimum: form
                .and_then(|form| form.min_limit.map(|limit| limit.to_string()))
                .or_else(|| standard(|entry| entry.limits.least.map(|limit| limit.to_string()))),
            maximum: form
                .and_then(|form| form.max_limit.map(|limit| limit.to_string()))
                .or_else(|| standard(|entry| entry.limits.most.map(|limit| limit.to_string()))),
            values: values.into_iter().filter(|value| !value.is_empty()).collect(),
            writable,
            meaning: row.entry.map(|entry| entry.meaning),
            learnt: match row.known.learnt {
                Learnt::Reported => "reported",
                Learnt::Read => "read",
                Learnt::Changed => "changed",
            },
            at: row.known.at,
            gone: row.is_gone,
            reboot_needed: row.waits_for_reboot,
            name: row.name,
        }
    }
}

/// The device model of a station as a whole.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeviceModel)]
pub(crate) struct DeviceView {
    /// How many settings are known.
    settings: u32,
    /// When the last full report began that arrived as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    full_report_at: Option<Timestamp>,
    /// The settings whose new values wait for a restart.
    reboot_needed_for: Vec<String>,
}

impl From<StationDevice> for DeviceView {
    fn from(device: StationDevice) -> DeviceView {
        DeviceView {
            settings: device.settings,
            full_report_at: device.full_since,
            reboot_needed_for: device.reboot_for.into_keys().collect(),
        }
    }
}

/// What became of one setting.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SettingResult)]
pub(crate) struct ItemView {
    /// Its name, as it was asked for.
    name: String,
    /// Its name in the words of the station's version, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    said_as: Option<String>,
    /// Which of its values.
    attribute: &'static str,
    /// `accepted`, `reboot_required`, `rejected`, `unknown`, `not_supported`, `cannot_say` (nothing was sent) or
    /// `not_answered`.
    result: &'static str,
    /// Whether the station did what was asked, now or after a restart.
    succeeded: bool,
    /// The value that was read; stars for a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// Why, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl From<ItemResult> for ItemView {
    fn from(item: ItemResult) -> ItemView {
        let succeeded = item.is_success();
        let (result, value, reason) = match item.word {
            ItemWord::Answered { verdict, value, cause } => {
                let reason = cause.map(|cause| match cause.text {
                    Some(text) => format!("{}: {text}", cause.code),
                    None => cause.code.to_string(),
                });
                let said = (!succeeded).then(|| verdict.word().to_owned());
                (verdict_name(verdict), value.map(String::from), reason.or(said))
            }
            ItemWord::CannotSay { why } => ("cannot_say", None, Some(why)),
            ItemWord::NotAnswered { why } => ("not_answered", None, Some(why)),
        };
        ItemView {
            name: name(&item.asked),
            said_as: item.said.as_ref().map(name),
            attribute: kind_name(item.attribute),
            result,
            succeeded,
            value,
            reason,
        }
    }
}

const fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted => "accepted",
        Verdict::RebootRequired => "reboot_required",
        Verdict::Unknown => "unknown",
        Verdict::NotSupported => "not_supported",
        _ => "rejected",
    }
}

/// What became of each setting.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SettingResults)]
pub(crate) struct Items {
    /// One for each, in the order in which they were asked for.
    pub(super) results: Vec<ItemView>,
}

/// What became of the settings of one station.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StationSettingResults)]
pub(crate) struct StationItems {
    /// The station.
    station_id: String,
    /// One for each setting; none when the station could not be asked.
    results: Vec<ItemView>,
    /// Why it could not be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl From<(StationId, Result<Vec<ItemResult>, DeviceError>)> for StationItems {
    fn from((station, results): (StationId, Result<Vec<ItemResult>, DeviceError>)) -> StationItems {
        let (results, reason) = match results {
            Ok(results) => (results.into_iter().map(ItemView::from).collect(), None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        StationItems { station_id: station.to_string(), results, reason }
    }
}

/// What became of the settings of many stations.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SettingResultsOfMany)]
pub(crate) struct Many {
    /// Station by station.
    pub(super) stations: Vec<StationItems>,
}

/// A report of a station on its settings.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SettingReport)]
pub(crate) struct ReportView {
    /// Its number among those of the station.
    number: u64,
    /// The number that its parts carry; none in 1.6.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<i32>,
    /// `full`, `configuration`, `summary`, `chosen`, or `unasked` when nobody here asked for it.
    scope: &'static str,
    /// Who asked for it.
    by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// When something was last heard of it.
    #[schema(value_type = String, format = DateTime)]
    heard_at: Timestamp,
    /// `awaited`, `arriving`, `complete`, `empty`, `refused`, or `abandoned` when nothing more came for two minutes.
    state: &'static str,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// How many settings it had so far.
    settings: u32,
    /// How many of them were too many to be kept.
    left_out: u32,
    /// The parts that have not arrived, as far as is known; at most a hundred.
    missing_parts: Vec<u32>,
}

impl From<StationReport> for ReportView {
    fn from(report: StationReport) -> ReportView {
        ReportView {
            state: report.state.name(),
            missing_parts: report.missing(),
            scope: match report.scope {
                ReportScope::Base(ReportKind::Full) => "full",
                ReportScope::Base(ReportKind::Configuration) => "configuration",
                ReportScope::Base(ReportKind::Summary) => "summary",
                ReportScope::Chosen => "chosen",
                ReportScope::Unasked => "unasked",
            },
            reason: match report.state {
                ReportState::Refused { why } => Some(why),
                _ => None,
            },
            number: report.number,
            request: report.request,
            by: report.by,
            since: report.since,
            heard_at: report.heard_at,
            settings: report.settings,
            left_out: report.left_out,
        }
    }
}

/// Something worth knowing about what a station reports.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SettingRemark)]
pub(crate) struct RemarkView {
    /// `missing`, `missing_component`, `value`, `read_only`, `writable`, `secret_shown`, `other_type` or `unknown`.
    kind: &'static str,
    /// The setting or component.
    name: String,
    /// What it is, in one sentence.
    sentence: String,
    /// Whether the station breaks the specification here.
    fault: bool,
}

impl From<&Remark> for RemarkView {
    fn from(remark: &Remark) -> RemarkView {
        let (kind, about) = match remark {
            Remark::Missing(setting) => ("missing", name(setting)),
            Remark::MissingComponent { component, .. } => ("missing_component", (*component).to_owned()),
            Remark::Value { setting, .. } => ("value", name(setting)),
            Remark::ReadOnly(setting) => ("read_only", name(setting)),
            Remark::Writable(setting) => ("writable", name(setting)),
            Remark::SecretShown(setting) => ("secret_shown", name(setting)),
            Remark::OtherType { setting, .. } => ("other_type", name(setting)),
            Remark::Unknown(setting) => ("unknown", name(setting)),
        };
        RemarkView { kind, name: about, sentence: format!("{remark}."), fault: remark.is_fault() }
    }
}

/// A review of the settings of a station.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SettingReview)]
pub(crate) struct Review {
    /// What is worth knowing: of what is reported first, then what is missing.
    pub(super) remarks: Vec<RemarkView>,
}

/// A difference between two stations.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SettingDifference)]
pub(crate) struct DifferenceView {
    /// `value`, `only_this`, `only_other` or `incomparable`.
    kind: &'static str,
    /// The setting, in the words of this station where it has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The value of this station.
    #[serde(skip_serializing_if = "Option::is_none")]
    this: Option<String>,
    /// The value of the other one.
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<String>,
    /// Why they cannot be compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

pub(super) fn differences(found: &[Difference]) -> Vec<DifferenceView> {
    let view = |difference: &Difference| {
        let none = DifferenceView { kind: "value", name: None, this: None, other: None, reason: None };
        match difference {
            Difference::Value { setting, left, right } => DifferenceView {
                name: Some(name(setting)),
                this: Some(left.to_string()),
                other: Some(right.to_string()),
                ..none
            },
            Difference::OnlyLeft { setting, value } => DifferenceView {
                kind: "only_this",
                name: Some(name(setting)),
                this: Some(value.to_string()),
                ..none
            },
            Difference::OnlyRight { setting, value } => DifferenceView {
                kind: "only_other",
                name: Some(name(setting)),
                other: Some(value.to_string()),
                ..none
            },
            Difference::Incomparable(why) => {
                DifferenceView { kind: "incomparable", reason: Some(format!("{why}.")), ..none }
            }
        }
    };
    found.iter().map(view).collect()
}
