//! Paying at the station: what a terminal settles, VAT numbers, drivers who pay on the web (C18 to C25).

use std::collections::BTreeMap;
use std::time::Duration;

use ocpp_core::model::{EvseId, Fact, Outcome, Settlement, VatAnswer, VatQuestion, Verdict};

use super::Engine;

/// What the manager said about payments.
#[derive(Debug, Default)]
pub(super) struct Payments {
    /// Where a driver is paying on the web, and until when.
    web: BTreeMap<Option<EvseId>, Duration>,
    vat: Option<VatAnswer>,
    receipt: Option<Box<str>>,
}

/// The longest time for which a payment on the web is waited for.
const LONGEST: Duration = Duration::from_secs(3600);

impl Engine {
    /// A driver begins to pay on the web (C25).
    pub(super) fn web_payment_started(
        &mut self,
        now: Duration,
        evse: Option<EvseId>,
        timeout_s: u32,
    ) -> Outcome {
        if evse.is_some_and(|evse| !self.evses.contains_key(&evse)) {
            return Outcome::Verdict(Verdict::Rejected);
        }
        let until = now + Duration::from_secs(timeout_s.into()).min(LONGEST);
        self.payments.web.insert(evse, until);
        Outcome::Verdict(Verdict::Accepted)
    }

    /// Whether a driver is paying on the web for an EVSE: its display says so, and shows no code to others.
    #[must_use]
    pub fn awaits_web_payment(&self, now: Duration, evse: EvseId) -> bool {
        let until = |evse| self.payments.web.get(&evse).copied();
        [until(Some(evse)), until(None)].into_iter().flatten().any(|until| now < until)
    }

    /// The payment came, or comes no more.
    pub(super) fn web_payment_ended(&mut self, evse: EvseId) {
        self.payments.web.remove(&Some(evse));
        self.payments.web.remove(&None);
    }

    pub(super) fn lapse_web_payments(&mut self, now: Duration) {
        self.payments.web.retain(|_, until| now < *until);
    }

    pub(super) fn web_payment_lapses_at(&self) -> Option<Duration> {
        self.payments.web.values().copied().min()
    }

    /// The terminal has settled a payment: it is kept until the manager has heard of it (C19 to C22).
    pub(super) fn settled(&mut self, settlement: Settlement) {
        self.queue.push(Fact::Settlement(Box::new(settlement)));
    }

    /// A driver has typed in a VAT number (C18).
    pub(super) fn vat_typed(&mut self, question: VatQuestion) {
        self.payments.vat = None;
        self.queue.push(Fact::VatNumber(question));
    }

    pub(super) fn vat_word(&mut self, answer: VatAnswer) {
        self.payments.vat = Some(answer);
    }

    pub(super) fn receipt_made(&mut self, url: Option<Box<str>>) {
        self.payments.receipt = url;
    }

    /// What the manager said of the VAT number that was typed in last; none until it has.
    #[must_use]
    pub const fn vat_answer(&self) -> Option<&VatAnswer> {
        self.payments.vat.as_ref()
    }

    /// Where the receipt of the last settlement is, if the manager has made one.
    #[must_use]
    pub fn receipt_url(&self) -> Option<&str> {
        self.payments.receipt.as_deref()
    }
}
