//! `ocpp settings`.

mod args;

use std::time::Duration;

use serde_json::{Value, json};

pub(crate) use args::{SettingArgs, Stations};
use args::{SettingCommand, TemplateArgs, TemplateCommand};

use super::Audience;
use super::client::{Client, part};
use super::table::{facts, items, mark, moment, table, text};
use crate::exit::Failure;

/// How often to look how far a report is.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Runs a command about settings.
///
/// # Errors
/// [`Failure`], in one sentence.
pub(crate) async fn run(args: SettingArgs) -> Result<(), Failure> {
    let (client, audience): (Client, Audience) = args.manager.resolve()?;
    match args.command {
        SettingCommand::List { station, text, component, writable } => {
            let mut query = Vec::new();
            query.extend(text.map(|text| format!("&text={}", part(&text))));
            query.extend(component.map(|component| format!("&component={}", part(&component))));
            query.extend(writable.then(|| "&writable=true".to_owned()));
            let path = format!("stations/{}/settings", part(&station));
            let known = client.list(&path, &query.concat(), usize::MAX).await?;
            audience.show(&Value::Array(known), list)
        }
        SettingCommand::Get { station, names, attribute } => {
            let body = json!({"names": names, "attribute": attribute.map(args::Attribute::name)});
            let read = client.post(&format!("stations/{}/settings/read", part(&station)), &body).await?;
            audience.show(&read, |read| results(items(read, "results")))?;
            all_done(items(&read, "results"))
        }
        SettingCommand::Set { stations, values } => {
            let body = json!({"filter": filter(&stations)?, "settings": settings(&values)});
            let done = client.post("settings/change", &body).await?;
            audience.show(&done, of_many)?;
            let mut stations = items(&done, "stations").iter();
            if stations.clone().any(|station| !text(station, "reason").is_empty()) {
                return Err(Failure::Unmet("some stations could not be asked".to_owned()));
            }
            stations.try_for_each(|station| all_done(items(station, "results")))
        }
        SettingCommand::Report { station, kind, states, names } => {
            let states: Vec<&str> = states.iter().map(|state| state.name()).collect();
            let mut body = json!({"criteria": states, "names": names});
            if let Some(kind) = kind {
                body["kind"] = json!(kind.name());
            }
            report(&client, audience, &station, &body).await
        }
        SettingCommand::Reports { station } => {
            let known = client.get(&format!("stations/{}/settings/reports", part(&station))).await?;
            audience.show(&known, |known| reports(items(known, "items")))
        }
        SettingCommand::Review { station } => {
            let review = client.get(&format!("stations/{}/settings/review", part(&station))).await?;
            audience.show(&review, remarks)
        }
        SettingCommand::Compare { station, other } => {
            let path = format!("stations/{}/settings/compare?with={}", part(&station), part(&other));
            let found = client.get(&path).await?;
            audience.show(&found, |found| differences(found, &station, &other))
        }
        SettingCommand::Template { command } => template(&client, audience, command).await,
        SettingCommand::Drift { station: Some(station) } => {
            let drift = client.get(&format!("stations/{}/drift", part(&station))).await?;
            audience.show(&drift, drift_of_one)
        }
        SettingCommand::Drift { station: None } => {
            let drift = client.list("drift", "", usize::MAX).await?;
            audience.show(&Value::Array(drift), drift_of_all)
        }
        SettingCommand::Assert { station } => {
            let path = format!("stations/{}/drift/assert", part(&station));
            let drift = client.post(&path, &json!({})).await?;
            audience.show(&drift, drift_of_one)?;
            match drift["drifting"].as_u64() {
                Some(0) => Ok(()),
                _ => Err(Failure::Unmet(format!("{station} is not as its templates want it"))),
            }
        }
    }
}

async fn template(client: &Client, audience: Audience, command: TemplateCommand) -> Result<(), Failure> {
    match command {
        TemplateCommand::List => {
            let known = client.get("setting-templates").await?;
            audience.show(&known, templates)
        }
        TemplateCommand::Show { id } => {
            let template = client.get(&format!("setting-templates/{}", part(&id))).await?;
            audience.show(&template, one_template)
        }
        TemplateCommand::Add(args) => {
            let body = json!({"id": args.id, "template": form(&args)?});
            let added = client.post("setting-templates", &body).await?;
            audience.show(&added, one_template)
        }
        TemplateCommand::Change(args) => {
            let path = format!("setting-templates/{}", part(&args.id));
            let changed = client.put(&path, None, &form(&args)?).await?;
            audience.show(&changed, one_template)
        }
        TemplateCommand::Remove { id } => {
            client.delete(&format!("setting-templates/{}", part(&id))).await?;
            audience.done(&format!("Template {id} is removed; what stations have stays."))
        }
    }
}

fn form(args: &TemplateArgs) -> Result<Value, Failure> {
    Ok(json!({
        "name": args.name.as_deref().unwrap_or(&args.id),
        "filter": filter(&args.stations)?,
        "settings": settings(&args.values),
        "assertion": if args.assert { "assert" } else { "report" },
        "rank": args.rank,
    }))
}

/// Nobody changes all stations by leaving something out.
pub(super) fn filter(stations: &Stations) -> Result<Value, Failure> {
    let is_empty = stations.stations.is_empty()
        && stations.site.is_none()
        && stations.vendor.is_none()
        && stations.model.is_none()
        && stations.firmware.is_none()
        && stations.ocpp_version.is_none();
    if is_empty && !stations.all {
        return Err(Failure::Usage(
            "say which stations: --station ID, --site, --vendor, --model, --all".to_owned(),
        ));
    }
    Ok(json!({
        "station_ids": stations.stations,
        "site_id": stations.site,
        "vendor": stations.vendor,
        "model": stations.model,
        "firmware_version": stations.firmware,
        "ocpp_version": stations.ocpp_version,
    }))
}

fn settings(values: &[(String, String)]) -> Value {
    values.iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
}

/// Asks for a report, and waits until nothing more is to come of it.
async fn report(client: &Client, audience: Audience, station: &str, body: &Value) -> Result<(), Failure> {
    let path = format!("stations/{}/settings/reports", part(station));
    let mut report = client.post(&path, body).await?;
    while matches!(text(&report, "state").as_str(), "awaited" | "arriving") {
        tokio::time::sleep(LOOK_EVERY).await;
        let known = client.get(&path).await?;
        let same = items(&known, "items").iter().find(|known| known["number"] == report["number"]).cloned();
        let Some(same) = same else { break };
        report = same;
    }
    audience.show(&report, |report| reports(std::slice::from_ref(report)))?;
    match text(&report, "state").as_str() {
        "complete" | "empty" => Ok(()),
        state => Err(Failure::Unmet(format!("the report of {station} is {state}"))),
    }
}

fn all_done(results: &[Value]) -> Result<(), Failure> {
    let failed = results.iter().filter(|result| result["succeeded"] != Value::Bool(true)).count();
    match failed {
        0 => Ok(()),
        failed => Err(Failure::Unmet(format!("{failed} of {} settings did not succeed", results.len()))),
    }
}

fn list(known: &Value) -> String {
    let rows = known.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|setting| {
        vec![
            text(setting, "name"),
            text(setting, "value"),
            text(setting, "unit"),
            mark(setting, "writable", "yes"),
            state_of(setting),
            moment(setting, "at"),
            text(setting, "meaning"),
        ]
    });
    let headings = ["NAME", "VALUE", "UNIT", "WRITABLE", "STATE", "TOLD", "MEANING"];
    let empty = "Nothing is known of such settings: ask for a report with ocpp settings report STATION.";
    table(&headings, rows.collect(), empty)
}

fn state_of(setting: &Value) -> String {
    let gone = mark(setting, "gone", "gone");
    if gone.is_empty() { mark(setting, "reboot_needed", "needs a restart") } else { gone }
}

fn results(results: &[Value]) -> String {
    let rows = results.iter().map(|result| result_row(result, None));
    table(&["NAME", "SAID AS", "RESULT", "VALUE", "WHY"], rows.collect(), "There are no results.")
}

fn result_row(result: &Value, station: Option<&str>) -> Vec<String> {
    let name = text(result, "name");
    let said = Some(text(result, "said_as")).filter(|said| *said != name).unwrap_or_default();
    let cells = [name, said, text(result, "result"), text(result, "value"), text(result, "reason")];
    station.map(str::to_owned).into_iter().chain(cells).collect()
}

fn of_many(done: &Value) -> String {
    let mut rows = Vec::new();
    for station in items(done, "stations") {
        let id = text(station, "station_id");
        let reason = text(station, "reason");
        if !reason.is_empty() {
            rows.push(vec![
                id.clone(),
                String::new(),
                String::new(),
                "not_asked".to_owned(),
                String::new(),
                reason,
            ]);
        }
        rows.extend(items(station, "results").iter().map(|result| result_row(result, Some(&id))));
    }
    table(&["STATION", "NAME", "SAID AS", "RESULT", "VALUE", "WHY"], rows, "There are no results.")
}

fn reports(reports: &[Value]) -> String {
    let rows = reports.iter().map(|report| {
        let missing: Vec<String> = items(report, "missing_parts").iter().map(Value::to_string).collect();
        vec![
            text(report, "number"),
            text(report, "scope"),
            text(report, "state"),
            text(report, "settings"),
            missing.join(" "),
            text(report, "by"),
            moment(report, "since"),
            text(report, "reason"),
        ]
    });
    let headings = ["NUMBER", "SCOPE", "STATE", "SETTINGS", "MISSING PARTS", "BY", "SINCE", "WHY"];
    table(&headings, rows.collect(), "There are no reports: ask for one with ocpp settings report STATION.")
}

fn remarks(review: &Value) -> String {
    let rows = items(review, "remarks")
        .iter()
        .map(|remark| vec![mark(remark, "fault", "fault"), text(remark, "sentence")]);
    table(&["", "WHAT"], rows.collect(), "The station reports what it should.")
}

fn differences(found: &Value, station: &str, other: &str) -> String {
    let rows = items(found, "items").iter().map(|difference| {
        vec![
            text(difference, "name"),
            text(difference, "this"),
            text(difference, "other"),
            text(difference, "reason"),
        ]
    });
    let (station, other) = (station.to_uppercase(), other.to_uppercase());
    table(&["NAME", &station, &other, "WHY NOT COMPARED"], rows.collect(), "They do not differ.")
}

fn templates(known: &Value) -> String {
    let rows = items(known, "items").iter().map(|template| {
        vec![
            text(template, "id"),
            text(template, "name"),
            stations_of(&template["filter"]),
            items(template, "settings").len().to_string(),
            text(template, "assertion"),
            text(template, "rank"),
        ]
    });
    let headings = ["ID", "NAME", "STATIONS", "SETTINGS", "DRIFT IS", "RANK"];
    table(&headings, rows.collect(), "There are no templates: add one with ocpp settings template add.")
}

/// Which stations a filter selects, in words.
pub(super) fn stations_of(filter: &Value) -> String {
    let mut parts: Vec<String> =
        items(filter, "station_ids").iter().filter_map(|id| id.as_str().map(str::to_owned)).collect();
    for (member, word) in [
        ("site_id", "site"),
        ("vendor", "vendor"),
        ("model", "model"),
        ("firmware_version", "firmware"),
        ("ocpp_version", "OCPP"),
    ] {
        let value = text(filter, member);
        if !value.is_empty() {
            parts.push(format!("{word} {value}"));
        }
    }
    if parts.is_empty() { "all".to_owned() } else { parts.join(", ") }
}

fn one_template(template: &Value) -> String {
    let known = facts(&[
        ("Template", text(template, "id")),
        ("Name", text(template, "name")),
        ("Stations", stations_of(&template["filter"])),
        ("Drift is", text(template, "assertion")),
        ("Rank", text(template, "rank")),
        ("Changed by", text(template, "by")),
        ("At", moment(template, "at")),
    ]);
    let rows =
        items(template, "settings").iter().map(|wanted| vec![text(wanted, "name"), text(wanted, "value")]);
    format!("{known}\n\n{}", table(&["NAME", "VALUE"], rows.collect(), "It wants nothing."))
}

fn drift_of_one(drift: &Value) -> String {
    let rows = items(drift, "settings").iter().map(|row| {
        vec![
            text(row, "name"),
            text(row, "wanted"),
            text(row, "value"),
            text(row, "drift"),
            text(row, "template_id"),
            text(row, "explanation"),
        ]
    });
    let headings = ["NAME", "WANTED", "VALUE", "DRIFT", "TEMPLATE", "WHAT IT MEANS"];
    table(&headings, rows.collect(), "No template is for this station.")
}

fn drift_of_all(drift: &Value) -> String {
    let rows = drift.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|station| {
        vec![
            text(station, "station_id"),
            text(station, "ocpp_version"),
            text(station, "drifting"),
            items(station, "settings").len().to_string(),
        ]
    });
    table(&["STATION", "OCPP", "DRIFTING", "OF"], rows.collect(), "No template is for any station.")
}
