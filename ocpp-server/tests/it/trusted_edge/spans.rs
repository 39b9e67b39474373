//! Each call is handled within a span of its own, so that whatever is told meanwhile says of which station it is.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use ocpp_server::Csms;
use ocpp_server::store::Memory;
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::Manager;
use super::station::Station;

/// A span that was seen.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Seen {
    name: &'static str,
    fields: BTreeMap<&'static str, String>,
    /// How often it was entered, and is still.
    entered: usize,
    left: usize,
    closed: bool,
}

/// Captures the spans of this thread.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<Seen>>>);

impl Spans {
    fn change(&self, id: &Id, change: impl FnOnce(&mut Seen)) {
        let mut seen = self.0.lock().expect("the list");
        let at = usize::try_from(id.into_u64()).expect("an index") - 1;
        change(&mut seen[at]);
    }

    fn calls(&self) -> Vec<Seen> {
        self.0.lock().expect("the list").iter().filter(|span| span.name == "call").cloned().collect()
    }
}

struct Fields<'a>(&'a mut BTreeMap<&'static str, String>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl Subscriber for Spans {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("ocpp_server")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut seen = Seen { name: span.metadata().name(), ..Seen::default() };
        span.record(&mut Fields(&mut seen.fields));
        let mut all = self.0.lock().expect("the list");
        all.push(seen);
        Id::from_u64(all.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        self.change(span, |seen| values.record(&mut Fields(&mut seen.fields)));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, span: &Id) {
        self.change(span, |seen| seen.entered += 1);
    }

    fn exit(&self, span: &Id) {
        self.change(span, |seen| seen.left += 1);
    }

    fn try_close(&self, span: Id) -> bool {
        self.change(&span, |seen| seen.closed = true);
        true
    }
}

/// On one thread, so that what is captured is this manager's alone.
#[tokio::test]
async fn every_call_has_a_span_that_names_station_and_action() {
    let spans = Spans::default();
    let _guard = tracing::subscriber::set_default(spans.clone());
    let manager = Manager::of(Csms::builder(Memory::new())).await;
    let mut first = Station::dial(&manager, "SPAN-1", "ocpp1.6").await;
    first.boot_16().await;
    let mut second = Station::dial(&manager, "SPAN-2", "ocpp2.1").await;
    second.boot_2x().await;
    second.result("Heartbeat", json!({})).await;
    // What is refused was a call, too.
    second.refusal("NoSuchAction", json!({})).await;

    let calls = spans.calls();
    let named: Vec<_> =
        calls.iter().map(|call| (call.fields["station"].as_str(), call.fields["action"].as_str())).collect();
    assert_eq!(
        named,
        [
            ("SPAN-1", "BootNotification"),
            ("SPAN-2", "BootNotification"),
            ("SPAN-2", "Heartbeat"),
            ("SPAN-2", "NoSuchAction"),
        ]
    );
    for call in &calls {
        assert!(call.entered > 0 && call.entered == call.left && call.closed, "{call:?}");
        assert_eq!(call.fields.len(), 2, "nothing of the payload is in it: {call:?}");
    }
}
