//! Notices: asking whoever has an address whether they want one, waiting, telling them once, forgetting them.
//!
//! A mail that was handed over when the manager was killed, before that was written down, is sent a second time.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use ocpp_core::model::{EvseId, StationId};
use uuid::Uuid;

use super::Processes;
use super::work::Next;
use crate::access::{Pepper, Purpose};
use crate::domain::{
    Digest, Event, EventKind, Job, MailAddress, Notice, NoticeId, NoticeState, RecordKind, Revision, SiteId,
    Task,
};
use crate::store::{Change, CommitError, ReadError, RecordFilter, TypedRecords, Unit};

/// How long a notice lasts.
const LASTS: SignedDuration = SignedDuration::from_hours(12);
/// How many notices one address may wait for at the same time.
const MAX_OF_ONE: usize = 3;
/// How many notices there may be in all.
const MAX_NOTICES: usize = 5000;

/// A mail of plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// To whom.
    pub to: MailAddress,
    /// Its subject, one line.
    pub subject: String,
    /// What it says.
    pub text: String,
}

/// Sends mails, such as an SMTP server that takes them.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands a mail over.
    ///
    /// # Errors
    /// One sentence without the address; it is tried again.
    async fn send(&self, mail: Mail) -> Result<(), String>;
}

/// How drivers are told.
#[derive(Clone)]
pub struct Mailing {
    /// Takes mails.
    pub mailer: Arc<dyn Mailer>,
    /// Where the pages are as drivers see them: `https://HOST`.
    pub base: String,
    /// Makes the codes of links.
    pub pepper: Pepper,
}

/// What a driver wants to be told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeWish {
    /// Whom to tell.
    pub mail: MailAddress,
    /// At which site.
    pub site: SiteId,
    /// At which EVSE; at any of the site when absent.
    pub evse: Option<(StationId, EvseId)>,
    /// What drivers call the place.
    pub place: String,
}

/// Why a driver is not told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoticeError {
    /// There is nothing to send mails with.
    #[error("This manager sends no mails.")]
    NoMailer,
    /// There are too many.
    #[error("Too many wait to be told at the moment. Please try again later.")]
    TooMany,
    /// The link is wrong, or what it was for is over.
    #[error("This link is not valid any more: it was used, or its 12 hours are over.")]
    Over,
    /// The store failed.
    #[error("The database fails: {0}. Try again later.")]
    Store(String),
}

impl From<ReadError> for NoticeError {
    fn from(error: ReadError) -> NoticeError {
        NoticeError::Store(error.to_string())
    }
}

impl From<CommitError> for NoticeError {
    fn from(error: CommitError) -> NoticeError {
        match error {
            CommitError::Conflict { .. } => NoticeError::Over,
            other => NoticeError::Store(other.to_string()),
        }
    }
}

impl Mailing {
    /// The code in the links of a notice.
    fn code(&self, id: &NoticeId) -> Digest {
        self.pepper.digest(Purpose::NoticeLink, id.0.as_bytes())
    }

    fn link(&self, id: &NoticeId) -> String {
        format!("{}/notices/{}/{}", self.base, id.0, self.code(id).0)
    }
}

/// What drivers want to be told.
impl Processes {
    /// Whether there is something to tell them with.
    #[must_use]
    pub const fn sends_mails(&self) -> bool {
        self.mailing.is_some()
    }

    /// Notes a wish. Whoever has the address is asked first, and told nothing unless they agree. An address that waits for
    /// three already gets no further one; whoever asks is not told so, because they may be somebody else.
    ///
    /// # Errors
    /// [`NoticeError::NoMailer`], [`NoticeError::TooMany`].
    pub async fn ask_notice(&self, wish: NoticeWish) -> Result<(), NoticeError> {
        let mailing = self.mailing.as_ref().ok_or(NoticeError::NoMailer)?;
        let (store, now) = (self.csms.store(), self.csms.now());
        let lower = wish.mail.expose().to_ascii_lowercase();
        let by = mailing.pepper.digest(Purpose::NoticeMail, lower.as_bytes());
        let of_one: Vec<Notice> = store.owned(&by.0, MAX_OF_ONE).await?;
        if of_one.len() >= MAX_OF_ONE {
            return Ok(());
        }
        let all: Vec<Notice> = store.list(RecordFilter::all(RecordKind::Notice, MAX_NOTICES)).await?;
        if all.len() >= MAX_NOTICES {
            return Err(NoticeError::TooMany);
        }
        let notice = Notice {
            id: NoticeId(Uuid::new_v4().to_string()),
            revision: Revision::default(),
            mail: wish.mail,
            by,
            site: wish.site,
            evse: wish.evse,
            place: wish.place,
            state: NoticeState::Asked,
            added_at: now,
            expires_at: now.checked_add(LASTS).unwrap_or(Timestamp::MAX),
        };
        let task = Task::new(Job::Notice(notice.id.clone()), now);
        Ok(self.note(vec![Change::put(&notice), Change::put(&task)], &notice.id).await?)
    }

    /// The notice of a link, as long as it is valid.
    ///
    /// # Errors
    /// [`NoticeError::Over`].
    pub async fn notice(&self, id: &str, code: &str) -> Result<Notice, NoticeError> {
        let mailing = self.mailing.as_ref().ok_or(NoticeError::NoMailer)?;
        if !mailing.pepper.matches(Purpose::NoticeLink, id.as_bytes(), &Digest(code.to_owned())) {
            return Err(NoticeError::Over);
        }
        let notice: Option<Notice> = self.csms.store().get(id).await?;
        notice.filter(|notice| self.csms.now() < notice.expires_at).ok_or(NoticeError::Over)
    }

    /// The driver wants it: from now on they wait.
    ///
    /// # Errors
    /// [`NoticeError::Over`].
    pub async fn confirm_notice(&self, id: &str, code: &str) -> Result<Notice, NoticeError> {
        let mut notice = self.notice(id, code).await?;
        if matches!(notice.state, NoticeState::Asked | NoticeState::Sent) {
            notice.state = NoticeState::Confirmed;
            self.note(vec![Change::put(&notice)], &notice.id).await?;
        }
        Ok(notice)
    }

    /// The driver does not want it any more: everything of it is erased.
    ///
    /// # Errors
    /// [`NoticeError::Over`].
    pub async fn forget_notice(&self, id: &str, code: &str) -> Result<(), NoticeError> {
        let notice = self.notice(id, code).await?;
        self.erase_notice(&notice).await
    }

    /// All that wait or are to be asked.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn notices(&self) -> Result<Vec<Notice>, NoticeError> {
        Ok(self.csms.store().list(RecordFilter::all(RecordKind::Notice, MAX_NOTICES)).await?)
    }

    /// A place is free: whoever waits for it is told.
    ///
    /// # Errors
    /// [`NoticeError::Over`] when it was changed meanwhile.
    pub async fn notice_due(&self, notice: &Notice) -> Result<(), NoticeError> {
        let due = Notice { state: NoticeState::Due, ..notice.clone() };
        let task = Task::new(Job::Notice(due.id.clone()), self.csms.now());
        Ok(self.note(vec![Change::put(&due), Change::put(&task)], &due.id).await?)
    }

    /// Erases a notice, done or not.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn erase_notice(&self, notice: &Notice) -> Result<(), NoticeError> {
        let job = Job::Notice(notice.id.clone());
        let task: Option<Task> = self.csms.store().get(&Task::key_of(&job)).await?;
        let mut changes = vec![Change::remove(notice)];
        changes.extend(task.as_ref().map(Change::remove));
        Ok(self.note(changes, &notice.id).await?)
    }

    async fn note(&self, changes: Vec<Change>, id: &NoticeId) -> Result<(), CommitError> {
        let kind = EventKind::RecordChanged { record: RecordKind::Notice, key: Some(id.0.clone()) };
        let event = Event { at: self.csms.now(), station: None, kind };
        self.csms.commit(Unit { changes, events: vec![event], ..Unit::default() }).await
    }

    /// Sends the mail that a notice is at.
    pub(super) async fn step_notice(&self, id: &NoticeId) -> Next {
        match self.try_step_notice(id).await {
            Ok(next) => next,
            Err(error) => Next::Retry(error),
        }
    }

    async fn try_step_notice(&self, id: &NoticeId) -> Result<Next, String> {
        let job = Job::Notice(id.clone());
        let found: Option<Notice> = self.csms.store().get(&id.0).await.map_err(|error| error.to_string())?;
        let Some(notice) = found else { return self.finish(&job, Vec::new(), Vec::new()).await };
        let Some(mailing) = self.mailing.as_ref().filter(|_| self.csms.now() < notice.expires_at) else {
            return self.finish(&job, vec![Change::remove(&notice)], Vec::new()).await;
        };
        let (mail, change) = match notice.state {
            NoticeState::Asked => {
                let sent = Notice { state: NoticeState::Sent, ..notice.clone() };
                (question(&notice, &mailing.link(id)), Change::put(&sent))
            }
            NoticeState::Due => (word(&notice, &mailing.base), Change::remove(&notice)),
            NoticeState::Sent | NoticeState::Confirmed => {
                return self.finish(&job, Vec::new(), Vec::new()).await;
            }
        };
        // What is no longer to be done is not done.
        if self.task_is_gone(&job).await? {
            return Ok(Next::Done);
        }
        mailing.mailer.send(mail).await?;
        self.finish(&job, vec![change], Vec::new()).await
    }

    async fn task_is_gone(&self, job: &Job) -> Result<bool, String> {
        let task: Result<Option<Task>, _> = self.csms.store().get(&Task::key_of(job)).await;
        task.map(|task| task.is_none()).map_err(|error| error.to_string())
    }
}

/// Asks whoever has the address.
fn question(notice: &Notice, link: &str) -> Mail {
    let place = &notice.place;
    Mail {
        to: notice.mail.clone(),
        subject: format!("Tell you when {place} is free?"),
        text: format!(
            "Somebody, probably you, wants to be told by mail when a place is free at {place}.\n\n\
             If you want that, open this page and confirm:\n{link}\n\n\
             You are then told once, within 12 hours of your wish. After that your address is erased.\n\
             If you do not want it, do nothing: you get no further mail, and your address is erased.\n"
        ),
    }
}

/// Tells that a place is free.
fn word(notice: &Notice, base: &str) -> Mail {
    let place = &notice.place;
    Mail {
        to: notice.mail.clone(),
        subject: format!("A place is free: {place}"),
        text: format!(
            "A place is free at {place}. It is not kept for you.\n\n{base}/places/{}\n\n\
             This is the one mail that you asked for. Your address is erased now.\n",
            notice.site.0
        ),
    }
}
