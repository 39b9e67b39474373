//! Uptime: exclusions, formulas, reports, and what is submitted.

use serde_json::{Value, json};

use super::{Program, manager};
use crate::browser::Browser;
use crate::operator::Operator;
use crate::running::{Manager, directory};

/// A station at a site that has been in service for years; nothing is known of it before now.
async fn in_service(manager: &Manager, program: &Program) -> String {
    let site = program.post("sites", &json!({"name": "Town hall", "time_zone": "Europe/Berlin"})).await;
    let site = site.json["id"].as_str().expect("a key").to_owned();
    let changed = program.put("stations/CS1", &json!({"site_id": site})).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let wrong = json!({"since": "2024-01-01T00:00:00Z", "until": "2024-01-01T00:00:00Z"});
    let wrong = program.put("stations/CS1/service", &wrong).await;
    assert_eq!((wrong.status, &wrong.json["errors"][0]["pointer"]), (422, &json!("/until")));
    let service = program.put("stations/CS1/service", &json!({"since": "2024-01-01T00:00:00Z"})).await;
    assert_eq!((service.status, &service.json["since"]), (200, &json!("2024-01-01T00:00:00Z")));
    assert_eq!(program.get("stations/CS1/service").await.json["since"], "2024-01-01T00:00:00Z");
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    let status = json!({"timestamp": jiff::Timestamp::now().to_string(), "connectorStatus": "Available",
        "evseId": 1, "connectorId": 1});
    station.result("StatusNotification", status).await;
    site
}

fn contract() -> Value {
    json!({"id": "contract-1", "name": "Contract", "source": "Contract of 2020", "valid_from": "2020-01-01",
        "scope": "network", "window": "calendar_month", "counts_for": ["available", "charging", "unknown"],
        "threshold": {"percent": "99.5", "must_exceed": false},
        "exclusions": [{"reason": "utility", "minutes_per_year": 600}], "short_service": "since_service"})
}

#[tokio::test]
async fn what_excuses_is_entered_confirmed_by_another_ended_and_withdrawn() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let site = in_service(&manager, &program).await;
    let second = program
        .post("api-keys", &json!({"name": "second", "scopes": ["stations:read", "stations:write"]}))
        .await;
    let second = program.with_key(second.json["secret"].as_str());
    let profile = json!({"formulas": ["us-680.116"], "second_person": true});
    let path = format!("sites/{site}/uptime-profile");
    assert_eq!(program.get(&path).await.json["second_person"], false);
    assert_eq!(program.put(&path, &profile).await.json["formulas"], json!(["us-680.116"]));
    let unknown = program.put(&path, &json!({"formulas": ["nothing"]})).await;
    assert_eq!((unknown.status, unknown.kind()), (422, "invalid"), "{}", unknown.text);

    let good = json!({"station_id": "CS1", "evse_id": 1, "reason": "utility", "from": "2026-01-01T00:00:00Z",
        "evidence": "Ticket 4711"});
    for (member, value, pointer) in [
        ("evidence", json!(" "), "/evidence"),
        ("from", json!("2999-01-01T00:00:00Z"), "/from"),
        ("until", json!("2025-01-01T00:00:00Z"), "/until"),
        ("site_id", json!(site), "/site_id"),
        ("evse_id", json!(9), "/place"),
        ("station_id", json!("CS9"), "/place"),
        ("reason", json!("bad luck"), "/reason"),
    ] {
        let mut bad = good.clone();
        bad[member] = value;
        let refused = program.post("exclusions", &bad).await;
        assert_eq!(
            (refused.status, &refused.json["errors"][0]["pointer"]),
            (422, &json!(pointer)),
            "{}",
            refused.text
        );
    }
    let nowhere = json!({"reason": "utility", "from": "2026-01-01T00:00:00Z", "evidence": "e"});
    assert_eq!(program.post("exclusions", &nowhere).await.status, 422);

    let entered = program.post("exclusions", &good).await;
    assert_eq!((entered.status, &entered.json["state"]), (201, &json!("unconfirmed")), "{}", entered.text);
    let path = format!("exclusions/{}", entered.json["id"].as_str().expect("a key"));
    assert_eq!(entered.header("location"), format!("/api/v1/{path}"));
    let same = program.post(&format!("{path}/confirm"), &json!({})).await;
    assert_eq!((same.status, same.kind()), (409, "rule"), "{}", same.text);
    let confirmed = second.post(&format!("{path}/confirm"), &json!({})).await;
    assert_eq!(
        (&confirmed.json["state"], &confirmed.json["confirmed_by"]),
        (&json!("in_force"), &json!("second"))
    );
    let ended = program.post(&format!("{path}/end"), &json!({"until": "2026-01-02T00:00:00Z"})).await;
    assert_eq!(ended.json["until"], "2026-01-02T00:00:00Z");
    assert_eq!(
        program.post(&format!("{path}/end"), &json!({"until": "2026-01-03T00:00:00Z"})).await.status,
        409
    );
    let found = program.get(&format!("exclusions?site_id={site}&from=2026-01-01T12:00:00Z")).await;
    assert_eq!(found.json["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(program.get("exclusions?until=2025-12-31T00:00:00Z").await.json["items"], json!([]));
    let withdrawn = program.post(&format!("{path}/withdraw"), &json!({})).await;
    assert_eq!(withdrawn.json["state"], "withdrawn");
    assert_eq!(program.get(&path).await.json["state"], "withdrawn");
    assert_eq!(second.post(&format!("{path}/confirm"), &json!({})).await.status, 409);
}

#[tokio::test]
async fn reports_are_computed_submitted_and_amended() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let site = in_service(&manager, &program).await;
    let formulas = program.get("formulas").await;
    let ids: Vec<&str> = formulas.json["items"]
        .as_array()
        .expect("formulas")
        .iter()
        .filter_map(|one| one["formula"]["id"].as_str())
        .collect();
    assert_eq!(ids, ["us-680.116", "us-california", "uk-2023"]);
    let added = program.post("formulas", &contract()).await;
    assert_eq!((added.status, &added.json["versions"][0]["version"]), (201, &json!(1)), "{}", added.text);
    assert_eq!(program.post("formulas", &contract()).await.status, 409);
    let mut bad = contract();
    bad["scope"] = json!("everybody");
    let bad = program.post("formulas", &bad).await;
    assert_eq!((bad.status, &bad.json["errors"][0]["pointer"]), (422, &json!("/scope")), "{}", bad.text);
    assert_eq!(program.put("formulas/us-680.116", &contract()).await.status, 409);

    // Nothing is known of that year: an outage by the one, and up by the other.
    let us = program.get(&format!("reports/uptime?formula=us-680.116&period=2025-12&site_id={site}")).await;
    assert_eq!((us.status, &us.json["ports"][0]["percent"]), (200, &json!("0")), "{}", us.text);
    assert_eq!(us.json["ports"][0]["outages"][0]["states"][0]["state"], "unknown");
    assert_eq!(us.json["ports"][0]["window"]["from"], "2024-12-31T23:00:00Z");
    let uk = program.get("reports/uptime?formula=uk-2023&period=2025").await;
    assert_eq!(
        (&uk.json["network"]["percent"], &uk.json["network"]["is_met"]),
        (&json!("100"), &json!(true))
    );
    let ours = program.get("reports/uptime?formula=contract-1&period=2025-12").await;
    assert_eq!((&ours.json["network"]["is_met"], &ours.json["formula_version"]), (&json!(true), &json!(1)));
    let year = jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::UTC).year();
    let open = program.get(&format!("reports/uptime?formula=uk-2023&period={year}")).await;
    assert!(open.json["preliminary_until"].is_string(), "{}", open.text);
    for (query, status) in [
        ("formula=uk-2023&period=2025-12", 422),
        ("formula=uk-2023&period=2999", 422),
        ("formula=uk-2023&period=tomorrow", 422),
        ("formula=nothing&period=2025", 404),
        ("formula=uk-2023&period=2025&site_id=nowhere", 404),
    ] {
        assert_eq!(program.get(&format!("reports/uptime?{query}")).await.status, status, "{query}");
    }
    let csv = program.get("reports/uptime/figures?formula=us-680.116&period=2025-12").await;
    assert!(csv.text.contains("CS1,1,Europe/Berlin") && csv.text.lines().count() == 2, "{}", csv.text);
    let csv = program.get("reports/uptime/outages?formula=us-680.116&period=2025-12").await;
    assert!(csv.text.contains(",state,unknown,"), "{}", csv.text);

    let body = json!({"formula": "us-680.116", "period": "2025-12", "site_id": site});
    let submitted = program.post("reports/uptime/submitted", &body).await;
    assert_eq!((submitted.status, &submitted.json["is_intact"]), (201, &json!(true)), "{}", submitted.text);
    assert_eq!(program.post("reports/uptime/submitted", &body).await.kind(), "rule");
    let open = json!({"formula": "uk-2023", "period": year.to_string()});
    assert_eq!(program.post("reports/uptime/submitted", &open).await.status, 409);
    let path = submitted.header("location").strip_prefix("/api/v1/").expect("a path").to_owned();
    assert_eq!(program.get(&path).await.json["digest"], submitted.json["digest"]);
    assert_eq!(program.get(&format!("{path}/difference")).await.json["differs"], false);
    assert_eq!(program.post(&format!("{path}/amend"), &json!({})).await.status, 409);
    let storm = json!({"site_id": site, "reason": "natural_disaster", "from": "2025-03-01T00:00:00Z",
        "until": "2025-03-11T00:00:00Z", "evidence": "Storm, see the county's notice"});
    assert_eq!(program.post("exclusions", &storm).await.status, 201);
    let differs = program.get(&format!("{path}/difference")).await;
    assert_eq!(differs.json["amendment"]["ports"][0]["now"]["excluded_s"], 10 * 86_400);
    assert_eq!(differs.json["amendment"]["exclusions"][0]["change"], "entered");
    let amended = program.post(&format!("{path}/amend"), &json!({})).await;
    assert_eq!((amended.status, &amended.json["number"]), (201, &json!(1)), "{}", amended.text);
    assert_eq!(amended.json["amends"]["before"], submitted.json["digest"]);
    let periods =
        program.get(&format!("reports/uptime/periods?formula=us-680.116&site_id={site}&limit=40")).await;
    let december =
        periods.json["items"].as_array().expect("periods").iter().find(|one| one["period"] == "2025-12");
    assert_eq!(december.map(|one| &one["state"]), Some(&json!("amended")));
    assert_eq!(periods.json["items"][0]["state"], "open");
}

#[tokio::test]
async fn a_report_is_printed_and_filed() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    in_service(&manager, &program).await;
    for path in [
        "reports/uptime/pdf?formula=us-680.116&period=2025-12",
        "reports/uptime/pdf?formula=uk-2023&period=2025",
    ] {
        let answer = program.request("GET", path).send().await.expect("an answer");
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["content-type"]),
            (200, &"application/pdf".parse().expect("a type"))
        );
        let bytes = answer.bytes().await.expect("a file");
        assert!(bytes.starts_with(b"%PDF-") && bytes.len() > 5_000, "{}", bytes.len());
    }
    let settings = program.get("reports/ev-chart/settings").await;
    assert_eq!(settings.json["settings"]["excluded_outage_reasons"]["utility"], 1);
    assert_eq!(program.get("reports/ev-chart/2025Q3/uptime").await.status, 422, "no provider yet");
    let wrong = json!({"network_provider": "Example", "excluded_outage_reasons": {"luck": 1}});
    assert_eq!(program.put("reports/ev-chart/settings", &wrong).await.status, 422);
    let right = json!({"network_provider": "Example", "excluded_outage_reasons": {"utility": 2}});
    assert_eq!(
        program.put("reports/ev-chart/settings", &right).await.json["settings"]["excluded_outage_reasons"]["utility"],
        2
    );
    let uptime = program.get("reports/ev-chart/2025Q3/uptime").await;
    assert_eq!(uptime.text.lines().count(), 4, "{}", uptime.text);
    assert!(uptime.header("content-disposition").contains("ev-chart-2025Q3-module-3-uptime.csv"));
    assert!(program.get("reports/ev-chart/2025Q3/sessions").await.text.contains("CS1,Example,1,,,,,,,"));
    assert_eq!(program.get("reports/ev-chart/2025Q3/costs").await.status, 404);
    assert_eq!(program.get("reports/ev-chart/2025-10/uptime").await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn uptime_on_the_command_line() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let site = in_service(&manager, &program).await;
    let operator = Operator::of(&manager);
    assert!(operator.done(&["formulas", "list"]).await.contains("us-680.116"));
    let file = data.path().join("formula.json");
    std::fs::write(&file, contract().to_string()).expect("a file");
    let file = file.to_str().expect("UTF-8");
    assert!(operator.done(&["formulas", "add", file]).await.contains("Formula contract-1 is added."));
    assert!(operator.done(&["formulas", "change", file]).await.contains("has 2 versions"));
    let profile =
        operator.done(&["formulas", "site", &site, "--formula", "uk-2023", "--second-person", "true"]).await;
    assert!(profile.contains("Formulas: uk-2023. Exclusions need a second person."), "{profile}");
    let entered = operator
        .json(&[
            "exclusions",
            "enter",
            "vandalism",
            "--site",
            &site,
            "--from",
            "2025-12-01T00:00:00Z",
            "--until",
            "2025-12-03T00:00:00Z",
            "--evidence",
            "Police report 12",
        ])
        .await;
    let id = entered["id"].as_str().expect("a key");
    assert!(operator.done(&["exclusions", "list", "--site", &site]).await.contains("unconfirmed"));
    assert!(operator.fails(&["exclusions", "confirm", id], 1).await.contains("a second person has to"));
    assert!(operator.done(&["exclusions", "withdraw", id]).await.contains("withdrawn"));
    let which = ["--formula", "us-680.116", "--month", "2025-12"];
    let shown = operator.done(&[&["report", "uptime"], &which[..]].concat()).await;
    assert!(shown.contains("CS1/1") && shown.contains("missed"), "{shown}");
    assert!(
        operator
            .done(&[&["report", "uptime"], &which[..], &["--csv"]].concat())
            .await
            .starts_with("formula,")
    );
    let pdf = data.path().join("report.pdf");
    let path = pdf.to_str().expect("UTF-8");
    operator.done(&[&["report", "uptime"], &which[..], &["--pdf", "-o", path]].concat()).await;
    assert!(std::fs::read(&pdf).expect("a file").starts_with(b"%PDF-"));
    assert!(
        operator
            .fails(&[&["report", "uptime"], &which[..], &["--pdf"]].concat(), 2)
            .await
            .contains("--output")
    );
    let submitted = operator.json(&[&["report", "submit"], &which[..]].concat()).await;
    let id = submitted["id"].as_str().expect("an id");
    assert!(operator.done(&["report", "submitted", id]).await.contains("SHA-256"));
    assert!(operator.done(&["report", "difference", id]).await.contains("Nothing differs"));
    assert!(operator.fails(&["report", "amend", id], 1).await.contains("nothing to amend"));
    assert!(operator.done(&["report", "periods", "--formula", "us-680.116"]).await.contains("submitted"));
    let service = operator.done(&["report", "in-service", "CS1", "--since", "2025-01-01T00:00:00Z"]).await;
    assert_eq!(service.trim(), "CS1 is in service since 2025-01-01 00:00:00Z.");
    assert!(operator.done(&["report", "difference", id]).await.contains("CS1/1"));
    let settings = data.path().join("settings.json");
    std::fs::write(&settings, r#"{"network_provider": "Example"}"#).expect("a file");
    operator.done(&["report", "ev-chart-settings", settings.to_str().expect("UTF-8")]).await;
    let out = data.path().join("quarter");
    let said = operator
        .done(&["report", "ev-chart", "--quarter", "2025Q3", "-o", out.to_str().expect("UTF-8")])
        .await;
    assert!(said.contains("module-4-outages.csv"), "{said}");
    assert_eq!(std::fs::read_dir(&out).expect("a directory").count(), 3);
}

#[tokio::test]
async fn uptime_on_its_pages() {
    let data = directory();
    let manager = Manager::start(data.path(), &["--open"]);
    let program = Program::of(&manager).await;
    let site = program.post("sites", &json!({"name": "Town hall", "time_zone": "UTC"})).await;
    let site = site.json["id"].as_str().expect("a key").to_owned();
    let station = json!({"id": "CS1", "site_id": site, "login": "unproven",
        "evses": [{"id": 1, "connectors": [{"id": 1}]}]});
    assert_eq!(program.post("stations", &station).await.status, 201);
    assert_eq!(
        program.put("stations/CS1/service", &json!({"since": "2024-01-01T00:00:00Z"})).await.status,
        200
    );
    let browser = Browser::of(&manager);
    let page = browser.open("/uptime?formula=us-680.116&period=2025-12").await;
    assert!(
        page.contains("CS1/1") && page.contains("<svg class=\"strip\"") && page.contains("missed"),
        "{page}"
    );
    assert!(browser.open("/uptime").await.contains("Periods"));
    assert!(
        browser.open("/uptime?formula=us-680.116&period=soon").await.contains("period is a month such as")
    );
    let page = browser.open("/uptime/port?formula=us-680.116&period=2025-12&station=CS1&evse=1").await;
    assert!(page.contains("unknown, 525600.00 min"), "{page}");
    let bad = [("site_id", ""), ("station_id", ""), ("reason", "utility"), ("from", ""), ("evidence", "")];
    let (status, page) = browser.send("/uptime/exclusions", &bad).await;
    assert_eq!(status, 422);
    assert!(
        page.contains("give a site or a station") && page.contains("A date and a time are needed."),
        "{page}"
    );
    let good = [
        ("site_id", site.as_str()),
        ("reason", "utility"),
        ("from", "2025-03-01T00:00"),
        ("until", "2025-03-02T00:00"),
        ("evidence", "Ticket <4711>"),
    ];
    let (status, page) = browser.send("/uptime/exclusions", &good).await;
    assert_eq!(status, 200);
    assert!(page.contains("Ticket &lt;4711&gt;") && page.contains("in force"), "{page}");
    let which = [("formula", "us-680.116"), ("period", "2025-12"), ("site", site.as_str())];
    let (status, led, page) = browser.submit("/uptime/submit", &which).await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("intact") && page.contains("Nothing differs"), "{page}");
    let exclusions = program.get("exclusions").await;
    let id = exclusions.json["items"][0]["id"].as_str().expect("a key").to_owned();
    assert_eq!(browser.send(&format!("/uptime/exclusions/{id}/withdraw"), &[]).await.0, 200);
    assert!(browser.open(&led).await.contains("What differs now"));
    let (_, page) = browser.send(&format!("{led}/amend"), &[]).await;
    assert!(page.contains("amendment 1") && page.contains("withdrawn"), "{page}");
    let (status, page) = browser.send("/uptime/rules", &[("formula", "{}")]).await;
    assert_eq!(status, 422);
    assert!(page.contains("This is no formula"), "{page}");
    let formula = contract().to_string();
    assert_eq!(browser.send("/uptime/rules", &[("formula", &formula)]).await.0, 200);
    assert!(browser.send("/uptime/rules", &[("formula", &formula)]).await.1.contains("version 2"));
    let profile = [("formulas", "contract-1"), ("second_person", "true")];
    let (_, page) = browser.send(&format!("/uptime/rules/sites/{site}"), &profile).await;
    assert!(page.contains(&format!("formula=contract-1&amp;site={site}")), "{page}");
}
