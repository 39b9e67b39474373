//! A running manager and a station of few words, for tests that go over the network.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};

/// A running manager; it is killed when the test ends.
pub(crate) struct Manager {
    child: Child,
    /// Where stations dial, without the identity.
    pub(crate) ocpp: String,
    /// Host and port of the REST interface.
    pub(crate) http: String,
    /// A key that may do everything, where one is needed.
    pub(crate) key: Option<String>,
    log: Arc<Mutex<String>>,
}

impl Manager {
    pub(crate) fn start(data: &std::path::Path, more: &[&str]) -> Manager {
        Manager::start_that_tells(data, more, "trace")
    }

    /// The same with a log as detailed as `levels` say, in the words of `RUST_LOG`.
    pub(crate) fn start_that_tells(data: &std::path::Path, more: &[&str], levels: &str) -> Manager {
        let key = (!more.contains(&"--open")).then(|| make_key(data, "admin", "all"));
        let mut child = Command::new(env!("CARGO_BIN_EXE_ocpp"))
            .args(["serve", "--ocpp-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(more)
            .env_remove("OCPP_OPEN")
            .env("RUST_LOG", levels)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the manager starts");
        let mut lines = BufReader::new(child.stderr.take().expect("its standard error")).lines();
        let mut find = |start: &str| loop {
            let line = lines.next().expect("a line").expect("UTF-8");
            if let Some(rest) = line.strip_prefix(start) {
                return rest.trim().to_owned();
            }
        };
        let ocpp = find("Charging stations dial").replace("<identity>", "");
        let http = find("Live page").trim_start_matches("http://").trim_end_matches('/').to_owned();
        let log = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                // Writing to a string cannot fail.
                let _ = writeln!(kept.lock().unwrap_or_else(PoisonError::into_inner), "{line}");
            }
        });
        Manager { child, ocpp, http, key, log }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn get(&self, path: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.http).expect("the page's port");
        let key = self.key.as_ref().map(|key| format!("Authorization: Bearer {key}\r\n")).unwrap_or_default();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n{key}Connection: close\r\n\r\n")
            .expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        let status = answer[9..12].parse().expect("a status");
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let json = body.find('{').and_then(|start| {
            let end = body.rfind('}')?;
            serde_json::from_str(&body[start..=end]).ok()
        });
        (status, json.unwrap_or(Value::Null))
    }

    pub(crate) async fn dial(&self, identity: &str, protocols: &str) -> Result<Station, Error> {
        let mut request = format!("{}{identity}", self.ocpp).into_client_request()?;
        if !protocols.is_empty() {
            let value = HeaderValue::from_str(protocols).expect("a header");
            request.headers_mut().insert("Sec-WebSocket-Protocol", value);
        }
        let address = self.ocpp.trim_start_matches("ws://").split('/').next().expect("an address").to_owned();
        let stream = tokio::net::TcpStream::connect(address).await.expect("the station's port");
        let (socket, _) = tokio_tungstenite::client_async(request, stream).await?;
        Ok(Station { socket, calls: 0 })
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) struct Station {
    pub(crate) socket: tokio_tungstenite::WebSocketStream<tokio::net::TcpStream>,
    calls: u32,
}

impl Station {
    pub(crate) async fn call(&mut self, action: &str, payload: Value) -> Value {
        self.calls += 1;
        let id = format!("call-{}", self.calls);
        self.send(&json!([2, id, action, payload]).to_string()).await;
        let answer = self.next().await;
        assert_eq!(answer[1], json!(id), "{answer}");
        answer
    }

    pub(crate) async fn result(&mut self, action: &str, payload: Value) -> Value {
        let answer = self.call(action, payload).await;
        assert_eq!(answer[0], json!(3), "{answer}");
        answer[2].clone()
    }

    pub(crate) async fn send(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.expect("sent");
    }

    pub(crate) async fn next(&mut self) -> Value {
        let wait = tokio::time::timeout(Duration::from_secs(20), async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => break serde_json::from_str(&text).expect("JSON"),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    other => panic!("no answer but {other:?}"),
                }
            }
        });
        wait.await.expect("an answer in time")
    }
}

pub(crate) fn directory() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

/// Makes an API key in a data directory that no manager has open.
pub(crate) fn make_key(data: &std::path::Path, name: &str, scopes: &str) -> String {
    let data = data.to_str().expect("UTF-8");
    let output = super::command_line::ocpp(&["key", "create", name, "--scope", scopes, "--data", data]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}
