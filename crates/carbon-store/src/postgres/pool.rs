//! Connections for use cases. They are made when needed and kept; one that broke, or whose use was
//! given up in the middle, is thrown away.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;

use super::address::Address;
use super::link::Link;
use crate::error::{Error, Reason, Result};
use crate::session::{Answer, Session};

/// Connections at a time, the writers' not counted.
const CONNECTIONS: usize = 16;

/// How long a use case waits for a connection.
const TURN_TIMEOUT: Duration = Duration::from_secs(10);

/// Every question here is made to be answered by an index, step by step. Where a table is small, or
/// its statistics are old, the server would think otherwise, and keep the plan when it has grown.
/// With that settled, a plan for all parameters is as good as one for each, and made once. No plan is
/// compiled: that takes longer than any answer.
const BY_INDEX: &str = "SET enable_seqscan = off; SET enable_hashjoin = off; \
     SET enable_mergejoin = off; SET plan_cache_mode = force_generic_plan; SET jit = off";

/// What a use case does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Changes rows.
    Write,
    /// Reads with several statements, of one snapshot.
    Read,
    /// Reads with one statement, which needs no transaction around it.
    LookUp,
}

/// The pool.
pub(crate) struct Pool {
    address: Address,
    turns: Semaphore,
    idle: Mutex<Vec<Link>>,
}

impl Pool {
    pub(super) fn new(address: Address) -> Self {
        Self { address, turns: Semaphore::new(CONNECTIONS), idle: Mutex::default() }
    }

    /// Runs a use case in a transaction.
    pub(crate) async fn run<T, F>(&self, mode: Mode, use_case: F) -> Result<T>
    where
        F: for<'s> FnOnce(&'s mut Session) -> Answer<'s, T> + Send,
    {
        let turn = tokio::time::timeout(TURN_TIMEOUT, self.turns.acquire()).await;
        let Ok(Ok(_turn)) = turn else { return Err(Error::unavailable(Reason::Busy)) };
        let link = self.begin(mode).await?;
        let mut session = Session::Postgres(link);
        let answer = use_case(&mut session).await;
        let Session::Postgres(link) = session else { return answer };
        match (mode, &answer) {
            (Mode::LookUp, _) => {}
            (_, Ok(_)) => link.batch("COMMIT").await?,
            (_, Err(_)) if link.is_closed() => return answer,
            (_, Err(_)) => link.batch("ROLLBACK").await?,
        }
        if !link.is_closed() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(link);
        }
        answer
    }

    /// Closes the idle connections; others are closed when their use ends.
    pub(crate) fn close(&self) {
        self.turns.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// A connection in a transaction. A kept one may have died since its last use: then another.
    async fn begin(&self, mode: Mode) -> Result<Link> {
        while let Some(kept) = self.kept() {
            if begin_on(&kept, mode).await.is_ok() {
                return Ok(kept);
            }
        }
        let fresh = self.address.connect().await?;
        fresh.batch(BY_INDEX).await?;
        begin_on(&fresh, mode).await?;
        Ok(fresh)
    }

    fn kept(&self) -> Option<Link> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(link) = idle.pop() {
            if !link.is_closed() {
                return Some(link);
            }
        }
        None
    }
}

async fn begin_on(link: &Link, mode: Mode) -> Result<()> {
    match mode {
        Mode::Write => link.batch("BEGIN").await,
        Mode::Read => link.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await,
        Mode::LookUp => Ok(()),
    }
}
