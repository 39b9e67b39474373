//! What the catalogue says of one variable or key.

use ocpp_core::model::Mutability;
use ocpp_core::types::Version;

use super::Block;

/// The form of a value, by its name in `VariableCharacteristics` (2.x) or as 1.6 writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum DataType {
    Boolean,
    Integer,
    Decimal,
    String,
    DateTime,
    /// One of a list.
    OptionList,
    /// Some of a list, in any order, separated by commas.
    MemberList,
    /// Some of a list, in an order that matters, separated by commas.
    SequenceList,
}

impl DataType {
    /// The name that OCPP 2.x has for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            DataType::Boolean => "boolean",
            DataType::Integer => "integer",
            DataType::Decimal => "decimal",
            DataType::String => "string",
            DataType::DateTime => "dateTime",
            DataType::OptionList => "OptionList",
            DataType::MemberList => "MemberList",
            DataType::SequenceList => "SequenceList",
        }
    }

    /// The type of this name, without regard to case; `CSL` is 1.6's name of a [`DataType::MemberList`].
    #[must_use]
    pub fn named(name: &str) -> Option<DataType> {
        const ALL: [DataType; 8] = [
            DataType::Boolean,
            DataType::Integer,
            DataType::Decimal,
            DataType::String,
            DataType::DateTime,
            DataType::OptionList,
            DataType::MemberList,
            DataType::SequenceList,
        ];
        if name.eq_ignore_ascii_case("CSL") {
            return Some(DataType::MemberList);
        }
        ALL.into_iter().find(|data_type| data_type.name().eq_ignore_ascii_case(name))
    }

    /// Whether values are lists separated by commas.
    #[must_use]
    pub const fn is_list(self) -> bool {
        matches!(self, DataType::MemberList | DataType::SequenceList)
    }
}

/// How the specification wants a setting to be offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Nothing is laid down.
    Open,
    /// It can only be read.
    ReadOnly,
    /// It can be read and written.
    ReadWrite,
    /// It can only be written.
    WriteOnly,
    /// It can be read; whether it can be written is the maker's choice.
    MakersChoice,
}

impl Access {
    /// Whether a setting that must be writable is offered as one that is not.
    #[must_use]
    pub fn misses_writing(self, offered: Mutability) -> bool {
        matches!(self, Access::ReadWrite | Access::WriteOnly) && offered == Mutability::ReadOnly
    }

    /// Whether a manager may try to write it.
    #[must_use]
    pub fn may_be_written(self) -> bool {
        self != Access::ReadOnly
    }

    /// As the tables have it: `R`, `RW`, `W`, `R/RW` or nothing.
    #[must_use]
    pub const fn short(self) -> &'static str {
        match self {
            Access::Open => "",
            Access::ReadOnly => "R",
            Access::ReadWrite => "RW",
            Access::WriteOnly => "W",
            Access::MakersChoice => "R/RW",
        }
    }
}

/// When a station has to have a setting, given that it has the setting's [`Block`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Required {
    /// It may have it.
    No,
    /// It has to.
    Yes,
    /// It has to when another variable of the component has this value, or has it in its list.
    #[allow(missing_docs)]
    When { variable: &'static str, instance: Option<&'static str>, value: &'static str },
}

/// The values that a setting can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Values {
    pub(super) list: &'static str,
    /// Whether others than these are legal, too.
    pub open: bool,
}

impl Values {
    /// The values, none if nothing is laid down.
    pub fn iter(self) -> impl Iterator<Item = &'static str> {
        self.list.split(',').filter(|value| !value.is_empty())
    }

    /// Whether nothing is laid down.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.list.is_empty()
    }

    /// Whether this value is allowed, without regard to case.
    #[must_use]
    pub fn allow(self, value: &str) -> bool {
        self.open || self.is_empty() || self.iter().any(|allowed| allowed.eq_ignore_ascii_case(value))
    }
}

/// The least and the most: of a number, or of the characters of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[allow(missing_docs)]
pub struct Limits {
    pub least: Option<i64>,
    pub most: Option<i64>,
}

/// A part of a station that has variables (2.x).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Component {
    /// Its name; `*` has the variables that any component may have.
    pub name: &'static str,
    /// What it is, in one sentence.
    pub meaning: &'static str,
    /// The versions that know it.
    pub versions: &'static [Version],
}

/// A variable of OCPP 2.x or a configuration key of 1.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Its component; none for a key. `*` is any component.
    pub component: Option<&'static str>,
    /// The name of the variable or key.
    pub variable: &'static str,
    /// The variable's instance; one in angle brackets, as `<language>`, stands for any.
    pub instance: Option<&'static str>,
    /// The form of its values.
    pub data_type: DataType,
    /// Its units, separated by commas; empty for none.
    pub unit: &'static str,
    /// Its values.
    pub values: Values,
    /// Its least and most value or length.
    pub limits: Limits,
    /// How it has to be offered.
    pub access: Access,
    /// Whether a value must never be shown.
    pub secret: bool,
    /// When it has to be there.
    pub required: Required,
    /// The part of the protocol that it belongs to.
    pub block: Block,
    /// What it means, in one sentence.
    pub meaning: &'static str,
    /// The versions that know it so.
    pub versions: &'static [Version],
}

impl Entry {
    /// Whether its instance stands for any.
    #[must_use]
    pub fn any_instance(&self) -> bool {
        self.instance.is_some_and(|instance| instance.starts_with('<'))
    }

    /// Component, variable and instance as people write them: `TariffCostCtrlr.Available[Cost]`.
    #[must_use]
    pub fn name(&self) -> String {
        let mut name = match self.component {
            Some(component) => format!("{component}.{}", self.variable),
            None => self.variable.to_owned(),
        };
        if let Some(instance) = self.instance {
            name.push_str(&format!("[{instance}]"));
        }
        name
    }
}
