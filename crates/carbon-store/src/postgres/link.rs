//! One connection with its prepared statements, and what PostgreSQL's errors mean.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;

use bytes::Bytes;
use futures_core::Stream;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, CopyInSink, Statement};

use super::cells;
use crate::cell::{Cell, Row};
use crate::error::{Error, Reason, Result};

/// Parameters of a statement.
pub(super) type Params<'p> = &'p [&'p (dyn ToSql + Sync)];

/// A connection.
pub(crate) struct Link {
    client: Client,
    statements: HashMap<String, Statement>,
}

impl Link {
    pub(super) fn new(client: Client) -> Self {
        Self { client, statements: HashMap::new() }
    }

    /// Whether the server is gone.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    pub(crate) async fn rows(&mut self, sql: &str, params: &[Cell]) -> Result<Vec<Row>> {
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|cell| cell as _).collect();
        let rows = self.query(sql, &params).await.map_err(fault)?;
        rows.iter().map(cells::row).collect()
    }

    pub(crate) async fn execute(&mut self, sql: &str, params: &[Cell]) -> Result<u64> {
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|cell| cell as _).collect();
        let statement = self.statement(sql).await.map_err(fault)?;
        self.client.execute(&statement, &params).await.map_err(fault)
    }

    /// Runs texts without parameters.
    pub(crate) async fn batch(&self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).await.map_err(fault)
    }

    /// Rows as the driver gives them.
    pub(super) async fn query(
        &mut self,
        sql: &str,
        params: Params<'_>,
    ) -> Result<Vec<tokio_postgres::Row>, tokio_postgres::Error> {
        let statement = self.statement(sql).await?;
        self.client.query(&statement, params).await
    }

    /// Gives each row of an answer to `visit`, as they come, however many there are.
    pub(super) async fn each(
        &mut self,
        sql: &str,
        params: Params<'_>,
        mut visit: impl FnMut(&tokio_postgres::Row) -> Result<()>,
    ) -> Result<()> {
        let statement = self.statement(sql).await.map_err(fault)?;
        let rows = self.client.query_raw(&statement, params.iter().copied()).await;
        let mut rows = pin!(rows.map_err(fault)?);
        while let Some(row) = poll_fn(|context| rows.as_mut().poll_next(context)).await {
            visit(&row.map_err(fault)?)?;
        }
        Ok(())
    }

    /// Begins to copy into a table.
    pub(super) async fn copy_in(
        &mut self,
        sql: &str,
    ) -> Result<CopyInSink<Bytes>, tokio_postgres::Error> {
        let statement = self.statement(sql).await?;
        self.client.copy_in(&statement).await
    }

    async fn statement(&mut self, sql: &str) -> Result<Statement, tokio_postgres::Error> {
        if let Some(known) = self.statements.get(sql) {
            return Ok(known.clone());
        }
        let statement = self.client.prepare(sql).await?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

/// What an error of PostgreSQL means to the caller.
pub(crate) fn fault(error: tokio_postgres::Error) -> Error {
    let Some(state) = error.code() else {
        // Without a code it comes from the connection, or from a value of another type.
        let lost = error.is_closed() || has_io_cause(&error);
        return if lost {
            Error::unavailable(Reason::NoConnection)
        } else {
            Error::internal(error)
        };
    };
    match state.code().get(..2) {
        Some("23") => Error::Conflict,
        Some("08" | "57") if *state != SqlState::QUERY_CANCELED => {
            Error::unavailable(Reason::NoConnection)
        }
        _ if *state == SqlState::DISK_FULL => Error::Full,
        Some("40" | "53" | "55" | "57") => Error::unavailable(Reason::Busy),
        _ => Error::internal(WithoutValues(state.clone())),
    }
}

fn has_io_cause(error: &tokio_postgres::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(found) = cause {
        if found.is::<std::io::Error>() || found.is::<tokio::time::error::Elapsed>() {
            return true;
        }
        cause = found.source();
    }
    // Refused, timed out, or cut off while connecting.
    error.to_string().contains("connect")
}

/// The kind of an error. Its text would hold names, addresses or the statement.
#[derive(Debug, thiserror::Error)]
#[error("PostgreSQL refused a statement with SQLSTATE {}", .0.code())]
struct WithoutValues(SqlState);
