//! What a list is to have, what a station can take of it, and the difference to what it has.

use std::collections::BTreeMap;

use ocpp_core::model::{
    Authorization, AuthorizationStatus, Command, IdToken, ListUpdateKind, LocalListEntry, LocalListUpdate,
    Outcome, Scope, Setting, SettingResult, StationId, TokenKind, Verdict,
};
use ocpp_core::types::Version;

use super::{BY, Given, ListError, LocalLists, give};
use crate::domain::{HeldTokens, ListChoice, RecordKind, Token};
use crate::store::{ReadError, RecordFilter, TypedRecords};

/// The most tokens of any list.
const MAX_TOKENS: usize = 10_000;
/// How many tokens to read at a time.
const PAGE: usize = 500;
/// How many tokens one message has when the station does not say how many it takes.
const USUAL_ITEMS: usize = 50;
/// What one entry takes of a message beside its token and group, in bytes, at most.
const ENTRY_BYTES: usize = 220;
/// What a message takes beside its entries, in bytes.
const MESSAGE_BYTES: usize = 120;

/// A list as it is to be.
pub(super) struct Wanted {
    pub(super) entries: Vec<LocalListEntry>,
    /// How many tokens have no place in it.
    pub(super) left_out: u64,
}

impl Wanted {
    /// The tokens in their canonical form, each with the word on it.
    pub(super) fn words(&self) -> impl Iterator<Item = (String, String)> + '_ {
        self.entries.iter().filter_map(|entry| {
            Some((entry.id_token.canonical().into(), word_of(entry.authorization.as_ref()?)))
        })
    }
}

/// What a station can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    /// Tokens in the whole list.
    pub(super) entries: usize,
    /// Tokens in a message.
    items: usize,
    /// Bytes in a message.
    bytes: Option<usize>,
    /// Characters in a token.
    characters: usize,
}

impl Limits {
    /// Entries in pieces that the station can take.
    pub(super) fn split(&self, entries: Vec<LocalListEntry>) -> Vec<Vec<LocalListEntry>> {
        let mut pieces: Vec<Vec<LocalListEntry>> = Vec::new();
        let mut bytes = 0;
        for entry in entries {
            let size = size_of(&entry);
            let fits = pieces.last().is_some_and(|piece| piece.len() < self.items)
                && self.bytes.is_none_or(|most| bytes + size <= most);
            if fits && let Some(piece) = pieces.last_mut() {
                piece.push(entry);
                bytes += size;
            } else {
                pieces.push(vec![entry]);
                bytes = MESSAGE_BYTES + size;
            }
        }
        pieces
    }
}

/// What an entry takes of a message, in bytes, at most.
fn size_of(entry: &LocalListEntry) -> usize {
    let group = entry.authorization.as_ref().and_then(|word| word.group.as_ref());
    // A character outside of ASCII may be written as two escapes of six bytes.
    let text = |token: &IdToken| token.value.len() * 3;
    ENTRY_BYTES + text(&entry.id_token) + group.map_or(0, text)
}

impl LocalLists {
    /// What the station says that it takes (1.6: configuration keys; 2.x: `LocalAuthListCtrlr`).
    pub(super) async fn limits(&self, station: &StationId) -> Result<Limits, ListError> {
        let version = self.csms.stations().version(station).ok_or(ListError::NotConnected)?;
        let is_2x = version.is_2x();
        let names =
            |key: &str, variable: &str| if is_2x { variable_of(variable) } else { Setting::Key(key.into()) };
        let wanted = [
            names("LocalAuthListEnabled", "Enabled"),
            names("SendLocalListMaxLength", "ItemsPerMessage"),
            names("LocalAuthListMaxLength", "Entries"),
            variable_of("BytesPerMessage"),
        ];
        let asked = wanted[..if is_2x { 4 } else { 3 }].to_vec();
        let told = match give(&self.csms, station, Command::ReadSettings(Scope::These(asked)), BY).await {
            Given::Answered(Outcome::Settings(told)) => told,
            Given::NotConnected => return Err(ListError::NotConnected),
            // Stations exist that do not answer questions about settings: what is usual holds.
            _ => Vec::new(),
        };
        let value =
            |setting: &Setting| told.iter().find(|result| is_about(result, setting)).and_then(value_of);
        if value(&wanted[0]).is_some_and(|enabled| enabled.eq_ignore_ascii_case("false")) {
            return Err(ListError::NotTaken("local lists are switched off on the station".to_owned()));
        }
        let number = |setting: &Setting| {
            value(setting).and_then(|text| text.trim().parse::<usize>().ok()).filter(|number| *number > 0)
        };
        // In 2.x the value of Entries is how many there are; the most is not a value.
        let entries = if is_2x { None } else { number(&wanted[2]) };
        Ok(Limits {
            entries: entries.unwrap_or(MAX_TOKENS).min(MAX_TOKENS),
            items: number(&wanted[1]).unwrap_or(USUAL_ITEMS),
            bytes: if is_2x { number(&wanted[3]) } else { None },
            characters: match version {
                Version::V16 => 20,
                Version::V201 => 36,
                _ => 255,
            },
        })
    }

    /// The list of a choice: tokens that may charge first, as many as there is room for.
    pub(super) async fn build(&self, choice: &ListChoice, limits: &Limits) -> Result<Wanted, ReadError> {
        let all = self.tokens(choice).await?;
        let now = self.csms.now();
        let count = all.len();
        let mut entries: Vec<LocalListEntry> = all
            .iter()
            .filter(|token| token.value.chars().count() <= limits.characters)
            .filter(|token| {
                token.group.as_ref().is_none_or(|group| group.chars().count() <= limits.characters)
            })
            .map(|token| LocalListEntry {
                id_token: IdToken::new(&token.value, token.kind.clone()),
                authorization: Some(Authorization {
                    status: if token.blocked {
                        AuthorizationStatus::Blocked
                    } else if token.expires_at.is_some_and(|expiry| expiry <= now) {
                        AuthorizationStatus::Expired
                    } else {
                        AuthorizationStatus::Accepted
                    },
                    cache_until: token.expires_at.filter(|expiry| *expiry > now),
                    group: token.group_token(),
                }),
            })
            .collect();
        entries.sort_by_key(|entry| !entry.authorization.as_ref().is_some_and(Authorization::is_accepted));
        entries.truncate(limits.entries);
        let left_out = u64::try_from(count - entries.len()).unwrap_or(u64::MAX);
        Ok(Wanted { entries, left_out })
    }

    async fn tokens(&self, choice: &ListChoice) -> Result<Vec<Token>, ReadError> {
        let mut tokens = Vec::new();
        let mut after = None;
        loop {
            let filter = RecordFilter::all(RecordKind::Token, PAGE).after(after.take());
            let filter = match choice {
                ListChoice::All => filter,
                ListChoice::Group(group) => filter.of(group.as_str()),
                ListChoice::Nothing => return Ok(tokens),
            };
            let page: Vec<Token> = self.csms.store().list(filter).await?;
            let Some(last) = page.last() else { return Ok(tokens) };
            after = Some(crate::domain::Record::key(last));
            tokens.extend(page);
            if tokens.len() > 10 * MAX_TOKENS {
                return Ok(tokens);
            }
        }
    }

    /// What any station may take, for one that was not asked yet.
    pub(super) const fn widest_limits() -> Limits {
        Limits { entries: MAX_TOKENS, items: USUAL_ITEMS, bytes: None, characters: 255 }
    }

    /// What a station was found to take when its list was sent.
    pub(super) const fn limits_then(held: &HeldTokens) -> Limits {
        Limits { entries: held.room, items: USUAL_ITEMS, bytes: None, characters: held.characters }
    }
}

fn variable_of(name: &str) -> Setting {
    Setting::Variable {
        component: "LocalAuthListCtrlr".into(),
        component_instance: None,
        place: None,
        variable: name.into(),
        variable_instance: None,
    }
}

fn is_about(result: &SettingResult, setting: &Setting) -> bool {
    match (&result.setting, setting) {
        (Setting::Key(told), Setting::Key(asked)) => told.eq_ignore_ascii_case(asked),
        (Setting::Variable { variable: told, .. }, Setting::Variable { variable: asked, .. }) => {
            told.eq_ignore_ascii_case(asked)
        }
        _ => false,
    }
}

fn value_of(result: &SettingResult) -> Option<&str> {
    result.value.as_deref().filter(|_| result.verdict == Verdict::Accepted)
}

/// What a word on a token says, so that two can be compared.
fn word_of(word: &Authorization) -> String {
    let until = word.cache_until.map(|until| until.to_string()).unwrap_or_default();
    let group = word.group.as_ref().map(|group| group.value.to_string()).unwrap_or_default();
    format!("{:?}|{until}|{group}", word.status)
}

/// What has to be changed: removals first, so that there is room for what is new.
pub(super) fn difference(held: &HeldTokens, wanted: &Wanted) -> Vec<LocalListEntry> {
    let words: BTreeMap<String, String> = wanted.words().collect();
    let gone = held.tokens.keys().filter(|token| !words.contains_key(*token)).map(|token| LocalListEntry {
        id_token: IdToken::new(token, TokenKind::UNSPECIFIED),
        authorization: None,
    });
    let is_new = |entry: &&LocalListEntry| {
        let token: String = entry.id_token.canonical().into();
        held.tokens.get(&token) != words.get(&token)
    };
    gone.chain(wanted.entries.iter().filter(is_new).cloned()).collect()
}

/// The list after an update that the station took.
pub(super) fn after(before: Option<HeldTokens>, update: &LocalListUpdate, limits: &Limits) -> HeldTokens {
    let mut tokens = match update.kind {
        ListUpdateKind::Full => BTreeMap::new(),
        ListUpdateKind::Differential => before.map(|held| held.tokens).unwrap_or_default(),
    };
    for entry in &update.entries {
        let token: String = entry.id_token.canonical().into();
        match &entry.authorization {
            Some(word) => drop(tokens.insert(token, word_of(word))),
            None => drop(tokens.remove(&token)),
        }
    }
    HeldTokens { version: update.version.get(), tokens, room: limits.entries, characters: limits.characters }
}
