//! Wrong input: one refusal for each, which says what is wrong.

use serde_json::{Value, json};

use super::manager;
use crate::running::directory;

fn tariff(id: &str, price: &str) -> Value {
    json!({"name": "T", "tariff": {"id": id, "currency": "EUR", "energy": {"prices": [{"price_kwh": price}]}}})
}

#[tokio::test]
async fn wrong_input_is_refused_with_its_place() {
    let data = directory();
    let (_manager, program) = manager(data.path()).await;
    assert_eq!(program.post("tokens", &json!({"token": "KNOWN"})).await.status, 201);
    assert_eq!(program.post("tariffs", &tariff("used", "0.40")).await.status, 201);
    assert_eq!(program.put("stations/CS1/tariff", &json!({"tariff_id": "used"})).await.status, 200);
    assert_eq!(program.post("tariffs", &tariff("draft", "0.40")).await.status, 201);
    let long = "x".repeat(101);
    let site = |change: (&str, Value)| {
        let mut site = json!({"name": "S", "time_zone": "UTC"});
        site[change.0] = change.1;
        site
    };
    // Method, path, body, status, kind of problem, and the pointer or a part of the sentence.
    let cases: Vec<(&str, &str, Value, u16, &str, &str)> = vec![
        ("GET", "stations?limit=0", Value::Null, 422, "invalid", "choose 1 to 1000"),
        ("GET", "stations?limit=1001", Value::Null, 422, "invalid", "choose 1 to 1000"),
        ("GET", "stations?limit=many", Value::Null, 422, "invalid", "invalid digit"),
        ("GET", "stations?colour=red", Value::Null, 422, "invalid", "colour"),
        ("GET", "sessions?status=sleeping", Value::Null, 422, "invalid", "sleeping"),
        ("GET", "refusals?after=x", Value::Null, 422, "invalid", "the next of the page before"),
        ("GET", "events?after=999999", Value::Null, 422, "invalid", "begin anew"),
        ("GET", "stations/NOBODY", Value::Null, 404, "not-found", "NOBODY"),
        ("GET", "stations/NOBODY/evses", Value::Null, 404, "not-found", "NOBODY"),
        ("GET", "sites/nowhere", Value::Null, 404, "not-found", "nowhere"),
        ("GET", "tokens/nothing", Value::Null, 404, "not-found", "nothing"),
        ("GET", "tariffs/nothing", Value::Null, 404, "not-found", "nothing"),
        ("GET", "sessions/77", Value::Null, 404, "not-found", "77"),
        ("GET", "sessions/77/receipt", Value::Null, 404, "not-found", "77"),
        ("GET", "payments/77", Value::Null, 404, "not-found", "77"),
        ("GET", "receipts/last", Value::Null, 404, "not-found", "last"),
        ("DELETE", "sites/nowhere", Value::Null, 404, "not-found", "nowhere"),
        ("DELETE", "users/nobody", Value::Null, 404, "not-found", "user"),
        ("DELETE", "api-keys/none", Value::Null, 404, "not-found", "API key"),
        ("DELETE", "tariffs/used", Value::Null, 409, "rule", "successor"),
        ("POST", "sites", json!({"time_zone": "UTC"}), 422, "invalid", "missing field `name`"),
        ("POST", "sites", site(("name", json!(long))), 422, "invalid", "/name"),
        ("POST", "sites", site(("name", json!(7))), 422, "invalid", "/name"),
        ("POST", "sites", site(("colour", json!("red"))), 422, "invalid", "/colour"),
        ("POST", "sites", site(("time_zone", json!("Mars/Base"))), 422, "invalid", "/time_zone"),
        ("POST", "sites", site(("power_w", json!(-1))), 422, "invalid", "/power_w"),
        (
            "POST",
            "sites",
            site(("coordinates", json!({"latitude": 91, "longitude": 0}))),
            422,
            "invalid",
            "/coordinates",
        ),
        (
            "POST",
            "sites",
            site(("address", json!({"country": "Germany"}))),
            422,
            "invalid",
            "/address/country",
        ),
        ("POST", "sites", site(("address", json!({"planet": "Mars"}))), 422, "invalid", "/address/planet"),
        ("POST", "stations", json!({"id": "CS1"}), 409, "exists", "CS1"),
        ("POST", "stations", json!({"id": ""}), 422, "invalid", "/id"),
        ("POST", "stations", json!({"id": "A", "login": "password"}), 422, "invalid", "/login"),
        ("POST", "stations", json!({"id": "A", "site_id": "nowhere"}), 422, "invalid", "/site_id"),
        ("POST", "stations", json!({"id": "A", "evses": [{"id": 0}]}), 422, "invalid", "/evses/0/id"),
        ("POST", "stations", json!({"id": "A", "evses": [{"id": 1, "x": 1}]}), 422, "invalid", "/evses/0/x"),
        ("POST", "stations/NOBODY/key", json!({}), 404, "not-found", "NOBODY"),
        ("PUT", "stations/NOBODY", json!({}), 404, "not-found", "NOBODY"),
        ("PUT", "stations/CS1/tariff", json!({}), 422, "invalid", "tariff_id"),
        ("PUT", "stations/CS1/tariff", json!({"tariff_id": "none"}), 404, "not-found", "none"),
        ("POST", "refusals/admit", json!({"station_id": "CALM"}), 404, "not-found", "CALM"),
        ("POST", "tokens", json!({"token": "known"}), 409, "exists", "known"),
        ("POST", "tokens", json!({"token": ""}), 422, "invalid", "/token"),
        ("POST", "tokens", json!({"token": "A", "max_concurrent": 0}), 422, "invalid", "/max_concurrent"),
        ("POST", "tokens", json!({"token": "A", "expires_at": "tomorrow"}), 422, "invalid", "/expires_at"),
        ("POST", "tariffs", tariff("used", "0.40"), 409, "exists", "used"),
        ("POST", "tariffs", tariff("a/b", "0.40"), 422, "invalid", "/tariff/id"),
        ("POST", "tariffs", tariff("new", "a lot"), 422, "invalid", "/tariff/energy/prices/0/price_kwh"),
        ("PUT", "tariffs/used", tariff("used", "0.50"), 409, "rule", "successor"),
        ("PUT", "tariffs/draft", tariff("other", "0.50"), 422, "invalid", "/tariff/id"),
        ("POST", "tariffs/draft/successors", tariff("new", "0.50"), 409, "rule", "draft"),
        ("POST", "api-keys", json!({"name": "", "scopes": ["stations:read"]}), 422, "invalid", "/name"),
        ("POST", "api-keys", json!({"name": "k", "scopes": []}), 422, "invalid", "/scopes"),
        ("POST", "api-keys", json!({"name": "k", "scopes": ["everything"]}), 422, "invalid", "/scopes/0"),
        (
            "POST",
            "api-keys",
            json!({"name": "k", "scopes": ["stations:read"], "expires_at": "2020-01-01T00:00:00Z"}),
            422,
            "invalid",
            "/expires_at",
        ),
        (
            "POST",
            "users",
            json!({"name": "a b", "password": "long enough, is it", "scopes": ["stations:read"]}),
            422,
            "invalid",
            "/name",
        ),
        (
            "POST",
            "users",
            json!({"name": "ann", "password": "short", "scopes": ["stations:read"]}),
            422,
            "invalid",
            "/password",
        ),
        (
            "POST",
            "payments/none/refunds",
            json!({"amount": {"amount": "1.00", "currency": "EUR"}}),
            400,
            "malformed",
            "Idempotency-Key",
        ),
        (
            "POST",
            "stations/CS1/commands",
            json!({"action": "Reset", "payload": {}}),
            409,
            "not-connected",
            "Nothing was sent",
        ),
        (
            "POST",
            "stations/CS1/commands",
            json!({"action": "Reset"}),
            422,
            "invalid",
            "missing field `payload`",
        ),
    ];
    for (method, path, body, status, kind, part) in cases {
        let request = program.request(method, path);
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = program.send(method, path, request).await;
        assert_eq!((answer.status, answer.kind()), (status, kind), "{method} {path} {body}: {}", answer.text);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{method} {path}");
        let pointer = answer.json["errors"][0]["pointer"].as_str().unwrap_or_default();
        let detail = answer.json["detail"].as_str().unwrap_or_default();
        assert!(pointer == part || detail.contains(part), "{method} {path} {body}: {}", answer.text);
    }
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_refused() {
    let data = directory();
    let (_manager, program) = manager(data.path()).await;
    let cases: [(&str, String, u16); 5] = [
        ("application/json", "{".to_owned(), 400),
        ("application/json", "{} {}".to_owned(), 422),
        ("application/json", format!("{{\"name\": \"{}\"}}", "x".repeat(4 * 1024 * 1024)), 413),
        ("text/plain", "{}".to_owned(), 415),
        ("", "{}".to_owned(), 415),
    ];
    for (content_type, body, status) in cases {
        let request = program.request("POST", "sites").header("content-type", content_type).body(body);
        let answer = program.send("POST", "sites", request).await;
        assert_eq!(answer.status, status, "{content_type}: {}", answer.text);
    }
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let request = program.request("POST", "sites").header("content-type", "application/json").body(deep);
    assert!([400, 422].contains(&program.send("POST", "sites", request).await.status));
    let method = program.request("PATCH", "sites").send().await.expect("an answer");
    assert_eq!(method.status().as_u16(), 405);
    assert_eq!(method.headers().get("allow").and_then(|value| value.to_str().ok()), Some("GET, POST"));
    let nowhere = program.get("nothing").await;
    assert_eq!((nowhere.status, nowhere.kind()), (404, "not-found"));
}

#[tokio::test]
async fn what_was_changed_by_others_is_not_overwritten() {
    let data = directory();
    let (_manager, program) = manager(data.path()).await;
    let site = json!({"name": "S", "time_zone": "UTC"});
    let made = program.post("sites", &site).await;
    let (path, tag) = (made.header("location").replace("/api/v1/", ""), made.header("etag").to_owned());
    assert_eq!(tag, "\"1\"");
    let put = |tag: &str| program.request("PUT", &path).header("if-match", tag).json(&site);
    let first = program.send("PUT", &path, put(&tag)).await;
    assert_eq!((first.status, first.header("etag")), (200, "\"2\""));
    let stale = program.send("PUT", &path, put(&tag)).await;
    assert_eq!((stale.status, stale.kind()), (412, "stale-if-match"));
    let unreadable = program.send("PUT", &path, put("2")).await;
    assert_eq!((unreadable.status, unreadable.kind()), (400, "malformed"));
    assert_eq!(program.send("PUT", &path, put("*")).await.status, 200);
}

#[tokio::test]
async fn the_same_request_is_done_once() {
    let data = directory();
    let (_manager, program) = manager(data.path()).await;
    let send = |key: &str, body: Value| {
        program.request("POST", "stations").header("idempotency-key", key).json(&body)
    };
    let first = program.send("POST", "stations", send("k1", json!({"id": "A"}))).await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (201, ""));
    assert_eq!(first.json["key"].as_str().map(str::len), Some(20), "{}", first.text);
    let again = program.send("POST", "stations", send("k1", json!({"id": "A"}))).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    assert_eq!((&again.json["id"], &again.json["key"]), (&json!("A"), &Value::Null), "shown once");
    let other = program.send("POST", "stations", send("k1", json!({"id": "B"}))).await;
    assert_eq!((other.status, other.kind()), (422, "idempotency-key-reused"));
    // A refusal did nothing: the request may be corrected under the same key.
    assert_eq!(program.send("POST", "stations", send("k2", json!({"id": ""}))).await.status, 422);
    assert_eq!(program.send("POST", "stations", send("k2", json!({"id": "C"}))).await.status, 201);
    let empty = program.send("POST", "stations", send("", json!({"id": "D"}))).await;
    assert_eq!((empty.status, empty.kind()), (400, "malformed"));
    // Keys belong to their caller.
    let made = program.post("api-keys", &json!({"name": "two", "scopes": ["stations:write"]})).await;
    let second = program.with_key(made.json["secret"].as_str());
    let request =
        second.request("POST", "stations").header("idempotency-key", "k1").json(&json!({"id": "E"}));
    assert_eq!(second.send("POST", "stations", request).await.status, 201);
    // Two at the same time: one is done, the other is told to wait or is answered the same.
    let (one, two) = tokio::join!(
        program.send("POST", "stations", send("k3", json!({"id": "F"}))),
        program.send("POST", "stations", send("k3", json!({"id": "F"}))),
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert!(matches!(statuses, [201, 201] | [201, 409]), "{statuses:?}");
}

#[tokio::test]
async fn an_import_takes_all_of_a_file_or_names_its_first_wrong_line() {
    let data = directory();
    let (_manager, program) = manager(data.path()).await;
    let import = |text: &str| {
        program.request("POST", "tokens/import").header("content-type", "text/csv").body(text.to_owned())
    };
    let good = "token,holder,blocked\nA1,Ann,true\nB2,Bob,\n";
    let done = program.send("POST", "tokens/import", import(good)).await;
    assert_eq!((done.status, &done.json), (200, &json!({"added": 2, "changed": 0})));
    let again = program.send("POST", "tokens/import", import("token\na1\nC3\n")).await;
    assert_eq!(again.json, json!({"added": 1, "changed": 1}));
    assert_eq!(program.get("tokens/A1").await.json["blocked"], false);
    for (text, line) in [
        ("token,colour\nD4,red\n", 2),
        ("token,blocked\nD4,false\nE5,maybe\n", 3),
        ("token\nD4\nE5\nd4\n", 4),
        ("token,max_concurrent\nD4,0\n", 2),
    ] {
        let wrong = program.send("POST", "tokens/import", import(text)).await;
        assert_eq!((wrong.status, &wrong.json["line"]), (422, &json!(line)), "{text}: {}", wrong.text);
        assert_eq!(program.get("tokens/D4").await.status, 404, "{text}");
    }
    let latin =
        program.request("POST", "tokens/import").header("content-type", "text/csv").body(vec![0xe9_u8, 0x0a]);
    assert_eq!(program.send("POST", "tokens/import", latin).await.status, 400);
}
