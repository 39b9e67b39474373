//! Which tests of the server name an action: found in their sources, so that the page never says what is not there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The tests of the server that name an action, by the action.
pub(super) struct WireTests(BTreeMap<String, Vec<String>>);

impl WireTests {
    /// Reads the sources of the tests; only names in `actions` are looked for.
    pub(super) fn naming(actions: &[&str]) -> WireTests {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ocpp-server/tests/it");
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for path in sources(&root) {
            let text = std::fs::read_to_string(&path).expect("a source");
            let module = path.strip_prefix(&root).expect("a source of the tests").with_extension("");
            let module = module.to_string_lossy().replace(['/', '\\'], "::");
            for (test, body) in tests_of(&text) {
                for action in actions.iter().filter(|action| body.contains(&format!("\"{action}\""))) {
                    found.entry((*action).to_owned()).or_default().push(format!("{module}::{test}"));
                }
            }
        }
        WireTests(found)
    }

    /// The first test that names an action, or the one that tries all of them.
    pub(super) fn of(&self, action: &str, of_all: &str) -> String {
        let own = self.0.get(action).and_then(|tests| tests.first());
        own.cloned().unwrap_or_else(|| of_all.to_owned())
    }
}

/// All sources below a directory, in the order of their paths.
fn sources(directory: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(directory)
        .expect("a directory")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    entries.sort();
    let mut sources = Vec::new();
    for entry in entries {
        if entry.is_dir() {
            sources.extend(self::sources(&entry));
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            sources.push(entry);
        }
    }
    sources
}

/// The tests of a source with their bodies: what stands between the attribute and the end of the function.
fn tests_of(text: &str) -> Vec<(&str, &str)> {
    let mut tests = Vec::new();
    for part in
        text.split("\n#[").skip(1).filter(|part| part.starts_with("test]") || part.starts_with("tokio::test"))
    {
        let Some((_, rest)) = part.split_once("fn ") else { continue };
        let (Some((name, _)), Some((body, _))) = (rest.split_once('('), rest.split_once("\n}")) else {
            continue;
        };
        tests.push((name, body));
    }
    tests
}
