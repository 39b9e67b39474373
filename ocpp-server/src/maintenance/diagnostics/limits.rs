//! How much a station takes in one message on monitors (N04.FR.09, N06.FR.04).

use ocpp_core::model::{Command, Outcome, Scope, Setting, StationId, Verdict};

use super::Diagnostics;
use crate::maintenance::giving::{Given, give};

/// How many items one message has when the station does not say how many it takes.
const USUAL_ITEMS: usize = 20;
/// What a frame takes beside its payload, in bytes.
const FRAME_BYTES: usize = 100;
/// Who asks.
const BY: &str = "monitors";

/// How much goes into one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    items: usize,
    bytes: Option<usize>,
}

impl Limits {
    /// Items in pieces that the station takes; each has at least one.
    pub(super) fn split<T>(&self, items: Vec<T>, size: impl Fn(&T) -> usize) -> Vec<Vec<T>> {
        let mut pieces: Vec<Vec<T>> = Vec::new();
        let mut bytes = 0;
        for item in items {
            let more = size(&item);
            let fits = pieces.last().is_some_and(|piece| piece.len() < self.items)
                && self.bytes.is_none_or(|most| bytes + more <= most);
            match pieces.last_mut().filter(|_| fits) {
                Some(piece) => piece.push(item),
                None => {
                    pieces.push(vec![item]);
                    bytes = FRAME_BYTES;
                }
            }
            bytes += more;
        }
        pieces
    }
}

impl Diagnostics {
    /// What the station says that it takes of a message.
    pub(super) async fn limits(&self, station: &StationId, message: &str) -> Limits {
        let asked = ["ItemsPerMessage", "BytesPerMessage"].map(|name| Setting::Variable {
            component: "MonitoringCtrlr".into(),
            component_instance: None,
            place: None,
            variable: name.into(),
            variable_instance: Some(message.into()),
        });
        let command = Command::ReadSettings(Scope::These(asked.to_vec()));
        // Stations exist that do not answer questions about settings: what is usual holds.
        let told = match give(&self.csms, station, command, BY).await {
            Given::Answered(Outcome::Settings(told)) => told,
            _ => Vec::new(),
        };
        let number = |wanted: &Setting| {
            let result = told.iter().find(|result| is_same_name(&result.setting, wanted))?;
            let value = result.value.as_deref().filter(|_| result.verdict == Verdict::Accepted)?;
            value.trim().parse::<usize>().ok().filter(|number| *number > 0)
        };
        Limits { items: number(&asked[0]).unwrap_or(USUAL_ITEMS), bytes: number(&asked[1]) }
    }
}

fn is_same_name(told: &Setting, asked: &Setting) -> bool {
    match (told, asked) {
        (Setting::Variable { variable: told, .. }, Setting::Variable { variable: asked, .. }) => {
            told.eq_ignore_ascii_case(asked)
        }
        _ => false,
    }
}
