//! The WebSocket of a station, compressed or not: texts in, texts out, and signs of life.

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

/// The read buffer of an idle connection, which has room for nearly every message; the library's own default would cost
/// 128 KiB for each.
const READ_BUFFER_BYTES: usize = 2 * 1024;

/// What was heard of a station.
pub(crate) enum Heard {
    /// A text message.
    Text(Utf8Bytes),
    /// A ping or a pong: it lives.
    Sign,
    /// A binary message, which OCPP-J does not have.
    Binary,
    /// It closed the connection.
    Closed,
}

/// Why nothing more can be heard or said.
pub(crate) enum Broken {
    /// The line is gone.
    Gone(String),
    /// It sent what the protocol or our limits forbid, and is told so with this code.
    Fault(CloseCode, String),
}

/// The WebSocket of a station.
pub(crate) enum Socket<S> {
    /// Without compression.
    Plain(Box<WebSocketStream<S>>),
    /// With permessage-deflate.
    #[cfg(feature = "deflate")]
    Deflating(Box<yawc::WebSocket<super::rewind::Rewind<S>>>),
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    /// A socket after its handshake; `rest` is what was read beyond it.
    pub(crate) async fn plain(stream: S, rest: Vec<u8>, max_message_bytes: usize) -> Socket<S> {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(0)
            .max_message_size(Some(max_message_bytes))
            .max_frame_size(Some(max_message_bytes));
        let socket = WebSocketStream::from_partially_read(stream, rest, Role::Server, Some(config)).await;
        Socket::Plain(Box::new(socket))
    }

    /// The same with the extension that the handshake agreed on, as it stands in its field.
    ///
    /// # Errors
    /// When the library does not understand what was agreed, which is our mistake.
    #[cfg(feature = "deflate")]
    pub(crate) fn deflating(
        stream: S,
        rest: Vec<u8>,
        agreed: &str,
        pool: &yawc::DeflatePool,
        max_message_bytes: usize,
    ) -> Result<Socket<S>, Broken> {
        // The bound on inflated bytes is exclusive.
        let limit = max_message_bytes.saturating_add(1);
        let options = yawc::Options::default()
            .with_compression_level(yawc::CompressionLevel::fast())
            .with_deflate_pool(pool.clone())
            .with_compression_threshold(DEFLATE_FROM_BYTES)
            .with_limits(limit, limit)
            .with_read_buffer_capacity(READ_BUFFER_BYTES)
            .with_write_buffer_capacity(0);
        let stream = super::rewind::Rewind::new(rest, stream);
        yawc::WebSocket::from_stream_with_extensions(stream, yawc::Role::Server, Some(agreed), options)
            .map(|socket| Socket::Deflating(Box::new(socket)))
            .map_err(|error| Broken::Gone(format!("compression could not be set up: {error}")))
    }

    /// Waits for the next message. It is safe to give up waiting: nothing is lost.
    pub(crate) async fn next(&mut self) -> Result<Heard, Broken> {
        match self {
            Socket::Plain(socket) => match socket.next().await {
                None => Ok(Heard::Closed),
                Some(Ok(Message::Close(_))) => {
                    // The library has put its answer (RFC 6455, 5.5.1) by; flushing sends it, and then says
                    // that all is over.
                    let _ = socket.flush().await;
                    Ok(Heard::Closed)
                }
                Some(Ok(Message::Text(text))) => Ok(Heard::Text(text)),
                Some(Ok(Message::Binary(_))) => Ok(Heard::Binary),
                Some(Ok(_)) => Ok(Heard::Sign),
                Some(Err(error)) => Err(broken(&error)),
            },
            #[cfg(feature = "deflate")]
            Socket::Deflating(socket) => {
                let heard = deflated::heard(socket.next_frame().await);
                if let Ok(Heard::Closed) = heard {
                    // As above; here it is sent when more is asked for.
                    let _ = socket.next_frame().await;
                }
                heard
            }
        }
    }

    /// Sends a text.
    pub(crate) async fn send_text(&mut self, text: String) -> Result<(), Broken> {
        match self {
            Socket::Plain(socket) => socket.send(Message::text(text)).await.map_err(|error| broken(&error)),
            #[cfg(feature = "deflate")]
            Socket::Deflating(socket) => {
                socket.send(yawc::Frame::text(text)).await.map_err(|error| deflated::broken(&error))
            }
        }
    }

    /// Sends a ping.
    pub(crate) async fn ping(&mut self) -> Result<(), Broken> {
        match self {
            Socket::Plain(socket) => {
                socket.send(Message::Ping(Default::default())).await.map_err(|error| broken(&error))
            }
            #[cfg(feature = "deflate")]
            Socket::Deflating(socket) => {
                let ping = yawc::Frame::ping(&b""[..]);
                socket.send(ping).await.map_err(|error| deflated::broken(&error))
            }
        }
    }

    /// Says that the connection ends, and why. The other side may be gone already; then there is nobody left
    /// to tell.
    pub(crate) async fn close(&mut self, code: CloseCode, reason: &str) {
        match self {
            Socket::Plain(socket) => {
                let frame = CloseFrame { code, reason: shortened(reason).into() };
                let _ = WebSocketStream::close(socket, Some(frame)).await;
            }
            #[cfg(feature = "deflate")]
            Socket::Deflating(socket) => {
                let code = yawc::close::CloseCode::from(u16::from(code));
                let _ = socket.send(yawc::Frame::close(code, shortened(reason))).await;
                let _ = SinkExt::close(&mut **socket).await;
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    /// After [`Socket::close`]: lets what was said last arrive. With compression the library keeps the line to
    /// itself, and has said already that nothing more comes.
    pub(crate) async fn linger(&mut self) {
        match self {
            Socket::Plain(socket) => super::linger(socket.get_mut()).await,
            #[cfg(feature = "deflate")]
            Socket::Deflating(_) => {}
        }
    }
}

/// Shorter messages are sent as they are: compressing them would cost more than it saves.
#[cfg(feature = "deflate")]
const DEFLATE_FROM_BYTES: usize = 128;

/// A close frame has room for 123 bytes of reason (RFC 6455, 5.5).
fn shortened(reason: &str) -> &str {
    let mut end = reason.len().min(123);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    &reason[..end]
}

/// What an error of the socket means: mostly that the other side is gone, sometimes that it sent what the
/// protocol or our limits forbid.
fn broken(error: &Error) -> Broken {
    match error {
        Error::Capacity(_) => Broken::Fault(CloseCode::Size, format!("the message is too long: {error}")),
        Error::Utf8(_) => Broken::Fault(CloseCode::Invalid, "a text frame is not UTF-8".to_owned()),
        Error::Protocol(problem) => {
            Broken::Fault(CloseCode::Protocol, format!("the WebSocket protocol was broken: {problem}"))
        }
        other => Broken::Gone(format!("the connection broke: {other}")),
    }
}

#[cfg(feature = "deflate")]
mod deflated {
    use std::io::ErrorKind;

    use tokio_tungstenite::tungstenite::Utf8Bytes;
    use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
    use yawc::{Frame, OpCode, WebSocketError};

    use super::{Broken, Heard};

    /// RFC 6455, 5.5.
    const MOST_CONTROL_BYTES: usize = 125;

    pub(super) fn heard(frame: Result<Frame, WebSocketError>) -> Result<Heard, Broken> {
        let frame = match frame {
            Ok(frame) => frame,
            Err(WebSocketError::ConnectionClosed) => return Ok(Heard::Closed),
            Err(error) => return Err(broken(&error)),
        };
        match frame.opcode() {
            OpCode::Text => match Utf8Bytes::try_from(frame.into_payload()) {
                Ok(text) => Ok(Heard::Text(text)),
                Err(_) => Err(Broken::Fault(CloseCode::Invalid, "a text frame is not UTF-8".to_owned())),
            },
            OpCode::Binary => Ok(Heard::Binary),
            OpCode::Close => Ok(Heard::Closed),
            // The library looks at the length of pings only.
            OpCode::Pong if frame.payload().len() > MOST_CONTROL_BYTES => {
                let reason = "a pong has at most 125 bytes".to_owned();
                Err(Broken::Fault(CloseCode::Protocol, reason))
            }
            _ => Ok(Heard::Sign),
        }
    }

    pub(super) fn broken(error: &WebSocketError) -> Broken {
        match error {
            WebSocketError::FrameTooLarge | WebSocketError::PingFrameTooLarge => {
                Broken::Fault(CloseCode::Size, "the message is too long".to_owned())
            }
            WebSocketError::InvalidUTF8 => {
                Broken::Fault(CloseCode::Invalid, "a text frame is not UTF-8".to_owned())
            }
            // What cannot be inflated comes as such an error, too.
            WebSocketError::IoError(error)
                if !matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::InvalidInput) =>
            {
                Broken::Gone(format!("the connection broke: {error}"))
            }
            WebSocketError::ConnectionClosed => Broken::Gone("the connection is closed".to_owned()),
            other => {
                Broken::Fault(CloseCode::Protocol, format!("the WebSocket protocol was broken: {other}"))
            }
        }
    }
}
