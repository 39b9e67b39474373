//! The pages of firmware, campaigns, logs and security, as an operator uses them.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::running::{Manager, Station, directory};

async fn booted(manager: &Manager) -> Station {
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    let boot = json!({"reason": "PowerUp", "chargingStation": {
        "model": "M", "vendorName": "Acme", "firmwareVersion": "1.0"
    }});
    station.result("BootNotification", boot).await;
    station
}

async fn obeys(station: &mut Station, answer: Value) -> Value {
    let call = station.next().await;
    station.send(&json!([3, call[1], answer]).to_string()).await;
    call
}

/// The key in the address after a form of a page.
fn key_after<'p>(page: &'p str, path: &str) -> &'p str {
    let rest = page.split_once(path).expect("a link").1;
    &rest[..36]
}

#[tokio::test]
async fn an_operator_uploads_firmware_and_runs_a_campaign() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    let browser = Browser::of(&manager);
    assert!(browser.open("/firmware").await.contains("No firmware yet"));
    let (status, page) = browser.send("/firmware", &[("name", ""), ("url", "fw.bin")]).await;
    assert_eq!(status, 422);
    assert!(page.contains("A name of 1 to 100 characters is needed."), "{page}");
    let (status, page) =
        browser.send("/firmware", &[("name", "fw-2.0.bin"), ("version", "2.0"), ("url", "")]).await;
    assert_eq!(status, 200);
    let id = key_after(&page, "/firmware/").to_owned();
    let body = "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n\r\n\
        --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"fw.bin\"\r\n\r\nhello world\r\n--b--\r\n";
    let upload = browser
        .http
        .post(format!("{}/firmware/{id}/content", browser.base))
        .header("content-type", "multipart/form-data; boundary=b")
        .body(body);
    let page = upload.send().await.expect("an answer").text().await.expect("a page");
    assert!(page.contains("here, 11 bytes"), "{page}");

    let mut station = booted(&manager).await;
    assert!(browser.open("/campaigns/add").await.contains("fw-2.0.bin (2.0)"));
    let fields = |waves: &'static str, window: &'static str| {
        [
            ("name", "Spring"),
            ("firmware", id.as_str()),
            ("vendor", "Acme"),
            ("waves", waves),
            ("at_once", "1"),
            ("window", window),
        ]
        .map(|(name, value)| (name, value.to_owned()))
    };
    for (waves, window, sentence) in
        [("one", "", "These are no sizes"), ("1, 5", "10 o'clock", "These are no hours of the day")]
    {
        let fields = fields(waves, window);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (status, page) = browser.send("/campaigns", &fields).await;
        assert_eq!(status, 422);
        assert!(page.contains(sentence), "{page}");
    }
    let fields = fields("1, 5", "");
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (status, page) = browser.send("/campaigns", &fields).await;
    assert_eq!(status, 200, "{page}");
    let campaign = format!("/campaigns/{}", key_after(&page, "/api/v1/campaigns/"));
    obeys(&mut station, json!({"status": "Rejected"})).await;
    browser.until(&campaign, "the station refused the update").await;
    let page = browser.until(&campaign, ">ended<").await;
    assert!(page.contains("Retry where it failed"), "{page}");
    let (_, page) = browser.send(&format!("{campaign}/retry"), &[]).await;
    assert!(page.contains("Give it up"), "{page}");
    obeys(&mut station, json!({"status": "Accepted"})).await;
    let (_, page) = browser.send(&format!("{campaign}/abort"), &[]).await;
    assert!(page.contains(">aborted<"), "{page}");
    assert!(browser.open("/firmware").await.contains("Spring"));
    assert!(browser.open("/stations/CS1").await.contains("Update 2"));
}

#[tokio::test]
async fn the_page_of_a_station_has_its_firmware_logs_and_alarms() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    let browser = Browser::of(&manager);
    let mut station = booted(&manager).await;
    let payload = json!({"type": "TamperDetectionActivated", "timestamp": "2026-11-01T10:00:00Z", "techInfo": "<door>"});
    station.result("SecurityEventNotification", payload).await;
    for path in ["/stations/CS1", "/alarms", "/alarms?show=open&severity=3"] {
        let page = browser.open(path).await;
        let alarm = "Security event TamperDetectionActivated";
        assert!(page.contains(alarm) && page.contains("&lt;door&gt;"), "{path}: {page}");
    }
    assert!(browser.open("/alarms?show=standing").await.contains("Nothing is wrong"));
    let page = browser.open("/alarms").await;
    let action =
        page.split("action=\"").find(|part| part.starts_with("/stations/CS1/alarms/")).expect("a form");
    let action = action.split('"').next().expect("an address").to_owned();
    let (status, page) = browser.send(&action, &[]).await;
    assert!(status == 200 && page.contains("Nothing is wrong"), "{page}");
    let page = browser.open("/stations/CS1").await;
    assert!(!page.contains("Security event Tamper") && page.contains("TamperDetectionActivated"), "{page}");
    let (status, _) = browser.send(&action, &[]).await;
    assert_eq!(status, 404, "it is gone");

    let order = [("log", "diagnostics")];
    let ((status, page), call) = tokio::join!(
        browser.send("/stations/CS1/logs", &order),
        obeys(&mut station, json!({"status": "Accepted", "filename": "d.log"})),
    );
    assert_eq!(status, 200);
    assert!(page.contains("Diagnostics log 1") && page.contains("running"), "{page}");
    let location = call[3]["log"]["remoteLocation"].as_str().expect("an address");
    let uploaded = browser.http.put(location).body("lines").send().await.expect("an answer");
    assert_eq!(uploaded.status(), 201);
    let page = browser.open("/stations/CS1").await;
    assert!(page.contains("/api/v1/stations/CS1/logs/1/content") && page.contains("(5 bytes)"), "{page}");

    browser.send("/firmware", &[("name", "fw"), ("url", "https://files.example/fw.bin")]).await;
    let page = browser.open("/stations/CS1").await;
    let choice = page.split_once("name=\"firmware\"").expect("a field").1;
    let id = choice.split_once("<option value=\"").expect("a choice").1;
    let fields = [("firmware", &id[..36])];
    let ((status, _), call) = tokio::join!(
        browser.send("/stations/CS1/updates", &fields),
        obeys(&mut station, json!({"status": "Accepted"})),
    );
    assert_eq!((status, &call[2]), (200, &json!("UpdateFirmware")));
    browser.until("/stations/CS1", "<strong>running</strong>").await;
}

#[tokio::test]
async fn an_operator_closes_a_place_reserves_one_and_sends_a_list() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    let browser = Browser::of(&manager);
    let mut station = booted(&manager).await;
    let status = json!({
        "timestamp": "2026-03-02T08:00:00Z", "connectorStatus": "Available", "evseId": 1, "connectorId": 1
    });
    station.result("StatusNotification", status).await;
    let page = browser.open("/stations/CS1").await;
    for part in ["In use and out of use", "EVSE 1, connector 1", "Reserve a place", "No list is chosen"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let bad = [
        ("/stations/CS1/availability", vec![("place", "0"), ("wanted", "close")], "Choose a place"),
        ("/stations/CS1/availability", vec![("place", "1.1"), ("wanted", "")], "Choose whether"),
        ("/stations/CS1/reservations", vec![("evse", "1"), ("hours", "3"), ("token", "A")], "for how long"),
        ("/stations/CS1/reservations", vec![("evse", "1"), ("hours", "2"), ("token", "")], "the driver"),
        ("/stations/CS1/local-list", vec![("tokens", "group"), ("group", "")], "a group needs its name"),
    ];
    for (path, fields, sentence) in bad {
        let (status, page) = browser.send(path, &fields).await;
        assert_eq!(status, 422, "{path}");
        assert!(page.contains(sentence), "{sentence}: {page}");
    }

    let close = [("place", "1.1"), ("wanted", "close")];
    let (sent, call) = tokio::join!(
        browser.send("/stations/CS1/availability", &close),
        obeys(&mut station, json!({"status": "Accepted"}))
    );
    assert_eq!(call[2], "ChangeAvailability");
    assert!(sent.1.contains("out of use") && sent.1.contains("it reports otherwise"), "{}", sent.1);

    let reserve = [("evse", "1"), ("hours", "2"), ("token", "04AABB")];
    let (sent, call) = tokio::join!(
        browser.send("/stations/CS1/reservations", &reserve),
        obeys(&mut station, json!({"status": "Accepted"}))
    );
    assert_eq!((&call[2], &call[3]["idToken"]["idToken"]), (&json!("ReserveNow"), &json!("04AABB")));
    assert!(sent.1.contains("Cancel it"), "{}", sent.1);

    let choose = [("tokens", "nothing"), ("group", "")];
    let list = async {
        let limits = station.next().await;
        assert_eq!(limits[2], "GetVariables");
        station.send(&json!([4, limits[1], "NotSupported", "", {}]).to_string()).await;
        let version = obeys(&mut station, json!({"versionNumber": 0})).await;
        assert_eq!(version[2], "GetLocalListVersion");
        obeys(&mut station, json!({"status": "Accepted"})).await
    };
    let (sent, call) = tokio::join!(browser.send("/stations/CS1/local-list", &choose), list);
    assert_eq!((&call[2], &call[3]["updateType"]), (&json!("SendLocalList"), &json!("Full")));
    assert!(sent.1.contains("No tokens"), "{}", sent.1);
}

#[tokio::test]
async fn the_page_of_a_station_has_its_monitors_and_its_display() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    let browser = Browser::of(&manager);
    let mut station = booted(&manager).await;
    let page = browser.open("/stations/CS1").await;
    assert!(page.contains("The station was never asked for them"), "{page}");
    let ((_, page), call) = tokio::join!(
        browser.send("/stations/CS1/monitors/read", &[]),
        obeys(&mut station, json!({"status": "EmptyResultSet"})),
    );
    assert_eq!(call[2], "GetMonitoringReport");
    assert!(page.contains("As the station told at"), "{page}");
    let fields = [("text", "<b>Hello</b>"), ("priority", "InFront"), ("state", "Idle"), ("keep", "yes")];
    let ((_, page), call) = tokio::join!(
        browser.send("/stations/CS1/display", &fields),
        obeys(&mut station, json!({"status": "Accepted"})),
    );
    assert_eq!(call[3]["message"]["priority"], "InFront");
    assert!(page.contains("&lt;b&gt;Hello") && page.contains("while idle, kept"), "{page}");
    let ((_, page), call) = tokio::join!(
        browser.send("/stations/CS1/display/read", &[]),
        obeys(&mut station, json!({"status": "Unknown"})),
    );
    assert!(call[2] == "GetDisplayMessages" && page.contains("lost"), "{page}");
    let (status, page) = browser.send("/stations/CS1/display/1/clear", &[]).await;
    assert!(status == 200 && !page.contains("&lt;b&gt;Hello"), "{page}");
    for wrong in [[("text", "x"), ("until", "tomorrow")], [("text", " "), ("until", "")]] {
        assert_eq!(browser.send("/stations/CS1/display", &wrong).await.0, 422);
    }
}
