//! Local authorization lists of OCPP 1.6.

use alloc::vec::Vec;

use super::words;
use crate::dialect::{
    CannotSay, Heard, Misheard, Payload, Reply, Said, held_list, list_version, payload, read, said, verdict,
};
use crate::model::{Command, HeldList, ListUpdateKind, LocalListEntry, LocalListUpdate, Outcome, Verdict};
use crate::types::Version;
use crate::v16;

pub(super) fn order_update(update: &LocalListUpdate) -> Result<Said, CannotSay> {
    let version = i32::try_from(update.version.get()).map_err(|_| {
        let what = "a version of a list above 2147483647: start again at 1 with a full list";
        CannotSay::new(Version::V16, what)
    })?;
    let kind = match update.kind {
        ListUpdateKind::Full => v16::UpdateType::Full,
        ListUpdateKind::Differential => v16::UpdateType::Differential,
    };
    let entries: Result<Vec<_>, _> = update.entries.iter().map(entry_of).collect();
    let entries = entries?;
    let mut request = v16::SendLocalListRequest::new(version, kind);
    request.local_authorization_list = (!entries.is_empty()).then_some(entries);
    Ok(said("SendLocalList", &request))
}

fn entry_of(entry: &LocalListEntry) -> Result<v16::AuthorizationData, CannotSay> {
    let mut data = v16::AuthorizationData::new(words::whole_id_tag(&entry.id_token)?);
    data.id_tag_info = entry.authorization.as_ref().map(words::id_tag_info);
    Ok(data)
}

pub(super) fn hear_updated(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: v16::SendLocalListResponse| Outcome::Verdict(verdict(r.status.as_str())))
}

/// A version of -1 says that the station keeps no lists (1.6, 5.10).
pub(super) fn hear_version(json: Payload<'_>) -> Result<Heard<Outcome>, Misheard> {
    read(json, |r: v16::GetLocalListVersionResponse| {
        Outcome::LocalList(held_list(r.list_version, HeldList::NotSupported))
    })
}

/// What a manager's update means to a station. One with a version that no list can have is carried as it
/// stands, for the station to refuse.
pub(super) fn hear_update(json: Payload<'_>) -> Result<Heard<Command>, Misheard> {
    read(json, |r: v16::SendLocalListRequest| {
        let Some(version) = list_version(r.list_version) else {
            return Command::Unmapped { action: "SendLocalList".into(), payload: json.text.into() };
        };
        let entry = |data: &v16::AuthorizationData| LocalListEntry {
            id_token: words::token(&data.id_tag),
            authorization: data.id_tag_info.as_ref().map(words::authorization),
        };
        Command::SendLocalList(LocalListUpdate {
            version,
            kind: match r.update_type {
                v16::UpdateType::Full => ListUpdateKind::Full,
                _ => ListUpdateKind::Differential,
            },
            entries: r.local_authorization_list.iter().flatten().map(entry).collect(),
        })
    })
}

pub(super) fn answer_update(verdict: Verdict) -> Reply {
    payload(&v16::SendLocalListResponse::new(match verdict {
        Verdict::Accepted => v16::UpdateStatus::Accepted,
        Verdict::NotSupported => v16::UpdateStatus::NotSupported,
        Verdict::VersionMismatch => v16::UpdateStatus::VersionMismatch,
        _ => v16::UpdateStatus::Failed,
    }))
}

pub(super) fn answer_version(held: HeldList) -> Reply {
    let number = match held {
        HeldList::NotSupported => -1,
        HeldList::Nothing => 0,
        HeldList::Version(version) => i32::try_from(version.get()).unwrap_or(i32::MAX),
    };
    payload(&v16::GetLocalListVersionResponse::new(number))
}
