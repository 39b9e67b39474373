//! A line on which a test says any bytes.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::trusted_edge::Manager;

const WITHIN: Duration = Duration::from_secs(5);

pub(super) struct Line {
    stream: TcpStream,
}

/// What comes from the manager.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    Text(String),
    /// With this code; `None` without one.
    Close(Option<u16>),
    /// A pong, with what was in the ping.
    Pong(Vec<u8>),
    /// The line ends in good order.
    End,
    /// Nothing comes in time.
    Nothing,
    /// The line is reset, so that what was said last may never arrive.
    Reset,
}

impl Line {
    pub(super) async fn dial(manager: &Manager) -> Line {
        Line { stream: TcpStream::connect(&manager.address).await.expect("the manager's port") }
    }

    /// A line after a handshake as it should be.
    pub(super) async fn upgraded(manager: &Manager, fields: &str) -> Line {
        let mut line = Line::dial(manager).await;
        // Another one each time: a station that connects over and over has to wait.
        static DIALLED: AtomicU32 = AtomicU32::new(0);
        let number = DIALLED.fetch_add(1, Ordering::Relaxed);
        let request = format!(
            "GET /ocpp/BAD-{number} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{fields}\r\n"
        );
        line.send(request.as_bytes()).await;
        let (status, _) = line.head().await.expect("an answer");
        assert_eq!(status, 101, "{fields}");
        line
    }

    /// Sends what can be sent: the manager may have closed before.
    pub(super) async fn send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
    }

    /// Says that nothing more comes.
    pub(super) async fn finish(&mut self) {
        let _ = self.stream.shutdown().await;
    }

    /// The status of an HTTP response and its head; `None` when the line ends without one.
    pub(super) async fn head(&mut self) -> Option<(u16, String)> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(tokio::time::timeout(WITHIN, self.stream.read_u8()).await.expect("in time").ok()?);
        }
        let head = String::from_utf8(head).expect("text");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Some((status.expect("a status"), head))
    }

    /// Reads to the end of the line, which has to come.
    pub(super) async fn rest(&mut self) -> Said {
        let mut rest = Vec::new();
        match tokio::time::timeout(WITHIN, self.stream.read_to_end(&mut rest)).await.expect("it ends") {
            Ok(_) => Said::End,
            Err(_) => Said::Reset,
        }
    }

    /// The next frame, pings left out.
    pub(super) async fn frame(&mut self) -> Said {
        loop {
            let Ok(frame) = tokio::time::timeout(WITHIN, self.read_frame()).await else {
                return Said::Nothing;
            };
            match frame {
                Ok((9, _)) => {}
                Ok((1, payload)) => return Said::Text(String::from_utf8(payload).expect("text")),
                Ok((8, payload)) => {
                    let code = payload.first_chunk().map(|code| u16::from_be_bytes(*code));
                    return Said::Close(code);
                }
                Ok((10, payload)) => return Said::Pong(payload),
                Ok((opcode, _)) => panic!("the manager sent a frame of type {opcode}"),
                Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Said::End,
                Err(_) => return Said::Reset,
            }
        }
    }

    async fn read_frame(&mut self) -> std::io::Result<(u8, Vec<u8>)> {
        let head = self.stream.read_u16().await?.to_be_bytes();
        assert_eq!(head[1] & 0x80, 0, "the manager never masks");
        let length = match head[1] {
            126 => usize::from(self.stream.read_u16().await?),
            127 => usize::try_from(self.stream.read_u64().await?).expect("a length"),
            length => usize::from(length),
        };
        let mut payload = vec![0; length];
        self.stream.read_exact(&mut payload).await?;
        Ok((head[0] & 0x0f, payload))
    }
}

/// A masked frame: the first byte (FIN, reserved bits, opcode) as it stands.
pub(super) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    let mut bytes = vec![first];
    match payload.len() {
        length @ 0..126 => bytes.push(0x80 | length as u8),
        length @ 126..0x1_0000 => {
            bytes.push(0x80 | 126);
            bytes.extend((length as u16).to_be_bytes());
        }
        length => {
            bytes.push(0x80 | 127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes.extend(MASK);
    bytes.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}

pub(in crate::trusted_edge) fn text(text: &str) -> Vec<u8> {
    frame(0x81, text.as_bytes())
}
