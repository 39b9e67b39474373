//! The WebSocket handshake of a station, from its bytes to what it asks for.
//!
//! The upgrade request is read here rather than by a web framework because of what real stations send: a
//! full URL in the request line, a missing `Connection: Upgrade`, percent-encoded identities, sub-protocols
//! whose order matters, or none at all.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ocpp_core::model::{InvalidStationId, StationId};
use ocpp_core::quirk::{Quirk, Quirks};
use ocpp_core::types::Version;
use percent_encoding::percent_decode_str;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use zeroize::Zeroizing;

use super::admission::UserName;

/// The most bytes of a request up to its empty line.
pub(super) const MAX_REQUEST_BYTES: usize = 8 * 1024;
/// The most header fields of a request.
const MAX_HEADERS: usize = 64;
/// Base64 as stations write it: with or without the signs that fill it up.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Which versions a station offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// The first of its sub-protocols that is spoken here.
    Version(Version),
    /// No `Sec-WebSocket-Protocol` at all, which some stations of 1.6 leave out (Grizzl-E): 1.6 is meant.
    Unsaid,
    /// Sub-protocols, but none that is spoken here.
    NothingInCommon,
}

impl Offer {
    /// The version to speak, if any.
    #[must_use]
    pub const fn version(self) -> Option<Version> {
        match self {
            Offer::Version(version) => Some(version),
            Offer::Unsaid => Some(Version::V16),
            Offer::NothingInCommon => None,
        }
    }
}

/// What a station asks for at the door.
#[derive(Clone, PartialEq, Eq)]
pub struct Handshake {
    /// The identity in its URL, or what is wrong with it and the text that was there.
    pub station: Result<StationId, (InvalidStationId, String)>,
    /// The versions that it offers.
    pub offer: Offer,
    /// The password that it sends (HTTP Basic), as bytes.
    pub password: Option<Zeroizing<Vec<u8>>>,
    /// What in it no specification has, each once.
    pub quirks: Vec<Quirk>,
    /// The extension that is agreed on, as it stands in the answer.
    extension: Option<String>,
    /// The key that the answer has to prove knowledge of.
    key: String,
}

impl std::fmt::Debug for Handshake {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handshake")
            .field("station", &self.station)
            .field("offer", &self.offer)
            .field("has_password", &self.password.is_some())
            .finish_non_exhaustive()
    }
}

/// Why a request is no handshake of a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HandshakeError {
    /// The bytes are no HTTP request.
    #[error("this is not an HTTP request: a station dials in with a WebSocket upgrade")]
    NotHttp,
    /// A version of HTTP that knows no upgrade.
    #[error("a WebSocket upgrade needs HTTP/1.1 (behind nginx: proxy_http_version 1.1)")]
    OldHttp,
    /// The request does not end, or has too many fields.
    #[error("the request is longer than 8 KiB or has more than 64 fields")]
    TooLong,
    /// A field that has to stand there once is missing or repeated (RFC 9112, 3.2; RFC 6455, 11.3).
    #[error("the field {0} has to stand in the request once")]
    NotOnce(&'static str),
    /// A body is announced: who passes the request on might take it for another request.
    #[error("a WebSocket upgrade has no body: leave out Content-Length and Transfer-Encoding")]
    HasBody,
    /// Another method than GET.
    #[error("a WebSocket upgrade is a GET request")]
    NotGet,
    /// The path is not the one of stations.
    #[error("stations dial ws://HOST:PORT/ocpp/<identity>")]
    WrongPath,
    /// No WebSocket upgrade is asked for.
    #[error("this address is for charging stations: dial it with a WebSocket client")]
    NotWebSocket,
    /// The key is not what RFC 6455 (4.1) wants.
    #[error("Sec-WebSocket-Key has to be 16 bytes in base64")]
    BadKey,
    /// Another version of the WebSocket protocol than 13.
    #[error("only version 13 of the WebSocket protocol is spoken here")]
    WrongWebSocketVersion,
}

impl HandshakeError {
    /// The status line and extra header fields that answer it.
    const fn status(self) -> (&'static str, &'static str) {
        match self {
            HandshakeError::NotHttp
            | HandshakeError::NotOnce(_)
            | HandshakeError::HasBody
            | HandshakeError::BadKey => ("400 Bad Request", ""),
            HandshakeError::OldHttp => ("505 HTTP Version Not Supported", ""),
            HandshakeError::TooLong => ("431 Request Header Fields Too Large", ""),
            HandshakeError::NotGet => ("405 Method Not Allowed", "Allow: GET\r\n"),
            HandshakeError::WrongPath => ("404 Not Found", ""),
            HandshakeError::NotWebSocket => {
                ("426 Upgrade Required", "Upgrade: websocket\r\nConnection: Upgrade\r\n")
            }
            HandshakeError::WrongWebSocketVersion => {
                ("426 Upgrade Required", "Sec-WebSocket-Version: 13\r\n")
            }
        }
    }

    /// The whole HTTP response.
    #[must_use]
    pub fn response(self) -> String {
        let (status, fields) = self.status();
        refusal(status, fields, &self.to_string())
    }
}

/// A complete HTTP response that refuses with one sentence and closes the connection.
pub(super) fn refusal(status: &str, fields: &str, sentence: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\n{fields}Content-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{sentence}\n",
        sentence.len() + 1
    )
}

impl Handshake {
    /// Reads a request. `Ok(None)` means that it is not complete yet; otherwise the handshake and the number
    /// of bytes that it took.
    ///
    /// # Errors
    /// [`HandshakeError`], whose [`HandshakeError::response`] is to be sent.
    pub fn parse(bytes: &[u8]) -> Result<Option<(Handshake, usize)>, HandshakeError> {
        let mut fields = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut request = httparse::Request::new(&mut fields);
        let length = match request.parse(bytes) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) if bytes.len() >= MAX_REQUEST_BYTES => {
                return Err(HandshakeError::TooLong);
            }
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(httparse::Error::TooManyHeaders) => return Err(HandshakeError::TooLong),
            Err(_) => return Err(HandshakeError::NotHttp),
        };
        if request.version != Some(1) {
            return Err(HandshakeError::OldHttp);
        }
        if request.method != Some("GET") {
            return Err(HandshakeError::NotGet);
        }
        let mut quirks = Vec::new();
        let target = request.path.unwrap_or_default();
        let station = station_in(target, &mut quirks).ok_or(HandshakeError::WrongPath)?;
        check_framing(request.headers)?;
        let key = websocket_key(request.headers, &mut quirks)?;
        let offer = offer_in(request.headers);
        if offer == Offer::Unsaid {
            quirks.push(Quirk::NoSubprotocol);
        }
        let login = station.as_ref().ok().and_then(|station| login_in(request.headers, station));
        if let (Ok(station), Some((user_name, password))) = (&station, &login) {
            note_login(station, *user_name, password, &mut quirks);
        }
        let password = login.map(|(_, password)| password);
        let extension = extension_in(request.headers);
        Ok(Some((Handshake { station, offer, password, quirks, extension, key }, length)))
    }

    /// The first habit of this handshake that is not among `tolerated`.
    #[must_use]
    pub fn refused_quirk(&self, tolerated: Quirks) -> Option<Quirk> {
        let at_the_door = |quirk: &Quirk| *quirk != Quirk::OtherUserName;
        self.quirks.iter().copied().filter(at_the_door).find(|quirk| !tolerated.contains(*quirk))
    }

    /// Whose password it is. Another user name matters only where a password is asked for, so it is for the admission
    /// to refuse.
    pub(super) fn user_name(&self, tolerated: Quirks) -> UserName {
        let is_other = self.quirks.contains(&Quirk::OtherUserName);
        if is_other && !tolerated.contains(Quirk::OtherUserName) {
            UserName::Other
        } else {
            UserName::Identity
        }
    }

    /// The extension that is agreed on (permessage-deflate, RFC 7692), as it stands in the answer.
    #[must_use]
    pub fn extension(&self) -> Option<&str> {
        self.extension.as_deref()
    }

    /// Declines every extension.
    #[must_use]
    pub fn without_extension(mut self) -> Handshake {
        self.extension = None;
        self
    }

    /// The response that completes the handshake. Without a version in common it names no sub-protocol, and
    /// the connection is to be closed at once (OCPP-J 2.x, part 4, 3.3).
    #[must_use]
    pub fn acceptance(&self) -> String {
        let protocol = match self.offer {
            Offer::Version(version) => format!("Sec-WebSocket-Protocol: {}\r\n", version.subprotocol()),
            Offer::Unsaid | Offer::NothingInCommon => String::new(),
        };
        let extension = match &self.extension {
            Some(extension) => format!("Sec-WebSocket-Extensions: {extension}\r\n"),
            None => String::new(),
        };
        format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {}\r\n{protocol}{extension}\r\n",
            derive_accept_key(self.key.as_bytes())
        )
    }
}

/// The identity in the request's path: the segment behind `/ocpp/`. Some stations put more behind it, such as
/// a serial number.
fn station_in(
    target: &str,
    quirks: &mut Vec<Quirk>,
) -> Option<Result<StationId, (InvalidStationId, String)>> {
    let path = without_authority(target);
    if path != target {
        quirks.push(Quirk::WholeAddress);
    }
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let rest = path.strip_prefix("/ocpp/").or_else(|| (path == "/ocpp").then_some(""))?;
    let encoded = rest.trim_end_matches('/');
    let encoded = match encoded.split_once('/') {
        Some((identity, _)) => {
            quirks.push(Quirk::LongerPath);
            identity
        }
        None => encoded,
    };
    let Ok(identity) = percent_decode_str(encoded).decode_utf8() else {
        return Some(Err((InvalidStationId::Forbidden, shortened(encoded))));
    };
    if identity != encoded {
        quirks.push(Quirk::PercentEncodedIdentity);
    }
    Some(StationId::new(&identity).map_err(|error| (error, shortened(&identity))))
}

fn note_login(station: &StationId, user_name: UserName, password: &[u8], quirks: &mut Vec<Quirk>) {
    if station.as_str().contains(':') {
        quirks.push(Quirk::ColonInIdentity);
    }
    if user_name == UserName::Other {
        quirks.push(Quirk::OtherUserName);
    }
    if std::str::from_utf8(password).is_err() {
        quirks.push(Quirk::BinaryPassword);
    }
}

/// Some stations write the whole URL into the request line, with or without a slash before it.
fn without_authority(target: &str) -> &str {
    let url = target.strip_prefix('/').filter(|rest| rest.contains("://")).unwrap_or(target);
    match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |slash| &rest[slash..]),
        None => target,
    }
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(StationId::MAX_CHARS).collect()
}

/// Checks what every request needs and none may have, so that whoever passes it on reads it as we do.
fn check_framing(fields: &[httparse::Header<'_>]) -> Result<(), HandshakeError> {
    if count(fields, "Host") != 1 {
        return Err(HandshakeError::NotOnce("Host"));
    }
    let is_announced = count(fields, "Transfer-Encoding") > 0
        || fields.iter().any(|field| is_named(field, "Content-Length") && field.value != b"0");
    if is_announced { Err(HandshakeError::HasBody) } else { Ok(()) }
}

/// Checks that a WebSocket is asked for. `Connection: Upgrade` may be missing (some stations leave it out):
/// `Upgrade: websocket` together with the key says enough.
fn websocket_key(fields: &[httparse::Header<'_>], quirks: &mut Vec<Quirk>) -> Result<String, HandshakeError> {
    if !values(fields, "Upgrade").any(|value| has_item(value, "websocket")) {
        return Err(HandshakeError::NotWebSocket);
    }
    for name in ["Sec-WebSocket-Key", "Sec-WebSocket-Version"] {
        if count(fields, name) > 1 {
            return Err(HandshakeError::NotOnce(name));
        }
    }
    if values(fields, "Sec-WebSocket-Version").next() != Some("13") {
        return Err(HandshakeError::WrongWebSocketVersion);
    }
    let key = values(fields, "Sec-WebSocket-Key").next().filter(|key| is_key(key));
    let key = key.ok_or(HandshakeError::BadKey)?;
    if !values(fields, "Connection").any(|value| has_item(value, "upgrade")) {
        quirks.push(Quirk::NoConnectionUpgrade);
    }
    Ok(key.to_owned())
}

/// 16 bytes in base64 are 24 characters.
fn is_key(text: &str) -> bool {
    text.len() == 24 && BASE64.decode(text).is_ok_and(|bytes| bytes.len() == 16)
}

/// The first sub-protocol, in the order of the station, that is spoken here.
fn offer_in(fields: &[httparse::Header<'_>]) -> Offer {
    let mut offered = values(fields, "Sec-WebSocket-Protocol")
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .peekable();
    if offered.peek().is_none() {
        return Offer::Unsaid;
    }
    offered.find_map(Version::from_subprotocol).map_or(Offer::NothingInCommon, Offer::Version)
}

#[cfg(feature = "deflate")]
fn extension_in(fields: &[httparse::Header<'_>]) -> Option<String> {
    values(fields, "Sec-WebSocket-Extensions").find_map(super::deflate::agree)
}

#[cfg(not(feature = "deflate"))]
fn extension_in(_: &[httparse::Header<'_>]) -> Option<String> {
    None
}

/// User name and password of HTTP Basic authentication. The user name is the identity (A00.FR.204), which may itself
/// contain a colon; whatever else stands there ends at the first colon.
fn login_in(fields: &[httparse::Header<'_>], station: &StationId) -> Option<(UserName, Zeroizing<Vec<u8>>)> {
    let (scheme, encoded) = values(fields, "Authorization").next()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let pair = Zeroizing::new(BASE64.decode(encoded.trim()).ok()?);
    let of_station = pair.strip_prefix(station.as_str().as_bytes()).and_then(|rest| rest.strip_prefix(b":"));
    let (user_name, password) = match of_station {
        Some(password) => (UserName::Identity, password),
        None => (UserName::Other, &pair[pair.iter().position(|byte| *byte == b':')? + 1..]),
    };
    Some((user_name, Zeroizing::new(password.to_vec())))
}

fn values<'a>(fields: &'a [httparse::Header<'_>], name: &'a str) -> impl Iterator<Item = &'a str> {
    fields
        .iter()
        .filter(move |field| is_named(field, name))
        .filter_map(|field| std::str::from_utf8(field.value).ok())
        .map(str::trim)
}

fn is_named(field: &httparse::Header<'_>, name: &str) -> bool {
    field.name.eq_ignore_ascii_case(name)
}

fn count(fields: &[httparse::Header<'_>], name: &str) -> usize {
    fields.iter().filter(|field| is_named(field, name)).count()
}

fn has_item(list: &str, item: &str) -> bool {
    list.split(',').any(|entry| entry.trim().eq_ignore_ascii_case(item))
}
