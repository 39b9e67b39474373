//! Settings and templates on the command line.

use serde_json::{Value, json};

use super::command_line::stderr;
use super::operator::Operator;
use super::running::{Manager, Station, directory};

/// A station of 1.6 that answers so many orders out of its one key.
async fn answers(station: &mut Station, orders: usize) {
    for _ in 0..orders {
        let call = station.next().await;
        let answer = match call[2].as_str() {
            Some("GetConfiguration") => json!({"configurationKey": [
                {"key": "MeterValueSampleInterval", "readonly": false, "value": "300"}
            ]}),
            _ => json!({"status": "Accepted"}),
        };
        station.send(&json!([3, call[1], answer]).to_string()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_on_the_command_line() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--station", "CS1"]);
    let operator = Operator::of(&manager);
    let mut station = manager.dial("CS1", "ocpp1.6").await.expect("admitted");
    let boot = json!({"chargePointVendor": "V", "chargePointModel": "M"});
    station.result("BootNotification", boot).await;
    assert!(operator.done(&["settings", "list", "CS1"]).await.contains("Nothing is known of such settings"));
    let (report, ()) = tokio::join!(operator.done(&["settings", "report", "CS1"]), answers(&mut station, 1));
    assert!(report.contains("complete"), "{report}");
    let listed = operator.done(&["settings", "list", "CS1", "--text", "sample", "--writable"]).await;
    assert!(listed.contains("MeterValueSampleInterval") && listed.contains("300"), "{listed}");
    assert!(
        operator.done(&["settings", "list", "CS1", "--text", "heartbeat"]).await.contains("Nothing is known")
    );
    let (read, ()) = tokio::join!(
        operator.done(&["settings", "get", "CS1", "TxUpdatedInterval"]),
        answers(&mut station, 1)
    );
    assert!(
        read.contains("SampledDataCtrlr.TxUpdatedInterval") && read.contains("MeterValueSampleInterval"),
        "{read}"
    );

    let arguments = ["settings", "set", "--vendor", "V", "TxUpdatedInterval=60", "--json"];
    let (set, ()) = tokio::join!(operator.done(&arguments), answers(&mut station, 1));
    let set: Value = serde_json::from_str(&set).expect("JSON");
    assert_eq!(set["stations"][0]["results"][0]["result"], "accepted");
    let unsaid = operator.run(&["settings", "set", "--all", "Component.NotInThisVersion=1"]).await;
    assert_eq!(unsaid.status.code(), Some(1));
    assert!(stderr(&unsaid).contains("1 of 1 settings did not succeed"), "{}", stderr(&unsaid));
    let whom = operator.run(&["settings", "set", "TxUpdatedInterval=60"]).await;
    assert_eq!(whom.status.code(), Some(2));
    assert!(stderr(&whom).contains("say which stations"), "{}", stderr(&whom));
    let form = operator.run(&["settings", "set", "--all", "TxUpdatedInterval"]).await;
    assert_eq!(form.status.code(), Some(2));
    assert!(stderr(&form).contains("NAME=VALUE"), "{}", stderr(&form));

    assert!(operator.done(&["settings", "template", "list"]).await.contains("There are no templates"));
    let added =
        operator.done(&["settings", "template", "add", "intervals", "--all", "TxUpdatedInterval=10"]).await;
    assert!(added.contains("SampledDataCtrlr.TxUpdatedInterval"), "{added}");
    assert!(operator.done(&["settings", "template", "list"]).await.contains("intervals"));
    assert!(operator.done(&["settings", "drift"]).await.contains("CS1"));
    assert!(operator.done(&["settings", "drift", "CS1"]).await.contains("differs"));
    let (asserted, ()) =
        tokio::join!(operator.done(&["settings", "assert", "CS1"]), answers(&mut station, 2));
    assert!(asserted.contains("It is as it should be"), "{asserted}");
    let changed = operator
        .done(&[
            "settings",
            "template",
            "change",
            "intervals",
            "--station",
            "CS1",
            "TxUpdatedInterval=20",
            "--rank",
            "3",
        ])
        .await;
    assert!(changed.contains("CS1") && changed.contains("20"), "{changed}");
    assert!(operator.done(&["settings", "template", "show", "intervals"]).await.contains("20"));
    assert!(operator.done(&["settings", "review", "CS1"]).await.contains("has to be there and is missing"));
    assert!(operator.done(&["settings", "compare", "CS1", "CS1"]).await.contains("They do not differ"));
    assert!(operator.done(&["settings", "reports", "CS1"]).await.contains("full"));
    operator.done(&["settings", "template", "remove", "intervals"]).await;
    assert!(operator.done(&["settings", "drift", "CS1"]).await.contains("No template is for this station"));
}
