//! Connections that read. Each reader has a snapshot of its own; a long one blocks nobody.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;

use super::connection::Connection;
use crate::error::{Error, Reason, Result};
use crate::session::{Answer, Session, at_once};

/// Readers at a time. More would wait for the same cores.
const READERS: usize = 8;

/// How long a reader waits for its turn.
const TURN_TIMEOUT: Duration = Duration::from_secs(10);

/// The pool.
pub(crate) struct Readers {
    path: PathBuf,
    turns: Semaphore,
    idle: Arc<Mutex<Vec<Session>>>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, turns: Semaphore::new(READERS), idle: Arc::default() }
    }

    /// Runs a use case on one snapshot.
    pub(crate) async fn run<T, F>(&self, use_case: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'s> FnOnce(&'s mut Session) -> Answer<'s, T> + Send + 'static,
    {
        let turn = tokio::time::timeout(TURN_TIMEOUT, self.turns.acquire()).await;
        let Ok(Ok(_turn)) = turn else { return Err(Error::unavailable(Reason::Busy)) };
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let (path, kept) = (self.path.clone(), Arc::clone(&self.idle));
        let task = tokio::task::spawn_blocking(move || {
            let mut session = match idle {
                Some(session) => session,
                None => Session::Sqlite(Connection::open_reader(&path).map_err(passing)?),
            };
            at_once(session.execute("BEGIN", &[]))?;
            let answer = at_once(use_case(&mut session)).map_err(passing);
            at_once(session.execute("COMMIT", &[]))?;
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(session);
            answer
        });
        task.await.map_err(Error::internal)?
    }

    /// Closes the idle connections, so that the writer can fold the log into the file.
    pub(crate) fn close(&self) {
        self.turns.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// The file was there when the store was opened. If it cannot be opened again, mostly because too many
/// files are open, it can in a moment.
fn passing(error: Error) -> Error {
    let Error::Internal(source) = &error else { return error };
    let code = source.downcast_ref().and_then(rusqlite::Error::sqlite_error_code);
    match code {
        Some(rusqlite::ErrorCode::CannotOpen) => Error::unavailable(Reason::NoConnection),
        _ => error,
    }
}
