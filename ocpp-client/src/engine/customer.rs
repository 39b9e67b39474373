//! What the station knows about a customer, and forgetting it (N09, N10).

use std::time::Duration;

use ocpp_core::model::{
    CustomerPiece, CustomerQuestion, CustomerReference, CustomerVerdict, Fact, IdToken, Outcome,
};

use super::Engine;

/// How many characters one message holds.
const PER_MESSAGE: usize = 512;

impl Engine {
    pub(super) fn can_tell_customer(&self, question: &CustomerQuestion) -> Outcome {
        let verdict = match &question.customer {
            None => CustomerVerdict::Invalid, // N09.FR.09
            Some(_) if !question.report && !question.clear => CustomerVerdict::Rejected, // N09.FR.07
            // What a running transaction needs is not forgotten now (N10.FR.05).
            Some(CustomerReference::Token(token)) if question.clear && self.charges(token) => {
                CustomerVerdict::Rejected
            }
            Some(_) => CustomerVerdict::Accepted,
        };
        Outcome::CustomerInformation { verdict, cause: None }
    }

    fn charges(&self, token: &IdToken) -> bool {
        let mut running = self.evses.values().filter_map(|evse| evse.transaction.as_ref());
        running.any(|running| running.token == *token)
    }

    /// Does what has to follow the reply.
    pub(super) fn tell_customer(&mut self, now: Duration, question: &CustomerQuestion) {
        let accepted = Outcome::CustomerInformation { verdict: CustomerVerdict::Accepted, cause: None };
        if self.can_tell_customer(question) != accepted {
            return;
        }
        let mut text = String::new();
        if question.report {
            text = self.known_of(question.customer.as_ref());
            if text.is_empty() {
                text.push_str("Nothing is known about this customer.");
            }
        }
        if question.clear {
            let forgotten = self.forget(question.customer.as_ref());
            let word =
                if forgotten { "What was known is forgotten." } else { "There was nothing to forget." };
            text.push_str(if text.is_empty() { "" } else { "\n" });
            text.push_str(word);
        }
        self.say_pieces(now, question.request, &text);
    }

    /// The certificates of contracts are the vehicle's and not kept here, nor are names of customers.
    fn known_of(&self, customer: Option<&CustomerReference>) -> String {
        let Some(CustomerReference::Token(token)) = customer else { return String::new() };
        let mut lines = Vec::new();
        let key = token.canonical();
        if let Some(word) = self.local_list.entries.get(&key) {
            lines.push(format!("Local list: {:?}", word.status));
        }
        if let Some(word) = self.cache.status_of(&key) {
            lines.push(format!("Authorization cache: {word:?}"));
        }
        for held in self.reservations.values().filter(|held| held.id_token == *token) {
            lines.push(format!("Reservation {} until {}", held.id, held.expires_at));
        }
        for evse in self.evses.values() {
            if let Some(running) = evse.transaction.as_ref().filter(|running| running.token == *token) {
                lines.push(format!("Transaction {} at EVSE {}", running.name, evse.id.0));
            }
        }
        lines.join("\n")
    }

    /// The local list is the manager's to change (N10.FR.02), and so are reservations.
    fn forget(&mut self, customer: Option<&CustomerReference>) -> bool {
        let Some(CustomerReference::Token(token)) = customer else { return false };
        let known = self.cache.forget(&token.canonical());
        if known {
            self.keep(super::Record::Cache(self.cache.clone()));
        }
        known
    }

    fn say_pieces(&mut self, now: Duration, request: i32, text: &str) {
        let characters: Vec<char> = text.chars().collect();
        let at = self.clock.at(now);
        let count = characters.chunks(PER_MESSAGE).len();
        for (seq, piece) in (0..).zip(characters.chunks(PER_MESSAGE)) {
            let more = (seq as usize) + 1 < count;
            let data: String = piece.iter().collect();
            let piece = CustomerPiece { request, seq, more, at, data: data.into() };
            self.queue.push(Fact::CustomerInformation(piece));
        }
    }
}
