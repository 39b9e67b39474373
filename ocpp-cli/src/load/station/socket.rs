//! The WebSocket of a station, compressed or not, and how many bytes go over its line.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};
use yawc::{Frame, OpCode, WebSocketError};

/// What a station offers that compresses, and for what it lets the manager choose the window.
pub(super) const OFFER: &str = "permessage-deflate; client_max_window_bits";

/// Bytes on the lines of stations, without what TCP and IP add.
#[derive(Debug, Default)]
pub(in crate::load) struct Traffic {
    sent: AtomicU64,
    received: AtomicU64,
}

/// The same at one moment.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::load) struct Bytes {
    pub(in crate::load) sent: u64,
    pub(in crate::load) received: u64,
}

impl Traffic {
    pub(in crate::load) fn now(&self) -> Bytes {
        Bytes { sent: self.sent.load(Ordering::Relaxed), received: self.received.load(Ordering::Relaxed) }
    }
}

impl Bytes {
    pub(in crate::load) const fn since(self, before: Bytes) -> Bytes {
        Bytes {
            sent: self.sent.saturating_sub(before.sent),
            received: self.received.saturating_sub(before.received),
        }
    }
}

/// A line whose bytes are counted.
#[derive(Debug)]
pub(super) struct Counted {
    line: TcpStream,
    traffic: Arc<Traffic>,
}

impl Counted {
    pub(super) const fn new(line: TcpStream, traffic: Arc<Traffic>) -> Counted {
        Counted { line, traffic }
    }
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let poll = Pin::new(&mut self.line).poll_read(cx, buffer);
        self.traffic.received.fetch_add((buffer.filled().len() - before) as u64, Ordering::Relaxed);
        poll
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.line).poll_write(cx, bytes);
        if let Poll::Ready(Ok(count)) = poll {
            self.traffic.sent.fetch_add(count as u64, Ordering::Relaxed);
        }
        poll
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.line).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.line).poll_shutdown(cx)
    }
}

/// A WebSocket without compression.
pub(super) type Plain = WebSocketStream<Counted>;

pub(super) enum Socket {
    Plain(Box<Plain>),
    Deflating(Box<yawc::WebSocket<Counted>>),
}

impl Socket {
    /// The same line with the compression that was agreed on, as it stands in the handshake.
    ///
    /// # Errors
    /// When the library does not understand what was agreed on.
    pub(super) fn deflating(socket: Plain, agreed: &str, read_buffer_bytes: usize) -> Result<Socket, Error> {
        let options = yawc::Options::default()
            .with_balanced_compression()
            .with_read_buffer_capacity(read_buffer_bytes)
            .with_write_buffer_capacity(0);
        let line = socket.into_inner();
        let socket =
            yawc::WebSocket::from_stream_with_extensions(line, yawc::Role::Client, Some(agreed), options);
        socket.map(|socket| Socket::Deflating(Box::new(socket))).map_err(as_error)
    }

    pub(super) async fn say(&mut self, text: String) -> Result<(), Error> {
        match self {
            Socket::Plain(socket) => socket.send(Message::text(text)).await,
            Socket::Deflating(socket) => socket.send(Frame::text(text)).await.map_err(as_error),
        }
    }

    /// The next message; `None` when there are no more. It is safe to give up waiting.
    pub(super) async fn next(&mut self) -> Option<Result<Message, Error>> {
        match self {
            Socket::Plain(socket) => socket.next().await,
            Socket::Deflating(socket) => match socket.next_frame().await {
                Ok(frame) => Some(as_message(frame)),
                Err(WebSocketError::ConnectionClosed) => None,
                Err(error) => Some(Err(as_error(error))),
            },
        }
    }

    pub(super) async fn close(&mut self) -> Result<(), Error> {
        match self {
            Socket::Plain(socket) => WebSocketStream::close(socket, None).await,
            Socket::Deflating(socket) => SinkExt::close(&mut **socket).await.map_err(as_error),
        }
    }
}

fn as_message(frame: Frame) -> Result<Message, Error> {
    Ok(match frame.opcode() {
        OpCode::Text => {
            let text = Utf8Bytes::try_from(frame.into_payload());
            Message::Text(text.map_err(|error| Error::Io(io::Error::other(error)))?)
        }
        OpCode::Close => Message::Close(
            frame
                .close_code()
                .map(|code| CloseFrame { code: u16::from(code).into(), reason: Utf8Bytes::default() }),
        ),
        OpCode::Ping => Message::Ping(frame.into_payload()),
        OpCode::Pong => Message::Pong(frame.into_payload()),
        _ => Message::Binary(frame.into_payload()),
    })
}

fn as_error(error: WebSocketError) -> Error {
    match error {
        WebSocketError::IoError(error) => Error::Io(error),
        WebSocketError::ConnectionClosed => Error::ConnectionClosed,
        other => Error::Io(io::Error::other(other)),
    }
}
