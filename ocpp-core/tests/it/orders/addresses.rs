//! Addresses in orders, as they may be kept and shown.

use ocpp_core::model::Command;
use serde_json::{Value, json};

fn shown(command: Value) -> Value {
    let command: Command = serde_json::from_value(command).unwrap();
    serde_json::to_value(command.without_secrets()).unwrap()
}

fn log_to(location: &str) -> Value {
    json!({"get_log": {"request": 7, "log": "diagnostics", "location": location, "from": null, "until": null,
        "retries": null, "retry_interval_s": null}})
}

#[test]
fn what_opens_doors_in_an_address_is_hidden() {
    let digest = "0f".repeat(32);
    for (written, kept) in [
        ("ftp://anna:hunter2@files.example.com/logs/", "ftp://***@files.example.com/logs/"),
        ("ftp://anna:hun@ter/2@files.example.com/", "ftp://***@files.example.com/"),
        ("https://files.example.com/f.bin?sig=abc&x=1", "https://files.example.com/f.bin?***"),
        (
            &format!("https://m.example.com/files/logs/CS1/7/1790000000-{digest}"),
            "https://m.example.com/files/logs/CS1/7/***",
        ),
        (&format!("https://m.example.com/{digest}/f.bin"), "https://m.example.com/***/f.bin"),
        ("https://files.example.com/f-2.4.1.bin", "https://files.example.com/f-2.4.1.bin"),
        (
            "https://x.org/01a21093-8f6b-7626-a733-e185d3d7b9eb/f",
            "https://x.org/01a21093-8f6b-7626-a733-e185d3d7b9eb/f",
        ),
        ("no address", "no address"),
    ] {
        assert_eq!(shown(log_to(written)), log_to(kept), "{written}");
        let raw = json!({"unmapped": {"action": "GetLog", "payload": json!({"log": {"remoteLocation": written}}).to_string()}});
        let kept = json!({"unmapped": {"action": "GetLog", "payload": json!({"log": {"remoteLocation": kept}}).to_string()}});
        assert_eq!(shown(raw), kept, "{written}");
    }
}

#[test]
fn every_order_with_an_address_hides_it() {
    let address = "ftp://anna:hunter2@files.example.com/f";
    for command in [
        json!({"update_firmware": {"request": 7, "location": address, "retrieve_at": "2027-01-01T00:00:00Z", "install_at": null,
            "signature": null, "retries": null, "retry_interval_s": null}}),
        json!({"publish_firmware": {"request": 7, "location": address, "checksum": "d41d8cd98f00b204e9800998ecf8427e",
            "retries": null, "retry_interval_s": null}}),
        json!({"set_network_profile": {"slot": 1, "url": address, "interface": "Wired0", "security_profile": 2,
            "message_timeout_s": 30}}),
        log_to(address),
    ] {
        assert!(!shown(command.clone()).to_string().contains("hunter2"), "{command}");
    }
}
