//! Who may import whom, read from the `use` lines.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A module of a crate, and the modules of its own crate that it may use.
const CORE: &[(&str, &[&str])] = &[
    ("types", &["types", "message"]),
    ("message", &["message", "types", "schema"]),
    ("action", &["action", "message", "types", "inbound"]),
    ("quirk", &["quirk"]),
    ("requirement", &["requirement", "message", "quirk", "types"]),
    ("inbound", &["inbound", "message", "quirk", "requirement", "types"]),
    ("wire", &["wire", "inbound", "quirk", "types"]),
    ("rpc", &["rpc", "wire", "quirk", "types"]),
    ("v16", &["v16", "action", "message", "open_enum", "types"]),
    ("v201", &["v201", "action", "message", "open_enum", "types"]),
    ("v21", &["v21", "action", "message", "open_enum", "types"]),
    ("rules", &["rules", "model"]),
    ("schema", &["schema", "message", "action", "types", "v16", "v201", "v21"]),
    ("model", &["model", "types"]),
    ("signed", &["signed", "inbound", "message", "model", "types", "v16", "v201", "v21"]),
    (
        "dialect",
        &[
            "dialect",
            "action",
            "inbound",
            "message",
            "model",
            "quirk",
            "requirement",
            "types",
            "v16",
            "v201",
            "v21",
        ],
    ),
];

const SERVER: &[(&str, &[&str])] = &[
    ("domain", &["domain"]),
    ("catalogue", &["catalogue"]),
    ("store", &["store", "domain", "metrics"]),
    ("message_log", &["message_log"]),
    ("metrics", &["metrics", "message_log"]),
    ("bus", &["bus", "domain"]),
    ("health", &["health"]),
    ("availability", &["availability", "Csms", "domain", "handle", "store"]),
    ("habits", &["habits", "availability"]),
    ("watch", &["watch", "domain", "handle", "store"]),
    ("access", &["access", "domain", "store", "bus"]),
    ("pricing", &["pricing", "domain", "store"]),
    ("payment", &["payment", "domain", "store"]),
    ("handle", &["handle", "domain", "store", "bus", "health", "pricing"]),
    ("session", &["session", "domain", "handle", "message_log", "metrics", "store"]),
    ("command", &["command", "domain", "handle", "session", "store"]),
    ("edge", &["edge", "access", "domain", "store", "handle", "metrics", "session"]),
    (
        "maintenance",
        &[
            "maintenance",
            "Csms",
            "access",
            "catalogue",
            "command",
            "domain",
            "handle",
            "pricing",
            "session",
            "store",
        ],
    ),
    (
        "process",
        &[
            "process", "Csms", "access", "command", "domain", "handle", "payment", "pricing", "session",
            "store",
        ],
    ),
    (
        "register",
        &["register", "Csms", "access", "availability", "command", "domain", "handle", "session", "store"],
    ),
];

const CLIENT: &[(&str, &[&str])] = &[
    ("engine", &["engine", "hardware"]),
    ("hardware", &["hardware"]),
    ("simulated", &["simulated", "hardware"]),
    ("transport", &["transport"]),
    ("driver", &["driver", "engine", "hardware", "transport"]),
];

#[test]
fn modules_import_only_what_they_may() {
    let mut wrong = Vec::new();
    for (name, rules) in [("ocpp-core", CORE), ("ocpp-server", SERVER), ("ocpp-client", CLIENT)] {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name).join("src");
        for (module, may) in rules {
            for file in files_of(&source, module) {
                let text = std::fs::read_to_string(&file).expect("a source file");
                for used in used_modules(&text).into_iter().filter(|used| !may.contains(&used.as_str())) {
                    wrong.push(format!("{name}: {} uses crate::{used}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn core_knows_no_sockets_and_no_runtime() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ocpp-core/Cargo.toml");
    let text = std::fs::read_to_string(manifest).expect("the manifest");
    for forbidden in ["tokio", "ocpp-server", "tungstenite", "rusqlite"] {
        assert!(!text.contains(forbidden), "ocpp-core depends on {forbidden}");
    }
}

fn files_of(source: &Path, module: &str) -> Vec<PathBuf> {
    let mut files = vec![source.join(format!("{module}.rs"))];
    let mut folders = vec![source.join(module)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    assert!(files[0].exists(), "there is no module {module}");
    files
}

/// The modules of the own crate that stand in `use crate::…` lines.
fn used_modules(text: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for line in text.lines().filter_map(|line| line.trim().strip_prefix("use crate::")) {
        let names = match line.strip_prefix('{') {
            Some(list) => list.split(',').collect(),
            None => vec![line],
        };
        for name in names {
            let name: String =
                name.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if !name.is_empty() {
                used.insert(name);
            }
        }
    }
    used
}
