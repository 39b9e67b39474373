//! What is promised of records.

use super::samples::{event, record, refusal, removal, station, unit};
use super::{keep, refuse};
use crate::domain::{EventId, RecordKind, RefusalReason, Refused, Revision, Stored};
use crate::store::{Change, CommitError, KeyOrder, Page, RecordFilter, Store, Unit};

fn put(record: &Stored, revision: u64, body: &str) -> Change {
    Change::Record(Stored { revision: Revision(revision), body: Some(body.into()), ..record.clone() })
}

fn assert_conflict(error: &CommitError, expected: u64, stored: u64) {
    let told = match error {
        CommitError::Conflict { expected, stored, .. } => Some((expected.0, stored.0)),
        _ => None,
    };
    assert_eq!(told, Some((expected, stored)), "a wrong revision of a record is a conflict, not {error:?}");
}

/// The keys that a filter selects, in their order.
async fn keys(store: &impl Store, filter: RecordFilter) -> Vec<String> {
    let records = store.records(filter).await.expect("records can be read");
    records.iter().map(|record| record.key.to_string()).collect()
}

pub(super) async fn keeps_records(store: &impl Store) {
    let body = "{\"name\": \"Säule 🔌\", \"price\": 1.50, \"quote\": \"\\\"\"}";
    let site = Stored { body: Some(body.into()), ..record(RecordKind::Site, "ä/\"1\"", Some("owner")) };
    let bare = record(RecordKind::Token, "", None);
    assert_eq!(store.record(site.kind, &site.key).await, Ok(None), "an empty store has no record");
    assert_eq!(keys(store, RecordFilter::all(site.kind, 9)).await, [""; 0], "nor a list of them");
    keep(store, unit(vec![Change::Record(site.clone()), Change::Record(bare.clone())])).await;

    let first = Stored { revision: Revision(1), ..site.clone() };
    let told = "a record is read as it was written, with its revision";
    assert_eq!(store.record(site.kind, &site.key).await, Ok(Some(first.clone())), "{told}");
    let kept = store.record(bare.kind, "").await;
    assert_eq!(
        kept,
        Ok(Some(Stored { revision: Revision(1), ..bare })),
        "{told}, even without key and owner"
    );
    assert_eq!(store.records(RecordFilter::all(site.kind, 9)).await, Ok(vec![first]), "lists are the same");
    assert_eq!(store.record(RecordKind::Tariff, &site.key).await, Ok(None), "kinds are kept apart");
    assert_eq!(store.record(site.kind, "ä/\"1").await, Ok(None), "a key is compared as a whole");
    assert_eq!(store.record(site.kind, "Ä/\"1\"").await, Ok(None), "a key is compared with its case");
}

pub(super) async fn compares_revisions_of_records(store: &impl Store) {
    let record = record(RecordKind::Payment, "p", Some("a"));
    let stale = refuse(store, unit(vec![put(&record, 1, "{}")])).await;
    assert_conflict(&stale, 1, 0);
    keep(store, unit(vec![put(&record, 0, "1")])).await;
    assert_conflict(&refuse(store, unit(vec![put(&record, 0, "2")])).await, 0, 1);
    keep(store, unit(vec![put(&record, 1, "2"), put(&record, 2, "3")])).await;
    for revision in [0, 2, 4, u64::MAX >> 1] {
        let error = refuse(store, unit(vec![put(&record, revision, "x")])).await;
        assert_conflict(&error, revision, 3);
    }
    let moved = Stored { owner: Some("b".into()), ..record.clone() };
    keep(store, unit(vec![put(&moved, 3, "4")])).await;
    let of = |owner: &str| RecordFilter::all(RecordKind::Payment, 9).of(owner);
    assert_eq!(keys(store, of("a")).await, [""; 0], "a write replaces the owner");
    assert_eq!(keys(store, of("b")).await, ["p"], "a write replaces the owner");
    let kept = store.record(record.kind, "p").await.expect("records can be read");
    let kept = kept.map(|kept| (kept.revision, kept.body));
    assert_eq!(kept, Some((Revision(4), Some("4".into()))), "each write counts, the last one holds");
}

pub(super) async fn removes_records(store: &impl Store) {
    let record = record(RecordKind::Task, "t", None);
    keep(store, unit(vec![put(&record, 0, "1")])).await;
    assert_conflict(&refuse(store, unit(vec![removal(&record, 0)])).await, 0, 1);
    keep(store, unit(vec![put(&record, 1, "2")])).await;
    let changed = refuse(store, unit(vec![removal(&record, 1)])).await;
    assert_conflict(&changed, 1, 2);
    keep(store, unit(vec![removal(&record, 2)])).await;
    assert_eq!(store.record(record.kind, "t").await, Ok(None), "what is removed is gone");
    assert_eq!(keys(store, RecordFilter::all(record.kind, 9)).await, [""; 0], "also from lists");
    assert_conflict(&refuse(store, unit(vec![removal(&record, 2)])).await, 2, 0);
    assert_conflict(&refuse(store, unit(vec![put(&record, 2, "3")])).await, 2, 0);
    keep(store, unit(vec![removal(&record, 0)])).await;
    keep(store, unit(vec![put(&record, 0, "4"), removal(&record, 1), put(&record, 0, "5")])).await;
    let kept = store.record(record.kind, "t").await.expect("records can be read");
    let kept = kept.map(|kept| (kept.revision, kept.body));
    let told = "a record that was removed can be written anew, also within one unit";
    assert_eq!(kept, Some((Revision(1), Some("5".into()))), "{told}");
}

pub(super) async fn keeps_all_or_nothing_with_records(store: &impl Store) {
    let record = record(RecordKind::Receipt, "r", None);
    keep(store, unit(vec![put(&record, 0, "1")])).await;
    let changes = vec![
        Change::Station(station("A")),
        put(&Stored { key: "s".into(), ..record.clone() }, 0, "1"),
        removal(&record, 1),
        refusal("B", 0),
        put(&Stored { key: "wrong".into(), ..record.clone() }, 7, "1"),
    ];
    refuse(store, Unit { events: vec![event("A", "x")], ..unit(changes.clone()) }).await;
    let nothing = "a unit that is refused for one record leaves nothing";
    assert_eq!(keys(store, RecordFilter::all(record.kind, 9)).await, ["r"], "{nothing}: no record");
    assert_eq!(store.station(&station("A").id).await, Ok(None), "{nothing}: no station");
    assert_eq!(store.refusals(9).await, Ok(vec![]), "{nothing}: no refusal");
    assert_eq!(store.last_event().await, Ok(EventId(0)), "{nothing}: no event");
    keep(store, unit(changes[..4].to_vec())).await;
    assert_eq!(keys(store, RecordFilter::all(record.kind, 9)).await, ["s"], "the rest of it is kept");

    let wrong = crate::domain::Station { revision: Revision(9), ..station("A") };
    let changes = vec![put(&Stored { key: "t".into(), ..record.clone() }, 0, "1"), Change::Station(wrong)];
    refuse(store, unit(changes)).await;
    let told = "a unit that is refused for something else leaves no record";
    assert_eq!(store.record(record.kind, "t").await, Ok(None), "{told}");
}

/// Keys whose order tells bytes from characters, case and UTF-16 units.
const KEYS: [&str; 12] = ["", "\u{1}", "10", "9", "A", "Z", "a", "a ", "aa", "é", "\u{ffff}", "\u{1f50c}"];

pub(super) async fn pages_records(store: &impl Store) {
    for (index, key) in [7, 2, 11, 0, 5, 9, 3, 1, 10, 8, 4, 6].into_iter().map(|index| (index, KEYS[index])) {
        let owner = (index % 3 == 0).then_some("third");
        keep(store, unit(vec![Change::Record(record(RecordKind::Token, key, owner))])).await;
        keep(store, unit(vec![Change::Record(record(RecordKind::Site, &format!("{key}!"), owner))])).await;
    }
    for order in [KeyOrder::Ascending, KeyOrder::Descending] {
        let mut expected = KEYS.to_vec();
        if order == KeyOrder::Descending {
            expected.reverse();
        }
        for limit in [1, 5, usize::MAX] {
            let mut found = Vec::new();
            let mut after = None;
            loop {
                let page = Page { after: after.clone(), limit };
                let filter = RecordFilter { order, page, ..RecordFilter::all(RecordKind::Token, 0) };
                let page = keys(store, filter).await;
                let Some(last) = page.last() else { break };
                assert!(page.len() <= limit, "a page has no more than it may");
                after = Some(last.clone());
                found.extend(page);
            }
            assert_eq!(
                found, expected,
                "{order:?}: records are paged in the order of the bytes of their keys"
            );
        }
    }
    let all = |kind, limit| RecordFilter::all(kind, limit);
    assert_eq!(keys(store, all(RecordKind::Token, 0)).await, [""; 0], "a page of none is empty");
    let after = all(RecordKind::Token, 2).after(Some("B".to_owned()));
    assert_eq!(keys(store, after.clone()).await, ["Z", "a"], "a page goes on after a key that is not stored");
    assert_eq!(keys(store, after.descending()).await, ["A", "9"], "the other way round, too");
    let third = |limit| all(RecordKind::Token, limit).of("third");
    assert_eq!(keys(store, third(9)).await, ["", "9", "a", "é"], "an owner's records are found");
    assert_eq!(keys(store, third(2).after(Some("9".to_owned()))).await, ["a", "é"], "also page by page");
    assert_eq!(keys(store, third(2).descending()).await, ["é", "a"], "and the highest key first");
    assert_eq!(keys(store, all(RecordKind::Token, 9).of("Third")).await, [""; 0], "owners are exact");
    assert_eq!(keys(store, all(RecordKind::Payment, 9).of("third")).await, [""; 0], "and kinds kept apart");
}

pub(super) async fn tells_who_owns_what_at_once(store: &impl Store) {
    let own = async |owner: &str| keys(store, RecordFilter::all(RecordKind::Token, 9).of(owner)).await;
    let first = record(RecordKind::Token, "t", Some("a"));
    let moved = |revision| Stored { owner: Some("b".into()), revision: Revision(revision), ..first.clone() };
    assert_eq!((own("a").await, own("b").await), (vec![], vec![]), "nobody owns anything at first");
    keep(store, unit(vec![Change::Record(first.clone())])).await;
    let told =
        "a list of an owner is as the last commit left it, though it was empty when it was read before";
    assert_eq!((own("a").await, own("b").await), (vec!["t".to_owned()], vec![]), "{told}");
    keep(store, unit(vec![Change::Record(moved(1))])).await;
    assert_eq!((own("a").await, own("b").await), (vec![], vec!["t".to_owned()]), "{told}");
    keep(store, unit(vec![Change::Record(Stored { body: None, ..moved(2) })])).await;
    assert_eq!((own("a").await, own("b").await), (vec![], vec![]), "{told}");
    keep(store, unit(vec![Change::Record(first.clone())])).await;
    assert_eq!((own("a").await, own("b").await), (vec!["t".to_owned()], vec![]), "{told}");
}

pub(super) async fn settles_refusals(store: &impl Store) {
    let token = |token: &str| Refused::Token { station: station("A").id, token: token.to_owned() };
    let count = |refused: Refused, reason, seconds| Change::Refusal {
        refused,
        reason,
        address: String::new(),
        at: super::samples::moment(seconds),
    };
    let changes = vec![
        refusal("A", 1),
        count(Refused::Station("A".to_owned()), RefusalReason::WrongPassword, 2),
        count(token("A"), RefusalReason::UnknownToken, 3),
        count(token("B"), RefusalReason::UnknownToken, 4),
        refusal("a", 5),
    ];
    keep(store, unit(changes)).await;
    keep(store, unit(vec![Change::RefusalSettled(Refused::Station("nobody".to_owned()))])).await;
    keep(store, unit(vec![Change::RefusalSettled(Refused::Station("A".to_owned()))])).await;
    let left = |refusals: &[crate::domain::Refusal]| {
        refusals.iter().map(|refusal| refusal.refused.clone()).collect::<Vec<_>>()
    };
    let refusals = store.refusals(9).await.expect("refusals can be read");
    let others = [Refused::Station("a".to_owned()), token("B"), token("A")];
    assert_eq!(left(&refusals), others, "who is settled is off the list for every reason, nobody else is");
    keep(store, unit(vec![Change::RefusalSettled(token("A")), refusal("A", 6)])).await;
    let refusals = store.refusals(9).await.expect("refusals can be read");
    assert_eq!(left(&refusals)[0], Refused::Station("A".to_owned()), "who comes again is listed again");
    let told = (refusals[0].count, refusals[0].first);
    assert_eq!(told, (1, super::samples::moment(6)), "and counted from one");
    assert_eq!(refusals.len(), 3, "a token is settled at its station");
}
