//! The one thread that writes. It takes what has queued while the last commit ran, does all of it
//! in one transaction, and answers after the commit. At low load a request has a commit of its own;
//! at high load a commit carries many, without a timer.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::connection::Connection;
use super::ingest::Ingest;
use crate::emission::{Batch, Ingested};
use crate::error::{Error, Reason, Result};
use crate::session::{Answer, Session, at_once};

/// Requests that may wait.
const QUEUE: usize = 8_192;

/// Requests of one commit.
const COMMIT_REQUESTS: usize = 1_024;

/// Rows of one commit, so that a commit of bulk requests does not grow without bound.
const COMMIT_ROWS: usize = 50_000;

/// Answers a request after the commit, or after its failure.
type Reply = Box<dyn FnOnce(Result<()>) + Send>;

/// A request that is a use case of its own. Without a session it is not done, only answered.
type Task = Box<dyn FnOnce(Option<&mut Session>) -> (Result<()>, Reply) + Send>;

enum Request {
    /// In a savepoint of its own, or without one where its only change is its last statement.
    Task(Task, Guard),
    Rows(Batch, oneshot::Sender<Result<Ingested>>),
}

/// Whether a failed use case leaves something to undo.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guard {
    Savepoint,
    Unneeded,
}

/// The thread and its queue.
pub(crate) struct Writer {
    queue: Mutex<Option<SyncSender<Request>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self> {
        let (queue, requests) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || work(Session::Sqlite(connection), &requests))
            .map_err(Error::internal)?;
        Ok(Self { queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(thread)) })
    }

    /// Runs a use case in a transaction; answers after the commit.
    pub(crate) async fn run<T, F>(&self, guard: Guard, use_case: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'s> FnOnce(&'s mut Session) -> Answer<'s, T> + Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        let task: Task = Box::new(move |session| {
            let done = match session {
                Some(session) => at_once(use_case(session)),
                None => Err(Error::unavailable(Reason::Busy)),
            };
            let (outcome, value) = match done {
                Ok(value) => (Ok(()), Ok(value)),
                Err(error) => (Err(error.share()), Err(error)),
            };
            let reply: Reply = Box::new(move |commit| drop(sender.send(commit.and(value))));
            (outcome, reply)
        });
        self.send(Request::Task(task, guard))?;
        answer.await.map_err(|_| Error::unavailable(Reason::Closing))?
    }

    /// Adds rows; answers after the commit.
    pub(crate) async fn ingest(&self, batch: Batch) -> Result<Ingested> {
        let (sender, answer) = oneshot::channel();
        self.send(Request::Rows(batch, sender))?;
        answer.await.map_err(|_| Error::unavailable(Reason::Closing))?
    }

    /// Finishes what is queued and ends the thread. Blocks until then.
    pub(crate) fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic of the thread was told to whoever waited for it.
            drop(thread.join());
        }
    }

    fn send(&self, request: Request) -> Result<()> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        match queue.as_ref().map(|queue| queue.try_send(request)) {
            Some(Ok(())) => Ok(()),
            Some(Err(TrySendError::Full(_))) => Err(Error::unavailable(Reason::QueueFull)),
            Some(Err(TrySendError::Disconnected(_))) | None => {
                Err(Error::unavailable(Reason::Closing))
            }
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

fn work(mut session: Session, requests: &Receiver<Request>) {
    let mut ingest = Ingest::default();
    while let Ok(first) = requests.recv() {
        let (outcome, replies) = commit(&mut session, &mut ingest, first, requests);
        for reply in replies {
            reply(outcome.as_ref().map(|&()| ()).map_err(Error::share));
        }
    }
}

/// One transaction of all that waits.
fn commit(
    session: &mut Session,
    ingest: &mut Ingest,
    first: Request,
    requests: &Receiver<Request>,
) -> (Result<()>, Vec<Reply>) {
    let mut replies = Vec::new();
    if let Err(error) = at_once(session.execute("BEGIN IMMEDIATE", &[])) {
        refuse(first, &error);
        return (Err(error), replies);
    }
    let mut next = Some(first);
    let mut rows = 0;
    let mut outcome = ingest.begin(session);
    while let Some(request) = next.take() {
        if outcome.is_err() {
            replies.push(unanswered(request));
        } else {
            rows += weight(&request);
            let (done, reply) = perform(session, ingest, request);
            replies.push(reply);
            outcome = done;
        }
        if replies.len() < COMMIT_REQUESTS && rows < COMMIT_ROWS {
            next = requests.try_recv().ok();
        }
    }
    let outcome = outcome
        .and_then(|()| ingest.finish(session))
        .and_then(|()| at_once(session.execute("COMMIT", &[])).map(drop));
    if outcome.is_err() {
        ingest.abandon();
        // SQLite may have rolled back itself; then this statement is refused, which is as good.
        drop(at_once(session.execute("ROLLBACK", &[])));
    }
    (outcome, replies)
}

fn weight(request: &Request) -> usize {
    match request {
        Request::Task(..) => 1,
        Request::Rows(batch, _) => batch.rows.len(),
    }
}

/// Does one request. The outcome is an error only where the whole transaction is lost.
fn perform(session: &mut Session, ingest: &mut Ingest, request: Request) -> (Result<()>, Reply) {
    match request {
        Request::Task(task, guard) => {
            // It may delete runs, and may read sums of rows that came before it.
            ingest.forget_runs();
            match ingest.finish(session) {
                Ok(()) => perform_task(session, task, guard),
                Err(error) => (Err(error), task(None).1),
            }
        }
        Request::Rows(batch, sender) => {
            let answer = ingest.add(session, &batch);
            let outcome = match &answer {
                Err(error) if !is_the_requests_own(error) => Err(error.share()),
                _ => Ok(()),
            };
            (outcome, Box::new(move |commit| drop(sender.send(commit.and(answer)))))
        }
    }
}

/// A use case can fail without harm to the others of its commit.
fn perform_task(session: &mut Session, task: Task, guard: Guard) -> (Result<()>, Reply) {
    if guard == Guard::Unneeded {
        let (outcome, reply) = task(Some(session));
        return (outcome.or_else(own_fault), reply);
    }
    let begun = at_once(session.execute("SAVEPOINT request", &[]));
    let (outcome, reply) = task(Some(session));
    let ended = match (begun, outcome) {
        (Err(error), _) => Err(error),
        (Ok(_), Ok(())) => at_once(session.execute("RELEASE request", &[])),
        (Ok(_), Err(error)) => {
            let undone = at_once(session.execute("ROLLBACK TO request", &[]))
                .and_then(|_| at_once(session.execute("RELEASE request", &[])));
            if is_the_requests_own(&error) { undone } else { Err(error) }
        }
    };
    (ended.map(drop), reply)
}

/// Nothing, if only the request is at fault.
fn own_fault(error: Error) -> Result<()> {
    if is_the_requests_own(&error) { Ok(()) } else { Err(error) }
}

fn is_the_requests_own(error: &Error) -> bool {
    matches!(error, Error::Conflict | Error::Invalid(_))
}

/// Answers a request that was never begun.
fn refuse(request: Request, error: &Error) {
    unanswered(request)(Err(error.share()));
}

/// The answer of a request that cannot be done any more in this transaction.
fn unanswered(request: Request) -> Reply {
    let lost = || Err(Error::unavailable(Reason::Busy));
    match request {
        Request::Task(task, _) => task(None).1,
        Request::Rows(_, sender) => {
            Box::new(move |commit| drop(sender.send(commit.and_then(|()| lost()))))
        }
    }
}
