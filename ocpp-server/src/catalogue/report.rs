//! What a station says of one of its settings.

use std::fmt;

use ocpp_core::model::{AttributeKind, Mutability, ReportedSetting, Setting};
use rust_decimal::Decimal;

use super::DataType;

/// One value of a setting, and how it is offered.
#[derive(Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Which value it is.
    pub kind: AttributeKind,
    /// The value; none when it was not told.
    pub value: Option<Box<str>>,
    /// How it is offered; a report that does not say so means [`Mutability::ReadWrite`].
    pub mutability: Mutability,
}

/// Debug output leaves the value out: it may be a password.
impl fmt::Debug for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = self.value.is_some();
        f.debug_struct("Attribute")
            .field("kind", &self.kind)
            .field("told", &told)
            .field("mutability", &self.mutability)
            .finish()
    }
}

/// What a station says of the form of a variable (2.x).
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Characteristics {
    /// None when the station names one that does not exist.
    pub data_type: Option<DataType>,
    pub unit: Option<Box<str>>,
    /// The least number, or the least number of characters.
    pub min_limit: Option<Decimal>,
    /// The greatest number, or the greatest number of characters.
    pub max_limit: Option<Decimal>,
    /// The values that this station allows, separated by commas.
    pub values: Option<Box<str>>,
}

/// One setting as a station reports it: `reportData` of 2.x, `configurationKey` of 1.6.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// Which setting.
    pub setting: Setting,
    /// Its values.
    pub attributes: Vec<Attribute>,
    /// Its form, as far as the station tells it.
    pub characteristics: Option<Characteristics>,
}

impl Reported {
    /// A setting with its actual value alone.
    #[must_use]
    pub fn new(setting: Setting, value: Option<&str>, mutability: Mutability) -> Reported {
        let value = value.map(Box::from);
        let attribute = Attribute { kind: AttributeKind::Actual, value, mutability };
        Reported { setting, attributes: vec![attribute], characteristics: None }
    }

    /// Its actual value.
    #[must_use]
    pub fn actual(&self) -> Option<&str> {
        let actual = self.attributes.iter().find(|attribute| attribute.kind == AttributeKind::Actual);
        actual.and_then(|attribute| attribute.value.as_deref())
    }

    pub(super) fn is_false(&self) -> bool {
        self.actual().is_some_and(|value| value.eq_ignore_ascii_case("false"))
    }
}

impl From<&ReportedSetting> for Reported {
    fn from(told: &ReportedSetting) -> Reported {
        let attributes = told.attributes.iter().map(|attribute| Attribute {
            kind: attribute.kind,
            value: attribute.value.clone(),
            mutability: attribute.mutability,
        });
        let characteristics = told.characteristics.as_ref().map(|form| Characteristics {
            data_type: DataType::named(&form.data_type),
            unit: form.unit.clone(),
            min_limit: form.min_limit,
            max_limit: form.max_limit,
            values: form.values.clone(),
        });
        Reported { setting: told.setting.clone(), attributes: attributes.collect(), characteristics }
    }
}
