//! A manager whose drivers never rest, and its stations, each a process of its own: `.ci/kill` kills the first
//! at random moments and looks at what is left.
//!
//!     paying_manager manager DIRECTORY PORT    a manager with drivers who pay by the sandbox
//!     paying_manager settle DIRECTORY PORT     the same without new drivers, until nothing is left to do
//!     paying_manager stations PORT             the stations

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use jiff::Timestamp;
use ocpp_core::model::{Currency, EvseId, Money, StationId};
use ocpp_core::rules::tariff::{SimpleTariff, TaxRate};
use ocpp_server::Csms;
use ocpp_server::access::Pepper;
use ocpp_server::domain::{SessionStatus, Task};
use ocpp_server::handle::StoredTokens;
use ocpp_server::payment::{PaymentGateway, Sandbox};
use ocpp_server::pricing::StoredPricing;
use ocpp_server::process::{CheckoutRequest, ProcessSettings, Processes};
use ocpp_server::register::{Login, Register, StationForm, TariffForm};
use ocpp_server::store::{Page, SessionFilter, Sqlite, Store, TypedRecords};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async};
use tokio_util::sync::CancellationToken;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Half of them speak 1.6, the others 2.0.1.
const STATIONS: usize = 8;
/// How long a run without new drivers may take.
const SETTLED_WITHIN: Duration = Duration::from_secs(90);

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["manager", directory, port] => manage(Path::new(directory), port.parse()?, Drivers::Restless).await,
        ["settle", directory, port] => manage(Path::new(directory), port.parse()?, Drivers::Gone).await,
        ["stations", port] => play_stations(port.parse()?).await,
        _ => {
            Err("usage: paying_manager manager|settle DIRECTORY PORT, or paying_manager stations PORT".into())
        }
    }
}

#[derive(PartialEq, Eq)]
enum Drivers {
    Restless,
    Gone,
}

fn name(number: usize) -> String {
    format!("K{number}")
}

fn is_1_6(number: usize) -> bool {
    number.is_multiple_of(2)
}

fn chance(below: u32) -> u32 {
    (uuid::Uuid::new_v4().as_u128() as u32) % below.max(1)
}

async fn rest(least: u32, most: u32) {
    tokio::time::sleep(Duration::from_millis(u64::from(least + chance(most - least)))).await;
}

async fn manage(directory: &Path, port: u16, drivers: Drivers) -> Result<(), Failure> {
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(&directory.join("ocpp.db"))?);
    let pepper = Pepper::load_or_create(&directory.join("ocpp.key"))?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let csms = Csms::builder_over(Arc::clone(&store))
        .authorizer(StoredTokens::new(Arc::clone(&store)))
        .pricing(StoredPricing::new(Arc::clone(&store)))
        .build()
        .await?;
    furnish(&Register::new(csms.clone(), pepper)).await?;
    let settings = ProcessSettings {
        plug_in_within: Duration::from_secs(2),
        hold_within: Duration::from_secs(3),
        start_within: Duration::from_secs(3),
        retry_after: Duration::from_millis(100),
        cost_display_every: Duration::from_secs(1),
    };
    let sandbox = Sandbox::new(Arc::clone(&store)).with_deadline(Duration::from_millis(300));
    let gateway: Arc<dyn PaymentGateway> = Arc::new(sandbox);
    let processes = Processes::new(csms.clone(), gateway, settings);
    let shutdown = CancellationToken::new();
    let until = async {
        let result = match drivers {
            Drivers::Restless => drive(&processes).await,
            Drivers::Gone => settle(&*store).await,
        };
        shutdown.cancel();
        result
    };
    let serving = csms.serve(listener, shutdown.clone());
    tokio::join!(until, serving, processes.run(shutdown.clone())).0
}

async fn furnish(register: &Register) -> Result<(), Failure> {
    let tariff = SimpleTariff {
        price_kwh: Some(Decimal::new(45, 2)),
        price_charging_minute: Some(Decimal::new(30, 2)),
        tax: Some(TaxRate::on_price("VAT", 19.into())),
        ..SimpleTariff::new("t", Currency::EUR)
    };
    // All of it is there already after the first start, unless the manager was killed in between.
    let _ = register.draft_tariff(TariffForm { name: "t".to_owned(), tariff: tariff.into() }).await;
    for number in 0..STATIONS {
        let _ = register.add_station(&name(number), Login::Unproven, StationForm::default()).await;
        register.assign_to_station(&name(number), Some("t")).await?;
    }
    Ok(())
}

/// Drivers want to pay wherever they can.
async fn drive(processes: &Processes) -> Result<(), Failure> {
    loop {
        let instrument = match chance(10) {
            0 => "declines",
            1 => "times-out",
            2 | 3 => "loses-answer",
            _ => "succeeds",
        };
        let wish = CheckoutRequest {
            station: StationId::new(&name(chance(STATIONS as u32) as usize))?,
            evse: EvseId(1),
            instrument: instrument.to_owned(),
            hold: Money::from_minor(i64::from(20 + chance(500)), Currency::EUR),
            wish: CheckoutRequest::fresh_wish(),
        };
        // Most places are in use.
        let _ = processes.check_out(wish).await;
        rest(5, 40).await;
    }
}

/// Waits until every session has ended and nothing is left to be done.
async fn settle(store: &dyn Store) -> Result<(), Failure> {
    let settled = async {
        loop {
            let filter = SessionFilter { status: Some(SessionStatus::Active), ..SessionFilter::default() };
            let running = store.sessions(filter, Page { after: None, limit: 1 }).await?;
            let tasks: Vec<Task> = store.page(Page { after: None, limit: 1 }).await?;
            if running.is_empty() && tasks.is_empty() {
                return Ok(());
            }
            rest(100, 200).await;
        }
    };
    tokio::time::timeout(SETTLED_WITHIN, settled).await.map_err(|_| "something is never done")?
}

async fn play_stations(port: u16) -> Result<(), Failure> {
    let stations =
        (0..STATIONS).map(|number| tokio::spawn(async move { Player::new(number).play(port).await }));
    for station in stations.collect::<Vec<_>>() {
        station.await?;
    }
    Ok(())
}

/// A charging session at a station.
struct Charge {
    name: String,
    number: i64,
    seq: u32,
    token: String,
    /// How many meter values are still to come before the end.
    left: u32,
}

/// A station: it keeps what it has to say until it is acknowledged.
struct Player {
    number: usize,
    register: i64,
    queue: VecDeque<(&'static str, Value)>,
    charge: Option<Charge>,
}

impl Player {
    fn new(number: usize) -> Player {
        Player { number, register: 1000, queue: VecDeque::new(), charge: None }
    }

    /// Dials in again and again.
    async fn play(mut self, port: u16) {
        loop {
            if let Err(error) = self.visit(port).await {
                // The manager was killed, or is not back yet.
                let _: Failure = error;
            }
            rest(20, 120).await;
        }
    }

    async fn visit(&mut self, port: u16) -> Result<(), Failure> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        let mut request =
            format!("ws://127.0.0.1:{port}/ocpp/{}", name(self.number)).into_client_request()?;
        let protocol = if is_1_6(self.number) { "ocpp1.6" } else { "ocpp2.0.1" };
        request.headers_mut().insert("Sec-WebSocket-Protocol", protocol.parse()?);
        let (socket, _) = client_async(request, stream).await?;
        self.converse(socket).await
    }

    async fn converse(&mut self, mut socket: WebSocketStream<TcpStream>) -> Result<(), Failure> {
        let mut hello: VecDeque<_> = [self.boot(), self.status()].into();
        let mut said: Option<u64> = None;
        let mut count = 0;
        let mut tick = tokio::time::interval(Duration::from_millis(60));
        loop {
            let next = hello.front().or(self.queue.front());
            if let (None, Some((action, payload))) = (said, next) {
                count += 1;
                let frame = json!([2, count.to_string(), action, self.numbered(payload)]);
                socket.send(Message::text(frame.to_string())).await?;
                said = Some(count);
            }
            tokio::select! {
                _ = tick.tick() => self.go_on(),
                frame = socket.next() => {
                    let Message::Text(text) = frame.ok_or("the line broke")?? else { continue };
                    let frame: Value = serde_json::from_str(&text)?;
                    if frame[0] == 2 {
                        let answer = self.obey(&frame[2], &frame[3]);
                        socket.send(Message::text(json!([3, frame[1], answer]).to_string())).await?;
                    } else {
                        if frame[0] != 3 {
                            return Err(format!("the manager refuses: {frame}").into());
                        }
                        said = None;
                        if hello.pop_front().is_none() {
                            self.queue.pop_front();
                            self.hear(&frame[2]);
                        }
                    }
                }
            }
        }
    }

    fn boot(&self) -> (&'static str, Value) {
        let payload = if is_1_6(self.number) {
            json!({"chargePointVendor": "V", "chargePointModel": "M"})
        } else {
            json!({"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "V"}})
        };
        ("BootNotification", payload)
    }

    fn status(&self) -> (&'static str, Value) {
        let now = Timestamp::now().to_string();
        let payload = if is_1_6(self.number) {
            json!({"connectorId": 1, "errorCode": "NoError", "status": "Available", "timestamp": now})
        } else {
            json!({"timestamp": now, "connectorStatus": "Available", "evseId": 1, "connectorId": 1})
        };
        ("StatusNotification", payload)
    }

    /// In 1.6 a transaction has no number until its start was answered.
    fn numbered(&self, payload: &Value) -> Value {
        let mut payload = payload.clone();
        if let (Some(id), Some(charge)) = (payload.get_mut("transactionId"), &self.charge)
            && *id == 0
        {
            *id = charge.number.into();
        }
        payload
    }

    fn hear(&mut self, answer: &Value) {
        if let (Some(number), Some(charge)) = (answer["transactionId"].as_i64(), &mut self.charge) {
            charge.number = number;
        }
        if self.queue.is_empty() && self.charge.as_ref().is_some_and(|charge| charge.left == 0) {
            self.charge = None;
        }
    }

    fn obey(&mut self, action: &Value, payload: &Value) -> Value {
        let action = action.as_str().unwrap_or_default();
        if action.ends_with("StopTransaction") {
            if let Some(charge) = &mut self.charge {
                charge.left = charge.left.min(1);
            }
            return json!({"status": "Accepted"});
        }
        if !action.ends_with("StartTransaction") {
            return json!({});
        }
        if self.charge.is_some() || chance(12) == 0 {
            return json!({"status": "Rejected"});
        }
        let token = if is_1_6(self.number) { &payload["idTag"] } else { &payload["idToken"]["idToken"] };
        let token = token.as_str().unwrap_or_default().to_owned();
        // Sometimes the driver never comes.
        if chance(6) > 0 {
            self.begin(token);
        }
        json!({"status": "Accepted"})
    }

    fn begin(&mut self, token: String) {
        let name = uuid::Uuid::new_v4().to_string();
        let charge = Charge { name, number: 0, seq: 0, token, left: 2 + chance(8) };
        let message = self.message(&charge, "Started");
        self.queue.push_back(message);
        self.charge = Some(charge);
    }

    /// A meter value, or the end.
    fn go_on(&mut self) {
        let Some(mut charge) = self.charge.take_if(|charge| charge.left > 0) else { return };
        charge.left -= 1;
        charge.seq += 1;
        self.register += i64::from(chance(800));
        let message = self.message(&charge, if charge.left == 0 { "Ended" } else { "Updated" });
        self.queue.push_back(message);
        self.charge = Some(charge);
    }

    fn message(&self, charge: &Charge, kind: &str) -> (&'static str, Value) {
        let now = Timestamp::now().to_string();
        if !is_1_6(self.number) {
            let mut event = json!({
                "eventType": kind, "timestamp": now, "triggerReason": "MeterValuePeriodic", "seqNo": charge.seq,
                "transactionInfo": {"transactionId": charge.name, "chargingState": "Charging"},
                "meterValue": [{"timestamp": now, "sampledValue": [{"value": self.register}]}]
            });
            if kind == "Started" {
                event["evse"] = json!({"id": 1, "connectorId": 1});
                event["idToken"] = json!({"idToken": charge.token, "type": "Central"});
            }
            return ("TransactionEvent", event);
        }
        match kind {
            "Started" => (
                "StartTransaction",
                json!({"connectorId": 1, "idTag": charge.token, "meterStart": self.register, "timestamp": now}),
            ),
            "Ended" => {
                ("StopTransaction", json!({"transactionId": 0, "meterStop": self.register, "timestamp": now}))
            }
            _ => (
                "MeterValues",
                json!({"connectorId": 1, "transactionId": 0, "meterValue": [
                    {"timestamp": now, "sampledValue": [{"value": self.register.to_string()}]}
                ]}),
            ),
        }
    }
}
