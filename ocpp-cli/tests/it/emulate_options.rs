//! Every option of `ocpp emulate`, by what it makes of the stations at a manager.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::api::Program;
use super::command_line::{ocpp, stderr, stdout};
use super::emulator::Emulator;
use super::running::{Manager, directory};

struct Yard {
    program: Program,
    manager: Manager,
    data: tempfile::TempDir,
}

impl Yard {
    async fn open(more: &[&str]) -> Yard {
        let data = directory();
        let manager = Manager::start_that_tells(data.path(), more, "warn");
        let program = Program::of(&manager).await;
        Yard { program, manager, data }
    }

    /// Emulates to the end, and gives the outcome.
    async fn emulated(&self, arguments: &[&str]) -> Value {
        let url = self.manager.ocpp.trim_end_matches('/').to_owned();
        let whole = [&["emulate", "--url", &url, "--json"], arguments].concat();
        let whole: Vec<String> = whole.into_iter().map(str::to_owned).collect();
        let ran =
            tokio::task::spawn_blocking(move || ocpp(&whole.iter().map(String::as_str).collect::<Vec<_>>()));
        let output = ran.await.expect("it ends");
        assert!(output.status.success(), "{arguments:?}: {}{}", stdout(&output), stderr(&output));
        serde_json::from_str(&stdout(&output)).expect("JSON")
    }

    /// The sessions of a station, the first first.
    async fn sessions(&self, station: &str) -> Vec<Value> {
        let list = self.program.get(&format!("sessions?station={station}&limit=100")).await;
        let mut sessions = list.json["items"].as_array().expect("sessions").clone();
        sessions.sort_by_key(|session| session["number"].as_i64());
        sessions
    }

    /// How often a station has called the manager by this action.
    async fn said(&self, station: &str, action: &str) -> usize {
        let list = self.program.get(&format!("messages?station={station}&action={action}&limit=100")).await;
        let items = list.json["items"].as_array().expect("messages");
        items.iter().filter(|message| message["type"] == 2).count()
    }

    async fn until(&self, path: &str, holds: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..400 {
            let answer = self.program.get(path).await;
            if answer.status == 200 && holds(&answer.json) {
                return answer.json;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never: {}", self.program.get(path).await.text);
    }

    fn scenario(&self, text: &str) -> String {
        write(self.data.path(), text)
    }
}

fn write(directory: &Path, text: &str) -> String {
    let path = directory.join("scenario.toml");
    std::fs::write(&path, text).expect("a file");
    path.to_str().expect("UTF-8").to_owned()
}

fn seconds(session: &Value, from: &str, to: &Value) -> i64 {
    let moment = |value: &Value| value.as_str().expect("a time").parse::<jiff::Timestamp>().expect("a time");
    moment(to).duration_since(moment(&session[from])).as_secs()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_goes_through_its_sessions() {
    let yard = Yard::open(&["--open"]).await;
    let outcome = yard
        .emulated(&[
            "--id",
            "F",
            "--version",
            "2.1",
            "--stations",
            "3",
            "--sessions",
            "2",
            "--minutes",
            "4",
            "--meter-interval",
            "30",
            "--token",
            "FLEET7",
            "--speed",
            "100",
        ])
        .await;
    let names: Vec<&Value> =
        outcome.as_array().expect("stations").iter().map(|one| &one["identity"]).collect();
    assert_eq!(names, ["F-1", "F-2", "F-3"]);
    for (name, one) in ["F-1", "F-2", "F-3"].into_iter().zip(outcome.as_array().expect("stations")) {
        assert_eq!(one["sessions"], 2);
        let sessions = yard.sessions(name).await;
        assert_eq!(sessions.len(), 2, "--sessions");
        let told: i64 = sessions.iter().filter_map(|session| session["energy_wh"].as_i64()).sum();
        assert_eq!(one["energy_wh"], told, "both have metered the same");
        for session in &sessions {
            assert_eq!((&session["id_token"], &session["doubts"]), (&json!("FLEET7"), &json!([])));
            let lasted = seconds(session, "started_at", &session["ended_at"]);
            assert!((220..=360).contains(&lasted), "--minutes: {lasted} s");
            let id = session["id"].as_str().expect("a name");
            let readings = yard.program.get(&format!("sessions/{id}/readings?limit=100")).await;
            let items = readings.json["items"].as_array().expect("readings");
            let count = items.iter().filter_map(|one| one["at"].as_str()).collect::<BTreeSet<_>>().len();
            assert!((6..=14).contains(&count), "--meter-interval: {count} of {}", readings.text);
        }
        let station = yard.program.get(&format!("stations/{name}")).await;
        assert_eq!(station.json["ocpp_version"], "2.1", "--version");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_shown_at_the_door() {
    let yard = Yard::open(&["--station", "OTHER", "--token", "EMULATED1"]).await;
    let added = yard.program.post("stations", &json!({"id": "SECURE", "login": "key"})).await;
    let key = added.json["key"].as_str().unwrap_or_else(|| panic!("{}", added.text)).to_owned();
    let arguments = ["--id", "SECURE", "--minutes", "1", "--speed", "200", "--password"];
    yard.emulated(&[&arguments[..], &[&key]].concat()).await;
    let url = yard.manager.ocpp.trim_end_matches('/').to_owned();
    let refused = tokio::task::spawn_blocking(move || {
        ocpp(&[&["emulate", "--url", &url][..], &arguments, &["wrong"]].concat())
    });
    let refused = refused.await.expect("it ends");
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("it wants another password"), "{}", stderr(&refused));
}

#[tokio::test(flavor = "multi_thread")]
async fn vehicles_have_needs_and_sites_have_limits() {
    let yard = Yard::open(&["--open"]).await;
    let arguments = ["--id", "N", "--version", "2.1", "--minutes", "3", "--speed", "60"];
    yard.emulated(&[&arguments[..], &["--vehicle-needs", "--site-limit", "5000"]].concat()).await;
    let limits = yard.program.get("stations/N/energy/limits").await;
    assert!(limits.text.contains("5000") && limits.text.contains("EMS"), "--site-limit: {}", limits.text);
    let session = yard.sessions("N").await[0]["id"].as_str().expect("a name").to_owned();
    let energy = yard.program.get(&format!("sessions/{session}/energy")).await;
    assert!(energy.text.contains("20000"), "--vehicle-needs: {}", energy.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn batteries_are_swapped() {
    let yard = Yard::open(&["--open"]).await;
    let _station =
        Emulator::waiting(&yard.manager.ocpp, "B", "2.1", &["--battery-slots", "4", "--speed", "20"]);
    yard.until("stations/B", |station| station["told_registration"] == "accepted").await;
    let token = json!({"value": "SWAP1", "kind": "ISO14443"});
    let order = json!({"command": {"request_battery_swap": {"request": 5, "id_token": token}}});
    let ordered = yard.program.post("stations/B/orders?wait=true", &order).await;
    assert_eq!(ordered.json["succeeded"], true, "{}", ordered.text);
    yard.until("stations/B/energy/swaps", |list| list.to_string().contains("F000000")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_and_arrivals_follow_the_seed() {
    let yard = Yard::open(&["--open"]).await;
    let mut courses = Vec::new();
    for (id, seed) in [("S1", "4"), ("S2", "4"), ("S3", "5")] {
        let arguments = ["--id", id, "--sessions", "8", "--minutes", "3", "--speed", "500"];
        yard.emulated(&[&arguments[..], &["--faults", "50", "--seed", seed]].concat()).await;
        let sessions = yard.sessions(id).await;
        courses.push(sessions.iter().map(|one| one["stop_reason"].clone()).collect::<Vec<_>>());
    }
    assert_eq!(courses[0].len(), 8);
    let broken = courses[0].iter().filter(|reason| **reason == "GroundFault").count();
    assert!((1..8).contains(&broken), "half of them in the mean: {:?}", courses[0]);
    assert_eq!(courses[0], courses[1], "the same seed");
    assert_ne!(courses[0], courses[2], "another seed");

    // The station's own time passes faster than that of the manager, whom it tells every five minutes that it lives.
    let arguments =
        ["--id", "A", "--sessions", "2", "--minutes", "1", "--speed", "1000", "--arrivals", "120"];
    yard.emulated(&[&arguments[..], &["--seed", "1"]].concat()).await;
    let alive = yard.said("A", "Heartbeat").await;
    assert!(alive > 10, "without --arrivals vehicles come within five minutes: {alive} heartbeats");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_during_an_outage_is_told_afterwards() {
    let yard = Yard::open(&["--open"]).await;
    for version in ["1.6", "2.0.1", "2.1"] {
        let mut told = Vec::new();
        for outages in ["0", "100"] {
            let id = format!("{version}-{outages}");
            let arguments = ["--id", &id, "--version", version, "--sessions", "2", "--minutes", "4"];
            yard.emulated(&[&arguments[..], &["--speed", "60", "--outages", outages]].concat()).await;
            let sessions = yard.sessions(&id).await;
            assert_eq!(sessions.len(), 2, "{id}");
            let is_whole = |one: &Value| one["status"] == "completed" && one["doubts"] == json!([]);
            assert!(sessions.iter().all(is_whole), "{id}: {sessions:?}");
            told.push(yard.said(&id, "StatusNotification").await);
        }
        assert!(told[1] > told[0], "{version}: it tells its state again when it is back: {told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scenario_is_played_step_by_step() {
    let yard = Yard::open(&["--station", "P-1", "--station", "P-2", "--token", "GOOD"]).await;
    let scenario = yard.scenario(
        r#"
        spread = "1m"
        [[step]]
        at = "10s"
        do = "charge"
        for = "4m"
        [[step]]
        at = "30s"
        do = "plug"
        evse = 2
        [[step]]
        at = "40s"
        do = "token"
        evse = 2
        token = "GOOD"
        [[step]]
        at = "2m"
        do = "fault"
        evse = 2
        [[step]]
        at = "3m"
        do = "mend"
        evse = 2
        [[step]]
        at = "3m 10s"
        do = "unplug"
        evse = 2
        [[step]]
        at = "3m 20s"
        do = "offline"
        for = "2m"
        [[step]]
        at = "7m"
        do = "charge"
        for = "1m"
        token = "STRANGER"
        "#,
    );
    let arguments =
        ["--id", "P", "--stations", "2", "--token", "GOOD", "--speed", "40", "--scenario", &scenario];
    yard.emulated(&arguments).await;
    for station in ["P-1", "P-2"] {
        let course: Vec<_> = yard
            .sessions(station)
            .await
            .iter()
            .map(|one| (one["evse_id"].clone(), one["stop_reason"].clone(), one["status"].clone()))
            .collect();
        let whole = |evse: u32, reason: &str| (json!(evse), json!(reason), json!("completed"));
        assert!(
            course.contains(&whole(1, "Local")) && course.contains(&whole(2, "GroundFault")),
            "{course:?}"
        );
        assert_eq!(course.len(), 2, "nobody charges with a token that is refused: {course:?}");
    }
    let refusals = yard.program.get("refusals").await;
    assert!(refusals.text.contains("unknown_token"), "{}", refusals.text);
}

/// The scenario that is shown to testers can be played: what is wrong here is the address.
#[test]
fn the_scenario_of_the_description_is_right() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/emulate.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let (_, rest) = page.split_once("```toml\n").expect("a scenario");
    let (scenario, _) = rest.split_once("```").expect("its end");
    let data = directory();
    let path = write(data.path(), scenario);
    let output = ocpp(&["emulate", "--url", "http://127.0.0.1:1", "--scenario", &path]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("use ws://HOST:PORT/PATH"), "{}", stderr(&output));
}

/// Each wrong scenario, and what is said of it.
#[test]
fn wrong_scenarios_are_refused_with_one_sentence() {
    let data = directory();
    for (text, sentence) in [
        ("", "it has no [[step]]"),
        ("repeat = 0\n[[step]]\nat = \"1s\"\ndo = \"plug\"", "repeat is 1 to 1000"),
        ("colour = 1", "unknown field `colour`"),
        ("[[step]]\nat = \"1s\"\ndo = \"dance\"", "unknown variant `dance`"),
        ("[[step]]\nat = \"soon\"\ndo = \"plug\"", "step 1: at = \"soon\" is no time up to 7 days"),
        ("[[step]]\nat = \"-1s\"\ndo = \"plug\"", "is no time up to 7 days"),
        ("[[step]]\nat = \"1s\"\ndo = \"charge\"", "it needs for"),
        ("[[step]]\nat = \"1s\"\ndo = \"plug\"\nfor = \"1s\"", "for belongs to charge and offline"),
        ("[[step]]\nat = \"1s\"\ndo = \"plug\"\nevse = 99", "evse is 1 to 32"),
        ("[[step]]\nat = \"1s\"\ndo = \"plug\"\ntoken = \"A\"", "token belongs to token and charge"),
        ("[[step]]\nat = \"1s\"\ndo = \"token\"\ntoken = \"\"", "a token has 1 to 36 characters"),
    ] {
        let path = write(data.path(), text);
        let output = ocpp(&["emulate", "--url", "ws://127.0.0.1:1", "--scenario", &path]);
        assert_eq!(output.status.code(), Some(2), "{text}: {}", stderr(&output));
        assert!(stderr(&output).contains(sentence), "{text}: {}", stderr(&output));
    }
}

/// Each wrong value of an option.
#[test]
fn wrong_values_are_refused_with_one_sentence() {
    for (option, value, sentence) in [
        ("--stations", "0", "0 is not in 1..=10000"),
        ("--sessions", "0", "0 is not in 1..=100000"),
        ("--speed", "0", "0 is not in 1..=1000"),
        ("--minutes", "1441", "1441 is not in 1..=1440"),
        ("--meter-interval", "0", "0 is not in 1..=3600"),
        ("--site-limit", "0", "0 is not in 1..=1000000"),
        ("--battery-slots", "65", "65 is not in 0..=64"),
        ("--arrivals", "0", "0 is not in 1..=10000"),
        ("--faults", "101", "101 is not in 0..=100"),
        ("--outages", "101", "101 is not in 0..=100"),
        ("--seed", "x", "invalid digit"),
        ("--scenario", "/nonexistent.toml", "cannot be read"),
        ("--token", "", "a token has 1 to 36 characters"),
    ] {
        let output = ocpp(&["emulate", "--url", "ws://127.0.0.1:1", option, value]);
        assert_eq!(output.status.code(), Some(2), "{option} {value}: {}", stderr(&output));
        assert!(stderr(&output).contains(sentence), "{option} {value}: {}", stderr(&output));
    }
    let both = ocpp(&["emulate", "--url", "ws://127.0.0.1:1", "--scenario", "x", "--sessions", "2"]);
    assert_eq!(both.status.code(), Some(2));
    assert!(stderr(&both).contains("cannot be used with"), "{}", stderr(&both));
}
