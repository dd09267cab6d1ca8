//! Connections that read. Each reader has a snapshot of its own; a long one blocks nobody.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::InterruptHandle;
use tokio::sync::Semaphore;

use super::connection::Connection;
use crate::error::{Error, Reason, Result};
use crate::session::{Answer, Session, at_once};

/// Readers at a time. More would wait for the same cores.
const READERS: usize = 8;

/// How long a reader waits for its turn.
const TURN_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a use case may read, as a statement may on PostgreSQL.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// The pool.
pub(crate) struct Readers {
    path: PathBuf,
    turns: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Session>>>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, turns: Arc::new(Semaphore::new(READERS)), idle: Arc::default() }
    }

    /// Runs a use case on one snapshot. Where nobody waits for its answer any more, or it takes too
    /// long, its statement is ended; until it has ended, it has its turn.
    pub(crate) async fn run<T, F>(&self, use_case: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'s> FnOnce(&'s mut Session) -> Answer<'s, T> + Send + 'static,
    {
        let turns = Arc::clone(&self.turns);
        let turn = tokio::time::timeout(TURN_TIMEOUT, turns.acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(Error::unavailable(Reason::Busy)) };
        let reading = Arc::new(Reading::default());
        let interest = Interest(Arc::clone(&reading));
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let (path, kept) = (self.path.clone(), Arc::clone(&self.idle));
        let task = tokio::task::spawn_blocking(move || {
            let mut session = match idle {
                Some(session) => session,
                None => Session::Sqlite(Connection::open_reader(&path).map_err(passing)?),
            };
            at_once(session.execute("BEGIN", &[]))?;
            let answer = if reading.begin(&session) {
                at_once(use_case(&mut session)).map_err(passing)
            } else {
                Err(Error::unavailable(Reason::Busy))
            };
            reading.end();
            at_once(session.execute("COMMIT", &[]))?;
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(session);
            drop(turn);
            answer
        });
        let answer = tokio::time::timeout(READ_TIMEOUT, task).await;
        drop(interest);
        answer.map_err(|_| Error::unavailable(Reason::Busy))?.map_err(Error::internal)?
    }

    /// Closes the idle connections, so that the writer can fold the log into the file.
    pub(crate) fn close(&self) {
        self.turns.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// A use case that reads, or is about to.
#[derive(Default)]
struct Reading(Mutex<State>);

#[derive(Default)]
enum State {
    #[default]
    Waits,
    Reads(InterruptHandle),
    /// It has ended, or nobody wants to know.
    Over,
}

impl Reading {
    /// Whether somebody wants the answer.
    fn begin(&self, session: &Session) -> bool {
        let mut state = self.state();
        if let (State::Waits, Session::Sqlite(connection)) = (&*state, session) {
            *state = State::Reads(connection.raw().get_interrupt_handle());
        }
        matches!(*state, State::Reads(_))
    }

    /// Whoever has the connection next is not interrupted.
    fn end(&self) {
        *self.state() = State::Over;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody's interest in an answer: without it, reading is ended.
struct Interest(Arc<Reading>);

impl Drop for Interest {
    fn drop(&mut self) {
        let mut state = self.0.state();
        if let State::Reads(handle) = &*state {
            handle.interrupt();
        }
        if matches!(*state, State::Waits) {
            *state = State::Over;
        }
    }
}

/// The file was there when the store was opened. If it cannot be opened again, mostly because too many
/// files are open, it can in a moment.
fn passing(error: Error) -> Error {
    let Error::Internal(source) = &error else { return error };
    let code = source.downcast_ref().and_then(rusqlite::Error::sqlite_error_code);
    match code {
        Some(rusqlite::ErrorCode::CannotOpen) => Error::unavailable(Reason::NoConnection),
        Some(rusqlite::ErrorCode::OperationInterrupted) => Error::unavailable(Reason::Busy),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts for an hour, so to say.
    const ENDLESS: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
                           SELECT count(*) FROM n";

    async fn ask(readers: &Readers, sql: &'static str) -> Result<Option<i64>> {
        readers.run(move |session| Box::pin(async move { session.value(sql, &[]).await })).await
    }

    #[tokio::test]
    async fn nobody_reads_on_for_those_who_have_gone_and_no_more_read_than_have_a_turn() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        drop(Connection::open(&path).unwrap());
        let readers = Readers::new(path);
        for _ in 0..2 * READERS {
            let left = tokio::time::timeout(Duration::from_millis(20), ask(&readers, ENDLESS));
            assert!(left.await.is_err());
        }
        // All turns come back, because the statements end.
        let all = readers.turns.acquire_many(READERS as u32);
        drop(tokio::time::timeout(Duration::from_secs(5), all).await.unwrap().unwrap());
        let idle = readers.idle.lock().unwrap().len();
        assert!((1..=READERS).contains(&idle), "{idle}");
        assert_eq!(ask(&readers, "SELECT 7").await.unwrap(), Some(7));
    }
}
