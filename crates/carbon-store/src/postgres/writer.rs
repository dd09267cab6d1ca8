//! The writers: each takes what has queued while its last commit ran, and answers after the commit.
//! A run has its writer, so that two of them do not get in each other's way over the sums of one run.
//! Only large requests go to one writer after the other: their time is in the rows, and they lock the
//! sums at the very end.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;

use super::address::Address;
use super::ingest::Rows;
use super::link::Link;
use super::rows::MANY;
use super::runs;
use crate::emission::{Batch, Ingested};
use crate::error::{Error, Reason, Result};
use crate::run::{NewRun, Run};

/// Writers, each with a connection.
const WRITERS: usize = 2;

/// Requests that may wait for one writer.
const QUEUE: usize = 4_096;

/// Requests of one commit.
const COMMIT_REQUESTS: usize = 1_024;

/// Rows of one commit.
const COMMIT_ROWS: usize = 20_000;

/// How often a commit is tried that another process's commit got in the way of.
const TRIES: usize = 4;

/// How long a writer may take for what is queued when the store closes.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(20);

/// A few ids among many are looked up, however few the server thinks there are.
const BY_INDEX: &str =
    "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off";

type Reply<T> = oneshot::Sender<Result<T>>;

enum Request {
    Rows(Batch, Reply<Ingested>),
    Run(Box<NewRun>, Reply<Option<Run>>),
}

/// The queues.
pub(crate) struct Writers {
    queues: std::sync::Mutex<Vec<mpsc::Sender<Request>>>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    /// Large requests so far.
    large: AtomicUsize,
}

impl Writers {
    pub(super) fn start(address: &Address) -> Self {
        let (mut queues, mut tasks) = (Vec::new(), Vec::new());
        for _ in 0..WRITERS {
            let (queue, requests) = mpsc::channel(QUEUE);
            queues.push(queue);
            let writer = Writer { address: address.clone(), link: None, rows: Rows::default() };
            tasks.push(tokio::spawn(writer.work(requests)));
        }
        Self {
            queues: std::sync::Mutex::new(queues),
            tasks: Mutex::new(tasks),
            large: AtomicUsize::new(0),
        }
    }

    /// Adds rows; answers after the commit.
    pub(crate) async fn ingest(&self, batch: Batch) -> Result<Ingested> {
        let key = if batch.rows.len() < MANY {
            batch.rows.first().map_or(0, |row| row.run_id.uuid().as_u128())
        } else {
            self.large.fetch_add(1, Ordering::Relaxed) as u128
        };
        let (sender, answer) = oneshot::channel();
        self.send(key, Request::Rows(batch, sender))?;
        answer.await.map_err(|_| Error::unavailable(Reason::Closing))?
    }

    /// Adds a run; answers after the commit.
    pub(crate) async fn create_run(&self, run: NewRun) -> Result<Option<Run>> {
        let experiment = run.experiment_id.uuid().as_u128();
        let key = run.id.map_or(experiment, |id| id.uuid().as_u128());
        let (sender, answer) = oneshot::channel();
        self.send(key, Request::Run(Box::new(run), sender))?;
        answer.await.map_err(|_| Error::unavailable(Reason::Closing))?
    }

    /// Finishes what is queued and ends the writers.
    pub(crate) async fn close(&self) {
        self.queues.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
        for task in self.tasks.lock().await.drain(..) {
            // A writer that takes longer waits for a server that does not answer.
            drop(tokio::time::timeout(CLOSE_TIMEOUT, task).await);
        }
    }

    fn send(&self, key: u128, request: Request) -> Result<()> {
        let queues = self.queues.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // The last bits of an id are random in every version of ids.
        let queue = queues.get(key as usize % WRITERS);
        match queue.map(|queue| queue.try_send(request)) {
            Some(Ok(())) => Ok(()),
            Some(Err(mpsc::error::TrySendError::Full(_))) => {
                Err(Error::unavailable(Reason::QueueFull))
            }
            Some(Err(mpsc::error::TrySendError::Closed(_))) | None => {
                Err(Error::unavailable(Reason::Closing))
            }
        }
    }
}

struct Writer {
    address: Address,
    link: Option<Link>,
    rows: Rows,
}

impl Writer {
    async fn work(mut self, mut requests: mpsc::Receiver<Request>) {
        while let Some(first) = requests.recv().await {
            let (mut batches, mut runs, mut rows) = (Vec::new(), Vec::new(), 0);
            let mut next = Some(first);
            while let Some(request) = next.take() {
                match request {
                    Request::Rows(batch, reply) => {
                        rows += batch.rows.len();
                        batches.push((batch, reply));
                    }
                    Request::Run(run, reply) => runs.push((*run, reply)),
                }
                if batches.len() + runs.len() < COMMIT_REQUESTS && rows < COMMIT_ROWS {
                    next = requests.try_recv().ok();
                }
            }
            if !runs.is_empty() {
                self.commit_runs(runs).await;
            }
            if !batches.is_empty() {
                self.commit_rows(batches).await;
            }
        }
    }

    async fn commit_rows(&mut self, requests: Vec<(Batch, Reply<Ingested>)>) {
        let (batches, replies): (Vec<_>, Vec<_>) = requests.into_iter().unzip();
        let mut outcome = self.try_rows(&batches).await;
        if batches.len() > 1 && matches!(outcome, Err(Error::Internal(_) | Error::Conflict)) {
            // One of them is at fault; the others should not pay for it.
            let mut alone = Vec::with_capacity(batches.len());
            for batch in &batches {
                let answer = self.try_rows(std::slice::from_ref(batch)).await;
                alone.push(answer.and_then(only));
            }
            outcome = Ok(alone);
        }
        answer(replies, outcome);
    }

    async fn commit_runs(&mut self, requests: Vec<(NewRun, Reply<Option<Run>>)>) {
        let (new, replies): (Vec<_>, Vec<_>) = requests.into_iter().unzip();
        let mut outcome = self.try_runs(&new).await;
        if new.len() > 1 && matches!(outcome, Err(Error::Internal(_) | Error::Conflict)) {
            let mut alone = Vec::with_capacity(new.len());
            for run in &new {
                let answer = self.try_runs(std::slice::from_ref(run)).await;
                alone.push(answer.and_then(only));
            }
            outcome = Ok(alone);
        }
        answer(replies, outcome);
    }

    async fn try_rows(&mut self, batches: &[Batch]) -> Result<Vec<Result<Ingested>>> {
        let mut tries = 0;
        loop {
            tries += 1;
            let mut link = self.link().await?;
            let outcome = self.rows.store(&mut link, batches).await;
            self.keep(link);
            if outcome.is_err() {
                self.rows.forget();
            }
            // Another process has stored one of the rows since they were looked for.
            let is_overtaken = matches!(outcome, Err(Error::Conflict)) && tries < TRIES;
            if !is_overtaken && !is_worth_another_try(&outcome, tries) {
                return outcome;
            }
        }
    }

    async fn try_runs(&mut self, new: &[NewRun]) -> Result<Vec<Result<Option<Run>>>> {
        let mut tries = 0;
        loop {
            tries += 1;
            let mut link = self.link().await?;
            let outcome = runs::store(&mut link, new).await;
            self.keep(link);
            if !is_worth_another_try(&outcome, tries) {
                return outcome;
            }
        }
    }

    async fn link(&mut self) -> Result<Link> {
        match self.link.take().filter(|link| !link.is_closed()) {
            Some(link) => Ok(link),
            None => {
                let link = self.address.connect().await?;
                link.batch(BY_INDEX).await?;
                Ok(link)
            }
        }
    }

    fn keep(&mut self, link: Link) {
        self.link = Some(link).filter(|link| !link.is_closed());
    }
}

/// Deadlocks and the like with another process: the server has undone the statement.
fn is_worth_another_try<T>(outcome: &Result<T>, tries: usize) -> bool {
    let is_busy = matches!(outcome, Err(Error::Unavailable { reason: Reason::Busy, .. }));
    is_busy && tries < TRIES
}

fn only<T>(mut answers: Vec<Result<T>>) -> Result<T> {
    answers.pop().unwrap_or_else(|| Err(Error::unavailable(Reason::Busy)))
}

fn answer<T>(replies: Vec<Reply<T>>, outcome: Result<Vec<Result<T>>>) {
    // Whoever asked may have gone; then nobody hears the answer.
    match outcome {
        Ok(answers) => {
            for (reply, answer) in replies.into_iter().zip(answers) {
                drop(reply.send(answer));
            }
        }
        Err(error) => {
            for reply in replies {
                drop(reply.send(Err(error.share())));
            }
        }
    }
}
