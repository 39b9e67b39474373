//! Managers that behave badly, and what the load says of them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

use super::load;

/// What a rogue does with a call.
enum Reaction {
    Say(Value),
    /// Something else before the answer.
    SayBoth(Value, Value),
    HangUp,
}

type Behaviour = Arc<dyn Fn(&Value) -> Reaction + Send + Sync>;

fn accepted(call: &Value) -> Reaction {
    let time = "2026-11-01T10:00:00Z";
    Reaction::Say(
        json!([3, call[1], {"status":"Accepted","currentTime":time,"interval":300,"idTagInfo":{"status":"Accepted"}}]),
    )
}

/// Serves stations of 1.6 on a port of its own for as long as the runtime lives; the URL, and what it saw
/// beside calls: `Authorization` headers with their paths, and frames that answer.
async fn rogue(behaviour: Behaviour) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("ws://{}/ocpp", listener.local_addr().expect("its address"));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let seen_here = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (behaviour, seen_here) = (Arc::clone(&behaviour), Arc::clone(&seen_here));
            tokio::spawn(async move {
                #[allow(clippy::result_large_err)] // The library's own signature.
                let choose = |request: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
                    let header = |name: &str| request.headers().get(name).cloned();
                    if let Some(value) = header("authorization") {
                        let line = format!("{} {}", request.uri().path(), value.to_str().expect("ASCII"));
                        seen_here.lock().expect("the list").push(line);
                    }
                    let protocol = header("sec-websocket-protocol").expect("a sub-protocol");
                    response.headers_mut().insert("sec-websocket-protocol", protocol);
                    Ok(response)
                };
                let Ok(mut socket) = tokio_tungstenite::accept_hdr_async(stream, choose).await else {
                    return;
                };
                while let Some(Ok(Message::Text(text))) = socket.next().await {
                    let frame: Value = serde_json::from_str(&text).expect("JSON");
                    if frame[0] != 2 {
                        seen_here.lock().expect("the list").push(text.to_string());
                        continue;
                    }
                    match behaviour(&frame) {
                        Reaction::Say(answer) => drop(socket.send(Message::text(answer.to_string())).await),
                        Reaction::SayBoth(first, answer) => {
                            drop(socket.send(Message::text(first.to_string())).await);
                            drop(socket.send(Message::text(answer.to_string())).await);
                        }
                        Reaction::HangUp => return,
                    }
                }
                let _ = tokio::time::timeout(Duration::from_secs(1), socket.close(None)).await;
            });
        }
    });
    (url, seen)
}

/// Runs a load of 1.6 against a rogue.
async fn against(behaviour: Behaviour, more: &'static [&'static str]) -> (Option<i32>, Value, Vec<String>) {
    let (url, seen) = rogue(behaviour).await;
    let ran = tokio::task::spawn_blocking(move || {
        let usual = ["--url", &url, "--version", "1.6", "--warm-up", "0s"];
        load(&[&usual, more].concat())
    });
    let (code, figures) = ran.await.expect("a load");
    let seen = seen.lock().expect("the list").clone();
    (code, figures["runs"][0].clone(), seen)
}

/// A mix, the action that is answered badly, how, and by which name that is counted.
type BadAnswer = (&'static str, &'static str, fn(&Value) -> Reaction, &'static str);

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_counted_by_kind() {
    let cases: [BadAnswer; 8] = [
        (
            "heartbeat",
            "Heartbeat",
            |call| Reaction::Say(json!([4, call[1], "InternalError", "", {}])),
            "CALLERROR InternalError to Heartbeat",
        ),
        (
            "heartbeat",
            "Heartbeat",
            |call| Reaction::Say(json!([3, call[1], {}])),
            "Heartbeat was answered without what it asks for",
        ),
        ("heartbeat", "Heartbeat", |_| Reaction::HangUp, "the connection"),
        (
            "heartbeat",
            "BootNotification",
            |call| {
                Reaction::Say(
                    json!([3, call[1], {"status":"Rejected","currentTime":"2026-11-01T10:00:00Z","interval":9}]),
                )
            },
            "BootNotification was answered with Rejected",
        ),
        (
            "sessions",
            "Authorize",
            |call| Reaction::Say(json!([3, call[1], {"idTagInfo":{"status":"Blocked"}}])),
            "Authorize was answered with Blocked",
        ),
        (
            "sessions",
            "StartTransaction",
            |call| Reaction::Say(json!([3, call[1], {"idTagInfo":{"status":"Accepted"}}])),
            "StartTransaction was answered without what it asks for",
        ),
        (
            "sessions",
            "StartTransaction",
            |call| Reaction::Say(json!([4, call[1], "NotSupported", "", {}])),
            "CALLERROR NotSupported to StartTransaction",
        ),
        ("sessions", "StopTransaction", |_| Reaction::HangUp, "the connection"),
    ];
    for (mix, action, reaction, kind) in cases {
        let behaviour: Behaviour = Arc::new(move |call| {
            if call[2] == action {
                reaction(call)
            } else if call[2] == "StartTransaction" {
                Reaction::Say(json!([3, call[1], {"transactionId":7,"idTagInfo":{"status":"Accepted"}}]))
            } else {
                accepted(call)
            }
        });
        let more: &'static [&'static str] =
            if mix == "heartbeat" { &["--mix", "heartbeat"] } else { &["--mix", "sessions"] };
        let short = ["--stations", "3", "--duration", "500ms"];
        let (code, run, _) = against(behaviour, [&short, more].concat().leak()).await;
        assert_eq!(code, Some(1), "{kind}: {run}");
        let errors = run["errors"].as_object().expect("errors by kind");
        let counted = errors.iter().find(|(name, _)| name.starts_with(kind)).map(|(_, count)| count.as_u64());
        assert!(counted.flatten() > Some(0), "{kind}: {run}");
        if action == "StartTransaction" {
            assert_eq!(run["sessions"]["started"], 0, "{kind}: {run}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_asked_for_is_an_error_and_a_call_of_the_manager_is_refused() {
    let before_heartbeats = |before: Value| -> Behaviour {
        Arc::new(move |call| match accepted(call) {
            Reaction::Say(answer) if call[2] == "Heartbeat" => Reaction::SayBoth(before.clone(), answer),
            other => other,
        })
    };
    let more = &["--mix", "heartbeat", "--stations", "3", "--duration", "500ms"];
    let (code, run, _) = against(before_heartbeats(json!([3, "other", {}])), more).await;
    assert_eq!(code, Some(1), "{run}");
    assert!(run["errors"]["an answer to something that was not asked"].as_u64() > Some(0), "{run}");
    assert!(run["calls"]["count"].as_u64() > Some(0), "the right answer counts: {run}");
    let (code, run, seen) =
        against(before_heartbeats(json!([2, "m1", "Reset", {"type":"Soft"}])), more).await;
    assert_eq!(code, Some(0), "{run}");
    assert!(run["commands_refused"].as_u64() > Some(0), "{run}");
    assert!(seen.iter().any(|frame| frame.starts_with(r#"[4,"m1","NotSupported""#)), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stations_prove_who_they_are() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("keys");
    std::fs::write(&file, "CP.1,first\n\nCP.2,sec:ond\n").expect("a file");
    let file: &'static str = Box::leak(file.to_str().expect("UTF-8").to_owned().into_boxed_str());
    let short = ["--mix", "heartbeat", "--stations", "2", "--duration", "100ms"];
    let ways: [(&'static [&'static str], [&str; 2]); 2] = [
        (
            &["--id", "CS", "--password-prefix", "pw"],
            ["/ocpp/CS-1 Basic Q1MtMTpwdzE=", "/ocpp/CS-2 Basic Q1MtMjpwdzI="],
        ),
        (
            Box::leak(Box::new(["--key-file", file])),
            ["/ocpp/CP.1 Basic Q1AuMTpmaXJzdA==", "/ocpp/CP.2 Basic Q1AuMjpzZWM6b25k"],
        ),
    ];
    for (way, expected) in ways {
        let more: &'static [&'static str] = [&short, way].concat().leak();
        let (code, run, seen) = against(Arc::new(accepted), more).await;
        assert_eq!(code, Some(0), "{run}");
        for line in expected {
            assert!(seen.iter().any(|seen| seen == line), "{line}: {seen:?}");
        }
    }
}

/// A start whose answer was lost is said again with the same content, so that a manager can know it.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_answered_is_said_again_unchanged() {
    let starts: Arc<Mutex<Vec<Value>>> = Arc::default();
    let noted = Arc::clone(&starts);
    let behaviour: Behaviour = Arc::new(move |call| {
        if call[2] != "StartTransaction" {
            return accepted(call);
        }
        let mut starts = noted.lock().expect("the list");
        starts.push(call.clone());
        if starts.len() == 1 {
            return Reaction::HangUp;
        }
        Reaction::Say(json!([3, call[1], {"transactionId":starts.len(),"idTagInfo":{"status":"Accepted"}}]))
    });
    let more = &["--mix", "metering", "--stations", "1", "--duration", "4s"];
    let (code, run, _) = against(behaviour, more).await;
    assert_eq!(code, Some(1), "the lost connection is an error: {run}");
    assert_eq!((&run["sessions"]["started"], &run["errors_total"]), (&json!(1), &json!(1)), "{run}");
    let starts = starts.lock().expect("the list").clone();
    assert_eq!(starts.len(), 2, "{starts:?}");
    assert_eq!(starts[0][3], starts[1][3]);
    assert_ne!(starts[0][1], starts[1][1], "each call has an id of its own");
}
