//! The REST interface as programs use it. Every answer of every test is held against the description.

mod commands;
mod diagnostics;
mod drivers;
mod energy;
mod events;
mod input;
mod orders;
mod records;
mod rights;
mod settings;
mod upkeep;
mod uptime;

use std::path::Path;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::running::Manager;

/// A program with a key, which knows the description.
pub(crate) struct Program {
    http: reqwest::Client,
    pub(crate) base: String,
    key: Option<String>,
    description: Value,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
    pub(crate) json: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The last part of the problem's type.
    pub(crate) fn kind(&self) -> &str {
        self.json["type"].as_str().and_then(|kind| kind.rsplit('/').next()).unwrap_or_default()
    }
}

impl Program {
    pub(crate) async fn of(manager: &Manager) -> Program {
        let base = format!("http://{}", manager.http);
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let description = http.get(format!("{base}/api/v1/openapi.json")).send().await.expect("an answer");
        let description = description.json().await.expect("JSON");
        Program { http, base, key: manager.key.clone(), description }
    }

    /// The same with another key.
    pub(crate) fn with_key(&self, key: Option<&str>) -> Program {
        Program {
            http: self.http.clone(),
            base: self.base.clone(),
            key: key.map(str::to_owned),
            description: self.description.clone(),
        }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let request = self.http.request(method, format!("{}/api/v1/{path}", self.base));
        match &self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }

    /// Sends a request and holds its answer against the description.
    pub(crate) async fn send(&self, method: &str, path: &str, request: RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a body");
        let is_table =
            headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/csv"));
        let json = if is_table {
            Value::String(text.clone())
        } else {
            serde_json::from_str(&text).unwrap_or(Value::Null)
        };
        let answer = Answer { status, headers, text, json };
        self.hold_against_description(method, path, &answer);
        answer
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, self.request("GET", path)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, self.request("DELETE", path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, self.request("POST", path).json(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, self.request("PUT", path).json(body)).await
    }

    /// The description's name of every operation: method, path, and the scope that it needs.
    pub(crate) fn operations(&self) -> Vec<(String, String, Option<String>)> {
        let mut operations = Vec::new();
        for (path, item) in self.description["paths"].as_object().expect("paths") {
            for (method, operation) in item.as_object().expect("operations") {
                let scope = operation["security"][0]["api_key"][0].as_str().map(str::to_owned);
                operations.push((method.to_uppercase(), path.clone(), scope));
            }
        }
        operations
    }

    /// The status is described for the operation, and the body is of the form that is described for it.
    fn hold_against_description(&self, method: &str, path: &str, answer: &Answer) {
        let path = format!("/api/v1/{}", path.split('?').next().unwrap_or_default());
        let Some(operation) = self.operation(method, &path) else { return };
        let response = &operation["responses"][answer.status.to_string()];
        assert!(response.is_object(), "{method} {path}: {} is not described: {}", answer.status, answer.text);
        let content_type = answer.header("content-type").split(';').next().unwrap_or_default();
        let Some(content) = response["content"].as_object() else {
            assert!(answer.text.is_empty(), "{method} {path}: a body that is not described: {}", answer.text);
            return;
        };
        let schema =
            &content.get(content_type).unwrap_or_else(|| panic!("{method} {path}: {content_type}"))["schema"];
        let whole = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [schema],
            "components": self.description["components"],
        });
        let validator = jsonschema::validator_for(&whole).expect("a schema");
        let instances: Vec<Value> = match content_type {
            // Each line is what is described.
            "application/x-ndjson" => {
                answer.text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
            }
            _ => vec![answer.json.clone()],
        };
        let errors: Vec<String> = instances
            .iter()
            .flat_map(|instance| {
                validator.iter_errors(instance).map(|error| error.to_string()).collect::<Vec<_>>()
            })
            .collect();
        assert!(errors.is_empty(), "{method} {path}: {errors:?} in {}", answer.text);
    }

    fn operation(&self, method: &str, path: &str) -> Option<&Value> {
        let paths = self.description["paths"].as_object()?;
        let fits = |template: &str| {
            let (template, path): (Vec<_>, Vec<_>) =
                (template.split('/').collect(), path.split('/').collect());
            template.len() == path.len()
                && template.iter().zip(&path).all(|(part, given)| part.starts_with('{') || part == given)
        };
        // What stands there literally wins over a parameter.
        let found =
            paths.iter().filter(|(template, _)| fits(template)).min_by_key(|(t, _)| t.matches('{').count());
        found.and_then(|(_, item)| item.get(method.to_lowercase()))
    }
}

/// A manager that wants keys, and a program that may do everything.
pub(crate) async fn manager(data: &Path) -> (Manager, Program) {
    let manager = Manager::start(data, &["--station", "CS1"]);
    let program = Program::of(&manager).await;
    (manager, program)
}
