//! The pages of orders, as an operator uses them: forms out of the types, flaws at their fields, bulk orders.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::running::{Manager, Station, directory};

async fn booted(manager: &Manager, id: &str, version: &str) -> Station {
    let mut station = manager.dial(id, version).await.expect("admitted");
    let boot = match version {
        "ocpp1.6" => json!({"chargePointVendor": "Acme", "chargePointModel": "M"}),
        _ => json!({"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "Acme"}}),
    };
    station.result("BootNotification", boot).await;
    station
}

async fn obeys(station: &mut Station, answer: Value) -> Value {
    let call = station.next().await;
    station.send(&json!([3, call[1], answer]).to_string()).await;
    call
}

#[tokio::test]
async fn a_station_is_offered_what_it_can_do() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    let browser = Browser::of(&manager);
    let _old = booted(&manager, "OLD", "ocpp1.6").await;
    let mut new = booted(&manager, "NEW", "ocpp2.1").await;
    let page = browser.open("/stations/OLD").await;
    assert!(page.contains("It was ordered nothing yet"), "{page}");
    let page = browser.open("/stations/OLD/orders/new").await;
    let (can, rest) = page.split_once("What it cannot do").expect("both");
    assert!(can.contains("order=reset") && !can.contains("order=get_tariffs"), "{page}");
    assert!(rest.contains("order=get_tariffs") && rest.contains("OCPP 1.6 cannot say this"), "{page}");
    assert!(rest.contains("action=RemoteStartTransaction"));
    let page = browser.open("/stations/NEW/orders/new").await;
    let (can, _) = page.split_once("What it cannot do").unwrap_or((&page, ""));
    assert!(can.contains("order=get_tariffs"), "{page}");

    // What a station says of itself counts, too.
    let streams = [("order", "get_streams")];
    let give = browser.submit("/stations/NEW/orders", &streams);
    let (_, (status, led, _)) = tokio::join!(
        async {
            let call = new.next().await;
            new.send(&json!([4, call[1], "NotImplemented", "", {}]).to_string()).await;
        },
        give
    );
    assert_eq!(status, 200);
    browser.until(&led, "refused (NotImplemented)").await;
    let page = browser.open("/stations/NEW/orders/new").await;
    assert!(page.contains("the station said NotImplemented to this"), "{page}");
}

#[tokio::test]
async fn what_a_station_reported_of_itself_says_what_it_is_offered() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    let browser = Browser::of(&manager);
    let mut old = booted(&manager, "OLD", "ocpp1.6").await;
    let page = browser.open("/stations/OLD/orders/new").await;
    let (can, _) = page.split_once("What it cannot do").expect("both");
    assert!(can.contains("order=reserve\""), "before it told anything, nothing speaks against it: {page}");
    let keys = json!({"configurationKey": [
        {"key": "SupportedFeatureProfiles", "readonly": true, "value": "Core, SmartCharging"}
    ]});
    tokio::join!(browser.send("/stations/OLD/settings/report", &[]), obeys(&mut old, keys));
    let page = browser.open("/stations/OLD/orders/new").await;
    let (can, rest) = page.split_once("What it cannot do").expect("both");
    assert!(can.contains("order=set_charging_profile") && !can.contains("order=reserve\""), "{page}");
    assert!(rest.contains("does not list the feature profile Reservation"), "{page}");
    assert!(rest.contains("SupportedFeatureProfiles is Core,SmartCharging"), "{page}");
    assert!(rest.contains("class=\"greyed\""), "{page}");

    let mut new = booted(&manager, "NEW", "ocpp2.1").await;
    let ((status, _), call) = tokio::join!(
        browser.send("/stations/NEW/settings/report", &[]),
        obeys(&mut new, json!({"status": "Accepted"}))
    );
    assert_eq!(status, 200);
    let variable = |component: &str, variable: Value, value: &str| {
        json!({
            "component": {"name": component}, "variable": variable,
            "variableAttribute": [{"value": value, "mutability": "ReadOnly"}]
        })
    };
    let data = [
        variable("ReservationCtrlr", json!({"name": "Available"}), "false"),
        variable("LocalAuthListCtrlr", json!({"name": "Enabled"}), "false"),
        variable("TariffCostCtrlr", json!({"name": "Available", "instance": "Tariff"}), "false"),
        variable("TariffCostCtrlr", json!({"name": "Available", "instance": "Cost"}), "true"),
        variable("MonitoringCtrlr", json!({"name": "Available"}), "true"),
        variable("ACDERCtrlr", json!({"name": "Available"}), "true"),
    ];
    let report = json!({
        "requestId": call[3]["requestId"], "generatedAt": "2026-03-02T08:00:00Z", "seqNo": 0, "reportData": data
    });
    new.result("NotifyReport", report).await;
    let page = browser.open("/stations/NEW/orders/new").await;
    let (can, rest) = page.split_once("What it cannot do").expect("both");
    for offered in ["set_variable_monitoring", "show_cost", "set_der_control", "reset"] {
        assert!(can.contains(&format!("order={offered}\"")), "{offered}: {page}");
    }
    for (greyed, why) in [
        ("reserve", "ReservationCtrlr.Available is false"),
        ("send_local_list", "switched off at the station (LocalAuthListCtrlr.Enabled is false)"),
        ("get_tariffs", "TariffCostCtrlr.Available[Tariff] is false"),
        ("set_display_message", "the station reports no DisplayMessageCtrlr"),
        ("request_battery_swap", "the station reports no BatterySwapCtrlr"),
    ] {
        assert!(!can.contains(&format!("order={greyed}\"")), "{greyed}: {page}");
        let (_, line) = rest.split_once(&format!("order={greyed}\"")).expect("it stands apart");
        let line = line.split("</li>").next().unwrap_or_default();
        assert!(line.contains(why), "{greyed}: {line}");
    }
    // It can be given all the same.
    let page = browser.open("/stations/NEW/orders/new?order=get_tariffs").await;
    assert!(page.contains("It may not work") && page.contains("Give the order"), "{page}");
}

#[tokio::test]
async fn forms_keep_what_was_typed_and_show_flaws_at_their_fields() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    let browser = Browser::of(&manager);
    let mut station = booted(&manager, "CS1", "ocpp2.0.1").await;
    let page = browser.open("/stations/CS1/orders/new?order=set_charging_profile").await;
    for part in [
        r#"<select name="c/place" data-cases="c/place">"#,
        r#"name="c/place/connector/1""#,
        r#"<option value="tx_default">"#,
        r#"type="datetime-local" step="1" name="c/profile/valid_from""#,
        r#"name="c/profile/schedules/0/periods/0/limit""#,
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let typed = [
        ("order", "set_charging_profile"),
        ("c/place", "evse"),
        ("c/place/evse", "1"),
        ("c/profile/id", "x7"),
        ("c/profile/purpose", "tx_default"),
        ("c/profile/kind", "relative"),
        ("c/profile/stack_level", "0"),
        ("#c/profile/schedules", "1"),
        ("c/profile/schedules/0/unit", "A"),
        ("#c/profile/schedules/0/periods", "1"),
        ("c/profile/schedules/0/periods/0/start_s", "0"),
        ("c/profile/schedules/0/periods/0/limit", "16,5"),
    ];
    let (status, _, page) = browser.submit("/stations/CS1/orders", &typed).await;
    assert_eq!(status, 422);
    assert!(page.contains("This is no whole number."), "{page}");
    assert!(page.contains(r#"value="x7""#) && page.contains(r#"value="16,5""#), "{page}");

    // A list grows by a button, and keeps what is there.
    let more = [&typed[..], &[("more", "c/profile/schedules/0/periods")]].concat();
    let (status, _, page) = browser.submit("/stations/CS1/orders", &more).await;
    assert_eq!(status, 200);
    assert!(page.contains(r#"name="c/profile/schedules/0/periods/1/start_s""#), "{page}");
    assert!(page.contains(r#"value="16,5""#), "{page}");

    let mut right = typed;
    right[3].1 = "7";
    let (call, (status, led, _)) = tokio::join!(
        obeys(&mut station, json!({"status": "Accepted"})),
        browser.submit("/stations/CS1/orders", &right)
    );
    assert_eq!(status, 200);
    assert_eq!(call[3]["chargingProfile"]["chargingSchedule"][0]["chargingSchedulePeriod"][0]["limit"], 16.5);
    let page = browser.until(&led, "accepted").await;
    assert!(page.contains("The conversation") && page.contains("SetChargingProfile"), "{page}");
    assert!(browser.open("/stations/CS1").await.contains("Install a charging profile"));
}

#[tokio::test]
async fn what_may_break_something_wants_a_second_look() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    let browser = Browser::of(&manager);
    let mut station = booted(&manager, "CS1", "ocpp1.6").await;
    for (which, value, kind) in [("order", "reset", "c/kind"), ("action", "Reset", "c/type")] {
        let word = if which == "order" { "Immediate" } else { "Hard" };
        let (status, _, page) = browser.submit("/stations/CS1/orders", &[(which, value), (kind, word)]).await;
        assert_eq!(status, 422);
        assert!(page.contains("Tick this first"), "{page}");
        let fields = [(which, value), (kind, word), ("sure", "yes")];
        let (call, (status, ..)) = tokio::join!(
            obeys(&mut station, json!({"status": "Accepted"})),
            browser.submit("/stations/CS1/orders", &fields)
        );
        assert_eq!((status, &call[3]), (200, &json!({"type": "Hard"})));
    }
    // An order that waits can be taken back.
    let fields = [("order", "clear_cache"), ("offline", "wait"), ("hours", "2")];
    let (_, led, page) = browser.submit("/stations/AWAY/orders", &fields).await;
    assert!(page.contains("Take it back"), "{page}");
    let withdraw = format!("{led}/withdraw");
    let (_, _, page) = browser.submit(&withdraw, &[]).await;
    assert!(page.contains("taken back by"), "{page}");
    let (status, _, page) =
        browser.submit("/stations/AWAY/orders", &[("order", "clear_cache"), ("offline", "refuse")]).await;
    assert_eq!(status, 422);
    assert!(page.contains("not connected"), "{page}");
}

#[tokio::test]
async fn many_stations_are_ordered_the_same() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    let browser = Browser::of(&manager);
    let mut first = booted(&manager, "CS1", "ocpp1.6").await;
    let mut second = booted(&manager, "CS2", "ocpp2.1").await;
    assert!(browser.open("/batches/new").await.contains("Order many stations"));
    let page = browser.open("/batches/new?vendor=acme&ocpp_version=2.1&what=order:clear_cache").await;
    assert!(page.contains(r#"<span id="chosen">1</span>"#), "{page}");
    let page = browser.open("/batches/new?vendor=acme&what=order:clear_cache").await;
    assert!(page.contains(r#"<span id="chosen">2</span>"#) && page.contains("CS1, CS2"), "{page}");
    let wrong = [("what", "order:clear_cache"), ("vendor", "acme"), ("at_once", "0")];
    let (status, _, page) = browser.submit("/batches", &wrong).await;
    assert_eq!(status, 422);
    assert!(page.contains("Choose 1 to 10000 stations."), "{page}");

    let fields = [("what", "order:clear_cache"), ("vendor", "acme"), ("at_once", "5"), ("name", "Caches")];
    let (one, other, (status, led, _)) = tokio::join!(
        obeys(&mut first, json!({"status": "Accepted"})),
        obeys(&mut second, json!({"status": "Rejected"})),
        browser.submit("/batches", &fields)
    );
    assert_eq!((status, &one[2], &other[2]), (200, &json!("ClearCache"), &json!("ClearCache")));
    let page = browser.until(&led, "Try again where it failed").await;
    assert!(page.contains("rejected") && page.contains("2 of 2"), "{page}");
    let page = browser.open(&format!("{led}?failed=1")).await;
    assert!(page.contains("/stations/CS2") && !page.contains("/stations/CS1"), "{page}");
    let retry = format!("{led}/retry");
    let (_, (status, ..)) =
        tokio::join!(obeys(&mut second, json!({"status": "Accepted"})), browser.submit(&retry, &[]));
    assert_eq!(status, 200);
    browser.until(&led, "<dt>Failed</dt><dd>0</dd>").await;
    assert!(browser.open("/batches").await.contains("Caches"));
}
