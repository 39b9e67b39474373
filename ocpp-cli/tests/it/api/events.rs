//! The stream of events.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Program, manager};
use crate::running::directory;

/// A stream that is being read.
struct Stream {
    response: reqwest::Response,
    text: String,
}

impl Stream {
    async fn open(program: &Program, path: &str, last: Option<u64>) -> Stream {
        let request = program.request("GET", path);
        let request = match last {
            Some(last) => request.header("last-event-id", last.to_string()),
            None => request,
        };
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status().as_u16(), 200);
        let content_type = response.headers().get("content-type").and_then(|value| value.to_str().ok());
        assert_eq!(content_type, Some("text/event-stream"));
        Stream { response, text: String::new() }
    }

    /// The next event with its id; `None` when the stream has ended.
    async fn next(&mut self) -> Option<(u64, Value)> {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let message: String = self.text.drain(..end + 2).collect();
                let field =
                    |name: &str| message.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
                if let (Some(id), Some(data)) = (field("id:"), field("data:")) {
                    return Some((id.parse().expect("an id"), serde_json::from_str(data).expect("JSON")));
                }
                continue;
            }
            let chunk = tokio::time::timeout(Duration::from_secs(20), self.response.chunk()).await;
            let chunk = chunk.expect("an event in time").ok().flatten()?;
            self.text.push_str(std::str::from_utf8(&chunk).expect("UTF-8"));
        }
    }
}

async fn add_site(program: &Program, name: &str) {
    let added = program.post("sites", &json!({"name": name, "time_zone": "UTC"})).await;
    assert_eq!(added.status, 201);
}

#[tokio::test]
async fn a_stream_goes_on_where_it_ended() {
    let data = directory();
    let (_manager, program) = manager(data.path()).await;
    let mut whole = Stream::open(&program, "events?after=0", None).await;
    let mut seen = Vec::new();
    for name in ["A", "B", "C"] {
        add_site(&program, name).await;
    }
    while seen.len() < 3 {
        let (id, event) = whole.next().await.expect("an event");
        assert_eq!(event["id"], id);
        if event["record"] == "site" {
            assert_eq!(event["type"], "record_changed");
            seen.push(id);
        }
    }
    drop(whole);
    add_site(&program, "D").await;
    for (path, last) in [("events", Some(seen[0])), ("events?after=0", Some(seen[0]))] {
        let mut rest = Stream::open(&program, path, last).await;
        for expected in [seen[1], seen[2], seen[2] + 1] {
            assert_eq!(rest.next().await.map(|(id, _)| id), Some(expected), "{path}");
        }
        add_site(&program, "E").await;
        assert!(rest.next().await.is_some_and(|(id, event)| id > seen[2] + 1 && event["record"] == "site"));
    }
    let mut from_now = Stream::open(&program, "events", None).await;
    add_site(&program, "F").await;
    let (id, _) = from_now.next().await.expect("an event");
    assert!(id > seen[2] + 3, "{id}");
}

#[tokio::test]
async fn events_that_the_scopes_do_not_cover_are_left_out() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let made = program.post("api-keys", &json!({"name": "viewer", "scopes": ["stations:read"]})).await;
    let viewer = program.with_key(made.json["secret"].as_str());
    let mut stream = Stream::open(&viewer, "events", None).await;
    let mut station = manager.dial("CS1", "ocpp1.6").await.expect("admitted");
    assert_eq!(program.post("tokens", &json!({"token": "GOOD"})).await.status, 201);
    station.result("Authorize", json!({"idTag": "STRANGETOKEN"})).await;
    let start = json!({"connectorId":1,"idTag":"GOOD","meterStart":0,"timestamp":"2026-11-01T10:00:00Z"});
    station.result("StartTransaction", start).await;
    let vendor = json!({"vendorId": "V", "data": "STRANGETOKEN"});
    station.call("DataTransfer", vendor).await;
    add_site(&program, "the last").await;
    let mut kinds = Vec::new();
    loop {
        let (_, event) = stream.next().await.expect("an event");
        assert!(!event.to_string().contains("STRANGETOKEN"), "{event}");
        let kind = event["type"].as_str().expect("a type").to_owned();
        kinds.push(kind.clone());
        if kind == "record_changed" {
            assert_eq!(event["record"], "site");
            break;
        }
    }
    assert!(
        kinds.contains(&"station_connected".to_owned()) && kinds.contains(&"refused".to_owned()),
        "{kinds:?}"
    );
    assert!(!kinds.iter().any(|kind| kind.starts_with("session")), "{kinds:?}");
}

#[tokio::test]
async fn a_stream_ends_when_its_key_is_revoked() {
    let data = directory();
    let (_manager, program) = manager(data.path()).await;
    let made = program.post("api-keys", &json!({"name": "viewer", "scopes": ["stations:read"]})).await;
    let viewer = program.with_key(made.json["secret"].as_str());
    let mut stream = Stream::open(&viewer, "events", None).await;
    let id = made.json["id"].as_str().expect("an id");
    assert_eq!(program.delete(&format!("api-keys/{id}")).await.status, 204);
    add_site(&program, "S").await;
    assert_eq!(stream.next().await, None);
}
