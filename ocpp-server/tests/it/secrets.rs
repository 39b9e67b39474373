//! No secret is ever written to a log, and none is shown by `Debug`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};

use ocpp_core::types::Version;
use ocpp_server::access::Gate;
use ocpp_server::bus::Bus;
use ocpp_server::command::RawCommand;
use ocpp_server::domain::{EventId, Payment, Reply, Scope};
use ocpp_server::payment::{Hold, HoldOnRecord};
use ocpp_server::register::TokenForm;
use ocpp_server::store::{Events, RecordFilter, Records};
use tracing::field::{Field, Visit};
use tracing::span;

use crate::world::{World, pass, per_kwh};

/// Takes everything that is logged, on every level.
#[derive(Clone, Default)]
struct Everything(Arc<Mutex<String>>);

struct Text<'a>(&'a mut String);

impl Visit for Text<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl tracing::Subscriber for Everything {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        attributes.record(&mut Text(&mut self.0.lock().unwrap()));
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut Text(&mut self.0.lock().unwrap()));
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut text = self.0.lock().unwrap();
        event.record(&mut Text(&mut text));
        text.push('\n');
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[track_caller]
fn assert_hidden(text: &str, secrets: &[(&str, String)]) {
    let text = text.to_lowercase();
    for (name, secret) in secrets {
        assert!(secret.len() >= 4, "{name} can be found");
        assert!(!text.contains(&secret.to_lowercase()), "{name} is shown in: {text}");
    }
}

fn from() -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1))
}

const CARD: &str = "04DEADBEEF77";
const UNKNOWN: &str = "04CAFE4711";
const PASSWORD: &str = "correct horse battery";

#[test]
fn a_whole_session_logs_no_secret() {
    let log = Everything::default();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    // For the whole process, so that no callsite is switched off by a test beside this one.
    tracing::subscriber::set_global_default(log.clone()).unwrap();
    let secrets = runtime.block_on(a_day());
    let text = log.0.lock().unwrap().clone();
    assert!(text.contains("connected") && text.contains("trying again"), "there is a log: {text}");
    assert_hidden(&text, &secrets);
}

/// Everything that can happen with a secret; gives them all.
async fn a_day() -> Vec<(&'static str, String)> {
    let mut secrets = vec![("a card", CARD.to_owned()), ("an unknown card", UNKNOWN.to_owned())];
    let world = World::new().await;
    let gate = Gate::new(world.store.clone(), Bus::default(), world.pepper.clone());
    let code = gate.make_setup_link(world.now()).await.unwrap().unwrap();
    let password = || ocpp_server::access::Secret::new(PASSWORD);
    let owner = gate.make_owner(&code, "ada", password(), from(), world.now()).await.unwrap();
    let _ = gate.sign_in("ada", ocpp_server::access::Secret::new("wrong wrong"), from(), world.now()).await;
    let (key, api_key) = gate.make_key("k", Scope::ALL.into(), None, world.now()).await.unwrap();
    gate.by_key(&api_key, from(), world.now()).await.unwrap();
    secrets.push(("a password", PASSWORD.to_owned()));
    secrets.push(("a setup code", code.expose().to_owned()));
    secrets.push(("a cookie", owner.cookie.expose().to_owned()));
    secrets.push(("an API key", api_key.expose().to_owned()));
    secrets.push(("a digest", key.digest.0.clone()));
    world.register().add_token(CARD, TokenForm::default()).await.unwrap();
    for version in [Version::V16, Version::V201, Version::V21] {
        let name = format!("CS-{version}");
        world.price(&name, per_kwh("t", "0.50")).await;
        let new = world.register().change_login(&name, Default::default()).await.unwrap();
        secrets.push(("a station's key", new.key.unwrap().expose().to_owned()));
        let station = world.connect(&name, version).await;
        station.authorize(CARD).await;
        station.authorize(UNKNOWN).await;
        let mut unknown = station.start(2, UNKNOWN, 0).await;
        station.stop(&mut unknown, 100).await;
        let wish = world.wish(&name, "loses-answer", "5.00");
        secrets.push(("a wish", wish.wish.to_string()));
        let payment = world.processes().check_out(wish).await.unwrap();
        let token = station.next_start(0).await;
        let mut charge = station.start(1, &token, 0).await;
        pass(60).await;
        station.meter(&mut charge, 1000).await;
        station.stop(&mut charge, 2000).await;
        world.payment_in(&payment.id, "captured").await;
        world.processes().refund(&payment.id, crate::world::eur("1.00"), "r").await.unwrap();
        secrets.push(("the token of a payment", token));
        let _ = station.call("Unheard", serde_json::json!({"idTag": CARD})).await;
        let _ = station.call("Authorize", serde_json::json!({"idTag": CARD, "idToken": CARD})).await;
        let _ = station.call("DataTransfer", serde_json::json!({"vendorId": "v", "data": CARD})).await;
        let payload = serde_json::json!({"key": "AuthorizationKey", "value": "AA11BB22CC33"}).to_string();
        let raw = RawCommand { action: "ChangeConfiguration".to_owned(), payload };
        let _ = world.csms().commands().raw(&crate::world::id(&name), raw, || 1).await;
        secrets.push(("a raw command", "AA11BB22CC33".to_owned()));
        station.hang_up();
        pass(5).await;
    }
    world.shut_down().await;
    secrets
}

#[tokio::test(start_paused = true)]
async fn debug_shows_no_secret() {
    let log = a_day().await;
    let world = World::new().await;
    world.price("CS1", per_kwh("t", "0.50")).await;
    let station = world.connect("CS1", Version::V201).await;
    let wish = world.wish("CS1", "succeeds", "5.00");
    let mut shown = format!("{wish:?}");
    let payment = world.processes().check_out(wish.clone()).await.unwrap();
    let token = station.next_start(0).await;
    let mut charge = station.start(1, &token, 0).await;
    station.stop(&mut charge, 1000).await;
    let payment: Payment = world.payment_in(&payment.id, "captured").await;
    let holds: Vec<HoldOnRecord> = world.all().await;
    let hold = Hold { reference: payment.reference.clone().unwrap(), label: "x".to_owned() };
    let reply = Reply {
        key: "k".to_owned(),
        revision: Default::default(),
        request: "r".to_owned(),
        status: 201,
        body: token.clone(),
        at: world.now(),
    };
    write!(shown, "{payment:?} {holds:?} {hold:?} {reply:?} {:?}", world.pepper).unwrap();
    let kinds = [ocpp_server::domain::RecordKind::Payment, ocpp_server::domain::RecordKind::Token];
    for kind in kinds {
        write!(shown, "{:?}", world.store.records(RecordFilter::all(kind, 99)).await.unwrap()).unwrap();
    }
    write!(shown, "{:?}", world.store.events_after(EventId(0), 999).await.unwrap()).unwrap();
    write!(shown, "{:?}", world.sessions(None).await).unwrap();
    let mut secrets =
        vec![("a wish", wish.wish.to_string()), ("a token", token), ("a card", "\"CARD\"".to_owned())];
    secrets.extend(log);
    assert_hidden(&shown.replace("PaymentId(\"", "PaymentId("), &secrets);
}
