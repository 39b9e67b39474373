//! Tokens of partners, who read what is published.

use std::net::IpAddr;

use jiff::Timestamp;

use super::{AccessError, Gate, SIGNS};
use crate::access::{Purpose, Secret};
use crate::domain::{Partner, Record, RecordKind, Revision};
use crate::store::{Change, TypedRecords};

impl Gate {
    /// Adds a partner. The token itself is only ever seen here.
    ///
    /// # Errors
    /// [`AccessError::BadName`], or when the store fails.
    pub async fn add_partner(&self, name: &str, now: Timestamp) -> Result<(Partner, Secret), AccessError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
            return Err(AccessError::BadPartner(name.chars().take(64).collect()));
        }
        let token = Secret::random(SIGNS)?;
        let partner = Partner {
            id: uuid::Uuid::now_v7().to_string(),
            revision: Revision::default(),
            digest: self.pepper.digest(Purpose::PartnerToken, token.expose().as_bytes()),
            name: name.to_owned(),
            added_at: now,
            revoked_at: None,
        };
        let told = Some((RecordKind::Partner, partner.id.clone()));
        self.commit(vec![Change::put(&partner)], told, now).await?;
        Ok((partner.at_revision(Revision(1)), token))
    }

    /// Revokes the token of a partner; one that is revoked stays so.
    ///
    /// # Errors
    /// [`AccessError::Unknown`].
    pub async fn revoke_partner(&self, id: &str, now: Timestamp) -> Result<Partner, AccessError> {
        let mut partner: Partner = self.store.get(id).await?.ok_or(AccessError::Unknown("partner"))?;
        if partner.revoked_at.is_none() {
            partner.revoked_at = Some(now);
            let told = Some((RecordKind::Partner, partner.id.clone()));
            self.commit(vec![Change::put(&partner)], told, now).await?;
        }
        Ok(partner)
    }

    /// Whose token this is; `None` when it is unknown or revoked. It is found by its keyed digest, so that how long that
    /// takes tells nothing of it.
    ///
    /// # Errors
    /// [`AccessError::TooManyAttempts`] from an address that tries unknown tokens.
    pub async fn by_partner_token(
        &self,
        token: &Secret,
        address: IpAddr,
    ) -> Result<Option<Partner>, AccessError> {
        let digest = self.pepper.digest(Purpose::PartnerToken, token.expose().as_bytes());
        let known: Vec<Partner> = self.store.owned(&digest.0, 1).await?;
        match known.into_iter().next().filter(|partner| partner.revoked_at.is_none()) {
            Some(partner) => Ok(Some(partner)),
            None => self.attempt(address).map(|()| None),
        }
    }
}
