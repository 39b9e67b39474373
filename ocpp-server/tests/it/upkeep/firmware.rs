//! The update of one station, and the cases of block L.

use std::time::Duration;

use futures_util::stream;
use ocpp_core::model::FirmwareStage;
use ocpp_core::types::Version;
use ocpp_server::domain::{FirmwareId, FirmwareSource, StationUpdate, UpdateState};
use ocpp_server::maintenance::{FirmwareForm, Seal, UpkeepError, UpkeepSettings};
use serde_json::json;

use super::{
    BASE, Says, Station, VERSIONS, Yard, boots, id, next_order, pass, signature, takes_updates, tells, wish,
};

/// A station of a version with an update under way, up to its agreement.
async fn begun(version: Version, status: &str) -> (Yard, Station, u32) {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", version).await;
    takes_updates(&station, status);
    let firmware = yard.firmware(Some("2.0"), Some(signature())).await;
    let request = yard.update("CS1", &firmware).await;
    next_order(&station, order_of(version), 0).await;
    (yard, station, request)
}

fn order_of(version: Version) -> &'static str {
    if version == Version::V16 { "SignedUpdateFirmware" } else { "UpdateFirmware" }
}

fn stages(update: &StationUpdate) -> Vec<FirmwareStage> {
    update.course.iter().map(|step| step.stage).collect()
}

/// Signed, from the order to the version that the station starts with.
#[tokio::test(start_paused = true)]
async fn tc_l_01_csms() {
    for version in VERSIONS {
        let (yard, station, request) = begun(version, "Accepted").await;
        let order = next_order(&station, order_of(version), 0).await;
        assert_eq!(order["requestId"], request);
        assert_eq!(order["retries"], 3);
        assert_eq!(order["retryInterval"], 60);
        let firmware = &order["firmware"];
        assert_eq!(firmware["location"], "https://files.example/fw.bin");
        assert_eq!(firmware["signingCertificate"], "-----BEGIN CERTIFICATE-----", "L01.FR.11");
        assert_eq!(firmware["signature"], "c2ln");
        yard.update_in("CS1", request, "running").await;
        let course = ["Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting"];
        for stage in course {
            tells(&station, Some(i64::from(request)), stage).await;
        }
        boots(&station, "2.0").await;
        tells(&station, Some(i64::from(request)), "Installed").await;
        let update = yard.update_in("CS1", request, "confirmed").await;
        assert_eq!(update.state, UpdateState::Confirmed { version: Some("2.0".to_owned()) });
        let expected: Vec<_> = course.iter().map(|stage| FirmwareStage::from_word(stage).unwrap()).collect();
        assert_eq!(stages(&update), expected, "{version}");
        yard.nothing_open().await;
        assert_eq!(station.orders(order_of(version)).len(), 1, "the station is told once");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_l_02_csms() {
    let (yard, station, request) = begun(Version::V201, "Accepted").await;
    for stage in ["Downloading", "Downloaded", "SignatureVerified", "InstallScheduled"] {
        tells(&station, Some(i64::from(request)), stage).await;
    }
    pass(6 * 3600).await;
    assert_eq!(yard.update_of("CS1", request).await.state, UpdateState::Running, "it waits for its time");
    for stage in ["Installing", "InstallRebooting"] {
        tells(&station, Some(i64::from(request)), stage).await;
    }
    boots(&station, "2.0").await;
    yard.update_in("CS1", request, "confirmed").await;
}

#[tokio::test(start_paused = true)]
async fn tc_l_03_csms() {
    let (yard, station, request) = begun(Version::V201, "Accepted").await;
    tells(&station, Some(i64::from(request)), "DownloadScheduled").await;
    pass(3600).await;
    for stage in ["Downloading", "Downloaded", "SignatureVerified", "Installing", "Installed"] {
        tells(&station, Some(i64::from(request)), stage).await;
    }
    assert_eq!(yard.update_of("CS1", request).await.state, UpdateState::Installed);
    boots(&station, "2.0").await;
    yard.update_in("CS1", request, "confirmed").await;
}

async fn refused_with(status: &str) -> String {
    let (yard, _station, request) = begun(Version::V201, status).await;
    let update = yard.update_in("CS1", request, "failed").await;
    yard.nothing_open().await;
    let UpdateState::Failed { why } = update.state else { panic!("{:?}", update.state) };
    why
}

#[tokio::test(start_paused = true)]
async fn tc_l_04_csms() {
    assert_eq!(refused_with("RevokedCertificate").await, "the signer's certificate was revoked");
}

#[tokio::test(start_paused = true)]
async fn tc_l_05_csms() {
    let why = refused_with("InvalidCertificate").await;
    assert_eq!(why, "the station does not trust the signer's certificate");
}

/// A course that ends in a failure.
async fn fails_with(stages: &[&str]) -> String {
    let (yard, station, request) = begun(Version::V201, "Accepted").await;
    for stage in stages {
        tells(&station, Some(i64::from(request)), stage).await;
    }
    let update = yard.update_in("CS1", request, "failed").await;
    yard.nothing_open().await;
    let UpdateState::Failed { why } = update.state else { panic!("{:?}", update.state) };
    why
}

#[tokio::test(start_paused = true)]
async fn tc_l_06_csms() {
    let why = fails_with(&["Downloading", "Downloaded", "InvalidSignature"]).await;
    assert_eq!(why, "the signature of the file is not valid");
}

#[tokio::test(start_paused = true)]
async fn tc_l_07_csms() {
    assert_eq!(fails_with(&["Downloading", "DownloadFailed"]).await, "it could not fetch the file");
}

#[tokio::test(start_paused = true)]
async fn tc_l_08_csms() {
    let course = ["Downloading", "Downloaded", "SignatureVerified", "InstallVerificationFailed"];
    assert_eq!(fails_with(&course).await, "the file is not what it claims to be");
}

#[tokio::test(start_paused = true)]
async fn tc_l_09_csms() {
    let course = ["Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallationFailed"];
    assert_eq!(fails_with(&course).await, "it could not install the file");
}

/// A second update takes the place of the first one.
#[tokio::test(start_paused = true)]
async fn tc_l_10_csms() {
    let (yard, station, first) = begun(Version::V201, "Accepted").await;
    tells(&station, Some(i64::from(first)), "Downloading").await;
    takes_updates(&station, "AcceptedCanceled");
    let firmware = yard.firmware(Some("3.0"), Some(signature())).await;
    let second = yard.update("CS1", &firmware).await;
    assert!(second > first);
    assert_eq!(next_order(&station, "UpdateFirmware", 1).await["requestId"], second);
    yard.update_in("CS1", second, "running").await;
    yard.update_in("CS1", first, "superseded").await;
    for stage in ["Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting"] {
        tells(&station, Some(i64::from(second)), stage).await;
    }
    boots(&station, "3.0").await;
    tells(&station, Some(i64::from(second)), "Installed").await;
    yard.update_in("CS1", second, "confirmed").await;
    assert_eq!(yard.update_of("CS1", first).await.state, UpdateState::Superseded);
    yard.nothing_open().await;
}

/// A second update that the station cannot take: the first one goes on.
#[tokio::test(start_paused = true)]
async fn tc_l_11_csms() {
    let (yard, station, first) = begun(Version::V201, "Accepted").await;
    tells(&station, Some(i64::from(first)), "Downloading").await;
    takes_updates(&station, "Rejected");
    let firmware = yard.firmware(Some("3.0"), Some(signature())).await;
    let second = yard.update("CS1", &firmware).await;
    let refused = yard.update_in("CS1", second, "failed").await;
    assert_eq!(refused.state, UpdateState::Failed { why: "the station refused the update".to_owned() });
    for stage in ["Downloaded", "SignatureVerified", "Installing", "InstallRebooting"] {
        tells(&station, Some(i64::from(first)), stage).await;
    }
    boots(&station, "2.0").await;
    tells(&station, Some(i64::from(first)), "Installed").await;
    yard.update_in("CS1", first, "confirmed").await;
}

/// The station waits until its transactions are over.
#[tokio::test(start_paused = true)]
async fn tc_l_13_csms() {
    let (yard, station, request) = begun(Version::V201, "Accepted").await;
    let mut charge = station.start(1, "CARD", 0).await;
    tells(&station, Some(i64::from(request)), "DownloadScheduled").await;
    station.status(2, "Unavailable").await;
    pass(1800).await;
    station.stop(&mut charge, 1000).await;
    for stage in ["Downloading", "Downloaded", "SignatureVerified", "Installing", "Installed"] {
        tells(&station, Some(i64::from(request)), stage).await;
    }
    boots(&station, "2.0").await;
    yard.update_in("CS1", request, "confirmed").await;
}

/// Without a signature 1.6 has no numbers: what it tells belongs to the update that it is at.
#[tokio::test(start_paused = true)]
async fn a_plain_update_of_1_6_is_followed_without_numbers() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V16).await;
    takes_updates(&station, "");
    boots(&station, "1.0").await;
    let firmware = yard.firmware(None, None).await;
    let request = yard.update("CS1", &firmware).await;
    let order = next_order(&station, "UpdateFirmware", 0).await;
    assert_eq!(order["location"], "https://files.example/fw.bin");
    for stage in ["Downloading", "Downloaded", "Installing"] {
        tells(&station, None, stage).await;
    }
    boots(&station, "1.1").await;
    let update = yard.update_in("CS1", request, "confirmed").await;
    assert_eq!(update.before.as_deref(), Some("1.0"));
    assert_eq!(update.state, UpdateState::Confirmed { version: Some("1.1".to_owned()) });
}

#[tokio::test(start_paused = true)]
async fn a_station_that_starts_with_the_old_version_has_failed() {
    let (yard, station, request) = begun(Version::V21, "Accepted").await;
    for stage in ["Downloading", "Downloaded", "Installing", "Installed"] {
        tells(&station, Some(i64::from(request)), stage).await;
    }
    boots(&station, "1.0").await;
    let update = yard.update_in("CS1", request, "failed").await;
    let UpdateState::Failed { why } = update.state else { panic!("{:?}", update.state) };
    assert_eq!(why, "it started with version 1.0, not with 2.0");
}

#[tokio::test(start_paused = true)]
async fn why_it_failed_is_told_in_2_1() {
    let (yard, station, request) = begun(Version::V21, "Accepted").await;
    let payload = json!({"status": "InstallationFailed", "requestId": request,
        "statusInfo": {"reasonCode": "LowMemory", "additionalInfo": "3 MB are missing"}});
    station.call("FirmwareStatusNotification", payload).await.unwrap();
    let update = yard.update_in("CS1", request, "failed").await;
    let UpdateState::Failed { why } = update.state else { panic!("{:?}", update.state) };
    assert_eq!(why, "it could not install the file (LowMemory: 3 MB are missing)");
}

/// A station that is not connected is told when it comes, also by a manager that was killed in between.
#[tokio::test(start_paused = true)]
async fn a_station_that_is_away_is_told_when_it_comes() {
    for version in VERSIONS {
        let yard = Yard::new().await;
        yard.world.know("CS1").await;
        let firmware = yard.firmware(Some("2.0"), Some(signature())).await;
        let request = yard.update("CS1", &firmware).await;
        pass(3600).await;
        yard.restart().await;
        pass(3600).await;
        assert_eq!(yard.update_of("CS1", request).await.state, UpdateState::Waiting);
        let station = yard.world.connect_quietly("CS1", version).await;
        takes_updates(&station, "Accepted");
        station.boot().await;
        let order = next_order(&station, order_of(version), 0).await;
        assert_eq!(order["requestId"], request);
        yard.update_in("CS1", request, "running").await;
    }
}

/// It is killed when the order is on its way: the same update is ordered again, with the same number.
#[tokio::test(start_paused = true)]
async fn an_order_whose_answer_is_lost_is_sent_again() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    station.says("UpdateFirmware", Says::Nothing);
    let firmware = yard.firmware(Some("2.0"), None).await;
    let request = yard.update("CS1", &firmware).await;
    next_order(&station, "UpdateFirmware", 0).await;
    yard.restart().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    takes_updates(&station, "Accepted");
    let again = next_order(&station, "UpdateFirmware", 0).await;
    assert_eq!(again["requestId"], request);
    let update = yard.update_in("CS1", request, "running").await;
    assert_eq!(update.attempts, 2);
}

#[tokio::test(start_paused = true)]
async fn progress_counts_for_an_answer_that_was_lost() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    station.says("UpdateFirmware", Says::Nothing);
    let firmware = yard.firmware(Some("2.0"), None).await;
    let request = yard.update("CS1", &firmware).await;
    next_order(&station, "UpdateFirmware", 0).await;
    tells(&station, Some(i64::from(request)), "Downloading").await;
    yard.update_in("CS1", request, "running").await;
    pass(3600).await;
    assert_eq!(station.orders("UpdateFirmware").len(), 1, "it is not sent again");
}

/// What the station tells before its answer, which comes late, is not undone by it.
#[tokio::test(start_paused = true)]
async fn a_late_answer_takes_nothing_back() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    station.says("UpdateFirmware", Says::Late(Duration::from_secs(20), json!({"status": "Accepted"})));
    let firmware = yard.firmware(Some("2.0"), None).await;
    let request = yard.update("CS1", &firmware).await;
    next_order(&station, "UpdateFirmware", 0).await;
    for stage in ["Downloading", "Downloaded", "Installing", "Installed"] {
        tells(&station, Some(i64::from(request)), stage).await;
    }
    pass(60).await;
    assert_eq!(yard.update_of("CS1", request).await.state, UpdateState::Installed);
    let orders: Vec<_> = station.all_orders().into_iter().map(|(action, _)| action).collect();
    assert_eq!(orders, ["UpdateFirmware"]);
}

#[tokio::test(start_paused = true)]
async fn a_station_that_never_answers_fails_in_the_end() {
    let settings = UpkeepSettings { attempts: 3, ..UpkeepSettings::default() };
    let yard = Yard::with(settings).await;
    let station = yard.world.connect("CS1", Version::V201).await;
    station.says("UpdateFirmware", Says::Nothing);
    let firmware = yard.firmware(None, None).await;
    let request = yard.update("CS1", &firmware).await;
    let update = yard.update_in("CS1", request, "failed").await;
    assert_eq!(update.state, UpdateState::Failed { why: "the station does not answer".to_owned() });
    assert_eq!(station.orders("UpdateFirmware").len(), 3);
    yard.nothing_open().await;
}

#[tokio::test(start_paused = true)]
async fn bad_answers_have_defined_results() {
    for (says, expected) in [
        (Says::Error("NotImplemented"), "the station's answer: refused (NotImplemented): so it says"),
        (Says::Result(json!({"status": "Dancing"})), "the station refused the update"),
    ] {
        let yard = Yard::new().await;
        let station = yard.world.connect("CS1", Version::V201).await;
        station.says("UpdateFirmware", says);
        let firmware = yard.firmware(None, None).await;
        let request = yard.update("CS1", &firmware).await;
        let update = yard.update_in("CS1", request, "failed").await;
        assert_eq!(update.state, UpdateState::Failed { why: expected.to_owned() });
    }
    // What is not even an answer may have been done: it is waited for, and sent again.
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    station.says("UpdateFirmware", Says::Result(json!({"status": 7})));
    let firmware = yard.firmware(None, None).await;
    let request = yard.update("CS1", &firmware).await;
    next_order(&station, "UpdateFirmware", 0).await;
    pass(30).await;
    assert_eq!(yard.update_of("CS1", request).await.state, UpdateState::Sent);
    next_order(&station, "UpdateFirmware", 1).await;
}

#[tokio::test(start_paused = true)]
async fn what_1_6_cannot_say_is_told() {
    let yard = Yard::new().await;
    let _station = yard.world.connect("CS1", Version::V16).await;
    let firmware = yard.firmware(None, None).await;
    let mut form = wish(&firmware.id);
    form.install_at = Some(yard.world.now().checked_add(Duration::from_secs(3600)).unwrap());
    let request = yard.upkeep().update(&id("CS1"), &form, "anna").await.unwrap().request;
    let update = yard.update_in("CS1", request, "failed").await;
    let UpdateState::Failed { why } = update.state else { panic!("{:?}", update.state) };
    assert!(why.contains("leave the time out, or sign it"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn an_update_can_be_taken_back_until_the_station_is_told() {
    let yard = Yard::new().await;
    yard.world.know("CS1").await;
    let firmware = yard.firmware(None, None).await;
    let request = yard.update("CS1", &firmware).await;
    let back = yard.upkeep().withdraw_update(&id("CS1"), request).await.unwrap();
    assert_eq!(back.state, UpdateState::Withdrawn);
    yard.nothing_open().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    takes_updates(&station, "Accepted");
    pass(60).await;
    assert!(station.orders("UpdateFirmware").is_empty());
    let request = yard.update("CS1", &firmware).await;
    yard.update_in("CS1", request, "running").await;
    let refused = yard.upkeep().withdraw_update(&id("CS1"), request).await;
    assert!(matches!(refused, Err(UpkeepError::Forbidden(_))), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn an_update_that_does_not_end_fails_in_time() {
    let (yard, station, request) = begun(Version::V201, "Accepted").await;
    tells(&station, Some(i64::from(request)), "Downloading").await;
    pass(49 * 3600).await;
    let update = yard.update_in("CS1", request, "failed").await;
    assert_eq!(update.state, UpdateState::Failed { why: "it did not end in time".to_owned() });
}

fn pieces(content: &'static [u8]) -> impl futures_util::Stream<Item = Result<&'static [u8], ()>> {
    stream::iter(content.chunks(3).map(Ok).collect::<Vec<_>>())
}

async fn awaited(yard: &Yard) -> FirmwareId {
    let form = FirmwareForm { name: "fw 1.bin".to_owned(), ..FirmwareForm::default() };
    yard.upkeep().add_firmware(form).await.unwrap().id
}

/// Kept by the manager: the station gets an address that nobody guesses and that ends.
#[tokio::test(start_paused = true)]
async fn a_file_is_kept_and_fetched_by_its_address_only() {
    let yard = Yard::new().await;
    let station = yard.world.connect("CS1", Version::V201).await;
    takes_updates(&station, "Accepted");
    let firmware = awaited(&yard).await;
    let early = yard.upkeep().update(&id("CS1"), &wish(&firmware), "anna").await;
    assert!(matches!(early, Err(UpkeepError::Forbidden(_))), "{early:?}");
    let kept = yard.upkeep().take_firmware(&firmware, pieces(b"hello world")).await.unwrap();
    let FirmwareSource::Kept(file) = &kept.source else { panic!("{kept:?}") };
    assert_eq!(file.size, 11);
    assert_eq!(file.sha256, "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9");
    assert_eq!(file.md5, "5eb63bbbe01eeed093cb22bb8f5acdc3");
    let again = yard.upkeep().take_firmware(&firmware, pieces(b"other")).await;
    assert!(matches!(again, Err(UpkeepError::Forbidden(_))), "its content never changes");

    yard.update("CS1", &kept).await;
    let order = next_order(&station, "UpdateFirmware", 0).await;
    let location = order["firmware"]["location"].as_str().unwrap().to_owned();
    assert!(location.len() <= 512);
    let rest = location.strip_prefix(&format!("{BASE}/files/firmware/{}/", firmware.0)).unwrap();
    let (seal, name) = rest.split_once('/').unwrap();
    assert_eq!(name, "fw%201.bin");
    let fetched = yard.upkeep().fetched_firmware(&firmware, &Seal::new(seal)).await.unwrap();
    let (_, path) = fetched.unwrap();
    assert_eq!(std::fs::read(path).unwrap(), b"hello world");

    let (until, digest) = seal.split_once('-').unwrap();
    let later = until.parse::<i64>().unwrap() + 1_000_000;
    let other = awaited(&yard).await;
    for (firmware, seal) in [
        (&firmware, format!("{later}-{digest}")),
        (&firmware, format!("{until}-{}", "0".repeat(64))),
        (&firmware, String::new()),
        (&firmware, "-".to_owned()),
        (&other, seal.to_owned()),
    ] {
        let fetched = yard.upkeep().fetched_firmware(firmware, &Seal::new(&seal)).await.unwrap();
        assert!(fetched.is_none(), "{seal}");
    }
    pass(49 * 3600).await;
    let fetched = yard.upkeep().fetched_firmware(&firmware, &Seal::new(seal)).await.unwrap();
    assert!(fetched.is_none(), "the address has ended");
}

#[tokio::test(start_paused = true)]
async fn a_file_is_whole_or_not_there() {
    let settings = UpkeepSettings { max_firmware: 10, ..UpkeepSettings::default() };
    let yard = Yard::with(settings).await;
    let firmware = awaited(&yard).await;
    let large = yard.upkeep().take_firmware(&firmware, pieces(b"hello world")).await;
    assert_eq!(large, Err(UpkeepError::TooLarge(10)));
    let broken = stream::iter([Ok(&b"hel"[..]), Err(())]);
    assert!(yard.upkeep().take_firmware(&firmware, broken).await.is_err());
    let left = std::fs::read_dir(yard.directory.path()).unwrap().count();
    assert_eq!(left, 0, "nothing is left of them");
    yard.upkeep().take_firmware(&firmware, pieces(b"0123456789")).await.unwrap();
    yard.upkeep().remove_firmware(&firmware).await.unwrap();
    assert_eq!(std::fs::read_dir(yard.directory.path()).unwrap().count(), 0);
    let gone = yard.upkeep().firmware(&firmware).await;
    assert!(matches!(gone, Err(UpkeepError::Unknown { .. })));
}

#[tokio::test(start_paused = true)]
async fn wrong_forms_are_refused_in_words() {
    let yard = Yard::new().await;
    let nameless = yard.upkeep().add_firmware(FirmwareForm::default()).await.unwrap_err();
    assert_eq!(nameless.to_string(), "A name of 1 to 100 characters is needed.");
    let form = FirmwareForm { name: "a".to_owned(), url: Some("fw.bin".to_owned()), ..Default::default() };
    let nowhere = yard.upkeep().add_firmware(form).await.unwrap_err();
    assert!(nowhere.to_string().starts_with("The URL has"), "{nowhere}");
    let firmware = yard.firmware(None, None).await;
    let unknown = yard.upkeep().update(&id("CS9"), &wish(&firmware.id), "anna").await.unwrap_err();
    assert_eq!(unknown.to_string(), "There is no station \"CS9\".");
    let missing = yard.upkeep().update(&id("CS9"), &wish(&FirmwareId("x".to_owned())), "anna").await;
    assert_eq!(missing.unwrap_err().to_string(), "There is no firmware \"x\".");
}

/// Publishing goes by an order of its own; what the controller tells is an event.
async fn publishes(course: &[&str]) -> Vec<String> {
    use ocpp_core::model::{Command, FirmwarePublication, Outcome, Verdict};
    use ocpp_server::domain::EventKind;
    use ocpp_server::store::Events;

    let yard = Yard::new().await;
    let station = yard.world.connect("LC1", Version::V201).await;
    station.says("PublishFirmware", Says::Result(json!({"status": "Accepted"})));
    let order = Command::PublishFirmware(FirmwarePublication {
        request: 4,
        location: "https://files.example/fw.bin".into(),
        checksum: "5eb63bbbe01eeed093cb22bb8f5acdc3".into(),
        retries: None,
        retry_interval_s: None,
    });
    let said = yard.world.csms().commands().order(&id("LC1"), &order).await.unwrap();
    assert_eq!(said, Outcome::Verdict(Verdict::Accepted));
    assert_eq!(station.orders("PublishFirmware")[0]["checksum"], "5eb63bbbe01eeed093cb22bb8f5acdc3");
    for stage in course {
        let mut payload = json!({"status": stage, "requestId": 4});
        if *stage == "Published" {
            payload["location"] = json!(["http://10.0.0.1/fw.bin"]);
        }
        station.call("PublishFirmwareStatusNotification", payload).await.unwrap();
    }
    let events = yard.world.store.events_after(Default::default(), 1000).await.unwrap();
    let told = events.iter().filter_map(|stored| match &stored.event.kind {
        EventKind::PublicationReported(progress) => Some(progress.stage.to_string()),
        _ => None,
    });
    told.collect()
}

#[tokio::test(start_paused = true)]
async fn tc_l_17_csms() {
    let course = ["Downloading", "Downloaded", "ChecksumVerified", "Published"];
    assert_eq!(publishes(&course).await, course);
}

#[tokio::test(start_paused = true)]
async fn tc_l_19_csms() {
    let course = ["Downloading", "Downloaded", "InvalidChecksum"];
    assert_eq!(publishes(&course).await, course);
}

#[tokio::test(start_paused = true)]
async fn tc_l_20_csms() {
    let course = ["Downloading", "Downloaded", "ChecksumVerified", "PublishFailed"];
    assert_eq!(publishes(&course).await, course);
}

#[tokio::test(start_paused = true)]
async fn tc_l_24_csms() {
    let course = ["Downloading", "DownloadFailed"];
    assert_eq!(publishes(&course).await, course);
}

async fn unpublishes(status: &str) -> ocpp_core::model::UnpublishVerdict {
    use ocpp_core::model::{Command, Outcome};

    let yard = Yard::new().await;
    let station = yard.world.connect("LC1", Version::V201).await;
    station.says("UnpublishFirmware", Says::Result(json!({"status": status})));
    let order = Command::UnpublishFirmware { checksum: "5eb63bbbe01eeed093cb22bb8f5acdc3".into() };
    match yard.world.csms().commands().order(&id("LC1"), &order).await.unwrap() {
        Outcome::Unpublish(verdict) => verdict,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn tc_l_21_csms() {
    use ocpp_core::model::UnpublishVerdict;

    assert_eq!(unpublishes("Unpublished").await, UnpublishVerdict::Unpublished);
}

#[tokio::test(start_paused = true)]
async fn tc_l_22_csms() {
    use ocpp_core::model::UnpublishVerdict;

    assert_eq!(unpublishes("NoFirmware").await, UnpublishVerdict::NoFirmware);
}

#[tokio::test(start_paused = true)]
async fn tc_l_23_csms() {
    use ocpp_core::model::UnpublishVerdict;

    assert_eq!(unpublishes("DownloadOngoing").await, UnpublishVerdict::DownloadOngoing);
}
