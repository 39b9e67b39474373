//! Questions about customers to stations, and the deletion of what was told (N09, N10).

use ocpp_core::model::{
    Command, CustomerQuestion, CustomerReference, CustomerVerdict, IdToken, Outcome, StationId,
};

use super::{Diagnostics, DiagnosticsError, invalid, unknown};
use crate::domain::{CustomerRequest, CustomerState, Event, EventKind, Record, RecordKind, Revision, Token};
use crate::maintenance::giving::{Given, give};
use crate::maintenance::local_list::LocalLists;
use crate::store::{Change, CommitError, ReadError, RecordFilter, TypedRecords, Unit};

/// A question about a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerForm {
    /// Who is meant.
    pub customer: CustomerReference,
    /// Whether the station is to report what it knows.
    pub report: bool,
    /// Whether it is to forget it.
    pub clear: bool,
}

impl Diagnostics {
    /// Asks a station about a customer. What it tells comes later, is read with [`Diagnostics::customer_request`], and
    /// is deleted here after [`DiagnosticsSettings::keep_customers`](super::DiagnosticsSettings). When the station is
    /// to forget, the customer's place in its local list is removed, too: only the manager can (N10.FR.02).
    ///
    /// # Errors
    /// [`DiagnosticsError`]; what the station refuses is told in the state.
    pub async fn ask_about(
        &self,
        station: &StationId,
        form: CustomerForm,
        by: &str,
    ) -> Result<CustomerRequest, DiagnosticsError> {
        if !form.report && !form.clear {
            return Err(invalid("/report", "Choose to report, to clear, or both."));
        }
        self.expect_known(station).await?;
        if !self.csms.stations().is_connected(station) {
            return Err(DiagnosticsError::NotConnected);
        }
        let command = |request| {
            let customer = Some(form.customer.clone());
            let (report, clear) = (form.report, form.clear);
            Command::CustomerInformation(Box::new(CustomerQuestion { request, customer, report, clear }))
        };
        let sayable = self.csms.commands().size_of(station, &command(1));
        sayable.map_err(|why| DiagnosticsError::CannotSay(why.to_string()))?;
        let asked = self.begin(station, &form, by).await?;
        let state = match give(&self.csms, station, command(asked.request), by).await {
            Given::Answered(Outcome::CustomerInformation { verdict: CustomerVerdict::Accepted, .. }) => {
                CustomerState::Accepted
            }
            Given::Answered(outcome) => CustomerState::Failed { why: outcome.word() },
            other => CustomerState::Failed { why: other.why() },
        };
        let local_list = match (&form.customer, &state) {
            (CustomerReference::Token(token), CustomerState::Accepted) if form.clear => {
                self.forget_in_list(station, token).await
            }
            _ => None,
        };
        self.answered(&asked, &state, local_list.as_deref()).await
    }

    /// Writes a question down; the oldest ones make room.
    async fn begin(
        &self,
        station: &StationId,
        form: &CustomerForm,
        by: &str,
    ) -> Result<CustomerRequest, DiagnosticsError> {
        let kept = self.customer_requests(station).await?;
        let now = self.csms.now();
        let asked = CustomerRequest {
            station: station.clone(),
            request: kept
                .first()
                .map_or(1, |newest| if newest.request == i32::MAX { 1 } else { newest.request + 1 }),
            revision: Revision::default(),
            customer: form.customer.clone(),
            report: form.report,
            clear: form.clear,
            by: by.chars().take(200).collect(),
            at: now,
            expires_at: now.checked_add(self.settings.keep_customers).unwrap_or(jiff::Timestamp::MAX),
            state: CustomerState::Asked,
            parts: std::collections::BTreeMap::new(),
            last: None,
            cut: false,
            local_list: None,
        };
        let mut changes = vec![Change::put(&asked)];
        changes.extend(kept.iter().skip(CustomerRequest::MAX_PER_STATION - 1).map(Change::remove));
        let unit = Unit { changes, events: vec![self.customer_event(&asked, "asked")], ..Unit::default() };
        self.csms.commit(unit).await?;
        Ok(CustomerRequest { revision: asked.revision.next(), ..asked })
    }

    /// Notes what the station said. What it has told in the meantime stays.
    async fn answered(
        &self,
        asked: &CustomerRequest,
        state: &CustomerState,
        local_list: Option<&str>,
    ) -> Result<CustomerRequest, DiagnosticsError> {
        for _ in 0..super::MAX_CONFLICTS {
            let mut kept = self.customer_request(&asked.station, asked.request).await?;
            if !matches!(kept.state, CustomerState::Told { .. }) {
                kept.state = state.clone();
            }
            kept.local_list = local_list.map(str::to_owned);
            let events = vec![self.customer_event(&kept, kept.state.name())];
            match self
                .csms
                .commit(Unit { changes: vec![Change::put(&kept)], events, ..Unit::default() })
                .await
            {
                Ok(()) => return Ok(CustomerRequest { revision: kept.revision.next(), ..kept }),
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(DiagnosticsError::Conflict)
    }

    /// N10.FR.02: only the manager changes a local list.
    async fn forget_in_list(&self, station: &StationId, token: &IdToken) -> Option<String> {
        let lists = LocalLists::new(self.csms.clone());
        let gone = match lists.forget(station, token).await {
            Ok(None) => return None,
            Ok(Some(version)) => {
                format!("removed from the station's local list, which has version {version} now")
            }
            Err(error) => format!("still in the station's local list: {error}"),
        };
        let kept: Result<Option<Token>, ReadError> = self.csms.store().get(&token.canonical()).await;
        Some(match kept {
            Ok(None) => gone,
            _ => format!(
                "{gone}; the manager itself knows the token, and the next list has it again: remove it"
            ),
        })
    }

    /// The questions to a station about customers, the last one first, as far as they have not expired.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn customer_requests(&self, station: &StationId) -> Result<Vec<CustomerRequest>, ReadError> {
        let filter = RecordFilter::all(RecordKind::CustomerRequest, 2 * CustomerRequest::MAX_PER_STATION);
        let mut kept: Vec<CustomerRequest> =
            self.csms.store().list(filter.of(station.as_str()).descending()).await?;
        let now = self.csms.now();
        kept.retain(|asked| asked.expires_at > now);
        Ok(kept)
    }

    /// One question to a station about a customer.
    ///
    /// # Errors
    /// [`DiagnosticsError::Unknown`] when there is none, or it has expired.
    pub async fn customer_request(
        &self,
        station: &StationId,
        request: i32,
    ) -> Result<CustomerRequest, DiagnosticsError> {
        let kept: Option<CustomerRequest> =
            self.csms.store().get(&CustomerRequest::key_of(station, request)).await?;
        let now = self.csms.now();
        let kept = kept.filter(|asked| asked.expires_at > now);
        kept.ok_or_else(|| unknown("question about a customer", &request.to_string()))
    }

    /// Deletes a question with everything that was told.
    ///
    /// # Errors
    /// [`DiagnosticsError::Unknown`] when there is none.
    pub async fn delete_customer_request(
        &self,
        station: &StationId,
        request: i32,
    ) -> Result<(), DiagnosticsError> {
        let kept = self.customer_request(station, request).await?;
        self.delete(&kept).await
    }

    async fn delete(&self, kept: &CustomerRequest) -> Result<(), DiagnosticsError> {
        let events = vec![self.customer_event(kept, "deleted")];
        let unit = Unit { changes: vec![Change::remove(kept)], events, ..Unit::default() };
        Ok(self.csms.commit(unit).await?)
    }

    /// Deletes what was told about customers and has expired.
    pub(super) async fn delete_expired(&self) -> Result<(), DiagnosticsError> {
        let now = self.csms.now();
        let mut after = None;
        loop {
            let filter = RecordFilter::all(RecordKind::CustomerRequest, 500).after(after.take());
            let page: Vec<CustomerRequest> = self.csms.store().list(filter).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.key());
            for kept in page.iter().filter(|kept| kept.expires_at <= now) {
                match self.delete(kept).await {
                    // A part of it came at this moment: it goes with the next look.
                    Ok(()) | Err(DiagnosticsError::Conflict) => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }

    fn customer_event(&self, asked: &CustomerRequest, state: &str) -> Event {
        let kind = EventKind::CustomerRequestChanged { request: asked.request, state: state.to_owned() };
        Event { at: self.csms.now(), station: Some(asked.station.clone()), kind }
    }
}
