//! Firmware, campaigns and logs on the command line.

use serde_json::json;

use super::command_line::{stderr, stdout};
use super::operator::Operator;
use super::running::{Manager, directory};

#[tokio::test(flavor = "multi_thread")]
async fn firmware_campaigns_and_logs_on_the_command_line() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--station", "CS1"]);
    let operator = Operator::of(&manager);
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    let boot = json!({"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "V"}});
    station.result("BootNotification", boot).await;
    assert!(operator.done(&["firmware", "list"]).await.contains("There is no firmware yet"));
    let file = data.path().join("fw.bin");
    std::fs::write(&file, vec![5_u8; 200_000]).expect("a file");
    let path = file.to_str().expect("UTF-8").to_owned();
    let added =
        operator.done(&["firmware", "add", "fw.bin", "--version", "2.0", "--file", &path, "--json"]).await;
    let added: serde_json::Value = serde_json::from_str(&added).expect("JSON");
    assert_eq!((&added["source"], &added["size"]), (&json!("kept"), &json!(200_000)));
    let id = added["id"].as_str().expect("a key").to_owned();
    assert!(operator.done(&["firmware", "list"]).await.contains("fw.bin"));

    let begun = operator
        .done(&[
            "campaign",
            "begin",
            "Spring",
            "--firmware",
            &id,
            "--waves",
            "1,5",
            "--station",
            "CS1",
            "--json",
        ])
        .await;
    let begun: serde_json::Value = serde_json::from_str(&begun).expect("JSON");
    let campaign = begun["id"].as_str().expect("a key").to_owned();
    let call = station.next().await;
    assert_eq!(call[2], "UpdateFirmware");
    station.send(&json!([3, call[1], {"status": "Rejected"}]).to_string()).await;
    let shown = loop {
        let shown = operator.done(&["campaign", "show", &campaign]).await;
        if shown.contains("ended") {
            break shown;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    };
    assert!(shown.contains("CS1") && shown.contains("the station refused the update"), "{shown}");
    assert!(operator.done(&["campaign", "list"]).await.contains("Spring"));
    assert!(operator.done(&["campaign", "export", &campaign]).await.contains("CS1,1,failed"));
    assert!(operator.done(&["firmware", "updates", "CS1"]).await.contains("failed"));
    let refused = operator.run(&["campaign", "pause", &campaign]).await;
    assert_eq!(
        (refused.status.code(), stderr(&refused).trim().ends_with("It does not run.")),
        (Some(1), true)
    );
    let wrong = operator.run(&["campaign", "begin", "n", "--firmware", &id, "--window", "night"]).await;
    assert_eq!(wrong.status.code(), Some(2), "{}", stderr(&wrong));

    let (ordered, call) = tokio::join!(operator.done(&["log", "order", "CS1", "--log", "security"]), async {
        let call = station.next().await;
        station.send(&json!([3, call[1], {"status": "Accepted"}]).to_string()).await;
        call
    });
    assert_eq!(ordered.trim(), "Log 1 of CS1: running.");
    let location = call[3]["log"]["remoteLocation"].as_str().expect("an address");
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    http.put(location).body("lines").send().await.expect("uploaded");
    assert!(operator.done(&["log", "list", "CS1"]).await.contains("here"));
    let target = data.path().join("down.log");
    operator.done(&["log", "download", "CS1", "1", target.to_str().expect("UTF-8")]).await;
    assert_eq!(std::fs::read_to_string(&target).expect("a file"), "lines");
    operator.done(&["log", "remove", "CS1", "1"]).await;
    operator.done(&["firmware", "remove", &id]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn places_and_local_lists_on_the_command_line() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--station", "CS1"]);
    let operator = Operator::of(&manager);
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    let boot = json!({"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "V"}});
    station.result("BootNotification", boot).await;

    let output = operator.run(&["local-list", "show", "CS1"]).await;
    assert!(!output.status.success());
    assert!(stderr(&output).contains("choose one first"), "{}", stderr(&output));
    assert!(!operator.run(&["local-list", "choose", "CS1"]).await.status.success(), "which tokens?");
    let output = operator.run(&["local-list", "choose", "CS1", "--group", "FLEET-7"]).await;
    assert!(stdout(&output).contains("those of group FLEET-7"), "{}", stderr(&output));
    let take = async {
        let limits = station.next().await;
        station.send(&json!([4, limits[1], "NotSupported", "", {}]).to_string()).await;
        for answer in [json!({"versionNumber": 4}), json!({"status": "Accepted"})] {
            let call = station.next().await;
            station.send(&json!([3, call[1], answer]).to_string()).await;
        }
    };
    let (output, ()) = tokio::join!(operator.run(&["local-list", "send", "CS1"]), take);
    assert_eq!(stdout(&output).trim(), "CS1 has version 5 now (full).", "{}", stderr(&output));
    assert!(stdout(&operator.run(&["local-list", "show", "CS1"]).await).contains("sent"));

    let output = operator.run(&["availability", "show", "CS1"]).await;
    assert!(stdout(&output).contains("Nothing is wanted of its places"));
    assert!(
        !operator.run(&["availability", "close", "CS1", "--connector", "1"]).await.status.success(),
        "of which EVSE?"
    );
    let take = async {
        let call = station.next().await;
        station.send(&json!([3, call[1], {"status": "Scheduled"}]).to_string()).await;
        call
    };
    let (output, call) = tokio::join!(operator.run(&["availability", "close", "CS1", "--evse", "1"]), take);
    assert_eq!(
        (&call[2], &call[3]["operationalStatus"]),
        (&json!("ChangeAvailability"), &json!("Inoperative"))
    );
    assert!(stdout(&output).contains("EVSE 1 is to be out of use"), "{}", stderr(&output));
    let shown = stdout(&operator.run(&["availability", "show", "CS1"]).await);
    assert!(shown.contains("EVSE 1") && shown.contains("out of use"), "{shown}");
}
