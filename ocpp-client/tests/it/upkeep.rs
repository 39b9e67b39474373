//! Firmware, logs, security events and certificates of a station, sans-IO.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod certificate;

use std::time::Duration;

use ocpp_client::engine::{CommandToken, Config, Engine, Output, Record};
use ocpp_client::hardware::{
    Actuation, Errand, ErrandFailure, ErrandResult, ErrandToken, FetchedFirmware, HardwareEvent, Measurement,
};
use ocpp_core::model::*;

pub(crate) use certificate::Vault;

/// A station, and what it does.
struct Bench {
    engine: Engine,
    now: Duration,
    said: Vec<Fact>,
    outcomes: Vec<Outcome>,
    errands: Vec<Errand>,
    restarts: u32,
    reconnects: u32,
    records: Vec<Record>,
    /// Whether wishes to be signed are taken.
    signs: Verdict,
    token: u64,
}

fn config() -> Config {
    Config {
        boot: Boot {
            vendor: "V".into(),
            model: "M".into(),
            serial: Some("S1".into()),
            firmware: Some("1.0".into()),
            iccid: None,
            imsi: None,
            meter_type: None,
            meter_serial: None,
            reason: Some(BootReason::POWER_UP),
        },
        evses: 2,
        connector_type: None,
        connection_timeout: Duration::from_secs(120),
        meter_interval: Duration::from_secs(3600),
        voltage: 230,
        phases: 3,
        max_power: ocpp_core::model::Watts(22_000),
        clock: "2026-03-02T08:00:00Z".parse().unwrap(),
        equipment: Default::default(),
    }
}

impl Bench {
    fn new() -> Bench {
        Bench::restored(Vec::new())
    }

    fn restored(records: Vec<Record>) -> Bench {
        let mut count = 0;
        let name = move || {
            count += 1;
            format!("tx{count}")
        };
        let mut engine = Engine::new(config(), Box::new(name));
        engine.restore(records);
        let mut bench = Bench {
            engine,
            now: Duration::ZERO,
            said: Vec::new(),
            outcomes: Vec::new(),
            errands: Vec::new(),
            restarts: 0,
            reconnects: 0,
            records: Vec::new(),
            signs: Verdict::Accepted,
            token: 0,
        };
        bench.engine.handle_connected(bench.now);
        bench.settle();
        bench
    }

    /// Does everything that there is to do; the manager answers at once.
    fn settle(&mut self) {
        while let Some(output) = self.engine.poll_output() {
            match output {
                Output::Persist(record, token) => {
                    self.records.push(record);
                    self.engine.handle_persisted(self.now, token);
                }
                Output::Actuate(Actuation::Restart) => {
                    self.restarts += 1;
                    self.engine.handle_disconnected();
                    self.engine.handle_connected(self.now);
                }
                Output::Actuate(Actuation::Reconnect) => self.reconnects += 1,
                Output::Actuate(_) => {}
                Output::Carry(errand) => self.errands.push(errand),
                Output::Reply(_, outcome) => self.outcomes.push(outcome),
                Output::Say(token, fact) => {
                    let answer = self.answer(&fact);
                    self.said.push(*fact);
                    self.engine.handle_answer(self.now, token, answer);
                }
            }
        }
    }

    fn answer(&self, fact: &Fact) -> Answer {
        let now = "2026-03-02T08:00:00Z".parse::<jiff::Timestamp>().unwrap().checked_add(self.now).unwrap();
        let accepted = || Authorization::of(AuthorizationStatus::Accepted);
        match fact {
            Fact::Boot(_) => Answer::Boot { registration: Registration::Accepted, now, interval_s: 86_400 },
            Fact::Heartbeat => Answer::Heartbeat { now },
            Fact::Authorize(_) => Answer::Authorize(accepted()),
            Fact::Transaction(_) => {
                Answer::Transaction { number: None, authorization: Some(accepted()), total_cost: None }
            }
            Fact::EvCertificate(request) => Answer::EvCertificate(EvCertificate {
                exi: format!("re:{}", request.exi).into(),
                remaining: None,
                failure: None,
            }),
            Fact::Revocation(questions) => {
                let found = |question: &RevocationQuestion| Revocation {
                    certificate: question.certificate.clone(),
                    source: question.source,
                    status: RevocationStatus::Good,
                    next_update: now,
                };
                Answer::Revocation(questions.iter().map(found).collect())
            }
            Fact::OcspStatus(_) => Answer::OcspStatus(OcspAnswer::Response("T0s=".into())),
            Fact::SignCertificate(_) => Answer::SignCertificate { verdict: self.signs, cause: None },
            _ => Answer::Noted,
        }
    }

    fn order(&mut self, command: &Command) -> Outcome {
        self.token += 1;
        self.engine.handle_command(self.now, CommandToken(self.token), command);
        self.settle();
        self.outcomes.pop().unwrap()
    }

    fn hardware(&mut self, event: HardwareEvent) {
        self.engine.handle_hardware(self.now, event);
        self.settle();
    }

    /// Lets time pass, looking whenever the engine wants to be looked at.
    fn pass(&mut self, seconds: u64) {
        let end = self.now + Duration::from_secs(seconds);
        loop {
            let next = self.engine.poll_timeout().filter(|at| *at <= end).unwrap_or(end).max(self.now);
            self.now = next;
            self.engine.handle_timeout(self.now);
            self.settle();
            if self.now >= end && self.engine.poll_timeout().is_none_or(|at| at > end) {
                return;
            }
        }
    }

    fn end(&mut self, result: ErrandResult) {
        let token = match self.errands.last().unwrap() {
            Errand::Fetch { token, .. } | Errand::Upload { token, .. } => *token,
        };
        self.engine.handle_errand(self.now, token, result);
        self.settle();
    }

    fn stages(&self) -> Vec<&'static str> {
        let stage = |fact: &Fact| match fact {
            Fact::Firmware(progress) => Some(progress.stage.as_str()),
            _ => None,
        };
        self.said.iter().filter_map(stage).collect()
    }

    fn log_stages(&self) -> Vec<(Option<i64>, &'static str)> {
        let stage = |fact: &Fact| match fact {
            Fact::Log(progress) => Some((progress.request, progress.stage.as_str())),
            _ => None,
        };
        self.said.iter().filter_map(stage).collect()
    }

    fn events(&self) -> Vec<String> {
        let event = |fact: &Fact| match fact {
            Fact::Security(event) => Some(event.event.to_string()),
            _ => None,
        };
        self.said.iter().filter_map(event).collect()
    }

    fn statuses(&self) -> Vec<(u32, PortStatus)> {
        let status = |fact: &Fact| match fact {
            Fact::Status(report) => Some((report.place.evse().unwrap().0, report.status)),
            _ => None,
        };
        self.said.iter().filter_map(status).collect()
    }

    fn charge(&mut self, evse: u32) {
        let measurement = Measurement { register: Wh(0), power: Watts(0), state_of_charge: None };
        self.engine.handle_hardware(self.now, HardwareEvent::Measured(EvseId(evse), measurement));
        self.engine.handle_hardware(self.now, HardwareEvent::Plugged(EvseId(evse)));
        let card = IdToken::new("CARD", TokenKind::ISO14443);
        self.engine.handle_hardware(self.now, HardwareEvent::TokenPresented(EvseId(evse), card));
        self.settle();
        assert!(self.engine.is_charging(EvseId(evse)));
    }
}

fn update(request: i64) -> FirmwareUpdate {
    FirmwareUpdate {
        request: Some(request),
        location: "http://manager/fw".into(),
        retrieve_at: "2026-03-02T08:00:00Z".parse().unwrap(),
        install_at: None,
        signature: Some(FirmwareSignature {
            certificate: "-----BEGIN CERTIFICATE-----".into(),
            signature: "c2ln".into(),
        }),
        retries: Some(1),
        retry_interval_s: Some(20),
    }
}

fn fetched() -> ErrandResult {
    ErrandResult::Fetched(FetchedFirmware { version: "2.0".into(), is_authentic: true })
}

fn firmware(verdict: FirmwareVerdict) -> Outcome {
    Outcome::Firmware { verdict, cause: None }
}

#[test]
fn an_update_goes_its_whole_course() {
    let mut bench = Bench::new();
    let said = bench.order(&Command::UpdateFirmware(update(7)));
    assert_eq!(said, firmware(FirmwareVerdict::Accepted));
    bench.pass(1);
    let url = "http://manager/fw";
    assert!(matches!(bench.errands.last(), Some(Errand::Fetch { url: told, .. }) if &**told == url));
    bench.end(fetched());
    bench.pass(120);
    let course =
        ["Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting", "Installed"];
    assert_eq!(bench.stages(), course, "L01.FR.01");
    assert_eq!(bench.restarts, 1);
    let boots: Vec<_> = bench
        .said
        .iter()
        .filter_map(|fact| match fact {
            Fact::Boot(boot) => {
                Some((boot.firmware.as_deref().unwrap().to_owned(), boot.reason.clone().unwrap()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(boots[1], ("2.0".to_owned(), BootReason::FIRMWARE_UPDATE));
    assert_eq!(bench.events(), ["FirmwareUpdated"], "L01.FR.31");
    let requests = bench.said.iter().filter_map(|fact| match fact {
        Fact::Firmware(progress) => Some(progress.request),
        _ => None,
    });
    assert!(requests.into_iter().all(|request| request == Some(7)), "L01.FR.10");
    assert_eq!(
        bench.records.iter().rev().find(|record| matches!(record, Record::Firmware(_))),
        Some(&Record::Firmware(None))
    );
    let last: Vec<_> = bench.statuses().into_iter().rev().take(2).map(|(_, status)| status).collect();
    assert_eq!(last, [PortStatus::Available; 2], "what was closed is open again");
}

#[test]
fn it_waits_for_its_times() {
    let mut bench = Bench::new();
    let mut later = update(7);
    later.retrieve_at = "2026-03-02T09:00:00Z".parse().unwrap();
    later.install_at = Some("2026-03-02T22:00:00Z".parse().unwrap());
    bench.order(&Command::UpdateFirmware(later));
    assert_eq!(bench.stages(), ["DownloadScheduled"], "L01.FR.13");
    bench.pass(3590);
    assert!(bench.errands.is_empty());
    bench.pass(20);
    bench.end(fetched());
    bench.pass(12 * 3600);
    assert_eq!(bench.stages().last(), Some(&"InstallScheduled"), "L01.FR.16");
    bench.pass(2 * 3600);
    assert_eq!(bench.stages().last(), Some(&"Installed"));
}

#[test]
fn it_waits_for_transactions_and_lets_none_begin() {
    let mut bench = Bench::new();
    bench.charge(1);
    bench.order(&Command::UpdateFirmware(update(7)));
    bench.pass(1);
    bench.end(fetched());
    bench.pass(3600);
    assert_eq!(bench.stages().last(), Some(&"InstallScheduled"), "L01.FR.34");
    assert_eq!(bench.statuses().last(), Some(&(2, PortStatus::Unavailable)), "L01.FR.07");
    bench.engine.stop(bench.now, EvseId(1));
    bench.engine.handle_hardware(bench.now, HardwareEvent::Unplugged(EvseId(1)));
    bench.settle();
    bench.pass(1);
    assert_eq!(bench.stages().last(), Some(&"Installing"), "L01.FR.06");
    bench.pass(120);
    assert_eq!(bench.stages().last(), Some(&"Installed"));
}

#[test]
fn a_fetch_is_tried_as_often_as_it_is_told() {
    let mut bench = Bench::new();
    bench.order(&Command::UpdateFirmware(update(7)));
    bench.pass(1);
    bench.end(ErrandResult::Failed(ErrandFailure::Unreachable));
    bench.pass(19);
    assert_eq!(bench.errands.len(), 1);
    bench.pass(2);
    assert_eq!(bench.errands.len(), 2);
    bench.end(ErrandResult::Failed(ErrandFailure::Unreachable));
    assert_eq!(bench.stages(), ["Downloading", "Downloading", "DownloadFailed"], "L01.FR.30");
    bench.pass(3600);
    assert_eq!(bench.errands.len(), 2);
}

#[test]
fn what_is_not_signed_rightly_is_not_installed() {
    let mut bench = Bench::new();
    bench.order(&Command::UpdateFirmware(update(7)));
    bench.pass(1);
    bench.end(ErrandResult::Fetched(FetchedFirmware { version: "2.0".into(), is_authentic: false }));
    assert_eq!(bench.stages().last(), Some(&"InvalidSignature"));
    assert_eq!(bench.events(), ["InvalidFirmwareSignature"], "L01.FR.03");
    let mut unsigned = update(8);
    unsigned.signature.as_mut().unwrap().certificate = "nothing".into();
    let said = bench.order(&Command::UpdateFirmware(unsigned));
    assert_eq!(said, firmware(FirmwareVerdict::InvalidCertificate), "L01.FR.22");
    assert_eq!(bench.events().last().unwrap(), "InvalidFirmwareSigningCertificate", "L01.FR.02");
    assert_eq!(bench.restarts, 0);
}

#[test]
fn a_later_update_takes_the_place_of_one_that_is_not_installing() {
    let mut bench = Bench::new();
    bench.order(&Command::UpdateFirmware(update(7)));
    bench.pass(1);
    let said = bench.order(&Command::UpdateFirmware(update(8)));
    assert_eq!(said, firmware(FirmwareVerdict::AcceptedCanceled), "L01.FR.24");
    bench.pass(1);
    let before = bench.stages().len();
    bench.engine.handle_errand(bench.now, ErrandToken(1), fetched());
    bench.settle();
    assert_eq!(bench.stages().len(), before, "what comes of the first one is nothing any more");
    bench.end(fetched());
    let said = bench.order(&Command::UpdateFirmware(update(9)));
    assert_eq!(said, firmware(FirmwareVerdict::Rejected), "L01.FR.27");
    bench.pass(120);
    let Some(Fact::Firmware(last)) = bench.said.iter().rev().find(|fact| matches!(fact, Fact::Firmware(_)))
    else {
        panic!()
    };
    assert_eq!((last.request, last.stage), (Some(8), FirmwareStage::Installed));
}

#[test]
fn the_last_word_is_said_again_when_it_is_asked_for() {
    let mut bench = Bench::new();
    let trigger = Command::Trigger { message: TriggerKind::Firmware, place: None };
    assert_eq!(bench.order(&trigger), Outcome::Verdict(Verdict::Accepted));
    let idle = |fact: &Fact| matches!(fact, Fact::Unmapped { action, payload } if &**action == "FirmwareStatusNotification" && payload.contains("Idle"));
    assert_eq!(bench.said.iter().filter(|fact| idle(fact)).count(), 1);
    bench.order(&Command::UpdateFirmware(update(7)));
    bench.pass(1);
    bench.order(&trigger);
    assert_eq!(bench.stages().last(), Some(&"Downloading"), "L01.FR.26");
    bench.end(fetched());
    bench.pass(120);
    bench.order(&trigger);
    assert_eq!(bench.said.iter().filter(|fact| idle(fact)).count(), 2, "L01.FR.25");
}

/// The power goes while it fetches, and after it has installed.
#[test]
fn an_update_outlives_the_power() {
    let mut bench = Bench::new();
    bench.order(&Command::UpdateFirmware(update(7)));
    bench.pass(1);
    let mut bench = Bench::restored(std::mem::take(&mut bench.records));
    bench.pass(1);
    assert_eq!(bench.errands.len(), 1, "it fetches again");
    bench.end(fetched());
    bench.pass(59);
    assert_eq!(bench.engine.firmware(), Some("1.0"));
    bench.pass(2);
    let until_restart = bench
        .records
        .iter()
        .position(|record| matches!(record, Record::Firmware(Some(pending)) if pending.installed.is_some()));
    let kept = bench.records[..=until_restart.unwrap()].to_vec();
    let mut bench = Bench::restored(kept);
    bench.pass(1);
    assert_eq!(bench.engine.firmware(), Some("2.0"));
    assert_eq!(bench.stages().last(), Some(&"Installed"));
}

fn log_order(request: i64, log: LogKind) -> Command {
    Command::GetLog(LogOrder {
        request: Some(request),
        log,
        location: "http://manager/upload".into(),
        from: None,
        until: None,
        retries: Some(1),
        retry_interval_s: Some(10),
    })
}

#[test]
fn a_log_is_written_together_and_uploaded() {
    let mut bench = Bench::new();
    let said = bench.order(&log_order(3, LogKind::Diagnostics));
    let Outcome::Log { verdict: LogVerdict::Accepted, file: Some(file), .. } = said else {
        panic!("{said:?}")
    };
    bench.pass(1);
    let Some(Errand::Upload { url, name, content, .. }) = bench.errands.last() else { panic!() };
    assert_eq!((&**url, name), ("http://manager/upload", &file));
    let text = String::from_utf8(content.clone()).unwrap();
    assert!(text.contains("V M, firmware 1.0") && text.contains("EVSE 2: Available, idle"), "{text}");
    bench.end(ErrandResult::Uploaded);
    assert_eq!(bench.log_stages(), [(Some(3), "Uploading"), (Some(3), "Uploaded")], "N01.FR.08, N01.FR.09");
    let nothing = bench.order(&log_order(4, LogKind::Security));
    let rejected = Outcome::Log { verdict: LogVerdict::Rejected, file: None, cause: None };
    assert_eq!(nothing, rejected, "N01.FR.05: nothing has happened yet");
    assert_eq!(bench.order(&log_order(5, LogKind::DataCollector)), rejected);
}

#[test]
fn a_later_log_takes_the_place_of_an_earlier_one() {
    let mut bench = Bench::new();
    bench.engine.raise(bench.now, SecurityEventKind::TAMPER_DETECTION_ACTIVATED, Some("door"));
    bench.settle();
    bench.order(&log_order(3, LogKind::Diagnostics));
    bench.pass(1);
    let said = bench.order(&log_order(4, LogKind::Security));
    assert!(matches!(said, Outcome::Log { verdict: LogVerdict::AcceptedCanceled, .. }), "N01.FR.12");
    bench.pass(1);
    let Some(Errand::Upload { content, .. }) = bench.errands.last() else { panic!() };
    assert!(
        String::from_utf8(content.clone()).unwrap().contains("TamperDetectionActivated door"),
        "N01.FR.03"
    );
    bench.end(ErrandResult::Failed(ErrandFailure::Denied));
    bench.pass(11);
    bench.end(ErrandResult::Failed(ErrandFailure::Denied));
    let expected = [
        (Some(3), "Uploading"),
        (Some(3), "AcceptedCanceled"),
        (Some(4), "Uploading"),
        (Some(4), "Uploading"),
        (Some(4), "PermissionDenied"),
    ];
    assert_eq!(bench.log_stages(), expected, "N01.FR.20, N01.FR.10");
}

#[test]
fn a_security_event_reaches_the_manager_in_the_end() {
    let mut bench = Bench::new();
    bench.engine.handle_disconnected();
    bench.engine.raise(bench.now, SecurityEventKind::TAMPER_DETECTION_ACTIVATED, None);
    bench.settle();
    assert!(bench.events().is_empty());
    bench.engine.handle_connected(bench.now);
    bench.settle();
    assert_eq!(bench.events(), ["TamperDetectionActivated"], "A04.FR.02");
    for _ in 0..500 {
        bench.engine.handle_disconnected();
        bench.engine.raise(bench.now, SecurityEventKind::INVALID_MESSAGES, None);
    }
    assert_eq!(bench.engine.security_log().count(), 200);
    bench.settle();
    assert!(bench.engine.waiting_facts() <= 110, "{}", bench.engine.waiting_facts());
}
