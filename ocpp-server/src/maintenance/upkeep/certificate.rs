//! Wishes of stations to have a certificate signed (A02, A03): signed by the authority, then handed over.

use jiff::Timestamp;
use ocpp_core::model::{CertificateUse, CertificateVerdict, Command, Outcome, SignedCertificate, StationId};
use ocpp_core::types::Version;

use super::{Upkeep, UpkeepError, after, pause};
use crate::domain::{Event, EventKind, RecordKind, Revision, Signing, SigningState, StationCertificates};
use crate::handle::NotSigned;
use crate::maintenance::giving::{Told, tell};
use crate::store::{Change, RecordFilter, TypedRecords, Unit};

/// Who hands certificates over.
const BY: &str = "certificates";

impl Upkeep {
    /// The latest wishes of a station, the last one first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn signings_of(&self, station: &StationId) -> Result<Vec<Signing>, UpkeepError> {
        let limit = usize::try_from(Signing::MAX_PER_STATION).unwrap_or(usize::MAX);
        let filter = RecordFilter::all(RecordKind::Signing, limit).of(station.as_str()).descending();
        Ok(self.csms.store().list(filter).await?)
    }

    /// Asks a station for its certificates, and keeps the list (M03).
    ///
    /// # Errors
    /// [`UpkeepError::NotConnected`], or what the station said instead.
    pub async fn read_certificates(
        &self,
        station: &StationId,
        by: &str,
    ) -> Result<StationCertificates, UpkeepError> {
        let version = self.csms.stations().version(station).ok_or(UpkeepError::NotConnected)?;
        // 1.6 lists one use at a time.
        let questions = match version {
            Version::V16 => vec![vec![CertificateUse::CsmsRoot], vec![CertificateUse::ManufacturerRoot]],
            _ => vec![Vec::new()],
        };
        let mut installed = Vec::new();
        for uses in questions {
            match tell(&self.csms, station, Command::ListCertificates { uses }, by).await {
                Told::Said(Outcome::Certificates(found)) => installed.extend(found),
                Told::Said(_) => {
                    let sentence = "The station's answer is no list of certificates.";
                    return Err(UpkeepError::Forbidden(sentence.to_owned()));
                }
                Told::NotConnected => return Err(UpkeepError::NotConnected),
                Told::Impossible(why)
                | Told::Forbidden(why)
                | Told::NotKept(why)
                | Told::Refused(why)
                | Told::Unclear(why) => {
                    return Err(UpkeepError::Forbidden(format!("There is no list: {why}.")));
                }
            }
        }
        let known: Option<StationCertificates> = self.csms.store().get(station.as_str()).await?;
        let list = StationCertificates {
            station: station.clone(),
            revision: known.map_or_else(Revision::default, |known| known.revision),
            installed,
            at: self.now(),
        };
        self.csms.commit(Unit { changes: vec![Change::put(&list)], ..Unit::default() }).await?;
        Ok(list)
    }

    /// Goes on with a wish; tells when to look at it again, `None` when it is at its end.
    pub(super) async fn step_signing(
        &self,
        station: &StationId,
        number: u64,
    ) -> Result<Option<Timestamp>, UpkeepError> {
        let key = Signing::key_of(station, number);
        let Some(signing) = self.csms.store().get::<Signing>(&key).await? else { return Ok(None) };
        let now = self.now();
        if !signing.state.is_open() {
            return Ok(None);
        }
        if now >= after(signing.asked_at, self.settings.sign_within) {
            return self
                .end_signing(&signing, failed("it could not be signed and handed over in time"))
                .await;
        }
        if signing.look_at > now {
            return Ok(Some(signing.look_at));
        }
        match &signing.state {
            SigningState::Signed { chain } => self.hand_over(&signing, chain).await,
            _ => self.sign(&signing).await,
        }
    }

    async fn sign(&self, signing: &Signing) -> Result<Option<Timestamp>, UpkeepError> {
        let authority = self.csms.authority();
        let signed = authority.sign(&signing.station, &signing.wish);
        let signed = tokio::time::timeout(authority.deadline(), signed).await;
        match signed {
            Ok(Ok(chain)) => {
                let state = SigningState::Signed { chain };
                self.turn_signing(signing, |signing| {
                    signing.state = state.clone();
                    signing.attempts = 0;
                })
                .await?;
                Ok(Some(self.now()))
            }
            Ok(Err(NotSigned::Refused(why))) => {
                self.end_signing(signing, failed(&format!("the authority refused it: {why}"))).await
            }
            Ok(Err(NotSigned::Later(_))) | Err(_) => self.put_off(signing).await,
        }
    }

    async fn hand_over(&self, signing: &Signing, chain: &str) -> Result<Option<Timestamp>, UpkeepError> {
        let station = &signing.station;
        if !self.csms.stations().is_connected(station) {
            return Ok(Some(after(signing.asked_at, self.settings.sign_within)));
        }
        let command = Command::CertificateSigned(SignedCertificate {
            request: signing.wish.request,
            usage: signing.usage(),
            chain: chain.into(),
        });
        match tell(&self.csms, station, command, BY).await {
            Told::Said(Outcome::Certificate { verdict: CertificateVerdict::Accepted, .. }) => {
                self.end_signing(signing, SigningState::Used { at: self.now() }).await
            }
            Told::Said(Outcome::Certificate { cause, .. }) => {
                let told = cause.map(|cause| format!(" ({})", cause.code)).unwrap_or_default();
                self.end_signing(signing, failed(&format!("the station refused the certificate{told}"))).await
            }
            Told::Said(_) => self.end_signing(signing, failed("the station's answer is none to this")).await,
            Told::Impossible(why) => self.end_signing(signing, failed(&why)).await,
            Told::Refused(why) => {
                self.end_signing(signing, failed(&format!("the station's answer: {why}"))).await
            }
            Told::Forbidden(_) | Told::NotConnected | Told::NotKept(_) | Told::Unclear(_) => {
                self.put_off(signing).await
            }
        }
    }

    async fn put_off(&self, signing: &Signing) -> Result<Option<Timestamp>, UpkeepError> {
        if signing.attempts >= self.settings.attempts.saturating_mul(4) {
            return self.end_signing(signing, failed("it was tried too often")).await;
        }
        let look_at = after(self.now(), pause(self.settings.retry_after, signing.attempts));
        self.turn_signing(signing, |signing| {
            signing.attempts = signing.attempts.saturating_add(1);
            signing.look_at = look_at;
        })
        .await?;
        Ok(Some(look_at))
    }

    async fn end_signing(
        &self,
        signing: &Signing,
        state: SigningState,
    ) -> Result<Option<Timestamp>, UpkeepError> {
        self.turn_signing(signing, |signing| signing.state = state.clone()).await?;
        Ok(None)
    }

    /// Changes a wish, unless a later one took its place in the meantime.
    async fn turn_signing(
        &self,
        signing: &Signing,
        change: impl Fn(&mut Signing),
    ) -> Result<(), UpkeepError> {
        let key = Signing::key_of(&signing.station, signing.number);
        let turned = self.change(&key, "wish for a certificate", |mut now: Signing| {
            if !now.state.is_open() {
                return None;
            }
            let before = now.state.name();
            change(&mut now);
            let kind = EventKind::SigningChanged { number: now.number, state: now.state.name().to_owned() };
            let told = (before != now.state.name()).then(|| self.event(&now.station, kind));
            let told: Vec<Event> = told.into_iter().collect();
            Some((now, Vec::new(), told))
        });
        turned.await.map(drop)
    }
}

fn failed(why: &str) -> SigningState {
    SigningState::Failed { why: why.to_owned() }
}
