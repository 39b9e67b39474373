//! Tasks: what still has to be done outside, kept until it is done.

use jiff::Timestamp;
use ocpp_core::model::SessionKey;
use serde::{Deserialize, Serialize};

use super::notice::NoticeId;
use super::payment::PaymentId;
use super::record::record;
use super::station::Revision;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Job {
    /// Bring a payment to its end.
    Payment(PaymentId),
    /// Issue the receipt of a session that ended.
    Receipt(SessionKey),
    /// Send a driver the mail that their notice is at.
    Notice(NoticeId),
}

/// A job that is not done yet. It is written in the unit that makes it necessary and removed in the unit
/// that completes it, so that a manager that is killed in between goes on where it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// What is to be done.
    pub job: Job,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// Since when.
    pub since: Timestamp,
}

record!(Task is Task, key |task| Task::key_of(&task.job));

impl Task {
    /// A job that becomes necessary now.
    #[must_use]
    pub const fn new(job: Job, since: Timestamp) -> Task {
        Task { job, revision: Revision(0), since }
    }

    /// The key of a job; the same job is never twice in the list.
    #[must_use]
    pub fn key_of(job: &Job) -> String {
        match job {
            Job::Payment(id) => format!("payment/{}", id.0),
            Job::Receipt(session) => format!("receipt/{session}"),
            Job::Notice(id) => format!("notice/{}", id.0),
        }
    }
}

/// What was answered to a request that carries an idempotency key, so that the same request sent again is
/// answered again and does nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Who sent it and with which key.
    pub key: String,
    /// How often it was written.
    #[serde(skip)]
    pub revision: Revision,
    /// A digest of the request, which a repetition has to equal.
    pub request: String,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The body of the answer.
    pub body: String,
    /// When it was answered.
    pub at: Timestamp,
}

record!(Reply is Reply, key |reply| reply.key.clone());

impl std::fmt::Debug for Reply {
    /// Without the body, which may hold what is shown only once.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).field("at", &self.at).finish_non_exhaustive()
    }
}
