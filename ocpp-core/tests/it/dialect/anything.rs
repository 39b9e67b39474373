//! Any facts, answers, orders and outcomes: what stations and managers mean, and what nobody would.

use std::num::NonZeroU32;

use jiff::Timestamp;
use ocpp_core::model::*;
use ocpp_core::types::Version;
use proptest::option;
use proptest::prelude::*;
use rust_decimal::Decimal;

/// Actions of stations that have a fact of their own.
pub(super) const HAS_MEANING: &[&str] = &[
    "BootNotification",
    "Heartbeat",
    "Authorize",
    "StartTransaction",
    "StopTransaction",
    "TransactionEvent",
    "DataTransfer",
    "ReservationStatusUpdate",
];

/// The action that a version has for a fact; `None` where it has several or none.
pub(super) fn action_of(version: Version, fact: &Fact) -> Option<&'static str> {
    Some(match fact {
        Fact::Boot(_) => "BootNotification",
        Fact::Heartbeat => "Heartbeat",
        Fact::Status(_) => "StatusNotification",
        Fact::Authorize(_) => "Authorize",
        Fact::Meter(_) => "MeterValues",
        Fact::Transfer(_) => "DataTransfer",
        Fact::Transaction(fact) => match (version, fact.step) {
            (Version::V201 | Version::V21, _) => "TransactionEvent",
            (Version::V16, Step::Started) => "StartTransaction",
            (Version::V16, Step::Ended) => "StopTransaction",
            (Version::V16, Step::Updated) => return None,
        },
        Fact::ReservationEnded { .. } if version != Version::V16 => "ReservationStatusUpdate",
        // The others have answers of several kinds; `maintenance` has them.
        _ => return None,
    })
}

fn text() -> BoxedStrategy<Box<str>> {
    let texts = prop_oneof![
        "[A-Za-z0-9*_=:+|@.-]{0,20}",
        "[A-Z0-9]{30,60}",
        Just("NoAuthorization".to_owned()),
        Just("Accepted \u{e9}\u{0}\"\\".to_owned()),
        "\\PC{0,600}",
    ];
    texts.prop_map(String::into_boxed_str).boxed()
}

fn json() -> BoxedStrategy<String> {
    prop_oneof![
        Just("null".to_owned()),
        Just(r#"{"a":[1.50,"x"]}"#.to_owned()),
        Just("7".to_owned()),
        "\\PC{0,9}"
    ]
    .boxed()
}

fn moment() -> BoxedStrategy<Timestamp> {
    let (first, last) = (Timestamp::MIN.as_nanosecond(), Timestamp::MAX.as_nanosecond());
    prop_oneof![(0..4_102_444_800_000_000_000_i128), Just(first), Just(last), first..=last, Just(0),]
        .prop_map(|nanoseconds| Timestamp::from_nanosecond(nanoseconds).unwrap())
        .boxed()
}

fn decimal() -> BoxedStrategy<Decimal> {
    prop_oneof![
        (any::<i64>(), 0_u32..=28).prop_map(|(digits, scale)| Decimal::new(digits, scale)),
        Just(Decimal::MAX),
        Just(Decimal::MIN),
        (0_i64..1_000_000, 0_u32..9).prop_map(|(digits, scale)| Decimal::new(digits, scale)),
    ]
    .boxed()
}

fn number() -> BoxedStrategy<i64> {
    prop_oneof![any::<i64>(), -3_i64..100, Just(i64::from(i32::MAX))].boxed()
}

fn id() -> BoxedStrategy<u32> {
    prop_oneof![0_u32..4, any::<u32>(), Just(i32::MAX.unsigned_abs())].boxed()
}

fn place() -> BoxedStrategy<Place> {
    prop_oneof![
        Just(Place::Station),
        id().prop_map(|evse| Place::Evse(EvseId(evse))),
        (id(), id()).prop_map(|(evse, connector)| Place::Connector(EvseId(evse), ConnectorId(connector))),
    ]
    .boxed()
}

fn word(known: &'static [&'static str]) -> BoxedStrategy<Box<str>> {
    prop_oneof![4 => prop::sample::select(known).prop_map(Box::from), 1 => text()].boxed()
}

fn token() -> BoxedStrategy<IdToken> {
    let kinds = &["", "Central", "DirectPayment", "eMAID", "ISO14443", "KeyCode", "NoAuthorization", "VIN"];
    (text(), word(kinds)).prop_map(|(value, kind)| IdToken::new(&value, TokenKind::new(&kind))).boxed()
}

fn transaction() -> BoxedStrategy<StationTxRef> {
    prop_oneof![
        text().prop_map(StationTxRef::Named),
        number().prop_map(StationTxRef::Numbered),
        Just(StationTxRef::Unassigned),
        Just(StationTxRef::Unknown),
    ]
    .boxed()
}

fn sample() -> BoxedStrategy<Sample> {
    let measurands =
        &["Energy.Active.Import.Register", "Power.Active.Import", "SoC", "Temperature", "Power.Factor"];
    let places = &["Outlet", "Inlet", "EV", "Body", "Cable", "Upstream"];
    let value = prop_oneof![decimal().prop_map(SampleValue::Number), text().prop_map(SampleValue::Text)];
    let signed =
        r#"{"signedMeterData":"AA==","signingMethod":"","encodingMethod":"OCMF","publicKey":"","vendor":1}"#;
    (
        value,
        word(measurands),
        word(&["Transaction.Begin", "Sample.Periodic", "Trigger", "Other"]),
        word(places),
        option::of(word(&["L1", "L2-N", "N"])),
        word(&["Wh", "kWh", "W", "Percent", "Celsius", "Hz", ""]),
        prop_oneof![Just(0), -4..4, any::<i32>()],
        option::of(prop_oneof![Just(signed.to_owned()), json()]),
    )
        .prop_map(|(value, measurand, context, location, phase, unit, multiplier, signed)| Sample {
            value,
            measurand: Measurand::new(&measurand),
            context: ReadingContext::new(&context),
            location: Location::new(&location),
            phase: phase.map(|phase| Phase::new(&phase)),
            unit,
            multiplier,
            signed,
        })
        .boxed()
}

fn readings() -> BoxedStrategy<Vec<Reading>> {
    let samples = prop::collection::vec(sample(), 0..3);
    prop::collection::vec((moment(), samples).prop_map(|(at, samples)| Reading { at, samples }), 0..3).boxed()
}

fn boot() -> BoxedStrategy<Boot> {
    let optional = || option::of(text());
    let modem = (optional(), optional(), optional(), optional());
    (text(), text(), optional(), optional(), modem, option::of(word(&["PowerUp", "Watchdog"])))
        .prop_map(|(vendor, model, serial, firmware, (iccid, imsi, meter_type, meter_serial), reason)| Boot {
            vendor,
            model,
            serial,
            firmware,
            iccid,
            imsi,
            meter_type,
            meter_serial,
            reason: reason.map(|reason| BootReason::new(&reason)),
        })
        .boxed()
}

fn status() -> BoxedStrategy<StatusReport> {
    let states = [
        PortStatus::Available,
        PortStatus::Preparing,
        PortStatus::Charging,
        PortStatus::SuspendedEvse,
        PortStatus::SuspendedEv,
        PortStatus::Finishing,
        PortStatus::Occupied,
        PortStatus::Reserved,
        PortStatus::Unavailable,
        PortStatus::Faulted,
    ];
    let fault =
        (word(&["GroundFailure", "NoError"]), option::of(text()), option::of(text()), option::of(text()))
            .prop_map(|(code, vendor_code, vendor, info)| PortFault { code, vendor_code, vendor, info });
    (place(), prop::sample::select(states.to_vec()), option::of(moment()), option::of(fault))
        .prop_map(|(place, status, at, fault)| StatusReport { place, status, at, fault })
        .boxed()
}

fn report() -> BoxedStrategy<TransactionFact> {
    let step = prop_oneof![Just(Step::Started), Just(Step::Updated), Just(Step::Ended)];
    let order = prop_oneof![any::<u32>().prop_map(Order::Seq), Just(Order::Arrival)];
    let triggers = &["Authorized", "RemoteStart", "ChargingStateChanged", "Deauthorized", "TxResumed"];
    let charging = prop_oneof![
        Just(ChargingState::Idle),
        Just(ChargingState::EvConnected),
        Just(ChargingState::Charging),
        Just(ChargingState::SuspendedEv),
        Just(ChargingState::SuspendedEvse),
    ];
    let connectivity = prop_oneof![Just(Connectivity::Online), Just(Connectivity::Offline)];
    let what = (transaction(), step, order, moment(), word(triggers), connectivity);
    let who = (option::of(place()), option::of(token()), option::of(charging), readings());
    let ends = (option::of(word(&["Local", "PowerLoss", "ReqEnergyTransferRejected"])), option::of(number()));
    (what, who, ends, option::of(number()))
        .prop_map(
            |(
                (transaction, step, order, at, trigger, connectivity),
                (place, id_token, charging, readings),
                (stop_reason, reservation),
                remote_start,
            )| TransactionFact {
                transaction,
                step,
                order,
                at,
                clock: ClockOf::Station,
                trigger: Trigger::new(&trigger),
                connectivity,
                place,
                id_token,
                charging,
                readings,
                stop_reason: stop_reason.map(|reason| StopReason::new(&reason)),
                reservation,
                remote_start,
                pricing: None,
            },
        )
        .boxed()
}

fn transfer() -> BoxedStrategy<Transfer> {
    (text(), option::of(text()), option::of(json()))
        .prop_map(|(vendor, message, data)| Transfer { vendor, message, data })
        .boxed()
}

/// Every fact but raw JSON.
pub(super) fn fact() -> BoxedStrategy<Fact> {
    prop_oneof![
        boot().prop_map(Fact::Boot),
        Just(Fact::Heartbeat),
        status().prop_map(Fact::Status),
        token().prop_map(Fact::Authorize),
        report().prop_map(|report| Fact::Transaction(Box::new(report))),
        (place(), transaction(), readings()).prop_map(|(place, transaction, readings)| {
            Fact::Meter(MeterReport { place, transaction, readings })
        }),
        transfer().prop_map(Fact::Transfer),
        (number(), ending()).prop_map(|(id, how)| Fact::ReservationEnded { id, how }),
        (moment(), any::<u32>(), any::<bool>(), prop::collection::vec(monitor_event(), 0..3))
            .prop_map(|(at, seq, more, events)| Fact::Events(EventReport { at, seq, more, events })),
        (any::<i32>(), any::<u32>(), any::<bool>(), moment(), prop::collection::vec(installed(), 0..3))
            .prop_map(|(request, seq, more, at, monitors)| {
                Fact::MonitoringReport(MonitoringReport { request, seq, more, at, monitors })
            }),
        (any::<i32>(), any::<bool>(), prop::collection::vec(display_message(), 0..3)).prop_map(
            |(request, more, messages)| Fact::DisplayMessages(DisplayReport { request, more, messages })
        ),
        (any::<i32>(), any::<u32>(), any::<bool>(), moment(), text()).prop_map(
            |(request, seq, more, at, data)| {
                Fact::CustomerInformation(CustomerPiece { request, seq, more, at, data })
            }
        ),
    ]
    .boxed()
}

fn ending() -> BoxedStrategy<ReservationEnding> {
    let words = [ReservationEnding::Expired, ReservationEnding::Removed, ReservationEnding::NoTransaction];
    prop::sample::select(words.to_vec()).boxed()
}

fn authorization() -> BoxedStrategy<Authorization> {
    let words = [
        AuthorizationStatus::Accepted,
        AuthorizationStatus::Blocked,
        AuthorizationStatus::Expired,
        AuthorizationStatus::Invalid,
        AuthorizationStatus::ConcurrentTx,
        AuthorizationStatus::NoCredit,
        AuthorizationStatus::NotAtThisTime,
        AuthorizationStatus::Unknown,
    ];
    (prop::sample::select(words.to_vec()), option::of(moment()), option::of(token()))
        .prop_map(|(status, cache_until, group)| Authorization { status, cache_until, group })
        .boxed()
}

fn transfer_answer() -> BoxedStrategy<TransferAnswer> {
    let words = [
        TransferStatus::Accepted,
        TransferStatus::Rejected,
        TransferStatus::UnknownMessage,
        TransferStatus::UnknownVendor,
    ];
    (prop::sample::select(words.to_vec()), option::of(json()))
        .prop_map(|(status, data)| TransferAnswer { status, data })
        .boxed()
}

/// A fact with an answer of its kind.
pub(super) fn answered_fact() -> BoxedStrategy<(Fact, Answer)> {
    fact()
        .prop_flat_map(|fact| {
            let answer = match &fact {
                Fact::Boot(_) => {
                    let words = [Registration::Accepted, Registration::Pending, Registration::Rejected];
                    (prop::sample::select(words.to_vec()), moment(), any::<u32>())
                        .prop_map(|(registration, now, interval_s)| Answer::Boot {
                            registration,
                            now,
                            interval_s,
                        })
                        .boxed()
                }
                Fact::Heartbeat => moment().prop_map(|now| Answer::Heartbeat { now }).boxed(),
                Fact::Authorize(_) => authorization().prop_map(Answer::Authorize).boxed(),
                Fact::Transaction(_) => {
                    (option::of(number()), option::of(authorization()), option::of(decimal()))
                        .prop_map(|(number, authorization, total_cost)| Answer::Transaction {
                            number,
                            authorization,
                            total_cost,
                        })
                        .boxed()
                }
                Fact::Transfer(_) => transfer_answer().prop_map(Answer::Transfer).boxed(),
                _ => Just(Answer::Noted).boxed(),
            };
            (Just(fact), answer)
        })
        .boxed()
}

fn setting() -> BoxedStrategy<Setting> {
    let variable = (text(), option::of(text()), option::of(place()), text(), option::of(text()));
    prop_oneof![
        text().prop_map(Setting::Key),
        variable.prop_map(|(component, component_instance, place, variable, variable_instance)| {
            Setting::Variable { component, component_instance, place, variable, variable_instance }
        }),
    ]
    .boxed()
}

fn severity() -> BoxedStrategy<EventSeverity> {
    any::<i64>().prop_map(EventSeverity::nearest).boxed()
}

fn kind() -> BoxedStrategy<MonitorKind> {
    prop::sample::select(MonitorKind::ALL).boxed()
}

fn monitor_event() -> BoxedStrategy<MonitorEvent> {
    let what = (number(), moment(), option::of(number()), text(), any::<bool>(), setting());
    let words = (option::of(text()), option::of(text()), option::of(text()));
    let from = (option::of(number()), option::of(severity()));
    let kinds = (prop::sample::select(EventTrigger::ALL), prop::sample::select(MonitorOrigin::ALL));
    (what, words, from, kinds)
        .prop_map(
            |(
                (id, at, cause, value, cleared, setting),
                (tech_code, tech_info, transaction),
                (monitor, severity),
                (trigger, origin),
            )| MonitorEvent {
                id,
                at,
                trigger,
                cause,
                value,
                tech_code,
                tech_info,
                cleared,
                transaction,
                setting,
                monitor,
                origin,
                severity,
            },
        )
        .boxed()
}

fn installed() -> BoxedStrategy<InstalledMonitor> {
    let origin = option::of(prop::sample::select(MonitorOrigin::ALL));
    (setting(), number(), kind(), decimal(), severity(), any::<bool>(), origin)
        .prop_map(|(setting, id, kind, value, severity, in_transaction, origin)| InstalledMonitor {
            setting,
            id,
            kind,
            value,
            severity,
            in_transaction,
            origin,
        })
        .boxed()
}

fn monitor_setting() -> BoxedStrategy<MonitorSetting> {
    let stream = (option::of(id()), option::of(id()))
        .prop_map(|(interval_s, values)| StreamPace { interval_s, values });
    (setting(), option::of(number()), kind(), decimal(), severity(), any::<bool>(), option::of(stream))
        .prop_map(|(setting, id, kind, value, severity, in_transaction, stream)| MonitorSetting {
            setting,
            id,
            kind,
            value,
            severity,
            in_transaction,
            stream,
        })
        .boxed()
}

fn display_text() -> BoxedStrategy<DisplayText> {
    (prop::sample::select(TextFormat::ALL), option::of(text()), text())
        .prop_map(|(format, language, content)| DisplayText { format, language, content })
        .boxed()
}

fn display_message() -> BoxedStrategy<DisplayMessage> {
    let part = (text(), option::of(text()), option::of(place()))
        .prop_map(|(component, instance, place)| DisplayPart { component, instance, place });
    let when = (option::of(moment()), option::of(moment()), option::of(text()));
    let kinds =
        (prop::sample::select(DisplayPriority::ALL), option::of(prop::sample::select(DisplayState::ALL)));
    let texts = (display_text(), prop::collection::vec(display_text(), 0..6));
    (number(), kinds, when, option::of(part), texts)
        .prop_map(|(id, (priority, state), (from, until, transaction), display, (text, translations))| {
            DisplayMessage { id, priority, state, from, until, transaction, display, text, translations }
        })
        .boxed()
}

fn customer() -> BoxedStrategy<CustomerQuestion> {
    let reference = prop_oneof![
        token().prop_map(CustomerReference::Token),
        text().prop_map(CustomerReference::Identifier),
    ];
    (any::<i32>(), option::of(reference), any::<bool>(), any::<bool>())
        .prop_map(|(request, customer, report, clear)| CustomerQuestion { request, customer, report, clear })
        .boxed()
}

fn local_list() -> BoxedStrategy<LocalListUpdate> {
    let entry = (token(), option::of(authorization()))
        .prop_map(|(id_token, authorization)| LocalListEntry { id_token, authorization });
    let kind = prop_oneof![Just(ListUpdateKind::Full), Just(ListUpdateKind::Differential)];
    (1..=u32::MAX, kind, prop::collection::vec(entry, 0..3))
        .prop_map(|(version, kind, entries)| LocalListUpdate {
            version: NonZeroU32::new(version).unwrap(),
            kind,
            entries,
        })
        .boxed()
}

fn reserve() -> BoxedStrategy<Reserve> {
    let kind = option::of(word(&["cCCS2", "sType2"]));
    let whom = (token(), option::of(token()));
    (number(), option::of(id()), kind, whom, moment())
        .prop_map(|(id, evse, connector_type, (id_token, group), expires_at)| Reserve {
            id,
            evse: evse.map(EvseId),
            connector_type,
            id_token,
            group,
            expires_at,
        })
        .boxed()
}

fn attribute() -> BoxedStrategy<AttributeKind> {
    prop::sample::select(AttributeKind::ALL.to_vec()).boxed()
}

fn network_profile() -> BoxedStrategy<NetworkProfile> {
    let apn = (text(), option::of(text()), option::of(any::<i32>()), word(&["PAP", "AUTO"])).prop_map(
        |(apn, user, sim_pin, authentication)| AccessPoint {
            apn,
            password: user.clone(),
            preferred_network: user.clone(),
            user,
            sim_pin,
            only_preferred_network: sim_pin.is_some(),
            authentication,
        },
    );
    let vpn = (text(), option::of(text()), word(&["IKEv2", "PPTP"])).prop_map(|(server, group, kind)| {
        PrivateNetwork {
            user: server.clone(),
            password: server.clone(),
            key: server.clone(),
            server,
            group,
            kind,
        }
    });
    let own = (option::of(word(&["OCPP20", "OCPP201"])), option::of(text()), option::of(text()));
    let who = (any::<i32>(), text(), word(&["Wired0", "Any"]), any::<u8>(), any::<u32>());
    (who, own, option::of(apn), option::of(vpn))
        .prop_map(|(who, (ocpp_version, identity, password), apn, vpn)| {
            let (slot, url, interface, security_profile, message_timeout_s) = who;
            NetworkProfile {
                slot,
                url,
                interface,
                security_profile,
                message_timeout_s,
                ocpp_version,
                identity,
                password,
                apn,
                vpn,
            }
        })
        .boxed()
}

/// Every order but raw JSON.
pub(super) fn command() -> BoxedStrategy<Command> {
    let evse = || option::of(id().prop_map(EvseId));
    let trigger = prop_oneof![
        Just(TriggerKind::Boot),
        Just(TriggerKind::Status),
        Just(TriggerKind::Meter),
        Just(TriggerKind::Transaction),
        Just(TriggerKind::SignedFirmware),
        Just(TriggerKind::Diagnostics),
        text().prop_map(TriggerKind::Custom),
        text().prop_map(TriggerKind::Other),
    ];
    let reset = prop_oneof![Just(ResetKind::Immediate), Just(ResetKind::Graceful), Just(ResetKind::OnIdle)];
    let change = (setting(), attribute(), text()).prop_map(|(setting, attribute, value)| SettingChange {
        setting,
        attribute,
        value,
    });
    let attributes =
        (setting(), attribute()).prop_map(|(setting, attribute)| SettingAttribute { setting, attribute });
    let subject = (text(), option::of(text()), option::of(place()), option::of(text()), option::of(text()))
        .prop_map(|(component, component_instance, place, variable, variable_instance)| ReportSubject {
            component,
            component_instance,
            place,
            variable,
            variable_instance,
        });
    let criteria = prop::collection::vec(prop::sample::select(Criterion::ALL.to_vec()), 0..5);
    prop_oneof![
        (token(), option::of(token()), evse(), option::of(number())).prop_map(
            |(id_token, group, evse, remote_start)| {
                Command::RemoteStart(RemoteStart { id_token, group, evse, remote_start, profile: None })
            }
        ),
        local_list().prop_map(Command::SendLocalList),
        Just(Command::ReadLocalListVersion),
        reserve().prop_map(Command::Reserve),
        number().prop_map(|id| Command::CancelReservation { id }),
        option::of(transaction()).prop_map(|transaction| Command::ReadTransaction { transaction }),
        transaction().prop_map(Command::RemoteStop),
        (trigger, option::of(place())).prop_map(|(message, place)| Command::Trigger { message, place }),
        (reset, evse()).prop_map(|(kind, evse)| Command::Reset { kind, evse }),
        place().prop_map(|place| Command::SetAvailability { place, availability: Availability::Operative }),
        place().prop_map(Command::Unlock),
        Just(Command::ClearCache),
        Just(Command::ReadSettings(Scope::All)),
        prop::collection::vec(setting(), 0..3).prop_map(|these| Command::ReadSettings(Scope::These(these))),
        prop::collection::vec(attributes, 0..3)
            .prop_map(|these| Command::ReadSettings(Scope::Attributes(these))),
        prop::collection::vec(change, 0..3).prop_map(Command::ChangeSettings),
        (any::<i32>(), prop::sample::select(ReportKind::ALL.to_vec()))
            .prop_map(|(request, kind)| Command::ReportBase { request, kind }),
        (any::<i32>(), criteria, prop::collection::vec(subject, 0..3))
            .prop_map(|(request, criteria, settings)| Command::Report { request, criteria, settings }),
        network_profile().prop_map(|profile| Command::SetNetworkProfile(Box::new(profile))),
        (transaction(), decimal()).prop_map(|(transaction, total)| Command::ShowCost { transaction, total }),
        prop_oneof![
            prop::sample::select(MonitoringBase::ALL).prop_map(Command::SetMonitoringBase),
            severity().prop_map(Command::SetMonitoringLevel),
            prop::collection::vec(monitor_setting(), 0..3).prop_map(Command::SetVariableMonitoring),
            prop::collection::vec(number(), 0..3).prop_map(|ids| Command::ClearVariableMonitoring { ids }),
            display_message().prop_map(|message| Command::SetDisplayMessage(Box::new(message))),
            number().prop_map(|id| Command::ClearDisplayMessage { id }),
            customer().prop_map(|question| Command::CustomerInformation(Box::new(question))),
        ],
        transfer().prop_map(Command::Transfer),
    ]
    .boxed()
}

fn verdict() -> BoxedStrategy<Verdict> {
    let words = [
        Verdict::Accepted,
        Verdict::Rejected,
        Verdict::Scheduled,
        Verdict::NotSupported,
        Verdict::Unknown,
        Verdict::RebootRequired,
        Verdict::Failed,
        Verdict::Occupied,
        Verdict::Faulted,
        Verdict::Unavailable,
        Verdict::VersionMismatch,
    ];
    prop::sample::select(words.to_vec()).boxed()
}

/// An order with an outcome of its kind.
pub(super) fn command_with_outcome() -> BoxedStrategy<(Command, Outcome)> {
    command()
        .prop_flat_map(|command| {
            let outcome = match &command {
                Command::RemoteStart(_) => (verdict(), option::of(transaction()))
                    .prop_map(|(verdict, transaction)| Outcome::RemoteStart { verdict, transaction })
                    .boxed(),
                Command::ReadSettings(_) | Command::ChangeSettings(_) => {
                    let said = (
                        option::of(text()),
                        option::of(any::<bool>()),
                        option::of((text(), option::of(text()))),
                    );
                    let result = (setting(), attribute(), verdict(), said).prop_map(
                        |(setting, attribute, verdict, (value, read_only, cause))| SettingResult {
                            setting,
                            attribute,
                            verdict,
                            value,
                            read_only,
                            cause: cause.map(|(code, text)| Cause { code, text }),
                        },
                    );
                    prop::collection::vec(result, 0..3).prop_map(Outcome::Settings).boxed()
                }
                Command::ReadLocalListVersion => prop_oneof![
                    Just(HeldList::NotSupported),
                    Just(HeldList::Nothing),
                    (1..=u32::MAX).prop_map(|version| HeldList::Version(NonZeroU32::new(version).unwrap())),
                ]
                .prop_map(Outcome::LocalList)
                .boxed(),
                Command::ReadTransaction { .. } => (option::of(any::<bool>()), any::<bool>())
                    .prop_map(|(ongoing, reports_wait)| Outcome::Transaction { ongoing, reports_wait })
                    .boxed(),
                Command::Transfer(_) => transfer_answer().prop_map(Outcome::Transfer).boxed(),
                _ => verdict().prop_map(Outcome::Verdict).boxed(),
            };
            (Just(command), outcome)
        })
        .boxed()
}
