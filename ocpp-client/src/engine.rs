//! What a charging station does, without sockets, clock or hardware: an [`Engine`] takes what happens and
//! gives what is to be done, in words that belong to no version of OCPP.
//!
//! Time is a [`Duration`] since the start of the station, given by the caller, which never goes back. The
//! engine has four kinds of method:
//!
//! 1. **Getters** look and change nothing: [`registration`](Engine::registration),
//!    [`finished_sessions`](Engine::finished_sessions), [`is_charging`](Engine::is_charging),
//!    [`waiting_facts`](Engine::waiting_facts).
//! 2. **`handle_*`** tell it what happened: connection, answers, commands, hardware, persistence, time.
//! 3. **Commands** tell it what its owner wants: [`stop`](Engine::stop).
//! 4. **`poll_*`** ask what to do: [`poll_output`](Engine::poll_output) and
//!    [`poll_timeout`](Engine::poll_timeout). After every other method, poll outputs until `None`.
//!
//! # Promises
//!
//! - A report on a transaction is said only after it was persisted ([`Output::Persist`] before
//!   [`Output::Say`]), and again after every interruption, until it was answered (E04, E13).
//! - Nothing but a boot notification is said before the manager has accepted the station (B02, B03).
//! - Facts are said one at a time and in order.
//! - Security events, and how far firmware and logs are, are kept like transactions until they were answered (A04).

mod authorization;
mod availability;
mod battery;
mod charging_profile;
mod command;
mod contract;
mod customer;
mod device;
mod display;
mod dynamic;
mod evse;
mod grid;
mod local_limit;
mod local_list;
mod monitoring;
mod output;
mod payment;
mod queue;
mod remote;
mod reservation;
mod reset;
mod running;
mod settings;
mod tariff;
mod upkeep;
mod vehicle;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use jiff::Timestamp;
use ocpp_core::model::{
    Answer, Boot, Command, EvseId, Fact, IdToken, Place, Registration, StopReason, Trigger, Verdict, Watts,
};

use crate::hardware::{HardwareEvent, Priority};
pub use authorization::Cache;
use battery::Swap;
pub use charging_profile::InstalledProfile;
use charging_profile::Profiles;
use contract::Contracts;
pub use device::{ChangedSettings, Networks};
use display::Messages;
use evse::Evse;
pub use grid::KeptControl;
pub use local_list::LocalList;
use monitoring::Monitoring;
pub use monitoring::{KeptMonitor, Monitors};
pub use output::{CommandToken, Failure, Output, PersistToken, Record};
use payment::Payments;
pub use queue::FactToken;
use queue::{Patience, Queue};
use reservation::Reservations;
use reset::Resets;
pub use running::RunningTransaction;
use settings::Settings;
pub use tariff::DefaultTariff;
pub use upkeep::PendingFirmware;
use upkeep::Upkeep;

/// How a station is built.
#[derive(Debug, Clone)]
pub struct Config {
    /// What it says of itself when it starts.
    pub boot: Boot,
    /// How many EVSEs it has, each with one connector.
    pub evses: u32,
    /// What kind of connector each EVSE has, by the name of OCPP, such as `cCCS2`.
    pub connector_type: Option<Box<str>>,
    /// How long a driver who may charge has to plug in (ConnectionTimeOut, EVConnectionTimeOut).
    pub connection_timeout: Duration,
    /// How often a running transaction is metered.
    pub meter_interval: Duration,
    /// The nominal voltage between phase and neutral in V, from which currents are derived.
    pub voltage: u32,
    /// The phases that energy flows over.
    pub phases: u32,
    /// The most power that an EVSE gives.
    pub max_power: Watts,
    /// What its clock shows at the start, until the manager tells the time.
    pub clock: Timestamp,
    /// What else it has.
    pub equipment: Equipment,
}

/// What a station has beside its EVSEs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Equipment {
    /// The slots of its rack for batteries; none where it swaps none.
    pub battery_slots: u32,
    /// Whether its EVSEs can support the grid (2.1).
    pub inverter: Inverter,
    /// Whether drivers can pay by card at it (2.1).
    pub terminal: Terminal,
    /// Whether it shows codes that change with the time, by which drivers pay on the web (2.1).
    pub web_payments: WebPayments,
}

/// What turns the energy of vehicles into that of the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Inverter {
    /// Nothing does: the station only charges.
    #[default]
    None,
    /// An inverter in each EVSE (`DCDERCtrlr`).
    Dc,
    /// The vehicles' own, which the station rules over ISO 15118-20 (`ACDERCtrlr`).
    Ac,
}

/// Whether a station has a terminal for cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub enum Terminal {
    #[default]
    None,
    Installed,
}

/// Whether a station offers to pay on the web.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub enum WebPayments {
    #[default]
    NotOffered,
    Offered,
}

/// How long to wait before a refused or unanswered boot notification is said again.
const RETRY_AFTER: Duration = Duration::from_secs(10);

/// A charging station.
pub struct Engine {
    config: Config,
    settings: Settings,
    clock: Clock,
    online: bool,
    registration: Option<Registration>,
    /// When to boot again, after a boot was not accepted.
    boot_at: Option<Duration>,
    heartbeat_at: Option<Duration>,
    evses: BTreeMap<EvseId, Evse>,
    inoperative: BTreeSet<Place>,
    reservations: Reservations,
    local_list: LocalList,
    cache: Cache,
    profiles: Profiles,
    changed: ChangedSettings,
    /// A password was set and is to be used.
    new_password: bool,
    network: Networks,
    /// When every EVSE is metered by the clock.
    aligned_at: Option<Duration>,
    resets: Resets,
    monitoring: Monitoring,
    display: Messages,
    tariffs: Vec<DefaultTariff>,
    controls: Vec<KeptControl>,
    payments: Payments,
    contracts: Contracts,
    swap: Option<Swap>,
    queue: Queue,
    upkeep: Upkeep,
    outputs: VecDeque<Output>,
    finished: Vec<Finished>,
    make_name: Box<dyn FnMut() -> String + Send>,
}

/// A session that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// Where it took place.
    pub evse: EvseId,
    /// The station's name of it.
    pub name: String,
    /// Energy delivered.
    pub energy: ocpp_core::model::Wh,
    /// Why it ended.
    pub reason: StopReason,
}

/// The station's idea of the time of day.
#[derive(Debug, Clone, Copy)]
struct Clock {
    set_at: Duration,
    shown: Timestamp,
}

impl Clock {
    fn at(self, now: Duration) -> Timestamp {
        let since = now.saturating_sub(self.set_at);
        self.shown.checked_add(since).unwrap_or(self.shown)
    }

    /// The station's time at which the clock will show this.
    fn when(self, shown: Timestamp) -> Duration {
        let ahead = Duration::try_from(shown.duration_since(self.shown)).unwrap_or_default();
        self.set_at.saturating_add(ahead)
    }
}

/// Making one, and the getters.
impl Engine {
    /// A station that was just switched on. Transactions are named by `make_name`, at most 36 characters,
    /// never the same twice.
    #[must_use]
    pub fn new(config: Config, make_name: Box<dyn FnMut() -> String + Send>) -> Engine {
        let evses = (1..=config.evses).map(|id| (EvseId(id), Evse::new(EvseId(id)))).collect();
        Engine {
            settings: Settings::new(config.meter_interval, config.connection_timeout),
            clock: Clock { set_at: Duration::ZERO, shown: config.clock },
            online: false,
            registration: None,
            boot_at: None,
            heartbeat_at: None,
            evses,
            inoperative: BTreeSet::new(),
            reservations: Reservations::new(),
            local_list: LocalList::default(),
            cache: Cache::default(),
            profiles: Profiles::default(),
            changed: ChangedSettings::default(),
            new_password: false,
            network: Networks::default(),
            aligned_at: None,
            resets: Resets::default(),
            monitoring: Monitoring::new(config.evses),
            display: Messages::new(),
            tariffs: Vec::new(),
            controls: Vec::new(),
            payments: Payments::default(),
            contracts: Contracts::default(),
            swap: None,
            queue: Queue::default(),
            upkeep: Upkeep::default(),
            outputs: VecDeque::new(),
            finished: Vec::new(),
            make_name,
            config,
        }
    }

    /// Takes over what the station had kept when it was switched off: reports that were never answered, its
    /// local list and cache, its reservations, the places out of use, its settings and whatever else it was given.
    pub fn restore(&mut self, records: impl IntoIterator<Item = Record>) {
        let mut reports = Vec::new();
        let mut firmware = None;
        let mut running = Vec::new();
        for record in records {
            match record {
                Record::Firmware(pending) => firmware = pending.map(|pending| *pending),
                Record::LocalList(list) => self.local_list = list,
                Record::Cache(cache) => self.cache = cache,
                Record::ChargingProfiles(installed) => self.profiles.restore(installed),
                Record::Reservations(held) => {
                    self.reservations = held.into_iter().map(|held| (held.id, held)).collect();
                }
                Record::Inoperative(places) => self.inoperative = places.into_iter().collect(),
                Record::Running(now) => running = now,
                Record::Settings(changed) => self.restore_settings(changed),
                Record::Networks(networks) => self.network = *networks,
                Record::Monitors(monitors) => self.monitoring.restore(*monitors),
                Record::Display(messages) => {
                    self.display = messages.into_iter().map(|message| (message.id, message)).collect();
                }
                Record::Tariffs(tariffs) => self.tariffs = tariffs,
                Record::GridControls(controls) => self.controls = controls,
                report @ (Record::Waiting { .. } | Record::Answered { .. }) => reports.push(report),
            }
        }
        self.queue.restore(reports);
        self.restore_running(running);
        let shown: Vec<_> = self.evses.values().map(|evse| (evse.id, self.idle_status(evse))).collect();
        for (id, status) in shown {
            if let Some(evse) = self.evses.get_mut(&id) {
                evse.status = status;
            }
        }
        self.restore_firmware(firmware);
    }

    /// What the manager last said to the boot notification.
    #[must_use]
    pub const fn registration(&self) -> Option<Registration> {
        self.registration
    }

    /// The sessions that are over, in the order of their ends.
    #[must_use]
    pub fn finished_sessions(&self) -> &[Finished] {
        &self.finished
    }

    /// Whether a transaction runs at an EVSE.
    #[must_use]
    pub fn is_charging(&self, evse: EvseId) -> bool {
        self.evses.get(&evse).is_some_and(|evse| evse.transaction.is_some())
    }

    /// How many facts wait to be said or answered.
    #[must_use]
    pub fn waiting_facts(&self) -> usize {
        self.queue.len()
    }

    /// How long to wait before the next attempt to come back, after so many have failed: by the settings
    /// `RetryBackOff…`, doubling as often as they say. `chance` is from 0 to 1.
    #[must_use]
    pub fn back_off(&self, failed: u32, chance: f64) -> Duration {
        let doublings = failed.min(self.settings.back_off_repeats).min(16);
        let wait = self.settings.back_off_wait.saturating_mul(1 << doublings);
        wait.saturating_add(self.settings.back_off_range.mul_f64(chance.clamp(0.0, 1.0)))
    }

    /// How often the connection is to be tried with a ping; `None` when never (`WebSocketPingInterval`).
    #[must_use]
    pub fn ping_interval(&self) -> Option<Duration> {
        Some(self.settings.ping_interval).filter(|interval| !interval.is_zero())
    }

    /// The station's idea of the time of day.
    #[must_use]
    pub fn time_of_day(&self, now: Duration) -> Timestamp {
        self.clock.at(now)
    }
}

/// What happened.
impl Engine {
    /// The connection to the manager stands.
    pub fn handle_connected(&mut self, now: Duration) {
        self.online = true;
        self.reached();
        match self.registration {
            Some(Registration::Accepted) => {
                self.say_all_statuses(now);
                self.schedule_heartbeat(now);
            }
            _ => self.boot(),
        }
        self.pump(now);
    }

    /// The connection is gone. Reports on transactions stay; everything else is told anew later.
    pub fn handle_disconnected(&mut self) {
        self.online = false;
        self.heartbeat_at = None;
        self.queue.disconnected();
    }

    /// The manager answered a fact.
    pub fn handle_answer(&mut self, now: Duration, token: FactToken, answer: Answer) {
        let Some(fact) = self.queue.answered(token, &mut self.outputs) else { return };
        self.firmware_heard(token);
        match answer {
            Answer::Boot { registration, now: time, interval_s } => {
                self.registered(now, registration, time, interval_s);
            }
            Answer::Heartbeat { now: time } => self.set_clock(now, time),
            Answer::Authorize(word) | Answer::AuthorizeContract { word, .. } => {
                self.authorized(now, token, &word)
            }
            Answer::Transaction { authorization: Some(word), .. } => self.transaction_word(now, &fact, &word),
            Answer::SignCertificate { verdict, .. } => self.signing_word(now, &fact, verdict),
            Answer::EvCertificate(certificate) => self.contract_word(certificate),
            Answer::OcspStatus(answer) => self.responder_word(answer),
            Answer::Revocation(found) => self.revocation_word(found),
            Answer::Transaction { authorization: None, .. } | Answer::Transfer(_) | Answer::Noted => {}
            Answer::Verdict(_)
            | Answer::ChargingNeeds(_)
            | Answer::ScheduleUpdate(_)
            | Answer::Settlement { .. }
            | Answer::VatNumber(_) => self.energy_word(now, &fact, answer),
        }
        self.pump(now);
    }

    /// The manager's word on what only 2.x says.
    fn energy_word(&mut self, now: Duration, fact: &Fact, answer: Answer) {
        match (fact, answer) {
            (Fact::StreamOpened(stream), Answer::Verdict(verdict)) => self.stream_word(stream.id, verdict),
            (Fact::ChargingNeeds(needs), Answer::ChargingNeeds(word)) => self.needs_word(now, needs, word),
            (Fact::PullSchedule { profile }, Answer::ScheduleUpdate(update)) => {
                self.schedule_pulled(now, *profile, update.as_deref());
            }
            (_, Answer::Settlement { receipt_url, .. }) => self.receipt_made(receipt_url),
            (_, Answer::VatNumber(answer)) => self.vat_word(answer),
            _ => {}
        }
    }

    /// A fact got no answer. Reports on transactions are said again a few times; a boot until it is accepted.
    pub fn handle_failure(&mut self, now: Duration, token: FactToken, failure: &Failure) {
        tracing::debug!(%failure, "a message was not answered");
        let Settings { attempts, attempt_interval: interval, .. } = self.settings;
        match self.queue.failed(token, now, Patience { attempts, interval }, &mut self.outputs) {
            Some(Fact::Boot(_)) => self.boot_at = Some(now + RETRY_AFTER),
            // A manager that does not know streams gets events (N11.FR.07).
            Some(Fact::StreamOpened(stream)) => self.stream_word(stream.id, Verdict::Rejected),
            _ => {}
        }
        self.forget_authorization(token);
        self.pump(now);
    }

    /// The manager ordered something; an [`Output::Reply`] follows at once.
    pub fn handle_command(&mut self, now: Duration, token: CommandToken, command: &Command) {
        let outcome = self.obey(now, command);
        self.outputs.push_back(Output::Reply(token, outcome));
        self.after_command(now, command);
        self.pump(now);
    }

    /// The hardware noticed something.
    pub fn handle_hardware(&mut self, now: Duration, event: HardwareEvent) {
        match event {
            HardwareEvent::Plugged(evse) => self.plugged(now, evse),
            HardwareEvent::Unplugged(evse) => self.unplugged(now, evse),
            HardwareEvent::TokenPresented(evse, token) => self.token_presented(now, evse, token),
            HardwareEvent::Fault(evse, fault) => self.faulted(now, evse, fault),
            HardwareEvent::Suspended(evse) => self.suspended(now, evse),
            HardwareEvent::Resumed(evse) => self.resumed(now, evse),
            HardwareEvent::Measured(evse, measurement) => {
                if let Some(evse) = self.evses.get_mut(&evse) {
                    evse.measurement = Some(measurement);
                }
            }
            HardwareEvent::VehicleAsks(needs) => self.vehicle_asks(now, *needs),
            HardwareEvent::ContractWanted(request) => self.contract_wanted(*request),
            HardwareEvent::VehicleCertificates(questions) => self.ask_revocations(questions),
            HardwareEvent::LimitSet(limit) => self.limit_set(now, *limit),
            HardwareEvent::LimitLifted(place, source) => self.limit_lifted(now, place, &source),
            HardwareEvent::PriorityChosen(evse, priority) => {
                self.switch_priority(now, evse, priority == Priority::Wanted);
            }
            HardwareEvent::GridAlarm(alarm) => drop(self.queue.push(Fact::DerAlarm(alarm))),
            HardwareEvent::BatteriesIn(batteries) => self.batteries_in(now, batteries),
            HardwareEvent::BatteriesOffered(batteries) => self.batteries_offered(batteries),
            HardwareEvent::BatteriesOut(batteries) => self.batteries_out(batteries),
            HardwareEvent::Settled(settlement) => self.settled(*settlement),
            HardwareEvent::VatTyped(question) => self.vat_typed(question),
        }
        self.pump(now);
    }

    /// A record is kept.
    pub fn handle_persisted(&mut self, now: Duration, token: PersistToken) {
        self.queue.persisted(token);
        self.pump(now);
    }

    /// The time of [`poll_timeout`](Engine::poll_timeout) has come; calling it early does no harm.
    pub fn handle_timeout(&mut self, now: Duration) {
        if self.boot_at.is_some_and(|at| at <= now) && self.online {
            self.boot_at = None;
            self.boot();
        }
        if self.heartbeat_at.is_some_and(|at| at <= now) {
            self.queue.push(Fact::Heartbeat);
            self.schedule_heartbeat(now);
        }
        self.meter_what_is_due(now);
        self.expire_reservations(now);
        if self.profiles.changes_at().is_some_and(|at| at <= now) {
            self.obey_profiles(now);
            self.pull_what_is_due(now);
        }
        if self.aligned_at.is_some_and(|at| at <= now) {
            self.meter_by_the_clock(now);
            self.plan_aligned(now);
        }
        self.expire_messages(now);
        self.lapse_web_payments(now);
        self.lapse_swap(now);
        self.run_controls(now);
        if self.permit_lapses_at().is_some_and(|at| at <= now) {
            self.lapse_permits(now);
        }
        self.upkeep_timeout(now);
        self.pump(now);
    }
}

/// What the owner wants.
impl Engine {
    /// Ends the transaction of an EVSE, as if its driver had presented the token again. Nothing happens where
    /// none runs.
    pub fn stop(&mut self, now: Duration, evse: EvseId) {
        let token =
            self.evses.get(&evse).and_then(|evse| evse.transaction.as_ref()).map(|tx| tx.token.clone());
        self.end_transaction(now, evse, StopReason::LOCAL, Trigger::STOP_AUTHORIZED, token);
        self.pump(now);
    }
}

/// What to do.
impl Engine {
    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call [`handle_timeout`](Engine::handle_timeout), if nothing happens before.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Duration> {
        let meters = self.evses.values().filter_map(|evse| evse.transaction.as_ref()).map(|tx| tx.meter_at);
        let retry = self.queue.retry_at();
        let reservation = self.reservation_ends_at();
        let upkeep = self.upkeep.timeout();
        [
            self.boot_at.filter(|_| self.online),
            self.heartbeat_at,
            retry,
            reservation,
            self.permit_lapses_at(),
            self.profiles.changes_at(),
            self.aligned_at,
            self.resets.timeout(),
            self.monitoring.timeout(),
            self.message_ends_at(),
            self.controls_change_at(),
            self.web_payment_lapses_at(),
            self.swap.as_ref().map(Swap::timeout),
            upkeep,
        ]
        .into_iter()
        .flatten()
        .chain(meters)
        .min()
    }
}

/// Registration and time.
impl Engine {
    fn boot(&mut self) {
        self.queue.push_first(Fact::Boot(self.config.boot.clone()));
    }

    fn registered(&mut self, now: Duration, registration: Registration, time: Timestamp, interval_s: u32) {
        let first = self.registration != Some(Registration::Accepted);
        self.registration = Some(registration);
        self.set_clock(now, time);
        let interval = Duration::from_secs(u64::from(interval_s.max(1)));
        if registration == Registration::Accepted {
            if interval_s > 0 {
                self.settings.heartbeat_interval = interval;
            }
            self.schedule_heartbeat(now);
            if first {
                self.say_all_statuses(now);
                self.firmware_accepted(now);
                self.resume_after_restart(now);
                self.open_streams_again(now);
            }
        } else {
            self.boot_at = Some(now + interval);
        }
    }

    /// What is done by time keeps to new settings from now on.
    fn schedule_by_settings(&mut self, now: Duration) {
        if self.heartbeat_at.is_some() {
            self.schedule_heartbeat(now);
        }
        self.plan_aligned(now);
    }

    fn schedule_heartbeat(&mut self, now: Duration) {
        self.heartbeat_at = Some(now + self.settings.heartbeat_interval);
    }

    /// The manager's clock holds, but never within a transaction, whose times must not jump.
    fn set_clock(&mut self, now: Duration, time: Timestamp) {
        if self.evses.values().all(|evse| evse.transaction.is_none()) {
            self.clock = Clock { set_at: now, shown: time };
        }
        self.plan_aligned(now);
    }

    /// When every EVSE is metered next.
    fn plan_aligned(&mut self, now: Duration) {
        let seconds = u64::from(self.settings.aligned_interval_s);
        self.aligned_at = (seconds > 0).then(|| now + self.until_aligned(now, seconds));
    }

    /// When the next driver who may charge loses the right to it without having plugged in.
    fn permit_lapses_at(&self) -> Option<Duration> {
        self.evses.values().filter_map(|evse| evse.permit.as_ref()).map(|permit| permit.until).min()
    }

    /// Keeps a part of the station's state; nothing waits for it.
    fn keep(&mut self, record: Record) {
        self.outputs.push_back(Output::Persist(record, PersistToken(0)));
    }

    /// Says what may be said now.
    fn pump(&mut self, now: Duration) {
        self.firmware_may_begin(now);
        self.reset_what_is_due(now);
        self.watch(now);
        if self.online {
            let may_say_all = self.registration == Some(Registration::Accepted);
            self.queue.pump(now, may_say_all, &mut self.outputs);
        }
        self.queue.persist_new(&mut self.outputs);
    }
}

/// Whether two tokens are the same, or of one group.
fn may_stop(running: &IdToken, group: Option<&IdToken>, presented: &IdToken) -> bool {
    running == presented || group == Some(presented)
}
