//! Local lists (block D): built, split, sent as a difference or in full.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use ocpp_core::model::ListUpdateKind;
use ocpp_core::types::Version;
use ocpp_server::domain::{ListChoice, ListState};
use ocpp_server::maintenance::{ListError, LocalLists};
use ocpp_server::register::TokenForm;
use serde_json::{Value, json};

use crate::world::station::{Says, Station};
use crate::world::{World, id, pass};

const VERSIONS: [Version; 3] = [Version::V16, Version::V201, Version::V21];

/// Tokens with the word on each; without one it is removed.
type Entries = Vec<(String, Option<String>)>;

struct Lists {
    world: World,
    station: Station,
    lists: LocalLists,
}

impl Lists {
    async fn new(version: Version) -> Lists {
        let world = World::new().await;
        let station = world.connect("CS1", version).await;
        let lists = LocalLists::new(world.csms());
        let lists = Lists { world, station, lists };
        lists.has_version(0);
        lists.takes("Accepted");
        lists.lists.choose(&id("CS1"), ListChoice::All).await.unwrap();
        lists
    }

    fn has_version(&self, version: i64) {
        let member = if self.station.is_2x() { "versionNumber" } else { "listVersion" };
        self.station.says("GetLocalListVersion", Says::Result(json!({ member: version })));
    }

    fn takes(&self, status: &str) {
        self.station.says("SendLocalList", Says::Result(json!({ "status": status })));
    }

    async fn add(&self, token: &str, form: TokenForm) {
        self.world.register().add_token(token, form).await.unwrap();
    }

    async fn block(&self, token: &str) {
        let form = TokenForm { blocked: true, ..TokenForm::default() };
        self.world.register().change_token(token, form, None).await.unwrap();
    }

    async fn is_current(&self) -> bool {
        self.lists.report(&id("CS1")).await.unwrap().unwrap().is_current
    }

    /// The messages since `before`, as version, kind, and tokens with their status.
    fn sent(&self, before: usize) -> Vec<(i64, String, Entries)> {
        let is_2x = self.station.is_2x();
        let sent = |update: &Value| {
            let version = if is_2x { &update["versionNumber"] } else { &update["listVersion"] };
            let list = update["localAuthorizationList"].as_array().cloned().unwrap_or_default();
            let entry = |entry: &Value| {
                let (token, info) = if is_2x {
                    (&entry["idToken"]["idToken"], &entry["idTokenInfo"])
                } else {
                    (&entry["idTag"], &entry["idTagInfo"])
                };
                (token.as_str().unwrap().to_owned(), info["status"].as_str().map(str::to_owned))
            };
            let kind = update["updateType"].as_str().unwrap().to_owned();
            (version.as_i64().unwrap(), kind, list.iter().map(entry).collect())
        };
        self.station.orders("SendLocalList").iter().skip(before).map(sent).collect()
    }
}

fn accepted(token: &str) -> (String, Option<String>) {
    (token.to_owned(), Some("Accepted".to_owned()))
}

#[tokio::test(start_paused = true)]
async fn tc_d_01_csms_the_whole_list_is_sent_first() {
    for version in VERSIONS {
        let it = Lists::new(version).await;
        it.add("BAD", TokenForm { blocked: true, ..TokenForm::default() }).await;
        let sent = it.lists.send(&id("CS1")).await.unwrap();
        assert_eq!((sent.version, sent.messages, sent.kind), (1, 1, ListUpdateKind::Full), "{version}");
        let blocked = ("BAD".to_owned(), Some("Blocked".to_owned()));
        assert_eq!(it.sent(0), [(1, "Full".to_owned(), vec![accepted("CARD"), blocked])], "{version}");
        assert!(it.is_current().await);
    }
}

#[tokio::test(start_paused = true)]
async fn tc_d_02_csms_afterwards_the_difference_is_sent() {
    for version in VERSIONS {
        let it = Lists::new(version).await;
        it.lists.send(&id("CS1")).await.unwrap();
        it.has_version(1);
        it.add("NEW", TokenForm::default()).await;
        assert!(!it.is_current().await, "a new token makes it stale");
        let sent = it.lists.send(&id("CS1")).await.unwrap();
        assert_eq!((sent.version, sent.kind), (2, ListUpdateKind::Differential));
        assert_eq!(it.sent(1), [(2, "Differential".to_owned(), vec![accepted("NEW")])], "{version}");
        it.has_version(2);
        it.block("NEW").await;
        assert!(!it.is_current().await, "and so does a blocked one");
        it.lists.send(&id("CS1")).await.unwrap();
        assert_eq!(it.sent(2)[0].2, [("NEW".to_owned(), Some("Blocked".to_owned()))]);
        it.has_version(3);
        let nothing = it.lists.send(&id("CS1")).await.unwrap();
        assert_eq!((nothing.messages, nothing.version), (0, 3), "nothing is sent when nothing changed");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_d_03_csms_a_removed_token_is_sent_without_a_word_on_it() {
    for version in VERSIONS {
        let it = Lists::new(version).await;
        it.add("OLD", TokenForm::default()).await;
        it.lists.send(&id("CS1")).await.unwrap();
        it.has_version(1);
        it.world.register().remove_token("OLD").await.unwrap();
        it.lists.send(&id("CS1")).await.unwrap();
        assert_eq!(it.sent(1), [(2, "Differential".to_owned(), vec![("OLD".to_owned(), None)])]);
    }
}

#[tokio::test(start_paused = true)]
async fn tc_d_04_csms_a_list_is_emptied_by_a_full_one_without_tokens() {
    for version in VERSIONS {
        let it = Lists::new(version).await;
        it.lists.choose(&id("CS1"), ListChoice::Nothing).await.unwrap();
        it.lists.send(&id("CS1")).await.unwrap();
        assert_eq!(it.sent(0), [(1, "Full".to_owned(), Vec::new())], "{version}");
        assert!(it.station.orders("SendLocalList")[0].get("localAuthorizationList").is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn tc_d_08_csms_a_station_with_another_version_gets_the_whole_list() {
    for version in VERSIONS {
        let it = Lists::new(version).await;
        it.lists.send(&id("CS1")).await.unwrap();
        it.has_version(7);
        let sent = it.lists.send(&id("CS1")).await.unwrap();
        assert_eq!((sent.version, sent.kind), (8, ListUpdateKind::Full), "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn tc_d_09_csms_a_station_without_a_list_gets_one() {
    for version in VERSIONS {
        let it = Lists::new(version).await;
        it.lists.send(&id("CS1")).await.unwrap();
        it.has_version(0);
        let sent = it.lists.send(&id("CS1")).await.unwrap();
        assert_eq!((sent.version, sent.kind), (2, ListUpdateKind::Full), "{version}: it was lost");
    }
    let it = Lists::new(Version::V16).await;
    it.has_version(-1);
    let why = it.lists.send(&id("CS1")).await.unwrap_err();
    assert_eq!(why, ListError::NotTaken("the station keeps no lists".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_list_is_split_by_the_limits_of_the_station() {
    for version in VERSIONS {
        let it = Lists::new(version).await;
        for number in 0..6 {
            it.add(&format!("T{number}"), TokenForm::default()).await;
        }
        limits(&it, "3", "5");
        let sent = it.lists.send(&id("CS1")).await.unwrap();
        let (messages, left_out) = if it.station.is_2x() { (3, 0) } else { (2, 2) };
        assert_eq!((sent.messages, sent.left_out), (messages, left_out), "{version}");
        let kinds: Vec<_> = it.sent(0).into_iter().map(|(version, kind, _)| (version, kind)).collect();
        let expected = [(1, "Full"), (2, "Differential"), (3, "Differential")];
        let expected: Vec<_> = expected[..messages].iter().map(|(v, k)| (*v, (*k).to_owned())).collect();
        assert_eq!(kinds, expected, "D01.FR.03, D01.FR.11");
        assert!(it.sent(0).iter().all(|(_, _, tokens)| tokens.len() <= 3));
        assert!(it.is_current().await, "what has no place in it does not make it stale");
    }
}

/// The station says how many tokens it takes in a message and in all.
fn limits(it: &Lists, items: &str, entries: &str) {
    if it.station.is_2x() {
        let result = |name: &str, value: &str| {
            json!({"attributeStatus": "Accepted", "attributeValue": value,
                "component": {"name": "LocalAuthListCtrlr"}, "variable": {"name": name}})
        };
        let told = json!({"getVariableResult": [result("Enabled", "true"), result("ItemsPerMessage", items),
            result("BytesPerMessage", "60000")]});
        it.station.says("GetVariables", Says::Result(told));
    } else {
        let key = |name: &str, value: &str| json!({"key": name, "readonly": true, "value": value});
        let told = json!({"configurationKey": [key("LocalAuthListEnabled", "true"),
            key("SendLocalListMaxLength", items), key("LocalAuthListMaxLength", entries)]});
        it.station.says("GetConfiguration", Says::Result(told));
    }
}

#[tokio::test(start_paused = true)]
async fn a_difference_that_is_not_taken_is_followed_by_the_whole_list() {
    for version in VERSIONS {
        for status in ["VersionMismatch", "Failed"] {
            let it = Lists::new(version).await;
            it.lists.send(&id("CS1")).await.unwrap();
            it.has_version(1);
            it.add("NEW", TokenForm::default()).await;
            it.takes(status);
            let why = it.lists.send(&id("CS1")).await.unwrap_err();
            assert!(matches!(why, ListError::NotTaken(_)), "{why}");
            let kinds: Vec<_> = it.sent(1).into_iter().map(|(_, kind, _)| kind).collect();
            assert_eq!(kinds, ["Differential", "Full"], "{version} {status}: D01.FR.03");
            let report = it.lists.report(&id("CS1")).await.unwrap().unwrap();
            assert!(matches!(report.list.state, ListState::Failed { .. }), "{:?}", report.list);
            it.takes("Accepted");
            it.lists.send(&id("CS1")).await.unwrap();
            assert!(it.is_current().await);
        }
    }
    let it = Lists::new(Version::V16).await;
    it.takes("NotSupported");
    let why = it.lists.send(&id("CS1")).await.unwrap_err();
    assert_eq!(why.to_string(), "The station did not take the list: the station cannot do this.");
}

#[tokio::test(start_paused = true)]
async fn after_an_answer_that_got_lost_the_whole_list_is_sent() {
    for version in VERSIONS {
        for bad in [Says::Nothing, Says::Result(json!({"status": 3})), Says::Error("InternalError")] {
            let it = Lists::new(version).await;
            it.lists.send(&id("CS1")).await.unwrap();
            it.has_version(1);
            it.add("NEW", TokenForm::default()).await;
            let lost = !matches!(bad, Says::Error(_));
            it.station.says("SendLocalList", bad);
            assert!(matches!(it.lists.send(&id("CS1")).await, Err(ListError::NotTaken(_))));
            it.takes("Accepted");
            let sent = it.lists.send(&id("CS1")).await.unwrap();
            let kind = if lost { ListUpdateKind::Full } else { ListUpdateKind::Differential };
            assert_eq!(sent.kind, kind, "{version}");
            assert!(it.is_current().await);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_group_has_a_list_of_its_own_and_long_tokens_are_left_out_where_they_must() {
    for version in VERSIONS {
        let it = Lists::new(version).await;
        let fleet = || TokenForm { group: Some("FLEET".to_owned()), ..TokenForm::default() };
        it.add("F1", fleet()).await;
        it.add(&"L".repeat(30), fleet()).await;
        it.lists.choose(&id("CS1"), ListChoice::Group("FLEET".to_owned())).await.unwrap();
        let sent = it.lists.send(&id("CS1")).await.unwrap();
        let long = usize::from(it.station.is_2x());
        assert_eq!(it.sent(0)[0].2.len(), 1 + long, "{version}");
        assert_eq!(sent.left_out, 1 - long as u64);
        assert!(it.is_current().await);
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_where_nothing_can_be() {
    let it = Lists::new(Version::V201).await;
    let elsewhere = it.lists.choose(&id("CS9"), ListChoice::All).await.unwrap_err();
    assert_eq!(elsewhere, ListError::UnknownStation("CS9".to_owned()));
    assert_eq!(it.lists.send(&id("CS9")).await.unwrap_err(), ListError::NotChosen);
    limits(&it, "0", "0");
    it.lists.send(&id("CS1")).await.unwrap();
    it.station.hang_up();
    pass(1).await;
    assert_eq!(it.lists.send(&id("CS1")).await.unwrap_err(), ListError::NotConnected);
}
