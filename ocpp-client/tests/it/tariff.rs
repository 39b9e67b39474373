//! Tariffs on the station, and what transactions cost by them (I07 to I11).

use ocpp_client::hardware::{HardwareEvent, Measurement};
use ocpp_core::model::tariff::{InstalledTariff, Tariff, TariffKind, TariffRemoval, TariffWord};
use ocpp_core::model::{Command, Currency, EvseId, Fact, Outcome, Place, StationTxRef, Verdict, Watts, Wh};
use ocpp_core::rules::tariff::{SimpleTariff, TaxRate};
use rust_decimal::Decimal;

use crate::bench::{Bench, at};

fn tariff(id: &str, cents: i64) -> Tariff {
    let simple = SimpleTariff {
        price_kwh: Some(Decimal::new(cents, 2)),
        tax: Some(TaxRate::on_price("VAT", 20.into())),
        ..SimpleTariff::new(id, Currency::EUR)
    };
    simple.into()
}

fn set(bench: &mut Bench, place: Place, tariff: Tariff) -> TariffWord {
    match bench.order(&Command::SetDefaultTariff { place, tariff: Box::new(tariff) }) {
        Outcome::Tariff(word) => word,
        other => panic!("{other:?}"),
    }
}

fn installed(bench: &mut Bench, place: Place) -> Vec<InstalledTariff> {
    match bench.order(&Command::GetTariffs { place }) {
        Outcome::Tariffs { verdict, tariffs } => {
            assert_eq!(verdict == Verdict::NothingFits, tariffs.is_empty());
            tariffs
        }
        other => panic!("{other:?}"),
    }
}

fn meter(bench: &mut Bench, register: i64) {
    let measurement = Measurement { register: Wh(register), power: Watts(11_000), state_of_charge: None };
    bench.hardware(HardwareEvent::Measured(EvseId(1), measurement));
}

fn cost(bench: &Bench) -> Option<String> {
    bench.engine.cost(bench.now, EvseId(1)).map(|cost| cost.to_string())
}

fn charging(bench: &mut Bench) {
    bench.plug(1);
    bench.present(1, "A");
}

/// The tariffs that the manager was told.
fn told(bench: &mut Bench) -> Vec<String> {
    let of = |fact: Fact| match fact {
        Fact::Transaction(fact) => Some(fact.pricing?.tariff?.to_string()),
        _ => None,
    };
    bench.heard().into_iter().filter_map(of).collect()
}

const EVSE_1: Place = Place::Evse(EvseId(1));

#[test]
fn a_transaction_costs_what_the_tariff_of_its_evse_says() {
    let mut bench = Bench::new(1);
    assert_eq!(set(&mut bench, Place::Station, tariff("a", 50)), TariffWord::Accepted);
    charging(&mut bench);
    assert_eq!(bench.engine.tariff(EvseId(1)).map(|tariff| &*tariff.id), Some("a"));
    assert_eq!(told(&mut bench), ["a"], "once (I07.FR.32)");
    meter(&mut bench, 11_000);
    bench.pass(900);
    assert_eq!(cost(&bench).as_deref(), Some("6.00 EUR"), "10 kWh at 0.50 and 20 % tax");
    bench.heard();
    bench.present(1, "A");
    assert_eq!(cost(&bench), None);
    let told = bench.heard().into_iter().find_map(|fact| match fact {
        Fact::Transaction(fact) => fact.pricing?.cost,
        _ => None,
    });
    let told = told.map(|cost| cost.as_str().to_owned()).unwrap_or_default();
    for part in [r#""inclTax":6.00"#, r#""exclTax":5.00"#, r#""energy":10000"#, r#""chargingTime":900"#] {
        assert!(told.contains(part), "{part} in {told}");
    }
}

#[test]
fn a_change_counts_from_its_moment_on() {
    let mut bench = Bench::new(1);
    set(&mut bench, EVSE_1, tariff("a", 50));
    charging(&mut bench);
    meter(&mut bench, 11_000);
    bench.pass(900);
    bench.heard();
    let change = |name: &str, tariff: Tariff| Command::ChangeTransactionTariff {
        transaction: StationTxRef::Named(name.into()),
        tariff: Box::new(tariff),
    };
    let dollars = Tariff { currency: Currency::USD, ..tariff("d", 1) };
    assert_eq!(bench.order(&change("TX1", dollars)), Outcome::Tariff(TariffWord::NoCurrencyChange));
    assert_eq!(bench.order(&change("TX9", tariff("b", 1))), Outcome::Tariff(TariffWord::NoTransaction));
    assert_eq!(bench.order(&change("TX1", tariff("b", 100))), Outcome::Tariff(TariffWord::Accepted));
    let is_told =
        |fact: &Fact| matches!(fact, Fact::Transaction(fact) if fact.trigger.as_str() == "TariffChanged");
    assert!(bench.heard().iter().any(is_told), "I11.FR.07");
    assert_eq!(cost(&bench).as_deref(), Some("6.00 EUR"));
    meter(&mut bench, 16_000);
    bench.pass(900);
    assert_eq!(cost(&bench).as_deref(), Some("12.00 EUR"), "5 kWh more at 1.00");
}

#[test]
fn a_tariff_begins_on_its_day_and_takes_the_place_of_the_one_before() {
    let mut bench = Bench::new(1);
    set(&mut bench, EVSE_1, tariff("now", 50));
    let later = Tariff { valid_from: Some(at(3600)), ..tariff("later", 60) };
    assert_eq!(set(&mut bench, EVSE_1, later), TariffWord::Accepted);
    assert_eq!(installed(&mut bench, EVSE_1).len(), 2);
    charging(&mut bench);
    assert_eq!(bench.engine.tariff(EvseId(1)).map(|tariff| &*tariff.id), Some("now"));
    bench.pass(3600);
    assert_eq!(bench.engine.tariff(EvseId(1)).map(|tariff| &*tariff.id), Some("now"), "I07.FR.24");
    bench.present(1, "A");
    bench.present(1, "A");
    assert_eq!(bench.engine.tariff(EvseId(1)).map(|tariff| &*tariff.id), Some("later"));
    assert!(installed(&mut bench, EVSE_1).iter().all(|known| known.id == "later"));
}

#[test]
fn tariffs_are_listed_removed_refused_and_outlive_a_restart() {
    let mut bench = Bench::new(2);
    assert_eq!(installed(&mut bench, Place::Station), []);
    assert_eq!(set(&mut bench, Place::Station, tariff("a", 50)), TariffWord::Accepted);
    assert_eq!(set(&mut bench, EVSE_1, tariff("a", 51)), TariffWord::DuplicateId);
    assert_eq!(set(&mut bench, Place::Evse(EvseId(9)), tariff("b", 51)), TariffWord::Rejected);
    assert_eq!(set(&mut bench, EVSE_1, Tariff { id: String::new(), ..tariff("", 1) }), TariffWord::Rejected);
    assert_eq!(
        set(&mut bench, EVSE_1, tariff("b", 51)),
        TariffWord::Accepted,
        "it takes the place of a there"
    );
    let mut bench = Bench::with_records(2, bench.kept.clone());
    let told: Vec<_> =
        installed(&mut bench, Place::Station).into_iter().map(|one| (one.id, one.kind, one.evses)).collect();
    assert_eq!(
        told,
        [
            ("a".to_owned(), TariffKind::Default, vec![EvseId(2)]),
            ("b".to_owned(), TariffKind::Default, vec![EvseId(1)]),
        ]
    );
    let clear = |ids: &[&str], place| Command::ClearTariffs {
        ids: ids.iter().map(|id| (*id).into()).collect(),
        place,
    };
    let removal = |id: Option<&str>, word| TariffRemoval { id: id.map(Box::from), word };
    assert_eq!(
        bench.order(&clear(&["a", "x"], None)),
        Outcome::TariffsCleared(vec![
            removal(Some("a"), TariffWord::Accepted),
            removal(Some("x"), TariffWord::NoTariff)
        ])
    );
    assert_eq!(
        bench.order(&clear(&[], Some(EVSE_1))),
        Outcome::TariffsCleared(vec![removal(Some("b"), TariffWord::Accepted)])
    );
    assert_eq!(
        bench.order(&clear(&[], None)),
        Outcome::TariffsCleared(vec![removal(None, TariffWord::NoTariff)])
    );
}
