//! The floor: the least that answering a station takes with this WebSocket library. It reads the handshake
//! and sets the socket up as the manager does, looks at a call's id and action, and keeps nothing. What the
//! manager costs beyond it is the price of understanding, keeping and telling.
//!
//! The durable floor does the same, and [keeps](journal) each call that has to be kept as one row before it answers:
//! the least that a server costs which keeps what it acknowledges. What the manager costs beyond it is the price of
//! understanding and telling.
//!
//! The understanding floor [reads](understanding) each call by its types and rules in addition, answers in its types,
//! and has both frames masked in a message log: the least of a server that does so much. It remembers nothing.

mod journal;
mod understanding;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use jiff::Timestamp;
use ocpp_server::edge::{EdgeSettings, Handshake};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_util::sync::CancellationToken;

use super::answer::{self, Frame};
use super::subject::{ANNOUNCEMENT, IDENTITY};
use crate::exit::Failure;
use journal::Journal;
use understanding::Listener;

/// As `ocpp_server::edge` has them.
const READ_BUFFER_BYTES: usize = 2 * 1024;
const MAX_REQUEST_BYTES: usize = 8 * 1024;
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Where the floor listens, and where it keeps what it hears, if it does.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Floor {
    listen: SocketAddr,
    keep_in: Option<(PathBuf, Depth)>,
}

/// What the floor does with a call that it keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    Keeps,
    Understands,
}

/// What stands behind the directory for [`Depth::Understands`].
pub(super) const UNDERSTANDS: &str = "understand";

impl Floor {
    /// Reads an address, and a directory behind it, if there is one.
    ///
    /// # Errors
    /// [`Failure::Usage`] when it is no address.
    pub(super) fn of(arguments: &[String]) -> Result<Floor, Failure> {
        let (listen, keep_in) = match arguments {
            [listen] => (listen, None),
            [listen, directory] => (listen, Some((PathBuf::from(directory), Depth::Keeps))),
            [listen, directory, depth] if depth == UNDERSTANDS => {
                (listen, Some((PathBuf::from(directory), Depth::Understands)))
            }
            _ => {
                return Err(Failure::Usage(format!(
                    "--floor-server takes an address, a directory and {UNDERSTANDS:?} at most"
                )));
            }
        };
        let listen = listen.parse().map_err(|_| {
            Failure::Usage(format!("--floor-server: {listen:?} is no address: write 127.0.0.1:9000"))
        })?;
        Ok(Floor { listen, keep_in })
    }
}

/// Answers stations until it is told to stop.
///
/// # Errors
/// When the address or the directory cannot be had.
pub(super) async fn serve(Floor { listen, keep_in }: Floor) -> Result<(), Failure> {
    let keeper = match keep_in {
        None => None,
        Some((directory, Depth::Keeps)) => Some(Keeper::Journal(Journal::open(&directory)?)),
        Some((directory, Depth::Understands)) => Some(Keeper::Listener(Listener::open(&directory)?)),
    };
    let cannot =
        |error| Failure::unavailable(format!("{listen}, the address of the floor, cannot be used"), &error);
    let listener = TcpListener::bind(listen).await.map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    eprintln!("{ANNOUNCEMENT}   ws://{address}/ocpp/{IDENTITY}");
    let stop = CancellationToken::new();
    tokio::spawn(crate::manager::cancel_on_signal(stop.clone()));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            accepted = listener.accept() => accepted,
        };
        match accepted {
            // A station that goes away is nothing to tell.
            Ok((stream, _)) => drop(tokio::spawn(answer_all(stream, keeper.clone()))),
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

/// Who keeps what stations say.
#[derive(Clone)]
enum Keeper {
    Journal(Journal),
    Listener(Listener),
}

/// Serves one connection. `None` when it broke, which is as good an end as any.
async fn answer_all(mut stream: TcpStream, keeper: Option<Keeper>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let (handshake, rest) = read_handshake(&mut stream).await?;
    let station: Arc<str> = handshake.station.as_ref().ok()?.as_str().into();
    let version = handshake.offer.version()?;
    stream.write_all(handshake.acceptance().as_bytes()).await.ok()?;
    let limit = Some(EdgeSettings::default().max_message_bytes);
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_message_size(limit)
        .max_frame_size(limit);
    drop(handshake);
    let mut socket = WebSocketStream::from_partially_read(stream, rest, Role::Server, Some(config)).await;
    let keeper = match keeper {
        Some(Keeper::Listener(listener)) => return listener.answer_all(&station, version, &mut socket).await,
        Some(Keeper::Journal(journal)) => Some(journal),
        None => None,
    };
    while let Some(message) = socket.next().await {
        let Message::Text(text) = message.ok()? else { continue };
        let Some(Frame::Call { id, action }) = answer::read(&text) else { continue };
        let answer = result(id, action, version.is_2x());
        match &keeper {
            Some(journal) if has_to_be_kept(action) => journal.keep(&station, text, &answer).await?,
            Some(journal) => journal.note(&station, &text, &answer),
            None => {}
        }
        socket.send(Message::text(answer)).await.ok()?;
    }
    Some(())
}

/// Whether a call tells something, rather than asks.
fn has_to_be_kept(action: &str) -> bool {
    !matches!(action, "Heartbeat" | "Authorize")
}

async fn read_handshake(stream: &mut TcpStream) -> Option<(Handshake, Vec<u8>)> {
    let mut bytes = Vec::with_capacity(1024);
    loop {
        match Handshake::parse(&bytes) {
            Ok(Some((handshake, length))) => return Some((handshake, bytes.split_off(length))),
            Ok(None) if bytes.len() < MAX_REQUEST_BYTES => {}
            _ => return None,
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// The CALLRESULT, with what a station has to read in it.
fn result(id: &str, action: &str, is_2x: bool) -> String {
    static NUMBERS: AtomicU32 = AtomicU32::new(1);
    match action {
        "BootNotification" => {
            format!(
                r#"[3,"{id}",{{"status":"Accepted","currentTime":"{:.3}","interval":300}}]"#,
                Timestamp::now()
            )
        }
        "Heartbeat" => format!(r#"[3,"{id}",{{"currentTime":"{:.3}"}}]"#, Timestamp::now()),
        "Authorize" if is_2x => format!(r#"[3,"{id}",{{"idTokenInfo":{{"status":"Accepted"}}}}]"#),
        "Authorize" => format!(r#"[3,"{id}",{{"idTagInfo":{{"status":"Accepted"}}}}]"#),
        "StartTransaction" => {
            let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
            format!(r#"[3,"{id}",{{"transactionId":{number},"idTagInfo":{{"status":"Accepted"}}}}]"#)
        }
        _ => format!(r#"[3,"{id}",{{}}]"#),
    }
}
