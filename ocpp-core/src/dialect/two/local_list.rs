//! Local authorization lists of OCPP 2.x (block D), over the types of the version that includes it.

use alloc::vec::Vec;

use super::wire;
use super::{VERSION, words};
use crate::dialect::{CannotSay, Heard, Misheard, Payload, Reply, Said, payload, read, said, verdict};
use crate::model::{Command, HeldList, ListUpdateKind, LocalListEntry, LocalListUpdate, Outcome, Verdict};
use crate::types::List;

pub(super) fn order_update(update: &LocalListUpdate) -> Result<Said, CannotSay> {
    let cannot = |what| CannotSay::new(VERSION, what);
    let version = i32::try_from(update.version.get())
        .map_err(|_| cannot("a version of a list above 2147483647: start again at 1 with a full list"))?;
    let kind = match update.kind {
        ListUpdateKind::Full => wire::Update::Full,
        ListUpdateKind::Differential => wire::Update::Differential,
    };
    let entries: Result<Vec<_>, _> = update.entries.iter().map(entry_of).collect();
    let mut request = wire::SendLocalListRequest::new(version, kind);
    // An empty list is said by leaving it out (D01.FR.04).
    request.local_authorization_list = List::new(entries?).ok();
    Ok(said("SendLocalList", &request))
}

fn entry_of(entry: &LocalListEntry) -> Result<wire::AuthorizationData, CannotSay> {
    let mut data = wire::AuthorizationData::new(words::whole_id_token(&entry.id_token)?);
    data.id_token_info = entry.authorization.as_ref().map(words::id_token_info);
    Ok(data)
}

pub(super) fn order_version() -> Said {
    said("GetLocalListVersion", &wire::GetLocalListVersionRequest::new())
}

pub(super) fn hear_updated(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: wire::SendLocalListResponse| Outcome::Verdict(verdict(r.status.as_str())))
}

pub(super) fn hear_version(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: wire::GetLocalListVersionResponse| {
        Outcome::LocalList(crate::dialect::held_list(r.version_number, HeldList::Nothing))
    })
}

/// What a manager's update means to a station. One without a version, or with one that no list can have, is
/// carried as it stands, for the station to refuse.
pub(super) fn hear_update(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: wire::SendLocalListRequest| {
        let Some(version) = crate::dialect::list_version(r.version_number) else {
            return Command::Unmapped { action: "SendLocalList".into(), payload: json.text.into() };
        };
        let entry = |data: &wire::AuthorizationData| LocalListEntry {
            id_token: words::token(&data.id_token),
            authorization: data.id_token_info.as_ref().map(words::authorization),
        };
        Command::SendLocalList(LocalListUpdate {
            version,
            kind: match r.update_type {
                wire::Update::Full => ListUpdateKind::Full,
                _ => ListUpdateKind::Differential,
            },
            entries: r.local_authorization_list.iter().flat_map(|list| list.iter().map(entry)).collect(),
        })
    })
}

pub(super) fn answer_update(verdict: Verdict) -> Reply {
    if verdict == Verdict::NotSupported {
        return Reply::NotSupported("this station keeps no local list");
    }
    payload(&wire::SendLocalListResponse::new(match verdict {
        Verdict::Accepted => wire::SendLocalListStatus::Accepted,
        Verdict::VersionMismatch => wire::SendLocalListStatus::VersionMismatch,
        _ => wire::SendLocalListStatus::Failed,
    }))
}

pub(super) fn answer_version(held: HeldList) -> Reply {
    let number = match held {
        // 2.x does not tell a station without lists from one that has none (D02.FR.03).
        HeldList::NotSupported | HeldList::Nothing => 0,
        HeldList::Version(version) => i32::try_from(version.get()).unwrap_or(i32::MAX),
    };
    payload(&wire::GetLocalListVersionResponse::new(number))
}
