//! Working tasks off: each in a worker of its own, woken by what happens or by time.

use std::collections::HashMap;
use std::time::Duration;

use ocpp_core::model::SessionKey;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Processes;
use crate::domain::{EventKind, Job, NoticeId, RecordKind, StoredEvent, Task};
use crate::store::{ReadError, RecordFilter, TypedRecords};

/// What became of a step.
pub(super) enum Next {
    /// The job is done and its task is gone.
    Done,
    /// One step was done: on with the next.
    Again,
    /// Nothing to do before this much time has passed, or something happens.
    Wait(Duration),
    /// It went wrong and is to be tried again; pauses grow.
    Retry(String),
}

/// The longest pause between two attempts.
const MAX_PAUSE: Duration = Duration::from_secs(60);
/// How many tasks to read at a time.
const PAGE: usize = 500;
/// How often to look for tasks that nobody told of.
const LOOK_EVERY: Duration = Duration::from_secs(30);

impl Processes {
    /// Works tasks off until `shutdown`. Steps under way are finished.
    pub(super) async fn work(&self, shutdown: &CancellationToken) {
        let mut workers = Workers::default();
        let mut events = self.csms.bus().listen();
        let mut look = tokio::time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => break,
                _ = look.tick() => self.start_all(&mut workers, Whom::WithoutWorker, shutdown).await,
                event = events.recv() => match event {
                    Ok(event) => self.start_for(&mut workers, &event, shutdown),
                    Err(RecvError::Lagged(_)) => self.start_all(&mut workers, Whom::Everybody, shutdown).await,
                    Err(RecvError::Closed) => break,
                },
                Some(ended) = workers.running.join_next() => {
                    // A receipt waits for the end of its payment.
                    if let Ok(Some(job)) = ended {
                        workers.wake(&job);
                    }
                }
            }
            workers.forget_done();
            self.csms.metrics().tasks_waiting(workers.running.len() as u64);
        }
        while workers.running.join_next().await.is_some() {}
    }

    async fn start_all(&self, workers: &mut Workers, whom: Whom, shutdown: &CancellationToken) {
        match self.all_jobs().await {
            Ok(jobs) => {
                // Those who wait before they try again are not to be hurried by looking.
                let is_meant = |job: &Job| whom == Whom::Everybody || !workers.has(job);
                let jobs: Vec<Job> = jobs.into_iter().filter(is_meant).collect();
                jobs.into_iter().for_each(|job| self.start(workers, job, shutdown));
            }
            Err(error) => tracing::error!(%error, "what is to be done cannot be read; it is tried again"),
        }
    }

    async fn all_jobs(&self) -> Result<Vec<Job>, ReadError> {
        let mut jobs = Vec::new();
        let mut after = None;
        loop {
            let filter = RecordFilter::all(RecordKind::Task, PAGE).after(after.take());
            let tasks: Vec<Task> = self.csms.store().list(filter).await?;
            let Some(last) = tasks.last() else { return Ok(jobs) };
            after = Some(Task::key_of(&last.job));
            jobs.extend(tasks.into_iter().map(|task| task.job));
        }
    }

    /// Wakes the workers that an event concerns.
    fn start_for(&self, workers: &mut Workers, event: &StoredEvent, shutdown: &CancellationToken) {
        match &event.event.kind {
            EventKind::PaymentChanged { payment, .. } => {
                self.start(workers, Job::Payment(payment.clone()), shutdown);
            }
            EventKind::RecordChanged { record: RecordKind::Notice, key: Some(id) } => {
                self.start(workers, Job::Notice(NoticeId(id.clone())), shutdown);
            }
            EventKind::SessionUpdated { session } => self.wake_payment(workers, session),
            EventKind::SessionEnded { session } => {
                self.wake_payment(workers, session);
                self.start(workers, Job::Receipt(session.clone()), shutdown);
            }
            _ => {}
        }
    }

    fn wake_payment(&self, workers: &Workers, session: &SessionKey) {
        if let Some(payment) = self.charging.payment_of(session) {
            workers.wake(&Job::Payment(payment));
        }
    }

    fn start(&self, workers: &mut Workers, job: Job, shutdown: &CancellationToken) {
        if workers.wake(&job) {
            return;
        }
        let (wake, woken) = mpsc::channel(1);
        workers.wakes.insert(job.clone(), wake);
        let (processes, shutdown) = (self.clone(), shutdown.clone());
        workers.running.spawn(async move {
            processes.work_off(&job, woken, shutdown).await;
            match job {
                Job::Payment(id) => processes.charging.forget(&id).map(Job::Receipt),
                Job::Receipt(_) | Job::Notice(_) => None,
            }
        });
    }

    /// Does one job to its end.
    async fn work_off(&self, job: &Job, mut woken: mpsc::Receiver<()>, shutdown: CancellationToken) {
        let mut pause = self.settings.retry_after;
        while !shutdown.is_cancelled() {
            let next = match job {
                Job::Payment(id) => self.step_payment(id).await,
                Job::Receipt(session) => self.step_receipt(session).await,
                Job::Notice(id) => self.step_notice(id).await,
            };
            let until = match next {
                Next::Done => return,
                Next::Again => {
                    pause = self.settings.retry_after;
                    continue;
                }
                Next::Wait(time) => Instant::now() + time,
                Next::Retry(why) => {
                    tracing::warn!(job = job_name(job), %why, "trying again in {pause:?}");
                    self.csms.metrics().task_failed();
                    let until = Instant::now() + pause;
                    pause = (pause * 2).min(MAX_PAUSE);
                    until
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep_until(until) => {}
                word = woken.recv() => if word.is_none() { return },
            }
        }
    }
}

/// Which jobs to start or wake.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whom {
    Everybody,
    WithoutWorker,
}

/// What a log may say of a job: keys of payments are secrets.
fn job_name(job: &Job) -> String {
    match job {
        Job::Payment(id) => format!("{id:?}"),
        Job::Receipt(session) => format!("receipt of session {session}"),
        Job::Notice(id) => format!("notice {}", id.0),
    }
}

/// The workers, and how to wake them.
#[derive(Default)]
struct Workers {
    /// Each tells, at its end, whom to wake.
    running: JoinSet<Option<Job>>,
    wakes: HashMap<Job, mpsc::Sender<()>>,
}

impl Workers {
    /// Whether a job has a worker.
    fn has(&self, job: &Job) -> bool {
        self.wakes.get(job).is_some_and(|wake| !wake.is_closed())
    }

    /// Wakes the worker of a job; `false` when it has none.
    fn wake(&self, job: &Job) -> bool {
        match self.wakes.get(job) {
            Some(wake) if !wake.is_closed() => {
                // A full channel means that it is woken already.
                let _ = wake.try_send(());
                true
            }
            _ => false,
        }
    }

    fn forget_done(&mut self) {
        if self.wakes.len() > 2 * self.running.len() + 64 {
            self.wakes.retain(|_, wake| !wake.is_closed());
        }
    }
}
