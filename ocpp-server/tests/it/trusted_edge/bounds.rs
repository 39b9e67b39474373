//! What one station can do to the others: nothing.

use std::time::{Duration, Instant};

use futures_util::SinkExt;
use ocpp_server::Csms;
use ocpp_server::edge::EdgeSettings;
use ocpp_server::session::SessionSettings;
use ocpp_server::store::Memory;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::Manager;
use super::station::Station;

#[tokio::test]
async fn a_station_that_sends_too_fast_is_read_more_slowly_and_loses_nothing() {
    let session =
        SessionSettings { messages_per_second: 100, burst: 20, overtime: 0, ..SessionSettings::default() };
    let settings = EdgeSettings { session, ..EdgeSettings::default() };
    let manager = Manager::of(Csms::builder(Memory::new()).edge(settings)).await;
    let mut fast = Station::dial(&manager, "FAST", "ocpp1.6").await;
    let begun = Instant::now();
    for number in 0..120 {
        fast.send(json!([2, format!("h{number}"), "Heartbeat", {}])).await;
    }
    let mut other = Station::dial(&manager, "OTHER", "ocpp1.6").await;
    other.result("Heartbeat", json!({})).await;
    let others_wait = begun.elapsed();
    for number in 0..120 {
        assert_eq!(fast.frame().await[1], json!(format!("h{number}")), "in order, each once");
    }
    assert!(begun.elapsed() >= Duration::from_millis(900), "a hundred beyond the burst take a second");
    assert!(others_wait < Duration::from_millis(900), "nobody else waits for it");
}

/// Few messages, but long ones: each counts once more for every 4 KiB.
#[tokio::test]
async fn a_station_that_sends_long_messages_is_read_more_slowly_too() {
    let session =
        SessionSettings { messages_per_second: 100, burst: 20, overtime: 0, ..SessionSettings::default() };
    let settings = EdgeSettings { session, ..EdgeSettings::default() };
    let manager = Manager::of(Csms::builder(Memory::new()).edge(settings)).await;
    let mut long = Station::dial(&manager, "LONG", "ocpp1.6").await;
    let begun = Instant::now();
    let data = "x".repeat(160 * 1024);
    let calls = async {
        for _ in 0..12 {
            long.call("DataTransfer", json!({"vendorId": "v", "data": data})).await;
        }
        begun.elapsed()
    };
    let mut other = Station::dial(&manager, "SHORT", "ocpp1.6").await;
    let others = async {
        for _ in 0..10 {
            other.result("Heartbeat", json!({})).await;
        }
        begun.elapsed()
    };
    let (took, others_took) = tokio::join!(calls, others);
    assert!(took >= Duration::from_secs(4), "472 beyond the burst take more than four seconds: {took:?}");
    assert!(others_took < took, "nobody else waits for it");
}

/// The length alone is enough to refuse: no memory is taken for it.
#[tokio::test]
async fn a_gigabyte_that_is_announced_ends_the_connection() {
    let manager = Manager::start().await;
    let mut station = Station::dial(&manager, "HUGE", "ocpp1.6").await;
    let mut header = vec![0x81, 0x80 | 127];
    header.extend((1u64 << 30).to_be_bytes());
    header.extend([1, 2, 3, 4]);
    station.socket.get_mut().write_all(&header).await.expect("sent");
    let (code, reason) = station.closed().await;
    assert_eq!(code, CloseCode::Size);
    assert!(reason.contains("too long"), "{reason}");
}

/// A report of 5,000 variables in one message is longer than what is let in; in parts it is not.
#[tokio::test]
async fn a_report_that_is_too_long_for_one_message_comes_in_parts() {
    let variable = |number: usize| {
        json!({
            "component": {"name": "VendorCtrlr", "instance": format!("part-{number:05}")},
            "variable": {"name": format!("SettingOfThisPart{number:05}")},
            "variableAttribute": [{"type": "Actual", "value": "a value of some length", "mutability": "ReadWrite"}],
            "variableCharacteristics": {"dataType": "string", "maxLimit": 100, "supportsMonitoring": false}
        })
    };
    let report = |from: usize, to: usize, seq: usize, more: bool| {
        json!({
            "requestId": 1, "generatedAt": "2026-03-02T08:00:00Z", "seqNo": seq, "tbc": more,
            "reportData": (from..to).map(variable).collect::<Vec<_>>()
        })
    };
    let manager = Manager::start().await;
    let mut whole = Station::dial(&manager, "WHOLE", "ocpp2.0.1").await;
    let text = json!([2, "1", "NotifyReport", report(0, 5000, 0, false)]).to_string();
    assert!(text.len() > 1_048_576, "{}", text.len());
    // It is refused by its length: no more of it needs to be sent.
    let mut header = vec![0x81, 0x80 | 127];
    header.extend((text.len() as u64).to_be_bytes());
    header.extend([0, 0, 0, 0]);
    header.extend(&text.as_bytes()[..100]);
    whole.socket.get_mut().write_all(&header).await.expect("sent");
    let (code, reason) = whole.closed().await;
    assert_eq!(code, CloseCode::Size, "{reason}");
    let mut parts = Station::dial(&manager, "PARTS", "ocpp2.0.1").await;
    for part in 0..5 {
        let answer =
            parts.result("NotifyReport", report(part * 1000, (part + 1) * 1000, part, part < 4)).await;
        assert_eq!(answer, json!({}), "part {part}");
    }
}

#[tokio::test]
async fn a_message_in_a_thousand_pieces_is_bounded_as_a_whole() {
    let settings = EdgeSettings { max_message_bytes: 10_000, ..EdgeSettings::default() };
    let manager = Manager::of(Csms::builder(Memory::new()).edge(settings)).await;
    let mut station = Station::dial(&manager, "PIECES", "ocpp1.6").await;
    let piece = |first: bool| {
        let mut frame = vec![if first { 0x01 } else { 0x00 }, 0x80 | 100, 0, 0, 0, 0];
        frame.extend([b' '; 100]);
        frame
    };
    for number in 0..1000 {
        if station.socket.get_mut().write_all(&piece(number == 0)).await.is_err() {
            break;
        }
    }
    assert_eq!(station.closed().await.0, CloseCode::Size);
}

#[tokio::test]
async fn a_flood_of_pings_holds_up_nobody_else() {
    let session =
        SessionSettings { messages_per_second: 200, burst: 50, overtime: 0, ..SessionSettings::default() };
    let settings = EdgeSettings { session, ..EdgeSettings::default() };
    let manager = Manager::of(Csms::builder(Memory::new()).edge(settings)).await;
    let mut flood = Station::dial(&manager, "FLOOD", "ocpp1.6").await;
    let pings =
        tokio::spawn(
            async move { while flood.socket.send(Message::Ping(vec![0; 100].into())).await.is_ok() {} },
        );
    let mut other = Station::dial(&manager, "CALM", "ocpp1.6").await;
    for _ in 0..50 {
        other.result("Heartbeat", json!({})).await;
    }
    pings.abort();
}

#[tokio::test]
async fn a_handshake_that_drips_is_given_up() {
    let settings = EdgeSettings { handshake_deadline: Duration::from_millis(300), ..EdgeSettings::default() };
    let manager = Manager::of(Csms::builder(Memory::new()).edge(settings)).await;
    let mut lines = Vec::new();
    for _ in 0..50 {
        let mut line = TcpStream::connect(&manager.address).await.expect("a line");
        line.write_all(b"GET /ocpp/SLOW HTTP/1.1\r\nHost: x\r\n").await.expect("sent");
        lines.push(line);
    }
    let mut station = Station::dial(&manager, "QUICK", "ocpp1.6").await;
    station.boot_16().await;
    for mut line in lines {
        let mut answer = Vec::new();
        let end = tokio::time::timeout(Duration::from_secs(10), line.read_to_end(&mut answer)).await;
        end.expect("it ends in time").ok();
        assert!(answer.is_empty(), "there is nothing to say to it");
    }
}

/// This machine's own addresses are not counted, so that a proxy on it serves everybody; the rule itself is
/// shown where it is made.
#[tokio::test]
async fn connections_from_this_machine_are_not_counted() {
    let settings = EdgeSettings { max_connections_per_address: 1, ..EdgeSettings::default() };
    let manager = Manager::of(Csms::builder(Memory::new()).edge(settings)).await;
    let mut one = Station::dial(&manager, "ONE", "ocpp1.6").await;
    let mut two = Station::dial(&manager, "TWO", "ocpp1.6").await;
    one.boot_16().await;
    two.boot_16().await;
}
