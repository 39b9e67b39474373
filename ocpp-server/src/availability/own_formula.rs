//! Formulas of an operator's own, each with all its versions, and all formulas that there are.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::formula::Formula;
use crate::domain::{RecordKind, Revision, record};
use crate::store::{ReadError, RecordFilter, Records, TypedRecords};

/// The most formulas of an operator's own that are read.
const MOST: usize = 1_000;

/// A formula of an operator's own: a service level of a contract, say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnFormula {
    /// Its name in orders and addresses.
    pub id: Box<str>,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// All its versions, the latest last. What was reported by an earlier one stays as it was.
    pub versions: Vec<FormulaVersion>,
}

/// A formula as it was from a moment on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormulaVersion {
    /// Counted from 1.
    pub version: u32,
    /// What it said.
    pub formula: Formula,
    /// Who entered it.
    pub entered_by: Box<str>,
    /// When.
    pub entered_at: Timestamp,
}

record!(OwnFormula is OwnFormula, key |own| own.id.to_string());

impl OwnFormula {
    /// The version that holds now.
    #[must_use]
    pub fn latest(&self) -> Option<&FormulaVersion> {
        self.versions.last()
    }
}

/// The formula of an id, with the number of its version where it is an operator's own.
///
/// # Errors
/// When the store cannot be read.
pub async fn formula_of<S: Records + ?Sized>(
    store: &S,
    id: &str,
) -> Result<Option<(Formula, Option<u32>)>, ReadError> {
    if let Some(built_in) = Formula::of(id) {
        return Ok(Some((built_in.clone(), None)));
    }
    let own: Option<OwnFormula> = store.get(id).await?;
    Ok(own.and_then(|own| own.latest().map(|latest| (latest.formula.clone(), Some(latest.version)))))
}

/// All formulas: those that come with the program, and then the operator's own in the order of their ids.
///
/// # Errors
/// When the store cannot be read.
pub async fn formulas<S: Records + ?Sized>(store: &S) -> Result<Vec<(Formula, Option<u32>)>, ReadError> {
    let mut all: Vec<_> = Formula::built_in().iter().map(|formula| (formula.clone(), None)).collect();
    let own: Vec<OwnFormula> = store.list(RecordFilter::all(RecordKind::OwnFormula, MOST)).await?;
    all.extend(
        own.iter()
            .filter_map(|own| own.latest().map(|latest| (latest.formula.clone(), Some(latest.version)))),
    );
    Ok(all)
}
