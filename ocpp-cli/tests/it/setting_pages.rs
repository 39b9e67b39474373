//! The pages of settings, templates and drift, as an operator uses them.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::running::{Manager, Station, directory};

async fn obeys(station: &mut Station, answer: impl Fn(&Value) -> Value) -> Value {
    let call = station.next().await;
    station.send(&json!([3, call[1], answer(&call[3])]).to_string()).await;
    call
}

#[tokio::test]
async fn an_operator_looks_at_settings_changes_them_and_says_what_they_should_be() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    let browser = Browser::of(&manager);
    let mut station = manager.dial("CS1", "ocpp1.6").await.expect("admitted");
    station.result("BootNotification", json!({"chargePointVendor": "V", "chargePointModel": "M"})).await;
    assert!(browser.open("/stations/CS1").await.contains("/stations/CS1/settings"));
    assert!(browser.open("/stations/CS1/settings").await.contains("Nothing is known of such settings"));

    let keys = json!({"configurationKey": [
        {"key": "MeterValueSampleInterval", "readonly": false, "value": "300"},
        {"key": "NumberOfConnectors", "readonly": true, "value": "2"},
        {"key": "VendorKey", "readonly": false, "value": "<b>"},
        {"key": "AuthorizationKey", "readonly": false, "value": "hunter2hunter2hunter2"}
    ]});
    let ((status, page), _) = tokio::join!(
        browser.send("/stations/CS1/settings/report", &[]),
        obeys(&mut station, |_| keys.clone())
    );
    assert_eq!(status, 200);
    assert!(page.contains("4 settings are known") && page.contains("Configuration keys"), "{page}");
    assert!(page.contains("&lt;b&gt;") && page.contains("A vendor's own."), "{page}");
    assert!(page.contains("New value of MeterValueSampleInterval"), "{page}");
    assert!(!page.contains("New value of NumberOfConnectors") && !page.contains("hunter2"), "{page}");
    let found = browser.open("/stations/CS1/settings?q=sample").await;
    assert!(found.contains("MeterValueSampleInterval") && !found.contains("VendorKey"), "{found}");

    let fields = [("name", "MeterValueSampleInterval"), ("value", "60")];
    let ((status, page), call) = tokio::join!(
        browser.send("/stations/CS1/settings", &fields),
        obeys(&mut station, |_| json!({"status": "Accepted"}))
    );
    assert_eq!((status, &call[3]["value"]), (200, &json!("60")));
    assert!(page.contains("MeterValueSampleInterval: accepted."), "{page}");

    assert!(browser.open("/settings").await.contains("No template yet."));
    let fields = |id: &'static str, settings: &'static str| {
        [("id", id), ("name", "Intervals"), ("settings", settings), ("assertion", "report")]
    };
    for (id, settings, sentence) in [
        ("A B", "TxUpdatedInterval=10", "The id of a template has"),
        ("a", "TxUpdatedInterval", "write NAME=VALUE"),
        ("a", "TxUpdatedInterval=often", "it is no integer"),
        ("a", "AuthorizationKey=hunter2", "is a secret"),
    ] {
        let (status, page) = browser.send("/settings", &fields(id, settings)).await;
        assert_eq!(status, 422);
        assert!(page.contains(sentence), "{page}");
    }
    let (status, page) = browser.send("/settings", &fields("intervals", "TxUpdatedInterval=10")).await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("SampledDataCtrlr.TxUpdatedInterval") && page.contains("1 of 1"), "{page}");
    let page = browser.open("/stations/CS1/settings").await;
    assert!(page.contains("should be 10 (intervals)"), "{page}");
    let ((status, page), ()) = tokio::join!(browser.send("/stations/CS1/settings/assert", &[]), async {
        obeys(&mut station, |_| {
            json!({"configurationKey": [
                {"key": "MeterValueSampleInterval", "readonly": false, "value": "60"}
            ]})
        })
        .await;
        obeys(&mut station, |_| json!({"status": "Accepted"})).await;
    });
    assert_eq!(status, 200);
    assert!(!page.contains("should be 10"), "{page}");

    let page = browser.open("/settings/intervals").await;
    assert!(page.contains("SampledDataCtrlr.TxUpdatedInterval=10"), "{page}");
    let changed =
        [("name", "Better"), ("settings", "TxUpdatedInterval=20"), ("seen", "1"), ("assertion", "report")];
    let (status, page) = browser.send("/settings/intervals", &changed).await;
    assert!(status == 200 && page.contains("Better"), "{page}");
    let (status, page) = browser.send("/settings/intervals", &changed).await;
    assert_eq!(status, 422, "it was changed since it was read: {page}");
    let (_, page) = browser.send("/settings/intervals/remove", &[]).await;
    assert!(page.contains("No template yet."), "{page}");
    drop(station);
}
