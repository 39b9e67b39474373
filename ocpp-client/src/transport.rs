//! The WebSocket to the manager.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ocpp_core::types::Version;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, Request, StatusCode, Uri, header};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{
    Error as SocketError, error::ProtocolError, handshake::client::Response,
};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// A connection to a manager.
pub type Socket = WebSocketStream<TcpStream>;

/// Whom to dial, and as whom.
#[derive(Clone)]
pub struct Dial {
    /// The manager's URL without the identity: `ws://HOST:PORT/ocpp`.
    pub url: String,
    /// The station's identity; it is percent-encoded into the URL.
    pub identity: String,
    /// The version to speak.
    pub version: Version,
    /// The password for HTTP Basic authentication, as bytes.
    pub password: Option<Vec<u8>>,
}

impl std::fmt::Debug for Dial {
    /// The password stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Dial({}/{}, OCPP {})", self.url, self.identity, self.version)
    }
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL cannot be dialled.
    #[error("{0:?} is no address to dial: use ws://HOST:PORT/PATH")]
    BadUrl(String),
    /// TLS is not offered here.
    #[error("wss:// is not supported yet: dial ws:// or put a TLS proxy between")]
    Tls,
    /// Nobody answers at the address.
    #[error("{address} cannot be reached: {source}")]
    #[allow(missing_docs)]
    Unreachable { address: String, source: std::io::Error },
    /// No answer came in time.
    #[error("{0} did not answer the handshake within 20 seconds")]
    TimedOut(String),
    /// The manager refused the handshake.
    #[error("the manager refused this station with HTTP {status}{advice}")]
    #[allow(missing_docs)]
    Refused { status: u16, advice: &'static str },
    /// The manager does not speak this version.
    #[error("the manager does not speak OCPP {0}: it chose no sub-protocol, or another one")]
    NoCommonVersion(Version),
    /// Anything else that goes wrong in a handshake.
    #[error("the WebSocket handshake failed: {0}")]
    Handshake(Box<SocketError>),
}

impl ConnectError {
    /// Whether another attempt would end the same way.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self, ConnectError::BadUrl(_) | ConnectError::Tls)
    }
}

/// What stays as it is in the identity's part of the URL.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The read buffer of a connection; the library's own default is 128 KiB.
const READ_BUFFER_BYTES: usize = 4 * 1024;
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(20);

/// Dials the manager.
///
/// # Errors
/// [`ConnectError`] says whose fault it is and what to do.
pub async fn connect(dial: &Dial) -> Result<Socket, ConnectError> {
    let request = request(dial)?;
    let address = address_of(request.uri()).ok_or_else(|| ConnectError::BadUrl(dial.url.clone()))?;
    match tokio::time::timeout(HANDSHAKE_WITHIN, shake_hands(dial, request, &address)).await {
        Ok(socket) => socket,
        Err(_elapsed) => Err(ConnectError::TimedOut(address)),
    }
}

async fn shake_hands(dial: &Dial, request: Request<()>, address: &str) -> Result<Socket, ConnectError> {
    let unreachable = |source| ConnectError::Unreachable { address: address.to_owned(), source };
    let stream = TcpStream::connect(address).await.map_err(unreachable)?;
    stream.set_nodelay(true).map_err(unreachable)?;
    let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER_BYTES).write_buffer_size(0);
    let shaken = client_async_with_config(request, stream, Some(config)).await;
    let (socket, response) = shaken.map_err(|error| refusal(dial, error))?;
    if chosen(&response) == Some(dial.version) {
        Ok(socket)
    } else {
        Err(ConnectError::NoCommonVersion(dial.version))
    }
}

fn request(dial: &Dial) -> Result<Request<()>, ConnectError> {
    let bad = || ConnectError::BadUrl(dial.url.clone());
    let identity = utf8_percent_encode(&dial.identity, UNRESERVED);
    let url = format!("{}/{identity}", dial.url.trim_end_matches('/'));
    let uri: Uri = url.parse().map_err(|_| bad())?;
    match uri.scheme_str() {
        Some("ws") => {}
        Some("wss") => return Err(ConnectError::Tls),
        _ => return Err(bad()),
    }
    let mut request = uri.into_client_request().map_err(|_| bad())?;
    let fields = request.headers_mut();
    fields.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(dial.version.subprotocol()));
    if let Some(password) = &dial.password {
        let mut pair = format!("{}:", dial.identity).into_bytes();
        pair.extend_from_slice(password);
        let mut value =
            HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair))).map_err(|_| bad())?;
        value.set_sensitive(true);
        fields.insert(header::AUTHORIZATION, value);
    }
    Ok(request)
}

fn address_of(uri: &Uri) -> Option<String> {
    Some(format!("{}:{}", uri.host()?, uri.port_u16().unwrap_or(80)))
}

fn chosen(response: &Response) -> Option<Version> {
    let name = response.headers().get(header::SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
    Version::from_subprotocol(name)
}

fn refusal(dial: &Dial, error: SocketError) -> ConnectError {
    match error {
        SocketError::Http(response) => {
            let advice = match response.status() {
                StatusCode::UNAUTHORIZED => ": it wants another password",
                StatusCode::NOT_FOUND => ": it does not know this identity, or the path of the URL is wrong",
                StatusCode::SERVICE_UNAVAILABLE => ": it cannot keep what stations say at present; try later",
                _ => "",
            };
            ConnectError::Refused { status: response.status().as_u16(), advice }
        }
        SocketError::Protocol(ProtocolError::SecWebSocketSubProtocolError(_)) => {
            ConnectError::NoCommonVersion(dial.version)
        }
        other => ConnectError::Handshake(Box::new(other)),
    }
}

/// How long to wait before the next attempt: doubling from one second to a minute, plus up to half of it by
/// chance, so that many stations do not come back at the same moment. `chance` is from 0 to 1.
#[must_use]
pub fn back_off(attempt: u32, chance: f64) -> Duration {
    let base = Duration::from_secs(1 << attempt.min(6)).min(Duration::from_secs(60));
    base + base.mul_f64(chance.clamp(0.0, 1.0) / 2.0)
}
