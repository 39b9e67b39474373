//! A station's engine on the bench: time is moved by hand, and the test is the manager.

use std::time::Duration;

use jiff::Timestamp;
use ocpp_client::engine::{
    CommandToken, Config, Engine, Equipment, FactToken, Inverter, Output, Record, Terminal, WebPayments,
};
use ocpp_client::hardware::{Actuation, HardwareEvent, Measurement};
use ocpp_core::model::{
    Answer, Authorization, AuthorizationStatus, Boot, Command, EvseId, Fact, IdToken, Outcome, Place,
    PortStatus, Registration, Step, TokenKind, TransactionFact, Verdict, Watts, Wh,
};

/// What the manager says of tokens.
pub(crate) type Words = fn(&IdToken) -> Authorization;

/// An engine, what it has said, kept and ordered, and the manager's words on tokens.
pub(crate) struct Bench {
    pub(crate) engine: Engine,
    pub(crate) now: Duration,
    /// What the manager has heard since it was last looked at.
    heard: Vec<Fact>,
    pub(crate) kept: Vec<Record>,
    pub(crate) actuated: Vec<Actuation>,
    pub(crate) words: Words,
    /// What the manager answers to facts; the usual where it says nothing of its own.
    pub(crate) says: fn(&Fact) -> Option<Answer>,
    /// Whether the manager hears and says nothing.
    pub(crate) is_deaf: bool,
    online: bool,
    last_command: u64,
}

pub(crate) const START: &str = "2026-03-02T08:00:00Z";

pub(crate) fn card(value: &str) -> IdToken {
    IdToken::new(value, TokenKind::ISO14443)
}

/// Everybody is accepted.
pub(crate) fn everybody(_: &IdToken) -> Authorization {
    Authorization::of(AuthorizationStatus::Accepted)
}

/// A moment so many seconds after the start.
pub(crate) fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = START.parse().unwrap_or_default();
    start.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap_or(start)
}

pub(crate) fn config(evses: u32) -> Config {
    Config {
        boot: Boot {
            vendor: "V".into(),
            model: "M".into(),
            serial: None,
            firmware: None,
            iccid: None,
            imsi: None,
            meter_type: None,
            meter_serial: None,
            reason: None,
        },
        evses,
        connector_type: Some("cCCS2".into()),
        connection_timeout: Duration::from_secs(120),
        meter_interval: Duration::from_secs(900),
        voltage: 230,
        phases: 3,
        max_power: ocpp_core::model::Watts(22_000),
        clock: at(0),
        equipment: Equipment {
            battery_slots: 4,
            inverter: Inverter::Dc,
            terminal: Terminal::Installed,
            web_payments: WebPayments::Offered,
        },
    }
}

impl Bench {
    /// A station that has booted and was accepted.
    pub(crate) fn new(evses: u32) -> Bench {
        Bench::with_records(evses, Vec::new())
    }

    /// One that was switched on again with what it had kept.
    pub(crate) fn with_records(evses: u32, records: Vec<Record>) -> Bench {
        let mut number = 0;
        let name = move || {
            number += 1;
            format!("TX{number}")
        };
        let mut engine = Engine::new(config(evses), Box::new(name));
        engine.restore(records);
        let mut bench = Bench {
            engine,
            now: Duration::ZERO,
            heard: Vec::new(),
            kept: Vec::new(),
            actuated: Vec::new(),
            words: everybody,
            says: |_| None,
            is_deaf: false,
            online: false,
            last_command: 0,
        };
        bench.connect();
        bench
    }

    pub(crate) fn connect(&mut self) {
        self.online = true;
        self.engine.handle_connected(self.now);
        self.work();
    }

    pub(crate) fn disconnect(&mut self) {
        self.online = false;
        self.engine.handle_disconnected();
        self.work();
    }

    /// Lets time pass.
    pub(crate) fn pass(&mut self, seconds: u64) {
        let end = self.now + Duration::from_secs(seconds);
        while let Some(next) = self.engine.poll_timeout().filter(|next| *next <= end) {
            self.now = self.now.max(next);
            self.engine.handle_timeout(self.now);
            self.work();
        }
        self.now = end;
        self.engine.handle_timeout(self.now);
        self.work();
    }

    pub(crate) fn plug(&mut self, evse: u32) {
        let measurement = Measurement { register: Wh(1000), power: Watts(0), state_of_charge: None };
        self.hardware(HardwareEvent::Measured(EvseId(evse), measurement));
        self.hardware(HardwareEvent::Plugged(EvseId(evse)));
    }

    pub(crate) fn present(&mut self, evse: u32, token: &str) {
        self.hardware(HardwareEvent::TokenPresented(EvseId(evse), card(token)));
    }

    pub(crate) fn hardware(&mut self, event: HardwareEvent) {
        self.engine.handle_hardware(self.now, event);
        self.work();
    }

    /// Orders something; the reply comes before whatever follows it.
    pub(crate) fn order(&mut self, command: &Command) -> Outcome {
        self.last_command += 1;
        let token = CommandToken(self.last_command);
        self.engine.handle_command(self.now, token, command);
        let mut reply = None;
        let mut outputs = Vec::new();
        while let Some(output) = self.engine.poll_output() {
            match output {
                Output::Reply(replied, outcome) if replied == token => reply = Some(outcome),
                Output::Say(..) => {
                    assert!(reply.is_some(), "something is said before the reply");
                    outputs.push(output);
                }
                other => outputs.push(other),
            }
        }
        outputs.into_iter().for_each(|output| self.take(output));
        self.work();
        reply.unwrap_or_else(|| panic!("no reply to {command:?}"))
    }

    pub(crate) fn verdict(&mut self, command: &Command) -> Verdict {
        match self.order(command) {
            Outcome::Verdict(verdict) | Outcome::RemoteStart { verdict, .. } => verdict,
            other => panic!("{other:?} is no verdict"),
        }
    }

    fn work(&mut self) {
        while let Some(output) = self.engine.poll_output() {
            self.take(output);
        }
    }

    fn take(&mut self, output: Output) {
        match output {
            Output::Persist(record, token) => {
                self.kept.push(record);
                self.engine.handle_persisted(self.now, token);
            }
            Output::Actuate(actuation) => self.actuated.push(actuation),
            Output::Say(token, fact) => self.hear(token, *fact),
            Output::Reply(..) | Output::Carry(_) => {}
        }
    }

    fn hear(&mut self, token: FactToken, fact: Fact) {
        assert!(self.online, "{fact:?} is said without a connection");
        if self.is_deaf {
            return;
        }
        let now = at(i64::try_from(self.now.as_secs()).unwrap_or_default());
        let own = (self.says)(&fact);
        let answer = match &fact {
            Fact::Boot(_) => Answer::Boot { registration: Registration::Accepted, now, interval_s: 86_400 },
            Fact::Heartbeat => Answer::Heartbeat { now },
            Fact::Authorize(token) => Answer::Authorize((self.words)(token)),
            Fact::Transaction(fact) => Answer::Transaction {
                number: None,
                authorization: fact.id_token.as_ref().map(self.words),
                total_cost: None,
            },
            _ => Answer::Noted,
        };
        self.heard.push(fact);
        self.engine.handle_answer(self.now, token, own.unwrap_or(answer));
    }

    /// What the manager has heard since this was last asked.
    pub(crate) fn heard(&mut self) -> Vec<Fact> {
        std::mem::take(&mut self.heard)
    }

    /// The statuses that the manager has heard since it was last asked, as EVSE and status; the rest is forgotten.
    pub(crate) fn statuses(&mut self) -> Vec<(u32, PortStatus)> {
        let status = |fact: Fact| match fact {
            Fact::Status(report) => Some((report.place.evse().map_or(0, |evse| evse.0), report.status)),
            _ => None,
        };
        self.heard().into_iter().filter_map(status).collect()
    }

    /// The transactions that have started since it was last asked.
    pub(crate) fn starts(&mut self) -> Vec<TransactionFact> {
        let start = |fact: Fact| match fact {
            Fact::Transaction(fact) if fact.step == Step::Started => Some(*fact),
            _ => None,
        };
        self.heard().into_iter().filter_map(start).collect()
    }

    pub(crate) fn is_charging(&self, evse: u32) -> bool {
        self.engine.is_charging(EvseId(evse))
    }
}

/// A connector's place.
pub(crate) fn connector(evse: u32) -> Place {
    Place::of(evse, Some(1))
}

/// How many questions for authorization are among facts.
pub(crate) fn questions(facts: &[Fact]) -> usize {
    facts.iter().filter(|fact| matches!(fact, Fact::Authorize(_))).count()
}
