//! Restarting the station and its EVSEs (B11 to B13; 5.14 of 1.6).

use ocpp_client::hardware::Actuation;
use ocpp_core::model::{
    Boot, BootReason, ChargingState, Command, EvseId, Fact, Order, PortStatus, ResetKind, StationTxRef, Step,
    TransactionFact, Verdict,
};

use crate::bench::Bench;

fn reset(kind: ResetKind, evse: Option<u32>) -> Command {
    Command::Reset { kind, evse: evse.map(EvseId) }
}

fn charging(evses: u32) -> Bench {
    let mut bench = Bench::new(evses);
    bench.plug(1);
    bench.present(1, "A");
    assert!(bench.is_charging(1));
    bench.heard();
    bench
}

fn transactions(bench: &mut Bench) -> Vec<TransactionFact> {
    let is_one = |fact: Fact| match fact {
        Fact::Transaction(fact) => Some(*fact),
        _ => None,
    };
    bench.heard().into_iter().filter_map(is_one).collect()
}

fn restarts(bench: &Bench) -> usize {
    bench.actuated.iter().filter(|actuation| **actuation == Actuation::Restart).count()
}

/// How each transaction ended.
fn ends(bench: &mut Bench) -> Vec<String> {
    let facts = transactions(bench);
    facts.iter().filter_map(|fact| Some(fact.stop_reason.as_ref()?.as_str().to_owned())).collect()
}

#[test]
fn at_once_ends_what_runs_and_says_why() {
    for (kind, reason) in [(ResetKind::Immediate, "ImmediateReset"), (ResetKind::Graceful, "SoftReset")] {
        let mut bench = charging(1);
        assert_eq!(bench.verdict(&reset(kind, None)), Verdict::Accepted);
        assert_eq!(ends(&mut bench), [reason]);
        assert_eq!(restarts(&bench), 1);
        assert_eq!(bench.engine.registration(), None);
    }
}

#[test]
fn a_soft_one_waits_until_the_end_was_heard_but_not_for_ever() {
    let mut bench = charging(1);
    bench.is_deaf = true;
    assert_eq!(bench.verdict(&reset(ResetKind::Graceful, None)), Verdict::Accepted);
    assert_eq!(restarts(&bench), 0);
    bench.pass(29);
    assert_eq!(restarts(&bench), 0);
    bench.pass(1);
    assert_eq!(restarts(&bench), 1);
    assert!(bench.engine.waiting_facts() > 0, "the end is not lost");
}

#[test]
fn on_idle_waits_for_the_transaction_and_takes_nobody_in_between() {
    let mut bench = charging(2);
    assert_eq!(bench.verdict(&reset(ResetKind::OnIdle, None)), Verdict::Scheduled);
    assert_eq!(bench.statuses(), [(2, PortStatus::Unavailable)]);
    bench.plug(2);
    bench.present(2, "B");
    assert!(!bench.is_charging(2) && restarts(&bench) == 0);
    bench.present(1, "A");
    assert_eq!(ends(&mut bench), ["Local"], "it ended as transactions do");
    assert_eq!(restarts(&bench), 1);
    bench.disconnect();
    bench.connect();
    let boots: Vec<Option<BootReason>> = bench.heard().into_iter().filter_map(boot).collect();
    assert_eq!(boots, [Some(BootReason::new("ScheduledReset"))]);
}

fn boot(fact: Fact) -> Option<Option<BootReason>> {
    match fact {
        Fact::Boot(Boot { reason, .. }) => Some(reason),
        _ => None,
    }
}

#[test]
fn an_idle_station_restarts_at_once() {
    let mut bench = Bench::new(1);
    assert_eq!(bench.verdict(&reset(ResetKind::OnIdle, None)), Verdict::Accepted);
    assert_eq!(restarts(&bench), 1);
}

#[test]
fn one_evse_restarts_alone() {
    let mut bench = charging(2);
    assert_eq!(bench.verdict(&reset(ResetKind::Immediate, Some(9))), Verdict::Rejected);
    assert_eq!(bench.verdict(&reset(ResetKind::Immediate, Some(1))), Verdict::Accepted);
    assert!(bench.actuated.contains(&Actuation::RestartEvse(EvseId(1))));
    assert_eq!(restarts(&bench), 0);
    let heard = bench.heard();
    let reasons = heard.iter().filter_map(|fact| match fact {
        Fact::Transaction(fact) if fact.step == Step::Ended => fact.stop_reason.clone(),
        _ => None,
    });
    assert_eq!(reasons.map(|reason| reason.as_str().to_owned()).collect::<Vec<_>>(), ["ImmediateReset"]);
    bench.present(1, "A");
    assert!(!bench.is_charging(1), "it is restarting");
    bench.pass(10);
    assert_eq!(bench.statuses(), [(1, PortStatus::Preparing)], "a vehicle is still there");
    bench.present(1, "A");
    assert!(bench.is_charging(1));
}

#[test]
fn one_evse_waits_for_its_own_transaction_only() {
    let mut bench = charging(2);
    assert_eq!(bench.verdict(&reset(ResetKind::OnIdle, Some(2))), Verdict::Accepted);
    assert_eq!(bench.verdict(&reset(ResetKind::OnIdle, Some(1))), Verdict::Scheduled);
    assert!(!bench.actuated.contains(&Actuation::RestartEvse(EvseId(1))));
    bench.present(1, "A");
    assert!(bench.actuated.contains(&Actuation::RestartEvse(EvseId(1))));
}

#[test]
fn a_transaction_that_is_to_resume_is_paused_and_goes_on() {
    let mut bench = charging(1);
    assert_eq!(bench.verdict(&reset(ResetKind::ImmediateAndResume, None)), Verdict::Accepted);
    let paused = transactions(&mut bench);
    assert_eq!(paused.len(), 1);
    assert_eq!(
        (paused[0].trigger.as_str(), paused[0].charging),
        ("ResetCommand", Some(ChargingState::SuspendedEvse))
    );
    assert_eq!(restarts(&bench), 1);
    bench.disconnect();
    bench.connect();
    let resumed = transactions(&mut bench);
    assert_eq!(resumed.len(), 1);
    assert_eq!(
        (resumed[0].trigger.as_str(), resumed[0].charging),
        ("TxResumed", Some(ChargingState::Charging))
    );
    assert!(bench.is_charging(1));
}

#[test]
fn a_transaction_that_the_power_fails_in_is_ended_when_it_is_back() {
    let bench = charging(1);
    let mut again = Bench::with_records(1, bench.kept.clone());
    let ended = transactions(&mut again);
    assert_eq!(ended.len(), 1);
    assert_eq!(ended[0].step, Step::Ended);
    assert_eq!(ended[0].stop_reason.as_ref().map(|reason| reason.as_str()), Some("PowerLoss"));
    assert_ne!(ended[0].order, Order::Seq(0), "it was reported before");
    assert_eq!(transactions(&mut Bench::with_records(1, [bench.kept, again.kept].concat())).len(), 0, "once");
}

#[test]
fn one_that_is_to_resume_outlives_the_restart() {
    let mut bench = charging(1);
    bench.verdict(&reset(ResetKind::ImmediateAndResume, None));
    let mut again = Bench::with_records(1, bench.kept.clone());
    assert!(again.is_charging(1));
    let resumed = transactions(&mut again);
    assert_eq!(
        (resumed[0].trigger.as_str(), &resumed[0].transaction),
        ("TxResumed", &StationTxRef::Named("TX1".into()))
    );
}
