//! Charging profiles in the words of every version (block K).

use ocpp_core::model::{
    ChargingLimit, ChargingNeeds, ChargingProfile, ChargingSchedule, Command, CompositeSchedule, EvSchedule,
    EvseId, Fact, IdToken, LimitAtSoc, Outcome, PeriodExtras, Place, ProfileClearing, ProfileExtras,
    ProfileFilter, ProfileKind, ProfilePurpose, ProfileReport, RateUnit, Rates, Recurrency, RemoteStart,
    ScheduleExtras, SchedulePeriod, StationTxRef, TokenKind, Verdict,
};
use ocpp_core::types::{Json, Version};
use rust_decimal::Decimal;

use super::{VERSIONS, answered, heard, reported, unsayable};

const EVSE_1: Place = Place::Evse(EvseId(1));

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn json(text: &str) -> Json {
    Json::new(text.to_owned()).unwrap()
}

/// What every version can say: 16 A for an hour of each day, then 8 A.
fn plain() -> ChargingProfile {
    ChargingProfile {
        id: 7,
        purpose: ProfilePurpose::TxDefault,
        kind: ProfileKind::Recurring,
        stack_level: 3,
        recurrency: Some(Recurrency::Daily),
        valid_from: Some("2026-01-01T00:00:00Z".parse().unwrap()),
        valid_to: Some("2027-01-01T00:00:00Z".parse().unwrap()),
        transaction: None,
        schedules: vec![ChargingSchedule {
            id: 0,
            start: Some("2026-01-01T22:00:00Z".parse().unwrap()),
            duration_s: Some(28_800),
            unit: RateUnit::A,
            min_rate: Some(decimal("6.0")),
            periods: vec![
                SchedulePeriod { phases: Some(3), ..SchedulePeriod::limited(0, decimal("16")) },
                SchedulePeriod::limited(3600, decimal("8.5")),
            ],
            sales_tariff: None,
            extras: ScheduleExtras::default(),
        }],
        extras: ProfileExtras::default(),
    }
}

fn set(profile: ChargingProfile) -> Command {
    Command::SetChargingProfile { place: EVSE_1, profile: Box::new(profile) }
}

#[test]
fn a_plain_profile_is_the_same_in_every_version() {
    for version in VERSIONS {
        let (action, meaning) = heard(version, &set(plain()));
        assert_eq!(action, "SetChargingProfile");
        assert_eq!(meaning, set(plain()), "{version}");
    }
}

#[test]
fn the_limit_of_the_station_is_said_of_the_station() {
    let mut profile = plain();
    (profile.purpose, profile.kind, profile.recurrency) =
        (ProfilePurpose::StationMax, ProfileKind::Absolute, None);
    let order = Command::SetChargingProfile { place: Place::Station, profile: Box::new(profile) };
    for version in VERSIONS {
        assert_eq!(heard(version, &order).1, order, "{version}");
    }
}

#[test]
fn a_profile_of_a_transaction_names_it_in_the_words_of_the_version() {
    let of = |transaction| {
        let mut profile = plain();
        (profile.purpose, profile.transaction) = (ProfilePurpose::Tx, Some(transaction));
        set(profile)
    };
    let (named, numbered) = (StationTxRef::Named("tx-1".into()), StationTxRef::Numbered(41));
    for version in [Version::V201, Version::V21] {
        assert_eq!(heard(version, &of(named.clone())).1, of(named.clone()));
        assert_eq!(unsayable(version, &of(numbered.clone())), "a transaction without the station's id of it");
    }
    assert_eq!(heard(Version::V16, &of(numbered.clone())).1, of(numbered));
    assert_eq!(unsayable(Version::V16, &of(named)), "a transaction that has no number");
}

#[test]
fn limits_are_cut_to_what_the_version_may_say_and_never_raised() {
    let mut profile = plain();
    profile.schedules[0].periods = vec![SchedulePeriod::limited(0, decimal("10.9999999"))];
    let limit = |version| match heard(version, &set(profile.clone())).1 {
        Command::SetChargingProfile { profile, .. } => profile.schedules[0].periods[0].limit.unwrap(),
        other => panic!("{other:?}"),
    };
    assert_eq!(limit(Version::V16), decimal("10.9"));
    assert_eq!(limit(Version::V201), decimal("10.9"));
    assert_eq!(limit(Version::V21), decimal("10.999999"));
}

/// Everything that 2.1 can say of a profile.
fn rich() -> ChargingProfile {
    let mut profile = plain();
    profile.extras = ProfileExtras {
        max_offline_s: Some(600),
        invalid_after_offline: Some(true),
        update_interval_s: None,
        updated_at: Some("2026-02-01T00:00:00Z".parse().unwrap()),
        price_signature: Some("c2ln".into()),
    };
    profile.schedules[0].extras = ScheduleExtras {
        limit_at_soc: Some(LimitAtSoc { soc: 80, limit: decimal("6") }),
        power_tolerance: Some(decimal("100")),
        use_local_time: Some(true),
        randomized_delay_s: Some(30),
        signature_id: Some(1),
        digest: Some("ZGlnZXN0".into()),
        absolute_prices: None,
        price_levels: Some(json(
            r#"{"priceLevelScheduleEntries":[{"duration":60,"priceLevel":1}],"timeAnchor":"2026-01-01T00:00:00Z","priceScheduleId":1,"numberOfPriceLevels":2}"#,
        )),
    };
    profile.schedules[0].periods[0].extras = PeriodExtras {
        rates: Rates {
            limit_l2: Some(decimal("15")),
            limit_l3: Some(decimal("14")),
            discharge_limit: Some(decimal("-6")),
            setpoint: Some(decimal("-2.5")),
            setpoint_reactive: Some(decimal("1")),
            ..Rates::default()
        },
        preconditioning: Some(true),
        evse_sleep: Some(false),
        v2x_baseline: Some(decimal("1000")),
        operation_mode: None,
        freq_watt_curve: Vec::new(),
        signal_watt_curve: Vec::new(),
    };
    profile.schedules[0].periods[1].extras.operation_mode = Some("ChargingOnly".into());
    profile
}

#[test]
fn what_only_2_1_knows_reaches_it_and_is_refused_before() {
    assert_eq!(heard(Version::V21, &set(rich())).1, set(rich()));
    for version in [Version::V16, Version::V201] {
        let sentence = unsayable(version, &set(rich()));
        assert!(sentence.contains("setpoints") || sentence.contains("offline"), "{version}: {sentence}");
    }
    let mut dynamic = plain();
    (dynamic.kind, dynamic.recurrency) = (ProfileKind::Dynamic, None);
    for version in [Version::V16, Version::V201] {
        assert!(unsayable(version, &set(dynamic.clone())).starts_with("dynamic profiles"));
    }
}

#[test]
fn purposes_that_a_version_does_not_have_are_refused_with_what_to_do_instead() {
    let of = |purpose| set(ChargingProfile { purpose, ..plain() });
    insta::assert_snapshot!(
        [
            unsayable(Version::V16, &of(ProfilePurpose::ExternalConstraints)),
            unsayable(Version::V16, &of(ProfilePurpose::PriorityCharging)),
            unsayable(Version::V16, &of(ProfilePurpose::LocalGeneration)),
            unsayable(Version::V201, &of(ProfilePurpose::PriorityCharging)),
            unsayable(Version::V201, &of(ProfilePurpose::ExternalConstraints)),
        ]
        .join("\n"),
        @r"
    what an outside system allows: limit the station with the purpose station_max
    priority charging: set a profile for the transaction, with more power
    what the site makes itself: raise the limit of the station
    profiles for priority charging or local generation
    /chargingProfile/chargingProfilePurpose is for limits that others set (K01.FR.22)
    "
    );
}

#[test]
fn several_schedules_and_sales_tariffs_are_for_2_x() {
    let mut profile = plain();
    profile.schedules.push(ChargingSchedule { id: 1, ..profile.schedules[0].clone() });
    profile.schedules[0].sales_tariff =
        Some(json(r#"{"id":1,"salesTariffEntry":[{"relativeTimeInterval":{"start":0},"ePriceLevel":1}]}"#));
    for version in [Version::V201, Version::V21] {
        assert_eq!(heard(version, &set(profile.clone())).1, set(profile.clone()), "{version}");
    }
    assert!(unsayable(Version::V16, &set(profile.clone())).starts_with("several schedules"));
    profile.schedules[0].sales_tariff = Some(json("{}"));
    assert!(unsayable(Version::V21, &set(profile)).starts_with("a sales tariff that is not"));
}

#[test]
fn a_rule_of_the_text_is_checked_before_sending() {
    let mut profile = plain();
    profile.schedules[0].periods[0].start_s = 5;
    for version in VERSIONS {
        let sentence = unsayable(version, &set(profile.clone()));
        assert!(sentence.contains("startPeriod"), "{version}: {sentence}");
    }
}

#[test]
fn clearing_and_asking_go_there_and_back() {
    let clear = Command::ClearChargingProfiles(ProfileClearing {
        id: None,
        place: Some(EVSE_1),
        purpose: Some(ProfilePurpose::TxDefault),
        stack_level: Some(2),
    });
    let ask = Command::GetCompositeSchedule { place: EVSE_1, duration_s: 600, unit: Some(RateUnit::W) };
    for version in VERSIONS {
        assert_eq!(heard(version, &clear).1, clear, "{version}");
        assert_eq!(heard(version, &ask).1, ask, "{version}");
        for verdict in [Verdict::Accepted, Verdict::NothingFits] {
            assert_eq!(answered(version, &clear, &Outcome::Verdict(verdict)), Outcome::Verdict(verdict));
        }
        let refused = Outcome::CompositeSchedule { verdict: Verdict::Rejected, schedule: None };
        assert_eq!(answered(version, &ask, &refused), refused, "{version}");
        let told = Outcome::CompositeSchedule {
            verdict: Verdict::Accepted,
            schedule: Some(Box::new(CompositeSchedule {
                place: EVSE_1,
                start: "2026-03-01T10:00:00Z".parse().unwrap(),
                duration_s: 600,
                unit: RateUnit::W,
                periods: vec![
                    SchedulePeriod::limited(0, decimal("11000")),
                    SchedulePeriod::limited(300, decimal("4140")),
                ],
            })),
        };
        assert_eq!(answered(version, &ask, &told), told, "{version}");
    }
}

#[test]
fn reports_on_profiles_are_for_2_x() {
    let ask = Command::GetChargingProfiles {
        request: 12,
        place: Some(Place::Station),
        filter: ProfileFilter { sources: vec!["EMS".into()], ..ProfileFilter::default() },
    };
    let report = Fact::ChargingProfiles(ProfileReport {
        request: 12,
        place: EVSE_1,
        source: "CSO".into(),
        more: true,
        profiles: vec![plain()],
    });
    for version in [Version::V201, Version::V21] {
        assert_eq!(heard(version, &ask).1, ask);
        for verdict in [Verdict::Accepted, Verdict::NothingFits] {
            assert_eq!(answered(version, &ask, &Outcome::Verdict(verdict)), Outcome::Verdict(verdict));
        }
        assert_eq!(reported(version, &report), Some(report.clone()));
    }
    assert!(unsayable(Version::V16, &ask).contains("composite schedule"));
    assert_eq!(reported(Version::V16, &report), None);
}

#[test]
fn what_stations_report_of_limits_and_vehicles_is_heard() {
    let details = r#"{"acChargingParameters":{"energyAmount":12000,"evMinCurrent":6,"evMaxCurrent":16,"evMaxVoltage":400},"requestedEnergyTransfer":"AC_three_phase","departureTime":"2026-03-01T18:00:00Z"}"#;
    let facts = [
        Fact::ChargingLimit(ChargingLimit {
            place: Place::Station,
            source: "EMS".into(),
            grid_critical: Some(true),
            local_generation: None,
            schedules: plain().schedules,
        }),
        Fact::ChargingLimitCleared { place: Some(EVSE_1), source: "SO".into() },
        Fact::EvSchedule(Box::new(EvSchedule {
            evse: EvseId(1),
            start: "2026-03-01T10:00:00Z".parse().unwrap(),
            schedule: plain().schedules.remove(0),
            selected: None,
            tolerance_accepted: None,
        })),
    ];
    for version in [Version::V201, Version::V21] {
        for fact in &facts {
            assert_eq!(reported(version, fact).as_ref(), Some(fact), "{version}");
        }
        let needs = Fact::ChargingNeeds(Box::new(ChargingNeeds {
            evse: EvseId(1),
            max_periods: Some(24),
            at: None,
            transfer: "AC_three_phase".into(),
            departure: Some("2026-03-01T18:00:00Z".parse().unwrap()),
            energy_wh: Some(decimal("12000")),
            details: json(details),
        }));
        match (reported(version, &needs), needs) {
            (Some(Fact::ChargingNeeds(told)), Fact::ChargingNeeds(meant)) => {
                assert_eq!((told.energy_wh, told.departure), (meant.energy_wh, meant.departure), "{version}");
                assert_eq!((told.evse, told.max_periods), (meant.evse, meant.max_periods), "{version}");
            }
            (told, _) => panic!("{version}: {told:?}"),
        }
    }
}

/// The JSON of a profile is what REST, CLI and the database show.
#[test]
fn the_json_of_a_profile_is_short_and_reads_back() {
    let text = serde_json::to_string_pretty(&set(plain())).unwrap();
    insta::assert_snapshot!(text);
    assert_eq!(serde_json::from_str::<Command>(&text).unwrap(), set(plain()));
    let text = serde_json::to_string(&set(rich())).unwrap();
    assert_eq!(serde_json::from_str::<Command>(&text).unwrap(), set(rich()));
}

#[test]
fn a_remote_start_carries_a_profile_in_every_version() {
    let profile = ChargingProfile { purpose: ProfilePurpose::Tx, ..plain() };
    for version in VERSIONS {
        let start = Command::RemoteStart(RemoteStart {
            id_token: IdToken::new(
                "04AABB",
                if version.is_2x() { TokenKind::ISO14443 } else { TokenKind::UNSPECIFIED },
            ),
            group: None,
            evse: Some(EvseId(2)),
            remote_start: version.is_2x().then_some(12),
            profile: Some(Box::new(profile.clone())),
        });
        assert_eq!(heard(version, &start).1, start, "{version}");
    }
    let choice = [profile.schedules.clone(), profile.schedules.clone()].concat();
    let start = Command::RemoteStart(RemoteStart {
        id_token: IdToken::new("04AABB", TokenKind::ISO14443),
        group: None,
        evse: None,
        remote_start: None,
        profile: Some(Box::new(ChargingProfile { schedules: choice, ..profile })),
    });
    assert!(unsayable(Version::V16, &start).contains("several schedules"));
}
