//! Help, wrong input and exit codes.

use std::path::Path;
use std::process::{Command, Output};

pub(crate) fn ocpp(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ocpp"));
    for name in [
        "OCPP_DATA",
        "OCPP_OPEN",
        "OCPP_CONFIG",
        "OCPP_URL",
        "OCPP_STATIONS",
        "OCPP_TOKENS",
        "OCPP_SERVER",
        "OCPP_API_KEY",
    ] {
        command.env_remove(name);
    }
    command.args(arguments).output().expect("the binary runs")
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn help_is_as_documented() {
    insta::assert_snapshot!("help", stdout(&ocpp(&["--help"])));
    insta::assert_snapshot!("help_serve", stdout(&ocpp(&["serve", "--help"])));
    insta::assert_snapshot!("help_emulate", stdout(&ocpp(&["emulate", "--help"])));
    insta::assert_snapshot!("help_demo", stdout(&ocpp(&["demo", "--help"])));
    for command in [
        "command",
        "orders",
        "batch",
        "station",
        "settings",
        "site",
        "token",
        "tariff",
        "session",
        "messages",
        "key",
        "alarms",
        "monitors",
        "display",
        "customer",
        "report",
        "exclusions",
        "formulas",
    ] {
        insta::assert_snapshot!(format!("help_{command}"), stdout(&ocpp(&[command, "--help"])));
    }
}

#[test]
fn the_help_of_an_order_shows_its_options() {
    insta::assert_snapshot!("help_command_reset", stdout(&ocpp(&["command", "CS1", "reset", "--help"])));
}

#[test]
fn rest_description_is_as_documented() {
    insta::assert_snapshot!("openapi", stdout(&ocpp(&["openapi"])));
}

/// Each wrong input: its arguments, the exit code, and what the sentence says.
#[test]
fn wrong_input_is_refused_with_one_sentence() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("file");
    std::fs::write(&file, "not a directory").expect("a file");
    let settings = directory.path().join("settings.toml");
    std::fs::write(&settings, "open = true\ncolour = \"red\"\n").expect("a file");
    let (file, settings) = (path(&file), path(&settings));
    let cases: &[(&[&str], i32, &str)] = &[
        (&["serve", "--colour"], 2, "unexpected argument"),
        (&["serve", "--ocpp-listen", "here"], 2, "invalid value 'here'"),
        (&["serve", "--heartbeat-interval", "0"], 2, "choose 1 to 86400 seconds"),
        (&["serve", "--customer-data-days", "0"], 2, "choose 1 to 3650 days"),
        (&["alarms", "list", "--severity", "10"], 2, "10 is not in 0..=9"),
        (&["customer", "ask", "CS1", "--report"], 2, "--token"),
        (&["serve", "--station", ""], 2, "identity cannot be empty"),
        (&["serve", "--config", "/nonexistent.toml"], 2, "cannot be read"),
        (&["serve", "--tolerate", "all,-short-ofset"], 2, "did you mean short-offset"),
        (&["serve", "--tolerate", "CS1=all,-zzz"], 2, "docs/quirks.md"),
        (&["serve", "--tolerate", "unknown-member"], 2, "then all or strict"),
        (&["serve", "--tolerate", "=strict"], 2, "identity cannot be empty"),
        (&["serve", "--tolerate", "A=strict", "--tolerate", "A=all"], 2, "two things of station A"),
        (&["serve", "--tolerate", "strict all"], 2, "two things of all stations"),
        (&["serve", "--config", settings], 2, "colour"),
        (&["serve", "--data", file], 3, "cannot be made"),
        (&["emulate", "--url", "http://127.0.0.1:1/ocpp"], 1, "use ws://HOST:PORT/PATH"),
        (&["emulate", "--url", "wss://127.0.0.1:1/ocpp"], 1, "wss:// is not supported yet"),
        (&["emulate", "--url", "ws://127.0.0.1:1/ocpp", "--version", "2.2"], 2, "invalid value '2.2'"),
        (&["station", "list", "--server", "127.0.0.1:1"], 2, "use http://HOST:PORT"),
        (&["station", "list", "--server", "https://manager"], 2, "https:// is not supported yet"),
        (&["station", "list", "--server", "http://127.0.0.1:1"], 3, "cannot be reached"),
        (&["station", "send", "CS1", "Reset", "{"], 2, "the payload is no JSON"),
        (&["token", "import", "/nonexistent.csv"], 2, "cannot be read"),
        (&["tariff", "add", "/nonexistent.json"], 2, "cannot be read"),
        (&["tariff", "add", settings], 2, "is no JSON"),
        (&["key", "create", "x", "--scope", "everything"], 2, "is no scope"),
        (
            &["key", "create", "x", "--scope", "all", "--expires-at", "2020-01-01T00:00:00Z", "--data", "x"],
            2,
            "in the future",
        ),
        (&["key", "create", "x", "--scope", "all", "--data", file], 3, "cannot be made"),
        (
            &["emulate", "--url", "ws://127.0.0.1:1", "--version", "1.6", "--token", "012345678901234567890"],
            2,
            "1 to 20 characters",
        ),
    ];
    for (arguments, code, sentence) in cases {
        let output = ocpp(arguments);
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(sentence), "{arguments:?}: {}", stderr(&output));
        assert!(!stderr(&output).contains("panicked"), "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn a_taken_port_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    let directory = tempfile::tempdir().expect("a temporary directory");
    let output = ocpp(&["serve", "--data", path(directory.path()), "--ocpp-listen", &address]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("is taken by another program"), "{}", stderr(&output));
    assert!(stderr(&output).contains("--ocpp-listen"), "{}", stderr(&output));
}

#[test]
fn a_damaged_database_is_named_and_left_alone() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let database = directory.path().join("ocpp.db");
    let garbage = b"this is no database, and it is long enough to be looked at as one".repeat(100);
    std::fs::write(&database, &garbage).expect("a file");
    let output = ocpp(&["serve", "--data", path(directory.path()), "--ocpp-listen", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("ocpp.db"), "{}", stderr(&output));
    assert_eq!(std::fs::read(&database).expect("still there"), garbage);
}

fn path(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}
