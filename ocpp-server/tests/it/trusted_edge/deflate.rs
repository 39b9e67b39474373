//! permessage-deflate (RFC 7692).

use std::time::Duration;

use futures_util::SinkExt;
use ocpp_server::Csms;
use ocpp_server::edge::{Compression, EdgeSettings, Handshake};
use ocpp_server::store::Memory;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use yawc::{Frame, OpCode, Options, Role, WebSocket};

use super::Manager;

fn agreed(offer: &str) -> Option<String> {
    let request = format!(
        "GET /ocpp/CS1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: ocpp2.0.1\r\nSec-WebSocket-Extensions: {offer}\r\n\r\n"
    );
    let (handshake, _) = Handshake::parse(request.as_bytes()).expect("a handshake").expect("complete");
    let extension = handshake.extension().map(str::to_owned);
    let answer = handshake.acceptance();
    assert_eq!(answer.contains("Sec-WebSocket-Extensions"), extension.is_some(), "{answer}");
    extension
}

#[test]
fn an_offer_is_met_or_declined_as_a_whole() {
    let plain = Some("permessage-deflate; server_no_context_takeover".to_owned());
    let with = |more: &str| plain.clone().map(|plain| format!("{plain}; {more}"));
    for (offer, answer) in [
        ("permessage-deflate", plain.clone()),
        ("Permessage-Deflate ; server_no_context_takeover", plain.clone()),
        ("permessage-deflate; client_max_window_bits", with("client_max_window_bits=12")),
        ("permessage-deflate; client_max_window_bits=10", with("client_max_window_bits=10")),
        ("permessage-deflate; client_max_window_bits=15", with("client_max_window_bits=12")),
        ("permessage-deflate; client_max_window_bits=\"9\"", with("client_max_window_bits=9")),
        ("permessage-deflate; server_max_window_bits=11", with("server_max_window_bits=11")),
        ("permessage-deflate; client_no_context_takeover", with("client_no_context_takeover")),
        ("x-webkit-deflate-frame, permessage-deflate", plain.clone()),
        ("permessage-deflate; server_max_window_bits=8, permessage-deflate", plain.clone()),
        ("permessage-deflate; server_max_window_bits", None),
        ("permessage-deflate; server_max_window_bits=16", None),
        ("permessage-deflate; client_max_window_bits=07", None),
        ("permessage-deflate; client_no_context_takeover; client_no_context_takeover", None),
        ("permessage-deflate; colour=red", None),
        ("permessage-bzip", None),
    ] {
        assert_eq!(agreed(offer), answer, "{offer:?}");
    }
}

/// Dials with an offer; gives the stream after the handshake and the extension that was agreed on.
async fn dial(manager: &Manager, offer: &str) -> (TcpStream, Option<String>) {
    let mut stream = TcpStream::connect(&manager.address).await.expect("the manager's port");
    let request = format!(
        "GET /ocpp/DEFLATES HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: ocpp2.0.1\r\nSec-WebSocket-Extensions: {offer}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await.expect("an answer"));
    }
    let answer = String::from_utf8(answer).expect("text");
    assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
    let agreed = answer.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Extensions: "));
    (stream, agreed.map(str::to_owned))
}

fn client(stream: TcpStream, agreed: &str) -> WebSocket<TcpStream> {
    let options = Options::default().with_balanced_compression();
    WebSocket::from_stream_with_extensions(stream, Role::Client, Some(agreed), options).expect("a client")
}

async fn exchange(socket: &mut WebSocket<TcpStream>, call: Value) -> Value {
    socket.send(Frame::text(call.to_string())).await.expect("sent");
    loop {
        let frame = tokio::time::timeout(Duration::from_secs(10), socket.next_frame());
        let frame = frame.await.expect("in time").expect("an answer");
        if frame.opcode() == OpCode::Text {
            return serde_json::from_str(frame.as_str()).expect("JSON");
        }
    }
}

#[tokio::test]
async fn a_conversation_is_compressed_with_every_way_to_agree() {
    let manager = Manager::of(Csms::builder(Memory::new())).await;
    for offer in [
        "permessage-deflate",
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate; client_no_context_takeover; server_no_context_takeover",
        "permessage-deflate; server_max_window_bits=9; client_max_window_bits=9",
    ] {
        let (stream, agreed) = dial(&manager, offer).await;
        let mut socket = client(stream, &agreed.expect("it is agreed on"));
        let station = json!({"vendorName": "V".repeat(50), "model": "M".repeat(20)});
        let boot = json!({"reason": "PowerUp", "chargingStation": station});
        let answer = exchange(&mut socket, json!([2, "1", "BootNotification", boot])).await;
        assert_eq!(answer[2]["status"], json!("Accepted"), "{offer}");
        for number in 0..50 {
            let data = format!("{number} and a text that repeats and repeats and repeats and repeats");
            let call = json!([2, format!("t{number}"), "DataTransfer", {"vendorId": "v", "data": data}]);
            let answer = exchange(&mut socket, call).await;
            assert_eq!(answer[1], json!(format!("t{number}")), "{offer}");
        }
    }
}

#[tokio::test]
async fn whoever_wants_no_compression_gets_none() {
    let settings = EdgeSettings { compression: Compression::Never, ..EdgeSettings::default() };
    let manager = Manager::of(Csms::builder(Memory::new()).edge(settings)).await;
    assert_eq!(dial(&manager, "permessage-deflate").await.1, None);
    let manager = Manager::of(Csms::builder(Memory::new())).await;
    assert_eq!(dial(&manager, "x-unknown").await.1, None);
}

/// A megabyte of zeros fits into a kilobyte. It is given up as soon as it is too long, whatever it would
/// become.
#[tokio::test]
async fn a_message_that_inflates_beyond_the_limit_ends_the_connection() {
    let settings = EdgeSettings { max_message_bytes: 64 * 1024, ..EdgeSettings::default() };
    let manager = Manager::of(Csms::builder(Memory::new()).edge(settings)).await;
    let (stream, agreed) = dial(&manager, "permessage-deflate").await;
    let mut socket = client(stream, &agreed.expect("it is agreed on"));
    let bomb = format!("[2,\"1\",\"DataTransfer\",{{\"vendorId\":\"{}\"}}]", "0".repeat(50_000_000));
    socket.send(Frame::text(bomb)).await.expect("sent");
    // The whole of it is some fifty kilobytes on the line: it is read, so that the close is not lost with the line.
    let closed = tokio::time::timeout(Duration::from_secs(10), async {
        loop {
            match socket.next_frame().await {
                Ok(frame) if frame.opcode() == OpCode::Close => return frame.close_code().map(u16::from),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    });
    let code = closed.await.expect("it ends in time");
    assert_eq!(code, Some(1009));
}
