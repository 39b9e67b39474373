//! Whoever runs the commands that operate a manager.

use std::process::Output;

use serde_json::Value;

use super::command_line::{ocpp, stderr, stdout};
use super::running::Manager;

/// Runs commands against a manager, while a station answers.
pub(crate) struct Operator {
    server: String,
    key: String,
}

impl Operator {
    pub(crate) fn of(manager: &Manager) -> Operator {
        Operator { server: format!("http://{}", manager.http), key: manager.key.clone().unwrap_or_default() }
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Output {
        let ends = ["--server", &self.server, "--api-key", &self.key];
        let all: Vec<String> = [arguments, &ends].concat().iter().map(|text| (*text).to_owned()).collect();
        let ran =
            tokio::task::spawn_blocking(move || ocpp(&all.iter().map(String::as_str).collect::<Vec<_>>()));
        ran.await.expect("it ends")
    }

    pub(crate) async fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
        stdout(&output)
    }

    pub(crate) async fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.done(&[arguments, &["--json"]].concat()).await).expect("JSON")
    }

    pub(crate) async fn fails(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments).await;
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}{}", stdout(&output), stderr(&output));
        stderr(&output)
    }
}
