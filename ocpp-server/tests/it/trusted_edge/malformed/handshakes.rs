//! Requests at the door.

use super::line::{Line, Said};
use super::{Good, Verdict};
use crate::trusted_edge::Manager;
use ocpp_server::Csms;
use ocpp_server::store::Memory;

/// What is expected of the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    /// An HTTP status that refuses; then the line closes in good order.
    Refused(u16),
    /// The handshake is completed, and a heartbeat answered.
    Open,
    /// The handshake is completed, and the connection closed with this code.
    Closes(u16),
    /// The line closes without a word.
    Silent,
}

use Door::{Closes, Open, Refused, Silent};

const KEY: &str = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const REST: &str = "Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n";
const SPEAKS: &str = "Sec-WebSocket-Protocol: ocpp1.6\r\n";

/// A request as it should be, but for its request line.
fn asks(line: &str) -> Vec<u8> {
    format!("{line}\r\n{REST}{KEY}{SPEAKS}\r\n").into_bytes()
}

/// A request for this target.
fn dials(target: &str) -> Vec<u8> {
    asks(&format!("GET {target} HTTP/1.1"))
}

/// A request as it should be, with more fields.
fn with(fields: &str) -> Vec<u8> {
    format!("GET /ocpp/BAD HTTP/1.1\r\n{REST}{KEY}{SPEAKS}{fields}\r\n").into_bytes()
}

/// A request with only these fields.
fn only(fields: &str) -> Vec<u8> {
    format!("GET /ocpp/BAD HTTP/1.1\r\n{fields}\r\n").into_bytes()
}

/// A request with this in the place of the key's field.
fn keyed(field: &str) -> Vec<u8> {
    only(&format!("{REST}{SPEAKS}{field}"))
}

fn then(mut request: Vec<u8>, more: &[u8]) -> Vec<u8> {
    request.extend_from_slice(more);
    request
}

type Row = (&'static str, Vec<u8>, Door);

fn request_lines() -> Vec<Row> {
    vec![
        ("another method", asks("POST /ocpp/BAD HTTP/1.1"), Refused(405)),
        ("a method in small letters", asks("get /ocpp/BAD HTTP/1.1"), Refused(405)),
        ("a method that nobody has", asks("CHARGE /ocpp/BAD HTTP/1.1"), Refused(405)),
        ("a tunnel", asks("CONNECT 127.0.0.1:22 HTTP/1.1"), Refused(405)),
        ("options of the server", asks("OPTIONS * HTTP/1.1"), Refused(405)),
        ("a method of no letters", asks("\u{1}\u{2} /ocpp/BAD HTTP/1.1"), Refused(400)),
        ("no method", asks(" /ocpp/BAD HTTP/1.1"), Refused(400)),
        ("HTTP/1.0, which knows no upgrade", asks("GET /ocpp/BAD HTTP/1.0"), Refused(505)),
        ("HTTP/2 in the line", asks("GET /ocpp/BAD HTTP/2.0"), Refused(400)),
        ("HTTP/9.9", asks("GET /ocpp/BAD HTTP/9.9"), Refused(400)),
        ("another protocol", asks("GET /ocpp/BAD RTSP/1.0"), Refused(400)),
        ("no version", asks("GET /ocpp/BAD"), Refused(400)),
        ("no target", asks("GET HTTP/1.1"), Refused(400)),
        ("two blanks", asks("GET  /ocpp/BAD  HTTP/1.1"), Refused(400)),
        ("a NUL in the target", dials("/ocpp/B\0D"), Refused(400)),
        ("a tab in the target", dials("/ocpp/B\tD"), Refused(400)),
        ("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), Refused(400)),
        (
            "a hello of TLS on the plain port",
            b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\x00\x01\x02\x03".to_vec(),
            Refused(400),
        ),
        ("SSH", b"SSH-2.0-OpenSSH_9.9\r\n".to_vec(), Refused(400)),
        ("zeros", vec![0; 64], Refused(400)),
        ("all ones", vec![0xff; 64], Refused(400)),
        ("JSON without a handshake", b"[2,\"1\",\"Heartbeat\",{}]\r\n".to_vec(), Refused(400)),
        ("nothing", Vec::new(), Silent),
        ("half a request", b"GET /ocpp/BAD HTTP/1.1\r\nHost:".to_vec(), Silent),
        ("blank lines first, which RFC 9112 lets pass", then(b"\r\n\r\n".to_vec(), &with("")), Open),
    ]
}

fn targets() -> Vec<Row> {
    let long = |length: usize| dials(&format!("/ocpp/{}", "A".repeat(length)));
    vec![
        ("the root", dials("/"), Refused(404)),
        ("another path", dials("/admin"), Refused(404)),
        ("a path that begins alike", dials("/ocppx/BAD"), Refused(404)),
        ("a path in capitals", dials("/OCPP/BAD"), Refused(404)),
        ("no identity", dials("/ocpp/"), Refused(404)),
        ("no identity and no slash", dials("/ocpp"), Refused(404)),
        ("only slashes", dials("/ocpp///"), Refused(404)),
        ("an empty identity before another", dials("/ocpp//BAD"), Refused(404)),
        ("a query in its place", dials("/ocpp/?id=BAD"), Refused(404)),
        ("one directory up", dials("/ocpp/.."), Refused(404)),
        ("up and elsewhere", dials("/ocpp/../../etc/passwd"), Refused(404)),
        ("up, encoded", dials("/ocpp/%2e%2e/x"), Refused(404)),
        ("here", dials("/ocpp/."), Refused(404)),
        ("a slash, encoded", dials("/ocpp/..%2f..%2fetc"), Refused(404)),
        ("a NUL, encoded", dials("/ocpp/BAD%00"), Refused(404)),
        ("a line break, encoded", dials("/ocpp/BAD%0d%0aSet-Cookie:x"), Refused(404)),
        ("no UTF-8, encoded", dials("/ocpp/%ff%fe"), Refused(404)),
        ("half a character, encoded", dials("/ocpp/%c3"), Refused(404)),
        ("a slash in a longer way than UTF-8 has", dials("/ocpp/%c0%af"), Refused(404)),
        ("a percent sign alone", dials("/ocpp/100%"), Open),
        ("a percent sign before no digits", dials("/ocpp/%zz"), Open),
        ("255 characters", long(255), Open),
        ("256 characters", long(256), Refused(404)),
        ("7,000 characters", long(7_000), Refused(404)),
        ("9,000 characters", long(9_000), Refused(431)),
        ("a request of 100,000 bytes", long(100_000), Refused(431)),
    ]
}

fn fields() -> Vec<Row> {
    let field = |name: &str, length: usize| with(&format!("{name}: {}\r\n", "a".repeat(length)));
    let many = |count: usize| with(&"X-More: 1\r\n".repeat(count));
    vec![
        ("no fields", only(""), Refused(400)),
        ("only a host", only("Host: x\r\n"), Refused(426)),
        ("no host", with("").replace("Host: x\r\n", ""), Refused(400)),
        ("two hosts", with("Host: y\r\n"), Refused(400)),
        ("no upgrade", with("").replace("Upgrade: websocket\r\n", ""), Refused(426)),
        ("an upgrade to something else", with("").replace("websocket\r\n", "h2c\r\n"), Refused(426)),
        ("an upgrade to a longer name", with("").replace("websocket\r\n", "websockets\r\n"), Refused(426)),
        ("no version of WebSocket", with("").replace("Sec-WebSocket-Version: 13\r\n", ""), Refused(426)),
        ("version 8", with("").replace("Version: 13", "Version: 8"), Refused(426)),
        ("version 013", with("").replace("Version: 13", "Version: 013"), Refused(426)),
        ("two versions in one", with("").replace("Version: 13", "Version: 13, 8"), Refused(426)),
        ("two versions", with("Sec-WebSocket-Version: 8\r\n"), Refused(400)),
        ("no key", keyed(""), Refused(400)),
        ("an empty key", keyed("Sec-WebSocket-Key:\r\n"), Refused(400)),
        ("a key that is no base64", keyed("Sec-WebSocket-Key: ************************\r\n"), Refused(400)),
        ("a key of 15 bytes", keyed("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA\r\n"), Refused(400)),
        ("a key of 17 bytes", keyed("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAA=\r\n"), Refused(400)),
        (
            "a key of 4,000 characters",
            keyed(&format!("Sec-WebSocket-Key: {}\r\n", "A".repeat(4_000))),
            Refused(400),
        ),
        ("two keys", keyed(&format!("{KEY}Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n")), Refused(400)),
        (
            "a key with a byte that is no text",
            keyed("").append(b"Sec-WebSocket-Key: \xff\xfe\r\n"),
            Refused(400),
        ),
        ("a body that is announced", with("Content-Length: 26\r\n"), Refused(400)),
        (
            "a second request in a body",
            then(with("Content-Length: 30\r\n"), b"GET /ocpp/SECOND HTTP/1.1\r\n\r\n"),
            Refused(400),
        ),
        ("two lengths", with("Content-Length: 0\r\nContent-Length: 9\r\n"), Refused(400)),
        ("a length that is no number", with("Content-Length: -1\r\n"), Refused(400)),
        ("no length to speak of", with("Content-Length: 0\r\n"), Open),
        ("chunks", with("Transfer-Encoding: chunked\r\n"), Refused(400)),
        (
            "a length and chunks",
            then(with("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"), b"0\r\n\r\n"),
            Refused(400),
        ),
        ("chunks with a tab before", with("Transfer-Encoding:\tchunked\r\n"), Refused(400)),
        ("a field without a colon", with("Broken\r\n"), Refused(400)),
        ("a field without a name", with(": x\r\n"), Refused(400)),
        ("a blank before the colon", with("X-Field : x\r\n"), Refused(400)),
        ("a field that goes on in the next line", with("X-Field: a\r\n b\r\n"), Refused(400)),
        ("a NUL in a field", with("X-Field: a\0b\r\n"), Refused(400)),
        ("a line feed alone in a field", with("X-Field: a\rb\r\n"), Refused(400)),
        ("bytes that are no text in a field", with("").append(b"X-Field: \xff\xfe\xfd\r\n"), Open),
        ("lines that end in LF alone, which RFC 9112 lets pass", with("").replace("\r\n", "\n"), Open),
        ("a field of 9,000 bytes", field("X-Field", 9_000), Refused(431)),
        ("a field of 200,000 bytes", field("X-Field", 200_000), Refused(431)),
        ("fifty fields", many(50), Open),
        ("a hundred fields", many(100), Refused(431)),
        ("five thousand fields", many(5_000), Refused(431)),
    ]
}

fn offers() -> Vec<Row> {
    let offers = |value: &str| with("").replace("ocpp1.6", value);
    vec![
        ("a sub-protocol that nobody speaks", offers("ocpp9.9"), Closes(1002)),
        ("an older one", offers("ocpp1.5"), Closes(1002)),
        ("a name that begins alike", offers("ocpp1.60"), Closes(1002)),
        ("one of another trade", offers("mqtt"), Closes(1002)),
        ("an old one before one that is spoken", offers("ocpp1.2, ocpp1.5, ocpp1.6"), Open),
        ("only commas", offers(",,,"), Open),
        ("a thousand offers", offers(&"x,".repeat(1_000)), Closes(1002)),
        ("an extension that nobody has", with("Sec-WebSocket-Extensions: x-warp; speed=9\r\n"), Open),
        ("half an extension", with("Sec-WebSocket-Extensions: permessage-deflate; ;;=\r\n"), Open),
        ("a login that is no base64", with("Authorization: Basic %%%\r\n"), Open),
        ("a login of another scheme", with("Authorization: Bearer abc\r\n"), Open),
        ("garbage behind the request", then(with(""), &[0xff; 32]), Closes(1002)),
        ("a second request behind the first", then(with(""), &with("")), Closes(1002)),
    ]
}

/// Replacing and adding in the bytes of a request.
trait Rewritten {
    fn replace(self, from: &str, to: &str) -> Vec<u8>;
    /// Adds a field at the end.
    fn append(self, field: &[u8]) -> Vec<u8>;
}

impl Rewritten for Vec<u8> {
    fn replace(self, from: &str, to: &str) -> Vec<u8> {
        let text = String::from_utf8(self).expect("text");
        assert!(text.contains(from), "{from:?} is there to be replaced");
        text.replace(from, to).into_bytes()
    }

    fn append(mut self, field: &[u8]) -> Vec<u8> {
        let end = self.len() - 2;
        self.splice(end..end, field.iter().copied());
        self
    }
}

/// What the door does.
async fn heard(line: &mut Line) -> Result<Door, String> {
    let Some((status, _)) = line.head().await else { return Ok(Silent) };
    if status != 101 {
        return match line.rest().await {
            Said::End => Ok(Refused(status)),
            end => Err(format!("{status}, and then the line is not closed but {end:?}")),
        };
    }
    line.send(&super::line::text(r#"[2,"probe","Heartbeat",{}]"#)).await;
    match line.frame().await {
        Said::Text(text) if text.starts_with(r#"[3,"probe""#) => Ok(Open),
        Said::Close(Some(code)) => Ok(Closes(code)),
        other => Err(format!("101, and then {other:?}")),
    }
}

#[tokio::test]
async fn a_hundred_malformed_handshakes() {
    let manager = Manager::of(Csms::builder(Memory::new())).await;
    let mut good = Good::dial(&manager).await;
    let mut verdict = Verdict::default();
    for (name, request, expected) in [request_lines(), targets(), fields(), offers()].concat() {
        let mut line = Line::dial(&manager).await;
        line.send(&request).await;
        if expected == Silent {
            line.finish().await;
        }
        verdict.row(name, &heard(&mut line).await, &Ok(expected));
        good.is_served(name).await;
    }
    verdict.pass(100);
}
