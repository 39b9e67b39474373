//! Who may do what.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use serde_json::{Value, json};

use super::{Program, manager};
use crate::running::{Manager, directory, make_key};

/// The operations that every valid key may use. This list only shrinks.
const WITHOUT_SCOPE: [(&str, &str); 2] = [("GET", "/api/v1/events"), ("GET", "/api/v1/me")];

/// A path with something in the place of its parameters.
fn filled(path: &str) -> String {
    let path = path.strip_prefix("/api/v1/").expect("a path of the interface");
    let part = |part: &str| if part.starts_with('{') { "x".to_owned() } else { part.to_owned() };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Each attempt with a wrong key counts for its address, so that a fresh one is taken every eight.
struct Attempts {
    base: String,
    made: u16,
}

impl Attempts {
    async fn refused(&mut self, method: &str, path: &str, key: &str) -> (u16, Value) {
        let address: IpAddr = Ipv4Addr::from_bits(0x7f00_0101 + u32::from(self.made / 8)).into();
        self.made += 1;
        let http = reqwest::Client::builder().no_proxy().local_address(address).build().expect("a client");
        let method = method.parse().expect("a method");
        let request = http.request(method, format!("{}/api/v1/{path}", self.base)).bearer_auth(key);
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        (status, response.json().await.expect("a problem"))
    }
}

#[tokio::test]
async fn no_operation_is_open_to_no_key_a_wrong_key_or_too_small_scopes() {
    let data = directory();
    let doomed = make_key(data.path(), "to be revoked", "all");
    let (manager, program) = manager(data.path()).await;
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(3);
    let expiring = program
        .post(
            "api-keys",
            &json!({"name": "short", "scopes": scopes(&program).await, "expires_at": soon.to_string()}),
        )
        .await;
    let expired = expiring.json["secret"].as_str().expect("a key").to_owned();
    let keys = program.get("api-keys").await;
    let id = keys.json["items"].as_array().expect("keys").iter().find(|key| key["name"] == "to be revoked");
    let id = id.and_then(|key| key["id"].as_str()).expect("the key").to_owned();
    assert_eq!(program.with_key(Some(&doomed)).get("me").await.status, 200);
    assert_eq!(program.delete(&format!("api-keys/{id}")).await.status, 204);
    tokio::time::sleep(Duration::from_millis(3100)).await;

    let nobody = program.with_key(None);
    let wrong = format!("ocpp_{}", "z".repeat(32));
    let mut attempts = Attempts { base: program.base.clone(), made: 0 };
    let mut without_scope = Vec::new();
    let operations = program.operations();
    assert!(operations.len() > 40, "{}", operations.len());
    for (method, path, scope) in &operations {
        let asked = filled(path);
        let answer = nobody.send(method, &asked, nobody.request(method, &asked)).await;
        assert_eq!((answer.status, answer.kind()), (401, "no-key"), "{method} {path}");
        assert_eq!(answer.header("www-authenticate"), "Bearer", "{method} {path}");
        for key in [&wrong, &expired, &doomed] {
            let (status, problem) = attempts.refused(method, &asked, key).await;
            assert_eq!((status, &problem["status"]), (401, &json!(401)), "{method} {path}: {problem}");
        }
        match scope {
            None => without_scope.push((method.as_str(), path.as_str())),
            Some(scope) => {
                let others: Vec<Value> = scopes(&program)
                    .await
                    .into_iter()
                    .filter(|other| other.as_str() != Some(scope.as_str()))
                    .collect();
                let body = json!({"name": format!("all but {scope}"), "scopes": others});
                let small = program.post("api-keys", &body).await;
                let small = program.with_key(small.json["secret"].as_str());
                let answer = small.send(method, &asked, small.request(method, &asked)).await;
                assert_eq!((answer.status, answer.kind()), (403, "missing-scope"), "{method} {path}");
                let detail = answer.json["detail"].as_str().expect("a sentence");
                assert!(detail.contains(scope.as_str()), "{method} {path}: {detail}");
            }
        }
        if path != "/api/v1/events" {
            let answer = program.send(method, &asked, program.request(method, &asked)).await;
            assert!(![401, 403, 405].contains(&answer.status), "{method} {path}: {}", answer.text);
        }
    }
    assert_eq!(without_scope, WITHOUT_SCOPE);
    drop(manager);
}

async fn scopes(program: &Program) -> Vec<Value> {
    program.get("me").await.json["scopes"].as_array().expect("scopes").clone()
}

#[tokio::test]
async fn whoever_tries_keys_is_slowed_down_and_whoever_has_one_is_not() {
    let data = directory();
    let (_manager, program) = manager(data.path()).await;
    let thief = program.with_key(Some("ocpp_guess"));
    let mut last = thief.get("me").await;
    for _ in 0..11 {
        last = thief.get("me").await;
    }
    assert_eq!((last.status, last.kind()), (429, "too-many-attempts"));
    assert_eq!(last.header("retry-after"), "60");
    assert_eq!(program.get("me").await.status, 200);
}

#[tokio::test]
async fn nobody_gives_others_more_than_they_have() {
    let data = directory();
    let (_manager, program) = manager(data.path()).await;
    let made =
        program.post("api-keys", &json!({"name": "clerk", "scopes": ["access:manage", "tokens:read"]})).await;
    let clerk = program.with_key(made.json["secret"].as_str());
    let more = json!({"name": "more", "scopes": ["commands:send"]});
    let refused = clerk.post("api-keys", &more).await;
    assert_eq!((refused.status, refused.kind()), (403, "missing-scope"));
    let user = json!({"name": "friend", "password": "a long enough password", "scopes": ["commands:send"]});
    assert_eq!(clerk.post("users", &user).await.status, 403);
    let same = clerk.post("api-keys", &json!({"name": "same", "scopes": ["tokens:read"]})).await;
    assert_eq!(same.status, 201, "{}", same.text);
}

#[tokio::test]
async fn tokens_are_masked_for_those_who_may_not_see_them() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let mut station = manager.dial("CS1", "ocpp1.6").await.expect("admitted");
    station.result("Authorize", json!({"idTag": "SECRETTOKEN"})).await;
    let start =
        json!({"connectorId":1,"idTag":"SECRETTOKEN","meterStart":0,"timestamp":"2026-11-01T10:00:00Z"});
    station.result("StartTransaction", start).await;
    let scopes = json!({"name": "viewer", "scopes": ["stations:read", "sessions:read"]});
    let viewer = program.post("api-keys", &scopes).await;
    let viewer = program.with_key(viewer.json["secret"].as_str());
    for path in ["sessions", "sessions/1", "refusals"] {
        let masked = viewer.get(path).await;
        assert_eq!(masked.status, 200, "{}", masked.text);
        assert!(!masked.text.contains("SECRETTOKEN") && masked.text.contains("…OKEN"), "{}", masked.text);
        assert!(program.get(path).await.text.contains("SECRETTOKEN"), "{path}");
    }
    assert_eq!(viewer.get("sessions?token=SECRETTOKEN").await.kind(), "missing-scope");
    assert_eq!(
        program.get("sessions?token=secrettoken").await.json["items"].as_array().map(Vec::len),
        Some(1)
    );
}

#[tokio::test]
async fn an_open_manager_answers_its_own_machine_and_no_page_of_another_host() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    let program = Program::of(&manager).await;
    assert_eq!(program.get("me").await.json["name"], "anybody");
    let own = format!("http://{}", manager.http);
    let site = json!({"name": "S", "time_zone": "UTC"});
    for (header, value, status) in [
        ("host", "evil.example", 403),
        ("host", "127.0.0.1.evil.example", 403),
        ("host", "localhost:1", 201),
        ("host", "[::1]:80", 201),
        ("origin", "http://evil.example", 403),
        ("origin", "null", 403),
        ("origin", own.as_str(), 201),
    ] {
        let request = program.request("POST", "sites").header(header, value).json(&site);
        let answer = program.send("POST", "sites", request).await;
        assert_eq!(answer.status, status, "{header}: {value}: {}", answer.text);
    }
    let request = program.request("GET", "sites").header("host", "evil.example");
    assert_eq!(program.send("GET", "sites", request).await.kind(), "forged");
}

#[tokio::test]
async fn the_description_and_its_page_are_for_everybody_and_load_nothing_from_elsewhere() {
    let data = directory();
    let (_manager, program) = manager(data.path()).await;
    let nobody = program.with_key(None);
    for path in
        ["openapi.json", "docs/", "docs/swagger-initializer.js", "docs/swagger-ui.css", "problems/not-found"]
    {
        let answer = nobody.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'self';") && !policy.contains("http"), "{path}: {policy}");
    }
    let page = nobody.get("docs/").await.text;
    assert!(!page.contains("http://") && !page.contains("https://"), "{page}");
    let settings = nobody.get("docs/swagger-initializer.js").await.text;
    assert!(settings.contains(r#""validatorUrl": "none""#), "{settings}");
}
