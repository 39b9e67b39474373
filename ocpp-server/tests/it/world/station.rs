//! A station as a test plays it: it says what it is told to say, in the words of its version.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use ocpp_core::types::Version;
use ocpp_server::handle::Clock;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::VirtualClock;

/// How a station takes an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manners {
    Accepts,
    Rejects,
    /// Says nothing at all.
    IsSilent,
}

/// What a station says to one action of the manager, from now on.
#[derive(Debug, Clone)]
pub(crate) enum Says {
    /// CALLRESULT with this payload.
    Result(Value),
    /// CALLERROR with this code.
    Error(&'static str),
    /// CALLRESULT with this payload, after a while.
    Late(Duration, Value),
    /// What is made of the payload of the call.
    Made(Made),
    /// Nothing.
    Nothing,
}

/// How an answer is made of the payload of a call.
#[derive(Clone)]
pub(crate) struct Made(Arc<dyn Fn(&Value) -> Says + Send + Sync>);

impl std::fmt::Debug for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Made")
    }
}

impl Says {
    /// What is made of the payload of each call.
    pub(crate) fn made(make: impl Fn(&Value) -> Says + Send + Sync + 'static) -> Says {
        Says::Made(Made(Arc::new(make)))
    }
}

struct Say {
    action: String,
    payload: Value,
    answer: oneshot::Sender<Result<Value, String>>,
}

/// A station with a connection.
#[derive(Clone)]
pub(crate) struct Station {
    pub(crate) name: String,
    pub(crate) version: Version,
    pub(crate) clock: VirtualClock,
    say: mpsc::UnboundedSender<Say>,
    heard: Arc<Mutex<Vec<(String, Value)>>>,
    starts: Arc<Mutex<Manners>>,
    stops: Arc<Mutex<Manners>>,
    shows: Arc<Mutex<Manners>>,
    says: Arc<Mutex<HashMap<String, Says>>>,
    end: Arc<Mutex<Option<oneshot::Sender<()>>>>,
}

/// A transaction of a station.
#[derive(Debug, Clone)]
pub(crate) struct Charge {
    pub(crate) evse: u32,
    /// The station's name of it (2.x).
    pub(crate) name: String,
    /// The manager's number of it (1.6).
    pub(crate) number: i64,
    pub(crate) seq: u32,
    pub(crate) token: Option<String>,
    /// The last answer.
    pub(crate) answer: Value,
}

impl Station {
    pub(crate) fn new<S>(
        name: &str,
        version: Version,
        socket: WebSocketStream<S>,
        clock: VirtualClock,
    ) -> Station
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (say, said) = mpsc::unbounded_channel();
        let (end, ended) = oneshot::channel();
        let station = Station {
            name: name.to_owned(),
            version,
            clock,
            say,
            heard: Arc::default(),
            starts: Arc::new(Mutex::new(Manners::Accepts)),
            stops: Arc::new(Mutex::new(Manners::Accepts)),
            shows: Arc::new(Mutex::new(Manners::Accepts)),
            says: Arc::default(),
            end: Arc::new(Mutex::new(Some(end))),
        };
        tokio::spawn(converse(station.clone(), socket, said, ended));
        station
    }

    /// The line breaks.
    pub(crate) fn hang_up(&self) {
        drop(self.end.lock().unwrap().take());
    }

    pub(crate) fn take_starts(&self, manners: Manners) {
        *self.starts.lock().unwrap() = manners;
    }

    pub(crate) fn take_stops(&self, manners: Manners) {
        *self.stops.lock().unwrap() = manners;
    }

    /// Says this to every call of an action from now on.
    pub(crate) fn says(&self, action: &str, says: Says) {
        self.says.lock().unwrap().insert(action.to_owned(), says);
    }

    /// All orders that were heard, in their order.
    pub(crate) fn all_orders(&self) -> Vec<(String, Value)> {
        self.heard.lock().unwrap().clone()
    }

    /// Does not even answer when it is told a cost.
    pub(crate) fn show_nothing(&self) {
        *self.shows.lock().unwrap() = Manners::IsSilent;
    }

    /// The payloads of an order that was heard.
    pub(crate) fn orders(&self, action: &str) -> Vec<Value> {
        let heard = self.heard.lock().unwrap();
        heard.iter().filter(|(name, _)| name == action).map(|(_, payload)| payload.clone()).collect()
    }

    pub(crate) fn is_2x(&self) -> bool {
        self.version.is_2x()
    }

    pub(crate) fn starts_heard(&self) -> Vec<Value> {
        self.orders(if self.is_2x() { "RequestStartTransaction" } else { "RemoteStartTransaction" })
    }

    pub(crate) fn stops_heard(&self) -> Vec<Value> {
        self.orders(if self.is_2x() { "RequestStopTransaction" } else { "RemoteStopTransaction" })
    }

    /// The token of the last remote start.
    pub(crate) fn started_token(&self) -> Option<String> {
        let start = self.starts_heard().pop()?;
        let token = if self.is_2x() { &start["idToken"]["idToken"] } else { &start["idTag"] };
        Some(token.as_str()?.to_owned())
    }

    /// Waits for the next remote start beyond `before`, and tells its token.
    pub(crate) async fn next_start(&self, before: usize) -> String {
        for _ in 0..2000 {
            if self.starts_heard().len() > before {
                return self.started_token().unwrap();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no remote start arrives at {}", self.name);
    }

    /// Calls the manager; the error says how the call ended.
    pub(crate) async fn call(&self, action: &str, payload: Value) -> Result<Value, String> {
        let (answer, answered) = oneshot::channel();
        let say = Say { action: action.to_owned(), payload, answer };
        self.say.send(say).map_err(|_| "not connected".to_owned())?;
        answered.await.map_err(|_| "the line broke".to_owned())?
    }

    pub(crate) fn now(&self) -> String {
        self.clock.now().to_string()
    }

    pub(crate) async fn boot(&self) {
        let payload = if self.is_2x() {
            json!({"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "V"}})
        } else {
            json!({"chargePointVendor": "V", "chargePointModel": "M"})
        };
        // The line may break at any moment in some tests.
        if let Ok(answer) = self.call("BootNotification", payload).await {
            assert_eq!(answer["status"], "Accepted", "{answer}");
        }
    }

    pub(crate) async fn status(&self, evse: u32, status: &str) {
        let payload = if self.is_2x() {
            json!({"timestamp": self.now(), "connectorStatus": status, "evseId": evse, "connectorId": 1})
        } else {
            json!({"connectorId": evse, "errorCode": "NoError", "status": status, "timestamp": self.now()})
        };
        let _ = self.call("StatusNotification", payload).await;
    }

    /// What the manager says of a token.
    pub(crate) async fn authorize(&self, token: &str) -> Value {
        self.authorize_kind(token, "ISO14443").await
    }

    pub(crate) async fn authorize_kind(&self, token: &str, kind: &str) -> Value {
        let payload = if self.is_2x() {
            json!({"idToken": {"idToken": token, "type": kind}})
        } else {
            json!({"idTag": token})
        };
        let answer = self.call("Authorize", payload).await.unwrap();
        answer[if self.is_2x() { "idTokenInfo" } else { "idTagInfo" }].clone()
    }

    /// A transaction starts.
    pub(crate) async fn start(&self, evse: u32, token: &str, wh: i64) -> Charge {
        self.try_start(evse, Some(token), wh).await.unwrap()
    }

    pub(crate) async fn try_start(&self, evse: u32, token: Option<&str>, wh: i64) -> Result<Charge, String> {
        let mut charge = Charge {
            evse,
            name: format!("{}-{evse}-{}", self.name, self.clock.now().as_microsecond()),
            number: 0,
            seq: 0,
            token: token.map(str::to_owned),
            answer: Value::Null,
        };
        let (action, payload) = self.started(&charge, wh);
        charge.answer = self.call(action, payload).await?;
        charge.number = charge.answer["transactionId"].as_i64().unwrap_or(0);
        Ok(charge)
    }

    /// The message that starts a transaction.
    pub(crate) fn started(&self, charge: &Charge, wh: i64) -> (&'static str, Value) {
        if self.is_2x() {
            let mut event = self.event(charge, "Started", wh, Some("Charging"), "Transaction.Begin");
            event["evse"] = json!({"id": charge.evse, "connectorId": 1});
            if let Some(token) = &charge.token {
                event["idToken"] = json!({"idToken": token, "type": "Central"});
            }
            return ("TransactionEvent", event);
        }
        let payload = json!({
            "connectorId": charge.evse, "idTag": charge.token, "meterStart": wh, "timestamp": self.now()
        });
        ("StartTransaction", payload)
    }

    /// A meter value.
    pub(crate) async fn meter(&self, charge: &mut Charge, wh: i64) -> Value {
        self.report(charge, wh, Some("Charging")).await
    }

    /// A meter value and the state of charging (which 1.6 tells by a status of the connector).
    pub(crate) async fn report(&self, charge: &mut Charge, wh: i64, state: Option<&str>) -> Value {
        charge.seq += 1;
        let (action, payload) = self.updated(charge, wh, state);
        charge.answer = self.call(action, payload).await.unwrap();
        if let (false, Some(state)) = (self.is_2x(), state) {
            self.status(charge.evse, state).await;
        }
        charge.answer.clone()
    }

    pub(crate) fn updated(&self, charge: &Charge, wh: i64, state: Option<&str>) -> (&'static str, Value) {
        if self.is_2x() {
            let event = self.event(charge, "Updated", wh, state, "Sample.Periodic");
            return ("TransactionEvent", event);
        }
        let value = json!([{"timestamp": self.now(), "sampledValue": [{"value": wh.to_string()}]}]);
        let payload =
            json!({"connectorId": charge.evse, "transactionId": charge.number, "meterValue": value});
        ("MeterValues", payload)
    }

    /// A transaction ends, a second later.
    pub(crate) async fn stop(&self, charge: &mut Charge, wh: i64) -> Value {
        tokio::time::sleep(Duration::from_secs(1)).await;
        charge.seq += 1;
        let (action, payload) = self.ended(charge, wh);
        charge.answer = self.call(action, payload).await.unwrap();
        charge.answer.clone()
    }

    pub(crate) fn ended(&self, charge: &Charge, wh: i64) -> (&'static str, Value) {
        if self.is_2x() {
            let mut event = self.event(charge, "Ended", wh, Some("EVConnected"), "Transaction.End");
            event["transactionInfo"]["stoppedReason"] = json!("Local");
            return ("TransactionEvent", event);
        }
        let payload = json!({"transactionId": charge.number, "meterStop": wh, "timestamp": self.now()});
        ("StopTransaction", payload)
    }

    fn event(&self, charge: &Charge, kind: &str, wh: i64, state: Option<&str>, context: &str) -> Value {
        let mut event = json!({
            "eventType": kind,
            "timestamp": self.now(),
            "triggerReason": "MeterValuePeriodic",
            "seqNo": charge.seq,
            "transactionInfo": {"transactionId": charge.name},
            "meterValue": [{"timestamp": self.now(), "sampledValue": [{
                "value": wh, "context": context, "measurand": "Energy.Active.Import.Register",
                "unitOfMeasure": {"unit": "Wh"}
            }]}]
        });
        if let Some(state) = state {
            event["transactionInfo"]["chargingState"] = json!(state);
        }
        event
    }

    fn says_to(&self, action: &str, payload: &Value) -> Says {
        let scripted = self.says.lock().unwrap().get(action).cloned();
        if let Some(Says::Made(Made(make))) = scripted {
            return make(payload);
        }
        scripted.unwrap_or_else(|| self.answer_to(action).map_or(Says::Nothing, Says::Result))
    }

    fn answer_to(&self, action: &str) -> Option<Value> {
        let manners = match action {
            "RemoteStartTransaction" | "RequestStartTransaction" => *self.starts.lock().unwrap(),
            "RemoteStopTransaction" | "RequestStopTransaction" => *self.stops.lock().unwrap(),
            "CostUpdated" if *self.shows.lock().unwrap() == Manners::IsSilent => return None,
            _ => return Some(json!({})),
        };
        match manners {
            Manners::Accepts => Some(json!({"status": "Accepted"})),
            Manners::Rejects => Some(json!({"status": "Rejected"})),
            Manners::IsSilent => None,
        }
    }
}

async fn converse<S>(
    station: Station,
    mut socket: WebSocketStream<S>,
    mut said: mpsc::UnboundedReceiver<Say>,
    mut ended: oneshot::Receiver<()>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut waiting: HashMap<String, oneshot::Sender<Result<Value, String>>> = HashMap::new();
    let mut count = 0_u64;
    let (late, mut delayed) = mpsc::unbounded_channel::<Value>();
    loop {
        tokio::select! {
            _ = &mut ended => return,
            Some(frame) = delayed.recv() => {
                if socket.send(Message::text(frame.to_string())).await.is_err() {
                    return;
                }
            }
            Some(say) = said.recv() => {
                count += 1;
                let frame = json!([2, count.to_string(), say.action, say.payload]);
                waiting.insert(count.to_string(), say.answer);
                if socket.send(Message::text(frame.to_string())).await.is_err() {
                    return;
                }
            }
            frame = socket.next() => {
                let Some(Ok(message)) = frame else { return };
                let Message::Text(text) = message else { continue };
                let frame: Value = serde_json::from_str(&text).unwrap();
                let id = frame[1].as_str().unwrap().to_owned();
                match frame[0].as_u64() {
                    Some(2) => {
                        let action = frame[2].as_str().unwrap().to_owned();
                        let says = station.says_to(&action, &frame[3]);
                        station.heard.lock().unwrap().push((action, frame[3].clone()));
                        let frame = match says {
                            Says::Result(answer) => json!([3, id, answer]),
                            Says::Error(code) => json!([4, id, code, "so it says", {}]),
                            Says::Late(after, answer) => {
                                let late = late.clone();
                                tokio::spawn(async move {
                                    tokio::time::sleep(after).await;
                                    let _ = late.send(json!([3, id, answer]));
                                });
                                continue;
                            }
                            Says::Nothing | Says::Made(_) => continue,
                        };
                        if socket.send(Message::text(frame.to_string())).await.is_err() {
                            return;
                        }
                    }
                    Some(3) => drop(waiting.remove(&id).map(|waits| waits.send(Ok(frame[2].clone())))),
                    _ => drop(waiting.remove(&id).map(|waits| waits.send(Err(frame.to_string())))),
                }
            }
        }
    }
}
