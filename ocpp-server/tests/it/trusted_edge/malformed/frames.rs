//! Frames that break the WebSocket protocol (RFC 6455), on a plain line and on one with permessage-deflate
//! (RFC 7692).

use super::line::{Line, Said, frame, text};
use super::{Good, Verdict};
use crate::trusted_edge::Manager;
use ocpp_server::Csms;
use ocpp_server::store::Memory;

/// What is expected on the line.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Then {
    /// The connection is closed with this code, and the line in good order.
    Closes(u16),
    /// The station's own close is answered with this code, or without one.
    ClosesToo(Option<u16>),
    /// It does not matter: a heartbeat is answered as the first thing.
    GoesOn,
    /// A pong with the same content, then as above.
    Pongs(Vec<u8>),
    /// The line just ends.
    Ends,
}

use Then::{Closes, ClosesToo, GoesOn, Pongs};

const HEARTBEAT: &str = r#"[2,"probe","Heartbeat",{}]"#;

/// Pieces of a message, the first with its opcode.
fn pieces(opcode: u8, pieces: &[&[u8]]) -> Vec<u8> {
    let last = pieces.len() - 1;
    let piece = |(index, piece): (usize, &&[u8])| {
        let fin = if index == last { 0x80 } else { 0 };
        frame(fin | if index == 0 { opcode } else { 0 }, piece)
    };
    pieces.iter().enumerate().flat_map(piece).collect()
}

/// A masked frame with these bytes of length, and nothing behind.
fn announced(first: u8, length: &[u8]) -> Vec<u8> {
    [&[first], length, &[1, 2, 3, 4]].concat()
}

fn closing(code: u16, reason: &[u8]) -> Vec<u8> {
    frame(0x88, &[&code.to_be_bytes(), reason].concat())
}

type Row = (&'static str, Vec<u8>, Then);

fn heads() -> Vec<Row> {
    vec![
        ("the second reserved bit", frame(0xa1, HEARTBEAT.as_bytes()), Closes(1002)),
        ("the third reserved bit", frame(0x91, HEARTBEAT.as_bytes()), Closes(1002)),
        ("all reserved bits", frame(0xf1, HEARTBEAT.as_bytes()), Closes(1002)),
        ("a reserved bit in a ping", frame(0xc9, b"x"), Closes(1002)),
        ("a reserved bit in a close", frame(0xc8, &1000u16.to_be_bytes()), Closes(1002)),
        ("opcode 3", frame(0x83, b"x"), Closes(1002)),
        ("opcode 4", frame(0x84, b"x"), Closes(1002)),
        ("opcode 7", frame(0x87, b"x"), Closes(1002)),
        ("opcode 11", frame(0x8b, b"x"), Closes(1002)),
        ("opcode 15", frame(0x8f, b"x"), Closes(1002)),
        ("a text without a mask", [&[0x81, 26], HEARTBEAT.as_bytes()].concat(), Closes(1002)),
        ("a ping without a mask", vec![0x89, 1, b'x'], Closes(1002)),
        ("a close without a mask", vec![0x88, 2, 3, 232], Closes(1002)),
        ("zeros", vec![0; 64], Closes(1002)),
        ("all ones", vec![0xff; 64], Closes(1002)),
        ("an HTTP request", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(), Closes(1002)),
    ]
}

fn lengths() -> Vec<Row> {
    let wide = |length: u64| [&[0xff][..], &length.to_be_bytes()].concat();
    vec![
        ("a gigabyte that is announced", announced(0x81, &wide(1 << 30)), Closes(1009)),
        ("one byte more than is allowed", announced(0x81, &wide(1_048_577)), Closes(1009)),
        ("as much as a length can say", announced(0x81, &wide(u64::MAX >> 1)), Closes(1009)),
        ("a length with its highest bit set", announced(0x81, &wide(u64::MAX)), Closes(1009)),
        ("a gigabyte in binary", announced(0x82, &wide(1 << 30)), Closes(1009)),
        (
            "a gigabyte as a second piece",
            [frame(0x01, b"[2,"), announced(0x80, &wide(1 << 30))].concat(),
            Closes(1009),
        ),
        (
            "pieces that are too long together",
            pieces(0x01, &[&[b' '; 600_000][..], &[b' '; 600_000][..]]),
            Closes(1009),
        ),
        ("a text of a megabyte and a byte", frame(0x81, &[b' '; 1_048_577]), Closes(1009)),
    ]
}

fn controls() -> Vec<Row> {
    vec![
        ("an empty ping", frame(0x89, b""), Pongs(Vec::new())),
        ("the longest ping", frame(0x89, &[b'p'; 125]), Pongs(vec![b'p'; 125])),
        ("a ping that is too long", frame(0x89, &[b'p'; 126]), Closes(1002)),
        ("a ping of 64 kB", frame(0x89, &[b'p'; 65_536]), Closes(1002)),
        ("a ping in pieces", frame(0x09, b"x"), Closes(1002)),
        ("a pong that nobody asked for", frame(0x8a, b"unasked"), GoesOn),
        ("a pong that is too long", frame(0x8a, &[b'p'; 126]), Closes(1002)),
        ("a pong in pieces", frame(0x0a, b"x"), Closes(1002)),
        ("a close", closing(1000, b"bye"), ClosesToo(Some(1000))),
        ("a close without a code", frame(0x88, b""), ClosesToo(None)),
        ("a close with half a code", frame(0x88, &[3]), Closes(1002)),
        ("a close with code 0", closing(0, b""), ClosesToo(Some(1002))),
        ("a close with code 999", closing(999, b""), ClosesToo(Some(1002))),
        ("a close with code 1004", closing(1004, b""), ClosesToo(Some(1002))),
        ("a close with code 1005", closing(1005, b""), ClosesToo(Some(1002))),
        ("a close with code 1006", closing(1006, b""), ClosesToo(Some(1002))),
        ("a close with code 1015", closing(1015, b""), ClosesToo(Some(1002))),
        ("a close with code 2999", closing(2999, b""), ClosesToo(Some(1002))),
        ("a close with code 5000", closing(5000, b""), ClosesToo(Some(1002))),
        ("a close with a code of its own", closing(4999, b"mine"), ClosesToo(Some(4999))),
        ("a close whose reason is no text", closing(1000, &[0xff, 0xfe]), Closes(1007)),
        ("a close in pieces", frame(0x08, &1000u16.to_be_bytes()), Closes(1002)),
        ("a close that is too long", closing(1000, &[b'x'; 124]), Closes(1002)),
        (
            "a ping between two pieces",
            [frame(0x01, b"[2,"), frame(0x89, b"in"), frame(0x80, br#""probe","Heartbeat",{}]"#)].concat(),
            Pongs(b"in".to_vec()),
        ),
    ]
}

fn messages() -> Vec<Row> {
    let (half, other) = "\"\u{e4}\"".as_bytes().split_at(2);
    vec![
        ("a piece of nothing", frame(0x80, b"x"), Closes(1002)),
        ("a piece of nothing that goes on", frame(0x00, b"x"), Closes(1002)),
        ("a message within a message", [frame(0x01, b"[2,"), text(HEARTBEAT)].concat(), Closes(1002)),
        ("binary within a text", [frame(0x01, b"[2,"), frame(0x82, b"x")].concat(), Closes(1002)),
        ("binary", frame(0x82, HEARTBEAT.as_bytes()), Closes(1003)),
        ("empty binary", frame(0x82, b""), Closes(1003)),
        ("a text that is no UTF-8", frame(0x81, &[b'[', 0xff, 0xfe, b']']), Closes(1007)),
        ("half a character at the end", frame(0x81, half), Closes(1007)),
        ("a surrogate in UTF-8", frame(0x81, &[0xed, 0xa0, 0x80]), Closes(1007)),
        ("a character beyond Unicode", frame(0x81, &[0xf4, 0x90, 0x80, 0x80]), Closes(1007)),
        ("a slash in a longer way than UTF-8 has", frame(0x81, &[0xc0, 0xaf]), Closes(1007)),
        ("pieces that are no UTF-8", pieces(0x01, &[b"[", &[0xff], b"]"]), Closes(1007)),
        ("half a character at the end of all pieces", pieces(0x01, &[b"[2,", half]), Closes(1007)),
        ("a character in two pieces, which is as it should be", pieces(0x01, &[half, other]), GoesOn),
        ("an empty text", text(""), GoesOn),
        ("a text of empty pieces", pieces(0x01, &[b"", b"", b"", b""]), GoesOn),
        (
            "a call in pieces of one byte",
            pieces(0x01, &HEARTBEAT.as_bytes().chunks(1).collect::<Vec<_>>()),
            GoesOn,
        ),
        (
            "a length written longer than it needs",
            [&[0x81, 0xfe, 0, 2, 0, 0, 0, 0][..], b"{}"].concat(),
            GoesOn,
        ),
        (
            "a thousand empty pieces",
            [frame(0x01, b""), frame(0x00, b"").repeat(1_000), frame(0x80, b"")].concat(),
            GoesOn,
        ),
    ]
}

/// With permessage-deflate the first reserved bit says that a message is compressed; without it, it is reserved.
fn plain() -> Vec<Row> {
    vec![
        ("a compressed text that was not agreed on", frame(0xc1, HEARTBEAT.as_bytes()), Closes(1002)),
        ("the first reserved bit and no content", frame(0xc1, b""), Closes(1002)),
    ]
}

/// What cannot be inflated is closed with 1011 by the library: RFC 7692 names no code.
#[cfg(feature = "deflate")]
fn deflated() -> Vec<Row> {
    vec![
        ("compressed garbage", frame(0xc1, &[0xff; 64]), Closes(1011)),
        ("a block of a type that is not there", frame(0xc1, &[0x07, 0, 0]), Closes(1011)),
        ("a distance beyond the beginning", frame(0xc1, &[0x4b, 0x04, 0x13, 0x00, 0xff, 0x7f]), Closes(1011)),
        (
            "a stored block whose length lies",
            frame(0xc1, &[0, 5, 0, 0, 0, b'a', b'b', b'c', b'd', b'e']),
            Closes(1011),
        ),
        ("what is no UTF-8 when inflated", frame(0xc1, &[0, 2, 0, 0xfd, 0xff, 0xff, 0xfe]), Closes(1007)),
        (
            "a second piece that says again that it is compressed",
            [frame(0x41, &[0]), frame(0xc0, &[0])].concat(),
            Closes(1011),
        ),
        ("a bomb", frame(0xc1, &bomb()), Closes(1009)),
        ("a message that is not compressed, which is allowed", text(HEARTBEAT), GoesOn),
    ]
}

/// Where the library of compressed lines does otherwise than that of plain ones: no harm in it, but it is to be
/// known.
#[cfg(feature = "deflate")]
fn otherwise(row: Row) -> Row {
    let (name, bytes, expected) = row;
    let expected = match name {
        // It says "unsupported" where the other says "protocol error".
        "opcode 3" | "opcode 4" | "opcode 7" | "opcode 11" | "opcode 15" | "an HTTP request" => Closes(1003),
        // It does not look at the first reserved bit of control frames, nor at the length of a close.
        "a reserved bit in a ping" => Pongs(b"x".to_vec()),
        "a reserved bit in a close" | "a close that is too long" => ClosesToo(Some(1000)),
        _ => expected,
    };
    (name, bytes, expected)
}

/// Twenty megabytes of blanks in twenty kilobytes.
#[cfg(feature = "deflate")]
fn bomb() -> Vec<u8> {
    use flate2::{Compress, Compression, FlushCompress};
    let mut compress = Compress::new(Compression::best(), false);
    let mut bytes = Vec::with_capacity(1 << 20);
    compress.compress_vec(&[b' '; 20_000_000], &mut bytes, FlushCompress::Sync).expect("compressed");
    bytes.truncate(bytes.len() - 4);
    bytes
}

/// What the manager does; a heartbeat is sent first where the line should go on.
async fn heard(line: &mut Line, expected: &Then) -> Result<Then, String> {
    match line.frame().await {
        Said::Pong(content) => match line.frame().await {
            Said::Text(text) if text.starts_with(r#"[3,"probe""#) => Ok(Pongs(content)),
            other => Err(format!("a pong, and then {other:?}")),
        },
        Said::Text(text) if text.starts_with(r#"[3,"probe""#) => Ok(GoesOn),
        Said::Close(code) => match (line.rest().await, code, expected) {
            (Said::End, code, ClosesToo(_)) => Ok(ClosesToo(code)),
            (Said::End, Some(code), _) => Ok(Closes(code)),
            (end, code, _) => Err(format!("closed with {code:?}, and then {end:?}")),
        },
        Said::End => Ok(Then::Ends),
        other => Err(format!("{other:?}")),
    }
}

async fn try_all(manager: &Manager, fields: &str, rows: Vec<Row>, verdict: &mut Verdict) {
    let mut good = Good::dial(manager).await;
    for (name, bytes, expected) in rows {
        let mut line = Line::upgraded(manager, fields).await;
        line.send(&bytes).await;
        if matches!(expected, GoesOn | Pongs(_)) {
            line.send(&text(HEARTBEAT)).await;
        }
        verdict.row(name, &heard(&mut line, &expected).await, &Ok(expected));
        good.is_served(name).await;
    }
}

fn all() -> Vec<Row> {
    [heads(), lengths(), controls(), messages()].concat()
}

#[tokio::test]
async fn frames_that_break_the_protocol() {
    let manager = Manager::of(Csms::builder(Memory::new())).await;
    let mut verdict = Verdict::default();
    let rows = [all(), plain()].concat();
    try_all(&manager, "Sec-WebSocket-Protocol: ocpp1.6\r\n", rows, &mut verdict).await;
    verdict.pass(65);
}

#[cfg(feature = "deflate")]
#[tokio::test]
async fn frames_that_break_the_protocol_on_a_compressed_line() {
    let manager = Manager::of(Csms::builder(Memory::new())).await;
    let mut verdict = Verdict::default();
    let rows = all().into_iter().map(otherwise).chain(deflated()).collect();
    let fields = "Sec-WebSocket-Protocol: ocpp1.6\r\nSec-WebSocket-Extensions: permessage-deflate\r\n";
    try_all(&manager, fields, rows, &mut verdict).await;
    verdict.pass(70);
}
