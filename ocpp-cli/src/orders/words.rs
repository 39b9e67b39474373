//! What people call the orders of the model: a title, what each does, an example, and what to think of before.

use super::form::words_of_name;

/// What is said of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Words {
    /// Its name in JSON.
    pub(crate) name: &'static str,
    /// What people call it.
    pub(crate) title: &'static str,
    /// What it does, as a sentence.
    pub(crate) about: &'static str,
    /// What a station has to be able to do for it.
    pub(crate) feature: Feature,
    /// What it may break, for orders that want a second look.
    pub(crate) care: Option<&'static str>,
    /// Examples in JSON, as REST takes them; where versions say it differently, one for each.
    pub(crate) examples: &'static [&'static str],
}

/// A part of OCPP that a station may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feature {
    /// What every station has.
    Core,
    /// Lists of tokens on the station.
    LocalList,
    /// Reservations.
    Reservation,
    /// Charging profiles.
    SmartCharging,
    /// Firmware and diagnostics (1.6; part of every station of 2.x).
    Firmware,
    /// Triggers (1.6; part of every station of 2.x).
    Trigger,
    /// Messages on a display.
    Display,
    /// Costs on the display.
    Cost,
    /// Tariffs on the station.
    Tariff,
    /// Monitors on variables.
    Monitoring,
    /// Authorizations that the station keeps.
    Cache,
    /// Grid support of inverters.
    GridSupport,
    /// Energy in both directions.
    V2x,
    /// Swaps of batteries.
    BatterySwap,
    /// Payment on the web.
    WebPayment,
}

impl Feature {
    /// All of them.
    pub(crate) const ALL: [Feature; 15] = [
        Feature::Core,
        Feature::LocalList,
        Feature::Reservation,
        Feature::SmartCharging,
        Feature::Firmware,
        Feature::Trigger,
        Feature::Display,
        Feature::Cost,
        Feature::Tariff,
        Feature::Monitoring,
        Feature::Cache,
        Feature::GridSupport,
        Feature::V2x,
        Feature::BatterySwap,
        Feature::WebPayment,
    ];

    /// The feature profile of 1.6 that it belongs to.
    pub(crate) const fn profile(self) -> Option<&'static str> {
        match self {
            Feature::LocalList => Some("LocalAuthListManagement"),
            Feature::Reservation => Some("Reservation"),
            Feature::SmartCharging => Some("SmartCharging"),
            Feature::Firmware => Some("FirmwareManagement"),
            Feature::Trigger => Some("RemoteTrigger"),
            _ => None,
        }
    }

    /// The components of 2.x whose variables `Available` and `Enabled` say whether there is such a thing; of several
    /// one is enough.
    pub(crate) const fn components(self) -> &'static [&'static str] {
        match self {
            Feature::LocalList => &["LocalAuthListCtrlr"],
            Feature::Reservation => &["ReservationCtrlr"],
            Feature::SmartCharging => &["SmartChargingCtrlr"],
            Feature::Display => &["DisplayMessageCtrlr"],
            Feature::Cost | Feature::Tariff => &["TariffCostCtrlr"],
            Feature::Monitoring => &["MonitoringCtrlr"],
            Feature::Cache => &["AuthCacheCtrlr"],
            Feature::GridSupport => &["DCDERCtrlr", "ACDERCtrlr"],
            Feature::V2x => &["V2XChargingCtrlr"],
            Feature::BatterySwap => &["BatterySwapCtrlr"],
            Feature::WebPayment => &["WebPaymentsCtrlr"],
            Feature::Core | Feature::Firmware | Feature::Trigger => &[],
        }
    }

    /// The instance of those variables, where one component speaks of two things.
    pub(crate) const fn instance(self) -> Option<&'static str> {
        match self {
            Feature::Cost => Some("Cost"),
            Feature::Tariff => Some("Tariff"),
            _ => None,
        }
    }
}

/// The words of an order. One that has none yet is called by its name.
pub(crate) fn words_of(name: &str) -> Words {
    let known = WORDS.iter().find(|words| words.name == name);
    known.copied().unwrap_or(Words {
        name: "",
        title: "",
        about: "",
        feature: Feature::Core,
        care: None,
        examples: &[],
    })
}

impl Words {
    /// What people call an order of this name.
    pub(crate) fn title_of(name: &str) -> String {
        match words_of(name).title {
            "" => words_of_name(name),
            title => title.to_owned(),
        }
    }
}

macro_rules! words {
    ($($name:literal, $title:literal, $feature:ident $(, care $care:literal)?: $about:literal $(, $example:literal)*;)*) => {
        &[$(Words {
            name: $name,
            title: $title,
            about: $about,
            feature: Feature::$feature,
            care: words!(@care $($care)?),
            examples: &[$($example),*],
        }),*]
    };
    (@care) => { None };
    (@care $care:literal) => { Some($care) };
}

/// All of them, in the order of the model.
const WORDS: &[Words] = words! {
    "remote_start", "Start charging", Core:
        "Starts a transaction for a token.",
        r#"{"remote_start":{"id_token":{"value":"04AABB","kind":"ISO14443"},"evse":1,"remote_start":7}}"#;
    "remote_stop", "Stop charging", Core:
        "Stops a running transaction.",
        r#"{"remote_stop":{"numbered":17}}"#, r#"{"remote_stop":{"named":"tx-1"}}"#;
    "trigger", "Ask for a message", Trigger:
        "Has the station send a message now.",
        r#"{"trigger":{"message":"Heartbeat","place":null}}"#,
        r#"{"trigger":{"message":"Log","place":null}}"#;
    "reset", "Restart", Core, care "The station restarts, and running sessions may end.":
        "Restarts the station, or one EVSE of it.",
        r#"{"reset":{"kind":"Immediate","evse":null}}"#;
    "set_availability", "Take out of use, or back", Core:
        "Changes whether a place may be used.",
        r#"{"set_availability":{"place":{"connector":[1,1]},"availability":"Inoperative"}}"#;
    "unlock", "Unlock a connector", Core, care "A cable that is unlocked can be taken away.":
        "Opens the lock of a connector.",
        r#"{"unlock":{"connector":[1,1]}}"#;
    "set_charging_profile", "Install a charging profile", SmartCharging:
        "Limits what may flow, at the station or at an EVSE.",
        r#"{"set_charging_profile":{"place":{"evse":1},"profile":{"id":1,"purpose":"tx_default","kind":"relative","stack_level":0,"schedules":[{"id":1,"unit":"A","periods":[{"start_s":0,"limit":"16"}]}]}}}"#;
    "get_charging_profiles", "Report charging profiles", SmartCharging:
        "Has the station report the profiles that fit.",
        r#"{"get_charging_profiles":{"request":1,"place":null,"filter":{"ids":[1]}}}"#;
    "clear_charging_profiles", "Remove charging profiles", SmartCharging:
        "Removes the profile of a number, or those that fit.",
        r#"{"clear_charging_profiles":{"id":1}}"#;
    "get_composite_schedule", "Ask for the schedule that holds", SmartCharging:
        "Has the station tell what all profiles allow together.",
        r#"{"get_composite_schedule":{"place":{"evse":1},"duration_s":3600,"unit":"A"}}"#;
    "update_dynamic_schedule", "Change a dynamic profile", SmartCharging:
        "Gives the one step of a dynamic profile new values.",
        r#"{"update_dynamic_schedule":{"profile":1,"update":{"limit":"16"}}}"#;
    "use_priority_charging", "Switch priority charging", SmartCharging:
        "Lets a transaction charge by the profile of priority charging, or no longer.",
        r#"{"use_priority_charging":{"transaction":{"named":"tx-1"},"activate":true}}"#;
    "set_default_tariff", "Install the usual tariff", Tariff:
        "Installs the tariff of drivers without their own.",
        r#"{"set_default_tariff":{"place":"station","tariff":{"id":"house-1","currency":"EUR","energy":{"prices":[{"price_kwh":"0.40"}]}}}}"#;
    "get_tariffs", "Ask for tariffs", Tariff:
        "Has the station tell which tariffs are installed.",
        r#"{"get_tariffs":{"place":"station"}}"#;
    "clear_tariffs", "Remove tariffs", Tariff:
        "Removes the tariffs that are named, or all.",
        r#"{"clear_tariffs":{"ids":["house-1"],"place":null}}"#;
    "change_transaction_tariff", "Change the tariff of a transaction", Tariff:
        "Gives a running transaction another tariff.",
        r#"{"change_transaction_tariff":{"transaction":{"named":"tx-1"},"tariff":{"id":"house-2","currency":"EUR","energy":{"prices":[{"price_kwh":"0.30"}]}}}}"#;
    "set_der_control", "Install a setting of grid support", GridSupport:
        "Tells the station how to react to the grid.",
        r#"{"set_der_control":{"id":"limit-1","scope":"default","kind":"LimitMaxDischarge","setting":{"limit_max_discharge":{"priority":1,"pctMaxDischargePower":50}}}}"#;
    "get_der_controls", "Report settings of grid support", GridSupport:
        "Has the station report the settings that fit.",
        r#"{"get_der_controls":{"request":1,"filter":{}}}"#;
    "clear_der_controls", "Remove settings of grid support", GridSupport:
        "Removes settings of a scope, and of a kind or a name.",
        r#"{"clear_der_controls":{"scope":"default","kind":null,"id":"limit-1"}}"#;
    "afrr_signal", "Send the signal of frequency restoration", V2x:
        "Passes the signal of the grid operator on.",
        r#"{"afrr_signal":{"at":"2027-01-01T00:00:00Z","signal":4}}"#;
    "allow_energy_transfer", "Allow ways of energy transfer", V2x:
        "Tells which ways of energy transfer a transaction may use.",
        r#"{"allow_energy_transfer":{"transaction":{"named":"tx-1"},"modes":["AC_BPT"]}}"#;
    "adjust_stream", "Change the pace of a stream", Monitoring:
        "Changes how often a stream of values sends.",
        r#"{"adjust_stream":{"id":1,"pace":{"interval_s":60}}}"#;
    "get_streams", "Ask for streams", Monitoring:
        "Has the station tell which streams of values are open.",
        r#""get_streams""#;
    "request_battery_swap", "Let a driver swap batteries", BatterySwap:
        "Starts a swap of batteries for a token.",
        r#"{"request_battery_swap":{"request":1,"id_token":{"value":"04AABB","kind":"ISO14443"}}}"#;
    "web_payment_started", "Say that a driver pays on the web", WebPayment:
        "Has the display say that a payment is under way.",
        r#"{"web_payment_started":{"evse":1,"timeout_s":120}}"#;
    "clear_cache", "Forget cached authorizations", Cache:
        "Empties the cache in which the station remembers who may charge.",
        r#""clear_cache""#;
    "send_local_list", "Send the local list", LocalList:
        "Replaces or changes the list of tokens that the station decides on by itself. The manager keeps that list by itself where it is asked to.",
        r#"{"send_local_list":{"version":1,"kind":"full","entries":[{"id_token":{"value":"04AABB","kind":"ISO14443"},"authorization":{"status":"Accepted","cache_until":null,"group":null}}]}}"#;
    "read_local_list_version", "Ask for the version of the local list", LocalList:
        "Has the station tell which local list it has.",
        r#""read_local_list_version""#;
    "reserve", "Reserve a place", Reservation:
        "Keeps a place free for a token. Reservations that the manager keeps are made on their own page.",
        r#"{"reserve":{"id":7,"evse":1,"connector_type":null,"id_token":{"value":"04AABB","kind":"ISO14443"},"group":null,"expires_at":"2027-01-01T00:00:00Z"}}"#;
    "cancel_reservation", "Cancel a reservation", Reservation:
        "Gives a reserved place free again.",
        r#"{"cancel_reservation":{"id":7}}"#;
    "read_transaction", "Ask for a transaction", Core:
        "Has the station tell whether a transaction runs, and whether reports wait to be sent.",
        r#"{"read_transaction":{"transaction":{"named":"tx-1"}}}"#;
    "read_settings", "Read settings", Core:
        "Has the station tell the values of settings.",
        r#"{"read_settings":"all"}"#,
        r#"{"read_settings":{"these":[{"variable":{"component":"OCPPCommCtrlr","component_instance":null,"place":null,"variable":"HeartbeatInterval","variable_instance":null}}]}}"#;
    "change_settings", "Change settings", Core:
        "Gives settings new values.",
        r#"{"change_settings":[{"setting":{"key":"HeartbeatInterval"},"value":"300"}]}"#,
        r#"{"change_settings":[{"setting":{"variable":{"component":"OCPPCommCtrlr","component_instance":null,"place":null,"variable":"HeartbeatInterval","variable_instance":null}},"value":"300"}]}"#;
    "report_base", "Report settings", Core:
        "Has the station report one of the sets of settings that the specification lays down.",
        r#"{"report_base":{"request":1,"kind":"full"}}"#;
    "report", "Report chosen settings", Core:
        "Has the station report settings of components in a state, or of those that are named.",
        r#"{"report":{"request":1,"criteria":["problem"],"settings":[]}}"#;
    "set_network_profile", "Set a network profile", Core,
        care "A station with a wrong way to its manager does not come back.":
        "Keeps a way to reach a manager in a slot of the station.",
        r#"{"set_network_profile":{"slot":1,"url":"wss://manager.example.com/ocpp","interface":"Wired0","security_profile":2,"message_timeout_s":30}}"#;
    "show_cost", "Show the cost", Cost:
        "Shows the driver what a transaction costs so far.",
        r#"{"show_cost":{"transaction":{"named":"tx-1"},"total":"12.34"}}"#;
    "update_firmware", "Update the firmware", Firmware,
        care "The station restarts, and a wrong file may leave it without use. Updates of kept firmware are followed to their end: use those where you can.":
        "Has the station fetch a file and install it.",
        r#"{"update_firmware":{"request":7,"location":"https://files.example.com/firmware.bin","retrieve_at":"2027-01-01T00:00:00Z","install_at":null,"signature":null,"retries":3,"retry_interval_s":60}}"#,
        r#"{"update_firmware":{"request":null,"location":"https://files.example.com/firmware.bin","retrieve_at":"2027-01-01T00:00:00Z","install_at":null,"signature":null,"retries":null,"retry_interval_s":null}}"#,
        r#"{"update_firmware":{"request":7,"location":"https://files.example.com/firmware.bin","retrieve_at":"2027-01-01T00:00:00Z","install_at":null,"signature":{"certificate":"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n","signature":"c2lnbmVk"},"retries":null,"retry_interval_s":null}}"#;
    "publish_firmware", "Offer firmware in a local network", Firmware:
        "Has a local controller fetch a file and offer it to stations in its network.",
        r#"{"publish_firmware":{"request":7,"location":"https://files.example.com/firmware.bin","checksum":"d41d8cd98f00b204e9800998ecf8427e","retries":null,"retry_interval_s":null}}"#;
    "unpublish_firmware", "Offer firmware no longer", Firmware:
        "Has a local controller offer a file no longer.",
        r#"{"unpublish_firmware":{"checksum":"d41d8cd98f00b204e9800998ecf8427e"}}"#;
    "get_log", "Upload a log", Firmware:
        "Has the station upload a log to an address. Logs that the manager is to keep are ordered on their own.",
        r#"{"get_log":{"request":7,"log":"diagnostics","location":"https://files.example.com/logs/","from":null,"until":null,"retries":null,"retry_interval_s":null}}"#,
        r#"{"get_log":{"request":null,"log":"diagnostics","location":"https://files.example.com/logs/","from":null,"until":null,"retries":null,"retry_interval_s":null}}"#;
    "set_monitoring_base", "Activate a set of monitors", Monitoring:
        "Activates a set of monitors that the maker prepared.",
        r#"{"set_monitoring_base":"all"}"#;
    "set_monitoring_level", "Set which events are reported", Monitoring:
        "Has the station report events of this severity and worse: 0 is danger, 9 for debugging.",
        r#"{"set_monitoring_level":4}"#;
    "set_variable_monitoring", "Set monitors", Monitoring:
        "Has the station watch variables.",
        r#"{"set_variable_monitoring":[{"setting":{"variable":{"component":"EVSE","component_instance":null,"place":null,"variable":"Temperature","variable_instance":null}},"kind":"upper_threshold","value":"70","severity":4}]}"#;
    "clear_variable_monitoring", "Remove monitors", Monitoring:
        "Removes monitors by the station's numbers of them.",
        r#"{"clear_variable_monitoring":{"ids":[1]}}"#;
    "get_monitoring_report", "Report monitors", Monitoring:
        "Has the station report its monitors.",
        r#"{"get_monitoring_report":{"request":1,"criteria":["threshold"],"variables":[]}}"#;
    "set_display_message", "Show a message", Display:
        "Shows a message on the display.",
        r#"{"set_display_message":{"id":1,"priority":"normal_cycle","text":{"format":"utf8","content":"Welcome"}}}"#;
    "get_display_messages", "Report messages of the display", Display:
        "Has the station report the messages that are set.",
        r#"{"get_display_messages":{"request":1,"filter":{}}}"#;
    "clear_display_message", "Take a message off the display", Display:
        "Removes a message by its number.",
        r#"{"clear_display_message":{"id":1}}"#;
    "customer_information", "Report or forget a customer", Core,
        care "What a station forgets about a customer is gone.":
        "Has the station report what it knows about a customer, forget it, or both.",
        r#"{"customer_information":{"request":1,"customer":{"identifier":"Customer 7"},"report":true,"clear":false}}"#;
    "install_certificate", "Install a certificate", Core:
        "Installs a root certificate.",
        r#"{"install_certificate":{"use":"csms_root","certificate":"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"}}"#;
    "delete_certificate", "Remove a certificate", Core,
        care "Without the right certificate a station trusts neither its manager nor vehicles.":
        "Removes a certificate by its hashes.",
        r#"{"delete_certificate":{"algorithm":"sha256","issuer_name":"0a1b","issuer_key":"2c3d","serial":"4e"}}"#;
    "list_certificates", "Ask for certificates", Core:
        "Has the station tell which certificates are installed.",
        r#"{"list_certificates":{"uses":["csms_root"]}}"#;
    "certificate_signed", "Give a signed certificate", Core,
        care "A station with a wrong certificate does not come back.":
        "Gives the station a certificate that was signed for it. The manager does so by itself where it has an authority.",
        r#"{"certificate_signed":{"request":null,"use":"charging_station","chain":"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"}}"#;
    "transfer", "Send a vendor's message", Core:
        "Sends a message that a vendor defined.",
        r#"{"transfer":{"vendor":"com.example","message":"hello","data":null}}"#;
};

#[cfg(test)]
mod tests {
    use ocpp_core::model::Command;

    use super::super::form::Input;
    use super::super::{VERSIONS, can_say, form_of, names, parts_of};
    use super::*;

    #[test]
    fn every_order_has_words_and_no_words_are_about_none() {
        let known: Vec<&str> = WORDS.iter().map(|words| words.name).collect();
        assert_eq!(known, names(), "orders of the model, and those with words in orders/words.rs");
    }

    #[test]
    fn every_example_is_an_order_that_a_version_can_say() {
        for words in WORDS {
            assert!(!words.examples.is_empty(), "{} has no example", words.name);
            for example in words.examples {
                let json: serde_json::Value = serde_json::from_str(example).expect(words.name);
                assert_eq!(parts_of(&json).map(|(name, _)| name), Some(words.name));
                let read: Result<Command, _> = serde_json::from_value(json);
                assert!(read.is_ok(), "{example}: {read:?}");
            }
            let told = VERSIONS.map(|version| can_say(version, words.name));
            assert!(told.iter().any(Result::is_ok), "{}: {told:?}", words.name);
        }
    }

    #[test]
    fn only_what_is_json_on_the_wire_is_asked_for_as_json() {
        // What has no form of its own is told here; the list only shrinks.
        const AS_JSON: [&str; 11] = [
            "/sales_tariff",
            "/absolute_prices",
            "/price_levels",
            "/curve",
            "/enter_service",
            "/fixed_pf_absorb",
            "/fixed_pf_inject",
            "/fixed_var",
            "/freq_droop",
            "/gradient",
            "/limit_max_discharge",
        ];
        fn look(input: &Input, place: &str, found: &mut Vec<String>) {
            match input {
                Input::Json => found.push(place.to_owned()),
                Input::Group(members) => {
                    members
                        .iter()
                        .for_each(|member| look(&member.input, &format!("{place}/{}", member.name), found));
                }
                Input::Either(cases) => {
                    cases.iter().for_each(|case| look(&case.input, &format!("{place}/{}", case.name), found));
                }
                Input::List(item) => look(item, place, found),
                Input::Tuple(parts) => parts.iter().for_each(|part| look(part, place, found)),
                _ => {}
            }
        }
        let mut wrong = Vec::new();
        for name in names() {
            let form = form_of(name).expect("a form");
            let mut found = Vec::new();
            look(&form, "", &mut found);
            let unknown = |place: &&String| !AS_JSON.iter().any(|known| place.ends_with(known));
            wrong.extend(found.iter().filter(unknown).map(|place| format!("{name}{place}")));
        }
        assert_eq!(wrong, [""; 0]);
    }

    #[test]
    fn forms_have_what_the_types_have() {
        let Some(Input::Group(reset)) = form_of("reset") else { panic!("a group") };
        assert_eq!(reset[0].name, "kind");
        assert!(reset[0].required && !reset[1].required);
        assert!(matches!(&reset[0].input, Input::Choice(kinds) if kinds.contains(&"OnIdle".to_owned())));
        let Some(Input::Group(update)) = form_of("update_firmware") else { panic!("a group") };
        let retrieve = update.iter().find(|member| member.name == "retrieve_at").expect("a member");
        assert_eq!((retrieve.required, &retrieve.input), (true, &Input::Moment));
        let Some(Input::Either(places)) = form_of("unlock") else { panic!("one of several") };
        assert_eq!(places.len(), 3);
        assert!(matches!(&places[2].input, Input::Tuple(parts) if parts.len() == 2));
        let Some(Input::Group(tariff)) = form_of("set_default_tariff") else { panic!("a group") };
        let Input::Group(tariff) = &tariff[1].input else { panic!("a group") };
        let currency = tariff.iter().find(|member| member.name == "currency").expect("a member");
        assert_eq!(currency.input, Input::Text { max: None });
    }
}
