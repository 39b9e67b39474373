//! Stations at the door, over sockets of this machine: who proves who it is, and who is turned away.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use ocpp_core::quirk::{Quirk, Quirks};
use ocpp_server::Csms;
use ocpp_server::access::{Pepper, Secret};
use ocpp_server::domain::{RefusalReason, Refused};
use ocpp_server::edge::StoredStations;
use ocpp_server::register::{Login, Register, StationForm};
use ocpp_server::session::USUALLY_TOLERATED;
use ocpp_server::store::{Memory, Refusals, Store};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

struct Door {
    store: Arc<Memory>,
    csms: Csms,
    register: Register,
    address: SocketAddr,
    shutdown: CancellationToken,
}

impl Drop for Door {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

impl Door {
    async fn open() -> Door {
        Door::tolerating(USUALLY_TOLERATED).await
    }

    async fn tolerating(quirks: Quirks) -> Door {
        let store = Arc::new(Memory::new());
        let kept: Arc<dyn Store> = store.clone();
        let pepper = Pepper::random().unwrap();
        let admission = StoredStations::new(Arc::clone(&kept), pepper.clone());
        let csms = Csms::builder_over(kept).admission(admission).tolerance(quirks).build().await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let serving = (csms.clone(), shutdown.clone());
        tokio::spawn(async move { serving.0.serve(listener, serving.1).await });
        let register = Register::new(csms.clone(), pepper);
        Door { store, csms, register, address, shutdown }
    }

    async fn add(&self, id: &str) -> Secret {
        let new = self.register.add_station(id, Login::Key, StationForm::default()).await.unwrap();
        new.key.unwrap()
    }

    /// Knocks and gives the status of the answer, with the connection.
    async fn knock(&self, path: &str, authorization: Option<&str>) -> (u16, String, TcpStream) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let authorization =
            authorization.map(|value| format!("Authorization: {value}\r\n")).unwrap_or_default();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Protocol: ocpp1.6\r\n{authorization}\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let read = async {
            while !answer.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
                if stream.read_buf(&mut answer).await.unwrap() == 0 {
                    break;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(10), read).await.unwrap();
        let text = String::from_utf8(answer).unwrap();
        let status = text.split(' ').nth(1).unwrap().parse().unwrap();
        (status, text, stream)
    }

    async fn status(&self, path: &str, authorization: Option<&str>) -> u16 {
        self.knock(path, authorization).await.0
    }

    /// Why an identity was turned away, and how often.
    async fn refusals(&self, identity: &str) -> Vec<(RefusalReason, u64)> {
        let all = self.store.refusals(100).await.unwrap();
        let own = all.into_iter().filter(|refusal| refusal.refused == Refused::Station(identity.to_owned()));
        own.map(|refusal| (refusal.reason, refusal.count)).collect()
    }
}

fn basic(user: &str, password: impl AsRef<[u8]>) -> String {
    let mut pair = format!("{user}:").into_bytes();
    pair.extend(password.as_ref());
    format!("Basic {}", STANDARD.encode(pair))
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02X}")).collect()
}

#[tokio::test]
async fn a_key_opens_in_every_form_that_stations_send() {
    let door = Door::open().await;
    let key = door.add("CS 1").await;
    let key = key.expose();
    let unpadded = STANDARD_NO_PAD.encode(format!("CS 1:{key}"));
    let forms = [
        basic("CS 1", key),
        basic("CS 1", hex(key)),
        basic("CS 1", hex(key).to_lowercase()),
        basic("CS 1", key).replace("Basic", "bAsIc"),
        format!("Basic  {} ", STANDARD.encode(format!("CS 1:{key}"))),
        format!("Basic {unpadded}"),
    ];
    for form in &forms {
        assert_eq!(door.status("/ocpp/CS%201", Some(form)).await, 101, "{form:?}");
    }
    assert!(door.refusals("CS 1").await.is_empty());
}

#[tokio::test]
async fn an_identity_may_hold_a_colon_and_any_sign() {
    let door = Door::open().await;
    for (identity, path) in [
        ("a:b", "/ocpp/a:b"),
        ("a:b:", "/ocpp/a%3Ab%3A"),
        ("Säule 1", "/ocpp/S%C3%A4ule%201"),
        ("CS1", "ws://example.com/ocpp/CS1"),
        ("CS2", "/ocpp/CS2/?token=x"),
    ] {
        let key = door.add(identity).await;
        assert_eq!(door.status(path, Some(&basic(identity, key.expose()))).await, 101, "{identity}");
        assert_eq!(door.status(path, Some(&basic(identity, "x"))).await, 401, "{identity}");
    }
}

#[tokio::test]
async fn whoever_does_not_prove_it_is_turned_away_and_listed() {
    let door = Door::open().await;
    let key = door.add("CS1").await;
    let key = key.expose();
    let other = door.add("CS2").await;
    let no_password = [
        None,
        Some(format!("Bearer {key}")),
        Some(key.to_owned()),
        Some("Basic".to_owned()),
        Some("Basic !!!".to_owned()),
        Some(format!("Basic {}", STANDARD.encode(key))),
    ];
    for authorization in &no_password {
        let (status, text, _) = door.knock("/ocpp/CS1", authorization.as_deref()).await;
        assert_eq!(status, 401, "{authorization:?}");
        assert!(text.contains("WWW-Authenticate: Basic realm=\"ocpp\""), "{text}");
    }
    assert_eq!(door.refusals("CS1").await, [(RefusalReason::NoPassword, no_password.len() as u64)]);

    let shifted: String = key.chars().rev().collect();
    let wrong = [
        basic("CS1", ""),
        basic("CS1", &key[1..]),
        basic("CS1", format!("{key} ")),
        basic("CS1", key.to_uppercase()),
        basic("CS1", &shifted),
        basic("CS1", other.expose()),
        basic("CS1", hex(&hex(key))),
        basic("CS1", hex(key).replace("6", "+")),
        basic("CS1", [0xff, 0xfe]),
    ];
    let mut count = 0;
    for authorization in &wrong {
        let is_key = authorization == &basic("CS1", key);
        if !is_key {
            assert_eq!(door.status("/ocpp/CS1", Some(authorization)).await, 401, "{authorization:?}");
            count += 1;
        }
    }
    let refusals = door.refusals("CS1").await;
    assert!(refusals.contains(&(RefusalReason::WrongPassword, count)), "{refusals:?}");

    assert_eq!(door.status("/ocpp/nobody", Some(&basic("nobody", key))).await, 404);
    assert_eq!(door.refusals("nobody").await, [(RefusalReason::UnknownStation, 1)]);
    assert_eq!(door.status("/ocpp/", Some(&basic("", key))).await, 404);
    assert_eq!(door.status("/elsewhere/CS1", Some(&basic("CS1", key))).await, 404);
    assert_eq!(door.csms.stations().count(), 0);

    door.register.change_login("CS1", Login::Unproven).await.unwrap();
    assert!(door.refusals("CS1").await.is_empty(), "it is seen to");
    assert_eq!(door.status("/ocpp/CS1", None).await, 101);
    assert_eq!(door.status("/ocpp/CS1", Some(&basic("CS1", "anything"))).await, 101);
}

#[tokio::test]
async fn a_new_key_makes_the_old_one_void() {
    let door = Door::open().await;
    let old = door.add("CS1").await;
    let new = door.register.change_login("CS1", Login::Key).await.unwrap().key.unwrap();
    assert_ne!(old, new);
    assert_eq!(door.status("/ocpp/CS1", Some(&basic("CS1", old.expose()))).await, 401);
    assert_eq!(door.status("/ocpp/CS1", Some(&basic("CS1", new.expose()))).await, 101);
    door.register.remove_station("CS1").await.unwrap();
    assert_eq!(door.status("/ocpp/CS1", Some(&basic("CS1", new.expose()))).await, 404);
}

/// Whoever knows an identity but not its key must not disturb the station that has it.
#[tokio::test]
async fn a_wrong_key_does_not_take_over() {
    let door = Door::open().await;
    let key = door.add("CS1").await;
    let (status, _, mut station) = door.knock("/ocpp/CS1", Some(&basic("CS1", key.expose()))).await;
    assert_eq!(status, 101);
    for _ in 0..3 {
        assert_eq!(door.status("/ocpp/CS1", Some(&basic("CS1", "wrong"))).await, 401);
        assert_eq!(door.status("/ocpp/CS1", None).await, 401);
    }
    // A masked text frame with a heartbeat, and the beginning of its answer.
    let text = br#"[2,"1","Heartbeat",{}]"#;
    let mut frame = vec![0x81, 0x80 | text.len() as u8, 0, 0, 0, 0];
    frame.extend(text);
    station.write_all(&frame).await.unwrap();
    let mut answer = [0; 64];
    let read =
        tokio::time::timeout(Duration::from_secs(10), station.read(&mut answer)).await.unwrap().unwrap();
    let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
    assert!(answer.contains("[3,\"1\",{\"currentTime\""), "{answer:?}");
    assert_eq!(door.csms.stations().count(), 1);
    drop(door.knock("/ocpp/CS1", Some(&basic("CS1", key.expose()))).await);
}

/// The right key opens, and the station boots.
#[tokio::test]
async fn tc_a_01_csms() {
    use futures_util::{SinkExt, StreamExt};
    use tokio_tungstenite::tungstenite::{Message, protocol::Role};

    let door = Door::open().await;
    let key = door.add("CS1").await;
    let (status, _, stream) = door.knock("/ocpp/CS1", Some(&basic("CS1", key.expose()))).await;
    assert_eq!(status, 101);
    let mut socket = tokio_tungstenite::WebSocketStream::from_raw_socket(stream, Role::Client, None).await;
    let boot = r#"[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]"#;
    socket.send(Message::text(boot)).await.unwrap();
    let answer = tokio::time::timeout(Duration::from_secs(10), socket.next()).await.unwrap();
    let answer = answer.unwrap().unwrap().into_text().unwrap();
    assert!(answer.contains("\"Accepted\""), "{answer}");
}

/// Another password does not.
#[tokio::test]
async fn tc_a_03_csms() {
    let door = Door::open().await;
    door.add("CS1").await;
    let other = basic("CS1", "ohsoverysecret12345");
    assert_eq!(door.status("/ocpp/CS1", Some(&other)).await, 401);
    assert_eq!(door.refusals("CS1").await, [(RefusalReason::WrongPassword, 1)]);
}

/// A user name that is not the identity does not open, even with the right password (A00.FR.204); where it is tolerated,
/// or no password is asked for, it does.
#[tokio::test]
async fn tc_a_02_csms() {
    let door = Door::open().await;
    let key = door.add("CS1").await;
    let other = basic("CS1Invalid", key.expose());
    assert_eq!(door.status("/ocpp/CS1", Some(&other)).await, 401);
    assert_eq!(door.refusals("CS1").await, [(RefusalReason::OtherUserName, 1)]);
    assert_eq!(door.status("/ocpp/CS1", Some(&basic("CS1", key.expose()))).await, 101);

    let door = Door::tolerating(Quirks::strict().with(Quirk::OtherUserName)).await;
    let key = door.add("CS1").await;
    for other in ["CS1Invalid", ""] {
        assert_eq!(door.status("/ocpp/CS1", Some(&basic(other, key.expose()))).await, 101, "{other:?}");
    }
}
