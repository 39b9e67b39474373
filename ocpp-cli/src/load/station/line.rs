//! The connection of a station: dialling from its address, and leaving.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ocpp_core::types::Version;
use tokio::net::TcpSocket;
use tokio::time::timeout;
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::Error as SocketError;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::http::{HeaderValue, Request, header};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use super::mishap::Mishap;
use super::socket::{Counted, OFFER, Plain, Socket, Traffic};
use crate::load::field::Field;

const HANDSHAKE_WITHIN: Duration = Duration::from_secs(30);
const LEAVE_WITHIN: Duration = Duration::from_secs(5);
/// What an idle connection holds; the library's own default is 128 KiB.
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// How much the system holds of what a misbehaving station says and nobody has read: as much as that of a small computer
/// does. With more, filling it would take the processors that the manager shares with this load.
const ROGUE_BUFFER_BYTES: u32 = 32 * 1024;

/// Connects a station, and counts how long that took.
pub(super) async fn dial(field: &Field, number: u32) -> Result<Socket, Mishap> {
    let begun = Instant::now();
    let mut request = request(field, number)?;
    if field.plan.compresses {
        request.headers_mut().insert(header::SEC_WEBSOCKET_EXTENSIONS, HeaderValue::from_static(OFFER));
    }
    let (socket, agreed) = connect(field, number, request, &field.tally.traffic, None).await?;
    field.tally.note_handshake(begun.elapsed());
    match agreed {
        None if field.plan.compresses => Err(Mishap::NotCompressed),
        None => Ok(Socket::Plain(Box::new(socket))),
        Some(agreed) => {
            Socket::deflating(socket, &agreed, READ_BUFFER_BYTES).map_err(|error| Mishap::broken(&error))
        }
    }
}

/// The same without counting anything, without compression, and with a small send buffer.
pub(super) async fn dial_uncounted(field: &Field, number: u32) -> Result<Plain, Mishap> {
    let request = request(field, number)?;
    let (socket, _) = connect(field, number, request, &Arc::default(), Some(ROGUE_BUFFER_BYTES)).await?;
    Ok(socket)
}

/// Connects; tells what extension was agreed on, too.
async fn connect(
    field: &Field,
    number: u32,
    request: Request<()>,
    traffic: &Arc<Traffic>,
    send_buffer: Option<u32>,
) -> Result<(Plain, Option<String>), Mishap> {
    timeout(HANDSHAKE_WITHIN, shake_hands(field, number, request, traffic, send_buffer))
        .await
        .map_err(|_elapsed| Mishap::HandshakeTimedOut)?
}

async fn shake_hands(
    field: &Field,
    number: u32,
    request: Request<()>,
    traffic: &Arc<Traffic>,
    send_buffer: Option<u32>,
) -> Result<(Plain, Option<String>), Mishap> {
    let unreachable = |error: std::io::Error| Mishap::Unreachable(error.kind().to_string());
    let socket = match field.address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }
    .map_err(unreachable)?;
    if let Some(source) = field.plan.source(number) {
        socket.bind(SocketAddr::new(source, 0)).map_err(unreachable)?;
    }
    if let Some(bytes) = send_buffer {
        socket.set_send_buffer_size(bytes).map_err(unreachable)?;
    }
    let stream = socket.connect(field.address).await.map_err(unreachable)?;
    stream.set_nodelay(true).map_err(unreachable)?;
    let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER_BYTES).write_buffer_size(0);
    let stream = Counted::new(stream, Arc::clone(traffic));
    let shaken = client_async_with_config(request, stream, Some(config)).await;
    let (socket, response) = shaken.map_err(|error| refusal(&error))?;
    let told = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let chosen = told(header::SEC_WEBSOCKET_PROTOCOL);
    if chosen.and_then(Version::from_subprotocol) == Some(field.plan.version(number)) {
        Ok((socket, told(header::SEC_WEBSOCKET_EXTENSIONS).map(str::to_owned)))
    } else {
        Err(Mishap::OtherVersion)
    }
}

fn request(field: &Field, number: u32) -> Result<Request<()>, Mishap> {
    let url = format!("{}/{}", field.url, field.plan.identity(number));
    let mut request = url.into_client_request().map_err(|_| Mishap::BadHandshake)?;
    let protocol = HeaderValue::from_static(field.plan.version(number).subprotocol());
    request.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, protocol);
    if let Some(value) = field.plan.authorization(number) {
        request.headers_mut().insert(header::AUTHORIZATION, value);
    }
    Ok(request)
}

fn refusal(error: &SocketError) -> Mishap {
    match error {
        SocketError::Http(response) => Mishap::Refused(response.status().as_u16()),
        SocketError::Protocol(ProtocolError::SecWebSocketSubProtocolError(_)) => Mishap::OtherVersion,
        SocketError::Io(error) => Mishap::Broken(error.kind().to_string()),
        _ => Mishap::BadHandshake,
    }
}

/// Closes and waits until the manager has closed, too.
pub(super) async fn leave(socket: &mut Socket) {
    // The manager may be gone already; there is nobody left to take leave of.
    let _ = timeout(LEAVE_WITHIN, async {
        if socket.close().await.is_ok() {
            while let Some(Ok(_)) = socket.next().await {}
        }
    })
    .await;
}
