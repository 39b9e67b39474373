//! Who may charge.

use jiff::Timestamp;
use ocpp_core::model::{IdToken, TokenKind};
use serde::{Deserialize, Serialize};

use super::{Flaw, Register, RegisterError, check_text, unless_flawed};
use crate::domain::{Revision, Token};
use crate::handle::PAYMENT_TOKEN_PREFIX;
use crate::store::{Change, TypedRecords};

/// What an operator says of a token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenForm {
    /// What kind of identification it is, by the names of OCPP 2.x; any kind when empty.
    #[serde(default = "any_kind")]
    pub kind: TokenKind,
    /// Tokens of one group may stop each other's sessions, at most 20 characters.
    #[serde(default)]
    pub group: Option<String>,
    /// Who holds it.
    #[serde(default)]
    pub holder: Option<String>,
    /// No longer valid from here on.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    /// Not to be accepted.
    #[serde(default)]
    pub blocked: bool,
    /// How many sessions it may have at a time; no limit when absent.
    #[serde(default)]
    pub max_concurrent: Option<u32>,
}

const fn any_kind() -> TokenKind {
    TokenKind::UNSPECIFIED
}

impl Default for TokenForm {
    fn default() -> TokenForm {
        TokenForm {
            kind: any_kind(),
            group: None,
            holder: None,
            expires_at: None,
            blocked: false,
            max_concurrent: None,
        }
    }
}

impl std::fmt::Debug for TokenForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenForm")
            .field("kind", &self.kind)
            .field("blocked", &self.blocked)
            .finish_non_exhaustive()
    }
}

impl TokenForm {
    fn check(&self, value: &str, flaws: &mut Vec<Flaw>) {
        let chars = value.chars().count();
        if !(1..=255).contains(&chars) || value.trim() != value || value.chars().any(char::is_control) {
            let sentence =
                "A token has 1 to 255 characters, none of them a control character, without spaces around.";
            flaws.push(Flaw::at("/value", sentence));
        } else if value.to_ascii_uppercase().starts_with(PAYMENT_TOKEN_PREFIX) {
            let sentence = format!("Tokens that begin with {PAYMENT_TOKEN_PREFIX} stand for payments.");
            flaws.push(Flaw::at("/value", sentence));
        }
        check_text(flaws, "/group", self.group.as_deref().unwrap_or_default(), 20);
        check_text(flaws, "/holder", self.holder.as_deref().unwrap_or_default(), 200);
        check_text(flaws, "/kind", self.kind.as_str(), 20);
        if self.max_concurrent == Some(0) {
            let sentence = "At least one session at a time; block the token to allow none.";
            flaws.push(Flaw::at("/max_concurrent", sentence));
        }
    }

    fn fill(self, token: Token) -> Token {
        let given =
            |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        Token {
            kind: self.kind,
            group: given(self.group),
            holder: given(self.holder),
            expires_at: self.expires_at,
            blocked: self.blocked,
            max_concurrent: self.max_concurrent,
            ..token
        }
    }
}

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Imported {
    /// Tokens that are new.
    pub added: usize,
    /// Tokens that were known and are changed.
    pub changed: usize,
}

/// A line of a file that cannot be imported. Nothing of the file was.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("Line {line}: {sentence}")]
pub struct ImportError {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub sentence: String,
}

/// The most lines of one import.
const MAX_LINES: usize = 10_000;

/// Tokens.
impl Register {
    /// Adds a token.
    ///
    /// # Errors
    /// [`RegisterError::Exists`], [`RegisterError::Invalid`].
    pub async fn add_token(&self, value: &str, form: TokenForm) -> Result<Token, RegisterError> {
        let mut flaws = Vec::new();
        form.check(value, &mut flaws);
        unless_flawed(flaws)?;
        let token = form.fill(Token::new(value, TokenKind::UNSPECIFIED, self.now()));
        match self.keep(token, Vec::new()).await {
            Err(RegisterError::Conflict) => {
                Err(RegisterError::Exists { what: "token", id: value.to_owned() })
            }
            other => other,
        }
    }

    /// Changes a token.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`], [`RegisterError::Invalid`], [`RegisterError::Conflict`].
    pub async fn change_token(
        &self,
        value: &str,
        form: TokenForm,
        seen: Option<Revision>,
    ) -> Result<Token, RegisterError> {
        let mut flaws = Vec::new();
        form.check(value, &mut flaws);
        unless_flawed(flaws)?;
        let token = self.need("token", &canonical(value), seen).await?;
        self.keep(form.fill(token), Vec::new()).await
    }

    /// Removes a token.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`].
    pub async fn remove_token(&self, value: &str) -> Result<(), RegisterError> {
        let token: Token = self.need("token", &canonical(value), None).await?;
        self.commit(vec![Change::remove(&token)]).await
    }

    /// Adds and changes tokens out of a CSV file whose first line names its columns: `token`, and any of
    /// `kind`, `group`, `holder`, `expires_at`, `blocked` (true or false) and `max_concurrent`. All of it is
    /// imported, or nothing.
    ///
    /// # Errors
    /// Outside: the store failed. Inside: the first line that is wrong.
    pub async fn import_tokens(&self, csv: &str) -> Result<Result<Imported, ImportError>, RegisterError> {
        let rows = match read_rows(csv) {
            Ok(rows) => rows,
            Err(error) => return Ok(Err(error)),
        };
        let mut imported = Imported::default();
        let mut changes = Vec::with_capacity(rows.len());
        for (value, form) in rows {
            let known: Option<Token> = self.csms.store().get(&canonical(&value)).await?;
            match &known {
                Some(_) => imported.changed += 1,
                None => imported.added += 1,
            }
            let fresh = || Token::new(&value, TokenKind::UNSPECIFIED, self.now());
            changes.push(Change::put(&form.fill(known.unwrap_or_else(fresh))));
        }
        self.commit(changes).await?;
        Ok(Ok(imported))
    }
}

fn canonical(value: &str) -> String {
    IdToken::new(value, TokenKind::UNSPECIFIED).canonical().into()
}

/// One line of the file; empty fields count as left out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    token: String,
    kind: Option<String>,
    group: Option<String>,
    holder: Option<String>,
    expires_at: Option<Timestamp>,
    blocked: Option<bool>,
    max_concurrent: Option<u32>,
}

fn sentence_about(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => format!("The columns cannot be understood: {err}."),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("There are {len} values where the first line names {expected_len} columns.")
        }
        _ => format!("{error}."),
    }
}

fn read_rows(text: &str) -> Result<Vec<(String, TokenForm)>, ImportError> {
    // One kind of line end, so that lines are counted as an editor counts them.
    let text = text.replace("\r\n", "\n");
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut values = std::collections::HashSet::new();
    for (index, row) in reader.deserialize::<Row>().enumerate() {
        let fallback = index as u64 + 2;
        let row = row.map_err(|error| ImportError {
            line: error.position().map_or(fallback, csv::Position::line),
            sentence: sentence_about(&error),
        })?;
        let wrong = |sentence: String| ImportError { line: fallback, sentence };
        if index >= MAX_LINES {
            return Err(wrong(format!("At most {MAX_LINES} tokens at a time.")));
        }
        let form = TokenForm {
            kind: row.kind.as_deref().map_or_else(any_kind, TokenKind::new),
            group: row.group,
            holder: row.holder,
            expires_at: row.expires_at,
            blocked: row.blocked.unwrap_or(false),
            max_concurrent: row.max_concurrent,
        };
        let mut flaws = Vec::new();
        form.check(&row.token, &mut flaws);
        if let Some(flaw) = flaws.into_iter().next() {
            return Err(wrong(flaw.sentence));
        }
        if !values.insert(canonical(&row.token)) {
            return Err(wrong("This token stands in the file twice.".to_owned()));
        }
        rows.push((row.token, form));
    }
    Ok(rows)
}
