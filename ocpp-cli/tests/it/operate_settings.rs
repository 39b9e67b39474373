//! Settings and templates on the command line.

use serde_json::{Value, json};

use super::command_line::{ocpp, stderr, stdout};
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
    let server = format!("http://{}", manager.http);
    let key = manager.key.clone().expect("a key");
    let run = async |arguments: &[&str]| {
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let ends = ["--server".to_owned(), server.clone(), "--api-key".to_owned(), key.clone()];
        let all = [vec!["settings".to_owned()], arguments, ends.to_vec()].concat();
        let ran =
            tokio::task::spawn_blocking(move || ocpp(&all.iter().map(String::as_str).collect::<Vec<_>>()));
        ran.await.expect("it ends")
    };
    let done = async |arguments: &[&str]| {
        let output = run(arguments).await;
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
        stdout(&output)
    };
    let mut station = manager.dial("CS1", "ocpp1.6").await.expect("admitted");
    let boot = json!({"chargePointVendor": "V", "chargePointModel": "M"});
    station.result("BootNotification", boot).await;
    assert!(done(&["list", "CS1"]).await.contains("Nothing is known of such settings"));
    let (report, ()) = tokio::join!(done(&["report", "CS1"]), answers(&mut station, 1));
    assert!(report.contains("complete"), "{report}");
    let listed = done(&["list", "CS1", "--text", "sample", "--writable"]).await;
    assert!(listed.contains("MeterValueSampleInterval") && listed.contains("300"), "{listed}");
    assert!(done(&["list", "CS1", "--text", "heartbeat"]).await.contains("Nothing is known"));
    let (read, ()) = tokio::join!(done(&["get", "CS1", "TxUpdatedInterval"]), answers(&mut station, 1));
    assert!(
        read.contains("SampledDataCtrlr.TxUpdatedInterval") && read.contains("MeterValueSampleInterval"),
        "{read}"
    );

    let arguments = ["set", "--vendor", "V", "TxUpdatedInterval=60", "--json"];
    let (set, ()) = tokio::join!(done(&arguments), answers(&mut station, 1));
    let set: Value = serde_json::from_str(&set).expect("JSON");
    assert_eq!(set["stations"][0]["results"][0]["result"], "accepted");
    let unsaid = run(&["set", "--all", "Component.NotInThisVersion=1"]).await;
    assert_eq!(unsaid.status.code(), Some(1));
    assert!(stderr(&unsaid).contains("1 of 1 settings did not succeed"), "{}", stderr(&unsaid));
    let whom = run(&["set", "TxUpdatedInterval=60"]).await;
    assert_eq!(whom.status.code(), Some(2));
    assert!(stderr(&whom).contains("say which stations"), "{}", stderr(&whom));
    let form = run(&["set", "--all", "TxUpdatedInterval"]).await;
    assert_eq!(form.status.code(), Some(2));
    assert!(stderr(&form).contains("NAME=VALUE"), "{}", stderr(&form));

    assert!(done(&["template", "list"]).await.contains("There are no templates"));
    let added = done(&["template", "add", "intervals", "--all", "TxUpdatedInterval=10"]).await;
    assert!(added.contains("SampledDataCtrlr.TxUpdatedInterval"), "{added}");
    assert!(done(&["template", "list"]).await.contains("intervals"));
    assert!(done(&["drift"]).await.contains("CS1"));
    assert!(done(&["drift", "CS1"]).await.contains("differs"));
    let (asserted, ()) = tokio::join!(done(&["assert", "CS1"]), answers(&mut station, 2));
    assert!(asserted.contains("It is as it should be"), "{asserted}");
    let changed =
        done(&["template", "change", "intervals", "--station", "CS1", "TxUpdatedInterval=20", "--rank", "3"])
            .await;
    assert!(changed.contains("CS1") && changed.contains("20"), "{changed}");
    assert!(done(&["template", "show", "intervals"]).await.contains("20"));
    assert!(done(&["review", "CS1"]).await.contains("has to be there and is missing"));
    assert!(done(&["compare", "CS1", "CS1"]).await.contains("They do not differ"));
    assert!(done(&["reports", "CS1"]).await.contains("full"));
    done(&["template", "remove", "intervals"]).await;
    assert!(done(&["drift", "CS1"]).await.contains("No template is for this station"));
}
