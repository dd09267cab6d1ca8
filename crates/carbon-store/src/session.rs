//! A connection in a transaction, as use cases see it. They are written once, in the SQL that both
//! databases understand with parameters `$1`, `$2`, …; where the databases differ, a use case names
//! both texts.
//!
//! Statements on SQLite are answered at once: a use case that runs there never waits, and is run to
//! its end on the thread that owns the connection.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use crate::cell::{Cell, FromCell, FromRow, Row};
use crate::error::{Error, Result};
use crate::postgres::Link;
use crate::sqlite::Connection;

/// What a use case returns.
pub(crate) type Answer<'s, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 's>>;

/// A connection of either database.
pub(crate) enum Session {
    Sqlite(Connection),
    Postgres(Link),
}

impl Session {
    /// All rows of a statement.
    pub(crate) async fn rows(&mut self, sql: &str, params: &[Cell]) -> Result<Vec<Row>> {
        params.iter().try_for_each(Cell::check)?;
        match self {
            Self::Sqlite(connection) => connection.rows(sql, params),
            Self::Postgres(link) => link.rows(sql, params).await,
        }
    }

    /// Runs a statement; how many rows it touched.
    pub(crate) async fn execute(&mut self, sql: &str, params: &[Cell]) -> Result<u64> {
        params.iter().try_for_each(Cell::check)?;
        match self {
            Self::Sqlite(connection) => connection.execute(sql, params),
            Self::Postgres(link) => link.execute(sql, params).await,
        }
    }

    /// The first row, read as a value.
    pub(crate) async fn find<T: FromRow>(
        &mut self,
        sql: &str,
        params: &[Cell],
    ) -> Result<Option<T>> {
        let row = self.rows(sql, params).await?.into_iter().next();
        row.map(|mut row| T::from_row(&mut row)).transpose()
    }

    /// The first column of the first row.
    pub(crate) async fn value<T: FromCell>(
        &mut self,
        sql: &str,
        params: &[Cell],
    ) -> Result<Option<T>> {
        let row = self.rows(sql, params).await?.into_iter().next();
        row.map(|mut row| row.next()).transpose()
    }

    /// All rows, read as values.
    pub(crate) async fn list<T: FromRow>(&mut self, sql: &str, params: &[Cell]) -> Result<Vec<T>> {
        let rows = self.rows(sql, params).await?;
        rows.into_iter().map(|mut row| T::from_row(&mut row)).collect()
    }

    /// All rows, read as values behind the row's position in the list.
    pub(crate) async fn positions<P: FromCell, T: FromRow>(
        &mut self,
        sql: &str,
        params: &[Cell],
    ) -> Result<Vec<(P, T)>> {
        let rows = self.rows(sql, params).await?;
        rows.into_iter().map(|mut row| Ok((row.next()?, T::from_row(&mut row)?))).collect()
    }

    /// Whether a statement touches any row.
    pub(crate) async fn touches(&mut self, sql: &str, params: &[Cell]) -> Result<bool> {
        Ok(self.execute(sql, params).await? > 0)
    }

    /// The text for this database.
    pub(crate) fn pick<'t>(&self, sqlite: &'t str, postgres: &'t str) -> &'t str {
        match self {
            Self::Sqlite(_) => sqlite,
            Self::Postgres(_) => postgres,
        }
    }
}

/// Runs a future that never waits.
pub(crate) fn at_once<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => Err(Error::internal("a statement on SQLite did not answer at once")),
    }
}
