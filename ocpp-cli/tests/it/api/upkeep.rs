//! Firmware, campaigns, logs and security events over REST, with files over real HTTP.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Program, manager};
use crate::running::{Manager, Station, directory};

/// The next order to a station, answered with this.
async fn obeys(station: &mut Station, answer: Value) -> Value {
    let call = station.next().await;
    assert_eq!(call[0], 2, "{call}");
    station.send(&json!([3, call[1], answer]).to_string()).await;
    call
}

async fn booted(manager: &Manager, version: &str) -> Station {
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    boot(&mut station, version).await;
    station
}

async fn boot(station: &mut Station, version: &str) {
    let boot = json!({"reason": "PowerUp", "chargingStation": {
        "model": "M", "vendorName": "V", "firmwareVersion": version
    }});
    assert_eq!(station.result("BootNotification", boot).await["status"], "Accepted");
}

/// Asks until something holds.
async fn until(program: &Program, path: &str, holds: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..200 {
        let answer = program.get(path).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        if holds(&answer.json) {
            return answer.json;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never: {}", program.get(path).await.text);
}

fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().expect("a client")
}

#[tokio::test]
async fn a_firmware_is_kept_fetched_and_confirmed() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let body = json!({"name": "fw-2.bin", "version": "2.0", "signature": {"certificate": "PEM", "signature": "c2ln"}});
    let added = program.post("firmware", &body).await;
    assert_eq!((added.status, &added.json["source"]), (201, &json!("awaited")), "{}", added.text);
    let id = added.json["id"].as_str().expect("a key").to_owned();
    let early = program.post("stations/CS1/updates", &json!({"firmware_id": id})).await;
    assert_eq!((early.status, early.kind()), (409, "rule"), "{}", early.text);

    let content = vec![7_u8; 3_000_000];
    let path = format!("firmware/{id}/content");
    let request = program.request("PUT", &path).body(content.clone());
    let kept = program.send("PUT", &path, request).await;
    assert_eq!((kept.status, &kept.json["size"]), (200, &json!(3_000_000)), "{}", kept.text);

    let mut station = booted(&manager, "1.0").await;
    let begun = program.post("stations/CS1/updates", &json!({"firmware_id": id, "within_hours": 1})).await;
    assert_eq!((begun.status, &begun.json["state"]), (201, &json!("waiting")), "{}", begun.text);
    let order = obeys(&mut station, json!({"status": "Accepted"})).await;
    assert_eq!(order[2], "UpdateFirmware");
    let location = order[3]["firmware"]["location"].as_str().expect("an address").to_owned();
    let whole = http().get(&location).send().await.expect("an answer");
    assert_eq!(whole.status(), 200);
    assert_eq!(whole.bytes().await.expect("a body"), content);
    let part = http().get(&location).header("range", "bytes=2999998-").send().await.expect("an answer");
    assert_eq!(part.status(), 206, "a station goes on where its line broke");
    assert_eq!(part.bytes().await.expect("a body").len(), 2);
    let guessed = location.replace("-", "-0");
    assert_eq!(http().get(&guessed).send().await.expect("an answer").status(), 404);

    let request = order[3]["requestId"].clone();
    for stage in ["Downloading", "Downloaded", "SignatureVerified", "Installing"] {
        station.result("FirmwareStatusNotification", json!({"status": stage, "requestId": request})).await;
    }
    boot(&mut station, "2.0").await;
    let updates =
        until(&program, "stations/CS1/updates", |list| list["items"][0]["state"] == "confirmed").await;
    assert_eq!(updates["items"][0]["version_before"], "1.0");
    assert_eq!(updates["items"][0]["version"], "2.0");
    let withdrawn = program.delete("stations/CS1/updates/1").await;
    assert_eq!((withdrawn.status, withdrawn.kind()), (409, "rule"));
    assert_eq!(program.delete(&format!("firmware/{id}")).await.status, 204);
    assert_eq!(http().get(&location).send().await.expect("an answer").status(), 404);
    assert_eq!(program.get(&format!("firmware/{id}")).await.status, 404);
}

#[tokio::test]
async fn a_campaign_runs_pauses_and_is_exported() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let mut station = booted(&manager, "1.0").await;
    let firmware = json!({"name": "fw", "version": "2.0", "url": "https://files.example/fw.bin"});
    let firmware = program.post("firmware", &firmware).await;
    let id = &firmware.json["id"];
    for (body, pointer) in [
        (json!({"name": "n", "firmware_id": id, "filter": {"model": "X"}}), "/filter"),
        (json!({"name": "n", "firmware_id": id, "waves": [0]}), "/waves"),
        (json!({"name": "n", "firmware_id": id, "window": {"from": "25:00", "to": "05:00"}}), "/window"),
        (json!({"name": "n", "firmware_id": id, "retries": 3}), "/retries"),
    ] {
        let refused = program.post("campaigns", &body).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        assert_eq!(refused.json["errors"][0]["pointer"], pointer);
    }
    let body = json!({"name": "Spring", "firmware_id": id, "filter": {"station_ids": ["CS1"]},
        "waves": [1, 5], "at_once": 2});
    let begun = program.post("campaigns", &body).await;
    assert_eq!((begun.status, &begun.json["stations"]), (201, &json!(1)), "{}", begun.text);
    let path = format!("campaigns/{}", begun.json["id"].as_str().expect("a key"));
    obeys(&mut station, json!({"status": "Rejected"})).await;
    let paused = until(&program, &path, |campaign| campaign["counts"]["failed"] == 1).await;
    assert_eq!(paused["firmware_id"], *id);
    let stations = program.get(&format!("{path}/stations")).await;
    assert_eq!(stations.json["items"][0]["reason"], "the station refused the update");
    let export = program.request("GET", &format!("{path}/export")).send().await.expect("an answer");
    assert_eq!(export.headers()["content-type"], "text/csv");
    let text = export.text().await.expect("a text");
    assert!(text.starts_with("station,wave,state,at,version,reason\r\nCS1,1,failed,"), "{text}");
    until(&program, &path, |campaign| campaign["state"] == "ended").await;

    let again = program.post(&format!("{path}/retry"), &json!({})).await;
    assert_eq!((again.status, &again.json["state"]), (200, &json!("running")), "{}", again.text);
    obeys(&mut station, json!({"status": "Accepted"})).await;
    let pause = program.post(&format!("{path}/pause"), &json!({})).await;
    assert_eq!((pause.status, &pause.json["state"]), (200, &json!("paused")), "{}", pause.text);
    let twice = program.post(&format!("{path}/pause"), &json!({})).await;
    assert_eq!((twice.status, twice.kind()), (409, "rule"));
    assert_eq!(program.post(&format!("{path}/resume"), &json!({})).await.status, 200);
    assert_eq!(program.post(&format!("{path}/abort"), &json!({})).await.json["state"], "aborted");
    let listed = program.get("campaigns").await;
    assert_eq!(listed.json["items"][0]["name"], "Spring");
}

/// Orders a log and gives the address that the station is told.
async fn ordered(program: &Program, station: &mut Station) -> (u64, String) {
    let body = json!({"log": "diagnostics", "from": "2026-11-01T00:00:00Z"});
    let (log, order) =
        tokio::join!(program.post("stations/CS1/logs", &body), obeys(station, json!({"status": "Accepted"})));
    assert_eq!((log.status, &log.json["state"]), (201, &json!("running")), "{}", log.text);
    let location = order[3]["log"]["remoteLocation"].as_str().expect("an address").to_owned();
    (log.json["request"].as_u64().expect("a number"), location)
}

#[tokio::test]
async fn a_log_is_uploaded_in_every_way_that_stations_have() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let mut station = booted(&manager, "1.0").await;
    let form = "--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n\
        --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"c.log\"\r\n\r\nlines\r\n--b--\r\n";
    for (way, name) in [("put", "log-1"), ("folder", "a.log"), ("post", "b.log"), ("form", "c.log")] {
        let (request, location) = ordered(&program, &mut station).await;
        let upload = match way {
            "put" => http().put(&location).body("lines"),
            "folder" => http().put(format!("{location}/a.log")).body("lines"),
            "post" => http()
                .post(&location)
                .header("content-type", "application/octet-stream")
                .header("content-disposition", "attachment; filename=\"b.log\"")
                .body("lines"),
            _ => http().post(&location).header("content-type", "multipart/form-data; boundary=b").body(form),
        };
        let answer = upload.send().await.expect("an answer");
        assert_eq!(answer.status(), 201, "{way}: {}", answer.text().await.expect("a text"));
        let again = http().put(&location).body("other").send().await.expect("an answer");
        assert_eq!(again.status(), 409, "{way}: an address takes one file");
        let log = program.get(&format!("stations/CS1/logs/{request}")).await;
        assert_eq!(
            (&log.json["state"], &log.json["size"]),
            (&json!("here"), &json!(5)),
            "{way}: {}",
            log.text
        );
        let content = program.request("GET", &format!("stations/CS1/logs/{request}/content"));
        let content = content.send().await.expect("an answer");
        let told = content.headers()["content-disposition"].to_str().expect("a text").to_owned();
        if way != "put" {
            assert_eq!(told, format!("attachment; filename=\"{name}\""));
        }
        assert_eq!(content.headers()["content-type"], "application/octet-stream");
        assert_eq!(content.text().await.expect("a text"), "lines", "{way}");
    }
    assert_eq!(program.delete("stations/CS1/logs/1").await.status, 204);
    let gone = program.get("stations/CS1/logs/1/content").await;
    assert_eq!((gone.status, gone.kind()), (409, "rule"));
    assert_eq!(program.get("stations/CS1/logs").await.json["items"].as_array().map(Vec::len), Some(4));
    let nowhere = format!("{}/files/logs/CS1/1/1-00", program.base);
    assert_eq!(http().put(nowhere).body("x").send().await.expect("an answer").status(), 404);
    drop(station);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let away = program.post("stations/CS1/logs", &json!({"log": "security"})).await;
    assert_eq!((away.status, away.kind()), (409, "not-connected"), "{}", away.text);
}

#[tokio::test]
async fn security_events_and_certificates_are_shown() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let mut station = booted(&manager, "1.0").await;
    for (event, info) in [("TamperDetectionActivated", "door"), ("InvalidMessages", "1")] {
        let payload = json!({"type": event, "timestamp": "2026-11-01T10:00:00Z", "techInfo": info});
        station.result("SecurityEventNotification", payload).await;
    }
    let events = program.get("stations/CS1/security-events?limit=1").await;
    assert_eq!(events.json["items"][0]["severity"], "notice");
    let next = events.json["next"].as_str().expect("another page");
    let older = program.get(&format!("stations/CS1/security-events?after={next}")).await;
    assert_eq!(older.json["items"][0]["event"], "TamperDetectionActivated");
    let alarms = program.get("alarms?kind=security").await;
    let alarm = &alarms.json["items"][0];
    assert_eq!((&alarm["count"], &alarm["detail"]), (&json!(1), &json!("door")), "{}", alarms.text);
    let path = format!("stations/CS1/alarms/{}/acknowledge", alarm["id"].as_str().expect("a name"));
    assert_eq!(program.post(&path, &json!({})).await.status, 204);
    assert_eq!(program.post(&path, &json!({})).await.status, 404);

    assert_eq!(program.get("stations/CS1/certificates").await.status, 404);
    let hash = json!({"hashAlgorithm": "SHA256", "issuerNameHash": "a1", "issuerKeyHash": "b2", "serialNumber": "3c"});
    let answer = json!({"status": "Accepted", "certificateHashDataChain": [
        {"certificateType": "CSMSRootCertificate", "certificateHashData": hash}
    ]});
    let nothing = json!({});
    let (read, _) =
        tokio::join!(program.post("stations/CS1/certificates", &nothing), obeys(&mut station, answer));
    assert_eq!(read.status, 200, "{}", read.text);
    let known = program.get("stations/CS1/certificates").await;
    assert_eq!(known.json["installed"][0]["hash"]["serial"], "3c");
    let answer = station.result("SignCertificate", json!({"csr": "CSR"})).await;
    assert_eq!(answer["status"], "Rejected", "nobody here signs");
    assert_eq!(program.get("stations/CS1/signings").await.json["items"], json!([]));
}

/// An emulated station, which ends with the test.
struct Emulated(std::process::Child);

impl Drop for Emulated {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn emulated(manager: &Manager, version: &str) -> Emulated {
    let child = std::process::Command::new(env!("CARGO_BIN_EXE_ocpp"))
        .args(["emulate", "--url", manager.ocpp.trim_end_matches('/'), "--id", "CS1", "--version", version])
        .args(["--remote-start", "--minutes", "1440", "--speed", "60"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn();
    Emulated(child.expect("the program starts"))
}

/// The manager and an emulated station, over real sockets: firmware to the version that it starts with, and a log.
#[tokio::test]
async fn an_emulated_station_is_updated_and_uploads_its_log() {
    for version in ["1.6", "2.0.1", "2.1"] {
        let data = directory();
        let (manager, program) = manager(data.path()).await;
        let _emulated = emulated(&manager, version);
        until(&program, "stations/CS1", |station| station["online"] == true).await;
        let added = program.post("firmware", &json!({"name": "fw-9.9.bin", "version": "9.9"})).await;
        let id = added.json["id"].as_str().expect("a key").to_owned();
        let path = format!("firmware/{id}/content");
        let request = program.request("PUT", &path).body(vec![1_u8; 100_000]);
        assert_eq!(program.send("PUT", &path, request).await.status, 200);
        let begun = program.post("stations/CS1/updates", &json!({"firmware_id": id})).await;
        assert_eq!(begun.status, 201, "{}", begun.text);
        let updates =
            until(&program, "stations/CS1/updates", |list| list["items"][0]["state"] == "confirmed").await;
        let stages: Vec<_> = updates["items"][0]["course"]
            .as_array()
            .expect("a course")
            .iter()
            .map(|step| step["stage"].as_str().expect("a stage"))
            .collect();
        let fetched = ["Downloading", "Downloaded", "Installing"];
        assert!(fetched.iter().all(|stage| stages.contains(stage)), "{version}: {stages:?}");
        assert_eq!(updates["items"][0]["version"], "9.9", "{version}");

        until(&program, "stations/CS1", |station| station["online"] == true).await;
        let mut log = program.post("stations/CS1/logs", &json!({"log": "diagnostics"})).await;
        while log.status == 409 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            log = program.post("stations/CS1/logs", &json!({"log": "diagnostics"})).await;
        }
        assert_eq!(log.status, 201, "{version}: {}", log.text);
        let path = format!("stations/CS1/logs/{}", log.json["request"]);
        until(&program, &path, |log| log["state"] == "here").await;
        let content = program.request("GET", &format!("{path}/content")).send().await.expect("an answer");
        let text = content.text().await.expect("a text");
        assert!(text.contains("firmware 9.9"), "{version}: {text}");
    }
}
