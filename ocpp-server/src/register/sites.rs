//! Where stations stand.

use jiff::tz::TimeZone;
use ocpp_core::model::Watts;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::publication::check_publication;
use super::{Flaw, MAX_TOUCHED, Register, RegisterError, check_name, check_text, unless_flawed};
use crate::domain::{Address, Coordinates, Publication, Revision, Site, SiteId, StationEntry};
use crate::store::{Change, TypedRecords};

/// What an operator says of a site.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteForm {
    /// What people call it, 1 to 100 characters.
    pub name: String,
    /// Where it is.
    #[serde(default)]
    pub address: Address,
    /// Where it is on the map.
    #[serde(default)]
    pub coordinates: Option<Coordinates>,
    /// Its time zone, by its IANA name.
    pub time_zone: String,
    /// The power of its grid connection.
    #[serde(default)]
    pub power: Option<Watts>,
    /// What it tells the public.
    #[serde(default)]
    pub public: Publication,
}

impl SiteForm {
    fn check(&self) -> Result<(), RegisterError> {
        let mut flaws = Vec::new();
        check_name(&mut flaws, "/name", &self.name);
        check_text(&mut flaws, "/address/street", &self.address.street, 100);
        check_text(&mut flaws, "/address/postal_code", &self.address.postal_code, 20);
        check_text(&mut flaws, "/address/city", &self.address.city, 100);
        let country = &self.address.country;
        let is_code = country.len() == 2 && country.chars().all(|c| c.is_ascii_uppercase());
        if !(country.is_empty() || is_code) {
            let sentence = "The country is two capital letters (ISO 3166-1), such as DE.";
            flaws.push(Flaw::at("/address/country", sentence));
        }
        if let Some(Coordinates { latitude_e7, longitude_e7 }) = self.coordinates
            && (latitude_e7.unsigned_abs() > 900_000_000 || longitude_e7.unsigned_abs() > 1_800_000_000)
        {
            let sentence = "Latitudes go from −90 to 90 degrees, longitudes from −180 to 180.";
            flaws.push(Flaw::at("/coordinates", sentence));
        }
        if TimeZone::get(&self.time_zone).is_err() {
            let sentence = format!(
                "{:?} is no time zone: use its IANA name, such as Europe/Berlin.",
                self.time_zone.chars().take(40).collect::<String>()
            );
            flaws.push(Flaw::at("/time_zone", sentence));
        }
        if self.power.is_some_and(|power| power.0 < 0) {
            flaws.push(Flaw::at("/power", "A power is not negative."));
        }
        check_publication(&mut flaws, &self.public);
        if self.public.published {
            self.check_published(&mut flaws);
        }
        unless_flawed(flaws)
    }

    /// What partners and drivers need to find it (the lengths are those of OCPI 2.2.1).
    fn check_published(&self, flaws: &mut Vec<Flaw>) {
        let Address { street, postal_code, city, country } = &self.address;
        for (pointer, what, text, max) in [
            ("/address/street", "street", street, 45),
            ("/address/city", "city", city, 45),
            ("/address/country", "country", country, 2),
        ] {
            if text.trim().is_empty() {
                flaws.push(Flaw::at(pointer, format!("A published site tells its {what}.")));
            } else if text.chars().count() > max {
                flaws.push(Flaw::at(
                    pointer,
                    format!("The {what} of a published site has at most {max} characters."),
                ));
            }
        }
        if postal_code.chars().count() > 10 {
            let sentence = "The postal code of a published site has at most 10 characters.";
            flaws.push(Flaw::at("/address/postal_code", sentence));
        }
        if !country.is_empty() && crate::domain::alpha_3(country).is_none() {
            flaws.push(Flaw::at("/address/country", "There is no country of this code (ISO 3166-1)."));
        }
        if self.coordinates.is_none() {
            flaws.push(Flaw::at("/coordinates", "A published site tells its coordinates."));
        }
    }

    fn fill(self, site: Site) -> Site {
        Site {
            name: self.name.trim().to_owned(),
            address: self.address,
            coordinates: self.coordinates,
            time_zone: self.time_zone,
            power: self.power,
            public: self.public,
            ..site
        }
    }
}

/// Sites.
impl Register {
    /// Adds a site.
    ///
    /// # Errors
    /// [`RegisterError::Invalid`].
    pub async fn add_site(&self, form: SiteForm) -> Result<Site, RegisterError> {
        form.check()?;
        let site = form.fill(Site {
            id: SiteId(Uuid::now_v7().to_string()),
            revision: Revision::default(),
            name: String::new(),
            address: Address::default(),
            coordinates: None,
            time_zone: String::new(),
            power: None,
            tariff: None,
            public: Publication::default(),
            added_at: self.now(),
        });
        self.keep(site, Vec::new()).await
    }

    /// Changes a site.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`], [`RegisterError::Invalid`], [`RegisterError::Conflict`].
    pub async fn change_site(
        &self,
        id: &str,
        form: SiteForm,
        seen: Option<Revision>,
    ) -> Result<Site, RegisterError> {
        form.check()?;
        let site = self.need("site", id, seen).await?;
        self.keep(form.fill(site), Vec::new()).await
    }

    /// Removes a site where no station stands.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`], [`RegisterError::Forbidden`].
    pub async fn remove_site(&self, id: &str) -> Result<(), RegisterError> {
        let site: Site = self.need("site", id, None).await?;
        let there: Vec<StationEntry> = self.csms.store().owned(id, MAX_TOUCHED).await?;
        if !there.is_empty() {
            let sentence = format!("{} stations stand at this site: move them first.", there.len());
            return Err(RegisterError::Forbidden(sentence));
        }
        self.commit(vec![Change::remove(&site)]).await
    }
}
