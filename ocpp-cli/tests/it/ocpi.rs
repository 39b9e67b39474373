//! OCPI 2.2.1 against a running manager: every answer is held against schemas of the objects, written by hand from
//! the specification's tables (2.2.1-d2: names, cardinality, lengths, enumerations).

mod schemas;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::api::{Answer, Program};
use crate::operator::Operator;
use crate::places::{Public, published, report};
use crate::running::{Manager, directory};

/// A partner's system.
struct Partner {
    public: Public,
    authorization: String,
}

impl Partner {
    fn with(manager: &Manager, token: &str) -> Partner {
        Partner { public: Public::of(manager), authorization: format!("Token {}", STANDARD.encode(token)) }
    }

    async fn get(&self, path: &str) -> Answer {
        let ids =
            [("X-Request-ID", "r-1"), ("X-Correlation-ID", "c-1"), ("Authorization", &*self.authorization)];
        let answer = self.public.get_with(path, &ids).await;
        assert_eq!(
            (answer.header("x-request-id"), answer.header("x-correlation-id")),
            ("r-1", "c-1"),
            "{path}"
        );
        schemas::hold("envelope", &answer.json);
        answer
    }

    /// The data of an answer of this kind.
    async fn data(&self, path: &str, kind: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(
            (answer.status, &answer.json["status_code"]),
            (200, &json!(1000)),
            "{path}: {}",
            answer.text
        );
        match &answer.json["data"] {
            Value::Array(items) => items.iter().for_each(|item| schemas::hold(kind, item)),
            item => schemas::hold(kind, item),
        }
        answer.json["data"].clone()
    }
}

/// A manager for partners with a published site, and one partner.
async fn set_up(data: &std::path::Path) -> (Manager, Program, Partner, String) {
    let manager = Manager::start(data, &["--station", "CS1", "--ocpi-party", "DE*ABC"]);
    let program = Program::of(&manager).await;
    let site = published(&program).await;
    let added = program.post("partners", &json!({"name": "Hub"})).await;
    assert_eq!(added.status, 201, "{}", added.text);
    let token = added.json["token"].as_str().expect("a token").to_owned();
    assert!(token.len() <= 64, "{token}");
    let partner = Partner::with(&manager, &token);
    (manager, program, partner, site)
}

#[tokio::test]
async fn partners_find_locations_from_the_versions_on() {
    let data = directory();
    let (manager, program, partner, site) = set_up(data.path()).await;
    let base = format!("http://{}", manager.http);
    let path =
        |url: &Value| url.as_str().expect("a URL").strip_prefix(&base).expect("its own host").to_owned();
    let versions = partner.data("/ocpi/versions", "version").await;
    assert_eq!(versions[0]["version"], "2.2.1");
    let details = partner.data(&path(&versions[0]["url"]), "version_details").await;
    let url_of = |identifier: &str| {
        let endpoints = details["endpoints"].as_array().expect("endpoints");
        path(
            &endpoints.iter().find(|endpoint| endpoint["identifier"] == identifier).expect("an endpoint")["url"],
        )
    };
    let credentials = partner.data(&url_of("credentials"), "credentials").await;
    assert_eq!(
        (&credentials["roles"][0]["country_code"], &credentials["roles"][0]["party_id"]),
        (&json!("DE"), &json!("ABC"))
    );
    let locations = partner.data(&url_of("locations"), "location").await;
    let location = &locations[0];
    assert_eq!((&location["id"], &location["country"]), (&json!(site), &json!("DEU")));
    assert_eq!(location["coordinates"], json!({"latitude": "53.5441000", "longitude": "9.9936000"}));
    let hours = json!({"twentyfourseven": false, "regular_hours": [{"weekday": 1, "period_begin": "00:00", "period_end": "23:59"}]});
    assert_eq!(location["opening_times"], hours);
    let evse = &location["evses"][0];
    assert_eq!((&evse["evse_id"], &evse["status"]), (&json!("DE*ABC*E1"), &json!("UNKNOWN")));
    assert_eq!(
        evse["capabilities"],
        json!(["CONTACTLESS_CARD_SUPPORT", "CREDIT_CARD_PAYABLE", "RFID_READER"])
    );
    let one = format!("{}/{site}", url_of("locations"));
    assert_eq!(partner.data(&one, "location").await["id"], json!(site));
    let uid = evse["uid"].as_str().expect("a uid");
    assert_eq!(&partner.data(&format!("{one}/{uid}"), "evse").await, evse);
    assert_eq!(partner.data(&format!("{one}/{uid}/2"), "connector").await, evse["connectors"][1]);
    for unknown in ["/nowhere".to_owned(), format!("/{site}/none"), format!("/{site}/{uid}/9")] {
        let missing = partner.get(&format!("{}{unknown}", url_of("locations"))).await;
        assert_eq!((missing.status, &missing.json["status_code"]), (404, &json!(2003)), "{}", missing.text);
    }
    // A connector of which OCPI would have to guess is left out, and its EVSE with it.
    let guess = json!({"site_id": site, "evses": [{"id": 1, "connectors": [{"id": 1, "kind": "cCCS2"}]}]});
    assert_eq!(program.put("stations/CS1", &guess).await.status, 200);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(partner.data(&one, "location").await["evses"], Value::Null);
}

#[tokio::test]
async fn what_has_changed_is_pulled_by_its_time() {
    let data = directory();
    let (manager, _program, partner, _site) = set_up(data.path()).await;
    let list = "/ocpi/2.2.1/locations";
    let before = partner.data(list, "location").await;
    // Moments are told to the second.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let since = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    assert_eq!(
        partner.data(&format!("{list}?date_from={since}"), "location").await,
        json!([]),
        "nothing has changed"
    );
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    report(&mut station, 1, 1, "Available").await;
    report(&mut station, 1, 2, "Available").await;
    let mut after = json!([]);
    for _ in 0..75 {
        after = partner.data(&format!("{list}?date_from={since}"), "location").await;
        if after[0]["evses"][0]["status"] == "AVAILABLE" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(after[0]["evses"][0]["status"], "AVAILABLE", "within 15 s: {after}");
    let moved = |pointer: &str| {
        let of = |locations: &Value| locations.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let (before, after) = (of(&before).expect("before"), of(&after).expect("after"));
        assert!(before < after && after >= since, "{pointer}: {before}, {after}");
    };
    moved("/0/last_updated");
    moved("/0/evses/0/last_updated");
    moved("/0/evses/0/connectors/0/last_updated");
    let until = format!("{list}?date_to={}", before[0]["last_updated"].as_str().expect("a moment"));
    assert_eq!(partner.data(&until, "location").await, json!([]), "the end is exclusive");
    for wrong in ["date_from=yesterday", "limit=0", "offset=-1", "limit=x"] {
        let refused = partner.get(&format!("{list}?{wrong}")).await;
        assert_eq!(
            (refused.status, &refused.json["status_code"]),
            (400, &json!(2001)),
            "{wrong}: {}",
            refused.text
        );
    }
}

#[tokio::test]
async fn long_lists_come_in_pages() {
    let data = directory();
    let (manager, program, partner, _site) = set_up(data.path()).await;
    for _ in 0..4 {
        assert_eq!(program.post("sites", &crate::places::site_body()).await.status, 201);
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let mut path = "/ocpi/2.2.1/locations?limit=2&date_from=2020-01-01T00:00:00".to_owned();
    let mut seen = Vec::new();
    loop {
        let answer = partner.get(&path).await;
        assert_eq!(
            (answer.header("x-total-count"), answer.header("x-limit")),
            ("5", "100"),
            "{}",
            answer.text
        );
        let items = answer.json["data"].as_array().expect("a list").clone();
        assert!(items.len() <= 2);
        seen.extend(items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()));
        let link = answer.header("link").to_owned();
        let Some(next) = link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\"")) else {
            break;
        };
        path = next.strip_prefix(&format!("http://{}", manager.http)).expect("its own host").to_owned();
    }
    seen.dedup();
    assert_eq!(seen.len(), 5, "{seen:?}");
}

#[tokio::test]
async fn tariffs_say_all_that_ocpi_can_say() {
    let data = directory();
    let (_manager, program, partner, site) = set_up(data.path()).await;
    let tariff = json!({"name": "All", "tariff": {"id": "all", "currency": "EUR",
        "energy": {"prices": [
            {"price_kwh": "0.29", "conditions": {"start_time_of_day": "22:00", "end_time_of_day": "06:00", "day_of_week": ["Saturday"]}},
            {"price_kwh": "0.41"}], "tax_rates": [{"type": "VAT", "tax": "19"}]},
        "idle_time": {"prices": [{"price_minute": "0.08", "conditions": {"min_idle_time": 600}}]},
        "fixed_fee": {"prices": [
            {"price_fixed": "0.10", "conditions": {"payment_brand": "VISA"}}, {"price_fixed": "0.35"}],
            "tax_rates": [{"type": "A", "tax": "10"}, {"type": "B", "tax": "10", "stack": 1}]},
        "max_cost": {"excl_tax": "50", "incl_tax": "59.50"}}});
    assert_eq!(program.post("tariffs", &tariff).await.status, 201);
    let assigned = program.put(&format!("sites/{site}/tariff"), &json!({"tariff_id": "all"})).await;
    assert_eq!(assigned.status, 200, "{}", assigned.text);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let told = partner.data("/ocpi/2.2.1/tariffs", "tariff").await;
    let elements = json!([
        {"price_components": [{"type": "FLAT", "price": 0.35, "vat": 21.0, "step_size": 1}]},
        // An hour, and without the grace that OCPI cannot say.
        {"price_components": [{"type": "PARKING_TIME", "price": 4.8, "step_size": 1}]},
        {"price_components": [{"type": "ENERGY", "price": 0.29, "vat": 19.0, "step_size": 1}],
         "restrictions": {"start_time": "22:00", "end_time": "06:00", "day_of_week": ["SATURDAY"]}},
        {"price_components": [{"type": "ENERGY", "price": 0.41, "vat": 19.0, "step_size": 1}]},
    ]);
    assert_eq!(told[0]["elements"], elements, "{told}");
    assert_eq!(told[0]["max_price"], json!({"excl_vat": 50.0, "incl_vat": 59.5}));
    assert!(
        told[0]["tariff_alt_text"][0]["text"]
            .as_str()
            .is_some_and(|text| text.contains("VISA") && text.contains("10 min"))
    );
    let location = partner.data(&format!("/ocpi/2.2.1/locations/{site}"), "location").await;
    assert_eq!(location["evses"][0]["connectors"][0]["tariff_ids"], json!(["all"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_partners_with_a_valid_token_are_let_in() {
    let data = directory();
    let (manager, program, partner, _site) = set_up(data.path()).await;
    let list = "/ocpi/2.2.1/locations";
    for authorization in
        ["", "Token not-base64!", "Bearer abc", &format!("Token {}", STANDARD.encode("guess"))]
    {
        let refused = partner.public.get_with(list, &[("Authorization", authorization)]).await;
        assert_eq!(
            (refused.status, &refused.json["status_code"]),
            (401, &json!(2000)),
            "{authorization}: {}",
            refused.text
        );
        schemas::hold("envelope", &refused.json);
    }
    let operator = Operator::of(&manager);
    let shown = operator.done(&["partners", "list"]).await;
    assert!(shown.contains("Hub"), "{shown}");
    let token = operator.done(&["partners", "add", "Second"]).await.trim().to_owned();
    let second = Partner::with(&manager, &token);
    assert_eq!(second.get("/ocpi/versions").await.status, 200);
    let partners = program.get("partners").await;
    let ids: Vec<&str> = partners.json["items"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["id"].as_str())
        .collect();
    assert!(!partners.text.contains(&token), "kept is a digest");
    operator.done(&["partners", "revoke", ids[1]]).await;
    assert_eq!(second.get("/ocpi/versions").await.status, 401);
    assert_eq!(partner.get("/ocpi/versions").await.status, 200, "the other one goes on");
    let nameless = program.post("partners", &json!({"name": " "})).await;
    assert_eq!(nameless.json["errors"][0]["pointer"], "/name", "{}", nameless.text);
    let limited = program.with_key(None).get("partners").await;
    assert_eq!(limited.status, 401);
    let wrong = crate::command_line::ocpp(&["serve", "--ocpi-party", "Germany"]);
    assert_eq!(wrong.status.code(), Some(2));
}
