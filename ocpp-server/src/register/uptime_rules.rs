//! By which rules uptime is reported: an operator's own formulas, and which formulas hold at a site.

use std::collections::BTreeSet;

use super::{Flaw, Register, RegisterError, check_name, check_text, unless_flawed};
use crate::availability::{Formula, FormulaVersion, OwnFormula, formula_of};
use crate::domain::{Revision, Service, Site, SiteProfile, StationEntry};

/// The most versions of one formula.
const MAX_VERSIONS: usize = 200;

/// What an operator says of the rules of a site.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileForm {
    /// The ids of the formulas that hold there.
    pub formulas: BTreeSet<Box<str>>,
    /// Whether exclusions need a second person.
    pub second_person: bool,
}

/// Formulas and profiles.
impl Register {
    /// Adds a formula of the operator's own.
    ///
    /// # Errors
    /// [`RegisterError::Exists`], also for the id of a formula that comes with the program;
    /// [`RegisterError::Invalid`].
    pub async fn add_formula(&self, formula: Formula, who: &str) -> Result<OwnFormula, RegisterError> {
        check(&formula)?;
        let exists = || RegisterError::Exists { what: "formula", id: formula.id.to_string() };
        if Formula::of(&formula.id).is_some() {
            return Err(exists());
        }
        let own = OwnFormula {
            id: formula.id.clone(),
            revision: Revision::default(),
            versions: vec![self.version(1, formula.clone(), who)],
        };
        self.keep(own, Vec::new()).await.map_err(|error| match error {
            RegisterError::Conflict => exists(),
            other => other,
        })
    }

    /// Changes a formula of the operator's own: a new version, which holds for reports that are made from now on.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`], [`RegisterError::Invalid`], [`RegisterError::Conflict`], and
    /// [`RegisterError::Forbidden`] for a formula that comes with the program.
    pub async fn change_formula(
        &self,
        id: &str,
        formula: Formula,
        who: &str,
        seen: Option<Revision>,
    ) -> Result<OwnFormula, RegisterError> {
        if Formula::of(id).is_some() {
            let sentence = "This formula comes with the program and does not change: add one of your own.";
            return Err(RegisterError::Forbidden(sentence.to_owned()));
        }
        check(&formula)?;
        let mut own: OwnFormula = self.need("formula", id, seen).await?;
        if *formula.id != *id {
            let flaw = Flaw::at("/id", "A formula keeps its id: add another one.");
            return Err(RegisterError::Invalid(vec![flaw]));
        }
        if own.versions.len() >= MAX_VERSIONS {
            let sentence = format!("This formula has {MAX_VERSIONS} versions: add another one.");
            return Err(RegisterError::Forbidden(sentence));
        }
        let next = own.latest().map_or(1, |latest| latest.version + 1);
        let version = self.version(next, formula, who);
        own.versions.push(version);
        self.keep(own, Vec::new()).await
    }

    /// Says which rules hold at a site.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] without such a site, [`RegisterError::Invalid`], [`RegisterError::Conflict`].
    pub async fn set_profile(
        &self,
        site: &str,
        form: ProfileForm,
        seen: Option<Revision>,
    ) -> Result<SiteProfile, RegisterError> {
        use crate::store::TypedRecords as _;

        let site: Site = self.need("site", site, None).await?;
        let mut flaws = Vec::new();
        for id in &form.formulas {
            if formula_of(self.csms.store().as_ref(), id).await?.is_none() {
                flaws.push(Flaw::at("/formulas", format!("There is no formula {id:?}.")));
            }
        }
        unless_flawed(flaws)?;
        let known: Option<SiteProfile> = self.csms.store().get(&site.id.0).await?;
        let known = known.unwrap_or_else(|| SiteProfile::of(site.id));
        if seen.is_some_and(|seen| seen != known.revision) {
            return Err(RegisterError::Conflict);
        }
        let profile = SiteProfile { formulas: form.formulas, second_person: form.second_person, ..known };
        self.keep(profile, Vec::new()).await
    }

    /// Says from when until when a station is in service; without a beginning, since it was first seen.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] for a station that was not added, [`RegisterError::Invalid`],
    /// [`RegisterError::Conflict`].
    pub async fn set_service(
        &self,
        station: &str,
        service: Service,
        seen: Option<Revision>,
    ) -> Result<StationEntry, RegisterError> {
        if let (Some(since), Some(until)) = (service.since, service.until)
            && until <= since
        {
            let flaw = Flaw::at("/until", "A station goes out of service after it came into service.");
            return Err(RegisterError::Invalid(vec![flaw]));
        }
        let entry: StationEntry = self.need("station", station, seen).await?;
        self.keep(StationEntry { service, ..entry }, Vec::new()).await
    }

    fn version(&self, version: u32, formula: Formula, who: &str) -> FormulaVersion {
        FormulaVersion { version, formula, entered_by: who.into(), entered_at: self.now() }
    }
}

fn check(formula: &Formula) -> Result<(), RegisterError> {
    let mut flaws = Vec::new();
    check_name(&mut flaws, "/name", &formula.name);
    check_text(&mut flaws, "/source", &formula.source, 500);
    if formula.source.trim().is_empty() {
        flaws.push(Flaw::at("/source", "Say where this is written, such as the contract and its date."));
    }
    if let Err(error) = formula.check() {
        let sentence = error.to_string();
        let capital: String = sentence.chars().take(1).flat_map(char::to_uppercase).collect();
        let rest: String = sentence.chars().skip(1).collect();
        flaws.push(Flaw::at("", format!("{capital}{rest}.")));
    }
    unless_flawed(flaws)
}
