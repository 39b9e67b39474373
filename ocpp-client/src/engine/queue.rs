//! Facts on their way to the manager: one at a time, in order, transactions until they are answered.

use std::collections::VecDeque;
use std::time::Duration;

use ocpp_core::model::{Connectivity, Fact, StationTxRef, TransactionFact};

use super::{Output, PersistToken, Record};

/// Names a fact that waits for its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactToken(u64);

/// How often a report is said again, and after how long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    pub(super) attempts: u32,
    pub(super) interval: Duration,
}

/// Facts other than reports on transactions that may wait; the oldest make room.
const MAX_OTHERS: usize = 64;

#[derive(Debug)]
struct Waiting {
    number: u64,
    fact: Fact,
    kept: Kept,
    attempts: u32,
    not_before: Duration,
}

/// Whether a fact has to be on disk before it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    NeedNot,
    New,
    OnItsWay,
    Yes,
}

#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: VecDeque<Waiting>,
    in_flight: Option<u64>,
    last_number: u64,
}

impl Queue {
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether reports on a transaction wait to be answered, or on any.
    pub(super) fn has_reports(&self, transaction: Option<&str>) -> bool {
        self.waiting.iter().any(|waiting| match (&waiting.fact, transaction) {
            (Fact::Transaction(_), None) => true,
            (Fact::Transaction(fact), Some(name)) => {
                matches!(&fact.transaction, StationTxRef::Named(named) if **named == *name)
            }
            _ => false,
        })
    }

    /// How many facts of a kind wait.
    pub(super) fn count(&self, is_meant: impl Fn(&Fact) -> bool) -> usize {
        self.waiting.iter().filter(|waiting| is_meant(&waiting.fact)).count()
    }

    pub(super) fn push(&mut self, fact: Fact) -> FactToken {
        self.make_room();
        let entry = self.entry(fact);
        let token = FactToken(entry.number);
        self.waiting.push_back(entry);
        token
    }

    pub(super) fn push_transaction(&mut self, fact: Option<TransactionFact>) {
        if let Some(fact) = fact {
            self.push(Fact::Transaction(Box::new(fact)));
        }
    }

    /// Puts a boot notification before everything else, unless one waits already.
    pub(super) fn push_first(&mut self, fact: Fact) {
        if !self.waiting.iter().any(|waiting| matches!(waiting.fact, Fact::Boot(_))) {
            let entry = self.entry(fact);
            self.waiting.push_front(entry);
        }
    }

    pub(super) fn restore(&mut self, records: impl IntoIterator<Item = Record>) {
        for record in records {
            match record {
                Record::Waiting { number, fact } => {
                    self.last_number = self.last_number.max(number);
                    let mut entry = self.entry(*fact);
                    (entry.number, entry.kept) = (number, Kept::Yes);
                    mark_offline(&mut entry.fact);
                    self.waiting.push_back(entry);
                }
                Record::Answered { number } => self.waiting.retain(|waiting| waiting.number != number),
                // What else the station keeps is nothing to be said.
                _ => {}
            }
        }
    }

    fn entry(&mut self, fact: Fact) -> Waiting {
        self.last_number += 1;
        let is_kept = matches!(fact, Fact::Transaction(_) | Fact::Settlement(_) | Fact::BatterySwap(_))
            || super::upkeep::is_kept(&fact);
        let kept = if is_kept { Kept::New } else { Kept::NeedNot };
        Waiting { number: self.last_number, fact, kept, attempts: 0, not_before: Duration::ZERO }
    }

    fn make_room(&mut self) {
        let others = self.waiting.iter().filter(|waiting| waiting.kept == Kept::NeedNot).count();
        if others >= MAX_OTHERS
            && let Some(oldest) = self
                .waiting
                .iter()
                .position(|waiting| waiting.kept == Kept::NeedNot && Some(waiting.number) != self.in_flight)
        {
            self.waiting.remove(oldest);
        }
    }

    /// Asks for new reports to be kept.
    pub(super) fn persist_new(&mut self, outputs: &mut VecDeque<Output>) {
        for waiting in self.waiting.iter_mut().filter(|waiting| waiting.kept == Kept::New) {
            waiting.kept = Kept::OnItsWay;
            let record = Record::Waiting { number: waiting.number, fact: Box::new(waiting.fact.clone()) };
            outputs.push_back(Output::Persist(record, PersistToken(waiting.number)));
        }
    }

    pub(super) fn persisted(&mut self, token: PersistToken) {
        for waiting in self.waiting.iter_mut().filter(|waiting| waiting.number == token.0) {
            waiting.kept = Kept::Yes;
        }
    }

    /// Says the first fact, if nothing is in flight and it may be said.
    pub(super) fn pump(&mut self, now: Duration, may_say_all: bool, outputs: &mut VecDeque<Output>) {
        if self.in_flight.is_some() {
            return;
        }
        let Some(first) = self.waiting.front_mut() else { return };
        let may = may_say_all || matches!(first.fact, Fact::Boot(_));
        if !may || first.not_before > now || !matches!(first.kept, Kept::NeedNot | Kept::Yes) {
            return;
        }
        first.attempts += 1;
        self.in_flight = Some(first.number);
        outputs.push_back(Output::Say(FactToken(first.number), Box::new(first.fact.clone())));
    }

    /// When the first fact may be said again after a failure.
    pub(super) fn retry_at(&self) -> Option<Duration> {
        let first = self.waiting.front().filter(|_| self.in_flight.is_none())?;
        (first.not_before > Duration::ZERO).then_some(first.not_before)
    }

    /// Takes a fact out that was answered.
    pub(super) fn answered(&mut self, token: FactToken, outputs: &mut VecDeque<Output>) -> Option<Fact> {
        if self.in_flight != Some(token.0) {
            return None;
        }
        self.in_flight = None;
        self.take(token.0, outputs)
    }

    /// Notes that a fact got no answer. It is taken out and given back when it is not to be said again.
    pub(super) fn failed(
        &mut self,
        token: FactToken,
        now: Duration,
        patience: Patience,
        outputs: &mut VecDeque<Output>,
    ) -> Option<Fact> {
        if self.in_flight != Some(token.0) {
            return None;
        }
        self.in_flight = None;
        let waiting = self.waiting.iter_mut().find(|waiting| waiting.number == token.0)?;
        let has_to_arrive =
            matches!(waiting.fact, Fact::Transaction(_) | Fact::Settlement(_) | Fact::BatterySwap(_));
        if has_to_arrive && waiting.attempts < patience.attempts {
            // Every time a little longer (E13.FR.02; 4.1 of 1.6).
            waiting.not_before = now + patience.interval * waiting.attempts;
            return None;
        }
        self.take(token.0, outputs)
    }

    fn take(&mut self, number: u64, outputs: &mut VecDeque<Output>) -> Option<Fact> {
        let at = self.waiting.iter().position(|waiting| waiting.number == number)?;
        let waiting = self.waiting.remove(at)?;
        if waiting.kept != Kept::NeedNot {
            outputs.push_back(Output::Persist(Record::Answered { number }, PersistToken(number)));
        }
        Some(waiting.fact)
    }

    /// What was in flight may or may not have arrived; reports on transactions are said again, marked as
    /// late. An interruption is not the report's fault and does not count as an attempt.
    pub(super) fn disconnected(&mut self) {
        self.in_flight = None;
        self.waiting.retain(|waiting| waiting.kept != Kept::NeedNot);
        for waiting in &mut self.waiting {
            waiting.attempts = 0;
            mark_offline(&mut waiting.fact);
        }
    }
}

fn mark_offline(fact: &mut Fact) {
    if let Fact::Transaction(fact) = fact {
        fact.connectivity = Connectivity::Offline;
    }
}
