//! What only 2.1 has words for: there and back in 2.1, refused in one sentence before.

use ocpp_core::dialect::{Manager, Memory, Reply, Station};
use ocpp_core::model::tariff::{
    Conditions, DayOfWeek, Description, EnergyPrice, EnergyPrices, EvseKind, FixedPrice, FixedPrices,
    InstalledTariff, Limit, Tariff, TariffKind, TariffRemoval, TariffWord, TaxRate, TimeOfDay, TimePrice,
    TimePrices,
};
use ocpp_core::model::{
    Answer, Battery, BatterySwap, ClockOf, Command, Company, Connectivity, Currency, DerAlarm, DerControl,
    DerFilter, DerReport, DerScope, DerSetting, DerStartStop, EvseId, Fact, IdToken, Order, Outcome, Place,
    Pricing, Rates, ScheduleUpdate, Settlement, SettlementStatus, StationTxRef, Step, StopReason, Stream,
    StreamPace, StreamValue, StreamValues, SwapStep, TokenKind, TransactionFact, Trigger, VatAnswer,
    VatQuestion, Verdict,
};
use ocpp_core::types::{Json, Version};
use rust_decimal::Decimal;

use super::{answered, heard, reported, unsayable};

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn json(text: &str) -> Json {
    Json::new(text.to_owned()).unwrap()
}

fn tx() -> StationTxRef {
    StationTxRef::Named("tx-1".into())
}

fn at() -> jiff::Timestamp {
    "2026-03-01T10:00:00Z".parse().unwrap()
}

/// A tariff with a value in every member.
fn tariff() -> Tariff {
    let night = Conditions {
        start_time_of_day: TimeOfDay::new(22, 0),
        end_time_of_day: TimeOfDay::new(6, 0),
        day_of_week: vec![DayOfWeek::Monday, DayOfWeek::Sunday],
        valid_from_date: Some("2026-01-01".parse().unwrap()),
        valid_to_date: Some("2027-01-01".parse().unwrap()),
        evse_kind: Some(EvseKind::Dc),
        min_energy: Some(decimal("1000")),
        max_power: Some(decimal("22000.5")),
        max_time: Some(7200),
        ..Conditions::default()
    };
    let fee = Conditions { payment_brand: Some("VISA".into()), ..Conditions::default() };
    let taxes = vec![TaxRate::on_price("VAT", 19.into())];
    let minutes = |price| TimePrices {
        prices: vec![TimePrice { price_minute: decimal(price), conditions: Conditions::default() }],
        tax_rates: Vec::new(),
    };
    Tariff {
        id: "night-1".into(),
        currency: Currency::EUR,
        description: vec![Description { language: Some("en".into()), text: "Night".into() }],
        valid_from: Some(at()),
        energy: Some(EnergyPrices {
            prices: vec![
                EnergyPrice { price_kwh: decimal("0.29"), conditions: night },
                EnergyPrice { price_kwh: decimal("0.49"), conditions: Conditions::default() },
            ],
            tax_rates: taxes.clone(),
        }),
        charging_time: Some(minutes("0.01")),
        idle_time: Some(minutes("0.10")),
        fixed_fee: Some(FixedPrices {
            prices: vec![FixedPrice { price_fixed: decimal("1"), conditions: fee }],
            tax_rates: taxes.clone(),
        }),
        reservation_time: Some(minutes("0.02")),
        reservation_fixed: None,
        min_cost: Some(Limit { excl_tax: Some(decimal("2")), incl_tax: None, tax_rates: taxes }),
        max_cost: Some(Limit { excl_tax: None, incl_tax: Some(decimal("50")), tax_rates: Vec::new() }),
    }
}

fn curve() -> DerControl {
    DerControl {
        id: "volt-var-1".into(),
        scope: DerScope::Scheduled,
        kind: "VoltVar".into(),
        superseded: None,
        setting: DerSetting::Curve(json(
            r#"{"curveData":[{"x":95.0,"y":44}],"priority":1,"yUnit":"PctMaxVar","startTime":"2026-03-01T10:00:00Z","duration":600.5}"#,
        )),
    }
}

fn orders() -> Vec<Command> {
    vec![
        Command::UpdateDynamicSchedule {
            profile: 7,
            update: ScheduleUpdate {
                limit: Some(decimal("16")),
                rates: Rates { setpoint: Some(decimal("-3.5")), ..Rates::default() },
            },
        },
        Command::UsePriorityCharging { transaction: tx(), activate: true },
        Command::SetDefaultTariff { place: Place::Station, tariff: Box::new(tariff()) },
        Command::GetTariffs { place: Place::Evse(EvseId(2)) },
        Command::ClearTariffs { ids: vec!["night-1".into()], place: Some(Place::Evse(EvseId(2))) },
        Command::ClearTariffs { ids: Vec::new(), place: None },
        Command::ChangeTransactionTariff { transaction: tx(), tariff: Box::new(tariff()) },
        Command::SetDerControl(Box::new(curve())),
        Command::GetDerControls {
            request: 3,
            filter: DerFilter { scope: Some(DerScope::Default), kind: Some("FreqDroop".into()), id: None },
        },
        Command::ClearDerControls { scope: DerScope::Scheduled, kind: None, id: Some("volt-var-1".into()) },
        Command::AfrrSignal { at: at(), signal: -4 },
        Command::AllowEnergyTransfer { transaction: tx(), modes: vec!["AC_BPT".into(), "DC".into()] },
        Command::AdjustStream { id: 4, pace: StreamPace { interval_s: Some(30), values: None } },
        Command::GetStreams,
        Command::RequestBatterySwap { request: 9, id_token: IdToken::new("CARD-1", TokenKind::ISO14443) },
        Command::WebPaymentStarted { evse: Some(EvseId(1)), timeout_s: 120 },
    ]
}

#[test]
fn orders_go_there_and_back() {
    for order in orders() {
        assert_eq!(heard(Version::V21, &order).1, order);
    }
}

#[test]
fn older_versions_say_why_not_and_what_to_do() {
    let mut sentences: Vec<String> = Vec::new();
    for order in orders() {
        let in_201 = unsayable(Version::V201, &order);
        assert_eq!(unsayable(Version::V16, &order), in_201);
        if sentences.last() != Some(&in_201) {
            sentences.push(in_201);
        }
    }
    insta::assert_snapshot!(sentences.join("\n"), @r"
    new values of a dynamic profile: set the profile anew
    priority charging: set a profile for the transaction, with more power
    tariffs on the station: the manager computes costs, and shows them where the station can
    settings of grid support: limit the station with a charging profile
    power that flows back: limit the station with a charging profile
    streams of values: have meter values sent more often
    the swapping of batteries
    that a driver begins to pay on the web
    ");
}

#[test]
fn answers_come_back_with_their_own_words() {
    let pairs = [
        (
            Command::UsePriorityCharging { transaction: tx(), activate: true },
            vec![
                Outcome::Verdict(Verdict::Accepted),
                Outcome::Verdict(Verdict::NothingFits),
                Outcome::Verdict(Verdict::Rejected),
            ],
        ),
        (
            Command::SetDefaultTariff { place: Place::Station, tariff: Box::new(tariff()) },
            vec![
                Outcome::Tariff(TariffWord::Accepted),
                Outcome::Tariff(TariffWord::TooManyElements),
                Outcome::Tariff(TariffWord::ConditionNotSupported),
                Outcome::Tariff(TariffWord::DuplicateId),
            ],
        ),
        (
            Command::ChangeTransactionTariff { transaction: tx(), tariff: Box::new(tariff()) },
            vec![Outcome::Tariff(TariffWord::NoTransaction), Outcome::Tariff(TariffWord::NoCurrencyChange)],
        ),
        (
            Command::GetTariffs { place: Place::Station },
            vec![
                Outcome::Tariffs { verdict: Verdict::NothingFits, tariffs: Vec::new() },
                Outcome::Tariffs {
                    verdict: Verdict::Accepted,
                    tariffs: vec![InstalledTariff {
                        id: "night-1".into(),
                        kind: TariffKind::Default,
                        valid_from: Some(at()),
                        evses: vec![EvseId(1), EvseId(2)],
                        tokens: 0,
                    }],
                },
            ],
        ),
        (
            Command::ClearTariffs { ids: Vec::new(), place: None },
            vec![Outcome::TariffsCleared(vec![
                TariffRemoval { id: Some("night-1".into()), word: TariffWord::Accepted },
                TariffRemoval { id: None, word: TariffWord::NoTariff },
            ])],
        ),
        (
            Command::SetDerControl(Box::new(curve())),
            vec![Outcome::DerControl { verdict: Verdict::Accepted, superseded: vec!["old".into()] }],
        ),
        (
            Command::GetDerControls { request: 1, filter: DerFilter::default() },
            vec![Outcome::Verdict(Verdict::NothingFits), Outcome::Verdict(Verdict::NotSupported)],
        ),
        (Command::AfrrSignal { at: at(), signal: 1 }, vec![Outcome::Verdict(Verdict::Accepted)]),
        (
            Command::GetStreams,
            vec![
                Outcome::Streams(Vec::new()),
                Outcome::Streams(vec![Stream {
                    id: 4,
                    monitor: 12,
                    pace: StreamPace { interval_s: Some(60), values: Some(10) },
                }]),
            ],
        ),
        (Command::WebPaymentStarted { evse: None, timeout_s: 60 }, vec![Outcome::Verdict(Verdict::Accepted)]),
    ];
    for (order, outcomes) in pairs {
        for outcome in outcomes {
            assert_eq!(answered(Version::V21, &order, &outcome), outcome, "{order:?}");
        }
    }
}

fn facts() -> Vec<Fact> {
    vec![
        Fact::PriorityCharging { transaction: tx(), activated: false },
        Fact::PullSchedule { profile: 7 },
        Fact::DerReport(DerReport {
            request: 3,
            more: true,
            controls: vec![
                DerControl { superseded: Some(true), ..curve() },
                DerControl {
                    id: "grad".into(),
                    scope: DerScope::Default,
                    kind: "Gradients".into(),
                    superseded: None,
                    setting: DerSetting::Gradient(json(r#"{"priority":0,"gradient":10,"softGradient":20}"#)),
                },
            ],
        }),
        Fact::DerAlarm(DerAlarm {
            kind: "VoltVar".into(),
            fault: Some("OverVoltage".into()),
            ended: true,
            at: at(),
            info: Some("L2".into()),
        }),
        Fact::DerStartStop(DerStartStop {
            id: "volt-var-1".into(),
            started: true,
            at: at(),
            superseded: vec!["old".into()],
        }),
        Fact::StreamOpened(Stream { id: 4, monitor: 12, pace: StreamPace::default() }),
        Fact::StreamClosed { id: 4 },
        Fact::StreamValues(StreamValues {
            id: 4,
            pending: 2,
            base: at(),
            values: vec![StreamValue { offset_s: decimal("0.5"), value: "23.1".into() }],
        }),
        Fact::BatterySwap(Box::new(BatterySwap {
            request: 9,
            step: SwapStep::NotTaken,
            id_token: IdToken::new("CARD-1", TokenKind::ISO14443),
            batteries: vec![Battery {
                evse: EvseId(1),
                serial: "B-1".into(),
                charge: decimal("99.5"),
                health: decimal("97"),
                made_at: None,
                info: None,
            }],
        })),
        Fact::Settlement(Box::new(Settlement {
            transaction: Some(tx()),
            reference: "psp-1".into(),
            status: SettlementStatus::Settled,
            info: None,
            amount: decimal("12.34"),
            at: at(),
            receipt_id: Some("r-1".into()),
            receipt_url: None,
            company: Some(company()),
            vat_number: Some("DE123456789".into()),
        })),
        Fact::VatNumber(VatQuestion { number: "DE123456789".into(), evse: Some(EvseId(1)) }),
    ]
}

fn company() -> Company {
    Company {
        name: "ACME".into(),
        address1: "Street 1".into(),
        address2: None,
        city: "Town".into(),
        postal_code: Some("12345".into()),
        country: "Germany".into(),
    }
}

#[test]
fn facts_go_there_and_back_and_older_versions_do_not_say_them() {
    for fact in facts() {
        assert_eq!(reported(Version::V21, &fact), Some(fact.clone()));
        assert_eq!(reported(Version::V201, &fact), None);
        assert_eq!(reported(Version::V16, &fact), None);
    }
}

/// The manager's answer as the station hears it.
fn told(fact: &Fact, answer: &Answer) -> Answer {
    let mut station = Station::new(Version::V21, Memory::default());
    let said = station.say(fact).unwrap().unwrap();
    let mut manager = Manager::new(Version::V21);
    let Reply::Payload(payload) = manager.answer(&said.action, fact, answer) else {
        panic!("{} is not answered", said.action);
    };
    let heard = station.hear_answer(fact, &said.action, &payload).unwrap();
    assert_eq!(heard.findings, [], "{payload}");
    heard.meaning
}

#[test]
fn the_manager_answers_with_content() {
    let pull = Fact::PullSchedule { profile: 7 };
    let update = ScheduleUpdate { limit: Some(decimal("10")), rates: Rates::default() };
    for answer in [Answer::ScheduleUpdate(Some(Box::new(update))), Answer::ScheduleUpdate(None)] {
        assert_eq!(told(&pull, &answer), answer);
    }
    let stream = Fact::StreamOpened(Stream { id: 4, monitor: 12, pace: StreamPace::default() });
    for verdict in [Verdict::Accepted, Verdict::Rejected] {
        assert_eq!(told(&stream, &Answer::Verdict(verdict)), Answer::Verdict(verdict));
    }
    let vat = Fact::VatNumber(VatQuestion { number: "DE1".into(), evse: None });
    for answer in
        [VatAnswer { accepted: true, company: Some(company()) }, VatAnswer { accepted: false, company: None }]
    {
        assert_eq!(told(&vat, &Answer::VatNumber(answer.clone())), Answer::VatNumber(answer));
    }
    let settled = facts().into_iter().find(|fact| matches!(fact, Fact::Settlement(_))).unwrap();
    let receipt = Answer::Settlement {
        receipt_id: Some("r-9".into()),
        receipt_url: Some("https://x.example/r".into()),
    };
    assert_eq!(told(&settled, &receipt), receipt);
}

#[test]
fn values_that_break_their_schema_are_refused_before_sending() {
    let mut wrong = curve();
    wrong.setting = DerSetting::Curve(json(r#"{"curveData":[]}"#));
    assert!(
        unsayable(Version::V21, &Command::SetDerControl(Box::new(wrong))).contains("values of a setting")
    );
    let unknown = DerControl { kind: "Warp".into(), ..curve() };
    assert!(unsayable(Version::V21, &Command::SetDerControl(Box::new(unknown))).contains("does not list"));
    let none = Command::AllowEnergyTransfer { transaction: tx(), modes: Vec::new() };
    assert!(unsayable(Version::V21, &none).contains("no way of energy transfer"));
}

#[test]
fn a_report_tells_its_tariff_and_its_price() {
    let cost = r#"{"totalCost":{"currency":"EUR","typeOfCost":"NormalCost","total":{"exclTax":5.0,"inclTax":6.0}},"totalUsage":{"energy":10.0,"chargingTime":900,"idleTime":0}}"#;
    let pricing = Pricing { tariff: Some("t-1".into()), cost: Some(json(cost)) };
    let fact = TransactionFact {
        transaction: tx(),
        step: Step::Ended,
        order: Order::Seq(3),
        at: at(),
        clock: ClockOf::Station,
        trigger: Trigger::STOP_AUTHORIZED,
        connectivity: Connectivity::Online,
        place: None,
        id_token: None,
        charging: None,
        readings: Vec::new(),
        stop_reason: Some(StopReason::LOCAL),
        reservation: None,
        remote_start: None,
        pricing: Some(Box::new(pricing.clone())),
    };
    for (version, told) in [(Version::V21, Some(pricing)), (Version::V201, None)] {
        let mut station = Station::new(version, Memory::default());
        let said = station.say(&Fact::Transaction(Box::new(fact.clone()))).unwrap().unwrap();
        let heard = Manager::new(version).hear(&said.action, &said.payload).unwrap().meaning;
        let Fact::Transaction(heard) = heard else { panic!("{heard:?}") };
        assert_eq!(
            heard.pricing.as_deref().and_then(|pricing| pricing.tariff.clone()),
            told.as_ref().and_then(|pricing| pricing.tariff.clone())
        );
        let usage = |pricing: &Pricing| {
            pricing.cost.as_ref().map(|cost| cost.as_str().contains("\"chargingTime\":900"))
        };
        assert_eq!(heard.pricing.as_deref().and_then(usage), told.as_ref().map(|_| true));
    }
}
