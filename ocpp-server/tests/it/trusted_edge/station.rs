//! A station that says what a test tells it to.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::Manager;

pub(super) struct Station {
    pub(super) socket: WebSocketStream<TcpStream>,
    calls: u32,
}

impl Station {
    pub(super) async fn dial(manager: &Manager, id: &str, protocol: &str) -> Station {
        Station::try_dial(manager, id, protocol).await.expect("a connection")
    }

    pub(super) async fn try_dial(manager: &Manager, id: &str, protocol: &str) -> Result<Station, Error> {
        let mut request = format!("ws://{}/ocpp/{id}", manager.address).into_client_request()?;
        let value = HeaderValue::from_str(protocol).expect("a header");
        request.headers_mut().insert("Sec-WebSocket-Protocol", value);
        let stream = TcpStream::connect(&manager.address).await.expect("the manager's port");
        let (socket, _) = tokio_tungstenite::client_async(request, stream).await?;
        Ok(Station { socket, calls: 0 })
    }

    /// The payload of the CALLRESULT.
    pub(super) async fn result(&mut self, action: &str, payload: Value) -> Value {
        let answer = self.call(action, payload).await;
        assert_eq!(answer[0], json!(3), "{action}: {answer}");
        answer[2].clone()
    }

    /// The code of the CALLERROR.
    pub(super) async fn refusal(&mut self, action: &str, payload: Value) -> String {
        let answer = self.call(action, payload).await;
        assert_eq!(answer[0], json!(4), "{action}: {answer}");
        answer[2].as_str().expect("a code").to_owned()
    }

    pub(super) async fn call(&mut self, action: &str, payload: Value) -> Value {
        self.calls += 1;
        let id = format!("call-{}", self.calls);
        self.send(json!([2, id, action, payload])).await;
        loop {
            let frame = self.frame().await;
            if frame[1] == json!(id) {
                return frame;
            }
        }
    }

    pub(super) async fn boot_16(&mut self) -> Value {
        self.result("BootNotification", json!({"chargePointVendor": "V", "chargePointModel": "M"})).await
    }

    pub(super) async fn boot_2x(&mut self) -> Value {
        let station = json!({"vendorName": "V", "model": "M"});
        self.result("BootNotification", json!({"reason": "PowerUp", "chargingStation": station})).await
    }

    /// Answers the next call of the manager, and gives its action.
    pub(super) async fn answer(&mut self, payload: Value) -> String {
        let frame = self.frame().await;
        assert_eq!(frame[0], json!(2), "{frame}");
        self.send(json!([3, frame[1], payload])).await;
        frame[2].as_str().expect("an action").to_owned()
    }

    pub(super) async fn send(&mut self, frame: Value) {
        self.socket.send(Message::text(frame.to_string())).await.expect("sent");
    }

    pub(super) async fn frame(&mut self) -> Value {
        match self.heard().await {
            Some(Message::Text(text)) => serde_json::from_str(&text).expect("JSON"),
            other => panic!("no text but {other:?}"),
        }
    }

    /// With which code and reason the manager closes.
    pub(super) async fn closed(&mut self) -> (CloseCode, String) {
        match self.heard().await {
            Some(Message::Close(Some(frame))) => (frame.code, frame.reason.to_string()),
            other => panic!("no close but {other:?}"),
        }
    }

    /// With which code the manager has closed; `None` when it answers.
    pub(super) async fn answered_or_closed(&mut self) -> Option<CloseCode> {
        match self.heard().await {
            Some(Message::Text(_)) => None,
            Some(Message::Close(Some(frame))) => Some(frame.code),
            other => panic!("no answer and no close but {other:?}"),
        }
    }

    async fn heard(&mut self) -> Option<Message> {
        let next = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(message)) => return Some(message),
                    Some(Err(_)) | None => return None,
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), next).await.expect("something in time")
    }
}
