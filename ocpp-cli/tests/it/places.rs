//! Published sites: what everybody sees of them, as JSON and as pages, against a running manager.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::api::{Answer, Program, manager};
use crate::browser::Browser;
use crate::operator::Operator;
use crate::running::{Manager, Station, directory};

/// What is told without an account.
pub(crate) struct Public {
    http: reqwest::Client,
    base: String,
}

impl Public {
    pub(crate) fn of(manager: &Manager) -> Public {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        Public { http, base: format!("http://{}", manager.http) }
    }

    pub(crate) async fn get_with(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut request = self.http.get(format!("{}{path}", self.base));
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a body");
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status, headers, text, json }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    /// Waits until a value is told, and says how long that took.
    async fn until(&self, path: &str, pointer: &str, wanted: &Value) -> Duration {
        let start = Instant::now();
        loop {
            let answer = self.get(path).await;
            if answer.json.pointer(pointer) == Some(wanted) {
                return start.elapsed();
            }
            assert!(start.elapsed() < Duration::from_secs(60), "{pointer} is not {wanted}: {}", answer.text);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

pub(crate) fn site_body() -> Value {
    json!({
        "name": "Harbour", "time_zone": "Europe/Berlin",
        "address": {"street": "Am Kai 12", "postal_code": "20457", "city": "Hamburg", "country": "DE"},
        "coordinates": {"latitude": 53.5441, "longitude": 9.9936},
        "public": {
            "published": true, "operator": "Harbour Energy", "legal_name": "Harbour Energy GmbH",
            "helpline": "+49 40 123456", "support_mail": "help@example.com",
            "hours": {"weekly": [{"day": "Monday", "from": "00:00", "until": "00:00"}]},
            "access": "public", "payment": ["contactless", "rfid"],
        },
    })
}

pub(crate) fn station_body(site: &str) -> Value {
    json!({
        "name": "Left", "site_id": site,
        "evses": [
            {"id": 1, "evse_id": "DE*ABC*E1", "restrictions": ["ev_only"], "pull_through": true,
             "connectors": [{"id": 1, "kind": "cCCS2", "power_w": 150_000, "max_voltage": 920, "max_amperage": 200},
                            {"id": 2, "kind": "cG105", "power_w": 50_000, "max_voltage": 500, "max_amperage": 125}]},
            {"id": 2, "connectors": [{"id": 1, "kind": "sType2", "power_w": 22_000}]},
        ],
    })
}

/// A published site where CS1 stands; gives its key.
pub(crate) async fn published(program: &Program) -> String {
    let site = program.post("sites", &site_body()).await;
    assert_eq!(site.status, 201, "{}", site.text);
    let site = site.json["id"].as_str().expect("a key").to_owned();
    let station = program.put("stations/CS1", &station_body(&site)).await;
    assert_eq!(station.status, 200, "{}", station.text);
    site
}

pub(crate) async fn report(station: &mut Station, evse: u32, connector: u32, status: &str) {
    let now = jiff::Timestamp::now();
    let report =
        json!({"timestamp": now, "connectorStatus": status, "evseId": evse, "connectorId": connector});
    station.result("StatusNotification", report).await;
}

#[tokio::test]
async fn what_cannot_be_published_is_refused_with_its_place() {
    let data = directory();
    let (_manager, program) = manager(data.path()).await;
    let with = |pointer: &str, value: Value| {
        let mut body = site_body();
        *body.pointer_mut(pointer).expect("a member") = value;
        body
    };
    let hours =
        |from: &str, until: &str| json!({"weekly": [{"day": "Monday", "from": from, "until": until}]});
    let cases = [
        (with("/public/operator", Value::Null), "/public/operator"),
        (with("/address/city", json!("")), "/address/city"),
        (with("/address/street", json!("a".repeat(46))), "/address/street"),
        (with("/address/postal_code", json!("12345678901")), "/address/postal_code"),
        (with("/address/country", json!("")), "/address/country"),
        (with("/address/country", json!("XX")), "/address/country"),
        (with("/coordinates", Value::Null), "/coordinates"),
        (with("/public/helpline", json!("call us")), "/public/helpline"),
        (with("/public/support_mail", json!("help at example.com")), "/public/support_mail"),
        (with("/public/access", json!("friends")), "/public/access"),
        (with("/public/payment", json!(["shells"])), "/public/payment/0"),
        (with("/public/hours", json!({"weekly": []})), "/public/hours/weekly"),
        (with("/public/hours", hours("22:00", "06:00")), "/public/hours/weekly"),
        (
            with(
                "/public/hours",
                json!({"closings": [{"from": "2026-12-27T00:00:00Z", "until": "2026-12-24T00:00:00Z"}]}),
            ),
            "/public/hours/closings",
        ),
    ];
    for (body, pointer) in cases {
        let refused = program.post("sites", &body).await;
        assert_eq!(refused.status, 422, "{pointer}: {}", refused.text);
        assert_eq!(refused.json["errors"][0]["pointer"], pointer, "{}", refused.text);
    }
    let site = published(&program).await;
    let with = |pointer: &str, value: Value| {
        let mut body = station_body(&site);
        *body.pointer_mut(pointer).expect("a member") = value;
        body
    };
    for (body, pointer) in [
        (with("/evses/0/evse_id", json!("ABC-1")), "/evses/0/evse_id"),
        (with("/evses/0/connectors/0/max_voltage", json!(0)), "/evses/0/connectors/0/max_voltage"),
        (with("/evses/0/restrictions", json!(["nobody"])), "/evses/0/restrictions/0"),
    ] {
        let refused = program.put("stations/CS1", &body).await;
        assert_eq!(refused.status, 422, "{pointer}: {}", refused.text);
        assert_eq!(refused.json["errors"][0]["pointer"], pointer, "{}", refused.text);
    }
    let mut other = station_body(&site);
    other["id"] = json!("CS2");
    let twice = program.post("stations", &other).await;
    assert_eq!(twice.json["errors"][0]["pointer"], "/evses/0/evse_id", "{}", twice.text);
}

#[tokio::test]
async fn everybody_sees_the_live_state_of_published_sites_and_no_others() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let public = Public::of(&manager);
    assert_eq!(public.get("/public/v1/sites").await.json["items"], json!([]));
    let hidden = program.post("sites", &json!({"name": "Depot", "time_zone": "Europe/Berlin"})).await;
    let hidden = hidden.json["id"].as_str().expect("a key").to_owned();
    let site = published(&program).await;
    let path = format!("/public/v1/sites/{site}");
    public.until("/public/v1/sites", "/items/0/name", &json!("Harbour")).await;
    let list = public.get("/public/v1/sites").await;
    assert_eq!(list.json["items"].as_array().map(Vec::len), Some(1), "{}", list.text);
    assert_eq!(public.get(&format!("/public/v1/sites/{hidden}")).await.status, 404);

    let before = public.get(&path).await;
    assert_eq!(before.json["evses"][0]["status"], "unknown", "nobody has heard of it: {}", before.text);
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    report(&mut station, 1, 1, "Available").await;
    report(&mut station, 1, 2, "Available").await;
    let waited = public.until(&path, "/evses/0/status", &json!("available")).await;
    assert!(waited < Duration::from_secs(15), "{waited:?}");
    report(&mut station, 1, 2, "Occupied").await;
    let waited = public.until(&path, "/evses/0/status", &json!("occupied")).await;
    assert!(waited < Duration::from_secs(15), "{waited:?}");
    let now = public.get(&path).await;
    let evse = &now.json["evses"][0];
    assert_eq!(evse["evse_id"], "DE*ABC*E1");
    assert_eq!((&evse["pull_through"], &evse["restrictions"]), (&json!(true), &json!(["ev_only"])));
    assert_eq!(evse["connectors"][0]["standard"], "IEC_62196_T2_COMBO");
    assert_eq!(
        (&evse["connectors"][0]["status"], &evse["connectors"][1]["status"]),
        (&json!("available"), &json!("occupied"))
    );
    let ac = &now.json["evses"][1]["connectors"][0];
    assert_eq!(
        (&ac["power_type"], &ac["max_voltage"], &ac["max_amperage"]),
        (&json!("AC_3_PHASE"), &json!(230), &json!(32))
    );
    assert_eq!(evse["price"], json!({"kind": "free"}));
    assert!(evse["since"].is_string(), "{}", now.text);

    let page = public.get(&format!("/places/{site}")).await;
    assert_eq!(page.status, 200);
    for shown in ["Am Kai 12", "In use", "CCS 2", "/d/CS1/1", "+49 40 123456", "Monday", "Contactless"] {
        let shown = if shown == "Monday" { "Mon 00:00-24:00" } else { shown };
        assert!(page.text.contains(shown), "{shown} is missing in {}", page.text);
    }
    assert!(public.get("/places").await.text.contains("0 of 2 free"));
    assert_eq!(public.get(&format!("/places/{hidden}")).await.status, 404);

    drop(station);
    let waited = public.until(&path, "/evses/0/status", &json!("unknown")).await;
    assert!(waited < Duration::from_secs(15), "{waited:?}");
    let mut unpublished = site_body();
    unpublished["public"]["published"] = json!(false);
    assert_eq!(program.put(&format!("sites/{site}"), &unpublished).await.status, 200);
    public.until("/public/v1/sites", "/items", &json!([])).await;
    assert_eq!(public.get(&path).await.status, 404);
}

#[tokio::test]
async fn a_new_price_and_the_next_change_are_told_within_a_minute() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let public = Public::of(&manager);
    let site = published(&program).await;
    let path = format!("/public/v1/sites/{site}");
    let tariff = |id: &str, day: &str| {
        json!({"name": id, "tariff": {"id": id, "currency": "EUR", "energy": {
            "prices": [
                {"price_kwh": "0.29", "conditions": {"start_time_of_day": "22:00", "end_time_of_day": "06:00"}},
                {"price_kwh": day},
            ],
            "tax_rates": [{"type": "VAT", "tax": "19"}]}}})
    };
    for (id, day) in [("one", "0.41"), ("two", "0.45")] {
        let drafted = program.post("tariffs", &tariff(id, day)).await;
        assert_eq!(drafted.status, 201, "{}", drafted.text);
    }
    let assigned = program.put(&format!("sites/{site}/tariff"), &json!({"tariff_id": "one"})).await;
    assert_eq!(assigned.status, 200, "{}", assigned.text);
    let waited = public.until(&path, "/evses/0/price/now/id", &json!("one")).await;
    assert!(waited < Duration::from_secs(60), "{waited:?}");
    let price = public.get(&path).await.json["evses"][0]["price"].clone();
    let at: jiff::Timestamp = price["next"]["at"].as_str().expect("a change").parse().expect("a moment");
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").expect("a zone");
    let local = zone.to_datetime(at);
    assert!([6, 22].contains(&local.hour()) && local.minute() == 0, "{price}");
    let (now, then) = if local.hour() == 22 { ("0.41", "0.29") } else { ("0.29", "0.41") };
    assert_eq!(price["now"]["energy"]["prices"], json!([{"price_kwh": now}]), "{price}");
    assert_eq!(price["next"]["tariff"]["energy"]["prices"], json!([{"price_kwh": then}]), "{price}");
    let text = price["next"]["text"].as_str().expect("a text");
    assert!(text.starts_with(&format!("From {:02}:00 ", local.hour())) && text.contains(then), "{text}");
    let changed = program.put(&format!("sites/{site}/tariff"), &json!({"tariff_id": "two"})).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let waited = public.until(&path, "/evses/0/price/now/id", &json!("two")).await;
    assert!(waited < Duration::from_secs(60), "{waited:?}");
}

#[tokio::test]
async fn answers_are_tagged_open_to_every_origin_and_bounded() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let public = Public::of(&manager);
    let site = published(&program).await;
    public.until("/public/v1/sites", "/items/0/id", &json!(site)).await;
    let first = public.get("/public/v1/sites").await;
    assert_eq!(first.header("access-control-allow-origin"), "*");
    assert_eq!(first.header("cache-control"), "public, max-age=5");
    let tag = first.header("etag").to_owned();
    let again = public.get_with("/public/v1/sites", &[("If-None-Match", &tag)]).await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    let other = public.get_with("/public/v1/sites", &[("If-None-Match", "W/\"0\"")]).await;
    assert_eq!(other.status, 200);
    let page = public.get("/public/v1/sites?limit=1").await;
    assert_eq!((page.json["items"].as_array().map(Vec::len), &page.json["next"]), (Some(1), &Value::Null));
    for wrong in ["limit=0", "limit=501", "limit=x", "colour=red"] {
        let refused = public.get(&format!("/public/v1/sites?{wrong}")).await;
        assert_eq!((refused.status, refused.kind()), (422, "invalid"), "{wrong}: {}", refused.text);
    }
    let secret = program.get("me").await.json["name"].as_str().expect("a name").to_owned();
    assert!(!first.text.contains(&secret));
    let mut refused = None;
    for _ in 0..1500 {
        let answer = public.get("/public/v1/sites").await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("a bound");
    assert_eq!(refused.kind(), "too-many-requests", "{}", refused.text);
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(program.get("me").await.status, 200, "programs with a key are not held up");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_is_published_and_described_by_command() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--station", "CS1"]);
    let operator = Operator::of(&manager);
    let site = operator
        .json(&[
            "site",
            "add",
            "Harbour",
            "--time-zone",
            "Europe/Berlin",
            "--street",
            "Am Kai 12",
            "--city",
            "Hamburg",
            "--country",
            "DE",
            "--latitude",
            "53.5441",
            "--longitude",
            "9.9936",
        ])
        .await;
    let site = site["id"].as_str().expect("a key").to_owned();
    let missing = operator.fails(&["site", "publish", &site], 1).await;
    assert!(missing.contains("operator"), "{missing}");
    let published = operator
        .json(&[
            "site",
            "publish",
            &site,
            "--operator",
            "Harbour Energy",
            "--hours",
            "Mon-Fri 06:00-22:00, Sat 08:00-20:00",
            "--payment",
            "rfid",
            "--closed",
            "2026-12-24T12:00Z/2026-12-27T00:00Z",
        ])
        .await;
    assert_eq!(published["public"]["hours"]["weekly"].as_array().map(Vec::len), Some(6), "{published}");
    let wrong = operator.run(&["site", "publish", &site, "--hours", "whenever"]).await;
    assert_eq!(wrong.status.code(), Some(2));
    let again = operator.json(&["site", "publish", &site, "--helpline", "+49 40 123456"]).await;
    assert_eq!(again["public"]["operator"], "Harbour Energy", "what is left out stays: {again}");
    let shown = operator.done(&["site", "show", &site]).await;
    assert!(shown.contains("yes: Harbour Energy, +49 40 123456"), "{shown}");
    let described = operator
        .json(&[
            "station",
            "describe",
            "CS1",
            "1",
            "--evse-id",
            "DE*ABC*E1",
            "--kind",
            "cCCS2",
            "--max-voltage",
            "920",
            "--max-amperage",
            "200",
            "--power",
            "150000",
            "--restriction",
            "ev_only",
            "--pull-through",
        ])
        .await;
    assert_eq!(described["evses"][0]["connectors"][0]["kind"], "cCCS2", "{described}");
    let more =
        operator.json(&["station", "describe", "CS1", "1", "--connector", "2", "--kind", "cG105"]).await;
    assert_eq!(more["evses"][0]["connectors"].as_array().map(Vec::len), Some(2), "{more}");
    assert_eq!(more["evses"][0]["pull_through"], true, "what is left out stays: {more}");
    let refused = operator.fails(&["station", "describe", "CS1", "1", "--standard", "round"], 1).await;
    assert!(refused.contains("round"), "{refused}");
    let hidden = operator.json(&["site", "unpublish", &site]).await;
    assert_eq!(
        (&hidden["public"]["published"], &hidden["public"]["operator"]),
        (&json!(false), &json!("Harbour Energy"))
    );
}

#[tokio::test]
async fn a_site_is_published_and_described_on_its_pages() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    let browser = Browser::of(&manager);
    let site = |hours: &'static str| {
        [
            ("name", "Harbour"),
            ("address/street", "Am Kai 12"),
            ("address/postal_code", "20457"),
            ("address/city", "Hamburg"),
            ("address/country", "DE"),
            ("coordinates", "53.5441, 9.9936"),
            ("time_zone", "Europe/Berlin"),
            ("public/published", "yes"),
            ("public/operator", "Harbour <Energy>"),
            ("public/access", "customers"),
            ("public/hours/weekly", hours),
            ("public/hours/closings", "2026-12-24 14:00 / 2026-12-27 00:00"),
            ("public/payment", "rfid"),
        ]
    };
    let (status, page) = browser.send("/sites", &site("whenever")).await;
    assert!(status == 422 && page.contains("is no opening hours"), "{page}");
    let (status, page) = browser.send("/sites", &site("Mon-Fri 06:00-22:00")).await;
    assert!(status == 200 && page.contains("what drivers see"), "{page}");
    assert!(page.contains("2026-12-24 14:00 / 2026-12-27 00:00"), "times are those of the site: {page}");
    let id = page
        .split("href=\"/places/")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a link")
        .to_owned();
    assert_eq!(
        browser.send("/stations", &[("id", "CS1"), ("login", "unproven"), ("site", &id)]).await.0,
        200
    );
    let row = |standard: &'static str| {
        [
            ("name", "Left"),
            ("evse", "1"),
            ("connector", "1"),
            ("kind", "cCCS2"),
            ("connector_power", "150"),
            ("evse_id", "de*abc*e1"),
            ("restrictions", "ev_only, plugged"),
            ("pull_through", "yes"),
            ("standard", standard),
        ]
    };
    let fields = |standard| [&row(standard)[..], &[("site", id.as_str())]].concat();
    let (status, page) = browser.send("/stations/CS1", &fields("round")).await;
    assert!(status == 422 && page.contains("is no standard of a plug"), "{page}");
    assert_eq!(browser.send("/stations/CS1", &fields("")).await.0, 200);
    let page = browser.open(&format!("/sites/{id}")).await;
    assert!(
        page.contains("CS1, EVSE 1, connector 1: voltage, current"),
        "what partners miss is told: {page}"
    );
    let public = Public::of(&manager);
    public.until(&format!("/public/v1/sites/{id}"), "/evses/0/evse_id", &json!("DE*ABC*E1")).await;
    let told = public.get(&format!("/public/v1/sites/{id}")).await.json;
    assert_eq!(
        (&told["access"], &told["hours"]["weekly"][0]["day"]),
        (&json!("customers"), &json!("Monday"))
    );
    assert_eq!(told["hours"]["closings"][0]["from"], "2026-12-24T13:00:00Z");
    assert_eq!(told["evses"][0]["restrictions"], json!(["ev_only", "plugged"]));
    assert!(browser.open(&format!("/places/{id}")).await.contains("Harbour &lt;Energy&gt;"));
    assert!(browser.open("/partners").await.contains("--ocpi-party"));
    let (status, page) = browser.send("/partners", &[("name", "Hub")]).await;
    assert!(status == 200 && page.contains("It is shown this once"), "{page}");
}
