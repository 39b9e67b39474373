//! What operators keep, from the first to the last step.

use serde_json::{Value, json};

use super::{Program, manager};
use crate::command_line::ocpp;
use crate::running::directory;

/// All items of a list, two at a time.
async fn all(program: &Program, path: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut after = String::new();
    loop {
        let page = program.get(&format!("{path}?limit=2{after}")).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let more = page.json["items"].as_array().expect("a list").clone();
        assert!(more.len() <= 2);
        items.extend(more);
        match page.json["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return items,
        }
    }
}

fn members<'a>(items: &'a [Value], member: &str) -> Vec<&'a str> {
    items.iter().filter_map(|item| item[member].as_str()).collect()
}

#[tokio::test]
async fn stations_are_listed_whether_added_or_seen_or_both() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let site = program
        .post(
            "sites",
            &json!({"name": "Town hall", "time_zone": "Europe/Berlin",
        "coordinates": {"latitude": 52.520_006_6, "longitude": -13.404_954}, "power_w": 43000}),
        )
        .await;
    assert_eq!(site.json["coordinates"], json!({"latitude": 52.520_006_6, "longitude": -13.404_954}));
    let site = site.json["id"].as_str().expect("a key").to_owned();
    for id in ["E", "A b", "C"] {
        let added = program.post("stations", &json!({"id": id, "name": id, "site_id": site,
            "evses": [{"id": 1, "name": "left", "connectors": [{"id": 1, "kind": "sType2", "power_w": 11000}]}]})).await;
        assert_eq!(added.status, 201, "{}", added.text);
        let (key, hex) =
            (added.json["key"].as_str().expect("a key"), added.json["key_hex"].as_str().expect("hex"));
        assert_eq!(hex, key.bytes().map(|byte| format!("{byte:02X}")).collect::<String>());
        let url = added.json["url"].as_str().expect("a URL");
        assert_eq!(url, format!("{}{}", manager.ocpp, id.replace(' ', "%20")));
    }
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    let status =
        json!({"timestamp":"2026-11-01T10:00:00Z","connectorStatus":"Available","evseId":1,"connectorId":1});
    station.result("StatusNotification", status).await;
    assert_eq!(program.delete("stations/CS1").await.status, 204);
    let stations = all(&program, "stations").await;
    assert_eq!(members(&stations, "id"), ["A b", "C", "CS1", "E"]);
    let cs1 = &stations[2];
    assert_eq!(
        (&cs1["added"], &cs1["online"], &cs1["ocpp_version"]),
        (&json!(false), &json!(true), &json!("2.0.1"))
    );
    let evses = program.get("stations/CS1/evses").await;
    assert_eq!(evses.json["items"][0]["reported"][0]["status"], "Available");
    let evses = program.get("stations/A%20b/evses").await;
    assert_eq!(evses.json["items"][0]["described"][0]["kind"], "sType2");
    let changed = program.put("stations/C", &json!({"name": "Renamed"})).await;
    assert_eq!((&changed.json["name"], &changed.json["site_id"]), (&json!("Renamed"), &Value::Null));
    let occupied = program.delete(&format!("sites/{site}")).await;
    assert_eq!((occupied.status, occupied.kind()), (409, "rule"));
    let key = program.post("stations/C/key", &json!({})).await;
    assert_eq!(key.json["login"], "key", "{}", key.text);
    let unproven = program.post("stations/C/key", &json!({"login": "unproven"})).await;
    assert_eq!((&unproven.json["login"], &unproven.json["key"]), (&json!("unproven"), &Value::Null));
}

#[tokio::test]
async fn who_was_turned_away_is_listed_and_admitted_in_one_step() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    for id in ["S1", "S2", "S3", "S4", "S5"] {
        assert!(manager.dial(id, "ocpp1.6").await.is_err());
    }
    let refusals = all(&program, "refusals").await;
    assert_eq!(members(&refusals, "who"), ["S5", "S4", "S3", "S2", "S1"]);
    assert!(refusals[0]["advice"].as_str().is_some_and(|advice| advice.contains("add it")));
    let admitted = program.post("refusals/admit", &json!({"station_id": "S2", "login": "unproven"})).await;
    assert_eq!(admitted.status, 201, "{}", admitted.text);
    assert!(manager.dial("S2", "ocpp1.6").await.is_ok());
    let keyed = program.post("refusals/admit", &json!({"station_id": "S3"})).await;
    assert!(keyed.json["key"].is_string(), "{}", keyed.text);
    assert!(manager.dial("S3", "ocpp1.6").await.is_err(), "without its key");
    let refusals = program.get("refusals").await;
    let items = refusals.json["items"].as_array().expect("a list");
    assert_eq!(members(items, "who"), ["S3", "S5", "S4", "S1"]);
    // A known station that lost its key gets a new one.
    let again = program.post("refusals/admit", &json!({"station_id": "S3"})).await;
    assert_ne!(again.json["key"], keyed.json["key"]);
}

#[tokio::test]
async fn tokens_are_kept_without_regard_to_case() {
    let data = directory();
    let (_manager, program) = manager(data.path()).await;
    for token in ["aa", "BB", "cc", "d/d"] {
        let body =
            json!({"token": token, "kind": "ISO14443", "holder": "H", "expires_at": "2030-01-01T00:00:00Z"});
        assert_eq!(program.post("tokens", &body).await.status, 201);
    }
    assert_eq!(members(&all(&program, "tokens").await, "token"), ["aa", "BB", "cc", "d/d"]);
    assert_eq!(program.get("tokens/d%2Fd").await.json["holder"], "H");
    let blocked = program.put("tokens/AA", &json!({"blocked": true})).await;
    assert_eq!((&blocked.json["blocked"], &blocked.json["holder"]), (&json!(true), &Value::Null));
    assert_eq!(program.delete("tokens/bb").await.status, 204);
    assert_eq!(program.get("tokens/BB").await.status, 404);
}

/// A tariff with everything that a tariff may have, to hold the description against it.
fn rich(id: &str) -> Value {
    json!({"name": "Rich", "tariff": {
        "id": id, "currency": "EUR", "valid_from": "2026-01-01T00:00:00Z",
        "description": [{"language": "en", "text": "Charging"}],
        "energy": {"prices": [
            {"price_kwh": "0.30", "conditions": {"start_time_of_day": "22:00", "end_time_of_day": "06:00",
                "day_of_week": ["Saturday", "Sunday"], "valid_from_date": "2026-01-01", "valid_to_date": "2027-01-01",
                "evse_kind": "DC", "min_energy": "1000", "max_energy": "90000", "min_power": "1000"}},
            {"price_kwh": 0.45}], "tax_rates": [{"type": "VAT", "tax": "19"}]},
        "charging_time": {"prices": [{"price_minute": "0.01", "conditions": {"max_charging_time": 3600}}]},
        "idle_time": {"prices": [{"price_minute": "0.10", "conditions": {"min_idle_time": 900}}]},
        "fixed_fee": {"prices": [{"price_fixed": "1.00"}], "tax_rates": [{"type": "VAT", "tax": "19"}]},
        "min_cost": {"excl_tax": "2.00", "tax_rates": [{"type": "VAT", "tax": "19"}]},
        "max_cost": {"incl_tax": "100.00"}}})
}

#[tokio::test]
async fn a_tariff_is_drafted_assigned_and_succeeded() {
    let data = directory();
    let (_manager, program) = manager(data.path()).await;
    let drafted = program.post("tariffs", &rich("t1")).await;
    assert_eq!((drafted.status, &drafted.json["state"]), (201, &json!("draft")), "{}", drafted.text);
    assert_eq!(program.put("tariffs/t1", &rich("t1")).await.status, 200);
    let words = program.get("tariffs/t1/words").await;
    assert!(words.json["lines"].as_array().is_some_and(|lines| lines.len() >= 4), "{}", words.text);
    let site = program.post("sites", &json!({"name": "S", "time_zone": "UTC"})).await;
    let path = format!("sites/{}/tariff", site.json["id"].as_str().expect("a key"));
    assert_eq!(program.put(&path, &json!({"tariff_id": "t1"})).await.json["tariff_id"], "t1");
    assert_eq!(program.get("tariffs/t1").await.json["state"], "published");
    let new = program.post("tariffs/t1/successors", &rich("t2")).await;
    assert_eq!((new.status, &new.json["predecessor_id"]), (201, &json!("t1")), "{}", new.text);
    let old = program.get("tariffs/t1").await;
    assert_eq!((&old.json["state"], &old.json["successor_id"]), (&json!("succeeded"), &json!("t2")));
    let site = program.get(path.trim_end_matches("/tariff")).await;
    assert_eq!(site.json["tariff_id"], "t2");
    let refused = program.put(&path, &json!({"tariff_id": "t1"})).await;
    assert_eq!((refused.status, refused.kind()), (409, "rule"));
    assert_eq!(program.put(&path, &json!({"tariff_id": null})).await.json["tariff_id"], Value::Null);
    assert_eq!(program.post("tariffs", &rich("t3")).await.status, 201);
    assert_eq!(program.delete("tariffs/t3").await.status, 204);
    assert_eq!(members(&all(&program, "tariffs").await, "id"), ["t1", "t2"]);
}

#[tokio::test]
async fn a_session_has_a_live_cost_readings_in_pages_and_then_a_receipt() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let tariff = json!({"name": "T", "tariff": {"id": "t", "currency": "EUR",
        "energy": {"prices": [{"price_kwh": "0.40"}], "tax_rates": [{"type": "VAT", "tax": "20"}]}}});
    assert_eq!(program.post("tariffs", &tariff).await.status, 201);
    assert_eq!(program.put("stations/CS1/tariff", &json!({"tariff_id": "t"})).await.status, 200);
    assert_eq!(program.post("tokens", &json!({"token": "GOOD"})).await.status, 201);
    let mut station = manager.dial("CS1", "ocpp1.6").await.expect("admitted");
    let start = json!({"connectorId":1,"idTag":"GOOD","meterStart":1000,"timestamp":"2026-11-01T10:00:00Z"});
    let number = station.result("StartTransaction", start).await["transactionId"].clone();
    for minute in [10, 20, 30] {
        let value = json!({"connectorId":1,"transactionId":number,"meterValue":[
            {"timestamp":format!("2026-11-01T10:{minute}:00Z"),"sampledValue":[{"value":(1000 + minute * 100).to_string()}]}]});
        station.result("MeterValues", value).await;
    }
    let running = program.get("sessions/1").await;
    assert_eq!(running.json["live_cost"]["total_incl_tax"], json!({"amount": "1.44", "currency": "EUR"}));
    assert_eq!(running.json["cost"]["amount"], "1.44");
    assert_eq!(program.get("sessions/1/receipt").await.kind(), "rule");
    let readings = all(&program, "sessions/1/readings").await;
    let registers: Vec<&str> = readings
        .iter()
        .flat_map(|reading| reading["samples"].as_array().into_iter().flatten())
        .filter_map(|sample| sample["value"].as_str())
        .filter(|value| *value != "1000")
        .collect();
    assert_eq!(registers, ["2000", "3000", "4000"]);
    let stop = json!({"transactionId":number,"meterStop":6000,"timestamp":"2026-11-01T11:00:00Z"});
    station.result("StopTransaction", stop).await;
    let mut receipt = program.get("sessions/1/receipt").await;
    for _ in 0..100 {
        if receipt.status == 200 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        receipt = program.get("sessions/1/receipt").await;
    }
    assert_eq!(receipt.json["cost"]["total_incl_tax"]["amount"], "2.40", "{}", receipt.text);
    assert_eq!(
        (&receipt.json["paid"]["by"], &receipt.json["token"]),
        (&json!("on_account"), &json!("…GOOD"))
    );
    assert_eq!(program.get("receipts/1").await.json, receipt.json);
    assert_eq!(program.get("receipts").await.json["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(program.get("payments").await.json["items"], json!([]));
    let query = "sessions?status=completed&station=CS1&token=good";
    assert_eq!(program.get(query).await.json["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(program.get("sessions?status=active").await.json["items"], json!([]));
}

#[tokio::test]
async fn users_and_keys_come_and_go() {
    let data = directory();
    let (_manager, program) = manager(data.path()).await;
    let ann = json!({"name": "Ann", "password": "a long enough password", "scopes": ["access:manage"]});
    let added = program.post("users", &ann).await;
    assert_eq!((added.status, &added.json["name"]), (201, &json!("ann")), "{}", added.text);
    assert!(!added.text.contains("password"));
    assert_eq!(program.post("users", &ann).await.kind(), "exists");
    let last = program.delete("users/ann").await;
    assert_eq!((last.status, last.kind()), (409, "rule"));
    let bob = json!({"name": "bob", "password": "a long enough password", "scopes": ["access:manage"]});
    assert_eq!(program.post("users", &bob).await.status, 201);
    assert_eq!(program.delete("users/ann").await.status, 204);
    assert_eq!(members(&all(&program, "users").await, "name"), ["bob"]);
    let made = program.post("api-keys", &json!({"name": "k", "scopes": ["stations:read"]})).await;
    let (id, key) = (made.json["id"].as_str().expect("an id"), made.json["secret"].as_str().expect("a key"));
    assert_eq!(program.with_key(Some(key)).get("stations").await.status, 200);
    assert_eq!(program.delete(&format!("api-keys/{id}")).await.status, 204);
    assert_eq!(program.with_key(Some(key)).get("stations").await.kind(), "unknown-key");
    let keys = all(&program, "api-keys").await;
    assert_eq!(members(&keys, "name"), ["admin", "k"]);
    assert!(
        keys[1]["revoked_at"].is_string()
            && keys[1].get("secret").is_none()
            && keys[1].get("digest").is_none()
    );
}

#[tokio::test]
async fn the_first_key_is_made_while_no_manager_runs() {
    let data = directory();
    let (_manager, _program) = manager(data.path()).await;
    let path = data.path().to_str().expect("UTF-8");
    let output = ocpp(&["key", "create", "second", "--scope", "all", "--data", path]);
    assert_eq!(output.status.code(), Some(3));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("in use by another process"), "{text}");
}
