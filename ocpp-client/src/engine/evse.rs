//! What happens at an EVSE: plugging, authorization, transactions, status.

use std::time::Duration;

use ocpp_core::model::{
    ChargingNeeds, ChargingState, ClockOf, Connectivity, ConnectorId, EvseId, Fact, IdToken, Measurand,
    MeterReport, Order, Place, PortStatus, Reading, ReadingContext, Sample, StationTxRef, StatusReport, Step,
    StopReason, TransactionFact, Trigger, Wh,
};
use rust_decimal::Decimal;

use super::queue::FactToken;
use super::running::RunningTransaction;
use super::settings::Measured;
use super::tariff::Priced;
use super::{Engine, Finished, Output};
use crate::hardware::{Actuation, FaultState, Measurement};

/// One EVSE with one connector.
#[derive(Debug)]
pub(super) struct Evse {
    pub(super) id: EvseId,
    pub(super) is_plugged: bool,
    pub(super) is_faulted: bool,
    /// The transaction is over, and its vehicle still there.
    pub(super) is_finishing: bool,
    pub(super) status: PortStatus,
    pub(super) measurement: Option<Measurement>,
    /// A driver who may charge as soon as a vehicle is plugged in.
    pub(super) permit: Option<Permit>,
    pub(super) asked: Option<(FactToken, Asked)>,
    pub(super) transaction: Option<Transaction>,
    /// What the vehicle has asked for.
    pub(super) needs: Option<ChargingNeeds>,
}

/// The right to charge.
#[derive(Debug, Clone)]
pub(super) struct Permit {
    pub(super) token: IdToken,
    pub(super) group: Option<IdToken>,
    pub(super) remote_start: Option<i64>,
    pub(super) trigger: Trigger,
    /// The reservation that it uses up.
    pub(super) reservation: Option<i64>,
    /// When it lapses, unless a vehicle is plugged in.
    pub(super) until: Duration,
}

/// What a driver asks for.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) token: IdToken,
    pub(super) remote_start: Option<i64>,
    pub(super) trigger: Trigger,
}

#[derive(Debug)]
pub(super) struct Transaction {
    pub(super) name: String,
    pub(super) token: IdToken,
    pub(super) group: Option<IdToken>,
    seq: u32,
    charging: ChargingState,
    register_at_start: Wh,
    pub(super) meter_at: Duration,
    /// From when energy could flow: relative profiles count from here.
    pub(super) began: jiff::Timestamp,
    remote_start: Option<i64>,
    reservation: Option<i64>,
    /// Whether priority charging is on.
    pub(super) has_priority: bool,
    /// What it costs, where a tariff holds.
    pub(super) priced: Option<Priced>,
}

impl Transaction {
    pub(super) const fn charging(&self) -> ChargingState {
        self.charging
    }

    pub(super) const fn seq(&self) -> u32 {
        self.seq
    }

    pub(super) const fn register_at_start(&self) -> Wh {
        self.register_at_start
    }

    /// One that goes on after a restart; it is metered again when energy flows.
    pub(super) fn resumed(kept: &RunningTransaction) -> Transaction {
        Transaction {
            name: kept.name.to_string(),
            token: kept.token.clone(),
            group: kept.group.clone(),
            seq: kept.seq,
            charging: ChargingState::SuspendedEvse,
            register_at_start: kept.register_at_start,
            meter_at: Duration::ZERO,
            began: kept.began,
            remote_start: None,
            reservation: None,
            has_priority: false,
            priced: None,
        }
    }
}

impl Evse {
    pub(super) fn new(id: EvseId) -> Evse {
        Evse {
            id,
            is_plugged: false,
            is_faulted: false,
            is_finishing: false,
            status: PortStatus::Available,
            measurement: None,
            permit: None,
            asked: None,
            transaction: None,
            needs: None,
        }
    }

    pub(super) fn place(&self) -> Place {
        Place::Connector(self.id, ConnectorId(1))
    }

    pub(super) fn register(&self) -> Wh {
        self.measurement.map_or(Wh(0), |measurement| measurement.register)
    }
}

/// What the driver does.
impl Engine {
    pub(super) fn plugged(&mut self, now: Duration, id: EvseId) {
        let Some(evse) = self.evses.get_mut(&id) else { return };
        evse.is_plugged = true;
        self.show_idle(now);
        self.start_if_ready(now, id);
    }

    pub(super) fn unplugged(&mut self, now: Duration, id: EvseId) {
        self.end_transaction(now, id, StopReason::EV_DISCONNECTED, Trigger::EV_DEPARTED, None);
        let Some(evse) = self.evses.get_mut(&id) else { return };
        evse.is_plugged = false;
        evse.is_finishing = false;
        evse.permit = None;
        evse.needs = None;
        self.show_idle(now);
    }

    /// Something broke at an EVSE, or was mended. A running transaction ends (H01.FR.16 for reservations).
    pub(super) fn faulted(&mut self, now: Duration, id: EvseId, fault: FaultState) {
        let Some(evse) = self.evses.get_mut(&id) else { return };
        evse.is_faulted = fault == FaultState::Faulted;
        if evse.is_faulted {
            evse.permit = None;
            self.end_transaction(
                now,
                id,
                StopReason::new("GroundFault"),
                Trigger::new("AbnormalCondition"),
                None,
            );
            if let Some(evse) = self.evses.get_mut(&id) {
                evse.is_finishing = false;
            }
            self.drop_reservations_of(|_, evse| evse == id);
        }
        self.show_idle(now);
    }

    pub(super) fn evse_of_transaction(&self, name: &str) -> Option<EvseId> {
        let running = |evse: &&Evse| evse.transaction.as_ref().is_some_and(|tx| tx.name == name);
        self.evses.values().find(running).map(|evse| evse.id)
    }
}

impl Evse {
    pub(super) fn asked_by(&self, token: FactToken) -> bool {
        self.asked.as_ref().is_some_and(|(asked, _)| *asked == token)
    }
}

/// Transactions.
impl Engine {
    pub(super) fn start_if_ready(&mut self, now: Duration, id: EvseId) {
        let ready = |evse: &Evse| evse.is_plugged && evse.transaction.is_none() && evse.permit.is_some();
        if !self.evses.get(&id).is_some_and(ready) {
            return;
        }
        let priced = self.price(now, id);
        self.web_payment_ended(id);
        let Some(evse) = self.evses.get_mut(&id) else { return };
        let Some(permit) = evse.permit.take() else { return };
        evse.transaction = Some(Transaction {
            name: (self.make_name)(),
            token: permit.token,
            group: permit.group,
            seq: 0,
            charging: ChargingState::EvConnected,
            register_at_start: evse.register(),
            began: self.clock.at(now),
            meter_at: now + self.settings.meter_interval,
            remote_start: permit.remote_start,
            reservation: permit.reservation,
            has_priority: false,
            priced,
        });
        self.report_step(now, id, Step::Started, permit.trigger, Some(ReadingContext::BEGIN));
        self.outputs.push_back(Output::Actuate(Actuation::AllowCharging(id)));
        self.obey_profiles(now);
        self.change_charging(now, id, ChargingState::Charging);
    }

    pub(super) fn suspended(&mut self, now: Duration, id: EvseId) {
        self.change_charging(now, id, ChargingState::SuspendedEv);
    }

    pub(super) fn resumed(&mut self, now: Duration, id: EvseId) {
        self.change_charging(now, id, ChargingState::Charging);
    }

    fn change_charging(&mut self, now: Duration, id: EvseId, state: ChargingState) {
        self.change_charging_by(now, id, state, Trigger::CHARGING_STATE_CHANGED);
    }

    pub(super) fn change_charging_by(
        &mut self,
        now: Duration,
        id: EvseId,
        state: ChargingState,
        trigger: Trigger,
    ) {
        let Some(running) = self.evses.get_mut(&id).and_then(|evse| evse.transaction.as_mut()) else {
            return;
        };
        if running.charging == state {
            return;
        }
        running.charging = state;
        self.report_step(now, id, Step::Updated, trigger, None);
        let status = match state {
            ChargingState::Charging => PortStatus::Charging,
            ChargingState::SuspendedEvse => PortStatus::SuspendedEvse,
            _ => PortStatus::SuspendedEv,
        };
        self.set_status(now, id, status);
    }

    pub(super) fn end_transaction(
        &mut self,
        now: Duration,
        id: EvseId,
        reason: StopReason,
        trigger: Trigger,
        token: Option<IdToken>,
    ) {
        let Some(evse) = self.evses.get_mut(&id) else { return };
        if evse.transaction.is_none() {
            return;
        }
        let mut fact = self.fact(now, id, Step::Ended, trigger, Some(ReadingContext::END));
        if let Some(fact) = &mut fact {
            fact.stop_reason = Some(reason.clone());
            fact.id_token = token;
            fact.charging = Some(ChargingState::EvConnected);
        }
        self.queue.push_transaction(fact);
        self.outputs.push_back(Output::Actuate(Actuation::StopCharging(id)));
        let Some(evse) = self.evses.get_mut(&id) else { return };
        let Some(ended) = evse.transaction.take() else { return };
        let energy = evse.register().since(ended.register_at_start).unwrap_or_default();
        let name = ended.name.clone();
        self.finished.push(Finished { evse: id, name: ended.name, energy, reason });
        let is_plugged = evse.is_plugged;
        self.forget_profiles_of(id, &name);
        self.forget_messages_of(&name);
        self.keep_running(now);
        let stays = is_plugged && self.is_operative(id);
        if let Some(evse) = self.evses.get_mut(&id) {
            evse.is_finishing = stays;
        }
        if stays {
            self.set_status(now, id, PortStatus::Finishing);
        }
        self.show_idle(now);
    }

    pub(super) fn meter_what_is_due(&mut self, now: Duration) {
        let due: Vec<_> = self.evses.values().filter(|evse| evse.is_due(now)).map(|evse| evse.id).collect();
        for id in due {
            self.report_step(
                now,
                id,
                Step::Updated,
                Trigger::METER_VALUE_PERIODIC,
                Some(ReadingContext::PERIODIC),
            );
            let next = now + self.settings.meter_interval;
            if let Some(running) = self.evses.get_mut(&id).and_then(|evse| evse.transaction.as_mut()) {
                running.meter_at = next;
            }
        }
    }

    /// Meters every EVSE by the clock (J01.FR.14, J02.FR.11).
    pub(super) fn meter_by_the_clock(&mut self, now: Duration) {
        let context = || ReadingContext::CLOCK;
        let ids: Vec<_> = self.evses.keys().copied().collect();
        for id in ids {
            if self.is_charging(id) {
                let trigger = Trigger::new("MeterValueClock");
                self.report_step(now, id, Step::Updated, trigger, Some(context()));
            } else if let Some(reading) = self.reading(now, id, context()) {
                let transaction = StationTxRef::Unknown;
                let place = Place::Evse(id);
                self.queue.push(Fact::Meter(MeterReport { place, transaction, readings: vec![reading] }));
            }
        }
    }

    pub(super) fn report_step(
        &mut self,
        now: Duration,
        id: EvseId,
        step: Step,
        trigger: Trigger,
        context: Option<ReadingContext>,
    ) {
        let fact = self.fact(now, id, step, trigger, context);
        self.queue.push_transaction(fact);
        self.keep_running(now);
    }

    /// The next report on the transaction of an EVSE, with a reading where a context is given.
    fn fact(
        &mut self,
        now: Duration,
        id: EvseId,
        step: Step,
        trigger: Trigger,
        context: Option<ReadingContext>,
    ) -> Option<TransactionFact> {
        let at = self.clock.at(now);
        let readings: Vec<_> =
            context.and_then(|context| self.reading(now, id, context)).into_iter().collect();
        let charging = self.evses.get(&id)?.transaction.as_ref()?.charging;
        self.count_for_price(id, at, charging, readings.first());
        let pricing = self.pricing(now, id, step);
        let connectivity = if self.online { Connectivity::Online } else { Connectivity::Offline };
        let evse = self.evses.get_mut(&id)?;
        let place = evse.place();
        let running = evse.transaction.as_mut()?;
        let seq = running.seq;
        running.seq += 1;
        Some(TransactionFact {
            transaction: StationTxRef::Named(running.name.as_str().into()),
            step,
            order: Order::Seq(seq),
            at,
            clock: ClockOf::Station,
            trigger,
            connectivity,
            place: Some(place),
            id_token: (step == Step::Started).then(|| running.token.clone()),
            charging: Some(running.charging),
            readings,
            stop_reason: None,
            reservation: running.reservation.filter(|_| step == Step::Started),
            remote_start: running.remote_start.filter(|_| step == Step::Started),
            pricing: pricing.map(Box::new),
        })
    }

    /// What the meter of an EVSE shows.
    pub(super) fn reading(&self, now: Duration, id: EvseId, context: ReadingContext) -> Option<Reading> {
        let measurement = self.evses.get(&id)?.measurement?;
        let power = Decimal::from(measurement.power.0);
        let lines = Decimal::from(self.config.voltage.max(1)) * Decimal::from(self.config.phases.max(1));
        let current = power.checked_div(lines).unwrap_or_default().round_dp(2);
        let mut samples = vec![
            Sample::total(Measurand::ENERGY_IMPORT_REGISTER, Decimal::from(measurement.register.0), "Wh"),
            Sample::total(Measurand::POWER_IMPORT, power, "W"),
            Sample::total(Measurand::CURRENT_IMPORT, current, "A"),
            Sample::total(Measurand::VOLTAGE, Decimal::from(self.config.voltage), "V"),
        ];
        if let Some(percent) = measurement.state_of_charge {
            let mut charge = Sample::total(Measurand::SOC, Decimal::from(percent.get()), "Percent");
            charge.location = ocpp_core::model::Location::EV;
            samples.push(charge);
        }
        let which = match &context {
            context if *context == ReadingContext::BEGIN => Measured::Started,
            context if *context == ReadingContext::END => Measured::Ended,
            context if *context == ReadingContext::CLOCK => Measured::Aligned,
            _ => Measured::Updated,
        };
        samples.retain(|sample| self.settings.measures(which, &sample.measurand));
        for sample in &mut samples {
            sample.context = context.clone();
        }
        if samples.is_empty() {
            return None;
        }
        Some(Reading { at: self.clock.at(now), samples })
    }
}

impl Evse {
    fn is_due(&self, now: Duration) -> bool {
        self.transaction.as_ref().is_some_and(|running| running.meter_at <= now)
    }
}

/// Status.
impl Engine {
    pub(super) fn set_status(&mut self, now: Duration, id: EvseId, status: PortStatus) {
        let Some(evse) = self.evses.get_mut(&id) else { return };
        if evse.status != status {
            evse.status = status;
            self.say_status(now, id);
        }
    }

    pub(super) fn say_status(&mut self, now: Duration, id: EvseId) {
        let at = Some(self.clock.at(now));
        let Some(evse) = self.evses.get(&id) else { return };
        let report = StatusReport { place: evse.place(), status: evse.status, at, fault: None };
        self.queue.push(Fact::Status(report));
    }

    pub(super) fn say_all_statuses(&mut self, now: Duration) {
        let ids: Vec<_> = self.evses.keys().copied().collect();
        for id in ids {
            self.say_status(now, id);
        }
    }
}
